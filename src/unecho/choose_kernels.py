"""The compiled loop that chooses which copies stay; ``choose`` holds the plain twin."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from . import cover_kernels
from .columns import Hashes, Ints, Mask
from .cover_kernels import (
    AMONG,
    BY_CHARACTER,
    DOCUMENT,
    EDGE,
    EVIDENCE,
    FIRST_OF,
    KIND,
    LAST_OF,
    LONG,
    MAIN,
    MISSING,
    NAMES_TOLD,
    NUMBERS_TOLD,
    PARAGRAPHS,
    RANK,
    TOLD,
    Bits,
    Book,
    Bytes,
    Codes,
    Cover,
    Rules,
    Text,
)  # fmt: skip
from .jit import compiled, part
from .passage_kernels import mix

RELATION, REMOVED, REPEAT, WHY = range(4)
"""Columns of ``Verdicts.labels``."""
SAME, ALL, SHARE, ONLY, NUMBERS, NAMES = range(6)
"""Why a paragraph goes or stays: it has the same words as the copy, the copy has all of its words, or a share that is
enough, or too little, or numbers or names of it are missing."""
EXACT, NEAR, CONTAINED = range(3)
UNSEEN, WANTED = 2, 3


class Shared(NamedTuple):
    """What paragraphs share. runs: equal tokens, int64, n x 3: place in a paragraph, place in another document, length;
    those of paragraph i are runs[first[i]:first[i + 1]], sorted by document and place. kinds: kinds of paragraphs that
    resemble each other; those that resemble kind i are kinds[first_kind[i]:first_kind[i + 1]]."""

    runs: Ints
    first: Ints
    kinds: Ints
    first_kind: Ints


class Choice(NamedTuple):
    """Settings. exact: repeats inside a document go. drop: emptied documents go. apart: copies stay only among
    documents with the same number. size: shingles of a paragraph, and of one in a script without spaces. prime: of
    their hash. rules: for words."""

    threshold: float
    similar: float
    ignore_numbers: bool
    ignore_names: bool
    exact: bool
    drop: bool
    apart: bool
    size: tuple[int, int]
    prime: np.uint64
    rules: Rules


class State(NamedTuple):
    """What is kept so far. slots: uint64, the pairs of kind and ``AMONG`` there are, sorted, if copies stay apart.
    keeper: int64 per slot (or kind), the paragraph that stays, or -1. listed: uint8 per paragraph, whether it is an
    item of a list: 0 or 1, UNSEEN, or WANTED where that matters. progress: int64, the document to begin with, the
    first in which something was not known (or -1), the verdicts before it, and whether to stop there."""

    kept: Mask
    slots: Hashes
    keeper: Ints
    listed: Bytes
    progress: Ints


class Verdicts(NamedTuple):
    """Room for verdicts: see ``choose.Verdicts``. place: paragraph, main, first, last. scores: covered, resemblance,
    containment. labels: relation, removed, repeat, why (uint8). evidence: tokens, -1 for none. total: how many
    verdicts there are."""

    place: Ints
    scores: NDArray[np.float64]
    labels: Bytes
    evidence: Ints
    total: Ints


def warm() -> None:
    """Compile these kernels, or load them from the cache."""
    nothing, none, codes = np.zeros(0, np.int64), np.zeros(0, np.uint64), np.zeros(0, np.int32)
    points, flags, mask = np.zeros(0, np.uint32), np.zeros(0, np.uint8), np.zeros(0, np.bool_)
    edges, rows = np.zeros(1, np.int64), np.zeros((0, 3), np.int64)
    text = Text(none, flags, points, points, codes, np.zeros((1, 6), np.int64), np.zeros((1, 3), np.int64))
    book = Book(
        np.zeros(2, np.uint64), np.full(2, -1, np.int32), np.zeros((0, 12), np.int64), points,
        np.zeros((0, 2), np.int64), np.zeros(2, np.int64), none, (3, 5, 7, 10),
    )  # fmt: skip
    rules = Rules(3, 12, 15, Bits(np.uint8(1), np.uint8(2), np.uint8(8), np.uint8(16)))
    choice = Choice(0.9, 0.5, False, False, True, True, False, (3, 6), np.uint64(3), rules)
    state = State(mask, none, nothing, flags, np.zeros(4, np.int64))
    cover_kernels.enter(book.keys, book.numbers, none)
    cut(rows, codes, text.paragraphs, rows)
    sort(rows, text, 0.5, edges)
    choose(text, Shared(rows, edges, nothing, edges), book, choice, state, room_for(0), nothing)


def room_for(count: int) -> Verdicts:
    """Room for so many verdicts."""
    return Verdicts(
        np.empty((count, 4), np.int64), np.empty((count, 3)), np.empty((count, 4), np.uint8),
        np.empty((count, EVIDENCE), np.int64), np.zeros(1, np.int64),
    )  # fmt: skip


# ---- what paragraphs share --------------------------------------------------------------------------


@compiled
def cut(runs: Ints, owner: Codes, paragraphs: Ints, found: Ints) -> int:
    """``choose._cut`` of runs (place, other place, length) on both sides, into ``found``; returns how many there are.

    With no room at all in ``found`` they are only counted.
    """
    count = 0
    for number in range(len(runs)):
        place, other, left = runs[number]
        mine, its = np.int64(owner[place]), np.int64(owner[other])
        while left:
            while paragraphs[mine + 1, EDGE] <= place:
                mine += 1
            while paragraphs[its + 1, EDGE] <= other:
                its += 1
            length = min(left, paragraphs[mine + 1, EDGE] - place, paragraphs[its + 1, EDGE] - other)
            if len(found):
                found[count, 0], found[count, 1], found[count, 2] = place, other, length
            count, left, place, other = count + 1, left - length, place + length, other + length
    return count


@compiled
def sort(runs: Ints, text: Text, least: float, first: Ints) -> Ints:
    """The cut runs by paragraph, other document and place, of those pairs that share ``least`` of the paragraph. Into
    ``first``, one longer than the paragraphs, goes where each begins. Returns them: see ``Shared``."""
    owner, paragraphs = text.owner, text.paragraphs
    first[:] = 0
    for number in range(len(runs)):
        first[owner[runs[number, 0]] + 1] += 1
    for paragraph in range(len(first) - 1):
        first[paragraph + 1] += first[paragraph]
    filled, rows = first[:-1].copy(), np.empty(len(runs), np.int64)
    for number in range(len(runs)):
        paragraph = owner[runs[number, 0]]
        rows[filled[paragraph]] = number
        filled[paragraph] += 1
    found, count = np.empty((len(runs), 3), np.int64), 0
    for paragraph in range(len(first) - 1):
        part, begin = rows[first[paragraph] : filled[paragraph]], paragraphs[paragraph, EDGE]
        first[paragraph] = count
        if not len(part):
            continue
        key = np.empty(len(part), np.int64)
        for number in range(len(part)):
            document = paragraphs[owner[runs[part[number], 1]], DOCUMENT]
            key[number] = document << 32 | runs[part[number], 0] - begin
        order = np.argsort(key)
        size, at = paragraphs[paragraph + 1, EDGE] - begin, 0
        while at < len(part):
            document, shared, start = key[order[at]] >> 32, np.int64(0), count
            while at < len(part) and key[order[at]] >> 32 == document:
                run, to = runs[part[order[at]]], count
                shared += run[2]
                while to > start and _is_before(run, found[to - 1]):  # only where places are equal
                    found[to] = found[to - 1]
                    to -= 1
                found[to] = run
                count, at = count + 1, at + 1
            if shared < least * size:
                count = start
    first[len(first) - 1] = count
    return found[:count].copy()


@part
def _is_before(one: Ints, two: Ints) -> bool:
    return bool(one[0] == two[0] and (one[1] < two[1] or (one[1] == two[1] and one[2] < two[2])))


# ---- choosing ---------------------------------------------------------------------------------------


@compiled
def choose(
    text: Text, shared: Shared, book: Book, choice: Choice, state: State,
    found: Verdicts, order: Ints,
) -> None:  # fmt: skip
    """``choose._Chooser.decide_document`` of one document after another, in keeping order.

    Goes on though words are not known: what is found from document ``state.progress[1]`` on is then not yet right.
    ``found`` has room for two verdicts more than there are paragraphs.
    """
    state.progress[1] = -1
    for number in range(state.progress[0], len(order)):
        unknown, before = book.counts[1], found.total[0]
        document = order[number]
        first, end = text.documents[document, PARAGRAPHS], text.documents[document + 1, PARAGRAPHS]
        for paragraph in range(first, end):
            _decide(text, shared, book, choice, state, found, paragraph)
        if choice.drop and found.total[0] > before:
            _drop(text, state, found, (first, end), before)
        if book.counts[1] > unknown and state.progress[1] < 0:
            state.progress[1], state.progress[2] = number, before
            if state.progress[3]:
                return


@compiled
def _decide(
    text: Text, shared: Shared, book: Book, choice: Choice, state: State,
    found: Verdicts, paragraph: int,
) -> None:  # fmt: skip
    """``choose._Chooser._decide``."""
    slot = _slot(state, choice, text.paragraphs[paragraph, KIND], text.paragraphs[paragraph, AMONG])
    if text.paragraphs[paragraph, LONG]:
        row = found.total[0]
        if not _same_words(text, book, choice, state, found, paragraph, state.keeper[slot]):
            _similar(text, shared, book, choice, state, found, paragraph)
        if found.total[0] > row and found.labels[row, REMOVED]:
            return
    state.kept[paragraph] = True
    if state.keeper[slot] < 0:
        state.keeper[slot] = paragraph


@part
def _slot(state: State, choice: Choice, kind: int, among: int) -> np.int64:
    """Where the keeper of a kind is, or -1."""
    if not choice.apart:
        return np.int64(kind)
    pair = np.uint64(kind) << np.uint64(32) | np.uint64(among)
    slot = np.int64(np.searchsorted(state.slots, pair))
    return slot if slot < len(state.slots) and state.slots[slot] == pair else np.int64(-1)


@compiled
def _same_words(
    text: Text, book: Book, choice: Choice, state: State, found: Verdicts, paragraph: int, keeper: int
) -> bool:
    """``choose._Chooser._same_words``: whether there is a verdict."""
    if keeper < 0:
        return False
    within = text.paragraphs[keeper, DOCUMENT] == text.paragraphs[paragraph, DOCUMENT]
    if within:
        if not choice.exact or state.listed[paragraph] == 1:
            return False
        if state.listed[paragraph] >= UNSEEN:
            state.listed[paragraph] = WANTED
            book.counts[1] += 1
    mine, its = text.paragraphs[paragraph, EDGE], text.paragraphs[keeper, EDGE]
    size = text.paragraphs[paragraph + 1, EDGE] - mine
    if text.paragraphs[keeper + 1, EDGE] - its != size:
        return False
    for place in range(size):
        if text.hash[mine + place] != text.hash[its + place]:
            return False
    _exact(found, paragraph, keeper, within)
    return True


@compiled
def _exact(found: Verdicts, paragraph: int, keeper: int, within: bool) -> None:
    """``choose._exact``."""
    row = found.total[0]
    place = found.place[row]
    place[0], place[1], place[2], place[3] = paragraph, keeper, keeper, keeper
    found.scores[row] = 1.0
    labels = found.labels[row]
    labels[RELATION], labels[REMOVED], labels[REPEAT], labels[WHY] = EXACT, True, within, SAME
    found.total[0] = row + 1


@compiled
def _similar(
    text: Text, shared: Shared, book: Book, choice: Choice, state: State,
    found: Verdicts, paragraph: int,
) -> None:  # fmt: skip
    """``choose._Chooser._similar``: the best of the documents that share much of the paragraph and stay."""
    low, high, kind = shared.first[paragraph], shared.first[paragraph + 1], text.paragraphs[paragraph, KIND]
    if low == high and shared.first_kind[kind] == shared.first_kind[kind + 1]:
        return
    rows, candidates = _candidates(text, shared, choice, state, paragraph)
    if not len(candidates):
        return
    row, any_yet, mine = found.total[0], False, np.zeros(0, np.uint64)
    cover = np.zeros(cover_kernels.COVER, np.int64)
    at = 0
    while at < len(candidates):
        end = at + 1
        while end < len(candidates) and candidates[end, 0] == candidates[at, 0]:
            end += 1
        pieces = _pieces(text, rows, candidates[at:end], paragraph)
        at = end
        if not len(pieces):
            continue
        spare = int(_spare(text, choice, found, paragraph, row, any_yet))
        if not cover_kernels.cover(text, book, choice.rules, state.kept, paragraph, pieces, spare, cover):
            continue
        size = text.paragraphs[paragraph + 1, EDGE] - text.paragraphs[paragraph, EDGE]
        covered = (size - cover[MISSING]) / size
        if covered < choice.similar:
            continue
        mine = mine if len(mine) else _shingles(text, choice, paragraph)
        new = row + 1 if any_yet else row
        if not _judge(text, choice, found, cover, paragraph, mine, covered, new):
            continue
        if any_yet and _is_better(found, new, row):
            _move(found, new, row)
        any_yet = True
        if found.labels[row, REMOVED] and found.scores[row, 0] == 1.0:
            break
    if any_yet:
        found.total[0] = row + 1


@compiled
def _candidates(text: Text, shared: Shared, choice: Choice, state: State, paragraph: int) -> tuple[Ints, Ints]:
    """``choose._Chooser._candidates``: the runs that count, and for each candidate, first in keeping order first:
    document, its part of those runs, and the paragraph that resembles (or -1)."""
    low, high, kind = shared.first[paragraph], shared.first[paragraph + 1], text.paragraphs[paragraph, KIND]
    among = text.paragraphs[paragraph, AMONG]
    rows, count = np.empty((high - low, 3), np.int64), 0
    found = np.empty((high - low + shared.first_kind[kind + 1] - shared.first_kind[kind], 4), np.int64)
    candidates, last = 0, np.int64(-1)
    for number in range(low, high):
        run = shared.runs[number]
        opposite = text.owner[run[1]]
        if not state.kept[opposite] or text.paragraphs[opposite, AMONG] != among:
            continue
        if text.paragraphs[opposite, DOCUMENT] != last:
            last = text.paragraphs[opposite, DOCUMENT]
            found[candidates, 0], found[candidates, 1], found[candidates, 3] = last, count, -1
            candidates += 1
        rows[count] = run
        count += 1
        found[candidates - 1, 2] = count
    for number in range(shared.first_kind[kind], shared.first_kind[kind + 1]):
        slot = _slot(state, choice, shared.kinds[number], among)
        keeper = state.keeper[slot] if slot >= 0 else np.int64(-1)
        if keeper < 0 or text.paragraphs[keeper, DOCUMENT] == text.paragraphs[paragraph, DOCUMENT]:
            continue
        found[candidates, 0], found[candidates, 3] = text.paragraphs[keeper, DOCUMENT], keeper
        candidates += 1
    if candidates < 2:
        return rows, found[:candidates]
    key = np.empty(candidates, np.int64)
    for number in range(candidates):
        key[number] = text.documents[found[number, 0], RANK] * candidates + number
    return rows, found[:candidates][np.argsort(key)]


@compiled
def _pieces(text: Text, rows: Ints, candidates: Ints, paragraph: int) -> Ints:
    """Of the runs that a paragraph shares with one document those of most words."""
    pieces, words = rows[:0], np.int64(0)
    for number in range(len(candidates)):
        first, end, keeper = candidates[number, 1], candidates[number, 2], candidates[number, 3]
        runs = cover_kernels.equal_runs(text, paragraph, keeper) if keeper >= 0 else rows[first:end]
        if runs[:, 2].sum() > words:
            pieces, words = runs, runs[:, 2].sum()
    return pieces


@compiled
def _spare(text: Text, choice: Choice, found: Verdicts, paragraph: int, row: int, any_yet: bool) -> np.int64:
    """``choose._Chooser._spare``; row: of the best verdict, if there is any yet."""
    size = text.paragraphs[paragraph + 1, EDGE] - text.paragraphs[paragraph, EDGE]
    low, high = np.int64(0), size + 1
    while low < high:
        missing = (low + high) // 2
        covered = (size - missing) / size
        if not any_yet:
            too_many = covered < choice.similar
        else:
            too_many = covered <= found.scores[row, 0] and (found.labels[row, REMOVED] or covered < choice.threshold)
        if too_many:
            high = missing
        else:
            low = missing + 1
    return low - 1


@compiled
def _judge(
    text: Text, choice: Choice, found: Verdicts, cover: Cover, paragraph: int, mine: Hashes, covered: float, row: int
) -> bool:
    """``choose._Chooser._judge``: a verdict into ``row``, if there is one. mine: the paragraph's shingles."""
    its = _shingles(text, choice, cover[MAIN])
    shared = _shared(mine, its)
    union = len(mine) + len(its) - shared
    resemblance = shared / union if union else 0.0
    if covered < choice.threshold and resemblance < choice.similar:
        return False
    place = found.place[row]
    place[0], place[1], place[2], place[3] = paragraph, cover[MAIN], cover[FIRST_OF], cover[LAST_OF]
    found.scores[row, 0], found.scores[row, 1] = covered, resemblance
    found.scores[row, 2] = shared / len(mine) if len(mine) else 0.0
    why = ALL if covered == 1 else SHARE
    if covered < choice.threshold:
        why = ONLY
    elif cover[NUMBERS_TOLD] and not choice.ignore_numbers:
        why = NUMBERS
    elif cover[NAMES_TOLD] and not choice.ignore_names:
        why = NAMES
    found.evidence[row] = -1
    if why >= NUMBERS:
        told = cover[NUMBERS_TOLD] if why == NUMBERS else cover[NAMES_TOLD]
        begin = TOLD if why == NUMBERS else TOLD + EVIDENCE
        found.evidence[row, :told] = cover[begin : begin + told]
    labels = found.labels[row]
    labels[RELATION] = NEAR if resemblance >= choice.similar else CONTAINED
    labels[REMOVED], labels[REPEAT], labels[WHY] = why <= SHARE, False, why
    return True


@part
def _is_better(found: Verdicts, one: int, two: int) -> bool:
    """Whether a verdict tells of more that may go than another."""
    if found.labels[one, REMOVED] != found.labels[two, REMOVED]:
        return bool(found.labels[one, REMOVED])
    return bool(found.scores[one, 0] > found.scores[two, 0])


@compiled
def _move(found: Verdicts, source: int, to: int) -> None:
    found.place[to], found.scores[to] = found.place[source], found.scores[source]
    found.labels[to], found.evidence[to] = found.labels[source], found.evidence[source]


@compiled
def _shingles(text: Text, choice: Choice, paragraph: int) -> Hashes:
    """``shingles.ShingleSource.of``."""
    size = choice.size[1] if text.paragraphs[paragraph, BY_CHARACTER] else choice.size[0]
    begin = text.paragraphs[paragraph, EDGE]
    total = text.paragraphs[paragraph + 1, EDGE] - begin - size + 1
    if total <= 0:
        return np.zeros(0, np.uint64)
    values = np.empty(total, np.uint64)
    for place in range(total):
        value = np.uint64(0)
        for step in range(size):
            value = value * choice.prime + text.hash[begin + place + step]
        values[place] = mix(value)
    values.sort()
    count = 1
    for place in range(1, total):
        if values[place] != values[place - 1]:
            values[count] = values[place]
            count += 1
    return values[:count]


@compiled
def _shared(one: Hashes, two: Hashes) -> int:
    """How many values two sorted sets have in common."""
    count = at = other = 0
    while at < len(one) and other < len(two):
        if one[at] == two[other]:
            count, at, other = count + 1, at + 1, other + 1
        elif one[at] < two[other]:
            at += 1
        else:
            other += 1
    return count


@compiled
def _drop(text: Text, state: State, found: Verdicts, paragraphs: tuple[int, int], before: int) -> None:
    """The end of ``choose._Chooser.decide_document``: the short lines of a document whose text is all duplicates go
    too, if all of them stand in documents that keep the text. before: the verdicts before those on this document."""
    after, duplicates = found.total[0], 0
    for row in range(before, after):
        duplicates += found.labels[row, REMOVED] and not found.labels[row, REPEAT]
    if not duplicates:
        return
    for paragraph in range(paragraphs[0], paragraphs[1]):
        if state.kept[paragraph] and text.paragraphs[paragraph, LONG]:
            return
    documents, count = np.empty(duplicates, np.int64), 0
    for row in range(before, after):
        if found.labels[row, REMOVED] and not found.labels[row, REPEAT]:
            documents[count] = text.paragraphs[found.place[row, 1], DOCUMENT]
            count += 1
    documents.sort()
    for paragraph in range(paragraphs[0], paragraphs[1]):
        if not state.kept[paragraph]:
            continue
        keeper = _short_copy(text, state, documents, text.paragraphs[paragraph, KIND])
        if keeper < 0:
            found.total[0] = after
            return
        _exact(found, paragraph, keeper, False)
    state.kept[paragraphs[0] : paragraphs[1]] = False


@compiled
def _short_copy(text: Text, state: State, documents: Ints, kind: int) -> int:
    """The short paragraph of a kind that the first of the documents that has one keeps, or -1."""
    for number in range(len(documents)):
        document = documents[number]
        if number and document == documents[number - 1]:
            continue
        for paragraph in range(
            text.documents[document + 1, PARAGRAPHS] - 1, text.documents[document, PARAGRAPHS] - 1, -1
        ):
            if (
                text.paragraphs[paragraph, KIND] == kind
                and state.kept[paragraph]
                and not text.paragraphs[paragraph, LONG]
            ):
                return paragraph
    return -1
