"""What goes of each document, in columns, and the removals that are made of them when they are asked for: here, or in
another process that is given a part of the columns."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ..base.columns import Ints, Mask, offsets_of, ranges
from ..base.rows import Rows
from ..matching.table import CONTENT, Table, Words
from ..model import CATEGORIES, Place, Reason, Removal
from ..text.spans import spans_of

if TYPE_CHECKING:
    from .cuts import Cut

NO_KEEPER = -1
REASONS: tuple[Reason, ...] = ("boilerplate", "duplicate", "repeat", "passage")
_PIECE = 256
"""Documents that are made ready at a time."""


@dataclass(frozen=True, slots=True)
class Keepers:
    """The copies that stay of removed paragraphs, in columns: the table's row that goes, number in REASONS, document,
    start and end of the copy, number of the cluster (0: none); int64. scores: covered, resemblance, containment.
    of_row: for every row of the table the place here, or NO_KEEPER."""

    row: Ints
    reason: Ints
    document: Ints
    start: Ints
    end: Ints
    cluster: Ints
    scores: NDArray[np.float64]
    of_row: NDArray[np.int32]


def rounded(value: float) -> float:
    """Shares are written with four digits."""
    return round(float(value), 4)


def all_rounded(values: NDArray[np.floating]) -> NDArray[np.float64]:
    """``rounded`` of every value, each different one once: numpy rounds another way where two are as near."""
    different, place = np.unique(values.ravel(), return_inverse=True)
    return np.array(list(map(rounded, different.tolist())), np.float64)[place].reshape(values.shape)


def cluster_name(number: int) -> str:
    """The id of a cluster."""
    return f"c{number:06d}"


@dataclass(frozen=True, slots=True)
class Part:
    """What goes of some documents, in order: all it takes to make their removals, but the texts.

    names, numbers: the id of each document, and of its first removal. paragraphs: offsets into start, end and gone
    (whether a paragraph goes whole). first: offsets into the columns of those that go: category, rule (a number in
    ``rules``), confidence, words; keeper: reason, document, start, end and cluster of the copy that stays, int64, the
    document NO_KEEPER where there is none; scores: covered, resemblance, containment, rounded as the confidence is.
    ids: of the documents named. cuts: sentences cut out, by the place of the document.
    """

    names: tuple[str, ...]
    numbers: tuple[int, ...]
    paragraphs: Ints
    start: Words
    end: Words
    gone: Mask
    first: Ints
    category: NDArray[np.int8]
    rule: NDArray[np.int32]
    confidence: NDArray[np.float64]
    words: NDArray[np.int32]
    rules: tuple[str, ...]
    keeper: Ints
    scores: NDArray[np.float64]
    ids: dict[int, str]
    cuts: dict[int, list[tuple[int, int, int, tuple[int, int, int]]]]

    def mentioned(self) -> set[str]:
        """The documents whose copies stay."""
        return set(self.ids.values())

    def removals(self, texts: Iterable[str]) -> Iterator[list[Removal]]:
        """The spans that go of each document, in order. ``texts``: as read."""
        edges, starts, ends, gone = (x.tolist() for x in (self.paragraphs, self.start, self.end, self.gone))
        columns = self.category, self.rule, self.confidence, self.words, self.keeper, self.scores
        fields = map(self._fields, *(column.tolist() for column in columns))
        for place, (name, number, text) in enumerate(zip(self.names, self.numbers, texts, strict=True)):
            rows = slice(edges[place], edges[place + 1])
            found = list(zip(spans_of(text, starts[rows], ends[rows], gone[rows]), fields, strict=False))
            if place in self.cuts:
                found += (self._cut(*cut) for cut in self.cuts[place])
                found.sort(key=lambda removal: removal[0])
            yield [
                Removal(f"r{number:07d}", name, start, end, text[start:end], *rest)
                for number, ((start, end), rest) in enumerate(found, number)
            ]

    def _fields(
        self, category: int, rule: int, confidence: float, words: int, keeper: list[int], scores: list[float]
    ) -> tuple[Any, ...]:
        """The fields of a removal from the reason on."""
        told: tuple[str | None, float | None, str | None] = None, None, None
        if category != CONTENT:
            told = CATEGORIES[category], confidence, self.rules[rule]
        number, document, start, end, cluster = keeper
        if document == NO_KEEPER:
            return "boilerplate", *told, None, None, None, None, None, words
        reason = REASONS[number]
        if reason == "repeat" and not told[0]:
            told = "repeat", *told[1:]
        place = Place(self.ids[document], start, end)
        return reason, *told, place, *scores, cluster_name(cluster) if cluster else None, words

    def _cut(
        self, start: int, end: int, words: int, keeper: tuple[int, int, int]
    ) -> tuple[tuple[int, int], tuple[Any, ...]]:  # fmt: skip
        kept = Place(self.ids[keeper[0]], *keeper[1:])
        return (start, end), ("passage", None, None, None, kept, 1.0, None, None, None, words)


class Gone:
    """What goes, in columns: whole paragraphs (``rows``, bool, for the table), and sentences cut out of others."""

    def __init__(
        self, table: Table, found: Keepers, cuts: Sequence[Cut], ids: Sequence[str], text_of: Callable[[int], str]
    ) -> None:
        self._table, self.keepers, self._ids, self._text_of = table, found, ids, text_of
        self.rows: Mask = (table.category != CONTENT) | (found.of_row != NO_KEEPER)
        self.cuts: dict[int, list[Cut]] = defaultdict(list)
        for cut in cuts:
            self.cuts[cut.document].append(cut)
        running = offsets_of(self.rows.view(np.uint8))
        counts = np.diff(running[table.paragraphs])
        for document, parts in self.cuts.items():
            counts[document] += len(parts)
        self._first = offsets_of(counts)

    def __len__(self) -> int:
        return int(self._first[-1])

    @property
    def removals(self) -> Removals:
        """Every span that goes, in order of document and start."""
        return Removals(self)

    def some(self, first: int, end: int) -> Iterator[Removal]:
        """The removals ``first`` to ``end``."""
        begins = self._first
        documents = np.flatnonzero((begins[1:] > first) & (begins[:-1] < end) & (np.diff(begins) > 0))
        for begin in range(0, len(documents), _PIECE):
            piece = documents[begin : begin + _PIECE]
            for document, removals in zip(piece.tolist(), self._of(piece), strict=True):
                before = int(begins[document])
                yield from islice(removals, max(first - before, 0), end - before)

    def of_document(self, document: int) -> list[Removal]:
        """The spans that go of a document, in order."""
        return next(self._of(np.array([document])))

    def _of(self, documents: Ints) -> Iterator[list[Removal]]:
        return self.part(documents).removals(map(self._text_of, documents.tolist()))

    def part(self, documents: Ints) -> Part:
        """What goes of some documents, by their numbers."""
        table, found = self._table, self.keepers
        counts = np.diff(table.paragraphs)[documents]
        rows = ranges(table.paragraphs[documents], counts)
        gone = self.rows[rows]
        out = rows[gone]
        places = found.of_row[out]
        held = places != NO_KEEPER
        keeper, scores = np.full((len(out), 5), NO_KEEPER, np.int64), np.zeros((len(out), 3))
        columns = found.reason, found.document, found.start, found.end, found.cluster
        keeper[held] = np.stack([column[places[held]] for column in columns], axis=1)
        scores[held] = all_rounded(found.scores[places[held]])
        numbers = documents.tolist()
        cuts = {
            place: [(cut.start, cut.end, cut.words, cut.keeper) for cut in self.cuts[number]]
            for place, number in enumerate(numbers)
            if number in self.cuts
        }
        named = {*keeper[held, 1].tolist(), *(cut[3][0] for each in cuts.values() for cut in each)}
        offsets = offsets_of(counts)
        return Part(
            tuple(self._ids[number] for number in numbers), tuple((self._first[documents] + 1).tolist()), offsets,
            table.start[rows], table.end[rows], gone, offsets_of(gone.view(np.uint8))[offsets], table.category[out],
            table.rule[out], all_rounded(table.confidence[out]), table.words[out], table.rules, keeper, scores,
            {number: self._ids[number] for number in named}, cuts,
        )  # fmt: skip


class Removals(Rows[Removal]):
    """The removals of a run as records."""

    def __init__(self, gone: Gone) -> None:
        self.part = gone.part
        super().__init__(len(gone), gone.some)
