"""The clocks by which complainants are written to while they wait (K021, K066, K097). Pure."""

from collections.abc import Iterator
from datetime import datetime

from cases.addresses import sendable
from cases.life import Clock, ClockKind, PartState, Ring, RingAction
from cases.model import Matter, Status
from routing.ladder import awake, before, escalations, in_order
from routing.life import Life
from routing.pauses import promised
from routing.situation import awaits_writing
from routing.timed import WAITING, due_of, key_of, opened_at

#: The complainant heard from us with one of these.
HEARD = ("acknowledged", "progress_sent", "interim", "info_requested", "plan_offered")
#: So ends the key of the clock of the promised date.
_OF_PROMISE = "promise"


def progressing(life: Life) -> Iterator[Clock]:
    """Yield when the complainant hears that it goes on (K021), and when the case grows old (K097).

    The time runs from the last letter to them, so nobody hears twice in a row that nothing is new.
    """
    case, process, ours = life.case, life.process, life.policy.calendar
    if case.matter is not Matter.COMPLAINT or case.status not in (*WAITING, Status.ANSWERED):
        return
    # An outcome that can't leave is none: such a case grows old as well.
    if process.serious_after and case.severity != life.policy.severities[0].name:
        due = due_of(life, ours, opened_at(life), process.serious_after)
        ring = Ring(at=awake(life, ours)(due.at), action=RingAction.EXPIRE)
        yield Clock(
            key=key_of(ClockKind.AGE, "", case.round, opened_at(life)),
            kind=ClockKind.AGE,
            started_at=opened_at(life),
            due_at=due.at,
            rings=(ring,),
            why=(*due.why, "unresolved for so long, it becomes serious by itself"),
        )
    waits = any(part.state is PartState.INFO for part in life.open_parts) or awaits_writing(case)
    theirs = waits or case.status in (Status.PLAN_OFFERED, Status.ANSWERED)
    if theirs or not _may_be_told(life):
        return  # it is the complainant's turn, or there is nobody to write to
    start_at = max((e.at for e in life.this_round(*HEARD)), default=opened_at(life))
    quiet = awake(life, ours)
    if process.progress_every:
        due = due_of(life, ours, start_at, process.progress_every)
        yield _progress(start_at, due.at, quiet(due.at), due.why, life, start_at)
    answer_at = promised(life)
    if process.progress_before and answer_at:
        at = quiet(ours.before(answer_at, process.progress_before))
        if opened_at(life) < at < answer_at:
            why = (f"{process.progress_before} before the answer that was promised",)
            yield _progress(opened_at(life), at, at, why, life, answer_at, _OF_PROMISE)


def _progress(
    start_at: datetime,
    due_at: datetime,
    ring_at: datetime,
    why: tuple[str, ...],
    life: Life,
    *began: datetime | str,
) -> Clock:
    return Clock(
        key=key_of(ClockKind.PROGRESS, "", life.case.round, *began),
        kind=ClockKind.PROGRESS,
        started_at=start_at,
        due_at=due_at,
        rings=(Ring(at=ring_at, action=RingAction.PROGRESS),),
        why=why,
    )


def of_promise(clock: Clock) -> bool:
    """Tell whether a clock of progress belongs to the promised date, not to the usual rhythm."""
    return clock.kind is ClockKind.PROGRESS and clock.key.endswith(_OF_PROMISE)


def _may_be_told(life: Life) -> bool:
    """Tell whether the complainant can be written to, and nothing spoke against it at first."""
    first = {
        event.kind for event in life.story if event.kind in ("acknowledged", "not_acknowledged")
    }
    return sendable(life.case.complainant.addr) and first != {"not_acknowledged"}


def planning(life: Life) -> Iterator[Clock]:
    """The complainant's opinion: silence is consent after a time, or it never is (K066)."""
    ours, process = life.policy.calendar, life.process
    within = process.plan_within or process.info_within
    if within is None or life.case.status is not Status.PLAN_OFFERED:
        return
    start_at = life.case.status_at or life.case.received_at
    due = due_of(life, ours, start_at, within)
    at = awake(life, ours)(due.at)
    if process.plan_within:
        first = before(life, ours, began_at=start_at, due_at=due.at, until=at)
        rings = [first, Ring(at=at, action=RingAction.EXPIRE)]
        end = "silence until then is consent"
    else:
        again_at = ours.due(due.at, within)
        rings = [
            Ring(at=at, action=RingAction.REMIND),
            *escalations(life, ours, began_at=start_at, due_at=again_at),
        ]
        end = "asked again then; silence is no consent"
    yield Clock(
        key=key_of(ClockKind.PLAN, "", life.case.round, start_at),
        kind=ClockKind.PLAN,
        started_at=start_at,
        due_at=due.at,
        rings=in_order(rings),
        why=(*due.why, end),
    )
