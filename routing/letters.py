"""The letters to complainants, and the facts each letter is given. Pure; see letters_staff.py.

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
from routing.phrases import phrase
from routing.policy import Policy


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
    cause: int = 0  #: the number of what routes the case once more in its round, 0 the first time
    guessed: bool = False  #: nobody decided in time
    decided_by: str = ""  #: the person who said whose it is
    after: str = ""  #: what an objection leads to: management, dispute, explain
    asked_at: datetime | None = None  #: when departments are asked; with `received_at` if None
    referrer: tuple[str, str] = ("", "")  #: who passed it on, and the number there (K061)
    written_wanted: bool = False  #: said on the phone: details in writing are wanted (K093)
    recused: tuple[str, ...] = ()  #: names of people the complaint is about (K079)
    related: tuple[Case, ...] = ()  #: other cases of the same batch or number (K087)
    deputy_for: str = ""  #: the person who is away
    added: tuple[Fact, ...] = ()  #: facts that the case did not have before this mail

    @property
    def revision(self) -> int:
        """The number of a letter that may leave again about the same case, on purpose."""
        return self.cause or max(self.again, 1)

    @property
    def house(self) -> str:
        """The language departments and supervisors read."""
        return self.policy.languages[0]


def receipt(request: Request) -> Letter:
    """Return the acknowledgement, or the letter to somebody who does not complain."""
    complains = request.assessment.matter is Matter.COMPLAINT or request.again
    return Letter(
        name=LetterName.ACKNOWLEDGEMENT if complains else LetterName.NOT_A_COMPLAINT,
        language=request.policy.letter_language(request.classification.language),
        to=request.complainant,
        automatic=True,
        revision=max(request.again, 1),
        facts=_acknowledged(request) if complains else _no_complaint(request),
    )


def _no_complaint(request: Request) -> dict[str, object]:
    assessment, policy = request.assessment, request.policy
    language = policy.letter_language(request.classification.language)
    praise = assessment.matter is Matter.PRAISE
    return {
        "matter": assessment.matter.value,
        "department_name": department_name(policy, assessment.departments[0], language),
        "due_at": None if praise else request.due_at,
    }


def _acknowledged(request: Request) -> dict[str, object]:
    assessment, policy = request.assessment, request.policy
    language = policy.letter_language(request.classification.language)
    process = policy.process(assessment.category, assessment.severity, assessment.rules)
    # Nothing of the mail's own words but facts we know ourselves (design 7.5).
    known = [fact for fact in request.classification.facts if fact.known]
    return {
        "category": assessment.category.value,
        "category_name": category_name(policy, assessment.category, language),
        "unsure": assessment.unsure or assessment.category is Category.OTHER,
        "facts": fact_rows(known),
        "missing": assessment.missing,
        "due_at": None if request.written_wanted else request.due_at,
        "serious": policy.severity(assessment.severity).serious,
        "again": bool(request.again),
        "unreadable": not request.readable,
        "unopened": any(item.warning for item in request.mail.attachments),
        "after": request.after,
        "apologise": process.apologise,
        "referrer": {
            "name": request.referrer[0],
            "number": request.referrer[1],
            "itself": policy.referrer_of(request.complainant.addr) is not None,
        },
        "written_wanted": request.written_wanted,
    }


def department_name(policy: Policy, key: str, language: str = "") -> str:
    """Return how a department is called; its key if it is gone from the file."""
    department = policy.departments.get(key)
    return department.names[language or policy.languages[0]] if department else key


def category_name(policy: Policy, category: Category, language: str) -> str:
    """Return how a category is called."""
    return policy.categories[category].names[language]


def subcategory_name(policy: Policy, category: Category, key: str) -> str:
    """Return how a sub-category is called in the house; "" for none."""
    found = next((one for one in policy.categories[category].sub if one.key == key), None)
    return found.names[policy.languages[0]] if found else ""


def person(address: Address) -> dict[str, str]:
    """Return a person as templates show one."""
    return {"name": address.name, "addr": address.addr}


def complaining(address: Address, facts: Sequence[Fact], policy: Policy) -> dict[str, str]:
    """Return who complains, as templates show one.

    Where a hotline wrote for somebody, its mail names them: their name, else their number (K061).
    """
    referrer, house = policy.referrer_of(address.addr), policy.languages[0]
    said = {fact.name: fact.value for fact in reversed(facts)}
    name, reach = said.get("customer", ""), said.get("phone", "") or said.get("email", "")
    if referrer is None or not (name or reach):
        return person(address)
    who = phrase(
        "passed_on", house, who=name or reach, referrer=referrer.names.get(house, referrer.key)
    )
    return {"name": who, "addr": reach if name else ""}


def fact_rows(facts: Sequence[Fact]) -> tuple[dict[str, object], ...]:
    """Return each fact once; where the catalogue knows the product, a guess at it is left out."""
    rows: dict[tuple[str, str], Fact] = {}
    catalogue = " ".join(fact.canonical for fact in facts if fact.known)
    for fact in facts:
        name = "product" if fact.name == "model" and fact.canonical else fact.name
        if name == "product" and not fact.known and fact.value in catalogue:
            continue
        rows.setdefault((name, fact.canonical or fact.value), fact)
    return tuple(
        {"name": name, "value": value, "known": fact.known, "doubt": fact.doubt}
        for (name, value), fact in rows.items()
    )


def files(mail: ParsedMail) -> tuple[dict[str, object], ...]:
    """Return the attachments as templates list them."""
    return tuple(
        {"name": a.name, "type": a.type, "size": a.size, "warning": a.warning}
        for a in mail.attachments
    )
