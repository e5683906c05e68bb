"""Columns that lie on disk where they are large."""

from __future__ import annotations

import mmap

import numpy as np
import pytest

from unecho.base.columns import MAPPED, Room, gather, members, new_column, order_of, ranges


@pytest.mark.parametrize("count", [1000, MAPPED // 4])
def test_runs_are_gathered_wherever_the_column_lies(count: int) -> None:
    rng = np.random.default_rng(1)
    room = Room(count, np.uint32)
    for begin in range(0, count, 977):
        room.put(begin, np.arange(begin, min(begin + 977, count), dtype=np.uint32))
    column = room.column()
    starts = rng.integers(0, count - 60, 5000)
    counts = rng.integers(0, 60, 5000)
    sorted_starts, no = np.sort(starts), np.zeros(0, np.int64)
    joined = sorted_starts[:-1], np.diff(sorted_starts)
    apart = np.repeat(joined[0], 2), np.repeat(joined[1] // 2, 2)
    for begins, sizes in ((starts, counts), joined, apart, (joined[0], joined[1] // 2 * 2 // 3), (no, no)):
        for workers in (1, 3):
            found = gather(column, begins, sizes, workers)
            assert found.dtype == np.uint32
            assert np.array_equal(found, ranges(begins, sizes))


def test_members_are_those_of_unique() -> None:
    for places in (np.zeros((0, 2), np.int64), np.array([[7, 3], [3, 9], [0, 7]])):
        met, numbers = members(places, 10)
        expected, inverse = np.unique(places, return_inverse=True)
        assert met.tolist() == expected.tolist()
        assert numbers.tolist() == inverse.reshape(places.shape).tolist()


@pytest.mark.parametrize("most", [1, 5, 1 << 20, 1 << 52, 1 << 60])
def test_rows_are_in_the_order_of_several_columns(most: int) -> None:
    rng = np.random.default_rng(1)
    for count in (0, 1, 2, 300):
        columns = [rng.integers(0, high, count) for high in (3, most, 2, 7)]
        assert order_of(*columns).tolist() == np.lexsort(columns[::-1]).tolist()


def test_large_columns_can_be_taken_out_of_memory() -> None:
    small, large = new_column(10, np.uint64), new_column(MAPPED, np.uint64)
    assert not isinstance(_owner(small), mmap.mmap)
    assert isinstance(_owner(large), mmap.mmap)


def _owner(column: object) -> object:
    while isinstance(column, np.ndarray | memoryview):
        column = column.base if isinstance(column, np.ndarray) else column.obj
    return column
