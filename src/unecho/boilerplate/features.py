"""The shape of a line, as far as rules and guards ask for it. Words are counted, never known."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import sqrt
from typing import NamedTuple, overload

import numpy as np

from ..base.columns import Ints, Mask

SPACELESS = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]")
"""Thai, Lao, Burmese, Khmer, Japanese and Chinese: written without spaces between words."""
CLOSING = "\"'”’»)] "
STOPS = frozenset(".!?…。！？؟۔।")
BULLETS = frozenset("-*+•‣◦▪■●○·–—(")
_BULLET = re.compile(r"(?:[-*+•‣◦▪■●○·–—]|\(?\d{1,3}[.)])\s")


class Shape(NamedTuple):
    """What a line looks like."""

    text: str
    words: int
    item: bool
    """Whether it is marked as an item of a list."""
    ends: bool
    """Whether it ends as a sentence does."""


def shape(text: str) -> Shape:
    """Measure a line."""
    last, first = text[-1:], text[:1]
    if last in CLOSING:
        last = text[-3:].rstrip(CLOSING)[-1:]
    item = (first in BULLETS or first.isdecimal()) and _BULLET.match(text) is not None
    return Shape(text, count_words(text), item, last in STOPS)


@dataclass(frozen=True, slots=True)
class Texts(Sequence[str]):
    """Lines that are written out only when somebody asks for one."""

    text: str
    spans: Ints

    def __len__(self) -> int:
        return len(self.spans)

    @overload
    def __getitem__(self, number: int) -> str: ...
    @overload
    def __getitem__(self, number: slice) -> list[str]: ...
    def __getitem__(self, number: int | slice) -> str | list[str]:
        if isinstance(number, slice):
            return [self.text[start:end] for start, end in self.spans[number].tolist()]
        return self.text[self.spans.item(number, 0) : self.spans.item(number, 1)]


@dataclass(frozen=True, slots=True)
class Lines(Sequence[Shape]):
    """The shapes of the lines of a document, as columns."""

    texts: Sequence[str]
    words: Ints
    items: Mask
    ends: Mask

    @classmethod
    def of(cls, shapes: Iterable[Shape]) -> Lines:
        """These shapes."""
        some = list(shapes)
        words = np.array([one.words for one in some], np.int64)
        items, ends = np.array([one.item for one in some], np.bool_), np.array([one.ends for one in some], np.bool_)
        return cls([one.text for one in some], words, items, ends)

    def __len__(self) -> int:
        return len(self.words)

    @overload
    def __getitem__(self, number: int) -> Shape: ...
    @overload
    def __getitem__(self, number: slice) -> list[Shape]: ...
    def __getitem__(self, number: int | slice) -> Shape | list[Shape]:
        if isinstance(number, slice):
            return [self[one] for one in range(*number.indices(len(self)))]
        return Shape(self.texts[number], self.words.item(number), self.items.item(number), self.ends.item(number))


def count_words(text: str) -> int:
    """Words of ``text``; in scripts written without spaces two characters count as one."""
    words = len(text.split())
    if not text.isascii():
        words += len(SPACELESS.findall(text)) // 2
    return words


@dataclass(frozen=True, slots=True)
class Run:
    """The lines [start, end) of a page that hold the most text-like lines and the fewest others."""

    start: int
    end: int


def main_run(scores: Sequence[float]) -> Run:
    """The run of lines with the greatest sum (Kadane); empty where no score is positive."""
    best = Run(0, 0)
    best_sum = total = 0.0
    start = 0
    for number, score in enumerate(scores):
        if total <= 0:
            total, start = 0.0, number
        total += score
        if total > best_sum:
            best, best_sum = Run(start, number + 1), total
    return best


def weighted(scores: Sequence[float], words: Sequence[int]) -> list[float]:
    """Scores by the words that stand behind them: the long lines find the article, the short ones follow."""
    return [max(-4.0, min(4.0, score)) * sqrt(min(count, 60) + 1) for score, count in zip(scores, words, strict=True)]
