"""A temporary folder for the index of a run under review. What killed servers left behind goes at the next start."""

from __future__ import annotations

import shutil
import tempfile
import time
from contextlib import suppress
from pathlib import Path

from filelock import FileLock, Timeout

_PREFIX = "unecho-review-"
_LOCK = "lock"
_OLD = 24 * 3600
"""Seconds after which a folder that nobody ever locked is nobody's: it was made by a version that did not lock."""


class Scratch:
    """A new folder, held by this process for as long as it lives; those that nobody holds any more are deleted."""

    def __init__(self) -> None:
        self.path = Path(tempfile.mkdtemp(prefix=_PREFIX))
        self._lock = FileLock(self.path / _LOCK, thread_local=False)
        self._lock.acquire()
        for left in Path(tempfile.gettempdir()).glob(f"{_PREFIX}*"):
            if left != self.path:
                with suppress(OSError):  # somebody else's, or gone already
                    _delete(left)

    def give_back(self) -> None:
        """Delete the folder."""
        self._lock.release()
        shutil.rmtree(self.path, ignore_errors=True)


def _delete(folder: Path) -> None:
    """Deletes a folder that nobody holds."""
    if not (folder / _LOCK).exists():
        if time.time() - folder.stat().st_mtime > _OLD:
            shutil.rmtree(folder)
        return
    with suppress(Timeout), FileLock(folder / _LOCK, timeout=0):
        shutil.rmtree(folder)
