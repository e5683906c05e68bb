"""Which clusters, quotes and stories a report shows. The files are streamed; only the chosen are held."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from ..model import Cluster, Member, Place
from ..output.manifest import Records
from .figures import Totals
from .judge import doubt_of, kind_of
from .model import Finding, Limits, Quote, StoryFinding
from .top import Top

_BINS = 20
"""Of the similarity chart, from the share that is reported up to all."""
_LARGEST = 10
"""Clusters listed by size where there is no room for more."""


@dataclass(slots=True)
class PickedClusters:
    """The clusters to show, most doubtful first; among all clusters the largest; and counts of all."""

    findings: tuple[Finding, ...]
    largest: tuple[Finding, ...]
    sizes: Counter[int] = field(default_factory=Counter)
    """Clusters by their number of copies."""
    covered: Counter[tuple[int, bool]] = field(default_factory=Counter)
    """Members by bin and by whether they were removed."""


class _Picker:
    """Of the clusters shown a third are the largest, a third the longest, the rest the most doubtful."""

    def __init__(self, limits: Limits) -> None:
        self._clusters = limits.clusters
        self._doubtful: Top[Finding] = Top(limits.clusters)
        self._large: Top[Finding] = Top(limits.clusters // 3)
        self._long: Top[Finding] = Top(limits.clusters // 3)

    def add(self, finding: Finding) -> None:
        self._doubtful.add((finding.doubt, finding.copies), finding)
        self._large.add((finding.copies, finding.words), finding)
        self._long.add((finding.words, finding.copies), finding)

    def picked(self, sizes: Counter[int], covered: Counter[tuple[int, bool]]) -> PickedClusters:
        largest = self._large.best()
        chosen = {f.cluster.id: f for f in (*largest, *self._long.best())}
        for finding in self._doubtful.best():
            if len(chosen) >= self._clusters:
                break
            chosen.setdefault(finding.cluster.id, finding)
        findings = tuple(sorted(chosen.values(), key=lambda f: (-f.doubt, -f.copies, f.cluster.id)))
        return PickedClusters(findings, tuple(largest[:_LARGEST]), sizes, covered)


def pick_clusters(
    records: Records, totals: Totals, threshold: float, similar: float, limits: Sequence[Limits]
) -> list[PickedClusters]:
    """Read the clusters; choose some for each of the limits. The first of these says how many members are shown."""
    pickers = [_Picker(each) for each in limits]
    sizes, judge = Counter[int](), _Judge(threshold, similar)
    for cluster in records.clusters(totals.clusters):
        finding = _finding(cluster, judge, limits[0])
        sizes[finding.copies] += 1
        for picker in pickers:
            picker.add(finding)
    return [picker.picked(sizes, judge.covered()) for picker in pickers]


class _Judge:
    """Says what members are to a reviewer, of those that are alike once, and counts them."""

    def __init__(self, threshold: float, similar: float) -> None:
        self._threshold, self._similar = threshold, similar
        self._found: dict[tuple[str, str, float], tuple[float, str]] = {}
        self._counts = Counter[tuple[str, str, float]]()

    def doubt_and_kind(self, member: Member) -> tuple[float, str]:
        """``doubt_of`` and ``kind_of`` a member, which look at no more of it than these three."""
        key = member.action, member.relation, member.covered
        self._counts[key] += 1
        if key not in self._found:
            self._found[key] = doubt_of(member, self._threshold, self._similar), kind_of(member, self._threshold)
        return self._found[key]

    def covered(self) -> Counter[tuple[int, bool]]:
        """The members so far by bin and by whether they were removed."""
        found = Counter[tuple[int, bool]]()
        for (action, _, covered), count in self._counts.items():
            found[bin_of(covered, self._similar), action == "removed"] += count
        return found


def bin_of(covered: float, similar: float) -> int:
    """The number of the bin of a share; what is below the share that is reported is in the first."""
    width = (1 - similar) / _BINS
    return min(max(int((covered - similar) / width + 1e-9), 0), _BINS - 1) if width else 0


def bins(similar: float) -> list[float]:
    """The lower bounds of the bins."""
    return [round(similar + (1 - similar) * number / _BINS, 4) for number in range(_BINS)]


def _finding(cluster: Cluster, judge: _Judge, limits: Limits) -> Finding:
    gone = [member for member in cluster.members if member.action == "removed"]
    judged = list(map(judge.doubt_and_kind, cluster.members))
    doubts = [(-doubt, member) for (doubt, _), member in zip(judged, cluster.members, strict=True)]
    doubts.sort(key=lambda d: (d[0], d[1].document, d[1].start))
    most = tuple(member for _, member in doubts[: limits.members])
    return Finding(
        cluster=Cluster(cluster.id, cluster.keeper, cluster.why_kept, most),
        copies=len(cluster.members) + 1,
        removed=len(gone),
        similar=len(cluster.members) - len(gone),
        # Characters stand in for words, which only the removals know, until those are read.
        words=sum(member.end - member.start for member in gone),
        doubt=-doubts[0][0] if doubts else 0.0,
        kinds=frozenset(kind for _, kind in judged),
    )


def with_words(findings: Iterable[Finding], words: Mapping[str, int]) -> tuple[Finding, ...]:
    """The findings with the words that were removed, by cluster."""
    return tuple(replace(finding, words=words.get(finding.cluster.id, 0)) for finding in findings)


def pick_quotes(records: Records, totals: Totals, limits: Sequence[Limits]) -> tuple[list[tuple[Quote, ...]], int]:
    """The quotes in most documents for each of the limits, and how many quotes there are.

    ``Limits.quote_places`` of each are held, by the first of the limits, which is the one that shows most. Two
    readings: one counts the passages of each group, one holds the places of the largest groups.
    """
    sizes = records.quote_sizes(totals.passages)
    largest: Top[str] = Top(limits[0].quotes)
    for group, size in sizes.items():
        largest.add((size,), group)
    groups = largest.best()
    found = records.quoted(totals.passages, groups, limits[0].quote_places) if groups else {}
    quotes = [Quote(group, found[group].words, found[group].documents, found[group].places) for group in groups]
    return [_widest(quotes[: each.quotes]) for each in limits], len(sizes)


def _widest(quotes: Iterable[Quote]) -> tuple[Quote, ...]:
    return tuple(sorted(quotes, key=lambda quote: (-quote.documents, -quote.words, quote.group)))


def earliest_first(quotes: Iterable[Quote], dates: Mapping[str, str | None], limits: Limits) -> tuple[Quote, ...]:
    """The quotes with the places of the earliest documents; those without a date come last."""

    def key(place: Place) -> tuple[bool, str, str]:
        date = dates.get(place.document)
        return date is None, date or "", place.document

    return tuple(replace(quote, places=tuple(sorted(quote.places, key=key)[: limits.members])) for quote in quotes)


def pick_stories(records: Records, totals: Totals, limits: Limits) -> tuple[StoryFinding, ...]:
    """The stories of most documents."""
    largest: Top[StoryFinding] = Top(limits.stories)
    for story in records.stories(totals.stories):
        count, pairs = len(story.documents), len(story.pairs)
        # The copy that stays is always among the documents shown.
        first = sorted(story.documents, key=lambda name: name != story.keeper)[: limits.story_documents]
        shown = frozenset(first)
        part = replace(
            story,
            documents=tuple(name for name in story.documents if name in shown),
            pairs=tuple(pair for pair in story.pairs if pair.a in shown and pair.b in shown)[: limits.pairs],
        )
        largest.add((count, pairs), StoryFinding(part, count, pairs))
    return tuple(largest.best())


def cluster_places(findings: Iterable[Finding]) -> list[tuple[Place | Member, ...]]:
    """The places whose text is shown, cluster by cluster."""
    return [(f.cluster.keeper, *f.cluster.members) for f in findings]


def mentioned(findings: Iterable[Finding], quotes: Iterable[Quote], stories: Iterable[StoryFinding]) -> dict[str, None]:
    """The documents that the findings name, in their order, each once."""
    groups = (*cluster_places(findings), *(quote.places for quote in quotes))
    names = dict.fromkeys(place.document for group in groups for place in group)
    for finding in stories:
        names.update(dict.fromkeys((finding.story.keeper, *finding.story.documents)))
    return names
