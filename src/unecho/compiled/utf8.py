"""Texts in UTF-8, byte by byte and character by character."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from .jit import part

Bytes = NDArray[np.uint8]


@part
def byte_at(text: Bytes, at: int) -> np.uint8:
    # With an unsigned place numba does not look for negative ones, at every byte.
    byte: np.uint8 = text[np.uint64(at)]
    return byte


@part
def decoded(text: Bytes, at: int) -> tuple[np.int64, int]:
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
