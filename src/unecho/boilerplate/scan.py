"""Lines at a glance, for large inputs: the shape of each, and whether a rule may take it, by compiled loops over the
lines of many documents. ``features.shape`` and ``rules`` are the plain twins.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache, lru_cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ..base.columns import Hashes, Ints, offsets_of
from ..compiled import scan as kernels
from ..text.paragraphs import Spans, bounds_of
from . import features, rules
from .automata import Automata
from .features import Lines, Texts
from .rules import Rules, Worth

Points = NDArray[np.uint32]
_MASK: Final = (1 << 64) - 1


class Scan:
    """The lines of some documents."""

    def __init__(self, texts: Sequence[str], spans: Sequence[Spans], known: Rules) -> None:
        """``spans``: where the lines of each text lie."""
        self._texts = texts
        self._edges = offsets_of(np.fromiter(map(len, spans), np.int64, len(spans))).tolist()
        self._bounds = np.concatenate([np.zeros((0, 2), np.int64), *map(bounds_of, spans)])
        data, bounds = joined(texts, spans)
        self._rows = np.empty((len(bounds), 5), np.int64)
        room = int((bounds[:, 1] - bounds[:, 0]).sum()) * most_of_one()
        plain = kernels.Plain(
            np.empty(room, np.uint16), np.empty(len(bounds) + 1, np.int64), np.zeros(kernels.PLANE, np.bool_)
        )
        kernels.spell(data, bounds, letters(), rules.MAX_CHARS, _marks(known.phrases), self._rows, plain)
        odd = self._rows[:, kernels.ODD] > 0
        self._measure(np.flatnonzero(odd).tolist())
        ends = _automata(known.alternatives).run(*plain)
        unclear = odd
        if known.takes_long:
            unclear |= bounds[:, 1] - bounds[:, 0] > rules.MAX_CHARS
        may = self._rows[:, kernels.WORDS] <= ends.values
        self._possible = np.flatnonzero(may | (self._rows[:, kernels.PHRASED] > 0) | unclear)
        self._worth = ends.of(self._possible)
        for place in np.flatnonzero(unclear[self._possible]).tolist():
            self._worth[place] = None

    def _measure(self, numbers: Sequence[int]) -> None:
        """Tell the shapes of lines that the kernel does not understand."""
        edges = np.array(self._edges)
        for number in numbers:
            document = int(np.searchsorted(edges, number, side="right")) - 1
            start, end = self._bounds[number].tolist()
            _, *row = features.shape(self._texts[document][start:end])
            self._rows[number, [kernels.WORDS, kernels.ITEM, kernels.ENDS]] = row

    def lines(self, document: int) -> Lines:
        """The lines of a document."""
        rows = self._rows[self._edges[document] : self._edges[document + 1]]
        words, items, ends = rows[:, kernels.WORDS], rows[:, kernels.ITEM] > 0, rows[:, kernels.ENDS] > 0
        return Lines(Texts(self._texts[document], self.bounds(document)), words, items, ends)

    def bounds(self, document: int) -> Ints:
        """Where its lines lie."""
        return self._bounds[self._edges[document] : self._edges[document + 1]]

    def possible(self, document: int) -> dict[int, Worth]:
        """The numbers of its lines that a rule may take, all that one takes among them; and which alternatives of the
        rules' patterns may match each, by number, if that is known."""
        first, end = self._edges[document], self._edges[document + 1]
        place, last = np.searchsorted(self._possible, (first, end)).tolist()
        return dict(zip((self._possible[place:last] - first).tolist(), self._worth[place:last], strict=True))


def joined(texts: Sequence[str], spans: Sequence[Spans]) -> tuple[Points, Ints]:
    """Texts end to end as code points, and where the lines of all lie there (lines x 2)."""
    bases = offsets_of(np.fromiter(map(len, texts), np.int64, len(texts)))[:-1].tolist()
    bounds = [bounds_of(some) + base for some, base in zip(spans, bases, strict=True)]
    data = np.frombuffer("".join(texts).encode("utf-32-le", "surrogatepass"), "<u4")
    return data, np.concatenate([np.zeros((0, 2), np.int64), *bounds])


@lru_cache(maxsize=4)
def _automata(alternatives: tuple[tuple[str, int], ...]) -> Automata:
    """The automata of rules, made ready once in a process."""
    return Automata(alternatives)


@lru_cache(maxsize=4)
def _marks(phrases: tuple[str, ...]) -> Hashes:
    """A table of the marks of phrases, each at the first free place from its own on."""
    table = [0] * (1 << (2 * len(phrases)).bit_length())
    for phrase in phrases:
        mark = _mark(phrase)
        place = mark >> 1
        while table[place % len(table)]:
            place += 1
        table[place % len(table)] = mark
    return np.array(table, np.uint64)


def _mark(phrase: str) -> int:
    """What ``compiled.scan`` knows a phrase by."""
    value = 0
    for char in phrase:
        value = (value + ord(char) + 1) * int(kernels.FACTOR) & _MASK
    return (value ^ value >> 32) * int(kernels.LOCK) & _MASK | 1


@cache
def most_of_one() -> int:
    """Characters that one may become at the most."""
    return int(np.diff(letters().longer_at).max())


@cache
def letters() -> kernels.Letters:
    chars = [chr(point) for point in range(kernels.PLANE)]
    traits = np.zeros(kernels.PLANE, np.uint8)
    for trait, signs in (
        (kernels.BLANK, [char for char in chars if char.isspace()]),
        (kernels.UNSPACED, features.SPACELESS.findall("".join(chars))),
        (kernels.BULLET, features.BULLETS),
        (kernels.DECIMAL, [char for char in chars if char.isdecimal()]),
        (kernels.CLOSING, features.CLOSING),
        (kernels.STOP, features.STOPS),
        (kernels.LEADING, rules.LEADING),
        (kernels.TRAILING, rules.TRAILING),
    ):
        traits[[ord(sign) for sign in signs]] |= trait
    becomes, longer = np.empty(kernels.PLANE, np.int32), [""]
    for point, char in enumerate(chars):
        folded = char.casefold().translate(rules.UNIFIED)
        if len(folded) == 1:
            becomes[point] = kernels.TO_BLANK if folded.isspace() else ord(folded)
        elif not folded:
            becomes[point] = kernels.DROPPED
        else:
            becomes[point] = kernels.FIRST_LONG - len(longer)
            longer.append(folded)
    points = np.array([ord(char) for char in "".join(longer)], np.uint16)
    return kernels.Letters(traits, becomes, points, offsets_of(np.array([len(text) for text in longer], np.int64)))
