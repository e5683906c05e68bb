"""The rows of a JSONL file, many at a time: a compiled loop takes the text out of each, and what is left is parsed."""

from __future__ import annotations

from collections.abc import Iterator

from ..config import Settings
from ..model import Document, Raw, Skipped
from .parse import of_lines, parse, parse_parted
from .raw import Lines
from .records import Parted, parted


def parse_lines(lines: Lines, settings: Settings, limit: int) -> Iterator[Document | Skipped]:
    """``parse`` of each of the lines that is not blank. ``limit``: as of ``read``.

    They nearly always have their text in the same field: where the first one has it the loop looks for it. Lines that
    have it elsewhere, and those that are no sound JSON, are parsed as they are.
    """
    data = lines.content()
    if isinstance(data, Skipped):
        yield data
        return
    name, edges, field = lines.source.name, line_edges(data), ""
    apart: list[Parted | None] = [None] * len(edges)
    for row, (begin, end) in enumerate(edges, lines.row):
        line = apart[row - lines.row]
        if line is not None and end - begin <= limit and (known := parse_parted(name, row, line, field, settings)):
            yield known
            continue
        found: Document | Raw | Skipped | None = lines.document(row, data[begin:end], limit)
        if isinstance(found, Raw):
            found = parse(found, settings)
            # Behind the last line that ends there is seldom another one.
            first = row - lines.row + 1
            if not field and (field := _field_of(found, settings)) and (more := edges[first:-1]):
                apart[first:-1] = parted(data, more, field)
        if found:
            yield found


def _field_of(found: Document | Skipped, settings: Settings) -> str:
    """The field in which the lines after one that was parsed may have their text too; none where the loop cannot look
    for it."""
    if isinstance(found, Skipped) or found.blocks or of_lines(settings.encoding):
        return ""
    return found.field


def line_edges(data: bytes) -> list[tuple[int, int]]:
    """Where each line begins and ends: one by one, which is cheap as they are long."""
    edges, begin = [], 0
    while (end := data.find(b"\n", begin)) >= 0:
        edges.append((begin, end))
        begin = end + 1
    return [*edges, (begin, len(data))]
