"""Files to documents: what is there, its bytes, and the article in them. Nothing is opened for writing."""

from __future__ import annotations

import codecs
import contextlib
import difflib
import errno
import gzip
import json
import os
import re
import stat
import sys
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, NoReturn

import orjson

from .config import Settings
from .decode import decode
from .errors import UnreadableError, UsageError
from .model import Block, Document, Format, Raw, Skipped, Source

MB = 1_000_000
"""Bytes of a megabyte, as in ``--max-document-mb``."""

FORMATS: dict[str, Format] = {
    ".txt": "text",
    ".text": "text",
    ".md": "text",
    ".markdown": "text",
    ".html": "html",
    ".htm": "html",
    ".xhtml": "html",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
}
"""What is read in folders, by suffix; each also with ``.gz`` behind it."""

TEXT_FIELDS = (
    *("text", "body", "content", "article", "article_body", "articlebody", "article_text", "articletext"),
    *("maintext", "main_text", "plain_text", "plaintext", "raw_text", "full_text", "fulltext"),
    *("text_content", "body_text", "story", "story_text", "document"),
)
"""Where the article is looked for in a record, in this order and whatever the case; the same below."""
HTML_FIELDS = ("html", "raw_html", "rawhtml", "content_html", "html_content", "body_html", "page")
ID_FIELDS = ("id", "_id", "doc_id", "docid", "document_id", "article_id", "articleid", "uuid", "guid")
URL_FIELDS = ("url", "link", "permalink", "uri", "source_url", "canonical_url", "article_url", "page_url")
TITLE_FIELDS = ("title", "headline", "article_title", "heading", "name")
DATE_FIELDS = (
    *("date", "published", "date_published", "datepublished", "publish_date", "published_date"),
    *("published_at", "publishedat", "publication_date", "pubdate", "pub_date", "date_publish"),
    *("publish_time", "created", "created_at", "timestamp", "datetime", "time"),
)
SITE_FIELDS = (
    *("site", "source", "domain", "source_domain", "host", "hostname", "website", "publisher", "outlet"),
    *("newspaper", "publication", "site_name"),
)
LANGUAGE_FIELDS = ("language", "lang", "language_code")

_BLOCK = 1 << 20
_NO_SUFFIX = "(no suffix)"
_HIDDEN = "(hidden)"
_SURROGATE = re.compile("[\ud800-\udfff]")
_CLOSED_BLOCK = re.compile(r"</(?:p|div|article|section|body|html|h[1-6]|ul|ol|table|blockquote)\s*>", re.I)
_BIG_NUMBER = re.compile(rb"\d{19}")


@dataclass(frozen=True, slots=True)
class Found:
    """What lies in the inputs."""

    sources: tuple[Source, ...]
    """What can be read, sorted by name."""
    skipped: tuple[Skipped, ...]
    """What should have been read and cannot be, sorted by name."""
    ignored: dict[str, int]
    """Files of other kinds, counted by suffix; no error."""


class Names:
    """Hands out names that are unique: ``a``, ``a~2``, ``a~3`` in the order they are asked for."""

    def __init__(self) -> None:
        self._last: dict[str, int] = {}

    def unique(self, name: str, suffix: str = "") -> str:
        """``name + suffix``, or with ``~number`` between the two if that is taken."""
        wanted = candidate = name + suffix
        number = self._last.get(wanted, 0)
        while candidate in self._last:
            number += 1
            candidate = f"{name}~{number}{suffix}"
        if candidate != wanted:
            self._last[wanted] = number
        self._last[candidate] = 1
        return candidate


# --- what is there ---------------------------------------------------------------------------------------


def discover(inputs: Sequence[Path], exclude: Path | None = None) -> Found:
    """List what is to be read in files and folders, in the same order on every system.

    ``exclude``: a folder that is never entered (the output folder). Links inside folders are not followed.
    Raises UsageError for an input that is missing or lies in ``exclude``, and when there is nothing to read.
    """
    if not inputs:
        raise UsageError("no input", "name files or folders to read")
    search = _Search(inputs, exclude)
    return search.run()


class _Search:
    """The state of one walk over the inputs."""

    def __init__(self, inputs: Sequence[Path], exclude: Path | None) -> None:
        self.inputs = _distinct(inputs)
        self.given = {key for _, key in self.inputs}
        self.inodes = {inode for _, inode in self.given}
        self.exclude = Path(os.path.realpath(exclude)) if exclude is not None else None
        self.names = Names()
        self.folders = Names()
        self.sources: list[Source] = []
        self.skipped: list[Skipped] = []
        self.ignored: Counter[str] = Counter()

    def run(self) -> Found:
        for path, _ in self.inputs:
            self._refuse_excluded(path)
            if path.is_dir():
                name = utf8_name(Path(os.path.realpath(path)).name) or "root"
                self._folder(path, self.folders.unique(name) + "/" if len(self.inputs) > 1 else "")
            else:
                self._file(path)
        if not self.sources:
            self._nothing()
        self.sources.sort(key=lambda source: source.name)
        self.skipped.sort(key=lambda skipped: skipped.id)
        return Found(tuple(self.sources), tuple(self.skipped), dict(sorted(self.ignored.items())))

    def _refuse_excluded(self, path: Path) -> None:
        real = Path(os.path.realpath(path))
        if self.exclude is not None and (real == self.exclude or self.exclude in real.parents):
            raise UsageError(f"the input {path} lies in the output folder", "give another --output")

    def _file(self, path: Path) -> None:
        """A file the user named: read whatever its suffix."""
        name = utf8_name(path.name)
        mode = path.stat().st_mode
        if not stat.S_ISREG(mode):
            self._skip(name, _kind(mode) + ", not a file")
            return
        kind, compressed = classify(name)
        self._add(path, "", name, kind or "text", compressed)

    def _add(self, path: Path, folder: str, name: str, kind: Format, compressed: bool) -> None:
        stem, suffix = _split_suffix(name)
        self.sources.append(Source(path, self.names.unique(folder + stem, suffix), kind, compressed))

    def _skip(self, name: str, reason: str) -> None:
        self.skipped.append(Skipped(name, name, reason))

    def _folder(self, root: Path, prefix: str) -> None:
        todo = [(os.fspath(root), prefix)]
        while todo:
            path, folder = todo.pop()
            try:
                with os.scandir(path) as found:
                    entries = sorted(found, key=lambda entry: entry.name)
            except OSError as error:
                self._skip(folder.rstrip("/") or utf8_name(root.name) or ".", _plain(error))
                continue
            for entry in entries:
                self._entry(entry, folder, todo)

    def _entry(self, entry: os.DirEntry[str], folder: str, todo: list[tuple[str, str]]) -> None:
        name = entry.name if entry.name.isascii() else utf8_name(entry.name)
        if name.startswith("."):
            self.ignored[_HIDDEN] += 1
            return
        kind, compressed = classify(name)
        try:
            if _is_link(entry):
                if kind or entry.is_dir():
                    self._skip(folder + name, "symbolic link, not followed")
                else:
                    self.ignored[_suffix(name)] += 1
            elif entry.is_dir(follow_symlinks=False):
                if not self._elsewhere(entry) and not self._excluded(entry):
                    todo.append((entry.path, f"{folder}{name}/"))
            elif not entry.is_file(follow_symlinks=False):
                self._skip(folder + name, _kind(entry.stat(follow_symlinks=False).st_mode) + ", not a file")
            elif not kind:
                self.ignored[_suffix(name)] += 1
            elif not self._elsewhere(entry):
                self._add(Path(entry.path), folder, name, kind, compressed)
        except OSError as error:
            self._skip(folder + name, _plain(error))

    def _elsewhere(self, entry: os.DirEntry[str]) -> bool:
        """True for what the user has named on its own too: it is read there."""
        if entry.inode() not in self.inodes:
            return False
        found = Path(entry.path).stat()
        return (found.st_dev, found.st_ino) in self.given

    def _excluded(self, entry: os.DirEntry[str]) -> bool:
        if self.exclude is None or entry.name.casefold() != self.exclude.name.casefold():
            return False
        return self.exclude.exists() and Path(entry.path).samefile(self.exclude)

    def _nothing(self) -> NoReturn:
        where = ", ".join(str(path) for path, _ in self.inputs)
        kinds = "read are " + " ".join(FORMATS) + ", each also with .gz"
        found = [f"{count} {suffix}" for suffix, count in self.ignored.most_common(8)]
        found += [f"{skipped.id} ({skipped.reason})" for skipped in self.skipped[:3]]
        raise UsageError(
            f"nothing to read in {where}",
            f"{kinds}; found instead: {', '.join(found)}" if found else f"{kinds}; it is empty",
        )


def _distinct(inputs: Sequence[Path]) -> list[tuple[Path, tuple[int, int]]]:
    """The inputs with their identity on disk, each once."""
    distinct: dict[tuple[int, int], Path] = {}
    for path in inputs:
        try:
            found = path.stat()
        except (FileNotFoundError, NotADirectoryError):
            raise UsageError(f"no such file or folder: {path}", _nearest(path)) from None
        except (OSError, ValueError) as error:
            raise UsageError(f"cannot read {path}: {_plain(error)}") from None
        distinct.setdefault((found.st_dev, found.st_ino), path)
    return [(path, key) for key, path in distinct.items()]


def _nearest(path: Path) -> str:
    try:
        near = difflib.get_close_matches(path.name, sorted(entry.name for entry in path.parent.iterdir()), 1)
    except OSError:
        return f"the folder {path.parent} is not there either"
    return f"did you mean '{path.parent / near[0]}'?" if near else "check the path"


def classify(name: str) -> tuple[Format | None, bool]:
    """The format a file's suffix stands for (None for other kinds), and whether it is compressed."""
    suffix = _split_suffix(name)[1].lower()
    inner = suffix.removesuffix(".gz")
    return FORMATS.get(inner), inner != suffix


def _split_suffix(name: str) -> tuple[str, str]:
    """Name and suffix, ``.txt.gz`` taken as one."""
    stem, dot, suffix = name.rpartition(".")
    if not stem:
        return name, ""
    if suffix.lower() == "gz":
        stem, inner = _split_suffix(stem)
        return stem, f"{inner}.{suffix}"
    return stem, dot + suffix


def _suffix(name: str) -> str:
    return _split_suffix(name)[1].lower() or _NO_SUFFIX


def _is_link(entry: os.DirEntry[str]) -> bool:
    return entry.is_symlink() or (sys.version_info >= (3, 12) and entry.is_junction())


def _kind(mode: int) -> str:
    if stat.S_ISFIFO(mode):
        return "named pipe"
    if stat.S_ISSOCK(mode):
        return "socket"
    if stat.S_ISDIR(mode):
        return "folder"
    return "device" if stat.S_ISCHR(mode) or stat.S_ISBLK(mode) else "special file"


def utf8_name(name: str) -> str:
    """``name`` with the bytes that are not UTF-8 written %XX."""
    return _SURROGATE.sub(_percent, name)


def _percent(match: re.Match[str]) -> str:
    try:
        raw = os.fsencode(match[0])
    except UnicodeEncodeError:  # half of a pair in a Windows name
        raw = match[0].encode("utf-8", "surrogatepass")
    return "".join(f"%{byte:02X}" for byte in raw)


def _plain(error: OSError | ValueError) -> str:
    """The system's reason in words."""
    reason = getattr(error, "strerror", None) or str(error) or type(error).__name__
    if getattr(error, "errno", None) == errno.ENOENT:
        return "vanished before it was read"
    return reason[:1].lower() + reason[1:]


# --- its bytes -------------------------------------------------------------------------------------------


def read(source: Source, limit: int) -> Iterator[Raw | Skipped]:
    """The documents of a file as bytes, in order: the file, or each line of a JSONL file that is not blank.

    ``limit``: bytes a document may have (after decompression); larger ones are skipped without being held
    in memory. What cannot be read is a `Skipped` with the reason; nothing is raised for it.
    """
    try:
        with _open(source) as file:
            if source.format == "jsonl":
                yield from _lines(source, file, limit)
            else:
                yield _whole(source, file, limit)
    except EOFError:
        yield _skipped(source, "the compressed data ends too early")
    except OSError as error:
        yield _skipped(source, _plain(error))
    except UnreadableError as error:
        yield _skipped(source, str(error))


class _Plain:
    """A file read with the system's own calls: for small files much of the time is Python's layers."""

    def __init__(self, path: Path) -> None:
        # O_NONBLOCK: a pipe that took the file's place must not hang the run.
        flags = os.O_RDONLY | getattr(os, "O_BINARY", 0) | getattr(os, "O_NONBLOCK", 0)
        self.fd = os.open(path, flags)
        status = os.fstat(self.fd)
        self.size = status.st_size
        if not stat.S_ISREG(status.st_mode):
            os.close(self.fd)
            raise UnreadableError(_kind(status.st_mode) + ", not a file")

    def __enter__(self) -> _Plain:
        return self

    def __exit__(self, *_: object) -> None:
        os.close(self.fd)

    def read(self, size: int) -> bytes:
        return os.read(self.fd, size)


class _Gzip:
    """A gzip file; `read` gives what there is, so that data before a break is not lost."""

    size = 0  # not known before it is read

    def __init__(self, path: Path) -> None:
        self.plain = _Plain(path)
        self.raw = os.fdopen(self.plain.fd, "rb", closefd=False)
        self.file = gzip.GzipFile(fileobj=self.raw)

    def __enter__(self) -> _Gzip:
        return self

    def __exit__(self, *_: object) -> None:
        self.file.close()
        self.raw.close()
        self.plain.__exit__()

    def read(self, size: int) -> bytes:
        try:
            return self.file.read1(size)
        except gzip.BadGzipFile:
            raise UnreadableError("not gzip, or followed by something that is not") from None
        except zlib.error:
            raise UnreadableError("the compressed data is damaged") from None


def _open(source: Source) -> _Plain | _Gzip:
    return _Gzip(source.path) if source.compressed else _Plain(source.path)


def _whole(source: Source, file: _Plain | _Gzip, limit: int) -> Raw | Skipped:
    size = file.size
    if size > limit:
        return _skipped(source, _too_large(limit))
    first = file.read(min(size, limit) + 1)
    if 0 < size == len(first):  # the usual case: one call gave it all
        return Raw(source, None, first)
    parts, total = [first], len(first)
    while total <= limit and (block := file.read(_BLOCK)):
        parts.append(block)
        total += len(block)
    if total > limit:
        return _skipped(source, _too_large(limit))
    return Raw(source, None, b"".join(parts))


def _lines(source: Source, file: _Plain | _Gzip, limit: int) -> Iterator[Raw | Skipped]:
    row = 0
    held: list[bytes] = []  # the beginning of a line whose end is in a later block
    size = 0
    for block in _utf8_blocks(file):
        *ended, rest = block.split(b"\n")
        for piece in ended:
            if held:
                size += len(piece)
                line = b"".join([*held, piece]) if size <= limit else b""
                held = []
            else:
                size, line = len(piece), piece
            yield from _line(source, row, line, size, limit)
            row += 1
        if rest:
            size = size + len(rest) if held else len(rest)
            held = [*held, rest] if size <= limit else [b""]
    if held:
        yield from _line(source, row, b"".join(held), size, limit)


def _line(source: Source, row: int, line: bytes, size: int, limit: int) -> Iterator[Raw | Skipped]:
    if size > limit:
        yield Skipped(f"{source.name}#{row + 1}", source.name, _too_large(limit), row)
        return
    if line.endswith(b"\r"):
        line = line[:-1]
    if line and not line.isspace():
        yield Raw(source, row, line)


def _utf8_blocks(file: _Plain | _Gzip) -> Iterator[bytes]:
    """The file in blocks, without a UTF-8 mark; UTF-16 and UTF-32 with a mark become UTF-8."""
    block = file.read(_BLOCK)
    while 0 < len(block) < 4 and (more := file.read(_BLOCK)):
        block += more
    decoder = None
    if block.startswith((codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)):
        decoder = codecs.getincrementaldecoder("utf-32")("replace")
    elif block.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        decoder = codecs.getincrementaldecoder("utf-16")("replace")
    elif block.startswith(codecs.BOM_UTF8):
        block = block[3:]
    while block:
        yield decoder.decode(block).encode() if decoder else block
        block = file.read(_BLOCK)
    if decoder:
        yield decoder.decode(b"", True).encode()


def _too_large(limit: int) -> str:
    return f"larger than {limit / MB:g} MB (--max-document-mb)"


def _skipped(source: Source, reason: str) -> Skipped:
    return Skipped(source.name, source.name, reason)


# --- the article in them ---------------------------------------------------------------------------------


def parse(raw: Raw, settings: Settings) -> Document | Skipped:
    """The document in ``raw``; a Skipped with the reason where there is none.

    The id is the file's name, for records ``name#id`` or ``name#line``; it need not be unique yet (`Names`).
    """
    try:
        if raw.row is not None:
            return _from_record(raw, raw.row, settings)
        return _from_file(raw, settings)
    except UnreadableError as error:
        name = raw.source.name
        if raw.row is None:
            return Skipped(name, name, str(error))
        return Skipped(f"{name}#{raw.row + 1}", name, f"{name}:{raw.row + 1}: {error}", raw.row)


def _from_file(raw: Raw, settings: Settings) -> Document:
    source = raw.source
    html = source.format == "html"
    found = decode(raw.data, html=html, encoding=settings.encoding)
    folder = _folder_of(source.name)
    if not html:
        return Document(
            id=source.name,
            text=found.text,
            source=source.name,
            site=folder,
            encoding=found.encoding,
            bom=found.bom,
            repaired=found.repaired,
        )
    from .markup import read_html

    page = read_html(found.text, settings.html_as)
    return Document(
        id=source.name,
        text=page.text,
        source=source.name,
        format="html",
        title=page.title,
        url=page.url,
        site=site_of(page.url) or folder,
        date=iso_date(page.date),
        language=page.language,
        encoding=found.encoding,
        bom=found.bom,
        repaired=found.repaired,
        blocks=page.blocks,
    )


def _from_record(raw: Raw, row: int, settings: Settings) -> Document:
    record = load_record(raw.data, settings.encoding)
    fields = _Fields(record)
    name, text, is_html = fields.text(settings)
    source = raw.source.name
    url = _text(fields.get(URL_FIELDS, settings.url_field, "--url-field"))
    title = _text(fields.get(TITLE_FIELDS, settings.title_field, "--title-field"))
    found_date = iso_date(fields.get(DATE_FIELDS, settings.date_field, "--date-field"))
    site = _text(fields.get(SITE_FIELDS, settings.site_field, "--site-field"))
    language = _text(fields.get(LANGUAGE_FIELDS))
    blocks: tuple[Block, ...] = ()
    if is_html:
        from .markup import read_html

        page = read_html(text, settings.html_as)
        text, blocks = page.text, page.blocks
        title, url = title or page.title, url or page.url
        found_date, language = found_date or iso_date(page.date), language or page.language
    identity = _text(fields.get(ID_FIELDS, settings.id_field, "--id-field")) or str(row + 1)
    return Document(
        id=f"{source}#{identity}",
        text=text,
        source=source,
        format="jsonl",
        row=row,
        title=title,
        url=url,
        site=site_of(url) or site or _folder_of(source),
        date=found_date,
        language=language,
        blocks=blocks,
        record=raw.data,
        field=name,
    )


def load_record(line: bytes, encoding: str = "") -> dict[str, Any]:
    """The object in a line of JSON, numbers of any length kept. Raises UnreadableError with the reason."""
    value = _load_json(line, encoding)
    if not isinstance(value, dict):
        raise UnreadableError(f"a JSON {_json_kind(value)}, not an object with fields")
    return value


def _load_json(line: bytes, encoding: str) -> Any:
    if encoding.lower().replace("_", "-").startswith(("utf-16", "utf-32", "utf16", "utf32")):
        encoding = ""  # `read` has made it UTF-8
    if not encoding and not _BIG_NUMBER.search(line):  # orjson turns integers beyond 64 bits into floats
        with contextlib.suppress(orjson.JSONDecodeError):
            return orjson.loads(line)
    try:
        return json.loads(decode(line, encoding=encoding).text, parse_constant=_no_constant, parse_float=_finite)
    except json.JSONDecodeError as error:
        raise UnreadableError(f"not JSON: {error.msg} at character {error.pos + 1}") from None
    except RecursionError:
        raise UnreadableError("not JSON that can be read: nested too deeply") from None
    except ValueError as error:
        raise UnreadableError(f"not JSON that can be read: {error}") from None


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


def _finite(digits: str) -> float:
    value = float(digits)
    if value in (float("inf"), float("-inf")):
        raise ValueError("a number too large")
    return value


def _json_kind(value: Any) -> str:
    kinds = {list: "list", str: "string", bool: "true or false", type(None): "null"}
    return kinds.get(type(value), "number")


class _Fields:
    """A record's fields, found by the usual names whatever their case."""

    def __init__(self, record: dict[str, Any]) -> None:
        self.record = record
        self.by_name: dict[str, str] = {}
        for name in record:
            self.by_name.setdefault(name.lower().replace("-", "_").replace(" ", "_"), name)

    def get(self, usual: Iterable[str], chosen: str = "", option: str = "") -> Any:
        """The value of the ``chosen`` field, else of the first usual one that says something."""
        if chosen:
            return self._chosen(chosen, option)
        for name in usual:
            value = self.record.get(self.by_name.get(name, ""))
            if isinstance(value, str | int | float) and not isinstance(value, bool) and value != "":
                return value
        return None

    def text(self, settings: Settings) -> tuple[str, str, bool]:
        """Name and value of the field with the article, and whether that is HTML."""
        for chosen, option, html in (
            (settings.text_field, "--text-field", False),
            (settings.html_field, "--html-field", True),
        ):
            if chosen:
                value = self._chosen(chosen, option)
                if not isinstance(value, str):
                    raise UnreadableError(f"field '{chosen}' ({option}) is a {_json_kind(value)}, not text")
                return chosen, _clean(value), html
        empty = None
        for usual, html in ((TEXT_FIELDS, False), (HTML_FIELDS, True)):
            for name in usual:
                found = self.by_name.get(name)
                value = self.record.get(found) if found is not None else None
                if found is None or not isinstance(value, str):
                    continue
                if value.strip():
                    return found, _clean(value), html or _is_markup(value)
                empty = empty or (found, value, html)
        if empty:
            return empty
        raise UnreadableError(f"no text field; it has {self._names()}: name one with --text-field")

    def _chosen(self, name: str, option: str) -> Any:
        if name not in self.record:
            raise UnreadableError(f"no field '{name}' ({option}); it has {self._names()}")
        return self.record[name]

    def _names(self) -> str:
        names = [_clean(name) for name in self.record]
        more = f" and {len(names) - 20} more" if len(names) > 20 else ""
        return (", ".join(names[:20]) or "no fields") + more


def _is_markup(value: str) -> bool:
    """True for a text field that holds a piece of HTML, as feeds have it."""
    value = value.strip()
    if not (value.startswith("<") and value.endswith(">")):
        return False
    return re.search(r"</(?:p|div|article|section|body|html|h[1-6]|ul|ol|table|blockquote)\s*>", value) is not None


def _clean(value: str) -> str:
    """``value`` without lone surrogates, which no file can hold."""
    return value if value.isascii() else _SURROGATE.sub("\ufffd", value)


def _text(value: Any) -> str | None:
    """A field's value on one line; None if it says nothing."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    return " ".join(_clean(str(value)).split()) or None


def _folder_of(name: str) -> str:
    return name.rpartition("/")[0]


_HOST = re.compile(r"(?:[a-z][a-z0-9+.-]*:)?//(?:[^/?#@]*@)?(\[[^\]/]*\]|[^/?#:\[\s]+)", re.IGNORECASE)


def site_of(url: str | None) -> str:
    """The host of a URL in lower case, without port and leading "www."; "" if it has none."""
    match = re.match(r"(?:[a-z][a-z0-9+.-]*:)?//(?:[^/?#@]*@)?(\[[^\]/]*\]|[^/?#:\[\s]+)", url or "", re.IGNORECASE)
    return match[1].lower().rstrip(".").removeprefix("www.") if match else ""


_ISO = re.compile(r"(\d{4})-(\d\d)-(\d\d)(?!\d)")
_YEAR_FIRST = re.compile(r"(\d{4})[/.]?(\d\d)[/.]?(\d\d)(?=[T\s]|$)")


def iso_date(value: Any) -> str | None:
    """A date as ISO 8601 where it can be told without guessing, else as found; None if there is none.

    Read are ISO 8601, 20240131, 2024/01/31, RFC 2822, and seconds or milliseconds since 1970 (given in UTC).
    """
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        value = int(value)
    text = _text(value)
    if text is None or _ISO.match(text):
        return text
    match = _YEAR_FIRST.match(text)
    if match and _is_date(*match.groups()):
        return "-".join(match.groups()) + text[match.end() :]
    number = re.fullmatch(r"(\d{9,10})(?:\.\d+)?|(\d{12,13})(?:\.\d+)?", text)
    if number:
        seconds = int(number[1]) if number[1] else int(number[2]) // 1000
        return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return _mail_date(text) or text


def _is_date(year: str, month: str, day: str) -> bool:
    try:
        date(int(year), int(month), int(day))
    except ValueError:
        return False
    return 1000 <= int(year) <= 2999


def _mail_date(text: str) -> str | None:
    if not re.match(r"(?:[A-Za-z]{3}, )?\d{1,2} [A-Za-z]{3} \d{4} \d\d:\d\d", text):
        return None
    from email.utils import parsedate_to_datetime

    try:
        return parsedate_to_datetime(text).isoformat()
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
