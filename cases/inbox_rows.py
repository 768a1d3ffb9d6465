"""The inbox: every mail ever seen, untouched, and the work on it; see also ledger_rows."""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, func, or_, select, update

from cases.data_keys import mail_name
from cases.errors import Undecipherable
from cases.incoming import RawMail, arrival_name
from cases.ledger_rows import note_of
from cases.rows import Rows, clean
from cases.tables import inbox, raw_mail


@dataclass(frozen=True, slots=True, kw_only=True)
class TakenMail:
    """A mail somebody is working on; `owner` is the fence for every later write."""

    id: int
    raw: RawMail
    identity: str
    attempts: int  #: this one included
    owner: str
    partial: bool = (
        False  #: too big: only the beginning was taken in, the whole stays on the server
    )
    note: str = ""  #: what a person's hand has left in the reason; it stays there


class InboxRows(Rows):
    """Reads and writes of `inbox` and `raw_mail`."""

    def known_uids(self, mailbox: str, uidvalidity: int) -> frozenset[str]:
        """Return the UIDs of `mailbox` that are in the inbox already."""
        statement = select(inbox.c.uid).where(
            inbox.c.mailbox == mailbox, inbox.c.uidvalidity == uidvalidity
        )
        return frozenset(self._connection.scalars(statement))

    def known_mails(self, mailbox: str, uidvalidity: int) -> frozenset[str]:
        """Return the UIDs of `mailbox` that are in the inbox, each with its `arrival_name` too."""
        rows = self._connection.execute(
            select(inbox.c.uid, inbox.c.received_at).where(
                inbox.c.mailbox == mailbox, inbox.c.uidvalidity == uidvalidity
            )
        )
        names = ((uid, arrival_name(uid, at)) for uid, at in rows)
        return frozenset(name for pair in names for name in pair)

    def numberings(self, mailbox: str) -> frozenset[int]:
        """Return every UIDVALIDITY that mails of `mailbox` came under (F17)."""
        numbers = select(inbox.c.uidvalidity).where(inbox.c.mailbox == mailbox).distinct()
        return frozenset(self._connection.scalars(numbers))

    def store_mail(
        self, raw: RawMail, *, identity: str, now: datetime, size: int, ignored: str = ""
    ) -> bool:
        """Keep a mail before anything else happens to it; False if it was kept before.

        `size` is that of the whole mail in bytes, also where only its beginning was taken in.
        With `ignored`, the reason, it is kept and recorded but never handled.
        """
        values = {
            "mailbox": raw.mailbox,
            "uidvalidity": raw.uidvalidity,
            "uid": raw.uid,
            "size": size,
            "received_at": raw.received_at,
            "stored_at": now,
            "sha256": hashlib.sha256(raw.data).hexdigest(),
            "identity": identity,
            "state": "ignored" if ignored else "new",
            "reason": ignored,
            "not_before": now,
            # What was there before us stays where it was.
            "filed": bool(ignored),
        }
        if not self._insert_new(inbox, values):
            return False
        row_id = self._connection.scalar(
            select(inbox.c.id).where(
                inbox.c.mailbox == raw.mailbox,
                inbox.c.uidvalidity == raw.uidvalidity,
                inbox.c.uid == raw.uid,
            )
        )
        key_id = self.data_keys.new()
        data = self.data_keys.encrypt(raw.data, key_id, name=mail_name(int(row_id or 0)))
        self._connection.execute(
            raw_mail.insert().values(inbox_id=row_id, data=data, key_id=key_id)
        )
        return True

    def take_mail(self, *, owner: str, now: datetime, lease: timedelta) -> TakenMail | None:
        """Take the oldest mail that waits; the attempt is counted before it is made (F08)."""
        while row := self._next_mail(now):
            try:
                data = self.raw_of(row.id)
            except Undecipherable as error:
                self._set_aside(row, f"{type(error).__name__}: {error}")
                continue
            attempts = row.attempts + 1
            self._connection.execute(
                update(inbox)
                .where(inbox.c.id == row.id)
                .values(state="working", owner=owner, attempts=attempts, lease_until=now + lease)
            )
            same = {name: row._mapping[name] for name in ("mailbox", "uidvalidity", "uid")}
            return TakenMail(
                id=row.id,
                raw=RawMail(**same, received_at=row.received_at, data=data),
                identity=row.identity,
                attempts=attempts,
                owner=owner,
                partial=row.size > len(data),
                note=note_of(row.reason),
            )
        return None

    def _next_mail(self, now: datetime) -> Row[Any] | None:
        free = or_(
            inbox.c.state == "new",
            (inbox.c.state == "working") & (inbox.c.lease_until < now),
        )
        return self._connection.execute(
            select(inbox)
            .where(free, inbox.c.not_before <= now)
            .order_by(inbox.c.id)
            .limit(1)
            .with_for_update(skip_locked=True)
        ).first()

    def first_of(self, taken: TakenMail, *, ignored: bool = False) -> int | None:
        """Return the earlier row of the same mail, seen through another door (F20, F25).

        `ignored`: one that opened no case counts as well, for it may have had another effect.
        """
        states = ("new", "working", "done", "quarantined", *(("ignored",) if ignored else ()))
        found: int | None = self._connection.scalar(
            select(func.min(inbox.c.id)).where(
                inbox.c.identity == taken.identity,
                inbox.c.id != taken.id,
                # With several workers a later row may be done first.
                or_(inbox.c.id < taken.id, inbox.c.state == "done"),
                # A mail kept from before the first run was never answered: its copy is not a copy.
                inbox.c.state.in_(states),
            )
        )
        return found

    def note_reading(self, taken: TakenMail, *, sender: str, words: str, message_id: str) -> None:
        """Keep what later mails are compared with: sender, hash of the words, Message-ID."""
        self._connection.execute(
            update(inbox)
            .where(inbox.c.id == taken.id)
            .values(
                sender=clean(sender).lower()[:320],
                words=words,
                message_id=clean(message_id)[:255],
            )
        )

    def sent_before(
        self, taken: TakenMail, *, sender: str, words: str, since: datetime
    ) -> int | None:
        """Return the case of the same words by the same sender, received after `since`."""
        found: int | None = self._connection.scalar(
            select(func.max(inbox.c.case_id)).where(
                inbox.c.sender == sender.lower(),
                inbox.c.words == words,
                inbox.c.state == "done",
                inbox.c.received_at > since,
                inbox.c.id != taken.id,
            )
        )
        return found

    def has_message_id(self, taken: TakenMail, message_id: str) -> bool:
        """Tell whether an earlier mail, not a copy of this one, has the same Message-ID (F21)."""
        earlier = select(inbox.c.id).where(
            inbox.c.message_id == message_id,
            inbox.c.id < taken.id,
            inbox.c.identity != taken.identity,
        )
        return self._connection.execute(earlier.limit(1)).first() is not None

    def postpone_mail(self, taken: TakenMail, *, not_before: datetime) -> None:
        """Give a mail back as if it had not been tried."""
        self.finish_mail(taken, "new", not_before=not_before)
        self._connection.execute(
            update(inbox)
            .where(inbox.c.id == taken.id, inbox.c.state == "new")
            .values(attempts=taken.attempts - 1)
        )

    def finish_mail(
        self,
        taken: TakenMail,
        state: str,
        *,
        reason: str = "",
        case_id: int | None = None,
        duplicate_of: int | None = None,
        not_before: datetime | None = None,
    ) -> bool:
        """Say what became of a taken mail; False if somebody else has taken it over meanwhile."""
        values: dict[str, object] = {
            "state": state,
            "reason": clean("; ".join(filter(None, (taken.note, reason)))),
            "case_id": case_id,
            "duplicate_of": duplicate_of,
            "owner": "",
            "lease_until": None,
        }
        if not_before is not None:
            values["not_before"] = not_before
        done = self._connection.execute(
            update(inbox)
            .where(
                inbox.c.id == taken.id,
                inbox.c.owner == taken.owner,
                inbox.c.attempts == taken.attempts,
                inbox.c.state == "working",
            )
            .values(values)
        )
        if case_id and done.rowcount == 1:
            key = select(raw_mail.c.key_id).where(raw_mail.c.inbox_id == taken.id)
            self.data_keys.give(self._connection.scalar(key), case_id)
        return done.rowcount == 1

    def release_mails(self) -> int:
        """Give back every mail in work; only for the one process of a database of its own."""
        done = self._connection.execute(
            update(inbox)
            .where(inbox.c.state == "working")
            .values(state="new", owner="", lease_until=None)
        )
        return done.rowcount

    def hand_back_mails(self, owner: str) -> int:
        """Give back what an outage left in the hands of `owner`, as if it had not been tried."""
        done = self._connection.execute(
            update(inbox)
            .where(inbox.c.state == "working", inbox.c.owner == owner)
            .values(state="new", owner="", lease_until=None, attempts=inbox.c.attempts - 1)
        )
        return done.rowcount

    def raw_of(self, inbox_id: int) -> bytes:
        """Return the bytes of one mail, b"" once they are erased; raises Undecipherable."""
        row = self._connection.execute(
            select(raw_mail.c.data, raw_mail.c.key_id).where(raw_mail.c.inbox_id == inbox_id)
        ).first()
        return (
            self.data_keys.decrypt(row.data, row.key_id, name=mail_name(inbox_id)) if row else b""
        )

    def _set_aside(self, row: Row[Any], reason: str) -> None:
        values = {"state": "quarantined", "reason": reason, "attempts": row.attempts + 1}
        self._connection.execute(
            update(inbox).where(inbox.c.id == row.id).values(**values, owner="", lease_until=None)
        )
