"""When a rule holds: each part of a condition, alone and within others."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from cases.model import Category, Fact
from routing.assess import assess, assess_traced
from routing.deadlines import Limit
from routing.envelope import Envelope
from routing.hours import read_hours
from routing.policy import Policy
from routing.rules import Condition, Customers, Effect, Rule
from routing.words import Words
from tests.routing.test_assess import read, rule, with_rules

#: Monday 23 November 2026, ten in the morning in Shanghai; the office is open.
MORNING = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
NIGHT = datetime(2026, 11, 23, 15, 30, tzinfo=UTC)
MAIL = Envelope(
    sender="li@Hotel.example",
    complainant="guest@Mail.example",
    name="张伟",
    recipients=("shop@desk.example", "boss@desk.example"),
    mailbox="shop",
    received_at=MORNING,
    attached=frozenset({"photo", "any"}),
)
FACTS = (
    Fact(name="product", value="鲜奶", known=True, canonical="鲜牛奶 1L"),
    Fact(name="batch", value="20240611a", known=True, canonical="20240611A"),
    Fact(name="place", value="河北石家庄", known=False),
    Fact(name="organisation", value="Grand Hotel Ltd", known=False),
    Fact(name="customer_number", value="VIP-0042", known=False),
)
TEXT = "鲜奶酸了 KT-200b, and the fridge caught fire"


def holds(policy: Policy, when: Condition, envelope: Envelope = MAIL) -> str:
    """Return why a condition does not hold for the mail above, "" if it does."""
    one = with_rules(policy, rule("one", when, Effect(tags=("hit",))))
    mail = read(facts=FACTS, score=0.7, language="zh")
    found, traces = assess_traced(TEXT, mail, one, envelope=envelope)
    assert (found.tags == ("hit",)) is traces[0].hit
    assert (found.rules == ("one",)) is traces[0].hit
    return "" if traces[0].hit else traces[0].why


@pytest.mark.parametrize(
    ("there", "missing"),
    [
        ({"regex": (r"kt-[12]\d\d[A-C]",)}, {"regex": (r"KT-[34]\d\d",)}),
        ({"score_above": 0.6}, {"score_above": 0.8}),
        ({"score_below": 0.8}, {"score_below": 0.6}),
        ({"product": ("鲜牛奶*",)}, {"product": ("鲜牛奶",)}),
        ({"batch": ("2024####A",)}, {"batch": ("2023*",)}),
        ({"customer": ("guest@mail.example",)}, {"customer": ("li@hotel.example",)}),
        ({"customer": ("张伟",)}, {"customer": ("张",)}),
        ({"customer": ("Nobody", "grand hotel*")}, {"customer": ("grand hotel",)}),
        ({"customer": ("VIP-####",)}, {"customer": ("VIP-###",)}),
        ({"customers": ("vip",)}, {"customers": ("dealers",)}),
        ({"sender": ("*@hotel.example",)}, {"sender": ("*@mail.example",)}),
        ({"recipient": ("boss@*",)}, {"recipient": ("chief@*",)}),
        ({"mailbox": ("shop",)}, {"mailbox": ("complaints",)}),
        ({"region": Words(("河北",))}, {"region": Words(("北京",))}),
        ({"language": ("en", "zh")}, {"language": ("en",)}),
        ({"attached": ("pdf", "photo")}, {"attached": ("pdf",)}),
        ({"hours": read_hours("Mon 10:00-10:01")}, {"hours": read_hours("Mon 08:00-10:00")}),
        ({"working": "in"}, {"working": "outside"}),
    ],
)
def test_each_part_holds_or_says_why_not(
    there: dict[str, object], missing: dict[str, object], policy: Policy
) -> None:
    """Any value of a part will do; where none is there, the rule says which part it was."""
    lists = {"vip": Customers.of(["VIP-####", "nobody@x.example"]), "dealers": Customers.of(["x"])}
    policy = replace(policy, customers=lists)

    assert holds(policy, Condition(**there)) == ""  # type: ignore[arg-type] # a table
    assert holds(policy, Condition(**missing)) != ""  # type: ignore[arg-type] # a table


@pytest.mark.parametrize(
    "when",
    [
        {"product": ("*",)}, {"batch": ("*",)}, {"customer": ("*",)}, {"sender": ("*",)},
        {"recipient": ("*",)}, {"mailbox": ("*",)}, {"region": Words(("河北",))},
        {"attached": ("any",)}, {"hours": read_hours("Mon-Sun 00:00-24:00")}, {"working": "in"},
        {"working": "outside"}, {"customers": ("vip",)},
    ],
)  # fmt: skip
def test_what_nobody_knows_of_a_mail_holds_nothing(when: dict[str, object], policy: Policy) -> None:
    """A text alone has no sender, no hour and no facts: "anybody" is somebody."""
    one = with_rules(policy, rule("one", Condition(**when), Effect(tags=("hit",))))  # type: ignore[arg-type]

    assert assess("鲜奶酸了", read(), one).tags == ()


def test_the_night_is_outside_working_hours(policy: Policy) -> None:
    """Half past eleven in the evening, in the desk's time zone."""
    late = replace(MAIL, received_at=NIGHT)

    assert holds(policy, Condition(working="outside"), late) == ""
    assert holds(policy, Condition(working="in"), late) == "it came outside working hours"
    assert "Mon 23 Nov 2026 23:30" in holds(
        policy, Condition(hours=read_hours("Tue 00:00-24:00")), late
    )


FIRE, MILK, NOTHING = (
    Condition(words=Words(("fire",))),
    Condition(product=("鲜牛奶*",)),
    Condition(words=Words(("earthquake",))),
)


@pytest.mark.parametrize(
    ("when", "why"),
    [
        (Condition(every=(FIRE, MILK)), ""),
        (Condition(every=(FIRE, NOTHING)), "none of its words is there"),
        (Condition(some=(NOTHING, MILK)), ""),
        (
            Condition(some=(NOTHING, Condition(mailbox=("x",)))),
            "nothing under `any` holds: none of its words is there; it came into the mailbox shop",
        ),
        (Condition(never=(NOTHING,)), ""),
        (Condition(never=(NOTHING, FIRE)), "what stands under `not` holds: fire"),
        (Condition(words=Words(("fire",)), never=(Condition(never=(MILK,)),)), ""),
        (Condition(every=(Condition(some=(NOTHING, Condition(never=(NOTHING,)))),)), ""),
    ],
)
def test_conditions_stand_within_conditions(when: Condition, why: str, policy: Policy) -> None:
    """`all`, `any` and `not` mean what they say, at every depth."""
    assert holds(policy, when) == why


def test_a_rule_says_in_chinese_why_it_missed(policy: Policy) -> None:
    """As `explain --lang zh` shows it."""
    one = with_rules(policy, rule("one", Condition(some=(NOTHING, FIRE)), Effect()))
    traces = assess_traced("鲜奶酸了", read(), one, language="zh")[1]

    assert traces[0].why == "any 下都不成立：没有所列词语"


def test_what_holds_adds_up(policy: Policy) -> None:
    """Tags and rules come once each, a later sub-category wins, a new category takes it away."""
    rules = (
        rule("a", FIRE, Effect(tags=("hot", "vip"), subcategory="defect")),
        rule("b", MILK, Effect(tags=("vip", "milk"), subcategory="spoiled")),
        rule("c", NOTHING, Effect(tags=("never",))),
    )
    found = assess(TEXT, read(facts=FACTS), with_rules(policy, *rules), envelope=MAIL)
    moved = (*rules, rule("d", FIRE, Effect(category=Category.SERVICE)))
    elsewhere = assess(TEXT, read(facts=FACTS), with_rules(policy, *moved), envelope=MAIL)

    assert (found.tags, found.rules) == (("hot", "vip", "milk"), ("a", "b"))
    assert found.subcategory == "spoiled"
    assert elsewhere.subcategory != "spoiled"


def test_the_last_rule_with_a_limit_or_letters_of_its_own_has_its_way(policy: Policy) -> None:
    """Without one, the severity says how soon; rules that did not hold have no say."""
    day, hour = Limit.parse("1 day"), Limit.parse("1 hour")
    rules = (
        Rule(name="a", when=FIRE, then=Effect(answer_within=day, letters="warm")),
        Rule(name="b", when=FIRE, then=Effect(answer_within=hour)),
        Rule(name="c", when=FIRE, then=Effect(letters="cold", process={"satisfaction": False})),
    )
    ruled = with_rules(policy, *rules)

    assert ruled.answer_limit("general", ("a", "b", "c")) == hour
    assert ruled.answer_limit("general", ("a",)) == day
    assert ruled.answer_limit("general") == policy.severity("general").answer_within
    assert [ruled.variant(names) for names in (("a", "c"), ("a",), ())] == ["cold", "warm", ""]
    assert not ruled.process(Category.QUALITY, "general", ("c",)).satisfaction
    assert ruled.process(Category.QUALITY, "general", ("a",)).satisfaction
