from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pytest
from builders import own
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from unecho import dedupe
from unecho.base.columns import Ints, offsets_of
from unecho.matching import headlines
from unecho.matching.passages import Alignment, alignments_of
from unecho.matching.seeds import Seeds, Stream
from unecho.matching.stories import PARTIAL, STORY_RELATIONS, Coverage, coverage, groups, rare_weights, same_story
from unecho.text.normalize import CAPITAL, NUMBER, OPENING

RUNS = st.lists(st.tuples(st.integers(0, 30), st.integers(0, 30), st.integers(1, 9)), min_size=1, max_size=6)


def stream_of(documents: Ints, flags: NDArray[np.uint8]) -> Stream:
    count = len(documents) - 1
    words, no = (np.zeros(len(flags), np.uint32), np.zeros(1, np.uint64)), np.zeros(count, np.int64)
    return Stream(*words, documents, documents, no, np.arange(count), flags)


def seeds_of(words: int, shared: dict[int, int], others: Iterable[int]) -> Seeds:
    """Chosen 5-grams of so many words: the documents that have those which begin at some places, each a group of its
    own, and where others begin."""
    place, begins = np.array(sorted(shared), np.int64), np.zeros(words, np.bool_)
    begins[[*shared, *others]] = True
    frequency = np.array([shared[number] for number in place.tolist()], np.int64)
    return Seeds(place, np.arange(len(place), dtype=np.int32), frequency, np.packbits(begins))


@given(st.dictionaries(st.sampled_from([(0, 1), (0, 2), (1, 2)]), st.lists(RUNS, min_size=1, max_size=2), max_size=3))
def test_coverage_counts_every_shared_word_once(found: dict[tuple[int, int], list[list[tuple[int, int, int]]]]) -> None:
    alignments = [
        Alignment(a, b, tuple(runs), sum(n for _, _, n in runs))
        for (a, b), passages in sorted(found.items())
        for runs in passages
    ]
    stream = stream_of(np.array([0, 100, 200, 300]), np.zeros(300, np.uint8))
    result = coverage(alignments_of(alignments), stream, seeds_of(300, {}, []))
    assert list(zip(result.a.tolist(), result.b.tolist(), strict=True)) == sorted(found)
    for row, passages in enumerate(passages for _, passages in sorted(found.items())):
        for side, shares in ((0, result.a_covered), (1, result.b_covered)):
            words = {run[side] + step for runs in passages for run in runs for step in range(run[2])}
            assert shares[row] == len(words) / 100


def pairs(*rows: tuple[int, int, float, float]) -> Coverage:
    a, b, a_share, b_share = (np.array(column) for column in zip(*rows, strict=True))
    none = np.zeros(len(rows), np.bool_)
    same = same_story(a, b, a_share, b_share, none, none, none, 10)
    return Coverage(a, b, a_share, b_share, a_share, b_share, same, none, np.zeros(len(rows), np.int64))


def relations(*rows: tuple[int, int, float, float]) -> list[str]:
    return [STORY_RELATIONS[number] for number in pairs(*rows).relations]


def test_a_trimmed_copy_is_the_same_story_a_lifted_paragraph_is_not() -> None:
    assert relations((0, 1, 0.95, 0.6)) == ["same"]
    assert relations((0, 1, 0.95, 0.3)) == ["partial"]  # the other one has a text of its own
    assert relations((0, 1, 0.3, 0.3)) == ["partial"]
    assert relations((0, 1, 0.1, 0.2)) == ["quotes"]


def test_a_short_version_belongs_to_the_story_when_the_long_one_does() -> None:
    assert relations((0, 1, 0.95, 0.35), (1, 2, 0.8, 0.9), (0, 2, 0.9, 0.4)) == ["same", "same", "same"]


def test_a_version_cut_from_the_bottom_is_the_same_story_a_lift_is_not() -> None:
    long = [own(n) for n in range(12)]
    for short, stories in (([own(30), *long[:3]], 1), ([own(30), *long[5:8]], 0), ([*long[:3], own(31), own(32)], 0)):
        texts = [("long", "\n\n".join(["The harbour board met on Friday", *long])), ("short", "\n\n".join(short))]
        result = dedupe(texts, clean="off")
        assert sum(pair.relation == "same" for story in result.stories for pair in story.pairs) == stories


def under(headline: str, *paragraphs: str) -> str:
    return "\n\n".join([headline, *paragraphs])


@pytest.mark.parametrize(
    ("headline", "stories"),
    [
        ("Harbour board votes down the new pier", 1),
        ("Update: Harbour board votes down the new pier", 1),
        ("Harbour board votes down the new pier - Coast Bulletin", 1),
        ("Harbour board votes for the new pier", 0),
        ("News in brief", 0),  # too short to tell of anything
    ],
)
def test_a_part_below_the_same_headline_is_the_same_story(headline: str, stories: int) -> None:
    first = headline if headline == "News in brief" else "Harbour board votes down the new pier"
    long, part = [own(n) for n in range(10)], [own(20, 70), own(5), own(21, 70)]
    result = dedupe([("long", under(first, *long)), ("part", under(headline, *part))], clean="off")
    assert sum(pair.relation == "same" for story in result.stories for pair in story.pairs) == stories


def test_a_headline_that_many_have_stands_over_a_column() -> None:
    shared = own(99, 60)
    texts = [(f"d{n:02}", under("What our readers write to us", shared, own(n, 60))) for n in range(12)]
    assert not any(pair.relation == "same" for story in dedupe(texts, clean="off").stories for pair in story.pairs)


def test_without_the_same_headline_two_documents_share_no_story_for_it() -> None:
    stream = Stream(
        np.array([1, 2, 3, 4, 9, 9, 1, 2, 3, 4, 5, 8, 8, 0, 1, 2, 3, 4, 7], np.uint32), np.arange(10, dtype=np.uint64),
        np.array([0, 0, 4, 6, 11, 13, 18, 19]), np.array([0, 6, 13, 19]), np.zeros(3, np.int64), np.arange(3),
        np.zeros(19, np.uint8),
    )  # fmt: skip
    a, b = np.array([0, 0, 1]), np.array([1, 2, 2])
    assert headlines.same(stream, a, b).tolist() == [True, True, False]  # beginning; end; neither


def test_pages_must_be_as_close_as_to_their_own_best_match() -> None:
    """Two versions of one page, two of another; all four were made from one template."""
    rows = [(0, 1, 0.95, 0.95), (2, 3, 0.95, 0.95), (0, 2, 0.5, 0.5), (0, 3, 0.5, 0.5), (1, 2, 0.5, 0.5)]
    assert relations(*rows) == ["same", "same", "partial", "partial", "partial"]


def test_a_short_version_is_closer_to_other_short_ones_and_still_belongs_to_the_long() -> None:
    """0 and 1 are short versions, 2 and 3 the long one."""
    rows = [(0, 1, 0.95, 0.95), (2, 3, 0.95, 0.95), (0, 2, 0.9, 0.2), (1, 2, 0.9, 0.2), (0, 3, 0.9, 0.2)]
    assert relations(*rows) == ["same"] * 5


@given(
    st.dictionaries(
        st.sampled_from([(a, b) for a in range(5) for b in range(a + 1, 5)]),
        st.tuples(*[st.sampled_from([0.0, 0.05, 0.1, 0.12, 0.13, 0.2, 0.24, 0.25, 0.3, 0.5, 0.7, 0.95])] * 2,
                  *[st.booleans()] * 2),
        min_size=1,
    )
)  # fmt: skip
def test_pairs_that_share_little_decide_nothing(found: dict[tuple[int, int], tuple[float, float, bool, bool]]) -> None:
    a, b = np.array(list(found)).T
    one, two = np.array([shares[:2] for shares in found.values()]).T
    begins, below = np.array([shares[2:] for shares in found.values()]).T
    titled, little = below & (np.maximum(one, two) >= PARTIAL), one + two < PARTIAL
    exact = same_story(a, b, one, two, begins, begins, titled, 5)
    without = same_story(a, b, np.where(little, 0, one), np.where(little, 0, two), begins, begins, titled, 5)
    assert exact.tolist() == without.tolist() and not np.any(exact & little)


SYLLABLES = ["Harb", "Quin", "Dov", "Mel", "Tross", "Vand", "Bick", "Esp", "Lurg", "Foy", "Zam", "Wyck"]
EARNINGS = """{name} had a net income of {} million, or {} cents a share, in the quarter, against {} million a year ago.

Revenue of the company from {place} rose by {} percent to {} million, from {} million in that quarter a year ago.

“We are pleased with what we have reached in this quarter and look to the next with confidence,” {person} said.

For the whole year {name} expects sales between {} million and {} million, and earnings of {} cents for every share."""


def notes(count: int) -> list[tuple[str, str]]:
    """Earnings notes filled in from one template."""
    return [
        (
            f"note{n}",
            EARNINGS.format(
                *(str(1000 * (n + 1) + 17 * slot) for slot in range(9)),
                name=SYLLABLES[n] + "low", place="Port " + SYLLABLES[n] + "ston", person="Ann " + SYLLABLES[n] + "er",
            ),
        )
        for n in range(count)
    ]  # fmt: skip


@pytest.mark.parametrize("count", [2, 3, 12])
def test_notes_filled_in_from_one_template_are_no_story(count: int) -> None:
    result = dedupe(notes(count), clean="off")
    assert result.passages and not result.stories and not result.removals


def test_versions_of_one_note_are_a_story_also_when_a_figure_was_corrected() -> None:
    (name, text), *others = notes(4)
    result = dedupe([(name, text), ("version", text.replace("1051", "1052")), *others], clean="off")
    assert [story.documents for story in result.stories] == [("note0", "version")]


def test_what_many_documents_have_counts_little_but_not_in_a_story_of_many() -> None:
    documents = np.array([0, 100, 200])
    template = np.array([1] * 30 + [200] * 70)
    story = np.array([1] * 10 + [200] * 90)
    weights = rare_weights(np.concatenate([template, story]), documents)
    assert weights[:30].tolist() == [1] * 30 and weights[30:100].max() < 0.001
    assert weights[100:].tolist() == [1] * 100


def test_one_weak_link_ties_no_two_stories_together() -> None:
    two = pairs(
        (0, 1, 0.9, 0.9), (0, 2, 0.9, 0.9), (1, 2, 0.9, 0.9),
        (3, 4, 0.9, 0.9), (3, 5, 0.9, 0.9), (4, 5, 0.9, 0.9),
        (2, 3, 0.6, 0.6),
    )  # fmt: skip
    assert two.same.all()
    assert groups(two) == [[0, 1, 2], [3, 4, 5]]
    assert groups(pairs((0, 1, 0.9, 0.9), (1, 2, 0.6, 0.6))) == [[0, 1, 2]]
    assert groups(pairs((0, 1, 0.1, 0.2))) == []


SPEECH = "“We will rebuild the harbour, the mill and the school, and we will do it before the winter comes,”"


def test_a_repeated_quote_is_one_group_over_all_documents_and_stays() -> None:
    texts = [(f"d{n}", f"{own(n)} {SPEECH} said {own(n + 50)}\n\n{own(n + 100)}") for n in range(4)]
    result = dedupe(texts, clean="off")
    assert len(result.passages) == 6 and len({p.group for p in result.passages}) == 1
    assert all(p.quote for p in result.passages)
    assert {result.text(p.a)[p.a_start : p.a_end] for p in result.passages} == {SPEECH + " said"}
    assert result.removals == [] and result.clusters == [] and result.stories == []


def test_stories_only_leaves_lifted_paragraphs_in() -> None:
    wire = [own(n) for n in range(6)]
    texts = [("a", wire), ("b", wire[:5]), ("c", [own(20), wire[2], *(own(n) for n in range(21, 25))])]
    pairs_of_text = [(name, "\n\n".join(parts)) for name, parts in texts]
    everywhere = dedupe(pairs_of_text, clean="off")
    assert [removal.document for removal in everywhere.removals] == ["b"] * 5 + ["c"]
    stories = dedupe(pairs_of_text, clean="off", stories_only=True)
    assert [removal.document for removal in stories.removals] == ["b"] * 5


def test_a_whole_paragraph_and_a_quote_next_to_it_are_two_passages() -> None:
    copied = "The mill burned down in the night of the third, and the fire brigade came an hour too late to save it."
    result = dedupe(
        [
            ("a", f"{copied}\n\n{SPEECH} {own(1)}\n\n{own(2)}"),
            ("b", f"{copied}\n\n{SPEECH} {own(3)}\n\n{own(4)}\n\n{own(5)}"),
        ],
        clean="off",
    )  # fmt: skip
    found = [(result.text("a")[p.a_start : p.a_end], p.quote) for p in result.passages]
    assert found == [(copied, False), (SPEECH, True)]
    assert [r.text.strip() for r in result.removals] == [copied]


@given(
    st.lists(st.integers(40, 140), min_size=3, max_size=3),
    st.dictionaries(st.integers(0, 419), st.sampled_from([2, 5, 6, 9, 10, 11, 20, 30, 30, 60]), max_size=200),
    st.sets(st.integers(0, 419), max_size=60),
    st.dictionaries(st.sampled_from([(0, 1), (0, 2), (1, 2)]), st.lists(RUNS, min_size=1, max_size=2), max_size=3),
    st.integers(1, 50),
)
def test_both_tell_the_same_coverage(
    sizes: list[int], shared: dict[int, int], others: set[int],
    found: dict[tuple[int, int], list[list[tuple[int, int, int]]]], seed: int,
) -> None:  # fmt: skip
    """Three documents with seeds here and there, of which many or few documents have some; runs in any order, that
    overlap."""
    documents = offsets_of(np.array(sizes))
    count = int(documents[-1])
    shared, others = {place % count: often for place, often in shared.items()}, {place % count for place in others}
    alignments = [
        Alignment(a, b, tuple((int(documents[a]) + p, int(documents[b]) + q, n) for p, q, n in runs), 9)
        for (a, b), passages in sorted(found.items())
        for runs in passages
    ]
    kinds = np.array([0, NUMBER, NUMBER, CAPITAL, CAPITAL | OPENING], np.uint8)
    stream = stream_of(documents, np.random.default_rng(seed).choice(kinds, count))
    results = []
    for compiled in (False, True):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("unecho.matching.stories.BLOCK", 128)
            results.append(coverage(alignments_of(alignments), stream, seeds_of(count, shared, others), compiled))
    for name in Coverage.__dataclass_fields__:
        assert getattr(results[0], name).tolist() == getattr(results[1], name).tolist()
