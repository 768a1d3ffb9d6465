"""What shall happen because of one mail. Pure: values in, one Decision out.

Four ways: a machine's mail is filed; a department's reply answers the case; a complainant's mail
joins or reopens the case; anything else is a new case.
"""

from dataclasses import dataclass, replace
from datetime import datetime

from cases.addresses import sendable
from cases.incoming import Address, MailKind, ParsedMail, Screening
from cases.lifecycle import ANSWERED_FOR, MOVES
from cases.model import (
    Assessment,
    CaseEvent,
    Classification,
    Decision,
    Lead,
    Letter,
    LetterName,
    Matter,
    Move,
    Quota,
)
from routing import letters
from routing.assess import assess
from routing.match import Match
from routing.phrases import phrase
from routing.policy import Policy
from routing.replies import is_courtesy, read_department_reply
from routing.trust import Trust, authority


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """Everything that is known when a mail is decided."""

    mail: ParsedMail
    screening: Screening
    classification: Classification | None  #: None for a machine's mail: nobody reads it
    match: Match
    signed_lead: Lead | None  #: the first lead by token or thread, whoever the sender is
    history: tuple[CaseEvent, ...]  #: what happened to the case of the lead so far
    quota: Quota
    trust: Trust
    policy: Policy
    inbox_id: int
    received_at: datetime
    now: datetime
    readable: bool = True  #: False when the mail could only be read in part
    why_not_readable: str = ""


def decide(situation: Situation) -> Decision:
    """Return what shall happen because of one mail."""
    if situation.screening.kind is not MailKind.PERSON:
        return _machine(situation)
    lead = situation.match.lead
    if lead is None:
        return _new_case(situation)
    if situation.match.role == "department":
        return _department(situation, lead)
    return _complainant(situation, lead)


# ---------------------------------------------------------------- machines


def _machine(s: Situation) -> Decision:
    """File it: with the case whose letter it answers, else with the reason."""
    why = f"{s.screening.kind.value}: {s.screening.reason}"
    lead = s.signed_lead
    if lead is None:
        return Decision(moves=(), events=(), letters=(), ignored=why)
    event = _event(s, s.screening.kind.value, "desk", why)
    bounce = s.screening.bounce
    if bounce is None or not bounce.status.startswith("5"):
        return Decision(moves=(), events=(event,), letters=())
    reason = phrase(
        "undeliverable",
        s.policy.languages[0],
        letter=lead.case.reference,
        recipient=bounce.recipient or "?",
        reply=bounce.status,
    )
    # A bounce never causes mail to whoever it names, only to our own supervisors (F64).
    alerts = letters.alerts(
        lead.case, s.policy.supervisors, s.policy, reasons=(reason,), revision=s.inbox_id
    )
    return Decision(moves=(), events=(event,), letters=alerts if not s.quota.blocked else ())


# ---------------------------------------------------------------- a new case


def _new_case(s: Situation) -> Decision:
    classification = _read(s)
    text = f"{s.mail.subject}\n{s.mail.text}"
    assessment = assess(text, classification, s.policy)
    complaint = assessment.matter is Matter.COMPLAINT
    level = s.policy.severity(assessment.severity)
    limit = level.answer_within if complaint else s.policy.enquiry_limit
    due_at = s.policy.calendar.due(s.received_at, limit)
    why_silent = _why_silent(s)
    request = letters.Request(
        mail=s.mail,
        classification=classification,
        assessment=assessment,
        policy=s.policy,
        received_at=s.received_at,
        due_at=due_at,
        readable=s.readable,
    )
    first = () if why_silent else (letters.receipt(request),)
    events = [
        _event(s, "registered", "desk", s.match.guess, reasons=(*assessment.reasons, *_unread(s))),
        _event(s, "not_acknowledged", "desk", why_silent)
        if why_silent
        else _event(s, "acknowledged", "desk", s.mail.sender.addr),
        _event(s, "routed", "desk", ", ".join(assessment.departments)),
    ]
    moves = (Move.ACKNOWLEDGE, Move.ROUTE) if first else (Move.ROUTE,)
    return Decision(
        moves=moves if complaint else (Move.FILE,),
        events=tuple(events),
        letters=(*first, *letters.routed(request), *letters.severity_alerts(request, revision=1)),
        assessment=assessment,
        due_at=due_at,
    )


# ---------------------------------------------------------------- the complainant again


def _complainant(s: Situation, lead: Lead) -> Decision:
    case = lead.case
    if is_courtesy(s.mail.text):
        event = _event(s, "thanks", "complainant", s.mail.text)
        return Decision(moves=(), events=(event,), letters=())
    open_case = case.status not in ANSWERED_FOR
    request = _request_again(s, lead, open_case=open_case)
    assessment, due_at = request.assessment, request.due_at
    alarm = letters.severity_alerts(request, revision=s.inbox_id)
    if open_case:
        return Decision(
            moves=(),
            events=(_event(s, "complainant_wrote", "complainant", s.mail.text),),
            letters=(*letters.follow_ups(request, case, revision=s.inbox_id), *alarm),
            assessment=assessment,
            due_at=due_at,
        )
    receipt = () if _why_silent(s) else (letters.receipt(request),)
    return Decision(
        moves=(Move.REOPEN, Move.ROUTE),
        events=(
            _event(s, "reopened", "complainant", s.mail.text, reasons=assessment.reasons),
            _event(s, "routed", "desk", ", ".join(assessment.departments)),
        ),
        letters=(*receipt, *letters.routed(request), *alarm),
        assessment=assessment,
        due_at=due_at,
    )


def _request_again(s: Situation, lead: Lead, *, open_case: bool) -> letters.Request:
    """Return what the letters need; an open case keeps its due time or gets an earlier one."""
    case, classification = lead.case, _read(s)
    assessment = _standing(s, lead, classification)
    level = s.policy.severity(assessment.severity)
    due_at = s.policy.calendar.due(s.received_at, level.answer_within)
    if open_case and case.due_at:
        raised = assessment.severity != case.severity
        due_at = min(case.due_at, due_at) if raised else case.due_at
    return letters.Request(
        mail=s.mail,
        classification=classification,
        assessment=assessment,
        policy=s.policy,
        received_at=s.received_at,
        due_at=due_at,
        readable=s.readable,
        again=case.round + 1,
        history=tuple(event for event in s.history if event.kind == "answered"),
    )


def _standing(s: Situation, lead: Lead, classification: Classification) -> Assessment:
    """Return the assessment the case has; a new mail may raise the severity, never lower it."""
    case = lead.case
    fresh = assess(f"{s.mail.subject}\n{s.mail.text}", classification, s.policy)
    rank = {level.name: number for number, level in enumerate(s.policy.severities)}
    raised = rank[fresh.severity] < rank.get(case.severity, len(rank))
    departments = tuple(key for key in case.departments if key in s.policy.departments)
    return replace(
        fresh,
        # An enquiry that turns out to be dangerous is a complaint from now on.
        matter=Matter.COMPLAINT if raised else case.matter,
        category=case.category,
        unsure=case.unsure,
        severity=fresh.severity if raised else case.severity,
        departments=departments or fresh.departments,
        alert=fresh.alert if raised else (),
        reasons=fresh.reasons if raised else (),
    )


# ---------------------------------------------------------------- a department's reply


def _department(s: Situation, lead: Lead) -> Decision:
    case = lead.case
    proof = authority(s.mail, lead, s.policy, s.trust)
    actor = f"department:{proof.department}"
    if not proof.granted:
        event = _event(s, "unverified_reply", actor, s.mail.text, reasons=(proof.why_not,))
        return _explain(s, lead, event, proof.department, authorised=False)
    reply = read_department_reply(s.mail.text)
    if reply.answer is None:
        event = _event(s, "note", actor, s.mail.text)
        return _explain(s, lead, event, proof.department)
    if (case.status, Move.ANSWER) not in MOVES:
        event = _event(s, "late_answer", actor, reply.answer)
        return _explain(s, lead, event, proof.department, answered=True)
    answered = _event(s, "answered", actor, reply.answer)
    if not sendable(case.complainant.addr):
        told = _event(s, "no_address", "desk", "the complainant must be told by other means")
        return Decision(moves=(Move.ANSWER,), events=(answered, told), letters=())
    outcome = letters.outcome(case, reply.answer, proof.department, s.policy)
    return Decision(moves=(Move.ANSWER,), events=(answered,), letters=(outcome,))


def _explain(
    s: Situation,
    lead: Lead,
    event: CaseEvent,
    department: str,
    *,
    authorised: bool = True,
    answered: bool = False,
) -> Decision:
    """Keep a reply as a note and say how to answer; to the listed address, never to a stranger."""
    listed = s.policy.departments.get(department)
    addr = s.mail.sender.addr if authorised else (listed.to[0] if listed else "")
    if s.quota.blocked or not s.screening.may_answer or not sendable(addr):
        return Decision(moves=(), events=(event,), letters=())
    letter = Letter(
        name=LetterName.HOW_TO_ANSWER,
        language=s.policy.languages[0],
        to=Address(addr=addr),
        department=department,
        automatic=True,
        revision=s.inbox_id,
        facts={
            "department_name": letters.department_name(s.policy, department),
            "read": s.mail.text[:200],
            "authorised": authorised,
            "answered": answered,
        },
    )
    return Decision(moves=(), events=(event,), letters=(letter,))


# ---------------------------------------------------------------- shared


def _unread(s: Situation) -> tuple[str, ...]:
    return () if not s.why_not_readable else (f"read only in part: {s.why_not_readable}",)


def _read(s: Situation) -> Classification:
    if s.classification is None:
        raise ValueError("a person's mail must be classified before it is decided")
    return s.classification


def _why_silent(s: Situation) -> str:
    """Return why no automatic letter goes to the sender, "" if one may."""
    if not s.screening.may_answer:
        return s.screening.reason
    if not sendable(s.mail.sender.addr):
        return "there is no address to answer to"
    return s.quota.blocked


def _event(
    s: Situation, kind: str, actor: str, detail: str = "", *, reasons: tuple[str, ...] = ()
) -> CaseEvent:
    return CaseEvent(at=s.now, kind=kind, actor=actor, detail=detail, reasons=reasons)
