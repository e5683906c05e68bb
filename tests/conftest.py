"""What the end-to-end tests share: the real command, made-up articles, and a look at whole folders."""

from __future__ import annotations

import contextlib
import hashlib
import io
import os
import random
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

from unecho import cli

CODES = {0, 1, 2, 3, 130}
"""The exit codes that are documented."""

# CI tries the same examples every time: new ones are for those who can look at what they show.
# How long an example takes says more of what else the machine does than of the code.
settings.register_profile("default", deadline=None)
settings.register_profile("ci", settings.get_profile("default"), derandomize=True)
settings.load_profile("ci" if os.environ.get("CI") else "default")

# What a shell starts in the background ignores interrupts, and so would every command that is tried here.
signal.signal(signal.SIGINT, signal.default_int_handler)


@dataclass(frozen=True, slots=True)
class Done:
    """A command that has ended."""

    code: int
    out: str
    err: str


def environment(**more: str) -> dict[str, str]:
    """Of a command: nothing of the terminal the tests run in."""
    kept = {name: value for name, value in os.environ.items() if name not in ("FORCE_COLOR", "PYTHONHASHSEED")}
    return {**kept, "COLUMNS": "100", "NO_COLOR": "1", **more}


AS_OTHERS: tuple[str, ...] = ()
"""Put before a command: root too may then read and write only what the permissions say."""
if hasattr(os, "geteuid") and os.geteuid() == 0:
    AS_OTHERS = ("setpriv", "--bounding-set=-dac_override,-dac_read_search", "--")


def run_cli(
    *args: str | Path, cwd: Path | None = None, timeout: float = 60, before: tuple[str, ...] = (), **more: Any
) -> Done:
    """Run ``unecho`` as a user does. Whatever happens, there is a documented exit code and no traceback."""
    env = environment(**more.pop("env", {}))
    streams = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    done = subprocess.run(
        [*before, sys.executable, "-m", "unecho", *args],
        cwd=cwd or "/", env=env, timeout=timeout, check=False, **{**streams, **more},
    )  # fmt: skip
    out, err = ((stream or b"").decode() for stream in (done.stdout, done.stderr))
    assert "Traceback" not in out + err, err
    assert done.returncode in CODES, (done.returncode, err)
    return Done(done.returncode, out, err)


def call_cli(*args: str | Path, cwd: Path | None = None) -> Done:
    """As `run_cli`, but in this process: for what would be slow if it were started anew each time.

    What would be a traceback ends the test.
    """
    streams = [io.TextIOWrapper(io.BytesIO(), "utf-8", newline="") for _ in range(2)]
    out, err = streams
    code: object = 0
    with (
        pytest.MonkeyPatch.context() as patch,
        contextlib.chdir(cwd or "/"),
        contextlib.redirect_stdout(out),
        contextlib.redirect_stderr(err),
    ):
        patch.setattr(sys, "argv", ["unecho", *map(str, args)])
        patch.setenv("COLUMNS", "100")
        patch.setenv("NO_COLOR", "1")
        try:
            cli.main()
        except SystemExit as end:
            code = end.code
    assert code in CODES, code
    told = []
    for stream in streams:
        stream.flush()
        told.append(stream.buffer.getvalue().decode())
    return Done(int(str(code)), *told)


def failure(message: str, hint: str) -> str:
    """How an error is told."""
    return f"error: {message}\n  try: {hint}\n"


def contents(folder: Path) -> dict[str, str]:
    """SHA-256 of every file below a folder by relative name; folders and other things by their kind."""
    found: dict[str, str] = {}
    for path in sorted(folder.rglob("*")):
        name = os.fsencode(path.relative_to(folder)).decode("utf-8", "backslashreplace")
        if path.is_symlink():
            found[name] = f"link to {path.readlink()}"
        elif path.is_file():
            found[name] = hashlib.sha256(path.read_bytes()).hexdigest()
        else:
            found[name] = "folder" if path.is_dir() else "other"
    return found


def run_files(run: Path) -> dict[str, str]:
    """`contents` of a run folder but for the file that says how long it took."""
    return {name: digest for name, digest in contents(run).items() if name != "timings.json"}


class Writer:
    """Makes up articles out of a fixed vocabulary, always the same for a seed."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)
        letters = random.Random(1)
        self._words = ["".join(letters.choices("abcdefghijklmnoprstuvw", k=3 + n % 7)) for n in range(4000)]

    def paragraph(self, words: int = 30) -> str:
        chosen = self._random.choices(self._words, k=words)
        return " ".join(chosen).capitalize() + "."

    def article(self, paragraphs: int = 4, words: int = 30) -> str:
        return "\n\n".join(self.paragraph(words) for _ in range(paragraphs)) + "\n"

    def corpus(self, folder: Path, documents: int, copies: int = 2, words: int = 30) -> Path:
        """A folder of articles; every one prints a paragraph that ``copies`` of its neighbours have too."""
        folder.mkdir(parents=True, exist_ok=True)
        shared = ""
        for number in range(documents):
            if number % (copies + 1) == 0:
                shared = self.paragraph(words)
            text = f"{self.paragraph(words)}\n\n{shared}\n\n{self.paragraph(words)}\n"
            (folder / f"{number:04}.txt").write_text(text, "utf-8")
        return folder


@pytest.fixture
def writer() -> Writer:
    return Writer(7)


@pytest.fixture
def articles(tmp_path: Path, writer: Writer) -> Iterator[Path]:
    """A small folder of articles with copies, which no test may change."""
    folder = writer.corpus(tmp_path / "articles", 6)
    before = contents(folder)
    yield folder
    assert contents(folder) == before, "the input was changed"
