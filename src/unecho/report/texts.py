"""Which parts of the documents a report holds, and cutting them out in one pass."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from ..model import DocumentRecord, Place
from .model import Held, Limits

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
    places = [place for group in (*clusters, *quotes) for place in group]
    if sum(min(record.chars, limits.whole) for record in documents) <= limits.characters:
        windows = _windows(places, limits, limits.context)
        return Plan(_with_whole(windows, documents, limits, limits.characters), len(clusters), len(quotes))
    room = limits.characters * 2 // 3
    for context in (limits.context, limits.context // 6, 0):
        windows = _windows(places, limits, context)
        if (cost := _cost(windows)) <= room:
            return Plan(
                _with_whole(windows, documents, limits, limits.characters - cost), len(clusters), len(quotes)
            )  # fmt: skip
    some_quotes = quotes[: _fitting(quotes, room // 4, limits)]
    some_clusters = clusters[: _fitting(clusters, room - room // 4, limits)]
    windows = _windows([place for group in (*some_clusters, *some_quotes) for place in group], limits, 0)
    rest = limits.characters - _cost(windows)
    return Plan(_with_whole(windows, documents, limits, rest), len(some_clusters), len(some_quotes))


def _windows(places: Iterable[Place], limits: Limits, context: int) -> dict[str, Windows]:
    windows: dict[str, Windows] = {}
    for place in places:
        end = min(place.end, place.start + limits.text)
        windows.setdefault(place.document, []).append((max(0, place.start - context), end + context))
    return {name: _merged(found) for name, found in windows.items()}


def _with_whole(
    windows: dict[str, Windows], documents: Iterable[DocumentRecord], limits: Limits, room: int
) -> dict[str, Windows]:
    for record in documents:
        size = min(record.chars, limits.whole)
        if 0 < size <= room:
            room -= size
            windows[record.id] = _merged([*windows.get(record.id, ()), (0, size)])
    return windows


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
    merged: Windows = []
    for start, end in sorted(windows):
        if merged and start <= merged[-1][1]:
            merged[-1] = merged[-1][0], max(end, merged[-1][1])
        else:
            merged.append((start, end))
    return merged


def cut_texts(texts: Iterable[tuple[str, str]], windows: Mapping[str, Windows]) -> dict[str, Held]:
    """The planned windows, in one pass over the texts, which ends when nothing more is wanted."""
    held: dict[str, Held] = {}
    for name, text in texts if windows else ():
        if name in windows:
            pieces = tuple((start, text[start:end]) for start, end in windows[name])
            held[name] = Held(pieces, windows[name][0][0] == 0 and windows[name][0][1] >= len(text))
            if len(held) == len(windows):
                break
    return held
