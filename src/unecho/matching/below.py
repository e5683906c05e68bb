"""Passages begin below headlines: two papers that print one text print one headline too, which is the name of the text
and no part of it. A headline alone is a passage when it is long."""

from __future__ import annotations

import numpy as np

from ..base.columns import Ints, Mask, edges_of, members
from . import headlines
from .corpus import Corpus, characters
from .grow import LEAST
from .quotes import Parts, Spans

LONG = 12
"""Equal words from which a headline is a passage, if nothing below it is."""
_ENDS = np.array(list(map(ord, ".。…:;,\"'”’»")), np.uint32)
"""A first paragraph that ends so is a sentence of the text, or half of one."""


def below(corpus: Corpus, parts: Parts) -> tuple[Spans, Spans, Ints, Mask]:
    """The spans of passages on both sides and their equal words, less those of a headline at their beginning; and
    which of them are passages still (bool)."""
    a, b, matched, stays = parts.a, parts.b, parts.matched.copy(), np.ones(len(parts), np.bool_)
    documents = parts.found.a[parts.row], parts.found.b[parts.row]
    of_a, of_b = (_behind(corpus, document, side[0]) for document, side in zip(documents, (a, b), strict=True))
    rows = np.flatnonzero((of_a > a[0]) | (of_b > b[0]))
    runs, row = parts.runs(rows)
    places, length = (runs.a, runs.b), runs.length
    above = np.clip(np.maximum(of_a[rows][row] - places[0], of_b[rows][row] - places[1]), 0, length)
    factor = corpus.stream.factors(*(document[rows] for document in documents))
    rest = matched[rows] - np.bincount(row, above, len(rows)).astype(np.int64)
    cut = rest >= LEAST * factor
    stays[rows] = cut | (matched[rows] >= LONG * factor)
    left = np.flatnonzero((above < length) & cut[row])
    first = left[edges_of(row[left])[:-1]]
    cut_rows, starts = rows[cut], (a[0].copy(), b[0].copy())
    for start, place in zip(starts, places, strict=True):
        start[cut_rows] = place[first] + above[first]
    matched[cut_rows] = rest[cut]
    return (starts[0], a[1]), (starts[1], b[1]), matched, stays


def _behind(corpus: Corpus, document: Ints, start: Ints) -> Ints:
    """For each passage the token behind the headline of its document, if it begins in one, else 0 (int64)."""
    stream, result = corpus.stream, np.zeros(len(document), np.int64)
    rows = np.flatnonzero(start - stream.documents[document] < 2 * headlines.MOST)
    documents, its = members(document[rows], len(stream.rank))
    begins, sizes = headlines.first_lines(stream, documents)
    sizes[begins + sizes >= stream.documents[documents + 1]] = 0  # there is nothing below it
    titled = np.flatnonzero(sizes)
    last = begins[titled] + sizes[titled] - 1
    closing = corpus.paragraphs.end[corpus.paragraph_of_token[last]] - 1
    sizes[titled[np.isin(characters(corpus, last, closing), _ENDS)]] = 0
    behind = (begins + sizes)[its]
    result[rows] = np.where(start[rows] < behind, behind, 0)
    return result
