"""What a reviewer looks up and decides: the index of a run and its log of decisions, kept in step."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

from ..choosing.guards import LITTLE_ELSE
from ..decisions import log as decisions
from ..decisions.log import Step
from ..errors import UsageError
from . import meant
from .batch import Batch
from .filter import Filter
from .said import OF_MEMBER, Said

Row = dict[str, Any]

PAGE = 60
"""Findings of the queue in one answer."""
_COUNTED = "count(*) AS findings, coalesce(sum(removed), 0) AS removals, coalesce(sum(words), 0) AS words"
_VERDICT = "(SELECT s.verdict FROM standing s WHERE s.num = findings.num) AS verdict"


class Desk:
    """One run under review. Not safe for threads: whoever serves several takes turns."""

    def __init__(self, run: Path, index: sqlite3.Connection, who: str) -> None:
        self.index, self.who = index, who
        index.row_factory = sqlite3.Row
        self.said = Said(run, index)

    # ---- deciding ---------------------------------------------------------------------------------------

    def decide(self, verdict: str, number: int, member: int | None, version: int) -> Step:
        """Decide about a finding of the queue, or about the member of it that is shown; returns the step.

        Raises UsageError for what makes no sense, StaleError when others have decided since ``version``.
        """
        finding = self.finding(number)
        if finding is None:
            raise UsageError(f"no finding {number}", "reload the page")
        rows = self._all(
            "SELECT m.*, d.name FROM members m JOIN documents d ON d.num = m.document WHERE m.finding = ?",
            (finding["id"],),
        )
        one = next((row for row in rows if row["num"] == member), rows[0] if rows else None)
        if one is None:
            raise UsageError("a finding without members", "unecho check the run")
        said, about = meant.of_one(verdict, finding, rows, one)
        step = decisions.new_step(said, about, self.who, text=finding["lead"][:80])
        self.said.decide(step, version)
        return step

    def decide_all(self, verdict: str, chosen: Filter, version: int) -> Batch:
        """Decide about all findings that a filter means. It counts at once; whoever calls this writes it down."""
        batch = Batch(self.said, verdict, chosen, self.who)
        batch.show(version)
        return batch

    def undo(self, version: int) -> tuple[str, int | None]:
        """Undo the last step that counts; returns its verdict, or nothing if there is none, and the first finding
        that it was about."""
        last = self.said.last()
        if last is None:
            return "", None
        step, verdict, about = last
        self.said.decide(decisions.new_step("undo", who=self.who, undoes=step), version)
        return verdict, about

    # ---- the queue --------------------------------------------------------------------------------------

    @cached_property
    def _sizes(self) -> dict[int, int]:
        """Findings that need a person (0), and that need none (1)."""
        return dict(self.index.execute("SELECT settled, count(*) FROM findings GROUP BY settled").fetchall())

    def progress(self) -> dict[str, int]:
        """How much is done of what needs a person, and how much needs none."""
        done = dict(self.index.execute("SELECT settled, count(*) FROM standing GROUP BY settled").fetchall())
        return {
            "total": self._sizes.get(0, 0), "done": done.get(0, 0), "settled": self._sizes.get(1, 0),
            "also_done": done.get(1, 0), "steps": self.said.steps(),
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
            "SELECT num, kind, lead, copies, removed, words, doubt, low, kinds, category, rule,"
            f" {_VERDICT} FROM findings WHERE num > ? AND {where} ORDER BY num LIMIT ?", (after, *values, limit),
        )  # fmt: skip

    def count(self, chosen: Filter) -> dict[str, int]:
        """Findings, removals and words that a filter means."""
        where, values = chosen.where()
        return self._all(f"SELECT {_COUNTED} FROM findings WHERE {where}", values)[0]

    def kinds(self, chosen: Filter) -> tuple[dict[str, int], dict[str, int]]:
        """The same, and how many copies, quotes and boilerplate lines there are among them."""
        where, values = chosen.where()
        rows = self._all(
            f"SELECT kind, {_COUNTED}, coalesce(sum(copies - 1), 0) AS copies FROM findings WHERE {where}"
            " GROUP BY kind", values,
        )  # fmt: skip
        counted = {name: sum(row[name] for row in rows) for name in ("findings", "removals", "words")}
        many = {"copies": 0, "quotes": 0, "lines": 0}
        for row in rows:
            of_kind = {"quote": "quotes", "line": "lines"}.get(row["kind"], "copies")
            many[of_kind] += row["copies" if of_kind == "copies" else "findings"]
        return counted, many

    def samples(self, chosen: Filter, of: int) -> list[Row]:
        """The first, the middle and the last of the ``of`` findings that a filter means."""
        where, values = chosen.where()
        places = sorted({0, of // 2, of - 1}) if of else []
        found: list[Row | None] = []
        for place in places:
            # From whichever end is nearer, and by what an index holds alone.
            order, skipped = ("", place) if place <= of // 2 else ("DESC", of - 1 - place)
            query = f"SELECT num FROM findings WHERE {where} ORDER BY num {order} LIMIT 1 OFFSET ?"
            found += [self.finding(row["num"]) for row in self._all(query, (*values, skipped))]
        return [row for row in found if row is not None]

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
        return self._one(f"SELECT *, {_VERDICT} FROM findings WHERE num = ?", (number,))

    def members(self, finding: int, limit: int = 50) -> list[Row]:
        """Members of a finding (by its id), closest calls first: those that stay, then the least covered."""
        return self._all(
            f"SELECT m.*, d.name, d.title, d.site, d.date, d.url, {OF_MEMBER} AS verdict FROM members m"
            " JOIN documents d ON d.num = m.document WHERE m.finding = ?"
            " ORDER BY m.action, m.covered IS NULL, m.covered, m.num LIMIT ?", (finding, limit),
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

    # ---- the threshold ----------------------------------------------------------------------------------

    @cached_property
    def thresholds(self) -> list[dict[str, float]]:
        """For each per cent from 50 on: copies and words that would go, of those compared. Copies held back because
        something differs, or as their documents share little else, are not counted; below the run's own threshold such
        guards have not spoken yet."""
        rows = self._all(
            "SELECT cast(covered * 100 + 1e-6 AS INTEGER) AS step, count(*) AS n, sum(coalesce(words, 0)) AS words"
            " FROM members WHERE keeper != '' AND covered IS NOT NULL AND why NOT LIKE '%differ%'"
            " AND why != ? AND relation IS NOT NULL GROUP BY step", (LITTLE_ELSE,),
        )  # fmt: skip
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

    # ---- the check by hand -------------------------------------------------------------------------------

    def sampled(self, numbers: Iterable[int]) -> list[Row]:
        """Removals by number, in the order asked for."""
        listed = list(numbers)
        marks = ",".join("?" * len(listed))
        rows = self._all(f"SELECT * FROM removals WHERE num IN ({marks})", listed)
        by_number = {row["num"]: row for row in rows}
        return [by_number[number] for number in listed if number in by_number]
