"""What shall happen because of one mail. Pure: values in, one Decision out.

Five ways: a machine's mail is filed (machines.py); a department's reply answers the case
(answers.py); a supervisor's says whose it is (supervisors.py); a complainant's mail joins or
reopens the case; anything else is a new case, which may wait for a supervisor.
"""

from collections.abc import Iterator
from dataclasses import replace

from cases.incoming import MailKind
from cases.lifecycle import ANSWERED_FOR
from cases.model import (
    Assessment,
    Case,
    CaseEvent,
    Classification,
    Decision,
    Fact,
    Lead,
    Matter,
    Move,
)
from routing import letters, letters_staff
from routing.answers import department
from routing.letters_staff import Question, decision_needed
from routing.machines import machine
from routing.replies import is_courtesy
from routing.reroute import guess, rehomed
from routing.situation import Situation, homeless
from routing.supervisors import ground_of, supervisor


def decide(situation: Situation) -> Decision:
    """Return what shall happen because of one mail."""
    if situation.screening.kind is not MailKind.PERSON:
        return machine(situation)
    lead = situation.match.lead
    if lead is not None and situation.match.role == "department":
        return department(situation, lead)
    if lead is not None and situation.match.role == "supervisor":
        return supervisor(situation, lead)
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
    return s.assess().matter is Matter.COMPLAINT


def _new_case(s: Situation, *, follows: str = "") -> Decision:
    assessment = s.assess()
    complaint = assessment.matter is Matter.COMPLAINT
    asks = complaint and assessment.unsure and bool(s.policy.unsure_ask)
    guess_at = None
    if asks and not _urgent(s, assessment):
        guess_at = s.policy.calendar.due(s.received_at, s.policy.guess_after)
        assessment = replace(assessment, departments=())  # nobody has it yet
    request = _request(s, assessment)
    why_silent = s.why_silent()
    first = () if why_silent else (letters.receipt(request),)
    question = Question(request=request, guess_at=guess_at)
    asked = decision_needed(question, s.policy.unsure_ask, revision=s.inbox_id) if asks else ()
    ways = (Move.ROUTE,) if assessment.departments else ()
    return Decision(
        moves=((*((Move.ACKNOWLEDGE,) if first else ()), *ways)) if complaint else (Move.FILE,),
        events=tuple(_first_events(s, assessment, follows, why_silent, asks=asks)),
        letters=(
            *first,
            *letters_staff.routed(request),
            *letters_staff.severity_alerts(request, revision=1),
            *asked,
        ),
        assessment=assessment,
        due_at=request.due_at,
        guess_at=guess_at,
        complainant=s.complainant,
    )


def _urgent(s: Situation, assessment: Assessment) -> bool:
    """Tell what must not wait for a decision: danger, and what nobody could read for danger."""
    level = s.policy.severity(assessment.severity)
    return level.serious or bool(assessment.alert) or not s.readable


def _request(s: Situation, assessment: Assessment) -> letters.Request:
    level = s.policy.severity(assessment.severity)
    complaint = assessment.matter is Matter.COMPLAINT
    limit = level.answer_within if complaint else s.policy.enquiry_limit
    return letters.Request(
        mail=s.mail,
        classification=s.read(),
        assessment=assessment,
        policy=s.policy,
        received_at=s.received_at,
        due_at=s.policy.calendar.due(s.received_at, limit),
        readable=s.readable,
        complainant=s.complainant,
    )


def _first_events(
    s: Situation, assessment: Assessment, follows: str, why_silent: str, *, asks: bool
) -> Iterator[CaseEvent]:
    reasons = (*assessment.reasons, *_notes(s))
    yield s.event("registered", "desk", follows or s.match.guess, reasons=reasons)
    if why_silent:
        yield s.event("not_acknowledged", "desk", why_silent)
    else:
        yield s.event("acknowledged", "desk", s.complainant.addr)
    if asks:
        yield s.event("asked", "desk", ", ".join(s.policy.unsure_ask))
    if assessment.departments:
        yield s.event("routed", "desk", ", ".join(assessment.departments))


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
    alarm = letters_staff.severity_alerts(request, revision=s.inbox_id)
    if open_case:
        wrote = s.event("complainant_wrote", "complainant", _written(s))
        follow_ups = letters_staff.follow_ups(request, case, revision=s.inbox_id)
        joined = Decision(
            moves=(),
            events=(wrote,),
            letters=(*follow_ups, *alarm),
            assessment=assessment,
            due_at=due_at,
            guess_at=case.guess_at,
            facts=request.added,
        )
        urgent = case.guess_at is not None and _urgent(s, assessment)
        return _at_once(s, lead, joined) if urgent or homeless(case, s.policy) else joined
    receipt = () if s.why_silent() else (letters.receipt(request),)
    return Decision(
        moves=(Move.REOPEN, Move.ROUTE),
        events=(
            s.event("reopened", "complainant", _written(s), reasons=assessment.reasons),
            s.event("routed", "desk", ", ".join(assessment.departments)),
        ),
        letters=(*receipt, *letters_staff.routed(request), *alarm),
        assessment=assessment,
        due_at=due_at,
        facts=request.added,
    )


def _written(s: Situation) -> str:
    """Return the words, and what came with them: whoever gets the case later must know of it."""
    names = "".join(f"\n[{item.name}]" for item in s.mail.attachments[:20])
    return f"{s.mail.text}{names}".strip()


def _at_once(s: Situation, lead: Lead, joined: Decision) -> Decision:
    """Route a case that nobody has: it waited and is urgent now, or its departments are gone."""
    held = joined.assessment
    case = replace(
        lead.case,
        severity=held.severity if held else lead.case.severity,
        facts=(*lead.case.facts, *joined.facts),
        due_at=joined.due_at,
    )
    ground = ground_of(s, replace(lead, case=case))
    ground = replace(ground, story=(*ground.story, *joined.events))
    taken = guess(ground) if case.guess_at else rehomed(ground)
    return replace(
        joined,
        moves=taken.moves,
        events=(*joined.events, *taken.events),
        letters=(*joined.letters, *taken.letters),
        assessment=taken.assessment,
        guess_at=None,
    )


def _request_again(s: Situation, lead: Lead, *, open_case: bool) -> letters.Request:
    """Return what the letters need; an open case keeps its due time or gets an earlier one."""
    case, classification = lead.case, s.read()
    assessment = _standing(s, lead)
    level = s.policy.severity(assessment.severity)
    due_at = s.policy.calendar.due(s.received_at, level.answer_within)
    if open_case and case.due_at:
        raised = assessment.severity != case.severity
        due_at = min(case.due_at, due_at) if raised else case.due_at
    added = new_facts(case, classification)
    return letters.Request(
        mail=s.mail,
        classification=replace(classification, facts=(*case.facts, *added)),
        assessment=assessment,
        policy=s.policy,
        received_at=s.received_at,
        due_at=due_at,
        readable=s.readable,
        complainant=s.mail.sender,
        again=case.round + 1,
        history=tuple(event for event in s.history if event.kind == "answered"),
        added=added,
    )


def new_facts(case: Case, read: Classification) -> tuple[Fact, ...]:
    """Return the facts of kinds that the case lacks; what it has is never written over (K038)."""
    known = {fact.name for fact in case.facts}
    return tuple(fact for fact in read.facts if fact.name not in known)


def _standing(s: Situation, lead: Lead) -> Assessment:
    """Return the assessment the case has; a new mail may raise the severity, never lower it."""
    case = lead.case
    fresh = s.assess()
    rank = {level.name: number for number, level in enumerate(s.policy.severities)}
    raised = rank[fresh.severity] < rank.get(case.severity, len(rank))
    departments = tuple(key for key in case.departments if key in s.policy.departments)
    if not departments and case.guess_at is None:
        departments = fresh.departments
    return replace(
        fresh,
        # An enquiry that turns out to be dangerous is a complaint from now on.
        matter=Matter.COMPLAINT if raised else case.matter,
        category=case.category,
        subcategory=case.subcategory,
        also=(),
        missing=(),
        unsure=case.unsure,
        severity=fresh.severity if raised else case.severity,
        departments=departments,
        alert=fresh.alert if raised else (),
        reasons=fresh.reasons if raised else (),
    )
