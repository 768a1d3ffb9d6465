"""How many letters there are, and since when they wait. Only reads."""

from datetime import datetime

from sqlalchemy import func, select

from cases.rows import Rows
from cases.tables import outbox


class LetterCounts(Rows):
    """Sums over `outbox`."""

    def automatic_since(
        self, since: datetime, *, recipient: str = "", domain: str = "", case_id: int = 0
    ) -> int:
        """Return how many automatic letters were queued since then, of one address or case."""
        statement = (
            select(func.count())
            .select_from(outbox)
            .where(outbox.c.automatic.is_(True), outbox.c.created_at > since)
        )
        # In any case: a loop that changes the case of an address stays one loop.
        folded = func.lower(outbox.c.recipient)
        if recipient:
            statement = statement.where(folded == recipient.lower())
        if case_id:
            statement = statement.where(outbox.c.case_id == case_id)
        if domain:
            ending = "@" + domain.lower()
            statement = statement.where(folded.endswith(ending, autoescape=True))
        return self._connection.scalar(statement) or 0

    def outbox_counts(self) -> dict[str, int]:
        """Return how many letters are in each state."""
        rows = self._connection.execute(
            select(outbox.c.state, func.count()).group_by(outbox.c.state)
        )
        return {row[0]: row[1] for row in rows}

    def ambiguities(self) -> int:
        """Return how many times a letter may have left once more than it says."""
        return self._connection.scalar(select(func.coalesce(func.sum(outbox.c.ambiguous), 0))) or 0

    def oldest_letter_at(self) -> datetime | None:
        """Return since when the oldest letter that is not sent yet has been due."""
        found: datetime | None = self._connection.scalar(
            select(func.min(outbox.c.created_at)).where(
                outbox.c.state.in_(("ready", "leased", "dot"))
            )
        )
        return found
