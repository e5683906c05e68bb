from __future__ import annotations

import unicodedata
from unittest.mock import patch

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from twins import words

from unecho.base.columns import mix64
from unecho.text import normalize
from unecho.text.normalize import (
    CAPITAL,
    CASELESS,
    NUMBER,
    OPENING,
    QUOTED,
    SINGLE,
    SPACED,
    UNQUOTED,
    UNSPACED,
    char_class,
    polynomial,
    tokenize,
)

TEXTS = st.lists(st.text(st.characters() | st.sampled_from("-−–5$ ("), max_size=40), max_size=5)


def hash_of(word: str) -> int:
    """Of a word of the twin, before it is mixed: that of a number with a minus sign is the one without, turned over."""
    return (1 << 64) - 1 - polynomial(word[1:]) if word[0] == "-" else polynomial(word)


@given(TEXTS)
def test_columns_agree_with_the_twin(texts: list[str]) -> None:
    tokens = tokenize(texts)
    assert tokens.offsets[0] == 0 and tokens.offsets[-1] == len(tokens.hash)
    for number, text in enumerate(texts):
        expected = words(text)
        part = slice(tokens.offsets[number], tokens.offsets[number + 1])
        assert list(zip(tokens.start[part], tokens.end[part], strict=True)) == [(s, e) for _, s, e in expected]
        hashes = mix64(np.array([hash_of(word) for word, _, _ in expected], np.uint64))
        assert tokens.hash[part].tolist() == hashes.tolist()


@given(st.text(max_size=60))
def test_composition_and_case_make_no_difference(text: str) -> None:
    # Folding by character misses the canonical order of several marks on one letter, and the marks of decomposed
    # characters that are tokens by themselves (kana).
    composed = unicodedata.normalize("NFC", text)
    decomposed = unicodedata.normalize("NFD", composed)
    marks_apart = any(char_class(c) == SINGLE and unicodedata.combining(c) for c in decomposed)
    if not marks_apart and decomposed == "".join(unicodedata.normalize("NFD", c) for c in composed):
        assert tokenize([composed]).hash.tolist() == tokenize([decomposed]).hash.tolist()


@given(st.lists(st.text(st.sampled_from("ab é.東\n "), max_size=80), max_size=5), st.integers(1, 30))
def test_texts_may_be_worked_on_in_pieces(texts: list[str], chunk: int) -> None:
    whole = tokenize(texts)
    with patch.object(normalize, "_CHUNK", chunk):
        pieces = tokenize(texts)
    for name in ("hash", "start", "end", "offsets"):
        assert getattr(pieces, name).tolist() == getattr(whole, name).tolist()


def same(a: str, b: str) -> bool:
    return bool(tokenize([a]).hash.tolist() == tokenize([b]).hash.tolist())


def test_typography_makes_no_difference() -> None:
    assert same("“It’s”—he\u00a0said…", '"It\'s" - he said...')
    assert same("re\u00adgime \u200bnews\ufeff", "regime news")
    assert same("ﬁnance STRASSE Ⅳ", "finance straße iv")
    assert same("كتــاب", "كتاب")
    assert same("ＡＢＣ１２３", "abc123")


def test_meaning_makes_a_difference() -> None:
    assert not same("pays $5", "pays £5")
    assert not same("5%", "5")
    assert not same("résumé", "resume")
    assert not same("ab c", "a bc")
    assert not same("by -5%", "by 5%") and not same("-5", "5") and not same("(-$5)", "($5)")
    assert same("by −5%", "by -5%") and same("by –5%", "by -5%")
    assert same("2004-05", "2004 05") and same("covid-19", "covid 19") and same("- 5", "5") and same("x --5", "x 5")


def test_the_minus_sign_is_part_of_its_number() -> None:
    text = "from -5 to –10, −$3, 4-5 and -x9"
    tokens = tokenize([text])
    written = [text[start:end] for start, end in zip(tokens.start, tokens.end, strict=True)]
    assert written == ["from", "-5", "to", "–10", "−$", "3", "4", "5", "and", "x9"]


def test_scripts_without_spaces_go_by_character() -> None:
    assert len(tokenize(["東京は晴れ、気温は12度。"]).hash) == 10
    assert len(tokenize(["서울은 맑음"]).hash) == 2


def test_flags() -> None:
    tokens = tokenize(["He met Maria in 2019. Later 東 $ x2 сказал كتاب"])
    flags = tokens.flags & ~SPACED
    named = dict(
        zip(
            ["He", "met", "Maria", "in", "2019", "Later", "東", "$", "x2", "сказал", "كتاب"],
            flags,
            strict=True,
        )
    )
    assert named["He"] == CAPITAL | OPENING
    assert named["met"] == 0
    assert named["Maria"] == CAPITAL
    assert named["2019"] == NUMBER
    assert named["Later"] == CAPITAL | OPENING
    assert named["東"] == UNSPACED | CASELESS
    assert named["$"] == NUMBER and named["x2"] == NUMBER
    assert named["сказал"] == 0 and named["كتاب"] == CASELESS


def test_words_beside_quotation_marks_are_flagged_within_their_text() -> None:
    tokens = tokenize(['He said: "It is done," and left "', "Then «don't» go"])
    #       He     said   It    is     done   and   left   | Then   don   t      go
    quoted = [False, False, True, False, False, False, False, False, True, False, False]
    unquoted = [False, False, False, False, False, True, False, False, False, False, True]
    assert (tokens.flags & QUOTED != 0).tolist() == quoted
    assert (tokens.flags & UNQUOTED != 0).tolist() == unquoted


def test_what_follows_white_space_is_flagged() -> None:
    tokens = tokenize(["don't - e-mail 5% to\u00a0me\u3000at\u200b home.Now", "“So he said”"])
    #       don    t      e     mail   5     %      to    me    at    home  Now    | So    he    said
    spaced = [True, False, True, False, True, False, True, True, True, True, False, True, True, True]
    assert (tokens.flags & SPACED != 0).tolist() == spaced


@given(TEXTS)
def test_white_space_is_what_splits_a_text(texts: list[str]) -> None:
    tokens = tokenize(texts)
    for number, text in enumerate(texts):
        part = slice(tokens.offsets[number], tokens.offsets[number + 1])
        runs = [run for run in text.split() if len(tokenize([run]).hash)]
        assert int((tokens.flags[part] & SPACED != 0).sum()) == len(runs)


def test_no_texts_and_empty_texts() -> None:
    assert tokenize([]).offsets.tolist() == [0]
    assert tokenize(["", " \n", ""]).offsets.tolist() == [0, 0, 0, 0]


def test_class_of_every_character_is_one_of_five() -> None:
    assert {normalize.char_class(chr(p)) for p in range(0x3000)} == set(range(5))
