"""The files of a run folder beside ``clean/``: written whole, read line by line."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

import orjson

from ..base.wording import visible_name
from ..errors import RunError, UsageError
from ..model import Cluster, DocumentRecord, Grounds, Member, Passage, Place, Quoted, Removal, Story, StoryPair

if TYPE_CHECKING:
    from ..choosing.stars import Stars

RUN = "run.json"
TIMINGS = "timings.json"
DOCUMENTS = "documents.jsonl"
REMOVALS = "removals.jsonl"
CLUSTERS = "clusters.jsonl"
PASSAGES = "passages.jsonl"
STORIES = "stories.jsonl"
DECIDED = "decided.jsonl"
"""What became of each decision."""
FOUND = "found"
"""Folder with documents, removals and clusters as they were before decisions."""
SAMPLE = "sample.jsonl"
"""Removals that a person checked, drawn at random."""
CLEAN = "clean"
REPORT = "report.html"
REASONS = "reasons.jsonl"

T = TypeVar("T")
Some_co = TypeVar("Some_co", covariant=True)
_WANTED = {"unecho": str, "command": str, "settings": dict, "counts": dict}


def write_lines(path: Path, records: Iterable[object]) -> None:
    """One JSON object a line."""
    with path.open("wb") as file:
        for record in records:
            file.write(orjson.dumps(record, option=orjson.OPT_APPEND_NEWLINE))


def writing(path: Path, records: Iterable[T]) -> Iterator[T]:
    """``write_lines`` one by one: each record is handed on once it is written."""
    with path.open("wb") as file:
        for record in records:
            file.write(orjson.dumps(record, option=orjson.OPT_APPEND_NEWLINE))
            yield record


def write_json(path: Path, value: object) -> None:
    path.write_bytes(orjson.dumps(value, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE))


def read_run(run: Path) -> dict[str, Any]:
    """``run.json``. Raises UsageError when the folder is not a run's, RunError when the file is damaged."""
    try:
        info = orjson.loads((run / RUN).read_bytes())
    except (FileNotFoundError, NotADirectoryError):
        info = None
    except OSError as error:
        raise RunError(f"cannot read {_shown(run)}: {error.strerror}") from None
    except orjson.JSONDecodeError:
        raise _damaged(run, RUN) from None
    if not isinstance(info, dict) or not all(isinstance(info.get(key), kind) for key, kind in _WANTED.items()):
        raise UsageError(
            f"{_shown(run)} is not a run folder of unecho", "give the folder that 'unecho dedupe' wrote with -o"
        )
    return info


def documents(run: Path) -> Iterator[DocumentRecord]:
    return _records(run, DOCUMENTS, _document)


def removals(run: Path) -> Iterator[Removal]:
    return _records(run, REMOVALS, _removal)


def clusters(run: Path, expected: int = 0) -> Iterator[Cluster]:
    return _records(run, CLUSTERS, _cluster, expected)


def passages(run: Path, expected: int = 0) -> Iterator[Passage]:
    return _records(run, PASSAGES, _passage, expected)


def stories(run: Path, expected: int = 0) -> Iterator[Story]:
    return _records(run, STORIES, _story, expected)


def reasons(run: Path) -> list[Grounds]:
    """What the trained model saw of some of the lines it took out; nothing in runs that came to be without."""
    return list(_records(run, REASONS, _grounds, 0))


class Wanted(Protocol[Some_co]):
    """Something that is gathered from removals; some of it can be sent to another process."""

    def gathered(self, removals: Iterable[Removal]) -> Some_co:
        """What is wanted of these removals: all those of some documents, in order."""

    def only(self, documents: Iterable[str]) -> Wanted[Some_co]:
        """The same, for removals that name no other documents."""


@dataclass(slots=True)
class _Places:
    """Where a quote stands: one place a document."""

    held: dict[str, Place] = field(default_factory=dict)
    documents: set[str] = field(default_factory=set)
    words: int = 0

    def add(self, place: Place, most: int) -> None:
        self.documents.add(place.document)
        if len(self.held) < most:
            self.held.setdefault(place.document, place)


class Records:
    """What a finished run found, read from its files. ``expected``: how many there are."""

    def __init__(self, run: Path) -> None:
        self.run = run

    def documents(self) -> Iterator[DocumentRecord]:
        """What became of every document."""
        return documents(self.run)

    def removals(self) -> Iterator[Removal]:
        """Every span that was taken out."""
        return removals(self.run)

    def of_removals(self, wanted: Callable[[], Wanted[T]], meanwhile: Callable[[], None]) -> Iterator[T]:
        """What is wanted of the removals, part by part: of all those of some documents, in order, at a time.

        ``wanted`` tells what that is as far as it is known yet; after ``meanwhile``, which is done first of all that
        this process does, it is.
        """
        meanwhile()
        yield wanted().gathered(self.removals())

    def stars(self, expected: int) -> Stars | None:  # noqa: ARG002
        """The clusters in columns; None where they have to be read one by one."""
        return None

    def clusters(self, expected: int) -> Iterator[Cluster]:
        """Stars around the copies that stay."""
        return clusters(self.run, expected)

    def passages(self, expected: int) -> Iterator[Passage]:
        """What documents share."""
        return passages(self.run, expected)

    def quote_sizes(self, expected: int) -> Mapping[str, int]:
        """How many passages each group of quotes has, in the order of their first ones."""
        return Counter(passage.group for passage in self.passages(expected) if passage.quote)

    def quoted(self, expected: int, groups: Iterable[str], most: int) -> Mapping[str, Quoted]:
        """Of some groups of quotes the places in the first ``most`` documents, and what is counted of all."""
        gathered = {group: _Places() for group in groups}
        for passage in self.passages(expected) if gathered else ():
            if passage.quote and passage.group in gathered:
                places = gathered[passage.group]
                places.add(Place(passage.a, passage.a_start, passage.a_end), most)
                places.add(Place(passage.b, passage.b_start, passage.b_end), most)
                places.words = max(places.words, passage.words)
        return {
            group: Quoted(places.words, len(places.documents), tuple(places.held.values()))
            for group, places in gathered.items()
        }

    def stories(self, expected: int) -> Iterator[Story]:
        """Documents that print the same article."""
        return stories(self.run, expected)


def decided(run: Path) -> Iterator[dict[str, Any]]:
    """What became of each decision, as ``decide.Decided.lines`` has it."""
    return _records(run, DECIDED, _line_decided)


def _line_decided(data: dict[str, Any]) -> dict[str, Any]:
    return {
        name: data[name] for name in ("step", "who", "when", "verdict", "finding", "text", "result", "why", "conflict")
    }


def _records(run: Path, name: str, build: Callable[[dict[str, Any]], T], expected: int = 1) -> Iterator[T]:
    """The records of a file of the run. It may be missing where none are ``expected``.

    Raises RunError naming the file and the line that is not one.
    """
    path = run / name
    if not expected and not path.exists():
        return
    number = 0
    try:
        with path.open("rb") as lines:
            for line in lines:
                number += 1
                yield build(orjson.loads(line))
    except OSError:
        raise _damaged(run, name) from None
    except (orjson.JSONDecodeError, KeyError, TypeError, AttributeError):
        raise _damaged(run, f"{name}, line {number},") from None


def _document(data: dict[str, Any]) -> DocumentRecord:
    return DocumentRecord(**{**data, "repaired": tuple((place, octets) for place, octets in data["repaired"])})


def _removal(data: dict[str, Any]) -> Removal:
    keeper = data["keeper"]
    return Removal(**{**data, "keeper": Place(**keeper) if keeper else None})


def _grounds(data: dict[str, Any]) -> Grounds:
    return Grounds(**{**data, "reasons": tuple(data["reasons"])})


def _cluster(data: dict[str, Any]) -> Cluster:
    members = tuple(Member(**member) for member in data["members"])
    return Cluster(data["id"], Place(**data["keeper"]), data["why_kept"], members)


def _passage(data: dict[str, Any]) -> Passage:
    return Passage(**data)


def _story(data: dict[str, Any]) -> Story:
    pairs = tuple(StoryPair(**pair) for pair in data["pairs"])
    return Story(data["id"], data["keeper"], tuple(data["documents"]), pairs)


def _shown(run: Path) -> str:
    return visible_name(str(run).encode("utf-8", "backslashreplace").decode("utf-8"))


def _damaged(run: Path, where: str) -> RunError:
    hint = f"'unecho check {_shown(run)}' says what is damaged; run dedupe again to write the folder anew"
    return RunError(f"{_shown(run)}: {where} is damaged", hint)
