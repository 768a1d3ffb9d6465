"""When a case is settled and when it may be closed (T23, T25). Pure."""

from dataclasses import replace
from datetime import datetime

from cases.life import Measure, MeasureState
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
    if measures_missing(life) or any(_holds(life, measure) for measure in life.measures):
        found.append("measures")
    if life.process.callback and not called_back(life):
        found.append("callback")
    return tuple(found)


def _holds(life: Life, measure: Measure) -> bool:
    """Tell whether a measure is waited for.

    Where the process wants none, only one whose department named a date: nobody else checks it.
    """
    if life.process.capa.rule is CapaRule.OFF:
        return measure.state is MeasureState.OPEN and measure.due_at is not None
    return measure.state not in SETTLED_MEASURES


def measures_missing(life: Life) -> bool:
    """Tell whether the process wants measures of this case and nobody has stated any."""
    wanted = life.process.capa.rule is not CapaRule.OFF
    return wanted and life.case.matter is Matter.COMPLAINT and upheld(life) and not life.measures


def heard_at(life: Life) -> datetime | None:
    """Return since when the complainant knows the outcome of this round, None while they do not.

    A letter that came back was never read; whoever calls instead of it says so (`reached`).
    """
    found = life.case.outcome_at
    for event in life.this_round("not_arrived", "called_back") if found else ():
        if event.kind == "not_arrived":
            found = None
        elif found is None and "reached" in event.reasons:
            found = event.at
    return found


def known(life: Life) -> bool:
    """Tell whether the complainant has the outcome, as far as anybody can know."""
    return heard_at(life) is not None


def word_needed(life: Life) -> bool:
    """Tell whether silence settles nothing now: somebody must speak to the complainant (K046)."""
    confirm = life.process.confirm_needed and life.case.matter is Matter.COMPLAINT
    return confirm or not known(life)


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
