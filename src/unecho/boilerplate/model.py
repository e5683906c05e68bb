"""The trained model of the cleaner: plain arrays in ``model.npz``, made by ``training/train.py``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from math import log
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final, Literal

import numpy as np
from numpy.typing import NDArray

from ..base.columns import Ints
from .forest import UNIT, Forest

Kind = Literal["html", "text", "light"]
KINDS: Final[tuple[Kind, ...]] = ("html", "text", "light")
"""Pages with their markup, dumps of pages, and what an extractor gave."""
FILE: Final = Path(__file__).with_name("model.npz")
PARTS: Final = 64
"""Probabilities between the passes are whole numbers of this many parts."""


@dataclass(frozen=True, slots=True)
class Model:
    """What was learnt for one kind of document."""

    lexicon: NDArray[np.int8]
    """Weights of the places of words and pairs of words, in 32nds of log odds."""
    names: NDArray[np.int8]
    """Weights of the places of tags and of the tokens of classes; empty for plain text."""
    first: Forest
    """The first pass: a line by itself."""
    second: Forest
    """The second pass: a line among the others, whose first scores are known."""
    threshold: int
    """Score of the second pass above which a line is of the article."""


def load(path: Path) -> Mapping[Kind, Model]:
    """The models in a file."""
    with np.load(path, allow_pickle=False) as arrays:
        return MappingProxyType({kind: _model(arrays, kind) for kind in KINDS})


@cache
def shipped() -> Mapping[Kind, Model]:
    """The model that comes with the package."""
    return load(FILE)


def save(models: Mapping[Kind, Model], path: Path) -> None:
    """Write models to a file; equal models make equal files."""
    arrays: dict[str, Any] = {}
    for kind, model in models.items():
        arrays |= {f"{kind}.lexicon": model.lexicon, f"{kind}.names": model.names}
        arrays[f"{kind}.threshold"] = np.array(model.threshold)
        for name, forest in (("first", model.first), ("second", model.second)):
            key = f"{kind}.{name}"
            arrays |= {f"{key}.columns": np.array(forest.columns), f"{key}.column": forest.column}
            arrays |= {f"{key}.threshold": forest.threshold, f"{key}.leaves": forest.leaves}
            arrays[f"{key}.bias"] = np.array(forest.bias)
    with path.open("wb") as file:
        np.savez_compressed(file, **arrays)


def _model(arrays: Mapping[str, Any], kind: str) -> Model:
    return Model(
        arrays[f"{kind}.lexicon"],
        arrays[f"{kind}.names"],
        _forest(arrays, f"{kind}.first"),
        _forest(arrays, f"{kind}.second"),
        int(arrays[f"{kind}.threshold"]),
    )


def _forest(arrays: Mapping[str, Any], key: str) -> Forest:
    return Forest(
        tuple(arrays[f"{key}.columns"].tolist()),
        arrays[f"{key}.column"],
        arrays[f"{key}.threshold"],
        arrays[f"{key}.leaves"],
        int(arrays[f"{key}.bias"]),
    )


@cache
def _bounds() -> Ints:
    shares = [(part - 0.5) / PARTS for part in range(1, PARTS + 1)]
    return np.array([round(UNIT * log(share / (1 - share))) for share in shares], np.int64)


def probability(scores: Ints) -> Ints:
    """Probabilities of scores, in parts of ``PARTS``: whole numbers from 0 to 64."""
    result: Ints = np.searchsorted(_bounds(), scores, side="right")
    return result


def least_score(part: int) -> int:
    """The least score whose probability is that many parts, 1 to ``PARTS``, or more."""
    return int(_bounds()[part - 1])
