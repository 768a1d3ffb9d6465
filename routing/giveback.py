"""A case changes hands while its answer is under way: that is given back first. Pure."""

from dataclasses import replace

from cases.model import Decision, Status
from routing import forward
from routing.life import Life, nothing

#: An answer is under way here; who handles the case may only change once it is given back.
UNDER_WAY = frozenset({Status.IN_REVIEW, Status.IN_APPROVAL, Status.PLAN_OFFERED, Status.EXECUTING})


def given_back(life: Life, *, by: str, reason: str) -> Decision:
    """Give an answer that is under way back to its departments; nothing where there is none."""
    if life.case.status not in UNDER_WAY:
        return nothing()
    back = forward.send_back(life, why="stopped", by=by or "desk", reason=reason)
    return replace(back, events=(life.event("given_back", "desk", reason),))
