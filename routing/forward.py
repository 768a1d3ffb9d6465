"""From the departments' answers to the outcome: review, approval, plan, execution (T18–T22). Pure.

Which of these a case passes is its process (rules.yaml). Where it stands follows from its status
and from the story since the answers were proposed; nothing else is remembered.
"""

from dataclasses import replace

from cases.life import Part, PartMove
from cases.lifecycle import move_part
from cases.model import CaseEvent, Decision, Letter, LetterName, Move, Status
from routing.ladder import signers
from routing.letters_out import outcome, outcome_text, plan, upheld
from routing.letters_sign import approval_request, review_request
from routing.letters_time import task
from routing.letters_work import carry_out, returned
from routing.life import Life, join

#: What the complainant is told may be changed until it leaves.
_UNDO = (LetterName.OUTCOME,)


def propose(life: Life) -> Decision:
    """Lead the departments' answers on; all of them are there."""
    keys = ", ".join(part.department for part in life.settled_parts)
    proposed = Decision(moves=(), events=(life.event("proposed", "desk", keys),), letters=())
    life = life.after(proposed)
    if life.case.status is Status.NOT_A_COMPLAINT:
        return join(proposed, _outcome(life))  # an enquiry is answered by whoever knows
    if life.process.review:
        letters = review_request(life, life.process.review)
        asked = Decision(moves=(Move.REVIEW,), events=(), letters=letters)
        return join(proposed, asked)
    return join(proposed, approved(life))


def approved(life: Life) -> Decision:
    """Ask the next approver, or go on when the last has agreed."""
    step = len(_approvals(life))
    if step >= len(life.process.approval):
        return _offer(life)
    letters = approval_request(life, step)
    to = ", ".join(signers(life, life.process.approval[step]))
    asked = life.event("asked_approval", "desk", to)
    return Decision(moves=(Move.ASK_APPROVAL,), events=(asked,), letters=letters)


def _approvals(life: Life) -> list[str]:
    """Return who approved what is proposed now, in order."""
    found: list[str] = []
    for event in life.this_round("proposed", "approved"):
        found = [*found, event.actor] if event.kind == "approved" else []
    return found


def step_of(life: Life) -> int:
    """Return which approver is asked now, counted from 0."""
    return len(_approvals(life))


def _offer(life: Life) -> Decision:
    process = life.process
    if not process.plan or not upheld(life):
        return _outcome(life)
    within = process.plan_within
    answer_by = life.policy.calendar.due(life.now, within) if within else None
    return Decision(
        moves=(Move.OFFER_PLAN,),
        events=(life.event("plan_offered", "desk", outcome_text(life)),),
        letters=plan(life, text=outcome_text(life), answer_by=answer_by),
    )


def agreed(life: Life, *, opinion: str = "") -> Decision:
    """Have the plan carried out: the complainant agrees, by silence where `opinion` is empty."""
    within = life.process.carry_out_within
    letters: list[Letter] = []
    for part in life.settled_parts:
        calendar = life.policy.calendar_of(part.department)
        due_at = calendar.due(life.now, within) if within else None
        text = outcome_text(life)
        letters += carry_out(life, part, plan=text, opinion=opinion, due_at=due_at)
    event = life.event("agreed", "complainant", opinion or "no objection in time")
    return Decision(moves=(Move.CARRY_OUT,), events=(event,), letters=tuple(letters))


def carried_out(life: Life, part: Part, *, text: str) -> Decision:
    """Note that a department did what was agreed; the outcome leaves after the last one."""
    said = life.event("carried_out", f"department:{part.department}", text)
    done = Decision(moves=(), events=(said,), letters=(), parts=(part,))
    life = life.after(done)
    begun = max((e.at for e in life.this_round("agreed")), default=life.now)
    actors = {e.actor for e in life.this_round("carried_out") if e.at >= begun}
    waiting = [p for p in life.settled_parts if f"department:{p.department}" not in actors]
    return done if waiting else join(done, _outcome(life))


def _outcome(life: Life) -> Decision:
    """Let the outcome leave; it waits for the undo window unless a second person approved it."""
    undo = life.process.undo
    letters = outcome(life)
    queued = life.event("outcome_queued", "desk")
    if not letters:
        return _told_by_a_person(life, queued)
    if undo and not _approvals(life):
        leaves_at = life.now + undo
        letters = tuple(replace(letter, not_before=leaves_at) for letter in letters)
    return Decision(moves=(Move.ANSWER,), events=(queued,), letters=letters)


def _told_by_a_person(life: Life, queued: CaseEvent) -> Decision:
    """Have a person tell the outcome to a complainant who has no address; the case goes on (K052)."""
    calls = life.process.callback
    to = calls.by if calls else life.policy.supervisors
    asked = life.event("no_address", "desk", ", ".join(to))
    letters = task(life, to, what="tell", due_at=life.case.due_at)
    return Decision(moves=(Move.ANSWER, Move.SEND_OUTCOME), events=(queued, asked), letters=letters)


def send_back(life: Life, *, why: str, by: str, reason: str) -> Decision:
    """Give an answer back to its departments with the reason (T19); a letter on hold is stopped."""
    parts = tuple(
        replace(move_part(part, PartMove.SEND_BACK, now=life.now), returns=part.returns + 1)
        for part in life.settled_parts
    )
    letters = [
        letter
        for part in life.settled_parts
        for letter in returned(life, part, why=why, by=by, reason=reason)
    ]
    return Decision(
        moves=(Move.SEND_BACK,),
        events=(),
        letters=tuple(letters),
        parts=parts,
        withdrawn=_UNDO if life.case.status is Status.ANSWERED else (),
    )
