"""What can be measured on the lines of a page, as columns of numbers: the input of the trees of ``forest``.

All sums are of whole numbers and each column is divided once, so that it is the same on every platform. Nothing
depends on a language.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import chain, pairwise
from typing import NamedTuple, TypeVar
from zlib import crc32

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..base.columns import Hashes, Ints
from ..model import Block
from . import measure
from .measure import TERM_BITS, Measures
from .rules import Rule

Column = NDArray[np.float32]
Columns = dict[str, Column]
S = TypeVar("S", bound=np.generic)
T = TypeVar("T", bound=Hashable)

NAME_BITS = 14
"""Tags and tokens of classes fall into 2 to this power of places."""
_MOST_NAMES = 1 << 16
"""Names that are kept in mind, which bounds the memory."""
FAR = 99
"""Lines beyond which the distance does not count."""
_LEVELS = 8
"""Elements above a block that are looked at."""
_CATEGORIES = ("comments", "related", "legal", "caption", "byline", "date", "navigation", "share")
_TAGS = (("p",), ("li", "dd", "dt"), ("h1",), ("h2", "h3", "h4", "h5", "h6"), ("td", "th", "tr"), ("div",),
         ("blockquote", "pre"), ("figcaption", "caption"))  # fmt: skip
_ABOVE = (("nav", "header"), ("footer", "aside"), ("article", "main"), ("ul", "ol"), ("table", "tr"), ("form", "a"),
          ("figure",), ("blockquote", "pre"), ("section",))  # fmt: skip


def ratio(part: NDArray[np.generic], whole: NDArray[np.generic] | float) -> Column:
    """``part`` of ``whole``; 0 where there is no whole."""
    result: Column = (part / np.maximum(whole, 1)).astype(np.float32)
    return result


class Taken(NamedTuple):
    """The lines that rules take, and the rule of each."""

    lines: Ints
    rules: Sequence[Rule]

    def column(self, values: ArrayLike, count: int, kind: type[S]) -> NDArray[S]:
        """A column of so many lines: these have the ``values``, the others none."""
        found = np.zeros(count, kind)
        found[self.lines] = values
        return found


# --- a line by itself ------------------------------------------------------------------------------------


def of_text(
    lines: Measures,
    texts: Sequence[str],
    taken: Taken,
    lexicon: NDArray[np.int8],
    edges: Ints | None = None,
) -> Columns:
    """Columns of the text of each line by itself.

    ``lexicon``: weights of the places of words. ``edges``: where the documents begin among the lines, and the last
    one ends (None: there is one).
    """
    kinds, chars = lines.kinds, lines.chars
    solid = chars - kinds[:, measure.SPACE]
    letters = kinds[:, measure.LOWER : measure.UNSPACED + 1].sum(axis=1)
    stops, commas = kinds[:, measure.STOP], kinds[:, measure.COMMA]
    known = np.bincount(lines.place_lines, minlength=len(texts))
    weight = np.bincount(lines.place_lines, lexicon[lines.places], len(texts))  # whole numbers: exact
    columns = {
        "words": lines.words.astype(np.float32),
        "chars": chars.astype(np.float32),
        "word length": ratio(solid, lines.tokens),
        "longest": lines.longest.astype(np.float32),
        "letters": ratio(letters, solid),
        "upper": ratio(kinds[:, measure.UPPER], letters),
        "uncased": ratio(kinds[:, measure.UNCASED], letters),
        "unspaced": ratio(kinds[:, measure.UNSPACED], letters),
        "digits": ratio(kinds[:, measure.DIGIT], solid),
        "signs": ratio(kinds[:, measure.OTHER] + kinds[:, measure.BAR], solid),
        "bars": kinds[:, measure.BAR].astype(np.float32),
        "colons": ratio(kinds[:, measure.COLON], lines.words),
        "quotes": kinds[:, measure.QUOTE].astype(np.float32),
        "brackets": kinds[:, measure.BRACKET].astype(np.float32),
        "capitals": ratio(lines.capitals, lines.tokens),
        "small": ratio(lines.small, lines.tokens),
        "stops": stops.astype(np.float32),
        "words a stop": ratio(lines.words, stops),
        "commas": ratio(commas, lines.words),
        "first": lines.first.astype(np.float32),
        "last": lines.last.astype(np.float32),
        "ends": (lines.last == measure.STOP).astype(np.float32),
        "item": _items(lines, texts).astype(np.float32),
        "copies": copies(lines, texts, edges).astype(np.float32),
        "lexicon": weight.astype(np.float32),
        "lexicon mean": (weight / np.maximum(known, 1)).astype(np.float32),
        "rule": taken.column([rule.confidence for rule in taken.rules], len(texts), np.float32),
    }
    for category in _CATEGORIES:
        own = [rule.category == category for rule in taken.rules]
        columns[f"rule {category}"] = taken.column(own, len(texts), np.float32)
    return columns


def _items(lines: Measures, texts: Sequence[str]) -> NDArray[np.bool_]:
    """Which lines are marked as items of a list."""
    items = np.zeros(len(texts), np.bool_)
    for row in np.flatnonzero(lines.first == measure.DASH).tolist():
        items[row] = texts[row][:2] in ("- ", "* ", "• ", "· ")
    return items


def copies(lines: Measures, texts: Sequence[str], edges: Ints | None = None) -> Ints:
    """How often the document of each line has it."""
    place = Places.of(len(texts), edges)
    if lines.same is not None:
        return counted(lines.same[0], place)
    found = np.ones(len(texts), np.int64)
    for start, end in pairwise(place.edges.tolist()):
        counts = Counter(texts[start:end])
        found[start:end] = [counts[text] for text in texts[start:end]]
    return found


def counted(hashes: Hashes, place: Places) -> Ints:
    """How often the document of each line has one of the same hash."""
    own = hashes + place.start.astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15)
    order = np.argsort(own)
    sizes = np.diff(np.append(np.flatnonzero(np.append(True, np.diff(own[order]) != 0)), len(own)))
    found = np.empty(len(own), np.int64)
    found[order] = np.repeat(sizes, sizes)
    return found


def edges_of(count: int, edges: Ints | None) -> Ints:
    """Where the documents of so many lines begin and the last one ends: one document if nothing else is said."""
    return np.array((0, count), np.int64) if edges is None else edges


class _PlacesOf(dict[str, int]):
    """Where the names of tags and tokens fall that stand after a prefix, the same in every process."""

    def __init__(self, prefix: str) -> None:
        super().__init__()
        self.prefix = prefix

    def __missing__(self, name: str) -> int:
        if len(self) >= _MOST_NAMES:
            self.clear()
        place = (crc32(f"{self.prefix}:{name}".encode()) * 0x9E3779B1 & 0xFFFFFFFF) >> (32 - NAME_BITS)
        self[name] = place
        return place


@cache
def _places_of(prefix: str) -> _PlacesOf:
    return _PlacesOf(prefix)


class Names(NamedTuple):
    """Where the tags and tokens of some blocks fall, once each: the places of one block after another."""

    places: Ints
    counts: Ints
    """How many each has; none is without its tag."""


def names_of(blocks: Sequence[Block], compiled: bool = False) -> Names:
    """Where the tags and tokens of each block fall. ``compiled``: by the compiled kernel, in another order."""
    tags, parents, owns, outer, classes = map(_places_of, ("tag", "parent", "own", "in", "class"))
    found: list[int] = []
    counts = []
    for block in blocks:
        tag, ancestors = block.tag, block.ancestors
        before = len(found)
        found.append(tags[tag])
        found += map(classes.__getitem__, block.tokens)
        found += map(outer.__getitem__, ancestors)
        found += map(owns.__getitem__, block.own)
        if ancestors:
            found.append(parents[f"{ancestors[-1]}>{tag}"])
        if not compiled:
            found[before:] = sorted(set(found[before:]))
        counts.append(len(found) - before)
    names = Names(np.array(found, np.int64), np.array(counts, np.int64))
    if compiled:
        from ..compiled import tree as kernels

        size = kernels.once(*names, np.full(1 << NAME_BITS, -1, np.int64))
        return names._replace(places=names.places[:size])
    return names


@dataclass(frozen=True, slots=True)
class Kinds:
    """Blocks that differ in their tag, their ancestors or their tokens: a page has many of the same kind."""

    blocks: Sequence[Block]
    """One of each kind."""
    of: Ints
    """The number of the kind of each block."""


def kinds_of(blocks: Sequence[Block]) -> Kinds:
    """The kinds of some blocks."""
    numbers: dict[object, int] = {}
    some: list[Block] = []
    found = []
    for block in blocks:
        number = numbers.setdefault((block.tag, block.ancestors, block.tokens, block.own), len(some))
        if number == len(some):
            some.append(block)
        found.append(number)
    return Kinds(some, np.array(found, np.int64))


def joined(parts: Sequence[Kinds]) -> Kinds:
    """The kinds of some documents one after another, each with kinds of its own."""
    begins = np.cumsum([0, *(len(part.blocks) for part in parts)])
    numbers = [part.of + begin for part, begin in zip(parts, begins.tolist(), strict=False)]
    return Kinds([block for part in parts for block in part.blocks], np.concatenate(numbers))


def of_markup(blocks: Sequence[Block], weights: NDArray[np.int8], names: Names, kinds: Kinds) -> Columns:
    """Columns of the markup of each line by itself. ``weights``: of the places of names; ``names``: of the blocks of
    ``kinds``."""
    columns = {name: column[kinds.of] for name, column in _of_kinds(kinds.blocks, weights, names).items()}
    columns["links"] = np.array([block.link_density for block in blocks], np.float32)
    return columns


def _of_kinds(blocks: Sequence[Block], weights: NDArray[np.int8], names: Names) -> Columns:
    """Columns that are the same for all blocks of a kind."""
    counts, values = names.counts, weights[names.places].astype(np.int64)
    starts = np.cumsum(counts) - counts
    total = np.add.reduceat(values, starts)
    columns = {
        "names": total.astype(np.float32),
        "names least": np.minimum(np.minimum.reduceat(values, starts), 0).astype(np.float32),
        "names most": np.maximum(np.maximum.reduceat(values, starts), 0).astype(np.float32),
        "names count": counts.astype(np.float32),
        "names mean": (total / counts).astype(np.float32),
        "depth": np.array([len(block.ancestors) for block in blocks], np.float32),
        "lists above": np.array(
            [block.ancestors.count("ul") + block.ancestors.count("ol") for block in blocks], np.float32
        ),
    }
    kinds, kind = numbered([block.tag for block in blocks])
    for tags in _TAGS:
        columns[f"tag {tags[0]}"] = np.array([tag in tags for tag in kinds], np.float32)[kind]
    above, place = numbered([block.ancestors for block in blocks])
    known = [frozenset(ancestors) for ancestors in above]
    for tags in _ABOVE:
        columns[f"in {tags[0]}"] = np.array([not one.isdisjoint(tags) for one in known], np.float32)[place]
    return columns


def numbered(values: Sequence[T]) -> tuple[list[T], Ints]:
    """The distinct values in the order they come in, and the number of each."""
    numbers: dict[T, int] = {}
    found = np.array([numbers.setdefault(value, len(numbers)) for value in values], np.int64)
    return list(numbers), found


# --- a line among the others -----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Places:
    """Where each line stands among the lines of all documents that are measured together."""

    at: Ints
    start: Ints
    """Where its document begins."""
    end: Ints
    edges: Ints

    @classmethod
    def of(cls, count: int, edges: Ints | None) -> Places:
        edges = edges_of(count, edges)
        sizes = np.diff(edges)
        return cls(np.arange(count), np.repeat(edges[:-1], sizes), np.repeat(edges[1:], sizes), edges)

    def within(self, reach: int) -> tuple[Ints, Ints]:
        """Beginning and end of the lines of the same document that are so near to each line, itself included."""
        return np.maximum(self.at - reach, self.start), np.minimum(self.at + reach + 1, self.end)


def of_context(
    lines: Measures,
    mass: Ints,
    drag: Ints,
    own: Mapping[str, Column],
    near: Sequence[str],
    edges: Ints | None = None,
) -> Columns:
    """Columns of the place of each line on its page.

    ``mass``: how much of a line speaks for the article, ``drag``: how much against it, both in words.
    ``near``: the columns of the neighbours that are looked at. ``edges``: as for ``of_text``.
    """
    place = Places.of(len(mass), edges)
    at, start, end = place.at, place.start, place.end
    sums, drags, words = running(mass), running(drag), running(lines.words)
    total = sums[end] - sums[start]
    columns: Columns = {
        "lines": (end - start).astype(np.float32),
        "position": ratio(at - start, end - start),
        "from end": (end - at).astype(np.float32),
        "from start": (at - start).astype(np.float32),
        "mass": mass.astype(np.float32),
        "mass share": ratio(mass, total),
        "page mass": total.astype(np.float32),
        "page density": ratio(total, words[end] - words[start]),
    }
    columns["mass before"] = ratio(sums[:-1] - sums[start], total)
    for reach in (1, 2, 5, 10, 25):
        low, high = place.within(reach)
        before, after = sums[at] - sums[low], sums[high] - sums[at + 1]
        columns[f"mass {reach} before"] = before.astype(np.float32)
        columns[f"mass {reach} after"] = after.astype(np.float32)
        columns[f"mass {reach} least"] = np.minimum(before, after).astype(np.float32)
        if reach > 1:
            around = before + after
            columns[f"density {reach}"] = ratio(around, around + drags[high] - drags[low])
    columns |= _of_run(mass - drag, sums, place)
    for offset in (-3, -2, -1, 1, 2, 3):
        beyond = (at + offset < start) | (at + offset >= end)
        for name in near if abs(offset) < 3 else near[:2]:
            columns[f"{name} {offset:+d}"] = _shifted(own[name], offset, beyond)
    columns["gap before"], columns["gap after"] = gaps(mass > 0, place)
    return columns


def _shifted(column: Column, offset: int, beyond: NDArray[np.bool_]) -> Column:
    """The value of the line so many lines on, or back; -1 where that lies ``beyond`` the document."""
    found = np.empty_like(column)
    if offset > 0:
        found[:-offset] = column[offset:]
    else:
        found[-offset:] = column[:offset]
    found[beyond] = -1
    return found


def of_matter(lines: Measures, probability: Ints, edges: Ints | None = None) -> Columns:
    """Columns of what each line is about: which of its terms occur in good lines, and in others only.

    ``probability``: of each line to be good, in 64ths. ``edges``: as for ``of_text``.
    """
    if lines.same is not None:
        return _compiled_matter(lines, probability, edges)
    count = len(probability)
    pairs = np.sort(lines.term_lines << TERM_BITS | lines.terms)
    pairs = pairs[np.append(True, pairs[1:] != pairs[:-1])] if len(pairs) else pairs
    line, term = pairs >> TERM_BITS, pairs & ((1 << TERM_BITS) - 1)
    place = Places.of(count, edges)
    # Each document has terms of its own.
    _, term = np.unique(place.start[line] << TERM_BITS | term, return_inverse=True)
    of_first = np.zeros(len(term), np.bool_)
    of_first[term[line == place.start[line]]] = True
    own = probability[line]
    good = np.bincount(term, own)[term] - own if len(term) else own
    bad = np.bincount(term, 64 - own)[term] - (64 - own) if len(term) else own
    terms = np.bincount(line, minlength=count)
    return {
        "terms": terms.astype(np.float32),
        "terms good": ratio(np.bincount(line, good >= 32, count), terms),
        "terms very good": ratio(np.bincount(line, good >= 128, count), terms),
        "terms bad": ratio(np.bincount(line, (bad >= 32) & (good < 32), count), terms),
        "terms of first": ratio(np.bincount(line, of_first[term], count), terms),
    }


def _compiled_matter(lines: Measures, probability: Ints, edges: Ints | None) -> Columns:
    from ..compiled import matter as kernels

    table = np.empty((len(kernels.COLUMNS), len(probability)), np.float32)
    room = kernels.room_for(len(lines.terms), len(probability))
    kernels.matter(lines.terms, lines.term_lines, probability, edges_of(len(probability), edges), room, table)
    return dict(zip(kernels.COLUMNS, table, strict=True))


def running(values: NDArray[np.integer]) -> Ints:
    sums = np.zeros(len(values) + 1, np.int64)
    np.cumsum(values, out=sums[1:])
    return sums


def gaps(good: NDArray[np.bool_], place: Places) -> tuple[Column, Column]:
    """Lines to the nearest good line before and after, ``FAR`` at most and where there is none."""
    at, count = place.at, len(good)
    before = np.maximum.accumulate(np.where(good, at, -1))
    after = np.minimum.accumulate(np.where(good, at, count)[::-1])[::-1]
    since = np.where(before >= place.start, np.minimum(at - before, FAR), FAR)
    until = np.where(after < place.end, np.minimum(after - at, FAR), FAR)
    return since.astype(np.float32), until.astype(np.float32)


def _of_run(gain: Ints, mass: Ints, place: Places) -> Columns:
    """The run of lines with the greatest sum of ``gain``: where each line stands to it."""
    at, sums = place.at, running(gain)
    runs = np.array([_run(sums, *edges) for edges in pairwise(place.edges.tolist())], np.int64).reshape(-1, 2)
    start, end = np.repeat(runs, np.diff(place.edges), axis=0).T
    return {
        "run": np.where(at < start, at - start, np.maximum(at - end + 1, 0)).astype(np.float32),
        "run share": ratio(mass[end] - mass[start], mass[place.end] - mass[place.start]),
        "run lines": (end - start).astype(np.float32),
        # What the run would lose by reaching to this line.
        "run cost": np.where(
            at < start, sums[start] - sums[at], np.where(at >= end, sums[end] - sums[at + 1], 0)
        ).astype(np.float32),
    }


def _run(sums: Ints, first: int, last: int) -> tuple[int, int]:
    """Beginning and end of the run of the document of the lines [first, last)."""
    if first == last:
        return first, last
    lowest = np.minimum.accumulate(sums[first:last])
    end = first + int(np.argmax(sums[first + 1 : last + 1] - lowest)) + 1
    return first + int(np.argmin(sums[first:end])), end


def of_tree(blocks: Sequence[Block], chars: Ints, mass: Ints, drag: Ints) -> Columns:
    """Columns of the elements that each line lies in: what else lies in them."""
    paths = np.full((len(blocks), _LEVELS), -1, np.int64)
    for row, block in enumerate(blocks):
        path = block.path[-_LEVELS:][::-1]
        paths[row, : len(path)] = path
    numbers, index = np.unique(paths, return_inverse=True)
    index = index.reshape(paths.shape)
    outside = numbers[0] == -1
    flat, size = index.ravel(), len(numbers)

    def inside(values: NDArray[np.generic]) -> NDArray[np.float64]:
        found: NDArray[np.float64] = np.bincount(flat, np.repeat(values, _LEVELS), size).astype(np.float64)
        if outside:
            found[0] = 0
        return found

    total = max(int(mass.sum()), 1)
    linked = np.array([block.link_density for block in blocks]) * chars
    linked = np.rint(linked).astype(np.int64)
    good, bad, size_of, links, count = inside(mass), inside(drag), inside(chars), inside(linked), inside(chars > 0)
    columns: Columns = {}
    for level in range(1, 6):
        place = index[:, level]
        columns[f"mass above {level}"] = ratio(good[place], total)
        columns[f"density above {level}"] = ratio(good[place], good[place] + bad[place])
        columns[f"links above {level}"] = ratio(links[place], size_of[place])
        if level < 4:
            columns[f"lines above {level}"] = count[place].astype(np.float32)
    columns |= _of_container(index, good, mass, total, outside)
    columns |= _of_group(blocks, mass, drag, total)
    return columns


def _of_container(index: Ints, good: NDArray[np.float64], mass: Ints, total: int, outside: bool) -> Columns:
    """The best container, as Readability finds it: the element whose children hold most of the mass."""
    size = len(good)
    near = np.bincount(index[:, 1], mass, size) + np.bincount(index[:, 2], mass, size) * 0.5
    near += np.bincount(index[:, 3], mass, size) * 0.25
    if outside:
        near[0] = -1
    columns: Columns = {}
    best = int(np.argmax(near))
    wide = int(np.flatnonzero(good >= 0.7 * good.max())[-1])  # elements inside have greater numbers
    for name, element in (("best", best), ("wide", wide)):
        path = index[(index == element).any(axis=1)][:1]
        above = path[0] if len(path) else index[0]
        level = int(np.flatnonzero(above == element)[0]) if (above == element).any() else 0
        chain = above[level:]
        # Levels up from each line to the container, or to what both lie in.
        up = np.full(len(index), 9, np.int64)
        far = np.full(len(index), 9, np.int64)
        for step, node in enumerate(chain):
            if outside and node == 0:
                break
            hit = index == node
            found = hit.any(axis=1) & (far == 9)
            far[found] = step
            up[found] = hit[found].argmax(axis=1)
        columns[f"{name} far"] = far.astype(np.float32)
        columns[f"{name} up"] = up.astype(np.float32)
        columns[f"{name} share"] = np.full(len(index), good[element] / total, np.float32)
    for level in (1, 2):
        columns[f"score above {level}"] = (near[index[:, level]] / max(float(near.max(initial=0)), 1.0)).astype(
            np.float32
        )
    return columns


def trees(blocks: Sequence[Block], kinds: Kinds, chars: Ints, mass: Ints, drag: Ints, edges: Ints) -> Columns:
    """``of_tree`` of documents, the lines of which begin at ``edges``, by the compiled kernel."""
    from ..compiled import tree as kernels

    counts = np.fromiter((len(block.path) for block in blocks), np.int64, len(blocks))
    numbers = np.fromiter(chain.from_iterable([block.path for block in blocks]), np.int64, int(counts.sum()))
    linked = np.rint(np.array([block.link_density for block in blocks]) * chars).astype(np.int64)
    groups = np.stack([numbered([key(block) for block in kinds.blocks])[1][kinds.of] for _, key in _GROUPS])
    lines = kernels.Lines(numbers, running(counts), groups, chars, linked, mass, drag)
    table = np.empty((len(kernels.COLUMNS), len(blocks)), np.float32)
    kernels.trees(lines, edges, np.empty((3, len(kinds.blocks)), np.int64), table)
    return dict(zip(kernels.COLUMNS, table, strict=True))


_GROUPS: tuple[tuple[str, Callable[[Block], Hashable]], ...] = (
    ("kind", lambda block: (block.tag, block.own)),
    ("path", lambda block: (block.tag, block.ancestors[-4:])),
    ("tokens", lambda block: (block.tag, block.tokens)),
)


def _of_group(blocks: Sequence[Block], mass: Ints, drag: Ints, total: int) -> Columns:
    """Lines with the same tag and classes."""
    columns: Columns = {}
    for name, key in _GROUPS:
        _, group = numbered([key(block) for block in blocks])
        good, bad, count = np.bincount(group, mass), np.bincount(group, drag), np.bincount(group)
        columns[f"mass of {name}"] = ratio(good[group], total)
        columns[f"density of {name}"] = ratio(good[group], good[group] + bad[group])
        columns[f"lines of {name}"] = count[group].astype(np.float32)
    return columns
