"""What the trained model saw of a line that went: the text of a run says it, for pages also their markup, which no run
keeps: it is read again."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from .. import sources
from ..boilerplate import reasons, rules
from ..config import Settings
from ..errors import UsageError
from ..model import Block, DocumentRecord, Removal
from ..output.kept import was_page
from ..text.paragraphs import split
from .grounds import read_again

Blocks = Sequence[Block]


def markup_of(
    records: Iterable[DocumentRecord], texts: Mapping[str, str], inputs: Sequence[Path], settings: Settings
) -> dict[str, Blocks]:
    """The blocks of those of the documents that were pages, by id, read again from the run's ``inputs``.

    Raises UsageError where a page is not there, or not as it was. ``settings``: those of the run.
    """
    wanted = [record for record in records if was_page(record)]
    if not wanted:
        return {}
    known = {source.name: source for source in sources.discover(list(inputs)).sources}
    rows: dict[str, dict[int | None, str]] = defaultdict(dict)
    for record in wanted:
        rows[record.source][record.row] = record.id
    found = read_again(rows, texts.__getitem__, known, settings)
    for record in wanted:
        if record.id not in found:
            raise UsageError(
                f"{record.id} is not in the input as the run read it",
                "give the files and folders of the run, unchanged, with --input",
            )
    return found


def against(removal: Removal, record: DocumentRecord, text: str, blocks: Blocks, known: rules.Rules) -> list[str]:
    """What spoke most against a line, in words, strongest first. ``blocks``: the markup of the page it is of."""
    spans = [(block.start, block.end) for block in blocks] if blocks else split(text)
    number = next((n for n, (start, end) in enumerate(spans) if start < removal.end and end > removal.start), -1)
    if number < 0:
        return []
    return reasons.of_lines(text, blocks, spans, record.mode == "raw", [number], known)[0]
