"""Many findings decided in one step: they count at once, and are written down piece by piece."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from itertools import groupby
from typing import IO

import orjson

from ..decisions import log as decisions
from ..decisions.log import Step, meaning
from ..errors import UsageError
from .filter import Filter
from .meant import MANY, of_many
from .said import Said

_PIECE = 150
"""Findings that are written down at once: some milliseconds, in which nobody else is answered."""


class Batch:
    """One step about all findings that a filter means.

    ``show`` makes it count in the index. ``write`` brings it into the file, and does so in pieces between which others
    may read the index, but not decide. ``findings``: how many it is about.
    """

    def __init__(self, said: Said, verdict: str, chosen: Filter, who: str) -> None:
        if verdict not in MANY:
            raise UsageError(f"'{verdict}' cannot be said of many", "accept or reject them")
        self._said, self._index = said, said.index
        self._step = decisions.new_step(MANY[verdict], who=who, text="a batch")
        self._number = 0
        self._chosen = chosen
        self.findings = 0

    def show(self, version: int) -> None:
        """Let it count. Raises StaleError when others have decided since, UsageError when the filter means nothing."""
        self._said.expect(version)
        self._number = self._said.enter(self._step, True)
        self._index.execute("BEGIN")
        self.findings = self._decide_again() if self._chosen.status == "decided" else self._decide()
        if self.findings:
            self._decide_alike()
        self._index.execute("COMMIT")
        if not self.findings:
            self._forget()
            raise UsageError("nothing is meant by this filter", "widen it")

    def _decide(self) -> int:
        where, values = self._chosen.where(decided=False)
        kept = "NOTHING" if self._chosen.status in ("open", "settled") else (
            "UPDATE SET earlier = verdict, verdict = excluded.verdict, step = excluded.step"
        )  # fmt: skip
        return self._index.execute(
            f"INSERT INTO standing (num, settled, verdict, step) SELECT num, settled, {self._verdict('kind')},"
            f" {self._number} FROM findings WHERE {where} ON CONFLICT (num) DO {kept}", values,
        ).rowcount  # fmt: skip

    def _decide_again(self) -> int:
        where, values = self._chosen.where(decided=False)
        kind = "(SELECT kind FROM findings f WHERE f.num = standing.num)"
        return self._index.execute(
            f"UPDATE standing SET earlier = verdict, verdict = {self._verdict(kind)}, step = {self._number}"
            f" WHERE num IN (SELECT num FROM findings WHERE {where})", values,
        ).rowcount  # fmt: skip

    def _verdict(self, kind: str) -> str:
        """What counts of a kind of finding, in SQL."""
        verdict, of_line = self._step.verdict, meaning(self._step.verdict, "line")
        return (
            f"'{verdict}'" if verdict == of_line else f"CASE {kind} WHEN 'line' THEN '{of_line}' ELSE '{verdict}' END"
        )

    def _decide_alike(self) -> None:
        """Findings that the filter does not mean, but that have a text in common with one that it does."""
        others = self._index.execute(
            "SELECT DISTINCT o.finding, f.kind, a.key, a.keeper FROM alike a CROSS JOIN findings f ON f.id = a.finding"
            " CROSS JOIN standing t ON t.num = f.num AND t.step = ?"
            " CROSS JOIN alike o ON o.key = a.key AND o.keeper = a.keeper CROSS JOIN findings g ON g.id = o.finding"
            " LEFT JOIN standing u ON u.num = g.num WHERE u.step IS NOT ? ORDER BY o.finding",
            (self._number, self._number),
        ).fetchall()  # fmt: skip
        for finding, rows in groupby(others, key=lambda row: row[0]):
            self._said.decide_alike(self._number, finding, of_many(row[1:] for row in rows))

    def write(self) -> Iterator[float]:
        """Write it down; yields the share that is done. If that fails nothing counts that did not before."""
        try:
            with decisions.appending(self._said.run, self._said.version) as file, self._said.held():
                yield from self._lines(file)
                version = file.tell()
        except BaseException:
            self._forget()
            raise
        self._said.wrote(version)

    def _lines(self, file: IO[bytes]) -> Iterator[float]:
        begin, name, end = _line(self._step).partition(b'"findings":[')
        file.write(begin + name)
        last = done = 0
        while found := self._next(last):
            first, last = found[0][0], found[-1][0]
            data = [orjson.dumps(finding.as_dict()) for finding in of_many(row[1:] for row in found)]
            file.write((b"," if done else b"") + b",".join(data))
            self._said.add_members(self._number, first, last)
            self._index.execute(
                "INSERT OR IGNORE INTO before (step, num, settled, verdict) SELECT step, num, settled, earlier"
                " FROM standing WHERE num BETWEEN ? AND ? AND step = ?", (first, last, self._number),
            )  # fmt: skip
            done += len({row[0] for row in found})
            yield done / self.findings
        file.write(end)

    def _next(self, after: int) -> list[sqlite3.Row]:
        """Of the next findings: their numbers, kinds, and the keys of their members."""
        return self._index.execute(
            "SELECT f.num, f.kind, m.key, m.keeper FROM"
            " (SELECT num FROM standing WHERE num > ? AND step = ? ORDER BY num LIMIT ?) s"
            " CROSS JOIN findings f ON f.num = s.num CROSS JOIN members m ON m.finding = f.id ORDER BY f.num, m.num",
            (after, self._number, _PIECE),
        ).fetchall()  # fmt: skip

    def _forget(self) -> None:
        """As if nothing had been said."""
        self._index.execute(
            "UPDATE standing SET verdict = earlier, step = NULL WHERE step = ? AND earlier IS NOT NULL", (self._number,)
        )
        self._index.execute("DELETE FROM standing WHERE step = ?", (self._number,))
        self._said.put_before(self._number)
        self._said.forget(self._number)


def _line(step: Step) -> bytes:
    """The step's line, without what it is about."""
    return orjson.dumps(replace(step, findings=()).as_dict(), option=orjson.OPT_APPEND_NEWLINE)
