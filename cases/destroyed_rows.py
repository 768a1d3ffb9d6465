"""Mails and letters of which the bytes are destroyed, with their keys; what became of them stays.

Copies outside of the database are written down, to be removed where they lie (pipeline/copies.py).
"""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, func, select, update

from cases.ledger_rows import SETTLED
from cases.privacy_tables import mail_copy
from cases.rows import Rows
from cases.tables import inbox, outbox, raw_mail

MARK = "[erased]"
#: A nonce and a tag are kept with the bytes that are encrypted (cases/vault.py).
_OVERHEAD = 28


@dataclass(frozen=True, slots=True, kw_only=True)
class Scissors:
    """What is left of free texts that hold figures as well."""

    figure: Callable[[str, str], str]  #: (kind, text) of an entry in a register → what stays
    measure: Callable[[str], str]  #: a corrective or preventive measure without persons
    places: frozenset[str]  #: mailboxes whose server may have copies
    letters_in_folder: bool = False  #: letters were written into a Maildir of ours


class DestroyedRows(Rows):
    """Writes of `inbox`, `raw_mail`, `outbox` and `mail_copy`."""

    # ---------------------------------------------------------------- letters

    def erase_letters(
        self, ids: Collection[int], scissors: Scissors, *, now: datetime, person: str = ""
    ) -> int:
        """Destroy the bytes of letters; one to `person` (lower case) loses its recipient as well.

        Letters that wait are cancelled. Returns how many.
        """
        known = [column for column in outbox.c if column is not outbox.c.data]
        for number in ids:
            row = self._connection.execute(select(*known).where(outbox.c.id == number)).one()
            values: dict[str, object] = {
                "data": b"",
                "key_id": None,
                "erased_at": row.erased_at or now,
                "last_reply": "",
            }
            if row.state == "ready":
                values |= {"state": "cancelled", "last_reply": "erased before it left"}
            if person and row.recipient.lower() == person:
                # The key keeps its form: case:letter:number:recipient.
                key = ":".join((*row.dedupe_key.split(":", 3)[:3], f"{MARK} {number}"))
                values |= {"recipient": MARK, "envelope_from": "", "dedupe_key": key}
            self._connection.execute(update(outbox).where(outbox.c.id == number).values(values))
            self.data_keys.destroy([row.key_id])
            if scissors.letters_in_folder and not row.erased_at:
                self._ask_to_remove("", 0, row.message_id, now=now)
        return len(ids)

    # ---------------------------------------------------------------- mails

    def _with_copies(self, where: ColumnElement[bool]) -> Sequence[int]:
        """Return the numbers of mails, and of those that are copies of them."""
        first = self._connection.scalars(select(inbox.c.id).where(where)).all()
        same = self._connection.scalars(select(inbox.c.id).where(inbox.c.duplicate_of.in_(first)))
        return sorted({*first, *same})

    def erase_mails(self, ids: Iterable[int], scissors: Scissors, *, now: datetime) -> int:
        """Destroy the bytes of settled mails and what was read of them; returns how many.

        What is known of a mail by hash stays, so that it is known again wherever it comes from.
        """
        size = func.length(raw_mail.c.data)
        count = 0
        for number in ids:
            row = self._connection.execute(
                select(inbox, size.label("kept"), raw_mail.c.key_id)
                .outerjoin(raw_mail, raw_mail.c.inbox_id == inbox.c.id)
                .where(inbox.c.id == number, inbox.c.erased_at.is_(None))
                .where(inbox.c.state.in_(SETTLED))
            ).first()
            if row is None:
                continue
            count += 1
            if row.mailbox in scissors.places:
                length = (row.kept or 0) - (_OVERHEAD if row.key_id else 0)
                known = {"size": row.size, "sha256": row.sha256, "length": length}
                self._ask_to_remove(row.mailbox, row.uidvalidity, row.uid, now=now, **known)
            self._connection.execute(
                update(raw_mail).where(raw_mail.c.inbox_id == number).values(data=b"", key_id=None)
            )
            self.data_keys.destroy([row.key_id])
            aside = row.state == "quarantined"
            self._connection.execute(
                update(inbox)
                .where(inbox.c.id == number)
                .values(
                    sender="",
                    words="",
                    message_id="",
                    state="ignored" if aside else row.state,
                    reason="" if row.state == "done" else f"erased; it was {row.state}",
                    filed=True,
                    erased_at=now,
                )
            )
        return count

    def _ask_to_remove(
        self,
        place: str,
        uidvalidity: int,
        uid: str,
        *,
        now: datetime,
        size: int = 0,
        sha256: str = "",
        length: int = 0,
    ) -> None:
        values = {"place": place, "uidvalidity": uidvalidity, "uid": uid, "asked_at": now}
        known = {"size": size, "sha256": sha256, "length": length}
        self._insert_new(mail_copy, values | known)
