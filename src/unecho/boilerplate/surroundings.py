"""More columns of the place of each line: what the rules find near it, and how often the page prints it and its
neighbours, whatever their numbers ("3 comments", "12 min ago").
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

import numpy as np

from ..base.columns import Ints
from . import matrix, measure
from .matrix import Columns, Places, Taken, ratio, running
from .measure import Measures

_GROUPS: Final = (
    ("comments", frozenset(("comments",))),
    ("related", frozenset(("related", "teaser", "newsletter", "navigation"))),
    ("share", frozenset(("share",))),
    ("byline", frozenset(("byline", "date"))),
    ("legal", frozenset(("legal", "cookie", "advert", "app-banner"))),
)
"""Categories of rules whose nearest lines are looked for."""
_DIGITS = re.compile(r"\d+")


def of_rules(count: int, taken: Taken, edges: Ints | None = None) -> Columns:
    """Columns of the lines near by that rules take, for so many lines."""
    place = Places.of(count, edges)
    columns: Columns = {}
    far = np.full(count, np.float32(matrix.FAR))
    for name, group in _GROUPS:
        before = after = far
        own = taken.column([rule.category in group for rule in taken.rules], count, np.bool_)
        if own.any():  # most pages lack most of the categories
            before, after = matrix.gaps(own, place)
        columns[f"gap {name} before"], columns[f"gap {name} after"] = before, after
    sums = running(taken.column(1, count, np.int64))
    for reach in (5, 15):
        low, high = place.within(reach)
        columns[f"rules {reach}"] = ratio(sums[high] - sums[low], high - low)
    return columns


def of_copies(lines: Measures, texts: Sequence[str], edges: Ints | None = None) -> Columns:
    """Columns of how often the page prints each line, whatever its numbers, and those around it."""
    place = Places.of(len(texts), edges)
    if lines.same is not None:
        copies = matrix.counted(lines.same[1], place)
    else:
        folded = list(texts)
        for row in np.flatnonzero(lines.kinds[:, measure.DIGIT] > 0).tolist():
            folded[row] = _DIGITS.sub("0", texts[row])
        copies = matrix.copies(lines, folded, edges)
    repeated = running((copies > 1).astype(np.int64))
    low, high = place.within(5)
    return {
        "copies folded": copies.astype(np.float32),
        "copies around": ratio(repeated[high] - repeated[low], high - low),
    }
