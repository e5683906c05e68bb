"""The greatest of many, held in little memory."""

from __future__ import annotations

import heapq
from typing import Generic, TypeVar

T = TypeVar("T")


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
