"""What a file is by its bytes, and which files are dangerous to open."""

from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.filetypes import DOCX, PDF, PROGRAM, SCRIPT, WINDOWS_PROGRAM, XLSX, ZIP, kind_of

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504)
EXE = b"MZ" + bytes(62) + b"PE\0\0"


def stream(name: str) -> bytes:
    """Write the name of a stream as the directory of an OLE storage does."""
    return name.encode("utf-16-le")


@pytest.mark.parametrize(
    ("label", "data", "media_type"),
    [
        ("application/octet-stream", b"%PDF-1.7\n", PDF),
        ("image/jpeg", b"%PDF-1.7\n", PDF),
        ("image/jpeg", b"\x89PNG\r\n\x1a\n", "image/png"),
        ("application/pdf", b"\xff\xd8\xff\xe0", "image/jpeg"),
        ("image/png", b"GIF89a", "image/gif"),
        ("image/jpeg", b"\0\0\0\x18ftypheic", "image/heic"),
        ("application/octet-stream", b"\0\0\0\x18ftypisom", "video/mp4"),
        ("video/quicktime", b"\0\0\0\x14ftypqt  ", "video/quicktime"),
        ("image/jpg", b"?", "image/jpeg"),
        ("application/octet-stream", EXE, WINDOWS_PROGRAM),
        ("image/png", b"\x7fELF\x02", PROGRAM),
        ("text/plain", b"#!/bin/sh\n", SCRIPT),
        ("application/octet-stream", OLE + stream("WordDocument"), "application/msword"),
        ("application/msword", OLE + stream("Workbook"), "application/vnd.ms-excel"),
        ("application/x-cad", OLE, "application/x-cad"),
        ("image/webp", b"RIFF", "image/webp"),
    ],
)
def test_the_bytes_win_over_the_label(label: str, data: bytes, media_type: str) -> None:
    """Where the bytes show what they are the label does not count; else it stands."""
    assert kind_of("a", label, data).type == media_type


def test_a_zip_is_what_is_in_it(zipped: Callable[..., bytes]) -> None:
    """Word and Excel are known by their folders; other formats in a ZIP by their label."""
    word = zipped(("[Content_Types].xml", "<a/>"), ("word/document.xml", "<a/>"))
    excel = zipped(("[Content_Types].xml", "<a/>"), ("xl/workbook.xml", "<a/>"))
    other = zipped(("a.txt", "a"))

    assert kind_of("a", "application/zip", word).type == DOCX
    assert kind_of("a.doc", "application/msword", excel).type == XLSX
    assert kind_of("a", "image/png", other).type == ZIP
    assert kind_of("a", "application/epub+zip", other).type == "application/epub+zip"


@pytest.mark.parametrize(
    ("name", "data", "media_type"),
    [("a.CSV", b"a,b", "text/csv"), ("a.txt", b"hello", "text/plain"), ("a.x", b"\0", "")],
)
def test_an_unlabelled_text_is_known_by_its_ending(name: str, data: bytes, media_type: str) -> None:
    """A file of no type that looks like text is what its name says."""
    label = "application/octet-stream"

    assert kind_of(name, label, data).type == (media_type or label)


@pytest.mark.parametrize(
    ("name", "label", "data"),
    [
        ("invoice.pdf.exe", "application/pdf", b"?"),
        ("invoice.pdf", "application/pdf", EXE),
        ("a.js", "text/plain", b"alert(1)"),
        ("a.BAT ", "text/plain", b"del"),
        ("a.scr.", "image/png", b"?"),
        ("a.lnk", "application/octet-stream", b"L"),
        ("a", "application/octet-stream", b"L\0\0\0\x01\x14\x02\0\0\0\0\0\xc0"),
        ("a.iso", "application/octet-stream", b"?"),
        ("a.jar", "application/zip", b"PK\x03\x04"),
        ("a", "application/javascript", b"alert(1)"),
        ("a", "application/octet-stream", b"\x7fELF"),
        ("a", "application/octet-stream", b"\xcf\xfa\xed\xfe"),
        ("a.txt", "text/plain", b"#! /bin/sh"),
    ],
)
def test_what_runs_is_a_program(name: str, label: str, data: bytes) -> None:
    """By its ending, its label or its bytes: one sign is enough."""
    assert kind_of(name, label, data).warning == "program"


def test_macros_are_seen(zipped: Callable[..., bytes]) -> None:
    """In new files, in old files, and in names that announce them."""
    new = zipped(("[Content_Types].xml", "<a/>"), ("word/vbaProject.bin", "x"))
    old = OLE + stream("WordDocument") + stream("_VBA_PROJECT")

    assert kind_of("a.docx", DOCX, new).warning == "macros"
    assert kind_of("a.doc", "application/msword", old).warning == "macros"
    assert kind_of("a.xlsm", "application/octet-stream", b"?").warning == "macros"
    assert kind_of("a.doc", "application/msword", OLE).warning == ""


def test_what_wants_a_password_is_seen(zipped: Callable[..., bytes]) -> None:
    """ZIP, PDF, new and old office files."""
    plain = zipped(("a.txt", "a"))
    sealed = bytearray(plain)
    sealed[sealed.index(b"PK\x01\x02") + 8] |= 1
    word = OLE + b"\xec\xa5" + bytes(8) + b"\x00\x01"
    book = OLE + b"\x09\x08\x02\x00ab" + b"\x2f\x00"

    assert kind_of("a.zip", ZIP, plain).warning == ""
    assert kind_of("a.zip", ZIP, bytes(sealed)).warning == "encrypted"
    assert kind_of("a.pdf", PDF, b"%PDF-1.4 trailer<</Encrypt 5 0 R>>").warning == "encrypted"
    assert kind_of("a.xlsx", XLSX, OLE + stream("EncryptedPackage")).warning == "encrypted"
    assert kind_of("a.doc", "application/msword", word).warning == "encrypted"
    assert kind_of("a.xls", "application/vnd.ms-excel", book).warning == "encrypted"


def test_a_pgp_message_is_sealed() -> None:
    """An armoured file is no text to read."""
    assert kind_of("a.asc", "text/plain", b"-----BEGIN PGP MESSAGE-----\n").warning == "encrypted"


@settings(deadline=None)
@given(st.sampled_from([b"PK\x03\x04", OLE, b"%PDF-", b"MZ", b""]), st.binary(max_size=200))
def test_no_bytes_defeat_the_reader(magic: bytes, data: bytes) -> None:
    """Whatever follows the first bytes, a type comes out."""
    assert kind_of("a.b", "application/octet-stream", magic + data).type
