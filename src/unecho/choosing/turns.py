"""Who decides on which documents, where several do at the same time: each of them on documents that hang on none which
another one has yet to decide on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from typing import TYPE_CHECKING

from ..base.columns import HELD, Hashes, Ints, beside, release
from ..matching.corpus import Corpus

if TYPE_CHECKING:
    from ..compiled.place import Codes
    from ..compiled.share import Shared
    from ..compiled.text import Text
    from ..compiled.verdict import Choice
    from .wordbook import WordBook

_ROUNDS, _LEAST = 16, 512
"""Rounds in which all documents are decided on; documents in one at the least. In a short round few documents hang on
one another, in a long one nobody waits for long."""
_TOGETHER = 64
"""Documents that are gone through at a time, at the most: then the texts are let go of, in which words met for the
first time were looked up. With 4,096 they were a quarter of all memory, with 256 a twentieth."""
_MAPPED = 2500
"""Megabytes of files in memory from which they are let go meanwhile: what is looked into here and there brings its wide
surroundings with it, and to bring them again each time takes longer than the choosing itself."""


def rounds(order: Ints, latest: Ints, workers: int) -> Iterator[tuple[list[Ints], Ints]]:
    """The documents in keeping order, in rounds: for each worker those that hang on none of their round, and then, in
    order, the others. ``latest``: see ``compiled.share.latest``."""
    size = max(len(order) // _ROUNDS, _LEAST)
    for begin in range(0, len(order), size):
        some, alone = order[begin : begin + size], latest[begin : begin + size] < begin
        free = some[alone]  # each share as a column of its own: for others the kernels would be compiled again
        yield [free[number::workers].copy() for number in range(workers)], some[~alone]


def take_turns(workers: Sequence[Worker], order: Ints, latest: Ints) -> None:
    """Have the workers, of which the first is this thread, decide on all documents, as if one did in keeping order."""
    first, *others = workers
    for shares, rest in rounds(order, latest, len(workers)):
        waiting = [beside(partial(other.decide, share), True) for other, share in zip(others, shares[1:], strict=True)]
        first.decide(shares[0])
        for done in waiting:
            done()
        first.decide(rest)


class Worker:
    """Decides on documents by the kernels."""

    def __init__(
        self, corpus: Corpus, text: Text, shared: Shared, book: WordBook, choice: Choice, slots: Hashes,
        keeper: Codes,
    ) -> None:  # fmt: skip
        from ..compiled.choose import state_for
        from ..compiled.verdict import room_for

        self._corpus, self._text, self._shared, self._book, self._choice = corpus, text, shared, book, choice
        self._state = state_for(text, shared, choice.rules, slots, keeper)
        self.found = room_for(len(corpus.paragraphs))

    def another(self) -> Worker:
        """One for another thread, for which stays what stays for this one."""
        text, state = self._text, self._state
        text = text._replace(letters=text.letters._replace(met=text.letters.met.copy()))
        worker = Worker(self._corpus, text, self._shared, self._book.another(), self._choice, state.slots, state.keeper)
        worker._state = worker._state._replace(kept=state.kept)
        return worker

    def decide(self, documents: Ints) -> None:
        """Decide on documents, which are in keeping order."""
        from ..compiled.choose import choose, with_room

        text, shared, rules = self._text, self._shared, self._choice.rules
        self._state.progress[0] = 0
        while self._state.progress[0] < len(documents):
            self._corpus.release(_MAPPED)
            release(text.letters.data, above=HELD)
            some = documents[: int(self._state.progress[0]) + _TOGETHER]
            choose(text, shared, self._book.page(), self._choice, self._state, self.found, some)
            self._book.learn()
            self._state = with_room(text, shared, rules, self._state)
