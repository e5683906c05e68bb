"""The compiled loop of ``automata``: lines run through an automaton whose states are made when a line comes to them."""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..base.columns import Ints, Mask
from .jit import inner, lean

UNKNOWN, DEAD, BEGIN = 0, 1, 2
"""States. UNKNOWN: none; what was not asked for before. DEAD: from which no text is taken. BEGIN: before the first
character."""
_FACTOR: Final = np.uint64(0x9E3779B97F4A7C15)


class Places(NamedTuple):
    """The places of characters in expressions, and those before which each automaton begins."""

    after: NDArray[np.int32]
    """Those that may follow each place, one place after another."""
    labels: NDArray[np.int16]
    """By number, what each of these takes."""
    offsets: Ints
    """Where those of each begin, and those of the last one end."""
    values: Ints
    """What is said of a text that ends at each place; the more the better, negative where none is taken."""
    marks: Mask
    """Room to mark each; nothing is marked."""


class States(NamedTuple):
    """The states of an automaton: each is a set of places."""

    steps: NDArray[np.int16]
    """The state after each state and symbol."""
    values: Ints
    """What is said of a text that ends in each state."""
    members: NDArray[np.int32]
    """Their places, one state after another; room for more."""
    offsets: Ints
    """Where those of each begin; they end where those of the next begin."""
    table: NDArray[np.int16]
    """Each state at the first free place from its hash on."""
    size: Ints
    """How many states there are (1)."""


def warm() -> None:
    """Compile the kernel, or load it from the cache, by calling it on next to nothing."""
    ints, small, wide = np.zeros(4, np.int64), np.zeros(4, np.int16), np.zeros(4, np.int32)
    marks = np.zeros(4, np.bool_)
    places = Places(wide, small, ints, ints, marks)
    states = States(np.zeros((4, 4), np.int16), ints, wide, ints, small, ints[:1].copy())
    run(np.zeros(0, np.uint16), ints[:2], small, np.zeros((1, 1), np.bool_), places, states, small[:1].copy())


@inner
def _hash(places: NDArray[np.int32], start: np.int64, end: np.int64) -> np.uint64:
    """Of places in any order."""
    value = np.uint64(0)
    for at in range(start, end):
        one = (np.uint64(places[at]) + np.uint64(1)) * _FACTOR
        value += one ^ one >> np.uint64(32)
    return value * _FACTOR >> np.uint64(32)


@inner
def _follow(places: Places, takes: Mask, states: States, state: int) -> np.int64:
    """Write the places that may take a character after a state behind those of all states, mark them, and tell where
    they end; -1 if there is no room. ``takes``: whether a place of each label takes the character."""
    start: np.int64 = states.offsets[states.size[0]]
    end = start
    for member in range(states.offsets[state], states.offsets[state + 1]):
        place = states.members[member]
        for at in range(places.offsets[place], places.offsets[place + 1]):
            after = places.after[at]
            if takes[places.labels[at]] and not places.marks[after]:
                if end == len(states.members):
                    for other in range(start, end):
                        places.marks[states.members[other]] = False
                    return np.int64(-1)
                places.marks[after] = True
                states.members[end] = after
                end += 1
    return end


@inner
def _is(states: States, state: int, marks: Mask, size: np.int64) -> bool:
    """Whether a state is the set of the places that are marked, which are so many."""
    at, end = states.offsets[state], states.offsets[state + 1]
    if end - at != size:
        return False
    while at < end and marks[states.members[at]]:
        at += 1
    return bool(at == end)


@inner
def _state(places: Places, states: States, end: np.int64) -> int:
    """The state of the places that were written last and are marked; UNKNOWN if there is no room for it."""
    count = states.size[0]
    start = states.offsets[count]
    at = _hash(states.members, start, end)
    found = UNKNOWN
    while found == UNKNOWN:
        other = states.table[at & np.uint64(len(states.table) - 1)]
        if other == UNKNOWN:
            break
        if _is(states, other, places.marks, end - start):
            found = other
        at += np.uint64(1)
    if found == UNKNOWN and count < len(states.values):
        found = count
        states.table[at & np.uint64(len(states.table) - 1)] = found
        states.offsets[count + 1] = end
        states.size[0] = count + 1
        value = places.values[states.members[start]] if end > start else np.int64(-1)
        for member in range(start, end):
            value = max(value, places.values[states.members[member]])
        states.values[found] = value
    for member in range(start, end):
        places.marks[states.members[member]] = False
    return found


@lean
def run(
    points: NDArray[np.uint16],
    offsets: Ints,
    symbols: NDArray[np.int16],
    takes: Mask,
    places: Places,
    states: States,
    ends: NDArray[np.int16],
) -> None:
    """The state that each line ends in; UNKNOWN where there is no room for the states it comes to.

    ``points``: the characters of the lines, which begin at ``offsets``, the last one ends there. ``symbols``: the
    number of each character. ``takes``: whether a symbol is one of those of a label (symbols x labels).
    """
    for line in range(len(offsets) - 1):
        state = BEGIN
        for at in range(offsets[line], offsets[line + 1]):
            symbol = symbols[points[at]]
            after = states.steps[state, symbol]
            if after == UNKNOWN:
                end = _follow(places, takes[symbol], states, state)
                after = _state(places, states, end) if end >= 0 else UNKNOWN
                states.steps[state, symbol] = after
            state = after
            if state <= DEAD:
                break
        ends[line] = state
