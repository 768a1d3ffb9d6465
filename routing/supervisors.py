"""A supervisor's reply: what a case is about, or words that say nothing clear. Pure."""

from cases.addresses import sendable
from cases.model import CaseEvent, Decision, Lead
from routing.causes import BY_MAIL
from routing.choices import read_choice
from routing.ground import Ground, Person
from routing.letters_ask import Question, decision_needed
from routing.reroute import correct, request_of, standing
from routing.situation import Situation
from routing.trust import supervising


def supervisor(s: Situation, lead: Lead) -> Decision:
    """Do what a reply to `decision_needed` says; the last of several supervisors wins."""
    proof = supervising(s.mail, lead, s.policy, s.trust, doubt=s.doubt)
    by = s.mail.sender.addr.lower()
    recused = s.life(lead).recused
    if not proof.granted or by in recused:
        actor = f"supervisor:{lead.party or by}"[:80]
        why_not = proof.why_not or "the complaint is about the writer"
        event = s.event("unverified_reply", actor, s.mail.text, reasons=(why_not,))
        if lead.party.lower() in recused:
            return Decision(moves=(), events=(event,), letters=())
        # To the one whose letter was answered, never to whoever wrote.
        return _again(s, lead, event, lead.party, authorised=False)
    choice = read_choice(s.mail.text, s.policy)
    if choice is None:
        event = s.event("note", f"supervisor:{by}"[:80], s.mail.text)
        return _again(s, lead, event, by)
    return correct(ground_of(s, lead), choice, Person(by=by, how="supervisor"))


def ground_of(s: Situation, lead: Lead) -> Ground:
    """Return what moving the case of `lead` rests on."""
    return Ground(
        case=lead.case,
        original=s.first_mail(),
        story=s.history,
        policy=s.policy,
        now=s.now,
        cause=BY_MAIL + s.inbox_id,
        parts=s.life(lead).parts,
        records=s.records,
    )


def _again(
    s: Situation, lead: Lead, event: CaseEvent, to: str, *, authorised: bool = True
) -> Decision:
    """Say what was read and how to say it; what was written stays a note."""
    quota = s.quota if authorised else s.department_quota
    may = s.policy.decides(to) and sendable(to) and s.screening.may_answer
    if quota.blocked or not may:
        return Decision(moves=(), events=(event,), letters=())
    ground = ground_of(s, lead)
    question = Question(
        request=request_of(ground, standing(lead.case)),
        guess_at=lead.case.guess_at,
        without=ground.declined,
        read=s.mail.text,
        authorised=authorised,
    )
    letters = decision_needed(question, (to,), revision=ground.cause, automatic=True)
    return Decision(moves=(), events=(event,), letters=letters)
