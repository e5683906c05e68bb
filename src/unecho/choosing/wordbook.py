"""The words that are compared, for the compiled loops: what ``guards.Word`` makes of each, as columns of numbers.

Only words that somebody asks for are looked up; a word is known by its hash, its length and whether it begins with a
capital, so that each is spelled out once however often it stands in the corpus.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from ..base.columns import Hashes, Ints, Mask, offsets_of, release
from ..compiled import word as kernels
from ..compiled.text import Bits, Points, Rules
from ..matching.corpus import Corpus
from ..matching.grow import GAP
from ..matching.places import LONG
from ..text import spelling
from ..text.lookup import among
from ..text.normalize import CAPITAL, CASELESS, NUMBER, OPENING, QUOTED, SPACED, UNQUOTED
from ..text.shingles import SHORTEST
from . import cover, facts, guards, known
from .guards import Word

Bytes = NDArray[np.uint8]
T = TypeVar("T", bound=np.generic)

_CLASSES = "ilvy", "bh", "ft", "gkq", *"djopwx"
"""Letters that a word keeps one of in whatever shape and spelling it is compared (see ``guards.shape``,
``spelling.canonical``): those left out may go, or come, or become one another."""
_PART = 8_000_000
"""Words that are looked at together."""
_ASKED = 65_536
"""Words asked for in one round; those beyond have to wait for the next."""


def rules() -> Rules:
    """The numbers of ``cover``, ``passages`` and ``shingles`` as the kernels take them."""
    kinds = facts.SPOKE, facts.SIDE, facts.GROUP
    bits = Bits(CAPITAL, NUMBER, CASELESS, OPENING, SPACED, QUOTED, UNQUOTED)
    return Rules(cover.SMALL_EDIT, cover.SHORT, cover.BACK, cover.AROUND, SHORTEST, GAP, kinds, bits)


class WordBook:
    """The words of one corpus, as far as they were asked for."""

    def __init__(self, corpus: Corpus, listed: Bytes) -> None:
        """``listed``: uint8 per paragraph, to be told whether it is an item of a list where that is asked."""
        self._corpus, self._listed = corpus, listed
        self._words: list[Word] = []
        self._strings = _Numbers({"": 0})
        self._known = 0
        self._keys, self._numbers = np.zeros(0, np.uint64), np.zeros(0, np.int32)
        self._columns, self._points = np.zeros((0, kernels.END + 1), np.int64), np.zeros(0, np.uint32)
        self._begin = 0
        self._doubts, self._doubted = np.empty((_ASKED, 4), np.int64), np.zeros(2, np.int64)
        self._asked, self._lower = np.empty((_ASKED, 2), np.int64), also_lower(corpus)
        self._facts = _facts(corpus.stream.vocabulary)
        self._spread = np.zeros(0, np.int32)

    def page(self) -> kernels.Book:
        """The book as it is now, with room for what is asked."""
        if 2 * (self._known + _ASKED) > len(self._keys):
            before, used = self._keys, self._numbers
            size = 2 << (2 * (self._known + _ASKED)).bit_length()
            self._keys, self._numbers = np.zeros(size, np.uint64), np.full(size, kernels.UNKNOWN, np.int32)
            filled = np.flatnonzero(used >= 0)
            kernels.enter(self._keys, self._numbers, before[filled[np.argsort(used[filled])]], 0)
        return kernels.Book(
            self._keys, self._numbers, self._columns, self._points, self._asked, np.zeros(2, np.int64), self._doubts,
            self._doubted, self._facts, guards.lengths(), self._spread,
            (known.LEAST, known.RARER),
        )  # fmt: skip

    def learn(self, page: kernels.Book) -> None:
        """Look up what was asked for."""
        asked = page.asked[: page.counts[0]]
        self._learn_words(np.sort(asked[asked[:, 1] == kernels.WORD, 0]))
        self._learn_pairs(asked[asked[:, 1] >= 0])
        if (asked[:, 1] == kernels.KNOWN).any():
            self._spread = known.known(self._corpus, compiled=True)
        for paragraph in asked[asked[:, 1] == kernels.LISTED, 0].tolist():
            self._listed[paragraph] = cover.is_listed(self._corpus, paragraph)

    def _learn_words(self, tokens: Ints) -> None:
        corpus = self._corpus
        document = corpus.paragraphs.document[corpus.paragraph_of_token[tokens]].tolist()
        start, end = corpus.start[tokens], corpus.end[tokens]
        numbers, capital = corpus.stream.word[tokens], corpus.stream.flags[tokens] & CAPITAL != 0
        too = self._lower[numbers]
        text, texts = corpus.text, list[str]()
        for number, low, high in zip(document, start.tolist(), end.tolist(), strict=True):
            texts.append(text(number)[low:high])
        self._enter(Word.all_of(texts), kernels.LOWER * too)
        self._add(kernels.word_keys(numbers, np.minimum(end - start, LONG), capital))

    def _learn_pairs(self, pairs: Ints) -> None:
        words = self._words
        made = Word.together([(words[one], words[two]) for one, two in pairs.tolist()])
        self._enter(made, np.zeros(len(made), np.int64))
        self._add(kernels.pair_keys(pairs))

    def _add(self, keys: Hashes) -> None:
        kernels.enter(self._keys, self._numbers, keys, self._known)
        self._known += len(keys)

    def _enter(self, words: list[Word], bits: Ints) -> None:
        """Make rows of words; ``bits``: what is known of each besides."""
        letters, rows = [word.letters for word in words], np.empty((len(words), kernels.END + 1), np.int64)
        points, edges = _points_of(letters)
        number = self._strings.__getitem__
        rows[:, kernels.FOLDED] = [number(word.folded) for word in words]
        rows[:, kernels.LETTERS] = list(map(number, letters))
        rows[:, kernels.DIGITS_OF] = [number(word.digits) for word in words]
        rows[:, kernels.SHAPE] = [number(word.shape) for word in words]
        rows[:, kernels.PLAIN] = [len(word.plain) for word in words]
        rows[:, kernels.SIZE] = [len(word.folded) for word in words]
        rows[:, kernels.FIRST] = [_point(word.shape) for word in words]
        rows[:, kernels.BEGIN] = [_point(word.begins) for word in words]
        rows[:, kernels.BITS] = bits | np.fromiter(map(_bits, words), np.int64, len(words))
        rows[:, kernels.MASK] = _all_bits(np.int64(1) << points.astype(np.int64) % 63, edges)  # the columns are signed
        rows[:, kernels.CLASSES] = _all_bits(_classes(points), edges)
        respelled = [row for row, word in enumerate(words) if word.plain != word.letters]
        plain, ends = _points_of([words[row].plain for row in respelled])
        others = _all_bits(_classes(plain), ends) != rows[respelled, kernels.CLASSES]
        rows[respelled, kernels.BITS] |= kernels.SPECIAL * others
        rows[:, kernels.PLACE], rows[:, kernels.END] = self._begin + edges[:-1], self._begin + edges[1:]
        self._columns = _with(self._columns, len(self._words), rows)
        self._points = _with(self._points, self._begin, points)
        self._words += words
        self._begin += len(points)


class _Numbers(dict[str, int]):
    """A number for each string: the next one where it is new."""

    def __missing__(self, text: str) -> int:
        return self.setdefault(text, len(self))


def _with(column: NDArray[T], count: int, values: NDArray[np.generic]) -> NDArray[T]:
    """A column, of which so many rows are filled, with more of them; with room for as many again where it grows."""
    if count + len(values) > len(column):
        room = np.zeros((2 * (count + len(values)), *column.shape[1:]), column.dtype)
        room[:count] = column[:count]
        column = room
    column[count : count + len(values)] = values
    return column


def also_lower(corpus: Corpus, compiled: bool = True) -> Mask:
    """Which words the corpus has with a capital where a sentence may begin, and in lower case too (by number)."""
    words, flags = corpus.stream.word, corpus.stream.flags
    doubtful, lower = (np.zeros(len(corpus.stream.vocabulary), np.bool_) for _ in range(2))
    for begin in range(0, len(flags), _PART):
        part = slice(begin, begin + _PART)
        if compiled:
            kernels.mark(words[part], flags[part], CAPITAL, OPENING, doubtful, lower)
        else:
            capital = flags[part] & CAPITAL != 0
            doubtful[words[part][capital & (flags[part] & OPENING != 0)]] = True
            lower[words[part][~capital]] = True
        release(words, flags)
    return doubtful & lower


def _facts(vocabulary: Hashes) -> kernels.Kinds:
    """``Book.facts`` of each word."""
    found = facts.kinds(vocabulary)
    found[among(vocabulary, facts.fact_hashes(), compiled=False)] |= kernels.ANYWHERE
    found[vocabulary == facts.contracted()] |= kernels.CONTRACTED
    return found


def _bits(word: Word) -> int:
    plain, folded = word.plain, word.folded
    bits = kernels.FACT * guards.is_fact(folded) | kernels.NAME * word.name
    bits |= kernels.AMOUNT * spelling.begins_amount(plain) | kernels.COUNTED * spelling.ends_amount(plain)
    if plain.isalpha() and folded.isalpha():  # nearly always
        latin = plain == folded and plain.isascii()
        bits |= kernels.LATIN * latin | kernels.STAYS * (not spelling.may_change(plain))
        return bits | kernels.ARE * (plain == "r")
    special = guards.has_digit(plain + folded) or not plain
    return (
        bits
        | kernels.DIGIT_FIRST * plain[:1].isdigit()
        | kernels.DIGITS * plain.isdigit()
        | kernels.FOLDED_DIGITS * folded.isdigit()
        | kernels.LETTER_DIGIT * guards.has_digit(word.letters)
        | kernels.DIGIT * guards.has_digit(folded)
        | kernels.MISREAD * guards.misread(word)
        | kernels.SPECIAL * special
    )


def _points_of(texts: Sequence[str]) -> tuple[Points, Ints]:
    """The code points of texts one after another, and where those of each begin (int64 offsets)."""
    points = np.frombuffer("".join(texts).encode("utf-32-le", "surrogatepass"), np.uint32)
    return points, offsets_of(np.fromiter(map(len, texts), np.int64, len(texts)))


def _all_bits(bits: Ints, edges: Ints) -> Ints:
    """For each word the bits that any of its letters has."""
    found, filled = np.zeros(len(edges) - 1, np.int64), np.flatnonzero(np.diff(edges))
    if len(filled):
        found[filled] = np.bitwise_or.reduceat(bits, edges[:-1][filled])
    return found


def _classes(points: Points) -> Ints:
    """A bit for the class of each letter, or none (int64)."""
    far = np.int64(1) << points.astype(np.int64) % 32 + 30
    return np.where(points < len(_table()), _table()[np.minimum(points, len(_table()) - 1)], far)


@cache
def _table() -> Ints:
    """``_classes`` of the first code points."""
    result = np.zeros(128, np.int64)
    for number, letters in enumerate(_CLASSES):
        result[list(map(ord, letters))] = 1 << number
    return result


def _point(text: str) -> int:
    return ord(text[0]) if text else -1
