"""Columns and verdicts to records: removals, clusters, passages, stories and what became of each document."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from .choose import Order, Verdict
from .columns import Ints, Mask, distinct
from .corpus import Corpus
from .cuts import Cut
from .framing import framed
from .model import CATEGORIES, Cluster, Member, Passage, Place, Reason, Removal, Story, StoryPair, StoryRelation
from .passages import Alignments
from .quotes import separate
from .repeats import adding
from .spans import removal_spans
from .stories import Coverage, groups
from .table import CONTENT, Table

REPEAT = CATEGORIES.index("repeat")
_Part = tuple[int, int, int | Cut]
"""What goes: start, end, and the row of the table or the sentence cut out."""
_Taken = tuple[str, str, int, int, str]
"""The first fields of a removal: id, document, start, end, text."""


@dataclass(frozen=True, slots=True)
class Keeper:
    """The copy that a removed paragraph was verified against."""

    document: int
    start: int
    end: int
    reason: Reason
    covered: float
    resemblance: float
    containment: float
    cluster: str | None


def rounded(value: float) -> float:
    """Shares are written with four digits."""
    return round(float(value), 4)


# ---- clusters ---------------------------------------------------------------------------------------


def clusters(corpus: Corpus, verdicts: Sequence[Verdict], order: Order) -> tuple[list[Cluster], dict[int, str]]:
    """Stars around the copies that stay, sorted by the keeper's place; and the cluster of every paragraph
    (number in the corpus) that is a member."""
    stars: dict[int, list[Verdict]] = defaultdict(list)
    for verdict in verdicts:
        if not verdict.repeat:
            stars[verdict.main].append(verdict)
    found: list[Cluster] = []
    names: dict[int, str] = {}
    for number, main in enumerate(sorted(stars), 1):
        name = f"c{number:06d}"
        members = sorted(stars[main], key=lambda verdict: verdict.paragraph)
        names.update((verdict.paragraph, name) for verdict in members)
        keeper = _place(corpus, main, main)
        others = [int(corpus.paragraphs.document[verdict.paragraph]) for verdict in members]
        rival = min(others, key=lambda document: int(order.rank[document]))
        why = order.why(int(corpus.paragraphs.document[main]), rival)
        found.append(Cluster(name, keeper, why, tuple(_member(corpus, verdict) for verdict in members)))
    return found, names


def _place(corpus: Corpus, first: int, last: int) -> Place:
    document, start, end = corpus.place(first, last)
    return Place(corpus.ids[document], start, end)


def _member(corpus: Corpus, verdict: Verdict) -> Member:
    place = _place(corpus, verdict.paragraph, verdict.paragraph)
    return Member(
        place.document, place.start, place.end, rounded(verdict.covered), rounded(verdict.resemblance),
        rounded(verdict.containment), verdict.relation, "removed" if verdict.removed else "kept", verdict.why,
    )  # fmt: skip


# ---- removals ---------------------------------------------------------------------------------------


def keepers(
    table: Table, corpus: Corpus | None, rows: Ints, verdicts: Sequence[Verdict], names: dict[int, str]
) -> dict[int, Keeper]:
    """For every row of the table that goes as a copy, the copy that stays.

    ``rows``: the table's row of each paragraph of the corpus. Copies next to one another, which the cleaner
    found, are given the copy that its own first copy was given, should that one go too.
    """
    found: dict[int, Keeper] = {}
    for verdict in verdicts:
        if verdict.removed and corpus is not None:
            document, start, end = corpus.place(verdict.first, verdict.last)
            found[int(rows[verdict.paragraph])] = Keeper(
                document, start, end, "repeat" if verdict.repeat else "duplicate", rounded(verdict.covered),
                rounded(verdict.resemblance), rounded(verdict.containment), names.get(verdict.paragraph),
            )  # fmt: skip
    owner = table.document
    for row in np.flatnonzero(table.category == REPEAT).tolist():
        first = _first_copy(table, row, int(table.paragraphs[owner[row]]))
        if first is None:
            continue
        if first in found:
            found[row] = replace(found[first], reason="repeat", cluster=None)
        elif table.category[first] == CONTENT:
            place = int(owner[row]), int(table.start[first]), int(table.end[first])
            found[row] = Keeper(*place, "repeat", 1.0, 1.0, 1.0, None)
    return found


def _first_copy(table: Table, row: int, start: int) -> int | None:
    """The nearest earlier paragraph of the same document with the same words that was not a repeat itself."""
    words = table.hash[table.tokens[row] : table.tokens[row + 1]]
    for earlier in range(row - 1, start - 1, -1):
        others = table.hash[table.tokens[earlier] : table.tokens[earlier + 1]]
        if len(words) and table.category[earlier] != REPEAT and np.array_equal(words, others):
            return earlier
    return None


def removals(
    table: Table, found: dict[int, Keeper], cuts: Sequence[Cut], ids: Sequence[str], text_of: Callable[[int], str]
) -> Iterator[Removal]:
    """Every span that goes, in order of document and start: whole paragraphs, and sentences cut out of others."""
    gone = table.category != CONTENT
    gone[list(found)] = True
    cuts_of: dict[int, list[Cut]] = defaultdict(list)
    for cut in cuts:
        cuts_of[cut.document].append(cut)
    number = 0
    for document in sorted({*distinct(table.document[gone]).tolist(), *cuts_of}):
        text = text_of(document)
        parts: list[_Part] = [*_whole_parts(table, document, text, gone), *_cut_parts(cuts_of.get(document, ()))]
        parts.sort(key=lambda part: part[0])
        for start, end, what in parts:
            number += 1
            place = f"r{number:07d}", ids[document], start, end, text[start:end]
            if isinstance(what, Cut):
                yield _cut_removal(place, what, ids)
            else:
                yield _removal(place, table, what, found.get(what), ids)


def _whole_parts(table: Table, document: int, text: str, gone: Mask) -> Iterator[_Part]:
    """The spans of the paragraphs of a document that go whole, with their rows."""
    rows = slice(int(table.paragraphs[document]), int(table.paragraphs[document + 1]))
    paragraphs = list(zip(table.start[rows].tolist(), table.end[rows].tolist(), strict=True))
    spans = removal_spans(text, paragraphs, gone[rows].tolist())
    for (start, end), row in zip(spans, (np.flatnonzero(gone[rows]) + rows.start).tolist(), strict=True):
        yield start, end, row


def _cut_parts(cuts: Sequence[Cut]) -> Iterator[_Part]:
    return ((cut.start, cut.end, cut) for cut in cuts)


def _cut_removal(place: _Taken, cut: Cut, ids: Sequence[str]) -> Removal:
    document, start, end = cut.keeper
    return Removal(*place, "passage", keeper=Place(ids[document], start, end), covered=1.0, words=cut.words)


def _removal(place: _Taken, table: Table, row: int, keeper: Keeper | None, ids: Sequence[str]) -> Removal:
    words = int(table.tokens[row + 1] - table.tokens[row])
    category = rule = confidence = None
    if table.category[row] != CONTENT:
        category, rule = CATEGORIES[table.category[row]], table.rules[table.rule[row]]
        confidence = rounded(table.confidence[row])
    if keeper is None:
        return Removal(*place, "boilerplate", category, confidence, rule, words=words)
    if keeper.reason == "repeat" and not category:
        category = "repeat"
    return Removal(
        *place, keeper.reason, category, confidence, rule, Place(ids[keeper.document], keeper.start, keeper.end),
        keeper.covered, keeper.resemblance, keeper.containment, keeper.cluster, words,
    )  # fmt: skip


# ---- passages and stories ---------------------------------------------------------------------------


def quotes_apart(corpus: Corpus, found: Alignments, coverage: Coverage) -> tuple[Alignments, Mask]:
    """Passages in order of document and start, quotes cut apart from copies, and which of them are quotes."""
    count = len(corpus.ids)
    same = coverage.a[coverage.same] * count + coverage.b[coverage.same]
    return separate(corpus, found, np.isin(found.a * count + found.b, same))


def passages(corpus: Corpus, found: Alignments, quotes: Mask) -> list[Passage]:
    """Passages with their spans in characters, grouped by quote, but none that only repeats what others of the same
    documents show. ``found``, ``quotes``: of ``quotes_apart``."""
    if not len(found):
        return []
    spans = _spans(found.runs.a, found), _spans(found.runs.b, found)
    which = np.flatnonzero(adding((found.a, found.b), *spans, found.matched))
    spans = (spans[0][0][which], spans[0][1][which]), (spans[1][0][which], spans[1][1][which])
    quotes = quotes[which]
    words = np.minimum(*(end - start for start, end in spans)).tolist()
    (a_start, a_end), (b_start, b_end) = ((start.tolist(), end.tolist()) for start, end in framed(corpus, *spans))
    columns = zip(
        _quote_groups(*spans, quotes), found.a[which].tolist(), a_start, a_end, found.b[which].tolist(), b_start, b_end,
        words, found.matched[which].tolist(), quotes.tolist(), strict=True,
    )  # fmt: skip
    ids = corpus.ids
    return [
        Passage(f"p{number:07d}", f"q{group:07d}", ids[a], a_start, a_end, ids[b], b_start, b_end, *rest)
        for number, (group, a, a_start, a_end, b, b_start, b_end, *rest) in enumerate(columns, 1)
    ]


def _spans(place: Ints, found: Alignments) -> tuple[Ints, Ints]:
    """First tokens of passages on one side, and the ends. ``place``: where their runs lie."""
    last = found.first[1:] - 1
    return place[found.first[:-1]], place[last] + found.runs.length[last]


def _quote_groups(a: tuple[Ints, Ints], b: tuple[Ints, Ints], quotes: Mask) -> list[int]:
    """A group number (from 1) for each passage: quotes (and apart from them, copies) that share the better
    part of a span belong together."""
    count = len(quotes)
    parent = list(range(count))

    def root(item: int) -> int:
        while parent[item] != item:
            parent[item] = parent[parent[item]]
            item = parent[item]
        return item

    start, end = (np.concatenate(sides) for sides in zip(a, b, strict=True))
    number, quote = np.concatenate([np.arange(count)] * 2), np.concatenate([quotes] * 2)
    order = np.lexsort((number, end, start, quote))
    start, end, number, quote = start[order], end[order], number[order], quote[order]
    longer = np.maximum((end - start)[1:], (end - start)[:-1])
    together = (quote[1:] == quote[:-1]) & (2 * (np.minimum(end[1:], end[:-1]) - start[1:]) >= longer)
    for item, previous in zip(number[1:][together].tolist(), number[:-1][together].tolist(), strict=True):
        parent[root(item)] = root(previous)
    numbers: dict[int, int] = {}
    return [numbers.setdefault(root(item), len(numbers) + 1) for item in range(count)]


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
