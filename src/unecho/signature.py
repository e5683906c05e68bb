"""MinHash signatures (Broder 1997): datasketch does the signing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from .normalize import tokenize
from .shingles import ShingleSets, shingle_sets, unspaced

if TYPE_CHECKING:
    from datasketch import MinHash

PERMUTATIONS = 128
SCHEME = "affine32"
"""datasketch's scheme of permutations: a bijection h -> a h + b modulo 2^32, after a mixing step."""


def signatures(sets: ShingleSets) -> NDArray[np.uint32]:
    """One signature (128 uint32) a shingle set; equal places of two signatures estimate resemblance."""
    from datasketch import MinHash

    result = np.empty((len(sets.offsets) - 1, PERMUTATIONS), np.uint32)
    short = (sets.hash >> np.uint64(32)).astype(np.uint32)
    rows = (short[a:b] for a, b in zip(sets.offsets[:-1], sets.offsets[1:], strict=True))
    sketches = MinHash.generator(rows, num_perm=PERMUTATIONS, scheme=SCHEME, hashfunc=int)
    for number, sketch in enumerate(sketches):
        result[number] = sketch.hashvalues
    return result


def minhash(text: str) -> MinHash:
    """The signature of one text as a datasketch object, which works with datasketch's own indexes.

    >>> minhash("one two three four").jaccard(minhash("one two three four five"))
    """
    from datasketch import MinHash

    tokens = tokenize([text])
    sets = shingle_sets(tokens.hash, tokens.offsets, unspaced(tokens.flags, tokens.offsets))
    return MinHash(scheme=SCHEME, hashvalues=signatures(sets)[0])
