"""Compiled loop that asks for the words which the choosing is going to compare, as far as that can be foreseen: what is
not known then makes it judge documents again."""

from __future__ import annotations

import numpy as np

from ..base.columns import Ints
from .choose import of_nothing
from .cover import between
from .jit import lean
from .share import Shared, document_of, in_line
from .text import BY_CHARACTER, DOCUMENT, KIND, LONG, RANK, Bytes, Rules, Text
from .word import Book, ask_listed, word_of


def warm() -> None:
    """Compile these kernels, or load them from the cache."""
    text, shared, book, rules = of_nothing()
    nothing = shared.first[:0]
    earliest(text, nothing)
    foresee(text, shared, book, rules, 0, (nothing, nothing), text.flags, (shared.runs, shared.runs))


@lean
def foresee(
    text: Text, shared: Shared, book: Book, rules: Rules, first: int, known: tuple[Ints, Ints], asked: Bytes,
    room: tuple[Ints, Ints],
) -> int:  # fmt: skip
    """Ask for the words that paragraphs from ``first`` on, one of each kind, and those they share much with do not have
    in common; and of paragraphs that repeat one of their document which is the first to have it, whether they are
    items of a list. Stops before the first paragraph for which there may be no room; returns its number.

    known: int64, for each kind the first document in keeping order that has it, and the document with the last
    paragraph of it that was looked at, or -1. asked: a bit for every token, whether its word was
    asked for: many documents may have something else in the very place. room: for the runs of a paragraph, and their
    lines, as ``share.in_line`` takes them.
    """
    count, (earliest, latest) = len(text.paragraphs) - 1, known
    for paragraph in range(first, count):
        if 2 * book.counts[0] > len(book.asked):
            return paragraph
        if not text.paragraphs[paragraph, LONG]:
            continue
        kind, document = text.paragraphs[paragraph, KIND], text.paragraphs[paragraph, DOCUMENT]
        if kind == paragraph:
            _ask(text, shared, book, rules, paragraph, asked, room)
        if latest[kind] == document and earliest[kind] == document:
            ask_listed(book, paragraph)
        latest[kind] = document
    return count


@lean
def _ask(
    text: Text, shared: Shared, book: Book, rules: Rules, paragraph: int, asked: Bytes, room: tuple[Ints, Ints]
) -> None:  # fmt: skip
    """Ask for the words of a paragraph, and of others, that lie between what they share."""
    least = rules.shortest * (1 + text.paragraphs[paragraph, BY_CHARACTER])
    begin, end = shared.first[paragraph], shared.first[paragraph + 1]
    while begin < end:
        count, document = 0, document_of(text, shared.runs, begin)
        while begin < end and document_of(text, shared.runs, begin) == document:
            for column in range(3):
                room[0][count, column] = shared.runs[begin, column]
            begin, count = begin + 1, count + 1
        pieces = room[0][: in_line(rules, room[0][:count], least, room[1])]
        _ask_between(text, book, rules, paragraph, pieces, asked)


@lean
def _ask_between(text: Text, book: Book, rules: Rules, paragraph: int, pieces: Ints, asked: Bytes) -> None:
    """Ask for the words that lie between pieces, as ``cover`` compares them."""
    at = text.edges[paragraph]
    for number in range(len(pieces) + 1):
        edge = pieces[number, 0] if number < len(pieces) else text.edges[paragraph + 1]
        if edge > at:
            _ask_once(text, book, rules, at, edge, asked)
            start, last = between(text, rules, at, edge, pieces, number)
            _ask_once(text, book, rules, start, last, asked)
        elif 0 < number < len(pieces):  # something may be put in
            start, last = pieces[number - 1, 1] + pieces[number - 1, 2], pieces[number, 1]
            if last - start <= rules.small_edit:
                _ask_once(text, book, rules, start, last, asked)
        if number < len(pieces):
            at = max(at, edge + pieces[number, 2])


@lean
def _ask_once(text: Text, book: Book, rules: Rules, first: int | np.int64, end: int | np.int64, asked: Bytes) -> None:
    """Ask for the words of some tokens, but of those whose bit is set."""
    for token in range(first, end):
        bit = np.uint8(1 << (token & 7))
        if not asked[token >> 3] & bit:
            asked[token >> 3] |= bit
            word_of(text, book, rules.bits.capital, token)


@lean
def earliest(text: Text, result: Ints) -> None:
    """For each kind of paragraph the first document in keeping order that has it; ``result``: -1 everywhere."""
    for paragraph in range(len(text.paragraphs) - 1):
        kind, document = text.paragraphs[paragraph, KIND], text.paragraphs[paragraph, DOCUMENT]
        before = result[kind]
        if before < 0 or text.documents[document, RANK] < text.documents[before, RANK]:
            result[kind] = document
