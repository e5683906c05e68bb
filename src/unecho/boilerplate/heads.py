"""How the texts begin that a regular expression can match: a look at the first letters of a line spares most rules.

What is said is never too narrow: where an expression uses something not understood here, any beginning is possible.
"""

from __future__ import annotations

import re
from typing import Final, NamedTuple

SIZE: Final = 3
"""Most characters of a beginning."""
_MOST: Final = 4000
"""Beginnings of one expression from which they are cut to one character."""
_NEEDED: Final = 8
"""Most characters of a needed text."""
_MOST_NEEDED: Final = 120
"""Needed texts of an expression from which to look for them takes longer than to try it."""
_MEMBERS: Final = 12
"""Members of a class up to which they are told one by one."""
QUANTIFIER = re.compile(r"(?:[*+?]|\{(\d*)(?:(,)(\d*))?\})[?+]?")
GROUP = re.compile(r"\((?:\?(?:(?P<plain>:)|(?P<aside>[=!]|<[=!])|.))?")
CLASS = re.compile(r"\[\^?\]?(?:\\.|[^\]\\])*\]", re.DOTALL)
_LISTED = re.compile(r"\[((?:\\[^\w]|[^\]\\^-])+)\]")
ESCAPED = re.compile(r"\\(?:([bBAZ])|([dDwWsS])|([^\w]))")
_LITERAL = re.compile(r"[^*+?{}()\[\]|\\^$.]+(?![*+?{])|[^*+?{}()\[\]|\\^$.]")


class Head(NamedTuple):
    """A beginning: these characters, or one character of a class, and whatever follows. Neither: all texts begin so."""

    text: str = ""
    kind: str = ""
    """A regular expression for one character."""
    done: bool = False
    """Whether what follows in the expression is not told any more."""

    def then(self, other: Head, size: int) -> Head:
        """This and what follows it, ``size`` characters at most."""
        if self.done or not (other.text or other.kind):
            return Head(self.text, self.kind, self.done or other.done)
        if self.text and other.kind:
            return Head(self.text, "", True)
        text = (self.text + other.text)[:size]
        return Head(text, other.kind, other.done or bool(other.kind) or len(text) == size)


_ANY: Final = frozenset((Head("", "", True),))
_NOTHING: Final = frozenset((Head(),))


def heads(pattern: str) -> list[tuple[str, frozenset[Head]]]:
    """The alternatives that ``pattern`` offers, in order, and how all texts begin that each of them matches."""
    found = []
    try:
        at = -1
        while at < len(pattern):
            begin = at + 1
            part, at = _sequence(pattern, begin, SIZE)
            if pattern[at : at + 1] == ")":
                raise NotUnderstoodError
            found.append((pattern[begin:at], part))
    except (NotUnderstoodError, RecursionError):
        return [(pattern, _ANY)]
    return found


def needed(alternative: str) -> frozenset[str]:
    """Texts one of which lies in all that an alternative matches, as long as they can be had; none: not known.

    ``alternative``: as ``heads`` gives it.
    """
    best: frozenset[str] = frozenset()
    at = 0
    try:
        while at < len(alternative):
            rest, _ = _sequence(alternative, at, _NEEDED)
            end = end_of_atom(alternative, at)
            quantifier = QUANTIFIER.match(alternative, end)
            best = max(best, frozenset(head.text for head in rest), needed_ahead(alternative, at), key=_shortest)
            at = quantifier.end() if quantifier else end
    except (NotUnderstoodError, RecursionError):
        return frozenset()
    return best if _shortest(best) else frozenset()


def needed_ahead(alternative: str, at: int = 0) -> frozenset[str]:
    """As ``needed``, by nothing but what the alternative looks for ahead at a place of it."""
    if not alternative.startswith("(?=", at):
        return frozenset()
    try:
        end = end_of_atom(alternative, at)
    except NotUnderstoodError:
        return frozenset()
    inside = alternative[at + 3 : end - 1]
    found = heads(inside)
    is_sure = len(found) == 1 and found[0][1] != _ANY and not QUANTIFIER.match(alternative, end)
    return needed(inside) if is_sure else frozenset()


def _shortest(texts: frozenset[str]) -> int:
    return min(map(len, texts), default=0) if len(texts) <= _MOST_NEEDED else 0


class NotUnderstoodError(Exception):
    """The expression uses something that is not known here."""


def end_of_atom(pattern: str, at: int) -> int:
    if pattern[at] == "\\":
        return at + 2
    if pattern[at] == "[":
        return matched(CLASS, pattern, at).end()
    if pattern[at] != "(":
        return at + 1
    at = matched(GROUP, pattern, at).end()
    while pattern[at : at + 1] != ")":
        if at >= len(pattern):
            raise NotUnderstoodError
        at = end_of_atom(pattern, at)
    return at + 1


def matched(expression: re.Pattern[str], pattern: str, at: int) -> re.Match[str]:
    found = expression.match(pattern, at)
    if found is None:
        raise NotUnderstoodError
    return found


def _choice(pattern: str, at: int, size: int) -> tuple[frozenset[Head], int]:
    """Beginnings of alternatives up to the end of the group or expression, and where that is."""
    found: set[Head] = set()
    while True:
        part, at = _sequence(pattern, at, size)
        found |= part
        if pattern[at : at + 1] != "|":
            return _bounded(found), at
        at += 1


def _sequence(pattern: str, at: int, size: int) -> tuple[frozenset[Head], int]:
    done: set[Head] = set()
    going_on = _NOTHING
    while at < len(pattern) and pattern[at] not in "|)":
        part, at = _atom(pattern, at, size)
        part, at = _repeated(part, pattern, at)
        if going_on:
            found = part if going_on is _NOTHING else {head.then(other, size) for head in going_on for other in part}
            done.update(head for head in found if head.done)
            going_on = _bounded({head for head in found if not head.done})
    return _bounded(done | going_on), at


def _repeated(part: frozenset[Head], pattern: str, at: int) -> tuple[frozenset[Head], int]:
    quantifier = QUANTIFIER.match(pattern, at)
    if not quantifier:
        return part, at
    sign, (least, _, most) = quantifier[0][0], quantifier.groups()
    if sign != "?" and not (sign == "{" and least == most == "1"):
        part = frozenset(Head(head.text, head.kind, True) for head in part)
    if sign in "?*" or (sign == "{" and not (least or "").strip("0")):
        part |= _NOTHING
    return part, quantifier.end()


def _atom(pattern: str, at: int, size: int) -> tuple[frozenset[Head], int]:
    sign = pattern[at]
    if sign == "(":
        return _group(pattern, at, size)
    if sign == "[":
        found = matched(CLASS, pattern, at)
        return _class(found[0]), found.end()
    if sign == "\\":
        escaped = matched(ESCAPED, pattern, at)
        bound, kind, literal = escaped.groups()
        return frozenset((Head() if bound else Head("", escaped[0], True) if kind else Head(literal),)), escaped.end()
    if sign == ".":
        return frozenset((Head("", ".", True),)), at + 1
    if sign in "^$":
        return _NOTHING, at + 1
    literal = matched(_LITERAL, pattern, at)[0]
    return frozenset((Head(literal[:size], "", len(literal) >= size),)), at + len(literal)


def _group(pattern: str, at: int, size: int) -> tuple[frozenset[Head], int]:
    opening = matched(GROUP, pattern, at)
    if opening["aside"]:  # looks, and takes nothing
        return _NOTHING, end_of_atom(pattern, at)
    if not opening["plain"] and opening[0] != "(":
        raise NotUnderstoodError
    found, end = _choice(pattern, opening.end(), size)
    if pattern[end : end + 1] != ")":
        raise NotUnderstoodError
    return found, end + 1


def _class(written: str) -> frozenset[Head]:
    listed = _LISTED.fullmatch(written)
    members = re.sub(r"\\(.)", r"\1", listed[1]) if listed else ""
    if 0 < len(members) <= _MEMBERS:
        return frozenset(Head(member) for member in members)
    return frozenset((Head("", written, True),))


def _bounded(found: set[Head]) -> frozenset[Head]:
    if len(found) <= _MOST:
        return frozenset(found)
    return frozenset(Head(head.text[:1], head.kind, True) for head in found)
