"""Quality floors: fails when a score on the labelled data falls below the recorded one.

    python benchmarks/floors.py DATA              measure and compare (about two minutes)
    python benchmarks/floors.py DATA --record     raise the floors to what is measured now, less a little
    python benchmarks/floors.py DATA --record --lower    also lower them, which shows in the change to floors.json

The floors hold for the very data they were measured on: its digest is recorded with them.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boiler
import reuse

from unecho.boilerplate import rules

FLOORS = Path(__file__).with_name("floors.json")
SLACK = 0.002
"""Left below a measured score when it is recorded: other versions of the libraries may differ a little."""
SMALLER_IS_BETTER = ("lost", "wrongly removed")


def digest(data: Path) -> str:
    """SHA-256 over the files that are measured on."""
    sha = hashlib.sha256()
    for name in ("boiler/gold-dev.jsonl.gz", "boiler/html-dev.jsonl.xz", "reuse/bbc/docs.jsonl.gz"):
        sha.update((data / name).read_bytes())
    return sha.hexdigest()


def measured(data: Path) -> Iterator[tuple[str, float]]:
    """(name, score), greater is better."""
    known = rules.load()
    gold = list(boiler.read_jsonl(data / "boiler" / "gold-dev.jsonl.gz"))
    for kind, scores in (
        ("text", boiler.score_text(gold, known, "auto")),
        ("html", boiler.score_html({page["id"]: page for page in gold}, data / "boiler" / "html-dev.jsonl.xz", known)),
        ("extracted", boiler.score_extracted(gold, known)),
    ):
        for name, score in scores.items():
            yield f"cleaner {kind} {name}", score
    for name, what, value in reuse.measure(data, ("syndicated", "clough", "altered"), (1,), 600):
        if "/" not in value:
            score = float(value)
            yield f"{name}: {what}", 1 - score if what.endswith(SMALLER_IS_BETTER) else score


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--record", action="store_true")
    parser.add_argument("--lower", action="store_true")
    options = parser.parse_args()
    data = options.data.resolve()
    recorded: dict[str, Any] = {"data": digest(data), "floors": {}}
    if FLOORS.exists():
        recorded = json.loads(FLOORS.read_text("utf-8"))
    if recorded["data"] != digest(data):
        print("the labelled data is not that of floors.json: nothing compared")
        return
    floors: dict[str, float] = recorded["floors"]
    failed = []
    print()
    for name, score in measured(data):
        floor = floors.get(name, 0.0)
        print(f"{name:<60} {score:.4f}  floor {floor:.4f}{'' if score >= floor else '  BELOW'}", flush=True)
        if score < floor:
            failed.append(name)
        if options.record and (score - SLACK > floor or options.lower):
            floors[name] = round(score - SLACK, 4)
    if options.record:
        FLOORS.write_text(json.dumps(recorded, indent=1, sort_keys=True, ensure_ascii=False) + "\n", "utf-8")
    elif failed:
        sys.exit(f"below the floor: {', '.join(failed)}")


if __name__ == "__main__":
    main()
