"""Rows of JSONL, many at a time: the same documents as line by line."""

from __future__ import annotations

import json
from itertools import accumulate, pairwise
from pathlib import Path
from typing import Any

import orjson
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from unecho.config import Settings
from unecho.model import Document, Raw, Skipped, Source
from unecho.sources import Lines, parse, parse_lines, rows
from unecho.sources.records import MARK, frame_utf8, parted, records

SOURCE = Source(Path("a.jsonl"), "a.jsonl", "jsonl")
LIMIT = 1_000_000


def lines_of(data: bytes) -> Lines:
    return Lines(SOURCE, 3, len(data), None, data)


def one_by_one(data: bytes, settings: Settings, limit: int = LIMIT) -> list[Document | Skipped]:
    return [parse(raw, settings) if isinstance(raw, Raw) else raw for raw in lines_of(data).documents(limit)]


def quickly(data: bytes, monkeypatch: pytest.MonkeyPatch) -> tuple[list[Document | Skipped], int]:
    """The documents, and how many lines were parsed as they are."""
    slowly: list[Raw] = []

    def parse_slowly(raw: Raw, settings: Settings) -> Document | Skipped:
        slowly.append(raw)
        return parse(raw, settings)

    monkeypatch.setattr(rows, "parse", parse_slowly)
    return list(parse_lines(lines_of(data), Settings(), LIMIT)), len(slowly)


TEXTS = st.text(
    st.one_of(st.characters(), st.sampled_from('"\\/\n\t\0 <é東\U0001f600\ud83d\ude00')), max_size=150
) | st.sampled_from(["", " \n", "\u3000", "<p>One</p>", '"text": "x"', "null", "a" * 64, "é" * 40, "x" * 63 + "\n"])
NAMES = st.sampled_from(["text", "text", "text", "body", "html", "id", "title", "te\nxt", '"text', "\\text", "n"])
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**70), 2**70) | st.floats() | TEXTS,
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(NAMES, inner, max_size=2),
    max_leaves=3,
)
RECORDS = st.lists(st.tuples(NAMES, TEXTS | VALUES), max_size=4)


@st.composite
def json_lines(draw: st.DrawFn) -> bytes:
    """A record with the same name perhaps more than once, spelled in one way or another, perhaps damaged."""
    comma, colon = draw(st.sampled_from([(",", ":"), (", ", ": "), (" ,\t", " : ")]))

    def spelled(value: object) -> str:
        return json.dumps(value, ensure_ascii=draw(st.booleans()))

    pairs = [f"{spelled(name)}{colon}{spelled(value)}" for name, value in draw(RECORDS)]
    line = ("{" + comma.join(pairs) + "}").encode("utf-8", "surrogatepass")
    if draw(st.integers(0, 3)):
        return line
    at = draw(st.integers(0, len(line)))
    damage = st.binary(max_size=4) | st.sampled_from([b"\\u", b"\\ud83d", b'"', b"\\", b"\x01", b"\xed\xa0\x80", b"\r"])
    return line[:at] + draw(damage) + line[at + draw(st.integers(0, 3)) :]


SETTINGS = st.sampled_from(
    [Settings(), Settings(text_field="body"), Settings(html_field="text"), Settings(id_field="n"),
     Settings(encoding="latin-1")]
)  # fmt: skip


@given(st.lists(json_lines(), max_size=6), SETTINGS, st.sampled_from([b"\n", b"\r\n"]), st.sampled_from([LIMIT, 60]))
@example([b'{"text":"a"}', b'{"text":null,"x":{"text":"b"}}', b'{"text":"c","text":null}'], Settings(), b"\n", LIMIT)
@example(
    [b'{"text":"a"}', b'{"x":"\\"text","text":"b"}', b'{"text":"c","n":9999999999999999999}'], Settings(), b"\n", 60
)
@example([b'{"text":"a"}', b'{"text":"b","body":"c"}', b'{"body":"d"}', b"", b" "], Settings(), b"\n", LIMIT)
@example([b'{"text":"a"}', b'{"text":"\xc2\xa0\xe3\x80\x80"}', b'{"text":"<p>b</p>"}'], Settings(), b"\n", LIMIT)
@example([b'{"text":"a"}', b'{"text":"","body":"b"}', b'{"text":""}'], Settings(), b"\n", LIMIT)
@example([b'{"text":"","id":1}', b'{"text":"b","id":1}'], Settings(html_field="text"), b"\n", LIMIT)
def test_many_rows_are_read_as_each_alone(records: list[bytes], settings: Settings, newline: bytes, limit: int) -> None:
    data = newline.join(records)
    assert list(parse_lines(lines_of(data), settings, limit)) == one_by_one(data, settings, limit)


def test_rows_that_are_alike_are_not_parsed_one_by_one(monkeypatch: pytest.MonkeyPatch) -> None:
    records: list[dict[str, Any]] = [
        {"id": number, "text": f'"{number}"\n é', "tags": ["a", 0.5]} for number in range(9)
    ]
    data = b"".join(orjson.dumps(record) + b"\r\n" for record in records)
    found, slowly = quickly(data, monkeypatch)
    assert found == one_by_one(data, Settings())
    assert slowly == 1
    data = data.replace(b'"text":', b'"n":12345678901234567890123,"text":')  # which orjson would not keep
    assert quickly(data, monkeypatch)[1] == 9


def test_a_row_alone_is_parsed_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rows, "parted", None)
    assert quickly(b'{"text":"one"}\n', monkeypatch)[1] == 1


def test_lines_that_cannot_be_read_again_are_skipped() -> None:
    gone = Lines(Source(Path("gone.jsonl"), "gone.jsonl", "jsonl"), 0, 9, 0, None)
    assert list(parse_lines(gone, Settings(), LIMIT)) == [
        Skipped("gone.jsonl", "gone.jsonl", "vanished before it was read")
    ]


def texts_of(strings: list[bytes]) -> list[bytes | None]:
    """What the kernel makes of JSON strings, in a line each."""
    rows = [b'{"text" : ' + string + b"}" for string in strings]
    ends = list(accumulate(len(row) + 1 for row in rows))
    edges = [(begin, end - 1) for begin, end in pairwise([0, *ends])]
    return [line.text if line else None for line in parted(b"\n".join(rows) + b"\n", edges, "text")]


def known(string: bytes) -> bytes | None:
    """The text in a JSON string in UTF-8; None where it is not sound."""
    try:
        return str(orjson.loads(string)).encode()
    except orjson.JSONDecodeError:
        return None


def test_strings_of_every_kind() -> None:
    escapes = [b"\\%c" % byte for byte in range(256) if byte != ord("\n")]
    points = [b"\\u%04x" % point for point in range(0, 0x10000, 17)] + [b"\\uD7FF", b"\\uD800", b"\\uDFFF", b"\\uE000"]
    halves = [b"\\ud83d" + second for second in (b"\\ude00", b"\\uDBFF", b"\\uE000", b"\\u0041", b"\\n", b"x", b"")]
    short = [b"\\u", b"\\u1", b"\\u12", b"\\u123", b"\\u123g", b"\\u/:@G", b"\\u`{aF", b"\\"]
    lone = [bytes([byte]) for byte in range(256) if byte not in b'\n"']
    pairs = [bytes([lead, second]) for lead in range(0xC0, 0x100) for second in (0x7F, 0x80, 0xBF, 0xC0)]
    more = [bytes([lead, second, third]) for lead in (0xE0, 0xE1, 0xED, 0xEF) for second in range(0x7F, 0xC1)
            for third in (0x7F, 0x80, 0xC0)]  # fmt: skip
    most = [bytes([lead, second, 0x80, fourth]) for lead in (0xF0, 0xF1, 0xF4, 0xF5) for second in range(0x7F, 0xC1)
            for fourth in (0x7F, 0x80, 0xC0)]  # fmt: skip
    contents = [*escapes, *points, *halves, *short, *lone, *pairs, *more, *most]
    for before in (b"", b"x" * 61, b"\xc3\xa9\\n"):
        strings = [b'"%b%b"' % (before, content) for content in contents] + [b'"open', b'"open\\']
        assert texts_of(strings) == list(map(known, strings))


def test_what_stands_around_a_text() -> None:
    line = b'{"a": [1], "text" :\t"b", "c": null}\r'
    (found,) = parted(line, [(0, len(line))], "text")
    assert found is not None
    assert found.text == b"b"
    assert found.frame == frame_utf8(line.removesuffix(b"\r"), "text")
    assert found.record == {"a": [1], "text": MARK, "c": None}
    assert records([found.frame], "a") == [None]
