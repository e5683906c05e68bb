"""One field of a line of JSON exchanged for another text, and nothing else of the line touched."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
import orjson
from numpy.typing import NDArray

from ..base.columns import Ints

Edges = Sequence[tuple[int, int]]
"""Where lines begin and end."""

_HOLE = b"\0"
"""Stands for the text in a frame: no JSON holds it."""
MARK = "".join(chr(ord("a") + byte % 26) for byte in os.urandom(32))
"""Stands for the text in a record whose text was taken out before: no text is the same, but by a chance of 2^-128."""
_MARKED = b'"%b"' % MARK.encode()
_BETWEEN_LINES = b",%b," % _MARKED
_PLAIN = re.compile(rb"[^\s,\]}]+")
_BETWEEN = re.compile(rb"[\s,:]*")
_BRACKET = re.compile(rb'[{}\[\]"]')
_BACKSLASH = ord("\\")
_BIG_NUMBER = re.compile(rb"\d{19}")
_PLAIN_TYPES = frozenset((str, int, bool, type(None)))


def frame(line: str, field: str) -> str:
    """The line, which is JSON, without the text in ``field``: what ``filled`` gives back with any text, character for
    character.

    Raises ValueError when the line is not an object in which the field holds a text.
    """
    return frame_utf8(line.encode("utf-8", "surrogatepass"), field).decode("utf-8", "surrogatepass")


def frame_utf8(line: bytes, field: str) -> bytes:
    """``frame`` of a line in UTF-8."""
    start, end = _guessed_span(line, field) or _value_span(line, field)
    return line[:start] + _HOLE + line[end:]


class Parted(NamedTuple):
    """A line of JSON in UTF-8 without one of its texts."""

    text: bytes
    """In UTF-8."""
    frame: bytes
    """``frame_utf8`` of the line."""
    record: dict[str, Any]
    """The object in the line, ``MARK`` in the place of the text."""


class Texts(NamedTuple):
    """What the kernel makes of lines of JSON: of each the first text in a field, in UTF-8, and behind it the line
    without it, all one after another; of some neither. Zeros stand behind all. ends: int64, lines x 2."""

    data: NDArray[np.uint8]
    ends: Ints

    def edges(self) -> Ints:
        """Where each text begins and ends (int64, lines x 2)."""
        begins = np.append(np.int64(0), self.ends[:-1, 1])
        return np.stack([begins, self.ends[:, 0]], axis=1)

    def frames(self) -> list[bytes]:
        """What is left of each line; nothing if it has no text."""
        return [bytes(self.data.data[begin:end]) for begin, end in self.ends.tolist()]


def texts(data: bytes, edges: Edges, field: str) -> Texts:
    """``Texts`` of lines, of which it is told where each begins and ends. Those perhaps that are not of the outermost
    object: ``records`` tells. None is there where there is no sound one."""
    from ..compiled import record as kernels
    from ..compiled.vectors import BLOCK

    name = b'"%b"' % field.encode("utf-8", "surrogatepass")
    text = np.frombuffer(b"".join((data, bytes(BLOCK + len(name)))), np.uint8)
    out, ends = np.empty(len(text), np.uint8), np.empty((len(edges), 2), np.int64)
    places, column = np.array(edges, np.int64).reshape(-1, 2), np.frombuffer(name, np.uint8)
    kernels.texts(text, places, column, kernels.escapes(), out, ends)
    stop = int(ends.max(initial=0)) + BLOCK
    out[stop - BLOCK : stop] = 0
    return Texts(out[:stop], ends)


def parted(data: bytes, edges: Edges, field: str) -> list[Parted | None]:
    """Lines of JSON (where each begins and ends) without the text in a field; None for those that have to be looked
    at again, as there is no such text, or another one of the same name before it, or no JSON without loss."""
    found = texts(data, edges, field)
    frames = found.frames()
    values = iter(records(list(filter(None, frames)), field))
    return [
        Parted(bytes(found.data.data[begin:end]), frame, record)
        if frame and (record := next(values)) is not None
        else None
        for (begin, end), frame in zip(found.edges().tolist(), frames, strict=True)
    ]


def records(frames: Sequence[bytes], field: str) -> list[dict[str, Any] | None]:
    """The objects in lines of which only frames are left, ``MARK`` in the place of the text in a field; None if that
    was not the place of the text of this field, or for what is no object that orjson reads without loss."""
    values = _all_loaded(frames) or map(_loaded, frames)
    return [
        value if isinstance(value, dict) and value.get(field) == MARK and _is_lossless(value, frame) else None
        for value, frame in zip(values, frames, strict=True)
    ]


def _all_loaded(frames: Sequence[bytes]) -> list[Any]:
    """The values in lines, read at once; none if one of them is no JSON. No line can have in itself what is put behind
    each: so each holds one value if the list is made of values and marks in turn."""
    together = b"[%b,%b]" % (_BETWEEN_LINES.join(frames), _MARKED)
    if together.count(_HOLE) != len(frames):
        return []
    try:
        values: list[Any] = orjson.loads(together.replace(_HOLE, _MARKED))
    except orjson.JSONDecodeError:
        return []
    in_turn = len(values) == 2 * len(frames) and values[1::2] == [MARK] * len(frames)
    return values[::2] if in_turn else []


def _loaded(frame: bytes) -> Any:
    return loaded(frame.replace(_HOLE, _MARKED)) if frame.count(_HOLE) == 1 else None


def loaded(line: bytes) -> Any:
    """The value in a line of JSON; None where orjson cannot read it without loss."""
    try:
        value = orjson.loads(line)
    except orjson.JSONDecodeError:  # as for lone surrogates, and all that is not UTF-8
        return None
    return value if _is_lossless(value, line) else None


def _is_lossless(value: Any, line: bytes) -> bool:
    """Whether a line holds no integers beyond 64 bits, which orjson turns into floats: most records have neither floats
    nor other records in them."""
    plain = isinstance(value, dict) and _PLAIN_TYPES.issuperset(map(type, value.values()))
    return plain or not _BIG_NUMBER.search(line)


def filled(frame: str, text: str) -> str:
    """The line of a frame with this text."""
    return filled_utf8(frame.encode("utf-8", "surrogatepass"), text).decode("utf-8", "surrogatepass")


def filled_utf8(frame: bytes, text: str) -> bytes:
    """``filled`` of a frame that is UTF-8 already."""
    before, _, after = frame.partition(_HOLE)
    try:
        value = orjson.dumps(text)
    except orjson.JSONEncodeError:  # a lone surrogate, which UTF-8 does not have
        value = json.dumps(text, ensure_ascii=False).encode("utf-8", "surrogatepass")
    return b"".join((before, value, after))


@lru_cache(maxsize=64)
def _opening(field: str) -> re.Pattern[bytes]:
    """A field of this name that is spelt without escapes, up to the beginning of the text in it."""
    return re.compile(rb'"%b"\s*:\s*"' % re.escape(field.encode("utf-8", "surrogatepass")))


def _guessed_span(line: bytes, field: str) -> tuple[int, int] | None:
    """``_value_span`` of what looks like the field first, if it is that: without its text the parser finds none."""
    match = _opening(field).search(line)
    if match is None:
        return None
    start = match.end() - 1
    end = _string_end(line, start)
    try:
        rest = orjson.loads(b"".join((line[:start], b"null", line[end:])))
    except orjson.JSONDecodeError:
        return None
    return (start, end) if isinstance(rest, dict) and rest.get(field, "") is None else None


def _value_span(line: bytes, field: str) -> tuple[int, int]:
    """Where the value of a field of the outermost object lies; of several such fields the last, as parsers do."""
    found: tuple[int, int] | None = None
    wanted = b'"%b"' % field.encode("utf-8", "surrogatepass")
    at = _behind(_BETWEEN, line, 0)
    if line[at : at + 1] != b"{":
        raise ValueError("not an object")
    at = _behind(_BETWEEN, line, at + 1)
    while line[at : at + 1] == b'"':
        end_of_key = _string_end(line, at)
        key = line[at:end_of_key]
        at = _behind(_BETWEEN, line, end_of_key)
        end = _value_end(line, at)
        if key == wanted or (_BACKSLASH in key and json.loads(key.decode("utf-8", "surrogatepass")) == field):
            found = at, end
        at = _behind(_BETWEEN, line, end)
    if found is None:
        raise ValueError(f"no field '{field}'")
    return found


def _value_end(line: bytes, at: int) -> int:
    first = line[at : at + 1]
    if first == b'"':
        return _string_end(line, at)
    if first not in (b"{", b"["):
        return _behind(_PLAIN, line, at)
    depth = 0
    while True:
        at = _behind(_BRACKET, line, at, search=True)
        bracket = line[at - 1 : at]
        if bracket == b'"':
            at = _string_end(line, at - 1)
            continue
        depth += 1 if bracket in b"{[" else -1
        if not depth:
            return at


def _string_end(line: bytes, at: int) -> int:
    """Behind the string that begins at a place: at the first quotation mark with an even number of backslashes before
    it. To look for those marks alone is far cheaper than to look at every character."""
    end = at
    while True:
        end = before = line.index(b'"', end + 1)
        while line[before - 1] == _BACKSLASH:
            before -= 1
        if (end - before) % 2 == 0:
            return end + 1


def _behind(pattern: re.Pattern[bytes], line: bytes, at: int, search: bool = False) -> int:
    match = pattern.search(line, at) if search else pattern.match(line, at)
    if match is None:
        raise ValueError("not JSON")
    return match.end()
