"""Letters that prove nothing any more: too old, or taken back by hand with their reply tokens."""

import secrets
from collections.abc import Collection
from datetime import datetime

from sqlalchemy import func, select, true, update

from cases.rows import Rows
from cases.tables import case_, outbox, reply_token
from cases.tokens import token_hash

#: Stands for the scope of a row of `reply_token` that is no token but the name of a letter.
_LETTER = "-"


class RevocationRows(Rows):
    """Takes reply tokens and letters back; `reply_token` remembers both, by their hashes."""

    def letter_to(self, case_id: int, name: str, *, since: datetime) -> str:
        """Return who got the letter `name`, which is its Message-ID before the @.

        "" if knowing it proves nothing: it is older than `since`, or was taken back.
        """
        taken_back = select(reply_token.c.hash).where(
            reply_token.c.hash == token_hash(name), reply_token.c.revoked.is_(True)
        )
        found = (
            select(outbox.c.recipient)
            .where(outbox.c.case_id == case_id, outbox.c.created_at > since)
            # A gateway may have changed the domain, nobody the name.
            .where(outbox.c.message_id.startswith(f"{name}@", autoescape=True))
            .where(~taken_back.exists())
        )
        return str(self._connection.scalar(found.limit(1)) or "")

    def revoke(
        self, case_id: int, parties: Collection[str] | None, *, now: datetime
    ) -> tuple[int, int]:
        """Take back the tokens and letters of a case; returns how many of each.

        `parties`: lower-case keys and addresses of those who had them; None: everybody's. The case
        gets a new secret, so that its next letters carry tokens of their own.
        """
        theirs = true() if parties is None else func.lower(reply_token.c.party).in_(parties)
        tokens = self._connection.execute(
            update(reply_token)
            .where(reply_token.c.case_id == case_id, reply_token.c.scope != _LETTER, theirs)
            .where(reply_token.c.revoked.is_(False))
            .values(revoked=True)
        )
        to_them = true() if parties is None else func.lower(outbox.c.recipient).in_(parties)
        sent = select(outbox.c.message_id, outbox.c.recipient).where(outbox.c.case_id == case_id)
        found = self._connection.execute(sent.where(to_them)).all()
        letters = [self._take_back(case_id, name, to, now=now) for name, to in found]
        if tokens.rowcount or any(letters):
            self._connection.execute(
                update(case_).where(case_.c.id == case_id).values(secret=secrets.token_hex(32))
            )
        return tokens.rowcount, sum(letters)

    def _take_back(self, case_id: int, message_id: str, to: str, *, now: datetime) -> bool:
        values = {
            "hash": token_hash(message_id.rpartition("@")[0]),
            "case_id": case_id,
            "scope": _LETTER,
            "party": to,
            "expires_at": now,
            "revoked": True,
        }
        return self._insert_new(reply_token, values)
