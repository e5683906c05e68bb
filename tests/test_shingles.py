from __future__ import annotations

import datasketch
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from twins import shingle_set, words

import unecho
from unecho.base.columns import bucket_pairs, edges_of, offsets_of, owners, ranges
from unecho.matching.lsh import Bands, candidate_pairs, plan
from unecho.matching.signature import PERMUTATIONS, signatures
from unecho.matching.verify import intersections, resemblance
from unecho.text.lookup import among
from unecho.text.normalize import tokenize
from unecho.text.shingles import ShingleSets, fingerprints, long_enough, shingle_sets, unspaced, word_counts

TEXTS = st.lists(
    st.lists(st.sampled_from(["a", "b", "c", "d", "e", "f", "東", "京", "都", "の", "中"]), max_size=30).map(" ".join),
    max_size=8,
)


def sets_of(texts: list[str]) -> ShingleSets:
    tokens = tokenize(texts)
    return shingle_sets(tokens.hash, tokens.offsets, unspaced(tokens.flags, tokens.offsets))


@given(TEXTS)
def test_shingle_sets_agree_with_the_twin(texts: list[str]) -> None:
    sets = sets_of(texts)
    for number, text in enumerate(texts):
        part = sets.hash[sets.offsets[number] : sets.offsets[number + 1]]
        assert part.tolist() == sorted(set(part.tolist()))
        assert len(part) == len(shingle_set(text))


@given(TEXTS)
def test_resemblance_is_the_jaccard_similarity_of_the_sets(texts: list[str]) -> None:
    pairs = np.array([(a, b) for a in range(len(texts)) for b in range(a)], np.int64).reshape(-1, 2)
    sets = sets_of(texts)
    expected = []
    for a, b in pairs.tolist():
        one, two = shingle_set(texts[a]), shingle_set(texts[b])
        expected.append(len(one & two) / len(one | two) if one | two else 0)
    assert resemblance(sets, pairs).tolist() == pytest.approx(expected)


def test_empty_sets_resemble_nothing() -> None:
    assert resemblance(sets_of(["one two", "one two"]), np.array([[0, 1]])).tolist() == [0]
    assert intersections(sets_of([]), np.zeros((0, 2), np.int64)).tolist() == []


@given(TEXTS)
def test_fingerprints_are_equal_for_equal_words_only(texts: list[str]) -> None:
    tokens = tokenize(texts)
    prints = [tuple(row) for row in fingerprints(tokens.hash, tokens.offsets).tolist()]
    folded = [tuple(word for word, _, _ in words(text)) for text in texts]
    for a in range(len(texts)):
        for b in range(a):
            assert (prints[a] == prints[b]) == (folded[a] == folded[b])


def test_fingerprints_mind_the_order() -> None:
    tokens = tokenize(["one two three", "three two one", "one one two"])
    assert len({tuple(row) for row in fingerprints(tokens.hash, tokens.offsets).tolist()}) == 3


def test_length_counts_words_or_twice_as_many_characters() -> None:
    texts = ["a b c d e f g", "a b c d e f g h", "東京は晴れです", "東京は晴れ気温は十二度風は北西"]
    tokens = tokenize(texts)
    by_character = unspaced(tokens.flags, tokens.offsets)
    assert by_character.tolist() == [False, False, True, True]
    assert long_enough(np.diff(tokens.offsets), by_character).tolist() == [False, True, False, False]
    assert long_enough(np.diff(tokenize([texts[3] + "の風"]).offsets), np.array([True])).tolist() == [True]


def test_words_are_counted_as_a_reader_does() -> None:
    texts = ["It’s a well-known non-profit: www.example.org/a/b (5%).", "", "東京は JR-NHK です", "- – 4.5m £ x"]
    tokens = tokenize(texts)
    assert word_counts(tokens.flags, tokens.offsets).tolist() == [6, 0, 6, 3]


# ---- signatures and bands: datasketch is the twin ------------------------------------------------------


@given(TEXTS)
def test_signatures_are_datasketch_signatures_of_the_same_hashes(texts: list[str]) -> None:
    sets = sets_of(texts)
    found = signatures(sets)
    for number in range(len(texts)):
        sketch = datasketch.MinHash(num_perm=PERMUTATIONS, scheme="affine32", hashfunc=int)
        for value in sets.hash[sets.offsets[number] : sets.offsets[number + 1]].tolist():
            sketch.update(value >> 32)
        assert found[number].tolist() == sketch.hashvalues.tolist()


def test_minhash_works_with_datasketch_indexes() -> None:
    text = "the quick brown fox jumps over the lazy dog and runs into the dark wood"
    index = datasketch.MinHashLSH(threshold=0.5, num_perm=PERMUTATIONS)
    index.insert("a", unecho.minhash(text))
    assert index.query(unecho.minhash(text.upper() + "!")) == ["a"]
    assert index.query(unecho.minhash("nothing of the kind is said in this other sentence at all")) == []


@given(TEXTS, st.sampled_from([Bands(42, 3), Bands(16, 8), Bands(128, 1)]))
def test_candidates_are_those_of_a_datasketch_index(texts: list[str], bands: Bands) -> None:
    found = signatures(sets_of(texts))
    index = datasketch.MinHashLSH(num_perm=PERMUTATIONS, params=(bands.bands, bands.rows))
    expected = set()
    for number, values in enumerate(found):
        sketch = datasketch.MinHash(scheme="affine32", hashvalues=values)
        expected |= {(other, number) for other in index.query(sketch)}
        index.insert(number, sketch)
    pairs = candidate_pairs(found, bands)
    assert {tuple(sorted(pair)) for pair in pairs.tolist()} == expected
    assert len(pairs) == len(expected)


def test_plan_reaches_the_recall_with_the_longest_bands() -> None:
    assert plan(0.5) == Bands(42, 3)
    assert plan(0.5).recall(0.5) == pytest.approx(1 - (1 - 0.125) ** 42)
    assert plan(0.9).rows > plan(0.8).rows > plan(0.5).rows
    assert plan(0.01) == Bands(128, 1)
    for threshold in (0.3, 0.5, 0.7, 0.9):
        chosen = plan(threshold)
        assert chosen.recall(threshold) >= 0.99
        longer = Bands(PERMUTATIONS // (chosen.rows + 1), chosen.rows + 1)
        assert longer.recall(threshold) < 0.99


def test_a_large_bucket_costs_little_and_keeps_everyone_with_the_first() -> None:
    same = np.zeros((5_000, PERMUTATIONS), np.uint32)
    pairs = candidate_pairs(same, Bands(2, 64))
    assert len(pairs) < 17 * 5_000
    assert set(pairs[pairs[:, 0] == 0, 1].tolist()) == set(range(1, 5_000))


# ---- columns ---------------------------------------------------------------------------------------------


@given(st.lists(st.tuples(st.integers(0, 50), st.integers(0, 5)), max_size=10))
def test_ranges_lay_runs_end_to_end(runs: list[tuple[int, int]]) -> None:
    starts, counts = (np.array([run[side] for run in runs], np.int64) for side in (0, 1))
    assert ranges(starts, counts).tolist() == [place for a, n in runs for place in range(a, a + n)]
    assert owners(counts).tolist() == [number for number, (_, n) in enumerate(runs) for _ in range(n)]
    assert np.diff(offsets_of(counts)).tolist() == counts.tolist()


@given(st.lists(st.integers(0, 3), max_size=12), st.integers(1, 4), st.integers(1, 2))
def test_bucket_pairs_agree_with_the_twin(keys: list[int], full: int, few: int) -> None:
    rank = [(7 * place) % 31 for place in range(len(keys))]
    expected = set()
    for key in set(keys):
        members = sorted((place for place in range(len(keys)) if keys[place] == key), key=rank.__getitem__)
        reach = full if len(members) <= full else few
        expected |= {(a, b) for n, b in enumerate(members) for a in members[: min(n, reach)]}
    first, second = bucket_pairs(np.array(keys, np.uint64), np.array(rank, np.int64), full, few)
    found = list(zip(first.tolist(), second.tolist(), strict=True))
    assert set(found) == expected and len(found) == len(expected)


@given(st.lists(st.tuples(st.integers(0, 2), st.integers(0, 2)), min_size=1, max_size=12).map(sorted))
def test_edges_are_where_a_group_begins(rows: list[tuple[int, int]]) -> None:
    columns = [np.array([row[side] for row in rows]) for side in (0, 1)]
    expected = [n for n in range(len(rows)) if n == 0 or rows[n] != rows[n - 1]]
    assert edges_of(*columns).tolist() == [*expected, len(rows)]


@given(st.lists(st.integers(0, 9)), st.sets(st.integers(0, 9)))
def test_among_is_membership(values: list[int], known: set[int]) -> None:
    found = among(np.array(values, np.uint64), np.array(sorted(known), np.uint64))
    assert found.tolist() == [value in known for value in values]
