"""Compiled loops that tell how much documents share; ``stories`` holds the plain twins."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..base.columns import Hashes, Ints
from .group import Numbers
from .jit import inner, lean, part
from .ranks import Ranks, lowest, rank
from .values import ones, sort

Bytes = NDArray[np.uint8]
Shares = NDArray[np.float64]


class Places(NamedTuple):
    """Some places of a column, and what belongs to each. ranks: the places; values: float64, one for each of them."""

    ranks: Ranks
    values: Shares


class Pairs(NamedTuple):
    """Pairs of documents. passages: those of pair i are from passages[i] to passages[i + 1]; first: the runs of each
    are from first[i] to first[i + 1]; documents: the two of each pair; sides, length: the runs."""

    passages: Ints
    first: Ints
    documents: tuple[Ints, Ints]
    sides: tuple[Ints, Ints]
    length: Ints


class Documents(NamedTuple):
    """Where the words of each begin, and what they weigh."""

    first: Ints
    weight: Shares


def warm() -> None:
    """Compile these kernels, or load them from the cache."""
    nothing, sums = np.zeros(1, np.int64), np.zeros(1)
    places = Places(np.zeros((1, 2), np.uint64), sums.copy())
    flags, edges, result = np.zeros(1, np.uint8), np.array([0, 1], np.int64), np.zeros((1, 2, 2))
    seeds = nothing[:0], np.zeros(0, np.int32), nothing[:0], flags
    lacks(seeds, edges, (10, 0.15, 2.0), places, np.zeros((1, 3), np.int64), nothing.copy())
    marks(flags, (0, 1), (flags[0], flags[0], flags[0]), places, np.zeros(2, np.int64))
    at(places, nothing, sums.copy())
    mark(nothing, nothing, places.ranks)
    pairs, rows = Pairs(edges, edges, (nothing, nothing), (nothing, nothing), nothing), np.zeros((1, 2), np.int64)
    shared(pairs, Documents(edges, sums), places, 1.0, np.zeros((2, 2), np.uint64), rows, result)
    compare(pairs, places, result, np.zeros((1, 2)))


@lean
def lacks(
    seeds: tuple[Ints, Numbers, Ints, Bytes], documents: Ints, limits: tuple[int, float, float], places: Places,
    common: Ints, key: Ints,
) -> None:  # fmt: skip
    """The values of places: how much less than their number the words before each count, see ``stories.rare_weights``.

    seeds: the columns of ``seeds.Seeds``. limits: ``FREQUENT``, ``RARER``, ``GRAIN``. common, key: to work in, with
    room for the seeds of the longest document, three numbers each and one.
    """
    place, done, known, at, total = seeds[0], np.int64(0), 0, 0, 0.0
    for document in range(len(documents) - 1):
        first, high = at, documents[document + 1]
        while at < len(place) and place[at] < high:
            at += 1
        count = _common(seeds, (first, at), (documents[document], high), limits[0] // 2, common)
        if not count:
            continue
        usual = _usual(common[:count], high - documents[document], limits, key)
        for row in range(count):
            begin, end, often = common[row, 0], common[row, 1], common[row, 2]
            if often > usual:
                share = usual / often
                lack = 1.0 - np.rint(share * share * share * limits[2]) / limits[2]
                known = _put(places, known, (done, begin), total, 0.0)
                known = _put(places, known, (begin, end), total, lack)
                total += lack * (end - begin)
                done = end
    _put(places, known, (done, documents[-1] + 1), total, 0.0)


@inner
def _common(
    seeds: tuple[Ints, Numbers, Ints, Bytes], span: tuple[int, int], tokens: tuple[int, int], few: int, common: Ints
) -> int:  # fmt: skip
    """The words (begin, end) whose seed more than ``few`` documents have, and how many those are, into ``common``;
    returns how many rows that takes. span: the seeds of the document, tokens: its words."""
    (place, group, frequency, begins), count = seeds, 0
    for number in range(span[0], span[1]):
        often = frequency[group[number]]
        if often <= few:
            continue
        begin, end = place[number], place[number] + 1
        while end < tokens[1] and not _begins(begins, end):
            end += 1
        if number == span[0]:  # what is before the first seed counts as that does
            while begin > tokens[0] and not _begins(begins, begin - 1):
                begin -= 1
            if begin > tokens[0]:
                begin = place[number]
        common[count, 0], common[count, 1], common[count, 2] = begin, end, often
        count += 1
    return count


@part
def _begins(begins: Bytes, token: int) -> np.uint8:
    byte: np.uint8 = begins[token >> 3] >> np.uint8(7 - (token & 7)) & np.uint8(1)
    return byte


@inner
def _usual(common: Ints, words: int, limits: tuple[int, float, float], key: Ints) -> np.int64:
    """Documents that may have a word of a document of so many words for it to count in full. common: those that
    many have."""
    place, known, usual = np.int64(words * limits[1]), words, np.int64(limits[0])
    for row in range(len(common)):
        known -= common[row, 1] - common[row, 0]
        key[row] = common[row, 2] << 32 | (common[row, 1] - common[row, 0])
    if known > place:
        return usual
    sort(key[: len(common)])
    for row in range(len(common)):
        known += key[row] & 0xFFFFFFFF
        if known > place:
            return max(usual, 2 * (key[row] >> 32))
    return usual


@inner
def _put(places: Places, known: int, span: tuple[np.int64, np.int64], first: float, step: float) -> int:
    """Values of the places within a span: ``first``, and so much more for each word. known: values that are there;
    returns how many are then."""
    begin, end = span
    for number in range(begin >> 6, (end + 63) >> 6):
        bits = places.ranks[number, 0] & _within(number, begin, end)
        while bits:
            places.values[known] = first + step * ((number << 6 | lowest(bits)) - begin)
            known += 1
            bits &= bits - np.uint64(1)
    return known


@lean
def marks(
    flags: Bytes, blocks: tuple[int, int], kinds: tuple[np.uint8, np.uint8, np.uint8], places: Places, known: Ints
) -> None:  # fmt: skip
    """The values of places: how many words before each are numbers or begin with a capital that is not owed to the
    sentence. flags: of the words of some blocks of 64. kinds: ``NUMBER``, ``CAPITAL``, ``OPENING``. known: values that
    are there, and such words before."""
    number, capital, opening = kinds
    for block in range(blocks[0], blocks[1]):
        first, marked = (block - blocks[0]) << 6, np.uint64(0)
        for at in range(min(64, len(flags) - first)):
            flag = flags[first + at]
            is_marked = (flag & number != 0) | (flag & (capital | opening) == capital)
            marked |= np.uint64(is_marked) << np.uint64(at)
        bits = places.ranks[block, 0]
        while bits:
            lower = (bits & -bits) - np.uint64(1)
            places.values[known[0]] = known[1] + ones(marked & lower)
            known[0] += 1
            bits &= bits - np.uint64(1)
        known[1] += ones(marked)


@part
def _at(places: Places, place: int | np.int64) -> np.float64:
    value: np.float64 = places.values[rank(places.ranks, place)]
    return value


@lean
def at(places: Places, wanted: Ints, result: Shares) -> None:
    """The values of some places."""
    for number in range(len(wanted)):
        result[number] = _at(places, wanted[number])


@lean
def mark(start: Ints, length: Ints, ranks: Ranks) -> None:
    """Put into the set where runs begin and where they end."""
    for row in range(len(start)):
        for place in (start[row], start[row] + length[row]):
            ranks[place >> 6, 0] |= np.uint64(1) << np.uint64(place & 63)


@lean
def shared(
    pairs: Pairs, of: Documents, lacks: Places, enough: float, held: Hashes, begins: Ints, result: Shares
) -> None:
    """Weight and number of the words in the union of the runs of each pair on both sides (result: pairs x sides x 2),
    and the first of them (begins: pairs x sides). A weight is looked up if the words could be ``enough`` (see
    ``stories.PARTIAL``), and is 0 otherwise.

    held: zeros, sides x blocks of 64 words of the longest document, and two more."""
    for pair in range(len(pairs.passages) - 1):
        share, rows = 0.0, (pairs.first[pairs.passages[pair]], pairs.first[pairs.passages[pair + 1]])
        low, high = (rows[0], rows[0]), (rows[0], rows[0])  # blocks that are held, on both sides
        for side in range(2):
            document = pairs.documents[side][pair]
            first, words, last = _hold(pairs.sides[side], pairs.length, rows, of.first[document] >> 6, held[side])
            begins[pair, side], result[pair, side, 0], result[pair, side, 1] = first, words, words
            low, high = (low[1], first >> 6), (high[1], last)
            share += words / max(of.weight[document], 1e-9)
        for side in range(2):
            base = of.first[pairs.documents[side][pair]] >> 6
            if share >= enough:
                result[pair, side, 0] -= _lacked(held[side], base, (low[side], high[side]), lacks)
            else:
                result[pair, side, 0] = 0.0
            held[side, low[side] - base : high[side] - base + 1] = np.uint64(0)


@part
def _hold(
    start: Ints, length: Ints, rows: tuple[np.int64, np.int64], base: np.int64, held: Hashes
) -> tuple[np.int64, np.int64, np.int64]:
    """Set the bits of the words of some runs; returns the first of these, their number, and the block they end in.
    base: the block that the first bits are of."""
    first, end, words = start[rows[0]], start[rows[0]], np.int64(0)
    for row in range(rows[0], rows[1]):
        low, high = start[row], start[row] + length[row]
        first, end = min(first, low), max(end, high)
        for block in range(low >> 6, (high + 63) >> 6):
            more = _within(block, low, high) & ~held[block - base]
            held[block - base] |= more
            words += ones(more)
    return first, words, end >> 6


@part
def _within(block: int, begin: np.int64, end: np.int64) -> np.uint64:
    """The words of a block of 64 that lie within a span (a bit each)."""
    bits = ~np.uint64(0)
    if block == begin >> 6:
        bits &= ~np.uint64(0) << np.uint64(begin & 63)
    if block == end >> 6:
        bits &= ~(~np.uint64(0) << np.uint64(end & 63))
    return bits


@inner
def _lacked(bits: Hashes, base: np.int64, blocks: tuple[np.int64, np.int64], lacks: Places) -> float:
    """What words that are held lack of counting in full. bits: a bit for each word, from block ``base`` on; blocks:
    the first and the last one with such words, or their end."""
    total, before = 0.0, np.uint64(0)
    for block in range(blocks[0], blocks[1] + 1):
        here = bits[block - base]
        borders = here ^ (here << np.uint64(1) | before)
        before = here >> np.uint64(63)
        while borders:
            border = borders & -borders
            value = lacks.values[lacks.ranks[block, 1] + np.uint64(ones(lacks.ranks[block, 0] & border - np.uint64(1)))]
            total += -value if here & border else value
            borders ^= border
    return total


@lean
def compare(pairs: Pairs, marks: Places, shares: Shares, result: Shares) -> None:
    """Marked words within the passages of each pair that shares anything of weight (shares: of ``shared``), 0 for
    others: those in which the two sides differ, between one run and the next of a passage, and those that are equal."""
    (a, b), first, length = pairs.sides, pairs.first, pairs.length
    for pair in range(len(result)):
        others, equal = 0.0, 0.0
        weighs = shares[pair, 0, 0] > 0 or shares[pair, 1, 0] > 0
        for passage in range(pairs.passages[pair], pairs.passages[pair + weighs]):
            for row in range(first[passage], first[passage + 1]):
                a_end, b_end = _at(marks, a[row] + length[row]), _at(marks, b[row] + length[row])
                equal += a_end - _at(marks, a[row])
                if row + 1 < first[passage + 1]:
                    others += max(0.0, min(_at(marks, a[row + 1]) - a_end, _at(marks, b[row + 1]) - b_end))
        result[pair, 0], result[pair, 1] = others, equal
