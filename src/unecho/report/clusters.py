"""Which clusters a report shows: of many the most doubtful, the largest and the longest."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from ..choosing.stars import Members, Stars
from ..choosing.verdicts import RELATIONS
from ..model import Cluster, Member
from ..output.manifest import Records
from .figures import Totals
from .judge import doubt_of, kind_of
from .model import Finding, Limits
from .top import Top

K = TypeVar("K")
T = TypeVar("T")
_BINS = 20
"""Of the similarity chart, from the share that is reported up to all."""
_LARGEST = 10
"""Clusters listed by size where there is no room for more."""


@dataclass(frozen=True, slots=True)
class PickedClusters:
    """The clusters to show, most doubtful first; among all clusters the largest; and counts of all."""

    findings: tuple[Finding, ...]
    largest: tuple[Finding, ...]
    sizes: Counter[int]
    """Clusters by their number of copies."""
    covered: Counter[tuple[int, bool]]
    """Members by bin and by whether they were removed."""


def pick(
    records: Records, totals: Totals, threshold: float, similar: float, limits: Sequence[Limits]
) -> list[PickedClusters]:
    """Choose some clusters for each of the limits. The first of these says how many members are shown."""
    stars, judge = records.stars(totals.clusters), _Judge(threshold, similar)
    if stars is not None:
        return _of_columns(stars, judge, limits)
    return _one_by_one(records.clusters(totals.clusters), judge, limits)


class _Judge:
    """Says what members are to a reviewer, of those that are alike once, and counts them."""

    def __init__(self, threshold: float, similar: float) -> None:
        self._threshold, self._similar = threshold, similar
        self._found: dict[tuple[str, str, float], tuple[float, str]] = {}

    def doubt_and_kind(self, member: Member) -> tuple[float, str]:
        """``doubt_of`` and ``kind_of`` a member, which look at no more of it than these three."""
        key = member.action, member.relation, member.covered
        if key not in self._found:
            self._found[key] = doubt_of(member, self._threshold, self._similar), kind_of(member, self._threshold)
        return self._found[key]

    def binned(self, members: Mapping[tuple[float, bool], int]) -> Counter[tuple[int, bool]]:
        """Members by bin and by whether they were removed; given are their numbers by share instead of bin."""
        found = Counter[tuple[int, bool]]()
        for (covered, removed), count in members.items():
            found[bin_of(covered, self._similar), removed] += count
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


def _chosen(most: int, large: Mapping[K, T], long: Mapping[K, T], doubtful: Mapping[K, T]) -> dict[K, T]:
    """Of the clusters shown a third are the largest, a third the longest, the rest the most doubtful."""
    chosen = {**large, **long}
    for key, item in doubtful.items():
        if len(chosen) >= most:
            break
        chosen.setdefault(key, item)
    return chosen


def _doubtful_first(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    return tuple(sorted(findings, key=lambda f: (-f.doubt, -f.copies, f.cluster.id)))


# ---- read one by one --------------------------------------------------------------------------------


class _Picker:
    """Of clusters that come one by one those to show."""

    def __init__(self, limits: Limits) -> None:
        self._most = limits.clusters
        self._doubtful: Top[Finding] = Top(limits.clusters)
        self._large: Top[Finding] = Top(limits.clusters // 3)
        self._long: Top[Finding] = Top(limits.clusters // 3)

    def add(self, finding: Finding) -> None:
        self._doubtful.add((finding.doubt, finding.copies), finding)
        self._large.add((finding.copies, finding.words), finding)
        self._long.add((finding.words, finding.copies), finding)

    def picked(self, sizes: Counter[int], covered: Counter[tuple[int, bool]]) -> PickedClusters:
        large, *others = ({f.cluster.id: f for f in top.best()} for top in (self._large, self._long, self._doubtful))
        findings = _doubtful_first(_chosen(self._most, large, *others).values())
        return PickedClusters(findings, tuple(large.values())[:_LARGEST], sizes, covered)


def _one_by_one(clusters: Iterable[Cluster], judge: _Judge, limits: Sequence[Limits]) -> list[PickedClusters]:
    pickers = [_Picker(each) for each in limits]
    sizes, shares = Counter[int](), Counter[tuple[float, bool]]()
    for cluster in clusters:
        finding = _finding(cluster, judge, limits[0])
        sizes[finding.copies] += 1
        shares.update((member.covered, member.action == "removed") for member in cluster.members)
        for picker in pickers:
            picker.add(finding)
    return [picker.picked(sizes, judge.binned(shares)) for picker in pickers]


# ---- at hand in columns -----------------------------------------------------------------------------


def _of_columns(stars: Stars, judge: _Judge, limits: Sequence[Limits]) -> list[PickedClusters]:
    """The same of all clusters at once: records are made only of those to show."""
    members, first = stars.members(), stars.members().first[:-1]
    copies, kinds = np.diff(members.first) + 1, _Kinds(members)
    words = np.add.reduceat(np.where(members.removed, members.chars, 0), first)
    doubt = np.maximum.reduceat(kinds.doubts(judge), first)
    chosen: list[tuple[list[int], list[int]]] = []
    for each in limits:
        large = _top(each.clusters // 3, copies, words)
        others = _top(each.clusters // 3, words, copies), _top(each.clusters, doubt, copies)
        of_all = _chosen(each.clusters, *map(_keyed, (large, *others)))
        chosen.append((list(of_all), large[:_LARGEST]))
    numbers = sorted({number for some in chosen for number in (*some[0], *some[1])})
    clusters = zip(numbers, stars.some(np.array(numbers, np.int64)), strict=True)
    found = {number: _finding(cluster, judge, limits[0]) for number, cluster in clusters}
    sizes, covered = Counter[int](copies.tolist()), judge.binned(kinds.shares())
    return [
        PickedClusters(_doubtful_first(found[n] for n in some), tuple(found[n] for n in large), sizes, covered)
        for some, large in chosen
    ]


class _Kinds:
    """The members that differ in what a ``_Judge`` looks at, one for all that are alike in it."""

    def __init__(self, members: Members) -> None:
        shares = np.rint(members.covered * 1e4).astype(np.int64)  # they are rounded to that
        key = (shares * len(RELATIONS) + members.relation) * 2 + members.removed
        _, one, self._kind, self._count = np.unique(key, return_index=True, return_inverse=True, return_counts=True)
        columns = (column[one].tolist() for column in (members.covered, members.relation, members.removed))
        self._found = [
            Member("", 0, 0, covered, 0.0, 0.0, RELATIONS[relation], "removed" if removed else "kept", "")
            for covered, relation, removed in zip(*columns, strict=True)
        ]

    def doubts(self, judge: _Judge) -> NDArray[np.float64]:
        """Of every member."""
        return np.array([judge.doubt_and_kind(member)[0] for member in self._found], np.float64)[self._kind]

    def shares(self) -> Counter[tuple[float, bool]]:
        """How many members have each share, apart from those that were removed those that stay."""
        found = Counter[tuple[float, bool]]()
        for member, count in zip(self._found, self._count.tolist(), strict=True):
            found[member.covered, member.action == "removed"] += count
        return found


def _keyed(numbers: Iterable[int]) -> dict[int, int]:
    return {number: number for number in numbers}


def _top(size: int, *keys: NDArray[Any]) -> list[int]:
    """What ``Top`` gives, by number: the greatest by these keys, of equals the first ones."""
    best: list[int] = np.lexsort([-key for key in reversed(keys)])[:size].tolist()
    return best


def with_words(findings: Iterable[Finding], words: Mapping[str, int]) -> tuple[Finding, ...]:
    """The findings with the words that were removed, by cluster."""
    return tuple(replace(finding, words=words.get(finding.cluster.id, 0)) for finding in findings)
