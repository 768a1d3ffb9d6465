"""What was kept long enough: mails, letters and cases that are closed, oldest first. Only reads."""

from datetime import datetime

from sqlalchemy import ColumnElement, and_, func, or_, select

from cases.case_rows import OVER
from cases.person_rows import OwnCase
from cases.rows import Rows, columns_of
from cases.tables import case_, inbox, outbox

#: A letter in one of these never leaves again by itself.
_AT_REST = ("sent", "failed", "cancelled", "held")


class RetentionRows(Rows):
    """Reads of `case_`, `inbox` and `outbox` by age."""

    def cases_over(self, *, closed_before: datetime, limit: int) -> tuple[OwnCase, ...]:
        """Return closed cases of which something still leads to a person."""
        rows = self._connection.execute(
            select(*columns_of(case_, OwnCase))
            .where(_closed(closed_before), case_.c.erased_at.is_(None))
            .order_by(case_.c.id)
            .limit(limit)
        )
        return tuple(OwnCase(**row._mapping) for row in rows)

    def mails_over(self, *, closed_before: datetime, limit: int) -> tuple[tuple[int, int], ...]:
        """Return (mail, case) of mails of closed cases whose bytes are there."""
        rows = self._connection.execute(
            select(inbox.c.id, inbox.c.case_id)
            .join(case_, case_.c.id == inbox.c.case_id)
            .where(_closed(closed_before), inbox.c.erased_at.is_(None))
            .order_by(inbox.c.id)
            .limit(limit)
        )
        return tuple((row.id, row.case_id) for row in rows)

    def letters_over(
        self, *, closed_before: datetime, limit: int
    ) -> tuple[tuple[int, int | None], ...]:
        """Return (letter, case) of letters of closed cases, or old ones of no case, not erased."""
        old = and_(outbox.c.case_id.is_(None), outbox.c.created_at < closed_before)
        rows = self._connection.execute(
            select(outbox.c.id, outbox.c.case_id)
            .outerjoin(case_, case_.c.id == outbox.c.case_id)
            .where(or_(old, _closed(closed_before)), outbox.c.erased_at.is_(None))
            .where(outbox.c.state.in_(_AT_REST))
            .order_by(outbox.c.id)
            .limit(limit)
        )
        return tuple((row.id, row.case_id) for row in rows)

    def loose_mails_over(
        self, state: str, *, stored_before: datetime, limit: int
    ) -> tuple[int, ...]:
        """Return mails of one state that belong to no case and whose bytes are there."""
        rows = self._connection.scalars(
            select(inbox.c.id)
            .where(
                inbox.c.state == state,
                inbox.c.case_id.is_(None),
                inbox.c.erased_at.is_(None),
                inbox.c.stored_at < stored_before,
            )
            .order_by(inbox.c.id)
            .limit(limit)
        )
        return tuple(rows)

    def references(self, ids: frozenset[int]) -> tuple[str, ...]:
        """Return what people call these cases."""
        rows = self._connection.scalars(
            select(case_.c.reference).where(case_.c.id.in_(ids)).order_by(case_.c.id)
        )
        return tuple(rows)


def _closed(before: datetime) -> ColumnElement[bool]:
    at = func.coalesce(case_.c.closed_at, case_.c.status_at)
    return and_(case_.c.status.in_([status.value for status in OVER]), at < before)
