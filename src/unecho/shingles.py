"""Runs of consecutive tokens as 64-bit hashes, and the shingle sets of paragraphs."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .columns import Hashes, Ints, Mask, mix64, offsets_of, owners, ranges
from .normalize import PRIME, UNSPACED

SHINGLE = 3
"""Tokens in a shingle. Scripts written without spaces, where a token is a character, take twice as many
of everything: shingles, seeds and the shortest paragraph."""
SHORTEST = 8
"""Tokens below which a paragraph is never signed, and never removed as a duplicate of another document's."""


@dataclass(frozen=True, slots=True)
class ShingleSets:
    """Shingle sets of paragraphs: the shingles of paragraph i are hash[offsets[i]:offsets[i + 1]], sorted,
    without repeats; hash is uint64, offsets int64."""

    hash: Hashes
    offsets: Ints


def grams(hashes: Hashes, size: int) -> Hashes:
    """Hash of the ``size`` tokens from each position on (uint64, one per position where they all exist)."""
    count = max(0, len(hashes) - size + 1)
    value = np.zeros(count, np.uint64)
    for step in range(size):
        value = value * np.uint64(PRIME) + hashes[step : step + count]
    return mix64(value)


def unspaced(flags: NDArray[np.uint8], offsets: Ints) -> Mask:
    """Which runs of tokens are mostly of scripts written without spaces (bool, one per run)."""
    running = np.zeros(len(flags) + 1, np.int64)
    np.cumsum(flags & UNSPACED != 0, out=running[1:])
    return (running[offsets[1:]] - running[offsets[:-1]]) * 2 > np.diff(offsets)


def long_enough(offsets: Ints, by_character: Mask) -> Mask:
    """Which paragraphs have the tokens to be compared by shingles at all (bool, one per paragraph)."""
    return np.diff(offsets) >= np.where(by_character, 2 * SHORTEST, SHORTEST)


def shingle_sets(hashes: Hashes, offsets: Ints, by_character: Mask) -> ShingleSets:
    """The shingle sets of paragraphs whose tokens are hashes[offsets[i]:offsets[i + 1]].

    A paragraph shorter than a shingle has the empty set, which resembles nothing.
    """
    lengths = np.diff(offsets)
    keys: list[Hashes] = []
    paragraphs: list[Ints] = []
    for size, mask in ((SHINGLE, ~by_character), (2 * SHINGLE, by_character)):
        which = np.flatnonzero(mask & (lengths >= size))
        counts = lengths[which] - size + 1
        if len(which):
            keys.append(grams(hashes, size)[ranges(offsets[which], counts)])
            paragraphs.append(np.repeat(which, counts))
    if not keys:
        return ShingleSets(np.zeros(0, np.uint64), np.zeros(len(offsets), np.int64))
    key, paragraph = np.concatenate(keys), np.concatenate(paragraphs)
    order = np.lexsort((key, paragraph))
    key, paragraph = key[order], paragraph[order]
    fresh = np.ones(len(key), np.bool_)
    fresh[1:] = (key[1:] != key[:-1]) | (paragraph[1:] != paragraph[:-1])
    return ShingleSets(key[fresh], offsets_of(np.bincount(paragraph[fresh], minlength=len(lengths))))


def fingerprints(hashes: Hashes, offsets: Ints) -> NDArray[np.uint64]:
    """128 bits (uint64, one row of two a paragraph) that are equal for equal token sequences, and for others
    only by a chance of 2^-128: sums of mixed (token, place) pairs under two seeds."""
    lengths = np.diff(offsets)
    place = (np.arange(len(hashes), dtype=np.int64) - offsets[:-1][owners(lengths)]).astype(np.uint64)
    result = np.zeros((len(lengths), 2), np.uint64)
    for column, seed in enumerate((0xD6E8FEB86659FD93, 0xA0761D6478BD642F)):
        running = np.zeros(len(hashes) + 1, np.uint64)
        np.cumsum(mix64(hashes ^ mix64(place * np.uint64(PRIME) + np.uint64(seed))), out=running[1:])
        result[:, column] = running[offsets[1:]] - running[offsets[:-1]]
    return result
