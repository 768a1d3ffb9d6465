"""Folding and cutting."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from classify.script import MAX_TOKEN, fold, split


@given(st.text(max_size=300))
def test_cutting_loses_nothing(text: str) -> None:
    """The tokens join to the text again."""
    assert "".join(split(text)) == text


@given(st.text(max_size=300))
def test_folding_keeps_every_position(text: str) -> None:
    """A place in the folded text is a place in what the sender wrote."""
    assert len(fold(text)) == len(text)


@pytest.mark.parametrize(
    ("text", "token"),
    [
        ("批号B2024-11的牛奶", "B2024-11"),
        ("on 10/24/07, he", "10/24/07"),
        ("about 1,250 boxes", "1,250"),
        ("it doesn't work.Part 5", "work"),
        ("重3.5公斤", "3.5"),
    ],
)
def test_codes_numbers_and_words_stay_whole(text: str, token: str) -> None:
    """The tokenizer keeps codes together and gives Chinese by character."""
    assert token in split(text)


def test_chinese_comes_by_character() -> None:
    """Every Chinese character is a token."""
    assert split("牛奶坏") == ["牛", "奶", "坏"]


def test_a_run_without_white_space_is_cut() -> None:
    """No token is longer than the limit."""
    assert max(map(len, split("x" * 5000))) == MAX_TOKEN


def test_full_width_signs_become_half_width() -> None:
    """A label with a full-width colon is the same label."""
    assert fold("批号：Ａ１２（Ｂ）") == "批号:a12(b)"
