"""All paragraphs of a run as columns: where they lie, what the cleaner thinks of them, which tokens they hold."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..base.columns import ColumnFile, Hashes, Ints, Mask, gather, offsets_of, ranges
from ..model import CATEGORIES, Label
from ..text.normalize import Tokens
from ..text.paragraphs import Bounds
from ..text.vocabulary import Numbers, Vocabulary, numbered
from .places import Steps, packed

Words = NDArray[np.uint32]
CONTENT = -1
"""Category number of a paragraph of the article."""
REPEAT = CATEGORIES.index("repeat")
"""Category number of a paragraph that repeats one before it."""


@dataclass(slots=True)
class TokenColumns:
    """Tokens: number of the word (uint32), flags (uint8) and places, which lie on disk where they are large; and the
    hashes of the words by number (uint64). Not frozen, as they are the most that a run holds: each is let go of as soon
    as it is done with."""

    word: Numbers
    flags: NDArray[np.uint8]
    steps: Steps
    vocabulary: Hashes

    @classmethod
    def none(cls) -> TokenColumns:
        places, flags = np.zeros(0, np.uint32), np.zeros(0, np.uint8)
        steps = Steps(np.zeros(0, np.uint16), np.zeros(0, np.int64), places, places)
        return cls(places, flags, steps, np.zeros(0, np.uint64))

    def drained(self, starts: Ints, counts: Ints, workers: int = 1) -> tuple[Numbers, NDArray[np.uint8]]:
        """Words and flags of the runs [start, start + count), one after another; here they are gone then.

        Column by column, so that the second finds room where the first one lay.
        """
        if int(counts.sum()) == len(self.word) and np.array_equal(starts, offsets_of(counts)[:-1]):
            words, flags = self.word, self.flags  # all of them, as they are
        else:
            words = gather(self.word, starts, counts, workers)
            self.word = self.word[:0].copy()
            flags = gather(self.flags, starts, counts, workers)
        self.word, self.flags = self.word[:0].copy(), self.flags[:0].copy()
        return words, flags

    def columns(self) -> tuple[NDArray[Any], ...]:
        """Those that are as long as the tokens, or nearly so, in the order in which ``of`` takes them."""
        return self.word, self.flags, self.steps.step, self.steps.number, self.steps.start, self.steps.end

    @classmethod
    def of(cls, columns: Iterable[NDArray[Any]], vocabulary: Hashes) -> TokenColumns:
        words, flags, *places = columns
        return cls(words, flags, Steps(*places), vocabulary)


@dataclass(frozen=True, slots=True)
class Table:
    """Documents in order and their paragraphs in order.

    paragraphs: int64 offsets, the paragraphs of document i are paragraphs[i]:paragraphs[i + 1]. start, end:
    uint32 characters. category: int8 number in CATEGORIES, or CONTENT. confidence: float32. rule: int32 number
    in ``rules``. words: int32 tokens of a paragraph. key: uint64 hash of the line, for site templates. first: int64,
    where a paragraph's tokens begin in ``tokens``, in the order they were read in.
    """

    paragraphs: Ints
    start: Words
    end: Words
    category: NDArray[np.int8]
    confidence: NDArray[np.float32]
    rule: NDArray[np.int32]
    rules: tuple[str, ...]
    words: NDArray[np.int32]
    key: Hashes
    first: Ints
    tokens: TokenColumns

    @property
    def document(self) -> Ints:
        """The document of every paragraph (int64)."""
        counts = np.diff(self.paragraphs)
        return np.repeat(np.arange(len(counts), dtype=np.int64), counts)

    @property
    def content(self) -> Mask:
        """Which paragraphs are of the article (bool)."""
        result: Mask = self.category == CONTENT
        return result

    def relabelled(self, which: Mask, category: str | None, confidence: float, rule: str) -> Table:
        """With another label for some paragraphs; ``category`` None: content."""
        column = self.category.copy(), self.confidence.copy(), self.rule.copy()
        column[0][which], column[1][which], column[2][which] = (
            CONTENT if category is None else CATEGORIES.index(category),
            confidence,
            len(self.rules),
        )
        return replace(self, category=column[0], confidence=column[1], rule=column[2], rules=(*self.rules, rule))

    def without_tokens(self) -> Table:
        """The same paragraphs without what only the matching needs."""
        return replace(self, key=self.key[:0].copy(), first=self.first[:0].copy(), tokens=TokenColumns.none())

    def drained(self, rows: Ints, workers: int = 1) -> tuple[Numbers, NDArray[np.uint8]]:
        """Words and flags of the tokens of some paragraphs, one after another; in the table they are gone then.
        ``workers``: threads."""
        return self.tokens.drained(self.first[rows], self.words[rows].astype(np.int64), workers)

    def first_copies(self) -> tuple[Ints, Ints]:
        """The paragraphs that repeat one before them, and the nearest earlier paragraph of the same document with the
        same words that is no repeat itself; those without one are left out."""
        found = [(row, self._first_copy(row)) for row in np.flatnonzero(self.category == REPEAT).tolist()]
        known = np.array([pair for pair in found if pair[1] is not None], np.int64).reshape(-1, 2)
        return known[:, 0], known[:, 1]

    def _first_copy(self, row: int) -> int | None:
        begin = int(self.paragraphs[np.searchsorted(self.paragraphs, row, side="right") - 1])
        words = self._words(row)
        for earlier in range(row - 1, begin - 1, -1):
            if len(words) and self.category[earlier] != REPEAT and np.array_equal(words, self._words(earlier)):
                return earlier
        return None

    def _words(self, row: int) -> Numbers:
        first = int(self.first[row])
        return self.tokens.word[first : first + int(self.words[row])]


def build(
    bounds: Bounds,
    labels: Sequence[Sequence[Label]] | None,
    keys: Hashes | None,
    tokens: Tokens,
    compiled: bool = False,
) -> Table:
    """The table of a batch of documents. ``labels``, ``keys``: None where nobody asked. ``compiled``: by kernels."""
    spans, counts = bounds
    paragraphs, start = offsets_of(counts), np.ascontiguousarray(spans[:, 0])
    # A paragraph's tokens are those from its start to the start of the next: all lie in some paragraph.
    first = _firsts(tokens, start, paragraphs, compiled)
    words, vocabulary = numbered(tokens.hash, compiled)
    steps = packed(tokens.start, tokens.end, tokens.offsets, compiled)
    return Table(
        paragraphs, start.astype(np.uint32), spans[:, 1].astype(np.uint32),
        *(_content(len(spans)) if labels is None else _labels(labels)),
        np.diff(first, append=len(words)).astype(np.int32),
        np.zeros(len(spans), np.uint64) if keys is None else keys, first,
        TokenColumns(words, tokens.flags, steps, vocabulary),
    )  # fmt: skip


def _firsts(tokens: Tokens, start: Ints, paragraphs: Ints, compiled: bool) -> Ints:
    """For every paragraph the first token from its start on."""
    if compiled:
        from ..compiled import place as kernels

        result = np.empty(len(start), np.int64)
        kernels.firsts(tokens.start, tokens.offsets, start, paragraphs, result)
        return result
    bases = offsets_of(tokens.lengths)[:-1]
    places = tokens.start + np.repeat(bases, np.diff(tokens.offsets))
    return np.searchsorted(places, start + np.repeat(bases, np.diff(paragraphs))).astype(np.int64)


_Labels = tuple[NDArray[np.int8], NDArray[np.float32], NDArray[np.int32], tuple[str, ...]]
"""Category, confidence, rule and rules of a table."""


def _labels(labels: Sequence[Sequence[Label]]) -> _Labels:
    found = list(chain.from_iterable(labels))
    kinds = {id(label): label for label in found}  # most are the same one
    place = {key: number for number, key in enumerate(kinds)}
    kind = np.fromiter(map(place.__getitem__, map(id, found)), np.int64, len(found))
    rules = sorted({label.rule for label in kinds.values()})
    number = {rule: place for place, rule in enumerate(rules)}
    code = {None: CONTENT} | {category: place for place, category in enumerate(CATEGORIES)}
    return (
        np.array([code[x.category] for x in kinds.values()], np.int8)[kind],
        np.array([x.confidence for x in kinds.values()], np.float32)[kind],
        np.array([number[x.rule] for x in kinds.values()], np.int32)[kind],
        tuple(rules),
    )


def _content(count: int) -> _Labels:
    """``_labels`` of so many paragraphs of the article."""
    return np.full(count, CONTENT, np.int8), np.ones(count, np.float32), np.zeros(count, np.int32), ("",)


class Joiner:
    """Joins the tables of batches as they come; tokens go to disk at once. ``compiled``: by kernels."""

    def __init__(self, compiled: bool = False) -> None:
        self._vocabulary = Vocabulary(compiled)
        self._tables: list[Table] = []
        self._files = [ColumnFile(column.dtype.type) for column in TokenColumns.none().columns()]
        self._count = 0

    def add(self, table: Table) -> None:
        words = self._vocabulary.renumbered(table.tokens.word, table.tokens.vocabulary)
        tokens = replace(table.tokens, word=words, steps=table.tokens.steps.later(self._count))
        for file, column in zip(self._files, tokens.columns(), strict=True):
            file.append(column)
        self._tables.append(replace(table.without_tokens(), key=table.key, first=table.first + self._count))
        self._count += len(words)

    def table(self, documents: Ints) -> Table:
        """All that was added, once and for all. ``documents``: the numbers of the documents in the order wanted."""
        tables, self._tables = self._tables, []
        rules = sorted({rule for table in tables for rule in table.rules})
        number = {rule: place for place, rule in enumerate(rules)}
        renumbered = [
            np.array([number[rule] for rule in table.rules], np.int32)[table.rule]
            for table in tables
            if len(table.rules)
        ]
        every = offsets_of(_all([np.diff(table.paragraphs) for table in tables], np.int64))
        counts = np.diff(every)[documents]
        rows = ranges(every[documents], counts)

        def all_of(name: str, dtype: type[np.generic]) -> NDArray[Any]:
            return _all([getattr(table, name) for table in tables], dtype)[rows]

        return Table(
            offsets_of(counts), all_of("start", np.uint32), all_of("end", np.uint32), all_of("category", np.int8),
            all_of("confidence", np.float32), _all(renumbered, np.int32)[rows], tuple(rules),
            all_of("words", np.int32), all_of("key", np.uint64), all_of("first", np.int64),
            TokenColumns.of((file.column() for file in self._files), self._vocabulary.hashes()),
        )  # fmt: skip


def _all(parts: Sequence[NDArray[np.generic]], dtype: type[np.generic]) -> NDArray[Any]:
    return np.concatenate([np.zeros(0, dtype), *parts])
