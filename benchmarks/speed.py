"""Cost of finding near-duplicate paragraphs by MinHash, in CPU time and memory, beside that of other tools.

    python benchmarks/speed.py CORPUS.jsonl [--peers datasketch,rensa,daft] [--workers 1] [--minhash] [--json]
    python benchmarks/speed.py CORPUS.jsonl --growth
    python benchmarks/speed.py --stress notice --count 500000
    python benchmarks/speed.py --stress template --count 100000

Each does the same in a process of its own: reads JSONL rows with a ``text``, splits it at blank lines, collapses
equal paragraphs, signs those of 8 words and more by their runs of 3 words with 128 permutations, looks for
resemblance of .8 and joins what it found to clusters. unecho verifies every pair exactly; the others go by the
estimate. ``wc -w`` reads the same file, as a measure of the machine. No cleaning, no passages, no report; "matching"
is all that ``unecho dedupe --clean off`` does up to the report: MinHash, passages, stories, choosing, removals.

``--growth`` compares the matching of the whole corpus with that of its first tenth; ``--stress`` does the same with
a made corpus: one notice below so many articles, or so many pages made from one template.

CPU: user and system time of the process, its start and its imports included (not compilation, which happens once
for each installation). Memory: the largest resident size. Compare ratios of one run, not seconds.
"""

from __future__ import annotations

import argparse
import gc
import importlib.util
import json
import os
import random
import subprocess
import sys
import tempfile
import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from itertools import islice, pairwise
from pathlib import Path

import numpy as np
import orjson
from numpy.typing import NDArray

from unecho.base.columns import ColumnFile, Hashes, Ints, Mask, edges_of, members, offsets_of, pieces
from unecho.matching import lsh, verify
from unecho.sources import records
from unecho.sources.rows import line_edges
from unecho.text import shingles
from unecho.text.lookup import first_equal
from unecho.text.normalize import BEHIND, tokenize_utf8

THRESHOLD = 0.8
BLANK = "\n\n"
NEWLINE = ord("\n")
BATCH = 1_000_000
"""Bytes worked on at a time."""
Found = tuple[int, int]
"""Paragraphs read, and paragraphs that are not the first of their cluster."""


# ---- what all do alike ------------------------------------------------------------------------------


def documents(path: Path) -> Iterator[list[str]]:
    """The paragraphs of every document."""
    with path.open("rb", buffering=1 << 20) as lines:
        for line in lines:
            yield orjson.loads(line)["text"].split(BLANK)


@dataclass(frozen=True, slots=True)
class Batch:
    """Paragraphs of some documents."""

    data: NDArray[np.uint8]
    """All texts, in UTF-8, among other things."""
    edges: Ints
    """Where each paragraph begins and ends in it."""
    begins: Ints
    """Where each text begins in it."""
    counts: Ints
    """Paragraphs of each document."""
    lines: Ints
    """Where the line of each document begins and ends in the file."""


def batches(path: Path) -> Iterator[Batch]:
    """All documents, about ``BATCH`` bytes of the file at a time."""
    offset, rest = 0, b""
    with path.open("rb", buffering=0) as file:
        while block := file.read(BATCH):
            block = rest + block
            *lines, (begin, _) = line_edges(block)
            if lines:
                yield batch_of(*texts_of(block, lines), offset + np.array(lines, np.int64))
            offset, rest = offset + begin, block[begin:]
    if rest:
        yield batch_of(*texts_of(rest, [(0, len(rest))]), np.array([[offset, offset + len(rest)]], np.int64))


def texts_of(data: bytes, lines: Sequence[tuple[int, int]]) -> tuple[NDArray[np.uint8], Ints]:
    """The texts of lines, in UTF-8, and where each begins and ends there."""
    found = records.texts(data, lines, "text")
    if None not in records.records(found.frames(), "text"):
        return found.data, found.edges()
    each = [orjson.loads(data[begin:end])["text"].encode() for begin, end in lines]
    begins = offsets_of(np.fromiter(map(len, each), np.int64, len(each)) + 1)
    return np.frombuffer(b"\0".join([*each, BEHIND]), np.uint8), np.stack([begins[:-1], begins[1:] - 1], axis=1)


def batch_of(data: NDArray[np.uint8], texts: Ints, lines: Ints) -> Batch:
    newline = np.flatnonzero(data == NEWLINE)  # they are in texts alone, and between two there is something else
    # Of a run of newlines the first two are a blank line, the next two another one, and so on.
    run = edges_of(newline - np.arange(len(newline)))
    even = (np.arange(len(newline)) - np.repeat(run[:-1], np.diff(run))) % 2 == 0
    blank = newline[:-1][even[:-1] & (np.diff(newline) == 1)]
    begins, ends = np.concatenate([texts[:, 0], blank + len(BLANK)]), np.concatenate([texts[:, 1], blank])
    edges = np.stack([np.sort(begins), np.sort(ends)], axis=1)
    counts = np.diff(np.searchsorted(edges[:, 1], texts[:, 1], side="right"), prepend=0)
    return Batch(data, edges, texts[:, 0], counts, lines)


def repeats(count: int, pairs: Iterable[Sequence[int]]) -> int:
    """How many of ``count`` paragraphs are not the first of their cluster (union-find)."""
    parent = list(range(count))

    def root(node: int) -> int:
        while parent[node] != node:
            parent[node] = node = parent[parent[node]]
        return node

    joined = 0
    for a, b in pairs:
        one, two = root(a), root(b)
        joined += one != two
        parent[max(one, two)] = min(one, two)
    return joined


def distinct(path: Path) -> tuple[int, list[str]]:
    """(paragraphs, the distinct ones of 8 words and more in lower case), for the peers."""
    total = 0
    seen: dict[str, None] = {}
    for paragraphs in documents(path):
        total += len(paragraphs)
        for paragraph in paragraphs:
            if paragraph.count(" ") >= shingles.SHORTEST - 1:
                seen[paragraph.lower()] = None
    return total, list(seen)


# ---- unecho -----------------------------------------------------------------------------------------


@dataclass(slots=True)
class Signed:
    """All paragraphs after the first reading."""

    fingerprint: Hashes
    long: Mask
    keys: list[ColumnFile]
    """Of each band the keys of the long ones."""
    counts: Ints
    """Paragraphs of each document."""
    lines: Ints
    """Where each document's line begins and ends in the file."""
    edges: NDArray[np.uint32]
    """Where each paragraph begins and ends in its document's text, in bytes."""


def signed(path: Path, bands: lsh.Bands, workers: int) -> Signed:
    prints, longs, counts, lines, edges = list[Hashes](), list[Mask](), list[Ints](), list[Ints](), []
    keys = [ColumnFile(np.uint32) for _ in range(bands.bands)]
    for batch in batches(path):
        tokens = tokenize_utf8(batch.data, batch.edges)
        by_character = shingles.unspaced(tokens.flags, tokens.offsets, compiled=True)
        lists = shingles.shingle_lists(tokens.hash, tokens.offsets, by_character, workers, compiled=True)
        longs.append(shingles.long_enough(np.diff(tokens.offsets), by_character))
        prints.append(shingles.fingerprints(tokens.hash, tokens.offsets, compiled=True))
        for file, column in zip(keys, lsh.keys_of(lists, bands, workers, compiled=True)[:, longs[-1]], strict=True):
            file.append(column)
        counts.append(batch.counts)
        lines.append(batch.lines)
        edges.append((batch.edges - np.repeat(batch.begins, batch.counts)[:, None]).astype(np.uint32))
    return Signed(
        np.concatenate(prints), np.concatenate(longs), keys, np.concatenate(counts), np.concatenate(lines),
        np.concatenate(edges),
    )  # fmt: skip


def sets_of(path: Path, rows: Ints, found: Signed, workers: int) -> shingles.ShingleSets:
    """Shingle sets of some paragraphs (sorted), which are read again."""
    documents, place = members(np.searchsorted(offsets_of(found.counts), rows, side="right") - 1, len(found.lines))
    lines, edges = found.lines[documents], found.edges[rows].astype(np.int64)
    hashes, sizes = [np.zeros(0, np.uint64)], [np.zeros(0, np.int64)]
    with path.open("rb", buffering=0) as file:
        for first, end in pieces(offsets_of(lines[:, 1] - lines[:, 0]), BATCH):
            data = [os.pread(file.fileno(), stop - at, at) for at, stop in lines[first:end].tolist()]
            stops = offsets_of(np.fromiter(map(len, data), np.int64, len(data)))
            articles, texts = texts_of(b"".join(data), list(pairwise(stops.tolist())))
            part = slice(*np.searchsorted(place, [first, end]))
            tokens = tokenize_utf8(articles, texts[place[part] - first, :1] + edges[part])
            by_character = shingles.unspaced(tokens.flags, tokens.offsets, compiled=True)
            sets = shingles.shingle_sets(tokens.hash, tokens.offsets, by_character, workers, compiled=True)
            hashes.append(sets.hash)
            sizes.append(np.diff(sets.offsets))
    return shingles.ShingleSets(np.concatenate(hashes), offsets_of(np.concatenate(sizes)))


def unecho(path: Path, workers: int) -> Found:
    bands = lsh.plan(THRESHOLD)
    found = signed(path, bands, workers)
    count = len(found.long)
    first = first_equal(found.fingerprint, compiled=True)
    alone = first == np.arange(count)
    which = np.flatnonzero(alone & found.long)
    wanted = alone[found.long]
    keys = (file.column()[wanted] for file in found.keys)
    pairs = which[lsh.candidates(keys, compiled=True)]
    rows, places = members(pairs, count)
    similar = verify.resemblance(sets_of(path, rows, found, workers), places, workers, compiled=True) >= THRESHOLD
    return count, repeats(count, pairs[similar].tolist())


def matching(path: Path, workers: int) -> Found:
    from unecho import pipeline
    from unecho.config import Config, Limits, Settings

    config = Config(Settings(clean="off"), Limits(workers=workers))
    with pipeline.run("dedupe", [path], config) as result:
        return result.paragraphs, len(result.removals)


# ---- peers ------------------------------------------------------------------------------------------


def grams(paragraph: str) -> list[bytes]:
    words = paragraph.split()
    return [" ".join(words[place : place + 3]).encode() for place in range(len(words) - 2)]


def datasketch(path: Path, _: int) -> Found:
    from datasketch import MinHash, MinHashLSH

    total, paragraphs = distinct(path)
    index = MinHashLSH(threshold=THRESHOLD, num_perm=128)
    pairs = []
    sketches = MinHash.generator(map(grams, paragraphs), num_perm=128, scheme="affine32", hashfunc=zlib.crc32)
    for number, sketch in enumerate(sketches):
        pairs += [(other, number) for other in index.query(sketch)]
        index.insert(number, sketch, check_duplication=False)
    return total, repeats(len(paragraphs), pairs)


def rensa(path: Path, _: int) -> Found:
    from rensa import RMinHash, RMinHashLSH

    total, paragraphs = distinct(path)
    index = RMinHashLSH(threshold=THRESHOLD, num_perm=128, num_bands=16)
    pairs = []
    for begin in range(0, len(paragraphs), 10_000):
        sketches = RMinHash.from_token_sets(map(grams, paragraphs[begin : begin + 10_000]), 128, 1)
        index.insert_many(sketches, begin)
        for number, others in enumerate(index.query_all(sketches), begin):
            pairs += [(other, number) for other in others if other != number]
    return total, repeats(len(paragraphs), pairs)


def daft(path: Path, _: int) -> Found:
    import daft as engine
    from daft.functions import minhash

    total, paragraphs = distinct(path)
    signatures = []
    for begin in range(0, len(paragraphs), 50_000):
        texts = paragraphs[begin : begin + 50_000]
        sketch = minhash(engine.col("text"), num_hashes=128, ngram_size=3, hash_function="xxhash")
        column = engine.from_pydict({"text": texts}).select(sketch.alias("sketch")).to_arrow()["sketch"]
        signatures.append(np.asarray(column.combine_chunks().flatten(), np.uint32).reshape(-1, 128))
    rows = np.concatenate(signatures)
    # daft has no index: what it gives is banded as unecho bands.
    pairs = lsh.candidate_pairs(rows, lsh.plan(THRESHOLD))
    return total, repeats(len(rows), pairs.tolist())


RUNS = {run.__name__: run for run in (unecho, matching, datasketch, rensa, daft)}


# ---- measuring --------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Cost:
    name: str
    cpu: float
    """Seconds."""
    peak: float
    """MB."""
    found: Found | None


def measure(name: str, command: Sequence[str]) -> Cost:
    """Run a command and take its cost from the system's books. Those that print a pair of numbers found it."""
    with subprocess.Popen(command, stdout=subprocess.PIPE) as child:
        output = child.stdout.read() if child.stdout else b""
        _, status, usage = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode:
        raise SystemExit(f"{name} failed")
    peak = usage.ru_maxrss / (1e6 if sys.platform == "darwin" else 1e3)
    found = tuple(json.loads(output)) if output.startswith(b"[") else None
    return Cost(name, usage.ru_utime + usage.ru_stime, peak, found)


def table(costs: Sequence[Cost]) -> Iterator[str]:
    words = next(cost.cpu for cost in costs if cost.name == "wc -w")
    own = next(cost.cpu for cost in costs if cost.name == "unecho")
    yield "| | CPU s | x wc -w | x unecho | peak MB | paragraphs per CPU s | repeats found |"
    yield "|---|---|---|---|---|---|---|"
    for cost in costs:
        # A child begins with the resident size of its parent in the books, which is more than wc takes.
        peak = f"{cost.peak:,.0f}" if cost.found else ""
        rate = f"{cost.found[0] / cost.cpu:,.0f} | {cost.found[1]:,}" if cost.found else " | "
        times = f"{cost.cpu:.2f} | {cost.cpu / words:.1f} | {cost.cpu / own:.1f}"
        yield f"| {cost.name} | {times} | {peak} | {rate} |"


# ---- growth -----------------------------------------------------------------------------------------


def tenth(path: Path, folder: Path) -> Path:
    """The first tenth of a corpus' rows, each row of the same size on average, as a file of its own."""
    with path.open("rb") as lines:
        count = sum(1 for _ in lines)
        lines.seek(0)
        part = folder / "tenth.jsonl"
        part.write_bytes(b"".join(islice(lines, count // 10)))
    return part


def made(kind: str, count: int, folder: Path) -> Path:
    """A corpus that is hard on a search for repeats: the same words in every document."""
    rng = random.Random(kind)
    words = ["".join(rng.choices("abcdefghijklmnoprstuvw", k=rng.randint(2, 9))) for _ in range(20_000)]

    def some(size: int) -> list[str]:
        return rng.choices(words, k=size)

    fixed = [some(40) for _ in range(1 if kind == "notice" else 5)]
    path = folder / f"{kind}-{count}.jsonl"
    with path.open("wb") as file:
        for number in range(count):
            # The pages of a template differ in a word or two of every paragraph.
            parts = [part if kind == "notice" else [*part[:20], *some(2), *part[20:]] for part in fixed]
            # With capitals, as pages have them: without, any word that differs may be a name, and all of it stays.
            text = "\n\n".join(" ".join(part).capitalize() + "." for part in (some(30), *parts))
            file.write(orjson.dumps({"id": f"{number:07d}", "text": text}) + b"\n")
    return path


def growth(small: Path, large: Path, command: Sequence[str]) -> list[Cost]:
    """What the matching costs on a corpus and on one ten times as large."""
    return [
        measure(f"{name} {what}", [*line, str(path), *rest])
        for path, what in ((small, "tenth"), (large, "whole"))
        for name, line, rest in (("wc -w", ["wc", "-w"], []), ("matching", command[:2], command[2:]))
    ]


def growth_table(costs: Sequence[Cost]) -> Iterator[str]:
    words, small, more_words, large = costs
    yield "| | CPU s | x wc -w | peak MB | paragraphs | removals |"
    yield "|---|---|---|---|---|---|"
    for cost, base in ((small, words), (large, more_words)):
        found = cost.found or (0, 0)
        yield (
            f"| {cost.name} | {cost.cpu:.2f} | {cost.cpu / base.cpu:.1f} | {cost.peak:,.0f} | {found[0]:,} |"
            f" {found[1]:,} |"
        )
    yield f"CPU: {large.cpu / small.cpu:.1f} times as much"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("corpus", type=Path, nargs="?")
    parser.add_argument("--peers", default="datasketch,rensa,daft")
    parser.add_argument("--minhash", action="store_true", help="MinHash alone, without the whole matching")
    parser.add_argument("--workers", type=int, default=1, help="threads and processes of unecho")
    parser.add_argument(
        "--growth", action="store_true", help="the matching of the corpus beside that of its first tenth"
    )
    parser.add_argument("--stress", choices=("notice", "template"), help="the same with a made corpus")
    parser.add_argument("--count", type=int, default=100_000, help="documents of the made corpus")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--run", choices=RUNS, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.run:
        print(json.dumps(RUNS[options.run](options.corpus, options.workers)))
        gc.freeze()  # what Python does when it ends is not measured
        return
    if not options.corpus and not options.stress:
        parser.error("a corpus is needed, or --stress")
    from unecho.compiled import ready

    ready.warm(2)
    tail = ["--workers", str(options.workers), "--run"]
    with tempfile.TemporaryDirectory() as name:
        if options.stress:
            corpora = [made(options.stress, count, Path(name)) for count in (options.count // 10, options.count)]
        elif options.growth:
            corpora = [tenth(options.corpus, Path(name)), options.corpus]
        else:
            corpora = []
        if corpora:
            costs = growth(corpora[0], corpora[1], [sys.executable, __file__, *tail, "matching"])
            show(costs, list(growth_table(costs)), options.json)
            return
    wanted = [name for name in options.peers.split(",") if name]
    missing = [name for name in wanted if not importlib.util.find_spec(name)]
    command = [sys.executable, __file__, str(options.corpus), *tail]
    costs = [measure("wc -w", ["wc", "-w", str(options.corpus)])]
    own = ["unecho"] if options.minhash else ["unecho", "matching"]
    costs += [measure(name, [*command, name]) for name in [*own, *wanted] if name not in missing]
    lines = [*table(costs), *(f"{name} is not installed: left out" for name in missing)]
    show(costs, lines, options.json)


def show(costs: Sequence[Cost], lines: Sequence[str], as_json: bool) -> None:
    print(json.dumps([asdict(cost) for cost in costs]) if as_json else "\n".join(lines))


if __name__ == "__main__":
    main()
