"""After a restore: mails that the old database handled after the backup was made.

They lie in the folders of handled mail, and the restored ledger does not know them. Each is taken
in once more and makes its case; but whoever wrote it has had an acknowledgement, so none is
written, and what goes to people outside because of it waits for a person's word (R19).
"""

from collections.abc import Callable
from datetime import datetime, timedelta

from cases.incoming import MailKind, RawMail
from cases.restored_rows import Restored
from cases.store import Transaction
from ingest.identity import identity
from ingest.source import Filing, MailSource, filed_uid
from pipeline.config import MailboxSettings
from pipeline.desk import Desk
from pipeline.disk import require_room
from pipeline.poll import keep
from pipeline.reading_wire import Reading
from routing.policy import Policy

#: Mail that arrived so long before the backup is known by size and arrival alone. Anything later
#: is compared byte by byte, for two mails may be of one size and one second.
SURE_BEFORE = timedelta(days=30)


def retake(
    desk: Desk,
    box: MailboxSettings,
    source: MailSource,
    *,
    now: datetime,
    step: Callable[[], None] = lambda: None,
) -> int | None:
    """Take in the handled mails the ledger does not know; None if no restore asks for that.

    Raises MailboxUnavailable: then the next call begins anew, and takes in nothing twice. `step`
    is called for each mail.
    """
    with desk.store.read() as tx:
        restored = tx.restored() if tx.to_search(box.name) else None
    if restored is None:
        return None
    with desk.store.read() as tx:
        sure = tx.arrivals(box.name, before=restored.taken_at - SURE_BEFORE)

    def known(size: int, arrived_at: datetime) -> bool:
        return (size, arrived_at) in sure

    def store(raw: RawMail) -> bool:
        step()
        require_room(desk, box.name)
        same = identity(raw.data)
        with desk.store.begin() as tx:
            return not tx.knows_mail(box.name, same) and keep(tx, box, raw, same=same, now=now)

    taken = sum(store(raw) for folder in Filing for raw in source.filed(folder, known))
    with desk.store.begin() as tx:
        tx.searched(box.name, now=now)
    return taken


def answered_before(tx: Transaction, raw: RawMail) -> str:
    """Say why a mail may have had its letters from the database that was lost, "" if it can't."""
    restored = tx.restored()
    if restored is None:
        return ""
    from_folder = raw.uid.startswith(tuple(filed_uid(folder, "") for folder in Filing))
    if not from_folder and raw.received_at >= restored.silent_until:
        return ""
    return (
        f"it arrived before {restored.silent_until.isoformat(timespec='minutes')}, when a backup "
        "was restored: it may have been answered"
    )


def lost_case(tx: Transaction, desk: Desk, reading: Reading) -> str:
    """Say that a colleague answers a case that was opened after the backup, "" if not.

    As a mail of its own it would open a complaint; what it decides only a person can enter.
    """
    restored, mail = tx.restored(), reading.mail
    person = reading.screening.kind is MailKind.PERSON
    if restored is None or not person or not _writes_for_us(desk.rules.policy, mail.sender.addr):
        return ""
    clues = desk.clues(mail)
    ours = [one.case_id for one in clues.answered if _lost(tx, one.case_id, restored)]
    if not ours:
        return ""
    return (
        f"answers case number {ours[0]}, which the restored backup does not know: find the case "
        "by its words, enter what this mail says with `cases note`, then `quarantine drop`"
    )


def _writes_for_us(policy: Policy, addr: str) -> bool:
    known = (policy.is_staff, policy.is_colleague, policy.decides, policy.department_of)
    return any(ask(addr) for ask in known)


def _lost(tx: Transaction, number: int, restored: Restored) -> bool:
    return 0 < number <= restored.number and not tx.known_cases([number])
