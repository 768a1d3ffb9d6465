"""Corrections and what waits for them, on SQLite and PostgreSQL alike."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from cases.model import Case, Category, Correction, Fact, Matter
from cases.store import Store

HOUR = timedelta(hours=1)


def test_a_waiting_case_is_due_at_its_time(
    store: Store, waiting: Case, monday_nine: datetime
) -> None:
    """Not before, and never again once it is decided; everything about it is kept."""
    with store.begin() as tx:
        assert tx.cases_to_guess(now=monday_nine + HOUR - timedelta(seconds=1)) == ()
        assert tx.cases_to_guess(now=monday_nine + HOUR) == (waiting.id,)
        facts = (*waiting.facts, Fact(name="order", value="SO1"))
        decided = replace(
            waiting,
            guess_at=None,
            category=Category.DELIVERY,
            subcategory="late",
            unsure=False,
            facts=facts,
        )
        tx.save_case(decided)
        assert tx.cases_to_guess(now=monday_nine + 9 * HOUR) == ()
    with store.read() as tx:
        assert tx.case(waiting.id) == decided

    assert (waiting.subcategory, waiting.unsure) == ("defect", True)
    assert waiting.facts[0].doubt == "check_digit"


def test_the_same_cause_writes_its_correction_once(
    store: Store, waiting: Case, monday_nine: datetime
) -> None:
    """In order, with odd texts made storable."""
    said = Correction(
        at=monday_nine,
        by="li",
        how="operator",
        was=Category.QUALITY,
        category=Category.DELIVERY,
        matter=Matter.COMPLAINT,
        note="a\0b",
    )
    with store.begin() as tx:
        assert tx.corrected_cases() == ()
        assert tx.add_correction(waiting.id, said, key="mail:1") is True
        assert tx.add_correction(waiting.id, said, key="mail:1") is False
        later = replace(said, at=monday_nine + HOUR, category=Category.SERVICE)
        assert tx.add_correction(waiting.id, later, key="mail:2") is True
    with store.read() as tx:
        first, second = tx.corrections(waiting.id)
        assert tx.corrected_cases() == (waiting.id,)
        assert tx.corrected_cases(after=waiting.id) == ()

    assert first == replace(said, note="a\ufffdb")
    assert (second.at, second.category) == (monday_nine + HOUR, Category.SERVICE)


def test_the_first_mail_of_a_case_can_be_read_again(store: Store, waiting: Case) -> None:
    """As its bytes came, and whether they are all."""
    with store.read() as tx:
        first = tx.first_mail(waiting.id)
        with pytest.raises(LookupError):
            tx.first_mail(99)

    assert (first.data, first.partial) == (b"Subject: x", True)
