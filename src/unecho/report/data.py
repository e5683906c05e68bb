"""What a finished run found, read from its folder.

The files of a run may hold millions of lines. They are streamed: figures are summed, and of the findings
only those are held that a report shows (see ``Limits``). Texts are cut out in one pass at the end.
"""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Generic, TypeVar

import orjson

from ..manifest import clusters, documents, passages, read_run, removals, stories
from ..model import Cluster, DocumentRecord, Member, Place, Reason, Removal, Story
from ..wording import one_line, visible_name

T = TypeVar("T")
Texts = Mapping[str, str] | Iterable[tuple[str, str]] | Callable[[Path], Iterable[tuple[str, str]]]
"""Document ids with their texts as read: a mapping, an iterator, or a function of the run folder."""

NO_SITE = "(no site)"

REASON_NAMES: Mapping[str, str] = {
    "kept": "kept",
    "boilerplate": "boilerplate",
    "duplicate": "copies of other documents",
    "repeat": "repeats inside a document",
    "passage": "quotes cut out",
}
STATUS_NAMES: Mapping[str, str] = {
    "kept": "unchanged",
    "trimmed": "trimmed",
    "dropped": "dropped",
    "skipped": "skipped",
}
KIND_NAMES: Mapping[str, str] = {
    "exact": "exact copy, removed",
    "near": "near copy, removed",
    "contained": "part of the kept text, removed",
    "guarded": "numbers or names differ, stays",
    "similar": "only similar, stays",
}
"""What ``kind_of`` returns, in words."""


def heading(record: DocumentRecord) -> str:
    """What a person calls a document."""
    return one_line(record.title, 120) if record.title else visible_name(record.id)


@dataclass(frozen=True, slots=True)
class Limits:
    """How much a report holds and shows. The files of the run hold the rest."""

    clusters: int = 500
    members: int = 20
    """Copies shown of one cluster, and places of one quote."""
    quotes: int = 500
    stories: int = 200
    pairs: int = 20
    documents: int = 1000
    spans: int = 20
    """Removed spans shown of one document."""
    rules: int = 200
    examples: int = 20
    sites: int = 50
    skipped: int = 200
    text: int = 4000
    """Characters of one paragraph."""


@dataclass(frozen=True, slots=True)
class Totals:
    """The counts of ``run.json``."""

    documents: int = 0
    kept: int = 0
    trimmed: int = 0
    dropped: int = 0
    skipped: int = 0
    paragraphs: int = 0
    words: int = 0
    words_kept: int = 0
    words_removed: Mapping[str, int] = field(default_factory=dict)
    removals: int = 0
    clusters: int = 0
    passages: int = 0
    stories: int = 0

    @property
    def removed(self) -> int:
        """Words removed, for whatever reason."""
        return sum(self.words_removed.values())

    def share(self, words: int) -> float:
        """``words`` as a share of all words read."""
        return words / self.words if self.words else 0.0


@dataclass(frozen=True, slots=True)
class Lsh:
    """The settings of the search for candidates, and the share of pairs it is expected to find."""

    permutations: int
    bands: int
    rows: int
    expected_recall: Mapping[str, float]
    """By resemblance: {"0.5": 0.996, ...}."""


@dataclass(frozen=True, slots=True)
class Timings:
    """What the run took. Kept out of the HTML report, which is the same for the same input."""

    seconds: Mapping[str, float]
    peak_mb: float | None = None


@dataclass(frozen=True, slots=True)
class Example:
    """A text that a rule removed."""

    text: str
    document: str


@dataclass(frozen=True, slots=True)
class Figure:
    """How often something was removed, and how many words went with it."""

    reason: Reason
    category: str | None
    removals: int
    words: int


@dataclass(frozen=True, slots=True)
class RuleFigure:
    """What one rule removed, with the first different texts."""

    category: str
    rule: str
    removals: int
    words: int
    examples: tuple[Example, ...]


@dataclass(frozen=True, slots=True)
class SiteFigure:
    """What became of one site's documents."""

    site: str
    documents: int
    dropped: int
    words: int
    removed: int


@dataclass(frozen=True, slots=True)
class Finding:
    """A cluster as shown: ``cluster`` holds the most doubtful members only, the figures count all."""

    cluster: Cluster
    copies: int
    """Members and the copy that stays."""
    removed: int
    similar: int
    """Members that were reported and stay."""
    words: int
    """Words removed."""
    doubt: float
    """0 (an exact copy) to 1 (at the threshold, or held back by a guard)."""
    kinds: frozenset[str]
    """Of its members, see ``kind_of``."""


@dataclass(frozen=True, slots=True)
class Quote:
    """A passage that documents share which are otherwise different."""

    group: str
    words: int
    documents: int
    places: tuple[Place, ...]
    """One a document, first documents first."""


@dataclass(frozen=True, slots=True)
class StoryFinding:
    """A story as shown: ``story.pairs`` may be cut, ``pairs`` counts all."""

    story: Story
    documents: int
    pairs: int


@dataclass(frozen=True, slots=True)
class Segment:
    """A piece of a document: removed, or kept (and then shortened) between removals."""

    text: str
    removal: Removal | None = None


@dataclass(frozen=True, slots=True)
class DocumentFinding:
    """A document as shown, with the first of its removals in their surroundings."""

    record: DocumentRecord
    removals: int
    segments: tuple[Segment, ...]

    @property
    def removed(self) -> int:
        """Words removed."""
        return sum(self.record.words_removed.values())

    @property
    def hidden(self) -> int:
        """Removals of which no segment is held."""
        return self.removals - sum(segment.removal is not None for segment in self.segments)


@dataclass(frozen=True, slots=True)
class Report:
    """Everything the outputs show of a run."""

    run: Path
    version: str
    command: str
    settings: Mapping[str, Any]
    inputs: tuple[str, ...]
    ignored: Mapping[str, int]
    totals: Totals
    lsh: Lsh | None
    timings: Timings | None
    figures: tuple[Figure, ...]
    rules: tuple[RuleFigure, ...]
    rules_total: int
    sites: tuple[SiteFigure, ...]
    sites_total: int
    documents: tuple[DocumentFinding, ...]
    skipped: tuple[DocumentRecord, ...]
    clusters: tuple[Finding, ...]
    """The most doubtful, the largest and the longest; most doubtful first."""
    largest: tuple[Finding, ...]
    quotes: tuple[Quote, ...]
    quotes_total: int
    stories: tuple[StoryFinding, ...]
    names: Mapping[str, DocumentRecord]
    """The documents that the findings mention."""
    texts: Mapping[Place, str]

    @property
    def threshold(self) -> float:
        """Share of a paragraph's words that the kept copy must print."""
        return float(self.settings.get("threshold", 0.9))

    def text(self, place: Place) -> str:
        """The text at ``place``, cut to ``Limits.text``; empty where the document could not be read."""
        return self.texts.get(place, "")

    def document(self, name: str) -> DocumentRecord:
        """The record of a document; a bare one where ``documents.jsonl`` does not have it."""
        return self.names.get(name) or DocumentRecord(name, "kept", None, name)


def load(run: Path, texts: Texts, limits: Limits | None = None) -> Report:
    """Read a run folder.

    ``texts`` gives the documents as read; it is gone through once, and only as far as needed.
    Raises UsageError where ``run`` is not a run folder, RunError where its files are broken.
    """
    limits = limits or Limits()
    info = read_run(run)
    totals = _totals(info["counts"])
    findings, largest = _pick_clusters(run, totals, info["settings"], limits)
    quotes, quotes_total = _pick_quotes(run, totals, limits)
    stories = _pick_stories(run, totals, limits)
    mentioned = _mentioned((*findings, *largest), quotes, stories)
    corpus = _read_documents(run, mentioned, limits)
    shown = {record.id for record in corpus.top}
    removals = _read_removals(run, shown, {f.cluster.id for f in (*findings, *largest)}, limits)
    wanted = _wanted((*findings, *largest), quotes)
    cut, segments = _cut_texts(text_pairs(run, texts), wanted, removals.spans, limits)
    return Report(
        run=run,
        version=str(info["unecho"]),
        command=str(info["command"]),
        settings=info["settings"],
        inputs=tuple(info.get("inputs", ())),
        ignored=info.get("ignored", {}),
        totals=totals,
        lsh=Lsh(**info["lsh"]) if info.get("lsh") else None,
        timings=_read_timings(run),
        figures=removals.figures(),
        rules=removals.rules(limits),
        rules_total=len(removals.by_rule),
        sites=corpus.sites(limits),
        sites_total=len(corpus.by_site),
        documents=tuple(
            DocumentFinding(record, removals.per_document[record.id], segments.get(record.id, ()))
            for record in corpus.top
        ),
        skipped=tuple(corpus.skipped),
        clusters=_with_words(findings, removals.cluster_words),
        largest=_with_words(largest, removals.cluster_words),
        quotes=quotes,
        quotes_total=quotes_total,
        stories=stories,
        names=corpus.names,
        texts=cut,
    )


def kind_of(member: Member, threshold: float) -> str:
    """What a member is to a reviewer: exact, near, contained (removed), guarded or similar (kept).

    "guarded": enough of its words are covered, yet it stays, as a number or a name differs.
    """
    if member.action == "removed":
        return member.relation
    return "guarded" if member.covered >= threshold else "similar"


def doubt_of(member: Member, threshold: float, similar: float) -> float:
    """How close the decision on a member was: 1 at the threshold or held back by a guard, 0 if clear."""
    if member.action == "removed":
        return 0.0 if member.relation == "exact" else _nearness(member.covered, threshold, 1.0)
    return 1.0 if member.covered >= threshold else _nearness(member.covered, threshold, similar)


def _nearness(value: float, threshold: float, far: float) -> float:
    """1 where ``value`` is the threshold, 0 where it is ``far`` or beyond."""
    width = abs(far - threshold)
    return max(0.0, 1.0 - abs(value - threshold) / width) if width else 1.0


class Top(Generic[T]):
    """The ``size`` items with the greatest keys; of equals the first ones."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._count = 0
        self._heap: list[tuple[tuple[float, ...], int, T]] = []

    def add(self, key: tuple[float, ...], item: T) -> None:
        """Take ``item`` in, if its key is among the greatest so far."""
        self._count += 1
        # The running number is unique, so that two items are never compared.
        entry = (key, -self._count, item)
        if len(self._heap) < self._size:
            heapq.heappush(self._heap, entry)
        elif self._size and entry[:2] > self._heap[0][:2]:
            heapq.heapreplace(self._heap, entry)

    def best(self) -> list[T]:
        """The items, greatest key first."""
        return [item for _, _, item in sorted(self._heap, key=lambda entry: entry[:2], reverse=True)]


# --- reading -------------------------------------------------------------------------------------


def _totals(counts: Mapping[str, Any]) -> Totals:
    known = Totals.__dataclass_fields__
    return Totals(**{name: value for name, value in counts.items() if name in known})


def _read_timings(run: Path) -> Timings | None:
    try:
        data = orjson.loads((run / "timings.json").read_bytes())
        return Timings(data["seconds"], data.get("peak_mb"))
    except (OSError, orjson.JSONDecodeError, KeyError, TypeError):
        return None  # a report does without


# --- choosing what is shown ----------------------------------------------------------------------


def place_of(member: Member) -> Place:
    """Where a member lies."""
    return Place(member.document, member.start, member.end)


def _pick_clusters(
    run: Path, totals: Totals, settings: Mapping[str, Any], limits: Limits
) -> tuple[tuple[Finding, ...], tuple[Finding, ...]]:
    """The clusters to show, most doubtful first, and among all clusters the largest."""
    doubtful: Top[Finding] = Top(limits.clusters - 2 * (limits.clusters // 3))
    large: Top[Finding] = Top(limits.clusters // 3)
    long: Top[Finding] = Top(limits.clusters // 3)
    for cluster in clusters(run, totals.clusters):
        finding = _finding(cluster, settings, limits)
        doubtful.add((finding.doubt, finding.copies), finding)
        large.add((finding.copies, finding.words), finding)
        long.add((finding.words, finding.copies), finding)
    chosen = {f.cluster.id: f for f in (*doubtful.best(), *large.best(), *long.best())}
    ordered = sorted(chosen.values(), key=lambda f: (-f.doubt, -f.copies, f.cluster.id))
    return tuple(ordered), tuple(large.best())


def _finding(cluster: Cluster, settings: Mapping[str, Any], limits: Limits) -> Finding:
    threshold, similar = float(settings.get("threshold", 0.9)), float(settings.get("similar", 0.5))
    gone = [member for member in cluster.members if member.action == "removed"]
    doubts = [(doubt_of(member, threshold, similar), member) for member in cluster.members]
    most = heapq.nsmallest(limits.members, doubts, key=lambda d: (-d[0], d[1].document, d[1].start))
    return Finding(
        cluster=replace(cluster, members=tuple(member for _, member in most)),
        copies=len(cluster.members) + 1,
        removed=len(gone),
        similar=len(cluster.members) - len(gone),
        # Characters stand in for words, which only the removals know, until those are read.
        words=sum(member.end - member.start for member in gone),
        doubt=max((doubt for doubt, _ in doubts), default=0.0),
        kinds=frozenset(kind_of(member, threshold) for member in cluster.members),
    )


def _with_words(findings: Iterable[Finding], words: Mapping[str, int]) -> tuple[Finding, ...]:
    return tuple(replace(finding, words=words.get(finding.cluster.id, 0)) for finding in findings)


def _pick_quotes(run: Path, totals: Totals, limits: Limits) -> tuple[tuple[Quote, ...], int]:
    """The quotes in most documents, and how many quotes there are.

    Two readings: one counts the passages of each group, one holds the places of the largest groups.
    """
    sizes: Counter[str] = Counter()
    for passage in passages(run, totals.passages):
        sizes[passage.group] += passage.quote
    total = sum(1 for size in sizes.values() if size)
    largest: Top[str] = Top(limits.quotes)
    for group, size in sizes.items():
        if size:
            largest.add((size,), group)
    places: dict[str, dict[str, Place]] = {group: {} for group in largest.best()}
    words: Counter[str] = Counter()
    for passage in passages(run, totals.passages):
        if passage.quote and passage.group in places:
            group_places = places[passage.group]
            group_places.setdefault(passage.a, Place(passage.a, passage.a_start, passage.a_end))
            group_places.setdefault(passage.b, Place(passage.b, passage.b_start, passage.b_end))
            words[passage.group] = max(words[passage.group], passage.words)
    quotes = [
        Quote(group, words[group], len(found), tuple(list(found.values())[: limits.members]))
        for group, found in places.items()
    ]
    return tuple(sorted(quotes, key=lambda quote: (-quote.documents, -quote.words, quote.group))), total


def _pick_stories(run: Path, totals: Totals, limits: Limits) -> tuple[StoryFinding, ...]:
    largest: Top[StoryFinding] = Top(limits.stories)
    for story in stories(run, totals.stories):
        count, pairs = len(story.documents), len(story.pairs)
        part = replace(story, documents=story.documents[: limits.members], pairs=story.pairs[: limits.pairs])
        largest.add((count, pairs), StoryFinding(part, count, pairs))
    return tuple(largest.best())


def _mentioned(findings: Iterable[Finding], quotes: Iterable[Quote], stories: Iterable[StoryFinding]) -> set[str]:
    names = {place.document for place in _wanted(findings, quotes)}
    for finding in stories:
        names.update((finding.story.keeper, *finding.story.documents))
        names.update(name for pair in finding.story.pairs for name in (pair.a, pair.b))
    return names


def _wanted(findings: Iterable[Finding], quotes: Iterable[Quote]) -> set[Place]:
    """The places whose text is shown."""
    places = {place for quote in quotes for place in quote.places}
    for finding in findings:
        places.add(finding.cluster.keeper)
        places.update(map(place_of, finding.cluster.members))
    return places


@dataclass(slots=True)
class _Site:
    documents: int = 0
    dropped: int = 0
    words: int = 0
    removed: int = 0


@dataclass(slots=True)
class _Corpus:
    """What is gathered from ``documents.jsonl``."""

    names: dict[str, DocumentRecord] = field(default_factory=dict)
    top: list[DocumentRecord] = field(default_factory=list)
    skipped: list[DocumentRecord] = field(default_factory=list)
    by_site: dict[str, _Site] = field(default_factory=dict)

    def sites(self, limits: Limits) -> tuple[SiteFigure, ...]:
        """The sites with most words removed."""
        largest: Top[SiteFigure] = Top(limits.sites)
        for name, site in self.by_site.items():
            figure = SiteFigure(name, site.documents, site.dropped, site.words, site.removed)
            largest.add((site.removed, site.words), figure)
        return tuple(largest.best())


def _read_documents(run: Path, mentioned: set[str], limits: Limits) -> _Corpus:
    corpus = _Corpus()
    top: Top[DocumentRecord] = Top(limits.documents)
    for whole in documents(run):
        # ``record`` is for restore alone and may be as long as the document was.
        record = replace(whole, record=None)
        if record.id in mentioned:
            corpus.names[record.id] = record
        if record.status == "skipped":
            if len(corpus.skipped) < limits.skipped:
                corpus.skipped.append(record)
            continue
        removed = sum(record.words_removed.values())
        top.add((removed,), record)
        site = corpus.by_site.setdefault(record.site or NO_SITE, _Site())
        site.documents += 1
        site.dropped += record.status == "dropped"
        site.words += record.words
        site.removed += removed
    corpus.top = top.best()
    return corpus


@dataclass(slots=True)
class _Tally:
    removals: int = 0
    words: int = 0
    examples: dict[str, Example] = field(default_factory=dict)

    def add(self, removal: Removal) -> None:
        self.removals += 1
        self.words += removal.words


@dataclass(slots=True)
class _Removals:
    """What is gathered from ``removals.jsonl``."""

    by_category: dict[tuple[Reason, str | None], _Tally] = field(default_factory=dict)
    by_rule: dict[tuple[str, str], _Tally] = field(default_factory=dict)
    per_document: Counter[str] = field(default_factory=Counter)
    cluster_words: Counter[str] = field(default_factory=Counter)
    spans: dict[str, list[Removal]] = field(default_factory=dict)

    def figures(self) -> tuple[Figure, ...]:
        """By reason and category, most words first in each reason."""
        figures = [Figure(*key, tally.removals, tally.words) for key, tally in self.by_category.items()]
        return tuple(sorted(figures, key=lambda f: (f.reason, -f.words, -f.removals, f.category or "")))

    def rules(self, limits: Limits) -> tuple[RuleFigure, ...]:
        """The rules that removed most, category by category."""
        largest: Top[RuleFigure] = Top(limits.rules)
        for (category, rule), tally in self.by_rule.items():
            examples = tuple(tally.examples.values())
            largest.add((tally.removals,), RuleFigure(category, rule, tally.removals, tally.words, examples))
        return tuple(sorted(largest.best(), key=lambda r: (r.category, -r.removals, r.rule)))


def _read_removals(run: Path, shown: set[str], cluster_ids: set[str], limits: Limits) -> _Removals:
    """Sum up the removals; hold the spans of the documents ``shown``."""
    read = _Removals()
    for removal in removals(run):
        read.by_category.setdefault((removal.reason, removal.category), _Tally()).add(removal)
        if removal.reason == "boilerplate":
            _add_rule(read, removal, limits)
        if removal.cluster in cluster_ids:
            read.cluster_words[removal.cluster] += removal.words
        if removal.document in shown:
            read.per_document[removal.document] += 1
            spans = read.spans.setdefault(removal.document, [])
            if len(spans) < limits.spans:
                spans.append(replace(removal, text=""))  # the text is cut out of the document later
    return read


def _add_rule(read: _Removals, removal: Removal, limits: Limits) -> None:
    key = (removal.category or "other", removal.rule or "(no rule)")
    tally = read.by_rule.setdefault(key, _Tally())
    tally.add(removal)
    if len(tally.examples) < limits.examples:
        text = " ".join(removal.text[:1000].split())[:200]
        tally.examples.setdefault(text, Example(text, removal.document))


# --- texts ---------------------------------------------------------------------------------------


def text_pairs(run: Path, texts: Texts) -> Iterable[tuple[str, str]]:
    """The texts of a run's documents, in whichever form they are given."""
    if isinstance(texts, Mapping):
        return texts.items()
    return texts(run) if callable(texts) else texts


def _cut_texts(
    texts: Iterable[tuple[str, str]],
    wanted: set[Place],
    spans: Mapping[str, list[Removal]],
    limits: Limits,
) -> tuple[dict[Place, str], dict[str, tuple[Segment, ...]]]:
    """The wanted places and the removed spans in their surroundings, in one pass over the texts."""
    places: dict[str, list[Place]] = {}
    for place in wanted:
        places.setdefault(place.document, []).append(place)
    missing = places.keys() | spans.keys()
    cut: dict[Place, str] = {}
    segments: dict[str, tuple[Segment, ...]] = {}
    for name, text in texts if missing else ():
        for place in places.get(name, ()):
            cut[place] = text[place.start : min(place.end, place.start + limits.text)]
        if name in spans:
            segments[name] = tuple(_segments(text, spans[name]))
        missing.discard(name)
        if not missing:
            break
    return cut, segments


def _segments(text: str, spans: Iterable[Removal]) -> Iterator[Segment]:
    end = 0
    for removal in sorted(spans, key=lambda removal: removal.start):
        if gap := _shortened(text[end : removal.start], 80):
            yield Segment(gap)
        yield Segment(_shortened(text[removal.start : removal.end], 300), removal)
        end = removal.end
    if rest := text[end : end + 200].strip():
        yield Segment(one_line(rest, 80))


def _shortened(text: str, side: int) -> str:
    """Both ends of a long text, cut between words; short ones whole."""
    text = text.strip()
    if len(text) <= 2 * side + 20:
        return text
    head, tail = text[:side], text[-side:]
    return f"{head.rpartition(' ')[0] or head} … {tail.partition(' ')[2] or tail}"
