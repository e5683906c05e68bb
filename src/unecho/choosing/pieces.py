"""What paragraphs share with earlier documents, cut at the borders of paragraphs."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..base.columns import Ints, Mask, edges_of, owners
from ..matching.corpus import Corpus
from ..matching.grow import Run
from ..matching.passages import Equal


@dataclass(frozen=True, slots=True)
class Pieces:
    """The equal runs that paragraphs share with earlier documents, cut at the borders of paragraphs, in columns: place
    in the paragraph, place in the other document, length (int64); sorted by paragraph, other document and place.
    The runs of paragraph i are first[i]:first[i + 1]."""

    place: Ints
    other: Ints
    length: Ints
    paragraph: NDArray[np.int32]
    """That the run lies in on the other side."""
    document: Ints
    first: Ints

    def of(self, paragraph: int, kept: Mask) -> dict[int, list[Run]]:
        """By document the runs that a paragraph shares with the paragraphs of it that stay."""
        low, high = self.first[paragraph : paragraph + 2].tolist()
        found: dict[int, list[Run]] = {}
        if low == high:
            return found
        rows = np.flatnonzero(kept[self.paragraph[low:high]]) + low
        columns = (self.document, self.place, self.other, self.length)
        for document, *run in zip(*(column[rows].tolist() for column in columns), strict=True):
            found.setdefault(document, []).append((run[0], run[1], run[2]))
        return found


def pieces(corpus: Corpus, runs: Equal, least: float) -> Pieces:
    """The pieces of all paragraphs, of pairs whose runs add up to the share ``least`` of the paragraph's words."""
    owner, rank = corpus.paragraph_of_token, corpus.stream.rank[corpus.paragraphs.document]
    later_first = rank[owner[runs.a]] > rank[owner[runs.b]]
    place = np.where(later_first, runs.a, runs.b)
    other = np.where(later_first, runs.b, runs.a)
    place, other, length = _cut(place, other, runs.length, corpus)
    other, place, length = _cut(other, place, length, corpus)
    paragraph = corpus.paragraph_of_token[place]
    document = corpus.paragraphs.document[corpus.paragraph_of_token[other]]
    order = np.lexsort((length, other, place, document, paragraph))
    if len(order):
        edges = edges_of(paragraph[order], document[order])
        shared = np.add.reduceat(length[order], edges[:-1])
        enough = shared >= least * np.diff(corpus.stream.paragraphs)[paragraph[order[edges[:-1]]]]
        order = order[np.repeat(enough, np.diff(edges))]
    place, other, length, document = place[order], other[order], length[order], document[order]
    first = np.searchsorted(paragraph[order], np.arange(len(corpus.paragraphs) + 1))
    return Pieces(place, other, length, corpus.paragraph_of_token[other], document, first)


def _cut(place: Ints, other: Ints, length: Ints, corpus: Corpus) -> tuple[Ints, Ints, Ints]:
    """Cut runs where ``place`` crosses into another paragraph."""
    if not len(place):
        return place, other, length
    owner = corpus.paragraph_of_token
    first, last = owner[place], owner[place + length - 1]
    counts = last - first + 1
    run = owners(counts)
    paragraph = first[run] + np.arange(len(run)) - np.repeat(np.cumsum(counts) - counts, counts)
    low = np.maximum(place[run], corpus.stream.paragraphs[paragraph])
    high = np.minimum((place + length)[run], corpus.stream.paragraphs[paragraph + 1])
    held = high > low  # a paragraph without words lies in a run, but shares nothing
    return low[held], (other[run] + low - place[run])[held], (high - low)[held]
