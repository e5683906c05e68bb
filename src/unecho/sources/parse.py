"""The article in the bytes: a text, a page, or a record with fields of any usual name."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple, NoReturn

from ..config import Settings
from ..errors import UnreadableError
from ..model import Block, Document, Raw, Skipped
from .decode import decode
from .metadata import clean, iso_date, site_of, text_of
from .records import MARK, Parted, frame_utf8, loaded

if TYPE_CHECKING:
    from ..markup import Page

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
AUTHOR_FIELDS = ("author", "authors", "byline", "creator", "writer")
LANGUAGE_FIELDS = ("language", "lang", "language_code")

_CLOSED_BLOCK = re.compile(r"</(?:p|div|article|section|body|html|h[1-6]|ul|ol|table|blockquote)\s*>", re.I)


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
            utf8=in_utf8(found.text),
            source=source.name,
            site=folder,
            encoding=found.encoding,
            bom=found.bom,
            repaired=found.repaired,
        )
    page = _read_page(found.text, settings)
    return Document(
        id=source.name,
        utf8=in_utf8(page.text),
        source=source.name,
        format="html",
        title=page.title,
        url=page.url,
        site=site_of(page.url) or folder,
        date=iso_date(page.date),
        language=page.language,
        author=page.author,
        encoding=found.encoding,
        bom=found.bom,
        repaired=found.repaired,
        blocks=page.blocks,
    )


def _from_record(raw: Raw, row: int, settings: Settings) -> Document:
    line, record, sound = _line_of(raw.data, settings.encoding)
    fields = _Fields(record, sound)
    name, text, is_html = fields.text(settings)
    page = _read_page(text, settings) if is_html else None
    utf8, frame = in_utf8(page.text if page else text), frame_utf8(line, name)
    return _row(raw.source.name, row, fields, settings, name, utf8, frame, page)


def parse_parted(source: str, row: int, line: Parted, field: str, settings: Settings) -> Document | None:
    """``parse`` of the row of a file whose text, in a field, was taken out before; None if that is not the text that
    it would take, or needs a second look."""
    fields = _Fields(line.record, True)
    try:
        if not (fields.has_text_first(field, settings) and _is_plain(line.text)):
            return None
        return _row(source, row, fields, settings, field, line.text, line.frame, None)
    except UnreadableError:
        return None


def _is_plain(text: bytes) -> bool:
    """Whether a text in UTF-8 is neither blank nor a piece of HTML, as far as a glance tells."""
    if b"<" in text and b"</" in text:  # to look for one byte is far cheaper than for two
        return False
    return text[:1].isalnum() or text[:64].decode("utf-8", "ignore").strip() != ""


def _row(
    source: str, row: int, fields: _Fields, settings: Settings, name: str, utf8: bytes, frame: bytes, page: Page | None
) -> Document:
    """The document of a record. ``name``: the field of its text. ``page``: what that is, if it is HTML."""
    usual = fields.usual
    url = fields.said(usual.url, settings.url_field, "--url-field")
    title = fields.said(usual.title, settings.title_field, "--title-field")
    found_date = iso_date(fields.get(usual.date, settings.date_field, "--date-field"))
    site = fields.said(usual.site, settings.site_field, "--site-field")
    language, author = fields.said(usual.language), fields.said(usual.author)
    blocks: tuple[Block, ...] = ()
    if page is not None:
        blocks = page.blocks
        title, url = title or page.title, url or page.url
        found_date, language = found_date or iso_date(page.date), language or page.language
        author = author or page.author
    name_of_row = f"{source}#{fields.said(usual.id, settings.id_field, '--id-field') or row + 1}"
    site = site_of(url) or site or _folder_of(source)
    return Document(  # by place, which takes a third of the time
        name_of_row, utf8, source, "jsonl", row, title, url, site, found_date, language, author, blocks=blocks,
        frame=frame, field=name,
    )  # fmt: skip


def _read_page(html: str, settings: Settings) -> Page:
    """A page as we read it; with the text of another extractor, if that is wished and finds any."""
    from ..markup import read_html

    page = read_html(html, settings.html_as)
    if settings.extractor == "trafilatura":
        import trafilatura

        form = "markdown" if settings.html_as == "md" else "txt"
        text = trafilatura.extract(html, output_format=form, include_comments=False, deduplicate=False)
        if text and text.strip():
            return replace(page, text=clean(text), blocks=())
    return page


def load_record(line: bytes, encoding: str = "") -> dict[str, Any]:
    """The object in a line of JSON, numbers of any length kept. Raises UnreadableError with the reason."""
    value: dict[str, Any] = _line_of(line, encoding).value
    return value


class _Loaded(NamedTuple):
    """A line of JSON in UTF-8, and the object in it."""

    line: bytes
    value: Any
    sound: bool
    """Whether its texts are known to hold no lone surrogates."""


def in_utf8(text: str) -> bytes:
    """A text as documents have it."""
    return text.encode("utf-8", "surrogatepass")


def _line_of(line: bytes, encoding: str) -> _Loaded:
    found = _load_json(line, encoding)
    if not isinstance(found.value, dict):
        raise UnreadableError(f"a JSON {_json_kind(found.value)}, not an object with fields")
    return found


def _load_json(line: bytes, encoding: str) -> _Loaded:
    encoding = of_lines(encoding)
    if not encoding:
        value = loaded(line)
        if value is not None:
            return _Loaded(line, value, True)
    try:
        text = decode(line, encoding=encoding).text
        value = json.loads(text, parse_constant=_no_constant, parse_float=_finite)
    except json.JSONDecodeError as error:
        what = error.msg.removesuffix(" at")
        raise UnreadableError(f"not JSON: {what} at character {error.pos + 1}") from None
    except RecursionError:
        raise UnreadableError("not JSON that can be read: nested too deeply") from None
    except ValueError as error:
        raise UnreadableError(f"not JSON that can be read: {error}") from None
    return _Loaded(text.encode("utf-8", "surrogatepass"), value, False)


def of_lines(encoding: str) -> str:
    """The encoding of the lines of a file in ``encoding``; none where they are UTF-8, or what a line shows."""
    wide = encoding.lower().replace("_", "-").startswith(("utf-16", "utf-32", "utf16", "utf32"))
    return "" if wide else encoding  # `read` has made it UTF-8


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


@dataclass(frozen=True, slots=True)
class _Usual:
    """The fields of a record that have usual names, as it spells them, the first choice first."""

    texts: tuple[tuple[str, bool], ...]
    """With the article; and whether that is HTML."""
    id: tuple[str, ...]
    url: tuple[str, ...]
    title: tuple[str, ...]
    date: tuple[str, ...]
    site: tuple[str, ...]
    author: tuple[str, ...]
    language: tuple[str, ...]


@lru_cache(maxsize=256)
def _usual(names: tuple[str, ...]) -> _Usual:
    """Of records with these fields: most of a file have the same."""
    by_name: dict[str, str] = {}
    for name in names:
        by_name.setdefault(name.lower().replace("-", "_").replace(" ", "_"), name)

    def among(usual: Sequence[str]) -> tuple[str, ...]:
        return tuple(by_name[name] for name in usual if name in by_name)

    texts = *((name, False) for name in among(TEXT_FIELDS)), *((name, True) for name in among(HTML_FIELDS))
    lists = ID_FIELDS, URL_FIELDS, TITLE_FIELDS, DATE_FIELDS, SITE_FIELDS, AUTHOR_FIELDS, LANGUAGE_FIELDS
    return _Usual(texts, *map(among, lists))


class _Fields:
    """A record's fields, found by the usual names whatever their case."""

    def __init__(self, record: dict[str, Any], sound: bool) -> None:
        """``sound``: see ``_Loaded``."""
        self.record, self._sound = record, sound
        self.usual = _usual(tuple(record))

    def get(self, usual: Sequence[str], chosen: str = "", option: str = "") -> Any:
        """The value of the ``chosen`` field, else of the first usual one that says something."""
        if chosen:
            return self._chosen(chosen, option)
        for name in usual:
            value = self.record[name]
            if (type(value) is str and value) or type(value) is int or type(value) is float:
                return value
        return None

    def said(self, usual: Sequence[str], chosen: str = "", option: str = "") -> str | None:
        """``get`` on one line; None if it says nothing."""
        return text_of(self.get(usual, chosen, option)) if usual or chosen else None

    def has_text_first(self, field: str, settings: Settings) -> bool:
        """Whether ``text`` takes that of a field in which ``MARK`` stands for it."""
        if self.usual.texts[:1] == ((field, False),) and not (settings.text_field or settings.html_field):
            return True  # nearly always
        return self.text(settings) == (field, MARK, False)

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
                return chosen, self._cleaned(value), html
        empty = None
        for name, html in self.usual.texts:
            value = self.record[name]
            if not isinstance(value, str):
                continue
            if value and not value.isspace():
                return name, self._cleaned(value), html or _is_markup(value)
            empty = empty or (name, value, html)
        if empty:
            return empty
        raise UnreadableError(f"no text field; it has {self._names()}: name one with --text-field")

    def _cleaned(self, value: str) -> str:
        return value if self._sound else clean(value)

    def _chosen(self, name: str, option: str) -> Any:
        if name not in self.record:
            raise UnreadableError(f"no field '{name}' ({option}); it has {self._names()}")
        return self.record[name]

    def _names(self) -> str:
        names = [clean(name) for name in self.record]
        more = f" and {len(names) - 20} more" if len(names) > 20 else ""
        return (", ".join(names[:20]) or "no fields") + more


def _is_markup(value: str) -> bool:
    """True for a text field that holds a piece of HTML, as feeds have it."""
    value = value.strip()
    if not (value.startswith("<") and value.endswith(">")):
        return False
    return re.search(r"</(?:p|div|article|section|body|html|h[1-6]|ul|ol|table|blockquote)\s*>", value) is not None


def _folder_of(name: str) -> str:
    return name.rpartition("/")[0]
