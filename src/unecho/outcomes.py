"""What became of each document: kept whole, trimmed, dropped because nothing of its own was left, or skipped."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Sequence

from .config import Settings
from .model import Document, DocumentRecord, Mode, Removal, Skipped, Status
from .records import with_text
from .restore import sha256
from .rewrite import output_names

REASONS = ("boilerplate", "duplicate", "repeat", "passage")


def outcomes(
    documents: Sequence[Document],
    modes: Sequence[Mode | None],
    words: Sequence[int],
    removals: Sequence[Removal],
    skipped: Sequence[Skipped],
    settings: Settings,
    text_of: Callable[[int], str],
    line_of: Callable[[int], str],
) -> list[DocumentRecord]:
    """One record a document, sorted by id. ``text_of`` and ``line_of`` give a document's text and JSONL line."""
    removals_of: dict[str, list[Removal]] = defaultdict(list)
    for removal in removals:
        removals_of[removal.document].append(removal)
    names = {document.source: document.format for document in documents}
    output = output_names(sorted(names.items()), "." + settings.html_as)
    found = [DocumentRecord(item.id, "skipped", item.reason, item.source, item.row) for item in skipped]
    for number, document in enumerate(documents):
        text, gone = text_of(number), removals_of[document.id]
        status, reason = status_of(text, gone, settings)
        line = None
        if status == "dropped" and document.row is not None:
            line = with_text(line_of(number), document.field, "")
        found.append(DocumentRecord(
            document.id, status, reason, document.source, document.row, document.format, document.field or None,
            output[document.source], document.title, document.url, document.site or None, document.date,
            document.language, document.encoding, document.bom, document.repaired, len(text), words[number],
            modes[number], words_by_reason(gone), sha256(text), line, document.author,
        ))  # fmt: skip
    return sorted(found, key=lambda record: record.id)


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
    more = f" and {len(keepers) - 1} more" if len(keepers) > 1 else ""
    return "dropped", f"its text stays in {first}{more}"
