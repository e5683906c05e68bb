"""What the commands do: run, write, show. Between the command line and everything else."""

from __future__ import annotations

import getpass
import sys
import tempfile
import webbrowser
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from enum import Enum
from functools import partial
from pathlib import Path
from typing import TextIO

import orjson

from . import pipeline, stored
from .base.atomic import RunFolder, write_bytes
from .base.engine import Workers, workers_for
from .base.wording import counted, visible
from .check import check as find_problems
from .config import Config
from .decisions import log as decisions
from .decisions.decide import Decided
from .errors import RunError, UsageError
from .output import manifest
from .output.restore import restore as write_restored
from .output.restore import restored, texts
from .reading import Progress
from .report import data as report_data
from .result import Result


class Show(Enum):
    """What a run prints when it is done."""

    REPORT = "report"
    JSON = "json"
    NOTHING = "nothing"


def work(command: pipeline.Command, inputs: Sequence[Path], out: Path | None, config: Config, show: Show) -> bool:
    """Run a command and write it to ``out`` (None: a dry run); returns whether input was skipped."""
    run = partial(pipeline.run, command, inputs, config)
    with Workers(workers_for(config.limits.workers)) as workers:
        if out is None:
            return _tried(run, workers, show)
        with RunFolder(out, inputs) as folder:
            if config.settings.decisions:
                decisions.refuse_others(out, decisions.given(config.settings.decisions))
            with _progress(show) as progress, run(progress, workers) as result:
                progress("writing", 0, None)
                reports = result.write_into(folder, *_limits(show), workers=workers)
                skipped = bool(result.skipped)
            _show(_first(reports, out), show)
    return skipped


def _tried(run: Callable[[Progress, Workers], Result], workers: Workers, show: Show) -> bool:
    """``work`` that leaves nothing behind."""
    with _progress(show) as progress, run(progress, workers) as result:
        with tempfile.TemporaryDirectory(prefix="unecho-") as folder:
            reports = result.write_files(Path(folder), *_limits(show), workers=workers)
            _show(_first(reports, Path(folder)), show)
        if show is Show.REPORT:
            sys.stdout.write("A dry run: nothing was written. Add -o OUT to write it.\n")
        return bool(result.skipped)


def _limits(show: Show) -> tuple[report_data.Limits, ...]:
    """Of what is shown of a run."""
    return () if show is Show.NOTHING else (report_data.SMALL,)


def _first(reports: Sequence[report_data.Report], run: Path) -> report_data.Report | None:
    """The first of the reports, as one of the run folder by the name that was given."""
    return replace(reports[0], run=run) if reports else None


def _show(loaded: report_data.Report | None, show: Show) -> None:
    if loaded is None:
        return
    if show is Show.JSON:
        from .report.export import summary

        _print_bytes(orjson.dumps(summary(loaded), option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE))
        return
    _terminal(loaded)


def _terminal(loaded: report_data.Report) -> None:
    from rich.console import Console

    from .report.terminal import show

    show(loaded, Console())


def report(run: Path, kind: str, out: Path | None, open_page: bool) -> None:
    """Show a finished run in one of the formats. Raises UsageError for an unknown one."""
    kinds = ("terminal", "html", "json", "csv", "md")
    if kind not in kinds:
        raise UsageError(f"unknown format '{kind}'", "known: " + ", ".join(kinds))
    manifest.read_run(run)
    if kind == "html" or open_page:
        page = (out or run / manifest.REPORT).resolve()
        write_bytes(page, _page(run).encode())
        sys.stdout.write(f"{page}\n")
        if open_page:
            webbrowser.open(page.as_uri())
    elif kind == "terminal":
        _terminal(report_data.load(run, texts, report_data.SMALL))
    else:
        _exported(run, kind, out)


def _page(run: Path) -> str:
    from .report.html import render

    return render(report_data.load(run, texts))


def _exported(run: Path, kind: str, out: Path | None) -> None:
    from .report import export

    with _output(out) as file:
        if kind == "csv":
            export.to_csv(run, texts, file)
        else:
            loaded = report_data.load(run, texts)
            file.write(export.to_json(loaded) if kind == "json" else export.to_md(loaded))


@contextmanager
def _output(out: Path | None) -> Iterator[TextIO]:
    if out is None:
        yield sys.stdout
    else:
        with out.open("w", encoding="utf-8", newline="") as file:
            yield file


def _print_bytes(data: bytes) -> None:
    sys.stdout.buffer.write(data)
    sys.stdout.flush()


def apply(run: Path, more: Path | None, show: Show) -> None:
    """Write a run anew with what people decided about it.

    ``more``: a file with further decisions, which the run takes in.
    """
    decided = applied(run, more)
    if show is Show.JSON:
        _show(report_data.load(run, texts, report_data.SMALL), show)
    elif show is Show.REPORT:
        sys.stdout.write(f"{told(decided)}\n{run} is written anew: unecho report {run}\n")


def applied(run: Path, more: Path | None = None) -> Decided | None:
    manifest.read_run(run)
    with RunFolder(run) as folder:
        log = decisions.read(run / decisions.DECISIONS)
        if more is not None:
            log = decisions.merged(log, decisions.given(str(more)))
        with stored.load(run) as found:
            result = found.with_decisions(log) if log.steps else found
            result.write_into(folder)
    return result.decided


def told(decided: Decided | None) -> str:
    """What became of the decisions, in words."""
    if decided is None:
        return "nothing was decided: the run is as it was found"
    counts = decided.counts
    parts = [f"{counted(counts['used'], 'decision')} carried out"]
    parts += [f"{counts[name]:,} {words}" for name, words in _RESULTS.items() if counts[name]]
    change = len(decided.after.removals) - len(decided.before.removals)
    parts.append(f"{counted(abs(change), 'removal')} {'fewer' if change < 0 else 'more'} than found")
    return ", ".join(parts)


def review(run: Path, port: int, open_browser: bool, who: str | None) -> None:
    """Serve the review of a run until it is interrupted. ``who``: the name decisions are given; None: the login."""
    from .review.serve import serve

    manifest.read_run(run)
    serve(run, port, open_browser, _login() if who is None else who, lambda out: told(applied(out)))


def _login() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):
        return ""


_RESULTS = {
    "stale": "whose text is not in this run",
    "refused": "refused, as no verified copy would stay",
    "overruled": "overruled by later ones",
    "conflicts": "on which people differ",
}


def restore(run: Path, out: Path | None) -> None:
    """Write the documents as they were read (None: only verify that it can be done), and say how many."""
    if out is None:
        count = sum(1 for _ in restored(run))
        sys.stdout.write(f"{count:,} documents can be restored, each as it was read\n")
    else:
        count = write_restored(run, out)
        sys.stdout.write(f"{count:,} documents restored to {out}\n")


def check(run: Path, quiet: bool) -> int:
    """Verify a run, print what is wrong, and return the exit code."""
    problems = find_problems(run)
    for problem in problems:
        sys.stderr.write(f"wrong: {visible(problem)}\n")
    if problems:
        raise RunError(f"{run} does not hold together", f"write it again with unecho dedupe ... -o {run}")
    if not quiet:
        counts = manifest.read_run(run)["counts"]
        sys.stdout.write(
            f"{run} holds together: {counts['documents']:,} documents, {counts['removals']:,} removals,"
            f" {counts['words']:,} words\n"
        )
    return 0


def explain(run: Path, names: Sequence[str], config: Config, inputs: Sequence[Path] = ()) -> None:
    """Print why things were removed. ``inputs``: what the run has read, if its markup is to be looked at too."""
    from .explain import explain as reasons

    for number, text in enumerate(reasons(run, names, config.settings, inputs)):
        sys.stdout.write(("\n" if number else "") + "\n".join(map(visible, text.splitlines())) + "\n")


@contextmanager
def _progress(show: Show) -> Iterator[Progress]:
    """Bars on a terminal, a line a stage elsewhere, nothing when quiet; always on standard error."""
    if show is Show.NOTHING:
        yield pipeline.silent
    elif sys.stderr.isatty():
        with _bars() as update:
            yield update
    else:
        yield _lines()


@contextmanager
def _bars() -> Iterator[Progress]:
    from rich.console import Console
    from rich.progress import BarColumn, Progress, SpinnerColumn, TaskID, TextColumn, TimeElapsedColumn

    columns = (
        SpinnerColumn(finished_text="✓"), TextColumn("{task.description}"), BarColumn(30),
        TextColumn("{task.fields[count]}"), TimeElapsedColumn(),
    )  # fmt: skip
    with Progress(*columns, console=Console(stderr=True), transient=True) as bars:
        tasks: dict[str, TaskID] = {}

        def update(stage: str, done: int, total: int | None) -> None:
            if stage not in tasks:
                for earlier in tasks.values():
                    bars.update(earlier, total=1, completed=1)
                tasks[stage] = bars.add_task(stage, total=total, count="")
            count = f"{done:,} of {total:,}" if total else f"{done:,}" if done else ""
            bars.update(tasks[stage], completed=done, total=total, count=count)

        yield update


def _lines() -> Progress:
    told: dict[str, int] = {}

    def tell(stage: str, done: int, total: int | None) -> None:
        step = done // 10_000
        if told.get(stage) != step:
            told[stage] = step
            of = f" of {total:,}" if total else ""
            sys.stderr.write(f"unecho: {stage}{f' ({done:,}{of})' if done else ''}\n")

    return tell
