"""The rule by which copies go, a paragraph at a time."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from ..base.columns import Hashes, Ints, Mask
from ..config import Settings
from ..matching.corpus import Corpus
from ..matching.grow import Run
from ..matching.passages import Equal
from ..model import MemberRelation
from ..text.shingles import ShingleSource
from . import guards
from .cover import Cover, Coverer, is_listed
from .pieces import pieces
from .verdicts import Verdict, exact, why_of

OTHERS = 0.97
"""Share of its words that one paragraph must have of another where their documents have little else in common: what may
be missing of a copy in the same text, as who said it, makes another quote of a quote, and another note of a note."""
Near = NDArray[np.integer]
"""Pairs, n x 2."""
WORTH_A_LOOK = 0.3
"""Of the share that makes a paragraph similar: words that are only alike can still make up the rest."""


class Chooser:
    """The state of one pass: what is kept so far."""

    def __init__(
        self, corpus: Corpus, sets: ShingleSource, near: Near, runs: Equal, story: Ints, related: Ints | None,
        settings: Settings,
    ) -> None:  # fmt: skip
        self.corpus, self.sets, self.related, self.settings = corpus, sets, related, settings
        self.kind = corpus.kind
        self.kept: Mask = np.zeros(len(corpus.paragraphs), np.bool_)
        self.among = (story if settings.stories_only else np.zeros_like(story))[corpus.paragraphs.document]
        """Per paragraph the number of the documents among which a copy may stay for it."""
        self.kept_of_kind: dict[tuple[int, int], int] = {}
        self.near: dict[int, list[int]] = defaultdict(list)
        for a, b in near.tolist():
            self.near[a].append(b)
            self.near[b].append(a)
        self.pieces = pieces(corpus, runs, settings.similar * WORTH_A_LOOK)
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
                return exact(paragraph, keeper, within=False)
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
        words = self.corpus.stream.word
        if not np.array_equal(words[self.corpus.tokens(paragraph)], words[self.corpus.tokens(keeper)]):
            return None
        return exact(paragraph, keeper, within)

    def _is_listed(self, paragraph: int) -> bool:
        """Whether it is an item of a list or a row of a table, which may well come twice in one document."""
        return is_listed(self.corpus, paragraph)

    def _similar(self, paragraph: int) -> Verdict | None:
        """The best of the documents that share much of the paragraph and stay."""
        best: Verdict | None = None
        for shared in self._candidates(paragraph):
            cover = self.coverer.cover(paragraph, shared, self.kept, self._spare(paragraph, best))
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
        problem = self._problem(paragraph, cover)
        why = problem or why_of(relation, cover.covered, True)
        return Verdict(
            paragraph, cover.main, cover.first, cover.last, cover.covered, resemblance, containment,
            relation, not problem, False, why,
        )  # fmt: skip

    def _problem(self, paragraph: int, cover: Cover) -> str:
        """Why a paragraph stays in spite of what it shares; empty if it may go."""
        if cover.covered < self.settings.threshold:
            return why_of("near", cover.covered, False)
        if cover.covered < OTHERS and not self._are_related(paragraph, cover.main):
            return guards.LITTLE_ELSE
        if cover.missing_numbers and not self.settings.ignore_numbers:
            return guards.numbers_differ(cover.missing_numbers[:5])
        if cover.missing_names and not self.settings.ignore_names:
            return guards.names_differ(cover.missing_names[:5])
        if cover.said_otherwise and not self.settings.ignore_names:
            return guards.SAID_OTHERWISE
        return ""

    def _are_related(self, paragraph: int, other: int) -> bool:
        """Whether their documents have more in common than a quote, as far as that is known."""
        if self.related is None:
            return True
        low, high = sorted(self.corpus.paragraphs.document[[paragraph, other]].tolist())
        pair = low * len(self.corpus.ids) + high
        place = int(np.searchsorted(self.related, pair))
        return place < len(self.related) and bool(self.related[place] == pair)

    def _shingle_scores(self, paragraph: int, other: int) -> tuple[float, float]:
        """(resemblance, share of the paragraph's shingles that the other has), exact."""
        mine, its = self._shingles(paragraph), self._shingles(other)
        shared = len(np.intersect1d(mine, its, assume_unique=True))
        union = len(mine) + len(its) - shared
        return (shared / union if union else 0.0), (shared / len(mine) if len(mine) else 0.0)

    def _shingles(self, paragraph: int) -> Hashes:
        return self.sets.of(paragraph)


def _words(pieces: Sequence[Run]) -> int:
    return sum(length for _, _, length in pieces)


def against(corpus: Corpus, sets: ShingleSource, near: Near, runs: Equal, settings: Settings) -> list[Verdict | None]:
    """As ``choose.choose``, but document 0 keeps all it has, and every other paragraph is compared with it alone."""
    chooser = Chooser(corpus, sets, near, runs, np.zeros(len(corpus.ids), np.int64), None, settings)
    edge = int(np.searchsorted(corpus.paragraphs.document, 1))
    for paragraph in range(edge):
        chooser.keep(paragraph)
    return [chooser.compare(paragraph) for paragraph in range(edge, len(corpus.paragraphs))]
