"""What a reviewer looks up and decides: the index of a run and its log of decisions, kept in step."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from .. import decisions
from ..decisions import Finding, Step, Verdict
from ..errors import UsageError

Row = dict[str, Any]

PAGE = 60
"""Findings of the queue in one answer."""

_SAID_OF_MEMBER = """
  SELECT s.verdict FROM said s WHERE s.active = 1 AND s.a = members.key AND (
    (s.b = members.keeper AND s.kind = 'copy' AND (s.document = '' OR s.document =
      (SELECT name FROM documents d WHERE d.num = members.document)))
    OR (s.kind = 'quote' AND members.relation = 'quote')
    OR (s.kind = 'line' AND (members.keeper = '' AND members.relation IS NOT 'quote' OR s.verdict = 'boilerplate')))
  ORDER BY s.num DESC LIMIT 1"""
_SAID_OF_RULE = """
  SELECT s.verdict FROM said s WHERE s.active = 1 AND s.kind = 'rule' AND s.a = members.rule AND s.b = ''
  ORDER BY s.num DESC LIMIT 1"""
_TOGETHER = """
  SELECT CASE WHEN count(verdict) = 0 THEN NULL
    WHEN sum(verdict = 'swap') THEN 'swap' WHEN sum(verdict = 'boilerplate') THEN 'boilerplate'
    WHEN count(verdict) < count(*) OR min(verdict) != max(verdict) THEN 'partly' ELSE min(verdict) END
  FROM members WHERE members.finding = findings.id"""


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

    def where(self) -> tuple[str, list[Any]]:
        """The condition in SQL, and its values."""
        conditions, values = [_STATUS.get(self.status, "1")], list[Any]()

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
        for word in self.text.casefold().split()[:10]:
            if word.isalnum() and not _UNSPACED.search(word):
                add("id IN (SELECT rowid FROM words WHERE words MATCH ?)", f'"{word}"*')
            else:
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
_STATUS = {
    "open": "verdict IS NULL AND settled = 0",
    "settled": "verdict IS NULL AND settled = 1",
    "decided": "verdict IS NOT NULL",
}


_DECIDED_ALIKE = "'cluster', 'copy'", "'quote'", "'line'"
"""Kinds of findings, by what a decision on them names: two texts, a passage, a line."""


class Desk:
    """One run under review. Not safe for threads: whoever serves several takes turns."""

    def __init__(self, run: Path, index: sqlite3.Connection, who: str) -> None:
        self.run, self.index, self.who = run, index, who
        index.row_factory = sqlite3.Row
        self.version = -1
        self.reload()

    # ---- the log ----------------------------------------------------------------------------------------

    def reload(self) -> None:
        """Read the log again where it has changed. Raises UsageError when it is damaged."""
        path = self.run / decisions.DECISIONS
        size = path.stat().st_size if path.exists() else 0
        if size == self.version:
            return
        log = decisions.read(path)
        active = {step.id for step in log.active}
        self.index.executescript("DELETE FROM steps; DELETE FROM said; UPDATE members SET verdict = NULL;"
                                 "UPDATE findings SET verdict = NULL;")  # fmt: skip
        for step in log.steps:
            self._enter(step, step.id in active)
        self._refresh("SELECT num FROM steps")
        self.version = log.version

    def decide(self, step: Step, version: int) -> None:
        """Write a step down and show it. Raises StaleError when others have decided since ``version``."""
        self.reload()
        if version != self.version:
            raise decisions.StaleError
        self.version = decisions.append(self.run, step, version)
        number = self._enter(step, True)
        if step.verdict == "undo":
            self._take_back(step.undoes)
        else:
            self._refresh(f"SELECT {number}")

    def undo(self, version: int) -> tuple[str, int | None]:
        """Undo the last step that counts; returns its verdict, or nothing if there is none, and the first finding
        that it was about."""
        row = self.index.execute(
            "SELECT num, id, verdict FROM steps WHERE active = 1 AND verdict != 'undo' ORDER BY num DESC LIMIT 1"
        ).fetchone()
        if row is None:
            return "", None
        self.decide(decisions.new_step("undo", who=self.who, undoes=row["id"]), version)
        about = self.index.execute(
            "SELECT f.num FROM said s JOIN members m ON m.key = s.a AND (m.keeper = s.b OR s.kind = 'line')"
            " JOIN findings f ON f.id = m.finding WHERE s.step = ? LIMIT 1", (row["num"],),
        ).fetchone()  # fmt: skip
        return str(row["verdict"]), about[0] if about else None

    def _enter(self, step: Step, active: bool) -> int:
        cursor = self.index.execute(
            "INSERT INTO steps (id, who, said_at, verdict, undoes, active, text) VALUES (?, ?, ?, ?, ?, ?, ?)",
            (step.id, step.who, step.when, step.verdict, step.undoes, active, step.text),
        )
        number = int(cursor.lastrowid or 0)
        self.index.execute("BEGIN")
        self.index.executemany(
            "INSERT INTO said (step, kind, a, b, document, verdict, active) VALUES (?, ?, ?, ?, ?, ?, ?)",
            ((number, f.kind, f.member or f.line or f.rule, f.keeper, f.document, step.verdict, active)
             for f in step.findings),
        )  # fmt: skip
        self.index.execute("COMMIT")
        return number

    def _take_back(self, step: str) -> None:
        numbers = [row[0] for row in self.index.execute("SELECT num FROM steps WHERE id = ?", (step,))]
        for number in numbers:
            self.index.execute("UPDATE steps SET active = 0 WHERE num = ?", (number,))
            self.index.execute("UPDATE said SET active = 0 WHERE step = ?", (number,))
            self._refresh(f"SELECT {number}")

    def _refresh(self, steps: str) -> None:
        """Say anew what was decided about the findings that some steps (a query) speak of."""
        self.index.executescript(f"""
          CREATE TEMP TABLE touched AS
            SELECT m.num, m.finding FROM said s CROSS JOIN members m
              ON m.key = s.a AND (m.keeper = s.b OR s.kind = 'line') WHERE s.step IN ({steps}) AND s.kind != 'rule'
            UNION SELECT m.num, m.finding FROM said s CROSS JOIN members m ON m.rule = s.a
              WHERE s.step IN ({steps}) AND s.kind = 'rule';
          UPDATE members SET verdict = coalesce(({_SAID_OF_MEMBER}), ({_SAID_OF_RULE}))
            WHERE num IN (SELECT num FROM touched);
          UPDATE findings SET verdict = ({_TOGETHER}) WHERE id IN (SELECT finding FROM touched);
          DROP TABLE touched;
        """)

    # ---- the queue --------------------------------------------------------------------------------------

    def progress(self) -> dict[str, int]:
        """How much is done of what needs a person, and how much needs none."""
        rows = self.index.execute(
            "SELECT settled, count(*) AS n, count(verdict) AS done FROM findings GROUP BY settled"
        ).fetchall()
        by = {row["settled"]: row for row in rows}
        first, second = by.get(0), by.get(1)
        return {
            "total": first["n"] if first else 0, "done": first["done"] if first else 0,
            "settled": second["n"] if second else 0, "also_done": second["done"] if second else 0,
            "steps": self.index.execute(
                "SELECT count(*) FROM steps WHERE active = 1 AND verdict != 'undo'"
            ).fetchone()[0],
        }  # fmt: skip

    def _all(self, query: str, values: Sequence[Any] = ()) -> list[Row]:
        return [dict(row) for row in self.index.execute(query, values)]

    def _one(self, query: str, values: Sequence[Any] = ()) -> Row | None:
        row = self.index.execute(query, values).fetchone()
        return dict(row) if row else None

    def queue(self, chosen: Filter, after: int = 0, limit: int = PAGE) -> list[Row]:
        """Findings in order of doubt, those after number ``after``."""
        where, values = chosen.where()
        return self._all(
            "SELECT num, kind, lead, copies, removed, words, doubt, low, kinds, category, rule, verdict FROM findings"
            f" WHERE num > ? AND {where} ORDER BY num LIMIT ?", (after, *values, limit),
        )  # fmt: skip

    def count(self, chosen: Filter) -> dict[str, int]:
        """Findings, removals and words that a filter means."""
        where, values = chosen.where()
        row = self._all(
            f"SELECT count(*) AS findings, coalesce(sum(removed), 0) AS removals, coalesce(sum(words), 0) AS words"
            f" FROM findings WHERE {where}", values,
        )  # fmt: skip
        return row[0]

    def samples(self, chosen: Filter, of: int) -> list[Row]:
        """The first, the middle and the last of the ``of`` findings that a filter means."""
        where, values = chosen.where()
        places = sorted({0, of // 2, of - 1}) if of else []
        query = f"SELECT * FROM findings WHERE {where} ORDER BY num LIMIT 1 OFFSET ?"
        return [row for place in places for row in self._all(query, (*values, place))]

    @cached_property
    def facets(self) -> dict[str, list[tuple[str, int]]]:
        """What there is to filter by: sites and folders, kinds, rules; the most frequent first."""

        def most(query: str) -> list[tuple[str, int]]:
            return [(row[0], row[1]) for row in self.index.execute(query + " ORDER BY 2 DESC, 1 LIMIT 200")]

        return {
            "sites": most("SELECT site, count(*) FROM finding_sites GROUP BY site"),
            "folders": most("SELECT folder, count(*) FROM finding_folders WHERE folder != '' GROUP BY folder"),
            "categories": most("SELECT category, count(*) FROM findings WHERE kind = 'line' GROUP BY category"),
            "rules": most("SELECT rule, count(*) FROM findings WHERE rule IS NOT NULL GROUP BY rule"),
        }

    def finding(self, number: int) -> Row | None:
        return self._one("SELECT * FROM findings WHERE num = ?", (number,))

    def members(self, finding: int, limit: int = 50) -> list[Row]:
        """Members of a finding (by its id), closest calls first: those that stay, then the least covered."""
        return self._all(
            "SELECT m.*, d.name, d.title, d.site, d.date, d.url FROM members m JOIN documents d ON d.num = m.document"
            " WHERE m.finding = ? ORDER BY m.action, m.covered IS NULL, m.covered, m.num LIMIT ?", (finding, limit),
        )  # fmt: skip

    def document(self, number: int) -> Row | None:
        return self._one("SELECT * FROM documents WHERE num = ?", (number,))

    def removals_of(self, document: int) -> list[Row]:
        return self._all(
            "SELECT r.*, d.name AS keeper_name FROM removals r LEFT JOIN documents d ON d.num = r.k_document"
            " WHERE r.document = ? ORDER BY r.start", (document,),
        )  # fmt: skip

    def places_of_line(self, key: str, limit: int = 5) -> list[Row]:
        """Where a boilerplate line was taken out, one place a document."""
        return self._all(
            "SELECT r.*, d.name, d.title, d.site, d.date, d.url FROM removals r JOIN documents d ON d.num = r.document"
            " WHERE r.key = ? AND r.reason = 'boilerplate' GROUP BY r.document ORDER BY r.num LIMIT ?", (key, limit),
        )  # fmt: skip

    # ---- what a verdict is about ------------------------------------------------------------------------

    def step_on(self, verdict: str, number: int, member: int | None) -> Step:
        """The step that a verdict on a finding of the queue means. Raises UsageError for what makes no sense."""
        finding = self.finding(number)
        if finding is None:
            raise UsageError(f"no finding {number}", "reload the page")
        rows = self._all("SELECT * FROM members WHERE finding = ?", (finding["id"],))
        one = next((row for row in rows if row["num"] == member), rows[0] if rows else None)
        if one is None:
            raise UsageError("a finding without members", "unecho check the run")
        meant, found = self._meant(verdict, finding, rows, one)
        return decisions.new_step(meant, found, self.who, text=finding["lead"][:80])

    def _meant(self, verdict: str, finding: Row, rows: Sequence[Row], one: Row) -> tuple[Verdict, list[Finding]]:
        if finding["kind"] == "line":
            line = [Finding("line", line=finding["key"])]
            on_line: dict[str, tuple[Verdict, list[Finding]]] = {
                "accept": ("accept", line), "boilerplate": ("boilerplate", line),
                "never-boilerplate": ("never-boilerplate", line), "reject": ("never-boilerplate", line),
                "never-rule": ("never-boilerplate", [Finding("rule", rule=finding["rule"] or "")]),
            }  # fmt: skip
            if verdict in on_line:
                return on_line[verdict]
        name = self.index.execute("SELECT name FROM documents WHERE num = ?", (one["document"],)).fetchone()[0]
        here = Finding("copy", member=one["key"], keeper=one["keeper"], document=name)
        if verdict == "boilerplate":
            return "boilerplate", [Finding("line", line=key) for key in dict.fromkeys((finding["key"], one["key"]))]
        if finding["kind"] == "quote" and verdict in ("accept", "reject"):
            keys = dict.fromkeys(row["key"] for row in rows)
            return ("accept" if verdict == "accept" else "reject"), [Finding("quote", line=key) for key in keys]
        if verdict == "exclude" and finding["kind"] != "quote":
            return "exclude", [here]
        if verdict == "swap" and finding["kind"] == "cluster":
            return "swap", [here]
        if verdict in ("accept", "reject") and finding["kind"] != "line":
            pairs = dict.fromkeys((row["key"], row["keeper"]) for row in rows)
            return ("accept" if verdict == "accept" else "reject"), [
                Finding("copy", member=member, keeper=keeper) for member, keeper in pairs
            ]
        raise UsageError(f"'{verdict}' cannot be said of this finding", "press ? for what can")

    def step_on_all(self, verdict: str, chosen: Filter) -> Step:
        """One step for all findings that a filter means."""
        where, values = chosen.where()
        query = (
            "SELECT DISTINCT m.key, m.keeper FROM members m WHERE m.finding IN"
            f" (SELECT id FROM findings WHERE kind IN ({{}}) AND {where})"
        )
        copies, quotes, lines = (self.index.execute(query.format(kinds), values) for kinds in _DECIDED_ALIKE)
        if verdict not in ("accept", "reject"):
            raise UsageError(f"'{verdict}' cannot be said of many", "accept or reject them")
        found = [Finding("copy", member=row[0], keeper=row[1]) for row in copies]
        found += [Finding("quote", line=row[0]) for row in quotes]
        on_lines = [Finding("line", line=row[0]) for row in lines]
        if not found and not on_lines:
            raise UsageError("nothing is meant by this filter", "widen it")
        if verdict == "accept":
            return decisions.new_step("accept", found + on_lines, self.who, text="a batch")
        if found and on_lines:
            raise UsageError("copies and boilerplate cannot be rejected in one step", "filter by one kind")
        return decisions.new_step(
            "reject" if found else "never-boilerplate", found or on_lines, self.who, text="a batch"
        )

    # ---- the threshold ----------------------------------------------------------------------------------

    @cached_property
    def thresholds(self) -> list[dict[str, float]]:
        """For each per cent from 50 on: copies and words that would go, of those compared. Copies held back because
        a number or a name differs are not counted; below the run's own threshold such guards have not spoken yet."""
        rows = self._all(
            "SELECT cast(covered * 100 + 1e-6 AS INTEGER) AS step, count(*) AS n, sum(coalesce(words, 0)) AS words"
            " FROM members WHERE keeper != '' AND covered IS NOT NULL AND why NOT LIKE 'numbers differ%'"
            " AND why NOT LIKE 'names differ%' AND relation IS NOT NULL GROUP BY step"
        )
        found: list[dict[str, float]] = []
        copies = words = 0
        by_step = {row["step"]: row for row in rows}
        for step in range(100, 49, -1):
            row = by_step.get(step)
            copies += row["n"] if row else 0
            words += row["words"] if row else 0
            found.append({"threshold": step / 100, "removals": copies, "words": words})
        return found[::-1]

    def at_border(self, threshold: float, each: int = 2) -> list[Row]:
        """Members just above and just below a threshold."""
        wanted = (
            "SELECT m.*, f.num AS finding_num FROM members m JOIN findings f ON f.id = m.finding"
            " WHERE f.kind = 'cluster' AND m.relation != 'exact' AND m.covered {} ? ORDER BY m.covered {} LIMIT ?"
        )
        below = self._all(wanted.format("<", "DESC"), (threshold, each))
        return [*self._all(wanted.format(">=", ""), (threshold, each))[::-1], *below]

    # ---- conflicts --------------------------------------------------------------------------------------

    def stale(self, limit: int = 100) -> list[Row]:
        """Decisions whose text is no more in the run."""
        return self._all(
            "SELECT s.verdict, s.kind, s.a, s.document, t.who, t.said_at, t.text FROM said s"
            " JOIN steps t ON t.num = s.step WHERE s.active = 1"
            " AND NOT EXISTS (SELECT 1 FROM members m WHERE s.kind != 'rule' AND m.key = s.a"
            " AND (s.kind = 'line' OR m.keeper = s.b))"
            " AND NOT EXISTS (SELECT 1 FROM findings f WHERE s.kind = 'line' AND f.key = s.a)"
            " AND NOT EXISTS (SELECT 1 FROM members m WHERE s.kind = 'rule' AND m.rule = s.a) LIMIT ?", (limit,),
        )  # fmt: skip

    def conflicts(self, limit: int = 100) -> list[Row]:
        """Pairs of decisions of different people on the same text."""
        return self._all(
            "SELECT s.verdict, t.who, t.said_at, t.text, o.verdict AS other_verdict, u.who AS other_who,"
            " (SELECT f.num FROM members m JOIN findings f ON f.id = m.finding WHERE m.key = s.a LIMIT 1) AS finding"
            " FROM said s JOIN steps t ON t.num = s.step JOIN said o ON o.a = s.a AND o.b = s.b AND o.num < s.num"
            " JOIN steps u ON u.num = o.step WHERE s.active = 1 AND o.active = 1 AND u.who != t.who"
            " AND o.verdict != s.verdict AND (s.document = '' OR o.document = '' OR s.document = o.document) LIMIT ?",
            (limit,),
        )  # fmt: skip

    def sampled(self, numbers: Iterable[int]) -> list[Row]:
        """Removals by number, in the order asked for."""
        listed = list(numbers)
        marks = ",".join("?" * len(listed))
        rows = self._all(f"SELECT * FROM removals WHERE num IN ({marks})", listed)
        by_number = {row["num"]: row for row in rows}
        return [by_number[number] for number in listed if number in by_number]
