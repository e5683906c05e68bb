"""Compiled loops that compare two words run together with another; ``guards`` holds the plain twins."""

from __future__ import annotations

import numpy as np

from ..base.columns import Ints
from .book import UNKNOWN, Book, Limits, entered, has_room, pair_key, slot_of
from .jit import compiled, inner, part
from .spell import (
    AMOUNT,
    ARE,
    BEGIN,
    BITS,
    CLASSES,
    COUNTED,
    DECIMAL,
    DIGITS,
    END,
    FACT,
    FIRST,
    FOLDED_DIGITS,
    LATIN,
    LETTER_DIGIT,
    LETTERS,
    NAME,
    NUMERIC,
    PLACE,
    PLAIN,
    SIZE,
    SPECIAL,
    START,
    STAYS,
    Points,
    has,
)
from .word import are_like, near, turned

UNIT_SIZE, RESPELLED = 4, 4
"""Letters from which a word is no unit that is written short ("mn"); and how many fewer one may have in the one way of
writing."""

_M, _N, _R, _SPACE = (ord(letter) for letter in "mnr ")
_SHAPES = tuple((ord(letter), ord(shape)) for letter, shape in zip("icbfuaqv", "lehtnngy", strict=True))
"""A letter that scanners take for another, and the one that stands for both: ``guards.shape``."""


@part
def alike_together(book: Book, one: np.int64, two: np.int64, other: np.int64) -> bool:
    """Whether two words run together are like another."""
    words = book.words
    if _is_spelled(words, one, two, other):
        # They must begin alike, as most do not.
        likely = bool(words[one, BEGIN] == words[other, FIRST]) or words[one, BITS] & ARE != 0
        return likely and _is_like_both(words, book.points, book.limits, book.prefixes, one, two, other)
    together = _together(book, one, two) if _may_be(book, one, two, other) else np.int64(UNKNOWN)
    return bool(together >= 0) and are_like(words, book.points, book.limits, book.prefixes, together, other)


@inner
def same_together(book: Book, one: np.int64, two: np.int64, other: np.int64) -> bool:
    """Whether two words run together are another, letter for letter."""
    if one < 0 or two < 0 or other < 0:
        return False
    if _is_spelled(book.words, one, two, other):
        return _are_both(book.words, book.points, one, two, other)
    together = _together(book, one, two) if _may_be(book, one, two, other) else np.int64(UNKNOWN)
    return bool(together >= 0 and book.words[together, LETTERS] == book.words[other, LETTERS])


@part
def _is_spelled(words: Ints, one: np.int64, two: np.int64, other: np.int64) -> bool:
    """Whether the letters of two words tell all there is to know of them run together, held against another one."""
    letters = words[one, BITS] & words[two, BITS] & LATIN and words[two, BITS] & STAYS
    return bool(letters and not words[other, BITS] & FACT)


@inner
def _are_both(words: Ints, points: Points, one: np.int64, two: np.int64, other: np.int64) -> bool:
    """Whether the letters of a word are those of two others run together."""
    size, begin = words[one, END] - words[one, PLACE], words[other, PLACE]
    if words[other, END] - begin != size + words[two, END] - words[two, PLACE]:
        return False
    for place in range(size):
        if points[begin + place] != points[words[one, PLACE] + place]:
            return False
    for place in range(begin + size, words[other, END]):
        if points[place] != points[words[two, PLACE] + place - begin - size]:
            return False
    return True


@compiled
def _is_like_both(
    words: Ints, points: Points, limits: Limits, prefixes: Ints, one: np.int64, two: np.int64, other: np.int64
) -> bool:  # fmt: skip
    """``are_like`` of two words run together and another."""
    if _are_both(words, points, one, two, other):
        return True
    its = points[words[other, PLACE] : words[other, END]]
    size = words[one, END] - words[one, PLACE]
    mine = np.empty(size + words[two, END] - words[two, PLACE], np.uint32)
    for place in range(size):
        mine[place] = points[words[one, PLACE] + place]
    for place in range(size, len(mine)):
        mine[place] = points[words[two, PLACE] + place - size]
    bits, short = words[one, BITS] & NAME | words[other, BITS], min(len(mine), words[other, SIZE])
    least, long_word, long_name, very_long, _, _, _ = limits
    if short < least or bits & FOLDED_DIGITS:
        return False
    if _have_one_shape(mine, its):
        return not turned(mine, its, prefixes, least)
    if short < (long_name if bits & NAME else long_word) or bits & LETTER_DIGIT:
        return False
    if _shape_at(mine, 0)[0] != words[other, FIRST] or not near(mine, its, 2 if short >= very_long else 1):
        return False
    return not turned(mine, its, prefixes, least)


@inner
def _have_one_shape(a: Points, b: Points) -> bool:
    """Whether two words have the same ``guards.shape``, of which one is letters from a to z alone."""
    at = its = 0
    while at < len(a) and its < len(b):
        (mine, at), (other, its) = _shape_at(a, at), _shape_at(b, its)
        if mine != other:
            return False
        while at < len(a) and _shape_at(a, at)[0] == mine:
            at = _shape_at(a, at)[1]
        while its < len(b) and _shape_at(b, its)[0] == mine:
            its = _shape_at(b, its)[1]
    return at == len(a) and its == len(b)


@inner
def _shape_at(letters: Points, at: int) -> tuple[int, int]:
    """The letter that stands for the one at a place, and those that scanners take for it; and the place behind."""
    letter = letters[at]
    if letter == _R and at + 1 < len(letters) and letters[at + 1] == _N:
        return _M, at + 2
    for one, shape in _SHAPES:
        if letter == one:
            return shape, at + 1
    return int(letter), at + 1


@part
def _may_be(book: Book, one: np.int64, two: np.int64, other: np.int64) -> bool:
    """Whether two words run together may be like another: but for digits and amounts, they must begin alike and have
    letters of the same classes, or be long and about as long, with a letter put in or taken away, or in another's
    place, or two of them."""
    words, size, its = book.words, book.words[one, PLAIN] + book.words[two, PLAIN], book.words[other, SIZE]
    both = words[one, BITS] | words[two, BITS]
    if both & SPECIAL or words[one, BITS] & ARE or (words[one, BITS] & AMOUNT and words[two, BITS] & COUNTED):
        return True
    if words[other, BITS] & (SPECIAL | ARE):
        return bool(words[other, BITS] & LETTER_DIGIT == 0)  # two words without digits make none with some
    if words[one, BEGIN] != words[other, FIRST]:
        return False
    apart, edits = (words[one, CLASSES] | words[two, CLASSES]) ^ words[other, CLASSES], 2
    if not apart or size < UNIT_SIZE:
        return True
    if its < size - RESPELLED - 2 or its > size + 2 or its < book.limits[1]:
        return False
    if min(size, its) >= book.limits[3]:
        edits = 4
    while apart and edits >= 0:
        apart &= apart - 1
        edits -= 1
    return edits >= 0


@inner
def _together(book: Book, one: np.int64, two: np.int64) -> np.int64:
    """The row of two words run together."""
    key = pair_key(one, two)
    slot = slot_of(book.keys, book.numbers, key)
    if book.numbers[slot] != UNKNOWN:
        return np.int64(book.numbers[slot])
    if not has_room(book, book.words[one, PLAIN] + book.words[two, PLAIN] + 1):
        return np.int64(UNKNOWN)
    size = _joined(book, one, two)
    return entered(book, slot, key, size, book.words[one, BITS] & NAME != 0)


@inner
def _joined(book: Book, one: np.int64, two: np.int64) -> int:
    """The characters of two words run together, as ``guards.Word.together`` has them, to the beginning of
    ``spelling.room``; returns how many."""
    words, points, table = book.words, book.points, book.spelling
    first, second, size, more = words[one, START], words[two, START], words[one, PLAIN], words[two, PLAIN]
    for place in range(size):
        table.room[0, place] = points[first + place]
    meet = size and more and has(table, points[first + size - 1], NUMERIC) and has(table, points[second], NUMERIC)
    thousands = words[one, BITS] & DIGITS and more == 3
    for place in range(more):
        thousands = thousands and has(table, points[second + place], DECIMAL)
    if meet and not thousands:
        table.room[0, size] = _SPACE
        size += 1
    for place in range(more):
        table.room[0, size + place] = points[second + place]
    return int(size + more)
