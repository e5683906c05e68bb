"""The stages that look at one document at a time: read -> decode -> markup -> paragraphs -> labels -> tokens. Other
processes run them for large inputs, so nothing of the later stages is loaded here.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from . import sources
from .base.columns import Hashes, Ints, offsets_of
from .base.engine import Workers, batches, uncollected
from .base.spool import Encoded, Spool
from .boilerplate import label, rules, templates
from .config import Settings
from .errors import UsageError
from .matching import table
from .matching.table import Table
from .model import Document, Label, Mode, Raw, Skipped
from .text.normalize import BEHIND, tokenize, tokenize_utf8
from .text.paragraphs import Bounds, Spans, split, split_utf8

Pairs = Sequence[tuple[str, str]]
Item = Raw | sources.Lines | Document | Skipped
"""What there is to read: bytes, many lines of a file, a text as given, and what cannot be read."""
Progress = Callable[[str, int, int | None], None]
"""Called with the stage, how much is done and, where it is known, of how much."""
STAGE = "reading and cleaning"
_SURROGATE = re.compile("[\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Prepared:
    """A batch of documents, read and labelled. Documents come without blocks, frame and text: these apart."""

    documents: tuple[Document | Skipped, ...]
    modes: tuple[Mode | None, ...]
    data: bytes
    """The texts in UTF-8 end to end, behind that of each row of JSONL its frame, behind others a newline, and what is
    of no use behind all; ``sizes`` (int64) of each of these."""
    sizes: Ints
    chars: tuple[int, ...]
    sha256: tuple[str, ...]
    table: Table


@dataclass(frozen=True, slots=True)
class Taken:
    """All documents in order of id, and where the spool has their texts."""

    documents: tuple[Document, ...]
    modes: tuple[Mode | None, ...]
    skipped: tuple[Skipped, ...]
    spool: Spool
    numbers: tuple[int, ...]
    chars: tuple[int, ...]
    sha256: tuple[str, ...]
    found: sources.Found
    inputs: tuple[str, ...]

    def text(self, document: int) -> str:
        return self.spool.text(self.numbers[document])

    def utf8(self) -> Encoded:
        return self.spool.encoded(self.numbers, self.chars)

    def frame(self, document: int) -> str:
        """Of the line a JSONL row was read from."""
        return self.spool.data(self.numbers[document] + 1).decode("utf-8", "surrogatepass")


def load() -> None:
    """Load what ``prepare`` needs for large inputs, in a process that has nothing to do yet."""
    from .boilerplate import scan  # noqa: F401  loads numba


def prepare(batch: Sequence[Item], settings: Settings, known: rules.Rules, compiled: bool = False) -> Prepared:
    """The stages that look at one document at a time; runs in other processes for large inputs.

    ``compiled``: whether the input as a whole is worth the loading of the compiled kernels.
    """
    with uncollected():
        return _prepared(batch, settings, known, compiled)


def _prepared(batch: Sequence[Item], settings: Settings, known: rules.Rules, compiled: bool) -> Prepared:
    parsed = list(_parsed(batch, settings, compiled))
    documents = [item for item in parsed if isinstance(item, Document)]
    data, sizes = _together(documents)
    edges = offsets_of(sizes)
    texts = np.stack([edges[:-2:2], edges[1:-1:2]], axis=1)
    bounds = _bounds(documents, data, texts, compiled)
    labels, keys, modes = _labelled(documents, bounds, settings, known, compiled)
    tokens = tokenize_utf8(data, texts) if compiled else tokenize([document.text for document in documents], False)
    columns = table.build(bounds, labels, keys, tokens, compiled)
    light = tuple(item.light() if isinstance(item, Document) else item for item in parsed)
    return Prepared(
        light, modes, data, sizes, tuple(tokens.lengths.tolist()),
        tuple(hashlib.sha256(document.utf8).hexdigest() for document in documents), columns,
    )  # fmt: skip


def _together(documents: Sequence[Document]) -> tuple[bytes, Ints]:
    """What the spool has of documents, end to end: of each the text and what stands behind it, which begins with an
    ASCII character that separates; and at the end what the kernels may read behind the last. And the sizes of all."""
    pieces = [piece for document in documents for piece in (document.utf8, document.frame or b"\n")]
    pieces.append(BEHIND)
    return b"".join(pieces), np.fromiter(map(len, pieces), np.int64, len(pieces))


def _labelled(
    documents: Sequence[Document], bounds: Bounds, settings: Settings, known: rules.Rules, compiled: bool
) -> tuple[list[list[Label]] | None, Hashes | None, tuple[Mode | None, ...]]:
    """What the cleaner thinks of the lines of documents, and what they are known by on other pages: nothing, if it is
    off; and for what it takes each document."""
    if settings.clean == "off":
        return None, None, (None,) * len(documents)
    texts, spans = [document.text for document in documents], bounds.each()
    parts = list(zip(texts, spans, (document.blocks for document in documents), strict=True))
    found = label.label_all(parts, rules=known, clean=settings.clean, compiled=compiled)
    keys = templates.line_keys(texts, spans, compiled)
    return [one.labels for one in found], keys, tuple(one.mode for one in found)


def _parsed(batch: Sequence[Item], settings: Settings, compiled: bool) -> Iterator[Document | Skipped]:
    """The documents of a batch."""
    for item in batch:
        if isinstance(item, Raw):
            yield sources.parse(item, settings)
        elif not isinstance(item, sources.Lines):
            yield item
        elif compiled:
            yield from sources.parse_lines(item, settings, _limit(settings))
        else:
            for raw in item.documents(_limit(settings)):
                yield sources.parse(raw, settings) if isinstance(raw, Raw) else raw


def _limit(settings: Settings) -> int:
    """Bytes that a document may have."""
    return settings.max_document_mb * sources.MB


def _bounds(documents: Sequence[Document], data: bytes, texts: Ints, compiled: bool) -> Bounds:
    """Paragraphs: the blocks of a page, or what the layout of a text shows.

    ``data``, ``texts``: the texts in UTF-8, and where each lies.
    """
    plain = np.array([not document.blocks for document in documents], np.bool_)
    if compiled:
        bounds = split_utf8(data, texts[plain])
        if plain.all():
            return bounds
        several: Iterator[Spans] = iter(bounds.each())
    else:
        several = (split(document.text) for document in documents if not document.blocks)
    return Bounds.of(
        [(block.start, block.end) for block in document.blocks] if document.blocks else next(several)
        for document in documents
    )


def read(
    found: sources.Found,
    items: Iterator[Item],
    inputs: Sequence[Path] | Pairs,
    work: Callable[[Sequence[Item]], Prepared],
    progress: Progress,
    spool: Spool,
    compiled: bool,
    workers: Workers,
) -> tuple[Taken, Table]:
    """All documents, whose texts go to the spool, and the table of their paragraphs.

    ``found``, ``items``: what ``items_of`` gave. ``work``: ``prepare``, with all but the batch. ``compiled``: whether
    all of it is worth the compiled kernels.
    """
    names = sources.Names()
    documents: list[Document] = []
    modes: list[Mode | None] = []
    skipped: list[Skipped] = list(found.skipped)
    numbers: list[int] = []
    chars: list[int] = []
    digests: list[str] = []
    tables = table.Joiner(compiled)
    total = len(found.sources) if all(source.format != "jsonl" for source in found.sources) else None

    with closing(workers.map(work, batches(items, _size))) as results:
        for prepared in results:
            first, before = len(spool), len(documents)
            spool.extend(prepared.data, prepared.sizes.tolist())
            for item in prepared.documents:
                if isinstance(item, Skipped):
                    skipped.append(replace(item, id=names.unique(item.id)))
                else:
                    documents.append(_named(item, names.unique(item.id)))
            numbers += range(first, first + 2 * (len(documents) - before), 2)
            modes += prepared.modes
            chars += prepared.chars
            digests += prepared.sha256
            tables.add(prepared.table)
            progress(STAGE, len(documents), total)
    order = sorted(range(len(documents)), key=lambda number: documents[number].id)
    taken = Taken(
        tuple(documents[n] for n in order), tuple(modes[n] for n in order),
        tuple(sorted(skipped, key=lambda item: item.id)), spool, tuple(numbers[n] for n in order),
        tuple(chars[n] for n in order), tuple(digests[n] for n in order), found, _input_names(inputs),
    )  # fmt: skip
    return taken, tables.table(np.array(order, np.int64))


def _named(document: Document, name: str) -> Document:
    """With a name of its own: pairs may come with the same id."""
    if name == document.id and (document.row is not None or name == document.source):
        return document
    return replace(document, id=name, source=name if document.row is None else document.source)


def items_of(inputs: Sequence[Path] | Pairs, settings: Settings) -> tuple[sources.Found, Iterator[Item]]:
    """What lies in the inputs, and its content in order."""
    pairs = [item for item in inputs if isinstance(item, tuple)]
    if pairs:
        if len(pairs) < len(inputs):
            raise UsageError("paths and (id, text) pairs are mixed", "give one or the other")
        return sources.Found((), (), {}), (_from_pair(*pair) for pair in pairs)
    paths = [Path(item) for item in inputs if not isinstance(item, tuple)]
    found = sources.discover(paths)
    limit = _limit(settings)
    return found, (item for source in found.sources for item in sources.parts(source, limit))


def _from_pair(name: str, text: str) -> Document:
    name, text = _SURROGATE.sub("\ufffd", name), _SURROGATE.sub("\ufffd", text)
    return Document(id=name, utf8=text.encode(), source=name, site=name.rpartition("/")[0])


def _input_names(inputs: Sequence[Path] | Pairs) -> tuple[str, ...]:
    return tuple(sorted(sources.utf8_name(Path(item).name) for item in inputs if not isinstance(item, tuple)))


def _size(item: Item) -> int:
    if isinstance(item, Raw):
        return len(item.data)
    if isinstance(item, sources.Lines):
        return item.size
    return len(item.utf8) if isinstance(item, Document) else 0
