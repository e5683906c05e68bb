"""Texts on disk, so that memory does not grow with the corpus: appended in reading order, read by number."""

from __future__ import annotations

import os
import tempfile
import threading
import weakref
from collections import OrderedDict
from collections.abc import Iterable, Sequence
from itertools import accumulate, islice
from types import TracebackType

from .columns import forget

_CACHED = 64  # texts kept in memory: those that are being compared with one another
_BUFFER = 1_000_000  # bytes that are written at a time


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

    def several(self, numbers: Sequence[int]) -> list[bytes]:
        """The byte strings with these numbers; those that lie side by side are read at once. Raises IndexError."""
        found, ends = list[bytes](), self._ends
        at = 0
        while at < len(numbers):
            first = numbers[at]
            count = 1
            while at + count < len(numbers) and numbers[at + count] == first + count:
                count += 1
            at += count
            begin = ends[first]
            data = self._between(begin, ends[first + count])
            if count == 1:
                found.append(data)
            else:
                found += (data[ends[n] - begin : ends[n + 1] - begin] for n in range(first, first + count))
        return found

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
