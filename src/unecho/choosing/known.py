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


def known(corpus: Corpus, compiled: bool | None = None) -> NDArray[np.int32]:
    """In how many documents each word stands with a capital (int32, by the number of the word).

    ``compiled``: see ``when.is_large``.
    """
    stream = corpus.stream
    words = len(stream.vocabulary)
    if is_large(len(stream.word), compiled):
        from ..compiled import book as kernels

        counts, seen = np.zeros(words, np.int32), np.full(words, -1, np.int32)
        kernels.count_documents(stream.word, stream.flags, stream.documents, CAPITAL, seen, counts)
        return counts
    capital = np.flatnonzero(stream.flags & CAPITAL != 0)
    document = np.searchsorted(stream.documents, capital, side="right") - 1
    met = np.unique(np.stack([stream.word[capital], document]), axis=1)
    return np.bincount(met[0], minlength=words).astype(np.int32)


def is_odd(counts: NDArray[np.int32], one: np.uint32, two: np.uint32) -> bool:
    """Whether the corpus knows one of two names, by their numbers, and has the other in one document alone."""
    few, many = sorted((int(counts[one]), int(counts[two])))
    return few <= 1 and many >= LEAST


def is_new_beside(counts: NDArray[np.int32], mine: np.uint32, its: np.uint32) -> bool:
    """Whether the corpus has a name, ``mine``, in one document alone, and knows the other one."""
    return bool(counts[mine] <= 1 and counts[its] >= LEAST)


def are_two(counts: NDArray[np.int32], one: np.uint32, two: np.uint32) -> bool:
    """Whether the corpus knows two names, by their numbers, that differ in a letter or two."""
    few, many = sorted((int(counts[one]), int(counts[two])))
    return few >= LEAST and many <= RARER * few
