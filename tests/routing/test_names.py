"""Who is named in a few words."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing.names import person_in


@pytest.mark.parametrize(
    ("text", "person"),
    [
        ("李伟", "李伟"), ("李伟负责", "李伟"), ("由王小明跟进", "王小明"),
        ("负责人：张工", "张工"),
        ("，欧阳娜娜，", "欧阳娜娜"), ("陈经理", "陈经理"), ("陳經理", "陳經理"), ("李偉", "李偉"),
        ("Li Wei", "Li Wei"), ("by Li Wei", "Li Wei"), ("I am Anna Schmidt", "Anna Schmidt"),
        ("Anna will handle it", "Anna"), ("J. O'Neill", "J. O'Neill"),
        ("Anna-Lena Müller", "Anna-Lena Müller"),
        ("Thanks. Li Wei", "Li Wei"), ("ANNA SCHMIDT", "ANNA SCHMIDT"),
        ("Иван Петров", "Иван Петров"),
        ("", ""), ("thanks", ""), ("Best regards", ""), ("Quality Team", ""),
        ("We look into it", ""),
        ("马上安排", ""), ("马上", ""), ("尽快处理", ""), ("一二三四五六七", ""),
        ("Please see the report", ""),
        ("12 345", ""), ("call me on +86 138", ""),
    ],
)  # fmt: skip
def test_a_name_is_told_from_other_words(text: str, person: str) -> None:
    """With the words around it that say who it is, and without a guess at what is no name."""
    assert person_in(text) == person


@given(st.text(max_size=400))
def test_any_text_is_read(text: str) -> None:
    """No text raises; a name was written."""
    assert person_in(text) in text


@pytest.mark.parametrize("text", ["李" * 90_000, "Li " * 30_000, "A." * 45_000, "," * 90_000])
def test_hostile_names_cost_no_time(text: str) -> None:
    """Repetition is read in less than a second."""
    began = time.perf_counter()
    person_in(text)

    assert time.perf_counter() - began < 1.0
