"""The cleaned corpus and the record of what went, made of some documents at a time, by several processes."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic, TypeVar

import numpy as np
import orjson

from ..base.engine import batches, ordered_map, uncollected
from ..base.spool import Spool
from ..choosing.gone import Part, Removals
from ..model import DocumentRecord, Removal
from ..text.spans import cut
from . import manifest
from .rewrite import content, write_files

R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class _Listed:
    """What goes of some documents, as removals: for what people decided."""

    names: tuple[str, ...]
    removals: tuple[Sequence[Removal], ...]

    def mentioned(self) -> set[str]:
        """The documents whose copies stay."""
        return {removal.keeper.document for each in self.removals for removal in each if removal.keeper}

    def of_document(self, place: int, _: str) -> Sequence[Removal]:
        """The spans that go of a document, in order."""
        return self.removals[place]


@dataclass(frozen=True, slots=True)
class _Batch(Generic[R]):
    """Documents as another process needs them: their texts and the frames of their lines (those of JSONL) in UTF-8,
    whether the corpus keeps them, what goes of them, and what is wanted of that."""

    texts: tuple[bytes, ...]
    frames: tuple[bytes | None, ...]
    kept: tuple[bool, ...]
    gone: Part | _Listed
    wanted: manifest.Wanted[R]


@dataclass(frozen=True, slots=True)
class _Made(Generic[R]):
    """Of each document of a batch the cleaned text, as its file holds it, and the lines of its removals; and what was
    wanted of these."""

    cleaned: list[bytes]
    removals: list[bytes]
    gathered: R


@dataclass(frozen=True, slots=True)
class Source:
    """Where the documents of a run and the removals are. ``numbers``: the places of the texts in the spool, in order
    of id; the frame of a line, if any, has the number after."""

    documents: Sequence[DocumentRecord]
    removals: Sequence[Removal]
    spool: Spool
    numbers: dict[str, int]


def write(
    run: Path, source: Source, workers: int, wanted: Callable[[], manifest.Wanted[R]], meanwhile: Callable[[], None]
) -> Iterator[R]:
    """Write ``clean/`` and the removals into a run folder that has neither; gives what is wanted of the removals,
    batch by batch. ``wanted``, ``meanwhile``: see ``manifest.Records.of_removals``."""
    order = [record for record in source.documents if record.status != "skipped"]
    order.sort(key=lambda record: (record.source, record.row or 0, record.id))
    clean = run / manifest.CLEAN
    clean.mkdir()
    with Spool() as lines:
        made = ordered_map(_make, _batches(order, source, wanted), workers, meanwhile=meanwhile)
        yield from _corpus(clean, order, lines, made)
        place = {record.id: number for number, record in enumerate(order)}
        with (run / manifest.REMOVALS).open("wb") as file:
            for name in source.numbers:
                file.write(lines.data(place[name]))


def _corpus(
    clean: Path, order: list[DocumentRecord], lines: Spool, batches_made: Generator[_Made[R], None, None]
) -> Iterator[R]:
    """Write the cleaned texts, and the lines of the removals in that order to a spool."""
    gathered: list[R] = []

    def files() -> Iterator[tuple[DocumentRecord, bytes]]:
        records = iter(order)
        with closing(batches_made) as results:
            for made in results:
                gathered.append(made.gathered)
                for cleaned, removals in zip(made.cleaned, made.removals, strict=True):
                    record = next(records)
                    lines.append(removals)
                    if _is_kept(record):
                        yield record, cleaned

    for _ in write_files(clean, files()):
        yield from gathered
        gathered.clear()
    yield from gathered


def _is_kept(record: DocumentRecord) -> bool:
    return record.status in ("kept", "trimmed")


def _batches(
    order: Sequence[DocumentRecord], source: Source, wanted: Callable[[], manifest.Wanted[R]]
) -> Iterator[_Batch[R]]:
    """The documents in this order, some at a time."""
    spool, numbers = source.spool, source.numbers
    part = _parts(source)

    def size(record: DocumentRecord) -> int:
        return spool.size(numbers[record.id])

    for some in batches(order, size):
        names = [record.id for record in some]
        texts, frames = [], []
        for record in some:
            texts.append(spool.data(numbers[record.id]))
            frames.append(None if record.row is None else spool.data(numbers[record.id] + 1))
        gone = part(names)
        kept = tuple(map(_is_kept, some))
        yield _Batch(tuple(texts), tuple(frames), kept, gone, wanted().only({*names, *gone.mentioned()}))


def _parts(source: Source) -> Callable[[Sequence[str]], Part | _Listed]:
    """What goes of documents, by their ids."""
    removals = source.removals
    if isinstance(removals, Removals):
        number = {name: place for place, name in enumerate(source.numbers)}
        return lambda names: removals.part(np.array([number[name] for name in names], np.int64))
    found: dict[str, list[Removal]] = {}
    for removal in removals:
        found.setdefault(removal.document, []).append(removal)
    return lambda names: _Listed(tuple(names), tuple(found.get(name, ()) for name in names))


def _make(batch: _Batch[R]) -> _Made[R]:
    cleaned, lines = [b""] * len(batch.texts), [b""] * len(batch.texts)

    def removals() -> Iterator[Removal]:
        for place in sorted(range(len(batch.texts)), key=batch.gone.names.__getitem__):
            text = batch.texts[place].decode("utf-8", "surrogatepass")
            gone = batch.gone.of_document(place, text)
            lines[place] = b"".join(map(_line, gone))
            if batch.kept[place]:
                rest = cut(text, [(removal.start, removal.end) for removal in gone])
                cleaned[place] = content(rest, batch.frames[place])
            yield from gone

    with uncollected():
        gathered = batch.wanted.gathered(removals())
    return _Made(cleaned, lines, gathered)


def _line(record: Any) -> bytes:
    return orjson.dumps(record, option=orjson.OPT_APPEND_NEWLINE)
