"""How fast the review answers, and how much memory it takes, on a run folder with many clusters.

    review.py [CLUSTERS] [--keep DIR]

Makes a run folder of invented documents, indexes it, and asks as the page does: medians and worst of 20 answers each.
"""

from __future__ import annotations

import argparse
import random
import resource
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from typing import Any

import orjson
from starlette.testclient import TestClient

from unecho.restore import sha256
from unecho.review.app import Review
from unecho.review.guard import Guard
from unecho.spans import cut

PORT = 8123
COPIES = 3
ROUNDS = 20
WORDS = ["".join(random.Random(n).choices("abcdefghijklmnoprstuvw", k=3 + n % 7)) for n in range(5000)]


def paragraph(seed: int, words: int = 40) -> str:
    return " ".join(random.Random(seed).choices(WORDS, k=words)).capitalize() + "."


def make(run: Path, clusters: int) -> None:
    """A run of ``clusters`` paragraphs, each kept in one row of a JSONL file and copied in three others."""
    per = 10
    documents = clusters * (COPIES + 1) // per
    bodies: list[list[tuple[str, int, int]]] = [[] for _ in range(documents)]
    for number in range(clusters):
        for copy in range(COPIES + 1):
            bodies[(number * 7 + copy * 13) % documents].append((_copy(number, copy), number, copy))
    (run / "clean").mkdir(parents=True)
    removals: list[dict[str, Any]] = []
    places: dict[tuple[int, int], tuple[str, int, int]] = {}
    with (run / "documents.jsonl").open("wb") as records, (run / "clean/in.jsonl").open("wb") as clean:
        for number, body in enumerate(bodies):
            name = f"in.jsonl#{number:07d}"
            spans, text = _text(number, body)
            for (start, end), (_, cluster, copy) in zip(spans, body, strict=True):
                places[cluster, copy] = name, start, end
            gone = [(start, end + 1) for (start, end), (_, _, copy) in zip(spans, body, strict=True) if copy]
            removals += [
                {"document": name, "start": start, "end": end + 1, "of": (cluster, copy), "text": text[start : end + 1]}
                for (start, end), (_, cluster, copy) in zip(spans, body, strict=True) if copy
            ]  # fmt: skip
            records.write(_line(_record(number, name, text, bool(gone))))
            clean.write(_line({"id": f"{number:07d}", "text": cut(text, gone)}))
    _write_findings(run, removals, places, clusters)
    counts = {"documents": documents, "removals": len(removals), "clusters": clusters, "passages": 0, "stories": 0}
    info = {"unecho": "0", "command": "dedupe", "settings": {"threshold": 0.9, "similar": 0.5}, "counts": counts}
    (run / "run.json").write_bytes(_line({**info, "fingerprint": "f", "inputs": [], "ignored": {}, "lsh": None}))


def _copy(number: int, copy: int) -> str:
    """A third of the clusters are exact copies, the others lose a word or two."""
    words = paragraph(number).split(" ")
    return " ".join(words[(copy if number % 3 else 0) :])


def _text(number: int, body: list[tuple[str, int, int]]) -> tuple[list[tuple[int, int]], str]:
    text, spans = paragraph(10**9 + number) + "\n", []
    for piece, _, _ in body:
        spans.append((len(text), len(text) + len(piece)))
        text += piece + "\n"
    return spans, text


def _record(number: int, name: str, text: str, trimmed: bool) -> dict[str, Any]:
    return {
        "id": name, "status": "trimmed" if trimmed else "kept", "reason": None, "source": "in.jsonl", "row": number,
        "format": "jsonl", "field": "text", "output": "in.jsonl", "title": f"Title {number}", "url": None,
        "site": f"site{number % 300}.example", "date": "2026-01-01", "language": None, "encoding": "utf-8",
        "bom": False, "repaired": [], "chars": len(text), "words": len(text.split()), "mode": None, "words_removed": {},
        "sha256": sha256(text), "record": None,
    }  # fmt: skip


def _write_findings(
    run: Path, removals: list[dict[str, Any]], places: dict[tuple[int, int], tuple[str, int, int]], clusters: int
) -> None:
    def covered(number: int, copy: int) -> float:
        return 1.0 if number % 3 == 0 else round(1 - (number % 7) * 0.015 - copy * 0.001, 4)

    def place(number: int, copy: int) -> dict[str, Any]:
        document, start, end = places[number, copy]
        return {"document": document, "start": start, "end": end}

    with (run / "removals.jsonl").open("wb") as file:
        for count, removal in enumerate(removals):
            number, copy = removal.pop("of")
            file.write(_line({
                "id": f"r{count:07d}", **removal, "reason": "duplicate", "category": None, "confidence": None,
                "rule": None, "keeper": place(number, 0), "covered": covered(number, copy), "resemblance": 0.9,
                "containment": 0.9, "cluster": f"c{number:06d}", "words": len(removal["text"].split()),
            }))  # fmt: skip
    with (run / "clusters.jsonl").open("wb") as file:
        for number in range(clusters):
            members = [
                {**place(number, copy), "covered": covered(number, copy), "resemblance": 0.9, "containment": 0.9,
                 "relation": "near" if number % 3 else "exact", "action": "removed", "why": "most of its words"}
                for copy in range(1, COPIES + 1)
            ]  # fmt: skip
            file.write(
                _line({"id": f"c{number:06d}", "keeper": place(number, 0), "why_kept": "path", "members": members})
            )


def _line(value: Any) -> bytes:
    return orjson.dumps(value, option=orjson.OPT_APPEND_NEWLINE)


def asked(clusters: int) -> Iterator[tuple[str, Any]]:
    """What the page asks: name, and path or (path, body)."""
    numbers = random.Random(5)
    for _ in range(ROUNDS):
        word = paragraph(numbers.randrange(clusters)).split()[2]
        yield "a finding", f"/finding/{numbers.randrange(1, clusters)}"
        yield "the queue", "/queue?status=open"
        yield "the queue, further on", f"/queue?status=open&after={numbers.randrange(clusters)}"
        yield "a search", f"/queue?status=all&text={word}"
        yield "a search without result", "/queue?status=all&text=nothinghasthis"
        yield "a site", f"/queue?status=all&site=site{numbers.randrange(300)}.example"
        yield "a score band", "/queue?status=all&low=0.9&high=0.95"
        yield "the state", "/state"
        yield "a document", f"/document/{numbers.randrange(clusters * (COPIES + 1) // 10)}"
        yield "the threshold", "/threshold?steps=1&at=0.93"
        yield "samples of a batch", "/batch?status=open"
        yield "a decision", ("/decide", {"verdict": "accept", "finding": numbers.randrange(1, clusters)})
        yield "an undo", ("/undo", {})
        yield "a random removal", "/sample"


def measure(run: Path, clusters: int) -> None:
    begin, before, cpu = time.perf_counter(), _peak(), time.process_time()
    review = Review(run, "benchmark", lambda _: "")
    print(f"index: {time.perf_counter() - begin:.1f} s, {time.process_time() - cpu:.1f} s of them on the CPU")
    print(f"peak {_peak():.0f} MB, before {before:.0f} MB")
    guard = Guard(review.application(), PORT)
    times: dict[str, list[float]] = {}
    with TestClient(guard, f"http://127.0.0.1:{PORT}") as client:
        client.get(f"/?token={guard.token}")
        version = 0
        for name, what in asked(clusters):
            begin = time.perf_counter()
            if isinstance(what, str):
                answer = client.get(what)
            else:
                answer = client.post(what[0], json={**what[1], "version": version})
                version = answer.json().get("version", version)
            times.setdefault(name, []).append(1000 * (time.perf_counter() - begin))
            assert answer.status_code == 200, (what, answer.text)
        for name, taken in times.items():
            print(f"{name:26} median {median(taken):6.1f} ms, worst {max(taken):6.1f} ms")
        begin = time.perf_counter()
        body = {"verdict": "accept", "filter": {"status": "all"}, "version": version}
        answer = client.post("/decide-all", json=body)
        print(f"a batch of all {clusters:,}: {time.perf_counter() - begin:.1f} s")
        begin = time.perf_counter()
        client.post("/undo", json={"version": answer.json()["version"]})
        print(f"its undo: {time.perf_counter() - begin:.1f} s; peak {_peak():.0f} MB")
    review.close()


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("clusters", nargs="?", type=int, default=100_000)
    parser.add_argument("--keep", type=Path, help="make the run folder there, or use the one that is there")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        run = options.keep or Path(folder, "OUT")
        if not run.exists():
            make(run, options.clusters)
        else:
            (run / "decisions.jsonl").unlink(missing_ok=True)
        measure(run, options.clusters)
    return 0


if __name__ == "__main__":
    sys.exit(main())
