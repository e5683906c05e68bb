"""Passages: runs of words that two documents share, small edits allowed.

Exact runs that follow one another on both sides become a chain, which is extended over small edits (the sides
must come together again on two words within 15) and trimmed to its best score. Quotes, lifted sentences,
split, merged and trimmed paragraphs are found this way.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple, overload

import numpy as np
from numpy.typing import NDArray

from ..base.columns import HELD, Ints, Mask, Room, edges_of, offsets_of, ordered, owners, pieces, ranges, release
from ..compiled.when import is_large
from ..text.normalize import QUOTED, UNQUOTED, UNSPACED
from .grow import (
    GAP,
    GOES_ON,
    INSERTED,
    INSERTED_SHARE,
    LEAST,
    RESYNC,
    SKIPPED,
    SUBSTITUTED,
    Run,
    before,
    behind,
    cost,
    end_of,
    grown,
    is_before,
)
from .seeds import FEW, FULL, SEED, Runs, Seeds, Stream, exact_runs, seed_sizes

if TYPE_CHECKING:
    from ..compiled import group, grow

COMMON, USUAL = 4.0, 16
STOCK, EVERYWHERE = 8.0, 32
"""How many more one needs, at the most, of words that so many documents share; and of a phrase that stands in so many,
all over the corpus. A word counts as the most common 5-gram that it is part of."""
RUN, AS_RARE = 24, 2
"""Where two documents share a run of so many words, no more is needed of words that up to twice as many other documents
have as have that run: they are of the same copies."""
UNIT = 1000
"""What a word of two documents alone is worth."""
STEP = 50_000
"""Seeds whose documents are compared in one step of the compiled work."""
ROOM = 65_536
"""Passages there is room for at first in such a step."""


@dataclass(frozen=True, slots=True)
class Alignment:
    """One passage: places in the stream of documents a < b, as exact runs in order."""

    a: int
    b: int
    runs: tuple[Run, ...]
    matched: int

    @property
    def a_span(self) -> tuple[int, int]:
        return self.runs[0][0], self.runs[-1][0] + self.runs[-1][2]

    @property
    def b_span(self) -> tuple[int, int]:
        return self.runs[0][1], self.runs[-1][1] + self.runs[-1][2]


class Equal(NamedTuple):
    """Runs of equal tokens of two documents in columns (int64): places in a, places in b, lengths."""

    a: Ints
    b: Ints
    length: Ints


@dataclass(frozen=True, slots=True)
class Alignments(Sequence[Alignment]):
    """Passages in columns (int64): documents, equal words, and the runs of passage i, first[i]:first[i + 1]."""

    a: Ints
    b: Ints
    matched: Ints
    first: Ints
    runs: Equal

    def __len__(self) -> int:
        return len(self.a)

    def __iter__(self) -> Iterator[Alignment]:
        rows = zip(self.a.tolist(), self.b.tolist(), self.matched.tolist(), pairwise(self.first.tolist()), strict=True)
        for a, b, matched, (first, end) in rows:
            yield Alignment(a, b, self._runs(first, end), matched)

    @overload
    def __getitem__(self, number: int) -> Alignment: ...

    @overload
    def __getitem__(self, number: slice) -> list[Alignment]: ...

    def __getitem__(self, number: int | slice) -> Alignment | list[Alignment]:
        if isinstance(number, slice):
            return [self[row] for row in range(len(self))[number]]
        row = range(len(self))[number]
        runs = self._runs(int(self.first[row]), int(self.first[row + 1]))
        return Alignment(int(self.a[row]), int(self.b[row]), runs, int(self.matched[row]))

    def _runs(self, first: int, end: int) -> tuple[Run, ...]:
        runs = self.runs
        columns = runs.a[first:end].tolist(), runs.b[first:end].tolist(), runs.length[first:end].tolist()
        return tuple(zip(*columns, strict=True))


def find(stream: Stream, seeds: Seeds, workers: int = 1, compiled: bool | None = None) -> Alignments:
    """All passages, sorted by the second document, the first one, and place in that.

    ``workers``: threads. ``compiled``: see ``when.is_large``.
    """
    if is_large(len(stream.word), compiled):
        return _compiled(stream, seeds, workers)
    runs = _promising(exact_runs(stream, seeds))
    edges = edges_of(runs.b_document, runs.a_document) if len(runs.a) else np.zeros(1, np.int64)
    counted = _Counted(stream.halves(), _frequencies(stream, seeds), _worths())
    found: list[Alignment] = []
    for low, high in zip(edges[:-1].tolist(), edges[1:].tolist(), strict=True):
        found += _pair_passages(stream, runs.take(np.arange(low, high)), counted)
    return alignments_of(found)


def alignments_of(found: Sequence[Alignment]) -> Alignments:
    """The same passages in columns."""
    counts = np.fromiter((len(x.runs) for x in found), np.int64, len(found))
    flat = np.array([run for x in found for run in x.runs], np.int64).reshape(-1, 3)
    row = np.array([(x.a, x.b, x.matched) for x in found], np.int64).reshape(-1, 3)
    return Alignments(row[:, 0], row[:, 1], row[:, 2], offsets_of(counts), Equal(*flat.T.copy()))


def _compiled(stream: Stream, seeds: Seeds, workers: int) -> Alignments:
    """``find`` by the kernels: each document is compared with all before it."""
    from ..compiled import passage as kernels
    from ..compiled import run

    groups, in_order = groups_of(stream, seeds)
    rules, words = rules_of(), run.Words(stream.word, stream.documents, stream.unspaced, stream.flags)

    def work(first: int, end: int) -> list[tuple[Ints, ...]]:
        rows, room, parts = np.array([first, end], np.int64), ROOM, list[tuple[Ints, ...]]()
        while rows[0] < end:
            found = kernels.room_for(room)
            kernels.passages(words, groups, in_order, rules, rows, found)
            count, runs, _ = found.counts.tolist()
            found.passages[:count, 3] = np.diff(found.passages[:count, 3], append=runs)
            columns = *found.passages[:count].T, found.a[:runs], found.b[:runs], found.length[:runs]
            parts.append(tuple(column.copy() for column in columns))
            room *= 2
        release(stream.word, stream.flags, above=HELD)
        return parts

    parts = [part for some in ordered(work, pieces(in_order.lead_edges, STEP), workers) for part in some]
    columns = list(zip(*parts, strict=True)) or [(np.zeros(0, np.int64),)] * 7
    del parts
    # Each is let go of once it is in one piece.
    a, b, matched, counts, *runs = (_in_one(columns.pop(0)) for _ in range(7))
    return Alignments(a, b, matched, offsets_of(counts), Equal(*runs))


def _in_one(parts: Sequence[Ints]) -> Ints:
    """A column, on disk where it is large, so that it need not be held while others are worked on."""
    room, at = Room(sum(map(len, parts)), np.int64), 0
    for part in parts:
        room.put(at, part)
        at += len(part)
    return room.column()


def rules_of() -> grow.Rules:
    """What makes a passage, as the kernel takes it."""
    from ..compiled import grow

    limits = SEED, FULL, GAP, RESYNC, LEAST, INSERTED, INSERTED_SHARE, GOES_ON, SUBSTITUTED, SKIPPED, RUN, AS_RARE, UNIT
    return grow.Rules(*limits, _worths(), QUOTED, UNQUOTED, UNSPACED)


def groups_of(stream: Stream, seeds: Seeds) -> tuple[group.Groups, group.Seeds]:
    """The seeds as the kernel takes them: in groups, and in order of place."""
    from ..compiled import group

    count, edges = len(seeds.frequency), np.searchsorted(seeds.place, stream.documents)
    place, document, group_edges = group.members_of(seeds.place, seeds.group, stream.documents, count)
    numbers = np.arange(count)
    leader, span = numbers.copy(), np.zeros(count, np.int64)
    group.follow(seeds.place, seeds.group, place, group_edges, SEED, leader, span)
    heads = _heads(stream, document, group_edges, np.flatnonzero((np.diff(group_edges) > FULL) & (leader == numbers)))
    lead, lead_group, lead_edges = np.empty_like(seeds.group), np.empty_like(seeds.group), np.empty_like(edges)
    leads = group.leads(seeds.group, group_edges[:-1].copy(), leader, edges, lead, lead_group, lead_edges)
    lead, lead_group = lead[:leads].copy(), lead_group[:leads].copy()
    return (
        group.Groups(place, document, group_edges, heads, np.searchsorted(heads, group_edges), span),
        group.Seeds(seeds.place, seeds.group, seeds.frequency, edges, lead, lead_group, lead_edges),
    )


def _heads(stream: Stream, document: NDArray[np.int32], edges: Ints, groups: Ints) -> Ints:
    """The first ``FEW`` seeds, in keeping order, of some groups: their numbers, in order (int64)."""
    counts = np.diff(edges)[groups]
    members, begins = ranges(edges[groups], counts), offsets_of(counts)[:-1]
    order = np.lexsort((stream.rank[document[members]], owners(counts)))  # those of one document are in order of place
    return np.sort(members[order[ranges(begins, np.full(len(begins), FEW))]])


def _promising(runs: Runs) -> Runs:
    """Without short runs that have no other run of their documents nearby: chance, most of them."""
    if not len(runs.a):
        return runs
    same = (np.diff(runs.a_document) == 0) & (np.diff(runs.b_document) == 0)
    gap_a = runs.a[1:] - (runs.a + runs.length)[:-1]
    gap_b = runs.b[1:] - (runs.b + runs.length)[:-1]
    near = same & (gap_a <= GAP) & (np.abs(gap_b) <= GAP)
    has_neighbour = np.zeros(len(runs.a), np.bool_)
    has_neighbour[1:] |= near
    has_neighbour[:-1] |= near
    return runs.take(has_neighbour | (runs.length >= LEAST - RESYNC))


def _pair_passages(stream: Stream, runs: Runs, counted: _Counted) -> Iterator[Alignment]:
    """The passages of one pair of documents: chains of runs, extended over edits, trimmed, and accepted."""
    a, b = int(runs.a_document[0]), int(runs.b_document[0])
    bounds = (
        (int(stream.documents[a]), int(stream.documents[a + 1])),
        (int(stream.documents[b]), int(stream.documents[b + 1])),
    )
    factor = int(stream.factors(runs.a_document[:1], runs.b_document[:1])[0])
    rows = list(zip(runs.a.tolist(), runs.b.tolist(), runs.length.tolist(), runs.rarity.tolist(), strict=True))
    common = _in_common(rows, factor)
    done, ahead = (-1, -1), list[list[Run]]()
    while rows:
        chain, rarity, rows = _next_chain(rows, factor)
        if is_before(end_of(chain), done) or any(_is_within(chain, part) for part in ahead):
            continue  # the extension of an earlier chain has covered it
        chain = grown(stream.word, chain, bounds, factor)
        needed, enough = 2 * LEAST, rarity <= common or _at_quote(stream, chain)
        if counted.halves_of(chain) >= needed and (enough or counted.worth_of(chain, rarity) >= needed * UNIT):
            parts = [chain, *before(stream.word, chain[0], bounds, end_of(ahead[-1]) if ahead else done, factor)]
            done, ahead = end_of(chain), list(behind(stream.word, end_of(chain), (bounds[0][1], bounds[1][1]), factor))
            for part in parts + ahead:
                yield Alignment(a, b, tuple(part), sum(length for _, _, length in part))


def _is_within(chain: Sequence[Run], part: Sequence[Run]) -> bool:
    """Whether a passage holds all of a chain."""
    return is_before(part[0], chain[0]) and is_before(end_of(chain), end_of(part))


def _at_quote(stream: Stream, chain: list[Run]) -> bool:
    """Whether the chain begins right behind a quotation mark, or ends right before one, on either side."""
    for side in (0, 1):
        end = chain[-1][side] + chain[-1][2]
        if stream.flags[chain[0][side]] & QUOTED or (end < len(stream.flags) and stream.flags[end] & UNQUOTED):
            return True
    return False


def at_quotes(stream: Stream, *sides: tuple[Ints, Ints]) -> Mask:
    """``_at_quote`` of passages, whose first tokens and ends are given for both sides (bool)."""
    flags, last = stream.flags, len(stream.flags) - 1
    result = np.zeros(len(sides[0][0]), np.bool_)
    for start, end in sides:
        result |= (flags[start] & QUOTED != 0) | ((end <= last) & (flags[np.minimum(end, last)] & UNQUOTED != 0))
    return result


def _needed(rarity: int) -> float:
    """Equal words a passage needs when its rarest seed occurs in ``rarity`` documents: 8 to 12, or to 16."""
    beyond = max(rarity - USUAL, 0) / (EVERYWHERE - USUAL)
    return LEAST + min(COMMON, 1.5 * (math.log2(max(rarity, 2)) - 1)) + min(beyond, 1.0) * (STOCK - COMMON)


def _worths() -> Ints:
    """What a word is worth by the number of documents that have it (int64): so many of them are a passage."""
    return np.array([math.ceil(UNIT * LEAST / _needed(rarity)) for rarity in range(EVERYWHERE + 1)])


@dataclass(frozen=True, slots=True)
class _Counted:
    """What the words of a corpus count. halves: of ``Stream``; frequency: per token, see ``_frequencies``; worth: see
    ``_worths``."""

    halves: Ints
    frequency: Ints
    worth: Ints

    def halves_of(self, chain: Sequence[Run]) -> int:
        """The half words of a chain."""
        return sum(int(self.halves[place + length] - self.halves[place]) for _, place, length in chain)

    def worth_of(self, chain: Sequence[Run], rarity: int) -> int:
        """What the half words of a chain are worth, the rarest seed of which so many documents have."""
        total = 0
        for _, place, length in chain:
            documents, halves = self.frequency[place : place + length], np.diff(self.halves[place : place + length + 1])
            documents = np.where(documents == 0, rarity, documents)
            total += int((self.worth[np.minimum(documents, EVERYWHERE)] * halves).sum())
        return total


def _frequencies(stream: Stream, seeds: Seeds) -> Ints:
    """For every token the documents that have the most common of the seeds that it is part of (int64; 0: of none)."""
    result = np.zeros(len(stream.word), np.int64)
    size = seed_sizes(stream)[seeds.place]
    np.maximum.at(result, ranges(seeds.place, size), np.repeat(seeds.frequency[seeds.group], size))
    return result


def _in_common(rows: Sequence[tuple[int, int, int, int]], factor: int) -> int:
    """Documents that may have what two documents share for it to be as rare as the longest run of theirs is; 0 where
    they share none that is long."""
    longest = max(rows, key=lambda row: row[2])
    return 2 + AS_RARE * (longest[3] - 2) if longest[2] >= RUN * factor else 0


def _next_chain(
    rows: list[tuple[int, int, int, int]], factor: int
) -> tuple[list[Run], int, list[tuple[int, int, int, int]]]:
    """The chain that begins with the first row: each next run follows within the gap on both sides."""
    a, b, length, rarity = rows[0]
    chain, rest = [(a, b, length)], []
    for position in range(1, len(rows)):
        row = rows[position]
        last = chain[-1]
        gap_a, gap_b = row[0] - last[0] - last[2], row[1] - last[1] - last[2]
        if gap_a > GAP * factor:
            rest += rows[position:]
            break
        if min(gap_a, gap_b) >= 0 and gap_b <= GAP * factor and cost(gap_a, gap_b) < min(last[2], row[2]) + LEAST:
            chain.append(row[:3])
            rarity = min(rarity, row[3])
        else:
            rest.append(row)
    return chain, rarity, rest
