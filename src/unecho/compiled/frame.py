"""Compiled loops that look at the characters right around passages; ``framing`` holds the plain twins."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..base.columns import Hashes, Ints, Mask
from .jit import lean, part
from .ranks import Ranks, count, lowest, mark, rank, room
from .utf8 import byte_at, decoded

Bytes = NDArray[np.uint8]
Points = NDArray[np.uint32]
Steps = NDArray[np.uint16]
Codes = NDArray[np.uint16]

TOGETHER = 4
"""Characters that are looked at: 16 bits each."""
STOP, RARE = np.uint64(0xFFFF), np.uint64(0xFFFE)
"""Stand for white space and for what is out of reach, and for a character that 16 bits do not tell."""


class Known(NamedTuple):
    """Where tokens lie: ``places.Steps``, and ``Places.shift``."""

    step: Steps
    number: Ints
    start: Points
    end: Points
    shift: Ints


class Texts(NamedTuple):
    """Texts of documents (``spool.Encoded``), and their paragraphs: the first tokens and characters of each, and where
    those of each document begin."""

    data: Bytes
    begin: Ints
    end: Ints
    plain: Mask
    tokens: Ints
    first: Ints
    last: Ints
    paragraphs: Ints


def warm() -> None:
    """Compile these kernels, or load them from the cache."""
    nothing, points, marks = np.zeros(0, np.int64), np.zeros(0, np.uint32), room(1)
    mark(nothing, 1, 0, marks)
    found = np.empty((count(marks), 2), np.uint64)
    known = Known(np.zeros(0, np.uint16), nothing, points, points, nothing)
    data = np.frombuffer(b"", np.uint8)
    texts = Texts(data, nothing, nothing, np.zeros(0, np.bool_), nothing, nothing, nothing, np.zeros(1, np.int64))
    around(known, texts, 0, 0, np.zeros(1, np.uint16), marks, found)
    common((nothing, nothing), (nothing, nothing), marks, found, np.empty((4, 0), np.int64), np.zeros(0, np.bool_))


@lean
def around(known: Known, texts: Texts, first: int, end: int, table: Codes, marks: Ranks, found: Hashes) -> None:
    """For each end of tokens that is marked, in documents from ``first`` to ``end``: the character of its text where
    the token begins or ends there, and the next few code points outside of it, as ``table`` has them.

    marks: twice the number of a token, and one more for what is behind it."""
    for document in range(first, end):
        low, high = texts.paragraphs[document], texts.paragraphs[document + 1]
        if low == high or texts.tokens[low] == texts.tokens[high]:
            continue
        row, stop = rank(marks, 2 * texts.tokens[low]), 2 * texts.tokens[high]
        at, character, paragraph, written = texts.begin[document], np.int64(0), low, np.int64(0)
        for block in range(2 * texts.tokens[low] >> 6, (stop + 63) >> 6):
            bits = marks[block, 0]
            while bits:
                marked = block << 6 | lowest(bits)
                bits &= bits - np.uint64(1)
                if marked < 2 * texts.tokens[low]:
                    continue
                if marked >= stop:
                    break
                token, behind = marked >> 1, marked & 1
                while texts.tokens[paragraph + 1] <= token:
                    paragraph += 1
                written = _written(known, token + known.shift[paragraph], written)
                edge = _edge(known, token + known.shift[paragraph], written, behind)
                left = _left(known, texts, paragraph, token, behind, edge)
                at, character = _moved(texts, document, at, character, edge)
                found[row, 0] = edge
                found[row, 1] = _codes(texts, document, at, min(left, np.int64(TOGETHER)), behind, table)
                row += 1


@part
def _written(known: Known, token: np.int64, written: np.int64) -> np.int64:
    """The last token up to this one that has its place written out; ``written``: one before it, or any."""
    number = known.number
    if not (number[written] <= token and (written + 1 == len(number) or token < number[written + 1])):
        return np.int64(np.searchsorted(number, token, "right")) - 1
    return written


@part
def _edge(known: Known, token: np.int64, written: np.int64, behind: np.int64) -> np.int64:
    """The character at which a token begins, or ends."""
    start, end = np.int64(known.start[written]), np.int64(known.end[written])
    for between in range(known.number[written] + 1, token + 1):
        start = end + (known.step[between] >> 8)
        end = start + (known.step[between] & 255)
    return end if behind else start


@part
def _left(
    known: Known, texts: Texts, paragraph: np.int64, token: np.int64, behind: np.int64, edge: np.int64
) -> np.int64:  # fmt: skip
    """How many characters there are outside of a token up to the next one, or to the border of the paragraph; of many
    a part."""
    if not behind:
        if token == texts.tokens[paragraph]:
            return np.int64(edge - texts.first[paragraph])
        return np.int64(known.step[token + known.shift[paragraph]] >> 8)
    if token + 1 == texts.tokens[paragraph + 1]:
        return np.int64(texts.last[paragraph] - edge)
    return np.int64(known.step[token + 1 + known.shift[paragraph]] >> 8)


@part
def _moved(texts: Texts, document: int, at: np.int64, character: np.int64, to: np.int64) -> tuple[np.int64, np.int64]:
    """From the byte of one character to that of another, which is not before it."""
    if texts.plain[document]:
        return texts.begin[document] + to, to
    end = texts.end[document]
    while character < to and at < end:  # as many bytes as there are characters at least, all of them at once
        step = min(to - character, end - at)
        for place in range(at, at + step):
            character += byte_at(texts.data, place) & 0xC0 != 0x80
        at += step
    while at < end and byte_at(texts.data, at) & 0xC0 == 0x80:
        at += 1
    return at, character


@part
def _codes(texts: Texts, document: int, at: np.int64, left: np.int64, behind: np.int64, table: Codes) -> np.uint64:
    """The next few characters from a byte on, or before it."""
    codes = ~np.uint64(0)
    for place in range(left):
        if not behind:
            at -= 1
            while byte_at(texts.data, at) & 0xC0 == 0x80:
                at -= 1
        elif at >= texts.end[document]:
            break
        point, size = decoded(texts.data, at)
        at += size * behind
        code = min(np.uint64(point), RARE)
        if point < len(table):
            code = np.uint64(table[point])
        shift = np.uint64(16 * place)
        codes = codes & ~(np.uint64(0xFFFF) << shift) | code << shift
        if code == STOP:
            break
    return codes


@lean
def common(a: tuple[Ints, Ints], b: tuple[Ints, Ints], marks: Ranks, found: Hashes, spans: Ints, rest: Mask) -> None:
    """The characters of passages, with those that both sides have next to them, into ``spans`` (a row each: start in a,
    end in a, start in b, end in b). rest: those of which the few characters that were looked at do not tell."""
    for passage in range(len(rest)):
        for behind in range(2):
            mine = rank(marks, 2 * (a[behind][passage] - behind) + behind)
            its = rank(marks, 2 * (b[behind][passage] - behind) + behind)
            equal = _equal(found[mine, 1], found[its, 1])
            rest[passage] |= equal < 0
            step = equal if behind else -equal
            spans[behind, passage] = np.int64(found[mine, 0]) + step
            spans[2 + behind, passage] = np.int64(found[its, 0]) + step


@part
def _equal(one: np.uint64, other: np.uint64) -> np.int64:
    """How many characters are the same up to the first that is not, or white space; below 0 where that is not among
    them."""
    for place in range(TOGETHER):
        code = one >> np.uint64(16 * place) & np.uint64(0xFFFF)
        if code != other >> np.uint64(16 * place) & np.uint64(0xFFFF) or code == STOP:
            return np.int64(place)
        if code == RARE:
            break
    return np.int64(-1)
