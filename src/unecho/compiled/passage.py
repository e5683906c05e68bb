"""Compiled loops that find passages in large inputs; ``passages`` holds the plain twins.

A document is compared with all documents before it at once, so that what is held is what one document shares.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from ..base.columns import Ints
from .group import Groups, Seeds
from .grow import Found, Place, Rules, cost, goes_on, grow
from .jit import compiled, inner, part
from .run import Runs, Words, exact_runs, in_order, pairs_at_most, room
from .values import zero


class Sums(NamedTuple):
    """Before each token of a document, and behind the last: what the half words are worth that are part of seeds, and
    how many are of none (int64). begin: int64, the first token of the document they are of."""

    worth: Ints
    unknown: Ints
    begin: Ints


def warm() -> None:
    """Compile these kernels, or load them from the cache."""
    hashes, edges = np.arange(40, dtype=np.uint64), np.array([0, 20, 40], np.int64)
    hashes[20:] = hashes[:20]
    pair = np.array([0, 20], np.int64)
    numbers, edges_of_seeds, nothing = np.arange(2, dtype=np.int32), np.array([0, 1, 2], np.int64), pair[:1] * 0
    groups = Groups(pair, numbers, pair // 10, nothing[:0], pair * 0, nothing)
    seeds = Seeds(pair, numbers * 0, nothing + 2, edges_of_seeds, numbers, numbers * 0, edges_of_seeds)
    limits = 5, 50, 15, 2, 8, 5, 0.7, 6, 0.7, 0.4, 16, 2, 1000
    rules = Rules(*limits, np.full(3, 1000), np.uint8(32), np.uint8(64), np.uint8(4))
    words = Words(hashes.astype(np.uint32), edges, pair * 0, np.zeros(40, np.uint8))
    passages(words, groups, seeds, rules, np.array([0, 2]), room_for(4))


def room_for(count: int) -> Found:
    """Room for so many passages, and for twice as many runs."""
    a, b, length = (np.empty(2 * count, np.int64) for _ in range(3))
    return Found(np.empty((count, 4), np.int64), a, b, length, np.zeros(3, np.int64))


# ---- passages ---------------------------------------------------------------------------------------


@compiled
def passages(words: Words, groups: Groups, seeds: Seeds, rules: Rules, rows: Ints, found: Found) -> int:
    """Passages of the documents rows[0] to rows[1] with all documents before them; returns how many seed pairs
    were looked at, at the most.

    Stops before the first document that finds no room, and leaves its number in rows[0].
    """
    runs, compared = room(1024), 0
    longest = np.int64(0)
    for document in range(rows[0], rows[1]):
        longest = max(longest, words.documents[document + 1] - words.documents[document])
    sums = Sums(np.empty(longest + 1, np.int64), np.empty(longest + 1, np.int64), np.full(1, -1, np.int64))
    for document in range(rows[0], rows[1]):
        rows[0] = document
        known_passages, known_runs = found.counts[0], found.counts[1]
        pairs = pairs_at_most(groups, seeds, document, rules.full)
        if not pairs:
            continue
        compared += pairs
        if pairs > len(runs.a):
            runs = room(2 * pairs)
        count = exact_runs(words, groups, seeds, (rules.seed, rules.full), document, runs)
        in_order(runs, count)
        begin = zero()
        while begin < count:
            other, stop = runs.other[runs.order[begin]], begin + 1
            while stop < count and runs.other[runs.order[stop]] == other:
                stop += 1
            _pair(words, seeds, (other, document), rules, runs, (begin, stop), sums, found)
            begin = stop
        if found.counts[2]:
            found.counts[0], found.counts[1] = known_passages, known_runs
            return compared - pairs
    rows[0] = rows[1]
    return compared


@inner
def _pair(
    words: Words, seeds: Seeds, pair: Place, rules: Rules, runs: Runs, span: Place, sums: Sums, found: Found
) -> None:  # fmt: skip
    """``passages._pair_passages``: the passages of one pair of documents. span: where the pair's runs begin and end in
    ``runs.order``; sums: of the second one, or of another still."""
    rows, chain = runs.rows, runs.chain
    count = _promising(runs, runs.order[span[0] : span[1]], rules, rows)
    factor = 2 if _is_by_character(words, pair[0]) and _is_by_character(words, pair[1]) else 1
    gaps = rules.gap * factor
    common = _in_common(runs, rows[:count], rules, factor)
    done = -1, -1
    ahead = found.counts[0]  # the first passage that went on from the last chain
    begin = 0
    while begin < count:
        chain[0], links, rest, at = rows[begin], 1, begin, begin + 1
        last, rarest = rows[begin], runs.rarity[rows[begin]]
        while at < count:
            row = rows[at]
            gap_a, gap_b = _gaps(runs, last, row)
            if gap_a > gaps:
                break
            if (
                min(gap_a, gap_b) >= 0
                and gap_b <= gaps
                and cost(gap_a, gap_b, rules) < min(runs.length[last], runs.length[row]) + rules.least
            ):
                chain[links], last = row, row
                rarest = min(rarest, runs.rarity[row])
                links += 1
            else:
                rows[rest] = row
                rest += 1
            at += 1
        while rest > begin:  # those that were passed over are next
            rest, at = rest - 1, at - 1
            rows[at] = rows[rest]
        begin = at
        low = runs.a[chain[0]], runs.b[chain[0]]
        end = runs.a[last] + runs.length[last], runs.b[last] + runs.length[last]
        if (end[0] <= done[0] and end[1] <= done[1]) or _is_held(found, ahead, low, end):
            continue
        before = found.counts[1]
        grow(words, pair, factor, rules, runs, chain[:links], found)
        after = found.counts[1]
        halves, needed = _halves(words, pair, rules, found, before), 2 * rules.least
        if halves >= needed and rarest > common:
            halves *= _is_enough(words, seeds, pair[1], rules, found, before, (halves, needed, rarest), sums)
        if halves < needed:
            found.counts[1] = before
            continue
        if ahead < found.counts[0]:
            done = _end(found, before - 1)
        ahead = _take(words, pair, (before, after), done, factor, rules, found)
        if found.counts[2]:
            return
        done = _end(found, after - 1)


@part
def _is_by_character(words: Words, document: int) -> bool:
    """``seeds.Stream.by_character`` of one document."""
    return bool(2 * words.unspaced[document] > words.documents[document + 1] - words.documents[document])


@part
def _half(words: Words, place: int, rules: Rules) -> int:
    """Half words that a token counts: ``seeds.Stream.halves``."""
    return 1 if words.flags[place] & rules.unspaced else 2


@inner
def _halves(words: Words, pair: Place, rules: Rules, found: Found, first: int) -> np.int64:
    """The half words of the last runs, from ``first`` on."""
    halves = 2 * found.length[first : found.counts[1]].sum()
    if words.unspaced[pair[0]] and words.unspaced[pair[1]]:
        for row in range(first, found.counts[1]):
            for place in range(found.b[row], found.b[row] + found.length[row]):
                halves += _half(words, place, rules) - 2
    return np.int64(halves)


@part
def _take(words: Words, pair: Place, span: Place, done: Place, factor: int, rules: Rules, found: Found) -> int:
    """A passage is made of the runs span[0]:span[1], and others of what goes on before it and behind it. done: where
    the last one ends that there was before. Returns the number of the first passage behind."""
    first, last = span[0], span[1] - 1
    _with_passage(found, pair, first)
    low = words.documents[pair[0]], words.documents[pair[1]]
    if done[0] <= found.a[first] and done[1] <= found.b[first]:
        low = max(low[0], done[0]), max(low[1], done[1])
    _go_on(words, pair, first, (low[0] - 1, low[1] - 1), -1, factor, rules, found)
    behind: int = found.counts[0]
    _go_on(words, pair, last, (words.documents[pair[0] + 1], words.documents[pair[1] + 1]), 1, factor, rules, found)
    return behind


@part
def _go_on(
    words: Words, pair: Place, run: int, stop: Place, step: int, factor: int, rules: Rules, found: Found
) -> None:
    """``grow.behind`` a run or, backwards (step -1), ``matching.grow.before`` it: put behind ``found``."""
    while not found.counts[2]:
        begin = found.counts[1]
        at = found.a[run] - 1, found.b[run] - 1
        if step > 0:
            at = _end(found, run)
        if not goes_on(words.word, at, stop, step, factor, rules, found):
            return
        run = found.counts[1] - 1 if step > 0 else begin
        _with_passage(found, pair, begin)


@part
def _end(found: Found, run: int) -> Place:
    """Where a run ends, on both sides."""
    return found.a[run] + found.length[run], found.b[run] + found.length[run]


@inner
def _is_held(found: Found, first: int, begin: Place, end: Place) -> bool:
    """Whether one of the last passages, from the number ``first`` on, holds all that is between two places."""
    for number in range(first, found.counts[0]):
        low, last = found.passages[number, 3], found.counts[1] - 1
        if number + 1 < found.counts[0]:
            last = found.passages[number + 1, 3] - 1
        high = _end(found, last)
        if found.a[low] <= begin[0] and found.b[low] <= begin[1] and end[0] <= high[0] and end[1] <= high[1]:
            return True
    return False


@inner
def _with_passage(found: Found, pair: Place, begin: int) -> None:
    """Of the runs from ``begin`` on a passage is made, if there is room for one."""
    number, passages = found.counts[0], found.passages
    if number == len(passages) or found.counts[2]:
        found.counts[2] = 1
        return
    passages[number, 0], passages[number, 1], passages[number, 3] = pair[0], pair[1], begin
    passages[number, 2] = found.length[begin : found.counts[1]].sum()
    found.counts[0] += 1


@part
def _is_enough(
    words: Words, seeds: Seeds, document: int, rules: Rules, found: Found, first: int,
    its: tuple[np.int64, int, int], sums: Sums,
) -> bool:  # fmt: skip
    """Whether the last runs, from ``first`` on, are a passage for all that is common in them, or by the marks around
    them. document: the second one; its: half words in them, those that are needed, and documents that have the rarest
    seed."""
    halves, needed, rarest = its
    if halves * rules.worth[-1] >= needed * rules.unit:
        return True  # they are worth that were they all as common as can be
    if sums.begin[0] != words.documents[document]:
        _add_up(words, seeds, document, rules, sums)
    if _worth(sums, rarest, rules, found, first) >= needed * rules.unit:
        return True
    return bool(_at_quote(words, found, first, rules))  # far from what is in the cache


@part
def _in_common(runs: Runs, rows: Ints, rules: Rules, factor: int) -> np.int64:
    """``passages._in_common`` of the runs ``rows``."""
    longest, common = rules.run * factor - 1, np.int64(0)
    for row in rows:
        if runs.length[row] > longest:
            longest, common = runs.length[row], 2 + rules.as_rare * (runs.rarity[row] - 2)
    return common


@inner
def _add_up(words: Words, seeds: Seeds, document: int, rules: Rules, sums: Sums) -> None:
    """The ``Sums`` of a document."""
    low, high = words.documents[document], words.documents[document + 1]
    first, end = seeds.edges[document], seeds.edges[document + 1]
    sums.begin[0], number, worth, unknown = low, first, np.int64(0), np.int64(0)
    for place in range(low, high):
        sums.worth[place - low], sums.unknown[place - low] = worth, unknown
        while number < end and seeds.place[number] <= place:
            number += 1
        while first < number and seeds.place[first] + _size(words, document, seeds.place[first], rules) <= place:
            first += 1
        documents = np.int64(0)
        for its in range(first, number):
            documents = max(documents, seeds.frequency[seeds.group[its]])
        halves = _half(words, place, rules)
        if documents:
            worth += halves * rules.worth[min(documents, np.int64(len(rules.worth) - 1))]
        else:
            unknown += halves
    sums.worth[high - low], sums.unknown[high - low] = worth, unknown


@part
def _size(words: Words, document: int, place: int, rules: Rules) -> int:
    """``seeds.seed_sizes`` of the seed at a place of a document."""
    size, halves = rules.seed, 0
    if words.unspaced[document]:
        size = 0
        while halves < 2 * rules.seed:
            halves += _half(words, place + size, rules)
            size += 1
    return size


@inner
def _worth(sums: Sums, rarest: int, rules: Rules, found: Found, first: int) -> np.int64:
    """``passages._worth`` of the last runs."""
    total, unknown, begin = np.int64(0), np.int64(0), sums.begin[0]
    for row in range(first, found.counts[1]):
        low, high = found.b[row] - begin, found.b[row] + found.length[row] - begin
        total += sums.worth[high] - sums.worth[low]
        unknown += sums.unknown[high] - sums.unknown[low]
    total += unknown * rules.worth[min(rarest, len(rules.worth) - 1)]
    return np.int64(total)


@part
def _at_quote(words: Words, found: Found, first: int, rules: Rules) -> bool:
    """``passages._at_quote`` of the last runs, which are those of a chain."""
    flags, last = words.flags, found.counts[1] - 1
    for side in (found.a, found.b):
        begin, end = side[first], side[last] + found.length[last]
        if flags[begin] & rules.quoted or (end < len(flags) and flags[end] & rules.unquoted):
            return True
    return False


@part
def _gaps(runs: Runs, one: int, two: int) -> Place:
    """Tokens between two runs, on both sides."""
    return runs.a[two] - runs.a[one] - runs.length[one], runs.b[two] - runs.b[one] - runs.length[one]


@part
def _promising(runs: Runs, order: Ints, rules: Rules, rows: Ints) -> int:
    """``passages._promising`` of the runs of one pair of documents, into ``rows``; returns their number."""
    count, near = 0, False
    for number in range(len(order)):
        row, was_near = order[number], near
        near = False
        if number + 1 < len(order):
            gap_a, gap_b = _gaps(runs, row, order[number + 1])
            near = gap_a <= rules.gap and abs(gap_b) <= rules.gap
        if near or was_near or runs.length[row] >= rules.least - rules.resync:
            rows[count] = row
            count += 1
    return count
