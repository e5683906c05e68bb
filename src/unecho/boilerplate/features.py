"""What can be measured on a line: its shape, its markup, and what stands around it.

Features are names ("words:6", "class:nav"); the weight of each is looked up in ``weights.json``. Nothing
depends on a language: words are counted, never known.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import sqrt

from ..model import Block

_SPACELESS = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]")
"""Thai, Lao, Burmese, Khmer, Japanese and Chinese: written without spaces between words."""
_SENTENCE_END = re.compile(r"[.!?…。！？؟۔।](?=[\s\"'”’»)\]]|$)|[。！？]")
_COMMA = re.compile(r"[,;，、；،؛]")
_BULLET = re.compile(r"(?:[-*+•‣◦▪■●○·–—]|\(?\d{1,3}[.)])\s")
_ADDRESS = re.compile(r"https?://|www\.|\S@\S|\.(?:com|org|net|de|jpg|png)\b", re.IGNORECASE)
_DIGIT = re.compile(r"\d")
_SEPARATOR = re.compile(r"[|»›→«]|\s[/>·•]\s")

_WORDS = (1, 2, 3, 4, 5, 6, 7, 9, 11, 14, 18, 24, 32, 45, 70, 120)
_SHARE = (0.001, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.999)
_LENGTH = (2.5, 3.5, 4.2, 4.8, 5.4, 6.2, 7.5, 9.5)
_COUNT = (1, 2, 3, 5, 8)
_SCORE = (-6.0, -4.5, -3.5, -2.5, -1.75, -1.0, -0.4, 0.2, 0.8, 1.5, 2.5, 3.5, 5.0)
_DISTANCE = (1, 2, 3, 4, 6, 9, 14, 25, 50)

_HOPELESS_LINE = -1.5
_HOPELESS_TEXT, _HOPELESS_HTML = -2.0, -3.0
"""Scores of a line, and of the 13 lines around it, below which no line of an article was seen in a thousand."""


@dataclass(frozen=True, slots=True)
class Shape:
    """What a line looks like."""

    text: str
    words: int
    sentences: int
    item: bool
    """Whether it is marked as an item of a list."""
    ends: bool
    """Whether it ends as a sentence does."""


def shape(text: str) -> Shape:
    """Measure a line."""
    tail = text[-3:].rstrip("\"'”’»)] ")
    return Shape(
        text=text,
        words=count_words(text),
        sentences=sum(1 for _ in _SENTENCE_END.finditer(text[:2000])),
        item=bool(_BULLET.match(text)),
        ends=tail[-1:] in tuple(".!?…。！？؟۔।"),
    )


def count_words(text: str) -> int:
    """Words of ``text``; in scripts written without spaces two characters count as one."""
    words = len(text.split())
    if not text.isascii():
        words += len(_SPACELESS.findall(text)) // 2
    return words


def core_features(line: Shape, block: Block | None, category: str | None) -> Iterator[str]:
    """Names of the features of a line by itself that matter in its context too.

    ``category``: of the rule that takes the line, if any.
    """
    yield f"words-ends:{bisect_right(_WORDS, line.words)}:{int(line.ends)}"
    yield f"end:{_kind(line.text[-1])}"
    if line.item:
        yield "item"
    if category:
        yield f"rule:{category}"
        yield "rule"
    if block:
        yield f"tag:{block.tag}"


def text_features(line: Shape, repeated: bool) -> Iterator[str]:
    """Names of the other features of a line's text. ``repeated``: the page prints it more than once."""
    text = line.text[:1000]
    size = bisect_right(_WORDS, line.words)
    third = min(size, 9) // 3
    yield f"words:{size}"
    yield f"start:{_kind(text[0])}"
    yield f"sentences:{bisect_right(_COUNT, line.sentences)}"
    yield f"commas:{bisect_right(_COUNT, len(_COMMA.findall(text)))}"
    tokens = text.split()
    if tokens:
        capitals = sum([token[0].isupper() for token in tokens]) / len(tokens)
        yield f"capitals:{bisect_right(_SHARE, capitals)}:{third}"
        small = sum([len(token) <= 3 and token.islower() for token in tokens]) / len(tokens)
        yield f"small:{bisect_right(_SHARE, small)}:{third}"
        yield f"length:{bisect_right(_LENGTH, len(text) / len(tokens))}"
    yield f"digits:{bisect_right(_SHARE, len(_DIGIT.findall(text)) / len(text))}"
    if text.isupper():
        yield "all-capitals"
    if _ADDRESS.search(text):
        yield "address"
    if _SEPARATOR.search(text):
        yield "separator"
    if repeated:
        yield "repeated"
        yield f"repeated:{min(size, 12) // 4}"


def markup_features(block: Block, line: Shape) -> Iterator[str]:
    """Names of the features of a line's markup."""
    size = min(bisect_right(_WORDS, line.words), 12) // 3
    links = bisect_right(_SHARE, block.link_density)
    yield f"tag-words:{block.tag}:{size}"
    yield f"links:{links}"
    yield f"links-words:{links // 3}:{size}"
    for tag in set(block.ancestors):
        yield f"in:{tag}"
    if block.ancestors:
        yield f"parent:{block.ancestors[-1]}"
    for token in block.tokens:
        yield f"class:{token}"


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


def weighted(scores: Sequence[float], lines: Sequence[Shape]) -> list[float]:
    """Scores by the words that stand behind them: the long lines find the article, the short ones follow."""
    return [
        max(-4.0, min(4.0, score)) * sqrt(min(line.words, 60) + 1) for score, line in zip(scores, lines, strict=True)
    ]


class Page:
    """A page whose lines have a first score: gives the features of each line in its context."""

    def __init__(self, lines: Sequence[Shape], blocks: Sequence[Block], scores: Sequence[float]) -> None:
        self.lines, self.blocks, self.scores = lines, blocks, scores
        self.run = main_run(weighted(scores, lines))
        self._sums = [0.0]
        for score in weighted(scores, lines):
            self._sums.append(self._sums[-1] + score)
        self._weights = [0.0]
        for line in lines:
            self._weights.append(self._weights[-1] + sqrt(min(line.words, 60) + 1))
        inside = sum(line.words for line in lines[self.run.start : self.run.end])
        self._inside = bisect_right((0.05, 0.15, 0.3, 0.5, 0.7, 0.9), inside / (sum(line.words for line in lines) or 1))
        self._core = self._core_tokens() if blocks else frozenset()
        self._path = self._core_path() if blocks else ()

    def _long(self) -> Iterator[int]:
        return (n for n in range(self.run.start, self.run.end) if self.lines[n].words >= 12 and self.scores[n] > 0)

    def _core_tokens(self) -> frozenset[str]:
        """Class tokens that most of the words of the main run share: those of the article's container."""
        counts: Counter[str] = Counter()
        total = 0
        for number in self._long():
            words = min(self.lines[number].words, 100)
            total += words
            for token in self.blocks[number].tokens:
                counts[token] += words
        return frozenset(token for token, count in counts.items() if 2 * count > total)

    def _core_path(self) -> tuple[str, ...]:
        counts: Counter[tuple[str, ...]] = Counter()
        for number in self._long():
            counts[self.blocks[number].ancestors] += self.lines[number].words
        return max(counts, key=lambda path: (counts[path], path), default=())

    def mean(self, start: int, end: int) -> float:
        """Mean score of the lines [start, end), by words."""
        start, end = max(start, 0), min(end, len(self.lines))
        weight = self._weights[end] - self._weights[start]
        return (self._sums[end] - self._sums[start]) / weight if weight > 0 else -6.0

    def is_hopeless(self, number: int) -> bool:
        """Whether a line is junk among junk, so that its context need not be looked at closely."""
        bar = _HOPELESS_HTML if self.blocks else _HOPELESS_TEXT
        return (
            not self.run.start <= number < self.run.end
            and self.scores[number] < _HOPELESS_LINE
            and self.mean(number - 6, number + 7) < bar
        )

    def features(self, number: int) -> Iterator[str]:
        """Names of the features of a line in its context."""
        line, scores = self.lines[number], self.scores
        own = bisect_right(_SCORE, scores[number])
        size = min(bisect_right(_WORDS, line.words), 14) // 2
        zone = self.zone(number)
        yield f"own:{own}"
        yield f"own-zone:{own}:{zone}"
        yield f"zone-words:{zone}:{size}"
        for offset in (-2, -1, 1, 2):
            other = number + offset
            near = bisect_right(_SCORE, scores[other]) if 0 <= other < len(scores) else -1
            yield f"near:{offset}:{near}"
            yield f"near-zone:{offset}:{near // 2}:{zone[:2]}"
        for reach in (3, 6, 12, 25):
            around = bisect_right(_SCORE, self.mean(number - reach, number + reach + 1))
            yield f"around:{reach}:{around}"
        for reach in (4, 10):
            before = bisect_right(_SCORE, self.mean(number - reach, number))
            after = bisect_right(_SCORE, self.mean(number + 1, number + 1 + reach))
            yield f"sides:{reach}:{before // 2}:{after // 2}"
        yield f"inside:{self._inside}:{zone[:2]}"
        yield f"position:{20 * number // len(scores)}"
        if self.blocks:
            yield from self._markup(number, zone[:2], size)

    def zone(self, number: int) -> str:
        """Where a line stands: inside the run ("in"), or how many lines before ("be") or after it ("af")."""
        if number < self.run.start:
            return f"be{bisect_right(_DISTANCE, self.run.start - number)}"
        if number >= self.run.end:
            return f"af{bisect_right(_DISTANCE, number - self.run.end + 1)}"
        return "in"

    def _markup(self, number: int, zone: str, size: int) -> Iterator[str]:
        block = self.blocks[number]
        union = len(self._core | block.tokens)
        alike = bisect_right(_SHARE, len(self._core & block.tokens) / union) if union else 12
        yield f"core:{alike}:{zone}"
        yield f"core-words:{alike // 2}:{size // 2}"
        missing = bisect_right(_COUNT, len(self._core - block.tokens))
        extra = bisect_right(_COUNT, len(block.tokens - self._core))
        yield f"missing:{missing}:{zone}"
        yield f"missing-extra:{missing}:{extra}"
        shared = 0
        for mine, core in zip(block.ancestors, self._path, strict=False):
            if mine != core:
                break
            shared += 1
        yield f"path:{min(len(self._path) - shared, 4)}:{min(len(block.ancestors) - shared, 4)}"
        yield f"tag-zone:{block.tag}:{zone}"
        yield f"links-zone:{bisect_right(_SHARE, block.link_density) // 3}:{zone}"


def _kind(sign: str) -> str:
    """Class of a character, as far as it says something about a line."""
    if sign.isalpha():
        return "upper" if sign.isupper() else "lower" if sign.islower() else "uncased"
    if sign.isdigit():
        return "digit"
    return sign if sign in ".!?:…,;\"'”’»)|>*-–。！？：" else "sign"
