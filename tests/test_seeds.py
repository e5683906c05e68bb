"""The sample articles that ship with the project: what must go, what must stay, what must be found."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

import unecho
from unecho.result import Result

SEEDS = Path(__file__).parent.parent / "seeds"
FIRST, SECOND, THIRD, FOURTH, FIFTH = sorted(path.name for path in SEEDS.iterdir())
BUTTON = "A button that says '{}', and if clicked it will lead you to the {} store"


@pytest.fixture(scope="module")
def result() -> Iterator[Result]:
    with unecho.dedupe(SEEDS) as found:
        yield found


@pytest.mark.parametrize(
    ("document", "words", "category", "times"),
    [
        (SECOND, "Published in", "byline", 1),
        (SECOND, "More read: Iranian Opposition Marks First Anniversary of November Protests", "related", 1),
        (SECOND, "Originally published at on December 15, 2020.", "byline", 1),
        (SECOND, "Get the Medium app", "app-banner", 1),
        (SECOND, BUTTON.format("Download on the App Store", "iOS App"), "app-banner", 1),
        (SECOND, BUTTON.format("Get it on, Google Play", "Google Play"), "app-banner", 1),
        (THIRD, "Click here to listen the full speech", "player", 3),
        (THIRD, "Related Posts", "related", 1),
        (FOURTH, "728 x 90", "advert", 1),
        (FIFTH, "Written by", "byline", 1),
        (FIFTH, "Back to top button", "navigation", 1),
    ],
)  # fmt: skip
def test_lines_of_the_site_are_gone(result: Result, document: str, words: str, category: str, times: int) -> None:
    gone = [r for r in result.removals if r.document == document and r.text.strip() == words]
    assert [(removal.reason, removal.category) for removal in gone] == [("boilerplate", category)] * times
    assert words not in result.clean_text(document).splitlines()


def test_lists_and_their_headings_stay(result: Result) -> None:
    assert result.clean_text(FIRST) == result.text(FIRST)
    assert result.text(FIRST).count("\n- ") == 16


def test_all_prose_and_all_headings_stay(result: Result) -> None:
    """Whatever goes and is no copy is a line of the site: short, or an image's description."""
    for removal in result.removals:
        if removal.reason == "boilerplate":
            assert removal.words <= 22
    titles = {
        SECOND: ["Freedom Star", "Iranian Opposition Marks First Anniversary of November Protests",
                 "NCRI President-elect Maryam Rajavi"],
        THIRD: ["Anniversary of Iran Protests", "Online Conference Marking Anniversary of Iran Protests",
                "ramesh separad", "hasti hesami", "aidin saidian"],
        FOURTH: ["Iran protests 2019, day 20: Death toll surpasses the 1,000 mark", "Media outrage"],
        FIFTH: ["In Iran, at the Anniversary of November 2019 Uprising, Threats To the Regime Are Ever-Present",
                "“Iran’s Year of Uprising”", "Iran Protests: Nationwide Uprising in Iran- November 2019"],
    }  # fmt: skip
    for document, lines in titles.items():
        for line in lines:
            assert line in result.clean_text(document).split("\n")


def test_a_line_scraped_twice_is_left_once(result: Result) -> None:
    for document, line in [
        (FOURTH, "The November 2019 uprising spread across at least 189 cities throughout Iran- File photo"),
        (FIFTH, "Rouhani, His Interior Minister Express Fear Over Scope of Uprising, Demand Broadcast of Forced"),
        (FIFTH, "Over 1,500 were Killed in the Iranian People’s Nationwide Uprising in November 2019"),
    ]:
        assert result.text(document).count(line) == 2
        assert result.clean_text(document).count(line) == 1


def test_the_repeated_quotes_are_clustered_and_nothing_else(result: Result) -> None:
    found = {}
    for cluster in result.clusters:
        (member,) = cluster.members
        assert (cluster.keeper.document, member.document, member.action) == (THIRD, SECOND, "removed")
        found[member.start] = result.text(SECOND)[member.start : member.end]
    starts = ["“The uprising in November 2019 was neither indiscriminate nor spontaneous…",
              "“It was a crime against humanity.",
              "“[The November 2019 uprising] was a manifestation of the burning determination"]  # fmt: skip
    assert len(found) == 3
    for text, start in zip(found.values(), starts, strict=True):
        assert text.startswith(start)


@pytest.mark.parametrize(
    "quote",
    [
        "“On the contrary, the November uprising emanated from the Iranian people’s independent and liberating resolve",
        "In November 2019, the regime began killing protesters from the onset. The slaughter took on a much greater"
        " scale on November 17, upon Khamenei’s order.",
    ],
)
def test_quotes_inside_a_merged_paragraph_are_passages(result: Result, quote: str) -> None:
    found = [
        passage
        for passage in result.passages
        if result.text(passage.a)[passage.a_start : passage.a_end] == quote
        and result.text(passage.b)[passage.b_start : passage.b_end] == quote
    ]
    assert [(passage.a, passage.b, passage.quote) for passage in found] == [(SECOND, THIRD, True)]
    assert quote in result.clean_text(SECOND) and quote in result.clean_text(THIRD)


def test_no_two_documents_are_the_same_story(result: Result) -> None:
    assert {pair.relation for story in result.stories for pair in story.pairs} == {"partial"}
