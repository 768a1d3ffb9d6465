"""When people work: opening times, days off, and reckoning in working time."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing.calendars import WorkTime

SHANGHAI = WorkTime.parse(
    "Mon-Fri 08:30-12:00 13:00-17:30, Sat 09:00-12:00", "Asia/Shanghai", country="CN"
)
NEW_YORK = WorkTime.parse("Mon-Fri 09:00-17:00", "America/New_York", country="US")
SHIFT = WorkTime.parse("Sat-Sun 00:00-02:30 02:30-24:00", "Europe/Berlin")


def _at(calendar: WorkTime, text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=calendar.zone)


def _said(calendar: WorkTime, at: datetime) -> str:
    assert at.tzinfo is UTC
    return f"{at.astimezone(calendar.zone):%Y-%m-%d %H:%M}"


@pytest.mark.parametrize(
    ("at", "is_open", "opening"),
    [
        ("2026-11-23 08:29", False, "2026-11-23 08:30"),
        ("2026-11-23 08:30", True, "2026-11-23 08:30"),
        ("2026-11-23 11:59", True, "2026-11-23 11:59"),
        ("2026-11-23 12:00", False, "2026-11-23 13:00"),  # lunch
        ("2026-11-23 17:30", False, "2026-11-24 08:30"),
        ("2026-11-28 11:00", True, "2026-11-28 11:00"),  # a Saturday
        ("2026-11-28 12:00", False, "2026-11-30 08:30"),
        ("2026-10-03 10:00", False, "2026-10-08 08:30"),  # a Saturday of Golden Week
        ("2026-10-10 15:00", True, "2026-10-10 15:00"),  # a make-up Saturday
        ("2026-09-20 07:00", False, "2026-09-20 08:30"),  # a make-up Sunday
    ],
)
def test_letters_wait_until_somebody_works(at: str, is_open: bool, opening: str) -> None:
    """A span holds its first moment and not its last."""
    assert SHANGHAI.is_open(_at(SHANGHAI, at)) is is_open
    assert _said(SHANGHAI, SHANGHAI.opening(_at(SHANGHAI, at))) == opening


@pytest.mark.parametrize(
    ("day", "end"),
    [
        ("2026-11-23", "2026-11-23 17:30"),
        ("2026-11-28", "2026-11-28 12:00"),
        ("2026-11-29", "2026-11-30 17:30"),
        ("2026-10-01", "2026-10-08 17:30"),
        ("2026-10-10", "2026-10-10 17:30"),
    ],
)
def test_a_day_ends_with_its_last_hours(day: str, end: str) -> None:
    """A day off ends with the next working day: a date somebody promised for it counts so."""
    assert _said(SHANGHAI, SHANGHAI.end_of_day(date.fromisoformat(day))) == end


@pytest.mark.parametrize(
    ("one", "other", "hours"),
    [
        ("2026-11-23 10:00", "2026-11-23 15:00", 4),
        ("2026-11-23 12:10", "2026-11-23 12:50", 0),
        ("2026-11-27 16:30", "2026-11-30 09:30", 5),  # Saturday has three
        ("2026-09-30 17:00", "2026-10-08 09:00", 1),
        ("2026-10-09 17:00", "2026-10-12 09:00", 9),  # the make-up Saturday has eight
        ("2026-11-23 15:00", "2026-11-23 10:00", 0),
    ],
)
def test_working_time_between_two_moments_is_told(one: str, other: str, hours: int) -> None:
    """Nights, lunch, weekends and holidays do not count; nor does time that runs backwards."""
    worked = SHANGHAI.worked(_at(SHANGHAI, one), _at(SHANGHAI, other))

    assert worked == timedelta(hours=hours)


def test_the_company_has_the_last_word_on_its_days() -> None:
    """Its holidays and working days prevail over those of the country, in both directions."""
    calendar = WorkTime.parse(
        "Mon-Thu 09:00-18:00, Fri 09:00-15:00",
        "Asia/Shanghai",
        country="CN",
        holidays=["2026-10-10", " 2026-12-24 "],
        workdays=["2026-10-02", "2026-10-03"],
    )
    usual, friday = ((540, 1080),), ((540, 900),)

    assert calendar.hours_of(date(2026, 10, 10)) == ()  # a make-up Saturday
    assert calendar.hours_of(date(2026, 12, 24)) == ()
    assert calendar.hours_of(date(2026, 10, 2)) == friday  # a public holiday, with its own hours
    assert calendar.hours_of(date(2026, 10, 3)) == usual  # a Saturday, with those of Monday
    assert calendar.hours_of(date(2026, 10, 9)) == friday


def test_calendars_are_values() -> None:
    """Two with the same words are equal and may be keys."""
    one, other = (
        WorkTime.parse("Mon-Fri 08:30-17:30", "UTC", country="CN", holidays=["2026-12-24"])
        for _ in range(2)
    )

    assert len({one, other}) == 1
    with pytest.raises(AttributeError):
        one.country = "DE"  # type: ignore[misc] # the point


@pytest.mark.parametrize(
    ("zone", "country", "holidays", "workdays", "words"),
    [
        ("Asia/Peking", "", [], [], "'Asia/Peking' is no time zone"),
        ("../../etc/passwd", "", [], [], "is no time zone"),
        ("", "", [], [], "is no time zone"),
        ("UTC", "China", [], [], "'China' is no country .* CN"),
        ("UTC", "", ["24.12.2026"], [], "'24.12.2026' is no date. Write for example: 2026-12-24"),
        ("UTC", "", [], ["Saturday"], "'Saturday' is no date"),
        ("UTC", "", ["2026-12-24"], ["2026-12-24"], "2026-12-24 is a holiday and a working day"),
    ],
)
def test_a_wrong_calendar_is_refused_in_words(
    zone: str, country: str, holidays: list[str], workdays: list[str], words: str
) -> None:
    """ValueError says what is wrong, and how to write it."""
    with pytest.raises(ValueError, match=words):
        WorkTime.parse(
            "Mon-Fri 08:30-17:30", zone, country=country, holidays=holidays, workdays=workdays
        )


@pytest.mark.parametrize(
    ("zone", "day", "clock", "utc"),
    [
        ("Europe/Berlin", "2026-03-29", "02:00", "2026-03-29 01:00"),
        ("Europe/Berlin", "2026-03-29", "02:59", "2026-03-29 01:00"),
        ("Europe/Berlin", "2026-03-29", "03:00", "2026-03-29 01:00"),
        ("Europe/Berlin", "2026-10-25", "02:30", "2026-10-25 00:30"),
        ("America/Havana", "2026-03-08", "00:30", "2026-03-08 05:00"),  # midnight is skipped
        ("Australia/Lord_Howe", "2026-10-04", "02:15", "2026-10-03 15:30"),  # half an hour is
        ("Pacific/Apia", "2011-12-30", "12:00", "2011-12-30 10:00"),  # the whole day is
    ],
)
def test_a_time_the_clocks_skip_is_when_they_jump(
    zone: str, day: str, clock: str, utc: str
) -> None:
    """And one that comes twice is the first of the two."""
    calendar = WorkTime.parse("Mon-Fri 08:30-17:30", zone)
    found = calendar.moment(date.fromisoformat(day), clock=time.fromisoformat(clock))

    assert f"{found:%Y-%m-%d %H:%M:%S.%f}" == f"{utc}:00.000000"


def test_spans_that_meet_in_the_gap_or_the_fold_do_not_overlap() -> None:
    """The days of the changes have 23 and 25 hours."""
    for day, hours in ((date(2026, 3, 29), 23), (date(2026, 10, 25), 25)):
        (first, middle), (again, last) = SHIFT.spans(day)

        assert middle == again
        assert last - first == timedelta(hours=hours)


@given(
    start=st.integers(min_value=0, max_value=365 * 24 * 60).map(
        lambda minute: datetime(2025, 12, 20, tzinfo=UTC) + timedelta(minutes=minute)
    ),
    minutes=st.integers(min_value=1, max_value=1500),
    calendar=st.sampled_from([SHANGHAI, NEW_YORK, SHIFT]),
)
def test_working_time_forward_is_what_counting_minutes_gives(
    start: datetime, minutes: int, calendar: WorkTime
) -> None:
    """Minute by minute on the wall clock, with no arithmetic of calendars at all."""
    at, left = start, minutes
    while left:
        local = at.astimezone(calendar.zone)
        now = local.hour * 60 + local.minute
        left -= any(begin <= now < end for begin, end in calendar.hours_of(local.date()))
        at += timedelta(minutes=1)

    assert calendar.forward(start, timedelta(minutes=minutes)) == at
    assert calendar.worked(start, at) == timedelta(minutes=minutes)
    assert calendar.back(at, timedelta(minutes=minutes)) == calendar.opening(start)
