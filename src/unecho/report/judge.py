"""What a member of a cluster is to a reviewer, and how close the decision on it was."""

from __future__ import annotations

from ..model import Member


def kind_of(member: Member, threshold: float) -> str:
    """What a member is to a reviewer: exact, near, contained (removed), guarded or similar (kept).

    "guarded": enough of its words are covered, yet it stays, as a number, a name or a word that matters differs,
    or the two documents share little else.
    """
    if member.action == "removed":
        return member.relation
    return "guarded" if member.covered >= threshold else "similar"


def doubt_of(member: Member, threshold: float, similar: float) -> float:
    """How close the decision on a member was: 1 at the threshold or held back by a guard, 0 if clear."""
    if member.action == "removed":
        return 0.0 if member.relation == "exact" else _nearness(member.covered, threshold, 1.0)
    return 1.0 if member.covered >= threshold else _nearness(member.covered, threshold, similar)


def _nearness(value: float, threshold: float, far: float) -> float:
    """1 where ``value`` is the threshold, 0 where it is ``far`` or beyond."""
    width = abs(far - threshold)
    return max(0.0, 1.0 - abs(value - threshold) / width) if width else 1.0


def containment_of_kept(resemblance: float, containment: float) -> float:
    """Share of the kept text's word sequences that a copy has too, by their resemblance and the share of the copy's."""
    if not resemblance or not containment:
        return 0.0
    return min(1.0, max(resemblance, 1 / (1 / resemblance + 1 - 1 / containment)))
