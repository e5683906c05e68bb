"""Words that newspapers write in several ways, and words that only look like it."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from unecho.choosing.guards import Word, alike, misread, shape
from unecho.text.normalize import fold
from unecho.text.spelling import canonical, may_change


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("labour", "labor"), ("colours", "colors"), ("theatre", "theater"), ("centres", "centers"),
        ("organisation", "organization"), ("criticised", "criticized"), ("analysed", "analyzed"),
        ("travelling", "traveling"), ("defence", "defense"), ("catalogue", "catalog"), ("programme", "program"),
        ("grey", "gray"), ("6", "six"), ("1st", "first"), ("10th", "tenth"), ("m", "million"), ("mn", "million"),
        ("bn", "billion"), ("5m", "5million"), ("5m", "fivemillion"), ("500k", "500thousand"), ("%", "percent"),
    ],
)  # fmt: skip
def test_ways_of_writing_one_word(one: str, other: str) -> None:
    assert canonical(one) == canonical(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("four", "for"), ("hour", "or"), ("6", "7"), ("1st", "2nd"), ("million", "billion"), ("5m", "6m"),
        ("there", "their"), ("rise", "rize"), ("more", "moer"), ("11", "eleventh"),
    ],
)  # fmt: skip
def test_different_words_stay_different(one: str, other: str) -> None:
    assert canonical(one) != canonical(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Labour", "Labor"),
        ("t0", "to"),
        ("0f", "of"),
        ("i5", "15"),
        ("2oo4", "2004"),
        ("Annne", "Anne"),
        ("onc", "one"),
    ],
)
def test_scanned_and_spelt_otherwise(one: str, other: str) -> None:
    assert alike(one, other)
    assert alike(other, one)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Iran", "Iraq"), ("15", "16"), ("1999", "1989"), ("fifty", "fifth"), ("eight", "eighth"), ("no", "not"),
        ("seven", "8"), ("10", "lo"), ("seventeen", "seventy"), ("million", "billion"), ("5m", "5bn"),
    ],
)  # fmt: skip
def test_other_facts(one: str, other: str) -> None:
    assert not alike(one, other)
    assert not alike(other, one)


def test_digits_that_can_only_be_letters() -> None:
    assert all(misread(Word.of(word)) for word in ("peop1e", "cornp1ain", "hi5tory"))
    for word in ("5m", "15th", "BBC1", "5million", "covid19", "1980s", "F15", "G8", "5years", "b2b", "ipv6address"):
        assert not misread(Word.of(word)), word


@given(st.lists(st.text(st.characters(exclude_characters="\n", codec="utf-8"))))
def test_words_made_all_at_once_are_those_made_one_by_one(words: list[str]) -> None:
    made = Word.all_of(words)
    assert made == [Word.of(word) for word in words]
    assert [word.plain for word in made] == ["".join(map(fold, word)) for word in words]
    assert [word.begins for word in made] == [shape(word.plain[:2])[:1] for word in made]
    assert [word.shape for word in made] == [shape(word.letters) for word in made]
    pairs = list(pairwise(made))
    assert Word.together(pairs) == [one + two for one, two in pairs]


PARTS = """
    five million bn m col our theat re red ours analys ed travell ing cata logue def ence
""".split()  # noqa: SIM905  a list of so many strings is harder to read


@given(st.lists(st.sampled_from([*PARTS, *"abelrsmtu"]), min_size=2, max_size=4), st.integers(1, 20))
def test_what_may_be_written_otherwise_is_known_by_its_end(parts: list[str], cut: int) -> None:
    word = "".join(parts)
    if canonical(word) != word:
        assert may_change(word[min(cut, len(word) - 1) :])
    assert not may_change("untilthe")
