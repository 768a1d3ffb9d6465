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
from routing.pauses import STANDING, fixed, last_end, pauses_of
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
        answer = _answer(life, part, calendar)
        if answer:
            yield answer
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


def _answer(life: Life, part: Part, calendar: Calendar) -> Clock | None:
    pauses = pauses_of(life, part)
    date = _answer_date(life, part, calendar, pauses)
    if date is None:
        return None
    began_at = last_end(pauses, or_else=date.start_at)
    # While it stands still it does not ring; what comes after the pause is not overdue by it.
    rings = () if part.state in STANDING else rings_of(
        life, calendar, began_at=max(began_at, date.start_at), due_at=date.due.at
    )  # fmt: skip
    key = key_of(
        ClockKind.ANSWER,
        part.department,
        part.round,
        part.asked_at,
        date.named,
        date.counted,
    )
    return Clock(
        key=key,
        kind=ClockKind.ANSWER,
        who=part.department,
        started_at=date.start_at,
        due_at=date.due.at,
        rings=rings,
        why=date.due.why,
    )


def _answer_date(
    life: Life, part: Part, calendar: Calendar, pauses: tuple[Pause, ...]
) -> _Date | None:
    """Return the date the department named, else the earlier of its limit and our promise."""
    now, promised_at = life.now, part.promised_at
    if promised_at:
        start_at = _named_at(life, part, calendar.day_of(promised_at).isoformat())
        later = tuple(pause for pause in pauses if pause[0] > start_at)
        due = fixed(calendar, promised_at, later, "the department named the date", now=now)
        return _dated(start_at, due, later, f"p{int(promised_at.timestamp())}", promised_at)
    complaint = life.case.matter is Matter.COMPLAINT
    within, case_due = (life.process.answer_within if complaint else None), life.case.due_at
    if case_due and case_due <= part.asked_at:
        # The promise was broken before this department was asked: it gets a time of its own.
        within = within or life.policy.severity(life.case.severity).answer_within
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
