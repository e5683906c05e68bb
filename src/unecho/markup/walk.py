"""From tags and texts to blocks. A block is a line of text with the evidence of the elements it lies in."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from ..model import Block
from .notes import Notes
from .page import Page, Style
from .rows import Piece, Row
from .tags import PLAIN, VOID, Kind, Kinds, Manner, tells
from .tags import tokens as tokens_of

_BLANKS = "\t\n\r\f\v\x1c-\x1f\x85\u2028\u2029"  # no-break spaces stay
_SPACE = re.compile(f"[{_BLANKS}][ {_BLANKS}]*| [ {_BLANKS}]+")  # but a single one, which most are
_SEEN = re.compile("[^\\s\u00ad\u200b-\u200f\u2060\ufeff\ue000-\uf8ff]")  # icons have private codes
_C1 = re.compile("[\x80-\x9f]")
_EMPTY_LINES = re.compile(r"\n(?:[ \t]*\n)+")
_ANCESTORS: Final = 12
_REACH: Final = 32
"""Elements above a word that are looked at for the block it is part of and for the mark of a list item."""
_EVIDENCE_DEPTH: Final = 64
"""Depth of elements down to which a block takes its evidence: the cost of a deep page stays linear."""


class _Frame:
    """An element that is open."""

    __slots__ = ("above", "below", "bullet", "depth", "kind", "link", "manner", "marks", "number")

    # They are set where an element opens, which happens too often for a call.
    kind: Kind
    marks: str
    """Values of the attributes that its tokens come from."""
    above: _Frame | None
    number: int
    """How many elements were opened before it."""
    bullet: bool
    """Whether the first block of a list item has still to be marked as one."""
    below: _Place | None
    """The place of the elements in it, once somebody asked."""
    depth: int
    link: str
    """Target of the link it lies in."""
    manner: Manner


def _within_manner(own: Manner, outer: Manner) -> Manner:
    return Manner(own.pre or outer.pre, own.quote or outer.quote, own.heading or outer.heading)


_Place = tuple[tuple[str, ...], tuple[int, ...], frozenset[str]]
"""Where an element lies: the tags above, outermost first; their numbers; their tokens."""
_NOWHERE: Final[_Place] = ((), (), frozenset())
_NO_TOKENS: Final = frozenset[str]()


class _Unions(dict[tuple[frozenset[str], frozenset[str]], frozenset[str]]):
    """Two sets as one: much of a page lies in elements with the same tokens, and shares them."""

    def __missing__(self, sets: tuple[frozenset[str], frozenset[str]]) -> frozenset[str]:
        self[sets] = found = sets[0] | sets[1]
        return found


class Walker:
    """Takes the events of a page and cuts its text into blocks."""

    def __init__(self, style: Style, trust_hidden: bool) -> None:
        self.pieces: list[Piece] = []
        self._markdown = style == "md"
        self._trust_hidden = trust_hidden
        self._notes = Notes()
        self._kinds = Kinds()
        self._tokens = _Unions()
        self._top: _Frame | None = None
        self._unseen = 0  # depth below the outermost element that is not shown
        self._rows: list[Row] = []
        self._opened = 0
        self._bullets = 0  # list items that were opened and have no text yet, those closed without any included
        self._last_link = ""  # target of the link that has just ended
        # The text that has not been made a block yet:
        self._parts: list[str] = []
        self._linked: list[str] = []
        self._words = False  # whether there is more in it than white space
        self._frame: _Frame | None = None  # the innermost element that has been open at every word
        self._lowest = -1  # elements that have been open at every moment since the last word; -1 before the first

    def page(self) -> Page:
        """The page, once all events have been taken."""
        self._flush()
        blocks: list[Block] = []
        at = 0
        for piece in self.pieces:
            end = at + len(piece.text)
            density = min(1.0, piece.linked / piece.length)
            blocks.append(Block(at, end, piece.tag, piece.ancestors, piece.tokens, density, piece.path, piece.own))
            at = end + 2
        return self._notes.page("\n\n".join([piece.text for piece in self.pieces]), tuple(blocks))

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        """An element opens."""
        if name in VOID:
            self._stand_alone(name, attributes)
            return
        if self._unseen:
            self._unseen += 1
            return
        found = self._kinds[name]
        marks = ""
        if attributes:
            marks, hidden = tells(attributes)
            if hidden and self._trust_hidden and not found.shown:
                self._unseen = 1
                return
        if found.unseen and (self._trust_hidden or found.always):
            self._unseen = 1
            self._notes.unseen(name, attributes)
            return
        above = self._top
        self._top = frame = _Frame()
        self._opened = frame.number = self._opened + 1
        frame.kind, frame.above = found, above
        frame.marks = marks if found.marked else ""
        frame.bullet, frame.below = False, None
        if above is None:
            frame.depth, frame.link, frame.manner = 1, "", found.manner
        else:
            frame.depth, frame.link = above.depth + 1, above.link
            own = found.manner
            frame.manner = above.manner if own is PLAIN else _within_manner(own, above.manner)
        if found.block:
            if self._parts:
                self._flush()
            self._last_link = ""
        if found.watched:
            self._start_watched(frame, attributes)

    def _stand_alone(self, name: str, attributes: Mapping[str, str]) -> None:
        """An element that has no content, and never holds anything open."""
        if self._unseen:
            return
        self._opened += 1
        if name not in ("br", "meta", "link") or (self._trust_hidden and attributes and tells(attributes)[1]):
            return
        if name == "br":
            self._break()
        else:
            self._notes.start(name, attributes)

    def _start_watched(self, frame: _Frame, attributes: Mapping[str, str]) -> None:
        name = frame.kind.name
        if frame.kind.noted:
            self._notes.start(name, attributes)
        elif name == "a":
            self._start_link(frame, attributes.get("href"))
        elif name == "li":
            frame.bullet = True
            self._bullets += 1
        elif name == "tr":
            self._rows.append(Row(len(self.pieces)))
        elif name in ("td", "th"):
            if self._rows:
                self._rows[-1].cell += 1
        elif name == "button":
            self._parts.append(" ")

    def end(self, name: str) -> None:
        """An element closes."""
        if name in VOID:
            return
        if self._unseen:
            self._unseen -= 1
            self._notes.json = None
            return
        frame = self._top
        if frame is None:
            return
        if frame.kind.block:
            if self._parts:
                self._flush()
            self._last_link = ""
        if frame.kind.watched:
            self._end_watched(frame, frame.kind.name)
        self._top = frame.above
        if frame.depth <= self._lowest:
            self._lowest = frame.depth - 1

    def _end_watched(self, frame: _Frame, name: str) -> None:
        if name == "a":
            self._last_link = frame.link
        elif name == "button":
            self._parts.append(" ")
        elif name == "tr":
            if self._rows:
                self._end_row(self._rows.pop())
        elif name in ("title", "h1"):
            self._notes.end(name)

    def data(self, text: str) -> None:
        """Text, or a part of it."""
        if self._unseen:
            if self._notes.json is not None:
                self._notes.json.append(text)
            return
        if self._notes.capture is not None:
            self._notes.capture.append(text)
        frame = self._top
        if text.isspace() or not text:
            # At the beginning of a line it would be stripped.
            if self._parts or not text.isascii() or frame is None or frame.manner.pre:
                self._parts.append(text)
            return
        self._parts.append(text)
        self._words = True
        if frame is None:
            return
        self._last_link = ""
        if frame.link:
            self._linked.append(text)
        lowest = self._lowest
        if lowest < 0:
            self._frame = frame
        else:
            within = self._frame
            while within is not None and within.depth > lowest:
                within = within.above
            self._frame = within
        self._lowest = frame.depth

    def _flush(self) -> None:
        """End the run of text: it becomes a block, unless there is nothing in it to see."""
        self._last_link = ""
        parts, linked, frame = self._parts, self._linked, self._frame
        self._parts = []
        if not self._words:
            return
        self._linked, self._frame, self._lowest, self._words = [], None, -1, False
        text = "".join(parts)
        plain = text.isascii()  # where each character that is no white space is seen
        if not plain:
            text = _C1.sub(_as_browsers_do, text)
        if not (plain or _SEEN.search(text)) or (frame is not None and frame.kind.name == "title"):
            return
        whole, within = _collapsed(text), "".join(linked)
        count = len(whole) if within == text else len(_collapsed(within))  # a menu is links and nothing else
        if frame is None or not frame.manner.pre:
            self._add(whole, frame, count)
            return
        for part in _parts(text):
            if _SEEN.search(part):
                self._add(part, frame, count)

    def _start_link(self, frame: _Frame, where: str | None) -> None:
        if not where:
            return
        frame.link = where
        if self._last_link and self._last_link != where:
            self._parts.append(" ")  # two links side by side are two words, space or not

    def _break(self) -> None:
        """A line break: a new block, but a new line where lines are kept."""
        if self._top is not None and self._top.manner.pre:
            self._parts.append("\n")
        else:
            self._flush()

    def _add(self, text: str, frame: _Frame | None, linked: int) -> None:
        marked = self._marked(text, frame) if self._bullets or self._markdown else text
        if frame is None:
            piece = Piece(marked, "body", (), frozenset(), len(text), linked)
        else:
            block, own = frame, tokens_of(frame.marks) if frame.marks else _NO_TOKENS
            above, left = block.above, _REACH
            while left and above is not None and not block.kind.block:
                block, above, left = above, above.above, left - 1
                if block.marks:
                    own = self._tokens[own, tokens_of(block.marks)]
            ancestors, path, tokens = _NOWHERE if above is None else above.below or self._place_in(above)
            if own:
                tokens = self._tokens[tokens, own]
            name = "pre" if block.manner.pre else block.kind.name
            piece = Piece(marked, name, ancestors, tokens, len(text), linked, 0, (*path, block.number), own)
        if self._rows:
            piece.cell = self._rows[-1].cell
        self.pieces.append(piece)

    def _marked(self, text: str, frame: _Frame | None) -> str:
        """``text`` with the mark of a list item, in Markdown also those of quotes, headings and code."""
        if frame is None:
            return text
        prefix = ""
        if self._bullets:
            at: _Frame | None = frame
            for _ in range(_REACH):
                if at is None:
                    break
                if at.bullet:
                    prefix, at.bullet = "- ", False
                    self._bullets -= 1
                at = at.above
        if self._markdown:
            if frame.manner.pre:
                text = "    " + text.replace("\n", "\n    ")
            prefix = ("> " if frame.manner.quote else "") + prefix + frame.manner.heading
        return prefix + text

    def _place_in(self, frame: _Frame) -> _Place:
        """The place of what lies in an element."""
        chain = []
        at: _Frame | None = frame
        while at is not None and at.below is None:
            chain.append(at)
            at = at.above
        place = at.below if at is not None and at.below is not None else _NOWHERE
        for between in reversed(chain):
            ancestors, path, tokens = place
            if between.kind.name not in ("html", "body"):
                ancestors, path = (*ancestors, between.kind.name), (*path, between.number)
                if len(path) > _ANCESTORS:
                    ancestors, path = ancestors[1:], path[1:]
            if between.marks and between.depth <= _EVIDENCE_DEPTH:
                tokens = self._tokens[tokens, tokens_of(between.marks)]
            place = between.below = ancestors, path, tokens
        return place

    def _end_row(self, row: Row) -> None:
        """One block for a row of data; the blocks as they are for a row that is there for layout."""
        if self._rows:
            self._rows[-1].nested = True
        pieces = self.pieces[row.first :]
        if pieces and row.is_data(pieces):
            self.pieces[row.first :] = [row.joined(pieces)]


def _as_browsers_do(match: re.Match[str]) -> str:
    """What ``&#132;`` means since it was written under Windows: a quotation mark, and no control character."""
    return match[0].encode("latin-1").decode("cp1252", "replace")


def _collapsed(text: str) -> str:
    if text.isascii():  # where both mean the same white space
        return " ".join(text.split())
    return _SPACE.sub(" ", text).strip(" ")


def _parts(text: str) -> list[str]:
    """Text whose lines are kept, cut at empty lines."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return [part.strip("\n").rstrip() for part in _EMPTY_LINES.split(text)]
