"""Decisions carried out on the findings of a run: removals, clusters and documents in, the same out.

Nothing is lost on the way, and no copy goes without a verified one that stays: whatever is put back only adds to
what stays, and whenever something more goes, the copies that relied on it are verified anew or put back.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Literal

from ..config import Settings
from ..model import Cluster, Place, Removal
from ..output.kept import Span
from .changes import PERSON, RULE, Findings, Pair, State, Text, ends, overlap, place_of
from .log import Conflict, Decision, Finding, Log, line_key
from .quoted import places as quoted_places

ABSENT = "not in this run"

Result = Literal["used", "stale", "refused", "overruled"]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a decision. stale: its text is no more in the run; refused: no verified copy would stay;
    overruled: a later decision took its place."""

    decision: Decision
    result: Result
    why: str = ""


@dataclass(frozen=True, slots=True)
class Decided:
    """Findings before and after the decisions."""

    before: Findings
    after: Findings
    log: Log
    outcomes: tuple[Outcome, ...]
    conflicts: tuple[Conflict, ...]

    def lines(self) -> Iterator[dict[str, Any]]:
        """For ``decided.jsonl``: what became of each decision, and where people differ."""
        differ = {conflict.finding: conflict.earlier for conflict in self.conflicts}
        for outcome in self.outcomes:
            step, finding = outcome.decision.step, outcome.decision.finding
            earlier = differ.get(finding)
            yield {
                "step": step.id, "who": step.who, "when": step.when, "verdict": step.verdict,
                "finding": finding.as_dict(), "text": step.text, "result": outcome.result, "why": outcome.why,
                "conflict": {"step": earlier.id, "who": earlier.who, "verdict": earlier.verdict} if earlier else None,
            }  # fmt: skip

    @property
    def counts(self) -> dict[str, int]:
        """For ``run.json``."""
        results = [outcome.result for outcome in self.outcomes]
        counts = {name: results.count(name) for name in ("used", "stale", "refused", "overruled")}
        return {"steps": len(self.log.steps), **counts, "conflicts": len(self.conflicts)}


def decide(findings: Findings, log: Log, text_of: Text, frame_of: Text, settings: Settings) -> Decided:
    """Carry out what the log says.

    ``text_of``: a document's text as read, by id. ``frame_of``: of the line a JSONL row was read from.
    """
    standing, conflicts = log.settle()
    outcomes: list[Outcome] = []
    if standing:
        state = State(findings, text_of, settings)
        outcomes = _Run(state, list(standing.values())).carry_out()
        after = state.finished(frame_of)
    else:
        after = findings
    return Decided(findings, after, log, tuple(outcomes), tuple(conflicts))


def pairs(clusters: Iterable[Cluster], removals: Iterable[Removal]) -> Iterator[Pair]:
    """Every copy that decisions can be about: members of clusters, repeats and cut quotes."""
    in_cluster: dict[tuple[str, str], list[Removal]] = defaultdict(list)
    for removal in removals:
        if removal.cluster is not None:
            in_cluster[removal.cluster, removal.document].append(removal)
        elif removal.keeper is not None:
            yield Pair(Place(removal.document, removal.start, removal.end), removal.keeper, None, removal.id)
    for cluster in clusters:
        for member in cluster.members:
            gone = in_cluster.get((cluster.id, member.document), ())
            held = (r.id for r in gone if r.start <= member.start and member.end <= r.end)
            yield Pair(place_of(member), cluster.keeper, cluster.id, next(held, None))


# ---- what decisions do ------------------------------------------------------------------------------


class _Run:
    """One carrying out of all decisions."""

    def __init__(self, state: State, decisions: list[Decision]) -> None:
        self._state = state
        self._decisions = decisions
        self._pairs = self._matching()

    def carry_out(self) -> list[Outcome]:
        """Lines first, as they decide what is left to keep; then what stays; then which copy stays."""
        outcomes = dict(self._lines())
        for decision in self._decisions:
            if decision.finding.kind == "copy" and decision.verdict != "swap":
                outcomes[decision.finding] = self._copies(decision)
        outcomes |= self._swaps()
        outcomes |= self._quotes()
        self._state.keep_whole()
        self._state.drop_emptied()
        return [outcomes[decision.finding] for decision in self._decisions]

    def _matching(self) -> dict[tuple[str, str], list[Pair]]:
        """The pairs that decisions name, by the keys of both sides."""
        wanted = {(d.finding.member, d.finding.keeper) for d in self._decisions if d.finding.kind == "copy"}
        members = {member for member, _ in wanted}
        found: dict[tuple[str, str], list[Pair]] = defaultdict(list)
        if wanted:
            for pair in pairs(self._state.before.clusters, self._state.before.removals):
                key = line_key(self._state.text(pair.member))
                if key in members:
                    found[key, line_key(self._state.text(pair.keeper))].append(pair)
        return found

    def _lines(self) -> Iterator[tuple[Finding, Outcome]]:
        by_line = {d.finding.line: d for d in self._decisions if d.finding.kind == "line"}
        by_rule = {d.finding.rule: d for d in self._decisions if d.finding.kind == "rule"}
        present: set[str] = set()
        if by_line or by_rule:
            present = self._labelled(by_line, by_rule)
        if by_line:
            present |= self._everywhere(by_line)
        for decision in [*by_line.values(), *by_rule.values()]:
            here = (decision.finding.line or "rule " + decision.finding.rule) in present
            yield decision.finding, Outcome(decision, "used" if here else "stale", "" if here else ABSENT)

    def _labelled(self, by_line: dict[str, Decision], by_rule: dict[str, Decision]) -> set[str]:
        """Puts back what must never go as boilerplate; returns the lines and rules that were met."""
        present: set[str] = set()
        for removal in self._state.before.removals:
            if removal.reason != "boilerplate" and removal.rule not in by_rule:
                continue
            key = line_key(removal.text) if by_line else ""
            present |= {key, f"rule {removal.rule}"}
            decision = by_line.get(key) or by_rule.get(removal.rule or "")
            if decision is not None and decision.verdict == "never-boilerplate":
                self._state.put_back(removal.id, PERSON)
        return present

    def _everywhere(self, by_line: dict[str, Decision]) -> set[str]:
        """Takes out every paragraph that is boilerplate wherever it stands; returns the lines that were met."""
        state = self._state
        wanted = {key for key, decision in by_line.items() if decision.verdict == "boilerplate"}
        present: set[str] = set()
        gone: list[Place] = []
        for removal in [r for r in state.current() if r.keeper is not None]:
            key = line_key(removal.text)
            present.add(key)
            if key in wanted:
                state.relabel(removal.id)
        for record in state.before.documents if by_line else ():
            if record.status == "skipped":
                continue
            text = state.text_of(record.id)
            for start, end in state.kept_spans(record.id):
                key = line_key(text[start:end])
                present.add(key)
                if key in wanted:
                    gone.append(Place(record.id, start, end))
        met = quoted_places(state.before.passages, state.text_of, by_line)
        present |= met.keys()
        gone += self._inside([place for key in sorted(wanted & met.keys()) for place in met[key]], gone)
        for place in gone:
            state.take_out(place, Removal("", *ends(place), "", "boilerplate", "other", 1.0, RULE))
        for place in gone:
            state.release(place, [place.document])
        return present

    def _inside(self, quotes: Iterable[Place], gone: Iterable[Place]) -> list[Place]:
        """Those of the quotes that lie in one paragraph that stays, and in nothing else that goes."""
        kept: dict[str, list[Span]] = {}
        taken: dict[str, list[Place]] = defaultdict(list)
        for place in gone:
            taken[place.document].append(place)
        found: list[Place] = []
        for place in quotes:
            if place.document not in kept:
                kept[place.document] = self._state.kept_spans(place.document)
            inside = any(start <= place.start and place.end <= end for start, end in kept[place.document])
            if inside and not any(overlap(place, other) for other in taken[place.document]):
                taken[place.document].append(place)
                found.append(place)
        return found

    def _copies(self, decision: Decision) -> Outcome:
        """accept, reject and exclude."""
        found = self._meant(decision)
        if not found:
            return Outcome(decision, "stale", ABSENT)
        if decision.verdict != "accept":
            for pair in found:
                self._state.put_back(pair.removal, PERSON)
        return Outcome(decision, "used")

    def _meant(self, decision: Decision) -> list[Pair]:
        finding = decision.finding
        found = self._pairs.get((finding.member, finding.keeper), [])
        here = [pair for pair in found if pair.member.document == finding.document]
        if here or not finding.document:
            return here or found
        # The document is gone or has another name: the text tells which one is meant, unless it is the keeper's.
        return found if finding.member != finding.keeper else []

    def _quotes(self) -> dict[Finding, Outcome]:
        said = [decision for decision in self._decisions if decision.finding.kind == "quote"]
        state = self._state
        met = quoted_places(state.before.passages, state.text_of, {decision.finding.line for decision in said})
        outcomes: dict[Finding, Outcome] = {}
        for decision in said:
            here = met.get(decision.finding.line)
            outcomes[decision.finding] = Outcome(decision, "used") if here else Outcome(decision, "stale", ABSENT)
            if here and decision.verdict == "reject":
                state.no_quotes.update(here)
        return outcomes

    def _swaps(self) -> dict[Finding, Outcome]:
        outcomes: dict[Finding, Outcome] = {}
        last: dict[str, tuple[Decision, Pair]] = {}
        for decision in self._decisions:
            if decision.verdict != "swap":
                continue
            found = self._meant(decision)
            outcomes[decision.finding] = Outcome(decision, "stale", ABSENT)
            if found:
                outcomes[decision.finding] = Outcome(decision, "refused", "only in a cluster can the copy be chosen")
            for pair in [pair for pair in found if pair.cluster is not None][:1]:
                earlier = last.pop(str(pair.cluster), None)
                if earlier:
                    why = "a later decision chose another copy"
                    outcomes[earlier[0].finding] = Outcome(earlier[0], "overruled", why)
                last[str(pair.cluster)] = decision, pair
        for decision, pair in last.values():
            problem = self._state.swap(pair)
            outcomes[decision.finding] = Outcome(decision, "refused" if problem else "used", problem)
        return outcomes
