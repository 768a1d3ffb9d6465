"""Files that Outlook hides in winmail.dat."""

import base64
import struct

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.parse import parse
from ingest.tnef import read_files

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
