"""The compiled twin of ``matrix.of_matter``: the terms of a document in a table, in two passes over its lines."""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..base.columns import Ints
from .jit import inner, lean

SURE: Final = 64
"""Parts of a probability."""
GOOD, VERY_GOOD = 32, 128
"""Parts of probability of other lines from which a term that they have is good."""
COLUMNS: Final = ("terms", "terms good", "terms very good", "terms bad", "terms of first")
"""The rows of the table, in order."""


class Terms(NamedTuple):
    """The terms of all lines, those of a line together."""

    terms: Ints
    offsets: Ints
    """Where those of each line begin, and those of the last one end."""
    chances: Ints
    """Of each line to be good, in parts."""


class Table(NamedTuple):
    """What is known of the terms of a document, each at the first free place from its own on."""

    terms: Ints
    """The term plus 1; 0 where there is none."""
    chances: Ints
    """Of all lines that have it together."""
    lines: Ints
    """How many these are."""
    first: Ints
    """The first of them."""
    last: Ints


class Room(NamedTuple):
    """What the kernel writes on."""

    terms: Ints
    """As many as there are terms; ``places`` too."""
    places: Ints
    offsets: Ints
    """Zeros, one more than there are lines."""
    table: Table
    """For twice as many terms as there are, and at least 2; as many as a power of 2."""


def room_for(terms: int, lines: int) -> Room:
    """Room for so many."""
    size = 2 << max(terms - 1, 0).bit_length()
    rows = np.empty((2, terms), np.int64)
    return Room(rows[0], rows[1], np.zeros(lines + 1, np.int64), Table(*np.empty((5, size), np.int64)))


def warm() -> None:
    """Compile the kernel, or load it from the cache, by calling it on next to nothing."""
    ints, edges = np.zeros(1, np.int64), np.array([0, 1], np.int64)
    matter(ints, ints, ints, edges, room_for(1, 1), np.empty((len(COLUMNS), 1), np.float32))


@inner
def _by_line(terms: Ints, lines: Ints, offsets: Ints, out: Ints) -> None:
    """The terms line by line. ``offsets`` (zeros): where those of each line begin, and those of the last one end."""
    for line in lines:
        offsets[line + 1] += 1
    for line in range(len(offsets) - 1):
        offsets[line + 1] += offsets[line]
    for at in range(len(terms) - 1, -1, -1):
        # Each line's are put in from behind, so that its end moves to its beginning.
        offsets[lines[at] + 1] -= 1
        out[offsets[lines[at] + 1]] = terms[at]
    for line in range(len(offsets) - 1):
        offsets[line] = offsets[line + 1]
    offsets[-1] = len(terms)


@inner
def _place(known: Ints, size: int, term: int) -> int:
    """Where a term is in a table of so many places, a power of 2, or would be put."""
    place = term & (size - 1)
    while known[place] != 0 and known[place] != term + 1:
        place = (place + 1) & (size - 1)
    return place


@inner
def _gather(given: Terms, first: int, end: int, table: Table, size: int, places: Ints) -> None:
    """Put the terms of the lines [first, end) into the table. ``places``: where each is, -1 if its line had it."""
    table.terms[:size] = 0
    for line in range(first, end):
        for at in range(given.offsets[line], given.offsets[line + 1]):
            place = _place(table.terms, size, given.terms[at])
            if table.terms[place] == 0:
                table.terms[place] = given.terms[at] + 1
                table.chances[place], table.lines[place] = 0, 0
                table.first[place], table.last[place] = line, -1
            if table.last[place] == line:
                places[at] = -1
                continue
            places[at], table.last[place] = place, line
            table.chances[place] += given.chances[line]
            table.lines[place] += 1


@inner
def _tell(given: Terms, first: int, end: int, table: Table, places: Ints, out: NDArray[np.float32]) -> None:
    for line in range(first, end):
        own = given.chances[line]
        count = good = very_good = bad = of_first = 0
        for at in range(given.offsets[line], given.offsets[line + 1]):
            place = places[at]
            if place < 0:
                continue
            count += 1
            others = table.chances[place] - own
            against = SURE * (table.lines[place] - 1) - others
            good += others >= GOOD
            very_good += others >= VERY_GOOD
            bad += against >= GOOD and others < GOOD
            of_first += table.first[place] == first
        whole = max(count, 1)
        out[0, line] = count
        out[1, line], out[2, line] = np.float32(good / whole), np.float32(very_good / whole)
        out[3, line], out[4, line] = np.float32(bad / whole), np.float32(of_first / whole)


@lean
def matter(terms: Ints, lines: Ints, chances: Ints, edges: Ints, room: Room, out: NDArray[np.float32]) -> None:
    """The columns of documents, the lines of which begin at ``edges``. ``lines``: of each of the ``terms``."""
    given = Terms(room.terms, room.offsets, chances)
    _by_line(terms, lines, given.offsets, given.terms)
    for document in range(len(edges) - 1):
        first, end = edges[document], edges[document + 1]
        size = 2
        while size < 2 * (given.offsets[end] - given.offsets[first]):
            size *= 2
        _gather(given, first, end, room.table, size, room.places)
        _tell(given, first, end, room.table, room.places, out)
