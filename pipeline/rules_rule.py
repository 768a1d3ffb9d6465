"""The rules of rules.yaml: blocks → values, with everything that is wrong with each of them."""

from collections.abc import Iterable
from dataclasses import replace

from cases.model import Category
from pipeline.rules_problems import Keys, Problems
from pipeline.rules_process import changed_steps
from pipeline.rules_schema import Rules
from pipeline.rules_schema_rule import RuleBlock, ThenBlock, WhenBlock
from routing.hours import Week, read_hours
from routing.patterns import mistake_in_regex
from routing.rules import Condition, Customers, Effect, Rule
from routing.words import Words
from templates.render import variants

#: What may stand behind `time` besides hours of the week.
_WORKING = {
    "working hours": "in",
    "outside working hours": "outside",
    "工作时间": "in",
    "非工作时间": "outside",
}
_DEEPEST = 5  # conditions within conditions
_LONGEST_TAG = 40  # characters


def rules_of(rules: Rules, customers: Iterable[str], problems: Problems) -> tuple[Rule, ...]:
    """Return the rules in their order; `customers` are the keys of the lists of customers."""
    reader = _Reader(rules, tuple(customers), problems)
    return tuple(reader.rule(number, block) for number, block in enumerate(rules.rules))


class _Reader:
    """Reads rules that speak of the departments, categories and levels of one file."""

    def __init__(self, rules: Rules, customers: tuple[str, ...], problems: Problems) -> None:
        self._rules, self._customers, self._problems = rules, customers, problems

    def rule(self, number: int, block: RuleBlock) -> Rule:
        path = ("rules", str(number))
        if block.then == ThenBlock():
            what = "does nothing: nothing stands under `then`"
            self._problems.complain((*path, "then"), what, "Add for example: {tags: [vip]}")
        return Rule(
            name=block.name,
            when=self._when((*path, "when"), block.when),
            then=self._then((*path, "then"), block.then),
            stop=block.stop,
            line=self._problems.line(path),
        )

    # ---------------------------------------------------------------- when

    def _when(self, path: Keys, when: WhenBlock, depth: int = 0) -> Condition:
        problems = self._problems
        if when == WhenBlock():
            problems.complain(path, "says nothing, so it always holds", "Add words")
        if depth == _DEEPEST:
            what = "has conditions within conditions, more than anybody can follow"
            problems.complain(path, what, f"At most {_DEEPEST} levels; write two rules instead")
            return Condition()
        self._known(path, when)
        for number, pattern in enumerate(when.regex):
            if mistake := mistake_in_regex(pattern):
                fix = "See “Regular expressions” in docs/rules.md"
                problems.complain((*path, "regex", str(number)), mistake, fix)
        return replace(
            self._words_and_time(path, when),
            regex=tuple(when.regex),
            category=tuple(when.category),
            subcategory=tuple(when.subcategory),
            severity=tuple(when.severity),
            score_above=when.score_above,
            score_below=when.score_below,
            product=tuple(when.product),
            batch=tuple(when.batch),
            customer=tuple(when.customer),
            customers=tuple(when.customer_list),
            sender=tuple(when.sender),
            recipient=tuple(when.recipient),
            mailbox=tuple(when.mailbox),
            language=tuple(when.language),
            attached=tuple(when.attached),
            every=self._inner((*path, "all"), when.all, depth),
            some=self._inner((*path, "any"), when.any, depth),
            never=self._inner((*path, "not"), when.never, depth),
        )

    def _inner(self, path: Keys, blocks: Iterable[WhenBlock], depth: int) -> tuple[Condition, ...]:
        return tuple(
            self._when((*path, str(number)), block, depth + 1)
            for number, block in enumerate(blocks)
        )

    def _words_and_time(self, path: Keys, when: WhenBlock) -> Condition:
        words = self._problems.words(path, when.words, when.unless)
        if when.unless and not when.words:
            what = "has no words that it could except"
            self._problems.complain((*path, "unless"), what, "Add words")
        region = self._problems.words((*path, "region"), when.region, ()) if when.region else None
        working = _WORKING.get(when.time.strip().lower(), "")
        return Condition(
            words=words if when.words else None,
            region=Words(region.words) if region else None,
            working=working,
            hours=None if working or not when.time else self._hours((*path, "time"), when.time),
        )

    def _hours(self, path: Keys, text: str) -> Week | None:
        try:
            return read_hours(text)
        except ValueError as error:
            fix = f"Or write: {', '.join(list(_WORKING)[:2])}"
            self._problems.complain(path, str(error), fix)
            return None

    def _known(self, path: Keys, when: WhenBlock) -> None:
        """Find names that point nowhere, and parts that exclude each other."""
        problems = self._problems
        for name in when.severity:
            problems.known((*path, "severity"), name, self._rules.severity, "severity level")
        for name in when.subcategory:
            below = self._below(when.category)
            problems.known((*path, "subcategory"), name, below, "sub-category")
        for name in when.customer_list:
            where = (*path, "customer_list")
            problems.known(where, name, self._customers, "list of customers")

    def _below(self, categories: Iterable[Category]) -> list[str]:
        known = self._rules.categories
        wanted = tuple(categories) or tuple(known)
        return [key for category in wanted if category in known for key in known[category].sub]

    # ---------------------------------------------------------------- then

    def _then(self, path: Keys, then: ThenBlock) -> Effect:
        problems = self._problems
        for name in then.department:
            where = (*path, "department")
            problems.known(where, name, self._rules.departments, "department")
        if then.severity:
            where = (*path, "severity")
            problems.known(where, then.severity, self._rules.severity, "severity level")
        if then.subcategory:
            below = self._below((then.category,) if then.category else ())
            problems.known((*path, "subcategory"), then.subcategory, below, "sub-category")
        problems.addresses((*path, "cc"), then.cc)
        for tag in then.tags:
            if not tag.strip() or len(tag) > _LONGEST_TAG:
                fix = f"At most {_LONGEST_TAG} characters, for example: vip"
                problems.complain((*path, "tags"), f"{tag[:40]!r} is no tag", fix)
        for language in self._rules.languages if then.letters else ():
            if then.letters not in variants(language):
                what = f"there are no letters called {then.letters!r} in {language}"
                fix = f"Put them into templates/letters/{language}/{then.letters}"
                problems.complain((*path, "letters"), what, fix)
        limit = (*path, "answer_within")
        return Effect(
            category=then.category,
            subcategory=then.subcategory,
            severity=then.severity,
            departments=tuple(then.department),
            cc=tuple(then.cc),
            also=tuple(then.also),
            ask_for=problems.needs((*path, "ask_for"), then.ask_for),
            answer_within=problems.limit(limit, then.answer_within) if then.answer_within else None,
            process=changed_steps((*path, "process"), then.process, problems),
            letters=then.letters,
            tags=tuple(tag.strip() for tag in then.tags),
        )


def customers_of(rules: Rules, problems: Problems) -> dict[str, Customers]:
    """Return the lists of customers, those in files as well."""
    found = {}
    for key, entries in rules.customers.items():
        path = ("customers", key)
        problems.key(path)
        if isinstance(entries, str):
            entries = problems.customers_in(path, entries)
        elif not entries:
            problems.complain(path, "is empty", "Write for example: [vip@company.example]")
        found[key] = Customers.of(entries)
    return found
