"""Compiling with numba: where compiled code is kept, and how it is compiled."""

from __future__ import annotations

import hashlib
import os
import re
import sys
from collections.abc import Callable, Mapping
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType
from typing import Any, Final, TypeVar

import numba
from numba.core.dispatcher import Dispatcher

from .link import OPTIONS, fits, known_to_kernels
from .load import code_alone, processor_of

F = TypeVar("F", bound=Callable[..., Any])


def _spare_scipy() -> None:
    """On its first use numba loads scipy's linear algebra to see if it is there. No kernel needs it, and to load it
    takes longer than to load them all: here it is looked for only. For who needs it numba loads it then."""
    if "scipy.linalg" in sys.modules or "numba.np.arraymath" in sys.modules:
        return
    sys.modules["scipy.linalg"] = None  # type: ignore[assignment]  # cannot be imported meanwhile
    try:
        from numba.np import arraymath
    finally:
        del sys.modules["scipy.linalg"]
    if hasattr(arraymath, "_HAVE_BLAS"):
        arraymath._HAVE_BLAS = find_spec("scipy") is not None


_spare_scipy()


def cache_folder() -> Path | None:
    """Where compiled code is kept: $NUMBA_CACHE_DIR, else in the user's cache folder; None if neither is writable.

    Left to itself numba raises on import where neither HOME nor the package's folder is writable.
    """
    folders = [Path(name) for name in [os.environ.get("NUMBA_CACHE_DIR")] if name]
    with suppress(RuntimeError):  # a user without a home
        own = os.environ.get("XDG_CACHE_HOME")
        folders.append((Path(own) if own else Path("~/.cache").expanduser()) / "unecho" / "kernels")
    return next(filter(_is_writable, folders), None)


def _is_writable(folder: Path) -> bool:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        probe = folder / f".probe-{os.getpid()}"
        probe.touch()
        probe.unlink()
    except OSError:
        return False
    return True


def digests(sources: Mapping[str, str]) -> dict[str, str]:
    """For each module of a package what names its source and those of all the modules beside it that it takes from.

    ``sources``: by the name of the module."""
    takes = {name: set(_TAKES.findall(source)) & set(sources) for name, source in sources.items()}
    found = {}
    for name in sources:
        all_of, new = {name}, {name}
        while new := set[str]().union(*(takes[one] for one in new)) - all_of:
            all_of |= new
        digest = hashlib.sha256("\n".join(sources[one] for one in sorted(all_of)).encode())
        found[name] = digest.hexdigest()[:16]
    return found


_TAKES: Final = re.compile(r"^from \.(?: import )?(\w+)", re.MULTILINE)
_HOW: Final[Mapping[str, Any]] = {"nogil": True, "error_model": "numpy"}
_FOLDER: Final = cache_folder()
_OWN: Final = digests({path.stem: path.read_text(encoding="utf-8") for path in Path(__file__).parent.glob("*.py")})
"""In the cache each module has a folder for its very sources: numba looks at the file of a kernel alone, and would go
on with what was compiled into it of another file that has changed since."""


def has_cache() -> bool:
    """Whether compiled code is kept at all."""
    return _FOLDER is not None


def is_cached(module: ModuleType) -> bool:
    """Whether the kernels of a module were compiled before, by this numba for this processor."""
    own = [one for one in vars(module).values() if getattr(one, "__module__", "") == module.__name__]
    return has_cache() and all(_is_kept(one) for one in own if isinstance(one, Dispatcher) and one.stats.cache_path)


def _is_kept(kernel: Any) -> bool:
    """Whether the cache has a kernel, of its source as it is now."""
    try:
        processor = processor_of(kernel.targetctx.codegen())
        return any(key[1] == processor for key in kernel._cache._cache_file._load_index())
    except (AttributeError, LookupError, TypeError):
        return False  # a numba that keeps them otherwise


def compiled(function: F) -> F:
    """numba's compiler, with our cache folder."""
    return _cached(function, counted=True)


def lean(function: F) -> F:
    """For kernels that make no array: none is counted as held either."""
    return _cached(function, counted=False)


def inner(function: F) -> F:
    """For functions that kernels alone call, and that make no array."""
    if not fits():
        return lean(function)
    result: F = numba.njit(**_HOW, _nrt=False, **OPTIONS)(function)
    known_to_kernels(result)
    return result


def _cached(function: F, *, counted: bool) -> F:
    # Our folder holds for the time of this call only: other users of numba keep theirs.
    own = _FOLDER and _FOLDER / _OWN.get(function.__module__.rpartition(".")[2], "other")
    before, numba.config.CACHE_DIR = numba.config.CACHE_DIR, str(own or "")
    try:
        result: F = numba.njit(**_HOW, cache=_FOLDER is not None, _nrt=counted, no_cfunc_wrapper=True)(function)
    finally:
        numba.config.CACHE_DIR = before
    if _FOLDER is not None:
        code_alone(result._cache)  # type: ignore[attr-defined]
    return result


def part(function: F) -> F:
    """For the small functions that kernels are made of, and for larger ones that are called in one place: of what they
    are given each column would be handed over in seven values."""
    result: F = numba.njit(**_HOW, inline="always")(function)
    return result
