"""The bytes of documents, file by file and line by line, never more in memory than one document."""

from __future__ import annotations

import codecs
import gzip
import os
import stat
import zlib
from collections.abc import Iterator
from pathlib import Path

from ..errors import UnreadableError
from ..model import Raw, Skipped, Source
from .reasons import kind_of, plain

MB = 1_000_000
"""Bytes of a megabyte, as in ``--max-document-mb``."""

_BLOCK = 1 << 20


def read(source: Source, limit: int) -> Iterator[Raw | Skipped]:
    """The documents of a file as bytes, in order: the file, or each line of a JSONL file that is not blank.

    ``limit``: bytes a document may have (after decompression); larger ones are skipped without being held
    in memory. What cannot be read is a `Skipped` with the reason; nothing is raised for it.
    """
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


def _lines(source: Source, file: _Plain | _Gzip, limit: int) -> Iterator[Raw | Skipped]:
    row = 0
    held: list[bytes] = []  # the beginning of a line whose end is in a later block
    size = 0
    for block in _utf8_blocks(file):
        *ended, rest = block.split(b"\n")
        for piece in ended:
            if held:
                size += len(piece)
                line = b"".join([*held, piece]) if size <= limit else b""
                held = []
            else:
                size, line = len(piece), piece
            yield from _line(source, row, line, size, limit)
            row += 1
        if rest:
            size = size + len(rest) if held else len(rest)
            held = [*held, rest] if size <= limit else [b""]
    if held:
        yield from _line(source, row, b"".join(held), size, limit)


def _line(source: Source, row: int, line: bytes, size: int, limit: int) -> Iterator[Raw | Skipped]:
    if size > limit:
        yield Skipped(f"{source.name}#{row + 1}", source.name, _too_large(limit), row)
        return
    if line.endswith(b"\r"):
        line = line[:-1]
    if line and not line.isspace():
        yield Raw(source, row, line)


def _utf8_blocks(file: _Plain | _Gzip) -> Iterator[bytes]:
    """The file in blocks, without a UTF-8 mark; UTF-16 and UTF-32 with a mark become UTF-8."""
    block = file.read(_BLOCK)
    while 0 < len(block) < 4 and (more := file.read(_BLOCK)):
        block += more
    decoder = None
    if block.startswith((codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)):
        decoder = codecs.getincrementaldecoder("utf-32")("replace")
    elif block.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        decoder = codecs.getincrementaldecoder("utf-16")("replace")
    elif block.startswith(codecs.BOM_UTF8):
        block = block[3:]
    while block:
        yield decoder.decode(block).encode() if decoder else block
        block = file.read(_BLOCK)
    if decoder:
        yield decoder.decode(b"", True).encode()


def _too_large(limit: int) -> str:
    return f"larger than {limit / MB:g} MB (--max-document-mb)"


def _skipped(source: Source, reason: str) -> Skipped:
    return Skipped(source.name, source.name, reason)
