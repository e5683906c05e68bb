"""Run folders that change all at once: written beside, under another name, then moved into place.

Beside OUT, while a run writes it, lies ``.OUT.unecho`` with the lock, the new folder and, for the moment of the
exchange, the old one. Killed at any time, OUT is the old run or the new one, or (between two renames) absent;
then the next command puts the old one back.
"""

from __future__ import annotations

import contextlib
import os
import shutil
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType

from filelock import FileLock, Timeout

from ..errors import RunError, UsageError

MARK = "run.json"
"""The file that makes a folder a run."""


class RunFolder:
    """The right to write the run folder ``out``; a context manager.

    Raises UsageError when the folder cannot be a run's (it holds something else, or the input), RunError when
    another run is writing it or the place cannot be written.
    """

    def __init__(self, out: Path, inputs: Sequence[Path] = ()) -> None:
        self.out = Path(os.path.abspath(out))  # noqa: PTH100  resolve() would follow a link to OUT
        self._work = self.out.with_name(f".{self.out.name}.unecho")
        self._new = self._work / "new"
        self._old = self._work / "old"
        _refuse_overlap(self.out, inputs)
        self._lock = FileLock(self._work / "lock", timeout=0)

    def __enter__(self) -> RunFolder:
        try:
            self._work.mkdir(parents=True, exist_ok=True)
            self._lock.acquire()
        except Timeout:
            raise RunError(
                f"another unecho is writing {self.out}", "wait for it, or give another folder with -o"
            ) from None
        except OSError as error:
            with contextlib.suppress(OSError):
                self._work.rmdir()  # which it is only if it is empty: nobody else is at work in it
            raise RunError(f"cannot write beside {self.out}: {error.strerror}", "give another folder with -o") from None
        try:
            self._recover()
            _refuse_foreign(self.out)
        except BaseException:
            self._finish()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._finish()

    def stage(self) -> Path:
        """An empty folder to write the new run into."""
        shutil.rmtree(self._new, ignore_errors=True)
        self._new.mkdir()
        return self._new

    def commit(self) -> None:
        """Put what was staged in the place of OUT."""
        settle()  # what is renamed must be on disk before its new name is
        if self.out.exists():
            self.out.rename(self._old)
        self._new.rename(self.out)
        shutil.rmtree(self._old, ignore_errors=True)

    def _recover(self) -> None:
        """Undo what a killed or failed run left: its new folder goes, an old one between two renames comes back."""
        if self._old.exists():
            if self.out.exists():
                shutil.rmtree(self._old)
            else:
                self._old.rename(self.out)
        shutil.rmtree(self._new, ignore_errors=True)

    def _finish(self) -> None:
        with contextlib.suppress(OSError):
            self._recover()
        with contextlib.suppress(OSError):
            (self._work / "lock").unlink()
        self._lock.release()
        with contextlib.suppress(OSError):
            self._work.rmdir()


def _refuse_overlap(out: Path, inputs: Sequence[Path]) -> None:
    real = out.resolve()
    for given in inputs:
        source = given.resolve()
        if real == source:
            raise UsageError(f"the output folder {out} is the input", "give another folder with -o, e.g. -o OUT")
        if real.is_relative_to(source):
            raise UsageError(
                f"the output folder {out} lies inside the input {given}",
                f"give a folder beside it, e.g. -o {given.parent / (given.name + '-clean')}",
            )
        if source.is_relative_to(real):
            raise UsageError(f"the input {given} lies inside the output folder {out}", "give another folder with -o")


def _refuse_foreign(out: Path) -> None:
    if out.exists() and not out.is_dir():
        raise UsageError(f"{out} is a file, not a folder", "give a folder with -o")
    if out.is_dir() and any(out.iterdir()) and not (out / MARK).is_file():
        raise UsageError(
            f"{out} is not empty and not a run of unecho: nothing was touched",
            "give a new folder with -o, or empty that one",
        )


def settle() -> None:
    """Wait until all that was written is on disk, where the system can tell."""
    if hasattr(os, "sync"):
        os.sync()


def write_bytes(path: Path, data: bytes) -> None:
    """Write a file whole or not at all."""
    temporary = path.with_name(f".{path.name}.new")
    temporary.write_bytes(data)
    temporary.replace(path)
