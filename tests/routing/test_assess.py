"""The initial assessment: rules first, model second, every reason kept."""

from dataclasses import replace

import pytest

from cases.model import Category, Classification, Fact, Matter
from routing.assess import assess, assess_traced
from routing.envelope import Envelope
from routing.policy import Policy, SeverityLevel, Subcategory
from routing.rules import Condition, Effect, Rule
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
        (Condition(category=(Category.SERVICE,)), "the category is quality"),
        (Condition(severity=("serious",)), "the severity is general"),
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
        "重大，因为安全隐患：exploded",
    )
    assert en.reasons == (
        "Quality: the model is 90% sure; words that count: leaks, 漏水",
        "Serious, because of danger: exploded",
    )


def test_a_rule_that_decides_takes_the_place_of_the_models_reason(policy: Policy) -> None:
    """Then the model's words would only mislead."""
    found = assess("发霉", read(), policy)

    assert found.reasons == (
        "规则“A foreign body or spoiled food is a matter of quality”：发霉",
        "质量·变质：发霉",
    )


def test_a_reason_without_words_ends_cleanly(policy: Policy) -> None:
    """Nothing is left hanging where the model names no words."""
    found = assess("It is bad", read(evidence=()), policy)

    assert found.reasons == ("质量：模型判断，把握 90%",)


BOTH = {Category.QUALITY: 0.9, Category.SERVICE: 0.2, Category.DELIVERY: 0.5}


def test_each_criterion_that_holds_gives_its_own_reason(policy: Policy) -> None:
    """Who reads the case sees what tipped it, criterion by criterion, of that level only."""
    found = assess("It caught fire. My lawyer will want compensation.", read(), policy)

    assert found.reasons[1:] == ("重大，因为安全隐患：caught fire", "重大，因为法律：my lawyer")


def test_a_rule_that_chooses_another_level_takes_the_words_of_the_first_away(
    policy: Policy,
) -> None:
    """Words of a level that no longer counts would only mislead."""
    one = rule("one", Condition(category=(Category.QUALITY,)), Effect(severity="general"))
    found = assess("It exploded", read(), with_rules(policy, one))

    assert found.severity == "general"
    assert not any("exploded" in reason for reason in found.reasons)


def test_a_large_loss_needs_an_amount_beside_it(policy: Policy) -> None:
    """`amount_above: 50000`, blind to the currency; a price is no loss."""
    serious = ("损失约8万元", "We lost revenue of $120,000", "请赔偿 ¥50001")
    others = ("损失约800元", "We lost $12", "I paid $120,000 for it. It is lost")

    assert [assess(text, read(), policy).severity for text in serious] == ["serious"] * 3
    assert "serious" not in [assess(text, read(), policy).severity for text in others]


@pytest.mark.parametrize(
    ("text", "category", "below"),
    [
        ("饼干里有虫", Category.QUALITY, "foreign_body"),
        ("The bread was mouldy and had a crack", Category.QUALITY, "spoiled"),
        ("水壶漏水", Category.QUALITY, "defect"),
        ("You were rude about my refund", Category.SERVICE, "attitude"),
        ("退款一直没到", Category.SERVICE, "refund"),
        ("The parcel arrived broken", Category.DELIVERY, "damaged"),
        ("发错货了", Category.DELIVERY, "wrong_item"),
        ("It never arrived", Category.DELIVERY, "lost"),
        ("还没到", Category.DELIVERY, "late"),
        ("降价了", Category.OTHER, "price"),
        ("Hm", Category.QUALITY, ""),
    ],
)
def test_the_first_sub_category_whose_words_hold_counts(
    text: str, category: Category, below: str, policy: Policy
) -> None:
    """Within the category that was chosen (K034)."""
    assert assess(text, read(category=category), with_rules(policy)).subcategory == below


def with_owner(policy: Policy) -> Policy:
    """Return the policy with one sub-category of quality, which Service answers for."""
    below = Subcategory(
        key="manual",
        names={"zh": "说明书", "en": "Manual"},
        words=Words(("manual",)),
        department="service",
    )
    quality = replace(policy.categories[Category.QUALITY], sub=(below,))
    return replace(policy, categories={**policy.categories, Category.QUALITY: quality})


def test_a_sub_category_may_have_a_department_of_its_own(policy: Policy) -> None:
    """It answers instead of the category's; a rule's department comes before both."""
    owned = with_owner(policy)
    one = rule("one", Condition(subcategory=("manual",)), Effect(departments=("delivery",)))

    assert assess("The manual is wrong", read(), owned).departments == ("service",)
    assert assess("It is wrong", read(), owned).departments == ("quality",)
    ruled = with_rules(owned, one)
    assert assess("The manual is wrong", read(), ruled).departments == ("delivery",)
    assert assess_traced("It", read(), ruled)[1][0].why == "there is no sub-category"


def test_a_second_matter_is_told_to_its_department_too(policy: Policy) -> None:
    """From `several: {above: 0.5}` on; the department of the main matter comes first (K024)."""
    found = assess("Hm", read(labels=BOTH), policy)

    assert found.also == (Category.DELIVERY,)
    assert found.departments == ("quality", "delivery")
    assert found.reasons[-1] == "同时涉及物流：模型判断，把握 50%"
    below = {**BOTH, Category.DELIVERY: 0.49}
    assert assess("Hm", read(labels=below), policy).also == ()


@pytest.mark.parametrize("changes", [{"score": 0.5}, {"matter": Matter.ENQUIRY}])
def test_no_second_matter_and_no_question_where_the_first_is_open(
    changes: dict[str, object], policy: Policy
) -> None:
    """While a person is asked for the category, or nobody complains, nothing more is concluded."""
    found = assess("Hm", read(labels=BOTH, **changes), policy)

    assert (found.also, found.missing) == ((), ())


def test_a_rule_may_add_a_matter(policy: Policy) -> None:
    """`then: {also: […]}`; other has no say in who is told, and the main matter is not added."""
    also = (Category.OTHER, Category.SERVICE, Category.QUALITY)
    one = rule("one", Condition(category=(Category.QUALITY,)), Effect(also=also))
    found = assess("Hm", read(), with_rules(policy, one))

    assert found.also == (Category.SERVICE, Category.OTHER)
    assert found.departments == ("quality", "service")
    assert found.reasons[-2:] == ("同时涉及服务：按规则", "同时涉及其他：按规则")


@pytest.mark.parametrize(
    ("names", "missing"),
    [
        ((), ("product|model", "batch|serial|order")),
        (("product",), ("batch|serial|order",)),
        (("model", "order"), ()),
        (("phone", "batch"), ("product|model",)),
    ],
)
def test_what_the_category_needs_and_the_mail_lacks_is_named(
    names: tuple[str, ...], missing: tuple[str, ...], policy: Policy
) -> None:
    """One of the alternatives is enough; those that are all lacking stay together (K038)."""
    facts = tuple(Fact(name=name, value="x") for name in names)

    assert assess("Hm", read(facts=facts), policy).missing == missing


def test_a_rule_asks_for_more_and_a_photo_counts_when_it_is_attached(policy: Policy) -> None:
    """`ask_for: [batch, photo]` takes the place of the looser need that holds batch."""
    facts = (MILK,)

    assert assess("鲜奶酸了", read(facts=facts), policy).missing == ("batch", "photo")
    sent = assess(
        "鲜奶酸了", read(facts=facts), policy, envelope=Envelope(attached=frozenset({"photo"}))
    )
    assert sent.missing == ("batch",)


def test_a_level_is_chosen_by_any_of_its_criteria(policy: Policy) -> None:
    """Each named criterion of a level is enough."""
    serious: SeverityLevel = policy.severities[0]
    keys = [criterion.key for criterion in serious.criteria]

    assert keys == [
        *("injury", "illness", "danger", "law", "media", "authority", "extreme", "large_loss"),
    ]
