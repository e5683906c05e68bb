"""Quality of the matching on labelled reuse: stories, passages and removals.

    python benchmarks/reuse.py DATA [--docs 2000] [--seeds 1,2,3] [--sets syndicated,pan13,psdocs,clough,altered]

DATA is the folder with ``reuse/``; beside it lies ``tools/`` with the generator of syndicated copies and the
scorer, both of which are used as they are. One default setting for all sets.

removals, on the syndicated sets, headlines aside, which the gold leaves out: precision is the share of the
paragraphs removed of which at least .9 of the characters come from the keeper's document by the gold; recall the
share of the paragraphs that an earlier document (in keeping order) holds to .9 by the gold that were removed;
lost, the share of the removed characters without origin in the keeper's document. scanned: of the paragraphs of
badly scanned copies alone. quotes: the share of the characters of the quotes in the gold, on both sides, that a
passage between the two documents holds. safe: with ``--safe``.

altered: paragraphs printed twice, of which the one says something else; names a letter apart are two of the corpus.
"""

from __future__ import annotations

import argparse
import gzip
import importlib.util
import json
import random
import re
import subprocess
import sys
import tempfile
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
from rapidfuzz.distance import Levenshtein
from rapidfuzz.process import cdist

from unecho import clean, dedupe
from unecho.result import Result

Row = dict[str, Any]
Spans = list[tuple[int, int]]
Rank = dict[str, tuple[int, str]]
"""Of documents: place in keeping order, and id."""


def read_lines(path: Path) -> list[Row]:
    opener = gzip.open if path.suffix == ".gz" else open
    with opener(path, "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def tool(data: Path, name: str) -> ModuleType:
    """A script of ``tools/`` as a module."""
    spec = importlib.util.spec_from_file_location(name, data.parent / "tools" / f"{name}.py")
    if spec is None or spec.loader is None:
        raise SystemExit(f"no {name}.py beside {data}")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def run(docs: Iterable[Row], **settings: Any) -> Result:
    """Documents as they are, matched with the defaults."""
    return dedupe(inputs(docs), **settings)


def inputs(docs: Iterable[Row]) -> list[tuple[str, str]]:
    """Ids and texts; the site as the folder, for the templates."""
    return [(f"{row.get('source', '')}/{row['id']}", row["text"]) for row in docs]


def plain(name: str) -> str:
    return name.partition("/")[2]


def passages_of(result: Result) -> list[Row]:
    return [
        {
            "a": plain(p.a), "a_start": p.a_start, "a_end": p.a_end,
            "b": plain(p.b), "b_start": p.b_start, "b_end": p.b_end,
        }
        for p in result.passages
    ]  # fmt: skip


def stories_of(result: Result) -> list[list[str]]:
    """Groups of the same story; pairs that share a part are none."""
    return [
        sorted(map(plain, story.documents))
        for story in result.stories
        if any(pair.relation == "same" for pair in story.pairs)
    ]


# ---- removals ---------------------------------------------------------------------------------------


class Origins:
    """Per pair of documents, what of the first comes from the second by the gold."""

    def __init__(self, passages: Iterable[Row]) -> None:
        self.spans: dict[tuple[str, str], Spans] = defaultdict(list)
        self.others: dict[str, set[str]] = defaultdict(set)
        for row in passages:
            for mine, other in (("a", "b"), ("b", "a")):
                self.spans[row[mine], row[other]].append((row[f"{mine}_start"], row[f"{mine}_end"]))
                self.others[row[mine]].add(row[other])

    def share(self, document: str, other: str, start: int, end: int) -> float:
        """Share of the characters start to end of a document that come from the other one."""
        places = set()
        for low, high in self.spans.get((document, other), ()):
            places |= set(range(max(low, start), min(high, end)))
        return len(places) / (end - start)


def removal_scores(
    result: Result, gold: Path, rank: Rank, only: set[str] | None = None
) -> tuple[float, float, float]:  # fmt: skip
    """(precision, recall, lost) of the paragraphs removed as duplicates; ``only``: those of some documents."""
    origins = Origins(read_lines(gold / "passages.jsonl"))
    paragraphs = [row for row in read_lines(gold / "paragraphs.jsonl") if only is None or row["id"] in only]
    headlines = {(row["id"], row["start"]) for row in paragraphs if row["role"] == "headline"}
    removed: dict[str, Spans] = defaultdict(list)
    right, lost, characters = [], 0.0, 0
    for document, keeper, start, end in duplicates(result):
        if (document, start) in headlines or (only is not None and document not in only):
            continue
        share = origins.share(document, keeper, start, end)
        right.append(share >= 0.9)
        lost += (1 - share) * (end - start)
        characters += end - start
        removed[document].append((start, end))
    found = [
        any(low <= start and end <= high for low, high in removed[document])
        for document, start, end in removable(result, origins, paragraphs, rank)
    ]
    return sum(right) / max(len(right), 1), sum(found) / max(len(found), 1), lost / max(characters, 1)


def removable(
    result: Result, origins: Origins, paragraphs: Iterable[Row], rank: Rank
) -> Iterator[tuple[str, int, int]]:  # fmt: skip
    """(document, start, end) of the body paragraphs that an earlier document in keeping order holds to .9."""
    for row in paragraphs:
        document, start, end = row["id"], row["start"], row["end"]
        if row["role"] != "body" or len(result.text(rank[document][1])[start:end].split()) < 8:
            continue
        earlier = (other for other in origins.others[document] if rank[other] < rank[document])
        if any(origins.share(document, other, start, end) >= 0.9 for other in earlier):
            yield document, start, end


def quote_recall(gold: Iterable[Row], found: Iterable[Row]) -> float:
    """Share of the quotes' characters that passages of the same two documents hold."""
    held = Origins(found)
    hit = size = 0.0
    for row in gold:
        if row["kind"] == "quote":
            for mine, other in (("a", "b"), ("b", "a")):
                start, end = row[f"{mine}_start"], row[f"{mine}_end"]
                hit += held.share(row[mine], row[other], start, end) * (end - start)
                size += end - start
    return hit / max(size, 1)


def duplicates(result: Result) -> Iterator[tuple[str, str, int, int]]:
    """(document, keeper, start, end) of the paragraphs removed, without the white space around them."""
    for removal in result.removals:
        if removal.reason == "duplicate" and removal.keeper is not None:
            start = removal.start + len(removal.text) - len(removal.text.lstrip())
            end = removal.start + len(removal.text.rstrip())
            yield plain(removal.document), plain(removal.keeper.document), start, end


def keeping_order(docs: Iterable[Row]) -> Rank:
    """Documents without dates: by their words without what the cleaner takes, the longest first, then by path."""
    with clean(inputs(docs)) as result:
        return {
            plain(record.id): (sum(record.words_removed.values()) - record.words, record.id)
            for record in result.documents
        }


def without_headlines(found: Iterable[Row], gold: Path) -> list[Row]:
    """Passages less what they hold of headlines, which the gold does not count."""
    ends = {row["id"]: row["end"] for row in read_lines(gold / "paragraphs.jsonl") if row["role"] == "headline"}
    rest = [
        row | {f"{side}_start": max(row[f"{side}_start"], ends.get(row[side], 0)) for side in "ab"} for row in found
    ]
    return [row for row in rest if row["a_start"] < row["a_end"] and row["b_start"] < row["b_end"]]


# ---- sets -------------------------------------------------------------------------------------------


def syndicated(
    data: Path, seed: int, docs: int, boilerplate: str, base: Path | None = None
) -> Iterator[tuple[str, str]]:
    """Copies made of BBC articles, or of those in ``base``."""
    scorer = tool(data, "score_pairs")
    with tempfile.TemporaryDirectory() as folder:
        gold = Path(folder)
        generator = str(data.parent / "tools" / "make_syndicated.py")
        source = str(base or data / "reuse" / "bbc" / "docs.jsonl.gz")
        options = ["--docs", str(docs), "--seed", str(seed), "--boilerplate", boilerplate]
        subprocess.run(
            [sys.executable, generator, "--base", source, "--out", folder, *options], check=True, capture_output=True
        )
        rows = read_lines(gold / "docs.jsonl.gz")
        rank = keeping_order(rows)
        shared = read_lines(gold / "passages.jsonl")
        scanned = {row["id"] for row in read_lines(gold / "meta.jsonl") if row["kind"] == "scanned"}
        with run(rows) as result:
            found = passages_of(result)
            passages = scorer.passages_score(shared, found)
            bare = scorer.passages_score(shared, without_headlines(found, gold))
            quotes = quote_recall(shared, found)
            clusters = json.loads((gold / "clusters.json").read_text())
            stories = scorer.clusters_score(clusters, stories_of(result), len(rows))
            precision, recall, lost = removal_scores(result, gold, rank)
            scans = removal_scores(result, gold, rank, scanned)
        with run(rows, safe=True) as result:
            safe = removal_scores(result, gold, rank)
    yield "passages plagdet", f"{passages[4]:.4f}"
    yield "passages P / R", f"{passages[0]:.4f} / {passages[1]:.4f}"
    yield "passages without headlines, plagdet", f"{bare[4]:.4f}"
    yield "passages without headlines, P", f"{bare[0]:.4f}"
    yield "quotes recall", f"{quotes:.4f}"
    yield "stories pair F1", f"{stories[2]:.4f}"
    yield "stories ARI", f"{stories[3]:.4f}"
    yield "removals precision", f"{precision:.4f}"
    yield "removals recall", f"{recall:.4f}"
    yield "removals lost", f"{lost:.4f}"
    yield "scanned precision", f"{scans[0]:.4f}"
    yield "scanned recall", f"{scans[1]:.4f}"
    yield "safe precision", f"{safe[0]:.4f}"
    yield "safe recall", f"{safe[1]:.4f}"


def pan13(data: Path) -> Iterator[tuple[str, str]]:
    folder = data / "reuse" / "pan13_noobf"
    gold = read_lines(folder / "passages.jsonl")
    pairs = {frozenset((row["a"], row["b"])) for row in gold}
    with run(read_lines(folder / "docs.jsonl.gz"), clean="off") as result:
        found = [row for row in passages_of(result) if frozenset((row["a"], row["b"])) in pairs]
    yield "passages plagdet", f"{tool(data, 'score_pairs').passages_score(gold, found)[4]:.4f}"


def psdocs(data: Path) -> Iterator[tuple[str, str]]:
    folder = data / "reuse" / "psdocs_versions"
    rows = [{"id": row["id"], "text": row["text"]} for row in read_lines(folder / "docs.jsonl.gz")]
    clusters = json.loads((folder / "clusters.json").read_text())
    with run(rows, clean="off") as result:
        scores = tool(data, "score_pairs").clusters_score(clusters, stories_of(result), len(rows))
    yield "stories pair F1", f"{scores[2]:.4f}"
    yield "stories ARI", f"{scores[3]:.4f}"


def clough(data: Path) -> Iterator[tuple[str, str]]:
    folder = data / "reuse" / "clough_stevenson"
    scorer = tool(data, "score_pairs")
    gold = scorer.read_pairs(str(folder / "pairs.tsv"))
    rows = [{"id": row["id"], "text": row["text"]} for row in read_lines(folder / "docs.jsonl.gz")]
    with run(rows, clean="off") as result:
        found = {(min(p["a"], p["b"]), max(p["a"], p["b"])) for p in passages_of(result)}
    yield "pairs F1", f"{scorer.pairs_score(gold, found)[2]:.4f}"


_NUMBER = re.compile(r"\d+")
_NAME = re.compile(r"(?<=[a-z,] )[A-Z][a-z]{2,}(?=[ ,.])")
_WORD = re.compile(r"\b(?:two|three|four|five|six|seven|eight|nine|ten|first|second|third|million|billion|not|no)\b")


def altered(data: Path, count: int = 1000) -> Iterator[tuple[str, str]]:
    """News paragraphs printed twice, once with one number, date, place, person or negation changed: all stay."""
    rng = random.Random(1)
    paragraphs = [
        paragraph
        for row in read_lines(data / "reuse" / "bbc" / "docs.jsonl.gz")
        for paragraph in row["text"].split("\n")[1:]
        if 20 <= len(paragraph.split()) <= 120
    ]
    rng.shuffle(paragraphs)
    told = Counter(name for paragraph in paragraphs for name in _NAME.findall(paragraph))
    names, near = sorted(told), _a_letter_apart(sorted(name for name in told if told[name] >= 3))
    paragraphs = list(dict.fromkeys(paragraphs))
    yield "wrongly removed", _wrongly_removed(paragraphs, lambda text: _changed(text, names, rng), count)
    yield (
        "names a letter apart wrongly removed",
        _wrongly_removed(paragraphs, lambda text: _with_near_name(text, near, rng), count),
    )


def _wrongly_removed(paragraphs: Iterable[str], change: Callable[[str], str], count: int) -> str:
    """Share of so many paragraphs that go as copies of what they were before a change."""
    rows: list[Row] = []
    for paragraph in paragraphs:
        changed = change(paragraph)
        if changed != paragraph:
            number = len(rows) // 2
            rows.append(
                {"id": f"{number:04d}-a", "text": f"{paragraph}\n\nThe first of the two documents is the longer."}
            )
            rows.append({"id": f"{number:04d}-b", "text": changed})
        if len(rows) == 2 * count:
            break
    with run(rows, clean="off") as result:
        removed = {removal.document for removal in result.removals}
    return f"{sum(document.endswith('-b') for document in removed) / count:.4f}"


def _a_letter_apart(names: list[str]) -> Mapping[str, list[str]]:
    """For each name those that differ from it in one letter, if there are any."""
    found: dict[str, list[str]] = defaultdict(list)
    for one, other in np.argwhere(cdist(names, names, scorer=Levenshtein.distance, score_cutoff=1) == 1).tolist():
        found[names[one]].append(names[other])
    return found


def _with_near_name(paragraph: str, near: Mapping[str, list[str]], rng: random.Random) -> str:
    """The paragraph with one name exchanged for another that differs from it in one letter."""
    places = [place for place in _NAME.finditer(paragraph) if place.group() in near]
    if not places:
        return paragraph
    name = rng.choice(places).group()
    return re.sub(rf"\b{name}\b", rng.choice(near[name]), paragraph)


def _changed(paragraph: str, names: list[str], rng: random.Random) -> str:
    """The paragraph with one number, name or number word exchanged for another."""
    places = [*_NUMBER.finditer(paragraph), *_NAME.finditer(paragraph), *_WORD.finditer(paragraph)]
    if not places:
        return paragraph
    place = rng.choice(places)
    word = place.group()
    if word.isdigit():
        new = str(int(word) + rng.choice((1, 2, 10, 100)))
    else:
        new = rng.choice(names) if word[0].isupper() else rng.choice(("", "twelve", "some", "fourth"))
    return paragraph[: place.start()] + new + paragraph[place.end() :]


def measure(
    data: Path, sets: Iterable[str], seeds: Iterable[int], docs: int, base: Path | None = None
) -> Iterator[tuple[str, str, str]]:
    """(set, measure, value) of everything asked for."""
    for name in sets:
        if name == "syndicated":
            for seed in seeds:
                for boilerplate in ("none", "full"):
                    for what, value in syndicated(data, seed, docs, boilerplate, base):
                        yield f"syndicated seed {seed}, boilerplate {boilerplate}", what, value
        else:
            for what, value in SETS[name](data):
                yield name, what, value


SETS = {"pan13": pan13, "psdocs": psdocs, "clough": clough, "altered": altered}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--docs", type=int, default=2000)
    parser.add_argument("--base", type=Path, help="articles to make the syndicated copies of (JSONL)")
    parser.add_argument("--seeds", default="1,2,3")
    parser.add_argument("--sets", default="syndicated,pan13,psdocs,clough,altered")
    options = parser.parse_args()
    sets, seeds = options.sets.split(","), [int(seed) for seed in options.seeds.split(",")]
    last = ""
    for name, what, value in measure(options.data.resolve(), sets, seeds, options.docs, options.base):
        if name != last:
            print(f"\n{name}")
            last = name
        print(f"  {what:<36} {value}", flush=True)


if __name__ == "__main__":
    main()
