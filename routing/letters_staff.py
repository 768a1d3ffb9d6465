"""The letters to departments, supervisors and managers, and the facts they are given. Pure."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from cases.incoming import Address
from cases.model import Case, CaseEvent, Category, Letter, LetterName
from routing.choices import LETTERS, NO_COMPLAINT, ranked
from routing.letters import (
    Request,
    category_name,
    department_name,
    fact_rows,
    files,
    person,
    subcategory_name,
)
from routing.policy import Policy

#: A routed mail shows so many characters of the complainant's words; the original is attached.
MOST_TEXT = 20_000
#: Who decides what a case is about needs its beginning.
MOST_TO_DECIDE = 1_500
MOST_OPTIONS = 3


def routed(request: Request, *, only: Collection[str] | None = None) -> tuple[Letter, ...]:
    """Return the routed mail for every address of every department, and for the copies.

    `only`: those departments that do not have the case yet.
    """
    new = [key for key in request.assessment.departments if only is None or key in only]
    if not new:
        return ()
    facts = _routed_facts(request)
    to = [(addr, key) for key in new for addr in request.policy.departments[key].to]
    to += [(addr, new[0]) for addr in request.assessment.cc]
    # One letter per address, in the name of the first department that lists it.
    keys = dict(reversed(to))
    return tuple(
        Letter(
            name=LetterName.ROUTED,
            language=request.house,
            to=Address(addr=addr, name=department_name(request.policy, key)),
            department=key,
            revision=request.revision,
            facts={
                **facts,
                "department_name": department_name(request.policy, key),
                "others": tuple(
                    department_name(request.policy, other)
                    for other in request.assessment.departments
                    if other != key
                ),
            },
            attach_original=True,
        )
        for addr, key in ((addr, keys[addr]) for addr in dict(to))
    )


def _routed_facts(request: Request) -> dict[str, object]:
    mail, assessment = request.mail, request.assessment
    level = request.policy.severity(assessment.severity)
    return {
        "category_name": category_name(request.policy, assessment.category, request.house),
        "subcategory_name": subcategory_name(
            request.policy, assessment.category, assessment.subcategory
        ),
        "also": tuple(
            category_name(request.policy, other, request.house) for other in assessment.also
        ),
        "severity": level.name,
        "severity_name": level.names[request.house],
        "serious": level.serious,
        "due_at": request.due_at,
        "complainant": person(request.complainant),
        "received_at": request.received_at,
        "subject": mail.subject,
        "text": mail.words[:MOST_TEXT],
        "facts": fact_rows(request.classification.facts),
        "reasons": assessment.reasons,
        "attachments": files(mail),
        "again": bool(request.again),
        "history": tuple(
            {"at": e.at, "who": _writer(e, request), "text": e.detail} for e in request.history
        ),
        "matter": assessment.matter.value,
        "unsure": assessment.unsure,
        "unreadable": not request.readable,
        "guessed": request.guessed,
        "decided_by": request.decided_by,
    }


def _writer(event: CaseEvent, request: Request) -> str:
    if event.actor == "complainant":
        return request.complainant.name or request.complainant.addr
    return department_name(request.policy, event.actor.removeprefix("department:"))


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
        "complainant": person(request.complainant),
        "text": request.mail.words[:MOST_TEXT],
        "facts": fact_rows(request.classification.facts),
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
        "complainant": person(case.complainant),
        "text": "",
        "facts": fact_rows(case.facts),
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
                "complainant": person(request.complainant),
                "text": mail.words[:MOST_TEXT],
                "due_at": request.due_at,
                "attachments": files(mail),
                "added": fact_rows(request.added),
            },
            attach_original=True,
        )
        for key in keys
        for addr in policy.departments[key].to
    )


# ---------------------------------------------------------------- a person decides


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What supervisors are asked about a case, and why."""

    request: Request
    guess_at: datetime | None  #: None: the case is with somebody while they think
    without: frozenset[str] = frozenset()  #: departments that said it is not theirs
    returned: str = ""  #: the words they said it with
    read: str | None = None  #: what an earlier answer said that was not understood
    authorised: bool = True  #: False: an answer came that may not be theirs


def decision_needed(
    question: Question, to: tuple[str, ...], *, revision: int, automatic: bool = False
) -> tuple[Letter, ...]:
    """Return the question what a case is about, answered by one letter of the alphabet."""
    facts = _question_facts(question)
    return tuple(
        Letter(
            name=LetterName.DECISION_NEEDED,
            language=question.request.house,
            to=Address(addr=addr),
            revision=revision,
            facts=facts,
            attach_original=True,
            automatic=automatic,
        )
        for addr in dict.fromkeys(to)
    )


def _question_facts(question: Question) -> dict[str, object]:
    request, policy = question.request, question.request.policy
    return {
        "options": _options(question),
        "no_complaint": NO_COMPLAINT,
        "complainant": person(request.complainant),
        "received_at": request.received_at,
        "subject": request.mail.subject,
        "text": request.mail.words[: MOST_TO_DECIDE + 1],
        "attachments": files(request.mail),
        "due_at": request.due_at,
        "guess_at": question.guess_at,
        "department_names": tuple(
            department_name(policy, key) for key in request.assessment.departments
        ),
        "returned_by": tuple(department_name(policy, key) for key in sorted(question.without)),
        "returned": question.returned[:500],
        "answered": question.read is not None,
        "read": (question.read or "")[:200],
        "authorised": question.authorised,
        "unreadable": not request.readable,
    }


def likely(question: Question) -> tuple[tuple[Category, float], ...]:
    """Return every category, likeliest first; those of departments that sent it back last."""
    owner = {key: entry.department for key, entry in question.request.policy.categories.items()}
    shares = ranked(question.request.classification)
    return tuple(sorted(shares, key=lambda share: owner[share[0]] in question.without))


def _options(question: Question) -> tuple[dict[str, object], ...]:
    request = question.request
    return tuple(
        {
            "letter": LETTERS[category],
            "name": category_name(request.policy, category, request.house),
            "percent": round(100 * share),
        }
        for category, share in likely(question)[:MOST_OPTIONS]
    )


def moved_on(
    case: Case, keys: Collection[str], to: tuple[str, ...], policy: Policy, *, revision: int
) -> tuple[Letter, ...]:
    """Return the letters that tell departments that nothing more is to be done by them.

    `to`: the departments that have the case now; none while a supervisor decides.
    """
    return tuple(
        Letter(
            name=LetterName.MOVED_ON,
            language=policy.languages[0],
            to=Address(addr=addr, name=department_name(policy, key)),
            department=key,
            revision=revision,
            facts={
                "department_name": department_name(policy, key),
                "to": tuple(department_name(policy, other) for other in to),
            },
        )
        for key in keys
        if key in policy.departments
        for addr in policy.departments[key].to
    )
