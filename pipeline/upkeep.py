"""What is done now and then beside the four verbs. `serve` calls it once a minute.

A duty decides itself whether its time has come, from what the database says: it may be called at
any moment, by several processes, and again after a crash (F80).
"""

from collections.abc import Callable, Mapping
from datetime import datetime

from pipeline.desk import Desk
from pipeline.disk import keep_reserve
from pipeline.guard import Guard
from pipeline.retention import retain
from pipeline.sound import check_daily

Duty = Callable[[Desk, datetime], object]  #: (the desk, now)

#: Name, as in lines of trouble → the duty.
DUTIES: Mapping[str, Duty] = {"database": check_daily, "disk": keep_reserve, "retention": retain}


def upkeep(desk: Desk, guard: Guard, *, now: datetime) -> None:
    """Give every duty its turn; one that fails does not keep the others from theirs."""
    for name, duty in DUTIES.items():
        guard(name, lambda duty=duty: duty(desk, now))  # type: ignore[misc]
