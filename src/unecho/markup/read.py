"""An HTML page to text and blocks. What a reader would not see is left out."""

from __future__ import annotations

import contextlib
import re

from . import feeds
from .page import Page, Style
from .walk import Walker


def read_html(html: str, style: Style = "txt") -> Page:
    """The visible text of a page, cut into blocks, and what the page says about itself.

    A block is one line of text, but in ``pre``. ``style`` "md" marks headings, quotes and code as Markdown
    does. Never raises for bad markup.
    """
    if not html or html.isspace():
        return Page("")
    data = _without_open_end(_safe(html))
    page = _walk(data, style, trust_hidden=True)
    if not page.blocks:  # a page that only its scripts show: better its text than none
        page = _walk(data, style, trust_hidden=False)
    return page


def _walk(data: bytes, style: Style, trust_hidden: bool) -> Page:
    for feed in (feeds.from_lxml, feeds.from_soup, feeds.from_stripped):
        walker = Walker(style, trust_hidden)
        with contextlib.suppress(feeds.RejectedError):
            feed(data, walker)
            return walker.page()
    return Page("")


# --- what the parsers must not see -----------------------------------------------------------------------

_SURROGATE = re.compile("[\ud800-\udfff]")
_REPLACEMENT = "\ufffd".encode()
_SWALLOWERS = rb"(?:script|style|textarea|title|iframe|xmp|noframes|noembed)"
_CLOSER = re.compile(rb"</" + _SWALLOWERS + rb"\b", re.IGNORECASE)
_SWALLOWED = re.compile(
    rb"<" + _SWALLOWERS + rb"\b[^>]*>.*?"
    rb"(?=</?(?:p|div|h[1-6]|ul|ol|table|article|section|body|main|header|footer|nav|span|a|img)\b|\Z)",
    re.IGNORECASE | re.DOTALL,
)


def _safe(html: str) -> bytes:
    """A page in UTF-8, without lone surrogates, which cannot be encoded, and NUL, which ends the text for libxml2."""
    try:
        data = html.encode()
    except UnicodeEncodeError:
        data = _SURROGATE.sub("\ufffd", html).encode()
    return data.replace(b"\0", _REPLACEMENT)


def _without_open_end(data: bytes) -> bytes:
    """``data`` without the script, style or comment that is never closed and would swallow the rest."""
    ended = data.rfind(b"-->")
    if data.find(b"<!--", ended + 1) >= 0:
        data = data[: ended + 1] + data[ended + 1 :].replace(b"<!--", b"")
    last = data.rfind(b"</")
    while last >= 0 and not _CLOSER.match(data, last):
        last = data.rfind(b"</", 0, last)
    last = max(last, 0)
    return data[:last] + _SWALLOWED.sub(b"", data[last:])
