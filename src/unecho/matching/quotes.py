"""Quotes apart from copies: where one passage runs from a paragraph that was copied whole into a quote that
the other document prints inside a paragraph of its own, a reader wants to see the two apart."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from ..base.columns import Ints, Mask, distinct, offsets_of, order_of, owners, ranges
from ..compiled.when import is_large
from ..text.lookup import among
from .corpus import Corpus, characters
from .grow import LEAST
from .passages import Alignment, Alignments, Equal

T = TypeVar("T", bound=np.generic)

_WHOLE = 0.8
"""Share of the paragraphs it lies in, on both sides, that makes a part a copy of them."""
_ROOM = 65_536
"""Parts that may be quotes there is room for at first in the compiled work."""

Spans = tuple[Ints, Ints]
"""int64 columns: first tokens, and ends."""
_Columns = tuple[Ints, Ints, Ints]
"""Runs as columns: places in a, places in b, lengths."""
_MARKS = np.array(list(map(ord, "\"'“„«‹‘「『")), np.uint32)


@dataclass(frozen=True, slots=True)
class Parts:
    """Passages, as they are found, those in parts that were cut.

    row: int64, which of ``found`` each is, or is a part of. a, b: its tokens on both sides. matched: int64, equal
    words. quote: bool, whether it is part of paragraphs that are otherwise different.
    """

    found: Alignments
    row: Ints
    a: Spans
    b: Spans
    matched: Ints
    quote: Mask

    def __len__(self) -> int:
        return len(self.row)

    def in_order(self, which: Ints) -> Ints:
        """Some parts in order of the span in the first document, the span in the second one, and the passage."""
        return which[by_span((x[which] for x in self.a), (x[which] for x in self.b))]

    def runs(self, which: Ints) -> tuple[Equal, Ints]:
        """The runs of equal tokens of some parts, and for each run which of them it is of (int64)."""
        runs, first, row = self.found.runs, self.found.first, self.row[which]
        counts = first[row + 1] - first[row]
        places, owner = ranges(first[row], counts), owners(counts)
        a, b, length = runs.a[places], runs.b[places], runs.length[places]
        before = np.clip(self.a[0][which][owner] - a, 0, length)
        length = np.minimum(length, self.a[1][which][owner] - a) - before
        held = length > 0
        return Equal((a + before)[held], (b + before)[held], length[held]), owner[held]

    def alignments(self, which: Ints) -> Iterator[Alignment]:
        """Some parts, one by one."""
        runs, owner = self.runs(which)
        edges = np.searchsorted(owner, np.arange(len(which) + 1)).tolist()
        rows, matched = self.row[which], self.matched[which].tolist()
        documents = self.found.a[rows].tolist(), self.found.b[rows].tolist()
        for number, (a, b, words) in enumerate(zip(*documents, matched, strict=True)):
            its = (column[edges[number] : edges[number + 1]].tolist() for column in runs)
            yield Alignment(a, b, tuple(zip(*its, strict=True)), words)


def separate(corpus: Corpus, found: Alignments, copies: Mask, compiled: bool | None = None) -> Parts:
    """The passages cut where both sides begin a new paragraph and a whole copy meets a partial one.

    ``copies``: which passages stay as they are, and are no quotes (bool). ``compiled``: see ``when.is_large``.
    """
    if is_large(len(found.runs.length), compiled):
        quote, which = _compiled(corpus, found, copies)
    else:
        quote, which = np.zeros(len(found), np.bool_), np.flatnonzero(~copies)
    runs, number = _cut_runs(corpus, found, which)
    parts = _joined(corpus, runs, number, _parts(corpus, runs, number))
    begin, end, first, last = parts[:-1], parts[1:] - 1, found.first[:-1], found.first[1:] - 1
    counts = np.ones(len(found), np.int64)
    counts[which] = np.bincount(number[begin], minlength=len(found))[which]
    row, cut = owners(counts), ranges(offsets_of(counts)[which], counts[which])

    def column(whole: NDArray[T], its: NDArray[T]) -> NDArray[T]:
        """Of passages as they are, and of the parts of those that were cut."""
        result = whole[row]
        result[cut] = its
        return result

    a, b = (
        (column(whole[first], its[begin]), column(whole[last] + found.runs.length[last], (its + runs[2])[end]))
        for whole, its in ((found.runs.a, runs[0]), (found.runs.b, runs[1]))
    )
    matched = column(found.matched, _sums(runs[2], parts))
    return Parts(found, row, a, b, matched, column(quote, ~_whole(corpus, runs, parts)))


def by_span(a: Iterable[Ints], b: Iterable[Ints], *before: Ints) -> Ints:
    """The order of parts by some columns, then by the span in a, then by that in b."""
    (a_start, a_end), (b_start, b_end) = a, b
    return order_of(*before, a_start, a_end - a_start, b_start, b_end - b_start)


def _cut_runs(corpus: Corpus, found: Alignments, which: Ints) -> tuple[_Columns, Ints]:
    """The runs of some passages, cut where both sides begin a paragraph at the same word; and their passages."""
    counts = np.diff(found.first)[which]
    rows = ranges(found.first[which], counts)
    a, b, length = found.runs.a[rows], found.runs.b[rows], found.runs.length[rows]
    run, offset = _shared_borders(corpus, a, b, length)
    run, offset = np.concatenate([np.arange(len(a)), run]), np.concatenate([np.zeros(len(a), np.int64), offset])
    order = np.lexsort((offset, run))
    run, offset = run[order], offset[order]
    end = length[run]
    same = run[1:] == run[:-1]
    end[:-1][same] = offset[1:][same]
    return (a[run] + offset, b[run] + offset, end - offset), which[owners(counts)][run]


def _shared_borders(corpus: Corpus, a: Ints, b: Ints, length: Ints) -> tuple[Ints, Ints]:
    """(run, words after its start) of the places inside runs at which both sides begin a paragraph."""
    owner, edges = corpus.paragraph_of_token, corpus.stream.paragraphs
    first, last = owner[a].astype(np.int64), owner[a + length - 1].astype(np.int64)
    crossing = np.flatnonzero((first != last) & (owner[b] != owner[b + length - 1]))
    counts = (last - first)[crossing]
    run, paragraph = crossing[owners(counts)], ranges(first[crossing] + 1, counts)
    held = edges[paragraph + 1] > edges[paragraph]  # a paragraph without words begins nowhere
    run, place = run[held], edges[paragraph[held]]
    offset = place - a[run]
    its = b[run] + offset
    both = owner[its] != owner[its - 1]
    return run[both], offset[both]


def _parts(corpus: Corpus, runs: _Columns, number: Ints) -> Ints:
    """Where parts begin: at another passage, and where both sides cross into another paragraph between two runs."""
    owner = corpus.paragraph_of_token
    a, b, length = runs
    crossed = [owner[(side + length - 1)[:-1]] != owner[side[1:]] for side in (a, b)]
    fresh = np.ones(len(a) + 1, np.bool_)
    fresh[1:-1] = (number[1:] != number[:-1]) | (crossed[0] & crossed[1])
    return np.flatnonzero(fresh) if len(a) else np.zeros(1, np.int64)


def _joined(corpus: Corpus, runs: _Columns, number: Ints, parts: Ints) -> Ints:
    """Where parts begin, when neighbours are joined that are alike, or of which one is too short to be a passage."""
    if len(parts) < 2:
        return parts
    begin = parts[:-1]
    several = np.flatnonzero(np.isin(number[begin], number[begin[1:][number[begin[1:]] == number[begin[:-1]]]]))
    opens = np.zeros(len(begin), np.bool_)
    opens[several] = _open_quotes(corpus, runs[0][begin[several]], runs[1][begin[several]])
    quoted = (opens & ~_whole(corpus, runs, parts))[several].tolist()
    matched = _sums(runs[2], parts)[several].tolist()
    stays = np.ones(len(begin), np.bool_)
    stays[several] = _borders(number[begin[several]].tolist(), quoted, matched)
    joined: Ints = parts[np.concatenate([stays, [True]])]
    return joined


def _borders(number: list[int], quoted: list[bool], matched: list[int]) -> list[bool]:
    """Which parts are not joined to the one before."""
    found: list[bool] = []
    passage, kind, words = -1, False, 0
    for its, quote, count in zip(number, quoted, matched, strict=True):
        fresh = its != passage or not (kind == quote or min(words, count) < LEAST)
        found.append(fresh)
        passage, kind, words = (its, quote, count) if fresh else (passage, kind, words + count)
    return found


def _whole(corpus: Corpus, runs: _Columns, parts: Ints) -> Mask:
    """Which parts cover nearly all of the paragraphs they lie in, on both sides."""
    matched, last = _sums(runs[2], parts), parts[1:] - 1
    result = np.ones(len(matched), np.bool_)
    for side in runs[:2]:
        low = corpus.paragraph_of_token[side[parts[:-1]]]
        high = corpus.paragraph_of_token[side[last] + runs[2][last] - 1]
        size = corpus.stream.paragraphs[high + 1] - corpus.stream.paragraphs[low]
        result &= matched >= _WHOLE * size
    return result


def _open_quotes(corpus: Corpus, a: Ints, b: Ints) -> Mask:
    """Before which pairs of tokens a quotation mark stands, on either side (bool)."""
    once = distinct(np.concatenate([a, b]))
    marks = characters(corpus, once, corpus.start[once].astype(np.int64) - 1)
    marked = once[np.isin(marks, _MARKS)].view(np.uint64)
    return among(a.view(np.uint64), marked) | among(b.view(np.uint64), marked)


def _sums(length: Ints, parts: Ints) -> Ints:
    """Equal words of each part (int64)."""
    running = offsets_of(length)
    return running[parts[1:]] - running[parts[:-1]]


# ---- compiled ---------------------------------------------------------------------------------------


def _compiled(corpus: Corpus, found: Alignments, copies: Mask) -> tuple[Mask, Ints]:
    """Which passages are quotes as they are (bool), and which have a part that is one, with others around it (int64):
    by the kernels, as those are few."""
    from ..compiled import quote as kernels

    near, edges, columns = corpus.places.near, corpus.stream.paragraphs, (*found.runs, found.first)
    quote, parts = np.zeros(len(found), np.bool_), [np.zeros((0, 3), np.int64)]
    begin, room = 0, _ROOM
    while begin < len(found):
        some = np.empty((room, 3), np.int64)
        begin, count = kernels.parted(columns, copies, near, edges, (_WHOLE, LEAST), begin, quote, some)
        parts.append(some[:count].copy())
        room *= 2
    passage, a, b = np.concatenate(parts).T.copy()
    corpus.release()
    return quote, distinct(passage[_open_quotes(corpus, a, b)])
