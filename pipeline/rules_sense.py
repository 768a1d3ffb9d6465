"""Does rules.yaml make sense? Rules that never hold or are never read, and slips in addresses.

Only what is wrong for sure is told: whoever may be right is left alone.
"""

import re
from collections import Counter
from collections.abc import Collection, Iterator

from pipeline.rules_overlap import Parts, contradiction, depends_on_rules, follows, parts_of
from pipeline.rules_problems import Keys, Problems
from pipeline.slips import slip
from routing.policy import Policy
from routing.rules import Condition, Rule

#: Keys under which addresses of ours stand.
_ADDRESSES = frozenset(
    (
        *("to", "manager", "deputies", "people", "supervisors", "colleagues", "management"),
        *("finance", "alert", "ask", "cc", "by", "verify_by", "waive_by", "addresses"),
    )
)
_NOWHERE = re.compile(r"[^.]*|.*\.(?:local|invalid)")
_OFTEN = 3  # a domain that stands there so often is no slip
_EDGE_BY_CHINESE = re.compile(r"\\b[\u2e80-\uffef]|[\u2e80-\uffef]\\b")


def sense(policy: Policy, problems: Problems) -> None:
    """Find what is right in its form and can't be meant."""
    _names(policy, problems)
    # Of a rule with a mistake in it nobody knows when it was meant to hold.
    wrong = {tuple(problem.key.split(".")[:2]) for problem in problems.found}
    right = [n for n in range(len(policy.rules)) if ("rules", str(n)) not in wrong]
    for number in right:
        rule, path = policy.rules[number], ("rules", str(number))
        _never_holds((*path, "when"), rule.when, (), policy, problems)
        _edges((*path, "when"), rule.when, problems)
        hiding = _hiding(policy.rules, number, among=right)
        if hiding:
            what = f"is never read: {hiding.name!r} in line {hiding.line} holds whenever it does"
            fix = "Put it above that rule, which stops, or remove it"
            problems.complain(path, what, fix)
    _domains(problems)


def _names(policy: Policy, problems: Problems) -> None:
    """Find two rules of one name: nobody could tell which one a case speaks of."""
    first: dict[str, Rule] = {}
    for number, rule in enumerate(policy.rules):
        other = first.setdefault(rule.name.strip().casefold(), rule)
        if other is not rule:
            what = f"{rule.name!r} is the name of the rule in line {other.line} as well"
            problems.complain(("rules", str(number), "name"), what, "Give it another name")


def _never_holds(
    path: Keys, when: Condition, outer: Parts, policy: Policy, problems: Problems
) -> None:
    """Find a condition that can't hold; `outer` is what must hold besides."""
    parts = (*outer, *parts_of(when))
    why_not = contradiction(parts, policy)
    if why_not:
        problems.complain(path, f"can never hold: {why_not}", "Change one of the two")
        return
    for name, conditions in (("all", when.every), ("any", when.some)):
        for number, inner in enumerate(conditions):
            _never_holds((*path, name, str(number)), inner, parts, policy, problems)


def _edges(path: Keys, when: Condition, problems: Problems) -> None:
    """Find `\\b` beside a Chinese sign: between two of them is no edge of a word."""
    for number, pattern in enumerate(when.regex):
        plain = re.sub(r"\\[^b]", "", pattern)  # an escaped backslash begins no \b
        if _EDGE_BY_CHINESE.search(re.sub(r"\(\?:|[()]", "", plain)):
            what = r"has `\b` beside a Chinese sign, where no word begins or ends for it"
            fix = r"Leave `\b` out: Chinese words stand without blanks"
            problems.complain((*path, "regex", str(number)), what, fix)
    for name, conditions in (("all", when.every), ("any", when.some), ("not", when.never)):
        for number, inner in enumerate(conditions):
            _edges((*path, name, str(number)), inner, problems)


def _hiding(rules: tuple[Rule, ...], number: int, *, among: Collection[int]) -> Rule | None:
    """Return a rule above that stops before this one whenever this one would hold."""
    changed = False  # by a rule between the two
    for above in reversed(range(number)):
        rule = rules[above]
        sees_the_same = above in among and not (changed and depends_on_rules(rule.when))
        if rule.stop and sees_the_same and follows(rules[number].when, rule.when):
            return rule
        changed |= bool(rule.then.category or rule.then.severity or rule.then.subcategory)
    return None


def _domains(problems: Problems) -> None:
    """Find addresses whose domain nobody has, or that look like a slip of one used elsewhere."""
    found = list(_addresses(problems))
    often = Counter(domain for _, _, domain in found)
    usual = [domain for domain, count in often.items() if count >= _OFTEN]
    for path, text, domain in found:
        if _NOWHERE.fullmatch(domain):
            what = f"{text!r}: no mail reaches {domain!r}"
            problems.complain(path, what, "Write name@company.example, with the whole domain")
            continue
        meant = next((one for one in usual if slip(domain, one)), "") if often[domain] == 1 else ""
        if meant:
            local = text.rpartition("@")[0]
            what = f"{text!r}: the others are at {meant}"
            problems.complain(path, what, f"Did you mean {local + '@' + meant!r}?")


def _addresses(problems: Problems) -> Iterator[tuple[Keys, str, str]]:
    """Yield each address of ours: where it stands, itself, its domain."""
    for path, text in problems.texts_under(_ADDRESSES):
        local, _, domain = text.rpartition("@")
        if local and domain and "examples" not in path:
            yield path, text, domain.lower()
