"""The compiled loops of ``scan``: shapes of lines, and lines as rules see them."""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..base.columns import Hashes, Ints, Mask
from .jit import inner, lean, part

Bytes = NDArray[np.uint8]
Points = NDArray[np.uint16]

PLANE: Final = 1 << 16
"""Characters beyond this are not known here: lines with such are odd."""
BLANK, UNSPACED, BULLET, DECIMAL, CLOSING, STOP, LEADING, TRAILING = (np.uint8(1 << bit) for bit in range(8))
"""Traits of characters: white space; of a script written without spaces; may mark an item; a digit; closing quote or
bracket; ends a sentence; passed over at the beginning of a phrase, and at its end."""
TO_BLANK, DROPPED, FIRST_LONG = -1, -2, -3
"""What becomes of a character that does not become another: a space, nothing, one of the longer texts."""
WORDS, ITEM, ENDS, ODD, PHRASED = range(5)
"""The columns of ``rows``. ODD: not all was understood. PHRASED: it may be one of the phrases."""
FACTOR: Final = np.uint64(0x9E3779B97F4A7C15)
LOCK: Final = np.uint64(0xFF51AFD7ED558CCD)
_OPEN, _CLOSE, _POINT, _HYPHEN, _STAR, _SPACE = map(ord, "().-* ")


class Letters(NamedTuple):
    """What is known of the characters of the first plane."""

    traits: Bytes
    becomes: NDArray[np.int32]
    """The character each becomes, or one of the above."""
    longer: Points
    """Texts that some become, one after another."""
    longer_at: Ints
    """Where each of these begins, and the last one ends."""


class Plain(NamedTuple):
    """Lines as rules see them: their characters, one line after another."""

    points: Points
    offsets: Ints
    """Where each begins, and the last one ends."""
    seen: Mask
    """Which characters there are."""


def warm() -> None:
    """Compile the kernels, or load them from the cache, by calling them on next to nothing."""
    ints, points, seen = np.zeros(2, np.int64), np.zeros(8, np.uint16), np.zeros(PLANE, np.bool_)
    letters = Letters(np.zeros(PLANE, np.uint8), np.zeros(PLANE, np.int32), points, ints)
    plain = Plain(points, ints.copy(), seen)
    marks, rows = np.zeros(2, np.uint64), np.zeros((1, 5), np.int64)
    text, bounds = np.frombuffer(bytes(4), np.uint32), np.array([[0, 1]], np.int64)
    spell(text, bounds, letters, 1, marks, rows, plain)
    write(text, bounds, letters, 1, np.zeros(9, np.uint8), ints, np.zeros(1, np.bool_))


@part
def _is(traits: Bytes, point: np.uint32, trait: np.uint8) -> np.bool_:
    return np.bool_(point < PLANE and (traits[point] & trait) != 0)


@inner
def _is_item(text: NDArray[np.uint32], at: int, end: int, traits: Bytes) -> np.bool_:
    """Whether a line begins as an item of a list; see ``features.shape``."""
    if at + 1 < end and _is(traits, text[at], BULLET) and text[at] != _OPEN and _is(traits, text[at + 1], BLANK):
        return np.bool_(True)
    at += text[at] == _OPEN
    begin = at
    while at < end and at - begin < 4 and _is(traits, text[at], DECIMAL):
        at += 1
    if not 1 <= at - begin <= 3 or at + 1 >= end or text[at] not in (_POINT, _CLOSE):
        return np.bool_(False)
    return _is(traits, text[at + 1], BLANK)


@inner
def _ends(text: NDArray[np.uint32], start: int, end: int, traits: Bytes) -> np.bool_:
    """Whether a line ends as a sentence does; see ``features.shape``."""
    least, at = max(start, end - 3), end - 1
    while at >= least and _is(traits, text[at], CLOSING):
        at -= 1
    return np.bool_(at >= least and _is(traits, text[at], STOP))


@inner
def _is_phrase(plain: Points, start: int, end: int, traits: Bytes, phrases: Hashes) -> np.bool_:
    """Whether the characters are those of a phrase, the signs around them aside; see ``rules.bare``."""
    if start < end and plain[start] in (_HYPHEN, _STAR) and plain[end - 1] == plain[start]:
        while start < end and plain[start] in (_HYPHEN, _STAR, _SPACE):
            start += 1
        while start < end and plain[end - 1] in (_HYPHEN, _STAR, _SPACE):
            end -= 1
    while start < end and traits[plain[start]] & LEADING:
        start += 1
    while start < end and traits[plain[end - 1]] & TRAILING:
        end -= 1
    mark = np.uint64(0)
    for at in range(start, end):
        mark = (mark + np.uint64(plain[at]) + np.uint64(1)) * FACTOR
    mark = (mark ^ mark >> np.uint64(32)) * LOCK | np.uint64(1)
    place, last = mark >> np.uint64(1), np.uint64(len(phrases) - 1)
    while phrases[place & last] != 0 and phrases[place & last] != mark:
        place += np.uint64(1)
    return np.bool_(phrases[place & last] == mark)


@inner
def _shape(text: NDArray[np.uint32], start: int, end: int, traits: Bytes, row: Ints) -> None:
    words = unspaced = 0
    blank, odd = True, False
    for at in range(start, end):
        point = text[at]
        odd |= point >= PLANE
        trait = np.uint8(0) if point >= PLANE else traits[point]
        is_blank = trait & BLANK != 0
        words += blank and not is_blank
        blank = is_blank
        unspaced += trait & UNSPACED != 0
    row[WORDS], row[ODD] = words + unspaced // 2, odd
    row[ITEM], row[ENDS] = _is_item(text, start, end, traits), _ends(text, start, end, traits)


@inner
def _plain(text: NDArray[np.uint32], at: int, end: int, letters: Letters, plain: Points, out: int) -> int:
    """Write a line as rules see it to ``plain``; where it ends there."""
    begin, gap = out, False
    while at < end:
        after = letters.becomes[text[at]]
        at += 1
        if after == DROPPED:
            continue
        if after == TO_BLANK:
            gap = True
            continue
        if gap and out > begin:
            plain[out] = _SPACE
            out += 1
        gap = False
        if after >= 0:
            plain[out] = after
            out += 1
            continue
        for place in range(letters.longer_at[FIRST_LONG - after], letters.longer_at[FIRST_LONG - after + 1]):
            plain[out] = letters.longer[place]
            out += 1
    return out


@lean
def spell(
    text: NDArray[np.uint32], bounds: Ints, letters: Letters, longest: int, phrases: Hashes, rows: Ints, plain: Plain
) -> None:
    """The shapes of lines, and those of up to ``longest`` characters as rules see them.

    ``bounds``: beginning and end of each line. ``phrases``: a table of marks, 0 where there is none. ``rows``: what
    is told of each.
    """
    out = int(np.int64(0))  # else the functions it calls are compiled twice, for a 0 and for any number
    for line in range(len(bounds)):
        start, end = bounds[line, 0], bounds[line, 1]
        row = rows[line]
        _shape(text, start, end, letters.traits, row)
        row[PHRASED] = 0
        begin = plain.offsets[line] = out
        if row[ITEM] and text[start] == _HYPHEN and text[start + 1] == _SPACE:
            start += 2
        if not row[ODD] and end - start <= longest:
            out = _plain(text, start, end, letters, plain.points, out)
            row[PHRASED] = _is_phrase(plain.points, begin, out, letters.traits, phrases)
    plain.offsets[len(bounds)] = out
    for at in range(out):
        plain.seen[plain.points[at]] = True


@part
def _put(out: Bytes, at: int, byte: int) -> None:
    out[np.uint64(at)] = np.uint8(byte)  # with unsigned places numba does not look for negative ones


@part
def _encoded(point: int, out: Bytes, at: int) -> int:
    """Write a character of the first plane in UTF-8; where it ends."""
    if point < 0x80:
        _put(out, at, point)
        return at + 1
    if point < 0x800:
        _put(out, at, 0xC0 | point >> 6)
        _put(out, at + 1, 0x80 | point & 63)
        return at + 2
    _put(out, at, 0xE0 | point >> 12)
    _put(out, at + 1, 0x80 | point >> 6 & 63)
    _put(out, at + 2, 0x80 | point & 63)
    return at + 3


@inner
def _written(text: NDArray[np.uint32], at: int, end: int, letters: Letters, out: Bytes, begin: int) -> int:
    """Write a line as rules see it in UTF-8; where it ends, or -1 if it cannot be written."""
    place, gap = begin, False
    while at < end:
        point = text[np.uint64(at)]
        at += 1
        if point >= PLANE or 0xD800 <= point < 0xE000:
            return -1
        after = letters.becomes[np.uint64(point)]
        if FIRST_LONG < after < 0:
            gap |= after == TO_BLANK
            continue
        if gap and place > begin:
            place = _encoded(_SPACE, out, place)
        gap = False
        if after >= 0:
            place = _encoded(int(after), out, place)
            continue
        for number in range(letters.longer_at[FIRST_LONG - after], letters.longer_at[FIRST_LONG - after + 1]):
            place = _encoded(int(letters.longer[number]), out, place)
    return place


@lean
def write(
    text: NDArray[np.uint32], bounds: Ints, letters: Letters, longest: int, out: Bytes, offsets: Ints, odd: Mask
) -> None:
    """Lines of up to ``longest`` characters as rules see them, in UTF-8, one after another.

    ``bounds``: beginning and end of each line. ``offsets``: receives where each begins in ``out``, and the last one
    ends. ``odd``: receives which are not written: those that are longer, or have characters beyond the first plane or
    halves of such.
    """
    at = int(np.int64(0))
    for line in range(len(bounds)):
        start, end = bounds[line, 0], bounds[line, 1]
        after = _written(text, start, end, letters, out, at) if end - start <= longest else -1
        offsets[line], odd[line] = at, after < 0
        at = max(at, after)
    offsets[len(bounds)] = at
