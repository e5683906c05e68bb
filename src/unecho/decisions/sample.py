"""A check by hand: removals drawn at random and looked at, and the precision that follows, with its interval.

``OUT/sample.jsonl`` holds one answer a line:
``{"fingerprint": RUN, "removal": ID, "right": true, "who": "anna", "when": "..."}``; of several on one removal the last
counts. Which removals are drawn follows from the run's fingerprint, so that nobody can choose them.
"""

from __future__ import annotations

import math
import os
import random
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import orjson

from ..output.manifest import SAMPLE

SIZE = 50
_Z = 1.959964
"""Of the normal distribution, for an interval that holds the true value 95 times in 100."""


@dataclass(frozen=True, slots=True)
class Summary:
    """What the check says so far. ``low`` and ``high``: Wilson's interval of 95% around the precision."""

    checked: int
    right: int
    low: float
    high: float

    @property
    def precision(self) -> float:
        """Share of the checked removals that were right."""
        return self.right / self.checked if self.checked else 0.0


def drawn(fingerprint: str, population: int, size: int = SIZE) -> list[int]:
    """Numbers of the removals to look at, below ``population``, in the order they were drawn."""
    return random.Random(f"unecho {fingerprint}").sample(range(population), min(size, population))


def answers(run: Path, fingerprint: str) -> dict[str, bool]:
    """The answers given for a run, by removal. Lines that are none are passed over."""
    found: dict[str, bool] = {}
    try:
        lines = (run / SAMPLE).read_bytes().splitlines()
    except OSError:
        return found
    for line in lines:
        try:
            data = orjson.loads(line)
            if data["fingerprint"] == fingerprint:
                found[str(data["removal"])] = bool(data["right"])
        except (orjson.JSONDecodeError, KeyError, TypeError):
            continue
    return found


def answer(run: Path, fingerprint: str, removal: str, right: bool, who: str) -> None:
    """Write down an answer; it is on disk when this returns."""
    now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    line = {"fingerprint": fingerprint, "removal": removal, "right": right, "who": who, "when": now}
    with (run / SAMPLE).open("ab") as file:
        file.write(orjson.dumps(line, option=orjson.OPT_APPEND_NEWLINE))
        file.flush()
        os.fsync(file.fileno())


def summary(given: dict[str, bool]) -> Summary:
    """Precision with Wilson's interval (1927), which holds for small samples and for shares near 0 and 1 too."""
    count, right = len(given), sum(given.values())
    if not count:
        return Summary(0, 0, 0.0, 1.0)
    share, z2 = right / count, _Z * _Z
    middle = (share + z2 / (2 * count)) / (1 + z2 / count)
    half = _Z * math.sqrt(share * (1 - share) / count + z2 / (4 * count * count)) / (1 + z2 / count)
    return Summary(count, right, max(0.0, middle - half), min(1.0, middle + half))
