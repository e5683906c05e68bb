"""What a finished run found, read from its folder.

The files of a run may hold millions of lines. They are streamed: figures are summed, and of the findings
only those are held that a report shows (see ``Limits``). Texts are cut out in one pass at the end.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import orjson

from ..decisions import log as decisions
from ..decisions import sample
from ..errors import UsageError
from ..model import DocumentRecord, Grounds
from ..output import manifest
from ..output.manifest import read_run
from . import clusters, gather, pick
from .charts import charts
from .figures import Lsh, Settled, Timings, Totals
from .judge import doubt_of, kind_of
from .model import (
    KIND_NAMES,
    REASON_NAMES,
    SMALL,
    STATUS_NAMES,
    DocumentFinding,
    Finding,
    Held,
    Limits,
    Quote,
    Report,
    StoryFinding,
    heading,
    place_of,
)
from .texts import Plan, Texts, beginning, cut_texts, plan, text_pairs
from .top import Top

__all__ = [
    "KIND_NAMES", "REASON_NAMES", "SMALL", "STATUS_NAMES", "Finding", "Held", "Limits", "Quote", "Report",
    "StoryFinding", "Texts", "Top", "doubt_of", "heading", "kind_of", "load", "load_all", "place_of", "text_pairs",
]  # fmt: skip


def load(run: Path, texts: Texts, limits: Limits | None = None, records: manifest.Records | None = None) -> Report:
    """Read a run folder.

    ``records``: what the run found, where that need not be read. ``texts`` gives the documents as read; it is gone
    through once, and only as far as needed.
    Raises UsageError where ``run`` is not a run folder, RunError where its files are broken.
    """
    return load_all(run, texts, [limits or Limits()], records or manifest.Records(run))[0]


def load_all(run: Path, texts: Texts, limits: Sequence[Limits], records: manifest.Records) -> list[Report]:
    """As ``load``, several reports at once: the removals and the texts are gone through once for all of them.

    ``limits``: of each report; the first is the one that holds most.
    """
    info = read_run(run)
    corpora = gather.read_documents(records, limits)
    wanted = gather.Wanted(
        None, frozenset(), corpora[0].site_of, _grounds(run) if limits[0].examples else {}, limits[0]
    )
    chosen: list[_Chosen] = []
    cut: list[dict[str, Held]] = []

    def choose() -> None:
        nonlocal wanted
        chosen.extend(_choose(info, limits, corpora, records))
        shown = frozenset[str]().union(*(one.shown for one in chosen))
        wanted = replace(wanted, shown=shown, clusters=frozenset().union(*(one.clusters for one in chosen)))
        given = texts(run) if callable(texts) else texts
        cut.extend(cut_texts(given, [one.plan.windows for one in chosen]))

    removals = gather.read_removals(records, lambda: wanted, choose)
    return [_report(run, info, one, removals, held) for one, held in zip(chosen, cut, strict=True)]


def _grounds(run: Path) -> dict[str, list[Grounds]]:
    """What the trained model saw of some lines, by document."""
    found: dict[str, list[Grounds]] = {}
    for grounds in manifest.reasons(run):
        found.setdefault(grounds.document, []).append(grounds)
    return found


@dataclass(frozen=True, slots=True)
class _Chosen:
    """What a report shows, but for the removals and the texts."""

    limits: Limits
    totals: Totals
    picked: clusters.PickedClusters
    quotes: tuple[Quote, ...]
    quotes_total: int
    stories: tuple[StoryFinding, ...]
    corpus: gather.Corpus
    listed: Mapping[str, DocumentRecord]
    unnamed: Mapping[str, DocumentRecord]
    plan: Plan

    @property
    def shown(self) -> frozenset[str]:
        """The documents whose removals are shown."""
        return frozenset(self.listed.keys() | self.unnamed.keys())

    @property
    def clusters(self) -> frozenset[str]:
        """The ids of the clusters that are shown."""
        return frozenset(finding.cluster.id for finding in (*self.picked.findings, *self.picked.largest))


def _choose(
    info: Mapping[str, Any], limits: Sequence[Limits], corpora: Sequence[gather.Corpus], records: manifest.Records
) -> list[_Chosen]:
    """What reports within these limits show. ``corpora``: of each; they get the documents that the findings name."""
    totals, similar = _totals(info["counts"]), float(info["settings"].get("similar", 0.5))
    picked = clusters.pick(records, totals, float(info["settings"].get("threshold", 0.9)), similar, limits)
    quotes, quotes_total = pick.pick_quotes(records, totals, limits)
    stories = [pick.pick_stories(records, totals, each) for each in limits]
    findings = [(*each.findings, *each.largest) for each in picked]
    gather.add_names(records, corpora, list(map(pick.mentioned, findings, quotes, stories)))
    return [_chosen(totals, *each, quotes_total) for each in zip(limits, picked, quotes, stories, corpora, strict=True)]


def _chosen(
    totals: Totals, limits: Limits, picked: clusters.PickedClusters, quotes: tuple[Quote, ...],
    stories: tuple[StoryFinding, ...], corpus: gather.Corpus, quotes_total: int,
) -> _Chosen:  # fmt: skip
    every = (*picked.findings, *picked.largest)
    quotes = pick.earliest_first(quotes, {name: record.date for name, record in corpus.names.items()}, limits)
    listed = _listed(corpus, every, quotes, stories, limits)
    unnamed = _unnamed(stories, corpus, limits)
    of_quotes = [quote.places for quote in quotes]
    held = plan(pick.cluster_places(every), of_quotes, [*listed.values(), *unnamed.values()], limits)
    return _Chosen(limits, totals, picked, quotes, quotes_total, stories, corpus, listed, unnamed, held)


def _report(
    run: Path, info: Mapping[str, Any], chosen: _Chosen, removals: gather.Removals, cut: Mapping[str, Held]
) -> Report:
    picked, corpus, limits, held = chosen.picked, chosen.corpus, chosen.limits, chosen.plan
    similar = float(info["settings"].get("similar", 0.5))
    return Report(
        run=run,
        version=str(info["unecho"]),
        command=str(info["command"]),
        settings=info["settings"],
        inputs=tuple(info.get("inputs", ())),
        ignored=info.get("ignored", {}),
        totals=chosen.totals,
        lsh=Lsh(**info["lsh"]) if info.get("lsh") else None,
        timings=_read_timings(run),
        figures=removals.figures(),
        rules=removals.rules(limits),
        rules_total=len(removals.by_rule),
        sites=corpus.sites(limits),
        sites_total=len(corpus.by_site),
        documents=tuple(
            DocumentFinding(record, removals.per_document[name], tuple(removals.spans.get(name, ())))
            for name, record in chosen.listed.items()
        ),
        skipped=tuple(corpus.skipped),
        clusters=clusters.with_words(picked.findings[: held.clusters], removals.cluster_words),
        largest=clusters.with_words(picked.largest, removals.cluster_words),
        quotes=chosen.quotes[: held.quotes],
        quotes_total=chosen.quotes_total,
        stories=chosen.stories,
        charts=charts(picked, corpus, removals, similar, limits),
        leads={name: beginning(cut[name], removals.spans.get(name, ())) for name in chosen.unnamed if name in cut},
        settled=_settled(run, info, limits),
        checked=_checked(run, info),
        waiting=_waiting(run, info),
        fingerprint=str(info.get("fingerprint", "")),
        names=corpus.names,
        texts=cut,
        limits=limits,
    )


def _listed(
    corpus: gather.Corpus,
    findings: tuple[Finding, ...],
    quotes: tuple[Quote, ...],
    stories: tuple[StoryFinding, ...],
    limits: Limits,
) -> dict[str, DocumentRecord]:
    """The documents to show: those with most removed, then those that findings name."""
    listed = {record.id: record for record in corpus.top}
    if limits.documents:
        for name in pick.mentioned(findings, quotes, stories):
            if name in corpus.names:
                listed.setdefault(name, corpus.names[name])
    return listed


def _unnamed(stories: tuple[StoryFinding, ...], corpus: gather.Corpus, limits: Limits) -> dict[str, DocumentRecord]:
    """The documents without a title for which a story is named: those that stay first, as room may end."""
    names = dict.fromkeys(sorted(finding.story.keeper for finding in stories))
    if not limits.documents:  # else they are listed with the others
        names.update(dict.fromkeys(name for finding in stories for name in finding.story.documents))
    return {name: corpus.names[name] for name in names if name in corpus.names and not corpus.names[name].title}


def _totals(counts: Mapping[str, Any]) -> Totals:
    known = Totals.__dataclass_fields__
    return Totals(**{name: value for name, value in counts.items() if name in known})


def _settled(run: Path, info: Mapping[str, Any], limits: Limits) -> Settled | None:
    """What became of people's decisions. Raises RunError when the file is damaged."""
    if not info.get("decisions"):
        return None
    unsettled: list[Mapping[str, Any]] = []
    for line in manifest.decided(run):
        if (line["result"] != "used" or line["conflict"]) and len(unsettled) < limits.settled:
            unsettled.append(line)
    return Settled(info["decisions"], tuple(unsettled))


def _checked(run: Path, info: Mapping[str, Any]) -> sample.Summary | None:
    """What somebody's check of a sample gave, where there was one of this very run."""
    given = sample.answers(run, str(info.get("fingerprint", "")))
    return sample.summary(given) if given else None


def _waiting(run: Path, info: Mapping[str, Any]) -> int:
    """How many decisions the run does not show yet."""
    try:
        steps = decisions.read(run / decisions.DECISIONS).steps
    except UsageError:  # a damaged file is told by what carries decisions out
        return 0
    shown = (info.get("decisions") or {}).get("steps", 0)
    then, now = ({step.id for step in decisions.Log(part).active} for part in (steps[:shown], steps))
    return len(then ^ now)


def _read_timings(run: Path) -> Timings | None:
    try:
        data = orjson.loads((run / "timings.json").read_bytes())
        return Timings(data["seconds"], data.get("peak_mb"))
    except (OSError, orjson.JSONDecodeError, KeyError, TypeError):
        return None  # a report does without
