"""The compiled loop that finds the lines of texts in UTF-8; ``paragraphs`` holds the plain twin."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from ..base.columns import Ints, Mask
from .jit import inner, lean, part
from .utf8 import Bytes, byte_at, decoded
from .values import zero
from .vectors import BLOCK, below, counted, lowest, sets_of

BLANK, BREAK, STOP, UPPER, LOWER, ALPHA, DECIMAL, BULLET = (np.uint8(1 << bit) for bit in range(8))
"""Traits of characters, as bits: white space; ends a line; what stands at the end of a sentence; what ``str`` calls so;
what an item of a list begins with."""
_marks = sets_of([(0x0A, 0x0D), (0x1C, 0x1E), (0xC2, 0xC2), (0xE2, 0xE2)], [(0x80, 0xBF)])
"""What may begin a character that ends a line: U+0085, U+2028 and U+2029 besides those of ASCII; and bytes inside a
character."""
_NEWLINE, _RETURN, _CLOSING = np.uint8(ord("\n")), ord("\r"), np.uint8(ord(")"))
_FIRST_CAPITAL, _LAST_CAPITAL, _FIRST_SMALL, _LAST_SMALL = (np.uint8(ord(letter)) for letter in "AZaz")


class Lines(NamedTuple):
    """Where ``lines`` writes. spans: int64, beginning and end of every line that is not blank, in characters; a row for
    every two bytes. counts: int64, such lines of each text. wrapped: whether a text may be wrapped at a column."""

    spans: Ints
    counts: Ints
    wrapped: Mask


def warm() -> None:
    """Compile the kernel, or load it from the cache."""
    out = Lines(np.zeros((8, 2), np.int64), np.zeros(1, np.int64), np.zeros(1, np.bool_))
    lines(np.frombuffer(bytes(2 * BLOCK), np.uint8), np.array([[0, 1]], np.int64), np.zeros(1, np.uint8), (1, 1), out)


@part
def trait_of(point: np.int64, traits: Bytes) -> np.uint8:
    trait: np.uint8 = traits[np.uint64(point)] if point < len(traits) else np.uint8(0)
    return trait


@inner
def _line_end(text: Bytes, at: int, stop: int, traits: Bytes) -> tuple[int, int]:
    """Where the line ends that goes on at a place, and how many characters that is."""
    chars = 0
    while at < stop:
        ends, inner = _marks(text, at)
        size = min(stop - at, lowest(ends))
        chars += size - counted(inner & below(size))
        at += size
        if size == BLOCK or at == stop:
            continue
        point, size = decoded(text, at)
        if trait_of(point, traits) & BREAK:
            break
        at += size
        chars += 1
    return at, chars


@inner
def _stripped(text: Bytes, line: tuple[int, int, int, int], traits: Bytes) -> tuple[int, int, int, int]:
    """A line (beginning and end in bytes, beginning and end in characters) without the white space around it."""
    begin, end, start, last = line
    while begin < end:
        point, size = decoded(text, begin)
        if not trait_of(point, traits) & BLANK:
            break
        begin += size
        start += 1
    while begin < end:
        place = end - 1
        while byte_at(text, place) & 0xC0 == 0x80:
            place -= 1
        point, size = decoded(text, place)
        if not trait_of(point, traits) & BLANK:
            break
        end = place
        last -= 1
    return begin, end, start, last


@inner
def line_at(text: Bytes, at: int, stop: int, char: int, traits: Bytes) -> tuple[int, int, int, int, int, int]:
    """The line at a place, the character ``char``, without the white space around it: beginning and end in bytes, and
    in characters; and where the next one is, in both."""
    end, chars = _line_end(text, at, stop, traits)
    begin, last, start, final = _stripped(text, (at, end, char, char + chars), traits)
    at, char = end, char + chars
    if at < stop:
        point, size = decoded(text, at)
        pair = point == _RETURN and at + 1 < stop and byte_at(text, at + 1) == _NEWLINE
        at, char = at + size + pair, char + 1 + pair
    return begin, last, start, final, at, char


@lean
def lines(text: Bytes, edges: Ints, traits: Bytes, least: tuple[int, int], out: Lines) -> int:
    """The lines of texts in UTF-8; returns how many there are.

    edges: where each begins and ends (int64, texts x 2), in bytes; ``BLOCK`` more can be read behind the last. traits:
    of code points, none of those beyond. least: lines that a text's layout is judged by, and those that run on in the
    next which a wrapped one has at least. Of both it counts no fewer, and of lines that a fresh one follows no more,
    than ``paragraphs.wrap_width`` does.
    """
    count = 0
    for number in range(len(edges)):
        at, stop = edges[number]
        first, char = count, zero()
        row = running = fresh = 0
        joined, stopped = False, False
        while at < stop:
            begin, last, start, final, at, char = line_at(text, at, stop, char, traits)
            row += 1
            if begin == last:
                joined = False
                continue
            out.spans[count] = start, final
            count += 1
            letter = byte_at(text, begin)
            if joined and row <= least[0]:
                if _FIRST_CAPITAL <= letter <= _LAST_CAPITAL:
                    fresh += byte_at(text, begin + 1) != _CLOSING
                elif not stopped and (_FIRST_SMALL <= letter <= _LAST_SMALL or letter >= 0x80):
                    running += 1
            joined, before = True, byte_at(text, last - 1)
            stopped = bool(before < 0x80 and traits[before] & STOP)
        out.counts[number] = count - first
        out.wrapped[number] = running >= max(least[1], fresh // 5)
    return count
