"""From the departments' answers to the outcome: review, approval, plan, execution (T18–T22). Pure.

Which of these a case passes is its process (rules.yaml). Where it stands follows from its status
and from the story since the answers were proposed; nothing else is remembered.
"""

from dataclasses import replace

from cases.addresses import sendable
from cases.life import Part, PartMove, PartState
from cases.lifecycle import MOVES, move_part
from cases.model import CaseEvent, Decision, Letter, LetterName, Move, Status
from routing.letters_out import outcome, outcome_text, plan, upheld
from routing.letters_sign import approval_request, review_request
from routing.letters_time import task
from routing.letters_work import carry_out, returned
from routing.life import Life, join, nothing
from routing.signatures import (
    ASKED,
    nobody_was_asked,
    pending,
    proposal,
    request_name,
    to_ask,
    wanted,
)

#: What the complainant is told may be changed until it leaves.
_UNDO = {Status.ANSWERED: (LetterName.OUTCOME,), Status.PLAN_OFFERED: (LetterName.PLAN,)}


def propose(life: Life) -> Decision:
    """Lead the departments' answers on; all of them are there."""
    keys = ", ".join(part.department for part in life.settled_parts)
    proposed = Decision(moves=(), events=(life.event("proposed", "desk", keys),), letters=())
    life = life.after(proposed)
    if life.case.status is Status.NOT_A_COMPLAINT:
        return join(proposed, _outcome(life))  # an enquiry is answered by whoever knows
    return join(proposed, approved(life))


def approved(life: Life) -> Decision:
    """Ask for the next signature, or go on when the last is there."""
    signing = wanted(life)
    if signing is None:
        return _offer(life)
    name = request_name(life)
    review = name is LetterName.REVIEW_REQUEST
    letters = review_request(life) if review else approval_request(life)
    asked = life.event(ASKED[name], "desk", ", ".join(to_ask(life, signing)))
    move = Move.REVIEW if review else Move.ASK_APPROVAL
    # One that is asked for a review again, after an approval, stays where it is.
    moves = (move,) if (life.case.status, move) in MOVES else ()
    return Decision(moves=moves, events=(asked,), letters=letters)


def lead_on(life: Life) -> Decision:
    """Return what must follow where no signature that is still wanted has been asked for."""
    if life.case.status not in (Status.IN_REVIEW, Status.IN_APPROVAL):
        return nothing()
    stuck = pending(life) is None or nobody_was_asked(life)
    return approved(life) if stuck else nothing()


def _offer(life: Life) -> Decision:
    process = life.process
    written = sendable(life.case.complainant.addr) and not life.this_round("not_arrived")
    if not process.plan or not upheld(life) or not written:
        return _outcome(life)  # who can't be written to is told by a person, and never consents
    within = process.plan_within
    answer_by = life.policy.calendar.due(life.now, within) if within else None
    return Decision(
        moves=(Move.OFFER_PLAN,),
        events=(life.event("plan_offered", "desk", outcome_text(life)),),
        letters=plan(life, text=outcome_text(life), answer_by=answer_by),
    )


def agreed(life: Life, *, opinion: str = "") -> Decision:
    """Have the plan carried out: the complainant agrees, by silence where `opinion` is empty."""
    event = life.event("agreed", "complainant", opinion or "no objection in time")
    decided = Decision(moves=(Move.CARRY_OUT,), events=(event,), letters=())
    life, within = life.after(decided), life.process.carry_out_within
    letters: list[Letter] = []
    for part in to_carry_out(life):
        calendar = life.policy.calendar_of(part.department)
        due_at = calendar.due(life.now, within) if within else None
        text = outcome_text(life)
        letters += carry_out(life, part, plan=text, opinion=opinion, due_at=due_at)
    return replace(decided, letters=tuple(letters))


def to_carry_out(life: Life) -> tuple[Part, ...]:
    """Return the parts that have yet to carry out what was agreed.

    Who found the complaint unjustified has nothing to carry out.
    """
    begun = max((e.at for e in life.this_round("agreed")), default=life.now)
    done = {e.actor for e in life.this_round("carried_out") if e.at >= begun}
    return tuple(
        part
        for part in life.settled_parts
        if part.state is PartState.ANSWERED and f"department:{part.department}" not in done
    )


def carried_out(life: Life, part: Part, *, text: str) -> Decision:
    """Note that a department did what was agreed; the outcome leaves after the last one."""
    said = life.event("carried_out", f"department:{part.department}", text)
    done = Decision(moves=(), events=(said,), letters=(), parts=(part,))
    life = life.after(done)
    return done if to_carry_out(life) else join(done, _outcome(life))


def _outcome(life: Life) -> Decision:
    """Let the outcome leave; it waits for the undo window unless a second person approved it."""
    undo = life.process.undo
    letters = outcome(life)
    queued = life.event("outcome_queued", "desk")
    if not letters:
        return _told_by_a_person(life, queued)
    if undo and not proposal(life, "approved"):
        leaves_at = life.now + undo
        letters = tuple(replace(letter, not_before=leaves_at) for letter in letters)
    return Decision(moves=(Move.ANSWER,), events=(queued,), letters=letters)


def _told_by_a_person(life: Life, queued: CaseEvent) -> Decision:
    """Have a person tell the outcome to who has no address; the case goes on (K052)."""
    calls = life.process.callback
    to = calls.by if calls else life.policy.supervisors
    asked = life.event("no_address", "desk", ", ".join(to))
    letters = task(life, to, what="tell", due_at=life.case.due_at)
    return Decision(moves=(Move.ANSWER, Move.SEND_OUTCOME), events=(queued, asked), letters=letters)


def send_back(life: Life, *, why: str, by: str, reason: str) -> Decision:
    """Give an answer back to its departments with the reason (T19); a letter on hold is stopped."""
    parts = tuple(_sent_back(life, part) for part in life.settled_parts)
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
        withdrawn=_UNDO.get(life.case.status, ()),
    )


def taken_back(life: Life, part: Part, *, reason: str) -> Decision:
    """Let a department take its share of a plan back before the complainant agreed to it."""
    event = life.event("stopped", f"department:{part.department}", reason)
    return Decision(
        moves=(Move.SEND_BACK,),
        events=(event,),
        letters=(),
        parts=(_sent_back(life, part),),
        withdrawn=_UNDO.get(life.case.status, ()),
    )


def _sent_back(life: Life, part: Part) -> Part:
    """Return a part at work again; the words that were not accepted are gone for good."""
    refused = to_be_read(life)
    report = {key: text for key, text in part.report.items() if key not in refused}
    moved = move_part(part, PartMove.SEND_BACK, now=life.now)
    return replace(moved, report=report, returns=part.returns + 1)


def to_be_read(life: Life) -> tuple[str, ...]:
    """Return the parts of a report that the complainant reads (K051)."""
    told = ("corrective", "preventive") if life.process.tell_measures else ()
    return ("to_complainant", *told)
