"""Compiled loops that look values up in hash tables; ``lookup`` holds the plain twins."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ..base.columns import Hashes, Ints, Mask
from .jit import compiled


def warm() -> None:
    """Compile these kernels, or load them from the cache."""
    hashes, seen = np.ones(8, np.uint64), np.ones(17, np.bool_)
    first_equal(np.ones((1, 2), np.uint64), np.full(2, -1, np.int32), np.zeros(1, np.int64))
    among(hashes, table_of(hashes), hashes[0], seen)


@compiled
def table_of(known: Hashes) -> Hashes:
    """A hash table (open addressing, twice to four times as large, a power of two) of values without repeats.

    Free slots hold the last of the values, so that none has to be kept back to stand for "free".
    """
    size = 2
    while size < 2 * len(known):
        size *= 2
    table = np.empty(size, np.uint64)
    free = known[len(known) - 1]
    table[:] = free
    for value in known:
        slot = value & np.uint64(size - 1)
        while value != free and table[slot] != free:
            slot = (slot + np.uint64(1)) & np.uint64(size - 1)
        if value != free:
            table[slot] = value
    return table


@compiled
def among(values: Hashes, table: Hashes, free: np.uint64, result: Mask) -> None:
    """Which values are in a table, whose free slots hold ``free``, itself one of its values."""
    mask = np.uint64(len(table) - 1)
    for number in range(len(values)):
        value = values[number]
        slot = value & mask
        while table[slot] != value and table[slot] != free:
            slot = (slot + np.uint64(1)) & mask
        result[number] = table[slot] == value or value == free


@compiled
def first_equal(rows: Hashes, table: NDArray[np.int32], result: Ints) -> None:
    """``lookup.first_equal``. ``table``: -1 in every slot, more slots than rows and a power of two of them."""
    mask = np.uint64(len(table) - 1)
    for number in range(len(rows)):
        slot = rows[number, 0] & mask
        while True:
            other = table[slot]
            if other < 0:
                table[slot] = number
                break
            if rows[other, 0] == rows[number, 0] and rows[other, 1] == rows[number, 1]:
                break
            slot = (slot + np.uint64(1)) & mask
        result[number] = table[slot]
