"""Replies of those who review, approve, verify or call: three proofs, then their word. Pure."""

from dataclasses import replace

from cases.model import CaseEvent, Decision, Lead, Status
from routing import forward, measures
from routing.answers import Unclear, explain
from routing.callbacks import called
from routing.ladder import signers
from routing.letters_sign import DISAGREEMENT, deciders, deputy_requests
from routing.letters_time import escalation
from routing.life import Life, join
from routing.process import Signing
from routing.replies import Said, Word, read_staff_reply
from routing.situation import Situation
from routing.trust import vouched

#: So many refusals of one round are a disagreement, and top management decides (T20).
MOST_REFUSALS = 2


def approver(s: Situation, lead: Lead) -> Decision:
    """Do what a reviewer, approver, checker or caller says."""
    life, addr = s.life(lead), s.mail.sender.addr.lower()
    actor = f"approver:{addr}"[:80]
    why_not = (
        ""
        if addr in s.policy.signers(life.case.category, life.case.severity)
        else f"{addr} is not asked about this case"
    )
    why_not = why_not or vouched(s.mail, s.trust)
    if addr in life.recused:
        why_not = "the complaint is about the writer"
    if why_not:
        event = s.event("unverified_reply", actor, s.mail.text, reasons=(why_not,))
        return Decision(moves=(), events=(event,), letters=())
    said = read_staff_reply(s.mail.text, s.policy, today=s.today)
    done = _signed(life, addr, said)
    if done is None:
        event = s.event("note", actor, s.mail.text)
        why = Unclear(why="not_now" if said.word else "unknown", word=said.word or "")
        return explain(s, event, "", why)
    return done


def pending(life: Life) -> Signing | None:
    """Return whose signature the case waits for now."""
    if life.case.status is Status.IN_REVIEW:
        return life.process.review
    if life.case.status is Status.IN_APPROVAL:
        step = forward.step_of(life)
        chain = life.process.approval
        return chain[step] if step < len(chain) else None
    return None


def _signed(life: Life, addr: str, said: Said) -> Decision | None:
    signing = pending(life)
    escalated = life.case.level >= 2 and addr in {a.lower() for a in deciders(life)}
    if signing and (_may_sign(life, addr, signing) or escalated):
        found = _word(life, addr, said)
        if found:
            return found
    if said.word in (Word.REACHED, Word.NOT_REACHED):
        caller = life.process.callback
        may = caller is None or _may_sign(life, addr, caller)
        return called(life, f"approver:{addr}", said) if may else None
    return measures.verdict(life, addr, said)


def _may_sign(life: Life, addr: str, signing: Signing) -> bool:
    """Tell whether it is for `addr` to sign or call; of the accused somebody else is asked."""
    return addr in signing.people or addr in {one.lower() for one in signers(life, signing)}


def _word(life: Life, addr: str, said: Said) -> Decision | None:
    review = life.case.status is Status.IN_REVIEW
    actor = f"approver:{addr}"[:80]
    if said.word is Word.YES:
        event = life.event("reviewed" if review else "approved", actor, said.text.strip())
        return _agreed(life, (event,))
    if said.word is Word.CHANGE and said.text.strip():
        changed = life.event("changed_text", actor, said.text.strip())
        event = life.event("reviewed" if review else "approved", actor)
        return _agreed(life, (changed, event))
    if said.word is Word.NO and said.text.strip():
        return _refused(life, addr, said.text.strip(), review=review)
    return None


def _agreed(life: Life, events: tuple[CaseEvent, ...]) -> Decision:
    said = Decision(moves=(), events=events, letters=())
    return join(said, forward.approved(life.after(said)))


def _refused(life: Life, addr: str, reason: str, *, review: bool) -> Decision:
    """Give the answer back; the second refusal of an approver is a disagreement."""
    kind = "returned" if review else "refused_approval"
    event = life.event(kind, f"approver:{addr}"[:80], reason)
    why = "review" if review else "approval"
    back = replace(forward.send_back(life, why=why, by=addr, reason=reason), events=(event,))
    refusals = len(life.this_round("refused_approval")) + (not review)
    if refusals < MOST_REFUSALS or review:
        return back
    told = deciders(life)
    letters = escalation(life, told, what=DISAGREEMENT, reasons=(reason,), text=reason, level=2)
    disagreed = life.event("escalated", "desk", ", ".join(told), reasons=(DISAGREEMENT,))
    return replace(back, events=(event, disagreed), letters=(*back.letters, *letters), level=2)


def hand_to_deputies(life: Life, away: str) -> Decision | None:
    """Ask the deputies of a signer who is away; None if it is not their turn or nobody is there."""
    signing = pending(life)
    if signing is None or away not in {addr.lower() for addr in signing.by}:
        return None
    if not signing.deputies or any(
        event.detail == away for event in life.this_round("deputy_asked")
    ):
        return None
    asked = life.event("deputy_asked", "desk", away, reasons=signing.deputies)
    letters = deputy_requests(life, signing, away)
    return Decision(moves=(), events=(asked,), letters=letters)
