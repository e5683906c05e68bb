"""Compiling functions that kernels alone call. numba makes of each one that Python can call, and code of the processor
for it and for all that it calls; here it is left as it is for the kernels, which are optimized with it as a whole."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, Final

from llvmlite.binding import Linkage
from numba.core.codegen import CPUCodeLibrary
from numba.core.compiler import Compiler, Flags


class _Library(CPUCodeLibrary):  # type: ignore[misc]  # numba is not typed
    """Code to be linked into that of kernels."""

    def _optimize_final_module(self) -> None:
        pass

    def _finalize_final_module(self) -> None:
        for held in self._final_module.global_variables:
            if held.linkage == Linkage.common:  # a place for what Python holds, kept by the kernels that look there
                held.linkage = Linkage.linkonce_odr
        self._finalized = True


class _Compiler(Compiler):  # type: ignore[misc]
    def define_pipelines(self) -> Any:
        state = self.state
        state.library = _Library(state.targetctx.codegen(), state.func_id.func_qualname)
        state.flags.no_compile = True
        return super().define_pipelines()

    def compile_extra(self, func: Callable[..., Any]) -> Any:
        result = super().compile_extra(func)
        entry = partial(_refuse, func.__name__)  # what numba knows the code by
        self.state.targetctx.insert_user_function(entry, result.fndesc, [result.library])
        return result._replace(entry_point=entry)


def _refuse(name: str, *_: object) -> None:
    raise TypeError(f"{name} is called by kernels alone")


_NEEDED: Final = (
    (CPUCodeLibrary, "_optimize_final_module"), (CPUCodeLibrary, "_finalize_final_module"),
    (Flags, "no_compile"), (Compiler, "compile_extra"), (Compiler, "define_pipelines"),
)  # fmt: skip


def fits() -> bool:
    """Whether this numba has the parts that are done without here, or in another way."""
    return all(hasattr(owner, name) for owner, name in _NEEDED)


OPTIONS: Final = {"pipeline_class": _Compiler, "no_cpython_wrapper": True, "no_cfunc_wrapper": True}
"""For ``numba.njit``."""


def known_to_kernels(dispatcher: Any) -> None:
    """Let a function be found by those that are compiled, not by Python."""

    def add(result: Any) -> None:
        dispatcher.overloads[tuple(result.signature.args)] = result

    dispatcher.add_overload = add
