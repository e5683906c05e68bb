"""Many regular expressions at once: only those are tried that can match a text that begins like this one, and of
those that may begin with anything, only if something lies in the text that one of them cannot do without."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from functools import cached_property, lru_cache
from itertools import groupby

from .heads import SIZE, Head, heads, needed, needed_ahead

_LETTER = "q"
"""A letter that stands for all: what may begin with it may begin with most."""
_TELLING = 3
"""Characters of a text from which it is worth looking for before an expression is tried."""
_KNOWN = 50_000
"""Beginnings that are kept in mind, which bounds the memory."""


Search = Callable[[str], re.Match[str] | None]
Takes = Callable[[str], object]
Tried = tuple[int, Takes]


class Expression:
    """One alternative of one of the patterns; it is compiled when first it is tried."""

    def __init__(self, number: int, pattern: str, heads: frozenset[Head]) -> None:
        self.number = number
        """Of the pattern it is part of."""
        self.pattern = pattern
        self.heads = heads

    @cached_property
    def tried(self) -> Tried:
        """The number of its pattern, and what says whether it takes a whole text."""
        takes = re.compile(self.pattern).fullmatch
        # What is looked for ahead is looked for by itself: the expression would try it at every place.
        texts = needed_ahead(self.pattern)
        if min(map(len, texts), default=0) < _TELLING:
            return self.number, takes
        return self.number, lambda text: any(map(text.__contains__, texts)) and takes(text)


class Expressions:
    """Patterns, by the beginnings of what they match."""

    def __init__(self, patterns: Sequence[str]) -> None:
        self.parts = [Expression(n, *part) for n, pattern in enumerate(patterns) for part in heads(pattern)]
        self._by_text: dict[str, list[int]] = defaultdict(list)
        self._by_kind: dict[str, list[int]] = defaultdict(list)
        for number, part in enumerate(self.parts):
            for head in part.heads:
                (self._by_kind[head.kind] if head.kind else self._by_text[head.text]).append(number)
        needs = {number: needed(part.pattern) for number, part in enumerate(self.parts) if _takes_any(part.heads)}
        self._needy: dict[int, Search] = {
            number: re.compile(_one_of(texts)).search for number, texts in needs.items() if texts
        }
        self._needs = re.compile(_one_of(frozenset().union(*needs.values())))
        self._kinds: dict[str, tuple[int, ...]] = {}
        self._known: dict[str, tuple[tuple[tuple[Tried, Search | None], ...], tuple[Tried, ...]]] = {}

    def worth_trying(self, text: str) -> tuple[Tried, ...]:
        """The alternatives that may match ``text`` by its beginning, in the order of the patterns: of which pattern
        each is, by number, and what says whether it takes the whole of a text."""
        begin = text[:SIZE]
        found = self._known.get(begin)
        if found is None:
            if len(self._known) >= _KNOWN:
                self._known.clear()
            numbers = sorted(set(self._numbers(begin)))
            everything: tuple[tuple[Tried, Search | None], ...] = tuple(
                (self.parts[number].tried, self._needy.get(number)) for number in numbers
            )
            few = tuple(tried for tried, needs in everything if needs is None)
            self._known[begin] = found = everything, few
        everything, few = found
        if len(few) == len(everything) or not self._needs.search(text):
            return few
        return tuple(tried for tried, needs in everything if needs is None or needs(text))

    def numbered(self, numbers: Sequence[int]) -> tuple[Tried, ...]:
        """The alternatives of ``parts`` with these numbers."""
        return tuple([self.parts[number].tried for number in numbers])

    def _numbers(self, begin: str) -> Iterator[int]:
        for size in range(len(begin) + 1):
            yield from self._by_text.get(begin[:size], ())
        yield from self._of_first(begin[:1])

    def _of_first(self, sign: str) -> tuple[int, ...]:
        found = self._kinds.get(sign)
        if found is None:
            kinds = (numbers for kind, numbers in self._by_kind.items() if sign and re.match(kind, sign))
            self._kinds[sign] = found = tuple(number for numbers in kinds for number in numbers)
        return found


def _takes_any(heads: frozenset[Head]) -> bool:
    """Whether next to all lines begin so."""
    return any(not head.text and (not head.kind or re.match(head.kind, _LETTER)) for head in heads)


def _one_of(texts: frozenset[str]) -> str:
    """An expression for any of ``texts``, which tells by a first letter where none can be."""
    least = sorted(text for text in texts if not any(other in text for other in texts - {text}))
    groups = ((first, [text[1:] for text in group]) for first, group in groupby(least, key=lambda text: text[0]))
    parts = (re.escape(first) + "(?:" + "|".join(map(re.escape, rest)) + ")" for first, rest in groups)
    return "|".join(parts) or "(?!)"


@lru_cache(maxsize=4)
def expressions(patterns: tuple[str, ...]) -> Expressions:
    """``patterns``, made ready once in a process."""
    return Expressions(patterns)
