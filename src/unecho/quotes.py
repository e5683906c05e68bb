"""Quotes apart from copies: where one passage runs from a paragraph that was copied whole into a quote that
the other document prints inside a paragraph of its own, a reader wants to see the two apart."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from .corpus import Corpus
from .passages import LEAST, Alignment, Run

_WHOLE = 0.8
"""Share of the paragraphs it lies in, on both sides, that makes a part a copy of them."""

_MARKS = "\"'“„«‹‘「『"

Part = tuple[Run, ...]


def separate(corpus: Corpus, alignment: Alignment) -> Iterator[tuple[Alignment, bool]]:
    """The passage cut where both sides begin a new paragraph and a whole copy meets a partial one.

    Yields the parts, and whether each is a quote: part of paragraphs that are otherwise different.
    """
    parts: list[tuple[bool, Part]] = []
    for part in _parts(corpus, alignment.runs):
        quoted = _opens_quote(corpus, alignment, part) and not _is_whole(corpus, part)
        if parts and (parts[-1][0] == quoted or min(_matched(parts[-1][1]), _matched(part)) < LEAST):
            parts[-1] = (parts[-1][0], parts[-1][1] + part)
        else:
            parts.append((quoted, part))
    for _, part in parts:
        yield Alignment(alignment.a, alignment.b, part, _matched(part)), not _is_whole(corpus, part)


def _parts(corpus: Corpus, runs: Part) -> Iterator[Part]:
    """The runs between the places where both sides cross into another paragraph."""
    owner = corpus.paragraph_of_token
    part: list[Run] = []
    for run in _cut_runs(corpus, runs):
        if part:
            a, b, length = part[-1]
            if owner[a + length - 1] != owner[run[0]] and owner[b + length - 1] != owner[run[1]]:
                yield tuple(part)
                part = []
        part.append(run)
    yield tuple(part)


def _cut_runs(corpus: Corpus, runs: Part) -> Iterator[Run]:
    """The runs, cut where both sides begin a paragraph at the same word."""
    for a, b, length in runs:
        edges = [0, *sorted(_borders(corpus, a, length) & _borders(corpus, b, length)), length]
        for low, high in pairwise(edges):
            yield a + low, b + low, high - low


def _borders(corpus: Corpus, start: int, length: int) -> set[int]:
    """Words after ``start`` at which paragraphs begin inside a run."""
    first, last = corpus.paragraph_of_token[start], corpus.paragraph_of_token[start + length - 1]
    if first == last:
        return set()
    return set((corpus.stream.paragraphs[first + 1 : last + 1] - start).tolist())


def _is_whole(corpus: Corpus, part: Part) -> bool:
    """Whether the part covers nearly all of the paragraphs it lies in, on both sides."""
    matched = _matched(part)
    return all(matched >= _WHOLE * _size(corpus, part[0][side], part[-1][side] + part[-1][2] - 1) for side in (0, 1))


def _opens_quote(corpus: Corpus, alignment: Alignment, part: Part) -> bool:
    """Whether a quotation mark stands before the part in either document."""
    for document, place in ((alignment.a, part[0][0]), (alignment.b, part[0][1])):
        start = int(corpus.start[place])
        if start and corpus.text(document)[start - 1] in _MARKS:
            return True
    return False


def _size(corpus: Corpus, first: int, last: int) -> int:
    """Words of the paragraphs from the one that holds token ``first`` to the one that holds ``last``."""
    low, high = corpus.paragraph_of_token[[first, last]].tolist()
    return int(corpus.stream.paragraphs[high + 1] - corpus.stream.paragraphs[low])


def _matched(part: Part) -> int:
    return sum(length for _, _, length in part)
