"""The report's page in a real browser: made by real runs, opened from the file, used as people use it."""

from __future__ import annotations

import json
import random
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from browser import chromium, open_file
from builders import own
from conftest import call_cli
from playwright.sync_api import Browser, Locator, Page, expect
from runs import KINDS, MARKUP_NAME, Run, hostile, hostile_to, member

from unecho.base import wording
from unecho.decisions import log as decisions
from unecho.model import Story, StoryPair
from unecho.report import data, diff, html


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as started:
        yield started


# ---- a run over syndicated articles, made up ---------------------------------------------------------

SITES = ("north.example", "south.example", "east.example", "west.example")
QUOTE = "we will not leave this valley before every one of the missing has been found and brought home"


def article(seed: int, site: str, toll: str) -> str:
    """One story as a site prints it: its own banner and end, shared paragraphs, a number of its own."""
    rng = random.Random(f"{seed} {site}")
    body = [own(1000 * seed + number, 40) for number in range(4)]
    body.insert(2, f"The minister counted {toll} people in the villages below the dam, {own(1000 * seed + 9, 20)}")
    if rng.random() < 0.5:
        body[rng.randrange(2)] += f" Filed for {site}."
    if seed % 3 == 0:
        body.append(f"{own(rng.randrange(10**6), 20)} “{QUOTE},” {own(rng.randrange(10**6), 12)}")
    return "\n\n".join(["Subscribe to our newsletter", *body, "Share this article", f"© 2026 {site}"]) + "\n"


def syndicated(folder: Path) -> Path:
    folder.mkdir()
    with (folder / "wire.jsonl").open("w", encoding="utf-8") as lines:
        for seed in range(12):
            for number, site in enumerate(SITES[: 2 + seed % 3]):
                row = {
                    "id": f"{seed}-{number}", "title": f"Story {seed} in {site}", "url": f"https://{site}/{seed}",
                    "date": f"2024-0{1 + seed % 9}-1{number}", "text": article(seed, site, str(1500 + number)),
                }  # fmt: skip
                lines.write(json.dumps(row) + "\n")
    return folder


@pytest.fixture(scope="module")
def syndicated_run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("syndicated")
    out = root / "OUT"
    assert call_cli("dedupe", syndicated(root / "in"), "-o", out, "--quiet").code == 0
    return out


@pytest.fixture
def page(browser: Browser, syndicated_run: Path) -> Iterator[Page]:
    with open_file(browser, syndicated_run / "report.html") as opened:
        yield opened


def written(run: Run, folder: Path) -> Path:
    """The page of a run written by hand."""
    path = folder / "report.html"
    path.write_text(html.render(data.load(run.write(folder / "OUT"), run.texts)), "utf-8")
    return path


def view(page: Page, name: str) -> None:
    page.click(f"nav.top a[href='#{name}']")
    page.wait_for_selector(f"body[data-ready={name}]")


def status(page: Page) -> str:
    return str(page.inner_text("section:not([hidden]) .status")).removesuffix("Print").strip()


def search(page: Page, words: str) -> None:
    """Search in the open view, and wait for the answer."""
    line = page.locator("section:not([hidden]) .status")
    line.evaluate("(line) => { line.textContent = ''; }")
    page.fill("section:not([hidden]) input[type=search]", words)
    expect(line).to_contain_text(re.compile(r"\d"))


def pane(page: Page) -> Locator:
    """The open finding."""
    return page.locator("section:not([hidden]) .pane")


def test_a_line_that_the_model_took_shows_how_sure_it_was_and_what_it_saw(browser: Browser, tmp_path: Path) -> None:
    links = "".join(f"<li class=teaser><a href=/{n}>Another story of the day {n}</a></li>" for n in range(9))
    prose = "".join(f"<p>{own(number, 60).capitalize()}.</p>" for number in range(6))
    source, out = tmp_path / "in", tmp_path / "OUT"
    source.mkdir()
    (source / "page.html").write_text(f"<ul>{links}</ul><article><h1>The bridge</h1>{prose}</article>", "utf-8")
    assert call_cli("clean", source, "-o", out, "--quiet").code == 0
    with open_file(browser, out / "report.html", "boilerplate") as page:
        first = pane(page).locator(".examples li").first
        expect(first).to_contain_text("Another story of the day 0")
        expect(first).to_contain_text(re.compile(r"confidence \d+%"))
        expect(first.locator(".reasons")).to_contain_text(re.compile(r"^Against it: \w.+\.$"))
        view(page, "documents")
        expect(pane(page).locator("a.why").first).to_have_attribute("title", re.compile(r"teaser, confidence \d+%$"))


def test_the_overview_has_charts_with_their_figures_in_tables(page: Page) -> None:
    expect(page.locator("#overview h1")).to_contain_text("words removed")
    page.wait_for_selector(".canvas:not([hidden]) canvas[width]")
    figures = page.locator("figure.chart")
    assert figures.count() == 4
    for number in range(4):
        drawn = (
            figures.nth(number)
            .locator("canvas")
            .evaluate(
                "(canvas) => canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data.some(Boolean)"
            )
        )
        assert drawn
        figures.nth(number).locator("summary").click()
        assert figures.nth(number).locator("tbody tr").count() > 0
    assert page.locator(".matrix tbody tr").count() == len(SITES)


def test_clusters_are_filtered_searched_and_sorted(page: Page) -> None:
    view(page, "clusters")
    total = int(status(page).split()[0])
    assert total > 20
    page.select_option("section:not([hidden]) select[title=Kind]", "guarded")
    guarded = int(status(page).split()[0])
    assert 0 < guarded < total
    expect(pane(page)).to_contain_text("differs where it matters, stays")
    search(page, "MINISTER counted 150")
    found = int(status(page).split()[0])
    assert 0 < found <= guarded
    expect(pane(page)).to_contain_text(re.compile(r"numbers: 150\d → 150\d"))
    search(page, "no such words anywhere")
    expect(page.locator("section:not([hidden]) .status")).to_contain_text("0 of")
    search(page, "")
    page.select_option("section:not([hidden]) select[title=Kind]", "")
    page.select_option("section:not([hidden]) select[title=Order]", label="Most copies first")
    first = page.locator("section:not([hidden]) .row").first
    expect(first).to_contain_text("4 copies")


def test_a_difference_is_marked_in_words_and_not_by_colour_alone(page: Page) -> None:
    view(page, "clusters")
    search(page, "counted 1501")
    expect(pane(page).locator("del", has_text="1500").first).to_contain_text("[only in the kept copy: 1500]")
    expect(pane(page).locator("ins", has_text="1501").first).to_contain_text("[only here: 1501]")
    style = "(node) => getComputedStyle(node).textDecorationLine"
    assert pane(page).locator("del").first.evaluate(style) == "line-through"
    assert pane(page).locator("ins").first.evaluate(style) == "underline"


def test_equal_parts_are_folded_and_unfold(browser: Browser, tmp_path: Path) -> None:
    run = Run()
    text = own(5, 90)
    run.document("a", f"{text} Monday {own(6, 70)}")
    run.document("b", f"{text} Tuesday {own(6, 70)}")
    run.cluster(run.place("a", run.texts["a"]), member(run.place("b", run.texts["b"]), 0.95, "near"))
    with open_file(browser, written(run, tmp_path), "clusters") as page:
        middle = " ".join(text.split()[40:50])
        member_text = page.locator(".member .text")
        expect(member_text).not_to_contain_text(middle)
        page.get_by_role("button", name="words the same").first.click()
        expect(member_text).to_contain_text(middle)
        keeper = page.locator(".keeper .text")
        expect(keeper).not_to_contain_text(run.texts["a"][-30:])
        page.get_by_role("button", name="more words").click()
        expect(keeper).to_contain_text(run.texts["a"][-30:])


def test_words_of_other_paragraphs_of_the_kept_document_are_not_shown_as_lost(browser: Browser, tmp_path: Path) -> None:
    run = Run()
    run.document("a", f"{own(5, 30)}\n\n{own(6, 30)}")
    run.document("b", f"{own(5, 30)} {own(6, 30)} {own(7, 10)}")
    run.cluster(run.place("a", own(5, 30)), member(run.place("b", run.texts["b"]), 0.9, "contained"))
    with open_file(browser, written(run, tmp_path), "clusters") as page:
        expect(page.locator(".member mark")).to_contain_text(own(6, 30)[:-1])
        assert own(7, 10)[:-1] in page.locator(".member ins").first.inner_text()
        expect(page.locator(".member ins")).to_have_count(1)
        expect(page.locator(".member .facts").nth(1)).to_contain_text("10 words differ")


def test_names_that_differ_are_told_where_no_sentence_begins_with_them(browser: Browser, tmp_path: Path) -> None:
    """Each text's own sentences count: what the copy has stands behind what only the kept text has."""
    run = Run()
    run.document("a", f"{own(5, 30)} Harrow said so to Leeds.")
    run.document("b", f"{own(5, 30)} The people told so to York.")
    run.cluster(run.place("a", run.texts["a"]), member(run.place("b", run.texts["b"]), 0.9, "near"))
    with open_file(browser, written(run, tmp_path), "clusters") as page:
        expect(page.locator(".member .facts").nth(1)).to_contain_text("names: Leeds → York")


def test_what_stands_around_is_shown_on_demand(page: Page) -> None:
    view(page, "clusters")
    assert pane(page).locator(".around").count() == 0
    pane(page).get_by_role("button", name="Show what stands around").click()
    expect(pane(page).locator(".around").first).to_be_visible()
    pane(page).get_by_role("button", name="Hide what stands around").click()
    expect(pane(page).locator(".around")).to_have_count(0)


def test_side_by_side_has_two_columns(page: Page) -> None:
    view(page, "clusters")
    page.keyboard.press("d")
    expect(page.locator("section:not([hidden]) .columns .column").first).to_be_visible()
    page.keyboard.press("d")
    expect(page.locator("section:not([hidden]) .columns")).to_have_count(0)


def test_a_document_shows_what_was_removed_and_leads_to_why(page: Page) -> None:
    view(page, "documents")
    expect(pane(page).locator("del.gone.boilerplate").first).to_contain_text("Subscribe to our newsletter")
    pane(page).locator("a.why", has_text="newsletter").first.click()
    page.wait_for_selector("body[data-ready=boilerplate]")
    expect(page.locator("section:not([hidden]) .pane h2")).to_contain_text("newsletter")
    expect(page.locator("section:not([hidden]) .examples li").first).to_contain_text("Subscribe")
    page.go_back()
    page.wait_for_selector("body[data-ready=documents]")
    page.select_option("section:not([hidden]) select[title='What was removed']", label="copies of other documents")
    copies = pane(page).locator("a.why", has_text="copy")
    expect(copies.first).to_be_visible()
    copies.first.click()
    page.wait_for_selector("body[data-ready=clusters]")
    expect(page.locator("section:not([hidden]) .pane .keeper")).to_be_visible()


def test_a_document_is_the_text_as_it_was_read(page: Page, syndicated_run: Path) -> None:
    view(page, "documents")
    title = page.inner_text("section:not([hidden]) .pane h2")
    text: str = page.evaluate(
        "(() => { const copy = document.querySelector('.pane .article').cloneNode(true);"
        "copy.querySelectorAll('.unseen, .why, button').forEach((node) => node.remove()); return copy.textContent; })()"
    )
    lines = (syndicated_run.parent / "in/wire.jsonl").read_text("utf-8").splitlines()
    (row,) = [row for row in map(json.loads, lines) if row["title"] == title]
    assert text.split() == row["text"].split()


def test_a_quote_stands_in_its_context_first_seen_first(page: Page) -> None:
    view(page, "quotes")
    search(page, "before every one of the missing")
    expect(page.locator("section:not([hidden]) .status")).to_contain_text("1 ")
    expect(pane(page).locator("mark").first).to_contain_text("every one of the missing")
    dates = [re.search(r"2024-\d\d-\d\d", text) for text in pane(page).locator(".keeper, .member").all_inner_texts()]
    found = [match[0] for match in dates if match]
    assert len(found) > 1
    assert found == sorted(found)
    first = pane(page).locator(".keeper, .member").first
    expect(first.locator(".tag")).to_have_text("first seen")
    assert pane(page).locator(".tag", has_text="first seen").count() == 1


def test_a_story_shows_two_documents_side_by_side(page: Page) -> None:
    view(page, "stories")
    columns = pane(page).locator(".columns .column")
    expect(columns).to_have_count(2)
    expect(columns.nth(1).locator("mark").first).to_be_visible()
    before = columns.nth(1).inner_text()
    pane(page).locator("select").nth(1).select_option(index=0)
    expect(columns.nth(1)).not_to_have_text(before)


def test_a_story_is_named_as_most_of_its_documents_are(browser: Browser, tmp_path: Path) -> None:
    run, names = Run(), ("a.txt", "b.txt", "c.txt", "d.txt")
    for name, title in zip(names, ("The odd one", "Harbour to close", "Bridge opens", "Harbour to close"), strict=True):
        run.document(name, own(1, 60), title=title)
    run.stories.append(Story("s1", "a.txt", names, tuple(StoryPair("a.txt", b, 0.5, 0.5, "same") for b in names[1:])))
    run.stories.append(
        Story("s2", "a.txt", names[:3], tuple(StoryPair("a.txt", b, 0.5, 0.5, "same") for b in names[1:3]))
    )
    report = data.load(run.write(tmp_path / "OUT"), run.texts)
    assert [report.story_heading(story) for story in run.stories] == ["Harbour to close", "The odd one"]
    with open_file(browser, written(run, tmp_path / "page"), "stories") as page:
        expect(page.locator("#stories .row").first).to_contain_text("Harbour to close")
        expect(page.locator("#stories .row").nth(1)).to_contain_text("The odd one")
        expect(pane(page).locator("h2").first).to_have_text("Harbour to close")


def test_a_run_that_only_cleans_says_so(browser: Browser, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("Download on the App Store\n\n" + own(1, 60))
    call_cli("clean", tmp_path / "a.txt", "-o", tmp_path / "OUT", "--quiet")
    with open_file(browser, tmp_path / "OUT" / "report.html", "clusters") as page:
        expect(page.locator("#clusters .empty")).to_contain_text("compares no documents")
        view(page, "overview")
        assert "How it was decided" not in page.inner_text("#overview")
        assert "MinHash" not in page.inner_text("#overview")


def test_a_link_opens_its_finding_and_says_where_there_is_none(browser: Browser, syndicated_run: Path) -> None:
    clusters = [json.loads(line)["id"] for line in (syndicated_run / "clusters.jsonl").read_text("utf-8").splitlines()]
    with open_file(browser, syndicated_run / "report.html", f"clusters/{clusters[7]}") as page:
        expect(pane(page).locator("code").first).to_have_text(clusters[7])
        expect(page.locator(".row[aria-selected=true]")).to_have_count(1)
        page.goto(f"{page.url.partition('#')[0]}#clusters/c999999")
        expect(pane(page)).to_contain_text("not in this page")
        page.goto(f"{page.url.partition('#')[0]}#documents/%")
        expect(pane(page)).to_contain_text("not in this page")
        page.goto(f"{page.url.partition('#')[0]}#nothing")
        expect(page.locator("#overview")).to_be_visible()


def test_everything_can_be_done_without_a_mouse(page: Page) -> None:
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("2")
    page.wait_for_selector("body[data-ready=clusters] .pane h2")
    first = page.inner_text("section:not([hidden]) .row[aria-selected=true]")
    page.keyboard.press("j")
    second = page.inner_text("section:not([hidden]) .row[aria-selected=true]")
    assert first != second
    page.keyboard.press("k")
    assert page.inner_text("section:not([hidden]) .row[aria-selected=true]") == first
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.type") == "search"
    page.keyboard.type("people")
    expect(page.locator("section:not([hidden]) .status")).to_contain_text(" of ")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.getAttribute('role')") == "listbox"
    page.keyboard.press("End")
    last = page.locator("section:not([hidden]) .row[aria-selected=true]")
    assert last.get_attribute("aria-posinset") == last.get_attribute("aria-setsize")
    active = page.evaluate("document.activeElement.getAttribute('aria-activedescendant')")
    assert last.get_attribute("id") == active
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.className") == "pane"
    page.keyboard.press("Escape")
    assert page.evaluate("document.activeElement.getAttribute('role')") == "listbox"
    page.keyboard.press("f")
    assert page.evaluate("document.activeElement.tagName") == "SELECT"
    page.keyboard.press("?")
    expect(page.locator("dialog#help")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("dialog#help")).not_to_be_visible()
    for number, name in enumerate(("overview", "clusters", "quotes", "stories", "documents", "boilerplate"), 1):
        page.evaluate("document.activeElement.blur()")
        page.keyboard.press(str(number))
        page.wait_for_selector(f"body[data-ready={name}]")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_narrow_screen_shows_the_list_or_the_finding(browser: Browser, syndicated_run: Path, scheme: str) -> None:
    size = {"width": 390, "height": 844}
    with open_file(browser, syndicated_run / "report.html", "clusters", viewport=size, color_scheme=scheme) as page:
        expect(page.locator("section:not([hidden]) .main")).not_to_be_visible()
        page.locator("section:not([hidden]) .row").first.click()
        expect(page.locator("section:not([hidden]) .pane h2")).to_be_visible()
        expect(page.locator("section:not([hidden]) .side")).not_to_be_visible()
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
        page.get_by_role("button", name="Back to the list").click()
        expect(page.locator("section:not([hidden]) .side")).to_be_visible()
        background = page.evaluate("getComputedStyle(document.body).backgroundColor")
        light = sum(map(int, re.findall(r"\d+", background)[:3])) > 380
        assert light == (scheme == "light")


def test_the_page_prints_what_is_listed(browser: Browser, syndicated_run: Path) -> None:
    with open_file(browser, syndicated_run / "report.html", "clusters") as page:
        page.evaluate("window.print = () => {}")
        page.get_by_role("button", name="Print").click()
        page.wait_for_selector(".paper", state="attached")
        page.emulate_media(media="print")
        expect(page.locator(".paper .printed").first).to_be_visible()
        assert page.locator(".paper .printed").count() == int(status(page).split()[0])
        expect(page.locator("nav.top")).not_to_be_visible()


def test_paper_is_white_and_has_the_figures_of_the_charts(browser: Browser, syndicated_run: Path) -> None:
    with open_file(browser, syndicated_run / "report.html", color_scheme="dark") as page:
        page.wait_for_selector(".canvas:not([hidden])")
        colour = "getComputedStyle(document.documentElement).getPropertyValue('--text').trim()"
        dark = page.evaluate(colour)
        assert page.pdf().startswith(b"%PDF")
        page.evaluate("dispatchEvent(new Event('beforeprint'))")
        assert page.evaluate(colour) == "#1e2124" != dark
        expect(page.locator("#chart-similarity tbody tr").first).to_be_visible()
        page.evaluate("dispatchEvent(new Event('afterprint'))")
        assert page.evaluate(colour) == dark
        expect(page.locator("#chart-similarity tbody tr").first).not_to_be_visible()


def test_without_scripts_the_overview_and_the_largest_findings_are_there(
    browser: Browser, syndicated_run: Path
) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto((syndicated_run / "report.html").as_uri())
    expect(page.locator("#overview h1")).to_contain_text("words removed")
    expect(page.locator("noscript table caption").first).to_have_text("The largest clusters")
    expect(page.locator("#help-button")).not_to_be_visible()
    context.close()


def test_the_page_of_the_run_is_the_page_that_report_makes(syndicated_run: Path, tmp_path: Path) -> None:
    call_cli("report", syndicated_run, "--format", "html", "-o", tmp_path / "again.html")
    assert (tmp_path / "again.html").read_bytes() == (syndicated_run / "report.html").read_bytes()


# ---- decisions --------------------------------------------------------------------------------------


def saved(page: Page, folder: Path) -> Path:
    """The file that the page gives."""
    with page.expect_download() as download:
        page.get_by_role("button", name="Save as a file").click()
    path = folder / download.value.suggested_filename
    download.value.save_as(path)
    return path


def test_decisions_are_saved_as_a_file_that_unecho_carries_out(
    browser: Browser, syndicated_run: Path, tmp_path: Path
) -> None:
    out = shutil.copytree(syndicated_run, tmp_path / "OUT")
    with open_file(browser, out / "report.html", "clusters") as page:
        expect(page.locator("#decided")).not_to_be_visible()
        page.select_option("section:not([hidden]) select[title=Kind]", "exact")
        expect(pane(page)).to_contain_text("exact copy, removed")
        page.keyboard.press("r")
        expect(page.locator(".row[aria-selected=true]")).to_contain_text("no duplicates")
        page.keyboard.press("j")
        page.keyboard.press("a")
        expect(page.locator("#decided")).to_contain_text("2 decisions")
        page.keyboard.press("j")
        expect(page.locator(".row[aria-selected=true]")).not_to_contain_text("✓")
        pane(page).get_by_role("button", name="Keep this instead").first.click()
        expect(page.locator("#decided")).to_contain_text("3 decisions")
        page.keyboard.press("b")
        expect(page.locator("#decided")).to_contain_text("4 decisions")
        page.keyboard.press("u")
        expect(page.locator("#decided")).to_contain_text("3 decisions")
        view(page, "boilerplate")
        page.keyboard.press("n")
        page.fill("#decided input", "anna")
        page.keyboard.press("Tab")
        page.reload()  # what was decided is kept
        expect(page.locator("#decided")).to_contain_text("4 decisions")
        rule = page.inner_text("section:not([hidden]) .pane h2 code")
        file = saved(page, tmp_path)
    log = decisions.read(file)
    assert [step.verdict for step in log.steps] == ["reject", "accept", "swap", "never-boilerplate"]
    assert {step.who for step in log.steps} == {"anna"}
    assert log.steps[2].findings[0].document
    assert log.steps[3].findings == (decisions.Finding("rule", rule=rule),)
    done = call_cli("apply", out, "--decisions", file)
    assert done.code == 0, done.err
    assert f"{sum(len(step.findings) for step in log.steps)} decisions carried out" in done.out
    gone = [json.loads(line) for line in (out / "removals.jsonl").read_text().splitlines()]
    assert rule not in {removal["rule"] for removal in gone}
    assert call_cli("check", out).code == 0


def test_quotes_are_decided_in_the_report(browser: Browser, syndicated_run: Path, tmp_path: Path) -> None:
    out = shutil.copytree(syndicated_run, tmp_path / "OUT")
    before = len((out / "passages.jsonl").read_bytes().splitlines())
    with open_file(browser, out / "report.html", "quotes") as page:
        expect(pane(page)).to_contain_text("A passage in")
        quoted = pane(page).locator("mark").first.inner_text()
        page.keyboard.press("a")
        expect(page.locator(".row[aria-selected=true]")).to_contain_text("✓ right")
        page.keyboard.press("s")  # cannot be said of a quote
        expect(page.locator("#decided")).to_contain_text("1 decision")
        page.keyboard.press("r")
        expect(page.locator(".row[aria-selected=true]")).to_contain_text("✓ not the same")
        expect(pane(page).get_by_role("button", name="Not the same")).to_have_attribute("aria-pressed", "true")
        page.select_option("section:not([hidden]) select[title=Decided]", "yes")
        expect(page.locator("section:not([hidden]) .row")).to_have_count(1)
        file = saved(page, tmp_path)
    accepted, rejected = decisions.read(file).steps
    assert {finding.kind for finding in (*accepted.findings, *rejected.findings)} == {"quote"}
    assert decisions.line_key(quoted) in {finding.line for finding in rejected.findings}
    done = call_cli("apply", out, "--decisions", file)
    assert done.code == 0, done.err
    assert len((out / "passages.jsonl").read_bytes().splitlines()) < before


def test_what_is_only_written_otherwise_is_marked_quietly(browser: Browser, tmp_path: Path) -> None:
    run = Run()
    keeper = "“We won’t leave,” said the minister of the labour programme in grey, and 1,500 people heard it."
    copy = '"We won\'t leave," said the Minister of the labor program in gray, and 2,500 people heard it.'
    run.document("a", f"{own(1, 20)}\n{keeper}")
    run.document("b", f"{own(2, 20)}\n{copy}")
    run.cluster(run.place("a", keeper), member(run.place("b", copy), covered=0.9, relation="near"))
    with open_file(browser, written(run, tmp_path), "clusters") as page:
        body = pane(page).locator(".member .text")
        expect(body.locator("del")).to_have_text(["[only in the kept copy: 1,500]"])
        expect(body.locator("ins")).to_have_text(["[only here: 2,500]"])
        assert body.locator(".alike").all_inner_texts() == ['"', "won't", '"', "Minister", "labor program", "gray"]
        assert body.locator(".alike").nth(4).get_attribute("title") == "written there: labour programme"
        expect(pane(page).locator(".member")).to_contain_text("numbers: 1,500 → 2,500")
        page.get_by_role("button", name="Side by side").click()
        columns = pane(page).locator(".member .column")
        expect(columns.first).to_contain_text("labour programme")
        expect(columns.last).to_contain_text("labor program")


def test_nothing_moves_by_itself(page: Page) -> None:
    """So there is nothing to stop for those who ask for reduced motion."""
    for name in ("overview", "clusters", "documents"):
        view(page, name)
        page.wait_for_timeout(300)
        assert page.evaluate("document.getAnimations().length") == 0
    moving = page.evaluate(
        "[...document.querySelectorAll('*')].filter((e) => getComputedStyle(e).transitionDuration !== '0s'"
        " || getComputedStyle(e).animationName !== 'none' || getComputedStyle(e).scrollBehavior === 'smooth').length"
    )
    assert moving == 0


def test_what_became_of_decisions_and_of_a_check_by_hand_is_shown(browser: Browser, tmp_path: Path) -> None:
    run = Run(decisions={"steps": 3, "used": 1, "stale": 1, "refused": 0, "overruled": 1, "conflicts": 1})
    run.document("a", "text")
    common = {"step": "1", "when": "2026-05-12T09:30:00Z", "verdict": "reject", "finding": {"kind": "copy"}}
    earlier = {"step": "0", "who": "<b>bo</b>", "verdict": "accept"}
    run.decided = [
        {**common, "who": "anna", "text": "Used", "result": "used", "why": "", "conflict": None},
        {**common, "who": "anna", "text": "Old", "result": "stale", "why": "not found", "conflict": None},
        {**common, "who": "anna", "text": "Two", "result": "used", "why": "", "conflict": earlier},
    ]
    out = run.write(tmp_path / "OUT")
    given = [{"fingerprint": "0" * 32, "removal": str(number), "right": number > 0} for number in range(10)]
    (out / "sample.jsonl").write_text("".join(json.dumps(line) + "\n" for line in given))
    with open_file(browser, written(run, tmp_path)) as page:
        text = " ".join(page.inner_text("#overview").split())
        assert "10 removals drawn at random: 9 were right, 90.0%" in text
        assert "between 59.5% and 98.2% are" in text
        assert "1 decision carried out, 1 whose text is not in this run, 1 overruled by later ones, 1 on which" in text
        rows = page.locator("table", has_text="Decisions to look at again").locator("tbody tr").all_inner_texts()
        assert len(rows) == 2
        assert "stale: not found" in rows[0]
        assert "<b>bo</b> said accept" in rows[1]


# ---- many findings ----------------------------------------------------------------------------------


def test_of_ten_thousand_clusters_only_what_is_seen_is_in_the_page(browser: Browser, tmp_path: Path) -> None:
    run = Run()
    for number in range(2000):
        run.document(f"{number:04}.txt", "\n".join(f"text {number} {part} of it" for part in range(10)))
    for number in range(10_000):
        document, part = divmod(number, 10)
        text = f"text {document} {part} of it"
        other = f"text {document + 1000} {part} of it"
        run.cluster(
            run.place(f"{document:04}.txt", text),
            member(run.place(f"{document + 1000:04}.txt", other), 0.7, "near", "kept"),
        )
    report = written(run, tmp_path)
    with open_file(browser, report, "clusters") as page:
        assert status(page) == "10,000 clusters"
        count = "document.querySelectorAll('*').length"
        most = page.evaluate(count)
        for share in (0.25, 0.5, 1):
            page.evaluate(
                "(share) => { const list = document.querySelector('.rows');"
                " list.scrollTop = share * list.scrollHeight; }",
                share,
            )
            page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
            most = max(most, page.evaluate(count))
            assert page.locator(".rows .row").count() < 40
        assert most < 1500
        expect(page.locator(".row[aria-posinset='10000']")).to_be_visible()


# ---- the scripts and the Python that they repeat -----------------------------------------------------

TEXTS = (
    "plain – text, café", "\x1b[31mred \x9b \x00 \x7f", "over\u202egpj.exe \u2066x\u2069", "zero\u200bwidth\ufeff",
    "pass\u200cword می\u200cخواهم 👩\u200d💻", "tag\U000e0041 lone \ud800", "two\r\nlines\tand a bare\rone",
    "\u2028\u2029\xad",
)  # fmt: skip


def test_the_page_shows_the_unseen_as_python_does(page: Page) -> None:
    for text in TEXTS:
        # What a browser is given as an argument is UTF-16: a lone surrogate passes as an escape.
        made = (
            "(json) => { const text = JSON.parse(json), { visible, visibleName, oneLine } = unecho.text;"
            " return [visible(text), visibleName(text), oneLine(text, 9)]; }"
        )
        expected = [wording.visible(text), wording.visible_name(text), wording.one_line(text, 9)]
        assert page.evaluate(made, json.dumps(text)) == expected


@pytest.mark.parametrize("down", [False, True])
def test_the_page_rounds_as_python_does(page: Page, down: bool) -> None:
    shares = [0, 1, 0.0001, 0.29, 0.8999, 0.9, 0.9999, 0.5, 0.125, 0.9983]
    expected = [wording.percent(share, down) for share in shares]
    assert (
        page.evaluate("([shares, down]) => shares.map((share) => unecho.text.percent(share, down))", [shares, down])
        == expected
    )
    for number in (0, 1, 2, 1234567):
        assert page.evaluate("(n) => unecho.text.counted(n, 'copy')", number) == wording.counted(number, "copy")


def edited(rng: random.Random, text: str) -> str:
    words = text.split(" ")
    for _ in range(rng.randrange(6)):
        at = rng.randrange(len(words))
        words[at : at + rng.randrange(3)] = [rng.choice(words), "1,500"][: rng.randrange(3)]
        words = words or ["x"]
    return " ".join(words)


def test_the_page_compares_texts_as_python_does(page: Page) -> None:
    rng = random.Random(4)
    pairs = [
        ("", ""),
        ("", "a b"),
        ("a b", ""),
        ("a a b", "b a a"),
        ("抗議デモが全国に広がった。", "抗議デモが各地に広がった。"),
    ]
    pairs += [("The toll rose to 1,500 people.", "The toll rose to 2,500 people today.")]
    pairs += [("“We won’t” – the labour programme – cost 5m", '"We won\'t" - the Labor program — cost five million')]
    words = "colour centre organised travelled 1st first 5mn cheque ＡＢＣ straße İstanbul ΣΑΣ"
    words += " soft\xadly x’s constructor"
    pairs += [(words, words.upper()), (words, words.replace("our", "or").replace("re", "er"))]
    for number in range(60):
        text = " ".join(
            rng.choices(
                ["the", "river", "don't", "rose,", "(1,500)", "«Ça»", "ไทย", "the.", "-5", "(−5%)", "4-5", "–"],
                k=rng.randrange(1, 40),
            )
        )
        pairs.append((text, edited(rng, text)) if number % 2 else (edited(rng, text), text))
    found = page.evaluate(
        "(pairs) => pairs.map(([a, b]) => [unecho.diff.split(a).map((w) => w.word),"
        " unecho.diff.words(a, b).map(({ kind, text, kept }) => [kind, text, kept || ''])])",
        [list(pair) for pair in pairs],
    )
    for (kept, other), (words, pieces) in zip(pairs, found, strict=True):
        assert words == [word for word, _ in diff.split_words(kept)]
        expected = diff.word_diff(kept, other)
        for text, missing in ((kept, "here-only"), (other, "kept-only")):
            own_side = 2 if missing == "here-only" else 1
            rebuilt = "".join(piece[own_side] or piece[1] for piece in pieces if piece[0] != missing)
            assert "".join(rebuilt.split()) == "".join(text.split())
        # As short an edit, though of several equally short ones it may be another.
        for kinds in (("same",), ("same", "alike")):
            mine = sum(len(diff.split_words(text)) for side, text, _ in pieces if side in kinds)
            theirs = sum(len(diff.split_words(piece.text)) for piece in expected if piece.kind in kinds)
            assert mine == theirs or (len(kinds) == 1 and len(pieces) > 3)


def test_offsets_count_characters_and_not_halves_of_them(browser: Browser, tmp_path: Path) -> None:
    run = Run()
    keeper = "😀 one 😀 paragraph that repeats another 😀"
    run.document("a", f"😀😀 before\n{keeper}\nafter 😀")
    run.document("b", f"𝔘𝔫 own\n{keeper}\nrest")
    run.cluster(run.place("a", keeper), member(run.place("b", keeper)))
    report = written(run, tmp_path)
    with open_file(browser, report, "clusters") as page:
        assert page.inner_text(".keeper .text") == keeper
        expect(page.locator(".member")).to_contain_text("The same, letter by letter.")


# ---- hostile content --------------------------------------------------------------------------------

UNSEEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u200b\u2028-\u202e\u2066-\u2069\ufeff]")


@pytest.mark.parametrize("kind", [*KINDS, "file name with markup"])
def test_hostile_content_is_shown_and_never_executed(browser: Browser, tmp_path: Path, kind: str) -> None:
    """`open_file` fails on any dialog, error or request."""
    text = KINDS.get(kind, "plain words of a story")
    name = MARKUP_NAME if kind not in KINDS else "a.txt"
    with open_file(browser, written(hostile_to(text, name), tmp_path)) as page:
        own_tags = {"a", "script", "meta", "style"}
        wanted = wording.visible_name(name) if kind not in KINDS else " ".join(wording.visible(text).split())
        for section in ("clusters", "quotes", "stories", "documents", "boilerplate"):
            view(page, section)
            seen = page.inner_text("body")
            assert not UNSEEN.search(seen)
            if section != "boilerplate" or kind in KINDS:  # where documents go by their titles
                assert wanted in " ".join(seen.split()), section
            for title in page.evaluate(
                "[...document.querySelectorAll('[title], [aria-label]')].map((n) => n.title + n.ariaLabel)"
            ):
                assert not UNSEEN.search(title)
            assert page.locator("section img, section script, section iframe, [onerror], [onfocus]").count() == 0
            links = page.evaluate("[...document.querySelectorAll('a[href]')].map((link) => link.getAttribute('href'))")
            assert all(link.startswith(("#", "https://")) for link in links)
        assert own_tags <= set(page.evaluate("[...document.querySelectorAll('*')].map((n) => n.localName)"))


def test_the_direction_of_a_text_is_its_own(browser: Browser, tmp_path: Path) -> None:
    run = Run()
    hebrew, arabic = "שלום לכולם זאת פסקה ארוכה מאוד", "مرحبا هذه فقرة طويلة جدا باللغة العربية"
    run.document("a", f"{hebrew}\n{arabic}", title="כותרת")
    run.document("b", f"{hebrew}\nother", title="عنوان")
    run.cluster(run.place("a", hebrew), member(run.place("b", hebrew)))
    report = written(run, tmp_path)
    with open_file(browser, report, "clusters") as page:
        direction = "(selector) => getComputedStyle(document.querySelector(selector)).direction"
        assert page.evaluate(direction, ".keeper .text") == "rtl"
        assert page.evaluate(direction, ".row .lead") == "rtl"
        assert page.evaluate(direction, ".pane .facts") == "ltr"


def test_the_hostile_run_of_the_other_tests_opens(browser: Browser, tmp_path: Path) -> None:
    run = hostile()
    report = written(run, tmp_path)
    with open_file(browser, report) as page:
        for section in ("clusters", "quotes", "stories", "documents", "boilerplate"):
            view(page, section)
            expect(page.locator("section:not([hidden]) .pane h2")).to_be_visible()
