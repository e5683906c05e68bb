"""Compiled loops that find a longest common subsequence of two paragraphs; plain twin: ``cover.Coverer.equal_runs``."""

from __future__ import annotations

import numpy as np

from ..base.columns import Hashes, Ints
from .jit import compiled, part
from .text import Text
from .values import Numbers, word_at


@compiled
def equal_runs(text: Text, one: int, two: int, runs: Ints) -> int:
    """Runs of equal tokens of two paragraphs by a longest common subsequence, found with the bits of words (Hyyrö 2004)
    and, of several, the one that rapidfuzz takes. Into ``runs`` (n x 3: place in the one, place in the other, length);
    returns how many."""
    tokens, ahead = text.word, 0
    a_low, a_high = text.edges[one], text.edges[one + 1]
    b_low, b_high = text.edges[two], text.edges[two + 1]
    while a_low + ahead < a_high and b_low + ahead < b_high and tokens[a_low + ahead] == tokens[b_low + ahead]:
        ahead += 1
    behind, most = 0, min(a_high - a_low, b_high - b_low) - ahead
    while behind < most and tokens[a_high - behind - 1] == tokens[b_high - behind - 1]:
        behind += 1
    columns, rows = a_high - a_low - ahead - behind, b_high - b_low - ahead - behind
    count = 0
    if behind:
        count = _before(runs, count, a_high - behind, b_high - behind, behind)
    if columns and rows:
        steps, width = _steps(tokens, (a_low + ahead, columns), (b_low + ahead, rows))
        column, row = columns, rows
        while row and column:
            if _bit(steps, width, row - 1, column - 1):
                column -= 1
                continue
            row -= 1
            if row and not _bit(steps, width, row - 1, column - 1):
                continue
            column -= 1
            count = _before(runs, count, a_low + ahead + column, b_low + ahead + row, 1)
    if ahead:
        count = _before(runs, count, a_low, b_low, ahead)
    for number in range(count // 2):
        for column in range(3):
            other = runs[count - 1 - number, column]
            runs[count - 1 - number, column], runs[number, column] = runs[number, column], other
    return count


@part
def _before(runs: Ints, count: int, a: int, b: int, length: int) -> int:
    """Put a run before the others, which are in the opposite order; one that they continue is made longer."""
    if count and runs[count - 1, 0] == a + length and runs[count - 1, 1] == b + length:
        runs[count - 1, 0], runs[count - 1, 1], runs[count - 1, 2] = a, b, runs[count - 1, 2] + length
        return count
    runs[count, 0], runs[count, 1], runs[count, 2] = a, b, length
    return count + 1


@compiled
def _steps(tokens: Numbers, a: tuple[int, int], b: tuple[int, int]) -> tuple[Hashes, int]:
    """For every prefix of b a row of bits, one for each token of a: unset where it makes the common subsequence
    longer. a, b: first token and length. Returns the rows and the words of each."""
    width = (a[1] + 63) // 64
    found, state = np.empty(b[1] * width, np.uint64), np.full(width, np.uint64(0xFFFFFFFFFFFFFFFF))
    for row in range(b[1]):
        token, carry = tokens[b[0] + row], np.uint64(0)
        for word in range(width):
            match, begin = np.uint64(0), a[0] + 64 * word
            for bit in range(min(64, a[1] - 64 * word)):
                match |= np.uint64(word_at(tokens, begin + bit) == token) << np.uint64(bit)
            old = state[word]
            both = old & match
            half = old + carry
            total = half + both
            carry = np.uint64(half < old) | np.uint64(total < both)
            state[word] = total | (old - both)
            found[row * width + word] = state[word]
    return found, width


@part
def _bit(rows: Hashes, width: int, row: int, column: int) -> bool:
    return bool(rows[row * width + (column >> 6)] >> np.uint64(column & 63) & np.uint64(1))
