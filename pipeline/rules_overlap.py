"""Which condition follows from which, and which can't hold? What is not seen may still be so.

A condition is taken apart into everything that must hold at once: its own parts and those under
`all`. Another one follows if each of its parts is given there with the same values or fewer.
"""

from collections.abc import Iterable, Iterator
from dataclasses import fields
from typing import Any

from routing.patterns import find_named
from routing.policy import Policy
from routing.rules import Condition
from routing.words import Words, fold

Parts = tuple[Condition, ...]  #: all of these must hold

#: What a case has only one of, so that two lists without a common value exclude each other.
_SINGLE = {
    "category": "the category",
    "subcategory": "the sub-category",
    "severity": "the severity",
    "language": "the language",
}
#: Lists whose values may hold stars; see routing/patterns.py.
_PATTERNS = ("product", "batch", "customer", "sender", "recipient", "mailbox")
_STATE = ("category", "subcategory", "severity")


def parts_of(when: Condition) -> Parts:
    """Return everything that must hold at once where a condition does."""
    return (when, *(part for inner in when.every for part in parts_of(inner)))


def follows(later: Condition, earlier: Condition) -> bool:
    """Tell whether `earlier` holds for sure wherever `later` does."""
    return _implied(parts_of(later), earlier)


def depends_on_rules(when: Condition) -> bool:
    """Tell whether what rules further up set has to do with a condition."""
    inner = (*when.every, *when.some, *when.never)
    return any(getattr(when, name) for name in _STATE) or any(map(depends_on_rules, inner))


def contradiction(parts: Parts, policy: Policy) -> str:
    """Return why parts can never hold at once, "" if they can for all we see."""
    return next(_contradictions(parts, policy), "")


def _contradictions(parts: Parts, policy: Policy) -> Iterator[str]:
    common: dict[str, frozenset[Any]] = {}
    for name, said in _SINGLE.items():
        lists = [frozenset(value) for part in parts if (value := getattr(part, name))]
        if not lists:
            continue
        common[name] = lists[0].intersection(*lists[1:])
        if not common[name]:
            yield f"{said} can't be {' and '.join(map(_said, lists))} at once"
            return
    categories, subs = common.get("category"), common.get("subcategory")
    if categories and subs and not subs & {s.key for c in categories for s in _below(c, policy)}:
        yield f"{_said(subs)} is no sub-category of {_said(categories)}"
    above = max(part.score_above for part in parts)
    below = min((part.score_below for part in parts if part.score_below), default=1.0)
    if above >= below:
        yield f"no score is above {above:g} and below {below:g}"
    if {part.working for part in parts} >= {"in", "outside"}:
        yield "no mail comes in working hours and outside of them"
    for words in (part.words for part in parts if part.words):
        if set(words.words) <= set(words.unless):
            yield "each of its words stands under `unless` as well"
    if any(_implied(parts, inner) for part in parts for inner in part.never):
        yield "what stands under `not` holds whenever the rest does"


def _below(category: Any, policy: Policy) -> Iterable[Any]:
    found = policy.categories.get(category)
    return found.sub if found else ()


def _said(values: Iterable[Any]) -> str:
    return " or ".join(sorted(str(value) for value in values))


def _implied(parts: Parts, wanted: Condition) -> bool:
    """Tell whether `wanted` holds for sure where all parts do."""
    given = ((field.name, getattr(wanted, field.name)) for field in fields(Condition))
    return all(_part_implied(parts, name, value) for name, value in given if value)


def _part_implied(parts: Parts, name: str, value: Any) -> bool:
    match name:
        case "every":
            return all(_implied(parts, inner) for inner in value)
        case "some":
            return _any_implied(parts, value) or any(
                part.some
                and all(_any_implied((*parts, *parts_of(one)), value) for one in part.some)
                for part in parts
            )
        case "never":
            # Nothing of these may hold: each is ruled out if something wider is.
            ruled_out = [inner for part in parts for inner in part.never]
            return all(any(follows(no, wider) for wider in ruled_out) for no in value)
        case "score_above":
            return any(part.score_above >= value for part in parts)
        case "score_below":
            return any(0 < part.score_below <= value for part in parts)
    return any(_narrower(name, mine, value) for part in parts if (mine := getattr(part, name)))


def _any_implied(parts: Parts, conditions: Iterable[Condition]) -> bool:
    return any(_implied(parts, inner) for inner in conditions)


def _narrower(name: str, mine: Any, theirs: Any) -> bool:
    """Tell whether whatever fits `mine` fits `theirs`: two values of one part of a condition."""
    if isinstance(mine, Words):
        return _finds_less(mine, theirs)
    if name in _PATTERNS:
        return all(_fits(pattern, theirs) for pattern in mine)
    if isinstance(mine, tuple) and name not in ("hours",):
        return set(mine) <= set(theirs)
    return bool(mine == theirs)


def _fits(pattern: str, patterns: tuple[str, ...]) -> bool:
    plain = not set(pattern) & set("*#")
    return pattern in patterns or (plain and bool(find_named(patterns, (pattern,))))


def _finds_less(mine: Words, theirs: Words) -> bool:
    """Tell whether a text in which `mine` finds a word is one in which `theirs` does."""
    if mine == theirs:
        return True
    # The quick answer first: there may be thousands of words, and hundreds of rules.
    if mine.words[0] not in theirs.words or mine.above != theirs.above:
        return False
    more = set(theirs.words) - set(mine.words)
    if theirs.unless and (more or not set(theirs.unless) <= set(mine.unless)):
        return False
    # A longer word that begins earlier takes the place of the shorter one, and may be negated.
    short = [fold(word).rstrip("*") for word in mine.words]
    longer = any(word in fold(other) for other in more for word in short)
    return set(mine.words) <= set(theirs.words) and not longer
