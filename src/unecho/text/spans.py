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
    if paragraphs and all(removed):
        starts = [0, *(start for start, _ in paragraphs[1:])]
        return list(zip(starts, [*starts[1:], len(text)], strict=True))
    # Separator k lies before paragraph k: between ends[k] and starts[k].
    starts = [*(start for start, _ in paragraphs), len(text)]
    ends = [0, *(end for _, end in paragraphs)]
    spans: list[Span] = []
    first = 0
    while first < len(paragraphs):
        if not removed[first]:
            first += 1
            continue
        last = first
        while last + 1 < len(paragraphs) and removed[last + 1]:
            last += 1
        kept = _kept_separator(text, starts, ends, first, last)
        spans += ((ends[k], ends[k + 1]) for k in range(first, kept))
        spans += ((starts[k], starts[k + 1]) for k in range(kept, last + 1))
        first = last + 1
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
