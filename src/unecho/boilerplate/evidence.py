"""What is known of the lines of a document before they are scored, and the two passes that score them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from ..columns import Ints
from ..model import Block
from . import matrix
from .matrix import Columns
from .measure import Measures, measure
from .model import PARTS, Model, probability
from .rules import Rule

NEAR = ("words", "ends", "lexicon", "capitals", "rule", "links", "names", "first")
"""Columns of a line that its neighbours see, as far as there are any."""
_CAP = 80
"""Words of a line beyond which more do not count: one long line is no article."""


@dataclass(frozen=True)
class Evidence:
    """The lines of a document; they are measured when somebody asks."""

    text: str
    spans: Sequence[tuple[int, int]]
    """Where the lines lie in ``text``: in order, apart, not empty."""
    blocks: Sequence[Block]
    """What the markup says of each line, for HTML; else none."""
    hits: Sequence[Rule | None]
    """The rule that takes the line by itself."""

    @cached_property
    def lines(self) -> Measures:
        """The measures of the lines."""
        return measure(self.text, self.spans)

    @cached_property
    def texts(self) -> tuple[str, ...]:
        """The lines as written."""
        return tuple(self.text[start:end] for start, end in self.spans)

    @cached_property
    def names(self) -> tuple[tuple[int, ...], ...]:
        """For HTML, where the tags and tokens of each line fall."""
        return matrix.names_of(self.blocks)


def own_columns(found: Evidence, model: Model) -> Columns:
    """Columns of each line by itself."""
    hits = [(hit.category, hit.confidence) if hit else None for hit in found.hits]
    columns = matrix.of_text(found.lines, found.texts, hits, model.lexicon)
    if found.blocks:
        columns |= matrix.of_markup(found.blocks, model.names, found.names)
    return columns


def all_columns(found: Evidence, own: Columns, first: Ints) -> Columns:
    """Columns of each line among the others, those by itself included. ``first``: probabilities in parts."""
    words = np.minimum(found.lines.words, _CAP) + 1
    mass, drag = words * first, words * (PARTS - first)
    columns = {**own, "first": first.astype(np.float32)}
    near = [name for name in NEAR if name in columns]
    columns |= matrix.of_context(found.lines, mass, drag, columns, near)
    columns |= matrix.of_matter(found.lines, first)
    if found.blocks:
        columns |= matrix.of_tree(found.blocks, found.lines, mass, drag)
    return columns


def scores(found: Evidence, model: Model) -> Ints:
    """Log odds of each line to belong to the article, in parts of ``forest.UNIT``."""
    own = own_columns(found, model)
    first = probability(model.first.score(own))
    return model.second.score(all_columns(found, own, first))
