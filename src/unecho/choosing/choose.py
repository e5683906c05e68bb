"""Which copy stays. Documents are put in keeping order; a paragraph goes when one earlier document that keeps
the words covers it. So every copy that goes was compared with the copy that stays, and chains cannot form."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, get_args, overload

import numpy as np
from numpy.typing import NDArray

from ..base.columns import HELD, Hashes, Ints, Mask, edges_of, owners
from ..compiled.when import is_large
from ..config import Settings
from ..matching.corpus import Corpus, first_of_kind
from ..matching.passages import Run
from ..matching.seeds import Runs
from ..model import MemberRelation
from ..text.normalize import PRIME
from ..text.shingles import SHINGLE, ShingleSource
from .cover import Cover, Coverer, is_listed

if TYPE_CHECKING:
    from ..compiled import choose as kernels
    from ..compiled.cover import Text

NUMBERS, NAMES = "numbers differ: ", "names differ: "
_BETWEEN = 20  # documents after which the corpus' columns are taken out of memory, where they fill it
_AHEAD = 1000
"""Runs, of the next documents, that are looked through for words not known yet where a document had some: to look up
words takes as long."""
_TOGETHER = 4096
"""Documents that are gone through at a time, at the most."""
_MAPPED = 700
"""Megabytes of files in memory from which they are let go meanwhile: what is looked into here and there brings its wide
surroundings with it, and to bring them again each time takes longer than the choosing itself."""
_TOLD = 10_000
"""Words that are looked up together."""
_WORTH_A_LOOK = 0.3
"""Of the share that makes a paragraph similar: words that are only alike can still make up the rest."""


@dataclass(frozen=True, slots=True)
class Order:
    """Documents in keeping order. rank: int64 per document, 0 is kept first. keys: what they were sorted by."""

    rank: Ints
    criteria: tuple[str, ...]
    keys: tuple[tuple[object, ...], ...]

    def why(self, keeper: int, other: int) -> str:
        """The criterion by which ``keeper`` comes before ``other``."""
        for criterion, mine, its in zip(self.criteria, self.keys[keeper], self.keys[other], strict=True):
            if mine != its:
                return criterion
        return "path"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was found of one paragraph and the copy of it that stays: paragraphs ``first`` to ``last`` of a
    document, most of it in ``main``."""

    paragraph: int
    main: int
    first: int
    last: int
    covered: float
    resemblance: float
    containment: float
    relation: MemberRelation
    removed: bool
    repeat: bool
    why: str


RELATIONS: tuple[MemberRelation, ...] = get_args(MemberRelation)
REMOVED = 1
"""Column of ``Verdicts.labels``."""


@dataclass(frozen=True, slots=True)
class Verdicts(Sequence[Verdict]):
    """Verdicts in columns, a row each. place: int64, paragraph, main, first, last. scores: float64, covered,
    resemblance, containment. labels: uint8, relation, removed, repeat. said: what the guards say, by row."""

    place: Ints
    scores: NDArray[np.float64]
    labels: NDArray[np.uint8]
    said: Mapping[int, str]

    def __len__(self) -> int:
        return len(self.place)

    @overload
    def __getitem__(self, number: int) -> Verdict: ...

    @overload
    def __getitem__(self, number: slice) -> list[Verdict]: ...

    def __getitem__(self, number: int | slice) -> Verdict | list[Verdict]:
        rows = range(len(self))[number]
        return self._verdict(rows) if isinstance(rows, int) else [self._verdict(row) for row in rows]

    def _verdict(self, row: int) -> Verdict:
        paragraph, main, first, last = self.place[row].tolist()
        covered, resemblance, containment = self.scores[row].tolist()
        relation, removed, repeat = RELATIONS[self.labels[row, 0]], bool(self.labels[row, 1]), bool(self.labels[row, 2])
        why = self.why(row, relation, covered, removed)
        return Verdict(paragraph, main, first, last, covered, resemblance, containment, relation, removed, repeat, why)

    @property
    def removed(self) -> Mask:
        """Whether the paragraph goes (bool)."""
        removed: Mask = self.labels[:, REMOVED] != 0
        return removed

    @property
    def repeat(self) -> Mask:
        """Whether it repeats one of its own document (bool)."""
        repeat: Mask = self.labels[:, 2] != 0
        return repeat

    def why(self, row: int, relation: MemberRelation, covered: float, removed: bool) -> str:
        """Why the paragraph goes or stays; the arguments besides ``row`` are what its columns say."""
        return self.said.get(row) or _why(relation, covered, removed)


def verdicts_of(found: Sequence[Verdict]) -> Verdicts:
    """The same verdicts in columns."""
    places = [(x.paragraph, x.main, x.first, x.last) for x in found]
    scores = [(x.covered, x.resemblance, x.containment) for x in found]
    labels = [(RELATIONS.index(x.relation), x.removed, x.repeat) for x in found]
    whys = enumerate((x.why, _why(x.relation, x.covered, x.removed)) for x in found)
    return Verdicts(
        np.array(places, np.int64).reshape(-1, 4), np.array(scores, np.float64).reshape(-1, 3),
        np.array(labels, np.uint8).reshape(-1, 3), {row: why for row, (why, plain) in whys if why != plain},
    )  # fmt: skip


def _why(relation: MemberRelation, covered: float, removed: bool) -> str:
    """Why a paragraph goes or stays, but for the guards."""
    if relation == "exact":
        return "the same words"
    if not removed:
        return f"only {int(covered * 100)}% of its words"
    return "all of its words" if covered == 1 else f"{covered:.0%} of its words"


def order(ids: Sequence[str], dates: Sequence[str | None], words: Sequence[int], criteria: tuple[str, ...]) -> Order:
    """Keeping order by the criteria, the first that tells two documents apart deciding; then by path."""
    criteria = criteria if "path" in criteria else (*criteria, "path")
    columns: dict[str, list[object]] = {
        "earliest": [(date is None, date or "") for date in dates],
        "latest": [(date is None, [-ord(char) for char in date or ""]) for date in dates],
        "longest": [-count for count in words],
        "shortest": list(words),
        "path": list(ids),
    }
    keys = list(zip(*(columns[criterion] for criterion in criteria), strict=True))
    rank = np.empty(len(ids), np.int64)
    rank[sorted(range(len(ids)), key=keys.__getitem__)] = np.arange(len(ids))
    return Order(rank, criteria, tuple(keys))


def choose(
    corpus: Corpus, sets: ShingleSource, near: Ints, runs: Runs, story: Ints, settings: Settings,
    compiled: bool | None = None,
) -> Verdicts:  # fmt: skip
    """Go through the paragraphs in keeping order and decide on each.

    ``sets``: shingle sets of all paragraphs. ``near``: pairs of paragraphs (the first of each kind) whose
    resemblance is verified to be similar. ``runs``: equal runs of all passages. ``story``: a number per document
    (int64), equal within a story; looked at with ``stories_only`` alone. ``compiled``: see ``when.is_large``.
    Returns verdicts in the order they were made: on what goes, and on what is similar and stays.
    """
    if is_large(len(corpus.stream.hash), compiled):
        return _compiled(corpus, near, runs, story, settings)
    chooser = _Chooser(corpus, sets, near, runs, story, settings)
    edges = np.searchsorted(corpus.paragraphs.document, np.arange(len(corpus.ids) + 1))
    found: list[Verdict] = []
    for number, document in enumerate(np.argsort(corpus.stream.rank, kind="stable").tolist()):
        if not number % _BETWEEN:
            corpus.release(HELD)
        found += chooser.decide_document(range(int(edges[document]), int(edges[document + 1])))
    return verdicts_of(found)


def against(corpus: Corpus, sets: ShingleSource, near: Ints, runs: Runs, settings: Settings) -> list[Verdict | None]:
    """As ``choose``, but document 0 keeps all it has, and every other paragraph is compared with it alone."""
    chooser = _Chooser(corpus, sets, near, runs, np.zeros(len(corpus.ids), np.int64), settings)
    edge = int(np.searchsorted(corpus.paragraphs.document, 1))
    for paragraph in range(edge):
        chooser.keep(paragraph)
    return [chooser.compare(paragraph) for paragraph in range(edge, len(corpus.paragraphs))]


class _Chooser:
    """The state of one pass: what is kept so far."""

    def __init__(
        self, corpus: Corpus, sets: ShingleSource, near: Ints, runs: Runs, story: Ints, settings: Settings
    ) -> None:
        self.corpus, self.sets, self.settings = corpus, sets, settings
        self.kind = first_of_kind(corpus)
        self.kept: Mask = np.zeros(len(corpus.paragraphs), np.bool_)
        self.among = (story if settings.stories_only else np.zeros_like(story))[corpus.paragraphs.document]
        """Per paragraph the number of the documents among which a copy may stay for it."""
        self.kept_of_kind: dict[tuple[int, int], int] = {}
        self.near: dict[int, list[int]] = defaultdict(list)
        for a, b in near.tolist():
            self.near[a].append(b)
            self.near[b].append(a)
        self.pieces = _pieces(corpus, runs, settings.similar * _WORTH_A_LOOK)
        self.coverer = Coverer(corpus)

    def decide_document(self, paragraphs: range) -> list[Verdict]:
        """Verdicts on the paragraphs of one document."""
        verdicts = [verdict for verdict in map(self._decide, paragraphs) if verdict is not None]
        stays = [paragraph for paragraph in paragraphs if self.kept[paragraph]]
        duplicates = [verdict for verdict in verdicts if verdict.removed and not verdict.repeat]
        if self.settings.emptied == "drop" and duplicates and not self.corpus.long[stays].any():
            rest = [self._short_copy(paragraph, duplicates) for paragraph in stays]
            if None not in rest:
                self.kept[stays] = False
                verdicts += [verdict for verdict in rest if verdict is not None]
        return verdicts

    def _short_copy(self, paragraph: int, duplicates: Sequence[Verdict]) -> Verdict | None:
        """A short line of a document whose text is all duplicates, if a document that keeps the text has it.

        A headline alone is no document; but it goes only where the same words stay.
        """
        for document in sorted({int(self.corpus.paragraphs.document[verdict.main]) for verdict in duplicates}):
            keeper = self._short_lines(document).get(int(self.kind[paragraph]))
            if keeper is not None:
                return _exact(paragraph, keeper, within=False)
        return None

    def _short_lines(self, document: int) -> dict[int, int]:
        """Kind to paragraph, for the short paragraphs that a document keeps."""
        low, high = np.searchsorted(self.corpus.paragraphs.document, [document, document + 1])
        stays = np.arange(low, high)[self.kept[low:high] & ~self.corpus.long[low:high]]
        return dict(zip(self.kind[stays].tolist(), stays.tolist(), strict=True))

    def _decide(self, paragraph: int) -> Verdict | None:
        verdict = None
        if self.corpus.long[paragraph]:
            verdict = self._same_words(paragraph) or self._similar(paragraph)
        if verdict is None or not verdict.removed:
            self.keep(paragraph)
        return verdict

    def keep(self, paragraph: int) -> None:
        self.kept[paragraph] = True
        self.kept_of_kind.setdefault((int(self.kind[paragraph]), int(self.among[paragraph])), paragraph)

    def compare(self, paragraph: int) -> Verdict | None:
        """The verdict on a paragraph that is a copy already: a short line too may go where the same line stays."""
        same = self._same_words(paragraph)
        return same if same is not None or not self.corpus.long[paragraph] else self._similar(paragraph)

    def _same_words(self, paragraph: int) -> Verdict | None:
        """A copy word for word of a paragraph that stays."""
        keeper = self.kept_of_kind.get((int(self.kind[paragraph]), int(self.among[paragraph])))
        if keeper is None:
            return None
        document = self.corpus.paragraphs.document
        within = bool(document[keeper] == document[paragraph])
        if within and (self.settings.within_document != "exact" or self._is_listed(paragraph)):
            return None
        hashes = self.corpus.stream.hash
        if not np.array_equal(hashes[self.corpus.tokens(paragraph)], hashes[self.corpus.tokens(keeper)]):
            return None
        return _exact(paragraph, keeper, within)

    def _is_listed(self, paragraph: int) -> bool:
        """Whether it is an item of a list or a row of a table, which may well come twice in one document."""
        return is_listed(self.corpus, paragraph)

    def _similar(self, paragraph: int) -> Verdict | None:
        """The best of the documents that share much of the paragraph and stay."""
        best: Verdict | None = None
        for pieces in self._candidates(paragraph):
            cover = self.coverer.cover(paragraph, pieces, self.kept, self._spare(paragraph, best))
            verdict = self._judge(paragraph, cover) if cover else None
            if verdict is None:
                continue
            if best is None or (verdict.removed, verdict.covered) > (best.removed, best.covered):
                best = verdict
            if best.removed and best.covered == 1:
                break
        return best

    def _spare(self, paragraph: int, best: Verdict | None) -> int:
        """The most words that a document may miss and still be better than the best so far."""
        tokens = self.corpus.tokens(paragraph)
        size: int = tokens.stop - tokens.start

        def too_many(missing: int) -> bool:
            covered = (size - missing) / size
            if best is None:
                return covered < self.settings.similar
            worse = covered <= best.covered
            return worse if best.removed else worse and covered < self.settings.threshold

        return bisect_left(range(size + 1), True, key=too_many) - 1

    def _candidates(self, paragraph: int) -> Iterable[list[Run]]:
        """Pieces shared with each document that may cover the paragraph, first in keeping order first."""
        resembling = self.near.get(int(self.kind[paragraph]), ())
        document, among = self.corpus.paragraphs.document, int(self.among[paragraph])
        found = {
            other: pieces
            for other, pieces in self.pieces.of(paragraph, self.kept).items()
            if self.among[self.corpus.paragraph_of_token[pieces[0][1]]] == among
        }
        for kind in resembling:
            keeper = self.kept_of_kind.get((kind, among))
            if keeper is None or document[keeper] == document[paragraph]:
                continue
            runs = self.coverer.equal_runs(paragraph, keeper)
            if _words(runs) > _words(found.get(int(document[keeper]), [])):
                found[int(document[keeper])] = runs
        rank = self.corpus.stream.rank
        return [found[other] for other in sorted(found, key=lambda other: int(rank[other]))]

    def _judge(self, paragraph: int, cover: Cover) -> Verdict | None:
        if cover.covered < self.settings.similar:
            return None
        resemblance, containment = self._shingle_scores(paragraph, cover.main)
        if cover.covered < self.settings.threshold and resemblance < self.settings.similar:
            return None  # a part of the paragraph, which the passages show
        relation: MemberRelation = "near" if resemblance >= self.settings.similar else "contained"
        problem = self._problem(cover)
        why = problem or _why(relation, cover.covered, True)
        return Verdict(
            paragraph, cover.main, cover.first, cover.last, cover.covered, resemblance, containment,
            relation, not problem, False, why,
        )  # fmt: skip

    def _problem(self, cover: Cover) -> str:
        """Why a paragraph stays in spite of what it shares; empty if it may go."""
        if cover.covered < self.settings.threshold:
            return _why("near", cover.covered, False)
        if cover.missing_numbers and not self.settings.ignore_numbers:
            return NUMBERS + ", ".join(cover.missing_numbers[:5])
        if cover.missing_names and not self.settings.ignore_names:
            return NAMES + ", ".join(cover.missing_names[:5])
        return ""

    def _shingle_scores(self, paragraph: int, other: int) -> tuple[float, float]:
        """(resemblance, share of the paragraph's shingles that the other has), exact."""
        mine, its = self._shingles(paragraph), self._shingles(other)
        shared = len(np.intersect1d(mine, its, assume_unique=True))
        union = len(mine) + len(its) - shared
        return (shared / union if union else 0.0), (shared / len(mine) if len(mine) else 0.0)

    def _shingles(self, paragraph: int) -> Hashes:
        return self.sets.of(paragraph)


def _exact(paragraph: int, keeper: int, within: bool) -> Verdict:
    return Verdict(paragraph, keeper, keeper, keeper, 1.0, 1.0, 1.0, "exact", True, within, "the same words")


def _words(pieces: Sequence[Run]) -> int:
    return sum(length for _, _, length in pieces)


@dataclass(frozen=True, slots=True)
class _Pieces:
    """The equal runs that paragraphs share with earlier documents, cut at the borders of paragraphs, in columns: place
    in the paragraph, place in the other document, length (int64); sorted by paragraph, other document and place.
    The runs of paragraph i are first[i]:first[i + 1]."""

    place: Ints
    other: Ints
    length: Ints
    paragraph: NDArray[np.int32]
    """That the run lies in on the other side."""
    document: Ints
    first: Ints

    def of(self, paragraph: int, kept: Mask) -> dict[int, list[Run]]:
        """By document the runs that a paragraph shares with the paragraphs of it that stay."""
        low, high = self.first[paragraph : paragraph + 2].tolist()
        found: dict[int, list[Run]] = {}
        if low == high:
            return found
        rows = np.flatnonzero(kept[self.paragraph[low:high]]) + low
        columns = (self.document, self.place, self.other, self.length)
        for document, *run in zip(*(column[rows].tolist() for column in columns), strict=True):
            found.setdefault(document, []).append((run[0], run[1], run[2]))
        return found


def _pieces(corpus: Corpus, runs: Runs, least: float) -> _Pieces:
    """The pieces of all paragraphs, of pairs whose runs add up to the share ``least`` of the paragraph's words."""
    later_first = corpus.stream.rank[runs.a_document] > corpus.stream.rank[runs.b_document]
    place = np.where(later_first, runs.a, runs.b)
    other = np.where(later_first, runs.b, runs.a)
    place, other, length = _cut(place, other, runs.length, corpus)
    other, place, length = _cut(other, place, length, corpus)
    paragraph = corpus.paragraph_of_token[place]
    document = corpus.paragraphs.document[corpus.paragraph_of_token[other]]
    order = np.lexsort((length, other, place, document, paragraph))
    if len(order):
        edges = edges_of(paragraph[order], document[order])
        shared = np.add.reduceat(length[order], edges[:-1])
        enough = shared >= least * np.diff(corpus.stream.paragraphs)[paragraph[order[edges[:-1]]]]
        order = order[np.repeat(enough, np.diff(edges))]
    place, other, length, document = place[order], other[order], length[order], document[order]
    first = np.searchsorted(paragraph[order], np.arange(len(corpus.paragraphs) + 1))
    return _Pieces(place, other, length, corpus.paragraph_of_token[other], document, first)


def _cut(place: Ints, other: Ints, length: Ints, corpus: Corpus) -> tuple[Ints, Ints, Ints]:
    """Cut runs where ``place`` crosses into another paragraph."""
    if not len(place):
        return place, other, length
    owner = corpus.paragraph_of_token
    first, last = owner[place], owner[place + length - 1]
    counts = last - first + 1
    run = owners(counts)
    paragraph = first[run] + np.arange(len(run)) - np.repeat(np.cumsum(counts) - counts, counts)
    low = np.maximum(place[run], corpus.stream.paragraphs[paragraph])
    high = np.minimum((place + length)[run], corpus.stream.paragraphs[paragraph + 1])
    held = high > low  # a paragraph without words lies in a run, but shares nothing
    return low[held], (other[run] + low - place[run])[held], (high - low)[held]


# ---- compiled ---------------------------------------------------------------------------------------


def _compiled(corpus: Corpus, near: Ints, runs: Runs, story: Ints, settings: Settings) -> Verdicts:
    """``choose`` by the kernels: over all documents, and again from the first with words they did not know."""
    from ..compiled import choose as kernels
    from .wordbook import WordBook, rules

    text = _text(corpus, story, settings)
    shared = _shared(text, runs, near, settings.similar * _WORTH_A_LOOK)
    choice = kernels.Choice(
        settings.threshold, settings.similar, settings.ignore_numbers, settings.ignore_names,
        settings.within_document == "exact", settings.emptied == "drop", settings.stories_only,
        (SHINGLE, 2 * SHINGLE), np.uint64(PRIME), rules(),
    )  # fmt: skip
    corpus.release()
    state = kernels.state_for(text, shared, choice.rules, *_keepers(corpus, story, settings))
    found, book = kernels.room_for(len(corpus.paragraphs) + 2), WordBook(corpus, state.listed)
    in_order = np.argsort(corpus.stream.rank, kind="stable")
    while True:
        corpus.release(_MAPPED)
        page = book.page()
        some = in_order[: int(state.progress[0]) + _TOGETHER]
        kernels.choose(text, shared, page, choice, state, found, some, _AHEAD)
        if state.progress[1]:
            book.learn(page)
        elif state.progress[0] == len(in_order):
            return _verdicts(corpus, found)


def _text(corpus: Corpus, story: Ints, settings: Settings) -> Text:
    """The corpus as the kernels take it."""
    from ..compiled import cover as kernels

    stream, document, count = corpus.stream, corpus.paragraphs.document, len(corpus.paragraphs)
    paragraphs = np.zeros((count + 1, kernels.BY_CHARACTER + 1), np.int64)
    paragraphs[:, kernels.EDGE] = stream.paragraphs
    paragraphs[:count, kernels.DOCUMENT], paragraphs[:count, kernels.KIND] = document, first_of_kind(corpus)
    paragraphs[:count, kernels.AMONG] = story[document] if settings.stories_only else 0
    paragraphs[:count, kernels.LONG], paragraphs[:count, kernels.BY_CHARACTER] = corpus.long, corpus.by_character
    documents = np.zeros((len(corpus.ids) + 1, kernels.RANK + 1), np.int64)
    documents[:, kernels.TOKENS] = stream.documents
    documents[:, kernels.PARAGRAPHS] = np.searchsorted(document, np.arange(len(corpus.ids) + 1))
    documents[:-1, kernels.RANK] = stream.rank
    return kernels.Text(
        stream.hash, stream.flags, corpus.start, corpus.end, corpus.paragraph_of_token, paragraphs, documents
    )


def _keepers(corpus: Corpus, story: Ints, settings: Settings) -> tuple[Hashes, Ints]:
    """Pairs of a kind and the documents among which a copy may stay, where that matters, and room for the copies."""
    if not settings.stories_only:
        return np.zeros(0, np.uint64), np.full(len(corpus.paragraphs), -1, np.int64)
    among = story[corpus.paragraphs.document].astype(np.uint64)
    slots = np.unique(first_of_kind(corpus).astype(np.uint64) << np.uint64(32) | among)
    return slots, np.full(len(slots), -1, np.int64)


def _shared(text: Text, runs: Runs, near: Ints, least: float) -> kernels.Shared:
    """``_pieces`` as the kernels take them, and the pairs of kinds both ways."""
    from ..compiled import choose as kernels
    from ..compiled.cover import RANK

    later_first = text.documents[runs.a_document, RANK] > text.documents[runs.b_document, RANK]
    rows = np.empty((len(runs.a), 3), np.int64)
    rows[:, 0], rows[:, 1] = np.where(later_first, runs.a, runs.b), np.where(later_first, runs.b, runs.a)
    rows[:, 2] = runs.length
    pieces = np.empty((kernels.cut(rows, text.owner, text.paragraphs, rows[:0]), 3), np.int64)
    kernels.cut(rows, text.owner, text.paragraphs, pieces)
    del rows
    first = np.empty(len(text.paragraphs), np.int64)
    kinds, others = near.reshape(-1), near[:, ::-1].reshape(-1)
    by_kind = np.argsort(kinds, kind="stable")
    first_kind = np.searchsorted(kinds[by_kind], np.arange(len(first)))
    return kernels.Shared(kernels.sort(pieces, text, least, first), first, others[by_kind], first_kind)


def _verdicts(corpus: Corpus, found: kernels.Verdicts) -> Verdicts:
    from ..compiled import choose as kernels

    rows = slice(0, int(found.total[0]))
    labels, why = found.labels[rows, : kernels.WHY].copy(), found.labels[rows, kernels.WHY]
    return Verdicts(found.place[rows].copy(), found.scores[rows].copy(), labels, _said(corpus, found, why))


def _said(corpus: Corpus, found: kernels.Verdicts, why: NDArray[np.uint8]) -> dict[int, str]:
    """What the guards say, in the words of the texts."""
    from ..compiled import choose as kernels

    rows = np.flatnonzero(why >= kernels.NUMBERS)
    tokens = found.evidence[rows]
    told, words = np.unique(tokens[tokens >= 0]), dict[int, str]()
    for begin in range(0, len(told), _TOLD):
        part = told[begin : begin + _TOLD]
        document = corpus.paragraphs.document[corpus.paragraph_of_token[part]]
        columns = part.tolist(), document.tolist(), corpus.start[part].tolist(), corpus.end[part].tolist()
        words |= {token: corpus.text(number)[start:end] for token, number, start, end in zip(*columns, strict=True)}
        corpus.release(HELD)
    numbers = (why[rows] == kernels.NUMBERS).tolist()
    return {
        row: (NUMBERS if number else NAMES) + ", ".join(words[token] for token in missing if token >= 0)
        for row, number, missing in zip(rows.tolist(), numbers, tokens.tolist(), strict=True)
    }
