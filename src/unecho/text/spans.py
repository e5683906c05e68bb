"""Which characters go with a paragraph that is taken out, so that what stays is still well separated."""

from __future__ import annotations

from collections.abc import Sequence

Span = tuple[int, int]


def removal_spans(text: str, paragraphs: Sequence[Span], removed: Sequence[bool]) -> list[Span]:
    """One span for every removed paragraph, in order: the paragraph with white space next to it.

    Between two paragraphs that stay, the widest of the separators around what is taken out stays, so that
    they do not run together; white space at the ends of the document stays. Where nothing stays, the spans
    cover the whole text.
    """
    return spans_of(text, [start for start, _ in paragraphs], [end for _, end in paragraphs], removed)


def spans_of(text: str, starts: Sequence[int], ends: Sequence[int], removed: Sequence[bool]) -> list[Span]:
    """``removal_spans`` of paragraphs whose starts and ends come apart."""
    if True not in removed:
        return []
    count = len(removed)
    if False not in removed:
        starts = [0, *starts[1:]]
        return list(zip(starts, [*starts[1:], len(text)], strict=True))
    # Separator k lies before paragraph k: between ends[k] and starts[k].
    starts, ends, removed = [*starts, len(text)], [0, *ends], [*removed, True, False]
    spans: list[Span] = []
    first = removed.index(True)
    while first < count:
        last = min(removed.index(False, first), count) - 1
        kept = _kept_separator(text, starts, ends, first, last)
        spans += zip(ends[first:kept], ends[first + 1 : kept + 1], strict=True)
        spans += zip(starts[kept : last + 1], starts[kept + 1 : last + 2], strict=True)
        first = removed.index(True, last + 1)
    return spans


def _kept_separator(text: str, starts: Sequence[int], ends: Sequence[int], first: int, last: int) -> int:
    """The separator that stays of those around the removed paragraphs first to last, of which the one before or the
    one after stays, or both do."""
    if first == 0:
        return 0
    if last == len(starts) - 2:
        return last + 1
    return max(range(first, last + 2), key=lambda k: (text.count("\n", ends[k], starts[k]), -k))


def cut(text: str, spans: Sequence[Span]) -> str:
    """The text without the spans, which are in order and do not overlap."""
    kept, at = [], 0
    for start, end in spans:
        kept.append(text[at:start])
        at = end
    kept.append(text[at:])
    return "".join(kept)


def mend(cleaned: str, pieces: Sequence[tuple[int, str]]) -> str:
    """Undo ``cut``: put every (start in the whole text, piece) back, in order.

    Raises ValueError when a piece does not fit.
    """
    whole: list[str] = []
    length = used = 0
    for start, piece in pieces:
        if start < length or used + start - length > len(cleaned):
            raise ValueError(f"a removed piece at {start} does not fit")
        kept = cleaned[used : used + start - length]
        whole += [kept, piece]
        used += len(kept)
        length = start + len(piece)
    whole.append(cleaned[used:])
    return "".join(whole)
