"""Small helpers over columns: runs of equal length and not, inside one array."""

from __future__ import annotations

import ctypes
import math
import mmap
import os
import tempfile
import threading
import weakref
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from itertools import pairwise
from pathlib import Path
from typing import IO, Any, TypeVar

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Hashes = NDArray[np.uint64]
Mask = NDArray[np.bool_]
R = TypeVar("R")
T = TypeVar("T", bound=np.generic)

MAPPED = 8_000_000
"""Bytes from which a column lies on disk."""
HELD = 300
"""Megabytes of files that may be in memory where columns are looked into here and there."""
PIECE = 1_000_000
"""Tokens, or hashes, that are worked on at a time where all of them would take too much memory."""
_BUFFER = 1 << 17
"""Bytes of a column that are written at a time where it is appended to in small pieces."""
_LONG = 100
"""Elements of a run from which it is faster copied as a whole than element by element."""
SHARES = 8
"""Parts of the work for each thread, so that none waits long for the slowest."""


def spread(work: Callable[[int, int], None], weights: Ints, workers: int) -> None:
    """Call ``work(first, end)`` on runs of rows of about equal weight, in threads if there are several workers.

    ``weights``: int64, running sums, one longer than the rows.
    """
    goals = np.linspace(weights[0], weights[-1], (SHARES * workers if workers > 1 else 1) + 1)[1:-1]
    edges = np.unique(np.concatenate([[0], np.searchsorted(weights, goals), [len(weights) - 1]])).tolist()
    if len(edges) < 3:
        work(0, len(weights) - 1)
        return
    with ThreadPoolExecutor(workers) as pool:
        for done in [pool.submit(work, *edge) for edge in pairwise(edges)]:
            done.result()


def pieces(weights: Ints, size: int) -> list[tuple[int, int]]:
    """Rows cut into pieces (first, end) of about ``size`` by weight, at least one. ``weights``: as for ``spread``."""
    goals = np.arange(weights[0] + size, weights[-1], size)
    edges = np.unique(np.concatenate([[0], np.searchsorted(weights, goals), [len(weights) - 1]])).tolist()
    return list(pairwise(edges)) or [(0, 0)]


def ordered(work: Callable[[int, int], R], rows: Sequence[tuple[int, int]], workers: int) -> Iterator[R]:
    """What ``work(first, end)`` gives for each piece, in order; in threads if there are several workers."""
    if workers == 1 or len(rows) < 2:
        yield from (work(*piece) for piece in rows)
        return
    with ThreadPoolExecutor(workers) as pool:
        waiting = deque(pool.submit(work, *piece) for piece in rows)
        while waiting:
            yield waiting.popleft().result()


def beside(work: Callable[[], R], aside: bool) -> Callable[[], R]:
    """Do work now, or ``aside``, in a thread of its own; gives what waits for the result. Interrupts do not wait."""
    found: Future[R] = Future()

    def run() -> None:
        try:
            found.set_result(work())
        except BaseException as error:  # raised where the result is asked for
            found.set_exception(error)

    if aside:
        threading.Thread(target=run, daemon=True).start()
    else:
        found.set_result(work())
    return found.result


def offsets_of(counts: NDArray[np.integer]) -> Ints:
    """Offsets (int64, one longer than ``counts``) of runs with these lengths, laid end to end."""
    offsets = np.zeros(len(counts) + 1, np.int64)
    np.cumsum(counts, out=offsets[1:])
    return offsets


def ranges(starts: NDArray[np.integer], counts: NDArray[np.integer]) -> Ints:
    """All indices of the runs [start, start + count), laid end to end (int64)."""
    offsets = offsets_of(counts)
    return np.arange(offsets[-1], dtype=np.int64) + np.repeat(starts - offsets[:-1], counts)


def gather(column: NDArray[T], starts: Ints, counts: Ints, workers: int = 1) -> NDArray[T]:
    """The runs [start, start + count) of a column one after another, a piece at a time."""
    offsets = offsets_of(counts)
    found = Room(int(offsets[-1]), column.dtype.type)

    def work(first: int, end: int) -> None:
        found.put(int(offsets[first]), _gathered(column, starts[first:end], counts[first:end]))
        release(column, above=HELD)

    for _ in ordered(work, pieces(offsets, PIECE), workers):
        pass
    return found.column()


def _gathered(column: NDArray[T], starts: Ints, counts: Ints) -> NDArray[T]:
    ends = starts + counts
    # Many go on where the one before ends.
    breaks = np.flatnonzero(starts[1:] != ends[:-1]) + 1
    if _LONG * len(breaks) >= counts.sum():
        return column[ranges(starts, counts)]
    begins, stops = starts[np.append(0, breaks)].tolist(), ends[np.append(breaks, len(ends)) - 1].tolist()
    return np.concatenate([column[begin:stop] for begin, stop in zip(begins, stops, strict=True)])


def taken(column: NDArray[T], places: Ints) -> NDArray[T]:
    """The values at places (in order) of a column, of which little is held in memory meanwhile."""
    result = np.empty(len(places), column.dtype)
    for begin in range(0, len(places), PIECE // 10):
        part = slice(begin, begin + PIECE // 10)
        result[part] = column[places[part]]
        release(column, above=HELD)
    return result


def new_column(count: int, dtype: type[T]) -> NDArray[T]:
    """Room for a column: on disk, mapped to memory, where it is large. What was written can be taken out of memory
    with ``release`` at any time. Where it is written in long pieces, ``Room`` costs less."""
    return Room(count, dtype).column()


class Room:
    """Room for a column of known length, on disk where it is large, that is filled by pieces in any order. They are
    written by calls to the system: in mapped memory every page that is written for the first time costs more than
    what is written."""

    def __init__(self, count: int, dtype: type[np.generic]) -> None:
        self._dtype = np.dtype(dtype)
        self._size = count * self._dtype.itemsize
        self._held: NDArray[Any] | None = np.empty(count, dtype) if self._size < MAPPED else None
        if self._held is not None:
            return
        self._file = tempfile.TemporaryFile(prefix="unecho-", buffering=0)  # noqa: SIM115  closed by self._close
        self._close = weakref.finalize(self, forget, self._file)
        self._turn = threading.Lock()  # for systems that cannot write at a place in one call
        if hasattr(os, "posix_fallocate"):
            os.posix_fallocate(self._file.fileno(), 0, self._size)  # a full disk is told now
        else:
            self._file.truncate(self._size)

    def put(self, at: int, values: NDArray[Any]) -> None:
        """Values from a place on. Threads may do so at the same time at different places."""
        if self._held is not None:
            self._held[at : at + len(values)] = values
            return
        data, place = np.ascontiguousarray(values, self._dtype).data.cast("B"), at * self._dtype.itemsize
        while data:
            written = self._write(data, place)
            data, place = data[written:], place + written

    def _write(self, data: memoryview, place: int) -> int:
        if hasattr(os, "pwrite"):
            return os.pwrite(self._file.fileno(), data, place)
        with self._turn:
            self._file.seek(place)
            return self._file.write(data)

    def column(self) -> NDArray[Any]:
        """What was put into it, mapped to memory where it is large."""
        if self._held is not None:
            return self._held
        mapped = mmap.mmap(self._file.fileno(), self._size)
        self._close()
        return np.frombuffer(mapped, self._dtype)


def forget(file: IO[bytes]) -> None:
    """Close a temporary file."""
    # On a full disk what is still to be written fails once more; nobody waits for it now.
    with suppress(OSError):
        file.close()


class ColumnFile:
    """A column that is appended to on disk."""

    def __init__(self, dtype: type[np.generic]) -> None:
        self._dtype = np.dtype(dtype)
        self._file = tempfile.TemporaryFile(prefix="unecho-", buffering=_BUFFER)  # noqa: SIM115  closed by self._close
        self._close = weakref.finalize(self, forget, self._file)
        self._size = 0

    def append(self, values: NDArray[np.generic]) -> None:
        self._size += self._file.write(np.ascontiguousarray(values, self._dtype).data)

    def column(self) -> NDArray[Any]:
        """What was appended, mapped to memory; nothing can be appended any more."""
        self._file.flush()
        size = max(self._size, 1)
        os.truncate(self._file.fileno(), size)  # nothing cannot be mapped
        mapped = mmap.mmap(self._file.fileno(), size)
        self._close()
        return np.frombuffer(mapped, self._dtype, self._size // self._dtype.itemsize)


def mapped() -> float:
    """Megabytes of files that are in this process's memory now; infinity where the system does not tell."""
    try:
        pages = int(Path("/proc/self/statm").read_bytes().split()[2])
    except OSError:
        return math.inf
    return pages * mmap.PAGESIZE / 1e6


def trim() -> None:
    """Give freed memory back to the system, where its allocator keeps it for later (glibc): after a stage that held
    much, in threads above all, as each has a heap of its own."""
    with suppress(OSError, AttributeError, TypeError):
        ctypes.CDLL(None).malloc_trim(0)


def release(*columns: NDArray[np.generic], above: float = 0) -> None:
    """Take columns that lie on disk out of this process's memory; what they hold is read again when needed.

    ``above``: only if more than so many megabytes of files are in it.
    """
    if above and mapped() <= above:
        return
    for column in columns:
        _release(column)


def _release(column: NDArray[np.generic]) -> None:
    base: object = column.base
    while isinstance(base, np.ndarray | memoryview):
        base = base.base if isinstance(base, np.ndarray) else base.obj
    if isinstance(base, mmap.mmap) and hasattr(mmap, "MADV_DONTNEED"):
        base.madvise(mmap.MADV_DONTNEED)


def distinct(values: NDArray[T]) -> NDArray[T]:
    """The different values, sorted. By sorting: the hash table of ``np.unique`` takes six to twenty times as long."""
    ordered = np.sort(values)
    fresh = np.ones(len(ordered), np.bool_)
    np.not_equal(ordered[1:], ordered[:-1], out=fresh[1:])
    return ordered[fresh]


def order_of(*columns: Ints) -> Ints:
    """The order of rows by the first column, then by the next one and so on, then as they come (int64), of columns
    without numbers below zero: as ``np.lexsort`` has it, but by sorting numbers that are made of as many columns as
    there is room for and of the number of the row, which takes a third of the time or less."""
    own, order = len(columns[0]).bit_length(), np.arange(len(columns[0]))
    sizes = [int(column.max(initial=0)).bit_length() for column in columns]
    if max(sizes) + own >= 64:
        return np.lexsort(columns[::-1])
    end = len(columns)
    while end:  # by the last ones first: rows that are equal stay as they come
        first = end - 1
        while first and sum(sizes[first - 1 : end]) + own < 64:
            first -= 1
        keys, is_first = np.zeros(len(order), np.int64), end == len(columns)
        for column, size in zip(columns[first:end], sizes[first:end], strict=True):
            keys <<= size
            keys |= column if is_first else column[order]
        keys <<= own
        keys |= np.arange(len(keys))
        keys.sort()
        keys &= (1 << own) - 1
        order, end = keys if is_first else order[keys], first
    return order


def members(places: Ints, count: int) -> tuple[Ints, Ints]:
    """The different places (of so many), in order, and for every place its number among them (both int64). Without
    sorting, as ``np.unique`` does."""
    here = np.zeros(count, np.bool_)
    here[places] = True
    return np.flatnonzero(here), (np.cumsum(here) - 1)[places]


def owners(counts: NDArray[np.integer]) -> Ints:
    """For every element of runs with these lengths, the number of its run (int64)."""
    return np.repeat(np.arange(len(counts), dtype=np.int64), counts)


def mix64(values: Hashes) -> Hashes:
    """The finalizer of MurmurHash3 (Appleby), a bijection on 64 bits: every input bit moves every output bit."""
    values = values ^ (values >> np.uint64(33))
    values = values * np.uint64(0xFF51AFD7ED558CCD)
    values ^= values >> np.uint64(33)
    values *= np.uint64(0xC4CEB9FE1A85EC53)
    values ^= values >> np.uint64(33)
    return values


class Sums:
    """Running sums of a column of weights (float64), known only at some places of it; indexed by arrays of those."""

    def __init__(self, places: Ints, parts: Iterable[NDArray[np.float64]]) -> None:
        """``places``: int64, where the sums will be asked for (of all weights before each). ``parts``: the weights,
        in any number of pieces: none is held longer than its turn."""
        self._places = distinct(places)
        self._values = np.zeros(len(self._places))
        done, carry, begin = 0, np.zeros(1), 0
        for part in parts:
            running = np.cumsum(np.concatenate([carry, part]))
            end = int(np.searchsorted(self._places, done + len(part), side="right"))
            self._values[begin:end] = running[self._places[begin:end] - done]
            done, carry, begin = done + len(part), running[-1:].copy(), end

    def __getitem__(self, places: Ints) -> NDArray[np.float64]:
        return self._values[np.searchsorted(self._places, places)]


def edges_of(*columns: NDArray[np.generic]) -> Ints:
    """Where a new group begins in columns sorted alike (int64, with the end as last element)."""
    count = len(columns[0])
    fresh = np.zeros(count + 1, np.bool_)
    fresh[[0, -1]] = True
    for column in columns:
        fresh[1:-1] |= column[1:] != column[:-1]
    return np.flatnonzero(fresh)


def bucket_pairs(keys: NDArray[np.integer], rank: Ints, full: int, few: int) -> tuple[Ints, Ints]:
    """Pairs of positions with equal keys: (earlier, later) in the order of ``rank``.

    Groups of up to ``full`` members give every pair; in larger ones each member is paired with the group's
    first ``few``, so that the cost grows with the size of a group and not with its square.
    """
    if not len(keys):
        return np.zeros(0, np.int64), np.zeros(0, np.int64)
    order = np.lexsort((rank, keys))
    first, second = group_pairs(edges_of(keys[order]), full, few)
    return order[first], order[second]


def group_pairs(edges: Ints, full: int, few: int) -> tuple[Ints, Ints]:
    """``bucket_pairs`` of the places in groups that begin at ``edges``, each in the order of rank."""
    sizes = np.diff(edges)
    starts = np.repeat(edges[:-1], sizes)
    place = np.arange(edges[-1]) - starts
    earlier = np.minimum(place, np.repeat(np.where(sizes <= full, full, few), sizes))
    return ranges(starts, earlier), np.repeat(np.arange(edges[-1]), earlier)
