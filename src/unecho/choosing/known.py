"""Names that a corpus knows: in how many documents each stands. A word that many print is no other one misread."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from ..compiled.when import is_large
from ..text.normalize import CAPITAL

if TYPE_CHECKING:
    from ..matching.corpus import Corpus

LEAST = 3
"""Documents in which a name stands that the corpus knows."""
RARER = 10
"""Times as many in which another one may stand that is like it: of a name that stands all over a corpus a scanner
misreads some."""
_FEWEST, _MOST = 1 << 16, 1 << 22
"""Slots for names: in a very large corpus some names share one, and count as known sooner."""


def known(corpus: Corpus, compiled: bool | None = None) -> NDArray[np.int32]:
    """In how many documents the words with a capital stand (int32), by the last bits of their hashes.

    ``compiled``: see ``when.is_large``.
    """
    stream = corpus.stream
    slots = min(max(4 << len(stream.hash).bit_length(), _FEWEST), _MOST)
    if is_large(len(stream.hash), compiled):
        from ..compiled import word as kernels

        counts, seen = np.zeros(slots, np.int32), np.full(slots, -1, np.int32)
        kernels.count_documents(stream.hash, stream.flags, stream.documents, CAPITAL, seen, counts)
        return counts
    capital = np.flatnonzero(stream.flags & CAPITAL != 0)
    slot = (stream.hash[capital] & np.uint64(slots - 1)).astype(np.int64)
    document = np.searchsorted(stream.documents, capital, side="right") - 1
    met = np.unique(np.stack([slot, document]), axis=1)
    return np.bincount(met[0], minlength=slots).astype(np.int32)


def are_two(counts: NDArray[np.int32], one: np.uint64, two: np.uint64) -> bool:
    """Whether the corpus knows two names, by their hashes, that differ in a letter or two."""
    last = np.uint64(len(counts) - 1)
    few, many = sorted((int(counts[one & last]), int(counts[two & last])))
    return few >= LEAST and many <= RARER * few
