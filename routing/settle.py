"""After every decision: is there something that nobody's word would ever move on again? Pure.

Whoever changed a case, a case whose remaining departments have all answered is led on here, so no
way of changing it has to think of that; so is an answer whose signature was asked of nobody who
may give it any more.
"""

from cases.lifecycle import AT_WORK
from cases.model import Decision, Status
from routing import forward
from routing.life import Life


def settle(life: Life) -> Decision:
    """Return what must follow from how a case stands now, mostly nothing.

    `life.cause` numbers the letters. Doing it again after its decision was saved returns nothing.
    """
    at_work = life.case.status in (*AT_WORK, Status.NOT_A_COMPLAINT)
    waits = life.case.guess_at is not None or life.open_parts
    if at_work and not waits and life.settled_parts:
        return forward.propose(life)
    return forward.lead_on(life)
