"""The letters to departments and outside parties while they work on a case. Pure."""

from collections.abc import Collection, Mapping
from datetime import datetime

from cases.incoming import Address
from cases.life import Part
from cases.model import Letter, LetterName
from routing.labels import RESTRICTED
from routing.letters import department_name, fact_rows, person
from routing.life import Life
from routing.pauses import promised
from routing.policy import Policy

#: Of the facts of a case these say nothing about the person who complains.
_OF_THE_PRODUCT = frozenset(
    {"product", "model", "batch", "serial", "order", "tracking", "quantity", "date", "purchased"}
)


def to_department(
    life: Life,
    name: LetterName,
    key: str,
    facts: Mapping[str, object],
    *,
    only: str = "",
    automatic: bool = False,
) -> tuple[Letter, ...]:
    """Return a letter for every address of a department, or `only` for one."""
    department = life.policy.departments.get(key)
    if department is None:
        return ()
    return tuple(
        Letter(
            name=name,
            language=life.house,
            to=Address(addr=addr, name=department_name(life.policy, key)),
            department=key,
            revision=life.cause,
            automatic=automatic,
            facts={"department_name": department_name(life.policy, key), **facts},
        )
        for addr in ((only,) if only else department.to)
    )


def report_rows(report: Mapping[str, str]) -> tuple[dict[str, str], ...]:
    """Return a department's labelled parts as colleagues may read them."""
    return tuple(
        {"label": key, "text": text}
        for key, text in report.items()
        if key != "to_complainant" and key not in RESTRICTED
    )


def answer_noted(
    life: Life,
    part: Part,
    *,
    word: str,
    to: str,
    outcome: str = "",
    leaves_at: datetime | None = None,
    waits_for: Collection[str] = (),
    signers: tuple[str, ...] = (),
) -> tuple[Letter, ...]:
    """Return what was understood, to whoever wrote it: nothing has to be guessed."""
    facts: dict[str, object] = {
        "outcome": outcome,
        "internal": report_rows(part.report),
        "leaves_at": leaves_at,
        "waits_for": tuple(department_name(life.policy, key) for key in waits_for),
        "signers": signers,
        "word": word,
        "person": part.person,
        "promised_at": part.promised_at,
    }
    return to_department(
        life, LetterName.ANSWER_NOTED, part.department, facts, only=to, automatic=True
    )


def returned(life: Life, part: Part, *, why: str, by: str, reason: str) -> tuple[Letter, ...]:
    """Return the letter that brings an answer back with the reason (T19, K049)."""
    facts = {
        "why": why,
        "by": by,
        "reason": reason,
        "answer": part.report.get("to_complainant", ""),
        "due_at": promised(life),
    }
    return to_department(life, LetterName.RETURNED, part.department, facts)


def carry_out(
    life: Life, part: Part, *, plan: str, opinion: str, due_at: datetime | None
) -> tuple[Letter, ...]:
    """Return the letter that the plan is agreed on and shall be carried out (T21)."""
    facts = {"plan": plan, "opinion": opinion, "silent": not opinion, "due_at": due_at}
    return to_department(life, LetterName.CARRY_OUT, part.department, facts)


def external(
    life: Life, key: str, *, question: str, asked_by: str, due_at: datetime | None
) -> tuple[Letter, ...]:
    """Return the letter to a supplier, carrier or dealer: product facts, no person (K044)."""
    party = life.policy.parties[key]
    facts = [fact for fact in life.case.facts if fact.name in _OF_THE_PRODUCT]
    return tuple(
        Letter(
            name=LetterName.EXTERNAL,
            language=party.language,
            to=Address(addr=addr, name=party.names.get(party.language, key)),
            department=key,
            revision=life.cause,
            facts={
                "party_name": party.names.get(party.language, key),
                "question": question,
                "rows": fact_rows(facts),
                "due_at": due_at,
                "asked_by": department_name(life.policy, asked_by, party.language),
            },
        )
        for addr in party.to
    )


def party_name(policy: Policy, key: str) -> str:
    """Return how the house calls a party outside."""
    party = policy.parties.get(key)
    return party.names.get(policy.languages[0], key) if party else key


def party_answered(life: Life, department: str, key: str, text: str) -> tuple[Letter, ...]:
    """Return what a party outside answered, for the department that asked."""
    facts = {
        "party_name": party_name(life.policy, key),
        "text": text,
        "due_at": promised(life),
    }
    return to_department(life, LetterName.PARTY_ANSWERED, department, facts)


def complainant(life: Life) -> dict[str, str]:
    """Return the complainant as templates show one."""
    return person(life.case.complainant)
