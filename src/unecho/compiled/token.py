"""The compiled loop that finds the tokens of texts in UTF-8; ``normalize`` holds the plain twin."""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..base.columns import Hashes, Ints, Mask
from .jit import compiled, inner, part
from .utf8 import Bytes, byte_at, decoded
from .values import mix
from .vectors import BLOCK, WORD, below, lowest, put, sets_of, weighed

Places = NDArray[np.uint32]


INNER, ALONE, DROPPED, MARKED, QUOTES = (np.uint8(1 << bit) for bit in range(5))
"""Roles of characters, as bits. INNER: part of a word. ALONE: its own token. DROPPED: passed over. None of
these: separates. MARKED: marks the token it is part of. QUOTES: a quotation mark."""
POINTS: Final = 256
"""Code points in a block of the tables of characters."""
ZERO, ONE = np.uint64(0), np.uint64(1)
_HYPHEN: Final = np.uint8(ord("-"))
_SIGNS: Final = tuple(tuple(map(np.uint8, sign.encode())) for sign in "−–")
"""The other signs of ``normalize.MINUS``, of three bytes each."""

_DIGITS, _CAPITALS = [(0x30, 0x39)], [(0x41, 0x5A)]
_INNER = [*_DIGITS, *_CAPITALS, (0x61, 0x7A)]
_ALONE, _QUOTES, _SPACES = [(0x24, 0x25)], [(0x22, 0x22)], [(0x09, 0x0D), (0x1C, 0x20)]
_BLANK, _BEYOND = [(0x00, 0x20)], [(0x80, 0xFF)]
_OPENING = [
    (0x0A, 0x0A), (0x0D, 0x0D), (0x21, 0x22), (0x27, 0x28), (0x2E, 0x2E), (0x3A, 0x3B), (0x3F, 0x3F), (0x5B, 0x5B),
    (0x7B, 0x7B),
]  # fmt: skip
_marks = sets_of(_INNER, _DIGITS, _CAPITALS, _ALONE, _QUOTES, _SPACES, _OPENING, _BLANK, _BEYOND)
"""Of ASCII what the tables of characters say of it; what may stand between a word and a quotation mark that is none of
its own; what is not ASCII."""
_inner, _beyond = sets_of(_INNER, _DIGITS), sets_of(_BEYOND)


def warm() -> None:
    """Compile this kernel, or load it from the cache."""
    text, flags, places = np.frombuffer(bytes(2 * BLOCK), np.uint8), np.zeros(POINTS, np.uint8), np.zeros(POINTS, int)
    blocks(text, np.zeros(1, np.bool_))
    table = Characters(places, flags, flags, *[np.ones(WORD * WORD + WORD, np.uint64)] * 4)
    columns = Columns(np.ones(8, np.uint64), np.zeros(8, np.uint32), np.zeros(8, np.uint32), flags)
    edges, marks = np.array([[0, 1]], np.int64), Flags(*map(np.uint8, range(6)))
    tokens(text, edges, table, columns, (np.zeros(2, np.int64), np.zeros(1, np.int64)), 0, marks)


@part
def _is_ascii(text: Bytes, at: int) -> bool:
    """Whether eight bytes are. The compiler makes a single load of them."""
    low = np.uint64(byte_at(text, at)) | np.uint64(byte_at(text, at + 1)) << np.uint64(8)
    low |= np.uint64(byte_at(text, at + 2)) << np.uint64(16) | np.uint64(byte_at(text, at + 3)) << np.uint64(24)
    high = np.uint64(byte_at(text, at + 4)) | np.uint64(byte_at(text, at + 5)) << np.uint64(8)
    high |= np.uint64(byte_at(text, at + 6)) << np.uint64(16) | np.uint64(byte_at(text, at + 7)) << np.uint64(24)
    return bool((low | high << np.uint64(32)) & np.uint64(0x8080808080808080) == ZERO)


class Characters(NamedTuple):
    """What ``tokens`` knows of characters, in tables of blocks of ``POINTS`` code points, ASCII first.

    begin: where the block of each 256th code point begins (int64). roles, flags: uint8; the flags of a character that
    separates go to the token behind it. value: uint64, hash of the folded form. power: uint64, what the hash of a word
    is multiplied by before the character is added. weights: uint64, ``WORD`` for each number of ASCII characters from 0
    to ``BLOCK``: what each of so many is multiplied by, those beyond by nothing; of more than ``WORD`` the first.
    powers: uint64, for 0 to ``WORD`` of them what the hash of the word before is multiplied by.
    """

    begin: Ints
    roles: Bytes
    flags: Bytes
    value: Hashes
    power: Hashes
    weights: Hashes
    powers: Hashes


class Flags(NamedTuple):
    """The flags of tokens that ``normalize`` knows, all uint8."""

    capital: np.uint8
    number: np.uint8
    opening: np.uint8
    spaced: np.uint8
    quoted: np.uint8
    unquoted: np.uint8


class Columns(NamedTuple):
    """Where ``tokens`` writes: those of ``normalize.Tokens``, with room for a token for every byte to come."""

    hash: Hashes
    start: Places
    end: Places
    flags: Bytes


@compiled
def blocks(text: Bytes, present: Mask) -> None:
    """Mark the blocks of code points that occur in a text in UTF-8, which is followed by ``BLOCK`` bytes of ASCII."""
    at, end = 0, len(text) - BLOCK
    while at < end:
        (beyond,) = _beyond(text, at)
        if not beyond:  # most often: not to be waited for
            at += BLOCK
            continue
        at += lowest(beyond)
        while byte_at(text, at) >= 0x80:
            point, size = decoded(text, at)
            present[np.uint64(point // POINTS)] = True
            at += size


@inner
def _is_signed(text: Bytes, begin: int, at: int, table: Characters, before: np.uint8) -> bool:
    """Whether a minus sign stands before a number in a text, and before that nothing, or what has one of the flags
    ``before``: ``normalize._signed``."""
    if at == begin:
        return False
    at -= 1
    if byte_at(text, at) != _HYPHEN:
        at -= 2
        if at < begin:
            return False
        sign = byte_at(text, at), byte_at(text, at + 1), byte_at(text, at + 2)
        if sign != _SIGNS[0] and sign != _SIGNS[1]:
            return False
    if at == begin:
        return True
    at -= 1
    while byte_at(text, at) & 0xC0 == 0x80:
        at -= 1
    point, _ = decoded(text, at)
    return bool(table.flags[np.uint64(table.begin[point >> 8] + (point & 255))] & before)


@part
def _longer(value: np.uint64, text: Bytes, at: int, size: int, table: Characters) -> np.uint64:
    """The hash of a word that goes on with so many ASCII characters."""
    while size > 0:
        step = min(size, WORD)
        value = value * table.powers[np.uint64(step)] + weighed(text, at, table.weights, step * WORD)
        at, size = at + step, size - step
    return value


@compiled
def tokens(  # noqa: PLR0912, PLR0915  one pass over the bytes: parts of it would be called for each
    text: Bytes, edges: Ints, table: Characters, out: Columns, places: tuple[Ints, Ints], count: int, marks: Flags
) -> int:
    """Tokens of texts in UTF-8, written behind the first ``count`` that are there; returns how many there are then.

    edges: where each begins and ends (int64, texts x 2), in bytes. An ASCII character that separates has to follow
    each, and ``BLOCK`` bytes the last. places: where the tokens of each begin (one longer), and how many characters it
    has.

    ASCII is looked at a block at a time: what its bytes are is told by bits of one number, and so is what follows for
    the words in it. Where bits in gaps are added to all bits of gaps, each gap with such a bit carries one on to where
    the word behind it begins.
    """
    begin, roles, values, powers = table.begin, table.roles, table.value, table.power
    kinds, weights = table.flags, table.weights
    offsets, lengths = places
    open_to = marks.opening | marks.spaced
    of_block, again = np.empty(BLOCK, np.uint8), 0
    for number in range(len(edges)):
        offsets[number] = count
        edge, stop = edges[number]
        at = first = edge  # the latter moves on where a character is longer than a byte: places are in characters
        pending, quoted, end, tight = open_to, np.uint8(0), -2, 0
        while at < stop:
            if at >= again and _is_ascii(text, at):
                inner, digits, capitals, alone, quotes, spaces, opening, blank, beyond = _marks(text, at)
                gaps, starts = ~(inner | alone), inner & ~(inner << ONE) | alone
                after = inner << ONE & ~inner
                numbers, ends = ((digits + inner) & after) >> ONE | alone, after | alone << ONE
                near = ends | np.uint64(at - first == end)
                unquoted = (near | (near & ~blank) << ONE | np.uint64(at - first <= end + tight)) & quotes
                put(
                    of_block,
                    (capitals, opening + gaps, spaces + gaps, quotes << ONE, unquoted + gaps, numbers),
                    (marks.capital, marks.opening, marks.spaced, marks.quoted, marks.unquoted, marks.number),
                )
                ends &= below(min(lowest(beyond), stop - at + 1))  # words that may go on behind it are not done here
                if starts & ONE:
                    pending |= quoted
                last = at
                while ends:
                    left, right = lowest(starts), lowest(ends)
                    size, row = right - left, np.uint64(count)
                    value = weighed(text, last + left, weights, size * WORD)
                    if size > WORD:
                        value = _longer(value, text, last + left + WORD, size - WORD, table)
                    start, numeric = last - first + left, (digits | alone) >> np.uint64(left) & ONE
                    if numeric and _is_signed(text, edge, last + left, table, open_to):
                        value, start = ~value, start - 1
                    out.hash[row] = value
                    out.flags[row] = of_block[np.uint64(left)] | of_block[np.uint64(right - 1)] & marks.number | pending
                    out.start[row], out.end[row] = start, last - first + right
                    count, pending, at = count + 1, np.uint8(0), last + right
                    starts, ends = starts & (starts - ONE), ends & (ends - ONE)
                if at > last:
                    quoted, end, tight = np.uint8(0), at - first, 1
                if last + min(lowest(starts), lowest(beyond)) >= stop:
                    break
                if at > last:
                    continue
                again = at + lowest(starts) + 1  # until then there is nothing but what separates
            byte, size = byte_at(text, at), 1
            place = np.uint64(byte)
            if byte >= 0x80:
                point, size = decoded(text, at)
                place = np.uint64(begin[point >> 8] + (point & 255))
            role = roles[place]
            if not role & (INNER | ALONE):
                pending |= kinds[place]
                quoted = marks.quoted if role & QUOTES else np.uint8(0)
                if at - first == end and byte <= 32:
                    tight = 0
                if role & QUOTES and at - first <= end + tight:
                    pending |= marks.unquoted
                at, first = at + size, first + size - 1
                continue
            signed = role & MARKED and _is_signed(text, edge, at, table, open_to)
            out.start[count] = at - first - signed
            value, kind, seen = values[place], kinds[place] | pending | quoted, np.uint64(role & MARKED)
            pending = quoted = np.uint8(0)
            if role & ALONE:
                at, first = at + size, first + size - 1
                end = at - first
            else:
                value = seen = ZERO
                while True:
                    if byte < 0x80:
                        inner, digits = _inner(text, at)
                        if not inner & ONE:
                            break
                        size = lowest(~inner)
                        value = _longer(value, text, at, size, table)
                        seen |= digits & below(size)
                        at += size
                        end = at - first
                    else:
                        point, size = decoded(text, at)
                        place = np.uint64(begin[point >> 8] + (point & 255))
                        role = roles[place]
                        if not role & (INNER | DROPPED):
                            break
                        at, first = at + size, first + size - 1
                        if role & INNER:
                            value = value * powers[place] + values[place]
                            seen |= np.uint64(role & MARKED)
                            end = at - first
                    byte = byte_at(text, at)
            out.end[count], tight = end, 1
            out.flags[count] = kind | marks.number if seen else kind
            out.hash[count] = ~value if signed else value
            count += 1
        lengths[number] = stop - first
    offsets[len(edges)] = count
    fresh = out.hash[offsets[0] : count]
    for at in range(len(fresh)):  # several at a time: the compiler sees to that
        fresh[at] = mix(fresh[at])
    return count
