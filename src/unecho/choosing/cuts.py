"""Quotes cut out at sentence borders (``--cut-passages``): whole sentences of a paragraph that stays, which a
document earlier in keeping order prints word for word and keeps."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from ..base.columns import Mask
from ..matching.corpus import Corpus
from ..matching.passages import Alignment
from ..text.shingles import SHORTEST, word_counts

_BORDER = re.compile(r"""(?<=[.!?…])["'”’»)\]]*\s+(?=["'“‘«(\[]*\w)|(?<=[。！？])[」』”]*\s*""")


@dataclass(frozen=True, slots=True)
class Cut:
    """Sentences to take out: characters start to end of a document, and where the keeper prints their words."""

    document: int
    start: int
    end: int
    words: int
    keeper: tuple[int, int, int]
    """(document, start, end)."""


def cut_passages(corpus: Corpus, quotes: Iterable[Alignment], kept: Mask, keepers: Mask) -> list[Cut]:
    """Cuts for the passages that are quotes.

    ``kept``: paragraphs that stay (bool); ``keepers``: those among them that a copy which went was compared with,
    and which therefore stay whole.
    """
    stays = np.repeat(kept, np.diff(corpus.stream.paragraphs))
    rank = corpus.stream.rank
    found: list[Cut] = []
    for quote in sorted(quotes, key=lambda quote: int(max(rank[quote.a], rank[quote.b]))):
        later_first = rank[quote.a] > rank[quote.b]
        runs = [(a, b, n) if later_first else (b, a, n) for a, b, n in quote.runs]
        where = {a + step: b + step for a, b, n in runs for step in range(n) if stays[b + step]}
        for paragraph in sorted({int(corpus.paragraph_of_token[place]) for place in where}):
            if kept[paragraph] and not keepers[paragraph]:
                found += _cuts(corpus, paragraph, where, stays)
    return list(_apart(sorted(found, key=lambda cut: (cut.document, cut.start))))


def _apart(cuts: Iterable[Cut]) -> Iterator[Cut]:
    """Neighbouring cuts may both have taken the white space between them: it goes with the first."""
    document, end = -1, 0
    for cut in cuts:
        yield replace(cut, start=max(cut.start, end)) if cut.document == document else cut
        document, end = cut.document, cut.end


def _cuts(corpus: Corpus, paragraph: int, where: dict[int, int], stays: Mask) -> Iterable[Cut]:
    """Runs of sentences of one paragraph of which every word is in ``where``; marks their tokens as gone."""
    document, start, end = corpus.place(paragraph, paragraph)
    spans = sentences(corpus.text(document), start, end)
    tokens = corpus.tokens(paragraph)
    edges = tokens.start + np.searchsorted(corpus.start[tokens], [low for low, _ in spans] + [end])
    held = [
        low < high and all(place in where and stays[place] for place in range(low, high))
        for low, high in zip(edges[:-1].tolist(), edges[1:].tolist(), strict=True)
    ]
    first = 0
    while first < len(spans):
        last = first
        while last < len(spans) and held[last]:
            last += 1
        if last > first:
            places = range(int(edges[first]), int(edges[last]))
            flags = corpus.stream.flags[places.start : places.stop]
            if word_counts(flags, np.array([0, len(flags)]))[0] >= SHORTEST:
                stays[places.start : places.stop] = False
                yield _cut(corpus, document, spans, (first, last), [where[place] for place in places])
        first = last + 1


def _cut(
    corpus: Corpus, document: int, spans: Sequence[tuple[int, int]], part: tuple[int, int], theirs: list[int]
) -> Cut:
    """The cut of sentences part[0] to part[1] - 1, with the white space on one side of them."""
    first, last = part
    start, end = spans[first][0], spans[last - 1][1]
    if last < len(spans):
        end = spans[last][0]
    elif first:
        start = spans[first - 1][1]
    other = int(corpus.paragraphs.document[corpus.paragraph_of_token[theirs[0]]])
    place = other, int(corpus.start[min(theirs)]), int(corpus.end[max(theirs)])
    return Cut(document, start, end, len(theirs), place)


def sentences(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """Spans of the sentences of text[start:end], white space between them left out."""
    spans: list[tuple[int, int]] = []
    at = start
    for border in _BORDER.finditer(text, start, end):
        closing = border.start() + len(border.group().rstrip())
        if border.end() < end:
            spans.append((at, closing))
            at = border.end()
    spans.append((at, end))
    return spans
