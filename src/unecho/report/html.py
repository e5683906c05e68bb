"""The report as one HTML file: no network, a strict content policy, its overview readable without scripts."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterator
from importlib.resources import files
from typing import Any

import jinja2
from markupsafe import Markup

from ..base.engine import Workers
from ..base.wording import counted, one_line, percent, visible, visible_name
from ..text import spelling
from .export import summary
from .model import KIND_NAMES, REASON_NAMES, STATUS_NAMES, Report, heading
from .pack import parts

STYLES = ("tokens.css", "page.css")
SCRIPTS = (
    "vendor/chart.umd.min.js",
    "base.js", "text.js", "dom.js", "store.js", "diff.js", "list.js", "browse.js", "shown.js", "charts.js",
    "decisions.js", "clusters.js", "quotes.js", "stories.js", "documents.js", "boilerplate.js", "main.js",
)  # fmt: skip
"""What the page runs, in this order; each file stands for itself and adds to ``unecho``."""


def render(report: Report, workers: Workers | None = None) -> str:
    """The whole page. The same run gives the same page: no paths, no timings. ``workers``: what packs it."""
    with parts(report, workers or Workers(1)) as packed:
        return _page(report, ((name, Markup(content)) for name, content in packed))


def _page(report: Report, packed: Iterator[tuple[str, Markup]]) -> str:
    style = Markup("".join(sibling(name) for name in STYLES))
    # Of the scripts, each has its own element and digest, so that an error in one names its lines.
    # The address of the source map that the charting library ends with is of no use, and one nothing should follow.
    scripts = [Markup(sibling(name).partition("//# sourceMappingURL=")[0]) for name in SCRIPTS]
    template = _environment().get_template("page.html.j2")
    page = template.render(
        report=report,
        totals=report.totals,
        bar=bar(report),
        sections=_sections(report),
        style=style,
        scripts=scripts,
        policy=policy([style], scripts),
        facts=Markup(json_in_html(facts(report))),
        parts=packed,
        bin_width=round((1 - report.similar) / max(len(report.charts.similarity), 1), 4),
        cells={(cell.site, cell.keeper): cell.words for cell in report.charts.matrix},
    )
    return page.lstrip()  # what the template's macros leave


def facts(report: Report) -> dict[str, Any]:
    """What the scripts must know besides the findings."""
    charts = report.charts
    return {
        "summary": summary(report),
        "threshold": report.threshold,
        "similar": report.similar,
        "kinds": list(KIND_NAMES.items()),
        "reasons": REASON_NAMES,
        "statuses": STATUS_NAMES,
        "run": report.fingerprint,
        "paragraph": report.limits.text,
        "spelling": spelling.rules(),
        "charts": {
            "similarity": charts.similarity,
            "sizes": charts.sizes,
            "categories": [[figure.reason, figure.category, figure.words] for figure in report.figures],
            "time": [[bucket.label, bucket.documents, bucket.words, bucket.copies] for bucket in charts.time],
        },
    }


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


def policy(styles: list[Markup], scripts: list[Markup]) -> str:
    """A Content-Security-Policy that lets this page's own styles and scripts run, and nothing else."""
    return (
        f"default-src 'none'; style-src {_digests(styles)}; script-src {_digests(scripts)}; "
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
    words_by = {"kept": totals.words_kept, **totals.words_removed}
    segments, start = [], 0.0
    for name, words in words_by.items():
        if not words:
            continue
        size = totals.share(words) * width
        segments.append((name, words, round(start, 2), round(size, 2)))
        start += size
    return segments


def sibling(name: str) -> str:
    """A file of the page; the review is made of some of them too."""
    # Read as text, so that a CRLF checkout gives the same bytes, and the same hash as in the browser.
    return files("unecho.report").joinpath("page", name).read_text("utf-8").replace("\r\n", "\n")


def _digests(texts: list[Markup]) -> str:
    return " ".join(f"'{_digest(text)}'" for text in texts)


def _digest(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode("utf-8")).digest()).decode("ascii")


def _environment() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.FunctionLoader(sibling),
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
        reason=lambda name: REASON_NAMES.get(name, name),
    )
    environment.globals.update(title=heading, setting=_setting)
    return environment


def _finalize(value: Any) -> Any:
    """Every text that reaches the page passes here, so none can forget to show what is invisible."""
    return visible(value) if isinstance(value, str) and not isinstance(value, Markup) else value


def _setting(value: Any) -> str:
    """A value of the settings, as a person would write it."""
    if isinstance(value, bool):
        return "on" if value else "off"
    if isinstance(value, list | tuple):
        value = ", ".join(map(str, value))
    return str(value) if value != "" else "–"
