"""Letters of a case that wait, and requests that were written: what may be stopped or signed."""

from sqlalchemy import func, literal_column, select, update

from cases.outgoing import QueuedLetter
from cases.rows import Rows
from cases.tables import outbox

#: A letter in one of these has begun to leave, has left, or may have.
_LEAVING = ("leased", "dot", "sent", "held")


class WaitingRows(Rows):
    """Reads and writes of `outbox` by case."""

    def withdraw_letters(self, case_id: int, letter: str) -> int:
        """Cancel the letters of this name that have not begun to leave; returns how many."""
        done = self._connection.execute(
            update(outbox)
            .where(
                outbox.c.case_id == case_id, outbox.c.letter == letter, outbox.c.state == "ready"
            )
            .values(state="cancelled", last_reply="stopped before it left")
        )
        return done.rowcount

    def withdraw_notices(self, letter: str, revision: int) -> int:
        """Cancel letters about no single case that have this number and have not begun to leave."""
        start = f":{letter}:{revision}:"
        done = self._connection.execute(
            update(outbox)
            .where(
                outbox.c.case_id.is_(None),
                func.substr(outbox.c.dedupe_key, 1, literal_column(str(len(start)))) == start,
                outbox.c.state == "ready",
            )
            .values(state="cancelled", last_reply="stopped before it left")
        )
        return done.rowcount

    def waits(self, case_id: int, letter: str) -> bool:
        """Tell whether the newest letter of this name waits for its time, and hold it so.

        It is one letter to all who get it: if one of them may have it already, it is not waiting.
        """
        rows = self._connection.execute(
            select(outbox.c.dedupe_key, outbox.c.state, outbox.c.ambiguous)
            .where(outbox.c.case_id == case_id, outbox.c.letter == letter)
            .order_by(outbox.c.id)
            .with_for_update()
        ).all()
        newest = _revision(rows[-1].dedupe_key) if rows else 0
        copies = [row for row in rows if _revision(row.dedupe_key) == newest]
        left = any(row.state in _LEAVING or row.ambiguous for row in copies)
        return not left and any(row.state == "ready" for row in copies)

    def letters_named(self, case_id: int, names: tuple[str, ...]) -> tuple[QueuedLetter, ...]:
        """Return the letters of a case with one of these names, in the order they were written."""
        rows = self._connection.execute(
            select(outbox.c.letter, outbox.c.recipient, outbox.c.dedupe_key, outbox.c.created_at)
            .where(outbox.c.case_id == case_id, outbox.c.letter.in_(names))
            .order_by(outbox.c.id)
        )
        return tuple(
            QueuedLetter(
                letter=row.letter,
                recipient=row.recipient,
                revision=_revision(row.dedupe_key),
                at=row.created_at,
            )
            for row in rows
        )


def _revision(dedupe_key: str) -> int:
    """Return the third part of case:letter:revision:recipient."""
    return int(dedupe_key.split(":", 3)[2])
