"""How much of a paragraph one document that stays prints too: word by word, with what is missing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

import numpy as np
from rapidfuzz.distance import Indel

from . import guards
from .columns import Mask
from .corpus import Corpus
from .guards import Word
from .passages import GAP, Run

_SMALL_EDIT = 3
"""Words between two shared runs, on either side, that make it an edit and not another sentence."""


@dataclass(frozen=True, slots=True)
class Cover:
    """What a paragraph shares with a document. ``covered`` is a share of its words, 0 to 1; ``first``, ``last``
    and ``main`` are paragraphs of the document: the span that covers it, and the one that covers most."""

    covered: float
    missing_numbers: tuple[str, ...]
    missing_names: tuple[str, ...]
    first: int
    last: int
    main: int


class Coverer:
    """Compares paragraphs of one corpus with documents of it."""

    def __init__(self, corpus: Corpus) -> None:
        self._corpus = corpus
        hashes, flags = corpus.stream.hash, corpus.stream.flags
        self._numbers = guards.numbers(hashes, flags)
        self._names = guards.names(hashes, flags) & ~self._numbers
        self._made = lru_cache(maxsize=65_536)(Word.of)

    def cover(self, paragraph: int, pieces: Sequence[Run], kept: Mask) -> Cover:
        """The cover of a paragraph by pieces (place in it, place in the other document, equal tokens).

        ``kept``: which paragraphs of the corpus stay (bool); only those cover. The pieces lie in such
        paragraphs and are not empty.
        """
        tokens = self._corpus.tokens(paragraph)
        matched = np.zeros(tokens.stop - tokens.start, np.bool_)
        for place, _, length in pieces:
            matched[place - tokens.start : place - tokens.start + length] = True
        alike = [] if matched.all() else self._alike(tokens, matched, sorted(pieces), kept)
        for place, _ in alike:
            matched[place - tokens.start] = True
        missing = np.flatnonzero(~matched) + tokens.start
        owner = self._corpus.paragraph_of_token
        weight: dict[int, int] = {}
        for _, place, length in [*pieces, *((mine, theirs, 1) for mine, theirs in alike)]:
            number = int(owner[place])
            weight[number] = weight.get(number, 0) + length
        main = max(sorted(weight), key=weight.__getitem__)
        numbers, names = self._missing(paragraph, missing)
        numbers += self._put_in(sorted(pieces))
        return Cover(float(matched.mean()), numbers, names, min(weight), max(weight), main)

    def equal_runs(self, paragraph: int, other: int) -> list[Run]:
        """Runs of equal tokens of two whole paragraphs (longest common subsequence)."""
        a, b = self._corpus.tokens(paragraph), self._corpus.tokens(other)
        hashes = self._corpus.stream.hash
        steps = Indel.opcodes(hashes[a].tolist(), hashes[b].tolist())
        return [
            (a.start + step.src_start, b.start + step.dest_start, step.src_end - step.src_start)
            for step in steps
            if step.tag == "equal"
        ]

    def _alike(self, tokens: slice, matched: Mask, pieces: Sequence[Run], kept: Mask) -> list[tuple[int, int]]:
        """(token, token of the other side) for the words between the pieces that the other side has too, but for
        a letter or two."""
        found: list[tuple[int, int]] = []
        document = int(self._corpus.paragraphs.document[self._corpus.paragraph_of_token[tokens.start]])
        text = self._corpus.text(document)
        other = int(self._corpus.paragraphs.document[self._corpus.paragraph_of_token[pieces[0][1]]])
        other_text = self._corpus.text(other)
        for low, high in _gaps(matched):
            places = self._opposite(tokens.start + low, tokens.start + high, pieces, other, kept)
            theirs = [self._made(self._word(other_text, place)) for place in places]
            mine = [self._made(self._word(text, tokens.start + place)) for place in range(low, high)]
            found += [(tokens.start + low + place, places[other]) for place, other in _alike_places(mine, theirs)]
        return found

    def _opposite(self, low: int, high: int, pieces: Sequence[Run], other: int, kept: Mask) -> list[int]:
        """Tokens of the other document that lie where an unmatched stretch would have to lie."""
        before = max((p for p in pieces if p[0] + p[2] <= low), default=None)
        after = min((p for p in pieces if p[0] >= high), default=None)
        reach = high - low + 3
        start = before[1] + before[2] if before else 0
        stop = after[1] if after else start + reach
        if not before:
            start = stop - reach
        elif not start <= stop <= start + reach + GAP:
            stop = start + reach
        bounds = self._corpus.stream.documents[other : other + 2]
        places = range(max(start, int(bounds[0])), min(stop, int(bounds[1])))
        return [place for place in places if kept[self._corpus.paragraph_of_token[place]]]

    def _put_in(self, pieces: Sequence[Run]) -> tuple[str, ...]:
        """Numbers and negations that the other side has in the middle of what is shared: "did not resign"."""
        owner, document = self._corpus.paragraph_of_token, self._corpus.paragraphs.document
        text = self._corpus.text(int(document[owner[pieces[0][0]]]))
        other_text = self._corpus.text(int(document[owner[pieces[0][1]]]))
        found: list[str] = []
        for (place, other, length), (next_place, next_other, _) in pairwise(pieces):
            mine = range(place + length, next_place)
            theirs = [token for token in range(other + length, next_other) if self._numbers[token]]
            if theirs and len(mine) <= _SMALL_EDIT and next_other - other - length <= _SMALL_EDIT:
                have = [self._made(self._word(text, token)) for token in mine]
                words = [self._word(other_text, token) for token in theirs]
                found += [word for word in words if _is_news(self._made(word), have)]
        return tuple(found)

    def _word(self, text: str, place: int) -> str:
        return text[int(self._corpus.start[place]) : int(self._corpus.end[place])]

    def _missing(
        self, paragraph: int, missing: np.ndarray[tuple[int], np.dtype[np.int64]]
    ) -> tuple[tuple[str, ...], tuple[str, ...]]:
        if not len(missing):
            return (), ()
        text = self._corpus.text(int(self._corpus.paragraphs.document[paragraph]))
        numbers = (self._word(text, place) for place in missing[self._numbers[missing]].tolist())
        return (
            tuple(word for word in numbers if not guards.misread(Word.of(word))),
            tuple(self._word(text, place) for place in missing[self._names[missing]].tolist()),
        )


def _is_news(word: Word, have: Sequence[Word]) -> bool:
    return not guards.misread(word) and not any(word.is_like(other) for other in have)


def _alike_places(mine: Sequence[Word], theirs: Sequence[Word]) -> list[tuple[int, int]]:
    """Places of my words that are theirs too, and theirs, in order; words may be run together or apart."""
    found: list[tuple[int, int]] = []
    at = place = 0
    while place < len(mine):
        step, taken, used = _next_alike(mine[place : place + 2], theirs, at)
        found += [(place + number, step) for number in range(taken)]
        at = step + used if taken else at
        place += max(taken, 1)
    return found


def _next_alike(mine: Sequence[Word], theirs: Sequence[Word], at: int) -> tuple[int, int, int]:
    """(where, how many of mine, how many of theirs) for the next of their words that is alike; none: 0 of mine."""
    word = mine[0]
    both = mine[0] + mine[1] if len(mine) > 1 else None
    for step in range(at, len(theirs)):
        other = theirs[step]
        if word.is_like(other):
            return step, 1, 1
        if both is not None and len(other.plain) > len(word.plain) and both.is_like(other):
            return step, 2, 1
        if step + 1 < len(theirs) and len(other.plain) < len(word.plain) and word.is_like(other + theirs[step + 1]):
            return step, 1, 2
    return at, 0, 0


def _gaps(matched: Mask) -> list[tuple[int, int]]:
    """Stretches [low, high) of False."""
    edges = np.flatnonzero(np.diff(np.concatenate([[True], matched, [True]]).astype(np.int8)))
    return list(zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True))
