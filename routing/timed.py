"""What every clock is made of: its key, its date, the rings of a usual limit. Pure."""

import hashlib
from datetime import datetime

from cases.life import Clock, ClockKind
from cases.model import Status
from routing.deadlines import Calendar, Due, Limit
from routing.ladder import rings_of
from routing.life import Life

#: The complainant waits for an outcome.
WAITING = frozenset(
    {
        *(Status.REGISTERED, Status.ACKNOWLEDGED, Status.ROUTED, Status.IN_REVIEW),
        *(Status.IN_APPROVAL, Status.PLAN_OFFERED, Status.EXECUTING, Status.REOPENED),
        Status.DISPUTE,
    }
)


def key_of(kind: ClockKind, who: str, round_: int, *began: datetime | int | str) -> str:
    """Return the key of a clock: what it is about, and what began it; at most 200 characters."""
    if len(who) > 64:
        who = hashlib.sha256(who.encode()).hexdigest()[:32]
    stamps = (str(int(one.timestamp()) if isinstance(one, datetime) else one) for one in began)
    return ":".join((kind.value, who, str(round_), *stamps))[:200]


def opened_at(life: Life) -> datetime:
    """Return when this round began."""
    begun = life.this_round("reopened")
    return begun[0].at if begun else life.case.received_at


def due_of(life: Life, calendar: Calendar, start_at: datetime, limit: Limit) -> Due:
    """Return when a limit is over that nothing stops."""
    return calendar.due_with(start_at, limit, (), now=life.now)


def limited(
    life: Life,
    kind: ClockKind,
    who: str,
    limit: Limit,
    *,
    start_at: datetime,
    calendar: Calendar | None = None,
    part: str = "",
) -> Clock:
    """Return the clock of a limit with its reminders and ladder; `part` is for the key alone."""
    calendar = calendar or life.policy.calendar
    due = due_of(life, calendar, start_at, limit)
    return Clock(
        key=key_of(kind, f"{part}{who}", life.case.round, start_at),
        kind=kind,
        who=who,
        started_at=start_at,
        due_at=due.at,
        rings=rings_of(life, calendar, began_at=start_at, due_at=due.at),
        why=due.why,
    )
