"""Is the desk well? Each trouble with what to do."""

from datetime import timedelta

import pytest

from cases.outgoing import Delivery, DeliveryState
from pipeline.poll import take_in
from pipeline.status import health
from tests.conftest import MakeRaw
from tests.pipeline.conftest import Office


def scanned(office: Office) -> None:
    with office.desk.store.begin() as tx:
        tx.mailbox_scanned("complaints", now=office.now)


def issues(office: Office) -> str:
    return "\n".join(health(office.desk, now=office.now).issues)


def test_all_is_well_after_a_quiet_round(office: Office, make_raw: MakeRaw) -> None:
    """Counts by state, no issue."""
    scanned(office)
    office.take(make_raw())
    office.deliver()
    found = health(office.desk, now=office.now)

    assert found.issues == ()
    assert (found.mails, found.cases, found.letters) == ({"done": 1}, {"routed": 1}, {"sent": 2})
    assert found.mailboxes == {"complaints": "2026-11-23T01:00:00+00:00"}
    assert found.as_json()["healthy"] is True


@pytest.mark.parametrize("minutes", [None, 11])
def test_a_mailbox_nobody_reads_is_an_alarm(minutes: int | None, office: Office) -> None:
    """Never, or not for ten minutes."""
    if minutes is not None:
        scanned(office)
        office.later(minutes=minutes)

    assert "mailbox complaints was not read" in issues(office)
    assert health(office.desk, now=office.now).as_json()["healthy"] is False


def test_an_error_of_a_mailbox_is_shown(office: Office) -> None:
    """With the server's words."""
    scanned(office)
    with office.desk.store.begin() as tx:
        tx.mailbox_failed("complaints", "login refused", now=office.now)

    assert issues(office) == "mailbox complaints: login refused"


def test_letters_that_fail_and_mails_set_aside_are_shown(office: Office, make_raw: MakeRaw) -> None:
    """A person must look after both."""
    scanned(office)
    office.tray.answers["wang.fang@customer.example"] = Delivery(
        state=DeliveryState.PERMANENT, reply="550"
    )
    office.take(make_raw(), make_raw("Two.\n", message_id="2@customer.example"))
    office.deliver()
    with office.desk.store.begin() as tx:
        tx._connection.exec_driver_sql("update inbox set state='quarantined' where id=2")
    found = issues(office)

    assert "1 mails are set aside" in found
    assert "2 letters could not be delivered" in found


def test_work_that_waits_too_long_is_shown(office: Office, make_raw: MakeRaw) -> None:
    """A mail nobody handles, a letter nobody takes."""
    office.take(make_raw())
    office.later(hours=5)
    scanned(office)

    assert "a letter has been waiting" in issues(office)
    assert timedelta(hours=5) > timedelta(hours=4)


def test_what_waited_for_the_daemon_counts_from_its_start(
    office: Office, make_raw: MakeRaw
) -> None:
    """Asked by a daemon that has just started; `status` itself counts from the beginning."""
    take_in(office.desk, make_raw(), now=office.now)
    scanned(office)
    office.later(minutes=10)

    assert "a mail has been waiting" in issues(office)
    assert health(office.desk, now=office.now, up_since=office.now).found == ()
    kinds = {issue.kind for issue in health(office.desk, now=office.now).found}
    assert kinds == {"mail_waiting", "mailbox_silent:complaints"}
