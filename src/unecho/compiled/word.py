"""Compiled loops that compare words; ``guards`` holds the plain twins.

Words are compared by numbers: what their spellings come to is looked up in a book of words, in which each is spelled
out when it is first met. Where that cannot be done, something is wanted of whoever asked: he takes back what was found
meanwhile, has it brought and asks again.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..base.columns import Hashes, Ints
from .jit import compiled, inner, lean, part
from .place import Codes
from .spell import (
    AMOUNT,
    ARE,
    BEGIN,
    BITS,
    CLASSES,
    COUNTED,
    DECIMAL,
    DIGIT_FIRST,
    DIGITS,
    DIGITS_OF,
    END,
    FACT,
    FIRST,
    FOLDED,
    FOLDED_DIGITS,
    LATIN,
    LETTER_DIGIT,
    LETTERS,
    MASK,
    MORE,
    NAME,
    NUMBERED,
    NUMERIC,
    PLACE,
    PLAIN,
    SHAPE,
    SIZE,
    SPECIAL,
    START,
    STAYS,
    Points,
    Spelling,
    has,
    spelled,
)
from .text import Text, folded, owner_of
from .utf8 import Bytes
from .values import Numbers, mix

ANYWHERE, CONTRACTED = 1, 2
"""Bits of ``Book.facts``, besides those of ``facts.kinds``."""
UNKNOWN = -1
_PAIR = 1 << 31
PACKED = 12
"""Bits of each letter of ``Book.prefixes``."""
ROWS, CHARACTERS, WANTED = range(3)
"""Places of ``Book.made``."""
NOTHING, ROOM, KNOWN, LONGER = -1, -2, -3, -4
"""What may be wanted besides a block of characters: nothing, more room, which names the corpus knows, more room for a
word."""

UNIT_SIZE, RESPELLED = 4, 4
"""Letters from which a word is no unit that is written short ("mn"); and how many fewer one may have in the one way of
writing."""

_M, _N, _R, _SPACE = (ord(letter) for letter in "mnr ")
_SHAPES = tuple((ord(letter), ord(shape)) for letter, shape in zip("icbfuaqv", "lehtnngy", strict=True))
"""A letter that scanners take for another, and the one that stands for both: ``guards.shape``."""

Limits = tuple[int, int, int, int, int, int]
Kinds = NDArray[np.uint16]


class Book(NamedTuple):
    """Words: what ``guards.Word`` makes of them, as numbers that are equal where the strings are.

    keys, numbers: a hash table from words, and from pairs of words run together, to their rows in ``words`` (int64, see
    ``spell``), with room for more; points: their characters. made: how many rows are filled, and how many characters;
    and what is wanted. facts: ``facts.kinds`` for each word of the vocabulary, and ``ANYWHERE`` for number words and
    negations, ``CONTRACTED`` for a contracted negation. cases: ``guards.cases`` of each. limits:
    lengths from ``guards``. prefixes: of ``guards.prefixes``, ``PACKED`` bits a letter, the last one lowest. known: of
    ``known.known``, nothing until it is asked for. enough: numbers from there.
    """

    keys: Hashes
    numbers: Codes
    words: Ints
    points: Points
    made: Ints
    facts: Kinds
    cases: Bytes
    limits: Limits
    prefixes: Ints
    known: Codes
    enough: tuple[int, int]
    spelling: Spelling


@part
def word_key(word: np.uint32, length: np.uint16, capital: bool) -> np.uint64:
    """What words are told apart by: the number of the folded word, its length as written (up to 255), and a capital."""
    return mix(np.uint64(word) << np.uint64(9) | np.uint64(length) << np.uint64(1) | np.uint64(capital))


@part
def pair_key(one: np.int64, two: np.int64) -> np.uint64:
    """Two words run together: the highest bit tells them from words."""
    return mix(np.uint64(one | _PAIR) << np.uint64(32) | np.uint64(two))


@inner
def slot_of(keys: Hashes, numbers: Codes, key: np.uint64) -> np.int64:
    """The slot of a key in a hash table, or the free one where it belongs. numbers: ``UNKNOWN`` in free slots."""
    most = np.int64(len(keys) - 1)
    slot = np.int64(key) & most
    while numbers[slot] != UNKNOWN and keys[slot] != key:
        slot = (slot + 1) & most
    return slot


@lean
def enter(keys: Hashes, numbers: Codes, new: Hashes, first: int) -> None:
    """Put keys into a hash table, under the numbers from ``first`` on."""
    for number in range(len(new)):
        slot = slot_of(keys, numbers, new[number])
        keys[slot], numbers[slot] = new[number], first + number


@part
def _has_room(book: Book, size: int | np.int64) -> bool:
    """Whether ``spelling.room`` has some for a word of so many characters, which is wanted otherwise."""
    enough = size + MORE <= book.spelling.room.shape[1]
    if not enough:
        book.made[WANTED] = LONGER
    return bool(enough)


@inner
def _entered(book: Book, slot: np.int64, key: np.uint64, size: int | np.int64, name: bool) -> np.int64:
    """The row of a new word, which stands at the beginning of ``spelling.room``; ``UNKNOWN`` where there is no room."""
    number, made = book.made[ROWS], book.made
    if not _has_room(book, size):
        return np.int64(UNKNOWN)
    if number == len(book.words) or made[CHARACTERS] + 2 * size + MORE > len(book.points):
        made[WANTED] = ROOM
        return np.int64(UNKNOWN)
    made[CHARACTERS] = spelled(book.spelling, int(size), name, book.words[number], book.points, made[CHARACTERS])
    book.keys[slot], book.numbers[slot], made[ROWS] = key, number, number + 1
    return np.int64(number)


@lean
def count_documents(
    words: Numbers, flags: Bytes, documents: Ints, capital: np.uint8, seen: Codes, counts: Codes
) -> None:  # fmt: skip
    """``known.known``, into ``counts``. documents: where the tokens of each begin. seen: -1 for each word."""
    for document in range(len(documents) - 1):
        for token in range(documents[document], documents[document + 1]):
            if flags[token] & capital:
                word = words[token]
                if seen[word] != document:
                    seen[word] = document
                    counts[word] += 1


@lean
def count_cases(words: Numbers, flags: Bytes, capital: np.uint8, opening: np.uint8, counts: Numbers) -> None:
    """Adds (counts: words x 2) how often each word stands in lower case, and with a capital inside a sentence."""
    for token in range(len(words)):
        word, kind = np.uint64(words[token]), flags[token]
        counts[word, 0] += kind & capital == 0
        counts[word, 1] += kind & (capital | opening) == capital


@inner
def are_two(text: Text, book: Book, one: int, two: int) -> bool:
    """``known.are_two`` of two tokens."""
    if not len(book.known):
        book.made[WANTED] = KNOWN
        return False
    mine, its = book.known[text.word[one]], book.known[text.word[two]]
    return bool(min(mine, its) >= book.enough[0] and max(mine, its) <= book.enough[1] * min(mine, its))


@inner
def is_odd(text: Text, book: Book, one: int, two: int) -> bool:
    """``known.is_odd`` of two tokens."""
    if not len(book.known):
        book.made[WANTED] = KNOWN
        return False
    mine, its = book.known[text.word[one]], book.known[text.word[two]]
    return bool(min(mine, its) <= 1 and max(mine, its) >= book.enough[0])


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


@inner
def words_of(text: Text, book: Book, capital: np.uint8, places: Ints, found: Ints) -> None:
    """The rows of tokens' words, or ``UNKNOWN``."""
    for number in range(len(places)):
        found[number] = known_word(text, book, capital, places[number])


@part
def known_word(text: Text, book: Book, capital: np.uint8, token: int) -> np.int64:
    """``word_of`` where a word is mostly known."""
    place = token + text.shift[owner_of(text, token)]
    key = word_key(text.word[token], text.step[place] & np.uint16(255), text.flags[token] & capital != 0)
    number = np.int64(book.numbers[slot_of(book.keys, book.numbers, key)])
    return number if number >= 0 else word_of(text, book, capital, token)


@inner
def word_of(text: Text, book: Book, capital: np.uint8, token: int) -> np.int64:
    """The row of a token's word; ``UNKNOWN`` where something is wanted to tell it."""
    place = token + text.shift[owner_of(text, token)]
    key = word_key(text.word[token], text.step[place] & np.uint16(255), text.flags[token] & capital != 0)
    slot = slot_of(book.keys, book.numbers, key)
    if book.numbers[slot] != UNKNOWN:
        return np.int64(book.numbers[slot])
    size, name = folded(text, book.spelling, token)
    if size < 0:
        book.made[WANTED] = -1 - size
        return np.int64(UNKNOWN)
    return _entered(book, slot, key, size, name)


@part
def alike(book: Book, one: np.int64, two: np.int64) -> bool:
    """``guards.Word.is_like`` of two words by number."""
    # But for numbers, words that are alike begin alike; and to call a function with a book takes long.
    likely = bool(one >= 0 and two >= 0)
    if likely and book.words[one, FIRST] != book.words[two, FIRST]:
        likely = bool(book.words[one, DIGITS_OF] != 0 and book.words[two, DIGITS_OF] != 0)
    return likely and _is_like(book.words, book.points, book.limits, book.prefixes, one, two)


@inner
def _is_like(
    words: Ints, points: Points, limits: Limits, prefixes: Ints, one: np.int64, two: np.int64
) -> bool:  # fmt: skip
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
    return similar and not _is_turned(
        points[mine[PLACE] : mine[END]], points[its[PLACE] : its[END]], prefixes, limits[0]
    )


@inner
def is_turned(book: Book, one: np.int64, two: np.int64) -> bool:
    """``guards.Word.is_turned`` of two words by number."""
    if one < 0 or two < 0:
        return False
    mine, its, points = book.words[one], book.words[two], book.points
    return _is_turned(points[mine[PLACE] : mine[END]], points[its[PLACE] : its[END]], book.prefixes, book.limits[0])


@inner
def _is_turned(a: Points, b: Points, prefixes: Ints, least: int) -> bool:
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
    _, long_word, long_name, very_long, _, _ = limits
    if short < (long_name if bits & NAME else long_word) or mine[FIRST] != its[FIRST] or bits & LETTER_DIGIT:
        return False
    if mine[BITS] & its[BITS] & NUMBERED:
        return False
    allowed = 2 if short >= very_long else 1
    apart, edits = mine[MASK] ^ its[MASK], 2 * allowed
    while apart:  # an edit takes one letter away, or puts one in, or both
        apart &= apart - 1
        edits -= 1
        if edits < 0:
            return False
    return near(points[mine[PLACE] : mine[END]], points[its[PLACE] : its[END]], allowed)


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
    if min(mine[SIZE], its[SIZE]) < book.limits[5] or mine[FIRST] != its[FIRST]:
        return False
    if (mine[BITS] | its[BITS]) & LETTER_DIGIT:
        return False
    return near(book.points[mine[PLACE] : mine[END]], book.points[its[PLACE] : its[END]], 1)


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


@part
def alike_together(book: Book, one: np.int64, two: np.int64, other: np.int64) -> bool:
    """Whether two words run together are like another."""
    words = book.words
    if _is_spelled(words, one, two, other):
        # They must begin alike, as most do not.
        likely = bool(words[one, BEGIN] == words[other, FIRST]) or words[one, BITS] & ARE != 0
        return likely and _is_like_both(words, book.points, book.limits, book.prefixes, one, two, other)
    together = _together(book, one, two) if _may_be(book, one, two, other) else np.int64(UNKNOWN)
    return bool(together >= 0) and _is_like(words, book.points, book.limits, book.prefixes, together, other)


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
    """``_is_like`` of two words run together and another."""
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
    least, long_word, long_name, very_long, _, _ = limits
    if short < least or bits & FOLDED_DIGITS:
        return False
    if _have_one_shape(mine, its):
        return not _is_turned(mine, its, prefixes, least)
    if short < (long_name if bits & NAME else long_word) or bits & LETTER_DIGIT:
        return False
    if _shape_at(mine, 0)[0] != words[other, FIRST] or not near(mine, its, 2 if short >= very_long else 1):
        return False
    return not _is_turned(mine, its, prefixes, least)


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
    if not _has_room(book, book.words[one, PLAIN] + book.words[two, PLAIN] + 1):
        return np.int64(UNKNOWN)
    size = _joined(book, one, two)
    return _entered(book, slot, key, size, book.words[one, BITS] & NAME != 0)


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
