"""Texts on disk, so that memory does not grow with the corpus: appended in reading order, read by number."""

from __future__ import annotations

import mmap
import os
import tempfile
import threading
import weakref
from collections import OrderedDict
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from itertools import accumulate, islice
from pathlib import Path
from types import TracebackType
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from .columns import Ints, Mask, forget, offsets_of

_CACHED = 64  # texts kept in memory: those that are being compared with one another
_BUFFER = 1_000_000  # bytes that are written at a time


class Encoded(NamedTuple):
    """Texts in UTF-8, lone surrogates passed: text i is data[begin[i]:end[i]] (uint8, int64). plain: bool, which are
    ASCII."""

    data: NDArray[np.uint8]
    begin: Ints
    end: Ints
    plain: Mask

    @classmethod
    def of(cls, texts: Sequence[str]) -> Encoded:
        """These texts, end to end."""
        written = [text.encode("utf-8", "surrogatepass") for text in texts]
        edges = offsets_of(np.array(list(map(len, written)), np.int64))
        plain = np.array([text.isascii() for text in texts], np.bool_)
        return cls(np.frombuffer(b"".join(written), np.uint8), edges[:-1], edges[1:], plain)


_Span = tuple[int, int]
"""Where a byte string begins, and where it ends."""


class Spool:
    """A temporary file of byte strings. ``close()`` gives the space back, and so does forgetting the spool."""

    def __init__(self) -> None:
        self._file = tempfile.TemporaryFile(prefix="unecho-", buffering=0)  # noqa: SIM115  closed by close()
        self.close = weakref.finalize(self, forget, self._file)
        self._ends = [0]
        self._waiting: list[bytes] = []
        self._written = 0
        self._cache: OrderedDict[int, str] = OrderedDict()
        self._lock = threading.RLock()  # texts are read by several threads

    def __len__(self) -> int:
        return len(self._ends) - 1

    @property
    def total(self) -> int:
        """Bytes of all of them."""
        return self._ends[-1]

    def append(self, data: bytes) -> None:
        self._ends.append(self._ends[-1] + len(data))
        self._add(data)

    def extend(self, data: bytes, sizes: Iterable[int]) -> None:
        """Append byte strings that lie end to end."""
        self._ends += islice(accumulate(sizes, initial=self._ends[-1]), 1, None)
        self._add(data)

    def _add(self, data: bytes) -> None:
        self._waiting.append(data)
        if self._ends[-1] - self._written >= _BUFFER:
            self._write()

    def _write(self) -> None:
        """Write what waits."""
        if not self._waiting:
            return
        data = memoryview(self._waiting[0] if len(self._waiting) == 1 else b"".join(self._waiting))
        self._waiting.clear()
        self._file.seek(self._written)
        self._written += len(data)
        while data:  # a signal may come in between
            data = data[self._file.write(data) :]

    def append_text(self, text: str) -> None:
        self.append(text.encode("utf-8", "surrogatepass"))

    def size(self, number: int) -> int:
        """Bytes of the string with this number. Raises IndexError."""
        return self._ends[number + 1] - self._ends[number]

    def data(self, number: int) -> bytes:
        """The byte string with this number. Raises IndexError."""
        return self._between(self._ends[number], self._ends[number + 1])

    def _between(self, begin: int, end: int) -> bytes:
        with self._lock:
            if end > self._written:
                self._write()
            if hasattr(os, "pread"):
                return os.pread(self._file.fileno(), end - begin, begin)
            self._file.seek(begin)
            return self._file.read(end - begin)

    def several(self, numbers: Iterable[int]) -> list[bytes]:
        """The byte strings with these numbers; those that lie side by side are read at once. Raises IndexError."""
        return _each(self._between, self._spans(numbers))

    def reader(self, numbers: Iterable[int]) -> Callable[[], list[bytes]]:
        """What gives ``several`` in any process: each reads them itself where the system has a name for a file that is
        open, as to send them costs more. Raises IndexError."""
        path = Path(f"/proc/{os.getpid()}/fd/{self._file.fileno()}")
        if not os.access(path, os.R_OK):
            return partial(list[bytes], self.several(numbers))
        with self._lock:
            self._write()
        return partial(_read, path, self._spans(numbers))

    def _spans(self, numbers: Iterable[int]) -> list[_Span]:
        return [(self._ends[number], self._ends[number + 1]) for number in numbers]

    def encoded(self, numbers: Sequence[int], chars: Sequence[int]) -> Encoded:
        """The texts with these numbers, mapped to memory: for few characters of many texts. ``chars``: how many each
        has."""
        with self._lock:
            self._write()
            data = np.zeros(0, np.uint8)
            if self._written:  # nothing cannot be mapped
                mapped = mmap.mmap(self._file.fileno(), self._written, access=mmap.ACCESS_READ)
                data = np.frombuffer(mapped, np.uint8)
            edges, which = np.array(self._ends, np.int64), np.array(numbers, np.int64)
        begin, end = edges[which], edges[which + 1]
        return Encoded(data, begin, end, end - begin == np.array(chars, np.int64))

    def text(self, number: int) -> str:
        """The text with this number; the last few are kept decoded."""
        with self._lock:
            if number in self._cache:
                self._cache.move_to_end(number)
                return self._cache[number]
            text = self.data(number).decode("utf-8", "surrogatepass")
            self._cache[number] = text
            if len(self._cache) > _CACHED:
                self._cache.popitem(last=False)
            return text

    def __enter__(self) -> Spool:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _each(read: Callable[[int, int], bytes], spans: Sequence[_Span]) -> list[bytes]:
    """The byte strings in these spans. ``read``: what lies between two places."""
    found: list[bytes] = []
    first = 0
    while first < len(spans):
        begin, end = spans[first]
        behind = first + 1
        while behind < len(spans) and spans[behind][0] == end:
            end = spans[behind][1]
            behind += 1
        data = read(begin, end)
        found += [data[start - begin : stop - begin] for start, stop in spans[first:behind]]
        first = behind
    return found


def _read(path: Path, spans: Sequence[_Span]) -> list[bytes]:
    """The byte strings in these spans of a file."""
    with path.open("rb", buffering=0) as file:
        return _each(lambda begin, end: os.pread(file.fileno(), end - begin, begin), spans)
