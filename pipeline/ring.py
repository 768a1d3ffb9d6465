"""Clocks ring: each ring is dealt with exactly once, in a transaction of its own.

What rings when follows from the case (routing/clocks.py); the store only counts the rings that
have been dealt with. So nothing is lost when the desk stands still, and nothing rings twice when
its clock is set back: after an outage all that is overdue rings, one after the other.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from cases.life import Clock, ClockKind, DueClock, RingAction
from cases.store import Transaction
from pipeline.desk import Desk
from pipeline.lives import life_of
from pipeline.save import save
from routing.clocks import clocks_of
from routing.life import Life
from routing.ring import cause_of, ring

#: A letter that should have left so long ago says that it is late.
DELAYED = timedelta(minutes=15)
#: Clocks that wait for somebody who owes something; the others only tell when a silence is over.
LIMITS = frozenset(
    {
        *(ClockKind.ACCEPT, ClockKind.ANSWER, ClockKind.REVIEW, ClockKind.APPROVAL),
        *(ClockKind.CARRY_OUT, ClockKind.EXTERNAL, ClockKind.CALLBACK),
        *(ClockKind.MEASURE, ClockKind.CHECK),
    }
)
#: Rings of one turn, so that mails and letters get theirs; the rest follows in the next.
MOST = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Rang:
    """One ring that was dealt with."""

    reference: str  #: of the case
    clock: ClockKind
    action: RingAction
    late: bool  #: the limit is over with this ring, and what was due by it is still owed


Tell = Callable[[Rang], None]


def nobody(_rang: Rang) -> None:
    """Whoever does not ask is not told."""


def ring_clocks(desk: Desk, *, now: datetime, tell: Tell = nobody) -> int:
    """Deal with every ring that is due, `tell` each once it is saved; returns how many.

    A clock that fails is left for the next turn and stops no other; its error is raised at the end.
    """
    done, error = 0, None
    failed, seen = set[tuple[int, str]](), set[DueClock]()
    while done < MOST:
        with desk.store.read() as tx:
            found = tx.due_clocks(now=now, limit=MOST + len(failed))
        due = [one for one in found if (one.case_id, one.key) not in failed]
        if not due:
            break
        for one in due[: MOST - done]:
            if one in seen:  # twice in vain: something is odd, and the next turn sees it again
                failed.add((one.case_id, one.key))
                continue
            seen.add(one)
            try:
                rang = _ring_one(desk, one, now=now)
            except Exception as trouble:  # noqa: BLE001 - one case must never stop the next
                failed.add((one.case_id, one.key))
                error = error or trouble
                continue
            if rang:
                done += 1
                tell(rang)
    if error:
        raise error
    return done


def _ring_one(desk: Desk, due: DueClock, *, now: datetime) -> Rang | None:
    """Deal with one ring; None if there is nothing to be done any more."""
    with desk.store.begin() as tx:
        case = tx.lock_case(due.case_id)
        row = tx.clock_row(due.case_id, due.key)
        if case is None or row is None or row.next_at > now:
            return None  # somebody else was quicker
        # Of a limit that was made longer the same ring may come again, and is another one then.
        key = f"{row.key}@{int(row.due_at.timestamp())}"
        cause = cause_of(case.id, key, row.fired)
        life = life_of(tx, desk, case, cause=cause, now=now)
        clock = _running(tx, life, row)
        if clock is None or not tx.count_ring(row):
            return None
        one = clock.rings[row.fired]
        decision = ring(life, clock, one, delayed=now - one.at > DELAYED)
        save(tx, desk, case, decision, key=f"ring:{cause}", now=now)
    return Rang(
        reference=case.reference,
        clock=clock.kind,
        action=one.action,
        late=clock.kind in LIMITS and row.fired == _first_late(clock),
    )


def _first_late(clock: Clock) -> int:
    """Return the place of the first ring at or after the limit, so that each is late once."""
    late = (place for place, one in enumerate(clock.rings) if one.at >= clock.due_at)
    return next(late, len(clock.rings))


def _running(tx: Transaction, life: Life, row: DueClock) -> Clock | None:
    """Return the clock as it is now if it rings now; otherwise the store learns what is so."""
    clocks = clocks_of(life)
    found = next((clock for clock in clocks if clock.key == row.key), None)
    rings = found.rings[row.fired :] if found else ()
    if found and rings and rings[0].at <= life.now:
        return found
    tx.sync_clocks(life.case.id, clocks, now=life.now)
    return None
