"""Scores the cleaner on labelled pages, and times it beside other cleaners.

    python benchmarks/boiler.py DATA              as HTML, as text, as extractors give them; by language too
    python benchmarks/boiler.py DATA --peers      trafilatura, readability-lxml, resiliparse, jusText beside it

DATA: a folder with gold-dev.jsonl.gz (id, set, domain, lines, and body or with/without) and html-dev.jsonl.xz
(id, html). The shipped model was trained on these very pages: what to expect of pages not seen is what
``training/train.py`` prints, which labels each page with a model that never saw its site.
"""

from __future__ import annotations

import argparse
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import gold
from gold import Page, read_jsonl

from unecho.base.engine import batches, uncollected
from unecho.boilerplate import features, label, rules
from unecho.markup import read_html
from unecho.text import paragraphs

Rows = list[tuple[Page, str]]

__all__ = ["read_jsonl", "score_extracted", "score_html", "score_text"]


def kept(text: str, labels: label.Labelled, spans: paragraphs.Spans) -> str:
    """What the cleaner leaves of ``text``."""
    pairs = zip(spans, labels.labels, strict=True)
    return "\n".join(text[start:end] for (start, end), found in pairs if found.category is None)


def cleaned(texts: Sequence[str], known: rules.Rules, clean: label.Clean = "auto") -> list[tuple[str, str | None]]:
    """What the cleaner leaves of plain texts, and the situations it found; in batches, as a run does it."""
    found: list[tuple[str, str | None]] = []
    for batch in batches(texts, len):
        with uncollected():
            parts: list[label.Parts] = [(text, paragraphs.split(text), ()) for text in batch]
            labelled = label.label_all(parts, rules=known, clean=clean, compiled=True)
        found += [(kept(text, one, spans), one.mode) for (text, spans, _), one in zip(parts, labelled, strict=True)]
    return found


def score_text(pages: Sequence[Page], known: rules.Rules, clean: label.Clean) -> dict[str, float]:
    """The naive dump of each page, as plain text; F1 by set."""
    texts = ["\n".join(page["lines"]) for page in pages]
    size = sum(len(text.encode()) for text in texts)
    spent = []
    for _ in range(2):  # the automata of the rules are made while texts come to them for the first time
        started = time.process_time()
        found = cleaned(texts, known, clean)
        spent.append(time.process_time() - started)
        known = rules.load()
    rows = [(page, left) for page, (left, _) in zip(pages, found, strict=True)]
    scores = gold.print_scores(f"text dump, --clean {clean}", rows)
    modes = Counter(mode for _, mode in found)
    first, again = (f"{len(pages) / one:.0f} pages, {size / 1e6 / one:.1f} MB a CPU second" for one in spent)
    print(f"{first}; {again} once the rules are at hand; modes {dict(modes)}")
    by_language(rows)
    return scores


def score_html(pages: dict[str, Page], path: Path, known: rules.Rules) -> dict[str, float]:
    """The pages as HTML; F1 by set. Time spent on reading the markup is given apart."""
    rows: Rows = []
    size, reading, labelling = 0, 0.0, 0.0
    for batch in batches(read_jsonl(path), lambda row: len(row["html"])):
        started = time.process_time()
        with uncollected():
            read = [read_html(row["html"]) for row in batch]
            begun = time.process_time()
            parts: list[label.Parts] = [
                (page.text, [(block.start, block.end) for block in page.blocks], page.blocks) for page in read
            ]
            labelled = label.label_all(parts, rules=known, compiled=True)
        labelling += time.process_time() - begun
        reading += begun - started
        for row, (text, spans, _), labels in zip(batch, parts, labelled, strict=True):
            size += len(row["html"].encode())
            rows.append((pages[row["id"]], kept(text, labels, spans)))
    scores = gold.print_scores("HTML", rows)
    both = reading + labelling
    print(f"{len(rows) / both:.0f} pages, {size / 1e6 / both:.1f} MB a CPU second ({reading / both:.0%} of it parsing)")
    by_language(rows)
    return scores


def score_extracted(pages: Sequence[Page], known: rules.Rules) -> dict[str, float]:
    """The gold text itself, of which nearly nothing may go; share of words kept, by set."""
    total, lost, modes = Counter[str](), Counter[str](), Counter[str | None]()
    for page in pages:
        if "body" not in page:
            continue
        spans = paragraphs.split(page["body"])
        labels = label.label(page["body"], spans, rules=known)
        modes[labels.mode] += 1
        for (start, end), found in zip(spans, labels.labels, strict=True):
            words = features.count_words(page["body"][start:end])
            total[page["set"]] += words
            lost[page["set"]] += words if found.category else 0
    print(f"\nthe gold text itself; modes {dict(modes)}")
    for name, words in sorted(total.items()):
        print(f"{name:<14}{lost[name]:>6} of {words} words lost: {lost[name] / words:.2%}")
    return {name: 1 - lost[name] / words for name, words in total.items()}


def by_language(rows: Rows) -> None:
    """F1 of the pages of each language, all sets together, those with a full text and those with segments apart."""
    groups: dict[str, Rows] = defaultdict(list)
    for page, text in rows:
        groups[page.get("language", "?")].append((page, text))
    if set(groups) == {"?"}:
        return
    for name, own in sorted(groups.items(), key=lambda group: -len(group[1])):
        parts = []
        for kind in ("body", "with"):
            counted = [gold.counts(page, text) for page, text in own if kind in page]
            if counted:
                f1 = gold.summary(counted, kind == "with")[2]
                parts.append(f"{'full text' if kind == 'body' else 'segments'} {f1:.3f} ({len(counted)})")
        print(f"  {name:<14}{', '.join(parts)}")


# --- others ----------------------------------------------------------------------------------------------


def extractors() -> dict[str, Callable[[str], str]]:
    """Other cleaners: HTML to text."""
    import justext
    import trafilatura
    from readability import Document
    from resiliparse.extract.html2text import extract_plain_text

    def by_justext(html: str) -> str:
        found = justext.justext(html.encode(), justext.get_stoplist("English"), encoding="utf-8")
        return "\n".join(paragraph.text for paragraph in found if not paragraph.is_boilerplate)

    return {
        "trafilatura": lambda html: trafilatura.extract(html) or "",
        "readability-lxml": lambda html: read_html(Document(html).summary()).text,
        "resiliparse": lambda html: extract_plain_text(html, main_content=True),
        "jusText": by_justext,
    }


def score_peers(pages: dict[str, Page], path: Path, known: rules.Rules) -> None:
    """The others on the same pages, as they are and with our light pass after them."""
    texts: dict[str, Rows] = defaultdict(list)
    spent: dict[str, float] = defaultdict(float)
    makers = extractors()
    for row in read_jsonl(path):
        for name, extract in makers.items():
            started = time.process_time()
            try:
                text = extract(row["html"])
            except Exception:  # each raises errors of its own, and those of its parser
                text = ""
            spent[name] += time.process_time() - started
            texts[name].append((pages[row["id"]], text))
    for name, rows in texts.items():
        gold.print_scores(f"{name}: {len(rows) / spent[name]:.0f} pages a CPU second", rows)
        if name in ("trafilatura", "readability-lxml"):
            left = cleaned([text for _, text in rows], known, "light")
            after = [(page, text) for (page, _), (text, _) in zip(rows, left, strict=True)]
            gold.print_scores(f"{name}, cleaned", after)
            print(f"good words lost by cleaning: {lost(rows, after):.2%}")


def lost(before: Rows, after: Rows) -> float:
    """Share of the gold's word 4-grams in texts that cleaning took away."""
    had = gone = 0
    for (page, text), (_, left) in zip(before, after, strict=True):
        if "body" in page:
            hits = gold.counts(page, text)[0]
            had, gone = had + hits, gone + hits - gold.counts(page, left)[0]
    return gone / max(had, 1)


def read_pages(data: Path, languages: bool) -> dict[str, Page]:
    """The labelled pages by id, with the language group of each if wanted."""
    pages = {page["id"]: page for page in read_jsonl(data / "gold-dev.jsonl.gz")}
    if languages:
        for row in read_jsonl(data / "html-dev.jsonl.xz"):
            page: dict[str, Any] = pages[row["id"]]
            page["language"] = gold.language_of(row["html"], "\n".join(page["lines"]))
    return pages


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--clean", choices=("auto", "full", "light"), default="auto")
    parser.add_argument("--peers", action="store_true")
    options = parser.parse_args()
    pages, html = read_pages(options.data, languages=True), options.data / "html-dev.jsonl.xz"
    known = rules.load()
    page = read_html("<p>Warm up.</p>" * 20)
    spans = [(block.start, block.end) for block in page.blocks]
    parts: list[label.Parts] = [(page.text, spans, page.blocks), (page.text, spans, ())]
    label.label_all(parts, rules=known, clean="full", compiled=True)  # loads what is compiled
    score_text(list(pages.values()), known, options.clean)
    score_html(pages, html, known)
    score_extracted(list(pages.values()), known)
    if options.peers:
        score_peers(pages, html, known)


if __name__ == "__main__":
    main()
