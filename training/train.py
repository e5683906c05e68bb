"""Trains the cleaner's model and says how well it does on sites it never saw.

    pip install -e '.[training]'
    python training/train.py DATA                 cross-validate by site (4 folds), then write model.npz
    python training/train.py DATA --kinds html    one kind only; the others stay as they are
    python training/train.py DATA --folds 0       only write it

DATA: a folder with gold-dev.jsonl.gz and html-dev.jsonl.xz. Seeds are fixed: the same data and versions give the
same file. --cache keeps the measured pages between runs.
"""

from __future__ import annotations

import argparse
import pickle
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "benchmarks"))

import gold
import learn
from samples import EXTRACTORS, Sample, samples

from unecho.boilerplate import evidence, features, model, score
from unecho.columns import Ints

SOURCES: dict[str, tuple[str, ...]] = {"html": ("html",), "text": ("text",), "light": EXTRACTORS}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--kinds", nargs="+", choices=model.KINDS, default=list(model.KINDS))
    parser.add_argument("--folds", type=int, default=4)
    parser.add_argument("--cache", type=Path)
    parser.add_argument("--no-write", action="store_true")
    options = parser.parse_args()
    documents = read(options.data, options.cache)
    trained = dict(model.shipped()) if model.FILE.exists() else {}
    for kind in options.kinds:
        own = [one for one in documents if one.kind in SOURCES[kind]]
        if options.folds:
            cross_validate(own, kind, options.folds)
        if not options.no_write:
            trained[kind] = replace(learn.train(own), threshold=THRESHOLDS[kind])
    if not options.no_write:
        model.save(trained, model.FILE)


THRESHOLDS: dict[model.Kind, int] = {"html": 0, "text": 0, "light": -6000}
"""Chosen by cross-validation: the light one so that no more than one good word in 500 is lost."""


def read(data: Path, cache: Path | None) -> list[Sample]:
    """The labelled documents, from the cache if there is one."""
    if cache and cache.exists():
        found: list[Sample] = pickle.loads(cache.read_bytes())
        return found
    found = list(samples(data))
    if cache:
        cache.write_bytes(pickle.dumps(found))
    return found


def cross_validate(documents: Sequence[Sample], kind: model.Kind, folds: int) -> None:
    """Label every document with a model that never saw its site, and score what is left of it."""
    rows: list[tuple[Sample, Ints]] = []
    for part in range(folds):
        trained = learn.train([one for one in documents if gold.fold_of(one.site, folds) != part])
        unseen = [one for one in documents if gold.fold_of(one.site, folds) == part]
        rows.extend((one, evidence.scores(one.found, trained)) for one in unseen)
        print(f"{kind}: fold {part + 1} of {folds}", flush=True)
    if kind == "light":
        return
    for threshold in (-1600, -800, 0, 800):
        plain, whole = [], []
        for one, scores in rows:
            texts = one.found.texts
            plain.append((one.page, "\n".join(t for t, s in zip(texts, scores, strict=True) if s > threshold)))
            lines = [features.shape(text) for text in texts]
            page = score.Scored(lines, one.found.blocks, one.found.hits, [(s - threshold) / 4096 for s in scores])
            keep = score.article(page)
            whole.append((one.page, "\n".join(t for t, k in zip(texts, keep, strict=True) if k)))
        gold.print_scores(f"{kind} {threshold}: model", plain)
        gold.print_scores(f"{kind} {threshold}: model and rules", whole)


if __name__ == "__main__":
    main()
