"""Size of the report's page and how fast it is, on a made-up run of many clusters.

    python benchmarks/report.py [--clusters 10000] [--documents 5000] [--keep PAGE.html]

Makes the files of a run out of invented words, loads it, renders the page, and opens that in Chromium from the
file: time from the beginning of the navigation to the first content painted, to the overview with its charts, and
to the list of clusters with its first finding; then scrolls that list from end to end and tells how long its
frames took; then searches all texts. Medians of several openings, each in a new browser context.
"""

from __future__ import annotations

import argparse
import random
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, sync_playwright

from unecho import __version__
from unecho.model import Cluster, DocumentRecord, Member, Passage, Place, Removal
from unecho.output import manifest
from unecho.report.data import load
from unecho.report.html import render

CHROMIUM = (
    "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update",
    "--disable-sync", "--no-first-run",
)  # fmt: skip
PARAGRAPHS = 10
OPENINGS = 7
SITES = 40


@dataclass(frozen=True, slots=True)
class Made:
    """A run folder and the texts of its documents."""

    run: Path
    texts: dict[str, str]


class Writer:
    """Invents paragraphs; some are edited copies of earlier ones."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        letters = "abcdefghijklmnoprstuvwz"
        self.words = ["".join(self.random.choices(letters, k=self.random.randint(2, 10))) for _ in range(20_000)]

    def paragraph(self) -> list[str]:
        return self.random.choices(self.words, k=self.random.randint(25, 60))

    def edited(self, words: list[str]) -> list[str]:
        changed = list(words)
        for _ in range(self.random.randint(0, 3)):
            changed[self.random.randrange(len(changed))] = self.random.choice(self.words)
        return changed


def make(folder: Path, clusters: int, documents: int) -> Made:
    """A run in which every cluster has a copy that stays and one to four others, in documents by chance."""
    writer = Writer(1)
    pages: list[list[list[str]]] = [[writer.paragraph() for _ in range(PARAGRAPHS)] for _ in range(documents)]
    free = [(document, number) for document in range(documents) for number in range(PARAGRAPHS)]
    writer.random.shuffle(free)
    groups = []
    for _ in range(clusters):
        size = min(writer.random.choice((2, 2, 2, 3, 3, 5)), len(free))
        if size < 2:
            break
        group = [free.pop() for _ in range(size)]
        first = pages[group[0][0]][group[0][1]]
        for document, number in group[1:]:
            pages[document][number] = writer.edited(first)
        groups.append(group)
    return _written(folder, pages, groups)


def _written(folder: Path, pages: list[list[list[str]]], groups: list[list[tuple[int, int]]]) -> Made:
    names = [f"site-{number % SITES:02}/{number:06}.txt" for number in range(len(pages))]
    texts: dict[str, str] = {}
    places: dict[tuple[int, int], Place] = {}
    for document, name in enumerate(names):
        at, lines = 0, []
        for number, words in enumerate(pages[document]):
            line = " ".join(words).capitalize() + "."
            places[document, number] = Place(name, at, at + len(line))
            lines.append(line)
            at += len(line) + 2
        texts[name] = "\n\n".join(lines)
    found, removals = _findings(pages, groups, places)
    gone: dict[str, int] = {}
    for removal in removals:
        gone[removal.document] = gone.get(removal.document, 0) + removal.words
    records = [_record(name, texts[name], number, gone.get(name, 0)) for number, name in enumerate(names)]
    quotes = [
        Passage(f"p{number:06}", f"q{number:06}", a, 0, 90, b, 0, 90, 14, 14, True)
        for number, (a, b) in enumerate(zip(names[::2], names[1::2], strict=False))
    ]
    manifest.write_lines(folder / manifest.DOCUMENTS, records)
    removals.sort(key=_where)
    manifest.write_lines(folder / manifest.REMOVALS, removals)
    manifest.write_lines(folder / manifest.CLUSTERS, found)
    manifest.write_lines(folder / manifest.PASSAGES, quotes)
    manifest.write_lines(folder / manifest.STORIES, [])
    manifest.write_json(folder / manifest.RUN, _info(records, removals, len(found), len(quotes)))
    return Made(folder, texts)


def _where(removal: Removal) -> tuple[str, int]:
    return removal.document, removal.start


def _record(name: str, text: str, number: int, removed: int) -> DocumentRecord:
    words = {"boilerplate": 0, "duplicate": removed, "repeat": 0, "passage": 0}
    return DocumentRecord(
        name, "trimmed" if removed else "kept", None, name, None, "text", None, name, f"Article number {number:,}",
        None, name.partition("/")[0], f"20{10 + number % 15}-0{1 + number % 9}-11", "en", "utf-8", False, (),
        len(text), len(text.split()), "extracted", words, "0" * 64,
    )  # fmt: skip


def _findings(
    pages: list[list[list[str]]], groups: list[list[tuple[int, int]]], places: dict[tuple[int, int], Place]
) -> tuple[list[Cluster], list[Removal]]:
    clusters: list[Cluster] = []
    removals: list[Removal] = []
    for number, group in enumerate(groups):
        keeper, name, members = places[group[0]], f"c{number:06}", []
        first = pages[group[0][0]][group[0][1]]
        for spot in group[1:]:
            words, place = pages[spot[0]][spot[1]], places[spot]
            covered = round(sum(a == b for a, b in zip(first, words, strict=True)) / len(words), 4)
            gone = covered >= 0.95
            relation: Any = "exact" if covered == 1 else "near"
            members.append(
                Member(
                    place.document, place.start, place.end, covered, covered, covered, relation,
                    "removed" if gone else "kept", "all of its words" if covered == 1 else f"names differ: {words[0]}",
                )
            )  # fmt: skip
            if gone:
                removals.append(
                    Removal(
                        f"r{len(removals):07}", place.document, place.start, place.end, " ".join(words), "duplicate",
                        None, None, None, keeper, covered, covered, covered, name, len(words),
                    )
                )  # fmt: skip
        clusters.append(Cluster(name, keeper, "earliest", tuple(members)))
    return clusters, removals


def _info(records: list[DocumentRecord], removals: list[Removal], clusters: int, quotes: int) -> dict[str, Any]:
    words = sum(record.words for record in records)
    removed = sum(removal.words for removal in removals)
    trimmed = sum(record.status == "trimmed" for record in records)
    return {
        "unecho": __version__, "command": "dedupe", "settings": {"threshold": 0.9, "similar": 0.5},
        "inputs": ["made up"],
        "counts": {
            "documents": len(records), "kept": len(records) - trimmed, "trimmed": trimmed, "dropped": 0, "skipped": 0,
            "paragraphs": PARAGRAPHS * len(records), "words": words, "words_kept": words - removed,
            "words_removed": {"boilerplate": 0, "duplicate": removed, "repeat": 0, "passage": 0},
            "removals": len(removals), "clusters": clusters, "passages": quotes, "stories": 0,
        },
    }  # fmt: skip


# ---- in the browser ---------------------------------------------------------------------------------

_PAINTED = "performance.getEntriesByName('first-contentful-paint')[0]?.startTime"
_SCROLL = """async () => {
  const list = document.querySelector("section:not([hidden]) .rows");
  const steps = 120, step = (list.scrollHeight - list.clientHeight) / steps, frames = [];
  let most = 0, before = performance.now();
  for (let at = 0; at <= steps; at += 1) {
    list.scrollTop = at * step;
    await new Promise(requestAnimationFrame);
    const now = performance.now();
    frames.push(now - before);
    before = now;
    most = Math.max(most, document.querySelectorAll("*").length);
  }
  return { frames: frames.slice(1), most };
}"""
_SEARCH = """async (words) => {
  const search = document.querySelector("section:not([hidden]) input[type=search]");
  const status = document.querySelector("section:not([hidden]) .status");
  status.textContent = "";
  const begin = performance.now();
  search.value = words;
  search.dispatchEvent(new Event("input"));
  while (!/ of /.test(status.textContent)) await new Promise((done) => setTimeout(done, 5));
  return performance.now() - begin - 120;
}"""


def opened(page: Page, address: str) -> tuple[float, float]:
    """Milliseconds to the first content and until the view of the address is complete."""
    page.goto(address)
    drawn = ".pane h2" if "#" in address else ".canvas:not([hidden])"
    page.wait_for_selector(f"body[data-ready] {drawn}")
    complete = float(page.evaluate("performance.now()"))
    painted = page.evaluate(_PAINTED)
    return float(complete if painted is None else painted), complete


def browse(page_file: Path) -> Iterator[str]:
    """The measurements in Chromium, as lines."""
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=shutil.which("chromium"), args=list(CHROMIUM))
        for view in ("", "#clusters"):
            times = []
            for _ in range(OPENINGS):
                context = browser.new_context(viewport={"width": 1400, "height": 900})
                times.append(opened(context.new_page(), page_file.as_uri() + view))
                context.close()
            painted, complete = (statistics.median(column) for column in zip(*times, strict=True))
            yield f"{view or 'overview':>10}: first content {painted:.0f} ms, complete {complete:.0f} ms"
        page = browser.new_context(viewport={"width": 1400, "height": 900}).new_page()
        opened(page, page_file.as_uri() + "#clusters")
        scrolled = page.evaluate(_SCROLL)
        frames = sorted(scrolled["frames"])
        yield (
            f"    scroll: median frame {statistics.median(frames):.1f} ms, 95% under "
            f"{frames[int(len(frames) * 0.95)]:.1f} ms, longest {frames[-1]:.1f} ms; "
            f"at most {scrolled['most']:,} elements in the page"
        )
        first, second = (page.evaluate(_SEARCH, words) for words in ("article number 77", "zz"))
        yield f"    search: first {first:.0f} ms (unpacks the texts), then {second:.0f} ms"
        browser.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--clusters", type=int, default=10_000)
    parser.add_argument("--documents", type=int, default=5_000)
    parser.add_argument("--keep", type=Path, help="write the page there")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        made = make(Path(folder), options.clusters, options.documents)
        begin = time.process_time()
        report = load(made.run, made.texts)
        loaded = time.process_time()
        text = render(report)
        done = time.process_time()
        path = (options.keep or Path(folder) / "report.html").resolve()
        path.write_text(text, "utf-8")
        sys.stdout.write(
            f"{len(report.clusters):,} clusters, {len(report.documents):,} documents, "
            f"{sum(map(len, made.texts.values())) / 1e6:.1f} M characters: page of {path.stat().st_size / 1e6:.1f} MB, "
            f"loaded in {loaded - begin:.2f} and rendered in {done - loaded:.2f} CPU s\n"
        )
        for line in browse(path):
            sys.stdout.write(line + "\n")


if __name__ == "__main__":
    main()
