"""What was found of paragraphs and the copies of them that stay, one by one and in columns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import get_args, overload

import numpy as np
from numpy.typing import NDArray

from ..base.columns import Ints, Mask
from ..model import MemberRelation


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was found of one paragraph and the copy of it that stays: paragraphs ``first`` to ``last`` of a
    document, most of it in ``main``."""

    paragraph: int
    main: int
    first: int
    last: int
    covered: float
    resemblance: float
    containment: float
    relation: MemberRelation
    removed: bool
    repeat: bool
    why: str


RELATIONS: tuple[MemberRelation, ...] = get_args(MemberRelation)
REMOVED = 1
"""Column of ``Verdicts.labels``."""


@dataclass(frozen=True, slots=True)
class Verdicts(Sequence[Verdict]):
    """Verdicts in columns, a row each. place: int64, paragraph, main, first, last. scores: float64, covered,
    resemblance, containment. labels: uint8, relation, removed, repeat. said: what the guards say, by row."""

    place: Ints
    scores: NDArray[np.float64]
    labels: NDArray[np.uint8]
    said: Mapping[int, str]

    def __len__(self) -> int:
        return len(self.place)

    @overload
    def __getitem__(self, number: int) -> Verdict: ...

    @overload
    def __getitem__(self, number: slice) -> list[Verdict]: ...

    def __getitem__(self, number: int | slice) -> Verdict | list[Verdict]:
        rows = range(len(self))[number]
        return self._verdict(rows) if isinstance(rows, int) else [self._verdict(row) for row in rows]

    def _verdict(self, row: int) -> Verdict:
        paragraph, main, first, last = self.place[row].tolist()
        covered, resemblance, containment = self.scores[row].tolist()
        relation, removed, repeat = RELATIONS[self.labels[row, 0]], bool(self.labels[row, 1]), bool(self.labels[row, 2])
        why = self.why(row, relation, covered, removed)
        return Verdict(paragraph, main, first, last, covered, resemblance, containment, relation, removed, repeat, why)

    @property
    def removed(self) -> Mask:
        """Whether the paragraph goes (bool)."""
        removed: Mask = self.labels[:, REMOVED] != 0
        return removed

    @property
    def repeat(self) -> Mask:
        """Whether it repeats one of its own document (bool)."""
        repeat: Mask = self.labels[:, 2] != 0
        return repeat

    def why(self, row: int, relation: MemberRelation, covered: float, removed: bool) -> str:
        """Why the paragraph goes or stays; the arguments besides ``row`` are what its columns say."""
        return self.said.get(row) or why_of(relation, covered, removed)


def verdicts_of(found: Sequence[Verdict]) -> Verdicts:
    """The same verdicts in columns."""
    places = [(x.paragraph, x.main, x.first, x.last) for x in found]
    scores = [(x.covered, x.resemblance, x.containment) for x in found]
    labels = [(RELATIONS.index(x.relation), x.removed, x.repeat) for x in found]
    whys = enumerate((x.why, why_of(x.relation, x.covered, x.removed)) for x in found)
    return Verdicts(
        np.array(places, np.int64).reshape(-1, 4), np.array(scores, np.float64).reshape(-1, 3),
        np.array(labels, np.uint8).reshape(-1, 3), {row: why for row, (why, plain) in whys if why != plain},
    )  # fmt: skip


def why_of(relation: MemberRelation, covered: float, removed: bool) -> str:
    """Why a paragraph goes or stays, but for the guards."""
    if relation == "exact":
        return "the same words"
    if not removed:
        return f"only {int(covered * 100)}% of its words"
    return "all of its words" if covered == 1 else f"{covered:.0%} of its words"


def exact(paragraph: int, keeper: int, within: bool) -> Verdict:
    """Of a copy word for word; ``within``: in the same document."""
    return Verdict(paragraph, keeper, keeper, keeper, 1.0, 1.0, 1.0, "exact", True, within, "the same words")
