"""Compiled loops that find words misread by a letter in their place on the other side; ``cover`` holds the plain
twins."""

from __future__ import annotations

import numpy as np

from ..base.columns import Ints, Mask
from .book import Book, are_two, is_odd, word_of
from .jit import inner
from .lacks import Pieces, is_name, is_number, says_otherwise
from .spell import BITS, WITH_DIGITS
from .text import DOCUMENT, TOKENS, Rules, Text, owner_of
from .word import is_misprint, is_misread, is_scanned, is_short_beside, is_slip


@inner
def face(
    text: Text, rules: Rules, kept: Mask, low: int, pieces: Pieces, its: Ints, covered: Mask, facing: Ints
) -> None:
    """``cover.Coverer._facing`` of the tokens of a paragraph that begins at ``low``; -1 for none."""
    document, size, place = text.paragraphs[owner_of(text, pieces[0, 1]), DOCUMENT], len(covered), 0
    facing[:] = np.int64(-1)
    while place < size:
        end = place
        while end < size and not covered[end]:
            end += 1
        start, stop = np.int64(-1), np.int64(-1)
        if place < end <= place + rules.small_edit:
            start, stop = _between(low, place, end, pieces, its)
            start = stop - end + place if place == 0 else start
            stop = start + end - place if end == size else stop
        inside = text.documents[document, TOKENS] <= start and stop <= text.documents[document + 1, TOKENS]
        if inside and stop - start == end - place:
            for other in range(start, stop):
                if kept[owner_of(text, other)]:
                    facing[place + other - start] = other
        place = end + 1


@inner
def _between(low: int, place: int, end: int, pieces: Pieces, its: Ints) -> tuple[np.int64, np.int64]:
    """What lies on the other side behind that which is before a stretch, and in front of that which is behind it; -1
    where that is not known."""
    start, stop = np.int64(-1), np.int64(-1)
    for number in range(len(pieces)):
        if pieces[number, 0] + pieces[number, 2] == low + place:
            start = pieces[number, 1] + pieces[number, 2]
        if pieces[number, 0] == low + end:
            stop = pieces[number, 1]
    if place > 0 and its[place - 1] >= 0:
        start = its[place - 1] + 1
    if end < len(its) and its[end] >= 0:
        stop = its[end]
    return start, stop


@inner
def find_misread(
    text: Text, book: Book, rules: Rules, kept: Mask, low: int, its: Ints, covered: Mask, facing: Ints
) -> None:
    """``cover.Coverer._misread``."""
    scanned = 0
    for place in range(len(covered)):
        if covered[place] or facing[place] < 0:
            continue
        capital, token = rules.bits.capital, low + place
        if not is_slip(book, word_of(text, book, capital, token), word_of(text, book, capital, facing[place])):
            continue  # nearly all: the rest takes long
        scanned = scanned or _looks_scanned(text, book, rules, low, its)
        if _is_misread(text, book, rules, kept, token, facing[place], scanned > 0):
            its[place], covered[place] = facing[place], True


@inner
def _is_misread(
    text: Text, book: Book, rules: Rules, kept: Mask, token: int, other: int, scanned: bool
) -> bool:  # fmt: skip
    """``cover.Coverer._is_misread`` of a token that is a letter off from another one."""
    mine, its = word_of(text, book, rules.bits.capital, token), word_of(text, book, rules.bits.capital, other)
    number = is_number(text, book, rules, token)
    refused = number and (not book.words[mine, BITS] & WITH_DIGITS or is_number(text, book, rules, other))
    if refused or says_otherwise(text, book, rules, kept, token, (other, other + 1), False):
        return False
    if number or not is_name(text, book, rules, token):
        return scanned
    if not is_misread(book, mine, its):
        return False
    if not scanned:
        return is_misprint(text, book, rules.bits.capital, token, other)
    if is_short_beside(book, mine, its):
        return is_odd(text, book, token, other)
    return not are_two(text, book, token, other)


@inner
def _looks_scanned(text: Text, book: Book, rules: Rules, low: int, its: Ints) -> int:
    """``cover.Coverer._is_scanned``: 1 or -1."""
    capital, result = rules.bits.capital, -1
    for place in range(len(its)):
        if its[place] >= 0:
            mine, other = word_of(text, book, capital, low + place), word_of(text, book, capital, its[place])
            if is_scanned(book, mine, other):
                result = 1
    return result
