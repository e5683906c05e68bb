"""Settings: defaults, then ``unecho.toml``, then options. What is here changes the result of a run;
how fast it gets there (workers, memory) is no part of it."""

from __future__ import annotations

import difflib
import tomllib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Literal, get_args, get_origin, get_type_hints

from .errors import UsageError
from .model import CATEGORIES

KEEP_CRITERIA = ("earliest", "latest", "longest", "shortest", "path")
CONFIG_NAME = "unecho.toml"
SAFE = 0.95


@dataclass(frozen=True, slots=True)
class Settings:
    """What decides the result of a run. Every name is also a key of ``unecho.toml``."""

    threshold: float = 0.9
    """Share of a paragraph's words that the copy that stays must print for the paragraph to go."""
    safe: bool = False
    """Take copies out only where one document prints a part of the other, as far as passages show: two that share a
    quote, or a note on the author, both keep it. ``threshold`` is ``SAFE`` then, unless it is given."""
    similar: float = 0.5
    """Share (and resemblance) from which a paragraph is reported as similar, and stays."""
    keep: tuple[str, ...] = ("earliest", "longest", "path")
    """Which document's copy stays: the first criterion that tells two apart decides."""
    ignore_numbers: bool = False
    ignore_names: bool = False
    within_document: Literal["exact", "adjacent", "off"] = "exact"
    """Repeats inside one document: "exact" takes out exact repeats of 8 words and more, and adjacent ones."""
    stories_only: bool = False
    """Take copies out only between documents that print the same story."""
    passages: bool = True
    cut_passages: bool = False
    """Take quotes out of paragraphs that stay, at sentence borders."""
    emptied: Literal["drop", "keep"] = "drop"
    """What happens to a document of which nothing but boilerplate and duplicates is left."""
    clean: Literal["auto", "light", "full", "off"] = "auto"
    keep_category: tuple[str, ...] = ()
    rules: str = ""
    """Path of a TOML file with rules of the user's own."""
    decisions: str = ""
    """Path of a ``decisions.jsonl``: what people decided about earlier findings, carried out on these."""
    html_as: Literal["txt", "md"] = "txt"
    extractor: Literal["own", "trafilatura"] = "own"
    """What finds the article on an HTML page; after trafilatura only the light pass cleans."""
    encoding: str = ""
    """Encoding of all input; empty: found out file by file."""
    max_document_mb: int = 256
    text_field: str = ""
    html_field: str = ""
    id_field: str = ""
    title_field: str = ""
    url_field: str = ""
    date_field: str = ""
    site_field: str = ""

    def __post_init__(self) -> None:
        for name in ("threshold", "similar"):
            value = getattr(self, name)
            if not 0 < value <= 1:
                raise UsageError(f"{name} is {value:g}", f"give {name} as a share above 0 and at most 1, e.g. 0.9")
        if self.similar > self.threshold:
            raise UsageError(
                f"similar ({self.similar:g}) is above threshold ({self.threshold:g})",
                "raise --threshold or lower similar: what is removed is always similar too",
            )
        if self.max_document_mb < 1:
            raise UsageError(f"max_document_mb is {self.max_document_mb}", "give at least 1")
        if self.extractor == "trafilatura" and find_spec("trafilatura") is None:
            raise UsageError(
                "the extractor trafilatura is not installed",
                "pip install 'unecho[trafilatura]', or leave --extractor out",
            )
        for criterion in self.keep:
            _known(criterion, KEEP_CRITERIA, "criterion of --keep")
        for category in self.keep_category:
            _known(category, CATEGORIES, "category")
        if self.encoding:
            try:
                "".encode(self.encoding)
            except LookupError:
                raise UsageError(
                    f"unknown encoding '{self.encoding}'", "use a name such as utf-8, cp1252 or utf-16"
                ) from None

    def as_dict(self) -> dict[str, Any]:
        """Plain values, for ``run.json`` and fingerprints."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Limits:
    """What a run may use. No part of its result."""

    workers: int = 0
    """Processes for reading and cleaning; 0: one a core."""
    memory_mb: int = 0
    """Refuse, after reading and before matching, what would need more; 0: no limit."""

    def __post_init__(self) -> None:
        for name in ("workers", "memory_mb"):
            if getattr(self, name) < 0:
                raise UsageError(f"{name} is {getattr(self, name)}", f"give {name} as 1 or more, or leave it out")


@dataclass(frozen=True, slots=True)
class Config:
    """Everything that a run is told."""

    settings: Settings = field(default_factory=Settings)
    limits: Limits = field(default_factory=Limits)


def load(path: Path | None = None, options: Mapping[str, Any] | None = None) -> Config:
    """Layer the defaults, the configuration file and the options that were given.

    ``path``: the file named by the user; None looks for ``unecho.toml`` in the working directory.
    ``options``: only what was given; None values are left out.
    Raises UsageError for a missing file, bad TOML, an unknown key or a value of the wrong type.
    """
    if path is None and Path(CONFIG_NAME).is_file():
        path = Path(CONFIG_NAME)
    values = {} if path is None else _read_toml(path)
    try:
        build(values)
    except UsageError as error:
        raise UsageError(f"{path}: {error}", error.hint) from None
    given = {key: value for key, value in (options or {}).items() if value is not None}
    if given.get("safe"):
        values.pop("threshold", None)
    return build({**values, **given})


def build(values: Mapping[str, Any], base: Settings | None = None) -> Config:
    """A Config out of plain values; raises UsageError for unknown keys and wrong types."""
    types = {**get_type_hints(Settings), **get_type_hints(Limits)}
    limit_names = {f.name for f in fields(Limits)}
    settings: dict[str, Any] = {}
    limits: dict[str, Any] = {}
    for key, value in values.items():
        _known(key, tuple(types), "setting")
        (limits if key in limit_names else settings)[key] = _checked(key, value, types[key])
    if settings.get("safe"):
        settings.setdefault("threshold", SAFE)
    return Config(replace(base or Settings(), **settings), Limits(**limits))


def _read_toml(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"cannot read the configuration {path}: {error}", "check --config") from None
    except tomllib.TOMLDecodeError as error:
        raise UsageError(f"{path} is not TOML: {error}", "see the README for an example unecho.toml") from None


def _checked(key: str, value: Any, wanted: Any) -> Any:
    """``value`` as the type a setting wants: numbers widen, lists and comma lists become tuples."""
    if get_origin(wanted) is tuple:
        parts = value.split(",") if isinstance(value, str) else value
        if isinstance(parts, list | tuple) and all(isinstance(part, str) for part in parts):
            return tuple(part.strip() for part in parts if part.strip())
    elif get_origin(wanted) is Literal:
        return _known(str(value), get_args(wanted), f"value of {key}")
    elif wanted is float and isinstance(value, int | float) and not isinstance(value, bool):
        return float(value)
    elif isinstance(value, wanted) and (wanted is bool) == isinstance(value, bool):
        return value
    name = {float: "a number", int: "a whole number", bool: "true or false", str: "text"}.get(wanted, "a list")
    raise UsageError(f"{key} = {value!r} is not {name}", f"give {key} as {name}")


def _known(name: str, names: tuple[str, ...], what: str) -> str:
    if name not in names:
        near = difflib.get_close_matches(name, names, 1)
        hint = f"did you mean '{near[0]}'?" if near else "known: " + ", ".join(names)
        raise UsageError(f"unknown {what} '{name}'", hint)
    return name
