"""The ledger, and what a person may change in it."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from cases.inbox_rows import TakenMail
from cases.incoming import RawMail
from cases.store import Store

SetAside = Callable[..., TakenMail]


@pytest.fixture
def set_aside(store: Store, monday_nine: datetime) -> SetAside:
    """Return a function that stores a mail and lets its handling fail for good."""

    def do(uid: str = "1") -> TakenMail:
        raw = RawMail(
            mailbox="complaints", uidvalidity=5, uid=uid, received_at=monday_nine, data=b"x"
        )
        with store.begin() as tx:
            tx.store_mail(raw, identity=uid, now=monday_nine, size=1)
            taken = tx.take_mail(owner="a", now=monday_nine, lease=timedelta(minutes=1))
            assert taken is not None
            tx.finish_mail(taken, "quarantined", reason="ValueError: odd")
            tx.mark_filed([taken.id])
        return taken

    return do


def test_a_mail_tried_again_begins_anew_and_says_who_wanted_it(
    set_aside: SetAside, store: Store, monday_nine: datetime
) -> None:
    """State new, no attempts, due now, to be filed again; the old reason stays behind."""
    set_aside()
    later = monday_nine + timedelta(hours=1)
    with store.begin() as tx:
        assert tx.retry_mail(1, who="anna", now=later)
        assert not tx.retry_mail(1, who="anna", now=later), "it is in quarantine no more"
        entry = tx.entry(1)

    assert entry is not None
    assert (entry.state, entry.attempts, entry.not_before, entry.filed) == ("new", 0, later, False)
    assert entry.reason == (
        "retried by hand (anna, 2026-11-23T02:00+00:00); before: ValueError: odd"
    )


@pytest.mark.parametrize(
    ("state", "reason", "kept"),
    [
        ("done", "", "retried by hand (anna, 2026-11-23T01:00+00:00)"),
        (
            "quarantined",
            "KeyError: 1",
            "retried by hand (anna, 2026-11-23T01:00+00:00); KeyError: 1",
        ),
    ],
)
def test_who_had_a_mail_tried_again_stays_on_record(
    state: str, reason: str, kept: str, set_aside: SetAside, store: Store, monday_nine: datetime
) -> None:
    """Whatever becomes of it; and its folder may be wrong only if it is no longer set aside."""
    set_aside()
    with store.begin() as tx:
        tx.retry_mail(1, who="anna", now=monday_nine)
        taken = tx.take_mail(owner="b", now=monday_nine, lease=timedelta(minutes=1))
        assert taken is not None
        assert taken.attempts == 1
        tx.finish_mail(taken, state, reason=reason)
        (row,) = tx.ledger()
        (settled,) = tx.mails_to_file("complaints")

    assert row.reason == kept
    assert settled.was_rejected is (state == "done")
    assert settled.rejected is (state == "quarantined")


def test_a_dropped_mail_is_ignored_stays_rejected_and_keeps_its_bytes(
    set_aside: SetAside, store: Store, monday_nine: datetime
) -> None:
    """It is never taken again."""
    set_aside()
    with store.begin() as tx:
        assert tx.drop_mail(1, why="spam\0", who="anna", now=monday_nine)
        assert not tx.drop_mail(1, why="again", who="anna", now=monday_nine)
        assert tx.take_mail(owner="b", now=monday_nine, lease=timedelta(minutes=1)) is None
        tx.unfile([1])
        (settled,) = tx.mails_to_file("complaints")
        (row,) = tx.ledger()

        assert tx.raw_of(1) == b"x"
    assert settled.rejected
    assert row.state == "ignored"
    assert row.reason.startswith("dropped by hand: spam\ufffd (anna, 2026-11-23T01:00+00:00)")


@pytest.mark.parametrize("number", [1, 2, 99])
def test_only_a_mail_in_quarantine_can_be_decided_on(
    number: int, set_aside: SetAside, store: Store, monday_nine: datetime
) -> None:
    """Not one that is done, that waits or that nobody knows."""
    set_aside()
    with store.begin() as tx:
        tx.retry_mail(1, who="anna", now=monday_nine)
        taken = tx.take_mail(owner="a", now=monday_nine, lease=timedelta(minutes=1))
        assert taken is not None
        tx.finish_mail(taken, "done")

        assert not tx.retry_mail(number, who="anna", now=monday_nine)
        assert not tx.drop_mail(number, why="x", who="anna", now=monday_nine)


def test_a_mail_tried_again_while_it_was_moved_is_not_taken_for_filed(
    set_aside: SetAside, store: Store, monday_nine: datetime
) -> None:
    """The daemon moved it to the rejected folder; meanwhile a person gave it back."""
    set_aside()
    with store.begin() as tx:
        tx.unfile([1])
        (seen,) = tx.mails_to_file("complaints")
        tx.retry_mail(1, who="anna", now=monday_nine)
        tx.mark_filed([seen.id], states={seen.state})
        (row,) = tx.ledger()

    assert (row.state, row.filed) == ("new", False)


def test_a_mail_tried_again_has_not_been_waiting_since_it_came(
    set_aside: SetAside, store: Store, monday_nine: datetime
) -> None:
    """Else every retry of an old mail would raise an alarm."""
    set_aside()
    later = monday_nine + timedelta(days=3)
    with store.begin() as tx:
        assert tx.oldest_mail_at() is None
        tx.retry_mail(1, who="anna", now=later)

        assert tx.oldest_mail_at() == later


def test_the_ledger_is_read_in_pages(set_aside: SetAside, store: Store) -> None:
    """By number, and of one state if asked."""
    for uid in "123":
        set_aside(uid)
    with store.read() as tx:
        first = tx.entries(limit=2)
        rest = tx.entries(after=first[-1].id, limit=2)

        assert [entry.uid for entry in (*first, *rest)] == ["1", "2", "3"]
        assert tx.entries(state="done") == ()
        assert tx.entry(99) is None
        assert (tx.mails_seen(), set(tx.known_ids({1, 99}))) == (3, {1})
