"""The lines of a document as columns of numbers: characters by kind, words, and the words themselves as hashes.

One pass over the code points of the whole document; nothing depends on a language or on the order of its lines.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from functools import cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ..base.columns import Hashes, Ints, mix64
from ..text.paragraphs import Spans, bounds_of

OTHER, SPACE, LOWER, UPPER, UNCASED, UNSPACED, DIGIT, STOP, COMMA, COLON, QUOTE, BRACKET, DASH, BAR, MARK, UNSEEN = (
    range(16)
)
"""Kinds of characters. UNSPACED: of a script written without spaces. STOP: ends a sentence. MARK: combines."""
_KINDS: Final = 16
_SIGNS = {
    **dict.fromkeys(".!?…。！？؟۔।", STOP),
    **dict.fromkeys(",;，、；،؛", COMMA),
    **dict.fromkeys(":：", COLON),
    **dict.fromkeys("\"'“”„‘’‚«»‹›「」『』", QUOTE),
    **dict.fromkeys("()[]{}（）【】", BRACKET),
    **dict.fromkeys("-–—•*‐‑‒―·", DASH),
    **dict.fromkeys("|/>→<\\│", BAR),
}
_UNSPACED_RANGES = (
    (0x0E00, 0x0EFF),
    (0x1000, 0x109F),
    (0x1780, 0x17FF),
    (0x3005, 0x3007),
    (0x3040, 0x30FF),
    (0x3400, 0x9FFF),
    (0xF900, 0xFAFF),
    (0xFF66, 0xFF9F),
)
_OF_CATEGORY = {
    **dict.fromkeys(("Zs", "Zl", "Zp", "Cc"), SPACE),
    **dict.fromkeys(("Ll",), LOWER),
    **dict.fromkeys(("Lu", "Lt"), UPPER),
    **dict.fromkeys(("Lo", "Lm"), UNCASED),
    **dict.fromkeys(("Nd", "Nl", "No"), DIGIT),
    **dict.fromkeys(("Mn", "Mc", "Me"), MARK),
    "Cf": UNSEEN,
}
_PLANE: Final = 1 << 16
_BASE: Final = np.uint64(0x9E3779B97F4A7C15)
_LONGEST_TOKEN: Final = 24
"""Characters of a token that its hash covers."""
_TERM: Final = 4
"""Characters from which a word is a term."""
TERM_BITS: Final = 20
"""Terms are numbers of so many bits."""
WORD_BITS: Final = 15
"""The words of lines fall into 2 to this power of places."""
_SIZES = np.array([4, 10, 25])
"""Words of a line from which its words are weighed apart: "more" is junk in a short line only."""
_PAIRED = 25
"""Words of a line up to which pairs of neighbouring words count as well."""


@dataclass(frozen=True, slots=True)
class Measures:
    """One row for each line."""

    kinds: Ints
    """Characters of each of the kinds (lines x 16)."""
    words: Ints
    """In scripts written without spaces two characters count as one."""
    tokens: Ints
    """Runs without white space."""
    capitals: Ints
    """Of these, those that begin with a capital."""
    small: Ints
    """Those of up to three characters that begin with a small letter."""
    longest: Ints
    """Characters of the longest one."""
    first: NDArray[np.uint8]
    """Kind of the first character."""
    last: NDArray[np.uint8]
    """Kind of the last character, closing quotes and brackets aside."""
    places: Ints
    """Where the words and pairs of words fall."""
    place_lines: Ints
    """The line of each of ``places``."""
    terms: Ints
    """Hashes of the longer words, by which lines are found to be of one matter."""
    term_lines: Ints
    """The line of each of ``terms``."""
    same: Hashes | None = None
    """Hashes of the characters of each line, if it was measured by the compiled kernel; and those with each number
    as one digit (2 x lines)."""

    @property
    def chars(self) -> Ints:
        """Characters of the lines."""
        total: Ints = self.kinds.sum(axis=1)
        return total


@cache
def _among(*kinds: int) -> NDArray[np.bool_]:
    """For each kind whether it is one of ``kinds``."""
    return np.isin(np.arange(_KINDS), kinds)


@cache
def _tables() -> tuple[NDArray[np.uint8], NDArray[np.uint64]]:
    """Kind, and number of the folded form, of every character of the first plane."""
    chars = [chr(point) for point in range(_PLANE)]
    kinds = np.array([_OF_CATEGORY.get(unicodedata.category(char), OTHER) for char in chars], np.uint8)
    for low, high in _UNSPACED_RANGES:
        part = kinds[low : high + 1]
        part[np.isin(part, (UNCASED, DIGIT, MARK)) & ~np.isin(np.arange(low, high + 1), np.arange(0x0E50, 0x0E5A))] = (
            UNSPACED
        )
    for sign, kind in _SIGNS.items():
        kinds[ord(sign)] = kind
    folded = np.array([ord(char.lower()) if len(char.lower()) == 1 else ord(char) for char in chars], np.uint64)
    folded[kinds == DIGIT] = ord("0")
    return kinds, mix64(folded + np.uint64(1))


def measure(text: str, spans: Spans, compiled: bool = False) -> Measures:
    """The measures of the lines of ``text`` that lie at ``spans``: in order, apart, not empty.

    ``compiled``: by the compiled kernel, which says the same, and is worth its loading for large inputs.
    """
    return _compiled_measure(text, spans) if compiled and len(spans) else _measure(text, spans)


def _compiled_measure(text: str, spans: Spans) -> Measures:
    from ..compiled import line as kernels

    kinds, folded = _tables()
    data = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), "<u4")
    bounds = bounds_of(spans)
    counts, rows = np.zeros((len(bounds), _KINDS), np.int64), np.empty((len(bounds), 7), np.int64)
    found, ends = kernels.Found(*(np.empty(len(data), np.int64) for _ in range(8))), np.zeros(4, np.int64)
    shifts = np.uint64(64 - WORD_BITS), np.uint64(64 - TERM_BITS)
    hashes = np.empty((2, len(bounds)), np.uint64)
    tables = kernels.Tables(kinds, _decimal(), folded, _powers(), _SIZES, _PAIRED, _TERM, *shifts)
    kernels.measure(data, bounds, tables, counts, rows, hashes, found, ends)
    words, pairs, terms, sides = ends.tolist()
    return Measures(
        kinds=counts,
        words=rows[:, kernels.WORDS],
        tokens=rows[:, kernels.TOKENS],
        capitals=rows[:, kernels.CAPITALS],
        small=rows[:, kernels.SMALL],
        longest=rows[:, kernels.LONGEST],
        first=rows[:, kernels.FIRST].astype(np.uint8),
        last=rows[:, kernels.LAST].astype(np.uint8),
        places=np.concatenate([found.words[:words], found.pairs[:pairs]]),
        place_lines=np.concatenate([found.word_lines[:words], found.pair_lines[:pairs]]),
        terms=np.concatenate([found.terms[:terms], found.sides[:sides]]),
        term_lines=np.concatenate([found.term_lines[:terms], found.side_lines[:sides]]),
        same=hashes,
    )


@cache
def _decimal() -> NDArray[np.bool_]:
    """Which characters are decimal digits; there are none beyond the second plane."""
    return np.array([chr(point).isdecimal() for point in range(2 * _PLANE)])


@cache
def _powers() -> NDArray[np.uint64]:
    return np.multiply.accumulate(np.full(_LONGEST_TOKEN, _BASE, np.uint64))


def _measure(text: str, spans: Spans) -> Measures:
    table, folded = _tables()
    data = np.minimum(np.frombuffer(text.encode("utf-32-le", "surrogatepass"), "<u4"), _PLANE - 1)
    bounds = bounds_of(spans).reshape(-1)
    count = len(spans)
    if not count:
        data = data[:0]
    edges = np.concatenate([[0], bounds, [len(data)]]) if count else np.zeros(2, np.int64)
    # Gap, line, gap, line, ..., gap: the lines have the odd numbers.
    owner = np.repeat(np.arange(len(edges) - 1), np.diff(edges))
    kinds = table[data]
    kinds[owner % 2 == 0] = SPACE
    counts = np.bincount(owner * _KINDS + kinds, minlength=(2 * count + 1) * _KINDS).reshape(-1, _KINDS)[1::2]
    owner >>= 1
    solid = np.zeros(len(kinds) + 2, np.bool_)
    solid[1:-1] = kinds != SPACE
    starts = np.flatnonzero(solid[1:-1] & ~solid[:-2])
    ends = np.flatnonzero(solid[1:-1] & ~solid[2:]) + 1
    home = owner[starts]
    opening = kinds[starts]
    sizes = ends - starts
    tokens = np.bincount(home, minlength=count)
    longest = _longest(home, sizes, count)
    words = tokens + counts[:, UNSPACED] // 2
    places, place_lines, terms, term_lines = _places(kinds, folded[data], owner, words)
    return Measures(
        kinds=counts.astype(np.int64),
        words=words,
        tokens=tokens,
        capitals=np.bincount(home[opening == UPPER], minlength=count),
        small=np.bincount(home[(opening == LOWER) & (sizes <= 3)], minlength=count),
        longest=longest,
        first=kinds[bounds[::2]] if count else np.zeros(0, np.uint8),
        last=_last(kinds, bounds),
        places=places,
        place_lines=place_lines,
        terms=terms,
        term_lines=term_lines,
    )


def _longest(home: Ints, sizes: Ints, count: int) -> Ints:
    """The greatest of the sizes of each line."""
    longest = np.zeros(count, np.int64)
    if len(home):
        fresh = np.flatnonzero(np.append(True, home[1:] != home[:-1]))
        longest[home[fresh]] = np.maximum.reduceat(sizes, fresh)
    return longest


def _last(kinds: NDArray[np.uint8], bounds: Ints) -> NDArray[np.uint8]:
    """Kind of the last character of each line, up to two closing quotes and brackets passed over."""
    start, at = bounds[::2], bounds[1::2] - 1
    for _ in range(2):
        closing = _among(QUOTE, BRACKET)[kinds[at]] & (at > start)
        at = at - closing
    return kinds[at]


def _places(
    kinds: NDArray[np.uint8], folded: NDArray[np.uint64], owner: Ints, words: Ints
) -> tuple[Ints, Ints, Ints, Ints]:
    """Where the words of each line, and its pairs of neighbouring words, fall."""
    letter = _among(LOWER, UPPER, UNCASED, DIGIT, MARK)[kinds]
    alone = kinds == UNSPACED
    before = np.zeros(len(kinds), np.bool_)
    before[1:] = letter[:-1] & (owner[1:] == owner[:-1])
    begins = (letter & ~before) | alone
    starts = np.flatnonzero(begins)
    inside = letter | alone
    token = np.cumsum(begins) - 1
    rows = np.flatnonzero(inside)
    number = token[rows]
    place = rows - starts[number] if len(starts) else rows
    near = place < _LONGEST_TOKEN
    rows, number, place = rows[near], number[near], place[near]
    mixed = folded[rows] * _powers()[place]
    heads = np.flatnonzero(place == 0)
    hashes = mix64(np.add.reduceat(mixed, heads)) if len(heads) else np.zeros(0, np.uint64)
    home = owner[starts]
    size = np.searchsorted(_SIZES, words, side="right").astype(np.uint64)[home]
    salted = hashes + size * np.uint64(0x2545F4914F6CDD1D)
    pair = (home[1:] == home[:-1]) & (words[home[1:]] <= _PAIRED)
    pairs = hashes[:-1][pair] * np.uint64(3) + salted[1:][pair]
    homes = np.concatenate([home, home[1:][pair]])
    found = (mix64(np.concatenate([salted, pairs])) >> np.uint64(64 - WORD_BITS)).astype(np.int64)
    long = np.diff(np.append(heads, len(mixed))) >= _TERM if len(heads) else np.zeros(0, np.bool_)
    # In scripts without spaces two neighbouring characters make a term.
    side = alone[starts[:-1]] & alone[starts[1:]] & (starts[1:] == starts[:-1] + 1)
    doubled = hashes[:-1][side] * np.uint64(5) + hashes[1:][side]
    terms = (mix64(np.concatenate([hashes[long], doubled])) >> np.uint64(64 - TERM_BITS)).astype(np.int64)
    term_lines = np.concatenate([home[long], home[1:][side]])
    return found, homes, terms, term_lines
