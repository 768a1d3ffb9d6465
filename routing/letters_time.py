"""The letters of time: reminders, escalations, progress, satisfaction, calls. Pure."""

from collections.abc import Iterable
from datetime import datetime

from cases.incoming import Address
from cases.model import Letter, LetterName
from routing.letters import department_name, fact_rows, person
from routing.letters_out import names_of, outcome_text, to_complainant
from routing.life import Life
from routing.pauses import promised

#: Who calls a complainant, or is called up, is shown so much of what this is about.
MOST_TEXT = 4_000


def reminder(
    life: Life,
    to: Iterable[str],
    *,
    what: str,
    due_at: datetime,
    late: bool,
    department: str = "",
    delayed: bool = False,
) -> tuple[Letter, ...]:
    """Remind people of what they owe.

    `what` is the value of a ClockKind, `late` that the limit is over, `delayed` that this letter
    should have left earlier itself. With a `department` a reply counts as its word.
    """
    return _to_each(
        life,
        LetterName.REMINDER,
        to,
        {
            "what": what,
            "name": department_name(life.policy, department) if department else "",
            "due_at": due_at,
            "late": late,
            "delayed": delayed,
            "text": life.case.subject,
            "complainant": person(life.case.complainant),
        },
        department=department,
    )


def party_reminder(
    life: Life, key: str, *, question: str, due_at: datetime, late: bool, delayed: bool
) -> tuple[Letter, ...]:
    """Remind a party outside, in its language; nothing tells who complained (K044)."""
    party = life.policy.parties.get(key)
    if party is None:
        return ()
    name = party.names.get(party.language, key)
    return tuple(
        Letter(
            name=LetterName.REMINDER,
            language=party.language,
            to=Address(addr=addr, name=name),
            department=key,
            revision=life.cause,
            facts={
                "what": "external",
                "name": name,
                "due_at": due_at,
                "late": late,
                "delayed": delayed,
                "text": question,
                "complainant": {"name": "", "addr": ""},
            },
        )
        for addr in party.to
    )


def escalation(
    life: Life,
    to: Iterable[str],
    *,
    what: str,
    level: int,
    due_at: datetime | None = None,
    reasons: tuple[str, ...] = (),
    text: str = "",
    departments: tuple[str, ...] = (),
    department: str = "",
    delayed: bool = False,
) -> tuple[Letter, ...]:
    """Tell managers that a limit was missed, or that a case needs them (T26).

    `what` is the value of a ClockKind, or objection, disagreement, dispute, age, unsatisfied or
    no_one. `departments` are those it is about, all of the case if empty; with a `department` a
    reply counts as its word.
    """
    names = (department_name(life.policy, key) for key in departments or life.case.departments)
    return _to_each(
        life,
        LetterName.ESCALATION,
        to,
        {
            "what": what,
            "department_names": tuple(names),
            "due_at": due_at or life.case.due_at,
            "complainant": person(life.case.complainant),
            "reasons": reasons,
            # Whoever is called at night must see what it is about.
            "text": text or life.case.text[:MOST_TEXT] or life.case.subject,
            "delayed": delayed,
            "level": level,
        },
        department=department,
    )


def task(
    life: Life,
    to: Iterable[str],
    *,
    what: str,
    due_at: datetime | None,
    department: str = "",
    text: str = "",
) -> tuple[Letter, ...]:
    """Ask people to call the complainant (`callback`), to `tell` the outcome to one whom no mail
    reaches, or to `ask` or tell them the `text` (K028, K052)."""
    case = life.case
    phones = (fact.value for fact in case.facts if fact.name == "phone")
    told = outcome_text(life)
    return _to_each(
        life,
        LetterName.TASK,
        to,
        {
            "what": what,
            "department_name": department_name(life.policy, department) if department else "",
            "complainant": person(case.complainant),
            "phone": next(phones, ""),
            "text": (text or told or case.text or case.subject)[:MOST_TEXT],
            "rows": fact_rows(case.facts),
            "due_at": due_at,
        },
        department=department,
    )


def progress(life: Life, *, next_at: datetime | None) -> tuple[Letter, ...]:
    """Tell the complainant that it goes on, and when they hear again at the latest (K021)."""
    due_at = promised(life)
    named = [part.promised_at for part in life.open_parts if part.promised_at is not None]
    last = max(named, default=None)
    all_named = len(named) == len(life.open_parts)
    return to_complainant(
        life,
        LetterName.PROGRESS,
        {
            "department_names": names_of(life, life.open_parts),
            "due_at": due_at,
            # One date stands for all only where all of them named one.
            "promised_at": last if last and all_named and last > life.now else None,
            "late": due_at is not None and due_at <= life.now,
            "next_at": next_at,
            "apologise": life.process.apologise,
        },
    )


def satisfaction(life: Life) -> tuple[Letter, ...]:
    """Ask the complainant for a mark from 1 to 5 (K019)."""
    facts: dict[str, object] = {
        "complainant_name": life.case.complainant.name,
        "closed": life.case.closed_at is not None,
    }
    return to_complainant(life, LetterName.SATISFACTION, facts)


def _to_each(
    life: Life, name: LetterName, to: Iterable[str], facts: dict[str, object], *, department: str
) -> tuple[Letter, ...]:
    """Return the letter once per address, in the language of the house."""
    names = department_name(life.policy, department) if department else ""
    return tuple(
        Letter(
            name=name,
            language=life.house,
            to=Address(addr=addr, name=names),
            department=department,
            revision=life.cause,
            facts=facts,
        )
        for addr in {addr.lower(): addr for addr in to}.values()
    )
