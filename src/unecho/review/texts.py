"""Texts of a run's documents as read, one at a time: out of the cleaned corpus and the removals, by their offsets."""

from __future__ import annotations

import gzip
import shutil
import sqlite3
from collections import OrderedDict
from pathlib import Path
from typing import IO

import orjson

from ..errors import RunError
from ..output import manifest
from ..sources import load_record
from ..text.spans import mend

_CACHED = 64


class Texts:
    """Gives the text of a document by its number in the index; the last few are kept in memory."""

    def __init__(self, run: Path, index: sqlite3.Connection, folder: Path) -> None:
        self._run, self._index, self._folder = run, index, folder
        self._cache: OrderedDict[int, str] = OrderedDict()
        self._files: dict[str, IO[bytes]] = {}

    def text(self, document: int) -> str:
        """The text as read. Raises RunError where the run folder was changed."""
        if document in self._cache:
            self._cache.move_to_end(document)
            return self._cache[document]
        try:
            text = self._read(document)
        except (OSError, ValueError, TypeError, EOFError) as error:
            raise RunError(f"a text cannot be read: {error}", f"unecho check {self._run}") from None
        self._cache[document] = text
        if len(self._cache) > _CACHED:
            self._cache.popitem(last=False)
        return text

    def cleaned(self, document: int) -> str:
        """The text as it is in the cleaned corpus; empty when the document was dropped."""
        row = self._index.execute(
            "SELECT status, output, row, field, row_at, row_size FROM documents WHERE num = ?", (document,)
        ).fetchone()
        status, output, number, field, at, size = row
        if status == "dropped":
            return ""
        if number is None:
            data = (self._run / manifest.CLEAN / output).read_bytes()
            return (gzip.decompress(data) if output.endswith(".gz") else data).decode()
        value = load_record(self._slice(self.lines(output), at, size)).get(field)
        if not isinstance(value, str):
            raise ValueError(f"no text in clean/{output}")
        return value

    def lines(self, output: str) -> Path:
        """A file of JSONL rows that can be read from any place: a compressed one is unpacked once."""
        path = self._run / manifest.CLEAN / output
        if path.suffix != ".gz":
            return path
        (number,) = self._index.execute("SELECT min(num) FROM documents WHERE output = ?", (output,)).fetchone()
        plain = self._folder / f"{number}.jsonl"
        if not plain.exists():
            with gzip.open(path) as packed, plain.open("wb") as file:
                shutil.copyfileobj(packed, file)
        return plain

    def _read(self, document: int) -> str:
        at, size = self._index.execute(
            "SELECT removals_at, removals_size FROM documents WHERE num = ?", (document,)
        ).fetchone()
        lines = self._slice(self._run / manifest.REMOVALS, at, size).splitlines() if size else []
        pieces = [(removal["start"], removal["text"]) for removal in map(orjson.loads, lines)]
        return mend(self.cleaned(document), pieces)

    def _slice(self, path: Path, at: int, size: int) -> bytes:
        file = self._files.get(str(path))
        if file is None:
            if len(self._files) >= _CACHED:
                self._files.pop(next(iter(self._files))).close()
            file = self._files[str(path)] = path.open("rb")
        file.seek(at)
        return file.read(size)

    def close(self) -> None:
        for file in self._files.values():
            file.close()
        self._files.clear()
