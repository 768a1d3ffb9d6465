"""Does a rule hold? Each part of its condition, in the order in which they are cheap. Pure.

All parts that are given must hold; of the values of one part any will do. `every`, `some` and
`never` nest further conditions (`all`, `any` and `not` in rules.yaml).
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from cases.model import Category, Classification
from routing.deadlines import said as said_at
from routing.envelope import Envelope
from routing.misses import Miss
from routing.patterns import find_named, find_regex
from routing.policy import Policy, SeverityLevel, Subcategory
from routing.rules import Condition
from routing.words import Words


@dataclass(slots=True, kw_only=True)
class Seen:
    """A mail as the rules see it, and as those above left it."""

    text: str
    find: Callable[[Words], tuple[str, ...]]  #: the words of a list that are in the text
    classification: Classification
    envelope: Envelope
    policy: Policy
    category: Category
    severity: SeverityLevel
    subcategory: str = ""  #: as a rule set it, "" where the words decide

    def below(self) -> tuple[Subcategory | None, tuple[str, ...]]:
        """Return the sub-category that holds now, and the words for it; None if none does."""
        known = self.policy.categories[self.category].sub
        if self.subcategory:
            return next((one for one in known if one.key == self.subcategory), None), ()
        for one in known:
            words = self.find(one.words)
            if words:
                return one, words
        return None, ()

    def values(self, *names: str) -> tuple[str, ...]:
        """Return the values of facts, as they stand in the mail and as we know them."""
        found = (fact for fact in self.classification.facts if fact.name in names)
        return tuple(text for fact in found for text in (fact.canonical, fact.value) if text)


#: What does not hold (None: everything does), and what in the mail made it hold.
Verdict: TypeAlias = tuple[Miss | None, tuple[str, ...]]


def judge(when: Condition, seen: Seen) -> Verdict:
    """Return the first part of a condition that does not hold, or everything that made it hold."""
    found: list[str] = []
    for key, holds in _PARTS:
        if not getattr(when, key):
            continue
        miss, shown = holds(when, seen)
        if miss:
            return miss, ()
        found += shown
    return None, tuple(dict.fromkeys(found))


def _category(when: Condition, seen: Seen) -> Verdict:
    return None if seen.category in when.category else Miss("category", seen.category.value), ()


def _severity(when: Condition, seen: Seen) -> Verdict:
    name = seen.severity.name
    return None if name in when.severity else Miss("severity", name), ()


def _language(when: Condition, seen: Seen) -> Verdict:
    language = seen.classification.language
    return None if language in when.language else Miss("language", language or "?"), ()


def _score_above(when: Condition, seen: Seen) -> Verdict:
    score = seen.classification.score
    return None if score > when.score_above else Miss("score_above", f"{score:.0%}"), ()


def _score_below(when: Condition, seen: Seen) -> Verdict:
    score = seen.classification.score
    return None if score < when.score_below else Miss("score_below", f"{score:.0%}"), ()


def _attached(when: Condition, seen: Seen) -> Verdict:
    there = seen.envelope.attached.intersection(when.attached)
    return None if there else Miss("attached", ", ".join(when.attached)), tuple(sorted(there))


def _mailbox(when: Condition, seen: Seen) -> Verdict:
    return _named("mailbox", when.mailbox, (seen.envelope.mailbox,))


def _recipient(when: Condition, seen: Seen) -> Verdict:
    return _named("recipient", when.recipient, seen.envelope.recipients)


def _sender(when: Condition, seen: Seen) -> Verdict:
    return _named("sender", when.sender, (seen.envelope.sender,))


def _customer(when: Condition, seen: Seen) -> Verdict:
    return _named("customer", when.customer, _names(seen))


def _customers(when: Condition, seen: Seen) -> Verdict:
    names, lists = _names(seen), seen.policy.customers
    for key in when.customers:
        name = lists[key].find(names) if key in lists else ""
        if name:
            return None, (name,)
    return Miss("customers", ", ".join(when.customers)), ()


def _names(seen: Seen) -> tuple[str, ...]:
    """Return what the complainant is known by."""
    there = seen.envelope.complainant, seen.envelope.name
    return (*there, *seen.values("customer", "organisation", "customer_number"))


def _product(when: Condition, seen: Seen) -> Verdict:
    return _named("product", when.product, seen.values("product", "model"))


def _batch(when: Condition, seen: Seen) -> Verdict:
    return _named("batch", when.batch, seen.values("batch"))


def _named(part: str, patterns: tuple[str, ...], names: tuple[str, ...]) -> Verdict:
    name = find_named(patterns, names)
    return (None, (name,)) if name else (Miss(part, ", ".join(names)), ())


def _region(when: Condition, seen: Seen) -> Verdict:
    places = "\n".join(seen.values("place", "address"))
    words = when.region.find(places) if when.region and places else ()
    return None if words else Miss("region"), words


def _hours(when: Condition, seen: Seen) -> Verdict:
    at = seen.envelope.received_at
    if at is None or when.hours is None:
        return Miss("no_time"), ()
    local = at.astimezone(seen.policy.calendar.zone)
    minute = local.hour * 60 + local.minute
    there = any(start <= minute < end for start, end in when.hours[local.weekday()])
    return None if there else Miss("hours", said_at(at, seen.policy.calendar.zone)), ()


def _working(when: Condition, seen: Seen) -> Verdict:
    at = seen.envelope.received_at
    if at is None:
        return Miss("no_time"), ()
    open_then = seen.policy.calendar.opening(at) == at
    return None if open_then is (when.working == "in") else Miss(when.working), ()


def _subcategory(when: Condition, seen: Seen) -> Verdict:
    below, words = seen.below()
    if below is None:
        return Miss("no_subcategory"), ()
    return (None, words) if below.key in when.subcategory else (Miss("subcategory", below.key), ())


def _words(when: Condition, seen: Seen) -> Verdict:
    words = seen.find(when.words) if when.words else ()
    return None if words else Miss("words"), words


def _regex(when: Condition, seen: Seen) -> Verdict:
    found = find_regex(when.regex, seen.text)
    return None if found else Miss("regex"), found


def _every(when: Condition, seen: Seen) -> Verdict:
    found: list[str] = []
    for inner in when.every:
        miss, shown = judge(inner, seen)
        if miss:
            return miss, ()
        found += shown
    return None, tuple(found)


def _some(when: Condition, seen: Seen) -> Verdict:
    misses = []
    for inner in when.some:
        miss, shown = judge(inner, seen)
        if miss is None:
            return None, shown
        misses.append(miss)
    return Miss("some", inner=tuple(misses)), ()


def _never(when: Condition, seen: Seen) -> Verdict:
    for inner in when.never:
        miss, shown = judge(inner, seen)
        if miss is None:
            return Miss("never", ", ".join(shown)), ()
    return None, ()


#: The parts of a condition by the names of their fields, the cheapest first.
_PARTS: tuple[tuple[str, Callable[[Condition, Seen], Verdict]], ...] = (
    ("category", _category),
    ("severity", _severity),
    ("language", _language),
    ("score_above", _score_above),
    ("score_below", _score_below),
    ("attached", _attached),
    ("mailbox", _mailbox),
    ("sender", _sender),
    ("recipient", _recipient),
    ("hours", _hours),
    ("working", _working),
    ("product", _product),
    ("batch", _batch),
    ("customer", _customer),
    ("customers", _customers),
    ("region", _region),
    ("words", _words),
    ("regex", _regex),
    ("subcategory", _subcategory),
    ("every", _every),
    ("some", _some),
    ("never", _never),
)
