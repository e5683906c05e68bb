"""Compiled loops that tell what paragraphs share with earlier documents; plain twins: ``pieces``, ``cover.in_line``."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from ..base.columns import Ints
from .jit import inner, lean, part
from .place import Codes
from .text import DOCUMENT, KIND, LONG, PARAGRAPHS, RANK, TOKENS, Rules, Text, owner_of
from .values import Numbers

OTHER, NEXT = 3, 4
"""Columns of ``Pieces.runs``: the paragraph on the other side, and the next run of the same paragraph, or -1."""


class Shared(NamedTuple):
    """What documents share. sides, length: runs of equal tokens (int64): places in two documents, lengths; those of
    pair i of documents are edges[i]:edges[i + 1]. pairs: numbers of those in which document i is the later one in
    keeping order are pairs[first[i]:first[i + 1]], by the other document. kinds: uint32, kinds of paragraphs that
    resemble each other; those that resemble kind i are kinds[first_kind[i]:first_kind[i + 1]]. related: pairs of
    documents, see ``stories.Coverage.pairs_with_much``."""

    sides: tuple[Ints, Ints]
    length: Ints
    edges: Ints
    pairs: Ints
    first: Ints
    kinds: Numbers
    first_kind: Ints
    related: Ints


class Pieces(NamedTuple):
    """Room for what one document shares with those before it, in runs that are cut at the borders of paragraphs.

    runs: int64, n x 5: place in a paragraph, place in another document, length, ``OTHER``, ``NEXT``. total: int64, how
    many there are, or would be. ends: int64, for each paragraph its first run and its last one, or -1. wanted: int64,
    for each paragraph the next one, from it on, whose runs are wanted, or the number of paragraphs. rows: int64, n x 4,
    the runs of one paragraph."""

    runs: Ints
    total: Ints
    ends: Ints
    wanted: Ints
    rows: Ints


def room_for(runs: int, paragraphs: int) -> Pieces:
    """Room for so many, of documents with so many paragraphs at the most."""
    ends, wanted = np.empty((paragraphs, 2), np.int64), np.empty(paragraphs + 1, np.int64)
    return Pieces(np.empty((runs, 5), np.int64), np.zeros(1, np.int64), ends, wanted, np.empty((runs, 4), np.int64))


@inner
def cut(text: Text, shared: Shared, document: int, found: Pieces) -> bool:
    """The runs that the wanted paragraphs of a document share with documents before it in keeping order. Returns
    whether there was room for all."""
    begin, end = text.documents[document, TOKENS], text.documents[document + 1, TOKENS]
    base, (one, two), count = text.documents[document, PARAGRAPHS], shared.sides, np.int64(0)
    found.ends[: text.documents[document + 1, PARAGRAPHS] - base] = -1
    for number in range(shared.first[document], shared.first[document + 1]):
        pair = shared.pairs[number]
        for row in range(shared.edges[pair], shared.edges[pair + 1]):
            place, shift = one[row], two[row] - one[row]
            if not begin <= place < end:
                place, shift = two[row], -shift
            stop = place + shared.length[row]
            mine = base + found.wanted[owner_of(text, place) - base]
            while text.edges[mine] < stop:
                place, high = max(place, text.edges[mine]), min(stop, text.edges[mine + 1])
                its = owner_of(text, place + shift)
                while place < high:
                    while text.edges[its + 1] <= place + shift:
                        its += 1
                    length = min(high, text.edges[its + 1] - shift) - place
                    if count < len(found.runs):
                        _put(found, count, mine - base, (place, place + shift, length, its))
                    count, place = count + 1, place + length
                mine = base + found.wanted[mine + 1 - base]
    found.total[0] = count
    return bool(count <= len(found.runs))


@part
def _put(found: Pieces, at: np.int64, paragraph: np.int64, run: tuple[int, int, int, np.int64]) -> None:
    """A run behind those of its paragraph that are there."""
    runs, ends = found.runs, found.ends
    runs[at, 0], runs[at, 1], runs[at, 2], runs[at, OTHER] = run
    runs[at, NEXT] = -1
    if ends[paragraph, 0] < 0:
        ends[paragraph, 0] = at
    else:
        runs[ends[paragraph, 1], NEXT] = at
    ends[paragraph, 1] = at


@inner
def of_paragraph(text: Text, found: Pieces, paragraph: int, least: float) -> int:
    """The runs of a paragraph by other document and place into ``found.rows``, those of documents that share ``least``
    of it; returns how many."""
    mine = paragraph - text.documents[text.paragraphs[paragraph, DOCUMENT], PARAGRAPHS]
    rows, at, total, count, row = found.rows, found.ends[mine, 0], 0, 0, 0
    while at >= 0:
        for column in range(4):
            rows[total, column] = found.runs[at, column]
        _sink(text, rows, total)
        at, total = found.runs[at, NEXT], total + 1
    enough = least * (text.edges[paragraph + 1] - text.edges[paragraph])
    while row < total:
        start, shared, document = count, 0, document_of(text, rows, row)
        while row < total and document_of(text, rows, row) == document:
            shared += rows[row, 2]
            for column in range(4):
                rows[count, column] = rows[row, column]
            count, row = count + 1, row + 1
        if shared < enough:
            count = start
    return count


@inner
def _sink(text: Text, runs: Ints, row: int) -> None:
    """A row to its place among those before it, which are in order: nearly always it is there already, as the
    documents come in order."""
    place, other, length, opposite = runs[row, 0], runs[row, 1], runs[row, 2], runs[row, OTHER]
    document = document_of(text, runs, row)
    while row > 0 and _is_before(document, place, other, length, text, runs, row - 1):
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


@inner
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


@lean
def latest(text: Text, shared: Shared, order: Ints, last: Codes, found: Ints) -> None:
    """Into ``found``, for each of the documents in keeping order, the place in that order of the last one before it
    that it may be compared with, or -1. last: int32 per kind, -1 at first: the place of the last document that has it.
    """
    for place in range(len(order)):
        document, most = order[place], np.int64(-1)
        first, end = text.documents[document, PARAGRAPHS], text.documents[document + 1, PARAGRAPHS]
        for number in range(shared.first[document], shared.first[document + 1]):
            run = shared.edges[shared.pairs[number]]
            for side in shared.sides:
                other = text.paragraphs[owner_of(text, side[run]), DOCUMENT]
                if other != document:
                    most = max(most, text.documents[other, RANK])
        for paragraph in range(first, end):
            if text.paragraphs[paragraph, LONG]:
                kind = text.paragraphs[paragraph, KIND]
                most = max(most, np.int64(last[kind]))
                for number in range(shared.first_kind[kind], shared.first_kind[kind + 1]):
                    most = max(most, np.int64(last[shared.kinds[number]]))
        for paragraph in range(first, end):
            if text.paragraphs[paragraph, LONG]:
                last[text.paragraphs[paragraph, KIND]] = place
        found[place] = most
