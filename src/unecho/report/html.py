"""The report as one HTML file: no network, a strict content policy, readable without scripts."""

from __future__ import annotations

import base64
import hashlib
import json
from importlib.resources import files
from typing import Any

import jinja2
from markupsafe import Markup

from ..model import Place
from ..wording import counted, one_line, percent, visible, visible_name
from .data import KIND_NAMES, REASON_NAMES, STATUS_NAMES, Report, heading, kind_of, place_of
from .diff import Piece, fold, word_diff
from .export import summary


def render(report: Report) -> str:
    """The whole page. The same run gives the same page: no paths, no timings."""
    style, script = Markup(_sibling("report.css")), Markup(_sibling("report.js"))
    template = _environment(report).get_template("report.html.j2")
    return template.render(
        report=report,
        totals=report.totals,
        bar=bar(report),
        sections=_sections(report),
        style=style,
        script=script,
        policy=policy(style, script),
        summary=Markup(json_in_html(summary(report))),
        anchors={finding.record.id: f"d{number}" for number, finding in enumerate(report.documents, 1)},
    )


def _sections(report: Report) -> tuple[tuple[str, int | None], ...]:
    """The parts of the page, with what they count."""
    boilerplate = sum(figure.removals for figure in report.figures if figure.reason == "boilerplate")
    return (
        ("Overview", None),
        ("Clusters", report.totals.clusters),
        ("Quotes", report.quotes_total),
        ("Stories", report.totals.stories),
        ("Documents", report.totals.documents - report.totals.skipped),
        ("Boilerplate", boilerplate),
    )


def policy(style: str, script: str) -> str:
    """A Content-Security-Policy that lets this page's own style and script run, and nothing else."""
    return (
        f"default-src 'none'; style-src '{_digest(style)}'; script-src '{_digest(script)}'; "
        "base-uri 'none'; form-action 'none'"
    )


def json_in_html(data: Any) -> str:
    """``data`` as ASCII-only JSON that no HTML parser can misread, and in which nothing is invisible."""
    text = json.dumps(data, ensure_ascii=True, separators=(",", ":"))
    for character in "<>&":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return text


def bar(report: Report, width: int = 1000) -> list[tuple[str, int, float, float]]:
    """The words of the corpus as a bar: what, words, where the segment starts, how wide it is."""
    totals = report.totals
    parts = {"kept": totals.words_kept, **totals.words_removed}
    segments, start = [], 0.0
    for name, words in parts.items():
        if not words:
            continue
        size = totals.share(words) * width
        segments.append((name, words, round(start, 2), round(size, 2)))
        start += size
    return segments


def _sibling(name: str) -> str:
    # Read as text, so that a CRLF checkout gives the same bytes, and the same hash as in the browser.
    return files("unecho.report").joinpath(name).read_text("utf-8").replace("\r\n", "\n")


def _digest(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode("utf-8")).digest()).decode("ascii")


def _environment(report: Report) -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.FunctionLoader(_sibling),
        autoescape=True,  # not select_autoescape: that goes by the file name, and .j2 is not in its list
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_finalize,
    )
    environment.filters.update(
        number=lambda value: f"{value:,}",
        count=counted,
        percent=percent,
        plain_percent=lambda share: f"{share * 100:g}%",
        name=visible_name,
        line=one_line,
        link=safe_link,
        reason=lambda name: REASON_NAMES.get(name, name),
        status=lambda name: STATUS_NAMES.get(name, name),
        kind_name=lambda name: KIND_NAMES.get(name, name),
    )
    environment.globals.update(
        diff=lambda kept, other: _diff(report, kept, other),
        kind=lambda member: kind_of(member, report.threshold),
        place_of=place_of,
        title=heading,
        kinds=KIND_NAMES,
        setting=_setting,
    )
    return environment


def _finalize(value: Any) -> Any:
    """Every text that reaches the page passes here, so none can forget to show what is invisible."""
    return visible(value) if isinstance(value, str) and not isinstance(value, Markup) else value


def safe_link(url: str | None) -> str:
    """``url`` where it is an ordinary web address; empty for javascript: and everything else."""
    plain = (url or "").strip()
    return plain if plain.lower().startswith(("http://", "https://")) else ""


def _setting(value: Any) -> str:
    """A value of the settings, as a person would write it."""
    if isinstance(value, bool):
        return "on" if value else "off"
    if isinstance(value, list | tuple):
        value = ", ".join(map(str, value))
    return str(value) if value != "" else "–"


def _diff(report: Report, kept: Place, other: Place) -> list[Piece]:
    return fold(word_diff(report.text(kept), report.text(other)))
