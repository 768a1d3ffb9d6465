"""What time alone brings about: silence closes a case, a guess is taken, dead workers' work too."""

from dataclasses import replace
from datetime import datetime

from cases.lifecycle import step
from cases.model import CaseEvent, Move
from pipeline.desk import Desk
from pipeline.guess import take_guesses


def chase(desk: Desk, *, now: datetime) -> int:
    """Do everything that is due; returns how many cases were closed."""
    with desk.store.begin() as tx:
        tx.recover_letters(now=now)
        due = tx.cases_to_close(now=now)
        for case in due:
            closed = replace(case, status=step(case.status, Move.CLOSE), closed_at=now)
            tx.save_case(closed)
            event = CaseEvent(
                at=now, kind="closed", actor="desk", detail="no objection to the outcome"
            )
            tx.add_events(case.id, (event,), key=f"closed:{case.round}")
    take_guesses(desk, now=now)
    return len(due)


def recover(desk: Desk, *, now: datetime) -> None:
    """Take back everything at the start of the only process of its database."""
    with desk.store.begin() as tx:
        tx.release_mails()
        tx.recover_letters(now=now, alone=True)
        tx.drop_leases()
