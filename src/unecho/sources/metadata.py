"""Sites and dates, as URLs and records spell them."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Any

_SURROGATE = re.compile("[\ud800-\udfff]")
_ISO = re.compile(r"(\d{4})-(\d\d)-(\d\d)(?!\d)")
_YEAR_FIRST = re.compile(r"(\d{4})[/.]?(\d\d)[/.]?(\d\d)(?=[T\s]|$)")
_HOST = re.compile(r"(?:[a-z][a-z0-9+.-]*:)?//(?:[^/?#@]*@)?(\[[^\]/]*\]|[^/?#:\[\s]+)", re.IGNORECASE)


def site_of(url: str | None) -> str:
    """The host of a URL in lower case, without port and leading "www."; "" if it has none."""
    return _site_of("/".join(url.split("/", 3)[:3])) if url else ""


@lru_cache(maxsize=4096)
def _site_of(url: str) -> str:
    """``site_of`` of a URL without what stands behind the host: many have the same."""
    match = _HOST.match(url)
    return match[1].lower().rstrip(".").removeprefix("www.") if match else ""


def iso_date(value: Any) -> str | None:
    """A date as ISO 8601 where it can be told without guessing, else as found; None if there is none.

    Read are ISO 8601, 20240131, 2024/01/31, RFC 2822, and seconds or milliseconds since 1970 (given in UTC).
    """
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        value = int(value)
    text = text_of(value)
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


def clean(value: str) -> str:
    """``value`` without lone surrogates, which no file can hold."""
    if value.isascii():
        return value
    try:
        value.encode()  # four times as fast as to search for them
    except UnicodeEncodeError:
        return _SURROGATE.sub("\ufffd", value)
    return value


def text_of(value: Any) -> str | None:
    """A field's value on one line; None if it says nothing."""
    if type(value) is str:
        return " ".join(clean(value).split()) or None
    return str(value) if type(value) is int or type(value) is float else None
