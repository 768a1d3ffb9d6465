"""Is the database the one we know, and whole? Asked at the start and once a day (F37–F39)."""

from datetime import datetime, timedelta

from cases.store import Store
from pipeline.desk import Desk

#: A greater file is not read from end to end before the desk is ready, but once it is.
MOST_AT_START = 512 * 2**20  # bytes
DAILY = timedelta(days=1)


def require_sound(store: Store) -> None:
    """Refuse to start on a database that is gone or damaged; raises StoreDamaged."""
    file = store.file
    if file is None or not file.exists():
        return
    if file.stat().st_size <= MOST_AT_START:
        store.check()


def check_daily(desk: Desk, now: datetime) -> None:
    """Read the whole database once a day; raises StoreDamaged, which ends the daemon."""
    if desk.store.file is None:
        return
    with desk.store.begin() as tx:
        # Nobody's own: whoever asks within a day of the last check is told no.
        due = tx.hold_lease("sound", owner=now.isoformat(), now=now, until=DAILY)
    if due:
        desk.store.check(whole=True)
