"""What is known of the lines of a document before they are scored, and the two passes that score them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise

import numpy as np

from ..base.columns import Ints, offsets_of
from ..base.engine import batches
from ..model import Block
from ..text.paragraphs import Spans, bounds_of
from . import elements, matrix, surroundings
from .features import Texts
from .matrix import Columns, Kinds, Taken
from .measure import Measures, measure
from .model import PARTS, Model, probability
from .rules import Rule

NEAR = ("words", "ends", "lexicon", "capitals", "rule", "links", "names", "first")
"""Columns of a line that its neighbours see, as far as there are any."""
_TOGETHER = 300_000
"""Characters that are measured together: the columns of many more would not stay in the processor's cache."""
_CAP = 80
"""Words of a line beyond which more do not count: one long line is no article."""


@dataclass(frozen=True)
class Evidence:
    """The lines of a document, or of some; they are measured when somebody asks."""

    text: str
    spans: Spans
    """Where the lines lie in ``text``: in order, apart, not empty."""
    blocks: Sequence[Block]
    """What the markup says of each line, for HTML; else none."""
    hits: Sequence[Rule | None]
    """The rule that takes the line by itself."""
    edges: Ints | None = None
    """Where the documents begin among the lines, and the last one ends; None for one document."""
    compiled: bool = False
    """Whether compiled kernels measure and score them; as for ``Forest``."""
    parts: Sequence[Evidence] = ()
    """The documents, if there are several."""

    @cached_property
    def lines(self) -> Measures:
        """The measures of the lines."""
        return measure(self.text, self.spans, self.compiled)

    @cached_property
    def texts(self) -> Sequence[str]:
        """The lines as written."""
        if self.compiled:
            return Texts(self.text, bounds_of(self.spans))
        return [self.text[start:end] for start, end in self.spans]

    @cached_property
    def taken(self) -> Taken:
        """The lines that rules take."""
        some = [(number, hit) for number, hit in enumerate(self.hits) if hit]
        return Taken(np.array([number for number, _ in some], np.int64), [hit for _, hit in some])

    @cached_property
    def names(self) -> tuple[tuple[int, ...], ...]:
        """For HTML, where the tags and tokens of each line fall."""
        found = matrix.names_of(self.kinds.blocks)
        ends = np.cumsum(found.counts)[:-1]
        lines = [tuple(places.tolist()) for places in np.split(found.places, ends)]
        return tuple(lines[kind] for kind in self.kinds.of.tolist())

    @cached_property
    def kinds(self) -> Kinds:
        """For HTML, the kinds of the blocks."""
        return matrix.joined([part.kinds for part in self.parts]) if self.parts else matrix.kinds_of(self.blocks)


def own_columns(found: Evidence, model: Model) -> Columns:
    """Columns of each line by itself."""
    columns = matrix.of_text(found.lines, found.texts, found.taken, model.lexicon, found.edges)
    if found.blocks:
        names = matrix.names_of(found.kinds.blocks, found.compiled)
        columns |= matrix.of_markup(found.blocks, model.names, names, found.kinds)
    return columns


def all_columns(found: Evidence, own: Columns, first: Ints) -> Columns:
    """Columns of each line among the others, those by itself included. ``first``: probabilities in parts."""
    words = np.minimum(found.lines.words, _CAP) + 1
    mass, drag = words * first, words * (PARTS - first)
    columns = {**own, "first": first.astype(np.float32)}
    near = [name for name in NEAR if name in columns]
    columns |= matrix.of_context(found.lines, mass, drag, columns, near, found.edges)
    columns |= matrix.of_matter(found.lines, first, found.edges)
    if found.blocks:
        columns |= _of_trees(found, mass, drag)
    else:  # where there is markup, it says better what belongs together
        columns |= surroundings.of_rules(len(found.hits), found.taken, found.edges)
        columns |= surroundings.of_copies(found.lines, found.texts, found.edges)
    return columns


def _of_trees(found: Evidence, mass: Ints, drag: Ints) -> Columns:
    """Columns of the elements that each line lies in, a document at a time: each has a tree of its own."""
    edges = matrix.edges_of(len(found.spans), found.edges)
    chars = found.lines.chars
    if found.compiled:
        return elements.trees(found.blocks, found.kinds, chars, mass, drag, edges)
    parts = [
        elements.of_tree(found.blocks[start:end], chars[start:end], mass[start:end], drag[start:end])
        for start, end in pairwise(edges.tolist())
    ]
    return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}


def scores(found: Evidence, model: Model, compiled: bool = False) -> Ints:
    """Log odds of each line to belong to the article, in parts of ``forest.UNIT``. ``compiled``: as for ``Forest``."""
    own = own_columns(found, model)
    first = probability(model.first.score(own, compiled))
    return model.second.score(all_columns(found, own, first), compiled)


def scores_of(documents: Sequence[Evidence], model: Model, compiled: bool = False) -> list[Ints]:
    """``scores`` of each document; short documents are measured together, which is faster."""
    found: list[Ints] = []
    for group in batches(documents, lambda one: len(one.text), _TOGETHER):
        sizes = np.array([len(one.spans) for one in group], np.int64)
        edges = offsets_of(sizes)
        found += np.split(scores(_joined(group, edges), model, compiled), edges[1:-1])
    return found


def _joined(group: Sequence[Evidence], edges: Ints) -> Evidence:
    """Some documents one after another."""
    if len(group) == 1:
        return replace(group[0])  # whose measures go with it
    begins = offsets_of(np.array([len(one.text) + 1 for one in group], np.int64))[:-1]
    return Evidence(
        "\n".join(one.text for one in group),
        np.concatenate([bounds_of(one.spans) for one in group]) + np.repeat(begins, np.diff(edges))[:, None],
        [block for one in group for block in one.blocks],
        [hit for one in group for hit in one.hits],
        edges,
        group[0].compiled,
        group,
    )
