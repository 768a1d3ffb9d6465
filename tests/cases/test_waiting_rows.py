"""Letters that wait, and may be stopped; requests that somebody answers."""

from datetime import datetime, timedelta

import pytest

from cases.outgoing import QueuedLetter
from cases.store import Store
from tests.cases.test_outbox_rows import queue as first_outcome

WANG, HOTLINE = "wang.fang@customer.example", "hot@12345.example.com"
LEASE = timedelta(minutes=2)


def queue(store: Store, now: datetime, recipient: str, *, revision: int, letter: str) -> None:
    """Queue one more letter about the case."""
    with store.begin() as tx:
        tx.queue_letter(
            case_id=1,
            letter=letter,
            recipient=recipient,
            revision=revision,
            message_id=f"{letter}.{revision}.{recipient}",
            envelope_from="complaints@example.com",
            data=b"x",
            automatic=False,
            now=now,
            not_before=now,
        )


@pytest.fixture
def waiting(store: Store, monday_nine: datetime) -> Store:
    """Return a store with an outcome that waits to leave."""
    with store.begin() as tx:
        first_outcome(tx, monday_nine)
    return store


def waits(store: Store) -> bool:
    """Tell whether the outcome may still be stopped."""
    with store.begin() as tx:
        return tx.waits(1, "outcome")


def test_a_letter_that_has_not_begun_to_leave_waits(waiting: Store) -> None:
    """Until it is withdrawn."""
    assert waits(waiting)
    with waiting.begin() as tx:
        assert tx.withdraw_letters(1, "outcome") == 1
    assert not waits(waiting)


@pytest.mark.parametrize("state", ["leased", "dot", "sent", "held"])
def test_one_copy_that_has_begun_to_leave_ends_the_waiting_of_all(
    state: str, waiting: Store, monday_nine: datetime
) -> None:
    """The customer's is on its way, the hotline's is ready: the outcome waits no more."""
    with waiting.begin() as tx:
        row = tx.lease_letter(owner="us", now=monday_nine, lease=LEASE)
        assert row is not None
        if state == "dot":
            assert tx.mark_dot(row, now=monday_nine, lease=LEASE)
        elif state != "leased":
            assert tx.settle_letter(row, state, reply="", now=monday_nine)
    queue(waiting, monday_nine, HOTLINE, revision=1, letter="outcome")

    assert not waits(waiting)


def test_a_copy_that_may_have_left_ends_the_waiting(waiting: Store, monday_nine: datetime) -> None:
    """It is ready to be tried again, but the answer to its last dot was lost."""
    with waiting.begin() as tx:
        row = tx.lease_letter(owner="us", now=monday_nine, lease=LEASE)
        assert row is not None
        assert tx.settle_letter(row, "ready", reply="lost", now=monday_nine, ambiguous=True)

    assert not waits(waiting)


def test_the_outcome_of_an_earlier_round_does_not_count(
    waiting: Store, monday_nine: datetime
) -> None:
    """The first outcome has left long ago; the second one waits."""
    with waiting.begin() as tx:
        row = tx.lease_letter(owner="us", now=monday_nine, lease=LEASE)
        assert row is not None
        assert tx.settle_letter(row, "sent", reply="250", now=monday_nine)
    queue(waiting, monday_nine, WANG, revision=10_000_000_007, letter="outcome")

    assert waits(waiting)


def test_letters_are_found_by_name_in_the_order_they_were_written(
    waiting: Store, monday_nine: datetime
) -> None:
    """With what their Message-ID names them by."""
    queue(waiting, monday_nine, "b@example.com", revision=8, letter="approval_request")
    queue(waiting, monday_nine, "a@example.com", revision=7, letter="approval_request")

    with waiting.read() as tx:
        found = tx.letters_named(1, ("approval_request", "measures"))

    assert found == tuple(
        QueuedLetter(letter="approval_request", recipient=who, revision=number, at=monday_nine)
        for who, number in (("b@example.com", 8), ("a@example.com", 7))
    )
