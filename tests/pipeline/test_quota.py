"""The caps of automatic letters: each at its number, over its time, for its address (4.9)."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import cast

import pytest

from cases.model import Quota
from cases.store import Transaction
from pipeline.lookups import quota
from tests.conftest import MakeCase

ADDR = "wang@customer.example"
DAY, HOUR, BOUNCES = timedelta(days=1), timedelta(hours=1), timedelta(days=30)


@dataclass
class Counts:
    """What the database would count: by (whom the question is about, how far back it goes)."""

    now: datetime
    sent: dict[tuple[object, timedelta], int] = field(default_factory=dict)

    def automatic_since(
        self, since: datetime, *, recipient: str = "", domain: str = "", case_id: int = 0
    ) -> int:
        return self.sent.get((recipient or domain or case_id, self.now - since), 0)

    def bounces(self, address: str, *, since: datetime) -> int:
        return self.sent.get((f"bounces of {address}", self.now - since), 0)


CAPS = [
    # whom it is about, how far back, the number that ends it, cap, what a person reads
    (f"bounces of {ADDR}", BOUNCES, 2, "dead_address", "2 letters to this address came back"),
    (ADDR, DAY, 3, "address", "3 automatic letters went to this address in 24 hours"),
    (7, DAY, 5, "case", "5 automatic letters about this case left in 24 hours"),
    ("customer.example", HOUR, 100, "domain",
     "100 automatic letters went to this domain in one hour"),
    (0, HOUR, 2000, "hour", "2000 automatic letters left in one hour: the breaker is open"),
]  # fmt: skip


@pytest.mark.parametrize(("about", "back", "most", "cap", "words"), CAPS)
def test_each_cap_ends_automatic_letters_at_its_number(
    about: object,
    back: timedelta,
    most: int,
    cap: str,
    words: str,
    monday_nine: datetime,
    make_case: MakeCase,
) -> None:
    """One letter fewer and the next may leave; nothing else is needed to end it."""

    def asked(number: int) -> Quota:
        tx = cast(Transaction, Counts(monday_nine, {(about, back): number}))
        return quota(tx, ADDR, make_case(id=7), now=monday_nine)

    assert asked(most - 1) == Quota()
    assert asked(most) == asked(most + 1) == Quota(cap=cap, blocked=words)


def test_without_address_and_case_only_the_breaker_counts(monday_nine: datetime) -> None:
    """No address is not an address that everybody shares, nor is no case."""
    every = {(about, back): 9999 for about, back, *_ in CAPS[:-1]}
    nobody = {("bounces of ", BOUNCES): 9, (0, DAY): 9999}
    tx = cast(Transaction, Counts(monday_nine, every | nobody))

    assert quota(tx, "", None, now=monday_nine) == Quota()


def test_an_address_without_a_domain_is_counted_as_an_address(monday_nine: datetime) -> None:
    """What comes in odd forms is capped like everything else."""
    tx = cast(Transaction, Counts(monday_nine, {("root", DAY): 3}))

    assert quota(tx, "root", None, now=monday_nine).cap == "address"


def test_the_domain_is_what_stands_behind_the_last_at(monday_nine: datetime) -> None:
    """A quoted local part may hold an at-sign (RFC 5321 §4.1.2)."""
    tx = cast(Transaction, Counts(monday_nine, {("customer.example", HOUR): 100}))

    assert quota(tx, '"a@b"@customer.example', None, now=monday_nine).cap == "domain"
