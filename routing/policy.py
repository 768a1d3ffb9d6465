"""What the supervisors decided in rules.yaml, as values. Pure; pipeline/rules_file.py reads it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta

from cases.model import Category
from routing.deadlines import Calendar, Limit
from routing.process import Process
from routing.rules import Customers, Need, Rule
from routing.words import Words

#: What a complainant can be asked for.
FACTS = (
    *("product", "model", "batch", "serial", "order", "tracking", "phone", "date", "quantity"),
    *("customer", "organisation", "address", "email", "customer_number", "place", "purchased"),
    *("incident", "demand", "photo"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Department:
    """Who handles complaints, and who speaks for them."""

    key: str
    names: Mapping[str, str]  #: by language
    to: tuple[str, ...]  #: where routed mails go
    manager: str = ""
    deputies: tuple[str, ...] = ()
    calendar: Calendar | None = None  #: its own hours; None: everybody's
    people: Mapping[str, str] = field(default_factory=dict)  #: names in mails → addresses (K079)
    stand_in: str = ""  #: the department that gets the case when this one is accused

    @property
    def listed(self) -> frozenset[str]:
        """The addresses whose replies may count as this department's word (design 7.4)."""
        people = (*self.to, self.manager, *self.deputies)
        return frozenset(addr.lower() for addr in people if addr)


@dataclass(frozen=True, slots=True, kw_only=True)
class Party:
    """A supplier, carrier, merchant or dealer that answers us, never the complainant (K044)."""

    key: str
    names: Mapping[str, str]
    to: tuple[str, ...]
    language: str  #: of our letters to it
    within: Limit | None = None

    @property
    def listed(self) -> frozenset[str]:
        """The addresses whose replies count as this party's word."""
        return frozenset(addr.lower() for addr in self.to)


@dataclass(frozen=True, slots=True, kw_only=True)
class Referrer:
    """An authority, association, hotline or platform that passes complaints on (K061)."""

    key: str
    names: Mapping[str, str]
    addresses: tuple[str, ...]  #: or *@domain
    numbers: tuple[str, ...] = ()  #: how its own numbers look, as `numbers` in rules.yaml


@dataclass(frozen=True, slots=True, kw_only=True)
class Subcategory:
    """A class within a category (K034), perhaps with an owner of its own."""

    key: str
    names: Mapping[str, str]
    words: Words
    department: str = ""  #: "": the category's


@dataclass(frozen=True, slots=True, kw_only=True)
class CategoryPolicy:
    """A category: how it is called, who answers for it, what it can't be handled without."""

    names: Mapping[str, str]
    department: str
    sub: tuple[Subcategory, ...] = ()  #: the first one whose words hold counts
    needs: tuple[Need, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Criterion:
    """One reason for a level of severity, as safety or the law (digest 3.3)."""

    key: str
    names: Mapping[str, str]
    words: Words


@dataclass(frozen=True, slots=True, kw_only=True)
class SeverityLevel:
    """A level of severity, most serious first in the policy; any of its criteria will do."""

    name: str
    names: Mapping[str, str]
    criteria: tuple[Criterion, ...]
    answer_within: Limit
    likely_above: float = 1.0  #: a probability of harm from which the level holds without words
    alert: tuple[str, ...] = ()  #: told at once
    serious: bool = False  #: the complainant hears that a manager was told
    repeated_within: timedelta | None = None  #: a second complaint so soon is of this level (K065)


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """Everything rules.yaml says, with the version that is stored with each case."""

    version: str
    languages: tuple[str, ...]
    desk_names: Mapping[str, str]
    supervisors: tuple[str, ...]
    calendar: Calendar
    departments: Mapping[str, Department]
    categories: Mapping[Category, CategoryPolicy]
    severities: tuple[SeverityLevel, ...]  #: most serious first; the last one is the default
    rules: tuple[Rule, ...]
    enquiries: str  #: the department that answers what is no complaint
    enquiry_limit: Limit
    unsure_below: float  #: a category with a lower probability is a guess
    unsure_ask: tuple[str, ...]  #: who is asked for the category then
    also_above: float  #: a further category at least so probable is a matter of the mail, too
    guess_after: Limit  #: nobody answered for so long: the case takes its best guess
    usual: Process = field(default_factory=Process)
    by_category: Mapping[Category, Mapping[str, object]] = field(default_factory=dict)
    by_severity: Mapping[str, Mapping[str, object]] = field(default_factory=dict)
    management: tuple[str, ...] = ()  #: top management, the last rung of every ladder
    finance: tuple[str, ...] = ()  #: told of costs and compensation (K043)
    parties: Mapping[str, Party] = field(default_factory=dict)
    referrers: Mapping[str, Referrer] = field(default_factory=dict)
    ledger_day: int = 4  #: of the month: unresolved cases of the month before are raised (K096)
    colleagues: tuple[str, ...] = ()  #: addresses, or *@domain, that may pass complaints on
    customers: Mapping[str, Customers] = field(default_factory=dict)

    def is_colleague(self, addr: str) -> bool:
        """Tell whether a mail that `addr` passes on is the complaint of its original sender."""
        wanted = addr.lower()
        ours = {addr.lower() for addr in (*self.supervisors, *self.colleagues)}
        if not wanted:
            return False
        return (
            wanted in ours
            or f"*@{wanted.rpartition('@')[2]}" in ours
            or bool(self.department_of(wanted))
        )

    def decides(self, addr: str) -> bool:
        """Tell whether `addr` may say what a complaint is about."""
        people = (*self.unsure_ask, *self.supervisors, *self.management)
        return addr.lower() in {one.lower() for one in people}

    def process(self, category: Category, severity: str, rules: Iterable[str] = ()) -> Process:
        """Return how such a case is handled: as its severity says, and in the end its rules."""
        said = {**self.by_category.get(category, {}), **self.by_severity.get(severity, {})}
        for rule in self.rules if rules else ():
            said |= rule.then.process if rule.name in rules else {}
        return replace(self.usual, **said)  # type: ignore[arg-type] # names of fields, checked

    def answer_limit(self, severity: str, rules: Iterable[str] = ()) -> Limit:
        """Return how soon the complainant is answered: as the last rule says, or the severity."""
        said = [r.then.answer_within for r in self.rules if r.name in rules]
        return next((one for one in reversed(said) if one), self.severity(severity).answer_within)

    def variant(self, rules: Iterable[str]) -> str:
        """Return the variant of letters that the last of a case's rules asks for, "" if none."""
        found = [r.then.letters for r in self.rules if r.then.letters and r.name in rules]
        return found[-1] if found else ""

    def signers(
        self, category: Category, severity: str, rules: Iterable[str] = ()
    ) -> frozenset[str]:
        """Return everybody whose word about such a case may count, in lower case."""
        process = self.process(category, severity, rules)
        capa = (*process.capa.verify_by, *process.capa.waive_by)
        people = {addr.lower() for addr in (*capa, *self.supervisors, *self.management)}
        people |= {addr.lower() for addr in self.finance}
        for signing in (process.review, *process.approval, process.callback):
            people |= signing.people if signing else frozenset()
        return frozenset(people)

    def party_of(self, addr: str) -> str:
        """Return the key of the party outside that lists `addr`, "" if none does."""
        wanted = addr.lower()
        return next((key for key, party in self.parties.items() if wanted in party.listed), "")

    def referrer_of(self, addr: str) -> Referrer | None:
        """Return the authority or association that writes from `addr`."""
        wanted = addr.lower()
        ours = (wanted, f"*@{wanted.rpartition('@')[2]}")
        found = (
            one for one in self.referrers.values()
            if {a.lower() for a in one.addresses}.intersection(ours)
        )  # fmt: skip
        return next(found, None) if wanted else None

    def calendar_of(self, department: str) -> Calendar:
        """Return the working time of a department; everybody's if it has none of its own."""
        found = self.departments.get(department)
        return found.calendar if found and found.calendar else self.calendar

    def is_staff(self, addr: str) -> bool:
        """Tell whether alerts go to `addr`."""
        told = (*self.supervisors, *(addr for level in self.severities for addr in level.alert))
        return addr.lower() in {one.lower() for one in told}

    def letter_language(self, language: str) -> str:
        """Return the language we write in to somebody who wrote in `language`."""
        return language if language in self.languages else self.languages[0]

    def severity(self, name: str) -> SeverityLevel:
        """Return the level called `name`; the default one for a name that is gone from the file."""
        return next((s for s in self.severities if s.name == name), self.severities[-1])

    def department_of(self, addr: str) -> str:
        """Return the key of the department that lists `addr`, "" if none does."""
        wanted = addr.lower()
        return next((key for key, d in self.departments.items() if wanted in d.listed), "")
