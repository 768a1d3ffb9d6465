"""Header blocks on bytes: cuts, encoded words, parameters, ids and dates."""

import base64
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest import headers


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        ("=?utf-8?B?5oqV6K+J?=", "投诉"),
        ("=?GB2312?B?zba1wQ==?= again", "投盗 again"),
        ("=?utf-8?Q?caf=C3=A9_au_lait?=", "café au lait"),
        ("=?utf-8?q?a?= =?utf-8?q?b?=", "ab"),
        ("=?utf-8?q?a?= b", "a b"),
        ("=?utf-8?B?5oo=?= =?utf-8?B?lQ==?=", "投"),
        ("Re:=?utf-8?q?glued?=on", "Re:gluedon"),
        ("=?utf-8*en?q?tagged?=", "tagged"),
        ("=?utf-8?q?What?=20now?=", "What? now"),
        ("=?utf-8?b?YWJj", "=?utf-8?b?YWJj"),
        ("=?x-unknown?q?ab?=", "ab"),
        ("=?utf-8?q?a=0D=0ABcc:_x?=", "a Bcc: x"),
    ],
)
def test_encoded_words_are_read_by_the_letter_and_as_found(raw: str, text: str) -> None:
    """RFC 2047, and what mailers make of it."""
    assert headers.decode_words(raw) == text


def test_a_field_that_lost_its_blank_is_folded_again() -> None:
    """A line that is no field belongs to the field above while the header goes on."""
    head = headers.read_head(
        b"From: a@b.example\nContent-Type: text/plain;\ncharset=gbk\nTo: c\n\nx"
    )

    assert head.first("content-type") == b"text/plain; charset=gbk"
    assert head.first("to") == b"c"


def test_words_right_under_the_header_are_not_eaten() -> None:
    """Where the blank line is missing, the first words belong to the body."""
    data = b"From: a@b.example\nTo: c\nSubject: s\nDate: d\nDear Sirs\nit broke\n\nmore"

    assert data[headers.read_head(data).body_at :] == b"Dear Sirs\nit broke\n\nmore"


@pytest.mark.parametrize("end", [b"\n", b"\r\n"])
def test_the_body_begins_after_the_blank_line(end: bytes) -> None:
    """Both line ends give the same fields and the same body."""
    data = end.join([b"From: a@b.example", b"Subject: s", b" t", b"", b"body"])
    head = headers.read_head(data)

    assert head.fields == (("from", b"a@b.example"), ("subject", b"s t"))
    assert data[head.body_at :] == b"body"


def test_fields_and_blocks_are_cut() -> None:
    """Too long a field, too many fields, too long a block: cut, and said so (F89, F90)."""
    long = headers.read_head(b"Subject: " + b"a" * 20_000 + b"\n\nx")
    many = headers.read_head(b"X-A: 1\n" * 1_500 + b"\nx")
    huge = headers.read_head(b"".join(b"X-A: %s\n" % (b"a" * 900) for _ in range(300)) + b"\nx")

    assert len(long.first("subject")) <= headers.MAX_FIELD
    assert long.defects == ("header field over 16 KiB",)
    assert len(many.fields) == headers.MAX_FIELDS
    assert huge.defects == ("header over 128 KiB",)


@pytest.mark.parametrize(
    ("raw", "name"),
    [
        (b"attachment; filename=plain.pdf", "plain.pdf"),
        (b'attachment; filename="with blank; and semicolon.pdf"', "with blank; and semicolon.pdf"),
        (b"attachment; filename*=UTF-8''%E7%85%A7%E7%89%87.jpg", "照片.jpg"),
        (b"attachment; filename*0=long; filename*1=er.txt", "longer.txt"),
        (b"attachment; filename*0*=gbk''%D5%D5; filename*1*=%C6%AC; filename*2=.jpg", "照片.jpg"),
        (b"attachment; filename*1=b.txt; filename*0=a", "ab.txt"),
        (b'attachment; filename="=?gbk?B?1dXGrA==?=.jpg"', "照片.jpg"),
        ("attachment; filename=照片.jpg".encode("gbk"), "照片.jpg"),
        (b'attachment; filename="a\\"b.txt"', 'a"b.txt'),
        (b'attachment; filename="unclosed.txt', "unclosed.txt"),
        (b"attachment; filename=", ""),
    ],
)
def test_parameters_are_read_in_every_spelling(raw: bytes, name: str) -> None:
    """RFC 2231 by the letter, and the shortcuts of the wild."""
    field = headers.read_params(raw, "gbk")

    assert field.value == "attachment"
    assert field.params["filename"] == name


@pytest.mark.parametrize(
    ("raw", "ids"),
    [
        ("<a@b> <c@d>", ("a@b", "c@d")),
        ("<a@b>\t<a@b>", ("a@b",)),
        ("a@b", ("a@b",)),
        ('"Ann" message of Monday <a @b>', ("a@b",)),
        ("", ()),
        ("nonsense words only", ()),
    ],
)
def test_message_ids_are_found(raw: str, ids: tuple[str, ...]) -> None:
    """With brackets, without, doubled, or none at all."""
    assert headers.read_ids(raw) == ids


@pytest.mark.parametrize(
    ("raw", "moment"),
    [
        ("Mon, 23 Nov 2026 09:00:00 +0800", datetime(2026, 11, 23, 1, tzinfo=UTC)),
        ("23 Nov 2026 09:00 GMT", datetime(2026, 11, 23, 9, tzinfo=UTC)),
        ("Mon, 23 Nov 2026 09:00:00 -0000 (CST)", datetime(2026, 11, 23, 9, tzinfo=UTC)),
        ("Mon, 99 Nov 2026 09:00:00 +0800", None),
        ("Mon, 23 Nov 2026 09:00:00 +9999999999", None),
        ("yesterday", None),
        ("", None),
    ],
)
def test_dates_are_utc_or_nothing(raw: str, moment: datetime | None) -> None:
    """A date that can't be is none (F79)."""
    assert headers.read_date(raw) == moment


@settings(deadline=None)
@given(st.binary(max_size=300))
def test_no_bytes_defeat_the_header_reader(data: bytes) -> None:
    """Reading, decoding, parameters, ids and dates are total."""
    for _, value in headers.read_head(b"From: a@b.example\n" + data).fields:
        text = headers.decode_words(headers.decode_raw(value))
        text.encode()
        headers.read_params(value)
        headers.read_ids(text)
        headers.read_date(text)


@settings(deadline=None)
@given(st.binary(max_size=60))
def test_base64_is_decoded_whatever_stands_between(data: bytes) -> None:
    """Line breaks and foreign characters don't matter, and nothing raises."""
    encoded = base64.b64encode(data)
    assert headers.base64_loose(b"\r\n*".join(encoded[n : n + 5] for n in range(0, 90, 5))) == data
