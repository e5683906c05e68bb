"""Which hashes are among others: by search in sorted columns, for large ones by a compiled hash table."""

from __future__ import annotations

import numpy as np

from .columns import Hashes, Mask, distinct, is_large


def among(values: Hashes, known: Hashes, compiled: bool | None = None) -> Mask:
    """Which values are among the sorted ``known`` ones (bool). ``compiled``: see ``columns.is_large``."""
    if not len(known):
        return np.zeros(len(values), np.bool_)
    if is_large(len(values), compiled):
        from . import kernels

        result = np.empty(len(values), np.bool_)
        kernels.among(values, kernels.table_of(known), known[-1], result)
        return result
    place = np.minimum(np.searchsorted(known, values), len(known) - 1)
    found: Mask = known[place] == values
    return found


def held(values: Hashes, others: Hashes, which: Mask, compiled: bool | None = None) -> Hashes:
    """The distinct values (sorted) that are among the ``others`` for which ``which`` is True; of these there may be
    very many. ``compiled``: see ``columns.is_large``."""
    known = distinct(values)
    if not is_large(len(others), compiled):
        return np.intersect1d(known, others[which])
    if not len(known):
        return known
    from . import kernels

    table, free = kernels.table_of(known), known[-1]
    seen = np.zeros(len(table) + 1, np.bool_)
    kernels.meet(others, which, table, free, seen)
    return np.sort(np.concatenate([table[seen[:-1]], known[-1:][seen[-1:]]]))
