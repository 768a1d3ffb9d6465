"""A department's reply: an answer, `not ours`, a note, or words that prove nothing. Pure."""

from dataclasses import replace

from cases.addresses import sendable
from cases.incoming import Address
from cases.lifecycle import MOVES
from cases.model import CaseEvent, Decision, Lead, Letter, LetterName, Move
from routing import letters
from routing.choices import read_not_ours
from routing.letters_staff import moved_on
from routing.replies import read_department_reply
from routing.reroute import BY_MAIL
from routing.returns import returned
from routing.situation import Situation
from routing.supervisors import ground_of
from routing.trust import authority


def department(s: Situation, lead: Lead) -> Decision:
    """Answer the case with it, or keep it as a note and say how to answer."""
    case = lead.case
    proof = authority(s.mail, lead, s.policy, s.trust)
    actor = f"department:{proof.department}"
    if not proof.granted:
        event = s.event("unverified_reply", actor, s.mail.text, reasons=(proof.why_not,))
        if lead.via == "tag":
            return Decision(moves=(), events=(event,), letters=())  # numbers can be guessed
        if proof.elsewhere:
            return _too_late(s, lead, event, proof.department)
        return _explain(s, event, proof.department, authorised=False)
    reply = read_department_reply(s.mail.text)
    said = read_not_ours(s.mail.text, s.policy)
    if said and (case.status, Move.RETURN) in MOVES:
        return returned(ground_of(s, lead), proof.department, said, s.mail.text)
    if reply.answer is None:
        return _explain(s, s.event("note", actor, s.mail.text), proof.department)
    if (case.status, Move.ANSWER) not in MOVES:
        event = s.event("late_answer", actor, reply.answer)
        return _explain(s, event, proof.department, answered=True)
    answered = s.event("answered", actor, reply.answer)
    if not sendable(case.complainant.addr):
        told = s.event("no_address", "desk", "the complainant must be told by other means")
        return Decision(moves=(Move.ANSWER,), events=(answered, told), letters=())
    outcome = letters.outcome(case, reply.answer, proof.department, s.policy)
    return Decision(moves=(Move.ANSWER,), events=(answered,), letters=(outcome,))


def _too_late(s: Situation, lead: Lead, event: CaseEvent, key: str) -> Decision:
    """Say to a department that its case has gone elsewhere; what it wrote is kept."""
    to, number = lead.case.departments, BY_MAIL + s.inbox_id
    told = moved_on(lead.case, (key,), to, s.policy, revision=number)
    if s.department_quota.blocked or not s.screening.may_answer:
        told = ()
    letters = tuple(replace(letter, automatic=True) for letter in told)
    return Decision(moves=(), events=(event,), letters=letters)


def _explain(
    s: Situation,
    event: CaseEvent,
    key: str,
    *,
    authorised: bool = True,
    answered: bool = False,
) -> Decision:
    """Keep a reply as a note and say how to answer; to the listed address, never to a stranger."""
    listed = s.policy.departments.get(key)
    addr = s.mail.sender.addr if authorised else (listed.to[0] if listed else "")
    quota = s.quota if authorised else s.department_quota
    if quota.blocked or not s.screening.may_answer or not sendable(addr):
        return Decision(moves=(), events=(event,), letters=())
    letter = Letter(
        name=LetterName.HOW_TO_ANSWER,
        language=s.policy.languages[0],
        to=Address(addr=addr),
        department=key,
        automatic=True,
        revision=s.inbox_id,
        facts={
            "department_name": letters.department_name(s.policy, key),
            "read": s.mail.text[:200],
            "authorised": authorised,
            "answered": answered,
        },
    )
    return Decision(moves=(), events=(event,), letters=(letter,))
