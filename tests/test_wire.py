"""A wire story on several pages of a site: the site's lines go, the story stays whole on every page."""

from __future__ import annotations

from random import Random

import pytest

from unecho import pipeline
from unecho.config import build

NOUNS = (
    "bridge",
    "river",
    "council",
    "mayor",
    "harbour",
    "school",
    "market",
    "railway",
    "forest",
    "museum",
    "hospital",
    "theatre",
)
VERBS = (
    "opened",
    "closed",
    "rebuilt",
    "inspected",
    "defended",
    "praised",
    "visited",
    "sold",
    "renamed",
    "measured",
    "painted",
    "flooded",
)
PLACES = (
    "Northby",
    "Eastham",
    "Westerly",
    "Southport",
    "Middleton",
    "Upperhill",
    "Lowdale",
    "Brookfield",
    "Ashford",
    "Fernley",
)
HEAD = ["Home", "News", "Sport", "Business", "Subscribe now", "Sign in", "The Valley Herald, your paper since 1901"]
FOOT = ["Share on Facebook", "Related Articles", "Most read", "Privacy policy", "Terms of use", "Contact us"]
FOOT += ["© 2024 Valley Herald. All rights reserved."]
FIXTURES = ["Saturday", "Northby v Eastham", "Westerly v Southport", "Middleton 2-1 Upperhill", "Ashford v Fernley"]


def sentence(random: Random) -> str:
    one, two = random.sample(NOUNS, 2)
    return (
        f"On {random.choice(['Monday', 'Tuesday', 'Friday'])} the {one} of {random.choice(PLACES)} was"
        f" {random.choice(VERBS)} after {random.randrange(2, 900)} people had asked for it, and the {two} was"
        f" {random.choice(VERBS)} as well."
    )


def paragraphs(random: Random, count: int) -> list[str]:
    return [" ".join(sentence(random) for _ in range(random.randrange(2, 4))) for _ in range(count)]


def dump(body: list[str]) -> str:
    return "\n\n".join(HEAD + body + FOOT)


def site(copies: int) -> tuple[list[tuple[str, str]], list[str]]:
    """Pages of a site, ``copies`` of them with the same wire report, and the paragraphs of that report."""
    random = Random(7)
    pages = [
        (f"herald/own{number:02}", dump([f"{random.choice(PLACES)} {number} waits", *paragraphs(random, 8)]))
        for number in range(14)
    ]
    wire = ["League returns to the valley", *paragraphs(random, 7), *FIXTURES]
    return pages + [(f"herald/wire{copy}", dump(wire)) for copy in range(copies)], wire


def left(pages: list[tuple[str, str]]) -> dict[str, list[str]]:
    """Lines of each document that cleaning leaves."""
    with pipeline.run("clean", pages, build({"clean": "full"})) as result:
        return {name: result.clean_text(name).split("\n\n") for name, _ in pages}


@pytest.mark.parametrize("copies", [1, 5, 12])
def test_wire_story_stays_whole_and_the_template_goes(copies: int) -> None:
    pages, wire = site(copies)
    kept = left(pages)
    for number in range(copies):
        assert [line for line in kept[f"herald/wire{number}"] if line.strip()] == wire
    for name, lines in kept.items():
        assert not set(lines) & set(HEAD + FOOT), name


def test_template_lines_have_the_category_of_the_rules() -> None:
    """In what an extractor gave, only their number tells that these lines are the site's."""
    random = Random(3)
    notice = "Follow the harbour live every evening"
    bodies = [[*paragraphs(random, 4), notice, *paragraphs(random, 3)] for _ in range(12)]
    pages = [(f"herald/{number:02}", "\n\n".join(body)) for number, body in enumerate(bodies)]
    with pipeline.run("clean", pages, build({})) as result:
        found = [(removal.category, removal.rule) for removal in result.removals if notice in removal.text]
    assert found == [("navigation", "template.site")] * 12
