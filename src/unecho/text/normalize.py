"""Text to comparable words. For comparison only: nothing made here is ever written to a corpus.

A token is a word: a run of letters, marks and digits; in scripts written without spaces every character
but digits is a token, and so is every currency sign and per cent sign. Characters are folded one by one (compatibility
decomposition, case folding), so that typography, width, case and the composed or decomposed form of an
accent make no difference (but in kana a decomposed voicing mark is a token of its own). Zero-width characters,
soft hyphens, the Arabic tatweel and vowel points are passed over; everything else separates.

The work is columnar: a batch of texts becomes one array of code points, tables indexed by code point give
class and folded form, and a token is a 64-bit polynomial hash over its folded characters.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from ..base.columns import Hashes, Ints, Mask, mix64, offsets_of, pieces
from ..compiled.when import is_large

if TYPE_CHECKING:
    from ..compiled import token as kernels

SEPARATOR, WORD, SINGLE, SYMBOL, DROPPED = range(5)
"""Classes of characters. SINGLE: its own token, being of a script written without spaces."""

CAPITAL, NUMBER, UNSPACED, CASELESS, OPENING, QUOTED, UNQUOTED, SPACED = (np.uint8(1 << bit) for bit in range(8))
"""Flags of tokens. CAPITAL: begins with a capital. NUMBER: holds a digit, or is a currency or per cent sign.
CASELESS: begins with a letter of a script without capitals. OPENING: may begin a sentence or a quote, where
a capital says nothing. QUOTED: a quotation mark stands right before the token. UNQUOTED:
one stands right behind the token before it, or behind that and a character that is no space. SPACED: begins a text, or
white space stands between it and the token before it."""

PRIME = 0x9E3779B97F4A7C15
"""Base of the polynomial hash (odd, so that it has an inverse modulo 2^64)."""
INVERSE = pow(PRIME, -1, 1 << 64)

UNSPACED_RANGES = (
    (0x0E00, 0x0EFF),  # Thai, Lao
    (0x0F00, 0x0FFF),  # Tibetan
    (0x1000, 0x109F),  # Myanmar
    (0x1780, 0x17FF),  # Khmer
    (0x3005, 0x3007),  # ideographic iteration mark, closing mark, zero
    (0x3040, 0x30FF),  # Hiragana, Katakana
    (0x31F0, 0x31FF),
    (0x3400, 0x4DBF),  # Han
    (0x4E00, 0x9FFF),
    (0xA9E0, 0xA9FF),  # Myanmar extended
    (0xAA60, 0xAA7F),
    (0xF900, 0xFAFF),
    (0xFF66, 0xFF9F),  # half-width Katakana
    (0x20000, 0x3FFFF),
)
_POINTS = range(0x064B, 0x0653)  # Arabic vowel points
_SENTENCE_END = frozenset(".!?…:;\n\r。！？；：؟۔।\"'“”„‘’«»‹›([{「『—–")
SPACE = 32
"""Code points up to here are spaces and line ends."""
MINUS = "-−–"
"""What may stand before a number as its sign."""
_QUOTATION_MARKS = frozenset('"“”„‟«»‹›「」『』')
CHARACTERS = 6
"""Characters that a token takes at the least, spaces included, in all scripts but those without spaces."""
_CHUNK = 1_000_000  # characters worked on at a time
_PIECE = 100_000  # bytes given to the kernel at a time: the next ones need room only where all tokens are short
_BYTES = 4  # a token takes more in most texts
BEHIND = bytes(64)
"""What the kernel may read behind the last text."""


@dataclass(frozen=True, slots=True)
class Tokens:
    """The tokens of a batch of texts, text after text.

    hash: uint64 per token, equal for equal folded words; the minus sign of a number is part of it. start, end: uint32,
    characters of the token's own text. flags: uint8. offsets: int64, the tokens of text i are offsets[i]:offsets[i +
    1]. lengths: int64, characters of each text.
    """

    hash: Hashes
    start: NDArray[np.uint32]
    end: NDArray[np.uint32]
    flags: NDArray[np.uint8]
    offsets: Ints
    lengths: Ints


def char_class(char: str) -> int:
    """Which of the five classes a character is of."""
    category = unicodedata.category(char)
    point = ord(char)
    if category == "Cf" or char == "ـ" or point in _POINTS or 0xFE00 <= point <= 0xFE0F:
        return DROPPED
    if category[0] in "LMN":
        unspaced = category != "Nd" and any(low <= point <= high for low, high in UNSPACED_RANGES)
        return SINGLE if unspaced else WORD
    return SYMBOL if category == "Sc" or char in "%٪％‰" else SEPARATOR


def fold(char: str) -> str:
    """What a character counts as: compatibility decomposition and case folding, character by character."""
    return unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", char).casefold())


def tokenize(texts: Sequence[str], compiled: bool | None = None) -> Tokens:
    """The tokens of a batch of texts. ``compiled``: see ``when.is_large``."""
    size = sum(map(len, texts))
    if is_large(size // CHARACTERS, compiled):
        return tokenize_all([text.encode("utf-8", "surrogatepass") for text in texts])
    return _tokens(texts) if texts and size <= _CHUNK else _joined(texts)


def _joined(texts: Sequence[str]) -> Tokens:
    """``_tokens`` of many or long texts, a few at a time."""
    places, none = np.zeros(0, np.uint32), np.zeros(0, np.int64)
    found = [Tokens(np.zeros(0, np.uint64), places, places, np.zeros(0, np.uint8), none, none)]
    counts = np.zeros(len(texts), np.int64)
    for parts in _chunks(texts):
        tokens = _tokens([text for _, _, text in parts])
        sizes = np.diff(tokens.offsets)
        shift = np.repeat(np.array([base for _, base, _ in parts], np.uint32), sizes)
        found.append(replace(tokens, start=tokens.start + shift, end=tokens.end + shift))
        np.add.at(counts, [number for number, _, _ in parts], sizes)
    hashes, start, end, flags = (
        np.concatenate([getattr(tokens, name) for tokens in found]) for name in ("hash", "start", "end", "flags")
    )
    return Tokens(hashes, start, end, flags, offsets_of(counts), np.fromiter(map(len, texts), np.int64, len(texts)))


def _chunks(texts: Sequence[str]) -> Iterator[list[tuple[int, int, str]]]:
    """Pieces (number of the text, where it begins, characters) in order, in lists of about ``_CHUNK``."""
    chunk: list[tuple[int, int, str]] = []
    size = 0
    for number, text in enumerate(texts):
        for base, piece in _cut(text):
            chunk.append((number, base, piece))
            size += len(piece)
            if size >= _CHUNK:
                yield chunk
                chunk, size = [], 0
    if chunk:
        yield chunk


def _cut(text: str) -> Iterator[tuple[int, str]]:
    """A text in pieces of about ``_CHUNK`` characters, cut at spaces or newlines only."""
    start = 0
    while len(text) - start > 2 * _CHUNK:
        places = [text.find(char, start + _CHUNK) for char in " \n"]
        end = min((place for place in places if place >= 0), default=len(text))
        yield start, text[start:end]
        start = end
    yield start, text[start:]


def _tokens(texts: Sequence[str]) -> Tokens:
    """The tokens of a few texts. Memory: about 100 bytes a character while it runs."""
    lengths = np.fromiter(map(len, texts), np.int64, len(texts))
    points = np.frombuffer("\n".join(texts).encode("utf-32-le", "surrogatepass"), np.uint32)
    bases = offsets_of(lengths + 1)
    table = _Table.of(points)
    first, last, places = _boundaries(table.classes[points])
    start, end = places[first], places[last] + 1
    offsets = np.searchsorted(start, bases).astype(np.int64)
    base = np.repeat(bases[:-1], np.diff(offsets))
    flags = _flags(points, table, places, first, last, start, end, base)
    signed = _signed(points, table, start, base)
    hashes, start = _hashes(points[places], table, first, last, signed), start - signed
    return Tokens(hashes, (start - base).astype(np.uint32), (end - base).astype(np.uint32), flags, offsets, lengths)


@dataclass(frozen=True, slots=True)
class _Table:
    """Per code point: class, length and hash of the folded form, and flags: of a character that separates those that
    the token behind it gets. Filled where a batch needs it."""

    classes: NDArray[np.uint8]
    length: NDArray[np.uint8]
    value: Hashes
    flags: NDArray[np.uint8]
    quotes: NDArray[np.bool_]

    @classmethod
    def of(cls, points: NDArray[np.uint32]) -> _Table:
        size = int(points.max(initial=0)) + 1
        present = np.flatnonzero(np.bincount(points, minlength=size))
        table = cls(
            np.zeros(size, np.uint8),
            np.ones(size, np.uint8),
            np.zeros(size, np.uint64),
            np.zeros(size, np.uint8),
            np.zeros(size, np.bool_),
        )
        for point in present.tolist():
            char = chr(point)
            folded = fold(char)
            table.classes[point] = char_class(char)
            table.length[point] = len(folded)
            table.value[point] = np.uint64(polynomial(folded))
            table.flags[point] = _char_flags(char)
            table.quotes[point] = char in _QUOTATION_MARKS
        return table


def polynomial(text: str) -> int:
    """Polynomial hash of a string over its code points, modulo 2^64 (Rabin and Karp 1987)."""
    value = 0
    for char in text:
        value = (value * PRIME + ord(char) + 1) % (1 << 64)
    return value


def _char_flags(char: str) -> int:
    category, flags = unicodedata.category(char), 0
    if category in ("Lu", "Lt"):
        flags |= int(CAPITAL)
    if category in ("Nd", "No") or char_class(char) == SYMBOL:
        flags |= int(NUMBER)
    if category == "Lo":
        flags |= int(CASELESS)
    if char_class(char) == SINGLE:
        flags |= int(UNSPACED)
    if char in _SENTENCE_END:
        flags |= int(OPENING)
    if char.isspace():
        flags |= int(SPACED)
    return flags


def _boundaries(classes: NDArray[np.uint8]) -> tuple[Ints, Ints, Ints]:
    """(first, last, places): tokens as index ranges (inclusive) into ``places``, the characters not dropped."""
    places = np.flatnonzero(classes != DROPPED)
    kept = classes[places]
    word = kept == WORD
    alone = (kept == SINGLE) | (kept == SYMBOL)
    before = np.zeros(len(word), np.bool_)
    before[1:] = word[:-1]
    after = np.zeros(len(word), np.bool_)
    after[:-1] = word[1:]
    return np.flatnonzero(alone | (word & ~before)), np.flatnonzero(alone | (word & ~after)), places


def _signed(points: NDArray[np.uint32], table: _Table, start: Ints, base: Ints) -> Mask:
    """Which tokens are numbers with a minus sign right before them, before which a space or what may begin a sentence
    stands, or nothing: "-5" is not 5, but in "4-5" and "covid-19" no sign stands."""
    result = np.zeros(len(start), np.bool_)
    rows = np.flatnonzero((start > base) & (table.flags[points[start]] & NUMBER != 0))
    rows = rows[np.isin(points[start[rows] - 1], [ord(sign) for sign in MINUS])]
    before = np.maximum(start[rows] - 2, 0)
    result[rows] = (start[rows] - 1 == base[rows]) | (table.flags[points[before]] & (OPENING | SPACED) != 0)
    return result


def _hashes(points: NDArray[np.uint32], table: _Table, first: Ints, last: Ints, signed: Mask) -> Hashes:
    """Polynomial hash of every token from one running sum: with weights of falling powers, the difference of
    two sums is the hash of what lies between, up to a power that is multiplied back."""
    if not len(first):
        return np.zeros(0, np.uint64)
    reach = np.cumsum(table.length[points], dtype=np.int64)
    falling = np.full(int(reach[-1]) + 1, INVERSE, np.uint64)
    falling[0] = 1
    np.cumprod(falling, out=falling)
    rising = np.full(int(reach[-1]) + 1, PRIME, np.uint64)
    rising[0] = 1
    np.cumprod(rising, out=rising)
    sums = np.zeros(len(points) + 1, np.uint64)
    np.cumsum(table.value[points] * falling[reach], out=sums[1:])
    values = (sums[last + 1] - sums[first]) * rising[reach[last]]
    values[signed] = ~values[signed]
    return mix64(values)


def _flags(
    points: NDArray[np.uint32],
    table: _Table,
    places: Ints,
    first: Ints,
    last: Ints,
    start: Ints,
    end: Ints,
    base: Ints,
) -> NDArray[np.uint8]:
    """Flags of the tokens. ``base``: where the text of each begins."""
    if not len(first):
        return np.zeros(0, np.uint8)
    flags = table.flags[points[start]].copy()
    digits = np.zeros(len(places) + 1, np.int64)
    np.cumsum(table.flags[points[places]] & NUMBER != 0, out=digits[1:])
    flags[digits[last + 1] > digits[first]] |= NUMBER
    previous_end = base.copy()
    previous_end[1:] = np.maximum(end[:-1], base[1:])
    begins = np.ones(len(start), np.bool_)
    begins[1:] = base[1:] != base[:-1]
    running = np.zeros(len(points) + 1, np.int64)
    for flag in (OPENING, SPACED):
        np.cumsum(table.flags[points] & flag != 0, out=running[1:])
        flags[begins | (running[start] > running[previous_end])] |= flag
    quotes = table.quotes[points]
    flags[quotes[start - 1] & (start > base)] |= QUOTED
    tight = (points[previous_end] > SPACE) & quotes[np.minimum(previous_end + 1, start)]
    near = quotes[previous_end] | tight
    flags[near & ~begins] |= UNQUOTED
    return flags


# ---- compiled ---------------------------------------------------------------------------------------


def tokenize_all(texts: Sequence[bytes]) -> Tokens:
    """``tokenize`` of texts in UTF-8 (lone surrogates passed), by the kernel. Memory: about 8 bytes a character."""
    sizes = np.fromiter(map(len, texts), np.int64, len(texts))
    begins = offsets_of(sizes + 1)[:-1]
    return tokenize_utf8(b"\n".join([*texts, BEHIND]), np.stack([begins, begins + sizes], axis=1))


def tokenize_utf8(data: bytes | NDArray[np.uint8], edges: Ints) -> Tokens:
    """``tokenize`` of texts that lie in one text in UTF-8, by the kernel.

    edges: where each begins and ends (int64, texts x 2), in bytes; each ends before an ASCII character that
    separates. ``BEHIND`` stands at the end of the data.
    """
    from ..compiled import token as kernels

    column = np.frombuffer(data, np.uint8)
    column.flags.writeable = False  # as bytes are: for another kind of column the kernel would be compiled once more
    table = _characters(_blocks(column))
    sizes = offsets_of(edges[:, 1] - edges[:, 0])
    out, count = _room(int(sizes[-1]) // _BYTES), 0
    marks = kernels.Flags(CAPITAL, NUMBER, OPENING, SPACED, QUOTED, UNQUOTED)
    offsets, lengths = np.zeros(len(edges) + 1, np.int64), np.zeros(len(edges), np.int64)
    for first, end in pieces(sizes, _PIECE):
        needed = count + int(sizes[end] - sizes[first])
        if needed > len(out.hash):
            out = _room(max(needed, 2 * len(out.hash)), out, count)
        places = offsets[first : end + 1], lengths[first:end]
        count = kernels.tokens(column, edges[first:end], table, out, places, count, marks)
    return Tokens(out.hash[:count], out.start[:count], out.end[:count], out.flags[:count], offsets, lengths)


def _room(size: int, old: kernels.Columns | None = None, count: int = 0) -> kernels.Columns:
    """Columns for the tokens, the first ``count`` of them those of ``old``. They lie in one block: several the C
    library would give back to the system each time they are done with, and to get them anew costs more than what is
    done with them."""
    from ..compiled import token as kernels

    size += size % 2
    block = np.empty(2 * size + size // 8 + 1, np.uint64)
    hashes, start, end, flags = np.split(block, [size, size + size // 2, 2 * size])
    new = kernels.Columns(hashes, start.view(np.uint32), end.view(np.uint32), flags.view(np.uint8))
    if old:
        for name in kernels.Columns._fields:
            getattr(new, name)[:count] = getattr(old, name)[:count]
    return new


def _blocks(data: NDArray[np.uint8]) -> tuple[int, ...]:
    """Which blocks of 256 code points occur in UTF-8 text; the first is always among them."""
    from ..compiled import token as kernels

    present = np.zeros(0x110000 // kernels.POINTS, np.bool_)
    present[0] = True
    kernels.blocks(data, present)
    return tuple(np.flatnonzero(present).tolist())


@lru_cache(maxsize=16)
def _characters(blocks: tuple[int, ...]) -> kernels.Characters:
    from ..compiled import token as kernels

    index = np.zeros(0x110000 // kernels.POINTS, np.int64)
    index[list(blocks)] = np.arange(len(blocks)) * kernels.POINTS
    roles, flags, value, power = zip(*map(_block, blocks), strict=True)
    columns = np.concatenate(roles), np.concatenate(flags), np.concatenate(value), np.concatenate(power)
    return kernels.Characters(index, *columns, *_weights())


@cache
def _weights() -> tuple[Hashes, Hashes]:
    """Weights and powers of ``kernels.Characters``."""
    from ..compiled.vectors import BLOCK, WORD

    powers = [pow(PRIME, size, 1 << 64) for size in range(WORD + 1)]
    rows = [[*reversed(powers[:size]), *[0] * (WORD - size)] for size in range(WORD + 1)]
    return np.array([*rows, *[rows[-1]] * (BLOCK - WORD)], np.uint64).reshape(-1), np.array(powers, np.uint64)


@cache
def _block(number: int) -> tuple[NDArray[np.uint8], NDArray[np.uint8], Hashes, Hashes]:
    """Roles, flags, values and powers of 256 code points."""
    from ..compiled import token as kernels

    points = np.arange(256 * number, 256 * (number + 1), dtype=np.uint32)
    table = _Table.of(points)
    role_of = np.zeros(5, np.uint8)
    role_of[[WORD, SINGLE, SYMBOL, DROPPED]] = kernels.INNER, kernels.ALONE, kernels.ALONE, kernels.DROPPED
    roles = role_of[table.classes[points]]
    roles[table.quotes[points]] |= kernels.QUOTES
    roles[table.flags[points] & NUMBER != 0] |= kernels.MARKED
    powers = np.array([pow(PRIME, length, 1 << 64) for length in table.length[points].tolist()], np.uint64)
    return roles, table.flags[points], table.value[points], powers
