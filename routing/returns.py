"""A department says that a case is not its own: to whom it goes, or who is asked. Pure.

Departments may pass a case on once. When the next one sends it on again, people throw it to each
other, and a supervisor decides.
"""

from dataclasses import replace

from cases.model import Assessment, CaseEvent, Correction, Decision, Move
from routing.choices import NotOurs, Target
from routing.ground import Ground, Person
from routing.letters_ask import Question, decision_needed
from routing.letters_staff import moved_on
from routing.recusal import deciders, without
from routing.reroute import assessed, handed_over, request_of, standing


def returned(ground: Ground, key: str, said: NotOurs, words: str) -> Decision:
    """Take the case from department `key`; `words` are what it wrote."""
    passed = said.target
    to = passed if passed and not _thrown_back(ground, key, passed) else None
    if to and without((to.department,), ground.recused, ground.policy) != (to.department,):
        to = None  # who stands in for the accused is for a supervisor to say
    event = ground.event(
        "not_ours", f"department:{key}", to.department if to else "", reasons=(words[:500],)
    )
    ground = replace(ground, story=(*ground.story, event))
    if to:
        return _passed_on(ground, key, to, event)
    alive = ground.policy.departments  # one that is gone from the rules has nothing
    rest = tuple(one for one in ground.case.departments if one != key and one in alive)
    if rest and not passed:
        assessment = replace(standing(ground.case), departments=rest)
        return replace(_taken_from(ground, key, assessment), events=(event,))
    return _asked(ground, key, rest, event, words)


def _thrown_back(ground: Ground, key: str, to: Target) -> bool:
    """Tell whether a department passed it to `key`, or `to` has said that it is not its own.

    What a supervisor or the operator decided in between begins a new count.
    """
    passed: set[str] = set()
    declined: set[str] = set()
    for event in ground.story:
        if event.kind in ("corrected", "confirmed", "reopened"):
            by_department = event.actor.startswith("department:")
            passed, declined = (passed, declined) if by_department else (set(), set())
        if event.kind == "not_ours":
            passed.add(event.detail)
            declined.add(event.actor.removeprefix("department:"))
    return key in passed or to.department in declined or to.department == key


def _passed_on(ground: Ground, key: str, to: Target, event: CaseEvent) -> Decision:
    """Move this department's part, and only that; the case's category is that of its first."""
    case = ground.case
    first = case.departments[:1] == (key,)
    departments = tuple(to.department if one == key else one for one in case.departments)
    departments = tuple(dict.fromkeys(departments))
    if first and to.category:
        assessment = replace(assessed(ground, to.category), matter=case.matter)
    else:
        assessment = replace(standing(case), unsure=False)
    assessment = replace(assessment, departments=departments, also=())
    owned = (c for c, entry in ground.policy.categories.items() if entry.department == key)
    was = case.category if first else next(owned, case.category)
    # Of a further department's part training would learn that it is what the whole mail is about.
    correction = None
    if first and to.category:
        correction = Correction(
            at=ground.now,
            by=key,
            how="department",
            was=was,
            category=to.category,
            matter=case.matter,
            note=event.reasons[0] if event.reasons else "",
        )
    changed = f"{was.value} → {to.category.value}" if to.category else f"{key} → {to.department}"
    person = Person(by=key, how="department")
    corrected = ground.event("corrected", person.actor, changed)
    return handed_over(
        ground,
        assessment,
        events=(event, corrected),
        decided_by=ground.policy.departments[key].names[ground.policy.languages[0]],
        correction=correction,
    )


def _taken_from(ground: Ground, key: str, assessment: Assessment) -> Decision:
    letters = moved_on(
        ground.case, (key,), assessment.departments, ground.policy, revision=ground.cause
    )
    return Decision(moves=(), events=(), letters=letters, assessment=assessment)


def _asked(
    ground: Ground, key: str, rest: tuple[str, ...], event: CaseEvent, words: str
) -> Decision:
    """Ask the supervisors; where nobody else has the case, it waits for them or for the guess."""
    policy = ground.policy
    assessment = replace(standing(ground.case), departments=rest, unsure=True)
    guess_at = None
    if not rest:
        # Danger waits for nobody, and nobody may be there to ask: then the next round of the
        # clock takes the next likeliest. Where all have sent it back, haste would only go round.
        owners = {entry.department for entry in policy.categories.values()}
        hurry = not policy.unsure_ask or policy.severity(ground.case.severity).serious
        waits = not hurry or owners <= ground.declined
        guess_at = policy.calendar.due(ground.now, policy.guess_after) if waits else ground.now
    question = Question(
        request=request_of(ground, assessment),
        guess_at=guess_at,
        without=ground.declined | {key},
        returned=words,
    )
    taken = _taken_from(ground, key, assessment)
    ask = deciders(policy.unsure_ask, ground.recused, policy)
    asks = decision_needed(question, ask, revision=ground.cause)
    to = ", ".join(ask)
    return replace(
        taken,
        moves=() if rest else (Move.RETURN,),
        events=(event, *((ground.event("asked", "desk", to),) if to else ())),
        letters=(*taken.letters, *asks),
        guess_at=guess_at,
    )
