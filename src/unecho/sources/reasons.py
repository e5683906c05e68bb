"""Why the system would not give us a file, in plain words."""

from __future__ import annotations

import errno
import stat


def plain(error: OSError | ValueError) -> str:
    """The system's reason in words."""
    reason = getattr(error, "strerror", None) or str(error) or type(error).__name__
    if getattr(error, "errno", None) == errno.ENOENT:
        return "vanished before it was read"
    return reason[:1].lower() + reason[1:]


def kind_of(mode: int) -> str:
    if stat.S_ISFIFO(mode):
        return "named pipe"
    if stat.S_ISSOCK(mode):
        return "socket"
    if stat.S_ISDIR(mode):
        return "folder"
    return "device" if stat.S_ISCHR(mode) or stat.S_ISBLK(mode) else "special file"
