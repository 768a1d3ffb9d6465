"""The rules of rules.yaml as values: when one holds, and what it adds or sets then. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Self

from cases.model import Category
from routing.hours import Week
from routing.limits import Limit
from routing.patterns import find_named
from routing.words import Words, fold

Need = tuple[str, ...]  #: names of facts, or "photo"; any one of them will do (K038)


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """When a rule holds: every part that is given must hold; any of its values will do."""

    words: Words | None = None
    regex: tuple[str, ...] = ()  #: RE2
    category: tuple[Category, ...] = ()
    subcategory: tuple[str, ...] = ()
    severity: tuple[str, ...] = ()
    score_above: float = 0.0  #: how sure the model is of its category
    score_below: float = 0.0  #: 0: no matter
    product: tuple[str, ...] = ()  #: patterns as `patterns.find_named` reads them, as those below
    batch: tuple[str, ...] = ()
    customer: tuple[str, ...] = ()  #: address, name, organisation or number of the complainant
    customers: tuple[str, ...] = ()  #: keys of `Policy.customers`
    sender: tuple[str, ...] = ()  #: who wrote
    recipient: tuple[str, ...] = ()
    mailbox: tuple[str, ...] = ()
    region: Words | None = None  #: looked for in the places and addresses that the mail names
    language: tuple[str, ...] = ()
    attached: tuple[str, ...] = ()  #: kinds, see routing/situation.py
    hours: Week | None = None  #: when it came, in the desk's time zone
    working: str = ""  #: "in" or "outside" working hours, "": no matter
    every: "tuple[Condition, ...]" = ()  #: all of these
    some: "tuple[Condition, ...]" = ()  #: any of these
    never: "tuple[Condition, ...]" = ()  #: none of these


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """What a rule that holds adds or sets."""

    category: Category | None = None
    severity: str = ""
    departments: tuple[str, ...] = ()
    cc: tuple[str, ...] = ()
    also: tuple[Category, ...] = ()  #: further matters of the mail (K024)
    ask_for: tuple[Need, ...] = ()  #: what the mail should hold besides its category's needs
    subcategory: str = ""
    answer_within: Limit | None = None  #: takes the place of the severity's
    tags: tuple[str, ...] = ()
    process: Mapping[str, object] = field(default_factory=dict)  #: fields of Process it changes
    letters: str = ""  #: variant of the letters to the complainant


@dataclass(frozen=True, slots=True)
class Customers:
    """A list of customers: by address, `*@domain`, name, organisation or number."""

    exact: frozenset[str]  #: folded
    patterns: tuple[str, ...] = ()

    @classmethod
    def of(cls, entries: Iterable[str]) -> Self:
        """Sort entries into those that stand for themselves and those with stars."""
        wide = [entry for entry in entries if "*" in entry or "#" in entry]
        return cls(frozenset(fold(entry).strip() for entry in entries) - {""}, tuple(wide))

    def find(self, names: Iterable[str]) -> str:
        """Return the first of `names` that is on the list, "" if none is."""
        names = tuple(names)
        known = (name for name in names if name and fold(name).strip() in self.exact)
        return next(known, "") or find_named(self.patterns, names)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One rule; from top to bottom all that hold add up, until one says stop."""

    name: str
    when: Condition
    then: Effect
    stop: bool = False
    line: int = 0  #: where it stands in rules.yaml
