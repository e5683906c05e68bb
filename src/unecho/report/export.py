"""The report as data: a summary, CSV, Markdown and JSON."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, TextIO

import orjson

from ..base.wording import one_line
from ..model import Member, Place, Removal
from ..output.manifest import clusters, removals
from .diff import count_words
from .judge import kind_of
from .model import KIND_NAMES, REASON_NAMES, Finding, Quote, Report, StoryFinding, place_of
from .texts import Texts, text_pairs

CSV_COLUMNS = (
    "id",
    "document",
    "start",
    "end",
    "reason",
    "category",
    "rule",
    "covered",
    "keeper_document",
    "keeper_start",
    "keeper_end",
    "words",
    "text",
)
CSV_TEXT = 200
"""Characters of a text that a CSV cell shows."""

Row = tuple[str | int | float | None, ...]


def summary(report: Report) -> dict[str, Any]:
    """The figures of a run, for ``--json``: plain values, the same for the same input."""
    totals = report.totals
    return {
        "unecho": report.version,
        "command": report.command,
        "inputs": list(report.inputs),
        "documents": {
            "read": totals.documents,
            "kept": totals.kept,
            "trimmed": totals.trimmed,
            "dropped": totals.dropped,
            "skipped": totals.skipped,
        },
        "words": {
            "read": totals.words,
            "kept": totals.words_kept,
            "removed": totals.removed,
            "removed_by_reason": dict(totals.words_removed),
        },
        "paragraphs": totals.paragraphs,
        "removals": totals.removals,
        "clusters": totals.clusters,
        "passages": totals.passages,
        "quotes": report.quotes_total,
        "stories": totals.stories,
        "removed_by_category": [asdict(figure) for figure in report.figures],
        "skipped": [{"source": r.source, "row": r.row, "reason": r.reason} for r in report.skipped],
        "ignored": dict(report.ignored),
    }


# --- JSON ----------------------------------------------------------------------------------------


def to_json(report: Report) -> str:
    """The summary and every finding that the report shows, with texts."""
    data = {
        "summary": summary(report),
        "settings": report.settings,
        "rules": [asdict(rule) for rule in report.rules],
        "sites": [asdict(site) for site in report.sites],
        "clusters": [_cluster_json(report, finding) for finding in report.clusters],
        "quotes": [_quote_json(report, quote) for quote in report.quotes],
        "stories": [asdict(finding.story) for finding in report.stories],
    }
    return orjson.dumps(data, option=orjson.OPT_INDENT_2).decode("utf-8") + "\n"


def _place_json(report: Report, place: Place) -> dict[str, Any]:
    return {**asdict(place), "text": report.text(place)}


def _cluster_json(report: Report, finding: Finding) -> dict[str, Any]:
    cluster = finding.cluster
    return {
        "id": cluster.id,
        "keeper": _place_json(report, cluster.keeper),
        "why_kept": cluster.why_kept,
        "copies": finding.copies,
        "removed": finding.removed,
        "similar": finding.similar,
        "words": finding.words,
        "doubt": round(finding.doubt, 4),
        "members": [
            {
                **asdict(member),
                "kind": kind_of(member, report.threshold),
                "text": report.text(place_of(member)),
            }
            for member in cluster.members
        ],
    }


def _quote_json(report: Report, quote: Quote) -> dict[str, Any]:
    return {
        "group": quote.group,
        "words": quote.words,
        "documents": quote.documents,
        "places": [_place_json(report, place) for place in quote.places],
    }


# --- CSV -----------------------------------------------------------------------------------------


def to_csv(run: Path, texts: Texts, out: TextIO) -> None:
    """Write one line for every removal of the run, then one for every similar paragraph that stays.

    Nothing is capped. Removals are streamed; of the paragraphs that stay (reason "similar", the
    cluster's id in the first column) the places are held in memory, as their texts come document by
    document.
    """
    # Every text is quoted: with "\n" as its terminator, csv leaves a bare "\r" in a file name unquoted.
    writer = csv.writer(out, lineterminator="\n", quoting=csv.QUOTE_NONNUMERIC)
    writer.writerow(CSV_COLUMNS)
    for removal in removals(run):
        writer.writerow(map(guarded, _removal_row(removal)))
    for row in _similar_rows(run, texts):
        writer.writerow(map(guarded, row))


def guarded(cell: str | float | None) -> str | float | None:
    """A cell that no spreadsheet takes for a formula."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(("=", "+", "-", "@", "\t", "\r", "\n")) else cell


def _removal_row(removal: Removal) -> Row:
    covered = None if removal.covered is None else round(removal.covered, 4)
    return (
        removal.id,
        removal.document,
        removal.start,
        removal.end,
        removal.reason,
        removal.category,
        removal.rule,
        covered,
        *_keeper_cells(removal.keeper),
        removal.words,
        one_line(removal.text, CSV_TEXT),
    )


def _keeper_cells(keeper: Place | None) -> tuple[str | int | None, ...]:
    return (keeper.document, keeper.start, keeper.end) if keeper else (None, None, None)


def _similar_rows(run: Path, texts: Texts) -> Iterator[Row]:
    similar: dict[str, list[tuple[str, Place, Member]]] = {}
    for cluster in clusters(run):
        for member in cluster.members:
            if member.action == "kept":
                similar.setdefault(member.document, []).append((cluster.id, cluster.keeper, member))
    for name, text in text_pairs(run, texts) if similar else ():
        for cluster_id, keeper, member in sorted(similar.pop(name, ()), key=lambda item: item[2].start):
            yield _similar_row(cluster_id, keeper, member, text[member.start : member.end])
        if not similar:
            return


def _similar_row(cluster_id: str, keeper: Place, member: Member, text: str) -> Row:
    place = (member.document, member.start, member.end)
    evidence = ("similar", None, member.why, round(member.covered, 4))
    return (
        cluster_id,
        *place,
        *evidence,
        *_keeper_cells(keeper),
        count_words(text),
        one_line(text, CSV_TEXT),
    )


# --- Markdown ------------------------------------------------------------------------------------


def to_md(report: Report) -> str:
    """The report as Markdown, for an issue, a wiki or a lab book."""
    parts = [
        *_md_overview(report),
        *_md_clusters(report),
        *_md_quotes(report),
        *_md_stories(report),
        *_md_skipped(report),
    ]
    return "\n".join(parts) + "\n"


def escaped(text: str, limit: int = 160) -> str:
    """Text on one line in which nothing is Markdown, HTML or a link."""
    line = one_line(text, limit).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return re.sub(r"([\\`*_{}\[\]()#+\-.!|~:@])", r"\\\1", line)


def _table(header: tuple[str, ...], rows: Sequence[tuple[str, ...]], numbers: int) -> list[str]:
    """A table whose last columns, ``numbers`` of them, are set to the right."""
    rule = ["---"] * (len(header) - numbers) + ["---:"] * numbers
    return ["", *(f"| {' | '.join(row)} |" for row in (header, tuple(rule), *rows)), ""]


def _md_overview(report: Report) -> list[str]:
    totals = report.totals
    rows = [
        (REASON_NAMES[f.reason], escaped(f.category or ""), f"{f.removals:,}", f"{f.words:,}") for f in report.figures
    ]
    return [
        "# unecho report",
        "",
        f"{totals.documents:,} documents read: {totals.kept:,} unchanged, {totals.trimmed:,} trimmed, "
        f"{totals.dropped:,} dropped, {totals.skipped:,} skipped.",
        "",
        f"{totals.words:,} words read: {totals.words_kept:,} kept, {totals.removed:,} removed "
        f"({totals.share(totals.removed):.1%}).",
        "",
        "## What was removed",
        *_table(("Why", "Category", "Removals", "Words"), rows, 2),
    ]


def _md_clusters(report: Report) -> list[str]:
    rows = [
        (
            escaped(report.text(finding.cluster.keeper)),
            escaped(finding.cluster.keeper.document),
            ", ".join(KIND_NAMES[kind] for kind in sorted(finding.kinds)),
            f"{finding.copies:,}",
            f"{finding.words:,}",
        )
        for finding in report.largest[:10]
    ]
    header = ("Text", "Kept in", "Copies are", "Copies", "Words removed")
    return [f"## Largest of {report.totals.clusters:,} clusters", *_table(header, rows, 2)] if rows else []


def _md_quotes(report: Report) -> list[str]:
    rows = [
        (escaped(report.text(quote.places[0])), f"{quote.words:,}", f"{quote.documents:,}")
        for quote in report.quotes[:10]
    ]
    title = f"## Most repeated of {report.quotes_total:,} quotes"
    return [title, *_table(("Quote", "Words", "Documents"), rows, 2)] if rows else []


def _md_stories(report: Report) -> list[str]:
    rows = [_md_story(report, finding) for finding in report.stories[:10]]
    title = f"## Largest of {report.totals.stories:,} stories"
    return [title, *_table(("Story", "Documents"), rows, 1)] if rows else []


def _md_story(report: Report, finding: StoryFinding) -> tuple[str, ...]:
    return escaped(report.story_heading(finding.story)), f"{finding.documents:,}"


def _md_skipped(report: Report) -> list[str]:
    if not report.totals.skipped:
        return []
    rows = [(escaped(record.source), escaped(record.reason or "")) for record in report.skipped]
    return [f"## {report.totals.skipped:,} skipped inputs", *_table(("Input", "Reason"), rows, 0)]
