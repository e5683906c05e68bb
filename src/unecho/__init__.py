"""unecho: a folder of scraped articles in, a clean corpus out, and the record of every removal.

>>> from unecho import dedupe
>>> with dedupe(["articles"], threshold=0.9) as result:
...     result.write("out")
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

if TYPE_CHECKING:
    from .api import clean, dedupe
    from .matching.signature import minhash
    from .result import Result

__all__ = ["Result", "__version__", "clean", "dedupe", "minhash"]

_HOMES = {"dedupe": "api", "clean": "api", "minhash": "matching.signature", "Result": "result"}


def __getattr__(name: str) -> Any:
    """Import on first use, so that ``import unecho`` and ``unecho --help`` are instant."""
    from importlib import import_module

    if name in _HOMES:
        return getattr(import_module(f".{_HOMES[name]}", __name__), name)
    raise AttributeError(f"module 'unecho' has no attribute '{name}'")
