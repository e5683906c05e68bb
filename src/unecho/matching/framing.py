"""The punctuation right around what two documents share: a passage printed alike in both ends with the full stop
and the closing quotation mark that both have, not with its last word."""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

from ..base.columns import PIECE, Ints, Mask, distinct, offsets_of, pieces, release
from .corpus import Corpus, characters
from .places import Steps

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
    if corpus.places.steps is None:
        return _framed(corpus, a, b)
    spans, rest = _compiled(corpus, corpus.places.steps, a, b)
    (a_start, a_end), (b_start, b_end) = _framed(corpus, *((start[rest], end[rest]) for start, end in (a, b)))
    spans[:, rest] = a_start, a_end, b_start, b_end
    return (spans[0], spans[1]), (spans[2], spans[3])


def _framed(corpus: Corpus, a: Spans, b: Spans) -> tuple[Spans, Spans]:
    count, sides = len(a[0]), np.repeat([0, 1], len(a[0]))
    # What is before a token and what is behind it are looked up together: each text is read once for both.
    mine, its = (2 * np.concatenate([start, end - 1]) + sides for start, end in (a, b))
    once = distinct(np.concatenate([mine, its]))
    mine, its = np.searchsorted(once, mine), np.searchsorted(once, its)
    tokens, behind = once >> 1, (once & 1).astype(np.bool_)
    edge, room = _edges(corpus, tokens, behind)
    step = np.where(behind, 1, -1)
    common = step[mine] * _common(corpus, tokens, (edge, room, step), mine, its)
    of_a, of_b = edge[mine] + common, edge[its] + common
    return (of_a[:count], of_a[count:]), (of_b[:count], of_b[count:])


def _common(corpus: Corpus, tokens: Ints, around: tuple[Ints, Ints, Ints], mine: Ints, its: Ints) -> Ints:
    """How many characters next to tokens (``mine`` and ``its`` of them) are the same (int64), up to a space or another
    token. ``around``: where those begin, how many there are, and to which side (1 or -1)."""
    edge, room, step = around
    result, at, place = np.zeros(len(mine), np.int64), np.arange(len(mine)), edge + np.minimum(step, 0)
    while len(at):
        needed = np.zeros(len(tokens), np.bool_)
        needed[mine[at]] = needed[its[at]] = True
        points = _points(corpus, tokens, place, np.where(needed, room, 0), step)
        at = at[(points[mine[at], 0] != _STOP) & (points[its[at], 0] != _STOP)]
        equal = (points[mine[at]] == points[its[at]]) & (points[mine[at]] != _STOP)
        lengths = np.where(equal.all(axis=1), _TOGETHER, equal.argmin(axis=1))
        result[at] += lengths
        at = at[lengths == _TOGETHER]
        place, room = place + _TOGETHER * step, room - _TOGETHER
    return result


def _points(corpus: Corpus, tokens: Ints, place: Ints, room: Ints, step: Ints) -> Points:
    """For each token the next few code points (a row each) from a place on, as far as there is room."""
    found = np.full((len(tokens), _TOGETHER), _STOP, np.uint32)
    which = np.flatnonzero(room > 0)
    places = (place[which, None] + step[which, None] * np.arange(_TOGETHER)).reshape(-1)
    points = _comparable(characters(corpus, np.repeat(tokens[which], _TOGETHER), places)).reshape(-1, _TOGETHER)
    found[which] = np.where(np.arange(_TOGETHER) < room[which, None], points, _STOP)
    return found


def _edges(corpus: Corpus, tokens: Ints, behind: Mask) -> tuple[Ints, Ints]:
    """Where tokens begin, or end where what is ``behind`` them counts, and the characters between there and the next
    token on that side, or the border of the paragraph (int64)."""
    edges, paragraph = corpus.stream.paragraphs, corpus.paragraph_of_token[tokens]
    edge, room = np.empty(len(tokens), np.int64), np.empty(len(tokens), np.int64)
    its, owner = tokens[~behind], paragraph[~behind]
    edge[~behind] = corpus.start[its]
    low = np.where(its == edges[owner], corpus.paragraphs.start[owner], corpus.end[np.maximum(its - 1, 0)])
    room[~behind] = edge[~behind] - low
    its, owner = tokens[behind], paragraph[behind]
    edge[behind] = corpus.end[its]
    following = corpus.start[np.minimum(its + 1, len(corpus.stream.word) - 1)]
    room[behind] = np.where(its + 1 == edges[owner + 1], corpus.paragraphs.end[owner], following) - edge[behind]
    return edge, room


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


# ---- compiled ---------------------------------------------------------------------------------------


def _compiled(corpus: Corpus, steps: Steps, a: Spans, b: Spans) -> tuple[Ints, Ints]:
    """``framed`` by the kernels, and the passages around which too much is alike for them to tell."""
    from ..compiled import frame as kernels
    from ..compiled import ranks

    marks = ranks.room(2 * len(corpus.stream.word))
    for start, end in (a, b):
        ranks.mark(start, 2, 0, marks)
        ranks.mark(end, 2, -1, marks)
    found, paragraphs = np.empty((ranks.count(marks), 2), np.uint64), corpus.paragraphs
    of_document = np.searchsorted(paragraphs.document, np.arange(len(corpus.ids) + 1))
    rows = corpus.stream.paragraphs, paragraphs.start, paragraphs.end, of_document
    known, texts = (
        kernels.Known(steps.step, steps.number, steps.start, steps.end, corpus.places.shift),
        kernels.Texts(*corpus.utf8(), *rows),
    )
    codes = np.where(_table() == _STOP, kernels.STOP, _table()).astype(np.uint16)
    for first, last in pieces(offsets_of(texts.end - texts.begin), 20 * PIECE):
        kernels.around(known, texts, first, last, codes, marks, found)
        release(texts.data, steps.step)
    spans, rest = np.empty((4, len(a[0])), np.int64), np.zeros(len(a[0]), np.bool_)
    kernels.common(a, b, marks, found, spans, rest)
    return spans, np.flatnonzero(rest)
