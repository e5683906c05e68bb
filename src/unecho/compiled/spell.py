"""Compiled loops that make of a word what it is compared by; ``guards.Word`` holds the plain twin."""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..base.columns import Hashes, Ints
from .jit import inner, lean, part
from .place import Codes
from .values import mix

Points = NDArray[np.uint32]

FACT, DIGIT_FIRST, DIGITS, FOLDED_DIGITS, LETTER_DIGIT, NAME, MISREAD, SPECIAL, AMOUNT, COUNTED = (
    1 << bit for bit in range(10)
)
ARE, LATIN, STAYS, NUMBERED, WITH_DIGITS = (1 << bit for bit in range(10, 15))
"""What the book says of a word, as bits. FACT: a number word or negation. DIGIT_FIRST: begins with a digit. DIGITS,
FOLDED_DIGITS: is all digits, as written and in the one way of writing. LETTER_DIGIT: has a digit, misread ones turned
back. NAME: begins with a capital. MISREAD: its digits can only be letters misread. SPECIAL: nothing can be said of
it run together with another but by looking. ARE: is the letter r, which
makes another one with an n behind it. LATIN: is letters from a to z alone, in the one way of writing too. STAYS: what
is run together with it, in front, is in that way as well. NUMBERED: has a digit, in the one way of writing.
WITH_DIGITS: ``guards.Word.is_spelled_with_digits``."""
WHOLE, UNIT, CHANGES, TAIL = (1 << bit for bit in range(20, 24))
"""What is known of a string besides. WHOLE: as a word it is written in another way. UNIT: behind digits it is one, with
a way to write it. CHANGES, TAIL: what ends in it may be written otherwise if it is a word, or in any case."""

FOLDED, LETTERS, DIGITS_OF, SHAPE, PLAIN, SIZE, FIRST, BEGIN, BITS, MASK, CLASSES, PLACE, END, START = range(14)
"""Columns of a word: hashes of the strings folded, letters, digits (0: none) and shape; characters as written and in
the one way of writing; first character of the shape, and of the shape of the word as written, or -1; bits, see above; a
bit for each letter there is, and for each class of letters (see ``spelled.classes``); where its letters begin and end
in ``Book.points``, and where the word as written begins."""
COLUMNS: Final = START + 1

OF, ENDING, NEW, NEW_END = range(4)
"""Columns of ``Spelling.known``."""
OLD, BEFORE, LAST, FRESH, FRESH_END = range(5)
"""Columns of ``Spelling.endings``."""
LETTER, DIGIT, LIKE, CLASS = range(4)
"""Rows of ``Spelling.signs``."""
FLAGS, FOLD, FOLD_END, VALUE = range(4)
"""Columns of ``Spelling.characters``."""
ALPHA, INNER, NUMERIC, DECIMAL, UPPER = (1 << bit for bit in range(5))
"""What is known of a character: ``str.isalpha``; part of a word, and no digit; ``str.isdigit``; ``str.isdecimal``;
``str.isupper``."""
BLOCK: Final = 256
"""Code points of which something is known together."""
MORE: Final = 20
"""Characters that a word may get when it is written in another way, at the most."""
_ACCENTED: Final = 4
"""Letters from which a word is the same without its accents: ``spelling``."""
_CHANGED: Final = 4
"""Letters up to which no ending is written otherwise."""
_MISREAD: Final = 5
"""Letters from which digits may be misread ones: ``guards``."""
_FIRST_LETTER, _LAST_LETTER, _M, _N, _R = (ord(letter) for letter in "azmnr")
_PRIME: Final = np.uint64(0x9E3779B97F4A7C15)


class Spelling(NamedTuple):
    """What is known of spelling. slots: a hash table from strings to rows of ``known`` (int32, -1 where nothing is).
    keys: hashes of those rows. known: int64, bits, the number of the ending that words with this one have, or -1, and
    where what is written instead begins and ends in ``points``. endings: int64, of each how much of it is written
    otherwise, the letters that stand before, and bits of those of which one has to be the last of them (0: any); and
    where what is written instead begins and ends. signs: int64, for each character of ASCII the letter or digit that
    scanners see for it, the one that stands for those they take for one another, and the bit of its class. begin: for
    each block of code points where it begins in ``characters``, or -1 where these are not known. characters: int64,
    flags, where what they become folded begins and ends in ``points``, and the digit that they are. room: uint32, three
    rows for the characters of a word, to work in."""

    slots: Codes
    keys: Hashes
    known: Ints
    endings: Ints
    points: Points
    signs: Ints
    begin: Ints
    characters: Ints
    room: Points


@part
def row_of(table: Spelling, point: np.uint32 | np.int64) -> np.int64:
    """The row of a character, or -1 where its block is not known."""
    begin = table.begin[point // BLOCK]
    return begin + point % BLOCK if begin >= 0 else np.int64(-1)


@part
def has(table: Spelling, point: np.uint32, flag: int) -> bool:
    """Whether a known character has a flag."""
    return bool(table.characters[row_of(table, np.int64(point)), FLAGS] & flag)


@part
def _is_letter(point: np.uint32) -> bool:
    return bool(_FIRST_LETTER <= point <= _LAST_LETTER)


@part
def _sign(signs: Ints, row: int, point: np.uint32) -> np.uint32:
    return np.uint32(signs[row, point]) if point < 128 else point


@part
def _class(signs: Ints, point: np.uint32) -> np.int64:
    return signs[CLASS, point] if point < 128 else np.int64(1) << (np.int64(point) % 32 + 30)


@part
def _further(value: np.uint64, point: np.uint32) -> np.uint64:
    return value * _PRIME + np.uint64(point) + np.uint64(1)


@part
def _key(value: np.uint64) -> np.uint64:
    return mix(value) | np.uint64(1)


@inner
def hash_of(points: Points, begin: int, end: int) -> np.uint64:
    """Of a string: 0 of none; from its end on, so that what a word ends in is met on the way."""
    value = np.uint64(0)
    for place in range(end - 1, begin - 1, -1):
        value = _further(value, points[place])
    return _key(value) if end > begin else np.uint64(0)


@lean
def fill(points: Points, edges: Ints, keys: Hashes, slots: Codes) -> None:
    """Make ``Spelling.keys`` and ``slots`` of strings that lie end to end. edges: int64 offsets. ``slots``: -1
    everywhere."""
    for row in range(len(keys)):
        keys[row] = hash_of(points, edges[row], edges[row + 1])
        slot = keys[row] & np.uint64(len(slots) - 1)
        while slots[slot] >= 0:
            slot = (slot + np.uint64(1)) & np.uint64(len(slots) - 1)
        slots[slot] = row


@inner
def _known(table: Spelling, key: np.uint64) -> np.int64:
    """The row of a string by its hash, or -1."""
    slot = key & np.uint64(len(table.slots) - 1)
    while table.slots[slot] >= 0 and table.keys[table.slots[slot]] != key:
        slot = (slot + np.uint64(1)) & np.uint64(len(table.slots) - 1)
    return np.int64(table.slots[slot])


@inner
def spelled(table: Spelling, size: int, name: bool, row: Ints, points: Points, at: int) -> int:
    """The columns of the word of ``size`` characters, folded, at the beginning of ``table.room``, into ``row``, and its
    characters into ``points`` from a place on; returns the place behind them. name: begins with a capital."""
    plain, word, other, signs = table.room[0], table.room[1], table.room[2], table.signs
    length = _canonical(table, word, _bare(table, plain, size, word))
    row[PLAIN], row[SIZE], row[FOLDED] = size, length, np.int64(hash_of(word, 0, length))
    row[DIGITS_OF], row[START] = _digits_of(table, plain, size, other), at
    row[BITS] = (NAME if name else 0) | _bits(table, plain, size, word, length)
    at = _added(plain, size, points, at)
    digits = _count(table, word, length, DECIMAL)
    for place in range(length if 0 < 2 * digits <= length else 0):
        word[place] = _sign(signs, LETTER, word[place])
    row[LETTERS], row[PLACE], row[END] = np.int64(hash_of(word, 0, length)), at, at + length
    at = _added(word, length, points, at)
    if not row[BITS] & _PLAINLY and _count(table, word, length, DECIMAL):
        row[BITS] = (row[BITS] | LETTER_DIGIT) & ~MISREAD
    turned = bool(row[BITS] & NUMBERED) and not row[BITS] & LETTER_DIGIT
    if turned and not _bits_of(table, np.uint64(row[LETTERS])) & FACT:
        row[BITS] |= WITH_DIGITS
    row[MASK], row[CLASSES] = 0, 0
    classes = np.int64(0)
    for place in range(length):
        row[MASK] |= np.int64(1) << np.int64(word[place]) % 63
        row[CLASSES] |= _class(signs, word[place])
    for place in range(size):
        classes |= _class(signs, plain[place])
    row[BITS] = row[BITS] & ~_PLAINLY | (SPECIAL if classes != row[CLASSES] else 0)
    shapes = _shape(table, word, length, other)
    row[SHAPE], row[FIRST] = np.int64(hash_of(other, 0, shapes)), np.int64(other[0]) if shapes else -1
    em = size > 1 and _is_em(plain, 0)
    row[BEGIN] = _M if em else np.int64(_sign(signs, LIKE, plain[0])) if size else -1
    return at


_PLAINLY: Final = 1 << 30
"""Bit of words that are letters alone, however they are written."""


@inner
def _bits(table: Spelling, plain: Points, size: int, word: Points, length: int) -> np.int64:
    """The bits of a word as written and in the one way of writing; MISREAD, if its digits may be misread."""
    whole = _bits_of(table, hash_of(plain, 0, size))
    bits = _bits_of(table, hash_of(word, 0, length)) & FACT | whole & (AMOUNT | COUNTED)
    digits, its_digits = _count(table, plain, size, DECIMAL), _count(table, word, length, DECIMAL)
    if 0 < size == _count(table, plain, size, ALPHA) and 0 < length == _count(table, word, length, ALPHA):
        same = length == size
        for place in range(length):
            same = same and word[place] == plain[place] < 128
        bits |= (LATIN if same else 0) | (ARE if size == 1 and plain[0] == _R else 0) | _PLAINLY
        return bits if whole & CHANGES or _has_tail(table, plain, size) else bits | STAYS
    bits |= DIGIT_FIRST if size and has(table, plain[0], NUMERIC) else 0
    bits |= DIGITS if 0 < size == _count(table, plain, size, NUMERIC) else 0
    bits |= FOLDED_DIGITS if 0 < length == _count(table, word, length, NUMERIC) else 0
    bits |= (SPECIAL if digits or its_digits or not size else 0) | (NUMBERED if its_digits else 0)
    between = size >= _MISREAD and digits and digits + _count(table, plain, size, INNER) == size
    if between and has(table, plain[0], INNER) and has(table, plain[size - 1], INNER):
        bits |= MISREAD
    return bits


@inner
def _added(word: Points, size: int, points: Points, at: int) -> int:
    for place in range(size):
        points[at + place] = word[place]
    return at + size


@inner
def _bare(table: Spelling, plain: Points, size: int, result: Points) -> int:
    """``spelling.bare``; returns how long it is."""
    ascii_, others, letters = True, False, 0
    for place in range(size):
        point = plain[place]
        mark = 0x300 <= point <= 0x36F
        ascii_, others = ascii_ and point < 128, others or (point >= 128 and not mark)
        letters += 0 if mark else 1
    decimal = not ascii_ and _count(table, plain, size, DECIMAL) == size
    few, count = not others and letters < _ACCENTED, 0
    for place in range(size):
        point = plain[place]
        gone = not others and not few and 0x300 <= point <= 0x36F
        if others:
            gone = point == 0x301 or (point == 0x308 and place > 0 and plain[place - 1] == 0x435)
        if ascii_ or decimal or not gone:
            result[count] = table.characters[row_of(table, np.int64(point)), VALUE] if decimal else point
            count += 1
    return count


@inner
def _digits_of(table: Spelling, plain: Points, size: int, room: Points) -> np.int64:
    """Hash of ``guards.Word.digits``."""
    alpha = 0 < size == _count(table, plain, size, ALPHA)
    if alpha or 2 * _count(table, plain, size, DECIMAL) < size:
        return np.int64(0)
    for place in range(size):
        room[place] = _sign(table.signs, DIGIT, plain[place])
    return np.int64(hash_of(room, 0, size))


@inner
def _count(table: Spelling, word: Points, size: int, flag: int) -> int:
    """How many characters have a flag."""
    count = 0
    for place in range(size):
        count += 1 if has(table, word[place], flag) else 0
    return count


@part
def _is_em(points: Points, place: int) -> bool:
    return bool(points[place] == _R and points[place + 1] == _N)


@inner
def _shape(table: Spelling, word: Points, size: int, result: Points) -> int:
    """``guards.shape``; returns its length."""
    count = place = 0
    while place < size:
        em = place + 1 < size and _is_em(word, place)
        letter = np.uint32(_M) if em else _sign(table.signs, LIKE, word[place])
        place += 2 if em else 1
        if not (count and result[count - 1] == letter and has(table, letter, INNER)):
            result[count] = letter
            count += 1
    return count


@part
def _bits_of(table: Spelling, key: np.uint64) -> np.int64:
    row = _known(table, key)
    return table.known[row, OF] if row >= 0 else np.int64(0)


@inner
def _has_tail(table: Spelling, word: Points, size: int) -> bool:
    """Whether what ends as a word does may be written otherwise."""
    value = np.uint64(0)
    for place in range(size - 1, max(size - 1 - _LONGEST_TAIL, -1), -1):
        value = _further(value, word[place])
        if _bits_of(table, _key(value)) & TAIL:
            return True
    return False


_LONGEST_TAIL: Final = 12
"""Letters that an ending has at the most."""


@inner
def _canonical(table: Spelling, word: Points, size: int) -> int:
    """``spelling.canonical``, in place; returns how long it is."""
    row = _known(table, hash_of(word, 0, size))
    if row >= 0 and table.known[row, OF] & WHOLE:
        return _put(table, word, 0, table.known[row, NEW], table.known[row, NEW_END])
    digits, ascii_ = 0, True
    while digits < size and has(table, word[digits], DECIMAL):
        digits += 1
    for place in range(size):
        ascii_ = ascii_ and word[place] < 128
    if 0 < digits < size:
        row = _known(table, hash_of(word, digits, size))
        if row >= 0 and table.known[row, OF] & UNIT:
            return _put(table, word, digits, table.known[row, NEW], table.known[row, NEW_END])
    last = np.int64(-1) if size > _CHANGED and ascii_ else np.int64(len(table.endings))
    while last < len(table.endings):
        last, tail = _ending(table, word, size, last)
        if last < len(table.endings):
            old, fresh = table.endings[last, OLD], table.endings[last, FRESH]
            end = _put(table, word, size - tail, fresh, table.endings[last, FRESH_END])
            for place in range(size - tail + old, size):  # no ending is longer than it was
                word[end] = word[place]
                end += 1
            size = end
    return size


@inner
def _put(table: Spelling, word: Points, at: int, first: int, end: int) -> int:
    for place in range(first, end):
        word[at + place - first] = table.points[place]
    return at + end - first


@inner
def _ending(table: Spelling, word: Points, size: int, last: np.int64) -> tuple[np.int64, int]:
    """The first of the endings behind the ``last`` one that a word has, and how many letters it takes; their number
    where it has none."""
    found, tail, value = np.int64(len(table.endings)), 0, np.uint64(0)
    for place in range(size - 1, max(size - 1 - _LONGEST_TAIL, -1), -1):
        value = _further(value, word[place])
        row = _known(table, _key(value))
        ending = table.known[row, ENDING] if row >= 0 else np.int64(-1)
        if last < ending < found and _stands_behind(table, word, place, ending):
            found, tail = ending, size - place
    return found, tail


@inner
def _stands_behind(table: Spelling, word: Points, place: int, ending: np.int64) -> bool:
    """Whether before an ending that begins at a place there is what has to be."""
    last = table.endings[ending, LAST]
    before = table.endings[ending, BEFORE] + (1 if last else 0)
    if place < before or (last and not last >> np.int64(word[place - 1] % 32) & 1):
        return False
    result = True
    for letter in range(place - before, place):
        result = result and _is_letter(word[letter])
    return result
