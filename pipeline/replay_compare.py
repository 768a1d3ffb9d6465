"""What is otherwise in a case by two sets of rules, and why: names and words for people. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from cases.judgement import Judgement
from cases.model import Matter
from pipeline.replay import Made
from pipeline.replay_words import word
from routing.assess import RuleTrace
from routing.letters import category_name, department_name
from routing.phrases import phrase
from routing.policy import Policy
from templates.labels import label


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One thing that is otherwise."""

    kind: str  #: a key of replay_words.KINDS
    before: str
    after: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Why:
    """One reason for it."""

    kind: str  #: holds, no_longer, gone, other (the rule says something else), because, was_because
    rule: str  #: its name, "" where it is no rule's
    words: str  #: of the mail, or why not


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """What was made of a case, by which rules."""

    made: Made
    policy: Policy


def changes(before: Side, after: Side, language: str) -> tuple[Change, ...]:
    """Return everything that is otherwise, the most important first."""
    there, here = before.made.judgement, after.made.judgement
    said = [_shown(side, language) for side in (before, after)]
    plain = [
        Change(kind=kind, before=said[0][kind], after=said[1][kind])
        for kind in said[0]
        if _raw(kind, there) != _raw(kind, here)
    ]
    return (*plain, *_beyond(before.made, after.made, language))


def _raw(kind: str, judged: Judgement) -> object:
    value: object = getattr(judged, kind)
    # The same departments in another order are the same departments.
    return frozenset(value) if isinstance(value, tuple) else value


def _shown(side: Side, language: str) -> dict[str, str]:
    """Return each field of a judgement that people ask about, in their words."""
    judged, policy = side.made.judgement, side.policy
    house = policy.letter_language(language)
    names = {one.key: one for one in policy.categories[judged.category].sub}
    below = names.get(judged.subcategory)
    comma = word("comma", language)
    departments = comma.join(department_name(policy, key, house) for key in judged.departments)
    level = next((one for one in policy.severities if one.name == judged.severity), None)
    return {
        "matter": word(judged.matter.value, language),
        "category": category_name(policy, judged.category, house),
        "subcategory": below.names[house] if below else judged.subcategory or _none(language),
        "severity": level.names[house] if level else judged.severity,
        "unsure": word("guess" if judged.unsure else "sure", language),
        "departments": departments or word("nobody", language),
        "cc": comma.join(judged.cc) or _none(language),
        "alert": comma.join(judged.alert) or _none(language),
        "tags": comma.join(judged.tags) or _none(language),
        "due_at": _time(judged.due_at, policy) or _none(language),
    }


def _beyond(before: Made, after: Made, language: str) -> Iterator[Change]:
    """Yield what follows from a judgement; of long ago it was not kept."""
    if before.asks is not None and after.asks is not None:
        asks = [_asked(one, language) for one in (before.asks, after.asks)]
        if asks[0] != asks[1]:
            none = _none(language)
            yield Change(kind="asks", before=asks[0] or none, after=asks[1] or none)
    there, here = before.judgement, after.judgement
    # Another category or severity has its own steps: that it is another says enough.
    same = (there.category, there.severity) == (here.category, here.severity)
    both = same and {there.matter, here.matter} == {Matter.COMPLAINT}
    if both and before.process and after.process and before.process != after.process:
        names = [
            name
            for name in before.process.__dataclass_fields__
            if getattr(before.process, name) != getattr(after.process, name)
        ]
        yield Change(kind="process", before="", after=word("comma", language).join(names))
    if None not in (before.letters, after.letters) and before.letters != after.letters:
        usual = word("usual", language)
        yield Change(kind="letters", before=before.letters or usual, after=after.letters or usual)


def _asked(needs: Sequence[str], language: str) -> str:
    """Return what is asked for; of `batch|serial` any one will do."""
    either = ("/".join(label(name, language) for name in need.split("|")) for need in needs)
    return word("comma", language).join(either)


def reasons(before: Side, after: Side, language: str) -> tuple[Why, ...]:
    """Return which rules hold now and did not, or the other way round, and by which words."""
    old, new = before.made.judgement.rules, after.made.judgement.rules
    traces = _traces(after, language)
    rules = {rule.name: rule.then for rule in before.policy.rules}
    there = {rule.name: rule.then for rule in after.policy.rules}
    found: list[Why] = []
    for name in new:
        words = _words(traces, name, hit=True)
        if name not in old:
            found.append(Why(kind="holds", rule=name, words=words))
        elif name in rules and rules[name] != there.get(name):
            found.append(Why(kind="other", rule=name, words=words))
    for name in old:
        if name not in there:
            found.append(Why(kind="gone", rule=name, words=""))
        elif name not in new:
            why_not = _words(traces, name, hit=False) or word("not_reached", language)
            found.append(Why(kind="no_longer", rule=name, words=why_not))
    found += _beside_rules(before, after, traces, alone=not found)
    return tuple(found) or (Why(kind="file", rule="", words=""),)


def _beside_rules(
    before: Side, after: Side, now: Sequence[RuleTrace], *, alone: bool
) -> Iterator[Why]:
    """Yield what no rule says: words of a severity, an earlier complaint, the model."""
    house, was = after.policy.languages[0], before.made.reasons
    of_rules = {phrase("rule", house, rule=one.rule, words=one.why) for one in now if one.hit}
    for reason in after.made.reasons:
        if was and reason not in (*was, *of_rules):
            yield Why(kind="because", rule="", words=reason)
    level = before.made.judgement.severity
    fell = level != after.made.judgement.severity
    name = before.policy.severity(level).names[before.policy.languages[0]]
    for reason in was:
        # Whatever made it so severe is said besides the rules; the rest goes without saying.
        if reason not in after.made.reasons and (alone or (fell and reason.startswith(name))):
            yield Why(kind="was_because", rule="", words=reason)


def _traces(side: Side, language: str) -> tuple[RuleTrace, ...]:
    """Return what every rule had to do with the mails."""
    return tuple(trace for one in side.made.seen for trace in one.trace(language))


def _words(traces: Sequence[RuleTrace], rule: str, *, hit: bool) -> str:
    """Return what made a rule hold, or why it does not."""
    return next((one.why for one in traces if one.rule == rule and one.hit is hit), "")


def _none(language: str) -> str:
    return word("none", language)


def _time(at: datetime | None, policy: Policy) -> str:
    return at.astimezone(policy.calendar.zone).strftime("%Y-%m-%d %H:%M") if at else ""
