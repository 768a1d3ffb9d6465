"""From a limit such as "2 working days" to the moment it is over, and how that came about. Pure.

A limit in hours or days runs by the clock; "working hours" and "working days" run only while the
calendar says so. A working day leads to the same time of the next working day: a complaint of
Monday 10:00 with two working days is due on Wednesday 10:00.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import TypeAlias
from zoneinfo import ZoneInfo

from routing.calendars import WorkTime
from routing.daysoff import year_of
from routing.hours import SHORT
from routing.limits import Limit

__all__ = ["Calendar", "Due", "Limit", "Pause"]

Pause: TypeAlias = tuple[datetime, datetime | None]  #: from and to, aware; None: it lasts

_DAY = timedelta(days=1)
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_MOST_DAYS = 12  # are named in an explanation


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """When a limit is over, and how that date came about."""

    at: datetime  #: UTC
    why: tuple[str, ...]  #: English sentences, one for each step


@dataclass(frozen=True, slots=True, kw_only=True)
class Calendar(WorkTime):
    """When people work, and when limits are over.

    Total for aware moments of the years 1990 to 2100. What begins later is never due earlier,
    with two exceptions that follow from wall clocks: months (31 January 10:00 and 30 January
    12:00 lead to the same last day of February), and working days that begin in the hour that
    comes twice in autumn.
    """

    def due(self, start_at: datetime, limit: Limit) -> datetime:
        """Return when `limit` is over for something that began at `start_at` (aware); UTC.

        Working time begins at the next moment somebody works. A working day that ends at a time
        nobody works that day (a short Saturday) ends with the hours before it. Half a working
        day is half the hours of a usual one. "Same day" is the end of the working day.
        """
        if limit.months:
            return self._months(start_at, limit.months)
        if not limit.working:
            return start_at.astimezone(UTC) + limit.amount
        if limit.working == "hours":
            return self.forward(start_at, limit.amount)
        first = self.opening(start_at)
        if not limit.amount:
            return self.end_of_day(self.day_of(first))
        end = self.shifted(first, limit.amount.days)
        return self.forward(end, self._half_day) if limit.amount % _DAY else end

    def before(self, at: datetime, limit: Limit) -> datetime:
        """Return the moment from which `limit` remains until `at` (aware); UTC: for reminders.

        "Same day" is the beginning of the working day.
        """
        if limit.months:
            return self._months(at, -limit.months)
        if not limit.working:
            return at.astimezone(UTC) - limit.amount
        if limit.working == "hours":
            return self.back(at, limit.amount)
        last = self.back(at, timedelta())
        if not limit.amount:
            return self.spans(self.day_of(last))[0][0]
        start = self.shifted(last, -limit.amount.days)
        return self.back(start, self._half_day) if limit.amount % _DAY else start

    def due_with(
        self, start_at: datetime, limit: Limit, pauses: Sequence[Pause] = (), *, now: datetime
    ) -> Due:
        """Return when `limit` is over if no time counts during `pauses`, with an explanation.

        What was left when a pause began (of working limits: in working time) is added at its
        end; a pause that lasts is reckoned as if it ended `now`. A pause never makes anything
        due earlier.
        """
        start_at = start_at.astimezone(UTC)
        due = self.due(start_at, limit)
        stops = []
        for began_at, ended_at in _apart(pauses, start_at, now):
            if began_at >= due:
                break
            if limit.working:
                left = self.worked(began_at, due)
                # Closing time and the next opening are the same in working time: keep the later.
                due = max(due, self.forward(ended_at, left))
            else:
                left = due - began_at
                due = ended_at + left
            rest = f"{_long(left)} of working time" if limit.working else _long(left, days=True)
            stops.append(
                f"stood still from {said(began_at, self.zone)} to {said(ended_at, self.zone)} "
                f"({rest} were left)"
            )
        lasts = any(ended_at is None and began_at < min(due, now) for began_at, ended_at in pauses)
        return Due(
            at=due,
            why=(
                *self._began(start_at, limit),
                *(self._days_between(start_at, due) if limit.working else ()),
                *stops,
                *(("it still stands still: reckoned as if that ended now",) if lasts else ()),
                f"due {said(due, self.zone)}",
            ),
        )

    @property
    def _half_day(self) -> timedelta:
        return timedelta(minutes=sum(end - start for start, end in self.usual)) / 2

    def _months(self, at: datetime, number: int) -> datetime:
        """Return the same day and time so many months later, or the last day of that month."""
        local = at.astimezone(self.zone)
        years, month = divmod(local.month - 1 + number, 12)
        first = date(local.year + years, month + 1, 1)
        length = ((first + 31 * _DAY).replace(day=1) - first).days
        day = first.replace(day=min(local.day, length))
        return self.moment(day, clock=local.time())

    def _began(self, start_at: datetime, limit: Limit) -> Iterable[str]:
        """Explain where the time begins and how it runs."""
        yield f"began {said(start_at, self.zone)} ({self.zone.key})"
        if not limit.working:
            yield f"{limit} by the {'date' if limit.months else 'clock'}, day and night"
            return
        if not self.is_open(start_at):
            yield f"nobody works then: counted from {said(self.opening(start_at), self.zone)}"
        law = f", holidays of {self.country}" if self.country else ""
        yield f"{limit}: {self.hours}{law}"

    def _days_between(self, start_at: datetime, due: datetime) -> Iterable[str]:
        """Explain which days from the first to the last are no usual ones."""
        day, last = self.day_of(start_at), self.day_of(due)
        free, worked = [], []
        while day <= last:
            if not self.hours_of(day):
                free.append(_day(day) + self._reason(day))
            elif day in self.workdays or day in year_of(self.country, day.year).on:
                worked.append(_day(day))
            day += _DAY
        if free:
            yield f"skipped {_listed(free)}"
        if worked:
            yield f"did not skip {_listed(worked)} (working by exception)"

    def _reason(self, day: date) -> str:
        if day in self.holidays:
            return " (holiday of the company)"
        name = year_of(self.country, day.year).off.get(day)
        return f" ({name})" if name else ""


def _apart(
    pauses: Iterable[Pause], start_at: datetime, now: datetime
) -> list[tuple[datetime, datetime]]:
    """Return pauses in order, apart from each other, without what lies before the start."""
    found: list[tuple[datetime, datetime]] = []
    for began_at, ended_at in sorted((one, other or now) for one, other in pauses):
        from_at = max(began_at.astimezone(UTC), start_at)
        to_at = ended_at.astimezone(UTC)
        if found and from_at <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], to_at))
        elif from_at < to_at:
            found.append((from_at, to_at))
    return found


def said(at: datetime, zone: ZoneInfo) -> str:
    """Return a moment for people, the same on every machine: "Mon 23 Nov 2026 09:00"."""
    local = at.astimezone(zone)
    return f"{_day(local.date())} {local.year} {local:%H:%M}"


def _day(day: date) -> str:
    return f"{SHORT[day.weekday()]} {day.day} {_MONTHS[day.month - 1]}"


def _long(time: timedelta, *, days: bool = False) -> str:
    hours, minutes = divmod(time // timedelta(minutes=1), 60)
    whole, hours = divmod(hours, 24) if days else (0, hours)
    return (f"{whole} d " if whole else "") + f"{hours} h {minutes} min"


def _listed(days: list[str]) -> str:
    if len(days) > _MOST_DAYS:
        return f"{', '.join(days[:_MOST_DAYS])} and {len(days) - _MOST_DAYS} more"
    return " and ".join(filter(None, (", ".join(days[:-1]), days[-1])))
