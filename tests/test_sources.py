"""Files to documents: what is found, its bytes, and the article in them."""

from __future__ import annotations

import codecs
import gzip
import json
import os
import pickle
import random
import socket
import sys
import tracemalloc
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import ModuleType
from typing import Any, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from unecho import config, sources
from unecho.config import Settings, build
from unecho.errors import UsageError
from unecho.model import Document, Raw, Skipped, Source
from unecho.sources import Lines, Names, classify, discover, iso_date, load_record, parse, parts, read, site_of
from unecho.sources.records import frame_utf8

LIMIT = 1_000_000
posix_only = pytest.mark.skipif(os.name == "nt", reason="POSIX only")


def tree(root: Path, *names: str) -> Path:
    for name in names:
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(name, "utf-8")
    return root


def names(*inputs: Path, exclude: Path | None = None) -> list[str]:
    return [source.name for source in discover(inputs, exclude).sources]


def source(path: Path, data: bytes | None = None) -> Source:
    if data is not None:
        path.write_bytes(data)
    kind, compressed = classify(path.name)
    return Source(path, path.name, kind or "text", compressed)


def documents(path: Path, data: bytes, settings: Settings | None = None) -> list[Document | Skipped]:
    found = read(source(path, data), LIMIT)
    return [raw if isinstance(raw, Skipped) else parse(raw, settings or Settings()) for raw in found]


def record(value: object, settings: Settings | None = None, name: str = "d/a.jsonl") -> Document | Skipped:
    line = value if isinstance(value, bytes) else json.dumps(value).encode()
    return parse(Raw(Source(Path(name), name, "jsonl"), 4, line), settings or Settings())


def good(value: object, settings: Settings | None = None) -> Document:
    document = record(value, settings)
    assert isinstance(document, Document), document
    return document


def refused(value: object, settings: Settings | None = None) -> str:
    skipped = record(value, settings)
    assert isinstance(skipped, Skipped), skipped
    assert skipped.reason.startswith("d/a.jsonl:5: ")
    assert (skipped.id, skipped.source, skipped.row) == ("d/a.jsonl#5", "d/a.jsonl", 4)
    return skipped.reason


# --- discover --------------------------------------------------------------------------------------------


def test_formats_are_known_by_suffix() -> None:
    assert classify("a.TXT") == ("text", False)
    assert classify("a.b.markdown.GZ") == ("text", True)
    assert classify("a.htm") == ("html", False)
    assert classify("a.ndjson.gz") == ("jsonl", True)
    assert classify("a.gz") == (None, True)
    assert classify("txt") == classify(".txt") == classify("a.csv") == (None, False)


def test_a_folder_is_listed_by_name_and_what_is_not_read_is_counted(tmp_path: Path) -> None:
    tree(
        tmp_path,
        "b.txt",
        "a/z.md",
        "a/b/c.html",
        "a.jsonl",
        "x.csv",
        "y.CSV",
        "z.csv.gz",
        "README",
        ".h.txt",
        ".g/a.txt",
    )
    found = discover([tmp_path])
    assert [item.name for item in found.sources] == ["a.jsonl", "a/b/c.html", "a/z.md", "b.txt"]
    assert [item.format for item in found.sources] == ["jsonl", "html", "text", "text"]
    assert found.skipped == ()
    assert found.ignored == {".csv": 2, ".csv.gz": 1, "(no suffix)": 1, "(hidden)": 2}


def test_the_order_on_disk_does_not_matter(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tree(tmp_path, *(f"{folder}/{name}.txt" for folder in "xyz" for name in "cab"))
    expected = discover([tmp_path])
    real = os.scandir

    class Shuffled:
        def __init__(self, path: str) -> None:
            with real(path) as entries:
                self.entries = list(entries)
            random.Random(len(path)).shuffle(self.entries)

        def __enter__(self) -> list[os.DirEntry[str]]:
            return self.entries

        def __exit__(self, *_: object) -> None:
            pass

    monkeypatch.setattr(os, "scandir", Shuffled)
    assert discover([tmp_path]) == expected


def test_a_named_file_is_read_whatever_its_suffix(tmp_path: Path) -> None:
    tree(tmp_path, "a.log", ".hidden", "page.html")
    found = discover([tmp_path / "a.log", tmp_path / ".hidden", tmp_path / "page.html"])
    assert [(item.name, item.format) for item in found.sources] == [
        (".hidden", "text"),
        ("a.log", "text"),
        ("page.html", "html"),
    ]


def test_several_inputs_keep_their_folders_apart(tmp_path: Path) -> None:
    tree(tmp_path, "1/news/a.txt", "2/news/a.txt", "1/a.txt", "2/a.txt")
    inputs = [tmp_path / "1/news", tmp_path / "2/news", tmp_path / "1/a.txt", tmp_path / "2/a.txt"]
    assert names(*inputs) == ["a.txt", "a~2.txt", "news/a.txt", "news~2/a.txt"]


def test_the_working_directory_has_a_name_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tree(tmp_path, "in/a.txt", "b.txt")
    monkeypatch.chdir(tmp_path / "in")
    assert names(Path()) == ["a.txt"]
    assert names(Path(), Path("../b.txt")) == ["b.txt", "in/a.txt"]


def test_what_is_given_twice_is_read_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tree(tmp_path, "in/a.txt", "in/sub/b.txt")
    monkeypatch.chdir(tmp_path)
    assert names(Path("in"), tmp_path / "in") == ["a.txt", "sub/b.txt"]
    assert names(Path("in/a.txt"), Path("in")) == names(Path("in"), Path("in/a.txt")) == ["a.txt", "in/sub/b.txt"]
    assert names(Path("in"), Path("in/sub")) == ["in/a.txt", "sub/b.txt"]


def test_the_output_folder_is_never_entered(tmp_path: Path) -> None:
    tree(tmp_path, "a.txt", "out/clean/a.txt", "x/out/b.txt")
    assert names(tmp_path, exclude=tmp_path / "out") == ["a.txt", "x/out/b.txt"]
    assert names(tmp_path, exclude=tmp_path / "not-there") == ["a.txt", "out/clean/a.txt", "x/out/b.txt"]
    for inside in ("out", "out/clean", "out/clean/a.txt"):
        with pytest.raises(UsageError, match="lies in the output folder"):
            discover([tmp_path / inside], tmp_path / "out")


def test_a_missing_input_names_the_nearest(tmp_path: Path) -> None:
    tree(tmp_path, "articles/a.txt")
    with pytest.raises(UsageError, match="no such file or folder") as caught:
        discover([tmp_path / "artcles"])
    assert caught.value.hint == f"did you mean '{tmp_path / 'articles'}'?"
    with pytest.raises(UsageError) as caught:
        discover([tmp_path / "no" / "where"])
    assert "is not there either" in caught.value.hint
    with pytest.raises(UsageError):
        discover([tmp_path / "articles" / "a.txt" / "b"])
    with pytest.raises(UsageError):
        discover([])


def test_nothing_to_read_says_what_is_there(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="nothing to read") as caught:
        discover([tmp_path])
    assert ".jsonl" in caught.value.hint
    assert "empty" in caught.value.hint
    tree(tmp_path, "a.csv", "b.csv", "c.pdf")
    with pytest.raises(UsageError) as caught:
        discover([tmp_path])
    assert "found instead: 2 .csv, 1 .pdf" in caught.value.hint


@posix_only
def test_links_pipes_and_sockets_are_skipped_with_a_reason(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tree(tmp_path, "in/a.txt", "elsewhere/b.txt")
    folder = tmp_path / "in"
    (folder / "loop").symlink_to(folder)
    (folder / "self.txt").symlink_to(folder / "self.txt")
    (folder / "out").symlink_to(tmp_path / "elsewhere")
    (folder / "link.txt").symlink_to(folder / "a.txt")
    (folder / "link.css").symlink_to(folder / "a.txt")
    os.mkfifo(folder / "pipe.txt")
    listening = socket.socket(socket.AF_UNIX)
    monkeypatch.chdir(folder)  # the name of a socket must be short
    listening.bind("s.txt")
    listening.close()
    found = discover([folder])
    assert [item.name for item in found.sources] == ["a.txt"]
    assert {item.id: item.reason for item in found.skipped} == {
        "link.txt": "symbolic link, not followed",
        "loop": "symbolic link, not followed",
        "out": "symbolic link, not followed",
        "self.txt": "symbolic link, not followed",
        "pipe.txt": "named pipe, not a file",
        "s.txt": "socket, not a file",
    }
    assert found.ignored == {".css": 1}
    assert names(folder / "link.txt") == ["link.txt"]  # named by the user: followed
    named = discover([folder / "pipe.txt", folder / "a.txt"])
    assert [item.reason for item in named.skipped] == ["named pipe, not a file"]


@posix_only
def test_unreadable_folders_are_skipped_with_a_reason(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tree(tmp_path, "a.txt", "locked/b.txt")
    real = os.scandir

    def scandir(path: str) -> Any:
        if path.endswith("locked"):
            raise PermissionError(13, "Permission denied", path)
        return real(path)

    monkeypatch.setattr(os, "scandir", scandir)
    assert discover([tmp_path]).skipped == (Skipped("locked", "locked", "permission denied"),)


@pytest.mark.skipif(os.name == "nt" or os.uname().sysname == "Darwin", reason="names are bytes on Linux only")
def test_names_become_valid_utf8_and_stay_unique(tmp_path: Path) -> None:
    folder = os.fsencode(tmp_path)
    for name in (b"a\xff.txt", b"a%FF.txt", b"new\nline.txt", b"\x1b[31m.txt", "é.txt".encode(), b"d\xe9/x.txt"):
        path = folder + b"/" + name
        Path(os.fsdecode(path)).parent.mkdir(exist_ok=True)
        Path(os.fsdecode(path)).write_bytes(name)
    found = discover([tmp_path]).sources
    assert {item.name for item in found} == {
        *("a%FF.txt", "a%FF~2.txt", "new\nline.txt", "\x1b[31m.txt", "é.txt", "d%E9/x.txt"),
    }
    for item in found:
        assert len(list(read(item, LIMIT))) == 1
        assert item.name.encode()


# --- names -----------------------------------------------------------------------------------------------


def test_names_are_numbered() -> None:
    unique = Names().unique
    assert [unique("a") for _ in range(3)] == ["a", "a~2", "a~3"]
    assert [unique("b~2"), unique("b"), unique("b"), unique("b~2")] == ["b~2", "b", "b~3", "b~2~2"]


@given(st.lists(st.sampled_from(["a", "a~2", "a~3", "a~2~2", "b"])))
def test_names_never_collide(wanted: list[str]) -> None:
    unique = Names().unique
    given_out = [unique(name) for name in wanted]
    assert len(set(given_out)) == len(wanted)
    assert all(got.startswith(name) for got, name in zip(given_out, wanted, strict=True))


def test_many_equal_names_cost_linear_time() -> None:
    unique = Names().unique
    assert [unique("a") for _ in range(100_000)][-1] == "a~100000"


# --- read ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("data", [b"", b" \n", b"text", os.urandom(70_000)])
@pytest.mark.parametrize("name", ["a.txt", "a.html", "a.txt.gz"])
def test_a_file_is_one_document(tmp_path: Path, name: str, data: bytes) -> None:
    item = source(tmp_path / name, gzip.compress(data) if name.endswith("gz") else data)
    assert list(read(item, LIMIT)) == [Raw(item, None, data)]


@pytest.mark.parametrize("name", ["a.txt", "a.txt.gz"])
def test_a_document_may_be_as_large_as_the_limit(tmp_path: Path, name: str) -> None:
    pack = gzip.compress if name.endswith("gz") else bytes
    (fits,) = read(source(tmp_path / name, pack(b"x" * 100)), 100)
    assert isinstance(fits, Raw)
    (large,) = read(source(tmp_path / name, pack(b"x" * (2 * sources.MB + 1))), 2 * sources.MB)
    assert large == Skipped(name, name, "larger than 2 MB (--max-document-mb)")


def lines(item: Source, limit: int = LIMIT) -> list[tuple[int | None, bytes | str]]:
    return [(found.row, found.data if isinstance(found, Raw) else found.reason) for found in read(item, limit)]


@pytest.mark.parametrize("name", ["a.jsonl", "a.ndjson.gz"])
def test_lines_are_numbered_and_blank_ones_left_out(tmp_path: Path, name: str) -> None:
    data = codecs.BOM_UTF8 + b'{"a":1}\r\n\n  \r\n{"b":"\xe2\x80\xa8"}\nlast'
    item = source(tmp_path / name, gzip.compress(data) if name.endswith("gz") else data)
    assert lines(item) == [(0, b'{"a":1}'), (3, '{"b":"\u2028"}'.encode()), (4, b"last")]


def test_a_mark_may_come_in_pieces(tmp_path: Path) -> None:
    item = source(tmp_path / "a.jsonl.gz", gzip.compress(b"\xef") + gzip.compress(b"\xbb\xbf{}"))
    assert lines(item) == [(0, b"{}")]


@pytest.mark.parametrize("data", [b"", codecs.BOM_UTF8, b"\n\n"])
def test_a_jsonl_file_without_lines_has_no_documents(tmp_path: Path, data: bytes) -> None:
    assert lines(source(tmp_path / "a.jsonl", data)) == []


@given(
    st.lists(st.binary(min_size=1, max_size=9).map(lambda data: b"{" + data.replace(b"\n", b" ") + b"}"), max_size=12),
    st.integers(1, 7),
    st.sampled_from([b"\n", b"\r\n"]),
)
def test_blocks_may_end_anywhere(
    tmp_path_factory: pytest.TempPathFactory, records: list[bytes], block: int, newline: bytes
) -> None:
    item = source(tmp_path_factory.getbasetemp() / "blocks.jsonl", newline.join(records))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sources.raw, "_BLOCK", block)
        assert lines(item) == list(enumerate(records))
        limited = lines(item, 5)
    assert (
        limited
        == [
            (row, line if len(line) <= 5 else "larger than 5e-06 MB (--max-document-mb)")
            for row, line in enumerate(records)
        ]
        or newline == b"\r\n"
    )


@pytest.mark.parametrize("mark", [b"", codecs.BOM_UTF8])
def test_another_process_reads_lines_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, mark: bytes) -> None:
    rows = [b"[%d]" % number + b"x" * (number % 40) for number in range(50)]
    item = source(tmp_path / "a.jsonl", mark + b"\n".join(rows))
    monkeypatch.setattr(sources.raw, "_BLOCK", 30)
    some = [part for part in parts(item, 35) if isinstance(part, Lines)]
    assert len(some) > 10
    again = pickle.loads(pickle.dumps(some[:-1]))
    assert all(part.data is None for part in again)
    assert [list(part.documents(35)) for part in again] == [list(part.documents(35)) for part in some[:-1]]
    item.path.write_bytes(b"")
    (gone,) = again[0].documents(35)
    assert gone == Skipped("a.jsonl", "a.jsonl", "changed while it was read")
    item.path.unlink()
    (gone,) = again[0].documents(35)
    assert gone.reason == "vanished before it was read"
    packed = source(tmp_path / "b.jsonl.gz", gzip.compress(b"{}\n{}"))
    (part,) = (pickle.loads(pickle.dumps(part)) for part in parts(packed, 35) if part.row == 0)
    assert part.data == b"{}\n"


@pytest.mark.parametrize("encoding", ["utf-16", "utf-32"])
def test_wide_jsonl_with_a_mark_becomes_utf8(tmp_path: Path, encoding: str) -> None:
    text = '{"text":"ä\u0a0a"}\r\n{"text":"😀"}\n'  # U+0A0A holds the byte of a newline
    assert lines(source(tmp_path / "a.jsonl", text.encode(encoding))) == [
        (0, '{"text":"ä\u0a0a"}'.encode()),
        (1, '{"text":"😀"}'.encode()),
    ]


def test_a_line_over_the_limit_is_skipped_and_the_next_read(tmp_path: Path) -> None:
    item = source(tmp_path / "a.jsonl", b"[" + b"x" * 3_000_000 + b"]\n{}\n" + b"y" * 2_000_000)
    reason = "larger than 1 MB (--max-document-mb)"
    assert lines(item) == [(0, reason), (1, b"{}"), (2, reason)]


@pytest.mark.parametrize("name", ["bomb.txt.gz", "bomb.jsonl.gz"])
def test_a_bomb_is_not_held_in_memory(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    with gzip.open(path, "wb", 1) as file:
        for _ in range(100):
            file.write(b"\0" * 1_000_000)
    tracemalloc.start()
    (found,) = read(source(path), 10_000_000)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert isinstance(found, Skipped)
    assert peak < 30_000_000


def test_broken_gzip_is_skipped_but_the_lines_before_stay(tmp_path: Path) -> None:
    whole = gzip.compress(b"".join(b'{"n":%d,"r":"%s"}\n' % (n, os.urandom(30).hex().encode()) for n in range(20_000)))
    found = lines(source(tmp_path / "cut.jsonl.gz", whole[: len(whole) // 2]))
    assert len(found) > 5_000
    assert found[-1] == (None, "the compressed data ends too early")
    assert all(isinstance(line, bytes) and line.endswith(b"}") for _, line in found[:-1])
    for name, data, reason in (
        ("cut.txt.gz", whole[:-20], "the compressed data ends too early"),
        ("damaged.txt.gz", whole[:5000] + b"\xff" * 9 + whole[5009:], ""),
        ("plain.txt.gz", b"plain text", "not gzip, or followed"),
        ("two.txt.gz", gzip.compress(b"a") + b"garbage", "not gzip, or followed"),
    ):
        (skipped,) = read(source(tmp_path / name, data), 10 * LIMIT)
        assert isinstance(skipped, Skipped)
        assert reason in skipped.reason
    (joined,) = read(source(tmp_path / "two.txt.gz", gzip.compress(b"a") + gzip.compress(b"b")), LIMIT)
    assert isinstance(joined, Raw)
    assert joined.data == b"ab"


def test_what_vanished_or_is_locked_is_skipped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("gone.txt", "gone.txt.gz", "gone.jsonl"):
        assert list(read(source(tmp_path / name), LIMIT)) == [Skipped(name, name, "vanished before it was read")]
    (tmp_path / "folder.txt").mkdir()
    (skipped,) = read(source(tmp_path / "folder.txt"), LIMIT)
    assert isinstance(skipped, Skipped)

    def refuse(*_: object) -> int:
        raise PermissionError(13, "Permission denied")

    item = source(tmp_path / "a.txt", b"x")
    monkeypatch.setattr(os, "open", refuse)
    assert list(read(item, LIMIT)) == [Skipped("a.txt", "a.txt", "permission denied")]


@posix_only
def test_a_pipe_in_the_place_of_a_file_does_not_hang(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "a.txt")
    assert list(read(source(tmp_path / "a.txt"), LIMIT)) == [Skipped("a.txt", "a.txt", "named pipe, not a file")]
    os.mkfifo(tmp_path / "a.txt.gz")
    assert list(read(source(tmp_path / "a.txt.gz"), LIMIT)) == [
        Skipped("a.txt.gz", "a.txt.gz", "named pipe, not a file")
    ]


# --- parse: files ----------------------------------------------------------------------------------------


def test_a_text_file(tmp_path: Path) -> None:
    item = Source(tmp_path, "news/2024/a.txt", "text")
    document = parse(Raw(item, None, codecs.BOM_UTF8 + b"a\r\nb"), Settings())
    assert document == Document("news/2024/a.txt", b"a\r\nb", "news/2024/a.txt", site="news/2024", bom=True)


def test_an_html_file(tmp_path: Path) -> None:
    page = b"""<html lang=fr><link rel=canonical href="https://www.example.org:80/x"><title>T</title>
    <meta name=date content="Wed, 31 Jan 2024 10:00:00 GMT"><p>caf\xe9</p><p>two</p>"""
    (document,) = documents(tmp_path / "a.html", page)
    assert isinstance(document, Document)
    assert (document.text, document.format, document.encoding) == ("café\n\ntwo", "html", "cp1252")
    assert (document.title, document.site, document.language) == ("T", "example.org", "fr")
    assert document.date == "2024-01-31T10:00:00+00:00"
    assert [block.tag for block in document.blocks] == ["p", "p"]
    (marked,) = documents(tmp_path / "b.html", b"<h1>H</h1>", Settings(html_as="md"))
    assert isinstance(marked, Document)
    assert marked.text == "# H"


def test_empty_files_are_documents(tmp_path: Path) -> None:
    for name, data, text in (
        ("a.txt", b"", ""),
        ("b.txt", b" \n", " \n"),
        ("a.html", b"", ""),
        ("b.html", b"<p>", ""),
    ):
        (document,) = documents(tmp_path / name, data)
        assert isinstance(document, Document)
        assert document.text == text


def test_binary_files_are_skipped(tmp_path: Path) -> None:
    for name in ("a.txt", "a.html"):
        (skipped,) = documents(tmp_path / name, b"%PDF-1.4")
        assert skipped == Skipped(name, name, "binary, not text (PDF)")


def test_the_encoding_can_be_forced(tmp_path: Path) -> None:
    (document,) = documents(tmp_path / "a.txt", "é".encode(), Settings(encoding="cp1252"))
    assert isinstance(document, Document)
    assert document.text == "Ã©"
    (document,) = documents(tmp_path / "a.jsonl", b'{"text":"caf\xe9"}', Settings(encoding="cp1250"))
    assert isinstance(document, Document)
    assert document.text == "café"
    wide = '{"text":"é"}'.encode("utf-16")
    (document,) = documents(tmp_path / "b.jsonl", wide, Settings(encoding="utf-16"))
    assert isinstance(document, Document)
    assert document.text == "é"


# --- parse: records --------------------------------------------------------------------------------------


def test_a_record() -> None:
    line = json.dumps(
        {
            "ID": 17,
            "Body": "One.\n\nTwo.",
            "link": "https://WWW.Example.org:8080/a?b",
            "headline": " The\n head ",
            "published_at": 1706695200,
            "lang": "en",
            "n": 1,
        }
    ).encode()
    assert good(line) == Document(
        id="d/a.jsonl#17",
        utf8=b"One.\n\nTwo.",
        source="d/a.jsonl",
        format="jsonl",
        row=4,
        title="The head",
        url="https://WWW.Example.org:8080/a?b",
        site="example.org",
        date="2024-01-31T10:00:00Z",
        language="en",
        frame=frame_utf8(line, "Body"),
        field="Body",
    )


def test_the_number_of_the_line_stands_in_for_an_id() -> None:
    assert good({"text": "a"}).id == "d/a.jsonl#5"
    nothing: list[object] = ["", None, True, [1], {}]
    for useless in nothing:
        assert good({"text": "a", "id": useless, "url": "http://x.org"}).id == "d/a.jsonl#5"
    assert good({"text": "a", "id": "", "uuid": "u"}).id == "d/a.jsonl#u"


@pytest.mark.parametrize(
    ("value", "field", "text"),
    [
        ({"content": "c", "body": "b", "text": "t"}, "text", "t"),
        ({"content": "c", "body": "b"}, "body", "b"),
        ({"articleBody": "x"}, "articleBody", "x"),
        ({"Main-Text": "x", "html": "<p>y"}, "Main-Text", "x"),
        ({"text": None, "content": "c"}, "content", "c"),
        ({"text": " ", "content": "c"}, "content", "c"),
        ({"text": "", "html": ""}, "text", ""),
        ({"text": "", "raw_html": "<p>y</p>"}, "raw_html", "y"),
        ({"text": "2 < 3 and <b>bold</b> stays"}, "text", "2 < 3 and <b>bold</b> stays"),
    ],
)
def test_the_field_of_the_text(value: dict[str, Any], field: str, text: str) -> None:
    document = good(value)
    assert (document.field, document.text) == (field, text)


def test_html_in_a_record() -> None:
    page = "<title>T</title><link rel=canonical href=http://a.org/1><p class=lead>One</p><p>Two</p>"
    for value in ({"html": page}, {"content": page}):
        document = good(value)
        assert (document.text, document.title, document.format) == ("One\n\nTwo", "T", "jsonl")
        assert (document.url, document.site) == ("http://a.org/1", "a.org")
        assert document.blocks[0].tokens == {"lead"}
    assert good({"html": page, "title": "Own"}).title == "Own"
    assert good({"content": page}, Settings(text_field="content")).text == page


def test_fields_can_be_named() -> None:
    value = {"text": "no", "t": "yes", "k": 3, "ti": "T", "u": "http://b.org", "when": "2024-01-01", "s": "S"}
    named = Settings(text_field="t", id_field="k", title_field="ti", url_field="u", date_field="when", site_field="s")
    document = good(value, named)
    assert (document.field, document.text, document.id, document.title) == ("t", "yes", "d/a.jsonl#3", "T")
    assert (document.url, document.date, document.site) == ("http://b.org", "2024-01-01", "b.org")
    assert good({"h": "<p>x"}, Settings(html_field="h")).text == "x"


@pytest.mark.parametrize("option", ["text", "html", "id", "title", "url", "date", "site"])
def test_a_named_field_that_is_missing_is_a_reason(option: str) -> None:
    reason = refused({"text": "a", "other": 1}, build({f"{option}_field": "x"}).settings)
    assert reason.endswith(f"no field 'x' (--{option}-field); it has text, other")


def test_a_record_without_text_is_skipped_and_its_fields_named() -> None:
    reason = refused({"headline": "h", "text": None, "n": 1})
    assert reason.endswith("no text field; it has headline, text, n: name one with --text-field")
    assert "no fields" in refused({})
    assert "field 'n' (--text-field) is a number" in refused({"n": 1}, Settings(text_field="n"))
    assert "field 'n' (--text-field) is a null" in refused({"n": None}, Settings(text_field="n"))
    assert "and 80 more" in refused({f"f{n}": n for n in range(100)})


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b'{"text": "cut', "not JSON: Unterminated string starting at character 10"),
        (b"text", "not JSON: Expecting value at character 1"),
        (b'{"text": "a", "n": NaN}', "NaN is not JSON"),
        (b'{"text": "a", "n": -Infinity}', "-Infinity is not JSON"),
        (b'{"text": "a", "n": 1e999}', "a number too large"),
        (b'{"text": "a", "n": ' + b"9" * 5_000 + b"}", "not JSON that can be read"),
        (b"[" * 100_000 + b"]" * 100_000, "nested too deeply"),
        (b'{"text": "a", "n": ' + b"[" * 100_000 + b"]" * 100_000 + b"}", "nested too deeply"),
        (b'{"text": "a\0"}', "binary"),
        (b"[1]", "a JSON list, not an object"),
        (b'"text"', "a JSON string, not an object"),
        (b"1", "a JSON number, not an object"),
        (b"null", "a JSON null, not an object"),
        (b"%PDF-1.7", "binary"),
    ],
)
def test_a_bad_line_is_skipped_with_its_place(line: bytes, reason: str) -> None:
    assert reason in refused(line)


def test_lone_surrogates_become_u_fffd_and_the_line_stays() -> None:
    line = rb'{"text":"a\ud800b \ud83d\ude00","title":"\udc00t","id":"\ud800","url":"http://x\ud800.org"}'
    document = good(line)
    assert (document.text, document.title, document.id) == ("a\ufffdb 😀", "\ufffdt", "d/a.jsonl#\ufffd")
    assert document.frame == line.replace(rb'"a\ud800b \ud83d\ude00"', b"\0")
    assert f"{document}".encode()


def test_records_keep_what_orjson_would_lose() -> None:
    numbers = [2**64, -(2**63) - 1, 12345678901234567890123, 10**200]
    assert load_record(json.dumps({"n": numbers}).encode()) == {"n": numbers}
    assert load_record(b'{"a":"caf\xe9"}') == {"a": "café"}


@given(
    st.dictionaries(
        st.text(max_size=5),
        st.recursive(
            st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
            lambda inner: st.lists(inner, max_size=3),
        ),
        max_size=5,
    )
)
def test_records_are_read_as_the_standard_library_does(value: dict[str, Any]) -> None:
    for ascii_only in (True, False):
        line = json.dumps(value, ensure_ascii=ascii_only).encode()
        assert repr(load_record(line)) == repr(json.loads(line))


def test_a_file_with_bad_lines_goes_on(tmp_path: Path) -> None:
    data = b'{"text":"a","id":1}\r\n{bad\n\n{"text":null}\n{"text":"b","id":1}\n{"text":"cu'
    found = documents(tmp_path / "a.jsonl", data)
    assert [type(item).__name__ for item in found] == ["Document", "Skipped", "Skipped", "Document", "Skipped"]
    assert [item.id for item in found] == ["a.jsonl#1", "a.jsonl#2", "a.jsonl#4", "a.jsonl#1", "a.jsonl#6"]
    unique = Names().unique
    assert [unique(item.id) for item in found][3] == "a.jsonl#1~2"


# --- sites and dates -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("url", "site"),
    [
        ("https://www.Example.org:443/a", "example.org"),
        ("http://user:pw@news.example.org?x", "news.example.org"),
        ("//cdn.example.org/a", "cdn.example.org"),
        ("http://[::1]:80/a", "[::1]"),
        ("https://müller.de/", "müller.de"),
        ("/a/b", ""),
        ("example.org", ""),
        ("http://[bad", ""),
        ("mailto:a@b.c", ""),
        ("", ""),
        (None, ""),
    ],
)
def test_site_of_a_url(url: str | None, site: str) -> None:
    assert site_of(url) == site


def test_the_site_is_the_host_else_the_field_else_the_folder() -> None:
    assert good({"text": "a", "url": "http://www.a.org", "site": "b"}).site == "a.org"
    assert good({"text": "a", "url": "/x", "Publisher": "The B"}).site == "The B"
    assert good({"text": "a", "source": {"name": "c"}}).site == "d"


@pytest.mark.parametrize(
    ("value", "date"),
    [
        ("2024-01-31", "2024-01-31"),
        (" 2024-01-31T10:00:00+02:00 ", "2024-01-31T10:00:00+02:00"),
        ("2024-01-31 10:00", "2024-01-31 10:00"),
        ("2024/01/31", "2024-01-31"),
        ("20240131", "2024-01-31"),
        (20240131, "2024-01-31"),
        ("20240131T1000", "2024-01-31T1000"),
        (1706695200, "2024-01-31T10:00:00Z"),
        (1706695200123, "2024-01-31T10:00:00Z"),
        (1706695200.5, "2024-01-31T10:00:00Z"),
        ("1706695200", "2024-01-31T10:00:00Z"),
        ("Wed, 31 Jan 2024 10:00:00 +0100", "2024-01-31T10:00:00+01:00"),
        ("31 Jan 2024 10:00:00 GMT", "2024-01-31T10:00:00+00:00"),
        ("99 Jan 2024 10:00:00 GMT", "99 Jan 2024 10:00:00 GMT"),
        ("January 31, 2024", "January 31, 2024"),
        ("20241331", "20241331"),
        (1e300, "1e+300"),
        (5, "5"),
        ("", None),
        (None, None),
        (True, None),
        ({"$date": 1}, None),
    ],
)
def test_dates(value: object, date: str | None) -> None:
    assert iso_date(value) == date


@pytest.mark.parametrize("zone", ["Pacific/Auckland", "America/Los_Angeles"])
def test_dates_do_not_depend_on_the_machine(zone: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", zone)
    assert iso_date(1706695200) == "2024-01-31T10:00:00Z"
    assert iso_date("31 Jan 2024 10:00:00 -0000") == "2024-01-31T10:00:00"


@given(st.text() | st.integers() | st.floats())
def test_any_date_is_taken(value: object) -> None:
    found = iso_date(value)
    assert found is None or found == found.strip() != ""


def test_another_extractor_gives_the_text_and_the_page_the_rest(monkeypatch: pytest.MonkeyPatch) -> None:
    """A stand-in for trafilatura: it need not be installed."""
    module = ModuleType("trafilatura")
    module.__spec__ = ModuleSpec("trafilatura", None)
    given: list[dict[str, object]] = []

    def extract(html: str, **options: object) -> str | None:
        given.append(options)
        return "The article." if "article" in html else None

    vars(module)["extract"] = extract
    monkeypatch.setitem(sys.modules, "trafilatura", module)
    settings = Settings(extractor="trafilatura")
    source = Source(Path("a.html"), "a.html", "html")
    page = b"<html lang=en><title>T</title><nav>Home</nav><p>the article</p></html>"
    found = parse(Raw(source, None, page), settings)
    assert isinstance(found, Document)
    assert (found.text, found.blocks, found.title, found.language) == ("The article.", (), "T", "en")
    assert given[0]["deduplicate"] is False  # it would remember earlier pages
    other = parse(Raw(source, None, b"<title>T</title><nav>Home</nav>"), settings)
    assert isinstance(other, Document)
    assert other.text == "Home" and other.blocks


def test_trafilatura_itself_gives_the_article() -> None:
    sentence = "The council met on {}day and agreed, after a long debate, to mend the old bridge over the river."
    prose = "".join(f"<p>{sentence.format(day)}</p>" for day in ("Mon", "Tues", "Wednes", "Thurs", "Fri", "Satur"))
    page = (
        "<html lang=en><head><title>The bridge - Site</title></head><body><nav><ul><li><a href=/>Home</a></li>"
        f"<li><a href=/s>Sport</a></li></ul></nav><article><h1>The bridge</h1>{prose}<h2>What next</h2>{prose}"
        "<ul><li>one lane</li><li>two lights</li></ul></article><footer>All rights reserved</footer></body></html>"
    )
    source = Source(Path("a.html"), "a.html", "html")
    styles: tuple[tuple[Literal["txt", "md"], str], ...] = (("txt", "What next"), ("md", "## What next"))
    for style, heading in styles:
        found = parse(Raw(source, None, page.encode()), Settings(extractor="trafilatura", html_as=style))
        again = parse(Raw(source, None, page.encode()), Settings(extractor="trafilatura", html_as=style))
        assert isinstance(found, Document)
        assert found == again  # it remembers nothing of earlier pages
        assert found.text.count("mend the old bridge") == 12
        assert heading in found.text.splitlines()
        assert "- two lights" in found.text.splitlines()
        assert "Sport" not in found.text and "rights" not in found.text
        assert (found.blocks, found.language) == ((), "en")
        assert found.title in ("The bridge", "The bridge - Site")


def test_an_extractor_that_is_not_installed_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(config, "find_spec", lambda name: None)
    with pytest.raises(UsageError, match="trafilatura is not installed"):
        Settings(extractor="trafilatura")
