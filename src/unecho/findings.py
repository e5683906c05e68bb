"""Columns and verdicts to records: removals, clusters, passages, stories and what became of each document."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .choose import RELATIONS, Order, Verdicts
from .columns import Ints, Mask, edges_of, is_large, offsets_of, owners
from .corpus import Corpus, Paragraphs
from .cuts import Cut
from .framing import framed
from .model import CATEGORIES, Cluster, Member, Passage, Place, Reason, Removal, Story, StoryPair, StoryRelation
from .passages import Alignments
from .quotes import separate
from .repeats import adding
from .rows import Rows
from .spans import removal_spans
from .stories import Coverage, groups
from .table import CONTENT, Table

REPEAT = CATEGORIES.index("repeat")
NO_KEEPER = -1
REASONS: tuple[Reason, ...] = ("boilerplate", "duplicate", "repeat", "passage")
_PIECE = 4096
"""Records that are made of columns at a time."""


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


_Part = tuple[int, int, int | Cut]
"""What goes: start, end, and the row of the table or the sentence cut out."""
_Taken = tuple[str, str, int, int, str]
"""The first fields of a removal: id, document, start, end, text."""


def rounded(value: float) -> float:
    """Shares are written with four digits."""
    return round(float(value), 4)


def cluster_name(number: int) -> str:
    """The id of a cluster."""
    return f"c{number:06d}"


# ---- clusters ---------------------------------------------------------------------------------------


class Stars:
    """Clusters in columns: stars around the copies that stay, sorted by the keeper's place."""

    def __init__(self, corpus: Corpus, verdicts: Verdicts, order: Order) -> None:
        self._ids, self._paragraphs, self._verdicts, self._order = corpus.ids, corpus.paragraphs, verdicts, order
        rows = np.flatnonzero(~verdicts.repeat)
        place = verdicts.place[rows]
        in_order = np.lexsort((place[:, 0], place[:, 1]))
        self._rows = rows[in_order]
        self._first = edges_of(place[in_order, 1]) if len(rows) else np.zeros(1, np.int64)

    @property
    def clusters(self) -> Rows[Cluster]:
        """The clusters as records."""
        return Rows(len(self._first) - 1, self._some)

    @property
    def number(self) -> Ints:
        """For every paragraph of the corpus the number (from 1) of the cluster of which it is a member, or 0."""
        found = np.zeros(len(self._paragraphs), np.int64)
        found[self._verdicts.place[self._rows, 0]] = owners(np.diff(self._first)) + 1
        return found

    def _some(self, first: int, end: int) -> Iterator[Cluster]:
        for begin in range(first, end, _PIECE):
            yield from self._piece(begin, min(begin + _PIECE, end))

    def _piece(self, first: int, end: int) -> Iterator[Cluster]:
        order, ids = self._order, self._ids
        rows = self._rows[self._first[first] : self._first[end]]
        members = zip(rows.tolist(), *_members(self._verdicts, self._paragraphs, rows), strict=True)
        mains = self._verdicts.place[self._rows[self._first[first:end]], 1]
        counts = np.diff(self._first[first : end + 1]).tolist()
        columns = zip(*_spots(self._paragraphs, mains), counts, strict=True)
        for number, (keeper, start, stop, count) in enumerate(columns, first + 1):
            part = list(islice(members, count))
            rival = min((member[1] for member in part), key=order.rank.__getitem__)
            found = tuple(map(self._member, part))
            yield Cluster(cluster_name(number), Place(ids[keeper], start, stop), order.why(keeper, rival), found)

    def _member(self, columns: tuple[Any, ...]) -> Member:
        row, document, start, end, (covered, resemblance, containment), relation, removed = columns
        return Member(
            self._ids[document], start, end, round(covered, 4), round(resemblance, 4), round(containment, 4), relation,
            "removed" if removed else "kept", self._verdicts.why(row, relation, covered, removed),
        )  # fmt: skip


def _members(verdicts: Verdicts, paragraphs: Paragraphs, rows: Ints) -> tuple[Iterable[Any], ...]:
    """Document, start, end, scores, relation and whether it goes, for some verdicts."""
    relations = map(RELATIONS.__getitem__, verdicts.labels[rows, 0].tolist())
    removed = (verdicts.labels[rows, 1] != 0).tolist()
    return *_spots(paragraphs, verdicts.place[rows, 0]), verdicts.scores[rows].tolist(), relations, removed


def _spots(paragraphs: Paragraphs, rows: Ints) -> tuple[list[int], list[int], list[int]]:
    """Documents, starts and ends of some paragraphs."""
    return paragraphs.document[rows].tolist(), paragraphs.start[rows].tolist(), paragraphs.end[rows].tolist()


# ---- removals ---------------------------------------------------------------------------------------


def keepers(table: Table, paragraphs: Paragraphs | None, rows: Ints, verdicts: Verdicts, cluster: Ints) -> Keepers:
    """For every row of the table that goes as a copy, the copy that stays.

    ``paragraphs``: of the corpus; ``rows``: the table's row of each; ``cluster``: the number of its cluster. Copies
    next to one another, which the cleaner found, are given the copy that its own first copy was given, should that
    one go too.
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
    return _with_repeats(table, found)


def _with_repeats(table: Table, found: Keepers) -> Keepers:
    """With those of the copies next to one another."""
    repeats = np.flatnonzero(table.category == REPEAT).tolist()
    if not repeats:
        return found
    owner, of_row, known = table.document, found.of_row, len(found.row)
    columns = found.document.tolist(), found.start.tolist(), found.end.tolist(), found.scores.tolist()
    more: list[tuple[Any, ...]] = []
    for row in repeats:
        first = _first_copy(table, row, int(table.paragraphs[owner[row]]))
        if first is None:
            continue
        place = int(of_row[first])
        if place != NO_KEEPER:
            kept = [column[place] for column in columns]
        elif table.category[first] == CONTENT:
            kept = [int(owner[row]), int(table.start[first]), int(table.end[first]), [1.0, 1.0, 1.0]]
        else:
            continue
        of_row[row] = known + len(more)
        more.append((row, *kept))
    added = np.array([row[:4] for row in more], np.int64).reshape(-1, 4)
    scores = np.array([row[4] for row in more], np.float64).reshape(-1, 3)
    reason = np.full(len(more), REASONS.index("repeat"))
    return Keepers(
        np.concatenate([found.row, added[:, 0]]), np.concatenate([found.reason, reason]),
        np.concatenate([found.document, added[:, 1]]), np.concatenate([found.start, added[:, 2]]),
        np.concatenate([found.end, added[:, 3]]), np.concatenate([found.cluster, np.zeros(len(more), np.int64)]),
        np.concatenate([found.scores, scores]), of_row,
    )  # fmt: skip


def _first_copy(table: Table, row: int, start: int) -> int | None:
    """The nearest earlier paragraph of the same document with the same words that was not a repeat itself."""
    words = table.hash[table.tokens[row] : table.tokens[row + 1]]
    for earlier in range(row - 1, start - 1, -1):
        others = table.hash[table.tokens[earlier] : table.tokens[earlier + 1]]
        if len(words) and table.category[earlier] != REPEAT and np.array_equal(words, others):
            return earlier
    return None


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

    @property
    def removals(self) -> Rows[Removal]:
        """Every span that goes, in order of document and start."""
        return Rows(int(self._first[-1]), self._some)

    def spans(self, document: int) -> list[tuple[int, int]]:
        """The spans that go of a document, in order."""
        return [part[:2] for part in self._parts(document, self._text_of(document))]

    def _some(self, first: int, end: int) -> Iterator[Removal]:
        documents = np.flatnonzero((self._first[1:] > first) & (self._first[:-1] < end) & (np.diff(self._first) > 0))
        for document in documents.tolist():
            begin = int(self._first[document])
            yield from islice(self.of_document(document), max(first - begin, 0), end - begin)

    def of_document(self, document: int) -> Iterator[Removal]:
        """The spans that go of a document, in order."""
        first = int(self._first[document]) + 1
        text, name = self._text_of(document), self._ids[document]
        for number, (start, end, what) in enumerate(self._parts(document, text), first):
            place = f"r{number:07d}", name, start, end, text[start:end]
            yield self._cut(place, what) if isinstance(what, Cut) else self._removal(place, what)

    def _parts(self, document: int, text: str) -> list[_Part]:
        parts: list[_Part] = list(_whole_parts(self._table, document, text, self.rows))
        if document in self.cuts:
            parts += ((cut.start, cut.end, cut) for cut in self.cuts[document])
            parts.sort(key=lambda part: part[0])
        return parts

    def _cut(self, place: _Taken, cut: Cut) -> Removal:
        document, start, end = cut.keeper
        return Removal(*place, "passage", keeper=Place(self._ids[document], start, end), covered=1.0, words=cut.words)

    def _removal(self, place: _Taken, row: int) -> Removal:
        table = self._table
        words = int(table.tokens[row + 1] - table.tokens[row])
        category = rule = confidence = None
        if table.category[row] != CONTENT:
            category, rule = CATEGORIES[table.category[row]], table.rules[table.rule[row]]
            confidence = rounded(table.confidence[row])
        number = int(self.keepers.of_row[row])
        if number == NO_KEEPER:
            return Removal(*place, "boilerplate", category, confidence, rule, words=words)
        found, reason = self.keepers, REASONS[self.keepers.reason[number]]
        if reason == "repeat" and not category:
            category = "repeat"
        cluster = int(found.cluster[number])
        keeper = Place(self._ids[found.document[number]], int(found.start[number]), int(found.end[number]))
        covered, resemblance, containment = found.scores[number].tolist()
        return Removal(
            *place, reason, category, confidence, rule, keeper, round(covered, 4), round(resemblance, 4),
            round(containment, 4), cluster_name(cluster) if cluster else None, words,
        )  # fmt: skip


def _whole_parts(table: Table, document: int, text: str, gone: Mask) -> Iterator[_Part]:
    """The spans of the paragraphs of a document that go whole, with their rows."""
    rows = slice(int(table.paragraphs[document]), int(table.paragraphs[document + 1]))
    paragraphs = list(zip(table.start[rows].tolist(), table.end[rows].tolist(), strict=True))
    spans = removal_spans(text, paragraphs, gone[rows].tolist())
    for (start, end), row in zip(spans, (np.flatnonzero(gone[rows]) + rows.start).tolist(), strict=True):
        yield start, end, row


# ---- passages and stories ---------------------------------------------------------------------------


def quotes_apart(corpus: Corpus, found: Alignments, coverage: Coverage) -> tuple[Alignments, Mask]:
    """Passages in order of document and start, quotes cut apart from copies, and which of them are quotes."""
    count = len(corpus.ids)
    same = coverage.a[coverage.same] * count + coverage.b[coverage.same]
    return separate(corpus, found, np.isin(found.a * count + found.b, same))


class Passages(Rows[Passage]):
    """Passages with their spans in characters, grouped by quote, but none that only repeats what others of the same
    documents show. ``found``, ``quotes``: of ``quotes_apart``."""

    def __init__(self, corpus: Corpus, found: Alignments, quotes: Mask) -> None:
        spans = _spans(found.runs.a, found), _spans(found.runs.b, found)
        compiled = is_large(len(corpus.stream.hash), None)
        which = np.flatnonzero(adding((found.a, found.b), *spans, found.matched, compiled))
        spans = (spans[0][0][which], spans[0][1][which]), (spans[1][0][which], spans[1][1][which])
        words, quotes = np.minimum(*(end - start for start, end in spans)), quotes[which]
        (a_start, a_end), (b_start, b_end) = framed(corpus, *spans)
        corpus.release()
        self._ids, self._group, self._quotes = corpus.ids, _quote_groups(*spans, quotes), quotes
        a, b, matched = found.a[which], found.b[which], found.matched[which]
        self._columns = a, a_start, a_end, b, b_start, b_end, words, matched, quotes
        super().__init__(len(which), self._some)

    def quotes(self, groups: Iterable[str]) -> Iterator[Passage]:
        """Of the passages the quotes of some groups."""
        wanted = np.isin(self._group, [int(name[1:]) for name in groups])
        return self._rows(np.flatnonzero(wanted & self._quotes))

    def _some(self, first: int, end: int) -> Iterator[Passage]:
        for begin in range(first, end, _PIECE):
            yield from self._rows(np.arange(begin, min(begin + _PIECE, end)))

    def _rows(self, rows: Ints) -> Iterator[Passage]:
        ids, columns = self._ids, (column[rows].tolist() for column in (self._group, *self._columns))
        for row, group, a, start, end, b, *rest in zip(rows.tolist(), *columns, strict=True):
            yield Passage(f"p{row + 1:07d}", f"q{group:07d}", ids[a], start, end, ids[b], *rest)


def _spans(place: Ints, found: Alignments) -> tuple[Ints, Ints]:
    """First tokens of passages on one side, and the ends. ``place``: where their runs lie."""
    last = found.first[1:] - 1
    return place[found.first[:-1]], place[last] + found.runs.length[last]


def _quote_groups(a: tuple[Ints, Ints], b: tuple[Ints, Ints], quotes: Mask) -> Ints:
    """A group number (from 1) for each passage: quotes (and apart from them, copies) that share the better
    part of a span belong together."""
    count = len(quotes)
    start, end = (np.concatenate(sides) for sides in zip(a, b, strict=True))
    number, quote = np.concatenate([np.arange(count)] * 2), np.concatenate([quotes] * 2)
    order = np.lexsort((number, end, start, quote))
    start, end, number, quote = start[order], end[order], number[order], quote[order]
    longer = np.maximum((end - start)[1:], (end - start)[:-1])
    together = (quote[1:] == quote[:-1]) & (2 * (np.minimum(end[1:], end[:-1]) - start[1:]) >= longer)
    _, group = np.unique(_joined(count, number[1:][together], number[:-1][together]), return_inverse=True)
    return group + 1


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


def stories(coverage: Coverage, order: Order, ids: Sequence[str]) -> list[Story]:
    """Same-story groups, and pairs of documents of which one holds a part of the other."""
    rows_of: dict[int, list[int]] = defaultdict(list)
    together = groups(coverage)
    group_of = {document: number for number, group in enumerate(together) for document in group}
    members: list[tuple[list[int], list[int], bool]] = []
    for row, (a, b) in enumerate(zip(coverage.a.tolist(), coverage.b.tolist(), strict=True)):
        if a in group_of and group_of[a] == group_of.get(b):
            rows_of[group_of[a]].append(row)
        elif coverage.relation(row) != "quotes":
            members.append(([a, b], [row], False))
    members += [(group, rows_of[number], True) for number, group in enumerate(together)]
    members.sort()
    return [_story(f"s{n:06d}", *member, coverage, order, ids) for n, member in enumerate(members, 1)]


def _story(
    name: str, documents: list[int], rows: list[int], together: bool, coverage: Coverage, order: Order,
    ids: Sequence[str],
) -> Story:  # fmt: skip
    """``together``: the documents are one story; else they are a pair that shares a part."""
    keeper = min(documents, key=lambda document: int(order.rank[document]))

    def relation(row: int) -> StoryRelation:
        return coverage.relation(row) if together else "partial"

    pairs = tuple(
        StoryPair(
            ids[int(coverage.a[row])], ids[int(coverage.b[row])], rounded(coverage.a_covered[row]),
            rounded(coverage.b_covered[row]), relation(row),
        )
        for row in rows
    )  # fmt: skip
    return Story(name, ids[keeper], tuple(ids[document] for document in documents), pairs)
