"""What the trained model saw of the first lines that went by each of its rules. It is kept with a run: of pages the
markup is needed, which no run keeps.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence

import numpy as np

from . import sources
from .boilerplate import reasons
from .boilerplate.rules import Rules
from .columns import Ints
from .config import Settings
from .model import CATEGORIES, Block, Document, Grounds, Mode, Raw, Source
from .sources.parse import HTML_FIELDS
from .table import CONTENT, Table

MOST = 2
"""Lines of each rule that are looked at."""
_PIECE = 1 << 17
"""Rows looked through at a time."""


def first_rows(paragraphs: Table, most: int = MOST) -> Ints:
    """The rows of the first different lines that the trained model took out, ``most`` of each rule and category."""
    learnt = np.array([reasons.is_learnt(rule) for rule in paragraphs.rules], np.bool_)
    wanted = np.repeat(learnt[:, None], len(CATEGORIES), axis=1)
    seen: dict[tuple[int, int], dict[int, int]] = defaultdict(dict)
    for first in range(0, len(paragraphs.rule), _PIECE):
        piece = slice(first, first + _PIECE)
        rule, category = paragraphs.rule[piece], paragraphs.category[piece]
        rows = np.flatnonzero((category != CONTENT) & wanted[rule, category]) if len(rule) else rule
        for row in rows.tolist():
            kind = int(rule[row]), int(category[row])
            keys = seen[kind]
            if wanted[kind]:
                keys.setdefault(int(paragraphs.key[first + row]), first + row)
                wanted[kind] = len(keys) < most
    return np.array(sorted(row for keys in seen.values() for row in keys.values()), np.int64)


def of_rows(
    rows: Ints,
    paragraphs: Table,
    documents: Sequence[Document],
    modes: Sequence[Mode | None],
    text_of: Callable[[int], str],
    blocks_of: Callable[[int], Sequence[Block] | None],
    known: Rules,
) -> Iterator[Grounds]:
    """What spoke against the lines of these rows. ``text_of``, ``blocks_of``: of a document by its number; no blocks
    (None) where a page is not what it was, of which nothing is said then."""
    owner = paragraphs.document[rows]
    for number in np.unique(owner).tolist():
        blocks = blocks_of(number)
        if blocks is None:
            continue
        first, end = paragraphs.paragraphs[number : number + 2].tolist()
        spans = list(zip(paragraphs.start[first:end].tolist(), paragraphs.end[first:end].tolist(), strict=True))
        lines = (rows[owner == number] - first).tolist()
        told = reasons.of_lines(text_of(number), blocks, spans, modes[number] == "raw", lines, known)
        for line, words in zip(lines, told, strict=True):
            if words:
                start, end = spans[line]
                yield Grounds(documents[number].id, start, end, tuple(words))


def read_again(
    document: Document, text: str, line: bytes, known: Mapping[str, Source], settings: Settings
) -> Sequence[Block] | None:
    """The blocks of a document that was read before; None where it is not as it was.

    ``line``: of a JSONL file, if it is one. ``known``: the files of the run by name.
    """
    source = known.get(document.source)
    if source is None or not (document.format == "html" or document.field.lower() in HTML_FIELDS):
        return ()  # a text: it has no markup
    raws = [Raw(source, document.row, line)] if document.row is not None else _read(source, settings)
    for raw in raws:
        page = sources.parse(raw, settings)
        if isinstance(page, Document) and page.text == text:
            return page.blocks
    return None


def _read(source: Source, settings: Settings) -> list[Raw]:
    found = sources.read(source, settings.max_document_mb * sources.MB)
    return [raw for raw in found if isinstance(raw, Raw)]
