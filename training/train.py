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
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "benchmarks"))

import boiler
import gold
import learn
from samples import EXTRACTORS, Sample, samples
from teach import Teacher, taught

from unecho.boilerplate import features, label, model
from unecho.model import Label

FOLDS = 4
SOURCES: dict[str, tuple[str, ...]] = {"html": ("html",), "text": ("text",), "light": EXTRACTORS}
TAUGHT: tuple[model.Kind, ...] = ("text",)
"""Kinds that learn from what the model of pages says, too: for the others it gave nothing in cross-validation."""
RECIPES: dict[model.Kind, learn.Recipe] = {
    "html": learn.Recipe(seeds=(1, 2, 3), asks_who=True),
    "text": learn.Recipe(),
    "light": learn.Recipe(
        # These columns have not been tried for it in cross-validation.
        unused=("rules ", "copies ", *(f"gap {name}" for name in ("comments", "related", "share", "byline", "legal")))
    ),
}
THRESHOLDS: dict[model.Kind, int] = {"html": 0, "text": 0, "light": -4700}
"""Chosen by cross-validation: the light one so that no more than one good word in 500 is lost."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--kinds", nargs="+", choices=model.KINDS, default=list(model.KINDS))
    parser.add_argument("--folds", type=int, default=FOLDS)
    parser.add_argument("--cache", type=Path)
    parser.add_argument("--out", type=Path, default=model.FILE, help="the file to write (default: the package's)")
    parser.add_argument("--no-write", action="store_true")
    options = parser.parse_args()
    documents = read(options.data, options.cache)
    trained = dict(model.shipped()) if model.FILE.exists() else {}
    teacher = Teacher([one for one in documents if one.kind == "html"], options.folds or FOLDS)
    for kind in options.kinds:
        own = [one for one in documents if one.kind in SOURCES[kind]]
        if options.folds:
            cross_validate(own, kind, teacher)
        if not options.no_write:
            trained[kind] = model_of(own, kind, teacher)
    if not options.no_write:
        model.save(trained, options.out)


def model_of(documents: Sequence[Sample], kind: model.Kind, teacher: Teacher, unseen: int | None = None) -> model.Model:
    """A model of documents of a kind that sees no site of the fold ``unseen``, nor do those that teach it."""
    spared = frozenset(() if unseen is None else (unseen,))
    seen = [one for one in documents if gold.fold_of(one.site, teacher.folds) not in spared]
    if kind in TAUGHT:
        seen = taught(seen, teacher.opinions(spared))
    learnt = learn.train(seen, RECIPES[kind])
    return replace(learnt, threshold=THRESHOLDS[kind])


def read(data: Path, cache: Path | None) -> list[Sample]:
    """The labelled documents, from the cache if there is one."""
    if cache and cache.exists():
        found: list[Sample] = pickle.loads(cache.read_bytes())
        return found
    found = list(samples(data))
    if cache:
        cache.write_bytes(pickle.dumps(found))
    return found


def cross_validate(documents: Sequence[Sample], kind: model.Kind, teacher: Teacher) -> None:
    """Label every document with a model that never saw its site, and score what is left of it."""
    rows: dict[str, list[tuple[Sample, list[Label]]]] = defaultdict(list)
    folds = teacher.folds
    for part in range(folds):
        learnt = model_of(documents, kind, teacher, part)
        for one in documents:
            if gold.fold_of(one.site, folds) == part:
                lines = features.Lines.of(map(features.shape, one.found.texts))
                work = label.of_extract if kind == "light" else label.of_dump
                rows[one.kind].append((one, work(one.found, lines, learnt)))
        print(f"{kind}: fold {part + 1} of {folds}", flush=True)
    for name, own in rows.items():
        before = [(one.page, "\n".join(one.found.texts)) for one, _ in own]
        after = [(one.page, _left(one, labels)) for one, labels in own]
        if kind == "light":
            gold.print_scores(f"{name} as it is", before)
            print(f"good words lost by cleaning: {boiler.lost(before, after):.2%}; " + _lost_by_set(before, after))
        gold.print_scores(f"{name}, {folds} folds by site", after)
        _print_spread(after, folds)
        boiler.by_language(after)


def _print_spread(rows: Sequence[tuple[gold.Page, str]], folds: int) -> None:
    """F1 of each fold by itself: how much chance is in the figures."""
    for part in range(folds):
        scores = gold.score([row for row in rows if gold.fold_of(gold.site_of(row[0]), folds) == part])
        print(f"  fold {part + 1}: " + ", ".join(f"{name} {found[-1]:.3f}" for name, found in scores.items()))


def _lost_by_set(before: boiler.Rows, after: boiler.Rows) -> str:
    """Of the sets whose gold is the whole text."""

    def lost(name: str) -> float:
        return boiler.lost(*([row for row in rows if row[0]["set"] == name] for rows in (before, after)))

    names = sorted({page["set"] for page, _ in before if "body" in page})
    return ", ".join(f"{name} {lost(name):.2%}" for name in names)


def _left(one: Sample, labels: Sequence[Label]) -> str:
    pairs = zip(one.found.texts, labels, strict=True)
    return "\n".join(text for text, found in pairs if found.category is None)


if __name__ == "__main__":
    main()
