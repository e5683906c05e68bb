"""Input as it really is: every bad thing is told, nothing stops the run, nothing is lost."""

from __future__ import annotations

import codecs
import gzip
import json
import os
import random
import string
import unicodedata
from pathlib import Path
from typing import Any

import pytest
from conftest import AS_OTHERS, Done, Writer, call_cli, contents, failure, run_cli

from unecho import sources
from unecho.check import check


def dedupe(source: Path, *options: str | Path, code: int = 0) -> dict[str, dict[str, Any]]:
    """Run the command, which must not change its input, prove the run, and return its documents by id."""
    out = source.parent / "OUT"
    before = contents(source)
    done = call_cli("dedupe", source, "-o", out, "--clean", "light", *options)
    assert done.code == code, done
    assert contents(source) == before
    assert check(out) == []
    return documents(out)


def documents(out: Path) -> dict[str, dict[str, Any]]:
    lines = (out / "documents.jsonl").read_bytes().splitlines()
    records = [json.loads(line) for line in lines]
    found = {record["id"]: record for record in records}
    assert len(found) == len(records), "an id is not unique"
    return found


def skipped(found: dict[str, dict[str, Any]]) -> dict[str, str]:
    return {name: record["reason"] for name, record in found.items() if record["status"] == "skipped"}


def restored(source: Path) -> Path:
    """The run restored beside it."""
    back = source.parent / "back"
    done = call_cli("restore", source.parent / "OUT", "-o", back)
    assert done.code == 0, done
    return back


@pytest.fixture
def source(tmp_path: Path) -> Path:
    folder = tmp_path / "in"
    folder.mkdir()
    return folder


def put(folder: Path, files: dict[str, bytes]) -> None:
    for name, data in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)


TEXT = b"A quiet morning by the sea, with nothing but the sound of gulls and of small waves on the shore.\n"
OTHER = b"Far inland the trains were late again, and nobody on the platform could say when the next would come.\n"


# --- places ----------------------------------------------------------------------------------------------


def refused(done: Done, message: str, hint: str = "") -> None:
    assert (done.code, done.out) == (2, "")
    assert done.err.endswith(failure(message, hint) if hint else message)


def test_an_empty_folder_is_told_and_leaves_no_output(source: Path, tmp_path: Path) -> None:
    (source / "deeper").mkdir()
    done = call_cli("dedupe", "in", "-o", "OUT", cwd=tmp_path)
    assert (done.code, done.out) == (2, "")
    assert "error: nothing to read in in\n" in done.err and "it is empty" in done.err
    (source / "picture.png").write_bytes(b"\x89PNG")
    done = call_cli("dedupe", "in", "-o", "OUT", cwd=tmp_path)
    assert done.code == 2 and "found instead: 1 .png" in done.err
    assert [path.name for path in tmp_path.iterdir()] == ["in"]


def test_a_missing_folder_is_told_with_the_nearest_name(tmp_path: Path) -> None:
    (tmp_path / "articles").mkdir()
    done = call_cli("dedupe", "artikles", "-o", "OUT", cwd=tmp_path)
    refused(done, "no such file or folder: artikles", "did you mean 'articles'?")
    done = call_cli("dedupe", "nowhere/articles", "-o", "OUT", cwd=tmp_path)
    refused(done, "no such file or folder: nowhere/articles", "the folder nowhere is not there either")
    assert [path.name for path in tmp_path.iterdir()] == ["articles"]


@pytest.mark.parametrize(
    ("out", "message"),
    [
        ("articles", "the output folder {0}/articles is the input"),
        ("articles/../articles", "the output folder {0}/articles is the input"),
        ("link", "the output folder {0}/link is the input"),
        ("articles/OUT", "the output folder {0}/articles/OUT lies inside the input articles"),
        ("link/deep/OUT", "the output folder {0}/link/deep/OUT lies inside the input articles"),
        (".", "the input articles lies inside the output folder {0}"),
        ("other", "{0}/other is not empty and not a run of unecho: nothing was touched"),
        ("file", "{0}/file is a file, not a folder"),
    ],
)
def test_an_output_folder_that_holds_something_else_is_refused(
    out: str, message: str, articles: Path, tmp_path: Path
) -> None:
    (tmp_path / "link").symlink_to(articles)
    put(tmp_path, {"other/mine.txt": b"mine", "file": b"mine"})
    before = contents(tmp_path)
    done = call_cli("dedupe", "articles", "-o", out, cwd=tmp_path)
    assert (done.code, done.out) == (2, "")
    assert f"error: {message.format(tmp_path)}\n  try: " in done.err
    assert contents(tmp_path) == before


def test_an_empty_output_folder_is_used(articles: Path, tmp_path: Path) -> None:
    (tmp_path / "OUT").mkdir()
    assert call_cli("dedupe", articles, "-o", tmp_path / "OUT", "-q").code == 0
    assert check(tmp_path / "OUT") == []


def test_an_output_folder_in_a_folder_that_is_not_there_yet(articles: Path, tmp_path: Path) -> None:
    out = tmp_path / "new" / "deeper" / "OUT"
    assert call_cli("dedupe", articles, "-o", out, "-q").code == 0
    assert check(out) == []
    assert [path.name for path in out.parent.iterdir()] == ["OUT"]
    (tmp_path / "file").write_text("mine", "utf-8")
    done = call_cli("dedupe", articles, "-o", tmp_path / "file" / "OUT")
    assert done.code == 1 and f"error: cannot write beside {tmp_path}/file/OUT: " in done.err


# --- files that cannot be read ---------------------------------------------------------------------------


def test_what_may_not_be_read_is_skipped_with_the_reason(source: Path) -> None:
    put(source, {"a.txt": TEXT, "locked.txt": OTHER, "closed/b.txt": OTHER, "c.jsonl": b'{"text": "One"}\n'})
    (source / "locked.txt").chmod(0)
    (source / "closed").chmod(0)
    out = source.parent / "OUT"
    try:
        done = run_cli("dedupe", source, "-o", out, "--json", before=AS_OTHERS)
    finally:
        (source / "closed").chmod(0o755)
    assert done.code == 3
    assert skipped(documents(out)) == {"closed": "permission denied", "locked.txt": "permission denied"}
    assert json.loads(done.out)["documents"] == {"read": 4, "kept": 2, "trimmed": 0, "dropped": 0, "skipped": 2}
    assert check(out) == []


def test_a_place_that_may_not_be_written_is_told(source: Path, tmp_path: Path) -> None:
    put(source, {"a.txt": TEXT})
    (tmp_path / "closed").mkdir(mode=0o555)
    done = run_cli("dedupe", source, "-o", tmp_path / "closed" / "OUT", before=AS_OTHERS)
    message = f"cannot write beside {tmp_path / 'closed' / 'OUT'}: Permission denied"
    assert (done.code, done.out, done.err) == (1, "", failure(message, "give another folder with -o"))


# --- what is no text -------------------------------------------------------------------------------------

BINARY = {
    "paper.txt": (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n", "binary, not text (PDF)"),
    "photo.txt": (b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01", "binary, not text (JPEG)"),
    "nuls.txt": (b"text with \x00 in it and\x00 more\n", "binary, not text (NUL bytes)"),
    "zipped.html": (b"PK\x03\x04\x14\x00\x00\x00", "binary, not text (ZIP)"),
    "noise.txt": (bytes(random.Random(1).randbytes(5000)), "binary, not text (NUL bytes)"),
    "cut.txt.gz": (gzip.compress(random.Random(2).randbytes(9000))[:4000], "the compressed data ends too early"),
    "damaged.txt.gz": (b"\x1f\x8b\x08\x00" + b"\xff" * 60, "the compressed data is damaged"),
    "plain.txt.gz": (TEXT, "not gzip, or followed by something that is not"),
    "bomb.txt.gz": (gzip.compress(b" " * 1_500_000), "larger than 1 MB (--max-document-mb)"),
    "large.txt": (b"word " * 300_000, "larger than 1 MB (--max-document-mb)"),
}


def test_what_is_no_text_is_skipped_and_the_rest_goes_on(source: Path) -> None:
    put(source, {name: data for name, (data, _) in BINARY.items()} | {"a.txt": TEXT, "b.txt": TEXT})
    found = dedupe(source, "--max-document-mb", "1", code=3)
    assert skipped(found) == {name: reason for name, (_, reason) in BINARY.items()}
    assert found["a.txt"]["status"] == "kept"
    assert found["b.txt"]["status"] == "dropped"
    assert contents(restored(source)).keys() == {"a.txt", "b.txt"}


def test_a_folder_of_nothing_but_bad_files_is_a_run(source: Path) -> None:
    put(source, {"a.txt": b"%PDF-1.7", "b.txt": b"\x00\x01"})
    assert {record["status"] for record in dedupe(source, code=3).values()} == {"skipped"}


def test_a_bomb_costs_little_memory(source: Path) -> None:
    """Half a gigabyte of blanks in half a megabyte, under a limit of memory it would not fit."""
    resource = pytest.importorskip("resource")
    with gzip.open(source / "bomb.txt.gz", "wb", compresslevel=9) as file:
        for _ in range(512):
            file.write(b" " * 1_000_000)
    put(source, {"a.txt": TEXT})
    limit = 450_000_000
    done = run_cli(
        "dedupe", source, "-o", source.parent / "OUT", "-q", "--max-document-mb", "10",
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_DATA, (limit, limit)),
    )  # fmt: skip
    assert done.code == 3, done
    assert skipped(documents(source.parent / "OUT")) == {"bomb.txt.gz": "larger than 10 MB (--max-document-mb)"}


# --- little, equal, different ----------------------------------------------------------------------------


def test_empty_files_are_kept_and_no_copies_of_each_other(source: Path) -> None:
    files = {"a.txt": b"", "b.txt": b"", "c.txt": b" \n\t\n", "d.txt": b" \n\t\n", "e.txt.gz": gzip.compress(b"")}
    put(source, {**files, "f.html": b"", "g.jsonl": b""})
    found = dedupe(source)
    assert {name: (record["status"], record["reason"]) for name, record in found.items()} == dict.fromkeys(
        [*files, "f.html"], ("kept", "empty")
    )
    assert (source.parent / "OUT" / "removals.jsonl").read_bytes() == b""
    back = restored(source)
    assert {name: (back / name).read_bytes() for name in ("a.txt", "b.txt", "c.txt", "d.txt")} == {
        name: files[name] for name in ("a.txt", "b.txt", "c.txt", "d.txt")
    }


def test_one_file(source: Path, writer: Writer) -> None:
    put(source, {"a.txt": writer.article().encode()})
    found = dedupe(source)
    assert found["a.txt"]["status"] == "kept"
    assert contents(source.parent / "OUT" / "clean") == contents(source)


def test_of_identical_files_exactly_one_stays(source: Path, writer: Writer) -> None:
    article = writer.article(5).encode()
    put(source, {f"{number}/x.txt": article for number in range(30)})
    found = dedupe(source)
    assert [name for name, record in found.items() if record["status"] == "kept"] == ["0/x.txt"]
    dropped = [record for record in found.values() if record["status"] == "dropped"]
    assert len(dropped) == 29
    assert {record["reason"] for record in dropped} == {"its text stays in 0/x.txt"}
    assert [path.read_bytes() for path in (source.parent / "OUT" / "clean").rglob("*.txt")] == [article]
    assert contents(restored(source)) == contents(source)


def test_of_different_files_all_stay_as_they_are(source: Path, writer: Writer) -> None:
    put(source, {f"{number}.txt": writer.article().encode() for number in range(30)})
    assert {record["status"] for record in dedupe(source).values()} == {"kept"}
    assert contents(source.parent / "OUT" / "clean") == contents(source)


def test_paragraphs_shorter_than_a_shingle_are_never_copies(source: Path, writer: Writer) -> None:
    files = {f"{n}.txt": f"Yes.\n\nNo.\n\n{writer.paragraph()}\n\nOne two three.\n".encode() for n in range(5)}
    put(source, files)
    assert {record["status"] for record in dedupe(source).values()} == {"kept"}


def test_one_paragraph_in_three_thousand_documents_stays_once(source: Path, writer: Writer) -> None:
    notice = writer.paragraph(40)
    lines = [json.dumps({"text": f"{writer.paragraph(15)}\n\n{notice}\n"}) for _ in range(3000)]
    put(source, {"a.jsonl": "\n".join(lines).encode()})
    dedupe(source, "--clean", "off")  # what is on every page of a site would go as its template
    kept = (source.parent / "OUT" / "clean" / "a.jsonl").read_text("utf-8")
    assert kept.count(notice) == 1 and kept.count("\n") == 3000


def test_a_chain_of_small_changes_loses_nothing_its_keeper_does_not_print(source: Path) -> None:
    """Each paragraph is a copy of the one before with two words changed; the first and the last share none."""
    words = [f"{first}{second}ord" for first in string.ascii_lowercase for second in "aeiou"]
    line = words[:40]
    for number in range(20):
        put(source, {f"{number:02}.txt": (" ".join(line).capitalize() + ".\n").encode()})
        line = [*line[2:], *words[40 + 2 * number : 42 + 2 * number]]
    found = dedupe(source)  # `check` compares every copy that went with the one that stays
    kept = [name for name, record in found.items() if record["status"] == "kept"]
    assert 2 < len(kept) < 20 and {"00.txt"} <= set(kept)
    removals = (source.parent / "OUT" / "removals.jsonl").read_bytes().splitlines()
    for removal in map(json.loads, removals):
        assert removal["covered"] >= 0.9
        assert removal["keeper"]["document"] in kept
        texts = [(source / name).read_text("utf-8").lower().rstrip(".\n").split() for name in (
            removal["document"], removal["keeper"]["document"])]  # fmt: skip
        assert len(set(texts[0]) & set(texts[1])) >= 36


# --- encodings -------------------------------------------------------------------------------------------

PROSE = "Grüße aus Łódź – “naïve” façade, 東京 и Москва. So sprach der alte Mann am Hafen zu seinem Sohn.\n"
WESTERN = "Où était le garçon ? « À l’hôtel », répondit-il ; c’était déjà l’été. Ça coûte 50 € à Genève.\n" * 3
ENCODED = {
    "marked.txt": codecs.BOM_UTF8 + " ".join(sorted(PROSE.split())).encode(),
    "utf16le.txt": codecs.BOM_UTF16_LE + PROSE.encode("utf-16-le"),
    "utf16be.txt": codecs.BOM_UTF16_BE + PROSE[::-1].encode("utf-16-be"),
    "utf16-no-mark.txt": ("Plain English text in two bytes a letter, from an old editor.\n" * 3).encode("utf-16-le"),
    "cp1252.txt": WESTERN.encode("cp1252"),
    "cyrillic.txt": ("В понедельник утром поезд опоздал на три часа, и никто не знал почему.\n" * 3).encode("cp1251"),
    "invalid.txt": ("Déjà vu: the café, the naïve façade. " * 2).encode() + b"\xff\xfe\xfa then \xc3 nothing more.\n",
    "cut.txt": " ".join(PROSE.split()[::-1]).encode() + "é".encode()[:1],
    "crlf.txt": b"First line of text.\r\n\r\nSecond line of text.\r\nThird\rfourth\n\r\n",
    "no-newline.txt": b"The last line has no end",
    "separators.txt": "One\u2028two\u2029three\x85four\x0bfive\x0csix\x1cseven\u00a0eight\u200bnine\ufeff.\n".encode(),
    "replacement.txt": "A true \ufffd in the text, and \U0001f600 after it.\n".encode(),
}


def test_every_encoding_comes_back_byte_for_byte(source: Path) -> None:
    # A copy of each: what is taken out has to come back too.
    put(source, ENCODED | {f"zz/{name}": data for name, data in ENCODED.items()})
    found = dedupe(source)
    assert contents(restored(source)) == contents(source)
    assert [(found[name]["encoding"], found[name]["bom"]) for name in list(ENCODED)[:6]] == [
        ("utf-8", True), ("utf-16-le", True), ("utf-16-be", True), ("utf-16-le", False), ("cp1252", False),
        ("cp1251", False),
    ]  # fmt: skip
    clean = source.parent / "OUT" / "clean"
    assert (clean / "utf16le.txt").read_bytes() == PROSE.encode()
    assert (clean / "cp1252.txt").read_bytes().startswith(WESTERN.encode()[:60])
    assert (clean / "crlf.txt").read_bytes() == ENCODED["crlf.txt"]
    assert found["invalid.txt"]["repaired"][0][1] == "fffefa"


def test_an_encoding_that_does_not_fit_skips_the_file(source: Path) -> None:
    put(source, {"a.txt": "żółć".encode("cp1250"), "b.txt": b"\x81\x8d\x90"})
    found = dedupe(source, "--encoding", "cp1250", code=0)
    assert found["a.txt"]["encoding"] == "cp1250"
    assert contents(restored(source)) == contents(source)


# --- JSONL -----------------------------------------------------------------------------------------------

ROWS: list[tuple[bytes, str]] = [
    (b'{"id": "one", "text": "A first article.", "n": 1.50, "more": {"a": [1, null]}}', "a.jsonl#one"),
    (b"not json at all", ""),
    (b'{"id": "two", "title": "No text here"}', ""),
    (b'{"id": "three", "text": null}', ""),
    (b"[1, 2, 3]", ""),
    (b'"just a string"', ""),
    (b'{"text": "A number that is none", "x": NaN}', ""),
    (b'{"text": "Five thousand digits", "x": ' + b"7" * 5000 + b"}", ""),
    (b'{"text": "Deep", "x": ' + b"[" * 100_000 + b"]" * 100_000 + b"}", ""),
    (b'{"id": "one", "text": "The same id again."}', "a.jsonl#one~2"),
    (b'{"id": "sur", "text": "half a pair: \\ud800 there"}', "a.jsonl#sur"),
    (b'{"id": 70, "text": "The id is a number.", "text": "The field is there twice."}', "a.jsonl#70"),
    (b'{"id": "a/../b", "text": "\\u0041 tab\\tand \\"quotes\\" and \\/ slashes"}', "a.jsonl#a/../b"),
    (b'{"id": "\xff", "text": "bytes that are not UTF-8: \xe9\xff"}', ""),
    (b'{"text": ""}', "a.jsonl#15"),
    (b'{"text": "   "}', "a.jsonl#16"),
    (b'{"id": "crlf", "text": "The line ends in CRLF."}\r', "a.jsonl#crlf"),
    (b"", ""),
    (b'{"id": "last", "text": "The last line is cut o', ""),
]


def test_bad_lines_are_skipped_and_the_others_keep_their_place(source: Path) -> None:
    put(source, {"a.jsonl": b"\n".join(line for line, _ in ROWS)})
    found = dedupe(source, code=3)
    good = {name: line for line, name in ROWS if name}
    bad = skipped(found)
    read = found.keys() - bad.keys()
    assert good.keys() <= read
    assert all(reason.startswith(f"a.jsonl:{name.split('#')[1]}: ") for name, reason in bad.items())
    lines = {number for number, (line, name) in enumerate(ROWS, 1) if line and not name}
    undecided = {14}  # bytes that are not UTF-8 may be read as another encoding
    assert lines - undecided <= {int(name.split("#")[1]) for name in bad} <= lines
    assert found["a.jsonl#15"]["reason"] == found["a.jsonl#16"]["reason"] == "empty"
    cleaned = (source.parent / "OUT" / "clean" / "a.jsonl").read_bytes().splitlines()
    assert len(cleaned) == len(read)
    assert cleaned[0] == ROWS[0][0]  # every field as it was, 1.50 too
    back = (restored(source) / "a.jsonl").read_bytes()
    assert back == (source.parent / "OUT" / "clean" / "a.jsonl").read_bytes()


@pytest.mark.parametrize("encoding", ["utf-16", "cp1252"])
def test_rows_in_an_encoding_that_is_named_are_written_in_utf_8(source: Path, encoding: str) -> None:
    line = '{"text": "Café au lait, 1.50", "n": 1.50, "été": "ß"}'
    put(source, {"a.jsonl": f"{line}\n{line.replace('lait', 'Milch')}\n".encode(encoding)})
    dedupe(source, "--encoding", encoding)
    clean = (source.parent / "OUT" / "clean" / "a.jsonl").read_bytes()
    assert clean.decode() == f"{line}\n{line.replace('lait', 'Milch')}\n"


def test_rows_that_go_come_back_with_all_their_fields(source: Path, writer: Writer) -> None:
    article = writer.article()
    rows = [
        {"url": f"http://x.org/{number}", "text": article, "author": "Ñ", "n": number, "big": 2**70}
        for number in range(4)
    ]
    data = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows).encode()
    put(source, {"a.jsonl": data, "b.jsonl.gz": gzip.compress(data)})
    found = dedupe(source)
    assert sorted(record["status"] for record in found.values()) == ["dropped"] * 7 + ["kept"]
    clean = source.parent / "OUT" / "clean"
    assert sorted(path.name for path in clean.iterdir()) == ["a.jsonl"]
    assert (clean / "a.jsonl").read_bytes() == data.splitlines(keepends=True)[0]
    back = restored(source)
    assert (back / "a.jsonl").read_bytes() == data
    assert gzip.decompress((back / "b.jsonl.gz").read_bytes()) == data


# --- names -----------------------------------------------------------------------------------------------

NAMES = [
    b"with spaces in it.txt",
    b"new\nline.txt",
    b"not-utf8-\xff\xe9.txt",
    b"colour-\x1b[31mred\x1b[0m.txt",
    b"<img src=x onerror=alert(1)>.txt",
    b"L" * 246 + b".txt",
    b"L" * 245 + b"K.txt",
    b"case.txt",
    b"CASE.txt",
    unicodedata.normalize("NFC", "é.txt").encode(),
    unicodedata.normalize("NFD", "é.txt").encode(),
    b"page.html",
    b"page.txt",
    b"page.htm",
    b"quote\"s and 'quotes'.txt",
    b"back\\slash.txt",
    b"con.txt",
    b"per%0Acent.txt",
    b"-o.txt",
    b"dots...txt",
    b"#hash#1.txt",
    b"same/name",
    b"same.txt",
]


def test_no_name_breaks_or_hides_anything(source: Path, writer: Writer) -> None:
    texts: dict[bytes, bytes] = {}
    for name in NAMES:
        path = os.fsencode(source) + b"/" + name + (b"/in.txt" if name == b"same/name" else b"")
        os.makedirs(os.path.dirname(path), exist_ok=True)  # noqa: PTH103, PTH120  bytes paths
        texts[name] = writer.article(2).encode()
        with open(path, "wb") as file:  # noqa: PTH123
            file.write(b"<p>" + texts[name] + b"</p>" if b".htm" in name else texts[name])
    found = dedupe(source)
    assert len(found) == len(NAMES)
    assert {record["status"] for record in found.values()} == {"kept"}
    out = source.parent / "OUT"
    cleaned = [path for path in (out / "clean").rglob("*") if path.is_file()]
    assert len(cleaned) == len(NAMES), "a file took the place of another"
    assert len({unicodedata.normalize("NFC", str(path)).casefold() for path in cleaned}) == len(NAMES)
    for clean in cleaned:
        part = clean.name.encode()
        assert len(part) <= 255 and not set(part) & set(b'\n\x1b<>"\\|?*:')
    everything = b"".join(map(Path.read_bytes, cleaned))
    for name, text in texts.items():
        assert b".htm" in name or text in everything
    for kind in ("terminal", "md", "csv"):
        shown = call_cli("report", out, "-f", kind).out
        assert "\x1b" not in shown and "new\nline" not in shown
    assert "<img src=x" not in (out / "report.html").read_text("utf-8")
    back = {path.read_bytes() for path in restored(source).rglob("*") if path.is_file()}
    assert back >= {text for name, text in texts.items() if b".htm" not in name}


def test_paths_that_are_not_utf8_can_be_given(tmp_path: Path) -> None:
    folder = Path(os.fsdecode(os.fsencode(tmp_path) + b"/in-\xff"))
    put(folder, {"a.txt": TEXT, "b.txt": b"%PDF-1.7"})
    out = Path(os.fsdecode(os.fsencode(tmp_path) + b"/out-\xff\n"))
    assert run_cli("dedupe", folder, "-o", out).code == 3
    for command, *options in (["check"], ["report"], ["restore", "--check"], ["report", "-f", "html"]):
        done = run_cli(command, out, *options)
        assert (done.code, done.err) == (0, "")
    done = run_cli("dedupe", folder / "nothing\n\x1b[31m", "-o", out)
    assert done.code == 2 and "\x1b" not in done.err


# --- what is no file -------------------------------------------------------------------------------------


def test_links_and_pipes_are_not_followed(source: Path, tmp_path: Path) -> None:
    put(tmp_path, {"outside/secret.txt": OTHER, "in/a.txt": TEXT, "in/deep/b.txt": OTHER})
    (source / "loop").symlink_to(source)
    (source / "deep" / "up").symlink_to("..")
    (source / "out-of-here").symlink_to(tmp_path / "outside")
    (source / "secret.txt").symlink_to(tmp_path / "outside" / "secret.txt")
    (source / "dangling.txt").symlink_to("nowhere")
    (source / "itself.txt").symlink_to("itself.txt")
    os.mkfifo(source / "pipe.txt")
    found = dedupe(source, code=3)
    link = "symbolic link, not followed"
    assert skipped(found) == {
        "dangling.txt": link, "deep/up": link, "itself.txt": link, "loop": link, "out-of-here": link,
        "pipe.txt": "named pipe, not a file", "secret.txt": link,
    }  # fmt: skip
    assert found.keys() - skipped(found).keys() == {"a.txt", "deep/b.txt"}


def test_devices_are_not_read(tmp_path: Path) -> None:
    done = call_cli("dedupe", "/dev/zero", "-o", tmp_path / "OUT")
    assert done.code == 2 and "zero (device, not a file)" in done.err


# --- large and deep --------------------------------------------------------------------------------------


def test_deep_and_broken_pages(source: Path, writer: Writer) -> None:
    article = f"<p>{writer.paragraph(60)}</p>".encode()
    put(source, {
        "deep.html": b"<html><body>" + b"<div>" * 100_000 + article + b"</div>" * 100_000,
        "script.html": b"<html><body>" + article + b"<script>var a = '<p>' + 1;" + article,
        "comments.html": b"<html><body>" + article + b"<!-- " * 20_000,
        "unclosed.html": b"<html><body>" + article + b"<p>text " * 2000,
        "marked.html": b"<![foo[" + article,
        "nothing.html": b"<html><head><title>x</title></head><body></body></html>",
        "words.html": b"no markup at all",
    })  # fmt: skip
    found = dedupe(source)
    assert len(found) == 7
    assert found["deep.html"]["words"] == 60
    for name in ("script.html", "comments.html", "unclosed.html"):
        assert found[name]["words"] >= 60
    assert (found["nothing.html"]["status"], found["nothing.html"]["reason"]) == ("kept", "empty")


def test_a_line_of_fifty_megabytes(source: Path) -> None:
    """One paragraph of eight million words; the other document must not suffer from it."""
    vocabulary = Writer(5).paragraph(20_000)[:-1].lower().split()
    line = " ".join(random.Random(5).choices(vocabulary, k=7_600_000)).encode()[:50_000_000]
    put(source, {"a.txt": line, "b.txt": TEXT, "c.txt": TEXT})
    # In a new environment the kernels are compiled first.
    done = run_cli("dedupe", source, "-o", source.parent / "OUT", "-q", timeout=300)
    assert done.code == 0, done
    found = documents(source.parent / "OUT")
    assert {name: record["status"] for name, record in found.items()} == {
        "a.txt": "kept", "b.txt": "kept", "c.txt": "dropped",
    }  # fmt: skip
    assert found["a.txt"]["chars"] == len(line)
    assert (source.parent / "OUT" / "clean" / "a.txt").read_bytes() == line


# --- while it runs ---------------------------------------------------------------------------------------


def test_a_file_that_vanishes_is_skipped(source: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(source, {"a.txt": TEXT, "b.txt": OTHER, "c.txt": OTHER})
    discover = sources.discover

    def then_gone(*args: Any) -> Any:
        found = discover(*args)
        (source / "b.txt").unlink()
        return found

    monkeypatch.setattr(sources, "discover", then_gone)
    done = call_cli("dedupe", source, "-o", source.parent / "OUT")
    assert done.code == 3
    assert skipped(documents(source.parent / "OUT")) == {"b.txt": "vanished before it was read"}
    assert check(source.parent / "OUT") == []


def test_the_same_input_named_twice_is_read_once(source: Path) -> None:
    put(source, {"a.txt": TEXT, "b.txt": OTHER})
    out = source.parent / "OUT"
    assert call_cli("dedupe", source, source, source / "a.txt", "-o", out, "-q").code == 0
    assert len(documents(out)) == 2
    assert {record["status"] for record in documents(out).values()} == {"kept"}
