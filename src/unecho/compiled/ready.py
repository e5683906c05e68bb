"""The kernels made ready: compiled once for each installation, by several processes, or loaded from the cache."""

from __future__ import annotations

from ..base.engine import ordered_map, uncollected
from . import (
    automaton,
    choose,
    forest,
    frame,
    group,
    jit,
    line,
    lookup,
    matter,
    minhash,
    paragraph,
    passage,
    place,
    quote,
    ranks,
    record,
    scan,
    seed,
    shingle,
    story,
    token,
    tree,
    vocabulary,
    wrap,
)

MODULES = {
    module.__name__: module
    for module in (
        choose, passage, tree, scan, shingle, seed, story, line, token, minhash, automaton, quote, forest, lookup,
        matter, group, place, vocabulary, paragraph, wrap, record,
        ranks, frame,
    )
}  # fmt: skip
"""Those that take longest to compile first."""


def is_cached() -> bool:
    """Whether all kernels were compiled before, as far as the files in the cache show."""
    return all(map(jit.is_cached, MODULES.values()))


def warm(workers: int = 1) -> None:
    """Compile every kernel, or load it from the cache, by calling it on next to nothing. ``workers``: processes."""
    if workers > 1 and jit.has_cache() and not is_cached():
        for _ in ordered_map(_warm, MODULES, workers, apart=True):
            pass
    for name in MODULES:
        _warm(name)


def _warm(name: str) -> None:
    with uncollected():
        MODULES[name].warm()
