"""Entries of registers, sums of money and counted goods out of what departments write."""

from dataclasses import replace
from datetime import datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing.labels import PARTS
from routing.life import Life
from routing.policy import Policy
from routing.registers import (
    KINDS,
    Money,
    amount,
    entries,
    return_gaps,
    sample_counts,
    says_nothing,
    totals,
)
from tests.conftest import MakeCase

#: Labels whose words answer the complaint itself, or are for colleagues only.
ANSWERS = {
    *("to_complainant", "cause", "cause_class", "responsible"),
    *("corrective", "preventive", "owner", "due", "note"),
}


@pytest.fixture
def life(make_case: MakeCase, policy: Policy, monday_nine: datetime) -> Life:
    """Return a case with the department of quality and nothing else."""
    return Life(
        case=make_case(),
        parts=(),
        measures=(),
        records=(),
        story=(),
        policy=policy,
        now=monday_nine,
        cause=1,
    )


def test_every_label_is_an_answer_or_an_entry() -> None:
    """No label that a reply may carry is lost between the answer and the registers."""
    assert {*PARTS} == ANSWERS | {*KINDS}


def test_labelled_parts_become_entries_as_written(life: Life) -> None:
    """The words for the complainant and the cause are none; who wrote and when is kept."""
    parts = {
        "to_complainant": "You get a new one.",
        "cost": " 运费 30元 ",
        "cause": "a worn seal",
        "liability": "Li Wei, a warning",
    }
    cost, liability = entries(life, "quality", parts)

    assert (cost.kind, cost.text, cost.by, cost.at) == ("cost", "运费 30元", "quality", life.now)
    assert (cost.restricted, liability.restricted) == (False, True)


@pytest.mark.parametrize("text", ["", "  ", "none", "N/A", "无", "没有。", "-", "暂无", "Nothing."])
def test_a_label_left_open_is_no_entry(text: str, life: Life) -> None:
    """A form that was sent back half empty fills no register."""
    assert says_nothing(text)
    assert entries(life, "quality", {"cost": text}) == ()


@pytest.mark.parametrize(
    ("text", "value", "currency"),
    [
        ("300元", "300", "CNY"),
        ("¥1,200.50", "1200.50", "CNY"),
        ("￥1，200.50", "1200.50", "CNY"),
        ("1.2万元", "12000", "CNY"),
        ("人民币 300 元", "300", "CNY"),
        ("一万元", "10000", "CNY"),
        ("300块", "300", "CNY"),
        ("EUR 30", "30", "EUR"),
        ("30 €", "30", "EUR"),
        ("€ 4,99", "4.99", "EUR"),
        ("$5,000 refund", "5000", "USD"),
        ("US$ 7", "7", "USD"),
        ("about 30 dollars", "30", "USD"),
        ("50美元", "50", "USD"),
        ("£12.50", "12.50", "GBP"),
        ("HK$500", "500", "HKD"),
        ("A$5", "5", ""),
        ("300", "300", ""),
        ("运费30元，材料200元，合计230元", "230", "CNY"),
        ("freight 20 USD, total: 45 USD", "45", "USD"),
    ],
)
def test_an_amount_is_read_with_its_currency(text: str, value: str, currency: str) -> None:
    """Chinese and Western signs, before and behind the number."""
    assert amount(text) == Money(value=Decimal(value), currency=currency)


@pytest.mark.parametrize(
    "text", ["", "none", "3 days", "a new kettle", "运费30元，材料200元", "20 USD and 30 EUR"]
)
def test_no_amount_is_guessed(text: str) -> None:
    """No money, or several sums of which none is the total."""
    assert amount(text) is None


def test_totals_keep_currencies_apart_and_count_the_unread() -> None:
    """A person adds up what we could not."""
    assert totals(["300元", "¥20", "EUR 5", "to be settled"]) == (
        {"CNY": Decimal("320"), "EUR": Decimal("5")},
        1,
    )


@pytest.mark.parametrize(
    ("text", "gaps"),
    [
        ("2台，退货单号 R-12", ()),
        ("kettle ×2, form R5", ()),
        ("退回三箱，退货单已收", ()),
        ("2 pcs", ("form",)),
        ("退回 3 件，无退货单", ("form",)),
        ("RMA 123", ("count",)),
        ("the kettle came back", ("count", "form")),
        ("3 boxes, no return form", ("form",)),
    ],
)
def test_goods_without_count_or_form_are_flagged(text: str, gaps: tuple[str, ...]) -> None:
    """K027: a return without form, or goods nobody counted."""
    assert return_gaps(text) == gaps


@pytest.mark.parametrize(
    ("text", "asked", "received", "kept"),
    [
        ("asked 3, received 2, kept 1 (laboratory, opened by Zhang only)", 3, 2, 1),
        ("索取3件，收到2件，留样1件，封存于化验室", 3, 2, 1),
        ("收到样品 2 件", None, 2, None),
        ("received: 10 pcs; kept: 0", None, 10, 0),
        ("samples are on their way", None, None, None),
    ],
)
def test_samples_are_counted(
    text: str, asked: int | None, received: int | None, kept: int | None
) -> None:
    """K072: asked for, received, kept; what is not said is not guessed."""
    assert sample_counts(text) == {"asked": asked, "received": received, "kept": kept}


@given(st.text(max_size=300))
def test_any_text_can_be_read(text: str) -> None:
    """Total: whatever a department writes behind a label."""
    amount(text)
    return_gaps(text)
    sample_counts(text)
    says_nothing(text)


def test_long_hostile_text_takes_no_time(life: Life) -> None:
    """Only the beginning of an endless entry is kept and read."""
    text = "1,1" * 200_000
    (record,) = entries(replace(life), "quality", {"cost": text})
    amount(text)
    return_gaps(text)

    assert len(record.text) == 5_000
