"""Lines of a corpus, some at a time, and the stories that several pages of a site tell.

The paragraphs are parted by the hashes of their lines, so that all that prints a line is in one part; only the numbers
of their rows are moved, in a temporary file where there are many.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from ..base.columns import ColumnFile, Ints, new_column, offsets_of, ordered, pieces, release

R = TypeVar("R")
Bools = NDArray[np.bool_]

LONG_WORDS = 12
"""Words from which a line may be a sentence of an article."""
LONG_SHARE = 0.30
"""Share of the site's stories from which a long line is template."""
_SAME_STORY = 0.5
"""Share of the shorter page's long lines, the rare ones counting more, that two pages of a story share."""
_MOST_PARTS = 1 << 10


@dataclass(frozen=True, slots=True)
class Part:
    """Some distinct lines of sites, and the documents that print them (once each)."""

    rows: Ints
    """The paragraphs."""
    of_row: Ints
    """For each of them the number of its line."""
    site: Ints
    """Of each line; also ``words``, ``content`` (whether it is anywhere) and ``key``."""
    words: Ints
    content: Bools
    key: NDArray[np.uint64]
    line: Ints
    """With ``document``: the pairs of a line and a document that prints it, sorted by line."""
    document: Ints


class Lines:
    """The lines of all sites, in parts of about ``piece`` paragraphs. ``workers``: threads that go through them."""

    def __init__(
        self,
        site: NDArray[np.int32],
        document: NDArray[np.int32],
        key: NDArray[np.uint64],
        words: NDArray[np.int32],
        content: Bools,
        piece: int,
        workers: int,
    ) -> None:
        self.piece, self._workers = piece, workers
        self._document, self._key, self._words, self._content = document, key, words, content
        self.home = np.zeros(int(document.max()) + 1, np.int64)
        """The site of each document."""
        self.home[document] = site
        self.present = np.zeros(len(self.home), np.bool_)
        """Whether a document has paragraphs."""
        self.present[document] = True
        self.pages = np.bincount(self.home[self.present])
        """Documents of each site."""
        self._rows, self._edges = _parted(key, piece)
        for _ in self._ordered(self._sort):
            pass

    def each(self, work: Callable[[Part], R]) -> Iterator[R]:
        """What ``work`` gives of each part, in order."""
        return self._ordered(lambda rows: work(self._part(rows.copy())))

    def _ordered(self, work: Callable[[Ints], R]) -> Iterator[R]:
        """What ``work`` gives of the rows of each part, in order."""

        def of_part(first: int, end: int) -> R:
            found = work(self._rows[first:end])
            release(self._rows)
            return found

        parts = [(first, end) for first, end in pairwise(self._edges) if end > first]
        return ordered(of_part, parts, self._workers)

    def _sort(self, rows: Ints) -> None:
        """Put the rows of a part in order."""
        document = self._document[rows]
        rows[:] = rows[np.lexsort((document, self._key[rows], self.home[document]))]

    def _part(self, rows: Ints) -> Part:
        documents, keys = self._document[rows].astype(np.int64), self._key[rows]
        sites = self.home[documents]
        fresh = np.ones(len(rows), np.bool_)
        fresh[1:] = (sites[1:] != sites[:-1]) | (keys[1:] != keys[:-1])
        new_pair = fresh.copy()
        new_pair[1:] |= documents[1:] != documents[:-1]
        line = np.cumsum(fresh) - 1
        starts = np.flatnonzero(fresh)
        return Part(
            rows,
            line,
            sites[starts],
            np.maximum.reduceat(self._words[rows], starts).astype(np.int64),
            np.logical_or.reduceat(self._content[rows], starts),
            keys[starts],
            line[new_pair],
            documents[new_pair],
        )


def _parted(key: NDArray[np.uint64], piece: int) -> tuple[Ints, list[int]]:
    """The rows of the paragraphs, those of the same part together, and where each part begins and the last one ends."""
    parts = min(1 << max(len(key) // piece, 0).bit_length(), _MOST_PARTS)
    if parts == 1:
        return np.arange(len(key)), [0, len(key)]
    shift = np.uint64(64 - (parts - 1).bit_length())
    steps = [slice(first, first + piece) for first in range(0, len(key), piece)]
    counts = sum(np.bincount((key[step] >> shift).astype(np.int64), minlength=parts) for step in steps)
    edges = offsets_of(np.asarray(counts))
    rows, at = new_column(len(key), np.int64), edges[:-1].copy()
    for step in steps:
        part = (key[step] >> shift).astype(np.int64)
        order = np.argsort(part, kind="stable")
        sizes = np.bincount(part, minlength=parts)
        ends = np.cumsum(sizes)
        for number in np.flatnonzero(sizes).tolist():
            moved = order[ends[number] - sizes[number] : ends[number]] + step.start
            rows[at[number] : at[number] + sizes[number]] = moved
        at += sizes
        release(rows)
    return rows, edges.tolist()


def stories(lines: Lines) -> Ints:
    """For each document, the document that stands for its story.

    A document follows the one, of those that lead a line of its own, with which it shares most. Which
    document leads a line (the one with most text) is the same for all lines of a story, so that counting by
    leaders finds the copies without comparing pairs.
    """
    total, smallest = _weighed(lines)
    # Documents by weight, then by the smallest key among their weighty lines: never by their numbers.
    rank = np.empty(len(total), np.int64)
    rank[np.lexsort((smallest, -total))] = np.arange(len(total))
    parent = np.arange(len(total))
    for pairs, shared in _shared(lines, rank):
        _follow(parent, pairs, shared, total, rank)
    while True:
        above = parent[parent]
        if np.array_equal(above, parent):
            return parent
        parent = above


def _weighed(lines: Lines) -> tuple[Ints, NDArray[np.uint64]]:
    """For each document the weight of its lines, and the smallest key among those that weigh anything."""
    count = len(lines.home)
    total = np.zeros(count, np.int64)
    smallest = np.full(count, np.iinfo(np.uint64).max, dtype=np.uint64)

    def heavy(part: Part) -> tuple[Ints, Ints, NDArray[np.uint64]]:
        carried = _weights(part, lines.pages)[part.line]
        some = carried > 0
        return part.document[some], carried[some], part.key[part.line[some]]

    for document, carried, key in lines.each(heavy):
        total += np.bincount(document, carried, count).astype(np.int64)
        np.minimum.at(smallest, document, key)
    return total, smallest


def _weights(part: Part, pages: Ints) -> Ints:
    """Words of the long lines of articles; lines that most pages print count for less, those of all for nothing.

    Whole numbers add up the same in any order.
    """
    printed = np.bincount(part.line, minlength=len(part.site))
    rare = np.rint(64 * np.clip(np.log(pages[part.site] / printed) / -np.log(LONG_SHARE), 0, 1))
    long = part.content & (part.words >= LONG_WORDS)
    return np.where(long, part.words * rare, 0).astype(np.int64)


def _shared(lines: Lines, rank: Ints) -> Iterator[tuple[Ints, Ints]]:
    """Pairs of a document and one that leads lines of it (as one number, in order), and the weight of these lines;
    all pairs of a document come together."""
    count = len(rank)
    leader = np.empty(count, np.int64)
    leader[rank] = np.arange(count)
    pairs, weights = ColumnFile(np.int64), ColumnFile(np.int64)
    load, edges = np.zeros(count, np.int64), [0]
    for found, weight in lines.each(lambda part: _led(part, lines.pages, rank, leader)):
        pairs.append(found)
        weights.append(weight)
        load += np.bincount(found // count, minlength=count)
        edges.append(edges[-1] + len(found))
    pair, weight = pairs.column(), weights.column()
    for first, end in pieces(offsets_of(load), lines.piece) if edges[-1] else []:
        slices = [
            slice(low + a, low + b)
            for low, high in pairwise(edges)
            for a, b in [np.searchsorted(pair[low:high], (first * count, end * count)).tolist()]
        ]
        found, place = np.unique(np.concatenate([pair[one] for one in slices]), return_inverse=True)
        yield found, np.bincount(place, np.concatenate([weight[one] for one in slices])).astype(np.int64)
        release(pair, weight)


def _led(part: Part, pages: Ints, rank: Ints, leader: Ints) -> tuple[Ints, Ints]:
    """The pairs of a part, as of ``_shared``."""
    carried = _weights(part, pages)[part.line]
    shared = (carried > 0) & (np.bincount(part.line, minlength=len(part.site))[part.line] > 1)
    line, document, carried = part.line[shared], part.document[shared], carried[shared]
    if not len(line):
        return np.zeros(0, np.int64), np.zeros(0, np.int64)
    starts = np.flatnonzero(np.r_[True, line[1:] != line[:-1]])
    first = np.repeat(np.minimum.reduceat(rank[document], starts), np.diff(np.r_[starts, len(line)]))
    found, place = np.unique(document * len(rank) + leader[first], return_inverse=True)
    return found, np.bincount(place, carried).astype(np.int64)


def _follow(parent: Ints, pairs: Ints, shared: Ints, total: Ints, rank: Ints) -> None:
    """Let each document of ``pairs`` follow the leader with which it shares enough, and most."""
    count = len(total)
    follower, ahead = pairs // count, pairs % count
    enough = (follower != ahead) & (shared >= _SAME_STORY * np.minimum(total[follower], total[ahead]))
    follower, ahead, shared = follower[enough], ahead[enough], shared[enough]
    # The last assignment to a follower stands: its best leader.
    order = np.lexsort((-rank[ahead], shared))
    parent[follower[order]] = ahead[order]
