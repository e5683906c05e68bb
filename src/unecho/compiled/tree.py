"""The compiled twin of ``elements.of_tree``: a page's elements by their numbers, in a few passes over its lines."""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..base.columns import Ints
from .jit import compiled, inner, lean, part

LEVELS: Final = 8
"""Elements above a block that are looked at."""
FAR: Final = 9
"""Levels up to the container, and from it, that stand for none."""
COLUMNS: Final = (
    *(f"{name} above {level}" for level in range(1, 6) for name in ("mass", "density", "links", "lines")),
    *(f"{name} {what}" for name in ("best", "wide") for what in ("far", "up", "share")),
    *(f"score above {level}" for level in (1, 2)),
    *(f"{what} of {name}" for name in ("kind", "path", "tokens") for what in ("mass", "density", "lines")),
)
"""The rows of the table, in order; the lines above the levels 4 and 5 are not asked for."""
_BEST, _SCORES, _GROUPS = 20, 26, 28


class Lines(NamedTuple):
    """What is known of each line."""

    numbers: Ints
    """Of the elements each lies in, outermost first, line after line."""
    offsets: Ints
    """Where those of each line begin, and those of the last one end."""
    groups: Ints
    """Numbers of its kind, path and tokens (3 x lines)."""
    chars: Ints
    linked: Ints
    """How many of them lie in links."""
    mass: Ints
    drag: Ints


def warm() -> None:
    """Compile the kernel, or load it from the cache, by calling it on next to nothing."""
    ones = np.ones(1, np.int64)
    once(np.zeros(1, np.int64), ones.copy(), -ones)
    lines = Lines(ones, np.array([0, 1], np.int64), np.zeros((3, 1), np.int64), ones, ones, ones, ones)
    trees(lines, np.array([0, 1], np.int64), np.zeros((3, 5), np.int64), np.empty((len(COLUMNS), 1), np.float32))


@lean
def once(places: Ints, counts: Ints, seen: Ints) -> int:
    """Let each of some runs of ``places`` hold each only once, close them up, and tell how many are left. ``seen``:
    -1 for each place."""
    at = out = 0
    for number in range(len(counts)):
        begin, end = out, at + counts[number]
        while at < end:
            place = places[at]
            if seen[place] != number:
                seen[place] = number
                places[out] = place
                out += 1
            at += 1
        counts[number] = out - begin
    return out


@part
def _ratio(some: np.int64, whole: int | np.int64) -> np.float32:
    return np.float32(some / max(whole, 1))


@compiled
def _above(lines: Lines, first: int, end: int) -> Ints:
    """The elements that each line lies in, innermost first, their numbers plus 1; 0 where there is none."""
    above = np.zeros((end - first, LEVELS), np.int64)
    for line in range(first, end):
        last = lines.offsets[line + 1] - 1
        for level in range(min(LEVELS, last + 1 - lines.offsets[line])):
            above[line - first, level] = lines.numbers[last - level] + 1
    return above


@inner
def _level(above: Ints, line: int, element: int) -> int:
    """Levels from a line up to an element; -1 if it does not lie in it."""
    for level in range(LEVELS):
        if above[line, level] == element:
            return level
    return -1


@inner
def _of_container(above: Ints, first: int, element: int, out: NDArray[np.float32]) -> None:
    """Levels from the container down to what it and each line lie in, and from the line up to that."""
    inside = 0
    while inside < len(above) and _level(above, inside, element) < 0:
        inside += 1
    inside = 0 if inside == len(above) else inside
    lowest = max(_level(above, inside, element), 0)
    for line in range(len(above)):
        far = up = FAR
        for level in range(lowest, LEVELS):
            if above[inside, level] == 0:
                break
            found = _level(above, line, above[inside, level])
            if found >= 0:
                far, up = level - lowest, found
                break
        out[0, first + line], out[1, first + line] = far, up


@inner
def _of_groups(lines: Lines, first: int, end: int, total: int, room: Ints, out: NDArray[np.float32]) -> None:
    for number in range(3):
        group = lines.groups[number]
        for line in range(first, end):
            room[:, group[line]] = 0
        for line in range(first, end):
            room[0, group[line]] += lines.mass[line]
            room[1, group[line]] += lines.drag[line]
            room[2, group[line]] += 1
        for line in range(first, end):
            good, bad, count = room[0, group[line]], room[1, group[line]], room[2, group[line]]
            out[3 * number, line] = _ratio(good, total)
            out[3 * number + 1, line] = _ratio(good, good + bad)
            out[3 * number + 2, line] = count


@inner
def _sums(lines: Lines, above: Ints, first: int, sums: Ints) -> int:
    """What lies in each element: mass, drag, characters, those in links, lines; four times how much of the mass lies
    right in it, that of lines further down counting less; and how many lines at all, with or without characters.

    Tells the mass of all lines.
    """
    total = 0
    for line in range(len(above)):
        mass, drag = lines.mass[first + line], lines.drag[first + line]
        chars, linked = lines.chars[first + line], lines.linked[first + line]
        total += mass
        for level in range(LEVELS):
            element = above[line, level]
            sums[6, element] += 1
            if element:
                sums[0, element] += mass
                sums[1, element] += drag
                sums[2, element] += chars
                sums[3, element] += linked
                sums[4, element] += chars > 0
                if 1 <= level <= 3:
                    sums[5, element] += mass << (3 - level)
    return total


@inner
def _of_levels(above: Ints, first: int, total: int, most: float, sums: Ints, out: NDArray[np.float32]) -> None:
    for line in range(len(above)):
        for level in range(1, 6):
            element, row = above[line, level], 4 * level - 4
            good = sums[0, element]
            out[row, first + line] = _ratio(good, total)
            out[row + 1, first + line] = _ratio(good, good + sums[1, element])
            out[row + 2, first + line] = _ratio(sums[3, element], sums[2, element])
            out[row + 3, first + line] = sums[4, element]
            if level < 3:
                out[_SCORES + level - 1, first + line] = np.float32(sums[5, element] / 4 / most)


@compiled
def trees(lines: Lines, edges: Ints, room: Ints, out: NDArray[np.float32]) -> None:
    """The columns of documents, the lines of which begin at ``edges``. ``room``: three for each of the groups."""
    for document in range(len(edges) - 1):
        first, end = edges[document], edges[document + 1]
        if first == end:
            continue
        above = _above(lines, first, end)
        size = 2
        for at in range(lines.offsets[first], lines.offsets[end]):
            size = max(size, lines.numbers[at] + 2)
        sums = np.zeros((7, size), np.int64)
        total = max(_sums(lines, above, first, sums), 1)
        sums[5, 0] = -4 if sums[6, 0] else 0
        best, wide, most = -1, -1, 0
        for element in range(size):
            most = max(most, sums[0, element])
        for element in range(size):
            if sums[6, element]:
                best = element if best < 0 or sums[5, element] > sums[5, best] else best
                wide = element if sums[0, element] >= 0.7 * most else wide
        _of_levels(above, first, total, max(sums[5, best] / 4, 1.0), sums, out)
        for number, element in enumerate((best, wide)):
            row = _BEST + 3 * number
            _of_container(above, first, element, out[row : row + 2])
            out[row + 2, first:end] = np.float32(sums[0, element] / total)
        _of_groups(lines, first, end, total, room, out[_GROUPS:])
