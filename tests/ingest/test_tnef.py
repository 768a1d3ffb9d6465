"""Files that Outlook hides in winmail.dat."""

import base64
import struct

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.parse import parse
from ingest.tnef import read_files, read_text

HEAD = b"\x78\x9f\x3e\x22\x01\x00"


def record(kind: int, data: bytes, *, level: int = 2) -> bytes:
    """Write one record with its checksum."""
    checksum = struct.pack("<H", sum(data) % 65536)
    return struct.pack("<BII", level, kind, len(data)) + data + checksum


def file(title: bytes, data: bytes, long_name: bytes = b"") -> bytes:
    """Write a file as Outlook does: a beginning, a short title, the bytes, the long name."""
    name = b"\x1f\x00\x07\x37\x01\x00\x00\x00" + struct.pack("<I", len(long_name)) + long_name
    return (
        record(0x00069002, b"\x00" * 14)
        + record(0x00018010, title)
        + record(0x0006800F, data)
        + (record(0x00069005, b"\x01\x00\x00\x00" + name) if long_name else b"")
    )


WINMAIL = (
    HEAD
    + record(0x00089006, b"\x00\x00\x01\x00", level=1)
    + file(b"BILL~1.PDF\x00", b"%PDF", "账单 2026.pdf\0".encode("utf-16-le"))
    + file(b"photo.jpg\x00", b"\xff\xd8")
)


def test_files_are_found_with_their_long_names() -> None:
    """The name people see, not the one of 1985."""
    assert read_files(WINMAIL) == [("账单 2026.pdf", b"%PDF"), ("photo.jpg", b"\xff\xd8")]


@pytest.mark.parametrize(
    "data",
    [
        b"",
        HEAD,
        b"no tnef at all",
        HEAD + b"\x02" * 8,
        HEAD + struct.pack("<BII", 2, 0x0006800F, 2**31),
    ],
)
def test_what_is_no_winmail_has_no_files(data: bytes) -> None:
    """Empty, foreign, cut, or with a length that lies (F102)."""
    assert read_files(data) == []


def test_a_cut_winmail_gives_what_is_whole() -> None:
    """The first file is there even if the second isn't."""
    assert read_files(WINMAIL[:-30])[0] == ("账单 2026.pdf", b"%PDF")


@settings(deadline=None)
@given(st.binary(max_size=200))
def test_no_bytes_defeat_the_reader(data: bytes) -> None:
    """Any bytes behind the signature end the reading sooner or later."""
    assert isinstance(read_files(HEAD + data), list)


def test_files_of_a_winmail_are_attachments_of_the_mail() -> None:
    """The package is kept, and what is in it stands beside it."""
    read = parse(
        b"From: ann@x.example\nContent-Type: multipart/mixed; boundary=x\n\n--x\n\nsee bill\n"
        b"--x\nContent-Type: application/ms-tnef; name=winmail.dat\n"
        b"Content-Transfer-Encoding: base64\n\n" + base64.encodebytes(WINMAIL) + b"--x--\n"
    )

    assert read.text == "see bill"
    assert [one.name for one in read.attachments] == ["winmail.dat", "账单 2026.pdf", "photo.jpg"]


def mapi(*properties: bytes) -> bytes:
    """Write a block of properties."""
    return struct.pack("<I", len(properties)) + b"".join(properties)


def counted(number: int, kind: int, value: bytes) -> bytes:
    """Write one property that tells its length, padded to four bytes."""
    padded = value + bytes(-len(value) % 4)
    return struct.pack("<HHII", kind, number, 1, len(value)) + padded


RTF = b"\0" * 8 + b"MELA" + b"\0" * 4 + b"{\\rtf1 It leaks.}"
NAMED = struct.pack("<HH16sII", 0x1E, 0x8001, bytes(16), 1, 6) + b"a\0b\0\0\0\0\0"
BEFORE = (
    struct.pack("<HHI", 0x03, 0x0017, 1),
    struct.pack("<HHQ", 0x40, 0x0039, 1),
    NAMED + struct.pack("<II", 1, 3) + b"ab\0\0",
)


@pytest.mark.parametrize(
    ("properties", "text"),
    [
        ((counted(0x1000, 0x1F, "水壶漏水\0".encode("utf-16-le")),), "水壶漏水"),
        ((counted(0x1013, 0x102, b"<p>It leaks.</p>"),), "It leaks."),
        ((counted(0x1009, 0x102, RTF),), "It leaks."),
        ((counted(0x1013, 0x102, b"<b>b</b>"), counted(0x1000, 0x1E, b"plain\0")), "plain"),
        ((), ""),
    ],
)  # fmt: skip
def test_the_text_of_a_winmail_is_found(properties: tuple[bytes, ...], text: str) -> None:
    """Plain text, else HTML, else compressed RTF, behind properties of every shape."""
    block = record(0x00069003, mapi(*BEFORE, *properties), level=1)

    assert read_text(HEAD + block).strip() == text


def test_the_text_record_is_read_in_the_code_page_of_the_mail() -> None:
    """Older mails carry their text in a record of its own."""
    page = record(0x00069007, struct.pack("<II", 936, 0), level=1)
    body = record(0x0002800C, "水壶漏水\0".encode("gbk"), level=1)

    assert read_text(HEAD + page + body) == "水壶漏水"


def test_a_mail_that_is_nothing_but_a_winmail_has_its_text() -> None:
    """Where no other part says anything, Outlook's own text is the text (F102)."""
    body = HEAD + record(0x0002800C, b"It leaks.\r\n", level=1)
    head = b"From: ann@x.example\nContent-Transfer-Encoding: base64\nContent-Type: "
    read = parse(head + b"application/ms-tnef; name=winmail.dat\n\n" + base64.encodebytes(body))

    assert read.text == "It leaks."


@settings(deadline=None)
@given(st.binary(max_size=200))
def test_no_properties_defeat_the_reader(data: bytes) -> None:
    """Lengths that lie end the reading."""
    assert isinstance(read_text(HEAD + record(0x00069003, data, level=1)), str)
