"""Boosted trees as plain arrays. Every tree asks the same question on all nodes of a level, so that the answers are
the bits of the number of its leaf: a whole page is scored in a few operations on columns.

Thresholds are float32 and leaves whole numbers: a score is the same on every platform.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ..base.columns import Ints

UNIT: Final = 4096
"""Scores are log odds in parts of this."""
_ROWS: Final = 4096
"""Lines scored at a time: memory stays bounded for documents of any length."""


@dataclass(frozen=True, slots=True)
class Forest:
    """Trees over named columns."""

    columns: tuple[str, ...]
    """Names of the columns asked for."""
    column: NDArray[np.int16]
    """For each question of each tree (trees x depth), the number of its column."""
    threshold: NDArray[np.float32]
    """The answer is yes above it; a question that a tree does not ask has an infinite one."""
    leaves: NDArray[np.int16]
    """Log odds that a leaf adds (trees x leaves), in parts of ``UNIT``."""
    bias: int

    def score(self, columns: Mapping[str, NDArray[np.float32]], compiled: bool = False) -> Ints:
        """Log odds, in parts of ``UNIT``, for each row of ``columns``. ``compiled``: by the compiled kernel, which says
        the same, and is worth its loading for large inputs."""
        table = np.stack([columns[name] for name in self.columns])
        if compiled:
            return self._compiled_score(table)
        parts = [self._score(table[:, row : row + _ROWS]) for row in range(0, table.shape[1], _ROWS)]
        return np.concatenate(parts) if parts else np.zeros(0, np.int64)

    def _compiled_score(self, table: NDArray[np.float32]) -> Ints:
        from ..compiled import forest as forest_kernels

        total = np.full(table.shape[1], self.bias, np.int64)
        leaf = np.empty(_ROWS, np.uint8)
        forest_kernels.score(table, self.column, self.threshold, self.leaves, leaf, total)
        return total

    def _score(self, table: NDArray[np.float32]) -> Ints:
        trees, depth = self.column.shape
        answers = table.take(self.column.ravel(), axis=0) > self.threshold.reshape(-1, 1)
        bits = answers.view(np.uint8).reshape(trees, depth, table.shape[1])
        leaf = bits[:, 0].astype(np.int32)
        for level in range(1, depth):
            leaf += bits[:, level].astype(np.int32) << level
        leaf += np.arange(trees, dtype=np.int32)[:, None] * self.leaves.shape[1]
        total: Ints = self.leaves.ravel().take(leaf).sum(axis=0, dtype=np.int64) + self.bias
        return total
