"""The cleaned corpus: the same names and formats as the input, without the removals."""

from __future__ import annotations

import gzip
import re
import unicodedata
from collections.abc import Iterable
from io import BufferedWriter
from pathlib import Path
from types import TracebackType

from ..sources.records import filled_utf8

_RESERVED = re.compile(r"[\x00-\x1f\x7f<>:\"|?*\\]")
_LONGEST = 200  # bytes of one part of a path; file systems allow 255, and a temporary suffix must fit


def output_names(sources: Iterable[tuple[str, str]], suffix: str) -> dict[str, str]:
    """Where the cleaned text of every source goes, below ``clean/``.

    ``sources``: (name, format) in order. HTML gets ``suffix`` (".txt" or ".md") in place of its own. Names that
    a file system may take for the same (case, composed letters) get a number.
    """
    safe = [(name, kind, _safe(name)) for name, kind in sources]
    plain = {_folded(wanted) for _, kind, wanted in safe if kind != "html"}
    # A name that is a folder for another document cannot be a file.
    taken = set(map(_folded, _folders(wanted for _, _, wanted in safe)))
    names: dict[str, str] = {}
    for name, kind, own in safe:
        wanted = own
        if kind == "html":
            stem, compressed = (wanted[:-3], ".gz") if wanted.endswith(".gz") else (wanted, "")
            wanted = re.sub(r"\.x?html?$", "", stem, flags=re.IGNORECASE) + suffix + compressed
            folded = _folded(wanted)
            if folded in plain or folded in taken:
                wanted = stem + suffix + compressed
        names[name] = _untaken(wanted, taken)
        taken.add(_folded(names[name]))
    return names


def _folders(paths: Iterable[str]) -> set[str]:
    """All folders that paths lead through."""
    found: set[str] = set()
    for path in paths:
        folder = path.rpartition("/")[0]
        while folder and folder not in found:
            found.add(folder)
            folder = folder.rpartition("/")[0]
    return found


def _untaken(wanted: str, taken: set[str]) -> str:
    stem, dot, suffix = wanted.partition(".") if "/" not in wanted else _split_last(wanted)
    candidate, number = wanted, 1
    while _folded(candidate) in taken:
        number += 1
        candidate = f"{stem}~{number}{dot}{suffix}"
    return candidate


def _split_last(path: str) -> tuple[str, str, str]:
    folder, _, name = path.rpartition("/")
    stem, dot, suffix = name.partition(".")
    return f"{folder}/{stem}", dot, suffix


def _folded(name: str) -> str:
    return unicodedata.normalize("NFC", name).casefold()


def _safe(name: str) -> str:
    """A relative path that every file system takes: no way out of the folder, nothing reserved, not too long."""
    parts = [part for part in name.split("/") if part not in ("", ".", "..")]
    return "/".join(_safe_part(part) for part in parts) or "document"


def _safe_part(part: str) -> str:
    part = _RESERVED.sub(lambda match: f"%{ord(match.group()):02X}", part)
    if len(part.encode("utf-8", "replace")) <= _LONGEST:
        return part
    stem, dot, suffix = part.partition(".")
    room = _LONGEST - len(suffix.encode()) - 2
    return stem.encode()[: max(room, 20)].decode("utf-8", "ignore") + dot + suffix[-100:]


def content(text: str, frame: bytes | None) -> bytes:
    """What is written of a document: its text in UTF-8, or its line. ``frame``: of the line of a JSONL file (see
    ``records.frame``), in UTF-8."""
    return text.encode() if frame is None else filled_utf8(frame, text) + b"\n"


class Files:
    """Files below ``folder``, written one after another: a context manager."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._path = ""
        self._file: BufferedWriter | gzip.GzipFile | None = None

    def write(self, path: str, data: bytes) -> None:
        """Write ``content`` of one document or of several: all of one file follow each other, and in order."""
        if self._file is None or path != self._path:
            self._close()
            self._path, self._file = path, _open(self._folder / path)
        self._file.write(data)

    def _close(self) -> None:
        if self._file is not None:
            self._file.close()

    def __enter__(self) -> Files:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._close()


def _open(path: Path) -> BufferedWriter | gzip.GzipFile:
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.suffix != ".gz":
        return path.open("wb")
    # Without a time stamp and a name inside, the same text gives the same bytes.
    return _Gzip(path)


class _Gzip(gzip.GzipFile):
    """A gzip file that closes what it writes to."""

    def __init__(self, path: Path) -> None:
        self._raw = path.open("wb")
        super().__init__("", "wb", 6, self._raw, 0)

    def close(self) -> None:
        super().close()
        self._raw.close()
