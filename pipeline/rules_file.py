"""rules.yaml → Policy and Vocabulary. Every problem at once, each with line, key and what to do.

A file that does not end with `end: true` was saved half-way or cut: valid YAML, wrong rules
(reliability 0.11). The version of a file is the hash of its bytes, stored with every case.
"""

import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from difflib import get_close_matches
from functools import partial
from pathlib import Path
from typing import TypeVar

from cases.addresses import sendable
from cases.errors import ConfigError, Problem
from cases.model import Category
from classify.vocabulary import Product, Vocabulary, compile_number
from pipeline.rules_schema import DepartmentBlock, Names, RuleBlock, Rules, SeverityBlock, WhenBlock
from pipeline.yamlfile import Document, read, validate
from routing.deadlines import Calendar, Limit
from routing.policy import (
    CategoryPolicy,
    Condition,
    Department,
    Effect,
    Policy,
    Rule,
    SeverityLevel,
)
from routing.words import Words

T = TypeVar("T")
LONGEST_KEY = 32  #: characters; the database has no room for more


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleSet:
    """What one version of rules.yaml gives to routing and to classify."""

    policy: Policy
    vocabulary: Vocabulary


def load(path: Path) -> RuleSet:
    """Read rules.yaml; raises ConfigError with every problem."""
    document = read(path)
    if "end" not in document.value:
        raise ConfigError(
            (
                Problem(
                    file=str(path),
                    line=0,
                    key="end",
                    what="is missing: the file was cut off or saved half-way",
                    fix="Let its last line be `end: true`",
                ),
            )
        )
    rules = validate(document, Rules)
    version = hashlib.sha256(path.read_bytes()).hexdigest()[:12]
    builder = _Builder(document, rules)
    rule_set = builder.build(version)
    if builder.problems:
        raise ConfigError(tuple(builder.problems))
    return rule_set


class _Builder:
    """Turns the validated file into values, collecting what only a second look can see."""

    def __init__(self, document: Document, rules: Rules) -> None:
        self._document, self._rules = document, rules
        self.problems: list[Problem] = []

    def build(self, version: str) -> RuleSet:
        r = self._rules
        self._check()
        levels = list(r.severity.items())
        calendar = self._try(
            ("calendar",), lambda: Calendar.parse(r.calendar.hours, r.calendar.time_zone)
        ) or Calendar.parse("Mon-Sun 00:00-23:59", "UTC")
        policy = Policy(
            version=version,
            languages=tuple(r.languages),
            desk_names=_names(r.desk_name),
            supervisors=tuple(r.supervisors),
            colleagues=tuple(r.colleagues),
            calendar=calendar,
            departments={key: _department(key, d) for key, d in r.departments.items()},
            categories={
                key: CategoryPolicy(names=_names(c.name), department=c.department)
                for key, c in r.categories.items()
            },
            severities=tuple(
                self._level(name, level, number, len(levels))
                for number, (name, level) in enumerate(levels)
            ),
            rules=tuple(_rule(rule) for rule in r.rules),
            enquiries=r.enquiries.department,
            enquiry_limit=self._limit(("enquiries", "answer_within"), r.enquiries.answer_within),
            unsure_below=r.unsure.below,
            close_after=self._whole_days(("process", "close_after"), r.process.close_after),
        )
        return RuleSet(policy=policy, vocabulary=self._vocabulary())

    def _check(self) -> None:
        """Find names that point nowhere, addresses nobody can have, and missing translations."""
        r = self._rules
        known = list(r.departments)
        for category in Category:
            if category not in r.categories:
                self._complain(("categories",), f"{category.value} is missing", "Add it")
        for category, block in r.categories.items():
            where = ("categories", category.value, "department")
            self._known(where, block.department, known, "department")
        self._known(("enquiries", "department"), r.enquiries.department, known, "department")
        for number, rule in enumerate(r.rules):
            path = ("rules", str(number))
            if rule.then.department:
                self._known(
                    (*path, "then", "department"), rule.then.department, known, "department"
                )
            for name in (*rule.when.severity, *filter(None, [rule.then.severity])):
                self._known(path, name, list(r.severity), "severity level")
            self._addresses((*path, "then", "cc"), rule.then.cc)
            if rule.when == WhenBlock():
                self._complain((*path, "when"), "says nothing, so it always holds", "Add words")
        for kind, names in (("departments", r.departments), ("severity", r.severity)):
            for name in names:
                if len(name) > LONGEST_KEY:
                    self._complain((kind, name), "has too long a key", f"At most {LONGEST_KEY}")
        for key, d in r.departments.items():
            people = [*d.to, *d.deputies, *filter(None, [d.manager])]
            self._addresses(("departments", key), people)
        for name, level in r.severity.items():
            self._addresses(("severity", name, "alert"), level.alert)
        self._addresses(("supervisors",), r.supervisors)
        anybody = [addr.replace("*@", "anybody@", 1) for addr in r.colleagues]
        self._addresses(("colleagues",), anybody)
        self._translations()

    def _translations(self) -> None:
        r = self._rules
        named: list[tuple[tuple[str, ...], Names]] = [(("desk_name",), r.desk_name)]
        named += [(("departments", key, "name"), d.name) for key, d in r.departments.items()]
        named += [(("categories", key.value, "name"), c.name) for key, c in r.categories.items()]
        named += [(("severity", key, "name"), level.name) for key, level in r.severity.items()]
        for path, names in named:
            for language in r.languages:
                if language not in names:
                    self._complain(path, f"has no name in {language}", f"Add {language}: …")

    def _level(self, name: str, level: SeverityBlock, number: int, count: int) -> SeverityLevel:
        path = ("severity", name)
        words = [
            word for item in level.words for word in ([item] if isinstance(item, str) else item)
        ]
        last = number == count - 1
        if last and words:
            self._complain((*path, "words"), "the last level is for all others", "Remove the words")
        if not last and not words:
            self._complain(path, "has no words, so nothing can ever be so severe", "Add words")
        return SeverityLevel(
            name=name,
            names=_names(level.name),
            words=Words(tuple(words)),
            answer_within=self._limit((*path, "answer_within"), level.answer_within),
            alert=tuple(level.alert),
            serious=bool(level.alert),
        )

    def _vocabulary(self) -> Vocabulary:
        r = self._rules
        for kind in ("batch", "order"):
            for number, pattern in enumerate(getattr(r.numbers, kind)):
                self._try(("numbers", kind, str(number)), partial(compile_number, pattern))
        return Vocabulary(
            products=tuple(
                Product(name=p.name, names=(p.name, *p.aliases), models=tuple(p.models))
                for p in r.products
            ),
            batch_patterns=tuple(r.numbers.batch),
            order_patterns=tuple(r.numbers.order),
        )

    def _limit(self, path: tuple[str, ...], text: str) -> Limit:
        return self._try(path, lambda: Limit.parse(text)) or Limit(amount=timedelta(days=1))

    def _whole_days(self, path: tuple[str, ...], text: str) -> timedelta:
        """Read a limit that a letter tells the complainant in days."""
        limit = self._limit(path, text)
        if limit.working or limit.amount % timedelta(days=1):
            self._complain(path, f"{text!r} are no whole days", "Write for example: 7 days")
        return limit.amount

    def _try(self, path: tuple[str, ...], read_it: Callable[[], T]) -> T | None:
        try:
            return read_it()
        except ValueError as error:
            self._complain(path, str(error), "")
            return None

    def _known(self, path: tuple[str, ...], name: str, known: Iterable[str], kind: str) -> None:
        known = list(known)
        if name not in known:
            near = get_close_matches(name, known, n=1)
            fix = f"Did you mean {near[0]!r}?" if near else f"There are: {', '.join(known)}"
            self._complain(path, f"unknown {kind} {name!r}", fix)

    def _addresses(self, path: tuple[str, ...], addresses: Iterable[str]) -> None:
        for addr in addresses:
            if not sendable(addr):
                self._complain(path, f"{addr!r} is no mail address", "Write name@company.example")

    def _complain(self, path: tuple[str, ...], what: str, fix: str) -> None:
        self.problems.append(self._document.problem(path, what, fix))


def _names(names: Names) -> Mapping[str, str]:
    return {str(language): name for language, name in names.items()}


def _department(key: str, d: DepartmentBlock) -> Department:
    return Department(
        key=key,
        names=_names(d.name),
        to=tuple(d.to),
        manager=d.manager,
        deputies=tuple(d.deputies),
    )


def _rule(rule: RuleBlock) -> Rule:
    when, then = rule.when, rule.then
    return Rule(
        name=rule.name,
        when=Condition(
            words=Words(tuple(when.words)) if when.words else None,
            category=tuple(when.category),
            severity=tuple(when.severity),
            product=tuple(when.product),
        ),
        then=Effect(
            category=then.category,
            severity=then.severity,
            departments=(then.department,) if then.department else (),
            cc=tuple(then.cc),
        ),
        stop=rule.stop,
    )
