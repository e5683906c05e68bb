"""What is counted of a run: words, removals by rule and site, the figures of the charts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ..model import Reason


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
    key: str
    """By which a decision names the text."""
    confidence: float | None = None
    reasons: tuple[str, ...] = ()
    """What the trained model saw that spoke against it, where that is known."""


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
    sites: tuple[tuple[str, int], ...] = ()
    """The sites it removed most from, with the number of removals."""


@dataclass(frozen=True, slots=True)
class SiteFigure:
    """What became of one site's documents."""

    site: str
    documents: int
    dropped: int
    words: int
    removed: int


@dataclass(frozen=True, slots=True)
class Bucket:
    """A span of time: documents of that date, their words, and what of these were copies."""

    label: str
    documents: int
    words: int
    copies: int


@dataclass(frozen=True, slots=True)
class Cell:
    """Words of one site that were removed as copies of another's."""

    site: str
    keeper: str
    words: int


@dataclass(frozen=True, slots=True)
class Charts:
    """What the charts draw, counted over the whole run."""

    similarity: tuple[tuple[float, int, int], ...] = ()
    """(lower bound of the share covered, members removed, members that stay), bins of equal width."""
    sizes: tuple[tuple[str, int], ...] = ()
    """(copies, clusters)."""
    matrix: tuple[Cell, ...] = ()
    matrix_sites: tuple[str, ...] = ()
    matrix_rest: int = 0
    """Words removed as copies between other pairs of sites."""
    time: tuple[Bucket, ...] = ()
    undated: int = 0


@dataclass(frozen=True, slots=True)
class Settled:
    """What people decided about a run, and what became of it."""

    counts: Mapping[str, int]
    """Of ``run.json``: steps, used, stale, refused, overruled, conflicts."""
    open: tuple[Mapping[str, Any], ...]
    """Lines of ``decided.jsonl`` that need somebody's eyes: not carried out, or people differ."""
