"""Passages that add nothing: where documents repeat themselves (tables, refrains, standing notices), each repeat of the
one meets each repeat of the other, and all a reader needs is one of them; of quotes, each place where they stand."""

from __future__ import annotations

from bisect import bisect_left, bisect_right

import numpy as np

from ..base.columns import Ints, Mask, edges_of, offsets_of, owners, ranges
from .quotes import Spans, by_span


def adding(
    pairs: tuple[Ints, Ints], a: Spans, b: Spans, order: tuple[Ints, Spans, Spans], quoted: Mask, compiled: bool = False
) -> Mask:  # fmt: skip
    """Which passages show words on both sides that no other one of the same documents shows (bool); those that are
    ``quoted`` (bool), on either side.

    ``pairs``: their two documents; passages of the same ones lie together. ``order``: of two that show the same the one
    with more equal words stays, then the first by its spans, as they were found. ``compiled``: by the kernels.
    """
    edges, result = edges_of(*pairs), np.ones(len(quoted), np.bool_)
    if not len(result):
        return result
    if compiled:
        from ..compiled import quote as kernels

        overlap, key = np.zeros(len(edges) - 1, np.bool_), np.empty(int(np.diff(edges).max()), np.int64)
        kernels.overlaps(edges, a, key, overlap)
        kernels.overlaps(edges, b, key, overlap)
        several = np.flatnonzero(overlap)
        counts = np.diff(edges)[several]
        rows, pair = ranges(edges[several], counts), owners(counts)
        rows = rows[_in_order(order, rows, pair)]
        room = np.empty((4, int(counts.max(initial=0)) + 1), np.int64)
        kernels.adding(offsets_of(counts), a, b, quoted, rows, room, result)
        return result
    for number in np.flatnonzero(_overlaps(edges, a) | _overlaps(edges, b)).tolist():
        low, high = int(edges[number]), int(edges[number + 1])
        sides = [np.stack([start[low:high], end[low:high]], 1).tolist() for start, end in (a, b)]
        shown = _Cover(), _Cover()
        for row in _in_order(order, np.arange(low, high)).tolist():
            here = list(zip(shown, (side[row] for side in sides), strict=True))
            new = [not cover.holds(*span) for cover, span in here]
            if any(new) if quoted[low + row] else all(new):
                for cover, span in here:
                    cover.add(*span)
            else:
                result[low + row] = False
    return result


def _in_order(order: tuple[Ints, Spans, Spans], rows: Ints, *before: Ints) -> Ints:
    """The order of some passages by other columns, then as ``adding`` has it."""
    matched, *sides = order
    a, b = ((start[rows], end[rows]) for start, end in sides)
    return by_span(a, b, *before, matched.max() - matched[rows])


def _overlaps(edges: Ints, spans: Spans) -> Mask:
    """Which pairs of documents have spans that overlap (bool)."""
    counts = np.diff(edges)
    pair = np.repeat(np.arange(len(counts)), counts)
    order = np.lexsort((spans[0], pair))
    start, end, pair = spans[0][order], spans[1][order], pair[order]
    result = np.zeros(len(counts), np.bool_)
    # Without an overlap a sorted span never begins before the end of the one before it.
    result[pair[1:][(pair[1:] == pair[:-1]) & (start[1:] < end[:-1])]] = True
    return result


class _Cover:
    """The union of spans: disjoint ones in order."""

    def __init__(self) -> None:
        self._starts: list[int] = []
        self._ends: list[int] = []

    def holds(self, start: int, end: int) -> bool:
        """Whether a span lies within the union."""
        low = bisect_right(self._starts, start) - 1
        return low >= 0 and end <= self._ends[low]

    def add(self, start: int, end: int) -> None:
        """Join a span to the union."""
        low, high = bisect_left(self._ends, start), bisect_right(self._starts, end)
        if low < high:
            start, end = min(start, self._starts[low]), max(end, self._ends[high - 1])
        self._starts[low:high], self._ends[low:high] = [start], [end]
