"""Everything that a finished run has left, gathered once; tests/faults/oracle.py judges it."""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from imapclient import IMAPClient  # type: ignore[import-untyped] # it has none
from sqlalchemy import Table, make_url, select, text

from cases.tables import case_, event, inbox, lease, outbox, raw_mail, reply_token
from tests.faults.mails import Sent
from tests.faults.rig import FaultDesk, Size
from tests.live.servers import Dovecot

Row = Mapping[str, Any]
_NONCE = re.compile(rb"(?mi)^X-Nonce: (\S+)\r?$")


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """One run, as it can be seen from outside."""

    sent: tuple[Sent, ...]
    inbox: tuple[Row, ...]  #: with the kept bytes as `data` and the nonce found in them
    cases: tuple[Row, ...]
    events: tuple[Row, ...]
    outbox: tuple[Row, ...]
    leases: tuple[Row, ...]
    tokens: Mapping[str, Row]  #: hash → row
    folders: Mapping[str, tuple[str, ...]]  #: folder of the mailbox → SHA-256 of each mail
    accepted: tuple[Row, ...]  #: what the sink wrote down before it answered
    said: str  #: everything the daemons printed
    secrets: tuple[str, ...]  #: none of which may stand in it
    litter: tuple[str, ...]  #: files that should not be there any more
    left_over: tuple[str, ...]  #: processes
    sizes: tuple[Size, ...]
    database: tuple[str, ...]  #: what the database's own checks say
    departments: Mapping[str, tuple[str, ...]]  #: key → addresses whose word counts


def gather(desk: FaultDesk) -> Evidence:
    """Look at everything; no daemon of this desk may be running."""
    rows = {table.name: _rows(desk, table) for table in (case_, event, outbox, lease)}
    return Evidence(
        sent=tuple(desk.sent),
        inbox=_mails(desk),
        cases=rows["case_"],
        events=rows["event"],
        outbox=rows["outbox"],
        leases=rows["lease"],
        tokens={row["hash"]: row for row in _rows(desk, reply_token)},
        folders=_folders(desk),
        accepted=tuple(desk.sink.accepted()),
        said=desk.said(),
        secrets=_secrets(desk, rows["case_"]),
        litter=_litter(desk),
        left_over=tuple(desk.nursery.left_over()),
        sizes=tuple(desk.sizes),
        database=tuple(_check(desk)),
        departments={"quality": ("quality@example.com",), "service": ("service@example.com",)},
    )


def _rows(desk: FaultDesk, table: Table) -> tuple[Row, ...]:
    with desk.store._connect() as connection:
        found = connection.execute(select(table).order_by(*table.primary_key.columns))
        return tuple(dict(row._mapping) for row in found)


def _mails(desk: FaultDesk) -> tuple[Row, ...]:
    with desk.store._connect() as connection:
        joined = select(inbox, raw_mail.c.data).join(raw_mail, isouter=True).order_by(inbox.c.id)
        found = [dict(row._mapping) for row in connection.execute(joined)]
    for row in found:
        match = _NONCE.search(row["data"] or b"")
        row["nonce"] = match[1].decode() if match else ""
    return tuple(found)


def _folders(desk: FaultDesk) -> dict[str, tuple[str, ...]]:
    found = {}
    with IMAPClient(desk.dovecot.host, desk.dovecot.imap_port, ssl=False) as client:
        client.login(desk.user, Dovecot.password)
        for _, _, name in client.list_folders():
            client.select_folder(name, readonly=True)
            uids = client.search("ALL")
            mails = client.fetch(uids, ["BODY.PEEK[]"]) if uids else {}
            digests = (hashlib.sha256(mail[b"BODY[]"]).hexdigest() for mail in mails.values())
            found[name] = tuple(digests)
    return found


def _secrets(desk: FaultDesk, cases: tuple[Row, ...]) -> tuple[str, ...]:
    key = (desk.folder / "secret.key").read_text(encoding="utf-8", errors="replace").strip()
    return (Dovecot.password, key, *(row["secret"] for row in cases))


def _litter(desk: FaultDesk) -> tuple[str, ...]:
    wanted = re.compile(
        r"(out-\d+\.jsonl|points\.log|sink\.jsonl|config\.yaml|rules\.yaml|secret\.key|desk\.db"
        r"|desk\.db-(wal|shm)|desk\.db\.(lock|reserve))"
    )
    names = (path.name for path in desk.folder.iterdir())
    return tuple(sorted(name for name in names if not wanted.fullmatch(name)))


def _check(desk: FaultDesk) -> list[str]:
    if desk.postgres is None:
        with desk.store._connect() as connection:
            said = connection.execute(text("PRAGMA integrity_check")).scalars().all()
            broken = connection.execute(text("PRAGMA foreign_key_check")).all()
        return [*(word for word in said if word != "ok"), *(str(tuple(row)) for row in broken)]
    try:
        desk.postgres.check(make_url(desk.database).database or "")
    except RuntimeError as error:
        return [str(error)]
    return []
