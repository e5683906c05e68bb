"""Names that otherwise different texts share: an institution, somebody and his office, a row of films. Only in long
passages are they more than that."""

from __future__ import annotations

import numpy as np

from ..base.columns import Mask, owners, ranges
from ..text.normalize import CAPITAL
from .corpus import Corpus
from .quotes import Parts

LONG = 12
"""Equal words from which a passage is one, whatever it says."""


def only_names(corpus: Corpus, parts: Parts) -> Mask:
    """Short passages of which half of the words or more begin with a capital (bool)."""
    result = np.zeros(len(parts), np.bool_)
    rows = np.flatnonzero(parts.quote & (parts.matched < LONG))
    start, end = parts.a[0][rows], parts.a[1][rows]
    capital = corpus.stream.flags[ranges(start, end - start)] & CAPITAL != 0
    result[rows] = 2 * np.bincount(owners(end - start), capital, len(rows)) >= end - start
    return result
