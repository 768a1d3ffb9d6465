"""The ledger: what became of every mail ever seen, for the server's folders and for people.

A person may change one thing: a mail that is set aside is tried again or dropped. Who did it and
when is written into `reason`, in front of what stood there.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, exists, func, select, update

from cases.rows import Rows, clean, columns_of
from cases.tables import case_, inbox

#: States in which a mail needs no more work.
SETTLED = ("done", "duplicate", "ignored", "quarantined")
#: Every state a mail can have.
STATES = ("new", "working", *SETTLED)
#: How the reason of a mail begins that a person has tried again, or dropped.
RETRIED, DROPPED = "retried by hand", "dropped by hand"
_OLD_REASON_CAP = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class SettledMail:
    """A mail that is dealt with, but that the server still shows as new."""

    id: int
    uidvalidity: int
    uid: str
    state: str
    reason: str = ""

    @property
    def came_from(self) -> str:
        """The folder of handled mail that it was taken from after a restore, "" for the inbox."""
        return self.uid.partition(":")[0] if ":" in self.uid else ""

    @property
    def rejected(self) -> bool:
        """True if it belongs into the folder of mails that were set aside."""
        return self.state == "quarantined" or self.reason.startswith(DROPPED)

    @property
    def was_rejected(self) -> bool:
        """True if it may lie in that folder from before a person had it tried again."""
        return not self.rejected and (
            self.reason.startswith(RETRIED) or self.came_from == "rejected"
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerRow:
    """What became of one mail ever seen."""

    id: int
    mailbox: str
    uidvalidity: int
    uid: str
    state: str
    reason: str
    case_id: int | None
    attempts: int
    filed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerEntry(LedgerRow):
    """The same with all that a check needs to know."""

    duplicate_of: int | None
    size: int  #: bytes of the whole mail, also where only its beginning is kept
    sha256: str  #: of the bytes that are kept
    received_at: datetime
    stored_at: datetime
    not_before: datetime
    erased_at: datetime | None  #: since then its bytes are gone, and its copies have to go


class LedgerRows(Rows):
    """Reads of `inbox` as a ledger, and what people may change in it."""

    def mails_to_file(
        self, mailbox: str, *, after: int = 0, limit: int = 100
    ) -> tuple[SettledMail, ...]:
        """Return settled mails the server still shows as new, oldest first, beyond `after`."""
        rows = self._connection.execute(
            select(*columns_of(inbox, SettledMail))
            .where(
                inbox.c.mailbox == mailbox,
                inbox.c.filed.is_(False),
                inbox.c.state.in_(SETTLED),
                inbox.c.id > after,
            )
            .order_by(inbox.c.id)
            .limit(limit)
        )
        return tuple(SettledMail(**row._mapping) for row in rows)

    def mark_filed(self, ids: Sequence[int], *, states: Collection[str] = SETTLED) -> None:
        """Note that the server's folder shows what `state` says, unless that changed meanwhile."""
        self._connection.execute(
            update(inbox).where(inbox.c.id.in_(ids), inbox.c.state.in_(states)).values(filed=True)
        )

    def unfile(self, ids: Sequence[int]) -> None:
        """Have mails moved once more: the server still shows them as new."""
        self._connection.execute(
            update(inbox).where(inbox.c.id.in_(ids), inbox.c.state.in_(SETTLED)).values(filed=False)
        )

    def arrivals(self, mailbox: str, *, before: datetime) -> frozenset[tuple[int, datetime]]:
        """Return (size in bytes, arrival) of the mails that came into `mailbox` before then."""
        rows = self._connection.execute(
            select(inbox.c.size, inbox.c.received_at).where(
                inbox.c.mailbox == mailbox, inbox.c.received_at < before
            )
        )
        return frozenset((row.size, row.received_at) for row in rows)

    def inbox_counts(self) -> dict[str, int]:
        """Return how many mails are in each state."""
        rows = self._connection.execute(select(inbox.c.state, func.count()).group_by(inbox.c.state))
        return {row[0]: row[1] for row in rows}

    def mails_seen(self) -> int:
        """Return how many mails were ever seen."""
        return self._connection.scalar(select(func.count()).select_from(inbox)) or 0

    def oldest_mail_at(self) -> datetime | None:
        """Return since when the oldest mail that is not dealt with could have been."""
        found: datetime | None = self._connection.scalar(
            select(func.min(inbox.c.not_before)).where(inbox.c.state.in_(("new", "working")))
        )
        return found

    def ledger(self) -> tuple[LedgerRow, ...]:
        """Return every mail ever seen, in the order it was stored."""
        statement = select(*columns_of(inbox, LedgerRow)).order_by(inbox.c.id)
        rows = self._connection.execute(statement)
        return tuple(LedgerRow(**row._mapping) for row in rows)

    def entries(
        self, *, after: int = 0, state: str = "", limit: int = 500
    ) -> tuple[LedgerEntry, ...]:
        """Return the next mails behind the number `after`, of one state if given."""
        where = [inbox.c.id > after, *([inbox.c.state == state] if state else [])]
        return self._entries(*where, limit=limit)

    def entry(self, inbox_id: int) -> LedgerEntry | None:
        """Return one mail by its number, None if there is none."""
        return next(iter(self._entries(inbox.c.id == inbox_id, limit=1)), None)

    def _entries(self, *where: ColumnElement[bool], limit: int) -> tuple[LedgerEntry, ...]:
        columns = columns_of(inbox, LedgerEntry)
        rows = self._connection.execute(
            select(*columns).where(*where).order_by(inbox.c.id).limit(limit)
        )
        return tuple(LedgerEntry(**row._mapping) for row in rows)

    def retry_mail(self, inbox_id: int, *, who: str, now: datetime) -> bool:
        """Have a mail that is set aside tried again from the first attempt; False if it is not.

        Once it is settled it is filed anew, so its folder follows.
        """
        return self._decide_by_hand(
            inbox_id,
            f"{RETRIED} ({who}, {_minute(now)})",
            {"state": "new", "attempts": 0, "not_before": now, "filed": False},
        )

    def drop_mail(self, inbox_id: int, *, why: str, who: str, now: datetime) -> bool:
        """Note that no case shall come of a mail that is set aside; its bytes stay."""
        said = f"{DROPPED}: {why[:_OLD_REASON_CAP]} ({who}, {_minute(now)})"
        return self._decide_by_hand(inbox_id, said, {"state": "ignored"})

    def _decide_by_hand(self, inbox_id: int, said: str, values: dict[str, object]) -> bool:
        before = self.entry(inbox_id)
        if before is None or before.state != "quarantined":
            return False
        reason = f"{clean(said)}; before: {before.reason[:_OLD_REASON_CAP]}"
        done = self._connection.execute(
            update(inbox)
            .where(inbox.c.id == inbox_id, inbox.c.state == "quarantined")
            .values(reason=reason, owner="", lease_until=None, **values)
        )
        return done.rowcount == 1

    def known_ids(self, ids: Collection[int]) -> frozenset[int]:
        """Return those of `ids` that are mails."""
        return frozenset(self._connection.scalars(select(inbox.c.id).where(inbox.c.id.in_(ids))))

    def known_cases(self, ids: Collection[int]) -> frozenset[int]:
        """Return those of `ids` that are cases."""
        return frozenset(self._connection.scalars(select(case_.c.id).where(case_.c.id.in_(ids))))

    def cases_without_mail(self) -> tuple[tuple[str, int], ...]:
        """Return (reference, mail number) of each case whose first mail does not say so."""
        opened = exists().where(
            inbox.c.id == case_.c.inbox_id,
            inbox.c.case_id == case_.c.id,
            inbox.c.state == "done",
        )
        rows = self._connection.execute(
            select(case_.c.reference, case_.c.inbox_id).where(~opened).order_by(case_.c.id)
        )
        return tuple((row.reference, row.inbox_id) for row in rows)


def note_of(reason: str) -> str:
    """Return what a person's hand has left in a reason and later outcomes must keep, or ""."""
    return reason.partition("; ")[0] if reason.startswith(RETRIED) else ""


def _minute(at: datetime) -> str:
    return at.isoformat(timespec="minutes")
