"""Compiled loops over columns, for large inputs. Each has a plain twin in the module that calls it, which
gives the same result bit for bit and serves small inputs, so that those never wait for numba.

No kernel makes a Python object, and all release the interpreter's lock: threads may share the work.
"""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..base.columns import Hashes, Ints, Mask
from .jit import compiled, part
from .passage import mix

Bytes = NDArray[np.uint8]
Words = NDArray[np.uint32]

INNER, ALONE, DROPPED, MARKED, QUOTES = (np.uint8(1 << bit) for bit in range(5))
"""Roles of characters, as bits. INNER: part of a word. ALONE: its own token. DROPPED: passed over. None of
these: separates. MARKED: marks the token it is part of. QUOTES: a quotation mark."""
BLOCK: Final = 256
"""Code points in a block of the tables of characters."""

_STEP = 8  # shingles signed in one pass over the permutations


# ---- compiling --------------------------------------------------------------------------------------


def warm() -> None:
    """Compile these kernels, or load them from the cache, by calling them on next to nothing."""
    hashes, offsets, counts = np.ones(8, np.uint64), np.array([0, 8], np.int64), np.array([3], np.int64)
    text, flags, places = np.frombuffer(bytes(8), np.uint8), np.zeros(BLOCK, np.uint8), np.zeros(BLOCK, np.int64)
    table = Characters(places, flags, flags, *[np.ones(BLOCK, np.uint64)] * 3)
    tokens(
        text,
        np.array([[0, 1]], np.int64),
        table,
        Columns(hashes, places.view(np.uint32), places.view(np.uint32), flags),
        offsets.copy(),
        0,
        np.uint8(2),
        np.uint8(16),
        (np.uint8(32), np.uint8(64)),
    )
    grams(hashes, offsets, counts, np.array([0, 6], np.int64), np.uint64(3), hashes.copy())
    sort_sets(offsets, hashes, counts)
    close_up(hashes, offsets, counts)
    fingerprints(hashes, offsets, np.uint64(3), hashes[:2], np.empty((1, 2), np.uint64))
    rows = np.empty((1, 4), np.uint32)
    signatures(hashes, offsets, rows[0], rows[0], rows)
    band_keys(rows, 2, np.uint64(3), np.empty((2, 1), np.uint32))
    pack(rows[0], offsets[:1].copy(), flags, hashes)
    write_pairs(hashes, min(count_pairs(hashes, 1), 0), offsets, hashes)
    first_equal(np.ones((1, 2), np.uint64), np.full(2, -1, np.int32), counts)
    seen = np.ones(17, np.bool_)
    among(hashes, table_of(hashes), hashes[0], seen)
    meet(hashes, seen, table_of(hashes), hashes[0], seen)
    intersections(hashes, offsets, np.zeros((1, 2), np.int64), counts)


# ---- hashing ----------------------------------------------------------------------------------------


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


# ---- tokens -----------------------------------------------------------------------------------------


@part
def _byte(text: Bytes, at: int) -> np.uint8:
    # With an unsigned place numba does not look for negative ones, at every byte.
    byte: np.uint8 = text[np.uint64(at)]
    return byte


@part
def _decoded(text: Bytes, at: int) -> tuple[np.int64, int]:
    """(code point, bytes) of the character that begins at a place of UTF-8 text."""
    lead = np.int64(_byte(text, at))
    if lead < 0x80:
        return lead, 1
    second = np.int64(_byte(text, at + 1)) & 63
    if lead < 0xE0:
        return (lead & 31) << 6 | second, 2
    third = np.int64(_byte(text, at + 2)) & 63
    if lead < 0xF0:
        return (lead & 15) << 12 | second << 6 | third, 3
    return (lead & 7) << 18 | second << 12 | third << 6 | (np.int64(_byte(text, at + 3)) & 63), 4


@part
def _each(byte: int) -> np.uint64:
    """The same byte eight times."""
    return np.uint64(0x0101010101010101) * np.uint64(byte)


@part
def _eight(text: Bytes, at: int) -> np.uint64:
    """Eight bytes as one number, the first lowest. The compiler makes a single load of it."""
    low = np.uint64(_byte(text, at)) | np.uint64(_byte(text, at + 1)) << np.uint64(8)
    low |= np.uint64(_byte(text, at + 2)) << np.uint64(16) | np.uint64(_byte(text, at + 3)) << np.uint64(24)
    high = np.uint64(_byte(text, at + 4)) | np.uint64(_byte(text, at + 5)) << np.uint64(8)
    high |= np.uint64(_byte(text, at + 6)) << np.uint64(16) | np.uint64(_byte(text, at + 7)) << np.uint64(24)
    return low | high << np.uint64(32)


@part
def _beginning(chunk: np.uint64) -> tuple[np.uint64, np.uint64, np.uint64]:
    """How many of eight bytes, from the first on, are ASCII letters and digits; all eight in lower case; a bit for
    every digit among those many. Works on all bytes at once (Lamport 1975, "Multiple byte processing with full-word
    instructions")."""
    plain = chunk & _each(0x7F)
    lower = plain | _each(0x20)  # which digits have anyhow
    digits = (plain + _each(0x80 - 0x30)) & ~(plain + _each(0x80 - 0x3A))
    letters = (lower + _each(0x80 - 0x61)) & ~(lower + _each(0x80 - 0x7B))
    others = ((letters | digits) & ~chunk & _each(0x80)) ^ _each(0x80)
    first = others & (np.uint64(0) - others)
    before = (first >> np.uint64(7)) - np.uint64(1)  # all bits of the bytes before the first other one
    return (before & _each(1)) * _each(1) >> np.uint64(56), lower, digits & before & _each(0x80)


@part
def _hashed(lower: np.uint64, weights: Hashes, row: np.uint64) -> np.uint64:
    """The hash of eight ASCII characters, each multiplied by its weight."""
    values = lower + _each(1)
    one = (values & np.uint64(255)) * weights[row]
    two = (values >> np.uint64(8) & np.uint64(255)) * weights[row + np.uint64(1)]
    one += (values >> np.uint64(16) & np.uint64(255)) * weights[row + np.uint64(2)]
    two += (values >> np.uint64(24) & np.uint64(255)) * weights[row + np.uint64(3)]
    one += (values >> np.uint64(32) & np.uint64(255)) * weights[row + np.uint64(4)]
    two += (values >> np.uint64(40) & np.uint64(255)) * weights[row + np.uint64(5)]
    one += (values >> np.uint64(48) & np.uint64(255)) * weights[row + np.uint64(6)]
    two += (values >> np.uint64(56)) * weights[row + np.uint64(7)]
    result: np.uint64 = one + two
    return result


class Characters(NamedTuple):
    """What ``tokens`` knows of characters, in tables of blocks of ``BLOCK`` code points, ASCII first.

    begin: where the block of each 256th code point begins (int64). roles, flags: uint8; the flags of a character that
    separates go to the token behind it. value: uint64, hash of the folded form. power: uint64, what the hash of a word
    is multiplied by before the character is added. weights: uint64, nine for each number of ASCII characters from 0 to
    8: what each of eight is multiplied by, so that those beyond the number count nothing, and what the hash of the word
    before them is multiplied by.
    """

    begin: Ints
    roles: Bytes
    flags: Bytes
    value: Hashes
    power: Hashes
    weights: Hashes


class Columns(NamedTuple):
    """Where ``tokens`` writes: those of ``normalize.Tokens``, with room for a token for every byte to come."""

    hash: Hashes
    start: Words
    end: Words
    flags: Bytes


@compiled
def tokens(  # noqa: PLR0912, PLR0913, PLR0915, PLR0917  one pass over the bytes: parts of it would be called for each
    text: Bytes,
    edges: Ints,
    table: Characters,
    out: Columns,
    offsets: Ints,
    count: int,
    marked: np.uint8,
    beginning: np.uint8,
    quotes: tuple[np.uint8, np.uint8],
) -> int:
    """Tokens of texts in UTF-8, written behind the first ``count`` that are there; returns how many there are then.

    edges: where each begins and ends (int64, texts x 2), in bytes. An ASCII character that separates has to follow
    each, and seven more bytes the last. offsets (one longer) receives where the tokens of each begin. marked,
    beginning, quotes: the flags of tokens with a MARKED character, at the beginning of a text, right behind a QUOTES,
    and behind a token that one stands behind.
    """
    begin, roles, values, powers = table.begin, table.roles, table.value, table.power
    kinds, weights = table.flags, table.weights
    for number in range(len(edges)):
        offsets[number] = count
        first, stop = edges[number]
        at = first  # ``first`` moves on by the bytes that a character is longer than one: places are in characters
        pending, quoted, end, tight = beginning, np.uint8(0), -2, 0
        while at < stop:
            byte, size = _byte(text, at), 1
            place = np.uint64(byte)
            if byte >= 0x80:
                point, size = _decoded(text, at)
                place = np.uint64(begin[point >> 8] + (point & 255))
            role = roles[place]
            if not role & (INNER | ALONE):
                pending |= kinds[place]
                quoted = quotes[0] if role & QUOTES else np.uint8(0)
                if at - first == end and byte <= 32:
                    tight = 0
                if role & QUOTES and at - first <= end + tight:
                    pending |= quotes[1]
                at, first = at + size, first + size - 1
                continue
            out.start[count] = at - first
            value, kind, seen = values[place], kinds[place] | pending | quoted, np.uint64(role & MARKED)
            pending = quoted = np.uint8(0)
            if role & ALONE:
                at, first = at + size, first + size - 1
                end = at - first
            else:
                value = seen = np.uint64(0)
                while True:
                    if byte < 0x80:
                        if not roles[np.uint64(byte)] & INNER:
                            break
                        length, lower, digits = _beginning(_eight(text, at))
                        row = length * np.uint64(9)
                        value = value * weights[row + np.uint64(8)] + _hashed(lower, weights, row)
                        seen |= digits
                        at += np.int64(length)
                        end = at - first
                    else:
                        point, size = _decoded(text, at)
                        place = np.uint64(begin[point >> 8] + (point & 255))
                        role = roles[place]
                        if not role & (INNER | DROPPED):
                            break
                        at, first = at + size, first + size - 1
                        if role & INNER:
                            value = value * powers[place] + values[place]
                            seen |= np.uint64(role & MARKED)
                            end = at - first
                    byte = _byte(text, at)
            out.end[count], tight = end, 1
            out.flags[count] = kind | marked if seen else kind
            out.hash[count] = mix(value)
            count += 1
    offsets[len(edges)] = count
    return count


# ---- shingles ---------------------------------------------------------------------------------------


@compiled
def grams(hashes: Hashes, offsets: Ints, sizes: Ints, room: Ints, prime: np.uint64, found: Hashes) -> None:
    """Shingles of runs of tokens. ``sizes``: tokens in a shingle of each run. Those of run i are written to
    found[room[i]:room[i + 1]]."""
    for run in range(len(sizes)):
        first, size = offsets[run] - room[run], sizes[run]
        for place in range(room[run], room[run + 1]):
            value = np.uint64(0)
            for step in range(size):
                value = value * prime + hashes[first + place + step]
            found[place] = mix(value)


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
def fingerprints(hashes: Hashes, offsets: Ints, prime: np.uint64, seeds: Hashes, result: Hashes) -> None:
    """``shingles.fingerprints``: for each run of tokens one sum under each of two seeds (result: n x 2)."""
    for run in range(len(offsets) - 1):
        one = two = np.uint64(0)
        for place in range(offsets[run + 1] - offsets[run]):
            value, turn = hashes[offsets[run] + place], np.uint64(place) * prime
            one += mix(value ^ mix(turn + seeds[0]))
            two += mix(value ^ mix(turn + seeds[1]))
        result[run, 0], result[run, 1] = one, two


# ---- signatures and bands ---------------------------------------------------------------------------


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
def band_keys(signatures: Words, rows: int, prime: np.uint64, keys: Words) -> None:
    """``lsh.band_keys``: one key for each band of ``rows`` values of each signature (keys: bands x signatures)."""
    row = np.empty(len(keys), np.uint64)
    for number in range(len(signatures)):
        row[:] = np.uint64(0)
        for column in range(rows):  # all bands in one pass: each has to wait for its last step, they can wait together
            for band in range(len(row)):
                value = np.uint64(signatures[number, band * rows + column])
                row[band] = mix(row[band] * prime + value)
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
        slot = np.uint64(keys[order[place]]) >> shift
        bits = np.uint8(1) << np.uint8(2 * (slot & np.uint64(3)))
        byte = seen[slot >> np.uint64(2)]
        seen[slot >> np.uint64(2)] = byte | bits | (byte & bits) << np.uint8(1)
    count = 0
    for place in range(len(order)):
        key = np.uint64(keys[order[place]])
        slot = key >> shift
        result[count] = key << np.uint64(32) | np.uint64(place)
        count += seen[slot >> np.uint64(2)] >> np.uint8(2 * (slot & np.uint64(3)) + 1) & 1
    return count


@compiled
def count_pairs(packed: Hashes, most: int) -> int:
    """How many pairs ``write_pairs`` writes."""
    count = begin = 0
    for place in range(1, len(packed)):
        if packed[place] >> np.uint64(32) != packed[place - 1] >> np.uint64(32):
            begin = place
        count += min(place - begin, most)
    return count


@compiled
def write_pairs(packed: Hashes, most: int, order: Ints, result: Hashes) -> None:
    """Pairs of rows whose keys are equal, as first x rows + second: each with the first ``most`` of its key.
    ``packed``: what ``pack`` gives, sorted."""
    count = begin = 0
    rows = np.uint64(len(order))
    for place in range(1, len(packed)):
        if packed[place] >> np.uint64(32) != packed[place - 1] >> np.uint64(32):
            begin = place
        second = np.uint64(order[np.int64(packed[place] & np.uint64(0xFFFFFFFF))])
        for other in range(begin, begin + min(place - begin, most)):
            first = order[np.int64(packed[other] & np.uint64(0xFFFFFFFF))]
            result[count] = np.uint64(first) * rows + second
            count += 1


# ---- looking up -------------------------------------------------------------------------------------


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
def meet(values: Hashes, which: Mask, table: Hashes, free: np.uint64, seen: Mask) -> None:
    """Mark the slots of a table (see ``among``) whose values are among those of ``values`` for which ``which`` is
    True; the one behind the last stands for ``free``."""
    mask, last = np.uint64(len(table) - 1), len(table)
    for number in range(len(values)):
        if not which[number]:
            continue
        value = values[number]
        slot = value & mask
        while table[slot] != value and table[slot] != free:
            slot = (slot + np.uint64(1)) & mask
        if value == free:
            seen[last] = True
        elif table[slot] == value:
            seen[slot] = True


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


# ---- comparison -------------------------------------------------------------------------------------


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
