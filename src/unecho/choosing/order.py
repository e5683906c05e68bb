"""Keeping order: which of two documents keeps what both print."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ..base.columns import Ints


@dataclass(frozen=True, slots=True)
class Order:
    """Documents in keeping order. rank: int64 per document, 0 is kept first. keys: what they were sorted by."""

    rank: Ints
    criteria: tuple[str, ...]
    keys: tuple[tuple[object, ...], ...]

    def why(self, keeper: int, other: int) -> str:
        """The criterion by which ``keeper`` comes before ``other``."""
        for criterion, mine, its in zip(self.criteria, self.keys[keeper], self.keys[other], strict=True):
            if mine != its:
                return criterion
        return "path"


def keeping_order(
    ids: Sequence[str], dates: Sequence[str | None], words: Sequence[int], criteria: tuple[str, ...]
) -> Order:
    """Keeping order by the criteria, the first that tells two documents apart deciding; then by path."""
    criteria = criteria if "path" in criteria else (*criteria, "path")
    columns: dict[str, list[object]] = {
        "earliest": [(date is None, date or "") for date in dates],
        "latest": [(date is None, [-ord(char) for char in date or ""]) for date in dates],
        "longest": [-count for count in words],
        "shortest": list(words),
        "path": list(ids),
    }
    keys = list(zip(*(columns[criterion] for criterion in criteria), strict=True))
    rank = np.empty(len(ids), np.int64)
    rank[sorted(range(len(ids)), key=keys.__getitem__)] = np.arange(len(ids))
    return Order(rank, criteria, tuple(keys))
