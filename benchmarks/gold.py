"""The labelled pages: reading them, what each line of a page should be, and the metrics.

The metrics are those of the published benchmarks: word 4-grams averaged over pages where the full text is known,
pooled segments elsewhere.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import lzma
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from unecho.boilerplate import features

Page = dict[str, Any]
Wanted = list[tuple[float, float]]
"""For each line: share of it that is article (-1: not known), and how much it weighs."""

_WORD = re.compile(r"\w+")
_LANGUAGE = re.compile(r"<html[^>]*\blang=[\"']?([a-zA-Z]+)")
_GROUPS = {
    **dict.fromkeys(("en", "de", "fr", "cs", "el", "ru"), ""),
    **dict.fromkeys(("zh", "ja", "th", "ko"), "zh-ja-th-ko"),
    **dict.fromkeys(("ar", "fa", "he", "ur"), "ar-fa-he"),
}
_SEGMENT = 0.5
"""Weight of a line whose label a segment gives."""
_AGREED = 5.0
"""Weight of a page's lines whose labels extractors agree on."""


def read_jsonl(path: Path) -> Iterator[Page]:
    """Rows of a JSONL file, plain or compressed."""
    data = path.read_bytes()
    text = gzip.decompress(data) if path.suffix == ".gz" else lzma.decompress(data) if path.suffix == ".xz" else data
    for line in text.splitlines():
        yield json.loads(line)


def site_of(page: Page) -> str:
    """What pages are kept together by: their site."""
    return str(page.get("domain") or page["id"])


def fold_of(site: str, folds: int) -> int:
    """The part of the data that a site belongs to."""
    return int(hashlib.md5(site.encode(), usedforsecurity=False).hexdigest(), 16) % folds


def language_of(html: str, text: str) -> str:
    """Language group of a page: by what it declares, else by its script."""
    match = _LANGUAGE.search(html[:20000])
    code = match[1].lower() if match else ""
    for group, script in (
        ("zh-ja-th-ko", "[\u0e00-\u0eff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]"),
        ("ar-fa-he", "[\u0590-\u06ff]"),
        ("ru", "[\u0400-\u04ff]"),
        ("el", "[\u0370-\u03ff]"),
    ):
        if 5 * len(re.findall(script, text)) > len(text):
            return group
    return (_GROUPS[code] or code) if code in _GROUPS else "other" if code else "undeclared"


# --- what lines should be --------------------------------------------------------------------------------


def wanted(page: Page, texts: Sequence[str], extracts: Sequence[str] = ()) -> Wanted:
    """What each line should be, from the gold; where that says nothing, from what extractors agree on.

    ``extracts``: what extractors made of the page. Those that agree with all the gold says are believed.
    """
    return _from_body(page["body"], texts) if "body" in page else _from_segments(page, texts, extracts)


def _from_body(body: str, texts: Sequence[str]) -> Wanted:
    words = _WORD.findall(body)
    grams = {tuple(words[n : n + 4]) for n in range(len(words) - 3)}
    paragraphs = {" ".join(_WORD.findall(part)) for part in body.splitlines()}
    flat = f" {' '.join(words)} "
    seen: Counter[str] = Counter()
    found = []
    for text in texts:
        tokens = _WORD.findall(text)
        key = " ".join(tokens)
        seen[key] += 1
        share = _share(tokens, key, grams, paragraphs, flat)
        if share > 0.5 and 1 < seen[key] > flat.count(f" {key} ") and len(tokens) < 30:
            share = 0.0  # the page prints it more often than the article does
        found.append((share, _weight(text, tokens) if tokens else 0.0))
    return _balanced(found, 10.0)


def _balanced(found: Wanted, size: float) -> Wanted:
    """Every page counts the same, and its junk half, however long."""
    good = sum(weight for share, weight in found if share > 0.5) or 1.0
    scale = size / (good + (sum(weight for share, weight in found if share >= 0) - good) / 2)
    return [(share, weight * scale) for share, weight in found]


def _share(tokens: list[str], key: str, grams: set[tuple[str, ...]], whole: set[str], flat: str) -> float:
    if key in whole:
        return 1.0
    if len(tokens) >= 4:
        return sum(tuple(tokens[n : n + 4]) in grams for n in range(len(tokens) - 3)) / (len(tokens) - 3)
    return 0.3 if len(tokens) >= 2 and f" {key} " in flat else 0.0


def _from_segments(page: Page, texts: Sequence[str], extracts: Sequence[str]) -> Wanted:
    good, bad = ([squeeze(segment) for segment in page[key]] for key in ("with", "without"))
    agreed = _agreed(good, bad, texts, [flat for extract in extracts if (flat := squeeze(extract))])
    return [(said, _SEGMENT) if said >= 0 else other for said, other in zip(_said(page, texts), agreed, strict=True)]


def told(page: Page, texts: Sequence[str]) -> list[bool]:
    """Which lines the gold itself says something of."""
    return [True] * len(texts) if "body" in page else [said >= 0 for said in _said(page, texts)]


def _said(page: Page, texts: Sequence[str]) -> list[float]:
    """What the segments say of each line; -1: nothing, or both."""
    good, bad = ([squeeze(segment) for segment in page[key]] for key in ("with", "without"))
    found = []
    for text in map(squeeze, texts):
        is_good = any(segment in text or (len(text) > 40 and text in segment) for segment in good)
        is_bad = any(segment in text or (len(text) > max(3, len(segment) / 2) and text in segment) for segment in bad)
        found.append(float(is_good) if is_good != is_bad else -1.0)
    return found


def _agreed(good: list[str], bad: list[str], texts: Sequence[str], extracts: Sequence[str]) -> Wanted:
    """Labels of lines that all extractors give that have every good segment and no bad one."""
    believed = [
        flat
        for flat in extracts
        if all(segment in flat for segment in good) and not any(segment in flat for segment in bad)
    ]
    found = []
    for text in texts:
        line = squeeze(text).removeprefix("- ")
        votes = {line in flat for flat in believed}
        found.append(_weighed(text, float(votes.pop()) if len(votes) == 1 else -1.0))
    return _balanced(found, _AGREED if len(believed) > 1 else _AGREED / 2)


def _weighed(text: str, share: float) -> tuple[float, float]:
    """A share with the weight of a line; how it is marked as an item of a list does not count."""
    return share, _weight(text, squeeze(text).removeprefix("- ").split()) if share >= 0 else 0.0


def _weight(text: str, tokens: Sequence[str]) -> float:
    """Weight of a line of these tokens, to which characters of scripts without spaces are added."""
    unspaced = features.count_words(text) - len(text.split())
    return float((len(tokens) + unspaced + 1) ** 0.8)


def advised(page: Page, texts: Sequence[str], shares: Sequence[float], advice: Sequence[float]) -> Wanted:
    """What each line of a page with segments should be, where there is advice on the lines besides.

    ``shares``: as ``wanted`` found. ``advice``: the same from elsewhere. Where the segments say nothing, and both of
    them something, each counts half.
    """
    said, others = _said(page, texts), []
    for text, known, share, other in zip(texts, said, shares, advice, strict=True):
        both = (share + other) / 2 if share >= 0 and other >= 0 else max(share, other)
        others.append(_weighed(text, both if known < 0 else -1.0))
    balanced = _balanced(others, _AGREED)
    return [(known, _SEGMENT) if known >= 0 else other for known, other in zip(said, balanced, strict=True)]


# --- metrics ---------------------------------------------------------------------------------------------


def squeeze(text: str) -> str:
    """``text`` with single spaces."""
    return " ".join(text.split())


def shingles(text: str) -> Counter[tuple[str, ...]]:
    """Word 4-grams with their counts."""
    words = _WORD.findall(text)
    return Counter(gram for n in range(max(1, len(words) - 3)) if (gram := tuple(words[n : n + 4])))


def counts(page: Page, text: str) -> tuple[int, int, int]:
    """True positives, false positives, false negatives of a page."""
    if "body" in page:
        truth, found = shingles(page["body"]), shingles(text)
        hits = sum((truth & found).values())
        return hits, sum(found.values()) - hits, sum(truth.values()) - hits
    flat = squeeze(text)
    good = sum(squeeze(segment) in flat for segment in page["with"])
    return good, sum(squeeze(segment) in flat for segment in page["without"]), len(page["with"]) - good


def summary(rows: Sequence[tuple[int, int, int]], pooled: bool) -> tuple[float, float, float]:
    """Precision, recall, F1."""
    if pooled:
        rows = [(sum(row[0] for row in rows), sum(row[1] for row in rows), sum(row[2] for row in rows))]
    exact = [hit / (hit + false) for hit, false, _ in rows if hit + false]
    found = [hit / (hit + missed) for hit, _, missed in rows if hit + missed]
    precision, recall = sum(exact) / max(len(exact), 1), sum(found) / max(len(found), 1)
    return precision, recall, 2 * precision * recall / (precision + recall) if precision + recall else 0.0


def score(rows: Sequence[tuple[Page, str]]) -> dict[str, tuple[int, float, float, float]]:
    """Pages, precision, recall and F1 of each set. ``rows``: pages and what was kept of them."""
    found = {}
    for name in sorted({page["set"] for page, _ in rows}):
        own = [(page, text) for page, text in rows if page["set"] == name]
        found[name] = (len(own), *summary([counts(page, text) for page, text in own], "body" not in own[0][0]))
    return found


def print_scores(title: str, rows: Sequence[tuple[Page, str]]) -> dict[str, float]:
    """One line per set: precision, recall, F1. Returns the F1 of each set."""
    print(f"\n{title}\n{'set':<14}{'pages':>6}{'P':>8}{'R':>8}{'F1':>8}")
    scores = score(rows)
    for name, (pages, *values) in scores.items():
        print(f"{name:<14}{pages:>6}" + "".join(f"{value:8.3f}" for value in values), flush=True)
    return {name: values[-1] for name, values in scores.items()}
