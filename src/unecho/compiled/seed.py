"""Compiled loops that pick seeds; ``seeds`` holds the plain twins."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from ..base.columns import Hashes, Ints, Mask
from .jit import compiled, lean, part
from .values import mix

Bytes = NDArray[np.uint8]
Numbers = NDArray[np.uint32]
_PAD: Final = np.uint64(0xFFFFFFFFFFFFFFFF)


def warm() -> None:
    """Compile these kernels, or load them from the cache."""
    hashes, edges, spaced = np.arange(40, dtype=np.uint64), np.array([0, 20, 40], np.int64), np.zeros(2, np.bool_)
    keys, places, sieve = np.empty(40, np.uint64), np.empty(40, np.int64), np.zeros(1, np.uint64)
    pick(hashes.astype(np.uint32), hashes, edges, spaced, (5, 8), np.uint64(3), keys, places)
    sift(keys[:0], sieve, sieve)
    sifted(keys[:0], sieve, spaced[:0])
    repeated(keys[:8], np.zeros(8, np.int32), np.arange(8, dtype=np.uint64))
    pair = np.array([0, 20], np.int64)
    frequencies(np.zeros(5, np.uint8), pair, pair, edges, 0, 2, np.empty(40, np.int64))


@compiled
def pick(
    words: Numbers, vocabulary: Hashes, documents: Ints, by_character: Mask, rules: tuple[int, int], prime: np.uint64,
    keys: Hashes, places: Ints,
) -> int:  # fmt: skip
    """Winnowed seeds of some documents, in order, into ``keys`` and ``places``; returns their number.
    rules: tokens of a seed, and neighbours of which one is chosen.

    As ``seeds.winnow`` has it: a 5-gram is chosen when the greatest of the minima of the windows around it is itself.
    """
    (seed, window), most = rules, 0
    for document in range(len(by_character)):
        most = max(most, documents[document + 1] - documents[document])
    values, minima = np.empty(most, np.uint64), np.empty(most + 4 * window, np.uint64)
    count = 0
    for document in range(len(by_character)):
        factor = 2 if by_character[document] else 1
        begin, wide = documents[document], window * factor
        total = documents[document + 1] - begin - seed * factor + 1
        if total <= 0:
            continue
        _grams(words[begin : documents[document + 1]], vocabulary, seed * factor, prime, values[:total])
        edge = wide - 1
        minima[:edge] = _PAD
        minima[edge : edge + total] = values[:total]
        minima[edge + total : total + 2 * edge] = _PAD
        _spread(minima[: total + 2 * edge], wide, True)
        _spread(minima[: total + edge], wide, False)
        for place in range(total):
            keys[count], places[count] = values[place], begin + place  # if not chosen, the next one goes there
            count += minima[place] == values[place]
    return count


@lean
def _grams(words: Numbers, vocabulary: Hashes, size: int, prime: np.uint64, values: Hashes) -> None:
    """Hashes of all runs of so many tokens: each is that of the run before without its first token and with one
    more."""
    value, first = np.uint64(0), np.uint64(1)
    for place in range(size - 1):
        value = value * prime + vocabulary[words[place]]
        first *= prime
    for place in range(len(values)):
        value = value * prime + vocabulary[words[place + size - 1]]
        values[place] = mix(value)
        value -= vocabulary[words[place]] * first


@lean
def _spread(values: Hashes, wide: int, least: bool) -> None:
    """In place of each value the least, or the greatest, of so many from it on; of the last few, of those that are
    left. Of twice as many each time, so that it takes few steps."""
    known = 1
    while known < wide:
        step = min(known, wide - known)
        if least:
            for place in range(len(values) - step):
                values[place] = min(values[place], values[place + step])
        else:
            for place in range(len(values) - step):
                values[place] = max(values[place], values[place + step])
        known += step


@lean
def sift(keys: Hashes, once: Hashes, again: Hashes) -> None:
    """Set the bit of each key in ``once``, and where it is set already, in ``again``; both of one size, a power of
    two."""
    for key in keys:
        word, bit = _bit_of(key, len(once))
        if once[word] & bit:
            again[word] |= bit
        once[word] |= bit


@lean
def sifted(keys: Hashes, again: Hashes, result: Mask) -> None:
    """Which keys have their bit set in ``again``."""
    for number in range(len(keys)):
        word, bit = _bit_of(keys[number], len(again))
        result[number] = again[word] & bit != 0


@part
def _bit_of(key: np.uint64, size: int) -> tuple[np.int64, np.uint64]:
    return np.int64(key >> np.uint64(8) & np.uint64(size - 1)), np.uint64(1) << (key & np.uint64(63))


@compiled
def repeated(keys: Hashes, documents: NDArray[np.int32], order: Hashes) -> int:
    """Keep in ``order`` the seeds that stand in more than one document; returns their number.
    rules: tokens of a seed, and neighbours of which one is chosen.

    order: (leading 32 bits of the key, number of the seed) packed and sorted, the numbers in order of place.
    documents: of each seed. What is kept are numbers of seeds, sorted by key and place.
    """
    low = np.uint64(0xFFFFFFFF)
    kept = begin = 0
    while begin < len(order):
        end = begin + 1
        while end < len(order) and order[end] >> np.uint64(32) == order[begin] >> np.uint64(32):
            end += 1
        if end - begin > 1:
            for at in range(begin, end):
                order[at] &= low
            # Nearly always all keys of such a group are equal; where not, it is small.
            for at in range(begin + 1, end):
                number, to = order[at], at
                while to > begin and keys[order[to - 1]] > keys[number]:
                    order[to] = order[to - 1]
                    to -= 1
                order[to] = number
            first = begin
            while first < end:
                last = first + 1
                while last < end and keys[order[last]] == keys[order[first]]:
                    last += 1
                if documents[order[first]] != documents[order[last - 1]]:
                    for at in range(first, last):
                        order[kept] = order[at]
                        kept += 1
                first = last
        begin = end
    return kept


@lean
def frequencies(bits: Bytes, place: Ints, frequency: Ints, documents: Ints, first: int, end: int, result: Ints) -> None:
    """``Seeds.per_token`` of the documents first to end, from the seeds (by place) that several documents have."""
    at = np.searchsorted(place, documents[first])
    base = documents[first]
    for document in range(first, end):
        current = np.int64(-1)
        for token in range(documents[document], documents[document + 1]):
            if bits[token >> 3] >> (7 - (token & 7)) & 1:
                before, current = current, np.int64(1)
                if at < len(place) and place[at] == token:
                    current = frequency[at]
                    at += 1
                if before < 0:
                    for earlier in range(documents[document], token):
                        result[earlier - base] = current
            result[token - base] = current
        if current < 0:
            for token in range(documents[document], documents[document + 1]):
                result[token - base] = 1
