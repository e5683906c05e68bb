"""The corpus and the removals are written batch by batch, and the same whoever does it."""

from __future__ import annotations

import os
import random
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from threading import Semaphore
from typing import Any

import numpy as np
import orjson
import pytest
from conftest import Writer, run_files
from hypothesis import given
from hypothesis import strategies as st

import unecho
from unecho import stored
from unecho.base import engine
from unecho.check import check
from unecho.choosing.gone import all_rounded
from unecho.decisions import log as decisions
from unecho.model import Grounds, Place, Removal
from unecho.output import writing
from unecho.report import data, gather
from unecho.report.model import SMALL, Limits
from unecho.result import Result


@pytest.fixture(scope="module")
def rows(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Rows whose ids sort otherwise than their numbers, with copies, boilerplate, a row that goes whole, and files."""
    folder = tmp_path_factory.mktemp("rows") / "in"
    writer = Writer(5)
    writer.corpus(folder / "site", 6, words=40)
    shared = [writer.paragraph(40) for _ in range(6)]
    texts = [f"Share on Facebook\n\n{shared[n % 6]}\n\n{writer.paragraph(30)}" for n in range(30)] + [shared[0]]
    lines = (orjson.dumps({"n": 1.50, "id": str(n), "text": text, "site": f"s{n % 3}"}) for n, text in enumerate(texts))
    (folder / "rows.jsonl").write_bytes(b"\n".join(lines))
    return folder


def written(result: Result, out: Path) -> dict[str, str]:
    result.write(out)
    assert check(out) == []
    return run_files(out)


@pytest.fixture
def small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    """Little work is much: several batches, which go to other processes."""
    monkeypatch.setattr(writing, "batches", partial(engine.batches, limit=1500))


@pytest.mark.usefixtures("small_batches")
@pytest.mark.parametrize("settings", [{}, {"cut_passages": True}, {"emptied": "keep"}])
def test_batches_and_processes_make_no_difference(rows: Path, tmp_path: Path, settings: dict[str, Any]) -> None:
    with unecho.dedupe(rows, workers=1, **settings) as result:
        assert {removal.reason for removal in result.removals} >= {"boilerplate", "duplicate"}
        alone = written(result, tmp_path / "ALONE")
    with unecho.dedupe(rows, workers=2, **settings) as result:
        assert written(result, tmp_path / "TWO") == alone


@pytest.mark.usefixtures("small_batches")
def test_so_it_is_with_decisions(rows: Path, tmp_path: Path) -> None:
    with unecho.dedupe(rows, workers=1) as result:
        result.write(tmp_path / "OUT")
    line = decisions.Finding("line", line=decisions.line_key("Share on Facebook"))
    log = decisions.Log((decisions.new_step("never-boilerplate", [line], "me", text="Share on Facebook"),))
    found = []
    for workers in (1, 2):
        with stored.load(tmp_path / "OUT") as result:
            object.__setattr__(result, "workers", workers)
            after = result.with_decisions(log)
            assert len(after.removals) < len(result.removals)
            found.append(written(after, tmp_path / f"AFTER{workers}"))
    assert found[0] == found[1]


def test_reports_made_at_once_are_those_made_one_by_one(rows: Path, tmp_path: Path) -> None:
    with unecho.dedupe(rows, workers=1) as result:
        result.write(tmp_path / "OUT")
        given = [data.load(tmp_path / "OUT", dict(result.texts()), limits) for limits in (Limits(), SMALL)]
        (tmp_path / "NEW").mkdir()
        small = result.write_files(tmp_path / "NEW", SMALL)[0]
    assert small.texts == given[1].texts
    for name in ("figures", "clusters", "largest", "quotes", "stories", "documents", "rules", "charts", "leads"):
        assert getattr(small, name) == getattr(given[1], name), name


def test_what_lasts_goes_to_disk_while_the_page_is_made_and_before_it_has_its_name(
    rows: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced = Semaphore(0)
    monkeypatch.setattr(os, "sync", synced.release, raising=False)
    (tmp_path / "NEW").mkdir()
    with unecho.dedupe(rows, workers=1) as result:
        result.write_files(tmp_path / "NEW")
        assert not synced.acquire(blocking=False)
        result.write(tmp_path / "OUT")
    assert synced.acquire(timeout=60)
    assert synced.acquire(timeout=60)


RULES = st.sampled_from(["app.download", "nav.menu", None])


@st.composite
def removals(draw: st.DrawFn) -> list[Removal]:
    """Of some documents, in order."""
    found: list[Removal] = []
    for document in sorted(draw(st.sets(st.sampled_from("abcdefgh"), min_size=1))):
        for start in range(draw(st.integers(1, 4))):
            text, number = draw(st.sampled_from(["one", "two", "three"])), len(found)
            if draw(st.booleans()):
                label = draw(st.sampled_from(["share", "navigation"])), 0.5, draw(RULES)
                found.append(Removal(f"r{number}", document, start, start + 1, text, "boilerplate", *label, words=1))
            else:
                keeper, cluster = Place(draw(st.sampled_from("abcdefgh")), 0, 1), draw(st.sampled_from(["c1", "c2"]))
                copy = Removal(f"r{number}", document, start, start + 1, text, "duplicate", keeper=keeper, words=number)
                found.append(Removal(**{**as_fields(copy), "cluster": cluster}))
    return found


def as_fields(removal: Removal) -> dict[str, Any]:
    return {name: getattr(removal, name) for name in Removal.__dataclass_fields__}


@given(removals(), st.randoms(use_true_random=False), st.integers(1, 4))
def test_what_is_gathered_in_parts_is_what_is_gathered_at_once(
    found: list[Removal], rng: random.Random, parts: int
) -> None:
    limits = Limits(examples=2, rules=3)
    sites = {name: f"site {ord(name) % 3}" for name in "abcdef"}
    told = {"a": [Grounds("a", 0, 1, ("short",))]}
    wanted = gather.Wanted(frozenset("abc"), frozenset(["c1"]), sites, told, limits)

    class Split:
        """The removals of a run, some documents at a time and in any order."""

        def of_removals(
            self, wanted: Callable[[], gather.Wanted], meanwhile: Callable[[], None]
        ) -> Iterator[gather.Removals]:
            early = wanted()
            meanwhile()
            part_of = {name: rng.randrange(parts) for name in "abcdefgh"}
            for part in rng.sample(range(parts), parts):
                some = [removal for removal in found if part_of[removal.document] == part]
                named = {r.document for r in some} | {r.keeper.document for r in some if r.keeper}
                yield rng.choice([early, wanted()]).only(named).gathered(some)

    class Whole:
        def of_removals(
            self, wanted: Callable[[], gather.Wanted], meanwhile: Callable[[], None]
        ) -> Iterator[gather.Removals]:
            meanwhile()
            yield wanted().gathered(found)

    def ours(records: Any) -> gather.Removals:
        """Which documents and clusters are shown is known only after some of the removals were looked at."""
        known = [replace(wanted, shown=None, clusters=frozenset())]
        return gather.read_removals(records, lambda: known[-1], lambda: known.append(wanted))

    split, whole = ours(Split()), ours(Whole())
    assert (split.figures(), split.rules(limits)) == (whole.figures(), whole.rules(limits))
    assert (split.per_document, split.spans, split.between) == (whole.per_document, whole.spans, whole.between)
    assert split.cluster_words == whole.cluster_words == words_of(found, "c1")
    assert len(split.by_rule) == len(whole.by_rule)


@given(
    st.lists(st.one_of(st.floats(0, 1), st.builds(lambda n, d: n / (n + d), st.integers(0, 500), st.integers(1, 500))))
)
def test_shares_are_rounded_as_one_by_one(values: list[float]) -> None:
    column = np.array(values)
    assert all_rounded(column).tolist() == [round(value, 4) for value in values]
    assert all_rounded(np.stack([column, column], 1)).shape == (len(values), 2)


def words_of(found: Iterable[Removal], cluster: str) -> dict[str, int]:
    words = [removal.words for removal in found if removal.cluster == cluster]
    return {cluster: sum(words)} if words else {}
