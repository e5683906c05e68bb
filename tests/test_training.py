"""What the labels are made of that the cleaner's model learns from."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from unecho.boilerplate.forest import UNIT

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture
def load(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Imports a module of the folders benchmarks and training, which are no packages."""
    folders = [ROOT / name for name in ("benchmarks", "training")]
    for folder in folders:
        monkeypatch.syspath_prepend(folder)
    yield importlib.import_module
    for name, module in list(sys.modules.items()):
        if Path(getattr(module, "__file__", None) or "").parent in folders:
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
    texts = ["- A first item", "Home", "A long paragraph that a dump cuts in two at this place.", "Home"]
    thought = load("opinion").Opinion(texts, np.array([0.9, 0.25, 0.6, 0.75]))
    wanted = ["A first  item", "Home", "that a dump cuts in two", "at this", "Not there at all, this one"]
    assert thought.of(wanted) == [0.9, 0.5, 0.6, -1.0, -1.0]


def test_the_gold_tells_every_line_of_a_full_text_and_those_of_segments(load: Any) -> None:
    gold = load("gold")
    assert gold.told(PAGE, TEXTS) == [True, True, False, False, False]
    assert gold.told({"id": "b", "set": "some", "body": "The mayor agreed."}, TEXTS) == [True] * 5


def boosted(*trees: tuple[list[tuple[int, float]], list[float]], bias: float) -> dict[str, Any]:
    """Trees as the training library writes them: the questions (column, border) and the leaves of each."""
    written = [
        {
            "splits": [{"float_feature_index": column, "border": border} for column, border in splits],
            "leaf_values": leaves,
        }
        for splits, leaves in trees
    ]
    return {"oblivious_trees": written, "scale_and_bias": [1, [bias]]}


def test_a_bag_of_trees_says_the_mean_of_them(load: Any) -> None:
    one = boosted(([(2, 0.5), (0, 1.5)], [0.0, 1.0, 2.0, 3.0]), bias=1.0)
    other = boosted(([(0, 2.5)], [-1.0, 1.0]), bias=0.0)
    found = load("forests").mean([one, other], ["a", "b", "c"])
    assert found.columns == ("a", "c")
    columns = {"a": np.array([1, 2, 3], np.float32), "c": np.array([1, 0, 1], np.float32)}
    expected = [0.5 + (1.0 - 1.0) / 2, 0.5 + (2.0 - 1.0) / 2, 0.5 + (3.0 + 1.0) / 2]
    assert found.score(columns).tolist() == [UNIT * value for value in expected]


def test_who_says_what_a_line_is_is_not_asked_in_the_end(load: Any) -> None:
    heard = boosted(([(1, 0.5), (0, 1.5)], [1.0, 7.0, 2.0, 8.0]), bias=0.0)  # the column 1 has no name
    found = load("forests").mean([heard], ["a"])
    assert found.columns == ("a",)
    assert found.score({"a": np.array([1, 2], np.float32)}).tolist() == [UNIT * 1, UNIT * 2]
