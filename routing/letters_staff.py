"""The letters to departments, supervisors and managers, and the facts they are given. Pure."""

from collections.abc import Collection

from cases.incoming import Address
from cases.lifecycle import ANSWERED_FOR
from cases.model import Case, CaseEvent, Letter, LetterName, Matter
from routing.letters import (
    Request,
    category_name,
    complaining,
    department_name,
    fact_rows,
    files,
    person,
    subcategory_name,
)
from routing.policy import Policy

#: A routed mail shows so many characters of the complainant's words; the original is attached.
MOST_TEXT = 20_000


def routed(request: Request, *, only: Collection[str] | None = None) -> tuple[Letter, ...]:
    """Return the routed mail for every address of every department, and for the copies.

    `only`: those departments that do not have the case yet.
    """
    new = [key for key in request.assessment.departments if only is None or key in only]
    if not new:
        return ()
    facts = _routed_facts(request)
    to = [(addr, key) for key in new for addr in request.policy.departments[key].to]
    listed = {addr for addr, _ in to}
    # A copy for whoever gets the case anyway says nothing new; departments that share a mailbox
    # get a letter each, as each answers its own.
    to += [(addr, new[0]) for addr in request.assessment.cc if addr not in listed]
    return tuple(
        Letter(
            name=LetterName.ROUTED,
            language=request.house,
            to=Address(addr=addr, name=department_name(request.policy, key)),
            department=key,
            revision=request.revision,
            facts={
                **facts,
                **_limits(request, key),
                "department_name": department_name(request.policy, key),
                "others": tuple(
                    department_name(request.policy, other)
                    for other in request.assessment.departments
                    if other != key
                ),
            },
            attach_original=True,
        )
        for addr, key in dict.fromkeys(to)
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
        "complainant": _complaining(request),
        "received_at": request.received_at,
        "subject": mail.subject,
        "text": mail.words[:MOST_TEXT],
        "facts": fact_rows(request.classification.facts),
        "reasons": assessment.reasons,
        "attachments": files(mail),
        "again": bool(request.again),
        "history": tuple(
            {"at": e.at, "who": _writer(e, request), "text": _said(e)} for e in request.history
        ),
        "matter": assessment.matter.value,
        "unsure": assessment.unsure,
        "unreadable": not request.readable,
        "guessed": request.guessed,
        "decided_by": request.decided_by,
        **_wanted(request),
    }


def _wanted(request: Request) -> dict[str, object]:
    """Return what the process wants of an answer, and what helps to find it."""
    policy, assessment = request.policy, request.assessment
    process = policy.process(assessment.category, assessment.severity, assessment.rules)
    return {
        "needs": process.answer_needs,
        "capa": process.capa.rule.value,
        "parties": tuple(
            {"key": key, "name": party.names.get(request.house, key)}
            for key, party in policy.parties.items()
        ),
        "recused": request.recused,
        "deputy_for": request.deputy_for,
        "related": tuple(
            {"reference": case.reference, "text": case.subject, "status": case.status.value}
            for case in request.related
        ),
    }


def _complaining(request: Request) -> dict[str, str]:
    return complaining(request.complainant, request.classification.facts, request.policy)


def _limits(request: Request, key: str) -> dict[str, object]:
    """Return a department's own limits, in its own working time."""
    policy, assessment = request.policy, request.assessment
    process = policy.process(assessment.category, assessment.severity, assessment.rules)
    calendar, asked_at = policy.calendar_of(key), request.asked_at or request.received_at
    complaint = assessment.matter is Matter.COMPLAINT
    accept, answer = process.accept_within, process.answer_within
    own = calendar.due(asked_at, answer) if answer and complaint else None
    return {
        "accept_by": calendar.due(asked_at, accept) if accept and complaint else None,
        "answer_by": own if own and own < request.due_at else None,
    }


def _writer(event: CaseEvent, request: Request) -> str:
    if event.actor.startswith("referrer:"):
        return event.actor.removeprefix("referrer:")
    if event.actor == "complainant":
        return request.complainant.name or request.complainant.addr
    return department_name(request.policy, event.actor.removeprefix("department:"))


def _said(event: CaseEvent) -> str:
    """Return the words of an event; who passed a case on wrote the reason in the mail."""
    words = event.reasons if event.kind == "not_ours" else ()
    return next(iter(words), event.detail)


def severity_alerts(request: Request, *, revision: int) -> tuple[Letter, ...]:
    """Return the alerts that the severity asks for, to be sent at once."""
    assessment = request.assessment
    names = [department_name(request.policy, key) for key in assessment.departments]
    level = request.policy.severity(assessment.severity)
    facts: dict[str, object] = {
        "what": "",
        "severity_name": level.names[request.house],
        "reasons": assessment.reasons,
        "department_names": tuple(names),
        "due_at": request.due_at,
        "complainant": _complaining(request),
        "text": request.mail.words[:MOST_TEXT],
        "facts": fact_rows(request.classification.facts),
    }
    return _to_each(assessment.alert, request.house, facts, revision=revision)


def alerts(
    case: Case,
    to: tuple[str, ...],
    policy: Policy,
    *,
    reasons: tuple[str, ...],
    revision: int,
    what: str = "undelivered",
) -> tuple[Letter, ...]:
    """Return alerts about something that went wrong: `undelivered`, or `unconfirmed`."""
    house = policy.languages[0]
    facts: dict[str, object] = {
        "what": what,
        "severity_name": policy.severity(case.severity).names[house],
        "reasons": reasons,
        "department_names": tuple(department_name(policy, key) for key in case.departments),
        "due_at": case.due_at,
        "complainant": complaining(case.complainant, case.facts, policy),
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


def follow_ups(
    request: Request, case: Case, *, revision: int, by: str = "complainant"
) -> tuple[Letter, ...]:
    """Return the letters that tell the departments what was added.

    `by`: the complainant, the referrer, or unproven for what only claims to be the complainant's.
    """
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
                "complainant": person(request.complainant),  # who wrote this
                "text": mail.words[:MOST_TEXT],
                "due_at": request.due_at,
                "attachments": files(mail),
                "added": fact_rows(request.added),
                "by": by,
                "open": case.status not in ANSWERED_FOR,
                "recused": request.recused,
            },
            attach_original=True,
        )
        for key in keys
        for addr in policy.departments[key].to
    )


def moved_on(
    case: Case,
    keys: Collection[str],
    to: tuple[str, ...],
    policy: Policy,
    *,
    revision: int,
    automatic: bool = False,
    closed: str = "",
) -> tuple[Letter, ...]:
    """Return the letters that tell departments that nothing more is to be done by them.

    `to`: the departments that have the case now; none while a supervisor decides. `closed`: why it
    was closed without an outcome.
    """
    return tuple(
        Letter(
            name=LetterName.MOVED_ON,
            language=policy.languages[0],
            to=Address(addr=addr, name=department_name(policy, key)),
            department=key,
            revision=revision,
            automatic=automatic,
            facts={
                "department_name": department_name(policy, key),
                "to": tuple(department_name(policy, other) for other in to),
                "closed": closed,
            },
        )
        for key in keys
        if key in policy.departments
        for addr in policy.departments[key].to
    )
