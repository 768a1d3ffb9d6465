"""rules.yaml → Policy: what the supervisors say, and every way to say it wrong."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from cases.errors import ConfigError, Problem
from cases.model import Category
from pipeline.rules_file import RuleSet, load

Wrong = Callable[..., tuple[Problem, ...]]


@pytest.fixture
def shipped(root: Path) -> str:
    """The text of the shipped rules.yaml."""
    return (root / "routing" / "rules.yaml").read_text(encoding="utf-8")


@pytest.fixture
def loaded(shipped: str, tmp_path: Path) -> Callable[..., RuleSet]:
    """Return a function that loads the shipped rules with (old, new) changes."""

    def run(*changes: tuple[str, str]) -> RuleSet:
        text = shipped
        for old, new in changes:
            assert old in text
            text = text.replace(old, new, 1)
        path = tmp_path / "rules.yaml"
        path.write_text(text, encoding="utf-8")
        return load(path)

    return run


@pytest.fixture
def wrong(loaded: Callable[..., RuleSet]) -> Wrong:
    """Return a function that gives the problems of changed rules."""

    def run(*changes: tuple[str, str]) -> tuple[Problem, ...]:
        with pytest.raises(ConfigError) as caught:
            loaded(*changes)
        return caught.value.problems

    return run


def test_the_shipped_rules_are_right(rules: RuleSet) -> None:
    """Every category has a department, the last level needs no words, products have names."""
    policy = rules.policy

    assert set(policy.categories) == set(Category)
    assert [level.name for level in policy.severities] == ["serious", "important", "general"]
    assert [level.serious for level in policy.severities] == [True, False, False]
    assert policy.close_after == timedelta(days=7)
    assert policy.unsure_below == 0.6
    assert "鲜牛奶" in {product.name for product in rules.vocabulary.products}


def test_the_version_is_that_of_the_bytes(loaded: Callable[..., RuleSet]) -> None:
    """One changed blank is another version; the same file has always the same."""
    same, again = loaded().policy.version, loaded().policy.version
    other = loaded(("rules_version: 1", "rules_version:  1")).policy.version

    assert same == again != other
    assert len(same) == 12


def test_words_may_be_grouped_or_not(loaded: Callable[..., RuleSet]) -> None:
    """Lists within the list are for people."""
    found = loaded(("      - [赔偿, 索赔,", "      - 说法\n      - [赔偿, 索赔,"))

    assert found.policy.severities[1].words.find("给个说法，要赔偿") == ("说法", "赔偿")


MISTAKES = [
    (
        "department: delivery}",
        "department: delivry}",
        "categories.delivery.department",
        "unknown department 'delivry'",
        "Did you mean 'delivery'?",
    ),
    (
        "enquiries: {department: service",
        "enquiries: {department: xyz",
        "enquiries.department",
        "unknown department 'xyz'",
        "There are: quality, service, delivery",
    ),
    (
        "  other: {name: {zh: 其他, en: Other}, department: service}\n",
        "",
        "categories",
        "other is missing",
        "Add it",
    ),
    (
        "  other: {name",
        "  misc: {name",
        "categories.misc",
        "should be 'quality', 'service', 'delivery' or 'other'",
        "",
    ),
    (
        "name: {zh: 质量部, en: Quality Department}",
        "name: {zh: 质量部}",
        "departments.quality.name",
        "has no name in en",
        "Add en: …",
    ),
    (
        "desk_name: {zh: 客户投诉中心, en: Complaints Desk}",
        "desk_name: {en: Complaints Desk}",
        "desk_name",
        "has no name in zh",
        "Add zh: …",
    ),
    (
        "name: {zh: 重大, en: Serious}",
        "name: {zh: 重大}",
        "severity.serious.name",
        "has no name in en",
        "Add en: …",
    ),
    (
        "to: [quality@example.com]",
        "to: [quality at example.com]",
        "departments.quality",
        "'quality at example.com' is no mail address",
        "Write name@company.example",
    ),
    (
        "to: [quality@example.com]",
        "to: []",
        "departments.quality.to",
        "tuple should have at least 1 item",
        "",
    ),
    (
        "manager: qa-head@example.com",
        "manager: qa-head",
        "departments.quality",
        "'qa-head' is no mail address",
        "Write",
    ),
    (
        "alert: [gm@example.com]",
        "alert: [gm]",
        "severity.serious.alert",
        "'gm' is no mail address",
        "Write",
    ),
    (
        "supervisors: [supervisor@example.com]",
        "supervisors: [x@]",
        "supervisors",
        "'x@' is no mail address",
        "Write",
    ),
    (
        "cc: [dairy-lab@example.com]",
        "cc: [dairy]",
        "rules.1.then.cc",
        "'dairy' is no mail address",
        "Write",
    ),
    (
        "answer_within: 24 hours",
        "answer_within: soon",
        "severity.serious.answer_within",
        "'soon' is no limit. Write for example: 30 minutes",
        "",
    ),
    (
        "service, answer_within: 3 working days",
        "service, answer_within: 0 days",
        "enquiries.answer_within",
        "'0 days' is no limit",
        "",
    ),
    (
        "close_after: 7 days",
        "close_after: 12 hours",
        "process.close_after",
        "'12 hours' are no whole days",
        "Write for example: 7 days",
    ),
    (
        "close_after: 7 days",
        "close_after: 7 working days",
        "process.close_after",
        "'7 working days' are no whole days",
        "Write",
    ),
    (
        "hours: Mon-Fri 08:30-17:30",
        "hours: 9 to 5",
        "calendar",
        "'9 to 5' are no hours. Write for example: Mon-Fri 08:30-17:30",
        "",
    ),
    (
        "time_zone: Asia/Shanghai",
        "time_zone: Asia/Shangai",
        "calendar",
        "'Asia/Shangai' is no time zone",
        "",
    ),
    ('batch: ["########@"', 'batch: [""', "numbers.batch.0", "", ""),
    ("below: 0.6", "below: 60", "unsure.below", "should be less than or equal to 1", ""),
    (
        "then: {category: quality}",
        "then: {category: qualty}",
        "rules.0.then.category",
        "should be 'quality', 'service', 'delivery' or 'other'",
        "",
    ),
    (
        "then: {category: quality}",
        "then: {severity: grave}",
        "rules.0",
        "unknown severity level 'grave'",
        "There are: serious, important, general",
    ),
    (
        "then: {category: quality}",
        "then: {department: servce}",
        "rules.0.then.department",
        "unknown department 'servce'",
        "Did you mean 'service'?",
    ),
    (
        "when: {category: [quality], product: [鲜牛奶*]}",
        "when: {}",
        "rules.1.when",
        "says nothing, so it always holds",
        "Add words",
    ),
    (
        "when: {words: [变质",
        "when: {wrods: [变质",
        "rules.0.when.wrods",
        "is no key we know",
        "Did you mean 'words'?",
    ),
    (
        "    answer_within: 3 working days\n",
        "    answer_within: 3 working days\n    words: [x]\n",
        "severity.general.words",
        "the last level is for all others",
        "Remove the words",
    ),
    (
        '- ["12315", "12345"]',
        "- [12315]",
        "severity.serious.words.9.0",
        "should be text",
        "Put it into quotes",
    ),
    ("languages: [zh, en]", "languages: [zh, fr]", "languages.1", "should be 'zh' or 'en'", ""),
    ("languages: [zh, en]", "languages: []", "languages", "tuple should have at least 1 item", ""),
    ("rules_version: 1", "rules_version: 3", "rules_version", "should be 1", ""),
    (
        "  general:\n    name",
        f"  {'g' * 33}:\n    name",
        f"severity.{'g' * 33}",
        "has too long a key",
        "At most 32",
    ),
    ("end: true", "end: false", "end", "should be True", ""),
]


@pytest.mark.parametrize(("old", "new", "key", "what", "fix"), MISTAKES)
def test_a_mistake_is_told_with_line_key_and_remedy(
    old: str, new: str, key: str, what: str, fix: str, wrong: Wrong, tmp_path: Path
) -> None:
    """Each kind of mistake, one at a time; the line is that of the key or of its block."""
    found = next(p for p in wrong((old, new)) if p.key == key)

    assert found.file == str(tmp_path / "rules.yaml")
    assert found.line > 0
    assert found.what.startswith(what)
    assert found.fix.startswith(fix)


def test_the_line_is_the_one_in_the_editor(wrong: Wrong, shipped: str) -> None:
    """Counted from one."""
    (found,) = wrong(("cc: [dairy-lab@example.com]", "cc: [dairy]"))
    lines = shipped.splitlines()

    assert "dairy-lab@example.com" in lines[found.line - 1]


def test_several_problems_are_told_at_once(wrong: Wrong) -> None:
    """One of each kind that only a second look can see."""
    found = wrong(
        ("department: delivery}", "department: delivry}"),
        ("answer_within: 24 hours", "answer_within: soon"),
        ("to: [quality@example.com]", "to: [quality]"),
        ("time_zone: Asia/Shanghai", "time_zone: Mars"),
        ("name: {zh: 重大, en: Serious}", "name: {zh: 重大}"),
    )

    assert {p.key for p in found} == {
        "categories.delivery.department",
        "severity.serious.answer_within",
        "departments.quality",
        "calendar",
        "severity.serious.name",
    }


def test_a_level_without_words_that_is_not_the_last_is_refused(wrong: Wrong, shipped: str) -> None:
    """It would swallow everything below it, or nothing: nobody can tell."""
    start = shipped.index("    words:\n      - [赔偿")
    end = shipped.index("    answer_within: 2 working days")
    (found,) = wrong((shipped[start:end], ""))

    assert (found.key, found.what) == (
        "severity.important",
        "has no words, so nothing can ever be so severe",
    )


def test_a_file_that_was_cut_is_always_refused(shipped: str, tmp_path: Path) -> None:
    """Cut at every tenth byte, it is never taken for a shorter set of rules."""
    data, path = shipped.encode(), tmp_path / "rules.yaml"
    for size in range(0, len(data.rstrip()) - 1, 10):
        path.write_bytes(data[:size])
        with pytest.raises(ConfigError) as caught:
            load(path)
        assert caught.value.problems
