"""The compiled loop that finds the tokens of texts in UTF-8; ``normalize`` holds the plain twin."""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..base.columns import Hashes, Ints
from .jit import compiled, part
from .values import mix

Bytes = NDArray[np.uint8]
Places = NDArray[np.uint32]


INNER, ALONE, DROPPED, MARKED, QUOTES = (np.uint8(1 << bit) for bit in range(5))
"""Roles of characters, as bits. INNER: part of a word. ALONE: its own token. DROPPED: passed over. None of
these: separates. MARKED: marks the token it is part of. QUOTES: a quotation mark."""
BLOCK: Final = 256
"""Code points in a block of the tables of characters."""


def warm() -> None:
    """Compile this kernel, or load it from the cache."""
    text, flags, places = np.frombuffer(bytes(8), np.uint8), np.zeros(BLOCK, np.uint8), np.zeros(BLOCK, np.int64)
    table = Characters(places, flags, flags, *[np.ones(BLOCK, np.uint64)] * 3)
    columns = Columns(np.ones(8, np.uint64), np.zeros(8, np.uint32), np.zeros(8, np.uint32), flags)
    marks = np.uint8(2), np.uint8(16), (np.uint8(32), np.uint8(64))
    tokens(text, np.array([[0, 1]], np.int64), table, columns, np.zeros(2, np.int64), 0, *marks)


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
    start: Places
    end: Places
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
