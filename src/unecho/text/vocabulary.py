"""Words by number: a corpus says the same ones over and over, and a number of 32 bits takes half the room of a hash."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ..base.columns import Hashes, Ints, ranges

Numbers = NDArray[np.uint32]


def numbered(hashes: Hashes, compiled: bool = False) -> tuple[Numbers, Hashes]:
    """(A number for each hash, equal ones for equal hashes; the hashes by number, none of them twice)."""
    if compiled:
        from ..compiled import vocabulary as kernels

        numbers = np.empty(len(hashes), np.uint32)
        return numbers, kernels.numbered(hashes, numbers)
    vocabulary, places = np.unique(hashes, return_inverse=True)
    return places.astype(np.uint32), vocabulary


def spelled(words: Numbers, vocabulary: Hashes, begins: Ints, counts: Ints, compiled: bool = False) -> Hashes:
    """The hashes of runs [begin, begin + count) of words, one after another."""
    if compiled:
        from ..compiled import vocabulary as kernels

        result = np.empty(int(counts.sum()), np.uint64)
        kernels.spell(words, vocabulary, begins, counts, result)
        return result
    return vocabulary[words[ranges(begins, counts)]]


class Vocabulary:
    """The numbers of words, of which new ones come again and again."""

    def __init__(self, compiled: bool = False) -> None:
        self._compiled = compiled
        self._numbers: dict[int, int] = {}
        self._slots, self._hashes, self._count = np.full(2, -1, np.int32), np.zeros(1, np.uint64), 0

    def hashes(self) -> Hashes:
        """The hashes of the words by number."""
        if self._compiled:
            return self._hashes[: self._count].copy()
        return np.array(list(self._numbers), np.uint64)

    def renumbered(self, words: Numbers, vocabulary: Hashes) -> Numbers:
        """The numbers of words that have others in a vocabulary of their own."""
        numbers = self.numbers(vocabulary)
        if not self._compiled:
            return numbers[words]
        from ..compiled import vocabulary as kernels

        result = np.empty(len(words), np.uint32)
        kernels.renumbered(words, numbers, result)
        return result

    def numbers(self, hashes: Hashes) -> Numbers:
        """The number of each; new ones are numbered as they come."""
        if self._compiled:
            return self._compiled_numbers(hashes)
        known = self._numbers
        return np.array([known.setdefault(value, len(known)) for value in hashes.tolist()], np.uint32)

    def _compiled_numbers(self, hashes: Hashes) -> Numbers:
        from ..compiled import vocabulary as kernels

        most, result = self._count + len(hashes), np.empty(len(hashes), np.uint32)
        if 2 * most > len(self._slots):
            held = self._hashes[: self._count]
            self._slots = np.full(4 << most.bit_length(), -1, np.int32)
            self._hashes = np.empty(len(self._slots) // 2, np.uint64)
            kernels.enter(held, self._slots, self._hashes, 0, np.empty(len(held), np.uint32))
        self._count = kernels.enter(hashes, self._slots, self._hashes, self._count, result)
        return result
