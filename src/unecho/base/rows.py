"""Records that are made of columns when they are asked for, so that a run never holds all of them at once."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from typing import TypeVar, overload

T = TypeVar("T")


class Rows(Sequence[T]):
    """A sequence of ``count`` records; ``make(first, end)`` gives some of them in order."""

    def __init__(self, count: int, make: Callable[[int, int], Iterator[T]]) -> None:
        self._count, self._make = count, make

    def __len__(self) -> int:
        return self._count

    def __iter__(self) -> Iterator[T]:
        return self._make(0, self._count)

    @overload
    def __getitem__(self, number: int) -> T: ...

    @overload
    def __getitem__(self, number: slice) -> list[T]: ...

    def __getitem__(self, number: int | slice) -> T | list[T]:
        rows = range(self._count)[number]
        if isinstance(rows, int):
            return next(self._make(rows, rows + 1))
        if not len(rows):
            return []
        low, high = min(rows), max(rows)
        found = list(self._make(low, high + 1))
        return [found[row - low] for row in rows]

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Sequence) or len(self) != len(other):
            return False
        return all(one == two for one, two in zip(self, other, strict=True))

    __hash__ = None  # type: ignore[assignment]  # as of lists

    def __repr__(self) -> str:
        more = ", ..." if self._count > 3 else ""
        return f"[{', '.join(map(repr, islice(self, 3)))}{more}]"
