"""What is known of spelling, as the kernel takes it that spells words out; ``guards.Word`` is what it has to make."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from functools import cache

import numpy as np

from ..base.columns import Hashes, Ints, offsets_of
from ..compiled import spell as kernels
from ..compiled.place import Codes
from ..text import spelling
from ..text.normalize import fold
from . import guards

_CLASSES = "ilvy", "bh", "ft", "gkq", *"djopwx"
"""Letters that a word keeps one of in whatever shape and spelling it is compared (see ``guards.shape``,
``spelling.canonical``): those left out may go, or come, or become one another."""


_BLOCKS = 0x110000 // kernels.BLOCK
_ROOM = 1 << 10
"""Characters of the longest word that there is room for at first."""


class Spellings:
    """The table, with the characters that were asked for, and room for words as long as were met."""

    def __init__(self) -> None:
        self._begin = np.full(_BLOCKS, -1, np.int64)
        self._characters, self._folds = np.zeros((0, 4), np.int64), np.zeros(0, np.uint32)
        self._room = np.empty((3, _ROOM), np.uint32)
        self.add(0)

    def lengthen(self) -> None:
        """Make room for longer words: only as it is asked for, as a character may become many when it is folded."""
        self._room = np.empty((3, 2 * self._room.shape[1]), np.uint32)

    def add(self, block: int) -> None:
        """Make the characters of a block known, and those that they become when they are folded."""
        wanted = [block]
        for each in wanted:
            if self._begin[each] < 0:
                wanted += self._added(each)

    def _added(self, block: int) -> list[int]:
        """The blocks that the characters of one become."""
        self._begin[block] = len(self._characters)
        chars = list(map(chr, range(block * kernels.BLOCK, (block + 1) * kernels.BLOCK)))
        points, edges = _points_of(list(map(fold, chars)))
        edges += len(self._folds)
        values = [ord("0") + unicodedata.decimal(char, 0) for char in chars]
        rows = np.stack([np.array(list(map(_flags, chars)), np.int64), edges[:-1], edges[1:], np.array(values)], axis=1)
        self._characters = np.concatenate([self._characters, rows])
        self._folds = np.concatenate([self._folds, points])
        return list(set((points // kernels.BLOCK).tolist()))

    def table(self) -> kernels.Spelling:
        """As it is now."""
        slots, keys, known, endings, points = _known()
        characters = self._characters.copy()
        characters[:, [kernels.FOLD, kernels.FOLD_END]] += len(points)
        points = np.concatenate([points, self._folds])
        return kernels.Spelling(slots, keys, known, endings, points, _signs(), self._begin, characters, self._room)


def _flags(char: str) -> int:
    decimal = char.isdecimal()
    return (
        kernels.ALPHA * char.isalpha()
        | kernels.INNER * (char.isalnum() and not decimal)
        | kernels.NUMERIC * char.isdigit()
        | kernels.DECIMAL * decimal
        | kernels.UPPER * char.isupper()
    )


@cache
def _signs() -> Ints:
    rows = [[ord(char.translate(signs)) for char in map(chr, range(128))] for signs in guards.signs()]
    classes = [0] * 128
    for number, letters in enumerate(_CLASSES):
        for letter in letters:
            classes[ord(letter)] = 1 << number
    return np.array([*rows, classes], np.int64)


def _points_of(texts: Sequence[str]) -> tuple[kernels.Points, Ints]:
    """The code points of texts one after another, and where those of each begin (int64 offsets)."""
    points = np.frombuffer("".join(texts).encode("utf-32-le", "surrogatepass"), np.uint32).copy()
    return points, offsets_of(np.fromiter(map(len, texts), np.int64, len(texts)))


@cache
def _known() -> tuple[Codes, Hashes, Ints, Ints, kernels.Points]:
    """``Spelling`` as far as it is the same for all texts."""
    known, told = spelling.known(), guards.facts_folded()
    nothing = spelling.Known(None, None, -1, False, False, False, False)
    written = {text: known.get(text, nothing) for text in sorted(known.keys() | told)}
    spelled, edges = _points_of([one.whole or one.unit or "" for one in written.values()])
    fresh, fresh_edges = _points_of([new for _, new, _, _, _ in spelling.ENDINGS])
    rows = [(_bits(one, text in told), one.ending) for text, one in written.items()]
    endings = [
        (len(old), letters, sum(1 << ord(letter) % 32 for letter in last))
        for old, _, letters, last, _ in spelling.ENDINGS
    ]
    keys, slots = np.empty(len(rows), np.uint64), np.full(4 << len(rows).bit_length(), -1, np.int32)
    kernels.fill(*_points_of(list(written)), keys, slots)
    return (
        slots, keys, np.column_stack([np.array(rows, np.int64), edges[:-1], edges[1:]]),
        np.column_stack([np.array(endings, np.int64), fresh_edges[:-1] + edges[-1], fresh_edges[1:] + edges[-1]]),
        np.concatenate([spelled, fresh]),
    )  # fmt: skip


def _bits(known: spelling.Known, told: bool) -> int:
    return (
        kernels.FACT * told
        | kernels.WHOLE * (known.whole is not None)
        | kernels.UNIT * (known.unit is not None)
        | kernels.CHANGES * known.changes
        | kernels.TAIL * known.tail
        | kernels.AMOUNT * known.begins
        | kernels.COUNTED * known.ends
    )
