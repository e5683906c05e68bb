"""Learning: weights of words and names by logistic regression, trees by boosting, in two passes.

Every column of the second pass that is itself learnt (weights, first scores) comes, for the documents that are
learnt from, from models that never saw their site.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import forests
import gold
import numpy as np
import scipy.sparse
from catboost import CatBoost, Pool
from numpy.typing import NDArray
from samples import Sample
from scipy.optimize import minimize

from unecho.boilerplate import evidence, matrix, measure
from unecho.boilerplate.forest import Forest
from unecho.boilerplate.matrix import Columns
from unecho.boilerplate.model import Model, probability

Floats = NDArray[np.float64]

INNER = 3
"""Parts of the training sites for what must not have seen a site."""
RIDGE = 4.0
MIN_SITES = 3
"""Sites that a place must be seen on to get a weight: the rest would be learnt by heart."""
SEED = 1
FIRST = {"iterations": 80, "depth": 6, "learning_rate": 0.15}
SECOND: dict[str, Any] = {
    "iterations": 250, "depth": 6, "learning_rate": 0.07, "l2_leaf_reg": 10, "rsm": 0.4,
    "subsample": 0.7, "bootstrap_type": "Bernoulli",
}  # fmt: skip
_OF_LINES = ("share", "weight", "told")
_NO_FOREST = Forest((), np.zeros((0, 6), np.int16), np.zeros((0, 6), np.float32), np.zeros((0, 64), np.int16), 0)


@dataclass(frozen=True, slots=True)
class Recipe:
    """How a model is made."""

    unused: tuple[str, ...] = ()
    """Beginnings of the names of columns that the second pass does without."""
    seeds: tuple[int, ...] = (SEED,)
    """The second trees are the mean of those that each of these makes."""
    asks_who: bool = False
    """Whether the second trees may ask who says what a line is. Extractors have faults in common: trees that may ask
    need not take them over."""


_PLAIN = Recipe()


@dataclass(frozen=True, slots=True)
class _Prepared:
    """A document with the columns of its first pass and the probabilities of its lines after it."""

    sample: Sample
    own: Columns
    first: NDArray[np.int64]


def train(documents: Sequence[Sample], recipe: Recipe) -> Model:
    """A model of documents of one kind. Its threshold is that of even odds."""
    prepared: list[_Prepared] = []
    for part in range(INNER):
        seen = [one for one in documents if gold.fold_of("inner " + one.site, INNER) != part]
        unseen = [one for one in documents if gold.fold_of("inner " + one.site, INNER) == part]
        weights = _weights(seen)
        prepared += [_Prepared(one, evidence.own_columns(one.found, weights), _none(one)) for one in unseen]
    first = _boost([(item.sample, item.own) for item in prepared], FIRST)
    scored: list[_Prepared] = []
    for part in range(INNER):
        inside = [gold.fold_of("inner " + item.sample.site, INNER) == part for item in prepared]
        rest = [(item.sample, item.own) for item, out in zip(prepared, inside, strict=True) if not out]
        trees = _boost(rest, FIRST)
        scored += [
            replace(item, first=probability(trees.score(item.own)))
            for item, out in zip(prepared, inside, strict=True)
            if out
        ]
    rows = []
    for item in scored:
        columns = evidence.all_columns(item.sample.found, item.own, item.first)
        used = {name: column for name, column in columns.items() if not name.startswith(recipe.unused)}
        rows.append((item.sample, used))
    return replace(_weights(documents), first=first, second=_boost(rows, SECOND, recipe))


def _none(one: Sample) -> NDArray[np.int64]:
    return np.zeros(len(one.share), np.int64)


# --- weights of words and names --------------------------------------------------------------------------


def _weights(documents: Sequence[Sample]) -> Model:
    words = []
    for one in documents:
        lines = one.found.lines
        order = np.argsort(lines.place_lines, kind="stable")
        counts = np.bincount(lines.place_lines, minlength=len(one.share)).astype(np.int64)
        words.append((one, lines.places[order], counts))
    lexicon = _regression(words, measure.WORD_BITS)
    names = np.zeros(0, np.int8)
    if documents and documents[0].found.blocks:
        rows = []
        for one in documents:
            flat = [place for line in one.found.names for place in line]
            rows.append((one, np.array(flat, np.int64), np.array([len(line) for line in one.found.names], np.int64)))
        names = _regression(rows, matrix.NAME_BITS)
    return Model(lexicon, names, _NO_FOREST, _NO_FOREST, 0)


def _regression(rows: Sequence[tuple[Sample, NDArray[np.int64], NDArray[np.int64]]], bits: int) -> NDArray[np.int8]:
    """Ridge logistic regression over which places a line has. Weights in 32nds of log odds."""
    size = 1 << bits
    sites: dict[str, NDArray[np.bool_]] = {}
    for one, places, _ in rows:
        sites.setdefault(one.site, np.zeros(size, np.bool_))[places] = True
    often = np.sum([seen.astype(np.int32) for seen in sites.values()], axis=0) >= MIN_SITES
    counts = np.concatenate([count for _, _, count in rows])
    matrix_ = scipy.sparse.csr_matrix(
        (
            np.ones(int(counts.sum()), np.float32),
            np.concatenate([places for _, places, _ in rows]),
            np.concatenate([[0], np.cumsum(counts)]),
        ),
        shape=(len(counts), size),
    )
    share, weight = (np.concatenate([getattr(one, name) for one, _, _ in rows]) for name in ("share", "weight"))
    use = (share >= 0) & (weight > 0)
    matrix_ = matrix_[use]
    matrix_.sum_duplicates()
    matrix_.data[:] = 1
    matrix_ = (matrix_ @ scipy.sparse.diags(often.astype(np.float32))).tocsr()
    turned, share, weight = matrix_.T.tocsr(), share[use], weight[use]

    def loss(values: Floats) -> tuple[float, Floats]:
        odds = 1 / (1 + np.exp(-np.clip(matrix_ @ values[:-1] + values[-1], -30, 30)))
        off = weight * (odds - share)
        cost = -(weight * (share * np.log(odds + 1e-12) + (1 - share) * np.log(1 - odds + 1e-12))).sum()
        slope = np.append(turned @ off + RIDGE * values[:-1], off.sum())
        return float(cost + RIDGE / 2 * (values[:-1] ** 2).sum()), slope

    found = minimize(loss, np.zeros(size + 1), jac=True, method="L-BFGS-B", options={"maxiter": 60})
    weights: NDArray[np.int8] = np.clip(np.rint(32 * found.x[:-1]), -127, 127).astype(np.int8)
    return weights


# --- trees -----------------------------------------------------------------------------------------------


def _boost(rows: Sequence[tuple[Sample, Columns]], settings: Mapping[str, Any], recipe: Recipe = _PLAIN) -> Forest:
    """Trees over the columns of ``rows``."""
    names = sorted(rows[0][1])
    table = np.concatenate([np.stack([columns[name] for name in names], axis=1) for _, columns in rows])
    share, weight, told = (np.concatenate([getattr(one, name) for one, _ in rows]) for name in _OF_LINES)
    use = (share >= 0) & (weight > 0)
    if recipe.asks_who:  # by a column that has no name: the questions are no part of the forest
        table = np.column_stack([table, ~told])
    boosters = []
    for seed in recipe.seeds:
        booster = CatBoost(
            {
                **settings, "loss_function": "CrossEntropy", "random_seed": seed, "thread_count": 2, "verbose": 0,
                "allow_writing_files": False, "border_count": 64, "boosting_type": "Plain",
            }
        )  # fmt: skip
        boosters.append(booster.fit(Pool(table[use], share[use], weight=weight[use])))
    return forests.mean([_content(booster) for booster in boosters], names)


def _content(booster: CatBoost) -> Any:
    """What the library writes of its trees."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model.json"
        booster.save_model(str(path), format="json")
        return json.loads(path.read_text("utf-8"))
