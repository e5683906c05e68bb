"""``unecho explain``: what was removed, why, and how the copy that stays differs."""

from __future__ import annotations

from pathlib import Path

import pytest

from unecho import explain, jobs
from unecho.config import Config, build
from unecho.errors import UsageError

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
    return work(tmp_path, "auto", {"a.txt": article, "b.txt": f"{PROSE.replace('spring', 'summer') * 2}\n\nAsh fell."})


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
    assert "[-spring-]" in text and "{+summer+}" in text
    assert "measured: covered" in text


def test_a_removal_is_found_by_its_id(dump: Path) -> None:
    first = said(dump, "r0000001")
    assert first.startswith("r0000001  ")
    assert first in said(dump, first.split()[1].rstrip(","))


@pytest.mark.parametrize("name", ["r9999999", "nix", "page.txt:999999", "nix:3"])
def test_unknown_names_are_refused(dump: Path, name: str) -> None:
    with pytest.raises(UsageError, match="nothing was removed"):
        said(dump, name)
