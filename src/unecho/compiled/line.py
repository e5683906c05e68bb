"""The compiled twin of ``measure``: a line at a time, its characters while they are near the processor."""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..base.columns import Hashes, Ints
from .jit import inner, lean, part

SPACE, LOWER, UPPER, UNCASED, UNSPACED, DIGIT, QUOTE, BRACKET, MARK = 1, 2, 3, 4, 5, 6, 10, 11, 14
"""Those kinds of characters of ``measure`` that are asked for here."""
TOKENS, CAPITALS, SMALL, LONGEST, WORDS, FIRST, LAST = range(7)
"""The columns of ``rows``."""
_ZERO: Final = np.uint64(ord("0"))
_SALT: Final = np.uint64(0x2545F4914F6CDD1D)
_CLOSING: Final = np.uint32(1 << QUOTE | 1 << BRACKET)
_LETTERS: Final = np.uint32(1 << LOWER | 1 << UPPER | 1 << UNCASED | 1 << DIGIT | 1 << MARK)


class Tables(NamedTuple):
    """What is known of characters and words; see ``measure``."""

    kinds: NDArray[np.uint8]
    decimal: NDArray[np.bool_]
    """Whether a character is a decimal digit; those beyond are none."""
    folded: Hashes
    powers: Hashes
    sizes: Ints
    """Words of a line from which its words are weighed apart."""
    paired: int
    term: int
    word_shift: np.uint64
    term_shift: np.uint64


class Found(NamedTuple):
    """Room for what falls somewhere: where, and the number of the line; as much as there are characters."""

    words: Ints
    word_lines: Ints
    pairs: Ints
    pair_lines: Ints
    terms: Ints
    term_lines: Ints
    sides: Ints
    side_lines: Ints


def warm() -> None:
    """Compile the kernel, or load it from the cache, by calling it on next to nothing."""
    number, ints, hashes = np.uint64(1), np.zeros(4, np.int64), np.zeros(4, np.uint64)
    tables = Tables(np.zeros(4, np.uint8), np.zeros(4, np.bool_), hashes, hashes, ints, 1, 1, number, number)
    bounds, counts, found = np.array([[0, 4]], np.int64), np.zeros((1, 16), np.int64), Found(*[ints] * 8)
    measure(
        np.frombuffer(bytes(16), np.uint32),
        bounds,
        tables,
        counts,
        np.zeros((1, 7), np.int64),
        np.zeros((2, 1), np.uint64),
        found,
        ints,
    )


@inner
def mixed(value: np.uint64) -> np.uint64:
    """As ``columns.mix64``."""
    value ^= value >> np.uint64(33)
    value *= np.uint64(0xFF51AFD7ED558CCD)
    value ^= value >> np.uint64(33)
    value *= np.uint64(0xC4CEB9FE1A85EC53)
    value ^= value >> np.uint64(33)
    return value


@part
def _among(kind: np.uint8, kinds: np.uint32) -> np.bool_:
    return np.bool_(kinds >> np.uint32(kind) & np.uint32(1) != 0)


@part
def _known(text: NDArray[np.uint32], at: int, kinds: NDArray[np.uint8]) -> np.uint64:
    """The number of a character in the tables; those beyond them are like the last one."""
    # With unsigned places numba does not look for negative ones, at every character.
    return np.uint64(min(np.uint64(text[np.uint64(at)]), np.uint64(len(kinds) - 1)))


@part
def _kind(text: NDArray[np.uint32], at: int, kinds: NDArray[np.uint8]) -> np.uint8:
    kind: np.uint8 = kinds[_known(text, at, kinds)]
    return kind


@part
def _with(value: np.uint64, point: np.uint64) -> np.uint64:
    value = (value + point + np.uint64(1)) * _SALT
    return value ^ value >> np.uint64(32)


@inner
def _counted(
    text: NDArray[np.uint32], start: int, end: int, kinds: NDArray[np.uint8], counts: Ints, row: Ints
) -> np.uint64:
    """Count the characters of a line by kind, and its tokens; the hash of its characters."""
    tokens = capitals = small = longest = 0
    begun, opening, value = -1, kinds[0], np.uint64(0)
    for at in range(start, end + 1):
        kind = np.uint8(SPACE)
        if at < end:
            kind = _kind(text, at, kinds)
            counts[np.uint64(kind)] += 1
            value = _with(value, np.uint64(text[np.uint64(at)]))
        if kind == SPACE:
            if begun >= 0:
                longest = max(longest, at - begun)
                small += opening == LOWER and at - begun <= 3
            begun = -1
        elif begun < 0:
            begun, opening = at, kind
            tokens += 1
            capitals += kind == UPPER
    row[TOKENS], row[CAPITALS], row[SMALL], row[LONGEST] = tokens, capitals, small, longest
    row[WORDS] = tokens + counts[UNSPACED] // 2
    row[FIRST], last = _kind(text, start, kinds), end - 1
    for _ in range(2):
        if last > start and _among(_kind(text, last, kinds), _CLOSING):
            last -= 1
    row[LAST] = _kind(text, last, kinds)
    return value


@inner
def _folded(text: NDArray[np.uint32], start: int, end: int, decimal: NDArray[np.bool_]) -> np.uint64:
    """The hash of the characters of a line with each number as one digit."""
    value = np.uint64(0)
    inside = False
    for at in range(start, end):
        point = np.uint64(text[np.uint64(at)])
        digit = bool(point < len(decimal) and decimal[point])
        if not (digit and inside):
            value = _with(value, _ZERO if digit else point)
        inside = digit
    return value


@inner
def _word(text: NDArray[np.uint32], at: int, end: int, tables: Tables) -> tuple[np.uint64, int, int]:
    """The hash of the word that begins at a place, how many characters it covers, and where the word ends."""
    kinds = tables.kinds
    value, length = np.uint64(0), 0
    most = len(tables.powers)
    while at < end:
        point = _known(text, at, kinds)
        if not _among(kinds[point], _LETTERS):
            break
        if length < most:
            value += tables.folded[point] * tables.powers[np.uint64(length)]
            length += 1
        at += 1
    return mixed(value), length, at


@lean
def measure(
    text: NDArray[np.uint32],
    bounds: Ints,
    tables: Tables,
    counts: Ints,
    rows: Ints,
    hashes: Hashes,
    found: Found,
    ends: Ints,
) -> None:
    """The measures of lines.

    ``bounds``: beginning and end of each. ``counts`` (zeros): characters of each kind; ``rows``: the other measures;
    ``hashes``: of its characters, and of those with each number as one digit; ``ends`` (4): how much of ``found`` was
    used.
    """
    kinds = tables.kinds
    words = pairs = terms = sides = 0
    for line in range(len(bounds)):
        start, end = bounds[line, 0], bounds[line, 1]
        hashes[:, line] = _counted(text, start, end, kinds, counts[line], rows[line])
        if counts[line, DIGIT]:
            hashes[1, line] = _folded(text, start, end, tables.decimal)
        salt = np.uint64(0)
        for size in tables.sizes:
            salt += _SALT * np.uint64(rows[line, WORDS] >= size)
        paired = rows[line, WORDS] <= tables.paired
        before, alone, any_before, at = np.uint64(0), -2, False, start
        while at < end:
            kind = _kind(text, at, kinds)
            if kind == UNSPACED:
                value, length = mixed(tables.folded[_known(text, at, kinds)] * tables.powers[0]), 1
                if alone == at - 1:
                    found.sides[sides] = mixed(before * np.uint64(5) + value) >> tables.term_shift
                    found.side_lines[sides] = line
                    sides += 1
                alone = at
                at += 1
            elif _among(kind, _LETTERS):
                value, length, at = _word(text, at, end, tables)
            else:
                at += 1
                continue
            found.words[words] = mixed(value + salt) >> tables.word_shift
            found.word_lines[words] = line
            words += 1
            if paired and any_before:
                found.pairs[pairs] = mixed(before * np.uint64(3) + value + salt) >> tables.word_shift
                found.pair_lines[pairs] = line
                pairs += 1
            if length >= tables.term:
                found.terms[terms] = mixed(value) >> tables.term_shift
                found.term_lines[terms] = line
                terms += 1
            before, any_before = value, True
    ends[0], ends[1], ends[2], ends[3] = words, pairs, terms, sides
