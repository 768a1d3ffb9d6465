"""The outbox: ready → leased → dot → sent | failed | cancelled | held (design 7.1).

`leased` was claimed but not handed over; `dot` is committed just before the payload leaves, so
only there can a lost answer mean that the mail may have been accepted. Every write after the
claim is fenced by owner and try number.
"""

from collections.abc import Collection
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Row, select, true, update

from cases.data_keys import letter_name
from cases.errors import Undecipherable
from cases.letter_counts import LetterCounts
from cases.outgoing import MOST_AMBIGUOUS
from cases.rows import clean, columns_of
from cases.tables import case_, outbox

#: States in which a letter rests until a person decides.
RESTING = ("failed", "held")
LOST_TOO_OFTEN = (
    "the answer to the final dot was lost three times: look in the relay's log for this Message-ID"
)


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


class OutboxRows(LetterCounts):
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
        held: str = "",
    ) -> bool:
        """Queue a letter once per (case, letter, recipient, revision); False if it is there.

        With `held`, the reason, it waits for a person's word.
        """
        key_id = self.data_keys.new(case_id)
        new = self._insert_new(
            outbox,
            {
                "case_id": case_id,
                "letter": letter,
                "recipient": recipient,
                "dedupe_key": f"{case_id or ''}:{letter}:{revision}:{recipient.lower()}",
                "message_id": message_id,
                "envelope_from": envelope_from,
                "data": self.data_keys.encrypt(data, key_id, name=letter_name(message_id)),
                "key_id": key_id,
                "automatic": automatic,
                "created_at": now,
                "not_before": not_before,
                "state": "held" if held else "ready",
                "last_reply": held,
            },
        )
        self.data_keys.destroy([] if new else [key_id])
        return new

    def lease_letter(self, *, owner: str, now: datetime, lease: timedelta) -> OutboxRow | None:
        """Claim the next letter that is due; the try is counted before it is made."""
        next_one = (
            select(outbox)
            .where(outbox.c.state == "ready", outbox.c.not_before <= now)
            .order_by(outbox.c.not_before, outbox.c.id)
            .limit(1)
            .with_for_update(skip_locked=True)
        )
        while row := self._connection.execute(next_one).first():
            mine = update(outbox).where(outbox.c.id == row.id)
            try:
                data = self.data_keys.letter(row)
            except Undecipherable as error:
                lost = {"state": "held", "owner": "", "lease_until": None, "last_reply": str(error)}
                self._connection.execute(mine.values(lost))
                continue
            until, tries = now + lease, row.tries + 1
            leased = {"state": "leased", "owner": owner, "tries": tries, "lease_until": until}
            self._connection.execute(mine.values(leased))
            return _row(row, data, owner=owner)
        return None

    def hand_back_letters(self, owner: str) -> int:
        """Give back what an outage left in the hands of `owner` before its payload left."""
        done = self._connection.execute(
            update(outbox)
            .where(outbox.c.state == "leased", outbox.c.owner == owner)
            .values(state="ready", owner="", lease_until=None)
        )
        return done.rowcount

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

    def lost_letters(self, *, now: datetime, alone: bool = False) -> tuple[OutboxRow, ...]:
        """Return letters of dead workers whose answer was lost too often to be tried again.

        They are still `dot`: whoever asks says what becomes of them. `alone` as below.
        """
        gone = true() if alone else outbox.c.lease_until < now
        lost = (outbox.c.state == "dot") & (outbox.c.ambiguous >= MOST_AMBIGUOUS) & gone
        found = []
        for row in self._connection.execute(select(outbox).where(lost).order_by(outbox.c.id)):
            with suppress(Undecipherable):  # whoever can't read it can't seal it either
                data = self.data_keys.letter(row)
                found.append(replace(_row(row, data, owner=row.owner), tries=row.tries))
        return tuple(found)

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
                last_reply=LOST_TOO_OFTEN,
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
        if found:
            # First the case, then its letters, as whoever handles its mails: else both could wait
            # for each other.
            case = case_.c.id == found[0].case_id
            self._connection.execute(select(case_.c.id).where(case).with_for_update())
        done = self._connection.execute(
            update(outbox).where(resting).values(state=state, not_before=now, created_at=now)
        )
        return found[0] if found and done.rowcount == 1 else None

    def _letters(self, where: ColumnElement[bool], *, limit: int) -> tuple[LetterRow, ...]:
        columns = columns_of(outbox, LetterRow)
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


def _row(row: Row[tuple[object, ...]], data: bytes, *, owner: str) -> OutboxRow:
    values = row._mapping
    return OutboxRow(
        id=values["id"],
        case_id=values["case_id"],
        letter=values["letter"],
        recipient=values["recipient"],
        message_id=values["message_id"],
        envelope_from=values["envelope_from"],
        data=data,
        automatic=values["automatic"],
        created_at=values["created_at"],
        tries=values["tries"] + 1,
        ambiguous=values["ambiguous"],
        owner=owner,
    )
