"""What the labels are made of that the cleaner's model learns from."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture
def load(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Imports a module of the folders benchmarks and training, which are no packages."""
    for folder in ("benchmarks", "training"):
        monkeypatch.syspath_prepend(ROOT / folder)
    before = set(sys.modules)
    yield importlib.import_module
    for name in set(sys.modules) - before:
        del sys.modules[name]


PAGE = {"id": "a", "set": "some", "with": ["the bridge must be rebuilt"], "without": ["Share this story"]}
TEXTS = ["The council said the bridge must be rebuilt now.", "Share this story", "The mayor agreed.", "Sport", "Home"]


def test_advice_counts_where_segments_say_nothing(load: Any) -> None:
    advised = load("gold").advised(PAGE, TEXTS, [1.0, 0.0, 1.0, 0.0, -1.0], [0.0, 1.0, 0.5, -1.0, -1.0])
    assert [share for share, _ in advised] == [1.0, 0.0, 0.75, 0.0, -1.0]
    weights = [weight for _, weight in advised]
    assert weights[0] == weights[1] > 0 and weights[2] > weights[3] > 0 == weights[4]


def test_advice_weighs_the_same_on_every_page(load: Any) -> None:
    gold = load("gold")
    few = gold.advised(PAGE, TEXTS, [1.0, 0.0, -1.0, -1.0, -1.0], [0.9] * 5)
    many = gold.advised(PAGE, TEXTS * 9, [1.0, 0.0, -1.0, -1.0, -1.0] * 9, [0.9] * 45)
    assert few[:2] == many[:2]
    assert sum(weight for _, weight in few[2:]) == pytest.approx(sum(w for (s, w) in many if s == 0.9))


def test_opinions_reach_lines_of_other_versions_of_a_page(load: Any) -> None:
    numpy = load("numpy")
    texts = ["- A first item", "Home", "A long paragraph that a dump cuts in two at this place.", "Home"]
    thought = load("opinion").Opinion(texts, numpy.array([0.9, 0.25, 0.6, 0.75]))
    wanted = ["A first  item", "Home", "that a dump cuts in two", "at this", "Not there at all, this one"]
    assert thought.of(wanted) == [0.9, 0.5, 0.6, -1.0, -1.0]
