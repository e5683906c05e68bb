"""Work spread over processes: results come back in the order of the input, whoever was faster."""

from __future__ import annotations

import atexit
import gc
import os
import pickle
import shutil
import signal
import sys
import threading
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import ExitStack, contextmanager, suppress
from functools import lru_cache
from itertools import chain, islice
from multiprocessing import get_context, parent_process
from multiprocessing.connection import wait
from pathlib import Path
from tempfile import TemporaryDirectory, mkstemp
from threading import Event, Semaphore
from types import TracebackType
from typing import Any, Generic, TypeVar

from ..errors import RunError
from .columns import beside
from .interrupts import interrupts_wait

T = TypeVar("T")
R = TypeVar("R")

BATCH_BYTES = 2_000_000
"""Input that one process takes at a time."""
SMALL = 4
"""Batches below which starting processes costs more than it saves."""
_AHEAD = 8
"""Results that this process may make while it waits for an earlier one: a process takes the time of six to start."""
_MEANWHILE = 200
"""Results that the others may make where this one does something else first: they wait on disk."""
_TURN = 0.0003
"""Seconds that a thread may go on in Python while others wait."""


def workers_for(wanted: int) -> int:
    """Processes to use: as many as wanted, or one for each core this process may run on."""
    if wanted:
        return wanted
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def batches(items: Iterable[T], size: Callable[[T], int], limit: int = BATCH_BYTES) -> Iterator[list[T]]:
    """Items in order, in lists of about ``limit`` bytes."""
    batch: list[T] = []
    total = 0
    for item in items:
        batch.append(item)
        total += size(item) + 200
        if total >= limit:
            yield batch
            batch, total = [], 0
    if batch:
        yield batch


@contextmanager
def uncollected() -> Iterator[None]:
    """No search for garbage in cycles meanwhile: where many objects are made and no cycles, a fifth of the time goes
    into looking for them."""
    was, frozen = gc.isenabled(), gc.get_freeze_count()
    gc.disable()
    try:
        yield
    finally:
        if was:
            if not frozen:
                # What was made meanwhile counts as old now. Else the first search after this would go through all of
                # it, most of which is about to be forgotten.
                gc.freeze()
                gc.unfreeze()
            gc.enable()


@contextmanager
def quick_turns() -> Iterator[None]:
    """Threads take turns more often meanwhile: one that calls compiled code again and again, which runs beside others,
    would have to wait for its turn at each return, until whoever works in Python has had as long as five calls take."""
    was = sys.getswitchinterval()
    sys.setswitchinterval(_TURN)
    try:
        yield
    finally:
        sys.setswitchinterval(was)


def ordered_map(
    function: Callable[[T], R],
    items: Iterable[T],
    workers: int,
    apart: bool = False,
    meanwhile: Callable[[], None] | None = None,
) -> Generator[R, None, None]:
    """``Workers.map`` of processes that are ended after it."""
    with Workers(workers, apart) as processes:
        yield from processes.map(function, items, meanwhile)


class Workers:
    """Processes, this one among them, for what is worth several; they start when there is such work, and stay for more
    of it. A context manager, which ends them: at once where something went wrong.

    ``apart``: all is done in other processes, for what cannot be interrupted here or leaves too much behind.
    """

    def __init__(self, count: int, apart: bool = False) -> None:
        self.count = count
        self._here, self._others = not apart, count if apart else count - 1
        self._ends = ExitStack()
        self._pool: ProcessPoolExecutor | None = None
        self._folder = ""

    def __enter__(self) -> Workers:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._pool is not None and kind is not None:
            for process in list((self._pool._processes or {}).values()):
                process.terminate()
        self._ends.close()

    def start(self, load: Callable[[], object], size: int) -> None:
        """Where there will be work of ``size`` bytes, worth several processes, start them now, while something else is
        done here, or let them get ready for it. ``load``: loads what they will need; its module is loaded too."""
        if self.count > 1 and size > SMALL * BATCH_BYTES:
            with suppress(BrokenProcessPool):  # it is told once there is work
                for _ in range(self._others):
                    self._submit(load)

    def map(
        self, function: Callable[[T], R], items: Iterable[T], meanwhile: Callable[[], None] | None = None
    ) -> Generator[R, None, None]:
        """``map`` over the processes, in order, with few items in flight.

        The first items are done in this process: small inputs never wait for others to start. ``function`` and
        the items must be picklable. ``meanwhile``: what this process does first, while others start and do the first
        items, if there are any.
        """
        source = iter(items)
        ahead = list(islice(source, SMALL + 1)) if self.count > 1 else []
        if len(ahead) <= SMALL:
            if meanwhile is not None:
                meanwhile()
            yield from map(function, chain(ahead, source))
            return
        try:
            yield from self._spread(function, chain(ahead, source), meanwhile)
        except BrokenProcessPool:
            raise RunError(
                "a process of this run was ended from outside, as systems do that run out of memory",
                "give fewer --workers, or split the input",
            ) from None

    def _submit(self, function: Callable[..., T], *given: Any) -> Future[T]:
        """Have another process call a function."""
        with _main_unknown(), interrupts_wait():
            return self._started().submit(function, *given)

    def _started(self) -> ProcessPoolExecutor:
        if self._pool is None:
            self._folder = self._ends.enter_context(TemporaryDirectory(prefix="unecho-"))
            pool = ProcessPoolExecutor(
                self._others, get_context("spawn"), initializer=_obey_parent, initargs=(self._folder,)
            )
            # All processes start before the thread that watches them: one started while another is found dead would be
            # neither ended nor waited for, and both the thread and that process would end with a traceback.
            pool._safe_to_dynamically_spawn_children = False  # type: ignore[attr-defined]
            self._ends.callback(pool.shutdown, wait=True, cancel_futures=True)
            self._pool = pool
        return self._pool

    def _spread(
        self,
        function: Callable[[T], R],
        items: Iterator[T],
        meanwhile: Callable[[], None] | None,
    ) -> Generator[R, None, None]:
        """This process works too where it would only wait, unless all is done apart."""
        waiting: deque[_Here[R] | _There[R]] = deque()
        busy = 2 * self._others

        self._started()  # before its folder is asked for

        known = _written(function, self._folder)

        def send(item: T) -> _There[R]:
            waiting.append(there := _There[R](self._submit(_filed, known, item, self._folder), item))
            return there

        def are_busy() -> bool:
            return sum(not one.done() for one in waiting) >= busy

        if meanwhile is not None:
            _fed(send, islice(items, _MEANWHILE), busy, meanwhile)
        most = max(_AHEAD + busy, len(waiting))
        for item in items:
            while len(waiting) > most or (are_busy() and (waiting[0].done() or not self._here)):
                yield waiting.popleft().result()
            if are_busy():
                waiting.append(_Here(function(item)))
            else:
                send(item)
        while waiting:
            if self._here and not waiting[0].done() and (back := _taken_back(waiting)):
                waiting[back[0]] = _Here(function(back[1]))
            else:
                yield waiting.popleft().result()


def _fed(send: Callable[[T], _There[R]], items: Iterator[T], busy: int, meanwhile: Callable[[], None]) -> None:
    """Do something else, and meanwhile send item after item, so that ``busy`` of them are being made or wait for it:
    each is made ready only when there is room for it."""
    room, over = Semaphore(busy), Event()

    def feed() -> None:
        while room.acquire() and not over.is_set():
            for item in islice(items, 1):
                send(item).call_when_done(room.release)

    fed = beside(feed, True)
    try:
        meanwhile()
    finally:
        over.set()
        room.release()
    fed()


class _Here(Generic[R]):
    """What this process made."""

    def __init__(self, value: R) -> None:
        self._value = value

    def done(self) -> bool:
        return True

    def result(self) -> R:
        return self._value


class _There(Generic[R]):
    """What another process makes."""

    def __init__(self, future: Future[Path], item: Any) -> None:
        self._future, self.item = future, item
        self.call_when_done(self._forget)

    def _forget(self) -> None:
        self.item = None  # it may be large, and the result be waited for long

    def done(self) -> bool:
        return self._future.done()

    def call_when_done(self, tell: Callable[[], None]) -> None:
        self._future.add_done_callback(lambda _: tell())

    def is_taken_back(self) -> bool:
        """Take it back if nobody has begun with it; whether that was so. It forgets the item then."""
        return self._future.cancel()

    def result(self) -> R:
        found = self._future.result()
        with found.open("rb") as file:
            value: R = pickle.load(file)
        found.unlink()
        return value


def _taken_back(waiting: Sequence[_Here[R] | _There[R]]) -> tuple[int, Any] | None:
    """The place of the last item that no process has begun with, and the item, which now is nobody's; or None."""
    for place in range(len(waiting) - 1, -1, -1):
        one = waiting[place]
        if isinstance(one, _There) and (item := one.item) is not None and one.is_taken_back():
            return place, item
    return None


@lru_cache(maxsize=1)
def _function(path: Path) -> Callable[[Any], Any]:
    """What was written once for all items: the rules of the cleaner may hang on it."""
    with path.open("rb") as file:
        function: Callable[[Any], Any] = pickle.load(file)
    return function


def _filed(function: Path, item: Any, folder: str) -> Path:
    """Run in another process. The result comes back by a file: through a pipe what is large would come in a hundred
    pieces, and the thread that reads them would wait for its turn at each while the main one works."""
    return _written(_function(function)(item), folder)


def _written(value: Any, folder: str) -> Path:
    number, name = mkstemp(dir=folder)
    with os.fdopen(number, "wb") as file:
        pickle.dump(value, file, pickle.HIGHEST_PROTOCOL)  # what is large is written as it lies, and not copied first
    return Path(name)


@contextmanager
def _main_unknown() -> Iterator[None]:
    """New processes need nothing of the program that calls this package, and do not run it again: one that does
    without the guard ``if __name__ == "__main__"`` would start processes in each of them."""
    main: dict[str, Any] = sys.modules["__main__"].__dict__
    known: dict[str, Any] = {name: main.pop(name) for name in ("__file__", "__spec__") if name in main}
    main["__spec__"] = None
    try:
        yield
    finally:
        main.update(known)


def _obey_parent(folder: str) -> None:
    """Ctrl-C is the main process's affair, which stops the others; when it is killed, they end by themselves, and take
    away the folder of results. When they are done, they end at once, and do not give up piece by piece all that they
    have loaded."""
    atexit.register(os._exit, 0)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if hasattr(signal, "pthread_sigmask"):
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})  # it was blocked when this process was started
    parent = parent_process()
    if parent is not None:
        threading.Thread(target=_end_with, args=(parent.sentinel, folder), daemon=True).start()


def _end_with(sentinel: int, folder: str) -> None:
    # A pool's processes hold both ends of the pipe their work comes through: they would wait for ever.
    wait([sentinel])
    shutil.rmtree(folder, ignore_errors=True)
    os._exit(1)
