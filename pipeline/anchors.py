"""Once a day, one hash over everything that happened; whoever keeps it can prove what was (F124).

It stands in the daemon's line, in `status --json`, in the monthly ledger and, where config.yaml
names somebody, in a mail of its own: a copy out of reach of whoever holds the database.
"""

from datetime import datetime

from cases.audit_rows import Anchor
from cases.model import Letter
from pipeline.desk import Desk
from pipeline.show import Reporter
from pipeline.write import queue_notice
from routing.ledger import anchor_letter


def anchor(desk: Desk, *, now: datetime) -> Anchor | None:
    """Anchor what happened since the day before; None if it was done today, or nothing happened.

    Each anchor is a transaction with its letter. The last hour waits for the next day.
    """
    newest: Anchor | None = None
    with desk.store.read() as tx:
        last = tx.last_anchor()
    if last and last.at.date() == now.date():
        return None
    while True:
        with desk.store.begin() as tx:
            made = tx.add_anchor(now=now)
            if made is None:
                return newest
            to = desk.settings.anchor_to
            if to:
                queue_notice(tx, desk, _letter(desk, to, made), now=now)
        newest = made


def _letter(desk: Desk, to: str, made: Anchor) -> Letter:
    return anchor_letter(
        desk.rules.policy,
        to,
        number=made.number,
        at=made.at,
        until=made.until,
        count=made.count,
        up_to=made.up_to,
        anchor=made.hash,
    )


def show_anchor(out: Reporter, made: Anchor | None, *, at: datetime) -> None:
    """Say which anchor was made, so that it stands in whatever keeps the daemon's lines."""
    if made:
        words = f"everything until {made.until:%Y-%m-%d %H:%M} UTC is anchored: {made.hash}"
        out.line("anchored", words, at=at, action="audit", number=made.number, count=made.count)
