"""The command line: options to settings, findings to the screen. No logic of its own."""

from __future__ import annotations

import errno
import gc
import sys
import tempfile
from io import TextIOWrapper
from pathlib import Path
from typing import Annotated, Any

import typer

from . import __version__
from .errors import UnechoError, UsageError

EXIT_SKIPPED = 3
"""Done, but some input was skipped."""

_CODES = "Exit codes: 0 done, 1 the run failed, 2 wrong use, 3 done but some input was skipped, 130 interrupted."

app = typer.Typer(
    name="unecho",
    help="Turn scraped articles into a clean corpus: boilerplate stripped, repeats found, one copy kept,"
    " every removal recorded and reversible.",
    epilog="Begin with:  unecho dedupe ARTICLES -o OUT\n\n" + _CODES,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

Inputs = Annotated[
    list[Path],
    typer.Argument(metavar="IN...", help="Files and folders: .txt .md .html .jsonl, each also as .gz."),
]
Run = Annotated[Path, typer.Argument(metavar="OUT", help="A run folder, as dedupe or clean wrote it.")]
Out = Annotated[
    Path | None, typer.Option("--out", "-o", metavar="OUT", help="Run folder to write.", show_default=False)
]
_OUTPUT = "Output"
_INPUT = "Input"
_CLEANING = "Cleaning"
_MATCHING = "Matching"
_CHOOSING = "What goes and what stays"
Json = Annotated[bool, typer.Option("--json", help="Print a machine-readable summary.", rich_help_panel=_OUTPUT)]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Print nothing but errors.", rich_help_panel=_OUTPUT)]
DryRun = Annotated[
    bool, typer.Option("--dry-run", help="Do and report everything, write nothing.", rich_help_panel=_OUTPUT)
]
ConfigFile = Annotated[
    Path | None,
    typer.Option("--config", metavar="FILE", help="Settings (TOML); unecho.toml is read if it lies here."),
]
Workers = Annotated[
    int | None, typer.Option(min=1, metavar="N", help="Processes; one a core by default.", show_default=False)
]
Memory = Annotated[
    int | None,
    typer.Option("--memory", min=1, metavar="MB", help="Refuse what would need more.", show_default=False),
]


def _setting(help_text: str, panel: str, *names: str, **more: Any) -> Any:
    """An option that overrides a setting when it is given."""
    return typer.Option(*names, help=help_text, rich_help_panel=panel, show_default=False, **more)


Encoding = Annotated[
    str | None, _setting("Encoding of all input, if it is not found out rightly.", _INPUT, metavar="NAME")
]
MaxDocument = Annotated[
    int | None, _setting("Skip larger documents (default 256).", _INPUT, "--max-document-mb", metavar="MB")
]
TextField = Annotated[str | None, _setting("JSONL: field with the text.", _INPUT, metavar="NAME")]
HtmlField = Annotated[str | None, _setting("JSONL: field with HTML.", _INPUT, metavar="NAME")]
IdField = Annotated[str | None, _setting("JSONL: field with the id.", _INPUT, metavar="NAME")]
TitleField = Annotated[str | None, _setting("JSONL: field with the title.", _INPUT, metavar="NAME")]
UrlField = Annotated[str | None, _setting("JSONL: field with the URL.", _INPUT, metavar="NAME")]
DateField = Annotated[str | None, _setting("JSONL: field with the date.", _INPUT, metavar="NAME")]
SiteField = Annotated[str | None, _setting("JSONL: field with the site.", _INPUT, metavar="NAME")]
Clean = Annotated[
    str | None,
    _setting("auto, light (texts an extractor made), full (raw pages) or off.", _CLEANING, "--clean", metavar="HOW"),
]
KeepCategory = Annotated[str | None, _setting("Leave these in, e.g. caption,byline.", _CLEANING, metavar="CATEGORIES")]
Rules = Annotated[str | None, _setting("Rules of your own (TOML).", _CLEANING, metavar="FILE")]
Decisions = Annotated[
    str | None, _setting("Carry out what people decided on earlier findings.", _CHOOSING, metavar="FILE")
]
HtmlAs = Annotated[str | None, _setting("What HTML becomes: txt (default) or md.", _CLEANING, metavar="FORMAT")]
Extractor = Annotated[
    str | None,
    _setting("What finds the article on a page: own (default) or trafilatura.", _CLEANING, metavar="NAME"),
]


@app.callback(invoke_without_command=True)
def _root(
    version: Annotated[bool, typer.Option("--version", help="Print the version.", is_eager=True)] = False,
) -> None:
    if version:
        typer.echo(f"unecho {__version__}")
        raise typer.Exit


@app.command()
def dedupe(
    inputs: Inputs,
    out: Out = None,
    threshold: Annotated[
        float | None,
        _setting("Share of a paragraph's words the kept copy must print (default 0.9).", _CHOOSING, metavar="SHARE"),
    ] = None,
    safe: Annotated[
        bool | None,
        _setting(
            "As --threshold 0.95, and copies go only where one document prints a part of the other.",
            _CHOOSING,
            "--safe",
        ),
    ] = None,
    keep: Annotated[
        str | None,
        _setting(
            "Which copy stays: earliest, latest, longest, shortest, path; the first that decides"
            " (default earliest,longest,path).",
            _CHOOSING,
            metavar="CRITERIA",
        ),
    ] = None,
    ignore_numbers: Annotated[
        bool | None, _setting("Remove copies in which a number differs.", _CHOOSING, "--ignore-numbers")
    ] = None,
    ignore_names: Annotated[
        bool | None, _setting("Remove copies in which a name differs.", _CHOOSING, "--ignore-names")
    ] = None,
    within_document: Annotated[
        str | None,
        _setting("Repeats inside a document: exact (default), adjacent or off.", _CHOOSING, metavar="WHICH"),
    ] = None,
    emptied: Annotated[
        str | None,
        _setting("Documents of which nothing is left: drop (default) or keep.", _CHOOSING, metavar="HOW"),
    ] = None,
    stories_only: Annotated[
        bool | None,
        _setting("Remove copies only between documents of the same story.", _CHOOSING, "--stories-only"),
    ] = None,
    similar: Annotated[
        float | None, _setting("Report as similar from this share on (default 0.5).", _MATCHING, metavar="SHARE")
    ] = None,
    passages: Annotated[
        bool | None,
        _setting("Look for shared passages, or for whole paragraphs only.", _MATCHING, "--passages/--no-passages"),
    ] = None,
    cut_passages: Annotated[
        bool | None,
        _setting("Cut repeated quotes out of paragraphs that stay, sentence by sentence.", _CHOOSING, "--cut-passages"),
    ] = None,
    decisions: Decisions = None,
    clean: Clean = None,
    keep_category: KeepCategory = None,
    rules: Rules = None,
    html_as: HtmlAs = None,
    extractor: Extractor = None,
    encoding: Encoding = None,
    max_document_mb: MaxDocument = None,
    text_field: TextField = None,
    html_field: HtmlField = None,
    id_field: IdField = None,
    title_field: TitleField = None,
    url_field: UrlField = None,
    date_field: DateField = None,
    site_field: SiteField = None,
    config: ConfigFile = None,
    workers: Workers = None,
    memory: Memory = None,
    dry_run: DryRun = False,
    json: Json = False,
    quiet: Quiet = False,
) -> None:
    """The whole job: clean, match, keep one copy, and write corpus, record and report."""
    options = {**locals(), "memory_mb": memory}
    _work("dedupe", options)


@app.command()
def clean(
    inputs: Inputs,
    out: Out = None,
    clean: Clean = None,
    keep_category: KeepCategory = None,
    rules: Rules = None,
    html_as: HtmlAs = None,
    extractor: Extractor = None,
    encoding: Encoding = None,
    max_document_mb: MaxDocument = None,
    text_field: TextField = None,
    html_field: HtmlField = None,
    id_field: IdField = None,
    title_field: TitleField = None,
    url_field: UrlField = None,
    date_field: DateField = None,
    site_field: SiteField = None,
    config: ConfigFile = None,
    workers: Workers = None,
    dry_run: DryRun = False,
    json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Strip boilerplate only."""
    _work("clean", dict(locals()))


_NOT_SETTINGS = ("inputs", "out", "config", "dry_run", "json", "quiet", "memory")


def _work(command: Any, options: dict[str, Any]) -> None:
    from . import config, jobs

    given = {name: value for name, value in options.items() if name not in _NOT_SETTINGS}
    settings = config.load(options["config"], given)
    mode = jobs.Show("json" if options["json"] else "nothing" if options["quiet"] else "report")
    out = None if options["dry_run"] else options["out"]
    if out is None and not options["dry_run"]:
        raise UsageError(f"{command} needs a folder to write", f"add -o OUT: unecho {command} IN -o OUT")
    skipped = jobs.work(command, options["inputs"], out, settings, mode)
    raise typer.Exit(EXIT_SKIPPED if skipped else 0)


@app.command()
def report(
    run: Run,
    format: Annotated[  # noqa: A002  the option is named after it
        str, typer.Option("--format", "-f", metavar="FORMAT", help="terminal, html, json, csv or md.")
    ] = "terminal",
    out: Annotated[
        Path | None, typer.Option("--out", "-o", metavar="FILE", help="Write it there.", show_default=False)
    ] = None,
    open_page: Annotated[bool, typer.Option("--open", help="Open the page in the browser.")] = False,
) -> None:
    """Show a run: in the terminal, or as a page, JSON, CSV or Markdown."""
    from . import jobs

    jobs.report(run, format, out, open_page)


@app.command()
def apply(
    run: Run,
    decisions: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Take in these decisions too.", show_default=False),
    ] = None,
    json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Write the run anew with what people decided: corpus, record and report."""
    from . import jobs

    jobs.apply(run, decisions, jobs.Show("json" if json else "nothing" if quiet else "report"))


@app.command()
def review(
    run: Run,
    port: Annotated[int, typer.Option(min=0, max=65535, metavar="N", help="Port; 0 takes a free one.")] = 0,
    who: Annotated[
        str | None, typer.Option("--as", metavar="NAME", help="Who decides; your login name.", show_default=False)
    ] = None,
    no_open: Annotated[bool, typer.Option("--no-open", help="Do not open the browser.")] = False,
) -> None:
    """Look at what was found on a page of your own, and decide: accept, reject, correct."""
    from . import jobs

    jobs.review(run, port, not no_open, who)


@app.command()
def restore(
    run: Run,
    out: Annotated[
        Path | None, typer.Option("--out", "-o", metavar="DIR", help="Folder to write.", show_default=False)
    ] = None,
    only_check: Annotated[bool, typer.Option("--check", help="Verify that it can be done, write nothing.")] = False,
) -> None:
    """Write the documents as they were read."""
    from . import jobs

    if out is None and not only_check:
        raise UsageError("restore needs a folder to write", f"add -o DIR: unecho restore {run} -o DIR")
    jobs.restore(run, None if only_check else out)


@app.command()
def check(run: Run, quiet: Quiet = False) -> None:
    """Verify a run: every text, every removal and the copy that stays, every count."""
    from . import jobs

    raise typer.Exit(jobs.check(run, quiet))


@app.command()
def explain(
    run: Run,
    names: Annotated[
        list[str], typer.Argument(metavar="ID...", help="Removals (r0000012), documents, or document:start.")
    ],
    inputs: Annotated[
        list[Path] | None,
        typer.Option("--input", metavar="PATH", help="What the run has read: shows what spoke against lines of pages."),
    ] = None,
    config: ConfigFile = None,
) -> None:
    """Why something was removed: the rule or measure behind it, or the copy that stays."""
    from . import config as settings
    from . import jobs

    jobs.explain(run, names, settings.load(config, {}), inputs or [])


def main() -> None:
    """Entry point: errors end in one message and their exit code, never in a traceback."""
    for stream in (sys.stdout, sys.stderr):
        # A character that the screen cannot show, or a name that is not UTF-8, must not end a run.
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    try:
        app()
    except (UnechoError, OSError, MemoryError) as error:
        sys.exit(130 if _of_an_interrupt(error) else _told(error))
    finally:
        gc.freeze()  # before it ends Python looks for cycles in all that there is: tenths of a second of a large run


def _of_an_interrupt(error: BaseException | None) -> bool:
    """Whether it came up while an interrupt was carried out, when files and processes are given up half-way."""
    while error is not None and not isinstance(error, KeyboardInterrupt):
        error = error.__context__
    return error is not None


def _told(error: Exception) -> int:
    """Say what went wrong; returns the exit code."""
    if isinstance(error, UnechoError):
        _tell(str(error), error.hint)
        return error.exit_code
    if isinstance(error, OSError):
        full = error.errno == errno.ENOSPC
        hint = f"make room on the disk of OUT and of {tempfile.gettempdir()}, or set TMPDIR to a folder elsewhere"
        _tell(f"{error.strerror or error}: {error.filename or ''}".rstrip(": "), hint if full else "")
    else:
        _tell("not enough memory", "give --memory to have it estimated, or split the input")
    return 1


def _tell(message: str, hint: str) -> None:
    from .base.wording import visible

    typer.secho("error: ", fg="red", bold=True, err=True, nl=False)
    typer.echo(visible(message), err=True)
    if hint:
        typer.secho("  try: ", fg="cyan", err=True, nl=False)
        typer.echo(visible(hint), err=True)
