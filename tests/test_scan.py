"""Lines at a glance: the compiled loops say what the plain code says, and no rule is passed over."""

from __future__ import annotations

import re
import subprocess
import sys
from dataclasses import fields

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from test_expressions import PATTERNS
from test_model import ANY_TEXT, lines_of

from unecho.base.columns import offsets_of
from unecho.boilerplate import automata, features, matrix, measure, rules, scan, surroundings
from unecho.boilerplate.automata import NOTHING, Automata
from unecho.boilerplate.label import hits
from unecho.compiled import scan as scan_kernels

SHIPPED = rules.load()
EXAMPLES = [example for rule in SHIPPED.rules for example in (*rule.hit, *rule.miss)]
LINES = st.sampled_from(EXAMPLES) | st.builds(
    "{}{}{}".format,
    st.sampled_from(["", "- ", "* ", "-\t", "12. ", "(3) ", "(\U0001d7d9) ", "»", "© ", "( ", "1234) "]),
    st.sampled_from(EXAMPLES) | ANY_TEXT,
    st.sampled_from(["", ".", "!”", '?")]', "…", " -", "*", " 2024", "ﬁ", "İ", "\u200b", "\U0001f600"]),
)


def scanned(text: str, known: rules.Rules = SHIPPED) -> scan.Scan:
    return scan.Scan([text, "", text], [lines_of(text), [], lines_of(text)], known)


@settings(max_examples=150, deadline=None)
@given(st.lists(LINES, max_size=8))
def test_lines_look_the_same_at_a_glance(parts: list[str]) -> None:
    text = "\n".join(parts)
    shapes = features.Lines.of(features.shape(text[start:end]) for start, end in lines_of(text))
    found = scanned(text)
    assert list(found.lines(0)) == list(found.lines(2)) == list(shapes)
    assert list(found.lines(1)) == []
    assert all(
        type(a) is type(b)
        for one, two in zip(found.lines(0), shapes, strict=True)
        for a, b in zip(one, two, strict=True)
    )
    for raw in (False, True):
        assert hits(shapes, SHIPPED, raw, found.possible(0)) == hits(shapes, SHIPPED, raw)
        assert hits(shapes, SHIPPED, raw, found.possible(2)) == hits(shapes, SHIPPED, raw)


def test_few_lines_are_tried() -> None:
    text = "\n".join(f"On day {n} the council met, and its members spoke at length about the roads." for n in range(50))
    assert scanned(text).possible(0) == {}


@pytest.mark.parametrize("rule", SHIPPED.rules, ids=lambda rule: rule.id)
def test_lines_that_shipped_rules_take_are_possible(rule: rules.Rule) -> None:
    text = "\n".join(rule.hit)
    lines = lines_of(text)
    taken = {
        number
        for number, (start, end) in enumerate(lines)
        if SHIPPED.wherever(text[start:end], features.count_words(text[start:end]), True)
    }
    assert taken
    assert taken <= set(scanned(text).possible(0))


def test_a_users_rule_for_long_lines_is_asked_about_them() -> None:
    own = rules.Rule("other", "long", 0.9, pattern="a.*", max_words=5000, max_chars=5000)
    text = "A" + " long line" * 60 + "\nshort"
    assert scanned(text, rules.Rules((own,), {})).possible(0) == {0: None}


def test_every_character_becomes_what_rules_see() -> None:
    letters = scan.letters()
    for point in [*range(0xD800), *range(0xE000, 1 << 16)]:
        after = int(letters.becomes[point])
        number = scan_kernels.FIRST_LONG - after
        seen = rules.normalise(f"a{chr(point)}b")
        if number > 0:
            first, end = letters.longer_at[number : number + 2].tolist()
            told = "".join(map(chr, letters.longer[first:end].tolist()))
        else:
            told = chr(after) if after >= 0 else " " if after == scan_kernels.TO_BLANK else ""
        assert seen == f"a{told}b", hex(point)


# --- automata --------------------------------------------------------------------------------------------


@given(st.lists(PATTERNS, min_size=1, max_size=9), st.lists(st.text("abcxyzt1.é ", max_size=6), min_size=1, max_size=4))
@settings(max_examples=300, deadline=None)
def test_automata_miss_no_match(patterns: list[str], texts: list[str]) -> None:
    values = Automata([(pattern, number) for number, pattern in enumerate(patterns)]).values(texts)
    for text, value in zip(texts, values.tolist(), strict=True):
        matching = [number for number, pattern in enumerate(patterns) if re.fullmatch(pattern, text)]
        assert value >= max(matching, default=NOTHING)


def test_automata_tell_what_cannot_match() -> None:
    known = Automata([("share (?:this|on) .{1,20}", 4), (r"\d{1,3} comments?", 2), (r"(?=.*x)[\w ]{2,40} reserved", 9)])
    assert known.values(["share this page", "12 comments", "12", "all rights reserved", "sharing"]).tolist() == [
        4, 2, NOTHING, 9, NOTHING,
    ]  # fmt: skip


def test_what_is_not_understood_takes_all() -> None:
    assert Automata([("(?P<a>x)(?P=a)", 3), ("y", 1)]).values(["xx", "", "y", "z"]).tolist() == [3, 3, 3, 3]


@settings(max_examples=60, deadline=None)
@given(st.lists(LINES, min_size=1, max_size=6))
def test_the_kernel_runs_automata_as_the_plain_code_does(parts: list[str]) -> None:
    plain = [text for part in parts if (text := rules.normalise(part)) and max(map(ord, text)) < automata.POINTS]
    sizes = [len(text) for text in plain]
    points = np.array([ord(char) for text in plain for char in text], np.uint16)
    seen = np.zeros(automata.POINTS, np.bool_)
    seen[points] = True
    known = scan._automata(SHIPPED.alternatives)
    ends = known.run(points, offsets_of(np.array(sizes, np.int64)), seen)
    assert ends.values.tolist() == known.values(plain).tolist()


def test_automata_begin_anew_and_say_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    lines = list(filter(None, EXAMPLES))
    together = [scan.Scan([line], [lines_of(line)], SHIPPED).possible(0) for line in lines]
    monkeypatch.setattr(automata, "_MOST_STATES", 1000)
    monkeypatch.setattr(automata, "_SYMBOLS", 1)
    scan._automata.cache_clear()
    known = scan._automata(SHIPPED.alternatives)
    first = known._each[0]
    again = [scan.Scan([line], [lines_of(line)], SHIPPED).possible(0) for line in lines]
    assert known._each[0] is not first
    scan._automata.cache_clear()
    assert together == again


@pytest.mark.parametrize("limit", ["_MOST_STATES", "_MOST_MEMBERS"])
def test_too_many_states_only_mean_more_to_try(limit: str, monkeypatch: pytest.MonkeyPatch) -> None:
    text = "\n".join(EXAMPLES)
    monkeypatch.setattr(automata, limit, 100)
    scan._automata.cache_clear()
    few = scanned(text).possible(0)
    monkeypatch.undo()
    scan._automata.cache_clear()
    possible = scanned(text).possible(0)
    assert None in few.values()
    assert all(few[number] in (None, worth) for number, worth in possible.items())


# --- measures --------------------------------------------------------------------------------------------


@settings(max_examples=150, deadline=None)
@given(ANY_TEXT)
def test_the_kernel_measures_as_the_plain_code_does(text: str) -> None:
    spans = lines_of(text)
    plain, fast = measure.measure(text, spans), measure.measure(text, spans, compiled=True)
    for field in fields(plain):
        if field.name == "same":  # of which the plain code knows nothing
            continue
        one, two = getattr(plain, field.name), getattr(fast, field.name)
        assert one.dtype == two.dtype, field.name
        assert one.tolist() == two.tolist(), field.name


@settings(max_examples=150, deadline=None)
@given(st.lists(st.text("a1٣²\U0001d7d9\U0001d7da ", min_size=1, max_size=5), min_size=1, max_size=12), st.data())
def test_copies_are_counted_the_same(lines: list[str], data: st.DataObject) -> None:
    texts = [f"x{line}x" for line in lines]
    text, spans = "\n".join(texts), lines_of("\n".join(texts))
    cut = data.draw(st.integers(0, len(texts)))
    edges = np.array([0, cut, len(texts)])
    plain, fast = measure.measure(text, spans), measure.measure(text, spans, compiled=True)
    assert matrix.copies(plain, texts, edges).tolist() == matrix.copies(fast, texts, edges).tolist()
    one, two = surroundings.of_copies(plain, texts, edges), surroundings.of_copies(fast, texts, edges)
    assert {name: column.tolist() for name, column in one.items()} == {
        name: column.tolist() for name, column in two.items()
    }


@settings(max_examples=150, deadline=None)
@given(
    st.lists(
        st.text("北京ÄB c", min_size=1, max_size=9) | st.sampled_from(["bridge river", "river river mayor"]),
        min_size=1,
        max_size=12,
    ),
    st.data(),
)
def test_terms_are_seen_by_the_kernel_as_by_the_plain_code(lines: list[str], data: st.DataObject) -> None:
    text = "\n".join(f"x{line}x" for line in lines)
    spans = lines_of(text)
    cut = data.draw(st.integers(0, len(spans)))
    edges = data.draw(st.sampled_from([None, np.array([0, cut, len(spans)])]))
    chances = np.array(data.draw(st.lists(st.integers(0, 64), min_size=len(spans), max_size=len(spans))))
    plain, fast = (
        matrix.of_matter(measure.measure(text, spans, compiled), chances, edges) for compiled in (False, True)
    )
    assert {name: column.dtype for name, column in plain.items()} == {name: one.dtype for name, one in fast.items()}
    assert {name: column.tolist() for name, column in plain.items()} == {
        name: column.tolist() for name, column in fast.items()
    }


def test_no_digit_lies_beyond_what_is_known() -> None:
    assert not any(chr(point).isdecimal() for point in range(len(measure._decimal()), 0x110000))


def test_warming_up_compiles_what_is_called() -> None:
    code = """
from unecho.boilerplate import label, rules
from unecho.compiled import forest, line, matter, scan, tree
from unecho.markup import read_html

every = (forest, line, matter, scan, tree)
for module in every:
    module.warm()
text = "Share this article\\n" * 40
parts = [(text, [(19 * n, 19 * n + 18) for n in range(40)], ())]
page = read_html("<ul><li>One of 12 items</li><li>Two</li></ul><p>" + "A sentence of some words. " * 20 + "</p>")
parts.append((page.text, [(block.start, block.end) for block in page.blocks], page.blocks))
for clean in ("auto", "full", "light"):
    label.label_all(parts, rules=rules.load(), clean=clean, compiled=True)
kernels = {name: len(one.overloads) for module in every for name, one in vars(module).items()
           if hasattr(one, "overloads") and not name.startswith("_")}
assert len(kernels) >= 7, kernels
assert max(kernels.values()) == 1, kernels
"""
    subprocess.run([sys.executable, "-c", code], check=True)
