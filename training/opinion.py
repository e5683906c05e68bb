"""What a model thinks of the lines of a page, carried over to other versions of the page."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import gold
import numpy as np
from numpy.typing import NDArray

_LEAST = 15
"""Characters from which a line is looked for inside the lines of the page, if it is none of them."""


@dataclass(frozen=True, slots=True)
class Opinion:
    """What a model thinks of the lines of a page."""

    texts: Sequence[str]
    chances: NDArray[np.float64]
    """Of each line to be article."""

    def of(self, texts: Sequence[str]) -> list[float]:
        """Of each of ``texts``, which are lines of another version of the page; -1 where it has no such line."""
        flat = [_bare(text) for text in self.texts]
        known: dict[str, list[float]] = defaultdict(list)
        for text, chance in zip(flat, self.chances.tolist(), strict=True):
            known[text].append(chance)
        whole, ends = " ".join(flat), np.cumsum([len(text) + 1 for text in flat])
        found = []
        for text in map(_bare, texts):
            at = whole.find(text) if text not in known and len(text) > _LEAST else -1
            inside = float(self.chances[np.searchsorted(ends, at, side="right")]) if at >= 0 else -1.0
            found.append(float(np.mean(known[text])) if text in known else inside)
        return found


def _bare(text: str) -> str:
    return gold.squeeze(text).removeprefix("- ")
