"""What became of one mail, step by step, put together from the ledger, the story and the outbox.

Nothing is stored for it. How the mail was read and by which proof it belongs to its case is looked
at again, as it was when the mail was handled: with the keys, rules and letters of today.
"""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from cases.errors import Undecipherable
from cases.incoming import MailKind, ParsedMail, Screening
from cases.ledger_rows import DROPPED, SETTLED, LedgerEntry
from cases.model import CaseEvent
from cases.store import Transaction
from cases.trail_rows import TrailLetter
from ingest.parse import minimal_parse, parse
from pipeline import lookups
from pipeline.config import Settings
from pipeline.desk import Desk
from pipeline.inspect import screen_mail
from pipeline.poll import TOO_OLD
from routing.causes import BY_MAIL
from routing.match import match

#: From this attempt on a mail is read by lines only, and so it is shown.
_CAREFULLY = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """Why a mail belongs to its case."""

    how: str  #: opened, token, thread, tag, same_words or unknown
    of: str = ""  #: by token: whom the reply address was given to; by thread: the letter answered


@dataclass(frozen=True, slots=True, kw_only=True)
class Trail:
    """One mail's way through the desk."""

    entry: LedgerEntry
    mail: ParsedMail | None  #: None once its words are erased, or can't be decrypted
    screening: Screening | None  #: what kind of sender wrote; None as above
    carefully: bool  #: read by lines only, because it defeated the parser
    case: str  #: reference, "" for none
    proof: Proof | None  #: None without a case
    events: tuple[CaseEvent, ...]  #: what it brought about in its case
    letters: tuple[TrailLetter, ...]  #: that came of it
    folder: str  #: where it lies on the server, "" where there is none
    moved: bool  #: False: it is still to be moved there

    @property
    def decided_at(self) -> datetime | None:
        """When it was decided, None without a case."""
        return min((event.at for event in self.events), default=None)


def trail_of(desk: Desk, number: int) -> Trail | None:
    """Return the trail of one mail, None if there is none of that number."""
    with desk.store.read() as tx:
        entry = tx.entry(number)
        if entry is None:
            return None
        events: tuple[CaseEvent, ...] = ()
        letters: tuple[TrailLetter, ...] = ()
        if entry.case_id:
            events = tx.events_of_mail(entry.case_id, number)
            moments = {event.at for event in events}
            letters = tx.letters_of_mail(entry.case_id, revision=BY_MAIL + number, at=moments)
        in_part = any("read only in part" in reason for e in events for reason in e.reasons)
        carefully = in_part or entry.state == "quarantined" or entry.attempts >= _CAREFULLY
        mail = _read(tx, number, carefully=carefully)
        screening = screen_mail(mail, desk.settings) if mail else None
        folder, moved = _lies_in(entry, desk.settings)
        return Trail(
            entry=entry,
            mail=mail,
            screening=screening,
            carefully=carefully,
            case=tx.reference_of(entry.case_id) if entry.case_id else "",
            proof=_proof(tx, desk, entry, mail, screening),
            events=events,
            letters=letters,
            folder=folder,
            moved=moved,
        )


def numbers_of(desk: Desk, about: str) -> tuple[int, ...]:
    """Return the mails somebody means: a number, a Message-ID, or all of a case (C-2026-000123)."""
    if about.isascii() and about.isdecimal():
        return (int(about),)
    with desk.store.read() as tx:
        case = tx.case_by_reference(about.strip())
        if case is not None:
            return tx.mails_of(case.id)
        return tx.mails_named(about.strip().strip("<>"))


def _read(tx: Transaction, number: int, *, carefully: bool) -> ParsedMail | None:
    with suppress(Undecipherable):
        data = tx.raw_of(number)
        if not data:
            return None
        if not carefully:
            with suppress(Exception):  # whatever it does to the parser, it is shown
                return parse(data)
        return minimal_parse(data)
    return None


def _proof(
    tx: Transaction,
    desk: Desk,
    entry: LedgerEntry,
    mail: ParsedMail | None,
    screening: Screening | None,
) -> Proof | None:
    if not entry.case_id:
        return None
    if tx.opened_by(entry.case_id) == entry.id:
        return Proof(how="opened")
    if mail is None or screening is None:
        return Proof(how="unknown")
    leads = lookups.leads(tx, desk.clues(mail), now=entry.stored_at)
    lead = next(iter(leads), None)
    if screening.kind is MailKind.PERSON:
        lead = match(mail, leads, desk.rules.policy).lead
    if lead is None or lead.case.id != entry.case_id:
        return Proof(how="same_words" if not leads else "unknown")
    return Proof(how=lead.via, of=lead.party if lead.via == "token" else lead.letter)


def _lies_in(entry: LedgerEntry, settings: Settings) -> tuple[str, bool]:
    """Return (folder on the server, False if the mail is still to be moved there)."""
    names = _folders(settings, entry.mailbox)
    if not names:
        return "", True
    if entry.state not in SETTLED:
        return names["inbox"], True
    if entry.reason.startswith(TOO_OLD):
        return names["inbox"], True  # what was there before us stays where it was
    rejected = entry.state == "quarantined" or entry.reason.startswith(DROPPED)
    return names["rejected" if rejected else "processed"], entry.filed


def _folders(settings: Settings, mailbox: str) -> Mapping[str, str]:
    box = settings.mailboxes.get(mailbox)
    if box is None:
        return {}
    source = box.source
    if isinstance(source, Path):
        return {"inbox": str(source), "processed": ".Processed", "rejected": ".Rejected"}
    return {"inbox": source.inbox, "processed": source.processed, "rejected": source.rejected}
