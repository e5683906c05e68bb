from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from unecho.choosing.alike import Words
from unecho.choosing.cover import _gaps, in_line, said_otherwise
from unecho.choosing.guards import Word
from unecho.text.normalize import tokenize

WORDS = st.lists(
    st.sampled_from(
        [
            "river",
            "rivet",
            "riverbank",
            "bank",
            "the",
            "Iran",
            "Iraq",
            "mill",
            "milling",
            "ing",
            "5",
            "five",
            "%",
            "per",
            "cent",
        ]
    ),
    max_size=14,
)


def plainly(mine: list[str], theirs: list[str]) -> list[tuple[int, int, int]]:
    """What ``alike_places`` finds, without anything kept and to the end."""
    made, its = [Word.of(word) for word in mine], [Word.of(word) for word in theirs]
    found: list[tuple[int, int, int]] = []
    place = at = 0
    while place < len(made):
        word, following = made[place], made[place + 1 : place + 2]
        step = at
        taken = used = 0
        while step < len(its) and not taken:
            other, longer = its[step], max(len(its[step].plain), len(its[step].folded)) > len(word.plain)
            shorter = len(its[step].plain) < max(len(word.plain), len(word.folded))
            if word.is_like(other):
                taken, used = 1, 1
            elif following and longer and (word + following[0]).is_like(other):
                taken, used = 2, 1
            elif step + 1 < len(its) and shorter and word.is_like(other + its[step + 1]):
                taken, used = 1, 2
            else:
                step += 1
        found += [(place + number, step, used) for number in range(taken)]
        at = step + used if taken else at
        place += max(taken, 1)
    return found


@given(WORDS, WORDS, st.integers(0, 14))
def test_words_are_found_alike_as_the_plain_way_does(mine: list[str], theirs: list[str], spare: int) -> None:
    wanted = plainly(mine, theirs)
    found = Words().alike_places(mine, theirs, spare)
    if len(mine) - len(wanted) <= spare:
        assert found == wanted
    else:
        assert found == wanted[: len(found)]
        assert len(mine) - len(found) > spare


@given(st.integers(1, 40), st.lists(st.tuples(st.integers(0, 39), st.integers(1, 10)), max_size=6))
def test_gaps_are_what_no_piece_covers(size: int, places: list[tuple[int, int]]) -> None:
    pieces = sorted((100 + place, 0, min(length, size - place)) for place, length in places if place < size)
    covered = np.zeros(size, np.bool_)
    for place, _, length in pieces:
        covered[place - 100 : place - 100 + length] = True
    gaps = _gaps(slice(100, 100 + size), pieces)
    assert [place for low, high in gaps for place in range(low, high)] == (np.flatnonzero(~covered) + 100).tolist()
    assert all(low < high for low, high in gaps)


def test_short_pieces_that_stand_apart_are_none() -> None:
    line = [(0, 100, 4), (5, 106, 2), (9, 109, 3)]  # small edits between them: nine words together
    assert in_line([*line, (12, 150, 7)], 8) == line
    assert in_line([*line, (12, 150, 8)], 8) == [*line, (12, 150, 8)]
    assert in_line([(0, 100, 4), (3, 117, 2), (5, 105, 4)], 8) == [(0, 100, 4), (5, 105, 4)]
    assert in_line([(0, 100, 4), (4, 10, 5), (9, 50, 5)], 8) == [(4, 10, 5), (9, 50, 5)]


@pytest.mark.parametrize(
    ("text", "lost", "otherwise"),
    [
        ("“We came and saw and won,” a spokesman said today.", "a spokesman", True),
        ("“We came and saw and won,” a spokesman said today.", "spokesman", True),
        ("“We came and saw and won,” a spokesman said today.", "We came and saw", False),
        ("came and saw,” a spokesman said, “and won as we had to.”", "a spokesman", True),
        ("came and saw,” a spokesman said, “and won as we had to.”", "came and saw", False),
        ("A spokesman said they came and saw and won today.", "A spokesman said", False),
        ("In the very end of that long day a spokesman for the firm said: “We won.”", "the very", False),
        ("In the end a spokesman for the firm said: “We won.”", "a spokesman for the", True),
    ],
)
def test_what_stands_around_a_quote_must_not_be_lost(text: str, lost: str, otherwise: bool) -> None:
    tokens = tokenize([text])
    start = text.index(lost)
    missing = np.flatnonzero((tokens.start >= start) & (tokens.end <= start + len(lost)))
    assert said_otherwise(tokens.flags, missing) == otherwise
