"""The files of a run folder beside ``clean/``: written whole, read line by line."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import fields
from pathlib import Path
from typing import Any, TypeVar

import orjson

from .errors import RunError, UsageError
from .model import Cluster, DocumentRecord, Member, Passage, Place, Removal, Story, StoryPair

RUN = "run.json"
TIMINGS = "timings.json"
DOCUMENTS = "documents.jsonl"
REMOVALS = "removals.jsonl"
CLUSTERS = "clusters.jsonl"
PASSAGES = "passages.jsonl"
STORIES = "stories.jsonl"
CLEAN = "clean"
REPORT = "report.html"

T = TypeVar("T")
_PARTS: dict[str, type[Any]] = {"keeper": Place, "members": Member, "pairs": StoryPair}


def write_lines(path: Path, records: Iterable[object]) -> None:
    """One JSON object a line."""
    with path.open("wb") as file:
        for record in records:
            file.write(_dumps(record))


def _dumps(record: object) -> bytes:
    return orjson.dumps(record, option=orjson.OPT_APPEND_NEWLINE)


def write_json(path: Path, value: object) -> None:
    path.write_bytes(orjson.dumps(value, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE))


def read_run(run: Path) -> dict[str, Any]:
    """``run.json``. Raises UsageError when the folder is not a run's."""
    try:
        value = orjson.loads((run / RUN).read_bytes())
    except FileNotFoundError:
        raise UsageError(
            f"{run} is not a run folder of unecho", "give the folder that 'unecho dedupe' wrote with -o"
        ) from None
    except (OSError, orjson.JSONDecodeError) as error:
        raise RunError(f"{run / RUN} cannot be read: {error}", "run 'unecho dedupe' again") from None
    if not isinstance(value, dict) or "unecho" not in value:
        raise UsageError(f"{run} is not a run folder of unecho", "its run.json was written by something else")
    return value


def documents(run: Path) -> Iterator[DocumentRecord]:
    return _records(run, DOCUMENTS, DocumentRecord)


def removals(run: Path) -> Iterator[Removal]:
    return _records(run, REMOVALS, Removal)


def clusters(run: Path) -> Iterator[Cluster]:
    return _records(run, CLUSTERS, Cluster)


def passages(run: Path) -> Iterator[Passage]:
    return _records(run, PASSAGES, Passage)


def stories(run: Path) -> Iterator[Story]:
    return _records(run, STORIES, Story)


def _records(run: Path, name: str, kind: type[T]) -> Iterator[T]:
    """The records of a file. Raises RunError naming the line that is not one."""
    try:
        with (run / name).open("rb") as file:
            for number, line in enumerate(file, 1):
                yield _record(run / name, number, line, kind)
    except OSError as error:
        raise RunError(f"{run / name} cannot be read: {error.strerror}", "run 'unecho dedupe' again") from None


def _record(path: Path, number: int, line: bytes, kind: type[T]) -> T:
    try:
        values = orjson.loads(line)
        known = {field.name for field in fields(kind)}  # type: ignore[arg-type]
        return kind(**{key: _part(key, value) for key, value in values.items() if key in known})
    except (orjson.JSONDecodeError, AttributeError, TypeError) as error:
        raise RunError(f"{path}, line {number}, is damaged: {error}", "run 'unecho dedupe' again") from None


def _part(key: str, value: Any) -> Any:
    """Nested records and tuples as they were."""
    kind = _PARTS.get(key)
    if kind is not None and isinstance(value, dict):
        return kind(**value)
    if isinstance(value, list):
        return tuple(kind(**item) if kind is not None else _part("", item) for item in value)
    return value
