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
    Letter,
    Matter,
    Move,
    Status,
)
from routing import letters, letters_out, letters_staff
from routing.causes import BY_MAIL
from routing.complainants import informed, mark_beside, reacted
from routing.handover import at_once, honoured, newly_accused
from routing.letters_time import escalation
from routing.life import Life, join, nothing
from routing.newcase import new_case, urgent
from routing.pauses import promised
from routing.process import Objection
from routing.recusal import names_of, without
from routing.reroute import guess, rehomed, told
from routing.situation import Situation, awaits_writing, homeless
from routing.trust import reacts

#: These answer a mail or nothing; anything else that a reaction leads to needs a proof.
_IDLE = frozenset({"status_asked", "thanks", "note"})


def complainant(s: Situation, lead: Lead) -> Decision:
    """Take a reply to what we asked, join the mail to the open case, or open the case again."""
    return honoured(s, lead, _again(s, lead))


def _again(s: Situation, lead: Lead) -> Decision:
    case = lead.case
    answer = reacted(s, lead)
    if answer is not None:
        # A "no" needs no proof: by it nothing is done that could not be done again.
        idle = {event.kind for event in answer.events} <= _IDLE or Move.SEND_BACK in answer.moves
        return answer if idle or _reacts(s, lead) else _unproven(s, lead, answer)
    if case.matter is not Matter.COMPLAINT and s.assess().matter is Matter.COMPLAINT:
        return new_case(s, follows=case.reference)  # what began as a question ends as a complaint
    open_case = case.status not in ANSWERED_FOR
    request = request_again(s, lead, open_case=open_case)
    if open_case:
        told = joined(s, lead, request)
        if case.guess_at is not None and urgent(s, request.assessment):
            return at_once(s, lead, told, guess)
        return at_once(s, lead, told, rehomed) if homeless(case, s.policy) else told
    marked = mark_beside(s, lead) if _reacts(s, lead) else nothing()
    return _with_mark(objected(s, lead, request), marked)


def _reacts(s: Situation, lead: Lead) -> bool:
    return reacts(s.mail, lead, s.trust, doubt=s.doubt)


def _with_mark(again: Decision, marked: Decision) -> Decision:
    """Join a mark to the objection beside it; whoever is told of the one needs no second letter."""
    told = {(one.name, one.to.addr) for one in again.letters}
    letters = tuple(one for one in marked.letters if (one.name, one.to.addr) not in told)
    return join(again, replace(marked, letters=letters))


def _unproven(s: Situation, lead: Lead, meant: Decision) -> Decision:
    """Tell the departments of a "yes" or "solved" of which nothing shows whose it is.

    The reference can be guessed and a sender forged (design 7.4), so that it does nothing itself.
    """
    request = request_again(s, lead, open_case=True)
    kinds = ", ".join(event.kind for event in meant.events)
    event = s.event("unverified_reply", "complainant", s.mail.text, reasons=(f"not done: {kinds}",))
    told = letters_staff.follow_ups(request, lead.case, revision=s.inbox_id, by="unproven")
    return Decision(moves=(), events=(event,), letters=told)


def joined(
    s: Situation, lead: Lead, request: letters.Request, *, by: str = "complainant"
) -> Decision:
    """Pass what they write on to those who have the case; `by`: complainant or referrer."""
    alarm = letters_staff.severity_alerts(request, revision=s.inbox_id)
    life, told_at = s.life(lead), request.due_at
    if told_at == lead.case.due_at:
        told_at = promised(life) or told_at  # moved by the time for which we waited for them
    dated = replace(request, due_at=told_at)
    follow_ups = letters_staff.follow_ups(dated, lead.case, revision=s.inbox_id, by=by)
    actor = by if by == "complainant" else f"{by}:{s.mail.sender.addr.lower()}"[:80]
    told = Decision(
        moves=(),
        events=(
            s.event(
                f"{by}_wrote",
                actor,
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
    if s.mail.sender.addr.lower() != lead.case.complainant.addr.lower():
        return told
    if awaits_writing(lead.case):
        told = join(told, _in_writing(s, request))
    return join(told, informed(s, life))


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
        return _explained(s, lead, request)
    after = {Objection.MANAGEMENT: "management", Objection.DISPUTE: "dispute"}.get(way, "")
    request = replace(request, after=after)
    receipt = () if s.why_silent() else (letters.receipt(request),)
    alarm = letters_staff.severity_alerts(request, revision=s.inbox_id)
    told: tuple[Letter, ...] = ()
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


def _explained(s: Situation, lead: Lead, request: letters.Request) -> Decision:
    """Send the outcome once more, once in a round; a further objection is told to the departments.

    By itself, so that the caps hold: whoever writes back to every letter may be a machine.
    """
    life = s.life(lead)
    event = s.event("explained", "complainant", _written(s))
    if not life.this_round("explained") and not s.why_silent():
        again = letters_out.outcome(life, explained=True)
        mine = (replace(one, automatic=True) for one in again if one.to == lead.case.complainant)
        return Decision(moves=(), events=(event,), letters=tuple(mine))
    event = s.event("complainant_wrote", "complainant", _written(s))
    passed_on = letters_staff.follow_ups(request, lead.case, revision=s.inbox_id)
    return Decision(moves=(), events=(event,), letters=passed_on)


def objection_of(life: Life) -> Objection:
    """Return what an objection leads to now: the first, the second…; the last way stays.

    One that was answered by an explanation did not open the case, but counts.
    """
    if life.case.matter is not Matter.COMPLAINT:
        return Objection.REOPEN
    ways = life.process.objections
    before = sum(event.kind == "explained" for event in life.story)
    return ways[min(life.case.round + before, len(ways)) - 1]


def _written(s: Situation) -> str:
    """Return the words, and what came with them: whoever gets the case later must know of it."""
    names = "".join(f"\n[{item.name}]" for item in s.mail.attachments[:20])
    return f"{s.mail.text}{names}".strip()


def request_again(s: Situation, lead: Lead, *, open_case: bool) -> letters.Request:
    """Return what the letters need; an open case keeps its due time or gets an earlier one."""
    case, classification, life = lead.case, s.read(), s.life(lead)
    assessment = _standing(s, lead)
    banned = life.recused | {one.addr for one in newly_accused(s, life)}
    if not open_case:
        kept = without(assessment.departments, banned, s.policy)
        assessment = replace(assessment, departments=kept)
    limit = s.policy.answer_limit(assessment.severity, assessment.rules)
    due_at = s.policy.calendar.due(s.received_at, limit)
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
        recused=names_of(banned, s.policy),
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
        rules=fresh.rules if raised else case.rules,
        tags=tuple(dict.fromkeys((*case.tags, *(fresh.tags if raised else ())))),
        departments=departments,
        alert=fresh.alert if raised else (),
        reasons=fresh.reasons if raised else (),
    )
