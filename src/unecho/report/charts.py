"""What the charts of a report show, out of what was counted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from .clusters import PickedClusters, bins
from .figures import Bucket, Cell, Charts
from .gather import Corpus, Day, Removals
from .model import Limits

_SIZES = ((2, 2), (3, 3), (4, 4), (5, 5), (6, 10), (11, 20), (21, 50), (51, 100), (101, 1000), (1001, None))
_BARS = 48
"""Most bars of a chart over time."""


def charts(clusters: PickedClusters, corpus: Corpus, removals: Removals, similar: float, limits: Limits) -> Charts:
    """The charts of a run."""
    names, cells, rest = matrix(removals.between, limits.matrix)
    return Charts(
        similarity=_similarity(clusters, similar),
        sizes=_sizes(clusters.sizes),
        matrix=cells,
        matrix_sites=names,
        matrix_rest=rest,
        time=over_time(corpus.days),
        undated=corpus.undated,
    )


def _similarity(clusters: PickedClusters, similar: float) -> tuple[tuple[float, int, int], ...]:
    covered = clusters.covered
    if not covered:
        return ()
    return tuple(
        (low, covered[number, True], covered[number, False]) for number, low in enumerate(bins(similar))
    )  # fmt: skip


def _sizes(sizes: Counter[int]) -> tuple[tuple[str, int], ...]:
    """Clusters by number of copies, up to the largest there is."""
    found = []
    for low, high in _SIZES:
        if low > max(sizes, default=0):
            break
        count = sum(number for size, number in sizes.items() if size >= low and (high is None or size <= high))
        label = f"{low:,}" if low == high else f"{low:,}–{high:,}" if high else f"over {low - 1:,}"
        found.append((label, count))
    return tuple(found)


def matrix(between: Mapping[tuple[str, str], int], size: int) -> tuple[tuple[str, ...], tuple[Cell, ...], int]:
    """The sites that copy most and are copied most, the words between them, and the words of all other pairs."""
    weight: Counter[str] = Counter()
    for (here, there), words in between.items():
        weight[here] += words
        if there != here:
            weight[there] += words
    largest = sorted(weight.items(), key=lambda item: (-item[1], item[0]))[:size]
    names = tuple(sorted(name for name, _ in largest))
    cells = tuple(
        Cell(here, there, words)
        for (here, there), words in sorted(between.items())
        if here in names and there in names
    )  # fmt: skip
    return names, cells, sum(between.values()) - sum(cell.words for cell in cells)


def over_time(days: Mapping[str, Day]) -> tuple[Bucket, ...]:
    """By day, month or year, the finest that needs no more bars than can be read; the last of them otherwise."""
    for length in (10, 7, 4):
        buckets: dict[str, Day] = {}
        for date, day in days.items():
            bucket = buckets.setdefault(date[:length], Day())
            bucket.documents += day.documents
            bucket.words += day.words
            bucket.copies += day.copies
        if len(buckets) <= _BARS:
            break
    chosen = sorted(buckets.items())[-_BARS:]
    return tuple(Bucket(label, day.documents, day.words, day.copies) for label, day in chosen)
