"""The dump of a page: which of its lines are the article.

Every line is scored twice by the trees of ``model.npz``: by itself, then among the others, whose first scores are
known. What the labelled pages cannot teach (their gold has no headlines) is done by rule here.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache
from math import ceil, exp
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..base.columns import Ints, Mask
from ..model import Block, Label
from . import features
from .evidence import Evidence
from .features import Lines, Shape
from .forest import UNIT
from .model import PARTS, Model, least_score, probability
from .rules import Rule, normalise

Floats = NDArray[np.float64]

BY_PLACE = ("context.before-article", "context.in-article", "context.after-article")
"""What lines are recorded under that go for where they stand and what they look like."""
_ARTICLE, _BEFORE, _INSIDE, _REPLY, _LINK, _TEASER = range(6)
_OF_PLACES = (
    (None, "context.article"),
    ("navigation", BY_PLACE[0]),
    ("other", BY_PLACE[1]),
    ("comments", "context.after-comments"),
    ("navigation", BY_PLACE[2]),
    ("teaser", BY_PLACE[2]),
)
"""Category and rule of lines of which nothing but their place is known: in the article, before it, between its lines,
below a heading of comments after it; short and long ones after it."""
_LINK_WORDS = 3
_CERTAIN = 0.9
"""Confidence from which a rule takes a line out of the middle of an article."""
_HEADLINE_REACH = 15
"""Lines above the article among which its headline is looked for."""
_LONGEST = 400
"""Words of a line beyond which more do not count."""
_LEAST_LIKELY = 8
"""Parts of probability below which no line is of the article."""
_BRIDGED = -0.7
"""Log odds down to which a single line between two lines of the article stays, as sub-headings and short quotes do,
and a sentence right below it."""
_GAP = 1
_PIECE = 10
"""Words of certain boilerplate up to which a gap in the article of a dump is closed, and of certain article from which
a piece below it stays: chosen by cross-validation."""
_NEAR = 1
"""Lines between a small piece and what stands above it up to which it stays: line-ups at the end of reports do."""
_SURE = 20.0
"""Log odds from which a decision is as sure as can be."""
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
_TELLING = frozenset[str]().union(*(known for _, known in _TOKEN_CATEGORIES))


class _Region(NamedTuple):
    """Elements of a page that are none of the article, whatever the model thinks of their prose."""

    category: str
    tokens: frozenset[str]
    """Words of the classes and ids of such an element."""
    after: int
    """Words of the article that must stand above it."""
    most: float
    """Share of what looks like the article that may lie in it."""
    tags: frozenset[str] = frozenset()
    """Its tags."""


_REGIONS = (
    # Comments may be longer than what they are about.
    _Region("comments", frozenset(("comment", "comments", "commentlist", "disqus", "respond", "replies", "kommentar",
                                   "kommentare", "commentaires", "comentarios")), 30, 1.0),
    _Region("caption", frozenset(("caption", "captions", "figcaption")), 0, 0.5, frozenset(("figcaption",))),
    _Region("related", frozenset(("related", "recirc", "recommended", "recommendations")), 30, 0.5),
    _Region("byline", frozenset(("author", "authors", "bio")), 30, 0.5),
)  # fmt: skip
_REGION_TOKENS = frozenset[str]().union(*(region.tokens for region in _REGIONS))
_REGION_TAGS = frozenset[str]().union(*(region.tags for region in _REGIONS))
_BESIDE = 50
"""Words of the article that must stand beside a region: else its classes are those of the whole page."""
_REGION_SURE = 0.9
_ALL_LINK = 0.95
"""Share of a paragraph's characters from which it is nothing but a link."""
_LEAST_LINKED = 4
"""Words from which such a paragraph leads to another article, unless it is a sentence: few may be part of this one."""
_MOST_LINKED = 0.2
"""Share of the article that such paragraphs may be: where there are more, they are what the page is about."""
_ABOVE_COMMENTS = 100
"""Words of the article that must stand above a heading of comments: it may be a link at the top as well."""


@dataclass(frozen=True)
class Scored:
    """The lines of a page with what is known of each."""

    lines: Lines
    blocks: Sequence[Block]
    """One a line for HTML, else none."""
    hits: Sequence[Rule | None]
    """The rule that takes the line."""
    scores: Floats
    """Log odds that the line belongs to the article, above what its page asks for."""

    @cached_property
    def taken(self) -> list[tuple[int, Rule]]:
        """The lines that rules take."""
        return [(number, hit) for number, hit in enumerate(self.hits) if hit]


def label(found: Evidence, lines: Lines, model: Model, scores: Ints) -> list[Label]:
    """Labels of the lines of a page with these ``scores``."""
    above = scores - model.threshold
    parts, weights = probability(above), np.minimum(lines.words, _LONGEST) + 1
    least = least_part(parts, weights)
    above -= least_score(least)
    if not found.blocks:  # where there is markup, it tells what belongs together
        above = settled(above, weights * (2 * (parts - least) + 1))
    page = Scored(lines, found.blocks, found.hits, above / UNIT)
    content, regions = article(page)
    levels = _levels_of(above)
    labels: list[Label] = _of_places().take(_places(page, content) * len(_levels()[1]) + levels).tolist()
    sure = _levels()[1].take(levels)
    if found.blocks:
        for number, (category, token) in enumerate(_by_markup(found)):
            if category and not content[number]:
                labels[number] = _label(category, sure.item(number), f"markup.{token}")
    for number, hit in page.taken:
        if not content[number]:
            labels[number] = _label(hit.category, max(hit.confidence, sure.item(number)), hit.id)
    for number, known in regions.items():
        labels[number] = known
    return labels


def settled(above: Ints, gains: Ints) -> Ints:
    """Scores above the bar with small gaps in the article closed, from its greatest piece on, and small pieces below it
    let go: what a model that judges line by line leaves in single lines between links is seldom the article.

    ``gains``: words that each line brings, in parts of twice ``PARTS``, as likely as it is above the bar; what it costs
    below it.
    """
    content = _bridged(above > 0, above > _BRIDGED * UNIT)
    padded = np.zeros(len(content) + 2, np.bool_)
    padded[1:-1] = content
    edges = np.flatnonzero(padded[1:] != padded[:-1])
    if len(edges) <= 2:
        return above
    sums = np.zeros(len(gains) + 1, np.int64)
    np.cumsum(gains, out=sums[1:])
    greatest = 2 * int(np.argmax(sums[edges[1::2]] - sums[edges[::2]]))
    pieces: list[list[int]] = []
    for start, end in edges[greatest:].reshape(-1, 2).tolist():
        if pieces and sums[pieces[-1][1]] - sums[start] < 2 * PARTS * _GAP:
            pieces[-1][1] = end
        else:
            pieces.append([start, end])
    found = above.copy()
    for number, (start, end) in enumerate(pieces):
        is_apart = number > 0 and start - pieces[number - 1][1] > _NEAR
        if is_apart and sums[end] - sums[start] < 2 * PARTS * _PIECE:
            found[start:end] = np.minimum(found[start:end], int(_BRIDGED * UNIT) - 1)
        else:
            found[start:end] = np.maximum(found[start:end], 1)
    return found


def least_part(parts: Ints, weights: Ints) -> int:
    """The probability, in parts, from which the lines of a page are its article, so that the best F1, in words, is to
    be expected. ``parts``: of the probability of each line; ``weights``: its words.

    The best set of lines are those above some probability; if it reaches an F1 of f, a line adds to it whose own
    probability is above f / 2 (Lipton, Elkan and Naryanaswamy, 2014). So what is likely is enough on a page of which
    nothing is certain, and even odds are wanted where all is. All sums are of whole numbers.
    """
    own = np.bincount(parts, weights, PARTS + 1).astype(np.int64)
    kept = np.cumsum(own[::-1])
    good = np.cumsum((own * np.arange(PARTS + 1))[::-1])
    best = float((2 * good / np.maximum(PARTS * kept + good[-1], 1)).max())
    return min(max(ceil(best * PARTS / 2) + 1, _LEAST_LIKELY), PARTS)


def article(page: Scored) -> tuple[Mask, dict[int, Label]]:
    """Which lines are the article, its headline included, and labels of those that are none for where they lie."""
    content = page.scores > 0
    if not content.any():
        weighted = features.weighted(page.scores.tolist(), page.lines.words.tolist())
        run = features.main_run([score + 2 for score in weighted])
        content[run.start : run.end] = True
    content = _bridged(content, page.scores > _BRIDGED)
    for number, hit in page.taken:
        if hit.confidence >= _CERTAIN and hit.mode == "any":
            content[number] = False
    _extend(page, content)
    regions = dict(_in_regions(page, content)) if page.blocks else {}
    for number in regions:
        content[number] = False
    for number in _links(page, content) if page.blocks else ():
        content[number] = False
        regions[number] = _label("related", _REGION_SURE, "markup.a")
    for number in _after_comments(page, content):
        content[number] = False
        regions[number] = _label("comments", _REGION_SURE, "context.after-comments")
    headline = _headline(page, content)
    if headline is not None:
        content[headline] = True
        regions.pop(headline, None)
    return content, regions


def _bridged(content: Mask, possible: Mask) -> Mask:
    """The article with the single lines that are ``possible`` between two lines of it."""
    found = content.copy()
    found[1:-1] |= content[:-2] & content[2:] & possible[1:-1]
    return found


def _ends_of(content: Mask) -> tuple[int, int]:
    """Where the article begins and ends."""
    if not content.any():
        return len(content), 0
    return int(content.argmax()), len(content) - int(content[::-1].argmax())


def _extend(page: Scored, content: Mask) -> None:
    """Keep sentences right below the article when in doubt: they are more often its end than something else."""
    first, last = _ends_of(content)
    for number in range(last, len(content)) if first < last else ():
        if page.hits[number] or not page.lines.ends[number] or page.scores[number] <= _BRIDGED:
            return
        content[number] = True


def _in_regions(page: Scored, content: Mask) -> Iterator[tuple[int, Label]]:
    """The lines of the article that lie in regions which are none of it, each with its label."""
    kept = np.flatnonzero(content).tolist()
    near = [number for number in kept if _is_in_any(page.blocks[number])]  # most pages have none
    words = page.lines.words.tolist() if near else []
    for region in _REGIONS if near else ():
        inside = {number: token for number in near if (token := _telling(page.blocks[number], region))}
        total, within = sum(words[number] for number in kept), sum(words[number] for number in inside)
        if not inside or total - within < _BESIDE or within > region.most * total:
            continue
        above = 0
        for number in kept:
            if number not in inside:
                above += words[number]
            elif above >= region.after:
                yield number, _label(region.category, _REGION_SURE, f"markup.{inside[number]}")
        kept, near = ([number for number in part if number not in inside] for part in (kept, near))


def _is_in_any(block: Block) -> bool:
    return not (_REGION_TOKENS.isdisjoint(block.tokens) and _REGION_TAGS.isdisjoint((block.tag, *block.ancestors)))


def _links(page: Scored, content: Mask) -> list[int]:
    """The paragraphs of the article that are nothing but a link, as those to other articles are."""
    words = page.lines.words
    asked = np.flatnonzero(content & (words >= _LEAST_LINKED) & ~page.lines.ends).tolist()
    found = [n for n in asked if page.blocks[n].tag == "p" and page.blocks[n].link_density >= _ALL_LINK]
    return found if words[found].sum() <= _MOST_LINKED * words[content].sum() else []


def _after_comments(page: Scored, content: Mask) -> list[int]:
    """The lines of the article below the first heading of comments that stands under most of it."""
    headings = [number for number, hit in page.taken if hit.category == "comments"]
    words = np.cumsum(np.where(content, page.lines.words, 0)) if headings else np.zeros(1, np.int64)
    for number in headings:
        above, total = words.item(number - 1) if number else 0, words.item(-1)
        if above >= _ABOVE_COMMENTS:
            below: list[int] = (number + np.flatnonzero(content[number:])).tolist()
            return below if 4 * (total - above) <= total else []
    return []


def _telling(block: Block, region: _Region) -> str:
    """The class or tag by which a block lies in a region; "" if it does not. The headline of a page never does."""
    if block.tag == "h1":
        return ""
    return min(region.tokens & block.tokens or region.tags.intersection((block.tag, *block.ancestors)), default="")


def _headline(page: Scored, content: Mask) -> int | None:
    """The headline above the article: the last h1; for plain text the line that the page's title repeats, else
    the line right above the article, bylines and the like aside, if it reads like a headline."""
    first, last = _ends_of(content)
    if first >= last or _is_headline(page.lines[first]):
        return None
    words, texts = page.lines.words, page.lines.texts
    title = normalise(texts[0])
    above = [
        number
        for number in range(first - 1, max(first - 1 - _HEADLINE_REACH, -1), -1)
        if not page.hits[number] and words[number] >= 2
    ]
    if page.blocks:
        return next((number for number in above if page.blocks[number].tag == "h1"), None)
    named = (number for number in above if number and words[number] >= 3 and normalise(texts[number]) in title)
    return next(named, above[0] if above and _is_headline(page.lines[above[0]]) else None)


def _is_headline(line: Shape) -> bool:
    """A few words that begin with no small letter and end no sentence."""
    return 3 <= line.words <= 25 and not line.text[0].islower() and line.text[-1] not in ".,:;"


def _places(page: Scored, content: Mask) -> Ints:
    """For each line the number of its place, as of ``_OF_PLACES``."""
    first, last = _ends_of(content)
    places = np.where(page.lines.words <= _LINK_WORDS, _LINK, _TEASER)
    replies = next((number for number, hit in page.taken if number >= last and hit.category == "comments"), None)
    if replies is not None:
        places[replies + 1 :] = _REPLY
    places[:last], places[:first], places[content] = _INSIDE, _BEFORE, _ARTICLE
    return places


@cache
def _of_places() -> NDArray[np.object_]:
    """The label of each place at each level of confidence, one place after another."""
    levels = _levels()[1].tolist()
    labels = [Label(category, sure, rule) for category, rule in _OF_PLACES for sure in levels]
    found = np.empty(len(labels), np.object_)
    found[:] = labels
    return found


def _by_markup(found: Evidence) -> list[tuple[str, str]]:
    """Category of each block by its tags and tokens, and the token that tells; "" twice where none does."""
    kinds = [_category(block) for block in found.kinds.blocks]
    return [kinds[kind] for kind in found.kinds.of.tolist()]


def _category(block: Block) -> tuple[str, str]:
    tokens = block.tokens.union((block.tag,), block.ancestors)
    if not tokens.isdisjoint(_TELLING):
        for category, known in _TOKEN_CATEGORIES:
            telling = known & tokens
            if telling:
                return category, min(telling)
    return "", ""


@lru_cache(maxsize=1 << 14)
def _label(category: str | None, sure: float, rule: str) -> Label:
    return Label(category, sure, rule)


def confidence(score: float) -> float:
    """Probability of the decision, rounded so that it is the same on every platform."""
    size = abs(score)
    return round(1 / (1 + exp(-size if size < _SURE else -_SURE)), 3)


def confidences(scores: Ints) -> list[float]:
    """``confidence`` of scores in parts of ``UNIT``."""
    found: list[float] = _levels()[1].take(_levels_of(scores)).tolist()
    return found


def _levels_of(scores: Ints) -> Ints:
    """The level of confidence of each score."""
    return np.searchsorted(_levels()[0], np.abs(scores), side="right")


@cache
def _levels() -> tuple[Ints, NDArray[np.float64]]:
    """The different confidences in order, and the least size of a score for each but the first."""
    most = range(int(_SURE * UNIT) + 1)
    levels, bounds = [confidence(0)], list[int]()
    while levels[-1] < confidence(_SURE):
        bounds.append(bisect_right(most, levels[-1], key=lambda size: confidence(size / UNIT)))
        levels.append(confidence(bounds[-1] / UNIT))
    return np.array(bounds, np.int64), np.array(levels)
