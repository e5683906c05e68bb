"""Exact comparison of candidate pairs. No estimate is ever acted on."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ..base.columns import Ints, offsets_of, owners, ranges, spread
from ..compiled.when import is_large
from ..text.shingles import ShingleSets

Pairs = NDArray[np.integer]
_CHUNK = 4_000_000  # shingles compared at a time: about 100 MB


def intersections(sets: ShingleSets, pairs: Pairs, workers: int = 1, compiled: bool | None = None) -> Ints:
    """Number of shingles that both sides of each pair share (int64, one per row of ``pairs``).

    ``workers``: threads. ``compiled``: see ``when.is_large``.
    """
    sizes = np.diff(sets.offsets)
    weights = sizes[pairs[:, 0]] + sizes[pairs[:, 1]]
    if is_large(int(weights.sum()), compiled):
        return _compiled_intersections(sets, pairs, weights, workers)
    return _in_pieces(sets, pairs, weights)


def _compiled_intersections(sets: ShingleSets, pairs: Pairs, weights: Ints, workers: int) -> Ints:
    from ..compiled import shingle as kernels

    result, columns = np.empty(len(pairs), np.int64), np.ascontiguousarray(pairs, np.int64)
    spread(
        lambda first, end: kernels.intersections(sets.hash, sets.offsets, columns[first:end], result[first:end]),
        offsets_of(weights), workers,
    )  # fmt: skip
    return result


def _in_pieces(sets: ShingleSets, pairs: Pairs, weights: Ints) -> Ints:
    sizes = np.diff(sets.offsets)
    chunk = np.cumsum(weights) // _CHUNK
    result = np.zeros(len(pairs), np.int64)
    for number in np.unique(chunk):
        rows = np.flatnonzero(chunk == number)
        result[rows] = _intersections(sets, sizes, pairs[rows])
    return result


def _intersections(sets: ShingleSets, sizes: Ints, pairs: Pairs) -> Ints:
    members = pairs.reshape(-1)
    values = sets.hash[ranges(sets.offsets[members], sizes[members])]
    pair = owners(sizes[members]) // 2
    order = np.lexsort((values, pair))
    values, pair = values[order], pair[order]
    # A set holds no value twice, so equal neighbours of one pair come from its two sides.
    equal = (values[1:] == values[:-1]) & (pair[1:] == pair[:-1])
    return np.bincount(pair[1:][equal], minlength=len(pairs))


def resemblance(sets: ShingleSets, pairs: Pairs, workers: int = 1, compiled: bool | None = None) -> NDArray[np.float64]:
    """Jaccard similarity of each pair's shingle sets (float64). Two empty sets resemble each other by 0."""
    sizes = np.diff(sets.offsets)
    shared = intersections(sets, pairs, workers, compiled)
    union = sizes[pairs[:, 0]] + sizes[pairs[:, 1]] - shared
    return np.divide(shared, union, out=np.zeros(len(pairs)), where=union > 0)
