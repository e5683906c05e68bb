"""From markup to events, by three parsers: lxml; BeautifulSoup where that gives up; a plain tag stripper where that
does too. As a stream of events (an element opens, text, an element closes) neither a page's size nor its depth
matters."""

from __future__ import annotations

import importlib
import re
from collections.abc import Mapping
from html import unescape
from typing import Protocol

from .tags import BLOCK_TAGS, UNSEEN_TAGS

_MAX_SLOW = 5_000_000
"""Bytes up to which a page that lxml rejects is given to html.parser, which is slow on bad markup."""
_ANY_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9:-]*)[^<>]*>|<[!?][^<>]*>")


class Sink(Protocol):
    """What takes the events of a page, in order. Every element that is opened is closed."""

    def start(self, name: str, attributes: Mapping[str, str]) -> None: ...
    def end(self, name: str) -> None: ...
    def data(self, text: str) -> None: ...


class RejectedError(Exception):
    """A parser gave the page up."""


class _Target:
    """Hands the events of lxml on; lxml asks its target for a ``close`` too."""

    def __init__(self, sink: Sink) -> None:
        self.start, self.end, self.data = sink.start, sink.end, sink.data

    def close(self) -> None:
        pass


def from_lxml(data: bytes, sink: Sink) -> None:
    """The events of a page (UTF-8, as for the others) as lxml reads it. Raises RejectedError."""
    etree = importlib.import_module("lxml.etree")  # imported by name, as it has no type information
    parser = etree.HTMLParser(target=_Target(sink), encoding="utf-8", huge_tree=True)
    try:
        etree.fromstring(data, parser=parser)
    except etree.LxmlError as error:
        raise RejectedError from error


def from_soup(data: bytes, sink: Sink) -> None:
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


def from_stripped(data: bytes, sink: Sink) -> None:
    """Text between anything that looks like a tag; only elements that show nothing are told apart."""
    html = data.decode()
    at, unseen = 0, ""
    for match in _ANY_TAG.finditer(html):
        closes, tag = match[1] == "/", (match[2] or "").lower()
        if not unseen:
            sink.data(unescape(html[at : match.start()]))
            if tag in BLOCK_TAGS or tag == "br":
                sink.start("p", {})
                sink.end("p")
            elif tag in UNSEEN_TAGS and not closes:
                unseen = tag
        elif closes and tag == unseen:
            unseen = ""
        at = match.end()
    if not unseen:
        sink.data(unescape(html[at:]))


def _joined(value: object) -> str:
    return " ".join(value) if isinstance(value, list) else str(value or "")
