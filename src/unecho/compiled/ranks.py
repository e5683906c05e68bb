"""Sets of numbers, and the place of each among those of its set: without sorting them."""

from __future__ import annotations

import numpy as np

from ..base.columns import Hashes, Ints
from .jit import lean, part
from .values import ones

Ranks = Hashes
"""A row for every 64 numbers there may be (uint64): a bit for each that is in the set, and how many are before them."""


def room(count: int) -> Ranks:
    """For numbers below ``count``, none of them in the set."""
    return np.zeros(((count + 63) >> 6, 2), np.uint64)


def warm() -> None:
    """Compile these kernels, or load them from the cache."""
    ranks = room(1)
    mark(np.zeros(1, np.int64), 1, 0, ranks)
    count(ranks)


@lean
def mark(numbers: Ints, times: int, plus: int, ranks: Ranks) -> None:
    """Put numbers into the set, each so many times, and so much more."""
    for its in numbers:
        number = its * times + plus
        ranks[number >> 6, 0] |= np.uint64(1) << np.uint64(number & 63)


@lean
def count(ranks: Ranks) -> int:
    """Fill in how many numbers are before others; returns how many there are."""
    total = np.int64(0)
    for row in range(len(ranks)):
        ranks[row, 1] = total
        total += ones(ranks[row, 0])
    return int(total)


@part
def rank(ranks: Ranks, number: int | np.int64) -> np.int64:
    """How many numbers are before one."""
    row = np.uint64(number) >> np.uint64(6)
    lower = ranks[row, 0] & ((np.uint64(1) << (np.uint64(number) & np.uint64(63))) - np.uint64(1))
    return np.int64(ranks[row, 1]) + ones(lower)


@part
def lowest(bits: np.uint64) -> np.int64:
    """The place of the lowest bit that is set."""
    return ones((bits & -bits) - np.uint64(1))
