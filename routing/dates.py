"""The one date that a few words name: 11月27日前, by Friday, in 3 days, 2026-11-27. Pure, total.

What could be two dates is none: 05/06/2026, "Monday or Tuesday". Working days are Monday to Friday;
holidays are for the calendar of whoever is held to the date.
"""

import re
from collections.abc import Callable
from datetime import date, timedelta

from routing.flat import flat

MOST_TEXT = 2_000  #: characters that are read
#: A date without a year that is longer ago than this many days is next year's.
LONG_AGO = 183

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|"
    r"sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)"
)
_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_DAY = (
    r"(?:monday|tuesday|wednesday|thursday|friday|saturday|sunday|"
    r"mon|tues?|wed|thu(?:rs?)?|fri|(?<=by )sat|(?<=by )sun|(?<=on )sat|(?<=on )sun)"
)
_NUMBERS = {
    **dict.fromkeys(("a", "an", "one"), 1),
    **{"two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9},
    **{"ten": 10, "两": 2},
    **{sign: value for value, sign in enumerate("一二三四五六七八九", start=1)},
}
_CHINESE = r"[一二两三四五六七八九十]{1,3}"
_BEFORE = (
    r"(?:(?:最迟|不迟于|预计|计划|将于|于|在|"
    r"\b(?:by|before|until|till|on|due)(?: the)?\b)[ \t:]{0,2})?"
)
_AFTER = r"(?:[ \t]{0,2}(?:之前|以前|前|之内|以内|内|下班前|晚上?|上午|下午|中午))?"

#: How dates are written, each with the names of its parts.
_SHAPES = {
    "iso": r"(?<![0-9])(?P<iso_y>20[0-9]{2}) ?[-/.年] ?(?P<iso_m>[0-9]{1,2}) ?[-/.月] ?"
    r"(?P<iso_d>[0-9]{1,2})(?![0-9]) ?[日号]?",
    "dmy": r"(?<![0-9.])(?P<dmy_d>[0-9]{1,2})(?P<dmy_s>[-/.])(?P<dmy_m>[0-9]{1,2})(?P=dmy_s)"
    r"(?P<dmy_y>20[0-9]{2})(?![0-9a-z])",
    "words": rf"(?<![0-9a-z])(?P<words_d>[0-9]{{1,2}})(?:st|nd|rd|th)?[ -]?(?:of )?"
    rf"(?P<words_m>{_MONTH})\b\.?(?:,?[ -]?(?P<words_y>20[0-9]{{2}})(?![0-9]))?",
    "american": rf"\b(?P<american_m>{_MONTH})\.? ?(?P<american_d>[0-9]{{1,2}})(?![0-9])"
    r"(?:st|nd|rd|th)?(?:,? (?P<american_y>20[0-9]{2})(?![0-9]))?",
    "month": rf"(?<![0-9])(?P<month_m>[0-9]{{1,2}}|{_CHINESE}) ?月 ?"
    rf"(?P<month_d>[0-9]{{1,2}}|{_CHINESE})(?![0-9]) ?[日号]?",
    "later": rf"(?:\b(?:in|within) (?:the next )?(?P<later_e>[0-9]{{1,3}}|[a-z]{{1,5}}) "
    rf"(?P<later_v>(?:(?:working |business )?days?|weeks?|months?)\b)"
    rf"|(?<![0-9])(?P<later_n>[0-9]{{1,3}}|{_CHINESE}|半) ?个?(?P<later_u>工作日|天|日|周|星期|"
    rf"礼拜|月)"
    r" ?(?:之|以)?[内后])",
    "day": r"(?:(?<![0-9月a-z])(?P<day_d>[0-9]{1,2})[日号]"
    r"(?![楼线店门仓库机产车院馆厅柜码批样件])|\bthe (?P<day_e>[0-9]{1,2})(?:st|nd|rd|th)\b)",
    "week": r"(?:(?P<week_w>(?<!下)(?:本|这个?|下下?个?))|(?<![上下每本这个]))(?:周|星期|礼拜)"
    r"(?P<week_d>[一二三四五六日天])(?![直样些起共定般])",
    "weekday": rf"\b(?P<weekday_w>next )?(?:this |coming )?(?P<weekday_d>{_DAY})\b",
    "near": r"(?P<near_w>\bthe day after tomorrow\b|\btomorrow\b|\btoday\b|大后天|后天|明[天日]|"
    r"今[天日])",
    "end": r"(?P<end_w>\b(?:the )?end of (?:the |this )?month\b|本?月底|本?月末)",
}
_ANY = re.compile(
    f"{_BEFORE}(?:{'|'.join(f'(?P<{name}>{shape})' for name, shape in _SHAPES.items())}){_AFTER}"
)
_NEAR = {"today": 0, "今天": 0, "今日": 0, "tomorrow": 1, "明天": 1, "明日": 1, "大后天": 3}


def read_date(text: str, *, today: date) -> date | None:
    """Return the one date that `text` names; None if it names none, or could mean two."""
    return cut_date(text, today)[0]


def cut_date(text: str, today: date) -> tuple[date | None, str]:
    """Return the one date of `text` and the text without it; without a date the text as it is."""
    matches = list(_ANY.finditer(flat(text[:MOST_TEXT])))
    days = {(_shape(match), _day(match, today)) for match in matches}
    exact = {day for shape, day in days if shape not in ("week", "weekday")}
    # "Friday, 27 November": the name of the day says it once more, unless it says another day.
    named = {day for shape, day in days if shape in ("week", "weekday")}
    if len(exact) == 1 and {_weekday(day) for day in named} <= {_weekday(day) for day in exact}:
        named = set()
    found = exact | named
    day = found.pop() if len(found) == 1 else None
    if day is None:
        return None, text
    rest, end = [], 0
    for match in matches:
        rest.append(text[end : match.start()])
        end = match.end()
    return day, " ".join(part.strip(" \t") for part in (*rest, text[end:])).strip()


def _shape(match: re.Match[str]) -> str:
    return next(name for name in _SHAPES if match[name] is not None)


def _weekday(day: date | None) -> int:
    return day.weekday() if day else -1


def _day(match: re.Match[str], today: date) -> date | None:
    """Return the day of one expression, None for one that no calendar has, or that means two."""
    try:
        return _READ[_shape(match)](match, today)
    except (ValueError, OverflowError):
        return None


def _number(word: str) -> int:
    """Return the value of digits or of a word for a number up to 99; raises ValueError."""
    if word.isdigit():
        return int(word)
    if "十" in word:
        tens, ones = word.split("十", 1)
        return (_number(tens) if tens else 1) * 10 + (_number(ones) if ones else 0)
    if word not in _NUMBERS:
        raise ValueError(word)
    return _NUMBERS[word]


def _iso(match: re.Match[str], _: date) -> date:
    return date(int(match["iso_y"]), int(match["iso_m"]), int(match["iso_d"]))


def _dmy(match: re.Match[str], _: date) -> date:
    """With full stops the day comes first; else only what can be no other date counts."""
    first, second, year = int(match["dmy_d"]), int(match["dmy_m"]), int(match["dmy_y"])
    if match["dmy_s"] == "." or first > 12 or first == second:
        return date(year, second, first)
    if second > 12:
        return date(year, first, second)
    raise ValueError("could be two dates")


def _words(match: re.Match[str], today: date) -> date:
    name = "words" if match["words"] else "american"
    month = _MONTHS.index(match[f"{name}_m"][:3]) + 1
    return _in_year(int(match[f"{name}_d"]), month, match[f"{name}_y"], today)


def _month(match: re.Match[str], today: date) -> date:
    return _in_year(_number(match["month_d"]), _number(match["month_m"]), None, today)


def _in_year(day: int, month: int, year: str | None, today: date) -> date:
    if year:
        return date(int(year), month, day)
    found = date(today.year, month, day)
    return found.replace(year=today.year + 1) if (today - found).days > LONG_AGO else found


def _later(match: re.Match[str], today: date) -> date:
    number, unit = match["later_n"] or match["later_e"], match["later_u"] or match["later_v"]
    if number == "半":
        return today + timedelta(days=15 if unit == "月" else 0)
    count = _number(number)
    if unit.startswith(("工作", "working", "business")):
        return _working(today, count)
    if unit.startswith(("month", "月")):
        return _months(today, count)
    return today + timedelta(days=count * (7 if unit.startswith(("week", "周", "星", "礼")) else 1))


def _working(day: date, count: int) -> date:
    while count > 0:
        day += timedelta(days=1)
        count -= day.weekday() < 5
    return day


def _months(today: date, count: int) -> date:
    years, month = divmod(today.month - 1 + count, 12)
    first = date(today.year + years, month + 1, 1)
    return first.replace(day=min(today.day, _end(first).day))


def _end(day: date) -> date:
    """Return the last day of a month."""
    return (day.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)


def _of_month(match: re.Match[str], today: date) -> date:
    """A day that is over in this month is one of the next."""
    number = int(match["day_d"] or match["day_e"])
    if number >= today.day:
        return today.replace(day=number)
    return (_end(today) + timedelta(days=1)).replace(day=number)


def _week(match: re.Match[str], today: date) -> date:
    wanted = "一二三四五六日".index(match["week_d"].replace("天", "日"))
    weeks = (match["week_w"] or "").count("下")
    monday = today - timedelta(days=today.weekday())
    if match["week_w"]:
        return monday + timedelta(days=wanted, weeks=weeks)
    return today + timedelta(days=(wanted - today.weekday()) % 7)


def _named(match: re.Match[str], today: date) -> date:
    wanted = _DAYS.index(match["weekday_d"][:3])
    if match["weekday_w"]:
        return today + timedelta(days=wanted - today.weekday(), weeks=1)
    return today + timedelta(days=(wanted - today.weekday()) % 7)


def _near(match: re.Match[str], today: date) -> date:
    return today + timedelta(days=_NEAR.get(match["near_w"], 2))


_READ: dict[str, Callable[[re.Match[str], date], date]] = {
    **{"iso": _iso, "dmy": _dmy, "words": _words, "american": _words, "month": _month},
    **{"later": _later, "day": _of_month, "week": _week, "weekday": _named, "near": _near},
    "end": lambda _, today: _end(today),
}
