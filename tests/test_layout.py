"""The shape of the package: imports run one way, and the command line starts without the heavy libraries."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import unecho

ROOT = Path(unecho.__file__).parent

LAYERS = [
    "errors model",
    "base.atomic base.columns base.interrupts base.engine base.rows base.wording base.spool",
    "config",
    "compiled.load compiled.link compiled.jit compiled.utf8 compiled.values compiled.vectors compiled.ranks",
    "compiled.frame compiled.group",
    "compiled.run compiled.grow compiled.line compiled.forest compiled.passage compiled.place compiled.quote",
    "compiled.scan compiled.tree compiled.vocabulary compiled.automaton compiled.lookup compiled.matter",
    "compiled.minhash compiled.seed compiled.shingle compiled.story compiled.spell compiled.text compiled.token",
    "compiled.paragraph compiled.wrap compiled.record compiled.book compiled.word compiled.together compiled.alike",
    "compiled.share compiled.lacks compiled.misread compiled.subsequence compiled.cover compiled.verdict",
    "compiled.choose compiled.ready compiled.when",
    "text.lookup text.normalize text.paragraphs text.spans text.spelling text.shingles text.vocabulary",
    "markup.tags markup.page markup.feeds markup.rows markup.notes markup.walk markup.read",
    "sources.decode sources.metadata sources.records sources.reasons sources.parse sources.raw sources.rows",
    "sources.walk",
    "boilerplate.heads boilerplate.features boilerplate.measure boilerplate.forest boilerplate.retold",
    "boilerplate.automata boilerplate.expressions boilerplate.rules boilerplate.matrix boilerplate.model",
    "boilerplate.elements boilerplate.surroundings boilerplate.scan boilerplate.templates boilerplate.evidence",
    "boilerplate.score boilerplate.label boilerplate.reasons",
    "matching.seeds matching.signature matching.places matching.verify",
    "matching.corpus matching.table",
    "matching.grow matching.passages matching.headlines matching.stories matching.lsh matching.quotes",
    "matching.repeats matching.below matching.framing matching.names matching.similar",
    "choosing.facts choosing.guards choosing.cuts choosing.known choosing.alike choosing.cover choosing.gone",
    "choosing.order choosing.verdicts choosing.pieces choosing.chooser choosing.spelled choosing.wordbook",
    "choosing.turns choosing.choose choosing.surely choosing.stars choosing.findings",
    "output.kept output.manifest output.rewrite output.outcomes output.restore output.writing",
    "explaining.because explaining.grounds explaining.seen",
    "decisions.log decisions.recheck decisions.sample decisions.quoted decisions.changes decisions.decide",
    "report.figures report.judge report.top report.diff report.model report.gather report.clusters report.pick",
    "report.terminal",
    "report.texts report.charts report.export report.pack report.data report.html",
    "result stored check",
    "review.answers review.filter review.scratch review.slowly review.meant review.said review.guard review.texts",
    "review.batch review.index review.desk review.view review.app review.serve",
    "reading pipeline explain api jobs cli",
]
"""Each line may import from the lines above it, and within a line from left to right."""


def modules() -> dict[str, Path]:
    found = {
        ".".join(path.relative_to(ROOT).with_suffix("").parts): path
        for path in ROOT.rglob("*.py")
        if path.name not in ("__init__.py", "__main__.py")
    }
    assert found
    return found


def imports(name: str, path: Path) -> set[str]:
    """Modules of the package that a module imports at any depth, those inside functions too."""
    package = name.split(".")[:-1]
    known = modules().keys() | {module.split(".")[0] for module in modules()}
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.level:
            base = package[: len(package) - node.level + 1] + (node.module.split(".") if node.module else [])
            for alias in node.names:
                inner = ".".join([*base, alias.name])
                found.add(inner if inner in known else ".".join(base))
    return {module for module in found if module}


def test_every_module_has_its_place() -> None:
    assert set(" ".join(LAYERS).split()) == set(modules())


def test_imports_run_one_way() -> None:
    place = {name: number for number, name in enumerate(" ".join(LAYERS).split())}
    # A name that a package gives stands for the last of its modules.
    place |= {name.split(".")[0]: number for name, number in place.items() if "." in name}
    wrong = [
        f"{name} imports {other}"
        for name, path in modules().items()
        for other in imports(name, path)
        if place[other] >= place[name]
    ]
    assert wrong == []


def test_help_waits_for_no_heavy_library() -> None:
    code = "import sys, unecho.cli; print(sorted({m.split('.')[0] for m in sys.modules}))"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    for heavy in ("numpy", "scipy", "datasketch", "bs4", "lxml", "jinja2", "rapidfuzz"):
        assert f"'{heavy}'" not in loaded
