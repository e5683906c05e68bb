"""Compiled loops that find runs of equal tokens which a document shares with those before it; see ``seeds``."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..base.columns import Ints
from .group import Groups, Seeds
from .jit import compiled, inner, lean, part
from .values import Numbers, mix, sort, sort_from, word_at

MANY = 256
"""Runs from which they are sorted by digits, which takes a fifth of the time then."""
Bytes = NDArray[np.uint8]


class Words(NamedTuple):
    """The words of a corpus: see ``seeds.Stream``."""

    word: Numbers
    documents: Ints
    unspaced: Ints
    flags: Bytes


class Runs(NamedTuple):
    """Runs of equal tokens of one document and those before it: int64 columns, with room for more. other: the one
    before it. rarity: documents that hold the rarest seed.

    slots, diagonals: a hash table of diagonals, with the number of the last run on each, or -1. order, rows, chain: to
    work in.
    """

    a: Ints
    b: Ints
    length: Ints
    other: Ints
    rarity: Ints
    slots: Ints
    diagonals: Ints
    order: Ints
    rows: Ints
    chain: Ints


@compiled
def room(size: int) -> Runs:
    slots = 16
    while slots < 2 * size:
        slots *= 2
    return Runs(
        np.empty(size, np.int64), np.empty(size, np.int64), np.empty(size, np.int64), np.empty(size, np.int64),
        np.empty(size, np.int64), np.empty(slots, np.int64), np.empty(slots, np.int64), np.empty(size, np.int64),
        np.empty(size, np.int64), np.empty(size, np.int64),
    )  # fmt: skip


@inner
def pairs_at_most(groups: Groups, seeds: Seeds, document: int, full: int) -> int:
    """Seed pairs of a document with those before it, and with what it repeats of itself."""
    count = 0
    for number in range(seeds.lead_edges[document], seeds.lead_edges[document + 1]):
        start, stop, _ = _partners(groups, seeds.lead_group[number], seeds.lead[number], full)
        count += stop - start
    return count


@part
def _partners(groups: Groups, group: int, seed: int, full: int) -> tuple[int, int, bool]:
    """The seeds that one of a group is held against, from one number to another: of seeds or, where it is only held
    against the first few, as to pass over all others takes the square of their number, of heads."""
    start, whole = groups.edges[group], True
    if groups.edges[group + 1] - start > full:
        whole = False
        for head in range(groups.head_edges[group], groups.head_edges[group + 1]):
            whole |= groups.heads[head] == seed
    if whole:
        return start, seed, True
    return groups.head_edges[group], groups.head_edges[group + 1], False


@inner
def exact_runs(words: Words, groups: Groups, seeds: Seeds, rules: tuple[int, int], document: int, runs: Runs) -> int:
    """Maximal runs of equal tokens of a document with those before it, at every seed they share; their number.

    Seeds of groups that follow another are not looked at: they lie in the runs of that, and as many documents have
    them. rules: tokens of a seed, at the least, and seeds of a group up to which all pairs count.
    """
    tokens, documents, slots, (length, full) = words.word, words.documents, runs.slots, rules
    low, high = documents[document], documents[document + 1]
    count, size = 0, 16
    while size < 8 * (seeds.lead_edges[document + 1] - seeds.lead_edges[document]):
        size *= 2
    size = min(size, len(slots))
    slots[:size] = -1
    for number in range(seeds.lead_edges[document], seeds.lead_edges[document + 1]):
        group = seeds.lead_group[number]
        b, frequency = groups.place[seeds.lead[number]], seeds.frequency[group]
        start, stop, whole = _partners(groups, group, seeds.lead[number], full)
        for number_of_other in range(start, stop):
            other = number_of_other if whole else groups.heads[number_of_other]
            a = groups.place[other]
            if a >= low:
                break
            slot = _slot(runs, size, b - a)
            last = slots[slot]
            if last >= 0 and b < runs.b[last] + runs.length[last]:
                runs.rarity[last] = min(runs.rarity[last], frequency)
                continue
            if last < 0 and 2 * count >= size:
                size *= 2
                _refill(runs, count, size)
                slot = _slot(runs, size, b - a)
            partner = np.int64(groups.document[other])
            a_low, a_high = documents[partner], documents[partner + 1]
            back = 0
            while (
                a - back > a_low and b - back > low and word_at(tokens, a - back - 1) == word_at(tokens, b - back - 1)
            ):
                back += 1
            ahead = length + groups.span[group]
            while a + ahead < a_high and b + ahead < high and word_at(tokens, a + ahead) == word_at(tokens, b + ahead):
                ahead += 1
            runs.a[count], runs.b[count], runs.length[count] = a - back, b - back, back + ahead
            runs.other[count], runs.rarity[count] = partner, frequency
            slots[slot], runs.diagonals[slot] = count, b - a
            count += 1
    return count


@part
def _slot(runs: Runs, size: int, diagonal: int) -> np.int64:
    """The slot of a diagonal in the first ``size`` (a power of two), or the free one where it belongs."""
    slot = np.int64(mix(np.uint64(diagonal)) & np.uint64(size - 1))
    while runs.slots[slot] >= 0 and runs.diagonals[slot] != diagonal:
        slot = (slot + 1) & np.int64(size - 1)
    return slot


@inner
def _refill(runs: Runs, count: int, size: int) -> None:
    """The runs found so far into a larger table; of one diagonal, the last counts."""
    runs.slots[:size] = -1
    for number in range(count):
        diagonal = runs.b[number] - runs.a[number]
        slot = _slot(runs, size, diagonal)
        runs.slots[slot], runs.diagonals[slot] = number, diagonal


@lean
def in_order(runs: Runs, count: int) -> None:
    """Numbers of the first ``count`` runs in order of their places in a and b, into ``runs.order``."""
    order, low = runs.order, runs.a[0]
    for number in range(count):
        low = min(low, runs.a[number])
    for number in range(count):  # those of one document, so that what lies between them fits
        order[number] = (runs.a[number] - low) << 32 | number
    if count > MANY:
        sort_from(32, order[:count], runs.chain, runs.rows)
    else:
        sort(order[:count])
    for at in range(count):
        number, to = order[at] & 0xFFFFFFFF, at
        while to > 0 and runs.a[order[to - 1]] == runs.a[number] and runs.b[order[to - 1]] > runs.b[number]:
            order[to] = order[to - 1]
            to -= 1
        order[to] = number
