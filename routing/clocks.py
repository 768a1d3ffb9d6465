"""Which clocks run for a case: they follow from its state, its parts and its process. Pure.

Nothing here is remembered: the same case has the same clocks, whenever they are computed. A key
names what began a clock, so that a new date is a new clock, and the store knows which of the rings
of the old one were dealt with.
"""

from collections.abc import Iterator

from cases.life import Clock, ClockKind
from cases.model import LetterName, Status
from routing.clocks_after import following
from routing.clocks_told import planning, progressing
from routing.clocks_work import working
from routing.forward import to_carry_out
from routing.life import Life
from routing.signatures import asked, pending, request_name, step_of
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
    start_at = life.case.status_at or life.case.received_at
    signing, within = pending(life), life.process.carry_out_within
    if signing and signing.within:
        name = request_name(life)
        event = asked(life, name)
        begun = max(start_at, event.at) if event else start_at
        if name is LetterName.REVIEW_REQUEST:
            yield limited(life, ClockKind.REVIEW, "", signing.within, start_at=begun)
        else:
            step = f"{step_of(life)}"
            kind = ClockKind.APPROVAL
            yield limited(life, kind, "", signing.within, start_at=begun, part=step)
    if life.case.status is Status.EXECUTING and within:
        for part in to_carry_out(life):
            yield limited(
                life,
                ClockKind.CARRY_OUT,
                part.department,
                within,
                start_at=start_at,
                calendar=life.policy.calendar_of(part.department),
            )
