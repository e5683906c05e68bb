"""The corpus as the loops take it that choose which copies stay."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..base.columns import Hashes, Ints
from .jit import part
from .place import Codes, Steps, paragraph_at
from .values import Numbers

Bytes = NDArray[np.uint8]
Points = NDArray[np.uint32]

DOCUMENT, KIND, AMONG, LONG, BY_CHARACTER, SHIFT = range(6)
"""Columns of ``Text.paragraphs``."""
TOKENS, PARAGRAPHS, RANK = range(3)
"""Columns of ``Text.documents``."""


class Text(NamedTuple):
    """A corpus: see ``corpus.Corpus``. step: see ``places.Steps``. near: see ``places.Places``. edges: where the tokens
    of each paragraph begin (int64), apart, as it is looked at most.

    What is passed from function to function is gathered in few arrays: a row of ``paragraphs`` (int64) has the
    document, kind, number of the documents among which a copy may stay, whether it is long and of a script without
    spaces, and by how much farther on its tokens lie in ``step``; a row of ``documents`` (int64) the first token, first
    paragraph and rank. These have a row more, as ``edges``.
    """

    word: Numbers
    vocabulary: Hashes
    flags: Bytes
    step: Steps
    near: Codes
    edges: Ints
    paragraphs: Ints
    documents: Ints


@part
def owner_of(text: Text, token: int) -> np.int64:
    """``place.paragraph_at``."""
    return paragraph_at(text.near, text.edges, token)


class Bits(NamedTuple):
    """Flags of tokens: see ``normalize``."""

    capital: np.uint8
    number: np.uint8
    caseless: np.uint8
    opening: np.uint8
    spaced: np.uint8
    quoted: np.uint8
    unquoted: np.uint8


class Rules(NamedTuple):
    """Numbers of ``cover``, ``shingles`` and ``passages``. kinds: of ``facts``, the bit of a verb of saying, and what
    sides and groups of opposites are put in times."""

    small_edit: int
    short: int
    back: int
    around: tuple[int, int]
    shortest: int
    gap: int
    kinds: tuple[int, int, int]
    bits: Bits
