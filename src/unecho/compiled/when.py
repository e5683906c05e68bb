"""When the compiled kernels serve, and when their plain twins do: both find the same."""

from __future__ import annotations

from functools import cache

LARGE = 2_000_000
"""Tokens or hashes from which the kernels serve, compiled first if need be: the plain loops take nearly as long."""
READY = 250_000
"""From so many on they serve where they lie compiled in the cache: to load them takes half a second."""


def is_large(count: int, wish: bool | None) -> bool:
    """Whether the compiled kernels do it: as wished, or by the number of tokens or hashes there are."""
    if wish is not None:
        return wish
    return count >= LARGE or (count >= READY and are_ready())


@cache
def are_ready() -> bool:
    """Whether all kernels were compiled before; looked up once."""
    from . import ready  # which loads numba

    return ready.is_cached()
