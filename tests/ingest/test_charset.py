"""Charsets as mails carry them: right, missing, lying and hostile."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest import charset

HOSTILE = (
    "unicode_escape",
    "raw_unicode_escape",
    "zlib",
    "hex",
    "idna",
    "punycode",
    "rot13",
    "a\0b",
)


@pytest.mark.parametrize(
    ("text", "codec", "label"),
    [
        ("喆喆家电城退货", "gb18030", "gb2312"),
        ("鎔基說不行", "gbk", "x-gbk"),
        ("產品損壞，請退款", "big5", "Big5"),
        ("제품이 파손되었습니다", "euc-kr", "ks_c_5601-1987"),
        ("壊れていました。返品したい", "iso-2022-jp", "ISO-2022-JP"),
        ("①番の部品がない", "cp932", "shift_jis"),
        ("壊れた～返品したい", "cp932", "shift_jis"),
        ("สินค้าชำรุด", "cp874", "windows-874"),
        ("สินค้าชำรุด", "cp874", "TIS-620"),
        ("Товар сломан", "koi8-r", "koi8-r"),
        ("„Kettle“ – broken…", "cp1252", "iso-8859-1"),
        ("żółty czajnik", "iso8859-2", "iso-8859-2"),
        ("kaputt: Gehäuse", "utf-7", "utf-7"),
    ],
)
def test_labelled_text_is_read_with_the_widest_charset_of_its_family(
    text: str, codec: str, label: str
) -> None:
    """A label stands for what mailers really send under it."""
    assert charset.decode(text.encode(codec), label) == (text, "")


@pytest.mark.parametrize(
    ("text", "codec"),
    [
        ("收到的电饭煲内胆生锈，请尽快处理退款。", "gbk"),
        ("收到的電鍋內膽生鏽，請盡快處理退款。", "big5"),
        ("배송이 너무 늦어서 환불을 원합니다", "euc-kr"),
        ("商品が壊れていたので返品したいです", "shift_jis"),
        ("商品が壊れていたので返品したいです", "iso-2022-jp"),
        ("Das Gerät ist beschädigt, bitte prüfen", "latin-1"),
        ("收到的货坏了", "utf-8"),
    ],
)
@pytest.mark.parametrize("label", ["", "unknown-8bit", "x-nonsense"])
def test_text_without_a_usable_label_is_guessed(text: str, codec: str, label: str) -> None:
    """What has no label, or one that means nothing, is recognised by its characters."""
    assert charset.decode(text.encode(codec), label)[0] == text


@pytest.mark.parametrize("label", ["iso-8859-1", "us-ascii", "gb2312", "windows-1251"])
def test_utf8_under_another_label_is_still_utf8(label: str) -> None:
    """A label that can't be true is corrected."""
    assert charset.decode("质量投诉：水壶漏水".encode(), label)[0] == "质量投诉：水壶漏水"


@pytest.mark.parametrize("label", HOSTILE)
def test_codecs_that_are_no_charsets_are_never_used(label: str) -> None:
    """`unicode_escape` would make markup of harmless bytes behind every filter (F97)."""
    assert charset.codec_of(label) == ""
    assert charset.decode(rb"\x3cscript\x3e", label)[0] == r"\x3cscript\x3e"


def test_windows_characters_in_iso_2022_jp_are_read() -> None:
    """① and ㈱ are in no standard, and in many mails from Japan."""
    data = b"\x1b$B-!HV$N\x1b(B NG \x1b$B-j\x1b(B"

    assert charset.decode(data, "iso-2022-jp") == ("①番の NG ㈱", "")


def test_japanese_charsets_agree_on_the_wave_dash() -> None:
    """The same character comes out, whichever charset carried it."""
    wave = {"euc-jp": b"\xa1\xc1", "iso-2022-jp": b"\x1b$B!A\x1b(B", "shift_jis": b"\x81\x60"}

    assert {charset.decode(data, label)[0] for label, data in wave.items()} == {"～"}


def test_ascii_called_utf16_is_ascii() -> None:
    """A label that would make Chinese of English is not believed."""
    assert charset.decode(b"It broke", "utf-16")[0] == "It broke"


def test_cut_utf8_loses_only_the_cut_character() -> None:
    """A mail cut in the middle of a character stays readable."""
    assert charset.decode("坏了，退款".encode()[:-1], "utf-8")[0] == "坏了，退\ufffd"


@settings(deadline=None)
@given(
    st.binary(max_size=200), st.sampled_from(["", "utf-8", "gbk", "big5", "utf-16", "hz", "utf-7"])
)
def test_no_bytes_defeat_the_decoder(data: bytes, label: str) -> None:
    """Whatever the bytes, the cleaned text can be stored: no NUL, no lone surrogate (F43)."""
    text = charset.clean(charset.decode(data, label)[0])

    text.encode()
    assert "\0" not in text
    assert "\r" not in text


def test_surrogate_pairs_become_characters_and_lone_ones_are_replaced() -> None:
    """A pair of surrogates is one character; half of a pair is damage."""
    assert charset.without_surrogates("\ud83d\ude00 \ud83d") == "😀 \ufffd"


def test_header_text_stays_on_one_line() -> None:
    """Line breaks and controls that hide in an encoded word become blanks (F95, F98)."""
    assert charset.clean_line("a\r\nBcc: x\x00\x0b\u2028b\x85c") == "a Bcc: x b c"
