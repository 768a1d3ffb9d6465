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
    assert policy.usual.silence == timedelta(days=7)
    assert policy.unsure_below == 0.6
    assert policy.unsure_ask == policy.supervisors
    assert (policy.guess_after.amount, policy.guess_after.working) == (timedelta(hours=4), "hours")
    assert policy.also_above == 0.5
    assert "鲜牛奶" in {product.name for product in rules.vocabulary.products}


def test_the_version_is_that_of_the_bytes(loaded: Callable[..., RuleSet]) -> None:
    """One changed blank is another version; the same file has always the same."""
    same, again = loaded().policy.version, loaded().policy.version
    other = loaded(("rules_version: 1", "rules_version:  1")).policy.version

    assert same == again != other
    assert len(same) == 12


def test_words_may_be_grouped_or_not(loaded: Callable[..., RuleSet]) -> None:
    """Lists within the list are for people."""
    found = loaded(("          - [损失, 赔偿,", "          - 说法\n          - [损失, 赔偿,"))
    words = found.policy.severities[0].criteria[-1].words

    assert words.find("给个说法，赔偿8万元") == ("说法", "赔偿")


MISTAKES = [
    (
        "    department: delivery\n",
        "    department: delivry\n",
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
        "  other:\n    name",
        "  misc:\n    name",
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
        "within: 7 days",
        "within: 12 hours",
        "process.usual.confirm.within",
        "'12 hours' are no whole days",
        "Write for example: 7 days",
    ),
    (
        "within: 7 days",
        "within: 7 working days",
        "process.usual.confirm.within",
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
    (
        "name: 鲜牛奶, aliases",
        "batches: [''], name: 鲜牛奶, aliases",
        "products.0.batches.0",
        "",
        "",
    ),
    ("below: 0.6", "below: 60", "unsure.below", "should be less than or equal to 1", ""),
    (
        "then: {category: quality, letters: keep_sample}",
        "then: {category: qualty}",
        "rules.0.then.category",
        "should be 'quality', 'service', 'delivery' or 'other'",
        "",
    ),
    (
        "then: {category: quality, letters: keep_sample}",
        "then: {severity: grave}",
        "rules.0.then.severity",
        "unknown severity level 'grave'",
        "There are: serious, important, general",
    ),
    (
        "then: {category: quality, letters: keep_sample}",
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
        "    answer_within: 3 working days\n    any: {x: {name: {zh: 甲, en: X}, words: [x]}}\n",
        "severity.general",
        "the last level is for all others",
        "Remove its criteria",
    ),
    (
        "- [损失, 赔偿",
        "- [5000, 赔偿",
        "severity.serious.any.large_loss.words.0.0",
        "should be text",
        "Put it into quotes",
    ),
    (
        "- [损失, 赔偿",
        "- [(损失, 赔偿",
        "severity.serious.any.large_loss.words.0.0",
        "'(损失': write alternatives as (one|other), and none within another",
        "See “How words match”",
    ),
    (
        "        amount_above: 50000\n",
        "        unless: [a ~ b ~ c]\n",
        "severity.serious.any.large_loss.unless.0",
        "'a ~ b ~ c' has more than one `~`",
        "See",
    ),
    (
        "lists: [injury]",
        "words: []",
        "severity.serious.any.injury",
        "has no words, so it never holds",
        "Add `words` or `lists`",
    ),
    (
        "lists: [injury]",
        "lists: [injry]",
        "severity.serious.any.injury.lists",
        "unknown list of words 'injry'",
        "Did you mean 'injury'?",
    ),
    (
        "injury: {name: {zh: 有人受伤, en: injury}",
        "injury: {name: {zh: 有人受伤}",
        "severity.serious.any.injury.name",
        "has no name in en",
        "Add en: …",
    ),
    (
        "needs: [product|model, batch|serial|order]",
        "needs: [product|modell, batch]",
        "categories.quality.needs.0",
        "unknown fact 'modell'",
        "Did you mean 'model'?",
    ),
    (
        "ask_for: [batch, photo]",
        "ask_for: [batch, foto]",
        "rules.1.then.ask_for.1",
        "unknown fact 'foto'",
        "Did you mean 'photo'?",
    ),
    (
        "        name: {zh: 异物, en: Foreign body}\n",
        "        name: {zh: 异物, en: Foreign body}\n        department: qualty\n",
        "categories.quality.sub.foreign_body.department",
        "unknown department 'qualty'",
        "Did you mean 'quality'?",
    ),
    (
        "      packaging:\n",
        "      empty: {name: {zh: 空, en: Empty}, words: []}\n      packaging:\n",
        "categories.quality.sub.empty",
        "has no words, so no mail can ever be of it",
        "Add words",
    ),
    (
        "      packaging:\n",
        "      defect:\n",
        "categories.quality.sub.defect",
        "is there twice",
        "Keep one of the two",
    ),
    (
        "when: {category: [quality], product: [鲜牛奶*]}",
        "when: {category: [quality], subcategory: [spoild]}",
        "rules.1.when.subcategory",
        "unknown sub-category 'spoild'",
        "Did you mean 'spoiled'?",
    ),
    (
        "when: {category: [quality], product: [鲜牛奶*]}",
        "when: {category: [quality], unless: [x]}",
        "rules.1.when.unless",
        "has no words that it could except",
        "Add words",
    ),
    (
        "below: 0.6, take",
        "below: 0.6, ask: [supervisor], take",
        "unsure",
        "'supervisor' is no mail address",
        "Write",
    ),
    (
        "take_best_guess_after: 4 working hours",
        "take_best_guess_after: soon",
        "unsure.take_best_guess_after",
        "'soon' is no limit",
        "",
    ),
    ("several: {above: 0.5}", "several: {above: 5}", "several.above", "should be less", ""),
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
    (
        "    answer_within: 3 working days\n",
        "    answer_within: 3 working days\n    repeated_within: 7 days\n",
        "severity.general.repeated_within",
        "raises nothing: this is the last level",
        "Remove it",
    ),
    (
        "repeated_within: 30 days",
        "repeated_within: 12 hours",
        "severity.important.repeated_within",
        "'12 hours' are no whole days",
        "Write",
    ),
    (
        "management: [gm@example.com]",
        "management: [gm]",
        "management",
        "'gm' is no mail address",
        "Write",
    ),
    (
        "finance: [finance@example.com]",
        "finance: [cash]",
        "finance",
        "'cash' is no mail address",
        "Write",
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
        ("    department: delivery\n", "    department: delivry\n"),
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


def test_a_level_without_criteria_that_is_not_the_last_is_refused(
    wrong: Wrong, shipped: str
) -> None:
    """It would swallow everything below it, or nothing: nobody can tell."""
    start = shipped.index("    any:\n      compensation:")
    end = shipped.index("    answer_within: 2 working days")
    (found,) = wrong((shipped[start:end], ""))

    assert (found.key, found.what) == (
        "severity.important",
        "has no criteria, so nothing can ever be so severe",
    )


def test_a_category_that_is_left_out_is_missed(wrong: Wrong, shipped: str) -> None:
    """All four must be there, and a name that is none is refused."""
    start, end = shipped.index("  other:\n    name"), shipped.index("# How serious it is")
    (found,) = wrong((shipped[start:end], ""))

    assert (found.key, found.what) == ("categories", "other is missing")


def test_products_may_stand_in_a_file_of_their_own(
    loaded: Callable[..., RuleSet], wrong: Wrong, tmp_path: Path
) -> None:
    """`products_file` is looked for beside rules.yaml, adds to `products`, and makes a version."""
    more = ("numbers:\n", "products_file: more.csv\nnumbers:\n")
    (missing,) = wrong(more)
    assert missing.what == "there is no such file"

    (tmp_path / "more.csv").write_text("name,aliases\nToaster T1,T1 toaster\n鲜牛奶,\n")
    (twice,) = wrong(more)
    assert (twice.key, twice.what) == ("products_file", "'鲜牛奶' stands under products already")

    (tmp_path / "more.csv").write_text("name,aliases\nToaster T1,T1 toaster\n")
    found = loaded(more)
    assert found.vocabulary.products[-1].names == ("Toaster T1", "T1 toaster")
    (tmp_path / "more.csv").write_text("name,aliases\nToaster T1,T1\n")
    assert loaded(more).policy.version != found.policy.version


def test_supervisors_keep_lists_of_their_own(
    loaded: Callable[..., RuleSet], tmp_path: Path
) -> None:
    """A file in `lists` beside rules.yaml is read instead of the shipped one of that name."""
    (tmp_path / "lists").mkdir()
    (tmp_path / "lists" / "injury.txt").write_text("# ours\n蛰伤, bee *stung*\nunless:\n蛰伤膏")
    with pytest.raises(ConfigError) as caught:
        loaded()
    (problem,) = caught.value.problems
    assert (problem.file, problem.line) == (str(tmp_path / "lists" / "injury.txt"), 2)
    assert problem.what == "'bee *stung*' has a star that is not at the end of a word"

    before = loaded(("lists: [injury]", "words: [x]")).policy.version
    (tmp_path / "lists" / "injury.txt").write_text("# ours\n蛰伤，bee stung\nunless:\n蛰伤膏")
    found = loaded().policy.severities[0].criteria[0].words

    assert found.find("被蛰伤，买了蛰伤膏; bee stung") == ("蛰伤", "bee stung")
    assert found.find("受伤") == ()
    assert loaded().policy.version != before


def test_a_changed_list_is_another_version(loaded: Callable[..., RuleSet], tmp_path: Path) -> None:
    """The words that decided a case are those of its version, wherever they stand."""
    shipped_version = loaded().policy.version
    (tmp_path / "lists").mkdir()
    (tmp_path / "lists" / "law.txt").write_text("sue\n")

    assert loaded().policy.version != shipped_version


@pytest.mark.parametrize(
    ("data", "what"),
    [(b"\xff\xfe", "can't be read"), (b"# only this\nunless:\nx", "has no words")],
)
def test_a_list_that_says_nothing_is_refused(
    data: bytes, what: str, wrong: Wrong, tmp_path: Path
) -> None:
    """It is named with its file."""
    (tmp_path / "lists").mkdir()
    (tmp_path / "lists" / "law.txt").write_bytes(data)
    (found,) = wrong()

    assert (found.file, found.what) == (str(tmp_path / "lists" / "law.txt"), what)


def test_a_file_that_was_cut_is_always_refused(shipped: str, tmp_path: Path) -> None:
    """Cut at every two hundredth byte, it is never taken for a shorter set of rules."""
    data, path = shipped.encode(), tmp_path / "rules.yaml"
    for size in range(0, len(data.rstrip()) - 1, 200):
        path.write_bytes(data[:size])
        with pytest.raises(ConfigError) as caught:
            load(path)
        assert caught.value.problems
