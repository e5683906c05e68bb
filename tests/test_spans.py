from __future__ import annotations

import json
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from unecho.output.rewrite import output_names
from unecho.sources import records
from unecho.sources.records import filled, frame
from unecho.text.paragraphs import split
from unecho.text.spans import cut, mend, removal_spans

BLOCKS = st.lists(
    st.tuples(
        st.sampled_from(["one line", "two", "- item", "東京"]),
        st.sampled_from(["\n", "\n\n", "\r\n", "\n \n\n"]),
        st.booleans(),
    )
)


@given(BLOCKS, st.sampled_from(["", "\n", "  "]))
def test_what_is_cut_out_can_be_mended_and_what_stays_is_whole(blocks: list[tuple[str, str, bool]], lead: str) -> None:
    text, paragraphs, removed = lead, [], []
    for words, gap, gone in blocks:
        paragraphs.append((len(text), len(text) + len(words)))
        removed.append(gone)
        text += words + gap
    spans = removal_spans(text, paragraphs, removed)
    assert len(spans) == sum(removed)
    assert all(a <= b <= c for (a, b), (c, _) in pairwise(spans))
    gone_paragraphs = [span for span, gone in zip(paragraphs, removed, strict=True) if gone]
    for (start, end), (first, last) in zip(spans, gone_paragraphs, strict=True):
        assert start <= first and last <= end
        assert text[start:first].strip() == "" == text[last:end].strip()
    cleaned = cut(text, spans)
    assert mend(cleaned, [(start, text[start:end]) for start, end in spans]) == text
    kept = [text[start:end] for (start, end), gone in zip(paragraphs, removed, strict=True) if not gone]
    assert [line.strip() for line in cleaned.splitlines() if line.strip()] == kept
    if removed and all(removed):
        assert cleaned == ""


def test_the_widest_separator_stays() -> None:
    text = "kept\nout\n\nkept too\n"
    paragraphs = split(text)
    assert cut(text, removal_spans(text, paragraphs, [False, True, False])) == "kept\n\nkept too\n"
    assert cut(text, removal_spans(text, paragraphs, [False, False, True])) == "kept\nout\n"
    assert cut(text, removal_spans(text, paragraphs, [True, False, False])) == "out\n\nkept too\n"


def test_mending_refuses_what_does_not_fit() -> None:
    with pytest.raises(ValueError):
        mend("short", [(50, "x")])
    with pytest.raises(ValueError):
        mend("short", [(2, "xx"), (1, "y")])


SPELLED = st.text() | st.text('"\\\\{}[],: xt')
"""Texts, many of them full of what JSON is made of."""
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | SPELLED,
    lambda v: st.lists(v) | st.dictionaries(SPELLED, v),
    max_leaves=8,
)


@given(st.dictionaries(SPELLED, VALUES), SPELLED, SPELLED, st.booleans(), st.sampled_from([None, 1]))
def test_one_field_changes_and_nothing_else(
    record: dict[str, object], old: str, new: str, ascii_only: bool, indent: None
) -> None:
    record = {"a": 1, **record, "text": old}
    line = json.dumps(record, ensure_ascii=ascii_only, indent=indent)
    changed = filled(frame(line, "text"), new)
    assert json.loads(changed) == {**record, "text": new}
    assert json.loads(filled(frame(changed, "text"), old)) == record


def test_other_fields_keep_their_spelling() -> None:
    line = '{"n": 123456789012345678901234567890, "f": 1.10, "text" : "old", "e": "\\u00e9", "text2": "text"}'
    assert filled(frame(line, "text"), "né") == line.replace('"old"', '"né"')
    deep = '{"n": ' + "[" * 100_000 + "]" * 100_000 + ', "t\\u0065xt": "old"}'
    assert filled(frame(deep, "text"), "né") == deep.replace('"old"', '"né"')
    with pytest.raises(ValueError):
        frame("[1]", "text")
    with pytest.raises(ValueError):
        frame('{"other": 1}', "text")


NAMES = st.sampled_from(["text", 'say "text', "a", "te xt", "\\"])
SPELT = st.sampled_from(
    ['"text"', '"say \\"text"', '"te\\u0078t"', '"a"', '"\\\\"', '"\\"text\\":\\"x\\""', "null", '{"text": "b"}']
)


@given(st.lists(st.tuples(NAMES | st.just("te\\u0078t"), SPELT, st.sampled_from(["", " "])), max_size=5), NAMES)
def test_what_looks_like_the_field_is_taken_only_if_it_is(members: list[tuple[str, str, str]], field: str) -> None:
    """Fields given twice, spelt with escapes, inside others, and texts that look like them."""
    spelt = [f'"{name}"' if name.startswith("te\\") else json.dumps(name) for name, _, _ in members]
    pairs = [f"{name}{gap}:{gap}{value}" for name, (_, value, gap) in zip(spelt, members, strict=True)]
    line = "{" + ", ".join(pairs) + "}"
    record = json.loads(line)
    if isinstance(record.get(field), str):
        changed = filled(frame(line, field), "new")
        assert json.loads(changed) == {**record, field: "new"}
        start, end = records._value_span(line.encode(), field)
        assert changed == f'{line[:start]}"new"{line[end:]}'


def test_every_character_is_written_as_the_standard_library_writes_it() -> None:
    text = "".join(chr(point) for point in range(0x110000) if not 0xD800 <= point < 0xE000)
    for each in (text, "\ud800 alone"):
        assert filled("\0", each) == json.dumps(each, ensure_ascii=False)


def test_output_names_never_meet() -> None:
    names = output_names(
        [("a.html", "html"), ("a.txt", "text"), ("b.HTM", "html"), ("B.txt.x", "text"), ("c.html.gz", "html"),
         ("d", "text"), ("d/e.txt", "text"), ("../x", "text"), ("n\u0303.txt", "text"), ("ñ.txt", "text"),
         ("q?.txt", "text")],
        ".txt",
    )  # fmt: skip
    assert names["a.txt"] == "a.txt" and names["a.html"] == "a.html.txt"
    assert names["b.HTM"] == "b.txt"
    assert names["c.html.gz"] == "c.txt.gz"
    assert names["d"] != "d" and names["d/e.txt"] == "d/e.txt"
    assert ".." not in names["../x"]
    assert names["q?.txt"] == "q%3F.txt"
    assert len(set(names.values())) == len(names)
    long = output_names([("x" * 300 + ".txt", "text"), ("é" * 200 + ".html", "html")], ".md")
    assert all(len(name.encode()) < 256 for name in long.values())
