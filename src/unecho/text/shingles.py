"""Runs of consecutive tokens as 64-bit hashes, and the shingle sets of paragraphs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from ..base.columns import (  # fmt: skip
    PIECE,
    Hashes,
    Ints,
    Mask,
    mix64,
    offsets_of,
    ordered,
    owners,
    pieces,
    ranges,
    release,
    spread,
)
from ..compiled.when import is_large
from .normalize import PRIME, SPACED, UNSPACED

SHINGLE = 3
"""Tokens in a shingle. Scripts written without spaces, where a token is a character, take twice as many
of everything: shingles, seeds and the shortest paragraph."""
SHORTEST = 8
"""Tokens below which a paragraph is never signed, and words below which it is never removed as a duplicate of another
document's."""


@dataclass(frozen=True, slots=True)
class ShingleSets:
    """Shingle sets of paragraphs: the shingles of paragraph i are hash[offsets[i]:offsets[i + 1]], sorted,
    without repeats; hash is uint64, offsets int64."""

    hash: Hashes
    offsets: Ints

    def rows(self, first: int, end: int) -> ShingleSets:
        """The sets first to end, without end."""
        begin, stop = int(self.offsets[first]), int(self.offsets[end])
        return ShingleSets(self.hash[begin:stop], self.offsets[first : end + 1] - begin)


class ShingleSource:
    """The shingle sets of paragraphs, each made when it is asked for; the last ones are kept.

    hashes: gives those of the tokens from one to another. offsets, by_character: as of ``shingle_sets``.
    """

    def __init__(self, hashes: Callable[[int, int], Hashes], offsets: Ints, by_character: Mask) -> None:
        self._hashes, self._offsets, self._by_character = hashes, offsets, by_character
        self.of = lru_cache(maxsize=1024)(self._of)

    def _of(self, paragraph: int) -> Hashes:
        """The shingles of one paragraph, sorted, without repeats."""
        size = 2 * SHINGLE if self._by_character[paragraph] else SHINGLE
        found = grams(self._hashes(self._offsets[paragraph], self._offsets[paragraph + 1]), size)
        found.sort()
        fresh = np.ones(len(found), np.bool_)
        fresh[1:] = found[1:] != found[:-1]
        return found[fresh]


def grams(hashes: Hashes, size: int) -> Hashes:
    """Hash of the ``size`` tokens from each position on (uint64, one per position where they all exist)."""
    count = max(0, len(hashes) - size + 1)
    value = np.zeros(count, np.uint64)
    for step in range(size):
        value = value * np.uint64(PRIME) + hashes[step : step + count]
    return mix64(value)


def unspaced(flags: NDArray[np.uint8], offsets: Ints, compiled: bool | None = None) -> Mask:
    """Which runs of tokens are mostly of scripts written without spaces (bool, one per run). ``compiled``: see
    ``when.is_large``."""
    result: Mask = flagged(flags, offsets, UNSPACED, compiled) * 2 > np.diff(offsets)
    return result


def word_counts(flags: NDArray[np.uint8], offsets: Ints) -> Ints:
    """The words of runs of tokens as a reader counts them (int64, one per run): what stands between white space, and
    every character of scripts written without. "don't" is one of them, and so is a URL, of however many tokens."""
    return flagged(flags, offsets, SPACED | UNSPACED)


def flagged(flags: NDArray[np.uint8], offsets: Ints, wanted: np.uint8, compiled: bool | None = None) -> Ints:
    """How many tokens of each run have one of the flags wanted (int64)."""
    result = np.zeros(len(offsets) - 1, np.int64)
    if is_large(len(flags), compiled):
        from ..compiled import shingle as kernels

        kernels.flagged(flags, offsets, wanted, result)
        return result
    for first, end in pieces(offsets, PIECE):
        edges = offsets[first : end + 1] - offsets[first]
        found = flags[offsets[first] : offsets[end]] & wanted != 0
        if not found.any():
            continue
        running = np.zeros(int(edges[-1]) + 1, np.int64)
        np.cumsum(found, out=running[1:])
        result[first:end] = running[edges[1:]] - running[edges[:-1]]
    return result


def long_enough(counts: Ints, by_character: Mask) -> Mask:
    """Which paragraphs of so many tokens can be compared by shingles at all; or which of so many words may be removed
    as duplicates (bool, one per paragraph)."""
    return counts >= np.where(by_character, 2 * SHORTEST, SHORTEST)


def shingle_sets(
    hashes: Hashes, offsets: Ints, by_character: Mask, workers: int = 1, compiled: bool | None = None
) -> ShingleSets:
    """The shingle sets of paragraphs whose tokens are hashes[offsets[i]:offsets[i + 1]].

    A paragraph shorter than a shingle has the empty set, which resembles nothing. ``workers``: threads.
    ``compiled``: see ``when.is_large``.
    """
    compiled = is_large(len(hashes), compiled)
    lists = shingle_lists(hashes, offsets, by_character, workers, compiled)
    return _compiled_sets(lists, workers) if compiled else _sets(lists)


def shingle_lists(
    hashes: Hashes, offsets: Ints, by_character: Mask, workers: int = 1, compiled: bool | None = None
) -> ShingleSets:
    """As ``shingle_sets``, but in the order of the text and with repeats: as good for signing, and cheaper."""
    sizes = np.where(by_character, 2 * SHINGLE, SHINGLE)
    room = offsets_of(np.maximum(np.diff(offsets) - sizes + 1, 0))
    found = np.empty(int(room[-1]), np.uint64)
    if is_large(len(hashes), compiled):
        from ..compiled import shingle as kernels

        def work(first: int, end: int) -> None:
            part = slice(first, end + 1)
            kernels.grams(hashes, offsets[part], sizes[first:end], room[part], np.uint64(PRIME), found)

        spread(work, room, workers)
        return ShingleSets(found, room)
    for size, mask in ((SHINGLE, ~by_character), (2 * SHINGLE, by_character)):
        which = np.flatnonzero(mask & (np.diff(room) > 0))
        if len(which):
            counts = np.diff(room)[which]
            found[ranges(room[which], counts)] = grams(hashes, size)[ranges(offsets[which], counts)]
    return ShingleSets(found, room)


def _sets(lists: ShingleSets) -> ShingleSets:
    paragraph = owners(np.diff(lists.offsets))
    key = lists.hash[np.lexsort((lists.hash, paragraph))]
    fresh = np.ones(len(key), np.bool_)
    fresh[1:] = (key[1:] != key[:-1]) | (paragraph[1:] != paragraph[:-1])
    return ShingleSets(key[fresh], offsets_of(np.bincount(paragraph[fresh], minlength=len(lists.offsets) - 1)))


def _compiled_sets(lists: ShingleSets, workers: int) -> ShingleSets:
    """Sorts in place: the lists are gone."""
    from ..compiled import shingle as kernels

    found, room, counts = lists.hash, lists.offsets, np.empty(len(lists.offsets) - 1, np.int64)
    spread(lambda first, end: kernels.sort_sets(room[first : end + 1], found, counts[first:end]), room, workers)
    kernels.close_up(found, room, counts)
    offsets = offsets_of(counts)
    return ShingleSets(found[: int(offsets[-1])], offsets)


def fingerprints(hashes: Hashes, offsets: Ints, compiled: bool | None = None, workers: int = 1) -> NDArray[np.uint64]:
    """128 bits (uint64, one row of two a paragraph) that are equal for equal token sequences, and for others
    only by a chance of about 2^-120: sums of mixed (token, place) pairs, and of the products of their halves."""
    if is_large(len(hashes), compiled):
        return _compiled_fingerprints(hashes, offsets, workers)
    return _fingerprints(hashes, offsets)


def _compiled_fingerprints(hashes: Hashes, offsets: Ints, workers: int) -> NDArray[np.uint64]:
    from ..compiled import shingle as kernels

    result = np.empty((len(offsets) - 1, 2), np.uint64)

    def work(first: int, end: int) -> None:
        kernels.fingerprints(hashes, offsets[first : end + 1], np.uint64(PRIME), result[first:end])
        release(hashes)

    for _ in ordered(work, pieces(offsets, PIECE), workers):
        pass
    return result


def _fingerprints(hashes: Hashes, offsets: Ints) -> NDArray[np.uint64]:
    lengths = np.diff(offsets)
    place = (np.arange(len(hashes), dtype=np.int64) - offsets[:-1][owners(lengths)]).astype(np.uint64)
    result = np.zeros((len(lengths), 2), np.uint64)
    mixed = mix64(hashes + place * np.uint64(PRIME))
    products = (mixed >> np.uint64(32)) * (mixed & np.uint64(0xFFFFFFFF))
    for column, values in enumerate((mixed, products)):
        running = np.zeros(len(hashes) + 1, np.uint64)
        np.cumsum(values, out=running[1:])
        result[:, column] = running[offsets[1:]] - running[offsets[:-1]]
    return result
