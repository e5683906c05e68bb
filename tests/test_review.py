"""The review's server: who may talk to it, what it answers, and that nothing of an article is ever markup."""

from __future__ import annotations

import gzip
import os
import re
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson
import pytest
from conftest import Writer, call_cli, contents, environment
from starlette.testclient import TestClient

from unecho import jobs
from unecho.decisions import log as decisions
from unecho.decisions import sample
from unecho.errors import RunError
from unecho.output.restore import texts as texts_of
from unecho.review import app, batch, guard, scratch
from unecho.review.app import Review
from unecho.review.guard import Guard

PORT = 8123
HERE = f"http://127.0.0.1:{PORT}"
W = Writer(33)
SHARED, NEAR_WORDS, OWN = W.paragraph(30), W.paragraph(40).split(" "), [W.paragraph(28) for _ in range(9)]
NEAR = " ".join([*NEAR_WORDS[:20], "otherwise", *NEAR_WORDS[20:]])
LINE = "Subscribe to our newsletter"
HOSTILE = (
    "<script>alert(1)</script> </script><img src=x onerror=alert(2)> javascript:alert(3) \u202egnp.exe\u202c"
    " zero\u200bwidth"
    " \x1b[31mred\x07 &lt;b&gt; \u2028 and so on"
)


def documents() -> dict[str, str]:
    return {
        "a/1.txt": f"{OWN[0]}\n\n{SHARED}\n\n{' '.join(NEAR_WORDS)}\n\n{OWN[1]}\n\n{OWN[2]}\n",
        "b/2.txt": f"{OWN[3]}\n\n{SHARED}\n\n{NEAR}\n\n{LINE}\n\n{OWN[4]}\n",
        "c/3.txt": f"{OWN[5]}\n\n{SHARED}\n\n{LINE}\n\n{OWN[6]}\n",
        "<b onmouseover=alert(4)>.txt": f"{OWN[7]}\n\n{HOSTILE}\n",
        "d/hostile.txt": f"{HOSTILE}\n\n{OWN[8]}\n",
    }


@pytest.fixture
def run(tmp_path: Path) -> Path:
    for name, text in documents().items():
        path = tmp_path / "in" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    out = tmp_path / "OUT"
    assert call_cli("dedupe", tmp_path / "in", "-o", out, "-q", "--keep", "path", "--clean", "light").code == 0
    return out


@pytest.fixture
def review(run: Path) -> Iterator[Review]:
    made = Review(run, "anna", lambda out: jobs.told(jobs.applied(out)))
    yield made
    made.close()


@pytest.fixture
def stranger(review: Review) -> TestClient:
    """A client that has no cookie yet."""
    return TestClient(Guard(review.application(), PORT), HERE, follow_redirects=False)


@pytest.fixture
def client(stranger: TestClient) -> TestClient:
    assert isinstance(stranger.app, Guard)
    assert stranger.get(f"/?token={stranger.app.token}").status_code == 303
    return stranger


def get(client: TestClient, path: str) -> Any:
    answer = client.get(path)
    assert answer.status_code == 200, answer.text
    return answer.json()


def post(client: TestClient, path: str, **body: Any) -> Any:
    answer = client.post(path, json=body)
    assert answer.status_code == 200, answer.text
    return answer.json()


def find(client: TestClient, text: str, **more: Any) -> Any:
    """The finding whose text begins so."""
    rows = get(client, "/queue?status=all")["rows"]
    return next(row for row in rows if row["lead"].startswith(text[:30]))


# ---- who may talk to it -----------------------------------------------------------------------------


def test_the_token_is_exchanged_for_a_cookie_once(stranger: TestClient) -> None:
    assert isinstance(stranger.app, Guard)
    token = stranger.app.token
    first = stranger.get(f"/?token={token}")
    assert (first.status_code, first.headers["location"]) == (303, "/")
    cookie = first.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=strict" in cookie
    assert token not in first.headers["set-cookie"]
    assert stranger.get("/").status_code == 200
    stranger.cookies.clear()
    assert stranger.get(f"/?token={token}").status_code == 403


@pytest.mark.parametrize("path", ["/", "/?token=", "/?token=wrong", "/state", "/queue", "/review.js", "/nowhere"])
def test_without_a_token_nothing_is_answered(stranger: TestClient, path: str) -> None:
    answer = stranger.get(path)
    assert answer.status_code == 403
    assert "unecho review" in answer.text


def test_the_token_opens_the_first_page_only(stranger: TestClient) -> None:
    assert isinstance(stranger.app, Guard)
    assert stranger.get(f"/state?token={stranger.app.token}").status_code == 403
    assert stranger.post(f"/?token={stranger.app.token}", json={}).status_code == 403
    assert stranger.app.token


@pytest.mark.parametrize("cookie", ["", "x", "a=b; unecho-8123=", "unecho-8123=wrong", '"'])
def test_a_wrong_cookie_is_none(stranger: TestClient, cookie: str) -> None:
    assert stranger.get("/", headers={"cookie": cookie}).status_code == 403


@pytest.mark.parametrize(
    "host", ["attacker.com", f"attacker.com:{PORT}", "127.0.0.1", "127.0.0.1:1", f"127.0.0.1.nip.io:{PORT}", ""]
)
def test_a_foreign_host_is_not_served(client: TestClient, host: str) -> None:
    assert client.get("/state", headers={"host": host}).status_code == 404


def test_our_other_names_are_served(client: TestClient) -> None:
    assert client.get("/state", headers={"host": f"127.0.0.1:{PORT}", "origin": HERE}).status_code == 200


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "http://attacker.com"}, {"origin": "null"}, {"origin": "http://127.0.0.1:1"},
        {"origin": f"https://127.0.0.1:{PORT}"}, {"sec-fetch-site": "cross-site"}, {"sec-fetch-site": "same-site"},
    ],
)  # fmt: skip
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_foreign_origin_is_refused(client: TestClient, headers: dict[str, str], method: str, run: Path) -> None:
    path = "/state" if method == "GET" else "/decide"
    body = None if method == "GET" else {"verdict": "accept", "finding": 1, "version": 0}
    assert client.request(method, path, headers=headers, json=body).status_code == 403
    assert not (run / "decisions.jsonl").exists()


@pytest.mark.parametrize("path", ["/decide", "/decide-all", "/undo", "/answer", "/apply"])
def test_a_get_changes_nothing(client: TestClient, run: Path, path: str) -> None:
    before = contents(run)
    assert client.get(f"{path}?verdict=accept&finding=1&version=0").status_code == 405
    assert client.get(path).status_code == 405
    assert contents(run) == before


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"])
def test_other_methods_are_refused(client: TestClient, method: str) -> None:
    assert client.request(method, "/state").status_code == 405


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", ""])
def test_what_a_form_of_another_site_can_send_is_refused(client: TestClient, kind: str) -> None:
    assert client.post("/undo", content=b'{"version":0}', headers={"content-type": kind}).status_code == 415


def test_a_huge_body_is_refused(client: TestClient) -> None:
    body = b'{"version":0,"x":"' + b"a" * 1_100_000 + b'"}'
    assert client.post("/undo", content=body, headers={"content-type": "application/json"}).status_code == 413


def test_every_answer_is_strict(client: TestClient, stranger: TestClient) -> None:
    for path in ["/", "/state", "/finding/1", "/review.js", "/nowhere", "/finding/99999"]:
        headers = client.get(path).headers
        for name, value in guard.HEADERS:
            assert headers[name] == value, (path, name)
    assert "'unsafe-inline'" not in guard.POLICY
    assert "default-src 'none'" in guard.POLICY


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/decide", {}), ("/decide", {"verdict": "accept", "finding": "1", "version": 0}),
        ("/decide", {"verdict": "burn", "finding": 1, "version": 0}),
        ("/decide", {"verdict": ["accept"], "finding": 1, "version": 0}),
        ("/decide", {"verdict": "accept", "finding": 10**9, "version": 0}),
        ("/decide", {"verdict": "accept", "finding": 1, "version": True}),
        ("/decide-all", {"verdict": "accept", "filter": [], "version": 0}),
        ("/decide-all", {"verdict": "swap", "filter": {}, "version": 0}),
        ("/decide-all", {"verdict": "accept", "filter": {"text": "no such words"}, "version": 0}),
        ("/decide-all", {"verdict": "accept", "filter": {"low": "x"}, "version": 0}),
        ("/undo", {"version": "0"}), ("/answer", {"removal": "r9", "right": True}), ("/answer", {"right": 1}),
    ],
)  # fmt: skip
def test_nonsense_is_told_and_changes_nothing(client: TestClient, run: Path, path: str, body: dict[str, Any]) -> None:
    before = contents(run)
    answer = client.post(path, json=body)
    assert answer.status_code == 400
    assert answer.json()["problem"]
    assert contents(run) == before


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b"\xff", b"1"])
def test_no_json_is_told(client: TestClient, body: bytes) -> None:
    answer = client.post("/undo", content=body, headers={"content-type": "application/json"})
    assert answer.status_code == 400


@pytest.mark.parametrize("path", ["/queue?after=x", "/queue?low=%00", "/finding/1?member=-1", "/threshold?at=much"])
def test_nonsense_in_an_address_is_told(client: TestClient, path: str) -> None:
    assert client.get(path).status_code == 400


# ---- what it answers --------------------------------------------------------------------------------


def test_closest_calls_come_first(client: TestClient) -> None:
    rows = get(client, "/queue?status=all")["rows"]
    assert [row["num"] for row in rows] == list(range(1, len(rows) + 1))
    assert rows[0]["lead"].startswith(NEAR_WORDS[0])
    assert [row["doubt"] for row in rows] == sorted((row["doubt"] for row in rows), reverse=True)
    progress = get(client, "/state")["progress"]
    assert (progress["done"], progress["steps"]) == (0, 0)
    assert progress["total"] + progress["settled"] == len(rows)


@pytest.mark.parametrize(
    ("filters", "leads"),
    [
        ("kind=near", [NEAR_WORDS[0]]), ("kind=exact", [SHARED.split()[0], "<script>alert(1)</script>"]),
        ("kind=line", [LINE]), (f"text={SHARED.split()[3]}", [SHARED.split()[0]]),
        ("site=c&kind=cluster", [SHARED.split()[0]]), ("folder=c&kind=cluster", [SHARED.split()[0]]),
        ("copies=3&kind=cluster", [SHARED.split()[0]]), ("high=0.99&kind=cluster", [NEAR_WORDS[0]]),
        ("words=60", [SHARED.split()[0]]), ("text=nothing+has+this", []),
    ],
)  # fmt: skip
def test_filters(client: TestClient, filters: str, leads: list[str]) -> None:
    found = get(client, f"/queue?status=all&{filters}")
    assert sorted(row["lead"].split()[0] for row in found["rows"]) == sorted(lead.split()[0] for lead in leads)
    assert found["count"]["findings"] == len(leads)


def test_a_finding_shows_both_texts_and_what_stands_around(client: TestClient) -> None:
    number = find(client, " ".join(NEAR_WORDS))["num"]
    html = client.get(f"/finding/{number}").text
    assert "<ins>" in html
    assert "otherwise" in html
    assert OWN[1].split()[0] in html
    assert OWN[4].split()[0] in html or LINE in html
    assert client.get("/finding/9999").status_code == 404


def test_boilerplate_says_why_it_goes(client: TestClient) -> None:
    html = client.get(f"/finding/{find(client, LINE)['num']}").text
    assert "It goes because the line " in html
    assert "of the rule newsletter." in html


def test_decisions_are_written_and_shown(client: TestClient, run: Path) -> None:
    number = find(client, SHARED)["num"]
    found = post(client, "/decide", verdict="reject", finding=number, version=0)
    assert found["finding"]["verdict"] == "reject"
    (step,) = decisions.read(run / "decisions.jsonl").steps
    assert (step.verdict, step.who, step.text) == ("reject", "anna", SHARED[:80])
    key = decisions.line_key(SHARED)
    assert [finding.as_dict() for finding in step.findings] == [{"kind": "copy", "member": key, "keeper": key}]
    assert found["version"] == (run / "decisions.jsonl").stat().st_size
    undone = post(client, "/undo", version=found["version"])
    assert undone["undone"] == "not duplicates"
    assert find(client, SHARED)["verdict"] is None
    assert post(client, "/undo", version=undone["version"])["undone"] == ""


def test_each_verdict_says_what_it_means(client: TestClient, run: Path) -> None:
    shared, line = find(client, SHARED)["num"], find(client, LINE)["num"]
    members = re.findall(r'data-member="(\d+)"', client.get(f"/finding/{shared}").text)
    version = 0
    for verdict, number in [("exclude", shared), ("swap", shared), ("boilerplate", shared), ("reject", line),
                            ("never-rule", line), ("accept", line)]:  # fmt: skip
        body = {"verdict": verdict, "finding": number, "version": version, "member": int(members[1])}
        version = post(client, "/decide", **body)["version"]
    steps = decisions.read(run / "decisions.jsonl").steps
    assert [step.verdict for step in steps] == [
        "exclude", "swap", "boilerplate", "never-boilerplate", "never-boilerplate", "accept",
    ]  # fmt: skip
    assert [step.findings[0].kind for step in steps] == ["copy", "copy", "line", "line", "rule", "line"]
    assert {step.findings[0].document for step in steps[:2]} == {"c/3.txt"}
    assert client.post("/decide", json={"verdict": "swap", "finding": line, "version": version}).status_code == 400


def test_a_swap_that_would_lose_words_is_told_at_once(tmp_path: Path) -> None:
    more = SHARED[:-1] + " " + OWN[4]
    for name, text in {"a.txt": f"{more}\n\n{OWN[0]}\n", "b.txt": f"{SHARED}\n\n{OWN[1]}\n"}.items():
        (tmp_path / name).write_text(text, "utf-8")
    out = tmp_path.with_name(tmp_path.name + "-out")
    assert call_cli("dedupe", tmp_path, "-o", out, "-q", "--keep", "path", "--clean", "off").code == 0
    made = Review(out, "", lambda _: "")
    try:
        answer = orjson.loads(made.decide({"verdict": "swap", "finding": 1, "version": 0}).body)
        assert answer["note"] == "Both will stay. The kept text against this copy: only 51% of its words."
    finally:
        made.close()


def test_a_stale_tab_is_told_and_overwrites_nothing(client: TestClient, run: Path) -> None:
    number = find(client, SHARED)["num"]
    post(client, "/decide", verdict="reject", finding=number, version=0)
    before = (run / "decisions.jsonl").read_bytes()
    answer = client.post("/decide", json={"verdict": "accept", "finding": number, "version": 0})
    assert answer.status_code == 409
    assert "another window" in answer.json()["problem"]
    assert client.post("/undo", json={"version": 0}).status_code == 409
    assert client.post("/apply", json={"version": 0}).status_code == 409
    assert (run / "decisions.jsonl").read_bytes() == before


def test_another_process_is_seen(client: TestClient, run: Path) -> None:
    key = decisions.line_key(SHARED)
    finding = decisions.Finding("copy", member=key, keeper=key)
    decisions.append(run, decisions.new_step("reject", [finding], "bo"), 0)
    assert client.post("/decide", json={"verdict": "accept", "finding": 1, "version": 0}).status_code == 409
    state = get(client, "/state")
    assert state["progress"]["steps"] == 1
    assert find(client, SHARED)["verdict"] == "reject"
    post(client, "/decide", verdict="accept", finding=find(client, SHARED)["num"], version=state["version"])
    assert get(client, "/state")["conflicts"] == 1
    notes = client.get("/notes").text
    assert "anna" in notes
    assert "bo" in notes


def test_a_log_that_was_taken_away_or_ends_in_an_empty_line_is_read_again(client: TestClient, run: Path) -> None:
    log, number = run / "decisions.jsonl", find(client, SHARED)["num"]
    post(client, "/decide", verdict="reject", finding=number, version=0)
    whole = log.read_bytes()
    log.unlink()
    state = get(client, "/state")
    assert (state["version"], state["progress"]["steps"]) == (0, 0)
    assert find(client, SHARED)["verdict"] is None
    log.write_bytes(whole + b"\n")
    state = get(client, "/state")
    assert state["progress"]["steps"] == 1
    post(client, "/decide", verdict="accept", finding=number, version=state["version"])
    assert [step.verdict for step in decisions.read(log).steps] == ["reject", "accept"]


def test_stale_decisions_are_shown(client: TestClient, run: Path) -> None:
    finding = decisions.Finding("line", line=decisions.line_key("Gone with the wind"))
    decisions.append(run, decisions.new_step("boilerplate", [finding], "bo", text="Gone with the <wind>"), 0)
    assert get(client, "/state")["stale"] == 1
    assert "Gone with the &lt;wind&gt;" in client.get("/notes").text


def test_a_batch_is_one_step(client: TestClient, run: Path) -> None:
    preview = get(client, "/batch?status=all&kind=cluster")
    assert preview["count"]["findings"] == 3
    assert preview["html"].count("<li>") == 3
    found = post(client, "/decide-all", verdict="accept", filter={"status": "all", "kind": "cluster"}, version=0)
    assert found["findings"] == 3
    assert len(decisions.read(run / "decisions.jsonl").steps) == 1
    assert {row["verdict"] for row in get(client, "/queue?status=all&kind=cluster")["rows"]} == {"accept"}
    post(client, "/undo", version=found["version"])
    assert {row["verdict"] for row in get(client, "/queue?status=all&kind=cluster")["rows"]} == {None}


def test_a_batch_of_all_kinds_is_rejected_in_one_step(client: TestClient, run: Path) -> None:
    post(client, "/decide-all", verdict="reject", filter={"status": "all"}, version=0)
    (step,) = decisions.read(run / "decisions.jsonl").steps
    assert step.verdict == "reject"
    assert {finding.kind for finding in step.findings} == {"copy", "line"}
    rows = get(client, "/queue?status=all")["rows"]
    assert {(row["kind"] == "line", row["verdict"]) for row in rows} == {(False, "reject"), (True, "never-boilerplate")}
    told = post(client, "/apply", version=get(client, "/state")["version"])["told"]
    assert told.startswith("4 decisions carried out")
    assert (run / "removals.jsonl").read_bytes() == b""
    assert call_cli("check", run).code == 0


@pytest.mark.parametrize("status", ["open", "settled", "decided", "all"])
@pytest.mark.parametrize("verdict", ["accept", "reject"])
def test_a_batch_and_its_undo_are_as_if_each_had_been_decided(
    client: TestClient, run: Path, status: str, verdict: str
) -> None:
    """What counts at once, what a fresh index makes of the file, and what counted before."""
    version = post(client, "/decide", verdict="accept", finding=find(client, SHARED)["num"], version=0)["version"]
    version = post(client, "/decide", verdict="reject", finding=find(client, LINE)["num"], version=version)["version"]

    def standing() -> dict[str, str | None]:
        return {row["lead"]: row["verdict"] for row in get(client, "/queue?status=all")["rows"]}

    before = standing()
    meant = {row["lead"] for row in get(client, f"/queue?status={status}")["rows"]}
    body = {"verdict": verdict, "filter": {"status": status}, "version": version}
    if not meant:
        assert client.post("/decide-all", json=body).status_code == 400
        assert standing() == before
        return
    version = post(client, "/decide-all", **body)["version"]
    after = standing()
    assert {lead for lead in after if after[lead] == (verdict if lead != LINE else after[lead])} >= meant
    assert {lead: after[lead] for lead in after.keys() - meant} == {
        lead: before[lead] for lead in before.keys() - meant
    }
    fresh = Review(run, "", lambda _: "")
    try:
        (rows,) = [orjson.loads(TestClient(fresh.application(), HERE).get("/queue?status=all").content)["rows"]]
        assert {row["lead"]: row["verdict"] for row in rows} == after
    finally:
        fresh.close()
    post(client, "/undo", version=version)
    assert standing() == before


@pytest.fixture
def slowly(monkeypatch: pytest.MonkeyPatch) -> None:
    """Batches are written behind the answers, finding by finding."""
    monkeypatch.setattr(app, "_AT_ONCE", 0)
    monkeypatch.setattr(batch, "_PIECE", 1)


@pytest.mark.usefixtures("slowly")
def test_a_large_batch_counts_at_once_and_is_written_behind_the_answers(
    client: TestClient, review: Review, run: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    go_on = threading.Event()
    monkeypatch.setattr(time, "sleep", lambda _: go_on.wait(20))
    found = post(client, "/decide-all", verdict="accept", filter={"status": "all"}, version=0)
    assert found["writing"] is not None
    assert get(client, "/queue?status=open")["rows"] == []
    assert get(client, "/state")["progress"]["steps"] == 1
    assert decisions.read(run / "decisions.jsonl").steps == ()  # nobody sees half of it
    for path, body in (("/decide", {"verdict": "reject", "finding": 1}), ("/undo", {}), ("/apply", {})):
        refused = client.post(path, json={**body, "version": found["version"]})
        assert refused.status_code == 503
        assert "being written" in refused.json()["problem"]
    go_on.set()
    review._writing.wait()  # type: ignore[union-attr]
    found = get(client, "/progress")
    assert (found["writing"], found["problem"]) == (None, "")
    assert found["version"] == (run / "decisions.jsonl").stat().st_size
    (step,) = decisions.read(run / "decisions.jsonl").steps
    assert decisions.dump([step]) == (run / "decisions.jsonl").read_bytes()
    assert len(step.findings) == get(client, "/queue?status=all")["count"]["findings"]
    found = post(client, "/undo", version=found["version"])
    assert (found["progress"]["steps"], found["finding"]) == (0, 1)


@pytest.mark.usefixtures("slowly")
def test_a_large_batch_that_cannot_be_written_never_was(
    client: TestClient, review: Review, run: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    version = post(client, "/decide", verdict="accept", finding=find(client, SHARED)["num"], version=0)["version"]
    before, rows = (run / "decisions.jsonl").read_bytes(), get(client, "/queue?status=all")["rows"]

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    post(client, "/decide-all", verdict="reject", filter={"status": "all"}, version=version)
    review._writing.wait()  # type: ignore[union-attr]
    found = get(client, "/progress")
    assert "No space left on device" in found["problem"]
    assert (run / "decisions.jsonl").read_bytes() == before
    assert get(client, "/queue?status=all")["rows"] == rows
    one = {"verdict": "accept", "finding": rows[-1]["num"], "version": found["version"]}
    assert "make room" in client.post("/decide", json=one).json()["problem"]
    monkeypatch.setattr(app, "_AT_ONCE", 1000)
    many = {"verdict": "reject", "filter": {"status": "all"}, "version": found["version"]}
    assert client.post("/decide-all", json=many).status_code == 503
    assert (run / "decisions.jsonl").read_bytes() == before
    assert get(client, "/queue?status=all")["rows"] == rows
    monkeypatch.undo()
    assert post(client, "/undo", version=found["version"])["undone"] == "accepted"


@pytest.mark.usefixtures("slowly")
def test_ending_the_review_finishes_what_is_being_written(run: Path) -> None:
    made = Review(run, "", lambda _: "")
    client = TestClient(made.application(), HERE)
    post(client, "/decide-all", verdict="accept", filter={"status": "all"}, version=0)
    made.close()
    assert len(decisions.read(run / "decisions.jsonl").steps) == 1


def test_apply_writes_the_run_and_goes_on(client: TestClient, run: Path) -> None:
    shared, near = find(client, SHARED), find(client, " ".join(NEAR_WORDS))
    version = post(client, "/decide", verdict="reject", finding=shared["num"], version=0)["version"]
    swapped = post(client, "/decide", verdict="swap", finding=near["num"], version=version)
    assert swapped["note"] == ""
    version = swapped["version"]
    found = post(client, "/apply", version=version)
    assert found["told"].startswith("2 decisions carried out")
    assert SHARED in (run / "clean/c/3.txt").read_text()
    assert NEAR in (run / "clean/b/2.txt").read_text()
    assert " ".join(NEAR_WORDS) not in (run / "clean/a/1.txt").read_text()
    assert call_cli("check", run).code == 0
    assert find(client, SHARED)["verdict"] == "reject"  # the findings are what the run found
    html = client.get(f"/finding/{find(client, ' '.join(NEAR_WORDS))['num']}").text
    assert "otherwise" in html


def test_a_run_written_anew_is_read_anew(client: TestClient, run: Path) -> None:
    assert find(client, SHARED)
    source = run.parent / "in/c/3.txt"
    source.write_text(f"{W.paragraph(30)}\n", "utf-8")
    assert call_cli("dedupe", source.parent.parent, "-o", run, "-q", "--clean", "off").code == 0
    assert find(client, SHARED)["copies"] == 2


def test_a_run_that_is_gone_is_told(client: TestClient, run: Path) -> None:
    run.rename(run.with_name("elsewhere"))
    answer = client.get("/state")
    assert answer.status_code == 503
    assert "gone" in answer.json()["problem"]


def test_thresholds_are_computed_from_what_was_recorded(client: TestClient) -> None:
    found = get(client, "/threshold?steps=1&at=0.9")
    by_step = {step["threshold"]: step for step in found["steps"]}
    assert by_step[0.9]["removals"] == 4
    assert by_step[1.0]["removals"] == 3
    assert "otherwise" in found["html"]


def test_the_check_by_hand_gives_precision_with_an_interval(client: TestClient, run: Path) -> None:
    seen = set()
    for number in range(20):
        found = get(client, "/sample")
        if found["removal"] is None:
            break
        assert found["removal"] not in seen
        seen.add(found["removal"])
        post(client, "/answer", removal=found["removal"], right=number != 0)
    removals = (run / "removals.jsonl").read_bytes().splitlines()
    assert len(seen) == len(removals)
    assert "All are checked" in found["html"]
    fingerprint = orjson.loads((run / "run.json").read_bytes())["fingerprint"]
    summary = sample.summary(sample.answers(run, fingerprint))
    assert (summary.checked, summary.right) == (len(seen), len(seen) - 1)
    assert summary.low < summary.precision < summary.high
    assert sample.answers(run, "another run") == {}


def test_wilson_interval() -> None:
    """Against published values (Newcombe 1998): 81 of 263, and 0 of 20."""
    some = sample.summary({str(n): n < 81 for n in range(263)})
    assert (round(some.low, 4), round(some.high, 4)) == (0.2553, 0.3662)
    none = sample.summary({str(n): False for n in range(20)})
    assert (none.low, round(none.high, 4)) == (0, 0.1611)
    assert sample.summary({}) == sample.Summary(0, 0, 0.0, 1.0)


def test_texts_come_back_as_they_were_read(tmp_path: Path) -> None:
    """From text files, rows, compressed rows, dropped rows and dropped files."""
    source = tmp_path / "in"
    source.mkdir()
    body = [f"{OWN[0]}\n{SHARED}", SHARED, f"{OWN[1]}\n{OWN[2]}", "\U0001f600 " + OWN[3]]
    rows = b"".join(orjson.dumps({"id": str(n), "text": text}) + b"\n" for n, text in enumerate(body)).decode()
    (source / "rows.jsonl").write_text(rows, "utf-8")
    (source / "more.jsonl.gz").write_bytes(gzip.compress(rows.replace(OWN[1], OWN[4]).encode()))
    (source / "page.html").write_text(f"<p>{SHARED}</p><p>{OWN[5]}</p>", "utf-8")
    (source / "z.txt.gz").write_bytes(gzip.compress(f"{SHARED}\r\n\r\n{OWN[6]}".encode()))
    (source / "zz.txt").write_text(SHARED, "utf-8")
    out = tmp_path / "OUT"
    assert call_cli("dedupe", source, "-o", out, "-q", "--clean", "off").code == 0
    made = Review(out, "", lambda _: "")
    try:
        desk = made._fresh()[0]
        wanted = dict(texts_of(out))
        found = {row["name"]: made._texts.text(row["num"]) for row in desk._all("SELECT num, name FROM documents")}
        assert found == wanted
    finally:
        made.close()


def test_what_a_killed_server_left_goes_at_the_next_start(
    run: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(temporary))
    code = "import os; from unecho.review.scratch import Scratch; print(Scratch().path, flush=True); os._exit(9)"
    given = {**environment(), "TMPDIR": str(temporary)}
    killed = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=given, check=False)
    left = Path(killed.stdout.strip())
    (left / "index.sqlite").touch()
    held = scratch.Scratch()  # of a server that runs
    assert not left.exists()
    old, new = temporary / "unecho-review-02u0w622", temporary / "unecho-review-039bf676b92a-8128-dr66ektt"
    for folder in (old, new):  # of versions that did not lock them
        folder.mkdir()
    os.utime(old, (0, 0))
    other = temporary / "somebody-elses"
    other.mkdir()
    made = Review(run, "", lambda _: "")
    assert held.path.exists()
    assert not old.exists()
    assert new.exists()
    made.close()
    held.give_back()
    assert sorted(temporary.iterdir()) == [other, new]


def test_a_damaged_run_is_told(run: Path) -> None:
    (run / "clusters.jsonl").write_text("[]\n")
    with pytest.raises(RunError, match="clusters"):
        Review(run, "", lambda _: "")


# ---- quotes -----------------------------------------------------------------------------------------


@pytest.fixture
def quoting(tmp_path: Path) -> Iterator[tuple[Path, TestClient]]:
    """Three papers print one sentence inside paragraphs of their own; one of them another day."""
    words = Writer(77)
    said = words.paragraph(22)
    rows = [
        {
            "id": name, "date": date, "site": name,
            "text": f"{words.paragraph(20)} {said} {words.paragraph(18)}\n\n{words.paragraph(60)}",
        }
        for name, date in (("a", "2024-02-02"), ("b", "2024-01-01"), ("c", "2024-03-03"))
    ]  # fmt: skip
    (tmp_path / "in.jsonl").write_bytes(b"".join(orjson.dumps(row) + b"\n" for row in rows))
    out = tmp_path / "OUT"
    assert call_cli("dedupe", tmp_path / "in.jsonl", "-o", out, "-q", "--clean", "off").code == 0
    made = Review(out, "anna", lambda run: jobs.told(jobs.applied(run)))
    client = TestClient(made.application(), HERE)
    yield out, client
    made.close()


def test_a_quote_is_a_finding_with_its_surroundings(quoting: tuple[Path, TestClient]) -> None:
    _, client = quoting
    (row,) = get(client, "/queue?kind=quote")["rows"]
    assert (row["kind"], row["copies"], row["removed"], row["words"]) == ("quote", 3, 0, 22)
    assert get(client, "/queue?kind=cluster")["rows"] == []
    assert len(get(client, "/queue?kind=quote&site=c")["rows"]) == 1
    shown = client.get(f"/finding/{row['num']}").text
    assert "First printed here" in shown
    assert shown.count('class="around"') >= 4  # the rest of the paragraph, on both sides of both
    assert shown.index("2024-01-01") < shown.index("2024-02-02")  # the earliest first


def test_a_quote_is_accepted_rejected_and_boilerplate(quoting: tuple[Path, TestClient]) -> None:
    run, client = quoting
    (row,) = get(client, "/queue?kind=quote")["rows"]
    version = get(client, "/state")["version"]
    for verdict in ("accept", "reject"):
        found = post(client, "/decide", verdict=verdict, finding=row["num"], version=version)
        assert found["finding"]["verdict"] == verdict
        version = found["version"]
    assert found["stale"] == found["conflicts"] == 0
    assert (
        client.post("/decide", json={"verdict": "swap", "finding": row["num"], "version": version}).status_code == 400
    )
    version = post(client, "/apply", version=version)["version"]
    assert (run / "passages.jsonl").read_bytes() == b""
    (row,) = get(client, "/queue?kind=quote&status=all")["rows"]  # it can still be decided otherwise
    assert row["verdict"] == "reject"
    found = post(client, "/decide", verdict="boilerplate", finding=row["num"], version=version)
    assert found["stale"] == 0
    assert found["finding"]["verdict"] == "boilerplate"
    told = post(client, "/apply", version=found["version"])["told"]
    assert "3 removals more than found" in told
    assert call_cli("check", run).code == 0


def test_an_undo_says_which_finding_it_was(quoting: tuple[Path, TestClient]) -> None:
    _, client = quoting
    (row,) = get(client, "/queue?kind=quote")["rows"]
    found = post(client, "/decide", verdict="accept", finding=row["num"], version=get(client, "/state")["version"])
    found = post(client, "/undo", version=found["version"])
    assert (found["undone"], found["finding"]) == ("accepted", row["num"])
    assert post(client, "/undo", version=found["version"])["finding"] is None


def test_a_batch_takes_in_quotes(quoting: tuple[Path, TestClient]) -> None:
    _, client = quoting
    version = get(client, "/state")["version"]
    assert "findings" in get(client, "/batch?kind=quote")["count"]
    found = post(client, "/decide-all", verdict="reject", filter={"kind": "quote"}, version=version)
    assert found["findings"] == 1
    assert get(client, "/queue?status=decided")["rows"][0]["verdict"] == "reject"


# ---- hostile articles -------------------------------------------------------------------------------


def test_hostile_text_is_shown_visibly_and_is_never_markup(client: TestClient) -> None:
    number = find(client, "<script>")["num"]
    pages = [client.get(f"/finding/{number}").text, client.get("/").text, get(client, "/batch?status=all")["html"]]
    pages += [client.get(f"/document/{n}").text for n in range(5)]
    pages += [get(client, "/sample")["html"], get(client, "/threshold?at=1")["html"], client.get("/notes").text]
    for page in pages:
        assert "<script>alert" not in page
        assert "<img" not in page
        assert "<b onmouseover" not in page
        assert not re.search("[\x00-\x08\x0b-\x1f\x7f\u200b\u202a-\u202e\u2066-\u2069]", page)
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in pages[0]
    assert "\\u202egnp.exe\\u202c" in pages[0]
    assert "zero\\u200bwidth" in pages[0]
    assert "␛[31mred␇" in pages[0]
    assert "&amp;lt;b&amp;gt;" in pages[0]


def test_answers_for_the_script_hold_nothing_invisible(client: TestClient) -> None:
    for path in ["/queue?status=all", "/state"]:
        text = client.get(path).text
        assert not re.search("[\x00-\x1f\x7f\u200b\u2028\u202a-\u202e]", text)


def test_a_link_is_one_only_for_web_addresses(tmp_path: Path) -> None:
    rows = [
        {"id": "1", "text": f"{SHARED}\n{OWN[0]}", "url": "javascript:alert(1)", "title": "<i>One</i>"},
        {"id": "2", "text": f"{SHARED}\n{OWN[1]}", "url": 'https://example.org/?a="><script>', "title": "Two"},
    ]
    (tmp_path / "in.jsonl").write_bytes(b"".join(orjson.dumps(row) + b"\n" for row in rows))
    out = tmp_path / "OUT"
    assert call_cli("dedupe", tmp_path / "in.jsonl", "-o", out, "-q", "--clean", "off").code == 0
    made = Review(out, "", lambda _: "")
    try:
        html = str(made._fresh()[1].finding(1, None, False))
        assert 'href="javascript' not in html
        assert "<i>One" not in html
        assert 'href="https://example.org/?a=&#34;&gt;&lt;script&gt;"' in html
    finally:
        made.close()


# ---- the command ------------------------------------------------------------------------------------


def test_the_command_serves_this_computer_alone(run: Path) -> None:
    command = [sys.executable, "-m", "unecho", "review", str(run), "--no-open", "--as", "bo"]
    streams = {"stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL}
    with subprocess.Popen(command, text=True, env=environment(), **streams) as process:  # type: ignore[call-overload]
        try:
            match = re.fullmatch(r"http://127\.0\.0\.1:(\d+)/\?token=[\w-]{20,}\n", process.stdout.readline())
            assert match
            port = int(match[1])
            with socket.create_connection(("127.0.0.1", port), 5) as sock:
                sock.sendall(f"GET / HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: close\r\n\r\n".encode())
                assert sock.recv(100).startswith(b"HTTP/1.1 403")
            busy = call_cli("review", run, "--no-open", "--port", str(port))
            assert busy.code == 2
            assert f"cannot listen on port {port}" in busy.err
        finally:
            process.terminate()


def test_a_terminated_server_leaves_nothing_behind(run: Path, tmp_path: Path) -> None:
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    command = [sys.executable, "-m", "unecho", "review", str(run), "--no-open"]
    given = {**environment(), "TMPDIR": str(temporary)}
    streams = {"stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL}
    with subprocess.Popen(command, text=True, env=given, **streams) as process:  # type: ignore[call-overload]
        port = int(process.stdout.readline().rpartition(":")[2].partition("/")[0])
        with socket.create_connection(("127.0.0.1", port), 5) as sock:
            sock.sendall(f"GET / HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: close\r\n\r\n".encode())
            assert sock.recv(100)  # it is up
        assert list(temporary.iterdir())
        process.terminate()
        process.wait(10)
    assert list(temporary.iterdir()) == []


def test_the_command_needs_a_run(tmp_path: Path) -> None:
    assert call_cli("review", tmp_path, "--no-open").code == 2
