"""The initial assessment: rules first, model second, every reason kept."""

from dataclasses import replace

import pytest

from cases.model import Category, Classification, Fact, Matter
from routing.assess import assess, assess_traced
from routing.policy import Condition, Effect, Policy, Rule
from routing.words import Words

MILK = Fact(name="product", value="鲜奶", known=True, canonical="鲜牛奶")


def read(**changes: object) -> Classification:
    """Return what the model read: quality, 90 % sure, a complaint."""
    plain = Classification(
        language="en",
        matter=Matter.COMPLAINT,
        category=Category.QUALITY,
        score=0.9,
        labels={},
        evidence=("leaks", "漏水"),
    )
    return replace(plain, **changes)  # type: ignore[arg-type] # the tests name real fields


def with_rules(policy: Policy, *rules: Rule) -> Policy:
    return replace(policy, rules=rules)


def rule(name: str, when: Condition, then: Effect, *, stop: bool = False) -> Rule:
    return Rule(name=name, when=when, then=then, stop=stop)


def test_without_a_rule_the_model_decides(policy: Policy) -> None:
    """Category, score and department are the model's."""
    found = assess("It leaks.", read(), policy)

    assert (found.category, found.source, found.score) == (Category.QUALITY, "model", 0.9)
    assert found.departments == ("quality",)
    assert not found.unsure


def test_a_rule_overrules_the_model(policy: Policy) -> None:
    """The shipped rule on foreign bodies makes a sure delivery complaint one of quality."""
    found = assess("送来的牛奶里有虫子", read(category=Category.DELIVERY), policy)

    assert (found.category, found.source, found.score) == (Category.QUALITY, "rule", 1.0)
    assert found.departments == ("quality",)
    assert not found.unsure


def test_rules_add_up_from_top_to_bottom(policy: Policy) -> None:
    """The category that one rule sets is what the next one sees: the dairy lab gets its copy."""
    found = assess("鲜奶里有虫子", read(category=Category.DELIVERY, facts=(MILK,)), policy)

    assert found.cc == ("dairy-lab@example.com",)


def test_stop_ends_the_list(policy: Policy) -> None:
    """Rules below one that holds and says stop are not even tried."""
    words = Condition(words=Words(("leak*",)))
    first = rule("first", words, Effect(departments=("service",)), stop=True)
    second = rule("second", words, Effect(departments=("delivery",)))
    found, traces = assess_traced("It leaks", read(), with_rules(policy, first, second))

    assert found.departments == ("service",)
    assert [(t.rule, t.hit) for t in traces] == [("first", True)]


def test_a_rule_that_misses_stops_nothing(policy: Policy) -> None:
    """`stop` counts only for a rule that holds."""
    first = rule("first", Condition(words=Words(("fire",))), Effect(), stop=True)
    second = rule("second", Condition(words=Words(("leak*",))), Effect(departments=("delivery",)))
    found, traces = assess_traced("It leaks", read(), with_rules(policy, first, second))

    assert found.departments == ("delivery",)
    assert [(t.rule, t.hit, t.why) for t in traces] == [
        ("first", False, "none of its words is there"),
        ("second", True, "leaks"),
    ]


def test_departments_and_copies_of_several_rules_come_once_each(policy: Policy) -> None:
    """Two rules that name the same department route one mail to it."""
    when = Condition(category=(Category.QUALITY,))
    rules = (
        rule("a", when, Effect(departments=("service",), cc=("a@example.com",))),
        rule("b", when, Effect(departments=("quality", "service"), cc=("a@example.com",))),
    )
    found = assess("x", read(), with_rules(policy, *rules))

    assert found.departments == ("service", "quality")
    assert found.cc == ("a@example.com",)


@pytest.mark.parametrize(
    ("when", "why"),
    [
        (Condition(category=(Category.SERVICE,)), "category is quality"),
        (Condition(severity=("serious",)), "severity is general"),
        (Condition(product=("电热*",)), "none of its products is named"),
        (Condition(words=Words(("fire",))), "none of its words is there"),
        (
            Condition(category=(Category.QUALITY,), words=Words(("fire",))),
            "none of its words is there",
        ),
    ],
)
def test_a_rule_says_why_it_missed(when: Condition, why: str, policy: Policy) -> None:
    """Every part that is given must hold; the first that doesn't is named."""
    one = rule("one", when, Effect())
    _, traces = assess_traced("鲜奶", read(facts=(MILK,)), with_rules(policy, one))

    assert [(t.hit, t.why) for t in traces] == [(False, why)]


@pytest.mark.parametrize("pattern", ["鲜牛奶", "鲜*", "*奶"])
def test_products_are_matched_by_their_catalogue_name(pattern: str, policy: Policy) -> None:
    """A pattern with * as in file names, on the canonical name, in any case."""
    one = rule("one", Condition(product=("X", pattern)), Effect(severity="important"))

    assert assess("鲜奶", read(facts=(MILK,)), with_rules(policy, one)).severity == "important"


@pytest.mark.parametrize(
    ("text", "severity", "alert"),
    [
        ("It leaks", "general", ()),
        ("I want compensation", "important", ()),
        ("My hand was burnt and I want compensation", "serious", ("gm@example.com",)),
        ("我要打12315投诉", "serious", ("gm@example.com",)),
        ("Nobody was injured", "general", ()),
    ],
)
def test_the_most_serious_level_whose_words_are_there_wins(
    text: str, severity: str, alert: tuple[str, ...], policy: Policy
) -> None:
    """From top to bottom; the last level needs no words; its alerts come with it."""
    found = assess(text, read(), policy)

    assert (found.severity, found.alert) == (severity, alert)


def test_a_rule_may_set_the_severity_and_its_alert_follows(policy: Policy) -> None:
    """Whoever is told at that level is told."""
    one = rule("one", Condition(category=(Category.QUALITY,)), Effect(severity="serious"))
    found = assess("It leaks", read(), with_rules(policy, one))

    assert (found.severity, found.alert) == ("serious", ("gm@example.com",))


@pytest.mark.parametrize(("score", "unsure"), [(0.59, True), (0.6, False), (1.0, False)])
def test_below_the_limit_of_the_file_the_model_guesses(
    score: float, unsure: bool, policy: Policy
) -> None:
    """`unsure: {below: 0.6}`."""
    assert assess("It leaks", read(score=score), policy).unsure is unsure


def test_a_rule_is_never_unsure(policy: Policy) -> None:
    """What the supervisors said is certain, however little the model knew."""
    assert not assess("发霉", read(score=0.1), policy).unsure


@pytest.mark.parametrize("matter", [Matter.ENQUIRY, Matter.SUGGESTION, Matter.PRAISE])
def test_what_is_no_complaint_goes_to_the_department_for_enquiries(
    matter: Matter, policy: Policy
) -> None:
    """Whatever its category."""
    found = assess("How do I descale it?", read(matter=matter), policy)

    assert (found.matter, found.departments) == (matter, ("service",))


@pytest.mark.parametrize("text", ["I will call my lawyer", "有虫子"])
def test_who_threatens_or_names_a_defect_complains(text: str, policy: Policy) -> None:
    """Words of severity and categories by rule make a complaint of the politest question."""
    found = assess(text, read(matter=Matter.ENQUIRY), policy)

    assert found.matter is Matter.COMPLAINT
    assert found.departments == ("quality",)


def test_reasons_are_in_the_language_of_the_house(policy: Policy) -> None:
    """Departments read the first language of rules.yaml, whatever the complainant wrote."""
    zh = assess("The kettle exploded", read(), policy)
    en = assess("The kettle exploded", read(), replace(policy, languages=("en", "zh")))

    assert zh.reasons == (
        "质量：模型判断，把握 90%；依据：leaks, 漏水",
        "重大，因为出现：exploded",
    )
    assert en.reasons == (
        "Quality: the model is 90% sure; words that count: leaks, 漏水",
        "Serious, because of: exploded",
    )


def test_a_rule_that_decides_takes_the_place_of_the_models_reason(policy: Policy) -> None:
    """Then the model's words would only mislead."""
    found = assess("发霉", read(), policy)

    assert found.reasons == ("规则“A foreign body or spoiled food is a matter of quality”：发霉",)


def test_a_reason_without_words_ends_cleanly(policy: Policy) -> None:
    """Nothing is left hanging where the model names no words."""
    found = assess("It leaks", read(evidence=()), policy)

    assert found.reasons == ("质量：模型判断，把握 90%",)
