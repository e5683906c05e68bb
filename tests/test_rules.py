"""The rule file: every rule hits its examples and misses the others; a user's own rules and their errors."""

from __future__ import annotations

import pickle
import re
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from unecho.boilerplate import rules
from unecho.boilerplate.expressions import expressions
from unecho.boilerplate.rules import Line, Rule, Rules
from unecho.errors import UsageError
from unecho.model import CATEGORIES

SHIPPED = rules.load()


def line(text: str, raw: bool = True, head: bool = True, tail: bool = True) -> Line:
    return Line(text, len(text.split()), raw, head, tail)


def alone(rule: Rule) -> Rules:
    return Rules((rule,), {rules.bare(rules.normalise(phrase)): (rule,) for phrase in rule.phrases})


def user_file(tmp_path: Path, text: str) -> str:
    path = tmp_path / "mine.toml"
    path.write_text(text, "utf-8")
    return str(path)


VALID = """
[[rule]]
category = "share"
name = "our-slogan"
pattern = '''our paper,? our town'''
confidence = 0.9
hit = ["Our paper, our town"]
miss = ["Our town"]
"""


@pytest.mark.parametrize("rule", SHIPPED.rules, ids=lambda rule: rule.id)
def test_examples(rule: Rule) -> None:
    assert rule.hit and rule.miss
    for text in rule.hit:
        assert alone(rule).match(line(text)) == rule, text
        assert SHIPPED.match(line(text)) is not None
    for text in rule.miss:
        assert alone(rule).match(line(text)) is None, text


def test_rules_are_well_formed() -> None:
    assert len({rule.id for rule in SHIPPED.rules}) == len(SHIPPED.rules)
    assert {rule.category for rule in SHIPPED.rules} <= set(CATEGORIES)
    # "repeat" is found by comparison, all others have rules.
    assert {rule.category for rule in SHIPPED.rules} == set(CATEGORIES) - {"repeat"}


PROSE = [
    "Share prices fell sharply on Monday after the central bank raised its key rate.",
    "By the time the firemen arrived, the house was gone.",
    "Comments made by the minister caused outrage in the capital.",
    "He said the cookies were baked by his grandmother.",
    "Related charges against two other men were dropped.",
    "The photo: a man, a dog and a boat on a lake in the middle of nowhere at dusk.",
    "Published in 1949, the novel was an instant success.",
    "- beatings",
    "Media outrage",
    "“Iran’s Year of Uprising”",
    "NCRI President-elect Maryam Rajavi",
    "ramesh separad",
    "Death toll rises",
    "What we know so far",
    "Background",
    "Die Polizei teilte mit, dass niemand verletzt wurde.",
    "Le ministre a partagé son avis.",
    "В Москве прошла выставка.",
]


@pytest.mark.parametrize("text", PROSE)
def test_articles_are_left_alone(text: str) -> None:
    assert SHIPPED.match(line(text, raw=False)) is None


@pytest.mark.parametrize(
    ("text", "category"),
    [
        ("Auf Twitter teilen", "share"),
        ("Partager sur Facebook", "share"),
        ("Поделиться", "share"),
        ("مشاركة", "share"),
        ("分享到：", "share"),
        ("Tutti i diritti riservati", "legal"),
        ("Все права защищены", "legal"),
        ("Wszelkie prawa zastrzeżone", "legal"),
        ("Tüm hakları saklıdır", "legal"),
        ("Alle akzeptieren", "cookie"),
        ("Çerez politikası", "cookie"),
        ("Zapisz się do newslettera", "newsletter"),
        ("Εγγραφή στο newsletter", "newsletter"),
        ("Δείτε επίσης", "related"),
        ("بیشتر بخوانید", "related"),
        ("Lees ook: De brug", "related"),
        ("Přečtěte si také", "related"),
        ("Deja un comentario", "comments"),
        ("Deixe um comentário", "comments"),
        ("コメントを残す", "comments"),
    ],
)
def test_languages(text: str, category: str) -> None:
    found = SHIPPED.match(line(text, raw=False))
    assert found is not None and found.category == category


def test_guards() -> None:
    assert SHIPPED.match(line("Facebook", raw=False)) is None
    assert SHIPPED.match(line("Facebook", raw=True)) is not None
    assert SHIPPED.match(line("By John Smith", head=False)) is None
    assert SHIPPED.match(line("By john smith")) is None
    assert SHIPPED.match(line("Comments", raw=False, tail=False)) is None
    assert SHIPPED.match(line("Share this article " + "and more " * 100)) is None


def test_guard_of_one_rule_leaves_the_line_to_the_next() -> None:
    narrow = Rule("share", "narrow", 0.9, pattern="a b c", max_words=2)
    wide = Rule("tags", "wide", 0.9, pattern="a b .")
    assert Rules((narrow, wide), {}).match(line("a b c")) == wide


def test_a_long_line_needs_a_rule_that_allows_it() -> None:
    text = "x" * 500
    assert Rules((Rule("share", "short", 0.9, pattern="x+"),), {}).match(line(text)) is None
    allowed = Rule("share", "long", 0.9, pattern="x+", max_chars=1000)
    assert Rules((allowed,), {}).match(line(text)) == allowed


def test_the_first_line_compiles_few_of_the_patterns(monkeypatch: pytest.MonkeyPatch) -> None:
    compiled: list[str] = []
    compile_one = re.compile

    def compile_and_tell(pattern: str) -> re.Pattern[str]:
        compiled.append(pattern)
        return compile_one(pattern)

    monkeypatch.setattr(re, "compile", compile_and_tell)
    expressions.cache_clear()
    loaded = rules.load()
    loaded.match(line("xylophone"))
    patterns = {pattern for pattern, _ in loaded.alternatives}
    assert 0 < len(patterns.intersection(compiled)) < len(patterns) / 5


def cost(text: str) -> float:
    """Of a line that is as long as rules look at, the least of several times: what else the machine does adds to it."""
    text = text[: rules.MAX_CHARS]
    times = []
    for _ in range(5):
        began = time.process_time()
        SHIPPED.match(line(text))
        SHIPPED.match(line(text[:-1] + "\x00"))
        times.append(time.process_time() - began)
    return min(times)


@pytest.mark.parametrize(
    "text",
    [
        "120 125 130 135 140 145 148 151 154 157 161 164 " * 8,
        "0100200201300000000000000111000011255979210" * 9,
        "a " * 200,
        "share " * 66,
        "2019-" * 80,
        "May 3 " * 66,
        "a.b-c'd " * 50,
        "cookie " * 57,
        "> " * 200,
        "#a " * 130,
        "by " * 130,
    ],
)
def test_no_line_takes_much_more_than_prose(text: str) -> None:
    assert cost(text) < 50 * cost("The council met on Monday and agreed that the old bridge must be rebuilt. " * 6)


@given(st.text(max_size=120))
def test_any_line_can_be_matched(text: str) -> None:
    SHIPPED.match(line(text))
    assert rules.normalise(rules.normalise(text)) == rules.normalise(text)


@given(st.text(st.sampled_from("ab \t\n\xa0\u2003\u200b\u3000ŞßÄ“-–"), max_size=30))
def test_lines_are_matched_with_single_spaces(text: str) -> None:
    assert rules.normalise(text) == " ".join(text.casefold().translate(rules.UNIFIED).split())


def test_rules_can_be_sent_to_another_process() -> None:
    copy = pickle.loads(pickle.dumps(SHIPPED))
    assert copy.match(line("Share this article")).id == "share.share-this"


def test_rules_of_the_user_come_first(tmp_path: Path) -> None:
    found = rules.load(
        user_file(tmp_path, VALID + VALID.replace("our-slogan", "mine").replace("our paper,? our town", "share"))
    )
    hit = found.match(line("OUR PAPER, our town"))
    assert hit is not None and hit.id == "share.our-slogan"
    assert found.match(line("Back to top")) is not None


@pytest.mark.parametrize(
    ("change", "message", "hint"),
    [
        (('category = "share"', 'category = "sharing"'), "unknown category 'sharing'", "navigation"),
        (("confidence = 0.9", "confidence = 9"), "confidence is 9", "0 to 1"),
        (("confidence = 0.9", 'confidence = "high"'), "confidence = 'high'", "a number"),
        (("confidence = 0.9", ""), "no confidence", "confidence = 0.9"),
        (("confidence", "confidense"), "unknown key 'confidense'", "'confidence'"),
        (("our paper,? our town", "our paper("), "no regular expression", "re module"),
        (("our paper,? our town", r"(a)\\1".replace("\\\\", "\\")), "references", "(?:"),
        (("pattern = '''our paper,? our town'''", ""), "nothing to match", "phrases"),
        (("[[rule]]", "[rule]"), "not a list", "[[rule]]"),
        (("[[rule]]", "[[rule"), "not TOML", "'''"),
        (('name = "our-slogan"', 'name = "our-slogan"\nmode = "light"'), "mode = 'light'", "any, raw"),
        (('name = "our-slogan"', 'name = "our-slogan"\nmax_words = true'), "max_words = True", "whole number"),
        (('hit = ["Our paper, our town"]', "hit = [1]"), "hit = [1]", "list of texts"),
    ],
)
def test_errors_name_file_and_rule(tmp_path: Path, change: tuple[str, str], message: str, hint: str) -> None:
    path = user_file(tmp_path, VALID.replace(*change))
    with pytest.raises(UsageError) as error:
        rules.load(path)
    assert path in str(error.value)
    assert message in str(error.value)
    assert hint in error.value.hint


def test_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"gone\.toml"):
        rules.load(str(tmp_path / "gone.toml"))
