"""Copies compared once more, each with one document that is to keep the text: by the same rule as in the run."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np

from ..base.columns import Ints, offsets_of
from ..base.spool import Encoded
from ..choosing.chooser import against
from ..choosing.verdicts import Verdict
from ..config import Settings
from ..matching import passages, seeds, verify
from ..matching.corpus import Corpus, Paragraphs, kinds
from ..matching.places import Places
from ..matching.seeds import Stream
from ..model import MemberRelation
from ..text import shingles
from ..text.normalize import UNSPACED, tokenize
from ..text.vocabulary import numbered

Span = tuple[int, int]
_MOST_PAIRS = 200_000
"""Pairs of paragraphs compared directly; in a longer document the passages alone find what it shares."""


@dataclass(frozen=True, slots=True)
class Proof:
    """What a document prints of a paragraph: between ``start`` and ``end`` of it, most of it in ``main``."""

    start: int
    end: int
    main: Span
    covered: float
    resemblance: float
    containment: float
    relation: MemberRelation
    enough: bool
    """Whether the paragraph may go."""
    why: str


def is_long(text: str) -> bool:
    """Whether a paragraph has the words to be removed as a duplicate for itself."""
    tokens = tokenize([text])
    columns = tokens.flags, tokens.offsets
    return bool(shingles.long_enough(shingles.word_counts(*columns), shingles.unspaced(*columns))[0])


def prove(text: str, kept: Sequence[Span], copies: Sequence[str], settings: Settings) -> list[Proof | None]:
    """For every copy what a document prints of it; None where that is less than similar.

    ``text``: of the document. ``kept``: its paragraphs that stay, in order. ``copies``: paragraphs of others.
    """
    if not kept or not copies:
        return [None] * len(copies)
    corpus = _corpus(text, kept, copies)
    columns = corpus.stream.paragraphs, corpus.by_character
    near = _near(corpus, shingles.shingle_sets(corpus.stream.hashes(), *columns), len(kept), settings)
    runs = passages.find(corpus.stream, seeds.pick(corpus.stream)).runs
    verdicts = against(corpus, shingles.ShingleSource(corpus.stream.hashes, *columns), near, runs, settings)
    return [None if verdict is None else _proof(corpus, verdict) for verdict in verdicts]


def _corpus(text: str, kept: Sequence[Span], copies: Sequence[str]) -> Corpus:
    """Document 0 with the paragraphs it keeps, and each copy as a document of its own."""
    tokens = tokenize([*(text[start:end] for start, end in kept), *copies])
    texts = [text, *copies]
    spans = np.array([*kept, *((0, len(copy)) for copy in copies)], np.int64)
    sizes = np.diff(tokens.offsets)
    words = np.concatenate([[sizes[: len(kept)].sum()], sizes[len(kept) :]]).astype(np.int64)
    documents = offsets_of(words)
    document = np.concatenate([np.zeros(len(kept), np.int64), np.arange(1, len(copies) + 1)])
    rank = np.arange(len(texts), dtype=np.int64)
    by_character = shingles.unspaced(tokens.flags, tokens.offsets)
    shift = np.repeat(spans[:, 0], sizes)
    unspaced = shingles.flagged(tokens.flags, documents, UNSPACED)
    stream = Stream(*numbered(tokens.hash), tokens.offsets, documents, unspaced, rank, tokens.flags)
    start, end = ((column + shift).astype(np.uint32) for column in (tokens.start, tokens.end))
    return Corpus(
        tuple(map(str, rank)), Paragraphs(document, spans[:, 0], spans[:, 1]), stream,
        Places.written(start, end, tokens.offsets), by_character,
        shingles.long_enough(shingles.word_counts(tokens.flags, tokens.offsets), by_character),
        kinds(stream.word, tokens.offsets), texts.__getitem__, partial(Encoded.of, texts),
    )  # fmt: skip


def _near(corpus: Corpus, sets: shingles.ShingleSets, kept: int, settings: Settings) -> Ints:
    """Pairs of kinds of paragraphs (one kept, one a copy) that resemble each other."""
    kind = corpus.kind
    mine, its = np.unique(kind[:kept]), np.unique(kind[kept:])
    if len(mine) * len(its) > _MOST_PAIRS:
        return np.zeros((0, 2), np.int64)
    pairs = np.stack([np.repeat(mine, len(its)), np.tile(its, len(mine))], axis=1)
    near: Ints = pairs[verify.resemblance(sets, pairs) >= settings.similar]
    return near


def _proof(corpus: Corpus, verdict: Verdict) -> Proof:
    columns = corpus.paragraphs
    return Proof(
        int(columns.start[verdict.first]), int(columns.end[verdict.last]),
        (int(columns.start[verdict.main]), int(columns.end[verdict.main])), verdict.covered, verdict.resemblance,
        verdict.containment, verdict.relation, verdict.removed, verdict.why,
    )  # fmt: skip
