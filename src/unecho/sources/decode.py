"""Bytes to text and back. Whatever `decode` accepts, `encode` gives back byte for byte."""

from __future__ import annotations

import codecs
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..errors import UnreadableError

if TYPE_CHECKING:
    from charset_normalizer import CharsetMatch

_SAMPLE = 32_768
"""Bytes that are looked at where an encoding has to be guessed; more costs time and changes nothing."""

_BOMS = (  # UTF-32-LE first: its mark begins with that of UTF-16-LE
    ("utf-32-le", codecs.BOM_UTF32_LE),
    ("utf-32-be", codecs.BOM_UTF32_BE),
    ("utf-8", codecs.BOM_UTF8),
    ("utf-16-le", codecs.BOM_UTF16_LE),
    ("utf-16-be", codecs.BOM_UTF16_BE),
)
_BOM_OF = dict(_BOMS)

_SIGNATURES = (
    (b"%PDF-", "PDF"),
    (b"\x89PNG\r\n", "PNG"),
    (b"\xff\xd8\xff", "JPEG"),
    (b"GIF87a", "GIF"),
    (b"GIF89a", "GIF"),
    (b"PK\x03\x04", "ZIP"),
    (b"\x1f\x8b\x08", "gzip"),
    (b"\x28\xb5\x2f\xfd", "zstd"),
    (b"\xfd7zXZ", "xz"),
    (b"7z\xbc\xaf\x27\x1c", "7-Zip"),
    (b"Rar!\x1a\x07", "RAR"),
    (b"BZh91AY&SY", "bzip2"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "Microsoft Office"),
    (b"\x7fELF", "ELF"),
    (b"OggS", "Ogg"),
)

# What browsers understand by the names that pages declare (WHATWG Encoding Standard).
_BROWSER_NAMES = {
    "ascii": "cp1252",
    "iso8859-1": "cp1252",
    "iso8859-9": "cp1254",
    "iso8859-11": "cp874",
    "tis-620": "cp874",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "shift_jis": "cp932",
    "euc_kr": "cp949",
    "big5": "big5hkscs",
}

# The encodings a guess may end in: what the web and Windows were written in, none of the mainframe pages.
_GUESSES = [
    *("cp1252", "cp1250", "cp1251", "cp1253", "cp1254", "cp1255", "cp1256", "cp1257", "cp1258", "cp874"),
    *("koi8_r", "koi8_u", "cp866", "iso8859_2", "iso8859_5", "iso8859_7", "mac_roman"),
    *("gb18030", "big5", "cp932", "euc_jp", "cp949"),
]

_UTF8_SEQUENCE = re.compile(
    rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}",
)
_HIGH = re.compile(rb"[\x80-\xff]")
_HIGH_RUN = re.compile(rb"[\x80-\xff]+")
_SURROGATE = re.compile("[\ud800-\udfff]")
_TAGS = re.compile(rb"<[^<>]{0,2000}>")

_SIGN_IN_WORD = re.compile(r"[^\W\d_][¡-©¬-¶¸¹¼-¿][^\W\d_]")
"""What a wrong alphabet looks like: "og³osi", "rz¹d"."""
_CONTROL = re.compile(r"[\x01-\x08\x0e-\x1a\x7f\ufffe\uffff]")

Repairs = tuple[tuple[int, str], ...]


@dataclass(frozen=True, slots=True)
class Decoded:
    """A text, and what it takes to write it back as it was."""

    text: str
    encoding: str = "utf-8"
    """Name of a Python codec that writes no byte order mark of its own."""
    bom: bool = False
    """The bytes began with a byte order mark, which is no part of ``text``."""
    repaired: Repairs = ()
    """(offset in ``text`` of the one character that stands for them, the bytes in hex), by offset.

    The character is U+FFFD for bytes that no encoding explains. It is the character itself where an
    East Asian encoding has several codes for one and the bytes are not those the codec would write.
    """


def decode(data: bytes, *, html: bool = False, encoding: str = "") -> Decoded:
    """The text in ``data``; newline characters stay as they are.

    A byte order mark decides; else valid UTF-8 wins over any declaration; else the charset an HTML page
    declares; else what the bytes look like. ``encoding`` (a codec's name) overrules all of it.
    Raises UnreadableError for binary data, and for data that ``encoding`` cannot write back.
    """
    _refuse_signature(data)
    decoded = _forced(data, encoding) if encoding else _detected(data, html)
    if "\0" in decoded.text:
        raise UnreadableError("binary, not text (NUL bytes)")
    return decoded


def encode(text: str, encoding: str, bom: bool = False, repaired: Repairs = ()) -> bytes:
    """The bytes that `decode` read: the exact inverse, given all four values of a `Decoded`.

    Raises UnicodeEncodeError for text that ``encoding`` cannot write.
    """
    parts = [_BOM_OF.get(encoding, b"") if bom else b""]
    start = 0
    for offset, original in repaired:
        parts += [text[start:offset].encode(encoding), bytes.fromhex(original)]
        start = offset + 1
    parts.append(text[start:].encode(encoding))
    return b"".join(parts)


def _refuse_signature(data: bytes) -> None:
    head = data[:16]
    for signature, name in _SIGNATURES:
        if head.startswith(signature):
            raise UnreadableError(f"binary, not text ({name})")


def _forced(data: bytes, encoding: str) -> Decoded:
    name = codecs.lookup(encoding).name
    if name == "utf-8-sig":
        name = "utf-8"
    for marked, mark in _BOMS:
        if data.startswith(mark) and (marked == name or marked.startswith(f"{name}-")):
            return _repair(data, marked, len(mark))
    if name in ("utf-16", "utf-32"):  # without a mark the codec would take the byte order of this machine
        name += "-be" if data[:1] == b"\0" else "-le"
    decoded = _exact(data, name)
    if decoded is None or _SURROGATE.search(decoded.text):
        raise UnreadableError(f"not {encoding}: it could not be written back as it was (--encoding)")
    return decoded


def _detected(data: bytes, html: bool) -> Decoded:
    for name, mark in _BOMS:
        if data.startswith(mark):
            return _repair(data, name, len(mark))
    if b"\0" not in data:
        try:
            return Decoded(data.decode("utf-8"))
        except UnicodeDecodeError:
            return _legacy(data, html)
    wide = _unmarked_wide(data)
    if wide is None:
        raise UnreadableError("binary, not text (NUL bytes)")
    return wide


def _legacy(data: bytes, html: bool) -> Decoded:
    """Data that is not valid UTF-8 and holds no NUL."""
    declared = _declared(data) if html else ""
    if _is_mostly_utf8(data, declared == "utf-8"):
        return _repair(data, "utf-8")
    for name in (declared, _guess(data, html), "cp1252"):
        if name and name != "utf-8" and (decoded := _strict(data, name)):
            return decoded
    return Decoded(data.decode("latin-1"), "latin-1")


def _is_mostly_utf8(data: bytes, declared: bool) -> bool:
    """True if the bytes that are not UTF-8 look like an accident in a text that is.

    Chance makes well-formed sequences too, rarely in alphabets, but often in East Asian encodings; there
    the other bytes stand in long runs.
    """
    tail = next((data[-cut:] for cut in (3, 2, 1) if _is_cut_off(data[-cut:])), b"")
    strays, good = _UTF8_SEQUENCE.subn(b" ", data[: len(data) - len(tail)])
    runs = _HIGH_RUN.findall(strays)
    bad = len(runs)
    if tail and (good or len(tail) > 1):
        good += 1
    elif tail:  # alone at the end of ASCII: as likely a letter of another encoding
        bad += 1
    isolated = sum(map(len, runs)) <= 1.5 * bad
    return good >= 4 * bad or (good >= bad and (declared or isolated))


def _is_cut_off(tail: bytes) -> bool:
    """True if ``tail`` is the beginning of a longer UTF-8 sequence."""
    try:
        tail.decode("utf-8")
    except UnicodeDecodeError as error:
        return error.start == 0 and error.end == len(tail) and error.reason == "unexpected end of data"
    return False


def _declared(data: bytes) -> str:
    """The codec a page names in its XML or meta declaration, as browsers understand it; "" if none."""
    from bs4.dammit import EncodingDetector

    name = EncodingDetector.find_declared_encoding(data[:_SAMPLE], is_html=True)
    try:
        codec = codecs.lookup(name or "").name
    except LookupError:
        return ""
    if codec.startswith(("utf-16", "utf-32")):  # the declaration was read as ASCII: it cannot be true
        return ""
    return _BROWSER_NAMES.get(codec, codec)


def _guess(data: bytes, html: bool) -> str:
    """The codec ``data`` looks like, from a sample around its first byte that is not ASCII."""
    from charset_normalizer import from_bytes

    first = _HIGH.search(data)
    start = data.rfind(b"\n", 0, first.start()) + 1 if first else 0
    if first and first.start() - start > 2000:
        start = first.start()
    sample = data[start : start + _SAMPLE]
    if html:
        sample = _TAGS.sub(b" ", sample)
    if len(_HIGH.findall(sample)) < 8:  # too little to tell languages apart: the most frequent one
        return "cp1252"
    matches = [
        match
        for match in from_bytes(sample, cp_isolation=_GUESSES, enable_fallback=False)
        if len(_SIGN_IN_WORD.findall(str(match))) < 2
    ]
    if not matches or _is_nearly_as_good(matches, "cp1252"):
        return "cp1252"
    return matches[0].encoding


def _is_nearly_as_good(matches: Sequence[CharsetMatch], name: str) -> bool:
    """Whether the best match is hardly better than this codec: many code pages of Europe agree on most letters,
    and what tells them apart in a short text is chance."""
    best = matches[0]
    return name in best.could_be_from_charset or any(
        match.chaos <= best.chaos + 0.1 and match.coherence >= best.coherence - 0.05
        for match in matches
        if match.encoding == name
    )


def _unmarked_wide(data: bytes) -> Decoded | None:
    """UTF-16 or UTF-32 without a byte order mark, known by where the NULs of ASCII characters lie."""
    if len(data) % 4 == 0:
        for name in ("utf-32-le", "utf-32-be"):
            decoded = _strict(data, name)
            if decoded and "\0" not in decoded.text:
                return decoded
    sample = data[:_SAMPLE]
    even, odd = sample[::2].count(0), sample[1::2].count(0)
    name, nuls = ("utf-16-le", odd) if odd > even else ("utf-16-be", even)
    if 5 * nuls < len(sample) // 2:
        return None
    decoded = _repair(data, name)
    head = decoded.text[:_SAMPLE]
    return decoded if 100 * len(_CONTROL.findall(head)) <= len(head) else None


def _strict(data: bytes, encoding: str) -> Decoded | None:
    """``data`` in ``encoding`` if every byte of it makes sense there and can be written back."""
    try:
        text = data.decode(encoding)
        if text.encode(encoding) == data:
            return Decoded(text, encoding)
        return _aliased(data, encoding)
    except (UnicodeError, LookupError):
        return None


def _exact(data: bytes, encoding: str) -> Decoded | None:
    """As `_strict`, but bytes that make no sense are replaced and recorded."""
    decoded = _strict(data, encoding)
    if decoded is None:
        try:
            decoded = _repair(data, encoding)
            if encode(decoded.text, encoding, False, decoded.repaired) != data:
                return None
        except (UnicodeError, LookupError):
            return None
    return decoded


def _repair(data: bytes, encoding: str, start: int = 0) -> Decoded:
    """``data`` from ``start`` on, one U+FFFD for each run of bytes that make no sense in ``encoding``."""
    body = data[start:] if start else data
    parts: list[str] = []
    repaired: list[tuple[int, str]] = []
    length = at = 0
    while at < len(body):
        text, stray = _until_error(body, at, encoding)
        parts.append(text)
        length += len(text)
        at = stray.stop
        while at < len(body) and stray:  # errors side by side are one run
            text, more = _until_error(body, at, encoding)
            if text or not more:
                break
            at = more.stop
        if stray:
            repaired.append((length, body[stray.start : at].hex()))
            parts.append("\ufffd")
            length += 1
    return Decoded("".join(parts), encoding, start > 0, tuple(repaired))


def _until_error(body: bytes, at: int, encoding: str) -> tuple[str, range]:
    """The text from ``at`` up to the first error, and the range of bytes that is the error."""
    # Decoded in steps, so that many errors in a big file do not cost the square of its size.
    step = 4096
    while True:
        piece = body[at : at + step]
        try:
            text = piece.decode(encoding)
        except UnicodeDecodeError as error:
            if error.end >= len(piece) and at + step < len(body):
                step *= 4  # cut by the step, perhaps, and no error
                continue
            good = piece[: error.start].decode(encoding)
            return good, range(at + error.start, at + max(error.end, error.start + 1))
        if at + step >= len(body):
            return text, range(len(body), len(body))
        step *= 4


def _aliased(data: bytes, encoding: str) -> Decoded | None:
    """Text whose codec reads ``data`` but would write some characters otherwise: those are recorded."""
    decoder = codecs.getincrementaldecoder(encoding)()
    parts: list[str] = []
    repaired: list[tuple[int, str]] = []
    length = start = 0
    for at in range(len(data)):
        text = decoder.decode(data[at : at + 1])
        if not text:
            continue
        piece = data[start : at + 1]
        if text.encode(encoding) != piece:
            repaired.append((length, piece.hex()))
        parts.append(text)
        length, start = length + len(text), at + 1
    decoded = Decoded("".join(parts), encoding, False, tuple(repaired))
    return decoded if encode(decoded.text, encoding, False, decoded.repaired) == data else None
