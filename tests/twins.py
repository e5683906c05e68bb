"""Slow, obvious twins of the fast paths, and what calls these."""

from __future__ import annotations

from typing import Any

import numba

from unecho.text.normalize import DROPPED, SEPARATOR, SINGLE, WORD, char_class, fold


def kernel_of(function: Any) -> Any:
    """A kernel that calls a function which kernels alone call."""

    def kernel(*given: Any) -> Any:
        return function(*given)

    return numba.njit(kernel)


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


def is_unspaced(text: str) -> bool:
    tokens = words(text)
    return 2 * sum(char_class(text[start]) == SINGLE for _, start, _ in tokens) > len(tokens)


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
