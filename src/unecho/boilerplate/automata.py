"""Many regular expressions as one automaton, which tells in one pass over a text that none of them takes it.

It takes too much rather than too little: how often something repeats, what is looked for ahead and the bounds of words
do not count, and an expression that uses something not understood takes all. Its states are made when a text comes
to them.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from itertools import chain
from threading import Lock
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..base.columns import Ints, Mask, offsets_of
from ..compiled import automaton as kernels
from .heads import CLASS, ESCAPED, GROUP, QUANTIFIER, NotUnderstoodError, end_of_atom, matched

NOTHING: Final = -1
"""What is said of a text that no expression takes."""
UNCLEAR: Final = np.iinfo(np.int64).max
"""What is said of a text that was not followed to its end."""
POINTS: Final = 1 << 16
"""Characters beyond this are not known here."""
_MOST_STATES: Final = 30_000
"""States of an automaton beyond which what comes to new ones is not followed; from half of them on it begins anew."""
_MOST_MEMBERS: Final = 32 * _MOST_STATES
"""Places of all states together; half as many are usual."""
_SYMBOLS: Final = 512
"""Symbols for which there is room at first."""
_TOGETHER: Final = 24
"""Parts that may begin with next to anything, in one automaton: with each there are more states, but each automaton
reads the lines to their ends."""
_LETTER = "q"
"""A letter that stands for all: what may begin with it may begin with most."""

Points = NDArray[np.uint16]


class _Part(NamedTuple):
    """A part of an expression, as Glushkov has it: which of its places may come first and last."""

    first: frozenset[int]
    last: frozenset[int]
    empty: bool
    """Whether it takes the empty text."""


_EMPTY: Final = _Part(frozenset(), frozenset(), True)


class Places:
    """The places of characters in some expressions, and which may follow which (Glushkov 1961)."""

    def __init__(self) -> None:
        self.labels: list[str] = []
        """What each takes: a character, or a regular expression for one (longer, or a dot)."""
        self.after: list[set[int]] = []

    def read(self, pattern: str) -> _Part:
        """The places of an alternative, as ``heads`` gives it."""
        count = len(self.labels)
        try:
            part, end = self._sequence(pattern, 0)
            if end < len(pattern):
                raise NotUnderstoodError
        except (NotUnderstoodError, RecursionError):
            del self.labels[count:], self.after[count:]
            place = self._place(".")
            self._follow(place.last, place.first)
            return place._replace(empty=True)
        return part

    def before(self, parts: Iterable[_Part]) -> int:
        """A place before the first ones of some parts."""
        (begin,) = self._place(".").first
        self.after[begin].update(*(part.first for part in parts))
        return begin

    def compiled(self, symbols: Symbols, values: Ints) -> kernels.Places:
        """These places as the kernel takes them."""
        labels = np.array([symbols.labels[label] for label in self.labels], np.int16)
        offsets = offsets_of(np.fromiter(map(len, self.after), np.int64, len(self.after)))
        after = np.fromiter(chain.from_iterable(self.after), np.int32, int(offsets[-1]))
        return kernels.Places(after, labels[after], offsets, values, np.zeros(len(labels), np.bool_))

    def _place(self, label: str) -> _Part:
        self.labels.append(label)
        self.after.append(set())
        own = frozenset((len(self.labels) - 1,))
        return _Part(own, own, False)

    def _follow(self, last: Iterable[int], first: Iterable[int]) -> None:
        for place in last:
            self.after[place].update(first)

    def _choice(self, pattern: str, at: int) -> tuple[_Part, int]:
        parts = []
        while True:
            part, at = self._sequence(pattern, at)
            parts.append(part)
            if pattern[at : at + 1] != "|":
                break
            at += 1
        first = frozenset().union(*(part.first for part in parts))
        last = frozenset().union(*(part.last for part in parts))
        return _Part(first, last, any(part.empty for part in parts)), at

    def _sequence(self, pattern: str, at: int) -> tuple[_Part, int]:
        whole = _EMPTY
        while at < len(pattern) and pattern[at] not in "|)":
            part, at = self._atom(pattern, at)
            part, at = self._repeated(part, pattern, at)
            self._follow(whole.last, part.first)
            whole = _Part(
                whole.first | part.first if whole.empty else whole.first,
                whole.last | part.last if part.empty else part.last,
                whole.empty and part.empty,
            )
        return whole, at

    def _repeated(self, part: _Part, pattern: str, at: int) -> tuple[_Part, int]:
        quantifier = QUANTIFIER.match(pattern, at)
        if not quantifier:
            return part, at
        sign, (least, _, most) = quantifier[0][0], quantifier.groups()
        if sign != "?" and not (sign == "{" and least == most == "1"):
            self._follow(part.last, part.first)
        missing = sign in "?*" or (sign == "{" and not (least or "").strip("0"))
        return part._replace(empty=part.empty or missing), quantifier.end()

    def _atom(self, pattern: str, at: int) -> tuple[_Part, int]:
        sign = pattern[at]
        if sign == "(":
            return self._group(pattern, at)
        if sign == "[":
            end = matched(CLASS, pattern, at).end()
            return self._place(pattern[at:end]), end
        if sign == "\\":
            escaped = matched(ESCAPED, pattern, at)
            bound, kind, literal = escaped.groups()
            label = "[.]" if literal == "." else literal or escaped[0]
            return _EMPTY if bound else self._place(escaped[0] if kind else label), escaped.end()
        return _EMPTY if sign in "^$" else self._place(sign), at + 1

    def _group(self, pattern: str, at: int) -> tuple[_Part, int]:
        opening = matched(GROUP, pattern, at)
        if opening["aside"]:  # looks, and takes nothing
            return _EMPTY, end_of_atom(pattern, at)
        if not opening["plain"] and opening[0] != "(":
            raise NotUnderstoodError
        part, end = self._choice(pattern, opening.end())
        if pattern[end : end + 1] != ")":
            raise NotUnderstoodError
        return part, end + 1


def is_class(label: str) -> bool:
    """Whether a label stands for more than its character."""
    return len(label) > 1 or label == "."


class Symbols:
    """Characters that no expression tells apart have the same number. Those of the first plane only."""

    def __init__(self, labels: Iterable[str]) -> None:
        self.labels = {label: number for number, label in enumerate(sorted(set(labels)))}
        """The number of each."""
        self._classes = {label: re.compile(label) for label in filter(is_class, self.labels)}
        self._literals = self.labels.keys() - self._classes.keys()
        self.of = np.zeros(POINTS, np.int16)
        """The number of each character; 0: not known yet, or in no label."""
        self.takes = np.zeros((_SYMBOLS, len(self.labels)), np.bool_)
        """Whether a place of each label takes the characters of each number."""
        self._numbers = {self.takes[0].tobytes(): 0}
        self._met = np.zeros(POINTS, np.bool_)

    def meet(self, seen: Mask) -> None:
        """Number those of the characters that are not known yet."""
        fresh = np.flatnonzero(seen & ~self._met)
        if not len(fresh):
            return
        self._met[fresh] = True
        takes = np.zeros((len(fresh), len(self.labels)), np.bool_)
        text, row_of = "".join(map(chr, fresh.tolist())), np.zeros(POINTS, np.int64)
        row_of[fresh] = np.arange(len(fresh))
        for label, expression in self._classes.items():
            takes[row_of[_points("".join(expression.findall(text)))], self.labels[label]] = True
        for char in set(text) & self._literals:
            takes[row_of[ord(char)], self.labels[char]] = True
        for point, row in zip(fresh.tolist(), takes, strict=True):
            self.of[point] = number = self._numbers.setdefault(row.tobytes(), len(self._numbers))
            if number == len(self.takes):
                self.takes = np.concatenate([self.takes, np.zeros_like(self.takes)])
            self.takes[number] = row


class Automaton:
    """Some of the parts as one automaton, whose states are made when a text comes to them."""

    def __init__(self, places: kernels.Places, begin: int, parts: Mapping[int, Sequence[int]], symbols: int) -> None:
        """``begin``: the place before their first ones. ``parts``: the numbers of those that end at each place.
        ``symbols``: room for so many."""
        self._places, self._parts = places, parts
        self._taking: dict[int, tuple[int, ...]] = {}
        self.states = states = kernels.States(
            np.zeros((_MOST_STATES, symbols), np.int16),  # the system gives memory to what is written to only
            np.zeros(_MOST_STATES, np.int64),
            np.zeros(_MOST_MEMBERS, np.int32),
            np.zeros(_MOST_STATES + 1, np.int64),
            np.zeros(1 << (2 * _MOST_STATES).bit_length(), np.int16),
            np.array([kernels.BEGIN + 1]),
        )
        states.table[0] = kernels.DEAD  # the place of the set of none
        states.members[0], states.offsets[kernels.BEGIN + 1] = begin, 1
        states.values[[kernels.UNKNOWN, kernels.DEAD, kernels.BEGIN]] = UNCLEAR, NOTHING, places.values[begin]

    def goes_on(self, symbols: int) -> bool:
        """Whether it has room for so many symbols, and for more states."""
        return self.states.size.item() <= _MOST_STATES // 2 and symbols <= self.states.steps.shape[1]

    def run(self, points: Points, offsets: Ints, symbols: Symbols) -> NDArray[np.int16]:
        """The states that lines end in."""
        ends = np.empty(len(offsets) - 1, np.int16)
        kernels.run(points, offsets, symbols.of, symbols.takes, self._places, self.states, ends)
        return ends

    def taking(self, state: int) -> tuple[int, ...]:
        """The numbers of the parts that may take a text that ends in a state, in order."""
        found = self._taking.get(state)
        if found is None:
            members = self.states.members[slice(*self.states.offsets[state : state + 2].tolist())].tolist()
            found = tuple(sorted({number for place in members for number in self._parts.get(place, ())}))
            self._taking[state] = found
        return found


class Ends(NamedTuple):
    """What automata say of lines."""

    values: Ints
    """The greatest value of the parts that may take each line; ``UNCLEAR`` if it was not followed to its end."""
    states: Sequence[tuple[Automaton, NDArray[np.int16]]]
    """The state of each automaton that each line ends in."""

    def of(self, lines: Ints) -> list[tuple[int, ...] | None]:
        """The numbers of the parts that may take each of some lines, in order; None where that is not clear."""
        some = list(zip(*(states[lines].tolist() for _, states in self.states), strict=True))
        # Most lines end in the same few states.
        taking = {own: self._taking(own) for own in set(some)}
        return [taking[own] for own in some]

    def _taking(self, states: tuple[int, ...]) -> tuple[int, ...] | None:
        if kernels.UNKNOWN in states:
            return None
        parts = [one.taking(state) for (one, _), state in zip(self.states, states, strict=True)]
        return tuple(sorted(chain.from_iterable(parts)))


class Automata:
    """Expressions as some automata: one of those that begin with something of their own, which dies early on most
    texts, and others of those that may begin with next to anything. As one they would have many times as many
    states."""

    def __init__(self, parts: Sequence[tuple[str, int]]) -> None:
        """``parts``: alternatives, as ``heads`` gives them, each with its value, which is not negative."""
        self._places = places = Places()
        read = [places.read(pattern) for pattern, _ in parts]
        groups = _groups(read, places.labels)
        self._begins = [places.before(read[number] for number in group) for group in groups]
        self._symbols = Symbols(places.labels)
        self._parts: dict[int, list[int]] = defaultdict(list)
        for group, begin in zip(groups, self._begins, strict=True):
            for number in group:
                for place in (*read[number].last, *((begin,) if read[number].empty else ())):
                    self._parts[place].append(number)
        self._values = np.full(len(places.labels), NOTHING, np.int64)
        for place, numbers in self._parts.items():
            self._values[place] = max(parts[number][1] for number in numbers)
        self._compiled = places.compiled(self._symbols, self._values)
        self._each = [self._automaton(begin) for begin in self._begins]
        self._lock = Lock()

    def _automaton(self, begin: int) -> Automaton:
        return Automaton(self._compiled, begin, self._parts, len(self._symbols.takes))

    def run(self, points: Points, offsets: Ints, seen: Mask) -> Ends:
        """Run lines, by the compiled kernel.

        ``points``: their characters; ``offsets``: where each begins, and the last one ends; ``seen``: which characters
        there are.
        """
        with self._lock:
            self._symbols.meet(seen)
            for number, one in enumerate(self._each):
                if not one.goes_on(len(self._symbols.takes)):
                    self._each[number] = self._automaton(self._begins[number])
            states = [(one, one.run(points, offsets, self._symbols)) for one in self._each]
        return Ends(np.maximum.reduce([one.states.values[ends] for one, ends in states]), states)

    def values(self, texts: Sequence[str]) -> Ints:
        """What is said of texts, character by character: the plain twin of what the kernel does."""
        found = [max(self._values[list(self._after(text))], default=NOTHING) for text in texts]
        return np.array(found, np.int64)

    def _after(self, text: str) -> set[int]:
        """The places at which a text may end."""
        labels, after, places = self._places.labels, self._places.after, set(self._begins)
        for char in text:
            places = {one for place in places for one in after[place] if _takes(labels[one], char)}
        return places


def _points(text: str) -> NDArray[np.uint32]:
    """The characters of a text."""
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)


def _groups(parts: Sequence[_Part], labels: Sequence[str]) -> list[list[int]]:
    """The numbers of the parts of each automaton."""
    letters = {label for label in set(labels) if is_class(label) and re.match(label, _LETTER)}
    wide = [part.empty or any(labels[place] in letters for place in part.first) for part in parts]
    narrow = [number for number, is_wide in enumerate(wide) if not is_wide]
    others = [number for number, is_wide in enumerate(wide) if is_wide]
    return [narrow, *(others[first : first + _TOGETHER] for first in range(0, len(others), _TOGETHER))]


@lru_cache(maxsize=1 << 16)
def _takes(label: str, char: str) -> bool:
    return re.fullmatch(label, char) is not None if is_class(label) else label == char
