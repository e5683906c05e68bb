from __future__ import annotations

import gc
import os
import pickle
import subprocess
import sys
import tempfile
import threading
import time
import weakref
from collections.abc import Callable, Iterator
from contextlib import suppress
from itertools import accumulate, pairwise
from multiprocessing.context import SpawnProcess as Process
from pathlib import Path

import numpy as np
import psutil
import pytest
from hypothesis import given
from hypothesis import strategies as st

from unecho.base.columns import beside, trim
from unecho.base.engine import (
    BATCH_BYTES,
    SMALL,
    Workers,
    batches,
    ordered_map,
    quick_turns,
    uncollected,
    workers_for,
)
from unecho.base.spool import Encoded, Spool
from unecho.errors import RunError
from unecho.matching.table import CONTENT, Joiner, Table, build
from unecho.model import Label
from unecho.text.normalize import tokenize
from unecho.text.paragraphs import Bounds


def work(item: int) -> tuple[int, int]:
    return item * item, os.getpid()


def large(item: int) -> bytes:
    return bytes([item]) * 200_000


def fail(item: int) -> int:
    if item == 7:
        raise ValueError("seven")
    return item


@pytest.mark.parametrize("apart", [False, True])
def test_results_come_back_in_order_from_other_processes(apart: bool) -> None:
    found = list(ordered_map(work, range(40), 3, apart))
    assert [value for value, _ in found] == [n * n for n in range(40)]
    processes = {process for _, process in found}
    assert len(processes) > 1
    assert (os.getpid() in processes) is not apart


def test_large_results_come_back_whole_and_leave_nothing_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    found = ordered_map(large, range(12), 2, apart=True)
    assert next(found) == large(0)
    assert len(list(tmp_path.iterdir())) == 1
    assert list(found) == list(map(large, range(1, 12)))
    assert list(tmp_path.iterdir()) == []


def test_processes_stay_for_more_work_and_end_with_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    with Workers(2, apart=True) as workers:
        assert list(tmp_path.iterdir()) == [], "nothing starts before there is work"
        rounds = [list(workers.map(work, range(20))) for _ in range(2)]
        processes = [{process for _, process in found} for found in rounds]
    assert [[value for value, _ in found] for found in rounds] == [[n * n for n in range(20)]] * 2
    assert processes[0] | processes[1] == processes[0] and len(processes[0]) <= 2
    assert not any(map(psutil.pid_exists, processes[0]))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(("size", "early"), [(SMALL * BATCH_BYTES, 0), (SMALL * BATCH_BYTES + 1, 2)])
def test_processes_start_early_where_much_is_to_come(size: int, early: int) -> None:
    with Workers(3) as workers:
        workers.start(os.getpid, size)
        workers.start(os.getpid, size)
        started = {child.pid for child in psutil.Process().children()}
        found = list(workers.map(work, range(40)))
    assert [value for value, _ in found] == [n * n for n in range(40)]
    here, others = os.getpid(), {process for _, process in found}
    assert not early or others - {here} <= started
    assert len(started - {here}) >= early
    assert len(started) <= early + 1, "they start once, and what watches over them"


@given(st.lists(st.binary(max_size=9), max_size=12), st.data())
def test_what_lies_in_a_spool_is_given_one_by_one_or_several_at_once(held: list[bytes], data: st.DataObject) -> None:
    numbers = data.draw(st.lists(st.sampled_from(range(len(held))), max_size=20) if held else st.just([]))
    with Spool() as spool:
        for each in held[: len(held) // 3]:
            spool.append(each)
        rest = held[len(held) // 3 :]
        spool.extend(b"".join(rest), map(len, rest))
        assert spool.total == sum(map(len, held))
        assert spool.several(numbers) == [spool.data(number) for number in numbers] == [held[n] for n in numbers]
        spool.append(b"waits")
        assert pickle.loads(pickle.dumps(spool.reader([len(held), *numbers])))() == [
            b"waits",
            *map(held.__getitem__, numbers),
        ]


def read_there(read: Callable[[], list[bytes]]) -> tuple[list[bytes], int]:
    return read(), os.getpid()


@pytest.mark.parametrize("named", [True, False])
def test_other_processes_read_what_lies_in_a_spool(named: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    if not named:  # as on systems that have no names for open files
        monkeypatch.setattr(os, "access", lambda *_: False)
    large = b"x" * 100_000
    with Spool() as spool:
        spool.extend(large * 8, [len(large)] * 8)
        readers = [spool.reader([number, number + 1]) for number in range(SMALL + 1)]
        assert (len(pickle.dumps(readers)) < len(large)) is (named and Path("/proc/self/fd").exists())
        for found, process in ordered_map(read_there, readers, 2, apart=True):
            assert found == [large] * 2
            assert process != os.getpid()


@given(st.lists(st.text(st.sampled_from("aé東\ud800"), max_size=9), max_size=6), st.data())
def test_encoded_texts_are_those_held(held: list[str], data: st.DataObject) -> None:
    numbers = data.draw(st.lists(st.integers(0, len(held) - 1), max_size=9)) if held else []
    texts = [held[number] for number in numbers]
    with Spool() as spool:
        for text in held:
            spool.append_text(text)
        for found in (spool.encoded(numbers, list(map(len, texts))), Encoded.of(texts)):
            spans = zip(found.begin.tolist(), found.end.tolist(), strict=True)
            told = [found.data[begin:end].tobytes().decode("utf-8", "surrogatepass") for begin, end in spans]
            assert told == texts
            assert found.plain.tolist() == [text.isascii() for text in texts]


@pytest.mark.parametrize(("count", "workers"), [(SMALL, 2), (30, 1), (0, 2)])
def test_little_work_stays_here(count: int, workers: int) -> None:
    found = list(ordered_map(work, range(count), workers))
    assert found == [(n * n, os.getpid()) for n in range(count)]


@pytest.mark.parametrize(("count", "workers"), [(0, 2), (SMALL, 2), (30, 1), (30, 2), (300, 2)])
def test_what_is_to_be_done_first_is_done_once_and_before_all_else_here(count: int, workers: int) -> None:
    done: list[str] = []

    def items() -> Iterator[int]:
        for item in range(count):
            yield item
            done.append("item")

    for value, _ in ordered_map(work, items(), workers, meanwhile=lambda: done.append("first")):
        done.append(f"{value}")
    assert done.count("first") == 1
    assert [item for item in done if item.isdecimal()] == [str(n * n) for n in range(count)]
    assert not any(item.isdecimal() for item in done[: done.index("first")])
    assert done.index("first") <= 40, "it waited for the others"


class Sent:
    """An item of which it can be told whether somebody still holds it."""

    def __init__(self, number: int) -> None:
        self.number = number


def number_of(item: Sent) -> int:
    return item.number


def test_others_get_item_after_item_while_something_else_is_done_here() -> None:
    items = (Sent(number) for number in range(100))
    made: list[weakref.ref[Sent]] = []
    early: list[int] = []

    def some() -> Iterator[Sent]:
        for item in items:
            made.append(weakref.ref(item))
            yield item

    def first() -> None:
        early.append(len(made))
        until = time.monotonic() + 60
        while len(made) < 50 and time.monotonic() < until:
            time.sleep(0.01)
        early.append(sum(one() is not None for one in made))

    assert list(ordered_map(number_of, some(), 2, meanwhile=first)) == list(range(100))
    before_any_was_done, held = early
    assert before_any_was_done <= SMALL + 1 + 2, "an item is made ready when there is room for it"
    assert len(made) >= 50, "others follow"
    assert held < 20, "what is done is forgotten"


def test_an_item_that_cannot_be_made_meanwhile_is_told_of() -> None:
    def items() -> Iterator[int]:
        yield from range(SMALL + 1)
        raise OSError

    with pytest.raises(OSError):
        list(ordered_map(work, items(), 2, meanwhile=lambda: time.sleep(0.1)))


@pytest.mark.parametrize("error", [OSError, TypeError, AttributeError])
def test_memory_is_given_back_where_the_system_can(monkeypatch: pytest.MonkeyPatch, error: type[Exception]) -> None:
    asked: list[object] = []

    def without(name: object) -> None:
        asked.append(name)
        raise error

    trim()
    monkeypatch.setattr("ctypes.CDLL", without)
    trim()
    assert asked == [None]


def test_a_process_killed_while_others_start_ends_the_work(monkeypatch: pytest.MonkeyPatch) -> None:
    start = Process.start
    started: list[Process] = []

    def start_and_kill_the_first(process: Process) -> None:
        if started:
            time.sleep(0.05)
        start(process)
        started.append(process)
        if len(started) == 1:
            process.kill()

    monkeypatch.setattr(Process, "start", start_and_kill_the_first)
    raised: list[threading.ExceptHookArgs] = []
    monkeypatch.setattr(threading, "excepthook", raised.append)
    with pytest.raises(RunError, match="ended from outside"):
        list(ordered_map(work, range(400), 6))
    assert not any(process.is_alive() for process in started)
    assert raised == []


def test_an_error_of_another_process_is_raised_here() -> None:
    with pytest.raises(ValueError, match="seven"):
        list(ordered_map(fail, range(30), 2))


def test_a_script_without_the_main_guard_is_not_run_again_in_every_process(tmp_path: Path) -> None:
    script = tmp_path / "script.py"
    script.write_text(
        "from math import sqrt\nfrom unecho.base.engine import ordered_map\n"
        "print('begun', flush=True)\nprint(sum(ordered_map(sqrt, [4.0] * 20, 2)), __file__.endswith('script.py'))\n"
    )
    done = subprocess.run([sys.executable, script], capture_output=True, text=True, check=False)
    assert (done.stdout, done.stderr, done.returncode) == ("begun\n40.0 True\n", "", 0)


def test_batches_keep_order_and_size() -> None:
    found = list(batches(range(10), lambda item: 100 * item, limit=1000))
    assert [item for batch in found for item in batch] == list(range(10))
    assert len(found) > 2
    assert list(batches([], lambda item: 1)) == []


def test_workers() -> None:
    assert workers_for(3) == 3
    assert workers_for(0) >= 1


def test_tables_of_batches_join_and_sort_without_mixing_anything() -> None:
    texts = ["one two\nthree", "", "four five six\nseven eight\nnine", "ten"]
    spans = [[(0, 7), (8, 13)], [], [(0, 13), (14, 25), (26, 30)], [(0, 3)]]
    labels = [
        [Label("date" if end - start == 7 else None, 0.5, f"rule {end}") for start, end in part] for part in spans
    ]
    keys = [
        np.array([hash(text[start:end]) % 1000 for start, end in part], np.uint64)
        for text, part in zip(texts, spans, strict=True)
    ]

    def joined(tables: list[Table], documents: list[int]) -> Table:
        joiner = Joiner()
        for table in tables:
            joiner.add(table)
        return joiner.table(np.array(documents))

    def table_of(which: list[int]) -> Table:
        parts = [build(Bounds.of([spans[n]]), [labels[n]], keys[n], tokenize([texts[n]])) for n in which]
        return joined(parts, list(range(len(which))))

    def drained(table: Table, rows: list[int]) -> list[list[int]]:
        words, flags = table.drained(np.array(rows, np.int64))
        assert not len(table.tokens.word) + len(table.tokens.flags)
        return [table.tokens.vocabulary[words].tolist(), flags.tolist()]

    order = [2, 0, 3, 1]
    whole = build(Bounds.of(spans), labels, np.concatenate(keys), tokenize(texts))
    once, sorted_table, expected = joined([whole], [0, 1, 2, 3]), joined([whole], order), table_of(order)
    for name in ("paragraphs", "start", "end", "category", "confidence", "key", "words"):
        assert getattr(sorted_table, name).tolist() == getattr(expected, name).tolist(), name
    for rows in ([0, 1, 2, 3, 4, 5], [1, 3, 5], [4], []):
        assert drained(joined([whole], order), rows) == drained(table_of(order), rows)
    assert [once.rules[n] for n in once.rule] == [label.rule for part in labels for label in part]
    assert once.document.tolist() == [0, 0, 2, 2, 2, 3]
    assert once.words.tolist() == [2, 1, 3, 2, 1, 1]
    marked = once.relabelled(once.words == 1, "navigation", 0.9, "template.site")
    assert marked.content.tolist() == [False, False, True, True, False, False]
    assert [marked.rules[n] for n in marked.rule[once.words == 1]] == ["template.site"] * 3
    assert (once.category == CONTENT).tolist() == [False, True, True, True, True, True]


@given(st.lists(st.lists(st.text("aé .", max_size=9), max_size=4), max_size=5))
def test_tables_are_alike_however_they_are_built(documents: list[list[str]]) -> None:
    texts = ["\n".join(lines) for lines in documents]
    ends = [list(accumulate(len(line) + 1 for line in lines)) for lines in documents]
    bounds = Bounds.of(list(pairwise([0, *places])) for places in ends)
    labels = [[Label(None, 1.0, "")] * count for count in bounds.counts]
    tokens = tokenize(texts)
    plain = build(bounds, labels, np.zeros(len(bounds.spans), np.uint64), tokens)
    for table in (
        build(bounds, labels, None, tokens, compiled=True),
        build(bounds, None, None, tokens),
    ):
        for name in ("paragraphs", "start", "end", "category", "confidence", "rule", "words", "key", "first"):
            one, two = getattr(table, name), getattr(plain, name)
            assert (one.dtype, one.tolist()) == (two.dtype, two.tolist()), name


@pytest.mark.parametrize("aside", [False, True])
def test_work_done_beside_gives_its_result_or_its_error(aside: bool) -> None:
    where = beside(threading.current_thread, aside)()
    assert (where is not threading.current_thread()) == aside
    with pytest.raises(ZeroDivisionError):
        beside(lambda: 1 // 0, aside)()


def test_garbage_is_looked_for_again_afterwards() -> None:
    assert gc.isenabled()
    with suppress(ZeroDivisionError), uncollected():
        assert not gc.isenabled()
        print(1 // 0)
    assert gc.isenabled()
    gc.disable()
    with uncollected():
        pass
    assert not gc.isenabled()
    gc.enable()


def test_threads_take_turns_as_before_afterwards() -> None:
    before = sys.getswitchinterval()
    with suppress(ZeroDivisionError), quick_turns():
        assert sys.getswitchinterval() < before
        print(1 // 0)
    assert sys.getswitchinterval() == before
