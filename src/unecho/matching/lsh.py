"""Locality-sensitive hashing (Indyk and Motwani 1998): paragraphs that agree on a whole band of their
signatures become candidate pairs. Candidates are only ever a reason to look; ``verify`` decides."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import chain
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..base.columns import Hashes, distinct, edges_of, group_pairs, mix64, offsets_of, spread
from ..compiled.when import is_large
from ..text.shingles import ShingleSets
from .signature import PERMUTATIONS, permutations, signatures

RECALL = 0.99
"""Share of the pairs at the threshold that must share a band."""
REPRESENTATIVES = 16
"""Of a bucket larger than this, every paragraph is compared with the first so many in keeping order; among
them is the keeper, if the bucket has one."""

_ROWS = 1000
"""Signatures held at a time."""
_PAIRS = 1_000_000

Pairs = NDArray[np.uint32]


@dataclass(frozen=True, slots=True)
class Bands:
    """How a signature is cut: ``bands`` bands of ``rows`` values."""

    bands: int
    rows: int

    def recall(self, resemblance: float) -> float:
        """Expected share of the pairs of this resemblance that become candidates: 1 - (1 - s^r)^b."""
        return float(1 - (1 - resemblance**self.rows) ** self.bands)


def plan(threshold: float, recall: float = RECALL) -> Bands:
    """The longest bands (so the fewest chance candidates) that still reach the recall at the threshold.

    Leskovec, Rajaraman, Ullman, Mining of Massive Datasets, 3.4. Falls back to bands of one row.
    """
    for rows in range(PERMUTATIONS, 1, -1):
        bands = Bands(PERMUTATIONS // rows, rows)
        if bands.recall(threshold) >= recall:
            return bands
    return Bands(PERMUTATIONS, 1)


def keys_of(sets: ShingleSets, bands: Bands, workers: int = 1, compiled: bool | None = None) -> NDArray[np.uint32]:
    """Band keys (uint32, bands x sets) of the signatures of shingle sets, of which a few are held at a time.

    ``workers``: threads. ``compiled``: see ``when.is_large``.
    """
    if is_large(len(sets.hash), compiled):
        return _compiled_keys(sets, bands, workers)
    keys = np.empty((bands.bands, len(sets.offsets) - 1), np.uint32)
    for begin in range(0, keys.shape[1], _ROWS):
        end = min(begin + _ROWS, keys.shape[1])
        keys[:, begin:end] = band_keys(signatures(sets.rows(begin, end), compiled=False), bands, False)
    return keys


def _compiled_keys(sets: ShingleSets, bands: Bands, workers: int) -> NDArray[np.uint32]:
    from ..compiled import minhash as kernels

    keys = np.empty((bands.bands, len(sets.offsets) - 1), np.uint32)
    # The kernel goes through the first values of all bands, then the second ones; to the end of a signature with any.
    order = np.arange(keys.shape[0] * bands.rows).reshape(-1, bands.rows).T.reshape(-1)
    a, b = (column[np.resize(order, PERMUTATIONS)] for column in permutations())

    def work(first: int, end: int) -> None:
        kernels.keys(sets.hash, sets.offsets[first : end + 1], a, b, _factors(bands), keys, first)

    spread(work, sets.offsets, workers)
    return keys


def _factors(bands: Bands) -> Hashes:
    """What the values of a band are multiplied by."""
    return mix64(np.arange(1, bands.rows + 1, dtype=np.uint64))


def band_keys(rows: NDArray[np.uint32], bands: Bands, compiled: bool | None = None) -> NDArray[np.uint32]:
    """Keys (uint32, bands x rows) that are equal for signatures that agree on the band, rarely for others: the upper
    half of a sum of products (multilinear hashing: Carter and Wegman 1979, Dietzfelbinger 1996)."""
    keys = np.empty((bands.bands, len(rows)), np.uint32)
    factors = _factors(bands)
    if is_large(rows.size, compiled):
        from ..compiled import minhash as kernels

        kernels.band_keys(rows, factors, keys)
        return keys
    for band in range(bands.bands):
        values = rows[:, band * bands.rows : (band + 1) * bands.rows]
        keys[band] = (values * factors).sum(axis=1) >> np.uint64(32)
    return keys


def candidate_pairs(rows: NDArray[np.uint32], bands: Bands) -> Pairs:
    """``candidates`` among signatures."""
    return candidates(band_keys(rows, bands))


def candidates(keys: Iterable[NDArray[np.uint32]], compiled: bool | None = None) -> Pairs:
    """Pairs (uint32, shape n x 2) of rows that share a band key, without repeats, sorted by the second and the first.

    ``keys``: the keys of one band after another, of rows in keeping order: the first of a pair is kept first. Cost is
    near-linear: buckets over ``REPRESENTATIVES`` are stars around their first members. Less than 2^31 rows.
    ``compiled``: see ``when.is_large``.
    """
    bands = iter(keys)
    first = next(bands)
    if is_large(len(first), compiled):
        return _compiled(chain([first], bands), len(first))
    found, fresh, waiting = np.zeros(0, np.uint64), list[Hashes](), 0
    for band in chain([first], bands):
        fresh.append(_pairs(band))
        waiting += len(fresh[-1])
        # Most pairs share many bands: they are merged whenever there are as many new ones as old.
        if waiting > max(len(found), _PAIRS):
            found, fresh, waiting = distinct(np.concatenate([found, *fresh])), [], 0
    found = distinct(np.concatenate([found, *fresh]))
    return np.stack([found & np.uint64(0xFFFFFFFF), found >> np.uint64(32)], axis=1).astype(np.uint32)


def _pairs(keys: NDArray[np.uint32]) -> Hashes:
    """Pairs of rows with equal keys, the second in the upper half."""
    packed = keys.astype(np.uint64) << np.uint64(32) | np.arange(len(keys), dtype=np.uint64)
    packed.sort()
    first, second = group_pairs(edges_of(packed >> np.uint64(32)), REPRESENTATIVES, REPRESENTATIVES)
    row = packed & np.uint64(0xFFFFFFFF)
    return row[second] << np.uint64(32) | row[first]


def _compiled(keys: Iterable[NDArray[np.uint32]], count: int) -> Pairs:
    """``candidates`` by the kernels: the buckets of all bands first, then the pairs of one row after another. A row
    meets mostly the same ones in each band: so each pair is written once, and nothing has to be sorted."""
    from ..compiled import minhash as kernels

    parts, counts = [np.zeros(0, np.uint32)], np.zeros(count, np.int64)
    # A table that lies in the processor's cache lets some more keys pass, but is looked at twice as fast; of those that
    # pass most are told apart by another one.
    slots = min(1 << count.bit_length(), 1 << 30)
    space, seen, again = np.empty(count, np.uint64), np.empty(slots, np.uint8), np.empty(max(slots >> 3, 1), np.uint8)
    for band in keys:
        seen.fill(0)
        again.fill(0)
        packed = space[: kernels.pack(band, seen, space)]
        packed = packed[: kernels.sift(packed, again)]
        packed.sort()
        bucket = np.empty(len(packed), np.uint32)
        parts.append(bucket[: kernels.buckets(packed, bucket, counts)].copy())
    del space, seen, again
    members, room = np.concatenate(parts), np.empty(len(parts) * REPRESENTATIVES, np.int64)
    first = offsets_of(counts)
    begins: NDArray[Any] = np.empty(int(first[-1]), np.uint32 if len(members) < 1 << 32 else np.int64)
    kernels.begins_of(members, first[:-1].copy(), begins)
    last, result, row = np.zeros(count, np.uint32), np.empty((_PAIRS + len(room), 2), np.uint32), 0
    found = [result[:0]]
    while row < count:
        row, some = kernels.pairs(members, first, begins, REPRESENTATIVES, row, last, room, result)
        found.append(result[:some].copy())
    return np.concatenate(found)
