"""Recall and precision of the near-duplicate pairs against an exact join of all paragraphs.

    python benchmarks/recall.py CORPUS.jsonl [--threshold 0.8]

The exact join indexes the rarest shingles of every paragraph (prefix filter: Chaudhuri, Ganti, Kaushik 2006), so
that it misses no pair whose resemblance reaches the threshold; equal paragraphs are one. The other side is what
``unecho dedupe`` does: signatures, bands for its own threshold of similarity, exact verification.
"""

from __future__ import annotations

import argparse
from collections import defaultdict
from itertools import combinations
from pathlib import Path

import numpy as np
import orjson

from unecho.base.columns import offsets_of, ranges
from unecho.config import Settings
from unecho.matching import lsh, verify
from unecho.text import shingles
from unecho.text.lookup import first_equal
from unecho.text.normalize import tokenize
from unecho.text.shingles import ShingleSets

Pairs = set[tuple[int, int]]
_SLACK = 1e-9


def sets_of(path: Path) -> ShingleSets:
    """Shingle sets of the distinct paragraphs of 8 words and more."""
    with path.open("rb") as lines:
        texts = [paragraph for line in lines for paragraph in orjson.loads(line)["text"].split("\n\n")]
    tokens = tokenize(texts)
    by_character = shingles.unspaced(tokens.flags, tokens.offsets)
    sets = shingles.shingle_sets(tokens.hash, tokens.offsets, by_character)
    first = first_equal(shingles.fingerprints(tokens.hash, tokens.offsets))
    long = shingles.long_enough(np.diff(tokens.offsets), by_character)
    which = np.flatnonzero((first == np.arange(len(first))) & long)
    counts = np.diff(sets.offsets)[which]
    return ShingleSets(sets.hash[ranges(sets.offsets[which], counts)], offsets_of(counts))


def joined(sets: ShingleSets, threshold: float) -> Pairs:
    """All pairs whose resemblance reaches the threshold."""
    _, number, frequency = np.unique(sets.hash, return_inverse=True, return_counts=True)
    order = np.argsort(frequency, kind="stable")
    rarity = np.empty(len(order), np.int64)
    rarity[order] = np.arange(len(order))
    places: dict[int, list[int]] = defaultdict(list)
    for row in range(len(sets.offsets) - 1):
        ranked = np.sort(rarity[number[sets.offsets[row] : sets.offsets[row + 1]]])
        prefix = len(ranked) - int(np.ceil(threshold * len(ranked) - _SLACK)) + 1
        for shingle in ranked[:prefix].tolist():
            places[shingle].append(row)
    pairs = {pair for rows in places.values() if len(rows) > 1 for pair in combinations(rows, 2)}
    return verified(sets, np.array(sorted(pairs), np.int64).reshape(-1, 2), threshold)


def verified(sets: ShingleSets, pairs: verify.Pairs, threshold: float) -> Pairs:
    similar = verify.resemblance(sets, pairs) >= threshold - _SLACK
    return {(min(a, b), max(a, b)) for a, b in pairs[similar].tolist()}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("corpus", type=Path)
    parser.add_argument("--threshold", type=float, default=0.8)
    options = parser.parse_args()
    sets = sets_of(options.corpus)
    bands = lsh.plan(Settings().similar)
    candidates = lsh.candidates(lsh.keys_of(sets, bands))
    found, gold = verified(sets, candidates, options.threshold), joined(sets, options.threshold)
    print(f"{len(sets.offsets) - 1:,} paragraphs, {len(gold):,} pairs at {options.threshold:g} and more")
    print(f"recall    {len(found & gold) / max(len(gold), 1):.5f}")
    print(f"precision {len(found & gold) / max(len(found), 1):.5f}")


if __name__ == "__main__":
    main()
