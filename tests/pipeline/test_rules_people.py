"""Departments with their own time and people, parties outside, and who passes complaints on."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from cases.errors import ConfigError, Problem
from pipeline.rules_file import load
from routing.deadlines import Limit
from routing.policy import Policy

Changed = Callable[..., Policy]
Wrong = Callable[..., tuple[Problem, ...]]

MANAGER = "    manager: wh-head@example.com\n"  # of delivery, and the last line of its block


@pytest.fixture
def changed(root: Path, tmp_path: Path) -> Changed:
    """Return a function that loads the shipped rules with (old, new) changes."""
    shipped = (root / "routing" / "rules.yaml").read_text(encoding="utf-8")

    def run(*changes: tuple[str, str]) -> Policy:
        text = shipped
        for old, new in changes:
            assert old in text
            text = text.replace(old, new, 1)
        path = tmp_path / "rules.yaml"
        path.write_text(text, encoding="utf-8")
        return load(path).policy

    return run


@pytest.fixture
def wrong(changed: Changed) -> Wrong:
    """Return a function that gives the problems of changed rules."""

    def run(*changes: tuple[str, str]) -> tuple[Problem, ...]:
        with pytest.raises(ConfigError) as caught:
            changed(*changes)
        return caught.value.problems

    return run


def test_the_shipped_calendar_knows_the_holidays_of_china(policy: Policy) -> None:
    """1 October is free; a Saturday that makes up for it is worked, as the law had it in 2025."""
    open_at = policy.calendar.is_open

    assert not open_at(datetime(2025, 10, 1, 2, 0, tzinfo=UTC))
    assert open_at(datetime(2025, 10, 11, 2, 0, tzinfo=UTC))
    assert not open_at(datetime(2025, 10, 18, 2, 0, tzinfo=UTC))


def test_a_department_has_the_calendar_of_everybody_unless_it_has_its_own(
    changed: Changed,
) -> None:
    """What its own calendar leaves out is as in everybody's; its days are added to theirs."""
    policy = changed(
        ("  holidays: []\n  workdays: []\n", "  holidays: [2026-11-24]\n  workdays: []\n"),
        (
            MANAGER,
            f"{MANAGER}    calendar: {{hours: Mon-Sun 08:00-20:00, holidays: [2026-11-25]}}\n",
        ),
    )
    own, usual = policy.calendar_of("delivery"), policy.calendar_of("quality")
    late = {day: datetime(2026, 11, day, 11, 30, tzinfo=UTC) for day in range(22, 27)}

    assert policy.departments["quality"].calendar is None
    assert usual == policy.calendar
    assert (own.zone, own.country) == (usual.zone, usual.country)
    assert [day for day, at in late.items() if own.is_open(at)] == [22, 23, 26]
    assert not any(usual.is_open(at) for at in late.values())


def test_a_departments_own_word_about_a_day_counts(changed: Changed) -> None:
    """It works on a holiday of the company if it says so."""
    policy = changed(
        ("  holidays: []\n", "  holidays: [2026-11-24]\n"),
        (MANAGER, f"{MANAGER}    calendar: {{workdays: [2026-11-24], country: ''}}\n"),
    )
    tuesday = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)

    assert policy.calendar_of("delivery").is_open(tuesday)
    assert not policy.calendar.is_open(tuesday)
    assert policy.calendar_of("delivery").country == ""


def test_people_and_who_stands_in_are_read(changed: Changed) -> None:
    """Names as complainants write them, blanks at their ends dropped."""
    people = '    people: {" 李伟 ": li.wei@example.com}\n    stand_in: service\n'
    delivery = changed((MANAGER, MANAGER + people)).departments["delivery"]

    assert delivery.people == {"李伟": "li.wei@example.com"}
    assert delivery.stand_in == "service"


def test_parties_and_referrers_are_read(policy: Policy) -> None:
    """As shipped: a carrier, and a hotline known by its domain and its numbers."""
    carrier, hotline = policy.parties["carrier"], policy.referrers["hotline"]

    assert (carrier.to, carrier.language) == (("carrier@example.com",), "zh")
    assert carrier.within == Limit.parse("2 working days")
    assert carrier.names == {"zh": "承运商", "en": "Carrier"}
    assert hotline.addresses == ("*@12345.example.com",)
    assert hotline.numbers == ("12345-########",)
    assert policy.management == ("gm@example.com",)
    assert policy.finance == ("finance@example.com",)


LONG = "x" * 33
MISTAKES = [
    (MANAGER, f"{MANAGER}    stand_in: delivery\n", "departments.delivery.stand_in", "can't stand"),
    (
        MANAGER,
        f"{MANAGER}    stand_in: qualty\n",
        "departments.delivery.stand_in",
        "unknown department 'qualty'",
    ),
    (
        MANAGER,
        f"{MANAGER}    people: {{李: li@example.com}}\n",
        "departments.delivery.people.李",
        "'李' is too short for a name",
    ),
    (
        MANAGER,
        f"{MANAGER}    people: {{李伟: nobody}}\n",
        "departments.delivery.people.李伟",
        "'nobody' is no mail address",
    ),
    (
        MANAGER,
        f"{MANAGER}    calendar: {{hours: 9 to 5}}\n",
        "departments.delivery.calendar",
        "'9 to 5' are no hours",
    ),
    (
        MANAGER,
        f"{MANAGER}    calendar: {{country: XX}}\n",
        "departments.delivery.calendar",
        "'XX' is no country",
    ),
    ("country: CN", "country: China", "calendar", "'China' is no country"),
    ("holidays: []", "holidays: [Christmas]", "calendar", "'Christmas' is no date"),
    ("workdays: []", "workdays: [2026-02-30]", "calendar", "'2026-02-30' is no date"),
    ("language: zh", "language: fr", "parties.carrier.language", "should be 'zh' or 'en'"),
    ("to: [carrier@example.com]", "to: [carrier]", "parties.carrier.to", "'carrier' is no mail"),
    (
        "to: [carrier@example.com]",
        "to: [WH-head@example.com]",
        "parties.carrier.to",
        "wh-head@example.com stands under departments.delivery as well",
    ),
    ("  carrier:\n", f"  {LONG}:\n", f"parties.{LONG}", "has too long a key"),
    (
        "name: {zh: 承运商, en: Carrier}",
        "name: {zh: 承运商}",
        "parties.carrier.name",
        "has no name in en",
    ),
    (
        "    language: zh\n    within: 2 working days\n",
        "    language: zh\n    within: soon\n",
        "parties.carrier.within",
        "'soon' is no limit",
    ),
    ("  hotline:\n", f"  {LONG}:\n", f"referrers.{LONG}", "has too long a key"),
    (
        '"*@12345.example.com"',
        '"*12345.example.com"',
        "referrers.hotline.addresses",
        "'*12345.example.com' is no mail address",
    ),
    ('["12345-########"]', '[""]', "referrers.hotline.numbers.0", "the number format ''"),
    (
        "name: {zh: 12345政务服务便民热线, en: Citizens' hotline 12345}",
        "name: {en: Citizens' hotline 12345}",
        "referrers.hotline.name",
        "has no name in zh",
    ),
]


@pytest.mark.parametrize(("old", "new", "key", "what"), MISTAKES)
def test_a_mistake_is_told_where_it_stands(
    old: str, new: str, key: str, what: str, wrong: Wrong
) -> None:
    """One at a time, and nothing else is wrong then."""
    (found,) = wrong((old, new))

    assert found.key == key
    assert found.what.startswith(what)
    assert found.line > 0


def test_two_parties_do_not_share_an_address(wrong: Wrong) -> None:
    """Nobody could tell whose answer a mail from it is."""
    second = (
        "  supplier: {name: {zh: 供应商, en: Supplier}, to: [Carrier@example.com], language: en, "
        "within: 3 days}\nreferrers:\n"
    )
    (found,) = wrong(("\nreferrers:\n", f"\n{second}"))

    assert found.key == "parties.supplier.to"
    assert found.what.startswith("carrier@example.com stands under parties.carrier as well")
