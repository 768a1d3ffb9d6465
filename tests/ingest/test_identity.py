"""The same mail through another door: what its identity leaves out, and what it costs."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest import identity as module
from ingest.identity import identity

HEAD = b"From: wang@complainant.example\r\nSubject: Leak"


def test_trace_fields_and_line_ends_make_no_other_mail() -> None:
    """The second door adds Received and Delivered-To, and writes LF."""
    first = HEAD + b"\r\n\r\nIt leaks.\r\nStill.\r\n"
    traced = b"Received: from a\r\n by b\r\nDelivered-To: c@desk.example\r\n" + first
    assert identity(traced.replace(b"\r\n", b"\n") + b"\n\n") == identity(first)


@pytest.mark.parametrize("other", [b"It leaks.", b"It leaks.\r\nStill!", b"It leaks.\n\nStill."])
def test_other_words_are_another_mail(other: bytes) -> None:
    """A word, a mark or an empty line more is enough."""
    assert identity(HEAD + b"\r\n\r\nIt leaks.\r\nStill.") != identity(HEAD + b"\r\n\r\n" + other)


@given(body=st.lists(st.sampled_from([b"a", b"\r", b"\n", b"\r\n"]), max_size=12).map(b"".join))
def test_reading_in_pieces_changes_nothing(body: bytes) -> None:
    """A line end may lie across two pieces, and the last ones may fill several."""
    data = HEAD + b"\n\n" + body
    whole = re.sub(rb"\r\n", b"\n", body).rstrip(b"\n")
    with pytest.MonkeyPatch.context() as patch:
        for size in (1, 2, 3):
            patch.setattr(module, "_PIECE", size)
            assert b"".join(module._pieces(data, len(HEAD) + 2)) == whole
