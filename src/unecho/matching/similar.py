"""Pairs of paragraphs that resemble each other: signed by MinHash, brought together by LSH, and verified."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..base.columns import HELD, PIECE, Hashes, Ints, Mask, new_column, offsets_of, order_of, ordered, pieces, release
from ..compiled.when import is_large
from ..text import shingles
from ..text.vocabulary import spelled
from . import lsh, verify
from .corpus import Corpus

_PAIRS = 1_000_000
"""Pairs of paragraphs that are compared at a time."""


@dataclass(frozen=True, slots=True)
class Signed:
    """Paragraphs that can be compared by shingles, the first of each kind, in keeping order (int64), and the keys of
    the bands of their signatures (uint32, bands x paragraphs), which lie on disk where they are large."""

    paragraphs: Ints
    keys: NDArray[np.uint32]


def sign(corpus: Corpus, bands: lsh.Bands, workers: int) -> Signed:
    """Sign the paragraphs, some at a time. ``workers``: threads."""
    kind, edges = corpus.kind, corpus.stream.paragraphs
    long = shingles.long_enough(np.diff(edges), corpus.by_character)
    signed = np.flatnonzero((kind == np.arange(len(kind))) & long)
    signed = signed[np.argsort(corpus.stream.rank[corpus.paragraphs.document[signed]], kind="stable")]
    sizes, compiled = edges[signed + 1] - edges[signed], _is_large(corpus)
    keys = new_column(bands.bands * len(signed), np.uint32).reshape(bands.bands, len(signed))

    def work(first: int, end: int) -> None:
        hashes, by_character = _words_of(corpus, signed[first:end])
        lists = shingles.shingle_lists(hashes, offsets_of(sizes[first:end]), by_character, compiled=compiled)
        keys[:, first:end] = lsh.keys_of(lists, bands, compiled=compiled)

    for _ in ordered(work, pieces(offsets_of(sizes), PIECE), workers):
        pass
    release(keys)
    return Signed(signed, keys)


def pairs(corpus: Corpus, signed: Signed, least: float, workers: int) -> lsh.Pairs:
    """Pairs of the signed paragraphs whose resemblance is ``least`` or more. ``workers``: threads."""
    if len(signed.paragraphs) < 2:
        return np.zeros((0, 2), np.uint32)
    compiled = _is_large(corpus)
    found = lsh.candidates(signed.keys, compiled or None)
    release(signed.keys)
    some = np.array_split(found, len(found) // _PAIRS + 1)
    met = np.zeros(len(signed.paragraphs), np.bool_)
    for part in some:
        met[part] = True
    hashes, by_character = _words_of(corpus, signed.paragraphs[met])
    offsets = offsets_of(np.diff(corpus.stream.paragraphs)[signed.paragraphs[met]])
    sets = shingles.shingle_sets(hashes, offsets, by_character, workers, compiled)
    number, kinds = np.cumsum(met) - 1, signed.paragraphs.astype(np.uint32)

    def similar(part: lsh.Pairs) -> lsh.Pairs:
        alike = verify.resemblance(sets, number[part], workers, compiled or None) >= least
        return kinds[part[alike]]

    verified = np.concatenate(list(map(similar, some)))
    return verified[order_of(verified[:, 1].astype(np.int64), verified[:, 0].astype(np.int64))]


def _is_large(corpus: Corpus) -> bool:
    """Of the words: what repeats itself may have more pairs than words."""
    return is_large(len(corpus.stream.word), None)


def _words_of(corpus: Corpus, paragraphs: Ints) -> tuple[Hashes, Mask]:
    """The tokens of some paragraphs, one after another, and which are of scripts without spaces."""
    stream, edges = corpus.stream, corpus.stream.paragraphs
    begins, counts = edges[paragraphs], edges[paragraphs + 1] - edges[paragraphs]
    hashes = spelled(stream.word, stream.vocabulary, begins, counts, _is_large(corpus))
    release(stream.word, above=HELD)
    return hashes, corpus.by_character[paragraphs]
