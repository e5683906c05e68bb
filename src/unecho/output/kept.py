"""What stays of a document: its paragraphs, or what is left of them without the spans that are gone."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from ..model import DocumentRecord
from ..sources.parse import HTML_FIELDS
from ..text.paragraphs import split
from ..text.spans import removal_spans

Span = tuple[int, int]
_EMPTY_LINES = re.compile(r"\n\s*\n")


def was_page(record: DocumentRecord) -> bool:
    """Whether a document was read from HTML."""
    return record.format == "html" or (record.field or "").lower() in HTML_FIELDS


def paragraphs(text: str, page: bool) -> list[Span]:
    """The paragraphs of a document's text. ``page``: it was made of the blocks of a page, which stand between empty
    lines; what breaks a line within a block does not part it."""
    return list(_blocks(text)) if page else split(text)


def _blocks(text: str) -> Iterator[Span]:
    at = 0
    for gap in _EMPTY_LINES.finditer(text):
        yield from _bare(text, at, gap.start())
        at = gap.end()
    yield from _bare(text, at, len(text))


def kept_spans(text: str, gone: Sequence[Span], page: bool) -> list[Span]:
    """The paragraphs of a text, or what is left of them, without the spans that are gone, which are in order."""
    return list(_without(text, paragraphs(text, page), gone))


def _without(text: str, spans: Sequence[Span], gone: Sequence[Span]) -> Iterator[Span]:
    """What of the spans is not gone, without white space around it."""
    at = 0
    for start, end in spans:
        while at < len(gone) and gone[at][1] <= start:
            at += 1
        low, number = start, at
        while number < len(gone) and gone[number][0] < end:
            yield from _bare(text, low, gone[number][0])
            low = gone[number][1]
            number += 1
        yield from _bare(text, low, end)


def _bare(text: str, start: int, end: int) -> Iterator[Span]:
    piece = text[start:end]
    if piece.strip():
        yield start + len(piece) - len(piece.lstrip()), start + len(piece.rstrip())


def respanned(text: str, gone: Sequence[Span]) -> list[Span]:
    """The spans of removals, each with the white space that goes with it."""
    pieces: list[tuple[int, int, bool]] = []
    at = 0
    for start, end in gone:
        pieces += [(low, high, False) for low, high in _bare(text, at, start)]
        pieces += [(low, high, True) for low, high in _bare(text, start, end)]
        at = end
    pieces += [(low, high, False) for low, high in _bare(text, at, len(text))]
    return removal_spans(text, [piece[:2] for piece in pieces], [piece[2] for piece in pieces])
