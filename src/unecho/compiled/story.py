"""Compiled loops that tell how much documents share; ``stories`` holds the plain twins."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..base.columns import Hashes, Ints
from .jit import lean, part
from .values import ones, sort

Shares = NDArray[np.float64]


class Places(NamedTuple):
    """Some places of a column, and what belongs to each. bits: uint64, a bit for every place of the column; before:
    int64, how many bits are set before each number of 64; values: float64, for the places that are set."""

    bits: Hashes
    before: Ints
    values: Shares


def warm() -> None:
    """Compile these kernels, or load them from the cache."""
    nothing, sums = np.zeros(1, np.int64), np.zeros(1)
    places = Places(np.zeros(1, np.uint64), nothing.copy(), sums.copy())
    mark(nothing, places.bits)
    count(places.bits, places.before)
    sum_up(sums, 0, sums.copy(), places, 0)
    at(places, nothing, sums.copy())
    weights(nothing + 1, np.array([0, 1], np.int64), nothing, sums.copy())
    counts(nothing, np.array([0, 1], np.int64), 1, nothing.copy())
    edges, result = np.array([0, 1], np.int64), np.zeros((1, 2))
    shared(edges, nothing, nothing, places, nothing.copy(), result)
    compare(edges, (nothing, nothing), nothing, nothing, places, result)


@lean
def mark(places: Ints, bits: Hashes) -> None:
    """Set the bits of places."""
    for place in places:
        bits[place >> 6] |= np.uint64(1) << np.uint64(place & 63)


@lean
def count(bits: Hashes, before: Ints) -> int:
    """Fills in ``Places.before``; returns how many bits are set."""
    total = 0
    for number in range(len(bits)):
        before[number] = total
        total += int(ones(bits[number]))
    return total


@lean
def sum_up(weights: Shares, first: int, carry: Shares, places: Places, known: int) -> int:
    """The running sum of weights before each place that is set, from place ``first`` on; ``carry``: of all before it,
    and then of these too. ``known``: values that are there; returns how many are then."""
    running = carry[0]
    for number in range(len(weights)):
        place = first + number
        if places.bits[place >> 6] >> np.uint64(place & 63) & np.uint64(1):
            places.values[known] = running
            known += 1
        running += weights[number]
    carry[0] = running
    return known


@part
def _at(places: Places, place: int | np.int64) -> np.float64:
    bits = places.bits[place >> 6] & ((np.uint64(1) << np.uint64(place & 63)) - np.uint64(1))
    value: np.float64 = places.values[places.before[place >> 6] + ones(bits)]
    return value


@lean
def at(places: Places, wanted: Ints, result: Shares) -> None:
    """The values of some places."""
    for number in range(len(wanted)):
        result[number] = _at(places, wanted[number])


@lean
def counts(column: Ints, offsets: Ints, most: int, result: Ints) -> None:
    """How many values of each run of a column are at most ``most``."""
    for run in range(len(result)):
        total = 0
        for place in range(offsets[run], offsets[run + 1]):
            total += column[place] <= most
        result[run] = total


@lean
def weights(frequency: Ints, documents: Ints, usual: Ints, result: Shares) -> None:
    """``stories.rare_weights``; usual: per document the frequency from which on words count less."""
    for document in range(len(usual)):
        for token in range(documents[document], documents[document + 1]):
            share = min(1.0, usual[document] / max(frequency[token], 1))
            result[token] = share * share * share


@lean
def shared(edges: Ints, start: Ints, length: Ints, sums: Places, key: Ints, result: Shares) -> None:
    """Weight and number of the words in the union of runs edges[i]:edges[i + 1], for each i. key: room for the longest
    of them."""
    for pair in range(len(edges) - 1):
        first, total = edges[pair], edges[pair + 1] - edges[pair]
        least, sorted_yet = start[first], True
        for number in range(1, total):
            least = min(least, start[first + number])
            sorted_yet = sorted_yet and start[first + number - 1] <= start[first + number]
        for number in range(total):
            key[number] = (start[first + number] - least) << 32 | number
        if not sorted_yet:
            sort(key[:total])
        reach, weight, words = np.int64(0), 0.0, 0.0
        for number in range(total):
            row = first + (key[number] & 0xFFFFFFFF)
            low = max(start[row], reach)
            reach = max(start[row] + length[row], low)
            weight += _at(sums, reach) - _at(sums, low)
            words += reach - low
        result[pair, 0], result[pair, 1] = weight, words


@lean
def compare(edges: Ints, sides: tuple[Ints, Ints], length: Ints, passage: Ints, marks: Places, result: Shares) -> None:
    """Marked words within the passages of runs edges[i]:edges[i + 1], for each i: those in which the two sides differ,
    between one run and the next of its passage, and those that are equal."""
    a, b = sides
    for pair in range(len(edges) - 1):
        others, equal = 0.0, 0.0
        for row in range(edges[pair], edges[pair + 1]):
            a_end, b_end = _at(marks, a[row] + length[row]), _at(marks, b[row] + length[row])
            equal += a_end - _at(marks, a[row])
            if row + 1 < edges[pair + 1] and passage[row + 1] == passage[row]:
                others += max(0.0, min(_at(marks, a[row + 1]) - a_end, _at(marks, b[row + 1]) - b_end))
        result[pair, 0], result[pair, 1] = others, equal
