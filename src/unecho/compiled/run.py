"""Compiled loops that find runs of equal tokens which a document shares with those before it; see ``seeds``."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..base.columns import Ints, Mask
from .jit import compiled, lean, part
from .values import Numbers, mix, sort, word_at

Bytes = NDArray[np.uint8]
Codes = NDArray[np.int32]


class Words(NamedTuple):
    """The words of a corpus: see ``seeds.Stream``."""

    word: Numbers
    documents: Ints
    by_character: Mask
    flags: Bytes


class Groups(NamedTuple):
    """Seeds that more than one document has, in groups of equal ones, by place inside a group.

    place: int64, document: int32, per seed. edges: int64, group i is edges[i]:edges[i + 1]. frequency: int64 per group,
    documents. heads: int64, the numbers of the first few seeds of groups too large for all pairs, head_edges: those of
    group i are heads[head_edges[i]:head_edges[i + 1]]. span: int64 per group, tokens from a seed of it to that of the
    last group which follows it (see ``follow``).
    """

    place: Ints
    document: Codes
    edges: Ints
    frequency: Ints
    heads: Ints
    head_edges: Ints
    span: Ints


class Seeds(NamedTuple):
    """The seeds of all documents in order of place, so that those of one lie together.

    lead, group, head: int64, int64 and uint8, of those whose group follows no other: place, group, and whether it is
    among the first few of a group too large for all pairs. place, frequency: int64, of all. lead_edges, edges: int64,
    where those of each document begin.
    """

    lead: Ints
    group: Ints
    head: Bytes
    lead_edges: Ints
    place: Ints
    frequency: Ints
    edges: Ints


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


@lean
def follow(
    in_order: tuple[Ints, Ints, Ints], place: Ints, edges: Ints, reach: int, leader: Ints, span: Ints
) -> None:  # fmt: skip
    """For each group of seeds (see ``Groups``) the one that leads it, and the tokens from a seed of it to that of the
    last group it leads.

    A group follows another where each seed of it stands behind one of the other, each as far, less than ``reach``, and
    there are no others: what was printed again as it was has been found once its first seed is looked at.
    in_order: places, groups and numbers of the seeds in order of place. leader: the numbers of the groups; span: zeros.
    """
    places, groups, numbers = in_order
    for at in range(len(places) - 1):
        far = places[at + 1] - places[at]
        if far >= reach:
            continue
        mine, its, seed, other = groups[at], groups[at + 1], numbers[at], numbers[at + 1]
        if seed != edges[mine] or other != edges[its]:
            continue
        size = edges[mine + 1] - seed
        if edges[its + 1] - other != size:
            continue
        step = size - 1
        while step > 0 and place[other + step] - place[seed + step] == far:
            step -= 1
        if step == 0:
            leader[its] = leader[mine]
            span[leader[mine]] += far


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


@lean
def count_pairs(groups: Groups, seeds: Seeds, document: int, low: int, full: int) -> int:
    """Seed pairs of one document, whose tokens begin at ``low``, with the documents before it."""
    count = 0
    for number in range(seeds.lead_edges[document], seeds.lead_edges[document + 1]):
        group = seeds.group[number]
        start, stop = groups.edges[group], groups.edges[group + 1]
        whole = stop - start <= full or seeds.head[number]
        if not whole:
            start, stop = groups.head_edges[group], groups.head_edges[group + 1]
        for number_of_other in range(start, stop):
            other = number_of_other if whole else groups.heads[number_of_other]
            if groups.place[other] >= low:
                break
            count += 1
    return count


@lean
def exact_runs(words: Words, groups: Groups, seeds: Seeds, rules: tuple[int, int], document: int, runs: Runs) -> int:
    """Maximal runs of equal tokens of a document with those before it, at every seed they share; their number.

    Seeds of groups that follow another are not looked at: they lie in the runs of that, and as many documents have
    them. rules: tokens of a seed, and seeds of a group up to which all pairs count.
    """
    tokens, documents, slots, (length, full) = words.word, words.documents, runs.slots, rules
    low, high = documents[document], documents[document + 1]
    count, size = 0, 16
    while size < 8 * (seeds.lead_edges[document + 1] - seeds.lead_edges[document]):
        size *= 2
    size = min(size, len(slots))
    slots[:size] = -1
    for number in range(seeds.lead_edges[document], seeds.lead_edges[document + 1]):
        group, b = seeds.group[number], seeds.lead[number]
        start, stop = groups.edges[group], groups.edges[group + 1]
        whole = stop - start <= full or seeds.head[number]
        frequency = groups.frequency[group]
        if not whole:  # only with the first ones: to pass over all others takes the square of their number
            start, stop = groups.head_edges[group], groups.head_edges[group + 1]
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
            ahead = length * (2 if words.by_character[partner] else 1) + groups.span[group]
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


@lean
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
    order = runs.order
    for number in range(count):
        order[number] = runs.a[number] << 32 | number
    sort(order[:count])
    for at in range(count):
        number, to = order[at] & 0xFFFFFFFF, at
        while to > 0 and runs.a[order[to - 1]] == runs.a[number] and runs.b[order[to - 1]] > runs.b[number]:
            order[to] = order[to - 1]
            to -= 1
        order[to] = number
