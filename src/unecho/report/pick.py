"""Which quotes and stories a report shows. The files are streamed; only the chosen are held."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from ..model import Member, Place
from ..output.manifest import Records
from .figures import Totals
from .model import Finding, Limits, Quote, StoryFinding
from .top import Top


def pick_quotes(records: Records, totals: Totals, limits: Sequence[Limits]) -> tuple[list[tuple[Quote, ...]], int]:
    """The quotes in most documents for each of the limits, and how many quotes there are.

    ``Limits.quote_places`` of each are held, by the first of the limits, which is the one that shows most. Two
    readings: one counts the passages of each group, one holds the places of the largest groups.
    """
    sizes = records.quote_sizes(totals.passages)
    largest: Top[str] = Top(limits[0].quotes)
    for group, size in sizes.items():
        largest.add((size,), group)
    groups = largest.best()
    found = records.quoted(totals.passages, groups, limits[0].quote_places) if groups else {}
    quotes = [Quote(group, found[group].words, found[group].documents, found[group].places) for group in groups]
    return [_widest(quotes[: each.quotes]) for each in limits], len(sizes)


def _widest(quotes: Iterable[Quote]) -> tuple[Quote, ...]:
    return tuple(sorted(quotes, key=lambda quote: (-quote.documents, -quote.words, quote.group)))


def earliest_first(quotes: Iterable[Quote], dates: Mapping[str, str | None], limits: Limits) -> tuple[Quote, ...]:
    """The quotes with the places of the earliest documents; those without a date come last."""

    def key(place: Place) -> tuple[bool, str, str]:
        date = dates.get(place.document)
        return date is None, date or "", place.document

    return tuple(replace(quote, places=tuple(sorted(quote.places, key=key)[: limits.members])) for quote in quotes)


def pick_stories(records: Records, totals: Totals, limits: Limits) -> tuple[StoryFinding, ...]:
    """The stories of most documents."""
    largest: Top[StoryFinding] = Top(limits.stories)
    for story in records.stories(totals.stories):
        count, pairs = len(story.documents), len(story.pairs)
        # The copy that stays is always among the documents shown.
        first = sorted(story.documents, key=lambda name: name != story.keeper)[: limits.story_documents]
        shown = frozenset(first)
        part = replace(
            story,
            documents=tuple(name for name in story.documents if name in shown),
            pairs=tuple(pair for pair in story.pairs if pair.a in shown and pair.b in shown)[: limits.pairs],
        )
        largest.add((count, pairs), StoryFinding(part, count, pairs))
    return tuple(largest.best())


def cluster_places(findings: Iterable[Finding]) -> list[tuple[Place | Member, ...]]:
    """The places whose text is shown, cluster by cluster."""
    return [(f.cluster.keeper, *f.cluster.members) for f in findings]


def mentioned(findings: Iterable[Finding], quotes: Iterable[Quote], stories: Iterable[StoryFinding]) -> dict[str, None]:
    """The documents that the findings name, in their order, each once."""
    groups = (*cluster_places(findings), *(quote.places for quote in quotes))
    names = dict.fromkeys(place.document for group in groups for place in group)
    for finding in stories:
        names.update(dict.fromkeys((finding.story.keeper, *finding.story.documents)))
    return names
