"""Scores the cleaner on labelled pages, and trains its weights.

    python benchmarks/boiler.py GOLD --html HTML       score with the weights as shipped
    python benchmarks/boiler.py GOLD --html HTML --folds 4     score pages with weights that never saw their site
    python benchmarks/boiler.py GOLD --html HTML --train       write weights.json anew

GOLD: gold-dev.jsonl.gz (id, set, domain, lines, and body or with/without); HTML: JSONL (id, html), .xz or not.
The metrics are those of tools/score_boiler.py: word 4-grams averaged over pages where the full text is known,
pooled segments elsewhere. The weights were trained on the same pages, so only ``--folds`` says what to expect
of pages not seen.
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import json
import lzma
import re
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from unecho import paragraphs
from unecho.boilerplate import features, label, rules, score
from unecho.markup import read_html
from unecho.model import Block

WEIGHTS = Path(score.__file__).with_name("weights.json")
_WORD = re.compile(r"\w+")
_MIN_SITES = 4
"""Sites a feature must be seen on to get a weight: the rest would be learnt by heart."""
_RIDGE = {"text-line": 2.0, "text-page": 4.0, "html-line": 2.0, "html-page": 15.0}
_ROUNDS = 250
_INNER_FOLDS = 3

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(slots=True)
class Sample:
    """A labelled page as the cleaner sees it."""

    gold: dict[str, Any]
    lines: list[features.Shape]
    blocks: tuple[Block, ...]
    hits: list[rules.Rule | None]
    own: list[score.LineFeatures]
    wanted: list[tuple[float, float]]
    """For each line: share of it that is article (-1: not known), and how much it weighs."""

    @property
    def site(self) -> str:
        return str(self.gold.get("domain") or self.gold["id"])

    @property
    def by_itself(self) -> list[tuple[str, ...]]:
        """Feature names of each line by itself."""
        return [(*line.core, *line.other) for line in self.own]


# --- data ------------------------------------------------------------------------------------------------


def read_jsonl(path: Path) -> Iterator[dict[str, Any]]:
    """Rows of a JSONL file, plain or compressed."""
    data = path.read_bytes()
    text = gzip.decompress(data) if path.suffix == ".gz" else lzma.decompress(data) if path.suffix == ".xz" else data
    for line in text.splitlines():
        yield json.loads(line)


def sample(gold: dict[str, Any], texts: Sequence[str], blocks: tuple[Block, ...], known: rules.Rules) -> Sample:
    """Measure a page."""
    lines = [features.shape(text) for text in texts]
    hits = label.hits(lines, known, raw=True)
    own = score.line_features(lines, blocks, hits)
    return Sample(gold, lines, blocks, hits, own, wanted(gold, texts))


def wanted(gold: dict[str, Any], texts: Sequence[str]) -> list[tuple[float, float]]:
    """What each line should be, from the gold."""
    return _from_body(gold["body"], texts) if "body" in gold else _from_segments(gold, texts)


def _from_body(body: str, texts: Sequence[str]) -> list[tuple[float, float]]:
    words = _WORD.findall(body)
    grams = {tuple(words[n : n + 4]) for n in range(len(words) - 3)}
    paragraphs_ = {" ".join(_WORD.findall(part)) for part in body.splitlines()}
    flat = f" {' '.join(words)} "
    seen: Counter[str] = Counter()
    found = []
    for text in texts:
        tokens = _WORD.findall(text)
        key = " ".join(tokens)
        seen[key] += 1
        share = _share(tokens, key, grams, paragraphs_, flat)
        if share > 0.5 and 1 < seen[key] > flat.count(f" {key} ") and len(tokens) < 30:
            share = 0.0  # the page prints it more often than the article does
        found.append((share, (len(tokens) + 1) ** 0.8 if tokens else 0.0))
    good = sum(weight for share, weight in found if share > 0.5) or 1.0
    # Every page counts the same, and its junk half, however long.
    scale = 10 / (good + (sum(weight for _, weight in found) - good) / 2)
    return [(share, weight * scale) for share, weight in found]


def _share(tokens: list[str], key: str, grams: set[tuple[str, ...]], whole: set[str], flat: str) -> float:
    if key in whole:
        return 1.0
    if len(tokens) >= 4:
        return sum(tuple(tokens[n : n + 4]) in grams for n in range(len(tokens) - 3)) / (len(tokens) - 3)
    return 0.3 if len(tokens) >= 2 and f" {key} " in flat else 0.0


def _from_segments(gold: dict[str, Any], texts: Sequence[str]) -> list[tuple[float, float]]:
    good = [squeeze(segment) for segment in gold["with"]]
    bad = [squeeze(segment) for segment in gold["without"]]
    found = []
    for text in map(squeeze, texts):
        is_good = any(segment in text or (len(text) > 40 and text in segment) for segment in good)
        is_bad = any(segment in text or (len(text) > max(3, len(segment) / 2) and text in segment) for segment in bad)
        found.append((float(is_good), 1.0) if is_good != is_bad else (-1.0, 0.0))
    return found


# --- training: ridge logistic regression on sums of feature weights --------------------------------------


def fit(rows: Sequence[tuple[Sequence[tuple[str, ...]], Sample]], ridge: float) -> dict[str, int]:
    """Weights, in thousandths of log odds, of the features in ``rows``: those of each line of a page, and the page."""
    names = _names(rows)
    column = {name: number for number, name in enumerate(names)}
    index, owner, truth, weight = _matrix(rows, column)
    weights: Floats = np.zeros(len(names) + 1)
    momentum, square = np.zeros_like(weights), np.zeros_like(weights)
    for step in range(1, _ROUNDS + 1):
        odds = np.bincount(owner, weights[index], len(truth)) + weights[-1]
        error = (1 / (1 + np.exp(-odds)) - truth) * weight
        slope = np.append(np.bincount(index, error[owner], len(names)) + ridge * weights[:-1], error.sum())
        momentum = 0.9 * momentum + 0.1 * slope
        square = 0.99 * square + 0.01 * slope**2
        pace = 0.15 * min(1.0, 3 * (1 - (step - 1) / _ROUNDS))
        weights = weights - pace * (momentum / (1 - 0.9**step)) / (np.sqrt(square / (1 - 0.99**step)) + 1e-9)
    rounded = {name: round(1000 * float(value)) for name, value in zip(names, weights, strict=False)}
    return {"": round(1000 * float(weights[-1])), **{name: value for name, value in rounded.items() if value}}


def _names(rows: Sequence[tuple[Sequence[tuple[str, ...]], Sample]]) -> list[str]:
    sites: dict[str, set[str]] = {}
    for lines, page in rows:
        for name in {name for line in lines for name in line}:
            sites.setdefault(name, set()).add(page.site)
    return sorted(name for name, seen in sites.items() if len(seen) >= _MIN_SITES)


def _matrix(
    rows: Sequence[tuple[Sequence[tuple[str, ...]], Sample]], column: dict[str, int]
) -> tuple[Ints, Ints, Floats, Floats]:
    index: list[int] = []
    owner: list[int] = []
    truth: list[float] = []
    weight: list[float] = []
    for lines, page in rows:
        for line, (share, heavy) in zip(lines, page.wanted, strict=True):
            if share >= 0 and heavy > 0 and line:
                columns = [column[name] for name in line if name in column]
                index.extend(columns)
                owner.extend([len(truth)] * len(columns))
                truth.append(share)
                weight.append(heavy)
    return np.array(index), np.array(owner), np.array(truth), np.array(weight)


def train(pages: Sequence[Sample], kind: str) -> dict[str, dict[str, int]]:
    """Both passes; the second learns from first scores that never saw the page's site."""
    first: dict[int, list[float]] = {}
    for part in range(_INNER_FOLDS):
        rest = [page for page in pages if _fold("inner " + page.site, _INNER_FOLDS) != part]
        weights = fit([(page.by_itself, page) for page in rest], _RIDGE[f"{kind}-line"])
        for page in pages:
            if _fold("inner " + page.site, _INNER_FOLDS) == part:
                first[id(page)] = [score.total(names, weights) for names in page.by_itself]
    rows = [(score.page_features(page.lines, page.blocks, page.own, first[id(page)]), page) for page in pages]
    return {
        f"{kind}-line": fit([(page.by_itself, page) for page in pages], _RIDGE[f"{kind}-line"]),
        f"{kind}-page": fit(rows, _RIDGE[f"{kind}-page"]),
    }


def _fold(site: str, folds: int) -> int:
    return int(hashlib.md5(site.encode(), usedforsecurity=False).hexdigest(), 16) % folds


# --- metrics ---------------------------------------------------------------------------------------------


def squeeze(text: str) -> str:
    """``text`` with single spaces."""
    return " ".join(text.split())


def shingles(text: str) -> Counter[tuple[str, ...]]:
    """Word 4-grams with their counts."""
    words = _WORD.findall(text)
    return Counter(gram for n in range(max(1, len(words) - 3)) if (gram := tuple(words[n : n + 4])))


def counts(gold: dict[str, Any], text: str) -> tuple[int, int, int]:
    """True positives, false positives, false negatives of a page."""
    if "body" in gold:
        truth, found = shingles(gold["body"]), shingles(text)
        hits = sum((truth & found).values())
        return hits, sum(found.values()) - hits, sum(truth.values()) - hits
    flat = squeeze(text)
    good = sum(squeeze(segment) in flat for segment in gold["with"])
    return good, sum(squeeze(segment) in flat for segment in gold["without"]), len(gold["with"]) - good


def summary(rows: Sequence[tuple[int, int, int]], pooled: bool) -> tuple[float, float, float]:
    """Precision, recall, F1."""
    if pooled:
        rows = [(sum(row[0] for row in rows), sum(row[1] for row in rows), sum(row[2] for row in rows))]
    exact = [hit / (hit + false) for hit, false, _ in rows if hit + false]
    found = [hit / (hit + missed) for hit, _, missed in rows if hit + missed]
    precision, recall = sum(exact) / max(len(exact), 1), sum(found) / max(len(found), 1)
    return precision, recall, 2 * precision * recall / (precision + recall) if precision + recall else 0.0


def print_table(title: str, rows: Sequence[tuple[dict[str, Any], str]]) -> dict[str, float]:
    """One line per set: precision, recall, F1. Returns the F1 of each set."""
    scores = {}
    print(f"\n{title}\n{'set':<14}{'pages':>6}{'P':>8}{'R':>8}{'F1':>8}")
    for name in sorted({gold["set"] for gold, _ in rows}):
        own = [(gold, text) for gold, text in rows if gold["set"] == name]
        result = summary([counts(gold, text) for gold, text in own], pooled="body" not in own[0][0])
        print(f"{name:<14}{len(own):>6}" + "".join(f"{value:8.3f}" for value in result))
        scores[name] = result[2]
    return scores


# --- what is measured ------------------------------------------------------------------------------------


def kept(text: str, labels: label.Labelled, spans: Sequence[tuple[int, int]]) -> str:
    """What the cleaner leaves of ``text``."""
    pairs = zip(spans, labels.labels, strict=True)
    return "\n".join(text[start:end] for (start, end), found in pairs if found.category is None)


def score_text(gold: Sequence[dict[str, Any]], known: rules.Rules, clean: label.Clean) -> dict[str, float]:
    """The naive dump of each page, as plain text; F1 by set."""
    rows, size, modes = [], 0, Counter[str | None]()
    started = time.process_time()
    for page in gold:
        text = "\n".join(page["lines"])
        spans = paragraphs.split(text)
        labels = label.label(text, spans, rules=known, clean=clean)
        rows.append((page, kept(text, labels, spans)))
        modes[labels.mode] += 1
        size += len(text.encode())
    spent = time.process_time() - started
    scores = print_table(f"text dump, --clean {clean}", rows)
    print(f"{len(gold) / spent:.0f} pages, {size / 1e6 / spent:.1f} MB a CPU second; modes {dict(modes)}")
    return scores


def score_html(gold: dict[str, dict[str, Any]], path: Path, known: rules.Rules) -> dict[str, float]:
    """The pages as HTML; F1 by set. Time spent on reading the markup is given apart."""
    rows, size, reading, labelling = [], 0, 0.0, 0.0
    for row in read_jsonl(path):
        started = time.process_time()
        page = read_html(row["html"])
        read = time.process_time()
        spans = [(block.start, block.end) for block in page.blocks]
        labels = label.label(page.text, spans, page.blocks, rules=known)
        labelling += time.process_time() - read
        reading += read - started
        size += len(row["html"].encode())
        rows.append((gold[row["id"]], kept(page.text, labels, spans)))
    scores = print_table("HTML", rows)
    both = reading + labelling
    print(f"{len(rows) / both:.0f} pages, {size / 1e6 / both:.1f} MB a CPU second ({reading / both:.0%} of it parsing)")
    return scores


def score_extracted(gold: Sequence[dict[str, Any]], known: rules.Rules) -> dict[str, float]:
    """The gold text itself, of which nearly nothing may go; share of words kept, by set."""
    total, lost, modes = Counter[str](), Counter[str](), Counter[str | None]()
    for page in gold:
        if "body" not in page:
            continue
        spans = paragraphs.split(page["body"])
        labels = label.label(page["body"], spans, rules=known)
        modes[labels.mode] += 1
        for (start, end), found in zip(spans, labels.labels, strict=True):
            words = features.count_words(page["body"][start:end])
            total[page["set"]] += words
            lost[page["set"]] += words if found.category else 0
    print(f"\nalready extracted; modes {dict(modes)}")
    for name, words in sorted(total.items()):
        print(f"{name:<14}{lost[name]:>6} of {words} words lost: {lost[name] / words:.2%}")
    return {name: 1 - lost[name] / words for name, words in total.items()}


def score_folds(pages: Sequence[Sample], kind: str, folds: int) -> None:
    """Each page scored with weights that were trained without its site."""
    rows = []
    for part in range(folds):
        weights = train([page for page in pages if _fold(page.site, folds) != part], kind)
        for page in pages:
            if _fold(page.site, folds) == part:
                scores = score.scores_with(weights, page.lines, page.blocks, page.hits)
                content = score.article(score.Scored(page.lines, page.blocks, page.hits, scores))
                texts = [line.text for line, good in zip(page.lines, content, strict=True) if good]
                rows.append((page.gold, "\n".join(texts)))
    print_table(f"{kind}, {folds} folds by site", rows)


def samples(gold: Sequence[dict[str, Any]], html: Path | None, known: rules.Rules) -> dict[str, list[Sample]]:
    """The pages as text and as HTML."""
    found = {"text": [sample(page, page["lines"], (), known) for page in gold]}
    if html:
        by_id = {page["id"]: page for page in gold}
        found["html"] = []
        for row in read_jsonl(html):
            page = read_html(row["html"])
            texts = [page.text[block.start : block.end] for block in page.blocks]
            found["html"].append(sample(by_id[row["id"]], texts, page.blocks, known))
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("gold", type=Path)
    parser.add_argument("--html", type=Path)
    parser.add_argument("--clean", choices=("auto", "full", "light"), default="auto")
    parser.add_argument("--folds", type=int, default=0)
    parser.add_argument("--train", action="store_true")
    args = parser.parse_args()
    gold = list(read_jsonl(args.gold))
    known = rules.load()
    if args.folds or args.train:
        pages = samples(gold, args.html, known)
        for kind in pages if args.folds else ():
            score_folds(pages[kind], kind, args.folds)
        if args.train:
            weights = {name: part for kind in pages for name, part in train(pages[kind], kind).items()}
            WEIGHTS.write_text(json.dumps(weights, ensure_ascii=False, indent=0, sort_keys=True) + "\n", "utf-8")
        return
    score_text(gold, known, args.clean)
    if args.html:
        score_html({page["id"]: page for page in gold}, args.html, known)
    score_extracted(gold, known)


if __name__ == "__main__":
    main()
