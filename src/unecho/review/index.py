"""The findings of a run in a SQLite file: built once by streaming, so that every later answer takes milliseconds and
memory does not grow with the run."""

from __future__ import annotations

import math
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import lru_cache
from importlib.resources import files
from itertools import groupby, islice, permutations
from pathlib import Path
from typing import Any, TypeVar

import orjson

from ..base.wording import one_line
from ..decisions.log import key_and_words
from ..decisions.quoted import sides
from ..model import Cluster, Member
from ..output import manifest
from ..output.kept import was_page
from ..report.data import doubt_of, kind_of
from ..stored import base, passages
from .texts import Texts

LEAD = 200
"""Characters of a finding's text that the queue shows."""
_REMEMBERED = 100_000
"""Documents whose number and site are kept in memory while the index is built."""
_SEARCHED = 1500
"""Characters of a finding's text that can be searched."""
_MANY = 10
"""Copies from which even an exact one is looked at: whatever is printed so often may be no copy at all."""

NO_SITE = "(no site)"

_OF_CLUSTER = "id, kind, ref, why_kept, document, start, end, doubt, settled, copies, removed, low, kinds"
_OF_MEMBER = "finding, document, start, end, covered, resemblance, containment, relation, action, why"

T = TypeVar("T")
Progress = Callable[[str], None]


def build(run: Path, folder: Path, tell: Progress = lambda _: None) -> tuple[sqlite3.Connection, Texts]:
    """Index a run into a file in ``folder``. Raises UsageError and RunError as the manifest does."""
    info = manifest.read_run(run)
    path = folder / "index.sqlite"
    path.unlink(missing_ok=True)
    index = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
    index.executescript(
        "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -32000; PRAGMA temp_store = FILE;"
    )
    index.executescript(_script("tables"))
    index.create_function("casefolded", 1, str.casefold, deterministic=True)
    texts = Texts(run, index, folder)
    build = _Build(run, index, texts, info["settings"])
    tell("reading documents")
    build.documents()
    tell("reading removals")
    build.removals()
    tell("reading clusters")
    build.clusters(info["counts"].get("clusters", 0))
    build.copies()
    tell("reading quotes")
    build.quotes(info["counts"].get("passages", 0))
    build.lines()
    tell("reading texts")
    build.texts()
    tell("putting in order")
    build.order()
    return index, texts


class _Build:
    def __init__(self, run: Path, index: sqlite3.Connection, texts: Texts, settings: Mapping[str, Any]) -> None:
        self._run, self._base, self._index, self._texts = run, base(run), index, texts
        self._own = settings.get("extractor", "own") == "own"
        self._threshold, self._similar = float(settings["threshold"]), float(settings["similar"])

        @lru_cache(_REMEMBERED)
        def number(name: str) -> int | None:
            row = index.execute("SELECT num FROM documents WHERE name = ?", (name,)).fetchone()
            return row[0] if row else None

        @lru_cache(_REMEMBERED)
        def home(document: int) -> tuple[str, str, str]:
            found: tuple[str, str, str] = index.execute(
                "SELECT site, folder, coalesce(title, '') || ' ' || name FROM documents WHERE num = ?", (document,)
            ).fetchone()
            return found

        self._number, self._home = number, home

    def documents(self) -> None:
        self._insert("documents", 13, (
            (number, d.id, d.title, d.url, d.site or NO_SITE, d.date, d.id.rpartition("/")[0], d.status, d.output,
             d.row, d.field, d.source, self._own and was_page(d))
            for number, d in enumerate(manifest.documents(self._run)) if d.status != "skipped"
        ), "num, name, title, url, site, date, folder, status, output, row, field, source, page")  # fmt: skip
        self._index.execute("CREATE UNIQUE INDEX document_name ON documents (name)")
        self._rows()
        self._pieces()

    def _rows(self) -> None:
        """Where the rows of JSONL files lie."""
        outputs = self._index.execute("SELECT DISTINCT output FROM documents WHERE row IS NOT NULL").fetchall()
        for (output,) in outputs:
            rows = self._index.execute(
                "SELECT num FROM documents WHERE output = ? AND status != 'dropped' ORDER BY row", (output,)
            ).fetchall()
            if rows:
                with self._texts.lines(output).open("rb") as lines:
                    places = zip(_places(lines), rows, strict=False)
                    found = [(at, size, num) for (at, size, _), (num,) in places]
                self._index.executemany("UPDATE documents SET row_at = ?, row_size = ? WHERE num = ?", found)

    def _pieces(self) -> None:
        """Where the removals of each document lie, of the run as it is now."""
        with (self._run / manifest.REMOVALS).open("rb") as file:
            found = ((at, size, orjson.loads(line)["document"]) for at, size, line in _places(file))
            spans = (
                (places[0][0], sum(size for _, size, _ in places), name)
                for name, group in groupby(found, key=lambda place: place[2])
                for places in [list(group)]
            )
            for batch in batched(spans, 2000):
                self._index.execute("BEGIN")
                self._index.executemany("UPDATE documents SET removals_at = ?, removals_size = ? WHERE name = ?", batch)
                self._index.execute("COMMIT")

    def removals(self) -> None:
        self._insert("removals", 19, self._removal_rows())
        # All that is looked up by it lies in it, in the order in which clusters come.
        self._index.execute(
            "CREATE INDEX removal_cluster ON removals (cluster, document, start, end, id, words, key)"
            " WHERE cluster IS NOT NULL"
        )
        self._index.execute("CREATE INDEX removal_document ON removals (document, start)")

    def _removal_rows(self) -> Iterator[tuple[Any, ...]]:
        for number, r in enumerate(manifest.removals(self._base)):
            keeper = (self._number(r.keeper.document), r.keeper.start, r.keeper.end) if r.keeper else (None, None, None)
            yield (
                number, r.id, self._number(r.document), r.start, r.end, r.reason, r.category, r.rule, r.confidence,
                r.cluster, r.words, key_and_words(r.text)[0],
                None if r.cluster else one_line(r.text, LEAD), *keeper, r.covered,
                r.resemblance, r.containment,
            )  # fmt: skip

    def clusters(self, expected: int) -> None:
        number = 0
        for batch in batched(manifest.clusters(self._base, expected), 1000):
            findings: list[tuple[Any, ...]] = []
            members: list[tuple[Any, ...]] = []
            homes: list[tuple[int, str, str]] = []
            for cluster in batch:
                number += 1
                document = self._number(cluster.keeper.document)
                others = [self._number(member.document) for member in cluster.members]
                findings.append(self._cluster_row(number, cluster, document, others))
                members += [
                    (number, other, *_member_row(member)) for member, other in zip(cluster.members, others, strict=True)
                ]
                homes += [(number, *self._home(d)[:2]) for d in {document, *others} if d is not None]
            self._insert("findings", 13, (row[:-1] for row in findings), _OF_CLUSTER)
            self._insert("searched", 2, ((row[0], row[-1]) for row in findings), "finding, names")
            self._insert("members", 10, members, _OF_MEMBER)
            self._add_homes(homes)
        self._index.execute("CREATE INDEX member_finding ON members (finding)")
        self._index.execute(
            "UPDATE members SET (removal, words, key) = (SELECT r.id, r.words, r.key FROM findings f CROSS JOIN"
            " removals r INDEXED BY removal_cluster ON r.cluster = f.ref AND r.cluster IS NOT NULL"
            " WHERE f.id = members.finding AND r.document = members.document"
            " AND r.start <= members.start AND r.end >= members.end) WHERE action = 'removed'"
        )
        self._index.execute("DROP INDEX removal_cluster")

    def _cluster_row(
        self, number: int, cluster: Cluster, document: int | None, others: Iterable[int | None]
    ) -> tuple[Any, ...]:
        members = cluster.members
        gone = [member for member in members if member.action == "removed"]
        homes = [self._home(d) for d in {document, *others} if d is not None]
        sites = len({site for site, _, _ in homes})
        exact = all(member.relation == "exact" and member.action == "removed" for member in members)
        names = " ".join(name for _, _, name in homes)[:_SEARCHED].casefold()
        return (
            number, "cluster", cluster.id, cluster.why_kept, document, cluster.keeper.start, cluster.keeper.end,
            self._doubt(members, sites), int(exact and len(members) < _MANY), len(members) + 1, len(gone),
            min((member.covered for member in members), default=1.0),
            " ".join(sorted({kind_of(member, self._threshold) for member in members})), names,
        )  # fmt: skip

    def _doubt(self, members: Iterable[Member], sites: int) -> float:
        """0 to 1 for the closest call, and a little more where many copies or sites hang on it."""
        members = list(members)
        closest = max((doubt_of(member, self._threshold, self._similar) for member in members), default=0.0)
        return round(closest + 0.05 * math.log10(1 + len(members)) + 0.02 * math.log2(max(sites, 1)), 4)

    def copies(self) -> None:
        """Repeats inside a document and quotes that were cut out: copies in no cluster, by their words."""
        self._index.executescript(_script("copies"))

    def quotes(self, expected: int) -> None:
        """Passages that stay: one finding for a quote, its earliest place first, then one place a document."""
        self._insert("quoted", 7, (
            (passage.group, self._number(here.document), self._number(there.document), here.start, here.end,
             passage.words, min(1.0, passage.matched / max(passage.words, 1)))
            for passage in passages(self._run, expected) if passage.quote
            for here, there in permutations(sides(passage))
        ), kept="OR IGNORE")  # fmt: skip
        self._index.executescript(_script("quotes"))

    def lines(self) -> None:
        """Boilerplate by its words: one finding for a line, however often it was taken out."""
        self._index.executescript(_script("lines"))
        homes = self._index.execute(
            "SELECT DISTINCT f.id, d.site, d.folder FROM findings f JOIN removals r ON r.key = f.key AND"
            " r.reason = 'boilerplate' JOIN documents d ON d.num = r.document WHERE f.kind = 'line'"
            " UNION SELECT DISTINCT m.finding, d.site, d.folder FROM findings f JOIN members m ON m.finding = f.id"
            " JOIN documents d ON d.num = m.document WHERE f.kind = 'copy'"
        )
        for batch in batched(homes.fetchall(), 5000):
            self._add_homes(batch)

    def texts(self) -> None:
        """Leads, and the keys of texts that no removal holds; documents one after another."""
        self._index.executescript(_script("wanted"))
        rows = self._index.execute("SELECT * FROM wanted ORDER BY document, start")
        found = (self._looked_up(*row) for row in rows)
        for batch in batched(found, 2000):
            self._index.execute("BEGIN")
            self._index.executemany(
                "UPDATE findings SET key = ?, lead = coalesce(lead, ?) WHERE id = ?",
                [(key, lead, num) for place, key, _, lead, _, num in batch if place[0] == "f"],
            )
            self._index.executemany(
                "INSERT INTO searched (finding, text) VALUES (?, ?) ON CONFLICT DO UPDATE SET text = excluded.text",
                [(num, text) for place, _, _, _, text, num in batch if place[0] == "f"],
            )
            self._index.executemany(
                "UPDATE members SET key = ?, words = ? WHERE num = ?",
                [(key, words, num) for place, key, words, _, _, num in batch if place[0] == "m"],
            )
            self._index.execute("COMMIT")
        self._index.executescript(_script("known"))

    def _looked_up(
        self, document: int, start: int, end: int, place: str, num: int
    ) -> tuple[str, str, int, str, str, int]:
        text = self._texts.text(document)[start:end]
        key, words = key_and_words(text)
        return place, key, words, one_line(text, LEAD), " ".join(text[:_SEARCHED].split()).casefold(), num

    def order(self) -> None:
        """Numbers findings in the order of the queue, and makes the remaining look-ups fast."""
        self._index.executescript(_script("order"))

    def _add_homes(self, homes: Iterable[tuple[int, str, str]]) -> None:
        rows = list(homes)
        self._insert("finding_sites", 2, sorted({(f, site) for f, site, _ in rows}))
        self._insert("finding_folders", 2, sorted({(f, folder) for f, _, folder in rows}))

    def _insert(
        self, table: str, width: int, rows: Iterable[tuple[Any, ...]], columns: str = "", kept: str = ""
    ) -> None:
        """``kept``: what SQL says of rows that are there already."""
        named = f"({columns})" if columns else ""
        for batch in batched(rows, 2000):
            self._index.execute("BEGIN")
            self._index.executemany(f"INSERT {kept} INTO {table} {named} VALUES ({','.join('?' * width)})", batch)
            self._index.execute("COMMIT")


def _script(name: str) -> str:
    """A part of ``index.sql``."""
    parts = files("unecho.review").joinpath("index.sql").read_text("utf-8").split("\n-- == ")
    return next(part.partition("\n")[2] for part in parts if part.partition(":")[0] == name)


def _member_row(m: Member) -> tuple[Any, ...]:
    return m.start, m.end, m.covered, m.resemblance, m.containment, m.relation, m.action, m.why


def batched(items: Iterable[T], size: int) -> Iterator[tuple[T, ...]]:
    """Items in tuples of ``size``; the last may be shorter."""
    source = iter(items)
    while batch := tuple(islice(source, size)):
        yield batch


def _places(lines: Iterable[bytes]) -> Iterator[tuple[int, int, bytes]]:
    """(offset, size, line)."""
    at = 0
    for line in lines:
        yield at, len(line), line
        at += len(line)
