"""What became of each document: kept whole, trimmed, dropped because nothing of its own was left, or skipped."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..base.columns import Ints, edges_of
from ..choosing.gone import REASONS, Gone
from ..config import Settings
from ..matching.table import Table
from ..model import Document, DocumentRecord, Mode, Removal, Skipped, Status
from ..sources.records import filled
from .rewrite import output_names


@dataclass(frozen=True, slots=True)
class Originals:
    """The documents as read, by number: characters, SHA-256 of the text in UTF-8, the text, and the frame of the JSONL
    line (see ``records.frame``)."""

    chars: Sequence[int]
    sha256: Sequence[str]
    text: Callable[[int], str]
    frame: Callable[[int], str]


def outcomes(
    documents: Sequence[Document],
    modes: Sequence[Mode | None],
    originals: Originals,
    table: Table,
    gone: Gone,
    skipped: Sequence[Skipped],
    settings: Settings,
) -> list[DocumentRecord]:
    """One record a document, sorted by id."""
    names = {document.source: document.format for document in documents}
    output = output_names(sorted(names.items()), "." + settings.html_as)
    found = [DocumentRecord(item.id, "skipped", item.reason, item.source, item.row) for item in skipped]
    words = np.bincount(table.document, table.words, len(documents)).astype(np.int64).tolist()
    states = _states(documents, originals, table, gone, settings)
    removed = _words_removed(table, gone, len(documents)).tolist()
    for number, (document, (status, reason)) in enumerate(zip(documents, states, strict=True)):
        line = None
        if status == "dropped" and document.row is not None:
            line = filled(originals.frame(number), "")
        found.append(DocumentRecord(
            document.id, status, reason, document.source, document.row, document.format, document.field or None,
            output[document.source], document.title, document.url, document.site or None, document.date,
            document.language, document.encoding, document.bom, document.repaired, originals.chars[number],
            words[number], modes[number], dict(zip(REASONS, removed[number], strict=True)), originals.sha256[number],
            line, document.author,
        ))  # fmt: skip
    return sorted(found, key=lambda record: record.id)


def _words_removed(table: Table, gone: Gone, count: int) -> Ints:
    """Words that went of every document, for every reason there is (int64, a row a document)."""
    rows = np.flatnonzero(gone.rows)
    reason = np.zeros(len(table.start), np.int64)
    reason[gone.keepers.row] = gone.keepers.reason
    kinds = len(REASONS)
    found = np.bincount(table.document[rows] * kinds + reason[rows], table.words[rows], count * kinds)
    words = found.astype(np.int64).reshape(count, kinds)
    for document, cuts in gone.cuts.items():
        words[document, REASONS.index("passage")] += sum(cut.words for cut in cuts)
    return words


def _states(
    documents: Sequence[Document], originals: Originals, table: Table, gone: Gone, settings: Settings
) -> Iterator[tuple[Status, str | None]]:
    """``status_of`` of every document."""
    left = np.bincount(table.document[~gone.rows], minlength=len(documents)).tolist()
    every = np.diff(table.paragraphs).tolist()
    dropped = np.array([count > 0 and not rest for count, rest in zip(every, left, strict=True)], np.bool_)
    whys = _whys(documents, table, gone, dropped) if settings.emptied == "drop" else {}
    for number, (count, rest) in enumerate(zip(every, left, strict=True)):
        if number in gone.cuts:  # as much may be cut out as there is
            yield status_of(originals.text(number), gone.of_document(number), settings)
        elif not count:
            yield "kept", None if originals.text(number).strip() else "empty"
        elif rest == count:
            yield "kept", None
        elif rest or settings.emptied == "keep":
            yield "trimmed", None
        else:
            yield "dropped", whys.get(number, "nothing but boilerplate")


def _whys(documents: Sequence[Document], table: Table, gone: Gone, dropped: NDArray[np.bool_]) -> dict[int, str]:
    """For dropped documents of which copies stay, where."""
    found, owner = gone.keepers, table.document[gone.keepers.row]
    which = np.flatnonzero(dropped[owner] & (found.document != owner))
    if not len(which):
        return {}
    document, keeper, words = owner[which], found.document[which], table.words[found.row[which]]
    order = np.lexsort((keeper, document))
    document, keeper, words = document[order], keeper[order], words[order]
    edges = edges_of(document, keeper)
    document, keeper, words = document[edges[:-1]], keeper[edges[:-1]], np.add.reduceat(words, edges[:-1])
    best = np.lexsort((keeper, -words, document))  # documents are numbered in order of id
    edges = edges_of(document[best])
    return {
        int(document[first]): _stays_in(documents[keeper[first]].id, count)
        for first, count in zip(best[edges[:-1]].tolist(), np.diff(edges).tolist(), strict=True)
    }


def _stays_in(name: str, count: int) -> str:
    return f"its text stays in {name}{f' and {count - 1} more' if count > 1 else ''}"


def words_by_reason(removals: Sequence[Removal]) -> dict[str, int]:
    """How many words went, for every reason there is."""
    by_reason = Counter[str]()
    for removal in removals:
        by_reason[removal.reason] += removal.words
    return {name: by_reason[name] for name in REASONS}


def status_of(text: str, removals: Sequence[Removal], settings: Settings) -> tuple[Status, str | None]:
    """What became of a document, and why."""
    if not text.strip():
        return "kept", "empty"
    if not removals:
        return "kept", None
    if settings.emptied == "keep" or sum(removal.end - removal.start for removal in removals) < len(text):
        return "trimmed", None
    keepers = Counter[str]()
    for removal in removals:
        if removal.keeper is not None and removal.keeper.document != removal.document:
            keepers[removal.keeper.document] += removal.words
    if not keepers:
        return "dropped", "nothing but boilerplate"
    first = max(sorted(keepers), key=keepers.__getitem__)
    return "dropped", _stays_in(first, len(keepers))
