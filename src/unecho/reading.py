"""The stages that look at one document at a time: read -> decode -> markup -> paragraphs -> labels -> tokens. Other
processes run them for large inputs, so nothing of the later stages is loaded here.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path

import numpy as np

from . import sources
from .base.columns import Hashes, Ints
from .base.engine import Workers, batches, uncollected
from .base.spool import Spool
from .boilerplate import label, rules, templates
from .config import Settings
from .errors import UsageError
from .matching import table
from .matching.table import Table
from .model import Document, Mode, Raw, Skipped
from .text.normalize import tokenize
from .text.paragraphs import Spans, split, split_all

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
    """The texts in UTF-8 end to end, behind that of each row of JSONL its frame; ``sizes`` (int64) of all of them."""
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

    def utf8(self, document: int) -> bytes:
        return self.spool.data(self.numbers[document])

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
    parsed = [sources.parse(item, settings) if isinstance(item, Raw) else item for item in _opened(batch, settings)]
    documents = [item for item in parsed if isinstance(item, Document)]
    texts = [document.text for document in documents]
    written = [text.encode("utf-8", "surrogatepass") for text in texts]
    spans = _spans(documents, written, compiled)
    parts = [(document.text, span, document.blocks) for document, span in zip(documents, spans, strict=True)]
    labelled = label.label_all(parts, rules=known, clean=settings.clean, compiled=compiled)
    keys = _keys(texts, spans, settings, compiled)
    chars = tuple(map(len, texts))
    labels, tokens = [x.labels for x in labelled], tokenize(texts, compiled, written)
    columns = table.build(spans, labels, keys, tokens, chars, compiled)
    light = tuple(item.light() if isinstance(item, Document) else item for item in parsed)
    pieces = list(chain.from_iterable(_pieces(*pair) for pair in zip(documents, written, strict=True)))
    return Prepared(
        light, tuple(x.mode for x in labelled), b"".join(pieces), np.fromiter(map(len, pieces), np.int64, len(pieces)),
        chars, tuple(hashlib.sha256(text).hexdigest() for text in written), columns,
    )  # fmt: skip


def _keys(texts: Sequence[str], spans: Sequence[Spans], settings: Settings, compiled: bool) -> Hashes:
    """What lines are known by on other pages; with cleaning off none is looked for there."""
    if settings.clean == "off":
        return np.zeros(sum(map(len, spans)), np.uint64)
    return templates.line_keys(texts, spans, compiled)


def _pieces(document: Document, text: bytes) -> tuple[bytes, ...]:
    """What the spool has of a document."""
    return (text,) if document.row is None else (text, document.frame)


def _opened(batch: Sequence[Item], settings: Settings) -> Iterator[Raw | Document | Skipped]:
    """The items, lines apart."""
    for item in batch:
        if isinstance(item, sources.Lines):
            yield from item.documents(_limit(settings))
        else:
            yield item


def _limit(settings: Settings) -> int:
    """Bytes that a document may have."""
    return settings.max_document_mb * sources.MB


def _spans(documents: Sequence[Document], written: Sequence[bytes], compiled: bool) -> list[Spans]:
    """Paragraphs: the blocks of a page, or what the layout of a text shows. ``written``: the texts in UTF-8."""
    found: list[Spans] = [[(block.start, block.end) for block in document.blocks] for document in documents]
    plain = [number for number, document in enumerate(documents) if not document.blocks]
    if compiled:
        several: Iterable[Spans] = split_all([written[number] for number in plain])
    else:
        several = (split(documents[number].text) for number in plain)
    for number, spans in zip(plain, several, strict=True):
        found[number] = spans
    return found


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
            number = len(spool)
            spool.extend(prepared.data, prepared.sizes.tolist())
            for item in prepared.documents:
                if isinstance(item, Skipped):
                    skipped.append(replace(item, id=names.unique(item.id)))
                    continue
                name = names.unique(item.id)
                source = item.source if item.row is not None else name  # pairs may come with the same id
                same = name == item.id and source == item.source
                documents.append(item if same else replace(item, id=name, source=source))
                numbers.append(number)
                number += 1 if item.row is None else 2
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
    return Document(id=name, text=text, source=name, site=name.rpartition("/")[0])


def _input_names(inputs: Sequence[Path] | Pairs) -> tuple[str, ...]:
    return tuple(sorted(sources.utf8_name(Path(item).name) for item in inputs if not isinstance(item, tuple)))


def _size(item: Item) -> int:
    if isinstance(item, Raw):
        return len(item.data)
    if isinstance(item, sources.Lines):
        return item.size
    return len(item.text) if isinstance(item, Document) else 0
