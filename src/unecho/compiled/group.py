"""Compiled loops that bring equal seeds together; ``seeds`` holds the plain twins."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..base.columns import Hashes, Ints
from .jit import compiled, lean
from .values import ones

Codes = NDArray[np.int32]
Numbers = Codes | Ints
"""Of groups and seeds: wide where there are very many."""
Places = NDArray[np.uint32] | Ints


class Groups(NamedTuple):
    """Seeds that more than one document has, in groups of equal ones, by place inside a group.

    place: int64, document: int32, per seed. edges: int64, group i is edges[i]:edges[i + 1]. heads: int64, the
    numbers of the first few seeds of groups too large for all pairs, head_edges: those of group i are
    heads[head_edges[i]:head_edges[i + 1]]. span: int64 per group, tokens from a seed of it to that of the last group
    which follows it (see ``follow``).
    """

    place: Ints
    document: Codes
    edges: Ints
    heads: Ints
    head_edges: Ints
    span: Ints


class Seeds(NamedTuple):
    """The seeds of all documents in order of place, so that those of one lie together.

    place: int64, group, of all. frequency: int64 per group, documents. lead, lead_group: of those whose
    group follows no other: the number among the seeds of all groups, and the group. edges, lead_edges: int64, where
    those of each document begin.
    """

    place: Ints
    group: Numbers
    frequency: Ints
    edges: Ints
    lead: Numbers
    lead_group: Numbers
    lead_edges: Ints


def warm() -> None:
    """Compile these kernels, or load them from the cache."""
    keys, places, first = np.ones(2, np.uint64), np.array([0, 9], np.uint32), np.empty(2, np.int32)
    equal(keys, np.empty(4, np.int32), places, first)
    place, numbers = in_order(places, first, 20)
    documents = np.array([0, 8, 20], np.int64)
    place, group, frequency = numbered(place, numbers, documents)
    members = members_of(place, group, documents, len(frequency))
    leader, span = np.zeros(1, np.int64), np.zeros(1, np.int64)
    follow(place, group, members[0], members[2], 5, leader, span)
    lead, edges = np.empty(2, np.int32), np.zeros(2, np.int64)
    leads(group, members[2], leader, edges, lead, lead, edges)


@lean
def equal(keys: Hashes, slots: Codes, places: Places, first: Codes) -> int:
    """Keep those seeds whose keys others have, too: their places, and for each the number of the first one with its key
    among those that are kept; both in place. Returns how many they are.

    slots: room for a hash table, a power of two and twice as much as there are keys at the least.
    """
    mask = np.int64(len(slots) - 1)
    slots[:] = -1
    for number in range(len(keys)):
        key = keys[number]
        slot = np.int64(key) & mask
        while slots[slot] >= 0 and keys[slots[slot]] != key:
            slot = slot + 1 & mask
        if slots[slot] < 0:
            slots[slot] = number
        first[number] = slots[slot]
    kept = slots  # from here on: the number of each among those that are kept, or -1
    kept[: len(keys)] = -1
    for number in range(len(keys)):
        if first[number] != number:
            kept[first[number]] = 0
    count = 0
    for number in range(len(keys)):
        its = first[number]
        if kept[its] >= 0:
            if its == number:
                kept[number] = count
            places[count], first[count] = places[number], kept[its]
            count += 1
    return count


@compiled
def in_order(places: Places, first: Numbers, tokens: int) -> tuple[Ints, Numbers]:
    """Seeds in order of place, no two of one place, all of them below ``tokens``: their places, and the number of the
    first one that is equal, in that order."""
    here, before = np.zeros((tokens >> 6) + 1, np.uint64), np.empty((tokens >> 6) + 1, np.int64)
    for place in places:
        here[place >> 6] |= np.uint64(1) << np.uint64(place & 63)
    total = np.int64(0)
    for number in range(len(here)):
        before[number] = total
        total += ones(here[number])
    to, first_in_order = np.empty_like(first), np.empty_like(first)
    place_in_order = np.empty(len(places), np.int64)
    for number in range(len(places)):
        place = places[number]
        lower = (np.uint64(1) << np.uint64(place & 63)) - np.uint64(1)
        to[number] = before[place >> 6] + ones(here[place >> 6] & lower)
        place_in_order[to[number]] = place
    for number in range(len(places)):
        first_in_order[to[number]] = to[first[number]]
    return place_in_order, first_in_order


@compiled
def numbered(place: Ints, first: Numbers, documents: Ints) -> tuple[Ints, Numbers, Ints]:
    """Of seeds in order of place, those that more than one document has: places and groups, which are numbered by their
    first seeds, and the documents that have each group. first: for each seed the number of the first that is equal."""
    document, several, at = np.empty(len(place), np.int32), np.zeros(len(place), np.bool_), 0
    for number in range(len(place)):
        while place[number] >= documents[at + 1]:
            at += 1
        document[number] = at
        several[first[number]] |= document[first[number]] != at
    group, frequency = np.empty_like(first), np.empty(len(place), np.int64)
    last = np.empty(len(place), np.int32)  # the last document of each group
    groups, count = 0, np.int64(0)
    for number in range(len(place)):
        its = first[number]
        if not several[its]:
            continue
        if its == number:
            first[number], frequency[groups], last[groups] = groups, 0, -1
            groups += 1
        mine = first[its]
        frequency[mine] += last[mine] != document[number]
        place[count], group[count], last[mine] = place[number], mine, document[number]
        count += 1
    return place[:count], group[:count], frequency[:groups]


@compiled
def members_of(place: Ints, group: Numbers, documents: Ints, count: int) -> tuple[Ints, Codes, Ints]:
    """``Groups.place``, ``document`` and ``edges`` of so many groups, from the seeds in order of place."""
    edges = np.zeros(count + 1, np.int64)
    for its in group:
        edges[its + 1] += 1
    for number in range(count):
        edges[number + 1] += edges[number]
    places, document, free, at = np.empty_like(place), np.empty(len(place), np.int32), edges[:-1].copy(), 0
    for number in range(len(place)):
        while place[number] >= documents[at + 1]:
            at += 1
        slot = free[group[number]]
        places[slot], document[slot] = place[number], at
        free[group[number]] += 1
    return places, document, edges


@lean
def follow(
    place: Ints, group: Numbers, members: Ints, edges: Ints, reach: int, leader: Ints, span: Ints
) -> None:  # fmt: skip
    """For each group of seeds the one that leads it, and the tokens from a seed of it to that of the last group it
    leads.

    A group follows another where each seed of it stands behind one of the other, each as far, less than ``reach``, and
    there are no others: what was printed again as it was has been found once its first seed is looked at.
    place, group: of the seeds in order of place. members, edges: ``Groups.place`` and ``edges``. leader: the numbers of
    the groups; span: zeros.
    """
    seen = 0  # groups whose first seeds were passed
    for at in range(len(place) - 1):
        mine, its, far = group[at], group[at + 1], place[at + 1] - place[at]
        is_first = mine == seen
        seen += is_first
        if not is_first or its != seen or far >= reach:
            continue
        seed, other, size = edges[mine], edges[its], edges[its] - edges[mine]
        if edges[its + 1] - other != size:
            continue
        step = size - 1
        while step > 0 and members[other + step] - members[seed + step] == far:
            step -= 1
        if step == 0:
            leader[its] = leader[mine]
            span[leader[mine]] += far


@lean
def leads(
    group: Numbers, free: Ints, leader: Ints, edges: Ints, lead: Numbers, lead_group: Numbers, lead_edges: Ints
) -> int:
    """``Seeds.lead`` and all that is about them; returns their number. group, edges: of ``Seeds``. free: where each
    group begins. leader: of ``follow``."""
    count = 0
    for document in range(len(edges) - 1):
        lead_edges[document] = count
        for number in range(edges[document], edges[document + 1]):
            mine = group[number]
            lead[count], lead_group[count] = free[mine], mine  # if it leads nothing, the next one goes there
            free[mine] += 1
            count += leader[mine] == mine
    lead_edges[len(edges) - 1] = count
    return count
