"""Cases that nobody decided on in time take their best guess; one transaction per case."""

from datetime import datetime

from pipeline.desk import Desk
from pipeline.firstmail import read_first
from pipeline.save import save
from routing.causes import BY_CLOCK
from routing.ground import Ground
from routing.reroute import guess


def take_guesses(desk: Desk, *, now: datetime) -> int:
    """Route every case whose time to decide is over; returns how many.

    A case that fails is left for the next round and stops no other; its error is raised at the end.
    """
    with desk.store.read() as tx:
        due = tx.cases_to_guess(now=now)
    taken, failed = 0, None
    for case_id in due:
        try:
            taken += _take_guess(desk, case_id, now=now)
        except Exception as error:  # noqa: BLE001 - one case must never stop the next
            failed = failed or error
    if failed:
        raise failed
    return taken


def _take_guess(desk: Desk, case_id: int, *, now: datetime) -> bool:
    with desk.store.read() as tx:
        waiting = tx.case(case_id)
    if waiting is None:
        return False
    first = read_first(desk, waiting)
    with desk.store.begin() as tx:
        case = tx.lock_case(case_id)
        if case is None or case.guess_at is None or case.guess_at > now:
            return False  # somebody decided while we read
        due = int(case.guess_at.timestamp())
        ground = Ground(
            case=case,
            original=first.original,
            story=tx.events(case_id),
            policy=desk.rules.policy,
            now=now,
            cause=BY_CLOCK + due,
            parts=tx.parts(case_id),
            records=tx.records(case_id),
        )
        save(tx, desk, case, guess(ground), key=f"guess:{due}", first=first.data, now=now)
    return True
