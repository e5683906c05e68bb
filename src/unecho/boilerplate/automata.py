"""Many regular expressions as one automaton, which tells in one pass over a text that none of them takes it.

It takes too much rather than too little: how often something repeats, what is looked for ahead and the bounds of words
do not count, and an expression that uses something not understood takes all. Its states are made when a text comes
to them.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..base.columns import Ints
from .heads import CLASS, ESCAPED, GROUP, QUANTIFIER, NotUnderstoodError, end_of_atom, matched

UNKNOWN: Final = -1
"""A step that was not asked for before."""
DEAD: Final = 0
"""The state from which no text is taken."""
BEGIN: Final = 1
"""The state before the first character."""
NOTHING: Final = -1
"""What is said of a state in which no text is taken."""
_MOST: Final = 20_000
"""States from which all are forgotten, which bounds the memory."""
POINTS: Final = 1 << 16
"""Characters beyond this are not known here."""
_TOGETHER: Final = 12
"""Parts that may begin with next to anything, in one automaton: with each there are more states, but each automaton
reads the lines to their ends."""
_LETTER = "q"
"""A letter that stands for all: what may begin with it may begin with most."""


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
        known = set(labels)
        self._classes = {label: re.compile(label) for label in sorted(filter(is_class, known))}
        self._literals = sorted(label for label in known if not is_class(label) and ord(label) < POINTS)
        self.of = np.zeros(POINTS, np.int16)
        """The number of each character; 0: not known yet."""
        self.chars: list[str] = [""]
        """A character of each number."""
        self._numbers: dict[tuple[str, frozenset[str]], int] = {}
        self._alike: dict[frozenset[str], list[int]] = defaultdict(list)
        self._kinds: list[frozenset[str]] = [frozenset()]
        self.learn(self._literals)

    def __len__(self) -> int:
        return len(self.chars)

    def learn(self, chars: Sequence[str]) -> None:
        """Number some characters."""
        kinds: dict[str, list[str]] = {char: [] for char in chars}
        joined = "".join(chars)
        for label, expression in self._classes.items():
            for char in expression.findall(joined):
                kinds[char].append(label)
        literals = set(self._literals)
        for char, labels in kinds.items():
            kind = frozenset(labels)
            key = char if char in literals else "", kind
            number = self._numbers.get(key)
            if number is None:
                self._numbers[key] = number = len(self.chars)
                self.chars.append(char)
                self._kinds.append(kind)
                self._alike[kind].append(number)
            self.of[ord(char)] = number

    def meet(self, seen: NDArray[np.bool_]) -> None:
        """Number those of the characters that are not known yet."""
        fresh = np.flatnonzero(seen & (self.of == 0)).tolist()
        if fresh:
            self.learn([chr(point) for point in fresh])

    def kind(self, number: int) -> frozenset[str]:
        """The classes that the characters of this number belong to."""
        return self._kinds[number]

    def alike(self, number: int) -> list[int]:
        """The numbers of characters that belong to the same classes."""
        return self._alike[self._kinds[number]]


class _Ahead(NamedTuple):
    """What may follow a place."""

    literals: dict[str, tuple[int, ...]]
    classes: tuple[tuple[str, tuple[int, ...]], ...]


class Automaton:
    """Some parts of expressions. What is said of a text is the greatest value of the parts that may take it."""

    def __init__(
        self, places: Places, parts: Sequence[tuple[_Part, int]], numbers: Sequence[int], symbols: Symbols
    ) -> None:
        """``parts``: each with its value, which is not negative. ``numbers``: what each is known by."""
        self._places, self._symbols = places, symbols
        self._parts, self._numbers_of = parts, numbers
        self._ends: dict[int, list[int]] = defaultdict(list)
        for number, (part, _) in enumerate(parts):
            for place in part.last:
                self._ends[place].append(number)
        self._first = frozenset[int]().union(*(part.first for part, _ in parts))
        self._empty = [number for number, (part, _) in enumerate(parts) if part.empty]
        self._ahead: dict[int, _Ahead] = {}
        self._forget()

    def _forget(self) -> None:
        self._sets: list[frozenset[int]] = []
        self._numbers: dict[frozenset[int], int] = {}
        self._signs: dict[int, list[int]] = {}
        self.steps = np.full((64, max(len(self._symbols), 64)), UNKNOWN, np.int16)
        """State after each state and symbol."""
        self.values = np.full(64, NOTHING, np.int64)
        """What is said of a text that ends in each state."""
        self.taking: list[tuple[int, ...]] = []
        """The numbers of the parts that may take it, in order."""
        self._state(frozenset())
        self.steps[DEAD] = DEAD
        self._state(frozenset((-1,)))

    def _state(self, places: frozenset[int]) -> int:
        number = self._numbers.get(places)
        if number is None:
            self._numbers[places] = number = len(self._sets)
            self._sets.append(places)
            if number == len(self.values):
                self.steps = np.concatenate([self.steps, np.full_like(self.steps, UNKNOWN)])
                self.values = np.concatenate([self.values, np.full_like(self.values, NOTHING)])
            ending = (
                self._empty if number == BEGIN else {part for place in places for part in self._ends.get(place, ())}
            )
            self.taking.append(tuple(sorted(self._numbers_of[part] for part in ending)))
            self.values[number] = max((self._parts[part][1] for part in ending), default=NOTHING)
        return number

    @property
    def count(self) -> int:
        """How many states there are."""
        return len(self._sets)

    def prepare(self) -> None:
        """Before texts are run: room for all symbols, and not too many states."""
        states, room = self.steps.shape
        if len(self._sets) > _MOST:
            self._forget()
        elif len(self._symbols) > room:
            wider = np.full((states, 2 * len(self._symbols)), UNKNOWN, np.int16)
            wider[:, :room] = self.steps
            wider[DEAD] = DEAD
            self.steps = wider

    def step(self, state: int, symbol: int) -> int:
        """The state after ``state`` and ``symbol``; it is in ``steps`` from now on."""
        known = int(self.steps[state, symbol])
        if known != UNKNOWN:
            return known
        char, kind = self._symbols.chars[symbol], self._symbols.kind(symbol)
        found: set[int] = set()
        literal = False
        for place in self._sets[state]:
            ahead = self._ahead.get(place) or self._look(place)
            own = ahead.literals.get(char)
            if own:
                literal = True
                found.update(own)
            for label, places in ahead.classes:
                if label in kind:
                    found.update(places)
        after = self._state(frozenset(found))
        if literal:
            self.steps[state, symbol] = after
        else:
            self._fill(state, symbol, after)
        return after

    def _fill(self, state: int, symbol: int, after: int) -> None:
        """The step of all that is no literal here and of the same classes."""
        row = self.steps[state]
        signs = self._signs.get(state)
        if signs is None:
            chars = {char for place in self._sets[state] for char in self._ahead[place].literals}
            self._signs[state] = signs = self._symbols.of[[ord(char) for char in chars]].tolist()
        kept = row[signs]
        row[self._symbols.alike(symbol)] = after
        row[signs] = kept
        row[symbol] = after

    def _look(self, place: int) -> _Ahead:
        literals: dict[str, list[int]] = defaultdict(list)
        classes: dict[str, list[int]] = defaultdict(list)
        for after in self._first if place < 0 else self._places.after[place]:
            label = self._places.labels[after]
            (classes if is_class(label) else literals)[label].append(after)
        plain = {char: tuple(places) for char, places in literals.items() if ord(char) < POINTS}
        self._ahead[place] = found = _Ahead(plain, tuple((label, tuple(places)) for label, places in classes.items()))
        return found


class Automata:
    """Expressions as some automata: one of those that begin with something of their own, which dies early on most
    texts, and others of those that may begin with next to anything. As one they would have many times as many
    states."""

    def __init__(self, parts: Sequence[tuple[str, int]]) -> None:
        """``parts``: alternatives, as ``heads`` gives them, each with its value."""
        places = Places()
        read = [(places.read(pattern), value) for pattern, value in parts]
        self.symbols = Symbols(places.labels)
        """The characters that they tell apart."""
        letters = {label for label in set(places.labels) if is_class(label) and re.match(label, _LETTER)}
        wide = [part.empty or any(places.labels[place] in letters for place in part.first) for part, _ in read]
        narrow = [number for number, is_wide in enumerate(wide) if not is_wide]
        others = [number for number, is_wide in enumerate(wide) if is_wide]
        groups = [narrow, *(others[first : first + _TOGETHER] for first in range(0, len(others), _TOGETHER))]
        self.each = tuple(
            Automaton(places, [read[number] for number in group], group, self.symbols) for group in groups
        )

    def values(self, texts: Sequence[str]) -> Ints:
        """What is said of texts, character by character: the plain twin of what the compiled kernel does."""
        found = np.full(len(texts), NOTHING, np.int64)
        seen = np.zeros(POINTS, np.bool_)
        seen[[ord(char) for char in "".join(texts)]] = True
        self.symbols.meet(seen)
        for automaton in self.each:
            automaton.prepare()
            for number, text in enumerate(texts):
                state = BEGIN
                for char in text:
                    state = automaton.step(state, int(self.symbols.of[ord(char)]))
                found[number] = max(found[number], automaton.values[state])
        return found
