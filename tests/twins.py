"""Slow, obvious twins of the fast paths, and what calls these."""

from __future__ import annotations

import unicodedata
from typing import Any

import numba

from unecho.text.normalize import (
    _SENTENCE_END,
    DROPPED,
    SEPARATOR,
    SINGLE,
    SYMBOL,
    WORD,
    char_class,
    fold,
)


def kernel_of(function: Any) -> Any:
    """A kernel that calls a function which kernels alone call."""

    def kernel(*given: Any) -> Any:
        return function(*given)

    return numba.njit(kernel)


def words(text: str) -> list[tuple[str, int, int]]:
    """(folded word, start, end) of every token, character by character; a minus sign before a number is "-"."""
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
            signed = _is_signed(text, place)
            found.append(("-" * signed + fold(char), place - signed, place + 1))
        open_word = kind == WORD
    return found


def _is_signed(text: str, place: int) -> bool:
    """Whether a minus sign stands before a number, and before that nothing, a space, or what a sentence may follow."""
    is_number = unicodedata.category(text[place]) in ("Nd", "No") or char_class(text[place]) == SYMBOL
    before, sign = text[max(place - 2, 0) : max(place - 1, 0)], text[max(place - 1, 0) : place]
    return is_number and sign in ("-", "−", "–") and (not before or before.isspace() or before in _SENTENCE_END)


def is_unspaced(text: str) -> bool:
    tokens = words(text)
    return 2 * sum(char_class(text[end - 1]) == SINGLE for _, _, end in tokens) > len(tokens)


def shingle_set(text: str) -> set[tuple[str, ...]]:
    """Every run of 3 folded words (6 in scripts without spaces)."""
    folded = [word for word, _, _ in words(text)]
    size = 6 if is_unspaced(text) else 3
    return {tuple(folded[place : place + size]) for place in range(len(folded) - size + 1)}


def common_runs(a: list[str], b: list[str], least: int) -> set[tuple[int, int, int]]:
    """(place in a, place in b, length) of every maximal run of at least ``least`` equal words."""
    found = set()
    for i in range(len(a)):
        for j in range(len(b)):
            if a[i] == b[j] and not (i and j and a[i - 1] == b[j - 1]):
                length = 0
                while i + length < len(a) and j + length < len(b) and a[i + length] == b[j + length]:
                    length += 1
                if length >= least:
                    found.add((i, j, length))
    return found
