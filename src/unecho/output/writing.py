"""The cleaned corpus and the record of what went, made of some documents at a time, by several processes."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from itertools import chain, groupby
from operator import itemgetter
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
from .rewrite import Files, content

R = TypeVar("R")
_PIECE = 256
"""Documents whose lines are put in order at a time."""


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
    """Documents as another process needs them: what reads the text of each, and behind that the frame of its line if it
    is ``framed`` (those of JSONL), in UTF-8; the path of their file (None: the corpus has them not), what goes of them,
    in order of id, the place of each of those here, and what is wanted of what goes."""

    read: Callable[[], list[bytes]]
    framed: tuple[bool, ...]
    paths: tuple[str | None, ...]
    gone: Part | _Listed
    places: tuple[int, ...]
    wanted: manifest.Wanted[R]


@dataclass(frozen=True, slots=True)
class _Made(Generic[R]):
    """Of a batch the cleaned texts, as their files hold them, by the path of the file; the lines of the removals end
    to end, with the bytes of each document's; and what was wanted of these."""

    cleaned: list[tuple[str, bytes]]
    removals: bytes
    sizes: list[int]
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
            yield from _corpus(clean, lambda lines, _: file.write(lines), made)
            return
        with Spool() as lines:
            yield from _corpus(clean, lines.extend, made)
            place = {name: number for number, name in enumerate(names)}
            numbers = [place[name] for name in source.numbers]
            for first in range(0, len(numbers), _PIECE):
                file.write(b"".join(lines.several(numbers[first : first + _PIECE])))


def _corpus(
    clean: Path, add_lines: Callable[[bytes, list[int]], object], made: Generator[_Made[R], None, None]
) -> Iterator[R]:
    """Write the cleaned texts, and hand on the lines of the removals with the bytes of each document's."""
    with Files(clean) as files, closing(made) as batches_made:
        for batch in batches_made:
            for path, data in batch.cleaned:
                files.write(path, data)
            add_lines(batch.removals, batch.sizes)
            yield batch.gathered


def _path(record: DocumentRecord) -> str | None:
    """Of the file that has the cleaned text."""
    return str(record.output) if record.status in ("kept", "trimmed") else None


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
        framed = tuple(record.row is not None for record in some)
        places = (range(numbers[name], numbers[name] + 1 + frame) for name, frame in zip(names, framed, strict=True))
        gone = part([names[place] for place in in_order])
        yield _Batch(
            spool.reader(chain.from_iterable(places)), framed, tuple(map(_path, some)), gone, tuple(in_order),
            wanted().only({*names, *gone.mentioned()}),
        )  # fmt: skip


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
    cleaned, lines = [b""] * len(batch.paths), [b""] * len(batch.paths)
    data = iter(batch.read())
    written = [(next(data), next(data) if framed else None) for framed in batch.framed]

    def removals() -> Iterator[Removal]:
        texts = [written[place][0].decode("utf-8", "surrogatepass") for place in batch.places]
        for place, text, gone in zip(batch.places, texts, batch.gone.removals(texts), strict=True):
            lines[place] = b"".join(map(_line, gone))
            if batch.paths[place] is not None:
                cleaned[place] = _cleaned(text, gone, written[place][1])
            yield from gone

    with uncollected():
        gathered = batch.wanted.gathered(removals())
    return _Made(_by_path(batch.paths, cleaned), b"".join(lines), list(map(len, lines)), gathered)


def _by_path(paths: Iterable[str | None], cleaned: Iterable[bytes]) -> list[tuple[str, bytes]]:
    """What belongs to one file, joined."""
    kept = ((path, data) for path, data in zip(paths, cleaned, strict=True) if path is not None)
    return [(path, b"".join(data for _, data in rows)) for path, rows in groupby(kept, key=itemgetter(0))]


def _cleaned(text: str, removals: Sequence[Removal], frame: bytes | None) -> bytes:
    return content(cut(text, [(removal.start, removal.end) for removal in removals]), frame)


def _line(record: Any) -> bytes:
    return orjson.dumps(record, option=orjson.OPT_APPEND_NEWLINE)
