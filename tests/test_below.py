"""Passages begin below headlines."""

from __future__ import annotations

from builders import own

import unecho

HEADLINE = "Harbour board will not pay for the second crane"
SHARED = (
    "the works will cost more than the town has earned in ten years, and nobody knows who is going to pay for them."
)


def printed(first: str, second: str) -> list[tuple[str, str]]:
    """What both documents print of each passage."""
    with unecho.dedupe([("a", first), ("b", second)], clean="off") as result:
        return [(first[p.a_start : p.a_end], second[p.b_start : p.b_end]) for p in result.passages]


def test_a_headline_is_no_part_of_what_follows_it() -> None:
    texts = [f"{head}{HEADLINE}\n\nAll {SHARED} {own(n)}" for n, head in enumerate(("", "Update: "))]
    assert printed(*texts) == [(f"All {SHARED}", f"All {SHARED}")]


def test_a_headline_alone_is_a_passage_when_it_is_long() -> None:
    assert printed(*(f"{HEADLINE}\n\n{own(n)}" for n in range(2))) == []
    long = f"{HEADLINE} before winter comes"
    assert printed(*(f"{long}\n\n{own(n)}" for n in range(2))) == [(long, long)]


def test_a_text_that_begins_with_a_sentence_has_no_headline() -> None:
    texts = [f"{HEADLINE}.\n\nAll {SHARED} {own(n)}" for n in range(2)]
    assert printed(*texts) == [(f"{HEADLINE}.\n\nAll {SHARED}",) * 2]


def test_a_line_alone_is_no_headline() -> None:
    assert printed(HEADLINE, f"{own(1)} {HEADLINE} {own(2)}") == [(HEADLINE, HEADLINE)]


def test_what_has_hardly_a_word_below_the_headline_is_long_together() -> None:
    texts = [f"{HEADLINE}\n\nThe crane is old {own(n)}" for n in range(2)]
    whole = f"{HEADLINE}\n\nThe crane is old"
    assert printed(*texts) == [(whole, whole)]
