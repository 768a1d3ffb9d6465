"""Transfer encodings, files inside texts, and safe names."""

import base64
import binascii

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest import attachments


@pytest.mark.parametrize(
    ("payload", "encoding", "data"),
    [
        (b"aGVsbG8=", "base64", b"hello"),
        (b"aGVs\r\nbG8", " BASE64 ", b"hello"),
        (b"aGVsbG8=\r\n-- \r\nlist footer!", "base64", b"hello"),
        (b"This is no base64, my mailer lies.", "base64", b"This is no base64, my mailer lies."),
        (b"caf=C3=A9 =\r\nau lait", "quoted-printable", b"caf\xc3\xa9 au lait"),
        (b"100 = hundred =Z", "quoted-printable", b"100 = hundred =Z"),
        (b"as it is", "8bit", b"as it is"),
        (b"as it is", "x-unknown", b"as it is"),
        (b"begin 644 a\n%:&5L;&\\\n`\nend\n", "x-uuencode", b"hello"),
    ],
)
def test_transfer_encodings_are_undone_as_far_as_they_go(
    payload: bytes, encoding: str, data: bytes
) -> None:
    """What can be decoded is, what can't stays (F99)."""
    assert attachments.decode_transfer(payload, encoding) == data


def test_uuencoded_files_are_cut_out_of_a_text() -> None:
    """The words around stay, the file becomes an attachment."""
    text = b"before\nbegin 644 a b.txt\n%:&5L;&\\\n`\nend\nafter\n"

    assert attachments.cut_encoded(text) == (b"before\nafter\n", [("a b.txt", b"hello")])


def test_a_sentence_that_begins_with_begin_is_no_file() -> None:
    """Only the whole shape makes a file."""
    text = b"begin 644 things you promised\nand then none came.\n"

    assert attachments.cut_encoded(text) == (text, [])


def test_yenc_files_are_cut_out_of_a_text() -> None:
    """yEnc adds 42 to every byte and escapes the critical ones."""
    line = bytes((byte + 42) & 255 for byte in b"photo") + b"=" + bytes([(0 + 42 + 64) & 255])
    text = b"see\n=ybegin line=128 size=6 name=a.bin\n" + line + b"\n=yend size=6\nthanks\n"

    left, files = attachments.cut_encoded(b"begin\n" + text)

    assert left == b"begin\nsee\nthanks\n"
    assert files == [("a.bin", b"photo\x00")]


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("照片 1.jpg", "照片 1.jpg"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\a\\bill.pdf", "bill.pdf"),
        ("a:stream", "a_stream"),
        ("gpj.\u202eexe.scr", "gpj._exe.scr"),
        ("", "attachment-3.pdf"),
        ("..", "attachment-3.pdf"),
        ("x\r\ny.pdf", "x y.pdf"),
        ("长" * 100 + ".pdf", "长" * 65 + ".pdf"),
    ],
)
def test_names_show_what_was_meant_and_do_no_harm(name: str, safe: str) -> None:
    """No path, no stream, no override of the reading direction, never empty (F100)."""
    assert attachments.safe_name(name, "application/pdf", 3) == safe


@settings(deadline=None)
@given(st.text(max_size=300))
def test_every_name_is_safe(name: str) -> None:
    """Whatever the header says, the name is one component of at most 200 bytes."""
    safe = attachments.safe_name(name, "image/png", 1)

    assert safe
    assert len(safe.encode()) <= attachments.MAX_NAME
    assert not set(safe) & set("/\\:\0\r\n")
    assert safe not in (".", "..")


@settings(deadline=None)
@given(st.binary(max_size=300), st.sampled_from(["base64", "quoted-printable", "x-uuencode", ""]))
def test_no_payload_defeats_the_decoder(payload: bytes, encoding: str) -> None:
    """Garbage in any encoding gives bytes (F99)."""
    assert isinstance(attachments.decode_transfer(payload, encoding), bytes)


@settings(deadline=None)
@given(st.binary(max_size=200))
def test_base64_and_uuencoding_round_trip(data: bytes) -> None:
    """What was encoded well comes back as it was."""
    lines = b"".join(binascii.b2a_uu(data[n : n + 45]) for n in range(0, len(data), 45))

    assert attachments.decode_transfer(base64.encodebytes(data), "base64") == data
    assert attachments.decode_transfer(b"begin 644 a\n" + lines + b"`\nend\n", "x-uuencode") == data
