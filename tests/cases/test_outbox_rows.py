"""Letters on their way: who holds one, how often it was tried, and those that rest for a person."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import RowMapping, select, update

from cases.incoming import Address
from cases.model import Assessment, Category, Classification, Matter
from cases.outbox_rows import LOST_TOO_OFTEN, OutboxRow
from cases.privacy_tables import data_key
from cases.store import Store, Transaction
from cases.tables import outbox
from cases.vault import Vault


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


# ---------------------------------------------------------------- leases, fence and caps

LEASE, SECOND = timedelta(minutes=5), timedelta(seconds=1)


def letter(tx: Transaction, now: datetime, **changes: object) -> bool:
    """Queue a letter about no single case; changes name the parameters of `queue_letter`."""
    values: dict[str, object] = {
        "case_id": None,
        "letter": "ledger",
        "recipient": "Boss@example.com",
        "revision": 7,
        "message_id": "1@example.com",
        "envelope_from": "bounces@example.com",
        "data": b"mail",
        "automatic": True,
        "now": now,
        "not_before": now,
    }
    return tx.queue_letter(**(values | changes))  # type: ignore[arg-type] # real parameters


def lease(tx: Transaction, now: datetime, owner: str = "a") -> OutboxRow:
    """Claim the next letter; there must be one."""
    found = tx.lease_letter(owner=owner, now=now, lease=LEASE)
    assert found is not None
    return found


def row(tx: Transaction, number: int = 1) -> RowMapping:
    """Return a letter as it stands in the table."""
    return tx._connection.execute(select(outbox).where(outbox.c.id == number)).one()._mapping


def test_a_letter_is_kept_as_it_was_written(store: Store, monday_nine: datetime) -> None:
    """With its key of case, letter, revision and reader, by which it is written once."""
    later = monday_nine + LEASE
    with store.begin() as tx:
        letter(tx, monday_nine, not_before=later)
        found = row(tx)
        assert tx.lease_letter(owner="a", now=later - SECOND, lease=LEASE) is None
        leased, held = lease(tx, later), row(tx)

    assert found["dedupe_key"] == ":ledger:7:boss@example.com"
    assert (found["state"], found["last_reply"], found["tries"]) == ("ready", "", 0)
    assert (found["created_at"], found["not_before"]) == (monday_nine, later)
    assert leased == OutboxRow(
        id=1,
        case_id=None,
        letter="ledger",
        recipient="Boss@example.com",
        message_id="1@example.com",
        envelope_from="bounces@example.com",
        data=b"mail",
        automatic=True,
        created_at=monday_nine,
        tries=1,
        ambiguous=0,
        owner="a",
    )
    assert (held["state"], held["owner"], held["tries"]) == ("leased", "a", 1)
    assert held["lease_until"] == later + LEASE


def test_a_letter_about_a_case_has_the_case_in_its_key(store: Store, monday_nine: datetime) -> None:
    """Two cases have a letter of the same name and reader each."""
    with store.begin() as tx:
        queue(tx, monday_nine)

        assert row(tx)["dedupe_key"] == "1:outcome:1:wang.fang@customer.example"
        assert lease(tx, monday_nine).case_id == 1


def test_a_letter_that_must_wait_for_a_person_says_why(store: Store, monday_nine: datetime) -> None:
    """It is held from the beginning."""
    with store.begin() as tx:
        letter(tx, monday_nine, held="too many")
        assert tx.lease_letter(owner="a", now=monday_nine, lease=LEASE) is None

        assert (row(tx)["state"], row(tx)["last_reply"]) == ("held", "too many")


def test_of_letters_due_at_once_the_older_one_leaves_first(
    store: Store, monday_nine: datetime
) -> None:
    """Each claim takes one; the other stays as it was."""
    with store.begin() as tx:
        for number in (1, 2):
            letter(tx, monday_nine, revision=number, message_id=str(number))

        assert lease(tx, monday_nine).message_id == "1"
        assert row(tx, 2)["state"] == "ready"


@pytest.mark.parametrize("changes", [{"owner": "b"}, {"tries": 2}, {"id": 2}])
@pytest.mark.parametrize("dot", [False, True])
def test_only_the_holder_of_this_try_may_send_or_settle_a_letter(
    dot: bool, changes: dict[str, object], store: Store, monday_nine: datetime
) -> None:
    """The fence: with another owner, try or letter nothing may leave, and nothing is changed."""
    with store.begin() as tx:
        for number in (1, 2):
            letter(tx, monday_nine, revision=number, message_id=str(number))
        mine = lease(tx, monday_nine)
        if dot:
            assert tx.mark_dot(mine, now=monday_nine, lease=LEASE)
        before = [row(tx, 1), row(tx, 2)]
        stale = replace(mine, **changes)  # type: ignore[arg-type] # real fields

        assert tx.mark_dot(stale, now=monday_nine, lease=LEASE) is False
        assert tx.settle_letter(stale, "sent", reply="250", now=monday_nine) is False
        assert [row(tx, 1), row(tx, 2)] == before


def test_at_its_very_end_a_lease_is_over_for_who_sends_and_not_yet_for_others(
    store: Store, monday_nine: datetime
) -> None:
    """So at no moment two workers may send the same letter (F05)."""
    with store.begin() as tx:
        letter(tx, monday_nine)
        mine = lease(tx, monday_nine)

        assert not tx.mark_dot(mine, now=monday_nine + LEASE, lease=LEASE)
        assert tx.recover_letters(now=monday_nine + LEASE) == 0
        assert tx.mark_dot(mine, now=monday_nine + LEASE - SECOND, lease=LEASE)
        found = row(tx)
        assert (found["state"], found["lease_until"]) == ("dot", monday_nine + 2 * LEASE - SECOND)
        assert tx.recover_letters(now=monday_nine + 2 * LEASE - SECOND) == 0
        assert tx.recover_letters(now=monday_nine + 2 * LEASE) == 1


@pytest.mark.parametrize("state", ["sent", "failed", "ready"])
def test_what_became_of_a_try_is_written_down_whole(
    state: str, store: Store, monday_nine: datetime
) -> None:
    """The server's words, shortened; the time it was sent; nobody holds it any more."""
    later = monday_nine + LEASE
    with store.begin() as tx:
        letter(tx, monday_nine)
        mine = replace(lease(tx, monday_nine), ambiguous=1)
        assert tx.settle_letter(mine, state, reply="x\0" + "y" * 600, now=later)
        found = row(tx)

    assert (found["state"], found["owner"], found["lease_until"]) == (state, "", None)
    assert found["last_reply"] == "x\ufffd" + "y" * 498
    assert (found["ambiguous"], found["tries"]) == (1, 1)
    assert found["sent_at"] == (later if state == "sent" else None)
    assert found["not_before"] == monday_nine, "as it was"


def test_what_an_outage_left_in_our_hands_goes_back(store: Store, monday_nine: datetime) -> None:
    """Ours alone, and only what had not begun to leave."""
    with store.begin() as tx:
        for number in (1, 2, 3):
            letter(tx, monday_nine, revision=number, message_id=str(number))
        lease(tx, monday_nine)
        lease(tx, monday_nine, "b")
        assert tx.mark_dot(lease(tx, monday_nine), now=monday_nine, lease=LEASE)

        assert tx.hand_back_letters("") == 0, "what nobody holds"
        assert tx.hand_back_letters("a") == 1
        ours, theirs, leaving = (row(tx, number) for number in (1, 2, 3))
    assert (ours["state"], ours["owner"], ours["lease_until"]) == ("ready", "", None)
    assert (theirs["state"], theirs["owner"]) == ("leased", "b")
    assert (leaving["state"], leaving["owner"]) == ("dot", "a")


def of_the_dead(tx: Transaction, now: datetime) -> None:
    """Leave four letters as a dead worker would: claimed, at the dot, the third time, sent."""
    for number in (1, 2, 3, 4):
        letter(tx, now, revision=number, message_id=str(number))
    rows = [lease(tx, now, "dead") for _ in range(4)]
    for one in rows[1:]:
        assert tx.mark_dot(one, now=now, lease=LEASE)
    tx.settle_letter(rows[3], "sent", reply="250", now=now)
    two = update(outbox).where(outbox.c.id == 3).values(ambiguous=2)
    tx._connection.execute(two)


def test_lost_letters_are_told_in_the_order_they_were_written(
    store: Store, monday_nine: datetime
) -> None:
    """Whenever they were due."""
    with store.begin() as tx:
        for number in (1, 2):
            due = monday_nine - number * SECOND
            letter(tx, due, revision=number, message_id=str(number))
        tx._connection.execute(update(outbox).values(state="dot", ambiguous=2))

        assert [one.id for one in tx.lost_letters(now=monday_nine, alone=True)] == [1, 2]


@pytest.mark.parametrize("alone", [False, True])
def test_the_letters_of_the_dead_are_taken_back_each_as_it_stood(
    alone: bool, store: Store, monday_nine: datetime
) -> None:
    """Not handed over: simply ready. At the dot: counted as ambiguous, and the third time held."""
    now = monday_nine if alone else monday_nine + LEASE + SECOND
    with store.begin() as tx:
        of_the_dead(tx, monday_nine)
        assert tx.recover_letters(now=monday_nine + LEASE) == 0
        (lost,) = tx.lost_letters(now=now, alone=alone)
        assert (lost.id, lost.tries, lost.owner, lost.data) == (3, 1, "dead", b"mail")
        assert tx.lost_letters(now=monday_nine + LEASE) == ()

        assert tx.recover_letters(now=now, alone=alone) == 3
        found = [row(tx, number) for number in (1, 2, 3, 4)]
        assert tx.ambiguities() == 4
    assert [(one["state"], one["ambiguous"]) for one in found] == [
        *(("ready", 0), ("ready", 1), ("held", 3), ("sent", 0)),
    ]
    assert {(one["owner"], one["lease_until"]) for one in found} == {("", None)}
    assert found[1]["last_reply"] == "interrupted after the final dot"
    assert found[2]["last_reply"] == LOST_TOO_OFTEN
    assert found[3]["last_reply"] == "250"


def test_automatic_letters_are_counted_for_each_cap(store: Store, monday_nine: datetime) -> None:
    """By reader, domain and case, after that moment and not at it; a person's words never."""
    hour = timedelta(hours=1)
    with store.begin() as tx:
        queue(tx, monday_nine)  # a person's, about case 1
        for number, (to, case_id, at) in enumerate(
            [
                ("Li@a.example", 1, monday_nine),
                ("li@a.example", None, monday_nine),
                ("li@b.a.example", 1, monday_nine),
                ("li@xa.example", None, monday_nine - hour),
            ]
        ):
            letter(tx, at, revision=number, message_id=str(number), recipient=to, case_id=case_id)
        since = monday_nine - hour

        assert tx.automatic_since(since) == 3
        assert tx.automatic_since(since - SECOND) == 4
        assert tx.automatic_since(since, recipient="LI@a.example") == 2
        assert tx.automatic_since(since, domain="A.example") == 2
        assert tx.automatic_since(since, case_id=1) == 2
        assert tx.automatic_since(since, case_id=1, recipient="li@a.example") == 1
        assert tx.automatic_since(since, case_id=9) == 0


def test_since_when_the_oldest_letter_waits(store: Store, monday_nine: datetime) -> None:
    """Until it is sent, also while somebody holds it."""
    with store.begin() as tx:
        assert tx.oldest_letter_at() is None
        assert tx.ambiguities() == 0
        for number in (2, 1):
            at = monday_nine + number * SECOND
            letter(tx, at, revision=number, message_id=str(number))
        for state, oldest in (("ready", 1), ("leased", 1), ("dot", 1), ("sent", 2), ("held", 2)):
            tx._connection.execute(update(outbox).where(outbox.c.id == 2).values(state=state))
            assert tx.oldest_letter_at() == monday_nine + oldest * SECOND, state


def test_letters_are_listed_oldest_first_up_to_the_limit(
    store: Store, monday_nine: datetime
) -> None:
    """Those of the states that were asked for."""
    with store.begin() as tx:
        for number in (1, 2, 3):
            letter(
                tx, monday_nine, revision=number, message_id=str(number), held="x" * (number - 1)
            )

        assert [one.id for one in tx.letters_in(["held", "ready"])] == [1, 2, 3]
        assert [one.id for one in tx.letters_in(["held"], limit=1)] == [2]
        assert tx.outbox_counts() == {"ready": 1, "held": 2}


def test_a_released_letter_begins_its_five_days_anew(store: Store, monday_nine: datetime) -> None:
    """And is due at once; the letters beside it stay as they are."""
    later = monday_nine + timedelta(days=9)
    with store.begin() as tx:
        for number in (1, 2):
            letter(tx, monday_nine, revision=number, message_id=str(number), held="why")
        released = tx.release_letter(2, "ready", now=later)
        assert released is not None
        assert (released.id, released.state) == (2, "held")
        first, second = row(tx, 1), row(tx, 2)

    assert (first["state"], first["created_at"]) == ("held", monday_nine)
    assert (second["state"], second["created_at"], second["not_before"]) == ("ready", later, later)


@pytest.fixture
def sealed(store_url: str) -> Iterator[Store]:
    """Return a store that encrypts."""
    with closing(Store(store_url, vault=Vault((b"k" * 32,)))) as store:
        yield store


def test_a_letter_whose_key_is_gone_is_held_and_the_next_one_leaves(
    sealed: Store, monday_nine: datetime
) -> None:
    """What nobody can read stops nobody (F123)."""
    with sealed.begin() as tx:
        for number in (1, 2):
            letter(tx, monday_nine, revision=number, message_id=str(number))
        tx.data_keys.destroy([1])
        mine = lease(tx, monday_nine)
        lost = row(tx, 1)

        assert (mine.id, mine.data, mine.owner) == (2, b"mail", "a")
        assert row(tx, 2)["lease_until"] == monday_nine + LEASE
    assert (lost["state"], lost["owner"], lost["lease_until"]) == ("held", "", None)
    assert "key is gone" in str(lost["last_reply"])
    assert lost["tries"] == 0


def test_a_lost_letter_that_nobody_can_read_is_held_all_the_same(
    sealed: Store, monday_nine: datetime
) -> None:
    """It can't be told with its bytes, and is taken back like the others."""
    with sealed.begin() as tx:
        of_the_dead(tx, monday_nine)
        tx.data_keys.destroy([3])

        assert tx.lost_letters(now=monday_nine, alone=True) == ()
        assert tx.recover_letters(now=monday_nine, alone=True) == 3
        assert row(tx, 3)["state"] == "held"


def test_a_letter_that_is_there_leaves_no_second_key(sealed: Store, monday_nine: datetime) -> None:
    """The key made for it is destroyed again; that of the first copy stays, and belongs to it."""
    with sealed.begin() as tx:
        queue(tx, monday_nine)
        again = {"case_id": 1, "letter": "outcome", "revision": 1, "message_id": "2"}
        assert not letter(tx, monday_nine, recipient="wang.fang@customer.example", **again)
        keys = select(data_key.c.id, data_key.c.case_id).where(data_key.c.case_id.is_not(None))
        numbers = [tuple(one) for one in tx._connection.execute(keys)]

        assert (row(tx)["key_id"], 1) in numbers
        assert lease(tx, monday_nine).data == b"x"
        everything = select(data_key.c.id).order_by(data_key.c.id.desc())
        assert tx._connection.scalar(everything) == row(tx)["key_id"]
