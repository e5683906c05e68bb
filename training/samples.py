"""The labelled pages as the cleaner sees them: as HTML, as dumps of their text, and as extractors give them."""

from __future__ import annotations

import logging
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import gold
import numpy as np
from numpy.typing import NDArray

from unecho.boilerplate import evidence, features, label, rules
from unecho.boilerplate.evidence import Evidence
from unecho.markup import read_html
from unecho.model import Block
from unecho.text import paragraphs

VOTERS = ("trafilatura", "readability", "resiliparse")
"""Extractors whose agreement labels what the gold says nothing of."""
EXTRACTORS = (*VOTERS, "trafilatura without comments")


@dataclass(slots=True)
class Sample:
    """A document to learn from."""

    page: gold.Page
    kind: str
    """"html", "text", or the extractor that it comes from."""
    found: Evidence
    share: NDArray[np.float64]
    """How much of each line is article; -1: not known."""
    weight: NDArray[np.float64]
    told: NDArray[np.bool_]
    """Which of these the gold itself says; the others are what extractors agree on, or a model of pages thinks."""

    @property
    def site(self) -> str:
        """What documents are kept together by in cross-validation."""
        return gold.site_of(self.page)


def extracts(html: str) -> dict[str, str]:
    """What the extractors make of a page, as text; "" where they fail."""
    import trafilatura
    from readability import Document
    from resiliparse.extract.html2text import extract_plain_text

    logging.disable(logging.CRITICAL)
    found = dict.fromkeys(EXTRACTORS, "")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found["trafilatura"] = trafilatura.extract(html) or ""
        found["trafilatura without comments"] = trafilatura.extract(html, include_comments=False) or ""
        try:
            found["readability"] = read_html(Document(html).summary()).text
        except Exception:  # it raises whatever lxml raises, and errors of its own
            found["readability"] = ""
        found["resiliparse"] = extract_plain_text(html, main_content=True)
    return found


def samples(data: Path) -> Iterator[Sample]:
    """All documents of the labelled data: ``gold-dev.jsonl.gz`` and ``html-dev.jsonl.xz`` in a folder."""
    known = rules.load()
    pages = {page["id"]: page for page in gold.read_jsonl(data / "gold-dev.jsonl.gz")}
    for row in gold.read_jsonl(data / "html-dev.jsonl.xz"):
        page, html = pages[row["id"]], read_html(row["html"])
        given = extracts(row["html"])
        votes = [given[name] for name in VOTERS]
        page["language"] = gold.language_of(row["html"], html.text)
        spans = [(block.start, block.end) for block in html.blocks]
        yield sample(page, "html", html.text, spans, html.blocks, known, votes)
        dump = "\n".join(page["lines"])
        yield sample(page, "text", dump, paragraphs.split(dump), (), known, votes)
        for name, text in given.items():
            if text.strip():
                yield sample(page, name, text, paragraphs.split(text), (), known, votes)


def sample(
    page: gold.Page,
    kind: str,
    text: str,
    spans: list[tuple[int, int]],
    blocks: tuple[Block, ...],
    known: rules.Rules,
    votes: Sequence[str],
) -> Sample:
    """Measure a document and label its lines."""
    lines = features.Lines.of(features.shape(text[start:end]) for start, end in spans)
    found = evidence.Evidence(text, spans, blocks, label.hits(lines, known, raw=kind in ("html", "text")))
    wanted = np.array(gold.wanted(page, found.texts, votes), np.float64).reshape(-1, 2)
    told = np.array(gold.told(page, found.texts), np.bool_)
    return Sample(page, kind, found, wanted[:, 0], wanted[:, 1], told)
