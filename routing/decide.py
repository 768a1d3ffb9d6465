"""What shall happen because of one mail. Pure: values in, one Decision out.

Four ways: a machine's mail is filed (machines.py); a department's reply answers the case
(answers.py); a complainant's mail joins or reopens the case; anything else is a new case.
"""

from collections.abc import Iterator
from dataclasses import replace

from cases.incoming import MailKind
from cases.lifecycle import ANSWERED_FOR
from cases.model import Assessment, Classification, Decision, Lead, Matter, Move
from routing import letters
from routing.answers import department
from routing.assess import assess
from routing.machines import machine
from routing.replies import is_courtesy
from routing.situation import Situation


def decide(situation: Situation) -> Decision:
    """Return what shall happen because of one mail."""
    if situation.screening.kind is not MailKind.PERSON:
        return machine(situation)
    lead = situation.match.lead
    if lead is not None and situation.match.role == "department":
        return department(situation, lead)
    if lead is not None and situation.match.role == "staff":
        note = situation.event("note", situation.mail.sender.addr, situation.mail.text)
        return Decision(moves=(), events=(note,), letters=())
    if lead is not None:
        return _complainant(situation, lead)
    if situation.sent_before:
        # Sent twice, to be sure: the departments have it, the complainant was answered.
        event = situation.event("sent_again", "complainant", "the same words once more")
        return Decision(moves=(), events=(event,), letters=())
    return _new_case(situation)


def _complains(s: Situation) -> bool:
    return assess(s.words, s.read(), s.policy).matter is Matter.COMPLAINT


def _new_case(s: Situation, *, follows: str = "") -> Decision:
    classification = s.read()
    assessment = assess(s.words, classification, s.policy)
    complaint = assessment.matter is Matter.COMPLAINT
    level = s.policy.severity(assessment.severity)
    limit = level.answer_within if complaint else s.policy.enquiry_limit
    due_at = s.policy.calendar.due(s.received_at, limit)
    why_silent = s.why_silent()
    request = letters.Request(
        mail=s.mail,
        classification=classification,
        assessment=assessment,
        policy=s.policy,
        received_at=s.received_at,
        due_at=due_at,
        readable=s.readable,
        complainant=s.complainant,
    )
    first = () if why_silent else (letters.receipt(request),)
    events = [
        s.event(
            "registered",
            "desk",
            follows or s.match.guess,
            reasons=(*assessment.reasons, *_notes(s)),
        ),
        s.event("not_acknowledged", "desk", why_silent)
        if why_silent
        else s.event("acknowledged", "desk", s.complainant.addr),
        s.event("routed", "desk", ", ".join(assessment.departments)),
    ]
    moves = (Move.ACKNOWLEDGE, Move.ROUTE) if first else (Move.ROUTE,)
    return Decision(
        moves=moves if complaint else (Move.FILE,),
        events=tuple(events),
        letters=(*first, *letters.routed(request), *letters.severity_alerts(request, revision=1)),
        assessment=assessment,
        due_at=due_at,
        complainant=s.complainant,
    )


def _notes(s: Situation) -> Iterator[str]:
    """Yield what a person who opens the case should know about its first mail."""
    if s.why_not_readable:
        yield f"read only in part: {s.why_not_readable}"
    if s.complainant != s.mail.sender:
        yield f"passed on by {s.mail.sender.addr}"
    if s.same_message_id:
        yield "another mail has the same Message-ID, but other content"
    for attachment in s.mail.attachments:
        if attachment.warning:
            yield f"attachment {attachment.name}: {attachment.warning}"


# ---------------------------------------------------------------- the complainant again


def _complainant(s: Situation, lead: Lead) -> Decision:
    case = lead.case
    if not s.mail.attachments and is_courtesy(s.mail.text, name=s.mail.sender.name):
        event = s.event("thanks", "complainant", s.mail.text)
        return Decision(moves=(), events=(event,), letters=())
    if case.matter is not Matter.COMPLAINT and _complains(s):
        return _new_case(s, follows=case.reference)  # what began as a question ends as a complaint
    open_case = case.status not in ANSWERED_FOR
    request = _request_again(s, lead, open_case=open_case)
    assessment, due_at = request.assessment, request.due_at
    alarm = letters.severity_alerts(request, revision=s.inbox_id)
    if open_case:
        return Decision(
            moves=(),
            events=(s.event("complainant_wrote", "complainant", s.mail.text),),
            letters=(*letters.follow_ups(request, case, revision=s.inbox_id), *alarm),
            assessment=assessment,
            due_at=due_at,
        )
    receipt = () if s.why_silent() else (letters.receipt(request),)
    return Decision(
        moves=(Move.REOPEN, Move.ROUTE),
        events=(
            s.event("reopened", "complainant", s.mail.text, reasons=assessment.reasons),
            s.event("routed", "desk", ", ".join(assessment.departments)),
        ),
        letters=(*receipt, *letters.routed(request), *alarm),
        assessment=assessment,
        due_at=due_at,
    )


def _request_again(s: Situation, lead: Lead, *, open_case: bool) -> letters.Request:
    """Return what the letters need; an open case keeps its due time or gets an earlier one."""
    case, classification = lead.case, s.read()
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
        complainant=s.mail.sender,
        again=case.round + 1,
        history=s.history,
    )


def _standing(s: Situation, lead: Lead, classification: Classification) -> Assessment:
    """Return the assessment the case has; a new mail may raise the severity, never lower it."""
    case = lead.case
    fresh = assess(s.words, classification, s.policy)
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
