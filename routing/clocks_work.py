"""The clocks of departments at work and of those they wait for (T13–T17). Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from cases.addresses import sendable
from cases.life import Clock, ClockKind, Part, PartState, Ring, RingAction
from cases.model import Matter, Status
from routing.deadlines import Calendar, Due, Limit, Pause
from routing.ladder import awake, in_order, rings_of
from routing.life import Life
from routing.pauses import STANDING, fixed, last_end, pauses_of, promised
from routing.timed import due_of, key_of, limited


def working(life: Life) -> Iterator[Clock]:
    """Yield the clocks of the departments at work and of those they wait for (T13–T17).

    What is no complaint is answered by the date that was told, and nobody signs for it; praise
    needs no answer.
    """
    if life.case.status not in (Status.ROUTED, Status.DISPUTE, Status.NOT_A_COMPLAINT):
        return
    if life.case.matter is Matter.PRAISE:
        return
    process, complaint = life.process, life.case.matter is Matter.COMPLAINT
    for part in life.open_parts:
        calendar = life.policy.calendar_of(part.department)
        if part.state is PartState.ASKED and process.accept_within and complaint:
            yield limited(
                life,
                ClockKind.ACCEPT,
                part.department,
                process.accept_within,
                start_at=part.asked_at,
                calendar=calendar,
            )
        yield from _answers(life, part, calendar)
        party = life.policy.parties.get(part.party)
        within = (party.within if party else None) or process.external_within
        if part.state is PartState.EXTERNAL and within:
            yield limited(
                life,
                ClockKind.EXTERNAL,
                part.party,
                within,
                start_at=part.since_at,
                part=f"{part.department}→",
            )
        if part.state is PartState.INFO and process.info_within:
            yield _info(life, part, process.info_within, calendar)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Date:
    """When a department must answer, and what set that date."""

    start_at: datetime
    due: Due
    named: str  #: in the key: what set it
    counted: int  #: pauses that moved it and are over


def _answers(life: Life, part: Part, calendar: Calendar) -> Iterator[Clock]:
    """Yield the clock of the date a department named, and of our promise if that is earlier.

    A department may answer before we promised to; a later date of its own takes nothing back.
    """
    pauses = pauses_of(life, part)
    ours = _our_date(life, part, calendar, pauses)
    named = _named_date(life, part, calendar, pauses)
    ahead = promised(life)
    if named is None or (ours and ahead and part.asked_at < ahead < named.due.at):
        yield from (_answer(life, part, calendar, pauses, ours) if ours else ())
    if named:
        yield from _answer(life, part, calendar, pauses, named)


def _answer(
    life: Life, part: Part, calendar: Calendar, pauses: tuple[Pause, ...], date: _Date
) -> Iterator[Clock]:
    began_at = last_end(pauses, or_else=date.start_at)
    # While it stands still it does not ring; what comes after the pause is not overdue by it.
    rings = () if part.state in STANDING else rings_of(
        life, calendar, began_at=max(began_at, date.start_at), due_at=date.due.at
    )  # fmt: skip
    begun = (part.round, part.asked_at, date.named, date.counted)
    yield Clock(
        key=key_of(ClockKind.ANSWER, part.department, *begun),
        kind=ClockKind.ANSWER,
        who=part.department,
        started_at=date.start_at,
        due_at=date.due.at,
        rings=rings,
        why=date.due.why,
    )


def _named_date(
    life: Life, part: Part, calendar: Calendar, pauses: tuple[Pause, ...]
) -> _Date | None:
    """Return the date the department named itself (K057)."""
    if part.promised_at is None:
        return None
    named = part.promised_at
    start_at = _named_at(life, part, calendar.day_of(named).isoformat())
    later = tuple(pause for pause in pauses if pause[0] > start_at)
    due = fixed(calendar, named, later, "the department named the date", now=life.now)
    return _dated(start_at, due, later, f"p{int(named.timestamp())}", named)


def _our_date(
    life: Life, part: Part, calendar: Calendar, pauses: tuple[Pause, ...]
) -> _Date | None:
    """Return the earlier of the department's limit and our promise to the complainant."""
    now, complaint = life.now, life.case.matter is Matter.COMPLAINT
    within, case_due = (life.process.answer_within if complaint else None), life.case.due_at
    if case_due and case_due <= part.asked_at:
        # The promise was broken before this department was asked: it gets a time of its own.
        within = within or life.policy.answer_limit(life.case.severity, life.case.rules)
        case_due = None
    own = calendar.due(part.asked_at, within) if within else None
    if within and own and (case_due is None or own <= case_due):
        due = calendar.due_with(part.asked_at, within, pauses, now=now)
        return _dated(part.asked_at, due, pauses, "own", own)
    if case_due is None:
        return None
    due = fixed(calendar, case_due, pauses, "the complainant was promised an answer", now=now)
    return _dated(part.asked_at, due, pauses, f"d{int(case_due.timestamp())}", case_due)


def _named_at(life: Life, part: Part, day: str) -> datetime:
    """Return when the department named its date: with the last word that says this one."""
    said = [
        event
        for event in life.this_round("accepted")
        if event.actor == f"department:{part.department}" and event.at >= part.asked_at
    ]
    named = [event for event in said if event.detail.endswith(day)] or said[:1]
    return named[-1].at if named else part.asked_at


def _dated(
    start_at: datetime, due: Due, pauses: tuple[Pause, ...], named: str, base_at: datetime
) -> _Date:
    counted = sum(ended_at is not None and began_at < due.at for began_at, ended_at in pauses)
    if due.at <= base_at:
        counted = 0  # they came when it was over already: the same clock goes on
    return _Date(start_at=start_at, due=due, named=named, counted=counted)


def _info(life: Life, part: Part, within: Limit, calendar: Calendar) -> Clock:
    """The complainant is asked again, then it goes on with what there is (T09, K038)."""
    ours = life.policy.calendar
    first = due_of(life, ours, part.since_at, within)
    last_at = ours.due(first.at, within)
    asks = Ring(at=awake(life, ours)(first.at), action=RingAction.REMIND)
    ends = Ring(at=awake(life, calendar)(last_at), action=RingAction.EXPIRE)
    rings = in_order([asks, ends] if sendable(life.case.complainant.addr) else [ends])
    return Clock(
        key=key_of(ClockKind.INFO, part.department, part.round, part.since_at),
        kind=ClockKind.INFO,
        who=part.department,
        started_at=part.since_at,
        due_at=last_at,
        rings=rings,
        why=(*first.why, "asked again then; the same time once more, and it goes on without"),
    )
