"""The compiled loops that work out where tokens lie; ``places`` holds the plain twins."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from ..base.columns import Ints, Mask
from .jit import inner, lean, part
from .utf8 import byte_at, decoded
from .vectors import BLOCK, counted, sets_of

Bytes = NDArray[np.uint8]
Codes = NDArray[np.int32]
Points = NDArray[np.uint32]
Steps = NDArray[np.uint16]

_following = sets_of([(0x80, 0xBF)])

NEAR = 5
"""Of 2 to this power tokens the paragraph of the first one is known: ``places.STEP``."""
_LONG: Final = np.uint32(255)
"""``places.LONG``."""


def warm() -> None:
    """Compile these kernels, or load them from the cache."""
    nothing, points = np.zeros(0, np.int64), np.zeros(0, np.uint32)
    firsts(points, nothing, nothing, nothing, nothing)
    steps(points, points, nothing, np.zeros(0, np.uint16), nothing)
    places(np.zeros(0, np.uint16), nothing, (points, points), nothing, points, points)
    paragraphs(np.zeros(0, np.int32), nothing, nothing, np.zeros(0, np.int32))
    none = np.frombuffer(b"", np.uint8), (nothing, nothing), np.zeros(0, np.bool_)
    characters(*none, np.zeros(1, np.int64), nothing, np.zeros(0, np.uint32))


@lean
def firsts(tokens: Points, texts: Ints, paragraphs: Ints, rows: Ints, result: Ints) -> None:
    """For every paragraph the first token from its beginning on. tokens, paragraphs: the characters of their texts at
    which they begin. texts, rows: where those of each text begin in these (int64 offsets)."""
    for text in range(len(texts) - 1):
        token, end = texts[text], texts[text + 1]
        for row in range(rows[text], rows[text + 1]):
            while token < end and tokens[token] < paragraphs[row]:
                token += 1
            result[row] = token


@part
def _step(gap: np.uint32, length: np.uint32) -> np.uint16:
    return np.uint16(min(gap, _LONG) << np.uint32(8) | min(length, _LONG))


@lean
def steps(start: Points, end: Points, texts: Ints, step: Steps, number: Ints) -> int:
    """The steps of tokens that lie at these places, see ``places.Steps``, and which of them are written out; returns
    how many these are. texts: where the tokens of each text begin (int64 offsets)."""
    count, text = 0, 0
    if len(start):
        step[0] = _step(start[0], end[0] - start[0])
    for first in range(0, len(start), 1 << NEAR):
        last, longest = min(first + (1 << NEAR), len(start)), np.uint32(0)
        for token in range(max(first, 1), last):  # several at a time: the compiler sees to that
            at = np.uint64(token)
            gap, length = np.uint32(start[at] - end[at - np.uint64(1)]), np.uint32(end[at] - start[at])
            longest = max(longest, gap, length)
            step[at] = _step(gap, length)
        while texts[text] <= first:
            text += 1
        number[count] = first
        count += 1
        if longest < _LONG and texts[text] >= last:
            continue
        for token in range(first + 1, last):
            if texts[text] == token or step[token] >> 8 == _LONG or step[token] & _LONG == _LONG:
                number[count] = token
                count += 1
            while texts[text] <= token:
                text += 1
    return count


@part
def paragraph_at(near: Codes, edges: Ints, token: int) -> np.int64:
    """The paragraph of a token. near: of every 32nd one, see ``places.Places``. edges: where the tokens of each
    begin."""
    paragraph = np.int64(near[token >> NEAR])
    while edges[paragraph + 1] <= token:
        paragraph += 1
    return paragraph


@lean
def paragraphs(near: Codes, edges: Ints, wanted: Ints, result: Codes) -> None:
    """``paragraph_at`` of each of the wanted tokens."""
    for row in range(len(wanted)):
        result[row] = paragraph_at(near, edges, wanted[row])


@lean
def places(step: Steps, number: Ints, known: tuple[Points, Points], wanted: Ints, start: Points, end: Points) -> None:
    """Start and end of the wanted tokens out of ``places.Steps``. known: of those that are written out."""
    at = np.int64(0)
    for row in range(len(wanted)):
        token = wanted[row]
        # Tokens are mostly asked for in order: the next one is seldom far.
        if not (number[at] <= token and (at + 1 == len(number) or token < number[at + 1])):
            at = np.int64(np.searchsorted(number, token, "right")) - 1
        first, last = np.int64(known[0][at]), np.int64(known[1][at])
        for between in range(number[at] + 1, token + 1):
            first = last + (step[between] >> 8)
            last = first + (step[between] & 255)
        start[row], end[row] = first, last


@inner
def place_of(step: Steps, number: Ints, start: Points, end: Points, token: int | np.int64) -> tuple[np.int64, np.int64]:
    """The characters at which one token begins and ends; see ``places``."""
    at = np.int64(np.searchsorted(number, token, "right")) - 1
    first, last = np.int64(start[at]), np.int64(end[at])
    for between in range(number[at] + 1, token + 1):
        first = last + (step[between] >> 8)
        last = first + (step[between] & 255)
    return first, last


@inner
def byte_of(text: Bytes, begin: int, end: int, plain: bool, place: int | np.int64) -> int:
    """Where a character of a text stands that begins at ``begin``; ``end`` where it has none."""
    if plain:
        return int(min(begin + place, end))
    at, character = _nearer(text, begin, end, np.int64(0), np.int64(place))
    while character < place and at < end:
        at, character = at + decoded(text, at)[1], character + 1
    return at


@lean
def characters(
    text: Bytes, edges: tuple[Ints, Ints], plain: Mask, rows: Ints, wanted: Ints, result: Points
) -> None:  # fmt: skip
    """``corpus.characters`` of documents, of which it is told where their texts, in UTF-8, begin and end: of document i
    at the places wanted[rows[i]:rows[i + 1]]. plain: which of them are ASCII."""
    for document in range(len(plain)):
        begin, end = edges[0][document], edges[1][document]
        at, character = begin, np.int64(0)
        for row in range(rows[document], rows[document + 1]):
            place, result[row] = wanted[row], 0
            if plain[document]:
                character = max(place, np.int64(0))
                at = begin + character
            if character + BLOCK <= place:
                at, character = _nearer(text, at, end, character, place)
            while character < place and at < end:
                at, character = at + decoded(text, at)[1], character + 1
            while character > place and at > begin:
                at, character = at - 1, character - 1
                while byte_at(text, at) & 0xC0 == 0x80:
                    at -= 1
            if character == place and at < end:
                result[row] = decoded(text, at)[0]


@inner
def _nearer(text: Bytes, at: int, end: int, character: np.int64, place: np.int64) -> tuple[int, np.int64]:
    """Where a later character begins, not beyond the one at ``place``, and its number: by whole blocks of bytes."""
    while at + BLOCK <= end:
        begun = BLOCK - counted(_following(text, at)[0])
        if character + begun > place:
            break
        at, character = at + BLOCK, character + begun
    while at < end and byte_at(text, at) & 0xC0 == 0x80:  # of one that began in a block
        at += 1
    return at, character
