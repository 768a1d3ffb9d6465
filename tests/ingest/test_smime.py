"""The mail inside an opaque signature."""

import base64

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.parse import parse
from ingest.smime import signed_mail

OID = bytes.fromhex("06092a864886f70d010701")
MAIL = b"Content-Type: text/plain; charset=utf-8\r\n\r\nThe kettle leaks."


def long(tag: int, data: bytes) -> bytes:
    """Write an element with a length of two bytes."""
    return bytes([tag, 0x82]) + len(data).to_bytes(2, "big") + data


WHOLE = b"\x30\x80" + OID + long(0xA0, long(0x04, MAIL)) + b"\x00\x00"
IN_PIECES = (
    b"\x30\x80"
    + OID
    + b"\xa0\x80\x24\x80"
    + long(0x04, MAIL[:20])
    + long(0x04, MAIL[20:])
    + b"\x00\x00"
)


@pytest.mark.parametrize("shell", [WHOLE, IN_PIECES])
def test_the_wrapped_mail_is_found(shell: bytes) -> None:
    """In one piece, or in pieces of unknown number."""
    assert signed_mail(shell) == MAIL


@pytest.mark.parametrize("shell", [b"", b"\x30\x80", OID, OID + b"\xa0", OID + b"\x04\x02ab"])
def test_what_wraps_nothing_gives_nothing(shell: bytes) -> None:
    """An encrypted mail, or half of one, has no words to read."""
    assert signed_mail(shell) == b""


@settings(deadline=None)
@given(st.binary(max_size=100))
def test_no_shell_defeats_the_reader(data: bytes) -> None:
    """Lengths that lie end with the data."""
    assert isinstance(signed_mail(OID + data), bytes)


def test_an_opaquely_signed_complaint_is_read() -> None:
    """The words are read, the signature is an attachment and proves nothing (F103)."""
    read = parse(
        b"From: ann@x.example\nContent-Type: application/pkcs7-mime; name=smime.p7m\n"
        b"Content-Transfer-Encoding: base64\n\n" + base64.encodebytes(IN_PIECES)
    )

    assert read.text == "The kettle leaks."
    assert [one.name for one in read.attachments] == ["smime.p7m"]


def test_what_is_attached_inside_a_signature_is_attached_to_the_mail() -> None:
    """The shell is kept, and the photo in it stands beside it."""
    inner = (
        b"Content-Type: multipart/mixed; boundary=x\n\n--x\n\nThe kettle leaks.\n"
        b"--x\nContent-Type: image/gif; name=a.gif\n\nGIF89a\n--x--\n"
    )
    shell = b"\x30\x80" + OID + long(0xA0, long(0x04, inner))
    read = parse(
        b"From: ann@x.example\nContent-Type: application/pkcs7-mime; name=smime.p7m\n"
        b"Content-Transfer-Encoding: base64\n\n" + base64.encodebytes(shell)
    )

    assert read.text == "The kettle leaks."
    assert [one.name for one in read.attachments] == ["smime.p7m", "a.gif"]
