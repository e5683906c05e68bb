"""What is there: the files of folders, in one order whatever the disk's."""

from __future__ import annotations

import difflib
import os
import re
import stat
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

from ..errors import UsageError
from ..model import Format, Skipped, Source
from .reasons import kind_of, plain

FORMATS: dict[str, Format] = {
    ".txt": "text",
    ".text": "text",
    ".md": "text",
    ".markdown": "text",
    ".html": "html",
    ".htm": "html",
    ".xhtml": "html",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
}
"""What is read in folders, by suffix; each also with ``.gz`` behind it."""

_NO_SUFFIX = "(no suffix)"
_HIDDEN = "(hidden)"
_SURROGATE = re.compile("[\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Found:
    """What lies in the inputs."""

    sources: tuple[Source, ...]
    """What can be read, sorted by name."""
    skipped: tuple[Skipped, ...]
    """What should have been read and cannot be, sorted by name."""
    ignored: dict[str, int]
    """Files of other kinds, counted by suffix; no error."""


class Names:
    """Hands out names that are unique: ``a``, ``a~2``, ``a~3`` in the order they are asked for."""

    def __init__(self) -> None:
        self._last: dict[str, int] = {}

    def unique(self, name: str, suffix: str = "") -> str:
        """``name + suffix``, or with ``~number`` between the two if that is taken."""
        wanted = candidate = name + suffix
        if wanted in self._last:
            number = self._last[wanted]
            while candidate in self._last:
                number += 1
                candidate = f"{name}~{number}{suffix}"
            self._last[wanted] = number
        self._last[candidate] = 1
        return candidate


def discover(inputs: Sequence[Path], exclude: Path | None = None) -> Found:
    """List what is to be read in files and folders, in the same order on every system.

    ``exclude``: a folder that is never entered (the output folder). Links inside folders are not followed.
    Raises UsageError for an input that is missing or lies in ``exclude``, and when there is nothing to read.
    """
    if not inputs:
        raise UsageError("no input", "name files or folders to read")
    search = _Search(inputs, exclude)
    return search.run()


class _Search:
    """The state of one walk over the inputs."""

    def __init__(self, inputs: Sequence[Path], exclude: Path | None) -> None:
        self.inputs = _distinct(inputs)
        self.given = {key for _, key in self.inputs}
        self.inodes = {inode for _, inode in self.given}
        self.exclude = Path(os.path.realpath(exclude)) if exclude is not None else None
        self.names = Names()
        self.folders = Names()
        self.sources: list[Source] = []
        self.skipped: list[Skipped] = []
        self.ignored: Counter[str] = Counter()

    def run(self) -> Found:
        for path, _ in self.inputs:
            self._refuse_excluded(path)
            if path.is_dir():
                name = utf8_name(Path(os.path.realpath(path)).name) or "root"
                self._folder(path, self.folders.unique(name) + "/" if len(self.inputs) > 1 else "")
            else:
                self._file(path)
        if not self.sources:
            self._nothing()
        self.sources.sort(key=lambda source: source.name)
        self.skipped.sort(key=lambda skipped: skipped.id)
        return Found(tuple(self.sources), tuple(self.skipped), dict(sorted(self.ignored.items())))

    def _refuse_excluded(self, path: Path) -> None:
        real = Path(os.path.realpath(path))
        if self.exclude is not None and (real == self.exclude or self.exclude in real.parents):
            raise UsageError(f"the input {path} lies in the output folder", "give another --output")

    def _file(self, path: Path) -> None:
        """A file the user named: read whatever its suffix."""
        name = utf8_name(path.name)
        mode = path.stat().st_mode
        if not stat.S_ISREG(mode):
            self._skip(name, kind_of(mode) + ", not a file")
            return
        kind, compressed = classify(name)
        self._add(path, "", name, kind or "text", compressed)

    def _add(self, path: Path, folder: str, name: str, kind: Format, compressed: bool) -> None:
        stem, suffix = _split_suffix(name)
        self.sources.append(Source(path, self.names.unique(folder + stem, suffix), kind, compressed))

    def _skip(self, name: str, reason: str) -> None:
        self.skipped.append(Skipped(name, name, reason))

    def _folder(self, root: Path, prefix: str) -> None:
        todo = [(os.fspath(root), prefix)]
        while todo:
            path, folder = todo.pop()
            try:
                with os.scandir(path) as found:
                    entries = sorted(found, key=lambda entry: entry.name)
            except OSError as error:
                self._skip(folder.rstrip("/") or utf8_name(root.name) or ".", plain(error))
                continue
            for entry in entries:
                self._entry(entry, folder, todo)

    def _entry(self, entry: os.DirEntry[str], folder: str, todo: list[tuple[str, str]]) -> None:
        name = entry.name if entry.name.isascii() else utf8_name(entry.name)
        if name.startswith("."):
            self.ignored[_HIDDEN] += 1
            return
        kind, compressed = classify(name)
        try:
            if _is_link(entry):
                if kind or entry.is_dir():
                    self._skip(folder + name, "symbolic link, not followed")
                else:
                    self.ignored[_suffix(name)] += 1
            elif entry.is_dir(follow_symlinks=False):
                if not self._elsewhere(entry) and not self._excluded(entry):
                    todo.append((entry.path, f"{folder}{name}/"))
            elif not entry.is_file(follow_symlinks=False):
                self._skip(folder + name, kind_of(entry.stat(follow_symlinks=False).st_mode) + ", not a file")
            elif not kind:
                self.ignored[_suffix(name)] += 1
            elif not self._elsewhere(entry):
                self._add(Path(entry.path), folder, name, kind, compressed)
        except OSError as error:
            self._skip(folder + name, plain(error))

    def _elsewhere(self, entry: os.DirEntry[str]) -> bool:
        """True for what the user has named on its own too: it is read there."""
        if entry.inode() not in self.inodes:
            return False
        found = Path(entry.path).stat()
        return (found.st_dev, found.st_ino) in self.given

    def _excluded(self, entry: os.DirEntry[str]) -> bool:
        if self.exclude is None or entry.name.casefold() != self.exclude.name.casefold():
            return False
        return self.exclude.exists() and Path(entry.path).samefile(self.exclude)

    def _nothing(self) -> NoReturn:
        where = ", ".join(str(path) for path, _ in self.inputs)
        kinds = "read are " + " ".join(FORMATS) + ", each also with .gz"
        found = [f"{count} {suffix}" for suffix, count in self.ignored.most_common(8)]
        found += [f"{skipped.id} ({skipped.reason})" for skipped in self.skipped[:3]]
        raise UsageError(
            f"nothing to read in {where}",
            f"{kinds}; found instead: {', '.join(found)}" if found else f"{kinds}; it is empty",
        )


def _distinct(inputs: Sequence[Path]) -> list[tuple[Path, tuple[int, int]]]:
    """The inputs with their identity on disk, each once."""
    distinct: dict[tuple[int, int], Path] = {}
    for path in inputs:
        try:
            found = path.stat()
        except (FileNotFoundError, NotADirectoryError):
            raise UsageError(f"no such file or folder: {path}", _nearest(path)) from None
        except (OSError, ValueError) as error:
            raise UsageError(f"cannot read {path}: {plain(error)}") from None
        distinct.setdefault((found.st_dev, found.st_ino), path)
    return [(path, key) for key, path in distinct.items()]


def _nearest(path: Path) -> str:
    try:
        near = difflib.get_close_matches(path.name, sorted(entry.name for entry in path.parent.iterdir()), 1)
    except OSError:
        return f"the folder {path.parent} is not there either"
    return f"did you mean '{path.parent / near[0]}'?" if near else "check the path"


def classify(name: str) -> tuple[Format | None, bool]:
    """The format a file's suffix stands for (None for other kinds), and whether it is compressed."""
    suffix = _split_suffix(name)[1].lower()
    inner = suffix.removesuffix(".gz")
    return FORMATS.get(inner), inner != suffix


def _split_suffix(name: str) -> tuple[str, str]:
    """Name and suffix, ``.txt.gz`` taken as one."""
    stem, dot, suffix = name.rpartition(".")
    if not stem:
        return name, ""
    if suffix.lower() == "gz":
        stem, inner = _split_suffix(stem)
        return stem, f"{inner}.{suffix}"
    return stem, dot + suffix


def _suffix(name: str) -> str:
    return _split_suffix(name)[1].lower() or _NO_SUFFIX


def _is_link(entry: os.DirEntry[str]) -> bool:
    return entry.is_symlink() or (sys.version_info >= (3, 12) and entry.is_junction())


def utf8_name(name: str) -> str:
    """``name`` with the bytes that are not UTF-8 written %XX."""
    return _SURROGATE.sub(_percent, name)


def _percent(match: re.Match[str]) -> str:
    try:
        raw = os.fsencode(match[0])
    except UnicodeEncodeError:  # half of a pair in a Windows name
        raw = match[0].encode("utf-8", "surrogatepass")
    return "".join(f"%{byte:02X}" for byte in raw)
