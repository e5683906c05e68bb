"""Bytes to text and back."""

from __future__ import annotations

import codecs
import subprocess
import sys
from typing import Any

import pytest
from charset_normalizer import CharsetMatches, from_bytes
from endless import ends
from hypothesis import example, given
from hypothesis import strategies as st

from unecho.errors import UnreadableError
from unecho.sources.decode import Decoded, decode, encode

RUSSIAN = "Президент России заявил в понедельник, что правительство рассмотрит новые меры поддержки экономики."
JAPANESE = "政府は月曜日、経済を支援するための新しい措置を検討すると発表した。首相によると、決定は月末までだ。"
POLISH = "Prezes Rady Ministrów ogłosił we wtorek, że rząd przyjmie nową ustawę o świadczeniach. Część posłów nie."


def back(decoded: Decoded) -> bytes:
    return encode(decoded.text, decoded.encoding, decoded.bom, decoded.repaired)


def round_trip(data: bytes, *, html: bool = False, encoding: str = "") -> Decoded:
    decoded = decode(data, html=html, encoding=encoding)
    assert back(decoded) == data
    return decoded


@given(st.binary().map(lambda data: data.replace(b"\0", b"\x80")), st.booleans())
@example(b"\xff\xfe\x00\xd8", False)
@example(b"\xef\xbb\xbf\xef\xbb\xbf\xff", False)
@example(b"\xff\xfea", False)
def test_any_bytes_without_nul_come_back(data: bytes, html: bool) -> None:
    try:
        decoded = decode(data, html=html)
    except UnreadableError as error:
        assert "binary" in str(error)
        return
    assert back(decoded) == data
    decoded.text.encode("utf-8")  # no lone surrogate


@given(st.binary(max_size=60), st.sampled_from(["utf-8", "utf-16", "utf-32-be", "cp1252", "cp932", "utf-7"]))
def test_any_bytes_come_back_under_a_forced_encoding_or_are_refused(data: bytes, encoding: str) -> None:
    try:
        decoded = decode(data, encoding=encoding)
    except UnreadableError:
        return
    assert back(decoded) == data
    decoded.text.encode("utf-8")


texts = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), min_size=1)


@given(texts, st.sampled_from(["utf-8", "utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"]))
def test_a_mark_decides(text: str, encoding: str) -> None:
    data = encode(text, encoding, True)
    assert round_trip(data) == Decoded(text, encoding, True)


@given(
    st.text(st.sampled_from("abc éß\r\n–"), min_size=20),
    st.binary(min_size=1, max_size=3),
    st.integers(1, 20),
)
def test_stray_bytes_in_any_place_come_back(text: str, stray: bytes, at: int) -> None:
    data = text[:at].encode() + stray.replace(b"\0", b"\xff") + text[at:].encode()
    round_trip(data)


def test_newlines_stay_as_they_are() -> None:
    assert round_trip(b"a\r\nb\rc\n\n").text == "a\r\nb\rc\n\n"


def test_an_empty_file_is_an_empty_text() -> None:
    assert round_trip(b"") == Decoded("")
    assert round_trip(codecs.BOM_UTF8) == Decoded("", "utf-8", True)


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"])
def test_utf16_and_utf32_without_a_mark_are_known_by_their_nuls(encoding: str) -> None:
    text = "The council met on Monday – 12 members.\r\n"
    assert round_trip(text.encode(encoding)) == Decoded(text, encoding)


def test_utf16_that_breaks_off_is_repaired() -> None:
    data = codecs.BOM_UTF16_LE + "abc".encode("utf-16-le") + b"d"
    assert round_trip(data) == Decoded("abc\ufffd", "utf-16-le", True, ((3, "64"),))


def test_valid_utf8_wins_over_a_lying_declaration() -> None:
    page = '<html><meta charset="gbk"><p>Müller sagte „nein“</p>'
    assert round_trip(page.encode(), html=True) == Decoded(page)


@pytest.mark.parametrize(
    ("declared", "encoding", "text"),
    [
        (
            "iso-8859-1",
            "cp1252",
            "“quoted” – naïve",
        ),  # browsers read latin-1 as cp1252, and so do pages mean it
        ("windows-1251", "cp1251", "Да"),
        ("gb2312", "gb18030", "政府"),
        ("shift_jis", "cp932", "政府①"),
        ("euc-kr", "cp949", "정부"),
    ],
)
def test_a_declared_charset_is_read_as_browsers_do(declared: str, encoding: str, text: str) -> None:
    page = f'<html><head><meta charset="{declared}"></head><p>{text}</p>'
    assert round_trip(page.encode(encoding), html=True) == Decoded(page, encoding)


def test_a_declaration_counts_in_html_only() -> None:
    data = '<meta charset="windows-1251"> caf\u00e9'.encode("cp1252")
    assert decode(data).encoding == "cp1252"
    assert decode(data, html=True).encoding == "cp1251"


@pytest.mark.parametrize("declared", ["nonsense", "utf-16", "utf-8", "rot13"])
def test_a_declaration_that_cannot_be_true_is_passed_over(declared: str) -> None:
    data = f'<meta charset="{declared}"><p>caf'.encode() + b"\xe9 au lait</p>"
    assert round_trip(data, html=True).text.endswith("café au lait</p>")


@pytest.mark.parametrize(
    ("encoding", "text"),
    [
        ("cp1251", RUSSIAN),
        ("koi8_r", RUSSIAN),
        ("cp866", RUSSIAN),
        ("cp1250", POLISH),
        ("iso8859_2", POLISH),
        ("cp932", JAPANESE),
        ("euc_jp", JAPANESE),
    ],
)
def test_undeclared_encodings_are_guessed(encoding: str, text: str) -> None:
    assert round_trip(text.encode(encoding)) == Decoded(text, encoding)
    page = f"<html><body><div class='a'><p>{text}</p></div></body></html>"
    assert round_trip(page.encode(encoding), html=True).text == page


def test_a_few_accents_are_western() -> None:
    assert round_trip(b"caf\xe9 \x93cr\xe8me\x94") == Decoded("café “crème”", "cp1252")
    assert round_trip(b"caf\xe9").text == "café"


def test_what_cp1252_does_not_define_is_latin_1() -> None:
    assert round_trip(b"a\x81b").encoding == "latin-1"


def test_mixed_encodings_are_utf8_with_the_bytes_kept() -> None:
    data = "Müller, größer, Café – ".encode() + b"na\xefve" + " – schön".encode()
    decoded = round_trip(data)
    assert decoded.encoding == "utf-8"
    assert decoded.text == "Müller, größer, Café – na\ufffdve – schön"
    assert decoded.repaired == ((decoded.text.index("\ufffd"), "ef"),)


def test_a_run_of_bad_bytes_is_one_character() -> None:
    decoded = round_trip("äöü äöü äöü ".encode() + b"a\xff\xfe\xe4b" + "äöü".encode())
    assert decoded.text == "äöü äöü äöü a\ufffdbäöü"
    assert decoded.repaired == ((13, "fffee4"),)


@pytest.mark.parametrize(
    ("data", "text"),
    [
        ("abc “".encode()[:-1], "abc \ufffd"),
        ("日本語".encode()[:-1], "日本\ufffd"),
        ("日本語".encode()[:-2], "日本\ufffd"),
        ("plain ascii 😀".encode()[:-1], "plain ascii \ufffd"),
    ],
)
def test_a_character_cut_off_by_the_end_is_repaired(data: bytes, text: str) -> None:
    decoded = round_trip(data)
    assert (decoded.text, decoded.encoding) == (text, "utf-8")


def test_u_fffd_in_the_text_itself_is_no_repair() -> None:
    data = "a\ufffdb “c” ".encode() + b"\xff" + " “d”".encode()
    assert round_trip(data).repaired == ((8, "ff"),)


def test_an_encoding_with_two_codes_for_a_character_comes_back() -> None:
    data = "政府は".encode("cp932") + b"\x87\x90" + "月".encode("cp932")  # the codec would write 81 e0
    decoded = round_trip(data, encoding="cp932")
    assert decoded.text == "政府は≒月"
    assert decoded.repaired == ((3, "8790"),)


def test_a_forced_encoding_wins() -> None:
    assert round_trip("é".encode(), encoding="cp1252").text == "Ã©"
    assert round_trip(b"a\xe9b", encoding="utf-8") == Decoded("a\ufffdb", "utf-8", False, ((1, "e9"),))
    assert round_trip(codecs.BOM_UTF8 + b"a", encoding="UTF8") == Decoded("a", "utf-8", True)
    assert round_trip("ab".encode("utf-16-be"), encoding="utf-16") == Decoded("ab", "utf-16-be")
    assert round_trip("ab".encode("utf-16"), encoding="utf-16").text == "ab"


def test_a_forced_encoding_that_loses_is_refused() -> None:
    with pytest.raises(UnreadableError, match="--encoding"):
        decode(b"a+2AA-b", encoding="utf-7")  # half of a surrogate pair


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (b"%PDF-1.7\n%\xe2\xe3", "PDF"),
        (b"\x89PNG\r\n\x1a\n", "PNG"),
        (b"\xff\xd8\xff\xe1Exif", "JPEG"),
        (b"PK\x03\x04\x14", "ZIP"),
        (b"\x1f\x8b\x08rest", "gzip"),
        (b"text with one \0 in it", "NUL"),
        (b"\x7f\0\x01\x02" * 300, "NUL"),
        (b"ab\0c\0\0" * 101, "NUL"),
        (codecs.BOM_UTF8 + b"a\0b", "NUL"),
    ],
)
def test_binary_is_refused(data: bytes, kind: str) -> None:
    for html in (False, True):
        with pytest.raises(UnreadableError, match=rf"binary, not text \({kind}"):
            decode(data, html=html)


def test_a_signature_inside_the_text_is_text() -> None:
    assert decode(b"The file begins with %PDF-1.7").text


@pytest.mark.parametrize("stray", [b"\xff" * 400_000, b"a\xe9" * 200_000, "ä".encode() * 100_000 + b"\xff" * 99])
def test_bad_bytes_come_to_an_end(stray: bytes) -> None:
    with ends():
        round_trip(stray * 5)
        round_trip(stray * 5, encoding="utf-8")


def test_guessing_looks_at_a_sample_only(monkeypatch: pytest.MonkeyPatch) -> None:
    sizes: list[int] = []

    def from_sample(sample: bytes, **options: Any) -> CharsetMatches:
        sizes.append(len(sample))
        return from_bytes(sample, **options)

    monkeypatch.setattr("charset_normalizer.from_bytes", from_sample)
    data = b"ascii first\n" * 300_000 + (RUSSIAN + "\n").encode("cp1251") * 20_000
    assert decode(data).encoding == "cp1251"
    assert len(sizes) == 1 and sizes[0] < 100_000


def test_plain_text_imports_no_parser() -> None:
    code = (
        "import sys; from unecho.sources.decode import decode; import unecho.sources; decode('ä'.encode());"
        "sys.exit(bool({'bs4', 'lxml', 'charset_normalizer'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
