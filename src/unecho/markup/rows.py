"""Blocks that have no place in the text yet, and rows of tables, which become one block if they hold data."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from .tags import HEADINGS, PRE_TAGS


@dataclass(slots=True)
class Piece:
    """A block that has no place in the text yet."""

    text: str
    tag: str
    ancestors: tuple[str, ...]
    tokens: frozenset[str]
    length: int
    """Characters of the text without the mark of a list item or heading."""
    linked: int
    """Characters inside links."""
    cell: int = 0
    path: tuple[int, ...] = ()
    """Numbers of the elements of ``ancestors`` and of its own."""
    own: frozenset[str] = frozenset()
    """Tokens of its own element and of those inside that hold all its text."""


@dataclass(slots=True)
class Row:
    """A table row that is open."""

    first: int
    """Number of its first block."""
    cell: int = 0
    nested: bool = False

    def is_data(self, pieces: Sequence[Piece]) -> bool:
        """True if the row reads as one line; false if it only lays out the page."""
        if self.nested or any(piece.tag in HEADINGS or piece.tag in PRE_TAGS for piece in pieces):
            return False
        size = sum(piece.length for piece in pieces)
        single = len({piece.cell for piece in pieces}) == len(pieces)
        return size <= 300 or (single and size <= 1000)

    @staticmethod
    def joined(pieces: Sequence[Piece]) -> Piece:
        """The row as one block."""
        cells: dict[int, list[str]] = {}
        for piece in pieces:
            cells.setdefault(piece.cell, []).append(piece.text)
        above = pieces[0].ancestors
        text = " | ".join(" ".join(texts) for texts in cells.values())
        return Piece(
            text,
            "tr",
            above[: above.index("tr")] if "tr" in above else above,
            frozenset[str]().union(*(piece.tokens for piece in pieces)),
            len(text),
            sum(piece.linked for piece in pieces),
            path=pieces[0].path[: above.index("tr") + 1] if "tr" in above else pieces[0].path,
            own=frozenset[str]().union(*(piece.own for piece in pieces)),
        )
