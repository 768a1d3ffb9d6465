"""The one date that a few words name."""

import time
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing.dates import cut_date, read_date

MONDAY = date(2026, 11, 23)
D = date


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2026-11-27", D(2026, 11, 27)), ("2026/11/27", D(2026, 11, 27)),
        ("2026.11.27", D(2026, 11, 27)), ("2026年11月27日", D(2026, 11, 27)),
        ("27.11.2026", D(2026, 11, 27)), ("27/11/2026", D(2026, 11, 27)),
        ("11/27/2026", D(2026, 11, 27)), ("06/06/2026", D(2026, 6, 6)),
        ("27 Nov", D(2026, 11, 27)), ("27th of November 2026", D(2026, 11, 27)),
        ("Nov 27th", D(2026, 11, 27)), ("November 27, 2027", D(2027, 11, 27)),
        ("11月27日前", D(2026, 11, 27)), ("１１月２７日", D(2026, 11, 27)),
        ("十一月二十七日", D(2026, 11, 27)), ("27日", D(2026, 11, 27)),
        ("27号之前", D(2026, 11, 27)),
        ("5号", D(2026, 12, 5)), ("by the 5th", D(2026, 12, 5)),
        ("周五", D(2026, 11, 27)), ("星期五", D(2026, 11, 27)), ("本周五", D(2026, 11, 27)),
        ("週五前", D(2026, 11, 27)), ("周一", MONDAY), ("下周一", D(2026, 11, 30)),
        ("下个星期天", D(2026, 12, 6)), ("下下周一", D(2026, 12, 7)),
        ("Friday", D(2026, 11, 27)), ("by Fri", D(2026, 11, 27)), ("Monday", MONDAY),
        ("next Monday", D(2026, 11, 30)), ("next Friday", D(2026, 12, 4)),
        ("today", MONDAY), ("tomorrow", D(2026, 11, 24)), ("明天", D(2026, 11, 24)),
        ("后天", D(2026, 11, 25)), ("大后天", D(2026, 11, 26)),
        ("the day after tomorrow", D(2026, 11, 25)),
        ("in 3 days", D(2026, 11, 26)), ("3天内", D(2026, 11, 26)), ("三天内", D(2026, 11, 26)),
        ("3日内", D(2026, 11, 26)), ("within 2 weeks", D(2026, 12, 7)), ("一周内", D(2026, 11, 30)),
        ("in a month", D(2026, 12, 23)), ("半个月内", D(2026, 12, 8)),
        ("5个工作日内", D(2026, 11, 30)), ("within five working days", D(2026, 11, 30)),
        ("月底", D(2026, 11, 30)), ("end of the month", D(2026, 11, 30)),
        ("周五（11月27日）", D(2026, 11, 27)), ("Friday, 27 Nov", D(2026, 11, 27)),
        ("明天，11月24日", D(2026, 11, 24)),
        ("2 Jan", D(2027, 1, 2)), ("5月20日", D(2027, 5, 20)), ("6月1日", D(2026, 6, 1)),
    ],
)  # fmt: skip
def test_a_date_is_read_as_people_write_it(text: str, day: date) -> None:
    """On Monday, 23 November 2026; a day long past without a year is one of next year."""
    assert read_date(text, today=MONDAY) == day


@pytest.mark.parametrize(
    "text",
    [
        "", "soon", "05/06/2026", "Monday or Tuesday", "周一到周五", "11月27日或28日", "31.02.2026",
        "13月1日", "31号", "周四（11月27日）", "Thursday, 27 Nov", "上周五", "本周一直漏水",
        "每周一", "3 days", "3天", "1号线", "5号楼", "version 1.2.2026x", "12345", "we sat there",
        "三五天内", "in umpteen days", "0月0日", "tomorrow or Friday",
    ],
)  # fmt: skip
def test_what_is_no_date_or_could_be_two_is_none(text: str) -> None:
    """Better no date than one that nobody promised."""
    assert read_date(text, today=MONDAY) is None


@pytest.mark.parametrize(
    ("text", "rest"),
    [
        ("李伟，11月27日前", "李伟，"), ("Li Wei, by 27 Nov", "Li Wei,"),
        ("by Friday: Li Wei", ": Li Wei"),
        ("Li Wei 2026-11-27", "Li Wei"), ("李伟 最迟周五", "李伟"), ("no date", "no date"),
    ],
)  # fmt: skip
def test_the_words_beside_a_date_stay_as_written(text: str, rest: str) -> None:
    """The date goes with the words that belong to it, nothing else."""
    assert cut_date(text, MONDAY)[1] == rest


@given(st.text(max_size=80), st.dates())
def test_any_text_on_any_day_is_read(text: str, today: date) -> None:
    """No text raises, on the first and the last day there is as well."""
    cut_date(text, today)


@given(st.text("0123456789./-年月日号天内周一五in daysmonthweek下", max_size=40), st.dates())
def test_near_dates_are_read(text: str, today: date) -> None:
    """What only looks like a date raises nothing either."""
    cut_date(text, today)


@pytest.mark.parametrize("text", ["1" * 90_000, "in 1 " * 20_000, "周" * 90_000, " " * 90_000])
def test_hostile_dates_cost_no_time(text: str) -> None:
    """Repetition is read in less than a second."""
    began = time.perf_counter()
    cut_date(text, MONDAY)

    assert time.perf_counter() - began < 1.0
