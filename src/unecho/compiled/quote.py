"""Compiled loops over passages; ``quotes`` and ``repeats`` hold the plain twins."""

from __future__ import annotations

import numpy as np

from ..base.columns import Ints, Mask
from .jit import lean
from .place import Codes, paragraph_at


def warm() -> None:
    """Compile these kernels, or load them from the cache."""
    nothing, codes, mask = np.zeros(0, np.int64), np.zeros(0, np.int32), np.zeros(0, np.bool_)
    edges, runs = np.zeros(1, np.int64), np.zeros((0, 3), np.int64)
    cut((nothing, nothing, nothing), edges, mask, codes, edges, runs, nothing, edges)
    whole(runs, edges, codes, edges, 0.8, mask, nothing)
    borders(nothing, mask, nothing, 8, mask)
    adding(edges, (nothing, nothing), (nothing, nothing), mask, nothing, np.zeros((4, 0), np.int64), mask)


@lean
def cut(
    columns: tuple[Ints, Ints, Ints], first: Ints, copies: Mask, near: Codes, paragraphs: Ints, runs: Ints,
    number: Ints, parts: Ints,
) -> tuple[int, int]:  # fmt: skip
    """The runs (places in a and b, lengths) of passages, cut where both sides begin a paragraph at the same word, into
    ``runs`` (n x 3), their passages into ``number``, and into ``parts`` where parts begin: at another passage, and
    where both sides are in another paragraph than before. ``copies`` stay as they are, each one part. Returns how many
    runs and parts there are; with no room at all they are only counted."""
    count = found = 0
    for passage in range(len(copies)):
        last_a = last_b = np.int64(-1)
        for row in range(first[passage], first[passage + 1]):
            a, b, left = columns[0][row], columns[1][row], columns[2][row]
            while left:
                length = left
                if not copies[passage]:
                    length = min(left, paragraphs[paragraph_at(near, paragraphs, a) + 1] - a)
                    while length < left and paragraph_at(near, paragraphs, b + length) == paragraph_at(
                        near, paragraphs, b + length - 1
                    ):  # b does not begin one here
                        length = min(left, paragraphs[paragraph_at(near, paragraphs, a + length) + 1] - a)
                begins = (
                    not copies[passage]
                    and paragraph_at(near, paragraphs, a) != last_a
                    and paragraph_at(near, paragraphs, b) != last_b
                )
                if last_a < 0 or begins:
                    if len(number):
                        parts[found] = count
                    found += 1
                if len(number):
                    runs[count, 0], runs[count, 1], runs[count, 2], number[count] = a, b, length, passage
                count += 1
                last_a, last_b = (
                    np.int64(paragraph_at(near, paragraphs, a + length - 1)),
                    np.int64(paragraph_at(near, paragraphs, b + length - 1)),
                )
                a, b, left = a + length, b + length, left - length
    if len(number):
        parts[found] = count
    return count, found


@lean
def whole(runs: Ints, parts: Ints, near: Codes, paragraphs: Ints, share: float, result: Mask, matched: Ints) -> None:
    """``quotes._whole`` of the parts of runs, and the equal words of each."""
    for part in range(len(result)):
        begin, last, words = parts[part], parts[part + 1] - 1, np.int64(0)
        for row in range(begin, last + 1):
            words += runs[row, 2]
        matched[part], result[part] = words, True
        for side in range(2):
            low, high = (
                paragraph_at(near, paragraphs, runs[begin, side]),
                paragraph_at(near, paragraphs, runs[last, side] + runs[last, 2] - 1),
            )
            size = paragraphs[high + 1] - paragraphs[low]
            if words < share * size:
                result[part] = False


@lean
def borders(number: Ints, quoted: Mask, matched: Ints, least: int, found: Mask) -> None:
    """``quotes._borders``."""
    passage, kind, words = np.int64(-1), False, np.int64(0)
    for part in range(len(number)):
        fresh = number[part] != passage or not (kind == quoted[part] or min(words, matched[part]) < least)
        found[part] = fresh
        if fresh:
            passage, kind, words = number[part], quoted[part], matched[part]
        else:
            words += matched[part]


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


@lean
def _holds(starts: Ints, ends: Ints, count: int, start: int, end: int) -> bool:
    """``repeats._Cover.holds``."""
    low = np.searchsorted(starts[:count], start, "right") - 1
    return bool(low >= 0 and end <= ends[low])


@lean
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
