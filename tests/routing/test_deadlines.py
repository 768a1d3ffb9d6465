"""When limits are over: by more than 200 examples computed by hand, and what always holds."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, ConfigDict

from routing.deadlines import Calendar, Limit, Pause

SHANGHAI = Calendar.parse(
    "Mon-Fri 08:30-12:00 13:00-17:30, Sat 09:00-12:00", "Asia/Shanghai", country="CN"
)
BERLIN = Calendar.parse("Mon-Fri 09:00-17:00", "Europe/Berlin", country="DE-BY")
NEW_YORK = Calendar.parse("Mon-Thu 09:00-17:00, Fri 09:00-13:00", "America/New_York", country="US")
APIA = Calendar.parse("Fri 06:00-12:00 12:30-20:00", "Pacific/Apia", holidays=["2026-11-27"])
NIGHTS = Calendar.parse("Mon-Sun 00:00-06:00 22:00-24:00", "America/Havana")
OFFICES = st.sampled_from([SHANGHAI, BERLIN, NEW_YORK, APIA])
CALENDARS = st.sampled_from([SHANGHAI, BERLIN, NEW_YORK, APIA, NIGHTS])


class Example(BaseModel):
    """One line of deadlines.jsonl: computed by a person, with a calendar on the wall."""

    model_config = ConfigDict(extra="forbid")

    name: str
    zone: str
    hours: str
    country: str = ""
    holidays: tuple[str, ...] = ()
    workdays: tuple[str, ...] = ()
    start: datetime
    limit: str
    pauses: tuple[Pause, ...] = ()
    now: datetime | None = None
    due: datetime

    def calendar(self) -> Calendar:
        """Return its calendar."""
        return Calendar.parse(
            self.hours,
            self.zone,
            country=self.country,
            holidays=self.holidays,
            workdays=self.workdays,
        )


def _examples() -> Iterator[Example]:
    path = Path(__file__).with_name("deadlines.jsonl")
    for line in path.read_text(encoding="utf-8").splitlines():
        yield Example.model_validate(json.loads(line))


EXAMPLES = tuple(_examples())


@pytest.mark.parametrize("example", EXAMPLES, ids=[example.name for example in EXAMPLES])
def test_the_deadline_is_what_a_person_computes(example: Example) -> None:
    """To the second, over weekends, holidays, make-up days, changes of clocks and pauses."""
    calendar, limit = example.calendar(), Limit.parse(example.limit)
    now = example.now or example.start
    found = calendar.due_with(example.start, limit, example.pauses, now=now)

    assert found.at == example.due
    assert found.at.tzinfo is UTC
    assert example.pauses or calendar.due(example.start, limit) == example.due


def test_there_are_enough_examples() -> None:
    """Two hundred at least, no two of the same name."""
    assert len({example.name for example in EXAMPLES}) == len(EXAMPLES) >= 200


@pytest.mark.parametrize(
    ("at", "limit", "moment"),
    [
        ("2026-11-23 10:00", "30 minutes", "2026-11-23 09:30"),
        ("2026-11-24 10:00", "24 hours", "2026-11-23 10:00"),
        ("2026-03-31 10:00", "1 month", "2026-02-28 10:00"),
        ("2027-01-15 10:00", "1 month", "2026-12-15 10:00"),
        ("2026-11-23 15:00", "4 working hours", "2026-11-23 10:00"),  # over lunch
        ("2026-11-23 09:30", "2 working hours", "2026-11-21 11:00"),  # from Saturday on
        ("2026-11-23 20:00", "1 working hour", "2026-11-23 16:30"),
        ("2026-11-23 13:00", "1 working hour", "2026-11-23 11:00"),
        ("2026-10-08 09:30", "2 working hours", "2026-09-30 16:30"),  # over Golden Week
        ("2026-11-25 10:00", "2 working days", "2026-11-23 10:00"),
        ("2026-11-30 15:00", "1 working day", "2026-11-28 12:00"),  # a short Saturday
        ("2026-11-30 08:30", "1 working day", "2026-11-28 09:00"),  # that begins later
        ("2026-11-29 12:00", "1 working day", "2026-11-27 12:00"),
        ("2026-10-08 10:00", "1 working day", "2026-09-30 10:00"),
        ("2026-11-24 11:00", "half a working day", "2026-11-23 16:00"),
        ("2026-11-25 11:00", "1.5 working days", "2026-11-23 16:00"),
        ("2026-11-23 15:00", "same day", "2026-11-23 08:30"),
        ("2026-11-29 12:00", "same day", "2026-11-28 09:00"),
    ],
)
def test_a_reminder_leaves_so_long_before(at: str, limit: str, moment: str) -> None:
    """Working time is counted backwards; where nobody works, from the last moment somebody did."""
    at_local = datetime.fromisoformat(at).replace(tzinfo=SHANGHAI.zone)
    found = SHANGHAI.before(at_local, Limit.parse(limit))

    assert found.tzinfo is UTC
    assert f"{found.astimezone(SHANGHAI.zone):%Y-%m-%d %H:%M}" == moment


def test_an_explanation_says_how_a_date_came_about() -> None:
    """One sentence for each step: start, hours, days off and their names, pauses, the date."""
    zone = SHANGHAI.zone
    calendar = Calendar.parse(
        "Mon-Fri 08:30-17:30", "Asia/Shanghai", country="CN", holidays=["2026-10-12"]
    )
    paused = (
        datetime(2026, 9, 30, 13, tzinfo=zone),
        datetime(2026, 10, 8, 9, 30, tzinfo=zone),
    )
    due = calendar.due_with(
        datetime(2026, 9, 29, 20, tzinfo=zone),
        Limit.parse("4个工作日"),
        [paused],
        now=datetime(2026, 10, 8, 9, 30, tzinfo=zone),
    )

    assert due.why == (
        "began Tue 29 Sep 2026 20:00 (Asia/Shanghai)",
        "nobody works then: counted from Wed 30 Sep 2026 08:30",
        "4 working days: Mon-Fri 08:30-17:30, holidays of CN",
        "skipped Thu 1 Oct (National Day), Fri 2 Oct (National Day), Sat 3 Oct (National Day), "
        "Sun 4 Oct, Mon 5 Oct (National Day (observed)), Tue 6 Oct (instead of 2026-09-20), "
        "Wed 7 Oct (instead of 2026-10-10), Sun 11 Oct and Mon 12 Oct (holiday of the company)",
        "did not skip Sat 10 Oct (working by exception)",
        "stood still from Wed 30 Sep 2026 13:00 to Thu 8 Oct 2026 09:30 "
        "(31 h 30 min of working time were left)",
        "due Tue 13 Oct 2026 14:00",
    )


def test_a_pause_that_lasts_is_said_to_last() -> None:
    """The date is what it would be if the pause ended now, and the explanation says so."""
    start_at = datetime(2026, 11, 23, 10, tzinfo=BERLIN.zone)
    due = BERLIN.due_with(
        start_at,
        Limit.parse("2 days"),
        [(start_at + timedelta(hours=1), None)],
        now=start_at + timedelta(hours=3),
    )

    assert due.why == (
        "began Mon 23 Nov 2026 10:00 (Europe/Berlin)",
        "2 days by the clock, day and night",
        "stood still from Mon 23 Nov 2026 11:00 to Mon 23 Nov 2026 13:00 "
        "(1 d 23 h 0 min were left)",
        "it still stands still: reckoned as if that ended now",
        "due Wed 25 Nov 2026 12:00",
    )


def test_a_long_row_of_days_off_is_cut() -> None:
    """Twelve are named, the others counted: nobody reads fifty."""
    start_at = datetime(2026, 11, 23, 10, tzinfo=UTC)
    why = Calendar.parse("Mon 09:00-17:00", "UTC").due_with(
        start_at, Limit.parse("4 working days"), now=start_at
    )

    assert why.why[2].endswith("Sun 6 Dec and 12 more")


#: Any moment the desk can live to see, told in any zone.
MOMENTS = st.builds(
    lambda since, quarters: (datetime(1990, 1, 1, tzinfo=UTC) + since).astimezone(
        timezone(timedelta(minutes=15 * quarters))
    ),
    st.timedeltas(min_value=timedelta(), max_value=timedelta(days=110 * 365)),
    st.integers(min_value=-14 * 4, max_value=14 * 4),
)
NUMBERS = st.integers(min_value=1, max_value=60)


def _limits(*units: str) -> st.SearchStrategy[Limit]:
    texts = st.builds(lambda number, unit: f"{number} {unit}", NUMBERS, st.sampled_from(units))
    return texts.map(Limit.parse)


WORKING = st.one_of(
    _limits("working minutes", "working hours", "working days"),
    st.sampled_from(["half a working day", "2.5 working days", "same day"]).map(Limit.parse),
)
CLOCK = _limits("minutes", "hours", "days", "weeks")
MONTHS = _limits("months")
STEPS = st.timedeltas(min_value=timedelta(), max_value=timedelta(days=12))
#: When pauses begin after the start, and how long they last.
PAUSES = st.lists(st.tuples(STEPS, STEPS), max_size=4)


@given(start_at=MOMENTS, later=STEPS, limit=WORKING | CLOCK, calendar=OFFICES)
def test_what_begins_later_is_never_due_earlier(
    start_at: datetime, later: timedelta, limit: Limit, calendar: Calendar
) -> None:
    """For every kind of limit but months."""
    assert calendar.due(start_at, limit) <= calendar.due(start_at + later, limit)


@given(start_at=MOMENTS, later=STEPS, limit=MONTHS, calendar=OFFICES)
def test_months_that_begin_on_a_later_day_end_on_no_earlier_one(
    start_at: datetime, later: timedelta, limit: Limit, calendar: Calendar
) -> None:
    """The 30th at noon and the 31st in the morning lead to the same last day of a month."""
    days = [calendar.day_of(calendar.due(at, limit)) for at in (start_at, start_at + later)]

    assert days == sorted(days)


@given(start_at=MOMENTS, limit=WORKING, calendar=CALENDARS)
def test_working_time_ends_while_somebody_works(
    start_at: datetime, limit: Limit, calendar: Calendar
) -> None:
    """Or at the very moment people leave; and never before the beginning."""
    due = calendar.due(start_at, limit)

    assert due > start_at
    assert calendar.is_open(due) or calendar.is_open(due - timedelta(microseconds=1))


@given(start_at=MOMENTS, limit=WORKING | CLOCK | MONTHS, pauses=PAUSES, calendar=CALENDARS)
def test_a_pause_never_makes_anything_due_earlier(
    start_at: datetime,
    limit: Limit,
    pauses: list[tuple[timedelta, timedelta]],
    calendar: Calendar,
) -> None:
    """In whatever order pauses come, and whether or not they overlap."""
    found = [(start_at + begin, start_at + begin + length) for begin, length in pauses]
    due = calendar.due_with(start_at, limit, found, now=start_at)

    assert due.at >= calendar.due(start_at, limit)
    assert due.at >= calendar.due_with(start_at, limit, found[1:], now=start_at).at
    assert due == calendar.due_with(start_at, limit, found[::-1], now=start_at)


@given(start_at=MOMENTS, begin=STEPS, length=STEPS, limit=CLOCK | MONTHS, calendar=CALENDARS)
def test_a_pause_by_the_clock_moves_the_date_by_its_length(
    start_at: datetime, begin: timedelta, length: timedelta, limit: Limit, calendar: Calendar
) -> None:
    """If it begins before the limit is over; else it moves nothing."""
    without = calendar.due(start_at, limit)
    pause = (start_at + begin, start_at + begin + length)
    due = calendar.due_with(start_at, limit, [pause], now=start_at)

    assert due.at - without == (length if pause[0] < without else timedelta())


@given(start_at=MOMENTS, hours=NUMBERS, calendar=CALENDARS)
def test_more_time_is_due_later(start_at: datetime, hours: int, calendar: Calendar) -> None:
    """One working hour more is due later, by at least one hour."""
    less, more = (
        calendar.due(start_at, Limit.parse(f"{n} working hours")) for n in (hours, hours + 1)
    )

    assert more - less >= timedelta(hours=1)


@given(at=MOMENTS, limit=WORKING | CLOCK | MONTHS, calendar=CALENDARS)
def test_a_reminder_leaves_no_later_than_the_limit(
    at: datetime, limit: Limit, calendar: Calendar
) -> None:
    """And never in the future of what it reminds of, at any moment of a century."""
    moment = calendar.before(at, limit)

    assert moment.tzinfo is UTC
    assert moment <= at


@given(start_at=MOMENTS, hours=NUMBERS, calendar=CALENDARS)
def test_hours_before_the_due_moment_is_the_beginning(
    start_at: datetime, hours: int, calendar: Calendar
) -> None:
    """Forward and back meet where the time began to run."""
    limit = Limit.parse(f"{hours} working hours")

    assert calendar.before(calendar.due(start_at, limit), limit) == calendar.opening(start_at)
