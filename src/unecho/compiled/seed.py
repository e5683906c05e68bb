"""Compiled loops that pick seeds; ``seeds`` holds the plain twins."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from ..base.columns import Hashes, Ints
from .jit import compiled, inner, lean, part
from .values import mix

Bytes = NDArray[np.uint8]
Numbers = NDArray[np.uint32]
Words = tuple[Numbers, Hashes, Bytes]
"""Word, vocabulary and flags of a ``seeds.Stream``."""
Places = Numbers | Ints
_PAD: Final = np.uint64(0xFFFFFFFFFFFFFFFF)


def warm() -> None:
    """Compile these kernels, or load them from the cache."""
    hashes, edges, flags = np.arange(40, dtype=np.uint64), np.array([0, 20, 40], np.int64), np.zeros(40, np.uint8)
    keys, places, bits = np.empty(40, np.uint64), np.empty(40, np.uint32), np.zeros(5, np.uint8)
    words, rules = (places * 0, hashes, flags), (5, 8, np.uint8(4))
    count = pick(words, edges, edges[:2] * 0, rules, np.uint64(3), keys, places)
    deal(keys[:count], places, 0, keys.copy(), places.copy(), np.empty(3, np.int64))
    mark(places[:count], bits)


@compiled
def pick(
    words: Words, documents: Ints, unspaced: Ints, rules: tuple[int, int, np.uint8], prime: np.uint64,
    keys: Hashes, places: Numbers,
) -> int:  # fmt: skip
    """Winnowed seeds of some documents, in order, into ``keys`` and ``places`` (from the first of their tokens on);
    returns their number. unspaced: see ``seeds.Stream``. rules: words of a seed, and neighbours of which one is chosen;
    the flag of half words.

    As ``seeds.winnow`` has it: a 5-gram is chosen when the greatest of the minima of the windows around it is itself.
    """
    (seed, window, _), most = rules, 0
    for document in range(len(unspaced)):
        most = max(most, documents[document + 1] - documents[document])
    hashes, values, tokens, minima = (
        np.empty(most, np.uint64), np.empty(2 * most, np.uint64), np.empty(2 * most, np.int64),
        np.empty(2 * most + 4 * window, np.uint64),
    )  # fmt: skip
    count = 0
    for document in range(len(unspaced)):
        begin, end = documents[document], documents[document + 1]
        factor, mixed = 2 if unspaced[document] else 1, 0 < unspaced[document] < end - begin
        if mixed:
            total = _mixed_grams(words, begin, end, rules, prime, values, tokens)
        else:
            total = end - begin - seed * factor + 1
        if total <= 0:
            continue
        if not mixed:
            _grams(words[0][begin:end], words[1], seed * factor, prime, hashes, values[:total])
        wide = window * factor
        edge = wide - 1
        minima[:edge] = _PAD
        minima[edge : edge + total] = values[:total]
        minima[edge + total : total + 2 * edge] = _PAD
        _spread(minima[: total + 2 * edge], wide, True)
        _spread(minima[: total + edge], wide, False)
        for place in range(total):
            keys[count], places[count] = values[place], begin - documents[0] + (tokens[place] if mixed else place)
            count += minima[place] == values[place]  # if not chosen, the next one goes there
    return count


@inner
def _grams(words: Numbers, vocabulary: Hashes, size: int, prime: np.uint64, hashes: Hashes, values: Hashes) -> None:
    """Hashes of all runs of so many tokens, token by token: so the compiler does several runs at a time. hashes: room
    for those of the tokens."""
    for place in range(len(words)):
        hashes[place] = vocabulary[words[place]]
    for place in range(len(values)):
        values[place] = hashes[place]
    for step in range(1, size):
        for place in range(len(values)):
            values[place] = values[place] * prime + hashes[place + step]
    for place in range(len(values)):
        values[place] = mix(values[place])


@inner
def _mixed_grams(
    words: Words, begin: int, end: int, rules: tuple[int, int, np.uint8], prime: np.uint64, values: Hashes, tokens: Ints
) -> int:
    """Hashes of the 5-grams of a document, part of which is written without spaces, each where its first token lies in
    half words, which says ``tokens``; returns behind which of these the last one lies."""
    (word, vocabulary, flags), (seed, _, half) = words, rules
    slot = total = 0
    for place in range(begin, end):
        value, at, halves = np.uint64(0), place, 0
        while at < end and halves < 2 * seed:
            value = value * prime + vocabulary[word[at]]
            halves += 1 if flags[at] & half else 2
            at += 1
        if halves < 2 * seed:
            break
        values[slot], tokens[slot], total = mix(value), place - begin, slot + 1
        if not flags[place] & half:
            slot += 1
            values[slot] = _PAD
        slot += 1
    return total


@inner
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
def deal(keys: Hashes, places: Numbers, base: int, key: Hashes, place: Places, edges: Ints) -> None:
    """Seeds in parts by the leading bits of their keys, one part after another, each in the order in which they come.

    base: what is to be added to ``places``. edges: where the parts begin, one more than a power of two.
    """
    shift, parts = np.uint64(63), len(edges) - 1
    while parts > 1:
        shift, parts = shift - np.uint64(1), parts >> 1
    edges[:] = 0
    for number in range(len(keys)):
        edges[_part(keys[number], shift) + 1] += 1
    for to in range(1, len(edges)):
        edges[to] += edges[to - 1]
    for number in range(len(keys)):
        its = _part(keys[number], shift)
        key[edges[its]], place[edges[its]] = keys[number], base + places[number]
        edges[its] += 1
    for to in range(len(edges) - 1, 0, -1):
        edges[to] = edges[to - 1]
    edges[0] = 0


@part
def _part(key: np.uint64, shift: np.uint64) -> np.int64:
    """Of no bits at all it is the first: a processor shifts by 64 as by none."""
    return np.int64(key >> shift >> np.uint64(1))


@lean
def mark(places: Places, bits: Bytes) -> None:
    """Set the bits of places, the first of a byte being its highest."""
    for place in places:
        bits[place >> 3] |= np.uint8(128) >> np.uint8(place & 7)
