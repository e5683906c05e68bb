"""Compiled loops that number words; ``text.vocabulary`` holds the plain twins."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ..base.columns import Hashes, Ints
from .jit import compiled, lean

Codes = NDArray[np.int32]
Numbers = NDArray[np.uint32]

_SLOTS = 1 << 15  # for as many words as a batch of documents has: they stay in the processor's cache


def warm() -> None:
    """Compile these kernels, or load them from the cache."""
    hashes, numbers = np.ones(2, np.uint64), np.empty(2, np.uint32)
    enter(hashes, np.full(8, -1, np.int32), numbered(hashes, numbers), 0, numbers)
    renumbered(numbers, numbers, numbers)
    spell(numbers, hashes, np.zeros(0, np.int64), np.zeros(0, np.int64), hashes)


@compiled
def numbered(hashes: Hashes, result: Numbers) -> Hashes:
    """``vocabulary.numbered``: the numbers into ``result``, as the words come; returns the hashes."""
    slots, words, count = np.full(_SLOTS, np.int32(-1)), np.empty(_SLOTS // 2, np.uint64), 0
    for begin in range(0, len(hashes), _SLOTS // 4):
        part = hashes[begin : begin + _SLOTS // 4]
        if count + len(part) > len(words):
            held, words = words[:count], np.empty(4 * len(words), np.uint64)
            slots = np.full(2 * len(words), np.int32(-1))
            enter(held, slots, words, 0, np.empty(count, np.uint32))
        count = enter(part, slots, words, count, result[begin:])
    return words[:count].copy()


@lean
def enter(hashes: Hashes, slots: Codes, words: Hashes, count: int, result: Numbers) -> int:
    """The numbers of words, of which ``count`` are known, into ``result``; returns how many are known then.

    slots: int32, a power of two, at least twice as many as there may be words (open addressing): the number of the word
    that is there, or -1. words: their hashes by number.
    """
    mask = np.uint64(len(slots) - 1)
    for place in range(len(hashes)):
        value = hashes[place]
        slot = value & mask
        while slots[slot] >= 0 and words[slots[slot]] != value:
            slot = (slot + np.uint64(1)) & mask
        if slots[slot] < 0:
            slots[slot], words[count] = count, value
            count += 1
        result[place] = slots[slot]
    return count


@lean
def renumbered(words: Numbers, numbers: Numbers, result: Numbers) -> None:
    """Other numbers for words: ``numbers`` has them by the old ones."""
    for place in range(len(words)):
        result[place] = numbers[words[place]]


@lean
def spell(words: Numbers, vocabulary: Hashes, begins: Ints, counts: Ints, result: Hashes) -> None:
    """``vocabulary.spelled``, into ``result``."""
    at = 0
    for run in range(len(begins)):
        for place in range(begins[run], begins[run] + counts[run]):
            result[at] = vocabulary[words[place]]
            at += 1
