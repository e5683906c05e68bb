"""``unecho explain``: what was removed, why, and how the copy that stays differs."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import orjson
import pytest

from unecho import explain, jobs, pipeline
from unecho.boilerplate.reasons import is_learnt
from unecho.config import Config, build
from unecho.decisions import log as decisions
from unecho.errors import UsageError
from unecho.explaining import grounds as grounds_module
from unecho.output import manifest

PROSE = "The council met on Monday and agreed, after a long debate, that the old bridge must be rebuilt by spring. "
OTHER = "A second report said that the river had risen by two metres in the night and flooded the lower town. "


def work(folder: Path, clean: str, texts: dict[str, str]) -> Path:
    """A run over some texts."""
    source, out = folder / "in", folder / "out"
    source.mkdir()
    for name, text in texts.items():
        (source / name).write_text(text, "utf-8")
    jobs.work("dedupe", [source], out, Config(build({"clean": clean}).settings), jobs.Show.NOTHING)
    return out


@pytest.fixture
def dump(tmp_path: Path) -> Path:
    """A run over the dump of a page."""
    head = ["Home", "Sport", "Our best stories for you", "Log in", "The old bridge"]
    return work(tmp_path, "full", {"page.txt": "\n".join([*head, *[PROSE * 3, OTHER * 2] * 3, "Share on Facebook"])})


@pytest.fixture
def copies(tmp_path: Path) -> Path:
    """A run over two articles that share a paragraph but for a word."""
    article = f"First title\n\n{PROSE * 2}\n\n{OTHER * 4}"
    return work(tmp_path, "auto", {"a.txt": article, "b.txt": f"{PROSE.replace('spring', 'thaw') * 2}\n\nAsh fell."})


def said(run: Path, *names: str) -> str:
    return "\n\n".join(explain.explain(run, names, Config().settings))


def test_a_rule_is_named_with_an_example(dump: Path) -> None:
    text = said(dump, "page.txt")
    assert "“Share on Facebook”" in text
    assert "taken out as boilerplate: share" in text
    assert "fits a pattern of the rule share.share-on, as does “Share on Facebook”" in text


def test_what_the_model_saw_is_told_in_words(dump: Path) -> None:
    text = said(dump, "page.txt:20")  # in "Our best stories for you"
    assert "“Our best stories for you”" in text
    assert "stands above the article" in text
    assert text.count("against it: ") >= 1


def test_a_copy_is_shown_word_by_word(copies: Path) -> None:
    text = said(copies, "b.txt")
    assert "a.txt, characters" in text and "keeps a copy" in text
    assert "[-spring-]" in text and "{+thaw+}" in text
    assert "measured: covered" in text


def test_a_removal_is_found_by_its_id(dump: Path) -> None:
    first = said(dump, "r0000001")
    assert first.startswith("r0000001  ")
    assert first in said(dump, first.split()[1].rstrip(","))


@pytest.mark.parametrize("name", ["r9999999", "nix", "page.txt:999999", "nix:3"])
def test_unknown_names_are_refused(dump: Path, name: str) -> None:
    with pytest.raises(UsageError, match="nothing was removed"):
        said(dump, name)


@pytest.fixture
def page(tmp_path: Path) -> Path:
    """A run over a page, as a file and as a record."""
    links = "".join(f"<li class=teaser><a href=/{n}>Another story of the day {n}</a></li>" for n in range(9))
    prose = "".join(f"<p>{PROSE * 2}</p><p>{OTHER * 2}</p>" for _ in range(4))
    html = f"<html><ul class=zz>{links}</ul><article><h1>The old bridge</h1>{prose}</article><div>{links}</div></html>"
    source = tmp_path / "in"
    source.mkdir()
    (source / "page.html").write_text(html, "utf-8")
    (source / "pages.jsonl").write_bytes(orjson.dumps({"id": "x", "html": html.replace("bridge", "tower")}))
    jobs.work("clean", [source], tmp_path / "out", Config(), jobs.Show.NOTHING)
    return tmp_path


@pytest.mark.parametrize("name", ["page.html", "pages.jsonl#x"])
def test_what_the_model_saw_of_a_page_is_told_if_the_page_is_given(page: Path, name: str) -> None:
    learnt = [r for r in manifest.removals(page / "out") if r.document == name and is_learnt(r.rule or "")]
    assert learnt
    which = f"{name}:{learnt[0].start}"
    [without] = explain.explain(page / "out", [which], Config().settings)
    assert "--input" in without and "against it" not in without
    [text] = explain.explain(page / "out", [which], Config().settings, [page / "in"])
    assert 1 <= text.count("against it: ") <= 3
    (page / "in" / "page.html").write_text("<p>other", "utf-8")
    (page / "in" / "pages.jsonl").write_text("{}", "utf-8")
    with pytest.raises(UsageError, match="is not in the input as the run read it"):
        list(explain.explain(page / "out", [which], Config().settings, [page / "in"]))


def test_a_run_keeps_what_the_model_saw_of_the_first_lines_of_each_rule(page: Path) -> None:
    kept = manifest.reasons(page / "out")
    gone = {(r.document, r.start): r for r in manifest.removals(page / "out")}
    assert kept and all(1 <= len(grounds.reasons) <= 3 for grounds in kept)
    found = [
        next(r for (name, _), r in gone.items() if name == g.document and r.start <= g.start < r.end) for g in kept
    ]
    assert all(is_learnt(removal.rule or "") for removal in found)
    times = Counter((removal.rule, removal.category) for removal in found)
    assert set(times) == {(r.rule, r.category) for r in gone.values() if is_learnt(r.rule or "")}
    assert max(times.values()) <= grounds_module.MOST
    [text] = explain.explain(page / "out", [f"{found[0].document}:{found[0].start}"], Config().settings, [page / "in"])
    assert [f"against it: {reason}" in text for reason in kept[0].reasons] == [True] * len(kept[0].reasons)


def test_what_is_kept_outlives_decisions(page: Path) -> None:
    out = page / "out"
    before = (out / manifest.REASONS).read_bytes()
    removal = next(manifest.removals(out))
    line = decisions.Finding("line", line=decisions.line_key(removal.text))
    decisions.append(out, decisions.new_step("never-boilerplate", [line], "anna"), 0)
    jobs.apply(out, None, jobs.Show.NOTHING)
    assert (out / manifest.REASONS).read_bytes() == before


def test_a_page_that_changed_while_the_run_wrote_is_passed_over(page: Path) -> None:
    with pipeline.run("clean", [page / "in"], Config()) as result:
        before = result.grounds()
        (page / "in" / "page.html").write_text("<p>other", "utf-8")
        assert any(grounds.document == "page.html" for grounds in before)
        assert result.grounds() == [grounds for grounds in before if grounds.document != "page.html"]
