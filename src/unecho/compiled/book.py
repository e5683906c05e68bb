"""The words that compiled loops have met, by numbers.

What their spellings come to is looked up in a book, in which each word is spelled out when it is first met. Where that
cannot be done, something is wanted of whoever asked: he takes back what was found meanwhile, has it brought and asks
again.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..base.columns import Hashes, Ints
from .jit import inner, lean, part
from .place import Codes
from .spell import MORE, Points, Spelling, spelled
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

Limits = tuple[int, int, int, int, int, int, int]
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
def has_room(book: Book, size: int | np.int64) -> bool:
    """Whether ``spelling.room`` has some for a word of so many characters, which is wanted otherwise."""
    enough = size + MORE <= book.spelling.room.shape[1]
    if not enough:
        book.made[WANTED] = LONGER
    return bool(enough)


@inner
def entered(book: Book, slot: np.int64, key: np.uint64, size: int | np.int64, name: bool) -> np.int64:
    """The row of a new word, which stands at the beginning of ``spelling.room``; ``UNKNOWN`` where there is no room."""
    number, made = book.made[ROWS], book.made
    if not has_room(book, size):
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
    return entered(book, slot, key, size, name)


@inner
def are_two(text: Text, book: Book, one: int, two: int) -> bool:
    """``known.are_two`` of two tokens."""
    few, many = _known(text, book, one, two)
    return bool(few >= book.enough[0] and many <= book.enough[1] * few)


@inner
def is_odd(text: Text, book: Book, one: int, two: int) -> bool:
    """``known.is_odd`` of two tokens."""
    few, many = _known(text, book, one, two)
    return bool(few <= 1 and many >= book.enough[0])


@inner
def is_new_beside(text: Text, book: Book, one: int, two: int) -> bool:
    """``known.is_new_beside`` of two tokens."""
    few, many = _known(text, book, one, two)
    return bool(few <= 1 and many >= book.enough[0] and book.known[text.word[one]] == few)


@inner
def _known(text: Text, book: Book, one: int, two: int) -> tuple[int, int]:
    """In how many documents each of two names stands, the rarer one first; -1 where that is wanted."""
    if not len(book.known):
        book.made[WANTED] = KNOWN
        return -1, -1
    mine, its = book.known[text.word[one]], book.known[text.word[two]]
    return min(mine, its), max(mine, its)
