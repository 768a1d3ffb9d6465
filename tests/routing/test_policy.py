"""What rules.yaml decided, as values."""

import pytest

from routing.policy import Policy


@pytest.mark.parametrize(
    ("addr", "key"),
    [
        ("quality@example.com", "quality"),
        ("QA-HEAD@example.com", "quality"),
        ("wh-head@example.com", "delivery"),
        ("gm@example.com", ""),
        ("", ""),
    ],
)
def test_an_address_speaks_for_the_department_that_lists_it(
    addr: str, key: str, policy: Policy
) -> None:
    """Its mailbox, its manager and its deputies, in any case."""
    assert policy.department_of(addr) == key


def test_a_level_that_is_gone_from_the_file_counts_as_the_default(policy: Policy) -> None:
    """Old cases keep working after an edit."""
    assert policy.severity("catastrophic") is policy.severities[-1]
    assert policy.severity("serious").serious


def test_a_language_without_letters_gets_those_of_the_house(policy: Policy) -> None:
    """The first language of the file."""
    assert [policy.letter_language(code) for code in ("en", "zh", "fr", "")] == [
        "en",
        "zh",
        "zh",
        "zh",
    ]
