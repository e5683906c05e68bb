"""Words whose loss changes what a text says: numbers, names, negations.

A paragraph is never removed as a near copy when one of these is missing from the copy that stays: a death
toll that changed is news.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from functools import cache

import numpy as np
from numpy.typing import NDArray
from rapidfuzz.distance import Levenshtein

from ..base.columns import Hashes, Ints, Mask
from ..model import record
from ..text.lookup import among
from ..text.normalize import CAPITAL, CASELESS, NUMBER, OPENING, SPACED, SYMBOL, char_class, fold
from ..text.shingles import flagged
from ..text.spelling import bare, canonical
from . import facts

SAID_OTHERWISE = "what stands around the quote differs"
LITTLE_ELSE = "the two documents share little else"

_SHORTEST = 3
_LONG_WORD, _LONG_NAME, _VERY_LONG = 5, 7, 10
"""Letters from which a word, or a name, may differ in one letter; from the last, in two."""
_SHORT_NAME, _ODD_NAME, _SLIP = 5, 4, 2
"""Letters from which a name in a text that was scanned badly may: of shorter ones too many are names as well (Iran and
Iraq), so that with one letter less it must be one that no other document has, of one that the corpus knows. And letters
from which another word in such a text may."""
Cases = NDArray[np.uint8]
ORDINARY, NAMED = np.uint8(1), np.uint8(2)
_ORDINARY = 20
"""Times as often as with a capital inside a sentence that a word stands in lower case which is no name where a sentence
begins with it: an edited text may begin with another "But" or "Also", though there is Also, an island."""
_TELLING, _CAPITALS = 20, 100
"""Words from which a text without capitals is one that is written so; and words for each capital that one may have:
sentences begin with more."""
_DIGIT = re.compile(r"\d")
_MISREAD = re.compile(r"(?:[^\W\d]+\d+)+[^\W\d]+")
_THOUSANDS = re.compile(r"\d{3}")
_DOUBLED = re.compile(r"([^\W\d])\1+")
_DIGIT_LETTERS = str.maketrans("01589", "olsbg")
_LETTER_DIGITS = str.maketrans("oliszbgq", "01152899")
_SHAPES = str.maketrans("icbfuaqv", "lehtnngy")
_SEPARATOR = "\n"
"""Stands in no word, and folds to itself."""


def numbers(hashes: Hashes, flags: NDArray[np.uint8]) -> Mask:
    """Which tokens are numbers in digits or words, currency or per cent signs, or negations (bool)."""
    result: Mask = (flags & NUMBER != 0) | among(hashes, facts.fact_hashes())
    result |= (hashes == facts.contracted()) & (flags & SPACED == 0)
    return result


def names(words: NDArray[np.uint32], flags: NDArray[np.uint8], cases: Cases) -> Mask:
    """Which tokens of a corpus may be names (bool): capitalised inside a sentence; capitalised at its start, where the
    word is no ordinary one; and any word of a script without capitals, where names cannot be told.

    words: the number of each token's word. cases: of each word.
    """
    capital = flags & CAPITAL != 0
    result: Mask = capital | (flags & CASELESS != 0)
    result &= ~((cases[words] & ORDINARY != 0) & capital & (flags & OPENING != 0))
    return result


def uncased(flags: NDArray[np.uint8], documents: Ints) -> Mask:
    """Which documents (tokens documents[i]:documents[i + 1]) are written without capitals, so that names cannot be
    told in them."""
    words = np.diff(documents)
    result: Mask = (words >= _TELLING) & (_CAPITALS * flagged(flags, documents, CAPITAL) < words)
    return result


def cases(words: NDArray[np.uint32], flags: NDArray[np.uint8], count: int) -> Cases:
    """``cases_of`` each of ``count`` words of a corpus, whose numbers the tokens have."""
    capital = flags & CAPITAL != 0
    lower = np.bincount(words[~capital], minlength=count)
    return cases_of(lower, np.bincount(words[capital & (flags & OPENING == 0)], minlength=count))


def cases_of(lower: NDArray[np.integer], inside: NDArray[np.integer]) -> Cases:
    """What is known of words by how often each stands in lower case, and with a capital inside a sentence: ``ORDINARY``
    are those that nearly never do (Frank is a name wherever it stands, though most are frank), ``NAMED`` that ever do.
    """
    ordinary = (lower > 0) & (lower // _ORDINARY >= inside)
    return ORDINARY * ordinary.astype(np.uint8) | NAMED * (inside > 0).astype(np.uint8)


class _Folds(dict[int, str]):
    """What ``str.translate`` makes of a character: ``fold``, found out when it first occurs."""

    def __missing__(self, point: int) -> str:
        return self.setdefault(point, fold(chr(point)))


@cache
def _folds() -> _Folds:
    return _Folds()


def _folded(words: str) -> frozenset[str]:
    return frozenset(_one_way("".join(map(fold, word))) for word in words.split())


def _one_way(plain: str) -> str:
    """The one way of writing a folded word that stands for all."""
    return canonical(bare(plain))


@cache
def _negations() -> frozenset[str]:
    return _folded(facts.NEGATIONS)


@cache
def _facts() -> frozenset[str]:
    return _folded(facts.NUMBERS) | _folded(facts.DATES) | _negations() | _words()


@cache
def _words() -> frozenset[str]:
    """Facts that are told of as any other words."""
    return _folded(facts.HEDGES) | _folded(facts.LOOK_ALIKE)


@cache
def prefixes() -> frozenset[str]:
    """What a word may have in front that makes it say another thing, folded; and nothing."""
    return _folded(facts.PREFIXES) | {""}


@cache
def _longest_prefix() -> int:
    return max(map(len, prefixes()))


@record
class Word:
    """A word made ready to be compared with many others."""

    plain: str
    """Folded, as written."""
    folded: str
    """In the one way of writing that stands for all."""
    letters: str
    """Digits that scanners see in place of letters turned back."""
    digits: str
    """Letters that scanners see in place of digits turned back; empty for a word without digits."""
    shape: str
    """Letters that scanners take for one another, and doubled ones, made the same."""
    name: bool

    @classmethod
    def of(cls, word: str) -> Word:
        return cls.all_of([word])[0]

    @classmethod
    def all_of(cls, words: Sequence[str]) -> list[Word]:
        """``of`` of many words: in a fraction of the time, as they are worked on all at once."""
        plain = _SEPARATOR.join(words).translate(_folds()).split(_SEPARATOR)
        return cls._made(plain, [word[:1].isupper() for word in words])

    @classmethod
    def _made(cls, plain: Sequence[str], names: Sequence[bool]) -> list[Word]:
        if not names:
            return []
        folded = list(map(_one_way, plain))
        letters = [word if word.isalpha() else _letters(word) for word in folded]
        digits = ["" if word.isalpha() else _digits(word) for word in plain]
        shapes = shape(_SEPARATOR.join(letters)).split(_SEPARATOR)
        return [cls(*each) for each in zip(plain, folded, letters, digits, shapes, names, strict=True)]

    @classmethod
    def together(cls, pairs: Sequence[tuple[Word, Word]]) -> list[Word]:
        """Two words run together, of many pairs."""
        return cls._made([_joined(one.plain, two.plain) for one, two in pairs], [one.name for one, _ in pairs])

    def __add__(self, other: Word) -> Word:
        """The two words run together."""
        return Word.together([(self, other)])[0]

    @property
    def begins(self) -> str:
        """The first letter of the shape of the word as written; empty for an empty word."""
        return self.plain[:2].replace("rn", "m")[:1].translate(_SHAPES)

    def is_like(self, other: Word) -> bool:
        """Whether two words are the same but for what a scanner misreads or another spelling.

        Numbers must be equal, and short words may differ only in shapes that scanners take for one another:
        Iran is not Iraq. Names may differ less than other words.
        """
        if self.folded == other.folded:
            return True
        if {self.folded, other.folded} <= _facts():
            return False
        if self.plain[:1].isdigit() and other.plain[:1].isdigit():
            return self.digits == other.digits != "" and not (self.plain.isdigit() and other.plain.isdigit())
        if self.letters == other.letters or self.digits == other.digits != "":
            return True
        short = min(len(self.folded), len(other.folded))
        if short < _SHORTEST or self.folded.isdigit() or other.folded.isdigit():
            return False
        return (self.shape == other.shape or self._is_near(other, short)) and not self.is_turned(other)

    def is_turned(self, other: Word) -> bool:
        """Whether two words are one but for a prefix that one has, or both, and that makes it say another thing: not
        one a letter apart from the other's, which was misread."""
        longer, known = len(other.letters) - len(self.letters), prefixes()
        for cut in range(max(0, -longer), _longest_prefix() + 1):
            mine, its = self.letters[:cut], other.letters[: cut + longer]
            if len(self.letters) - cut < _SHORTEST:
                break
            if self.letters[cut:] == other.letters[cut + longer :] and {mine, its} <= known:
                return Levenshtein.distance(mine, its) > 1
        return False

    def is_another_name(self, other: Word) -> bool:
        """Whether a name is not the other one misread that it is like, but written otherwise, where nothing else shows
        that it was: they are short, or differ in letters that scanners do not take for one another."""
        if not (self.name and other.name):
            return False
        short = min(len(self.folded), len(other.folded))
        return short == _SHORTEST or (self.shape != other.shape and self._is_near(other, short))

    def is_scanned(self, other: Word) -> bool:
        """Whether two words differ in letters, or digits, alone that scanners take for one another."""
        return self.shape == other.shape and self.folded != other.folded

    def is_misread(self, other: Word) -> bool:
        """Whether two words of some letters differ in one of them: in the first only if one has no capital, for names
        often differ in it."""
        if self.name and other.name and self.shape[0] != other.shape[0]:
            return False
        return self._is_a_letter_off(other, _ODD_NAME)

    @property
    def is_spelled_with_digits(self) -> bool:
        """Whether it holds digits, which all may stand for letters ("t0re"), and is no fact then ("n0t", "0ne")."""
        return has_digit(self.folded) and not has_digit(self.letters) and self.letters not in _facts()

    def is_slip(self, other: Word) -> bool:
        """Whether two words, however short, differ in a letter."""
        return self._is_a_letter_off(other, _SLIP)

    def _is_a_letter_off(self, other: Word, least: int) -> bool:
        """Whether two words of so many letters differ in one of them."""
        if min(len(self.folded), len(other.folded)) < least or _DIGIT.search(self.letters + other.letters):
            return False
        return Levenshtein.distance(self.letters, other.letters, score_cutoff=1) <= 1

    def is_short_beside(self, other: Word) -> bool:
        """Whether one of two words is a short name, of which many are a letter apart."""
        return min(len(self.folded), len(other.folded)) < _SHORT_NAME

    def is_inflected(self, other: Word) -> bool:
        """Whether one of two words is the other with an ending."""
        return self.letters.startswith(other.letters) or other.letters.startswith(self.letters)

    def _is_near(self, other: Word, short: int) -> bool:
        """Whether long words with the same first letter differ in one letter, very long ones in two; where both hold
        digits, these are none ("page8" and "page9")."""
        least = _LONG_NAME if self.name or other.name else _LONG_WORD
        if short < least or self.shape[0] != other.shape[0] or _DIGIT.search(self.letters + other.letters):
            return False
        if has_digit(self.folded) and has_digit(other.folded):
            return False
        allowed = 2 if short >= _VERY_LONG else 1
        return Levenshtein.distance(self.letters, other.letters, score_cutoff=allowed) <= allowed


def _joined(one: str, two: str) -> str:
    """Two plain words run together, but for digits that are no thousands: "12 000" is 12000, "1.5" is not 15."""
    apart = one[-1:].isdigit() and two[:1].isdigit() and not (one.isdigit() and _THOUSANDS.fullmatch(two))
    return f"{one} {two}" if apart else one + two


def facts_folded() -> frozenset[str]:
    """Number words, dates, negations and the like, in the one way of writing."""
    return _facts()


def signs() -> tuple[dict[int, int], dict[int, int], dict[int, int]]:
    """What scanners see in place of digits, and of letters, turned back; and letters that they take for one another,
    made the same: for ``str.translate``."""
    return _DIGIT_LETTERS, _LETTER_DIGITS, _SHAPES


def numbers_differ(words: Sequence[str]) -> str:
    """What is told of numbers and negations that one copy lacks, and of words that say something else there."""
    told: dict[str, list[str]] = {"numbers": [], "negations": [], "words": []}
    for word in words:
        told[_kind_of(word)].append("n't" if fold(word) == facts.CONTRACTED else word)
    return "; ".join(f"{what} differ: {', '.join(which)}" for what, which in told.items() if which)


def _kind_of(word: str) -> str:
    """How a word is told of that one copy lacks."""
    if fold(word) == facts.CONTRACTED or _folded(word) <= _negations():
        return "negations"
    is_number = any(_is_number(char) for char in word) or _folded(word) <= _facts() - _words()
    return "numbers" if is_number else "words"


def _is_number(char: str) -> bool:
    return unicodedata.category(char) in ("Nd", "No") or char_class(char) == SYMBOL


def names_differ(words: Sequence[str]) -> str:
    """What is told of names that one copy lacks."""
    return "names differ: " + ", ".join(words)


def has_digit(text: str) -> bool:
    """Whether there is a digit in a text."""
    return bool(_DIGIT.search(text))


def lengths() -> tuple[int, int, int, int, int, int, int]:
    """Letters from which words may have misread shapes; a word, or a name, may differ in one letter; or in two; and
    where other words were misread a name; or one that no other document has; and any other word."""
    return _SHORTEST, _LONG_WORD, _LONG_NAME, _VERY_LONG, _SHORT_NAME, _ODD_NAME, _SLIP


def alike(word: str, other: str) -> bool:
    """``Word.is_like`` of two plain words."""
    return Word.of(word).is_like(Word.of(other))


def misread(word: Word) -> bool:
    """Whether a word holds digits that can only be letters misread: each stands between letters ("peop1e", but not
    "5m", "15th" or "BBC1")."""
    between = len(word.plain) >= _LONG_WORD and _MISREAD.fullmatch(word.plain)
    return bool(between) and not _DIGIT.search(word.letters)


def _letters(word: str) -> str:
    """A word with the digits that scanners see in place of letters; words of digits mostly stay as they are."""
    digits = len(_DIGIT.findall(word))
    return word.translate(_DIGIT_LETTERS) if digits and 2 * digits <= len(word) else word


def _digits(word: str) -> str:
    """A word of which half or more is digits with the letters that scanners see in place of digits turned back."""
    return word.translate(_LETTER_DIGITS) if 2 * len(_DIGIT.findall(word)) >= len(word) else ""


def shape(word: str) -> str:
    """The word with letters that scanners take for one another made the same, and doubled letters single."""
    return _DOUBLED.sub(r"\1", word.replace("rn", "m").translate(_SHAPES))
