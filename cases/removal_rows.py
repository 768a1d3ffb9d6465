"""The register of erasures, and the copies outside of the database that are still to be removed."""

from collections.abc import Collection
from dataclasses import dataclass, fields
from datetime import datetime, timedelta

from sqlalchemy import delete, func, or_, select, update

from cases.privacy_tables import erasure, mail_copy
from cases.rows import Rows, clean, columns_of, dump, load

#: Between two tries to remove a copy that its server would not let go.
PAUSE = timedelta(minutes=10)
_MOST_ERROR = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class Erasure:
    """That something was erased: when, by whom, why; of whom only a keyed hash."""

    at: datetime
    by: str
    how: str  #: person, case or retention
    who: str  #: keyed hash of the address, "" for none
    why: str
    cases: tuple[str, ...]
    mails: int
    letters: int


@dataclass(frozen=True, slots=True, kw_only=True)
class MailCopy:
    """A copy of an erased mail or letter that lies somewhere still."""

    id: int
    uidvalidity: int
    uid: str
    size: int  #: bytes of the whole mail
    sha256: str  #: of its first `length` bytes
    length: int


class RemovalRows(Rows):
    """Reads and writes of `erasure` and `mail_copy`."""

    def add_erasure(self, item: Erasure) -> None:
        """Append an entry; the space it freed is still to be cleared."""
        values = {field.name: getattr(item, field.name) for field in fields(item)}
        values |= {"by": clean(item.by)[:320], "why": clean(item.why), "cases": dump(item.cases)}
        self._connection.execute(erasure.insert().values(cleared=False, **values))

    def erasures(self) -> tuple[Erasure, ...]:
        """Return every entry, oldest first."""
        statement = select(*columns_of(erasure, Erasure)).order_by(erasure.c.id)
        rows = self._connection.execute(statement)
        return tuple(Erasure(**{**row._mapping, "cases": load(row.cases)}) for row in rows)

    def last_uncleared(self) -> int:
        """Return the number of the newest entry whose space was not cleared, 0 if there is none."""
        newest = select(func.max(erasure.c.id)).where(erasure.c.cleared.is_(False))
        return self._connection.scalar(newest) or 0

    def mark_cleared(self, up_to: int) -> None:
        """Note that the space that entries up to this number freed was cleared."""
        self._connection.execute(update(erasure).where(erasure.c.id <= up_to).values(cleared=True))

    def copies_in(self, place: str, *, now: datetime, limit: int = 50) -> tuple[MailCopy, ...]:
        """Return copies to remove, oldest first: of a mailbox, or for "" of the folder of letters.

        One that could not be removed comes again after a pause.
        """
        due = or_(mail_copy.c.tries == 0, mail_copy.c.asked_at < now - PAUSE)
        rows = self._connection.execute(
            select(*columns_of(mail_copy, MailCopy))
            .where(mail_copy.c.place == place, due)
            .order_by(mail_copy.c.id)
            .limit(limit)
        )
        return tuple(MailCopy(**row._mapping) for row in rows)

    def copies_gone(self, ids: Collection[int]) -> None:
        """Forget copies that are removed."""
        self._connection.execute(delete(mail_copy).where(mail_copy.c.id.in_(ids)))

    def copies_stay(self, ids: Collection[int], why: str, *, now: datetime) -> None:
        """Note that copies could not be removed; they are tried again later."""
        self._connection.execute(
            update(mail_copy)
            .where(mail_copy.c.id.in_(ids))
            .values(tries=mail_copy.c.tries + 1, error=clean(why)[:_MOST_ERROR], asked_at=now)
        )

    def copies_left(self) -> dict[str, tuple[int, str]]:
        """Return by place how many copies are left, and why one could not be removed, if so."""
        rows = self._connection.execute(
            select(mail_copy.c.place, func.count(), func.max(mail_copy.c.error)).group_by(
                mail_copy.c.place
            )
        )
        return {row[0]: (row[1], row[2]) for row in rows}
