"""The bytes of documents, file by file and line by line, never more in memory than one document or a block."""

from __future__ import annotations

import codecs
import gzip
import os
import stat
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from ..errors import UnreadableError
from ..model import Raw, Skipped, Source
from .reasons import kind_of, plain

MB = 1_000_000
"""Bytes of a megabyte, as in ``--max-document-mb``."""

_BLOCK = 1 << 20
_NEWLINE = ord("\n")


@dataclass(frozen=True, slots=True)
class Lines:
    """Whole lines of a JSONL file that were not looked at yet."""

    source: Source
    row: int
    """0-based number of the first."""
    size: int
    """Bytes they have."""
    place: int | None
    """Where they begin in the file, if they can be read again there."""
    data: bytes | None

    def __reduce__(self) -> tuple[Any, ...]:
        """Another process reads them again where it can: to send them costs more."""
        return Lines, (self.source, self.row, self.size, self.place, self.data if self.place is None else None)

    def documents(self, limit: int) -> Iterator[Raw | Skipped]:
        """Each line that is not blank. ``limit``: as of ``read``."""
        data = self.content()
        if isinstance(data, Skipped):
            yield data
            return
        for row, line in enumerate(data.split(b"\n"), self.row):
            if found := self.document(row, line, limit):
                yield found

    def document(self, row: int, line: bytes, limit: int) -> Raw | Skipped | None:
        """A line of them, if it is not blank."""
        if len(line) > limit:
            return _skipped_line(self.source, row, limit)
        return Raw(self.source, row, line.removesuffix(b"\r")) if line and not line.isspace() else None

    def content(self) -> bytes | Skipped:
        """The bytes of all of them."""
        try:
            return self._read() if self.data is None else self.data
        except (OSError, UnreadableError) as error:
            return _skipped(self.source, plain(error) if isinstance(error, OSError) else str(error))

    def _read(self) -> bytes:
        with _Plain(self.source.path) as file:
            data = file.read_at(self.place or 0, self.size)
        if len(data) < self.size:
            raise UnreadableError("changed while it was read")
        return data


def read(source: Source, limit: int) -> Iterator[Raw | Skipped]:
    """The documents of a file as bytes, in order: the file, or each line of a JSONL file that is not blank.

    ``limit``: bytes a document may have (after decompression); larger ones are skipped without being held
    in memory. What cannot be read is a `Skipped` with the reason; nothing is raised for it.
    """
    for part in parts(source, limit):
        if isinstance(part, Lines):
            yield from part.documents(limit)
        else:
            yield part


def parts(source: Source, limit: int) -> Iterator[Raw | Lines | Skipped]:
    """``read`` with the lines of JSONL files many together, to be taken apart by who works on them."""
    try:
        with _open(source) as file:
            if source.format == "jsonl":
                yield from _lines(source, file, limit)
            else:
                yield _whole(source, file, limit)
    except EOFError:
        yield _skipped(source, "the compressed data ends too early")
    except OSError as error:
        yield _skipped(source, plain(error))
    except UnreadableError as error:
        yield _skipped(source, str(error))


class _Plain:
    """A file read with the system's own calls: for small files much of the time is Python's layers."""

    def __init__(self, path: Path) -> None:
        # O_NONBLOCK: a pipe that took the file's place must not hang the run.
        flags = os.O_RDONLY | getattr(os, "O_BINARY", 0) | getattr(os, "O_NONBLOCK", 0)
        self.fd = os.open(path, flags)
        status = os.fstat(self.fd)
        self.size = status.st_size
        if not stat.S_ISREG(status.st_mode):
            os.close(self.fd)
            raise UnreadableError(kind_of(status.st_mode) + ", not a file")

    def __enter__(self) -> _Plain:
        return self

    def __exit__(self, *_: object) -> None:
        os.close(self.fd)

    def read(self, size: int) -> bytes:
        return os.read(self.fd, size)

    def read_at(self, place: int, size: int) -> bytes:
        os.lseek(self.fd, place, os.SEEK_SET)
        parts = []
        while size and (part := self.read(size)):
            parts.append(part)
            size -= len(part)
        return parts[0] if len(parts) == 1 else b"".join(parts)


class _Gzip:
    """A gzip file; `read` gives what there is, so that data before a break is not lost."""

    size = 0  # not known before it is read

    def __init__(self, path: Path) -> None:
        self.plain = _Plain(path)
        self.raw = os.fdopen(self.plain.fd, "rb", closefd=False)
        self.file = gzip.GzipFile(fileobj=self.raw)

    def __enter__(self) -> _Gzip:
        return self

    def __exit__(self, *_: object) -> None:
        self.file.close()
        self.raw.close()
        self.plain.__exit__()

    def read(self, size: int) -> bytes:
        try:
            return self.file.read1(size)
        except gzip.BadGzipFile:
            raise UnreadableError("not gzip, or followed by something that is not") from None
        except zlib.error:
            raise UnreadableError("the compressed data is damaged") from None


def _open(source: Source) -> _Plain | _Gzip:
    return _Gzip(source.path) if source.compressed else _Plain(source.path)


def _whole(source: Source, file: _Plain | _Gzip, limit: int) -> Raw | Skipped:
    size = file.size
    if size > limit:
        return _skipped(source, _too_large(limit))
    first = file.read(min(size, limit) + 1)
    if 0 < size == len(first):  # the usual case: one call gave it all
        return Raw(source, None, first)
    parts, total = [first], len(first)
    while total <= limit and (block := file.read(_BLOCK)):
        parts.append(block)
        total += len(block)
    if total > limit:
        return _skipped(source, _too_large(limit))
    return Raw(source, None, b"".join(parts))


def _lines(source: Source, file: _Plain | _Gzip, limit: int) -> Iterator[Lines | Skipped]:
    row = 0
    held: list[bytes] = []  # the beginning of a line whose end is in a later block; nothing of one that is too large
    size = 0
    for place, block in _utf8_blocks(file):
        begin, end = 0, block.rfind(b"\n") + 1
        if end and size > limit:
            yield _skipped_line(source, row, limit)
            row, size, begin = row + 1, 0, block.index(b"\n") + 1
        if end > begin:
            data = b"".join((*held, memoryview(block)[begin:end]))
            yield Lines(source, row, len(data), None if place is None else place + begin - size, data)
            # numpy counts five times as fast as Python.
            row += int(np.count_nonzero(np.frombuffer(data, np.uint8) == _NEWLINE))
        if end:
            held, size = [], 0
        size += len(block) - end
        held = [*held, block[end:]] if size <= limit else []
    if size > limit:
        yield _skipped_line(source, row, limit)
    elif size:
        yield Lines(source, row, size, None, b"".join(held))


def _utf8_blocks(file: _Plain | _Gzip) -> Iterator[tuple[int | None, bytes]]:
    """The file in blocks, without a UTF-8 mark, and where each begins if it lies in the file as it is; UTF-16 and
    UTF-32 with a mark become UTF-8."""
    block = file.read(_BLOCK)
    while 0 < len(block) < 4 and (more := file.read(_BLOCK)):
        block += more
    decoder, place = None, 0
    if block.startswith((codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)):
        decoder = codecs.getincrementaldecoder("utf-32")("replace")
    elif block.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        decoder = codecs.getincrementaldecoder("utf-16")("replace")
    elif block.startswith(codecs.BOM_UTF8):
        block, place = block[3:], 3
    while block:
        as_it_is = decoder is None and isinstance(file, _Plain)
        yield place if as_it_is else None, decoder.decode(block).encode() if decoder else block
        place += len(block)
        block = file.read(_BLOCK)
    if decoder:
        yield None, decoder.decode(b"", True).encode()


def _too_large(limit: int) -> str:
    return f"larger than {limit / MB:g} MB (--max-document-mb)"


def _skipped(source: Source, reason: str) -> Skipped:
    return Skipped(source.name, source.name, reason)


def _skipped_line(source: Source, row: int, limit: int) -> Skipped:
    return Skipped(f"{source.name}#{row + 1}", source.name, _too_large(limit), row)
