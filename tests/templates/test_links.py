"""Links that open a written letter: nothing in them can add a header or a recipient."""

from urllib.parse import parse_qs, urlsplit

from hypothesis import given
from hypothesis import strategies as st

from templates.links import mailto


def test_a_link_holds_address_subject_and_words() -> None:
    """Percent-encoded as RFC 6068 wants it; the plus address survives."""
    link = mailto("complaints+s.abc@example.com", "[C-2026-000123] A", "A")

    assert link == "mailto:complaints+s.abc@example.com?subject=%5BC-2026-000123%5D%20A&body=A"


@given(st.text(), st.text())
def test_no_word_gets_out_of_its_place(subject: str, body: str) -> None:
    """Neither another field nor another recipient, whatever is written."""
    parts = urlsplit(mailto("a@example.com", subject, body))

    assert parts.path == "a@example.com"
    assert set(parse_qs(parts.query, keep_blank_values=True)) == {"subject", "body"}
