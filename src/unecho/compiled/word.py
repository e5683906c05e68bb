"""Compiled loops that compare words; ``guards`` holds the plain twins."""

from __future__ import annotations

import numpy as np

from ..base.columns import Ints
from .book import PACKED, Book, Limits, are_two, is_new_beside, word_of
from .jit import compiled, inner, part
from .spell import (
    BITS,
    DIGIT_FIRST,
    DIGITS,
    DIGITS_OF,
    END,
    FACT,
    FIRST,
    FOLDED,
    FOLDED_DIGITS,
    LETTER_DIGIT,
    LETTERS,
    MASK,
    NAME,
    NUMBERED,
    PLACE,
    SHAPE,
    SIZE,
    Points,
)
from .text import Text


@inner
def is_written_otherwise(text: Text, book: Book, capital: np.uint8, one: int, two: int) -> bool:
    """Whether a token is written otherwise than another one that it is like, not counting what is the same word."""
    mine, its = word_of(text, book, capital, one), word_of(text, book, capital, two)
    return bool(mine >= 0 and its >= 0 and book.words[mine, FOLDED] != book.words[its, FOLDED])


@inner
def are_other_names(text: Text, book: Book, capital: np.uint8, one: int, two: int) -> bool:
    """``cover.Coverer._are_other_names`` of two tokens."""
    if not is_written_otherwise(text, book, capital, one, two):
        return False
    mine, its = word_of(text, book, capital, one), word_of(text, book, capital, two)
    return bool(book.words[mine, BITS] & book.words[its, BITS] & NAME) and are_two(text, book, one, two)


@inner
def is_another_name(text: Text, book: Book, capital: np.uint8, one: int, two: int) -> bool:
    """``guards.Word.is_another_name`` of two tokens that are written otherwise."""
    mine, its = word_of(text, book, capital, one), word_of(text, book, capital, two)
    words = book.words
    if not words[mine, BITS] & words[its, BITS] & NAME:
        return False
    short = min(words[mine, SIZE], words[its, SIZE]) == book.limits[0]
    return short or (words[mine, SHAPE] != words[its, SHAPE] and _is_near(words, book.points, book.limits, mine, its))


@part
def alike(book: Book, one: np.int64, two: np.int64) -> bool:
    """``guards.Word.is_like`` of two words by number."""
    # But for numbers, words that are alike begin alike; and to call a function with a book takes long.
    likely = bool(one >= 0 and two >= 0)
    if likely and book.words[one, FIRST] != book.words[two, FIRST]:
        likely = bool(book.words[one, DIGITS_OF] != 0 and book.words[two, DIGITS_OF] != 0)
    return likely and are_like(book.words, book.points, book.limits, book.prefixes, one, two)


@inner
def are_like(
    words: Ints, points: Points, limits: Limits, prefixes: Ints, one: np.int64, two: np.int64
) -> bool:  # fmt: skip
    """``alike`` of two words that are known, by the columns of the book that it needs: with all of them it would be a
    slow call."""
    mine, its = words[one], words[two]
    if mine[FOLDED] == its[FOLDED]:
        return True
    bits, both = mine[BITS] | its[BITS], mine[BITS] & its[BITS]
    if both & FACT:
        return False
    same_digits = mine[DIGITS_OF] == its[DIGITS_OF] and mine[DIGITS_OF] != 0
    if both & DIGIT_FIRST:
        return same_digits and not both & DIGITS
    if same_digits or mine[LETTERS] == its[LETTERS]:
        return True
    if min(mine[SIZE], its[SIZE]) < limits[0] or bits & FOLDED_DIGITS:
        return False
    similar = bool(mine[SHAPE] == its[SHAPE]) or _is_near(words, points, limits, one, two)
    return similar and not turned(points[mine[PLACE] : mine[END]], points[its[PLACE] : its[END]], prefixes, limits[0])


@inner
def is_turned(book: Book, one: np.int64, two: np.int64) -> bool:
    """``guards.Word.is_turned`` of two words by number."""
    if one < 0 or two < 0:
        return False
    mine, its, points = book.words[one], book.words[two], book.points
    return turned(points[mine[PLACE] : mine[END]], points[its[PLACE] : its[END]], book.prefixes, book.limits[0])


@inner
def turned(a: Points, b: Points, prefixes: Ints, least: int) -> bool:
    """``guards.Word.is_turned`` of two words that differ, by their letters. least: letters that must be the same."""
    same, short, longest = 0, min(len(a), len(b)), 63 // PACKED
    while same < short and a[len(a) - 1 - same] == b[len(b) - 1 - same]:
        same += 1
    while same >= least and max(len(a), len(b)) - same <= longest:  # what is the same may be part of the prefixes
        mine, its = a[: len(a) - same], b[: len(b) - same]
        if _is_prefix(mine, prefixes) and _is_prefix(its, prefixes):
            return not near(mine, its, 1)
        same -= 1
    return False


@inner
def _is_prefix(letters: Points, prefixes: Ints) -> bool:
    packed = np.int64(0)
    for letter in letters:
        if letter >> PACKED:
            return False
        packed = packed << PACKED | np.int64(letter)
    found = packed == 0
    for prefix in prefixes:
        found = found or packed == prefix
    return bool(found)


@inner
def _is_near(words: Ints, points: Points, limits: Limits, one: np.int64, two: np.int64) -> bool:
    """``guards.Word._is_near`` of two words by number."""
    mine, its = words[one], words[two]
    bits, short = mine[BITS] | its[BITS], min(mine[SIZE], its[SIZE])
    _, long_word, long_name, very_long, _, _, _ = limits
    if short < (long_name if bits & NAME else long_word) or mine[FIRST] != its[FIRST] or bits & LETTER_DIGIT:
        return False
    if mine[BITS] & its[BITS] & NUMBERED:
        return False
    allowed = 2 if short >= very_long else 1
    return _may_be_near(mine[MASK], its[MASK], allowed) and near(
        points[mine[PLACE] : mine[END]], points[its[PLACE] : its[END]], allowed
    )


@part
def _may_be_near(mine: np.int64, its: np.int64, allowed: int) -> bool:
    """Whether words with these letters may be so many edits apart."""
    apart, edits = mine ^ its, 2 * allowed
    while apart and edits >= 0:  # an edit takes one letter away, or puts one in, or both
        apart &= apart - 1
        edits -= 1
    return edits >= 0


@inner
def is_scanned(book: Book, one: np.int64, two: np.int64) -> bool:
    """``guards.Word.is_scanned`` of two words by number."""
    if one < 0 or two < 0:
        return False
    mine, its = book.words[one], book.words[two]
    return bool(mine[SHAPE] == its[SHAPE] and mine[FOLDED] != its[FOLDED])


@inner
def is_misread(book: Book, one: np.int64, two: np.int64) -> bool:
    """``guards.Word.is_misread`` of two words by number."""
    if one < 0 or two < 0:
        return False
    mine, its = book.words[one], book.words[two]
    if mine[BITS] & its[BITS] & NAME and mine[FIRST] != its[FIRST]:
        return False
    return _is_a_letter_off(book, one, two, book.limits[5])


@inner
def is_slip(book: Book, one: np.int64, two: np.int64) -> bool:
    """``guards.Word.is_slip`` of two words by number."""
    return bool(one >= 0 and two >= 0) and _is_a_letter_off(book, one, two, book.limits[6])


@part
def _is_a_letter_off(book: Book, one: np.int64, two: np.int64, least: int) -> bool:
    """``guards.Word._is_a_letter_off`` of two words by number."""
    mine, its = book.words[one], book.words[two]
    if min(mine[SIZE], its[SIZE]) < least or (mine[BITS] | its[BITS]) & LETTER_DIGIT:
        return False
    return _may_be_near(mine[MASK], its[MASK], 1) and near(
        book.points[mine[PLACE] : mine[END]], book.points[its[PLACE] : its[END]], 1
    )


@part
def is_short_beside(book: Book, one: np.int64, two: np.int64) -> bool:
    """``guards.Word.is_short_beside`` of two words by number."""
    return bool(min(book.words[one, SIZE], book.words[two, SIZE]) < book.limits[4])


@inner
def is_misprint(text: Text, book: Book, capital: np.uint8, one: int, two: int) -> bool:
    """``cover.Coverer._is_misprint`` of two tokens."""
    mine, its = word_of(text, book, capital, one), word_of(text, book, capital, two)
    if is_short_beside(book, mine, its) or _is_inflected(book.words, book.points, mine, its):
        return False
    return is_new_beside(text, book, one, two)


@part
def _is_inflected(words: Ints, points: Points, one: np.int64, two: np.int64) -> bool:
    """``guards.Word.is_inflected`` of two words by number."""
    mine, its = words[one, PLACE], words[two, PLACE]
    for place in range(min(words[one, END] - mine, words[two, END] - its)):
        if points[mine + place] != points[its + place]:
            return False
    return True


@compiled
def near(a: Points, b: Points, allowed: int) -> bool:
    """Whether two rows of letters are at most so many edits (Levenshtein) apart."""
    if abs(len(a) - len(b)) > allowed:
        return False
    row = np.arange(len(b) + 1)
    for mine in range(len(a)):
        corner, row[0] = row[0], mine + 1
        least = row[0]
        for its in range(len(b)):
            value = min(row[its + 1], row[its]) + 1
            value = min(value, corner + (0 if a[mine] == b[its] else 1))
            corner, row[its + 1] = row[its + 1], value
            least = min(least, value)
        if least > allowed:
            return False
    return bool(row[len(b)] <= allowed)
