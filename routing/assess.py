"""The initial assessment (ISO 10002 §8.4): category, severity, departments, what is missing. Rules
first, model second, and every reason kept. Pure."""

from collections.abc import Iterator, Set
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase

from cases.model import Assessment, Category, Classification, Matter
from routing.phrases import phrase
from routing.policy import (
    Condition,
    Criterion,
    Effect,
    Need,
    Policy,
    Rule,
    SeverityLevel,
    Subcategory,
)
from routing.words import fold

_Hits = tuple[tuple[Criterion, tuple[str, ...]], ...]  # each criterion that holds, and its words


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleTrace:
    """What one rule did to one mail; `explain` shows them all."""

    rule: str
    hit: bool
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Draft:
    category: Category
    source: str
    severity: SeverityLevel
    departments: tuple[str, ...] = ()
    cc: tuple[str, ...] = ()
    also: tuple[Category, ...] = ()
    ask_for: tuple[Need, ...] = ()
    traces: tuple[RuleTrace, ...] = ()


def assess(
    text: str,
    classification: Classification,
    policy: Policy,
    *,
    attached: Set[str] = frozenset(),
) -> Assessment:
    """Return the assessment of a mail with the words `text`; `attached`: kinds such as "photo"."""
    return assess_traced(text, classification, policy, attached=attached)[0]


def assess_traced(
    text: str,
    classification: Classification,
    policy: Policy,
    *,
    attached: Set[str] = frozenset(),
) -> tuple[Assessment, tuple[RuleTrace, ...]]:
    """Return the assessment and what every rule, hit or miss, had to do with it."""
    level, hits = _severity(text, classification, policy)
    draft = _run_rules(text, level, classification, policy)
    matter = _matter(draft, classification, policy)
    unsure = draft.source == "model" and classification.score < policy.unsure_below
    settled = matter is Matter.COMPLAINT and not unsure
    below, words = _subcategory(text, draft.category, policy)
    also = tuple(_also(draft, classification, policy)) if settled else ()
    told = _departments(draft, below, also, policy)
    reasons = (
        *_reasons(draft, classification, policy),
        *_subcategory_reasons(draft, below, words, policy),
        *_also_reasons(draft, also, classification, policy),
        *_severity_reasons(draft, level, hits, classification, policy),
    )
    assessment = Assessment(
        matter=matter,
        category=draft.category,
        subcategory=below.key if below else "",
        also=also,
        source=draft.source,
        score=1.0 if draft.source == "rule" else classification.score,
        unsure=unsure,
        severity=draft.severity.name,
        departments=told if matter is Matter.COMPLAINT else (policy.enquiries,),
        missing=_missing(draft, classification, attached, policy) if settled else (),
        cc=draft.cc,
        alert=draft.severity.alert,
        reasons=reasons,
    )
    return assessment, draft.traces


def _run_rules(
    text: str, level: SeverityLevel, classification: Classification, policy: Policy
) -> _Draft:
    draft = _Draft(category=classification.category, source="model", severity=level)
    for rule in policy.rules:
        draft, stop = _apply(rule, draft, text, classification, policy)
        if stop:
            break
    return draft


def _severity(
    text: str, classification: Classification, policy: Policy
) -> tuple[SeverityLevel, _Hits]:
    """Return the first level of which a criterion holds, or that the model finds likely enough.

    The last level needs neither.
    """
    for level in policy.severities:
        found = tuple((one, words) for one in level.criteria if (words := one.words.find(text)))
        if found or classification.serious > level.likely_above:
            return level, found
    return policy.severities[-1], ()


def _matter(draft: _Draft, classification: Classification, policy: Policy) -> Matter:
    """Return what the mail is; who threatens or was hurt complains, however it is worded."""
    harmless = draft.severity is policy.severities[-1] and draft.source == "model"
    return classification.matter if harmless else Matter.COMPLAINT


def _apply(
    rule: Rule, draft: _Draft, text: str, classification: Classification, policy: Policy
) -> tuple[_Draft, bool]:
    why_not, words = _misses(rule.when, draft, text, classification, policy)
    if why_not:
        trace = RuleTrace(rule=rule.name, hit=False, why=why_not)
        return replace(draft, traces=(*draft.traces, trace)), False
    trace = RuleTrace(rule=rule.name, hit=True, why=", ".join(words))
    return replace(_with(draft, rule.then, policy), traces=(*draft.traces, trace)), rule.stop


def _misses(
    when: Condition, draft: _Draft, text: str, classification: Classification, policy: Policy
) -> tuple[str, tuple[str, ...]]:
    """Return the first part that does not hold ("" if all do), and the words that were found."""
    if when.category and draft.category not in when.category:
        return f"category is {draft.category.value}", ()
    if when.subcategory:
        below, _ = _subcategory(text, draft.category, policy)
        if not below or below.key not in when.subcategory:
            return f"sub-category is {below.key if below else 'none'}", ()
    if when.severity and draft.severity.name not in when.severity:
        return f"severity is {draft.severity.name}", ()
    if when.product:
        names = [
            fold(f.canonical or f.value)
            for f in classification.facts
            if f.name in ("product", "model")
        ]
        if not any(fnmatchcase(name, fold(want)) for name in names for want in when.product):
            return "none of its products is named", ()
    words = when.words.find(text) if when.words else ()
    if when.words and not words:
        return "none of its words is there", ()
    return "", words


def _with(draft: _Draft, then: Effect, policy: Policy) -> _Draft:
    return replace(
        draft,
        category=then.category or draft.category,
        source="rule" if then.category else draft.source,
        severity=policy.severity(then.severity) if then.severity else draft.severity,
        departments=tuple(dict.fromkeys((*draft.departments, *then.departments))),
        cc=tuple(dict.fromkeys((*draft.cc, *then.cc))),
        also=tuple(dict.fromkeys((*draft.also, *then.also))),
        ask_for=(*draft.ask_for, *then.ask_for),
    )


def _subcategory(
    text: str, category: Category, policy: Policy
) -> tuple[Subcategory | None, tuple[str, ...]]:
    """Return the first sub-category whose words hold, and the words; None if none does."""
    for one in policy.categories[category].sub:
        words = one.words.find(text)
        if words:
            return one, words
    return None, ()


def _also(draft: _Draft, classification: Classification, policy: Policy) -> Iterator[Category]:
    """Yield further matters of the mail (K024), by rule or as the model sees them."""
    for category in Category:
        probable = classification.labels.get(category, 0.0) >= policy.also_above
        if category is not draft.category and (category in draft.also or probable):
            yield category


def _departments(
    draft: _Draft, below: Subcategory | None, also: tuple[Category, ...], policy: Policy
) -> tuple[str, ...]:
    """Return who is told, the department of the main matter first."""
    owner = (below.department if below else "") or policy.categories[draft.category].department
    others = (policy.categories[one].department for one in also if one is not Category.OTHER)
    return tuple(dict.fromkeys((*(draft.departments or (owner,)), *others)))


def _missing(
    draft: _Draft, classification: Classification, attached: Set[str], policy: Policy
) -> tuple[str, ...]:
    """Return what the mail lacks (K038); alternatives stay together, as "batch|serial"."""
    there = {fact.name for fact in classification.facts} | attached
    needs = dict.fromkeys((*policy.categories[draft.category].needs, *draft.ask_for))
    lacking = [need for need in needs if there.isdisjoint(need)]
    # Who is asked for a batch number need not be asked for a batch or serial number as well.
    return tuple(
        "|".join(need) for need in lacking if not any(set(one) < set(need) for one in lacking)
    )


def _reasons(draft: _Draft, classification: Classification, policy: Policy) -> Iterator[str]:
    """Yield why, in the language of the house: departments and supervisors read it."""
    language = policy.languages[0]
    category = policy.categories[draft.category].names[language]
    if draft.source == "model":
        words = ", ".join(classification.evidence)
        name = "model" if words else "model_alone"
        yield phrase(name, language, category=category, score=classification.score, words=words)
    for trace in draft.traces:
        if trace.hit:
            yield phrase("rule", language, rule=trace.rule, words=trace.why)


def _subcategory_reasons(
    draft: _Draft, below: Subcategory | None, words: tuple[str, ...], policy: Policy
) -> Iterator[str]:
    if below:
        language = policy.languages[0]
        yield phrase(
            "subcategory",
            language,
            category=policy.categories[draft.category].names[language],
            subcategory=below.names[language],
            words=", ".join(words),
        )


def _also_reasons(
    draft: _Draft, also: tuple[Category, ...], classification: Classification, policy: Policy
) -> Iterator[str]:
    language = policy.languages[0]
    for matter in also:
        name = "also_by_rule" if matter in draft.also else "also"
        score = classification.labels.get(matter, 0.0)
        yield phrase(
            name, language, category=policy.categories[matter].names[language], score=score
        )


def _severity_reasons(
    draft: _Draft,
    level: SeverityLevel,
    hits: _Hits,
    classification: Classification,
    policy: Policy,
) -> Iterator[str]:
    """Yield each criterion that holds, with its words, unless a rule chose another level."""
    language = policy.languages[0]
    if draft.severity is level and not hits and level is not policy.severities[-1]:
        yield phrase(
            "severity_likely",
            language,
            level=level.names[language],
            score=classification.serious,
        )
    for criterion, words in hits if draft.severity is level else ():
        yield phrase(
            "severity",
            language,
            level=level.names[language],
            criterion=criterion.names[language],
            words=", ".join(words),
        )
