"""Site templates: what recurs goes, what a story repeats stays."""

from __future__ import annotations

import subprocess
import sys
import tracemalloc
from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from unecho.boilerplate import rules, templates

Row = tuple[int, int, str, bool]
"""Site, document, line, whether it was labelled content."""


def long(name: str) -> str:
    return f"{name} " + " ".join(f"word{number}" for number in range(20))


def found(rows: list[Row]) -> list[bool]:
    mask = templates.find(
        np.array([row[0] for row in rows], dtype=np.int32),
        np.array([row[1] for row in rows], dtype=np.int32),
        np.array([templates.line_key(row[2]) for row in rows], dtype=np.uint64),
        np.array([len(row[2].split()) for row in rows], dtype=np.int32),
        np.array([row[3] for row in rows], dtype=np.bool_),
    )
    return [bool(value) for value in mask]


def stripped(rows: list[Row]) -> set[str]:
    return {row[2] for row, template in zip(rows, found(rows), strict=True) if template}


def articles(count: int, site: int = 0, first: int = 0) -> list[Row]:
    """Documents with three long lines of their own."""
    return [
        (site, first + document, long(f"site{site} document{document} line{line}"), True)
        for document in range(count)
        for line in range(3)
    ]


def test_short_line_on_enough_stories_is_template() -> None:
    rows = articles(20) + [(0, document, "Our town, our paper", True) for document in range(5)]
    assert stripped(rows) == {"Our town, our paper"}


def test_short_line_on_four_stories_stays() -> None:
    assert not stripped(articles(20) + [(0, document, "Our town, our paper", True) for document in range(4)])


def test_short_line_needs_a_tenth_of_a_large_site() -> None:
    rows = articles(100)
    assert not stripped(rows + [(0, document, "Weather", True) for document in range(9)])
    assert stripped(rows + [(0, document, "Weather", True) for document in range(10)]) == {"Weather"}


def test_small_site_has_no_template() -> None:
    assert not stripped(articles(7) + [(0, document, "Our town, our paper", True) for document in range(7)])


def test_line_of_another_site_does_not_count() -> None:
    rows = articles(10) + articles(10, site=1, first=10)
    rows += [(int(document >= 10), document, "Sports desk", True) for document in range(7, 13)]
    assert not stripped(rows)


def test_long_line_needs_more() -> None:
    notice = long("notice")
    rows = articles(40)
    assert not stripped(rows + [(0, document, notice, True) for document in range(11)])
    assert stripped(rows + [(0, document, notice, True) for document in range(12)]) == {notice}


def test_a_line_twice_in_a_document_counts_once() -> None:
    rows = articles(20) + [(0, document, "Sports desk", True) for document in range(4)] * 3
    assert not stripped(rows)


def wire(copies: int, first: int, own: str = "") -> list[Row]:
    """A wire story on several pages of a site, short lines and long, each page with a line of its own."""
    rows: list[Row] = []
    for document in range(first, first + copies):
        rows += [(0, document, long(f"wire line{line}"), True) for line in range(5)]
        rows += [(0, document, "A short quote of the wire", True)]
        if own:
            rows.append((0, document, long(f"{own}{document}"), True))
    return rows


def test_wire_story_is_never_stripped() -> None:
    for copies in (5, 12, 30):
        assert not stripped(articles(20) + wire(copies, 20)), copies
        assert not stripped(articles(20) + wire(copies, 20, own="own lead")), copies


def test_template_is_found_beside_a_wire_story() -> None:
    rows = articles(20) + wire(12, 20) + [(0, document, "Sports desk", True) for document in range(32)]
    assert stripped(rows) == {"Sports desk"}


def test_trimmed_copies_of_a_story_collapse() -> None:
    rows = articles(20)
    for copy in range(12):
        rows += [(0, 20 + copy, long(f"wire line{line}"), True) for line in range(8 - copy % 4)]
    assert not stripped(rows)


def test_long_notice_on_every_page_does_not_make_them_one_story() -> None:
    rows = articles(20) + [(0, document, long("notice"), True) for document in range(20)]
    rows += [(0, document, "Sports desk", True) for document in range(20)]
    assert stripped(rows) == {long("notice"), "Sports desk"}


def test_short_articles_under_long_notices_are_not_one_story() -> None:
    rows: list[Row] = [(0, document, long(f"own{document}"), True) for document in range(20)]
    rows += [(0, document, long(f"notice{number}"), True) for document in range(20) for number in range(3)]
    assert stripped(rows) == {long(f"notice{number}") for number in range(3)}


def test_lines_labelled_boilerplate_do_not_make_a_story() -> None:
    rows: list[Row] = []
    for document in range(20):
        half = document % 2
        rows += [(0, document, long(f"teaser{half} {line}"), False) for line in range(5)]
        rows += [(0, document, f"Desk {half}", True), (0, document, long(f"own{document}"), True)]
    assert {"Desk 0", "Desk 1"} <= stripped(rows)


def test_nothing_in_nothing_out() -> None:
    assert found([]) == []


@settings(max_examples=30, deadline=None)
@given(st.randoms(use_true_random=False))
def test_order_and_numbers_of_documents_do_not_matter(random: Random) -> None:
    rows = articles(15) + wire(9, 15) + wire(3, 24, own="lead") + [(0, d, "Sports desk", True) for d in range(14)]
    rows += [(0, d, long("notice"), True) for d in range(5, 27)]
    expected = stripped(rows)
    numbers = list(range(27))
    random.shuffle(numbers)
    mixed = [(site, numbers[document], line, content) for site, document, line, content in rows]
    random.shuffle(mixed)
    assert stripped(mixed) == expected


def test_key_ignores_what_readers_do_not_see() -> None:
    assert templates.line_key("Back  to “Top”") == templates.line_key('back to "top"')
    assert templates.line_key("Back to top") != templates.line_key("Back to top 1")
    assert 0 <= templates.line_key("x") < 2**64


@given(
    st.lists(
        st.text(st.sampled_from(list("aB .-“”ß\u00ad\u2011\u0130\ufb03\t漢😀\ud800")) | st.characters(), max_size=40)
    )
)
@settings(deadline=None)
def test_keys_of_many_lines_are_those_of_each(texts: list[str]) -> None:
    texts = [*texts, "x" * 2000, "x" * 2001, "ΐ" * 2000, "x" * 2001 + "y"]
    spans = [[(0, len(text) // 3), (len(text) // 3, len(text))] if text else [] for text in texts]
    keys = templates.line_keys(texts, spans, compiled=True)
    assert keys.tolist() == templates.line_keys(texts, spans, compiled=False).tolist()
    whole = templates.line_keys(texts, [[(0, len(text))] for text in texts], compiled=True)
    assert whole.tolist() == list(map(templates.line_key, texts))


def test_key_is_the_same_in_every_process() -> None:
    code = "from unecho.boilerplate.templates import line_key; print(line_key('Sports desk'))"
    keys = {
        subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=env).stdout.strip()
        for env in ({"PYTHONHASHSEED": seed, "PYTHONPATH": ":".join(sys.path)} for seed in ("1", "2"))
    }
    assert keys == {str(templates.line_key("Sports desk"))}


# --- what the template says of the lines around it -------------------------------------------------------


def spared(marks: str, words: int = 3) -> str:
    """Lines as signs: T template, R taken by a rule, ? taken for its place, A article (20 words), | a new document."""
    documents = marks.split("|")
    flat = "".join(documents)
    mask = templates.spared(
        np.repeat(np.arange(len(documents)), [len(part) for part in documents]).astype(np.int32),
        np.array([20 if sign == "A" else words for sign in flat], dtype=np.int32),
        np.array([sign == "T" for sign in flat], dtype=np.bool_),
        np.array([sign == "A" for sign in flat], dtype=np.bool_),
        np.array([sign == "?" for sign in flat], dtype=np.bool_),
    )
    return "".join("+" if good else sign for sign, good in zip(flat, mask.tolist(), strict=True))


def test_lines_next_to_the_article_are_its_own_where_the_template_is_known() -> None:
    assert spared("TT?A?A??TT") == "TT+A+A++TT"
    assert spared("TA??") == "TA??"  # one line of template tells nothing
    assert spared("TTTA|A?") == "TTTAA?"  # nor do those of another document


def test_lines_behind_a_line_of_the_template_or_a_rule_are_not() -> None:
    assert spared("TTTAAT??") == "TTTAAT??"
    assert spared("TTTAAR??") == "TTTAAR??"
    assert spared("TTT??|A") == "TTT??A"


def test_more_than_the_article_itself_is_no_part_of_it() -> None:
    assert spared("TTTA?", words=20) == "TTTA+"
    assert spared("TTTA?", words=21) == "TTTA?"
    assert spared("") == ""


def test_lines_of_a_template_get_the_category_of_the_rules() -> None:
    known = rules.load()
    assert templates.category_of("Share on Facebook", known) == "share"
    assert templates.category_of("Our town, our paper", known) == "navigation"
    assert templates.category_of(long("notice"), known) == "other"


@pytest.mark.parametrize(
    ("text", "category"),
    [
        (
            "Get our free daily newsletter with all that matters in town; by signing up you agree to our terms",
            "newsletter",
        ),
        (
            "The paper is owned by a trust, and no part of it may be printed without permission, as our readers know",
            "legal",
        ),
        (
            "Cookies helfen der Zeitung, und die Zeitung hilft der Stadt, in der wir alle seit Jahren gern leben",
            "cookie",
        ),
        (
            "Sport | Jobs | Travel | Culture | Obituaries | Weather | Opinion | Puzzles | Food | Games | Homes | Cars",
            "navigation",
        ),
        (
            "The council said that its newsletters had been read by all and that nobody had asked for more of it",
            "newsletter",
        ),
    ],
)
def test_lines_of_a_template_that_no_rule_takes_have_the_category_of_what_they_are_about(
    text: str, category: str
) -> None:
    known = rules.load()
    assert known.match(rules.Line(text, len(text.split()), raw=True)) is None, "what a line is about takes no line out"
    assert templates.category_of(text, known) == category


rows_of_sites = st.lists(
    st.tuples(st.integers(0, 11), st.integers(0, 40), st.booleans(), st.booleans()), min_size=1, max_size=150
)


@given(rows_of_sites, st.integers(1, 40))
@settings(max_examples=150, deadline=None)
def test_some_lines_at_a_time_give_what_all_at_once_give(found: list[tuple[int, int, bool, bool]], piece: int) -> None:
    document = np.array([row[0] for row in found], np.int32)
    key = np.array([row[1] * 0x9E3779B97F4A7C15 % 2**64 for row in found], np.uint64)
    words = np.array([20 if row[2] else 3 for row in found], np.int32)
    content = np.array([row[3] for row in found], np.bool_)
    columns = ((document % 2).astype(np.int32), document, key, words, content)
    whole = templates.find(*columns).tolist()
    assert all(templates.find(*columns, piece=piece, workers=workers).tolist() == whole for workers in (1, 2))


def peak(count: int, piece: int) -> int:
    """Bytes of memory that finding the template of one site with so many paragraphs takes, the input aside."""
    rng = np.random.default_rng(1)
    document = np.repeat(np.arange(count // 50, dtype=np.int32), 50)[:count]
    key = rng.integers(0, 2**63, count, dtype=np.uint64) * np.uint64(2)
    key[::10] = rng.integers(0, 100, len(key[::10])).astype(np.uint64) << np.uint64(57)
    words = np.where(np.arange(count) % 3, 20, 4).astype(np.int32)
    columns = (np.zeros(count, np.int32), document, key, words, np.ones(count, np.bool_))
    tracemalloc.start()
    templates.find(*columns, piece=piece)
    size = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return size


def test_memory_does_not_grow_with_the_lines() -> None:
    small, large = peak(1_000_000, 50_000), peak(4_000_000, 50_000)
    grown = 4_000_000 - 1_000_000  # the result has a byte for each paragraph
    documents = (80_000 - 20_000) * 8 * 12  # and a dozen numbers are known of each document
    assert large - small < grown + documents
    assert large < 0.3 * peak(4_000_000, 10_000_000)
