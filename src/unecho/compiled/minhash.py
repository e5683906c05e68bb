"""Compiled loops that sign shingles and bring those together that agree on a band; ``signature`` and ``lsh`` hold the
plain twins."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from ..base.columns import Hashes, Ints
from .jit import compiled, lean, part
from .values import sort

Bytes = NDArray[np.uint8]
Words = NDArray[np.uint32]

_STEP = 8  # shingles signed in one pass over the permutations
_FIRST: Final = np.uint32(1 << 31)  # marks the first row of a bucket


def warm() -> None:
    """Compile these kernels, or load them from the cache."""
    hashes, offsets, rows = np.ones(8, np.uint64), np.array([0, 8], np.int64), np.empty((1, 4), np.uint32)
    signatures(hashes, offsets, rows[0], rows[0], rows)
    keys(hashes, offsets, rows[0], rows[0], hashes[:2], np.empty((2, 1), np.uint32), 0)
    band_keys(rows, hashes[:2], np.empty((2, 1), np.uint32))
    sift(hashes[: pack(rows[0, :0], np.zeros(8, np.uint8), hashes)], np.zeros(8, np.uint8))
    nothing, none = rows[0, :0], offsets[:0]
    buckets(hashes[:0], nothing, none)
    begins_of(nothing, none, nothing)
    pairs(nothing, offsets[:1], nothing, 1, 0, nothing, none, rows)


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
    """MinHash of sets of hashes under permutations h -> a h + b mod 2^32 (result: sets x permutations)."""
    for run in range(len(offsets) - 1):
        _sign(hashes, offsets[run], offsets[run + 1], a, b, result[run])


@compiled
def keys(hashes: Hashes, offsets: Ints, a: Words, b: Words, factors: Hashes, result: Words, at: int) -> None:
    """``lsh.keys_of`` sets of hashes (result: bands x sets, those of these sets from ``at`` on): their signatures are
    not kept.

    a, b: those of the first values of all bands, one after another, then of the second ones, and so on; then any.
    factors: uint64, one for each value of a band.
    """
    lowest, row, bands = np.empty(len(a), np.uint32), np.empty(len(result), np.uint64), np.uint64(len(result))
    for run in range(len(offsets) - 1):
        _sign(hashes, offsets[run], offsets[run + 1], a, b, lowest)
        row[:] = np.uint64(0)
        for column in range(len(factors)):
            for band in range(bands):  # several at a time: the compiler sees to that
                row[band] += np.uint64(lowest[np.uint64(column) * bands + band]) * factors[column]
        for band in range(bands):
            result[band, at + run] = np.uint32(row[band] >> np.uint64(32))


@part
def _sign(hashes: Hashes, at: int, end: int, a: Words, b: Words, lowest: Words) -> None:
    """Several hashes go through one pass over the permutations: their results stay in the processor's registers."""
    several = end - at >= _STEP
    lowest[:] = np.uint32(0xFFFFFFFF)
    while several and at < end:
        first = min(at, end - _STEP)  # at the end some once more, which changes nothing
        _lower_by_eight(hashes[first : first + _STEP], a, b, lowest)
        at += _STEP
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


@lean
def pack(keys: Words, seen: Bytes, result: Hashes) -> int:
    """The keys of rows, each with its row below it in one number; only those that may not be the only ones of their
    kind. Returns how many they are.

    seen: zeros, a power of two of them, with two bits for each of four times as many slots that keys fall into by
    their leading bits.
    """
    shift, slots = np.uint64(30), len(seen)
    while slots > 1:
        slots >>= 1
        shift -= np.uint64(1)
    for row in range(len(keys)):
        _see(seen, np.uint64(keys[row]) >> shift)
    count = 0
    for row in range(len(keys)):
        key = np.uint64(keys[row])
        result[count] = key << np.uint64(32) | np.uint64(row)  # if it is left out, the next one goes there
        count += _is_seen_again(seen, key >> shift)
    return count


@lean
def sift(packed: Hashes, seen: Bytes) -> int:
    """Keep of what ``pack`` gives those keys that may not be the only ones by their last bits either; returns how many
    they are. seen: as there."""
    mask = np.uint64(4 * len(seen) - 1)
    for place in range(len(packed)):
        _see(seen, packed[place] >> np.uint64(32) & mask)
    count = 0
    for place in range(len(packed)):
        one = packed[place]
        packed[count] = one
        count += _is_seen_again(seen, one >> np.uint64(32) & mask)
    return count


@part
def _see(seen: Bytes, slot: np.uint64) -> None:
    """Set the lower one of the two bits of a slot, and where it is set already, the upper one."""
    bit, byte = np.uint8(1) << np.uint8(2 * (slot & np.uint64(3))), seen[slot >> np.uint64(2)]
    seen[slot >> np.uint64(2)] = byte | bit | (byte & bit) << np.uint8(1)


@part
def _is_seen_again(seen: Bytes, slot: np.uint64) -> bool:
    return bool(seen[slot >> np.uint64(2)] >> np.uint8(2 * (slot & np.uint64(3)) + 1) & 1)


@lean
def buckets(packed: Hashes, members: Words, counts: Ints) -> int:
    """The rows of one band whose keys are equal, bucket after bucket, into ``members``; the first of each with its
    topmost bit set. Returns how many they are. ``packed``: what ``pack`` gives, sorted.

    counts: int64, of each row: one more for each bucket in which it is not the first.
    """
    count, begin = 0, 0
    for place in range(len(packed)):
        if place and packed[place] >> np.uint64(32) != packed[place - 1] >> np.uint64(32):
            count -= count == begin + 1  # alone
            begin = count
        row = np.uint32(packed[place] & np.uint64(0xFFFFFFFF))
        counts[row] += count > begin
        members[count] = row if count > begin else row | _FIRST
        count += 1
    return count - (count == begin + 1)


@lean
def begins_of(members: Words, free: Ints, begins: Words) -> None:
    """For each row the places where the buckets begin in which others come before it: those of row i from free[i] on,
    which is where the next one would go then. ``members``: of ``buckets``, of all bands."""
    begin = 0
    for place in range(len(members)):
        if members[place] & _FIRST:
            begin = place
        else:
            row = members[place]
            begins[free[row]] = begin
            free[row] += 1


@lean
def pairs(
    members: Words, first: Ints, begins: Words, most: int, row: int, seen: Words, key: Ints, result: Words
) -> tuple[int, int]:
    """Pairs of rows, from ``row`` on, with the first ``most`` of their buckets, each pair once: n x 2, by the second,
    which is the row, and the first. Returns the row for which there may be no room, and how many pairs there are.

    first, begins: the buckets of each row, see ``begins_of``. seen: for every row the last one it was found with, plus
    one. key: room for the pairs of one row.
    """
    count = 0
    while row < len(first) - 1 and count + len(key) <= len(result):
        found = 0
        for number in range(first[row], first[row + 1]):
            begin = np.int64(begins[number])
            for place in range(begin, begin + most):
                other = members[place] & ~_FIRST
                if other == row:
                    break
                if seen[other] != row + 1:
                    seen[other] = row + 1
                    key[found] = other
                    found += 1
        sort(key[:found])
        for number in range(found):
            result[count, 0], result[count, 1] = key[number], row
            count += 1
        row += 1
    return row, count
