"""Which parts of the documents a report holds, and cutting them out in one pass."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

from ..base.wording import one_line
from ..model import DocumentRecord, Place
from .model import Held, Limits, Span

Texts = Mapping[str, str] | Iterable[tuple[str, str]] | Callable[[Path], Iterable[tuple[str, str]]]
"""Document ids with their texts as read: a mapping, an iterator, or a function of the run folder."""
Windows = list[tuple[int, int]]
Groups = Sequence[tuple[Place, ...]]
"""The places of each finding."""


def text_pairs(run: Path, texts: Texts) -> Iterable[tuple[str, str]]:
    """The texts of a run's documents, in whichever form they are given."""
    if isinstance(texts, Mapping):
        return texts.items()
    return texts(run) if callable(texts) else texts


@dataclass(frozen=True, slots=True)
class Plan:
    """Windows of the documents to hold, and how many of the clusters and of the quotes they serve."""

    windows: Mapping[str, Windows]
    clusters: int
    quotes: int


def plan(clusters: Groups, quotes: Groups, documents: Iterable[DocumentRecord], limits: Limits) -> Plan:
    """What to hold of the documents, at most about ``Limits.characters`` of them all.

    Where there is room for all documents, all are held (each up to ``Limits.whole``). Otherwise the places of
    the findings are held with what stands around them, or without it, or only the first findings' places;
    and documents are held whole, in their order, while the rest of the room lasts.
    """
    documents = list(documents)
    lengths = {record.id: record.chars for record in documents}
    places = [place for group in (*clusters, *quotes) for place in group]
    widest = _windows(places, lengths, limits, limits.context)
    everything = dict(widest)
    _add_whole(everything, documents, limits, None)
    if _cost(everything) <= limits.characters:
        return Plan(everything, len(clusters), len(quotes))
    room = limits.characters * 2 // 3
    served = len(clusters), len(quotes)
    narrower = (_windows(places, lengths, limits, context) for context in (limits.context // 6, 0))
    for windows in chain([widest], narrower):
        if _cost(windows) <= room:
            break
    else:
        served = _fitting(clusters, room - room // 4, limits), _fitting(quotes, room // 4, limits)
        some = [place for group in (*clusters[: served[0]], *quotes[: served[1]]) for place in group]
        windows = _windows(some, lengths, limits, 0)
    _add_whole(windows, documents, limits, limits.characters - _cost(windows))
    return Plan(windows, *served)


def _windows(places: Iterable[Place], lengths: Mapping[str, int], limits: Limits, context: int) -> dict[str, Windows]:
    """Each place, as far as one paragraph is shown, with so many characters on either side."""
    windows: dict[str, Windows] = defaultdict(list)
    for place in places:
        document, start = place.document, place.start
        end = min(place.end, start + limits.text) + context
        windows[document].append((max(0, start - context), min(end, lengths.get(document, end))))
    return {name: _merged(found) for name, found in windows.items()}


def _add_whole(
    windows: dict[str, Windows], documents: Iterable[DocumentRecord], limits: Limits, room: int | None
) -> None:
    """Make documents whole, in their order, as long as there is room (None: without end)."""
    for record in documents:
        size = min(record.chars, limits.whole)
        if not size or (room is not None and size > room):
            continue
        room = None if room is None else room - size
        windows[record.id] = _merged([*windows.get(record.id, ()), (0, size)])


def _cost(windows: Mapping[str, Windows]) -> int:
    return sum(end - start for found in windows.values() for start, end in found)


def _fitting(groups: Groups, room: int, limits: Limits) -> int:
    """How many of the groups fit, from the first on."""
    for number, group in enumerate(groups):
        room -= sum(min(place.end - place.start, limits.text) for place in group)
        if room < 0:
            return number
    return len(groups)


def _merged(windows: Windows) -> Windows:
    """The windows in order, those that touch made one."""
    if len(windows) == 1:
        return windows
    merged: Windows = []
    for start, end in sorted(windows):
        if merged and start <= merged[-1][1]:
            merged[-1] = merged[-1][0], max(end, merged[-1][1])
        else:
            merged.append((start, end))
    return merged


def cut_texts(texts: Iterable[tuple[str, str]], plans: Sequence[Mapping[str, Windows]]) -> list[dict[str, Held]]:
    """The planned windows, in one pass over the texts, which ends when nothing more is wanted."""
    held: list[dict[str, Held]] = [{} for _ in plans]
    missing = set().union(*plans)
    for name, text in texts if missing else ():
        if name not in missing:
            continue
        for windows, found in zip(plans, held, strict=True):
            if name in windows:
                pieces = tuple((start, text[start:end]) for start, end in windows[name])
                found[name] = Held(pieces, windows[name][0][0] == 0 and windows[name][0][1] >= len(text))
        missing.remove(name)
        if not missing:
            break
    return held


def beginning(held: Held, spans: Iterable[Span]) -> str:
    """The first words of a document that are not boilerplate, for those that have no title."""
    if not held.windows or held.windows[0][0]:
        return ""
    text = held.windows[0][1]
    at = 0
    for span in sorted(spans):
        if span.reason != "boilerplate":
            continue
        if lead := text[at : max(at, span.start)].strip():
            return _first_line(lead)
        at = max(at, span.end)
    return _first_line(text[at : at + 2000].strip())


def _first_line(text: str) -> str:
    return one_line(text.partition("\n")[0], 90)
