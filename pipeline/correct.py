"""The operator says what a case is about: the same as a supervisor's reply, without the mail."""

from datetime import datetime

from cases.model import Case
from pipeline.desk import Desk
from pipeline.firstmail import read_first
from pipeline.save import save
from routing.causes import BY_HAND
from routing.choices import Choice
from routing.ground import Ground, Person
from routing.reroute import correct


def correct_case(
    desk: Desk, reference: str, choice: Choice, *, by: str, note: str = "", now: datetime
) -> tuple[Case, Case] | None:
    """Correct one case; returns it as it was and as it is, None if there is no such case.

    Raises ReaderUnavailable if mails can't be read.
    """
    with desk.store.read() as tx:
        found = tx.case_by_reference(reference)
    if found is None:
        return None
    first = read_first(desk, found)
    with desk.store.begin() as tx:
        case = tx.lock_case(found.id) or found
        ground = Ground(
            case=case,
            original=first.original,
            story=tx.events(case.id),
            policy=desk.rules.policy,
            now=now,
            cause=BY_HAND + int(now.timestamp()),
            parts=tx.parts(case.id),
            records=tx.records(case.id),
        )
        decision = correct(ground, choice, Person(by=by, how="operator", note=note))
        key = f"hand:{now.isoformat()}"
        return case, save(tx, desk, case, decision, key=key, first=first.data, now=now)
