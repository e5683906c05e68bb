"""Passages end with the punctuation that both sides print around them."""

from __future__ import annotations

from collections import Counter

import orjson
import pytest
from builders import Listed
from hypothesis import given, settings
from hypothesis import strategies as st

import unecho
from unecho.choosing.findings import Passages
from unecho.compiled import when

SHARED = "the harbour board will not pay for the second crane before the winter storms arrive"
ALIKE = dict(zip("“”‘’—", "\"\"''-", strict=True))


def printed(text_a: str, text_b: str) -> tuple[str, str]:
    """What both sides print of the only passage."""
    with unecho.dedupe([("a", text_a), ("b", text_b)], clean="off") as result:
        (passage,) = result.passages
        return text_a[passage.a_start : passage.a_end], text_b[passage.b_start : passage.b_end]


def article(before: str, shared: str, behind: str, word: str) -> str:
    own = " ".join(f"{word}{number}" for number in range(30))
    return f"{own}{before}{shared}{behind}{own}"


@pytest.mark.parametrize(
    ("a", "b", "shared"),
    [
        ((" “", ".” "), (' "', '." '), ("“{}.”", '"{}."')),
        ((" “", ",” "), (" “", ".” "), ("“{}", "“{}")),
        ((" ", ". "), (" ", ".” "), ("{}.", "{}.")),
        ((" (", ") "), (" ", ") "), ("{})", "{})")),
        ((" — ", "… "), (" — ", "… "), ("{}…", "{}…")),
        (("\n\n«", "»\n\n"), (" «", "» "), ("«{}»", "«{}»")),
        ((" 「", "」 "), (" 『", "』 "), ("{}", "{}")),
    ],
)
def test_what_both_sides_print(a: tuple[str, str], b: tuple[str, str], shared: tuple[str, str]) -> None:
    texts = article(a[0], SHARED, a[1], "left"), article(b[0], SHARED, b[1], "right")
    assert printed(*texts) == tuple(side.format(SHARED) for side in shared)


def test_where_the_documents_begin_and_end() -> None:
    text = f"“{SHARED}.”"
    with unecho.dedupe([("a", text), ("b", article(" ", text, " ", "right"))], clean="off") as result:
        (passage,) = result.passages
    assert (passage.a_start, passage.a_end) == (0, len(text))


MARKS = st.text("\"“”'‘’.,!— \n", max_size=4) | st.text('“".,!¿\ufffe\uffff\U0001f600', max_size=7)


@settings(max_examples=60, deadline=None)
@given(MARKS, MARKS, MARKS, MARKS, st.sampled_from(["", "", "é“\U0001f600 "]))
def test_character_by_character(a_before: str, a_behind: str, b_before: str, b_behind: str, first: str) -> None:
    marks = (a_before, a_behind), (b_before, b_behind)
    texts = [first + article(f" {before}", SHARED, f"{behind} ", f"of{n}") for n, (before, behind) in enumerate(marks)]
    starts = [text.index(SHARED) for text in texts]

    def same(place: int) -> bool:
        marks = [text[start + place] for text, start in zip(texts, starts, strict=True)]
        return ALIKE.get(marks[0], marks[0]) == ALIKE.get(marks[1], marks[1]) and not marks[0].isspace()

    before, behind = 0, 0
    while same(-before - 1):
        before += 1
    while same(len(SHARED) + behind):
        behind += 1
    expected = tuple(
        text[start - before : start + len(SHARED) + behind] for text, start in zip(texts, starts, strict=True)
    )
    assert printed(*texts) == expected
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(when, "LARGE", 1)
        assert printed(*texts) == expected


def test_passages_are_written_as_their_records() -> None:
    """They are written without the records, and quotes are counted without them."""
    stock = "a stock phrase that every one of these documents prints in the very same words each time"
    texts = [(f'{name} "\\ü', article(" ", SHARED, f" {stock} ", name)) for name in ("left", "right", "third")]
    texts.append(("quoting", article(" ", stock, " ", "fourth")))
    with unecho.dedupe(texts, clean="off") as result:
        passages = result.passages
        assert isinstance(passages, Passages)
        assert len(passages) >= 4
        lines = b"".join(passages.lines()).splitlines()
        assert lines == [orjson.dumps(passage) for passage in passages]
        sizes = passages.quote_sizes()
        assert list(sizes.items()) == list(Counter(p.group for p in passages if p.quote).items())
        for most in (1, 2, 60):
            assert passages.quoted(sizes, most) == Listed(passages).quoted(len(passages), sizes, most)
        assert passages.quoted([], 3) == {}
        assert max(len(quoted.places) for quoted in passages.quoted(sizes, 60).values()) > 2
