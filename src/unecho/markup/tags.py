"""What an opening tag says. Tags are told by what stands between ``<`` and ``>`` in well-formed markup; the same ones
come again and again, so what they say is found out once."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Final, NamedTuple

SWALLOWING: Final = ("script", "style")
"""Elements whose text is never for readers."""
UNSEEN_TAGS: Final = frozenset(
    (
        *(*SWALLOWING, "noscript", "template", "svg", "iframe", "object", "embed", "applet", "canvas"),
        *("audio", "video", "select", "datalist", "textarea", "noframes", "noembed"),
    )
)
BLOCK_TAGS: Final = frozenset(
    (
        *("address", "article", "aside", "blockquote", "body", "caption", "center", "dd", "details"),
        *("dialog", "dir", "div", "dl", "dt", "fieldset", "figcaption", "figure", "footer", "form", "h1"),
        *("h2", "h3", "h4", "h5", "h6", "header", "hgroup", "hr", "html", "legend", "li", "listing", "main"),
        *("menu", "nav", "ol", "optgroup", "p", "plaintext", "pre", "search", "section", "summary", "table"),
        *("tbody", "td", "tfoot", "th", "thead", "title", "tr", "ul", "xmp"),
    )
)
PRE_TAGS: Final = frozenset(("pre", "listing", "xmp", "plaintext"))
HEADINGS: Final = {f"h{level}": "#" * level + " " for level in range(1, 7)}
NOTHING: Final = "!"
"""Stands for no tag at all: for text before the first one."""
_NEVER_UNSEEN = frozenset(("html", "body", "main", "article"))  # hidden until a script has run
_NOTED_TAGS = frozenset(("meta", "link", "time", "html", "title", "h1"))
_WATCHED = frozenset(("br", "li", "tr", "td", "th", "a", "button", NOTHING))
_HIDDEN = ("hidden", "style")
_MOST_MARKS = 2000
"""Characters of its marks that an element takes its tokens from."""
_HIDING = re.compile(r"(?:^|;)\s*(?:display\s*:\s*none|visibility\s*:\s*hidden)", re.IGNORECASE)
_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|[^\W\d_A-Za-z]+")
_TELLING = re.compile(r' (class|id|role|itemprop|style|hidden)="([^"]*)"')
_TARGET = re.compile(r' href="([^"]*)"')
_ATTRIBUTE = re.compile(r' ([^ =]+)="([^"]*)"')
_ESCAPED = re.compile(r"&(?:#x([0-9A-Fa-f]+)|#(\d+)|(\w+));")
_NAMED = {"amp": "&", "lt": "<", "gt": ">", "quot": '"'}


class Manner(NamedTuple):
    """How the text inside an element is to be shown."""

    pre: bool = False
    """Its lines are kept."""
    quote: bool = False
    heading: str = ""
    """The mark of a heading in Markdown."""


PLAIN: Final = Manner()


class Kind(NamedTuple):
    """What the name of an element says."""

    name: str
    block: bool
    unseen: bool
    """Whether readers do not see what is in it."""
    always: bool
    """Whether they never do, whatever else the page has."""
    noted: bool
    """Whether it tells something of the page."""
    watched: bool
    """Whether anything at all happens but what happens at every element."""
    manner: Manner


class Tag:
    """What an opening tag says."""

    __slots__ = ("block", "closed", "empty", "kind", "marks", "unseen", "watched")

    def __init__(self, kind: Kind, closed: bool, hidden: bool, marks: str) -> None:
        self.kind = kind
        self.closed = closed
        """Whether its element ends with it."""
        self.block = kind.block
        self.unseen = kind.unseen or hidden
        self.watched = kind.watched or hidden
        self.empty = closed and not self.block and not self.watched
        """Whether it makes no difference."""
        self.marks = marks
        """Values of the attributes that its tokens come from."""

    @property
    def own(self) -> frozenset[str]:
        """Lower-case words of its class, id, role and itemprop."""
        return _tokens(self.marks)


def tag(source: str) -> Tag:
    """What ``source``, the inside of an opening tag, says."""
    name, more, _ = source.partition(" ")
    if not more:
        return _bare(source)
    kind = _kind(name)
    marks, hidden = [], False
    for key, value in _TELLING.findall(source):
        if key in _HIDDEN:
            hidden = hidden or _hides(key, unescaped(value))
        else:
            marks.append(value)
    own = "" if kind.name in ("html", "body") else unescaped(" ".join(marks))[:_MOST_MARKS]
    return Tag(kind, source[-1] == "/", hidden and kind.name not in _NEVER_UNSEEN, own)


@lru_cache(maxsize=1 << 10)
def _bare(source: str) -> Tag:
    closed = source[-1] == "/"
    return Tag(_kind(source[:-1] if closed else source), closed, False, "")


@lru_cache(maxsize=1 << 10)
def _kind(name: str) -> Kind:
    unseen, noted = name in UNSEEN_TAGS, name in _NOTED_TAGS
    manner = Manner(name in PRE_TAGS, name == "blockquote", HEADINGS.get(name, ""))
    watched = unseen or noted or name in _WATCHED
    return Kind(
        name, name in BLOCK_TAGS, unseen, name in SWALLOWING, noted, watched, PLAIN if manner == PLAIN else manner
    )


def target(source: str) -> str:
    """Where a link leads; "" if nowhere."""
    found = _TARGET.search(source)
    return unescaped(found[1]) if found else ""


def attributes(source: str) -> dict[str, str]:
    """The attributes in a tag, in order."""
    return {name: unescaped(value) for name, value in _ATTRIBUTE.findall(source)}


def written(name: str, values: Mapping[str, str]) -> str:
    """The inside of an opening tag: what ``tag`` reads."""
    return name + "".join(f' {key}="{escaped(value)}"' for key, value in values.items())


def escaped(text: str) -> str:
    """``text`` as it stands in well-formed markup."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")


def unescaped(text: str) -> str:
    """Text of well-formed markup as it is meant."""
    return _ESCAPED.sub(_meant, text) if "&" in text else text


def _meant(match: re.Match[str]) -> str:
    code, number, name = match.groups()
    return _NAMED.get(name, match[0]) if name else chr(int(code, 16) if code else int(number))


def _hides(name: str, value: str) -> bool:
    return _HIDING.search(value) is not None if name == "style" else value.lower() != "until-found"


@lru_cache(maxsize=1 << 14)
def _tokens(marks: str) -> frozenset[str]:
    return frozenset([word.lower() for word in _WORD.findall(marks) if len(word) > 1])
