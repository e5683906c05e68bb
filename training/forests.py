"""Trees as the training library writes them to those of the package."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from unecho.boilerplate.forest import UNIT, Forest


def mean(contents: Sequence[Any], names: Sequence[str]) -> Forest:
    """The mean of boosted trees over the columns ``names``. Questions on columns beyond them have the answer no.

    ``contents``: what CatBoost writes of each as JSON.
    """
    trees = [tree for content in contents for tree in content["oblivious_trees"]]
    depth = max(len(tree["splits"]) for tree in trees)
    asked = {split["float_feature_index"] for tree in trees for split in tree["splits"]}
    used = sorted(number for number in asked if number < len(names))
    column = np.zeros((len(trees), depth), np.int16)
    threshold = np.full((len(trees), depth), np.inf, np.float32)
    leaves = np.zeros((len(trees), 1 << depth), np.int16)
    for number, tree in enumerate(trees):
        for bit, split in enumerate(tree["splits"]):
            if split["float_feature_index"] < len(names):
                column[number, bit] = used.index(split["float_feature_index"])
                threshold[number, bit] = np.float32(split["border"])
        values = np.rint(UNIT * np.array(tree["leaf_values"]) / len(contents))
        leaves[number, : len(values)] = np.clip(values, -32768, 32767)
    scales, biases = zip(*(content["scale_and_bias"] for content in contents), strict=True)
    if set(scales) != {1}:
        raise ValueError(f"leaves are scaled by {scales}")
    bias = float(np.mean([bias for (bias, *_) in biases]))
    return Forest(tuple(names[n] for n in used), column, threshold, leaves, round(UNIT * bias))
