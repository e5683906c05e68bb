"""Which hashes are among others, or equal others: by sorted columns, for large ones by a compiled hash table."""

from __future__ import annotations

import numpy as np

from ..base.columns import Hashes, Ints, Mask, edges_of
from ..compiled.when import is_large


def among(values: Hashes, known: Hashes, compiled: bool | None = None) -> Mask:
    """Which values are among the sorted ``known`` ones (bool). ``compiled``: see ``when.is_large``."""
    if not len(known):
        return np.zeros(len(values), np.bool_)
    if is_large(len(values), compiled):
        from ..compiled import lookup as kernels

        result = np.empty(len(values), np.bool_)
        kernels.among(values, kernels.table_of(known), known[-1], result)
        return result
    place = np.minimum(np.searchsorted(known, values), len(known) - 1)
    found: Mask = known[place] == values
    return found


def first_equal(rows: Hashes, compiled: bool | None = None) -> Ints:
    """For every row of hashes (n x 2) the number of the first row that equals it (int64).

    ``compiled``: see ``when.is_large``.
    """
    if is_large(rows.size, compiled):
        from ..compiled import lookup as kernels

        result = np.empty(len(rows), np.int64)
        kernels.first_equal(rows, np.full(2 << len(rows).bit_length(), -1, np.int32), result)
        return result
    order = np.argsort(rows[:, 0])
    edges = edges_of(rows[order, 0]) if len(rows) else np.zeros(1, np.int64)
    # Rows that agree on the first 64 bits nearly always agree; where one does not, both columns are sorted.
    if np.any(rows[order, 1] != np.repeat(rows[order[edges[:-1]], 1], np.diff(edges))):
        order = np.lexsort((rows[:, 1], rows[:, 0]))
        edges = edges_of(rows[order, 0], rows[order, 1])
    result = np.empty(len(rows), np.int64)
    if len(rows):
        result[order] = np.repeat(np.minimum.reduceat(order, edges[:-1]), np.diff(edges))
    return result
