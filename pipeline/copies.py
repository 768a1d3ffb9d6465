"""Copies of erased mails and letters outside of the database: removed until none is left (F123).

Mails are known by their bytes wherever they were moved; what a mail server does not let us remove
is tried again every ten minutes, and `status` tells of it.
"""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from cases.removal_rows import MailCopy
from ingest.maildir_files import removed
from ingest.source import Fingerprint, MailSource
from outbox.maildir import file_name
from pipeline.desk import Desk

_STAYS = "the mailbox does not let us remove mail"


def remove_copies(desk: Desk, mailbox: str, source: MailSource, *, now: datetime) -> int:
    """Remove what is due from one mailbox; returns how many; raises MailboxUnavailable."""
    count = 0
    while copies := _due(desk, mailbox, now=now):
        known = [
            Fingerprint(uid=_name(one), size=one.size, sha256=one.sha256, length=one.length)
            for one in copies
        ]
        gone = source.expunge(known)
        count += _note(desk, copies, gone, _STAYS, now=now)
    return count


def remove_letters(desk: Desk, *, now: datetime) -> int:
    """Remove letters from the folder they were written to, if there is one; returns how many."""
    folder = desk.settings.outgoing
    count = 0
    while copies := _due(desk, "", now=now):
        gone, why = frozenset(map(_name, copies)), ""
        if isinstance(folder, Path):
            try:
                left = removed([file_name(one.uid) for one in copies], (folder,))
            except OSError as error:
                left, why = frozenset(), str(error)
            gone = frozenset(_name(one) for one in copies if file_name(one.uid) in left)
        count += _note(desk, copies, gone, why or "the folder can't be changed", now=now)
    return count


def _due(desk: Desk, place: str, *, now: datetime) -> tuple[MailCopy, ...]:
    with desk.store.read() as tx:
        return tx.copies_in(place, now=now)


def _name(copy: MailCopy) -> str:
    """Return a uid that is no other's: a mailbox that was renumbered has the same ones again."""
    return f"{copy.id}:{copy.uid}"


def _note(
    desk: Desk, copies: Sequence[MailCopy], gone: frozenset[str], why: str, *, now: datetime
) -> int:
    """Write down what became of copies, so that none is asked for twice in a row."""
    done = [one.id for one in copies if _name(one) in gone]
    with desk.store.begin() as tx:
        tx.copies_gone(done)
        tx.copies_stay([one.id for one in copies if one.id not in done], why, now=now)
    return len(done)
