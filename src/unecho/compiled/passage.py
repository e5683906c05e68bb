"""Compiled loops that find passages in large inputs; ``passages`` holds the plain twins.

A document is compared with all documents before it at once, so that what is held is what one document shares.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..base.columns import Hashes, Ints, Mask
from .jit import compiled, lean, part

Bytes = NDArray[np.uint8]
Codes = NDArray[np.int32]

Place = tuple[int, int]
"""A place in one document and a place in the other."""


class Words(NamedTuple):
    """The words of a corpus: see ``seeds.Stream``."""

    hash: Hashes
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


class Sums(NamedTuple):
    """Before each token of a document, and behind the last: what the words are worth that are part of seeds, and how
    many are of none (int64). begin: int64, the first token of the document they are of."""

    worth: Ints
    unknown: Ints
    begin: Ints


class Rules(NamedTuple):
    """What makes a passage: see ``passages``. worth: int64, of a word by the number of documents that have it; seed,
    full: see ``seeds``. quoted, unquoted: flags of ``normalize``."""

    seed: int
    full: int
    gap: int
    resync: int
    least: int
    inserted: int
    inserted_share: float
    substituted: float
    skipped: float
    run: int
    as_rare: int
    unit: int
    worth: Ints
    quoted: np.uint8
    unquoted: np.uint8


class Found(NamedTuple):
    """Room for passages (documents a and b, matched words, where their runs begin) and for runs (places in a and
    b, length): int64, a row each.

    counts: int64, the passages, the runs, and whether there was too little room for either.
    """

    passages: Ints
    runs: Ints
    counts: Ints


def warm() -> None:
    """Compile these kernels, or load them from the cache."""
    hashes, edges = np.arange(40, dtype=np.uint64), np.array([0, 20, 40], np.int64)
    hashes[20:] = hashes[:20]
    spaced = np.zeros(2, np.bool_)
    pair = np.array([0, 20], np.int64)
    numbers, edges_of_seeds, nothing = pair // 20, np.array([0, 1, 2], np.int64), pair[:1] * 0
    groups = Groups(pair, numbers.astype(np.int32), pair // 10, nothing + 2, nothing[:0], pair * 0, nothing)
    seeds = Seeds(pair, numbers * 0, np.zeros(2, np.uint8), edges_of_seeds, pair, pair, edges_of_seeds)
    follow((pair, numbers * 0, numbers), pair, pair // 10, 5, nothing.copy(), nothing)
    rules = Rules(5, 50, 15, 2, 8, 5, 0.7, 0.7, 0.4, 16, 2, 1000, np.full(3, 1000), np.uint8(32), np.uint8(64))
    found = Found(np.empty((4, 4), np.int64), np.empty((4, 3), np.int64), np.zeros(3, np.int64))
    words = Words(hashes, edges, spaced, np.zeros(40, np.uint8))
    passages(words, groups, seeds, rules, np.array([0, 2]), found)
    lay_out(pair[:0], pair[:0], found.runs, (pair, pair, pair))


@compiled
def sort(values: Ints | Hashes) -> None:
    """In place."""
    values.sort()


@lean
def lay_out(begin: Ints, counts: Ints, rows: Ints, columns: tuple[Ints, Ints, Ints]) -> None:
    """Runs rows[begin[i]:begin[i] + counts[i]] of passages, one after another into columns: see ``passages.Equal``."""
    a, b, length = columns
    at = 0
    for passage in range(len(begin)):
        for row in range(begin[passage], begin[passage] + counts[passage]):
            a[at], b[at], length[at] = rows[row, 0], rows[row, 1], rows[row, 2]
            at += 1


@part
def hash_at(hashes: Hashes, place: int) -> np.uint64:
    """The hash at a place, which is none from the end: where numba may take it for one, nothing is done at a time."""
    value: np.uint64 = hashes[np.uint64(place)]
    return value


@part
def mix(value: np.uint64) -> np.uint64:
    """``columns.mix64`` of one value."""
    value ^= value >> np.uint64(33)
    value *= np.uint64(0xFF51AFD7ED558CCD)
    value ^= value >> np.uint64(33)
    value *= np.uint64(0xC4CEB9FE1A85EC53)
    return value ^ (value >> np.uint64(33))


# ---- seeds ------------------------------------------------------------------------------------------


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


# ---- passages ---------------------------------------------------------------------------------------


@compiled
def passages(words: Words, groups: Groups, seeds: Seeds, rules: Rules, rows: Ints, found: Found) -> int:
    """Passages of the documents rows[0] to rows[1] with all documents before them; returns the seed pairs looked at.

    Stops before the first document that finds no room, and leaves its number in rows[0].
    """
    runs, compared = _room(1024), 0
    longest = np.int64(0)
    for document in range(rows[0], rows[1]):
        longest = max(longest, words.documents[document + 1] - words.documents[document])
    sums = Sums(np.empty(longest + 1, np.int64), np.empty(longest + 1, np.int64), np.full(1, -1, np.int64))
    for document in range(rows[0], rows[1]):
        rows[0], low = document, words.documents[document]
        known_passages, known_runs = found.counts[0], found.counts[1]
        pairs = _count_pairs(groups, seeds, document, low, rules.full)
        if not pairs:
            continue
        compared += pairs
        if pairs > len(runs.a):
            runs = _room(2 * pairs)
        count = _exact_runs(words, groups, seeds, rules, document, runs)
        _in_order(runs, count)
        begin = 0
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


@lean
def _in_order(runs: Runs, count: int) -> None:
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


@compiled
def _room(size: int) -> Runs:
    slots = 16
    while slots < 2 * size:
        slots *= 2
    return Runs(
        np.empty(size, np.int64), np.empty(size, np.int64), np.empty(size, np.int64), np.empty(size, np.int64),
        np.empty(size, np.int64), np.empty(slots, np.int64), np.empty(slots, np.int64), np.empty(size, np.int64),
        np.empty(size, np.int64), np.empty(size, np.int64),
    )  # fmt: skip


@lean
def _count_pairs(groups: Groups, seeds: Seeds, document: int, low: int, full: int) -> int:
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
def _exact_runs(words: Words, groups: Groups, seeds: Seeds, rules: Rules, document: int, runs: Runs) -> int:
    """Maximal runs of equal tokens of a document with those before it, at every seed they share; their number.

    Seeds of groups that follow another are not looked at: they lie in the runs of that, and as many documents have
    them.
    """
    hashes, documents, slots = words.hash, words.documents, runs.slots
    low, high = documents[document], documents[document + 1]
    count, size = 0, 16
    while size < 8 * (seeds.lead_edges[document + 1] - seeds.lead_edges[document]):
        size *= 2
    size = min(size, len(slots))
    slots[:size] = -1
    for number in range(seeds.lead_edges[document], seeds.lead_edges[document + 1]):
        group, b = seeds.group[number], seeds.lead[number]
        start, stop = groups.edges[group], groups.edges[group + 1]
        whole = stop - start <= rules.full or seeds.head[number]
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
                a - back > a_low and b - back > low and hash_at(hashes, a - back - 1) == hash_at(hashes, b - back - 1)
            ):
                back += 1
            ahead = rules.seed * (2 if words.by_character[partner] else 1) + groups.span[group]
            while a + ahead < a_high and b + ahead < high and hash_at(hashes, a + ahead) == hash_at(hashes, b + ahead):
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
def _pair(
    words: Words, seeds: Seeds, pair: Place, rules: Rules, runs: Runs, span: Place, sums: Sums, found: Found
) -> None:  # fmt: skip
    """``passages._pair_passages``: the passages of one pair of documents. span: where the pair's runs begin and end in
    ``runs.order``; sums: of the second one, or of another still."""
    rows, chain = runs.rows, runs.chain
    count = _promising(runs, runs.order[span[0] : span[1]], rules, rows)
    factor = 2 if words.by_character[pair[0]] else 1
    gaps = rules.gap * factor
    common = _in_common(runs, rows[:count], rules, factor)
    done_a = done_b = np.int64(-1)
    while count:
        chain[0], links, rest, at = rows[0], 1, 0, 1
        last, rarest = rows[0], runs.rarity[rows[0]]
        while at < count:
            row = rows[at]
            gap_a, gap_b = _gaps(runs, last, row)
            if gap_a > gaps:
                break
            if (
                min(gap_a, gap_b) >= 0
                and gap_b <= gaps
                and _cost(gap_a, gap_b, rules) < min(runs.length[last], runs.length[row]) + rules.least
            ):
                chain[links], last = row, row
                rarest = min(rarest, runs.rarity[row])
                links += 1
            else:
                rows[rest] = row
                rest += 1
            at += 1
        while at < count:
            rows[rest] = rows[at]
            rest, at = rest + 1, at + 1
        count = rest
        if runs.a[last] + runs.length[last] <= done_a and runs.b[last] + runs.length[last] <= done_b:
            continue
        before = found.counts[1]
        _grow(words, pair, factor, rules, runs, chain[:links], found)
        after = found.counts[1]
        its = found.runs[before:after]
        matched, needed = its[:, 2].sum(), rules.least * factor
        if matched >= needed and rarest > common:
            matched *= _is_enough(words, seeds, pair[1], rules, its, (matched, needed, rarest), sums)
        if matched < needed:
            found.counts[1] = before
            continue
        number = found.counts[0]
        if number == len(found.passages) or found.counts[2]:
            found.counts[2] = 1
            return
        passages = found.passages
        passages[number, 0], passages[number, 1], passages[number, 2] = pair[0], pair[1], matched
        passages[number, 3] = before
        found.counts[0] += 1
        length = found.runs[after - 1, 2]
        done_a, done_b = found.runs[after - 1, 0] + length, found.runs[after - 1, 1] + length


@lean
def _is_enough(
    words: Words, seeds: Seeds, document: int, rules: Rules, runs: Ints, found: tuple[np.int64, int, int], sums: Sums
) -> bool:  # fmt: skip
    """Whether runs are a passage for all that is common in them, or by the marks around them. document: the second one;
    found: equal words in them, those that are needed, and documents that have the rarest seed."""
    matched, needed, rarest = found
    if matched * rules.worth[-1] >= needed * rules.unit or _at_quote(words, runs, rules):
        return True  # they are worth that were they all as common as can be
    if sums.begin[0] != words.documents[document]:
        _add_up(words, seeds, document, rules, sums)
    return bool(_worth(sums, rarest, rules, runs) >= needed * rules.unit)


@part
def _in_common(runs: Runs, rows: Ints, rules: Rules, factor: int) -> np.int64:
    """``passages._in_common`` of the runs ``rows``."""
    longest, common = rules.run * factor - 1, np.int64(0)
    for row in rows:
        if runs.length[row] > longest:
            longest, common = runs.length[row], 2 + rules.as_rare * (runs.rarity[row] - 2)
    return common


@lean
def _add_up(words: Words, seeds: Seeds, document: int, rules: Rules, sums: Sums) -> None:
    """The ``Sums`` of a document."""
    low, high = words.documents[document], words.documents[document + 1]
    first, end = seeds.edges[document], seeds.edges[document + 1]
    size, number = rules.seed * (2 if words.by_character[document] else 1), first
    sums.begin[0], worth, unknown = low, np.int64(0), np.int64(0)
    for place in range(low, high):
        sums.worth[place - low], sums.unknown[place - low] = worth, unknown
        while number < end and seeds.place[number] <= place:
            number += 1
        while first < number and seeds.place[first] + size <= place:
            first += 1
        documents = np.int64(0)
        for its in range(first, number):
            documents = max(documents, seeds.frequency[its])
        if documents:
            worth += rules.worth[min(documents, np.int64(len(rules.worth) - 1))]
        else:
            unknown += 1
    sums.worth[high - low], sums.unknown[high - low] = worth, unknown


@lean
def _worth(sums: Sums, rarest: int, rules: Rules, runs: Ints) -> np.int64:
    """``passages._worth`` of runs."""
    total, unknown, begin = np.int64(0), np.int64(0), sums.begin[0]
    for row in range(len(runs)):
        low, high = runs[row, 1] - begin, runs[row, 1] + runs[row, 2] - begin
        total += sums.worth[high] - sums.worth[low]
        unknown += sums.unknown[high] - sums.unknown[low]
    total += unknown * rules.worth[min(rarest, len(rules.worth) - 1)]
    return np.int64(total)


@part
def _at_quote(words: Words, runs: Ints, rules: Rules) -> bool:
    """``passages._at_quote`` of the runs of a chain."""
    flags, last = words.flags, len(runs) - 1
    for side in range(2):
        begin, end = runs[0, side], runs[last, side] + runs[last, 2]
        if flags[begin] & rules.quoted or (end < len(flags) and flags[end] & rules.unquoted):
            return True
    return False


@part
def _gaps(runs: Runs, one: int, two: int) -> Place:
    """Tokens between two runs, on both sides."""
    return runs.a[two] - runs.a[one] - runs.length[one], runs.b[two] - runs.b[one] - runs.length[one]


@lean
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


@part
def _cost(gap_a: int, gap_b: int, rules: Rules) -> float:
    """``passages._cost``."""
    short, long = min(gap_a, gap_b), max(gap_a, gap_b)
    if long - short >= rules.inserted and short <= rules.inserted_share * long:
        return np.inf
    return rules.substituted * short + rules.skipped * (long - short)


@lean
def _grow(words: Words, pair: Place, factor: int, rules: Rules, runs: Runs, chain: Ints, found: Found) -> None:
    """``passages._grown``: a chain's runs, those in its gaps and those it is extended by, put behind ``found``."""
    hashes, first, begin = words.hash, chain[0], found.counts[1]
    at = runs.a[first] - 1, runs.b[first] - 1
    stop = words.documents[pair[0]] - 1, words.documents[pair[1]] - 1
    _extend(hashes, at, stop, -1, factor, rules, found)
    _turn(found, begin)
    for link in range(len(chain)):
        run = chain[link]
        to = runs.a[run], runs.b[run]
        gap = to[0] - at[0] + to[1] - at[1]
        while link:
            low = _meet(hashes, at, to, 1, gap, rules.resync)
            if low[0] < 0:
                break
            long = _run(hashes, low, to, 1, rules.resync)
            _with_run(found, low[0], low[1], long)
            at = low[0] + long, low[1] + long
        _with_run(found, to[0], to[1], runs.length[run])
        at = to[0] + runs.length[run], to[1] + runs.length[run]
    stop = words.documents[pair[0] + 1], words.documents[pair[1] + 1]
    _extend(hashes, at, stop, 1, factor, rules, found)


@lean
def _extend(hashes: Hashes, at: Place, stop: Place, step: int, factor: int, rules: Rules, found: Found) -> None:
    """``passages.extend`` forwards (step 1) or backwards (-1), until ``stop`` on either side."""
    best, score, keep = 0.0, 0.0, found.counts[1]
    while True:
        low = _meet(hashes, at, stop, step, rules.gap * factor, rules.resync)
        if low[0] < 0:
            break
        long = _run(hashes, low, stop, step, rules.resync)
        score += long - _cost(abs(low[0] - at[0]), abs(low[1] - at[1]), rules)
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


@lean
def _meet(hashes: Hashes, at: Place, stop: Place, step: int, gap: int, resync: int) -> Place:
    """``passages._meet``: the nearest places from two on where two tokens in a row agree; (-1, -1) if none."""
    left, right = min(abs(stop[0] - at[0]), gap + resync), min(abs(stop[1] - at[1]), gap + resync)
    best, best_a, best_b, held, likely = left + right, -1, -1, np.uint64(0), np.uint64(0)
    for its in range(right):  # a bit for each that there is tells most of the others apart
        held |= np.uint64(1) << (hash_at(hashes, at[1] + step * its) & np.uint64(63))
    for mine in range(left):
        there = held >> (hash_at(hashes, at[0] + step * mine) & np.uint64(63)) & np.uint64(1)
        likely |= there << np.uint64(mine & 63)
    likely &= likely >> np.uint64(1) | likely << np.uint64(63)  # where the one behind is likely there, too
    if not likely:
        return -1, -1
    for mine in range(left - 1):
        if mine >= best:
            break
        if not likely >> np.uint64(mine & 63) & np.uint64(1):
            continue
        one, two = hash_at(hashes, at[0] + step * mine), hash_at(hashes, at[0] + step * (mine + 1))
        for its in range(min(right - 1, best - mine)):
            if hash_at(hashes, at[1] + step * its) == one and hash_at(hashes, at[1] + step * (its + 1)) == two:
                best, best_a, best_b = mine + its, mine, its
                break
    if best_a < 0:
        return -1, -1
    return at[0] + step * best_a, at[1] + step * best_b


@lean
def _run(hashes: Hashes, at: Place, stop: Place, step: int, known: int) -> int:
    """How many tokens are equal from two places on, of which the first ``known`` are known to be."""
    length, most = known, min(abs(stop[0] - at[0]), abs(stop[1] - at[1]))
    while length < most and hash_at(hashes, at[0] + step * length) == hash_at(hashes, at[1] + step * length):
        length += 1
    return length


@lean
def _turn(found: Found, begin: int) -> None:
    """Put the last runs, from ``begin`` on, in the opposite order."""
    low, high = begin, found.counts[1] - 1
    while low < high:
        for column in range(3):
            found.runs[low, column], found.runs[high, column] = found.runs[high, column], found.runs[low, column]
        low, high = low + 1, high - 1


@lean
def _with_run(found: Found, a: int, b: int, length: int) -> None:
    at = found.counts[1]
    if at == len(found.runs):
        found.counts[2] = 1
        return
    found.runs[at, 0], found.runs[at, 1], found.runs[at, 2] = a, b, length
    found.counts[1] += 1
