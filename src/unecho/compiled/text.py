"""The corpus as the loops take it that choose which copies stay."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from ..base.columns import Hashes, Ints
from .jit import inner, part
from .place import Codes, Points, Steps, byte_of, paragraph_at, place_of
from .spell import BLOCK, FLAGS, FOLD, FOLD_END, UPPER, Spelling, row_of
from .utf8 import Bytes, byte_at, decoded
from .values import Numbers

DOCUMENT, KIND, AMONG, LONG, BY_CHARACTER, START, END = range(7)
"""Columns of ``Text.paragraphs``."""
TOKENS, PARAGRAPHS, RANK, BEGIN, BEHIND, PLAIN, UNCASED = range(7)
"""Columns of ``Text.documents``."""


class Letters(NamedTuple):
    """The texts themselves, in UTF-8, and which tokens have their places written out, with these: see
    ``places.Steps``. met: int64, the document (-1: none yet), character and byte that were looked for last: the next
    one is mostly behind it, and a long text is not counted through from its beginning each time."""

    data: Bytes
    number: Ints
    start: Points
    end: Points
    met: Ints


class Text(NamedTuple):
    """A corpus: see ``corpus.Corpus``. step: see ``places.Steps``. near, shift: see ``places.Places``. edges: where the
    tokens of each paragraph begin (int64), apart, as it is looked at most.

    What is passed from function to function is gathered in few arrays: a row of ``paragraphs`` (uint32) has the
    document, kind, number of the documents among which a copy may stay, whether it is long and of a script without
    spaces, and the characters where it begins and ends; a row of ``documents`` (int64) the first token, first
    paragraph, rank, the bytes where its text begins and ends, and whether that is ASCII. These have a row more, as
    ``edges``.
    """

    word: Numbers
    vocabulary: Hashes
    flags: Bytes
    step: Steps
    near: Codes
    shift: Ints
    edges: Ints
    paragraphs: Numbers
    documents: Ints
    letters: Letters


@part
def owner_of(text: Text, token: int) -> np.int64:
    """``place.paragraph_at``."""
    return paragraph_at(text.near, text.edges, token)


@inner
def byte_of_character(text: Text, document: int, character: int | np.int64) -> int:
    """Where a character of a document stands."""
    begin, end, met = text.documents[document, BEGIN], text.documents[document, BEHIND], text.letters.met
    if text.documents[document, PLAIN]:
        return int(min(begin + character, end))
    known = np.int64(0)
    if met[0] == document and met[1] <= character:
        known, begin = met[1], met[2]
    at = byte_of(text.letters.data, begin, end, False, character - known)
    if at < end:
        met[0], met[1], met[2] = document, character, at
    return at


@inner
def folded(text: Text, table: Spelling, token: int) -> tuple[np.int64, bool]:
    """The characters of a token, folded, to the beginning of ``table.room``; how many they are, and whether it begins
    with a capital. Where a character is not known, it is the block of that, below zero: -1 for the first one; where
    there is no room for all, it is as many as there is room for."""
    letters, owner = text.letters, owner_of(text, token)
    place = token + text.shift[owner]
    first, last = place_of(text.step, letters.number, letters.start, letters.end, place)
    at, size, name = byte_of_character(text, text.paragraphs[owner, DOCUMENT], first), np.int64(0), False
    for character in range(first, last):
        point, length = decoded(letters.data, at)
        row, at = row_of(table, point), at + length
        if row < 0:
            return np.int64(-1) - point // BLOCK, False
        grown = table.characters[row, FOLD_END] - table.characters[row, FOLD]
        if size + grown > table.room.shape[1]:
            return np.int64(table.room.shape[1]), False
        name = name or (character == first and table.characters[row, FLAGS] & UPPER != 0)
        for its in range(table.characters[row, FOLD], table.characters[row, FOLD_END]):
            table.room[0, size], size = table.points[its], size + 1
    return size, name


@inner
def is_listed(text: Text, paragraph: int) -> bool:
    """``cover.is_listed``."""
    document, data = text.paragraphs[paragraph, DOCUMENT], text.letters.data
    at = byte_of_character(text, document, text.paragraphs[paragraph, START])
    end = byte_of_character(text, document, text.paragraphs[paragraph, END])
    mark = np.int64(0)
    for place in range(at, min(at + 4, end)):
        mark = mark << 8 | np.int64(byte_at(data, place))
        for bullet in (0x2D20, 0x2A20, 0xE280A220, 0xE2809320, 0xC2B720):
            if mark == bullet:
                return True
    for place in range(at, end - 2):
        if byte_at(data, place) == 0x20 and byte_at(data, place + 1) == 0x7C and byte_at(data, place + 2) == 0x20:
            return True
    return False


class Bits(NamedTuple):
    """Flags of tokens: see ``normalize``. ordinary, named: of words, see ``guards.cases_of``."""

    capital: np.uint8
    number: np.uint8
    caseless: np.uint8
    opening: np.uint8
    spaced: np.uint8
    quoted: np.uint8
    unquoted: np.uint8
    ordinary: np.uint8
    named: np.uint8


class Rules(NamedTuple):
    """Numbers of ``cover``, ``shingles`` and ``passages``. kinds: of ``facts``, the bit of a verb of saying, and what
    sides and groups of opposites are put in times."""

    small_edit: int
    by_chance: int
    short: int
    back: int
    around: tuple[int, int]
    shortest: int
    gap: int
    kinds: tuple[int, int, int]
    bits: Bits
