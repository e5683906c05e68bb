"""The shape of the package: imports run one way, and the command line starts without the heavy libraries."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import unecho

ROOT = Path(unecho.__file__).parent

LAYERS = [
    "errors model columns rows wording jit",
    "config",
    "atomic decode records spool engine spans",
    "markup.page markup.tags markup.feeds markup.notes markup.rows markup.walk markup.read",
    "sources.reasons sources.metadata sources.walk sources.raw sources.parse",
    "paragraphs boilerplate.heads",
    "boilerplate.expressions",
    "boilerplate.line_kernels boilerplate.scan_kernels boilerplate.tree_kernels boilerplate.automata",
    "boilerplate.rules boilerplate.features boilerplate.measure boilerplate.matrix boilerplate.surroundings",
    "boilerplate.scan",
    "boilerplate.forest_kernels",
    "boilerplate.forest boilerplate.model boilerplate.evidence boilerplate.score boilerplate.label",
    "boilerplate.reasons because",
    "boilerplate.retold boilerplate.templates",
    "passage_kernels quote_kernels story_kernels cover_kernels choose_kernels kernels",
    "lookup normalize",
    "shingles",
    "signature lsh verify seeds",
    "passages corpus",
    "spelling guards quotes framing repeats cuts cover wordbook",
    "stories table gone",
    "choose",
    "findings",
    "rewrite manifest restore",
    "outcomes kept decisions recheck quoted changes decide",
    "sample",
    "report.figures report.model report.judge report.top report.diff report.pick report.gather report.charts",
    "report.texts",
    "report.data report.export report.terminal report.pack report.html",
    "writing check result stored",
    "review.answers review.scratch review.slowly review.filter review.meant review.texts review.index",
    "review.said review.batch review.desk review.view review.guard review.app review.serve",
    "grounds pipeline",
    "seen explain",
    "api jobs",
    "cli",
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
