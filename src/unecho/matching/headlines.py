"""Documents below one headline: what papers cut, they seldom give another headline."""

from __future__ import annotations

import numpy as np

from ..base.columns import Hashes, Ints, Mask, distinct, offsets_of, owners, ranges, taken
from ..text.lookup import first_equal
from ..text.shingles import fingerprints
from .seeds import Stream

LEAST, MOST = 4, 20
"""Words of a first paragraph that is a headline and tells of its story."""
FEW = 10
"""Documents that may have it: what more have stands over a column, or over pages made from one template."""


def same(stream: Stream, a: Ints, b: Ints) -> Mask:
    """Which pairs of documents have the same headline (bool): the one's is the other's, or the beginning or end of it
    ("Update: ..."). How many documents have a headline is counted among those of the pairs."""
    documents = distinct(np.concatenate([a, b]))
    starts, sizes = first_lines(stream, documents)
    words, first = stream.vocabulary[taken(stream.word, ranges(starts, sizes))], offsets_of(sizes)[:-1]
    kind = first_equal(fingerprints(words, offsets_of(sizes)))
    sizes[np.bincount(kind, minlength=len(kind))[kind] > FEW] = 0
    a, b = np.searchsorted(documents, a), np.searchsorted(documents, b)
    common = np.minimum(sizes[a], sizes[b])
    at_start = _equal(words, first[a], first[b], common)
    at_end = _equal(words, (first + sizes)[a] - common, (first + sizes)[b] - common, common)
    return (common > 0) & (at_start | at_end)


def first_lines(stream: Stream, documents: Ints) -> tuple[Ints, Ints]:
    """Where the first paragraphs of documents begin, and how many words they have: 0 where they are no headlines."""
    edges, starts, ends = stream.paragraphs, stream.documents[documents], stream.documents[documents + 1]
    following = edges[np.minimum(np.searchsorted(edges, starts, side="right"), len(edges) - 1)]
    sizes, factor = np.minimum(following, ends) - starts, np.where(stream.by_character[documents], 2, 1)
    sizes[(sizes < LEAST * factor) | (sizes > MOST * factor)] = 0
    return starts, sizes


def _equal(words: Hashes, one: Ints, other: Ints, counts: Ints) -> Mask:
    """Whether so many words from one place on are those from another place on, for columns of places."""
    differ = words[ranges(one, counts)] != words[ranges(other, counts)]
    result: Mask = np.bincount(owners(counts)[differ], minlength=len(counts)) == 0
    return result
