"""A letter did not reach the complainant: no silence after it settles anything. Pure."""

from collections.abc import Mapping

from cases.lifecycle import MOVES
from cases.model import Decision, LetterName, Move, Status
from routing import forward
from routing.closing import known
from routing.ladder import people
from routing.letters_time import task
from routing.life import Life, join, nothing

#: Letters after which silence is an answer, and the statuses in which it would be.
ASKS: Mapping[str, frozenset[Status]] = {
    LetterName.PLAN.value: frozenset({Status.PLAN_OFFERED}),
    LetterName.OUTCOME.value: frozenset({Status.ANSWERED, Status.OUTCOME_SENT}),
}
#: A letter that came back while the case is so was one of these, or will not fare better.
UNANSWERED = frozenset({Status.PLAN_OFFERED, Status.OUTCOME_SENT})


def lost(life: Life, why: str) -> Decision:
    """Have a person tell an outcome that came back or was refused, once until that is done.

    A plan goes back to its departments; the complainant is not asked by mail again in this round.
    """
    if life.case.status is Status.PLAN_OFFERED:
        event = life.event("not_arrived", "desk", "the departments", reasons=(why,))
        back = forward.send_back(life, why="stopped", by="desk", reason=f"undeliverable: {why}")
        return join(Decision(moves=(), events=(event,), letters=()), back)
    queued = (life.case.status, Move.SEND_OUTCOME) in MOVES
    if not queued and not (life.case.outcome_at and known(life)):
        return nothing()
    calls = life.process.callback
    to = people(life, calls.by) if calls else ()
    to = to or people(life, life.policy.supervisors)
    event = life.event("not_arrived", "desk", ", ".join(to), reasons=(why,))
    return Decision(
        moves=(Move.SEND_OUTCOME,) if queued else (),
        events=(event,),
        letters=task(life, to, what="tell", due_at=None),
    )
