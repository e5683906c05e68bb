"""Compiled loops over columns, for large inputs. Each has a plain twin in the module that calls it, which
gives the same result bit for bit and serves small inputs, so that those never wait for numba.

No kernel makes a Python object, and all release the interpreter's lock: threads may share the work.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Final, TypeVar

import numba
import numpy as np
from numpy.typing import NDArray

from .columns import Hashes, Ints

F = TypeVar("F", bound=Callable[..., Any])
Bytes = NDArray[np.uint8]
Words = NDArray[np.uint32]

INNER, ALONE, ENDS, DROPPED, MARKED = (np.uint8(1 << bit) for bit in range(5))
"""Roles of characters, as bits. INNER: part of a word. ALONE: its own token. DROPPED: passed over. None of
these: separates. ENDS: what follows may open a sentence. MARKED: marks the token it is part of."""
BLOCK: Final = 256
"""Code points in a block of the tables of characters."""
SHARES: Final = 8
"""Parts of the work per thread, so that none waits long for the slowest."""

_STEP = 8  # shingles signed in one pass over the permutations


# ---- compiling --------------------------------------------------------------------------------------


def cache_folder() -> Path | None:
    """Where compiled code is kept: $NUMBA_CACHE_DIR, else in the user's cache folder; None if neither is writable.

    Left to itself numba raises on import where neither HOME nor the package's folder is writable.
    """
    own = os.environ.get("XDG_CACHE_HOME") or Path("~/.cache").expanduser()
    folders = [Path(os.environ["NUMBA_CACHE_DIR"])] if os.environ.get("NUMBA_CACHE_DIR") else []
    return next(filter(_is_writable, [*folders, Path(own, "unecho", "kernels")]), None)


def _is_writable(folder: Path) -> bool:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        probe = folder / f".probe-{os.getpid()}"
        probe.touch()
        probe.unlink()
    except OSError:
        return False
    return True


_FOLDER: Final = cache_folder()


def is_cached() -> bool:
    """Whether these kernels were compiled before, as far as the files in the cache show."""
    source = Path(__file__).stat().st_mtime
    return _FOLDER is not None and any(path.stat().st_mtime > source for path in _FOLDER.rglob("kernels.*.nbi"))


def _compiled(function: F) -> F:
    """numba's compiler, with our cache folder for the time of this call: other users of numba keep theirs."""
    before, numba.config.CACHE_DIR = numba.config.CACHE_DIR, str(_FOLDER or "")
    try:
        result: F = numba.njit(nogil=True, error_model="numpy", cache=_FOLDER is not None)(function)
    finally:
        numba.config.CACHE_DIR = before
    return result


def _part(function: F) -> F:
    """For the small functions that kernels are made of."""
    result: F = numba.njit(nogil=True, error_model="numpy", inline="always")(function)
    return result


def spread(work: Callable[[int, int], None], weights: Ints, workers: int) -> None:
    """Call ``work(first, end)`` on runs of rows of about equal weight, in threads when there are several.

    ``weights``: int64, running sums, one longer than the rows.
    """
    shares = SHARES * workers if workers > 1 else 1
    goals = np.linspace(weights[0], weights[-1], shares + 1)[1:-1]
    edges = np.unique(np.concatenate([[0], np.searchsorted(weights, goals), [len(weights) - 1]])).tolist()
    if len(edges) < 3:
        work(0, len(weights) - 1)
        return
    with ThreadPoolExecutor(workers) as pool:
        for done in [pool.submit(work, *edge) for edge in zip(edges, edges[1:], strict=False)]:
            done.result()


def warm() -> None:
    """Compile every kernel, or load it from the cache, by calling it on next to nothing."""
    hashes, offsets, counts = np.ones(8, np.uint64), np.array([0, 8], np.int64), np.array([3], np.int64)
    text, table, index = np.full(8, 32, np.uint8), np.zeros(BLOCK, np.uint8), np.zeros(1, np.int64)
    columns = np.empty(8, np.uint64), np.empty(8, np.int64), np.empty(8, np.int64), np.empty(8, np.uint8)
    tokens(text, counts, index, table, table, columns[0], columns[0], *columns, offsets.copy(), *np.zeros(2, np.uint8))
    shingle_sets(hashes, offsets, counts, offsets, np.uint64(3), hashes.copy(), counts.copy())
    close_up(hashes.copy(), offsets, counts)
    fingerprints(hashes, offsets, np.uint64(3), np.ones(2, np.uint64), np.empty((1, 2), np.uint64))
    rows = np.empty((1, 4), np.uint32)
    signatures(hashes, offsets, rows[0].copy(), rows[0].copy(), rows)
    band_keys(rows, 2, np.uint64(3), np.empty((2, 1), np.uint32))
    intersections(hashes, offsets, np.zeros((1, 2), np.int64), counts.copy())


# ---- hashing ----------------------------------------------------------------------------------------


@_part
def _mix64(value: np.uint64) -> np.uint64:
    """``columns.mix64`` of one value."""
    value ^= value >> np.uint64(33)
    value *= np.uint64(0xFF51AFD7ED558CCD)
    value ^= value >> np.uint64(33)
    value *= np.uint64(0xC4CEB9FE1A85EC53)
    return value ^ (value >> np.uint64(33))


@_part
def _mix32(value: np.uint64) -> np.uint32:
    """The finalizer of MurmurHash3 for 32 bits (Appleby), applied to the upper half of a hash."""
    # numba widens every operation to 64 bits; narrowing each result lets the compiler undo that.
    mixed = np.uint32(value >> np.uint64(32))
    mixed = np.uint32(mixed ^ (mixed >> np.uint32(16)))
    mixed = np.uint32(mixed * np.uint32(0x85EBCA6B))
    mixed = np.uint32(mixed ^ (mixed >> np.uint32(13)))
    mixed = np.uint32(mixed * np.uint32(0xC2B2AE35))
    return np.uint32(mixed ^ (mixed >> np.uint32(16)))


# ---- tokens -----------------------------------------------------------------------------------------


@_part
def _decoded(text: Bytes, at: int) -> tuple[int, int]:
    """(code point, bytes) of the character that begins at a place of UTF-8 text."""
    lead = np.int64(text[at])
    if lead < 0x80:
        return lead, 1
    second = np.int64(text[at + 1]) & 63
    if lead < 0xE0:
        return (lead & 31) << 6 | second, 2
    third = np.int64(text[at + 2]) & 63
    if lead < 0xF0:
        return (lead & 15) << 12 | second << 6 | third, 3
    return (lead & 7) << 18 | second << 12 | third << 6 | (np.int64(text[at + 3]) & 63), 4


@_compiled
def tokens(
    text: Bytes, lengths: Ints, index: Ints, roles: Bytes, flags: Bytes, values: Hashes, powers: Hashes,
    hashes: Hashes, starts: Ints, ends: Ints, kinds: Bytes, offsets: Ints, marked: np.uint8, opening: np.uint8,
) -> int:  # fmt: skip
    """Tokens of texts that lie one after another in UTF-8, with one more byte after each; returns their number.

    lengths: characters of each text. index: for every block of ``BLOCK`` code points, where it begins in the
    tables; roles, flags, values (hash of the folded form) and powers (what a hash is multiplied by before the
    character is added) are the tables, with ASCII at their beginning. hashes, starts, ends (characters),
    kinds and offsets (one longer than the texts) are written. marked, opening: the flags of tokens with a
    MARKED character, and at the beginning of a text or behind an ENDS.
    """
    at = count = 0
    for number in range(len(lengths)):
        offsets[number] = count
        first, stop = at, at + lengths[number]  # both move on by the bytes that a character is longer than one
        pending = opening
        while at < stop:
            point, size = _decoded(text, at)
            place = index[point >> 8] + (point & 255)
            role = roles[place]
            if not role & (INNER | ALONE):
                if role & ENDS:
                    pending = opening
                at, first, stop = at + size, first + size - 1, stop + size - 1
                continue
            starts[count] = at - first
            value, kind, seen = values[place], flags[place] | pending, role
            pending = np.uint8(0)
            at, first, stop = at + size, first + size - 1, stop + size - 1
            end = at
            while seen & INNER and at < stop:
                if text[at] < 0x80:  # ASCII, of which nothing is dropped and nothing folds to more than one
                    role = roles[text[at]]
                    if not role & INNER:
                        break
                    value = value * powers[text[at]] + values[text[at]]
                    seen |= role
                    at += 1
                    end = at
                    continue
                point, size = _decoded(text, at)
                place = index[point >> 8] + (point & 255)
                role = roles[place]
                if not role & (INNER | DROPPED):
                    break
                at, first, stop = at + size, first + size - 1, stop + size - 1
                if role & INNER:
                    value = value * powers[place] + values[place]
                    seen |= role
                    end = at
            ends[count] = end - first
            kinds[count] = kind | marked if seen & MARKED else kind
            hashes[count] = _mix64(value)
            count += 1
        at += 1
    offsets[len(lengths)] = count
    return count
