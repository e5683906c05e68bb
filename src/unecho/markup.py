"""An HTML page to text and blocks with the evidence of its markup. What a reader would not see is left out.

The page is read as a stream of events (an element opens, text, an element closes), so that neither its
size nor its depth matters. The events come from lxml; from BeautifulSoup where lxml gives up; from a plain
tag stripper where that does too.
"""

from __future__ import annotations

import contextlib
import importlib
import re
from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from html import unescape
from typing import Any, Literal, Protocol

import orjson

from .model import Block

Style = Literal["txt", "md"]


@dataclass(frozen=True, slots=True)
class Page:
    """What there is to read on a page. ``text`` is the blocks' texts, joined by empty lines."""

    text: str
    blocks: tuple[Block, ...] = ()
    title: str | None = None
    url: str | None = None
    """The canonical address, if it is absolute."""
    site: str | None = None
    """The name the page gives its site."""
    date: str | None = None
    """Date of publication as found."""
    author: str | None = None
    """Who wrote it, as the page says; several are separated by commas."""
    language: str | None = None


def read_html(html: str, style: Style = "txt") -> Page:
    """The visible text of a page, cut into blocks, and what the page says about itself.

    A block is one line of text, but in ``pre``. ``style`` "md" marks headings, quotes and code as Markdown
    does. Never raises for bad markup.
    """
    html = _safe(html)
    if not html.strip():
        return Page("")
    html = _without_open_end(html.encode()).decode()
    walker = _walk(html, style, trust_hidden=True)
    if not walker.pieces:  # a page that only its scripts show: better its text than none
        walker = _walk(html, style, trust_hidden=False)
    return walker.page()


# --- what the parsers must not see -----------------------------------------------------------------------

_UNSAFE = re.compile("[\0\ud800-\udfff]")  # NUL ends the text for libxml2; lone surrogates cannot be encoded


def _safe(html: str) -> str:
    try:
        html.encode()
    except UnicodeEncodeError:
        return _UNSAFE.sub("\ufffd", html)
    return html.replace("\0", "\ufffd")


_SWALLOWERS = rb"(?:script|style|textarea|title|iframe|xmp|noframes|noembed)"
_CLOSERS = re.compile(rb"</" + _SWALLOWERS + rb"\b", re.IGNORECASE)
_SWALLOWED = re.compile(
    rb"<" + _SWALLOWERS + rb"\b[^>]*>.*?"
    rb"(?=</?(?:p|div|h[1-6]|ul|ol|table|article|section|body|main|header|footer|nav|span|a|img)\b|\Z)",
    re.IGNORECASE | re.DOTALL,
)


def _without_open_end(data: bytes) -> bytes:
    """``data`` without the script, style or comment that is never closed and would swallow the rest."""
    ended = data.rfind(b"-->")
    if data.find(b"<!--", ended + 1) >= 0:
        data = data[: ended + 1] + data[ended + 1 :].replace(b"<!--", b"")
    last = 0
    for match in _CLOSERS.finditer(data):
        last = match.start()
    return data[:last] + _SWALLOWED.sub(b"", data[last:])


# --- from markup to events -------------------------------------------------------------------------------

_MAX_SLOW = 5_000_000
"""Characters up to which a page that lxml rejects is given to html.parser, which is slow on bad markup."""
_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9:-]*)[^<>]*>|<[!?][^<>]*>")


class _Sink(Protocol):
    """What takes the events of a page, in order. Every element that is opened is closed."""

    def start(self, tag: str, attributes: Mapping[str, str]) -> None: ...
    def end(self, tag: str) -> None: ...
    def data(self, text: str) -> None: ...


def _walk(html: str, style: Style, trust_hidden: bool) -> _Walker:
    for feed in (_feed_lxml, _feed_soup, _feed_stripped):
        walker = _Walker(style, trust_hidden)
        with contextlib.suppress(_RejectedError):
            feed(html, walker)
            walker.flush()
            return walker
    return _Walker(style, trust_hidden)


class _RejectedError(Exception):
    """A parser gave the page up."""


class _LxmlTarget:
    """Hands the events of lxml on; lxml asks its target for a ``close`` too."""

    def __init__(self, sink: _Sink) -> None:
        self.start, self.end, self.data = sink.start, sink.end, sink.data

    def close(self) -> None:
        pass


def _feed_lxml(html: str, sink: _Sink) -> None:
    etree = importlib.import_module("lxml.etree")  # imported by name, as it has no type information
    parser = etree.HTMLParser(target=_LxmlTarget(sink), encoding="utf-8", huge_tree=True)
    try:
        etree.fromstring(html.encode(), parser=parser)
    except etree.LxmlError as error:
        raise _RejectedError from error


def _feed_soup(html: str, sink: _Sink) -> None:
    from bs4 import BeautifulSoup
    from bs4.element import NavigableString, PreformattedString, Tag
    from bs4.exceptions import ParserRejectedMarkup

    if len(html) > _MAX_SLOW:
        raise _RejectedError
    try:
        soup = BeautifulSoup(html, "html.parser")
    except (ParserRejectedMarkup, AssertionError, RecursionError) as error:
        raise _RejectedError from error
    open_tags: list[Tag] = []
    for node in soup.descendants:
        while open_tags and node.parent is not open_tags[-1]:
            sink.end(open_tags.pop().name)
        if isinstance(node, Tag):
            sink.start(node.name, {name: _joined(value) for name, value in node.attrs.items()})
            open_tags.append(node)
        elif isinstance(node, NavigableString) and not isinstance(node, PreformattedString):
            sink.data(str(node))
    while open_tags:
        sink.end(open_tags.pop().name)


def _joined(value: object) -> str:
    return " ".join(value) if isinstance(value, list) else str(value or "")


def _feed_stripped(html: str, sink: _Sink) -> None:
    """Text between anything that looks like a tag; only elements that show nothing are told apart."""
    at, unseen = 0, ""
    for match in _TAG.finditer(html):
        closes, tag = match[1] == "/", (match[2] or "").lower()
        if not unseen:
            sink.data(unescape(html[at : match.start()]))
            if tag in _BLOCK_TAGS or tag == "br":
                sink.start("p", {})
                sink.end("p")
            elif tag in _UNSEEN_TAGS and not closes:
                unseen = tag
        elif closes and tag == unseen:
            unseen = ""
        at = match.end()
    if not unseen:
        sink.data(unescape(html[at:]))


# --- from events to blocks -------------------------------------------------------------------------------

_SPACE = re.compile("[ \t\n\r\f\v\x1c-\x1f\x85\u2028\u2029]+")  # no-break spaces stay
_SEEN = re.compile("[^\\s\u00ad\u200b-\u200f\u2060\ufeff\ue000-\uf8ff]")  # icons have private codes
_C1 = re.compile("[\x80-\x9f]")
_EMPTY_LINES = re.compile(r"\n(?:[ \t]*\n)+")
_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|[^\W\d_A-Za-z]+")
_HIDING = re.compile(r"(?:^|;)\s*(?:display\s*:\s*none|visibility\s*:\s*hidden)", re.IGNORECASE)
_DATE_IN_JSON = re.compile(r'"datePublished"\s*:\s*"([^"\\]{4,60})"')

_BLOCK_TAGS = frozenset(
    (
        *("address", "article", "aside", "blockquote", "body", "caption", "center", "dd", "details"),
        *("dialog", "dir", "div", "dl", "dt", "fieldset", "figcaption", "figure", "footer", "form", "h1"),
        *("h2", "h3", "h4", "h5", "h6", "header", "hgroup", "hr", "html", "legend", "li", "listing", "main"),
        *("menu", "nav", "ol", "optgroup", "p", "plaintext", "pre", "search", "section", "summary", "table"),
        *("tbody", "td", "tfoot", "th", "thead", "title", "tr", "ul", "xmp"),
    )
)
_UNSEEN_TAGS = frozenset(
    (
        *("script", "style", "noscript", "template", "svg", "iframe", "object", "embed", "applet", "canvas"),
        *("audio", "video", "select", "datalist", "textarea", "noframes", "noembed"),
    )
)
_NEVER_UNSEEN = frozenset(("html", "body", "main", "article"))  # hidden until a script has run
_PRE_TAGS = frozenset(("pre", "listing", "xmp", "plaintext"))
_MARKS = frozenset(("class", "id", "role", "itemprop"))
_NOTED_TAGS = frozenset(("meta", "link", "time", "html", "title", "h1"))
_HEADINGS = {f"h{level}": "#" * level + " " for level in range(1, 7)}

_ANCESTORS = 12
_REACH = 32
"""Elements above a word that are looked at for the block it is part of and for the mark of a list item."""
_EVIDENCE_DEPTH = 64
"""Depth of elements down to which a block takes its evidence: the cost of a deep page stays linear."""

_DATE_NAMES = (
    *("article:published_time", "datepublished", "article:published", "og:published_time", "date.issued"),
    *("dc.date.issued", "dcterms.issued", "dcterms.created", "dc.date.created", "dcterms.date", "dc.date"),
    *("sailthru.date", "parsely-pub-date", "pubdate", "publishdate", "publish-date", "publish_date"),
    *("publication_date", "citation_publication_date", "cxenseparse:recs:publishtime", "published_at"),
    *("originalpublicationdate", "article_date_original", "date"),
)
_AUTHOR_NAMES = ("author", "article:author", "dc.creator", "citation_author", "parsely-author", "sailthru.author")
_META_NAMES = frozenset(
    (*_DATE_NAMES, *_AUTHOR_NAMES, "og:title", "og:url", "og:site_name", "content-language")
)  # fmt: skip
_ARTICLE_KINDS = ("article", "posting", "report", "review", "recipe")
_LINKED_NODES = 500
"""Nodes of a page's JSON-LD that are looked at."""


class _Frame:
    """An element that is open."""

    __slots__ = (
        *("above", "ancestors", "block", "bullet", "depth", "heading", "link", "marks", "number", "path", "pre"),
        *("quote", "tag", "tokens"),
    )

    def __init__(self, tag: str, above: _Frame | None, marks: str, number: int) -> None:
        self.tag = tag
        self.above = above
        self.marks = marks
        """Values of the attributes that its tokens come from."""
        self.number = number
        """How many elements were opened before it."""
        self.block = tag in _BLOCK_TAGS
        self.bullet = False
        """Whether the first block of a list item has still to be marked as one."""
        self.ancestors: tuple[str, ...] | None = None
        """Tags above, outermost first, once somebody asked; with them ``path``, their numbers and its own."""
        self.path: tuple[int, ...] = ()
        self.tokens: frozenset[str] | None = None
        """Its tokens and those above, once somebody asked."""
        self.depth: int = above.depth + 1 if above else 1
        self.link: str = above.link if above else ""
        """Target of the link it lies in."""
        self.pre: bool = tag in _PRE_TAGS or (above is not None and above.pre)
        self.quote: bool = tag == "blockquote" or (above is not None and above.quote)
        self.heading: str = _HEADINGS.get(tag) or (above.heading if above else "")


@dataclass(slots=True)
class _Piece:
    """A block that has no place in the text yet."""

    text: str
    tag: str
    ancestors: tuple[str, ...]
    tokens: frozenset[str]
    length: int
    """Characters of the text without the mark of a list item or heading."""
    linked: int
    """Characters inside links."""
    cell: int = 0
    path: tuple[int, ...] = ()
    """Numbers of the elements of ``ancestors`` and of its own."""
    own: frozenset[str] = frozenset()
    """Tokens of its own element and of those inside that hold all its text."""


@dataclass(slots=True)
class _Row:
    """A table row that is open."""

    first: int
    """Number of its first block."""
    cell: int = 0
    nested: bool = False

    def is_data(self, pieces: list[_Piece]) -> bool:
        """True if the row reads as one line; false if it only lays out the page."""
        if self.nested or any(piece.tag in _HEADINGS or piece.tag in _PRE_TAGS for piece in pieces):
            return False
        size = sum(piece.length for piece in pieces)
        single = len({piece.cell for piece in pieces}) == len(pieces)
        return size <= 300 or (single and size <= 1000)


@dataclass(slots=True)
class _Run:
    """Text that has not been made a block yet."""

    parts: list[str] = field(default_factory=list)
    linked: list[str] = field(default_factory=list)
    frame: _Frame | None = None
    """The innermost element that has been open at every word."""
    lowest: int = -1
    """How many elements have been open at every moment since the last word; -1 before the first."""


class _Walker:
    """Takes the events of a page and cuts its text into blocks."""

    def __init__(self, style: Style, trust_hidden: bool) -> None:
        self.markdown = style == "md"
        self.trust_hidden = trust_hidden
        self.pieces: list[_Piece] = []
        self.notes = _Notes()
        self.stack: list[_Frame] = []
        self.unseen = 0  # depth below the outermost element that is not shown
        self.run = _Run()
        self.rows: list[_Row] = []
        self.words: dict[str, frozenset[str]] = {}
        self.opened = 0
        self.bullets = 0  # list items that were opened and have no text yet, those closed without any included
        self.last_link = ""  # target of the link that has just ended

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        if self.unseen:
            self.unseen += 1
            return
        if self._is_unseen(tag, attributes):
            self.unseen = 1
            self.notes.unseen(tag, attributes)
            return
        if tag in _NOTED_TAGS:
            self.notes.start(tag, attributes)
        elif tag == "br":
            self._break()
        above = self.stack[-1] if self.stack else None
        self.opened += 1
        frame = _Frame(tag, above, _marks(attributes) if attributes else "", self.opened)
        if frame.block:
            self._start_block(frame)
        elif tag == "a":
            self._start_link(frame, attributes.get("href"))
        elif tag == "button":
            self.run.parts.append(" ")
        self.stack.append(frame)

    def end(self, tag: str) -> None:
        if self.unseen:
            self.unseen -= 1
            self.notes.json = None
            return
        if not self.stack:
            return
        frame = self.stack[-1]
        if frame.block:
            if self.run.parts:
                self.flush()
            self.last_link = ""
            if tag == "tr" and self.rows:
                self._end_row(self.rows.pop())
        elif tag == "a":
            self.last_link = frame.link
        elif tag == "button":
            self.run.parts.append(" ")
        if tag in ("title", "h1"):
            self.notes.end(tag)
        self.stack.pop()
        if frame.depth <= self.run.lowest:
            self.run.lowest = frame.depth - 1

    def data(self, text: str) -> None:
        if self.unseen:
            self.notes.script(text)
            return
        self.notes.data(text)
        run = self.run
        run.parts.append(text)
        if text.isspace() or not self.stack:
            return
        self.last_link = ""
        frame = self.stack[-1]
        if frame.link:
            run.linked.append(text)
        if run.lowest < 0:
            run.frame = frame
        else:
            while run.frame is not None and run.frame.depth > run.lowest:
                run.frame = run.frame.above
        run.lowest = frame.depth

    def flush(self) -> None:
        """End the run of text: it becomes a block, unless there is nothing in it to see."""
        run = self.run
        self.last_link = ""
        if not run.parts:
            return
        self.run = _Run()
        text = "".join(run.parts)
        if run.lowest < 0 and text.isspace():
            return
        if not text.isascii():
            text = _C1.sub(_as_browsers_do, text)
        if not _SEEN.search(text):
            return
        frame = run.frame
        if frame is not None and frame.tag == "title":
            return
        linked = len(_collapsed("".join(run.linked))) if run.linked else 0
        for part in _parts(text) if frame is not None and frame.pre else (_collapsed(text),):
            if _SEEN.search(part):
                self._add(part, frame, linked)

    def page(self) -> Page:
        """The page, once all events have been taken."""
        blocks: list[Block] = []
        at = 0
        for piece in self.pieces:
            end = at + len(piece.text)
            density = min(1.0, piece.linked / piece.length)
            blocks.append(Block(at, end, piece.tag, piece.ancestors, piece.tokens, density, piece.path, piece.own))
            at = end + 2
        return self.notes.page("\n\n".join(piece.text for piece in self.pieces), tuple(blocks))

    def _start_block(self, frame: _Frame) -> None:
        if self.run.parts:
            self.flush()
        self.last_link = ""
        tag = frame.tag
        if tag == "li":
            frame.bullet = True
            self.bullets += 1
        elif tag == "tr":
            self.rows.append(_Row(len(self.pieces)))
        elif tag in ("td", "th") and self.rows:
            self.rows[-1].cell += 1

    def _start_link(self, frame: _Frame, target: str | None) -> None:
        if not target:
            return
        frame.link = target
        if self.last_link and self.last_link != target:
            self.run.parts.append(" ")  # two links side by side are two words, space or not

    def _break(self) -> None:
        """A line break: a new block, but a new line where lines are kept."""
        if self.stack and self.stack[-1].pre:
            self.run.parts.append("\n")
        else:
            self.flush()

    def _add(self, text: str, frame: _Frame | None, linked: int) -> None:
        marked = self._marked(text, frame)
        if frame is None:
            piece = _Piece(marked, "body", (), frozenset(), len(text), linked)
        else:
            block, own = frame, self._own_tokens(frame)
            for _ in range(_REACH):
                if block.block or block.above is None:
                    break
                block = block.above
                own |= self._own_tokens(block)
            ancestors = self._place(block)
            piece = _Piece(
                marked, "pre" if block.pre else block.tag, ancestors, self._tokens(block) | own, len(text), linked,
                path=block.path, own=own,
            )  # fmt: skip
        if self.rows:
            piece.cell = self.rows[-1].cell
        self.pieces.append(piece)

    def _place(self, frame: _Frame) -> tuple[str, ...]:
        """Tags above a frame, as far as they count; its ``path`` is known then."""
        chain = []
        at: _Frame | None = frame
        while at is not None and at.ancestors is None:
            chain.append(at)
            at = at.above
        for below in reversed(chain):
            above = below.above
            if above is None or above.ancestors is None:
                below.ancestors, below.path = (), (below.number,)
            elif above.tag in ("html", "body"):
                below.ancestors, below.path = above.ancestors, (*above.path[:-1], below.number)
            else:
                below.ancestors = (*above.ancestors, above.tag)[-_ANCESTORS:]
                below.path = (*above.path, below.number)[-_ANCESTORS - 1 :]
        return frame.ancestors or ()

    def _marked(self, text: str, frame: _Frame | None) -> str:
        """``text`` with the mark of a list item, in Markdown also those of quotes, headings and code."""
        if frame is None:
            return text
        prefix = ""
        if self.bullets:
            at: _Frame | None = frame
            for _ in range(_REACH):
                if at is None:
                    break
                if at.bullet:
                    prefix, at.bullet = "- ", False
                    self.bullets -= 1
                at = at.above
        if self.markdown:
            if frame.pre:
                text = "    " + text.replace("\n", "\n    ")
            prefix = ("> " if frame.quote else "") + prefix + frame.heading
        return prefix + text

    def _tokens(self, frame: _Frame) -> frozenset[str]:
        """Tokens of a frame and of those above it."""
        chain = []
        at: _Frame | None = frame
        while at is not None and at.tokens is None:
            chain.append(at)
            at = at.above
        tokens: frozenset[str] = at.tokens if at is not None and at.tokens is not None else frozenset()
        for below in reversed(chain):
            if below.marks and below.depth <= _EVIDENCE_DEPTH:
                tokens |= self._own_tokens(below)
            below.tokens = tokens
        return tokens

    def _own_tokens(self, frame: _Frame) -> frozenset[str]:
        marks = frame.marks
        if not marks or frame.tag in ("html", "body"):
            return frozenset()
        words = self.words.get(marks)
        if words is None:
            found = _WORD.findall(marks[:2000])
            self.words[marks] = words = frozenset(word.lower() for word in found if len(word) > 1)
        return words

    def _end_row(self, row: _Row) -> None:
        """One block for a row of data; the blocks as they are for a row that is there for layout."""
        if self.rows:
            self.rows[-1].nested = True
        pieces = self.pieces[row.first :]
        if not pieces or not row.is_data(pieces):
            return
        cells: dict[int, list[str]] = {}
        for piece in pieces:
            cells.setdefault(piece.cell, []).append(piece.text)
        above = pieces[0].ancestors
        text = " | ".join(" ".join(texts) for texts in cells.values())
        joined = _Piece(
            text,
            "tr",
            above[: above.index("tr")] if "tr" in above else above,
            frozenset().union(*(piece.tokens for piece in pieces)),
            len(text),
            sum(piece.linked for piece in pieces),
            path=pieces[0].path[: above.index("tr") + 1] if "tr" in above else pieces[0].path,
            own=frozenset().union(*(piece.own for piece in pieces)),
        )
        self.pieces[row.first :] = [joined]

    def _is_unseen(self, tag: str, attributes: Mapping[str, str]) -> bool:
        if tag in _UNSEEN_TAGS:
            return self.trust_hidden or tag in ("script", "style")
        if not attributes or not self.trust_hidden or tag in _NEVER_UNSEEN:
            return False
        hidden = attributes.get("hidden")
        if hidden is not None and hidden.lower() != "until-found":
            return True
        style = attributes.get("style")
        return style is not None and _HIDING.search(style) is not None


def _as_browsers_do(match: re.Match[str]) -> str:
    """What ``&#132;`` means since it was written under Windows: a quotation mark, and no control character."""
    return match[0].encode("latin-1").decode("cp1252", "replace")


def _collapsed(text: str) -> str:
    if text.isascii():  # where both mean the same white space
        return " ".join(text.split())
    return _SPACE.sub(" ", text).strip(" ")


def _parts(text: str) -> list[str]:
    """Text whose lines are kept, cut at empty lines."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return [part.strip("\n").rstrip() for part in _EMPTY_LINES.split(text)]


def _marks(attributes: Mapping[str, str]) -> str:
    return " ".join([value for name, value in attributes.items() if name in _MARKS])


# --- what the page says about itself ---------------------------------------------------------------------


class _Notes:
    """Title, address, date and language, gathered while the page goes by."""

    def __init__(self) -> None:
        self.meta: dict[str, str] = {}
        self.h1s: list[str] = []
        self.capture: list[str] | None = None  # text of the title or first heading that is open
        self.json: list[str] | None = None  # the JSON-LD script that is open
        self.jsons: list[list[str]] = []

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        if tag == "meta":
            name = attributes.get("property") or attributes.get("name") or attributes.get("itemprop")
            name = (name or attributes.get("http-equiv") or "").strip().lower()
            if name in _META_NAMES:
                self._remember(name, attributes.get("content"))
        elif tag == "link":
            if "canonical" in (attributes.get("rel") or "").lower().split():
                self._remember("canonical", attributes.get("href"))
        elif tag == "time":
            self._remember("time", attributes.get("datetime"))
        elif tag == "html":
            self._remember("lang", attributes.get("lang") or attributes.get("xml:lang"))
        else:
            self.capture = []

    def data(self, text: str) -> None:
        if self.capture is not None:
            self.capture.append(text)

    def end(self, tag: str) -> None:
        text = " ".join("".join(self.capture or ()).split())
        self.capture = None
        if tag == "title":
            self._remember("title", text)
        elif 0 < len(text) <= 500:  # else it was never closed
            self.h1s.append(text)

    def unseen(self, tag: str, attributes: Mapping[str, str]) -> None:
        if tag == "script" and "ld+json" in (attributes.get("type") or ""):
            self.json = []
            self.jsons.append(self.json)

    def script(self, text: str) -> None:
        if self.json is not None:
            self.json.append(text)

    def page(self, text: str, blocks: tuple[Block, ...]) -> Page:
        meta, linked = self.meta, self._linked()
        urls = (meta.get("canonical"), meta.get("og:url"), linked.get("url"))
        headline = self.h1s[0] if len(self.h1s) == 1 else linked.get("title") or meta.get("title")
        title = meta.get("og:title") or headline
        authors = (linked.get("author"), *(meta.get(name) for name in _AUTHOR_NAMES))
        return Page(
            text,
            blocks,
            title=title,
            url=next((url for url in urls if url and re.match(r"https?://[^/]", url, re.IGNORECASE)), None),
            site=meta.get("og:site_name"),
            date=next(self._dates(), None),
            author=next((author for author in authors if author and not author.startswith("http")), None),
            language=meta.get("lang") or meta.get("content-language"),
        )

    def _linked(self) -> dict[str, str]:
        """Title, address and author of the article, as the page's JSON-LD has them."""
        for node in _linked_nodes(self.jsons):
            kinds = str(node.get("@type", "")).lower()
            if any(kind in kinds for kind in _ARTICLE_KINDS):
                page = node.get("mainEntityOfPage")
                found = {
                    "title": _words_of(node.get("headline") or node.get("name")),
                    "url": _words_of(node.get("url") or (page.get("@id") if isinstance(page, dict) else page)),
                    "author": ", ".join(_names_in(node.get("author") or node.get("creator"))),
                }
                return {name: value for name, value in found.items() if value}
        return {}

    def _dates(self) -> Iterator[str]:
        if "article:published_time" in self.meta:
            yield self.meta["article:published_time"]
        for parts in self.jsons:
            if match := _DATE_IN_JSON.search("".join(parts)):
                yield match[1]
        for name in (*_DATE_NAMES, "time"):
            if name in self.meta:
                yield self.meta[name]

    def _remember(self, name: str, value: str | None) -> None:
        if value and value.strip():
            self.meta.setdefault(name, " ".join(value.split()))


def _linked_nodes(scripts: list[list[str]]) -> Iterator[dict[str, Any]]:
    """The objects of JSON-LD scripts, outer ones first; what is not JSON is passed over."""
    waiting: deque[Any] = deque()
    for parts in scripts:
        with contextlib.suppress(orjson.JSONDecodeError):
            waiting.append(orjson.loads("".join(parts).strip()))
    for _ in range(_LINKED_NODES):
        if not waiting:
            return
        node = waiting.popleft()
        if isinstance(node, dict):
            yield node
            waiting.extend(value for value in node.values() if isinstance(value, dict | list))
        elif isinstance(node, list):
            waiting.extend(node[:_LINKED_NODES])


def _names_in(value: Any) -> list[str]:
    """Names of one author or several, each a text or an object with a name; once each."""
    names = []
    for author in value if isinstance(value, list) else [value]:
        name = _words_of(author.get("name") if isinstance(author, dict) else author)
        if name and name not in names:
            names.append(name)
    return names[:20]


def _words_of(value: Any) -> str:
    return " ".join(unescape(value).split())[:500] if isinstance(value, str) else ""
