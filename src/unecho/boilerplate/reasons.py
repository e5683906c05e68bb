"""Why the trained model took a line out: the measures that spoke most against it, in words."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

from . import evidence
from .evidence import Evidence
from .forest import UNIT
from .model import Model, probability

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


def against(found: Evidence, model: Model, number: int, most: int = 3) -> list[str]:
    """What spoke most against line ``number``, strongest first.

    Each column of the line is given the value that is usual among the lines the model is for; what would have
    raised the score most is what spoke against it.
    """
    own = evidence.own_columns(found, model)
    columns = evidence.all_columns(found, own, probability(model.first.score(own)))
    scores = model.second.score(columns)
    good = np.flatnonzero(scores > model.threshold)
    if not len(good):
        return []
    names = model.second.columns
    row = {name: np.full(len(names) + 1, columns[name][number], np.float32) for name in names}
    for place, name in enumerate(names):
        row[name][place] = np.sort(columns[name][good])[len(good) // 2]
    changed = model.second.score(row)
    gains = changed[:-1] - changed[-1]
    found_words: list[str] = []
    for place in np.argsort(-gains, kind="stable").tolist():
        words = in_words(names[place])
        if gains[place] < UNIT // 20 or len(found_words) == most:
            break
        if words not in found_words:
            found_words.append(words)
    return found_words


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
