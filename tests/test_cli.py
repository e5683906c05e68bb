"""The commands as users type them: what they print, what they write, and the exit code."""

from __future__ import annotations

import csv
import io
import json
import os
import shutil
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest
import typer.main
from conftest import Writer, call_cli, contents, failure, run_cli, run_files

import unecho
from unecho.cli import app

README = Path(__file__).parent.parent / "README.md"
COMMANDS = typer.main.get_command(app).commands  # type: ignore[attr-defined]
NOT_A_RUN = "give the folder that 'unecho dedupe' wrote with -o"


@pytest.fixture(scope="session")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run that removed copies and dropped a document, as a template to be copied."""
    folder = tmp_path_factory.mktemp("finished")
    source = Writer(3).corpus(folder / "in", 6)
    shutil.copy(source / "0000.txt", source / "copy.txt")
    with unecho.dedupe(source) as result:
        assert result.removals and len(result.kept) < len(result.documents)
        return result.write(folder / "OUT")


@pytest.fixture
def run(finished: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(finished, tmp_path / "OUT"))


# --- help ------------------------------------------------------------------------------------------------


def test_no_arguments_show_the_help() -> None:
    done = run_cli()
    assert (done.code, done.err) == (2, "")
    assert done.out.strip() == run_cli("--help").out.strip()
    assert "Usage: python -m unecho [OPTIONS] COMMAND [ARGS]..." in done.out
    for part in ("Begin with:  unecho dedupe ARTICLES -o OUT", "Exit codes: 0 done, 1", *COMMANDS):
        assert part in done.out


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_is_explained(name: str) -> None:
    done = run_cli(name, "-h")
    assert (done.code, done.err) == (0, "")
    first_words = COMMANDS[name].help.split(".")[0].split(",")[0]
    assert first_words in done.out
    for parameter in COMMANDS[name].params:
        assert parameter.help, f"{name}: {parameter.name} has no help text"


@pytest.mark.parametrize("name", COMMANDS)
def test_the_readme_shows_every_command(name: str) -> None:
    assert f"unecho {name}" in README.read_text("utf-8")


def test_version() -> None:
    done = run_cli("--version")
    assert (done.code, done.out, done.err) == (0, f"unecho {unecho.__version__}\n", "")


# --- wrong use -------------------------------------------------------------------------------------------

OUT_MISSING = failure("dedupe needs a folder to write", "add -o OUT: unecho dedupe IN -o OUT")
SHARE = "give threshold as a share above 0 and at most 1, e.g. 0.9"
WRONG_USE = {
    "no -o": ([], OUT_MISSING),
    "threshold 0": (
        ["-o", "OUT", "--threshold", "0"],
        failure("threshold is 0", SHARE),
    ),
    "threshold 1.5": (["-o", "OUT", "--threshold", "1.5"], failure("threshold is 1.5", SHARE)),
    "threshold nan": (["-o", "OUT", "--threshold", "nan"], failure("threshold is nan", SHARE)),
    "similar above threshold": (
        ["-o", "OUT", "--similar", "0.95"],
        failure(
            "similar (0.95) is above threshold (0.9)",
            "raise --threshold or lower similar: what is removed is always similar too",
        ),
    ),
    "unknown criterion": (
        ["-o", "OUT", "--keep", "nonsense"],
        failure("unknown criterion of --keep 'nonsense'", "known: earliest, latest, longest, shortest, path"),
    ),
    "misspelt criterion": (
        ["-o", "OUT", "--keep", "longst,path"],
        failure("unknown criterion of --keep 'longst'", "did you mean 'longest'?"),
    ),
    "misspelt category": (
        ["-o", "OUT", "--keep-category", "captoin"],
        failure("unknown category 'captoin'", "did you mean 'caption'?"),
    ),
    "misspelt value": (
        ["-o", "OUT", "--clean", "lihgt"],
        failure("unknown value of clean 'lihgt'", "did you mean 'light'?"),
    ),
    "unknown encoding": (
        ["-o", "OUT", "--encoding", "utf-99"],
        failure("unknown encoding 'utf-99'", "use a name such as utf-8, cp1252 or utf-16"),
    ),
}


@pytest.mark.parametrize("case", WRONG_USE)
def test_wrong_use_is_told_with_what_to_type(case: str, articles: Path, tmp_path: Path) -> None:
    options, message = WRONG_USE[case]
    done = call_cli("dedupe", articles, *options, cwd=tmp_path)
    assert (done.code, done.out, done.err) == (2, "", message)
    assert [path.name for path in tmp_path.iterdir()] == ["articles"]


@pytest.mark.parametrize(
    ("args", "told"),
    [
        (["dedupe", "IN", "-o", "OUT", "--treshold", "0.5"], "No such option: --treshold"),
        (["dedupe", "IN", "-o", "OUT", "--threshold", "high"], "Invalid value for '--threshold'"),
        (["dedupe", "IN", "-o", "OUT", "--workers", "0"], "Invalid value for '--workers'"),
        (["dedupe"], "Missing argument 'IN...'"),
        (["dedup"], "No such command 'dedup'"),
        (["check"], "Missing argument 'OUT'"),
    ],
)
def test_what_cannot_be_parsed_is_told(args: list[str], told: str, tmp_path: Path) -> None:
    done = call_cli(*args, cwd=tmp_path)
    assert (done.code, done.out) == (2, "")
    assert told in done.err and " -h' for help." in done.err
    assert not any(tmp_path.iterdir())


# --- settings --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("toml", "message"),
    [
        ("threshhold = 0.5", "unknown setting 'threshhold'\n  try: did you mean 'threshold'?"),
        ("threshold = 'high'", "threshold = 'high' is not a number\n  try: give threshold as a number"),
        ("threshold = true", "threshold = True is not a number\n  try: give threshold as a number"),
        ("passages = 1", "passages = 1 is not true or false\n  try: give passages as true or false"),
        ("keep = 3", "keep = 3 is not a list\n  try: give keep as a list"),
        ("workers = 1.5", "workers = 1.5 is not a whole number\n  try: give workers as a whole number"),
        ("emptied = 'kep'", "unknown value of emptied 'kep'\n  try: did you mean 'keep'?"),
        ("threshold = 7", f"threshold is 7\n  try: {SHARE}"),
        ("threshold =", "unecho.toml is not TOML: "),
        ("threshold = 0.5 # \ud8ff", "cannot read the configuration unecho.toml: "),
    ],
)
def test_a_wrong_setting_is_told(toml: str, message: str, articles: Path, tmp_path: Path) -> None:
    (tmp_path / "unecho.toml").write_bytes(toml.encode("utf-8", "surrogatepass"))
    done = call_cli("dedupe", articles, "-o", "OUT", cwd=tmp_path)
    assert (done.code, done.out) == (2, "")
    assert done.err.startswith("error: ") and message in done.err
    assert not (tmp_path / "OUT").exists()


def test_a_missing_configuration_is_told(articles: Path, tmp_path: Path) -> None:
    done = call_cli("dedupe", articles, "-o", "OUT", "--config", "no.toml", cwd=tmp_path)
    assert (done.code, done.out) == (2, "")
    assert "cannot read the configuration no.toml: " in done.err
    assert not (tmp_path / "OUT").exists()


def test_settings_come_from_the_folder_the_file_named_and_the_options(articles: Path, tmp_path: Path) -> None:
    def settings(*options: str) -> dict[str, object]:
        done = call_cli("dedupe", articles, "-o", "OUT", "-q", *options, cwd=tmp_path)
        assert (done.code, done.err) == (0, "")
        found = json.loads((tmp_path / "OUT" / "run.json").read_bytes())["settings"]
        return {name: found[name] for name in ("threshold", "similar", "keep")}

    (tmp_path / "unecho.toml").write_text('threshold = 0.8\nkeep = ["longest"]\nworkers = 1\n', "utf-8")
    (tmp_path / "other.toml").write_text("similar = 0.4\n", "utf-8")
    assert settings() == {"threshold": 0.8, "similar": 0.5, "keep": ["longest"]}
    assert settings("--threshold", "0.7", "--keep", "path, longest") == {
        "threshold": 0.7,
        "similar": 0.5,
        "keep": ["path", "longest"],
    }
    assert settings("--safe")["threshold"] == 0.95
    assert settings("--safe", "--threshold", "0.92")["threshold"] == 0.92
    # The file that is named takes the place of the one that is found; options still come last.
    assert settings("--config", "other.toml", "--safe") == {
        "threshold": 0.95,
        "similar": 0.4,
        "keep": ["earliest", "longest", "path"],
    }


# --- what a run prints -----------------------------------------------------------------------------------


def test_a_run_says_what_it_did_and_where(articles: Path, tmp_path: Path) -> None:
    done = run_cli("dedupe", articles, "-o", "OUT", cwd=tmp_path)
    assert done.code == 0
    for part in ("6 documents, 540 words", "2 unchanged, 4 trimmed", "copies of other documents", "unecho check"):
        assert part in done.out
    assert "\x1b" not in done.out
    assert done.err.splitlines()[0] == "unecho: reading and cleaning"
    assert done.err.splitlines()[-1] == "unecho: writing"
    assert sorted(path.name for path in (tmp_path / "OUT").iterdir()) == [
        "clean", "clusters.jsonl", "documents.jsonl", "passages.jsonl", "removals.jsonl", "report.html",
        "run.json", "stories.jsonl", "timings.json",
    ]  # fmt: skip
    assert sorted(path.name for path in tmp_path.iterdir()) == ["OUT", "articles"]


def test_json_is_all_there_is_on_stdout(articles: Path, tmp_path: Path) -> None:
    (articles / "bad.txt").write_bytes(b"%PDF-1.7")
    try:
        done = run_cli("dedupe", articles, "-o", "OUT", "--json", cwd=tmp_path)
    finally:
        (articles / "bad.txt").unlink()
    summary = json.loads(done.out)
    assert done.code == 3
    assert summary["documents"] == {"read": 7, "kept": 2, "trimmed": 4, "dropped": 0, "skipped": 1}
    assert summary["words"]["read"] == summary["words"]["kept"] + summary["words"]["removed"] == 540
    assert summary["skipped"] == [{"source": "bad.txt", "row": None, "reason": "binary, not text (PDF)"}]
    dry = run_cli("dedupe", articles, "--dry-run", "--json", cwd=tmp_path)
    assert (dry.code, json.loads(dry.out)["words"]) == (0, summary["words"])


def test_quiet_prints_nothing(articles: Path, tmp_path: Path) -> None:
    for command in (["dedupe", articles, "-o", "OUT"], ["clean", articles, "-o", "OUT"], ["check", "OUT"]):
        done = call_cli(*command, "--quiet", cwd=tmp_path)
        assert (done.code, done.out, done.err) == (0, "", "")
    wrong = call_cli("dedupe", "nowhere", "-o", "OUT", "--quiet", cwd=tmp_path)
    assert wrong.code == 2 and wrong.err.startswith("error: no such file or folder: nowhere\n")


@pytest.mark.parametrize("out", [[], ["-o", "OUT"]])
def test_a_dry_run_writes_nothing(
    out: list[str], articles: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    temporary = tmp_path / "tmp"
    temporary.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(temporary))
    done = call_cli("dedupe", articles, "--dry-run", *out, cwd=tmp_path)
    assert done.code == 0
    assert "2 unchanged, 4 trimmed" in done.out
    assert done.out.endswith("A dry run: nothing was written. Add -o OUT to write it.\n")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["articles", "tmp"]
    assert not any(temporary.iterdir())


def test_clean_looks_for_no_copies(articles: Path, tmp_path: Path) -> None:
    assert call_cli("clean", articles, "-o", "OUT", "-q", cwd=tmp_path).code == 0
    run = json.loads((tmp_path / "OUT" / "run.json").read_bytes())
    assert run["command"] == "clean"
    assert run["counts"]["words"] == run["counts"]["words_kept"] == 540
    assert run["counts"]["clusters"] == run["counts"]["passages"] == 0


def test_a_later_run_takes_the_place_of_an_earlier_one(run: Path, articles: Path, tmp_path: Path) -> None:
    (run / "notes.txt").write_text("mine", "utf-8")
    assert call_cli("dedupe", articles, "-o", run, "-q").code == 0
    with unecho.dedupe(articles) as result:
        result.write(tmp_path / "fresh")
    assert run_files(run) == run_files(tmp_path / "fresh")


# --- report ----------------------------------------------------------------------------------------------


def test_the_terminal_report_is_what_the_run_printed(articles: Path, tmp_path: Path) -> None:
    printed = call_cli("dedupe", articles, "-o", "OUT", cwd=tmp_path).out
    done = call_cli("report", "OUT", cwd=tmp_path)
    assert (done.code, done.out, done.err) == (0, printed, "")


def test_report_in_every_format(run: Path, tmp_path: Path) -> None:
    before = contents(run)

    def report(kind: str) -> str:
        done = call_cli("report", run, "--format", kind)
        assert (done.code, done.err) == (0, "")
        return done.out

    assert json.loads(report("json"))["summary"]["removals"] > 0
    rows = list(csv.DictReader(io.StringIO(report("csv"))))
    assert rows[0]["reason"] == "duplicate" and rows[0]["keeper_document"]
    assert report("md").startswith("# unecho report\n")
    assert report("html") == f"{run / 'report.html'}\n"
    assert contents(run) == before  # the page is the one the run wrote
    done = call_cli("report", run, "-f", "csv", "-o", tmp_path / "removals.csv")
    assert (done.code, done.out) == (0, "")
    assert (tmp_path / "removals.csv").read_text("utf-8").startswith('"id","document"')


def test_an_unknown_format_is_told(run: Path) -> None:
    done = call_cli("report", run, "-f", "xml")
    assert (done.code, done.out) == (2, "")
    assert done.err == failure("unknown format 'xml'", "known: terminal, html, json, csv, md")


@pytest.mark.parametrize("command", [["report"], ["restore", "-o", "back"], ["check"]])
def test_a_folder_that_is_no_run_is_told(command: list[str], articles: Path, tmp_path: Path) -> None:
    for folder in ("articles", "nowhere", "articles/0000.txt"):
        done = call_cli(command[0], folder, *command[1:], cwd=tmp_path)
        assert (done.code, done.out) == (2, ""), folder
        assert done.err == failure(f"{folder} is not a run folder of unecho", NOT_A_RUN)
    assert not (tmp_path / "back").exists()


@pytest.mark.parametrize("encoding", ["ascii", "cp1252"])
def test_a_narrow_screen_encoding_breaks_nothing(encoding: str, tmp_path: Path) -> None:
    folder = tmp_path / "статьи ☃"
    folder.mkdir()
    for name in ("один.txt", "два.txt"):
        (folder / name).write_text("Слова, которые нельзя показать на этом экране, и ещё ☃ снеговик.\n" * 3, "utf-8")
    env = {"PYTHONIOENCODING": encoding}
    out = tmp_path / "итог"
    assert run_cli("dedupe", folder, "-o", out, env=env).code == 0
    for command, *options in (["report"], ["report", "-f", "csv"], ["check"], ["restore", "--check"]):
        assert run_cli(command, out, *options, env=env).code == 0, command
    assert run_cli("dedupe", folder / "нет", "-o", out, env=env).code == 2


def test_a_reader_that_goes_away_is_no_error(run: Path) -> None:
    receiver, sender = os.pipe()
    os.close(receiver)
    with os.fdopen(sender, "wb") as closed:
        done = run_cli("report", run, "-f", "csv", stdout=closed)
    assert done.err == ""


# --- restore ---------------------------------------------------------------------------------------------


def test_restore_gives_back_the_input(run: Path, finished: Path, tmp_path: Path) -> None:
    before = contents(run)
    done = call_cli("restore", run, "-o", tmp_path / "back")
    assert (done.code, done.err) == (0, "")
    assert done.out == f"7 documents restored to {tmp_path / 'back'}\n"
    assert contents(tmp_path / "back") == contents(finished.parent / "in")
    assert contents(run) == before


def test_restore_check_writes_nothing(run: Path, tmp_path: Path) -> None:
    before = contents(tmp_path)
    done = call_cli("restore", run, "--check", cwd=tmp_path)
    assert (done.code, done.err) == (0, "")
    assert done.out == "7 documents can be restored, each as it was read\n"
    assert contents(tmp_path) == before


def test_restore_refuses_a_folder_that_is_not_empty(run: Path, tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "notes.txt").write_text("mine", "utf-8")
    before = contents(tmp_path)
    for place, message in (
        ("mine", "mine is not empty: nothing was touched"),
        ("mine/notes.txt", "mine/notes.txt is not empty: nothing was touched"),
    ):
        done = call_cli("restore", run, "-o", place, cwd=tmp_path)
        assert (done.code, done.out, done.err) == (2, "", failure(message, "give a new folder with -o"))
    done = call_cli("restore", run)
    hint = f"add -o DIR: unecho restore {run} -o DIR"
    assert (done.code, done.err) == (2, failure("restore needs a folder to write", hint))
    assert contents(tmp_path) == before


# --- check -----------------------------------------------------------------------------------------------


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")


def edit_json(path: Path, change: Callable[[dict[str, object]], object]) -> None:
    """Change the first line of a JSONL file."""
    first, *rest = path.read_text("utf-8").splitlines(keepends=True)
    value = json.loads(first)
    change(value)
    path.write_text(json.dumps(value) + "\n" + "".join(rest), "utf-8")


def drop_line(path: Path) -> None:
    _, *rest = path.read_text("utf-8").splitlines(keepends=True)
    path.write_text("".join(rest), "utf-8")


def first_kept(run: Path) -> Path:
    return sorted((run / "clean").iterdir())[0]


def swap_keeper(removal: dict[str, object]) -> None:
    keeper = removal["keeper"]
    assert isinstance(keeper, dict)
    keeper["document"] = removal["document"]


TAMPERING: dict[str, tuple[Callable[[Path], object], str]] = {
    "a letter of a cleaned file": (
        lambda run: first_kept(run).write_bytes(first_kept(run).read_bytes().replace(b"a", b"b", 1)),
        "do not give back what was read",
    ),
    "a cleaned file cut off": (
        lambda run: first_kept(run).write_bytes(first_kept(run).read_bytes()[:20]),
        "0000.txt",
    ),
    "a cleaned file that is no text": (lambda run: first_kept(run).write_bytes(b"\xff\xfe\xfd"), "0000.txt"),
    "a deleted cleaned file": (lambda run: first_kept(run).unlink(), "clean/0000.txt is missing"),
    "an extra cleaned file": (
        lambda run: (run / "clean" / "more.txt").write_text("more", "utf-8"),
        "clean/more.txt belongs to no document",
    ),
    "the text of a removal": (
        lambda run: edit_json(run / "removals.jsonl", lambda line: line.update(text=str(line["text"])[::-1])),
        "do not give back what was read",
    ),
    "the place of a removal": (
        lambda run: edit_json(run / "removals.jsonl", lambda line: line.update(start=3, end=9)),
        "0001.txt",
    ),
    "the words of a removal": (
        lambda run: edit_json(run / "removals.jsonl", lambda line: line.update(words=1)),
        "words, not 1",
    ),
    "the reason of a removal": (
        lambda run: edit_json(run / "removals.jsonl", lambda line: line.update(reason="boilerplate")),
        "words removed are",
    ),
    "the keeper of a removal": (
        lambda run: edit_json(run / "removals.jsonl", swap_keeper),
        "of its words stay in",
    ),
    "a removal without keeper": (
        lambda run: edit_json(run / "removals.jsonl", lambda line: line.update(keeper=None)),
        "names no copy that stays",
    ),
    "a removal taken out": (lambda run: drop_line(run / "removals.jsonl"), "run.json counts"),
    "a removal cut off": (
        lambda run: (run / "removals.jsonl").write_bytes((run / "removals.jsonl").read_bytes()[:-30]),
        "is damaged",
    ),
    "removals.jsonl taken away": (lambda run: (run / "removals.jsonl").unlink(), "removals.jsonl is damaged"),
    "a removal with a word for a place": (
        lambda run: edit_json(run / "removals.jsonl", lambda line: line.update(start="three")),
        "0001.txt: ",
    ),
    "a document with a word for a count": (
        lambda run: edit_json(run / "documents.jsonl", lambda line: line.update(words="many")),
        "a record holds what was never written there",
    ),
    "the words of a document": (
        lambda run: edit_json(run / "documents.jsonl", lambda line: line.update(words=1)),
        "words",
    ),
    "the characters of a document": (
        lambda run: edit_json(run / "documents.jsonl", lambda line: line.update(chars=1)),
        "characters, not 1",
    ),
    "the status of a document": (
        lambda run: edit_json(run / "documents.jsonl", lambda line: line.update(status="skipped")),
        "run.json counts",
    ),
    "the hash of a document": (
        lambda run: edit_json(run / "documents.jsonl", lambda line: line.update(sha256="0" * 64)),
        "do not give back what was read",
    ),
    "the output name of a document": (
        lambda run: edit_json(run / "documents.jsonl", lambda line: line.update(output="../run.json")),
        "clean/../run.json",
    ),
    "a document taken out": (lambda run: drop_line(run / "documents.jsonl"), "belongs to no document"),
    "a line that is no record": (
        lambda run: (run / "documents.jsonl").write_bytes(b"[]\n" + (run / "documents.jsonl").read_bytes()),
        "documents.jsonl, line 1, is damaged",
    ),
    "a count of run.json": (
        lambda run: edit(run / "run.json", '"documents": 7', '"documents": 8'),
        "run.json counts 8 documents, the files hold 7",
    ),
    "the words of run.json": (lambda run: edit(run / "run.json", '"words_kept": ', '"words_kept": 1'), "words"),
    "a setting of run.json": (
        lambda run: edit(run / "run.json", '"similar": 0.5', '"similar": 0.4'),
        "another fingerprint than its settings",
    ),
    "run.json without a count": (lambda run: edit(run / "run.json", '"words":', '"wrods":'), "run.json counts None"),
    "run.json cut off": (
        lambda run: (run / "run.json").write_bytes((run / "run.json").read_bytes()[:-30]),
        "run.json is damaged",
    ),
    "a cluster taken out": (lambda run: drop_line(run / "clusters.jsonl"), "clusters, the files hold"),
}


@pytest.mark.parametrize("what", TAMPERING)
def test_check_finds(what: str, run: Path) -> None:
    tamper, told = TAMPERING[what]
    tamper(run)
    before = contents(run)
    done = call_cli("check", run)
    assert (done.code, done.out) == (1, "")
    assert told in done.err
    assert contents(run) == before


def test_check_says_that_a_run_is_whole(run: Path) -> None:
    before = contents(run)
    done = call_cli("check", run)
    assert (done.code, done.err) == (0, "")
    assert done.out == f"{run} holds together: 7 documents, 7 removals, 630 words\n"
    assert contents(run) == before


def test_a_damaged_run_is_restored_in_no_part_that_is_wrong(run: Path, finished: Path, tmp_path: Path) -> None:
    """What `restore` writes before it meets the damage is right; the damage ends it with a message."""
    path = run / "clean" / "0003.txt"
    path.write_bytes(path.read_bytes() + b"more")
    done = call_cli("restore", run, "-o", tmp_path / "back")
    assert (done.code, done.out) == (1, "")
    assert "0003.txt: the cleaned text and the removals do not give back what was read" in done.err
    source = contents(finished.parent / "in")
    assert contents(tmp_path / "back").items() <= source.items()


def test_the_installed_command_is_the_same() -> None:
    command = Path(sys.executable).with_name("unecho")
    assert command.is_file(), "the package is not installed with its command"
