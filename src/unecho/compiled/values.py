"""Small kernels over hashes and numbers, of which others are made."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ..base.columns import Hashes, Ints
from .jit import compiled, inner, part

Numbers = NDArray[np.uint32]

DIGITS = 256


@compiled
def sort(values: Ints | Hashes) -> None:
    """In place."""
    values.sort()


@part
def zero() -> int:
    """Where something begins to be counted that is handed to an ``inner`` kernel: for a constant 0 numba would compile
    the kernel once more."""
    return np.int64(0)  # type: ignore[return-value]  # int64 is what an int is there


@inner
def sort_from(bit: int, values: Ints, room: Ints, counts: Ints) -> None:
    """In place, by their bits from one on, a digit of eight at a time; what is equal in these stays as it comes, and
    nothing is below zero. room, counts: to work in, as much as the values, and ``DIGITS``."""
    most = np.int64(0)
    for value in values:
        most |= value
    while bit < 64 and most >> bit:
        counts[:DIGITS] = 0
        for value in values:
            counts[value >> bit & (DIGITS - 1)] += 1
        total = np.int64(0)
        for digit in range(DIGITS):
            counts[digit], total = total, total + counts[digit]
        for value in values:
            digit = value >> bit & (DIGITS - 1)
            room[counts[digit]] = value
            counts[digit] += 1
        for number in range(len(values)):
            values[number] = room[number]
        bit += 8


@part
def word_at(words: Numbers, place: int) -> np.uint32:
    """The word at a place, which is none from the end: where numba may take it for one, nothing is done at a time."""
    value: np.uint32 = words[np.uint64(place)]
    return value


@part
def mix(value: np.uint64) -> np.uint64:
    """``columns.mix64`` of one value."""
    value ^= value >> np.uint64(33)
    value *= np.uint64(0xFF51AFD7ED558CCD)
    value ^= value >> np.uint64(33)
    value *= np.uint64(0xC4CEB9FE1A85EC53)
    return value ^ (value >> np.uint64(33))


@part
def ones(bits: np.uint64) -> np.int64:
    """How many bits are set."""
    bits -= bits >> np.uint64(1) & np.uint64(0x5555555555555555)
    bits = (bits & np.uint64(0x3333333333333333)) + (bits >> np.uint64(2) & np.uint64(0x3333333333333333))
    bits = (bits + (bits >> np.uint64(4))) & np.uint64(0x0F0F0F0F0F0F0F0F)
    return np.int64(bits * np.uint64(0x0101010101010101) >> np.uint64(56))
