"""Compiled loops over passages; ``quotes`` and ``repeats`` hold the plain twins."""

from __future__ import annotations

import numpy as np

from ..base.columns import Ints, Mask
from .jit import inner, lean, part
from .place import Codes, paragraph_at
from .values import sort

Pair = tuple[np.int64, np.int64]


def warm() -> None:
    """Compile these kernels, or load them from the cache."""
    nothing, codes, mask = np.zeros(0, np.int64), np.zeros(0, np.int32), np.zeros(0, np.bool_)
    edges, rows = np.zeros(1, np.int64), np.zeros((0, 3), np.int64)
    parted((nothing, nothing, nothing, edges), mask, codes, edges, (0.8, 8), 0, mask, rows)
    overlaps(edges, (nothing, nothing), nothing, mask)
    joined(nothing, nothing, nothing, mask, nothing)
    adding(edges, (nothing, nothing), (nothing, nothing), mask, nothing, np.zeros((4, 0), np.int64), mask)


@lean
def parted(
    columns: tuple[Ints, Ints, Ints, Ints], copies: Mask, near: Codes, paragraphs: Ints, limits: tuple[float, int],
    begin: int, quote: Mask, found: Ints,
) -> tuple[int, int]:  # fmt: skip
    """Of passages from ``begin`` on, but for ``copies``: whether they are quotes, taken whole; and the parts of them
    (see ``quotes.separate``) that would be quotes if a quotation mark stood before them, into ``found``: passage, and
    first tokens on both sides. Stops before the first passage that finds no room; returns its number, and how many
    parts there are.

    columns: runs, and where those of each passage begin. limits: share of its paragraphs from which a part is whole,
    words that make a part.
    """
    count, first = 0, columns[3]
    for passage in range(begin, len(copies)):
        if copies[passage]:
            continue
        known, parts, words, before = count, 0, np.int64(0), np.int64(0)
        a, b = columns[0][first[passage]], columns[1][first[passage]]
        mine, its = paragraph_at(near, paragraphs, a), paragraph_at(near, paragraphs, b)
        low = part_low = mine, its
        start = a, b
        for row in range(first[passage], first[passage + 1]):
            a, b, left = columns[0][row], columns[1][row], columns[2][row]
            while left:
                high = mine, its
                mine, its = _paragraph(paragraphs, mine, a), _paragraph(paragraphs, its, b)
                if mine != high[0] and its != high[1]:
                    if (not parts or words - before >= limits[1]) and count < len(found):
                        found[count, 0], found[count, 1], found[count, 2] = passage, start[0], start[1]
                        count += not _whole(paragraphs, part_low, high, words - before, limits[0])
                    parts, before, start, part_low = parts + 1, words, (a, b), (mine, its)
                length = min(left, paragraphs[mine + 1] - a)
                its = _paragraph(paragraphs, its, b + length - 1)
                while length < left and paragraphs[its + 1] != b + length:  # b does not begin one here
                    mine = _paragraph(paragraphs, mine, a + length)
                    length = min(left, paragraphs[mine + 1] - a)
                    its = _paragraph(paragraphs, its, b + length - 1)
                words, a, b, left = words + length, a + length, b + length, left - length
        quote[passage] = not _whole(paragraphs, low, (mine, its), words, limits[0])
        if parts and words - before >= limits[1] and count < len(found):
            found[count, 0], found[count, 1], found[count, 2] = passage, start[0], start[1]
            count += not _whole(paragraphs, part_low, (mine, its), words - before, limits[0])
        if count == len(found):
            return passage, known
    return len(copies), count


@part
def _paragraph(paragraphs: Ints, paragraph: np.int64, token: int) -> np.int64:
    """The paragraph of a token, which is this one or one behind it."""
    while paragraphs[paragraph + 1] <= token:
        paragraph += 1
    return paragraph


@part
def _whole(paragraphs: Ints, low: Pair, high: Pair, words: np.int64, share: float) -> bool:
    """``quotes._whole`` of a part with so many equal words, from paragraphs ``low`` to ``high`` on both sides."""
    mine, its = paragraphs[high[0] + 1] - paragraphs[low[0]], paragraphs[high[1] + 1] - paragraphs[low[1]]
    return bool(words >= share * mine and words >= share * its)


@lean
def overlaps(edges: Ints, spans: tuple[Ints, Ints], key: Ints, result: Mask) -> None:
    """``repeats._overlaps`` of the spans edges[i]:edges[i + 1], for each i. key: room for those of one."""
    start, end = spans
    for pair in range(len(edges) - 1):
        first, count = edges[pair], edges[pair + 1] - edges[pair]
        least, in_order = start[first], True
        for row in range(first + 1, first + count):
            least, in_order = min(least, start[row]), in_order and start[row - 1] <= start[row]
        if not in_order:
            for number in range(count):
                key[number] = (start[first + number] - least) << 32 | number
            sort(key[:count])
        before = first
        for number in range(count):
            row = first + (number if in_order else key[number] & 0xFFFFFFFF)
            result[pair] |= number > 0 and start[row] < end[before]
            before = row


@lean
def adding(
    edges: Ints, a: tuple[Ints, Ints], b: tuple[Ints, Ints], quoted: Mask, order: Ints, room: Ints, result: Mask
) -> None:  # fmt: skip
    """``repeats.adding`` of the passages edges[i]:edges[i + 1] of pairs of documents; ``order``: the numbers of the
    passages of each, those that come first first. room: int64, 4 x the passages of a pair: spans that are shown."""
    for pair in range(len(edges) - 1):
        on_a = on_b = 0
        for at in range(edges[pair], edges[pair + 1]):
            row = order[at]
            new_a = not _holds(room[0], room[1], on_a, a[0][row], a[1][row])
            new_b = not _holds(room[2], room[3], on_b, b[0][row], b[1][row])
            result[row] = (new_a or new_b) if quoted[row] else (new_a and new_b)
            if result[row]:
                on_a = _with_span(room[0], room[1], on_a, a[0][row], a[1][row])
                on_b = _with_span(room[2], room[3], on_b, b[0][row], b[1][row])


@inner
def _holds(starts: Ints, ends: Ints, count: int, start: int, end: int) -> bool:
    """``repeats._Cover.holds``."""
    low = np.searchsorted(starts[:count], start, "right") - 1
    return bool(low >= 0 and end <= ends[low])


@inner
def _with_span(starts: Ints, ends: Ints, count: int, start: int, end: int) -> int:
    """``repeats._Cover.add``: how many spans there are then."""
    low, high = np.searchsorted(ends[:count], start), np.searchsorted(starts[:count], end, "right")
    if low < high:
        start, end = min(start, starts[low]), max(end, ends[high - 1])
    gone = high - low
    if gone == 0:
        for place in range(count, low, -1):
            starts[place], ends[place] = starts[place - 1], ends[place - 1]
    elif gone > 1:
        for place in range(high, count):
            starts[place - gone + 1], ends[place - gone + 1] = starts[place], ends[place]
    starts[low], ends[low] = start, end
    return int(count - gone + 1)


@lean
def joined(order: Ints, start: Ints, end: Ints, quotes: Mask, first: Ints) -> None:
    """``findings._joined`` of passages by the spans of their two sides (those of all first sides, then those of the
    second ones), which are gone through in order: into ``first``, where each is its own first one yet."""
    count = len(first)
    for at in range(1, len(order)):
        one, two = order[at - 1], order[at]
        mine, its = one % count, two % count
        longer = max(end[one] - start[one], end[two] - start[two])
        if quotes[mine] == quotes[its] and 2 * (min(end[one], end[two]) - start[two]) >= longer:
            mine, its = _first(first, mine), _first(first, its)
            first[max(mine, its)] = min(mine, its)
    for number in range(count):
        first[number] = first[first[number]]


@part
def _first(first: Ints, number: np.int64) -> np.int64:
    """The first of those that are joined to one so far; on the way there each is given one that is nearer."""
    while first[number] != number:
        first[number] = first[first[number]]
        number = first[number]
    return number
