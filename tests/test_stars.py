"""Clusters are written, and chosen for the report, without their records: as they are with them."""

from __future__ import annotations

from itertools import groupby
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import orjson
from builders import Listed
from hypothesis import given
from hypothesis import strategies as st

from unecho.choosing.order import keeping_order
from unecho.choosing.stars import Stars
from unecho.choosing.verdicts import RELATIONS, Verdict, verdicts_of
from unecho.matching.corpus import Paragraphs
from unecho.model import Cluster, Member, Place
from unecho.report import clusters
from unecho.report.figures import Totals
from unecho.report.model import Limits

IDS = ('a "\\ü', "b", "c\n", "d", "e/f")
SHARES = st.sampled_from([0.0, 0.3, 0.50005, 0.66666, 0.8999, 0.9, 0.99996, 1.0])
ORDER = keeping_order(IDS, ["2020", None, "2020", "1999", "2021"], [5, 4, 3, 2, 1], ("earliest", "longest"))


class AtHand(Listed):
    """The same where they are at hand in columns."""

    def __init__(self, found: Stars) -> None:
        super().__init__(clusters=found)
        self._stars = found

    def stars(self, expected: int) -> Stars:
        return self._stars


@st.composite
def verdicts(draw: st.DrawFn) -> list[Verdict]:
    """Of the paragraphs from 6 on, which resemble some before."""

    def verdict(paragraph: int) -> Verdict:
        main, relation = draw(st.integers(0, 5)), draw(st.sampled_from(RELATIONS))
        shares, removed, repeat = [draw(SHARES) for _ in range(3)], draw(st.booleans()), draw(st.integers(0, 5)) == 0
        why = draw(st.sampled_from(["the same words", 'it says "12"', "all of its words"]))
        return Verdict(paragraph, main, main, main, shares[0], shares[1], shares[2], relation, removed, repeat, why)

    return list(map(verdict, draw(st.permutations(range(6, 6 + draw(st.integers(0, 30)))))))


def stars_of(found: list[Verdict]) -> Stars:
    start = np.arange(40, dtype=np.int64) * 7 % 31
    paragraphs = Paragraphs(np.arange(40, dtype=np.int64) % len(IDS), start, start + 1 + np.arange(40) % 3)
    return Stars(cast(Any, SimpleNamespace(ids=IDS, paragraphs=paragraphs)), verdicts_of(found), ORDER)


def groups(found: list[Verdict]) -> list[list[Verdict]]:
    """Cluster by cluster."""
    in_order = sorted((x for x in found if not x.repeat), key=lambda x: (x.main, x.paragraph))
    return [list(some) for _, some in groupby(in_order, key=lambda x: x.main)]


def plain(found: list[Verdict]) -> list[Cluster]:
    """The clusters, one by one."""

    def spot(paragraph: int) -> tuple[str, int, int]:
        start = paragraph * 7 % 31
        return IDS[paragraph % len(IDS)], start, start + 1 + paragraph % 3

    def member(x: Verdict) -> Member:
        shares = round(x.covered, 4), round(x.resemblance, 4), round(x.containment, 4)
        return Member(*spot(x.paragraph), *shares, x.relation, "removed" if x.removed else "kept", x.why)

    made = []
    for number, members in enumerate(groups(found), 1):
        main, rival = members[0].main, min((x.paragraph % len(IDS) for x in members), key=ORDER.rank.__getitem__)
        why, place = ORDER.why(main % len(IDS), rival), Place(*spot(main))
        made.append(Cluster(f"c{number:06d}", place, why, tuple(map(member, members))))
    return made


@given(verdicts(), st.randoms(use_true_random=False))
def test_records_and_lines_are_made_of_columns(found: list[Verdict], rng: Any) -> None:
    expected, stars = plain(found), stars_of(found)
    assert list(stars) == expected
    assert b"".join(stars.lines()).splitlines() == [orjson.dumps(cluster) for cluster in expected]
    numbers = rng.sample(range(len(expected)), rng.randint(0, len(expected)))
    assert list(stars.some(np.array(numbers, np.int64))) == [expected[number] for number in numbers]
    of_members = {x.paragraph: number for number, c in enumerate(groups(found), 1) for x in c}
    assert stars.number.tolist() == [of_members.get(paragraph, 0) for paragraph in range(40)]


@given(verdicts(), st.integers(0, 7), st.integers(0, 7), st.sampled_from([0.5, 0.9, 1.0]))
def test_those_shown_are_the_same_of_columns_and_one_by_one(
    found: list[Verdict], many: int, few: int, similar: float
) -> None:
    stars = stars_of(found)
    limits = [Limits(clusters=many, members=2), Limits(clusters=few)]
    ours, theirs = (
        clusters.pick(records, Totals(clusters=len(stars)), 0.9, similar, limits)
        for records in (AtHand(stars), Listed(clusters=plain(found)))
    )
    assert ours == theirs
