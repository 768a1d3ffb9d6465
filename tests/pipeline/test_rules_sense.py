"""Rules that are right in their form and can't be meant: each is told, and nothing else."""

import time
from collections.abc import Callable
from pathlib import Path

import pytest

from cases.errors import ConfigError
from pipeline.rules_file import load

Told = Callable[..., list[tuple[str, str]]]
DAIRY = "鲜牛奶"


@pytest.fixture
def told(root: Path, tmp_path: Path) -> Told:
    """Return a function that gives key and words of what is wrong with the shipped file.

    It takes (old, new) changes, and rules that take the place of the shipped ones.
    """
    text = (root / "routing" / "rules.yaml").read_text(encoding="utf-8")
    start, end = text.index("\nrules:\n"), text.index("\n# Questions, suggestions")

    def run(*rules: str, changes: tuple[tuple[str, str], ...] = ()) -> list[tuple[str, str]]:
        names = [
            one if one.startswith("name:") else f"name: R{n}, {one}" for n, one in enumerate(rules)
        ]
        block = "\nrules:\n" + "".join(f"  - {{{one}}}\n" for one in names)
        whole = text[:start] + (block if rules else "") + text[end:]
        for old, new in changes:
            assert old in whole
            whole = whole.replace(old, new, 1)
        path = tmp_path / "rules.yaml"
        path.write_text(whole, encoding="utf-8")
        try:
            load(path)
        except ConfigError as error:
            assert all(
                problem.line and problem.column and problem.fix for problem in error.problems
            )
            return [(problem.key, problem.what) for problem in error.problems]
        return []

    return run


def rule(when: str, then: str = "tags: [x]", *, stop: bool = False) -> str:
    """Return a rule on one line."""
    return f"when: {{{when}}}, then: {{{then}}}" + (", stop: true" if stop else "")


CONTRADICTIONS = [
    ("category: quality, all: [{category: delivery}]", "the category can't be"),
    ("severity: serious, all: [{severity: [general, important]}]", "the severity can't be"),
    ("language: zh, all: [{language: en}]", "the language can't be zh and en at once"),
    ("category: quality, all: [{subcategory: lost}]", "lost is no sub-category of quality"),
    ("score_above: 0.8, score_below: 0.3", "no score is above 0.8 and below 0.3"),
    ("score_above: 0.5, score_below: 0.5", "no score is above 0.5 and below 0.5"),
    ("score_above: 0.5, all: [{score_below: 0.4}]", "no score is above 0.5 and below 0.4"),
    ("time: working hours, all: [{time: outside working hours}]", "no mail comes in working hours"),
    ("words: [burn, fire], unless: [fire, burn, fire sale]", "each of its words stands under"),
    ("words: [burn], not: {words: [burn, fire]}", "what stands under `not` holds"),
    ("all: [{words: [burn]}, {not: {words: [burn]}}]", "what stands under `not` holds"),
    ("category: quality, not: {category: [quality, other]}", "what stands under `not` holds"),
    (f"product: {DAIRY}, not: {{product: 鲜*}}", "what stands under `not` holds"),
    ("regex: 'a.b', words: [x], not: {regex: ['a.b', 'c']}", "what stands under `not` holds"),
    ("attached: photo, not: {any: [{attached: photo}, {words: [x]}]}", "what stands under `not`"),
    ("any: [{words: [a]}, {words: [b]}], not: {any: [{words: [b, c]}, {words: [a]}]}", "what"),
]


@pytest.mark.parametrize(("when", "why"), CONTRADICTIONS)
def test_a_condition_that_can_never_hold_is_told(when: str, why: str, told: Told) -> None:
    """Two parts exclude each other, wherever they stand."""
    ((key, what),) = told(rule(when))

    assert key == "rules.0.when"
    assert what.startswith(f"can never hold: {why}")


def test_an_alternative_that_can_never_hold_is_told_where_it_stands(told: Told) -> None:
    """The others may hold, so it would never be missed."""
    ((key, what),) = told(rule("category: quality, any: [{words: [x]}, {category: other}]"))

    assert key == "rules.0.when.any.1"
    assert what.startswith("can never hold: the category can't be quality and other at once")


@pytest.mark.parametrize(
    "when",
    [
        "category: [quality, delivery], all: [{category: [delivery, other]}]",
        "product: [a], all: [{product: [b]}]",
        "words: [a], all: [{words: [b]}]",
        "words: [burn], unless: [burn mark]",
        "score_above: 0.3, score_below: 0.8",
        "score_above: 0.3",
        "subcategory: [spoiled], category: quality",
        "words: [burn, fire], not: {words: [burn]}",
        "words: [burn], not: {words: [burn], language: zh}",
        "words: [burn], not: {words: [burn], unless: [burn mark]}",
        "words: [burn], not: {words: [heart burn, burn]}",
        "category: quality, not: {all: [{category: quality}, {words: [x]}]}",
        "any: [{words: [a, c]}, {words: [b]}], not: {words: [a]}",
        "time: 'Mon-Fri 08:00-12:00', all: [{time: working hours}]",
    ],
)
def test_a_condition_that_may_hold_is_left_alone(when: str, told: Told) -> None:
    """A mail may name two products, and have one word of a list and not the other."""
    assert told(rule(when)) == []


HIDDEN = [
    ("words: [a, b]", "words: [a]"),
    ("words: [a, b]", "words: [b], category: quality"),
    ("words: [a, b]", "all: [{words: [b]}, {language: zh}]"),
    ("words: [a, b], unless: [c]", "words: [a, b], unless: [c, d]"),
    ("category: [quality, other]", "category: quality, words: [x]"),
    ("product: [鲜*]", f"product: [{DAIRY}]"),
    ("sender: ['*@a.example']", "sender: [x@a.example]"),
    ("score_above: 0.3", "score_above: 0.5, words: [x]"),
    ("score_below: 0.5", "score_below: 0.5"),
    ("score_below: 0.5", "score_below: 0.2"),
    ("any: [{words: [a]}, {language: zh}]", "words: [a]"),
    ("any: [{words: [a, b]}, {language: zh}]", "any: [{language: zh}, {words: [a]}], batch: x"),
    ("not: {words: [a]}", "not: {words: [a, b]}, language: en"),
    ("not: {words: [a], language: zh}", "not: {words: [a]}"),
    ("time: working hours", "time: 工作时间, words: [x]"),
    ("time: 'Mon-Fri 08:00-12:00'", "time: 'Mon-Fri 08:00-12:00'"),
    ("region: [上海, 北京]", "region: 上海"),
]


@pytest.mark.parametrize(("above", "below"), HIDDEN)
def test_a_rule_that_is_never_read_names_the_one_that_hides_it(
    above: str, below: str, told: Told
) -> None:
    """It stops, and holds whenever the lower one would."""
    ((key, what),) = told(rule(above, stop=True), rule("words: [zzz]"), rule(below))

    assert key == "rules.2"
    assert what.startswith("is never read: 'R0' in line ")
    assert what.endswith("holds whenever it does")
    assert told(rule(above), rule(below)) == []


NOT_HIDDEN = [
    ("words: [a]", "words: [a, b]"),
    ("words: [a]", "language: zh"),
    ("words: [a], language: zh", "words: [a]"),
    ("words: [a, heart a]", "words: [a]"),
    ("words: [a, b], unless: [c]", "words: [a], unless: [c]"),
    ("words: [a], unless: [c]", "words: [a]"),
    ("category: quality", "category: [quality, other]"),
    (f"product: [{DAIRY}]", "product: [鲜*]"),
    ("score_above: 0.5", "score_above: 0.3"),
    ("score_below: 0.2", "score_below: 0.5"),
    ("score_below: 0.2", "words: [a]"),
    ("any: [{words: [a]}, {language: zh}]", "any: [{words: [a]}, {language: en}]"),
    ("not: {words: [a, b]}", "not: {words: [a]}"),
    ("not: {words: [a]}", "language: en"),
    ("all: [{words: [a]}, {words: [b]}]", "words: [a, b]"),
    ("time: working hours", "time: outside working hours"),
    ("time: 'Mon-Fri 08:00-12:00'", "time: 'Mon-Fri 09:00-11:00'"),
]


@pytest.mark.parametrize(("above", "below"), NOT_HIDDEN)
def test_a_rule_that_may_be_read_is_left_alone(above: str, below: str, told: Told) -> None:
    """Some mail gets past the upper one."""
    assert told(rule(above, stop=True), rule(below)) == []


def test_a_rule_between_may_bring_the_lower_one_about(told: Told) -> None:
    """What a case is about is as it stands so far: it was another when the upper rule was read."""
    above, below = rule("category: quality", stop=True), rule("category: quality, words: [x]")

    assert told(above, rule("words: [y]", "category: quality"), below) == []
    assert told(above, rule("words: [y]", "subcategory: spoiled"), below) == []
    assert [key for key, _ in told(above, rule("words: [y]"), below)] == ["rules.2"]
    hidden = told(rule("words: [x]", stop=True), rule("words: [y]", "severity: serious"), below)
    assert [key for key, _ in hidden] == ["rules.2"]


def test_a_rule_with_a_mistake_hides_nothing(told: Told) -> None:
    """Nobody knows when it was meant to hold: one mistake is told, not two."""
    found = told(rule("words: [a], time: soon", stop=True), rule("words: [a]"))

    assert [key for key, _ in found] == ["rules.0.when.time"]


def test_two_rules_of_one_name_are_told(told: Told) -> None:
    """Cases and `explain` name the rules that held."""
    found = told(f"name: Milk, {rule('words: [a]')}", f"name: ' milk', {rule('words: [b]')}")

    assert [key for key, _ in found] == ["rules.1.name"]
    assert found[0][1].startswith("' milk' is the name of the rule in line ")


@pytest.mark.parametrize(
    "pattern", [r"\b投诉", r"投诉\b", r"a|(投诉)\b", r"\b(?:投诉|退款)", r"\\\b退款"]
)
def test_an_edge_of_a_word_beside_chinese_is_told(pattern: str, told: Told) -> None:
    """Chinese is written without blanks, and its signs are no letters of words."""
    ((key, what),) = told(rule(f"not: {{regex: [x, '{pattern}']}}"))

    assert key == "rules.0.when.not.0.regex.1"
    assert "`\\b`" in what


@pytest.mark.parametrize("pattern", [r"\bT\d{4}\b", r"投诉.*\bT1", r"\\b退款", "退款b"])
def test_an_edge_of_a_latin_word_is_fine(pattern: str, told: Told) -> None:
    """As is a backslash that stands for itself."""
    assert told(rule(f"regex: '{pattern}'")) == []


@pytest.mark.parametrize(
    ("new", "key", "what"),
    [
        ("boss@intranet", "finance.0", "'boss@intranet': no mail reaches 'intranet'"),
        ("boss@desk.local", "finance.0", "'boss@desk.local': no mail reaches 'desk.local'"),
        ("boss@desk.invalid", "finance.0", "'boss@desk.invalid': no mail reaches 'desk.invalid'"),
        ("boss@exmaple.com", "finance.0", "'boss@exmaple.com': the others are at example.com"),
        ("boss@Example.con", "finance.0", "'boss@Example.con': the others are at example.com"),
    ],
)
def test_a_domain_that_nobody_has_is_told(new: str, key: str, what: str, told: Told) -> None:
    """And one that looks like a slip of the domain all others are at."""
    assert told(changes=(("finance@example.com", new),)) == [(key, what)]


@pytest.mark.parametrize("new", ["boss@example.cn", "boss@shop.example.com", "boss@other.example"])
def test_another_domain_is_no_mistake(new: str, told: Told) -> None:
    """A company may have several."""
    assert told(changes=(("finance@example.com", new),)) == []


def test_a_domain_that_is_there_twice_is_no_slip(told: Told) -> None:
    """Nobody makes the same slip twice: naming it under `colleagues` is enough."""
    changes = (
        ("finance@example.com", "boss@exampel.com"),
        ("colleagues: []", 'colleagues: ["*@exampel.com"]'),
    )

    assert told(changes=changes) == []


def test_hundreds_of_rules_are_compared_soon(told: Told) -> None:
    """Each with each, with lists of words in all of them."""
    words = ", ".join(f"word{n}" for n in range(100))
    many = [rule(f"words: [{words}], batch: 'B{n}'", stop=True) for n in range(300)]
    began = time.perf_counter()

    assert told(*many) == []
    assert time.perf_counter() - began < 20
