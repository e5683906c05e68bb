"""Whatever is read: nothing is lost, every copy that goes has a keeper that stays, and all of it comes back."""

from __future__ import annotations

import tempfile
from pathlib import Path

from conftest import Writer
from hypothesis import given, settings
from hypothesis import strategies as st

import unecho
from unecho import Result
from unecho.check import check
from unecho.choosing.gone import REASONS
from unecho.output.restore import restore
from unecho.text.normalize import tokenize

_WRITER = Writer(9)
PARAGRAPHS = [_WRITER.paragraph(12 + 5 * n) for n in range(8)] + [
    "In 2019 the Minister, Anna Lindqvist, told 412 delegates in Geneva that nothing had been decided yet.",
    "In 2019 the Minister, Anna Lindquist, told 413 delegates in Geneva that nothing had been decided yet.",
    "東京の朝は静かで、海の音だけが聞こえていた。人々はまだ眠っていた。誰も外に出ていなかった。",
    "В понедельник утром поезд опоздал на три часа, и никто на вокзале не знал, почему так вышло.",
    "A line with\u00a0odd\u200bspaces, a soft\u00adhyphen, e\u0301 and \u00e9, \U0001f600 and more words after it.",
    "- a list item with a few words",
    "Short.",
]
LINES = [
    "Share on Facebook",
    "Download on the App Store",
    "Published in Politics",
    "Written by",
    "Jane Doe",
    "Back to top button",
    "Related Posts",
    "12 May 2021",
]
GAPS = ["\n", "\n\n", "\r\n", "\r\n\r\n", "\n \t\n", "\n\n\n\n", "\u2029", "\r", "\x0b", "\x85"]


@st.composite
def edited(draw: st.DrawFn) -> str:
    """A paragraph as another paper prints it."""
    words = draw(st.sampled_from(PARAGRAPHS)).split(" ")
    for _ in range(draw(st.integers(0, 3))):
        place = draw(st.integers(0, len(words) - 1))
        words[place : place + 1] = draw(
            st.sampled_from([[], ["other"], ["7"], ["One", "more"], [words[place].upper()]])
        )
        words = words or ["nothing"]
    return draw(st.sampled_from(["", "  ", "“", "\ufeff"])) + " ".join(words)


def chained(step: int) -> str:
    """A long paragraph of which every step changes two words more: neighbours are copies, the ends are not."""
    words = PARAGRAPHS[7].split(" ")
    return " ".join(["Changed", *(f"{word}x" for word in words[1 : 2 * step]), *words[2 * step or 1 :]])


PIECES = st.one_of(
    st.sampled_from(PARAGRAPHS), st.sampled_from(PARAGRAPHS), edited(), st.integers(0, 6).map(chained),
    st.sampled_from(LINES), st.text(max_size=25),
)  # fmt: skip


@st.composite
def text(draw: st.DrawFn) -> str:
    pieces = draw(st.lists(PIECES, max_size=8))
    gaps = [draw(st.sampled_from(GAPS)) for _ in pieces]
    ends = draw(st.tuples(st.sampled_from(["", "\n", " ", "\r\n"]), st.booleans()))
    whole = ends[0] + "".join(piece + gap for piece, gap in zip(pieces, gaps, strict=True))
    return whole.rstrip() if ends[1] else whole


CORPORA = st.lists(text(), min_size=1, max_size=7)
OPTIONS = st.fixed_dictionaries(
    {},
    optional={
        "threshold": st.sampled_from([0.6, 0.9, 1.0]),
        "keep": st.sampled_from(["path", "shortest", "longest", "latest"]),
        "clean": st.sampled_from(["auto", "light", "full", "off"]),
        "within_document": st.sampled_from(["exact", "adjacent", "off"]),
        "emptied": st.sampled_from(["drop", "keep"]),
        "ignore_numbers": st.booleans(),
        "ignore_names": st.booleans(),
        "passages": st.booleans(),
        "similar": st.sampled_from([0.3, 0.5]),
    },
)


def words(texts: list[str]) -> int:
    return len(tokenize(texts).hash)


def pairs(texts: list[str]) -> list[tuple[str, str]]:
    return [(f"site{number % 2}/{number}.txt", text) for number, text in enumerate(texts)]


def test_nothing_is_lost_and_every_copy_has_its_keeper() -> None:
    told: set[str] = set()

    @settings(max_examples=120, deadline=None)
    @given(CORPORA, OPTIONS)
    def holds(texts: list[str], options: dict[str, object]) -> None:
        given_texts = dict(pairs(texts))
        with unecho.dedupe(given_texts.items(), **options) as result:
            assert [record.id for record in result.documents] == sorted(given_texts)
            _conserved(result, given_texts)
            _keepers_stay(result)
            told.update(removal.reason for removal in result.removals)
            told.update(record.status for record in result.documents)

    holds()
    # The examples are worth something: all of it happened.
    assert told >= {"boilerplate", "duplicate", "repeat", "kept", "trimmed", "dropped"}


def _conserved(result: Result, texts: dict[str, str]) -> None:
    """Cleaned text and removals are the text, character for character and word for word."""
    for record in result.documents:
        whole = texts[record.id]
        removals = [removal for removal in result.removals if removal.document == record.id]
        kept, at = [], 0
        for removal in removals:
            assert at <= removal.start < removal.end <= len(whole)
            assert removal.text == whole[removal.start : removal.end]
            kept.append(whole[at : removal.start])
            at = removal.end
        kept.append(whole[at:])
        assert result.text(record.id) == whole
        assert result.clean_text(record.id) == "".join(kept)
        assert record.words == words([whole])
        removed = dict.fromkeys(REASONS, 0)
        for removal in removals:
            assert removal.words == words([removal.text])
            removed[removal.reason] += removal.words
        assert record.words_removed == removed
        assert words(["".join(kept)]) == record.words - sum(removed.values())
        # A document goes only when there is nothing left of it.
        assert (record.status == "dropped") <= (not "".join(kept).strip())
    assert result.counts["words"] == words(list(texts.values()))


def _keepers_stay(result: Result) -> None:
    """The copy that stays lies, all of it, in the cleaned text of a document that stays."""
    gone: dict[str, list[tuple[int, int]]] = {}
    for removal in result.removals:
        gone.setdefault(removal.document, []).append((removal.start, removal.end))
    for removal in result.removals:
        assert (removal.keeper is None) == (removal.reason == "boilerplate")
        if removal.keeper is None:
            continue
        keeper = removal.keeper
        assert keeper.document in result.kept
        kept = result.text(keeper.document)[keeper.start : keeper.end]
        cleaned = result.clean_text(keeper.document)
        for start, end in gone.get(keeper.document, []):
            if start < keeper.end and end > keeper.start:  # a keeper of several paragraphs, one of them removed
                kept = ""
        assert kept in cleaned
        assert removal.covered is not None
        exact = removal.covered == removal.resemblance == 1
        assert exact or removal.covered >= result.settings.threshold


@settings(max_examples=50, deadline=None)
@given(CORPORA, OPTIONS)
def test_what_is_written_is_proved_and_comes_back(texts: list[str], options: dict[str, object]) -> None:
    with tempfile.TemporaryDirectory() as name:
        with unecho.dedupe(pairs(texts), **options) as result:
            run = result.write(Path(name, "OUT"))
            cleaned = {record.id: result.clean_text(record.id) for record in result.documents}
        assert check(run) == []
        for document in result.kept:
            assert (run / "clean" / document).read_bytes() == cleaned[document].encode()
        assert sum(path.is_file() for path in (run / "clean").rglob("*")) == len(result.kept)
        assert restore(run, Path(name, "back")) == len(texts)
        for document, text in pairs(texts):
            assert Path(name, "back", document).read_bytes() == text.encode()


ENCODINGS = ["utf-8", "utf-8-sig", "utf-16", "utf-16-be", "cp1252", "cp1251", "gb18030", "latin-1"]


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(text(), st.sampled_from(ENCODINGS), st.binary(max_size=4)), min_size=1, max_size=4))
def test_files_in_any_encoding_come_back_byte_for_byte(files: list[tuple[str, str, bytes]]) -> None:
    """Also with a few bytes at the end that nobody can read."""
    with tempfile.TemporaryDirectory() as name:
        source = Path(name, "in")
        source.mkdir()
        for number, (text, encoding, more) in enumerate(files):
            data = text.encode(encoding, "ignore") + more
            (source / f"{number}.txt").write_bytes(data)
        with unecho.dedupe(source) as result:
            run = result.write(Path(name, "OUT"))
            skipped = {record.id: record.reason for record in result.skipped}
        assert check(run) == []
        restore(run, Path(name, "back"))
        for path in source.iterdir():
            if path.name not in skipped:
                assert Path(name, "back", path.name).read_bytes() == path.read_bytes()
        assert all(str(reason).startswith("binary, not text (") for reason in skipped.values())
