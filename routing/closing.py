"""When a case is settled and when it may be closed (T23, T25). Pure."""

from dataclasses import replace

from cases.lifecycle import SETTLED_MEASURES
from cases.model import CaseEvent, Decision, Matter, Move, Status
from routing.letters_out import upheld
from routing.life import Life
from routing.process import CapaRule


def open_conditions(life: Life) -> tuple[str, ...]:
    """Return what is still open of a case that is settled for the complainant.

    Of these words: measures, callback. Nothing of the kind follows what was no complaint.
    """
    if life.case.matter is not Matter.COMPLAINT:
        return ()
    found = []
    if measures_missing(life) or any(m.state not in SETTLED_MEASURES for m in life.measures):
        found.append("measures")
    if life.process.callback and not called_back(life):
        found.append("callback")
    return tuple(found)


def measures_missing(life: Life) -> bool:
    """Tell whether the process wants measures of this case and nobody has stated any."""
    wanted = life.process.capa.rule is not CapaRule.OFF
    return wanted and life.case.matter is Matter.COMPLAINT and upheld(life) and not life.measures


def called_back(life: Life) -> bool:
    """Tell whether the complainant was reached after the outcome of this round, or given up."""
    since = life.case.outcome_at
    return any(since is not None and record.at >= since for record in life.recorded("callback"))


def settled(life: Life, event: CaseEvent) -> Decision:
    """Return what shall happen because the outcome is accepted; closed if nothing else is open."""
    moves = (Move.CONFIRM,) if life.case.status is Status.OUTCOME_SENT else ()
    return closed_if_done(life, Decision(moves=moves, events=(event,), letters=()))


def closed_if_done(life: Life, decision: Decision) -> Decision:
    """Close a case in follow-up once nothing is open; `life` is as it will be."""
    follows = life.case.status is Status.FOLLOW_UP or Move.CONFIRM in decision.moves
    still_open = open_conditions(life)
    if not follows:
        return decision
    if still_open:
        waits = life.event("follow_up", "desk", ", ".join(still_open))
        fresh = life.case.status is not Status.FOLLOW_UP
        return replace(decision, events=(*decision.events, *((waits,) if fresh else ())))
    closed = life.event("closed", "desk", "nothing is open")
    return replace(decision, moves=(*decision.moves, Move.CLOSE), events=(*decision.events, closed))
