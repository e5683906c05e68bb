"""What two texts have in common, word by word, for people to look at."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import groupby
from typing import Literal

from rapidfuzz.distance import Indel

from ..text.normalize import MINUS
from ..text.spelling import canonical

# A word with the space behind it: a character of a script written without spaces (with its marks), a run
# of anything else up to punctuation (1,500, -5 and don't are one word), or one punctuation mark.
_UNSPACED = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u31f0-\u31ff\u3400-\u9fff\uf900-\ufaff"
_MARKS = "!-/:-@\\[-`{-~«»¡¿\u2010-\u2027\u2030-\u205e\u3000-\u303f\uff01-\uff0f\uff1a-\uff20"
_WORD = re.compile(
    rf"([{_UNSPACED}][\u0300-\u036f\u0e31\u0e34-\u0e4e]*"
    rf"|(?:[^\s{_UNSPACED}{_MARKS}]|(?<=\w)[’'.,-](?=\w)|(?<![^\s(\[])[{MINUS}](?=\d))+"
    rf"|\S)(\s*)"
)

# How one writes them is no difference in what is said, and none in the matching.
_TYPOGRAPHY = str.maketrans(
    dict.fromkeys("\"'`´‘’‚‛“”„‟«»‹›′″「」『』", "'") | dict.fromkeys("‐‑‒–—―−", "-")
    | dict.fromkeys("\xad\u200b\u200c\u200d\u2060\ufeff")
)  # fmt: skip

Words = list[tuple[str, str]]
PieceKind = Literal["same", "alike", "kept-only", "here-only"]


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of words that both texts have, or only the kept copy, or only the other one."""

    kind: PieceKind
    text: str
    words: int
    kept: str = ""
    """Of what both have, but write otherwise ("alike"): how the kept copy writes it."""

    @property
    def bare(self) -> str:
        """The text without the space behind it."""
        return self.text.rstrip()

    @property
    def space(self) -> str:
        """The space behind the text."""
        return self.text[len(self.bare) :]


def split_words(text: str) -> Words:
    """The words and punctuation marks of ``text``, each with the space that follows it."""
    return [(match[1], match[2]) for match in _WORD.finditer(text)]


def count_words(text: str) -> int:
    """Words of ``text``, punctuation not counted."""
    return sum(map(_is_word, split_words(text)))


def _is_word(word: tuple[str, str]) -> bool:
    """Whether it is no punctuation mark."""
    return word[0].lstrip(MINUS)[:1].isalnum()


@lru_cache(maxsize=65_536)
def sense(word: str) -> str:
    """What a word or mark is compared by: case, width, quotation marks, dashes and spelling make no difference."""
    return canonical(unicodedata.normalize("NFKC", word).lower().translate(_TYPOGRAPHY)) or word


def word_diff(kept: str, other: str) -> list[Piece]:
    """How ``other`` differs from the copy that is ``kept``: a shortest edit, whole words."""
    ours, theirs = split_words(kept), split_words(other)
    pieces: list[Piece] = []
    our_end = their_end = 0
    for block in Indel.opcodes([sense(word) for word, _ in ours], [sense(word) for word, _ in theirs]):
        if block.tag != "equal":
            continue
        pieces += _changed(ours[our_end : block.src_start], theirs[their_end : block.dest_start])
        pieces += _both(ours[block.src_start : block.src_end], theirs[block.dest_start : block.dest_end])
        our_end, their_end = block.src_end, block.dest_end
    return pieces + _changed(ours[our_end:], theirs[their_end:])


def _changed(ours: Words, theirs: Words) -> list[Piece]:
    """What stands between two equal runs: first what only the kept copy has."""
    pieces = [_piece("kept-only", ours)] if ours else []
    return [*pieces, _piece("here-only", theirs)] if theirs else pieces


def _both(ours: Words, theirs: Words) -> Iterator[Piece]:
    """What both have, in runs that they write alike and runs that they do not."""
    for same, run in groupby(zip(ours, theirs, strict=True), key=lambda pair: pair[0][0] == pair[1][0]):
        kept, here = (list(side) for side in zip(*run, strict=True))
        word, space = here[-1]
        here[-1] = word, space or kept[-1][1]  # the space that follows in the kept copy, where the other text ends
        piece = _piece("same" if same else "alike", here)
        yield piece if same else replace(piece, kept="".join(word + space for word, space in kept))


def _piece(kind: PieceKind, words: Words) -> Piece:
    text = "".join(word + space for word, space in words)
    return Piece(kind, text, sum(map(_is_word, words)))


def fold(pieces: list[Piece], longest: int = 60, ends: int = 15) -> list[Piece]:
    """Shorten long runs in the middle, but never what only the other text has: that is what is lost."""
    return [
        _folded(piece, ends) if piece.kind in ("same", "kept-only") and piece.words > longest else piece
        for piece in pieces
    ]


def _folded(piece: Piece, ends: int) -> Piece:
    words = split_words(piece.text)
    head = "".join(word + space for word, space in words[:ends]).rstrip()
    tail = "".join(word + space for word, space in words[-ends:])
    return Piece(piece.kind, f"{head} […] {tail}", piece.words)
