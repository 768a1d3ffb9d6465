"""rules.yaml → Policy and Vocabulary. Every problem at once, each with line, key and what to do.

A file that does not end with `end: true` was saved half-way or cut: valid YAML, wrong rules
(reliability 0.11). The version is the hash of its bytes and of the files it names, stored with
every case.
"""

import hashlib
from dataclasses import dataclass, replace
from pathlib import Path

from cases.errors import ConfigError, Problem
from classify.vocabulary import Product, Vocabulary
from pipeline.rules_catalogue import read_catalogue
from pipeline.rules_checks import check
from pipeline.rules_classes import categories, levels
from pipeline.rules_people import calendar, departments, parties, referrers
from pipeline.rules_problems import Problems
from pipeline.rules_process import with_process
from pipeline.rules_schema import RuleBlock, Rules, WhenBlock
from pipeline.yamlfile import Document, read, validate
from routing.policy import Condition, Effect, Policy, Rule


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
    builder = _Builder(document, rules)
    policy, vocabulary = builder.policy(), builder.vocabulary()
    if builder.problems.found:
        raise ConfigError(tuple(builder.problems.found))
    version = hashlib.sha256(path.read_bytes() + builder.problems.data).hexdigest()[:12]
    return RuleSet(policy=replace(policy, version=version), vocabulary=vocabulary)


class _Builder:
    """Turns the validated file into values, collecting what only a second look can see."""

    def __init__(self, document: Document, rules: Rules) -> None:
        self._rules, self._folder = rules, Path(document.file).parent
        self.problems = Problems(document, rules.languages)

    def policy(self) -> Policy:
        r, problems = self._rules, self.problems
        problems.known(
            ("enquiries", "department"), r.enquiries.department, r.departments, "department"
        )
        ours = departments(r.departments, r.calendar, problems)
        policy = Policy(
            version="",
            languages=tuple(r.languages),
            desk_names=self._desk_names(),
            supervisors=self._addresses("supervisors", r.supervisors),
            colleagues=self._colleagues(),
            calendar=calendar(r.calendar, problems),
            departments=ours,
            management=self._addresses("management", r.management),
            finance=self._addresses("finance", r.finance),
            parties=parties(r.parties, ours, problems),
            referrers=referrers(r.referrers, problems),
            categories=categories(r.categories, r.departments, problems),
            severities=tuple(levels(r.severity, problems)),
            rules=tuple(self._rule(number, rule) for number, rule in enumerate(r.rules)),
            enquiries=r.enquiries.department,
            enquiry_limit=problems.limit(("enquiries", "answer_within"), r.enquiries.answer_within),
            unsure_below=r.unsure.below,
            unsure_ask=self._addresses("unsure", r.unsure.ask) or tuple(r.supervisors),
            guess_after=problems.limit(
                ("unsure", "take_best_guess_after"), r.unsure.take_best_guess_after
            ),
            also_above=r.several.above,
        )
        policy = with_process(policy, r.process, problems)
        check(policy, problems)
        return policy

    def vocabulary(self) -> Vocabulary:
        r = self._rules
        self.problems.formats(("numbers", "batch"), r.numbers.batch)
        self.problems.formats(("numbers", "order"), r.numbers.order)
        for number, p in enumerate(r.products):
            self.problems.formats(("products", str(number), "batches"), p.batches)
        own = (
            Product(
                name=p.name,
                names=(p.name, *p.aliases),
                models=tuple(p.models),
                batches=tuple(p.batches),
            )
            for p in r.products
        )
        return Vocabulary(
            products=(*own, *self._catalogue()),
            batch_patterns=tuple(r.numbers.batch),
            order_patterns=tuple(r.numbers.order),
        )

    def _catalogue(self) -> tuple[Product, ...]:
        """Return the products of `products_file`; a path from the folder of rules.yaml."""
        name = self._rules.products_file
        if not name:
            return ()
        path = self._folder / name
        products, problems = read_catalogue(path)
        self.problems.found += problems
        for product in products:
            if any(product.name.casefold() == p.name.casefold() for p in self._rules.products):
                what = f"{product.name!r} stands under products already"
                self.problems.complain(("products_file",), what, "Keep one of the two")
        if not problems:
            self.problems.data += path.read_bytes()
        return products

    def _desk_names(self) -> dict[str, str]:
        names = self._rules.desk_name
        for language in self._rules.languages:
            if language not in names:
                self.problems.complain(
                    ("desk_name",), f"has no name in {language}", f"Add {language}: …"
                )
        return {str(language): name for language, name in names.items()}

    def _addresses(self, key: str, addresses: tuple[str, ...]) -> tuple[str, ...]:
        self.problems.addresses((key,), addresses)
        return tuple(addresses)

    def _colleagues(self) -> tuple[str, ...]:
        self.problems.wide_addresses(("colleagues",), self._rules.colleagues)
        return tuple(self._rules.colleagues)

    def _rule(self, number: int, rule: RuleBlock) -> Rule:
        path = ("rules", str(number))
        when, then = rule.when, rule.then
        self._check_rule(path, rule)
        if when.unless and not when.words:
            self.problems.complain(
                (*path, "when", "unless"), "has no words that it could except", "Add words"
            )
        words = self.problems.words((*path, "when"), when.words, when.unless)
        return Rule(
            name=rule.name,
            when=Condition(
                words=words if when.words else None,
                category=tuple(when.category),
                subcategory=tuple(when.subcategory),
                severity=tuple(when.severity),
                product=tuple(when.product),
            ),
            then=Effect(
                category=then.category,
                severity=then.severity,
                departments=(then.department,) if then.department else (),
                cc=tuple(then.cc),
                also=tuple(then.also),
                ask_for=self.problems.needs((*path, "then", "ask_for"), then.ask_for),
            ),
            stop=rule.stop,
        )

    def _check_rule(self, path: tuple[str, ...], rule: RuleBlock) -> None:
        """Find names that point nowhere, and a condition that says nothing."""
        r, when, then, problems = self._rules, rule.when, rule.then, self.problems
        if then.department:
            where = (*path, "then", "department")
            problems.known(where, then.department, r.departments, "department")
        for name in (*when.severity, *filter(None, [then.severity])):
            problems.known(path, name, r.severity, "severity level")
        wanted = when.category or tuple(r.categories)
        below = [key for c in wanted if c in r.categories for key in r.categories[c].sub]
        for name in when.subcategory:
            problems.known((*path, "when", "subcategory"), name, below, "sub-category")
        problems.addresses((*path, "then", "cc"), then.cc)
        if when == WhenBlock():
            problems.complain((*path, "when"), "says nothing, so it always holds", "Add words")
