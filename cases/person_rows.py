"""Where a person stands in the database, and what is erased besides the cases that are theirs.

An address is the one sign of a person that means nobody else, so it is what everything is searched
for; it comes in lower case here.
"""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Table, cast, delete, func, or_, select, true, update
from sqlalchemy import Text as SqlText

from cases.chain import ERASED
from cases.destroyed_rows import MARK, Scissors
from cases.erasure_rows import LEAVING, ErasureRows
from cases.ledger_rows import SETTLED
from cases.rows import clean, columns_of, same_row
from cases.tables import (
    case_,
    clock,
    correction,
    event,
    inbox,
    mailbox_state,
    measure,
    outbox,
    part,
    record,
    reply_token,
    suppression,
)

#: Texts of cases in which somebody else's address may stand.
_TEXTS: dict[Table, tuple[str, ...]] = {
    event: ("actor", "detail", "reasons"),
    record: ("by", "text"),
    correction: ("by", "note"),
    part: ("person", "report"),
    measure: ("corrective", "preventive", "owner", "checked_by", "reason"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnCase:
    """A case of a person."""

    id: int
    reference: str
    status: str
    erased_at: datetime | None


class PersonRows(ErasureRows):
    """Finds a person wherever they stand; writes what `ErasureRows` leaves."""

    def cases_of_person(self, person: str) -> tuple[OwnCase, ...]:
        """Return the cases in which somebody complains, oldest first."""
        return self._own(func.lower(case_.c.complainant_addr) == person)

    def own_case(self, reference: str) -> OwnCase | None:
        """Return one case by its reference, None if there is none."""
        return next(iter(self._own(case_.c.reference == reference.upper())), None)

    def _own(self, where: Any) -> tuple[OwnCase, ...]:
        statement = select(*columns_of(case_, OwnCase)).where(where).order_by(case_.c.id)
        rows = self._connection.execute(statement)
        return tuple(OwnCase(**row._mapping) for row in rows)

    def mails_of_person(self, person: str) -> tuple[tuple[int, int | None], ...]:
        """Return (number, case) of the mails somebody wrote that are not erased, in order."""
        theirs = (inbox.c.sender == clean(person)[:320]) & inbox.c.erased_at.is_(None)
        rows = self._connection.execute(
            select(inbox.c.id, inbox.c.case_id).where(theirs).order_by(inbox.c.id)
        )
        return tuple((row.id, row.case_id) for row in rows)

    def mails_without_case(self, *, after: int = 0, limit: int = 200) -> tuple[int, ...]:
        """Return the next settled mails that belong to no case and are not erased."""
        rows = self._connection.scalars(
            select(inbox.c.id)
            .where(
                inbox.c.id > after,
                inbox.c.case_id.is_(None),
                inbox.c.erased_at.is_(None),
                inbox.c.state.in_(SETTLED),
            )
            .order_by(inbox.c.id)
            .limit(limit)
        )
        return tuple(rows)

    def notices(self, *, after: int = 0, limit: int = 200) -> tuple[int, ...]:
        """Return the next letters about no single case that are settled and not erased."""
        rows = self._connection.scalars(
            select(outbox.c.id)
            .where(
                outbox.c.id > after,
                outbox.c.case_id.is_(None),
                outbox.c.erased_at.is_(None),
                outbox.c.state.in_(("sent", "failed", "cancelled")),
            )
            .order_by(outbox.c.id)
            .limit(limit)
        )
        return tuple(rows)

    def cases_with_person(self, person: str) -> tuple[int, ...]:
        """Return the cases of others in which an address stands, as party, in letters or texts."""
        found = set[int]()
        named = (reply_token.c.party, reply_token.c.case_id), (outbox.c.recipient, outbox.c.case_id)
        for column, case_id in (*named, (inbox.c.sender, inbox.c.case_id)):
            theirs = select(case_id).where(func.lower(column) == person, case_id.is_not(None))
            found |= set(self._connection.scalars(theirs.distinct()).all())
        holds = [(clock, ("key",)), (outbox, ("last_reply",)), *_TEXTS.items()]
        for table, names in holds:
            hit = or_(*(_has(table.c[name], person) for name in names))
            rows = self._connection.scalars(select(table.c.case_id).where(hit).distinct())
            found |= {number for number in rows if number is not None}
        return tuple(sorted(found))

    # ---------------------------------------------------------------- somebody in others' cases

    def erase_person_in(
        self, case_id: int, person: str, scissors: Scissors, *, now: datetime
    ) -> tuple[int, int]:
        """Take a person out of a case of somebody else: their mails, letters to them, their name.

        Returns how many mails and letters are gone.
        """
        mails = [number for number, case in self.mails_of_person(person) if case == case_id]
        for number in mails:
            said = event.c.key.startswith(f"{case_id}:mail:{number}:", autoescape=True)
            self._connection.execute(
                update(event)
                .where(event.c.case_id == case_id, said, event.c.kind != ERASED)
                .values(detail="", reasons="[]", salt="")
            )
        gone = self.erase_mails(mails, scissors, now=now)
        letters = self._connection.scalars(
            select(outbox.c.id).where(
                outbox.c.case_id == case_id,
                func.lower(outbox.c.recipient) == person,
                outbox.c.state.not_in(LEAVING),
            )
        ).all()
        self.erase_letters(letters, scissors, now=now, person=person)
        self.erase_party(person, reply_token.c.case_id == case_id)
        self.erase_clocks(person, clock.c.case_id == case_id)
        changed = {table for table in _TEXTS if self._replace(table, case_id, person)}
        self._replace_replies(case_id, person)
        if changed - {event}:
            # What stood there was vouched for by events; now nobody can tell any more.
            self._connection.execute(
                update(event)
                .where(event.c.case_id == case_id, event.c.seals != "{}", event.c.kind != ERASED)
                .values(salt="")
            )
        return gone, len(letters)

    def _replace(self, table: Table, case_id: int, person: str) -> bool:
        names = _TEXTS[table]
        hit = or_(*(_has(table.c[name], person) for name in names))
        rows = self._connection.execute(select(table).where(table.c.case_id == case_id, hit)).all()
        for row in rows:
            if table is event and row.kind == ERASED:
                continue
            values = {name: without(row._mapping[name], person) for name in names}
            salt = {"salt": ""} if table is event else {}
            found = update(table).where(*same_row(table, row))
            self._connection.execute(found.values(values | salt))
        return bool(rows)

    def _replace_replies(self, case_id: int, person: str) -> None:
        hit = _has(outbox.c.last_reply, person) & (outbox.c.case_id == case_id)
        self._connection.execute(update(outbox).where(hit).values(last_reply=MARK))

    def forget_address(self, person: str) -> None:
        """Take an address out of what belongs to no case: bounces, errors of mailboxes."""
        self._connection.execute(delete(suppression).where(suppression.c.address == person))
        said = _has(mailbox_state.c.error, person)
        self._connection.execute(update(mailbox_state).where(said).values(error=MARK))
        self._connection.execute(
            update(inbox).where(_has(inbox.c.reason, person)).values(reason=MARK)
        )
        self.erase_party(person, true())

    def late_arrivals(self, *, limit: int = 20) -> tuple[int, ...]:
        """Return erased cases that got a mail since."""
        rows = self._connection.scalars(
            select(inbox.c.case_id)
            .join(case_, case_.c.id == inbox.c.case_id)
            .where(case_.c.erased_at.is_not(None), inbox.c.erased_at.is_(None))
            .where(inbox.c.state.in_(SETTLED))
            .distinct()
            .limit(limit)
        )
        return tuple(rows)

    def late_copies(self, *, limit: int = 100) -> tuple[int, ...]:
        """Return the copies of erased mails that came afterwards, by another door."""
        first = inbox.alias()
        rows = self._connection.scalars(
            select(inbox.c.id)
            .join(first, first.c.id == inbox.c.duplicate_of)
            .where(first.c.erased_at.is_not(None), inbox.c.erased_at.is_(None))
            .limit(limit)
        )
        return tuple(rows)


def without(text: str, person: str) -> str:
    """Return a text without an address, however it is written."""
    return re.sub(re.escape(person), MARK, text, flags=re.IGNORECASE)


def _has(column: Any, person: str) -> Any:
    return func.lower(cast(column, SqlText)).contains(person, autoescape=True)
