"""How long something may take, as the supervisors write it: "2 working days", "1个月". Pure."""

import re
import unicodedata
from dataclasses import dataclass
from datetime import timedelta

_LIMIT = re.compile(
    r"(?P<number>\d{1,4}(?:\.5)?|half an? |[二三四五六七八九]?十[一二三四五六七八九]?"
    r"|[半一二两三四五六七八九]) ?个? ?"
    r"(?P<working>working |工作)?"
    r"(?P<unit>minute|hour|day|week|month|分钟|小时|[天日周月]|星期)s?",
    re.ASCII,
)
_SAME_DAY = frozenset(
    {"same day", "the same day", "same working day", "当天", "当日", "当个工作日"}
)
_UNITS = {
    **{"分钟": "minute", "小时": "hour", "天": "day", "日": "day"},
    **{"周": "week", "星期": "week", "月": "month"},
}
_NUMBERS = {
    **{"半": 0.5, "half a": 0.5, "half an": 0.5, "两": 2.0},
    **{sign: float(n) for n, sign in enumerate("一二三四五六七八九", start=1)},
}
_WHOLE = frozenset({"week", "month"})
_LONGEST = 40  # characters; the longest sensible limit has half of them
_DAY, _HOUR, _MINUTE = timedelta(days=1), timedelta(hours=1), timedelta(minutes=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """How long something may take.

    Minutes, hours, days and weeks run by the clock: three days are 72 hours. Months go by the
    date: a month after 31 January is the last day of February. With `working`, time runs only
    while somebody works; see `Calendar.due`.
    """

    #: By the clock; of working "days" their number, where half a day is 12 hours, and none at all
    #: stands for "the same day": until the end of the working day.
    amount: timedelta = timedelta()
    working: str = ""  #: "", "hours" or "days"
    months: int = 0  #: instead of an amount

    @classmethod
    def parse(cls, text: str) -> "Limit":
        """Read a limit in English or Chinese; raises ValueError saying how to write it.

        "30 minutes", "24 hours", "3 days", "1 week", "1 month", "4 working hours", "2 working
        days", "half a working day", "same day" (K015: half a working day and the same day; P31:
        30 minutes; P46: one month); 30分钟, 24小时, 3天, 1周, 1个月, 4个工作小时, 2个工作日,
        半个工作日, 当天.
        """
        if len(text) > _LONGEST:
            raise _unreadable(text)
        plain = " ".join(unicodedata.normalize("NFKC", text).lower().split())
        if plain in _SAME_DAY:
            return cls(working="days")
        match = _LIMIT.fullmatch(plain)
        if match is None:
            raise _unreadable(text)
        number = _number(match["number"].strip())
        unit = _UNITS.get(match["unit"], match["unit"])
        halved = unit == "hour" or (unit == "day" and match["working"])
        # How many days a working week or month has is the calendar's business: say it in days.
        # Half a day by the clock may mean 12 hours or half a working day: say which.
        if not number or (number % 1 and not halved) or (match["working"] and unit in _WHOLE):
            raise _unreadable(text)
        if unit == "month":
            return cls(months=int(number))
        working = "" if not match["working"] else "days" if unit == "day" else "hours"
        return cls(amount=timedelta(**{f"{unit}s": number}), working=working)

    def __str__(self) -> str:
        """In English, for people: "2 working days"."""
        if self.months:
            return _counted(self.months, "month")
        if self.working == "days":
            if not self.amount:
                return "the same day"
            days, half = divmod(self.amount, _DAY)
            if not days:
                return "half a working day"
            return f"{days}.5 working days" if half else _counted(days, "working day")
        kind = "working " if self.working else ""
        if not self.working and self.amount >= 2 * _DAY and not self.amount % _DAY:
            return _counted(self.amount // _DAY, "day")
        if not self.amount % _HOUR:
            return _counted(self.amount // _HOUR, f"{kind}hour")
        return _counted(self.amount // _MINUTE, f"{kind}minute")


def _number(text: str) -> float:
    tens, ten, ones = text.partition("十")
    if ten:
        return 10 * _NUMBERS.get(tens, 1) + _NUMBERS.get(ones, 0)
    return _NUMBERS[text] if text in _NUMBERS else float(text)


def _counted(number: int, unit: str) -> str:
    return f"{number} {unit}" if number == 1 else f"{number} {unit}s"


def _unreadable(text: str) -> ValueError:
    return ValueError(
        f"{text[:_LONGEST]!r} is no limit. Write for example: 30 minutes, 24 hours, 3 days, "
        "1 month, 4 working hours, 2 working days, half a working day, same day; or 30分钟, "
        "24小时, 3天, 1个月, 4个工作小时, 2个工作日, 半个工作日, 当天"
    )
