"""Words compared by their spelling."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from itertools import pairwise

from .guards import Word

KEPT = 65_536
"""Words, pairs of words and stretches of words of which what was made, or found, is kept."""


class Words:
    """Words compared by their spelling: what was made of the last ones, and found of them, is kept."""

    def __init__(self) -> None:
        self.made = lru_cache(maxsize=KEPT)(Word.of)
        self.together = lru_cache(maxsize=KEPT)(self._together)
        self.alike = lru_cache(maxsize=KEPT)(self._alike)

    def _together(self, word: str, following: str) -> Word:
        """Two words run together."""
        return self.made(word) + self.made(following)

    def _alike(self, word: str, other: str) -> bool:
        return self.made(word).is_like(self.made(other))

    def run_together(self, place: int, theirs: Sequence[str], mine: Sequence[str]) -> bool:
        """Whether a word of theirs and one next to it are one word of mine, or two of mine are that word."""
        pairs = pairwise(theirs[max(place - 1, 0) : place + 2])
        letters = {self.together(*pair).letters for pair in pairs} & {self.made(word).letters for word in mine}
        return bool(letters) or self.made(theirs[place]).letters in {
            self.together(*pair).letters for pair in pairwise(mine)
        }

    def alike_places(self, mine: Sequence[str], theirs: Sequence[str], spare: int) -> list[tuple[int, int, int]]:
        """Places of my words that are theirs too, and theirs, in order, and how many of theirs each is; words may be
        run together or apart.

        Only the first ones where more than ``spare`` of mine are not among them.
        """
        found: list[tuple[int, int, int]] = []
        at = place = 0
        while theirs and place < len(mine) and place - len(found) <= spare:
            step, taken, used = self._next_alike(mine[place : place + 2], theirs, at)
            found += [(place + number, step, used) for number in range(taken)]
            at = step + used if taken else at
            place += max(taken, 1)
        return found

    def _next_alike(self, mine: Sequence[str], theirs: Sequence[str], at: int) -> tuple[int, int, int]:
        """(where, how many of mine, how many of theirs) for the next of their words that is alike; none: 0 of
        mine."""
        word = self.made(mine[0])
        size = len(word.plain)
        written = max(size, len(word.folded))
        for step in range(at, len(theirs)):
            other = self.made(theirs[step])
            if self.alike(mine[0], theirs[step]):
                # One that was run together with the next is like it, too, if that is short.
                return step, 1 + self._are(mine, other), 1 + self._are(theirs[step : step + 2], word)
            if (
                len(mine) > 1
                and max(len(other.plain), len(other.folded)) > size
                and self.together(*mine).is_like(other)
            ):
                return step, 2, 1
            next_too = step + 1 < len(theirs) and len(other.plain) < written
            if next_too and word.is_like(self.together(theirs[step], theirs[step + 1])):
                return step, 1, 2
        return at, 0, 0

    def _are(self, pair: Sequence[str], other: Word) -> bool:
        """Whether two words run together are another, letter for letter."""
        return len(pair) > 1 and self.together(*pair).letters == other.letters
