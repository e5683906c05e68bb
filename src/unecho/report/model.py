"""What a report holds of a run. The files of the run hold the rest."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from ..base.wording import one_line, visible_name
from ..decisions.sample import Summary
from ..model import Cluster, DocumentRecord, Member, Place, Reason, Story
from .figures import Charts, Figure, Lsh, RuleFigure, Settled, SiteFigure, Timings, Totals

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
    "guarded": "differs where it matters, stays",
    "similar": "only similar, stays",
}
"""What ``kind_of`` returns, in words."""


def heading(record: DocumentRecord) -> str:
    """What a person calls a document."""
    return one_line(record.title, 120) if record.title else visible_name(record.id)


@dataclass(frozen=True, slots=True)
class Limits:
    """How much a report holds and shows. What it leaves out it counts, and says where it is."""

    clusters: int = 10_000
    members: int = 20
    """Copies shown of one cluster, and places of one quote."""
    quotes: int = 2000
    quote_places: int = 60
    """Places of one quote among which the earliest are looked for."""
    stories: int = 2000
    story_documents: int = 60
    pairs: int = 60
    documents: int = 5000
    spans: int = 300
    """Removed spans shown of one document."""
    rules: int = 500
    examples: int = 20
    sites: int = 50
    matrix: int = 12
    """Sites in the table of who repeats whom."""
    located: int = 500_000
    """Documents whose sites are held for that table; in larger runs it counts the first of them."""
    skipped: int = 200
    settled: int = 200
    """Decisions listed that were not carried out, or on which people differ."""
    text: int = 4000
    """Characters of one paragraph."""
    context: int = 600
    """Characters held on either side of a place in a document that is not held whole."""
    whole: int = 40_000
    """Characters up to which a document is held from its beginning."""
    characters: int = 24_000_000
    """Of all documents together. Half of it is for the findings, the rest makes their documents whole."""


SMALL = Limits(clusters=30, quotes=30, stories=30, documents=0, rules=0, examples=0, context=0, whole=1500)
"""What a terminal can show, and a summary needs."""


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
    """One a document, the earliest dates first."""


@dataclass(frozen=True, slots=True)
class StoryFinding:
    """A story as shown: ``story.pairs`` may be cut, ``pairs`` counts all."""

    story: Story
    documents: int
    pairs: int


class Span(NamedTuple):
    """A removal as shown in its document. A tuple, as there may be hundreds of thousands."""

    start: int
    end: int
    reason: Reason
    category: str | None
    rule: str | None
    keeper: Place | None
    cluster: str | None
    id: str
    confidence: float | None = None


@dataclass(frozen=True, slots=True)
class DocumentFinding:
    """A document as shown, with its first removals."""

    record: DocumentRecord
    removals: int
    spans: tuple[Span, ...]

    @property
    def removed(self) -> int:
        """Words removed."""
        return sum(self.record.words_removed.values())


@dataclass(frozen=True, slots=True)
class Held:
    """What a report holds of a document's text: windows with their start, in order, never overlapping."""

    windows: tuple[tuple[int, str], ...]
    whole: bool

    def cut(self, start: int, end: int) -> str:
        """The text from ``start`` to ``end`` as far as it is held in one piece."""
        for begin, text in reversed(self.windows):
            if begin <= start:
                return text[start - begin : end - begin]
        return ""


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
    """Those with most words removed, then those that the findings mention."""
    skipped: tuple[DocumentRecord, ...]
    clusters: tuple[Finding, ...]
    """The most doubtful, the largest and the longest; most doubtful first."""
    largest: tuple[Finding, ...]
    quotes: tuple[Quote, ...]
    quotes_total: int
    stories: tuple[StoryFinding, ...]
    charts: Charts
    leads: Mapping[str, str]
    """The first words of documents that have no title, for the names of stories."""
    settled: Settled | None
    checked: Summary | None
    """Precision on a sample that a person checked, where one did."""
    waiting: int
    """Decisions that were made, or taken back, since the corpus was written."""
    fingerprint: str
    names: Mapping[str, DocumentRecord]
    """The documents that the findings mention."""
    texts: Mapping[str, Held]
    limits: Limits

    @property
    def threshold(self) -> float:
        """Share of a paragraph's words that the kept copy must print."""
        return float(self.settings.get("threshold", 0.9))

    @property
    def similar(self) -> float:
        """Share from which a paragraph is reported."""
        return float(self.settings.get("similar", 0.5))

    def text(self, place: Place) -> str:
        """The text at ``place``, cut to ``Limits.text``; empty where it is not held."""
        held = self.texts.get(place.document)
        return held.cut(place.start, min(place.end, place.start + self.limits.text)) if held else ""

    def heading(self, name: str) -> str:
        """What a person calls a document: its title, else its first words, else its id."""
        return self.leads.get(name) or heading(self.document(name))

    def story_heading(self, story: Story) -> str:
        """What most of the documents of a story are called: the one that stays may be the odd one."""
        own, headings = self.heading(story.keeper), Counter(map(self.heading, story.documents))
        return max(headings, key=lambda heading: (headings[heading], heading == own))

    def document(self, name: str) -> DocumentRecord:
        """The record of a document; a bare one where ``documents.jsonl`` does not have it."""
        return self.names.get(name) or DocumentRecord(name, "kept", None, name)


def place_of(member: Member) -> Place:
    """Where a member lies."""
    return Place(member.document, member.start, member.end)
