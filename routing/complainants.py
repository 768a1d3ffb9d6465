"""The complainant writes again: confirms, objects, asks, answers, adds something. Pure.

What their words mean depends on what they were asked: the same "yes" agrees to a plan or says that
all is well. Whatever is not clear goes to the departments as it is; nothing they write closes a
case by a misunderstanding.
"""

import re
from dataclasses import replace

from cases.incoming import Attachment
from cases.life import PartState
from cases.lifecycle import ANSWERED_FOR
from cases.model import Decision, Lead, Matter, Status
from routing import forward, letters_out
from routing.closing import settled
from routing.courtesy import is_courtesy
from routing.letters_time import escalation
from routing.life import Life, join, nothing
from routing.own_words import spoken
from routing.reactions import Reacted, Reaction, read_reaction
from routing.situation import Situation
from routing.work import resumed

#: Facts that a department may have asked for.
_NUMBERS = frozenset({"model", "batch", "serial", "order", "tracking"})
_MOST_LOGO = 50_000  #: bytes of a picture in a signature
_LOGO = re.compile(
    r"(?:image[0-9]{3}\.(?:png|gif|jpe?g)|(?:logo|signature|icon|banner)[^.]{0,20}\.[a-z]{3,4})$",
    re.IGNORECASE,
)
#: Marks up to here are a complaint about the outcome, and a manager hears of it (K098).
UNSATISFIED = 2


def reacted(s: Situation, lead: Lead) -> Decision | None:
    """Return what follows from a reply to something we asked or told; None: it says more."""
    life = s.life(lead)
    said = read_reaction(s.mail.text, name=s.mail.sender.name)
    if not all(map(_is_logo, s.mail.attachments)):
        return None  # a photo says more than the words beside it
    if _mark(s, life, said) and _grumbles(said):
        return None  # and words more than the mark beside them
    for answer in (_marked, _planned, _confirmed, _asked, _promised):
        found = answer(s, life, said)
        if found is not None:
            return found
    if is_courtesy(spoken(s.mail.text), name=s.mail.sender.name):
        event = s.event("thanks", "complainant", s.mail.text)
        return Decision(moves=(), events=(event,), letters=())
    return None


def mark_beside(s: Situation, lead: Lead) -> Decision:
    """Return the mark that stands beside an objection, so that it is not lost with it (K019)."""
    said = read_reaction(s.mail.text, name=s.mail.sender.name)
    return _mark(s, s.life(lead), said) or nothing()


def _is_logo(item: Attachment) -> bool:
    """Tell a picture of a signature by its size and by the name that mail programs give it."""
    if not item.type.startswith("image/") or item.size > _MOST_LOGO:
        return False
    return _LOGO.match(item.name) is not None


def _grumbles(said: Reacted) -> bool:
    """Tell whether a mark stands beside words that are an objection, whatever the mark."""
    refuses = bool(said.said & {Reaction.NOT_SOLVED, Reaction.DISAGREE})
    low = (said.mark or 0) <= UNSATISFIED and not said.all_fine
    return refuses or low or (said.troubled and not said.all_fine)


def _marked(s: Situation, life: Life, said: Reacted) -> Decision | None:
    """Keep a mark; a good one settles the case if nothing but thanks or praise stands beside it."""
    marked = _mark(s, life, said)
    good = said.mark is not None and said.mark > UNSATISFIED + 1 and said.all_fine
    if marked and good and life.case.status is Status.OUTCOME_SENT:
        event = life.event("satisfied", "complainant", s.mail.text)
        return join(marked, settled(life.after(marked), event))
    return marked


def _mark(s: Situation, life: Life, said: Reacted) -> Decision | None:
    """Keep a mark from 1 to 5 (K019); of a bad one a manager hears."""
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
    return marked


def _planned(s: Situation, life: Life, said: Reacted) -> Decision | None:
    """Take the opinion on a plan: agreed and carried out, or back to the departments (T21)."""
    if life.case.status is not Status.PLAN_OFFERED:
        return None
    if Reaction.DISAGREE in said.said or Reaction.NOT_SOLVED in said.said:
        return _disagreed(s, life, "disagreed")
    if said.said & {Reaction.AGREE, Reaction.SOLVED}:
        return forward.agreed(life, opinion=s.mail.text)
    return None


def _disagreed(s: Situation, life: Life, kind: str) -> Decision:
    event = life.event(kind, "complainant", s.mail.text)
    by = life.case.complainant.addr
    back = forward.send_back(life, why="complainant", by=by, reason=s.mail.text)
    return replace(back, events=(event,))


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


#: So short and without a number a question brings nothing that somebody waits for.
_MERE = 40


def _asked(s: Situation, life: Life, said: Reacted) -> Decision | None:
    """Answer how the case stands, from the case (K084), unless the mail brings something too."""
    if said.said != {Reaction.STATUS} or _brings(s, life):
        return None
    event = life.event("status_asked", "complainant", s.mail.text)
    letters = () if s.why_silent() else letters_out.status(life)
    letters = tuple(replace(letter, automatic=True) for letter in letters)
    return Decision(moves=(), events=(event,), letters=letters)


def _brings(s: Situation, life: Life) -> bool:
    """Tell whether a question about an open case holds what a department waits for (K038)."""
    if life.case.status in ANSWERED_FOR:
        return False
    known = {fact.value.casefold() for fact in life.case.facts}
    new = any(f.name in _NUMBERS and f.value.casefold() not in known for f in s.read().facts)
    waiting = any(part.state is PartState.INFO for part in life.open_parts)
    words = s.mail.text.strip()
    return new or (waiting and (len(words) > _MERE or any(sign.isdigit() for sign in words)))


def _promised(s: Situation, life: Life, said: Reacted) -> Decision | None:
    """Keep the promise of a later word; it is no objection to an outcome."""
    if said.said != {Reaction.LATER} or life.case.status not in ANSWERED_FOR:
        return None
    event = s.event("note", "complainant", s.mail.text)
    return Decision(moves=(), events=(event,), letters=())


def informed(s: Situation, life: Life) -> Decision:
    """Let the parts go on that waited for the complainant.

    Who writes anything else about a plan than yes has not been silent: the departments answer it.
    """
    if life.case.status is Status.PLAN_OFFERED:
        return _disagreed(s, life, "counter_proposed")
    waiting = [part for part in life.open_parts if part.state is PartState.INFO]
    if not waiting:
        return nothing()
    events = tuple(
        life.event("resumed", f"department:{part.department}", "the complainant wrote")
        for part in waiting
    )
    parts = tuple(resumed(life, part) for part in waiting)
    return Decision(moves=(), events=events, letters=(), parts=parts)
