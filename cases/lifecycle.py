"""The life of a complaint as tables of moves (digest 3.1, 3.2). Pure.

Of the 29 states of the digest two belong to the mail (RECEIVED, ATTACHED: cases/inbox_rows.py) and
one to no moment (CLASSIFIED is done with the registration). What goes on beside the way of the
case has tables of its own: one part per department (DEPT_ACKNOWLEDGED, INFO_REQUESTED, EXTERNAL,
INTERIM_SENT, ON_HOLD_OPEN, ANSWER_PROPOSED) and measures (CAPA_OPEN, CAPA_VERIFY). ESCALATED is a
level beside the status: a case that was escalated is still with somebody. docs/adr/0013.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from enum import StrEnum
from typing import TypeVar

from cases.errors import IllegalMove
from cases.life import Measure, MeasureMove, MeasureState, Part, PartMove, PartState
from cases.model import Case, Move, Status

State = TypeVar("State", bound=StrEnum)
Step = TypeVar("Step", bound=StrEnum)

#: The departments are at work; a department's answer leads on from here.
AT_WORK = frozenset({Status.ROUTED, Status.DISPUTE})
_OPEN = (
    *(Status.REGISTERED, Status.NOT_A_COMPLAINT, Status.ACKNOWLEDGED, Status.ROUTED),
    *(Status.IN_REVIEW, Status.IN_APPROVAL, Status.PLAN_OFFERED, Status.EXECUTING),
    *(Status.REOPENED, Status.DISPUTE),
)

MOVES: Mapping[tuple[Status, Move], Status] = {
    (Status.REGISTERED, Move.ACKNOWLEDGE): Status.ACKNOWLEDGED,
    # Somebody who may not be answered automatically is routed without an acknowledgement.
    (Status.REGISTERED, Move.ROUTE): Status.ROUTED,
    (Status.ACKNOWLEDGED, Move.ROUTE): Status.ROUTED,
    (Status.REGISTERED, Move.FILE): Status.NOT_A_COMPLAINT,
    # A person says what it is, also after a guess or after another person.
    (Status.ACKNOWLEDGED, Move.FILE): Status.NOT_A_COMPLAINT,
    (Status.ROUTED, Move.FILE): Status.NOT_A_COMPLAINT,
    (Status.DISPUTE, Move.FILE): Status.NOT_A_COMPLAINT,
    (Status.ROUTED, Move.ROUTE): Status.ROUTED,
    (Status.DISPUTE, Move.ROUTE): Status.DISPUTE,
    (Status.NOT_A_COMPLAINT, Move.FILE): Status.NOT_A_COMPLAINT,
    (Status.NOT_A_COMPLAINT, Move.ROUTE): Status.ROUTED,
    # No department has it any more; a supervisor is asked.
    (Status.ROUTED, Move.RETURN): Status.ACKNOWLEDGED,
    (Status.NOT_A_COMPLAINT, Move.RETURN): Status.ACKNOWLEDGED,
    (Status.DISPUTE, Move.RETURN): Status.DISPUTE,
    # The departments have answered: who must agree before the outcome leaves (T18–T22)?
    **{(status, Move.REVIEW): Status.IN_REVIEW for status in AT_WORK},
    **{
        (status, Move.ASK_APPROVAL): Status.IN_APPROVAL
        for status in (*AT_WORK, Status.IN_REVIEW, Status.IN_APPROVAL)
    },
    **{
        (status, Move.OFFER_PLAN): Status.PLAN_OFFERED
        for status in (*AT_WORK, Status.IN_REVIEW, Status.IN_APPROVAL)
    },
    (Status.PLAN_OFFERED, Move.CARRY_OUT): Status.EXECUTING,
    # An enquiry is answered like a complaint; it only has no clock of a complaint.
    **{
        (status, Move.ANSWER): Status.ANSWERED
        for status in (
            *(*AT_WORK, Status.NOT_A_COMPLAINT, Status.IN_REVIEW, Status.IN_APPROVAL),
            Status.EXECUTING,
        )
    },
    **{
        (status, Move.SEND_BACK): Status.ROUTED
        for status in (
            *(Status.IN_REVIEW, Status.IN_APPROVAL, Status.PLAN_OFFERED, Status.EXECUTING),
            Status.ANSWERED,
        )
    },
    (Status.ANSWERED, Move.SEND_OUTCOME): Status.OUTCOME_SENT,
    (Status.OUTCOME_SENT, Move.CONFIRM): Status.FOLLOW_UP,
    (Status.FOLLOW_UP, Move.CLOSE): Status.CLOSED,
    # Praise needs no answer.
    (Status.NOT_A_COMPLAINT, Move.CLOSE): Status.CLOSED,
    # The complainant wrote again before the outcome had left: it still leaves, the case goes on.
    **{
        (status, Move.REOPEN): Status.REOPENED
        for status in (
            *(Status.ANSWERED, Status.OUTCOME_SENT, Status.FOLLOW_UP),
            *(Status.CLOSED, Status.ARCHIVED),
        )
    },
    (Status.REOPENED, Move.ROUTE): Status.ROUTED,
    (Status.REOPENED, Move.CONTEST): Status.DISPUTE,
    # A person closes it without an outcome, or because nothing else ever will.
    **{
        (status, Move.WITHDRAW): Status.CLOSED
        for status in (*_OPEN, Status.ANSWERED, Status.OUTCOME_SENT, Status.FOLLOW_UP)
    },
    (Status.CLOSED, Move.ARCHIVE): Status.ARCHIVED,
}

#: A complainant's mail in one of these opens the case again; in any other it joins the open case.
ANSWERED_FOR = frozenset(
    {Status.ANSWERED, Status.OUTCOME_SENT, Status.FOLLOW_UP, Status.CLOSED, Status.ARCHIVED}
)

OPEN_PARTS = frozenset(
    {PartState.ASKED, PartState.ACCEPTED, PartState.INFO, PartState.EXTERNAL, PartState.HELD}
)
SETTLED_PARTS = frozenset({PartState.ANSWERED, PartState.INVALID})

PART_MOVES: Mapping[tuple[PartState, PartMove], PartState] = {
    **{(state, PartMove.ACCEPT): PartState.ACCEPTED for state in OPEN_PARTS},
    **{(state, PartMove.ASK_COMPLAINANT): PartState.INFO for state in OPEN_PARTS},
    **{(state, PartMove.ASK_PARTY): PartState.EXTERNAL for state in OPEN_PARTS},
    **{(state, PartMove.HOLD): PartState.HELD for state in OPEN_PARTS},
    **{
        (state, PartMove.RESUME): PartState.ACCEPTED
        for state in (PartState.INFO, PartState.EXTERNAL, PartState.HELD)
    },
    **{(state, PartMove.ANSWER): PartState.ANSWERED for state in OPEN_PARTS},
    **{(state, PartMove.REFUSE): PartState.INVALID for state in OPEN_PARTS},
    **{(state, PartMove.SEND_BACK): PartState.ACCEPTED for state in SETTLED_PARTS},
    **{(state, PartMove.LEAVE): PartState.LEFT for state in (*OPEN_PARTS, *SETTLED_PARTS)},
}

MEASURE_MOVES: Mapping[tuple[MeasureState, MeasureMove], MeasureState] = {
    (MeasureState.OPEN, MeasureMove.CARRY_OUT): MeasureState.CARRIED_OUT,
    (MeasureState.CARRIED_OUT, MeasureMove.VERIFY): MeasureState.VERIFIED,
    (MeasureState.CARRIED_OUT, MeasureMove.FAIL): MeasureState.OPEN,
    (MeasureState.OPEN, MeasureMove.WAIVE): MeasureState.WAIVED,
}
#: Nothing is left to do for these.
SETTLED_MEASURES = frozenset({MeasureState.VERIFIED, MeasureState.WAIVED})


def _step(table: Mapping[tuple[State, Step], State], state: State, move: Step, what: str) -> State:
    try:
        return table[state, move]
    except KeyError:
        raise IllegalMove(state, move, what=what) from None


def step(status: Status, move: Move) -> Status:
    """Return the status after one move; raises IllegalMove if the table has none."""
    return _step(MOVES, status, move, "case")


def advance(status: Status, moves: Iterable[Move]) -> Status:
    """Return the status after `moves` in order."""
    for move in moves:
        status = step(status, move)
    return status


def move_part(part: Part, move: PartMove, *, now: datetime) -> Part:
    """Return the part after one move; raises IllegalMove if the table has none."""
    return replace(part, state=_step(PART_MOVES, part.state, move, "part"), since_at=now)


def move_measure(measure: Measure, move: MeasureMove, *, now: datetime) -> Measure:
    """Return the measure after one move; raises IllegalMove if the table has none."""
    return replace(
        measure, state=_step(MEASURE_MOVES, measure.state, move, "measure"), since_at=now
    )


def parts_of(case: Case, parts: Iterable[Part], *, now: datetime) -> tuple[Part, ...]:
    """Return the parts of the case's round, so that each of its departments has one and no other.

    Whoever moved the case, its parts follow: a department that got it is asked, one that has it no
    longer has left. Parts of earlier rounds stay as they are.
    """
    found = {(part.round, part.department): part for part in parts}
    for department in case.departments:
        key = (case.round, department)
        part = found.get(key)
        if part is None or part.state is PartState.LEFT:
            found[key] = Part(
                department=department,
                round=case.round,
                state=PartState.ASKED,
                asked_at=now,
                since_at=now,
            )
    for key, part in found.items():
        here = part.round == case.round and part.state is not PartState.LEFT
        if here and part.department not in case.departments:
            found[key] = move_part(part, PartMove.LEAVE, now=now)
    return tuple(found.values())


def now_at_work(case: Case, parts: Iterable[Part]) -> tuple[Part, ...]:
    """Return the parts of this round that belong to the case now, in the order of departments."""
    here = {part.department: part for part in parts if part.round == case.round}
    return tuple(here[key] for key in case.departments if key in here)
