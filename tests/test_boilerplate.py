"""The cleaner: the seeds to the letter, both situations, context, scripts."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from unecho.boilerplate import features, label, rules, score
from unecho.boilerplate.label import Clean, Labelled
from unecho.model import CATEGORIES, Block
from unecho.text import paragraphs

SEEDS = Path(__file__).parents[1] / "seeds"
RULES = rules.load()
SENTENCE = "The council met on Monday and agreed, after a long debate, that the old bridge must be rebuilt. "


def run(text: str, clean: Clean = "auto") -> tuple[Labelled, dict[str, str]]:
    """The labels of a plain text, and the category and rule of each line that goes."""
    spans = paragraphs.split(text)
    found = label.label(text, spans, rules=RULES, clean=clean)
    gone = {
        text[start:end]: f"{mark.category} {mark.rule}"
        for (start, end), mark in zip(spans, found.labels, strict=True)
        if mark.category
    }
    return found, gone


def seed(number: str) -> str:
    return next(SEEDS.glob(f"{number}_*.txt")).read_text("utf-8")


# --- the user's own sample -------------------------------------------------------------------------------

GONE = {
    "000": {},
    "001": {
        "Published in": ("byline", 1),
        "Freedom Star": ("repeat", 1),
        "More read: Iranian Opposition Marks First Anniversary of November Protests": ("related", 1),
        "Originally published at on December 15, 2020.": ("byline", 1),
        "Get the Medium app": ("app-banner", 1),
        "A button that says 'Download on the App Store', and if clicked it will lead you to the iOS App store": (
            "app-banner",
            1,
        ),
        "A button that says 'Get it on, Google Play', and if clicked it will lead you to the Google Play store": (
            "app-banner",
            1,
        ),
    },
    "002": {
        "November 10, 2020": ("date", 1),
        "Click here to listen the full speech": ("player", 3),
        "Related Posts": ("related", 1),
    },
    "003": {
        "728 x 90": ("advert", 1),
        "The November 2019 uprising spread across at least 189 cities throughout Iran- File photo": ("repeat", 1),
        "Reporting by PMOI/MEK": ("byline", 1),
    },
    "004": {
        "Written by": ("byline", 1),
        "Mansoureh Galestan": ("byline", 1),
        "Rouhani, His Interior Minister Express Fear Over Scope of Uprising, Demand Broadcast of Forced "
        "“Confessions”, Extracted Under Torture": ("repeat", 1),
        "Over 1,500 were Killed in the Iranian People’s Nationwide Uprising in November 2019": ("repeat", 1),
        "Back to top button": ("navigation", 1),
    },
}


@pytest.mark.parametrize("number", sorted(GONE))
def test_seeds_lose_their_boilerplate_and_nothing_else(number: str) -> None:
    text = seed(number)
    spans = paragraphs.split(text)
    found = label.label(text, spans, rules=RULES)
    gone = [
        (text[start:end], mark.category)
        for (start, end), mark in zip(spans, found.labels, strict=True)
        if mark.category
    ]
    wanted = [(line, category) for line, (category, count) in GONE[number].items() for _ in range(count)]
    assert found.mode == "extracted"
    assert sorted(gone) == sorted(wanted)


@pytest.mark.parametrize(
    ("number", "line"),
    [
        ("000", "- beatings"),
        ("000", "- deprivation of medical care"),
        ("000", "Inhuman tortures against detainees of November 2019 protests"),
        ("000", "The key characteristics of the uprising"),
        ("001", "Freedom Star"),
        ("001", "NCRI President-elect Maryam Rajavi"),
        ("002", "ramesh separad"),
        ("002", "Anniversary of Iran Protests"),
        ("003", "Media outrage"),
        ("003", "The November 2019 uprising spread across at least 189 cities throughout Iran- File photo"),
        ("004", "“Iran’s Year of Uprising”"),
    ],
)
def test_seeds_keep_one_copy_of(number: str, line: str) -> None:
    text = seed(number)
    spans = paragraphs.split(text)
    labels = label.label(text, spans, rules=RULES).labels
    kept = [text[start:end] for (start, end), mark in zip(spans, labels, strict=True) if mark.category is None]
    assert kept.count(line) == 1


# --- what an extractor gave ------------------------------------------------------------------------------


def test_name_after_written_by_goes_and_prose_after_it_stays() -> None:
    assert run(f"Title\nWritten by\nJane Doe\n{SENTENCE}")[1]["Jane Doe"] == "byline context.byline-name"
    assert list(run(f"Title\nWritten by\n{SENTENCE}")[1]) == ["Written by"]
    assert list(run(f"Title\nWritten by Jane Doe\nMedia Outrage\n{SENTENCE}")[1]) == ["Written by Jane Doe"]


def test_list_after_related_posts_goes_at_the_end_only() -> None:
    tail = "Related Posts\nBridge falls into river\nMayor of the year\n"
    assert set(run(f"{SENTENCE}\n{tail}")[1]) == {"Related Posts", "Bridge falls into river", "Mayor of the year"}
    assert set(run(f"{SENTENCE}\n{tail}{SENTENCE}")[1]) == {"Related Posts"}


def test_items_of_a_list_stay_after_any_heading() -> None:
    assert set(run(f"{SENTENCE}\nRelated Posts\n- Share\n- Print")[1]) == {"Related Posts"}


def test_adjacent_repeats_lose_the_second_copy() -> None:
    line = "A bridge over the river"
    found, _ = run(f"{line}\n\n{line}\n{SENTENCE}\n{line}")
    assert [mark.category for mark in found.labels] == [None, "repeat", None, None]


def test_repeat_across_a_removed_line_is_adjacent() -> None:
    found, _ = run(f"A deck line, long enough\nWritten by\nJane Doe\nA deck line, long enough\n{SENTENCE}")
    assert [mark.category for mark in found.labels] == [None, "byline", "byline", "repeat", None]


def test_single_words_and_numbers_may_repeat() -> None:
    assert not run(f"{SENTENCE}\nyes\nyes\n12 30\n12 30\n{SENTENCE}")[1]


def test_heads_of_tables_may_repeat() -> None:
    assert not run(f"{SENTENCE}\nTeam | Played | Won\nTeam | Played | Won\nLeeds | 3 | 2\n{SENTENCE}")[1]


def test_code_with_a_greater_sign_is_no_breadcrumb() -> None:
    assert not run(f"{SENTENCE}\nperiod > now() - interval '1 hour'\n{SENTENCE}\nwidth > 300\n{SENTENCE}")[1]
    assert run(f"News > Sport > Tennis\n{SENTENCE}")[1]


def test_dates_of_a_timeline_stay() -> None:
    days = "\n".join(f"May {day}, 2019\n{SENTENCE}" for day in range(1, 8))
    assert not run(days)[1]
    assert run(f"Title\nMay 1, 2019\n{SENTENCE}")[1] == {"May 1, 2019": "date date.date-only"}


def test_long_prose_is_never_taken() -> None:
    text = "\n".join(
        f"{opening} {SENTENCE * 4}"
        for opening in ("Share this article.", "Sign up for our newsletter.", "Advertisement.", "Read more:")
    )
    assert not run(text)[1]


def test_off_labels_nothing() -> None:
    found, gone = run("Title\nAdvertisement", "off")
    assert found.mode is None and not gone and len(found.labels) == 2


def test_nothing_in_nothing_out() -> None:
    assert run("")[0].labels == []


# --- the dump of a page ----------------------------------------------------------------------------------

HEAD = ["The old bridge | Daily News", "Skip to content", "Home", "Politics", "Sport", "Weather", "Log in", "Search"]
HEAD += ["Newsletter", "Subscribe", "Follow us on Twitter", "Opinion", "Travel", "Health", "The old bridge"]
BODY = [SENTENCE * 3, "A long story", SENTENCE * 2, "- stone", "- wood", SENTENCE * 4, SENTENCE * 2]
FOOT = ["Share on Facebook", "Related Articles", "Ten bridges to see", "Comments", "Leave a Reply", "Privacy policy"]
FOOT += ["Contact us", "Terms of use", "Sitemap", "© 2024 Daily News. All rights reserved."]


def test_dump_of_a_page_is_told_from_an_article() -> None:
    assert run("\n".join(HEAD + BODY + FOOT))[0].mode == "raw"
    assert run("\n".join(BODY * 4))[0].mode == "extracted"
    assert run("\n".join(BODY * 4), "full")[0].mode == "raw"
    assert run("\n".join(HEAD + BODY + FOOT), "light")[0].mode == "extracted"
    assert run("\n".join(HEAD[:5] + BODY))[0].mode == "extracted"  # fewer than 15 lines


def test_article_is_found_in_the_dump() -> None:
    found, gone = run("\n".join(HEAD + BODY + FOOT))
    kept = [text for text, mark in zip(HEAD + BODY + FOOT, found.labels, strict=True) if mark.category is None]
    assert kept == ["The old bridge", *BODY]
    assert gone["Share on Facebook"] == "share share.share-on"
    assert gone["Privacy policy"].startswith("legal ")
    assert gone["Politics"].startswith("navigation ")


def page(*parts: tuple[str, str, tuple[str, ...], str, float]) -> tuple[str, list[tuple[int, int]], list[Block]]:
    """Text, spans and blocks out of (text, tag, ancestors, class tokens, link density)."""
    text, blocks = "", []
    for line, tag, ancestors, tokens, links in parts:
        blocks.append(Block(len(text), len(text) + len(line), tag, ancestors, frozenset(tokens.split()), links))
        text += line + "\n\n"
    return text, [(block.start, block.end) for block in blocks], blocks


ARTICLE = ("html", "body", "main", "article")


def test_markup_finds_the_article() -> None:
    text, spans, blocks = page(
        *[(f"Topic {n}", "li", ("html", "body", "header", "nav", "ul"), "nav menu header", 1.0) for n in range(8)],
        ("The old bridge", "h1", ARTICLE, "article entry title", 0.0),
        *[(f"On day {n} {SENTENCE * 2}", "p", ARTICLE, "article entry content", 0.0) for n in range(4)],
        ("The plan", "h2", ARTICLE, "article entry content", 0.0),
        *[(f"In week {n} {SENTENCE * 3}", "p", ARTICLE, "article entry content", 0.0) for n in range(4)],
        *[
            (f"Another story of the day, number {n}", "li", ("html", "body", "aside", "ul"), "related sidebar", 1.0)
            for n in range(6)
        ],
        ("I do not agree with a word of this. " * 3, "p", ("html", "body", "section"), "comments comment", 0.0),
        ("About us", "li", ("html", "body", "footer", "ul"), "footer menu", 1.0),
    )
    found = label.label(text, spans, blocks, rules=RULES)
    assert found.mode == "raw"
    categories = [mark.category for mark in found.labels]
    assert categories[:8] == ["navigation"] * 8
    assert categories[8:18] == [None] * 10
    assert categories[18:24] == ["related"] * 6
    assert categories[24] == "comments"
    assert categories[25] == "navigation"


def judged(*parts: tuple[str, str, tuple[str, ...], int]) -> list[str]:
    """Where the lines of a page lie that go, though the model is for all of them ("" for those that stay).

    ``parts``: tag, tags above, classes around it, words.
    """
    blocks = [Block(0, 1, tag, tuple(above.split()), frozenset(tokens), 0.0) for tag, above, tokens, _ in parts]
    lines = features.Lines.of(features.Shape("Word " * words, words, False, True) for *_, words in parts)
    content, regions = score.article(score.Scored(lines, blocks, [None] * len(parts), np.full(len(parts), 3.0)))
    assert [not good for good in content] == [number in regions for number in range(len(parts))]
    return [regions[n].rule if n in regions else "" for n in range(len(parts))]


PROSE_BLOCK = ("p", "article", ("post",), 60)


def test_what_stands_in_elements_that_are_none_of_the_article_goes() -> None:
    found = judged(
        ("h1", "article header", ("author", "post"), 8),
        PROSE_BLOCK,
        ("div", "article figure figcaption", ("post",), 20),
        ("p", "article", ("wp", "caption", "post"), 20),
        PROSE_BLOCK,
        ("p", "div", ("bio",), 30),
        ("p", "ul li", ("comment", "list"), 900),
    )
    assert found == ["", "", "markup.figcaption", "markup.caption", "", "markup.bio", "markup.comment"]


@pytest.mark.parametrize(
    "parts",
    [
        pytest.param([("p", "article", ("comments", "open"), 60)] * 3, id="classes of the whole page"),
        pytest.param([("p", "div", (), 49), ("p", "div", ("comments",), 90)], id="too little beside it"),
        pytest.param([("p", "div", ("comments",), 90), PROSE_BLOCK], id="comments above the article"),
        pytest.param([PROSE_BLOCK, ("p", "div", ("author",), 61)], id="the greater part"),
        pytest.param([PROSE_BLOCK, ("tr", "table", ("post",), 9), ("caption", "table", (), 9)], id="a table's caption"),
    ],
)
def test_a_class_alone_takes_nothing_away(parts: list[tuple[str, str, tuple[str, ...], int]]) -> None:
    assert judged(*parts) == [""] * len(parts)


def links_gone(*parts: tuple[str, str, float]) -> list[int]:
    """The lines of a page that go, though the model is for all of them. ``parts``: text, tag, share of links."""
    blocks = [Block(0, 1, tag, (), frozenset(), linked) for _, tag, linked in parts]
    lines = features.Lines.of(features.shape(text) for text, *_ in parts)
    content, regions = score.article(score.Scored(lines, blocks, [None] * len(parts), np.full(len(parts), 3.0)))
    assert all(mark.rule == "markup.a" and mark.category == "related" for mark in regions.values())
    assert np.flatnonzero(~content).tolist() == sorted(regions)
    return sorted(regions)


def test_a_paragraph_that_is_a_link_leads_away_from_the_article() -> None:
    prose, link = ("The bridge will be built again. " * 5, "p", 0.1), "MAYOR OPENS UP ABOUT BRIDGE"
    assert links_gone(prose, (link, "p", 1.0), prose, (link, "p", 0.96), prose) == [1, 3]
    assert links_gone(prose, (link, "li", 1.0), (link, "h2", 1.0), (link, "p", 0.9), prose) == []
    assert (
        links_gone(prose, ("I wrote about this bridge last year.", "p", 1.0), ("Read my book", "p", 1.0), prose) == []
    )
    assert links_gone(prose, *[(link, "p", 1.0)] * 3) == []  # a page of links


def test_labels_do_not_depend_on_the_hash_seed() -> None:
    code = (
        "import sys; from unecho.boilerplate import label, rules; from unecho.model import Block\n"
        "text = 'About the bridge. ' * 20; tokens = frozenset('article nav content entry share main post'.split())\n"
        "block = Block(0, 360, 'p', ('html', 'body', 'div', 'main'), tokens, 0.3)\n"
        "print(label.label(text, [(0, 360)], [block], rules=rules.load()))"
    )
    outputs = {
        subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=env).stdout
        for env in ({"PYTHONHASHSEED": seed, "PYTHONPATH": ":".join(sys.path)} for seed in "123")
    }
    assert len(outputs) == 1


LINES = st.lists(
    st.sampled_from(HEAD + BODY + FOOT) | st.text(min_size=1, max_size=60).filter(lambda text: bool(text.strip())),
    max_size=40,
)


@settings(max_examples=60, deadline=None)
@given(LINES, st.sampled_from(["auto", "light", "full", "off"]))
def test_every_paragraph_gets_a_sound_label(lines: list[str], clean: Clean) -> None:
    text = "\n".join(lines)
    spans = paragraphs.split(text)
    found = label.label(text, spans, rules=RULES, clean=clean)
    assert len(found.labels) == len(spans)
    for mark in found.labels:
        assert mark.category is None or (mark.category in CATEGORIES and mark.rule)
        assert 0 <= mark.confidence <= 1


# --- measures --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("two words", 2),
        ("在一个没有空格的句子里", 6),
        ("پارسی را با فاصله می‌نویسند", 5),
        ("Слова по-русски", 2),
        ("ประเทศไทยมีฝนตกหนัก", 10),
        ("", 0),
    ],
)
def test_words_in_any_script(text: str, words: int) -> None:
    assert features.count_words(text) == words


PROSE = [
    "中国政府周一宣布，将在未来三年内投资建设一座新的大桥，预计耗资超过十亿元人民币。",
    "قال المتحدث باسم الحكومة إن الجسر القديم سوف يعاد بناؤه خلال السنوات الثلاث القادمة.",
    "دولت روز دوشنبه اعلام کرد که پل قدیمی شهر در سه سال آینده بازسازی خواهد شد.",
    "Правительство объявило в понедельник, что старый мост будет перестроен в течение трёх ближайших лет.",
    "政府は月曜日、老朽化した橋を今後三年以内に建て替えると発表し、住民は歓迎の意を示した。",
]


@pytest.mark.parametrize("prose", PROSE)
def test_prose_of_any_script_is_found_in_a_dump(prose: str) -> None:
    lines = HEAD + [prose * 2, prose * 3, prose] * 3 + FOOT
    found, _ = run("\n".join(lines), "full")
    kept = [line for line, mark in zip(lines, found.labels, strict=True) if mark.category is None]
    assert kept.count(prose * 2) == kept.count(prose * 3) == 3


def test_main_run_is_the_greatest_sum() -> None:
    assert features.main_run([-1, 2, -1, 3, -5, 1]) == features.Run(1, 4)
    assert features.main_run([-1, -2]) == features.Run(0, 0)
    assert features.main_run([]) == features.Run(0, 0)


def test_shape() -> None:
    found = features.shape("- He said: “Stop!”")
    assert found == ("- He said: “Stop!”", 4, True, True)


def test_the_headline_of_a_dump_stays_above_its_article() -> None:
    """Nothing but its place tells that it is one: the page's title says something else."""
    head = [
        "Skip to main content",
        "Home | News | Sport",
        "Wednesday 26 March",
        "Share this article",
        "Rain in the north",
    ]
    prose = [
        f"The river rose by {n} metres in the night, and the people of the lower town left their houses before dawn."
        for n in ("two", "three", "four", "five", "six")
    ]
    tail = ["Read more:", "Ten things to do", "Comments are closed.", "© Herald", "Privacy policy", "Contact us"]
    _, gone = run("\n\n".join(head + prose + tail), "full")
    assert list(gone) == head[:4] + tail


def test_an_article_in_a_frame_is_a_dump_though_little_is_certain() -> None:
    """One line that a rule of the site's frame takes, and nothing but junk at both ends."""
    head = ["Harbour Post", "Opinion", "Weather", "Tide tables", "Ferries", "Today's paper", "The old bridge"]
    foot = ["Most popular", "Ten bridges to see", "The mayor's garden", "Ferries run late", "Privacy policy"]
    body = [f"On day {number} {SENTENCE * 2}" for number in range(12)]
    assert run("\n".join(head + body + foot))[0].mode == "raw"
    assert run("\n".join(head + body + foot[:-1]))[0].mode == "extracted"
    assert run("\n".join(head[-1:] + body + foot))[0].mode == "extracted"


def test_a_page_of_mostly_short_lines_shows_itself_by_less_of_a_frame() -> None:
    """Rows of a table and headings are short, too: two rules at least must take some of the others."""
    rows = [f"Pier {number} was repaired" for number in range(20)]
    body = [f"On day {number} {SENTENCE * 2}" for number in range(8)]
    assert run("\n".join([*body, *rows, "Privacy policy", "Cookie settings"]))[0].mode == "raw"
    assert run("\n".join([*body, *rows, "Privacy policy", "Privacy policy"]))[0].mode == "extracted"


def test_a_page_of_few_short_lines_shows_itself_by_rules_of_three_kinds() -> None:
    teasers = [f"{SENTENCE} Story number {number}" for number in range(12)]
    frame = ["Privacy policy", "Share on Facebook", "Sign up for our newsletter", "The old bridge"]
    assert run("\n".join([*frame, *teasers, *frame]))[0].mode == "raw"
    assert run("\n".join([*frame[:2], *teasers, *frame[:2] * 2]))[0].mode == "extracted"


def test_a_page_is_cleaned_lightly_where_that_is_wished() -> None:
    text, spans, blocks = page(
        ("The old bridge", "h1", ARTICLE, "title", 0.0),
        *[(f"On day {number} {SENTENCE * 2}", "p", ARTICLE, "entry", 0.0) for number in range(6)],
        ("Share on Facebook", "p", ARTICLE, "entry", 0.0),
    )
    found = label.label(text, spans, blocks, rules=RULES, clean="light")
    assert found.mode == "extracted"
    assert [mark.category for mark in found.labels] == [None] * 7 + ["share"]


def test_what_stands_below_the_comments_heading_is_no_article() -> None:
    heading = rules.Rule("comments", "heading", 0.9)
    for above, below, gone in ((150, 30, True), (150, 60, False), (80, 20, False)):
        sizes = [above, 2, below]
        lines = features.Lines.of(features.Shape("Word " * words, words, False, True) for words in sizes)
        content, regions = score.article(score.Scored(lines, (), [None, heading, None], np.array([3.0, -2.0, 1.0])))
        assert content.tolist() == [True, False, not gone]
        assert {number: mark.rule for number, mark in regions.items()} == (
            {2: "context.after-comments"} if gone else {}
        )


def test_sentences_in_doubt_right_below_the_article_stay() -> None:
    def kept(*parts: tuple[float, bool]) -> list[bool]:
        lines = features.Lines.of(features.Shape("Word " * 30, 30, False, ends) for _, ends in parts)
        odds = np.array([odds for odds, _ in parts])
        found: list[bool] = score.article(score.Scored(lines, (), [None] * len(lines), odds))[0].tolist()
        return found

    assert kept((3.0, True), (-0.5, True), (-0.6, True), (-0.9, True), (-0.2, True)) == [True, True, True, False, False]
    assert kept((3.0, True), (-0.5, False), (-0.2, True)) == [True, False, False]
    assert kept((-0.2, True), (3.0, True)) == [False, True]


def test_titles_below_lines_that_rules_take_are_guarded() -> None:
    text = "\n".join(["Skip to main content", "Share this article", "Print", "Watch: Search wars", *[SENTENCE * 4] * 5])
    found, _ = run(text, "light")
    assert [mark.category is None for mark in found.labels][:4] == [False, False, True, True]
