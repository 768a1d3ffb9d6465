"""Lines broken for the journey are joined again."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.flowed import unflow
from ingest.parse import parse


@pytest.mark.parametrize(
    ("text", "joined"),
    [
        ("The lid \nleaks.\nAnn", "The lid leaks.\nAnn"),
        (" >no quote\n From here", ">no quote\nFrom here"),
        ("> a \n> b\n>> c \nd", "> a b\n> > c \nd"),
        ("words \n-- \nAnn ", "words \n-- \nAnn "),
        ("a\n\nb", "a\n\nb"),
        ("> a\n>\n> b", "> a\n>\n> b"),
        ("", ""),
    ],
)
def test_soft_breaks_are_undone(text: str, joined: str) -> None:
    """Within one depth of quotation, never across a signature (RFC 3676 §4.1-4.4)."""
    assert unflow(text) == joined


def test_a_blank_of_the_mailer_is_deleted() -> None:
    """Chinese has no blanks between words: DelSp=yes says they were put there."""
    assert unflow("水壶漏水，请尽快 \n处理。", delete_space=True) == "水壶漏水，请尽快处理。"


@given(st.text(alphabet="> a\n-", max_size=80))
def test_only_blanks_and_breaks_change(text: str) -> None:
    """No letter is lost."""
    assert unflow(text).count("a") == text.count("a")


def test_a_mail_labelled_flowed_is_joined_and_no_other() -> None:
    """Other mails keep their lines."""
    head = b"From: ann@x.example\nContent-Type: text/plain%b\n\nThe lid \nleaks.\n"

    assert parse(head % b"; format=flowed").text == "The lid leaks."
    assert parse(head % b"").text == "The lid\nleaks."
