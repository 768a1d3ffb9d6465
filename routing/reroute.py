"""A case goes to somebody else: a person said where, or nobody did in time. Pure.

Whoever asks for it (a supervisor's reply, a department's, the operator, the clock), the case, its
letters and its story change in the same way. The time of the answer stays what was promised.
"""

from collections.abc import Iterable
from dataclasses import replace

from cases.lifecycle import ANSWERED_FOR
from cases.model import (
    Assessment,
    Case,
    CaseEvent,
    Category,
    Classification,
    Correction,
    Decision,
    Letter,
    Matter,
    Move,
)
from routing.assess import assess
from routing.choices import Choice, ranked
from routing.giveback import UNDER_WAY, given_back
from routing.ground import Ground, Person
from routing.letters import Request
from routing.letters_staff import moved_on, routed
from routing.life import nothing
from routing.recusal import names_of, without
from routing.situation import Original

#: Events that departments find in a letter about a case that others had before.
_TOLD = frozenset({"answered", "complainant_wrote", "reopened", "not_ours", "referrer_wrote"})


def correct(ground: Ground, choice: Choice, person: Person) -> Decision:
    """Do what a supervisor or the operator said; an answered case only learns what it was."""
    case = ground.case
    assessment = assessed(ground, choice.category)
    correction = Correction(
        at=ground.now,
        by=person.by,
        how=person.how,
        was=case.category,
        category=assessment.category,
        matter=assessment.matter,
        note=person.note,
    )
    over = case.status in ANSWERED_FOR
    if over:
        assessment = replace(assessment, departments=case.departments)
    same = (assessment.category, assessment.matter) == (case.category, case.matter)
    same &= set(assessment.departments) == set(case.departments)
    event = ground.event(
        "confirmed" if same else "corrected",
        person.actor,
        f"{words_of(case.matter, case.category)} → "
        f"{words_of(assessment.matter, assessment.category)}",
        reasons=(person.note,),
    )
    if same and not case.unsure:
        return Decision(moves=(), events=(event,), letters=())  # the same once more
    if over or same:
        return Decision(
            moves=(), events=(event,), letters=(), assessment=assessment, correction=correction
        )
    return handed_over(
        ground, assessment, events=(event,), decided_by=person.by, correction=correction
    )


def guess(ground: Ground) -> Decision:
    """Give a case that nobody decided on to its likeliest department, and say that it is a guess.

    A department that sent the case back is only asked again when there is no other.
    """
    case, policy = ground.case, ground.policy
    read = ground.original.classification
    order = [category for category, _ in ranked(read)]
    owners = {category: policy.categories[category].department for category in order}
    left = [category for category in order if owners[category] not in ground.declined]
    category = next(iter(left), order[0])
    assessment = assessed(ground, category)
    if category is read.category:
        first = ground.original
        fresh = assess(_words(first), _read(ground), policy, envelope=first.envelope(policy))
        assessment = replace(assessment, reasons=fresh.reasons)
    kept = tuple(key for key in assessment.departments if key not in ground.declined)
    assessment = replace(
        assessment,
        matter=case.matter,
        unsure=True,
        source="model",
        score=dict(ranked(read))[category],
        departments=kept or assessment.departments,
    )
    event = ground.event(
        "guessed", "desk", f"nobody decided in time: {category.value}", reasons=assessment.reasons
    )
    return handed_over(ground, assessment, events=(event,), guessed=True)


def rehomed(ground: Ground) -> Decision:
    """Give a case, as what it is taken for, to a department that is in the rules."""
    case = ground.case
    category = case.category if case.matter is Matter.COMPLAINT else None
    assessment = replace(assessed(ground, category), matter=case.matter, unsure=case.unsure)
    return handed_over(ground, assessment, events=())


def stood_in(ground: Ground) -> Decision:
    """Give the case of a department whose head is accused to its stand-in (K079)."""
    case = ground.case
    departments = without(case.departments, ground.recused, ground.policy)
    events = tuple(
        ground.event("recused", f"department:{key}")
        for key in case.departments
        if key not in departments
    )
    return handed_over(ground, replace(standing(case), departments=departments), events=events)


def assessed(ground: Ground, category: Category | None) -> Assessment:
    """Return the assessment of the case as one of `category`; None: as no complaint.

    Departments whose head the complaint is about do not get it back in this way either.
    """
    found = _assessed(ground, category)
    return replace(found, departments=without(found.departments, ground.recused, ground.policy))


def _assessed(ground: Ground, category: Category | None) -> Assessment:
    case, policy, original = ground.case, ground.policy, ground.original
    if category is None:
        matter = original.classification.matter
        return replace(
            standing(case),
            matter=Matter.ENQUIRY if matter is Matter.COMPLAINT else matter,
            departments=(policy.enquiries,),
            unsure=False,
            source="person",
        )
    read = _read(ground)
    # What the person overrules is no further matter either, however sure the model is of it.
    wrong = {case.category, read.category} - {category}
    labels = {one: share for one, share in read.labels.items() if one not in wrong}
    certain = replace(read, matter=Matter.COMPLAINT, category=category, score=1.0, labels=labels)
    fresh = assess(_words(original), certain, policy, envelope=original.envelope(policy))
    ruled = fresh.category is not category  # by a rule that the person overrules
    return replace(
        fresh,
        matter=Matter.COMPLAINT,
        category=category,
        subcategory="" if ruled else fresh.subcategory,
        also=() if ruled else fresh.also,
        cc=() if ruled else fresh.cc,
        rules=() if ruled else fresh.rules,
        tags=case.tags if ruled else tuple(dict.fromkeys((*case.tags, *fresh.tags))),
        departments=(policy.categories[category].department,) if ruled else fresh.departments,
        source="person",
        score=1.0,
        unsure=False,
        severity=case.severity,
        missing=(),
        alert=(),
        reasons=(),
    )


def standing(case: Case) -> Assessment:
    """Return what is held of a case."""
    return Assessment(
        matter=case.matter,
        category=case.category,
        subcategory=case.subcategory,
        source="default",
        score=0.0,
        unsure=case.unsure,
        severity=case.severity,
        departments=case.departments,
        rules=case.rules,
        tags=case.tags,
    )


def handed_over(
    ground: Ground,
    assessment: Assessment,
    *,
    events: tuple[CaseEvent, ...],
    guessed: bool = False,
    decided_by: str = "",
    correction: Correction | None = None,
) -> Decision:
    """Tell the departments that get the case, and those that had it; change what is held of it.

    An answer that is under way is given back first: nobody may sign for somebody else's case.
    """
    case = ground.case
    complaint = assessment.matter is Matter.COMPLAINT
    same = set(assessment.departments) == set(case.departments)
    if case.status in UNDER_WAY and complaint and same:
        # Only what it is called changes; who has it goes on.
        return replace(nothing(), events=events, assessment=assessment, correction=correction)
    reason = "; ".join(event.detail for event in events if event.detail)
    back = given_back(ground.life, by=decided_by, reason=reason)
    new = [key for key in assessment.departments if key not in case.departments]
    old = [key for key in case.departments if key not in assessment.departments]
    request = request_of(ground, assessment)
    request = replace(request, guessed=guessed, decided_by=decided_by)
    letters: tuple[Letter, ...] = (
        *routed(request, only=new),
        *moved_on(case, old, assessment.departments, ground.policy, revision=ground.cause),
        *(letter for letter in back.letters if letter.department in assessment.departments),
    )
    sent = ground.event("routed", "desk", ", ".join(new))
    return Decision(
        moves=(*back.moves, Move.ROUTE if complaint else Move.FILE),
        events=(*events, *back.events, *((sent,) if new else ())),
        letters=letters,
        assessment=assessment,
        correction=correction,
        parts=back.parts,
    )


def request_of(ground: Ground, assessment: Assessment) -> Request:
    """Return what letters about the first mail need; its facts are all that the case has."""
    case, original = ground.case, ground.original
    return Request(
        mail=original.mail,
        classification=_read(ground),
        assessment=assessment,
        policy=ground.policy,
        received_at=case.received_at,
        due_at=case.due_at or case.received_at,
        readable=original.readable,
        complainant=case.complainant,
        again=case.round if case.round > 1 else 0,
        history=told(ground.story),
        cause=ground.cause,
        asked_at=ground.now,
        recused=names_of(ground.recused, ground.policy),
    )


def told(story: Iterable[CaseEvent]) -> tuple[CaseEvent, ...]:
    """Return what a department that has not had the case must know of its story."""
    return tuple(event for event in story if event.kind in _TOLD)


def words_of(matter: Matter, category: Category) -> str:
    """Return what a case is, in one word."""
    return category.value if matter is Matter.COMPLAINT else matter.value


def _read(ground: Ground) -> Classification:
    read = ground.original.classification
    return replace(read, facts=ground.case.facts or read.facts)


def _words(original: Original) -> str:
    return f"{original.mail.subject}\n{original.mail.words}"
