"""The rings of a limit: a reminder before, one at the end, then the ladder of escalation. Pure.

The places in the row stay the same whatever the dates are, because the store counts the rings that
have been dealt with: where there is no time for the first reminder, its place is passed over.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from cases.life import PASSED_OVER, Ring, RingAction
from routing.deadlines import Calendar
from routing.life import Life
from routing.process import Rung, Signing


def awake(life: Life, calendar: Calendar) -> Callable[[datetime], datetime]:
    """Return what moves a ring to when people work; serious cases know no quiet hours (K082)."""
    if life.policy.severity(life.case.severity).serious:
        return lambda at: at
    return calendar.opening


def rings_of(
    life: Life, calendar: Calendar, *, began_at: datetime, due_at: datetime
) -> tuple[Ring, ...]:
    """Return the rings of a limit that began, or went on, at `began_at`."""
    quiet = awake(life, calendar)
    late_at = max(quiet(due_at), began_at)
    rings = [
        before(life, calendar, began_at=began_at, due_at=due_at, until=late_at),
        Ring(at=late_at, action=RingAction.REMIND),
        *escalations(life, calendar, began_at=began_at, due_at=due_at),
    ]
    return in_order(rings)


def before(
    life: Life, calendar: Calendar, *, began_at: datetime, due_at: datetime, until: datetime
) -> Ring:
    """Return the reminder before a limit, to be passed over if there is no time for it."""
    within = life.process.remind_before
    if within:
        at = awake(life, calendar)(calendar.before(due_at, within))
        if began_at < at < until:
            return Ring(at=at, action=RingAction.REMIND)
    return Ring(at=began_at, action=RingAction.REMIND, rung=PASSED_OVER)


def escalations(
    life: Life, calendar: Calendar, *, began_at: datetime, due_at: datetime
) -> tuple[Ring, ...]:
    """Return one ring for each rung of the ladder (T26)."""
    quiet = awake(life, calendar)
    return tuple(
        Ring(
            at=max(quiet(calendar.due(due_at, rung.after) if rung.after else due_at), began_at),
            action=RingAction.ESCALATE,
            rung=number,
        )
        for number, rung in enumerate(life.process.escalation)
    )


def in_order(rings: list[Ring]) -> tuple[Ring, ...]:
    """Return the rings so that none is earlier than the one before it."""
    found: list[Ring] = []
    for ring in rings:
        at = max(ring.at, found[-1].at) if found else ring.at
        found.append(replace(ring, at=at))
    return tuple(found)


# ---------------------------------------------------------------- who is told


def people(life: Life, to: tuple[str, ...]) -> tuple[str, ...]:
    """Return addresses once each, without people the complaint is about (K079)."""
    found = {addr.lower(): addr for addr in to if addr}
    return tuple(addr for key, addr in found.items() if key not in life.recused)


def signers(life: Life, signing: Signing) -> tuple[str, ...]:
    """Return who is asked to sign or to call; for the accused their deputies, else management.

    Whoever is asked may answer as well (K079, K080).
    """
    above = life.policy.management or life.policy.supervisors
    return people(life, signing.by) or people(life, signing.deputies) or people(life, above)


def told(
    life: Life, rung: Rung, *, department: str = "", deputies: tuple[str, ...] = ()
) -> tuple[str, ...]:
    """Return who hears of a missed limit; the supervisors if nobody else is left.

    Of a `department` its manager and deputies; `deputies` are those of whoever signs.
    """
    found: list[str] = []
    owner = life.policy.departments.get(department)
    for name in rung.to:
        if name == "management":
            found += life.policy.management or life.policy.supervisors
        elif name in ("manager", "deputies") and deputies:
            found += deputies
        elif name == "manager":
            found += [owner.manager] if owner else []
        elif name == "deputies":
            found += owner.deputies if owner else ()
        else:
            found.append(name)
    return people(life, tuple(found)) or people(life, life.policy.supervisors)


def level_of(rung: Rung) -> int:
    """Return how far up a rung reaches: 1 a manager, 2 top management."""
    return 2 if "management" in rung.to else 1
