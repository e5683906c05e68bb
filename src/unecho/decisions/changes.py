"""The findings of a run while they change: what is put back or taken out, and what follows for the copies of it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from ..choosing.gone import rounded
from ..config import Settings
from ..model import Cluster, DocumentRecord, Member, Passage, Place, Removal
from ..output.kept import Span, kept_spans, respanned, was_page
from ..output.outcomes import status_of, words_by_reason
from ..sources.records import filled
from ..text.normalize import tokenize
from .log import line_key
from .quoted import without
from .recheck import Proof, is_long, prove

RULE = "decision"
"""Rule of what a person said is boilerplate."""
PERSON = "a person's decision"
GONE = "the copy that stayed was taken out by a decision"
WHOLE = "its document stays"

Text = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Findings:
    """What decisions are about: documents sorted by id, removals by document and start, clusters."""

    documents: Sequence[DocumentRecord]
    removals: Sequence[Removal]
    clusters: Sequence[Cluster]
    passages: Sequence[Passage] = ()


@dataclass(frozen=True, slots=True)
class Pair:
    """A copy and what it is a copy of, as decisions name them."""

    member: Place
    keeper: Place
    cluster: str | None
    removal: str | None
    """Id; None for a member that stays."""


@dataclass(slots=True)
class Star:
    """A cluster that changes."""

    id: str
    keeper: Place
    why: str
    members: dict[Place, Member]
    gone: bool = False


class State:
    """The findings while decisions are carried out. At every moment each copy that is out has a verified keeper
    that stays, but for those that ``release`` is about to look at."""

    def __init__(self, before: Findings, text_of: Text, settings: Settings) -> None:
        self.before, self.text_of, self.settings = before, text_of, settings
        ours = settings.extractor == "own"
        self._pages = {record.id for record in before.documents if ours and was_page(record)}
        """Documents whose paragraphs are the blocks of a page."""
        self._removals: dict[str, Removal] = {removal.id: removal for removal in before.removals}
        self._of_document: dict[str, set[str]] = defaultdict(set)
        self._relying: dict[str, set[str]] = defaultdict(set)
        """Ids of the copies whose keeper lies in a document."""
        for removal in before.removals:
            self._enter(removal)
        self._stars = {
            c.id: Star(c.id, c.keeper, c.why_kept, {place_of(member): member for member in c.members})
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
        return kept_spans(text, gone, document in self._pages)

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
            self._stars[name].gone |= overlap(self._stars[name].keeper, place)
        waiting = [self._removals[name] for name in sorted(self._relying[place.document])]
        waiting = [removal for removal in waiting if removal.keeper and overlap(removal.keeper, place)]
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
            "", *ends(old), "", "duplicate", keeper=Place(new.document, proof.start, proof.end),
            covered=rounded(proof.covered), resemblance=rounded(proof.resemblance),
            containment=rounded(proof.containment), cluster=star.id,
        ))  # fmt: skip
        self._swapped_out.add(old.document)
        self.release(old, [new.document, old.document])
        self._compare_similar(star)
        star.members[old] = _member(old, proof, "removed", PERSON)
        return ""

    def _compare_similar(self, star: Star) -> None:
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
            "", *ends(place), "", "duplicate", keeper=keeper, covered=1.0, resemblance=1.0, containment=1.0,
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

    def finished(self, frame_of: Text) -> Findings:
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
        return Findings(list(self._records(removals, frame_of)), removals, clusters, passages)

    def _spread(self, document: str, removals: list[Removal]) -> list[Removal]:
        """Where more went, the white space is shared out anew."""
        if document not in self._respan:
            return removals
        text = self.text_of(document)
        spans = respanned(text, [(removal.start, removal.end) for removal in removals])
        return [
            replace(removal, start=start, end=end, text=text[start:end])
            for removal, (start, end) in zip(removals, spans, strict=True)
        ]

    def _records(self, removals: Sequence[Removal], frame_of: Text) -> Iterator[DocumentRecord]:
        before, after = _by_document(self.before.removals), _by_document(removals)
        for record in self.before.documents:
            if before[record.id] != after[record.id]:
                yield self._record(record, after[record.id], frame_of)
            else:
                yield record

    def _record(self, record: DocumentRecord, removals: Sequence[Removal], frame_of: Text) -> DocumentRecord:
        status, reason = status_of(self.text_of(record.id), removals, self.settings)
        line = None
        if status == "dropped" and record.row is not None:
            line = record.record or filled(frame_of(record.id), "")
        return replace(record, status=status, reason=reason, words_removed=words_by_reason(removals), record=line)


def _by_document(removals: Iterable[Removal]) -> dict[str, list[Removal]]:
    found: dict[str, list[Removal]] = defaultdict(list)
    for removal in removals:
        found[removal.document].append(removal)
    return found


def _cluster(star: Star) -> Cluster:
    members = sorted(star.members.values(), key=lambda member: (member.document, member.start))
    return Cluster(star.id, star.keeper, star.why, tuple(members))


def _member(place: Place, proof: Proof, action: Literal["removed", "kept"], why: str) -> Member:
    return Member(
        *ends(place), rounded(proof.covered), rounded(proof.resemblance), rounded(proof.containment),
        proof.relation, action, why,
    )  # fmt: skip


def _members_in(star: Star | None, removal: Removal) -> list[Place]:
    """The members of a cluster that a removal took out."""
    if star is None:
        return []
    return [
        place
        for place in star.members
        if place.document == removal.document and removal.start <= place.start and place.end <= removal.end
    ]


def overlap(one: Place, other: Place) -> bool:
    return one.document == other.document and one.start < other.end and other.start < one.end


def place_of(member: Member) -> Place:
    """Where a member stands."""
    return Place(member.document, member.start, member.end)


def ends(place: Place) -> tuple[str, int, int]:
    """Document, start and end."""
    return place.document, place.start, place.end
