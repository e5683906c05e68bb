"""One field of a line of JSON exchanged for another text, and nothing else of the line touched."""

from __future__ import annotations

import json

import orjson

_SPACE = " \t\n\r"
_HOLE = "\0"
"""Stands for the text in a frame: no JSON holds it."""
_DECODER = json.JSONDecoder()


def frame(line: str, field: str) -> str:
    """The line without the text in ``field``: what ``filled`` gives back with any text, character for character.

    Raises ValueError when the line is not an object that has the field.
    """
    start, end = _value_span(line, field)
    return line[:start] + _HOLE + line[end:]


def filled(frame: str, text: str) -> str:
    """The line of a frame with this text."""
    return filled_utf8(frame.encode("utf-8", "surrogatepass"), text).decode("utf-8", "surrogatepass")


def filled_utf8(frame: bytes, text: str) -> bytes:
    """``filled`` of a frame that is UTF-8 already."""
    before, _, after = frame.partition(_HOLE.encode())
    try:
        value = orjson.dumps(text)
    except orjson.JSONEncodeError:  # a lone surrogate, which UTF-8 does not have
        value = json.dumps(text, ensure_ascii=False).encode("utf-8", "surrogatepass")
    return b"".join((before, value, after))


def _value_span(line: str, field: str) -> tuple[int, int]:
    """Where the value of a field of the outermost object lies; of several such fields the last, as parsers do."""
    found: tuple[int, int] | None = None
    at = _skip(line, 0)
    if line[at : at + 1] != "{":
        raise ValueError("not an object")
    at = _skip(line, at + 1)
    while line[at : at + 1] == '"':
        key, at = _DECODER.raw_decode(line, at)
        at = _skip(line, _skip(line, at) + 1)  # the colon
        _, end = _DECODER.raw_decode(line, at)
        if key == field:
            found = at, end
        at = _skip(line, end)
        if line[at : at + 1] == ",":
            at = _skip(line, at + 1)
    if found is None:
        raise ValueError(f"no field '{field}'")
    return found


def _skip(line: str, at: int) -> int:
    while at < len(line) and line[at] in _SPACE:
        at += 1
    return at
