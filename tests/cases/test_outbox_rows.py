"""Letters that rest until a person decides."""

from datetime import datetime, timedelta

import pytest

from cases.incoming import Address
from cases.model import Assessment, Category, Classification, Matter
from cases.store import Store, Transaction


def queue(tx: Transaction, now: datetime) -> None:
    """Queue one letter about a case of its own."""
    classification = Classification(
        language="en",
        matter=Matter.COMPLAINT,
        category=Category.QUALITY,
        score=0.9,
        labels={},
    )
    assessment = Assessment(
        matter=Matter.COMPLAINT,
        category=Category.QUALITY,
        source="model",
        score=0.9,
        unsure=False,
        severity="general",
        departments=("quality",),
    )
    case = tx.open_case(
        inbox_id=1,
        assessment=assessment,
        classification=classification,
        complainant=Address(addr="wang.fang@customer.example"),
        subject="The kettle leaks",
        thread_id="",
        received_at=now,
        due_at=None,
        rules_version="1",
    )
    tx.queue_letter(
        case_id=case.id,
        letter="outcome",
        recipient="wang.fang@customer.example",
        revision=1,
        message_id="letter@example.com",
        envelope_from="complaints@example.com",
        data=b"x",
        automatic=False,
        now=now,
        not_before=now,
    )


@pytest.mark.parametrize("state", ["failed", "held"])
def test_a_resting_letter_is_sent_again_with_its_tries_kept(
    state: str, store: Store, monday_nine: datetime
) -> None:
    """The next claim is the second try of the same letter, due at once."""
    later = monday_nine + timedelta(days=1)
    with store.begin() as tx:
        queue(tx, monday_nine)
        first = tx.lease_letter(owner="a", now=monday_nine, lease=timedelta(minutes=1))
        assert first is not None
        tx.settle_letter(first, state, reply="550 no", now=monday_nine)
        (resting,) = tx.letters_in(["failed", "held"])
        assert (resting.state, resting.last_reply, resting.tries) == (state, "550 no", 1)

        released = tx.release_letter(1, "ready", now=later)
        again = tx.lease_letter(owner="b", now=later, lease=timedelta(minutes=1))

    assert released == resting
    assert again is not None
    assert (again.message_id, again.tries) == (first.message_id, 2)


@pytest.mark.parametrize("number", [1, 99])
def test_a_letter_that_does_not_rest_is_left_alone(
    number: int, store: Store, monday_nine: datetime
) -> None:
    """One that waits, or that nobody knows, can be neither released nor cancelled."""
    with store.begin() as tx:
        queue(tx, monday_nine)

        assert tx.release_letter(number, "cancelled", now=monday_nine) is None
        assert tx.outbox_counts() == {"ready": 1}


def test_a_cancelled_letter_never_leaves(store: Store, monday_nine: datetime) -> None:
    """And can't be brought back."""
    with store.begin() as tx:
        queue(tx, monday_nine)
        row = tx.lease_letter(owner="a", now=monday_nine, lease=timedelta(minutes=1))
        assert row is not None
        tx.settle_letter(row, "held", reply="", now=monday_nine)
        assert tx.release_letter(1, "cancelled", now=monday_nine) is not None

        assert tx.lease_letter(owner="a", now=monday_nine, lease=timedelta(minutes=1)) is None
        assert tx.release_letter(1, "ready", now=monday_nine) is None
