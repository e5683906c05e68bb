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

from ..base.columns import HELD, Ints, Mask, edges_of, offsets_of, ordered, owners, pieces, ranges, release
from ..compiled.when import is_large
from ..text.normalize import QUOTED, UNQUOTED
from ..text.vocabulary import Numbers
from .seeds import FEW, FULL, SEED, Runs, Seeds, Stream, exact_runs

if TYPE_CHECKING:
    from ..compiled import group, grow

GAP = 15
"""Words on either side within which two documents must come together again."""
RESYNC = 2
"""Equal words that count as coming together."""
LEAST = 8
"""Equal words that a passage of rare words needs, or one that begins or ends at a quotation mark."""
COMMON, USUAL = 4.0, 16
STOCK, EVERYWHERE = 8.0, 32
"""How many more one needs, at the most, of words that so many documents share; and of a phrase that stands in so many,
all over the corpus. A word counts as the most common 5-gram that it is part of."""
RUN, AS_RARE = 24, 2
"""Where two documents share a run of so many words, no more is needed of words that up to twice as many other documents
have as have that run: they are of the same copies."""
UNIT = 1000
"""What a word of two documents alone is worth."""
INSERTED = 5
INSERTED_SHARE = 0.7
"""Words that only one side has between two runs end the passage from so many on, unless the other side has
nearly as many in their place."""
GOES_ON = 6
"""Equal words from which what stands right behind a passage, or right before it, is another one, where one side has put
in as many as end a passage: who said it, within a quote."""
SUBSTITUTED = 0.7
SKIPPED = 0.4
"""What a substituted word costs, and a word that one side has more; an equal word gains 1."""

STEP = 50_000
"""Seeds whose documents are compared in one step of the compiled work."""
ROOM = 16_384
"""Passages there is room for at first in such a step."""

Run = tuple[int, int, int]
"""(place in a, place in b, length): equal tokens."""


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
    frequency, worth = _frequencies(stream, seeds), _worths()
    found: list[Alignment] = []
    for low, high in zip(edges[:-1].tolist(), edges[1:].tolist(), strict=True):
        found += _pair_passages(stream, runs.take(np.arange(low, high)), frequency, worth)
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
    rules, words = rules_of(), run.Words(stream.word, stream.documents, stream.by_character, stream.flags)

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
    a, b, matched, counts, *runs = (np.concatenate(columns.pop(0)) for _ in range(7))
    return Alignments(a, b, matched, offsets_of(counts), Equal(*runs))


def rules_of() -> grow.Rules:
    """What makes a passage, as the kernel takes it."""
    from ..compiled import grow

    limits = SEED, FULL, GAP, RESYNC, LEAST, INSERTED, INSERTED_SHARE, GOES_ON, SUBSTITUTED, SKIPPED, RUN, AS_RARE, UNIT
    return grow.Rules(*limits, _worths(), QUOTED, UNQUOTED)


def groups_of(stream: Stream, seeds: Seeds) -> tuple[group.Groups, group.Seeds]:
    """The seeds as the kernel takes them: in groups, and in order of place."""
    from ..compiled import group

    count, edges = len(seeds.frequency), np.searchsorted(seeds.place, stream.documents)
    place, document, group_edges = group.members_of(seeds.place, seeds.group, stream.documents, count)
    numbers = np.arange(count)
    leader, span = numbers.copy(), np.zeros(count, np.int64)
    group.follow(seeds.place, seeds.group, place, group_edges, SEED, leader, span)
    heads = _heads(stream, document, group_edges, np.flatnonzero((np.diff(group_edges) > FULL) & (leader == numbers)))
    lead, lead_group, lead_edges = np.empty_like(document), np.empty_like(document), np.empty_like(edges)
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


def _pair_passages(stream: Stream, runs: Runs, frequency: Ints, worth: Ints) -> Iterator[Alignment]:
    """The passages of one pair of documents: chains of runs, extended over edits, trimmed, and accepted."""
    a, b = int(runs.a_document[0]), int(runs.b_document[0])
    bounds = (
        (int(stream.documents[a]), int(stream.documents[a + 1])),
        (int(stream.documents[b]), int(stream.documents[b + 1])),
    )
    factor = 2 if stream.by_character[a] else 1
    rows = list(zip(runs.a.tolist(), runs.b.tolist(), runs.length.tolist(), runs.rarity.tolist(), strict=True))
    common = _in_common(rows, factor)
    done, ahead = (-1, -1), list[list[Run]]()
    while rows:
        chain, rarity, rows = _next_chain(rows, factor)
        if _is_before(_end(chain), done) or any(_is_within(chain, part) for part in ahead):
            continue  # the extension of an earlier chain has covered it
        chain = _grown(stream.word, chain, bounds, factor)
        matched = sum(length for _, _, length in chain)
        needed, enough = LEAST * factor, rarity <= common or _at_quote(stream, chain)
        if matched >= needed and (enough or _worth(chain, rarity, frequency, worth) >= needed * UNIT):
            parts = [chain, *_before(stream.word, chain[0], bounds, _end(ahead[-1]) if ahead else done, factor)]
            done, ahead = _end(chain), list(_behind(stream.word, _end(chain), (bounds[0][1], bounds[1][1]), factor))
            for part in parts + ahead:
                yield Alignment(a, b, tuple(part), sum(length for _, _, length in part))


def _end(chain: Sequence[Run]) -> tuple[int, int]:
    """Where the last run ends, on both sides."""
    return chain[-1][0] + chain[-1][2], chain[-1][1] + chain[-1][2]


def _is_before(place: Sequence[int], other: Sequence[int]) -> bool:
    """Whether a place is not behind another one on either side."""
    return place[0] <= other[0] and place[1] <= other[1]


def _is_within(chain: Sequence[Run], part: Sequence[Run]) -> bool:
    """Whether a passage holds all of a chain."""
    return _is_before(part[0], chain[0]) and _is_before(_end(chain), _end(part))


def _behind(words: Numbers, at: tuple[int, int], stop: tuple[int, int], factor: int) -> Iterator[list[Run]]:
    """The passages that go on right behind two places, each from the end of the one before."""
    while True:
        run = _goes_on(words, at, stop, factor)
        if run is None:
            return
        end = run[0] + run[2], run[1] + run[2]
        chain = [run, *extend(words, (end[0], stop[0]), (end[1], stop[1]), factor)]
        yield chain
        at = _end(chain)


def _before(
    words: Numbers, first: Run, bounds: tuple[tuple[int, int], tuple[int, int]], done: tuple[int, int], factor: int
) -> Iterator[list[Run]]:
    """The passages that end right before the first run of another one, but behind the last that there was before."""
    size, low = len(words), (bounds[0][0], bounds[1][0])
    if _is_before(done, first):
        low = max(low[0], done[0]), max(low[1], done[1])
    at, stop = (size - first[0], size - first[1]), (size - low[0], size - low[1])
    for chain in _behind(words[::-1], at, stop, factor):
        yield [(size - a - length, size - b - length, length) for a, b, length in reversed(chain)]


def _goes_on(words: Numbers, at: tuple[int, int], stop: tuple[int, int], factor: int) -> Run | None:
    """The run of equal tokens that begins at a place on one side, and a little behind it on the other."""
    for gap in range(INSERTED, GAP * factor + 1):
        for a, b in ((at[0], at[1] + gap), (at[0] + gap, at[1])):
            length, most = 0, min(stop[0] - a, stop[1] - b)
            while length < most and words[a + length] == words[b + length]:
                length += 1
            if length >= GOES_ON * factor:
                return a, b, length
    return None


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


def _worth(chain: Sequence[Run], rarity: int, frequency: Ints, worth: Ints) -> int:
    """What the words of a chain are worth. ``frequency``: per token, see ``_frequencies``."""
    total = 0
    for _, place, length in chain:
        documents = frequency[place : place + length]
        documents = np.where(documents == 0, rarity, documents)
        total += int(worth[np.minimum(documents, EVERYWHERE)].sum())
    return total


def _frequencies(stream: Stream, seeds: Seeds) -> Ints:
    """For every token the documents that have the most common of the seeds that it is part of (int64; 0: of none)."""
    result = np.zeros(len(stream.word), np.int64)
    document = np.searchsorted(stream.documents, seeds.place, side="right") - 1
    size = np.where(stream.by_character[document], 2 * SEED, SEED)
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
        if min(gap_a, gap_b) >= 0 and gap_b <= GAP * factor and _cost(gap_a, gap_b) < min(last[2], row[2]) + LEAST:
            chain.append(row[:3])
            rarity = min(rarity, row[3])
        else:
            rest.append(row)
    return chain, rarity, rest


def _cost(gap_a: int, gap_b: int) -> float:
    """What lies between two runs costs; where one side has a sentence that the other has not, it ends the
    passage: what was put in or left out is no part of what is shared."""
    short, long = sorted((gap_a, gap_b))
    if long - short >= INSERTED and short <= INSERTED_SHARE * long:
        return math.inf
    return SUBSTITUTED * min(gap_a, gap_b) + SKIPPED * abs(gap_a - gap_b)


def _grown(words: Numbers, chain: list[Run], bounds: tuple[tuple[int, int], tuple[int, int]], factor: int) -> list[Run]:
    """The chain with the small runs inside its gaps, and extended over edits at both ends."""
    grown = [chain[0]]
    for run in chain[1:]:
        last = grown[-1]
        grown += align(words, (last[0] + last[2], run[0]), (last[1] + last[2], run[1]))
        grown.append(run)
    (a_low, a_high), (b_low, b_high) = bounds
    last = grown[-1]
    grown += extend(words, (last[0] + last[2], a_high), (last[1] + last[2], b_high), factor)
    first = grown[0]
    before = extend(words[::-1], _mirror(words, a_low, first[0]), _mirror(words, b_low, first[1]), factor)
    size = len(words)
    return [(size - a - n, size - b - n, n) for a, b, n in reversed(before)] + grown


def _mirror(words: Numbers, low: int, high: int) -> tuple[int, int]:
    return len(words) - high, len(words) - low


def align(words: Numbers, a: tuple[int, int], b: tuple[int, int]) -> list[Run]:
    """Runs of equal tokens, in order, between two short stretches (resynchronising as ``extend`` does)."""
    return list(_steps(words, a, b, a[1] - a[0] + b[1] - b[0]))


def extend(words: Numbers, a: tuple[int, int], b: tuple[int, int], factor: int) -> list[Run]:
    """Runs after two places where documents part, for as long as they keep coming together again.

    Equal words gain, edits cost; what follows the best score is trimmed off.
    """
    runs: list[Run] = []
    best, best_count, score = 0.0, 0, 0.0
    at_a, at_b = a[0], b[0]
    for run in _steps(words, a, b, GAP * factor):
        score += run[2] - _cost(run[0] - at_a, run[1] - at_b)
        at_a, at_b = run[0] + run[2], run[1] + run[2]
        runs.append(run)
        if score > best:
            best, best_count = score, len(runs)
        if score < best - LEAST:
            break
    return runs[:best_count]


def _steps(words: Numbers, a: tuple[int, int], b: tuple[int, int], gap: int) -> Iterator[Run]:
    """From two places on: skip to where both sides agree on two words, run to where they part, and again."""
    (at_a, end_a), (at_b, end_b) = a, b
    while True:
        met = _meet(
            words[at_a : min(end_a, at_a + gap + RESYNC)].tolist(),
            words[at_b : min(end_b, at_b + gap + RESYNC)].tolist(),
        )
        if met is None:
            return
        at_a, at_b = at_a + met[0], at_b + met[1]
        length = RESYNC
        while at_a + length < end_a and at_b + length < end_b and words[at_a + length] == words[at_b + length]:
            length += 1
        yield at_a, at_b, length
        at_a, at_b = at_a + length, at_b + length


def _meet(left: list[int], right: list[int]) -> tuple[int, int] | None:
    """The nearest places (least sum) where two stretches have two words in a row in common."""
    where: dict[tuple[int, int], int] = {}
    for place in range(len(right) - 2, -1, -1):
        where[right[place], right[place + 1]] = place
    best: tuple[int, int] | None = None
    for place in range(len(left) - 1):
        if best is not None and place >= best[0] + best[1]:
            break
        other = where.get((left[place], left[place + 1]))
        if other is not None and (best is None or place + other < best[0] + best[1]):
            best = place, other
    return best
