"""The initial assessment (ISO 10002 §8.4): category, severity, departments, what is missing. Rules
first, model second, and every reason kept. Pure."""

from collections.abc import Callable, Iterator, Set
from dataclasses import dataclass, replace

from cases.model import Assessment, Category, Classification, Matter
from routing.conditions import Seen, judge
from routing.envelope import Envelope
from routing.misses import said
from routing.phrases import phrase
from routing.policy import Criterion, Policy, SeverityLevel, Subcategory
from routing.rules import Effect, Need
from routing.word_index import index_of
from routing.words import Words

_Hits = tuple[tuple[Criterion, tuple[str, ...]], ...]  # each criterion that holds, and its words


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleTrace:
    """What one rule did to one mail; `explain` shows them all."""

    rule: str
    hit: bool
    why: str  #: what made it hold, or what did not hold
    words: tuple[str, ...] = ()  #: of the mail, that made it hold


@dataclass(frozen=True, slots=True, kw_only=True)
class _Draft:
    category: Category
    source: str
    severity: SeverityLevel
    departments: tuple[str, ...] = ()
    cc: tuple[str, ...] = ()
    also: tuple[Category, ...] = ()
    ask_for: tuple[Need, ...] = ()
    tags: tuple[str, ...] = ()
    subcategory: str = ""
    traces: tuple[RuleTrace, ...] = ()


def assess(
    text: str,
    classification: Classification,
    policy: Policy,
    *,
    envelope: Envelope = Envelope(),  # noqa: B008 - frozen
) -> Assessment:
    """Return the assessment of a mail with the words `text`."""
    return _assessed(text, classification, policy, envelope, misses_in="")[0]


def assess_traced(
    text: str,
    classification: Classification,
    policy: Policy,
    *,
    envelope: Envelope = Envelope(),  # noqa: B008 - frozen
    language: str = "en",
) -> tuple[Assessment, tuple[RuleTrace, ...]]:
    """Return the assessment and what every rule, hit or miss, had to do with it.

    `language` is that of the reasons for misses.
    """
    return _assessed(text, classification, policy, envelope, misses_in=language)


def _assessed(
    text: str,
    classification: Classification,
    policy: Policy,
    envelope: Envelope,
    *,
    misses_in: str,
) -> tuple[Assessment, tuple[RuleTrace, ...]]:
    find = index_of(policy).search(text).of
    level, hits = _severity(find, classification, policy)
    seen = Seen(
        text=text,
        find=find,
        classification=classification,
        envelope=envelope,
        policy=policy,
        category=classification.category,
        severity=level,
    )
    draft = _run_rules(seen, misses_in=misses_in)
    return _assessment(seen, draft, level, hits), draft.traces


def _assessment(seen: Seen, draft: _Draft, level: SeverityLevel, hits: _Hits) -> Assessment:
    """Return what follows from what the rules left; `level`: as the words alone have it."""
    classification, policy = seen.classification, seen.policy
    matter = _matter(draft, classification, policy)
    unsure = draft.source == "model" and classification.score < policy.unsure_below
    settled = matter is Matter.COMPLAINT and not unsure
    below, words = seen.below()
    also = tuple(_also(draft, classification, policy)) if settled else ()
    told = _departments(draft, below, also, policy)
    reasons = (
        *_reasons(draft, classification, policy),
        *_subcategory_reasons(draft, below, words, policy),
        *_also_reasons(draft, also, classification, policy),
        *_severity_reasons(draft, level, hits, classification, policy),
    )
    attached = seen.envelope.attached
    return Assessment(
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
        rules=tuple(trace.rule for trace in draft.traces if trace.hit),
        tags=draft.tags,
        alert=draft.severity.alert,
        reasons=reasons,
    )


def _run_rules(seen: Seen, *, misses_in: str) -> _Draft:
    """Let every rule look; those that do not hold are noted where a language is given."""
    draft = _Draft(category=seen.category, source="model", severity=seen.severity)
    traces: list[RuleTrace] = []
    for rule in seen.policy.rules:
        miss, shown = judge(rule.when, seen)
        if miss:
            if misses_in:
                why_not = said(miss, misses_in)
                traces.append(RuleTrace(rule=rule.name, hit=False, why=why_not))
            continue
        traces.append(RuleTrace(rule=rule.name, hit=True, why=", ".join(shown), words=shown))
        draft = _with(draft, rule.then, seen.policy)
        seen.category, seen.severity = draft.category, draft.severity
        seen.subcategory = draft.subcategory
        if rule.stop:
            break
    return replace(draft, traces=tuple(traces))


def _severity(
    find: Callable[[Words], tuple[str, ...]], classification: Classification, policy: Policy
) -> tuple[SeverityLevel, _Hits]:
    """Return the first level of which a criterion holds, or that the model finds likely enough.

    The last level needs neither.
    """
    for level in policy.severities:
        found = tuple((one, words) for one in level.criteria if (words := find(one.words)))
        if found or classification.serious > level.likely_above:
            return level, found
    return policy.severities[-1], ()


def severity_words(text: str, severity: str, policy: Policy) -> tuple[str, ...]:
    """Return the words of a text for which it is of a level."""
    found = (one.words.find(text) for one in policy.severity(severity).criteria)
    return tuple(dict.fromkeys(word for words in found for word in words))


def _matter(draft: _Draft, classification: Classification, policy: Policy) -> Matter:
    """Return what the mail is; who threatens or was hurt complains, however it is worded."""
    harmless = draft.severity is policy.severities[-1] and draft.source == "model"
    return classification.matter if harmless else Matter.COMPLAINT


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
        tags=tuple(dict.fromkeys((*draft.tags, *then.tags))),
        # One of another category is none of this one.
        subcategory=then.subcategory or ("" if then.category else draft.subcategory),
    )


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
