"""Examples are tests: each is handled by the real desk, and every difference is a sentence."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

import pytest

from cases.model import Category, Classification, Fact
from ingest.parse import parse
from pipeline import config
from pipeline.config import Settings
from pipeline.reading import InlineReader, Reader, ReadingFailed, Tools
from pipeline.reading_wire import Reading
from pipeline.rehearse import Result, failures, rehearse
from pipeline.rehearse_mail import mail_of, received_at, stranger_to
from pipeline.rules_examples import Example
from pipeline.rules_file import RuleSet
from pipeline.rules_schema_rule import GivesBlock, MailBlock
from routing.envelope import KINDS, envelope_of
from routing.policy import Policy
from routing.rules import Condition, Customers, Effect, Rule
from routing.words import Words
from tests.conftest import PlainClassifier
from tests.pipeline.conftest import Office

SPOILED = "A foreign body or spoiled food is a matter of quality"
DAIRY = "Dairy goes to the dairy lab as well"
MILK = "The milk is spoiled."
FACTS = {
    "product": "鲜牛奶",
    "model": "M1",
    "batch": "20261120A",
    "serial": "SN48213377",
    "order": "SO20261107",
    "tracking": "JD0146",
    "customer": "Mary Miller",
    "phone": "138-0000-2210",
}

Rehearse = Callable[..., tuple[Result, ...]]


class MilkClassifier(PlainClassifier):
    """Reads as the plain one; knows the facts of a mail that names milk, and doubts `odd`."""

    def classify(
        self, text: str, *, subject: str = "", language: str = "", signature: str = ""
    ) -> Classification:
        """Find every fact there is in the word `milk`."""
        read = super().classify(text, subject=subject, language=language)
        if "odd" in text:
            return replace(read, score=0.4)
        if "milk" not in text:
            return read
        facts = (Fact(name=name, value=value, known=True) for name, value in FACTS.items())
        return replace(read, facts=tuple(facts))


def example(
    mail: str | Mapping[str, object] | bytes,
    gives: Mapping[str, object] | None = None,
    /,
    *,
    of: str = SPOILED,
    **more: object,
) -> Example:
    """Return an example of the rule called `of`, as rules.yaml gives it."""
    block = {"text": mail} if isinstance(mail, str) else mail
    return Example(
        rule=of,
        line=7,
        mail=block if isinstance(block, bytes) else MailBlock.model_validate(block),
        gives=GivesBlock.model_validate({**(gives or {}), **more}),
    )


def with_rules(rules: RuleSet, *more: Rule, **changes: object) -> RuleSet:
    """Return the shipped rules with others at their end, and changes of the policy."""
    there = (*rules.policy.rules, *more)
    policy = replace(rules.policy, rules=there, **changes)  # type: ignore[arg-type] # real fields
    return replace(rules, policy=policy)


@pytest.fixture
def settings(config_file: Path) -> Settings:
    """The settings of a desk with one mailbox."""
    return config.load(config_file, environment={})


@pytest.fixture
def reader(rules: RuleSet, settings: Settings, key: bytes) -> Reader:
    """A reader without a model."""
    own = settings.own_addresses
    tools = Tools(vocabulary=rules.vocabulary, own_addresses=own, key=key)
    return InlineReader(tools, classifier=MilkClassifier(rules.vocabulary))


@pytest.fixture
def play(rules: RuleSet, settings: Settings, reader: Reader, monday_nine: datetime) -> Rehearse:
    """Return a function that rehearses examples on Monday at nine."""

    def call(
        *examples: Example, by: RuleSet = rules, reading: Reader = reader
    ) -> tuple[Result, ...]:
        return rehearse(by, examples, settings=settings, now=monday_nine, reader=reading)

    return call


def said(results: tuple[Result, ...]) -> list[tuple[str, ...]]:
    return [result.differences for result in results]


# ---------------------------------------------------------------- the shipped file


def test_every_example_of_the_shipped_rules_passes(
    rules: RuleSet, settings: Settings, monday_nine: datetime
) -> None:
    """With the shipped model, what rules.yaml says of its own mails is true."""
    assert rehearse(rules, rules.examples, settings=settings, now=monday_nine)
    assert failures(rules, settings=settings, now=monday_nine) == ()


def test_each_shipped_rule_has_a_mail_for_it_and_one_that_is_not_in_both_languages(
    rules: RuleSet,
) -> None:
    """Four examples a rule: Chinese and English, that must hold and that must not."""
    for rule in rules.policy.rules:
        kinds = [
            (one.mail.text.isascii(), one.gives.rule)
            for one in rules.examples
            if one.rule == rule.name and isinstance(one.mail, MailBlock)
        ]

        assert sorted(kinds) == [(False, False), (False, True), (True, False), (True, True)]


# ---------------------------------------------------------------- every key is compared

#: What the mail about milk gives.
RIGHT: dict[str, object] = {
    "rule": True,
    "matter": "complaint",
    "category": "quality",
    "subcategory": "spoiled",
    "severity": "general",
    "department": "quality",
    "cc": "dairy-lab@example.com",
    "tags": ["fresh", "milk"],
    "asks_for": "photo",
    "answer_within": "3 working days",
    "unsure": False,
    **FACTS,
}
#: A wrong expectation of each key, and how the difference is told.
WRONG: dict[str, tuple[object, str]] = {
    "rule": (False, "the rule holds, but must not, because of: spoiled"),
    "matter": ("praise", "matter: complaint instead of praise"),
    "category": ("service", "category: quality instead of service"),
    "subcategory": ("", "subcategory: spoiled instead of none"),
    "severity": ("serious", "severity: general instead of serious"),
    "department": (["quality", "service"], "department: quality instead of quality, service"),
    "cc": (
        ["dairy-lab@example.com", "gm@example.com"],
        "cc: gm@example.com is missing; there is only dairy-lab@example.com",
    ),
    "tags": (["milk", "vip"], "tags: vip is missing; there is only milk, fresh"),
    "asks_for": ("batch|serial", "asks_for: batch|serial is missing; there is only photo"),
    "answer_within": (
        "24 hours",
        "answer_within: due Thu 26 Nov 2026 09:00 instead of Tue 24 Nov 2026 09:00 (24 hours)",
    ),
    "unsure": (
        True,
        "unsure: the desk is sure of the category (100%), but this was expected: "
        "the category is only a guess",
    ),
    "product": ("鲜奶油", "product: 鲜牛奶, M1 instead of 鲜奶油"),
    **{
        name: ("X-1", f"{name}: {value} instead of X-1")
        for name, value in FACTS.items()
        if name != "product"
    },
}


@pytest.fixture
def tagged(rules: RuleSet) -> RuleSet:
    """The shipped rules, and one that tags what names milk."""
    words = Condition(words=Words(("milk",)))
    return with_rules(rules, Rule(name="tag", when=words, then=Effect(tags=("milk", "fresh"))))


def test_what_an_example_rightly_says_passes(tagged: RuleSet, play: Rehearse) -> None:
    """With every key of `gives` at once, and all of them right, nothing differs."""
    assert set(RIGHT) == set(WRONG) == set(GivesBlock.model_fields)
    assert said(play(example(MILK, RIGHT), by=tagged)) == [()]


@pytest.mark.parametrize("key", list(WRONG))
def test_a_wrong_expectation_of_any_key_is_told_in_a_sentence(
    key: str, tagged: RuleSet, play: Rehearse
) -> None:
    """One key is wrong and the others are right: one sentence, of that key."""
    value, sentence = WRONG[key]

    (result,) = play(example(MILK, {**RIGHT, key: value}), by=tagged)

    assert (result.passed, result.differences) == (False, (sentence,))


def test_facts_and_addresses_are_compared_in_any_case_and_width(play: Rehearse) -> None:
    """Full width, capitals and the order of alternatives make no difference."""
    loose = {"batch": "２０２６１１２０ａ", "product": "鮮牛奶", "cc": "Dairy-Lab@EXAMPLE.com"}

    milk, kettle = play(
        example(MILK, loose),
        example("spoiled", asks_for=["model|product", "order|serial|batch"]),
    )

    assert (milk.differences, kettle.differences) == ((), ())


def test_a_limit_that_ends_at_the_same_moment_is_as_good(play: Rehearse) -> None:
    """From Monday nine o'clock three working days are 72 hours."""
    assert said(play(example(MILK, answer_within="72 hours"))) == [()]


# ---------------------------------------------------------------- why a rule does not hold


def test_why_a_rule_does_not_hold_is_told(play: Rehearse) -> None:
    """The first part of its condition that is not so, in words."""
    assert said(play(example("It is broken."), example("It is broken.", of=DAIRY))) == [
        ("the rule does not hold: none of its words is there",),
        ("the rule does not hold: none of its products is named",),
    ]


def test_a_rule_below_one_that_ends_the_list_is_not_reached(rules: RuleSet, play: Rehearse) -> None:
    """The rule that ended the list is named."""
    anything = Condition(category=tuple(Category))
    stop = Rule(name="Stop", when=anything, then=Effect(tags=("all",)), stop=True)
    last = Rule(name="Last", when=anything, then=Effect(tags=("last",)))

    assert said(play(example(MILK, of="Last"), by=with_rules(rules, stop, last))) == [
        ("the rule is not reached: “Stop” above it holds and ends the list",)
    ]


def test_while_the_category_is_a_guess_nobody_has_the_case(play: Rehearse) -> None:
    """An example that names a department hears why there is none yet."""
    odd = example("Something odd.", of=DAIRY, rule=False, department="quality", unsure=False)

    assert said(play(odd)) == [
        (
            "unsure: the category is only a guess (40%), but this was expected: "
            "the desk is sure of the category",
            "department: nobody yet, as the category is only a guess and is asked for, "
            "instead of quality",
        )
    ]


# ---------------------------------------------------------------- the mail of an example


@pytest.mark.parametrize(
    ("when", "mail"),
    [
        (Condition(sender=("*@bank.example",)), {"from": "li@bank.example"}),
        (Condition(customer=("李伟",)), {"name": "李伟"}),
        (Condition(recipient=("shop@*",)), {"to": ["a@example.com", "shop@example.com"]}),
        (Condition(mailbox=("shop",)), {"mailbox": "shop"}),
        (Condition(recipient=("shop@example.com",)), {"mailbox": "shop"}),
        (Condition(words=Words(("漏水",))), {"subject": "壶底漏水"}),
        (Condition(words=Words(("漏水",))), {"text": "壶底漏水"}),
        (Condition(attached=("photo",)), {"attached": "漏水.JPG"}),
        (Condition(attached=("pdf",)), {"attached": ["a.pdf", "b.txt"]}),
        (Condition(working="outside"), {"received": "2026-11-23 19:30"}),
        (Condition(working="in"), {"received": "2026-11-22T20:00:00-08:00"}),
    ],
)
def test_everything_a_mail_may_say_reaches_the_rules(
    when: Condition,
    mail: dict[str, object],
    rules: RuleSet,
    settings: Settings,
    reader: Reader,
    monday_nine: datetime,
) -> None:
    """A rule that asks for one thing holds for the mail that has it, and for no other."""
    shop = replace(settings.mailboxes["complaints"], name="shop", address="shop@example.com")
    two = replace(settings, mailboxes={**settings.mailboxes, "shop": shop})
    by = with_rules(rules, Rule(name="It", when=when, then=Effect(tags=("it",))))
    examples = (
        example({"text": "It is broken.", **mail}, of="It"),
        example("It is broken.", of="It", rule=when.working == "in"),
    )

    results = rehearse(by, examples, settings=two, now=monday_nine, reader=reader)

    assert said(results) == [(), ()]


@pytest.mark.parametrize("kind", list(KINDS))
def test_an_attachment_is_what_its_name_says(
    kind: str, policy: Policy, monday_nine: datetime
) -> None:
    """Of each kind that rules know, every ending makes an attachment of that kind alone."""
    endings = KINDS[kind][1] or (".jpg", ".jpeg", ".png", ".heic", ".webp")
    for ending in endings:
        block = MailBlock(text="x", attached=(f"file{ending}",))
        mail = parse(mail_of(block, to="a@b.example", stranger="c@d.example", at=monday_nine))
        found = envelope_of(mail, policy, mailbox="", received_at=None).attached

        assert found == {kind, "any"}, ending
        assert [one.name for one in mail.attachments] == [f"file{ending}"]


def test_a_time_without_a_zone_is_that_of_the_desk(policy: Policy, monday_nine: datetime) -> None:
    """Nine o'clock in Shanghai is one o'clock UTC; without any time it is now."""
    block = MailBlock.model_validate({"received": "2026-11-23 09:00"})

    assert received_at(block, policy, now=monday_nine) == datetime(2026, 11, 23, 1, tzinfo=UTC)
    assert received_at(MailBlock(), policy, now=monday_nine) == monday_nine


def test_a_mail_without_a_sender_is_of_somebody_whom_no_rule_names(rules: RuleSet) -> None:
    """Colleagues, lists of customers and the senders of rules are passed over."""
    named = with_rules(
        rules,
        Rule(
            name="a",
            when=Condition(never=(Condition(sender=("*@household.example",)),)),
            then=Effect(),
        ),
        colleagues=("*@customer.example",),
        customers={"vip": Customers.of(["*@complainant.example"])},
    ).policy

    assert stranger_to(rules.policy, frozenset()) == "customer@customer.example"
    assert stranger_to(named, frozenset()) == "customer@somebody.example"


@pytest.mark.parametrize(
    ("mail", "sentence"),
    [
        ({"mailbox": "shop"}, "mailbox: config.yaml has no 'shop', only complaints"),
        ({"from": "nobody"}, "from: 'nobody' is no mail address"),
        ({"from": "a@b.example\r\nBcc: c@d.example"}, "is no mail address"),
        ({"to": ["a@b.example", "b@"]}, "to: 'b@' is no mail address"),
        ({"received": "0001-01-01 00:00"}, "received: the year is before 1990 or after 2099"),
        ({"received": "9999-12-31 23:59"}, "received: the year is before 1990 or after 2099"),
    ],
)
def test_a_mail_that_nobody_could_send_is_told(
    mail: dict[str, object], sentence: str, play: Rehearse
) -> None:
    """The example fails with what is wrong with it."""
    (result,) = play(example({"text": MILK, **mail}))

    assert len(result.differences) == 1
    assert sentence in result.differences[0]


def test_a_file_is_the_mail_itself(play: Rehearse) -> None:
    """Its bytes are handled as a server would give them."""
    mail = b"From: wang@customer.example\nTo: complaints@example.com\nSubject: spoiled\n\nmilk\n"

    assert said(play(example(mail, batch="20261120A", department="quality"))) == [()]


# ---------------------------------------------------------------- mails that are no case


def test_of_a_mail_that_is_no_case_no_rule_holds(play: Rehearse) -> None:
    """An automatic reply fails what expects anything, and passes what expects no rule."""
    reply = {"from": "mailer-daemon@customer.example", "text": MILK}
    reason = "no case comes of this mail: "

    wanted, unwanted, more = play(
        example(reply),
        example(reply, rule=False),
        example(reply, rule=False, category="quality"),
    )

    assert unwanted.passed
    assert [one.differences[0].startswith(reason) for one in (wanted, more)] == [True, True]
    assert len(wanted.differences[0]) > len(reason)


class BrokenReader:
    """Fails at every mail."""

    def __init__(self, error: Exception) -> None:
        self._error = error

    def read(self, data: bytes) -> Reading:
        """Raise what was given."""
        raise self._error

    def close(self) -> None:
        """Must not be called: whoever made it closes it."""
        raise AssertionError


def test_a_mail_that_can_be_read_only_in_part_says_so(play: Rehearse) -> None:
    """What differs may come of that."""
    broken = BrokenReader(ReadingFailed("too strange"))

    assert said(play(example(MILK, batch="1"), reading=broken)) == [
        (
            "batch: none found instead of 1",
            "the mail could be read only in part: too strange",
        )
    ]


def test_a_mail_over_which_the_desk_fails_fails_the_example(play: Rehearse) -> None:
    """An error of ours is told, whatever was expected."""
    results = play(example(MILK, rule=False), reading=BrokenReader(KeyError("a bug")))

    assert said(results) == [("the desk could not handle this mail: KeyError: 'a bug'",)]


# ---------------------------------------------------------------- each by itself


def test_examples_know_nothing_of_each_other(play: Rehearse) -> None:
    """The same mail again, of the same sender: no copy, no reply, no repeated complaint."""
    mail = {"from": "wang@customer.example", "text": MILK, "received": "2026-11-23 09:00"}
    other = {
        **mail,
        "text": "The milk is still spoiled, batch 20261120A",
        "received": "2026-11-23 09:10",
    }
    right = [example(mail, severity="general"), example(mail, severity="general")]
    right += [example(other, severity="general", department="quality")]

    assert said(play(*right)) == [(), (), ()]


def test_the_order_of_examples_makes_no_difference(play: Rehearse) -> None:
    """Backwards each gives what it gave forwards."""
    mails = (MILK, "Late again.", "Something odd.", MILK, "You were rude.", "How do I boil milk?")
    examples = [example(mail, severity="serious", category="service") for mail in mails]

    forwards, backwards = play(*examples), play(*reversed(examples))

    assert said(forwards) == said(backwards[::-1])
    assert [result.example for result in forwards] == examples
    assert len(set(said(forwards))) > 1


def test_many_mails_of_one_sender_use_up_no_quota(play: Rehearse) -> None:
    """What would be too much for one sender in an hour is none of the examples' concern."""
    mail = {"from": "wang@customer.example", "text": MILK}

    assert {one.passed for one in play(*[example(mail, cc="dairy-lab@example.com")] * 30)} == {True}


def test_only_what_fails_hinders_new_rules(
    rules: RuleSet, settings: Settings, reader: Reader, monday_nine: datetime
) -> None:
    """`failures` returns the examples that do not give what they say, and no other."""
    bad = example(MILK, severity="serious")
    changed = replace(rules, examples=(example(MILK), bad, example(MILK)))

    found = failures(changed, settings=settings, now=monday_nine, reader=reader)

    assert [one.example for one in found] == [bad]
    assert (
        failures(replace(rules, examples=()), settings=settings, now=monday_nine, reader=reader)
        == ()
    )


# ---------------------------------------------------------------- nothing is harmed


HOSTILE = "x\r\nBcc: victim@example.org\r\nAuto-Submitted: auto-replied\r\n\r\nspoiled"


@pytest.mark.parametrize("key", ["subject", "name", "attached"])
def test_no_text_becomes_a_header(key: str, play: Rehearse, monday_nine: datetime) -> None:
    """Line ends in a subject, a name or a file's name stay within their field."""
    fields: dict[str, object] = {"text": "spoiled", key: HOSTILE}
    block = MailBlock.model_validate(fields)
    mail = message_from_bytes(
        mail_of(block, to="a@b.example", stranger="c@d.example", at=monday_nine), policy=default
    )
    assert isinstance(mail, EmailMessage)

    assert {name.lower() for name in mail} <= {
        "from", "to", "subject", "date", "message-id", "mime-version",
        "content-type", "content-transfer-encoding",
    }  # fmt: skip
    assert said(play(example(fields))) == [()]


@pytest.mark.parametrize(
    "text",
    [
        "spoiled " + "milk " * 200_000,
        "spoiled\0 " * 100,
        "spoiled \ud800 \udfff",
        "spoiled\n.\nFrom nobody\n\n--=_x\nContent-Type: text/html",
        "spoiled \u2028 \x85 \x1b[31m",
        "spoiled " + "长" * 300_000,
    ],
    ids=["a megabyte", "NUL", "surrogates", "mail inside", "line ends", "one word"],
)
@pytest.mark.parametrize("key", ["text", "subject", "name"])
def test_no_text_harms_the_rehearsal(key: str, text: str, play: Rehearse) -> None:
    """The example is judged by its words, and so is the next one."""
    mail = {"text": "spoiled", key: text}

    assert said(play(example(mail), example(MILK))) == [(), ()]


@pytest.mark.parametrize("data", [b"", b"\0" * 5000, b"\xff\xfe" * 9, b"From: \n" * 2000])
def test_no_file_harms_the_rehearsal(data: bytes, play: Rehearse) -> None:
    """A file that is no mail gives a result, and the next example is judged."""
    hostile, usual = play(example(data, rule=False), example(MILK))

    assert not any("could not handle" in one for one in hostile.differences)
    assert usual.passed


def test_the_real_desk_is_not_touched(
    office: Office, monday_nine: datetime, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No row, no letter, no file of the desk changes, and the scratch folder is gone."""
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    monkeypatch.setattr("pipeline.rehearse._memory", lambda: scratch)
    desk = office.desk
    before = office.counts(), sorted(tmp_path.rglob("*"))

    results = rehearse(
        desk.rules, [example(MILK)] * 3, settings=desk.settings, now=monday_nine, reader=desk.reader
    )

    assert [result.passed for result in results] == [True] * 3
    assert (office.counts(), sorted(tmp_path.rglob("*"))) == before
    assert office.deliver() == []


def test_settings_of_a_server_lead_nowhere(
    settings: Settings, rules: RuleSet, reader: Reader, monday_nine: datetime
) -> None:
    """The database of the real desk is not even opened."""
    away = replace(settings, database="postgresql://nobody@192.0.2.1/none")

    results = rehearse(rules, [example(MILK)], settings=away, now=monday_nine, reader=reader)

    assert results[0].passed
