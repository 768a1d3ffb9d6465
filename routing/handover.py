"""A mail moves its case on at once: nobody has it, or the complaint is about who has it. Pure."""

from collections.abc import Callable
from dataclasses import replace

from cases.lifecycle import ANSWERED_FOR, advance
from cases.model import Decision, Lead, LetterName
from routing.ground import Ground
from routing.life import Life
from routing.recusal import Accused, accused, recorded, without
from routing.reroute import stood_in
from routing.situation import Situation
from routing.supervisors import ground_of


def at_once(
    s: Situation, lead: Lead, joined: Decision, way: Callable[[Ground], Decision]
) -> Decision:
    """Send a case on in the way of `way`, after everything that `joined` does."""
    held, life = joined.assessment, s.life(lead).after(joined)
    case = replace(
        life.case,
        matter=held.matter if held else lead.case.matter,
        severity=held.severity if held else lead.case.severity,
        facts=(*lead.case.facts, *joined.facts),
        due_at=joined.due_at or lead.case.due_at,
    )
    ground = ground_of(s, replace(lead, case=case))
    ground = replace(ground, story=life.story, parts=life.parts, records=life.records)
    taken = way(ground)
    gone = set(case.departments) - set(taken.assessment.departments if taken.assessment else ())
    kept = tuple(
        one
        for one in joined.letters
        if one.name is not LetterName.FOLLOW_UP or one.department not in gone
    )
    return replace(
        joined,
        moves=(*joined.moves, *taken.moves),
        events=(*joined.events, *taken.events),
        letters=(*kept, *taken.letters),
        assessment=taken.assessment,
        parts=(*joined.parts, *taken.parts),
        guess_at=None,
    )


def newly_accused(s: Situation, life: Life) -> tuple[Accused, ...]:
    """Return the people of ours that this mail is about, and no mail before (K079)."""
    found = accused(s.words, s.policy) if life.process.recusal else ()
    return tuple(one for one in found if one.addr not in life.recused)


def honoured(s: Situation, lead: Lead, decision: Decision) -> Decision:
    """Note whom a later mail accuses, and take the case from a department that they lead."""
    found = newly_accused(s, s.life(lead))
    if not found or decision.complainant is not None:
        return decision  # a case of its own has looked for them
    decision = replace(decision, records=(*decision.records, *recorded(found, now=s.now)))
    life = s.life(lead).after(decision)
    held = decision.assessment
    departments = held.departments if held else lead.case.departments
    over = advance(lead.case.status, decision.moves) in ANSWERED_FOR
    if over or without(departments, life.recused, s.policy) == departments:
        return decision
    return at_once(s, lead, decision, stood_in)
