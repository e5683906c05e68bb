"""Clusters in columns, and the records and lines that are made of them: stars around the copies that stay, sorted by
the keeper's place."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

import numpy as np
import orjson
from numpy.typing import NDArray

from ..base.columns import Ints, Mask, edges_of, gather, offsets_of, owners
from ..base.rows import Rows
from ..matching.corpus import Corpus
from ..model import Cluster, Member, Place
from .gone import all_rounded, cluster_name
from .order import Order
from .verdicts import RELATIONS, Verdicts

_PIECE = 4096
"""Clusters that are made of columns at a time."""
_ACTIONS = ("kept", "removed")


@dataclass(frozen=True, slots=True)
class Members:
    """The members of all clusters in columns, cluster by cluster. first: where those of each cluster begin, one longer
    than there are clusters. covered: as it is written. relation: number in RELATIONS. chars: how long they are."""

    first: Ints
    covered: NDArray[np.float64]
    relation: NDArray[np.uint8]
    removed: Mask
    chars: Ints


class Stars(Rows[Cluster]):
    """The clusters of a run."""

    def __init__(self, corpus: Corpus, verdicts: Verdicts, order: Order) -> None:
        self._ids, self._paragraphs, self._verdicts, self._order = corpus.ids, corpus.paragraphs, verdicts, order
        rows = np.flatnonzero(~verdicts.repeat)
        place = verdicts.place[rows]
        in_order = np.lexsort((place[:, 0], place[:, 1]))
        self._rows = rows[in_order]
        self._first = edges_of(place[in_order, 1]) if len(rows) else np.zeros(1, np.int64)
        super().__init__(len(self._first) - 1, self._some)

    @property
    def number(self) -> Ints:
        """For every paragraph of the corpus the number (from 1) of the cluster of which it is a member, or 0."""
        found = np.zeros(len(self._paragraphs), np.int64)
        found[self._verdicts.place[self._rows, 0]] = owners(np.diff(self._first)) + 1
        return found

    def members(self) -> Members:
        """Of all clusters."""
        found, rows = self._verdicts, self._rows
        paragraph = found.place[rows, 0]
        chars = self._paragraphs.end[paragraph] - self._paragraphs.start[paragraph]
        covered = all_rounded(found.scores[rows, 0])
        return Members(self._first, covered, found.labels[rows, 0], found.removed[rows], chars)

    def some(self, numbers: Ints) -> Iterator[Cluster]:
        """The clusters with these numbers, from 0 on, as records."""
        ids = self._ids
        for begin in range(0, len(numbers), _PIECE):
            for number, keeper, start, end, why, columns in self._columns(numbers[begin : begin + _PIECE]):
                members = tuple(Member(ids[document], *rest) for document, *rest in columns)
                yield Cluster(cluster_name(number + 1), Place(ids[keeper], start, end), why, members)

    def lines(self) -> Iterator[bytes]:
        """The clusters as JSON, a line each, some at a time: as orjson writes the records, in a third of the time, as
        no records are made."""
        names = [orjson.dumps(name).decode() for name in self._ids]
        for begin in range(0, len(self), _PIECE):
            said, lines = _Written(), list[str]()
            for number, keeper, start, end, why, columns in self._columns(self._piece(begin, len(self))):
                members = [
                    f'{{"document":{names[document]},"start":{first},"end":{last},"covered":{covered},'
                    f'"resemblance":{resemblance},"containment":{containment},"relation":"{relation}",'
                    f'"action":"{action}","why":{said[reason]}}}'
                    for document, first, last, covered, resemblance, containment, relation, action, reason in columns
                ]
                lines.append(
                    f'{{"id":"{cluster_name(number + 1)}","keeper":{{"document":{names[keeper]},"start":{start},'
                    f'"end":{end}}},"why_kept":{said[why]},"members":[{",".join(members)}]}}\n'
                )
            yield "".join(lines).encode()

    def _some(self, first: int, end: int) -> Iterator[Cluster]:
        for begin in range(first, end, _PIECE):
            yield from self.some(self._piece(begin, end))

    @staticmethod
    def _piece(begin: int, end: int) -> Ints:
        return np.arange(begin, min(begin + _PIECE, end))

    def _columns(self, numbers: Ints) -> Iterator[tuple[int, int, int, int, str, list[tuple[Any, ...]]]]:
        """Of some clusters the number; document, start and end of the copy that stays, and why it is that; and what
        the fields of ``Member`` are of the others, by the number of the document."""
        first, counts = self._first[numbers], self._first[numbers + 1] - self._first[numbers]
        rows = gather(self._rows, first, counts)
        members = zip(*self._members(rows), strict=True)
        documents, starts, ends = self._spots(self._verdicts.place[self._rows[first], 1])
        rivals = self._rivals(rows, counts)
        for number, count, keeper, start, end, rival in zip(
            numbers.tolist(), counts.tolist(), documents, starts, ends, rivals, strict=True
        ):
            yield number, keeper, start, end, self._order.why(keeper, rival), list(islice(members, count))

    def _members(self, rows: Ints) -> tuple[Any, ...]:
        """The fields of ``Member`` for some verdicts, by the number of the document."""
        found = self._verdicts
        relations = list(map(RELATIONS.__getitem__, found.labels[rows, 0].tolist()))
        removed = found.removed[rows].tolist()
        whys = map(found.why, rows.tolist(), relations, found.scores[rows, 0].tolist(), removed)
        shares = all_rounded(found.scores[rows]).T.tolist()
        return *self._spots(found.place[rows, 0]), *shares, relations, map(_ACTIONS.__getitem__, removed), whys

    def _rivals(self, rows: Ints, counts: Ints) -> list[int]:
        """Of each cluster the document that comes first in keeping order; ``rows``: its members, ``counts`` of them."""
        documents = self._paragraphs.document[self._verdicts.place[rows, 0]]
        in_order = np.lexsort((self._order.rank[documents], owners(counts)))
        rivals: list[int] = documents[in_order[offsets_of(counts)[:-1]]].tolist()
        return rivals

    def _spots(self, rows: Ints) -> tuple[list[int], list[int], list[int]]:
        """Documents, starts and ends of some paragraphs."""
        found = self._paragraphs
        return found.document[rows].tolist(), found.start[rows].tolist(), found.end[rows].tolist()


class _Written(dict[str, str]):
    """Texts as JSON, each written once."""

    def __missing__(self, text: str) -> str:
        self[text] = found = orjson.dumps(text).decode()
        return found
