"""The compiled loop that chooses which copies stay; ``chooser`` holds the plain twin."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from ..base.columns import Hashes, Ints, Mask
from . import cover as cover_kernels
from .book import NOTHING, WANTED, Book, count_cases, count_documents, enter
from .cover import Scratch
from .jit import inner, lean, part
from .lacks import MISSING
from .place import Codes
from .share import OTHER, Pieces, Shared, cut, latest, of_paragraph, resembling
from .share import room_for as room_for_pieces
from .spell import Spelling, fill
from .subsequence import equal_runs
from .text import AMONG, DOCUMENT, KIND, LONG, PARAGRAPHS, RANK, Bits, Letters, Rules, Text, is_listed
from .values import sort as sort_values
from .values import word_at, zero
from .verdict import (
    REMOVED,
    REPEAT,
    Choice,
    Verdicts,
    exact,
    is_better,
    judge,
    room_for,
    shingle_slots,
    shingles_of,
    why_of,
)

NOT_LOOKED_FOR, LOOKED_FOR = -2, -1
PIECES = 4096
"""There is room for at first, of a document."""


class State(NamedTuple):
    """What is kept so far. slots: uint64, the pairs of kind and ``AMONG`` there are, sorted, if copies stay apart.
    keeper: int32 per slot (or kind), the paragraph that stays, or -1. short: int32 per kind, the short line of it that
    stays, or LOOKED_FOR; NOT_LOOKED_FOR but within ``_drop``. progress: int64, the document (in keeping order) to begin
    with. pieces, room, shingles, key, candidates: to work in."""

    kept: Mask
    slots: Hashes
    keeper: Codes
    short: Codes
    progress: Ints
    shingles: Hashes
    pieces: Pieces
    room: Scratch
    key: Ints
    candidates: Ints


def warm() -> None:
    """Compile these kernels, or load them from the cache."""
    text, shared, book, rules = _of_nothing()
    nothing, none, codes = shared.first[:0], text.vocabulary, text.near
    fill(book.points, shared.first, none, codes)
    choice = Choice(0.9, 0.97, 0.5, 0.15, False, False, True, True, False, (3, 6), np.uint64(3), rules)
    state = state_for(text, shared, rules, none, codes)
    enter(book.keys, book.numbers, none, 0)
    count_cases(text.word, text.flags, np.uint8(1), np.uint8(2), text.paragraphs.copy())
    count_documents(text.word, text.flags, shared.first, np.uint8(1), codes, codes)
    resembling(np.zeros((0, 2), np.uint32), nothing, shared.kinds)
    latest(text, shared, nothing, codes, nothing)
    choose(text, shared, book, choice, state, room_for(0), nothing)


def _of_nothing() -> tuple[Text, Shared, Book, Rules]:
    """A corpus without documents, to compile kernels with."""
    nothing, none, codes = np.zeros(0, np.int64), np.zeros(0, np.uint64), np.zeros(0, np.int32)
    points, flags, kinds = np.zeros(0, np.uint32), np.zeros(0, np.uint8), np.zeros(0, np.uint16)
    edges, rows = np.zeros(1, np.int64), np.zeros((0, 4), np.int64)
    paragraphs, documents = np.zeros((1, 7), np.uint32), np.zeros((1, 7), np.int64)
    letters = Letters(np.frombuffer(b"", np.uint8), nothing, points, points, np.array([-1, 0, 0]))
    text = Text(points, none, flags, np.zeros(0, np.uint16), codes, nothing, edges, paragraphs, documents, letters)
    room = np.zeros((0, 3), np.uint32)
    spelling = Spelling(codes, none, rows, np.zeros((0, 5), np.int64), points, rows, nothing, rows, room)
    book = Book(
        none, codes, np.zeros((0, 14), np.int64), points, np.zeros(3, np.int64), kinds, flags,
        (3, 5, 7, 10, 5, 4, 2), nothing, codes, (3, 10), spelling,
    )  # fmt: skip
    rules = Rules(
        3, 2, 12, 8, (1, 6), 8, 15, (4, 8, 256), Bits(*(np.uint8(1 << bit) for bit in (0, 1, 3, 4, 7, 5, 6, 0, 1)))
    )
    shared = Shared((nothing, nothing), nothing, edges, nothing, edges, points, edges, nothing)
    return text, shared, book, rules


def state_for(text: Text, shared: Shared, rules: Rules, slots: Hashes, keeper: Codes) -> State:
    """Nothing is kept yet."""
    count, longest = len(text.paragraphs) - 1, int(np.diff(text.edges).max(initial=0))
    return State(
        np.zeros(count, np.bool_), slots, keeper, np.full(count, NOT_LOOKED_FOR, np.int32), np.zeros(1, np.int64),
        np.empty((2, 4 * longest + 2), np.uint64), *_room(text, shared, rules, PIECES),
    )  # fmt: skip


def with_room(text: Text, shared: Shared, rules: Rules, state: State) -> State:
    """The same with room for the pieces of the document to begin with, if there was too little."""
    wanted = int(state.pieces.total[0])
    if wanted <= len(state.pieces.runs):
        return state
    pieces, room, key, candidates = _room(text, shared, rules, 2 * wanted)
    return state._replace(pieces=pieces, room=room, key=key, candidates=candidates)


def _room(text: Text, shared: Shared, rules: Rules, pieces: int) -> tuple[Pieces, Scratch, Ints, Ints]:
    """To work in, with documents that share so many pieces with those before them."""
    longest, most = int(np.diff(text.edges).max(initial=0)), int(np.diff(text.documents[:, PARAGRAPHS]).max(initial=0))
    candidates = pieces + int(np.diff(shared.first_kind).max(initial=0))
    return (
        room_for_pieces(pieces, most), cover_kernels.scratch_for(longest, pieces, rules),
        np.empty(candidates, np.int64), np.empty((candidates, 4), np.int64),
    )  # fmt: skip


# ---- choosing ---------------------------------------------------------------------------------------


@lean
def choose(
    text: Text, shared: Shared, book: Book, choice: Choice, state: State, found: Verdicts, order: Ints
) -> None:  # fmt: skip
    """``chooser.Chooser.decide_document`` of one document after another, in keeping order.

    Stops before the first document for which something is wanted, of ``book``, or room; ``state.progress[0]`` tells
    which. ``found`` has room for as many verdicts as there are paragraphs.
    """
    number = state.progress[0]
    while number < len(order):
        before, document = found.total[0], order[number]
        first, last = text.documents[document, PARAGRAPHS], text.documents[document + 1, PARAGRAPHS]
        if _compares(text, choice, state, (first, last)) and not cut(text, shared, document, state.pieces):
            break
        for paragraph in range(first, last):
            _decide(text, shared, book, choice, state, found, paragraph)
        if book.made[WANTED] != NOTHING:
            _take_back(text, choice, state, (first, last))
            found.total[0] = before
            break
        if choice.drop and found.total[0] > before:
            _drop(text, state, found, (first, last), before)
        number += 1
    state.progress[0] = number


@inner
def _compares(text: Text, choice: Choice, state: State, paragraphs: tuple[int, int]) -> bool:
    """Whether any paragraph of a document may have to be compared with others, as it is no exact copy of one that
    stays: ``state.pieces.wanted``."""
    wanted, base, following = state.pieces.wanted, paragraphs[0], paragraphs[1] - paragraphs[0]
    wanted[following] = following
    for paragraph in range(paragraphs[1] - 1, base - 1, -1):
        slot = _slot(state, choice, text.paragraphs[paragraph, KIND], text.paragraphs[paragraph, AMONG])
        if text.paragraphs[paragraph, LONG] and not _is_copy(text, paragraph, state.keeper[slot]):
            following = paragraph - base
        wanted[paragraph - base] = following
    return bool(following < paragraphs[1] - base)


@inner
def _take_back(text: Text, choice: Choice, state: State, paragraphs: tuple[int, int]) -> None:
    """What stays of a document."""
    for paragraph in range(paragraphs[0], paragraphs[1]):
        state.kept[paragraph] = False
        slot = _slot(state, choice, text.paragraphs[paragraph, KIND], text.paragraphs[paragraph, AMONG])
        if slot >= 0 and state.keeper[slot] == paragraph:
            state.keeper[slot] = -1


@part  # as its arguments are many: a call takes as long as the comparison of two short paragraphs
def _decide(
    text: Text, shared: Shared, book: Book, choice: Choice, state: State,
    found: Verdicts, paragraph: int,
) -> None:  # fmt: skip
    """``chooser.Chooser._decide``."""
    slot = _slot(state, choice, text.paragraphs[paragraph, KIND], text.paragraphs[paragraph, AMONG])
    if text.paragraphs[paragraph, LONG]:
        row = found.total[0]
        if not _same_words(text, choice, found, paragraph, state.keeper[slot]):
            _similar(text, shared, book, choice, state, found, paragraph)
        if found.total[0] > row and found.labels[row, REMOVED]:
            return
        if state.keeper[slot] < 0:
            state.keeper[slot] = paragraph
    state.kept[paragraph] = True


@part
def _slot(state: State, choice: Choice, kind: int, among: int) -> np.int64:
    """Where the keeper of a kind is, or -1."""
    if not choice.apart:
        return np.int64(kind)
    pair = np.uint64(kind) << np.uint64(32) | np.uint64(among)
    slot = np.int64(np.searchsorted(state.slots, pair))
    return slot if slot < len(state.slots) and state.slots[slot] == pair else np.int64(-1)


@part
def _same_words(text: Text, choice: Choice, found: Verdicts, paragraph: int, keeper: int) -> bool:
    """``chooser.Chooser._same_words``: whether there is a verdict."""
    if keeper < 0:
        return False
    within = text.paragraphs[keeper, DOCUMENT] == text.paragraphs[paragraph, DOCUMENT]
    if within and (not choice.exact or is_listed(text, paragraph)):
        return False
    if not _is_copy(text, paragraph, keeper):
        return False
    exact(found, paragraph, keeper, within)
    return True


@part
def _is_copy(text: Text, paragraph: int, keeper: int) -> bool:
    """Whether it has the same words as the one that stays, if there is any."""
    if keeper < 0:
        return False
    mine, its, size = text.edges[paragraph], text.edges[keeper], _size(text, paragraph)
    if _size(text, keeper) != size:
        return False
    differ = np.uint32(0)
    for place in range(size):  # nearly always to the end: without a way out, many are compared at a time
        differ |= word_at(text.word, mine + place) ^ word_at(text.word, its + place)
    return not differ


@inner
def _similar(
    text: Text, shared: Shared, book: Book, choice: Choice, state: State,
    found: Verdicts, paragraph: int,
) -> None:  # fmt: skip
    """``chooser.Chooser._similar``: the best of the documents that share much of the paragraph and stay."""
    count = _candidates(text, shared, choice, state, paragraph)
    if not count:
        return
    row, any_yet, mine = found.total[0], False, -1
    size, room, at = _size(text, paragraph), state.room, zero()
    shingles = state.shingles[0, : shingle_slots(size)], state.shingles[1]
    while at < count:
        end = at + 1
        document = state.key[at] >> 32
        while end < count and state.key[end] >> 32 == document:
            end += 1
        pieces = room.pieces[: _pieces(text, state, at, end, paragraph)]
        at = end
        if not len(pieces):
            continue
        spare = _spare(size, choice, found, row, any_yet)
        if not cover_kernels.cover(text, book, choice.rules, state.kept, paragraph, pieces, spare, room):
            continue
        covered = (size - room.cover[MISSING]) / size
        why = why_of(text, shared, choice, room.cover, covered, paragraph)
        if covered < choice.similar or (any_yet and not is_better(why, covered, found, row)):
            continue
        if mine < 0:
            mine, _ = shingles_of(text, choice, paragraph, shingles[0], shingles[0])
        judged = judge(text, choice, room.cover, shingles, found, mine, covered, why)
        any_yet = judged or any_yet
        if any_yet and found.labels[row, REMOVED] and found.scores[row, 0] == 1.0:
            break
    if any_yet:
        found.place[row, 0], found.total[0] = paragraph, row + 1


@inner
def _candidates(text: Text, shared: Shared, choice: Choice, state: State, paragraph: int) -> int:
    """``chooser.Chooser._candidates``: into ``state.pieces.rows`` the runs that count, and into ``state.candidates``
    the documents, the part of those runs that each shares, and the paragraph that resembles (or -1). Returns how many;
    ``state.key`` has their order: place in keeping order (a document may come twice), and row, packed."""
    among, kind = text.paragraphs[paragraph, AMONG], text.paragraphs[paragraph, KIND]
    rows, found, count, candidates, last = state.pieces.rows, state.candidates, 0, 0, np.int64(-1)
    for number in range(of_paragraph(text, state.pieces, paragraph, choice.least)):
        opposite = rows[number, OTHER]
        if not state.kept[opposite] or text.paragraphs[opposite, AMONG] != among:
            continue
        if text.paragraphs[opposite, DOCUMENT] != last:
            last = text.paragraphs[opposite, DOCUMENT]
            found[candidates, 0], found[candidates, 1], found[candidates, 3] = last, count, -1
            candidates += 1
        for column in range(3):
            rows[count, column] = rows[number, column]
        count += 1
        found[candidates - 1, 2] = count
    for number in range(shared.first_kind[kind], shared.first_kind[kind + 1]):
        slot = _slot(state, choice, shared.kinds[number], among)
        keeper = np.int64(state.keeper[slot]) if slot >= 0 else np.int64(-1)
        if keeper < 0 or text.paragraphs[keeper, DOCUMENT] == text.paragraphs[paragraph, DOCUMENT]:
            continue
        found[candidates, 0], found[candidates, 3] = text.paragraphs[keeper, DOCUMENT], keeper
        candidates += 1
    for number in range(candidates):
        state.key[number] = text.documents[found[number, 0], RANK] << 32 | number
    if candidates > 1:
        sort_values(state.key[:candidates])
    return candidates


@part
def _size(text: Text, paragraph: int) -> int:
    size: int = text.edges[paragraph + 1] - text.edges[paragraph]
    return size


@inner
def _pieces(text: Text, state: State, low: int, high: int, paragraph: int) -> int:
    """Of the runs that a paragraph shares with one document, candidates low to high, those of most words, into
    ``room.pieces``; returns how many."""
    count, words = 0, np.int64(0)
    for at in range(low, high):
        number = state.key[at] & 0xFFFFFFFF
        first, end, keeper = state.candidates[number, 1], state.candidates[number, 2], state.candidates[number, 3]
        runs = state.pieces.rows[first:end]
        if keeper >= 0:
            if words >= min(_size(text, paragraph), _size(text, keeper)):
                continue  # they cannot have more
            runs = state.room.others[: equal_runs(text, paragraph, keeper, state.room.others)]
        total = np.int64(0)
        for row in range(len(runs)):
            total += runs[row, 2]
        if total <= words:
            continue
        count, words = len(runs), total
        for row in range(count):
            for column in range(3):
                state.room.pieces[row, column] = runs[row, column]
    return count


@inner
def _spare(size: int, choice: Choice, found: Verdicts, row: int, any_yet: bool) -> int:
    """``chooser.Chooser._spare`` of so many words; row: of the best verdict, if there is any yet."""
    share = max(choice.similar, found.scores[row, 0]) if any_yet else choice.similar
    missing = min(size, int(size * (1 - share)) + 1)  # one more than it is, if not two
    while missing >= 0 and _is_too_many(missing, size, choice, found, row, any_yet):
        missing -= 1
    while missing < size and not _is_too_many(missing + 1, size, choice, found, row, any_yet):
        missing += 1  # a copy that may not go can still be better with less of the words
    return missing


@part
def _is_too_many(missing: int, size: int, choice: Choice, found: Verdicts, row: int, any_yet: bool) -> bool:
    covered = (size - missing) / size
    if not any_yet:
        return covered < choice.similar
    return covered <= found.scores[row, 0] and (found.labels[row, REMOVED] or covered < choice.threshold)


@inner
def _drop(text: Text, state: State, found: Verdicts, paragraphs: tuple[int, int], before: int) -> None:
    """The end of ``chooser.Chooser.decide_document``: the short lines of a document whose text is all duplicates go
    too, if all of them stand in documents that keep the text. before: the verdicts before those on this document."""
    after, duplicates = found.total[0], False
    for row in range(before, after):
        duplicates = duplicates or bool(found.labels[row, REMOVED] and not found.labels[row, REPEAT])
    if not duplicates:
        return
    for paragraph in range(paragraphs[0], paragraphs[1]):
        if state.kept[paragraph] and text.paragraphs[paragraph, LONG]:
            return
    _short_copies(text, state, found, paragraphs, before, after)
    complete = True
    for paragraph in range(paragraphs[0], paragraphs[1]):
        if state.kept[paragraph]:
            keeper = state.short[text.paragraphs[paragraph, KIND]]
            complete = complete and keeper >= 0
            if complete:
                exact(found, paragraph, keeper, False)
    for paragraph in range(paragraphs[0], paragraphs[1]):
        state.short[text.paragraphs[paragraph, KIND]] = NOT_LOOKED_FOR
        state.kept[paragraph] = state.kept[paragraph] and not complete
    if not complete:
        found.total[0] = after


@inner
def _short_copies(
    text: Text, state: State, found: Verdicts, paragraphs: tuple[int, int], before: int, after: int
) -> None:  # fmt: skip
    """``chooser.Chooser._short_copy`` of the paragraphs that a document keeps, into ``state.short``: the last one of
    their kind of the first of the documents of the duplicates before:after that has one."""
    wanted, last = 0, np.int64(-1)
    for paragraph in range(paragraphs[0], paragraphs[1]):
        kind = text.paragraphs[paragraph, KIND]
        if state.kept[paragraph] and state.short[kind] == NOT_LOOKED_FOR:
            state.short[kind], wanted = LOOKED_FOR, wanted + 1
    while wanted:
        document = np.int64(len(text.documents))
        for row in range(before, after):
            if found.labels[row, REMOVED] and not found.labels[row, REPEAT]:
                other = text.paragraphs[found.place[row, 1], DOCUMENT]
                if last < other < document:
                    document = other
        if document == len(text.documents):
            return
        begin = text.documents[document, PARAGRAPHS]
        for paragraph in range(text.documents[document + 1, PARAGRAPHS] - 1, begin - 1, -1):
            kind = text.paragraphs[paragraph, KIND]
            if state.short[kind] == LOOKED_FOR and state.kept[paragraph] and not text.paragraphs[paragraph, LONG]:
                state.short[kind], wanted = paragraph, wanted - 1
        last = document
