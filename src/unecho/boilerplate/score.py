"""The dump of a page: which of its lines are the article.

Every line is scored twice with the weights of ``weights.json`` (sums of log odds, made by
``benchmarks/boiler.py --train``): by itself, then in the context of the first scores.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from math import exp
from pathlib import Path
from types import MappingProxyType

from ..model import Block, Label
from . import features
from .features import Shape
from .rules import Rule, normalise

Weights = Mapping[str, int]
_BIAS = ""
_CERTAIN = 0.9
"""Confidence from which a rule takes a line out of the middle of an article."""
_HEADLINE_REACH = 15
"""Lines above the article among which its headline is looked for."""
_BRIDGED = -0.7
"""Score down to which a single line between two lines of the article stays: sub-headings, short quotes."""

_TOKEN_CATEGORIES = (
    ("cookie", {"cookie", "cookies", "consent", "gdpr", "cookiebar"}),
    ("comments", {"comment", "comments", "respond", "disqus", "commentlist", "reply", "kommentare"}),
    ("newsletter", {"newsletter", "subscribe", "signup", "subscription", "mailchimp"}),
    ("share", {"share", "sharing", "social", "addthis", "sharedaddy", "addtoany"}),
    ("related", {"related", "recommended", "recommendations", "recirc", "more", "trending", "popular", "similar"}),
    ("advert", {"ad", "ads", "advert", "advertisement", "sponsored", "banner", "promo", "anzeige", "adsense"}),
    ("login", {"login", "signin", "register", "paywall"}),
    ("tags", {"tags", "tag", "keywords", "taxonomy"}),
    ("caption", {"caption", "credit", "figcaption", "gallery"}),
    ("byline", {"byline", "author", "authors", "bio"}),
    ("date", {"date", "datetime", "timestamp", "pubdate"}),
    ("legal", {"copyright", "legal", "imprint", "disclaimer"}),
    ("player", {"player", "video", "audio"}),
    ("teaser", {"teaser", "teasers", "promos", "headlines", "latest"}),
    ("navigation", {"nav", "menu", "navigation", "breadcrumb", "breadcrumbs", "navbar", "header", "footer", "sidebar"}),
)


@dataclass(frozen=True, slots=True)
class Scored:
    """The lines of a page with what is known of each."""

    lines: Sequence[Shape]
    blocks: Sequence[Block]
    """One a line for HTML, else none."""
    hits: Sequence[Rule | None]
    """The rule that takes the line."""
    scores: Sequence[float]
    """Log odds that the line belongs to the article."""


def label(lines: Sequence[Shape], blocks: Sequence[Block], hits: Sequence[Rule | None]) -> list[Label]:
    """Labels of the lines of a page. ``hits``: the rule that takes each line by itself, if any."""
    page = Scored(lines, blocks, hits, scores(lines, blocks, hits))
    content = article(page)
    first = content.index(True) if True in content else len(lines)
    last = len(lines) - content[::-1].index(True) if True in content else 0
    return [
        Label(None, _confidence(page.scores[number]), "context.article")
        if content[number]
        else _boilerplate(page, number, first, last)
        for number in range(len(lines))
    ]


def scores(lines: Sequence[Shape], blocks: Sequence[Block], hits: Sequence[Rule | None]) -> list[float]:
    """Log odds of each line to belong to the article."""
    return scores_with(shipped_weights(), lines, blocks, hits)


def scores_with(
    weights: Mapping[str, Weights], lines: Sequence[Shape], blocks: Sequence[Block], hits: Sequence[Rule | None]
) -> list[float]:
    """The same with weights of one's own: "text-line", "text-page", "html-line", "html-page"."""
    kind = "html" if blocks else "text"
    own = line_features(lines, blocks, hits)
    by_itself, in_context = weights[f"{kind}-line"], weights[f"{kind}-page"]
    first = [total(line.core, by_itself) + total(line.other, by_itself, 0) for line in own]
    return [
        total(names, in_context) if names else score
        for score, names in zip(first, page_features(lines, blocks, own, first), strict=True)
    ]


@dataclass(frozen=True, slots=True)
class LineFeatures:
    """Feature names of a line by itself."""

    core: tuple[str, ...]
    """Those that matter in its context too."""
    other: tuple[str, ...]


def line_features(lines: Sequence[Shape], blocks: Sequence[Block], hits: Sequence[Rule | None]) -> list[LineFeatures]:
    """Feature names of each line by itself."""
    counts = Counter(line.text for line in lines)
    found = []
    for number, (line, hit) in enumerate(zip(lines, hits, strict=True)):
        block = blocks[number] if blocks else None
        core = tuple(features.core_features(line, block, hit.category if hit else None))
        other = list(features.text_features(line, counts[line.text] > 1))
        if block:
            other.extend(features.markup_features(block, line))
        found.append(LineFeatures(core, tuple(other)))
    return found


def page_features(
    lines: Sequence[Shape], blocks: Sequence[Block], own: Sequence[LineFeatures], first: Sequence[float]
) -> list[tuple[str, ...]]:
    """Feature names of each line in its context, given the first scores; none for lines beyond hope."""
    page = features.Page(lines, blocks, first)
    return [() if page.is_hopeless(number) else (*line.core, *page.features(number)) for number, line in enumerate(own)]


def total(names: Iterable[str], weights: Weights, bias: int | None = None) -> float:
    """Log odds from the weights of features; those unknown weigh nothing. ``bias`` None: that of the weights.

    The weights are whole thousandths: their sum is the same in any order, and names come from sets.
    """
    get = weights.get
    return sum([get(name, 0) for name in names], weights[_BIAS] if bias is None else bias) / 1000


@cache
def shipped_weights() -> Mapping[str, Weights]:
    content = Path(__file__).with_name("weights.json").read_text("utf-8")
    weights: dict[str, Weights] = json.loads(content)
    return MappingProxyType(weights)


def article(page: Scored) -> list[bool]:
    """Which lines are the article, its headline included."""
    content = [score > 0 for score in page.scores]
    if not any(content):
        run = features.main_run([score + 2 for score in features.weighted(page.scores, page.lines)])
        content = [run.start <= number < run.end for number in range(len(content))]
    for number in range(1, len(content) - 1):
        if content[number - 1] and content[number + 1] and page.scores[number] > _BRIDGED:
            content[number] = True
    for number, hit in enumerate(page.hits):
        if hit and hit.confidence >= _CERTAIN and hit.mode == "any":
            content[number] = False
    headline = _headline(page, content)
    if headline is not None:
        content[headline] = True
    return content


def _headline(page: Scored, content: Sequence[bool]) -> int | None:
    """The headline above the article: the last h1; for plain text the line that the page's title repeats, else
    the line right above the article, bylines and the like aside, if it reads like a headline."""
    first = content.index(True) if True in content else 0
    title = normalise(page.lines[0].text) if page.lines else ""
    above = [
        number
        for number in range(first - 1, max(first - 1 - _HEADLINE_REACH, -1), -1)
        if not page.hits[number] and page.lines[number].words >= 2
    ]
    if page.blocks:
        return next((number for number in above if page.blocks[number].tag == "h1"), None)
    named = (
        number
        for number in above
        if number and page.lines[number].words >= 3 and normalise(page.lines[number].text) in title
    )
    return next(named, above[0] if above and _is_headline(page.lines[above[0]]) else None)


def _is_headline(line: Shape) -> bool:
    """A few words that begin with no small letter and end no sentence."""
    return 3 <= line.words <= 25 and not line.text[0].islower() and line.text[-1] not in ".,:;"


def _boilerplate(page: Scored, number: int, first: int, last: int) -> Label:
    hit = page.hits[number]
    if hit:
        return Label(hit.category, max(hit.confidence, _confidence(page.scores[number])), hit.id)
    confidence = _confidence(page.scores[number])
    if page.blocks:
        tokens = page.blocks[number].tokens | {page.blocks[number].tag, *page.blocks[number].ancestors}
        for category, known in _TOKEN_CATEGORIES:
            if not known.isdisjoint(tokens):
                return Label(category, confidence, f"markup.{min(known & tokens)}")
    if number < first:
        return Label("navigation", confidence, "context.before-article")
    if number < last:
        return Label("other", confidence, "context.in-article")
    comments = any(page.hits[n] is not None and _is_comment(page.hits[n]) for n in range(last, number))
    if comments:
        return Label("comments", confidence, "context.after-comments")
    category = "navigation" if page.lines[number].words <= 3 else "teaser"
    return Label(category, confidence, "context.after-article")


def _is_comment(hit: Rule | None) -> bool:
    return hit is not None and hit.category == "comments"


def _confidence(score: float) -> float:
    """Probability of the decision, rounded so that it is the same on every platform."""
    return round(1 / (1 + exp(-min(abs(score), 20.0))), 3)
