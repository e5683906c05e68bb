"""The words that are compared, for the compiled loops: what ``guards.Word`` makes of each, as columns of numbers.

A word is known by its hash, its length and whether it begins with a capital, so that each is spelled out once however
often it stands in the corpus.
"""

from __future__ import annotations

from copy import copy
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from ..base.columns import Hashes, Ints, release
from ..compiled import book as kernels
from ..compiled import spell
from ..compiled.text import Bits, Rules
from ..matching.corpus import Corpus
from ..matching.grow import GAP
from ..text.lookup import among
from ..text.normalize import CAPITAL, CASELESS, NUMBER, OPENING, QUOTED, SPACED, UNQUOTED
from ..text.shingles import SHORTEST
from . import cover, facts, guards, known
from .spelled import Spellings

T = TypeVar("T", bound=np.generic)

_PART = 8_000_000
"""Words that are looked at together."""
_WORDS, _CHARACTERS = 16_384, 12
"""Words that there is room for beside those of the vocabulary, and characters for each: twice as many as most have."""


def rules() -> Rules:
    """The numbers of ``cover``, ``passages`` and ``shingles`` as the kernels take them."""
    kinds = facts.SPOKE, facts.SIDE, facts.GROUP
    bits = Bits(CAPITAL, NUMBER, CASELESS, OPENING, SPACED, QUOTED, UNQUOTED, guards.ORDINARY, guards.NAMED)
    return Rules(cover.SMALL_EDIT, cover.BY_CHANCE, cover.SHORT, cover.BACK, cover.AROUND, SHORTEST, GAP, kinds, bits)


class WordBook:
    """The words of one corpus, as far as they were met."""

    def __init__(self, corpus: Corpus) -> None:
        self._corpus = corpus
        self._facts, self._cases, self._prefixes = _facts(corpus.stream.vocabulary), cases(corpus), _prefixes()
        self._empty()

    def another(self) -> WordBook:
        """One in which nothing stands yet, for another thread."""
        book = copy(self)
        book._empty()
        return book

    def _empty(self) -> None:
        self._made = np.array([0, 0, kernels.NOTHING])
        self._keys, self._numbers = np.zeros(0, np.uint64), np.zeros(0, np.int32)
        self._columns, self._points = np.zeros((0, spell.COLUMNS), np.int64), np.zeros(0, np.uint32)
        self._spread = np.zeros(0, np.int32)
        self._spellings = Spellings()
        self._grow()

    def page(self) -> kernels.Book:
        """The book as it is now, with nothing wanted."""
        self._made[kernels.WANTED] = kernels.NOTHING
        return kernels.Book(
            self._keys, self._numbers, self._columns, self._points, self._made, self._facts, self._cases,
            guards.lengths(), self._prefixes, self._spread, (known.LEAST, known.RARER), self._spellings.table(),
        )  # fmt: skip

    def learn(self) -> None:
        """Bring what is wanted."""
        wanted = int(self._made[kernels.WANTED])
        if wanted == kernels.ROOM:
            self._grow()
        elif wanted == kernels.KNOWN:
            self._spread = known.known(self._corpus, compiled=True)
        elif wanted == kernels.LONGER:
            self._spellings.lengthen()
        elif wanted != kernels.NOTHING:
            self._spellings.add(wanted)

    def _grow(self) -> None:
        words, characters = self._made[: kernels.WANTED].tolist()
        filled = np.flatnonzero(self._numbers != kernels.UNKNOWN)
        keys: Hashes = self._keys[filled[np.argsort(self._numbers[filled])]]
        room = max(2 * words, len(self._corpus.stream.vocabulary) + _WORDS)
        self._columns = _longer(self._columns, words, room)
        self._points = _longer(self._points, characters, max(2 * len(self._points), _CHARACTERS * room))
        self._keys = np.zeros(1 << (2 * room).bit_length(), np.uint64)
        self._numbers = np.full(len(self._keys), kernels.UNKNOWN, np.int32)
        kernels.enter(self._keys, self._numbers, keys, 0)


def _longer(column: NDArray[T], count: int, size: int) -> NDArray[T]:
    """A column, of which so many rows are filled, with more room."""
    room = np.empty((size, *column.shape[1:]), column.dtype)
    room[:count] = column[:count]
    return room


def cases(corpus: Corpus) -> guards.Cases:
    """``guards.cases`` of a corpus."""
    words, flags = corpus.stream.word, corpus.stream.flags
    counts = np.zeros((len(corpus.stream.vocabulary), 2), np.uint32)
    for begin in range(0, len(flags), _PART):
        part = slice(begin, begin + _PART)
        kernels.count_cases(words[part], flags[part], CAPITAL, OPENING, counts)
        release(words, flags)
    return guards.cases_of(*counts.T)


def _prefixes() -> Ints:
    """``Book.prefixes``."""
    packed = []
    for prefix in sorted(guards.prefixes()):
        value = 0
        for letter in prefix:
            value = value << kernels.PACKED | ord(letter)
        packed.append(value)
    return np.array(packed, np.int64)


def _facts(vocabulary: Hashes) -> kernels.Kinds:
    """``Book.facts`` of each word."""
    found = facts.kinds(vocabulary)
    found[among(vocabulary, facts.fact_hashes(), compiled=False)] |= kernels.ANYWHERE
    found[vocabulary == facts.contracted()] |= kernels.CONTRACTED
    return found
