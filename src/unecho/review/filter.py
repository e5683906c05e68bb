"""Which findings of the queue are meant, as a condition in SQL."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ..errors import UsageError


@dataclass(frozen=True, slots=True)
class Filter:
    """Which findings of the queue are meant; what is empty excludes nothing."""

    status: str = "open"
    """"open": undecided, and not settled by a rule; "settled"; "decided"; "all"."""
    kind: str = ""
    """A kind of finding, of member, or a category of boilerplate."""
    rule: str = ""
    site: str = ""
    folder: str = ""
    low: float = 0.0
    high: float = 1.0
    copies: int = 0
    words: int = 0
    text: str = ""

    @classmethod
    def of(cls, values: Mapping[str, Any]) -> Filter:
        """Out of the parameters of a request. Raises UsageError for what is no number."""
        known: dict[str, Any] = {}
        for name, value in values.items():
            kind = _KINDS.get(name)
            try:
                if kind is not None and value not in ("", None):
                    known[name] = kind(value)
            except (TypeError, ValueError):
                raise UsageError(f"{name} is no number", "correct the filter") from None
        return cls(**known)

    def where(self, decided: bool = True) -> tuple[str, list[Any]]:
        """The condition in SQL, and its values. ``decided`` False: whatever was decided."""
        conditions, values = [_SETTLED.get(self.status, "1")], list[Any]()
        if decided and self.status in _DECIDED:
            conditions.append(_DECIDED[self.status])

        def add(condition: str, *given: Any) -> None:
            conditions.append(condition)
            values.extend(given)

        if self.kind in ("cluster", "line", "copy", "quote"):
            add("kind = ?", self.kind)
        elif self.kind:
            add("' ' || kinds || ' ' LIKE ?", f"% {self.kind} %")
        if self.rule:
            add("rule = ?", self.rule)
        if self.site:
            add("id IN (SELECT finding FROM finding_sites WHERE site = ?)", self.site)
        if self.folder:
            add("id IN (SELECT finding FROM finding_folders WHERE folder = ?)", self.folder)
        if self.low > 0 or self.high < 1:
            add("low BETWEEN ? AND ?", self.low, self.high)
        if self.copies:
            add("copies >= ?", self.copies)
        if self.words:
            add("words >= ?", self.words)
        words = self.text.casefold().split()[:10]
        plain = [word for word in words if word.isalnum() and not _UNSPACED.search(word)]
        if plain:
            add("id IN (SELECT rowid FROM words WHERE words MATCH ?)", " AND ".join(f'"{word}"*' for word in plain))
        for word in words:
            if word not in plain:
                add("id IN (SELECT finding FROM searched WHERE instr(text, ?))", word)
        return " AND ".join(conditions), values


_UNSPACED = re.compile(
    "[\u0e00-\u0fff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]"
)
"""Scripts written without spaces, in which words have no beginning that could be looked up."""
_KINDS = {
    "status": str, "kind": str, "rule": str, "site": str, "folder": str, "text": str, "low": float, "high": float,
    "copies": int, "words": int,
}  # fmt: skip
_SETTLED = {"open": "settled = 0", "settled": "settled = 1"}
_DECIDED = {
    "open": "num NOT IN (SELECT num FROM standing)", "settled": "num NOT IN (SELECT num FROM standing)",
    "decided": "num IN (SELECT num FROM standing)",
}  # fmt: skip
