"""Work that goes on behind the answers, in pieces: between two of them others have their turn."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator

from ..decisions.log import StaleError
from ..errors import UnechoError

_PAUSE = 0.001
"""Seconds in which whoever waits takes the lock, which is not handed on by itself."""


class Slowly:
    """Runs ``work``, which yields the share that is done, each piece with the lock held."""

    def __init__(self, work: Iterator[float], lock: threading.Lock) -> None:
        self._work, self._lock = work, lock
        self.done = 0.0
        self.problem = ""
        """Why it failed; empty while it did not."""
        self._thread = threading.Thread(target=self._run, name="unecho-batch")
        self._thread.start()

    @property
    def running(self) -> bool:
        return self._thread.is_alive()

    def wait(self) -> None:
        """Until it is done."""
        self._thread.join()

    def _run(self) -> None:
        try:
            while True:
                with self._lock:
                    self.done = next(self._work)
                time.sleep(_PAUSE)
        except StopIteration:
            return
        except StaleError:
            self.problem = "Somebody else decided at the same moment: nothing was written. Decide again."
        except UnechoError as error:
            self.problem = f"Nothing was written: {error}: {error.hint}"
