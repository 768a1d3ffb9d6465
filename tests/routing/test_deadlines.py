"""Limits and calendars, by examples computed by hand."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing.deadlines import Calendar, Limit

SHANGHAI = Calendar.parse("Mon-Fri 08:30-17:30", "Asia/Shanghai")  # 9 hours a day
BERLIN = Calendar.parse("Mon-Fri 09:00-17:00", "Europe/Berlin")  # 8 hours a day
BERLIN_DAILY = Calendar.parse("Mon-Sun 00:00-23:59", "Europe/Berlin")
SHIFT = Calendar.parse("Sat-Mon 10:00-14:00", "Asia/Shanghai")

# November 2026: Monday 23 … Friday 27, Saturday 28, Sunday 29, Monday 30.
SHANGHAI_EXAMPLES = [
    # by the clock, whatever the calendar says
    ("2026-11-23 10:00", "30 minutes", "2026-11-23 10:30"),
    ("2026-11-27 17:00", "24 hours", "2026-11-28 17:00"),
    ("2026-11-28 03:00", "3 days", "2026-12-01 03:00"),
    ("2026-11-23 10:00", "2 weeks", "2026-12-07 10:00"),
    # working hours within a day
    ("2026-11-23 10:00", "4 working hours", "2026-11-23 14:00"),
    ("2026-11-23 08:30", "9 working hours", "2026-11-23 17:30"),
    ("2026-11-23 10:00", "30 working minutes", "2026-11-23 10:30"),
    # exactly until closing time
    ("2026-11-23 13:30", "4 working hours", "2026-11-23 17:30"),
    ("2026-11-23 13:31", "4 working hours", "2026-11-24 08:31"),
    # over night, over the weekend, over several days
    ("2026-11-23 15:30", "4 working hours", "2026-11-24 10:30"),
    ("2026-11-27 16:30", "2 working hours", "2026-11-30 09:30"),
    ("2026-11-23 10:00", "20 working hours", "2026-11-25 12:00"),
    ("2026-11-27 08:30", "10 working hours", "2026-11-30 09:30"),
    # before hours, after hours, at closing time, at the weekend
    ("2026-11-23 06:00", "1 working hour", "2026-11-23 09:30"),
    ("2026-11-23 20:00", "1 working hour", "2026-11-24 09:30"),
    ("2026-11-23 17:30", "1 working hour", "2026-11-24 09:30"),
    ("2026-11-27 17:30", "1 working hour", "2026-11-30 09:30"),
    ("2026-11-28 12:00", "1 working hour", "2026-11-30 09:30"),
    ("2026-11-29 23:59", "1 working hour", "2026-11-30 09:30"),
    # working days keep the time of day
    ("2026-11-23 10:00", "2 working days", "2026-11-25 10:00"),
    ("2026-11-26 10:00", "2 working days", "2026-11-30 10:00"),
    ("2026-11-27 17:29", "1 working day", "2026-11-30 17:29"),
    ("2026-11-23 10:00", "5 working days", "2026-11-30 10:00"),
    # and begin with the next opening outside hours
    ("2026-11-23 06:00", "1 working day", "2026-11-24 08:30"),
    ("2026-11-23 17:30", "1 working day", "2026-11-25 08:30"),
    ("2026-11-28 12:00", "1 working day", "2026-12-01 08:30"),
    # the year turns on a Friday
    ("2026-12-31 17:00", "1 working hour", "2027-01-01 09:00"),
]
BERLIN_EXAMPLES = [
    # clocks go forward on Sunday, 29 March 2026, at 02:00, and back on 25 October at 03:00
    ("2026-03-28 12:00", "24 hours", "2026-03-29 13:00"),
    ("2026-10-24 12:00", "24 hours", "2026-10-25 11:00"),
    ("2026-03-27 16:00", "2 working hours", "2026-03-30 10:00"),
    ("2026-10-23 16:00", "2 working hours", "2026-10-26 10:00"),
    ("2026-03-27 10:00", "1 working day", "2026-03-30 10:00"),
    ("2026-10-23 10:00", "1 working day", "2026-10-26 10:00"),
]
DAILY_EXAMPLES = [
    # a shift through the change: the night of spring has an hour less, that of autumn one more
    ("2026-03-29 00:00", "3 working hours", "2026-03-29 04:00"),
    ("2026-10-25 00:00", "3 working hours", "2026-10-25 02:00"),
]
SHIFT_EXAMPLES = [
    # days may go round the end of the week
    ("2026-11-27 12:00", "1 working hour", "2026-11-28 11:00"),
    ("2026-11-29 13:00", "2 working hours", "2026-11-30 11:00"),
    ("2026-11-30 13:00", "2 working hours", "2026-12-05 11:00"),
    ("2026-11-30 12:00", "1 working day", "2026-12-05 12:00"),
]


@pytest.mark.parametrize(
    ("calendar", "start", "limit", "due"),
    [
        (calendar, *example)
        for calendar, examples in (
            (SHANGHAI, SHANGHAI_EXAMPLES),
            (BERLIN, BERLIN_EXAMPLES),
            (BERLIN_DAILY, DAILY_EXAMPLES),
            (SHIFT, SHIFT_EXAMPLES),
        )
        for example in examples
    ],
)
def test_the_deadline_is_what_a_person_would_say(
    calendar: Calendar, start: str, limit: str, due: str
) -> None:
    """Local times in and out; the second 02:00 of an autumn night is written like the first."""
    start_at = datetime.fromisoformat(start).replace(tzinfo=calendar.zone)
    found = calendar.due(start_at, Limit.parse(limit))

    assert found.tzinfo is UTC
    assert f"{found.astimezone(calendar.zone):%Y-%m-%d %H:%M}" == due


def test_the_hour_that_comes_twice_is_counted_twice() -> None:
    """From 02:00 in summer time, one hour leads to 02:00 in winter time, two to 03:00."""
    first = datetime(2026, 10, 25, 2, 0, tzinfo=BERLIN.zone)

    assert BERLIN_DAILY.due(first, Limit.parse("1 working hour")) == first.astimezone(
        UTC
    ) + timedelta(hours=1)
    assert (
        BERLIN_DAILY.due(first.replace(fold=1), Limit.parse("1 working hour"))
        .astimezone(BERLIN.zone)
        .hour
        == 3
    )


#: Any moment of 2026 and 2027.
TWO_YEARS = st.integers(min_value=0, max_value=2 * 365 * 24 * 60).map(
    lambda minutes: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
)


@given(
    start_at=TWO_YEARS,
    number=st.integers(min_value=1, max_value=90),
    unit=st.sampled_from(["working minutes", "working hours", "working days"]),
    calendar=st.sampled_from([SHANGHAI, BERLIN, SHIFT]),
)
def test_a_working_deadline_lies_in_working_hours_and_not_before_the_start(
    start_at: datetime, number: int, unit: str, calendar: Calendar
) -> None:
    """On a working day, between opening and closing time, later than the start."""
    due = calendar.due(start_at, Limit.parse(f"{number} {unit}"))
    local = due.astimezone(calendar.zone)

    assert due > start_at
    assert local.weekday() in calendar.days
    assert calendar.start <= local.time() <= calendar.end


@given(
    start_at=TWO_YEARS,
    hours=st.integers(min_value=1, max_value=60),
)
def test_more_time_is_never_due_earlier(start_at: datetime, hours: int) -> None:
    """One working hour more is due later, by at least one hour."""
    less, more = (
        BERLIN.due(start_at, Limit.parse(f"{n} working hours")) for n in (hours, hours + 1)
    )

    assert more - less >= timedelta(hours=1)


@pytest.mark.parametrize(
    ("text", "amount", "working"),
    [
        ("30 minutes", timedelta(minutes=30), ""),
        ("1 Hour", timedelta(hours=1), ""),
        (" 7 days ", timedelta(days=7), ""),
        ("2 weeks", timedelta(days=14), ""),
        ("4 working hours", timedelta(hours=4), "hours"),
        ("45 working minutes", timedelta(minutes=45), "hours"),
        ("1 working day", timedelta(days=1), "days"),
    ],
)
def test_limits_are_written_as_people_say_them(text: str, amount: timedelta, working: str) -> None:
    """Number, perhaps `working`, unit; one or many."""
    assert Limit.parse(text) == Limit(amount=amount, working=working)


@pytest.mark.parametrize(
    "text",
    ["", "soon", "0 days", "-1 day", "1.5 hours", "3 fortnights", "12345 days", "1 working week"],
)
def test_anything_else_is_refused_with_examples(text: str) -> None:
    """A working week is as long as the calendar says: its days must be given."""
    with pytest.raises(ValueError, match="Write for example: 30 minutes"):
        Limit.parse(text)


@pytest.mark.parametrize(
    ("hours", "zone", "words"),
    [
        ("always", "Asia/Shanghai", "are no hours"),
        ("Mon-Fry 08:30-17:30", "Asia/Shanghai", "are no hours"),
        ("Mon-Fri 17:30-08:30", "Asia/Shanghai", "ends before it begins"),
        ("Mon-Fri 08:30-08:30", "Asia/Shanghai", "ends before it begins"),
        ("Mon-Fri 08:30-25:30", "Asia/Shanghai", "hour must be in"),
        ("Mon-Fri 08:30-17:30", "Asia/Peking", "is no time zone"),
        ("Mon-Fri 08:30-17:30", "../../etc/passwd", "is no time zone"),
        ("Mon-Fri 08:30-17:30", "", "is no time zone"),
    ],
)
def test_a_wrong_calendar_is_refused_in_words(hours: str, zone: str, words: str) -> None:
    """ValueError says what is wrong."""
    with pytest.raises(ValueError, match=words):
        Calendar.parse(hours, zone)


def test_a_single_day_and_short_hours_are_read() -> None:
    """`Sat 9:00-12:00` is a calendar, too."""
    calendar = Calendar.parse("Sat 9:00 - 12:00", "UTC")

    assert (calendar.days, calendar.start.hour, calendar.zone) == (
        frozenset({5}),
        9,
        ZoneInfo("UTC"),
    )
