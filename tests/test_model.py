"""The measures of lines, the trees, the shipped model, and what is said of its reasons."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from unecho.base.columns import Ints
from unecho.boilerplate import (
    elements,
    evidence,
    forest,
    label,
    matrix,
    measure,
    model,
    reasons,
    rules,
    score,
    surroundings,
)
from unecho.boilerplate.forest import Forest
from unecho.boilerplate.model import Kind
from unecho.markup import read_html
from unecho.model import Block

ANY_TEXT = st.text(
    st.sampled_from("ab Zé中ก.,:;!?\"'()-|/>0٣\u0301\u200b😀\U00020000ابя \t") | st.characters(codec="utf-8"),
    max_size=200,
)


def lines_of(text: str) -> list[tuple[int, int]]:
    """Spans of the lines that are not blank, without the white space around them."""
    spans, at = [], 0
    for line in text.split("\n"):
        bare = line.strip()
        if bare:
            start = at + line.find(bare[0])
            spans.append((start, start + len(bare)))
        at += len(line) + 1
    return spans


# --- measures --------------------------------------------------------------------------------------------


def test_measures_of_lines() -> None:
    text = "- He said: “Stop!”\n在一个没有空格的句子里\nTwo Words"
    found = measure.measure(text, lines_of(text))
    assert found.words.tolist() == [4, 6, 2]
    assert found.capitals.tolist() == [1, 0, 2]
    assert found.small.tolist() == [0, 0, 0]
    assert found.longest.tolist() == [7, 11, 5]
    assert found.first.tolist() == [measure.DASH, measure.UNSPACED, measure.UPPER]
    assert found.last.tolist() == [measure.STOP, measure.UNSPACED, measure.LOWER]  # the quote after the stop aside
    assert found.chars.tolist() == [18, 11, 9]


@settings(max_examples=80, deadline=None)
@given(st.lists(ANY_TEXT, max_size=8))
def test_a_line_measures_the_same_wherever_it_stands(parts: list[str]) -> None:
    lines = [bare for part in parts for line in part.splitlines() if (bare := line.strip())]
    text = "\n\n".join(lines)
    spans, at = [], 0
    for line in lines:
        spans.append((at, at + len(line)))
        at += len(line) + 2
    together = measure.measure(text, spans)
    assert together.chars.tolist() == [len(line) for line in lines]
    for number, line in enumerate(lines):
        alone = measure.measure(line, [(0, len(line))])
        for name in ("words", "tokens", "capitals", "small", "longest", "first", "last"):
            assert getattr(together, name)[number] == getattr(alone, name)[0], name
        here = together.place_lines == number
        assert sorted(together.places[here].tolist()) == sorted(alone.places.tolist())
        assert sorted(together.terms[together.term_lines == number].tolist()) == sorted(alone.terms.tolist())


def test_case_and_digits_make_no_other_word() -> None:
    first, second = (measure.measure(text, [(0, len(text))]) for text in ("Top 10 Stories", "top 25 stories"))
    assert first.places.tolist() == second.places.tolist()


# --- trees -----------------------------------------------------------------------------------------------

FOREST = Forest(
    columns=("a", "b"),
    column=np.array([[0, 1], [1, 0]], np.int16),
    threshold=np.array([[1.0, 5.0], [2.0, np.inf]], np.float32),
    leaves=np.array([[1, 10, 100, 1000], [-7, 7, 0, 0]], np.int16),
    bias=20000,
)


def test_answers_are_the_bits_of_the_leaf() -> None:
    columns = {"a": np.array([1, 2, 1, 2], np.float32), "b": np.array([2, 3, 6, 6], np.float32)}
    assert FOREST.score(columns).tolist() == [20000 + 1 - 7, 20000 + 10 + 7, 20000 + 100 + 7, 20000 + 1000 + 7]


def test_many_lines_are_scored_as_each_by_itself() -> None:
    rng = np.random.default_rng(1)
    columns = {name: rng.uniform(0, 7, 10_000).astype(np.float32) for name in "ab"}
    together = FOREST.score(columns)
    few = {name: column[4090:4100] for name, column in columns.items()}
    assert together[4090:4100].tolist() == FOREST.score(few).tolist()
    assert FOREST.score({"a": np.zeros(0, np.float32), "b": np.zeros(0, np.float32)}).tolist() == []


@given(st.integers(0, 2**32), st.integers(1, 5), st.integers(1, 7), st.integers(0, 60))
@settings(max_examples=60, deadline=None)
def test_the_compiled_twin_says_the_same(seed: int, trees: int, depth: int, lines: int) -> None:
    rng = np.random.default_rng(seed)
    forest = Forest(
        columns=("a", "b", "c"),
        column=rng.integers(0, 3, (trees, depth)).astype(np.int16),
        threshold=rng.choice(np.array([0, 1, 2.5, np.inf], np.float32), (trees, depth)),
        leaves=rng.integers(-(2**15), 2**15, (trees, 1 << depth)).astype(np.int16),
        bias=int(rng.integers(-9999, 9999)),
    )
    columns = {name: rng.choice(np.array([-1, 0, 1, 2.5, 9, np.nan], np.float32), lines) for name in "abc"}
    assert forest.score(columns, compiled=True).tolist() == forest.score(columns).tolist()


def test_probability_is_half_at_even_odds_and_grows() -> None:
    assert model.probability(np.array([-(10**6), 0, 10**6])).tolist() == [0, model.PARTS // 2, model.PARTS]
    many = model.probability(np.arange(-30_000, 30_000, 100))
    assert (np.diff(many) >= 0).all()


# --- the shipped model -----------------------------------------------------------------------------------


def test_shipped_model_is_small_and_whole() -> None:
    assert model.FILE.stat().st_size < 1_000_000
    assert set(model.shipped()) == set(model.KINDS)
    for kind, learnt in model.shipped().items():
        assert len(learnt.lexicon) == 1 << measure.WORD_BITS
        assert len(learnt.names) == (1 << matrix.NAME_BITS if kind == "html" else 0)


def test_saving_gives_the_same_bytes(tmp_path: Path) -> None:
    model.save(model.shipped(), tmp_path / "copy.npz")
    assert (tmp_path / "copy.npz").read_bytes() == model.FILE.read_bytes()


def test_cleaning_loads_no_training_library() -> None:
    code = (
        "import sys; from unecho.boilerplate import label, rules; text = 'A line.\\n' * 30\n"
        "spans = [(8 * n, 8 * n + 7) for n in range(30)]\n"
        "label.label(text, spans, rules=rules.load(), clean='full'); print(sorted(sys.modules))"
    )
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    for heavy in ("catboost", "scipy", "sklearn", "numba", "trafilatura"):
        assert f"'{heavy}'" not in loaded


def block(start: int, end: int, tag: str, path: tuple[int, ...], tokens: str) -> Block:
    names = ("div",) * (len(path) - 1)
    return Block(start, end, tag, names, frozenset(tokens.split()), 0.0, path, frozenset(tokens.split()[:1]))


def test_columns_see_the_elements_that_lines_share() -> None:
    """Two containers of two lines each: all the mass lies in the first."""
    text = "aaa bbb\n" * 4
    spans = [(8 * n, 8 * n + 7) for n in range(4)]
    paths = [(1, 2, 10), (1, 2, 11), (1, 3, 12), (1, 3, 13)]
    blocks = [block(start, end, "p", path, "x") for (start, end), path in zip(spans, paths, strict=True)]
    mass, drag = np.array([10, 30, 0, 0]), np.array([0, 0, 5, 5])
    columns = elements.of_tree(blocks, measure.measure(text, spans).chars, mass, drag)
    assert columns["mass above 1"].tolist() == [1, 1, 0, 0]
    assert columns["mass above 2"].tolist() == [1, 1, 1, 1]
    assert columns["best far"].tolist() == [0, 0, 1, 1]
    assert columns["best up"].tolist() == [1, 1, 2, 2]


def test_columns_of_the_place_on_the_page() -> None:
    text = "aaa bbb\n" * 5
    lines = measure.measure(text, [(8 * n, 8 * n + 7) for n in range(5)])
    mass, drag = np.array([0, 10, 0, 10, 0]), np.array([6, 0, 6, 0, 6])
    columns = matrix.of_context(lines, mass, drag, {"words": lines.words.astype(np.float32)}, ("words",))
    assert columns["run"].tolist() == [-1, 0, 0, 0, 1]  # the gap costs less than the second half brings
    assert columns["mass 1 least"].tolist() == [0, 0, 10, 0, 0]
    assert columns["gap before"].tolist() == [99, 0, 1, 0, 1]
    assert columns["words +1"].tolist() == [2, 2, 2, 2, -1]


def test_lines_of_the_same_matter_share_terms() -> None:
    text = "bridge river council\nriver council mayor\nfootball league season"
    lines = measure.measure(text, lines_of(text))
    columns = matrix.of_matter(lines, np.array([64, 0, 0]))
    assert columns["terms good"].tolist() == pytest.approx([0, 2 / 3, 0])
    assert columns["terms of first"].tolist() == pytest.approx([1, 2 / 3, 0])


def test_columns_of_what_rules_take_near_a_line() -> None:
    """Two documents; rules of the first say nothing of the second."""
    both = [rules.Rule(category, "any", 0.9) for category in ("comments", "share")]
    columns = surroundings.of_rules(6, matrix.Taken(np.array([1, 3]), both), np.array([0, 5, 6]))
    assert columns["gap comments before"].tolist() == [99, 0, 1, 2, 3, 99]
    assert columns["gap comments after"].tolist() == [1, 0, 99, 99, 99, 99]
    assert columns["gap share after"].tolist() == [3, 2, 1, 0, 99, 99]
    assert columns["rules 5"].tolist() == pytest.approx([0.4] * 5 + [0])


def test_lines_that_differ_in_their_numbers_are_copies_on_one_page_only() -> None:
    text = "3 min ago\nA story\n12 min ago\n5 min ago"
    lines = measure.measure(text, lines_of(text))
    columns = surroundings.of_copies(lines, text.splitlines(), np.array([0, 3, 4]))
    assert columns["copies folded"].tolist() == [2, 1, 2, 1]
    assert columns["copies around"].tolist() == pytest.approx([2 / 3, 2 / 3, 2 / 3, 0])


# --- reasons ---------------------------------------------------------------------------------------------


def test_reasons_are_in_words() -> None:
    for learnt in model.shipped().values():
        for column in learnt.second.columns:
            words = reasons.in_words(column)
            assert words and "{" not in words and "+" not in words, column


def test_what_spoke_against_a_line_is_told() -> None:
    prose = "The council met on Monday and agreed, after a long debate, that the old bridge must be rebuilt. "
    lines = ["Home", "Sport", "The old bridge", prose * 3, prose * 2, prose * 4, "Terms of use", "Contact us"]
    text = "\n".join(lines)
    found = evidence.Evidence(text, lines_of(text), (), [None] * len(lines))
    [said] = reasons.against(found, model.shipped()["text"], [1])
    assert 1 <= len(said) <= 3 and len(set(said)) == len(said)


@pytest.mark.parametrize("kind", ["text", "light"])
def test_documents_measured_together_score_as_alone(kind: Kind) -> None:
    line = "The Council met on Monday, and agreed: Share this page 中文新闻 12 comments | more news after the bridge."
    words = line.split()
    texts = [
        "\n".join(" ".join(words[(n * 7 + k * 3) % 11 :][: 1 + (n + k) % 9]) for k in range(size))
        for n, size in enumerate((1, 30, 2, 7, 1, 55, 3))
    ]
    found = [evidence.Evidence(text, lines_of(text), (), [None] * len(lines_of(text))) for text in texts]
    learnt = model.shipped()[kind]
    together = evidence.scores_of(found, learnt)
    assert [scores.tolist() for scores in together] == [evidence.scores(one, learnt).tolist() for one in found]
    assert evidence.scores_of([], learnt) == []


def test_pages_scored_together_are_labelled_as_alone() -> None:
    known = rules.load()
    pages = []
    for number in range(4):
        body = "".join(
            f"<p>On day {n} the council of town {number} met again, and agreed.</p>" for n in range(5 + number)
        )
        page = read_html(f"<html><nav><a href=x>Home</a></nav><article><h1>T</h1>{body}</article><ul><li>More</ul>")
        pages.append((page.text, [(block.start, block.end) for block in page.blocks], page.blocks))
    together = label.label_all(pages, rules=known)
    assert together == [label.label(*page, rules=known) for page in pages]
    assert together == label.label_all(pages, rules=known, compiled=True)
    assert {one.mode for one in together} == {"raw"}


# --- the bar of a page -----------------------------------------------------------------------------------


def bar_of(scores: Ints, words: Ints) -> int:
    """The score above which the lines of a page are its article."""
    return model.least_score(score.least_part(model.probability(scores), np.minimum(words, 400) + 1))


@given(st.lists(st.tuples(st.integers(-20_000, 20_000), st.integers(0, 500)), min_size=1, max_size=30))
@example([(0, 5), (-5030, 34)])
def test_no_other_cut_of_a_page_lets_expect_much_more(lines: list[tuple[int, int]]) -> None:
    scores, words = np.array(lines, np.int64).T
    weight = np.minimum(words, 400) + 1
    part = model.probability(scores)
    total = int((weight * part).sum())

    def expected(cut: int) -> float:
        kept = scores >= cut
        return float(2 * (weight * part)[kept].sum() / max(model.PARTS * weight[kept].sum() + total, 1))

    bar = bar_of(scores, words)
    assert model.least_score(8) <= bar <= model.least_score(model.PARTS // 2 + 1)
    if total > 8 * weight.sum():  # else hardly anything is likely
        # It lies one part of probability above what the rule gives.
        lower = model.least_score(int(model.probability(np.array([bar]))[0]) - 1)
        assert max(expected(bar), expected(lower)) >= max(map(expected, scores.tolist())) - 0.05


def test_what_is_likely_is_enough_where_nothing_is_certain() -> None:
    sure, doubt = 5 * forest.UNIT, -forest.UNIT // 4
    assert bar_of(np.array([sure] * 9 + [doubt, -sure]), np.full(11, 50)) > doubt
    assert bar_of(np.array([doubt] * 9 + [-sure]), np.full(10, 50)) <= doubt


def test_a_dump_keeps_no_small_pieces_below_its_article_and_no_small_gaps_in_it() -> None:
    def kept(*parts: tuple[float, float]) -> list[bool]:
        """``parts``: log odds above the bar, and words that a line brings or costs."""
        odds, words = np.array(parts).T
        found = score.settled((odds * forest.UNIT).astype(np.int64), (words * 2 * model.PARTS).astype(np.int64))
        return [value > 0 for value in found.tolist()]

    article, link = (3.0, 60.0), (-2.0, -20.0)
    assert kept(article, link, link, (1.0, 8.0)) == [True, False, False, False]
    assert kept(article, link, link, (1.0, 12.0)) == [True, False, False, True]
    assert kept(article, link, (1.0, 8.0)) == [True, False, True]  # one line below it
    assert kept((1.0, 8.0), link, article) == [True, False, True]  # decks stand above
    assert kept(article, (-2.0, -0.9), (1.0, 8.0)) == [True, True, True]
    assert kept(article, (-0.5, -3.0), (1.0, 8.0)) == [True, False, True]  # a line in doubt, which is asked about later
    assert kept(link, link) == [False, False]


@given(st.lists(st.tuples(st.integers(-9000, 9000), st.integers(1, 50_000)), min_size=1, max_size=30))
def test_what_stands_above_the_greatest_piece_is_left_alone(lines: list[tuple[int, int]]) -> None:
    above = np.array([odds for odds, _ in lines], np.int64)
    gains = np.array([size if odds > 0 else -size for odds, size in lines], np.int64)
    found = score.settled(above, gains)
    changed = np.flatnonzero(found != above)
    assert not (above > 0).any() or (found > 0).any()
    if len(changed):
        assert (above[: changed[0]] > 0).any()
    assert ((found > above) <= (found == 1)).all()
