"""Why the trained model took a line out: the measures that spoke most against it, in words."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

import numpy as np

from ..model import Block
from . import evidence, features, label, model, score
from .evidence import Evidence
from .forest import UNIT
from .matrix import Columns
from .model import Kind, Model, probability
from .rules import Rules

_LEARNT = (*score.BY_PLACE, "context.unlike-article")

_WORDS = (
    (r"mass (\d+) before", "how much of the article stands in the {} lines before it"),
    (r"mass (\d+) after", "how much of the article stands in the {} lines after it"),
    (r"mass (\d+) least", "the article does not stand on both sides of it within {} lines"),
    (r"density (\d+)", "share of article among the {} lines around it"),
    (r"gap (before|after)", "lines to the next line of the article {} it"),
    (r"gap (\w+) (before|after)", "lines to the next line that a rule takes as {} {} it"),
    (r"rules (\d+)", "how many of the {} lines before and after it rules take"),
    (r"(best|wide) (far|up|share)", "its distance from the element that holds most of the article"),
    (r"score above \d", "how much of the article the elements around it hold"),
    (r"(mass|density|lines) above \d", "what else lies in the elements around it"),
    (r"links above \d", "links in the elements around it"),
    (r"links", "the links in it"),
    (r"(mass|density|lines) of (kind|path|tokens)", "lines of the same kind of element, class or id"),
    (r"names( (least|most|mean|count))?", "the names of its elements, classes and ids"),
    (r"tag .*|in .*|depth|lists above", "the kind of elements it lies in"),
    (r"run cost", "what stands between it and the main run of prose"),
    (r"run|run share|run lines", "its distance from the main run of prose"),
    (r"position|from end|from start|lines", "its place on the page"),
    (r"lexicon( mean)?", "its words and pairs of words"),
    (r"rule( .*)?", "the rules of the rule file"),
    (r"terms good|terms very good", "its longer words do not occur in the article"),
    (r"terms bad", "its longer words occur in boilerplate"),
    (r"terms.*", "its longer words"),
    (r"first ([+-]\d)", "how article-like the line {} is"),
    (r"first", "how article-like it is by itself"),
    (r"(.+) ([+-]\d)", "{} of the line {}"),
    (r"mass.*|page.*", "how much it looks like an article, compared with the page"),
    (r"words|chars", "its length"),
    (r"ends|last|stops|words a stop", "how it ends, and its sentences"),
    (r"capitals|upper|small", "its capitals and small words"),
    (r"copies around", "how many of the lines around it the page prints again"),
    (r"copies.*", "how often the page prints it"),
)
"""Names of columns, and what they say; the first that fits."""


def is_learnt(rule: str) -> bool:
    """Whether the trained model took a line out; the markup then only gave the category. ``rule``: of its label."""
    return rule in _LEARNT or rule.startswith("markup.")


def of_lines(
    text: str,
    blocks: Sequence[Block],
    spans: Sequence[tuple[int, int]],
    raw: bool,
    numbers: Sequence[int],
    known: Rules,
) -> list[list[str]]:
    """``against`` of some lines of a document, which is cleaned as the dump of a page if ``raw``."""
    lines = features.Lines.of(features.shape(text[start:end]) for start, end in spans)
    found = Evidence(text, spans, blocks if raw else (), label.hits(lines, known, raw))
    kind: Kind = ("html" if blocks else "text") if raw else "light"
    return against(found, model.shipped()[kind], numbers)


def against(found: Evidence, learnt: Model, numbers: Sequence[int], most: int = 3) -> list[list[str]]:
    """What spoke most against each of the lines ``numbers``, strongest first.

    What a reason speaks of, one column or several, is given the values that are usual among the lines the model is
    for; what would have raised the score most is what spoke against the line.
    """
    own = evidence.own_columns(found, learnt)
    columns = evidence.all_columns(found, own, probability(learnt.first.score(own)))
    good = np.flatnonzero(learnt.second.score(columns) > learnt.threshold)
    if not len(good):
        return [[] for _ in numbers]
    usual = {name: np.sort(columns[name][good])[len(good) // 2] for name in learnt.second.columns}
    return [_against(columns, usual, learnt, number, most) for number in numbers]


def _against(columns: Columns, usual: dict[str, np.float32], learnt: Model, number: int, most: int) -> list[str]:
    told = _told(learnt.second.columns)
    row = {}
    for name in learnt.second.columns:
        row[name] = np.full(len(told) + 1, columns[name][number], np.float32)
        row[name][told[in_words(name)]] = usual[name]
    changed = learnt.second.score(row)
    gains = changed[:-1] - changed[-1]
    words = list(told)
    return [words[place] for place in np.argsort(-gains, kind="stable").tolist() if gains[place] >= UNIT // 20][:most]


@cache
def _told(columns: tuple[str, ...]) -> dict[str, int]:
    """What the columns measure, in words, and its number."""
    words = dict.fromkeys(map(in_words, columns))
    return {word: number for number, word in enumerate(words)}


@cache
def in_words(column: str) -> str:
    """What a column measures."""
    for pattern, words in _WORDS:
        match = re.fullmatch(pattern, column)
        if match:
            return words.format(*_spelt(match.groups()))
    return column


def _spelt(parts: Sequence[str | None]) -> list[str]:
    return [f"{part[1:]} {'after' if part[0] == '+' else 'before'} it" if part[:1] in "+-" else part
            for part in parts if part]  # fmt: skip
