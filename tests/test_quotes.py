from __future__ import annotations

from dataclasses import replace
from functools import partial
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from unecho.base.columns import offsets_of, owners
from unecho.base.spool import Encoded
from unecho.choosing.findings import quote_groups
from unecho.matching import quotes
from unecho.matching.corpus import Corpus, Paragraphs
from unecho.matching.grow import LEAST, Run
from unecho.matching.passages import Alignment, alignments_of
from unecho.matching.places import Places
from unecho.matching.quotes import separate
from unecho.matching.seeds import Stream

SIZES = st.lists(st.lists(st.integers(0, 14), min_size=1, max_size=6), min_size=2, max_size=3)
STEPS = st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4), st.integers(1, 20)), min_size=1, max_size=4)
Span = tuple[int, int]
FOUND = st.lists(st.tuples(st.integers(0, 2), STEPS, st.booleans()), max_size=6)


def corpus_of(sizes: list[list[int]], texts: list[str]) -> Corpus:
    """Documents of paragraphs with so many words, each word at the place of its number in the document, times two."""
    counts = [size for document in sizes for size in document]
    totals = np.array([sum(document) for document in sizes])
    place = np.concatenate([np.arange(count) for count in totals]) * 2
    offsets, count = offsets_of(np.array(counts)), len(counts)
    words = np.zeros(int(offsets[-1]), np.uint32), np.zeros(1, np.uint64)
    stream = Stream(
        *words, offsets, offsets_of(totals), np.zeros(len(sizes), np.int64), np.arange(len(sizes)),
        np.zeros(int(offsets[-1]), np.uint8),
    )  # fmt: skip
    document = owners(np.array([len(paragraphs) for paragraphs in sizes]))
    nothing, no = np.zeros(count, np.int64), np.zeros(count, np.bool_)
    start, end = (column.astype(np.uint32) for column in (place, place + 1))
    return Corpus(
        tuple(map(str, range(len(sizes)))), Paragraphs(document, nothing, nothing), stream,
        Places.written(start, end, offsets), no, no, nothing, texts.__getitem__, partial(Encoded.of, texts),
    )  # fmt: skip


def alignment_of(corpus: Corpus, which: int, steps: list[tuple[int, int, int]]) -> Alignment | None:
    pairs = [(a, b) for b in range(len(corpus.ids)) for a in range(b)]
    a, b = pairs[which % len(pairs)]
    (at, a_end), (its, b_end) = (corpus.stream.documents[side : side + 2].tolist() for side in (a, b))
    runs: list[Run] = []
    for skip, its_skip, most in steps:
        at, its = at + skip, its + its_skip
        length = min(most, a_end - at, b_end - its)
        if length > 0:
            runs.append((at, its, length))
            at, its = at + length, its + length
    return Alignment(a, b, tuple(runs), sum(run[2] for run in runs)) if runs else None


def plainly(corpus: Corpus, alignment: Alignment) -> list[tuple[Alignment, bool]]:
    """What ``separate`` does to one passage, word by word."""
    owner = corpus.paragraph_of_token[:].tolist()
    parts: list[list[Run]] = []
    before: tuple[int, int] | None = None
    for run in alignment.runs:
        for step in range(run[2]):
            a, b = run[0] + step, run[1] + step
            new = before is not None and owner[a] != owner[before[0]] and owner[b] != owner[before[1]]
            if before is None or new:
                parts.append([(a, b, 1)])
            elif step == 0:
                parts[-1].append((a, b, 1))
            else:
                last = parts[-1][-1]
                parts[-1][-1] = (last[0], last[1], last[2] + 1)
            before = a, b
    joined: list[tuple[bool, list[Run]]] = []
    for part in parts:
        quoted = opens(corpus, alignment, part[0]) and not whole(corpus, part)
        if joined and (joined[-1][0] == quoted or min(words(joined[-1][1]), words(part)) < LEAST):
            joined[-1][1].extend(part)
        else:
            joined.append((quoted, list(part)))
    return [
        (Alignment(alignment.a, alignment.b, tuple(part), words(part)), not whole(corpus, part)) for _, part in joined
    ]


def words(part: list[Run]) -> int:
    return sum(run[2] for run in part)


def whole(corpus: Corpus, part: list[Run]) -> bool:
    for side in (0, 1):
        first, last = corpus.paragraph_of_token[[part[0][side], part[-1][side] + part[-1][2] - 1]]
        size = corpus.stream.paragraphs[last + 1] - corpus.stream.paragraphs[first]
        if words(part) < 0.8 * size:
            return False
    return True


def opens(corpus: Corpus, alignment: Alignment, run: Run) -> bool:
    starts = (alignment.a, int(corpus.start[run[0]])), (alignment.b, int(corpus.start[run[1]]))
    return any(start and corpus.text(document)[start - 1] == '"' for document, start in starts)


@given(SIZES, FOUND, st.lists(st.booleans(), min_size=64, max_size=64), st.booleans())
def test_passages_are_cut_as_the_plain_way_does(
    sizes: list[list[int]], found: list[tuple[int, list[tuple[int, int, int]], bool]], marks: list[bool], compiled: bool
) -> None:
    text = "".join('x"' if mark else "x " for mark in marks * 2)
    corpus = corpus_of(sizes, [text] * len(sizes))
    made = [(alignment_of(corpus, which, steps), copy) for which, steps, copy in found]
    given_ = sorted(
        ((alignment, copy) for alignment, copy in made if alignment), key=lambda one: (one[0].a, one[0].b, one[0].runs)
    )
    columns = (
        alignments_of([alignment for alignment, _ in given_]), np.array([copy for _, copy in given_], np.bool_)
    )  # fmt: skip
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(quotes, "_ROOM", 1)
        parts = separate(corpus, *columns, compiled=compiled)
    wanted = [part for x, copy in given_ for part in ([(x, False)] if copy else plainly(corpus, x))]
    alignments = list(parts.alignments(np.arange(len(parts))))
    assert [closed(alignment) for alignment in alignments] == [closed(alignment) for alignment, _ in wanted]
    assert parts.quote.tolist() == [quote for _, quote in wanted]
    assert [x.a_span for x in alignments] == list(zip(*map(list, parts.a), strict=True))
    assert [x.b_span for x in alignments] == list(zip(*map(list, parts.b), strict=True))
    in_order = list(parts.alignments(parts.in_order(np.arange(len(parts)))))
    assert in_order == sorted(alignments, key=lambda x: (x.a_span, x.b_span))


def closed(alignment: Alignment) -> Alignment:
    """With runs that continue one another as one."""
    runs: list[Run] = []
    for a, b, length in alignment.runs:
        if runs and (a, b) == (runs[-1][0] + runs[-1][2], runs[-1][1] + runs[-1][2]):
            runs[-1] = (*runs[-1][:2], runs[-1][2] + length)
        else:
            runs.append((a, b, length))
    return replace(alignment, runs=tuple(runs))


SPAN = st.tuples(st.integers(0, 60), st.integers(1, 12)).map(lambda span: (span[0], sum(span)))


@given(st.lists(st.tuples(SPAN, SPAN, st.booleans()), max_size=12))
def test_passages_that_share_most_of_a_span_are_one_group(found: list[tuple[Span, Span, bool]]) -> None:
    spans = np.array([(*a, *b) for a, b, _ in found], np.int64).reshape(-1, 4)
    a, b, quotes = (spans[:, 0], spans[:, 1]), (spans[:, 2], spans[:, 3]), np.array([x[2] for x in found], np.bool_)
    group = quote_groups(a, b, quotes).tolist()
    assert quote_groups(a, b, quotes, compiled=True).tolist() == group
    number = list(range(len(found)))
    for _ in found:  # each is given the least number of those that it is linked to, until no number changes
        for quote in (False, True):
            sides = [(*side, row) for row, x in enumerate(found) if x[2] == quote for side in x[:2]]
            for one, two in pairwise(sorted(sides)):
                if 2 * (min(one[1], two[1]) - two[0]) >= max(one[1] - one[0], two[1] - two[0]):
                    number[one[2]] = number[two[2]] = min(number[one[2]], number[two[2]])
    assert group == [sorted(set(number)).index(least) + 1 for least in number]
