"""Small helpers over columns: runs of equal length and not, inside one array."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Hashes = NDArray[np.uint64]
Mask = NDArray[np.bool_]


def offsets_of(counts: NDArray[np.integer]) -> Ints:
    """Offsets (int64, one longer than ``counts``) of runs with these lengths, laid end to end."""
    offsets = np.zeros(len(counts) + 1, np.int64)
    np.cumsum(counts, out=offsets[1:])
    return offsets


def ranges(starts: NDArray[np.integer], counts: NDArray[np.integer]) -> Ints:
    """All indices of the runs [start, start + count), laid end to end (int64)."""
    offsets = offsets_of(counts)
    return np.arange(offsets[-1], dtype=np.int64) + np.repeat(starts - offsets[:-1], counts)


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


def edges_of(*columns: NDArray[np.generic]) -> Ints:
    """Where a new group begins in columns sorted alike (int64, with the end as last element)."""
    count = len(columns[0])
    fresh = np.zeros(count + 1, np.bool_)
    fresh[[0, -1]] = True
    for column in columns:
        fresh[1:-1] |= column[1:] != column[:-1]
    return np.flatnonzero(fresh)


def bucket_pairs(keys: Hashes, rank: Ints, full: int, few: int) -> tuple[Ints, Ints]:
    """Pairs of positions with equal keys: (earlier, later) in the order of ``rank``.

    Groups of up to ``full`` members give every pair; in larger ones each member is paired with the group's
    first ``few``, so that the cost grows with the size of a group and not with its square.
    """
    if not len(keys):
        return np.zeros(0, np.int64), np.zeros(0, np.int64)
    order = np.lexsort((rank, keys))
    edges = edges_of(keys[order])
    sizes = np.diff(edges)
    starts = np.repeat(edges[:-1], sizes)
    place = np.arange(len(keys)) - starts
    earlier = np.minimum(place, np.repeat(np.where(sizes <= full, full, few), sizes))
    return order[ranges(starts, earlier)], order[np.repeat(np.arange(len(keys)), earlier)]
