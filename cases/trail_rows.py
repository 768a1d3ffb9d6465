"""The trail of one mail: what the tables say of it, found from the mail, not from the case."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_, select

from cases.ledger_rows import LedgerEntry
from cases.model import CaseEvent
from cases.related_rows import event_of
from cases.rows import Rows, columns_of
from cases.tables import case_, event, inbox, outbox


@dataclass(frozen=True, slots=True, kw_only=True)
class TrailLetter:
    """A letter that came of a mail, without its bytes."""

    id: int
    letter: str
    recipient: str
    state: str
    tries: int
    ambiguous: int  #: how often its answer was lost
    created_at: datetime
    not_before: datetime
    sent_at: datetime | None
    last_reply: str  #: the server's words to the last try
    message_id: str


class TrailRows(Rows):
    """Reads of `inbox`, `event` and `outbox` by mail."""

    def mails_named(self, message_id: str, *, limit: int = 20) -> tuple[int, ...]:
        """Return the numbers of mails with this Message-ID (no angle brackets), oldest first."""
        where = inbox.c.message_id == message_id
        return tuple(
            self._connection.scalars(
                select(inbox.c.id).where(where).order_by(inbox.c.id).limit(limit)
            )
        )

    def mails_of(self, case_id: int, *, limit: int = 200) -> tuple[int, ...]:
        """Return the numbers of the mails of a case, oldest first."""
        where = inbox.c.case_id == case_id
        return tuple(
            self._connection.scalars(
                select(inbox.c.id).where(where).order_by(inbox.c.id).limit(limit)
            )
        )

    def newest_mails(
        self, *, state: str = "", mailbox: str = "", limit: int = 50
    ) -> tuple[LedgerEntry, ...]:
        """Return the mails that were stored last, newest first."""
        columns = columns_of(inbox, LedgerEntry)
        statement = select(*columns).order_by(inbox.c.id.desc()).limit(limit)
        if state:
            statement = statement.where(inbox.c.state == state)
        if mailbox:
            statement = statement.where(inbox.c.mailbox == mailbox)
        rows = self._connection.execute(statement)
        return tuple(LedgerEntry(**row._mapping) for row in rows)

    def events_of_mail(self, case_id: int, inbox_id: int) -> tuple[CaseEvent, ...]:
        """Return what a mail brought about in its case, in order."""
        caused = event.c.key.startswith(f"{case_id}:mail:{inbox_id}:")
        rows = self._connection.execute(
            select(event).where(event.c.case_id == case_id, caused).order_by(event.c.id)
        )
        return tuple(event_of(row) for row in rows)

    def letters_of_mail(
        self, case_id: int, *, revision: int, at: Collection[datetime]
    ) -> tuple[TrailLetter, ...]:
        """Return the letters of a case that a mail caused.

        They bear its number, or were written in the transaction that handled it (`at`).
        """
        numbered = outbox.c.dedupe_key.like(f"{case_id}:%:{revision}:%")
        rows = self._connection.execute(
            select(*columns_of(outbox, TrailLetter))
            .where(outbox.c.case_id == case_id, or_(outbox.c.created_at.in_(at), numbered))
            .order_by(outbox.c.id)
        )
        return tuple(TrailLetter(**row._mapping) for row in rows)

    def opened_by(self, case_id: int) -> int:
        """Return the number of the mail that opened a case, 0 if there is no such case."""
        return self._connection.scalar(select(case_.c.inbox_id).where(case_.c.id == case_id)) or 0
