"""Which letters a decision asks for, and the facts each of them is given. Pure.

The keys of `facts` are the contract with templates/letters; the words are there, not here.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from cases.incoming import Address, ParsedMail
from cases.model import (
    Assessment,
    Case,
    CaseEvent,
    Category,
    Classification,
    Fact,
    Letter,
    LetterName,
    Matter,
)
from routing.policy import Policy

#: A routed mail shows so many characters of the complainant's words; the original is attached.
MOST_TEXT = 20_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """A mail that asks for an answer, as the letters about it need it."""

    mail: ParsedMail
    classification: Classification
    assessment: Assessment
    policy: Policy
    received_at: datetime
    due_at: datetime
    readable: bool
    complainant: Address
    again: int = 0  #: the round of a reopened case, 0 for a new one
    history: tuple[CaseEvent, ...] = ()

    @property
    def house(self) -> str:
        """The language departments and supervisors read."""
        return self.policy.languages[0]


def receipt(request: Request) -> Letter:
    """Return the acknowledgement, or the letter to somebody who does not complain."""
    language = request.policy.letter_language(request.classification.language)
    assessment = request.assessment
    if assessment.matter is not Matter.COMPLAINT and not request.again:
        praise = assessment.matter is Matter.PRAISE
        return Letter(
            name=LetterName.NOT_A_COMPLAINT,
            language=language,
            to=request.complainant,
            automatic=True,
            facts={
                "matter": assessment.matter.value,
                "department_name": department_name(
                    request.policy, assessment.departments[0], language
                ),
                "due_at": None if praise else request.due_at,
            },
        )
    # Nothing of the mail's own words but facts we know ourselves (design 7.5).
    known = [fact for fact in request.classification.facts if fact.known]
    return Letter(
        name=LetterName.ACKNOWLEDGEMENT,
        language=language,
        to=request.complainant,
        automatic=True,
        revision=max(request.again, 1),
        facts={
            "category": assessment.category.value,
            "category_name": category_name(request.policy, assessment.category, language),
            "unsure": assessment.unsure or assessment.category is Category.OTHER,
            "facts": _facts(known),
            "due_at": request.due_at,
            "serious": request.policy.severity(assessment.severity).serious,
            "again": bool(request.again),
            "unreadable": not request.readable,
            "unopened": any(item.warning for item in request.mail.attachments),
        },
    )


def routed(request: Request) -> tuple[Letter, ...]:
    """Return the routed mail for every address of every department, and for the copies."""
    facts = _routed_facts(request)
    to = [
        (addr, key)
        for key in request.assessment.departments
        for addr in request.policy.departments[key].to
    ]
    to += [(addr, request.assessment.departments[0]) for addr in request.assessment.cc]
    # One letter per address, in the name of the first department that lists it.
    keys = dict(reversed(to))
    return tuple(
        Letter(
            name=LetterName.ROUTED,
            language=request.house,
            to=Address(addr=addr, name=department_name(request.policy, key)),
            department=key,
            revision=max(request.again, 1),
            facts={**facts, "department_name": department_name(request.policy, key)},
            attach_original=True,
        )
        for addr, key in ((addr, keys[addr]) for addr in dict(to))
    )


def _routed_facts(request: Request) -> dict[str, object]:
    mail, assessment = request.mail, request.assessment
    level = request.policy.severity(assessment.severity)
    return {
        "category_name": category_name(request.policy, assessment.category, request.house),
        "severity": level.name,
        "severity_name": level.names[request.house],
        "serious": level.serious,
        "due_at": request.due_at,
        "complainant": _person(request.complainant),
        "received_at": request.received_at,
        "subject": mail.subject,
        "text": mail.words[:MOST_TEXT],
        "facts": _facts(request.classification.facts),
        "reasons": assessment.reasons,
        "attachments": _attachments(mail),
        "again": bool(request.again),
        "history": tuple(
            {"at": e.at, "who": e.actor.removeprefix("department:"), "text": e.detail}
            for e in request.history
        ),
        "matter": assessment.matter.value,
        "unsure": assessment.unsure,
        "unreadable": not request.readable,
    }


def severity_alerts(request: Request, *, revision: int) -> tuple[Letter, ...]:
    """Return the alerts that the severity asks for, to be sent at once."""
    assessment = request.assessment
    names = [department_name(request.policy, key) for key in assessment.departments]
    level = request.policy.severity(assessment.severity)
    facts: dict[str, object] = {
        "severity_name": level.names[request.house],
        "reasons": assessment.reasons,
        "department_names": tuple(names),
        "due_at": request.due_at,
        "complainant": _person(request.complainant),
        "text": request.mail.words[:MOST_TEXT],
        "facts": _facts(request.classification.facts),
    }
    return _to_each(assessment.alert, request.house, facts, revision=revision)


def alerts(
    case: Case, to: tuple[str, ...], policy: Policy, *, reasons: tuple[str, ...], revision: int
) -> tuple[Letter, ...]:
    """Return alerts about something that went wrong with an open case."""
    house = policy.languages[0]
    facts: dict[str, object] = {
        "severity_name": policy.severity(case.severity).names[house],
        "reasons": reasons,
        "department_names": tuple(department_name(policy, key) for key in case.departments),
        "due_at": case.due_at,
        "complainant": _person(case.complainant),
        "text": "",
        "facts": _facts(case.facts),
    }
    return _to_each(to, house, facts, revision=revision)


def _to_each(
    to: tuple[str, ...], language: str, facts: dict[str, object], *, revision: int
) -> tuple[Letter, ...]:
    return tuple(
        Letter(
            name=LetterName.ALERT,
            language=language,
            to=Address(addr=addr),
            revision=revision,
            facts=facts,
        )
        for addr in to
    )


def follow_ups(request: Request, case: Case, *, revision: int) -> tuple[Letter, ...]:
    """Return the letters that tell the departments what the complainant added."""
    mail, policy = request.mail, request.policy
    keys = [key for key in case.departments if key in policy.departments]
    return tuple(
        Letter(
            name=LetterName.FOLLOW_UP,
            language=policy.languages[0],
            to=Address(addr=addr, name=department_name(policy, key)),
            department=key,
            revision=revision,
            facts={
                "department_name": department_name(policy, key),
                "complainant": _person(request.complainant),
                "text": mail.words[:MOST_TEXT],
                "due_at": request.due_at,
                "attachments": _attachments(mail),
            },
            attach_original=True,
        )
        for key in keys
        for addr in policy.departments[key].to
    )


def outcome(case: Case, answer: str, department: str, policy: Policy) -> Letter:
    """Return the outcome: the department's words to the complainant, one per round."""
    language = policy.letter_language(case.language)
    return Letter(
        name=LetterName.OUTCOME,
        language=language,
        to=case.complainant,
        department=department,
        revision=case.round,
        facts={
            "complainant_name": case.complainant.name,
            "outcome": answer,
            "department_name": department_name(policy, department, language),
            "category_name": category_name(policy, case.category, language),
            "close_after_days": policy.close_after.days,
        },
    )


def department_name(policy: Policy, key: str, language: str = "") -> str:
    """Return how a department is called; its key if it is gone from the file."""
    department = policy.departments.get(key)
    return department.names[language or policy.languages[0]] if department else key


def category_name(policy: Policy, category: Category, language: str) -> str:
    """Return how a category is called."""
    return policy.categories[category].names[language]


def _person(address: Address) -> dict[str, str]:
    return {"name": address.name, "addr": address.addr}


def _facts(facts: Sequence[Fact]) -> tuple[dict[str, object], ...]:
    """Return each fact once; where the catalogue knows the product, a guess at it is left out."""
    rows: dict[tuple[str, str], bool] = {}
    catalogue = " ".join(fact.canonical for fact in facts if fact.known)
    for fact in facts:
        name = "product" if fact.name == "model" and fact.canonical else fact.name
        if name == "product" and not fact.known and fact.value in catalogue:
            continue
        rows.setdefault((name, fact.canonical or fact.value), fact.known)
    return tuple({"name": name, "value": v, "known": known} for (name, v), known in rows.items())


def _attachments(mail: ParsedMail) -> tuple[dict[str, object], ...]:
    return tuple(
        {"name": a.name, "type": a.type, "size": a.size, "warning": a.warning}
        for a in mail.attachments
    )
