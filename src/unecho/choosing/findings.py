"""Columns and verdicts to records: removals, clusters, passages, stories and what became of each document."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, islice, pairwise
from typing import TypeVar

import numpy as np
import orjson
from numpy.typing import NDArray

from ..base.columns import Ints, Mask, edges_of, gather, offsets_of, order_of, owners, pieces
from ..base.rows import Rows
from ..compiled.when import is_large
from ..matching.below import below
from ..matching.corpus import Corpus, Paragraphs
from ..matching.framing import framed
from ..matching.names import only_names
from ..matching.passages import Alignments, at_quotes
from ..matching.quotes import Parts, separate
from ..matching.repeats import adding
from ..matching.stories import PART, STORY_RELATIONS, Coverage
from ..matching.table import CONTENT, Table
from ..model import Passage, Place, Quoted, Story, StoryPair
from ..text.lookup import among
from .gone import NO_KEEPER, REASONS, Keepers, all_rounded
from .order import Order
from .verdicts import Verdicts

T = TypeVar("T", bound=np.generic)
_NO_GROUP = -1
_PIECE = 4096
"""Records that are made of columns at a time."""


# ---- removals ---------------------------------------------------------------------------------------


def keepers(
    table: Table, paragraphs: Paragraphs | None, rows: Ints, verdicts: Verdicts, cluster: Ints,
    repeats: tuple[Ints, Ints],
) -> Keepers:  # fmt: skip
    """For every row of the table that goes as a copy, the copy that stays.

    ``paragraphs``: of the corpus; ``rows``: the table's row of each; ``cluster``: the number of its cluster. Copies
    next to one another, which the cleaner found (``repeats``: of ``Table.first_copies``), are given the copy that its
    own first copy was given, should that one go too.
    """
    gone = np.flatnonzero(verdicts.removed)
    place, scores = verdicts.place[gone], verdicts.scores[gone]
    reason = np.where(verdicts.repeat[gone], REASONS.index("repeat"), REASONS.index("duplicate"))
    document = start = end = number = np.zeros(0, np.int64)
    if paragraphs is not None and len(gone):
        document, start = paragraphs.document[place[:, 2]], paragraphs.start[place[:, 2]]
        end, number = paragraphs.end[place[:, 3]], cluster[place[:, 0]]
    of_row = np.full(len(table.start), NO_KEEPER, np.int32)
    of_row[rows[place[:, 0]]] = np.arange(len(gone))
    found = Keepers(rows[place[:, 0]], reason, document, start, end, number, scores, of_row)
    return _with_repeats(table, found, repeats)


def _with_repeats(table: Table, found: Keepers, repeats: tuple[Ints, Ints]) -> Keepers:
    """With those of the copies next to one another."""
    if not len(repeats[0]):
        return found
    row, first = repeats
    known = found.of_row[first] != NO_KEEPER
    stays = known | (table.category[first] == CONTENT)
    row, first, known = row[stays], first[stays], known[stays]
    place = found.of_row[first[known]]

    def kept(column: NDArray[T], otherwise: NDArray[T]) -> NDArray[T]:
        """A column with that of the copies which the first copies were given, else what lies where these are."""
        otherwise[known] = column[place]
        return np.concatenate([column, otherwise])

    document = np.searchsorted(table.paragraphs, row, side="right") - 1
    start, end = table.start[first].astype(np.int64), table.end[first].astype(np.int64)
    found.of_row[row] = len(found.row) + np.arange(len(row))
    reason = np.full(len(row), REASONS.index("repeat"))
    return Keepers(
        np.concatenate([found.row, row]), np.concatenate([found.reason, reason]), kept(found.document, document),
        kept(found.start, start), kept(found.end, end), np.concatenate([found.cluster, np.zeros_like(row)]),
        kept(found.scores, np.ones((len(row), 3))), found.of_row,
    )  # fmt: skip


# ---- passages and stories ---------------------------------------------------------------------------


def quotes_apart(corpus: Corpus, found: Alignments, coverage: Coverage) -> Parts:
    """Passages, quotes cut apart from copies."""
    count = len(corpus.ids)
    same = coverage.a[coverage.same] * count + coverage.b[coverage.same]
    return separate(corpus, found, among((found.a * count + found.b).view(np.uint64), same.view(np.uint64)))


class Passages(Rows[Passage]):
    """Passages with their spans in characters, grouped by quote, but none that only repeats what others of the same
    documents show, or is a name outside quotation marks. ``parts``: of ``quotes_apart``."""

    def __init__(self, corpus: Corpus, parts: Parts) -> None:
        a_span, b_span, equal, stays = below(corpus, parts)
        spans, pairs = (a_span, b_span), (parts.found.a[parts.row], parts.found.b[parts.row])
        compiled = is_large(len(parts), None)
        quoted = at_quotes(corpus.stream, *spans)
        stays &= quoted | ~only_names(corpus, parts)
        which = np.flatnonzero(stays & adding(pairs, *spans, (equal, parts.a, parts.b), quoted, compiled))
        which = parts.in_order(which)
        spans = (spans[0][0][which], spans[0][1][which]), (spans[1][0][which], spans[1][1][which])
        words, quotes = np.minimum(*(end - start for start, end in spans)), parts.quote[which]
        (a_start, a_end), (b_start, b_end) = framed(corpus, *spans)
        corpus.release()
        self._ids, self._group, self._quotes = corpus.ids, quote_groups(*spans, quotes, compiled), quotes
        a, b, matched = pairs[0][which], pairs[1][which], equal[which]
        self._columns = a, a_start, a_end, b, b_start, b_end, words, matched, quotes
        super().__init__(len(which), self._some)

    def quoted(self, groups: Iterable[str], most: int) -> dict[str, Quoted]:
        """Of some groups of quotes the places in the first ``most`` documents, and what is counted of all."""
        wanted = np.array([int(name[1:]) for name in groups], np.int64)
        rows = np.flatnonzero(np.isin(self._group, wanted) & self._quotes)
        a, a_start, a_end, b, b_start, b_end, words = (column[rows] for column in self._columns[:7])
        group = np.repeat(self._group[rows], 2)
        document, start, end = (np.stack(x, 1).ravel() for x in ((a, b), (a_start, b_start), (a_end, b_end)))
        # The first place in each document, in the order of the passages.
        _, first = np.unique(group * len(self._ids) + document, return_index=True)
        first = np.sort(first)
        first = first[np.argsort(group[first], kind="stable")]
        edges = edges_of(group[first]) if len(first) else np.zeros(1, np.int64)
        longest = np.zeros(int(group.max(initial=0)) + 1, np.int64)
        np.maximum.at(longest, self._group[rows], words)
        found: dict[str, Quoted] = {}
        for begin, stop in pairwise(edges.tolist()):
            some = first[begin : min(stop, begin + most)]
            places = zip(document[some].tolist(), start[some].tolist(), end[some].tolist(), strict=True)
            number = int(group[first[begin]])
            held = tuple(Place(self._ids[name], low, high) for name, low, high in places)
            found[_group_name(number)] = Quoted(int(longest[number]), stop - begin, held)
        return found

    def quote_sizes(self) -> dict[str, int]:
        """How many passages each group of quotes has, in the order of their first ones."""
        sizes = np.bincount(self._group[self._quotes])  # groups are numbered in that order
        found = np.flatnonzero(sizes)
        return {_group_name(group): size for group, size in zip(found.tolist(), sizes[found].tolist(), strict=True)}

    def lines(self) -> Iterator[bytes]:
        """The passages as JSON, a line each, some at a time: as orjson writes the records, in a third of the time, as
        no records are made."""
        names = [orjson.dumps(name).decode() for name in self._ids]
        for first in range(0, len(self), _PIECE):
            columns = (column[first : first + _PIECE].tolist() for column in (self._group, *self._columns))
            lines = [
                f'{{"id":"p{number:07d}","group":"q{group:07d}",'
                f'"a":{names[a]},"a_start":{a_start},"a_end":{a_end},"b":{names[b]},"b_start":{b_start},"b_end":{b_end},'
                f'"words":{words},"matched":{matched},"quote":{"true" if quote else "false"}}}\n'
                for number, (group, a, a_start, a_end, b, b_start, b_end, words, matched, quote) in enumerate(
                    zip(*columns, strict=True), first + 1
                )
            ]
            yield "".join(lines).encode()

    def _some(self, first: int, end: int) -> Iterator[Passage]:
        for begin in range(first, end, _PIECE):
            yield from self._rows(np.arange(begin, min(begin + _PIECE, end)))

    def _rows(self, rows: Ints) -> Iterator[Passage]:
        ids, columns = self._ids, (column[rows].tolist() for column in (self._group, *self._columns))
        for row, group, a, start, end, b, *rest in zip(rows.tolist(), *columns, strict=True):
            yield Passage(_passage_name(row), _group_name(group), ids[a], start, end, ids[b], *rest)


def _passage_name(row: int) -> str:
    return f"p{row + 1:07d}"


def _group_name(group: int) -> str:
    return f"q{group:07d}"


def quote_groups(a: tuple[Ints, Ints], b: tuple[Ints, Ints], quotes: Mask, compiled: bool = False) -> Ints:
    """A group number (from 1) for each passage: quotes (and apart from them, copies) that share the better
    part of a span belong together. ``compiled``: by the kernels."""
    count = len(quotes)
    start, end = (np.concatenate(sides) for sides in zip(a, b, strict=True))
    order = order_of(np.concatenate([quotes] * 2).astype(np.int64), start, end - start)
    if compiled:
        from ..compiled import quote as kernels

        first = np.arange(count)
        kernels.joined(order, start, end, quotes, first)
    else:
        number = order % count
        start, end, quote = start[order], end[order], quotes[number]
        longer = np.maximum((end - start)[1:], (end - start)[:-1])
        together = (quote[1:] == quote[:-1]) & (2 * (np.minimum(end[1:], end[:-1]) - start[1:]) >= longer)
        first = _joined(count, number[1:][together], number[:-1][together])
    return np.cumsum(first == np.arange(count))[first]


def _joined(count: int, one: Ints, other: Ints) -> Ints:
    """For each of so many items the first of those that links join it to, directly or by way of others (int64)."""
    first = np.arange(count)
    while len(one):
        low, high = np.minimum(first[one], first[other]), np.maximum(first[one], first[other])
        apart = low != high
        one, other = one[apart], other[apart]
        np.minimum.at(first, high[apart], low[apart])
        while np.any(first != first[first]):
            first = first[first]
    return first


class Stories(Rows[Story]):
    """Same-story groups, and pairs of documents of which one holds a part of the other, in the order of their
    documents. ``together``: of ``stories.groups``."""

    def __init__(self, coverage: Coverage, together: Sequence[Sequence[int]], order: Order, ids: Sequence[str]) -> None:
        sizes, group = np.fromiter(map(len, together), np.int64), np.full(len(ids), _NO_GROUP)
        documents = np.fromiter(chain.from_iterable(together), np.int64)
        group[documents] = owners(sizes)
        of_a = group[coverage.a]
        inside = (of_a == group[coverage.b]) & (of_a != _NO_GROUP)
        within, parts = np.flatnonzero(inside), np.flatnonzero(coverage.related & ~inside)
        within = within[np.argsort(of_a[within], kind="stable")]
        # Documents, and rows of the coverage, of one story after another: the groups first, then the pairs.
        documents = np.concatenate([documents, np.stack([coverage.a[parts], coverage.b[parts]], axis=1).ravel()])
        sizes, rows = np.concatenate([sizes, np.full(len(parts), 2)]), np.concatenate([within, parts])
        counts = np.bincount(of_a[within], minlength=len(together))
        counts = np.concatenate([counts, np.ones(len(parts), np.int64)])
        first, first_row = offsets_of(sizes)[:-1], offsets_of(counts)[:-1]
        # No other story has the same first two documents: pairs within a group are a part of it.
        in_order = np.lexsort((documents[first + 1], documents[first]))
        sizes, counts = sizes[in_order], counts[in_order]
        self._documents, self._first = gather(documents, first[in_order], sizes), offsets_of(sizes)
        self._row, self._first_row = gather(rows, first_row[in_order], counts), offsets_of(counts)
        within_one = np.repeat(in_order < len(together), counts)
        self._relation = np.where(within_one, coverage.relations[self._row], PART)
        self._coverage, self._rank, self._ids = coverage, order.rank, ids
        super().__init__(len(in_order), self._some)

    def _some(self, first: int, end: int) -> Iterator[Story]:
        for begin, stop in pieces(self._first_row[first : end + 1], _PIECE):
            yield from self._piece(first + begin, first + stop)

    def _piece(self, first: int, end: int) -> Iterator[Story]:
        sizes, counts = (np.diff(edges[first : end + 1]).tolist() for edges in (self._first, self._first_row))
        numbers = self._documents[self._first[first] : self._first[end]]
        documents = zip(self._rank[numbers].tolist(), map(self._ids.__getitem__, numbers.tolist()), strict=True)
        pairs = self._pairs(first, end)
        for number, (size, count) in enumerate(zip(sizes, counts, strict=True), first + 1):
            named = list(islice(documents, size))
            _, keeper = min(named)
            yield Story(f"s{number:06d}", keeper, tuple(name for _, name in named), tuple(islice(pairs, count)))

    def _pairs(self, first: int, end: int) -> Iterator[StoryPair]:
        """The pairs of some stories, one after another."""
        part = slice(self._first_row[first], self._first_row[end])
        rows, ids, found = self._row[part], self._ids, self._coverage
        shares = all_rounded(np.stack([found.a_covered[rows], found.b_covered[rows]], axis=1))
        columns = (column.tolist() for column in (found.a[rows], found.b[rows], shares, self._relation[part]))
        for a, b, (a_covered, b_covered), relation in zip(*columns, strict=True):
            yield StoryPair(ids[a], ids[b], a_covered, b_covered, STORY_RELATIONS[relation])
