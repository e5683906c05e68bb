"""Listens on this computer alone, and opens the browser."""

from __future__ import annotations

import signal
import socket
import sys
import webbrowser
from pathlib import Path

import uvicorn

from ..errors import UsageError
from .app import Apply, Review
from .guard import Guard


def serve(run: Path, port: int, open_browser: bool, who: str, apply: Apply) -> None:
    """Serve the review of a run until it is interrupted. ``port`` 0: any that is free."""
    sock = _listen(port)
    port = sock.getsockname()[1]
    review = Review(run, who, apply, lambda stage: print(f"unecho: {stage}", file=sys.stderr))
    guard = Guard(review.application(), port)
    address = f"http://127.0.0.1:{port}/?token={guard.token}"
    sys.stdout.write(f"{address}\nDecisions go to {run / 'decisions.jsonl'}. Press Ctrl-C to end.\n")
    sys.stdout.flush()
    if open_browser:
        webbrowser.open(address)
    config = uvicorn.Config(
        guard, log_level="warning", access_log=False, server_header=False, ws="none", lifespan="off",
        timeout_graceful_shutdown=2,
    )  # fmt: skip
    signal.signal(signal.SIGTERM, _end)  # uvicorn raises the signal again when it is done
    try:
        uvicorn.Server(config).run(sockets=[sock])
    finally:
        review.close()


def _end(*_: object) -> None:
    """Ends as Ctrl-C does, so that the index is given back."""
    raise SystemExit(0)


def _listen(port: int) -> socket.socket:
    sock = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        sock.bind(("127.0.0.1", port))
        sock.listen()  # who comes before the server is up waits
    except OSError as error:
        sock.close()
        raise UsageError(f"cannot listen on port {port}: {error.strerror}", "leave --port out") from None
    return sock
