"""The life of a complaint as one table of moves (seeds-digest 3.2, first version). Pure."""

from collections.abc import Iterable

from cases.errors import IllegalMove
from cases.model import Move, Status

MOVES: dict[tuple[Status, Move], Status] = {
    (Status.REGISTERED, Move.ACKNOWLEDGE): Status.ACKNOWLEDGED,
    # Somebody who may not be answered automatically is routed without an acknowledgement.
    (Status.REGISTERED, Move.ROUTE): Status.ROUTED,
    (Status.ACKNOWLEDGED, Move.ROUTE): Status.ROUTED,
    (Status.REGISTERED, Move.FILE): Status.NOT_A_COMPLAINT,
    # A person says what it is, also after a guess or after another person.
    (Status.ACKNOWLEDGED, Move.FILE): Status.NOT_A_COMPLAINT,
    (Status.ROUTED, Move.FILE): Status.NOT_A_COMPLAINT,
    (Status.ROUTED, Move.ROUTE): Status.ROUTED,
    (Status.NOT_A_COMPLAINT, Move.FILE): Status.NOT_A_COMPLAINT,
    (Status.NOT_A_COMPLAINT, Move.ROUTE): Status.ROUTED,
    # No department has it any more; a supervisor is asked.
    (Status.ROUTED, Move.RETURN): Status.ACKNOWLEDGED,
    (Status.NOT_A_COMPLAINT, Move.RETURN): Status.ACKNOWLEDGED,
    # An enquiry is answered like a complaint; it only has no clock of a complaint.
    (Status.NOT_A_COMPLAINT, Move.ANSWER): Status.ANSWERED,
    (Status.ROUTED, Move.ANSWER): Status.ANSWERED,
    (Status.ANSWERED, Move.SEND_OUTCOME): Status.OUTCOME_SENT,
    (Status.OUTCOME_SENT, Move.CLOSE): Status.CLOSED,
    # The complainant wrote again before the outcome had left: it still leaves, the case goes on.
    (Status.ANSWERED, Move.REOPEN): Status.REOPENED,
    (Status.OUTCOME_SENT, Move.REOPEN): Status.REOPENED,
    (Status.CLOSED, Move.REOPEN): Status.REOPENED,
    (Status.REOPENED, Move.ROUTE): Status.ROUTED,
}

#: A complainant's mail in one of these opens the case again; in any other it joins the open case.
ANSWERED_FOR = frozenset({Status.ANSWERED, Status.OUTCOME_SENT, Status.CLOSED})


def step(status: Status, move: Move) -> Status:
    """Return the status after one move; raises IllegalMove if the table has none."""
    try:
        return MOVES[status, move]
    except KeyError:
        raise IllegalMove(status, move) from None


def advance(status: Status, moves: Iterable[Move]) -> Status:
    """Return the status after `moves` in order."""
    for move in moves:
        status = step(status, move)
    return status
