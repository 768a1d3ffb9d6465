"""The outbox: ready → leased → dot → sent | failed | cancelled | held (design 7.1).

`leased` was claimed but not handed over; `dot` is committed just before the payload leaves, so
only there can a lost answer mean that the mail may have been accepted. Every write after the
claim is fenced by owner and try number.
"""

from collections.abc import Collection
from dataclasses import dataclass, fields
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Row, func, select, true, update

from cases.outgoing import MOST_AMBIGUOUS
from cases.rows import Rows, clean
from cases.tables import outbox

#: States in which a letter rests until a person decides.
RESTING = ("failed", "held")


@dataclass(frozen=True, slots=True, kw_only=True)
class OutboxRow:
    """A letter as bytes, ready to be handed over."""

    id: int
    case_id: int | None  #: None: about no single case
    letter: str
    recipient: str
    message_id: str
    envelope_from: str
    data: bytes
    automatic: bool
    created_at: datetime
    tries: int  #: this one included
    ambiguous: int
    owner: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterRow:
    """What became of one letter, without its bytes."""

    id: int
    case_id: int | None  #: None: about no single case
    letter: str
    recipient: str
    message_id: str
    state: str
    tries: int
    created_at: datetime
    last_reply: str


class OutboxRows(Rows):
    """Reads and writes of `outbox`."""

    def queue_letter(
        self,
        *,
        case_id: int | None,
        letter: str,
        recipient: str,
        revision: int,
        message_id: str,
        envelope_from: str,
        data: bytes,
        automatic: bool,
        now: datetime,
        not_before: datetime,
    ) -> bool:
        """Queue a letter once per (case, letter, recipient, revision); False if it is there."""
        return self._insert_new(
            outbox,
            {
                "case_id": case_id,
                "letter": letter,
                "recipient": recipient,
                "dedupe_key": f"{case_id or ''}:{letter}:{revision}:{recipient.lower()}",
                "message_id": message_id,
                "envelope_from": envelope_from,
                "data": data,
                "automatic": automatic,
                "created_at": now,
                "not_before": not_before,
                "state": "ready",
            },
        )

    def lease_letter(self, *, owner: str, now: datetime, lease: timedelta) -> OutboxRow | None:
        """Claim the next letter that is due; the try is counted before it is made."""
        row = self._connection.execute(
            select(outbox)
            .where(outbox.c.state == "ready", outbox.c.not_before <= now)
            .order_by(outbox.c.not_before, outbox.c.id)
            .limit(1)
            .with_for_update(skip_locked=True)
        ).first()
        if row is None:
            return None
        self._connection.execute(
            update(outbox)
            .where(outbox.c.id == row.id)
            .values(state="leased", owner=owner, tries=row.tries + 1, lease_until=now + lease)
        )
        return _row(row, owner=owner)

    def mark_dot(self, row: OutboxRow, *, now: datetime, lease: timedelta) -> bool:
        """Record that the payload is about to leave; False if the lease was lost (F05)."""
        done = self._connection.execute(
            update(outbox)
            .where(self._mine(row, "leased"), outbox.c.lease_until > now)
            .values(state="dot", lease_until=now + lease)
        )
        return done.rowcount == 1

    def settle_letter(
        self,
        row: OutboxRow,
        state: str,
        *,
        reply: str,
        now: datetime,
        not_before: datetime | None = None,
        ambiguous: bool = False,
    ) -> bool:
        """Record what became of a try; False if it was taken over meanwhile."""
        values: dict[str, object] = {
            "state": state,
            "owner": "",
            "lease_until": None,
            "last_reply": clean(reply)[:500],
            "ambiguous": row.ambiguous + ambiguous,
        }
        if state == "sent":
            values["sent_at"] = now
        if not_before is not None:
            values["not_before"] = not_before
        done = self._connection.execute(
            update(outbox).where(self._mine(row, "leased", "dot")).values(values)
        )
        return done.rowcount == 1

    def recover_letters(self, *, now: datetime, alone: bool = False) -> int:
        """Take back letters whose worker is gone; returns how many.

        `alone`: we are the only process of this database, so every lease is a dead one's.
        A `leased` one was never handed over. A `dot` one may have been: it counts as ambiguous and
        is repeated with the same Message-ID, at most twice, then held for a person.
        """
        gone = true() if alone else outbox.c.lease_until < now
        leased = self._connection.execute(
            update(outbox)
            .where(outbox.c.state == "leased", gone)
            .values(state="ready", owner="", lease_until=None)
        )
        doubtful = (outbox.c.state == "dot") & gone
        held = self._connection.execute(
            update(outbox)
            .where(doubtful, outbox.c.ambiguous >= MOST_AMBIGUOUS)
            .values(
                state="held",
                owner="",
                lease_until=None,
                ambiguous=outbox.c.ambiguous + 1,
                last_reply="the answer to the final dot was lost three times: look in the relay's "
                "log for this Message-ID",
            )
        )
        again = self._connection.execute(
            update(outbox)
            .where(doubtful)
            .values(
                state="ready",
                owner="",
                lease_until=None,
                ambiguous=outbox.c.ambiguous + 1,
                last_reply="interrupted after the final dot",
            )
        )
        return leased.rowcount + held.rowcount + again.rowcount

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

    def letters_in(self, states: Collection[str], *, limit: int = 500) -> tuple[LetterRow, ...]:
        """Return the oldest letters that are in one of `states`."""
        return self._letters(outbox.c.state.in_(states), limit=limit)

    def release_letter(self, letter_id: int, state: str, *, now: datetime) -> LetterRow | None:
        """Let a person's word end the rest of a letter: `ready` (due now) or `cancelled`.

        Returns the letter as it stood, None if it is neither `failed` nor `held`. Tries are kept:
        the letter is the same one, with the same Message-ID. Its five days begin anew.
        """
        resting = (outbox.c.id == letter_id) & outbox.c.state.in_(RESTING)
        found = self._letters(resting, limit=1)
        done = self._connection.execute(
            update(outbox).where(resting).values(state=state, not_before=now, created_at=now)
        )
        return found[0] if found and done.rowcount == 1 else None

    def _letters(self, where: ColumnElement[bool], *, limit: int) -> tuple[LetterRow, ...]:
        columns = [getattr(outbox.c, field.name) for field in fields(LetterRow)]
        rows = self._connection.execute(
            select(*columns).where(where).order_by(outbox.c.id).limit(limit)
        )
        return tuple(LetterRow(**row._mapping) for row in rows)

    @staticmethod
    def _mine(row: OutboxRow, *states: str) -> ColumnElement[bool]:
        return (
            (outbox.c.id == row.id)
            & (outbox.c.owner == row.owner)
            & (outbox.c.tries == row.tries)
            & outbox.c.state.in_(states)
        )


def _row(row: Row[tuple[object, ...]], *, owner: str) -> OutboxRow:
    values = row._mapping
    return OutboxRow(
        id=values["id"],
        case_id=values["case_id"],
        letter=values["letter"],
        recipient=values["recipient"],
        message_id=values["message_id"],
        envelope_from=values["envelope_from"],
        data=bytes(values["data"]),
        automatic=values["automatic"],
        created_at=values["created_at"],
        tries=values["tries"] + 1,
        ambiguous=values["ambiguous"],
        owner=owner,
    )
