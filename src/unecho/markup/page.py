"""What there is to read on a page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from ..model import Block

Style = Literal["txt", "md"]


@dataclass(frozen=True, slots=True)
class Page:
    """What there is to read on a page. ``text`` is the blocks' texts, joined by empty lines."""

    text: str
    blocks: tuple[Block, ...] = ()
    title: str | None = None
    url: str | None = None
    """The canonical address, if it is absolute."""
    site: str | None = None
    """The name the page gives its site."""
    date: str | None = None
    """Date of publication as found."""
    author: str | None = None
    """Who wrote it, as the page says; several are separated by commas."""
    language: str | None = None
