"""The rule file: patterns and phrases of lines that are certain to be boilerplate."""

from __future__ import annotations

import difflib
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

from ..errors import UsageError
from ..model import CATEGORIES
from .expressions import Expressions, expressions

MAX_CHARS = 400
"""Longer lines are prose; they are tested against rules with a ``max_chars`` of their own only."""
_REPEATED = 120
"""Characters up to which a line is likely to come again: a dump is asked about twice, and pages of a site repeat."""
_SEEN = 1 << 16
"""Lines that are kept in mind, which bounds the memory."""
_SHIPPED_FILE = Path(__file__).with_name("rules.toml")
_KINDS: Mapping[str, tuple[type, ...]] = {
    **dict.fromkeys(("category", "name", "pattern", "mode", "position", "cue"), (str,)),
    **dict.fromkeys(("patterns", "phrases", "hit", "miss"), (list,)),
    **dict.fromkeys(("max_words", "max_chars"), (int,)),
    "confidence": (int, float),
    "capitals": (bool,),
}
_WRITTEN: Mapping[tuple[type, ...], str] = {
    (str,): "a text in quotes",
    (list,): 'a list of texts, e.g. ["...", "..."]',
    (int,): "a whole number",
    (int, float): "a number, e.g. 0.9",
    (bool,): "true or false",
}
_CHOICES = {"mode": ("any", "raw"), "position": ("any", "head", "tail"), "cue": ("", "name", "list")}
_TEXTS = ("patterns", "phrases", "hit", "miss")

UNIFIED = str.maketrans(
    {
        **dict.fromkeys("‘’‚‛´ʼ＇", "'"),
        **dict.fromkeys("“”„‟«»″＂", '"'),
        **dict.fromkeys("‐‑‒–—―−－", "-"),
        **dict.fromkeys("：", ":"),
        **dict.fromkeys("！", "!"),
        **dict.fromkeys("？", "?"),
        **dict.fromkeys("（", "("),
        **dict.fromkeys("）", ")"),
        **dict.fromkeys("｜│¦", "|"),
        **dict.fromkeys("\u200b\u200c\u200d\u200e\u200f\u2060\ufeff\u00ad", None),
        "…": "...",
    }
)
_TO_UNIFY = re.compile(f"[{re.escape(''.join(map(chr, UNIFIED)))}]")
LEADING = "\"' >›→|[(<←▶►×✕≡☰+@:.~/\\"
TRAILING = "\"' >›→|])<←▶►▼▾▲↓↑↗×✕+*:.!?~/\\"
_LINE_BREAK = re.compile(r"\s*\n\s*")
_BACK_REFERENCE = re.compile(r"(?<!\\)(?:\\\\)*\\[1-9]|\(\?P[<=]")
_WORD = re.compile(r"[^\W\d_]{4,}")


Worth = tuple[int, ...] | None
"""Numbers of alternatives of patterns that may match a line; None where nothing is known."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule of the file; what its parts mean is said at the head of ``rules.toml``."""

    category: str
    name: str
    confidence: float
    pattern: str = ""
    phrases: tuple[str, ...] = ()
    mode: Literal["any", "raw"] = "any"
    max_words: int = 12
    max_chars: int = MAX_CHARS
    position: Literal["any", "head", "tail"] = "any"
    capitals: bool = False
    cue: Literal["", "name", "list"] = ""
    hit: tuple[str, ...] = ()
    miss: tuple[str, ...] = ()

    @property
    def id(self) -> str:
        """What a removal is recorded under."""
        return f"{self.category}.{self.name}"


@dataclass(frozen=True, slots=True)
class Line:
    """A line as rules see it."""

    text: str
    """As written."""
    words: int
    raw: bool = False
    """Whether rules for dumps of whole pages count."""
    head: bool = True
    """Whether it lies near the beginning of its document."""
    tail: bool = True


@dataclass(frozen=True)
class Rules:
    """Rules, ready to be matched. Regular expressions are compiled when the first line is."""

    rules: tuple[Rule, ...]
    _phrases: Mapping[str, tuple[Rule, ...]] = field(repr=False)
    _topics: Mapping[str, str] = field(default_factory=dict, repr=False)
    """Patterns of words that tell what a line is about, by category."""

    def topic(self, text: str) -> str | None:
        """What a line of boilerplate is about by some of its words: a category. They alone make it no boilerplate."""
        normal = normalise(text)
        return next((category for category, words in self._topics.items() if re.search(words, normal)), None)

    def match(self, line: Line) -> Rule | None:
        """The first rule that takes the whole of ``line``: phrases before patterns, the user's before ours."""
        found = self.wherever(line.text, line.words, line.raw)
        return next((rule for rule in found if lies_right(rule, line.head, line.tail)), None) if found else None

    def wherever(self, text: str, words: int, raw: bool, worth: Worth = None) -> tuple[Rule, ...]:
        """The rules one of which takes a line of so many words: those for ends of documents, and one for any place.

        ``raw``: as of a ``Line``. ``worth``: numbers of the ``alternatives`` that may match it, if they are known; only
        of lines of up to ``MAX_CHARS``.
        """
        key = text, words, raw
        found = self._seen.get(key)
        if found is None:
            found = self._tried(text, words, raw, worth)
            if len(text) <= _REPEATED:
                if len(self._seen) >= _SEEN:
                    self._seen.clear()
                self._seen[key] = found
        return found

    def _tried(self, text: str, words: int, raw: bool, numbers: Worth) -> tuple[Rule, ...]:
        long = len(text) > MAX_CHARS
        if long and not self._for_long:
            return ()
        normal = normalise(text)
        phrased = () if long else self._phrases.get(bare(normal), ())
        known = self._expressions[long]
        worth = known.worth_trying(normal) if numbers is None else known.numbered(numbers)
        if not (phrased or worth):
            return ()
        line = Line(text, words, raw)
        found = [rule for rule in phrased if allows(rule, line)]
        if any(rule.position == "any" for rule in found):
            return tuple(found)
        rules, limits = self._for_long if long else self._with_pattern, self._limits[long, raw]
        for number, takes in worth:
            if words <= limits[number] and takes(normal) and allows(rules[number], line):
                found.append(rules[number])
                if rules[number].position == "any":
                    break
        return tuple(found)

    @property
    def takes_long(self) -> bool:
        """Whether a rule may take a line of more than ``MAX_CHARS``."""
        return bool(self._for_long)

    @cached_property
    def phrases(self) -> tuple[str, ...]:
        """What a line must be, as ``bare`` gives it, to be taken for its words alone."""
        return tuple(self._phrases)

    @cached_property
    def alternatives(self) -> tuple[tuple[str, int], ...]:
        """The alternatives of all patterns, and the most words of a line that each takes."""
        parts = self._expressions[False].parts
        return tuple((part.pattern, self._with_pattern[part.number].max_words) for part in parts)

    @cached_property
    def _with_pattern(self) -> tuple[Rule, ...]:
        return tuple(rule for rule in self.rules if rule.pattern)

    @cached_property
    def _for_long(self) -> tuple[Rule, ...]:
        return tuple(rule for rule in self._with_pattern if rule.max_chars > MAX_CHARS)

    @cached_property
    def _expressions(self) -> Mapping[bool, Expressions]:
        """Those of all rules, and of the rules for long lines."""
        return {
            long: expressions(tuple(rule.pattern for rule in rules))
            for long, rules in ((False, self._with_pattern), (True, self._for_long))
        }

    @cached_property
    def _limits(self) -> Mapping[tuple[bool, bool], tuple[int, ...]]:
        """Most words that each of these may take, in lines of texts that are dumps and others."""
        return {
            (long, raw): tuple(rule.max_words if raw or rule.mode == "any" else -1 for rule in rules)
            for long, rules in ((False, self._with_pattern), (True, self._for_long))
            for raw in (False, True)
        }

    @cached_property
    def _seen(self) -> dict[tuple[str, int, bool], tuple[Rule, ...]]:
        return {}

    def __getstate__(self) -> dict[str, Any]:
        """What goes to other processes: not what was made of it."""
        return {"rules": self.rules, "_phrases": self._phrases, "_topics": self._topics}


def lies_right(rule: Rule, head: bool, tail: bool) -> bool:
    """Whether ``rule`` may take a line by where that lies: near the beginning of its document, or near the end."""
    return rule.position == "any" or (head if rule.position == "head" else tail)


def allows(rule: Rule, line: Line) -> bool:
    """Whether the guards of ``rule`` (mode, length, capitals) let it take ``line``; its place is looked at apart."""
    return (
        (rule.mode == "any" or line.raw)
        and (bool(rule.phrases) or line.words <= rule.max_words)
        and len(line.text) <= rule.max_chars
        and not (rule.capitals and any(word[0].islower() for word in _WORD.findall(line.text)[1:]))
    )


def normalise(line: str) -> str:
    """``line`` case-folded, with straight quotes, plain hyphens and single spaces: what patterns match."""
    folded = line.casefold()
    if not folded.isascii() and _TO_UNIFY.search(folded):  # to look is ten times as fast as to translate
        folded = folded.translate(UNIFIED)
    return folded if _is_tidy(folded) else " ".join(folded.split())


def _is_tidy(text: str) -> bool:
    """Whether there are single spaces between words and no other white space, as in most lines: to look takes less
    than half as long as to split and join."""
    return text.isprintable() and "  " not in text and text[:1] != " " and text[-1:] != " "


def bare(normalised: str) -> str:
    """``normalised`` without the signs around it. A hyphen or star in front is kept: it makes a list item."""
    text = normalised
    if text[:1] in ("-", "*") and text[-1:] == text[:1]:
        text = text.strip("-* ")
    return text.lstrip(LEADING).rstrip(TRAILING)


def load(path: str = "") -> Rules:
    """The shipped rules, after those of the user's file at ``path`` ("": none).

    Raises UsageError where the user's file cannot be read or a rule of it is wrong; the message names the
    file and the rule, the hint what to write.
    """
    shipped = _content(_SHIPPED_FILE)
    own = _rules(Path(path), _content(Path(path))) if path else ()
    rules = (*own, *_rules(_SHIPPED_FILE, shipped))
    phrases: dict[str, tuple[Rule, ...]] = {}
    for rule in rules:
        for phrase in rule.phrases:
            key = bare(normalise(phrase))
            phrases[key] = (*phrases.get(key, ()), rule)
    return Rules(rules, phrases, {category: _joined(words) for category, words in shipped["topics"].items()})


def _content(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"cannot read the rules {path}: {error}", "check the setting 'rules'") from None
    except tomllib.TOMLDecodeError as error:
        raise UsageError(f"{path} is not TOML: {error}", "write patterns as '''...'''") from None


def _rules(path: Path, content: Mapping[str, Any]) -> tuple[Rule, ...]:
    entries = content.get("rule", [])
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise UsageError(f"{path}: 'rule' is not a list of tables", "begin each rule with [[rule]]")
    macros = content.get("macros", {})
    own = path != _SHIPPED_FILE
    return tuple(_rule(entry, _where(path, number, entry), macros, own) for number, entry in enumerate(entries, 1))


def _where(path: Path, number: int, entry: Mapping[str, Any]) -> str:
    return f"{path}, rule {number} ('{entry.get('name', '?')}')"


def _rule(entry: dict[str, Any], where: str, macros: Mapping[str, str], check: bool) -> Rule:
    values = dict(entry)
    if check:
        _check(values, where)
    patterns = [*values.pop("patterns", ()), *([values.pop("pattern")] if "pattern" in values else ())]
    expanded = "|".join(map(_joined, patterns))
    for name, part in macros.items():
        expanded = expanded.replace(f"<{name}>", _joined(part))
    if check:
        _check_pattern(expanded, where)
    plain: dict[str, Any] = {name: tuple(value) if name in _TEXTS else value for name, value in values.items()}
    return Rule(**{**plain, "pattern": expanded})


def _joined(pattern: str) -> str:
    """A pattern written on several lines."""
    return _LINE_BREAK.sub("", pattern)


def _check(values: Mapping[str, Any], where: str) -> None:
    """Everything about a rule of the user's that could be wrong but its pattern."""
    for key, value in values.items():
        _check_value(key, value, where)
    for key, example in (("category", '"share"'), ("name", '"our-slogan"'), ("confidence", "0.9")):
        if key not in values:
            raise UsageError(f"{where}: no {key}", f"add {key} = {example}")
    if values["category"] not in CATEGORIES:
        raise UsageError(f"{where}: unknown category '{values['category']}'", "known: " + ", ".join(CATEGORIES))
    if not 0 <= values["confidence"] <= 1:
        raise UsageError(f"{where}: confidence is {values['confidence']:g}", "give a number from 0 to 1, e.g. 0.9")
    if not any(values.get(key) for key in ("pattern", "patterns", "phrases")):
        raise UsageError(f"{where}: nothing to match", "add pattern = '''...''' or phrases = [\"...\"]")


def _check_value(key: str, value: Any, where: str) -> None:
    if key not in _KINDS:
        near = difflib.get_close_matches(key, _KINDS, 1)
        hint = f"did you mean '{near[0]}'?" if near else "known: " + ", ".join(_KINDS)
        raise UsageError(f"{where}: unknown key '{key}'", hint)
    kinds = _KINDS[key]
    is_list_of_texts = isinstance(value, list) and all(isinstance(item, str) and item for item in value)
    is_right = is_list_of_texts if key in _TEXTS else isinstance(value, kinds)
    if not is_right or (isinstance(value, bool) and kinds != (bool,)):
        raise UsageError(f"{where}: {key} = {value!r}", f"write {key} as {_WRITTEN[kinds]}")
    if key in _CHOICES and value not in _CHOICES[key]:
        raise UsageError(f"{where}: {key} = '{value}'", "write one of: " + ", ".join(filter(None, _CHOICES[key])))


def _check_pattern(pattern: str, where: str) -> None:
    try:
        re.compile(pattern)
    except re.error as error:
        raise UsageError(
            f"{where}: the pattern is no regular expression: {error}", "see the re module of Python"
        ) from None
    if _BACK_REFERENCE.search(pattern):
        raise UsageError(
            f"{where}: named groups and references to groups are not possible", "use groups of the form (?:...)"
        )
