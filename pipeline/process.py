"""One inbox row → one case and its letters. Read this page second, after cases/model.py.

    take        the oldest waiting mail, its attempt counted before it is made
    understand  bytes → ParsedMail → Screening → Classification       (no transaction is open)
    settle      in one transaction: a copy? → which case? → decide → save case, events, letters

A crash anywhere leaves the mail for the next round; doing all of it twice writes nothing twice.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from cases.inbox_rows import TakenMail
from cases.incoming import MailKind
from cases.lifecycle import advance
from cases.model import Case, Decision, Lead, Move, Quota
from cases.store import Transaction
from cases.tokens import token_hash
from pipeline.desk import Desk
from pipeline.reading import Reading, ReadingFailed, read_in_part
from pipeline.write import queue
from routing.decide import Situation, decide
from routing.match import Clues, clues, match

LEASE = timedelta(minutes=2)
#: From the fourth attempt on a mail is read only in part; after the fifth it is set aside.
FULL_ATTEMPTS, MOST_ATTEMPTS = 3, 5
PAUSE = timedelta(seconds=20)
#: Automatic letters to one address in 24 hours, to one domain and in all in one hour
#: (reliability 4.9).
PER_ADDRESS, PER_DOMAIN, PER_HOUR = 3, 100, 2000


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


@dataclass(frozen=True, slots=True, kw_only=True)
class _Understood:
    reading: Reading
    readable: bool = False  #: False: only in part, and a person must look at the original
    why: str = ""  #: why not


def process_one(desk: Desk, *, now: datetime) -> Handled | None:
    """Handle the oldest waiting mail; None when none waits. Never raises for a mail's sake."""
    with desk.store.begin() as tx:
        taken = tx.take_mail(owner=desk.owner, now=now, lease=LEASE)
    if taken is None:
        return None
    if taken.attempts > MOST_ATTEMPTS:
        # Nobody caught an error: each time the whole program ended over this mail.
        return _give_back(desk, taken, EndedTheProgram(), now=now)
    try:
        understood = _understand(desk, taken)
        return _settle(desk, taken, understood, now=now)
    except Exception as error:  # noqa: BLE001 - one mail must never stop the next
        return _give_back(desk, taken, error, now=now)


def _understand(desk: Desk, taken: TakenMail) -> _Understood:
    """Read a mail whole if that can be done within the limits, else in part; never fails for it."""
    data = taken.raw.data
    if taken.attempts <= FULL_ATTEMPTS:
        try:
            return _Understood(reading=desk.reader.read(data), readable=not taken.partial)
        except ReadingFailed as error:
            return _Understood(reading=read_in_part(data, desk.tools), why=str(error))
    return _Understood(reading=read_in_part(data, desk.tools), why="reading it took the desk down")


def _settle(desk: Desk, taken: TakenMail, read: _Understood, *, now: datetime) -> Handled:
    with desk.store.begin() as tx:
        original = tx.first_of(taken)
        if original is not None:
            tx.finish_mail(
                taken, "duplicate", duplicate_of=original, reason=f"same mail as number {original}"
            )
            return _handled(taken, read, "duplicate", why=f"same mail as number {original}")
        leads = _leads(tx, clues(read.reading.mail, desk.key), now=now)
        found = match(read.reading.mail, leads, desk.rules.policy)
        signed = next((lead for lead in leads if lead.via != "tag"), None)
        lead = found.lead or (
            signed if read.reading.screening.kind is not MailKind.PERSON else None
        )
        decision = decide(
            Situation(
                mail=read.reading.mail,
                screening=read.reading.screening,
                classification=read.reading.classification,
                match=found,
                signed_lead=signed,
                history=tx.events(lead.case.id) if lead else (),
                quota=_quota(tx, read.reading.mail.sender.addr, now=now),
                trust=desk.settings.trust,
                policy=desk.rules.policy,
                inbox_id=taken.id,
                received_at=taken.raw.received_at,
                now=now,
                readable=read.readable,
                why_not_readable=read.why,
            )
        )
        if decision.ignored:
            _finish(tx, taken, "ignored", reason=decision.ignored)
            return _handled(taken, read, "ignored", why=decision.ignored, decision=decision)
        case = _apply(tx, desk, taken, read, decision, lead, now=now)
        _finish(tx, taken, "done", case_id=case.id)
    return _handled(taken, read, "joined" if lead else "case", case=case, decision=decision)


def _apply(
    tx: Transaction,
    desk: Desk,
    taken: TakenMail,
    read: _Understood,
    decision: Decision,
    lead: Lead | None,
    *,
    now: datetime,
) -> Case:
    """Save what was decided: the case in its new status, its events, its letters."""
    case = lead.case if lead else _open(tx, desk, taken, read, decision)
    new_round = case.round + 1 if Move.REOPEN in decision.moves else case.round
    case = replace(
        case,
        status=advance(case.status, decision.moves),
        round=new_round,
        due_at=decision.due_at or case.due_at,
    )
    if decision.assessment:
        case = replace(
            case,
            matter=decision.assessment.matter,
            severity=decision.assessment.severity,
            departments=decision.assessment.departments,
        )
    tx.save_case(case)
    tx.add_events(case.id, decision.events, key=f"mail:{taken.id}")
    queue(
        tx,
        desk,
        case,
        decision.letters,
        original=taken.raw.data,
        answers=read.reading.mail.message_id,
        now=now,
    )
    return case


def _open(
    tx: Transaction, desk: Desk, taken: TakenMail, read: _Understood, decision: Decision
) -> Case:
    if decision.assessment is None or read.reading.classification is None:
        raise ValueError("a new case needs an assessment")
    return tx.open_case(
        inbox_id=taken.id,
        assessment=decision.assessment,
        classification=read.reading.classification,
        complainant=read.reading.mail.sender,
        subject=read.reading.mail.subject,
        thread_id=read.reading.mail.message_id,
        received_at=taken.raw.received_at,
        due_at=decision.due_at,
        rules_version=desk.rules.policy.version,
    )


def _leads(tx: Transaction, found: Clues, *, now: datetime) -> tuple[Lead, ...]:
    """Look the clues up, strongest first."""
    leads: list[Lead] = []
    for scope, token in found.tokens:
        lead = tx.case_by_token(token_hash(token), scope, now=now)
        if lead:
            leads.append(lead)
    for case_id, letter in found.answered:
        case = tx.lock_case(case_id)
        if case:
            leads.append(Lead(case=case, via="thread", letter=letter))
    for reference in found.references:
        case = tx.case_by_reference(reference)
        if case:
            leads.append(Lead(case=case, via="tag"))
    return tuple(leads)


def _quota(tx: Transaction, addr: str, *, now: datetime) -> Quota:
    """Say whether one more automatic letter may leave because of `addr`."""
    day, hour = now - timedelta(days=1), now - timedelta(hours=1)
    domain = addr.rpartition("@")[2]
    if addr and tx.automatic_since(day, recipient=addr) >= PER_ADDRESS:
        return Quota(blocked=f"{PER_ADDRESS} automatic letters went to this address in 24 hours")
    if domain and tx.automatic_since(hour, domain=domain) >= PER_DOMAIN:
        return Quota(blocked=f"{PER_DOMAIN} automatic letters went to this domain in one hour")
    if tx.automatic_since(hour) >= PER_HOUR:
        return Quota(blocked=f"{PER_HOUR} automatic letters left in one hour: the breaker is open")
    return Quota()


def _finish(
    tx: Transaction, taken: TakenMail, state: str, *, reason: str = "", case_id: int | None = None
) -> None:
    if not tx.finish_mail(taken, state, reason=reason, case_id=case_id):
        # Rolls everything back: the other worker's result stands.
        raise LeaseOverrun(f"mail {taken.id} was taken over by another worker")


class EndedTheProgram(Exception):
    """Handling this mail has killed the process too often (F08)."""

    def __str__(self) -> str:
        return f"{MOST_ATTEMPTS} attempts ended with the whole process"


class LeaseOverrun(Exception):
    """Handling took longer than the lease and another worker took the mail over."""


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
    read: _Understood,
    outcome: str,
    *,
    case: Case | None = None,
    decision: Decision | None = None,
    why: str = "",
) -> Handled:
    return Handled(
        mailbox=taken.raw.mailbox,
        uid=taken.raw.uid,
        outcome=outcome,
        case=case,
        decision=decision,
        kind=read.reading.screening.kind.value,
        why=why,
    )
