"""What a run found, in memory and, once written, as a run folder."""

from __future__ import annotations

import hashlib
import shutil
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, TypeVar

from . import __version__
from .base.atomic import RunFolder, settle
from .base.columns import beside
from .base.engine import Workers, uncollected
from .base.spool import Spool
from .choosing.findings import Passages
from .choosing.gone import REASONS
from .choosing.stars import Stars
from .config import Settings
from .decisions import log as decisions
from .decisions.changes import Findings
from .decisions.decide import Decided, decide
from .matching.lsh import Bands
from .matching.signature import PERMUTATIONS
from .model import Cluster, DocumentRecord, Grounds, Passage, Quoted, Removal, Story
from .output import manifest, writing
from .text.spans import cut

if TYPE_CHECKING:
    from .report.model import Limits, Report

T = TypeVar("T")


@dataclass(frozen=True)
class Result:
    """The findings of ``dedupe`` or ``clean``.

    The texts lie in a temporary file, which is given back when the result is closed (it is a context manager)
    or no longer used.
    """

    command: str
    settings: Settings
    documents: Sequence[DocumentRecord]
    """What became of every document, sorted by id."""
    removals: Sequence[Removal]
    """Every span taken out, sorted by document and start."""
    clusters: Sequence[Cluster]
    passages: Sequence[Passage]
    stories: Sequence[Story]
    inputs: Sequence[str] = ()
    ignored: dict[str, int] = field(default_factory=dict)
    paragraphs: int = 0
    bands: Bands | None = None
    seconds: dict[str, float] = field(default_factory=dict)
    spool: Spool = field(default_factory=Spool, repr=False)
    numbers: dict[str, int] = field(default_factory=dict, repr=False)
    """Number of each document's text in the spool; the frame of its JSONL line, if any, has the number after."""
    workers: int = 1
    """Processes that write it."""
    decided: Decided | None = None
    """What people decided, where anything was, and what that changed."""
    grounds: Callable[[], Sequence[Grounds]] = tuple
    """Says what the trained model saw of the first lines it took out; worked out when it is asked for."""

    @property
    def kept(self) -> list[str]:
        """Ids of the documents in the cleaned corpus."""
        return [record.id for record in self.documents if record.status in ("kept", "trimmed")]

    @property
    def skipped(self) -> list[DocumentRecord]:
        """Inputs that could not be read, with the reason."""
        return [record for record in self.documents if record.status == "skipped"]

    def text(self, document: str) -> str:
        """The text of a document as read. Raises KeyError for an unknown or skipped one."""
        return self.spool.text(self.numbers[document])

    def clean_text(self, document: str) -> str:
        """The text of a document without the removals. Raises KeyError."""
        removals = self._removals_of.get(document, ())
        return cut(self.text(document), [(removal.start, removal.end) for removal in removals])

    def with_decisions(self, log: decisions.Log) -> Result:
        """The same with what people decided carried out."""
        before = Findings(self.documents, list(self.removals), list(self.clusters), list(self.passages))
        decided = decide(before, log, self.text, self._frame, self.settings)
        after = decided.after
        return replace(
            self,
            documents=after.documents,
            removals=after.removals,
            clusters=after.clusters,
            passages=after.passages,
            decided=decided,
        )

    def write(self, out: str | Path) -> Path:
        """Write the run folder ``out``, whole or not at all, in place of an earlier run there.

        Raises UsageError when ``out`` holds anything else, RunError when another run is writing it.
        """
        with RunFolder(Path(out)) as folder:
            self.write_into(folder)
            return folder.out

    def write_into(self, folder: RunFolder, *shown: Limits, workers: Workers | None = None) -> list[Report]:
        """As ``write``, into a run folder already held; gives reports of it within these limits. ``workers``: of whom
        some may have started."""
        new = folder.stage()
        self._carry_over(folder.out, new)  # first, as the report shows what people checked
        reports = self.write_files(new, *shown, lasting=True, workers=workers)
        folder.commit()
        return reports

    def write_files(
        self, new: Path, *shown: Limits, lasting: bool = False, workers: Workers | None = None
    ) -> list[Report]:
        """The files of the run, straight into a folder that holds none of them; gives reports within these limits,
        beside the one that is written. ``lasting``: all but the page goes to disk while that is made."""
        from .report import data, gather, html

        with uncollected(), Workers(self.workers) if workers is None else nullcontext(workers) as used:
            used.start(gather.load, self.spool.total)
            manifest.write_json(new / manifest.TIMINGS, {"seconds": self.seconds})
            if self.decided is not None:
                self._write_decided(new, self.decided)
            manifest.write_json(new / manifest.RUN, self.run)
            if found := self.grounds():
                manifest.write_lines(new / manifest.REASONS, found)
            records = _Written(new, self, used)
            report, *others = data.load_all(new, _Texts(self), (data.Limits(), *shown), records)
            if lasting:
                beside(settle, True)
            (new / manifest.REPORT).write_bytes(html.render(report, used).encode())
        return others

    def _write_decided(self, new: Path, decided: Decided) -> None:
        (new / decisions.DECISIONS).write_bytes(decisions.dump(decided.log.steps))
        manifest.write_lines(new / manifest.DECIDED, decided.lines())
        found = new / manifest.FOUND
        found.mkdir()
        manifest.write_lines(found / manifest.DOCUMENTS, decided.before.documents)
        manifest.write_lines(found / manifest.REMOVALS, decided.before.removals)
        manifest.write_lines(found / manifest.CLUSTERS, decided.before.clusters)
        if len(decided.before.passages) != len(decided.after.passages):
            manifest.write_lines(found / manifest.PASSAGES, decided.before.passages)

    def _carry_over(self, old: Path, new: Path) -> None:
        """People's work outlives the run it was done on."""
        if self.decided is not None:
            decisions.refuse_others(old, self.decided.log)
        for name in (decisions.DECISIONS, manifest.SAMPLE):
            if (old / name).is_file() and (self.decided is None or name != decisions.DECISIONS):
                shutil.copyfile(old / name, new / name)

    def texts(self) -> Iterator[tuple[str, str]]:
        """(id, text as read) of every document that was not skipped, in order of id."""
        for name, number in self.numbers.items():
            yield name, self.spool.text(number)

    @cached_property
    def run(self) -> dict[str, Any]:
        """What ``run.json`` holds: the same for the same input and settings."""
        return {
            "unecho": __version__,
            "command": self.command,
            "settings": self.settings.as_dict(),
            "fingerprint": self.fingerprint,
            "inputs": list(self.inputs),
            "ignored": dict(sorted(self.ignored.items())),
            "counts": self.counts,
            "lsh": _lsh(self.bands),
            **({"decisions": self.decided.counts} if self.decided is not None else {}),
        }

    @cached_property
    def fingerprint(self) -> str:
        return fingerprint(self.command, self.settings.as_dict(), self.documents)

    @cached_property
    def counts(self) -> dict[str, Any]:
        status = Counter(record.status for record in self.documents)
        words = sum(record.words for record in self.documents)
        removed = {reason: sum(record.words_removed.get(reason, 0) for record in self.documents) for reason in REASONS}
        return {
            "documents": len(self.documents),
            **{name: status[name] for name in ("kept", "trimmed", "dropped", "skipped")},
            "paragraphs": self.paragraphs,
            "words": words,
            "words_kept": words - sum(removed.values()),
            "words_removed": removed,
            "removals": len(self.removals),
            "clusters": len(self.clusters),
            "passages": len(self.passages),
            "stories": len(self.stories),
        }

    def _frame(self, document: str) -> str:
        """Of the line a JSONL row was read from."""
        return self.spool.data(self.numbers[document] + 1).decode("utf-8", "surrogatepass")

    @cached_property
    def _removals_of(self) -> dict[str, list[Removal]]:
        found: dict[str, list[Removal]] = {}
        for removal in self.removals:
            found.setdefault(removal.document, []).append(removal)
        return found

    def close(self) -> None:
        self.spool.close()

    def __enter__(self) -> Result:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


class _Texts(Mapping[str, str]):
    """The texts of a result as read, by the id of the document."""

    def __init__(self, result: Result) -> None:
        self._result = result

    def __getitem__(self, document: str) -> str:
        return self._result.text(document)

    def __contains__(self, document: object) -> bool:
        return document in self._result.numbers

    def __iter__(self) -> Iterator[str]:
        return iter(self._result.numbers)

    def __len__(self) -> int:
        return len(self._result.numbers)


class _Written(manifest.Records):
    """The records of a result, each written to its file as it is handed on for the first time, so that it is made
    only once; the removals together with the cleaned corpus."""

    def __init__(self, run: Path, result: Result, workers: Workers) -> None:
        super().__init__(run)
        self.result, self._workers = result, workers
        self._done: set[str] = set()

    def documents(self) -> Iterator[DocumentRecord]:
        return self._once(manifest.DOCUMENTS, self.result.documents)

    def removals(self) -> Iterator[Removal]:
        return iter(self.result.removals)

    def of_removals(self, wanted: Callable[[], manifest.Wanted[T]], meanwhile: Callable[[], None]) -> Iterator[T]:
        found = self.result
        source = writing.Source(found.documents, found.removals, found.spool, found.numbers)
        return writing.write(self.run, source, self._workers, wanted, meanwhile)

    def clusters(self, expected: int) -> Iterator[Cluster]:  # noqa: ARG002  it is known here
        return self._once(manifest.CLUSTERS, self.result.clusters)

    def stars(self, expected: int) -> Stars | None:  # noqa: ARG002
        clusters = self.result.clusters
        if not isinstance(clusters, Stars):
            return None
        self._write(manifest.CLUSTERS, clusters.lines())
        return clusters

    def passages(self, expected: int) -> Iterator[Passage]:  # noqa: ARG002
        return self._once(manifest.PASSAGES, self.result.passages)

    def quote_sizes(self, expected: int) -> Mapping[str, int]:
        passages = self.result.passages
        if not isinstance(passages, Passages):
            return super().quote_sizes(expected)
        self._write(manifest.PASSAGES, passages.lines())
        return passages.quote_sizes()

    def quoted(self, expected: int, groups: Iterable[str], most: int) -> Mapping[str, Quoted]:
        passages = self.result.passages
        if isinstance(passages, Passages):
            return passages.quoted(groups, most)
        return super().quoted(expected, groups, most)

    def stories(self, expected: int) -> Iterator[Story]:  # noqa: ARG002
        return self._once(manifest.STORIES, self.result.stories)

    def _write(self, name: str, lines: Iterable[bytes]) -> None:
        """Write lines that are made of columns, once."""
        if name not in self._done:
            with (self.run / name).open("wb") as file:
                file.writelines(lines)
            self._done.add(name)

    def _once(self, name: str, records: Sequence[T]) -> Iterator[T]:
        if name in self._done:
            yield from records
        else:
            yield from manifest.writing(self.run / name, records)
            self._done.add(name)


def fingerprint(command: str, settings: Mapping[str, Any], documents: Iterable[DocumentRecord]) -> str:
    """SHA-256 over this version, the settings, as ``run.json`` has them, and every document's id and text, in order of
    id."""
    values = {name: tuple(value) if isinstance(value, list) else value for name, value in settings.items()}
    digest = hashlib.sha256(f"{__version__} {command} {values}".encode())
    for record in documents:
        digest.update(f"\n{record.id} {record.sha256}".encode())
    return digest.hexdigest()


def _lsh(bands: Bands | None) -> dict[str, Any] | None:
    if bands is None:
        return None
    steps = [number / 10 for number in range(4, 10)]
    return {
        "permutations": PERMUTATIONS,
        "bands": bands.bands,
        "rows": bands.rows,
        "expected_recall": {f"{step:g}": round(bands.recall(step), 4) for step in steps},
    }
