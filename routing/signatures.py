"""Whose signature a proposed answer waits for, and who has signed it. Pure.

All of it follows from the process as it is now and from the story since the answers were proposed:
a signature counts only for a step that its writer may sign today, so that an answer never leaves
with fewer signatures than the process wants, whatever was changed meanwhile.
"""

from cases.model import CaseEvent, LetterName, Status
from routing.ladder import people, signers
from routing.life import Life
from routing.process import Signing

#: The reason of an escalation after which somebody else decides on the answer.
DISAGREEMENT = "disagreement"
#: The events that tell who was asked, by the letter that asked them.
ASKED = {
    LetterName.REVIEW_REQUEST: "asked_review",
    LetterName.APPROVAL_REQUEST: "asked_approval",
}


def actor_of(addr: str) -> str:
    """Return how the story calls somebody who signs."""
    return f"approver:{addr}"[:80]


def proposal(life: Life, *kinds: str) -> tuple[CaseEvent, ...]:
    """Return the events since the answers were proposed last, only of `kinds`."""
    found: list[CaseEvent] = []
    for event in life.this_round("proposed", *kinds):
        found = [] if event.kind == "proposed" else [*found, event]
    return tuple(found)


def deciders(life: Life) -> tuple[str, ...]:
    """Return who decides where others can't agree: top management, else the supervisors."""
    return life.policy.management or life.policy.supervisors


def disagreed(life: Life) -> bool:
    """Tell whether approvers and departments could not agree in this round (T20)."""
    return any(DISAGREEMENT in event.reasons for event in life.this_round("escalated"))


def approvals(life: Life) -> tuple[str, ...]:
    """Return who approved what is proposed now, as actors, one for each step done in order."""
    chain, done = life.process.approval, tuple[str, ...]()
    for event in proposal(life, "approved"):
        if len(done) < len(chain) and _signs(life, chain[len(done)], event, done=done):
            done = (*done, event.actor)
    return done


def _signs(life: Life, signing: Signing, event: CaseEvent, *, done: tuple[str, ...]) -> bool:
    return event.actor in {actor_of(addr) for addr in _may_sign(life, signing, done=done)}


def _may_sign(life: Life, signing: Signing, *, done: tuple[str, ...]) -> frozenset[str]:
    """Return whose word counts for a step, in lower case; never that of the accused (K079).

    One person signs one step: whoever is in `done` is left out, as long as there is another.
    """
    above = deciders(life) if disagreed(life) else ()
    named = {*signing.people, *(addr.lower() for addr in above)} - life.recused
    others = {addr for addr in named if actor_of(addr) not in done}
    return frozenset({*others, *(addr.lower() for addr in _fit(life, signing, done=done))})


def _fit(life: Life, signing: Signing, *, done: tuple[str, ...]) -> tuple[str, ...]:
    usual = signers(life, signing)
    for group in (usual, people(life, signing.deputies), people(life, deciders(life))):
        fit = tuple(addr for addr in group if actor_of(addr.lower()) not in done)
        if fit:
            return fit
    return usual


def step_of(life: Life) -> int:
    """Return which approver is asked now, counted from 0."""
    return len(approvals(life))


def reviewed(life: Life) -> bool:
    """Tell whether the review that the process wants has been done, or it wants none."""
    review = life.process.review
    return review is None or any(
        _signs(life, review, event, done=()) for event in proposal(life, "reviewed")
    )


def pending(life: Life) -> Signing | None:
    """Return whose signature the case waits for now, None if for nobody's."""
    if life.case.status not in (Status.IN_REVIEW, Status.IN_APPROVAL):
        return None
    return wanted(life)


def wanted(life: Life) -> Signing | None:
    """Return whose signature the answers need next, None if they have all."""
    if not reviewed(life):
        return life.process.review
    chain, step = life.process.approval, step_of(life)
    return chain[step] if step < len(chain) else None


def request_name(life: Life) -> LetterName:
    """Return the letter that asks for the signature that is wanted next."""
    return LetterName.APPROVAL_REQUEST if reviewed(life) else LetterName.REVIEW_REQUEST


def to_ask(life: Life, signing: Signing) -> tuple[str, ...]:
    """Return who is asked for a signature that is wanted now."""
    return _fit(life, signing, done=_signed(life, signing))


def allowed(life: Life, signing: Signing) -> frozenset[str]:
    """Return who may give a signature that is wanted now, in lower case."""
    return _may_sign(life, signing, done=_signed(life, signing))


def _signed(life: Life, signing: Signing) -> tuple[str, ...]:
    """Return who has signed another step; who reviews an answer may approve it as well."""
    return approvals(life) if signing in life.process.approval else ()


def asked(life: Life, name: LetterName) -> CaseEvent | None:
    """Return the event with which the proposal was last put to somebody by this letter."""
    return next(reversed(proposal(life, ASKED[name])), None)


def nobody_was_asked(life: Life) -> bool:
    """Tell whether a signature is wanted that nobody who may give it has been asked for."""
    signing = pending(life)
    if signing is None or not to_ask(life, signing):
        return False
    event = asked(life, request_name(life))
    told = {addr.lower() for addr in event.detail.split(", ")} if event else set[str]()
    return told.isdisjoint(allowed(life, signing))
