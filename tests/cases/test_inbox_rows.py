"""The work on a mail: who holds it, who no longer does, and which mails are the same one."""

from contextlib import closing
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import RowMapping, select, update

from cases.inbox_rows import TakenMail
from cases.incoming import RawMail
from cases.ledger_rows import RETRIED
from cases.store import Store, Transaction
from cases.tables import inbox, raw_mail
from cases.vault import Vault
from tests.cases.test_outbox_rows import lease, letter
from tests.cases.test_store import open_case
from tests.live.servers import Postgres

LEASE, SECOND = timedelta(minutes=2), timedelta(seconds=1)
DATA = b"Subject: x\r\n\r\ny\r\n"


def keep(tx: Transaction, uid: str, now: datetime, **changes: object) -> bool:
    """Store one mail of the mailbox `complaints`; changes: identity, mailbox, ignored …"""
    ignored = str(changes.pop("ignored", ""))
    identity = str(changes.pop("identity", uid))
    values: dict[str, object] = {
        "mailbox": "complaints",
        "uidvalidity": 5,
        "uid": uid,
        "received_at": now,
        "data": DATA,
    }
    raw = RawMail(**(values | changes))  # type: ignore[arg-type] # the tests name real fields
    return tx.store_mail(raw, identity=identity, now=now, size=len(DATA), ignored=ignored)


def take(tx: Transaction, now: datetime, owner: str = "a") -> TakenMail:
    """Take the next mail; there must be one."""
    taken = tx.take_mail(owner=owner, now=now, lease=LEASE)
    assert taken is not None
    return taken


def row(tx: Transaction, inbox_id: int) -> RowMapping:
    """Return a mail as it stands in the table."""
    return tx._connection.execute(select(inbox).where(inbox.c.id == inbox_id)).one()._mapping


def test_a_mail_is_kept_with_all_that_is_known_of_it(store: Store, monday_nine: datetime) -> None:
    """Under its own number of the mailbox, not that of a namesake in another one."""
    earlier = monday_nine - timedelta(hours=1)
    with store.begin() as tx:
        keep(tx, "7", monday_nine, mailbox="a box", data=b"other")
        keep(tx, "7", monday_nine, uidvalidity=4, data=b"renumbered")
        assert keep(tx, "7", monday_nine, identity="same", received_at=earlier)
        found = row(tx, 3)
        assert [tx.raw_of(number) for number in (1, 2, 3, 4)] == [
            b"other",
            b"renumbered",
            DATA,
            b"",
        ]

    assert {name: found[name] for name in ("mailbox", "uidvalidity", "uid", "size")} == {
        **{"mailbox": "complaints", "uidvalidity": 5, "uid": "7", "size": len(DATA)},
    }
    assert (found["received_at"], found["stored_at"]) == (earlier, monday_nine)
    assert found["not_before"] == monday_nine
    assert found["sha256"] == "3ebd7b03d2c699f8be0c554e2cdeb9ef2134eded03180214abdf688aa2e75473"
    assert (found["identity"], found["state"], found["reason"]) == ("same", "new", "")
    assert (found["attempts"], found["filed"]) == (0, False)


def test_an_ignored_mail_says_why(store: Store, monday_nine: datetime) -> None:
    """And counts as filed: it stays where it was."""
    with store.begin() as tx:
        keep(tx, "1", monday_nine, ignored="too old")
        found = row(tx, 1)

    assert (found["state"], found["reason"], found["filed"]) == ("ignored", "too old", True)


def test_what_is_known_of_a_mailbox_is_known_of_it_alone(
    store: Store, monday_nine: datetime
) -> None:
    """UIDs with their time of arrival, by numbering; and every numbering there was (F17, F19)."""
    with store.begin() as tx:
        keep(tx, "1", monday_nine)
        keep(tx, "2", monday_nine, uidvalidity=6)
        keep(tx, "3", monday_nine, mailbox="second", uidvalidity=7)
        seconds = int(monday_nine.timestamp())

        assert tx.known_mails("complaints", 5) == {"1", f"1@{seconds}"}
        assert tx.known_mails("second", 5) == frozenset()
        assert tx.known_uids("complaints", 6) == {"2"}
        assert tx.numberings("complaints") == {5, 6}


def test_who_takes_a_mail_gets_all_of_it_and_holds_it_for_the_lease(
    store: Store, monday_nine: datetime
) -> None:
    """Every field as it was stored; in the table stand owner, attempt and the end of the lease."""
    with store.begin() as tx:
        keep(tx, "7", monday_nine, identity="same", uidvalidity=6, mailbox="second")
        taken = take(tx, monday_nine)
        held = row(tx, 1)

    assert taken == TakenMail(
        id=1,
        raw=RawMail(mailbox="second", uidvalidity=6, uid="7", received_at=monday_nine, data=DATA),
        identity="same",
        attempts=1,
        owner="a",
    )
    assert (held["state"], held["owner"], held["attempts"]) == ("working", "a", 1)
    assert held["lease_until"] == monday_nine + LEASE


def test_a_lease_holds_to_its_very_end(store: Store, monday_nine: datetime) -> None:
    """Two minutes on it is still held; a second later anybody may take the mail."""
    with store.begin() as tx:
        keep(tx, "1", monday_nine)
        take(tx, monday_nine)
        assert tx.take_mail(owner="b", now=monday_nine + LEASE, lease=LEASE) is None
        assert take(tx, monday_nine + LEASE + SECOND, "b").attempts == 2


@pytest.mark.parametrize("changes", [{"owner": "b"}, {"attempts": 2}, {"id": 2}])
def test_only_the_holder_of_this_attempt_says_what_became_of_a_mail(
    changes: dict[str, object], store: Store, monday_nine: datetime
) -> None:
    """The fence: another owner, attempt or mail changes nothing, and is told so."""
    with store.begin() as tx:
        keep(tx, "1", monday_nine)
        keep(tx, "2", monday_nine)
        taken = take(tx, monday_nine)
        before = [row(tx, 1), row(tx, 2)]
        stale = replace(taken, **changes)  # type: ignore[arg-type] # real fields

        assert tx.finish_mail(stale, "done", reason="x") is False
        tx.postpone_mail(stale, not_before=monday_nine)
        assert [row(tx, 1), row(tx, 2)] == before


@pytest.mark.parametrize("state", ["new", "done", "quarantined"])
def test_a_mail_that_is_not_in_work_can_not_be_finished(
    state: str, store: Store, monday_nine: datetime
) -> None:
    """Whoever has set its state meanwhile, by whatever way: that word stands."""
    with store.begin() as tx:
        keep(tx, "1", monday_nine)
        taken = take(tx, monday_nine)
        tx._connection.execute(update(inbox).values(state=state))

        assert tx.finish_mail(taken, "ignored") is False
        assert row(tx, 1)["state"] == state


def test_what_became_of_a_mail_is_written_down_whole(store: Store, monday_nine: datetime) -> None:
    """State, reason, case, which mail it is a copy of; nobody holds it any more."""
    with store.begin() as tx:
        keep(tx, "1", monday_nine)
        keep(tx, "2", monday_nine)
        case = open_case(tx, monday_nine)
        take(tx, monday_nine)
        assert tx.finish_mail(
            take(tx, monday_nine), "duplicate", reason="a\0b", case_id=case.id, duplicate_of=1
        )
        found = row(tx, 2)

    assert (found["state"], found["reason"]) == ("duplicate", "a\ufffdb")
    assert (found["case_id"], found["duplicate_of"]) == (case.id, 1)
    assert (found["owner"], found["lease_until"]) == ("", None)
    assert found["not_before"] == monday_nine, "as it was"


def test_what_a_persons_hand_wrote_stays_in_the_reason(store: Store, monday_nine: datetime) -> None:
    """The second try's own reason comes behind it."""
    with store.begin() as tx:
        keep(tx, "1", monday_nine)
        taken = replace(take(tx, monday_nine), note="retried by hand")
        tx.finish_mail(taken, "quarantined", reason="it hangs")

        assert row(tx, 1)["reason"] == "retried by hand; it hangs"


def test_a_mail_given_back_has_not_been_tried(store: Store, monday_nine: datetime) -> None:
    """It waits its time, and the attempt is not counted; another mail's is untouched."""
    later = monday_nine + timedelta(minutes=5)
    with store.begin() as tx:
        keep(tx, "1", monday_nine)
        keep(tx, "2", monday_nine)
        taken = take(tx, monday_nine)
        take(tx, monday_nine)
        tx.postpone_mail(taken, not_before=later)
        found, other = row(tx, 1), row(tx, 2)

    assert (found["state"], found["attempts"], found["not_before"]) == ("new", 0, later)
    assert (other["state"], other["attempts"]) == ("working", 1)


def test_what_an_outage_left_in_our_hands_goes_back_untried(
    store: Store, monday_nine: datetime
) -> None:
    """Ours alone, and only what is in work."""
    with store.begin() as tx:
        for uid in "123":
            keep(tx, uid, monday_nine)
        tx.finish_mail(take(tx, monday_nine), "done")
        take(tx, monday_nine)
        take(tx, monday_nine, "b")

        assert tx.hand_back_mails("") == 0, "what nobody holds"
        assert tx.hand_back_mails("a") == 1
        done, ours, theirs = (row(tx, number) for number in (1, 2, 3))
    assert (done["state"], done["attempts"], done["reason"]) == ("done", 1, "")
    assert (ours["state"], ours["attempts"], ours["owner"]) == ("new", 0, "")
    assert ours["lease_until"] is None
    assert (theirs["state"], theirs["owner"], theirs["attempts"]) == ("working", "b", 1)


def test_the_only_process_gives_back_everything_and_keeps_the_count(
    store: Store, monday_nine: datetime
) -> None:
    """Whoever died over a mail has tried it (F08)."""
    with store.begin() as tx:
        for uid in "12":
            keep(tx, uid, monday_nine)
        tx.finish_mail(take(tx, monday_nine), "done")
        take(tx, monday_nine)

        assert tx.release_mails() == 1
        done, freed = row(tx, 1), row(tx, 2)
    assert done["state"] == "done"
    assert (freed["state"], freed["owner"], freed["lease_until"]) == ("new", "", None)
    assert freed["attempts"] == 1


@pytest.mark.parametrize(
    ("first", "found"),
    [("new", 1), ("done", 1), ("quarantined", 1), ("duplicate", None), ("ignored", None)],
)
def test_the_first_of_two_copies_is_the_one_with_an_effect(
    first: str, found: int | None, store: Store, monday_nine: datetime
) -> None:
    """One that was put aside as a copy, or ignored, had none (F20, F25)."""
    with store.begin() as tx:
        keep(tx, "1", monday_nine, identity="same")
        tx.finish_mail(take(tx, monday_nine), first, not_before=monday_nine + 9 * LEASE)
        keep(tx, "2", monday_nine, identity="same")

        assert tx.first_of(take(tx, monday_nine)) == found


def test_an_ignored_copy_counts_where_it_may_have_had_another_effect(
    store: Store, monday_nine: datetime
) -> None:
    """As the supervisors' mails about their file have."""
    with store.begin() as tx:
        keep(tx, "1", monday_nine, identity="same", ignored="rules")
        keep(tx, "2", monday_nine, identity="same")
        taken = take(tx, monday_nine)

        assert tx.first_of(taken) is None
        assert tx.first_of(taken, ignored=True) == 1


def test_a_later_copy_that_was_done_first_is_the_first(store: Store, monday_nine: datetime) -> None:
    """Two workers: only `done` settles it, else both would call the other one the first."""
    with store.begin() as tx:
        for uid in "12":
            keep(tx, uid, monday_nine, identity="same")
        first = take(tx, monday_nine)
        second = take(tx, monday_nine)
        assert tx.first_of(first) is None
        tx.finish_mail(second, "done")
        assert tx.first_of(first) == 2


def test_the_same_words_by_the_same_person_are_found_for_a_while(
    store: Store, monday_nine: datetime
) -> None:
    """Within the time, by the same address in any case of letters, of a mail that is done."""
    with store.begin() as tx:
        case = open_case(tx, monday_nine)
        keep(tx, "1", monday_nine)
        keep(tx, "2", monday_nine)
        first, second = take(tx, monday_nine), take(tx, monday_nine)
        for taken in (first, second):
            tx.note_reading(taken, sender="Wang@Customer.example", words="w", message_id="m")
        before = monday_nine - SECOND

        def found(sender: str = "WANG@customer.example", words: str = "w") -> int | None:
            return tx.sent_before(second, sender=sender, words=words, since=before)

        assert found() is None, "the first one is not done yet"
        keep(tx, "3", monday_nine)
        aside = take(tx, monday_nine)
        tx.note_reading(aside, sender="wang@customer.example", words="w", message_id="m")
        tx.finish_mail(aside, "quarantined", case_id=case.id)
        assert found() is None, "one that was set aside came to nothing"
        tx.finish_mail(first, "done", case_id=case.id)
        assert found() == case.id
        assert found(sender="li@customer.example") is None
        assert found(words="other") is None
        wang = {"sender": "wang@customer.example", "words": "w"}
        assert tx.sent_before(second, since=monday_nine, **wang) is None, "not after that moment"
        assert tx.sent_before(first, since=before, **wang) is None, "not the mail itself"


def test_what_was_read_of_a_mail_is_kept_in_a_size_that_fits(
    store: Store, monday_nine: datetime
) -> None:
    """Of the mail it was read from; a sender of 320 and a Message-ID of 255 characters at most."""
    with store.begin() as tx:
        keep(tx, "1", monday_nine)
        keep(tx, "2", monday_nine)
        taken = take(tx, monday_nine)
        tx.note_reading(taken, sender="W\0" + "X" * 400, words="w", message_id="M\0" + "y" * 400)
        found, other = row(tx, 1), row(tx, 2)

    assert found["sender"] == "w\ufffd" + "x" * 318
    assert found["message_id"] == "M\ufffd" + "y" * 253
    assert (found["words"], other["words"], other["sender"]) == ("w", "", "")


def test_one_message_id_for_two_mails_is_noticed(store: Store, monday_nine: datetime) -> None:
    """By the later of the two, and not where they are the same mail (F21)."""
    with store.begin() as tx:
        for uid, identity in (("1", "a"), ("2", "b"), ("3", "a")):
            keep(tx, uid, monday_nine, identity=identity)
        first, second, copy = (take(tx, monday_nine) for _ in range(3))
        for taken in (first, second, copy):
            tx.note_reading(taken, sender="", words="", message_id="m@x")

        assert not tx.has_message_id(first, "m@x"), "nothing is earlier"
        assert tx.has_message_id(second, "m@x")
        assert not tx.has_message_id(second, "n@x")
        tx.note_reading(second, sender="", words="", message_id="")
        assert not tx.has_message_id(copy, "m@x"), "a copy of the first"


def test_a_mail_whose_key_is_gone_is_set_aside_and_the_next_one_taken(
    store_url: str, monday_nine: datetime
) -> None:
    """What nobody can read stops nobody: it is quarantined with the reason (F123)."""
    with closing(Store(store_url, vault=Vault((b"k" * 32,)))) as store, store.begin() as tx:
        keep(tx, "1", monday_nine)
        keep(tx, "2", monday_nine)
        tx.data_keys.destroy([1])
        taken = tx.take_mail(owner="a", now=monday_nine, lease=LEASE)
        lost = row(tx, 1)

        assert taken is not None
        assert (taken.raw.uid, taken.owner, taken.attempts) == ("2", "a", 1)
        assert row(tx, 2)["lease_until"] == monday_nine + LEASE
    assert (lost["state"], lost["owner"], lost["lease_until"]) == ("quarantined", "", None)
    assert str(lost["reason"]).startswith("Undecipherable: ")
    assert "key is gone" in str(lost["reason"])


def test_the_key_of_a_mail_becomes_that_of_its_case(store_url: str, monday_nine: datetime) -> None:
    """So that what is erased with a case is its mails too; a stale hand gives nothing away."""
    with closing(Store(store_url, vault=Vault((b"k" * 32,)))) as store, store.begin() as tx:
        keep(tx, "1", monday_nine)
        case = open_case(tx, monday_nine)
        taken = take(tx, monday_nine)
        of_case = "select count(*) from data_key where id = 1 and case_id = 1"
        tx.finish_mail(replace(taken, attempts=9), "done", case_id=case.id)
        assert tx._connection.exec_driver_sql(of_case).scalar() == 0
        tx.finish_mail(taken, "done", case_id=case.id)
        assert tx._connection.exec_driver_sql(of_case).scalar() == 1


def test_bytes_belong_to_their_mail_also_after_others_were_erased(
    store: Store, monday_nine: datetime
) -> None:
    """The number of a mail is that of its bytes."""
    with store.begin() as tx:
        keep(tx, "1", monday_nine)
        tx._connection.execute(raw_mail.delete())
        raw = RawMail(
            mailbox="complaints", uidvalidity=5, uid="2", received_at=monday_nine, data=b"second"
        )
        assert tx.store_mail(raw, identity="2", now=monday_nine, size=6)

        assert (tx.raw_of(1), tx.raw_of(2)) == (b"", b"second")
        assert (row(tx, 2)["state"], row(tx, 2)["reason"]) == ("new", "")


def test_of_mails_that_are_due_the_oldest_comes_first(store: Store, monday_nine: datetime) -> None:
    """Also where it had to wait longest."""
    with store.begin() as tx:
        keep(tx, "1", monday_nine)
        keep(tx, "2", monday_nine)
        tx.postpone_mail(take(tx, monday_nine), not_before=monday_nine + SECOND)

        assert take(tx, monday_nine + SECOND).id == 1


def test_who_takes_a_mail_again_sees_the_word_of_a_persons_hand(
    store: Store, monday_nine: datetime
) -> None:
    """So that the second reason is written behind it."""
    with store.begin() as tx:
        keep(tx, "1", monday_nine)
        reason = f"{RETRIED} by ann, 2026-11-23 01:00; it hung"
        tx._connection.execute(update(inbox).values(reason=reason))

        assert take(tx, monday_nine).note.startswith(RETRIED)


@pytest.mark.live
def test_on_a_server_two_workers_never_wait_for_each_others_mail(
    postgres_with_schema: tuple[Postgres, str], monday_nine: datetime
) -> None:
    """What one is taking the other passes over; letters likewise."""
    server, template = postgres_with_schema
    name = server.create(template)
    with closing(Store(server.url(name))) as store:
        with store.begin() as tx:
            for uid in "12":
                keep(tx, uid, monday_nine)
                letter(tx, monday_nine, revision=int(uid), message_id=uid)
        with store.begin() as first, store.begin() as second:
            second._connection.exec_driver_sql("set local lock_timeout = '5s'")
            assert (take(first, monday_nine).id, lease(first, monday_nine).id) == (1, 1)
            assert (take(second, monday_nine).id, lease(second, monday_nine).id) == (2, 2)
    server.drop(name)
