"""The compiled choosing agrees with the plain one, verdict for verdict."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import product
from typing import Any

import numpy as np
import pytest
from builders import own
from hypothesis import given, settings
from hypothesis import strategies as st
from rapidfuzz.distance import Indel
from twins import kernel_of

from unecho import dedupe
from unecho.base.columns import Ints
from unecho.choosing import choose, guards, turns
from unecho.choosing.alike import Words
from unecho.choosing.choose import _text
from unecho.choosing.chooser import Near
from unecho.choosing.cover import in_line
from unecho.choosing.guards import Word
from unecho.choosing.known import known
from unecho.choosing.verdicts import Verdict, Verdicts, verdicts_of
from unecho.choosing.wordbook import WordBook, cases, rules
from unecho.compiled import alike as alike_kernels
from unecho.compiled import book as book_kernels
from unecho.compiled import choose as choose_kernels
from unecho.compiled import share
from unecho.compiled import word as word_kernels
from unecho.compiled.subsequence import equal_runs
from unecho.config import Settings
from unecho.decisions.recheck import _corpus
from unecho.matching.corpus import Corpus
from unecho.matching.passages import Alignments
from unecho.text.normalize import fold

words_of, alike_places = kernel_of(book_kernels.words_of), kernel_of(alike_kernels.alike_places)
is_turned = kernel_of(word_kernels.is_turned)
compiled_in_line = kernel_of(share.in_line)

WORDS = """
    river rivet Riverbank riverbank bank the Iran Iraq mill milling ing 5 five fivemillion million 5m m 15 l5 1o0 Zürich
    Zurich Zurichs colour color organised organized tbe not no Jones Jonas modern modem peop1e people rn n r twenty
    twentybn bn percent per cent pct tyre ty re Straße Strasse wonderful wonderfully wonderfull 2,5 € 中 文
    Johnson Johnston Marie Maria Marion Marlon Ireland Iceland didn't did don’t do T
    he she rose fell days weeks km miles said denied stated minister chairman не знал 不 没有 junio julio ёлка елка
    ٣ 3 ๓ José Jose 1,5 12 000 1,500 1500 page8 page9 page19 pages5
    fair unfair unfairly named unnamed legal illegal andere undere zunahme Abnahme inflow outflow доволен недоволен
    tire che que cheque check checks fourteen four teen 14 millions behavi our behaviour behavior m list is still
""".split()  # noqa: SIM905  a list of so many strings is harder to read
SENTENCES = [
    "The council met on Tuesday evening and agreed to close the bridge for repairs until the spring.",
    "Farmers in the valley say the new dam has lowered the water in their wells by several metres.",
    "- one cup of rice, two eggs, a spoon of oil and some salt for the whole family",
    "It will not pay, and ten towns in the north with 5 million people have said so.",
    "The minister Tony Harrow told Harry Leeds that the farmers of Iran will return to the modern mill.",
    "The people of Ireland say that Mary Johnson and Marion Jones were seen on the bank of the river.",
    '“We will see to it that the mill stays open for as long as it can,” a spokesman said on the bank.',
    "“We will see to it that the mill stays open for as long as it can,” her lawyer said.",
    "“The price of bread rose by 12 cents in three days,” he said to the minister on Monday.",
    "“The price of bread rose by 12 cents in three days,” she said to the chairman on Monday.",
    "Министр знал о том, что в этом году выпало много снега и что дороги закрыты.",
    "市长王伟在周一的新闻发布会上说，新的地铁线路将于明年开通。",
    "A headline", "Another one", "* * *", "1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 9",
]  # fmt: skip


@st.composite
def paragraphs(draw: st.DrawFn) -> str:
    """Sentences, a few words of which were changed."""
    parts = draw(st.lists(st.sampled_from(SENTENCES), min_size=1, max_size=3))
    words = " ".join(parts).split()
    for _ in range(draw(st.integers(0, 5))):
        place = draw(st.integers(0, len(words) - 1))
        kind = draw(st.sampled_from(["change", "drop", "put", "join", "letter"]))
        if kind == "put":
            words.insert(place, draw(st.sampled_from(WORDS)))
        elif kind == "change":
            words[place] = draw(st.sampled_from(WORDS))
        elif kind == "join" and place + 1 < len(words):
            words[place : place + 2] = [words[place] + words[place + 1]]
        elif kind == "letter":
            words[place] = words[place][:2] + draw(st.sampled_from("aeixrn1")) + words[place][3:]
        elif len(words) > 1:
            del words[place]
    return " ".join(words)


DOCUMENTS = st.lists(st.lists(paragraphs(), min_size=1, max_size=5).map("\n\n".join), min_size=2, max_size=7)
CHOICES = st.fixed_dictionaries(
    {},
    optional={
        "stories_only": st.just(True), "ignore_numbers": st.just(True), "ignore_names": st.just(True),
        "within_document": st.sampled_from(["exact", "off"]), "emptied": st.sampled_from(["drop", "keep"]),
        "threshold": st.sampled_from([0.6, 0.95]), "passages": st.booleans(),
    },
)  # fmt: skip


@settings(deadline=None)
@given(DOCUMENTS, CHOICES)
def test_both_choose_alike(texts: list[str], choices: dict[str, Any]) -> None:
    both_choose_alike(texts, choices)


def both_choose_alike(texts: Sequence[str], choices: Mapping[str, Any]) -> None:
    plainly: Callable[..., Verdicts] = choose.choose
    compared: list[int] = []

    def both(*arguments: Any) -> Verdicts:
        found, wanted = plainly(*arguments, compiled=True), plainly(*arguments, compiled=False)
        assert list(found) == list(wanted)
        assert list(by_two(*arguments)) == list(wanted)
        compared.append(len(found))
        return found

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(choose, "choose", both)
        patch.setattr(choose_kernels, "PIECES", 1)  # so that more room is asked for
        patch.setattr(turns, "_LEAST", 3)
        dedupe([(f"d{number}", text) for number, text in enumerate(texts)], clean="off", **choices)
    assert compared


def by_two(
    corpus: Corpus, _: Any, near: Near, found: Alignments, story: Ints, related: Ints | None, how: Settings
) -> Verdicts:
    """What two threads choose."""
    take_turns = turns.take_turns

    def checked(workers: Sequence[turns.Worker], order: Ints, latest: Ints) -> None:
        assert latest.tolist() == latest_of(corpus, near, found)
        take_turns(workers, order, latest)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(choose, "take_turns", checked)
        return choose.by_kernels(corpus, choose.prepare(corpus, found), near, story, related, how, 2)


def latest_of(corpus: Corpus, near: Near, found: Alignments) -> list[int]:
    """For each document in keeping order the place of the last one before it that shares a run of words with it, or has
    a long paragraph that is the same as one of its, or resembles it."""
    document, rank = corpus.paragraphs.document, corpus.stream.rank
    pairs = {(int(a), int(b)) for a, b in zip(found.a, found.b, strict=True)}
    alike = {(one, two) for pair in near.tolist() for one, two in (pair, pair[::-1])}
    long = np.flatnonzero(corpus.long).tolist()
    for one, two in product(long, long):
        kinds = int(corpus.kind[one]), int(corpus.kind[two])
        if kinds[0] == kinds[1] or kinds in alike:
            pairs.add((int(document[one]), int(document[two])))
    before = [-1] * len(rank)
    for pair in pairs:
        low, high = sorted(int(rank[each]) for each in pair)
        if low < high:
            before[high] = max(before[high], low)
    return before


STORY = "The council of Harrow met on Tuesday evening and agreed to close the old bridge for repairs until the spring."


LONGER = f"{STORY} Farmers in the valley say the dam has lowered the water in their wells by several metres since then."
LATER = "Work on it begins in May, say the engineers from Leeds and York."
DEARER = "They will cost much more, say the engineers from Leeds and York."


@pytest.mark.parametrize(
    "texts",
    [
        [f"{LONGER}\n\n{LATER}".lower(), LONGER.replace("Harrow", "Leeds").lower()],  # nothing tells a name
        [
            f"{LONGER} Souness said so.\n\n{LATER}", f"{LONGER} Frank said so.", "It was a frank answer.",
            "A friend of Mr Frank, and of Anne Frank, came late.",
        ],
        [f"{LONGER} Rents rose by 5% then.\n\n{LATER}", f"{LONGER} Rents rose by −5% then."],
        [f"{LONGER} Souness said so.\n\n{LATER}", f"{LONGER} Frank said so.", "A frank word of Mr Souness."],
        [f"{LONGER} It was over\n\nlooked by them. {LATER}", f"{LONGER} It was overlooked"],
        [f"{LONGER} Some held it fair for all.\n\n{LATER}", f"{LONGER} Some held it unfair for all."],
        [f"{LONGER} All held it.\n\n{LATER}", f"{LONGER} All beld it.".replace("old", "0ld").replace("say", "5sy")],
        [f"{LONGER} He held it fair for all.\n\n{LATER}", f"{LONGER} Sho held if foin for aii.".replace("the", "tbe")],
    ],
)  # fmt: skip
def test_both_see_names_where_they_are_hard_to_tell_and_signs_and_prefixes(texts: list[str]) -> None:
    both_choose_alike(texts, {})


@pytest.mark.parametrize(
    ("name", "other"),
    [
        ("Ireland", "Iceland"), ("Ireland", "oreland"), ("BBC", "BBE"), ("Marion", "Marlon"), ("Marion", "Mariom"),
        ("Mary", "Marb"),
    ],
)  # fmt: skip
def test_both_tell_names_apart(name: str, other: str) -> None:
    text = f"{STORY} So said the head of the bank of {name}. The bank of {name} pays for it, it was said."
    once, everywhere = text.replace(name, other, 1), text.replace(name, other)
    known = [f"{own(number)} And so said {name} and {other}." for number in range(3)]
    for changed in (
        once,
        everywhere,
        once.replace("evening", "evenlng"),
        once.replace("repairs", "repoirs"),
        once.replace("close", "cl0se"),
    ):
        both_choose_alike([f"{text}\n\n{LATER}", changed], {})
        both_choose_alike([f"{text}\n\n{LATER}", changed, *known], {})
        for one, two in ((text, changed), (changed, text)):
            both_choose_alike([f"{one}\n\n{LATER}", two, *(text.replace(other, name) for text in known)], {})


@pytest.mark.parametrize("before", ["", "$", "1."])
@pytest.mark.parametrize("behind", ["", "%", "-05"])
def test_both_see_what_is_joined_to_the_first_word_or_the_last(before: str, behind: str) -> None:
    text = f"5m people said so. {STORY} There were as many in 2004"
    both_choose_alike([f"{before}{text}{behind}\n\n{LATER}", text], {})
    both_choose_alike([f"{before}{STORY[4:]}{behind}\n\n{LATER}", STORY[4:]], {})


@pytest.mark.parametrize(
    ("first", "second", "covered"),
    [
        (STORY, STORY.replace("close", "shut"), 19 / 20),
        (STORY.replace("old", "5 old"), STORY, 1),
        (f"{LONGER} {LATER}", f"{LONGER} {DEARER}", 39 / 51),  # "more" stands behind it too
        (f"{LONGER} The mayor says the mill is old.", f"{LONGER} The court held the law unconstitutional.", 40 / 45),
        (STORY, STORY.replace("until the", "untilthe"), 1),  # run together they are spelled as apart
        (STORY.replace("old", "re"), STORY.replace("the old", "there"), 1),
        (STORY.replace("old", "re"), STORY.replace("the old", "theft"), 18 / 19),
        # Short words are misread where others are: "tbe".
        (STORY, STORY.replace("and agreed to", "ond agreed te"), 18 / 20),
        (STORY, STORY.replace("and agreed to", "ond agreed te").replace("the old", "tbe old"), 1),
        (STORY, STORY.replace("and agreed to", "nmd agrecb fo").replace("the old", "tbe old"), 18 / 20),
        (STORY, STORY.replace("the spring", "tbe qpring"), 1),
        # One that is run together with a short one is like it as well.
        (STORY.replace("agreed to", "agreedmuchto"), STORY.replace("agreed to", "agreedmuch to"), 1),
        (STORY.replace("repairs un", "Repairments in"), STORY.replace("repairs un", "Repairmentsin"), 1),
    ],
)
def test_how_much_is_covered(first: str, second: str, covered: float, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(choose, "is_large", lambda *_: True)
    result = dedupe([("a", f"{first}\n\nMore of it."), ("b", second)], clean="off")
    assert [member.covered for cluster in result.clusters for member in cluster.members] == [round(covered, 4)]


def test_a_document_is_gone_through_again_with_what_was_wanted(monkeypatch: pytest.MonkeyPatch) -> None:
    choosing, begun = choose_kernels.choose, list[int]()

    def counted(*arguments: Any) -> None:
        begun.append(int(arguments[4].progress[0]))
        choosing(*arguments)

    monkeypatch.setattr(choose_kernels, "choose", counted)
    monkeypatch.setattr(choose, "is_large", lambda *_: True)
    texts = [STORY, STORY.replace("close", "shut"), LONGER, LONGER.replace("dam", "ամբարտակ")]
    result = dedupe([(f"d{number}", text) for number, text in enumerate(texts)], clean="off")
    assert begun == [0, 1]  # once for the Armenian letters
    assert {member.action for cluster in result.clusters for member in cluster.members} == {"removed"}


def corpus_of(*texts: str) -> Corpus:
    return _corpus(texts[0], [(0, len(texts[0]))], texts[1:])


@settings(deadline=None)
@given(st.lists(st.sampled_from(WORDS), min_size=1, max_size=12), st.lists(st.sampled_from(WORDS), min_size=1))
def test_both_find_the_same_words_alike(mine: list[str], theirs: list[str]) -> None:
    both_find_the_same_words_alike(mine, theirs)


def test_two_words_run_together_are_never_taken_for_one() -> None:
    """The first word that is met and the ninth, in numbers, are what another one of four letters is."""
    both_find_the_same_words_alike(
        ["14", "river", "Iraq", "bank", "the", "days"], ["rivet", "riverbank", "14", "14", "Riverbank"]
    )


LETTERS = st.text("abchilnrtuvm", min_size=1, max_size=7)


@settings(deadline=None)
@given(
    LETTERS,
    LETTERS,
    st.lists(st.tuples(st.integers(0, 13), st.sampled_from(["", *"abchilnrtuvm1é", "rn"])), max_size=3),
)
def test_both_find_two_words_run_together_alike(one: str, two: str, edits: list[tuple[int, str]]) -> None:
    other = one + two
    for place, letter in edits:
        other = other[:place] + letter + other[place + 1 :]
    both_find_the_same_words_alike([one, two], [other or "a"])
    both_find_the_same_words_alike([one.title(), two], [other or "a"])


PREFIXES = st.sampled_from([*sorted(guards.prefixes()), "xy", "überaus"])


@settings(deadline=None)
@given(PREFIXES, PREFIXES, LETTERS, st.sampled_from(["", "1", "é", "中"]))
def test_both_find_the_same_words_turned(one: str, two: str, stem: str, more: str) -> None:
    both_find_the_same_words_alike([one + stem + more], [two + stem + more])


def both_find_the_same_words_alike(mine: list[str], theirs: list[str]) -> None:
    corpus = corpus_of(" ".join(mine), " ".join(theirs))
    text = _text(corpus)
    book = WordBook(corpus)
    edge, last = corpus.stream.paragraphs[1:].tolist()
    mine, theirs = (
        [corpus.text(number)[a:b] for a, b in zip(corpus.start[part].tolist(), corpus.end[part].tolist(), strict=True)]
        for number, part in enumerate((slice(0, edge), slice(edge, last)))
    )
    for _ in range(100):
        page = book.page()
        words, its = np.empty(last, np.int64), np.empty(edge, np.int64)
        words_of(text, page, rules().bits.capital, np.arange(last), words)
        count = alike_places(page, words[:edge], words[edge:], last, its)
        if page.made[book_kernels.WANTED] == book_kernels.NOTHING:
            break
        book.learn()
    wanted = Words().alike_places(mine, theirs, last)
    assert [(place, step >> 1, (step & 1) + 1) for place, step in enumerate(its.tolist()) if step >= 0] == wanted
    assert count == len(wanted)
    turned = [[is_turned(page, row, other) for other in words[edge:]] for row in words[:edge]]
    assert turned == [[Word.of(word).is_turned(Word.of(other)) for other in theirs] for word in mine]


@settings(deadline=None)
@given(st.lists(st.sampled_from("abcd"), max_size=150), st.lists(st.sampled_from("abcd"), max_size=150))
def test_the_common_subsequence_is_the_one_that_rapidfuzz_finds(one: list[str], two: list[str]) -> None:
    texts = [" ".join(words) or "." for words in (one, two)]
    text = _text(corpus_of(*texts))
    wanted = [
        (step.src_start, len(one) + step.dest_start, step.src_end - step.src_start)
        for step in Indel.opcodes(one, two)
        if step.tag == "equal"
    ]
    runs = np.empty((max(len(one), len(two)) + 2, 3), np.int64)
    assert list(map(tuple, runs[: equal_runs(text, 0, 1, runs)].tolist())) == wanted


@settings(deadline=None)
@given(st.lists(st.tuples(st.integers(0, 30), st.integers(0, 30), st.integers(1, 6)), min_size=1), st.integers(1, 16))
def test_both_find_the_same_pieces_in_line(pieces: list[tuple[int, int, int]], least: int) -> None:
    pieces.sort()
    rows, lines = np.array(pieces), np.empty((len(pieces), 2), np.int64)
    count = compiled_in_line(rules(), rows, least, lines)
    assert list(map(tuple, rows[:count].tolist())) == in_line(pieces, least)


@settings(deadline=None)
@given(st.lists(st.lists(st.sampled_from(WORDS)).map(" ".join), min_size=1, max_size=6))
def test_both_count_the_documents_of_names(texts: list[str]) -> None:
    corpus = corpus_of(*texts)
    plain, compiled = known(corpus, compiled=False), known(corpus, compiled=True)
    assert plain.dtype == compiled.dtype and plain.tolist() == compiled.tolist()
    assert plain.sum() == sum(len({fold(word) for word in text.split() if word[0].isupper()}) for text in texts)


@settings(deadline=None)
@given(st.lists(st.lists(st.sampled_from(WORDS)).map(" ".join), min_size=1, max_size=6))
def test_both_know_the_cases_of_words(texts: list[str]) -> None:
    stream = corpus_of(*texts).stream
    expected = guards.cases(stream.word, stream.flags, len(stream.vocabulary))
    assert cases(corpus_of(*texts)).tolist() == expected.tolist()
    assert len(expected) == len(stream.vocabulary)


@given(st.lists(st.integers(-1, 40), max_size=60), st.integers(2, 4), st.integers(1, 9))
def test_in_a_round_no_two_work_on_what_hangs_together(before: list[int], workers: int, least: int) -> None:
    latest = np.array([min(place, number - 1) for number, place in enumerate(before)], np.int64)
    order = np.arange(len(latest))[::-1]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(turns, "_LEAST", least)
        found = list(turns.rounds(order, latest, workers))
    place, done = {document: number for number, document in enumerate(order.tolist())}, set[int]()
    for shares, rest in found:
        free = np.concatenate(shares).tolist()
        assert len(shares) == workers and len(done | {*free, *rest.tolist()}) == len(done) + len(free) + len(rest)
        assert all(latest[place[document]] < 0 or order[latest[place[document]]] in done for document in free)
        done |= set(free)
        for document in rest.tolist():
            assert order[latest[place[document]]] in done
            done.add(document)
    assert sorted(done) == sorted(order.tolist()) and len(found) == -(-len(order) // max(least, len(order) // 16))


def test_verdicts_in_columns_are_the_verdicts() -> None:
    made = [
        Verdict(3, 1, 1, 1, 1.0, 1.0, 1.0, "exact", True, False, "the same words"),
        Verdict(4, 2, 1, 2, 0.95, 0.7, 0.8, "near", True, False, "95% of its words"),
        Verdict(5, 2, 2, 2, 1.0, 0.4, 0.8, "contained", False, False, "numbers differ: 5, 7"),
        Verdict(6, 2, 2, 2, 0.599, 0.5, 0.8, "near", False, False, "only 59% of its words"),
    ]
    found = verdicts_of(made)
    assert list(found) == made
    assert list(found.said) == [2]
    assert found[1:3] == made[1:3] and found[-1] == made[-1]
