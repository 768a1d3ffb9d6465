"""Amounts of money, as people write them."""

import time

import pytest

from routing.amounts import amounts
from routing.words import fold


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("$5,000", 5000),
        ("€ 900", 900),
        ("£1.200,50", 1200.5),
        ("$1,234,567.89", 1_234_567.89),
        ("4,99 euros", 4.99),
        ("USD 80", 80),
        ("80 dollars", 80),
        ("$5k", 5000),
        ("$2 million", 2_000_000),
        ("8000元", 8000),
        ("￥８０００", 8000),
        ("1.2万", 12_000),
        ("38.6万元", 386_000),
        ("五万元", 50_000),
        ("十二万元", 120_000),
        ("几万块", 10_000),
        ("上万元", 10_000),
        ("3千元", 3000),
        ("3000多块", 3000),
    ],
)
def test_an_amount_is_read_whatever_its_currency(text: str, value: float) -> None:
    """Thousands and cents by the number of digits, Chinese numbers by their signs."""
    assert [a.value for a in amounts(fold(text))] == [pytest.approx(value)]


@pytest.mark.parametrize("text", ["5000", "order 20240611", "2024年", "K200", "12:30", ""])
def test_a_bare_number_is_no_amount(text: str) -> None:
    """It takes a currency, or 万."""
    assert list(amounts(fold(text))) == []


@pytest.mark.parametrize("text", ["1,000" * 20_000, "$" * 100_000, "九" * 100_000, "1" * 100_000])
def test_hostile_numbers_cost_no_time(text: str) -> None:
    """Hundred thousand characters are read in less than a second."""
    began = time.perf_counter()
    list(amounts(text))

    assert time.perf_counter() - began < 1.0
