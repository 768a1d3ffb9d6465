"""The clocks that begin with the outcome: silence, mark, call, measures, archive. Pure."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

from cases.life import Clock, ClockKind, Measure, MeasureState, Ring, RingAction
from cases.model import Matter, Status
from routing.closing import called_back, heard_at, known, open_conditions, word_needed
from routing.deadlines import Limit, said
from routing.ladder import awake, in_order, rings_of
from routing.life import Life
from routing.process import CapaRule
from routing.timed import due_of, key_of, limited

#: So long after a case is settled the complainant is asked how satisfied they are.
ASK_AFTER = Limit.parse("1 day")
_TOLD = frozenset({Status.OUTCOME_SENT, Status.FOLLOW_UP})
_SETTLED = frozenset({Status.FOLLOW_UP, Status.CLOSED})


def following(life: Life) -> Iterator[Clock]:
    """Yield the clocks of a case whose outcome left (T23–T30), and of measures beside it."""
    case, process = life.case, life.process
    if case.status is Status.OUTCOME_SENT and case.outcome_at:
        yield _confirm(life)
    if case.status is Status.FOLLOW_UP and not open_conditions(life):
        start_at = case.status_at or case.received_at
        # What it waited for is not asked for any more: the rules were changed.
        yield _once(life, ClockKind.CONFIRM, start_at, start_at, "nothing is open")
    if case.status is Status.NOT_A_COMPLAINT and case.matter is Matter.PRAISE:
        start_at = case.status_at or case.received_at
        at = start_at + process.silence
        yield _once(life, ClockKind.CONFIRM, start_at, at, "praise needs no answer")
    complaint = case.matter is Matter.COMPLAINT
    if (
        complaint
        and process.satisfaction
        and _unmarked(life)
        and case.status in _SETTLED
        and case.outcome_at
    ):
        yield _satisfaction(life)
    called = called_back(life) or not process.callback
    if complaint and case.status in _TOLD and case.outcome_at and not called:
        yield _callback(life)
    yield from _measures(life)
    if case.status is Status.CLOSED and case.closed_at:
        at = case.closed_at + process.archive_after
        yield _once(life, ClockKind.ARCHIVE, case.closed_at, at, "so long after it was closed")


def _once(life: Life, kind: ClockKind, started_at: datetime, due_at: datetime, why: str) -> Clock:
    zone = life.policy.calendar.zone
    return Clock(
        key=key_of(kind, "", life.case.round, started_at),
        kind=kind,
        started_at=started_at,
        due_at=due_at,
        rings=(Ring(at=due_at, action=RingAction.EXPIRE),),
        why=(f"began {said(started_at, zone)}", f"{why}: {said(due_at, zone)}"),
    )


def _confirm(life: Life) -> Clock:
    """Silence settles the case; where a word is needed, somebody calls (X15, K046).

    Who objected and got the explanation once more has the whole time again, as the letter says.
    """
    outcome_at = heard_at(life) or life.case.outcome_at or life.now
    start_at = max((e.at for e in life.this_round("explained")), default=outcome_at)
    start_at = max(start_at, outcome_at)
    silence = life.process.silence
    clock = _once(
        life, ClockKind.CONFIRM, start_at, start_at + silence, f"{_days(silence)} of silence"
    )
    if not word_needed(life):
        return clock
    at = awake(life, life.policy.calendar)(clock.due_at)
    return replace(clock, rings=(Ring(at=at, action=RingAction.ESCALATE),))


def _days(time: timedelta) -> str:
    return f"{time.days} days" if time.days != 1 else "1 day"


def _unmarked(life: Life) -> bool:
    """Tell whether there is no mark for this outcome, and none was asked for in its own letter."""
    since = life.case.outcome_at
    marks = life.recorded("satisfaction")
    referred = life.recorded("referrer")
    theirs = life.case.complainant.addr.lower()
    return (
        since is not None
        and not any(record.at >= since for record in marks)
        # Nor is anybody asked about an outcome that a person took back, or that they do not know.
        and not life.this_round("asked_satisfaction", "withdrawn")
        and known(life)
        # An authority gets its written result, and no question (K061).
        and not any(r.text.partition(" ")[0].lower() == theirs for r in referred)
    )


def _satisfaction(life: Life) -> Clock:
    case, ours = life.case, life.policy.calendar
    start_at = case.closed_at or case.status_at or life.now
    due = due_of(life, ours, start_at, ASK_AFTER)
    return Clock(
        key=key_of(ClockKind.SATISFACTION, "", case.round, case.outcome_at or start_at),
        kind=ClockKind.SATISFACTION,
        started_at=start_at,
        due_at=due.at,
        rings=(Ring(at=ours.opening(due.at), action=RingAction.EXPIRE),),
        why=(*due.why, "asked for a mark once, if there is none by then"),
    )


def _callback(life: Life) -> Clock:
    """Somebody is asked to call at once, then reminded like everybody else (K028)."""
    case, ours, callback = life.case, life.policy.calendar, life.process.callback
    start_at = case.outcome_at or life.now
    within = callback.within if callback else None
    key = key_of(ClockKind.CALLBACK, "", case.round, start_at)
    first = Ring(at=awake(life, ours)(start_at), action=RingAction.EXPIRE)
    if within is None:
        return Clock(
            key=key,
            kind=ClockKind.CALLBACK,
            started_at=start_at,
            due_at=start_at,
            rings=(first,),
            why=(f"began {said(start_at, ours.zone)}, without a limit",),
        )
    due = due_of(life, ours, start_at, within)
    rest = rings_of(life, ours, began_at=start_at, due_at=due.at)
    return Clock(
        key=key,
        kind=ClockKind.CALLBACK,
        started_at=start_at,
        due_at=due.at,
        rings=in_order([first, *rest]),
        why=due.why,
    )


# ---------------------------------------------------------------- measures


def _measures(life: Life) -> Iterator[Clock]:
    """Yield the clocks of corrective and preventive action (T27)."""
    capa, case = life.process.capa, life.case
    if case.status in (Status.CLOSED, Status.ARCHIVED):
        return  # closed by hand: nothing more is to be done
    for measure in life.measures:
        if measure.state is MeasureState.OPEN and measure.due_at:
            yield _measure(life, measure, measure.due_at)
        if measure.state is MeasureState.CARRIED_OUT and (capa.verify_after or capa.within):
            yield _check(life, measure)
    wanted = capa.rule is not CapaRule.OFF and not life.measures
    wanted &= case.matter is Matter.COMPLAINT
    if wanted and capa.within and case.status in _TOLD and case.outcome_at:
        for part in life.settled_parts:
            yield limited(
                life,
                ClockKind.MEASURE,
                part.department,
                capa.within,
                start_at=case.outcome_at,
                calendar=life.policy.calendar_of(part.department),
                part="none→",
            )


def measure_key(kind: ClockKind, measure: Measure) -> str:
    """Return the key of the clock of a measure."""
    due = measure.due_at if kind is ClockKind.MEASURE and measure.due_at else "check"
    return key_of(kind, measure.department, measure.number, measure.since_at, due)


def _measure(life: Life, measure: Measure, due_at: datetime) -> Clock:
    calendar = life.policy.calendar_of(measure.department)
    zone = calendar.zone
    return Clock(
        key=measure_key(ClockKind.MEASURE, measure),
        kind=ClockKind.MEASURE,
        who=measure.department,
        started_at=measure.since_at,
        due_at=due_at,
        rings=rings_of(life, calendar, began_at=measure.since_at, due_at=due_at),
        why=(f"stated {said(measure.since_at, zone)}, to be carried out by {said(due_at, zone)}",),
    )


def _check(life: Life, measure: Measure) -> Clock:
    """The effect is checked when it can be seen; a check takes no longer than the measure may."""
    ours, capa = life.policy.calendar, life.process.capa
    start_at, rings = measure.since_at, list[Ring]()
    why: tuple[str, ...] = (f"carried out {said(start_at, ours.zone)}",)
    if capa.verify_after:
        seen = due_of(life, ours, start_at, capa.verify_after)
        start_at, why = seen.at, (*seen.why, "its effect can be seen then")
        rings.append(Ring(at=awake(life, ours)(seen.at), action=RingAction.EXPIRE))
    due_at = start_at
    if capa.within:
        due = due_of(life, ours, start_at, capa.within)
        due_at, why = due.at, (*why, f"to be checked by {said(due.at, ours.zone)}")
        rings += rings_of(life, ours, began_at=start_at, due_at=due_at)
    return Clock(
        key=measure_key(ClockKind.CHECK, measure),
        kind=ClockKind.CHECK,
        who=measure.department,
        started_at=measure.since_at,
        due_at=due_at,
        rings=in_order(rings),
        why=why,
    )
