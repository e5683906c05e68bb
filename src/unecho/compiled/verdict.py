"""Verdicts on paragraphs, as the compiled loop makes them; ``verdicts`` and ``chooser`` hold the plain twins."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..base.columns import Hashes, Ints
from .jit import inner, part
from .lacks import EVIDENCE, FIRST_OF, LAST_OF, MAIN, NAMES_TOLD, NUMBERS_TOLD, OTHERWISE, TOLD, Cover
from .share import Shared
from .text import BY_CHARACTER, DOCUMENT, Rules, Text
from .utf8 import Bytes
from .values import mix

RELATION, REMOVED, REPEAT, WHY = range(4)
"""Columns of ``Verdicts.labels``."""
SAME, ALL, SHARE, ONLY, NUMBERS, NAMES, AROUND, LITTLE_ELSE = range(8)
"""Why a paragraph goes or stays: it has the same words as the copy, the copy has all of its words, or a share that is
enough, or too little, or numbers or names of it are missing, or what stands around its quotes; or the documents have
little else in common."""
EXACT, NEAR, CONTAINED = range(3)


class Choice(NamedTuple):
    """Settings. others: ``chooser.OTHERS``, 0 if it is not known which documents are related. least: share of a
    paragraph that runs of a document must have for it to be looked at. exact: repeats inside a
    document go. drop: emptied documents go. apart: copies stay only among documents with the same number. size:
    shingles of a paragraph, and of one in a script without spaces. prime: of their hash. rules: for words."""

    threshold: float
    others: float
    similar: float
    least: float
    ignore_numbers: bool
    ignore_names: bool
    exact: bool
    drop: bool
    apart: bool
    size: tuple[int, int]
    prime: np.uint64
    rules: Rules


class Verdicts(NamedTuple):
    """Room for verdicts: see ``verdicts.Verdicts``. place: paragraph, main, first, last. scores: covered, resemblance,
    containment. labels: relation, removed, repeat, why (uint8). evidence: tokens, -1 for none. total: how many
    verdicts there are."""

    place: Ints
    scores: NDArray[np.float64]
    labels: Bytes
    evidence: Ints
    total: Ints


def room_for(count: int) -> Verdicts:
    """Room for so many verdicts."""
    return Verdicts(
        np.empty((count, 4), np.int64), np.empty((count, 3)), np.empty((count, 4), np.uint8),
        np.empty((count, EVIDENCE), np.int64), np.zeros(1, np.int64),
    )  # fmt: skip


@inner
def exact(found: Verdicts, paragraph: int, keeper: int | np.int64, within: bool) -> None:
    """``verdicts.exact``."""
    row, place, scores, labels = found.total[0], found.place, found.scores, found.labels
    place[row, 0], place[row, 1], place[row, 2], place[row, 3] = paragraph, keeper, keeper, keeper
    scores[row, 0] = scores[row, 1] = scores[row, 2] = 1.0
    labels[row, RELATION], labels[row, REMOVED], labels[row, REPEAT], labels[row, WHY] = EXACT, True, within, SAME
    found.total[0] = row + 1


@part
def why_of(text: Text, shared: Shared, choice: Choice, cover: Cover, covered: float, paragraph: int) -> int:
    """``chooser.Chooser._problem``, or why the paragraph goes."""
    why = ALL if covered == 1 else SHARE
    if covered < choice.threshold:
        why = ONLY
    elif covered < choice.others and not _are_related(text, shared.related, paragraph, cover[MAIN]):
        why = LITTLE_ELSE
    elif cover[NUMBERS_TOLD] and not choice.ignore_numbers:
        why = NUMBERS
    elif cover[NAMES_TOLD] and not choice.ignore_names:
        why = NAMES
    elif cover[OTHERWISE] and not choice.ignore_names:
        why = AROUND
    return why


@inner
def _are_related(text: Text, related: Ints, paragraph: int, other: np.int64) -> bool:
    """``chooser.Chooser._are_related``, as far as it is known."""
    one, two = text.paragraphs[paragraph, DOCUMENT], text.paragraphs[other, DOCUMENT]
    pair = min(one, two) * (len(text.documents) - 1) + max(one, two)
    place = np.searchsorted(related, pair)
    return bool(place < len(related) and related[place] == pair)


@inner
def judge(
    text: Text, choice: Choice, cover: Cover, shingles: tuple[Hashes, Hashes], found: Verdicts, mine: int,
    covered: float, why: int,
) -> bool:  # fmt: skip
    """``chooser.Chooser._judge`` of a cover: the verdict, if there is one, in place of the best so far, but
    for the number of the paragraph. shingles: those of the paragraph, which are ``mine``; and room for others."""
    row, size = found.total[0], text.edges[cover[MAIN] + 1] - text.edges[cover[MAIN]]
    its, shared = shingles_of(text, choice, cover[MAIN], shingles[0], shingles[1][: shingle_slots(size)])
    union = mine + its - shared
    resemblance = shared / union if union else 0.0
    if covered < choice.threshold and resemblance < choice.similar:
        return False
    place = found.place
    place[row, 1], place[row, 2], place[row, 3] = cover[MAIN], cover[FIRST_OF], cover[LAST_OF]
    found.scores[row, 0], found.scores[row, 1] = covered, resemblance
    found.scores[row, 2] = shared / mine if mine else 0.0
    told = cover[NUMBERS_TOLD] if why == NUMBERS else cover[NAMES_TOLD] if why == NAMES else np.int64(0)
    begin = TOLD + EVIDENCE if why == NAMES else TOLD
    for number in range(EVIDENCE):
        found.evidence[row, number] = cover[begin + number] if number < told else -1
    found.labels[row, RELATION] = NEAR if resemblance >= choice.similar else CONTAINED
    found.labels[row, REMOVED], found.labels[row, REPEAT], found.labels[row, WHY] = why <= SHARE, False, why
    return True


@part
def is_better(why: int, covered: float, found: Verdicts, row: int) -> bool:
    """Whether what is found tells of more that may go than the best verdict so far."""
    if (why <= SHARE) != (found.labels[row, REMOVED] != 0):
        return bool(why <= SHARE)
    return bool(covered > found.scores[row, 0])


@inner
def shingles_of(text: Text, choice: Choice, paragraph: int, known: Hashes, found: Hashes) -> tuple[int, int]:
    """``shingles.ShingleSource.of``, into a hash table; returns how many they are, and how many of them are in another
    one. Both are of ``shingle_slots``; what is 0 is free, and no shingle."""
    size = choice.size[1] if text.paragraphs[paragraph, BY_CHARACTER] else choice.size[0]
    begin, count, shared = text.edges[paragraph], 0, 0
    found[:] = np.uint64(0)
    for first in range(begin, text.edges[paragraph + 1] - size + 1):
        value = np.uint64(0)
        for place in range(first, first + size):
            value = value * choice.prime + text.vocabulary[text.word[place]]
        value = mix(value)
        slot = _slot(found, value)
        if found[slot] != value:
            found[slot], count = value, count + 1
            shared += known[_slot(known, value)] == value
    return count, shared


@part
def shingle_slots(words: int) -> int:
    """Slots of a hash table that has room for the shingles of so many words: a power of two, at least twice as many."""
    slots = 2
    while slots < 2 * words:
        slots *= 2
    return slots


@part
def _slot(table: Hashes, value: np.uint64) -> np.uint64:
    """Where a value is, or has room."""
    most = np.uint64(len(table) - 1)
    slot = value & most
    while table[slot] != 0 and table[slot] != value:
        slot = (slot + np.uint64(1)) & most
    return slot
