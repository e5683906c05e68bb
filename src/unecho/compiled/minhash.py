"""Compiled loops that sign shingles and bring those together that agree on a band; ``signature`` and ``lsh`` hold the
plain twins."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ..base.columns import Hashes, Ints
from .jit import compiled, part
from .values import mix

Bytes = NDArray[np.uint8]
Words = NDArray[np.uint32]

_STEP = 8  # shingles signed in one pass over the permutations
_PROBES = 8  # slots that are looked at for a pair that was written


def warm() -> None:
    """Compile these kernels, or load them from the cache."""
    hashes, offsets, rows = np.ones(8, np.uint64), np.array([0, 8], np.int64), np.empty((1, 4), np.uint32)
    signatures(hashes, offsets, rows[0], rows[0], rows)
    band_keys(rows, hashes[:2], np.empty((2, 1), np.uint32))
    pack(rows[0], offsets[:1].copy(), np.zeros(8, np.uint8), hashes)
    write_pairs(hashes, min(count_pairs(hashes, 1), 0), offsets, np.zeros((1, 1), np.uint32), hashes)


@part
def _mix32(value: np.uint64) -> np.uint32:
    """The finalizer of MurmurHash3 for 32 bits (Appleby), applied to the upper half of a hash."""
    # numba widens every operation to 64 bits; narrowing each result lets the compiler undo that.
    mixed = np.uint32(value >> np.uint64(32))
    mixed = np.uint32(mixed ^ (mixed >> np.uint32(16)))
    mixed = np.uint32(mixed * np.uint32(0x85EBCA6B))
    mixed = np.uint32(mixed ^ (mixed >> np.uint32(13)))
    mixed = np.uint32(mixed * np.uint32(0xC2B2AE35))
    return np.uint32(mixed ^ (mixed >> np.uint32(16)))


@compiled
def signatures(hashes: Hashes, offsets: Ints, a: Words, b: Words, result: Words) -> None:
    """MinHash of sets of hashes under permutations h -> a h + b mod 2^32 (result: sets x permutations).

    Several hashes go through one pass over the permutations: their results stay in the processor's registers.
    """
    for run in range(len(offsets) - 1):
        lowest = result[run]
        lowest[:] = np.uint32(0xFFFFFFFF)
        at, end = offsets[run], offsets[run + 1]
        while at + _STEP <= end:
            _lower_by_eight(hashes[at : at + _STEP], a, b, lowest)
            at += _STEP
        if at < end and end - offsets[run] >= _STEP:
            _lower_by_eight(hashes[end - _STEP : end], a, b, lowest)  # some once more, which changes nothing
            continue
        for place in range(at, end):
            value = _mix32(hashes[place])
            for lane in range(len(lowest)):
                lowest[lane] = min(lowest[lane], np.uint32(a[lane] * value + b[lane]))


@part
def _lower_by_eight(hashes: Hashes, a: Words, b: Words, lowest: Words) -> None:
    h0, h1, h2, h3 = _mix32(hashes[0]), _mix32(hashes[1]), _mix32(hashes[2]), _mix32(hashes[3])
    h4, h5, h6, h7 = _mix32(hashes[4]), _mix32(hashes[5]), _mix32(hashes[6]), _mix32(hashes[7])
    for lane in range(len(lowest)):
        x, y = a[lane], b[lane]
        low = min(lowest[lane], np.uint32(x * h0 + y), np.uint32(x * h1 + y), np.uint32(x * h2 + y))
        low = min(low, np.uint32(x * h3 + y), np.uint32(x * h4 + y), np.uint32(x * h5 + y))
        lowest[lane] = min(low, np.uint32(x * h6 + y), np.uint32(x * h7 + y))


@compiled
def band_keys(signatures: Words, factors: Hashes, keys: Words) -> None:
    """``lsh.band_keys``: one key for each band of each signature (keys: bands x signatures). factors: uint64, one for
    each value of a band."""
    row, rows = np.empty(len(keys), np.uint64), np.uint64(len(factors))
    for number in range(len(signatures)):
        values = signatures[number]
        row[:] = np.uint64(0)
        for column in range(rows):  # all bands in one pass: the compiler does several of them at a time
            for band in range(len(row)):
                row[band] += np.uint64(values[np.uint64(band) * rows + column]) * factors[column]
        for band in range(len(row)):
            keys[band, number] = np.uint32(row[band] >> np.uint64(32))


@compiled
def pack(keys: Words, order: Ints, seen: Bytes, result: Hashes) -> int:
    """The keys of rows in some order, each with its place in that order below it in one number; only those that may
    not be the only ones of their kind. Returns how many they are.

    seen: zeros, a power of two of them, with two bits for each of four times as many slots that keys fall into.
    """
    shift = np.uint64(30)
    slots = len(seen)
    while slots > 1:
        slots >>= 1
        shift -= np.uint64(1)
    for place in range(len(order)):
        key = np.uint64(keys[order[place]])
        slot, result[place] = key >> shift, key << np.uint64(32) | np.uint64(place)
        bits = np.uint8(1) << np.uint8(2 * (slot & np.uint64(3)))
        byte = seen[slot >> np.uint64(2)]
        seen[slot >> np.uint64(2)] = byte | bits | (byte & bits) << np.uint8(1)
    count = 0
    for place in range(len(order)):
        packed = result[place]  # of those that are left out the next one takes the place
        slot, result[count] = packed >> np.uint64(32) >> shift, packed
        count += seen[slot >> np.uint64(2)] >> np.uint8(2 * (slot & np.uint64(3)) + 1) & 1
    return count


@compiled
def count_pairs(packed: Hashes, most: int) -> int:
    """How many pairs ``write_pairs`` writes at the most."""
    count = begin = 0
    for place in range(1, len(packed)):
        if packed[place] >> np.uint64(32) != packed[place - 1] >> np.uint64(32):
            begin = place
        count += min(place - begin, most)
    return count


@compiled
def write_pairs(packed: Hashes, most: int, order: Ints, written: Words, result: Hashes) -> int:
    """Pairs of rows whose keys are equal, the first in the upper half: each with the first ``most`` of its key. Returns
    how many. ``packed``: what ``pack`` gives, sorted.

    written: rows x a power of two, of pairs in keys that many rows have: for each second row the first ones it was
    written with, as long as there is room, plus one. Such rows share many bands, and their pairs would be written for
    each.
    """
    count = begin = 0
    for place in range(1, len(packed)):
        if packed[place] >> np.uint64(32) != packed[place - 1] >> np.uint64(32):
            begin = place
        second = order[np.int64(packed[place] & np.uint64(0xFFFFFFFF))]
        for other in range(begin, begin + min(place - begin, most)):
            first = order[np.int64(packed[other] & np.uint64(0xFFFFFFFF))]
            if place - begin < most or _is_new(written[second], np.uint32(first + 1)):
                result[count] = np.uint64(first) << np.uint64(32) | np.uint64(second)
                count += 1
    return count


@part
def _is_new(known: Words, value: np.uint32) -> bool:
    """Whether a value is not in a hash table (open addressing, free slots are zero), as far as that is known; it is
    then."""
    last = np.uint64(len(known) - 1)
    home = mix(np.uint64(value))
    for step in range(_PROBES):
        slot = (home + np.uint64(step)) & last
        if known[slot] == value:
            return False
        if known[slot] == 0:
            known[slot] = value
            return True
    known[home & last] = value
    return True
