"""Which copy stays. Documents are put in keeping order; a paragraph goes when one earlier document that keeps
the words covers it. So every copy that goes was compared with the copy that stays, and chains cannot form."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from ..base.columns import HELD, Hashes, Ints, edges_of, offsets_of
from ..compiled.when import is_large
from ..config import Settings
from ..matching.corpus import Corpus
from ..matching.passages import Alignments
from ..text.normalize import PRIME
from ..text.shingles import SHINGLE, ShingleSource
from . import guards
from .chooser import OTHERS, WORTH_A_LOOK, Chooser, Near
from .turns import Worker, take_turns
from .verdicts import Verdict, Verdicts, verdicts_of

if TYPE_CHECKING:
    from ..compiled import share
    from ..compiled import verdict as kernels
    from ..compiled.place import Codes
    from ..compiled.text import Text
    from .wordbook import WordBook

_BETWEEN = 20  # documents after which the corpus' columns are taken out of memory, where they fill it
_TOLD = 10_000
"""Words that are looked up together."""


def choose(
    corpus: Corpus, sets: ShingleSource, near: Near, passages: Alignments, story: Ints, related: Ints | None,
    settings: Settings, compiled: bool | None = None,
) -> Verdicts:  # fmt: skip
    """Go through the paragraphs in keeping order and decide on each.

    ``sets``: shingle sets of all paragraphs. ``near``: pairs of paragraphs (the first of each kind) whose
    resemblance is verified to be similar. ``story``: a number per document (int64), equal within a story; looked at
    with ``stories_only`` alone. ``related``: of ``stories.Coverage.pairs_with_much``, None if it is not known.
    ``compiled``: see ``when.is_large``.
    Returns verdicts in the order they were made: on what goes, and on what is similar and stays.
    """
    if is_large(len(corpus.stream.word), compiled):
        return by_kernels(corpus, prepare(corpus, passages), near, story, related, settings)
    chooser = Chooser(corpus, sets, near, passages.runs, story, related, settings)
    edges = np.searchsorted(corpus.paragraphs.document, np.arange(len(corpus.ids) + 1))
    found: list[Verdict] = []
    for number, document in enumerate(np.argsort(corpus.stream.rank, kind="stable").tolist()):
        if not number % _BETWEEN:
            corpus.release(HELD)
        found += chooser.decide_document(range(int(edges[document]), int(edges[document + 1])))
    return verdicts_of(found)


# ---- compiled ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Prepared:
    """What the kernels choose by, as far as the runs tell."""

    text: Text
    shared: share.Shared
    book: WordBook


def prepare(corpus: Corpus, passages: Alignments) -> Prepared:
    """Make ready what ``by_kernels`` begins with. The arguments are those of ``choose``."""
    from .wordbook import WordBook

    text = _text(corpus)
    return Prepared(text, _shared(corpus, passages), WordBook(corpus))


def by_kernels(
    corpus: Corpus, prepared: Prepared, near: Near, story: Ints, related: Ints | None, settings: Settings,
    workers: int = 1,
) -> Verdicts:  # fmt: skip
    """``choose`` by the kernels, in so many threads."""
    from ..compiled.share import latest
    from ..compiled.text import AMONG
    from ..compiled.verdict import Choice
    from .wordbook import rules

    text = prepared.text
    shared = _with_pairs(prepared.shared, len(corpus.paragraphs), near, related)
    if settings.stories_only:
        text.paragraphs[:-1, AMONG] = story[corpus.paragraphs.document]
    choice = Choice(
        settings.threshold, 0.0 if related is None else OTHERS, settings.similar, settings.similar * WORTH_A_LOOK,
        settings.ignore_numbers, settings.ignore_names,
        settings.within_document == "exact", settings.emptied == "drop", settings.stories_only,
        (SHINGLE, 2 * SHINGLE), np.uint64(PRIME), rules(),
    )  # fmt: skip
    first = Worker(corpus, text, shared, prepared.book, choice, *_keepers(corpus, story, settings))
    in_order = np.argsort(corpus.stream.rank, kind="stable")
    if workers == 1:
        first.decide(in_order)
        return _verdicts(corpus, first.found)
    before = np.empty(len(in_order), np.int64)
    latest(text, shared, in_order, np.full(len(corpus.paragraphs), -1, np.int32), before)
    all_of = [first, *(first.another() for _ in range(workers - 1))]
    take_turns(all_of, in_order, before)
    return _verdicts(corpus, _together(corpus, [worker.found for worker in all_of]))


def _together(corpus: Corpus, found: Sequence[kernels.Verdicts]) -> kernels.Verdicts:
    """What several workers found, in keeping order."""
    parts = [[column[: int(one.total[0])] for column in one[:-1]] for one in found]
    place, scores, labels, evidence = (np.concatenate(columns) for columns in zip(*parts, strict=True))
    order = np.argsort(corpus.stream.rank[corpus.paragraphs.document[place[:, 0]]], kind="stable")
    return found[0]._replace(
        place=place[order], scores=scores[order], labels=labels[order], evidence=evidence[order],
        total=np.array([len(order)]),
    )  # fmt: skip


def _text(corpus: Corpus) -> Text:
    """The corpus as the kernels take it."""
    from ..compiled import text as kernels

    stream, document, count = corpus.stream, corpus.paragraphs.document, len(corpus.paragraphs)
    paragraphs = np.zeros((count + 1, kernels.END + 1), np.uint32)
    paragraphs[:count, kernels.DOCUMENT], paragraphs[:count, kernels.KIND] = document, corpus.kind
    paragraphs[:count, kernels.LONG], paragraphs[:count, kernels.BY_CHARACTER] = corpus.long, corpus.by_character
    paragraphs[:count, kernels.START] = corpus.paragraphs.start
    paragraphs[:count, kernels.END] = corpus.paragraphs.end
    documents, texts = np.zeros((len(corpus.ids) + 1, kernels.UNCASED + 1), np.int64), corpus.utf8()
    uncased = guards.uncased(stream.flags, stream.documents)
    documents[:, kernels.TOKENS] = stream.documents
    documents[:, kernels.PARAGRAPHS] = np.searchsorted(document, np.arange(len(corpus.ids) + 1))
    documents[:-1, kernels.RANK] = stream.rank
    documents[:-1, kernels.BEGIN], documents[:-1, kernels.BEHIND] = texts.begin, texts.end
    documents[:-1, kernels.PLAIN], documents[:-1, kernels.UNCASED] = texts.plain, uncased
    columns = corpus.places.step, corpus.places.near, corpus.places.shift, stream.paragraphs
    letters = kernels.Letters(texts.data, *corpus.places.written_out(), np.array([-1, 0, 0]))
    return kernels.Text(stream.word, stream.vocabulary, stream.flags, *columns, paragraphs, documents, letters)


def _keepers(corpus: Corpus, story: Ints, settings: Settings) -> tuple[Hashes, Codes]:
    """Pairs of a kind and the documents among which a copy may stay, where that matters, and room for the copies."""
    if not settings.stories_only:
        return np.zeros(0, np.uint64), np.full(len(corpus.paragraphs), -1, np.int32)
    among = story[corpus.paragraphs.document].astype(np.uint64)
    slots = np.unique(corpus.kind.astype(np.uint64) << np.uint64(32) | among)
    return slots, np.full(len(slots), -1, np.int32)


def _shared(corpus: Corpus, passages: Alignments) -> share.Shared:
    """What documents share, as the kernels take it; no pairs that resemble yet."""
    from ..compiled import share

    begins, rank, (one, two, length) = edges_of(passages.b, passages.a), corpus.stream.rank, passages.runs
    a, b = passages.a[begins[:-1]], passages.b[begins[:-1]]
    later = np.where(rank[a] > rank[b], a, b)
    pairs, first = np.argsort(later, kind="stable"), offsets_of(np.bincount(later, minlength=len(rank)))
    nothing, none = np.zeros(0, np.int64), np.zeros(0, np.uint32)
    return share.Shared((one, two), length, passages.first[begins], pairs, first, none, nothing, nothing)


def _with_pairs(shared: share.Shared, count: int, near: Near, related: Ints | None) -> share.Shared:
    """The same with the pairs of kinds (of so many), both ways, and those of documents."""
    from ..compiled import share

    similar, free = near.astype(np.uint32, copy=False), np.zeros(count, np.int64)
    kinds = np.empty(2 * len(similar), np.uint32)
    share.resembling(similar, free, kinds[:0])
    first = offsets_of(free)
    share.resembling(similar, first[:-1].copy(), kinds)
    return shared._replace(kinds=kinds, first_kind=first, related=np.zeros(0, np.int64) if related is None else related)


def _verdicts(corpus: Corpus, found: kernels.Verdicts) -> Verdicts:
    from ..compiled import verdict as kernels

    rows = slice(0, int(found.total[0]))  # of the room behind them nothing was ever touched
    labels, why = found.labels[rows, : kernels.WHY].copy(), found.labels[rows, kernels.WHY]
    return Verdicts(found.place[rows], found.scores[rows], labels, _said(corpus, found, why))


def _said(corpus: Corpus, found: kernels.Verdicts, why: NDArray[np.uint8]) -> dict[int, str]:
    """What the guards say, in the words of the texts."""
    from ..compiled import verdict as kernels

    rows = np.flatnonzero(why >= kernels.NUMBERS)
    tokens = found.evidence[rows]
    told, words = np.unique(tokens[tokens >= 0]), dict[int, str]()
    for begin in range(0, len(told), _TOLD):
        part = told[begin : begin + _TOLD]
        document = corpus.paragraphs.document[corpus.paragraph_of_token[part]]
        columns = part.tolist(), document.tolist(), corpus.start[part].tolist(), corpus.end[part].tolist()
        words |= {token: corpus.text(number)[start:end] for token, number, start, end in zip(*columns, strict=True)}
        corpus.release(HELD)
    say = {kernels.NUMBERS: guards.numbers_differ, kernels.NAMES: guards.names_differ}
    otherwise = {kernels.AROUND: guards.SAID_OTHERWISE, kernels.LITTLE_ELSE: guards.LITTLE_ELSE}
    missing = ([words[token] for token in told if token >= 0] for told in tokens.tolist())
    return {
        row: say[reason](lacked) if reason in say else otherwise[reason]
        for row, reason, lacked in zip(rows.tolist(), why[rows].tolist(), missing, strict=True)
    }
