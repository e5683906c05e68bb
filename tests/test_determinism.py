"""The same input and settings give the same bytes, whoever does the work, where, and in what order."""

from __future__ import annotations

import os
import random
import shutil
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from conftest import Writer, call_cli, run_cli, run_files

import unecho
from unecho.base import engine
from unecho.check import check

MENU = "Home\nNews\nSport\nSubscribe to our newsletter\nShare on Facebook\n\n"


@pytest.fixture(scope="module")
def mixed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Files of every kind in several folders: copies, edited copies, pages, records, bad files."""
    folder = tmp_path_factory.mktemp("mixed") / "in"
    writer = Writer(11)
    for site in ("one", "two", "three"):
        writer.corpus(folder / site, 12, words=40)
    for number, path in enumerate(sorted((folder / "one").iterdir())):
        text = MENU + path.read_text("utf-8")
        (folder / "two" / f"again-{number}.md").write_text(text.replace("a", "e", 2), "utf-8")
        (folder / "three" / f"page-{number}.html").write_text(
            f"<html><head><title>{number}</title></head><body><p>{text}</p></body></html>", "utf-8"
        )
    (folder / "bad.txt").write_bytes(b"%PDF-1.7")
    shared = writer.paragraph(40)
    rows = [f'{{"text": "{shared} {writer.paragraph(20)}", "date": "2024-01-{n:02}"}}' for n in range(1, 30)]
    (folder / "rows.jsonl").write_text("\n".join([*rows, "not json", rows[3]]), "utf-8")
    return folder


@pytest.fixture(scope="module")
def expected(mixed: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    out = tmp_path_factory.mktemp("expected") / "OUT"
    with unecho.dedupe(mixed, workers=1) as result:
        assert {removal.reason for removal in result.removals} >= {"duplicate", "boilerplate"}
        assert result.clusters and result.passages and result.stories and result.skipped
        result.write(out)
    assert check(out) == []
    return run_files(out)


@pytest.mark.parametrize("seed", ["0", "1", "random"])
def test_hash_seeds_and_working_directories_make_no_difference(
    seed: str, mixed: Path, expected: dict[str, str], tmp_path: Path
) -> None:
    (tmp_path / "elsewhere").mkdir()
    source = os.path.relpath(mixed, tmp_path / "elsewhere") if seed == "1" else str(mixed)
    done = run_cli(
        "dedupe", source, "-o", tmp_path / "OUT", "-q", cwd=tmp_path / "elsewhere", env={"PYTHONHASHSEED": seed}
    )
    assert done.code == 3
    assert run_files(tmp_path / "OUT") == expected


def test_the_order_on_disk_and_the_times_of_files_make_no_difference(
    mixed: Path, expected: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    paths = [path for path in mixed.rglob("*") if path.is_file()]
    random.Random(3).shuffle(paths)
    for number, path in enumerate(paths):
        copy = tmp_path / "in" / path.relative_to(mixed)
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, copy)
        os.utime(copy, (number, number))
    scandir = os.scandir

    class Shuffled:
        """What a file system may give: the entries in any order."""

        def __init__(self, path: Any) -> None:
            with scandir(path) as found:
                self.entries = list(found)
            random.Random(5).shuffle(self.entries)

        def __enter__(self) -> Iterator[os.DirEntry[str]]:
            return iter(self.entries)

        def __exit__(self, *_: object) -> None:
            pass

    with monkeypatch.context() as patch:
        patch.setattr(os, "scandir", Shuffled)
        done = call_cli("dedupe", tmp_path / "in", "-o", tmp_path / "OUT", "-q")
    assert done.code == 3
    assert run_files(tmp_path / "OUT") == expected


def test_the_order_of_inputs_and_a_second_run_make_no_difference(mixed: Path, tmp_path: Path) -> None:
    folders = [mixed / "one", mixed / "two", mixed / "rows.jsonl"]
    found = []
    for inputs in (folders, folders[::-1], folders):
        assert call_cli("dedupe", *inputs, "-o", tmp_path / "OUT", "-q").code == 3
        found.append(run_files(tmp_path / "OUT"))
    assert found[0] == found[1] == found[2]


def test_pairs_in_any_order(mixed: Path, tmp_path: Path) -> None:
    pairs = [(path.name, path.read_text("utf-8")) for path in sorted((mixed / "one").iterdir())]
    found = []
    for number in range(3):
        random.Random(number).shuffle(pairs)
        with unecho.dedupe(pairs) as result:
            found.append(run_files(result.write(tmp_path / str(number))))
    assert found[0] == found[1] == found[2]


def test_the_number_of_workers_makes_no_difference(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """On an input that is big enough for processes to be started, and where they finish out of order."""
    source = Writer(8).corpus(tmp_path / "in", 8, words=1000)
    rows = [path.read_text("utf-8") for path in sorted(source.iterdir())]
    with (source / "rows.jsonl").open("w", encoding="utf-8") as file:
        for number in range(30):
            text = rows[number % 8].replace("\n", " ") * (1 + number % 3)
            file.write(f'{{"id": "{number % 7}", "text": "{text}"}}\n')
        file.write("not json\n")
    started: list[int] = []

    def seen(others: int, *rest: Any, **more: Any) -> ProcessPoolExecutor:
        started.append(others)
        return ProcessPoolExecutor(others, *rest, **more)

    def small(items: Iterable[Any], size: Callable[[Any], int]) -> Iterator[list[Any]]:
        return engine.batches(items, size, limit=50_000)

    monkeypatch.setattr(engine, "ProcessPoolExecutor", seen)
    monkeypatch.setattr("unecho.reading.batches", small)
    monkeypatch.setattr("unecho.sources.raw._BLOCK", 20_000)
    found = []
    for workers in (1, 2):
        assert call_cli("dedupe", source, "-o", tmp_path / "OUT", "-q", "--workers", str(workers)).code == 3
        found.append(run_files(tmp_path / "OUT"))
    assert started == [1], "no processes were used"
    assert check(tmp_path / "OUT") == []
    assert found[0] == found[1]


def test_results_come_in_the_order_of_the_input() -> None:
    """The later items are done first."""
    items = [0.3, 0.2, 0.1, 0.0, 0.0, 0.0]
    assert list(engine.ordered_map(_after, items, 2)) == items


def _after(seconds: float) -> float:
    time.sleep(seconds)
    return seconds
