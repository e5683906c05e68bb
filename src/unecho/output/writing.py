"""The cleaned corpus and the record of what went, made of some documents at a time, by several processes."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any, Generic, TypeVar

import numpy as np
import orjson

from ..base.engine import Workers, batches, uncollected
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
    found: tuple[Sequence[Removal], ...]

    def mentioned(self) -> set[str]:
        """The documents whose copies stay."""
        return {removal.keeper.document for each in self.found for removal in each if removal.keeper}

    def removals(self, _: Iterable[str]) -> Iterator[Sequence[Removal]]:
        """The spans that go of each document, in order."""
        return iter(self.found)


@dataclass(frozen=True, slots=True)
class _Batch(Generic[R]):
    """Documents as another process needs them: their texts and the frames of their lines (those of JSONL) in UTF-8,
    whether the corpus keeps them, what goes of them, in order of id, the place of each of those here, and what is
    wanted of what goes."""

    texts: tuple[bytes, ...]
    frames: tuple[bytes | None, ...]
    kept: tuple[bool, ...]
    gone: Part | _Listed
    places: tuple[int, ...]
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
    run: Path, source: Source, workers: Workers, wanted: Callable[[], manifest.Wanted[R]], meanwhile: Callable[[], None]
) -> Iterator[R]:
    """Write ``clean/`` and the removals into a run folder that has neither; gives what is wanted of the removals,
    batch by batch. ``wanted``, ``meanwhile``: see ``manifest.Records.of_removals``."""
    order = [record for record in source.documents if record.status != "skipped"]
    order.sort(key=lambda record: (record.source, record.row or 0, record.id))
    clean = run / manifest.CLEAN
    clean.mkdir()
    made = workers.map(_make, _batches(order, source, wanted), meanwhile)
    with (run / manifest.REMOVALS).open("wb") as file:
        names = [record.id for record in order]
        if names == list(source.numbers):
            yield from _corpus(clean, order, file.write, made)
            return
        with Spool() as lines:
            yield from _corpus(clean, order, lines.append, made)
            place = {name: number for number, name in enumerate(names)}
            for name in source.numbers:
                file.write(lines.data(place[name]))


def _corpus(
    clean: Path,
    order: list[DocumentRecord],
    add_lines: Callable[[bytes], object],
    batches_made: Generator[_Made[R], None, None],
) -> Iterator[R]:
    """Write the cleaned texts, and hand on the lines of the removals of each document in that order."""
    gathered: list[R] = []

    def files() -> Iterator[tuple[DocumentRecord, bytes]]:
        records = iter(order)
        with closing(batches_made) as results:
            for made in results:
                gathered.append(made.gathered)
                for cleaned, removals in zip(made.cleaned, made.removals, strict=True):
                    record = next(records)
                    add_lines(removals)
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
        in_order = sorted(range(len(names)), key=names.__getitem__)
        framed = [record.row is not None for record in some]
        places = (range(numbers[name], numbers[name] + 1 + frame) for name, frame in zip(names, framed, strict=True))
        data = iter(spool.several(list(chain.from_iterable(places))))
        texts, frames = [], []
        for frame in framed:
            texts.append(next(data))
            frames.append(next(data) if frame else None)
        gone = part([names[place] for place in in_order])
        kept = tuple(map(_is_kept, some))
        yield _Batch(
            tuple(texts), tuple(frames), kept, gone, tuple(in_order), wanted().only({*names, *gone.mentioned()})
        )


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
        texts = [batch.texts[place].decode("utf-8", "surrogatepass") for place in batch.places]
        for place, text, gone in zip(batch.places, texts, batch.gone.removals(texts), strict=True):
            lines[place] = b"".join(map(_line, gone))
            if batch.kept[place]:
                cleaned[place] = _cleaned(text, gone, batch.frames[place])
            yield from gone

    with uncollected():
        gathered = batch.wanted.gathered(removals())
    return _Made(cleaned, lines, gathered)


def _cleaned(text: str, removals: Sequence[Removal], frame: bytes | None) -> bytes:
    return content(cut(text, [(removal.start, removal.end) for removal in removals]), frame)


def _line(record: Any) -> bytes:
    return orjson.dumps(record, option=orjson.OPT_APPEND_NEWLINE)
