"""rules.yaml → Policy and Vocabulary. Every problem at once, each with line, key and what to do.

A file that does not end with `end: true` was saved half-way or cut: valid YAML, wrong rules
(reliability 0.11). The version is the hash of its bytes and of the files it names, stored with
every case.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from cases.errors import ConfigError, Problem
from classify.vocabulary import Product, Vocabulary
from pipeline.rules_catalogue import read_catalogue
from pipeline.rules_checks import check
from pipeline.rules_classes import categories, levels
from pipeline.rules_examples import Example, examples_of
from pipeline.rules_people import calendar, departments, parties, referrers
from pipeline.rules_problems import Problems
from pipeline.rules_process import with_process
from pipeline.rules_rule import customers_of, rules_of
from pipeline.rules_schema import Rules
from pipeline.rules_sense import sense
from pipeline.yamlfile import Document, read
from pipeline.yamlfit import validate
from routing.policy import Policy


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleSet:
    """What one version of rules.yaml gives to routing and to classify."""

    policy: Policy
    vocabulary: Vocabulary
    examples: tuple[Example, ...]
    files: Mapping[Path, bytes]  #: everything that was read, rules.yaml first


def load(path: Path) -> RuleSet:
    """Read rules.yaml; raises ConfigError with every problem."""
    document = read(path)
    if list(document.value)[-1:] != ["end"]:
        raise ConfigError(
            (
                Problem(
                    file=str(path),
                    line=0,
                    key="end",
                    what="is not the last key: the file was cut off or saved half-way",
                    fix="Let its last line be `end: true`",
                ),
            )
        )
    rules = validate(document, Rules)
    builder = _Builder(document, rules)
    policy, vocabulary = builder.policy(), builder.vocabulary()
    examples = examples_of(rules, builder.problems)
    if builder.problems.found:
        raise ConfigError(tuple(builder.problems.found))
    files = {path: document.text.encode(), **builder.problems.files}
    version = hashlib.sha256(b"".join(files.values())).hexdigest()[:12]
    return RuleSet(
        policy=replace(policy, version=version),
        vocabulary=vocabulary,
        examples=examples,
        files=files,
    )


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
        customers = customers_of(r, problems)
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
            customers=customers,
            rules=rules_of(r, customers, problems),
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
        sense(policy, problems)
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
        path = self.problems.beside(("products_file",), name)
        if path is None:
            return ()
        products, data, problems = read_catalogue(path)
        self.problems.found += problems
        self.problems.files[path] = data
        for product in products:
            if any(product.name.casefold() == p.name.casefold() for p in self._rules.products):
                what = f"{product.name!r} stands under products already"
                self.problems.complain(("products_file",), what, "Keep one of the two")
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
