"""The report: made from run folders written by hand out of the model's records."""

from __future__ import annotations

import base64
import csv
import hashlib
import io
import json
import re
import tracemalloc
import zlib
from collections.abc import Iterator
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import orjson
import pytest
from builders import own
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console
from runs import BANNER, KINDS, MARKUP_NAME, NEAR, OTHER_NUMBER, STORY, Run, hostile, hostile_to, many, member, small

from unecho.base import wording
from unecho.base.engine import Workers
from unecho.errors import RunError, UsageError
from unecho.model import Passage, Place, Removal, Story, StoryPair
from unecho.report import charts, clusters, data, diff, export, gather, html, judge, pack, terminal


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


def test_limits_cut_what_is_shown_and_figures_count_all(tmp_path: Path) -> None:
    run = many()
    limits = data.Limits(clusters=3, members=2, documents=4, spans=1, examples=5, sites=1, text=20)
    report = data.load(run.write(tmp_path / "OUT"), run.texts, limits)
    # The largest, the longest (the same), and the closest calls for the rest.
    assert [f.cluster.id for f in report.clusters] == ["c00001", "c00002", "c00000"]
    largest = report.largest[0]
    assert (largest.copies, largest.removed, len(largest.cluster.members)) == (30, 29, 2)
    assert largest.words == 29 * len(STORY.split())
    assert len(report.rules[0].examples) == 5
    assert report.rules[0].removals == 30
    top = report.documents[:4]
    assert {d.removed for d in top} == {max(d.removed for d in report.documents)}
    assert {(d.removals, len(d.spans)) for d in top} == {(3, 1)}
    assert {d.record.id for d in report.documents} - {d.record.id for d in top} <= report.names.keys()
    assert report.text(largest.cluster.keeper) == STORY[:20]


def test_the_page_says_what_it_does_not_show(tmp_path: Path) -> None:
    run = many()
    limits = data.Limits(clusters=3, members=2, documents=4, spans=1)
    report = data.load(run.write(tmp_path / "OUT"), run.texts, limits)
    page = html.render(report)
    assert "3 of 11 clusters are in this page: the closest calls" in page
    assert f"{len(report.documents)} of 30 documents are in this page" in page
    assert "unecho review" in page
    whole = html.render(data.load(tmp_path / "OUT", run.texts))
    assert "are in this page" not in re.sub(r"<script.*?</script>", "", whole, flags=re.S)


def test_texts_are_held_whole_where_there_is_room(tmp_path: Path) -> None:
    run = many()
    out = run.write(tmp_path / "OUT")
    report = data.load(out, run.texts)
    assert report.texts.keys() == run.texts.keys()
    for name, held in report.texts.items():
        assert held.whole
        assert held.windows == ((0, run.texts[name]),)


def test_a_long_document_is_held_from_its_beginning_and_around_its_places(tmp_path: Path) -> None:
    run = Run()
    long = "filler words " * 500
    run.document("long.txt", f"{long}{STORY}{long}")
    run.document("other.txt", STORY)
    run.cluster(run.place("other.txt", STORY), member(run.place("long.txt", STORY)))
    report = data.load(run.write(tmp_path / "OUT"), run.texts, data.Limits(whole=100, context=10))
    held = report.texts["long.txt"]
    assert held.windows == ((0, long[:100]), (len(long) - 10, f"{long[-10:]}{STORY}{long[:10]}"))
    assert not held.whole


@pytest.mark.parametrize("characters", [4000, 6000, 7000, 20, 0])
def test_texts_are_held_to_the_limit_and_those_of_findings_first(tmp_path: Path, characters: int) -> None:
    run = many()
    out = run.write(tmp_path / "OUT")
    limits = data.Limits(characters=characters, context=60)
    report = data.load(out, run.texts, limits)
    held = sum(len(text) for document in report.texts.values() for _, text in document.windows)
    assert held <= characters
    for finding in report.clusters:
        for place in (finding.cluster.keeper, *map(data.place_of, finding.cluster.members)):
            assert report.text(place) == run.texts[place.document][place.start : place.end]
    if characters == 7000:
        assert len(report.clusters) == 11
    if characters <= 20:
        assert report.clusters == ()


def test_a_window_gives_the_places_in_it_and_no_others() -> None:
    held = data.Held(((5, "fghij"), (20, "uvwxyz")), False)
    assert held.cut(6, 8) == "gh"
    assert held.cut(20, 26) == "uvwxyz"
    assert held.cut(8, 22) == "ij"
    assert held.cut(0, 3) == ""
    assert held.cut(12, 15) == ""


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


@given(st.sets(st.integers(0, 40), min_size=1), st.sets(st.integers(0, 40), min_size=1))
def test_containment_the_other_way_follows_from_what_is_recorded(copy: set[int], kept: set[int]) -> None:
    shared = len(copy & kept)
    resemblance, containment = shared / len(copy | kept), shared / len(copy)
    assert judge.containment_of_kept(resemblance, containment) == pytest.approx(shared / len(kept))


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


def test_word_diff_tells_what_is_only_written_otherwise() -> None:
    kept, other = (
        "“We won’t leave – ever,” said Labour’s grey Man.",
        '"We won\'t leave - ever," said labor’s gray man now.',
    )
    pieces = diff.word_diff(kept, other)
    assert [(p.text.strip(), p.kept.strip()) for p in pieces if p.kind == "alike"] == [
        ("\"", "“"), ("won't", "won’t"), ("-", "–"), ("\"", "”"), ("gray man", "grey Man"),
    ]  # fmt: skip
    assert [p.text.strip() for p in pieces if p.kind == "here-only"] == ["labor’s", "now"]
    assert [p.text.strip() for p in pieces if p.kind == "kept-only"] == ["Labour’s"]


def test_a_number_with_its_sign_is_one_word() -> None:
    words = [word for word, _ in diff.split_words("-5 (–1.5%) 4-5 - 6")]
    assert words == ["-5", "(", "–1.5", "%", ")", "4-5", "-", "6"]
    assert diff.count_words("-5 - 6") == 2
    assert [(p.kind, p.text) for p in diff.word_diff("by −5", "by -5")] == [("same", "by "), ("alike", "-5")]


@pytest.mark.parametrize(
    ("one", "other"),
    [("toll", "tolls"), ("1,500", "2,500"), ("5", "-5"), ("(−5%)", "(5%)"), ("not", "now"), ("-", "."), ("«", "(")],
)
def test_what_differs_is_no_other_writing(one: str, other: str) -> None:
    assert {piece.kind for piece in diff.word_diff(f"a {one} b", f"a {other} b")} == {"same", "kept-only", "here-only"}


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
        ("“A” – the colour\nof it", '"a" -\tthe color of'),
    ],
)
def test_word_diff_loses_no_word_of_either_side(kept: str, other: str) -> None:
    pieces = diff.word_diff(kept, other)
    for text, missing in ((kept, "here-only"), (other, "kept-only")):
        of_kept = missing == "here-only"
        rebuilt = "".join((p.kept or p.text) if of_kept else p.text for p in pieces if p.kind != missing)
        assert rebuilt.split() == text.split()


def test_folding_spares_the_words_that_would_be_lost() -> None:
    words = " ".join(f"w{number}" for number in range(100))
    kinds: dict[diff.PieceKind, bool] = {"same": True, "kept-only": True, "here-only": False}
    for kind, folded in kinds.items():
        (piece,) = diff.fold([diff.Piece(kind, words, 100)])
        assert (piece.text != words) == folded
        assert piece.text.startswith("w0 ") and piece.text.endswith(" w99")


# --- hostile content -----------------------------------------------------------------------------


@pytest.fixture
def hostile_report(tmp_path: Path) -> data.Report:
    run = hostile()
    return data.load(run.write(tmp_path / "OUT"), run.texts)


UNSEEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u200b\u2028-\u202e\u2066-\u2069\ufeff]")


def test_a_terminal_gets_no_control_characters_and_no_markup(hostile_report: data.Report) -> None:
    output = printed(hostile_report, width=400)
    assert not UNSEEN.search(output)
    assert "[bold red]markup[/bold red] [/]" in output
    assert ":smile:" in output
    assert "evil␊<script>alert(5)</script>[red]␛[2J\\u202e.txt" in output


@pytest.mark.parametrize("kind", [*KINDS, "file name with markup"])
def test_a_terminal_shows_hostile_content_and_obeys_none(tmp_path: Path, kind: str) -> None:
    text = KINDS.get(kind, "plain words of a story")
    name = MARKUP_NAME if kind not in KINDS else "a.txt"
    run = hostile_to(text, name)
    output = printed(data.load(run.write(tmp_path / "OUT"), run.texts, data.SMALL), width=400)
    assert not UNSEEN.search(output)
    wanted = wording.visible_name(name) if kind not in KINDS else " ".join(wording.visible(text).split())
    assert wanted[-40:] in output  # the end of a long name is shown


class Page(HTMLParser):
    """The tags of a page, and the texts of its scripts and styles."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.raw: list[tuple[str, str]] = []
        """The page's style and the scripts that it runs."""
        self._in = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        self._in = tag if tag == "style" or (tag == "script" and not attrs) else ""

    def handle_endtag(self, tag: str) -> None:
        self._in = ""

    def handle_data(self, data: str) -> None:
        if self._in:
            self.raw.append((self._in, data))

    def values(self, name: str) -> list[str]:
        return [attrs[name] or "" for _, attrs in self.tags if name in attrs]


def test_a_page_of_hostile_texts_has_only_its_own_tags(report: data.Report, hostile_report: data.Report) -> None:
    page, clean = Page(html.render(hostile_report)), Page(html.render(report))
    assert {tag for tag, _ in page.tags} <= {tag for tag, _ in clean.tags}
    kinds = [[attrs.get("type") for tag, attrs in one.tags if tag == "script"] for one in (page, clean)]
    assert kinds[0] == kinds[1]
    allowed = {name for _, attrs in clean.tags for name in attrs}
    assert {name for _, attrs in page.tags for name in attrs} <= allowed
    assert not {name for name in allowed if name.startswith("on") or name in ("src", "style")}
    assert all(link.startswith("#") for link in page.values("href"))


def test_a_page_shows_what_cannot_be_seen(hostile_report: data.Report) -> None:
    page = html.render(hostile_report)
    own = {text for name in html.SCRIPTS for text in UNSEEN.findall(html.sibling(name))}
    assert set(UNSEEN.findall(page)) == own == set()
    assert "␛[31mred␛]0;title␇ \\u202erevo\\u202c zero\\u200bwidth" in page
    assert "{{ 7 * 7 }}" in page


# --- the page ------------------------------------------------------------------------------------


def test_the_policy_allows_this_style_and_these_scripts_and_nothing_else(report: data.Report) -> None:
    page = Page(html.render(report))
    policies = [a["content"] or "" for t, a in page.tags if a.get("http-equiv") == "Content-Security-Policy"]
    (policy,) = policies
    rules = dict(rule.strip().split(" ", 1) for rule in policy.split(";"))
    assert rules["default-src"] == "'none'"
    for name in ("style", "script"):
        texts = [text for kind, text in page.raw if kind == name]
        digests = [base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() for text in texts]
        assert rules[f"{name}-src"] == " ".join(f"'sha256-{digest}'" for digest in digests)
    assert len(html.SCRIPTS) == sum(kind == "script" for kind, _ in page.raw)


def test_the_page_needs_no_network(report: data.Report) -> None:
    text = html.render(report)
    page = Page(text)
    assert not {"link", "iframe", "img", "object", "embed", "base", "form"} & {tag for tag, _ in page.tags}
    assert "@import" not in text and "sourceMappingURL" not in text
    assert not re.search(r"\bsrc=|url\(", re.sub(r"<script>.*?</script>", "", text, flags=re.S))
    assert all(link.startswith("#") for link in page.values("href"))


def test_the_links_inside_the_page_lead_somewhere(report: data.Report) -> None:
    page = Page(html.render(report))
    ids = page.values("id")
    assert len(ids) == len(set(ids))
    assert {link[1:] for link in page.values("href")} <= set(ids)
    made = {"help-title"}  # by a script
    assert set(" ".join(page.values("aria-labelledby")).split()) <= set(ids) | made


def test_the_overview_is_in_the_page_without_scripts(report: data.Report) -> None:
    text = html.render(report)
    body = re.sub(r"<script.*?</script>", "", text, flags=re.S)
    for expected in (STORY, "Rain in the north", "app-banner.download-on", BANNER, "binary: NUL bytes", "3 <bdi>.pdf"):
        assert expected in body
    canvases = [attrs for tag, attrs in Page(text).tags if tag == "canvas"]
    assert canvases and all(attrs["role"] == "img" and attrs["aria-label"] for attrs in canvases)
    assert text.count("<figure") == text.count("<summary>The figures</summary>") == len(canvases)


def unpacked(report: data.Report) -> dict[str, Any]:
    with pack.parts(report, Workers(1)) as parts:
        return {name: orjson.loads(zlib.decompress(base64.b64decode(content), -15)) for name, content in parts}


def test_the_parts_of_the_page_hold_the_findings(report: data.Report) -> None:
    parts = unpacked(report)
    names = [row[0] for row in parts["documents"]]
    assert names == [finding.record.id for finding in report.documents]
    (cluster,) = parts["clusters"]
    assert cluster[0] == "c00000"
    assert names[cluster[1][0]] == "a.txt"
    kinds = list(data.KIND_NAMES)
    assert [(names[m[0]], kinds[m[6]]) for m in cluster[-1]] == [("c.txt", "guarded"), ("b.txt", "near")]
    row = parts["documents"][names.index("a.txt")]
    windows, whole, spans = parts[f"texts-{row[-2]}"][row[-1]]
    assert whole
    assert windows[0][1].startswith(BANNER)
    assert spans == [[0, len(BANNER), 0, "app-banner", "app-banner.download-on", None]]


def test_a_document_without_a_title_is_named_by_its_first_line_that_is_no_boilerplate(tmp_path: Path) -> None:
    run = small()
    run.documents[0] = replace(run.documents[0], title=None)
    parts = unpacked(data.load(run.write(tmp_path / "OUT"), run.texts))
    leads = {row[0]: row[12] for row in parts["documents"]}
    assert leads["a.txt"].startswith("Officials in the northern province")
    assert leads["b.txt"].startswith("Officials")


def test_a_story_of_documents_without_titles_is_named_by_the_first_words_of_most(tmp_path: Path) -> None:
    run, names, odd, common = Run(), ("a.txt", "b.txt", "c.txt", "d.txt"), own(1), own(2)
    for name, text in zip(names, (odd, common, own(3), common), strict=True):
        run.document(name, text)
    run.stories.append(Story("s1", "a.txt", names, tuple(StoryPair("a.txt", b, 0.5, 0.5, "same") for b in names[1:])))
    report = data.load(run.write(tmp_path / "OUT"), run.texts, data.SMALL)
    called = report.story_heading(run.stories[0])
    assert common.startswith(called.removesuffix("…"))
    assert called[:40] in printed(report, width=400)


def test_documents_of_one_story_are_packed_beside_each_other(tmp_path: Path) -> None:
    run = Run()
    for number in range(30):
        run.document(f"{number:02}.txt", f"{number}\n{STORY}")
    run.stories.append(Story("s1", "29.txt", ("29.txt", "03.txt"), ()))
    parts = unpacked(data.load(run.write(tmp_path / "OUT"), run.texts))
    order = {row[0]: row[-2:] for row in parts["documents"]}
    assert [order["29.txt"], order["03.txt"]] == [[0, 0], [0, 1]]


def test_a_lone_surrogate_does_not_break_the_page(tmp_path: Path) -> None:
    run = small()
    run.texts["a.txt"] = run.texts["a.txt"].replace("Only here", "Only \ud800")
    report = data.load(run.write(tmp_path / "OUT"), run.texts)
    assert "Only ?" in str(unpacked(report))
    assert html.render(report)


# --- charts --------------------------------------------------------------------------------------


def test_the_charts_count_the_whole_run(tmp_path: Path) -> None:
    run = many()
    charts = data.load(run.write(tmp_path / "OUT"), run.texts, data.Limits(clusters=1, members=1)).charts
    assert sum(gone + stay for _, gone, stay in charts.similarity) == 39
    assert charts.similarity[-1][1] == 31  # all words of 29, 98% and 99%
    assert charts.sizes[0] == ("2", 10)
    assert charts.sizes[-1] == ("21–50", 1)
    assert sum(count for _, count in charts.sizes) == 11


@pytest.mark.parametrize(("covered", "number"), [(0.3, 0), (0.5, 0), (0.524, 0), (0.525, 1), (0.9, 16), (1.0, 19)])
def test_bins_begin_at_what_is_reported_and_end_at_all(covered: float, number: int) -> None:
    assert clusters.bin_of(covered, 0.5) == number
    assert clusters.bins(0.5)[number] <= max(covered, 0.5)
    assert clusters.bin_of(1.0, 1.0) == 0


def test_who_repeats_whom_counts_all_words_once() -> None:
    between = {("a", "b"): 10, ("b", "a"): 3, ("c", "a"): 5, ("d", "e"): 1, ("a", "a"): 2}
    names, cells, rest = charts.matrix(between, 3)
    assert names == ("a", "b", "c")
    assert {(cell.site, cell.keeper): cell.words for cell in cells} == {k: v for k, v in between.items() if v != 1}
    assert rest == 1


def test_time_is_cut_into_as_many_bars_as_can_be_read() -> None:
    day = gather.Day(1, 100, 10)
    months = [f"{year}-{month:02}" for year in (2020, 2021, 2022) for month in range(1, 13)]
    by_day = {f"{month}-{number:02}": day for month in months for number in range(1, 29)}
    assert [b.label for b in charts.over_time({"2020-01-01": day, "2020-01-03": day})] == ["2020-01-01", "2020-01-03"]
    assert [b.label for b in charts.over_time(by_day)] == months
    assert sum(b.words for b in charts.over_time(by_day)) == 100 * len(by_day)
    assert [b.label for b in charts.over_time({f"{year}": day for year in range(1900, 2020)})][-1] == "2019"
    assert charts.over_time({}) == ()


def test_the_places_of_a_quote_begin_with_the_earliest_document(tmp_path: Path) -> None:
    run = Run()
    dates = {"a": None, "b": "2021-05-01", "c": "2019-01-01", "d": "2020-01-01"}
    for name, date in dates.items():
        run.document(name, f"{name} {STORY}", date=date)
    for number, other in enumerate("bcd"):
        run.passages.append(Passage(f"p{number}", "g", "a", 2, 30, other, 2, 30, 6, 6, True))
    report = data.load(run.write(tmp_path / "OUT"), run.texts, data.Limits(members=3))
    (quote,) = report.quotes
    assert (quote.documents, [place.document for place in quote.places]) == (4, ["c", "d", "b"])


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
