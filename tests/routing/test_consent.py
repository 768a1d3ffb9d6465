"""Whether a yes is nothing but a yes."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing.consent import nothing_else

NAMES = ("quality", "品质部", "Delivery Department")


@pytest.mark.parametrize(
    "behind",
    [
        "", ".", ", thanks", ", please send it.", "。请发送，谢谢",
        ": delivery department", "，品质部",
        "\n\nBest regards,\nAnna", "，李总", ", Anna Li", "! Thank you very much.",
    ],
)  # fmt: skip
def test_thanks_and_a_name_change_nothing(behind: str) -> None:
    """Nor does one of the names that are known, as of a department whose measures are meant."""
    assert nothing_else(behind, NAMES)


@pytest.mark.parametrize(
    "behind",
    [
        ", 50", ". Reduce it", "，金额减半", ", partial refund", ", Refund", "?", "/no",
        "\nWait",
        ", after legal has seen it", "退款", "\n\nAnna\n\nonly half", " - make it 50",
        "\n" + "x\n" * 9_000,
    ],
)  # fmt: skip
def test_any_other_word_may_be_a_wish(behind: str) -> None:
    """What is not understood is asked again."""
    assert not nothing_else(behind, NAMES)


@given(st.text(max_size=200))
def test_any_text_is_judged(behind: str) -> None:
    """No text raises."""
    assert nothing_else(behind, NAMES) in (True, False)


@pytest.mark.parametrize(
    "text", ["发" * 90_000, "ok, " * 3_000, "请" * 500, " " * 14_000, "Li\n" * 4_000]
)
def test_hostile_texts_cost_no_time(text: str) -> None:
    """Repetition is read in less than a second."""
    began = time.perf_counter()
    nothing_else(text, NAMES)

    assert time.perf_counter() - began < 1.0
