"""Proof that a run folder holds together: every text, every removal and its keeper, every count."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

from .choosing import guards
from .choosing.gone import REASONS
from .choosing.guards import Word
from .errors import RunError
from .model import DocumentRecord, Removal
from .output import manifest
from .output.restore import restored
from .text.normalize import tokenize
from .text.spans import cut

_MOST = 100  # problems told


def check(run: Path) -> list[str]:
    """What is wrong with a run folder, in words; empty if nothing is.

    Every document is put together from the cleaned corpus and the removals and compared with its SHA-256;
    words are counted again; every copy that went is compared again with the copy that stays, which must be
    in the cleaned corpus. Raises UsageError when the folder is no run.
    """
    info = manifest.read_run(run)
    problems: list[str] = []
    for problem in _problems(run, info):
        problems.append(problem)
        if len(problems) >= _MOST:
            problems.append("and more")
            break
    return problems


def _problems(run: Path, info: dict[str, Any]) -> Iterator[str]:
    try:
        removals: dict[str, list[Removal]] = {}
        for removal in manifest.removals(run):
            removals.setdefault(removal.document, []).append(removal)
        records = {record.id: record for record in manifest.documents(run)}
        yield from _file_problems(run, records)
        yield from _count_problems(run, info, records, removals)
        for record, text, _, _ in restored(run):
            yield from _document_problems(record, text, removals.get(record.id, []))
        yield from _keeper_problems(run, info, removals)
    except RunError as error:
        yield str(error)
    except (TypeError, ValueError, KeyError, AttributeError) as error:
        # A value of another kind than was written: nothing can be counted with it.
        yield f"a record holds what was never written there: {error}"


def _file_problems(run: Path, records: dict[str, DocumentRecord]) -> Iterator[str]:
    """Files in ``clean/`` that belong to no document, and the other way round."""
    expected = {str(record.output) for record in records.values() if record.status in ("kept", "trimmed")}
    clean = run / manifest.CLEAN
    found = {Path(folder, name).relative_to(clean).as_posix() for folder, _, names in os.walk(clean) for name in names}
    for name in sorted(found - expected):
        yield f"clean/{name} belongs to no document"
    for name in sorted(expected - found):
        yield f"clean/{name} is missing"


def _count_problems(
    run: Path, info: dict[str, Any], records: dict[str, DocumentRecord], removals: dict[str, list[Removal]]
) -> Iterator[str]:
    status = Counter(record.status for record in records.values())
    counts = {
        "documents": len(records),
        **{name: status[name] for name in ("kept", "trimmed", "dropped", "skipped")},
        "words": sum(record.words for record in records.values()),
        "removals": sum(map(len, removals.values())),
        "clusters": sum(1 for _ in manifest.clusters(run)),
        "passages": sum(1 for _ in manifest.passages(run)),
        "stories": sum(1 for _ in manifest.stories(run)),
    }
    for name, value in counts.items():
        if info["counts"].get(name) != value:
            yield f"run.json counts {info['counts'].get(name)} {name}, the files hold {value}"
    removed = {reason: sum(r.words_removed.get(reason, 0) for r in records.values()) for reason in REASONS}
    if removed != info["counts"].get("words_removed"):
        yield f"run.json counts {info['counts'].get('words_removed')} words removed, documents.jsonl {removed}"
    if info["counts"].get("words_kept") != counts["words"] - sum(removed.values()):
        yield "words read are not words kept and words removed"
    for name in sorted(removals.keys() - records.keys()):
        yield f"removals.jsonl names {name}, which documents.jsonl does not"


def _document_problems(record: DocumentRecord, text: str, removals: list[Removal]) -> Iterator[str]:
    """The text is known to be right here; the words of it and of the removals may not be."""
    at = 0
    for removal in removals:
        if removal.start < at or removal.end > len(text) or text[removal.start : removal.end] != removal.text:
            yield f"{record.id}: removal {removal.id} is not the text from {removal.start} to {removal.end}"
        at = removal.end
    if len(text) != record.chars:
        yield f"{record.id}: {len(text)} characters, not {record.chars}"
    pieces = [text, cut(text, [(removal.start, removal.end) for removal in removals])]
    pieces += [removal.text for removal in removals]
    whole, kept, *gone = np.diff(tokenize(pieces).offsets).tolist()
    by_reason = Counter[str]()
    for removal, words in zip(removals, gone, strict=True):
        by_reason[removal.reason] += words
        if words != removal.words:
            yield f"{record.id}: removal {removal.id} holds {words} words, not {removal.words}"
    if whole != record.words or kept + sum(gone) != whole:
        yield f"{record.id}: {whole} words read, {kept} kept, {sum(gone)} removed, {record.words} recorded"
    if any(by_reason[reason] != record.words_removed.get(reason, 0) for reason in REASONS):
        yield f"{record.id}: words removed are {dict(by_reason)}, not {record.words_removed}"


def _keeper_problems(run: Path, info: dict[str, Any], removals: dict[str, list[Removal]]) -> Iterator[str]:
    """Every copy that went is covered by its keeper, which stays."""
    settings = info["settings"]
    by_keeper: dict[str, list[Removal]] = {}
    for removal in (removal for of_document in removals.values() for removal in of_document):
        if removal.keeper is not None:
            by_keeper.setdefault(removal.keeper.document, []).append(removal)
        elif removal.reason != "boilerplate":
            yield f"removal {removal.id} names no copy that stays"
    for record, text, _, _ in restored(run):
        gone = [(removal.start, removal.end) for removal in removals.get(record.id, ())]
        for removal in by_keeper.pop(record.id, ()):
            yield from _copy_problems(removal, record, text, gone, settings)
    for name in sorted(by_keeper):
        yield f"{name} keeps copies but was not read"


def _copy_problems(
    removal: Removal, record: DocumentRecord, text: str, gone: list[tuple[int, int]], settings: dict[str, Any]
) -> Iterator[str]:
    keeper = removal.keeper
    if keeper is None or record.status not in ("kept", "trimmed"):
        yield f"removal {removal.id}: its keeper {record.id} is {record.status}"
        return
    inside = [
        (max(start, keeper.start) - keeper.start, min(end, keeper.end) - keeper.start)
        for start, end in gone
        if start < keeper.end and end > keeper.start
    ]
    kept = cut(text[keeper.start : keeper.end], inside)
    share, numbers = _share(removal.text, kept)
    if share + 1e-9 < (1 if removal.resemblance == 1 == removal.covered else settings["threshold"]):
        yield f"removal {removal.id}: only {share:.0%} of its words stay in {record.id}"
    if numbers and not settings["ignore_numbers"]:
        yield f"removal {removal.id}: {', '.join(numbers)} is not in the copy that stays"


def _share(removed: str, kept: str) -> tuple[float, list[str]]:
    """Share of the removed words that the kept text has, a letter or a space aside; and numbers that it has not.

    Slow and obvious: words are looked up one by one, whatever their order.
    """
    tokens = tokenize([removed, kept])
    mine, other = (slice(int(tokens.offsets[n]), int(tokens.offsets[n + 1])) for n in (0, 1))
    words = [
        [Word.of(text[start:end]) for start, end in zip(tokens.start[part], tokens.end[part], strict=True)]
        for text, part in ((removed, mine), (kept, other))
    ]
    have = {word.folded for word in words[1]}
    known = words[1] + [a + b for a, b in pairwise(words[1])]
    joined = [a + b for a, b in pairwise(words[0])]
    is_number = guards.numbers(tokens.hash[mine], tokens.flags[mine])
    found, missing = 0, []
    for place, word in enumerate(words[0]):
        ways = [word, *joined[max(place - 1, 0) : place + 1]]
        if word.folded in have or any(way.is_like(one) for way in ways for one in known):
            found += 1
        elif is_number[place]:
            missing.append(word.folded)
    total = len(words[0])
    return (found / total if total else 1.0), missing
