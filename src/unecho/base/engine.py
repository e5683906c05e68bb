"""Work spread over processes: results come back in the order of the input, whoever was faster."""

from __future__ import annotations

import gc
import os
import signal
import sys
import threading
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from itertools import chain
from multiprocessing import get_context, parent_process
from multiprocessing.connection import wait
from typing import Any, TypeVar

from ..errors import RunError

T = TypeVar("T")
R = TypeVar("R")

BATCH_BYTES = 2_000_000
"""Input that one process takes at a time."""
SMALL = 4
"""Batches below which starting processes costs more than it saves."""


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


def ordered_map(function: Callable[[T], R], items: Iterable[T], workers: int) -> Generator[R, None, None]:
    """``map`` over processes, in order, with few items in flight.

    The first items are done in this process: small inputs never wait for others to start. ``function`` and
    the items must be picklable. On an interrupt the processes are stopped at once.
    """
    source = iter(items)
    ahead: list[T] = []
    for item in source:
        ahead.append(item)
        if len(ahead) > SMALL and workers > 1:
            break
        if workers == 1:
            yield function(ahead.pop())
    if len(ahead) <= SMALL:
        yield from map(function, ahead)
        return
    yield from _spread(function, ahead, source, workers)


def _spread(function: Callable[[T], R], ahead: list[T], source: Iterator[T], workers: int) -> Iterator[R]:
    pool = ProcessPoolExecutor(workers, get_context("spawn"), initializer=_obey_parent)
    # All processes start before the thread that watches them: one started while another is found dead would be
    # neither ended nor waited for, and both the thread and that process would end with a traceback.
    pool._safe_to_dynamically_spawn_children = False  # type: ignore[attr-defined]
    waiting: deque[Future[R]] = deque()
    try:
        for item in chain(ahead, source):
            with _main_unknown(), _interrupts_wait():
                waiting.append(pool.submit(function, item))
            if len(waiting) > 2 * workers:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
    except BrokenProcessPool:
        raise RunError(
            "a process of this run was ended from outside, as systems do that run out of memory",
            "give fewer --workers, or split the input",
        ) from None
    except BaseException:
        for process in list((pool._processes or {}).values()):
            process.terminate()
        raise
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


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


@contextmanager
def _interrupts_wait() -> Iterator[None]:
    """Ctrl-C counts only after this: a process that is half started can be neither used nor ended. Processes that start
    meanwhile do not hear of it before they can ignore it."""
    if threading.current_thread() is not threading.main_thread():
        yield  # no other thread is interrupted
        return
    came: list[int] = []
    before = signal.signal(signal.SIGINT, lambda number, _: came.append(number))
    mask = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT}) if hasattr(signal, "pthread_sigmask") else None
    try:
        yield
    finally:
        if mask is not None:
            signal.pthread_sigmask(signal.SIG_SETMASK, mask)
        signal.signal(signal.SIGINT, signal.SIG_DFL if before is None else before)
        if came:
            signal.raise_signal(signal.SIGINT)


def _obey_parent() -> None:
    """Ctrl-C is the main process's affair, which stops the others; when it is killed, they end by themselves."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if hasattr(signal, "pthread_sigmask"):
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})  # it was blocked when this process was started
    parent = parent_process()
    if parent is not None:
        threading.Thread(target=_end_with, args=(parent.sentinel,), daemon=True).start()


def _end_with(sentinel: int) -> None:
    # A pool's processes hold both ends of the pipe their work comes through: they would wait for ever.
    wait([sentinel])
    os._exit(1)
