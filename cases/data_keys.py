"""Bytes and texts that may be encrypted: callers see them plain, the tables as they are kept.

A column `…key_id` beside them says how: NULL is plain, so a database that was encrypted from some
day on holds both. There is no foreign key, since keys are destroyed before what they encrypt.
"""

import base64
from collections.abc import Callable, Iterable
from typing import Any

from sqlalchemy import Connection, delete, func, select, update

from cases.errors import StoreUnavailable, Undecipherable
from cases.privacy_tables import data_key
from cases.vault import DataKey, Vault


def mail_name(inbox_id: int) -> str:
    """Return the name under which the bytes of a mail are encrypted."""
    return f"mail {inbox_id}"


def letter_name(message_id: str) -> str:
    """Return the name under which the bytes of a letter are encrypted."""
    return f"letter {message_id}"


def if_readable(read: Callable[[int], bytes], number: int) -> bytes:
    """Return the bytes that `read` gives of a mail or letter, b"" if nobody can read them."""
    try:
        return read(number)
    except Undecipherable:
        return b""


class DataKeys:
    """Reads and writes of `data_key`, and what the row modules encrypt with them."""

    def __init__(self, connection: Connection, vault: Vault | None) -> None:
        self._connection, self._vault = connection, vault

    def new(self, case_id: int | None = None) -> int | None:
        """Return the number of a fresh data key, of a case if given; None: nothing is encrypted."""
        if self._vault is None:
            return None
        key = self._vault.new_key()
        values = {"case_id": case_id, "wrapped": key.wrapped, "master": key.master}
        made = self._connection.scalar(data_key.insert().values(values).returning(data_key.c.id))
        return int(made or 0)

    def give(self, key_id: int | None, case_id: int) -> None:
        """Let a mail's key be one of its case."""
        if key_id is not None:
            self._connection.execute(
                update(data_key).where(data_key.c.id == key_id).values(case_id=case_id)
            )

    def encrypt(self, data: bytes, key_id: int | None, *, name: str) -> bytes:
        """Return the bytes as they are kept; `name` says where, see Vault.encrypt."""
        if key_id is None:
            return data
        vault, key = self._key(key_id, name)
        return vault.encrypt(key, data, name=name)

    def decrypt(self, data: bytes, key_id: int | None, *, name: str) -> bytes:
        """Return plain bytes; raises Undecipherable, or StoreUnavailable without the master key."""
        if key_id is None:
            return bytes(data)
        vault, key = self._key(key_id, name)
        return vault.decrypt(key, bytes(data), name=name)

    def encrypt_text(self, text: str, key_id: int | None, *, name: str) -> str:
        """Return a text as it is kept in a column of texts."""
        if key_id is None:
            return text
        return base64.b64encode(self.encrypt(text.encode(), key_id, name=name)).decode()

    def decrypt_text(self, text: str, key_id: int | None, *, name: str) -> str:
        """Return a plain text; raises as `decrypt`."""
        if key_id is None:
            return text
        return self.decrypt(base64.b64decode(text), key_id, name=name).decode()

    def encrypted_text(self, case_id: int, text: str) -> dict[str, object]:
        """Return the columns of a case that hold the complainant's words."""
        key_id = self.new(case_id)
        kept = self.encrypt_text(text, key_id, name=f"case {case_id}")
        return {"text": kept, "text_key_id": key_id}

    def text_of_case(self, row: Any) -> str:
        """Return the complainant's words of a row of `case_`, "" where they can't be read."""
        try:
            return self.decrypt_text(row.text, row.text_key_id, name=f"case {row.id}")
        except Undecipherable:
            return ""  # the mail has the same words; `reconcile` tells whether it is sound

    def letter(self, row: Any) -> bytes:
        """Return the bytes of a row of `outbox`; raises as `decrypt`."""
        return self.decrypt(row.data, row.key_id, name=letter_name(row.message_id))

    def _key(self, key_id: int, name: str) -> tuple[Vault, DataKey]:
        if self._vault is None:
            raise StoreUnavailable(
                "the database holds encrypted mails, and config.yaml names no key for them: put "
                "encryption.key_file back; nothing is lost until then"
            )
        row = self._connection.execute(select(data_key).where(data_key.c.id == key_id)).first()
        if row is None:
            raise Undecipherable(name, "its key is gone")
        return self._vault, DataKey(wrapped=bytes(row.wrapped), master=row.master)

    def destroy(self, key_ids: Iterable[int | None]) -> None:
        """Make what was encrypted with these keys unreadable for ever; None is no key."""
        for key_id in filter(None, key_ids):
            self._connection.execute(delete(data_key).where(data_key.c.id == key_id))

    # ---------------------------------------------------------------- for whoever looks after keys

    def masters(self) -> dict[str, int]:
        """Return how many data keys each master key wraps, by its name."""
        rows = self._connection.execute(
            select(data_key.c.master, func.count()).group_by(data_key.c.master)
        )
        return {row[0]: row[1] for row in rows}

    def rewrap(self, *, limit: int = 500) -> int:
        """Wrap data keys of older master keys by the one in use; returns how many."""
        vault = self._vault
        if vault is None:
            return 0
        older = data_key.c.master.in_(vault.masters - {vault.master})
        rows = self._connection.execute(
            select(data_key).where(older).order_by(data_key.c.id).limit(limit).with_for_update()
        ).all()
        for row in rows:
            new = vault.rewrap(DataKey(wrapped=bytes(row.wrapped), master=row.master))
            self._connection.execute(
                update(data_key)
                .where(data_key.c.id == row.id)
                .values(wrapped=new.wrapped, master=new.master)
            )
        return len(rows)
