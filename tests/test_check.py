"""What ``unecho check`` looks up quickly, it would find by comparing each with each."""

from __future__ import annotations

from pathlib import Path

from conftest import Writer
from hypothesis import given
from hypothesis import strategies as st

from unecho import dedupe
from unecho.check import _lost, _misread, _part_problems, _parts, _Spellings, check
from unecho.choosing.guards import Word
from unecho.output.restore import removals_by_document

WORDS = st.text("abceilmnorsu0158", min_size=1, max_size=12) | st.sampled_from(
    ["seven", "7", "5m", "million", "colour", "color", "peop1e", "people", "modern", "modem", "Iran", "Iraq", "not"]
)


@given(st.lists(WORDS, min_size=1, max_size=30), WORDS)
def test_a_spelling_is_found_where_each_word_is_asked(words: list[str], word: str) -> None:
    known = list(map(Word.of, words))
    for way in (Word.of(word), Word.of(words[0] + "x"), Word.of(words[-1][::-1])):
        assert _Spellings(known).has(way) == any(way.is_like(one) for one in known)


def test_what_is_lost_is_neither_spelled_otherwise_nor_parted() -> None:
    removed = ["some", "one", "saw", "the", "peop1e", "of", "Iran", "at", "the", "modem", "farm"]
    kept = ["someone", "saw", "the", "people", "of", "Mali", "at", "the", "modern", "farm"]
    assert _lost(removed, kept, [0, 1, 4, 6, 9]) == [6]


def test_what_is_misread_is_a_letter_off_from_the_word_in_its_place() -> None:
    kept = ["The", "council", "met", "on", "Tuesday", "and", "agreed", "to", "close", "it", "in", "Harrow"]
    removed = ["The", "councii", "met", "om", "Tuesday", "ond", "agreed", "te", "close", "ii", "in", "farrow"]
    assert _misread(removed, kept, [3, 5, 7, 11]) == {3, 5, 7, 11}
    plain = [kept[place] if place in (1, 9) else word for place, word in enumerate(removed)]
    assert _misread(plain, kept, [3, 5, 7]) == set()  # nothing shows that a scanner did that
    assert _misread([*removed[:11], "Yarrow"], kept, [11]) == {11}  # of names the choice has more to go by
    assert _misread(["it", "was", "om", "us"], kept, [2]) == set()


def test_a_run_with_copies_scanned_badly_holds_together(tmp_path: Path) -> None:
    text = "The council met on Tuesday and agreed to close the bridge in Harrow for repairs until the end of spring."
    scanned = text.replace("on", "om").replace("and agreed to", "ond agreed te").replace("the bridge", "tbe hr1dqe")
    with dedupe([("a", f"{text}\n\nMore is known."), ("b", scanned)], clean="off") as result:
        assert [removal.document for removal in result.removals] == ["b"]
        assert check(result.write(tmp_path / "OUT")) == []


def test_compiled_words_are_the_same(tmp_path: Path) -> None:
    with dedupe(Writer(3).corpus(tmp_path / "in", 12, words=400)) as result:
        run = result.write(tmp_path / "OUT")
    assert check(run, workers=1) == check(run, workers=2) == []
    removals = removals_by_document(run)
    for record in (one for each in removals.values() for one in each):
        object.__setattr__(record, "words", record.words + 1)  # so that there is something to tell
    (part,) = _parts(run, removals, {})
    plain, fast = (_part_problems(part, 0.9, False, compiled) for compiled in (False, True))
    assert plain == fast != []
