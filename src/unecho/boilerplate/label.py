"""Every paragraph of a document to a label: content of the article, or boilerplate of a category.

Two situations. In what an extractor gave ("extracted") a few lines are junk, and only what is certain goes.
In the dump of a whole page ("raw") most lines are junk, and the article has to be found.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from types import MappingProxyType
from typing import Literal, NamedTuple

import numpy as np

from ..base.columns import Ints, Mask
from ..model import Block, Label, Mode
from ..text.paragraphs import Spans
from . import evidence, features, model, score
from .evidence import Evidence
from .features import Lines, Shape
from .forest import UNIT
from .model import Kind, Model
from .rules import Rule, Rules, Worth, lies_right, normalise

Parts = tuple[str, Spans, Sequence[Block]]
"""Text, spans and blocks of a document, as ``label`` takes them."""
Clean = Literal["auto", "light", "full", "off"]

_CONTENT = Label(None, 1.0, "")
_NAME_WORDS = 5
_TITLE_WORDS = 16
_MIN_RAW_LINES = 15
_SHORT = 8
"""Words of a short line."""
_EDGE = 5
"""Lines at each end of a dump that belong to the frame of the page."""
_FRAMES = ((0.6, 2, 1), (0.4, 3, 2), (0.25, 3, 3))
"""Share of short lines, rules of a frame, and categories of such rules, from which a text is the dump of a page: the
fewer lines are short, the more must be certain."""
_FRAME = frozenset(
    (
        "share",
        "newsletter",
        "related",
        "comments",
        "legal",
        "cookie",
        "login",
        "navigation",
        "advert",
        "app-banner",
        "player",
        "tags",
    )
)
"""Categories of what frames an article. Captions, bylines and dates come with what an extractor gives, too."""
_MIN_JUDGED = 5
"""Lines that a document must have for the trained model to judge them: fewer show it too little."""
_LONGEST_REPEAT = 40
"""Words of a line that is scraped twice, as headlines, decks and captions are; longer ones are copies of prose."""
_LONGEST_JUDGED = 30
"""Words of a line up to which the trained model may take it out of what an extractor gave."""
_PROSE = 15
"""Words from which a line that ends a sentence is prose."""
_SURER = -1.0
"""Log odds by which the model must be surer of lines that stand inside the prose: sub-headings do."""
_TITLES = 3
"""Lines at the head of an extractor's text, those aside that rules take, that may be titles, which the model was never
taught."""
_HEAD = 10
"""Lines of an extractor's text among which its titles stand."""
_TIMELINE = 3
"""Lines with nothing but a date from which a document is a timeline, whose dates are its headings."""


@dataclass(frozen=True, slots=True)
class Labelled:
    """The labels of a document's paragraphs, one for each span, and the situation they were found in."""

    mode: Mode | None
    """None where nothing was asked for."""
    labels: list[Label]


def label(
    text: str,
    spans: Sequence[tuple[int, int]],
    blocks: Sequence[Block] = (),
    *,
    rules: Rules,
    clean: Clean = "auto",
) -> Labelled:
    """Label the paragraphs of ``text`` that lie at ``spans``.

    ``blocks``: what the markup says of each span, for HTML; empty for plain text. ``clean``: "light" takes
    the text as an extractor's output, "full" as the dump of a page, "auto" decides by the page's own
    statistics and takes the former when in doubt, "off" labels everything content.
    """
    return label_all([(text, spans, blocks)], rules=rules, clean=clean)[0]


def label_all(
    documents: Sequence[Parts], *, rules: Rules, clean: Clean = "auto", compiled: bool = False
) -> list[Labelled]:
    """Label the paragraphs of documents, as ``label`` does with one; many at once are faster.

    ``compiled``: whether there is so much to do that the loading of the compiled kernels pays.
    """
    if clean == "off":
        return [Labelled(None, [_CONTENT] * len(spans)) for _, spans, _ in documents]
    glances = _glances(documents, rules) if compiled else list(map(_glance, documents))
    opened = _opened(glances, rules, clean, compiled)
    odds: dict[int, Ints] = {}
    for kind in model.KINDS:
        asked = [
            number
            for number, one in enumerate(opened)
            if one and one.kind == kind and one.judged and one.scores is None
        ]
        found = (one.found for number in asked if (one := opened[number]))
        learnt = model.shipped()[kind]
        odds.update(zip(asked, evidence.scores_of(list(found), learnt, compiled), strict=True))
    return [
        one.closed(odds.get(number, one.scores)) if one else Labelled(None, []) for number, one in enumerate(opened)
    ]


class _Glance(NamedTuple):
    """A document at first sight."""

    text: str
    spans: Spans
    blocks: Sequence[Block]
    lines: Lines
    possible: Mapping[int, Worth]
    """The numbers of the lines that a rule may take, and which alternatives of the rules may match each."""
    asked: dict[int, tuple[Rule, ...]]
    """The rules one of which takes a line of a dump, of those that were asked for."""


def _glance(document: Parts) -> _Glance:
    text, spans, blocks = document
    lines = Lines.of(features.shape(text[start:end]) for start, end in spans)
    return _Glance(text, spans, blocks, lines, dict.fromkeys(range(len(spans))), {})


def _glances(documents: Sequence[Parts], rules: Rules) -> list[_Glance]:
    """``_glance`` at each document, by compiled kernels."""
    from .scan import Scan

    scan = Scan([text for text, _, _ in documents], [spans for _, spans, _ in documents], rules)
    return [
        _Glance(text, scan.bounds(number), blocks, scan.lines(number), scan.possible(number), {})
        for number, (text, _, blocks) in enumerate(documents)
    ]


@dataclass(frozen=True, slots=True)
class _Open:
    """A document whose lines the trained model has not judged yet."""

    kind: Kind
    found: Evidence
    lines: Lines
    labels: list[Label]
    """What is known without the model."""
    judged: Sequence[int]
    """The lines that the model is to judge."""
    scores: Ints | None = None
    """What it says of them, if it was asked already."""

    def closed(self, scores: Ints | None) -> Labelled:
        """The labels, by what the model says of the lines."""
        learnt = model.shipped()[self.kind]
        if self.kind != "light" and scores is not None:
            return Labelled("raw", _of_dump(self.found, self.lines, learnt, scores))
        if scores is not None:
            _drop_unlike(self.lines, self.labels, self.judged, scores - learnt.threshold)
        _drop_repeats(self.lines, self.labels)
        return Labelled("extracted", self.labels)


def _opened(glances: Sequence[_Glance], rules: Rules, clean: Clean, compiled: bool) -> list[_Open | None]:
    """All that can be said of documents without the trained model; None where there is nothing.

    The model is asked about those that may be dumps: whether the article stands in a frame.
    """
    raw = [_is_raw(one, rules, clean) for one in glances]
    doubtful = [number for number, known in enumerate(raw) if known is None]
    dumps = [_evidence(glances[number], True, rules, compiled) for number in doubtful]
    scores = evidence.scores_of(dumps, model.shipped()["text"], compiled)
    framed = {
        number: _Open("text", found, lines := glances[number].lines, [], range(len(lines)), own)
        for number, found, own in zip(doubtful, dumps, scores, strict=True)
        if _is_framed(found, own)
    }
    return [framed.get(n) or _open(one, bool(raw[n]), rules, compiled) for n, one in enumerate(glances)]


def _open(glance: _Glance, raw: bool, rules: Rules, compiled: bool) -> _Open | None:
    lines = glance.lines
    if not len(lines):
        return None
    found = _evidence(glance, raw, rules, compiled)
    if raw:
        return _Open("html" if glance.blocks else "text", found, lines, [], range(len(lines)))
    labels = _by_rule(found, lines)
    return _Open("light", found, lines, labels, _judged(lines, labels))


def _evidence(glance: _Glance, raw: bool, rules: Rules, compiled: bool) -> Evidence:
    taken = hits(glance.lines, rules, raw, glance.possible, glance.asked if raw else {})
    # The light model learnt from extractors' texts, which have no markup.
    return Evidence(glance.text, glance.spans, glance.blocks if raw else (), taken, compiled=compiled)


def _is_raw(glance: _Glance, rules: Rules, clean: Clean) -> bool | None:
    """Whether a document is a page, or the dump of one; None if the model that knows dumps is to say it."""
    if clean != "auto" or glance.blocks:
        return clean != "light"
    lines = glance.lines
    if len(lines) < _MIN_RAW_LINES:
        return False
    frame = _frame_rules(glance, rules)
    if _looks_raw(lines, frame):
        return True
    ends = max(lines.words[:_EDGE].max(), lines.words[-_EDGE:].max())
    return None if frame and ends <= _LONGEST_JUDGED else False


def _frame_rules(glance: _Glance, rules: Rules) -> set[tuple[str, str]]:
    """Category and name of the rules of a site's frame that take short lines."""
    texts, words = glance.lines.texts, glance.lines.words.tolist()
    short = _are_short(glance.lines).tolist()
    found = set()
    for number, worth in glance.possible.items():
        if short[number]:
            text = texts[number]
            glance.asked[number] = taken = rules.wherever(text, words[number], True, worth)
            # Lines of signs are code as often as paging.
            if taken and (hit := taken[0]).category in _FRAME and any(map(str.isalpha, text)):
                found.add((hit.category, hit.name))
    return found


def _are_short(lines: Lines) -> Mask:
    return (lines.words <= _SHORT) & ~lines.ends & ~lines.items


def _looks_raw(lines: Lines, frame: set[tuple[str, str]]) -> bool:
    """Whether many lines are short, some of them certain boilerplate of several kinds."""
    short = int(_are_short(lines).sum())
    kinds = len({category for category, _ in frame})
    return any(short >= share * len(lines) and len(frame) >= some and kinds >= many for share, some, many in _FRAMES)


def _is_framed(found: Evidence, scores: Ints) -> bool:
    """Whether the model sees an article between lines of junk that rules know too."""
    article = np.flatnonzero(scores >= model.shipped()["text"].threshold).tolist()
    if not article or article[0] < _EDGE or article[-1] >= len(found.hits) - _EDGE:
        return False
    outside = (*found.hits[: article[0]], *found.hits[article[-1] + 1 :])
    return any(hit is not None and hit.category in _FRAME for hit in outside)


# --- what an extractor gave ------------------------------------------------------------------------------


def of_extract(found: Evidence, lines: Lines, learnt: Model) -> list[Label]:
    """Labels of the lines of what an extractor gave."""
    labels = _by_rule(found, lines)
    judged = _judged(lines, labels)
    if judged:
        _drop_unlike(lines, labels, judged, evidence.scores(found, learnt) - learnt.threshold)
    _drop_repeats(lines, labels)
    return labels


def _by_rule(found: Evidence, lines: Lines) -> list[Label]:
    hits = found.hits
    if sum(1 for hit in hits if hit and hit.id == "date.date-only") >= _TIMELINE:
        hits = [None if hit and hit.id == "date.date-only" else hit for hit in hits]
    labels = [_label(hit) if hit else _CONTENT for hit in hits]
    _follow_names(lines, hits, labels)
    _follow_lists(lines, hits, labels)
    _drop_repeats(lines, labels)
    return labels


def _judged(lines: Lines, labels: Sequence[Label]) -> list[int]:
    """The lines that the trained model may take out: items of lists and titles are none."""
    if len(lines) < _MIN_JUDGED:
        return []
    left = [number for number, label in enumerate(labels) if label.category is None]
    titles = [number for number in left[:_TITLES] if number < _HEAD]
    short = (~lines.items & (lines.words <= _LONGEST_JUDGED)).tolist()
    return [number for number in left[len(titles) :] if number >= _TITLES and short[number]]


def _drop_unlike(lines: Sequence[Shape], labels: list[Label], judged: Sequence[int], odds: Ints) -> None:
    """Lines that the trained model is sure are none of the article's go."""
    for number, value in zip(judged, odds[judged].tolist(), strict=True):
        if value < _SURER * UNIT or (value < 0 and not _is_inside(lines, number)):
            labels[number] = Label("other", score.confidence(value / UNIT), "context.unlike-article")


def _is_inside(lines: Sequence[Shape], number: int) -> bool:
    """Whether prose stands within two lines on both sides, as around sub-headings and captions."""
    sides = (lines[max(number - 2, 0) : number], lines[number + 1 : number + 3])
    return all(any(line.words >= _PROSE and line.ends for line in side) for side in sides)


def hits(
    lines: Lines,
    rules: Rules,
    raw: bool,
    possible: Mapping[int, Worth] | None = None,
    asked: Mapping[int, tuple[Rule, ...]] = MappingProxyType({}),
) -> list[Rule | None]:
    """The rule that takes each line by itself. ``raw``: whether rules for dumps of pages count. ``possible`` and
    ``asked``: as of ``_Glance``, if more is known of the lines than that there are so many."""
    head = max(6, len(lines) // 7)
    tail = len(lines) - max(6, len(lines) // 5)
    words, items = lines.words.tolist(), lines.items.tolist()
    found: list[Rule | None] = [None] * len(lines)
    for number, worth in (dict.fromkeys(range(len(lines))) if possible is None else possible).items():
        taken = asked.get(number)
        if taken is None:
            if items[number] and not raw:
                continue
            text = lines.texts[number]
            # A line of a page's menu is often an item of a list; an extractor's items belong to the article.
            taken = rules.wherever(text.removeprefix("- ") if items[number] else text, words[number], raw, worth)
        if taken:
            found[number] = next((rule for rule in taken if lies_right(rule, number < head, number >= tail)), None)
    return found


def _label(rule: Rule) -> Label:
    return Label(rule.category, rule.confidence, rule.id)


def _follow_names(lines: Sequence[Shape], hits: Sequence[Rule | None], labels: list[Label]) -> None:
    """The name on the line after "Written by" goes with it."""
    for number, before in enumerate(hits[:-1], 1):
        # A cue that names somebody itself ("Written by Jane Doe") needs no second line.
        is_cue = before and before.cue == "name" and lines[number - 1].words <= 3
        if before and is_cue and hits[number] is None and _is_name(lines[number]):
            labels[number] = Label(before.category, 0.85, "context.byline-name")


def _is_name(line: Shape) -> bool:
    tokens = line.text.split()
    return (
        line.words <= _NAME_WORDS
        and not line.item
        and not line.ends
        and not any(map(str.isdigit, line.text))
        and not any(token[0].islower() and len(token) > 3 for token in tokens)
    )


def _follow_lists(lines: Sequence[Shape], hits: Sequence[Rule | None], labels: list[Label]) -> None:
    """What follows a heading such as "Related Posts" down to the end goes with it, if no prose is among it."""
    first = len(lines)
    while first > 0 and (hits[first - 1] or _is_title(lines[first - 1])):
        first -= 1
    cue: Rule | None = None
    for number in range(first, len(lines)):
        hit = hits[number]
        if hit:
            cue = hit if hit.cue == "list" else cue
        elif cue and labels[number].category is None:
            labels[number] = Label(cue.category, 0.8, "context.after-heading")


def _is_title(line: Shape) -> bool:
    return line.words <= _TITLE_WORDS and not line.ends and not line.item


def _drop_repeats(lines: Lines, labels: list[Label]) -> None:
    """Of adjacent equal lines the first stays, also where only removed lines lie between them."""
    words = lines.words.tolist()
    left = [number for number, label in enumerate(labels) if label.category is None]
    for before, number in pairwise(left):
        alike = 2 <= words[number] <= _LONGEST_REPEAT and words[before] == words[number]
        if alike and _says_the_same(lines.texts[before], lines.texts[number]):
            labels[number] = Label("repeat", 0.95, "context.adjacent-repeat")


def _says_the_same(before: str, line: str) -> bool:
    if " | " in line:  # the heads of two tables, or rows of one
        return False
    text = normalise(line)
    return text == normalise(before) and any(map(str.isalpha, text))


# --- the dump of a page ----------------------------------------------------------------------------------


def of_dump(found: Evidence, lines: Lines, learnt: Model) -> list[Label]:
    """Labels of the lines of a whole page."""
    return _of_dump(found, lines, learnt, evidence.scores(found, learnt))


def _of_dump(found: Evidence, lines: Lines, learnt: Model, scores: Ints) -> list[Label]:
    labels = score.label(found, lines, learnt, scores)
    _drop_repeats(lines, labels)
    return labels
