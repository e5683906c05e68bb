"""Documents that print the same article: how much of each the other one covers decides, both ways."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .columns import Ints, edges_of, owners
from .model import StoryRelation
from .seeds import Runs

SAME_MEAN = 0.5
SAME_LEAST = 0.25
"""Two documents are the same story when they cover each other by a half on average, neither by less than a
quarter: papers cut wire copy from the bottom and add to it, but a lifted paragraph makes no story."""
PARTIAL = 0.25


@dataclass(frozen=True, slots=True)
class Coverage:
    """Pairs of documents (a < b) and the share of each one's words that passages find in the other:
    int64 and float64 columns."""

    a: Ints
    b: Ints
    a_covered: NDArray[np.float64]
    b_covered: NDArray[np.float64]

    def relation(self, row: int) -> StoryRelation:
        """Same story, a part of it, or quotes only."""
        low, high = sorted((float(self.a_covered[row]), float(self.b_covered[row])))
        if low + high >= 2 * SAME_MEAN and low >= SAME_LEAST:
            return "same"
        return "partial" if high >= PARTIAL else "quotes"


def coverage(runs: Runs, sizes: Ints) -> Coverage:
    """Two-way coverage of every pair of documents that share a passage. ``sizes``: words a document."""
    if not len(runs.a):
        empty = np.zeros(0, np.int64)
        return Coverage(empty, empty, empty.astype(float), empty.astype(float))
    order = np.lexsort((runs.b_document, runs.a_document))
    runs = runs.take(order)
    edges = edges_of(runs.a_document, runs.b_document)
    pair = owners(np.diff(edges))
    a, b = runs.a_document[edges[:-1]], runs.b_document[edges[:-1]]
    a_words = _distinct(pair, runs.a, runs.length, len(a))
    b_words = _distinct(pair, runs.b, runs.length, len(a))
    return Coverage(a, b, a_words / np.maximum(sizes[a], 1), b_words / np.maximum(sizes[b], 1))


def _distinct(pair: Ints, start: Ints, length: Ints, pairs: int) -> Ints:
    """Words in the union of each pair's runs (int64, one a pair)."""
    order = np.lexsort((start, pair))
    pair, start, end = pair[order], start[order], (start + length)[order]
    # Within a pair, what a run adds is what lies beyond the furthest end before it.
    base = pair * (int(end.max()) + 1)
    reach = np.maximum.accumulate(end + base) - base
    before = np.concatenate([[0], reach[:-1]])
    before[np.concatenate([[True], pair[1:] != pair[:-1]])] = 0
    return np.bincount(pair, np.maximum(0, end - np.maximum(start, before)), pairs).astype(np.int64)


def groups(pairs: Coverage) -> list[list[int]]:
    """Rows of ``pairs`` that are the same story joined to groups of documents, sorted.

    Strongest pairs first; two groups join only when at least half of their cross pairs are the same story,
    so that one weak link cannot tie two stories together.
    """
    rows = [row for row in range(len(pairs.a)) if pairs.relation(row) == "same"]
    strength = {row: -float(pairs.a_covered[row] + pairs.b_covered[row]) for row in rows}
    neighbours: dict[int, set[int]] = defaultdict(set)
    for row in rows:
        neighbours[int(pairs.a[row])].add(int(pairs.b[row]))
        neighbours[int(pairs.b[row])].add(int(pairs.a[row]))
    member: dict[int, set[int]] = {document: {document} for document in neighbours}
    for row in sorted(rows, key=lambda row: (strength[row], row)):
        one, two = member[int(pairs.a[row])], member[int(pairs.b[row])]
        if one is two:
            continue
        if 2 * sum(len(neighbours[document] & two) for document in one) >= len(one) * len(two):
            one |= two
            for document in two:
                member[document] = one
    return sorted(sorted(group) for group in {id(group): group for group in member.values()}.values() if len(group) > 1)
