"""Small corpora for tests, by the same steps as the pipeline."""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator

import numpy as np

from unecho.matching import passages
from unecho.matching.passages import Alignment
from unecho.matching.seeds import Stream, pick
from unecho.model import Cluster, Passage
from unecho.output.manifest import Records
from unecho.text.normalize import UNSPACED, tokenize
from unecho.text.shingles import flagged
from unecho.text.vocabulary import numbered


def stream_of(texts: list[str], rank: list[int] | None = None) -> Stream:
    """Each text is one document of one paragraph."""
    tokens = tokenize(texts)
    ranks = np.array(rank if rank is not None else range(len(texts)), np.int64)
    unspaced = flagged(tokens.flags, tokens.offsets, UNSPACED)
    return Stream(*numbered(tokens.hash), tokens.offsets, tokens.offsets, unspaced, ranks, tokens.flags)


def passages_of(stream: Stream) -> list[Alignment]:
    return list(passages.find(stream, pick(stream)))


def own(seed: int, words: int = 60) -> str:
    """A paragraph that no other document has."""
    rng = random.Random(seed)
    return " ".join("".join(rng.choices("abcdefghijklmnop", k=rng.randrange(3, 9))) for _ in range(words)) + "."


class Listed(Records):
    """The findings of a run that are at hand, as a report reads them where it has no columns."""

    def __init__(self, passages: Iterable[Passage] = (), clusters: Iterable[Cluster] = ()) -> None:
        self._passages, self._clusters = list(passages), list(clusters)

    def clusters(self, expected: int) -> Iterator[Cluster]:
        return iter(self._clusters)

    def passages(self, expected: int) -> Iterator[Passage]:
        return iter(self._passages)
