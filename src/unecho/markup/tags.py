"""What the elements of a page mean: by their names, and by the attributes that tell what they are for."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
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
VOID: Final = frozenset(("area", "base", "br", "col", "img", "input", "link", "meta", "param"))
"""Elements without content."""
_NEVER_UNSEEN = frozenset(("html", "body", "main", "article"))  # hidden until a script has run
_NOTED_TAGS = frozenset(("time", "html", "title", "h1"))
_WATCHED = frozenset(("li", "tr", "td", "th", "a", "button"))
_MARKS = frozenset(("class", "id", "role", "itemprop"))
_HIDING = frozenset(("hidden", "style"))
_RARE = frozenset(("role", "itemprop", *_HIDING))
_HIDDEN = re.compile(r"(?:^|;)\s*(?:display\s*:\s*none|visibility\s*:\s*hidden)", re.IGNORECASE)
_MOST_MARKS = 2000
"""Characters of its marks that an element takes its tokens from."""
_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|[^\W\d_A-Za-z]+")


class Manner(NamedTuple):
    """How the text inside an element is to be shown."""

    pre: bool = False
    """Its lines are kept."""
    quote: bool = False
    heading: str = ""
    """The mark of a heading in Markdown."""


PLAIN: Final = Manner()


@dataclass(frozen=True, slots=True)
class Kind:
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
    shown: bool
    """Whether it is shown even if its attributes hide it: until a script has run."""
    marked: bool
    """Whether its class and id say something of the text."""
    manner: Manner


@lru_cache(maxsize=1 << 10)
def kind(name: str) -> Kind:
    """What the name of an element says."""
    unseen, noted = name in UNSEEN_TAGS, name in _NOTED_TAGS
    manner = Manner(name in PRE_TAGS, name == "blockquote", HEADINGS.get(name, ""))
    manner = PLAIN if manner == PLAIN else manner
    watched = unseen or noted or name in _WATCHED
    return Kind(
        name,
        block=name in BLOCK_TAGS,
        unseen=unseen,
        always=name in SWALLOWING,
        noted=noted,
        watched=watched,
        shown=name in _NEVER_UNSEEN,
        marked=name not in ("html", "body"),
        manner=manner,
    )


class Kinds(dict[str, Kind]):
    """``kind`` of the names that a page has."""

    def __missing__(self, name: str) -> Kind:
        self[name] = found = kind(name)
        return found


def tells(attributes: Mapping[str, str]) -> tuple[str, bool]:
    """The values that tokens are taken from, and whether the attributes hide their element from readers."""
    # Most elements have no more of these.
    marks, more = attributes.get("class", ""), attributes.get("id")
    if more:
        marks = f"{marks} {more}" if marks else more
    if _RARE.isdisjoint(attributes) and len(marks) <= _MOST_MARKS:
        return marks, False
    marks = " ".join([value for name, value in attributes.items() if name in _MARKS and value])
    hidden = any(_hides(name, value) for name, value in attributes.items() if name in _HIDING)
    return marks[:_MOST_MARKS], hidden


def _hides(name: str, value: str) -> bool:
    return _HIDDEN.search(value) is not None if name == "style" else value.lower() != "until-found"


@lru_cache(maxsize=1 << 14)
def tokens(marks: str) -> frozenset[str]:
    """Lower-case words of the class, id, role and itemprop of an element."""
    return frozenset([word.lower() for word in _WORD.findall(marks) if len(word) > 1])
