"""All paragraphs of a run as columns: where they lie, what the cleaner thinks of them, which tokens they hold."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .columns import ColumnFile, Hashes, Ints, Mask, gather, new_column, offsets_of, ranges
from .model import CATEGORIES, Label
from .normalize import Tokens

Words = NDArray[np.uint32]
CONTENT = -1
"""Category number of a paragraph of the article."""


@dataclass(frozen=True, slots=True)
class Table:
    """Documents in order, their paragraphs in order, their tokens in order.

    paragraphs: int64 offsets, the paragraphs of document i are paragraphs[i]:paragraphs[i + 1]. start, end:
    int64 characters. category: int8 number in CATEGORIES, or CONTENT. confidence: float32. rule: int32 number
    in ``rules``. key: uint64 hash of the line, for site templates. tokens: int64 offsets per paragraph into
    hash (uint64), token_start, token_end (uint32 characters) and flags (uint8), which lie on disk where they are
    large: see ``columns.new_column``.
    """

    paragraphs: Ints
    start: Ints
    end: Ints
    category: NDArray[np.int8]
    confidence: NDArray[np.float32]
    rule: NDArray[np.int32]
    rules: tuple[str, ...]
    key: Hashes
    tokens: Ints
    hash: Hashes
    token_start: Words
    token_end: Words
    flags: NDArray[np.uint8]

    @property
    def document(self) -> Ints:
        """The document of every paragraph (int64)."""
        counts = np.diff(self.paragraphs)
        return np.repeat(np.arange(len(counts), dtype=np.int64), counts)

    @property
    def words(self) -> Ints:
        """Tokens of every paragraph (int64)."""
        return np.diff(self.tokens)

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
        none = self.token_start[:0].copy()
        return replace(
            self, key=self.key[:0].copy(), hash=self.hash[:0].copy(), token_start=none, token_end=none,
            flags=self.flags[:0].copy(),
        )  # fmt: skip

    def in_order(self, documents: Ints) -> Table:
        """The same documents in another order."""
        counts = np.diff(self.paragraphs)[documents]
        rows = ranges(self.paragraphs[documents], counts)
        sizes = self.words[rows]
        return Table(
            offsets_of(counts), self.start[rows], self.end[rows], self.category[rows], self.confidence[rows],
            self.rule[rows], self.rules, self.key[rows], offsets_of(sizes),
            *gathered((self.hash, self.token_start, self.token_end, self.flags), self.tokens[rows], sizes),
        )  # fmt: skip


def build(
    spans: Sequence[Sequence[tuple[int, int]]],
    labels: Sequence[Sequence[Label]],
    keys: Sequence[int],
    tokens: Tokens,
    lengths: Sequence[int],
) -> Table:
    """The table of a batch of documents. ``lengths``: characters of each document's text."""
    counts = np.fromiter(map(len, spans), np.int64, len(spans))
    flat = np.array([span for part in spans for span in part], np.int64).reshape(-1, 2)
    found = [label for part in labels for label in part]
    rules = sorted({label.rule for label in found})
    number = {rule: place for place, rule in enumerate(rules)}
    code = {category: place for place, category in enumerate(CATEGORIES)}
    paragraphs = offsets_of(counts)
    bases = offsets_of(np.array(lengths, np.int64))[:-1]
    starts = flat[:, 0] + np.repeat(bases, counts)
    places = tokens.start + np.repeat(bases, np.diff(tokens.offsets))
    # A paragraph's tokens are those from its start to the start of the next: all lie in some paragraph.
    tokens_from = np.searchsorted(places, starts)
    return Table(
        paragraphs, flat[:, 0], flat[:, 1],
        np.fromiter((CONTENT if x.category is None else code[x.category] for x in found), np.int8, len(found)),
        np.fromiter((x.confidence for x in found), np.float32, len(found)),
        np.fromiter((number[x.rule] for x in found), np.int32, len(found)),
        tuple(rules), np.array(keys, np.uint64), np.append(tokens_from, len(places)).astype(np.int64),
        tokens.hash, tokens.start.astype(np.uint32), tokens.end.astype(np.uint32), tokens.flags,
    )  # fmt: skip


def gathered(
    columns: tuple[Hashes, Words, Words, NDArray[np.uint8]], starts: Ints, counts: Ints
) -> tuple[Hashes, Words, Words, NDArray[np.uint8]]:
    """Columns of tokens (hash, start, end, flags) with the runs [start, start + count) one after another."""
    total = int(counts.sum())
    if total == len(columns[0]) and np.array_equal(starts, offsets_of(counts)[:-1]):
        return columns  # all of them, as they are
    hashes, start, end, flags = columns
    return (
        gather(hashes, starts, counts, new_column(total, np.uint64)),
        gather(start, starts, counts, new_column(total, np.uint32)),
        gather(end, starts, counts, new_column(total, np.uint32)),
        gather(flags, starts, counts, new_column(total, np.uint8)),
    )


def joined(tables: Sequence[Table]) -> Table:
    """Tables of batches, one after another."""
    joiner = Joiner()
    for table in tables:
        joiner.add(table)
    return joiner.table()


class Joiner:
    """Joins the tables of batches as they come; tokens go to disk at once."""

    def __init__(self) -> None:
        self._tables: list[Table] = []
        self._hash, self._start, self._end, self._flags = (
            ColumnFile(np.uint64), ColumnFile(np.uint32), ColumnFile(np.uint32), ColumnFile(np.uint8)
        )  # fmt: skip

    def add(self, table: Table) -> None:
        self._hash.append(table.hash)
        self._start.append(table.token_start)
        self._end.append(table.token_end)
        self._flags.append(table.flags)
        none = table.token_start[:0].copy()
        self._tables.append(
            replace(table, hash=table.hash[:0].copy(), token_start=none, token_end=none, flags=table.flags[:0].copy())
        )

    def table(self) -> Table:
        """All that was added."""
        tables = self._tables
        rules = sorted({rule for table in tables for rule in table.rules})
        number = {rule: place for place, rule in enumerate(rules)}
        renumbered = [
            np.array([number[rule] for rule in table.rules], np.int32)[table.rule]
            for table in tables
            if len(table.rules)
        ]

        def all_of(name: str, dtype: type[np.generic]) -> NDArray[Any]:
            return np.concatenate([np.zeros(0, dtype), *(getattr(table, name) for table in tables)])

        def offsets(name: str) -> Ints:
            counts = (np.diff(getattr(table, name)) for table in tables)
            return offsets_of(np.concatenate([np.zeros(0, np.int64), *counts]))

        return Table(
            offsets("paragraphs"), all_of("start", np.int64), all_of("end", np.int64), all_of("category", np.int8),
            all_of("confidence", np.float32), np.concatenate([np.zeros(0, np.int32), *renumbered]), tuple(rules),
            all_of("key", np.uint64), offsets("tokens"), self._hash.column(), self._start.column(),
            self._end.column(), self._flags.column(),
        )  # fmt: skip
