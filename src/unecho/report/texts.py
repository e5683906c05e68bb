"""Which parts of the documents a report holds, and cutting them out in one pass."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

import numpy as np

from ..base.columns import Ints
from ..base.wording import one_line
from ..model import DocumentRecord, Member, Place
from .model import Held, Limits, Span

Texts = Mapping[str, str] | Iterable[tuple[str, str]] | Callable[[Path], Iterable[tuple[str, str]]]
"""Document ids with their texts as read: a mapping, an iterator, or a function of the run folder."""
Windows = list[tuple[int, int]]
Spot = Place | Member
Groups = Sequence[Sequence[Spot]]
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
    groups = (*clusters, *quotes)
    places = _Places(list(chain.from_iterable(groups)), documents, limits)
    widest = places.windows(limits.context)
    everything = widest.joined(places.whole(None))
    if everything.cost <= limits.characters:
        return Plan(places.named(everything), len(clusters), len(quotes))
    room = limits.characters * 2 // 3
    served = len(clusters), len(quotes)
    narrower = (places.windows(context) for context in (limits.context // 6, 0))
    for windows in chain([widest], narrower):
        if windows.cost <= room:
            break
    else:
        served = _fitting(clusters, room - room // 4, limits), _fitting(quotes, room // 4, limits)
        some = (*clusters[: served[0]], *quotes[: served[1]])
        places = _Places(list(chain.from_iterable(some)), documents, limits)
        windows = places.windows(0)
    return Plan(places.named(windows.joined(places.whole(limits.characters - windows.cost))), *served)


@dataclass(frozen=True, slots=True)
class _Spans:
    """Spans of documents laid end to end (int64), in order, none of which touch."""

    start: Ints
    end: Ints

    @classmethod
    def merged(cls, start: Ints, end: Ints) -> _Spans:
        """Spans in any order, those that touch made one."""
        order = np.argsort(start, kind="stable")
        start, reach = start[order], np.maximum.accumulate(end[order])
        fresh = np.ones(len(start), np.bool_)
        fresh[1:] = start[1:] > reach[:-1]
        last = np.ones(len(start), np.bool_)
        last[:-1] = fresh[1:]
        return cls(start[fresh], reach[last])

    def joined(self, other: _Spans) -> _Spans:
        """Both together."""
        return self.merged(np.concatenate([self.start, other.start]), np.concatenate([self.end, other.end]))

    @property
    def cost(self) -> int:
        """Characters in all of them."""
        return int((self.end - self.start).sum())


class _Places:
    """Places in documents as columns. Documents are laid end to end, with room between them."""

    def __init__(self, places: Sequence[Spot], documents: Sequence[DocumentRecord], limits: Limits) -> None:
        self._documents, self._limits = documents, limits
        self._names = list(dict.fromkeys(chain((d.id for d in documents), (place.document for place in places))))
        self._number = number = {name: place for place, name in enumerate(self._names)}
        self._document = np.fromiter((number[place.document] for place in places), np.int64, len(places))
        self._start = np.fromiter((place.start for place in places), np.int64, len(places))
        self._end = np.fromiter((place.end for place in places), np.int64, len(places))
        self._chars = np.full(len(self._names), np.iinfo(np.int64).max)
        known = [number[record.id] for record in documents]
        self._chars[known] = [record.chars for record in documents]
        longest = max(int(self._end.max(initial=0)), max((record.chars for record in documents), default=0))
        self._stride = longest + limits.context + 2

    def windows(self, context: int) -> _Spans:
        """Each place, as far as one paragraph is shown, with so many characters on either side."""
        end = np.minimum(self._end, self._start + self._limits.text) + context
        end = np.minimum(end, self._chars[self._document])
        base = self._document * self._stride
        return _Spans.merged(base + np.maximum(self._start - context, 0), base + end)

    def whole(self, room: int | None) -> _Spans:
        """Documents from their beginning, in their order, as long as there is room (None: without end)."""
        found: list[tuple[int, int]] = []
        for record in self._documents:
            size = min(record.chars, self._limits.whole)
            if not size or (room is not None and size > room):
                continue
            room = None if room is None else room - size
            found.append((self._number[record.id] * self._stride, size))
        columns = np.array(found, np.int64).reshape(-1, 2)
        return _Spans.merged(columns[:, 0], columns.sum(axis=1))

    def named(self, spans: _Spans) -> dict[str, Windows]:
        """The spans by document."""
        windows: dict[str, Windows] = defaultdict(list)
        document, start = np.divmod(spans.start, self._stride)
        end = spans.end - document * self._stride
        for number, *window in zip(document.tolist(), start.tolist(), end.tolist(), strict=True):
            windows[self._names[number]].append((window[0], window[1]))
        return dict(windows)


def _fitting(groups: Groups, room: int, limits: Limits) -> int:
    """How many of the groups fit, from the first on."""
    for number, group in enumerate(groups):
        room -= sum(min(place.end - place.start, limits.text) for place in group)
        if room < 0:
            return number
    return len(groups)


def cut_texts(
    texts: Mapping[str, str] | Iterable[tuple[str, str]], plans: Sequence[Mapping[str, Windows]]
) -> list[dict[str, Held]]:
    """The planned windows: of a mapping only the texts that are wanted are asked for, else they are gone through once,
    which ends when nothing more is wanted."""
    held: list[dict[str, Held]] = [{} for _ in plans]
    missing = set().union(*plans)
    for name, text in _of(texts, sorted(missing)) if missing else ():
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


def _of(texts: Mapping[str, str] | Iterable[tuple[str, str]], names: Iterable[str]) -> Iterable[tuple[str, str]]:
    """The texts with these names where they can be asked for, else all."""
    if isinstance(texts, Mapping):
        return ((name, texts[name]) for name in names if name in texts)
    return texts


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
