"""A mail as Graph lists it: its id, and when it arrived."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import quote

HASHED = "sha256-"  #: how the uid of a mail begins whose id is too long for the ledger
_LONGEST_UID = 240  # characters; with the name of a folder before it a uid has 255 at most


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """A mail of a folder, not fetched yet."""

    id: str  #: immutable: it stays the same wherever the mail is moved in its mailbox
    received_at: datetime

    @classmethod
    def of(cls, item: Mapping[str, object]) -> "Listed":
        """Read an item of a list."""
        return cls(id=str(item.get("id", "")), received_at=_time(item.get("receivedDateTime")))

    @classmethod
    def named(cls, uid: str) -> "Listed":
        """Return a mail of which the ledger alone knows; not for a uid that is a hash."""
        return cls(id=uid, received_at=datetime.fromtimestamp(0, UTC))

    @property
    def uid(self) -> str:
        """Return what the ledger calls it: its id, or the hash of one that is too long."""
        if len(self.id) <= _LONGEST_UID:
            return self.id
        return f"{HASHED}{hashlib.sha256(self.id.encode()).hexdigest()}"

    @property
    def path(self) -> str:
        """Return where Graph has it, below the mailbox."""
        return f"messages/{quote(self.id, safe='')}"


def _time(told: object) -> datetime:
    """Return a time such as 2026-11-23T01:00:00Z; the epoch if Graph does not say one."""
    try:
        at = datetime.fromisoformat(str(told))
    except ValueError:
        return datetime.fromtimestamp(0, UTC)
    return at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC)
