"""The Python interface: two functions, one result."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from . import config, pipeline
from .result import Result

Inputs = str | Path | Iterable[str | Path] | Iterable[tuple[str, str]]


def dedupe(inputs: Inputs, **settings: Any) -> Result:
    """Strip boilerplate, find what documents repeat of one another, and choose the copy that stays.

    ``inputs``: a file or folder, several of them, or (id, text) pairs. ``settings``: any field of
    ``config.Settings``, and ``workers``, ``memory_mb``. Nothing is written: ``result.write(OUT)`` does that.
    Raises errors.UsageError for what cannot be done, errors.RunError for what failed.
    """
    return pipeline.run("dedupe", _listed(inputs), config.build(settings))


def clean(inputs: Inputs, **settings: Any) -> Result:
    """Strip boilerplate only; otherwise as ``dedupe``."""
    return pipeline.run("clean", _listed(inputs), config.build(settings))


def _listed(inputs: Inputs) -> Any:
    if isinstance(inputs, str | Path):
        return [Path(inputs)]
    return [item if isinstance(item, tuple) else Path(item) for item in inputs]
