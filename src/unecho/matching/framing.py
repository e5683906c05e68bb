"""The punctuation right around what two documents share: a passage printed alike in both ends with the full stop
and the closing quotation mark that both have, not with its last word."""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

from ..base.columns import Ints, distinct
from .corpus import Corpus, characters

_ALIKE = str.maketrans("“”„‟«»‹›‘’‚‛`´–—−", "\"\"\"\"\"\"''''''''---")
"""Marks that differ by the typesetter alone."""

_STOP = 0xFFFFFFFF
"""Stands for white space, and for what is out of reach: no code point."""
_TOGETHER = 4
"""Characters that are looked at together."""

Points = NDArray[np.uint32]
Spans = tuple[Ints, Ints]
"""int64 columns: the first token of each span, and the end; or their characters."""


def framed(corpus: Corpus, a: Spans, b: Spans) -> tuple[Spans, Spans]:
    """The characters of spans of tokens, with the punctuation (up to a space) that both sides have next to them.

    ``a``, ``b``: the two sides of as many passages. A span never leaves the paragraphs its tokens lie in.
    """
    starts, ends = _with_common(corpus, a[0], b[0], -1), _with_common(corpus, a[1] - 1, b[1] - 1, 1)
    return (starts[0], ends[0]), (starts[1], ends[1])


def _with_common(corpus: Corpus, a: Ints, b: Ints, step: int) -> tuple[Ints, Ints]:
    """Where two columns of tokens begin (step -1) or end (1) with the characters next to each that both have in common,
    up to a space or another token."""
    once = distinct(np.concatenate([a, b]))
    mine, its = np.searchsorted(once, a), np.searchsorted(once, b)
    edge: Ints = (corpus.start if step < 0 else corpus.end)[once].astype(np.int64)
    result, at = np.zeros(len(a), np.int64), np.arange(len(a))
    place, room = edge + min(step, 0), _room(corpus, once, edge, step)
    while len(at):
        needed = np.zeros(len(once), np.bool_)
        needed[mine[at]] = needed[its[at]] = True
        points = _points(corpus, once, place, np.where(needed, room, 0), step)
        equal = (points[mine[at]] == points[its[at]]) & (points[mine[at]] != _STOP)
        lengths = np.where(equal.all(axis=1), _TOGETHER, equal.argmin(axis=1))
        result[at] += lengths
        at = at[lengths == _TOGETHER]
        place, room = place + _TOGETHER * step, room - _TOGETHER
    return edge[mine] + step * result, edge[its] + step * result


def _points(corpus: Corpus, tokens: Ints, place: Ints, room: Ints, step: int) -> Points:
    """For each token the next few code points (a row each) from a place on, as far as there is room."""
    found = np.full((len(tokens), _TOGETHER), _STOP, np.uint32)
    which = np.flatnonzero(room > 0)
    places = (place[which, None] + step * np.arange(_TOGETHER)).reshape(-1)
    points = _comparable(characters(corpus, np.repeat(tokens[which], _TOGETHER), places)).reshape(-1, _TOGETHER)
    found[which] = np.where(np.arange(_TOGETHER) < room[which, None], points, _STOP)
    return found


def _room(corpus: Corpus, tokens: Ints, edge: Ints, step: int) -> Ints:
    """Characters between tokens, which begin or end at ``edge``, and those next to them, or the border of the paragraph
    (int64)."""
    edges, paragraph = corpus.stream.paragraphs, corpus.paragraph_of_token[tokens]
    if step < 0:
        first = tokens == edges[paragraph]
        low: Ints = np.where(first, corpus.paragraphs.start[paragraph], corpus.end[np.maximum(tokens - 1, 0)])
        return edge - low
    last = tokens + 1 == edges[paragraph + 1]
    behind = corpus.start[np.minimum(tokens + 1, len(corpus.stream.word) - 1)]
    high: Ints = np.where(last, corpus.paragraphs.end[paragraph], behind)
    return high - edge


def _comparable(points: Points) -> Points:
    """Code points with marks that differ by the typesetter alone made the same, and white space too."""
    table = _table()
    small = points < len(table)
    result = points.copy()
    result[small] = table[points[small]]
    return result


@cache
def _table() -> Points:
    """``_comparable`` of every code point up to the last one that it changes."""
    chars = map(chr, range(0x3001))
    return np.array([_STOP if char.isspace() else ord(char.translate(_ALIKE)) for char in chars], np.uint32)
