"""A run folder as a result again, as it was before people decided anything: what ``unecho apply`` works on."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import fields
from functools import partial
from pathlib import Path

import orjson

from . import config
from .base.spool import Spool
from .config import Settings
from .matching.lsh import Bands
from .model import Passage
from .output import manifest
from .output.restore import restored
from .result import Result
from .sources.decode import decode
from .sources.records import frame


def base(run: Path) -> Path:
    """The folder with documents, removals and clusters as found, before decisions."""
    found = run / manifest.FOUND
    return found if found.is_dir() else run


def passages(run: Path, expected: int) -> Iterator[Passage]:
    """The passages as found: apart only where decisions left some out. ``expected``: how many the run counts."""
    found = run / manifest.FOUND
    return manifest.passages(found if (found / manifest.PASSAGES).is_file() else run, expected)


def load(run: Path) -> Result:
    """The findings and texts of a run; every text is verified.

    Raises UsageError when the folder is no run, RunError when it is damaged.
    """
    info = manifest.read_run(run)
    counts = info["counts"]
    spool = Spool()
    try:
        numbers: dict[str, int] = {}
        for record, text, line, field in restored(run):
            numbers[record.id] = len(spool)
            spool.append_text(text)
            if record.row is not None:
                spool.append_text(frame(decode(line).text, field))
        found = base(run)
        return Result(
            info["command"], settings_of(info["settings"]), list(manifest.documents(found)),
            list(manifest.removals(found)), list(manifest.clusters(found)),
            list(passages(run, counts["passages"])), list(manifest.stories(run, counts["stories"])),
            info.get("inputs", ()), info.get("ignored", {}), counts.get("paragraphs", 0), _bands(info),
            _seconds(run), spool, {name: numbers[name] for name in sorted(numbers)},
            grounds=partial(manifest.reasons, run),
        )  # fmt: skip
    except BaseException:
        spool.close()
        raise


def settings_of(values: dict[str, object]) -> Settings:
    """The settings of a run as ``run.json`` has them; those of another version are passed over."""
    known = {field.name for field in fields(Settings)}
    return config.build({name: value for name, value in values.items() if name in known}).settings


def _bands(info: dict[str, object]) -> Bands | None:
    lsh = info.get("lsh")
    return Bands(lsh["bands"], lsh["rows"]) if isinstance(lsh, dict) else None


def _seconds(run: Path) -> dict[str, float]:
    """How long the stages took; a run does without."""
    with suppress(OSError, ValueError, KeyError, TypeError):
        return dict(orjson.loads((run / manifest.TIMINGS).read_bytes())["seconds"])
    return {}
