"""What was said of which finding: the log of decisions in the index of a run, kept in step with the file.

``standing`` holds, for every finding that was decided, what counts now. All else follows from the rows of ``said``.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from ..decisions import log as decisions
from ..decisions.log import Finding, Log, Step, Verdict, meaning

Row = dict[str, Any]
MANY = 500
"""Findings of a step from which what stood before it is kept: undoing it then need not ask of each anew."""
_LISTED = 100
"""Conflicts and stale decisions that are shown."""

_MEMBER = """
  SELECT s.verdict FROM said s JOIN steps t ON t.num = s.step WHERE t.active = 1 AND s.a = m.key AND (
    (s.b = m.keeper AND s.kind = 'copy' AND (s.document = '' OR s.document =
      (SELECT name FROM documents d WHERE d.num = m.document)))
    OR (s.kind = 'quote' AND m.relation = 'quote')
    OR (s.kind = 'line' AND (m.keeper = '' AND m.relation IS NOT 'quote' OR s.verdict = 'boilerplate')))
  ORDER BY s.num DESC LIMIT 1"""
_RULE = """
  SELECT s.verdict FROM said s JOIN steps t ON t.num = s.step
  WHERE t.active = 1 AND s.kind = 'rule' AND s.a = m.rule AND s.b = '' ORDER BY s.num DESC LIMIT 1"""
OF_MEMBER = f"coalesce(({_MEMBER}), ({_RULE}))"
"""SQL: what counts of ``m``, a row of ``members``."""
_TOGETHER = """
  CASE WHEN sum(verdict = 'swap') THEN 'swap' WHEN sum(verdict = 'boilerplate') THEN 'boilerplate'
    WHEN count(verdict) < count(*) OR min(verdict) != max(verdict) THEN 'partly' ELSE min(verdict) END"""
_ABOUT = """
  SELECT m.finding AS id FROM said s CROSS JOIN members m ON m.key = s.a AND (m.keeper = s.b OR s.kind = 'line')
    WHERE s.step BETWEEN :first AND :last AND s.kind != 'rule'
  UNION SELECT m.finding FROM said s CROSS JOIN members m ON m.rule = s.a
    WHERE s.step BETWEEN :first AND :last AND s.kind = 'rule'"""


class Said:
    """The log of one run. ``version``: bytes of the file that are known."""

    def __init__(self, run: Path, index: sqlite3.Connection) -> None:
        self.run, self.index, self.version = run, index, -1
        self._size = -1
        """Bytes of the file as we know it: a cut or an empty last line is no part of the version."""
        self._held = False
        self.reload()

    def reload(self) -> None:
        """Read the log again where it has changed. Raises UsageError when it is damaged."""
        path = self.run / decisions.DECISIONS
        size = path.stat().st_size if path.exists() else 0
        if size == self._size or self._held:
            return
        self._size = size
        # Twice, so that one step is in memory at a time, however many findings it is about.
        bare = Log(tuple(replace(step, findings=()) for step, _ in decisions.each(path)))
        active = {step.id for step in bare.active}
        self.index.executescript("".join(f"DELETE FROM {table};" for table in _TABLES))
        waiting, number, self.version = 1, 0, 0
        for step, end in decisions.each(path):
            number = self.enter(step, step.id in active)
            self.version = end
            if len(step.findings) >= MANY and step.id in active:
                self._say_anew(waiting, number - 1)
                self._keep_before(number)
                waiting = number
        self._say_anew(waiting, number)

    def decide(self, step: Step, version: int) -> None:
        """Write a step down and show it. Raises StaleError when others have decided since ``version``."""
        self.expect(version)
        self.wrote(decisions.append(self.run, step, version))
        number = self.enter(step, True)
        if step.verdict == "undo":
            self._take_back(step.undoes)
        else:
            self._say_anew(number, number)

    def expect(self, version: int) -> None:
        """Raises StaleError when others have decided since ``version``."""
        self.reload()
        if version != self.version:
            raise decisions.StaleError

    def wrote(self, version: int) -> None:
        """The file is ours up to there, and ends there."""
        self.version = self._size = version

    @contextmanager
    def held(self) -> Iterator[None]:
        """While this lasts the file is being written by us, and not read."""
        self._held = True
        try:
            yield
        finally:
            self._held = False

    def last(self) -> tuple[str, str, int | None] | None:
        """The last step that counts: its id, its verdict, and the first finding that it is about."""
        row = self.index.execute(
            "SELECT num, id, verdict FROM steps WHERE active = 1 AND verdict != 'undo' ORDER BY num DESC LIMIT 1"
        ).fetchone()
        if row is None:
            return None
        about = self.index.execute(
            "SELECT f.num FROM said s JOIN members m ON m.key = s.a AND (m.keeper = s.b OR s.kind = 'line')"
            " JOIN findings f ON f.id = m.finding WHERE s.step = ? LIMIT 1", (row["num"],),
        ).fetchone()  # fmt: skip
        return row["id"], row["verdict"], about[0] if about else None

    def steps(self) -> int:
        """How many steps count."""
        query = "SELECT count(*) FROM steps WHERE active = 1 AND verdict != 'undo'"
        return int(self.index.execute(query).fetchone()[0])

    # ---- rows -------------------------------------------------------------------------------------------

    def enter(self, step: Step, active: bool) -> int:
        """A step with all it says; returns its number. What follows for findings is not looked at."""
        cursor = self.index.execute(
            "INSERT INTO steps (id, who, said_at, verdict, undoes, active, text) VALUES (?, ?, ?, ?, ?, ?, ?)",
            (step.id, step.who, step.when, step.verdict, step.undoes, active, step.text),
        )
        number = int(cursor.lastrowid or 0)
        if active:
            verdict = step.verdict
            self._add(_row(number, verdict, finding) for finding in step.findings)
        return number

    def _add(self, rows: Iterable[tuple[Any, ...]]) -> None:
        """What a step says, and which of it is stale or contradicts somebody else."""
        first = self._next()
        self.index.execute("BEGIN")
        self.index.executemany(_ENTER, rows)
        self.index.execute("COMMIT")
        self.index.execute(
            "INSERT INTO unfound SELECT s.num FROM said s WHERE s.num >= ?"
            " AND NOT EXISTS (SELECT 1 FROM members m WHERE s.kind != 'rule' AND m.key = s.a"
            " AND (s.kind = 'line' OR m.keeper = s.b))"
            " AND NOT EXISTS (SELECT 1 FROM findings f WHERE s.kind = 'line' AND f.key = s.a)"
            " AND NOT EXISTS (SELECT 1 FROM members m WHERE s.kind = 'rule' AND m.rule = s.a)", (first,),
        )  # fmt: skip
        self._contradict(first)

    def add_members(self, step: int, first: int, last: int) -> None:
        """What a batch says of the members of its findings, those with numbers from ``first`` to ``last``."""
        after = self._next()
        self.index.execute(
            "INSERT INTO said (step, kind, a, b, document, verdict) SELECT DISTINCT t.step,"
            " CASE WHEN f.kind IN ('quote', 'line') THEN f.kind ELSE 'copy' END, m.key, m.keeper, '', t.verdict"
            " FROM standing t CROSS JOIN findings f ON f.num = t.num CROSS JOIN members m ON m.finding = f.id"
            " WHERE t.num BETWEEN ? AND ? AND t.step = ?", (first, last, step),
        )  # fmt: skip
        self._contradict(after)

    def decide_alike(self, step: int, finding: int, meant: Iterable[Finding]) -> None:
        """A finding that a batch does not mean hears what it says of texts that the two have in common."""
        (verdict,) = self.index.execute("SELECT verdict FROM steps WHERE num = ?", (step,)).fetchone()
        self.index.executemany(_ENTER, [_row(step, verdict, one) for one in meant])
        self.index.execute(
            "INSERT OR IGNORE INTO before (step, num, settled, verdict) SELECT ?, f.num, f.settled, s.verdict"
            " FROM findings f LEFT JOIN standing s ON s.num = f.num WHERE f.id = ?", (step, finding),
        )  # fmt: skip
        self._refresh("SELECT :id AS id", {"id": finding})

    def _next(self) -> int:
        """The number of the next row."""
        return int(self.index.execute("SELECT coalesce(max(num), 0) + 1 FROM said").fetchone()[0])

    def _contradict(self, first: int) -> None:
        """Find what other people said otherwise of the rows from ``first`` on."""
        if self.index.execute("SELECT count(DISTINCT who) FROM steps").fetchone()[0] < 2:
            return
        self.index.execute(
            "INSERT INTO contradicted SELECT s.num, o.num FROM said s JOIN steps t ON t.num = s.step"
            " CROSS JOIN said o ON o.a = s.a AND o.b = s.b JOIN steps u ON u.num = o.step"
            " WHERE s.num >= ? AND o.num < s.num AND o.kind = s.kind AND u.who != t.who AND o.verdict != s.verdict"
            " AND (s.document = '' OR o.document = '' OR s.document = o.document)", (first,),
        )  # fmt: skip

    def forget(self, step: int) -> None:
        """As if the last step had never been entered."""
        for table, column in (("unfound", "said"), ("contradicted", "later")):
            self.index.execute(f"DELETE FROM {table} WHERE {column} IN (SELECT num FROM said WHERE step = ?)", (step,))
        for table, column in (("said", "step"), ("before", "step"), ("steps", "num")):
            self.index.execute(f"DELETE FROM {table} WHERE {column} = ?", (step,))

    # ---- what follows for findings ----------------------------------------------------------------------

    def _say_anew(self, first: int, last: int) -> None:
        """What counts of the findings that some steps speak of."""
        self._refresh(_ABOUT, {"first": first, "last": last})

    def _refresh(self, about: str, values: dict[str, int]) -> None:
        """What counts of findings; ``about``: a query for their ids."""
        execute = self.index.execute
        execute(f"CREATE TEMP TABLE touched AS {about}", values)
        execute("DELETE FROM standing WHERE num IN (SELECT f.num FROM touched t JOIN findings f ON f.id = t.id)")
        execute(
            f"CREATE TEMP TABLE heard AS SELECT m.finding, {OF_MEMBER} AS verdict"
            " FROM touched t CROSS JOIN members m ON m.finding = t.id"
        )
        execute(
            f"INSERT INTO standing (num, settled, verdict) SELECT f.num, f.settled, {_TOGETHER}"
            " FROM heard h JOIN findings f ON f.id = h.finding GROUP BY f.num HAVING count(verdict)"
        )
        execute("DROP TABLE touched")
        execute("DROP TABLE heard")

    def _keep_before(self, step: int) -> None:
        """Remember what stands of the findings that a step speaks of, before it does."""
        self.index.execute(
            "INSERT OR IGNORE INTO before (step, num, settled, verdict) SELECT :last, f.num, f.settled, s.verdict"
            f" FROM ({_ABOUT}) t JOIN findings f ON f.id = t.id LEFT JOIN standing s ON s.num = f.num",
            {"first": step, "last": step},
        )

    def _take_back(self, step: str) -> None:
        for (number,) in self.index.execute("SELECT num FROM steps WHERE id = ?", (step,)).fetchall():
            self.index.execute("UPDATE steps SET active = 0 WHERE num = ?", (number,))
            if self.index.execute("SELECT 1 FROM before WHERE step = ? LIMIT 1", (number,)).fetchone():
                self.put_before(number)
            else:
                self._say_anew(number, number)

    def put_before(self, step: int) -> None:
        """What stood before a step stands again."""
        self.index.execute("DELETE FROM standing WHERE num IN (SELECT num FROM before WHERE step = ?)", (step,))
        self.index.execute(
            "INSERT INTO standing (num, settled, verdict) SELECT num, settled, verdict FROM before"
            " WHERE step = ? AND verdict IS NOT NULL", (step,),
        )  # fmt: skip

    # ---- conflicts --------------------------------------------------------------------------------------

    def stale(self) -> list[Row]:
        """Decisions whose text is no more in the run."""
        return self._rows(
            "SELECT s.verdict, s.kind, s.a, s.document, t.who, t.said_at, t.text FROM unfound u"
            " JOIN said s ON s.num = u.said JOIN steps t ON t.num = s.step WHERE t.active = 1"
        )

    def conflicts(self) -> list[Row]:
        """Pairs of decisions of different people on the same text."""
        return self._rows(
            "SELECT s.verdict, t.who, t.said_at, t.text, o.verdict AS other_verdict, u.who AS other_who,"
            " (SELECT f.num FROM members m JOIN findings f ON f.id = m.finding WHERE m.key = s.a LIMIT 1) AS finding"
            " FROM contradicted c JOIN said s ON s.num = c.later JOIN steps t ON t.num = s.step"
            " JOIN said o ON o.num = c.earlier JOIN steps u ON u.num = o.step WHERE t.active = 1 AND u.active = 1"
        )

    def _rows(self, query: str, values: Sequence[Any] = ()) -> list[Row]:
        return [dict(row) for row in self.index.execute(f"{query} LIMIT {_LISTED}", values)]


def _row(step: int, verdict: Verdict, finding: Finding) -> tuple[Any, ...]:
    """Of the table said."""
    text = finding.member or finding.line or finding.rule
    return step, finding.kind, text, finding.keeper, finding.document, meaning(verdict, finding.kind)


_ENTER = "INSERT INTO said (step, kind, a, b, document, verdict) VALUES (?, ?, ?, ?, ?, ?)"
_TABLES = "steps", "said", "standing", "before", "contradicted", "unfound"
