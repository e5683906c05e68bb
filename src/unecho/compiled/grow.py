"""Compiled loops that extend runs of equal tokens over small edits; ``grow`` in ``matching`` holds the plain twins."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from ..base.columns import Ints
from .jit import inner, part
from .run import Runs, Words
from .values import Numbers, word_at
from .vectors import lowest

Place = tuple[int, int]
"""A place in one document and a place in the other."""


class Rules(NamedTuple):
    """What makes a passage: see ``passages``. worth: int64, of a word by the number of documents that have it; seed,
    full: see ``seeds``. quoted, unquoted, unspaced: flags of ``normalize``."""

    seed: int
    full: int
    gap: int
    resync: int
    least: int
    inserted: int
    inserted_share: float
    goes_on: int
    substituted: float
    skipped: float
    run: int
    as_rare: int
    unit: int
    worth: Ints
    quoted: np.uint8
    unquoted: np.uint8
    unspaced: np.uint8


class Found(NamedTuple):
    """Room for passages (documents a and b, matched words, where their runs begin: int64, a row each) and for their
    runs (places in a and b, lengths: int64 columns).

    counts: int64, the passages, the runs, and whether there was too little room for either.
    """

    passages: Ints
    a: Ints
    b: Ints
    length: Ints
    counts: Ints


@part
def grow(words: Words, pair: Place, factor: int, rules: Rules, runs: Runs, chain: Ints, found: Found) -> None:
    """``grow.grown``: a chain's runs, those in its gaps and those it is extended by, put behind ``found``."""
    tokens, first, begin = words.word, chain[0], found.counts[1]
    at = runs.a[first] - 1, runs.b[first] - 1
    stop = words.documents[pair[0]] - 1, words.documents[pair[1]] - 1
    _extend(tokens, at, stop, -1, factor, rules, found)
    _turn(found, begin)
    for link in range(len(chain)):
        run = chain[link]
        to = runs.a[run], runs.b[run]
        gap = to[0] - at[0] + to[1] - at[1]
        while link:
            low = _meet(tokens, at, to, 1, gap, rules.resync)
            if low[0] < 0:
                break
            long = _run(tokens, low, to, 1, rules.resync)
            _with_run(found, low[0], low[1], long)
            at = low[0] + long, low[1] + long
        _with_run(found, to[0], to[1], runs.length[run])
        at = to[0] + runs.length[run], to[1] + runs.length[run]
    stop = words.documents[pair[0] + 1], words.documents[pair[1] + 1]
    _extend(tokens, at, stop, 1, factor, rules, found)


@part
def goes_on(tokens: Numbers, at: Place, stop: Place, step: int, factor: int, rules: Rules, found: Found) -> bool:
    """``grow._goes_on``, forwards (step 1) or backwards (-1) from the places ``at``, and what it is extended by:
    put behind ``found``. Returns whether there is any."""
    needed, left, right = rules.goes_on * factor, abs(stop[0] - at[0]), abs(stop[1] - at[1])
    if min(left, right) < needed:
        return False
    one, two = word_at(tokens, at[0]), word_at(tokens, at[1])
    for gap in range(rules.inserted, rules.gap * factor + 1):
        for side in range(2):
            if side and (gap + needed > left or word_at(tokens, at[0] + step * gap) != two):
                continue
            if not side and (gap + needed > right or word_at(tokens, at[1] + step * gap) != one):
                continue
            low = at[0] + step * gap * side, at[1] + step * gap * (1 - side)
            long, begin = _run(tokens, low, stop, step, 0), found.counts[1]
            if long < needed:
                continue
            last = low[0] + step * (long - 1), low[1] + step * (long - 1)
            _with_run(found, min(low[0], last[0]), min(low[1], last[1]), long)
            _extend(tokens, (last[0] + step, last[1] + step), stop, step, factor, rules, found)
            if step < 0:
                _turn(found, begin)
            return True
    return False


@inner
def _extend(tokens: Numbers, at: Place, stop: Place, step: int, factor: int, rules: Rules, found: Found) -> None:
    """``grow.extend`` forwards (step 1) or backwards (-1), until ``stop`` on either side."""
    best, score, keep = 0.0, 0.0, found.counts[1]
    while True:
        low = _meet(tokens, at, stop, step, rules.gap * factor, rules.resync)
        if low[0] < 0:
            break
        long = _run(tokens, low, stop, step, rules.resync)
        score += long - cost(abs(low[0] - at[0]), abs(low[1] - at[1]), rules)
        if step > 0:
            _with_run(found, low[0], low[1], long)
        else:
            _with_run(found, low[0] - long + 1, low[1] - long + 1, long)
        at = low[0] + step * long, low[1] + step * long
        if score > best:
            best, keep = score, found.counts[1]
        if score < best - rules.least:
            break
    found.counts[1] = keep


@inner
def _meet(tokens: Numbers, at: Place, stop: Place, step: int, gap: int, resync: int) -> Place:
    """``grow._meet``: the nearest places from two on where two tokens in a row agree; (-1, -1) if none. No more
    than 64 of a side are looked at, as a gap is shorter, and there is a bit for each."""
    left, right = min(abs(stop[0] - at[0]), gap + resync), min(abs(stop[1] - at[1]), gap + resync)
    best, best_a, best_b, held, likely = left + right, -1, -1, np.uint64(0), np.uint64(0)
    for its in range(right):  # a bit for each that there is tells most of the others apart
        held |= np.uint64(1) << np.uint64(word_at(tokens, at[1] + step * its) & np.uint32(63))
    for mine in range(left):
        there = held >> np.uint64(word_at(tokens, at[0] + step * mine) & np.uint32(63)) & np.uint64(1)
        likely |= there << np.uint64(mine)
    likely &= likely >> np.uint64(1)  # where the one behind is likely there, too
    while likely:
        mine = lowest(likely)
        if mine >= best:
            break
        likely &= likely - np.uint64(1)
        one, two = word_at(tokens, at[0] + step * mine), word_at(tokens, at[0] + step * (mine + 1))
        for its in range(min(right - 1, best - mine)):
            if word_at(tokens, at[1] + step * its) == one and word_at(tokens, at[1] + step * (its + 1)) == two:
                best, best_a, best_b = mine + its, mine, its
                break
    if best_a < 0:
        return -1, -1
    return at[0] + step * best_a, at[1] + step * best_b


@inner
def _run(tokens: Numbers, at: Place, stop: Place, step: int, known: int) -> int:
    """How many tokens are equal from two places on, of which the first ``known`` are known to be."""
    length, most = known, min(abs(stop[0] - at[0]), abs(stop[1] - at[1]))
    while length < most and word_at(tokens, at[0] + step * length) == word_at(tokens, at[1] + step * length):
        length += 1
    return length


@inner
def _turn(found: Found, begin: int) -> None:
    """Put the last runs, from ``begin`` on, in the opposite order."""
    low, high = begin, found.counts[1] - 1
    while low < high:
        for column in (found.a, found.b, found.length):
            column[low], column[high] = column[high], column[low]
        low, high = low + 1, high - 1


@inner
def _with_run(found: Found, a: int, b: int, length: int) -> None:
    at = found.counts[1]
    if at == len(found.length):
        found.counts[2] = 1
        return
    found.a[at], found.b[at], found.length[at] = a, b, length
    found.counts[1] += 1


@part
def cost(gap_a: int, gap_b: int, rules: Rules) -> float:
    """``grow.cost``."""
    short, long = min(gap_a, gap_b), max(gap_a, gap_b)
    if long - short >= rules.inserted and short <= rules.inserted_share * long:
        return np.inf
    return rules.substituted * short + rules.skipped * (long - short)
