"""The compiled loop that takes the long text out of lines of JSON; ``records`` has what it stands for."""

from __future__ import annotations

from typing import Final

import numpy as np

from ..base.columns import Ints
from .jit import inner, lean, part
from .utf8 import Bytes, byte_at, size_at, written
from .values import zero
from .vectors import BLOCK, lowest, moved, sets_of

_quotes, _breaks = sets_of([(0x22, 0x22)]), sets_of([(0x00, 0x1F), (0x22, 0x22), (0x5C, 0x5C), (0x80, 0xFF)])
"""Where a string may begin; what in it does not stand for itself, or may not."""
_QUOTE, _BACKSLASH, _COLON, _U, _RETURN = (np.uint8(ord(char)) for char in '"\\:u\r')
_SPACES: Final = tuple(np.uint8(ord(char)) for char in " \t\r")
_HIGH, _LOW, _PLAIN = 0xD800, 0xDC00, 0xE000
"""Code points from which there are the first halves of those beyond 16 bits, the second halves, and others again."""


def warm() -> None:
    """Compile the kernel, or load it from the cache."""
    text, nothing = np.frombuffer(bytes(2 * BLOCK), np.uint8), np.zeros((0, 2), np.int64)
    texts(text, nothing, text[:1], escapes(), np.zeros(2 * BLOCK, np.uint8), nothing.copy())


def escapes() -> Bytes:
    """What a letter behind a backslash stands for; 0 where that is nothing."""
    table = np.zeros(256, np.uint8)
    for letter, meaning in zip('"\\/bfnrt', '"\\/\b\f\n\r\t', strict=True):
        table[ord(letter)] = ord(meaning)
    return table


@part
def _after_spaces(text: Bytes, at: int) -> int:
    while byte_at(text, at) in _SPACES:
        at += 1
    return at


@part
def _is_name(text: Bytes, at: int, name: Bytes) -> bool:
    place = 0
    while place < len(name) and byte_at(text, at + place) == name[place]:
        place += 1
    return place == len(name)


@inner
def _begin_of(text: Bytes, at: int, end: int, name: Bytes) -> int:
    """Where the first string begins that stands behind a name in a line, its quotation mark included; ``end`` if none
    does."""
    while at < end:
        (quotes,) = _quotes(text, at)
        at += lowest(quotes)
        if at < end and byte_at(text, at) == _QUOTE:
            if _is_name(text, at, name):
                colon = _after_spaces(text, at + len(name))
                begin = _after_spaces(text, colon + 1)
                if byte_at(text, colon) == _COLON and begin < end and byte_at(text, begin) == _QUOTE:
                    return begin
            at += 1
    return end


@inner
def _four_digits(text: Bytes, at: int) -> np.int64:
    """The number of four hexadecimal digits; below zero where there is anything else."""
    value = np.int64(0)
    for place in range(4):
        byte = np.int64(byte_at(text, at + place))
        letter = (byte | 0x20) - 0x61
        if 0 <= letter < 6:
            digit = letter + 10
        else:
            digit = byte - 0x30
            if digit < 0 or digit > 9:
                return np.int64(-1)
        value = value << 4 | digit
    return value


@part
def _escaped_point(text: Bytes, at: int) -> tuple[np.int64, int]:
    """The code point that the digits behind "\\u" give, and how many bytes they are, with those of a second half; 0
    bytes where it is none."""
    point = _four_digits(text, at)
    if 0 <= point < _HIGH or point >= _PLAIN:
        return point, 4
    if _HIGH <= point < _LOW and byte_at(text, at + 4) == _BACKSLASH and byte_at(text, at + 5) == _U:
        second = _four_digits(text, at + 6)
        if _LOW <= second < _PLAIN:
            return 0x10000 + (point - _HIGH << 10 | second - _LOW), 10
    return np.int64(0), 0


@inner
def _special(text: Bytes, at: int, meaning: Bytes, out: Bytes, to: int) -> tuple[int, int]:
    """Write a character that is escaped or beyond ASCII. Returns how many bytes it takes in both texts, 0 where it is
    not sound."""
    letter = byte_at(text, at + 1)
    if byte_at(text, at) != _BACKSLASH:
        size = size_at(text, at)
        for place in range(size):
            out[to + place] = byte_at(text, at + place)
        return size, size
    if letter != _U:
        out[to] = meaning[letter]
        return 2 * (meaning[letter] != 0), 1
    point, digits = _escaped_point(text, at + 2)
    return (2 + digits if digits else 0), written(out, to, point)


@inner
def _unescaped(text: Bytes, at: int, end: int, meaning: Bytes, out: Bytes, to: int) -> tuple[int, int]:
    """Write a string, from behind its quotation mark on, in UTF-8. Returns where its last quotation mark stands, or
    ``end`` where it is not sound, and where the next one goes."""
    while at < end:
        moved(out, to, text, at)
        (breaks,) = _breaks(text, at)
        size = lowest(breaks)
        at, to = at + size, to + size
        if size == BLOCK:
            continue
        byte = byte_at(text, at)
        if byte < _BACKSLASH:
            return (at if byte == _QUOTE else end), to
        while byte == _BACKSLASH or byte >= 0x80:
            taken, made = _special(text, at, meaning, out, to)
            if taken == 0:
                return end, to
            at, to = at + taken, to + made
            byte = byte_at(text, at)
    return end, to


@part
def _copied(text: Bytes, at: int, end: int, out: Bytes, to: int) -> int:
    """Copy bytes to a place; returns where the next one goes. Up to ``BLOCK`` more are written."""
    for place in range(0, end - at, BLOCK):
        moved(out, to + place, text, at + place)
    return to + end - at


@lean
def texts(text: Bytes, edges: Ints, name: Bytes, meaning: Bytes, out: Bytes, ends: Ints) -> None:
    """Of each line of JSON the first text behind a name, in UTF-8, and then the line without it, a zero in its place:
    all one after another into ``out``.

    edges: where each line begins and ends (int64, lines x 2); ``BLOCK`` bytes that are neither quotation marks nor
    digits stand behind the last. name: in quotation marks. meaning: of ``escapes``. out: as large as the text. ends:
    int64, of each line where the text and the rest of it end in ``out``. Of a line in which there is no text, or none
    that is sound, there is nothing.
    """
    to = zero()
    for line in range(len(edges)):
        begin, end = edges[line]
        first = _begin_of(text, begin, end, name)
        last, after = _unescaped(text, first + 1, end, meaning, out, to)
        if last < end:
            end -= byte_at(text, end - 1) == _RETURN
            ends[line, 0] = after
            to = _copied(text, begin, first, out, after)
            out[to] = np.uint8(0)
            to = _copied(text, last + 1, end, out, to + 1)
        else:
            ends[line, 0] = to
        ends[line, 1] = to
