"""Mailbox → inbox rows. The raw bytes are committed before anything else happens to a mail.

Only then is the server touched: the folder a mail lies in is a result of what became of it, and
moving it is repeated until the server shows it (reliability 4.7).
"""

import hashlib
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime

from cases.incoming import RawMail
from cases.ledger_rows import SettledMail
from cases.store import Transaction
from ingest.identity import identity
from ingest.source import Filing, Fingerprint, MailSource, PartialMail
from pipeline.config import MailboxSettings
from pipeline.desk import Desk
from pipeline.disk import require_room

TOO_OLD = "arrived before"  #: how the reason of a mail begins that is none of ours
BY_HAND = "by-hand"  #: the mailbox name of mails taken in from files


def poll(
    desk: Desk,
    box: MailboxSettings,
    source: MailSource,
    *,
    now: datetime,
    step: Callable[[], None] = lambda: None,
) -> int:
    """Store every new mail of one mailbox and return how many; raises MailboxUnavailable.

    `step` is called for each mail, so that whoever watches sees that it goes on.
    """

    def known(uidvalidity: int) -> frozenset[str]:
        with desk.store.read() as tx:
            return tx.known_mails(box.name, uidvalidity)

    def store(raw: RawMail) -> int:
        step()
        require_room(desk, box.name)
        same = identity(raw.data)
        with desk.store.begin() as tx:
            return keep(tx, box, raw, same=same, now=now)

    require_room(desk, box.name)
    count = sum(map(store, source.scan(known)))  # keeps no mail longer than it takes
    missing = ", ".join(source.unfetchable)
    trouble = f"the server does not give us mail {missing}; open the mailbox and look at it"
    with desk.store.begin() as tx:
        tx.mailbox_scanned(box.name, now=now, trouble=trouble if missing else "")
    return count


def keep(tx: Transaction, box: MailboxSettings, raw: RawMail, *, same: str, now: datetime) -> bool:
    """Store one mail of a mailbox, `same` being its identity; False if it was stored before."""
    old = raw.received_at < box.answer_mail_since
    why = f"arrived before {box.answer_mail_since.isoformat()}, when the desk took over"
    size = raw.size if isinstance(raw, PartialMail) else len(raw.data)
    return tx.store_mail(raw, identity=same, now=now, size=size, ignored=why if old else "")


def file_settled(
    desk: Desk,
    box: MailboxSettings,
    source: MailSource,
    stays: Callable[[int], None] = lambda number: None,
    *,
    after: int = 0,
) -> int:
    """Move the oldest mails that are dealt with out of the way; returns how many could be moved.

    `stays` is told the number of the newest that the mailbox does not let us move, 0 for none;
    newer ones than `after` come first, so that those do not keep them from being moved.
    """
    with desk.store.read() as tx:
        settled = tx.mails_to_file(box.name, after=after)
        if after and not settled:
            settled = tx.mails_to_file(box.name)
    groups: dict[tuple[int, Filing], list[SettledMail]] = {}
    for mail in settled:
        folder = Filing.REJECTED if mail.rejected else Filing.PROCESSED
        groups.setdefault((mail.uidvalidity, folder), []).append(mail)
    moved = newest_stuck = 0
    for (uidvalidity, folder), mails in groups.items():
        uids = [mail.uid for mail in mails]
        if not (source.file_all(uidvalidity, uids, folder) and _correct(desk, source, mails)):
            # Read-only or over quota: cases go on, the mails stay (F27, F28).
            newest_stuck = max(newest_stuck, *(mail.id for mail in mails))
            continue
        with desk.store.begin() as tx:
            # Whoever has one of them tried again meanwhile wants it filed once more.
            tx.mark_filed([mail.id for mail in mails], states={mail.state for mail in mails})
        moved += len(mails)
    stays(newest_stuck)
    return moved


def _correct(desk: Desk, source: MailSource, mails: Sequence[SettledMail]) -> bool:
    """Move mails that lie in the wrong one of our folders, as those tried again with success."""
    done = fingerprints(desk, [mail.id for mail in mails if mail.was_rejected])
    failed = fingerprints(
        desk, [mail.id for mail in mails if mail.rejected and mail.came_from == "processed"]
    )
    return (not done or source.refile(done, Filing.REJECTED, Filing.PROCESSED)) and (
        not failed or source.refile(failed, Filing.PROCESSED, Filing.REJECTED)
    )


def fingerprints(desk: Desk, ids: Iterable[int]) -> tuple[Fingerprint, ...]:
    """Return what the mails of these numbers are known by on the server, one read at a time."""
    found = []
    for number in ids:
        with desk.store.read() as tx:
            entry, length = tx.entry(number), len(tx.raw_of(number))
        if entry is not None:
            found.append(
                Fingerprint(uid=entry.uid, size=entry.size, sha256=entry.sha256, length=length)
            )
    return tuple(found)


def take_in(desk: Desk, data: bytes, *, now: datetime) -> bool:
    """Store one mail handed in by a person; False if it was there already."""
    raw = RawMail(
        mailbox=BY_HAND,
        uidvalidity=0,
        uid=hashlib.sha256(data).hexdigest(),
        received_at=now,
        data=data,
    )
    with desk.store.begin() as tx:
        return tx.store_mail(raw, identity=identity(data), now=now, size=len(data))
