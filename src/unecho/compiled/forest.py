"""The compiled twin of ``forest``: a tree at a time over all lines, so that its answers stay near the processor."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ..base.columns import Ints
from .jit import lean


def warm() -> None:
    """Compile the kernel, or load it from the cache, by calling it on next to nothing."""
    table, column = np.zeros((1, 1), np.float32), np.zeros((1, 1), np.int16)
    score(table, column, table, np.zeros((1, 2), np.int16), np.zeros(1, np.uint8), np.zeros(1, np.int64))


@lean
def score(
    table: NDArray[np.float32],
    column: NDArray[np.int16],
    threshold: NDArray[np.float32],
    leaves: NDArray[np.int16],
    leaf: NDArray[np.uint8],
    total: Ints,
) -> None:
    """Add what the leaves say of each line to ``total``. ``leaf``: room for so many lines as are scored at a time; a
    byte each, so that the processor compares many at once: trees are not deeper than 8."""
    trees, depth = column.shape
    for first in range(0, len(total), len(leaf)):
        end = min(first + len(leaf), len(total))
        for tree in range(trees):
            leaf[:] = 0
            for level in range(depth):
                answers, above = table[column[tree, level], first:end], threshold[tree, level]
                bit = np.uint8(1 << level)
                for line in range(end - first):
                    leaf[line] |= bit if answers[line] > above else np.uint8(0)
            for line in range(end - first):
                total[first + line] += leaves[tree, leaf[line]]
