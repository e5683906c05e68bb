"""Decisions: what they are keyed by, that none is lost or half written, and whose word counts."""

from __future__ import annotations

import threading
from pathlib import Path

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from unecho.base.atomic import RunFolder
from unecho.decisions import log as decisions
from unecho.decisions.log import Finding, Log, StaleError, Step, append, line_key, new_step, read
from unecho.errors import RunError, UsageError
from unecho.text.normalize import tokenize

COPY = Finding("copy", member="a" * 32, keeper="b" * 32)
LINE = Finding("line", line="c" * 32)


@pytest.fixture
def run(tmp_path: Path) -> Path:
    folder = tmp_path / "OUT"
    folder.mkdir()
    (folder / "run.json").write_text("{}")
    return folder


def test_the_same_words_have_the_same_key() -> None:
    assert line_key("“Don’t  panic”, she said.\n") == line_key('"don\'t panic", SHE said')
    assert line_key("ｆｕｌｌ width\u200b e\u0301") == line_key("full width é")
    assert line_key("12 dead") != line_key("13 dead")
    assert line_key("ab c") != line_key("a bc")
    assert line_key("* * *") != line_key("---")
    assert line_key("* * *") == line_key(" *  * * \n")
    assert len(line_key("")) == 32


@given(st.text(max_size=40), st.text(max_size=40))
def test_keys_are_equal_when_the_tokens_are(one: str, other: str) -> None:
    tokens = tokenize([one, other])
    edge = int(tokens.offsets[1])
    same = tokens.hash[:edge].tolist() == tokens.hash[edge:].tolist()
    if edge and len(tokens.hash) > edge:
        assert (line_key(one) == line_key(other)) == same


def test_what_is_written_is_read(run: Path) -> None:
    steps = [
        new_step("reject", [COPY], "anna", text="A text\u2028 with </script>"),
        new_step("swap", [Finding("copy", member="a" * 32, keeper="b" * 32, document="x/1.txt")], "bo"),
        new_step("never-boilerplate", [Finding("rule", rule="share.facebook"), LINE]),
    ]
    version = 0
    for step in steps:
        version = append(run, step, version)
    log = read(run / "decisions.jsonl")
    assert list(log.steps) == steps
    assert log.version == version == (run / "decisions.jsonl").stat().st_size
    assert not (run.parent / ".OUT.unecho").exists()


def test_a_stale_writer_is_refused(run: Path) -> None:
    append(run, new_step("accept", [COPY]), 0)
    with pytest.raises(StaleError):
        append(run, new_step("reject", [COPY]), 0)
    assert [step.verdict for step in read(run / "decisions.jsonl").steps] == ["accept"]


def test_many_writers_lose_nothing(run: Path) -> None:
    def work(who: str) -> None:
        done = 0
        while done < 8:
            try:
                append(run, new_step("accept", [LINE], who), read(run / "decisions.jsonl").version)
                done += 1
            except StaleError:
                pass

    threads = [threading.Thread(target=work, args=(name,)) for name in "abc"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(step.who for step in read(run / "decisions.jsonl").steps) == ["a"] * 8 + ["b"] * 8 + ["c"] * 8


def test_a_run_that_is_being_written_takes_no_decision(run: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(decisions, "_PATIENCE", 0.1)
    with RunFolder(run), pytest.raises(RunError, match="another unecho is writing"):
        append(run, new_step("accept", [COPY]), 0)
    assert not (run / "decisions.jsonl").exists()


def test_a_line_cut_short_at_every_byte_is_no_step(run: Path) -> None:
    path = run / "decisions.jsonl"
    append(run, new_step("accept", [COPY], text="é"), 0)
    whole = path.read_bytes()
    second = decisions.dump([new_step("reject", [COPY], text="日本")])
    for cut in range(len(second)):
        path.write_bytes(whole + second[:cut])
        log = read(path)
        complete = cut == len(second) - 1  # all but the newline
        assert len(log.steps) == 1 + complete
        append(run, new_step("boilerplate", [LINE]), log.version)
        assert [step.verdict for step in read(path).steps] == ["accept", *["reject"] * complete, "boilerplate"]
        assert all(line for line in path.read_bytes().split(b"\n")[:-1])


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        (b"[1]\n", "not an object"),
        (b"{\n", "is no decision"),
        (b'{"step":"1","verdict":"burn","findings":[]}\n', "unknown verdict 'burn'"),
        (b'{"verdict":"accept","findings":[]}\n', "'step' is missing"),
        (b'{"step":1,"verdict":"accept","findings":[]}\n', "'step' is missing or no text"),
        (b'{"step":"1","verdict":"accept","findings":[]}\n', "'findings' is missing, empty"),
        (b'{"step":"1","verdict":"undo"}\n', "an undo without"),
        (b'{"step":"1","verdict":"swap","findings":[{"kind":"line","line":"c"}]}\n', "cannot be said of a line"),
        (b'{"step":"1","verdict":"swap","findings":[{"kind":"copy","member":"c"}]}\n', "needs member and keeper"),
        (b'{"step":"1","verdict":"swap","findings":[{"kind":["copy"]}]}\n', "no object of texts"),
        (b"\xff\xfe\n", "is no decision"),
    ],
)
def test_a_line_that_is_no_step_is_told(tmp_path: Path, line: bytes, problem: str) -> None:
    path = tmp_path / "mine.jsonl"
    path.write_bytes(decisions.dump([new_step("accept", [COPY])]) + line)
    with pytest.raises(UsageError, match="line 2, is no decision") as told:
        read(path)
    assert problem in str(told.value)
    assert told.value.hint == "mend or delete that line"


def step(number: int, verdict: decisions.Verdict, *findings: Finding, who: str = "a", undoes: str = "") -> Step:
    return Step(str(number), who, "2026-01-01T00:00:00Z", verdict, findings, undoes)


def verdicts(*steps: Step) -> dict[Finding, str]:
    return {finding: decision.verdict for finding, decision in Log(steps).settle()[0].items()}


def test_undo_has_no_end_and_can_be_undone() -> None:
    one, two = step(1, "accept", COPY), step(2, "reject", COPY)
    assert verdicts(one, two) == {COPY: "reject"}
    assert verdicts(one, two, step(3, "undo", undoes="2")) == {COPY: "accept"}
    assert verdicts(one, two, step(3, "undo", undoes="2"), step(4, "undo", undoes="1")) == {}
    assert verdicts(one, two, step(3, "undo", undoes="2"), step(4, "undo", undoes="3")) == {COPY: "reject"}


def test_a_batch_is_one_step() -> None:
    batch = step(1, "accept", COPY, LINE)
    assert set(verdicts(batch)) == {COPY, LINE}
    assert verdicts(batch, step(2, "undo", undoes="1")) == {}


def test_a_word_on_all_copies_outweighs_earlier_ones_on_single_copies() -> None:
    here = Finding("copy", member=COPY.member, keeper=COPY.keeper, document="x.txt")
    there = Finding("copy", member=COPY.member, keeper=COPY.keeper, document="y.txt")
    assert verdicts(step(1, "exclude", here), step(2, "accept", COPY)) == {COPY: "accept"}
    assert verdicts(step(1, "accept", COPY), step(2, "exclude", here), step(3, "exclude", there)) == {
        COPY: "accept", here: "exclude", there: "exclude",
    }  # fmt: skip


def test_only_different_people_are_in_conflict() -> None:
    assert Log((step(1, "accept", COPY), step(2, "reject", COPY))).settle()[1] == []
    first, second = step(1, "accept", COPY), step(2, "reject", COPY, who="b")
    (conflict,) = Log((first, second)).settle()[1]
    assert (conflict.finding, conflict.earlier, conflict.later) == (COPY, first, second)


def test_files_are_merged_step_by_step() -> None:
    one, two, three = (step(n, "accept", COPY) for n in (1, 2, 3))
    assert decisions.merged(Log((one, two)), Log((two, three))).steps == (one, two, three)
    assert orjson.loads(decisions.dump([one])) == {
        "step": "1", "who": "a", "when": "2026-01-01T00:00:00Z", "verdict": "accept",
        "findings": [{"kind": "copy", "member": COPY.member, "keeper": COPY.keeper}],
    }  # fmt: skip
