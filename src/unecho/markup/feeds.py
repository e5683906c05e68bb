"""From markup to tags and the text behind them, by three parsers: lxml; BeautifulSoup where that gives up; a plain
tag stripper where that does too.

lxml builds the tree of a page and writes it out as well-formed markup, both in compiled code; that is cut up at the
tags, which is faster than to take its events one by one. It comes to the same. Pages that are too large or too deep
for a tree are taken as events.
"""

from __future__ import annotations

import importlib
import re
from collections.abc import Callable, Iterable, Mapping
from html import unescape
from typing import Any, Final

from .tags import BLOCK_TAGS, NOTHING, SWALLOWING, UNSEEN_TAGS, escaped, written

Events = Iterable[tuple[str, str]]
"""The inside of a tag and the text behind it, both as in well-formed markup. Every element that is opened is closed:
by "/" and its name, or by a "/" at the end of its own tag."""
Take = Callable[[Events], None]

_MAX_TREE = 4_000_000
"""Bytes up to which a page becomes a tree, which takes several times the memory."""
_MAX_SLOW = 5_000_000
"""Bytes up to which a page that lxml rejects is given to html.parser, which is slow on bad markup."""
_TOGETHER: Final = 10_000
"""Events that are handed on at a time."""
_CUT = re.compile("<([^>]+)>")
_ANY_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9:-]*)[^<>]*>|<[!?][^<>]*>")


class RejectedError(Exception):
    """A parser gave the page up."""


def from_tree(data: bytes, trust_hidden: bool, take: Take) -> None:
    """The events of a page (UTF-8) by way of lxml's tree.

    ``trust_hidden``: whether what readers do not see may be left out; scripts, but those with data for machines,
    always are. Raises RejectedError.
    """
    if len(data) > _MAX_TREE:
        raise RejectedError
    etree = importlib.import_module("lxml.etree")  # imported by name, as it has no type information
    parser = etree.HTMLParser(encoding="utf-8", huge_tree=True, remove_comments=True, remove_pis=True)
    try:
        root = etree.fromstring(data, parser=parser)
    except etree.LxmlError as error:
        raise RejectedError from error
    if root is None:
        return
    last = parser.error_log.last_error
    if last is not None and last.type == etree.ErrorTypes.ERR_RESOURCE_LIMIT:
        raise RejectedError  # too deep: it is cut off there
    root.getroottree().docinfo.clear()  # XHTML would be written in another way
    unseen = UNSEEN_TAGS - {"script"} if trust_hidden else set(SWALLOWING) - {"script"}
    xml = "".join(_xml(etree, element, unseen) for element in (root, *root.itersiblings()))
    if "&#xFFFD;" in xml:
        raise RejectedError  # there were control characters, which XML does not know
    parts = iter(_CUT.split(xml))
    next(parts)
    take(zip(parts, parts, strict=True))


def _xml(etree: Any, element: Any, unseen: Iterable[str]) -> str:
    for script in element.iter("script"):
        if "ld+json" not in (script.get("type") or ""):
            script.clear(keep_tail=True)
    etree.strip_elements(element, *unseen, with_tail=False)
    text: str = etree.tostring(element, encoding="unicode", with_tail=False)
    return text


def from_events(data: bytes, trust_hidden: bool, take: Take) -> None:  # noqa: ARG001  all feeds are called alike
    """The events of a page as lxml meets them: neither its size nor its depth matters."""
    etree = importlib.import_module("lxml.etree")
    parser = etree.HTMLParser(target=_Writer(take), encoding="utf-8", huge_tree=True)
    try:
        etree.fromstring(data, parser=parser)
    except etree.LxmlError as error:
        raise RejectedError from error


def from_soup(data: bytes, trust_hidden: bool, take: Take) -> None:  # noqa: ARG001
    """The events of a page as BeautifulSoup reads it."""
    from bs4 import BeautifulSoup
    from bs4.element import NavigableString, PreformattedString, Tag
    from bs4.exceptions import ParserRejectedMarkup

    if len(data) > _MAX_SLOW:
        raise RejectedError
    try:
        soup = BeautifulSoup(data.decode(), "html.parser")
    except (ParserRejectedMarkup, AssertionError, RecursionError) as error:
        raise RejectedError from error
    writer = _Writer(take)
    open_tags: list[Tag] = []
    for node in soup.descendants:
        while open_tags and node.parent is not open_tags[-1]:
            writer.end(open_tags.pop().name)
        if isinstance(node, Tag):
            writer.start(node.name, {name: _joined(value) for name, value in node.attrs.items()})
            open_tags.append(node)
        elif isinstance(node, NavigableString) and not isinstance(node, PreformattedString):
            writer.data(str(node))
    while open_tags:
        writer.end(open_tags.pop().name)
    writer.close()


def from_stripped(data: bytes, trust_hidden: bool, take: Take) -> None:  # noqa: ARG001
    """Text between anything that looks like a tag; only elements that show nothing are told apart."""
    html, writer = data.decode(), _Writer(take)
    at, unseen = 0, ""
    for match in _ANY_TAG.finditer(html):
        closes, tag = match[1] == "/", (match[2] or "").lower()
        if not unseen:
            writer.data(unescape(html[at : match.start()]))
            if tag in BLOCK_TAGS or tag == "br":
                writer.start("p", {})
                writer.end("p")
            elif tag in UNSEEN_TAGS and not closes:
                unseen = tag
        elif closes and tag == unseen:
            unseen = ""
        at = match.end()
    if not unseen:
        writer.data(unescape(html[at:]))
    writer.close()


class _Writer:
    """Takes the calls of a parser and hands them on as events; lxml calls its target so."""

    def __init__(self, take: Take) -> None:
        self._take = take
        self._source = NOTHING
        self._texts: list[str] = []
        self._events: list[tuple[str, str]] = []

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        self._next(written(tag, attributes))

    def end(self, tag: str) -> None:
        self._next("/" + tag)

    def data(self, text: str) -> None:
        self._texts.append(text)

    def close(self) -> None:
        self._next(NOTHING)
        self._hand_on()

    def _next(self, source: str) -> None:
        self._events.append((self._source, escaped("".join(self._texts))))
        self._source = source
        self._texts.clear()
        if len(self._events) >= _TOGETHER:
            self._hand_on()

    def _hand_on(self) -> None:
        events, self._events = self._events, []
        self._take(events)


def _joined(value: object) -> str:
    return " ".join(value) if isinstance(value, list) else str(value or "")
