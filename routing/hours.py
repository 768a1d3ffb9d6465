"""The hours of a week, as supervisors write them: "Mon-Fri 08:30-12:00 13:00-17:30". Pure."""

import re
import unicodedata
from itertools import pairwise
from typing import TypeAlias

Spans: TypeAlias = tuple[tuple[int, int], ...]  #: from and to, in minutes since midnight
Week: TypeAlias = tuple[Spans, ...]  #: Monday first; () = nobody works

SHORT = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_LONG = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_DAYS = {name: n for names in (_LONG, [s.lower() for s in SHORT]) for n, name in enumerate(names)}
_CHINESE = re.compile(r"(?:星期|周)([一二三四五六日天])")
_ZH = {sign: f" {SHORT[n]} " for n, sign in enumerate("一二三四五六日")} | {"天": " Sun "}
_DASH = re.compile(r" ?[-–—~至到] ?")
_SPAN = re.compile(r"(\d{1,2}):(\d\d)-(\d{1,2}):(\d\d)", re.ASCII)
_LONGEST = 300  # characters
_MIDNIGHT = 24 * 60


def read_hours(text: str) -> Week:
    """Read the hours of a week; raises ValueError saying what is wrong.

    Days, then one span or several, as often as needed: "Mon-Fri 08:30-12:00 13:00-17:30, Sat
    09:00-12:00", "周一至周五 08:30-17:30". Days may go round the end of the week (Sat-Mon), a span
    may end at 24:00.
    """
    week: list[list[tuple[int, int]]] = [[] for _ in SHORT]
    days: list[int] = []
    complete = False  # the days read last have a span
    for token in _tokens(text):
        if span := _SPAN.fullmatch(token):
            for day in days:
                week[day].append(_span(text, span))
            complete = bool(days)
            if not complete:
                raise _unreadable(text)
        else:
            days = _named(text, token) + ([] if complete else days)
            complete = False
    if not complete:
        raise _unreadable(text)
    for name, spans in zip(SHORT, week, strict=True):
        spans.sort()
        if any(one[1] > other[0] for one, other in pairwise(spans)):
            raise ValueError(f"{text!r}: two spans of {name} overlap")
    return tuple(tuple(spans) for spans in week)


def _tokens(text: str) -> list[str]:
    if len(text) > _LONGEST:
        raise ValueError(f"the hours have more than {_LONGEST} characters")
    plain = unicodedata.normalize("NFKC", text)
    plain = _CHINESE.sub(lambda match: _ZH[match[1]], plain)
    plain = " ".join(re.sub(r"[,、;和]| and ", " ", plain).split())
    return _DASH.sub("-", plain).split(" ")


def _named(text: str, token: str) -> list[int]:
    names = token.lower().split("-")
    if len(names) > 2 or any(name not in _DAYS for name in names):
        raise _unreadable(text)
    first, last = _DAYS[names[0]], _DAYS[names[-1]]
    return [(first + n) % 7 for n in range((last - first) % 7 + 1)]


def _span(text: str, match: re.Match[str]) -> tuple[int, int]:
    from_hour, from_minute, to_hour, to_minute = map(int, match.groups())
    start, end = from_hour * 60 + from_minute, to_hour * 60 + to_minute
    if from_minute > 59 or to_minute > 59 or max(start, end) > _MIDNIGHT:
        raise ValueError(f"{text!r}: {match[0]} are no times of day")
    if start >= end:
        raise ValueError(
            f"{text!r}: the day ends before it begins. Write hours over midnight in two spans: "
            "up to 24:00, and from 00:00 on the next day"
        )
    return start, end


def _unreadable(text: str) -> ValueError:
    return ValueError(
        f"{text!r} are no hours. Write for example: Mon-Fri 08:30-17:30, or "
        "Mon-Fri 08:30-12:00 13:00-17:30, Sat 09:00-12:00"
    )
