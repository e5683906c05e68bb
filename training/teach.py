"""What a model of pages says of the lines that the gold says nothing of.

Most labelled pages come with a few segments only. Markup tells an article better than text does: what the model of
pages thinks of a line is carried over to the same line of the page's dump, and of what extractors make of the page.
No page is judged by a model that saw its site.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import gold
import learn
import numpy as np
from opinion import Opinion
from samples import Sample

from unecho.boilerplate import evidence
from unecho.boilerplate.forest import UNIT
from unecho.boilerplate.model import Model


@dataclass(slots=True)
class Teacher:
    """Models of pages, each of which saw a part of the sites; they are trained when somebody asks."""

    pages: Sequence[Sample]
    """The labelled pages as HTML."""
    folds: int
    models: dict[frozenset[int], Model] = field(default_factory=dict)
    """By the folds that they did not see."""

    def without(self, folds: frozenset[int]) -> Model:
        """A model that saw no site of these folds."""
        if folds not in self.models:
            seen = [page for page in self.pages if gold.fold_of(page.site, self.folds) not in folds]
            self.models[folds] = learn.train(seen, learn.Recipe())
        return self.models[folds]

    def opinions(self, spared: frozenset[int]) -> dict[str, Opinion]:
        """Of the pages outside the folds ``spared``, by the page's id; from models that saw no site of those either."""
        found = {}
        for page in self.pages:
            fold = gold.fold_of(page.site, self.folds)
            if fold not in spared:
                odds = evidence.scores(page.found, self.without(spared | {fold})) / UNIT
                found[str(page.page["id"])] = Opinion(page.found.texts, 1 / (1 + np.exp(-odds)))
        return found


def taught(documents: Sequence[Sample], opinions: Mapping[str, Opinion]) -> list[Sample]:
    """The documents with the labels that the gold and the opinions make together."""
    found = []
    for one in documents:
        opinion = opinions.get(str(one.page["id"]))
        if opinion and "body" not in one.page:
            texts = one.found.texts
            wanted = np.array(gold.advised(one.page, texts, one.share.tolist(), opinion.of(texts)), np.float64)
            share, weight = wanted.reshape(-1, 2).T
            found.append(replace(one, share=share, weight=weight))
        else:
            found.append(one)
    return found
