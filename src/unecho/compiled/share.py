"""Compiled loops that tell what paragraphs share with earlier documents; plain twins: ``pieces``, ``cover.in_line``."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from ..base.columns import Ints, Mask
from .jit import lean, part
from .place import Codes
from .text import DOCUMENT, Rules, Text, owner_of
from .values import Numbers

OTHER = 3
"""Column of ``Shared.runs``: the paragraph on the other side."""


class Shared(NamedTuple):
    """What paragraphs share. runs: equal tokens, int64, n x 4: place in a paragraph, place in another document, length,
    and the paragraph there; those of paragraph i are runs[first[i]:first[i + 1]], sorted by document and place. kinds:
    uint32, kinds of paragraphs that resemble each other; those that resemble kind i are
    kinds[first_kind[i]:first_kind[i + 1]]. related: pairs of documents, see ``stories.Coverage.pairs_with_much``."""

    runs: Ints
    first: Ints
    kinds: Numbers
    first_kind: Ints
    related: Ints


@lean
def cut(
    columns: tuple[Ints, Ints, Ints], text: Text, rank: Codes, long: Mask, owners: Numbers, free: Ints, found: Ints
) -> None:  # fmt: skip
    """The runs of equal tokens (places in two documents, lengths) that the later document in keeping order has of the
    earlier one, cut at the borders of paragraphs on both sides; only of paragraphs that are long enough to go.

    Those of paragraph i go into ``found`` from free[i] on, which is where the next one would go then. With no room at
    all in ``found`` they are only counted, and ``owners`` (uint32, a row a run) receives the paragraphs in which each
    begins, that of the later document first: the call that writes the runs goes by them. rank (int32: of the document),
    long: of each paragraph, in columns of their own, as they are looked up here and there.
    """
    for number in range(len(columns[0])):
        place, other, left = columns[0][number], columns[1][number], columns[2][number]
        if len(found) == 0:
            mine, its = owner_of(text, place), owner_of(text, other)
            if rank[mine] < rank[its]:
                mine, its = its, mine
            owners[number, 0], owners[number, 1] = mine, its
        mine, its = np.int64(owners[number, 0]), np.int64(owners[number, 1])
        if not text.edges[mine] <= place < text.edges[mine + 1]:
            place, other = other, place
        while left:
            while text.edges[mine + 1] <= place:
                mine += 1
            length = min(left, text.edges[mine + 1] - place)
            if long[mine]:
                while text.edges[its + 1] <= other:
                    its += 1
                length = min(length, text.edges[its + 1] - other)
                at = free[mine]
                if len(found):
                    found[at, 0], found[at, 1], found[at, 2], found[at, OTHER] = place, other, length, its
                free[mine] = at + 1
            left, place, other = left - length, place + length, other + length


@lean
def put_in_order(text: Text, least: float, first: Ints, runs: Ints) -> int:
    """The cut runs of each paragraph by other document and place, of those pairs that share ``least`` of the paragraph;
    these alone are left in ``runs``, and ``first`` tells where those of each paragraph begin. Returns how many."""
    count = end = 0
    for paragraph in range(len(first) - 1):
        begin, end = end, first[paragraph + 1]
        size = text.edges[paragraph + 1] - text.edges[paragraph]
        first[paragraph], row = count, begin
        for later in range(begin + 1, end):
            _sink(text, runs, begin, later)
        while row < end:
            start, shared, document = count, 0, document_of(text, runs, row)
            while row < end and document_of(text, runs, row) == document:
                shared += runs[row, 2]
                for column in range(4):
                    runs[count, column] = runs[row, column]
                count, row = count + 1, row + 1
            if shared < least * size:
                count = start
    first[len(first) - 1] = count
    return count


@lean
def _sink(text: Text, runs: Ints, begin: int, row: int) -> None:
    """A row to its place among those from ``begin`` on, which are in order: nearly always it is there already, as the
    documents come in order."""
    place, other, length, opposite = runs[row, 0], runs[row, 1], runs[row, 2], runs[row, OTHER]
    document = document_of(text, runs, row)
    while row > begin and _is_before(document, place, other, length, text, runs, row - 1):
        for column in range(4):
            runs[row, column] = runs[row - 1, column]
        row -= 1
    runs[row, 0], runs[row, 1], runs[row, 2], runs[row, OTHER] = place, other, length, opposite


@part
def document_of(text: Text, runs: Ints, row: int) -> int:
    """The other document of a run."""
    document: int = text.paragraphs[runs[row, OTHER], DOCUMENT]
    return document


@part
def _is_before(document: int, place: int, other: int, length: int, text: Text, runs: Ints, row: int) -> bool:
    its = document_of(text, runs, row)
    if document != its:
        return bool(document < its)
    if place != runs[row, 0]:
        return bool(place < runs[row, 0])
    return bool(other < runs[row, 1] or (other == runs[row, 1] and length < runs[row, 2]))


@lean
def resembling(pairs: Numbers, free: Ints, found: Numbers) -> None:
    """Pairs of kinds both ways: those that resemble kind i go into ``found`` from free[i] on, which is where the next
    one would go then. With no room at all in ``found`` they are only counted."""
    for number in range(len(pairs)):
        for side in range(2):
            kind = pairs[number, side]
            if len(found):
                found[free[kind]] = pairs[number, 1 - side]
            free[kind] += 1


@lean
def in_line(rules: Rules, pieces: Ints, least: int, lines: Ints) -> int:
    """``cover.in_line``: the pieces that do not stand apart come first; returns how many they are."""
    count, most = 0, np.int64(0)
    for number in range(len(pieces)):
        line, row = np.int64(count), number - 1
        while row >= 0 and row >= number - rules.back:
            mine = pieces[number, 0] - pieces[row, 0] - pieces[row, 2]
            its = pieces[number, 1] - pieces[row, 1] - pieces[row, 2]
            if max(abs(mine), abs(its)) <= rules.small_edit:
                line = lines[row, 0]
                break
            row -= 1
        if line == count:
            lines[count, 1], count = 0, count + 1
        lines[number, 0] = line
        lines[line, 1] += pieces[number, 2]
        most = max(most, lines[line, 1])
    enough, count = min(least, most), 0
    for number in range(len(pieces)):
        if lines[lines[number, 0], 1] >= enough:
            for column in range(3):
                pieces[count, column] = pieces[number, column]
            count += 1
    return count
