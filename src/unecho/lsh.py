"""Locality-sensitive hashing (Indyk and Motwani 1998): paragraphs that agree on a whole band of their
signatures become candidate pairs. Candidates are only ever a reason to look; ``verify`` decides."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .columns import Hashes, Ints, bucket_pairs, mix64
from .normalize import PRIME
from .signature import PERMUTATIONS

RECALL = 0.99
"""Share of the pairs at the threshold that must share a band."""
REPRESENTATIVES = 16
"""Of a bucket larger than this, every paragraph is compared with the first so many in keeping order; among
them is the keeper, if the bucket has one."""


@dataclass(frozen=True, slots=True)
class Bands:
    """How a signature is cut: ``bands`` bands of ``rows`` values."""

    bands: int
    rows: int

    def recall(self, resemblance: float) -> float:
        """Expected share of the pairs of this resemblance that become candidates: 1 - (1 - s^r)^b."""
        return float(1 - (1 - resemblance**self.rows) ** self.bands)


def plan(threshold: float, recall: float = RECALL) -> Bands:
    """The longest bands (so the fewest chance candidates) that still reach the recall at the threshold.

    Leskovec, Rajaraman, Ullman, Mining of Massive Datasets, 3.4. Falls back to bands of one row.
    """
    for rows in range(PERMUTATIONS, 1, -1):
        bands = Bands(PERMUTATIONS // rows, rows)
        if bands.recall(threshold) >= recall:
            return bands
    return Bands(PERMUTATIONS, 1)


def candidate_pairs(signatures: NDArray[np.uint32], bands: Bands, rank: Ints) -> Ints:
    """Pairs (int64, shape n x 2) of rows of ``signatures`` that share a band, without repeats, sorted.

    ``rank``: place of each row in the keeping order (0 is kept first); the first of a pair ranks first.
    Cost is near-linear: buckets over ``REPRESENTATIVES`` are stars around their first members.
    """
    count = len(signatures)
    found: Hashes = np.zeros(0, np.uint64)
    for band in range(bands.bands):
        keys = _band_keys(signatures[:, band * bands.rows : (band + 1) * bands.rows])
        first, second = bucket_pairs(keys, rank, REPRESENTATIVES, REPRESENTATIVES)
        packed = first.astype(np.uint64) * np.uint64(count) + second.astype(np.uint64)
        found = np.union1d(found, packed)
    return np.stack([found // np.uint64(max(count, 1)), found % np.uint64(max(count, 1))], axis=1).astype(np.int64)


def _band_keys(rows: NDArray[np.uint32]) -> Hashes:
    key = np.zeros(len(rows), np.uint64)
    for column in range(rows.shape[1]):
        key = mix64(key * np.uint64(PRIME) + rows[:, column].astype(np.uint64))
    return key
