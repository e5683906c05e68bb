"""Loading compiled kernels from the cache: their code alone. Nearly all the time that numba takes for it goes into what
others could be compiled with."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from llvmlite import binding as llvm
from numba.core.codegen import CPUCodeLibrary
from numba.core.compiler_lock import global_compiler_lock
from numba.core.runtime import rtsys

from ..base.interrupts import interrupts_wait


def code_alone(cache: Any) -> None:
    """Let the cache of a kernel load its code alone, undisturbed; a numba that keeps it otherwise loads it its way."""
    as_numba_does = cache.load_overload

    def load(signature: Any, context: Any) -> Any:
        with interrupts_wait():  # LLVM calls Python back meanwhile
            try:
                return _load(cache, signature, context)
            except (AttributeError, LookupError, TypeError, ValueError):
                return as_numba_does(signature, context)

    cache.load_overload = load


def _load(cache: Any, signature: Any, context: Any) -> Any:
    processor_of(context.codegen())
    with _linked_later(), cache._guard_against_spurious_io_errors():
        rtsys.initialize(context)  # what all code needs; numba would load all that it can compile, too
        return cache._load_overload(signature, context)


def processor_of(codegen: Any) -> Any:
    """What code is compiled for. numba asks LLVM for it again for each kernel: here it is asked once."""
    processor = codegen.magic_tuple()
    if "magic_tuple" not in vars(codegen):
        codegen.magic_tuple = lambda: processor
    return processor


@contextmanager
def _linked_later() -> Iterator[None]:
    """What kernels are compiled with that call those which are loaded meanwhile is parsed if there are any."""
    with global_compiler_lock:
        before = CPUCodeLibrary.__dict__["_unserialize"]
        CPUCodeLibrary._unserialize = staticmethod(_unserialized)
        try:
            yield
        finally:
            CPUCodeLibrary._unserialize = before


class _Loaded(CPUCodeLibrary):  # type: ignore[misc]  # numba is not typed
    """Code from the cache. It goes straight to the linker: numba makes an empty module for it, for which it then hands
    the code out of a cache of its own, and that takes three times as long."""

    def __init__(self, codegen: Any, name: str, code: bytes, to_link: bytes) -> None:
        super(CPUCodeLibrary, self).__init__(codegen, name)
        codegen._engine._ee.add_object_file(llvm.ObjectFileRef.from_data(code))
        codegen._engine.finalize_object()
        self._finalized = self._disable_inspection = True
        self._to_link, self._shared_module = to_link, None

    def _get_module_for_linking(self) -> Any:
        if self._shared_module is None:
            self._shared_module = llvm.parse_bitcode(self._to_link)
            self._codegen._engine._load_defined_symbols(self._shared_module)
        return self._shared_module

    def get_pointer_to_function(self, name: str) -> int:
        address: int = self._codegen._engine.get_function_address(name)  # numba looks at what is parsed first
        return address


def _unserialized(codegen: Any, state: tuple[str, str, Any]) -> CPUCodeLibrary:
    """``CPUCodeLibrary._unserialize`` of code that lies in the cache."""
    name, _, (code, to_link) = state
    return _Loaded(codegen, name, code, to_link)
