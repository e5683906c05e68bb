"""Copies that go only where the two documents have more in common than a quote, or a note on the author."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from ..base.columns import Ints
from ..matching.corpus import Corpus
from ..matching.stories import Coverage
from .cover import is_listed
from .guards import LITTLE_ELSE
from .verdicts import RELATIONS, REMOVED, Verdicts


def surely(corpus: Corpus, verdicts: Verdicts, coverage: Coverage, repeats: bool) -> Verdicts:
    """The verdicts, but between documents of which neither prints a part of the other copies stay; and with them the
    short lines of a document that went because nothing but copies was left of it.

    ``repeats``: exact repeats inside a document go: of what stays after all only the first does.
    """
    document, long = corpus.paragraphs.document, corpus.long[verdicts.place[:, 0]]
    mine, its = document[verdicts.place[:, 0]], document[verdicts.place[:, 1]]
    copies = verdicts.removed & ~verdicts.repeat
    pairs = np.minimum(mine, its) * len(corpus.ids) + np.maximum(mine, its)
    stays = copies & long & ~np.isin(pairs, coverage.related_pairs(len(corpus.ids)))
    short = copies & ~long & np.isin(mine, mine[stays])
    place, scores, labels = verdicts.place.copy(), verdicts.scores.copy(), verdicts.labels.copy()
    labels[stays, REMOVED] = 0
    again, first = _again(corpus, place[:, 0], np.flatnonzero(stays) if repeats else np.zeros(0, np.int64))
    place[again, 1:], scores[again], labels[again] = first[:, None], 1.0, (RELATIONS.index("exact"), 1, 1)
    stays[again] = False
    rows = np.flatnonzero(~short)
    whys = {**verdicts.said, **dict.fromkeys(np.flatnonzero(stays).tolist(), LITTLE_ELSE)}
    said = {new: whys[old] for new, old in enumerate(rows.tolist()) if old in whys}
    return replace(verdicts, place=place[rows], scores=scores[rows], labels=labels[rows], said=said)


def _again(corpus: Corpus, paragraph: Ints, rows: Ints) -> tuple[Ints, Ints]:
    """Those of the rows whose paragraph stands before in the same document, word for word, and is not listed; and the
    first such paragraph."""
    paragraphs = paragraph[rows]
    same = np.stack([corpus.paragraphs.document[paragraphs], corpus.kind[paragraphs]], axis=1)
    _, first, group = np.unique(same, axis=0, return_index=True, return_inverse=True)
    before = paragraphs[first][group.reshape(-1)]
    later = np.flatnonzero(before != paragraphs).tolist()
    later = [row for row in later if not is_listed(corpus, int(paragraphs[row]))]
    return rows[later], before[later]
