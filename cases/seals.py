"""What events vouch for besides themselves: entries beside the story, hashed with salts of theirs.

The salt of an entry follows from that of the event and from the secret of the case. So a restricted
entry can be left out of an export without being guessed from its seal, and once the salt of the
event is empty nobody can tell any more what was sealed.
"""

from collections.abc import Mapping
from dataclasses import fields
from datetime import UTC, datetime

from cases.chain import canonical, sha256
from cases.life import Measure, Record
from cases.model import Correction, Decision
from cases.rows import clean

Entry = Mapping[str, object]

#: Columns of `case_` that never change once it is open.
OF_CASE = (
    *("reference", "inbox_id", "complainant_addr", "complainant_name", "subject", "thread_id"),
    *("received_at", "language", "rules_version", "model_version", "score", "judged", "earlier"),
)
#: Fields that the store cuts, and to how many characters.
_CUT = {"by": 320, "checked_by": 320}


def iso(at: datetime) -> str:
    """Return a moment as the chain writes it."""
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def salt_of(event_salt: str, secret: str, name: str) -> str:
    """Return the salt of one entry; `secret` is that of the case."""
    return sha256(event_salt, secret, name)


def seal_of(entry: Entry, *, salt: str) -> str:
    """Return the seal of one entry."""
    return sha256(salt, canonical(entry))


def content_of(item: Correction | Measure | Record) -> Entry:
    """Return an entry as the store gives it back, in values that JSON knows."""
    return {
        field.name: _plain(getattr(item, field.name), most=_CUT.get(field.name))
        for field in fields(item)
    }


def case_content(row: Mapping[str, object]) -> Entry:
    """Return what never changes of a case."""
    return {name: _plain(row[name]) for name in OF_CASE}


def entries_of(case_id: int, decision: Decision, *, key: str) -> dict[str, Entry]:
    """Return what a decision writes beside its events, by the names under which it is sealed."""
    found = {f"measure:{m.department}:{m.number}": content_of(m) for m in decision.measures}
    for number, record in enumerate(decision.records):
        found[f"record:{case_id}:{key}:{number}"] = content_of(record)
    if decision.correction:
        found[f"correction:{case_id}:{key}"] = content_of(decision.correction)
    return found


def _plain(value: object, *, most: int | None = None) -> object:
    if isinstance(value, datetime):
        return iso(value)
    return clean(str(value))[:most] if isinstance(value, str) else value
