"""One mail is followed through the tables, on both databases."""

from collections.abc import Callable
from datetime import datetime, timedelta

from cases.incoming import RawMail
from cases.model import CaseEvent
from cases.store import Store
from tests.cases.test_store import open_case, queue, raw

__all__ = ["raw"]


def test_a_mail_leads_to_its_events_and_letters_and_to_no_others(
    store: Store, raw: Callable[..., RawMail], monday_nine: datetime
) -> None:
    """By the key of the events; by the number of the letters, or the moment they were written."""
    later = monday_nine + timedelta(hours=1)
    with store.begin() as tx:
        for uid in ("1", "2", "11"):
            tx.store_mail(raw(uid), identity=uid, now=monday_nine, size=17)
        case = open_case(tx, monday_nine)
        for number, at in ((1, monday_nine), (2, later), (11, later)):
            event = CaseEvent(at=at, kind="note", actor="desk", detail=f"of {number}")
            tx.add_events(case.id, (event,), key=f"mail:{number}")
        queue(tx, case, monday_nine)
        queue(tx, case, later, revision=10**10 + 2, message_id="2@x")
        queue(
            tx, case, later + timedelta(1), revision=10**10 + 2, recipient="b@x", message_id="3@x"
        )
        found = [tx.events_of_mail(case.id, number)[0].detail for number in (1, 2, 11)]
        one = tx.letters_of_mail(case.id, revision=10**10 + 1, at={monday_nine})
        two = tx.letters_of_mail(case.id, revision=10**10 + 2, at=set())

        assert found == ["of 1", "of 2", "of 11"]
        assert [letter.message_id for letter in one] == ["1.routed@example.com"]
        assert [letter.message_id for letter in two] == ["2@x", "3@x"]
        assert tx.opened_by(case.id) == 1
        assert tx.reference_of(case.id) == case.reference
        assert tx.reference_of(99) == ""


def test_the_newest_mails_come_first_by_state_and_mailbox(
    store: Store, raw: Callable[..., RawMail], monday_nine: datetime
) -> None:
    """What somebody who looks for a mail of today wants."""
    with store.begin() as tx:
        for number in range(3):
            why = "x" if number == 1 else ""
            mail = raw(str(number))
            tx.store_mail(mail, identity=mail.uid, now=monday_nine, size=17, ignored=why)
        newest = [entry.uid for entry in tx.newest_mails(limit=2)]
        ignored = [entry.uid for entry in tx.newest_mails(state="ignored")]

        assert (newest, ignored) == (["2", "1"], ["1"])
        assert tx.newest_mails(mailbox="another") == ()
        assert tx.mails_named("nobody@example.com") == ()


def test_open_cases_are_counted_by_category_and_severity(
    store: Store, monday_nine: datetime
) -> None:
    """Closed ones, the many, are not."""
    with store.begin() as tx:
        for number in (1, 2, 3):
            open_case(tx, monday_nine, inbox_id=number)
        tx._connection.exec_driver_sql("update case_ set status='closed' where id=3")

        assert tx.open_cases() == {("quality", "general"): 2}
