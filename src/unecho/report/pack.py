"""The findings of a report as the page takes them: a few tables, and the texts in pieces, each compressed.

The page unpacks a table when its view is opened and a piece when one of its documents is looked at. Rows are
lists without names; ``page/store.js`` knows their columns. Offsets are characters, as everywhere.
"""

from __future__ import annotations

import base64
import zlib
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from itertools import chain, islice
from typing import Any

import orjson

from ..base.engine import Workers, batches
from ..decisions.log import line_key
from ..explaining.because import because, rules_of
from ..model import DocumentRecord, Place
from .figures import RuleFigure
from .judge import kind_of
from .model import KIND_NAMES, DocumentFinding, Finding, Held, Quote, Report, Span, StoryFinding
from .pick import cluster_places
from .texts import Spot, beginning

_PIECE = 300_000
"""Characters of a piece of texts: some milliseconds to unpack."""
_LEAD = 140
_REASONS = ("boilerplate", "duplicate", "repeat", "passage")
_KINDS = tuple(KIND_NAMES)
_EMPTY = Held((), False)

Row = list[Any]
_Packed = tuple[str, Callable[[], str]]


def packed(value: Any) -> str:
    """``value`` as JSON, deflated, in base64: nothing in it can be mistaken for markup."""
    try:
        data = orjson.dumps(value)
    except orjson.JSONEncodeError:  # a lone surrogate, which UTF-8 does not have
        data = orjson.dumps(_encodable(value))
    press = zlib.compressobj(6, zlib.DEFLATED, -15)
    return base64.b64encode(press.compress(data) + press.flush()).decode("ascii")


def _encodable(value: Any) -> Any:
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode("utf-8")
    return [_encodable(item) for item in value] if isinstance(value, list | tuple) else value


@contextmanager
def parts(report: Report, workers: Workers) -> Iterator[Iterator[tuple[str, str]]]:
    """(name, packed content) of every part of the page's data, some of which may be packed yet when they are asked for:
    the rest of the page can be made meanwhile."""
    table, findings, texts = _Table(report), list[_Packed](), list[_Packed]()
    with _packer(workers.count) as pack:

        def others() -> None:
            findings.extend((name, pack(value)) for name, value in _findings(table))
            texts.extend((name, pack(value)) for name, value in _texts(table))

        keys = [(name, pack(value)) for name, value in _keys(report, workers, others)]
        rules = "boilerplate", pack(list(map(table.rule, report.rules)))
        yield ((name, result()) for name, result in (*findings, *keys, rules, *texts))


@contextmanager
def _packer(workers: int) -> Iterator[Callable[[Any], Callable[[], str]]]:
    """``packed``, in threads if there are several workers, as to compress needs no lock; gives what waits for it."""
    if workers == 1:
        yield lambda value: partial(str, packed(value))
    else:
        with ThreadPoolExecutor(workers) as pool:
            yield lambda value: pool.submit(packed, value).result


def _keys(report: Report, workers: Workers, meanwhile: Callable[[], None]) -> Iterator[tuple[str, Any]]:
    """By what decisions name the texts of the findings; empty where a text is not held whole."""
    groups = [*cluster_places(report.clusters), *(quote.places for quote in report.quotes)]
    texts = [_whole(report, place) for group in groups for place in group]
    different = list(dict.fromkeys(texts))  # of copies, many are the same to the letter
    made = chain.from_iterable(workers.map(_line_keys, batches(different, len), meanwhile))
    key = dict(zip(different, made, strict=True))
    keys = map(key.__getitem__, texts)
    found = [list(islice(keys, len(group))) for group in groups]
    clusters = len(report.clusters)
    yield "keys", [[keeper, members] for keeper, *members in found[:clusters]]
    yield "quote-keys", found[clusters:]


def _whole(report: Report, place: Spot) -> str:
    text = report.texts.get(place.document, _EMPTY).cut(place.start, place.end)
    return text if len(text) == place.end - place.start else ""


def _line_keys(texts: Sequence[str]) -> list[str]:
    return [line_key(text) if text else "" for text in texts]


def _findings(table: _Table) -> Iterator[tuple[str, Any]]:
    """The tables of the findings."""
    report = table.report
    yield "clusters", [table.cluster(finding) for finding in report.clusters]
    yield "quotes", [table.quote(quote) for quote in report.quotes]
    yield "stories", [table.story(finding) for finding in report.stories]


def _texts(table: _Table) -> Iterator[tuple[str, Any]]:
    """The documents and what is held of their texts, in pieces."""
    report = table.report
    rows: list[Row] = [[] for _ in table.findings]
    piece: list[Row] = []
    size, number = 0, 0
    for place in _side_by_side(report):
        finding = table.findings[place]
        held = report.texts.get(finding.record.id, _EMPTY)
        rows[place] = [*_document(finding, held), number, len(piece)]
        piece.append([held.windows, held.whole, [table.span(span) for span in finding.spans]])
        size += 60 * len(finding.spans) + sum(len(text) for _, text in held.windows)
        if size > _PIECE:
            yield f"texts-{number}", piece
            piece, size, number = [], 0, number + 1
    yield f"texts-{number}", piece
    yield "documents", rows


def _side_by_side(report: Report) -> list[int]:
    """The documents in an order in which those that print the same text are neighbours, as they then pack better."""
    group: dict[str, int] = {}
    for story in report.stories:
        for name in story.story.documents:
            group.setdefault(name, len(group))
    for finding in report.clusters:
        first = group.setdefault(finding.cluster.keeper.document, len(group))
        for member in finding.cluster.members:
            group.setdefault(member.document, first)
    last = len(group)
    names = [finding.record.id for finding in report.documents]
    return sorted(range(len(names)), key=lambda number: (group.get(names[number], last), number))


class _Table:
    """Makes the rows; documents are named by their number in the page, or by their id where it has them not."""

    def __init__(self, report: Report) -> None:
        self.report = report
        self.findings = report.documents
        self._rules = rules_of(report.settings)
        self._number = {finding.record.id: number for number, finding in enumerate(self.findings)}

    def _place(self, place: Spot) -> Row:
        return [self._number.get(place.document, place.document), place.start, place.end]

    def _lead(self, place: Place) -> str:
        return " ".join(self.report.text(place)[: 3 * _LEAD].split())[:_LEAD]

    def cluster(self, finding: Finding) -> Row:
        """Of the clusters' table."""
        cluster = finding.cluster
        figures = [finding.copies, finding.removed, finding.similar, finding.words, round(finding.doubt, 3)]
        members = [
            [
                *self._place(member),
                member.covered, member.resemblance, member.containment,
                _KINDS.index(kind_of(member, self.report.threshold)), member.why,
            ]
            for member in cluster.members
        ]  # fmt: skip
        kinds = sorted(_KINDS.index(kind) for kind in finding.kinds)
        lead = self._lead(cluster.keeper)
        return [cluster.id, self._place(cluster.keeper), cluster.why_kept, *figures, kinds, lead, members]

    def quote(self, quote: Quote) -> Row:
        """Of the quotes' table."""
        places = [self._place(place) for place in quote.places]
        return [quote.group, quote.words, quote.documents, self._lead(quote.places[0]), places]

    def story(self, finding: StoryFinding) -> Row:
        """Of the stories' table."""
        story = finding.story
        pairs = [
            [self._number.get(p.a, p.a), self._number.get(p.b, p.b), p.a_covered, p.b_covered, p.relation]
            for p in story.pairs
        ]
        documents = [self._number.get(name, name) for name in story.documents]
        keeper = self._number.get(story.keeper, story.keeper)
        return [story.id, keeper, finding.documents, finding.pairs, documents, pairs]

    def rule(self, rule: RuleFigure) -> Row:
        """Of the boilerplate's table."""
        examples = [
            [
                example.text, self._number.get(example.document, example.document), example.key,
                _percent(example.confidence), example.reasons,
            ]
            for example in rule.examples
        ]  # fmt: skip
        sites = [list(site) for site in rule.sites]
        why = because(rule.rule, self._rules)
        return [rule.category, rule.rule, rule.removals, rule.words, examples, sites, why]

    def span(self, span: Span) -> Row:
        """A removal in its document's text."""
        sure = _percent(span.confidence)
        row = [span.start, span.end, _REASONS.index(span.reason), span.category, span.rule, sure]
        return [*row, self._place(span.keeper), span.cluster] if span.keeper else row


def _percent(confidence: float | None) -> int | None:
    """In whole hundredths, rounded down: what is not certain is not said to be."""
    return None if confidence is None else int(100 * confidence + 1e-6)


def _document(finding: DocumentFinding, held: Held) -> Row:
    record = finding.record
    return [
        record.id, record.title or "", record.site or "", record.date or "", record.words,
        [record.words_removed.get(reason, 0) for reason in _REASONS], record.status, record.reason or "",
        record.url or "", record.language or "", _output(record), finding.removals,
        "" if record.title else beginning(held, finding.spans),
    ]  # fmt: skip


def _output(record: DocumentRecord) -> str:
    return record.output or "" if record.status in ("kept", "trimmed") else ""
