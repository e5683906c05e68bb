"""What would never end is ended: work is given a minute of the processor where it takes a fraction of a second.

How long it takes is for the benchmarks; what is caught here is work that grows with the square of the input or worse.
"""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

_LIMIT = 60.0
"""Seconds of this process's own, however busy the machine is. One call into C that does not return is not stopped
before it does: it fails late."""


@contextmanager
def ends() -> Iterator[None]:
    """Fail what has not ended within the limit."""

    def fail(_signal: int, _frame: FrameType | None) -> None:
        raise AssertionError(f"not at an end after {_LIMIT:.0f} seconds of the processor")

    before = signal.signal(signal.SIGVTALRM, fail)
    signal.setitimer(signal.ITIMER_VIRTUAL, _LIMIT)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)
