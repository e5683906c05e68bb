"""Seeds and exact runs: where two documents agree word for word.

Winnowing (Schleimer, Wilkerson, Aiken 2003) picks seeds: of every 4 neighbouring word 5-grams the one with
the least hash, so that a shared run of 8 words always shares a seed, however common its words. Seeds that
two documents share are merged along their diagonals and extended to maximal runs. In scripts written without spaces
two characters count as a word; in which language the rest of a document is written does not matter.

Where a seed occurs more than ``FULL`` times, each occurrence is compared only with the first ``FEW`` in
keeping order: there two later documents may go unlinked with each other, though not with those first ones.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from ..base.columns import (
    PIECE,
    Hashes,
    Ints,
    Mask,
    bucket_pairs,
    edges_of,
    offsets_of,
    ordered,
    owners,
    pieces,
    release,
)
from ..compiled.when import is_large
from ..text.normalize import PRIME, UNSPACED
from ..text.shingles import grams
from ..text.vocabulary import Numbers

SEED = 5
WINDOW = 4
FULL = 50
FEW = 4
PART = 1 << 18
"""Tokens whose seeds make a part of them, which is brought together at once."""
MOST_BITS = 10
"""Of a hash, that tell its part: into more parts nothing is dealt quickly."""
WIDE = 1 << 32
"""Tokens from which on their places take 64 bits; and the numbers of seeds, from half as many seeds on."""
_PAD = np.uint64(0xFFFFFFFFFFFFFFFF)

Bytes = NDArray[np.uint8]
Codes = NDArray[np.int32] | Ints
Places = NDArray[np.uint32] | Ints


@dataclass(frozen=True, slots=True)
class Stream:
    """The words of the corpus that are compared, document after document, paragraph after paragraph.

    word: uint32 per token, the number of the word. vocabulary: uint64, the hash of every word by its number, none of
    them twice. paragraphs: int64 offsets of the paragraphs' tokens. documents: int64 offsets of the documents' tokens.
    unspaced: int64 per document, how many of its tokens are of scripts written without spaces. rank: int64 per
    document, its place in keeping order. flags: uint8 per token, those of ``normalize``.
    """

    word: Numbers
    vocabulary: Hashes
    paragraphs: Ints
    documents: Ints
    unspaced: Ints
    rank: Ints
    flags: Bytes

    def hashes(self, first: int = 0, end: int | None = None) -> Hashes:
        """Of the tokens from ``first`` to ``end``, without it (uint64)."""
        return self.vocabulary[self.word[first:end]]

    @property
    def by_character(self) -> Mask:
        """Which documents are mostly written without spaces (bool)."""
        mostly: Mask = 2 * self.unspaced > np.diff(self.documents)
        return mostly

    def factors(self, a: Ints, b: Ints) -> Ints:
        """By how much limits in words are to be multiplied for pairs of documents: they count characters if both are
        mostly written without spaces (int64)."""
        return np.where(self.by_character[a] & self.by_character[b], 2, 1)

    def halves(self) -> Ints:
        """How many half words come before each token, and behind the last one (int64): a token of a script written
        without spaces is one half."""
        return offsets_of(np.where(self.flags & UNSPACED, 1, 2))


@dataclass(frozen=True, slots=True)
class Runs:
    """Maximal exact runs of equal tokens in two documents: int64 columns. rarity: documents that hold the
    rarest seed of the run."""

    a_document: Ints
    b_document: Ints
    a: Ints
    b: Ints
    length: Ints
    rarity: Ints

    def take(self, which: Ints | Mask) -> Runs:
        return Runs(*(column[which] for column in self.columns()))

    def columns(self) -> tuple[Ints, ...]:
        return self.a_document, self.b_document, self.a, self.b, self.length, self.rarity


def winnow(values: Hashes, window: int) -> Mask:
    """Which of a row of hashes are the least of some window of ``window`` neighbours (bool, one each).

    A value is chosen when the greatest of the minima of the windows around it is itself.
    """
    if not len(values):
        return np.zeros(0, np.bool_)
    padded = np.concatenate([np.full(window - 1, _PAD), values, np.full(window - 1, _PAD)])
    view = np.lib.stride_tricks.sliding_window_view
    minima = view(padded, window).min(axis=1)
    greatest: Hashes = view(minima, window).max(axis=1)
    chosen: Mask = greatest == values
    return chosen


@dataclass(frozen=True, slots=True)
class Seeds:
    """Chosen 5-grams that more than one document has, in order of place: int64 place in the stream, and group (int32,
    or int64 of very many), in which all are equal; groups are numbered in order of their first seeds. frequency: the
    number of documents that have a seed of the group (int64 per group). begins: a bit for every token of the stream
    (uint8, packed), whether any chosen 5-gram begins there."""

    place: Ints
    group: Codes
    frequency: Ints
    begins: Bytes

    def per_token(self, stream: Stream) -> Iterator[tuple[Ints, Ints]]:
        """For every token the document frequency of the last seed of its document that begins at or before it, else
        of the first (int64; 1 in documents without seeds); for some documents at a time, with their offsets in it.
        """
        for first, end in pieces(stream.documents, PIECE // 8):
            base, stop = int(stream.documents[first]), int(stream.documents[end])
            low, high = np.searchsorted(self.place, [base, stop])
            place, frequency = self.place[low:high], self.frequency[self.group[low:high]]
            begins = np.unpackbits(self.begins[base // 8 : (stop + 7) // 8])[base % 8 : base % 8 + stop - base]
            documents = stream.documents[first : end + 1] - base
            yield _per_token(documents, np.flatnonzero(begins), place - base, frequency), documents


def _per_token(documents: Ints, begins: Ints, place: Ints, frequency: Ints) -> Ints:
    if not len(begins):
        return np.ones(int(documents[-1]), np.int64)
    every = np.ones(len(begins), np.int64)
    every[np.searchsorted(begins, place)] = frequency
    document = np.searchsorted(documents, begins, side="right") - 1
    owner = owners(np.diff(documents))
    nearest = np.searchsorted(begins, np.arange(len(owner)), side="right") - 1
    elsewhere = (nearest < 0) | (document[nearest] != owner)
    nearest[elsewhere] = np.minimum(nearest[elsewhere] + 1, len(begins) - 1)
    return np.where(document[nearest] == owner, every[nearest], 1)


def pick(stream: Stream, workers: int = 1, compiled: bool | None = None) -> Seeds:
    """The seeds of all documents, by winnowing. ``workers``: threads. ``compiled``: see ``when.is_large``."""
    if is_large(len(stream.word), compiled):
        return _compiled_pick(stream, workers)
    key, place = _winnowed(stream)
    begins = np.zeros(len(stream.word), np.bool_)
    begins[place] = True
    order = np.lexsort((place, key))
    key, place = key[order], place[order]
    document = np.searchsorted(stream.documents, place, side="right") - 1
    sizes = np.diff(edges_of(key))
    fresh = np.ones(len(key), np.bool_)
    fresh[1:] = (key[1:] != key[:-1]) | (document[1:] != document[:-1])
    frequency = np.bincount(owners(sizes), fresh).astype(np.int64)
    common = np.repeat(frequency > 1, sizes)
    first = np.repeat(place[offsets_of(sizes)[:-1]], sizes)[common]
    order = np.argsort(place[common])
    _, which, group = np.unique(first[order], return_index=True, return_inverse=True)
    return Seeds(
        place[common][order],
        group.astype(np.int32),
        np.repeat(frequency, sizes)[common][order][which],
        np.packbits(begins),
    )


def _winnowed(stream: Stream) -> tuple[Hashes, Ints]:
    """Hash and place of the chosen 5-grams, in order of place."""
    hashes, sizes, counts = stream.hashes(), seed_sizes(stream), np.diff(stream.documents)
    fits = np.arange(len(hashes)) + sizes <= np.repeat(stream.documents[1:], counts)
    values = np.full(len(hashes), _PAD)
    for size in range(SEED, 2 * SEED + 1):
        which = np.flatnonzero(fits & (sizes == size))
        values[which] = grams(hashes, size)[which]
    # Documents are set a window apart, so that what one chooses does not depend on its neighbour.
    slot = stream.halves()[:-1] + owners(counts) * 2 * WINDOW
    row = np.full(2 * (len(hashes) + len(counts) * WINDOW), _PAD)
    row[slot] = values
    chosen = np.flatnonzero(winnow(row, 2 * WINDOW)[slot] & fits)
    return values[chosen], chosen


def seed_sizes(stream: Stream) -> Ints:
    """How many tokens the 5-gram has that begins at each token (int64), wherever its document ends."""
    halves = stream.halves()
    return np.searchsorted(halves, halves[:-1] + 2 * SEED) - np.arange(len(stream.flags))


# ---- compiled ---------------------------------------------------------------------------------------


def _compiled_pick(stream: Stream, workers: int) -> Seeds:
    """``pick`` by the kernels. The seeds are dealt into parts by the leading bits of their hashes, so that what is
    looked up to bring equal ones together lies in the processor's cache."""
    from ..compiled import group as kernels

    dealt, begins = _dealt(stream, workers)
    places, numbers = _repeated(dealt, workers)
    del dealt
    place, first = kernels.in_order(places, numbers, len(stream.word))
    del places, numbers
    return Seeds(*kernels.numbered(place, first, stream.documents), begins)


@dataclass(frozen=True, slots=True)
class _Dealt:
    """The chosen 5-grams of some documents, in parts by the leading bits of their hashes (``key``), and in order of
    place in each: those of part i are edges[i]:edges[i + 1]."""

    key: Hashes
    place: Places
    edges: Ints


def _dealt(stream: Stream, workers: int) -> tuple[list[_Dealt], Bytes]:
    """``_winnowed``, some documents after others, and ``Seeds.begins``."""
    from ..compiled import seed as kernels

    bits = min((len(stream.word) // PART).bit_length(), MOST_BITS)
    kind = np.dtype(np.int64 if len(stream.word) > WIDE else np.uint32)

    def work(first: int, end: int) -> _Dealt:
        documents, unspaced = stream.documents[first : end + 1], stream.unspaced[first:end]
        size = int(documents[-1] - documents[0])
        keys, places = np.empty(size, np.uint64), np.empty(size, np.uint32)
        words, rules = (stream.word, stream.vocabulary, stream.flags), (SEED, WINDOW, UNSPACED)
        count = kernels.pick(words, documents, unspaced, rules, np.uint64(PRIME), keys, places)
        dealt = _Dealt(np.empty(count, np.uint64), np.empty(count, kind), np.empty((1 << bits) + 1, np.int64))
        kernels.deal(keys[:count], places, int(documents[0]), dealt.key, dealt.place, dealt.edges)
        return dealt

    found, begins = list[_Dealt](), np.zeros((len(stream.word) + 7) // 8, np.uint8)
    for dealt in ordered(work, pieces(stream.documents, PIECE), workers):
        kernels.mark(dealt.place, begins)
        found.append(dealt)
        release(stream.word)
    return found, begins


def _repeated(dealt: Sequence[_Dealt], workers: int) -> tuple[Places, Codes]:
    """The places of the seeds that stand in more than one, and for each the number of the first of them that is equal,
    which may be itself."""
    from ..compiled import group as kernels

    edges = np.stack([some.edges for some in dealt], 1).tolist()

    def work(part: int, end: int) -> tuple[Places, Codes]:
        spans = [slice(*span) for span in zip(edges[part], edges[end], strict=True)]
        key = np.concatenate([some.key[span] for some, span in zip(dealt, spans, strict=True)])
        place = np.concatenate([some.place[span] for some, span in zip(dealt, spans, strict=True)])
        first = np.empty(len(key), np.int32)
        count = kernels.equal(key, np.empty(1 << (2 * len(key)).bit_length(), np.int32), place, first)
        return place[:count].copy(), first[:count].copy()

    found = list(ordered(work, list(pairwise(range(len(edges)))), workers))
    before = offsets_of(np.array([len(place) for place, _ in found]))
    before = before.astype(np.int64 if before[-1] > WIDE // 2 else np.int32)
    return (
        np.concatenate([place for place, _ in found]),
        np.concatenate([first + shift for (_, first), shift in zip(found, before, strict=False)]),
    )


# ---- exact runs -------------------------------------------------------------------------------------


def seed_pairs(stream: Stream, seeds: Seeds) -> Runs:
    """Pairs of equal seeds in different documents, as runs of one seed's length."""
    place = seeds.place
    document = np.searchsorted(stream.documents, place, side="right") - 1
    rank = stream.rank[document] * np.int64(len(stream.word) + 1) + place
    first, second = bucket_pairs(seeds.group, rank, FULL, FEW)
    apart = document[first] != document[second]
    first, second = first[apart], second[apart]
    swap = document[first] > document[second]
    a, b = np.where(swap, second, first), np.where(swap, first, second)
    size = np.full(len(a), SEED)  # of characters it is more: they are found when it is extended
    return Runs(document[a], document[b], place[a], place[b], size, seeds.frequency[seeds.group[a]])


def exact_runs(stream: Stream, seeds: Seeds) -> Runs:
    """Seed pairs merged along their diagonals and extended to maximal runs, sorted by the second document, the first
    one, and place."""
    runs = seed_pairs(stream, seeds)
    if not len(runs.a):
        return runs
    order = np.lexsort((runs.a, runs.b - runs.a, runs.b_document, runs.a_document))
    runs = _merged(stream, runs.take(order))
    runs = _extended(stream, runs)
    order = np.lexsort((runs.b, runs.a, runs.a_document, runs.b_document))
    return runs.take(order)


def _merged(stream: Stream, runs: Runs) -> Runs:
    """Runs of one diagonal between which all tokens are equal become one."""
    prefix = _prefix_hashes(stream.hashes())
    power = _powers(len(stream.word) + 1)
    end = runs.a + runs.length
    joined = np.zeros(len(runs.a), np.bool_)
    same = (np.diff(runs.a_document) == 0) & (np.diff(runs.b_document) == 0)
    joined[1:] = same & (np.diff(runs.b - runs.a) == 0)
    later = np.flatnonzero(joined)
    low, high = runs.a[later - 1], end[later]
    shift = (runs.b - runs.a)[later]
    reach = power[high - low]
    left = prefix[high] - prefix[low] * reach
    right = prefix[high + shift] - prefix[low + shift] * reach
    joined[later] = left == right
    heads = np.flatnonzero(~joined)
    last = np.append(heads[1:], len(joined)) - 1
    rarity = np.minimum.reduceat(runs.rarity, heads)
    return Runs(
        runs.a_document[heads],
        runs.b_document[heads],
        runs.a[heads],
        runs.b[heads],
        end[last] - runs.a[heads],
        rarity,
    )


def _prefix_hashes(hashes: Hashes) -> Hashes:
    """Polynomial hash of every prefix, modulo 2^64, so that any two runs can be compared in one step."""
    # prefix[n] = sum of hash[i] * P^(n-1-i): a running sum with falling weights, multiplied back.
    inverse = np.full(len(hashes) + 1, pow(PRIME, -1, 1 << 64), np.uint64)
    inverse[0] = 1
    np.cumprod(inverse, out=inverse)
    sums = np.zeros(len(hashes) + 1, np.uint64)
    np.cumsum(hashes * inverse[1:], out=sums[1:])
    return sums * _powers(len(hashes) + 1)


def _powers(count: int) -> Hashes:
    powers = np.full(count, PRIME, np.uint64)
    powers[:1] = 1
    return np.cumprod(powers, out=powers)


def _extended(stream: Stream, runs: Runs) -> Runs:
    """Every run grown while the tokens before and after it are equal; runs that meet become one."""
    a, b, length = runs.a.copy(), runs.b.copy(), runs.length.copy()
    a_low, b_low = stream.documents[runs.a_document], stream.documents[runs.b_document]
    a_high, b_high = stream.documents[runs.a_document + 1], stream.documents[runs.b_document + 1]
    live = np.arange(len(a))
    while len(live):
        live = live[(a[live] > a_low[live]) & (b[live] > b_low[live])]
        live = live[stream.word[a[live] - 1] == stream.word[b[live] - 1]]
        a[live] -= 1
        b[live] -= 1
        length[live] += 1
    live = np.arange(len(a))
    while len(live):
        ahead = (a[live] + length[live] < a_high[live]) & (b[live] + length[live] < b_high[live])
        live = live[ahead]
        live = live[stream.word[a[live] + length[live]] == stream.word[b[live] + length[live]]]
        length[live] += 1
    fresh = np.ones(len(a), np.bool_)
    fresh[1:] = (a[1:] != a[:-1]) | (b[1:] != b[:-1]) | (runs.a_document[1:] != runs.a_document[:-1])
    heads = np.flatnonzero(fresh)
    rarity = np.minimum.reduceat(runs.rarity, heads)
    return Runs(runs.a_document[heads], runs.b_document[heads], a[heads], b[heads], length[heads], rarity)
