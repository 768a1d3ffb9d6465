"""One inbox row → one case and its letters. Read this page second, after cases/model.py.

    take        the oldest waiting mail, its attempt counted before it is made
    understand  bytes → ParsedMail → Screening → Classification       (no transaction is open)
    settle      in one transaction: a copy? → which case? → decide → save case, events, letters

A crash anywhere leaves the mail for the next round; doing all of it twice writes nothing twice.
"""

import hashlib
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from cases.errors import StoreUnavailable
from cases.inbox_rows import TakenMail
from cases.incoming import MailKind
from cases.model import Case, Decision, LetterName
from cases.restored_rows import MAY_HAVE_LEFT
from cases.store import Transaction
from pipeline import lookups, retake
from pipeline.desk import Desk
from pipeline.finish import LeaseOverrun, finish, finish_copy
from pipeline.firstmail import read_first
from pipeline.reading import ReaderUnavailable
from pipeline.rules_by_mail import about_rules
from pipeline.rules_by_mail import take as take_rules
from pipeline.save import save
from pipeline.understood import Understood, on_its_own, understand
from routing.decide import decide
from routing.envelope import complainant_of
from routing.match import match
from routing.situation import Situation, needs_original

LEASE = timedelta(minutes=2)
#: A mail that failed so often is set aside; one over which the whole program ended, so often.
MOST_ATTEMPTS, MOST_CRASHES = 5, 15
PAUSE = timedelta(seconds=20)


@dataclass(frozen=True, slots=True, kw_only=True)
class Handled:
    """What became of one mail."""

    mailbox: str
    uid: str
    outcome: str  #: case, joined, ignored, duplicate, quarantined or retry
    case: Case | None = None
    decision: Decision | None = None
    kind: str = ""
    why: str = ""
    silent: str = ""  #: why it gets no automatic letter, one of routing.situation.SILENCES


def process_one(desk: Desk, *, now: datetime) -> Handled | None:
    """Handle the oldest waiting mail; None when none waits. Never raises for a mail's sake."""
    with desk.store.begin() as tx:
        taken = tx.take_mail(owner=desk.owner, now=now, lease=LEASE)
    if taken is None:
        return None
    if taken.attempts > MOST_CRASHES:
        # Nobody caught an error: each time the whole program ended over this mail.
        return _give_back(desk, taken, EndedTheProgram(), now=now)
    try:
        understood = _understand(desk, taken)
        wish = about_rules(desk, understood.reading)
        if wish:
            outcome, why = take_rules(desk, taken, understood.reading, wish, now=now)
            return _handled(taken, understood, outcome, why=why)
        understood = _with_first_mail(desk, understood, now=now)
        return _settle(desk, taken, understood, now=now)
    except (ReaderUnavailable, StoreUnavailable):
        with desk.store.begin() as tx:  # not the mail's fault: it is no attempt
            tx.postpone_mail(taken, not_before=now + PAUSE)
        raise
    except Exception as error:  # noqa: BLE001 - one mail must never stop the next
        return _give_back(desk, taken, error, now=now)


def _understand(desk: Desk, taken: TakenMail) -> Understood:
    return understand(taken.raw.data, reader=desk.reader, tools=desk.tools, partial=taken.partial)


def _with_first_mail(desk: Desk, read: Understood, *, now: datetime) -> Understood:
    """Read the first mail of the case again where this one may send the case elsewhere."""
    mail, policy = read.reading.mail, desk.rules.policy
    kind = read.reading.screening.kind
    if kind not in (MailKind.PERSON, MailKind.AUTO_REPLY):
        return read
    with desk.store.read() as tx:
        found = match(mail, lookups.leads(tx, desk.clues(mail), now=now), policy)
    if found.lead is None or not needs_original(mail, kind, found, policy):
        return read
    return replace(read, first=read_first(desk, found.lead.case))


def _settle(desk: Desk, taken: TakenMail, read: Understood, *, now: datetime) -> Handled:
    with desk.store.begin() as tx:
        if why := finish_copy(tx, taken):
            return _handled(taken, read, "duplicate", why=why)
        if why := retake.lost_case(tx, desk, read.reading):
            finish(tx, taken, "quarantined", reason=why)
            return _handled(taken, read, "quarantined", why=why)
        situation = _situation(tx, desk, taken, read, now=now)
        decision = decide(situation)
        if decision.bounced:
            tx.count_bounce(decision.bounced, now=now)
        if decision.ignored:
            finish(tx, taken, "ignored", reason=decision.ignored)
            why, silent = decision.ignored, situation.silence()
            return _handled(taken, read, "ignored", why=why, decision=decision, silent=silent)
        joined = _joined(situation, decision)
        case = joined or _open(tx, desk, taken, read, decision, situation.earlier)
        case = _apply(tx, desk, taken, read, decision, case, now=now)
        finish(tx, taken, "done", case_id=case.id)
    outcome = "joined" if joined else "case"
    return _handled(
        taken,
        read,
        outcome,
        case=case,
        decision=decision,
        why=situation.why_not_readable,
        silent=situation.silence(),
    )


def _joined(situation: Situation, decision: Decision) -> Case | None:
    """Return the case the mail belongs to, None if it opens one."""
    if decision.complainant is not None:
        return None
    if situation.screening.kind is not MailKind.PERSON:
        return situation.signed_lead.case if situation.signed_lead else None
    lead = situation.match.lead
    return lead.case if lead else situation.sent_before


def _situation(
    tx: Transaction, desk: Desk, taken: TakenMail, read: Understood, *, now: datetime
) -> Situation:
    """Gather everything that is known about a mail."""
    mail, policy = read.reading.mail, desk.rules.policy
    leads = lookups.leads(tx, desk.clues(mail), now=now)
    found = match(mail, leads, policy)
    signed = next((lead for lead in leads if lead.via != "tag"), None)
    case = found.lead.case if found.lead else None
    about = case or (signed.case if signed else None)
    other = lookups.other_party(found, policy, mail.sender.addr)
    complainant = complainant_of(mail, policy).addr
    alone = on_its_own(
        read,
        policy=policy,
        trust=desk.settings.trust,
        inbox_id=taken.id,
        mailbox=taken.raw.mailbox,
        received_at=taken.raw.received_at,
        now=now,
        match=found,
        signed_lead=signed,
    )
    return replace(
        alone,
        original=first.original if (first := read.first_of(case)) else None,
        history=tx.events(about.id) if about else (),
        parts=tx.parts(about.id) if about else (),
        measures=tx.measures(about.id) if about else (),
        records=tx.records(about.id) if about else alone.records,
        outcome_waits=about is not None and tx.waits(about.id, LetterName.OUTCOME.value),
        requests=lookups.requests(tx, about),
        earlier=() if about else lookups.earlier(tx, complainant, taken.raw.received_at),
        related=() if about else lookups.related(tx, read.reading.classification),
        quota=lookups.quota(tx, complainant, case, now=now),
        department_quota=lookups.quota(tx, other, case, now=now),
        sent_before=lookups.sent_before(tx, taken, mail, complainant) if read.readable else None,
        same_message_id=bool(mail.message_id) and tx.has_message_id(taken, mail.message_id),
        answered_before=retake.answered_before(tx, taken.raw),
    )


def _apply(
    tx: Transaction,
    desk: Desk,
    taken: TakenMail,
    read: Understood,
    decision: Decision,
    case: Case,
    *,
    now: datetime,
) -> Case:
    """Save what was decided: the case in its new status, its events, its letters."""
    first = read.first_of(case)
    return save(
        tx,
        desk,
        case,
        decision,
        key=f"mail:{taken.id}",
        mail=taken.raw.data,
        first=first.data if first else b"",
        answers=read.reading.mail.message_id,
        seals=_seals(taken, read),
        now=now,
        held=MAY_HAVE_LEFT if retake.answered_before(tx, taken.raw) else "",
    )


def _seals(taken: TakenMail, read: Understood) -> dict[str, str]:
    """Return what the events of a mail vouch for: its bytes, and which model read it."""
    read_by = read.reading.classification
    model = {"model": read_by.model} if read_by else {}
    return {f"mail:{taken.id}": hashlib.sha256(taken.raw.data).hexdigest(), **model}


def _open(
    tx: Transaction,
    desk: Desk,
    taken: TakenMail,
    read: Understood,
    decision: Decision,
    earlier: tuple[Case, ...],
) -> Case:
    if decision.assessment is None or read.reading.classification is None:
        raise ValueError("a new case needs an assessment")
    return tx.open_case(
        inbox_id=taken.id,
        assessment=decision.assessment,
        classification=read.reading.classification,
        complainant=decision.complainant or read.reading.mail.sender,
        subject=read.reading.mail.subject,
        text=read.reading.mail.words,
        thread_id=read.reading.mail.message_id,
        received_at=taken.raw.received_at,
        due_at=decision.due_at,
        guess_at=decision.guess_at,
        rules_version=desk.rules.policy.version,
        earlier=earlier,
    )


class EndedTheProgram(Exception):
    """Handling this mail has killed the process too often (F08)."""

    def __str__(self) -> str:
        return f"{MOST_CRASHES} attempts ended with the whole process"


def _give_back(desk: Desk, taken: TakenMail, error: Exception, *, now: datetime) -> Handled:
    """Set a mail that failed aside for a while, or for a person after too many attempts."""
    why = f"{type(error).__name__}: {error}"
    if isinstance(error, LeaseOverrun):
        return Handled(mailbox=taken.raw.mailbox, uid=taken.raw.uid, outcome="retry", why=why)
    last = taken.attempts >= MOST_ATTEMPTS
    with desk.store.begin() as tx:
        tx.finish_mail(
            taken,
            "quarantined" if last else "new",
            reason=why,
            not_before=now + PAUSE * taken.attempts,
        )
    outcome = "quarantined" if last else "retry"
    return Handled(mailbox=taken.raw.mailbox, uid=taken.raw.uid, outcome=outcome, why=why)


def _handled(
    taken: TakenMail,
    read: Understood,
    outcome: str,
    *,
    case: Case | None = None,
    decision: Decision | None = None,
    why: str = "",
    silent: str = "",
) -> Handled:
    return Handled(
        mailbox=taken.raw.mailbox,
        uid=taken.raw.uid,
        outcome=outcome,
        case=case,
        decision=decision,
        kind=read.reading.screening.kind.value,
        why=why,
        silent=silent,
    )
