"""Leases, the health of mailboxes, and addresses that letters come back from."""

from datetime import datetime, timedelta

from sqlalchemy import select

from cases.register import MailboxHealth
from cases.store import Store
from cases.tables import lease

MINUTE, SECOND = timedelta(minutes=1), timedelta(seconds=1)


def test_a_lease_is_kept_to_its_very_end(store: Store, monday_nine: datetime) -> None:
    """Nobody else gets it at that moment, anybody does a second later."""
    with store.begin() as tx:
        assert tx.hold_lease("m", owner="a", now=monday_nine, until=MINUTE) is True
        assert tx.hold_lease("m", owner="b", now=monday_nine + MINUTE, until=MINUTE) is False
        assert tx.hold_lease("m", owner="b", now=monday_nine + MINUTE + SECOND, until=MINUTE)
        held = tx._connection.execute(select(lease)).one()

    assert tuple(held) == ("m", "b", monday_nine + 2 * MINUTE + SECOND)


def test_renewing_a_lease_moves_its_end_and_no_other_lease(
    store: Store, monday_nine: datetime
) -> None:
    """Its owner may, as long as nobody has taken it over."""
    with store.begin() as tx:
        for name in ("m", "other"):
            assert tx.hold_lease(name, owner="a", now=monday_nine, until=MINUTE)
        assert tx.hold_lease("m", owner="a", now=monday_nine + MINUTE, until=MINUTE)
        ends = {row.name: row.until for row in tx._connection.execute(select(lease))}

    assert ends == {"m": monday_nine + 2 * MINUTE, "other": monday_nine + MINUTE}


def test_giving_a_lease_back_frees_that_one_alone(store: Store, monday_nine: datetime) -> None:
    """Somebody else's stays; the only process of a database frees all of them."""
    with store.begin() as tx:
        for name, owner in (("m", "a"), ("other", "a"), ("third", "b")):
            tx.hold_lease(name, owner=owner, now=monday_nine, until=MINUTE)
        tx.drop_lease("m", owner="a")
        tx.drop_lease("third", owner="a")
        held = select(lease.c.name).order_by(lease.c.name)
        assert tx._connection.scalars(held).all() == ["other", "third"]
        tx.drop_leases()
        assert tx._connection.scalars(held).all() == []


def test_each_mailbox_has_a_health_of_its_own(store: Store, monday_nine: datetime) -> None:
    """What could not be had of a mailbox that was read is told with its time."""
    later = monday_nine + MINUTE
    with store.begin() as tx:
        tx.mailbox_scanned("b", now=monday_nine)
        tx.mailbox_failed("a", "re\0fused", now=monday_nine)
        tx.mailbox_scanned("b", now=later, trouble="one\0mail")

        assert tx.mailboxes() == (
            MailboxHealth(
                mailbox="a", scanned_at=None, error="re\ufffdfused", error_at=monday_nine
            ),
            MailboxHealth(mailbox="b", scanned_at=later, error="one\ufffdmail", error_at=later),
        )


def test_letters_that_came_back_are_counted_by_address(store: Store, monday_nine: datetime) -> None:
    """In any case of letters, as long as the last one came back after that moment."""
    with store.begin() as tx:
        tx.count_bounce("Wang@Customer.example", now=monday_nine - MINUTE)
        tx.count_bounce("li@customer.example", now=monday_nine)
        assert tx.bounces("wang@customer.example", since=monday_nine - 2 * MINUTE) == 1
        tx.count_bounce("wang@customer.example", now=monday_nine)

        assert tx.bounces("WANG@customer.example", since=monday_nine - SECOND) == 2
        assert tx.bounces("wang@customer.example", since=monday_nine) == 0
        assert tx.bounces("li@customer.example", since=monday_nine - SECOND) == 1
        assert tx.bounces("nobody@customer.example", since=monday_nine - MINUTE) == 0


def test_an_address_too_long_for_the_column_is_cut(store: Store, monday_nine: datetime) -> None:
    """Nobody can stop the desk by a bounce of a monstrous address (F43)."""
    with store.begin() as tx:
        tx.count_bounce("X\0" + "y" * 400, now=monday_nine)

        assert tx.bounces("x\ufffd" + "y" * 318, since=monday_nine - SECOND) == 1
