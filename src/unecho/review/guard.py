"""Who may talk to the review: the browser that was given the token, on this computer, from this very page.

As Jupyter and datasette do: the address in the request must be ours (against DNS rebinding), a request that says where
it comes from must come from our own page (against other sites open in the same browser), and nothing is answered
without the cookie, which the one-time token in the first address is exchanged for.
"""

from __future__ import annotations

import hmac
import secrets
from http.cookies import CookieError, SimpleCookie
from urllib.parse import parse_qs

from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'"
)
HEADERS = (
    ("content-security-policy", POLICY),
    ("cache-control", "no-store"),
    ("x-content-type-options", "nosniff"),
    ("x-frame-options", "DENY"),
    ("referrer-policy", "no-referrer"),
    ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-resource-policy", "same-origin"),
)
_OURS = ("127.0.0.1", "localhost", "[::1]")
_AGAIN = "Open the address that 'unecho review' printed, or start it again."
_LARGEST = 1_000_000
"""Bytes of a request's body."""


class Guard:
    """Wraps the application; ``port`` is where it listens."""

    def __init__(self, app: ASGIApp, port: int) -> None:
        self._app, self._port = app, port
        self.token = secrets.token_urlsafe(32)
        """For the first address; worth nothing once it was used."""
        self._session = secrets.token_urlsafe(32)
        self._cookie = f"unecho-{port}"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            if scope["type"] == "lifespan":
                await self._app(scope, receive, send)
            return

        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message.get("headers", ()), *_HEADER_BYTES]
            await send(message)

        refusal = self._refusal(scope)
        await (refusal or self._app)(scope, receive, guarded)

    def _refusal(self, scope: Scope) -> Response | None:
        headers = Headers(scope=scope)
        hosts = {f"{name}:{self._port}" for name in _OURS}
        if headers.get("host", "").lower() not in hosts:
            return PlainTextResponse("This address is not served here.\n", 404)
        if scope["method"] not in ("GET", "HEAD", "POST"):
            return PlainTextResponse("No such method.\n", 405, {"allow": "GET, HEAD, POST"})
        if self._is_foreign(headers, hosts):
            return PlainTextResponse("Refused: this request comes from another site.\n", 403)
        if not self._has_cookie(headers):
            return self._exchange(scope)
        if scope["method"] == "POST":
            return _bad_post(headers)
        return None

    def _is_foreign(self, headers: Headers, hosts: set[str]) -> bool:
        origin = headers.get("origin")
        if origin is not None and origin.lower().removeprefix("http://") not in hosts:
            return True
        return headers.get("sec-fetch-site", "none") not in ("none", "same-origin")

    def _has_cookie(self, headers: Headers) -> bool:
        try:
            given = SimpleCookie(headers.get("cookie", "")).get(self._cookie)
        except CookieError:
            return False
        return given is not None and hmac.compare_digest(given.value.encode(), self._session.encode())

    def _exchange(self, scope: Scope) -> Response:
        """The token for the cookie, once, at the first address only."""
        given = parse_qs(scope["query_string"].decode("latin-1")).get("token", [""])[0]
        right = bool(self.token) and hmac.compare_digest(given.encode(), self.token.encode())
        if not right or scope["path"] != "/" or scope["method"] != "GET":
            return PlainTextResponse(f"Refused: no token, or one that was used. {_AGAIN}\n", 403)
        self.token = ""
        response = RedirectResponse("/", 303)
        response.set_cookie(self._cookie, self._session, httponly=True, samesite="strict", path="/")
        return response


def _bad_post(headers: Headers) -> Response | None:
    if headers.get("content-type", "").partition(";")[0].strip() != "application/json":
        return PlainTextResponse("Only JSON is taken.\n", 415)
    length = headers.get("content-length", "")
    if not length.isdigit() or int(length) > _LARGEST:
        return PlainTextResponse("Too much.\n", 413)
    return None


_HEADER_BYTES = [(name.encode(), value.encode()) for name, value in HEADERS]
