"""What time alone brings about: clocks ring, a guess is taken, dead workers' work is taken back."""

from datetime import datetime

from pipeline.deliver import take_back
from pipeline.desk import Desk
from pipeline.follow_rules import follow_rules
from pipeline.guess import take_guesses
from pipeline.ledger import send_ledger
from pipeline.ring import Tell, nobody, ring_clocks


def chase(desk: Desk, *, now: datetime, tell: Tell = nobody) -> int:
    """Do everything that is due, `tell` each ring; returns how many clocks rang.

    Each of them does what it can before the first error is raised.
    """
    with desk.store.begin() as tx:
        take_back(tx, desk, now=now)
    try:
        return ring_clocks(desk, now=now, tell=tell)
    finally:
        try:
            take_guesses(desk, now=now)
        finally:
            try:
                send_ledger(desk, now=now)
            finally:
                follow_rules(desk, now=now)


def recover(desk: Desk, *, now: datetime) -> None:
    """Take back everything at the start of the only process of its database."""
    with desk.store.begin() as tx:
        tx.release_mails()
        take_back(tx, desk, now=now, alone=True)
        tx.drop_leases()
