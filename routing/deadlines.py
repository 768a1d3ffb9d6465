"""Limits and working hours: from "2 working days" to a moment. Pure.

A limit in hours or days runs by the clock; "working hours" and "working days" run only while the
calendar says so. One working day is the day's hours of the calendar: a complaint of Monday 10:00
with two working days is due on Wednesday 10:00.
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

_LIMIT = re.compile(
    r"(?P<number>\d{1,4})\s*(?P<working>working\s+)?(?P<unit>minute|hour|day|week)s?", re.IGNORECASE
)
_HOURS = re.compile(
    r"(?P<first>[A-Z][a-z]{2})(?:\s*-\s*(?P<last>[A-Z][a-z]{2}))?\s+"
    r"(?P<start>\d{1,2}:\d{2})\s*-\s*(?P<end>\d{1,2}:\d{2})"
)
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """How long something may take."""

    amount: timedelta  #: by the clock; of `working` days, the number of days
    working: str = ""  #: "", "hours" or "days"

    @classmethod
    def parse(cls, text: str) -> "Limit":
        """Read "30 minutes", "24 hours", "2 working days"…; raises ValueError saying how."""
        match = _LIMIT.fullmatch(text.strip())
        # How many days a working week has is the calendar's business: say it in days.
        unclear = match and match["working"] and match["unit"].lower() == "week"
        if match is None or unclear or int(match["number"]) == 0:
            raise ValueError(
                f"{text!r} is no limit. Write for example: 30 minutes, 24 hours, 3 days, "
                "4 working hours, 2 working days"
            )
        number, unit = int(match["number"]), match["unit"].lower()
        amount = {
            "minute": timedelta(minutes=number),
            "hour": timedelta(hours=number),
            "day": timedelta(days=number),
            "week": timedelta(weeks=number),
        }[unit]
        working = ""
        if match["working"]:
            working = "days" if unit == "day" else "hours"
        return cls(amount=amount, working=working)


@dataclass(frozen=True, slots=True, kw_only=True)
class Calendar:
    """When people work."""

    zone: ZoneInfo
    days: frozenset[int]  #: 0 = Monday
    start: time
    end: time

    @classmethod
    def parse(cls, hours: str, zone: str) -> "Calendar":
        """Read "Mon-Fri 08:30-17:30"; raises ValueError saying what is wrong."""
        match = _HOURS.fullmatch(hours.strip())
        names = [] if match is None else [match["first"], match["last"] or match["first"]]
        if match is None or any(name not in _DAYS for name in names):
            raise ValueError(f"{hours!r} are no hours. Write for example: Mon-Fri 08:30-17:30")
        first, last = (_DAYS.index(name) for name in names)
        days = {(first + n) % 7 for n in range((last - first) % 7 + 1)}
        start, end = (time.fromisoformat(match[k].zfill(5)) for k in ("start", "end"))
        if start >= end:
            raise ValueError(f"{hours!r}: the day ends before it begins")
        try:
            zone_info = ZoneInfo(zone)
        except (KeyError, ValueError, OSError) as error:
            raise ValueError(
                f"{zone!r} is no time zone. Write for example: Asia/Shanghai"
            ) from error
        return cls(zone=zone_info, days=frozenset(days), start=start, end=end)

    def due(self, start_at: datetime, limit: Limit) -> datetime:
        """Return when `limit` is over for something that began at `start_at` (aware)."""
        if not limit.working:
            return start_at.astimezone(UTC) + limit.amount
        now = self._into_hours(start_at.astimezone(self.zone))
        if limit.working == "days":
            for _ in range(limit.amount.days):
                now = self._next_day(now)
            return now.astimezone(UTC)
        left = limit.amount
        while True:
            end = datetime.combine(now.date(), self.end, self.zone)
            # Differences between two clocks of one zone ignore daylight saving: go by UTC.
            today = end.astimezone(UTC) - now.astimezone(UTC)
            if left <= today:
                return now.astimezone(UTC) + left
            left -= today
            now = self._opening(now + timedelta(days=1))

    def _into_hours(self, now: datetime) -> datetime:
        """Return `now`, or the next moment somebody works."""
        if now.weekday() in self.days and self.start <= now.time() < self.end:
            return now
        if now.weekday() in self.days and now.time() < self.start:
            return self._opening(now)
        return self._opening(now + timedelta(days=1))

    def _opening(self, day: datetime) -> datetime:
        while day.weekday() not in self.days:
            day += timedelta(days=1)
        return datetime.combine(day.date(), self.start, self.zone)

    def _next_day(self, now: datetime) -> datetime:
        day = now + timedelta(days=1)
        while day.weekday() not in self.days:
            day += timedelta(days=1)
        return day
