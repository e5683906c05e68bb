"""A temporary folder for the index of a run under review. What a killed server left behind goes at the next start."""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
from contextlib import suppress
from pathlib import Path

_PREFIX = "unecho-review-"


def take(run: Path) -> Path:
    """A new folder, named after the run and this process; those that ended processes left for the run are deleted."""
    of_run = hashlib.sha256(os.fsencode(run.resolve())).hexdigest()[:12]
    for left in Path(tempfile.gettempdir()).glob(f"{_PREFIX}{of_run}-*"):
        if not _is_alive(left.name.split("-")[3]):
            with suppress(OSError):  # somebody else's, or gone already
                shutil.rmtree(left)
    return Path(tempfile.mkdtemp(prefix=f"{_PREFIX}{of_run}-{os.getpid()}-"))


def give_back(folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)


def _is_alive(process: str) -> bool:
    """Whether a process runs; for what is no number too, as nothing is deleted in doubt."""
    if os.name != "posix":  # asking would end the process there
        return True
    try:
        os.kill(int(process), 0)
    except ProcessLookupError:
        return False
    except (ValueError, OverflowError, PermissionError):
        return True
    return True
