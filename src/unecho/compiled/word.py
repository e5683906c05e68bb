"""Compiled loops that compare words; ``guards`` holds the plain twins.

Words are compared by numbers: what their spellings come to is looked up in a book of words. A word that the book does
not have is noted in it and counts as unlike all others: whoever asked learns of it, has the book completed and asks
again. So does he for two words run together, but only if they turn out to be like the word they were held against:
they seldom are.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..base.columns import Hashes, Ints, Mask, mix64
from .jit import compiled, lean, part
from .place import Codes
from .text import SHIFT, Bytes, Points, Text, owner_of
from .values import Numbers, mix

FACT, DIGIT_FIRST, DIGITS, FOLDED_DIGITS, LETTER_DIGIT, NAME, MISREAD, SPECIAL, LOWER, AMOUNT, COUNTED = (
    1 << bit for bit in range(11)
)
ARE, LATIN, STAYS, DIGIT = (1 << bit for bit in range(11, 15))
"""What the book says of a word, as bits. FACT: a number word or negation. DIGIT_FIRST: begins with a digit. DIGITS,
FOLDED_DIGITS: is all digits, as written and in the one way of writing. LETTER_DIGIT: has a digit, misread ones turned
back. NAME: begins with a capital. MISREAD: its digits can only be letters misread. SPECIAL: nothing can be said of
it run together with another but by looking. LOWER: the corpus has it in lower case too. ARE: is the letter r, which
makes another one with an n behind it. LATIN: is letters from a to z alone, in the one way of writing too. STAYS: what
is run together with it, in front, is in that way as well. DIGIT: has one, in the one way of writing."""
ANYWHERE, CONTRACTED = 1, 2
"""Bits of ``Book.facts``, besides those of ``facts.kinds``."""
UNKNOWN, ASKED = -1, -2
_PAIR = 1 << 31
WORD, LISTED, KNOWN = -1, -2, -3
"""Second columns of ``Book.asked`` that are no words: the word of a token is wanted, or whether a paragraph is an item
of a list, or which names the corpus knows."""

UNIT, RESPELLED = 4, 4
"""Letters from which a word is no unit that is written short ("mn"); and how many fewer one may have in the one way of
writing."""

FOLDED, LETTERS, DIGITS_OF, SHAPE, PLAIN, SIZE, FIRST, BEGIN, BITS, MASK, CLASSES, PLACE, END = range(13)
"""Columns of ``Book.words``."""


Limits = tuple[int, int, int, int, int]
Kinds = NDArray[np.uint16]


class Book(NamedTuple):
    """Words: what ``guards.Word`` makes of them, as numbers that are equal where the strings are.

    keys, numbers: a hash table from words, and from pairs of words run together, to their rows in ``words`` (int64):
    numbers of the strings folded, letters, digits (0: none) and shape; characters as written and in the one way of
    writing; first character of the shape, and of the shape of the word as written; bits, see above; a bit for each
    letter there is, and for each class of letters (see ``wordbook``); where its letters begin and end in ``points``.
    asked: the token whose word is wanted, and WORD; or the rows of two words wanted run together; or a paragraph, and
    LISTED; or KNOWN. counts: how many of them, and how often anything was not known. doubts: two words that were not
    known run together, the one they were held against, and where: int64, n x 4, rows of words and the second one of
    ``doubted``, the first one of which is how many. facts: ``facts.kinds`` for each word of the
    vocabulary, and ``ANYWHERE`` for number words and negations, ``CONTRACTED`` for a contracted negation. limits:
    lengths from ``guards``. known: of ``known.known``, nothing until it is asked for. enough: numbers from there.
    """

    keys: Hashes
    numbers: Codes
    words: Ints
    points: Points
    asked: Ints
    counts: Ints
    doubts: Ints
    doubted: Ints
    facts: Kinds
    limits: Limits
    known: Codes
    enough: tuple[int, int]


@part
def word_key(word: np.uint32, length: np.uint16, capital: bool) -> np.uint64:
    """What words are told apart by: the number of the folded word, its length as written (up to 255), and a capital."""
    return mix(np.uint64(word) << np.uint64(9) | np.uint64(length) << np.uint64(1) | np.uint64(capital))


@part
def pair_key(one: np.int64, two: np.int64) -> np.uint64:
    """Two words run together: the highest bit tells them from words."""
    return mix(np.uint64(one | _PAIR) << np.uint64(32) | np.uint64(two))


@lean
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


def word_keys(words: Numbers, lengths: Points, capital: Mask) -> Hashes:
    """``word_key`` of many words."""
    keys: Hashes = words.astype(np.uint64) << np.uint64(9)
    keys |= 2 * lengths.astype(np.uint64) + capital
    return mix64(keys)


def pair_keys(pairs: Ints) -> Hashes:
    """``pair_key`` of many pairs of words."""
    return mix64((pairs[:, 0] | _PAIR).astype(np.uint64) << np.uint64(32) | pairs[:, 1].astype(np.uint64))


@lean
def _number(book: Book, key: np.uint64, one: int | np.int64, two: int | np.int64) -> np.int64:
    """The row of a key; if the book does not have it yet, ``ASKED``, and noted as asked for, or ``UNKNOWN`` where there
    is no room for that."""
    slot = slot_of(book.keys, book.numbers, key)
    number, count = book.numbers[slot], book.counts[0]
    if number != UNKNOWN or count == len(book.asked):
        return np.int64(number)
    book.keys[slot], book.numbers[slot] = key, ASKED
    book.asked[count, 0], book.asked[count, 1] = one, two
    book.counts[0] = count + 1
    return np.int64(ASKED)


@lean
def ask_listed(book: Book, paragraph: int) -> None:
    """Note that it is not known whether a paragraph is an item of a list."""
    _ask(book, paragraph, LISTED)


@lean
def _ask(book: Book, one: int, two: int) -> None:
    book.counts[1] += 1
    count = book.counts[0]
    if count < len(book.asked):
        book.asked[count, 0], book.asked[count, 1] = one, two
        book.counts[0] = count + 1


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
def mark(words: Numbers, flags: Bytes, capital: np.uint8, opening: np.uint8, doubtful: Mask, lower: Mask) -> None:
    """Which words stand with a capital where a sentence may begin, and which in lower case: ``wordbook.also_lower``."""
    for token in range(len(words)):
        if not flags[token] & capital:
            lower[words[token]] = True
        elif flags[token] & opening:
            doubtful[words[token]] = True


@lean
def are_two(text: Text, book: Book, one: int, two: int) -> bool:
    """``known.are_two`` of two tokens."""
    if not len(book.known):
        _ask(book, 0, KNOWN)
        return False
    mine, its = book.known[text.word[one]], book.known[text.word[two]]
    return bool(min(mine, its) >= book.enough[0] and max(mine, its) <= book.enough[1] * min(mine, its))


@lean
def are_other_names(text: Text, book: Book, capital: np.uint8, one: int, two: int) -> bool:
    """``cover.Coverer._are_other_names`` of two tokens."""
    mine, its = word_of(text, book, capital, one), word_of(text, book, capital, two)
    if mine < 0 or its < 0 or not book.words[mine, BITS] & book.words[its, BITS] & NAME:
        return False
    if book.words[mine, FOLDED] == book.words[its, FOLDED] or book.words[mine, SHAPE] == book.words[its, SHAPE]:
        return False
    return _is_near(book.words, book.points, book.limits, mine, its) and are_two(text, book, one, two)


@lean
def words_of(text: Text, book: Book, capital: np.uint8, places: Ints, found: Ints) -> None:
    """The rows of tokens' words, or ``UNKNOWN``."""
    for number in range(len(places)):
        found[number] = word_of(text, book, capital, places[number])


@lean
def word_of(text: Text, book: Book, capital: np.uint8, token: int) -> np.int64:
    place = token + text.paragraphs[owner_of(text, token), SHIFT]
    key = word_key(text.word[token], text.step[place] & np.uint16(255), text.flags[token] & capital != 0)
    number = _number(book, key, token, WORD)
    book.counts[1] += number < 0
    return number


@part
def alike(book: Book, one: np.int64, two: np.int64) -> bool:
    """``guards.Word.is_like`` of two words by number."""
    # But for numbers, words that are alike begin alike; and to call a function with a book takes long.
    likely = bool(one >= 0 and two >= 0)
    if likely and book.words[one, FIRST] != book.words[two, FIRST]:
        likely = bool(book.words[one, DIGITS_OF] != 0 and book.words[two, DIGITS_OF] != 0)
    return likely and _is_like(book.words, book.points, book.limits, one, two)


@lean
def _is_like(
    words: Ints, points: Points, limits: Limits, one: np.int64, two: np.int64
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
    return bool(mine[SHAPE] == its[SHAPE]) or _is_near(words, points, limits, one, two)


@lean
def _is_near(words: Ints, points: Points, limits: Limits, one: np.int64, two: np.int64) -> bool:
    """``guards.Word._is_near`` of two words by number."""
    mine, its = words[one], words[two]
    bits, short = mine[BITS] | its[BITS], min(mine[SIZE], its[SIZE])
    _, long_word, long_name, very_long, _ = limits
    if short < (long_name if bits & NAME else long_word) or mine[FIRST] != its[FIRST] or bits & LETTER_DIGIT:
        return False
    if mine[BITS] & its[BITS] & DIGIT:
        return False
    allowed = 2 if short >= very_long else 1
    apart, edits = mine[MASK] ^ its[MASK], 2 * allowed
    while apart:  # an edit takes one letter away, or puts one in, or both
        apart &= apart - 1
        edits -= 1
        if edits < 0:
            return False
    return near(points[mine[PLACE] : mine[END]], points[its[PLACE] : its[END]], allowed)


@lean
def is_scanned(book: Book, one: np.int64, two: np.int64) -> bool:
    """``guards.Word.is_scanned`` of two words by number."""
    if one < 0 or two < 0:
        return False
    mine, its = book.words[one], book.words[two]
    return bool(mine[SHAPE] == its[SHAPE] and mine[LETTERS] != its[LETTERS])


@lean
def is_misread(book: Book, one: np.int64, two: np.int64) -> bool:
    """``guards.Word.is_misread`` of two words by number."""
    if one < 0 or two < 0:
        return False
    mine, its = book.words[one], book.words[two]
    if min(mine[SIZE], its[SIZE]) < book.limits[4] or mine[FIRST] != its[FIRST]:
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
        return likely and _is_like_both(words, book.points, book.limits, one, two, other)
    together = _together(book, one, two, other) if _may_be(book, one, two, other) else np.int64(UNKNOWN)
    return bool(together >= 0) and _is_like(words, book.points, book.limits, together, other)


@lean
def same_together(book: Book, one: np.int64, two: np.int64, other: np.int64) -> bool:
    """Whether two words run together are another, letter for letter."""
    if one < 0 or two < 0 or other < 0:
        return False
    if _is_spelled(book.words, one, two, other):
        return _are_both(book.words, book.points, one, two, other)
    together = _together(book, one, two, other) if _may_be(book, one, two, other) else np.int64(UNKNOWN)
    return bool(together >= 0 and book.words[together, LETTERS] == book.words[other, LETTERS])


@part
def _is_spelled(words: Ints, one: np.int64, two: np.int64, other: np.int64) -> bool:
    """Whether the letters of two words tell all there is to know of them run together, held against another one."""
    letters = words[one, BITS] & words[two, BITS] & LATIN and words[two, BITS] & STAYS
    return bool(letters and not words[other, BITS] & FACT)


@lean
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
    words: Ints, points: Points, limits: Limits, one: np.int64, two: np.int64, other: np.int64
) -> bool:  # fmt: skip
    """``_is_like`` of two words run together and another."""
    if _are_both(words, points, one, two, other):
        return True
    its = points[words[other, PLACE] : words[other, END]]
    size = words[one, END] - words[one, PLACE]
    mine = np.empty(size + words[two, END] - words[two, PLACE], np.uint32)
    mine[:size] = points[words[one, PLACE] : words[one, END]]
    mine[size:] = points[words[two, PLACE] : words[two, END]]
    bits, short = words[one, BITS] & NAME | words[other, BITS], min(len(mine), words[other, SIZE])
    least, long_word, long_name, very_long, _ = limits
    if short < least or bits & FOLDED_DIGITS:
        return False
    if _have_one_shape(mine, its):
        return True
    if short < (long_name if bits & NAME else long_word) or bits & LETTER_DIGIT:
        return False
    return _shape_at(mine, 0)[0] == words[other, FIRST] and near(mine, its, 2 if short >= very_long else 1)


@lean
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


@lean
def _shape_at(letters: Points, at: int) -> tuple[int, int]:
    """The letter that stands for the one at a place, and those that scanners take for it; and the place behind."""
    letter = letters[at]
    if letter == ord("r") and at + 1 < len(letters) and letters[at + 1] == ord("n"):
        return ord("m"), at + 2
    for one, shape in (("i", "l"), ("c", "e"), ("b", "h"), ("f", "t"), ("u", "n"), ("a", "n"), ("q", "g"), ("v", "y")):
        if letter == ord(one):
            return ord(shape), at + 1
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
    if not apart or size < UNIT:
        return True
    if its < size - RESPELLED - 2 or its > size + 2 or its < book.limits[1]:
        return False
    if min(size, its) >= book.limits[3]:
        edits = 4
    while apart and edits >= 0:
        apart &= apart - 1
        edits -= 1
    return edits >= 0


@lean
def _together(book: Book, one: np.int64, two: np.int64, other: np.int64) -> np.int64:
    """The row of two words run together, of which it is asked whether they are like another."""
    number, count = _number(book, pair_key(one, two), one, two), book.doubted[0]
    if number == ASKED and count < len(book.doubts):
        doubts = book.doubts
        doubts[count, 0], doubts[count, 1], doubts[count, 2], doubts[count, 3] = one, two, other, book.doubted[1]
        book.doubted[0] = count + 1
    else:
        book.counts[1] += number < 0
    return number


@lean
def first_wrong(book: Book) -> np.int64:
    """Where the first of the doubts was that turns out to have been right, or -1; none is left then."""
    first = np.int64(-1)
    for row in range(book.doubted[0]):
        one, two, other, place = book.doubts[row]
        together = book.numbers[slot_of(book.keys, book.numbers, pair_key(one, two))]
        same = together >= 0 and book.words[together, LETTERS] == book.words[other, LETTERS]
        like = together >= 0 and _is_like(book.words, book.points, book.limits, np.int64(together), other)
        if (same or like) and (first < 0 or place < first):
            first = place
    book.doubted[0] = 0
    return first
