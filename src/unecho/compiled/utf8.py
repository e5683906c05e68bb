"""Texts in UTF-8, byte by byte and character by character."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from .jit import inner, part

Bytes = NDArray[np.uint8]


@part
def byte_at(text: Bytes, at: int | np.int64) -> np.uint8:
    # With an unsigned place numba does not look for negative ones, at every byte.
    byte: np.uint8 = text[np.uint64(at)]
    return byte


@inner
def decoded(text: Bytes, at: int | np.int64) -> tuple[np.int64, int]:
    """(code point, bytes) of the character that begins at a place of UTF-8 text."""
    lead = np.int64(byte_at(text, at))
    if lead < 0x80:
        return lead, 1
    second = np.int64(byte_at(text, at + 1)) & 63
    if lead < 0xE0:
        return (lead & 31) << 6 | second, 2
    third = np.int64(byte_at(text, at + 2)) & 63
    if lead < 0xF0:
        return (lead & 15) << 12 | second << 6 | third, 3
    return (lead & 7) << 18 | second << 12 | third << 6 | (np.int64(byte_at(text, at + 3)) & 63), 4


@part
def size_at(text: Bytes, at: int) -> int:
    """Bytes of the character beyond ASCII that begins at a place; 0 where they are no sound UTF-8. Some can be read
    behind the place."""
    lead, second = byte_at(text, at), byte_at(text, at + 1)
    if lead < 0xC2 or lead > 0xF4 or second & 0xC0 != 0x80:
        return 0
    if lead < 0xE0:
        return 2
    if byte_at(text, at + 2) & 0xC0 != 0x80:
        return 0
    if lead < 0xF0:
        # Longer than need be, or half of a character beyond 16 bits.
        return 0 if (lead == 0xE0 and second < 0xA0) or (lead == 0xED and second >= 0xA0) else 3
    wrong = (lead == 0xF0 and second < 0x90) or (lead == 0xF4 and second >= 0x90)
    return 0 if wrong or byte_at(text, at + 3) & 0xC0 != 0x80 else 4


@part
def written(out: Bytes, to: int, point: np.int64) -> int:
    """Write a code point in UTF-8 to a place; returns how many bytes it takes."""
    if point < 0x80:
        out[to] = np.uint8(point)
        return 1
    if point < 0x800:
        out[to], out[to + 1] = np.uint8(0xC0 | point >> 6), np.uint8(0x80 | point & 63)
        return 2
    if point < 0x10000:
        out[to], out[to + 1] = np.uint8(0xE0 | point >> 12), np.uint8(0x80 | point >> 6 & 63)
        out[to + 2] = np.uint8(0x80 | point & 63)
        return 3
    out[to], out[to + 1] = np.uint8(0xF0 | point >> 18), np.uint8(0x80 | point >> 12 & 63)
    out[to + 2], out[to + 3] = np.uint8(0x80 | point >> 6 & 63), np.uint8(0x80 | point & 63)
    return 4
