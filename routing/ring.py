"""A clock rings: who is told, and what happens because a time is over (T26). Pure.

Which moments ring is decided in clocks.py; that each rings once is the store's business.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta
from zlib import crc32

from cases.life import PASSED_OVER, Clock, ClockKind, PartMove, PartState, Ring, RingAction
from cases.lifecycle import move_part
from cases.model import Decision, Letter, Move, Status
from routing import letters_time
from routing.bell import (
    SIGNED,
    Bell,
    asked_of,
    remind,
    remind_department,
    signing_of,
    waiting_for,
)
from routing.causes import BY_RING
from routing.checks import check_letters
from routing.clocks_after import measure_key
from routing.clocks_told import HEARD, of_promise
from routing.closing import settled
from routing.forward import agreed
from routing.ladder import level_of, people, told
from routing.letters_sign import deputy_requests
from routing.life import Life, nothing
from routing.process import Rung
from routing.reroute import standing

#: A progress letter before the promised date is left out so soon after another letter.
HEARD_LATELY = timedelta(hours=12)


def cause_of(case_id: int, key: str, number: int) -> int:
    """Return the number of the letters of one ring, the `number`th of its clock from 0."""
    return BY_RING + crc32(f"{case_id}:{key}:{number}".encode())


def ring(life: Life, clock: Clock, one: Ring, *, delayed: bool) -> Decision:
    """Return what a ring of a clock of this case brings about, perhaps nothing.

    `delayed`: it should have rung earlier, but the desk did not run then.
    """
    bell = Bell(life=life, clock=clock, ring=one, delayed=delayed)
    if one.rung == PASSED_OVER:
        return nothing()
    match one.action:
        case RingAction.REMIND:
            return remind(bell)
        case RingAction.ESCALATE:
            return _call(bell) if clock.kind is ClockKind.CONFIRM else _escalate(bell)
        case RingAction.PROGRESS:
            return _progress(bell)
        case RingAction.EXPIRE:
            return _EXPIRED[clock.kind](bell) if clock.kind in _EXPIRED else nothing()


# ---------------------------------------------------------------- the ladder


def _escalate(bell: Bell) -> Decision:
    """Tell the next rung; the deputies of who should sign get what is to be signed (K080)."""
    life, clock, chain = bell.life, bell.clock, bell.life.process.escalation
    if not 0 <= bell.ring.rung < len(chain):
        return nothing()  # the ladder was made shorter meanwhile
    rung = chain[bell.ring.rung]
    signing = signing_of(bell) if clock.kind in SIGNED else None
    to = _told(bell, rung)
    deputies: tuple[str, ...] = ()
    if signing and {"manager", "deputies"} & set(rung.to):
        deputies = people(life, signing.deputies)
    letters: tuple[Letter, ...] = ()
    if signing and deputies:
        asked = deputy_requests(life, signing, ", ".join(signing.by))
        letters = tuple(letter for letter in asked if letter.to.addr in deputies)
    for addr in to:
        if addr not in deputies:
            letters += _escalation(bell, addr, level=level_of(rung))
    due = f"{clock.kind.value}{' of ' if clock.who else ''}{clock.who}"
    events = [
        bell.event("escalated", ", ".join(to), f"{due} was due {clock.due_at:%Y-%m-%d %H:%M} UTC")
    ]
    if deputies:
        events.append(bell.event("deputy_asked", ", ".join(deputies)))
    return Decision(moves=(), events=tuple(events), letters=letters, level=level_of(rung))


def _departments(bell: Bell) -> tuple[str, ...]:
    """Return the departments a clock is about; () where it is about none of them."""
    kind = bell.clock.kind
    if kind in SIGNED or kind in (ClockKind.CALLBACK, ClockKind.CHECK):
        return ()
    if kind is ClockKind.EXTERNAL:
        return tuple(part.department for part in waiting_for(bell))
    return (bell.clock.who,) if bell.clock.who else bell.life.case.departments


def _told(bell: Bell, rung: Rung) -> tuple[str, ...]:
    signing = signing_of(bell)
    deputies = signing.deputies if signing else ()
    found: dict[str, None] = {}
    for key in _departments(bell) or ("",):
        found |= dict.fromkeys(told(bell.life, rung, department=key, deputies=deputies))
    return tuple(found)


def _escalation(bell: Bell, addr: str, *, level: int) -> tuple[Letter, ...]:
    keys = _departments(bell)
    # Whoever may speak for the department may do so in reply.
    speaks_for = bell.life.policy.department_of(addr)
    return letters_time.escalation(
        bell.life,
        (addr,),
        what=bell.clock.kind.value,
        level=level,
        due_at=bell.clock.due_at,
        departments=keys,
        department=speaks_for if speaks_for in keys else "",
        delayed=bell.delayed,
    )


def _call(bell: Bell) -> Decision:
    """Silence is not enough here: somebody calls, and top management knows (K046, K098)."""
    life, callback = bell.life, bell.life.process.callback
    to = people(life, callback.by if callback else ())
    to = to or people(life, life.policy.management or life.policy.supervisors)
    letters = letters_time.task(life, to, what="callback", due_at=None)
    event = bell.event("escalated", ", ".join(to), "the outcome was not confirmed")
    return Decision(moves=(), events=(event,), letters=letters, level=1 if callback else 2)


# ---------------------------------------------------------------- the complainant hears


def _progress(bell: Bell) -> Decision:
    life, every = bell.life, bell.life.process.progress_every
    heard_at = max((event.at for event in life.this_round(*HEARD)), default=None)
    lately = heard_at is not None and life.now - heard_at < HEARD_LATELY
    if lately and of_promise(bell.clock):
        return nothing()
    next_at = life.policy.calendar.due(life.now, every) if every else None
    letters = letters_time.progress(life, next_at=next_at)
    return bell.only(bell.event("progress_sent", life.case.complainant.addr), letters)


# ---------------------------------------------------------------- the time is over


def _uninformed(bell: Bell) -> Decision:
    """Go on with what there is (K038)."""
    life, key = bell.life, bell.clock.who
    part = life.part(key)
    if part is None or part.state is not PartState.INFO:
        return nothing()
    event = bell.event("resumed", "the complainant sent nothing", actor=f"department:{key}")
    return Decision(
        moves=(),
        events=(event,),
        letters=remind_department(bell),
        parts=(move_part(part, PartMove.RESUME, now=life.now),),
    )


def _consent(bell: Bell) -> Decision:
    return agreed(bell.life)


def _silence(bell: Bell) -> Decision:
    if bell.life.case.status is Status.NOT_A_COMPLAINT:
        closed = bell.event("closed", "praise needs no answer")
        return Decision(moves=(Move.CLOSE,), events=(closed,), letters=())
    return settled(bell.life, bell.event("silence", "no objection to the outcome"))


def _ask_for_mark(bell: Bell) -> Decision:
    life = bell.life
    event = bell.event("asked_satisfaction", life.case.complainant.addr)
    return bell.only(event, letters_time.satisfaction(life))


def _ask_to_call(bell: Bell) -> Decision:
    to, clock = asked_of(bell), bell.clock
    due_at = clock.due_at if clock.due_at > clock.started_at else None
    letters = letters_time.task(bell.life, to, what="callback", due_at=due_at)
    return bell.only(bell.event("reminded", f"callback: {', '.join(to)}"), letters)


def _ask_for_check(bell: Bell) -> Decision:
    life = bell.life
    found = [m for m in life.measures if measure_key(ClockKind.CHECK, m) == bell.clock.key]
    letters = tuple(letter for m in found for letter in check_letters(life, m))
    whom = ", ".join(letter.to.addr for letter in letters)
    return bell.only(bell.event("reminded", f"check: {whom}"), letters)


def _aged(bell: Bell) -> Decision:
    """Raise a case that is unresolved for so long to the first level of severity (K097)."""
    life, top = bell.life, bell.life.policy.severities[0]
    to = people(life, top.alert) or people(life, life.policy.supervisors)
    event = bell.event("aged", f"{life.case.severity} → {top.name}", *bell.clock.why[-1:])
    return Decision(
        moves=(),
        events=(event,),
        letters=letters_time.escalation(
            life, to, what="age", level=1, due_at=life.case.due_at, delayed=bell.delayed
        ),
        assessment=replace(standing(life.case), severity=top.name),
        level=1,
    )


def _archived(bell: Bell) -> Decision:
    return Decision(
        moves=(Move.ARCHIVE,), events=(bell.event("archived", "the file is complete"),), letters=()
    )


_EXPIRED: Mapping[ClockKind, Callable[[Bell], Decision]] = {
    ClockKind.INFO: _uninformed,
    ClockKind.PLAN: _consent,
    ClockKind.CONFIRM: _silence,
    ClockKind.SATISFACTION: _ask_for_mark,
    ClockKind.CALLBACK: _ask_to_call,
    ClockKind.CHECK: _ask_for_check,
    ClockKind.AGE: _aged,
    ClockKind.ARCHIVE: _archived,
}
