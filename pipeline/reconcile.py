"""Server against ledger: every mail ever seen has exactly one outcome, and lies where it says.

The servers are listed first and the ledger is read afterwards, so what the daemon takes in
meanwhile looks known; what it moves meanwhile is looked at once more before it counts.
"""

import hashlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from cases.errors import MailboxUnavailable, Undecipherable
from cases.ledger_rows import SETTLED, STATES, LedgerEntry
from cases.store import Transaction
from ingest.source import INBOX, Filing, FolderContents, MailSource
from pipeline.config import MailboxSettings
from pipeline.desk import Desk, source_of
from pipeline.poll import fingerprints
from pipeline.status import SILENCE

_AT_ONCE = 200  # rows in one transaction
OpenSource = Callable[[MailboxSettings], MailSource]


@dataclass(frozen=True, slots=True, kw_only=True)
class Mismatch:
    """One thing that does not fit."""

    kind: str
    words: str  #: what is wrong and what to do
    mail: int = 0  #: its number in the ledger, 0 if it has none
    mailbox: str = ""
    uid: str = ""


@dataclass(slots=True)
class Report:
    """What was compared and what does not fit."""

    total: int = 0  #: mails ever seen
    outcomes: dict[str, int] = field(default_factory=dict)  #: state → how many
    folders: dict[str, dict[str, int]] = field(default_factory=dict)  #: mailbox → folder → mails
    mismatches: list[Mismatch] = field(default_factory=list)
    unreachable: dict[str, str] = field(default_factory=dict)  #: mailbox → why

    def as_json(self) -> dict[str, object]:
        """Return the `reconcile --json` object."""
        return {
            "fits": not self.mismatches and not self.unreachable,
            "total": self.total,
            "outcomes": self.outcomes,
            "folders": self.folders,
            "unreachable": self.unreachable,
            "mismatches": [
                {
                    "kind": one.kind,
                    "mail": one.mail or None,
                    "mailbox": one.mailbox,
                    "uid": one.uid,
                    "words": one.words,
                }
                for one in self.mismatches
            ],
        }


def reconcile(desk: Desk, *, now: datetime, open_source: OpenSource = source_of) -> Report:
    """Compare everything; a mailbox that is away is said so and the others go on.

    Changes one thing only: mails that are settled and moved, but lie in the inbox folder all the
    same, are marked for the daemon to move again.
    """
    report = Report()
    settings = desk.settings.mailboxes
    sources = {name: open_source(box) for name, box in settings.items()}
    try:
        inboxes = {n: c for n, s in sources.items() if (c := _listed(desk, n, s, report, now=now))}
        suspects, rejected = _walk(desk, report, inboxes, now=now)
        for name in inboxes:
            _ask_again(desk, sources[name], suspects.get(name, []), report, now=now)
            _look_for_rejected(desk, sources[name], rejected.get(name, []), report)
    finally:
        for source in sources.values():
            source.close()
    with desk.store.read() as tx:
        _count(tx, report)
    return report


def _listed(
    desk: Desk, name: str, source: MailSource, report: Report, *, now: datetime
) -> FolderContents | None:
    """List one mailbox; mails of its inbox folder that should be known by now don't fit."""
    try:
        folders = source.inventory()
    except MailboxUnavailable as error:
        report.unreachable[name] = error.why
        return None
    report.folders[name] = {folder.folder: len(folder.uids) for folder in folders}
    inbox = next(folder for folder in folders if folder.folder == INBOX)
    with desk.store.read() as tx:
        known = tx.known_uids(name, inbox.uidvalidity)
    for uid in inbox.uids:
        arrived_at = inbox.arrived_at.get(uid, now)
        if uid not in known and now - arrived_at >= SILENCE:
            since = arrived_at.isoformat(timespec="seconds")
            words = f"is on the server since {since} and was not taken in: is the desk running?"
            report.mismatches.append(Mismatch(kind="unknown", words=words, mailbox=name, uid=uid))
    return inbox


_ByBox = dict[str, list[LedgerEntry]]


def _walk(
    desk: Desk, report: Report, inboxes: Mapping[str, FolderContents], *, now: datetime
) -> tuple[_ByBox, _ByBox]:
    """Check every row by itself; returns those to look for in inbox and in rejected folders."""
    lying = {name: (inbox.uidvalidity, frozenset(inbox.uids)) for name, inbox in inboxes.items()}
    suspects: _ByBox = {}
    rejected: _ByBox = {}
    after = 0
    while True:
        with desk.store.read() as tx:
            page = tx.entries(after=after, limit=_AT_ONCE)
            report.mismatches += _page(tx, page, now=now)
        if not page:
            return suspects, rejected
        after = page[-1].id
        for entry in page:
            validity, uids = lying.get(entry.mailbox, (-1, frozenset[str]()))
            here = entry.uidvalidity == validity and entry.uid in uids
            here = here and not entry.erased_at  # `status` tells of copies that stay
            if here and entry.state in SETTLED and not _was_here_before_us(entry):
                suspects.setdefault(entry.mailbox, []).append(entry)
            elif entry.state == "quarantined" and entry.filed:
                rejected.setdefault(entry.mailbox, []).append(entry)


def _page(tx: Transaction, page: tuple[LedgerEntry, ...], *, now: datetime) -> Iterator[Mismatch]:
    mails = tx.known_ids({entry.duplicate_of for entry in page if entry.duplicate_of})
    cases = tx.known_cases({entry.case_id for entry in page if entry.case_id})
    for entry in page:
        for kind, words in (
            *_outcome(entry, mails, cases, now=now),
            *_bytes(tx, entry),  # one mail in memory, whatever the ledger holds
        ):
            yield _of(entry, kind, words)


def _outcome(
    entry: LedgerEntry, mails: frozenset[int], cases: frozenset[int], *, now: datetime
) -> Iterator[tuple[str, str]]:
    """Yield (kind, words) for whatever keeps a row from having exactly one outcome."""
    state, original = entry.state, entry.duplicate_of
    if state not in STATES:
        yield "no_state", f"has the unknown state {state!r}"
    waits_since = max(entry.stored_at, entry.not_before)
    if state in ("new", "working") and now - waits_since >= SILENCE:
        since = waits_since.isoformat(timespec="seconds")
        yield "no_outcome", f"waits since {since}: is the desk running?"
    if state == "done" and entry.case_id not in cases:
        yield "no_case", f"belongs to case number {entry.case_id}, which is not there"
    if state == "duplicate" and (original not in mails or (original or 0) >= entry.id):
        yield "no_original", f"is a copy of mail {original}, which is not an earlier one"
    if state in ("ignored", "quarantined") and not entry.reason:
        yield "no_reason", f"is {state} without a reason"
    if (state != "done" and entry.case_id) or (state != "duplicate" and original):
        yield "two_outcomes", f"is {state}, but names a case or an original all the same"


def _bytes(tx: Transaction, entry: LedgerEntry) -> Iterator[tuple[str, str]]:
    if entry.erased_at:
        return
    try:
        same = hashlib.sha256(tx.raw_of(entry.id)).hexdigest() == entry.sha256
    except Undecipherable:
        same = False
    if not same:
        yield "bytes_changed", "its bytes are not those that came in: restore them from the backup"


def _was_here_before_us(entry: LedgerEntry) -> bool:
    """Older than `answer_mail_since`: recorded, never handled, left where it was."""
    return entry.state == "ignored" and entry.attempts == 0


def _ask_again(
    desk: Desk, source: MailSource, suspects: list[LedgerEntry], report: Report, *, now: datetime
) -> None:
    """Tell which settled mails lie in the inbox folder still, now that a moment has passed."""
    if not suspects:
        return
    try:
        inbox = next(folder for folder in source.inventory() if folder.folder == INBOX)
    except MailboxUnavailable as error:
        report.unreachable[source.name] = error.why
        return
    uids = frozenset(inbox.uids)
    left = [e for e in suspects if e.uid in uids and e.uidvalidity == inbox.uidvalidity]
    again = [entry.id for entry in left if entry.filed]
    if again:
        with desk.store.begin() as tx:
            tx.unfile(again)
    for entry in left:
        if entry.filed:
            words = "was moved, but lies in the inbox folder: the desk will move it again"
            report.mismatches.append(_of(entry, "in_inbox", words))
        elif now - max(entry.stored_at, entry.not_before) >= SILENCE:
            words = f"is {entry.state} and lies in the inbox folder: may the account move mail?"
            report.mismatches.append(_of(entry, "not_moved", words))


def _look_for_rejected(
    desk: Desk, source: MailSource, entries: list[LedgerEntry], report: Report
) -> None:
    if not entries:
        return
    try:
        there = source.find(fingerprints(desk, [e.id for e in entries]), Filing.REJECTED)
    except MailboxUnavailable as error:
        report.unreachable[source.name] = error.why
        return
    for entry in entries:
        if entry.uid not in there:
            words = (
                "is set aside, but not in the rejected folder; if somebody has dealt with it: "
                f"`quarantine drop {entry.id}`, if not: `quarantine show {entry.id}`"
            )
            report.mismatches.append(_of(entry, "not_in_rejected", words))


def _count(tx: Transaction, report: Report) -> None:
    report.outcomes, report.total = tx.inbox_counts(), tx.mails_seen()
    counted = sum(report.outcomes.values())
    if counted != report.total:
        words = f"{report.total} mails were seen, {counted} have an outcome"
        report.mismatches.append(Mismatch(kind="sum", words=words))
    for reference, number in tx.cases_without_mail():
        words = f"case {reference} was opened by mail {number}, whose row does not say so"
        report.mismatches.append(Mismatch(kind="case_without_mail", words=words, mail=number))


def _of(entry: LedgerEntry, kind: str, words: str) -> Mismatch:
    return Mismatch(kind=kind, words=words, mail=entry.id, mailbox=entry.mailbox, uid=entry.uid)
