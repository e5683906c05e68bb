"""The report of a run on a terminal.

Texts reach rich as ``Text`` objects only: markup in a document is never interpreted.
"""

from __future__ import annotations

import shlex
from collections.abc import Sequence

from rich import box
from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from ..base.wording import counted, one_line, percent, visible, visible_name
from .model import REASON_NAMES, Finding, Report, place_of

_LISTED = 10
_FEW = 5
_CLOSE = 0.7
"""Doubt from which a finding is a close call, as in the page."""
# Each has a shade of its own, so that the bar can be read without colours; the second is for encodings
# that know no blocks.
_BAR = {
    "kept": ("█", "#", "green"),
    "boilerplate": ("▓", "b", "yellow"),
    "duplicate": ("▒", "d", "red"),
    "repeat": ("░", "r", "magenta"),
    "passage": ("─", "q", "cyan"),
}


def show(report: Report, console: Console) -> None:
    """Print what was read, kept and removed, the greatest findings, and what to do next."""
    screen = _Screen(report, console)
    sections = (
        screen.headline(),
        screen.bar(),
        screen.categories(),
        screen.clusters(),
        screen.close_calls(),
        screen.quotes(),
        screen.stories(),
        screen.skipped(),
        screen.next_steps(),
    )
    for section in filter(None, sections):
        console.print()
        console.print(section, highlight=False)
    console.print()


class _Screen:
    """Makes the sections; a section with nothing to say is None."""

    def __init__(self, report: Report, console: Console) -> None:
        self._report = report
        self._encoding = console.encoding
        self._blocks = not console.options.ascii_only
        self._width = min(console.width, 100) - 2

    def headline(self) -> RenderableType:
        totals = self._report.totals
        parts = {
            "unchanged": totals.kept,
            "trimmed": totals.trimmed,
            "dropped": totals.dropped,
            "skipped": totals.skipped,
        }
        fates = ", ".join(f"{count:,} {name}" for name, count in parts.items() if count)
        seconds = self._report.timings.seconds.values() if self._report.timings else ()
        took = f" in {_duration(sum(seconds))}" if seconds else ""
        read = f"{counted(totals.documents, 'document')}, {counted(totals.words, 'word')}{took}"
        name = f"unecho {self._report.version} {self._report.command}"
        lines = (self._text(name, "bold"), self._text(read), self._text(fates or "nothing read"))
        return Padding(Group(*lines), (0, 1))

    def bar(self) -> RenderableType | None:
        totals = self._report.totals
        if not totals.words:
            return None
        parts = {"kept": totals.words_kept, **totals.words_removed}
        line, legend = Text(), _grid(2)
        for name, words in parts.items():
            if not words and name != "kept":
                continue
            block, plain, style = _BAR.get(name, ("?", "?", ""))
            symbol = block if self._blocks else plain
            length = max(round(totals.share(words) * self._width), 1) if words else 0
            line.append(symbol * length, style)
            key = Text.assemble((f"{symbol * 2} ", style), REASON_NAMES.get(name, visible(name)))
            legend.add_row(key, f"{words:,} words", percent(totals.share(words)))
        line.truncate(self._width)
        return Padding(Group(line, legend), (0, 1))

    def categories(self) -> RenderableType | None:
        figures = [figure for figure in self._report.figures if figure.reason == "boilerplate"]
        if not figures:
            return None
        most = max(figure.words for figure in figures) or 1
        table = self._table("Boilerplate", ("Category", ""), ("Removals", "Words"), (3, 5))
        for figure in figures[:_LISTED]:
            bar = self._bar("boilerplate", figure.words / most, self._width // 3)
            table.add_row(self._text(figure.category or "other"), bar, f"{figure.removals:,}", f"{figure.words:,}")
        return table

    def _bar(self, name: str, share: float, room: int) -> Text:
        """A bar of a shade, at least one cell long where there is anything."""
        block, plain, style = _BAR[name]
        return Text((block if self._blocks else plain) * max(round(share * room), 1 if share else 0), style)

    def clusters(self) -> RenderableType | None:
        findings = self._report.largest[:_LISTED]
        if not findings:
            return None
        title = f"Repeated paragraphs: the largest of {counted(self._report.totals.clusters, 'cluster')}"
        table = self._table(title, ("Begins with, kept in",), ("Copies", "Removed", "Words"))
        for finding in findings:
            figures = (f"{finding.copies:,}", f"{finding.removed:,}", f"{finding.words:,}")
            table.add_row(self._cluster(finding), *figures)
        return table

    def _cluster(self, finding: Finding) -> RenderableType:
        keeper = finding.cluster.keeper
        name = visible_name(keeper.document)
        room = max(self._width - 50, 20)
        if len(name) > room:  # the end of a path tells more than its beginning
            name = "…" + name[-room:]
        text = self._line(self._report.text(keeper))
        return Group(text, self._line(f"{name} ({finding.cluster.why_kept})", "dim"))

    def close_calls(self) -> RenderableType | None:
        """Decisions that could have gone the other way, to be looked at first."""
        findings = [finding for finding in self._report.clusters if finding.doubt >= _CLOSE]
        if not findings:
            return None
        table = self._table("The closest calls: look at these first", ("Begins with, decided as",), ("Covered",))
        for finding in findings[:_FEW]:
            member = finding.cluster.members[0]
            fate = "removed" if member.action == "removed" else "stays"
            text = self._line(self._report.text(place_of(member)))
            table.add_row(Group(text, self._line(f"{fate}: {member.why}", "dim")), percent(member.covered, down=True))
        return table

    def quotes(self) -> RenderableType | None:
        if not self._report.quotes:
            return None
        title = f"Repeated quotes: the most repeated of {counted(self._report.quotes_total, 'quote')}"
        table = self._table(title, ("Quote",), ("Documents", "Words"))
        for quote in self._report.quotes[:_FEW]:
            text = self._line(self._report.text(quote.places[0]))
            table.add_row(text, f"{quote.documents:,}", f"{quote.words:,}")
        return table

    def stories(self) -> RenderableType | None:
        if not self._report.stories:
            return None
        title = f"Stories: the largest of {self._report.totals.stories:,}"
        table = self._table(title, ("Story",), ("Documents",))
        for finding in self._report.stories[:_FEW]:
            table.add_row(self._line(self._report.story_heading(finding.story)), f"{finding.documents:,}")
        return table

    def skipped(self) -> RenderableType | None:
        lines: list[RenderableType] = []
        if total := self._report.totals.skipped:
            table = self._table(f"Skipped: {counted(total, 'input')} could not be read", ("Input", "Reason"), ())
            for record in self._report.skipped[:_FEW]:
                row = "" if record.row is None else f", line {record.row + 1}"
                name = self._text(visible_name(record.source) + row)
                table.add_row(name, self._text(one_line(record.reason or "", 200)))
            lines.append(table)
            if total > _FEW:
                lines.append(self._text(f"  and {total - _FEW:,} more in documents.jsonl", "dim"))
        if ignored := self._report.ignored:
            kinds = ", ".join(f"{count:,} {visible_name(kind)}" for kind, count in ignored.items())
            lines.append(self._text(f" Left alone, not a format of unecho: {kinds}", "dim"))
        return Group(*lines) if lines else None

    def next_steps(self) -> RenderableType:
        run = shlex.quote(visible_name(str(self._report.run)))
        steps = _grid(1)
        if self._report.totals.removals or self._report.clusters or self._report.quotes_total:
            steps.add_row(self._text(f"unecho review {run}"), "accept or correct, doubtful findings first")
        if self._report.waiting:
            decided = counted(self._report.waiting, "decision")
            steps.add_row(self._text(f"unecho apply {run}"), f"carry out {decided} that the corpus does not show yet")
        page = self._text(visible_name(str(self._report.run / "report.html")))
        steps.add_row(page, "the full report, for a browser")
        if any(record.status == "skipped" for record in self._report.skipped):
            steps.add_row(self._text(f"unecho report {run} -f md"), "with every input that was skipped, and why")
        steps.add_row(self._text(f"unecho check {run}"), "verify every removal")
        steps.add_row(self._text(f"unecho restore {run} -o DIR"), "the documents as they were read")
        return Padding(Group(self._text("Next", "bold"), steps), (0, 1))

    def _text(self, value: str, style: str = "") -> Text:
        """``value`` as what the console can show: other characters of a narrow encoding become "?"."""
        shown = visible(value).encode(self._encoding, "replace").decode(self._encoding)
        return Text(shown, style, overflow="fold")

    def _line(self, value: str, style: str = "") -> Text:
        """``value`` on one line, which rich cuts where its column ends."""
        line = self._text(one_line(value, 200), style)
        line.no_wrap, line.overflow = True, "ellipsis" if self._blocks else "crop"
        return line

    def _table(self, title: str, columns: Sequence[str], numbers: Sequence[str], ratios: Sequence[int] = ()) -> Table:
        """``ratios``: how wide the columns of text are beside one another; equally wide where it is not said."""
        table = Table(
            title=self._text(f" {title}", "bold"),
            title_justify="left",
            box=box.SIMPLE_HEAD,
            show_edge=False,
            width=self._width + 1 if numbers else None,
        )
        for number, name in enumerate(columns):
            ratio = ratios[number] if ratios else 1
            table.add_column(name, ratio=ratio if numbers else None, overflow="fold")
        for name in numbers:
            table.add_column(name, justify="right", no_wrap=True)
        return table


def _grid(numbers: int) -> Table:
    """A table without lines: a text, then ``numbers`` columns set to the right, or a remark."""
    grid = Table.grid(padding=(0, 2))
    grid.add_column(overflow="fold")
    for _ in range(numbers):
        grid.add_column(justify="right" if numbers > 1 else "left")
    return grid


def _duration(seconds: float) -> str:
    if seconds < 60:
        return f"{seconds:.1f} s"
    return f"{int(seconds // 60)} min {int(seconds % 60)} s"
