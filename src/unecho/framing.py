"""The punctuation right around what two documents share: a passage printed alike in both ends with the full stop
and the closing quotation mark that both have, not with its last word."""

from __future__ import annotations

from collections.abc import Callable
from itertools import takewhile

import numpy as np

from .columns import Ints
from .corpus import Corpus

_ALIKE = str.maketrans("“”„‟«»‹›‘’‚‛`´–—−", "\"\"\"\"\"\"''''''''---")
"""Marks that differ by the typesetter alone."""

Spans = tuple[Ints, Ints]
"""int64 columns: the first token of each span, and the end; or their characters."""


def framed(corpus: Corpus, a: Spans, b: Spans) -> tuple[Spans, Spans]:
    """The characters of spans of tokens, with the punctuation (up to a space) that both sides have next to them.

    ``a``, ``b``: the two sides of as many passages. A span never leaves the paragraphs its tokens lie in.
    """
    before = _common(_marks(corpus, a[0], _before), _marks(corpus, b[0], _before))
    behind = _common(_marks(corpus, a[1] - 1, _behind), _marks(corpus, b[1] - 1, _behind))
    sides = [(corpus.start[start] - before, corpus.end[end - 1] + behind) for start, end in (a, b)]
    return sides[0], sides[1]


def _common(a: tuple[Ints, list[str]], b: tuple[Ints, list[str]]) -> Ints:
    """How many characters two columns of strings have in common at their beginnings (int64).

    A column: numbers, and the few strings that they stand for.
    """
    pairs, which = np.unique(a[0] * len(b[1]) + b[0], return_inverse=True)
    lengths = [_alike(a[1][pair // len(b[1])], b[1][pair % len(b[1])]) for pair in pairs.tolist()]
    return np.array(lengths, np.int64)[which]


def _alike(one: str, two: str) -> int:
    return sum(1 for _ in takewhile(lambda both: both[0] == both[1], zip(one, two, strict=False)))


def _marks(corpus: Corpus, tokens: Ints, side: Callable[[Corpus, str, int], str]) -> tuple[Ints, list[str]]:
    """The punctuation on one side of tokens, from the token on, as numbers (int64) of the strings that occur."""
    once, which = np.unique(tokens, return_inverse=True)
    documents = corpus.paragraphs.document[corpus.paragraph_of_token[once]].tolist()
    numbers: dict[str, int] = {}
    found = [
        numbers.setdefault(side(corpus, corpus.text(document), token), len(numbers))
        for document, token in zip(documents, once.tolist(), strict=True)
    ]
    return np.array(found, np.int64)[which], [marks.translate(_ALIKE) for marks in numbers]


def _before(corpus: Corpus, text: str, token: int) -> str:
    """Nearest first."""
    paragraph = corpus.paragraph_of_token[token]
    first = token == corpus.stream.paragraphs[paragraph]
    low = corpus.paragraphs.start[paragraph] if first else corpus.end[token - 1]
    marks = text[int(low) : int(corpus.start[token])]
    return "" if not marks or marks[-1].isspace() else marks.split()[-1][::-1]


def _behind(corpus: Corpus, text: str, token: int) -> str:
    paragraph = corpus.paragraph_of_token[token]
    last = token + 1 == corpus.stream.paragraphs[paragraph + 1]
    high = corpus.paragraphs.end[paragraph] if last else corpus.start[token + 1]
    marks = text[int(corpus.end[token]) : int(high)]
    return "" if not marks or marks[0].isspace() else marks.split(maxsplit=1)[0]
