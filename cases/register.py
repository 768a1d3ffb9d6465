"""Leases, the health of mailboxes, and addresses that letters come back from."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select, update

from cases.rows import Rows, clean
from cases.tables import lease, mailbox_state, suppression


@dataclass(frozen=True, slots=True, kw_only=True)
class MailboxHealth:
    """When a mailbox was last read whole, and what went wrong since."""

    mailbox: str
    scanned_at: datetime | None
    error: str
    error_at: datetime | None


class Register(Rows):
    """Reads and writes of `lease`, `mailbox_state` and `suppression`."""

    def hold_lease(self, name: str, *, owner: str, now: datetime, until: timedelta) -> bool:
        """Take or renew a lease; False while another owner holds it."""
        if self._insert_new(lease, {"name": name, "owner": owner, "until": now + until}):
            return True
        done = self._connection.execute(
            update(lease)
            .where(lease.c.name == name, (lease.c.owner == owner) | (lease.c.until < now))
            .values(owner=owner, until=now + until)
        )
        return done.rowcount == 1

    def drop_lease(self, name: str, *, owner: str) -> None:
        """Give a lease back, so that another instance need not wait for its end."""
        self._connection.execute(lease.delete().where(lease.c.name == name, lease.c.owner == owner))

    def drop_leases(self) -> None:
        """Free every lease; only for the one process of a database of its own."""
        self._connection.execute(lease.delete())

    def mailbox_scanned(self, mailbox: str, *, now: datetime, trouble: str = "") -> None:
        """Note that a mailbox was read to its end; `trouble`: what could not be had of it."""
        self._insert_new(mailbox_state, {"mailbox": mailbox})
        self._connection.execute(
            update(mailbox_state)
            .where(mailbox_state.c.mailbox == mailbox)
            .values(scanned_at=now, error=clean(trouble), error_at=now if trouble else None)
        )

    def mailbox_failed(self, mailbox: str, error: str, *, now: datetime) -> None:
        """Note why a mailbox could not be read."""
        self._insert_new(mailbox_state, {"mailbox": mailbox})
        self._connection.execute(
            update(mailbox_state)
            .where(mailbox_state.c.mailbox == mailbox)
            .values(error=clean(error), error_at=now)
        )

    def mailboxes(self) -> tuple[MailboxHealth, ...]:
        """Return the health of every mailbox ever read."""
        rows = self._connection.execute(select(mailbox_state).order_by(mailbox_state.c.mailbox))
        return tuple(
            MailboxHealth(
                mailbox=row.mailbox,
                scanned_at=row.scanned_at,
                error=row.error,
                error_at=row.error_at,
            )
            for row in rows
        )

    def count_bounce(self, address: str, *, now: datetime) -> None:
        """Note that a letter to `address` came back for good."""
        address = clean(address).lower()[:320]
        if self._insert_new(suppression, {"address": address, "bounces": 1, "bounced_at": now}):
            return
        self._connection.execute(
            update(suppression)
            .where(suppression.c.address == address)
            .values(bounces=suppression.c.bounces + 1, bounced_at=now)
        )

    def bounces(self, address: str, *, since: datetime) -> int:
        """Return how often letters to `address` came back, if the last time was after `since`."""
        found: int | None = self._connection.scalar(
            select(suppression.c.bounces).where(
                suppression.c.address == address.lower(), suppression.c.bounced_at > since
            )
        )
        return found or 0
