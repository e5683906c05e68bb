"""What lies in the elements that hold each line of a page, as columns of numbers; see ``matrix``."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from ..base.columns import Ints
from ..model import Block
from .matrix import Columns, Kinds, numbered, ratio, running

_LEVELS = 8
"""Elements above a block that are looked at."""


def of_tree(blocks: Sequence[Block], chars: Ints, mass: Ints, drag: Ints) -> Columns:
    """Columns of the elements that each line lies in: what else lies in them."""
    paths = np.full((len(blocks), _LEVELS), -1, np.int64)
    for row, block in enumerate(blocks):
        path = block.path[-_LEVELS:][::-1]
        paths[row, : len(path)] = path
    numbers, index = np.unique(paths, return_inverse=True)
    index = index.reshape(paths.shape)
    outside = numbers[0] == -1
    flat, size = index.ravel(), len(numbers)

    def inside(values: NDArray[np.generic]) -> NDArray[np.float64]:
        found: NDArray[np.float64] = np.bincount(flat, np.repeat(values, _LEVELS), size).astype(np.float64)
        if outside:
            found[0] = 0
        return found

    total = max(int(mass.sum()), 1)
    linked = np.array([block.link_density for block in blocks]) * chars
    linked = np.rint(linked).astype(np.int64)
    good, bad, size_of, links, count = inside(mass), inside(drag), inside(chars), inside(linked), inside(chars > 0)
    columns: Columns = {}
    for level in range(1, 6):
        place = index[:, level]
        columns[f"mass above {level}"] = ratio(good[place], total)
        columns[f"density above {level}"] = ratio(good[place], good[place] + bad[place])
        columns[f"links above {level}"] = ratio(links[place], size_of[place])
        if level < 4:
            columns[f"lines above {level}"] = count[place].astype(np.float32)
    columns |= _of_container(index, good, mass, total, outside)
    columns |= _of_group(blocks, mass, drag, total)
    return columns


def _of_container(index: Ints, good: NDArray[np.float64], mass: Ints, total: int, outside: bool) -> Columns:
    """The best container, as Readability finds it: the element whose children hold most of the mass."""
    size = len(good)
    near = np.bincount(index[:, 1], mass, size) + np.bincount(index[:, 2], mass, size) * 0.5
    near += np.bincount(index[:, 3], mass, size) * 0.25
    if outside:
        near[0] = -1
    columns: Columns = {}
    best = int(np.argmax(near))
    wide = int(np.flatnonzero(good >= 0.7 * good.max())[-1])  # elements inside have greater numbers
    for name, element in (("best", best), ("wide", wide)):
        path = index[(index == element).any(axis=1)][:1]
        above = path[0] if len(path) else index[0]
        level = int(np.flatnonzero(above == element)[0]) if (above == element).any() else 0
        chain = above[level:]
        # Levels up from each line to the container, or to what both lie in.
        up = np.full(len(index), 9, np.int64)
        far = np.full(len(index), 9, np.int64)
        for step, node in enumerate(chain):
            if outside and node == 0:
                break
            hit = index == node
            found = hit.any(axis=1) & (far == 9)
            far[found] = step
            up[found] = hit[found].argmax(axis=1)
        columns[f"{name} far"] = far.astype(np.float32)
        columns[f"{name} up"] = up.astype(np.float32)
        columns[f"{name} share"] = np.full(len(index), good[element] / total, np.float32)
    for level in (1, 2):
        columns[f"score above {level}"] = (near[index[:, level]] / max(float(near.max(initial=0)), 1.0)).astype(
            np.float32
        )
    return columns


def trees(blocks: Sequence[Block], kinds: Kinds, chars: Ints, mass: Ints, drag: Ints, edges: Ints) -> Columns:
    """``of_tree`` of documents, the lines of which begin at ``edges``, by the compiled kernel."""
    from ..compiled import tree as kernels

    counts = np.fromiter((len(block.path) for block in blocks), np.int64, len(blocks))
    numbers = np.fromiter(chain.from_iterable([block.path for block in blocks]), np.int64, int(counts.sum()))
    linked = np.rint(np.array([block.link_density for block in blocks]) * chars).astype(np.int64)
    groups = np.stack([numbered([key(block) for block in kinds.blocks])[1][kinds.of] for _, key in _GROUPS])
    lines = kernels.Lines(numbers, running(counts), groups, chars, linked, mass, drag)
    table = np.empty((len(kernels.COLUMNS), len(blocks)), np.float32)
    kernels.trees(lines, edges, np.empty((3, len(kinds.blocks)), np.int64), table)
    return dict(zip(kernels.COLUMNS, table, strict=True))


_GROUPS: tuple[tuple[str, Callable[[Block], Hashable]], ...] = (
    ("kind", lambda block: (block.tag, block.own)),
    ("path", lambda block: (block.tag, block.ancestors[-4:])),
    ("tokens", lambda block: (block.tag, block.tokens)),
)


def _of_group(blocks: Sequence[Block], mass: Ints, drag: Ints, total: int) -> Columns:
    """Lines with the same tag and classes."""
    columns: Columns = {}
    for name, key in _GROUPS:
        _, group = numbered([key(block) for block in blocks])
        good, bad, count = np.bincount(group, mass), np.bincount(group, drag), np.bincount(group)
        columns[f"mass of {name}"] = ratio(good[group], total)
        columns[f"density of {name}"] = ratio(good[group], good[group] + bad[group])
        columns[f"lines of {name}"] = count[group].astype(np.float32)
    return columns
