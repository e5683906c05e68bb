"""Documents that print the same article: how much of each the other one covers decides, both ways."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..base.columns import HELD, PIECE, Ints, Mask, Sums, edges_of, offsets_of, owners, release
from ..compiled.when import is_large
from ..model import StoryRelation
from ..text.normalize import CAPITAL, NUMBER, OPENING
from . import headlines
from .passages import Alignments
from .seeds import Seeds, Stream

Shares = NDArray[np.float64]

OWN = 0.5
"""Share of a document that some other document must print for it to be a copy of a story at all: a document
that lifts a paragraph, or a few, has a text of its own besides."""
SAME = 0.35
"""Mean of the two shares from which two such documents are the same story: papers cut wire copy from the
bottom, and add to it."""
LEAST = 0.03
SHORTENED, OF_IT, HEADLINE = 0.7, 0.15, 20
"""A document is also the same story as a longer one when this share of it is there, makes this share of the longer one,
and begins with its first words, not counting a headline of so many: papers cut from the bottom."""
CLOSE, AS_FULLY = 0.65, 0.9
"""Two documents must be about as close to one another as the less close of them is to its own best match, so
that pages made from one template are not one story; or the one hold nearly as large a share of the other as any
document does, for a short version is closest to other short ones."""
PARTIAL = 0.25
"""Share of a document from which the other one holds a part of it; below the same headline this makes them one story,
however little is left of the one in the other. Where the shares of two documents come to less, even if every word
counted in full, what they share has no weight: it would make them neither, nor be the most that either shares with a
document of its story."""
MUCH = 80
"""Words that two documents share from which it is more than a quote, or a note, however long they are."""
OTHER, OTHERS = 0.45, 4
"""Share, and number, of the numbers and names within their passages in which two documents differ from which they
were filled in from one template, as earnings notes are. Of edited and scanned wire copy, 99 pairs in 100 stay below
0.4."""
TOGETHER = 0.3
"""Share of the pairs between two groups that must be the same story for the groups to be one: two papers that cut
the same article differently may have little in common."""
FREQUENT = 10
"""Documents that share a 5-gram from which its words begin to count less; or twice as many as share the rarer
words of the document itself, so that a story that very many papers print counts in full."""
RARER = 0.15
"""Share of a document's words that are its rarer ones."""
GRAIN = 1 << 20
"""Weights are whole numbers of so small a part of a word: their sums are exact, in whatever order they are added."""
BLOCK = 1 << 20
"""Words whose flags are looked at in one piece: a multiple of 64."""


STORY_RELATIONS: tuple[StoryRelation, ...] = ("same", "partial", "quotes")
PART = STORY_RELATIONS.index("partial")


@dataclass(frozen=True, slots=True)
class Coverage:
    """Pairs of documents (a < b) that share a passage: int64 and float64 columns.

    a_covered, b_covered: share of each one's words that passages find in the other. a_weight, b_weight: the same
    with every word weighted by how rare it is, 0 where they share too little for it (see ``PARTIAL``). same: bool, the
    pair prints the same story. filled: bool, both were filled in from one template, with other numbers and names.
    words: int64, how many of the one's words passages find in the other, or of the other's in the one if fewer.
    """

    a: Ints
    b: Ints
    a_covered: Shares
    b_covered: Shares
    a_weight: Shares
    b_weight: Shares
    same: Mask
    filled: Mask
    words: Ints

    @property
    def related(self) -> Mask:
        """Which pairs print the same story, or one a part of the other (bool): more than quotes."""
        part: Mask = (np.maximum(self.a_weight, self.b_weight) >= PARTIAL) & ~self.filled
        return self.same | part

    def related_pairs(self, count: int) -> Ints:
        """Those pairs in one number each, a * count + b, sorted (int64). ``count``: documents there are."""
        return self._pairs(self.related, count)

    def pairs_with_much(self, count: int) -> Ints:
        """``related_pairs``, and those that share as many words as no quote has."""
        return self._pairs(self.related | (self.words >= MUCH), count)

    def _pairs(self, which: Mask, count: int) -> Ints:
        return np.sort(self.a[which] * count + self.b[which])

    @property
    def relations(self) -> NDArray[np.uint8]:
        """Same story, a part of it, or quotes only: numbers in ``STORY_RELATIONS``."""
        part = np.where(self.related, PART, STORY_RELATIONS.index("quotes"))
        return np.where(self.same, STORY_RELATIONS.index("same"), part).astype(np.uint8)


def coverage(passages: Alignments, stream: Stream, seeds: Seeds, compiled: bool | None = None) -> Coverage:
    """Two-way coverage of every pair of documents that share a passage, sorted by the first one and the second.

    ``compiled``: see ``when.is_large``.
    """
    pairs = edges_of(passages.a, passages.b)
    a, b = passages.a[pairs[:-1]], passages.b[pairs[:-1]]
    work = _compiled_shared if is_large(int(stream.documents[-1]), compiled) else _shared
    found = work(passages, stream, pairs, seeds)
    sizes = np.diff(stream.documents).astype(np.float64)
    a_weight, b_weight = _share(found.of_a[:, 0], found.whole[a]), _share(found.of_b[:, 0], found.whole[b])
    begins = [its <= stream.documents[of] + HEADLINE for its, of in zip(found.begins.T, (a, b), strict=True)]
    others, equal = found.marked.T
    filled = (others >= OTHERS) & (others >= OTHER * (others + equal))
    titled = np.maximum(a_weight, b_weight) >= PARTIAL
    titled[titled] = headlines.same(stream, a[titled], b[titled])
    same = same_story(a, b, a_weight, b_weight, begins[0], begins[1], titled, len(sizes)) & ~filled
    a_covered, b_covered = _share(found.of_a[:, 1], sizes[a]), _share(found.of_b[:, 1], sizes[b])
    order = np.argsort(a << 32 | b)
    sides, shares = (a[order], b[order]), (a_covered[order], b_covered[order], a_weight[order], b_weight[order])
    words = np.minimum(found.of_a[:, 1], found.of_b[:, 1]).astype(np.int64)
    return Coverage(*sides, *shares, same[order], filled[order], words[order])


def _share(part: Shares, whole: Shares) -> Shares:
    return np.minimum(part / np.maximum(whole, 1e-9), 1)


class _Shared(NamedTuple):
    """What pairs of documents share, float64. whole: weight of every document. of_a, of_b: weight and number of the
    words in the pair's passages, a row a pair. begins: int64, the first word of them on both sides. marked: numbers and
    names within its passages, those in which the two differ, and those that are equal; 0 where they weigh nothing."""

    whole: Shares
    of_a: Shares
    of_b: Shares
    begins: Ints
    marked: Shares


def _numbers_and_names(stream: Stream) -> Iterator[Shares]:
    """1 for every token that is a number or begins with a capital not owed to the sentence (float64), in pieces."""
    for first in range(0, len(stream.flags), PIECE // 8):
        flags = stream.flags[first : first + PIECE // 8]
        yield ((flags & NUMBER != 0) | (flags & (CAPITAL | OPENING) == CAPITAL)).astype(np.float64)


def _shared(passages: Alignments, stream: Stream, pairs: Ints, seeds: Seeds) -> _Shared:
    """What each pair shares. The passages of pair i are pairs[i]:pairs[i + 1]."""
    documents, runs, edges, count = stream.documents, passages.runs, passages.first[pairs], len(pairs) - 1
    places = np.concatenate([side + length for side in (runs.a, runs.b) for length in (0, runs.length)])
    weights = (rare_weights(*part) for part in seeds.per_token(stream))
    sums, pair = Sums(np.concatenate([documents, places]), weights), owners(np.diff(edges))

    def side_of(start: Ints) -> Shares:
        row, low, end = _union(pair, start, runs.length)
        columns = sums[end] - sums[low], end - low
        return np.stack([np.bincount(row, column, count) for column in columns], axis=1)

    marks = Sums(places, _numbers_and_names(stream))
    following = np.flatnonzero(np.diff(owners(np.diff(passages.first))) == 0)
    between = [marks[side[following + 1]] - marks[(side + runs.length)[following]] for side in (runs.a, runs.b)]
    others = np.bincount(pair[following], np.maximum(np.minimum(*between), 0), count)
    equal = np.bincount(pair, marks[runs.a + runs.length] - marks[runs.a], count)
    whole = sums[documents[1:]] - sums[documents[:-1]]
    of_a, of_b = side_of(runs.a), side_of(runs.b)
    marked: Shares = np.stack([others, equal], axis=1)
    a, b = passages.a[pairs[:-1]], passages.b[pairs[:-1]]
    little = of_a[:, 1] / np.maximum(whole[a], 1e-9) + of_b[:, 1] / np.maximum(whole[b], 1e-9) < PARTIAL
    of_a[little, 0] = of_b[little, 0] = 0
    marked[(of_a[:, 0] == 0) & (of_b[:, 0] == 0)] = 0
    begins = [np.minimum.reduceat(start, edges[:-1]) if count else start for start in (runs.a, runs.b)]
    return _Shared(whole, of_a, of_b, np.stack(begins, axis=1), marked)


def _compiled_shared(passages: Alignments, stream: Stream, pairs: Ints, seeds: Seeds) -> _Shared:
    """``_shared`` by the kernels: what words lack of counting in full is added up, as most lack nothing."""
    from ..compiled import ranks
    from ..compiled import story as kernels

    documents, runs, count = stream.documents, passages.runs, len(pairs) - 1
    held = ranks.room(int(documents[-1]) + 1)
    ranks.mark(documents, 1, 0, held)
    for side in (runs.a, runs.b):
        kernels.mark(side, runs.length, held)
    longest = int(np.diff(np.searchsorted(seeds.place, documents)).max(initial=0))
    lacks, common = kernels.Places(held, np.empty(ranks.count(held))), np.empty((longest, 3), np.int64)
    columns, limits = (seeds.place, seeds.group, seeds.frequency, seeds.begins), (FREQUENT, RARER, float(GRAIN))
    kernels.lacks(columns, documents, limits, lacks, common, np.empty(longest, np.int64))
    lacking, sizes = np.empty(len(documents)), np.diff(documents)
    kernels.at(lacks, documents, lacking)
    whole, words = sizes - np.diff(lacking), np.zeros((2, (int(sizes.max(initial=0)) >> 6) + 2), np.uint64)
    both = passages.a[pairs[:-1]], passages.b[pairs[:-1]]
    its = kernels.Pairs(pairs, passages.first, both, (runs.a, runs.b), runs.length)
    shares, begins, marked = np.empty((count, 2, 2)), np.empty((count, 2), np.int64), np.empty((count, 2))
    kernels.shared(its, kernels.Documents(documents, whole), lacks, PARTIAL, words, begins, shares)
    marks, known = lacks, np.zeros(2, np.int64)  # in the room of those, which are not needed any more
    for first in range(0, int(documents[-1]) + 1, BLOCK):
        flags, blocks = stream.flags[first : first + BLOCK], (first >> 6, min((first + BLOCK) >> 6, len(held)))
        kernels.marks(flags, blocks, (NUMBER, CAPITAL, OPENING), marks, known)
        release(stream.flags, above=HELD)
    kernels.compare(its, marks, shares, marked)
    return _Shared(whole, shares[:, 0], shares[:, 1], begins, marked)


def rare_weights(frequency: Ints, documents: Ints) -> Shares:
    """Weight of every token (float64, 0 to 1) by the document frequency of the 5-gram it is in.

    1 up to ``FREQUENT`` documents, then falling with the cube: what a whole site's pages have in common says
    nothing of any two of them.
    """
    counts = np.diff(documents)
    few = np.diff(offsets_of((frequency <= FREQUENT // 2).view(np.uint8))[documents])
    usual = np.maximum(FREQUENT, 2 * _rarer(frequency, documents, counts, few))
    share = np.minimum(1.0, usual[owners(counts)] / np.maximum(frequency, 1))
    weights: Shares = np.rint(share * share * share * GRAIN) / GRAIN
    return weights


def _rarer(frequency: Ints, documents: Ints, counts: Ints, few: Ints) -> Ints:
    """The frequency that ``RARER`` of a document's words do not exceed (int64), as far as it counts: nearly always it
    is so low that no other is looked for, and 0 stands for it. ``few``: words whose frequency is that low."""
    place = (counts * RARER).astype(np.int64)
    sought = np.flatnonzero((counts > 0) & (few <= place))
    rarer = np.zeros(len(counts), np.int64)
    for document in sought.tolist():
        part = frequency[documents[document] : documents[document + 1]]
        rarer[document] = np.partition(part, place[document])[place[document]]
    return rarer


def same_story(
    a: Ints, b: Ints, a_weight: Shares, b_weight: Shares, a_begins: Mask, b_begins: Mask, titled: Mask, count: int
) -> Mask:  # fmt: skip
    """Which pairs of documents print the same story, all pairs of a corpus of ``count`` documents given.

    ``a_begins``, ``b_begins``: whether what they share is at the beginning of the one, and of the other. ``titled``:
    whether they share a part below the same headline.
    """
    mean, best, closest = (a_weight + b_weight) / 2, np.zeros(count), np.zeros(count)
    for side, weight in ((a, a_weight), (b, b_weight)):
        np.maximum.at(best, side, weight)
        np.maximum.at(closest, side, mean)
    less, more = np.minimum(a_weight, b_weight), np.maximum(a_weight, b_weight)
    copies = (np.minimum(best[a], best[b]) >= OWN) & (mean >= SAME) & (less >= LEAST)
    shortened = (more >= SHORTENED) & (less >= OF_IT) & np.where(a_weight < b_weight, a_begins, b_begins)
    close = mean >= CLOSE * np.minimum(closest[a], closest[b])
    result: Mask = (copies | shortened | titled) & (close | (more >= AS_FULLY * np.minimum(best[a], best[b])))
    return result


def _union(pair: Ints, start: Ints, length: Ints) -> tuple[Ints, Ints, Ints]:
    """The union of each pair's runs: pair, and first word and end of what each run adds to those before it."""
    if not len(pair):
        return pair, start, start
    order = np.lexsort((start, pair))
    pair, start, end = pair[order], start[order], (start + length)[order]
    # Within a pair, what a run adds is what lies beyond the furthest end before it.
    base = pair * (int(end.max()) + 1)
    reach = np.maximum.accumulate(end + base) - base
    before = np.concatenate([[0], reach[:-1]])
    before[np.concatenate([[True], pair[1:] != pair[:-1]])] = 0
    low = np.maximum(start, before)
    return pair, low, np.maximum(end, low)


def groups(pairs: Coverage) -> list[list[int]]:
    """Rows of ``pairs`` that are the same story joined to groups of documents, sorted.

    Strongest pairs first; two groups join only when three tenths of their cross pairs or more are the
    same story, so that one weak link cannot tie two stories together.
    """
    rows = np.flatnonzero(pairs.same).tolist()
    strength = {row: -float(pairs.a_weight[row] + pairs.b_weight[row]) for row in rows}
    neighbours: dict[int, set[int]] = defaultdict(set)
    for row in rows:
        neighbours[int(pairs.a[row])].add(int(pairs.b[row]))
        neighbours[int(pairs.b[row])].add(int(pairs.a[row]))
    member: dict[int, set[int]] = {document: {document} for document in neighbours}
    for row in sorted(rows, key=lambda row: (strength[row], row)):
        one, two = member[int(pairs.a[row])], member[int(pairs.b[row])]
        if one is two:
            continue
        if sum(len(neighbours[document] & two) for document in one) >= TOGETHER * len(one) * len(two):
            one |= two
            for document in two:
                member[document] = one
    return sorted(sorted(group) for group in {id(group): group for group in member.values()}.values() if len(group) > 1)


def numbers(together: Iterable[list[int]], count: int) -> Ints:
    """A number per document (int64), equal for the documents of one story. ``together``: of ``groups``."""
    result = np.arange(count, dtype=np.int64)
    for group in together:
        result[group] = group[0]
    return result
