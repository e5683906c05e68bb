"""Decisions carried out on the findings of a run: removals, clusters and documents in, the same out.

Nothing is lost on the way, and no copy goes without a verified one that stays: whatever is put back only adds to
what stays, and whenever something more goes, the copies that relied on it are verified anew or put back.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from .config import Settings
from .decisions import Conflict, Decision, Finding, Log, line_key
from .findings import rounded
from .model import Cluster, DocumentRecord, Member, Passage, Place, Removal
from .normalize import tokenize
from .outcomes import status_of, words_by_reason
from .paragraphs import split
from .quoted import places as quoted_places
from .quoted import without
from .recheck import Proof, Span, is_long, prove
from .records import with_text
from .spans import removal_spans

RULE = "decision"
"""Rule of what a person said is boilerplate."""
PERSON = "a person's decision"
GONE = "the copy that stayed was taken out by a decision"
ABSENT = "not in this run"
WHOLE = "its document stays"

Result = Literal["used", "stale", "refused", "overruled"]
Text = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Findings:
    """What decisions are about: documents sorted by id, removals by document and start, clusters."""

    documents: Sequence[DocumentRecord]
    removals: Sequence[Removal]
    clusters: Sequence[Cluster]
    passages: Sequence[Passage] = ()


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


@dataclass(frozen=True, slots=True)
class Pair:
    """A copy and what it is a copy of, as decisions name them."""

    member: Place
    keeper: Place
    cluster: str | None
    removal: str | None
    """Id; None for a member that stays."""


def decide(findings: Findings, log: Log, text_of: Text, line_of: Text, settings: Settings) -> Decided:
    """Carry out what the log says.

    ``text_of``: a document's text as read, by id. ``line_of``: the line a JSONL row was read from.
    """
    standing, conflicts = log.settle()
    outcomes: list[Outcome] = []
    if standing:
        state = _State(findings, text_of, settings)
        outcomes = _Run(state, list(standing.values())).carry_out()
        after = state.finished(line_of)
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
            yield Pair(_place(member), cluster.keeper, cluster.id, next(held, None))


def _place(member: Member) -> Place:
    return Place(member.document, member.start, member.end)


# ---- what decisions do ------------------------------------------------------------------------------


class _Run:
    """One carrying out of all decisions."""

    def __init__(self, state: _State, decisions: list[Decision]) -> None:
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
            state.take_out(place, Removal("", *_parts(place), "", "boilerplate", "other", 1.0, RULE))
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
            if inside and not any(_overlap(place, other) for other in taken[place.document]):
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


def _parts(place: Place) -> tuple[str, int, int]:
    return place.document, place.start, place.end


# ---- the state --------------------------------------------------------------------------------------


@dataclass(slots=True)
class _Star:
    """A cluster that changes."""

    id: str
    keeper: Place
    why: str
    members: dict[Place, Member]
    gone: bool = False


class _State:
    """The findings while decisions are carried out. At every moment each copy that is out has a verified keeper
    that stays, but for those that ``release`` is about to look at."""

    def __init__(self, before: Findings, text_of: Text, settings: Settings) -> None:
        self.before, self.text_of, self.settings = before, text_of, settings
        self._removals: dict[str, Removal] = {removal.id: removal for removal in before.removals}
        self._of_document: dict[str, set[str]] = defaultdict(set)
        self._relying: dict[str, set[str]] = defaultdict(set)
        """Ids of the copies whose keeper lies in a document."""
        for removal in before.removals:
            self._enter(removal)
        self._stars = {
            c.id: _Star(c.id, c.keeper, c.why_kept, {_place(member): member for member in c.members})
            for c in before.clusters
        }
        self._stars_of: dict[str, set[str]] = defaultdict(set)
        """Ids of the clusters whose keeper lies in a document."""
        for cluster in before.clusters:
            self._stars_of[cluster.keeper.document].add(cluster.id)
        self.no_quotes: set[Place] = set()
        """Places of passages that a person said are not the same."""
        self._returned: dict[str, list[Removal]] = defaultdict(list)
        self._respan: set[str] = set()
        self._swapped_out: set[str] = set()
        """Documents whose copy went for another one."""

    def text(self, place: Place) -> str:
        return self.text_of(place.document)[place.start : place.end]

    def current(self) -> list[Removal]:
        return list(self._removals.values())

    def kept_spans(self, document: str) -> list[Span]:
        """The paragraphs of a document that stay; of one that was cut, the parts."""
        text = self.text_of(document)
        gone = sorted((self._removals[name].start, self._removals[name].end) for name in self._of_document[document])
        return kept_spans(text, gone)

    # -- changes

    def put_back(self, name: str | None, why: str) -> None:
        """What was removed stays. Nothing is done if it is back already, or goes for what a person said."""
        removal = self._removals.get(name or "")
        if removal is None or removal.rule == RULE:
            return
        self._leave(removal)
        self._returned[removal.document].append(removal)
        star = self._stars.get(removal.cluster or "")
        for place in _members_in(star, removal):
            if star:
                star.members[place] = replace(star.members[place], action="kept", why=why)

    def take_out(self, place: Place, removal: Removal) -> None:
        """A paragraph that stayed goes; whoever calls this releases what relied on it."""
        text = self.text(place)
        name = f"new {place.document} {place.start}"
        words = len(tokenize([text]).hash)
        self._enter(replace(removal, id=name, text=text, words=words))
        self._respan.add(place.document)

    def relabel(self, name: str) -> None:
        """A copy that is out goes as boilerplate from now on, whatever becomes of its keeper."""
        removal = self._removals[name]
        star = self._stars.get(removal.cluster or "")
        for place in _members_in(star, removal):
            if star:
                del star.members[place]
        self._leave(removal)
        self._enter(Removal(
            name, removal.document, removal.start, removal.end, removal.text, "boilerplate", "other", 1.0, RULE,
            words=removal.words,
        ))  # fmt: skip

    def release(self, place: Place, alternatives: Sequence[str]) -> None:
        """What relied on a place that has gone is verified with other documents, in their order, or put back."""
        for name in self._stars_of[place.document]:
            self._stars[name].gone |= _overlap(self._stars[name].keeper, place)
        waiting = [self._removals[name] for name in sorted(self._relying[place.document])]
        waiting = [removal for removal in waiting if removal.keeper and _overlap(removal.keeper, place)]
        for other in alternatives:
            waiting = self._rely_on(waiting, other)
        for removal in waiting:
            self.put_back(removal.id, GONE)

    def _rely_on(self, copies: list[Removal], document: str) -> list[Removal]:
        """Gives copies a keeper in a document where it has them; returns the others."""
        able = [removal for removal in copies if removal.document != document]
        texts = {line_key(removal.text): removal.text for removal in able}
        proofs = dict(zip(texts, self.prove(list(texts.values()), document), strict=True))
        left: list[Removal] = [removal for removal in copies if removal.document == document]
        for removal in able:
            proof = proofs[line_key(removal.text)]
            if proof is None or not proof.enough:
                left.append(removal)
            else:
                self._leave(removal)
                self._enter(self._kept_in(removal, document, proof))
        return left

    def _kept_in(self, removal: Removal, document: str, proof: Proof) -> Removal:
        """The removal with another keeper; it stays in its cluster only if that is the cluster's own."""
        star = self._stars.get(removal.cluster or "")
        held = star is not None and star.keeper == Place(document, *proof.main)
        for place in _members_in(star, removal):
            if star and held:
                star.members[place] = _member(place, proof, "removed", proof.why)
            elif star:
                del star.members[place]
        return replace(
            removal, keeper=Place(document, proof.start, proof.end), covered=rounded(proof.covered),
            resemblance=rounded(proof.resemblance), containment=rounded(proof.containment),
            cluster=removal.cluster if held else None,
        )  # fmt: skip

    def prove(self, texts: Sequence[str], document: str) -> list[Proof | None]:
        return prove(self.text_of(document), self.kept_spans(document), texts, self.settings)

    def swap(self, pair: Pair) -> str:
        """The member stays in place of the keeper; returns why that cannot be, or nothing."""
        star = self._stars.get(pair.cluster or "")
        if star is None or star.gone:
            return "the copy that stayed went as boilerplate"
        self.put_back(pair.removal, PERSON)
        if pair.removal in self._removals:
            return "the copy went as boilerplate"
        old, new = star.keeper, pair.member
        if any(
            self._removals[name].start < old.end and old.start < self._removals[name].end
            for name in self._of_document[old.document]
        ):
            return "a part of the copy that stayed is out already"
        (proof,) = self.prove([self.text(old)], new.document)
        if proof is None or not proof.enough:
            return "the other copy stays too: " + (proof.why if proof else "too little of it is there")
        star.keeper, star.why = Place(new.document, *proof.main), PERSON
        self._stars_of[new.document].add(star.id)
        star.members.pop(new, None)
        self.take_out(old, Removal(
            "", *_parts(old), "", "duplicate", keeper=Place(new.document, proof.start, proof.end),
            covered=rounded(proof.covered), resemblance=rounded(proof.resemblance),
            containment=rounded(proof.containment), cluster=star.id,
        ))  # fmt: skip
        self._swapped_out.add(old.document)
        self.release(old, [new.document, old.document])
        self._compare_similar(star)
        star.members[old] = _member(old, proof, "removed", PERSON)
        return ""

    def _compare_similar(self, star: _Star) -> None:
        """Members that stay are shown with what the new keeper prints of them; those unlike it leave."""
        stay = [place for place, member in star.members.items() if member.action == "kept"]
        proofs = self.prove([self.text(place) for place in stay], star.keeper.document)
        for place, proof in zip(stay, proofs, strict=True):
            why = star.members[place].why
            if proof is None:
                del star.members[place]
            else:
                star.members[place] = _member(place, proof, "kept", why if proof.enough else proof.why)

    def keep_whole(self) -> None:
        """A short line goes only with a document of which nothing is left: where text came back, it does too."""
        for document in sorted(self._returned):
            if any(is_long(removal.text) for removal in self._returned[document]):
                for name in sorted(self._of_document[document]):
                    removal = self._removals[name]
                    if removal.reason == "duplicate" and not is_long(removal.text):
                        self.put_back(name, WHOLE)

    def drop_emptied(self) -> None:
        """Where a swap left short lines alone, such as a headline, they go too: as in a run, all or none of them, and
        only where the documents that have the text keep the same lines."""
        for document in sorted(self._swapped_out) if self.settings.emptied == "drop" else ():
            text = self.text_of(document)
            rest = self.kept_spans(document)
            if any(is_long(text[start:end]) for start, end in rest):
                continue
            lines = self._short_lines(document)
            keepers = [lines.get(line_key(text[start:end])) for start, end in rest]
            for (start, end), keeper in zip(rest, keepers if None not in keepers else (), strict=False):
                if keeper is not None:
                    self._take_copy(Place(document, start, end), keeper)

    def _short_lines(self, document: str) -> dict[str, Place]:
        """By their keys, the short lines that stay in the documents that keep the text of this one."""
        removals = [self._removals[name] for name in self._of_document[document]]
        others = {r.keeper.document for r in removals if r.keeper is not None} - {document}
        found: dict[str, Place] = {}
        for other in sorted(others):
            text = self.text_of(other)
            for start, end in self.kept_spans(other):
                if not is_long(text[start:end]):
                    found.setdefault(line_key(text[start:end]), Place(other, start, end))
        return found

    def _take_copy(self, place: Place, keeper: Place) -> None:
        """A line goes for the same line elsewhere."""
        self.take_out(place, Removal(
            "", *_parts(place), "", "duplicate", keeper=keeper, covered=1.0, resemblance=1.0, containment=1.0,
        ))  # fmt: skip
        self.release(place, [keeper.document])

    def _enter(self, removal: Removal) -> None:
        self._removals[removal.id] = removal
        self._of_document[removal.document].add(removal.id)
        if removal.keeper is not None:
            self._relying[removal.keeper.document].add(removal.id)

    def _leave(self, removal: Removal) -> None:
        del self._removals[removal.id]
        self._of_document[removal.document].discard(removal.id)
        if removal.keeper is not None:
            self._relying[removal.keeper.document].discard(removal.id)

    # -- the end

    def finished(self, line_of: Text) -> Findings:
        """The findings as they are now, in order; new removals are numbered after those there were."""
        number = max((int(removal.id[1:]) for removal in self.before.removals), default=0)
        stars = {star.id: star for star in self._stars.values() if star.members and not star.gone}
        removals: list[Removal] = []
        for document in sorted(name for name, held in self._of_document.items() if held):
            held = sorted((self._removals[name] for name in self._of_document[document]), key=lambda r: r.start)
            for removal in self._spread(document, held):
                if removal.id.startswith("new "):
                    number += 1
                cluster = removal.cluster if removal.cluster in stars else None
                name = f"r{number:07d}" if removal.id.startswith("new ") else removal.id
                removals.append(replace(removal, id=name, cluster=cluster))
        clusters = [_cluster(star) for star in stars.values()]
        passages = without(self.before.passages, self.no_quotes)
        return Findings(list(self._records(removals, line_of)), removals, clusters, passages)

    def _spread(self, document: str, removals: list[Removal]) -> list[Removal]:
        """Where more went, the white space is shared out anew."""
        if document not in self._respan:
            return removals
        text = self.text_of(document)
        spans = _respanned(text, [(removal.start, removal.end) for removal in removals])
        return [
            replace(removal, start=start, end=end, text=text[start:end])
            for removal, (start, end) in zip(removals, spans, strict=True)
        ]

    def _records(self, removals: Sequence[Removal], line_of: Text) -> Iterator[DocumentRecord]:
        before, after = _by_document(self.before.removals), _by_document(removals)
        for record in self.before.documents:
            if before[record.id] != after[record.id]:
                yield self._record(record, after[record.id], line_of)
            else:
                yield record

    def _record(self, record: DocumentRecord, removals: Sequence[Removal], line_of: Text) -> DocumentRecord:
        status, reason = status_of(self.text_of(record.id), removals, self.settings)
        line = None
        if status == "dropped" and record.row is not None:
            line = record.record or with_text(line_of(record.id), record.field or "", "")
        return replace(record, status=status, reason=reason, words_removed=words_by_reason(removals), record=line)


def _by_document(removals: Iterable[Removal]) -> dict[str, list[Removal]]:
    found: dict[str, list[Removal]] = defaultdict(list)
    for removal in removals:
        found[removal.document].append(removal)
    return found


def _cluster(star: _Star) -> Cluster:
    members = sorted(star.members.values(), key=lambda member: (member.document, member.start))
    return Cluster(star.id, star.keeper, star.why, tuple(members))


def _member(place: Place, proof: Proof, action: Literal["removed", "kept"], why: str) -> Member:
    return Member(
        *_parts(place), rounded(proof.covered), rounded(proof.resemblance), rounded(proof.containment),
        proof.relation, action, why,
    )  # fmt: skip


def _members_in(star: _Star | None, removal: Removal) -> list[Place]:
    """The members of a cluster that a removal took out."""
    if star is None:
        return []
    return [
        place
        for place in star.members
        if place.document == removal.document and removal.start <= place.start and place.end <= removal.end
    ]


def _overlap(one: Place, other: Place) -> bool:
    return one.document == other.document and one.start < other.end and other.start < one.end


def kept_spans(text: str, gone: Sequence[Span]) -> list[Span]:
    """The paragraphs of a text, or what is left of them, without the spans that are gone, which are in order."""
    return list(_without(text, split(text), gone))


def _without(text: str, spans: Sequence[Span], gone: Sequence[Span]) -> Iterator[Span]:
    """What of the spans is not gone, without white space around it."""
    at = 0
    for start, end in spans:
        while at < len(gone) and gone[at][1] <= start:
            at += 1
        low, number = start, at
        while number < len(gone) and gone[number][0] < end:
            yield from _bare(text, low, gone[number][0])
            low = gone[number][1]
            number += 1
        yield from _bare(text, low, end)


def _bare(text: str, start: int, end: int) -> Iterator[Span]:
    piece = text[start:end]
    if piece.strip():
        yield start + len(piece) - len(piece.lstrip()), start + len(piece.rstrip())


def _respanned(text: str, gone: Sequence[Span]) -> list[Span]:
    """The spans of removals, each with the white space that goes with it."""
    pieces: list[tuple[int, int, bool]] = []
    at = 0
    for start, end in gone:
        pieces += [(low, high, False) for low, high in _bare(text, at, start)]
        pieces += [(low, high, True) for low, high in _bare(text, start, end)]
        at = end
    pieces += [(low, high, False) for low, high in _bare(text, at, len(text))]
    return removal_spans(text, [piece[:2] for piece in pieces], [piece[2] for piece in pieces])
