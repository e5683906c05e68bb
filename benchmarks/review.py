"""How fast the review answers, and how much memory it takes, on a run folder with many clusters.

    review.py [CLUSTERS...] [--keep DIR]

Makes run folders of invented documents, indexes each in a process of its own, and asks all that the page can ask:
medians and worst of 20 answers each. Of the batches: the answer, what is asked while they are written, and the undo.
"""

from __future__ import annotations

import argparse
import random
import resource
import sys
import tempfile
import time
from collections.abc import Iterator
from multiprocessing import get_context
from pathlib import Path
from statistics import median
from typing import Any

import orjson
from starlette.testclient import TestClient

from unecho.output.restore import sha256
from unecho.review.app import Review
from unecho.review.guard import Guard
from unecho.text.spans import cut

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
        yield "the page", "/"
        yield "a finding", f"/finding/{numbers.randrange(1, clusters)}"
        yield "a finding, unfolded", f"/finding/{numbers.randrange(1, clusters)}?whole=1"
        yield "the queue", "/queue?status=open"
        yield "the queue, further on", f"/queue?status=open&after={numbers.randrange(clusters)}"
        yield "the queue, all", "/queue?status=all"
        yield "a search", f"/queue?status=all&text={word}"
        yield "a search for a title", f"/queue?status=all&text=title+{numbers.randrange(1000)}"
        yield "a search without result", "/queue?status=all&text=nothinghasthis"
        yield "a site", f"/queue?status=all&site=site{numbers.randrange(300)}.example"
        yield "a kind", "/queue?status=all&kind=near"
        yield "a score band", "/queue?status=all&low=0.9&high=0.95"
        yield "copies and words", "/queue?status=all&copies=4&words=100"
        yield "the state", "/state"
        yield "the progress", "/progress"
        yield "a document", f"/document/{numbers.randrange(clusters * (COPIES + 1) // 10)}"
        yield "the threshold", "/threshold?steps=1&at=0.93"
        yield "the slider, moved", f"/threshold?at={numbers.randrange(50, 100) / 100}"
        yield "samples of a batch", "/batch?status=open"
        yield "samples, score band", "/batch?status=open&low=0.9&high=0.95"
        yield "a decision", ("/decide", {"verdict": "accept", "finding": numbers.randrange(1, clusters)})
        yield "an undo", ("/undo", {})
        yield "a swap", ("/decide", {"verdict": "swap", "finding": numbers.randrange(1, clusters)})
        yield "what people differ in", "/notes"
        yield "a random removal", "/sample"
        yield "an answer on it", ("/answer", {"right": True})


class Asking:
    """A page that asks, and a clock."""

    def __init__(self, client: TestClient) -> None:
        self._client = client
        self.version = 0
        self._removal: str | None = None
        self.times: dict[str, list[float]] = {}
        self.cpu: dict[str, list[float]] = {}

    def ask(self, name: str, what: Any) -> Any:
        """One answer, timed under its name; nothing where there is nothing to ask."""
        if name == "an answer on it" and not self._removal:
            return None
        path, body = (what, None) if isinstance(what, str) else what
        begin, cpu = time.perf_counter(), time.process_time()
        if body is None:
            answer = self._client.get(path)
        else:
            answer = self._client.post(path, json={**body, "version": self.version, "removal": self._removal})
        self.times.setdefault(name, []).append(1000 * (time.perf_counter() - begin))
        self.cpu.setdefault(name, []).append(1000 * (time.process_time() - cpu))
        assert answer.status_code == 200, (what, answer.text)
        found = answer.json() if "json" in answer.headers["content-type"] else {}
        self.version = found.get("version", self.version)
        if name == "a random removal":
            self._removal = found["removal"]
        return found

    def batch(self, verdict: str, chosen: dict[str, Any], clusters: int) -> float:
        """Decides many, and asks for other things while that is written; returns how long it takes, in seconds."""
        begin = time.perf_counter()
        found = self.ask("a batch", ("/decide-all", {"verdict": verdict, "filter": chosen}))
        numbers = random.Random(7)
        while found["writing"] is not None:
            self.ask("meanwhile: a finding", f"/finding/{numbers.randrange(1, clusters)}")
            self.ask("meanwhile: the queue", "/queue?status=open")
            found = self.ask("meanwhile: the progress", "/progress")
        assert not found["problem"], found
        return time.perf_counter() - begin


def measure(run: Path, clusters: int) -> None:
    begin, before, cpu = time.perf_counter(), _peak(), time.process_time()
    review = Review(run, "benchmark", lambda _: "")
    size = sum(path.stat().st_size for path in run.rglob("*") if path.is_file()) / 1e6
    print(f"\n{clusters:,} clusters, {size:.0f} MB")
    print(f"index: {time.perf_counter() - begin:.1f} s, {time.process_time() - cpu:.1f} s of them on the CPU;"
          f" peak {_peak():.0f} MB, {before:.0f} MB of them before")  # fmt: skip
    guard = Guard(review.application(), PORT)
    with TestClient(guard, f"http://127.0.0.1:{PORT}") as client:
        client.get(f"/?token={guard.token}")
        asking = Asking(client)
        for name, what in asked(clusters):
            asking.ask(name, what)
        left = asking.ask("the queue", "/queue?status=open")["count"]
        taken = [asking.batch("accept", {"status": "open"}, clusters)]
        asking.ask("a decision after a batch", ("/decide", {"verdict": "reject", "finding": 7}))
        asking.ask("its undo", ("/undo", {}))
        asking.ask("the undo of a batch", ("/undo", {}))
        assert asking.ask("the queue", "/queue?status=open")["count"] == left
        taken.append(asking.batch("reject", {"status": "all"}, clusters))
        asking.ask("the undo of a batch", ("/undo", {}))
        for name, times in asking.times.items():
            cpu = median(asking.cpu[name])
            print(f"{name:26} median {median(times):6.1f} ms, worst {max(times):6.1f} ms; CPU {cpu:6.1f} ms")
        print(f"batches written in {' and '.join(f'{seconds:.1f} s' for seconds in taken)}; peak {_peak():.0f} MB")
    review.close()
    begin = time.perf_counter()
    Review(run, "benchmark", lambda _: "").close()
    print(f"opened again, with these decisions: {time.perf_counter() - begin:.1f} s; peak {_peak():.0f} MB")


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("clusters", nargs="*", type=int)
    parser.add_argument("--keep", type=Path, help="make the run folders there, or use those that are there")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        for clusters in options.clusters or (10_000, 100_000):
            run = (options.keep or Path(folder)) / f"run{clusters}"
            (run / "decisions.jsonl").unlink(missing_ok=True)
            (run / "sample.jsonl").unlink(missing_ok=True)
            # Processes of their own, as the peak of memory is one of a process.
            for work in (() if run.exists() else (make,)) + (measure,):
                process = get_context("spawn").Process(target=work, args=(run, clusters))
                process.start()
                process.join()
                if process.exitcode:
                    return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
