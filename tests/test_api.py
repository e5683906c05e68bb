"""The Python interface."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from conftest import Writer, contents, run_files
from datasketch import MinHash, MinHashLSH

import unecho
from unecho import Result, clean, dedupe, minhash, pipeline
from unecho.check import check
from unecho.errors import RunError, UnechoError, UsageError
from unecho.model import Cluster, DocumentRecord, Passage, Removal, Story


@pytest.fixture
def pairs(writer: Writer) -> list[tuple[str, str]]:
    """Two papers print the same article, one of them with an advertisement; a third quotes from it."""
    article = [writer.paragraph(40) for _ in range(4)]
    return [
        ("paper/a", "\n\n".join([*article, writer.paragraph(40)]) + "\n"),
        ("paper/b", "\n\n".join([*article, "Download our app from the App Store"]) + "\n"),
        ("paper/c", f"{writer.paragraph(30)}\n\nShe said: {article[1]} {writer.paragraph(30)}\n"),
    ]


def test_what_a_result_tells(pairs: list[tuple[str, str]]) -> None:
    with dedupe(pairs) as result:
        assert isinstance(result, Result)
        kinds: list[tuple[Any, type]] = [
            (result.documents, DocumentRecord), (result.removals, Removal), (result.clusters, Cluster),
            (result.passages, Passage), (result.stories, Story),
        ]  # fmt: skip
        for found, kind in kinds:
            assert found and all(type(item) is kind for item in found)
        assert [record.id for record in result.documents] == ["paper/a", "paper/b", "paper/c"]
        assert [record.status for record in result.documents] == ["kept", "dropped", "kept"]
        assert (result.kept, result.skipped) == (["paper/a", "paper/c"], [])
        assert [removal.reason for removal in result.removals] == ["duplicate"] * 4 + ["boilerplate"]
        for removal in result.removals[:4]:
            text = dict(pairs)[removal.document]
            assert text[removal.start : removal.end] == removal.text
            assert removal.keeper is not None and removal.keeper.document == "paper/a"
            kept = dict(pairs)["paper/a"][removal.keeper.start : removal.keeper.end]
            assert kept == removal.text.strip()
            assert (removal.covered, removal.resemblance, removal.containment) == (1, 1, 1)
        quotes = [passage for passage in result.passages if passage.quote]
        assert {passage.b for passage in quotes} == {"paper/c"}
        assert ("paper/a", "paper/b") in {story.documents for story in result.stories}
        assert result.text("paper/b") == pairs[1][1]
        assert result.clean_text("paper/b") == ""
        assert result.clean_text("paper/a") == pairs[0][1]
        assert result.counts["words"] == result.counts["words_kept"] + sum(result.counts["words_removed"].values())
        with pytest.raises(KeyError):
            result.text("paper/d")


def test_a_result_is_written_and_nothing_before(pairs: list[tuple[str, str]], tmp_path: Path) -> None:
    with dedupe(pairs) as result:
        assert not any(tmp_path.iterdir())
        assert result.write(str(tmp_path / "OUT")) == tmp_path / "OUT"
        assert check(tmp_path / "OUT") == []
        first = run_files(tmp_path / "OUT")
        assert run_files(result.write(tmp_path / "OUT")) == first
        (tmp_path / "mine").mkdir()
        (tmp_path / "mine" / "notes.txt").write_text("mine", "utf-8")
        with pytest.raises(UsageError, match="is not empty and not a run"):
            result.write(tmp_path / "mine")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["OUT", "mine"]


def test_input_in_every_form(articles: Path) -> None:
    files = sorted(articles.iterdir())
    texts = [(path.name, path.read_text("utf-8")) for path in files]
    forms: list[Any] = [articles, str(articles), [articles], files, map(str, files), texts, iter(texts), tuple(texts)]
    found = []
    for form in forms:
        with dedupe(form) as result:
            found.append([(removal.document, removal.start, removal.text) for removal in result.removals])
    assert found[0]
    assert all(other == found[0] for other in found)


def test_clean_takes_out_boilerplate_only(pairs: list[tuple[str, str]]) -> None:
    with clean(pairs) as result:
        assert [(removal.document, removal.reason) for removal in result.removals] == [("paper/b", "boilerplate")]
        assert (result.clusters, result.passages, result.stories) == ([], [], [])
        assert "App Store" not in result.clean_text("paper/b")
    with clean(pairs, clean="off") as result:
        assert not result.removals


def test_settings_are_those_of_the_command(pairs: list[tuple[str, str]]) -> None:
    with dedupe(pairs[:2], keep="shortest", emptied="keep", passages=False, workers=1) as result:
        assert result.settings.keep == ("shortest",)
        assert {removal.document for removal in result.removals if removal.reason == "duplicate"} == {"paper/a"}
        assert not result.passages
    with dedupe(pairs, keep=["longest", "path"]) as result:
        assert result.settings.keep == ("longest", "path")


@pytest.mark.parametrize(
    ("settings", "message", "hint"),
    [
        ({"treshold": 0.9}, "unknown setting 'treshold'", "did you mean 'threshold'?"),
        ({"threshold": 0}, "threshold is 0", "give threshold as a share above 0 and at most 1, e.g. 0.9"),
        ({"threshold": "0.9"}, "threshold = '0.9' is not a number", "give threshold as a number"),
        ({"workers": 1.0}, "workers = 1.0 is not a whole number", "give workers as a whole number"),
        ({"clean": "ligt"}, "unknown value of clean 'ligt'", "did you mean 'light'?"),
    ],
)
def test_wrong_settings(settings: dict[str, Any], message: str, hint: str) -> None:
    with pytest.raises(UsageError) as raised:
        dedupe([("a", "text")], **settings)
    assert (str(raised.value), raised.value.hint, raised.value.exit_code) == (message, hint, 2)


def test_wrong_input(tmp_path: Path) -> None:
    for wrong in ([], tmp_path, tmp_path / "nowhere", [tmp_path, ("a", "text")], [("a", "text"), tmp_path]):
        with pytest.raises(UsageError):
            dedupe(wrong)  # type: ignore[arg-type]
    assert issubclass(UsageError, UnechoError) and issubclass(RunError, UnechoError)


def test_too_little_memory_is_told(writer: Writer) -> None:
    with pytest.raises(RunError, match="matching 40 words needs about 200 MB, more than --memory 1") as raised:
        dedupe([("a", writer.paragraph(40))], memory_mb=1)
    assert raised.value.exit_code == 1


def test_too_little_memory_for_what_texts_share_is_told(writer: Writer, monkeypatch: pytest.MonkeyPatch) -> None:
    shared = writer.paragraph(40)
    texts = [(f"{n}", f"{writer.paragraph(40)}\n\n{shared}") for n in range(3)]
    with dedupe(texts, memory_mb=201) as result:  # two passages take no megabyte
        assert result.removals
    monkeypatch.setattr(pipeline, "BYTES_A_PASSAGE", 1_000_000)
    with pytest.raises(RunError, match="matching 240 words that share 3 passages needs about 203 MB, more than --m"):
        dedupe(texts, memory_mb=202)


def test_pairs_with_the_same_id_both_stay(writer: Writer, tmp_path: Path) -> None:
    texts = [writer.article(), writer.article()]
    with dedupe([("same", texts[0]), ("same", texts[1])]) as result:
        assert [record.id for record in result.documents] == ["same", "same~2"]
        result.write(tmp_path / "OUT")
    assert check(tmp_path / "OUT") == []
    assert sorted(path.read_text("utf-8") for path in (tmp_path / "OUT" / "clean").iterdir()) == sorted(texts)


def test_ids_of_pairs_stay_inside_the_output(writer: Writer, tmp_path: Path) -> None:
    ids = ["../../out", "/etc/passwd", "a/../b", "C:\\x", "", ".", "a\0b", "\ud800", "x" * 5000, "http://x.org/a?b=c"]
    with dedupe([(name, writer.article(2)) for name in ids]) as result:
        result.write(tmp_path / "deep" / "OUT")
    assert check(tmp_path / "deep" / "OUT") == []
    files = [name for name, kind in contents(tmp_path).items() if kind != "folder"]
    assert sum(name.startswith("deep/OUT/clean/") for name in files) == len(ids)
    assert all(name.startswith("deep/OUT/") for name in files)


def test_a_text_of_surrogates_and_nothing(tmp_path: Path) -> None:
    with dedupe([("a", "\ud800 half"), ("b", ""), ("c", "\n")]) as result:
        assert [record.status for record in result.documents] == ["kept"] * 3
        result.write(tmp_path / "OUT")
    assert check(tmp_path / "OUT") == []


def test_minhash_works_with_datasketch(writer: Writer) -> None:
    text = writer.paragraph(60)
    edited = text.replace(text.split()[5], "other")
    sketch = minhash(text)
    assert isinstance(sketch, MinHash)
    index = MinHashLSH(threshold=0.7, num_perm=128)
    index.insert("text", sketch)
    index.insert("else", minhash(writer.paragraph(60)))
    assert index.query(minhash(edited)) == ["text"]
    assert sketch.jaccard(minhash(text.upper())) == 1
    assert 0.8 < sketch.jaccard(minhash(edited)) < 1
    assert sketch.jaccard(minhash(writer.paragraph(60))) < 0.1


def test_indexes_of_datasketch_load_what_they_integrate_with_when_they_need_it() -> None:
    code = """
import sys, unecho
sketch = unecho.minhash("one two three four five six")
early = "scipy.integrate" in sys.modules
import datasketch
index = datasketch.MinHashLSH(threshold=0.7, num_perm=128)
index.insert("text", sketch)
print(early, "scipy.integrate" in sys.modules, index.b, index.r, index.query(sketch))
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    known = MinHashLSH(threshold=0.7, num_perm=128)
    assert done.stdout == f"False True {known.b} {known.r} ['text']\n"


def test_names_of_the_package() -> None:
    assert set(unecho.__all__) == {"Result", "__version__", "clean", "dedupe", "minhash"}
    for name in unecho.__all__:
        assert getattr(unecho, name)
    with pytest.raises(AttributeError, match="no attribute 'dedup'"):
        unecho.dedup  # noqa: B018  # type: ignore[attr-defined]
