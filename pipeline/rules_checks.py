"""What only the whole of rules.yaml shows: a process that could not end, a limit nobody hears of.

Each case has a category and a severity, so every pair of them is looked at; what is wrong is told
once, where the step stands that makes it wrong.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise

from cases.model import Category
from pipeline.rules_problems import Keys, Problems
from routing.deadlines import Limit
from routing.policy import Department, Policy, SeverityLevel
from routing.process import CapaRule, Objection, Process, Rung

#: Two limits are compared as if both began when this working week does.
_MONDAY = datetime(2026, 11, 23, tzinfo=UTC)
#: The keys of rules.yaml that are not called as the field of Process they set.
_KEYS = {"progress_before": "progress", "confirm_needed": "confirm"}
_MANAGEMENT = "needs top management, and nobody is named"


@dataclass(frozen=True, slots=True)
class _Finding:
    """Something wrong with one field of the process of some cases."""

    field: str  #: of Process; where the file sets it, the problem is told
    what: str
    fix: str


def check(policy: Policy, problems: Problems) -> None:
    """Find what is wrong with the process of any case (T25, T26), and cases left to nobody."""
    told: set[tuple[Keys, str]] = set()
    for category in policy.categories:
        for level in policy.severities:
            for finding in _findings(policy.process(category, level.name), level, policy):
                path = _origin(finding.field, category, level.name, policy)
                if (path, finding.what) not in told:
                    told.add((path, finding.what))
                    problems.complain(path, finding.what, finding.fix)
    recusal = any(
        policy.process(category, level.name).recusal
        for category in policy.categories
        for level in policy.severities
    )
    for department in policy.departments.values():
        if recusal and not department.stand_in:
            _left_over(department, problems)


def _origin(field: str, category: Category, severity: str, policy: Policy) -> Keys:
    """Return where in the file the step stands that set a field; severity has the last word."""
    step = _KEYS.get(field, field)
    if field in policy.by_severity.get(severity, {}):
        return ("process", "severity", severity, step)
    if field in policy.by_category.get(category, {}):
        return ("process", "categories", category.value, step)
    return ("process", "usual", step)


def _findings(process: Process, level: SeverityLevel, policy: Policy) -> Iterator[_Finding]:
    yield from _ladder(process, policy)
    yield from _people_late(process, policy)
    yield from _endings(process, policy)
    yield from _outside(process, policy)
    yield from _unwatched(process)
    if Objection.MANAGEMENT in process.objections and not policy.management:
        yield _Finding("objections", _MANAGEMENT, "Add management: [name@company.example]")
    if process.serious_after and not any(one.serious for one in policy.severities):
        what = "says when a case becomes serious, and no level of severity is"
        yield _Finding("serious_after", what, "Give the first level an `alert`, or write off")
    before, promised = process.progress_before, level.answer_within
    if before and _over(before, policy) >= _over(promised, policy):
        what = f"leaves no time: an answer to a case that is {level.name} is due in {promised}"
        fix = f"Write a shorter `before`, or one of its own under process.severity.{level.name}"
        yield _Finding("progress_before", what, fix)


def _over(limit: Limit, policy: Policy) -> datetime:
    """Return when a limit is over that began with the working week."""
    return policy.calendar.due(policy.calendar.opening(_MONDAY), limit)


def _ladder(process: Process, policy: Policy) -> Iterator[_Finding]:
    """Find departments whose delay nobody would hear of, and rungs out of order."""
    if not process.escalation:
        what = "is empty, so nobody hears of a missed limit"
        fix = "Write for example: [{to: [manager]}, {to: [management], after: 1 working day}]"
        yield _Finding("escalation", what, fix)
        return
    named = {to for rung in process.escalation for to in rung.to}
    if "management" in named and not policy.management:
        yield _Finding("escalation", _MANAGEMENT, "Add management: [name@company.example]")
    for department in policy.departments.values():
        if not _reaches(process.escalation, policy, department):
            what = f"reaches nobody when {department.key} is late"
            fix = f"Add departments.{department.key}.manager, or management to the ladder"
            yield _Finding("escalation", what, fix)
    times = [_over(rung.after, policy) if rung.after else None for rung in process.escalation]
    for earlier, later in pairwise(times):
        if earlier is not None and (later is None or later < earlier):
            fix = "Put the steps in the order of time; each `after` counts from the limit"
            yield _Finding("escalation", "has a step that comes before the one above it", fix)
            return


def _reaches(ladder: Iterable[Rung], policy: Policy, department: Department | None) -> bool:
    """Tell whether the ladder names anybody who can be written to."""
    people = {
        "manager": bool(department and department.manager),
        "deputies": bool(department and department.deputies),
        "management": bool(policy.management),
    }
    return any(people.get(to, "@" in to) for rung in ladder for to in rung.to)


def _people_late(process: Process, policy: Policy) -> Iterator[_Finding]:
    """Find people with a limit who have neither deputies nor anybody above them."""
    above = _reaches(process.escalation, policy, None)
    asked = [("review", process.review), ("callback", process.callback)]
    asked += [("approval", signing) for signing in process.approval]
    for step, signing in asked:
        if signing and signing.within and not above and not signing.deputies:
            names = ", ".join(signing.by)
            what = f"has a limit, and nobody hears when {names} missed it"
            yield _Finding(step, what, "Add `deputies`, or management to the ladder")
    if process.capa.rule is not CapaRule.OFF and process.capa.verify_after and not above:
        what = "has a check, and nobody hears when it is not made"
        yield _Finding("capa", what, "Add management, or an address, to the ladder")


def _endings(process: Process, policy: Policy) -> Iterator[_Finding]:
    """Find conditions of closing that may never be met."""
    if process.confirm_needed and not process.callback and not policy.management:
        what = "waits for the complainant for ever: nobody is asked to call"
        yield _Finding("confirm_needed", what, "Add `callback` or management, or needed: false")
    if process.callback and not process.callback.within:
        what = "has no limit, so a case may wait for the call for ever"
        yield _Finding("callback", what, "Add for example: within: 24 hours")


def _unwatched(process: Process) -> Iterator[_Finding]:
    """Find steps that could last for ever without anybody hearing of it."""
    for step, signing in (("review", process.review), *(("approval", s) for s in process.approval)):
        if signing and not signing.within:
            what = "has no limit, so an answer may wait for a signature for ever"
            yield _Finding(step, what, "Add for example: within: 4 working hours")
    if process.capa.rule is not CapaRule.OFF and not process.capa.within:
        what = "has no limit, so nobody would ask for the measures"
        yield _Finding("capa", what, "Add for example: within: 10 working days")


def _outside(process: Process, policy: Policy) -> Iterator[_Finding]:
    """Find parties whose silence nobody would notice."""
    for party in policy.parties.values():
        if not party.within and not process.external_within:
            what = f"is off, and {party.key} has no limit of its own: nobody would notice silence"
            fix = f"Write for example: 3 working days, or add parties.{party.key}.within"
            yield _Finding("external_within", what, fix)


def _left_over(department: Department, problems: Problems) -> None:
    """Find who can't be accused without leaving nobody to handle the case (K079)."""
    for name, addr in department.people.items():
        if not department.listed - {addr.lower()}:
            what = f"nobody is left to handle a case in which {name} is accused"
            fix = "Add a manager or a deputy, or another department to `stand_in`"
            problems.complain(("departments", department.key, "people", name), what, fix)
