"""Mails that were set aside: shown without risk, written to a file, for whoever decides on them."""

import os
from collections.abc import Iterator
from pathlib import Path
from zoneinfo import ZoneInfo

from cases.ledger_rows import LedgerEntry, note_of
from ingest.parse import minimal_parse
from pipeline.desk import Desk
from pipeline.terminal import plain

#: Lines of text and characters of each that `show` repeats of a mail.
MOST_LINES, MOST_LETTERS = 12, 200
_AT_ONCE = 200
# Errors of ours, whose words are ours too; any other may quote the mail.
_OUR_WORDS = ("EndedTheProgram", "LeaseOverrun")


def set_aside(desk: Desk) -> Iterator[LedgerEntry]:
    """Yield every mail in quarantine, oldest first."""
    after = 0
    while True:
        with desk.store.read() as tx:
            page = tx.entries(after=after, state="quarantined", limit=_AT_ONCE)
        yield from page
        if not page:
            return
        after = page[-1].id


def entry_json(entry: LedgerEntry) -> dict[str, object]:
    """Return one line of `quarantine list --json`; nothing in it is the sender's word."""
    return {
        "id": entry.id,
        "mailbox": entry.mailbox,
        "received_at": entry.received_at.isoformat(),
        "size": entry.size,
        "reason": short_reason(entry.reason),
        "attempts": entry.attempts,
    }


def short_reason(reason: str) -> str:
    """Return what a person's hand left and the error's name; its words may be the mail's."""
    note = note_of(reason)
    error = reason[len(note) :].removeprefix("; ")
    name = error.partition(":")[0]
    shown = error if name in _OUR_WORDS else name
    return plain("; ".join(filter(None, (note, shown))), most=MOST_LETTERS)


def shown(entry: LedgerEntry, data: bytes, zone: ZoneInfo) -> Iterator[str]:
    """Yield one mail as lines: the ledger's word, who wrote, the first lines of the text.

    Read by lines only, as what set the mail aside may be its form; safe for any terminal.
    """
    received = entry.received_at.astimezone(zone).strftime("%Y-%m-%d %H:%M %Z")
    yield f"mail {entry.id} of mailbox {entry.mailbox}: {entry.state}, {entry.size} bytes"
    yield f"received {received}, attempts {entry.attempts}"
    yield f"reason   {plain(entry.reason, most=2000) or 'none'}"
    if len(data) < entry.size:
        yield f"kept     only the first {len(data)} bytes; the whole mail is on the server"
    mail = minimal_parse(data)
    yield ""
    yield plain(f"From:    {mail.sender.name} <{mail.sender.addr}>")
    yield plain(f"Subject: {mail.subject}")
    yield f"Date:    {mail.sent_at.isoformat() if mail.sent_at else 'none that can be read'}"
    yield ""
    lines = [line for line in mail.text[: 2**16].splitlines() if line.strip()]
    yield from (f"  {plain(line, most=MOST_LETTERS)}" for line in lines[:MOST_LINES])
    if len(lines) > MOST_LINES:
        yield "  …"


def write_new(path: Path, data: bytes) -> None:
    """Write a file for its owner only; FileExistsError if there is one, nothing half-done."""
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
    except OSError:
        path.unlink(missing_ok=True)
        raise
