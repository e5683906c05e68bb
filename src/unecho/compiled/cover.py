"""Compiled loops that compare paragraphs word by word; ``cover`` and ``guards`` hold the plain twins."""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np

from ..base.columns import Ints, Mask
from .book import ANYWHERE, CONTRACTED, UNKNOWN, Book, are_two, is_odd, known_word, word_of, words_of
from .jit import inner
from .share import in_line
from .spell import BITS, MISREAD, PLAIN, SIZE
from .text import BY_CHARACTER, DOCUMENT, TOKENS, UNCASED, Rules, Text, owner_of
from .together import alike_together, same_together
from .word import (
    alike,
    are_other_names,
    is_another_name,
    is_misprint,
    is_misread,
    is_scanned,
    is_short_beside,
    is_slip,
    is_turned,
    is_written_otherwise,
)

EVIDENCE: Final = 5
"""Missing numbers, or names, that are told."""

Pieces = Ints
"""Runs of equal tokens, n x 3: place in the paragraph, place in the other document, length; sorted."""


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


MISSING, FIRST_OF, LAST_OF, MAIN, NUMBERS_TOLD, NAMES_TOLD, OTHERWISE, TOLD = range(8)
"""Places of a ``Cover``; from ``TOLD`` on stand the missing numbers, and ``EVIDENCE`` later the missing names."""
COVER: Final = TOLD + 2 * EVIDENCE
Cover = Ints
"""``cover.Cover``: words missing; first, last and main paragraph; missing numbers and names that are told; whether
something else stands around its quotes; which are told."""


# ---- stretches of words -----------------------------------------------------------------------------


@inner
def alike_places(book: Book, mine: Ints, theirs: Ints, spare: int, its: Ints) -> int:
    """``cover._Words.alike_places``: into ``its`` for each of my words twice the place of theirs, and one more where it
    is two of theirs, or -1; how many."""
    its[: len(mine)] = -1
    found = at = place = 0
    while len(theirs) and place < len(mine) and place - found <= spare:
        word, following = mine[place], mine[place + 1] if place + 1 < len(mine) else np.int64(UNKNOWN)
        size = book.words[word, PLAIN] if word >= 0 else 0
        written = max(size, book.words[word, SIZE]) if word >= 0 else 0
        step, taken, used = at, 0, 0
        while word >= 0 and step < len(theirs):
            other, next_other = theirs[step], theirs[step + 1] if step + 1 < len(theirs) else np.int64(UNKNOWN)
            if alike(book, word, other):
                apart = word != other
                taken = 2 if apart and same_together(book, word, following, other) else 1
                used = 2 if apart and same_together(book, other, next_other, word) else 1
                break
            longer = other >= 0 and following >= 0 and max(book.words[other, PLAIN], book.words[other, SIZE]) > size
            if longer and alike_together(book, word, following, other):
                taken, used = 2, 1
                break
            shorter = other >= 0 and next_other >= 0 and book.words[other, PLAIN] < written
            if shorter and alike_together(book, other, next_other, word):
                taken, used = 1, 2
                break
            step += 1
        for number in range(taken):
            its[place + number] = 2 * step + used - 1
        found += taken
        at = step + used if taken else at
        place += max(taken, 1)
    return found


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
    _leave_chance(rules, its, covered)
    facing = room.where[: high - low]
    _face(text, rules, kept, low, pieces, its, covered, facing)
    _find_misread(text, book, rules, kept, low, its, covered, facing)
    _weigh(text, pieces, its, room.cover)
    _missing(text, book, rules, low, covered, facing, room.cover)
    _put_in(text, book, rules, pieces, room.cover)
    _attached(text, rules, paragraph, pieces, room.cover)
    _exchanged(text, book, rules, kept, paragraph, pieces, room)
    room.cover[OTHERWISE] = _said_otherwise(text, book, rules, low, covered)
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


@inner
def _is_number(text: Text, book: Book, rules: Rules, token: int) -> bool:
    """``guards.numbers`` of one token."""
    if text.flags[token] & rules.bits.number:
        return True
    fact = book.facts[text.word[token]]
    return bool(fact & ANYWHERE or (fact & CONTRACTED and not text.flags[token] & rules.bits.spaced))


@inner
def _is_name(text: Text, book: Book, rules: Rules, token: int) -> bool:
    """``guards.names`` of one token that is no number."""
    flags, bits = text.flags[token], rules.bits
    opens = flags & bits.opening and book.cases[text.word[token]] & bits.ordinary
    uncased = text.documents[text.paragraphs[owner_of(text, token), DOCUMENT], UNCASED] != 0
    return bool(uncased or flags & bits.caseless or (flags & bits.capital and not opens))


@inner
def _is_known_name(text: Text, book: Book, rules: Rules, token: np.int64) -> bool:
    """Whether a token, if there is any, is a name that is known inside sentences."""
    if token < 0 or not book.cases[text.word[token]] & rules.bits.named or _is_number(text, book, rules, int(token)):
        return False
    return _is_name(text, book, rules, int(token))


@inner
def _missing(text: Text, book: Book, rules: Rules, low: int, covered: Mask, facing: Ints, found: Cover) -> None:
    """Counts the words that are missing, and notes the numbers and names among them."""
    count = numbers = names = 0
    for place in range(len(covered)):
        if covered[place]:
            continue
        count += 1
        token = low + place
        if _is_number(text, book, rules, token):
            if numbers < EVIDENCE:
                found[TOLD + numbers] = token
                numbers += 1
            continue
        name = _is_name(text, book, rules, token)
        if names == EVIDENCE or not (name or text.flags[token] & rules.bits.capital):
            continue
        if not name and not _is_known_name(text, book, rules, facing[place]):
            continue
        found[TOLD + EVIDENCE + names] = token
        names += 1
    found[MISSING], found[NUMBERS_TOLD], found[NAMES_TOLD] = count, numbers, names


@inner
def _said_otherwise(text: Text, book: Book, rules: Rules, low: int, covered: Mask) -> bool:
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
def _looks_scanned(text: Text, book: Book, rules: Rules, low: int, its: Ints) -> int:
    """``cover.Coverer._is_scanned``: 1 or -1."""
    capital, result = rules.bits.capital, -1
    for place in range(len(its)):
        if its[place] >= 0:
            mine, other = word_of(text, book, capital, low + place), word_of(text, book, capital, its[place])
            if is_scanned(book, mine, other):
                result = 1
    return result


@inner
def _find_misread(
    text: Text, book: Book, rules: Rules, kept: Mask, low: int, its: Ints, covered: Mask, facing: Ints
) -> None:
    """``cover.Coverer._misread``."""
    scanned = 0
    for place in range(len(covered)):
        if covered[place] or facing[place] < 0:
            continue
        scanned = scanned or _looks_scanned(text, book, rules, low, its)
        if _is_misread(text, book, rules, kept, low + place, facing[place], scanned > 0):
            its[place], covered[place] = facing[place], True


@inner
def _is_misread(
    text: Text, book: Book, rules: Rules, kept: Mask, token: int, other: int, scanned: bool
) -> bool:  # fmt: skip
    """``cover.Coverer._is_misread``."""
    theirs = other, other + 1
    if _is_number(text, book, rules, token) or _says_otherwise(text, book, rules, kept, token, theirs, False):
        return False
    mine, its = word_of(text, book, rules.bits.capital, token), word_of(text, book, rules.bits.capital, other)
    if not _is_name(text, book, rules, token):
        return scanned and is_slip(book, mine, its)
    if not is_misread(book, mine, its):
        return False
    if not scanned:
        return is_misprint(text, book, rules.bits.capital, token, other)
    if is_short_beside(book, mine, its):
        return is_odd(text, book, token, other)
    return not are_two(text, book, token, other)


@inner
def _face(
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
def _put_in(text: Text, book: Book, rules: Rules, pieces: Pieces, found: Cover) -> None:
    """``cover.Coverer._put_in``: numbers and negations that only the other side has, and in scripts in which these
    cannot be told all that it has where nothing of the paragraph stands."""
    for number in range(len(pieces) - 1):
        mine, theirs = pieces[number, 0] + pieces[number, 2], pieces[number, 1] + pieces[number, 2]
        end, their_end = pieces[number + 1, 0], pieces[number + 1, 1]
        if end - mine > rules.small_edit or not 0 < their_end - theirs <= rules.small_edit:
            continue
        for token in range(theirs, their_end):
            tells = (mine >= end and text.flags[token] & rules.bits.caseless) or _is_number(text, book, rules, token)
            if found[NUMBERS_TOLD] < EVIDENCE and tells:
                word = word_of(text, book, rules.bits.capital, token)
                known = word >= 0 and book.words[word, BITS] & MISREAD != 0
                for place in range(mine, end):
                    known = alike(book, word, word_of(text, book, rules.bits.capital, place)) or known
                if not known and not _run_together(text, book, rules, token, (theirs, their_end), (mine, end)):
                    found[TOLD + found[NUMBERS_TOLD]] = token
                    found[NUMBERS_TOLD] += 1


@inner
def _attached(text: Text, rules: Rules, paragraph: int, pieces: Pieces, found: Cover) -> None:
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
def _exchanged(
    text: Text, book: Book, rules: Rules, kept: Mask, paragraph: int, pieces: Pieces, room: Scratch
) -> None:  # fmt: skip
    """``cover.Coverer._exchanged``, noted as missing numbers."""
    low, high, found, last = text.edges[paragraph], text.edges[paragraph + 1], room.cover, len(pieces) - 1
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
            if room.covered[token - low] or _is_number(text, book, rules, token) or found[NUMBERS_TOLD] == EVIDENCE:
                continue
            alone = token == begin and low < token < high - 1 and _stands_alone(text, rules, token, low)
            if _says_otherwise(text, book, rules, kept, token, (start, stop), alone):
                found[TOLD + found[NUMBERS_TOLD]] = token
                found[NUMBERS_TOLD] += 1


@inner
def _says_otherwise(
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


@inner
def _stands_alone(text: Text, rules: Rules, token: int, low: int) -> bool:
    """``cover.Coverer._stands_alone`` of a token of a paragraph that begins at ``low``."""
    place, space = token + text.shift[owner_of(text, token)], np.uint16(1 << 8 | 255)
    behind_another = token - 1 > low and text.step[place - 1] > space
    marked = behind_another and text.step[place] > space and text.step[place + 1] > space
    return bool(marked and not text.flags[token] & rules.bits.opening)


@inner
def _run_together(
    text: Text, book: Book, rules: Rules, token: int, theirs: tuple[int, int], mine: tuple[int, int]
) -> bool:
    """``cover._Words.run_together`` of a token within theirs, and the tokens of mine."""
    capital, found = rules.bits.capital, False
    word = word_of(text, book, capital, token)
    for first in range(max(token - 1, theirs[0]), min(token + 1, theirs[1] - 1)):
        one, two = word_of(text, book, capital, first), word_of(text, book, capital, first + 1)
        for place in range(mine[0], mine[1]):
            found = same_together(book, one, two, word_of(text, book, capital, place)) or found
    for place in range(mine[0], mine[1] - 1):
        one, two = word_of(text, book, capital, place), word_of(text, book, capital, place + 1)
        found = same_together(book, one, two, word) or found
    return found
