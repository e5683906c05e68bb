"""What the trained model saw of the first lines that went by each of its rules. It is kept with a run: of pages the
markup is needed, which no run keeps.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TypeVar

import numpy as np

from .. import sources
from ..base.columns import Ints
from ..boilerplate import reasons
from ..boilerplate.rules import Rules
from ..config import Settings
from ..matching.table import CONTENT, Table
from ..model import CATEGORIES, Block, Document, Grounds, Mode, Raw, Source
from ..sources.parse import HTML_FIELDS

K = TypeVar("K")

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
    blocks_of: Callable[[Sequence[int]], Mapping[int, Sequence[Block]]],
    known: Rules,
) -> Iterator[Grounds]:
    """What spoke against the lines of these rows. ``text_of``: of a document by its number. ``blocks_of``: of some; it
    leaves out a page that is not what it was, of which nothing is said then."""
    owner = paragraphs.document[rows]
    blocks = blocks_of(np.unique(owner).tolist())
    for number in sorted(blocks):
        first, end = paragraphs.paragraphs[number : number + 2].tolist()
        spans = list(zip(paragraphs.start[first:end].tolist(), paragraphs.end[first:end].tolist(), strict=True))
        lines = (rows[owner == number] - first).tolist()
        told = reasons.of_lines(text_of(number), blocks[number], spans, modes[number] == "raw", lines, known)
        for line, words in zip(lines, told, strict=True):
            if words:
                start, end = spans[line]
                yield Grounds(documents[number].id, start, end, tuple(words))


def blocks_of(
    numbers: Sequence[int],
    documents: Sequence[Document],
    text_of: Callable[[int], str],
    known: Mapping[str, Source],
    settings: Settings,
) -> dict[int, Sequence[Block]]:
    """The blocks of documents that were read before, by number: none for texts, which have no markup; pages are read
    again. ``known``: the files of the run by name."""
    pages = [n for n in numbers if documents[n].format == "html" or documents[n].field.lower() in HTML_FIELDS]
    texts: dict[int, Sequence[Block]] = dict.fromkeys(set(numbers).difference(pages), ())
    wanted: dict[str, dict[int | None, int]] = defaultdict(dict)
    for number in pages:
        wanted[documents[number].source][documents[number].row] = number
    return texts | read_again(wanted, text_of, known, settings)


def read_again(
    wanted: Mapping[str, Mapping[int | None, K]],
    text_of: Callable[[K], str],
    known: Mapping[str, Source],
    settings: Settings,
) -> dict[K, Sequence[Block]]:
    """The blocks of pages that were read before, by key; those are left out that are not as they were.

    ``wanted``: by file, the key of each row (None where the file is one page). Each file is read only as far as it has
    any of them.
    """
    found: dict[K, Sequence[Block]] = {}
    for name in sorted(wanted.keys() & known.keys()):
        left = dict(wanted[name])
        for raw in sources.read(known[name], settings.max_document_mb * sources.MB):
            if isinstance(raw, Raw) and raw.row in left:
                key = left.pop(raw.row)
                page = sources.parse(raw, settings)
                if isinstance(page, Document) and page.text == text_of(key):
                    found[key] = page.blocks
            if not left:
                break
    return found
