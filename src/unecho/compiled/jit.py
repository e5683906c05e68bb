"""Compiling with numba: where compiled code is kept, and how it is compiled."""

from __future__ import annotations

import hashlib
import os
import re
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType
from typing import Any, Final, TypeVar

import numba
from llvmlite import binding as llvm
from numba.core.codegen import CPUCodeLibrary
from numba.core.compiler_lock import global_compiler_lock
from numba.core.dispatcher import Dispatcher

from ..base.interrupts import interrupts_wait

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
        processor = kernel.targetctx.codegen().magic_tuple()
        return any(key[1] == processor for key in kernel._cache._cache_file._load_index())
    except (AttributeError, LookupError, TypeError):
        return False  # a numba that keeps them otherwise


def compiled(function: F) -> F:
    """numba's compiler, with our cache folder."""
    return _cached(function, counted=True)


def lean(function: F) -> F:
    """For kernels, and what they call in their innermost loops, that make no array: none is counted as held either."""
    return _cached(function, counted=False)


def _cached(function: F, *, counted: bool) -> F:
    # Our folder holds for the time of this call only: other users of numba keep theirs.
    own = _FOLDER and _FOLDER / _OWN.get(function.__module__.rpartition(".")[2], "other")
    before, numba.config.CACHE_DIR = numba.config.CACHE_DIR, str(own or "")
    try:
        result: F = numba.njit(nogil=True, error_model="numpy", cache=_FOLDER is not None, _nrt=counted)(function)
    finally:
        numba.config.CACHE_DIR = before
    load = result._cache.load_overload  # type: ignore[attr-defined]

    def undisturbed(*given: Any) -> Any:
        with interrupts_wait(), _code_alone():  # LLVM calls Python back meanwhile
            return load(*given)

    result._cache.load_overload = undisturbed  # type: ignore[attr-defined]
    return result


@contextmanager
def _code_alone() -> Iterator[None]:
    """Of the kernels that are loaded meanwhile the code alone is taken from the cache: what others are compiled with
    that call them is parsed if any are. That takes longer than all the rest of the loading."""
    with global_compiler_lock:
        before = CPUCodeLibrary.__dict__["_unserialize"]
        CPUCodeLibrary._unserialize = staticmethod(_unserialized)
        try:
            yield
        finally:
            CPUCodeLibrary._unserialize = before


def _unserialized(codegen: Any, state: tuple[str, str, Any]) -> CPUCodeLibrary:
    """``CPUCodeLibrary._unserialize``, as it is but for the time at which others are made ready to be linked."""
    name, form, data = state
    library = codegen.create_library(name)
    if form != "object":  # numba keeps code so where it may be linked only
        library._final_module = llvm.parse_bitcode(data)
        library._finalize_final_module()
        return library
    library.enable_object_caching()
    library._set_compiled_object(data[0])
    library._finalize_final_module()

    def linked() -> Any:
        if library._shared_module is None:
            library._shared_module = llvm.parse_bitcode(data[1])
            codegen._engine._load_defined_symbols(library._shared_module)
        return library._shared_module

    library._get_module_for_linking = linked
    library.get_pointer_to_function = codegen._engine.get_function_address  # numba looks at what is parsed first
    return library


def part(function: F) -> F:
    """For the small functions that kernels are made of, and for larger ones that are called in one place: of what they
    are given each column would be handed over in seven values."""
    result: F = numba.njit(nogil=True, error_model="numpy", inline="always")(function)
    return result
