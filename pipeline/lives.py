"""A case with everything that belongs to it, out of the database."""

from datetime import datetime

from cases.model import Case
from cases.store import Transaction
from pipeline.desk import Desk
from routing.life import Life


def life_of(tx: Transaction, desk: Desk, case: Case, *, cause: int, now: datetime) -> Life:
    """Return the case with its parts, measures, registers and story as they are now."""
    return Life(
        case=case,
        parts=tx.parts(case.id),
        measures=tx.measures(case.id),
        records=tx.records(case.id),
        story=tx.events(case.id),
        policy=desk.rules.policy,
        now=now,
        cause=cause,
    )
