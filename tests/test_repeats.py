from __future__ import annotations

from operator import itemgetter

import numpy as np
from builders import own
from hypothesis import given
from hypothesis import strategies as st

import unecho
from unecho.matching.repeats import adding

SPAN = st.tuples(st.integers(0, 30), st.integers(1, 12)).map(lambda span: (span[0], span[0] + span[1]))
PASSAGES = st.lists(st.tuples(st.integers(0, 2), SPAN, SPAN, st.integers(1, 5), st.booleans()), min_size=1, max_size=12)


@given(PASSAGES)
def test_what_stays_shows_all_there_is_word_by_word(
    passages: list[tuple[int, tuple[int, int], tuple[int, int], int, bool]],
) -> None:
    pair, a, b, matched, quoted = zip(*sorted(passages, key=itemgetter(0)), strict=True)
    columns = [np.array(side, np.int64) for side in (pair, *zip(*a, strict=True), *zip(*b, strict=True), matched)]
    sides = (columns[0], columns[0]), (columns[1], columns[2]), (columns[3], columns[4])
    order, quotes = (columns[5], *sides[1:]), np.array(quoted)
    found = adding(*sides, order, quotes)
    assert adding(*sides, order, quotes, compiled=True).tolist() == found.tolist()
    shown: set[tuple[int, str, int]] = set()
    for row in sorted(range(len(passages)), key=lambda row: (-matched[row], a[row], b[row], row)):
        words = [{(pair[row], name, word) for word in range(*side[row])} for name, side in (("a", a), ("b", b))]
        new = [bool(side - shown) for side in words]
        assert found[row] == (any(new) if quoted[row] else all(new))
        if found[row]:
            shown |= words[0] | words[1]


def test_a_table_is_one_passage_not_one_for_every_pair_of_its_rows() -> None:
    rows = "\n\n".join(
        f"Heat {n}: the runners of the northern clubs took part, and all of them finished." for n in "abcde"
    )
    texts = {name: f"{name} has its own report, which {name} wrote. {rows}" for name in ("north", "south")}
    with unecho.dedupe(list(texts.items()), clean="off") as result:
        assert len(result.passages) == 1
        (passage,) = result.passages
        assert texts["north"][passage.a_start : passage.a_end].endswith(rows)


def test_a_sentence_that_one_document_repeats_is_shown_once_a_quote_wherever_it_stands() -> None:
    sentence = "The ferry leaves the old harbour at nine and comes back before the tide turns in the evening."
    for repeated, count in ((sentence, 1), (f"“{sentence}”", 2)):
        one = f"{own(1)} {repeated} {own(2)}"
        two = f"{own(3)} {repeated} {own(4)}\n\n{own(5)} {repeated} {own(6)}"
        with unecho.dedupe([("one", one), ("two", two)], clean="off") as result:
            assert len(result.passages) == count
