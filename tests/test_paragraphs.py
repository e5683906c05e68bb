"""Where paragraphs begin and end, in every layout that articles come in."""

from __future__ import annotations

import itertools
import textwrap
from pathlib import Path

import numpy as np
import pytest
from endless import ends
from hypothesis import example, given
from hypothesis import strategies as st

from unecho.base.columns import offsets_of
from unecho.text import paragraphs
from unecho.text.normalize import BEHIND

SEEDS = Path(__file__).parents[1] / "seeds"
SENTENCE = "The council met on Monday and agreed, after a long debate, that the old bridge must be rebuilt. "


def split_alike(texts: list[str]) -> None:
    pieces = [text.encode("utf-8", "surrogatepass") for text in texts]
    begins = offsets_of(np.array([len(piece) + 1 for piece in pieces], np.int64))
    edges = np.stack([begins[:-1], begins[1:] - 1], axis=1)
    many = paragraphs.split_utf8(b"\n".join([*pieces, BEHIND]), edges).each()
    assert [list(map(tuple, spans.tolist())) for spans in many] == list(map(paragraphs.split, texts))


def parts(text: str) -> list[str]:
    split_alike([text])
    return [text[start:end] for start, end in paragraphs.split(text)]


def wrapped(text: str, width: int) -> str:
    return textwrap.fill(text, width, break_on_hyphens=False)


LAYOUTS = st.text(alphabet=st.sampled_from(list("aB .-\n\r\t1)•\u00a0\u2028\u2029\f\x85é中")), max_size=300)


@given(LAYOUTS | st.text(max_size=200))
@example("")
@example(" \n\u00a0\n")
def test_spans_hold_every_character_that_is_not_white_space(text: str) -> None:
    covered = set[int]()
    last = 0
    for start, end in paragraphs.split(text):
        assert last <= start < end
        assert text[start:end] == text[start:end].strip()
        covered.update(range(start, end))
        last = end
    assert all(character.isspace() or number in covered for number, character in enumerate(text))


@given(st.lists(LAYOUTS | st.text(max_size=200) | st.text("aB .\n”é中", max_size=99), max_size=9))
def test_texts_are_split_alike_one_by_one_and_many_at_once(texts: list[str]) -> None:
    split_alike(texts)


@given(st.lists(st.text(alphabet="abc XYZ.", min_size=1, max_size=90), max_size=12), st.integers(30, 100))
def test_wrapped_texts_are_split_alike_many_at_once(pieces: list[str], width: int) -> None:
    texts = [wrapped(SENTENCE * (number % 4) + piece, width) for number, piece in enumerate(pieces)]
    texts.append("\n".join(texts))
    split_alike(texts)


MARKS = (
    "- ",
    "-",
    "• ",
    "1. ",
    "(12) ",
    "1234. ",
    "٣. ",
    "b) ",
    "(b)",
    "# ",
    "####### ",
    "| ",
    "---",
    "--",
    "~~~",
    ">",
)
LETTERS = ("É", "é", "中", "か", "가", "\U00010400", "\U0001f600", "\ud800", "(", "B", "b")
STARTS = ("", "\t", "    ", "\u3000", *MARKS, *LETTERS)
LINE = st.tuples(st.sampled_from(STARTS), st.integers(0, 90), st.sampled_from(["", "\n", "\n\n", "\n", "\r\n"]))


@pytest.mark.parametrize("start", STARTS)
def test_lines_that_begin_so_are_split_alike_many_at_once(start: str) -> None:
    texts = []
    for width, stop, other in itertools.product((40, 70, 100), ("", "."), ("", *MARKS[:4], *LETTERS[:2])):
        body = wrapped(SENTENCE.replace(".", stop) * 6, width)
        line, after = f"{start}{SENTENCE[5:30]}", f"{other}{SENTENCE[:35]}"
        texts += ["\n".join([body, *lines, body]) for lines in ([line], [line, after], [after, line])]
        texts.append(body.replace("\n", f"\n{start}"))
    split_alike(texts)


@given(st.lists(LINE, min_size=1, max_size=9), st.integers(31, 100), st.booleans())
def test_lines_of_every_kind_in_wrapped_text_are_split_alike_many_at_once(
    lines: list[tuple[str, int, str]], width: int, stops: bool
) -> None:
    body = wrapped(SENTENCE.replace(".", "." * stops) * 6, width) + "\n"
    text = "".join(body + f"{start}{(SENTENCE * 2)[at : at + 9 * (at % 11)]}{end}" for start, at, end in lines)
    split_alike([text, text.lower()])


@given(st.lists(st.text(alphabet="abc XYZ.", min_size=1, max_size=90), max_size=12), st.integers(40, 100))
def test_spans_hold_also_in_wrapped_text(pieces: list[str], width: int) -> None:
    text = "\n\n".join(wrapped(SENTENCE * 4 + piece, width) for piece in pieces)
    joined = "".join("".join(part.split()) for part in parts(text))
    assert joined == "".join(text.split())


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r", "\u2028", "\u2029", "\f", "\x85"])
def test_one_paragraph_a_line(newline: str) -> None:
    assert parts(f"First one.{newline}Second one.{newline} Third ") == ["First one.", "Second one.", "Third"]


def test_blank_lines_and_single_line_breaks_mixed() -> None:
    assert parts("Title\n\nWritten by\nJane Doe\n\n\n\nText.\n") == ["Title", "Written by", "Jane Doe", "Text."]


def test_no_break_space_alone_is_a_blank_line() -> None:
    assert parts("One.\n\u00a0\nTwo.") == ["One.", "Two."]


@pytest.mark.parametrize("width", [40, 64, 72, 100, 190])
def test_wrapped_block_is_one_paragraph(width: int) -> None:
    blocks = [wrapped(SENTENCE * count, width) for count in (5, 8, 6)]
    assert parts("\n\n".join(blocks)) == blocks


def test_chinese_wrapped_at_a_column_is_one_paragraph() -> None:
    text = "记者从国务院新闻办公室获悉这座古老的桥梁将于明年春天重新开放并且向所有居民免费" * 8
    block = "\n".join(text[at : at + 40] for at in range(0, len(text), 40))
    assert parts(f"{block}\n\n{block}") == [block, block]


def test_japanese_lines_of_a_page_are_not_taken_for_wrapped_text() -> None:
    lines = [*["関連記事", "こちらの記事も合わせてどうぞ", "お問い合わせ", "会社案内とアクセス"] * 2]
    lines += ["商標の判決について弁理士が解説します" * count for count in (2, 3, 2, 4, 2, 3)]
    assert parts("\n".join(lines)) == lines


def test_wrapped_text_at_the_margin_of_its_indent() -> None:
    blocks = [textwrap.indent(wrapped(SENTENCE * 6, 70), "   ") for _ in range(3)]
    assert parts("\n\n".join(blocks)) == [block.strip() for block in blocks]


def test_heading_on_a_wrapped_paragraph_stands_apart() -> None:
    body = wrapped(SENTENCE * 6, 72)
    assert parts(f"{body}\n\nThe Bridge\n{body}") == [body, "The Bridge", body]


def test_indented_paragraphs_without_blank_lines() -> None:
    body = textwrap.fill(SENTENCE * 6, 72, initial_indent="    ")
    assert parts(f"{body}\n{body}") == [body.strip(), body.strip()]


def test_indent_begins_a_paragraph_also_after_a_full_line() -> None:
    lines = textwrap.fill(SENTENCE * 6, 72, initial_indent="    ").splitlines()[:5]
    lines[-1] = lines[-1][:-1] + "."
    assert parts("\n".join(lines * 2)) == ["\n".join(lines).strip()] * 2


@pytest.mark.parametrize("marks", [("-", "-"), ("*", "*"), ("•", "•"), ("–", "–"), ("1.", "2."), ("a)", "b)")])
def test_items_of_a_list_stand_apart_in_wrapped_text(marks: tuple[str, str]) -> None:
    body = wrapped(SENTENCE * 6, 72)
    items = [textwrap.fill(f"{mark} {SENTENCE * 2}", 72, subsequent_indent="  ") for mark in marks]
    assert parts("\n".join([f"{body}\n", *items])) == [body, *items]
    assert parts("\n".join(["He said that:", *items, "", body])) == ["He said that:", *items, body]


def test_dash_that_wrapping_put_in_front_makes_no_item() -> None:
    text = SENTENCE * 3 + "The bridge – loved by all who lived beside it – fell on a Sunday – as was feared. " * 6
    layouts = [wrapped(text, width) for width in range(60, 90)]
    layouts = [layout for layout in layouts if "\n– " in layout]
    assert layouts
    for layout in layouts:
        assert parts(layout) == [layout]


def test_list_of_short_lines_is_not_taken_for_wrapped_text() -> None:
    lines = ["- beatings", "- floggings", "- electric shocks", "The end of it all came soon"]
    assert parts("\n".join(lines)) == lines


def test_headlines_of_like_length_are_not_taken_for_wrapped_text() -> None:
    lines = [f"Council Agrees To Rebuild The Old Bridge At Last {number}" for number in range(20)]
    assert parts("\n".join(lines)) == lines


def test_some_lines_in_lower_case_do_not_make_wrapped_text() -> None:
    lines = [
        f"{'i' if number % 4 == 0 else 'I'}Phones Are Banned In The Schools Of The County {number:02}"
        for number in range(40)
    ]
    assert parts("\n".join(lines)) == lines


def test_long_line_in_wrapped_text_is_a_paragraph() -> None:
    body = wrapped(SENTENCE * 8, 72)
    long = SENTENCE.strip() * 3
    assert parts(f"{body}\n{long}\n{body}") == [body, long, body]


def test_markdown_in_wrapped_text() -> None:
    body = wrapped(SENTENCE * 6, 72)
    assert parts(f"# Title\n{body}\n## Next\n{body}\n| a | b |\n| 1 | 2 |") == [
        "# Title",
        body,
        "## Next",
        body,
        "| a | b |",
        "| 1 | 2 |",
    ]


@pytest.mark.parametrize(("name", "count"), [("000", 27), ("001", 21), ("002", 33), ("003", 16), ("004", 25)])
def test_seeds(name: str, count: int) -> None:
    text = next(SEEDS.glob(f"{name}_*.txt")).read_text("utf-8")
    assert len(paragraphs.split(text)) == count


@pytest.mark.parametrize(
    "text",
    [
        "abcd efg " * 2_000_000,
        (SENTENCE * 5 + "\n\n") * 30_000,
        (wrapped(SENTENCE * 5, 72) + "\n\n") * 15_000,
    ],
    ids=range(3),
)
def test_large_texts_come_to_an_end(text: str) -> None:
    with ends():
        paragraphs.split(text)


@given(st.text("-*•(1٣.)aZé#|>=~` ", min_size=1, max_size=6))
def test_marks_are_seen_at_once(line: str) -> None:
    bare = line.strip()
    either = bool(paragraphs._BULLET.match(bare) or paragraphs._MARKUP.match(bare))
    assert bool(paragraphs._MARKED.match(bare)) == either
