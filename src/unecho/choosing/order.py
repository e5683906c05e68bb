"""Keeping order: which of two documents keeps what both print."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..base.columns import Ints


@dataclass(frozen=True, slots=True)
class Order:
    """Documents in keeping order. rank: int64 per document, 0 is kept first. keys: by criterion, what each document was
    sorted by."""

    rank: Ints
    keys: dict[str, list[Any]]

    def why(self, keeper: int, other: int) -> str:
        """The criterion by which ``keeper`` comes before ``other``."""
        for criterion, keys in self.keys.items():
            if keys[keeper] != keys[other]:
                return criterion
        return "path"


def keeping_order(
    ids: Sequence[str], dates: Sequence[str | None], words: Sequence[int], criteria: tuple[str, ...]
) -> Order:
    """Keeping order by the criteria, the first that tells two documents apart deciding; then by path."""
    makes: dict[str, Callable[[], list[Any]]] = {
        "earliest": lambda: [(date is None, date or "") for date in dates],
        "latest": lambda: [(date is None, [-ord(char) for char in date or ""]) for date in dates],
        "longest": lambda: [-count for count in words],
        "shortest": lambda: list(words),
        "path": lambda: list(ids),
    }
    keys = {criterion: makes[criterion]() for criterion in (*criteria, "path")}
    order = list(range(len(ids)))
    for column in reversed(keys.values()):  # several sorts by keys of one kind each are faster than one by all of them
        order.sort(key=column.__getitem__)
    rank = np.empty(len(ids), np.int64)
    rank[order] = np.arange(len(ids))
    return Order(rank, keys)
