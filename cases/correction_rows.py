"""What people said cases are about, the cases that wait for it, and the first mail of a case."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from cases.data_keys import mail_name
from cases.errors import Undecipherable
from cases.model import Category, Correction, Matter
from cases.rows import Rows, clean
from cases.tables import case_, correction, inbox, raw_mail


@dataclass(frozen=True, slots=True, kw_only=True)
class FirstMail:
    """The mail that opened a case, untouched."""

    data: bytes
    partial: bool  #: too big: only its beginning is kept
    mailbox: str = ""
    received_at: datetime | None = None


class CorrectionRows(Rows):
    """Reads and writes of `correction`, and what is decided with them."""

    def add_correction(self, case_id: int, item: Correction, *, key: str) -> bool:
        """Append one; `key` names its cause, so that the same cause writes it once."""
        return self._insert_new(
            correction,
            {
                "case_id": case_id,
                "key": f"{case_id}:{key}",
                "at": item.at,
                "by": clean(item.by)[:320],
                "how": item.how,
                "was": item.was.value,
                "category": item.category.value,
                "matter": item.matter.value,
                "note": clean(item.note),
            },
        )

    def corrections(self, case_id: int) -> tuple[Correction, ...]:
        """Return what people said about one case, in order."""
        rows = self._connection.execute(
            select(correction).where(correction.c.case_id == case_id).order_by(correction.c.id)
        )
        return tuple(
            Correction(
                at=row.at,
                by=row.by,
                how=row.how,
                was=Category(row.was),
                category=Category(row.category),
                matter=Matter(row.matter),
                note=row.note,
            )
            for row in rows
        )

    def corrected_cases(self, *, after: int = 0, limit: int = 500) -> tuple[int, ...]:
        """Return the numbers of the next cases behind `after` that a person said something of."""
        rows = self._connection.scalars(
            select(correction.c.case_id)
            .where(correction.c.case_id > after)
            .distinct()
            .order_by(correction.c.case_id)
            .limit(limit)
        )
        return tuple(rows)

    def cases_to_guess(self, *, now: datetime, limit: int = 50) -> tuple[int, ...]:
        """Return the numbers of cases that nobody decided on in time, the longest waiting first."""
        rows = self._connection.scalars(
            select(case_.c.id)
            .where(case_.c.guess_at <= now)
            .order_by(case_.c.guess_at, case_.c.id)
            .limit(limit)
        )
        return tuple(rows)

    def first_mail(self, case_id: int) -> FirstMail:
        """Return the mail that opened a case; raises LookupError if there is none to be read."""
        row = self._connection.execute(
            select(
                *(raw_mail.c.inbox_id, raw_mail.c.data, raw_mail.c.key_id),
                *(inbox.c.size, inbox.c.mailbox, inbox.c.received_at),
            )
            .join(inbox, inbox.c.id == raw_mail.c.inbox_id)
            .join(case_, case_.c.inbox_id == inbox.c.id)
            .where(case_.c.id == case_id)
        ).first()
        if row is None:
            raise LookupError(f"case {case_id} has no first mail")
        try:
            data = self.data_keys.decrypt(row.data, row.key_id, name=mail_name(row.inbox_id))
        except Undecipherable as error:
            raise LookupError(str(error)) from error
        return FirstMail(
            data=data,
            partial=row.size > len(data),
            mailbox=row.mailbox,
            received_at=row.received_at,
        )
