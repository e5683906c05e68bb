"""Compiled loops that tell what a copy lacks: numbers and names, and what says another thing in it; ``cover`` and
``guards`` hold the plain twins."""

from __future__ import annotations

from typing import Final

import numpy as np

from ..base.columns import Ints, Mask
from .alike import run_together
from .book import ANYWHERE, CONTRACTED, Book, word_of
from .jit import inner
from .spell import BITS, MISREAD
from .text import DOCUMENT, TOKENS, UNCASED, Rules, Text, owner_of
from .word import alike, is_turned

EVIDENCE: Final = 5
"""Missing numbers, or names, that are told."""

Pieces = Ints
"""Runs of equal tokens, n x 3: place in the paragraph, place in the other document, length; sorted."""

MISSING, FIRST_OF, LAST_OF, MAIN, NUMBERS_TOLD, NAMES_TOLD, OTHERWISE, TOLD = range(8)
"""Places of a ``Cover``; from ``TOLD`` on stand the missing numbers, and ``EVIDENCE`` later the missing names."""
COVER: Final = TOLD + 2 * EVIDENCE
Cover = Ints
"""``cover.Cover``: words missing; first, last and main paragraph; missing numbers and names that are told; whether
something else stands around its quotes; which are told."""


# ---- words ------------------------------------------------------------------------------------------


@inner
def is_number(text: Text, book: Book, rules: Rules, token: int) -> bool:
    """``guards.numbers`` of one token."""
    if text.flags[token] & rules.bits.number:
        return True
    fact = book.facts[text.word[token]]
    return bool(fact & ANYWHERE or (fact & CONTRACTED and not text.flags[token] & rules.bits.spaced))


@inner
def is_name(text: Text, book: Book, rules: Rules, token: int) -> bool:
    """``guards.names`` of one token that is no number."""
    flags, bits = text.flags[token], rules.bits
    opens = flags & bits.opening and book.cases[text.word[token]] & bits.ordinary
    uncased = text.documents[text.paragraphs[owner_of(text, token), DOCUMENT], UNCASED] != 0
    return bool(uncased or flags & bits.caseless or (flags & bits.capital and not opens))


@inner
def _is_known_name(text: Text, book: Book, rules: Rules, token: np.int64) -> bool:
    """Whether a token, if there is any, is a name that is known inside sentences."""
    if token < 0 or not book.cases[text.word[token]] & rules.bits.named or is_number(text, book, rules, int(token)):
        return False
    return is_name(text, book, rules, int(token))


@inner
def says_otherwise(
    text: Text, book: Book, rules: Rules, kept: Mask, token: int, theirs: tuple[int, int], alone: bool
) -> bool:
    """Whether a word says another thing than one that stays among theirs, or any does where it stands ``alone``."""
    (_, sides, groups), capital = rules.kinds, rules.bits.capital
    mine, word = book.facts[text.word[token]], word_of(text, book, capital, token)
    for place in range(theirs[0], theirs[1]):
        if not kept[owner_of(text, place)]:
            continue
        its = book.facts[text.word[place]]
        opposite = mine // groups == its // groups != 0 and mine % groups // sides != its % groups // sides
        if alone or opposite or is_turned(book, word, word_of(text, book, capital, place)):
            return True
    return False


# ---- what is missing, or put in ---------------------------------------------------------------------


@inner
def missing(text: Text, book: Book, rules: Rules, low: int, covered: Mask, facing: Ints, found: Cover) -> None:
    """Counts the words that are missing, and notes the numbers and names among them."""
    count = numbers = names = 0
    for place in range(len(covered)):
        if covered[place]:
            continue
        count += 1
        token = low + place
        if is_number(text, book, rules, token):
            if numbers < EVIDENCE:
                found[TOLD + numbers] = token
                numbers += 1
            continue
        name = is_name(text, book, rules, token)
        if names == EVIDENCE or not (name or text.flags[token] & rules.bits.capital):
            continue
        if not name and not _is_known_name(text, book, rules, facing[place]):
            continue
        found[TOLD + EVIDENCE + names] = token
        names += 1
    found[MISSING], found[NUMBERS_TOLD], found[NAMES_TOLD] = count, numbers, names


@inner
def said_otherwise(text: Text, book: Book, rules: Rules, low: int, covered: Mask) -> bool:
    """``cover.said_otherwise``, of the words missing that are no verbs of saying."""
    marked = inside = False
    around = lost = 0
    for place in range(len(covered)):
        flags = text.flags[low + place]
        if flags & (rules.bits.quoted | rules.bits.unquoted):
            inside = flags & rules.bits.quoted != 0
            if not marked and not inside:  # all before was a quote
                around = lost = 0
            marked = True
        if not inside:
            around += 1
            lost += 0 if covered[place] or book.facts[text.word[low + place]] & rules.kinds[0] else 1
    return bool(marked and lost >= rules.around[0] and lost * rules.around[1] > around)


@inner
def put_in(text: Text, book: Book, rules: Rules, pieces: Pieces, found: Cover) -> None:
    """``cover.Coverer._put_in``: numbers and negations that only the other side has, and in scripts in which these
    cannot be told all that it has where nothing of the paragraph stands."""
    for number in range(len(pieces) - 1):
        mine, theirs = pieces[number, 0] + pieces[number, 2], pieces[number, 1] + pieces[number, 2]
        end, their_end = pieces[number + 1, 0], pieces[number + 1, 1]
        if end - mine > rules.small_edit or not 0 < their_end - theirs <= rules.small_edit:
            continue
        for token in range(theirs, their_end):
            tells = (mine >= end and text.flags[token] & rules.bits.caseless) or is_number(text, book, rules, token)
            if found[NUMBERS_TOLD] < EVIDENCE and tells:
                word = word_of(text, book, rules.bits.capital, token)
                known = word >= 0 and book.words[word, BITS] & MISREAD != 0
                for place in range(mine, end):
                    known = alike(book, word, word_of(text, book, rules.bits.capital, place)) or known
                if not known and not run_together(text, book, rules, token, (theirs, their_end), (mine, end)):
                    found[TOLD + found[NUMBERS_TOLD]] = token
                    found[NUMBERS_TOLD] += 1


@inner
def attached(text: Text, rules: Rules, paragraph: int, pieces: Pieces, found: Cover) -> None:
    """``cover.Coverer._attached``, noted as missing numbers."""
    last = len(pieces) - 1
    begin, end = pieces[0, 1], pieces[last, 1] + pieces[last, 2]
    if pieces[0, 0] == text.edges[paragraph] and _is_joined(text, rules, int(begin)):
        _tell_number(int(begin) - 1, found)
    if pieces[last, 0] + pieces[last, 2] == text.edges[paragraph + 1] and _is_joined(text, rules, int(end)):
        _tell_number(int(end), found)


@inner
def _is_joined(text: Text, rules: Rules, token: int) -> bool:
    """Whether a token and the one before it in its paragraph are numbers with no space between."""
    if not 0 < token < len(text.word) or text.flags[token] & rules.bits.spaced:
        return False
    numbers = text.flags[token - 1] & text.flags[token] & rules.bits.number
    return bool(numbers and owner_of(text, token - 1) == owner_of(text, token))


@inner
def _tell_number(token: int, found: Cover) -> None:
    """Note a token as a number that is missing, if there is room."""
    if found[NUMBERS_TOLD] < EVIDENCE:
        found[TOLD + found[NUMBERS_TOLD]] = token
        found[NUMBERS_TOLD] += 1


@inner
def exchanged(
    text: Text, book: Book, rules: Rules, kept: Mask, paragraph: int, pieces: Pieces, covered: Mask, found: Cover
) -> None:
    """``cover.Coverer._exchanged``, noted as missing numbers."""
    low, high, last = text.edges[paragraph], text.edges[paragraph + 1], len(pieces) - 1
    document = text.paragraphs[owner_of(text, pieces[0, 1]), DOCUMENT]
    for number in range(len(pieces) + 1):
        begin = pieces[number - 1, 0] + pieces[number - 1, 2] if number else low
        end = pieces[number, 0] if number <= last else high
        if not 0 < end - begin <= rules.small_edit:
            continue
        start = pieces[number - 1, 1] + pieces[number - 1, 2] if number else pieces[0, 1] - end + begin
        stop = pieces[number, 1] if number <= last else start + end - begin
        start, stop = max(start, text.documents[document, TOKENS]), min(stop, text.documents[document + 1, TOKENS])
        if not 0 < stop - start <= rules.small_edit:
            continue
        for token in range(begin, end):
            if covered[token - low] or is_number(text, book, rules, token) or found[NUMBERS_TOLD] == EVIDENCE:
                continue
            alone = token == begin and low < token < high - 1 and _stands_alone(text, rules, token, low)
            if says_otherwise(text, book, rules, kept, token, (start, stop), alone):
                found[TOLD + found[NUMBERS_TOLD]] = token
                found[NUMBERS_TOLD] += 1


@inner
def _stands_alone(text: Text, rules: Rules, token: int, low: int) -> bool:
    """``cover.Coverer._stands_alone`` of a token of a paragraph that begins at ``low``."""
    place, space = token + text.shift[owner_of(text, token)], np.uint16(1 << 8 | 255)
    behind_another = token - 1 > low and text.step[place - 1] > space
    marked = behind_another and text.step[place] > space and text.step[place + 1] > space
    return bool(marked and not text.flags[token] & rules.bits.opening)
