"""The monthly ledger of unresolved cases: once a month, on its day or as soon as the desk is up."""

from datetime import datetime

from cases.model import LetterName
from pipeline.desk import Desk
from pipeline.lives import life_of
from pipeline.save import save
from pipeline.write import queue_notice
from routing.causes import BY_LEDGER
from routing.ledger import Month, began_at, due_at, ledger, month_of, reminders


def send_ledger(desk: Desk, *, now: datetime) -> bool:
    """Write this month's ledger and its reminders if it is time; True if it was written now.

    The letters of the ledger, which are unique by month and address, are what shows that it was
    written; they come last, so that after a crash the rest is made good, and nothing twice. A desk
    that had no case before this month has no ledger.
    """
    policy = desk.rules.policy
    month = month_of(policy, now)
    if now < due_at(policy, month):
        return False
    before = began_at(policy, month)
    with desk.store.read() as tx:
        written = tx.notice_written(LetterName.LEDGER.value, month.number)
        if written or not policy.supervisors or not tx.has_cases(before=before):
            return False
        waiting = [case.id for case in tx.unresolved(before=before)]
    for case_id in waiting:
        _remind(desk, case_id, month, now=now)
    with desk.store.begin() as tx:
        if tx.notice_written(LetterName.LEDGER.value, month.number):
            return False
        cases = tx.unresolved(before=before)
        lives = [life_of(tx, desk, case, cause=0, now=now) for case in cases]
        last = tx.last_anchor()
        anchor, until = (last.hash, last.until) if last else ("", None)
        for letter in ledger(policy, month, lives, anchor=anchor, until=until):
            queue_notice(tx, desk, letter, now=now)
    return True


def _remind(desk: Desk, case_id: int, month: Month, *, now: datetime) -> None:
    """Remind those who have a case, once a month whatever happens in between."""
    key = f"ledger:{month.name}"
    with desk.store.begin() as tx:
        case = tx.lock_case(case_id)
        if case is None or tx.has_event(case_id, key):
            return
        life = life_of(tx, desk, case, cause=BY_LEDGER + month.number, now=now)
        save(tx, desk, case, reminders(life), key=key, now=now)
