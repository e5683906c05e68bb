"""Where the paragraphs of a plain text lie."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache
from itertools import accumulate, chain, pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..base.columns import Ints, offsets_of

Spans = Sequence[tuple[int, int]] | Ints
"""Where lines or paragraphs lie in a text: beginning and end of each."""

_SAMPLE_LINES = 4000
"""Lines that the layout is judged by; a book is wrapped the same way throughout."""
_WIDTHS = range(30, 241)
"""Columns at which text is wrapped: mail and print at 60-100, some extractors near 190."""
_MIN_FULL = 0.75
"""Share of the longer lines that leave no room for the next word, for a text to count as wrapped."""
_MIN_OPEN = 0.6
"""Share of the longer lines that do not end a sentence."""
_MIN_RUNS_ON = 0.3
"""Share of the longer lines whose next line does not begin with a capital (scripts without case: all)."""
_MIN_PAIRS = 2

_BULLETS = "-*+•‣◦▪■●○·–—"
_BULLET = re.compile(rf"(?:[{_BULLETS}]|\(?\d{{1,3}}[.)]|\(?[a-zA-Z]\))\s+\S")
_MARKUP = re.compile(r"#{1,6}\s|\||>|={3,}|-{3,}|```|~~~")
_MARKED = re.compile(rf"(?=[^\w\s]|\d|[a-zA-Z]\))(?:{_BULLET.pattern}|{_MARKUP.pattern})")
"""Either; what most lines begin with is neither."""
_UNSPACED = re.compile("[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]")
"""Japanese and Chinese: a line may end after any character."""
_LAST_BLANK, _LAST_PLAIN = 0x3000, 0xFFFF
"""The last character of white space, and the last whose traits the kernels know."""
_SENTENCE_END = tuple('.!?:;…。！？：；؟۔।"”’»)')


class Bounds(NamedTuple):
    """Where the paragraphs of several texts lie. spans: int64, paragraphs x 2. counts: int64, those of each text."""

    spans: Ints
    counts: Ints

    @classmethod
    def of(cls, several: Iterable[Spans]) -> Bounds:
        found = list(map(bounds_of, several))
        return cls(np.concatenate([np.zeros((0, 2), np.int64), *found]), np.array(list(map(len, found)), np.int64))

    def each(self) -> list[Ints]:
        """The spans of each text."""
        return [self.spans[begin:end] for begin, end in pairwise(offsets_of(self.counts).tolist())]


def bounds_of(spans: Spans) -> Ints:
    """Spans as a column (lines x 2)."""
    if isinstance(spans, np.ndarray):
        return spans
    return np.fromiter(chain.from_iterable(spans), np.int64, 2 * len(spans)).reshape(-1, 2)


def split(text: str) -> list[tuple[int, int]]:
    """Spans (start, end) of the paragraphs of ``text``, in characters, ``end`` exclusive.

    The spans are in order, do not overlap and have no white space around them; every character that is
    not white space lies in one. A line is a paragraph, unless the text is wrapped at a fixed width:
    then a block of lines is one, and each item of a list.
    """
    lines = text.splitlines(keepends=True)
    bare = list(map(str.strip, lines))
    width = wrap_width(bare[:_SAMPLE_LINES])
    return _blocks(lines, width) if width else _lines(lines, bare)


def split_utf8(data: bytes, edges: Ints) -> Bounds:
    """``split`` of texts that lie in one text in UTF-8 (lone surrogates passed), by the compiled kernels.

    edges: where each begins and ends (int64, texts x 2), in bytes. ``BEHIND`` stands at the end of the data.
    """
    from ..compiled import paragraph as kernels

    column, count = np.frombuffer(data, np.uint8), len(edges)
    out = kernels.Lines(np.empty((len(column) // 2, 2), np.int64), np.empty(count, np.int64), np.empty(count, np.bool_))
    rows = kernels.lines(column, edges, _traits(_LAST_BLANK), (_SAMPLE_LINES, _MIN_PAIRS), out)
    bounds, maybe = Bounds(out.spans[:rows].copy(), out.counts), np.flatnonzero(out.wrapped)
    if not len(maybe):
        return bounds
    found = bounds.each()
    for number, blocks in zip(maybe.tolist(), _wrapped(column, edges[maybe], out.counts[maybe]), strict=True):
        found[number] = found[number] if blocks is None else blocks
    return Bounds.of(found)


def _wrapped(data: NDArray[np.uint8], edges: Ints, lines: Ints) -> Iterator[Ints | None]:
    """Of each of some texts that may be wrapped at a column the paragraphs, if it is.

    ``edges``: where they lie in ``data``. ``lines``: how many each has that are not blank.
    """
    from ..compiled import wrap as kernels

    layout = kernels.Layout(
        _SAMPLE_LINES, _MIN_PAIRS, _WIDTHS.start, _WIDTHS.stop - 1, _MIN_FULL, _MIN_OPEN, _MIN_RUNS_ON
    )
    shapes = ((int(lines.sum()), 2), len(edges), (int(lines.max()), kernels.COLUMNS), _WIDTHS.stop + 1)
    out = kernels.Blocks(*(np.empty(shape, np.int64) for shape in shapes))
    kernels.blocks(data, edges, _traits(_LAST_PLAIN), layout, out)
    ends = np.cumsum(np.maximum(out.counts, 0))
    for (begin, stop), count, end in zip(edges.tolist(), out.counts.tolist(), ends.tolist(), strict=True):
        if count == kernels.UNKNOWN:
            yield bounds_of(split(data[begin:stop].tobytes().decode("utf-8", "surrogatepass")))
        else:
            yield None if count == kernels.LINES else out.spans[end - count : end].copy()


@cache
def _traits(last: int) -> NDArray[np.uint8]:
    """What the kernels know of characters, up to this one."""
    from ..compiled import paragraph as kernels

    chars = list(map(chr, range(last + 1)))
    traits = np.zeros(len(chars), np.uint8)
    known: tuple[tuple[np.uint8, Callable[[str], object]], ...] = (
        (kernels.BLANK, str.isspace), (kernels.UPPER, str.isupper), (kernels.LOWER, str.islower),
        (kernels.ALPHA, str.isalpha), (kernels.DECIMAL, str.isdecimal), (kernels.STOP, _SENTENCE_END.__contains__),
        (kernels.BULLET, _BULLETS.__contains__), (kernels.BREAK, lambda char: len(f"{char}.".splitlines()) > 1),
    )  # fmt: skip
    for trait, holds in known:
        traits |= trait * np.fromiter(map(holds, chars), np.bool_, len(chars))
    return traits


def wrap_width(lines: Sequence[str]) -> int:
    """The column at which ``lines``, without white space around them, are wrapped; 0 where each stands for itself.

    Wrapped text shows in three ways: the next line's first word would not have fitted, lines end in
    mid-sentence, and lines begin in lower case. Headlines or verses show one of them, never all.
    """
    running, fresh = _running(lines)
    if len(running) < max(_MIN_PAIRS, fresh // 5):  # most texts need no second look
        return 0
    pairs = [(line, after) for line, after in pairwise(lines) if line and after and not _MARKED.match(after)]
    if len(running) < len(pairs) // 5:
        return 0
    width = running[(len(running) * 9) // 10]
    long = [(line, after) for line, after in pairs if width <= 2 * len(line) <= 3 * width]
    full = sum(not _fits(line, after, width - width // 16) for line, after in long)
    opened = sum(not line.endswith(_SENTENCE_END) for line, _ in long)
    runs_on = sum(_runs_on(after) for _, after in long)
    enough = full >= _MIN_FULL * len(long) and opened >= _MIN_OPEN * len(long) and runs_on >= _MIN_RUNS_ON * len(long)
    return width if enough and width in _WIDTHS else 0


def _running(lines: Sequence[str]) -> tuple[list[int], int]:
    """The sizes of the lines, in order, that end no sentence and run on in the next, which is no list item; and how
    many lines have a next one that begins with a capital and is none either."""
    sizes, fresh = [], 0
    for line, after in pairwise(lines):
        if line and after:
            if after[0].isupper():
                fresh += after[1:2] != ")"
            elif after[0].isalpha() and not line.endswith(_SENTENCE_END) and not _MARKED.match(after):
                sizes.append(len(line))
    return sorted(sizes), fresh


def _runs_on(after: str) -> bool:
    return after[0].isalpha() and not after[0].isupper()


def _fits(line: str, after: str, width: int) -> bool:
    """Whether the first word of ``after`` would have found room on ``line``."""
    word = 1 if _UNSPACED.match(after) else 1 + len(after.split(None, 1)[0])
    return len(line) + word <= width


def _lines(lines: list[str], bare: list[str]) -> list[tuple[int, int]]:
    offsets = accumulate(map(len, lines), initial=0)
    # A search for the first character is cheaper than a second strip.
    return [
        (start := offset + line.find(inside[0]), start + len(inside))
        for offset, line, inside in zip(offsets, lines, bare, strict=False)
        if inside
    ]


def _blocks(lines: list[str], width: int) -> list[tuple[int, int]]:
    spans: list[tuple[int, int]] = []
    offset = 0
    start = -1  # of the paragraph that is being read; -1 between paragraphs
    end = 0
    before = after = ""
    in_list = False
    for line in lines:
        bare = line.strip()
        if not bare:
            if start >= 0:
                spans.append((start, end))
            start, in_list = -1, False
        else:
            here = offset + line.find(bare[0])
            after = line
            if start >= 0 and _breaks(before, after, width, in_list):
                spans.append((start, end))
                start = -1
            if start < 0:
                start, in_list = here, in_list or bool(_BULLET.match(bare))
            end = here + len(bare)
            before = after
        offset += len(line)
    if start >= 0:
        spans.append((start, end))
    return spans


def _breaks(before: str, after: str, width: int, in_list: bool) -> bool:
    """Whether a paragraph of a wrapped text ends between two lines that follow each other directly."""
    line, bare = before.strip(), after.strip()
    if _MARKUP.match(line) or _MARKUP.match(bare) or 2 * max(len(line), len(bare)) > 3 * width:
        return True
    ended = line.endswith(_SENTENCE_END)
    short = _fits(line, bare, width)
    if _BULLET.match(bare):
        return in_list or ended or short
    if ended and short and not bare[0].islower():
        return True
    indented = _indent(after) > _indent(before)
    if indented and not in_list and (ended or short):
        return True
    # A heading that stands on its paragraph.
    return not ended and 5 * len(line) < 3 * width <= 4 * len(bare) and bare[0].isupper()


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())
