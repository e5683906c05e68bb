"""Compiled loops over the shingles of paragraphs; ``shingles`` and ``verify`` hold the plain twins."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ..base.columns import Hashes, Ints
from .jit import compiled, lean, part
from .values import mix


def warm() -> None:
    """Compile these kernels, or load them from the cache."""
    hashes, offsets, counts = np.ones(8, np.uint64), np.array([0, 8], np.int64), np.array([3], np.int64)
    grams(hashes, offsets, counts, np.array([0, 6], np.int64), np.uint64(3), hashes.copy())
    sort_sets(offsets, hashes, counts)
    close_up(hashes, offsets, counts)
    fingerprints(hashes, offsets, np.uint64(3), np.empty((1, 2), np.uint64))
    flagged(np.zeros(8, np.uint8), offsets, np.uint8(1), counts)
    intersections(hashes, offsets, np.zeros((1, 2), np.int64), counts)


@compiled
def grams(hashes: Hashes, offsets: Ints, sizes: Ints, room: Ints, prime: np.uint64, found: Hashes) -> None:
    """Shingles of runs of tokens. ``sizes``: tokens in a shingle of each run. Those of run i are written to
    found[room[i]:room[i + 1]]."""
    for run in range(len(sizes)):
        first, size, result = offsets[run], sizes[run], found[room[run] : room[run + 1]]
        count = len(result)
        if size == 3:  # nearly always; a loop of its own, as the compiler does several steps of such a one at a time
            one, two = hashes[first : first + count], hashes[first + 1 : first + 1 + count]
            three = hashes[first + 2 : first + 2 + count]
            for place in range(count):
                result[place] = mix((one[place] * prime + two[place]) * prime + three[place])
            continue
        for place in range(count):
            value = np.uint64(0)
            for step in range(size):
                value = value * prime + hashes[first + place + step]
            result[place] = mix(value)


@compiled
def sort_sets(room: Ints, found: Hashes, counts: Ints) -> None:
    """Every run found[room[i]:room[i + 1]] sorted and without repeats, at its beginning; counts[i] are left.

    Hashes are evenly spread, so their leading bits say nearly where in the order they belong: each goes into the
    slot of its place, and a slot holds one or two (bucket sort, with linear expected cost).
    """
    most = 0
    for run in range(len(counts)):
        most = max(most, room[run + 1] - room[run])
    values, filled = np.empty(most, np.uint64), np.empty(most + 1, np.int64)
    for run in range(len(counts)):
        count = room[run + 1] - room[run]
        filled[: count + 1] = 0
        for place in range(count):
            values[place] = found[room[run] + place]
            filled[_slot(values[place], count) + 1] += 1
        for slot in range(count):
            filled[slot + 1] += filled[slot]
        counts[run] = _distribute(values[:count], filled, found[room[run] : room[run + 1]])


@part
def _slot(value: np.uint64, slots: int) -> np.int64:
    return np.int64((value >> np.uint64(32)) * np.uint64(slots) >> np.uint64(32))


@compiled
def _distribute(values: Hashes, filled: Ints, found: Hashes) -> int:
    """Values into ``found``, sorted and without repeats; ``filled``: where each slot begins. Returns their number."""
    count = len(values)
    # filled[slot] moves from the beginning of a slot to the end of what it holds.
    begins = filled[:count].copy()
    for value in values:
        slot = _slot(value, count)
        place = filled[slot]
        while place > begins[slot] and found[place - 1] > value:
            place -= 1
        if place > begins[slot] and found[place - 1] == value:
            continue
        for later in range(filled[slot], place, -1):
            found[later] = found[later - 1]
        found[place] = value
        filled[slot] += 1
    total = 0
    for number in range(count):
        for held in range(begins[number], filled[number]):
            found[total] = found[held]
            total += 1
    return total


@compiled
def close_up(found: Hashes, room: Ints, counts: Ints) -> None:
    """Runs of ``counts`` values that begin at room[i] are moved together, in place."""
    total = 0
    for run in range(len(counts)):
        if total == room[run]:
            total += counts[run]
            continue
        for place in range(room[run], room[run] + counts[run]):
            found[total] = found[place]
            total += 1


@compiled
def fingerprints(hashes: Hashes, offsets: Ints, prime: np.uint64, result: Hashes) -> None:
    """``shingles.fingerprints`` of runs of tokens (result: n x 2)."""
    for run in range(len(offsets) - 1):
        one = two = np.uint64(0)
        words = hashes[offsets[run] : offsets[run + 1]]
        for place in range(len(words)):
            value = mix(words[place] + np.uint64(place) * prime)
            one += value
            two += (value >> np.uint64(32)) * (value & np.uint64(0xFFFFFFFF))
        result[run, 0], result[run, 1] = one, two


@lean
def flagged(flags: NDArray[np.uint8], offsets: Ints, wanted: np.uint8, result: Ints) -> None:
    """How many tokens of each run have one of the flags wanted."""
    for run in range(len(offsets) - 1):
        count = 0
        for place in range(offsets[run], offsets[run + 1]):
            count += flags[np.uint64(place)] & wanted != 0
        result[run] = count


@compiled
def intersections(hashes: Hashes, offsets: Ints, pairs: Ints, result: Ints) -> None:
    """Number of values that two sorted sets share, for each pair of sets (merge)."""
    for number in range(len(pairs)):
        one, one_end = offsets[pairs[number, 0]], offsets[pairs[number, 0] + 1]
        two, two_end = offsets[pairs[number, 1]], offsets[pairs[number, 1] + 1]
        shared = 0
        while one < one_end and two < two_end:
            # No branch on the values: which is less is as good as random.
            left, right = hashes[one], hashes[two]
            shared += left == right
            one += left <= right
            two += right <= left
        result[number] = shared
