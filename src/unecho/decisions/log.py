"""What people decided about the findings of a run: ``OUT/decisions.jsonl``.

One line of JSON is one step of a person's work, and one step of undo, however many findings it settles:

    {"step": "5f0c6a1e9b7d4c32", "who": "anna", "when": "2026-05-12T09:30:00Z", "verdict": "reject",
     "findings": [{"kind": "copy", "member": "9a...", "keeper": "41..."}], "text": "The minister told"}

``step``: 16 hex digits, unique. ``who``: any name, may be empty. ``when``: UTC, ISO 8601. ``text`` (optional): the
beginning of what was decided about, for whoever reads the file. ``findings`` name text and not places, so that a
decision holds in the next run, over changed input:

- ``{"kind": "copy", "member": KEY, "keeper": KEY, "document": ID}``: a paragraph that repeats another. In a
  cluster, ``keeper`` is the cluster's keeper; for repeats and cut quotes it is the removal's. ``document`` is the
  member's; it is given with "exclude" and "swap", where one of several copies is meant, and left out otherwise.
- ``{"kind": "line", "line": KEY}``: any paragraph with these words.
- ``{"kind": "quote", "line": KEY}``: a passage with these words that was reported and stays.
- ``{"kind": "rule", "rule": NAME}``: whatever a rule of the cleaner took out.

KEY is `line_key` of the whole paragraph, or of the passage: 32 hex digits.

Verdicts: "accept" (copy, line, quote: right as it is); "reject" (copy: no duplicate, it stays; quote: not the same,
it is reported no more; line: never taken out as boilerplate, so that one step can reject all kinds); "exclude" (copy:
this one member stays); "swap" (copy: the member stays in place of the keeper); "boilerplate" (line: goes everywhere,
also where a quote has these words); "never-boilerplate" (line, rule: never taken out as boilerplate); "undo", which has
no findings but ``"undoes": STEP``, and may itself be undone.

Steps are only ever appended. Of several on one finding the last counts. A last line cut short by a crash is no step.
"""

from __future__ import annotations

import hashlib
import os
import secrets
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import IO, Any, Literal, get_args

import orjson

from ..base.atomic import RunFolder
from ..errors import RunError, UsageError
from ..text.normalize import DROPPED, SEPARATOR, WORD, char_class, fold

DECISIONS = "decisions.jsonl"

Kind = Literal["copy", "line", "rule", "quote"]
Verdict = Literal["accept", "reject", "exclude", "swap", "boilerplate", "never-boilerplate", "undo"]

_MEANT: Mapping[str, tuple[str, ...]] = {
    "accept": ("copy", "line", "quote"),
    "reject": ("copy", "quote", "line"),
    "exclude": ("copy",),
    "swap": ("copy",),
    "boilerplate": ("line",),
    "never-boilerplate": ("line", "rule"),
    "undo": (),
}
"""What each verdict can be given on."""
_NEEDED: Mapping[str, tuple[str, ...]] = {
    "copy": ("member", "keeper"), "line": ("line",), "rule": ("rule",), "quote": ("line",),
}  # fmt: skip
_PATIENCE = 3.0
"""Seconds that writing waits for others who write the same run."""


class StaleError(Exception):
    """Somebody else has decided since: what the caller knew is out of date."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What a decision is about; see the module's description of the file."""

    kind: Kind
    member: str = ""
    keeper: str = ""
    document: str = ""
    line: str = ""
    rule: str = ""

    def as_dict(self) -> dict[str, str]:
        """Without what is empty."""
        values = {name: getattr(self, name) for name in ("kind", "member", "keeper", "document", "line", "rule")}
        return {name: value for name, value in values.items() if value}

    @property
    def target(self) -> tuple[str, ...]:
        """What decisions contradict one another about: the same for a copy whoever's document it is in."""
        return (self.kind, self.member, self.keeper, self.line, self.rule)


@dataclass(frozen=True, slots=True)
class Step:
    """What one person decided at one moment."""

    id: str
    who: str
    when: str
    verdict: Verdict
    findings: tuple[Finding, ...] = ()
    undoes: str = ""
    text: str = ""

    def as_dict(self) -> dict[str, Any]:
        """A line of the file."""
        found: dict[str, Any] = {"step": self.id, "who": self.who, "when": self.when, "verdict": self.verdict}
        if self.verdict == "undo":
            found["undoes"] = self.undoes
        else:
            found["findings"] = [finding.as_dict() for finding in self.findings]
        return {**found, "text": self.text} if self.text else found


@dataclass(frozen=True, slots=True)
class Decision:
    """One finding of one step that counts."""

    finding: Finding
    verdict: Verdict
    step: Step


@dataclass(frozen=True, slots=True)
class Conflict:
    """Two steps of different people that say different things of one finding. The later one counts."""

    finding: Finding
    earlier: Step
    later: Step


@dataclass(frozen=True, slots=True)
class Log:
    """All steps of a file, in order."""

    steps: tuple[Step, ...] = ()
    version: int = 0
    """Bytes of the file that hold them: what a writer must know to append."""

    @property
    def active(self) -> list[Step]:
        """The steps that were not undone, in order."""
        undone: set[str] = set()
        found: list[Step] = []
        for step in reversed(self.steps):
            if step.id in undone:
                continue
            if step.verdict == "undo":
                undone.add(step.undoes)
            else:
                found.append(step)
        return found[::-1]

    def settle(self) -> tuple[dict[Finding, Decision], list[Conflict]]:
        """The decision that counts for every finding, and where people differ."""
        standing: dict[tuple[str, ...], dict[Finding, Decision]] = {}
        last: dict[tuple[str, ...], Decision] = {}
        conflicts: list[Conflict] = []
        for step in self.active:
            for finding in step.findings:
                earlier = last.get(finding.target)
                if earlier and _differ(earlier, finding, step):
                    conflicts.append(Conflict(finding, earlier.step, step))
                said = standing.setdefault(finding.target, {})
                if step.verdict not in ("exclude", "swap"):  # said of all copies of the text
                    said.clear()
                last[finding.target] = said[finding] = Decision(finding, meaning(step.verdict, finding.kind), step)
        return {finding: one for said in standing.values() for finding, one in said.items()}, conflicts


def meaning(verdict: Verdict, kind: Kind) -> Verdict:
    """What a verdict means of a kind of finding: a line that is rejected is never boilerplate."""
    return "never-boilerplate" if verdict == "reject" and kind == "line" else verdict


def _differ(earlier: Decision, finding: Finding, step: Step) -> bool:
    """Whether two people contradict one another; one person may change her mind."""
    apart = earlier.finding.document and finding.document and earlier.finding.document != finding.document
    return earlier.step.who != step.who and earlier.verdict != meaning(step.verdict, finding.kind) and not apart


# ---- keys -------------------------------------------------------------------------------------------


def line_key(text: str) -> str:
    """32 hex digits that are the same for texts with the same words, and different for others.

    Words as they are compared (see ``normalize``): case, typography and white space make no difference. Of a
    text without any, such as a rule of asterisks, the characters count. BLAKE2b, 128 bits, of the folded words
    with single spaces between them, in UTF-8.
    """
    return key_and_words(text)[0]


def key_and_words(text: str) -> tuple[str, int]:
    """The key of a text and how many words it has."""
    words = text.translate(_folding()).split()
    plain = " ".join(words) if words else "\0" + " ".join(text.split())
    return hashlib.blake2b(plain.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest(), len(words)


class _Folding(dict[int, str]):
    """What ``str.translate`` puts in the place of a character, found out when it first occurs."""

    def __missing__(self, point: int) -> str:
        char = chr(point)
        kind = char_class(char)
        if kind == DROPPED:
            self[point] = ""
        elif kind == SEPARATOR:
            self[point] = " "
        else:
            self[point] = fold(char) if kind == WORD else f" {fold(char)} "
        return self[point]


@cache
def _folding() -> _Folding:
    return _Folding()


# ---- the file ---------------------------------------------------------------------------------------


def new_step(
    verdict: Verdict, findings: Iterable[Finding] = (), who: str = "", undoes: str = "", text: str = ""
) -> Step:
    """A step taken now."""
    now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return Step(secrets.token_hex(8), who, now, verdict, tuple(findings), undoes, text)


def read(path: Path) -> Log:
    """The steps of a file; none if there is no file. Raises as ``each``."""
    steps: list[Step] = []
    version = 0
    for step, end in each(path):
        steps.append(step)
        version = end
    return Log(tuple(steps), version)


def each(path: Path) -> Iterator[tuple[Step, int]]:
    """The steps of a file one by one, each with the place in the file where its line ends.

    Raises UsageError naming the line that is not a step.
    """
    try:
        with path.open("rb") as lines:
            end = 0
            for number, line in enumerate(lines, 1):
                end += len(line)
                try:
                    if line.strip():
                        yield parse(orjson.loads(line)), end
                except ValueError as error:
                    if not line.endswith(b"\n") and isinstance(error, orjson.JSONDecodeError):
                        return  # cut short by a crash: it was never confirmed
                    hint = "mend or delete that line"
                    raise UsageError(f"{path}, line {number}, is no decision: {error}", hint) from None
    except FileNotFoundError:
        return
    except OSError as error:
        raise UsageError(f"cannot read the decisions {path}: {error.strerror}", "check the path") from None


def given(path: str) -> Log:
    """The steps of a file that a user named; none for an empty name. Raises UsageError when it is not there."""
    if path and not Path(path).is_file():
        raise UsageError(f"no decisions at {path}", "give the decisions.jsonl of a run, or one that its report saved")
    return read(Path(path)) if path else Log()


def parse(data: Any) -> Step:
    """A step out of a line of JSON. Raises ValueError saying what is wrong."""
    if not isinstance(data, dict):
        raise ValueError("not an object")
    verdict: Any = data.get("verdict")
    if verdict not in get_args(Verdict):
        raise ValueError(f"unknown verdict {verdict!r}")
    names = {name: data.get(name, "") for name in ("step", "who", "when", "undoes", "text")}
    wrong = [name for name, value in names.items() if not isinstance(value, str)]
    if wrong or not names["step"]:
        raise ValueError(f"'{wrong[0] if wrong else 'step'}' is missing or no text")
    if verdict == "undo" and not names["undoes"]:
        raise ValueError("an undo without 'undoes'")
    listed = data.get("findings", [])
    if not isinstance(listed, list) or (not listed) != (verdict == "undo"):
        raise ValueError("'findings' is missing, empty or no list")
    findings = tuple(parse_finding(item, verdict) for item in listed)
    return Step(names["step"], names["who"], names["when"], verdict, findings, names["undoes"], names["text"])


def parse_finding(data: Any, verdict: str) -> Finding:
    """What a decision is about. Raises ValueError saying what is wrong."""
    if not isinstance(data, dict) or not all(isinstance(value, str) for value in data.values()):
        raise ValueError("a finding is no object of texts")
    kind = data.get("kind")
    if kind not in _MEANT[verdict]:
        raise ValueError(f"'{verdict}' cannot be said of a {kind}")
    if not all(data.get(name) for name in _NEEDED[kind]):
        raise ValueError(f"a {kind} needs {' and '.join(_NEEDED[kind])}")
    wanted = {"kind", "document", *_NEEDED[kind]} if kind == "copy" else {"kind", *_NEEDED[kind]}
    return Finding(**{name: value for name, value in data.items() if name in wanted})


def dump(steps: Sequence[Step]) -> bytes:
    """Steps as lines of the file."""
    return b"".join(orjson.dumps(step.as_dict(), option=orjson.OPT_APPEND_NEWLINE) for step in steps)


def append(run: Path, step: Step, version: int) -> int:
    """Add a step to the decisions of a run; returns the version after it.

    ``version``: of the log that the person saw. The step is on disk, whole, when this returns. Raises StaleError
    when others have decided since, ValueError when it is no step, RunError when the run is being written and stays so.
    """
    parse(step.as_dict())
    line = dump([step])
    with appending(run, version) as file:
        file.write(line)
        return file.tell()


@contextmanager
def appending(run: Path, version: int) -> Iterator[IO[bytes]]:
    """The file of decisions, open for one line more, which is on disk when the block ends; if it fails, nothing is.

    Until the line's end is written it counts for nobody. Nobody else writes the run meanwhile. Raises as ``append``.
    """
    path = run / DECISIONS
    with _held(run):
        size = path.stat().st_size if path.exists() else 0
        if size != version and read(path).version != version:
            raise StaleError
        try:
            with path.open("r+b" if path.exists() else "w+b") as file:
                file.truncate(version)  # what a crash cut short
                file.seek(max(version - 1, 0))
                if version and file.read(1) != b"\n":
                    file.write(b"\n")
                yield file
                file.flush()
                os.fsync(file.fileno())
        except BaseException as error:
            with suppress(OSError):
                os.truncate(path, version)
            if isinstance(error, OSError):
                raise RunError(f"cannot write {path}: {error.strerror}", "make room, and decide again") from None
            raise


@contextmanager
def _held(run: Path) -> Iterator[None]:
    """The right to write the run, waited for a little."""
    end = time.monotonic() + _PATIENCE
    with ExitStack() as stack:
        while True:
            try:
                stack.enter_context(RunFolder(run))
                break
            except RunError:
                if time.monotonic() > end:
                    raise
                time.sleep(0.02)
        yield


def merged(first: Log, second: Log) -> Log:
    """The steps of both, each once: those of the first, then what the second has more."""
    known = {step.id for step in first.steps}
    steps = (*first.steps, *(step for step in second.steps if step.id not in known))
    return Log(steps, len(dump(steps)))


def refuse_others(run: Path, log: Log) -> None:
    """Raises UsageError when the folder holds steps that the log has not: they would no longer count."""
    others = {step.id for step in read(run / DECISIONS).steps} - {step.id for step in log.steps}
    if others:
        raise UsageError(
            f"{run} holds {len(others):,} decisions of its own: nothing was touched",
            f"bring them together: unecho apply {run} --decisions FILE, or give another folder with -o",
        )
