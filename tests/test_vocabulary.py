from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from unecho.compiled import vocabulary as kernels
from unecho.text.vocabulary import Vocabulary, numbered, spelled

WORDS = st.lists(st.integers(0, 30) | st.integers(0, 2**64 - 1), max_size=60)


@pytest.mark.parametrize("compiled", [False, True])
@given(words=WORDS)
def test_words_are_told_by_their_numbers(words: list[int], compiled: bool) -> None:
    hashes = np.array(words, np.uint64)
    numbers, vocabulary = numbered(hashes, compiled)
    assert vocabulary[numbers].tolist() == words
    assert len(set(vocabulary.tolist())) == len(vocabulary) == len(set(words))


@pytest.mark.parametrize("compiled", [False, True])
@given(batches=st.lists(WORDS, max_size=5))
def test_words_keep_their_numbers(batches: list[list[int]], compiled: bool) -> None:
    vocabulary, numbers = Vocabulary(compiled), []
    for words in batches:
        numbers += vocabulary.numbers(np.array(words, np.uint64)).tolist()
    order = list(dict.fromkeys(word for words in batches for word in words))
    assert vocabulary.hashes().tolist() == order
    assert numbers == [order.index(word) for words in batches for word in words]
    for words in batches:
        own, hashes = numbered(np.array(words, np.uint64))
        assert vocabulary.renumbered(own, hashes).tolist() == [order.index(word) for word in words]


def test_many_words_need_more_room() -> None:
    hashes = np.random.default_rng(1).integers(0, 2**64, 100_000, np.uint64)
    words = np.concatenate([hashes, hashes[::-1]])
    numbers, vocabulary = numbered(words, compiled=True)
    assert np.array_equal(vocabulary[numbers], words)
    assert np.array_equal(vocabulary, hashes)


def test_numbers_are_written_where_they_belong_alone() -> None:
    """Also where more room is needed for the words just before the last of them."""
    words = np.random.default_rng(1).integers(0, 2**64, 20_000, np.uint64)
    numbers = np.full(2 * len(words), 7, np.uint32)
    vocabulary = kernels.numbered(words, numbers[: len(words)])
    assert np.array_equal(vocabulary[numbers[: len(words)]], words)
    assert set(numbers[len(words) :].tolist()) == {7}


@given(words=WORDS, runs=st.lists(st.tuples(st.integers(0, 59), st.integers(0, 9)), max_size=6))
def test_words_are_spelled_alike(words: list[int], runs: list[tuple[int, int]]) -> None:
    numbers, vocabulary = numbered(np.array(words, np.uint64))
    held = [(begin, min(count, len(words) - begin)) for begin, count in runs if begin < len(words)]
    begins, counts = (np.array([run[side] for run in held], np.int64) for side in (0, 1))
    wanted = [word for begin, count in held for word in words[begin : begin + count]]
    for compiled in (False, True):
        assert spelled(numbers, vocabulary, begins, counts, compiled).tolist() == wanted
