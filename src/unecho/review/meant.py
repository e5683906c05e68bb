"""What a verdict on findings of the queue means, as decisions name it: two texts, a passage, a line or a rule."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from ..decisions.log import Finding, Verdict
from ..errors import UsageError

Row = dict[str, Any]

MANY: dict[str, Verdict] = {"accept": "accept", "reject": "reject"}
"""Verdicts that can be given on many findings at once."""


def of_one(verdict: str, finding: Row, members: Sequence[Row], one: Row) -> tuple[Verdict, list[Finding]]:
    """The decision that a verdict on a finding means; ``one``: the member that is shown, with its document's name.

    Raises UsageError for what makes no sense.
    """
    if verdict in _ON_LINE and finding["kind"] == "line":
        return _ON_LINE[verdict], [Finding("line", line=finding["key"])]
    if verdict == "never-rule" and finding["kind"] == "line":
        return "never-boilerplate", [Finding("rule", rule=finding["rule"] or "")]
    if verdict == "boilerplate":
        return "boilerplate", [Finding("line", line=key) for key in dict.fromkeys((finding["key"], one["key"]))]
    here = Finding("copy", member=one["key"], keeper=one["keeper"], document=one["name"])
    if verdict == "swap" and finding["kind"] == "cluster":
        return "swap", [here]
    if verdict == "exclude" and finding["kind"] in _COPIES:
        return "exclude", [here]
    if verdict in MANY and finding["kind"] != "line":
        return MANY[verdict], of_many((finding["kind"], row["key"], row["keeper"]) for row in members)
    raise UsageError(f"'{verdict}' cannot be said of this finding", "press ? for what can")


def of_many(members: Iterable[tuple[str, str, str]]) -> list[Finding]:
    """What accepting or rejecting whole findings is about, by (kind of finding, key, keeper's key) of members."""
    return [
        Finding("copy", member=key, keeper=keeper) if kind in _COPIES
        else Finding("quote", line=key) if kind == "quote" else Finding("line", line=key)
        for kind, key, keeper in dict.fromkeys(members)
    ]  # fmt: skip


_COPIES = "cluster", "copy"
_ON_LINE: dict[str, Verdict] = {
    "accept": "accept", "boilerplate": "boilerplate", "never-boilerplate": "never-boilerplate",
    "reject": "never-boilerplate",
}  # fmt: skip
