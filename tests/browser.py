"""A real Chromium for tests of pages: no network, no errors, every request seen."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Dialog, Page, sync_playwright

ARGUMENTS = (
    "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update",
    "--disable-sync", "--no-first-run",
)  # fmt: skip


@contextmanager
def chromium() -> Iterator[Browser]:
    """The browser of the system (Debian's package ``chromium``)."""
    path = shutil.which("chromium")
    assert path, "Chromium is missing: apt-get install chromium"
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=path, headless=True, args=list(ARGUMENTS))
        yield browser
        browser.close()


@dataclass
class Seen:
    """What a page did beside showing itself."""

    problems: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)


@contextmanager
def open_file(browser: Browser, path: Path, view: str = "", **settings: Any) -> Iterator[Page]:
    """A page from a file, ready. In the end there must be no error, no dialog and no request to anywhere else."""
    seen = Seen()
    context = browser.new_context(**{"viewport": {"width": 1280, "height": 800}, **settings})
    context.set_default_timeout(10_000)
    page = watched(context, seen)
    page.goto(f"{path.as_uri()}#{view}")
    page.wait_for_selector("body[data-ready]")
    yield page
    context.close()
    assert seen.problems == []
    asked = {address.partition("#")[0] for address in seen.requests if not address.startswith("blob:")}
    assert asked == {path.as_uri()}


def watched(context: BrowserContext, seen: Seen) -> Page:
    """A new page whose errors, dialogs and requests are noted."""
    page = context.new_page()
    page.on("console", lambda message: seen.problems.append(f"{message.type}: {message.text}"))
    page.on("pageerror", lambda error: seen.problems.append(str(error)))
    page.on("request", lambda request: seen.requests.append(request.url))
    page.on("dialog", lambda dialog: _dismiss(dialog, seen))
    return page


def _dismiss(dialog: Dialog, seen: Seen) -> None:
    seen.problems.append(f"dialog: {dialog.message}")
    dialog.dismiss()
