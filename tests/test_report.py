"""The report: made from run folders written by hand out of the model's records."""

from __future__ import annotations

import base64
import csv
import hashlib
import io
import json
import re
import tracemalloc
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field, replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import orjson
import pytest
from rich.console import Console

from unecho import wording
from unecho.errors import RunError, UsageError
from unecho.model import (
    Cluster,
    DocumentRecord,
    Member,
    Passage,
    Place,
    Removal,
    Status,
    Story,
    StoryPair,
)
from unecho.report import data, diff, export, html, terminal

SETTINGS: dict[str, Any] = {
    "threshold": 0.9,
    "similar": 0.5,
    "keep": ["earliest", "longest", "path"],
    "ignore_numbers": False,
    "ignore_names": False,
    "cut_passages": False,
    "rules": "",
}
LSH = {"permutations": 128, "bands": 42, "rows": 3, "expected_recall": {"0.5": 0.996, "0.9": 1.0}}


@dataclass
class Run:
    """A run folder in the making."""

    documents: list[DocumentRecord] = field(default_factory=list)
    texts: dict[str, str] = field(default_factory=dict)
    removals: list[Removal] = field(default_factory=list)
    clusters: list[Cluster] = field(default_factory=list)
    passages: list[Passage] = field(default_factory=list)
    stories: list[Story] = field(default_factory=list)
    inputs: list[str] = field(default_factory=lambda: ["articles"])
    ignored: dict[str, int] = field(default_factory=dict)

    def document(self, name: str, text: str, **more: Any) -> str:
        """Add a document; its figures are set when the folder is written."""
        self.texts[name] = text
        self.documents.append(DocumentRecord(name, "kept", None, name, words=len(text.split()), **more))
        return name

    def place(self, name: str, part: str) -> Place:
        start = self.texts[name].index(part)
        return Place(name, start, start + len(part))

    def remove(self, place: Place, **more: Any) -> None:
        text = self.texts[place.document][place.start : place.end]
        number = f"r{len(self.removals):05}"
        words = len(text.split())
        values = {"reason": "boilerplate", "words": words, **more}
        self.removals.append(Removal(number, place.document, place.start, place.end, text, **values))

    def cluster(self, keeper: Place, *members: Member, why: str = "earliest: 2019-11-20") -> None:
        """Add a cluster, and the removals that its members say."""
        number = f"c{len(self.clusters):05}"
        self.clusters.append(Cluster(number, keeper, why, members))
        for m in members:
            if m.action == "removed":
                place = Place(m.document, m.start, m.end)
                self.remove(place, reason="duplicate", keeper=keeper, covered=m.covered, cluster=number)

    def write(self, folder: Path) -> Path:
        folder.mkdir(parents=True, exist_ok=True)
        documents = [self._finished(record) for record in self.documents]
        _write(folder / "documents.jsonl", documents)
        _write(folder / "removals.jsonl", sorted(self.removals, key=lambda r: (r.document, r.start)))
        _write(folder / "clusters.jsonl", self.clusters)
        _write(folder / "passages.jsonl", self.passages)
        _write(folder / "stories.jsonl", self.stories)
        info = {
            "unecho": "0.1.0",
            "command": "dedupe",
            "settings": SETTINGS,
            "fingerprint": "0" * 32,
            "inputs": self.inputs,
            "ignored": self.ignored,
            "counts": self._counts(documents),
            "lsh": LSH,
        }
        (folder / "run.json").write_bytes(orjson.dumps(info))
        return folder

    def _finished(self, record: DocumentRecord) -> DocumentRecord:
        if record.status != "kept":
            return record
        removed: dict[str, int] = {}
        for r in self.removals:
            if r.document == record.id:
                removed[r.reason] = removed.get(r.reason, 0) + r.words
        status: Status = "trimmed" if removed else "kept"
        if sum(removed.values()) == record.words and removed:
            status = "dropped"
        return replace(record, status=status, words_removed=removed)

    def _counts(self, documents: list[DocumentRecord]) -> dict[str, Any]:
        words = sum(record.words for record in documents)
        removed: dict[str, int] = dict.fromkeys(("boilerplate", "duplicate", "repeat", "passage"), 0)
        for r in self.removals:
            removed[r.reason] += r.words
        return {
            "documents": len(documents),
            **{s: sum(d.status == s for d in documents) for s in ("kept", "trimmed", "dropped", "skipped")},
            "paragraphs": sum(text.count("\n") + 1 for text in self.texts.values()),
            "words": words,
            "words_kept": words - sum(removed.values()),
            "words_removed": removed,
            "removals": len(self.removals),
            "clusters": len(self.clusters),
            "passages": len(self.passages),
            "stories": len(self.stories),
        }


def _write(path: Path, records: list[Any]) -> None:
    path.write_bytes(b"".join(orjson.dumps(asdict(record)) + b"\n" for record in records))


def member(place: Place, covered: float = 1.0, relation: Any = "exact", action: Any = "removed") -> Member:
    why = {"removed": "covered", "kept": "number 1,500 is missing from the kept copy"}[action]
    return Member(place.document, place.start, place.end, covered, covered, covered, relation, action, why)


def skip(run: Run, name: str, reason: str) -> None:
    run.documents.append(DocumentRecord(name, "skipped", reason, name))


STORY = (
    "Officials in the northern province said on Tuesday that 1,500 people had left their homes "
    "after the river rose, and that more rain was expected before the end of the week."
)
NEAR = STORY.replace("Tuesday", "Wednesday")
OTHER_NUMBER = STORY.replace("1,500", "2,500")
BANNER = "Download on the App Store"


def small() -> Run:
    """Four documents: a keeper, a near copy, one whose number differs, and one that cannot be read."""
    run = Run(ignored={".pdf": 3})
    run.document("a.txt", f"{BANNER}\n{STORY}\nOnly here, in a.", title="Rain in the north", site="a.example")
    run.document("b.txt", f"{NEAR}\nOnly here, in b.", site="b.example", url="https://b.example/1")
    run.document("c.txt", f"{OTHER_NUMBER}\nOnly here, in c.", site="b.example")
    skip(run, "broken.html", "binary: NUL bytes")
    run.remove(run.place("a.txt", BANNER), category="app-banner", rule="app-banner.download-on")
    run.cluster(
        run.place("a.txt", STORY),
        member(run.place("b.txt", NEAR), 0.96, "near"),
        member(run.place("c.txt", OTHER_NUMBER), 0.96, "near", "kept"),
    )
    run.passages.append(Passage("p1", "g1", "a.txt", 26, 60, "c.txt", 0, 34, 5, 5, True))
    run.stories.append(Story("s1", "a.txt", ("a.txt", "b.txt"), (StoryPair("a.txt", "b.txt", 0.8, 0.9, "same"),)))
    return run


@pytest.fixture
def report(tmp_path: Path) -> data.Report:
    run = small()
    return data.load(run.write(tmp_path / "OUT"), run.texts)


def printed(report: data.Report, width: int = 80, encoding: str = "utf-8") -> str:
    """What a pipe receives."""
    raw = io.BytesIO()
    stream = io.TextIOWrapper(raw, encoding=encoding, newline="\n")
    terminal.show(report, Console(file=stream, width=width))
    stream.flush()
    return raw.getvalue().decode(encoding)


# --- visible -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain – text, café", "plain – text, café"),
        ("\x1b[31mred", "␛[31mred"),
        ("\x9b31mred", "\\x9b31mred"),
        ("a\x00b\x7f", "a␀b␡"),
        ("over\u202egpj.exe", "over\\u202egpj.exe"),
        ("\u2066isolate\u2069", "\\u2066isolate\\u2069"),
        ("zero\u200bwidth\ufeff", "zero\\u200bwidth\\ufeff"),
        ("pass\u200cword", "pass\\u200cword"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("👩\u200d💻", "👩\u200d💻"),
        ("tag\U000e0041", "tag\\U000e0041"),
        ("lone \ud800", "lone \\ud800"),
        ("two\r\nlines\tand a bare\rone", "two\nlines\tand a bare␍one"),
    ],
)
def test_visible_shows_what_cannot_be_seen_and_leaves_the_rest(text: str, shown: str) -> None:
    assert wording.visible(text) == shown


def test_names_and_lines_hold_no_newline() -> None:
    assert wording.visible_name("a\nb\tc\r\nd") == "a␊b␉c␍␊d"
    assert wording.one_line("  a\n\n b \t c", 10) == "a b c"
    assert wording.one_line("x" * 11, 10) == "x" * 9 + "…"


@pytest.mark.parametrize(
    ("share", "rounded", "down"),
    [
        (0.0, "0%", "0%"),
        (0.0001, "<0.1%", "<0.1%"),
        (0.29, "29.0%", "29.0%"),
        (0.8999, "90.0%", "89.9%"),
        (0.9, "90.0%", "90.0%"),
        (0.9999, ">99.9%", "99.9%"),
        (1.0, "100%", "100%"),
    ],
)
def test_shares_are_never_shown_as_all_or_nothing_or_over_a_threshold(share: float, rounded: str, down: str) -> None:
    assert wording.percent(share) == rounded
    assert wording.percent(share, down=True) == down


# --- reading a run -------------------------------------------------------------------------------


def test_figures_of_a_run(report: data.Report) -> None:
    totals = report.totals
    assert (totals.documents, totals.trimmed, totals.kept, totals.skipped) == (4, 2, 1, 1)
    assert totals.words == totals.words_kept + totals.removed
    figures = {(f.reason, f.category): (f.removals, f.words) for f in report.figures}
    assert figures == {("boilerplate", "app-banner"): (1, 5), ("duplicate", None): (1, len(NEAR.split()))}
    (rule,) = report.rules
    assert (rule.rule, rule.removals, [e.text for e in rule.examples]) == (
        "app-banner.download-on",
        1,
        [BANNER],
    )
    sites = {s.site: (s.documents, s.removed) for s in report.sites}
    assert sites == {"a.example": (1, 5), "b.example": (2, len(NEAR.split()))}
    assert [(r.source, r.reason) for r in report.skipped] == [("broken.html", "binary: NUL bytes")]
    assert [d.record.id for d in report.documents] == ["b.txt", "a.txt", "c.txt"]


def test_texts_come_from_the_documents(report: data.Report) -> None:
    (finding,) = report.clusters
    assert report.text(finding.cluster.keeper) == STORY
    texts = {m.document: report.text(data.place_of(m)) for m in finding.cluster.members}
    assert texts == {"b.txt": NEAR, "c.txt": OTHER_NUMBER}
    (quote,) = report.quotes
    assert (quote.documents, report.text(quote.places[1])) == (2, OTHER_NUMBER[:34])


def test_a_member_held_back_by_a_guard_comes_first(report: data.Report) -> None:
    (finding,) = report.clusters
    assert [m.document for m in finding.cluster.members] == ["c.txt", "b.txt"]
    assert finding.kinds == {"guarded", "near"}
    assert (finding.copies, finding.removed, finding.similar, finding.doubt) == (3, 1, 1, 1.0)
    assert finding.words == len(NEAR.split())


def test_only_quotes_are_listed_and_each_document_counts_once(tmp_path: Path) -> None:
    run = small()
    place = (0, 5, "b.txt", 0, 5, 5, 5)
    run.passages += [
        Passage("p2", "g1", "c.txt", 0, 34, "a.txt", 26, 60, 7, 5, True),  # the same two documents
        Passage("p3", "g1", "a.txt", *place, False),
        Passage("p4", "g2", "a.txt", *place, False),
    ]
    report = data.load(run.write(tmp_path / "OUT"), run.texts)
    (quote,) = report.quotes
    assert (quote.group, quote.documents, quote.words, report.quotes_total) == ("g1", 2, 7, 1)
    assert [place.document for place in quote.places] == ["a.txt", "c.txt"]


def test_the_line_of_a_dropped_record_is_not_held(tmp_path: Path) -> None:
    run = Run()
    run.document("f.jsonl#0", "one", record='{"id": 1, "text": ""}', row=0)
    report = data.load(run.write(tmp_path / "OUT"), run.texts)
    assert [finding.record.record for finding in report.documents] == [None]


@pytest.mark.parametrize(
    ("covered", "relation", "action", "doubt"),
    [
        (1.0, "exact", "removed", 0.0),
        (0.9, "near", "removed", 1.0),
        (0.95, "near", "removed", 0.5),
        (0.95, "near", "kept", 1.0),
        (0.7, "near", "kept", 0.5),
        (0.5, "near", "kept", 0.0),
    ],
)
def test_doubt_is_greatest_at_the_threshold(covered: float, relation: str, action: str, doubt: float) -> None:
    found = data.doubt_of(member(Place("d", 0, 1), covered, relation, action), 0.9, 0.5)
    assert found == pytest.approx(doubt)


def test_texts_may_be_a_mapping_an_iterator_or_a_function(tmp_path: Path) -> None:
    run = small()
    out = run.write(tmp_path / "OUT")
    expected = data.load(out, run.texts)
    assert data.load(out, iter(run.texts.items())) == expected
    assert data.load(out, lambda folder: list(run.texts.items()) if folder == out else []) == expected


def test_texts_are_read_only_as_far_as_needed(tmp_path: Path) -> None:
    run = small()
    out = run.write(tmp_path / "OUT")

    def texts() -> Iterator[tuple[str, str]]:
        yield from run.texts.items()
        raise AssertionError("all texts were read before")

    assert data.load(out, texts()).clusters


@pytest.mark.parametrize("content", [None, b"[]", b"{}", b'{"unecho": "0.1.0", "counts": {}}'])
def test_what_is_no_run_folder_is_refused_with_a_hint(tmp_path: Path, content: bytes | None) -> None:
    if content is not None:
        (tmp_path / "run.json").write_bytes(content)
    with pytest.raises(UsageError, match="is not a run folder of unecho") as caught:
        data.load(tmp_path, {})
    assert caught.value.hint == "give the folder that 'unecho dedupe' wrote with -o"


def test_a_missing_folder_and_a_file_are_no_run_folders(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    for name in ("missing", "file"):
        with pytest.raises(UsageError, match="is not a run folder"):
            data.load(tmp_path / name, {})


@pytest.mark.parametrize(
    ("name", "line", "where"),
    [
        ("run.json", b"{", "run.json"),
        ("documents.jsonl", b'{"id": 1', "documents.jsonl, line 5,"),
        ("removals.jsonl", b'{"id": "r", "surprise": 1}', "removals.jsonl, line 3,"),
        ("clusters.jsonl", b"7", "clusters.jsonl, line 2,"),
        ("stories.jsonl", b"{}", "stories.jsonl, line 2,"),
    ],
)
def test_damaged_files_are_named(tmp_path: Path, name: str, line: bytes, where: str) -> None:
    run = small()
    path = run.write(tmp_path / "OUT") / name
    path.write_bytes(path.read_bytes() + line + b"\n")
    with pytest.raises(RunError, match=re.escape(f"{where} is damaged")):
        data.load(tmp_path / "OUT", run.texts)


def test_a_file_may_be_missing_only_where_nothing_was_found(tmp_path: Path) -> None:
    run = Run()
    run.document("a.txt", "Nothing is found here.")
    out = run.write(tmp_path / "empty")
    for name in ("clusters", "passages", "stories"):
        (out / f"{name}.jsonl").unlink()
    assert data.load(out, run.texts).clusters == ()
    found = small().write(tmp_path / "found")
    (found / "clusters.jsonl").unlink()
    with pytest.raises(RunError, match=r"clusters\.jsonl is damaged"):
        data.load(found, {})


# --- limits --------------------------------------------------------------------------------------


def many() -> Run:
    """Thirty documents that print one paragraph, some banners, and ten clusters of two."""
    run = Run()
    for number in range(30):
        run.document(f"d{number:02}.txt", f"Banner number {number}\n{STORY}\nPair {number // 2} of paragraphs.")
    for number in range(30):
        name = f"d{number:02}.txt"
        run.remove(run.place(name, f"Banner number {number}"), category="other", rule="other.banner")
    copies = [member(run.place(f"d{number:02}.txt", STORY)) for number in range(1, 30)]
    run.cluster(run.place("d00.txt", STORY), *copies)
    for number in range(10):
        part = f"Pair {number} of paragraphs."
        keeper, copy = (run.place(f"d{2 * number + k:02}.txt", part) for k in (0, 1))
        run.cluster(keeper, member(copy, 0.9 + number / 100, "near"))
    return run


def test_limits_cut_what_is_shown_and_figures_count_all(tmp_path: Path) -> None:
    run = many()
    limits = data.Limits(clusters=3, members=2, documents=4, spans=1, examples=5, sites=1, text=20)
    report = data.load(run.write(tmp_path / "OUT"), run.texts, limits)
    assert [f.cluster.id for f in report.clusters] == ["c00001", "c00000"]  # the closest call, the largest
    largest = report.largest[0]
    assert (largest.copies, largest.removed, len(largest.cluster.members)) == (30, 29, 2)
    assert largest.words == 29 * len(STORY.split())
    assert len(report.rules[0].examples) == 5
    assert report.rules[0].removals == 30
    assert len(report.documents) == 4
    assert {(d.removals, d.hidden) for d in report.documents} == {(3, 2)}
    assert report.text(largest.cluster.keeper) == STORY[:20]


def test_the_page_says_what_it_does_not_show(tmp_path: Path) -> None:
    run = many()
    limits = data.Limits(clusters=3, members=2, documents=4, spans=1)
    page = html.render(data.load(run.write(tmp_path / "OUT"), run.texts, limits))
    assert "2 of 11 clusters are shown here" in page
    assert "4 of 30 documents are shown here" in page
    assert "27 more copies are not shown" in page
    assert "2 more removed spans are not shown" in page


def test_top_prefers_the_first_of_equals() -> None:
    top: data.Top[str] = data.Top(2)
    for key, item in ((1, "a"), (2, "b"), (2, "c"), (2, "d"), (0, "e")):
        top.add((key,), item)
    assert top.best() == ["b", "c"]
    empty: data.Top[str] = data.Top(0)
    empty.add((1,), "a")
    assert empty.best() == []


def test_memory_does_not_grow_with_the_run(tmp_path: Path) -> None:
    run = Run()
    run.document("a.txt", "word " * 200)
    removal = Removal("r", "a.txt", 0, 900, "word " * 180, "boilerplate", "other", rule="other.x", words=180)
    run.removals = [removal] * 15_000
    out = run.write(tmp_path / "OUT")
    assert (out / "removals.jsonl").stat().st_size > 15e6
    run.removals = []
    tracemalloc.start()
    try:
        data.load(out, run.texts)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 1e6


# --- word diff -----------------------------------------------------------------------------------


def test_word_diff_says_which_side_a_word_is_on() -> None:
    pieces = diff.word_diff("The toll rose to 1,500 people.", "The toll rose to 2,500 people today.")
    assert [(p.kind, p.text.strip()) for p in pieces] == [
        ("same", "The toll rose to"),
        ("kept-only", "1,500"),
        ("here-only", "2,500"),
        ("same", "people"),
        ("here-only", "today"),
        ("same", "."),
    ]


def test_word_diff_takes_unspaced_scripts_by_character() -> None:
    pieces = diff.word_diff("抗議デモが全国に広がった。", "抗議デモが各地に広がった。")
    assert [(p.kind, p.text) for p in pieces] == [
        ("same", "抗議デモが"),
        ("kept-only", "全国"),
        ("here-only", "各地"),
        ("same", "に広がった。"),
    ]


@pytest.mark.parametrize(
    ("kept", "other"),
    [
        ("", ""),
        ("", "a b"),
        ("a b", ""),
        ("a a b", "b a a"),
        ("می\u200cخواهم بروم", "می\u200cخواهم"),
        ("ไทย", "ไท"),
    ],
)
def test_word_diff_loses_no_word_of_either_side(kept: str, other: str) -> None:
    pieces = diff.word_diff(kept, other)
    for text, missing in ((kept, "here-only"), (other, "kept-only")):
        rebuilt = "".join(p.text for p in pieces if p.kind != missing)
        assert rebuilt.split() == text.split()


def test_folding_spares_the_words_that_would_be_lost() -> None:
    words = " ".join(f"w{number}" for number in range(100))
    kinds: dict[diff.PieceKind, bool] = {"same": True, "kept-only": True, "here-only": False}
    for kind, folded in kinds.items():
        (piece,) = diff.fold([diff.Piece(kind, words, 100)])
        assert (piece.text != words) == folded
        assert piece.text.startswith("w0 ") and piece.text.endswith(" w99")


# --- hostile content -----------------------------------------------------------------------------

HOSTILE = (
    '<script>alert(1)</script><img src=x onerror=alert(2)> " onmouseover="alert(3)" \'><b>bold</b> '
    "[bold red]markup[/bold red] [/] {{ 7 * 7 }} {% raw %} \x1b[31mred\x1b]0;title\x07 \u202erevo\u202c "
    "zero\u200bwidth \u2028 </style> <!-- &amp; `code` | cell | [x](javascript:alert(4)) :smile: "
    "=HYPERLINK(1) words that follow to make it long enough"
)
NAME = "evil\n<script>alert(5)</script>[red]\x1b[2J\u202e.txt"


def hostile() -> Run:
    run = Run(inputs=[NAME], ignored={f".{NAME}": 1})
    more = {
        "title": HOSTILE,
        "site": NAME,
        "url": "javascript:alert(6)",
        "date": HOSTILE,
        "language": HOSTILE,
    }
    run.document(NAME, f"{HOSTILE}\n{STORY}", output=NAME, **more)
    run.document("b" + NAME, f"{HOSTILE}\n{STORY}", **more)
    skip(run, "c" + NAME, HOSTILE)
    run.cluster(run.place(NAME, HOSTILE), member(run.place("b" + NAME, HOSTILE), 0.95, "near"), why=HOSTILE)
    run.remove(run.place(NAME, HOSTILE), category=HOSTILE, rule=HOSTILE)
    end = len(HOSTILE)
    run.passages.append(Passage("p", "g", NAME, 0, end, "b" + NAME, 0, end, 9, 9, True))
    run.stories.append(Story(HOSTILE, NAME, (NAME, "b" + NAME), (StoryPair(NAME, "b" + NAME, 1, 1, "same"),)))
    return run


@pytest.fixture
def hostile_report(tmp_path: Path) -> data.Report:
    run = hostile()
    return data.load(run.write(tmp_path / "OUT"), run.texts)


UNSEEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b\u2028\u202a-\u202e]")


def test_a_terminal_gets_no_control_characters_and_no_markup(hostile_report: data.Report) -> None:
    output = printed(hostile_report, width=400)
    assert not UNSEEN.search(output)
    assert "[bold red]markup[/bold red] [/]" in output
    assert ":smile:" in output
    assert "evil␊<script>alert(5)</script>[red]␛[2J\\u202e.txt" in output


class Page(HTMLParser):
    """The tags of a page, and the texts of its scripts and styles."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.raw: dict[str, list[str]] = {"script": [], "style": []}
        self._in = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        self._in = tag

    def handle_endtag(self, tag: str) -> None:
        self._in = ""

    def handle_data(self, data: str) -> None:
        if self._in in self.raw:
            self.raw[self._in].append(data)

    def values(self, name: str) -> list[str]:
        return [attrs[name] or "" for _, attrs in self.tags if name in attrs]


def test_a_page_of_hostile_texts_has_only_its_own_tags(report: data.Report, hostile_report: data.Report) -> None:
    page = Page(html.render(hostile_report))
    clean = Page(html.render(report))
    assert {tag for tag, _ in page.tags} <= {tag for tag, _ in clean.tags} | {"b"} - {"b"}
    assert [attrs for tag, attrs in page.tags if tag == "script"] == [
        {"type": "application/json", "id": "summary"},
        {},
    ]
    allowed = {name for _, attrs in clean.tags for name in attrs}
    assert {name for _, attrs in page.tags for name in attrs} <= allowed
    assert not {name for name in allowed if name.startswith("on") or name in ("src", "style")}
    assert all(link.startswith("#") for link in page.values("href"))


def test_a_page_shows_what_cannot_be_seen(hostile_report: data.Report) -> None:
    page = html.render(hostile_report)
    assert not UNSEEN.search(page)
    assert "␛[31mred␛]0;title␇ \\u202erevo\\u202c zero\\u200bwidth" in page
    assert "{{ 7 * 7 }}" in page


@pytest.mark.parametrize(
    ("url", "link"),
    [
        ("https://a.example/x", "https://a.example/x"),
        (" HTTP://a.example ", "HTTP://a.example"),
        ("javascript:alert(1)", ""),
        ("data:text/html,x", ""),
        ("//a.example", ""),
        (None, ""),
    ],
)
def test_only_web_addresses_become_links(url: str | None, link: str) -> None:
    assert html.safe_link(url) == link


# --- the page ------------------------------------------------------------------------------------


def test_the_policy_allows_this_style_and_script_and_nothing_else(report: data.Report) -> None:
    page = Page(html.render(report))
    policies = [a["content"] or "" for t, a in page.tags if a.get("http-equiv") == "Content-Security-Policy"]
    (policy,) = policies
    rules = dict(rule.strip().split(" ", 1) for rule in policy.split(";"))
    assert rules["default-src"] == "'none'"
    for name, texts in (("style-src", page.raw["style"]), ("script-src", page.raw["script"][1:])):
        digest = base64.b64encode(hashlib.sha256("".join(texts).encode()).digest()).decode()
        assert rules[name] == f"'sha256-{digest}'"


def test_the_page_needs_no_network(report: data.Report) -> None:
    text = html.render(report)
    page = Page(text)
    assert not {"link", "iframe", "img", "object", "embed", "base", "form"} & {tag for tag, _ in page.tags}
    assert "url(" not in text and "@import" not in text
    assert [link for link in page.values("href") if not link.startswith("#")] == ["https://b.example/1"]


def test_the_links_inside_the_page_lead_somewhere(report: data.Report) -> None:
    page = Page(html.render(report))
    ids = page.values("id")
    assert len(ids) == len(set(ids))
    assert {link[1:] for link in page.values("href") if link.startswith("#")} <= set(ids)
    assert set(" ".join(page.values("aria-labelledby")).split()) <= set(ids)


def test_the_page_shows_the_difference_between_copies(report: data.Report) -> None:
    text = re.sub(r"<[^>]*>|\s+", " ", html.render(report))
    page = " ".join(text.split())
    assert "[only in the kept copy: Tuesday ] [only here: Wednesday ]" in page
    assert "numbers or names differ, stays 96.0% covered" in page
    assert "number 1,500 is missing from the kept copy" in page


def test_every_finding_is_in_the_page_without_scripts(report: data.Report) -> None:
    text = html.render(report)
    for expected in (STORY, "Rain in the north", "app-banner.download-on", BANNER, "binary: NUL bytes"):
        assert expected in text
    controls = [a for t, a in Page(text).tags if a.get("class") == "controls"]
    assert controls and all("hidden" in attrs for attrs in controls)  # shown by the script alone


def test_the_page_is_the_same_wherever_the_run_lies_and_however_long_it_took(tmp_path: Path) -> None:
    run = small()
    first, second = run.write(tmp_path / "one"), run.write(tmp_path / "two")
    (second / "timings.json").write_text('{"seconds": {"read": 61.5}, "peak_mb": 99}')
    pages = [html.render(data.load(out, run.texts)) for out in (first, second)]
    assert pages[0] == pages[1]
    assert "1 min 1 s" in printed(data.load(second, run.texts))


def test_json_in_the_page_cannot_end_its_script() -> None:
    value = {"</script><!--": ["&\u2028\u2029", "é"]}
    text = html.json_in_html(value)
    assert not set(text) & set("<>&\u2028\u2029")
    assert json.loads(text) == value


def test_the_bar_is_as_wide_as_all_words(report: data.Report) -> None:
    segments = html.bar(report)
    assert [name for name, *_ in segments] == ["kept", "boilerplate", "duplicate"]
    assert sum(words for _, words, _, _ in segments) == report.totals.words
    assert segments[-1][2] + segments[-1][3] == pytest.approx(1000, abs=0.1)


def test_an_empty_run_can_be_shown(tmp_path: Path) -> None:
    report = data.load(Run().write(tmp_path / "OUT"), {})
    assert "No words read" in html.render(report)
    assert "nothing read" in printed(report)
    assert export.to_md(report).startswith("# unecho report")


# --- the terminal --------------------------------------------------------------------------------


def test_the_terminal_report_says_what_matters(report: data.Report) -> None:
    output = printed(report)
    for expected in (
        "4 documents",
        "1 unchanged, 2 trimmed, 1 skipped",
        "app-banner",
        "the largest of 1 cluster\n",
        "earliest: 2019-11-20",
        "Rain in the north",
        "binary: NUL bytes",
        "3 .pdf",
        "unecho restore",
    ):
        assert expected in re.sub(r" +\n", "\n", output)


@pytest.mark.parametrize("width", [40, 80, 200])
def test_lines_fit_the_terminal_and_a_pipe_gets_no_colours(hostile_report: data.Report, width: int) -> None:
    output = printed(hostile_report, width)
    assert max(map(len, output.splitlines())) <= width
    assert "\x1b" not in output


@pytest.mark.parametrize("encoding", ["ascii", "cp1252", "shift-jis"])
def test_narrow_encodings_do_not_break_the_output(hostile_report: data.Report, encoding: str) -> None:
    assert "unecho check" in printed(hostile_report, encoding=encoding)


# --- exports -------------------------------------------------------------------------------------


def csv_rows(run: Run, out: Path) -> list[dict[str, str]]:
    stream = io.StringIO(newline="")
    export.to_csv(out, run.texts, stream)
    return list(csv.DictReader(io.StringIO(stream.getvalue(), newline="")))


def test_csv_has_a_line_for_every_removal_and_every_similar_paragraph(tmp_path: Path) -> None:
    run = small()
    rows = csv_rows(run, run.write(tmp_path / "OUT"))
    assert list(rows[0]) == list(export.CSV_COLUMNS)
    assert [(r["reason"], r["document"]) for r in rows] == [
        ("boilerplate", "a.txt"),
        ("duplicate", "b.txt"),
        ("similar", "c.txt"),
    ]
    similar = rows[2]
    assert (similar["id"], similar["covered"], similar["keeper_document"]) == ("c00000", "0.96", "a.txt")
    assert similar["text"] == OTHER_NUMBER
    assert similar["words"] == str(len(OTHER_NUMBER.split()))
    assert (rows[0]["covered"], rows[0]["keeper_start"]) == ("", "")


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_no_csv_cell_is_a_formula(tmp_path: Path, start: str) -> None:
    assert export.guarded(f"{start}1+1") == f"'{start}1+1"
    run = Run()
    name = run.document(f"{start}cmd.txt", f"{start}cmd|' /C calc'!A0 and more words\nrest")
    run.remove(Place(name, 0, 20), category="other", rule=f"{start}rule")
    (row,) = csv_rows(run, run.write(tmp_path / "OUT"))
    for cell in row.values():
        assert not cell.startswith(("=", "+", "-", "@", "\t", "\r"))
    assert row["document"] == f"'{name}"


def test_no_cell_of_a_similar_paragraph_is_a_formula(tmp_path: Path) -> None:
    run = Run()
    run.document("=a", "=1+1 and more")
    run.document("@b", "@SUM and more")
    run.cluster(run.place("=a", "=1+1"), member(run.place("@b", "@SUM"), 0.6, "near", "kept"))
    (row,) = csv_rows(run, run.write(tmp_path / "OUT"))
    assert (row["document"], row["keeper_document"], row["text"]) == ("'@b", "'=a", "'@SUM")


def test_csv_texts_are_short_and_on_one_line(tmp_path: Path) -> None:
    run = Run()
    name = run.document("a.txt", "one\ntwo\x1b " + "long " * 100)
    run.remove(Place(name, 0, 400), category="other")
    (row,) = csv_rows(run, run.write(tmp_path / "OUT"))
    assert row["text"].startswith("one two␛ long")
    assert len(row["text"]) <= 200
    assert row["text"].endswith("…")


def test_markdown_escapes_its_own_escapes() -> None:
    assert export.escaped("a\\| *b* <i>\n# c") == "a\\\\\\| \\*b\\* &lt;i&gt; \\# c"


def test_markdown_takes_texts_for_texts(hostile_report: data.Report) -> None:
    text = export.to_md(hostile_report)
    assert "<" not in text
    assert not UNSEEN.search(text)
    bare = re.sub(r"\\.", "", text)  # without what is escaped
    tables = [block.splitlines() for block in bare.split("\n\n") if block.startswith("|")]
    assert len(tables) == 5
    for lines in tables:
        assert not set("".join(lines)) & set("`[](){}*_")
        assert len({line.count("|") for line in lines}) == 1


def test_json_holds_the_summary_and_the_findings(report: data.Report) -> None:
    loaded = json.loads(export.to_json(report))
    assert loaded["summary"] == json.loads(json.dumps(export.summary(report)))
    assert loaded["summary"]["documents"] == {"read": 4, "kept": 1, "trimmed": 2, "dropped": 0, "skipped": 1}
    assert loaded["summary"]["words"]["removed_by_reason"]["boilerplate"] == 5
    (cluster,) = loaded["clusters"]
    assert cluster["keeper"]["text"] == STORY
    assert [(m["kind"], m["text"]) for m in cluster["members"]] == [("guarded", OTHER_NUMBER), ("near", NEAR)]
