"""A database that was restored from a backup: since when, and what the old one did after the copy.

The moment is a row of the ledger itself, in a mailbox nobody has. It also makes a gap in the
numbers: what the old database numbered after the copy is in letters that left, so the same number
must never mean another case, nor the same Message-ID another letter.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from sqlalchemy import func, select, update

from cases.rows import Rows
from cases.tables import case_, inbox, mailbox_state, outbox

BACKUP = "(backup)"  #: the mailbox of the row that tells of a restore; no YAML key reads like it
#: Numbers left out: no desk takes in so many mails between two backups.
GAP = 10_000
MAY_HAVE_LEFT = "may have left since the backup: look in the outgoing server's log"
#: A table that is there while a server's database is being restored.
UNFINISHED = "restore_unfinished"
_FOLDERS = f"{BACKUP}:"
_NAME = 64  # characters of a mailbox's name


@dataclass(frozen=True, slots=True, kw_only=True)
class Restored:
    """The last time that the database was restored."""

    at: datetime
    taken_at: datetime  #: when the backup was made
    silent_until: datetime  #: mail that arrived before may have had its answers
    number: int  #: of a mail or a case up to which the old database may have counted


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingLetter:
    """A letter that waited when the backup was made."""

    id: int
    case_id: int | None
    letter: str
    recipient: str


class RestoredRows(Rows):
    """Reads and writes about a restore, in `inbox`, `outbox` and `mailbox_state`."""

    def mark_restored(
        self,
        *,
        taken_at: datetime,
        silent_until: datetime,
        now: datetime,
        mailboxes: Iterable[str],
    ) -> None:
        """Note that this database is a backup that was put back; `mailboxes` are to be searched."""
        newest = max(
            self._connection.scalar(select(func.max(table.c.id))) or 0
            for table in (inbox, case_, outbox)
        )
        self._connection.execute(
            inbox.insert().values(
                id=newest + GAP,
                mailbox=BACKUP,
                uidvalidity=0,
                uid=now.isoformat(),
                size=0,
                received_at=silent_until,
                stored_at=now,
                sha256=sha256(b"").hexdigest(),
                identity="",
                state="ignored",
                reason=f"no mail: on {_minute(now)} the backup of {_minute(taken_at)} was restored",
                not_before=taken_at,
                filed=True,
            )
        )
        if not self._is_sqlite:
            for table in (inbox, case_, outbox):
                counter = func.pg_get_serial_sequence(table.name, "id")
                self._connection.execute(select(func.setval(counter, newest + GAP)))
        self._connection.exec_driver_sql(f"DROP TABLE IF EXISTS {UNFINISHED}")
        for name in mailboxes:
            self._search_mailbox(name, now=now)

    def _search_mailbox(self, name: str, *, now: datetime) -> None:
        key = _key(name)
        self._insert_new(mailbox_state, {"mailbox": key})
        self._connection.execute(
            update(mailbox_state)
            .where(mailbox_state.c.mailbox == key)
            .values(scanned_at=None, error="not searched yet", error_at=now)
        )

    def restored(self) -> Restored | None:
        """Return the last restore, None if there never was one."""
        row = self._connection.execute(
            select(inbox).where(inbox.c.mailbox == BACKUP).order_by(inbox.c.id.desc()).limit(1)
        ).first()
        if row is None:
            return None
        return Restored(
            at=row.stored_at,
            taken_at=row.not_before,
            silent_until=row.received_at,
            number=row.id,
        )

    def begin_restore(self) -> None:
        """Let nobody work with a server's database until `mark_restored` was done."""
        self._connection.exec_driver_sql(f"CREATE TABLE IF NOT EXISTS {UNFINISHED} (id integer)")

    def to_search(self, mailbox: str) -> bool:
        """Tell whether the folders of handled mail must be looked through after a restore."""
        found = self._connection.scalar(
            select(mailbox_state.c.error).where(mailbox_state.c.mailbox == _key(mailbox))
        )
        return bool(found)

    def searched(self, mailbox: str, *, now: datetime) -> None:
        """Note that they were looked through to their end."""
        self._connection.execute(
            update(mailbox_state)
            .where(mailbox_state.c.mailbox == _key(mailbox))
            .values(scanned_at=now, error="", error_at=None)
        )

    def knows_mail(self, mailbox: str, identity: str) -> bool:
        """Tell whether a mail of these bytes has come into `mailbox` before."""
        statement = select(inbox.c.id).where(
            inbox.c.identity == identity, inbox.c.mailbox == mailbox
        )
        return self._connection.execute(statement.limit(1)).first() is not None

    def hold_waiting(self, *, silent_until: datetime) -> tuple[WaitingLetter, ...]:
        """Hold every letter that may have left since the backup, for a person to decide.

        One that was not to leave before `silent_until` can't have left, and stays as it is.
        """
        waiting = outbox.c.state.in_(("leased", "dot")) | (
            (outbox.c.state == "ready") & (outbox.c.not_before <= silent_until)
        )
        columns = (outbox.c.id, outbox.c.case_id, outbox.c.letter, outbox.c.recipient)
        rows = self._connection.execute(select(*columns).where(waiting).order_by(outbox.c.id)).all()
        self._connection.execute(
            update(outbox)
            .where(waiting)
            .values(state="held", owner="", lease_until=None, last_reply=MAY_HAVE_LEFT)
        )
        return tuple(WaitingLetter(**row._mapping) for row in rows)

    def next_case_number(self) -> int | None:
        """Return the number a new case must take, None where the database gives the right one.

        SQLite goes on behind the greatest number that is there, as if the gap were none.
        """
        if not self._is_sqlite:
            return None
        gap = self._connection.scalar(select(func.max(inbox.c.id)).where(inbox.c.mailbox == BACKUP))
        newest = self._connection.scalar(select(func.max(case_.c.id))) or 0
        return gap + 1 if gap and gap > newest else None


def _key(mailbox: str) -> str:
    """Return the name of the row that says whether a mailbox was searched."""
    key = _FOLDERS + mailbox
    return key if len(key) <= _NAME else _FOLDERS + sha256(mailbox.encode()).hexdigest()[:48]


def _minute(at: datetime) -> str:
    return at.isoformat(timespec="minutes")
