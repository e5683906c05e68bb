"""The compiled loops that find the paragraphs of texts that are wrapped at a column; ``paragraphs`` holds the plain
twins, by whose names they go."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from ..base.columns import Ints
from .jit import inner, lean, part
from .paragraph import ALPHA, BLANK, BULLET, DECIMAL, LOWER, STOP, UPPER, line_at, trait_of
from .utf8 import Bytes, byte_at, decoded
from .values import zero
from .vectors import BLOCK

LINES, UNKNOWN = -1, -2
"""Instead of a number of paragraphs: the text is not wrapped; it has letters of which no trait is known."""
_BEGIN, _END, _START, _FINAL, _INDENT, _JOINED, _ROW = range(7)
"""Columns of a line that is not blank: beginning and end in bytes and in characters, white space before it, whether the
line right before it is none either, and which of all lines it is."""
COLUMNS = 7
_HEADING, _BAR, _QUOTED, _RULE, _DASHES, _FENCE, _OTHER_FENCE = (ord(char) for char in "#|>=-`~")
_OPENING, _CLOSING, _DOT, _FIRST_SMALL, _LAST_SMALL = (ord(char) for char in "().az")
_CASE = 0x20
_MOST_HEADING, _LEAST_RULE, _MOST_DIGITS = 6, 3, 3


class Layout(NamedTuple):
    """How wrapped text is told: see ``paragraphs``, whose constants these are."""

    sample: int
    pairs: int
    narrowest: int
    widest: int
    full: float
    opened: float
    runs_on: float


class Blocks(NamedTuple):
    """Where ``blocks`` writes. spans: int64, beginning and end of every paragraph, in characters; a row for every line.
    counts: int64, paragraphs of each text, ``LINES`` or ``UNKNOWN``. lines: int64, lines of the longest text x
    ``COLUMNS``. sizes: int64, one for every column up to the widest and one more."""

    spans: Ints
    counts: Ints
    lines: Ints
    sizes: Ints


def warm() -> None:
    """Compile the kernel, or load it from the cache."""
    out = Blocks(*(np.zeros(shape, np.int64) for shape in ((1, 2), 1, (1, COLUMNS), 2)))
    text = np.frombuffer(bytes(2 * BLOCK), np.uint8)
    blocks(text, np.array([[0, 1]], np.int64), np.zeros(1, np.uint8), Layout(1, 1, 1, 1, 1.0, 1.0, 1.0), out)


@part
def _first(text: Bytes, line: Ints, traits: Bytes) -> np.uint8:
    """Traits of the character that a line begins with."""
    return trait_of(decoded(text, line[_BEGIN])[0], traits)


@part
def _size(line: Ints) -> int:
    size: int = line[_FINAL] - line[_START]
    return size


@inner
def _blank_at(text: Bytes, at: int, end: int, traits: Bytes) -> bool:
    """Whether white space follows within a line."""
    return at < end and bool(trait_of(decoded(text, at)[0], traits) & BLANK)


@part
def _same_at(text: Bytes, at: int, end: int) -> int:
    """How many bytes from a place on are the same."""
    count = 1
    while at + count < end and byte_at(text, at + count) == byte_at(text, at):
        count += 1
    return count


@inner
def _ends(text: Bytes, line: Ints, traits: Bytes) -> bool:
    """Whether a line ends as a sentence does."""
    at = line[_END] - 1
    while byte_at(text, at) & 0xC0 == 0x80:
        at -= 1
    return bool(trait_of(decoded(text, at)[0], traits) & STOP)


@inner
def _is_markup(text: Bytes, line: Ints, traits: Bytes) -> bool:
    at, end = line[_BEGIN], line[_END]
    char = byte_at(text, at)
    if char in (_BAR, _QUOTED):
        return True
    if char == _HEADING:
        count = _same_at(text, at, end)
        return count <= _MOST_HEADING and _blank_at(text, at + count, end, traits)
    if char in (_RULE, _DASHES, _FENCE, _OTHER_FENCE):
        return _same_at(text, at, end) >= _LEAST_RULE
    return False


@inner
def _is_bullet(text: Bytes, line: Ints, traits: Bytes) -> bool:
    at, end = line[_BEGIN], line[_END]
    point, size = decoded(text, at)
    if trait_of(point, traits) & BULLET:
        return _blank_at(text, at + size, end, traits)
    if point == _OPENING:
        at += 1
    if at == end:
        return False
    digits = 0
    point, size = decoded(text, at)
    if _FIRST_SMALL <= (point | _CASE) <= _LAST_SMALL:
        at += 1
        return at < end and byte_at(text, at) == _CLOSING and _blank_at(text, at + 1, end, traits)
    while digits < _MOST_DIGITS and at < end and trait_of(point, traits) & DECIMAL:
        digits += 1
        at += size
        point, size = decoded(text, at)
    if digits == 0 or at == end or point not in (_DOT, _CLOSING):
        return False
    return _blank_at(text, at + 1, end, traits)


@part
def _is_unspaced(point: np.int64) -> bool:
    return bool(0x3040 <= point <= 0x30FF or 0x3400 <= point <= 0x9FFF or 0xF900 <= point <= 0xFAFF)


@inner
def _fits(text: Bytes, line: Ints, after: Ints, width: int, traits: Bytes) -> bool:
    """Whether the first word of the line after would have found room on a line."""
    room = width - _size(line)
    at, end = after[_BEGIN], after[_END]
    if _is_unspaced(decoded(text, at)[0]):
        return room >= 1
    word = 1
    while at < end and word <= room:
        point, size = decoded(text, at)
        if trait_of(point, traits) & BLANK:
            break
        at += size
        word += 1
    return word <= room


@inner
def _read(text: Bytes, at: int, stop: int, traits: Bytes, lines: Ints) -> int:
    """Write the lines of a text that are not blank; returns how many there are, or ``UNKNOWN``."""
    count, char, row, joined = 0, zero(), 0, False
    while at < stop:
        begin, end, start, final, after, following = line_at(text, at, stop, char, traits)
        if begin < end:
            if decoded(text, begin)[0] >= len(traits):
                return UNKNOWN
            line = lines[count]
            line[_BEGIN], line[_END], line[_START], line[_FINAL] = begin, end, start, final
            line[_INDENT], line[_JOINED], line[_ROW] = start - char, joined, row
            count += 1
        joined = begin < end
        at, char = after, following
        row += 1
    return count


@inner
def _running(text: Bytes, lines: Ints, traits: Bytes, sizes: Ints) -> tuple[int, int, int]:
    """How many lines run on, how many have a fresh one after them and how many have one that is no list item. ``sizes``
    counts the first by their size, all beyond the last one there."""
    sizes[:] = 0
    running = fresh = pairs = 0
    for number in range(1, len(lines)):
        line, after = lines[number - 1], lines[number]
        if not after[_JOINED]:
            continue
        trait = _first(text, after, traits)
        marked = _is_bullet(text, after, traits) or _is_markup(text, after, traits)
        pairs += not marked
        if trait & UPPER:
            fresh += _size(after) == 1 or decoded(text, after[_BEGIN] + decoded(text, after[_BEGIN])[1])[0] != _CLOSING
        elif trait & ALPHA and not marked and not _ends(text, line, traits):
            sizes[min(_size(line), len(sizes) - 1)] += 1
            running += 1
    return running, fresh, pairs


@inner
def _wrap_width(text: Bytes, lines: Ints, traits: Bytes, layout: Layout, sizes: Ints) -> int:
    running, fresh, pairs = _running(text, lines, traits, sizes)
    if running < max(layout.pairs, fresh // 5) or running < pairs // 5:
        return 0
    left, width = running * 9 // 10, 0
    while sizes[width] <= left:
        left -= sizes[width]
        width += 1
    if not layout.narrowest <= width <= layout.widest:
        return 0
    long = full = opened = runs_on = 0
    for number in range(1, len(lines)):
        line, after = lines[number - 1], lines[number]
        if not after[_JOINED] or not width <= 2 * _size(line) <= 3 * width:
            continue
        if _is_bullet(text, after, traits) or _is_markup(text, after, traits):
            continue
        trait = _first(text, after, traits)
        long += 1
        full += not _fits(text, line, after, width - width // 16, traits)
        opened += not _ends(text, line, traits)
        runs_on += trait & ALPHA != 0 and trait & UPPER == 0
    enough = full >= layout.full * long and opened >= layout.opened * long and runs_on >= layout.runs_on * long
    return width if enough else 0


@inner
def _breaks(text: Bytes, before: Ints, after: Ints, width: int, in_list: bool, traits: Bytes) -> bool:
    size, next_size = _size(before), _size(after)
    if 2 * max(size, next_size) > 3 * width or _is_markup(text, before, traits) or _is_markup(text, after, traits):
        return True
    ended = _ends(text, before, traits)
    short = _fits(text, before, after, width, traits)
    if _is_bullet(text, after, traits):
        return in_list or ended or short
    trait = _first(text, after, traits)
    if ended and short and not trait & LOWER:
        return True
    if after[_INDENT] > before[_INDENT] and not in_list and (ended or short):
        return True
    return not ended and 5 * size < 3 * width <= 4 * next_size and bool(trait & UPPER)


@inner
def _blocks(text: Bytes, lines: Ints, width: int, traits: Bytes, spans: Ints) -> int:
    """Write the paragraphs of a wrapped text; returns how many there are."""
    count, in_list = 0, False
    for number in range(len(lines)):
        line = lines[number]
        joined = number > 0 and line[_JOINED] != 0
        in_list = in_list and joined
        if joined and not _breaks(text, lines[number - 1], line, width, in_list, traits):
            spans[count - 1, 1] = line[_FINAL]
            continue
        spans[count] = line[_START], line[_FINAL]
        count += 1
        in_list = in_list or _is_bullet(text, line, traits)
    return count


@lean
def blocks(text: Bytes, edges: Ints, traits: Bytes, layout: Layout, out: Blocks) -> int:
    """The paragraphs of those texts in UTF-8 that are wrapped at a column; returns how many there are.

    edges, traits: as in ``paragraph.lines``; a text with a line that begins with a character beyond the traits is left
    alone.
    """
    total = 0
    for number in range(len(edges)):
        count = _read(text, edges[number, 0], edges[number, 1], traits, out.lines)
        out.counts[number] = count
        if count == UNKNOWN:
            continue
        lines, sampled = out.lines[:count], count
        while sampled and lines[sampled - 1, _ROW] >= layout.sample:
            sampled -= 1
        width = _wrap_width(text, lines[:sampled], traits, layout, out.sizes)
        out.counts[number] = _blocks(text, lines, width, traits, out.spans[total:]) if width else LINES
        total += max(0, out.counts[number])
    return total
