"""Quotes apart from copies: where one passage runs from a paragraph that was copied whole into a quote that
the other document prints inside a paragraph of its own, a reader wants to see the two apart."""

from __future__ import annotations

import numpy as np

from ..base.columns import Ints, Mask, distinct, offsets_of, owners, ranges
from ..compiled.when import is_large
from .corpus import Corpus, characters
from .passages import LEAST, Alignments, Equal, laid_out

_WHOLE = 0.8
"""Share of the paragraphs it lies in, on both sides, that makes a part a copy of them."""

_Columns = tuple[Ints, Ints, Ints]
"""Runs as columns: places in a, places in b, lengths."""
_MARKS = np.array(list(map(ord, "\"'“„«‹‘「『")), np.uint32)


def separate(
    corpus: Corpus, found: Alignments, copies: Mask, compiled: bool | None = None
) -> tuple[Alignments, Mask]:  # fmt: skip
    """The passages cut where both sides begin a new paragraph and a whole copy meets a partial one, sorted by document
    and start, and which of the parts are quotes: part of paragraphs that are otherwise different.

    ``copies``: which passages stay as they are, and are no quotes (bool). ``compiled``: see ``when.is_large``.
    """
    if is_large(len(corpus.stream.hash), compiled):
        return _compiled(corpus, found, copies)
    kept, cut = np.flatnonzero(copies), np.flatnonzero(~copies)
    runs, number = _cut_runs(corpus, found, cut)
    parts = _joined(corpus, runs, number, _parts(corpus, runs, number))
    quote = np.concatenate([np.zeros(len(kept), np.bool_), ~_whole(corpus, runs, parts)])
    whole_runs = ranges(found.first[kept], np.diff(found.first)[kept])
    a, b, length = found.runs.a[whole_runs], found.runs.b[whole_runs], found.runs.length[whole_runs]
    counts = np.concatenate([np.diff(found.first)[kept], np.diff(parts)])
    row = np.concatenate([kept, number[parts[:-1]]])
    matched = np.concatenate([found.matched[kept], _sums(runs[2], parts)])
    runs = np.concatenate([a, runs[0]]), np.concatenate([b, runs[1]]), np.concatenate([length, runs[2]])
    return _sorted(found, row, runs, counts, matched, quote)


def _sorted(
    found: Alignments, row: Ints, runs: _Columns, counts: Ints, matched: Ints, quote: Mask
) -> tuple[Alignments, Mask]:
    """Parts of the passages ``row``, of ``counts`` runs each, in order of document and start."""
    begin, order = offsets_of(counts)[:-1], _order(row, runs, counts)
    places = ranges(begin[order], counts[order])
    a, b, columns = found.a[row[order]], found.b[row[order]], Equal(*(column[places] for column in runs))
    return Alignments(a, b, matched[order], offsets_of(counts[order]), columns), quote[order]


def _order(row: Ints, runs: _Columns, counts: Ints) -> Ints:
    """Order of parts by the span in a, the span in b, and passage."""
    first = offsets_of(counts)
    begin, last = first[:-1], first[1:] - 1
    ends = [side[last] + runs[2][last] for side in runs[:2]]
    # A span in one number: where it begins, which tells of the document too, and how long it is.
    keys = [side[begin] << 32 | end - side[begin] for side, end in zip(runs[:2], ends, strict=True)]
    return np.lexsort((row, keys[1], keys[0]))


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
    opens[several] = _opens_quote(corpus, runs[0][begin[several]]) | _opens_quote(corpus, runs[1][begin[several]])
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


def _opens_quote(corpus: Corpus, places: Ints) -> Mask:
    """Before which tokens a quotation mark stands (bool)."""
    once = distinct(places)
    found = np.isin(characters(corpus, once, corpus.start[once].astype(np.int64) - 1), _MARKS)
    return found[np.searchsorted(once, places)]


def _sums(length: Ints, parts: Ints) -> Ints:
    """Equal words of each part (int64)."""
    running = offsets_of(length)
    return running[parts[1:]] - running[parts[:-1]]


# ---- compiled ---------------------------------------------------------------------------------------


def _compiled(corpus: Corpus, found: Alignments, copies: Mask) -> tuple[Alignments, Mask]:
    """``separate`` by the kernels."""
    from ..compiled import quote as kernels

    near, edges, copied = corpus.places.near, corpus.stream.paragraphs, found.runs
    columns, none = (copied.a, copied.b, copied.length), np.zeros(0, np.int64)
    count, total = kernels.cut(columns, found.first, copies, near, edges, none.reshape(0, 3), none, none)
    runs, number, parts = np.empty((count, 3), np.int64), np.empty(count, np.int64), np.empty(total + 1, np.int64)
    kernels.cut(columns, found.first, copies, near, edges, runs, number, parts)
    corpus.release()

    def whole() -> tuple[Mask, Ints]:
        result, matched = np.empty(len(parts) - 1, np.bool_), np.empty(len(parts) - 1, np.int64)
        kernels.whole(runs, parts, near, edges, _WHOLE, result, matched)
        return result, matched

    copy, matched = whole()
    passage, begin = number[parts[:-1]], parts[:-1]
    opens = np.zeros(len(begin), np.bool_)
    several = np.flatnonzero(_counts(passage, matched) & ~copy)
    opens[several] = _opens_quote(corpus, runs[begin[several], 0]) | _opens_quote(corpus, runs[begin[several], 1])
    stays = np.empty(len(begin), np.bool_)
    kernels.borders(passage, opens & ~copy, matched, LEAST, stays)
    parts = parts[np.concatenate([stays, [True]])]
    copy, matched = whole()
    corpus.release()
    row, counts = number[parts[:-1]], np.diff(parts)
    order = _order(row, (runs[:, 0], runs[:, 1], runs[:, 2]), counts)
    quote = ~(copy | copies[row])[order]
    matched = np.where(copies[row], found.matched[row], matched)[order]
    row, begin = row[order], parts[:-1][order]
    return laid_out(found.a[row], found.b[row], matched, begin, counts[order], runs), quote


def _counts(passage: Ints, matched: Ints) -> Mask:
    """Of which parts it can matter whether they are quotes: they have a neighbour of the same passage, and are long
    enough to be apart from it or the first, with which those behind are compared."""
    fresh = np.ones(len(passage) + 1, np.bool_)
    fresh[1:-1] = passage[1:] != passage[:-1]
    result: Mask = (fresh[:-1] & ~fresh[1:]) | (~fresh[:-1] & (matched >= LEAST))
    return result
