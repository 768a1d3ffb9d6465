"""When people work: hours of the week, holidays, make-up days, time zone. Pure.

Everything is reckoned in UTC; the wall clock only says which moment is meant. A moment the clocks
skip in spring is the one at which they jump; one that comes twice in autumn is the first of the
two (RFC 5545 §3.3.5, which would put a skipped one later: then 02:30 came after 03:00, and what
begins later could be due earlier).
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Self, TypeAlias
from zoneinfo import ZoneInfo

from routing.daysoff import country_code, year_of
from routing.hours import Spans, Week, read_hours

Span: TypeAlias = tuple[datetime, datetime]  #: from and to, UTC

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkTime:
    """When people work."""

    zone: ZoneInfo
    week: Week
    hours: str  #: the week as it was written
    country: str = ""  #: whose public holidays are free, such as CN or DE-BY
    holidays: frozenset[date] = frozenset()  #: of the company; they prevail over the country's
    workdays: frozenset[date] = frozenset()  #: on which the company works, whatever day it is

    @classmethod
    def parse(
        cls,
        hours: str,
        zone: str,
        *,
        country: str = "",
        holidays: Iterable[str] = (),
        workdays: Iterable[str] = (),
    ) -> Self:
        """Read hours as `read_hours` does; raises ValueError saying what is wrong.

        `country` is a code as CN; days are ISO dates. See `daysoff.year_of` for what is known of
        years to come.
        """
        week = read_hours(hours)
        try:
            zone_info = ZoneInfo(zone)
        except (KeyError, ValueError, OSError) as error:
            raise ValueError(
                f"{zone!r} is no time zone. Write for example: Asia/Shanghai"
            ) from error
        free, worked = _dates(holidays), _dates(workdays)
        if both := free & worked:
            raise ValueError(f"{min(both)} is a holiday and a working day at once")
        return cls(
            zone=zone_info,
            week=week,
            hours=" ".join(hours.split()),
            country=country_code(country) if country.strip() else "",
            holidays=free,
            workdays=worked,
        )

    @property
    def usual(self) -> Spans:
        """The hours of a usual working day: the first of the week on which anybody works."""
        return next(spans for spans in self.week if spans)

    def hours_of(self, day: date) -> Spans:
        """Return the hours of a day by the wall clock; () on a day off."""
        if day in self.workdays:
            return self.week[day.weekday()] or self.usual
        if day in self.holidays:
            return ()
        law = year_of(self.country, day.year)
        if day in law.on:
            return self.usual  # a Saturday on which people make up for a weekday has its hours
        return () if day in law.off else self.week[day.weekday()]

    def spans(self, day: date) -> tuple[Span, ...]:
        """Return the working time of a local day; () on a day off."""
        found = [
            (self.moment(day, minutes=start), self.moment(day, minutes=end))
            for start, end in self.hours_of(day)
        ]
        return tuple((start, end) for start, end in found if start < end)

    def moment(self, day: date, *, minutes: int = 0, clock: time | None = None) -> datetime:
        """Return when it is `minutes` after midnight, or `clock`, of a local day."""
        midnight = datetime.combine(day, time(), self.zone)
        if clock is None:
            local = midnight + timedelta(minutes=minutes)  # wall clock time: 24:00 is 00:00
        else:
            local = datetime.combine(day, clock.replace(fold=0), self.zone)
        before, after = (local.replace(fold=fold).utcoffset() for fold in (0, 1))
        if before is None or after is None or before >= after:
            return local.astimezone(UTC)
        # Skipped. Read by either offset it lies around the jump: find that between the two.
        naive = local.replace(tzinfo=UTC)
        low, high = naive - after, naive - before
        while high - low > timedelta(microseconds=1):
            middle = low + (high - low) / 2
            if middle.astimezone(self.zone).utcoffset() == before:
                low = middle
            else:
                high = middle
        return high

    def day_of(self, at: datetime) -> date:
        """Return the local day of a moment."""
        return at.astimezone(self.zone).date()

    def is_open(self, at: datetime) -> bool:
        """Tell whether somebody works at that moment; nobody does at the end of a span."""
        at = at.astimezone(UTC)
        return any(start <= at < end for start, end in self.spans(self.day_of(at)))

    def opening(self, at: datetime) -> datetime:
        """Return `at` if somebody works then, else the next moment somebody does (quiet hours)."""
        return self.forward(at, timedelta())

    def end_of_day(self, day: date) -> datetime:
        """Return when work ends that day; after a day off, when it ends on the next working day."""
        return self._next(day)[-1][1]

    def forward(self, at: datetime, left: timedelta) -> datetime:
        """Return the moment until which somebody has worked for `left` since `at`."""
        for start, end in self._spans_from(at):
            if left <= end - start:
                return start + left
            left -= end - start
        raise AssertionError  # the days never end

    def back(self, at: datetime, left: timedelta) -> datetime:
        """Return the moment from which somebody works for `left` until `at`."""
        until = at.astimezone(UTC)
        day = self.day_of(until)
        while True:
            for start, end in reversed(self.spans(day)):
                worked = min(end, until) - start
                if left <= worked:
                    return min(end, until) - left
                left -= max(worked, timedelta())
            day -= _DAY

    def worked(self, from_at: datetime, to_at: datetime) -> timedelta:
        """Return for how long somebody works between two moments."""
        total, to_at = timedelta(), to_at.astimezone(UTC)
        for start, end in self._spans_from(from_at):
            if start >= to_at:
                break
            total += min(end, to_at) - start
        return total

    def shifted(self, at: datetime, days: int) -> datetime:
        """Return the same time of day so many working days later, or earlier if negative.

        Where nobody works at that time of that day: when the span before it ended, or, before
        the first one, when the day begins.
        """
        local = at.astimezone(self.zone)
        day, step = local.date(), _DAY if days > 0 else -_DAY
        for _ in range(abs(days)):
            day += step
            while not self.spans(day):
                day += step
        if not days:
            return at.astimezone(UTC)
        wanted = self.moment(day, clock=local.time())
        spans = self.spans(day)
        begun = [(start, end) for start, end in spans if start <= wanted]
        return min(wanted, begun[-1][1]) if begun else spans[0][0]

    def _next(self, day: date) -> tuple[Span, ...]:
        while not (spans := self.spans(day)):
            day += _DAY
        return spans

    def _spans_from(self, at: datetime) -> Iterator[Span]:
        """Yield working time from `at` on; the one that runs at `at` is cut."""
        at = at.astimezone(UTC)
        day = self.day_of(at)
        while True:
            for start, end in self.spans(day):
                if end > at:
                    yield max(start, at), end
            day += _DAY


def _dates(texts: Iterable[str]) -> frozenset[date]:
    found = set()
    for text in texts:
        try:
            found.add(date.fromisoformat(text.strip()))
        except ValueError:
            raise ValueError(f"{text[:40]!r} is no date. Write for example: 2026-12-24") from None
    return frozenset(found)
