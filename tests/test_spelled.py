"""What the kernel makes of words is what ``guards.Word`` does."""

from __future__ import annotations

import numpy as np
from hypothesis import example, given, settings
from hypothesis import strategies as st
from twins import kernel_of

from unecho.choosing import guards
from unecho.choosing.choose import _text
from unecho.choosing.cover import is_listed
from unecho.choosing.guards import Word
from unecho.choosing.wordbook import WordBook
from unecho.compiled import book as kernels
from unecho.compiled import spell
from unecho.compiled import together as together_kernels
from unecho.compiled.spell import BITS, FACT, NAME, Points
from unecho.compiled.text import is_listed as listed
from unecho.decisions.recheck import _corpus
from unecho.text import spelling
from unecho.text.normalize import CAPITAL, tokenize

words_of, together = kernel_of(kernels.words_of), kernel_of(together_kernels._together)
hash_of_points, compiled_is_listed = kernel_of(spell.hash_of), kernel_of(listed)

STRINGS = st.sampled_from(
    [*sorted(spelling.known()), "rn", "five", "12", "1o0", "e\u0301", "е\u0308", "Ж", "٣", "ﬁ", "ß"]
)
TEXTS = st.one_of(
    st.lists(STRINGS, min_size=1, max_size=3).map("".join),
    st.text("abcdefilnorstu0159É\u0301", min_size=1, max_size=14),
    st.text(st.characters(codec="utf-8"), min_size=1, max_size=6),
)


@settings(deadline=None)
@given(st.lists(TEXTS, min_size=1, max_size=8))
@example(["a" * 2000 + "1", "ﷺ" * 500])
@example(["b" * 900, "c" * 900])
@example(["a" * 300, "Behaviour", "criticised", "défense", "5m", "grey", "fivemillion", "1st", "ﷺ" * 20, "peop1e"])
def test_words_are_spelled_alike(texts: list[str]) -> None:
    """Of tokens, and of two of them run together."""
    corpus = _corpus("", [(0, 0)], texts)
    text, found = _text(corpus), tokenize(texts)
    book, number = WordBook(corpus), np.repeat(np.arange(len(texts)), np.diff(found.offsets))
    spans = zip(number.tolist(), found.start.tolist(), found.end.tolist(), strict=True)
    words = [texts[which][start:end] for which, start, end in spans]
    rows = np.empty(len(words), np.int64)
    for _ in range(300):
        page = book.page()
        words_of(text, page, CAPITAL, np.arange(len(words)), rows)
        if page.made[kernels.WANTED] == kernels.NOTHING:
            break
        book.learn()
    made = Word.all_of(words)
    for row, one in zip(rows, made, strict=True):
        agree(page, row, one)
    for row, its, one, other in zip(rows, rows[1:], made, made[1:], strict=False):
        while (both := together(page, row, its)) < 0:
            book.learn()
            page = book.page()
        agree(page, both, one + other)


def agree(book: kernels.Book, row: np.int64, one: Word) -> None:
    """Check the columns of a word."""
    columns = book.words[row]
    strings = {
        spell.FOLDED: one.folded,
        spell.LETTERS: one.letters,
        spell.DIGITS_OF: one.digits,
        spell.SHAPE: one.shape,
    }
    for column, text in strings.items():
        assert np.int64(hash_of(text)) == columns[column], (column, text)
    assert columns[spell.PLAIN] == len(one.plain)
    assert columns[spell.SIZE] == len(one.folded)
    assert columns[spell.FIRST] == (ord(one.shape[0]) if one.shape else -1)
    assert columns[spell.BEGIN] == (ord(one.begins) if one.begins else -1)
    assert read(book.points, columns[spell.PLACE], columns[spell.END]) == one.letters
    assert read(book.points, columns[spell.START], columns[spell.START] + len(one.plain)) == one.plain
    assert columns[BITS] & ~spell.SPECIAL == bits_of(one)
    if not one.plain or any(char.isdecimal() for char in one.plain + one.folded):
        assert columns[BITS] & spell.SPECIAL


def bits_of(one: Word) -> int:
    """Of a word all but what its letters are held against."""
    plain, folded = one.plain, one.folded
    bits = FACT * (folded in guards.facts_folded()) | NAME * one.name
    bits |= spell.AMOUNT * spelling.begins_amount(plain) | spell.COUNTED * spelling.ends_amount(plain)
    if plain.isalpha() and folded.isalpha():
        bits |= spell.LATIN * (plain == folded and plain.isascii()) | spell.STAYS * (not spelling.may_change(plain))
        return bits | spell.ARE * (plain == "r")
    return (
        bits
        | spell.DIGIT_FIRST * plain[:1].isdigit()
        | spell.DIGITS * plain.isdigit()
        | spell.FOLDED_DIGITS * folded.isdigit()
        | spell.LETTER_DIGIT * guards.has_digit(one.letters)
        | spell.NUMBERED * guards.has_digit(folded)
        | spell.MISREAD * guards.misread(one)
        | spell.WITH_DIGITS * one.is_spelled_with_digits
    )


def read(points: Points, begin: int, end: int) -> str:
    return "".join(map(chr, points[begin:end].tolist()))


def hash_of(text: str) -> np.uint64:
    points = np.array(list(map(ord, text)), np.uint32)
    return np.uint64(hash_of_points(points, 0, len(points)))


@settings(deadline=None)
@given(
    st.lists(st.sampled_from(["- ", "* ", "• ", "– ", "· ", " | ", "|", "é", "a", " ", "-"]), min_size=1).map("".join)
)
def test_items_of_lists_are_known_alike(text: str) -> None:
    corpus = _corpus("", [(0, 0)], [text])
    assert bool(compiled_is_listed(_text(corpus), 1)) == is_listed(corpus, 1)


def test_both_have_the_same_bounds() -> None:
    assert max(map(len, spelling._TAILS)) <= spell._LONGEST_TAIL
    assert (spell._ACCENTED, spell._MISREAD) == (spelling._ACCENTED, guards._LONG_WORD)
