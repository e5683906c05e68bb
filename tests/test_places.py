from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from twins import kernel_of

from unecho.base.columns import Ints, offsets_of
from unecho.compiled import text as kernels
from unecho.compiled.place import Codes
from unecho.compiled.text import BEGIN, BEHIND, PLAIN, Letters, Text, owner_of
from unecho.matching.places import LONG, Places, Steps, packed, unpacked

byte_of_character = kernel_of(kernels.byte_of_character)

SMALL = st.integers(0, 3)
LARGE = st.sampled_from([LONG - 1, LONG, LONG + 1, 70_000])
TEXTS = st.lists(st.lists(st.tuples(SMALL | LARGE, SMALL | LARGE), max_size=80), min_size=1, max_size=4)
"""For each token of each text the characters before it and its own."""


def places_of(texts: list[list[tuple[int, int]]]) -> tuple[Ints, Ints, Ints]:
    """Start and end of the tokens, and where those of each text begin, one by one."""
    start, end = [], []
    for text in texts:
        at = 0
        for gap, length in text:
            start.append(at + gap)
            at += gap + length
            end.append(at)
    return np.array(start, np.int64), np.array(end, np.int64), offsets_of(np.array([len(text) for text in texts]))


@given(texts=TEXTS)
def test_places_survive_the_packing(texts: list[list[tuple[int, int]]]) -> None:
    start, end, offsets = places_of(texts)
    columns = start.astype(np.uint32), end.astype(np.uint32), offsets
    found = unpacked(packed(*columns))
    assert np.array_equal(found[0], start)
    assert np.array_equal(found[1], end)
    plain, compiled = packed(*columns), packed(*columns, compiled=True)
    assert all(np.array_equal(getattr(plain, name), getattr(compiled, name)) for name in Steps.__slots__)


@given(texts=TEXTS, data=st.data())
def test_places_worked_out_are_those_written(texts: list[list[tuple[int, int]]], data: st.DataObject) -> None:
    """Of a corpus of some of the texts, in another order than that they were read in."""
    start, end, offsets = places_of(texts)
    order = np.array(data.draw(st.permutations(range(len(texts)))))[: data.draw(st.integers(1, len(texts)))]
    which = np.concatenate([np.arange(offsets[text], offsets[text + 1]) for text in order])
    paragraphs = offsets_of(np.diff(offsets)[order])
    steps = packed(start.astype(np.uint32), end.astype(np.uint32), offsets)
    written = Places.written(start[which].astype(np.uint32), end[which].astype(np.uint32), paragraphs)
    worked_out = Places.worked_out(steps, offsets[order] - paragraphs[:-1], paragraphs)
    asked = np.array(
        data.draw(st.lists(st.integers(0, len(which) - 1), max_size=20) if len(which) else st.just([])), int
    )
    for one, two in (
        (written.paragraph_of_token, worked_out.paragraph_of_token),
        (written.start, worked_out.start),
        (written.end, worked_out.end),
    ):
        assert np.array_equal(one[asked], two[asked])
        assert np.array_equal(one[0 : len(which)], two[0 : len(which)])
        assert all(int(one[token]) == int(two[token]) for token in asked.tolist())
    lengths = worked_out.step[which_of(worked_out, asked)] & LONG
    assert np.array_equal(lengths, written.step[asked] & LONG)


def which_of(places: Places, tokens: Ints) -> Ints:
    """Where tokens of the corpus lie in the column."""
    result: Ints = tokens + places.shift[places.paragraph_of_token[tokens]]
    return result


@given(sizes=st.lists(st.integers(0, 90), min_size=1, max_size=12))
def test_the_paragraph_of_a_token_is_found_from_a_near_one(sizes: list[int]) -> None:
    edges = offsets_of(np.array(sizes))
    places = np.arange(edges[-1], dtype=np.uint32)
    text = text_of([""], edges, Places.written(places, places, edges).near)
    owners = np.repeat(np.arange(len(sizes)), sizes)
    assert [int(owner_of(text, token)) for token in range(int(edges[-1]))] == owners.tolist()


def text_of(texts: list[str], edges: Ints, near: Codes) -> Text:
    """Documents for the kernels, of whose tokens no more is known than where those of each paragraph begin."""
    written = [text.encode() for text in texts]
    documents = np.zeros((len(texts) + 1, PLAIN + 1), np.int64)
    bounds = offsets_of(np.array([len(data) for data in written]))
    documents[:-1, BEGIN], documents[:-1, BEHIND] = bounds[:-1], bounds[1:]
    documents[:-1, PLAIN] = [text.isascii() for text in texts]
    none, flags, steps = np.zeros(0, np.uint32), np.zeros(0, np.uint8), np.zeros(0, np.uint16)
    letters = Letters(np.frombuffer(b"".join(written), np.uint8), edges[:0], none, none, np.array([-1, 0, 0]))
    rows = np.zeros((len(edges), 7), np.uint32)
    return Text(none, np.zeros(0, np.uint64), flags, steps, near, edges[:-1], edges, rows, documents, letters)


@given(texts=st.lists(st.text(st.sampled_from("a é中😀"), max_size=200), min_size=1, max_size=3), data=st.data())
def test_the_byte_of_a_character_is_found_whichever_was_looked_for_before(
    texts: list[str], data: st.DataObject
) -> None:
    text = text_of(texts, np.zeros(1, np.int64), np.zeros(0, np.int32))
    for _ in range(8):
        document = data.draw(st.integers(0, len(texts) - 1))
        character = data.draw(st.integers(0, len(texts[document])))
        begin = int(text.documents[document, BEGIN])
        assert byte_of_character(text, document, character) == begin + len(texts[document][:character].encode())


def test_a_text_is_not_counted_through_from_its_beginning_for_each_character_looked_for() -> None:
    text = text_of(["é" * 1000], np.zeros(1, np.int64), np.zeros(0, np.int32))
    assert byte_of_character(text, 0, 500) == 1000
    text.letters.met[2] += 2  # whoever goes on from there finds all that is behind it a character later
    assert byte_of_character(text, 0, 501) == 1004
    assert byte_of_character(text, 0, 900) == 1802
    assert byte_of_character(text, 0, 400) == 800
