"""Runs of equal tokens extended over small edits, and what goes on behind them: the plain twin of the kernels.

Where two documents part they must come together again on two words within 15; equal words gain, edits cost.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from ..text.vocabulary import Numbers

GAP = 15
"""Words on either side within which two documents must come together again."""
RESYNC = 2
"""Equal words that count as coming together."""
LEAST = 8
"""Equal words that a passage of rare words needs, or one that begins or ends at a quotation mark."""
INSERTED = 5
INSERTED_SHARE = 0.7
"""Words that only one side has between two runs end the passage from so many on, unless the other side has
nearly as many in their place."""
GOES_ON = 6
"""Equal words from which what stands right behind a passage, or right before it, is another one, where one side has put
in as many as end a passage: who said it, within a quote."""
SUBSTITUTED = 0.7
SKIPPED = 0.4
"""What a substituted word costs, and a word that one side has more; an equal word gains 1."""

Run = tuple[int, int, int]
"""(place in a, place in b, length): equal tokens."""


def cost(gap_a: int, gap_b: int) -> float:
    """What lies between two runs costs; where one side has a sentence that the other has not, it ends the
    passage: what was put in or left out is no part of what is shared."""
    short, long = sorted((gap_a, gap_b))
    if long - short >= INSERTED and short <= INSERTED_SHARE * long:
        return math.inf
    return SUBSTITUTED * min(gap_a, gap_b) + SKIPPED * abs(gap_a - gap_b)


def grown(words: Numbers, chain: list[Run], bounds: tuple[tuple[int, int], tuple[int, int]], factor: int) -> list[Run]:
    """The chain with the small runs inside its gaps, and extended over edits at both ends."""
    result = [chain[0]]
    for run in chain[1:]:
        last = result[-1]
        result += align(words, (last[0] + last[2], run[0]), (last[1] + last[2], run[1]))
        result.append(run)
    (a_low, a_high), (b_low, b_high) = bounds
    last = result[-1]
    result += extend(words, (last[0] + last[2], a_high), (last[1] + last[2], b_high), factor)
    first = result[0]
    earlier = extend(words[::-1], _mirror(words, a_low, first[0]), _mirror(words, b_low, first[1]), factor)
    size = len(words)
    return [(size - a - n, size - b - n, n) for a, b, n in reversed(earlier)] + result


def _mirror(words: Numbers, low: int, high: int) -> tuple[int, int]:
    return len(words) - high, len(words) - low


def align(words: Numbers, a: tuple[int, int], b: tuple[int, int]) -> list[Run]:
    """Runs of equal tokens, in order, between two short stretches (resynchronising as ``extend`` does)."""
    return list(_steps(words, a, b, a[1] - a[0] + b[1] - b[0]))


def extend(words: Numbers, a: tuple[int, int], b: tuple[int, int], factor: int) -> list[Run]:
    """Runs after two places where documents part, for as long as they keep coming together again.

    Equal words gain, edits cost; what follows the best score is trimmed off.
    """
    runs: list[Run] = []
    best, best_count, score = 0.0, 0, 0.0
    at_a, at_b = a[0], b[0]
    for run in _steps(words, a, b, GAP * factor):
        score += run[2] - cost(run[0] - at_a, run[1] - at_b)
        at_a, at_b = run[0] + run[2], run[1] + run[2]
        runs.append(run)
        if score > best:
            best, best_count = score, len(runs)
        if score < best - LEAST:
            break
    return runs[:best_count]


def _steps(words: Numbers, a: tuple[int, int], b: tuple[int, int], gap: int) -> Iterator[Run]:
    """From two places on: skip to where both sides agree on two words, run to where they part, and again."""
    (at_a, end_a), (at_b, end_b) = a, b
    while True:
        met = _meet(
            words[at_a : min(end_a, at_a + gap + RESYNC)].tolist(),
            words[at_b : min(end_b, at_b + gap + RESYNC)].tolist(),
        )
        if met is None:
            return
        at_a, at_b = at_a + met[0], at_b + met[1]
        length = RESYNC
        while at_a + length < end_a and at_b + length < end_b and words[at_a + length] == words[at_b + length]:
            length += 1
        yield at_a, at_b, length
        at_a, at_b = at_a + length, at_b + length


def _meet(left: list[int], right: list[int]) -> tuple[int, int] | None:
    """The nearest places (least sum) where two stretches have two words in a row in common."""
    where: dict[tuple[int, int], int] = {}
    for place in range(len(right) - 2, -1, -1):
        where[right[place], right[place + 1]] = place
    best: tuple[int, int] | None = None
    for place in range(len(left) - 1):
        if best is not None and place >= best[0] + best[1]:
            break
        other = where.get((left[place], left[place + 1]))
        if other is not None and (best is None or place + other < best[0] + best[1]):
            best = place, other
    return best


def end_of(chain: Sequence[Run]) -> tuple[int, int]:
    """Where the last run ends, on both sides."""
    return chain[-1][0] + chain[-1][2], chain[-1][1] + chain[-1][2]


def is_before(place: Sequence[int], other: Sequence[int]) -> bool:
    """Whether a place is not behind another one on either side."""
    return place[0] <= other[0] and place[1] <= other[1]


def behind(words: Numbers, at: tuple[int, int], stop: tuple[int, int], factor: int) -> Iterator[list[Run]]:
    """The passages that go on right behind two places, each from the end of the one before."""
    while True:
        run = _goes_on(words, at, stop, factor)
        if run is None:
            return
        end = run[0] + run[2], run[1] + run[2]
        chain = [run, *extend(words, (end[0], stop[0]), (end[1], stop[1]), factor)]
        yield chain
        at = end_of(chain)


def before(
    words: Numbers, first: Run, bounds: tuple[tuple[int, int], tuple[int, int]], done: tuple[int, int], factor: int
) -> Iterator[list[Run]]:
    """The passages that end right before the first run of another one, but behind the last that there was before."""
    size, low = len(words), (bounds[0][0], bounds[1][0])
    if is_before(done, first):
        low = max(low[0], done[0]), max(low[1], done[1])
    at, stop = (size - first[0], size - first[1]), (size - low[0], size - low[1])
    for chain in behind(words[::-1], at, stop, factor):
        yield [(size - a - length, size - b - length, length) for a, b, length in reversed(chain)]


def _goes_on(words: Numbers, at: tuple[int, int], stop: tuple[int, int], factor: int) -> Run | None:
    """The run of equal tokens that begins at a place on one side, and a little behind it on the other."""
    for gap in range(INSERTED, GAP * factor + 1):
        for a, b in ((at[0], at[1] + gap), (at[0] + gap, at[1])):
            length, most = 0, min(stop[0] - a, stop[1] - b)
            while length < most and words[a + length] == words[b + length]:
                length += 1
            if length >= GOES_ON * factor:
                return a, b, length
    return None
