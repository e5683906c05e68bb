"""Decisions carried out: each does what it says, and whatever is decided, nothing is lost."""

from __future__ import annotations

import contextlib
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import orjson
import pytest
from conftest import Writer, call_cli, contents, failure
from hypothesis import given, settings
from hypothesis import strategies as st
from test_roundtrip import CORPORA, OPTIONS, pairs
from test_roundtrip import _conserved as conserved
from test_roundtrip import _keepers_stay as keepers_stay

import unecho
from unecho import Result, markup, stored
from unecho.base.atomic import RunFolder
from unecho.check import check
from unecho.decisions import changes, decide, sample
from unecho.decisions import log as decisions
from unecho.decisions.log import Finding, Log, Step, line_key
from unecho.model import Place, Removal
from unecho.output import kept, manifest
from unecho.output.restore import texts as texts_of

W = Writer(21)
SPEECH, QUAKE, NOTICE, OWN = (W.paragraph(30) for _ in range(4))
LONGER = SPEECH[:-1] + " and the hall rose to its feet."
LINE = "Subscribe to our newsletter"


def corpus() -> dict[str, str]:
    """A speech in three papers, once with some words more, and a notice that all of them print."""
    return {
        "a/1.txt": f"First headline here\n\n{SPEECH}\n\n{W.paragraph(31)}\n\n{NOTICE}\n",
        "b/2.txt": f"Second headline here\n\n{LONGER}\n\n{QUAKE}\n\n{NOTICE}\n\n{LINE}\n",
        "c/3.txt": f"Third headline here\n\n{SPEECH}\n\n{QUAKE}\n\n{NOTICE}\n",
    }


@pytest.fixture(scope="module")
def texts() -> dict[str, str]:
    return corpus()


@pytest.fixture
def found(texts: dict[str, str]) -> Result:
    return unecho.dedupe(texts.items(), keep="path", clean="light")


def key(text: str) -> str:
    return line_key(text)


def step(verdict: decisions.Verdict, *findings: Finding, number: int = 1, who: str = "anna") -> Step:
    return Step(f"{number}", who, "2026-01-01T00:00:00Z", verdict, findings)


def decided(result: Result, texts: dict[str, str], *steps: Step) -> Result:
    """With the steps carried out, and all guarantees looked at."""
    after = result.with_decisions(Log(steps))
    conserved(after, texts)
    keepers_stay(after)
    return after


def copy(member: str, keeper: str, document: str = "") -> Finding:
    return Finding("copy", member=key(member), keeper=key(keeper), document=document)


def gone(result: Result, text: str) -> list[str]:
    """Documents out of which a text was taken."""
    return [removal.document for removal in result.removals if text in removal.text]


def results(result: Result) -> list[str]:
    assert result.decided is not None
    return [outcome.result for outcome in result.decided.outcomes]


def test_the_corpus_is_what_the_tests_take_it_for(found: Result) -> None:
    assert len(found.clusters) == 3
    assert gone(found, QUAKE) == ["c/3.txt"]
    assert gone(found, NOTICE) == ["b/2.txt", "c/3.txt"]


def test_accept_changes_nothing(found: Result, texts: dict[str, str]) -> None:
    after = decided(found, texts, step("accept", copy(QUAKE, QUAKE)))
    assert (after.removals, after.clusters, after.documents) == (found.removals, found.clusters, found.documents)
    assert results(after) == ["used"]


def test_reject_puts_every_copy_back(found: Result, texts: dict[str, str]) -> None:
    after = decided(found, texts, step("reject", copy(NOTICE, NOTICE)))
    assert gone(after, NOTICE) == []
    assert gone(after, QUAKE) == ["c/3.txt"]
    (cluster,) = [c for c in after.clusters if texts[c.keeper.document][c.keeper.start :].startswith(NOTICE)]
    assert [(member.action, member.why) for member in cluster.members] == [("kept", changes.PERSON)] * 2
    assert after.counts["words"] == found.counts["words"]
    assert after.counts["words_kept"] > found.counts["words_kept"]


def test_exclude_puts_one_copy_back(found: Result, texts: dict[str, str]) -> None:
    after = decided(found, texts, step("exclude", copy(NOTICE, NOTICE, "b/2.txt")))
    assert gone(after, NOTICE) == ["c/3.txt"]


def test_exclude_of_a_document_that_is_gone_is_stale_where_the_text_does_not_tell(
    found: Result, texts: dict[str, str]
) -> None:
    after = decided(found, texts, step("exclude", copy(NOTICE, NOTICE, "z/9.txt")))
    assert results(after) == ["stale"]
    assert after.removals == found.removals


def test_swap_changes_the_copy_that_stays(found: Result, texts: dict[str, str]) -> None:
    after = decided(found, texts, step("swap", copy(NOTICE, NOTICE, "c/3.txt")))
    assert gone(after, NOTICE) == ["a/1.txt", "b/2.txt"]
    assert {r.keeper.document for r in after.removals if NOTICE in r.text and r.keeper} == {"c/3.txt"}
    (cluster,) = [c for c in after.clusters if c.keeper.document == "c/3.txt"]
    assert cluster.why_kept == changes.PERSON
    assert [(m.document, m.action) for m in cluster.members] == [("a/1.txt", "removed"), ("b/2.txt", "removed")]


def test_a_swap_that_leaves_a_headline_alone_takes_the_document(tmp_path: Path) -> None:
    head = "Ten killed in quake"
    texts = {"a.txt": f"{head}\n\n{QUAKE}\n", "b.txt": f"{head}\n\n{QUAKE}\n\n{OWN}\n"}
    swap = step("swap", copy(QUAKE, QUAKE, "b.txt"))
    found = unecho.dedupe(texts.items(), keep="path", clean="off")
    assert [record.status for record in found.documents] == ["kept", "trimmed"]
    after = decided(found, texts, swap)
    assert [record.status for record in after.documents] == ["dropped", "kept"]
    assert after.documents[0].reason == "its text stays in b.txt"
    out = found.write(tmp_path / "OUT")
    put(out / "decisions.jsonl", swap)
    assert call_cli("apply", out).code == 0
    assert check(out) == []
    kept = unecho.dedupe(texts.items(), keep="path", clean="off", emptied="keep")
    assert [record.status for record in decided(kept, texts, swap).documents] == ["trimmed", "kept"]
    other = texts | {"b.txt": texts["b.txt"].replace(head, "Another headline")}
    found = unecho.dedupe(other.items(), keep="path", clean="off")
    assert [record.status for record in decided(found, other, swap).documents] == ["trimmed", "kept"]


def test_swap_is_refused_where_words_would_be_lost() -> None:
    """The kept copy says more than the copy: it stays, and so does the copy."""
    more = SPEECH[:-1] + " " + W.paragraph(40)
    texts = {"a.txt": f"{more}\n\n{OWN}\n", "b.txt": f"{SPEECH}\n\n{W.paragraph(25)}\n"}
    found = unecho.dedupe(texts.items(), keep="path", clean="off")
    assert gone(found, SPEECH[:-1]) == ["b.txt"]
    after = decided(found, texts, step("swap", copy(SPEECH, more, "b.txt")))
    assert results(after) == ["refused"]
    assert after.decided is not None
    assert after.decided.outcomes[0].why == "the other copy stays too: too little of it is there"
    assert gone(after, SPEECH[:-1]) == []


def test_swap_verifies_the_other_members_with_the_new_keeper() -> None:
    words = SPEECH[:-1].split(" ")
    keeper = " ".join(words) + "."
    shorter = " ".join(words[:-2]) + "."  # 28 of 30 words
    other = " ".join(words[2:]) + "."  # its last two words are not in the shorter copy
    texts = {
        "a.txt": f"{keeper}\n\n{OWN}\n", "b.txt": f"{shorter}\n\n{W.paragraph(25)}\n",
        "c.txt": f"{other}\n\n{W.paragraph(26)}\n",
    }  # fmt: skip
    found = unecho.dedupe(texts.items(), keep="path", clean="off", threshold=0.93)
    assert sorted(r.document for r in found.removals) == ["b.txt", "c.txt"]
    after = decided(found, texts, step("swap", copy(shorter, keeper, "b.txt")))
    assert sorted(r.document for r in after.removals) == ["a.txt"]
    (cluster,) = after.clusters
    assert cluster.keeper.document == "b.txt"
    assert {(m.document, m.action) for m in cluster.members} == {("a.txt", "removed"), ("c.txt", "kept")}


def test_of_two_swaps_in_one_cluster_the_later_counts(found: Result, texts: dict[str, str]) -> None:
    after = decided(
        found, texts,
        step("swap", copy(NOTICE, NOTICE, "b/2.txt")), step("swap", copy(NOTICE, NOTICE, "c/3.txt"), number=2),
    )  # fmt: skip
    assert sorted(results(after)) == ["overruled", "used"]
    assert gone(after, NOTICE) == ["a/1.txt", "b/2.txt"]


def test_boilerplate_everywhere_takes_the_kept_copy_too(found: Result, texts: dict[str, str]) -> None:
    after = decided(found, texts, step("boilerplate", Finding("line", line=key(NOTICE))))
    assert gone(after, NOTICE) == ["a/1.txt", "b/2.txt", "c/3.txt"]
    assert {(r.reason, r.rule, r.category, r.keeper) for r in after.removals if NOTICE in r.text} == {
        ("boilerplate", "decision", "other", None)
    }
    assert all(texts[c.keeper.document][c.keeper.start : c.keeper.end] != NOTICE for c in after.clusters)


def test_copies_of_what_is_boilerplate_are_put_back_unless_they_are_the_same_line() -> None:
    words = SPEECH[:-1].split(" ")
    near = " ".join([*words[:-1], "otherwise"]) + "."
    texts = {
        "a.txt": f"{SPEECH}\n\n{OWN}\n", "b.txt": f"{near}\n\n{W.paragraph(25)}\n",
        "c.txt": f"{SPEECH}\n\n{W.paragraph(26)}\n",
    }  # fmt: skip
    found = unecho.dedupe(texts.items(), keep="path", clean="off")
    assert sorted(r.document for r in found.removals) == ["b.txt", "c.txt"]
    after = decided(found, texts, step("boilerplate", Finding("line", line=key(SPEECH))))
    assert sorted((r.document, r.reason) for r in after.removals) == [
        ("a.txt", "boilerplate"),
        ("c.txt", "boilerplate"),
    ]
    assert after.clusters == []


def test_never_boilerplate_brings_a_line_or_a_rule_back(found: Result, texts: dict[str, str]) -> None:
    assert gone(found, LINE) == ["b/2.txt"]
    (rule,) = {removal.rule for removal in found.removals if LINE in removal.text}
    after = decided(found, texts, step("never-boilerplate", Finding("line", line=key(LINE))))
    assert gone(after, LINE) == []
    after = decided(found, texts, step("never-boilerplate", Finding("rule", rule=str(rule))))
    assert gone(after, LINE) == []
    after = decided(
        found, texts, step("never-boilerplate", Finding("rule", rule=str(rule))),
        step("boilerplate", Finding("line", line=key(LINE)), number=2),
    )  # fmt: skip
    assert gone(after, LINE) == ["b/2.txt"]  # of a line and a rule the line says more


def test_what_is_no_more_in_the_run_is_stale(found: Result, texts: dict[str, str]) -> None:
    after = decided(
        found, texts, step("reject", copy("Nobody wrote this.", QUAKE)),
        step("boilerplate", Finding("line", line=key("Nor this.")), number=2),
        step("never-boilerplate", Finding("rule", rule="no.such"), number=3),
    )  # fmt: skip
    assert results(after) == ["stale"] * 3
    assert after.removals == found.removals
    assert after.run["decisions"] == {"steps": 3, "used": 0, "stale": 3, "refused": 0, "overruled": 0, "conflicts": 0}


def test_a_document_comes_back_whole() -> None:
    """Its headline went only because nothing else was left of it."""
    texts = {"a.txt": f"Ten killed in quake\n\n{QUAKE}\n\n{OWN}\n", "b.txt": f"Ten killed in quake\n\n{QUAKE}\n"}
    found = unecho.dedupe(texts.items(), keep="longest", clean="off")
    assert [record.status for record in found.documents] == ["kept", "dropped"]
    after = decided(found, texts, step("reject", copy(QUAKE, QUAKE)))
    assert [record.status for record in after.documents] == ["kept", "kept"]
    assert after.clean_text("b.txt") == texts["b.txt"]


def quoting() -> dict[str, str]:
    """A sentence that three papers print, each inside a paragraph of its own."""
    said = W.paragraph(22)
    body = {name: (W.paragraph(20), W.paragraph(20), W.paragraph(60)) for name in ("a.txt", "b.txt", "c.txt")}
    return {name: f"{before} {said} {after}\n\n{own}\n" for name, (before, after, own) in body.items()}


@pytest.fixture(scope="module")
def quoted() -> dict[str, str]:
    return quoting()


def quotes(result: Result) -> list[str]:
    """The keys of both sides of every quote."""
    return [
        line_key(result.text(name)[start:end])
        for p in result.passages if p.quote
        for name, start, end in ((p.a, p.a_start, p.a_end), (p.b, p.b_start, p.b_end))
    ]  # fmt: skip


def test_a_quote_that_is_not_the_same_is_reported_no_more(quoted: dict[str, str], tmp_path: Path) -> None:
    found = unecho.dedupe(quoted.items(), clean="off")
    assert found.removals == []
    key = quotes(found)[0]
    assert quotes(found) == [key] * 6  # three pairs
    reject = step("reject", Finding("quote", line=key))
    after = decided(found, quoted, reject)
    assert results(after) == ["used"]
    assert (list(after.passages), after.removals) == ([], [])
    out = found.write(tmp_path / "OUT")
    before = contents(out)
    put(out / "decisions.jsonl", reject)
    assert call_cli("apply", out).code == 0
    assert call_cli("apply", out).code == 0
    assert (out / "passages.jsonl").read_bytes() == b""
    assert check(out) == []
    (out / "decisions.jsonl").unlink()
    assert call_cli("apply", out).code == 0
    assert contents(out) == before


def test_a_quote_that_is_boilerplate_goes_from_the_midst_of_paragraphs(quoted: dict[str, str]) -> None:
    found = unecho.dedupe(quoted.items(), clean="off")
    key = quotes(found)[0]
    after = decided(found, quoted, step("boilerplate", Finding("line", line=key)))
    assert results(after) == ["used"]
    assert [(r.document, r.reason, r.rule) for r in after.removals] == [
        (name, "boilerplate", "decision") for name in quoted
    ]
    assert {line_key(r.text) for r in after.removals} == {key}
    assert "stale" in results(decided(found, quoted, step("accept", Finding("quote", line=key[::-1]))))
    assert decided(found, quoted, step("accept", Finding("quote", line=key))).passages == found.passages


# ---- whatever is decided ----------------------------------------------------------------------------

CHOICES = st.lists(
    st.tuples(
        st.sampled_from(
            [
                "accept",
                "reject",
                "exclude",
                "swap",
                "swap",
                "boilerplate",
                "boilerplate-kept",
                "never-boilerplate",
                "rule",
                "quote",
                "boilerplate-quote",
            ]
        ),
        st.integers(0, 30),
    ),
    min_size=1,
    max_size=6,
)


def steps_for(result: Result, choices: list[tuple[Any, int]]) -> list[Step]:
    """Decisions on what the run found, and on texts that stay in it."""

    def text(place: Place | Removal) -> str:
        return result.text(place.document)[place.start : place.end]

    found = list(decide.pairs(result.clusters, result.removals))
    lines = [removal for removal in result.removals if removal.reason == "boilerplate"]
    keepers = [cluster.keeper for cluster in result.clusters]
    passages = quotes(result)
    steps: list[Step] = []
    for number, (verdict, choice) in enumerate(choices):
        if verdict == "rule" and lines:
            rule = lines[choice % len(lines)].rule
            steps.append(step("never-boilerplate", Finding("rule", rule=str(rule)), number=number))
        elif verdict == "quote" and passages:
            steps.append(step("reject", Finding("quote", line=passages[choice % len(passages)]), number=number))
        elif verdict == "boilerplate-quote" and passages:
            steps.append(step("boilerplate", Finding("line", line=passages[choice % len(passages)]), number=number))
        elif verdict == "boilerplate-kept" and keepers:
            place = keepers[choice % len(keepers)]
            steps.append(step("boilerplate", Finding("line", line=key(text(place))), number=number))
        elif verdict in ("boilerplate", "never-boilerplate") and lines:
            line = Finding("line", line=key(lines[choice % len(lines)].text))
            steps.append(step(verdict, line, number=number))
        elif verdict in ("accept", "reject", "exclude", "swap") and found:
            pair = found[choice % len(found)]
            document = pair.member.document if verdict in ("exclude", "swap") else ""
            steps.append(step(verdict, copy(text(pair.member), text(pair.keeper), document), number=number))
    return steps


def test_whatever_is_decided_nothing_is_lost() -> None:
    told: set[str] = set()

    @settings(max_examples=80, deadline=None, derandomize=True)  # what is told at the end must not be left to luck
    @given(CORPORA, OPTIONS, CHOICES)
    def holds(texts: list[str], options: dict[str, object], choices: list[tuple[Any, int]]) -> None:
        given_texts = dict(pairs(texts))
        with unecho.dedupe(given_texts.items(), **options) as result:
            steps = steps_for(result, choices)
            after = decided(result, given_texts, *steps)
            told.update(f"{s.verdict} {what}" for s, what in zip(steps, results(after), strict=False))
            assert "stale" not in results(after)  # it was all decided about this very run

    holds()
    assert told >= {"swap used", "boilerplate used", "exclude used"}


@settings(max_examples=12, deadline=None)
@given(CORPORA, OPTIONS, CHOICES)
def test_a_written_run_is_decided_as_one_in_memory_and_checks(
    texts: list[str], options: dict[str, object], choices: list[tuple[Any, int]]
) -> None:
    with tempfile.TemporaryDirectory() as name:
        out = Path(name, "OUT")
        with unecho.dedupe(pairs(texts), **options) as result:
            steps = steps_for(result, choices)
            result.write(out)
            before = contents(out)
            after = result.with_decisions(Log(tuple(steps))) if steps else result
            direct = after.write(Path(name, "direct"))
        (out / "decisions.jsonl").write_bytes(decisions.dump(steps))
        assert call_cli("apply", out).code == 0
        assert check(out) == []
        once = contents(out)
        assert once == {"decisions.jsonl": contents(out)["decisions.jsonl"], **contents(direct)}
        assert call_cli("apply", out).code == 0
        assert contents(out) == once
        (out / "decisions.jsonl").unlink()
        assert call_cli("apply", out).code == 0
        assert contents(out) == before


# ---- the commands -----------------------------------------------------------------------------------


@pytest.fixture
def written(tmp_path: Path, texts: dict[str, str]) -> Path:
    """A run over files, with its input beside it."""
    for name, text in texts.items():
        path = tmp_path / "in" / name
        path.parent.mkdir(parents=True)
        path.write_text(text, "utf-8")
    options = ("--keep", "path", "--clean", "light", "-q")
    assert call_cli("dedupe", tmp_path / "in", "-o", tmp_path / "OUT", *options).code == 0
    return tmp_path / "OUT"


def put(path: Path, *steps: Step) -> Path:
    path.write_bytes(decisions.dump(steps))
    return path


def test_apply_and_dedupe_with_decisions_write_the_same(written: Path) -> None:
    file = put(written.parent / "mine.jsonl", step("swap", copy(NOTICE, NOTICE, "c/3.txt")))
    done = call_cli("apply", written, "--decisions", file)
    assert (done.code, done.err) == (0, "")
    assert done.out.startswith("1 decision carried out, 0 removals more than found\n")
    assert NOTICE not in (written / "clean/a/1.txt").read_text()
    assert call_cli("check", written).code == 0
    options = ("--keep", "path", "--clean", "light", "-q", "--decisions", str(file))
    again = written.parent / "again"
    assert call_cli("dedupe", written.parent / "in", "-o", again, *options).code == 0
    same = {name: digest for name, digest in contents(again).items() if name not in ("run.json", "timings.json")}
    assert same.items() <= contents(written).items() or _but_for_report(same, contents(written))
    assert orjson.loads((again / "run.json").read_bytes())["decisions"]["used"] == 1


def _but_for_report(one: dict[str, str], other: dict[str, str]) -> bool:
    """The report shows the settings, among which is where the decisions came from."""
    return {n: d for n, d in one.items() if n != "report.html"}.items() <= other.items()


def test_a_new_run_keeps_what_people_decided(written: Path) -> None:
    put(written / "decisions.jsonl", step("reject", copy(NOTICE, NOTICE)))
    before = (written / "decisions.jsonl").read_bytes()
    done = call_cli("dedupe", written.parent / "in", "-o", written)
    assert "carry out 1 decision" in " ".join(done.out.split())
    assert (written / "decisions.jsonl").read_bytes() == before
    other = put(written.parent / "other.jsonl", step("reject", copy(QUAKE, QUAKE), number=2))
    done = call_cli("dedupe", written.parent / "in", "-o", written, "-q", "--decisions", other)
    assert done.code == 2
    assert done.err == failure(
        f"{written} holds 1 decisions of its own: nothing was touched",
        f"bring them together: unecho apply {written} --decisions FILE, or give another folder with -o",
    )
    assert (written / "decisions.jsonl").read_bytes() == before


def test_the_report_shows_what_people_checked(written: Path) -> None:
    removals = [orjson.loads(line) for line in (written / "removals.jsonl").read_bytes().splitlines()]
    fingerprint = manifest.read_run(written)["fingerprint"]
    sample.answer(written, fingerprint, removals[0]["id"], True, "anna")
    put(written / "decisions.jsonl", step("reject", copy(NOTICE, NOTICE)))
    assert call_cli("apply", written).code == 0
    said = "Somebody looked at 1 removal drawn at random: 1 was right"
    assert said in (written / "report.html").read_text("utf-8")
    assert (written / "sample.jsonl").is_file()
    assert (
        call_cli("dedupe", written.parent / "in", "-o", written, "-q", "--keep", "path", "--clean", "light").code == 0
    )
    assert said in (written / "report.html").read_text("utf-8")


def test_what_to_do_next(written: Path) -> None:
    """The review first; decisions that the corpus does not show yet are to be applied."""

    def hints() -> str:
        return " ".join(call_cli("report", "OUT", cwd=written.parent).out.partition("Next")[2].split())

    assert hints().startswith("unecho review OUT accept or correct")
    assert "unecho apply" not in hints()
    first = step("reject", copy(NOTICE, NOTICE))
    put(written / "decisions.jsonl", first)
    assert "unecho apply OUT carry out 1 decision " in hints()
    assert call_cli("apply", written).code == 0
    assert "unecho apply" not in hints()
    put(written / "decisions.jsonl", first, Step("2", "anna", first.when, "undo", (), "1"))
    assert "unecho apply OUT carry out 1 decision " in hints()


def test_jsonl_rows_go_and_come_back(tmp_path: Path) -> None:
    rows = [
        {"id": str(n), "text": text, "é": [n]} for n, text in enumerate([f"{QUAKE}\n{OWN}", QUAKE, OWN + "\n" + SPEECH])
    ]
    (tmp_path / "in.jsonl").write_text("".join(orjson.dumps(row).decode() + "\n" for row in rows), "utf-8")
    out = tmp_path / "OUT"
    assert call_cli("dedupe", tmp_path / "in.jsonl", "-o", out, "-q", "--keep", "path", "--clean", "off").code == 0
    assert len((out / "clean/in.jsonl").read_text().splitlines()) == 2
    put(out / "decisions.jsonl", step("reject", copy(QUAKE, QUAKE), copy(OWN, OWN)))
    assert call_cli("apply", out).code == 0
    cleaned = [orjson.loads(line) for line in (out / "clean/in.jsonl").read_bytes().splitlines()]
    assert cleaned == rows
    put(
        out / "decisions.jsonl",
        step("swap", copy(QUAKE, QUAKE, "in.jsonl#1")),
        step("accept", copy(OWN, OWN), number=2),
    )
    assert call_cli("apply", out).code == 0
    cleaned = [orjson.loads(line) for line in (out / "clean/in.jsonl").read_bytes().splitlines()]
    assert [row["text"].strip() for row in cleaned] == [OWN, QUAKE, SPEECH]
    assert call_cli("check", out).code == 0


def test_bad_decisions_change_nothing(written: Path) -> None:
    (written / "decisions.jsonl").write_text("{}\n")
    before = contents(written)
    done = call_cli("apply", written)
    assert done.code == 2
    assert "decisions.jsonl, line 1, is no decision: unknown verdict None" in done.err
    missing = call_cli("apply", written, "--decisions", written / "nowhere.jsonl")
    assert missing.code == 2
    assert contents(written) == before


def test_apply_needs_a_run(tmp_path: Path) -> None:
    assert call_cli("apply", tmp_path).code == 2


def test_what_became_of_decisions_is_written(written: Path) -> None:
    put(
        written / "decisions.jsonl", step("accept", copy(NOTICE, NOTICE)),
        step("reject", copy(NOTICE, NOTICE), number=2, who="bo"), step("reject", copy("Gone.", "Gone too."), number=3),
    )  # fmt: skip
    done = call_cli("apply", written)
    assert done.out.startswith(
        "1 decision carried out, 1 whose text is not in this run, 1 on which people differ, 2 removals fewer than found"
    )
    lines = [orjson.loads(line) for line in (written / "decided.jsonl").read_bytes().splitlines()]
    assert [(line["step"], line["result"]) for line in lines] == [("2", "used"), ("3", "stale")]
    assert lines[0]["conflict"] == {"step": "1", "who": "anna", "verdict": "accept"}


def test_killed_while_it_writes_the_run_is_old_or_new(written: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(written / "decisions.jsonl", step("reject", copy(NOTICE, NOTICE)))
    old = contents(written)
    copied = shutil.copytree(written, written.parent / "copy")
    assert call_cli("apply", copied).code == 0
    new = contents(copied)

    def fail(self: Result, new: Path, **given: Any) -> None:
        real(self, new, **given)
        raise OSError(28, "No space left on device")

    real = Result.write_files
    monkeypatch.setattr(Result, "write_files", fail)
    assert call_cli("apply", written).code == 1
    assert contents(written) == old
    monkeypatch.setattr(Result, "write_files", real)
    assert call_cli("apply", written).code == 0
    assert contents(written) == new


def test_the_findings_before_decisions_stay_readable(written: Path) -> None:
    before = [orjson.loads(line) for line in (written / "removals.jsonl").read_bytes().splitlines()]
    put(written / "decisions.jsonl", step("reject", copy(NOTICE, NOTICE)))
    assert call_cli("apply", written).code == 0
    assert [orjson.loads(line) for line in (written / "found/removals.jsonl").read_bytes().splitlines()] == before
    with stored.load(written) as again:
        assert len(again.removals) == len(before)


def test_from_python(tmp_path: Path, texts: dict[str, str]) -> None:
    file = put(tmp_path / "mine.jsonl", step("reject", copy(NOTICE, NOTICE)))
    with unecho.dedupe(texts.items(), keep="path", clean="light", decisions=str(file)) as result:
        assert gone(result, NOTICE) == []
        assert result.decided is not None
        assert result.decided.counts["used"] == 1


def test_decisions_that_are_not_there_are_told_before_anything_is_done(written: Path) -> None:
    done = call_cli("dedupe", written.parent / "in", "-o", written, "--decisions", "/no/such.jsonl")
    assert done.code == 2
    assert done.err == failure(
        "no decisions at /no/such.jsonl", "give the decisions.jsonl of a run, or one that its report saved"
    )


def test_killed_at_any_moment_the_run_is_old_or_new(written: Path) -> None:
    put(written / "decisions.jsonl", step("reject", copy(NOTICE, NOTICE)))
    old = contents(written)
    new_run = shutil.copytree(written, written.parent / "copy")
    assert call_cli("apply", new_run).code == 0
    new = contents(new_run)
    seen = set()
    for part in range(1, 9):
        with subprocess.Popen(
            [sys.executable, "-m", "unecho", "apply", str(written)], stdout=subprocess.DEVNULL
        ) as run:
            with contextlib.suppress(subprocess.TimeoutExpired):
                run.wait(0.15 * part)
            run.kill()
        if not written.exists():  # between two renames: the next command puts the old one back
            with RunFolder(written):
                pass
        now = contents(written)
        assert now in (old, new)
        seen.add(now == new)
        shutil.rmtree(written.parent / ".OUT.unecho", ignore_errors=True)
    assert False in seen


# ---- pages ------------------------------------------------------------------------------------------


def page_of(*blocks: str) -> str:
    return f"<html><body><article>{''.join(blocks)}</article></body></html>"


def blocks_of(*texts: str) -> list[str]:
    return [f"<p>{text}</p>" for text in texts]


def test_decisions_on_pages_are_about_their_blocks_and_hold_in_the_next_run(tmp_path: Path) -> None:
    """A block that breaks a line is one finding: it goes whole, everywhere, and nothing that resembles a part of it."""
    w = Writer(91)
    own = [w.paragraph(30) for _ in range(8)]
    first, second = w.paragraph(12), w.paragraph(14)
    block = f"<pre>{first}\n{second}</pre>"
    source, out = tmp_path / "in", tmp_path / "OUT"
    source.mkdir()
    (source / "a.html").write_text(page_of(*blocks_of(own[0]), block, *blocks_of(own[1], first)), "utf-8")
    (source / "b.html").write_text(page_of(*blocks_of(own[2]), block, *blocks_of(own[3])), "utf-8")
    (source / "c.html").write_text(page_of(*blocks_of(own[4], second, own[5])), "utf-8")
    options = ("-q", "--clean", "off", "--keep", "path")
    assert call_cli("dedupe", source, "-o", out, *options).code == 0
    assert f"\n\n{first}\n{second}\n\n" in dict(texts_of(out))["a.html"]  # one block, two lines
    key = line_key(f"{first}\n{second}")
    decisions.append(out, decisions.new_step("boilerplate", [Finding("line", line=key)], "anna"), 0)
    assert call_cli("apply", out, "-q").code == 0

    def cleaned(run: Path, name: str) -> str:
        path = run / "clean" / f"{name}.txt"
        return path.read_text("utf-8") if path.exists() else ""

    assert cleaned(out, "a").split() == f"{own[0]} {own[1]} {first}".split()
    assert cleaned(out, "b").split() == f"{own[2]} {own[3]}".split()
    assert second in cleaned(out, "c")
    assert call_cli("check", out).code == 0
    # The next run: another page has the block alone, where nothing repeats it.
    again, new = tmp_path / "again", tmp_path / "NEW"
    again.mkdir()
    (again / "d.html").write_text(page_of(*blocks_of(own[6]), block, *blocks_of(own[7], second)), "utf-8")
    assert call_cli("dedupe", again, "-o", new, *options, "--decisions", out / "decisions.jsonl").code == 0
    assert cleaned(new, "d").split() == f"{own[6]} {own[7]} {second}".split()
    assert [line["result"] for line in manifest.decided(new)] == ["used"]
    assert call_cli("check", new).code == 0


def test_the_paragraphs_of_a_page_are_its_blocks(tmp_path: Path) -> None:
    """As decisions see them in the text that a run keeps, and as the run saw them in the markup."""
    w = Writer(92)
    html = page_of(
        f"<h1>{w.paragraph(5)}</h1>", f"<p>{w.paragraph(9)}<br><br>{w.paragraph(9)}<br>{w.paragraph(3)}&nbsp;</p>",
        f"<ul><li>{w.paragraph(6)}</li><li>{w.paragraph(6)}<br>{w.paragraph(2)}</li></ul>",
        f"<pre>{w.paragraph(4)}\n  {w.paragraph(4)}\n\n{w.paragraph(3)}</pre>",
        f"<table><tr><td>{w.paragraph(3)}</td><td>{w.paragraph(3)}</td></tr></table>",
        f"<blockquote>{w.paragraph(8)}\u2028{w.paragraph(4)}</blockquote>", *blocks_of(w.paragraph(20)),
    )  # fmt: skip
    page = markup.read_html(html, "txt")
    seen = [page.text[block.start : block.end].strip() for block in page.blocks]
    assert [page.text[start:end] for start, end in kept.paragraphs(page.text, True)] == seen
