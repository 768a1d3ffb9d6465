"""Text as replies are compared, sign for sign."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing.flat import flat


@pytest.mark.parametrize(
    ("text", "compared"),
    [
        ("ＤＯＮＥ：", "done:"),
        ("處理完成", "处理完成"),
        ("掛起，恢復", "挂起,恢复"),
        ("don’t “yes”", 'don\'t "yes"'),
        ("a\u3000b\u00a0c\ufeffd", "a b c d"),
        ("straße … ⑴", "straße … ⑴"),  # longer forms would move every place behind them
        ("line\nline\r\n", "line\nline\r\n"),
    ],
)
def test_only_what_makes_no_difference_is_folded(text: str, compared: str) -> None:
    """Case, width, traditional signs and quotes; lines stay lines."""
    assert flat(text) == compared


@given(st.text())
def test_every_place_stays_where_it_was(text: str) -> None:
    """What is found in the one is cut out of the other."""
    assert len(flat(text)) == len(text)
