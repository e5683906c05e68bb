"""What people decided about quotes, the passages that are reported and stay: by the words of their places."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Sequence

from ..model import Passage, Place
from .log import line_key


def sides(passage: Passage) -> tuple[Place, Place]:
    """Where a passage stands in its two documents."""
    return Place(passage.a, passage.a_start, passage.a_end), Place(passage.b, passage.b_start, passage.b_end)


def places(
    passages: Iterable[Passage], text_of: Callable[[str], str], wanted: Collection[str]
) -> dict[str, list[Place]]:
    """The places of quotes whose words have one of the ``wanted`` keys, by key; in order of document and start."""
    spans: dict[str, set[tuple[int, int]]] = defaultdict(set)
    for passage in passages if wanted else ():
        if passage.quote:
            for place in sides(passage):
                spans[place.document].add((place.start, place.end))
    found: dict[str, list[Place]] = defaultdict(list)
    for document in sorted(spans):
        text = text_of(document)
        for start, end in sorted(spans[document]):
            key = line_key(text[start:end])
            if key in wanted:
                found[key].append(Place(document, start, end))
    return found


def without(passages: Sequence[Passage], gone: Collection[Place]) -> Sequence[Passage]:
    """The passages but for the quotes that stand, on either side, at one of the places."""
    if not gone:
        return passages
    return [p for p in passages if not p.quote or not any(place in gone for place in sides(p))]
