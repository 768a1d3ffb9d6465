"""Running cases learn of changed rules: their clocks are computed again, some at a time.

Whatever else waits for somebody the new rules do not ask any more is led on by the same means.
"""

from datetime import datetime

from pipeline.desk import Desk
from pipeline.save import save
from routing.life import nothing

#: Cases of one turn, so that mails and letters get theirs; the rest follows in the next.
MOST = 50


def follow_rules(desk: Desk, *, now: datetime) -> int:
    """Bring the clocks of cases in line with the rules of today; returns how many."""
    version = desk.rules.policy.version
    with desk.store.read() as tx:
        found = tx.cases_of_other_rules(version, limit=MOST)
    for case_id in found:
        with desk.store.begin() as tx:
            case = tx.lock_case(case_id)
            if case:
                save(tx, desk, case, nothing(), key=f"rules:{version}", now=now)
    return len(found)
