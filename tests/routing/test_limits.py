"""Limits as supervisors write them."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing.limits import Limit

_HOURS, _DAYS = "hours", "days"


@pytest.mark.parametrize(
    ("text", "limit"),
    [
        ("30 minutes", Limit(amount=timedelta(minutes=30))),
        ("1 Hour", Limit(amount=timedelta(hours=1))),
        ("1.5 hours", Limit(amount=timedelta(minutes=90))),
        ("half an hour", Limit(amount=timedelta(minutes=30))),
        (" 7 days ", Limit(amount=timedelta(days=7))),
        ("2 weeks", Limit(amount=timedelta(days=14))),
        ("1 month", Limit(months=1)),
        ("12 months", Limit(months=12)),
        ("4 working hours", Limit(amount=timedelta(hours=4), working=_HOURS)),
        ("45 working minutes", Limit(amount=timedelta(minutes=45), working=_HOURS)),
        ("1 working day", Limit(amount=timedelta(days=1), working=_DAYS)),
        ("2  Working  Days", Limit(amount=timedelta(days=2), working=_DAYS)),
        ("half a working day", Limit(amount=timedelta(hours=12), working=_DAYS)),
        ("0.5 working days", Limit(amount=timedelta(hours=12), working=_DAYS)),
        ("2.5 working days", Limit(amount=timedelta(days=2.5), working=_DAYS)),
        ("same day", Limit(working=_DAYS)),
        ("the same day", Limit(working=_DAYS)),
        ("30分钟", Limit(amount=timedelta(minutes=30))),
        ("24小时", Limit(amount=timedelta(hours=24))),
        ("24 个小时", Limit(amount=timedelta(hours=24))),
        ("半小时", Limit(amount=timedelta(minutes=30))),
        ("3天", Limit(amount=timedelta(days=3))),
        ("3日", Limit(amount=timedelta(days=3))),
        ("1周", Limit(amount=timedelta(days=7))),
        ("两个星期", Limit(amount=timedelta(days=14))),
        ("1个月", Limit(months=1)),
        ("十二个月", Limit(months=12)),
        ("4个工作小时", Limit(amount=timedelta(hours=4), working=_HOURS)),
        ("2个工作日", Limit(amount=timedelta(days=2), working=_DAYS)),
        ("2工作日", Limit(amount=timedelta(days=2), working=_DAYS)),
        ("两个工作日", Limit(amount=timedelta(days=2), working=_DAYS)),
        ("十个工作日", Limit(amount=timedelta(days=10), working=_DAYS)),
        ("二十四小时", Limit(amount=timedelta(hours=24))),
        ("四十八小时", Limit(amount=timedelta(hours=48))),
        ("三十分钟", Limit(amount=timedelta(minutes=30))),
        ("十五天", Limit(amount=timedelta(days=15))),
        ("半个工作日", Limit(amount=timedelta(hours=12), working=_DAYS)),
        ("当天", Limit(working=_DAYS)),
        ("２个工作日", Limit(amount=timedelta(days=2), working=_DAYS)),
    ],
)
def test_limits_are_written_as_people_say_them(text: str, limit: Limit) -> None:
    """Number, perhaps `working`, unit, in English or Chinese, half or full width."""
    assert Limit.parse(text) == limit


@pytest.mark.parametrize(
    "text",
    [
        *("", "soon", "尽快", "days", "工作日", "0 days", "0个工作日", "-1 day", "1.25 hours"),
        *("3 fortnights", "12345 days", "1 working week", "1个工作周", "1 working month"),
        *("half a day", "半天", "1.5 days", "half a month", "2.5 weeks", "0.5 minutes"),
        *("2 days 3 hours", "2 working", "1e3 days", "٣ days", "3 days" + " " * 50 + "x"),
    ],
)
def test_anything_else_is_refused_with_examples(text: str) -> None:
    """A working week is as long as the calendar says, half a day may be 12 hours or 4: unclear."""
    with pytest.raises(ValueError, match=r"is no limit\. Write for example: 30 minutes"):
        Limit.parse(text)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("30分钟", "30 minutes"),
        ("90 minutes", "90 minutes"),
        ("24 hours", "24 hours"),
        ("1 day", "24 hours"),
        ("48小时", "2 days"),
        ("1周", "7 days"),
        ("1个月", "1 month"),
        ("3 months", "3 months"),
        ("1个工作小时", "1 working hour"),
        ("45 working minutes", "45 working minutes"),
        ("24 working hours", "24 working hours"),
        ("1个工作日", "1 working day"),
        ("2个工作日", "2 working days"),
        ("1.5个工作日", "1.5 working days"),
        ("半个工作日", "half a working day"),
        ("当天", "the same day"),
    ],
)
def test_a_limit_is_said_in_english(text: str, said: str) -> None:
    """For explanations, and in words that can be read again."""
    assert str(Limit.parse(text)) == said
    assert Limit.parse(said) == Limit.parse(text)


@given(
    st.text(max_size=60) | st.text(alphabet="0123456789.半个工作日天月 working days", max_size=20)
)
def test_no_text_does_anything_but_be_read_or_refused(text: str) -> None:
    """What is read is longer than nothing, or the same day."""
    try:
        limit = Limit.parse(text)
    except ValueError as error:
        assert "is no limit" in str(error)
    else:
        assert limit.amount or limit.months or limit.working == "days"
