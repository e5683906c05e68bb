from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest
from builders import own
from hypothesis import given
from hypothesis import strategies as st

from unecho import dedupe
from unecho.check import check
from unecho.choosing.cuts import sentences

QUOTE = "We will rebuild the harbour, the mill and the school. We will do it before the winter comes."
FIRST = "The mayor spoke for an hour in the old town hall, to an audience of fishermen and of their angry wives."
LAST = "Nobody laughed when she had ended, and the meeting broke up in silence soon after nine in the evening."
OTHER = "A reporter of another paper saw it quite differently, and wrote that the hall was half empty all along."
LONG = "Fishing has been the only trade of the town for as long as anybody there can remember or has been told."


def test_whole_sentences_go_and_the_rest_of_the_paragraph_stays(tmp_path: Path) -> None:
    texts = [("a", f"{FIRST} {QUOTE} {LAST}\n\n{LONG}"), ("b", f"{OTHER} {QUOTE} So it went.")]
    with dedupe(texts, clean="off") as result:
        assert result.removals == []
    with dedupe(texts, clean="off", cut_passages=True) as result:
        (removal,) = result.removals
        assert (removal.reason, removal.text) == ("passage", f"{QUOTE} ")
        assert removal.keeper is not None
        keeper = result.text("a")[removal.keeper.start : removal.keeper.end]
        assert keeper == QUOTE[:-1]
        assert result.clean_text("b") == f"{OTHER} So it went."
        assert result.documents[1].words_removed["passage"] == len(QUOTE.split())
        assert check(result.write(tmp_path / "OUT")) == []


def test_part_of_a_sentence_stays() -> None:
    half = QUOTE[: QUOTE.index(" and the school")]
    texts = [("a", f"{FIRST} {QUOTE} {LAST}\n\n{LONG}"), ("b", f"{OTHER} {half} or so I heard them say it.")]
    assert dedupe(texts, clean="off", cut_passages=True).removals == []


def test_of_three_documents_one_keeps_the_quote(tmp_path: Path) -> None:
    texts = [
        ("a", f"{FIRST} {QUOTE} {LAST}\n\n{LONG}"),
        ("b", f"{OTHER} {QUOTE} So it went on and on."),
        ("c", f"{LONG[::-1]} {QUOTE} That is all there is."),
    ]
    with dedupe(texts, clean="off", cut_passages=True) as result:
        assert sorted(r.document for r in result.removals) == ["b", "c"]
        left = [name for name in "abc" if QUOTE in result.clean_text(name)]
        assert left == ["a"]
        assert check(result.write(tmp_path / "OUT")) == []


def test_neighbouring_quotes_of_two_documents_are_cut_without_overlap(tmp_path: Path) -> None:
    second = "The fish will come back as they always have. We only have to wait for them, and to mend our nets."
    texts = [
        ("a", f"{FIRST} {QUOTE} {LAST}\n\n{LONG}"),
        ("b", f"{OTHER} {second} And that was that, as far as he could see it.\n\n{LONG[::-1]}"),
        ("c", f"{own(5)} {QUOTE} {second}\n\n{own(1)}\n\n{own(2)}"),
        ("d", f"{own(6)} {second} {QUOTE}\n\n{own(3)}\n\n{own(4)}"),
    ]
    with dedupe(texts, clean="off", cut_passages=True, keep="path") as result:
        for name in "abcd":
            assert (QUOTE in result.clean_text(name), second in result.clean_text(name)) == (name == "a", name == "b")
        assert check(result.write(tmp_path / "OUT")) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("One. Two! Three?", ["One.", "Two!", "Three?"]),
        ("He said: “No.” Then he left.", ["He said: “No.”", "Then he left."]),
        ("東京は晴れ。大阪は雨。", ["東京は晴れ。", "大阪は雨。"]),
        ("No end", ["No end"]),
    ],
)
def test_sentences(text: str, expected: list[str]) -> None:
    assert [text[start:end] for start, end in sentences(text, 0, len(text))] == expected


@given(st.text(st.sampled_from("Ab. !?”“ 。"), min_size=1, max_size=40).map(str.strip).filter(bool))
def test_sentences_hold_every_character_but_white_space(text: str) -> None:
    spans = sentences(text, 0, len(text))
    assert all(a < b for a, b in spans)
    rest = "".join(text[b:c] for (_, b), (c, _) in pairwise(spans))
    assert not rest.strip()
    assert spans[0][0] == 0 and spans[-1][1] == len(text)
