"""Reasons why no measure is taken, as departments write them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing.waivers import REASONS, read_reason


@pytest.mark.parametrize(
    ("text", "listed"),
    [
        ("a", "a"),
        ("B", "b"),
        ("（a）", "a"),
        ("理由c", "c"),
        ("reason d", "d"),
        ("b: told the supplier on 3 Nov", "b"),
        ("d、现有工艺做不到", "d"),
        ("A) isolated", "a"),
        ("个别问题，不严重", "a"),
        ("供方原因，已通知", "b"),
        ("beyond the law and the standard", "c"),
        ("超出现有工艺能力", "d"),
        ("we lack the resources", "e"),
        ("a supplier did it", "b"),
    ],
)
def test_a_reason_of_the_list_is_found(text: str, listed: str) -> None:
    """By its letter or by its words, in both languages (P56 a-e)."""
    found = read_reason(text, language="en")

    assert found is not None
    assert found.listed == listed
    assert found.words.startswith(f"{listed}) {REASONS[listed]['en']}")


def test_what_was_written_beside_the_letter_is_kept() -> None:
    """The one who agrees reads the list's words and the department's own."""
    found = read_reason("b：已于11月3日通知", language="zh")

    assert found is not None
    assert found.words == "b) 供方原因，已通知供方 – b：已于11月3日通知"


@pytest.mark.parametrize(
    "text", ["the dog ate it", "a customer dropped it", "None of us", "个别供方问题"]
)
def test_any_other_reason_is_marked_as_such(text: str) -> None:
    """Also one that speaks of two at once: a person judges it."""
    found = read_reason(text, language="en")

    assert found is not None
    assert (found.listed, found.words) == ("", f"Another reason: {text}")


@pytest.mark.parametrize("text", ["", " ", "...", "：—"])
def test_signs_are_no_reason(text: str) -> None:
    """Nothing is said by them."""
    assert read_reason(text, language="zh") is None


@given(st.text(max_size=200))
def test_any_text_can_be_read(text: str) -> None:
    """Total."""
    read_reason(text, language="en")
