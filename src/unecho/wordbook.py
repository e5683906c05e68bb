"""The words that are compared, for the compiled loops: what ``guards.Word`` makes of each, as columns of numbers.

Only words that somebody asks for are looked up; a word is known by its hash, its length and whether it begins with a
capital, so that each is spelled out once however often it stands in the corpus.
"""

from __future__ import annotations

import numpy as np

from . import cover, guards, spelling
from . import cover_kernels as kernels
from .columns import Ints
from .corpus import Corpus
from .guards import Word
from .lookup import held
from .normalize import CAPITAL, CASELESS, NUMBER, OPENING
from .passages import GAP

_ASKED = 65_536
"""Words asked for in one round; those beyond have to wait for the next."""


def rules() -> kernels.Rules:
    """The numbers of ``cover`` and ``passages`` as the kernels take them."""
    return kernels.Rules(cover.SMALL_EDIT, cover.SHORT, GAP, kernels.Bits(CAPITAL, NUMBER, CASELESS, OPENING))


class WordBook:
    """The words of one corpus, as far as they were asked for."""

    def __init__(self, corpus: Corpus) -> None:
        self._corpus = corpus
        self._words: list[Word] = []
        self._strings: dict[str, int] = {"": 0}
        self._rows: list[tuple[int, ...]] = []
        self._points: list[int] = []
        self._keys = np.zeros(0, np.uint64)

    def page(self) -> kernels.Book:
        """The book as it is now, with room for what is asked."""
        size = 1 << (2 * (len(self._keys) + _ASKED)).bit_length()
        keys, numbers = np.zeros(size, np.uint64), np.full(size, kernels.UNKNOWN, np.int32)
        kernels.enter(keys, numbers, self._keys)
        words = np.array(self._rows, np.int64).reshape(-1, kernels.END + 1)
        return kernels.Book(
            keys, numbers, words, np.array(self._points, np.uint32), np.empty((_ASKED, 2), np.int64),
            np.zeros(2, np.int64), guards.fact_hashes(), guards.lengths(),
        )  # fmt: skip

    def learn(self, page: kernels.Book) -> None:
        """Look up what was asked for."""
        asked = page.asked[: page.counts[0]]
        self._learn_words(np.sort(asked[asked[:, 1] < 0, 0]))
        self._learn_pairs(asked[asked[:, 1] >= 0])

    def _learn_words(self, tokens: Ints) -> None:
        corpus = self._corpus
        document = corpus.paragraphs.document[corpus.paragraph_of_token[tokens]].tolist()
        start, end = corpus.start[tokens], corpus.end[tokens]
        hashes, capital = corpus.stream.hash[tokens], corpus.stream.flags[tokens] & CAPITAL != 0
        lower = hashes[:0]
        if capital.any():
            lower = held(hashes[capital], corpus.stream.hash, corpus.stream.flags & CAPITAL == 0)
        too = np.isin(hashes, lower).tolist()
        for number, low, high, also_lower in zip(document, start.tolist(), end.tolist(), too, strict=True):
            self._enter(Word.of(corpus.text(number)[low:high]), kernels.LOWER * also_lower)
        keys = kernels.word_keys(hashes, end.astype(np.int64) - start, capital)
        self._keys = np.concatenate([self._keys, keys])

    def _learn_pairs(self, pairs: Ints) -> None:
        for one, two in pairs.tolist():
            self._enter(self._words[one] + self._words[two], 0)
        self._keys = np.concatenate([self._keys, kernels.pair_keys(pairs)])

    def _enter(self, word: Word, bits: int) -> None:
        self._words.append(word)
        number = self._strings.setdefault
        spelled = [number(text, len(self._strings)) for text in (word.folded, word.letters, word.digits, word.shape)]
        begin, points = guards.shape(word.plain)[:1], [ord(char) for char in word.letters]
        place = len(self._points)
        self._points += points
        self._rows.append((
            *spelled, len(word.plain), len(word.folded), _point(word.shape), _point(begin), bits | _bits(word),
            _mask(points), place, place + len(points),
        ))  # fmt: skip


def _bits(word: Word) -> int:
    plain, folded = word.plain, word.folded
    digit = guards.has_digit(plain + folded)
    special = digit or not plain or plain == "r" or spelling.begins_amount(plain)
    return (
        kernels.FACT * guards.is_fact(folded)
        | kernels.DIGIT_FIRST * plain[:1].isdigit()
        | kernels.DIGITS * plain.isdigit()
        | kernels.FOLDED_DIGITS * folded.isdigit()
        | kernels.LETTER_DIGIT * guards.has_digit(word.letters)
        | kernels.NAME * word.name
        | kernels.MISREAD * guards.misread(word)
        | kernels.SPECIAL * special
    )


def _mask(points: list[int]) -> int:
    """A bit for each letter that there is (63: the columns are signed)."""
    mask = 0
    for point in points:
        mask |= 1 << (point % 63)
    return mask


def _point(text: str) -> int:
    return ord(text[0]) if text else -1
