"""What came of an example beside what its `gives` says: each difference as a sentence. Pure."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

from cases.judgement import Judgement
from cases.model import Fact
from pipeline.rules_schema_rule import GivesBlock
from routing.assess import RuleTrace
from routing.deadlines import said
from routing.limits import Limit
from routing.policy import Policy
from routing.words import fold

#: The facts that an example may name.
FACTS = ("product", "model", "batch", "serial", "order", "tracking", "customer", "phone")


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What came of one mail."""

    rule: str  #: the name of the rule whose example it is
    policy: Policy
    received_at: datetime
    judged: Judgement | None = None  #: None: no case came of it
    why_none: str = ""  #: why no case came of it
    failed: bool = False  #: the desk could not handle it at all
    in_part: str = ""  #: why it could be read only in part, "" if it was read whole
    score: float = 0.0  #: how sure the desk is of the category
    missing: tuple[str, ...] = ()  #: what the complainant is asked for
    facts: tuple[Fact, ...] = ()
    traces: Callable[[], tuple[RuleTrace, ...]] = tuple  #: what each rule had to do with it


Compare: TypeAlias = Callable[[GivesBlock, Judgement, Outcome], Iterable[str]]


def differences(gives: GivesBlock, found: Outcome) -> Iterator[str]:
    """Yield a sentence for everything that is not as `gives` says."""
    if found.judged is None:
        # Of a mail that is no case no rule holds: that alone an example may be about.
        if found.failed:
            yield f"the desk could not handle this mail: {found.why_none}"
        elif gives != GivesBlock(rule=False):
            yield f"no case comes of this mail: {found.why_none}"
        return
    unlike = [line for compare in _ALL for line in compare(gives, found.judged, found)]
    yield from unlike
    if unlike and found.in_part:
        yield f"the mail could be read only in part: {found.in_part}"


def _rule(gives: GivesBlock, judged: Judgement, found: Outcome) -> Iterator[str]:
    holds = found.rule in judged.rules
    if holds == gives.rule:
        return
    traces = found.traces()
    trace = next((one for one in traces if one.rule == found.rule), None)
    if holds:
        because = f", because of: {trace.why}" if trace and trace.why else ""
        yield f"the rule holds, but must not{because}"
    elif trace:
        yield f"the rule does not hold: {trace.why}"
    elif traces and judged.rules:
        yield f"the rule is not reached: “{judged.rules[-1]}” above it holds and ends the list"
    else:
        yield "the rule does not hold"


def _words(gives: GivesBlock, judged: Judgement, _found: Outcome) -> Iterator[str]:
    for key, wanted, there in (
        ("matter", gives.matter, judged.matter),
        ("category", gives.category, judged.category),
        ("subcategory", gives.subcategory, judged.subcategory),
        ("severity", gives.severity or None, judged.severity),
    ):
        if wanted is not None and wanted != there:
            yield _instead(key, there, wanted)


def _unsure(gives: GivesBlock, judged: Judgement, found: Outcome) -> Iterator[str]:
    if gives.unsure is None or gives.unsure == judged.unsure:
        return
    guess, sure = "the category is only a guess", "the desk is sure of the category"
    there, wanted = (guess, sure) if judged.unsure else (sure, guess)
    yield f"unsure: {there} ({found.score:.0%}), but this was expected: {wanted}"


def _department(gives: GivesBlock, judged: Judgement, _found: Outcome) -> Iterator[str]:
    if not gives.department or set(gives.department) == set(judged.departments):
        return
    there = ", ".join(judged.departments)
    if not there:
        why = ", as the category is only a guess and is asked for" if judged.unsure else ""
        there = f"nobody yet{why},"
    yield _instead("department", there, ", ".join(gives.department))


def _lists(gives: GivesBlock, judged: Judgement, found: Outcome) -> Iterator[str]:
    for key, wanted, there in (
        ("cc", gives.cc, judged.cc),
        ("tags", gives.tags, judged.tags),
        ("asks_for", gives.asks_for, found.missing),
    ):
        known = {_alike(one) for one in there}
        lacking = [one for one in wanted if _alike(one) not in known]
        if lacking:
            rest = f"there is only {', '.join(there)}" if there else "there is none"
            yield f"{key}: {', '.join(lacking)} is missing; {rest}"


def _answer(gives: GivesBlock, judged: Judgement, found: Outcome) -> Iterator[str]:
    if not gives.answer_within:
        return
    try:
        limit = Limit.parse(gives.answer_within)
    except ValueError as error:
        yield f"answer_within: {error}"
        return
    calendar = found.policy.calendar
    wanted = calendar.due(found.received_at, limit)
    if judged.due_at == wanted:
        return
    due = said(judged.due_at, calendar.zone) if judged.due_at else "never"
    yield _instead("answer_within: due", due, f"{said(wanted, calendar.zone)} ({limit})")


def _facts(gives: GivesBlock, _judged: Judgement, found: Outcome) -> Iterator[str]:
    for key in FACTS:
        wanted: str = getattr(gives, key)
        # As for rules: who names a model of ours names its product.
        names = (key, "model") if key == "product" else (key,)
        facts = [fact for fact in found.facts if fact.name in names]
        read = {_folded(text) for fact in facts for text in (fact.canonical, fact.value)}
        if wanted and _folded(wanted) not in read:
            there = dict.fromkeys(fact.canonical or fact.value for fact in facts)
            yield _instead(key, ", ".join(there) or "none found", wanted)


#: Every key of `gives` has its comparison here.
_ALL: tuple[Compare, ...] = (_rule, _words, _unsure, _department, _lists, _answer, _facts)


def _instead(key: str, there: str, wanted: str) -> str:
    name = key if ":" in key else f"{key}:"
    return f"{name} {there or 'none'} instead of {wanted or 'none'}"


def _folded(text: str) -> str:
    return fold(text).strip()


def _alike(text: str) -> frozenset[str]:
    """Return what is compared: of `batch|serial` the order is no matter."""
    return frozenset(_folded(part) for part in text.split("|"))
