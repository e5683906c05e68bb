"""Figures summed over the documents and removals of a run, and the few of them that a report shows."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby
from operator import attrgetter
from typing import TypeVar

from ..decisions.log import line_key
from ..model import DocumentRecord, Grounds, Reason, Removal
from ..output.manifest import Records
from .figures import Example, Figure, RuleFigure, SiteFigure
from .model import NO_SITE, Limits, Span
from .top import Top

K = TypeVar("K")
_EARLIEST, _LATEST = "1500", "2199"
"""Years between which a date can be that of a text that was printed."""


def load() -> None:
    """Load what writes a run, in a process that has nothing to do yet."""
    from ..output import writing  # noqa: F401


@dataclass(slots=True)
class _Site:
    documents: int = 0
    dropped: int = 0
    words: int = 0
    removed: int = 0


@dataclass(slots=True)
class Day:
    """The documents of one date."""

    documents: int = 0
    words: int = 0
    copies: int = 0


@dataclass(slots=True)
class Corpus:
    """What is gathered from ``documents.jsonl``."""

    names: dict[str, DocumentRecord] = field(default_factory=dict)
    """The records asked for."""
    top: list[DocumentRecord] = field(default_factory=list)
    """Those with most words removed."""
    skipped: list[DocumentRecord] = field(default_factory=list)
    by_site: dict[str, _Site] = field(default_factory=lambda: defaultdict(_Site))
    site_of: dict[str, str] = field(default_factory=dict)
    """Sites of the first documents, for the table of who repeats whom."""
    days: dict[str, Day] = field(default_factory=lambda: defaultdict(Day))
    """By the first ten characters of an ISO date."""
    undated: int = 0

    def add(self, record: DocumentRecord, removed: int, limits: Limits) -> None:
        """Count one document that was read; ``removed``: its words that were."""
        name = record.site or NO_SITE
        site = self.by_site[name]
        site.documents += 1
        site.dropped += record.status == "dropped"
        site.words += record.words
        site.removed += removed
        if len(self.site_of) < limits.located:
            self.site_of[record.id] = name
        date = record.date or ""
        if not _EARLIEST <= date[:4] <= _LATEST or not date[:4].isdecimal():
            self.undated += 1
            return
        day = self.days[date[:10]]
        day.documents += 1
        day.words += record.words
        day.copies += record.words_removed.get("duplicate", 0)

    def sites(self, limits: Limits) -> tuple[SiteFigure, ...]:
        """The sites with most words removed."""
        largest: Top[SiteFigure] = Top(limits.sites)
        for name, site in self.by_site.items():
            figure = SiteFigure(name, site.documents, site.dropped, site.words, site.removed)
            largest.add((site.removed, site.words), figure)
        return tuple(largest.best())


def read_documents(records: Records, limits: Sequence[Limits]) -> list[Corpus]:
    """Sum up the documents for each of the limits; hold those with most removed, and the first that were skipped."""
    corpora = [Corpus() for _ in limits]
    tops: list[Top[DocumentRecord]] = [Top(each.documents) for each in limits]
    for record in map(_light, records.documents()):
        removed = sum(record.words_removed.values())
        for corpus, top, each in zip(corpora, tops, limits, strict=True):
            if record.status == "skipped":
                if len(corpus.skipped) < each.skipped:
                    corpus.skipped.append(record)
                continue
            top.add((removed,), record)
            corpus.add(record, removed, each)
    for corpus, top in zip(corpora, tops, strict=True):
        corpus.top = top.best()
    return corpora


def add_names(records: Records, corpora: Sequence[Corpus], wanted: Sequence[Container[str]]) -> None:
    """Read the documents again; each corpus gets the records that are wanted of it."""
    for record in map(_light, records.documents()):
        for corpus, names in zip(corpora, wanted, strict=True):
            if record.id in names:
                corpus.names[record.id] = record


def _light(record: DocumentRecord) -> DocumentRecord:
    """Without what is for restore alone and may be as long as the document was."""
    return record if record.record is None else replace(record, record=None)


_Spot = tuple[str, int]
"""Document and start of a removal, by which removals are sorted."""


@dataclass(slots=True)
class _Tally:
    first: _Spot
    removals: int = 0
    words: int = 0
    examples: dict[str, tuple[_Spot, Example]] = field(default_factory=dict)
    """By text: the first removals of different texts."""
    sites: Counter[str] = field(default_factory=Counter)

    def add(self, other: _Tally, most: int) -> None:
        """Take in what was counted of other documents. ``most``: the examples wanted."""
        self.first = min(self.first, other.first)
        self.removals += other.removals
        self.words += other.words
        self.sites.update(other.sites)
        if len(self.examples) >= most and other.first > max(found[0] for found in self.examples.values()):
            return  # of what comes later none is shown
        for text, found in other.examples.items():
            if text not in self.examples or found[0] < self.examples[text][0]:
                self.examples[text] = found
        self.examples = dict(sorted(self.examples.items(), key=lambda item: item[1][0])[:most])


@dataclass(slots=True)
class Removals:
    """What is gathered from ``removals.jsonl``."""

    by_category: dict[tuple[Reason, str | None], _Tally] = field(default_factory=dict)
    by_rule: dict[tuple[str, str], _Tally] = field(default_factory=dict)
    per_document: Counter[str] = field(default_factory=Counter)
    cluster_words: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    spans: dict[str, list[Span]] = field(default_factory=dict)
    between: Counter[tuple[str, str]] = field(default_factory=Counter)
    """Words of copies by the site they were removed from and the site that keeps them."""

    def figures(self) -> tuple[Figure, ...]:
        """By reason and category, most words first in each reason."""
        figures = [Figure(*key, tally.removals, tally.words) for key, tally in self.by_category.items()]
        return tuple(sorted(figures, key=lambda f: (f.reason, -f.words, -f.removals, f.category or "")))

    def rules(self, limits: Limits) -> tuple[RuleFigure, ...]:
        """The rules that removed most, category by category."""
        largest: Top[RuleFigure] = Top(limits.rules)
        for (category, rule), tally in sorted(self.by_rule.items(), key=lambda item: item[1].first):
            sites = tuple(sorted(tally.sites.items(), key=lambda item: (-item[1], item[0]))[:8])
            examples = tuple(example for _, example in tally.examples.values())
            figure = RuleFigure(category, rule, tally.removals, tally.words, examples, sites)
            largest.add((tally.removals,), figure)
        return tuple(sorted(largest.best(), key=lambda r: (r.category, -r.removals, r.rule)))

    def add(self, other: Removals, wanted: Wanted) -> None:
        """Take in what was gathered of other documents."""
        limits = wanted.limits
        _add_tallies(self.by_category, other.by_category, limits)
        _add_tallies(self.by_rule, other.by_rule, limits)
        for name, words in other.cluster_words.items():
            if name in wanted.clusters:
                self.cluster_words[name] += words
        self.between.update(other.between)
        for name in filter(wanted.shows, other.spans):
            self.spans[name], self.per_document[name] = other.spans[name], other.per_document[name]


def _add_tallies(mine: dict[K, _Tally], more: dict[K, _Tally], limits: Limits) -> None:
    for key, tally in more.items():
        if key in mine:
            mine[key].add(tally, limits.examples)
        else:
            mine[key] = tally


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a report shows of the removals: the spans of some documents (None: of all), the words of some clusters, the
    sites of documents, and what the trained model saw of some of their lines."""

    shown: frozenset[str] | None
    clusters: frozenset[str]
    site_of: Mapping[str, str]
    grounds: Mapping[str, Sequence[Grounds]]
    limits: Limits

    def shows(self, document: str) -> bool:
        """Whether the spans of a document are wanted."""
        return self.shown is None or document in self.shown

    def gathered(self, removals: Iterable[Removal]) -> Removals:
        """What is wanted of some removals, and the words of all their clusters."""
        return _gathered(removals, self)

    def only(self, documents: Iterable[str]) -> Wanted:
        """The same, for removals that name no other documents."""
        names = list(documents)
        sites = {name: self.site_of[name] for name in names if name in self.site_of}
        grounds = {name: self.grounds[name] for name in names if name in self.grounds}
        return Wanted(frozenset(filter(self.shows, names)), frozenset(), sites, grounds, self.limits)


def read_removals(records: Records, wanted: Callable[[], Wanted], meanwhile: Callable[[], None]) -> Removals:
    """Sum up the removals, and hold what is wanted of them: known for good once ``meanwhile`` is done."""
    read = Removals()
    for part in records.of_removals(wanted, meanwhile):
        read.add(part, wanted())
    return read


def _gathered(removals: Iterable[Removal], wanted: Wanted) -> Removals:
    read = Removals()
    for name, own in groupby(removals, key=attrgetter("document")):
        _add_document(read, name, own, wanted)
    return read


def _add_document(read: Removals, name: str, removals: Iterable[Removal], wanted: Wanted) -> None:
    """Take in the removals of one document."""
    site, copied, count = wanted.site_of.get(name), Counter[str](), 0
    spans: list[Span] = []
    room = wanted.limits.spans if wanted.shows(name) else 0
    for count, removal in enumerate(removals, 1):
        tally = _of(read.by_category, (removal.reason, removal.category), removal)
        tally.removals += 1
        tally.words += removal.words
        if removal.reason == "boilerplate":
            _add_rule(read, removal, site or NO_SITE, wanted)
        elif removal.reason == "duplicate" and removal.keeper:
            copied[removal.keeper.document] += removal.words
        if removal.cluster is not None:
            read.cluster_words[removal.cluster] += removal.words
        if count <= room:
            spans.append(_span(removal))
    if wanted.shows(name):
        read.spans[name], read.per_document[name] = spans, count
    for keeper, words in copied.items():
        there = wanted.site_of.get(keeper)
        if site is not None and there is not None:
            read.between[site, there] += words


def _of(tallies: dict[K, _Tally], key: K, removal: Removal) -> _Tally:
    tally = tallies.get(key)
    if tally is None:
        tally = tallies[key] = _Tally((removal.document, removal.start))
    return tally


def _span(removal: Removal) -> Span:
    """Without the text, which is cut out of the document later."""
    return Span(
        removal.start, removal.end, removal.reason, removal.category, removal.rule, removal.keeper, removal.cluster,
        removal.id, removal.confidence,
    )  # fmt: skip


def _add_rule(read: Removals, removal: Removal, site: str, wanted: Wanted) -> None:
    tally = _of(read.by_rule, (removal.category or "other", removal.rule or "(no rule)"), removal)
    tally.removals += 1
    tally.words += removal.words
    tally.sites[site] += 1
    if len(tally.examples) < wanted.limits.examples:
        text = " ".join(removal.text[:1000].split())[:200]
        if text not in tally.examples:
            told = next((g.reasons for g in wanted.grounds.get(removal.document, ()) if _is_of(g, removal)), ())
            example = Example(text, removal.document, line_key(removal.text), removal.confidence, told)
            tally.examples[text] = (removal.document, removal.start), example


def _is_of(grounds: Grounds, removal: Removal) -> bool:
    return grounds.start < removal.end and removal.start < grounds.end
