"""Slow, obvious twins of the fast paths."""

from __future__ import annotations

from unecho.normalize import DROPPED, SEPARATOR, WORD, char_class, fold


def words(text: str) -> list[tuple[str, int, int]]:
    """(folded word, start, end) of every token, character by character."""
    found: list[tuple[str, int, int]] = []
    open_word = False
    for place, char in enumerate(text):
        kind = char_class(char)
        if kind == DROPPED:
            continue
        if kind == WORD and open_word:
            folded, start, _ = found[-1]
            found[-1] = (folded + fold(char), start, place + 1)
        elif kind != SEPARATOR:
            found.append((fold(char), place, place + 1))
        open_word = kind == WORD
    return found
