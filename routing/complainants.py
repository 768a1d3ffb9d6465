"""The complainant writes again: confirms, objects, asks, answers, adds something. Pure.

What their words mean depends on what they were asked: the same "yes" agrees to a plan or says that
all is well. Whatever is not clear goes to the departments as it is; nothing they write closes a
case by a misunderstanding.
"""

from dataclasses import replace

from cases.life import PartState
from cases.lifecycle import ANSWERED_FOR
from cases.model import Decision, Lead, Matter, Status
from routing import forward, letters_out
from routing.closing import settled
from routing.courtesy import is_courtesy
from routing.letters_time import escalation
from routing.life import Life, join, nothing
from routing.reactions import Reacted, Reaction, read_reaction
from routing.situation import Situation
from routing.work import resumed

#: Marks up to here are a complaint about the outcome, and a manager hears of it (K098).
UNSATISFIED = 2


def reacted(s: Situation, lead: Lead) -> Decision | None:
    """Return what follows from a reply to something we asked or told; None: it says more."""
    life = s.life(lead)
    said = read_reaction(s.mail.text, name=s.mail.sender.name)
    if s.mail.attachments:
        return None  # a photo says more than the words beside it
    for answer in (_marked, _planned, _confirmed, _asked):
        found = answer(s, life, said)
        if found is not None:
            return found
    if is_courtesy(s.mail.text, name=s.mail.sender.name):
        event = s.event("thanks", "complainant", s.mail.text)
        return Decision(moves=(), events=(event,), letters=())
    return None


def _marked(s: Situation, life: Life, said: Reacted) -> Decision | None:
    """Keep a mark from 1 to 5 (K019); a good one settles the case, a bad one a manager hears of."""
    case = life.case
    asked = case.status in ANSWERED_FOR and case.status is not Status.ANSWERED
    if said.mark is None or not asked or case.matter is not Matter.COMPLAINT:
        return None
    words = f"{said.mark} {said.comment}".strip()
    marked = Decision(
        moves=(),
        events=(life.event("mark", "complainant", words),),
        letters=(),
        records=(life.record("satisfaction", case.complainant.addr, words),),
    )
    if said.mark <= UNSATISFIED:
        told = s.policy.supervisors
        letters = escalation(life, told, what="unsatisfied", reasons=(words,), text=words, level=1)
        return replace(marked, letters=letters, level=1)
    if case.status is Status.OUTCOME_SENT and said.mark > UNSATISFIED + 1:
        event = life.event("satisfied", "complainant", s.mail.text)
        return join(marked, settled(life.after(marked), event))
    return marked


def _planned(s: Situation, life: Life, said: Reacted) -> Decision | None:
    """Take the opinion on a plan: agreed and carried out, or back to the departments (T21)."""
    if life.case.status is not Status.PLAN_OFFERED:
        return None
    if Reaction.DISAGREE in said.said or Reaction.NOT_SOLVED in said.said:
        event = life.event("disagreed", "complainant", s.mail.text)
        back = forward.send_back(
            life, why="complainant", by=life.case.complainant.addr, reason=s.mail.text
        )
        return replace(back, events=(event,))
    if said.said & {Reaction.AGREE, Reaction.SOLVED}:
        return forward.agreed(life, opinion=s.mail.text)
    return None


def _confirmed(s: Situation, life: Life, said: Reacted) -> Decision | None:
    """Take a confirmation of the outcome (T23, K046)."""
    if Reaction.NOT_SOLVED in said.said or Reaction.SOLVED not in said.said:
        return None
    event = life.event("satisfied", "complainant", s.mail.text)
    if life.case.status is Status.OUTCOME_SENT:
        return settled(life, event)
    if life.case.status in ANSWERED_FOR:
        return Decision(moves=(), events=(event,), letters=())
    return None


def _asked(s: Situation, life: Life, said: Reacted) -> Decision | None:
    """Answer how the case stands, from the case (K084)."""
    if said.said != {Reaction.STATUS}:
        return None
    event = life.event("status_asked", "complainant", s.mail.text)
    letters = () if s.why_silent() else letters_out.status(life)
    letters = tuple(replace(letter, automatic=True) for letter in letters)
    return Decision(moves=(), events=(event,), letters=letters)


def informed(s: Situation, life: Life) -> Decision:
    """Let the parts go on that waited for the complainant."""
    waiting = [part for part in life.open_parts if part.state is PartState.INFO]
    if not waiting:
        return nothing()
    events = tuple(
        life.event("resumed", f"department:{part.department}", "the complainant wrote")
        for part in waiting
    )
    parts = tuple(resumed(life, part) for part in waiting)
    return Decision(moves=(), events=events, letters=(), parts=parts)
