"""The complainant writes again about a case: it is confirmed, joined, or opened again. Pure."""

from dataclasses import replace

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
    Status,
)
from routing import letters, letters_out, letters_staff
from routing.complainants import informed, reacted
from routing.letters_time import escalation
from routing.life import BY_MAIL, Life, join, nothing
from routing.newcase import new_case, urgent
from routing.pauses import promised
from routing.process import Objection
from routing.reroute import guess, rehomed, told
from routing.situation import Situation, awaits_writing, homeless
from routing.supervisors import ground_of


def complainant(s: Situation, lead: Lead) -> Decision:
    """Take a reply to what we asked, join the mail to the open case, or open the case again."""
    case = lead.case
    answer = reacted(s, lead)
    if answer is not None:
        return answer
    if case.matter is not Matter.COMPLAINT and s.assess().matter is Matter.COMPLAINT:
        return new_case(s, follows=case.reference)  # what began as a question ends as a complaint
    open_case = case.status not in ANSWERED_FOR
    request = _request_again(s, lead, open_case=open_case)
    if open_case:
        joined = _joined(s, lead, request)
        hurry = case.guess_at is not None and urgent(s, request.assessment)
        return _at_once(s, lead, joined) if hurry or homeless(case, s.policy) else joined
    return objected(s, lead, request)


def _joined(s: Situation, lead: Lead, request: letters.Request) -> Decision:
    """Pass what they write on to those who have the case."""
    alarm = letters_staff.severity_alerts(request, revision=s.inbox_id)
    life, told_at = s.life(lead), request.due_at
    if told_at == lead.case.due_at:
        told_at = promised(life) or told_at  # moved by the time for which we waited for them
    dated = replace(request, due_at=told_at)
    follow_ups = letters_staff.follow_ups(dated, lead.case, revision=s.inbox_id)
    joined = Decision(
        moves=(),
        events=(
            s.event(
                "complainant_wrote",
                "complainant",
                _written(s),
                reasons=request.assessment.reasons,  # only where it raises the severity
            ),
        ),
        letters=(*follow_ups, *alarm),
        assessment=request.assessment,
        due_at=request.due_at,
        guess_at=lead.case.guess_at,
        facts=request.added,
    )
    if awaits_writing(lead.case):
        joined = join(joined, _in_writing(s, request))
    return join(joined, informed(s, life))


def _in_writing(s: Situation, request: letters.Request) -> Decision:
    """Confirm that a complaint that was only said before counts from now on (K093)."""
    if s.why_silent():
        return nothing()
    receipt = letters.receipt(replace(request, again=0))
    told_so = s.event("acknowledged", "desk", request.complainant.addr)
    letter = replace(receipt, revision=BY_MAIL + s.inbox_id)
    return Decision(moves=(), events=(told_so,), letters=(letter,))


def objected(s: Situation, lead: Lead, request: letters.Request) -> Decision:
    """Do what the process says about a complainant who is not satisfied (T24, X16)."""
    case, assessment = lead.case, request.assessment
    life = s.life(lead)
    way = objection_of(life)
    # Danger, and what nobody has seen yet, are no mere objection; the letter asked for it.
    new = assessment.severity != case.severity or s.mail.attachments
    if way is Objection.EXPLAIN and not new and case.status is not Status.ANSWERED:
        explained = s.event("explained", "complainant", _written(s))
        told = letters_out.outcome(life, explained=True)
        return Decision(moves=(), events=(explained,), letters=told)
    after = {Objection.MANAGEMENT: "management", Objection.DISPUTE: "dispute"}.get(way, "")
    request = replace(request, after=after)
    receipt = () if s.why_silent() else (letters.receipt(request),)
    alarm = letters_staff.severity_alerts(request, revision=s.inbox_id)
    told = ()
    if after:
        what = "dispute" if after == "dispute" else "objection"
        to = s.policy.management or s.policy.supervisors
        told = escalation(life, to, what=what, reasons=(), text=s.mail.text, level=2)
    onward = Move.CONTEST if way is Objection.DISPUTE else Move.ROUTE
    return Decision(
        moves=(Move.REOPEN, onward),
        events=(
            s.event("reopened", "complainant", _written(s), reasons=assessment.reasons),
            s.event("routed", "desk", ", ".join(assessment.departments)),
            *((s.event("escalated", "desk", after),) if after else ()),
        ),
        letters=(*receipt, *letters_staff.routed(request), *alarm, *told),
        assessment=assessment,
        due_at=request.due_at,
        facts=request.added,
        level=2 if after else 0,
    )


def objection_of(life: Life) -> Objection:
    """Return what an objection leads to now: the first, the second…; the last way stays."""
    if life.case.matter is not Matter.COMPLAINT:
        return Objection.REOPEN
    ways = life.process.objections
    return ways[min(life.case.round, len(ways)) - 1]


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
    if open_case and case.due_at and not awaits_writing(case):
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
        history=_so_far(s, case),
        added=added,
    )


def _so_far(s: Situation, case: Case) -> tuple[CaseEvent, ...]:
    """Return what came before: the complaint as it first came, what was answered and written."""
    first = CaseEvent(
        at=case.received_at, kind="complainant_wrote", actor="complainant", detail=case.text
    )
    return (*((first,) if case.text else ()), *told(s.history))


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
