"""Everything a user can do wrong, with the words that say what to type next."""

from __future__ import annotations


class UnechoError(Exception):
    """Base of the errors a user can cause.

    ``exit_code`` is the documented exit code of the command line (1: the run failed); ``hint`` says
    what to type next.
    """

    exit_code = 1

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.hint = hint


class UsageError(UnechoError):
    """The command or the settings ask for something that cannot be done (exit code 2)."""

    exit_code = 2


class RunError(UnechoError):
    """A run, or a run folder, is broken or busy (exit code 1)."""


class UnreadableError(Exception):
    """One document cannot be read; its message is the reason it is listed as skipped."""
