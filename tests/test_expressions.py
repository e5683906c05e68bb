"""Beginnings of what regular expressions match: no expression is passed over that would have taken the line."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from unecho.boilerplate import rules
from unecho.boilerplate.expressions import Expressions
from unecho.boilerplate.heads import heads, needed

SHIPPED = [rule for rule in rules.load().rules if rule.pattern]
ALL = Expressions([rule.pattern for rule in SHIPPED])

ATOMS = (
    "a",
    "bc",
    "xyzt",
    r"\d",
    r"\W",
    r"\.",
    ".",
    "[ab]",
    "[^a]",
    "[a-c1]",
    r"\b",
    "(?=a)",
    "(?!.*b)",
    "^",
    "$",
    "é",
)
QUANTIFIERS = ("", "", "?", "*", "+", "{2}", "{0,2}", "{1}", "??", "{,3}")
PATTERNS = st.recursive(
    st.builds(str.__add__, st.sampled_from(ATOMS[:10]), st.sampled_from(QUANTIFIERS)) | st.sampled_from(ATOMS),
    lambda inner: (
        st.builds("{}{}".format, inner, inner)
        | st.builds("(?:{}|{}){}".format, inner, inner, st.sampled_from(QUANTIFIERS))
        | st.builds("{}|{}".format, inner, inner)
    ),
    max_leaves=8,
)


def taken(known: Expressions, text: str) -> set[int]:
    return {number for number, takes in known.worth_trying(text) if takes(text)}


@given(st.lists(PATTERNS, min_size=1, max_size=4), st.text("abcxyzt1.é ", max_size=6))
@settings(max_examples=600)
def test_what_matches_is_tried(patterns: list[str], text: str) -> None:
    assert taken(Expressions(patterns), text) == {n for n, one in enumerate(patterns) if re.fullmatch(one, text)}


@pytest.mark.parametrize("number", range(len(SHIPPED)), ids=lambda number: SHIPPED[number].id)
def test_shipped_rules_take_their_examples(number: int) -> None:
    for example in SHIPPED[number].hit:
        text = rules.normalise(example)
        assert (number in taken(ALL, text)) == bool(re.fullmatch(SHIPPED[number].pattern, text))


def test_few_expressions_are_tried() -> None:
    assert len(ALL.worth_trying("quite another thing")) < 15


@pytest.mark.parametrize("pattern", ["(?i:abc)|d", "(?i)a|b", "(a)\\1|b", "(?P<x>a)b", "a\\n|b", "a{|b", "a)"])
def test_what_is_not_understood_may_begin_with_anything(pattern: str) -> None:
    [(whole, found)] = heads(pattern)
    assert whole == pattern
    assert [(head.text, head.kind) for head in found] == [("", "")]


def test_flags_count_for_all_alternatives() -> None:
    assert taken(Expressions(["(?i)abc|def"]), "DEF") == {0}


@given(PATTERNS, st.text("abcxyzt1.é ", max_size=8))
@settings(max_examples=400)
def test_what_matches_has_what_it_needs(pattern: str, text: str) -> None:
    for alternative, _ in heads(pattern):
        wanted = needed(alternative)
        if wanted and re.fullmatch(alternative, text):
            assert any(one in text for one in wanted)


def test_needed() -> None:
    assert needed(r".{0,60}all rights (?:are )?reserved.*") == {"all righ"}
    assert needed(r"(?=.{0,9}\b(?:cookies?|çerez))\w.*") == {"cookie", "cookies", "çerez"}
    assert needed(r"\w+ ?(?:x|y)?") == needed(r"(?=abc)?.*") == needed(r"(?=abc|d).*") == frozenset()


def test_beginnings() -> None:
    [(first, abc), (second, digit)] = heads(r"(?:ab?)?c[de]|\d+ shares")
    assert (first, second) == ("(?:ab?)?c[de]", r"\d+ shares")
    assert {head.text for head in abc} == {"abc", "acd", "ace", "cd", "ce"}
    assert {head.kind for head in digit} == {r"\d"}
