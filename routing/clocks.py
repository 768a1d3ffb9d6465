"""Which clocks run for a case: they follow from its state, its parts and its process. Pure.

Nothing here is remembered: the same case has the same clocks, whenever they are computed. A key
names what began a clock, so that a new date is a new clock, and the store knows which of the rings
of the old one were dealt with.
"""

from collections.abc import Iterator

from cases.life import Clock, ClockKind
from cases.model import Status
from routing.clocks_after import following
from routing.clocks_told import planning, progressing
from routing.clocks_work import working
from routing.forward import step_of
from routing.life import Life
from routing.timed import limited


def clocks_of(life: Life) -> tuple[Clock, ...]:
    """Return every clock that runs for the case now."""
    clocks = (
        *working(life),
        *_agreeing(life),
        *planning(life),
        *progressing(life),
        *following(life),
    )
    return tuple({clock.key: clock for clock in clocks}.values())


def _agreeing(life: Life) -> Iterator[Clock]:
    """Yield the clocks of those who must agree, and of what was agreed on (T19–T22)."""
    status, process = life.case.status, life.process
    start_at = life.case.status_at or life.case.received_at
    asked = [event.at for event in life.this_round("asked_approval") if event.at >= start_at]
    if status is Status.IN_REVIEW and process.review and process.review.within:
        yield limited(life, ClockKind.REVIEW, "", process.review.within, start_at=start_at)
    if status is Status.IN_APPROVAL:
        step = step_of(life)
        within = process.approval[step].within if step < len(process.approval) else None
        if within:
            begun = max(asked, default=start_at)
            yield limited(life, ClockKind.APPROVAL, "", within, start_at=begun, part=f"{step}")
    if status is Status.EXECUTING and process.carry_out_within:
        done = {e.actor for e in life.this_round("carried_out") if e.at >= start_at}
        for part in life.settled_parts:
            if f"department:{part.department}" not in done:
                yield limited(
                    life,
                    ClockKind.CARRY_OUT,
                    part.department,
                    process.carry_out_within,
                    start_at=start_at,
                    calendar=life.policy.calendar_of(part.department),
                )
