"""Passages that add nothing: where documents repeat themselves (tables, refrains, standing notices), each repeat of the
one meets each repeat of the other, and all a reader needs is one of them; of quotes, each place where they stand."""

from __future__ import annotations

from bisect import bisect_left, bisect_right

import numpy as np

from ..base.columns import Ints, Mask, edges_of, offsets_of, owners, ranges

Spans = tuple[Ints, Ints]
"""int64 columns: where each span begins, and the end."""


def adding(
    pairs: tuple[Ints, Ints], a: Spans, b: Spans, matched: Ints, quoted: Mask, compiled: bool = False
) -> Mask:  # fmt: skip
    """Which passages show words on both sides that no other one of the same documents shows (bool); those that are
    ``quoted`` (bool), on either side.

    Of two that show the same the one with more equal words stays, then the first. ``pairs``: their two documents.
    ``compiled``: by the kernels.
    """
    order = np.argsort(pairs[0] << 32 | pairs[1], kind="stable")
    a, b = (a[0][order], a[1][order]), (b[0][order], b[1][order])
    matched, quoted, edges = matched[order], quoted[order], edges_of(pairs[0][order], pairs[1][order])
    result = np.ones(len(matched), np.bool_)
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
        rows = rows[np.lexsort((-matched[rows], pair))]
        adds = np.ones(len(matched), np.bool_)
        room = np.empty((4, int(counts.max(initial=0)) + 1), np.int64)
        kernels.adding(offsets_of(counts), a, b, quoted, rows, room, adds)
        result[order] = adds
        return result
    for number in np.flatnonzero(_overlaps(edges, a) | _overlaps(edges, b)).tolist():
        low, high = int(edges[number]), int(edges[number + 1])
        sides = [np.stack([start[low:high], end[low:high]], 1).tolist() for start, end in (a, b)]
        shown = _Cover(), _Cover()
        for row in np.argsort(-matched[low:high], kind="stable").tolist():
            here = list(zip(shown, (side[row] for side in sides), strict=True))
            new = [not cover.holds(*span) for cover, span in here]
            if any(new) if quoted[low + row] else all(new):
                for cover, span in here:
                    cover.add(*span)
            else:
                result[order[low + row]] = False
    return result


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
