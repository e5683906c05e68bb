from __future__ import annotations

import random

import numpy as np
import pytest
from builders import passages_of, stream_of
from hypothesis import given
from hypothesis import strategies as st
from twins import common_runs

from unecho.matching import passages, seeds
from unecho.matching.grow import GAP, RESYNC, align, extend
from unecho.matching.passages import EVERYWHERE, USUAL, Alignment
from unecho.matching.seeds import FULL, SEED, WINDOW, exact_runs, pick, winnow
from unecho.text.normalize import tokenize
from unecho.text.vocabulary import numbered


def spans(found: list[Alignment]) -> set[tuple[int, int, tuple[int, int], tuple[int, int]]]:
    return {(x.a, x.b, x.a_span, x.b_span) for x in found}


@given(st.lists(st.integers(0, 5), max_size=40), st.integers(1, 9))
def test_winnowing_agrees_with_the_twin(values: list[int], window: int) -> None:
    chosen = winnow(np.array(values, np.uint64), window).tolist()
    # Windows at the ends of a text are shorter: they hold what there is.
    windows = [range(max(0, start), min(len(values), start + window)) for start in range(1 - window, len(values))]
    expected = {n for span in windows for n in span if values[n] == min(values[k] for k in span)}
    assert {n for n, is_chosen in enumerate(chosen) if is_chosen} == expected


@given(st.randoms(use_true_random=False), st.integers(2, 6))
def test_every_shared_run_of_8_words_is_found_however_common_its_words(rng: random.Random, kinds: int) -> None:
    """With so few different words nearly every seed is common, and runs overlap in all ways."""
    vocabulary = [f"w{n}" for n in range(kinds)]
    shared = [rng.choice(vocabulary) for _ in range(SEED + WINDOW - 1)]
    texts = []
    for _ in range(2):
        noise = [[rng.choice(vocabulary) for _ in range(rng.randrange(20))] for _ in range(2)]
        texts.append([*noise[0], *shared, *noise[1]])
    stream = stream_of([" ".join(text) for text in texts])
    runs = exact_runs(stream, pick(stream))
    offset = len(texts[0])
    found = list(zip(runs.a.tolist(), (runs.b - offset).tolist(), runs.length.tolist(), strict=True))
    assert set(found) <= common_runs(texts[0], texts[1], SEED)
    for i, j, length in common_runs(texts[0], texts[1], SEED + WINDOW - 1):
        assert (i, j, length) in found


@given(st.randoms(use_true_random=False), st.integers(1, 4))
def test_a_shared_run_is_found_whatever_the_scripts_of_the_documents(rng: random.Random, kinds: int) -> None:
    """Two characters of a script without spaces count as a word."""
    scripts = [f"w{n}" for n in range(kinds)], list("東京のは"[:kinds])
    texts = []
    for _ in range(2):
        # Stretches of the one script and the other, so that either may be most of the document.
        stretches = (rng.choices(rng.choice(scripts), k=rng.randrange(25)) for _ in range(rng.randrange(1, 7)))
        texts.append([word for stretch in stretches for word in stretch])
    stream = stream_of([" ".join(text) for text in texts])
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(seeds, "FULL", 9999)
        runs = exact_runs(stream, pick(stream))
    offset = len(texts[0])
    found = list(zip(runs.a.tolist(), (runs.b - offset).tolist(), runs.length.tolist(), strict=True))
    assert set(found) <= common_runs(texts[0], texts[1], SEED)
    for i, j, length in common_runs(texts[0], texts[1], SEED):
        if sum(2 if word[0] == "w" else 1 for word in texts[0][i : i + length]) > 2 * (SEED + WINDOW - 1):
            assert (i, j, length) in found


def test_a_run_is_found_in_any_number_of_documents_up_to_the_limit_and_with_the_first_beyond() -> None:
    twelve = "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu"
    for count, shared in (
        (USUAL, twelve),
        (FULL, f"{twelve} nu xi omicron pi"),
        (FULL + 30, f"{twelve} nu xi omicron pi"),
    ):
        texts = [f"x{n} y{n} {shared} z{n} u{n}" for n in range(count)]
        found = passages_of(stream_of(texts))
        linked = {(x.a, x.b) for x in found}
        if count <= FULL:
            assert len(linked) == count * (count - 1) // 2
        else:
            assert {(0, n) for n in range(1, count)} <= linked
            assert len(linked) < count * (count - 1) // 2


def test_a_quote_needs_fewer_words_than_a_stock_phrase() -> None:
    phrase = "we will not leave this old town in the winter"  # 10 words
    bare = [f"x{n} y{n} {phrase} z{n} u{n}" for n in range(20)]
    quoted = [f'x{n} y{n} "{phrase}" z{n} u{n}' for n in range(20)]
    assert passages_of(stream_of(bare)) == []
    assert {(0, n) for n in range(1, 20)} <= {(x.a, x.b) for x in passages_of(stream_of(quoted))}


def test_what_goes_on_behind_a_passage_needs_fewer_words() -> None:
    """A quote that the one breaks off to tell who said it, and the other does not."""
    one, two = "we have seen nothing of the kind in all these years", "and do not hope to see it"
    who = "a man from the mill on the river told us on the way"
    texts = [f"x y z {one} {two} u v", f"k l {one} {who} {two} m n", f"p {one} {who} {who[::-1]} {two} r"]
    found = passages_of(stream_of(texts[:2]))
    assert [len(texts[0].split()[slice(*x.a_span)]) for x in found] == [len(one.split()), len(two.split())]
    assert all(texts[0].split()[slice(*x.a_span)] in (one.split(), two.split()) for x in found)
    assert len(passages_of(stream_of([texts[1], texts[0]]))) == 2
    turned = [" ".join(reversed(text.split())) for text in texts[:2]]  # before it as well
    assert len(passages_of(stream_of(turned))) == 2
    assert len(passages_of(stream_of([texts[0], texts[2]]))) == 1  # it is too far off


def test_spans_are_exact_to_the_word() -> None:
    quote = "the uprising was neither indiscriminate nor spontaneous and it had no ties with anyone"
    found = passages_of(stream_of([f"one two three {quote} four", f"five {quote} six seven"]))
    size = len(quote.split())
    assert spans(found) == {(0, 1, (3, 3 + size), (size + 5, 2 * size + 5))}
    assert found[0].matched == size


def test_small_edits_are_bridged_and_counted() -> None:
    shared = "agree to the terms of a treaty which it had not seen in full"  # 14 words
    a = f"he said that the government would never again {shared} before the vote"
    b = f"he said the government would not ever {shared} long before the vote"
    (found,) = passages_of(stream_of([a, b]))
    assert found.a_span == (0, 25) and found.b_span == (25, 50)
    assert found.matched == len(f"he said the government would {shared} before the vote".split())


def test_unrelated_words_after_a_passage_are_trimmed_off() -> None:
    quote = "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu"
    tail_a = "one two three four five six seven eight of the"
    tail_b = "eins zwei drei vier funf sechs sieben acht neun of the"
    (found,) = passages_of(stream_of([f"{quote} {tail_a}", f"{quote} {tail_b}"]))
    assert found.a_span == (0, 13)


def test_a_stock_phrase_of_many_documents_needs_more_words() -> None:
    phrase = "told the associated press news agency on monday that"  # 9 words
    few = [f"a{n} b{n} c{n} {phrase} d{n} e{n}" for n in range(2)]
    many = [f"a{n} b{n} c{n} {phrase} d{n} e{n}" for n in range(30)]
    assert len(passages_of(stream_of(few))) == 1
    assert passages_of(stream_of(many)) == []


def test_a_phrase_that_stands_all_over_the_corpus_is_no_passage_even_with_a_slot_filled_alike() -> None:
    """With the day that a fifth of the documents have, the words before it are no rarer."""
    days = ["monday", "tuesday", "wednesday", "thursday", "friday"]
    phrase = "so a person close to the talks said in a statement on"
    texts = [f"a{n} b{n} c{n} {phrase} {days[n % 5]} d{n} e{n}" for n in range(EVERYWHERE)]
    assert passages_of(stream_of(texts)) == []
    assert passages_of(stream_of(texts[:USUAL]))


def test_what_copies_of_one_text_have_in_common_counts_as_rare() -> None:
    """Eight words that ten copies have: they would be too few, had two copies nothing else in common."""
    eight, rest = "one two three four five six seven eight", " ".join(f"r{n}" for n in range(30))
    copies = [f"{rest} x{n} {' '.join(f'y{n}z{k}' for k in range(40))} {eight} w{n}" for n in range(10)]
    strangers = [f"x{n} {eight} w{n}" for n in range(10)]
    assert len(passages_of(stream_of(copies))) == 2 * 45
    assert passages_of(stream_of(strangers)) == []


def test_words_of_scripts_without_spaces_are_found_by_character() -> None:
    quote = "政府は昨日新しい法律を発表し来年四月から施行されると述べた"
    found = passages_of(stream_of([f"東京で{quote}という", f"新聞によると{quote}らしい"]))
    assert [x.a_span for x in found] == [(3, 3 + len(quote))]


ENGLISH = "we will not rest until every one of those who did this has been brought to justice"
JAPANESE = "政府は昨日新しい法律を発表し来年四月から施行されると述べた"


@pytest.mark.parametrize("quote", [ENGLISH, JAPANESE])
@pytest.mark.parametrize("compiled", [False, True])
def test_a_quote_is_found_in_documents_of_other_scripts(quote: str, compiled: bool) -> None:
    texts = [
        f"The minister told reporters this on Monday: “{quote}”, and then he left the room for another meeting.",
        f"大臣は月曜日に記者団に対しこのように語ったと伝えられている。“{quote}”その後彼は別の会議のために部屋を出た。",
    ]
    stream = stream_of(texts)
    (found,) = passages.find(stream, pick(stream, compiled=compiled), compiled=compiled)
    assert found.matched == len(tokenize([quote]).hash)


@pytest.mark.parametrize("characters", [15, 16])
def test_so_many_characters_are_a_passage_as_would_make_eight_words(characters: int) -> None:
    texts = [f"an English text{JAPANESE[:characters]}and its end", f"日本の新聞{JAPANESE[:characters]}とかいた"]
    assert len(passages_of(stream_of(texts))) == (characters == 16)


def test_nothing_in_nothing_out() -> None:
    assert passages_of(stream_of([])) == []
    assert passages_of(stream_of(["", "too short"])) == []


def test_align_and_extend_meet_again_on_two_words() -> None:
    words = numbered(tokenize(["a b x y c d e f q r s", "a b z c d e f t u v w"]).hash)[0]
    assert align(words, (2, 11), (13, 22)) == [(4, 14, 4)]
    assert extend(words, (2, 11), (13, 22), 1) == [(4, 14, 4)]
    # One equal word alone is not coming together.
    words = numbered(tokenize(["a x c y", "a z c w"]).hash)[0]
    assert align(words, (1, 4), (5, 8)) == []


def test_a_gap_is_no_longer_than_what_the_kernel_has_bits_for() -> None:
    assert 2 * GAP + RESYNC <= 64  # twice as long in scripts without spaces


@pytest.mark.parametrize("seed", range(5))
def test_a_passage_does_not_depend_on_its_neighbours(seed: int) -> None:
    rng = random.Random(seed)
    pair = [" ".join(rng.choice("abcdefghij") * 3 + str(rng.randrange(99)) for _ in range(60)) for _ in range(2)]
    pair[1] = pair[1][:80] + pair[0][40:260] + pair[1][300:]
    other = [" ".join(f"n{rng.randrange(9999)}" for _ in range(50)) for _ in range(3)]
    alone = [(x.a_span[1] - x.a_span[0], x.matched) for x in passages_of(stream_of(pair))]
    among = [
        (x.a_span[1] - x.a_span[0], x.matched)
        for x in passages_of(stream_of([other[0], pair[0], other[1], pair[1], other[2]]))
    ]
    assert alone == among and alone
