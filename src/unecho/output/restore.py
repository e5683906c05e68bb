"""The documents as they were read, out of the cleaned corpus and the removals."""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from itertools import groupby
from pathlib import Path

from ..errors import RunError, UsageError
from ..model import DocumentRecord, Removal
from ..sources import load_record
from ..sources.decode import decode, encode
from ..sources.records import frame
from ..text.spans import mend
from . import manifest
from .rewrite import Files, content


def texts(run: Path) -> Iterator[tuple[str, str]]:
    """(id, text as read) of every document that was not skipped. Raises RunError when the run is damaged."""
    for record, text, _, _ in restored(run):
        yield record.id, text


def restored(
    run: Path, removals: Mapping[str, Sequence[Removal]] | None = None
) -> Iterator[tuple[DocumentRecord, str, bytes, str]]:
    """Every document not skipped with its text as read and, for a JSONL row, its line and text field.

    Files in order of name, rows in order of number; the texts are checked against their SHA-256. ``removals``: by
    document, where they have been read already.
    """
    records = [record for record in manifest.documents(run) if record.status != "skipped"]
    records.sort(key=lambda record: (record.source, record.row or 0, record.id))
    pieces = removals_by_document(run) if removals is None else removals
    for _, rows in groupby(records, key=lambda record: record.source):
        yield from _one_file(run, list(rows), pieces)


def _one_file(
    run: Path, records: list[DocumentRecord], pieces: Mapping[str, Sequence[Removal]]
) -> Iterator[tuple[DocumentRecord, str, bytes, str]]:
    lines = _clean_lines(run, records)
    for record in records:
        line, field = b"", record.field or ""
        if record.row is None:
            cleaned = _clean_text(run, record)
        else:
            line = record.record.encode() if record.status == "dropped" and record.record else next(lines, b"")
            cleaned = _field_text(record, line, field)
        try:
            text = mend(cleaned, [(piece.start, piece.text) for piece in pieces.get(record.id, ())])
        except (ValueError, TypeError) as error:
            raise RunError(f"{record.id}: {error}", "the run folder was changed: run 'unecho dedupe' again") from None
        if sha256(text) != record.sha256:
            raise RunError(
                f"{record.id}: the cleaned text and the removals do not give back what was read",
                "the run folder was changed: run 'unecho dedupe' again",
            )
        yield record, text, line, field


def sha256(text: str) -> str:
    """Of a text in UTF-8, in hex."""
    return hashlib.sha256(text.encode()).hexdigest()


def removals_by_document(run: Path) -> dict[str, list[Removal]]:
    """The removals of a run, in order, by document."""
    found: dict[str, list[Removal]] = {}
    for removal in manifest.removals(run):
        found.setdefault(removal.document, []).append(removal)
    return found


def _read(path: Path) -> bytes:
    try:
        data = path.read_bytes()
        return gzip.decompress(data) if path.suffix == ".gz" else data
    except (OSError, EOFError) as error:
        raise RunError(f"{path} cannot be read: {error}", "the run folder was changed: run it again") from None


def _clean_text(run: Path, record: DocumentRecord) -> str:
    if record.status == "dropped":
        return ""
    try:
        return _read(run / manifest.CLEAN / str(record.output)).decode("utf-8")
    except UnicodeDecodeError as error:
        raise RunError(f"{record.id}: {error}", "the run folder was changed: run it again") from None


def _clean_lines(run: Path, records: list[DocumentRecord]) -> Iterator[bytes]:
    output = next((record.output for record in records if record.status != "dropped"), None)
    if output is None or records[0].row is None:
        return iter(())
    return iter(_read(run / manifest.CLEAN / output).split(b"\n")[:-1])


def _field_text(record: DocumentRecord, line: bytes, field: str) -> str:
    with suppress(Exception):
        value = load_record(line).get(field)
        if isinstance(value, str):
            return value
    raise RunError(
        f"{record.id}: its line in clean/{record.output} is damaged or missing",
        "the run folder was changed: run 'unecho dedupe' again",
    )


def restore(run: Path, out: Path) -> int:
    """Write the documents as they were read below ``out``; returns how many.

    Text files come back byte for byte in the encoding they had; HTML comes back as its extracted text; JSONL
    rows come back with their text, skipped lines do not.
    Raises UsageError when ``out`` is not empty, RunError when the run is damaged.
    """
    manifest.read_run(run)
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise UsageError(f"{out} is not empty: nothing was touched", "give a new folder with -o")
    out.mkdir(parents=True, exist_ok=True)
    count = 0
    for is_file, rows in groupby(restored(run), key=lambda row: row[0].row is None):
        write = _restore_files if is_file else _restore_rows
        count += write(rows, out)
    return count


def _restore_files(rows: Iterable[tuple[DocumentRecord, str, bytes, str]], out: Path) -> int:
    count = 0
    for record, text, _, _ in rows:
        data = text.encode()
        if record.format == "text":
            data = encode(text, record.encoding or "utf-8", record.bom, record.repaired)
        path = out / str(record.output)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(gzip.compress(data, mtime=0) if path.suffix == ".gz" else data)
        count += 1
    return count


def _restore_rows(rows: Iterable[tuple[DocumentRecord, str, bytes, str]], out: Path) -> int:
    count = 0
    with Files(out) as files:
        for record, text, line, field in rows:
            files.write(str(record.output), content(text, frame(decode(line).text, field).encode()))
            count += 1
    return count
