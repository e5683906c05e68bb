"""What the cleaner takes out of syndicated stories, by the role of each paragraph.

    python benchmarks/wire.py DATA --generator make_syndicated.py     2,000 documents with boilerplate, seed 1

DATA: a folder with reuse/bbc/docs.jsonl.gz. The generator writes docs.jsonl.gz and paragraphs.jsonl (id, start,
end, role: body, new, headline or boilerplate). Printed is the share of paragraphs of each role that went.
"""

from __future__ import annotations

import argparse
import gzip
import json
import subprocess
import sys
import tempfile
from collections import Counter, defaultdict
from pathlib import Path

from unecho import pipeline
from unecho.config import Config

NAME = "docs.jsonl"


def measure(folder: Path) -> dict[str, tuple[int, int]]:
    """Paragraphs taken out and all, by role, of a corpus that the generator wrote to ``folder``."""
    docs = folder / NAME
    docs.write_bytes(gzip.decompress((folder / f"{NAME}.gz").read_bytes()))
    spans: dict[str, list[tuple[int, int]]] = defaultdict(list)
    with pipeline.run("clean", [docs], Config()) as result:
        for removal in result.removals:
            spans[removal.document].append((removal.start, removal.end))
    gone, total = Counter[str](), Counter[str]()
    for line in (folder / "paragraphs.jsonl").read_text("utf-8").splitlines():
        row = json.loads(line)
        total[row["role"]] += 1
        around = spans[f"{NAME}#{row['id']}"]
        gone[row["role"]] += any(start <= row["start"] and row["end"] <= end for start, end in around)
    return {role: (gone[role], total[role]) for role in sorted(total)}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--generator", type=Path, required=True)
    parser.add_argument("--docs", type=int, default=2000)
    parser.add_argument("--seeds", type=int, nargs="+", default=[1])
    options = parser.parse_args()
    for seed in options.seeds:
        with tempfile.TemporaryDirectory() as folder:
            command = [sys.executable, options.generator, "--base", options.data / "reuse" / "bbc" / "docs.jsonl.gz"]
            command += ["--out", folder, "--docs", str(options.docs), "--seed", str(seed), "--boilerplate", "full"]
            subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
            for role, (gone, total) in measure(Path(folder)).items():
                print(f"seed {seed}: {role:<12}{gone:>7} of {total:>6} taken out: {gone / total:.3%}", flush=True)


if __name__ == "__main__":
    main()
