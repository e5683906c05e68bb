"""Compiled loops that compare rows of words; ``choosing.alike`` holds the plain twins."""

from __future__ import annotations

import numpy as np

from ..base.columns import Ints
from .book import UNKNOWN, Book, word_of
from .jit import inner
from .spell import PLAIN, SIZE
from .text import Rules, Text
from .together import alike_together, same_together
from .word import alike


@inner
def alike_places(book: Book, mine: Ints, theirs: Ints, spare: int, its: Ints) -> int:
    """``alike.Words.alike_places``: into ``its`` for each of my words twice the place of theirs, and one more where it
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


@inner
def run_together(
    text: Text, book: Book, rules: Rules, token: int, theirs: tuple[int, int], mine: tuple[int, int]
) -> bool:
    """``alike.Words.run_together`` of a token within theirs, and the tokens of mine."""
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
