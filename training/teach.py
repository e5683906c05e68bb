"""What a model of pages says of the lines that the gold says nothing of.

Most labelled pages come with a few segments only. Markup tells an article better than text does: what the model of
pages thinks of a line is carried over to the same line of the page's dump, and of what extractors make of the page.
No page is judged by a model that saw its site.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import gold
import learn
import numpy as np
from numpy.typing import NDArray
from samples import Sample

from unecho.boilerplate import evidence
from unecho.boilerplate.forest import UNIT
from unecho.boilerplate.model import Model

_LEAST = 15
"""Characters from which a line is looked for inside the lines of the page, if it is none of them."""


@dataclass(frozen=True, slots=True)
class Opinion:
    """What a model thinks of the lines of a page."""

    texts: Sequence[str]
    chances: NDArray[np.float64]
    """Of each line to be article."""

    def of(self, texts: Sequence[str]) -> list[float]:
        """Of each of ``texts``, which are lines of another version of the page; -1 where it has no such line."""
        flat = [_bare(text) for text in self.texts]
        known: dict[str, list[float]] = defaultdict(list)
        for text, chance in zip(flat, self.chances.tolist(), strict=True):
            known[text].append(chance)
        whole, ends = " ".join(flat), np.cumsum([len(text) + 1 for text in flat])
        found = []
        for text in map(_bare, texts):
            at = whole.find(text) if text not in known and len(text) > _LEAST else -1
            inside = float(self.chances[np.searchsorted(ends, at, side="right")]) if at >= 0 else -1.0
            found.append(float(np.mean(known[text])) if text in known else inside)
        return found


def _bare(text: str) -> str:
    return gold.squeeze(text).removeprefix("- ")


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
            self.models[folds] = learn.train(seen)
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
