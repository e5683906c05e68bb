"""Words and figures for people: nothing hidden, nothing misleading, nothing rounded over a border."""

from __future__ import annotations

import math
import re

# Characters that show nothing, or that change how what stands around them is shown: control characters
# (and with them terminal escapes), embeddings and overrides of the writing direction, zero-width
# characters, tags, lone surrogates. Joiners and direction marks belong to Persian, Hindi, Hebrew or emoji
# when they follow such a character, so there they stay. Tab and newline stay: see ``one_line``.
_UNSEEN = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u180e\u200b\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]"
    r"|[\ud800-\udfff]|[\U000e0000-\U000e0fff]"
    r"|(?<![\u0590-\U0010ffff])[\u061c\u200c-\u200f]"
)


def visible(text: str) -> str:
    """``text`` with every unseen or misleading character written out, safe to print on a terminal."""
    return _UNSEEN.sub(_symbol, text.replace("\r\n", "\n"))


def visible_name(name: str) -> str:
    """``visible`` for file names and ids, where a newline or tab is no layout but a trap."""
    return visible(name.replace("\r\n", "\r␊")).replace("\n", "␊").replace("\t", "␉")


def one_line(text: str, limit: int) -> str:
    """``text`` made visible, on one line, cut after ``limit`` characters."""
    line = " ".join(visible(text[: 4 * limit + 100]).split())
    return line if len(line) <= limit else line[: limit - 1].rstrip() + "…"


def counted(number: int, what: str) -> str:
    """A number with its noun: "1 copy", "2,000 copies"."""
    if number != 1:
        what = what[:-1] + "ies" if what.endswith("y") else what + "s"
    return f"{number:,} {what}"


def percent(share: float, down: bool = False) -> str:
    """A share for people: 0% and 100% only where it is nothing or all.

    ``down``: never rounded up, so that a figure just below a threshold is not shown as reaching it.
    """
    if share in (0, 1):
        return f"{share:.0%}"
    shown = math.floor(share * 1000) / 10 if down else round(share * 100, 1)
    if not shown:
        return "<0.1%"
    return ">99.9%" if shown == 100 else f"{shown:.1f}%"


def _symbol(match: re.Match[str]) -> str:
    code = ord(match[0])
    if code < 0x20:
        return chr(0x2400 + code)
    if code < 0x100:
        return "␡" if code == 0x7F else f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
