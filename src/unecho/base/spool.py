"""Texts on disk, so that memory does not grow with the corpus: appended in reading order, read by number."""

from __future__ import annotations

import tempfile
import threading
import weakref
from collections import OrderedDict
from types import TracebackType

from .columns import forget

_CACHED = 64  # texts kept in memory: those that are being compared with one another


class Spool:
    """A temporary file of byte strings. ``close()`` gives the space back, and so does forgetting the spool."""

    def __init__(self) -> None:
        self._file = tempfile.TemporaryFile(prefix="unecho-")  # noqa: SIM115  closed by close()
        self.close = weakref.finalize(self, forget, self._file)
        self._ends = [0]
        self._at_end = True
        self._cache: OrderedDict[int, str] = OrderedDict()
        self._lock = threading.RLock()  # texts are read by several threads

    def __len__(self) -> int:
        return len(self._ends) - 1

    def append(self, data: bytes) -> None:
        if not self._at_end:  # to seek writes the buffer out, wherever it leads
            self._file.seek(self._ends[-1])
            self._at_end = True
        self._file.write(data)
        self._ends.append(self._ends[-1] + len(data))

    def append_text(self, text: str) -> None:
        self.append(text.encode("utf-8", "surrogatepass"))

    def size(self, number: int) -> int:
        """Bytes of the string with this number. Raises IndexError."""
        return self._ends[number + 1] - self._ends[number]

    def data(self, number: int) -> bytes:
        """The byte string with this number. Raises IndexError."""
        with self._lock:
            self._file.seek(self._ends[number])
            self._at_end = False
            return self._file.read(self._ends[number + 1] - self._ends[number])

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
