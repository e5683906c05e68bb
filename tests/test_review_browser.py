"""The review in a real browser: by keyboard and by mouse, from the first finding to the cleaned corpus."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from browser import chromium
from conftest import Writer, call_cli, environment
from playwright.sync_api import Browser, Page, StorageState, expect
from test_review import HOSTILE, LINE, NEAR, NEAR_WORDS, SHARED, documents

from unecho.decisions import log as decisions

W = Writer(44)
QUOTED = W.paragraph(18)
KEPT = " ".join(NEAR_WORDS)
ARABIC = "قال الوزير في المؤتمر الصحفي إن الحكومة لن تتراجع عن القرار مهما كانت الظروف في البلاد هذا العام."
JAPANESE = "東京の朝は静かで、海の音だけが聞こえていた。人々はまだ眠っていた。誰も外に出ていなかった。"


@dataclass
class Window:
    """A page of the review, and what went wrong in it."""

    page: Page
    run: Path
    wrong: list[str] = field(default_factory=list)
    elsewhere: list[str] = field(default_factory=list)

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    def lead(self) -> str:
        """The text of the finding that is shown."""
        return self.page.locator("#queue [aria-selected=true] .lead").inner_text()

    def decided(self, *verdicts: str) -> None:
        """Wait until the log holds these verdicts and the page knows."""
        expect(self.page.locator("html")).to_have_attribute("data-ready", "yes")
        for _ in range(100):
            found = [step.verdict for step in decisions.read(self.run / "decisions.jsonl").steps]
            if found == list(verdicts):
                return
            self.page.wait_for_timeout(50)
        raise AssertionError(found)

    def show(self, status: str, kind: str = "") -> None:
        self.page.select_option("[name=status]", status)
        with self.page.expect_response(re.compile("/finding/|/queue")):
            self.page.select_option("[name=kind]", kind)
        self.page.wait_for_timeout(400)
        self.page.focus("#queue")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as started:
        yield started


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run over a small corpus, which no test changes."""
    folder = tmp_path_factory.mktemp("browser")
    more = {
        "e/rtl.txt": f"{ARABIC}\n\n{JAPANESE}\n\n{W.paragraph(25)}\n",
        "g/quote.txt": f"{W.paragraph(20)} {QUOTED} {W.paragraph(20)}\n\n{W.paragraph(40)}\n",
        "h/quote.txt": f"{W.paragraph(25)} {QUOTED} {W.paragraph(15)}\n\n{W.paragraph(40)}\n",
        "f/rtl.txt": f"{W.paragraph(25)}\n\n{ARABIC}\n\n{JAPANESE}\n",
    }
    for name, text in (documents() | more).items():
        path = folder / "in" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    done = call_cli("dedupe", folder / "in", "-o", folder / "OUT", "-q", "--keep", "path", "--clean", "light")
    assert done.code == 0
    return folder / "OUT"


@dataclass
class Served:
    """One server for all tests: the run it serves, its address, and a browser's state with its cookie."""

    run: Path
    origin: str
    state: StorageState


@pytest.fixture(scope="module")
def served(browser: Browser, found: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    run = shutil.copytree(found, tmp_path_factory.mktemp("served") / "OUT")
    command = [sys.executable, "-m", "unecho", "review", str(run), "--no-open", "--as", "anna"]
    streams = {"stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL}
    with subprocess.Popen(command, text=True, env=environment(), **streams) as server:  # type: ignore[call-overload]
        address = server.stdout.readline().strip()
        context = browser.new_context()
        page = context.new_page()
        page.goto(address)  # the token is good once
        yield Served(run, address.partition("/?")[0], context.storage_state())
        context.close()
        server.terminate()


@pytest.fixture
def window(browser: Browser, found: Path, served: Served) -> Iterator[Window]:
    context = browser.new_context(viewport={"width": 1300, "height": 850}, storage_state=served.state)
    context.set_default_timeout(8000)
    page = context.new_page()
    made = Window(page, served.run)
    page.on("console", lambda message: made.wrong.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: made.wrong.append(str(error)))
    page.on("dialog", lambda dialog: made.wrong.append(dialog.message))
    page.on("request", lambda request: made.elsewhere.append(request.url))
    page.goto(f"{served.origin}/")
    page.wait_for_selector("html[data-ready]")
    yield made
    context.close()
    shutil.rmtree(served.run)  # the next test finds the run as it was
    shutil.copytree(found, served.run)
    assert made.wrong == []
    assert [url for url in made.elsewhere if not url.startswith(served.origin)] == []


def test_review_by_keyboard_to_the_cleaned_corpus(window: Window) -> None:
    page, run = window.page, window.run
    assert window.lead().startswith(NEAR_WORDS[0])  # the closest call
    expect(page.locator(".pane.other ins")).to_contain_text("otherwise")
    window.press("s")  # the other copy is to stay
    window.decided("swap")
    expect(page.locator("#f1 .tag.said")).to_have_text("swapped")
    window.press("u")
    window.decided("swap", "undo")
    expect(page.locator("#f1 .tag.said")).to_have_count(0)
    window.press("s")
    window.decided("swap", "undo", "swap")
    window.show("all", "line")
    assert window.lead() == LINE
    window.press("n")
    window.decided("swap", "undo", "swap", "never-boilerplate")
    window.show("all", "exact")
    page.fill("[name=text]", SHARED.split()[2])
    page.wait_for_timeout(400)
    window.press("Escape")
    assert window.lead().startswith(SHARED.split()[0])
    window.press("]", "x")
    window.decided("swap", "undo", "swap", "never-boilerplate", "exclude")
    before = {path.name: path.read_text() for path in (run / "clean").rglob("*.txt")}
    page.click("[data-open=apply-box]")
    expect(page.locator("#apply-count")).to_have_text("3 decisions")
    page.click("#apply")
    expect(page.locator("#apply-box .holder")).to_contain_text("3 decisions carried out", timeout=15000)
    after = {path.name: path.read_text() for path in (run / "clean").rglob("*.txt")}
    assert KEPT in before["1.txt"]
    assert KEPT not in after["1.txt"]
    assert NEAR not in before["2.txt"]
    assert NEAR in after["2.txt"]
    assert LINE in after["2.txt"]
    assert (SHARED in after["2.txt"]) + (SHARED in after["3.txt"]) == 1
    assert call_cli("check", run).code == 0


def test_a_batch_is_undone_in_one_step(window: Window) -> None:
    page = window.page
    window.show("all", "cluster")
    rows = page.locator("#queue li").count()
    page.click("#batch-button")
    expect(page.locator("#batch-box .samples li")).to_have_count(3)
    expect(page.locator("#batch-box .holder")).to_contain_text(f"{rows} findings")
    page.click("[data-batch=accept]")
    window.decided("accept")
    expect(page.locator("#message")).to_contain_text("in one step")
    expect(page.locator("#queue .tag.said")).to_have_count(rows)
    expect(page.locator("#progress-text")).not_to_contain_text("0 of")
    page.focus("#queue")
    window.press("u")
    window.decided("accept", "undo")
    expect(page.locator("#queue .tag.said")).to_have_count(0)


def test_a_quote_is_shown_and_decided(window: Window) -> None:
    page = window.page
    window.show("open", "quote")
    assert window.lead().startswith(QUOTED.split()[0])
    expect(page.locator("#finding h2")).to_have_text("A quote in 2 documents")
    expect(page.locator(".pane.other .around").first).to_be_visible()
    for verdict, shown in (("accept", True), ("reject", True), ("boilerplate", True), ("swap", False)):
        expect(page.locator(f"[data-verdict={verdict}]")).to_be_visible(visible=shown)
    window.press("r")
    window.decided("reject")


def test_keyboard_alone_reaches_everything(window: Window) -> None:
    page = window.page
    window.press("?")
    expect(page.locator("#help-box")).to_be_visible()
    window.press("Escape")
    expect(page.locator("#help-box")).not_to_be_visible()
    reached: set[str] = set()
    for _ in range(60):
        window.press("Tab")
        reached.add(page.evaluate(
            "() => { const e = document.activeElement; const s = getComputedStyle(e);"
            "return (e.dataset.open || e.dataset.verdict || e.name || e.id || e.tagName)"
            " + (s.outlineStyle === 'none' && e.id !== 'queue' ? ' unseen' : ''); }"
        ))  # fmt: skip
    assert {name for name in reached if name.endswith("unseen")} <= {"BODY unseen"}
    assert reached >= {
        "threshold-box", "sample-box", "notes-box", "help-box", "apply-box", "batch-box", "text", "status", "kind",
        "queue", "accept", "reject", "swap", "exclude", "boilerplate",
    }  # fmt: skip
    page.focus("#queue")
    window.press("Enter")
    expect(page.locator("#document-box")).to_be_visible()
    expect(page.locator("#document-title")).to_have_text("b/2.txt")
    window.press("Escape")
    window.press("Shift+Enter")
    expect(page.locator("#document-title")).to_have_text("a/1.txt")
    window.press("Escape")
    window.press("/")
    assert page.evaluate("document.activeElement.name") == "text"
    window.press("Escape", "f")
    assert page.evaluate("document.activeElement.name") == "status"
    window.press("Escape")
    assert page.evaluate("document.activeElement.id") == "queue"


def test_findings_of_all_kinds_are_rejected_in_one_step(window: Window) -> None:
    page = window.page
    window.show("all")
    page.click("#batch-button")
    expect(page.locator("#batch-box .samples li")).to_have_count(3)
    expect(page.locator("#batch-box .holder")).to_contain_text("1 boilerplate line is never taken out")
    page.click("[data-batch=reject]")
    window.decided("reject")
    expect(page.locator("#message")).to_contain_text("in one step")
    said = page.locator("#queue .tag.said").all_inner_texts()
    assert set(said) == {"not duplicates", "never boilerplate"}
    page.click("[data-open=apply-box]")
    page.click("#apply")
    expect(page.locator("#apply-box .holder")).to_contain_text("decisions carried out", timeout=15000)
    for name in ("a/1.txt", "b/2.txt", "c/3.txt", "d/hostile.txt"):
        assert (window.run / "clean" / name).read_text("utf-8").split() == documents()[name].split()


def test_what_cannot_be_decided_is_told_above_the_open_box(window: Window) -> None:
    page = window.page
    window.show("all")
    page.click("#batch-button")
    expect(page.locator("#batch-box .samples li")).to_have_count(3)
    page.evaluate("document.querySelector('[name=text]').value = 'nothinghasthis'")
    page.click("[data-batch=reject]")
    expect(page.locator("#batch-box #message")).to_contain_text("nothing is meant")
    window.press("Escape")
    window.wrong.clear()  # the browser itself notes the answer 400 on the console
    assert not (window.run / "decisions.jsonl").exists()


def test_moving_and_deciding_by_mouse(window: Window) -> None:
    page = window.page
    window.show("all")
    page.click("#queue li:nth-child(2)")
    second = page.locator("#queue li:nth-child(2)")
    expect(second).to_have_attribute("aria-selected", "true")
    page.click("[data-verdict=accept]")
    window.decided("accept")
    expect(second.locator(".tag.said")).to_have_text("accepted")
    expect(page.locator("#queue li:nth-child(3)")).to_have_attribute("aria-selected", "true")
    page.click("[data-undo]")
    window.decided("accept", "undo")


def test_two_tabs_do_not_overwrite_each_other(window: Window) -> None:
    page = window.page
    other = page.context.new_page()
    other.goto(page.url)
    other.wait_for_selector("html[data-ready]")
    other.keyboard.press("a")
    window.decided("accept")
    window.press("r")
    expect(page.locator("#message")).to_contain_text("another window")
    window.decided("accept")
    window.wrong.clear()  # the browser itself notes the answer 409 on the console
    window.show("all")
    window.press("r")
    window.decided("accept", "reject")


def test_threshold_and_sample(window: Window) -> None:
    page = window.page
    page.click("[data-open=threshold-box]")
    expect(page.locator("#threshold-text")).to_contain_text("as in this run")
    page.locator("#threshold").fill("1")
    expect(page.locator("#threshold-text")).to_contain_text("1 copy fewer")
    expect(page.locator("#threshold-box .samples")).to_contain_text("otherwise")
    window.press("Escape")
    page.click("[data-open=sample-box]")
    expect(page.locator("#sample-box")).to_contain_text("0 of")
    window.press("y")
    expect(page.locator("#sample-box")).to_contain_text("1 of")
    window.press("n")
    expect(page.locator("#sample-box")).to_contain_text("precision 50.0%")
    assert len((window.run / "sample.jsonl").read_bytes().splitlines()) == 2


def test_hostile_articles_are_shown_and_never_run(window: Window) -> None:
    page = window.page
    window.show("all", "exact")
    page.fill("[name=text]", "alert(1)")
    page.wait_for_timeout(400)
    window.press("Escape")
    assert window.lead().startswith("<script>alert(1)</script> </script><img src=x onerror=alert(2)>")
    shown = page.locator(".pane.other .text").inner_text()
    assert "\\u202egnp.exe\\u202c" in shown
    assert "␛[31mred␇" in shown
    assert HOSTILE.split()[0] in shown
    assert page.locator(".pane.kept .where, .pane.other .where").all_inner_texts() == [
        "<b onmouseover=alert(4)>.txt", "d/hostile.txt",
    ]  # fmt: skip
    window.press("Enter")
    expect(page.locator("#document-box del")).to_contain_text("</script>")
    window.press("Escape")
    assert page.locator("#finding script, #finding img, #finding b, #document-box img").count() == 0


def test_right_to_left_and_scripts_without_spaces(window: Window) -> None:
    page = window.page
    window.show("all", "exact")
    for text, direction in ((ARABIC, "rtl"), (JAPANESE, "ltr")):
        page.fill("[name=text]", text[:8].split()[0])
        page.wait_for_timeout(400)
        assert page.locator("#queue li").count() == 1
        block = page.locator(".pane.other > .text")
        expect(block).to_contain_text(text[:30])
        assert block.evaluate("element => getComputedStyle(element).direction") == direction


def test_nothing_is_cut_off(window: Window) -> None:
    page = window.page
    for width, scheme in ((1400, "light"), (1400, "dark"), (390, "light"), (390, "dark")):
        page.set_viewport_size({"width": width, "height": 800})
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        for kind in ("", "line"):
            window.show("all", kind)
            assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
        colours = page.evaluate(
            "[getComputedStyle(document.body).color, getComputedStyle(document.body).backgroundColor]"
        )
        assert colours[0] != colours[1]
