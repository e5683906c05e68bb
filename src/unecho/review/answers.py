"""The forms of the review's answers, and what is taken out of a request."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import orjson
from starlette.requests import Request
from starlette.responses import Response

from ..base.wording import visible, visible_name
from ..errors import UsageError


def json(data: Any, status: int = 200) -> Response:
    """An answer for the script."""
    return Response(orjson.dumps(data), status, media_type="application/json")


def problem(message: str, status: int) -> Response:
    """What went wrong, for the person."""
    return json({"problem": visible(message)}, status)


def shown(value: Any) -> Any:
    """A value with nothing invisible in it."""
    return visible_name(value) if isinstance(value, str) else value


def whole(value: str) -> int:
    """A number in an address. Raises UsageError for what is none."""
    if not value.isascii() or not value.isdigit() or len(value) > 15:
        raise UsageError("no whole number", "reload the page")
    return int(value)


def number(body: dict[str, Any], name: str) -> int:
    """A number in a body. Raises UsageError for what is none."""
    value = body.get(name)
    if not isinstance(value, int) or isinstance(value, bool):
        raise UsageError(f"'{name}' is no whole number", "reload the page")
    return value


def text(body: dict[str, Any], name: str) -> str:
    """A text in a body. Raises UsageError for what is none."""
    value = body.get(name)
    if not isinstance(value, str):
        raise UsageError(f"'{name}' is no text", "reload the page")
    return value


def content(content: str, kind: str) -> Callable[[Request], Response]:
    """Answers with a file of the page; ``kind``: its media type."""

    def serve(_: Request) -> Response:
        return Response(content, media_type=kind)

    return serve
