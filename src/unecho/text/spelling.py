"""One way of writing for words that newspapers write in several: numbers, units, British and American spelling.

For comparison only: the results are no words of any language, and need not be.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import NamedTuple

_NUMBERS = """one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen
    seventeen eighteen nineteen twenty"""
_ORDINALS = "first second third fourth fifth sixth seventh eighth ninth tenth"
_UNITS = {
    "million": "m mn mln millions", "billion": "bn billions", "trillion": "tn trn trillions", "thousand": "k thousands",
    "percent": "% pct",
}  # fmt: skip
_ENDINGS = ("st", "nd", "rd", *["th"] * 7)
_DIGITS = {word: str(number) for number, word in enumerate(_NUMBERS.split(), 1)}
_ORDINAL = {f"{number}{_ENDINGS[number - 1]}": word for number, word in enumerate(_ORDINALS.split(), 1)}
_UNIT = {short: unit for unit, shorts in _UNITS.items() for short in shorts.split()}
_SAME = {
    **{digits: word for word, digits in _DIGITS.items()}, **_ORDINAL, **_UNIT,
    "programme": "program", "programmes": "programs", "grey": "gray", "tyre": "tire", "tyres": "tires",
    "cheque": "check", "cheques": "checks",
}  # fmt: skip
_GLUED = re.compile(rf"(\d+|{'|'.join(_DIGITS)})({'|'.join((*_UNIT, *_UNITS))})")
_COUNTED = re.compile(rf"(?:t?een)?(?:{'|'.join(map(re.escape, (*_UNIT, *_UNITS)))})")
_AFTER = {
    "our": "s|ed|ing|able|ably|ful|fully|less|ite|ites|hood|er|ers", "re": "s|d",
    "is": "e|ed|es|ing|ation|ations|er|ers", "ys": "e|ed|es|ing|er|ers", "ll": "ed|ing|er|ers|or|ors", "ogue": "s",
    "enc": "e|es|ed",
}  # fmt: skip
"""What comes behind the letters that are written otherwise, at the end of a word."""
ENDINGS = (
    ("our", "or", 2, "", True), ("re", "er", 2, "bt", True), ("is", "iz", 3, "", False), ("ys", "yz", 2, "l", False),
    ("ll", "l", 2, "", False), ("ogue", "og", 2, "", True), ("enc", "ens", 3, "", False),
)  # fmt: skip
"""British endings and American ones, one after another: so many letters stand before, then one of those, if any are
told; and whether a word may end with that, or something of ``_AFTER`` has to come. What they do to other words does not
matter, as long as two words of different meaning seldom become one."""


def _pattern(old: str, letters: int, last: str, bare: bool) -> re.Pattern[str]:
    before, after = f"[{last}]" if len(last) > 1 else last, _AFTER[old]
    behind = (f"(?:{after})" if "|" in after else after) + "?" * bare
    return re.compile(rf"(?<=[a-z]{{{letters}}}{before}){old}(?={behind}$)")


_ENGLISH = tuple((_pattern(old, letters, last, bare), new) for old, new, letters, last, bare in ENDINGS)

_ACCENTS = re.compile("[\u0300-\u036f]")
_ACCENTED = 4
"""Letters from which a word is the same without its accents."""

_TAILS = tuple(old + end for old, ends in _AFTER.items() for end in ("", *ends.split("|")))
_WHOLE = (*_SAME, *(number + unit for number in _DIGITS for unit in (*_UNIT, *_UNITS)))
_ENDS = frozenset(word[place:] for word in (*_TAILS, *_WHOLE) for place in range(len(word)))
"""What ``canonical`` changes ends so, and whole words that it does; and all that these end in."""

_ANY_ENGLISH = re.compile("|".join(pattern.pattern for pattern, _ in _ENGLISH))


@lru_cache(maxsize=65_536)
def canonical(word: str) -> str:
    """A folded word as it is compared: "1st" is "first", "5m" is "5 million" and "five million" run
    together, "labour" is "labor". A number and its unit keep their digits, so that no other one is near."""
    if word in _SAME:
        return _SAME[word]
    glued = _GLUED.fullmatch(word)
    if glued:
        return _DIGITS.get(glued[1], glued[1]) + _UNIT.get(glued[2], glued[2])
    if len(word) > 4 and word.isascii() and _ANY_ENGLISH.search(word):
        for pattern, american in _ENGLISH:
            word = pattern.sub(american, word)
    return word


def bare(word: str) -> str:
    """A folded word without what many papers leave out: accents of Latin letters but in short words, where they tell
    words apart ("José"), stress, the dots of the Russian "ё"; and with digits as Europe writes them."""
    if word.isascii():
        return word
    if word.isdecimal():
        return "".join(str(unicodedata.decimal(char)) for char in word)
    plain = _ACCENTS.sub("", word)
    if plain.isascii():
        return plain if len(plain) >= _ACCENTED else word
    return word.replace("е\u0308", "е").replace("\u0301", "")


def rules() -> dict[str, object]:
    """The same as plain data, for programs in other languages: whole words, numbers with units, endings."""
    return {
        "same": _SAME, "glued": _GLUED.pattern, "digits": _DIGITS, "units": _UNIT,
        "endings": [(pattern.pattern, american) for pattern, american in _ENGLISH],
    }  # fmt: skip


def may_change(word: str) -> bool:
    """Whether ``canonical`` may change what ends in a word, whatever stands before it."""
    return word in _ENDS or word.endswith(_TAILS)


def begins_amount(word: str) -> bool:
    """Whether a folded word, run together with a unit, is an amount to ``canonical``."""
    return word in _DIGITS


def ends_amount(word: str) -> bool:
    """Whether a folded word may be the rest of an amount that begins with a number word."""
    return _COUNTED.fullmatch(word) is not None


class Known(NamedTuple):
    """What is known of a string. whole: what stands for it as a word. unit: and behind digits, where it is a unit.
    ending: the number in ``ENDINGS`` of what words that end so have, or -1. changes, tail: what ``may_change`` says of
    it, and of all that end in it. begins, ends: what ``begins_amount`` says of it, and ``ends_amount``."""

    whole: str | None
    unit: str | None
    ending: int
    changes: bool
    tail: bool
    begins: bool
    ends: bool


def known() -> dict[str, Known]:
    """All strings of which anything is known."""
    units = {unit: _UNIT.get(unit, unit) for unit in (*_UNIT, *_UNITS)}
    tails = {
        old + end: number
        for number, (old, _, _, _, bare) in enumerate(ENDINGS)
        for end in ([""] if bare else []) + _AFTER[old].split("|")
    }
    whole, last = set(_WHOLE), set(_TAILS)
    strings = {*_ENDS, *_TAILS, *_DIGITS, *(some + unit for some in ("", "een", "teen") for unit in units)}
    return {
        word: Known(
            canonical(word) if word in whole else None, units.get(word), tails.get(word, -1), word in _ENDS,
            word in last, begins_amount(word), ends_amount(word),
        )
        for word in strings
    }  # fmt: skip
