"""Anchors over everything that happened, and whole rows for whoever checks or exports the chain."""

import json
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Table, select

from cases.audit_tables import anchor
from cases.chain import anchor_hash
from cases.correction_rows import CorrectionRows
from cases.event_rows import EventRows
from cases.life_rows import LifeRows
from cases.rows import columns_of
from cases.seals import Entry, content_of, iso
from cases.tables import case_, correction, event, inbox, outbox, record

#: No transaction lasts so long: beyond this age no event appears among older ones any more.
SETTLED_AFTER = timedelta(hours=1)
#: Events of one anchor at most, so that the proof for one case stays small.
MOST_EVENTS = 5000


@dataclass(frozen=True, slots=True, kw_only=True)
class Anchor:
    """The hash of everything that happened until then; it leaves the machine by mail."""

    number: int
    at: datetime
    up_to: int  #: the number of its newest event
    count: int  #: of events since the anchor before it
    hash: str

    @property
    def until(self) -> datetime:
        """What happened before that moment is in it, or in one before it."""
        return self.at - SETTLED_AFTER

    @classmethod
    def none(cls) -> "Anchor":
        """Return what stands in front of the first one."""
        return cls(number=0, at=datetime.fromtimestamp(0, UTC), up_to=0, count=0, hash="")


@dataclass(frozen=True, slots=True, kw_only=True)
class ChainedCase:
    """A case as the end of its chain."""

    id: int
    reference: str
    secret: str
    erased_at: datetime | None
    head: str  #: hash of its newest event, "" for none


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptMail:
    """A mail without its bytes."""

    id: int
    sha256: str  #: of the bytes that are kept
    erased_at: datetime | None  #: they are gone since then


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseMail(KeptMail):
    """A mail of a case, without its bytes."""

    mailbox: str
    sender: str
    received_at: datetime
    state: str
    reason: str
    size: int  #: bytes of the whole mail, also where only its beginning is kept


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseLetter:
    """A letter of a case, without its bytes."""

    id: int
    letter: str
    recipient: str
    message_id: str
    state: str
    tries: int
    ambiguous: int  #: how often the server's answer was lost after it may have been taken
    created_at: datetime
    sent_at: datetime | None
    last_reply: str
    erased_at: datetime | None  #: its bytes are gone since then


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptEntry:
    """An entry beside the story as it is kept now."""

    content: Entry
    restricted: bool = False


class AuditRows(EventRows, CorrectionRows, LifeRows):
    """Reads and writes of `anchor`; reads of everything that the chain vouches for."""

    # ---------------------------------------------------------------- anchors

    def last_anchor(self) -> Anchor | None:
        """Return the newest anchor, None if there is none yet."""
        row = self._connection.execute(
            select(anchor).order_by(anchor.c.number.desc()).limit(1)
        ).first()
        return Anchor(**row._mapping) if row else None

    def anchors(self) -> tuple[Anchor, ...]:
        """Return every anchor, oldest first."""
        rows = self._connection.execute(select(anchor).order_by(anchor.c.number))
        return tuple(Anchor(**row._mapping) for row in rows)

    def add_anchor(self, *, now: datetime) -> Anchor | None:
        """Anchor the next events that are settled, at most MOST_EVENTS; None if there are none."""
        last = self.last_anchor() or Anchor.none()
        number = last.number + 1
        up_to, hashes = self._settled(last.up_to, now=now)
        if not hashes:
            return None
        hashed = anchor_hash(last.hash, number, iso(now), up_to, hashes)
        new = Anchor(number=number, at=now, up_to=up_to, count=len(hashes), hash=hashed)
        # Another desk of the same database may have been quicker.
        return new if self._insert_new(anchor, asdict(new)) else None

    def _settled(self, after: int, *, now: datetime) -> tuple[int, list[str]]:
        """Return the hashes behind `after`, in front of the first event that is still young.

        PostgreSQL hands out numbers before it commits: a later number may show first.
        """
        up_to, hashes = after, list[str]()
        for row in self._connection.execute(
            select(event.c.id, event.c.at, event.c.hash)
            .where(event.c.id > after)
            .order_by(event.c.id)
            .limit(MOST_EVENTS)
        ):
            # A clock that was far ahead once holds nothing up.
            if abs(now - row.at) < SETTLED_AFTER:
                break
            up_to = row.id
            hashes.append(row.hash)
        return up_to, hashes

    def hashes_between(self, after: int, up_to: int) -> tuple[str, ...]:
        """Return the hashes of the events behind `after` up to the number `up_to`."""
        statement = select(event.c.hash).where(event.c.id > after, event.c.id <= up_to)
        return tuple(self._connection.scalars(statement.order_by(event.c.id)))

    # ---------------------------------------------------------------- the chain of one case

    def chained_cases(self, *, after: int = 0, limit: int = 200) -> tuple[ChainedCase, ...]:
        """Return the next cases behind the number `after`."""
        rows = self._connection.execute(
            select(*columns_of(case_, ChainedCase))
            .where(case_.c.id > after)
            .order_by(case_.c.id)
            .limit(limit)
        )
        return tuple(ChainedCase(**row._mapping) for row in rows)

    def events_without_case(self) -> tuple[int, ...]:
        """Return the numbers of events whose case is not there."""
        known = select(case_.c.id)
        statement = select(event.c.id).where(event.c.case_id.not_in(known)).order_by(event.c.id)
        return tuple(self._connection.scalars(statement))

    def chain(self, case: ChainedCase) -> list[dict[str, Any]]:
        """Return the events of a case as cases/chain.py and chain.json know them."""
        rows = self._connection.execute(
            select(event).where(event.c.case_id == case.id).order_by(event.c.id)
        )
        same = ("id", "key", "kind", "actor", "detail", "salt", "digest", "hash")
        return [
            {name: row._mapping[name] for name in same}
            | {
                "case": case.reference,
                "at": iso(row.at),
                "reasons": json.loads(row.reasons),
                "seals": json.loads(row.seals),
            }
            for row in rows
        ]

    def kept_entries(self, case_id: int) -> dict[str, KeptEntry]:
        """Return everything beside the story that events vouch for, by the name of its seal."""
        found = {"case": KeptEntry(content=self.case_content(case_id))}
        for key, said in zip(
            self._keys(correction, case_id), self.corrections(case_id), strict=True
        ):
            found[f"correction:{key}"] = KeptEntry(content=content_of(said))
        for key, item in zip(self._keys(record, case_id), self.records(case_id), strict=True):
            content = content_of(item)
            found[f"record:{key}"] = KeptEntry(content=content, restricted=item.restricted)
        for measure in self.measures(case_id):
            name = f"measure:{measure.department}:{measure.number}"
            found[name] = KeptEntry(content=content_of(measure))
        return found

    def _keys(self, table: Table, case_id: int) -> tuple[str, ...]:
        statement = select(table.c.key).where(table.c.case_id == case_id).order_by(table.c.id)
        return tuple(self._connection.scalars(statement))

    # ---------------------------------------------------------------- bytes

    def case_mails(self, case_id: int) -> tuple[CaseMail, ...]:
        """Return the mails that opened a case or belong to it, in the order they were stored."""
        columns = columns_of(inbox, CaseMail)
        rows = self._connection.execute(
            select(*columns).where(inbox.c.case_id == case_id).order_by(inbox.c.id)
        )
        return tuple(CaseMail(**row._mapping) for row in rows)

    def case_letters(self, case_id: int) -> tuple[CaseLetter, ...]:
        """Return the letters of a case in the order they were written."""
        columns = columns_of(outbox, CaseLetter)
        rows = self._connection.execute(
            select(*columns).where(outbox.c.case_id == case_id).order_by(outbox.c.id)
        )
        return tuple(CaseLetter(**row._mapping) for row in rows)

    def letter_data(self, letter_id: int) -> bytes:
        """Return the bytes of one letter, b"" once they are erased; raises Undecipherable."""
        columns: list[ColumnElement[Any]] = [outbox.c.data, outbox.c.key_id, outbox.c.message_id]
        row = self._connection.execute(select(*columns).where(outbox.c.id == letter_id)).first()
        return self.data_keys.letter(row) if row else b""

    def mails_kept(self, *, after: int = 0, limit: int = 500) -> tuple[KeptMail, ...]:
        """Return the next mails behind the number `after`, without their bytes."""
        columns = columns_of(inbox, KeptMail)
        rows = self._connection.execute(
            select(*columns).where(inbox.c.id > after).order_by(inbox.c.id).limit(limit)
        )
        return tuple(KeptMail(**row._mapping) for row in rows)
