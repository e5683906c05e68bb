"""Small kernels over hashes and numbers, of which others are made."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ..base.columns import Hashes, Ints
from .jit import compiled, part

Numbers = NDArray[np.uint32]


@compiled
def sort(values: Ints | Hashes) -> None:
    """In place."""
    values.sort()


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
