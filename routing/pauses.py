"""When a department's time stands still: others are asked, or have its answer. Pure.

A department owes nothing while it waits for the complainant, while its part is on hold, and while
its answer is reviewed, approved or left to the complainant's opinion; given back, it goes on.
"""

from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet
from datetime import datetime

from cases.life import Part, PartState
from cases.lifecycle import SETTLED_PARTS
from routing.deadlines import Calendar, Due, Pause, said
from routing.life import Life

#: The time of a part in one of these stands still.
STANDING = frozenset({PartState.INFO, PartState.HELD})
_STOPS = frozenset({"info_requested", "held", "answered", "refused"})
_GOES_ON = frozenset({"accepted", "resumed", "interim", "external_asked"})
#: Whoever says one of these gives the answers of all departments back.
_BACK = frozenset(
    {
        *("returned", "refused_approval", "disagreed", "counter_proposed", "stopped"),
        *("given_back", "not_arrived"),
    }
)


#: We wait for the complainant from here on, until the department does anything else.
_ASKS = frozenset({"info_requested"})


def pauses_of(life: Life, part: Part) -> tuple[Pause, ...]:
    """Return when the time of a part stood still since it was asked; the last one may last."""
    return _pauses(life, part, _STOPS, _GOES_ON, {*STANDING, *SETTLED_PARTS})


def promised(life: Life) -> datetime | None:
    """Return when the complainant may expect the answer, None if no date was named (K038).

    The date they were told, moved by the working time for which we waited for them; what we
    ourselves put aside or think over moves it not.
    """
    date_at, calendar = life.case.due_at, life.policy.calendar
    if date_at is None:
        return None
    ends = _GOES_ON | _STOPS - _ASKS
    waits = (_pauses(life, part, _ASKS, ends, {PartState.INFO}) for part in life.at_work)
    return max((moved(calendar, date_at, each, now=life.now) for each in waits), default=date_at)


def _pauses(
    life: Life,
    part: Part,
    stops: AbstractSet[str],
    ends: AbstractSet[str],
    standing: AbstractSet[PartState],
) -> tuple[Pause, ...]:
    actor = f"department:{part.department}"
    found: list[Pause] = []
    began_at: datetime | None = None
    for event in life.this_round(*stops, *ends, *_BACK):
        if event.at < part.asked_at:
            continue
        own = event.actor == actor
        if began_at is None and own and event.kind in stops:
            began_at = event.at
        elif began_at and (event.kind in _BACK or (own and event.kind in ends)):
            found.append((began_at, event.at))
            began_at = None
    # The state has the last word: a story may lack what somebody did by hand.
    if part.state in standing:
        found.append((began_at or part.since_at, None))
    elif began_at:
        found.append((began_at, max(began_at, part.since_at)))
    return tuple(found)


def moved(
    calendar: Calendar, date_at: datetime, pauses: Sequence[Pause], *, now: datetime
) -> datetime:
    """Return a fixed date moved by the working time for which it stood still."""
    for began_at, ended_at in pauses:
        if began_at >= date_at:
            break
        left = calendar.worked(began_at, date_at)
        date_at = max(date_at, calendar.forward(ended_at or now, left))
    return date_at


def fixed(
    calendar: Calendar, date_at: datetime, pauses: Sequence[Pause], why: str, *, now: datetime
) -> Due:
    """Return a date that somebody named, moved by the pauses, with how it came about."""
    zone = calendar.zone
    at = moved(calendar, date_at, pauses, now=now)
    stood = tuple(
        f"stood still from {said(began_at, zone)} to "
        + (said(ended_at, zone) if ended_at else "now, and still does")
        for began_at, ended_at in pauses
        if began_at < at
    )
    return Due(at=at, why=(f"{why}: {said(date_at, zone)}", *stood, f"due {said(at, zone)}"))


def last_end(pauses: Iterable[Pause], *, or_else: datetime) -> datetime:
    """Return when the last pause that is over ended."""
    return max((ended_at for _, ended_at in pauses if ended_at), default=or_else)
