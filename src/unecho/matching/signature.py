"""MinHash signatures (Broder 1997), those of datasketch: it signs small inputs itself, a kernel the large ones."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from itertools import pairwise
from types import ModuleType
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ..base.columns import spread
from ..compiled.when import is_large
from ..text.normalize import tokenize
from ..text.shingles import ShingleSets, shingle_sets, unspaced

if TYPE_CHECKING:
    from datasketch import MinHash

PERMUTATIONS = 128
_PIECE = 65_536  # shingles given to datasketch at a time: it takes 512 bytes for each
SCHEME = "affine32"
"""datasketch's scheme of permutations: a bijection h -> a h + b modulo 2^32, after a mixing step."""


def signatures(sets: ShingleSets, workers: int = 1, compiled: bool | None = None) -> NDArray[np.uint32]:
    """One signature (128 uint32) a shingle set; equal places of two signatures estimate resemblance.

    The order of a set's hashes and their repeats do not matter. ``workers``: threads. ``compiled``: see
    ``when.is_large``.
    """
    return _compiled_signatures(sets, workers) if is_large(len(sets.hash), compiled) else _signatures(sets)


@contextmanager
def _integrals_later() -> Iterator[None]:
    """For the import of datasketch: its indexes take an integral from scipy, and to load that takes longer than most
    small runs. It is loaded once they need it."""
    name = "scipy.integrate"
    if name in sys.modules:
        yield
        return
    sys.modules[name] = stand_in = ModuleType(name)
    vars(stand_in)["quad"] = _integral
    try:
        yield
    finally:
        del sys.modules[name]


def _integral(*given: Any, **named: Any) -> Any:
    from scipy.integrate import quad

    return quad(*given, **named)


def _signatures(sets: ShingleSets) -> NDArray[np.uint32]:
    with _integrals_later():
        from datasketch import MinHash

    result = np.empty((len(sets.offsets) - 1, PERMUTATIONS), np.uint32)
    short = (sets.hash >> np.uint64(32)).astype(np.uint32)
    empty = MinHash(num_perm=PERMUTATIONS, scheme=SCHEME, hashfunc=int)
    for number, (start, end) in enumerate(pairwise(sets.offsets.tolist())):
        sketch = empty.copy()
        for piece in range(start, end, _PIECE):
            sketch.update_batch(short[piece : min(end, piece + _PIECE)])
        result[number] = sketch.hashvalues
    return result


def _compiled_signatures(sets: ShingleSets, workers: int) -> NDArray[np.uint32]:
    from ..compiled import minhash as kernels

    a, b = permutations()
    result = np.empty((len(sets.offsets) - 1, PERMUTATIONS), np.uint32)
    spread(
        lambda first, end: kernels.signatures(sets.hash, sets.offsets[first : end + 1], a, b, result[first:end]),
        sets.offsets, workers,
    )  # fmt: skip
    return result


@cache
def permutations() -> tuple[NDArray[np.uint32], NDArray[np.uint32]]:
    """a and b of datasketch's permutations h -> a h + b modulo 2^32 (128 uint32 each).

    Made as datasketch makes them, whose import, with scipy, takes longer than to sign a hundred megabytes.
    """
    random = np.random.RandomState(1)
    a = random.randint(0, 1 << 31, PERMUTATIONS, np.uint32) * np.uint32(2) + np.uint32(1)
    return a, random.randint(0, 1 << 32, PERMUTATIONS, np.uint32)


def minhash(text: str) -> MinHash:
    """The signature of one text as a datasketch object, which works with datasketch's own indexes.

    >>> minhash("one two three four").jaccard(minhash("one two three four five"))
    """
    with _integrals_later():
        from datasketch import MinHash

    tokens = tokenize([text])
    sets = shingle_sets(tokens.hash, tokens.offsets, unspaced(tokens.flags, tokens.offsets))
    return MinHash(scheme=SCHEME, hashvalues=signatures(sets)[0])
