"""Copies that go only where the two documents have more in common than a quote, or a note on the author."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from ..base.columns import Ints, Mask
from ..matching.corpus import Corpus
from ..matching.stories import Coverage
from .verdicts import REMOVED, Verdicts

WHY = "the two documents share little else"


def surely(corpus: Corpus, verdicts: Verdicts, coverage: Coverage) -> Verdicts:
    """The verdicts, but between documents of which neither prints a part of the other copies stay; and with them the
    short lines of a document that went because nothing but copies was left of it."""
    document, long = corpus.paragraphs.document, corpus.long[verdicts.place[:, 0]]
    mine, its = document[verdicts.place[:, 0]], document[verdicts.place[:, 1]]
    copies = verdicts.removed & ~verdicts.repeat
    stays = copies & long & ~_related(coverage, mine, its, len(corpus.ids))
    again = copies & ~long & np.isin(mine, mine[stays])
    labels = verdicts.labels.copy()
    labels[stays, REMOVED] = 0
    rows = np.flatnonzero(~again)
    whys = {**verdicts.said, **dict.fromkeys(np.flatnonzero(stays).tolist(), WHY)}
    said = {new: whys[old] for new, old in enumerate(rows.tolist()) if old in whys}
    return replace(verdicts, place=verdicts.place[rows], scores=verdicts.scores[rows], labels=labels[rows], said=said)


def _related(coverage: Coverage, mine: Ints, its: Ints, count: int) -> Mask:
    """Which pairs of documents are the same story, or the one a part of the other (bool)."""
    related = coverage.related
    pairs = coverage.a[related] * count + coverage.b[related]
    result: Mask = np.isin(np.minimum(mine, its) * count + np.maximum(mine, its), pairs)
    return result
