"""Which copy stays. Documents are put in keeping order; a paragraph goes when one earlier document that keeps
the words covers it. So every copy that goes was compared with the copy that stays, and chains cannot form."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .columns import Hashes, Ints, Mask, edges_of, owners
from .config import Settings
from .corpus import Corpus, first_of_kind
from .cover import Cover, Coverer
from .model import MemberRelation
from .passages import Run
from .seeds import Runs
from .shingles import ShingleSource

_BULLETS = ("- ", "* ", "• ", "– ", "· ")
_BETWEEN = 20  # documents after which the corpus' columns are taken out of memory, where they fill it
_MAPPED = 400  # megabytes of files in memory: what is read here and there brings its surroundings with it
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
    corpus: Corpus, sets: ShingleSource, near: Ints, runs: Runs, story: Ints, settings: Settings
) -> list[Verdict]:
    """Go through the paragraphs in keeping order and decide on each.

    ``sets``: shingle sets of all paragraphs. ``near``: pairs of paragraphs (the first of each kind) whose
    resemblance is verified to be similar. ``runs``: equal runs of all passages. ``story``: a number per document
    (int64), equal within a story; looked at with ``stories_only`` alone.
    Returns verdicts in the order they were made: on what goes, and on what is similar and stays.
    """
    chooser = _Chooser(corpus, sets, near, runs, story, settings)
    edges = np.searchsorted(corpus.paragraphs.document, np.arange(len(corpus.ids) + 1))
    found: list[Verdict] = []
    for number, document in enumerate(np.argsort(corpus.stream.rank, kind="stable").tolist()):
        if not number % _BETWEEN:
            corpus.release(_MAPPED)
        found += chooser.decide_document(range(int(edges[document]), int(edges[document + 1])))
    return found


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
        document, start, end = self.corpus.place(paragraph, paragraph)
        text = self.corpus.text(document)[start:end]
        return text.startswith(_BULLETS) or " | " in text

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
        why = problem or ("all of its words" if cover.covered == 1 else f"{cover.covered:.0%} of its words")
        return Verdict(
            paragraph, cover.main, cover.first, cover.last, cover.covered, resemblance, containment,
            relation, not problem, False, why,
        )  # fmt: skip

    def _problem(self, cover: Cover) -> str:
        """Why a paragraph stays in spite of what it shares; empty if it may go."""
        if cover.covered < self.settings.threshold:
            return f"only {int(cover.covered * 100)}% of its words"
        if cover.missing_numbers and not self.settings.ignore_numbers:
            return "numbers differ: " + ", ".join(cover.missing_numbers[:5])
        if cover.missing_names and not self.settings.ignore_names:
            return "names differ: " + ", ".join(cover.missing_names[:5])
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
    order = np.lexsort((other, place, document, paragraph))
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
