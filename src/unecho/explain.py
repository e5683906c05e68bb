"""Why something was removed: the rule, or what the trained model saw, or the copy that stays and how it differs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from .boilerplate import rules
from .boilerplate.reasons import is_learnt
from .config import Settings
from .errors import UsageError
from .explaining import seen
from .explaining.because import because
from .model import DocumentRecord, Place, Removal
from .output import manifest
from .output.kept import was_page
from .output.restore import texts
from .report.diff import fold, word_diff
from .stored import settings_of

_SHOWN = 400
"""Characters of a removed text that are shown."""


@dataclass(frozen=True, slots=True)
class _Case:
    """A removal with what is needed to explain it."""

    removal: Removal
    record: DocumentRecord
    text: str
    """Of its document, as read."""
    keeper: str
    """Of the copy that stays; "" where there is none."""
    blocks: seen.Blocks | None
    """Of a page, its markup; None where it is not known."""


def explain(run: Path, names: Sequence[str], settings: Settings, inputs: Sequence[Path] = ()) -> Iterator[str]:
    """A text for each removal that is meant by ``names``: ids of removals or documents, or ``document:start``.

    ``inputs``: what the run has read, if what the model saw of a page's markup is wanted too. Raises UsageError for a
    name that the run does not know, and where ``inputs`` are others.
    """
    info = manifest.read_run(run)
    removals = list(_chosen(list(manifest.removals(run)), {d.id for d in manifest.documents(run)}, names))
    wanted = {removal.document for removal in removals} | {r.keeper.document for r in removals if r.keeper}
    found = {name: text for name, text in texts(run) if name in wanted}
    records = {record.id: record for record in manifest.documents(run) if record.id in wanted}
    known = rules.load(settings.rules)
    asked = {removal.document for removal in removals if is_learnt(removal.rule or "")}
    pages: dict[str, seen.Blocks] = {}
    if inputs:
        pages = seen.markup_of([records[name] for name in sorted(asked)], found, inputs, settings_of(info["settings"]))
    for removal in removals:
        keeper = _piece(found, removal.keeper) if removal.keeper else ""
        name = removal.document
        blocks = pages.get(name, None if was_page(records[name]) else ())
        yield _explained(_Case(removal, records[name], found[name], keeper, blocks), known)


def _chosen(removals: Sequence[Removal], documents: set[str], names: Sequence[str]) -> Iterator[Removal]:
    for name in names:
        found = [removal for removal in removals if name in (removal.id, removal.document)]
        document, _, start = name.rpartition(":")
        if not found and document in documents and start.isdigit():
            found = [r for r in removals if r.document == document and r.start <= int(start) < r.end]
        if not found and name not in documents:
            raise UsageError(
                f"nothing was removed at '{name}'",
                "give the id of a removal (see removals.jsonl) or of a document, or document:start",
            )
        yield from found


def _piece(found: dict[str, str], place: Place) -> str:
    return found[place.document][place.start : place.end]


def _explained(case: _Case, known: rules.Rules) -> str:
    removal = case.removal
    head = f"{removal.id}  {removal.document}, characters {removal.start} to {removal.end}"
    shown = " ".join(removal.text.split())
    lines = [head, f"  “{shown[:_SHOWN]}{'…' if len(shown) > _SHOWN else ''}”"]
    if removal.keeper is not None:
        lines += _copy(case, removal.keeper)
    else:
        sure = f", confidence {removal.confidence:g}" if removal.confidence is not None else ""
        lines.append(f"  taken out as {removal.reason}: {removal.category or 'passage'}{sure}")
        lines += [f"  {reason}" for reason in _why(case, known)]
    return "\n".join(lines)


def _copy(case: _Case, keeper: Place) -> Iterator[str]:
    removal = case.removal
    numbers = {"covered": removal.covered, "resemblance": removal.resemblance, "containment": removal.containment}
    measured = ", ".join(f"{name} {value:.0%}" for name, value in numbers.items() if value is not None)
    yield f"  taken out as {removal.reason}: {keeper.document}, characters {keeper.start} to {keeper.end}, keeps a copy"
    if measured:
        yield f"  measured: {measured}"
    pieces = fold(word_diff(case.keeper, removal.text.strip()))
    if all(piece.kind in ("same", "alike") for piece in pieces):
        yield "  the copy that stays has the same words"
        return
    marks = {"same": "{}", "alike": "{}", "kept-only": "[-{}-]", "here-only": "{{+{}+}}"}
    text = "".join(marks[piece.kind].format(piece.bare) + piece.space for piece in pieces)
    yield f"  word by word ([-only in the copy that stays-], {{+only here+}}): {' '.join(text.split())}"


def _why(case: _Case, known: rules.Rules) -> Iterator[str]:
    name = case.removal.rule or ""
    yield f"because {because(name, known)}"
    if not is_learnt(name):
        return
    if case.blocks is None:
        yield "the page's markup says more: give what the run has read with --input"
        return
    spoke = seen.against(case.removal, case.record, case.text, case.blocks, known)
    yield from (f"against it: {reason}" for reason in spoke)
