"""The compiled loop that chooses which copies stay; ``choose`` holds the plain twin."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..base.columns import Hashes, Ints, Mask
from . import cover as cover_kernels
from .cover import (  # fmt: skip
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
    Rules,
    Scratch,
    Text,
)
from .jit import compiled, lean, part
from .passage import mix
from .passage import sort as sort_values

RELATION, REMOVED, REPEAT, WHY = range(4)
"""Columns of ``Verdicts.labels``."""
SAME, ALL, SHARE, ONLY, NUMBERS, NAMES = range(6)
"""Why a paragraph goes or stays: it has the same words as the copy, the copy has all of its words, or a share that is
enough, or too little, or numbers or names of it are missing."""
EXACT, NEAR, CONTAINED = range(3)
UNSEEN = 2


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
    item of a list: 0 or 1, or UNSEEN. progress: int64, the document (in keeping order) to begin with, and whether
    anything was not known. room, shingles, key, rows, candidates: to work in."""

    kept: Mask
    slots: Hashes
    keeper: Ints
    listed: Bytes
    progress: Ints
    room: Scratch
    shingles: Hashes
    key: Ints
    rows: Ints
    candidates: Ints


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
    points, flags = np.zeros(0, np.uint32), np.zeros(0, np.uint8)
    edges, rows = np.zeros(1, np.int64), np.zeros((0, 3), np.int64)
    text = Text(none, flags, points, points, codes, np.zeros((1, 6), np.int64), np.zeros((1, 3), np.int64))
    book = Book(
        np.zeros(2, np.uint64), np.full(2, -1, np.int32), np.zeros((0, 12), np.int64), points,
        np.zeros((0, 2), np.int64), np.zeros(2, np.int64), none, (3, 5, 7, 10),
    )  # fmt: skip
    rules = Rules(3, 12, 15, Bits(np.uint8(1), np.uint8(2), np.uint8(8), np.uint8(16)))
    choice = Choice(0.9, 0.5, False, False, True, True, False, (3, 6), np.uint64(3), rules)
    shared = Shared(rows, edges, nothing, edges)
    state = state_for(text, shared, rules, none, nothing)
    cover_kernels.enter(book.keys, book.numbers, none, 0)
    cut(rows, codes, text.paragraphs, rows)
    sort(rows, text, 0.5, edges)
    choose(text, shared, book, choice, state, room_for(0), nothing, 0)


def state_for(text: Text, shared: Shared, rules: Rules, slots: Hashes, keeper: Ints) -> State:
    """Nothing is kept yet."""
    count = len(text.paragraphs) - 1
    longest = int(np.diff(text.paragraphs[:, EDGE]).max(initial=0))
    kind = text.paragraphs[:count, KIND]
    pieces, kinds = np.diff(shared.first), np.diff(shared.first_kind)
    most, candidates = int(pieces.max(initial=0)), int((pieces + kinds[kind]).max(initial=0))
    return State(
        np.zeros(count, np.bool_), slots, keeper, np.full(count, UNSEEN, np.uint8), np.zeros(2, np.int64),
        cover_kernels.scratch_for(longest, most, rules), np.empty(2 * longest, np.uint64),
        np.empty(candidates, np.int64), np.empty((most, 3), np.int64), np.empty((candidates, 4), np.int64),
    )  # fmt: skip


def room_for(count: int) -> Verdicts:
    """Room for so many verdicts."""
    return Verdicts(
        np.empty((count, 4), np.int64), np.empty((count, 3)), np.empty((count, 4), np.uint8),
        np.empty((count, EVIDENCE), np.int64), np.zeros(1, np.int64),
    )  # fmt: skip


# ---- what paragraphs share --------------------------------------------------------------------------


@lean
def cut(runs: Ints, owner: Codes, paragraphs: Ints, found: Ints) -> int:
    """``choose._cut`` of runs (place, other place, length) on both sides, into ``found``; returns how many there are.

    Only of the paragraphs that are long enough to go. With no room at all in ``found`` they are only counted.
    """
    count = 0
    for number in range(len(runs)):
        place, other, left = runs[number, 0], runs[number, 1], runs[number, 2]
        mine, its = np.int64(owner[place]), np.int64(owner[other])
        while left:
            while paragraphs[mine + 1, EDGE] <= place:
                mine += 1
            length = min(left, paragraphs[mine + 1, EDGE] - place)
            if paragraphs[mine, LONG]:
                while paragraphs[its + 1, EDGE] <= other:
                    its += 1
                length = min(length, paragraphs[its + 1, EDGE] - other)
                if len(found):
                    found[count, 0], found[count, 1], found[count, 2] = place, other, length
                count += 1
            left, place, other = left - length, place + length, other + length
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
                row, to = part[order[at]], count
                place, other, length = runs[row, 0], runs[row, 1], runs[row, 2]
                shared += length
                while to > start and _is_before(place, other, length, found, to - 1):  # only where places are equal
                    for column in range(3):
                        found[to, column] = found[to - 1, column]
                    to -= 1
                found[to, 0], found[to, 1], found[to, 2] = place, other, length
                count, at = count + 1, at + 1
            if shared < least * size:
                count = start
    first[len(first) - 1] = count
    return found[:count].copy()


@part
def _is_before(place: int, other: int, length: int, runs: Ints, row: int) -> bool:
    return bool(place == runs[row, 0] and (other < runs[row, 1] or (other == runs[row, 1] and length < runs[row, 2])))


# ---- choosing ---------------------------------------------------------------------------------------


@lean
def choose(
    text: Text, shared: Shared, book: Book, choice: Choice, state: State,
    found: Verdicts, order: Ints, ahead: int,
) -> None:  # fmt: skip
    """``choose._Chooser.decide_document`` of one document after another, in keeping order.

    Stops where words are not known, and looks through the next documents, with ``ahead`` runs, for more of them; what
    it found from the first of those documents on, where ``state.progress[0]`` is then, is taken back. ``found`` has
    room for two verdicts more than there are paragraphs.
    """
    begin, end, unknown = state.progress[0], np.int64(len(order)), np.int64(-1)
    verdicts, asked = found.total[0], book.counts[1]
    number = begin
    while number < end:
        before, document = found.total[0], order[number]
        first, last = text.documents[document, PARAGRAPHS], text.documents[document + 1, PARAGRAPHS]
        for paragraph in range(first, last):
            _decide(text, shared, book, choice, state, found, paragraph)
        if choice.drop and found.total[0] > before:
            _drop(text, state, found, (first, last), before)
        number += 1
        if unknown < 0 and book.counts[1] > asked:
            unknown, verdicts = number - 1, before
        if unknown >= 0:
            ahead -= shared.first[last] - shared.first[first]
            end = end if ahead > 0 else number
    state.progress[0], state.progress[1] = end, 0
    if unknown < 0:
        return
    state.progress[0], state.progress[1], found.total[0] = unknown, 1, verdicts
    for place in range(unknown, number):
        document = order[place]
        for paragraph in range(text.documents[document, PARAGRAPHS], text.documents[document + 1, PARAGRAPHS]):
            state.kept[paragraph] = False
            slot = _slot(state, choice, text.paragraphs[paragraph, KIND], text.paragraphs[paragraph, AMONG])
            if slot >= 0 and state.keeper[slot] == paragraph:
                state.keeper[slot] = -1


@lean
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


@lean
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
        if state.listed[paragraph] == UNSEEN:
            cover_kernels.ask_listed(book, paragraph)
    mine, its = text.paragraphs[paragraph, EDGE], text.paragraphs[keeper, EDGE]
    size = text.paragraphs[paragraph + 1, EDGE] - mine
    if text.paragraphs[keeper + 1, EDGE] - its != size:
        return False
    for place in range(size):
        if text.hash[mine + place] != text.hash[its + place]:
            return False
    _exact(found, paragraph, keeper, within)
    return True


@lean
def _exact(found: Verdicts, paragraph: int, keeper: int | np.int64, within: bool) -> None:
    """``choose._exact``."""
    row, place, scores, labels = found.total[0], found.place, found.scores, found.labels
    place[row, 0], place[row, 1], place[row, 2], place[row, 3] = paragraph, keeper, keeper, keeper
    scores[row, 0] = scores[row, 1] = scores[row, 2] = 1.0
    labels[row, RELATION], labels[row, REMOVED], labels[row, REPEAT], labels[row, WHY] = EXACT, True, within, SAME
    found.total[0] = row + 1


@lean
def _similar(
    text: Text, shared: Shared, book: Book, choice: Choice, state: State,
    found: Verdicts, paragraph: int,
) -> None:  # fmt: skip
    """``choose._Chooser._similar``: the best of the documents that share much of the paragraph and stay."""
    count = _candidates(text, shared, choice, state, paragraph)
    if not count:
        return
    row, any_yet, mine = found.total[0], False, -1
    low, size = text.paragraphs[paragraph, EDGE], text.paragraphs[paragraph + 1, EDGE]
    size -= low
    room, at = state.room, 0
    while at < count:
        end = at + 1
        document = state.key[at] >> 32
        while end < count and state.key[end] >> 32 == document:
            end += 1
        pieces = room.pieces[: _pieces(text, state, at, end, paragraph)]
        at = end
        if not len(pieces):
            continue
        spare = int(_spare(text, choice, found, paragraph, row, any_yet))
        if not cover_kernels.cover(text, book, choice.rules, state.kept, paragraph, pieces, spare, room):
            continue
        covered = (size - room.cover[MISSING]) / size
        if covered < choice.similar:
            continue
        if mine < 0:
            mine = _shingles(text, choice, paragraph, state.shingles[: len(state.shingles) // 2])
        new = row + 1 if any_yet else row
        if not _judge(text, choice, state, found, paragraph, mine, covered, new):
            continue
        if any_yet and _is_better(found, new, row):
            _move(found, new, row)
        any_yet = True
        if found.labels[row, REMOVED] and found.scores[row, 0] == 1.0:
            break
    if any_yet:
        found.total[0] = row + 1


@lean
def _candidates(text: Text, shared: Shared, choice: Choice, state: State, paragraph: int) -> int:
    """``choose._Chooser._candidates``: into ``state.rows`` the runs that count, and into ``state.candidates`` the
    documents, the part of those runs that each shares, and the paragraph that resembles (or -1). Returns how many;
    ``state.key`` has their order: place in keeping order (a document may come twice), and row, packed."""
    low, high, kind = shared.first[paragraph], shared.first[paragraph + 1], text.paragraphs[paragraph, KIND]
    among, rows, found = text.paragraphs[paragraph, AMONG], state.rows, state.candidates
    count, candidates, last = 0, 0, np.int64(-1)
    for number in range(low, high):
        opposite = text.owner[shared.runs[number, 1]]
        if not state.kept[opposite] or text.paragraphs[opposite, AMONG] != among:
            continue
        if text.paragraphs[opposite, DOCUMENT] != last:
            last = text.paragraphs[opposite, DOCUMENT]
            found[candidates, 0], found[candidates, 1], found[candidates, 3] = last, count, -1
            candidates += 1
        for column in range(3):
            rows[count, column] = shared.runs[number, column]
        count += 1
        found[candidates - 1, 2] = count
    for number in range(shared.first_kind[kind], shared.first_kind[kind + 1]):
        slot = _slot(state, choice, shared.kinds[number], among)
        keeper = state.keeper[slot] if slot >= 0 else np.int64(-1)
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
    size: int = text.paragraphs[paragraph + 1, EDGE] - text.paragraphs[paragraph, EDGE]
    return size


@lean
def _pieces(text: Text, state: State, low: int, high: int, paragraph: int) -> int:
    """Of the runs that a paragraph shares with one document, candidates low to high, those of most words, into
    ``room.pieces``; returns how many."""
    count, words = 0, np.int64(0)
    for at in range(low, high):
        number = state.key[at] & 0xFFFFFFFF
        first, end, keeper = state.candidates[number, 1], state.candidates[number, 2], state.candidates[number, 3]
        runs = state.rows[first:end]
        if keeper >= 0:
            if words >= min(_size(text, paragraph), _size(text, keeper)):
                continue  # they cannot have more
            runs = state.room.others[: cover_kernels.equal_runs(text, paragraph, keeper, state.room.others)]
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


@lean
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


@lean
def _judge(
    text: Text, choice: Choice, state: State, found: Verdicts, paragraph: int, mine: int, covered: float, row: int
) -> bool:
    """``choose._Chooser._judge`` of ``room.cover``: a verdict into ``row``, if there is one. mine: how many shingles
    the paragraph has, which ``state.shingles`` begins with."""
    cover, half = state.room.cover, len(state.shingles) // 2
    its = _shingles(text, choice, cover[MAIN], state.shingles[half:])
    shared = _shared(state.shingles[:mine], state.shingles[half : half + its])
    union = mine + its - shared
    resemblance = shared / union if union else 0.0
    if covered < choice.threshold and resemblance < choice.similar:
        return False
    place = found.place
    place[row, 0], place[row, 1], place[row, 2] = paragraph, cover[MAIN], cover[FIRST_OF]
    place[row, 3] = cover[LAST_OF]
    found.scores[row, 0], found.scores[row, 1] = covered, resemblance
    found.scores[row, 2] = shared / mine if mine else 0.0
    why = ALL if covered == 1 else SHARE
    if covered < choice.threshold:
        why = ONLY
    elif cover[NUMBERS_TOLD] and not choice.ignore_numbers:
        why = NUMBERS
    elif cover[NAMES_TOLD] and not choice.ignore_names:
        why = NAMES
    told = cover[NUMBERS_TOLD] if why == NUMBERS else cover[NAMES_TOLD] if why == NAMES else np.int64(0)
    begin = TOLD + EVIDENCE if why == NAMES else TOLD
    for number in range(EVIDENCE):
        found.evidence[row, number] = cover[begin + number] if number < told else -1
    found.labels[row, RELATION] = NEAR if resemblance >= choice.similar else CONTAINED
    found.labels[row, REMOVED], found.labels[row, REPEAT], found.labels[row, WHY] = why <= SHARE, False, why
    return True


@part
def _is_better(found: Verdicts, one: int, two: int) -> bool:
    """Whether a verdict tells of more that may go than another."""
    if found.labels[one, REMOVED] != found.labels[two, REMOVED]:
        return bool(found.labels[one, REMOVED])
    return bool(found.scores[one, 0] > found.scores[two, 0])


@lean
def _move(found: Verdicts, source: int, to: int) -> None:
    for column in range(4):
        found.place[to, column], found.labels[to, column] = found.place[source, column], found.labels[source, column]
    for column in range(3):
        found.scores[to, column] = found.scores[source, column]
    for column in range(EVIDENCE):
        found.evidence[to, column] = found.evidence[source, column]


@lean
def _shingles(text: Text, choice: Choice, paragraph: int, values: Hashes) -> int:
    """``shingles.ShingleSource.of``, into ``values``; returns how many they are."""
    size = choice.size[1] if text.paragraphs[paragraph, BY_CHARACTER] else choice.size[0]
    begin = text.paragraphs[paragraph, EDGE]
    total = text.paragraphs[paragraph + 1, EDGE] - begin - size + 1
    if total <= 0:
        return 0
    for place in range(total):
        value = np.uint64(0)
        for step in range(size):
            value = value * choice.prime + text.hash[begin + place + step]
        values[place] = mix(value)
    sort_values(values[:total])
    count = 1
    for place in range(1, total):
        if values[place] != values[place - 1]:
            values[count] = values[place]
            count += 1
    return count


@lean
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


@lean
def _drop(text: Text, state: State, found: Verdicts, paragraphs: tuple[int, int], before: int) -> None:
    """The end of ``choose._Chooser.decide_document``: the short lines of a document whose text is all duplicates go
    too, if all of them stand in documents that keep the text. before: the verdicts before those on this document."""
    after, duplicates = found.total[0], False
    for row in range(before, after):
        duplicates = duplicates or bool(found.labels[row, REMOVED] and not found.labels[row, REPEAT])
    if not duplicates:
        return
    for paragraph in range(paragraphs[0], paragraphs[1]):
        if state.kept[paragraph] and text.paragraphs[paragraph, LONG]:
            return
    for paragraph in range(paragraphs[0], paragraphs[1]):
        if not state.kept[paragraph]:
            continue
        keeper = _short_copy(text, state, found, before, after, text.paragraphs[paragraph, KIND])
        if keeper < 0:
            found.total[0] = after
            return
        _exact(found, paragraph, keeper, False)
    for paragraph in range(paragraphs[0], paragraphs[1]):
        state.kept[paragraph] = False


@lean
def _short_copy(text: Text, state: State, found: Verdicts, before: int, after: int, kind: int) -> np.int64:
    """The short paragraph of a kind that the first of the documents of the duplicates before:after that has one keeps,
    or -1."""
    last = np.int64(-1)
    while True:
        document = np.int64(len(text.documents))
        for row in range(before, after):
            if found.labels[row, REMOVED] and not found.labels[row, REPEAT]:
                other = text.paragraphs[found.place[row, 1], DOCUMENT]
                if last < other < document:
                    document = other
        if document == len(text.documents):
            return np.int64(-1)
        begin = text.documents[document, PARAGRAPHS]
        for paragraph in range(text.documents[document + 1, PARAGRAPHS] - 1, begin - 1, -1):
            if (
                text.paragraphs[paragraph, KIND] == kind
                and state.kept[paragraph]
                and not text.paragraphs[paragraph, LONG]
            ):
                return np.int64(paragraph)
        last = document
