"""Compiled loops that compare paragraphs word by word; ``cover`` and ``guards`` hold the plain twins."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from ..base.columns import Ints, Mask
from .alike import alike_places
from .book import Book, known_word, words_of
from .jit import inner
from .lacks import (
    COVER,
    FIRST_OF,
    LAST_OF,
    MAIN,
    OTHERWISE,
    Cover,
    Pieces,
    attached,
    exchanged,
    missing,
    put_in,
    said_otherwise,
)
from .misread import face, find_misread
from .share import in_line
from .text import BY_CHARACTER, DOCUMENT, TOKENS, Rules, Text, owner_of
from .word import are_other_names, is_another_name, is_misprint, is_written_otherwise


class Scratch(NamedTuple):
    """Room to work in, so that nothing has to be found room for in the loops: as long as the longest paragraph and what
    may lie opposite. words, their_words, places, where, its: int64, a row of tokens each, or of what belongs to them;
    covered: bool. pieces, others: runs of equal tokens (int64, n x 3). lines: int64, n x 2, the line of each of those
    runs and the words of each line. cover: the last ``Cover``."""

    words: Ints
    their_words: Ints
    places: Ints
    where: Ints
    its: Ints
    covered: Mask
    pieces: Pieces
    others: Pieces
    lines: Ints
    cover: Ints


def scratch_for(longest: int, runs: int, rules: Rules) -> Scratch:
    """For paragraphs of up to so many tokens, which share up to so many runs with others."""
    size = longest + rules.gap + rules.small_edit + 8
    words, theirs, places, where, its = (np.empty(size, np.int64) for _ in range(5))
    pieces, others = np.empty((max(size, runs), 3), np.int64), np.empty((size, 3), np.int64)
    lines, covered, cover = np.empty((len(pieces), 2), np.int64), np.empty(size, np.bool_), np.zeros(COVER, np.int64)
    return Scratch(words, theirs, places, where, its, covered, pieces, others, lines, cover)


# ---- stretches of words -----------------------------------------------------------------------------


# ---- paragraphs -------------------------------------------------------------------------------------


@inner
def cover(
    text: Text, book: Book, rules: Rules, kept: Mask, paragraph: int, pieces: Pieces, spare: int, room: Scratch
) -> bool:
    """``cover.Coverer.cover``, into ``room.cover``; False where more than ``spare`` words are missing."""
    low, high = text.edges[paragraph], text.edges[paragraph + 1]
    least = rules.shortest * (1 + text.paragraphs[paragraph, BY_CHARACTER])
    pieces = pieces[: in_line(rules, pieces, least, room.lines)]
    its, covered = room.its[: high - low], room.covered[: high - low]
    its[:], covered[:] = np.int64(-1), False
    at, count = low, len(pieces)
    for number in range(count + 1):
        end = pieces[number, 0] if number < count else high
        if end > at:
            size = end - at
            places = room.places[: _opposite(text, rules, kept, at, end, pieces, number, room.places)]
            mine, theirs = room.words[:size], room.their_words[: len(places)]
            for place in range(size):
                mine[place] = known_word(text, book, rules.bits.capital, at + place)
            words_of(text, book, rules.bits.capital, places, theirs)
            spare -= size - alike_places(book, mine, theirs, size if size <= rules.short else spare, room.where)
            if spare < 0:
                return False
            for place in range(size):
                step, more = room.where[place] >> 1, room.where[place] & 1
                if step < 0 or owner_of(text, places[step]) != owner_of(text, places[step + more]):
                    continue
                if not are_other_names(text, book, rules.bits.capital, at + place, places[step]):
                    its[at - low + place], covered[at - low + place] = places[step], True
        if number < count:
            length = pieces[number, 2]
            covered[end - low : end - low + length] = True
            at = max(at, end + length)
    _leave_lone_name(text, book, rules, low, its, covered)
    facing = room.where[: high - low]
    face(text, rules, kept, low, pieces, its, covered, facing)
    find_misread(text, book, rules, kept, low, its, covered, facing)
    _leave_chance(rules, its, covered)
    face(text, rules, kept, low, pieces, its, covered, facing)
    _weigh(text, pieces, its, room.cover)
    missing(text, book, rules, low, covered, facing, room.cover)
    put_in(text, book, rules, pieces, room.cover)
    attached(text, rules, paragraph, pieces, room.cover)
    exchanged(text, book, rules, kept, paragraph, pieces, covered, room.cover)
    room.cover[OTHERWISE] = said_otherwise(text, book, rules, low, covered)
    return True


@inner
def _leave_lone_name(text: Text, book: Book, rules: Rules, low: int, its: Ints, covered: Mask) -> None:
    """``cover.Coverer._without_lone_name``."""
    capital, lone, words = rules.bits.capital, -1, text.word
    for place in range(len(its)):
        if its[place] >= 0 and is_written_otherwise(text, book, capital, low + place, its[place]):
            lone = place if lone < 0 else lone
            if words[low + place] != words[low + lone] or words[its[place]] != words[its[lone]]:
                return
    if lone < 0 or not is_another_name(text, book, capital, low + lone, its[lone]):
        return
    if is_misprint(text, book, capital, low + lone, its[lone]):
        return
    for place in range(lone, len(its)):
        if its[place] >= 0 and is_written_otherwise(text, book, capital, low + place, its[place]):
            its[place], covered[place] = -1, False


@inner
def _leave_chance(rules: Rules, its: Ints, covered: Mask) -> None:
    """``cover._covered``."""
    size, low, few, place = len(covered), 0, 0, 0
    while place <= size:  # at ``size`` the last stretch ends
        row = 0
        while place + row < size and covered[place + row]:
            row += 1
        if row > rules.by_chance or place == size:
            if place - low > rules.small_edit and 2 * few < place - low:
                for left in range(low, place):
                    its[left], covered[left] = -1, False
            low, few = place + row, 0
        else:
            few += row
        place += max(row, 1)


@inner
def _opposite(
    text: Text, rules: Rules, kept: Mask, low: int, high: int, pieces: Pieces, following: int, places: Ints
) -> int:
    """``cover.Coverer._opposite``, into ``places``; following: the first piece behind the stretch."""
    start, stop = between(text, rules, low, high, pieces, following)
    count = 0
    for place in range(start, stop):
        if kept[owner_of(text, place)]:
            places[count] = place
            count += 1
    return count


@inner
def between(
    text: Text, rules: Rules, low: int, high: int, pieces: Pieces, following: int
) -> tuple[np.int64, np.int64]:  # fmt: skip
    """The tokens of the other document that lie opposite a stretch; following: the first piece behind it."""
    reach = high - low + 3
    other = text.paragraphs[owner_of(text, pieces[0, 1]), DOCUMENT]
    before, after = following > 0, following < len(pieces)
    start = pieces[following - 1, 1] + pieces[following - 1, 2] if before else np.int64(0)
    stop = pieces[following, 1] if after else start + reach
    if not before:
        start = stop - reach
    elif not start <= stop <= start + reach + rules.gap:
        stop = start + reach
    first, end = text.documents[other, TOKENS], text.documents[other + 1, TOKENS]
    return max(start, first), max(min(stop, end), first)


@inner
def _weigh(text: Text, pieces: Pieces, its: Ints, found: Cover) -> None:
    """Which paragraphs of the other document cover, and which of them most."""
    first = last = owner_of(text, pieces[0, 1])
    for number in range(len(pieces)):
        paragraph = owner_of(text, pieces[number, 1])
        first, last = min(first, paragraph), max(last, paragraph)
    for place in its:
        if place >= 0:
            paragraph = owner_of(text, place)
            first, last = min(first, paragraph), max(last, paragraph)
    found[FIRST_OF], found[LAST_OF], found[MAIN] = first, last, first
    if first == last:
        return
    most, paragraph = np.int64(0), first
    while paragraph <= last:  # they are few
        weight, following = np.int64(0), last + 1
        for number in range(len(pieces)):
            owner = owner_of(text, pieces[number, 1])
            if owner == paragraph:
                weight += pieces[number, 2]
            elif owner > paragraph:
                following = min(following, owner)
        for place in its:
            owner = owner_of(text, place) if place >= 0 else np.int64(-1)
            if owner == paragraph:
                weight += 1
            elif owner > paragraph:
                following = min(following, owner)
        if weight > most:
            found[MAIN], most = paragraph, weight
        paragraph = following
