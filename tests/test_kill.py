"""A run that is ended by force, by Ctrl-C or by a full disk leaves the old run or the new one, never a mixture."""

from __future__ import annotations

import errno
import os
import random
import shutil
import signal
import subprocess
import sys
import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import psutil
import pytest
from conftest import Writer, call_cli, contents, environment, failure, run_files

import unecho
from unecho import Result
from unecho.base import engine
from unecho.base.atomic import RunFolder
from unecho.check import check
from unecho.errors import RunError

_WRITING = {"open", "os.rename", "os.mkdir", "os.remove", "os.rmdir", "os.truncate", "os.link", "os.symlink"}
"""Audit events of what changes a disk."""


class _Tripwire:
    """Does something at the n-th change to a folder. An audit hook cannot be taken out, only disarmed."""

    def __init__(self) -> None:
        self.folder = ""
        self.left = 0
        self.act: Callable[[], None] | None = None
        sys.addaudithook(self._seen)

    def arm(self, folder: Path, at: int, act: Callable[[], None]) -> None:
        self.folder, self.left, self.act = str(folder), at, act

    def disarm(self) -> bool:
        """Whether it had gone off."""
        went_off = self.act is None
        self.act = None
        return went_off

    def _seen(self, event: str, arguments: tuple[Any, ...]) -> None:
        if self.act is None or event not in _WRITING:
            return
        name = str(arguments[0])
        # What is deleted as part of a folder is named by its last part only.
        if not name.startswith(self.folder) and (Path(name).is_absolute() or event not in ("os.remove", "os.rmdir")):
            return
        if event == "os.mkdir" and Path(name).is_dir():
            return  # changes nothing
        if event == "open" and not (arguments[2] or 0) & (os.O_WRONLY | os.O_RDWR | os.O_CREAT):
            return
        self.left -= 1
        if self.left == 0:
            act, self.act = self.act, None
            act()


@pytest.fixture(scope="module")
def tripwire() -> _Tripwire:
    return _Tripwire()


class Runs:
    """Two results, and the run folders they make."""

    def __init__(self, folder: Path) -> None:
        self.source = Writer(2).corpus(folder / "in", 5)
        self.old = unecho.dedupe(Writer(1).corpus(folder / "old-in", 4))
        self.new = unecho.dedupe(self.source)
        self.new_run = self.new.write(folder / "new")
        self.new_files = run_files(self.new_run)
        self.old_files = run_files(self.old.write(folder / "old"))
        assert self.old_files != self.new_files

    def state(self, out: Path) -> str:
        """Which run ``out`` is: "old", "new", "absent" or "mixed"."""
        if not out.exists():
            return "absent"
        found = run_files(out)
        return "old" if found == self.old_files else "new" if found == self.new_files else "mixed"


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Runs]:
    found = Runs(tmp_path_factory.mktemp("runs"))
    with found.old, found.new:
        yield found


# --- kill -9 ---------------------------------------------------------------------------------------------


def killed_at(tripwire: _Tripwire, out: Path, result: Result, step: int) -> bool:
    """Write a result in another process that is killed before its ``step``-th change; whether it came so far."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # numpy's threads, idle here, are no danger
        child = os.fork()
    if child == 0:
        tripwire.arm(out.parent, step, lambda: os.kill(os.getpid(), signal.SIGKILL))
        try:
            result.write(out)
        finally:
            os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -signal.SIGKILL


@pytest.mark.parametrize("before", ["old", "absent"])
def test_killed_before_any_change_to_the_disk(before: str, runs: Runs, tripwire: _Tripwire, tmp_path: Path) -> None:
    out = tmp_path / "OUT"
    states = []
    for step in range(1, 1000):
        if before == "old":
            runs.old.write(out)
        else:
            shutil.rmtree(out, ignore_errors=True)
        if not killed_at(tripwire, out, runs.new, step):
            break
        states.append(runs.state(out))
        if out.exists():
            assert check(out) == []
        # The next run, here one that finds nothing new to write, brings back what was there and tidies up.
        with RunFolder(out):
            assert runs.state(out) == (before if states[-1] == "absent" else states[-1])
        assert {path.name for path in tmp_path.iterdir()} <= {"OUT"}
    assert len(states) > 15
    assert set(states) == {before, "absent", "new"}
    assert states == sorted(states, key=[before, "absent", "new"].index), "the new run comes once and stays"
    assert runs.state(out) == "new"
    assert [path.name for path in tmp_path.iterdir()] == ["OUT"]


def start(source: Path, out: Path, *options: str, **more: Any) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "unecho", "dedupe", source, "-o", out, *options],
        stdin=subprocess.DEVNULL, **{"stderr": subprocess.DEVNULL, "env": environment(), **more},
    )  # fmt: skip


def test_killed_at_random_moments(runs: Runs, tmp_path: Path) -> None:
    out = tmp_path / "OUT"
    begin = time.monotonic()
    assert start(runs.source, out, "-q").wait(60) == 0
    duration = time.monotonic() - begin
    assert runs.state(out) == "new"
    moments = random.Random(4)
    states = []
    for number in range(12):
        before = "absent" if number % 3 == 0 else "old"
        shutil.rmtree(out, ignore_errors=True)
        if before == "old":
            runs.old.write(out)
        process = start(runs.source, out, "-q")
        try:
            # Half of the moments lie in the last part, where files are written.
            process.wait(duration * moments.uniform(*((0, 1) if number % 2 else (0.7, 1.05))))
        except subprocess.TimeoutExpired:
            process.kill()
        process.wait(60)
        states.append(runs.state(out))
        assert states[-1] in (before, "new", "absent")
        if out.exists():
            assert check(out) == []
        with RunFolder(out):
            assert runs.state(out) == (before if states[-1] == "absent" else states[-1])
        assert {path.name for path in tmp_path.iterdir()} <= {"OUT"}
    assert "old" in states
    assert start(runs.source, out, "-q").wait(60) == 0
    assert runs.state(out) == "new"


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A corpus that is worth several processes, and takes them some seconds."""
    folder = tmp_path_factory.mktemp("large") / "in"
    Writer(6).corpus(folder, 20, words=27_000)
    size = sum(path.stat().st_size for path in folder.iterdir())
    assert size > (engine.SMALL + 1) * engine.BATCH_BYTES
    return folder


def started_with_helpers(source: Path, out: Path, **more: Any) -> tuple[subprocess.Popen[bytes], list[psutil.Process]]:
    """A run, as soon as it has other processes at work."""
    process = start(source, out, "--workers", "2", **more)
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        helpers = psutil.Process(process.pid).children(recursive=True)
        with suppress(psutil.ZombieProcess):  # one that has ended
            if any("spawn_main" in " ".join(helper.cmdline()) for helper in helpers):
                return process, helpers
        time.sleep(0.01)
    process.kill()
    raise AssertionError("no other processes were started")


def test_no_process_outlives_a_killed_run(large: Path, tmp_path: Path) -> None:
    (tmp_path / "tmp").mkdir()
    env = {**environment(), "TMPDIR": str(tmp_path / "tmp")}
    process, helpers = started_with_helpers(large, tmp_path / "OUT", env=env)
    process.kill()
    process.wait(10)
    _, alive = psutil.wait_procs(helpers, timeout=10)
    for helper in alive:
        helper.kill()
    assert alive == []
    assert not (tmp_path / "OUT").exists()
    with RunFolder(tmp_path / "OUT"):  # what was left beside it is found and taken away
        pass
    # A folder without anything in it is left where the other process had not begun yet.
    assert not any(path.is_file() for path in (tmp_path / "tmp").rglob("*"))
    assert [path.name for path in tmp_path.iterdir()] == ["tmp"]


def test_a_run_whose_helper_is_killed_says_so(large: Path, runs: Runs, tmp_path: Path) -> None:
    out = runs.old.write(tmp_path / "OUT")
    process, helpers = started_with_helpers(large, out, stderr=subprocess.PIPE)
    next(helper for helper in helpers if "spawn_main" in " ".join(helper.cmdline())).kill()
    _, told = process.communicate(timeout=20)
    message = failure(
        "a process of this run was ended from outside, as systems do that run out of memory",
        "give fewer --workers, or split the input",
    )
    assert process.returncode == 1
    assert told.decode().endswith(message) and b"Traceback" not in told
    _, alive = psutil.wait_procs(helpers, timeout=5)
    assert alive == []
    assert runs.state(out) == "old"
    assert [path.name for path in tmp_path.iterdir()] == ["OUT"]


# --- Ctrl-C ----------------------------------------------------------------------------------------------


def test_an_interrupt_ends_the_run_at_once(large: Path, runs: Runs, tmp_path: Path) -> None:
    out = runs.old.write(tmp_path / "OUT")
    process, helpers = started_with_helpers(large, out, stderr=subprocess.PIPE)
    process.send_signal(signal.SIGINT)
    _, told = process.communicate(timeout=10)
    assert process.returncode == 130
    assert b"Traceback" not in told
    _, alive = psutil.wait_procs(helpers, timeout=5)
    for helper in alive:
        helper.kill()
    assert alive == []
    assert runs.state(out) == "old"
    assert [path.name for path in tmp_path.iterdir()] == ["OUT"]


@pytest.mark.parametrize("step", [4, 7, 15])
def test_an_interrupt_while_files_are_written(step: int, runs: Runs, tripwire: _Tripwire, tmp_path: Path) -> None:
    out = runs.old.write(tmp_path / "OUT")
    tripwire.arm(tmp_path, step, lambda: signal.raise_signal(signal.SIGINT))
    done = call_cli("dedupe", runs.source, "-o", out, "-q")
    assert tripwire.disarm()
    assert done.code == 130
    assert runs.state(out) == "old"
    assert [path.name for path in tmp_path.iterdir()] == ["OUT"]


def test_what_fails_while_an_interrupt_is_carried_out_is_no_failure(
    runs: Runs, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def interrupted(*_: object, **__: object) -> None:
        try:
            raise KeyboardInterrupt
        finally:
            raise OSError(errno.EBADF, "handle is closed")

    monkeypatch.setattr(Result, "write_files", interrupted)
    done = call_cli("dedupe", runs.source, "-o", tmp_path / "OUT", "-q")
    assert (done.code, done.err) == (130, "")


# --- a disk that fails -----------------------------------------------------------------------------------


@pytest.mark.parametrize(("before", "number"), [("old", errno.ENOSPC), ("absent", errno.EIO)])
def test_a_change_that_fails_leaves_what_was_there(
    before: str, number: int, runs: Runs, tripwire: _Tripwire, tmp_path: Path
) -> None:
    """Every single change to the disk fails once."""
    out = tmp_path / "OUT"

    def fail() -> None:
        raise OSError(number, os.strerror(number), str(out))

    failed = 0
    for step in range(1, 1000):
        if before == "old":
            runs.old.write(out)
        else:
            shutil.rmtree(out, ignore_errors=True)
        tripwire.arm(tmp_path, step, fail)
        try:
            runs.new.write(out)
        except (OSError, RunError):
            failed += 1
            assert runs.state(out) == before
        else:
            # What only tidies up may fail unseen.
            assert runs.state(out) == "new"
        went_off = tripwire.disarm()
        with RunFolder(out):
            pass
        assert {path.name for path in tmp_path.iterdir()} <= {"OUT"}
        if not went_off:
            break
    assert failed > 12


def test_a_failing_disk_is_told(runs: Runs, tripwire: _Tripwire, tmp_path: Path) -> None:
    out = runs.old.write(tmp_path / "OUT")
    for step in (3, 7, 19):  # the lock, a cleaned file, a record

        def fail() -> None:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(out))

        tripwire.arm(tmp_path, step, fail)
        done = call_cli("dedupe", runs.source, "-o", out, "-q")
        assert tripwire.disarm()
        assert (done.code, done.out) == (1, "")
        assert done.err.startswith("error: ") and "No space left on device" in done.err and "\n  try: " in done.err
        assert runs.state(out) == "old"


def test_files_that_cannot_grow_leave_what_was_there(runs: Runs, tmp_path: Path) -> None:
    """The system itself refuses to write more than so many bytes to a file, as a full disk does."""
    resource = pytest.importorskip("resource")
    out = runs.old.write(tmp_path / "OUT")
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    sizes = {path.stat().st_size for path in runs.new_run.rglob("*") if path.is_file()}
    codes = []
    for limit in [0, *(size - 1 for size in sorted(sizes)), max(sizes) + 1000]:
        try:
            resource.setrlimit(resource.RLIMIT_FSIZE, (limit, before[1]))
            done = call_cli("dedupe", runs.source, "-o", out, "-q")
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, before)
        codes.append(done.code)
        assert runs.state(out) == ("new" if done.code == 0 else "old")
        assert done.code == 0 or "File too large" in done.err
        assert [path.name for path in tmp_path.iterdir()] == ["OUT"]
    assert codes == [1] * (len(codes) - 1) + [0]


# --- two at once -----------------------------------------------------------------------------------------


def test_a_second_run_on_the_same_folder_is_refused(runs: Runs, tmp_path: Path) -> None:
    out = runs.old.write(tmp_path / "OUT")
    with RunFolder(out) as folder:
        staged = folder.stage()
        (staged / "half").write_text("half written", "utf-8")
        during = contents(tmp_path)
        done = call_cli("dedupe", runs.source, "-o", out)
        message = failure(f"another unecho is writing {out}", "wait for it, or give another folder with -o")
        assert (done.code, done.out, done.err) == (1, "", message)
        assert contents(tmp_path) == during, "the first run's work was touched"
        assert call_cli("check", out).code == 0
    assert call_cli("dedupe", runs.source, "-o", out, "-q").code == 0
    assert runs.state(out) == "new"


def test_of_two_runs_at_the_same_time_one_writes(large: Path, runs: Runs, tmp_path: Path) -> None:
    out = tmp_path / "OUT"
    process, _ = started_with_helpers(large, out)
    done = call_cli("dedupe", runs.source, "-o", out)
    process.send_signal(signal.SIGINT)
    process.wait(10)
    assert done.code == 1 and f"another unecho is writing {out}" in done.err
    assert not any(tmp_path.iterdir())
