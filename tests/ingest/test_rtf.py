"""Rich text, plain and as Outlook compresses it."""

import struct

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.rtf import rtf_to_text, unpack


@pytest.mark.parametrize(
    ("rtf", "text"),
    [
        (
            rb"{\rtf1\ansi{\fonttbl{\f0 Arial;}}\f0 It leaks.\par Ann\tab Lee}",
            "It leaks.\nAnn\tLee",
        ),
        (rb"{\rtf1\ansi\ansicpg936 \'cb\'ae\'ba\'f8}", "水壶"),
        (rb"{\rtf1\uc1 \u27700?\u22774?!}", "水壶!"),
        (rb"{\rtf1\uc2 \u27700\'cb\'ae!}", "水!"),
        (rb"{\rtf1 caf\'e9 \{a\} \\ \~x}", "café {a} \\  x"),
        (rb"{\rtf1{\*\generator Word;}{\pict 0102}{\info{\author me}}words}", "words"),
        (rb"{\rtf1{\*\htmltag64 <p>}It leaks.\htmlrtf\par\htmlrtf0 Ann}", "It leaks.\nAnn"),
        (b"no rtf at all", "no rtf at all"),
        (b"", ""),
        (b"{" * 5000 + b"deep", ""),
    ],
)
def test_the_words_are_read(rtf: bytes, text: str) -> None:
    """Letters of every charset, without fonts, pictures and fields."""
    assert rtf_to_text(rtf) == text


def packed(stream: bytes, size: int) -> bytes:
    """Write the head of a compressed property before its stream."""
    return struct.pack("<II4sI", len(stream) + 12, size, b"LZFu", 0) + stream


def test_the_example_of_the_specification_is_unpacked() -> None:
    """[MS-OXRTFCP] 3.1.1.1."""
    stream = bytes.fromhex("03000a007263706731323542320af32068656c090020627705b06c647d0a800fa0")

    assert unpack(packed(stream, 43)) == b"{\\rtf1\\ansi\\ansicpg1252\\pard hello world}\r\n"


def test_what_was_never_compressed_is_copied() -> None:
    """The other kind of the same property."""
    assert unpack(struct.pack("<II4sI", 0, 0, b"MELA", 0) + b"{\\rtf1}") == b"{\\rtf1}"


@settings(deadline=None)
@given(st.binary(max_size=300))
def test_no_bytes_defeat_the_readers(data: bytes) -> None:
    """Any stream ends, any bytes are some text."""
    assert isinstance(unpack(packed(data, 10_000)), bytes)
    assert isinstance(rtf_to_text(data), str)
