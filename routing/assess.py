"""The initial assessment (ISO 10002 §8.4): category, severity, departments. Rules first, model
second, and every reason kept. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase

from cases.model import Assessment, Category, Classification, Matter
from routing.phrases import phrase
from routing.policy import Condition, Effect, Policy, Rule, SeverityLevel
from routing.words import fold


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
    traces: tuple[RuleTrace, ...] = field(default=())


def assess(text: str, classification: Classification, policy: Policy) -> Assessment:
    """Return category, severity and departments for a mail with the words `text`."""
    return assess_traced(text, classification, policy)[0]


def assess_traced(
    text: str, classification: Classification, policy: Policy
) -> tuple[Assessment, tuple[RuleTrace, ...]]:
    """Return the assessment and what every rule, hit or miss, had to do with it."""
    severity, severity_why = _severity(text, policy)
    draft = _Draft(category=classification.category, source="model", severity=severity)
    for rule in policy.rules:
        draft, stop = _apply(rule, draft, text, classification, policy)
        if stop:
            break
    unsure = draft.source == "model" and classification.score < policy.unsure_below
    # Who threatens or was hurt complains, however it is worded.
    harmless = draft.severity is policy.severities[-1] and draft.source == "model"
    matter = classification.matter if harmless else Matter.COMPLAINT
    departments = draft.departments or (policy.categories[draft.category].department,)
    if matter is not Matter.COMPLAINT:
        departments = (policy.enquiries,)
    assessment = Assessment(
        matter=matter,
        category=draft.category,
        source=draft.source,
        score=1.0 if draft.source == "rule" else classification.score,
        unsure=unsure,
        severity=draft.severity.name,
        departments=departments,
        cc=draft.cc,
        alert=draft.severity.alert,
        reasons=tuple(_reasons(draft, classification, severity_why, policy)),
    )
    return assessment, draft.traces


def _severity(text: str, policy: Policy) -> tuple[SeverityLevel, tuple[str, ...]]:
    """Return the first level whose words are in the text; the last level needs none."""
    for level in policy.severities:
        found = level.words.find(text)
        if found:
            return level, found
    return policy.severities[-1], ()


def _apply(
    rule: Rule, draft: _Draft, text: str, classification: Classification, policy: Policy
) -> tuple[_Draft, bool]:
    why_not, words = _misses(rule.when, draft, text, classification)
    if why_not:
        trace = RuleTrace(rule=rule.name, hit=False, why=why_not)
        return replace(draft, traces=(*draft.traces, trace)), False
    trace = RuleTrace(rule=rule.name, hit=True, why=", ".join(words))
    return replace(_with(draft, rule.then, policy), traces=(*draft.traces, trace)), rule.stop


def _misses(
    when: Condition, draft: _Draft, text: str, classification: Classification
) -> tuple[str, tuple[str, ...]]:
    """Return the first part that does not hold ("" if all do), and the words that were found."""
    if when.category and draft.category not in when.category:
        return f"category is {draft.category.value}", ()
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
    )


def _reasons(
    draft: _Draft,
    classification: Classification,
    severity_words: tuple[str, ...],
    policy: Policy,
) -> Iterator[str]:
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
    if severity_words:
        level = draft.severity.names[language]
        yield phrase("severity", language, level=level, words=", ".join(severity_words))
