"""The story of a case: events that are only ever appended, each bound to the one before it."""

import json
import secrets
from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any

from sqlalchemy import ColumnElement, Row, select, update

from cases.chain import canonical, digest_of, sha256
from cases.model import CaseEvent
from cases.related_rows import event_of
from cases.rows import Rows, clean
from cases.seals import OF_CASE, Entry, case_content, iso, salt_of, seal_of
from cases.tables import case_, event

#: Characters of an event; what it is about is kept whole in the mail itself.
MOST_DETAIL = 100_000
_NOTHING: Mapping[str, str] = MappingProxyType({})
_NO_ENTRIES: Mapping[str, Entry] = MappingProxyType({})


class EventRows(Rows):
    """Reads and writes of `event`."""

    def add_events(
        self,
        case_id: int,
        events: Iterable[CaseEvent],
        *,
        key: str,
        seals: Mapping[str, str] = _NOTHING,
        entries: Mapping[str, Entry] = _NO_ENTRIES,
    ) -> None:
        """Append events; `key` names their cause, so that the same cause writes them once.

        The first of them vouches for `seals`, hashes by name, and for `entries`, see cases/seals.
        """
        events = tuple(events)
        if not events:
            return
        case = self._hold(case_id)
        if not case.head:
            entries = {**entries, "case": self.case_content(case_id)}
        head = case.head
        for number, item in enumerate(events):
            salt = secrets.token_hex(16)
            content = {
                "case": case.reference,
                "key": f"{case_id}:{key}:{number}",
                "at": iso(item.at),
                "kind": item.kind,
                "actor": item.actor,
                "detail": clean(item.detail[:MOST_DETAIL]),
                "reasons": [clean(reason) for reason in item.reasons],
                "seals": {} if number else {**seals, **_sealed(entries, salt, case.secret)},
            }
            head = self._append(case_id, item, content, salt=salt, before=head) or head
        if head != case.head:
            self._connection.execute(update(case_).where(case_.c.id == case_id).values(head=head))

    def _hold(self, case_id: int) -> Row[Any]:
        """Lock a case until the end, so that two causes never follow the same event."""
        columns: list[ColumnElement[Any]] = [case_.c.reference, case_.c.secret, case_.c.head]
        found = select(*columns).where(case_.c.id == case_id)
        return self._connection.execute(found.with_for_update(key_share=True)).one()

    def _append(
        self,
        case_id: int,
        item: CaseEvent,
        content: Mapping[str, object],
        *,
        salt: str,
        before: str,
    ) -> str:
        """Insert one event and return its hash; "" if its cause has written it before."""
        digest = digest_of({**content, "salt": salt})
        hashed = sha256(before, digest)
        values = {name: content[name] for name in ("key", "kind", "actor", "detail")} | {
            "case_id": case_id,
            "at": item.at,
            "reasons": json.dumps(content["reasons"], ensure_ascii=False),
            "seals": canonical(content["seals"]),
            "salt": salt,
            "digest": digest,
            "hash": hashed,
        }
        return hashed if self._insert_new(event, values) else ""

    def case_content(self, case_id: int) -> Entry:
        """Return what never changes of a case, as it is sealed."""
        columns = [case_.c[name] for name in OF_CASE]
        row = self._connection.execute(select(*columns).where(case_.c.id == case_id)).one()
        return case_content(dict(row._mapping))

    def events(self, case_id: int, *, kind: str = "") -> tuple[CaseEvent, ...]:
        """Return the story of a case in order, or only its events of one kind."""
        statement = select(event).where(event.c.case_id == case_id).order_by(event.c.id)
        if kind:
            statement = statement.where(event.c.kind == kind)
        rows = self._connection.execute(statement)
        return tuple(event_of(row) for row in rows)


def _sealed(entries: Mapping[str, Entry], salt: str, secret: str) -> dict[str, str]:
    return {
        name: seal_of(entry, salt=salt_of(salt, secret, name)) for name, entry in entries.items()
    }
