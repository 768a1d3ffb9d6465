"""The hours of a week as supervisors write them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing.hours import Spans, read_hours

_MORNING, _AFTERNOON, _WHOLE = (510, 720), (780, 1050), (510, 1050)  # 8:30, 12:00, 13:00, 17:30


@pytest.mark.parametrize(
    ("text", "monday", "friday", "saturday"),
    [
        ("Mon-Fri 08:30-17:30", (_WHOLE,), (_WHOLE,), ()),
        ("mon - fri 8:30 - 17:30", (_WHOLE,), (_WHOLE,), ()),
        ("Monday–Friday 08:30–17:30", (_WHOLE,), (_WHOLE,), ()),
        ("Mon-Fri 08:30-12:00 13:00-17:30", (_MORNING, _AFTERNOON), (_MORNING, _AFTERNOON), ()),
        ("Mon-Fri 13:00-17:30, 08:30-12:00", (_MORNING, _AFTERNOON), (_MORNING, _AFTERNOON), ()),
        ("Mon-Fri 08:30-17:30, Sat 09:00-12:00", (_WHOLE,), (_WHOLE,), ((540, 720),)),
        ("Mon-Thu 08:30-17:30; Fri 08:30-12:00", (_WHOLE,), (_MORNING,), ()),
        ("Mon Fri 08:30-17:30", (_WHOLE,), (_WHOLE,), ()),
        ("Mon, Fri and Sat 08:30-12:00", (_MORNING,), (_MORNING,), (_MORNING,)),
        ("Mon-Fri 08:30-12:00, Fri 13:00-17:30", (_MORNING,), (_MORNING, _AFTERNOON), ()),
        ("Sat-Mon 08:30-12:00", (_MORNING,), (), (_MORNING,)),
        ("Mon-Sun 00:00-24:00", ((0, 1440),), ((0, 1440),), ((0, 1440),)),
        ("周一至周五 8:30-12:00 13:00-17:30", (_MORNING, _AFTERNOON), (_MORNING, _AFTERNOON), ()),
        ("周一到周五8:30~17:30，周六9:00-12:00", (_WHOLE,), (_WHOLE,), ((540, 720),)),
        ("星期一、星期五 08:30—17:30", (_WHOLE,), (_WHOLE,), ()),
    ],
)
def test_hours_are_read_in_the_ways_people_write_them(
    text: str, monday: Spans, friday: Spans, saturday: Spans
) -> None:
    """Several spans, several groups of days, commas or not, English or Chinese; in order."""
    week = read_hours(text)

    assert (week[0], week[4], week[5]) == (monday, friday, saturday)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "are no hours. Write for example: Mon-Fri 08:30-17:30"),
        ("always", "are no hours"),
        ("08:30-17:30", "are no hours"),
        ("Mon-Fri", "are no hours"),
        ("Mon-Fri 08:30-17:30, Sat", "are no hours"),
        ("Mon-Fry 08:30-17:30", "are no hours"),
        ("Mon-Wed-Fri 08:30-17:30", "are no hours"),
        ("Mon-Fri 9-17", "are no hours"),
        ("Mon-Fri 9:00am-5:00pm", "are no hours"),
        ("Mon-Fri 17:30-08:30", "ends before it begins. Write hours over midnight in two spans"),
        ("Mon-Fri 08:30-08:30", "ends before it begins"),
        ("Mon-Fri 08:30-25:30", "08:30-25:30 are no times of day"),
        ("Mon-Fri 08:60-17:30", "are no times of day"),
        ("Mon-Fri 08:30-24:01", "are no times of day"),
        ("Mon-Fri 08:30-12:00 11:00-17:30", "two spans of Mon overlap"),
        ("Mon-Fri 08:30-17:30, Fri 08:30-12:00", "two spans of Fri overlap"),
        ("Mon " * 100, "more than 300 characters"),
    ],
)
def test_wrong_hours_are_refused_in_words(text: str, words: str) -> None:
    """ValueError says what is wrong."""
    with pytest.raises(ValueError, match=words):
        read_hours(text)


@given(st.text(max_size=350) | st.text(alphabet="Mon-Fri 周一至,0123456789:", max_size=60))
def test_any_text_is_read_or_refused(text: str) -> None:
    """Whatever is read has hours on some day, in order and within it."""
    try:
        week = read_hours(text)
    except ValueError:
        return
    assert any(week)
    for spans in week:
        edges = [edge for span in spans for edge in span]
        assert edges == sorted(edges)
        assert all(0 <= edge <= 1440 for edge in edges)
