"""What a page says about itself: title, address, author, date and language, gathered while it goes by."""

from __future__ import annotations

import contextlib
import re
from collections import deque
from collections.abc import Iterator, Mapping
from html import unescape
from typing import Any

import orjson

from ..model import Block
from .page import Page

_DATE_IN_JSON = re.compile(r'"datePublished"\s*:\s*"([^"\\]{4,60})"')
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


class Notes:
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
