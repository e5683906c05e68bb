"""Where tokens lie: the paragraph of each, and its characters in the document's text. Few tokens are ever asked for, so
of large corpora no more is kept than what tells it, and it is worked out when it is asked for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from ..base.columns import HELD, PIECE, Ints, Mask, offsets_of, owners, release

STEP = 32
"""Tokens, of which one has its place written out, and its paragraph."""
LONG = 255
"""Characters from which a token, or what stands before it, is too long to be told in a byte."""

Points = NDArray[np.uint32]


class Lookup(Protocol):
    """Something about each token of a corpus: a column, or what works it out. Asked by number, numbers or slice."""

    def __getitem__(self, tokens: Any) -> Any: ...


@dataclass(frozen=True, slots=True)
class Steps:
    """Places of tokens as steps from one to the next. step: uint16 per token, the characters between it and the one
    before, times 256, plus those of its own (``LONG`` stands for more). Where that does not tell the place, and every
    ``STEP`` tokens, it is written out: number: int64, sorted, which tokens these are (the first is among them); start,
    end: uint32 each, its characters.
    """

    step: NDArray[np.uint16]
    number: Ints
    start: Points
    end: Points

    def later(self, count: int) -> Steps:
        """The same steps, ``count`` tokens later in a column."""
        return Steps(self.step, self.number + count, self.start, self.end)


def packed(start: Points, end: Points, offsets: Ints, compiled: bool = False) -> Steps:
    """Places as steps. ``offsets``: int64, the tokens of text i are offsets[i]:offsets[i + 1]. ``compiled``: by the
    kernel."""
    if compiled:
        from ..compiled import place as kernels

        step, number = np.empty(len(start), np.uint16), np.empty(len(start), np.int64)
        number = number[: kernels.steps(start, end, offsets, step, number)].copy()
        return Steps(step, number, start[number], end[number])
    length = end - start
    gap = start.copy()
    gap[1:] -= end[:-1]  # at the beginning of a text this is of no use, and may be below zero, that is huge
    written: Mask = np.maximum(gap, length) >= LONG
    far = np.flatnonzero(written)
    far_gap, far_length = np.minimum(gap[far], LONG), np.minimum(length[far], LONG)
    gap <<= 8
    gap |= length
    step = gap.astype(np.uint16)
    step[far] = far_gap << 8 | far_length
    written[::STEP] = True
    written[offsets[:-1][offsets[:-1] < len(start)]] = True
    number = np.flatnonzero(written)
    return Steps(step, number, start[number], end[number])


def unpacked(steps: Steps) -> tuple[Points, Points]:
    """Start and end of all tokens."""
    length = steps.step & np.uint16(LONG)
    running = offsets_of((steps.step >> np.uint16(8)).astype(np.int64) + length)[1:]
    shift = steps.end - running[steps.number]
    end = running + np.repeat(shift, np.diff(steps.number, append=len(running)))
    start = end - length
    start[steps.number] = steps.start
    return start.astype(np.uint32), end.astype(np.uint32)


@dataclass(frozen=True, slots=True)
class _Characters:
    """The characters at which tokens of a corpus begin, or end (uint32), worked out of steps. side: 0 or 1."""

    steps: Steps
    side: int
    shift: Ints
    paragraph_of_token: Lookup

    def __getitem__(self, tokens: Any) -> Any:
        from ..compiled import place as kernels

        numbers, steps = _numbers(tokens), self.steps
        start, end = np.empty(len(numbers), np.uint32), np.empty(len(numbers), np.uint32)
        for begin in range(0, len(numbers), PIECE // 10):
            part = slice(begin, begin + PIECE // 10)
            wanted = numbers[part] + self.shift[self.paragraph_of_token[numbers[part]]]
            kernels.places(steps.step, steps.number, (steps.start, steps.end), wanted, start[part], end[part])
            if len(numbers) > PIECE // 10:  # of a few that are asked for again and again it pays to keep what is near
                release(steps.step, above=HELD)
        found = (start, end)[self.side]
        return found if np.ndim(tokens) or isinstance(tokens, slice) else found[0]


@dataclass(frozen=True, slots=True)
class _Owners:
    """The paragraph of every token (int32), worked out of where the tokens of each begin (int64 offsets)."""

    paragraphs: Ints
    near: NDArray[np.int32]

    def __getitem__(self, tokens: Any) -> Any:
        from ..compiled import place as kernels

        numbers = _numbers(tokens)
        result = np.empty(len(numbers), np.int32)
        kernels.paragraphs(self.near, self.paragraphs, numbers, result)
        return result if np.ndim(tokens) or isinstance(tokens, slice) else result[0]


def _numbers(tokens: Any) -> Ints:
    if isinstance(tokens, slice):
        return np.arange(tokens.start, tokens.stop)
    return np.atleast_1d(np.asarray(tokens, np.int64))


@dataclass(frozen=True, slots=True)
class Places:
    """Of the tokens of a corpus: the paragraph each lies in, and the characters at which it begins and ends.

    For the kernels: ``Steps.step``; shift: what is to be added to the number of a token to find it there (int64 per
    paragraph); near: the paragraph of every ``STEP``-th token (int32).
    """

    paragraph_of_token: Lookup
    start: Lookup
    end: Lookup
    step: NDArray[np.uint16]
    shift: Ints
    near: NDArray[np.int32]
    steps: Steps | None = None
    """Where each is worked out when it is asked for."""

    def written_out(self) -> tuple[Ints, Points, Points]:
        """Of ``Steps``: number, start and end."""
        if self.steps:
            return self.steps.number, self.steps.start, self.steps.end
        every = slice(0, len(self.step))
        return np.arange(len(self.step)), self.start[every], self.end[every]

    @classmethod
    def written(cls, start: Points, end: Points, paragraphs: Ints) -> Places:
        """All of them at hand. ``paragraphs``: int64, where the tokens of each paragraph begin."""
        sizes, step = np.diff(paragraphs), np.minimum(end - start, LONG).astype(np.uint16)
        step[1:] |= np.minimum(start[1:] - end[:-1], LONG).astype(np.uint16) << np.uint16(8)  # huge between documents
        return cls(owners(sizes), start, end, step, np.zeros(len(sizes), np.int64), _near(paragraphs))

    @classmethod
    def worked_out(cls, steps: Steps, shift: Ints, paragraphs: Ints) -> Places:
        """Each when it is asked for, by the kernels."""
        owner = _Owners(paragraphs, _near(paragraphs))
        start, end = (_Characters(steps, side, shift, owner) for side in (0, 1))
        return cls(owner, start, end, steps.step, shift, owner.near, steps)


def _near(paragraphs: Ints) -> NDArray[np.int32]:
    """The paragraph of every ``STEP``-th token."""
    steps = (paragraphs + (STEP - 1)) // STEP
    return (np.cumsum(np.bincount(steps)[: steps[-1]]) - 1).astype(np.int32)
