"""Server against ledger, on a Maildir: what fits is quiet, what does not is named."""

import os
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from cases.errors import MailboxUnavailable
from ingest.maildir import MaildirSource, deliver
from pipeline.desk import source_of
from pipeline.poll import file_settled, poll, take_in
from pipeline.reconcile import Report, reconcile
from tests.conftest import MakeRaw
from tests.pipeline.conftest import Office


@pytest.fixture
def folder(office: Office) -> Path:
    """Return the Maildir of the one mailbox."""
    assert isinstance(office.desk.box.source, Path)
    return office.desk.box.source


@pytest.fixture
def round_of(office: Office) -> Callable[[], None]:
    """Return a function that reads the mailbox, handles and files."""

    def run() -> None:
        source = source_of(office.desk.box)
        poll(office.desk, office.desk.box, source, now=office.now)
        office.process()
        file_settled(office.desk, office.desk.box, source)

    return run


@pytest.fixture
def three(folder: Path, make_raw: MakeRaw, round_of: Callable[[], None]) -> None:
    """Handle a complaint, its copy and an automatic reply, which were filed."""
    deliver(folder, make_raw(), unique="1.case")
    deliver(folder, make_raw(), unique="2.copy")
    auto = make_raw(message_id="3@x", headers=(("Auto-Submitted", "auto-replied"),))
    deliver(folder, auto, unique="3.auto")
    round_of()


def sql(office: Office, statement: str) -> None:
    with office.desk.store.begin() as tx:
        tx._connection.exec_driver_sql(statement)


def kinds(report: Report) -> list[tuple[str, int]]:
    return [(one.kind, one.mail) for one in report.mismatches]


@pytest.mark.usefixtures("three")
def test_all_fits_after_a_round(office: Office) -> None:
    """Every mail has one outcome, the sum is the whole, nothing is left in the inbox folder."""
    report = reconcile(office.desk, now=office.now + timedelta(hours=1))

    assert report.mismatches == []
    assert report.total == sum(report.outcomes.values()) == 3
    assert report.outcomes == {"done": 1, "duplicate": 1, "ignored": 1}
    assert report.folders == {"complaints": {"inbox": 0, "processed": 3, "rejected": 0}}
    assert report.as_json()["fits"] is True


@pytest.mark.usefixtures("three")
@pytest.mark.parametrize(
    ("damage", "found"),
    [
        ("update inbox set state='new' where id=1", "no_outcome"),
        ("update inbox set state='odd' where id=3", "no_state"),
        ("update inbox set reason='' where id=3", "no_reason"),
        ("update inbox set duplicate_of=2 where id=2", "no_original"),
        ("update inbox set duplicate_of=null where id=2", "no_original"),
        ("update inbox set case_id=null where id=1", "no_case"),
        ("update inbox set duplicate_of=1 where id=3", "two_outcomes"),
        ("update inbox set case_id=1 where id=2", "two_outcomes"),
        ("update raw_mail set data=x'00' where inbox_id=2", "bytes_changed"),
        ("delete from raw_mail where inbox_id=3", "bytes_changed"),
        ("update case_ set inbox_id=3", "case_without_mail"),
    ],
)
def test_a_row_without_exactly_one_outcome_is_named(
    damage: str, found: str, office: Office
) -> None:
    """Whatever a fault of ours, a hand in the database or a disk has done."""
    number = 1 if damage.endswith("id=1") else 2 if damage.endswith("id=2") else 3
    sql(office, damage)
    report = reconcile(office.desk, now=office.now + timedelta(minutes=10))

    assert (found, number) in kinds(report)
    assert report.as_json()["fits"] is False


def test_a_mail_nobody_has_taken_in_is_named_after_ten_minutes(
    office: Office, folder: Path, make_raw: MakeRaw
) -> None:
    """Before that the next look takes it."""
    file = deliver(folder, make_raw(), unique="1.late")
    arrived = datetime.fromtimestamp(file.stat().st_mtime, tz=office.now.tzinfo)

    assert reconcile(office.desk, now=arrived + timedelta(minutes=9)).mismatches == []
    (one,) = reconcile(office.desk, now=arrived + timedelta(minutes=11)).mismatches
    assert (one.kind, one.mailbox, one.uid, one.mail) == ("unknown", "complaints", "1.late", 0)


@pytest.mark.usefixtures("three")
def test_a_mail_that_lies_in_the_inbox_again_is_moved_again(
    office: Office, folder: Path, round_of: Callable[[], None]
) -> None:
    """As after a restored mail server: named once, the next round files it."""
    (moved,) = (folder / ".Processed" / "cur").glob("1.case*")
    moved.rename(folder / "cur" / moved.name)

    assert kinds(reconcile(office.desk, now=office.now)) == [("in_inbox", 1)]
    round_of()
    assert reconcile(office.desk, now=office.now).mismatches == []


def test_a_mail_that_could_not_be_moved_is_named_after_ten_minutes(
    office: Office, folder: Path, make_raw: MakeRaw
) -> None:
    """The daemon may be about to move it until then."""
    deliver(folder, make_raw(), unique="1.stays")
    poll(office.desk, office.desk.box, source_of(office.desk.box), now=office.now)
    office.process()

    assert reconcile(office.desk, now=office.now).mismatches == []
    office.later(minutes=10)
    assert kinds(reconcile(office.desk, now=office.now)) == [("not_moved", 1)]


def test_mail_from_before_our_time_stays_where_it_was_and_fits(
    office: Office, folder: Path, make_raw: MakeRaw, round_of: Callable[[], None]
) -> None:
    """It is recorded, and nobody moved it."""
    file = deliver(folder, make_raw(), unique="1.old")
    os.utime(file, (1_000_000_000, 1_000_000_000))
    round_of()

    assert reconcile(office.desk, now=office.now + timedelta(days=1)).mismatches == []


@pytest.fixture
def set_aside(office: Office, folder: Path, make_raw: MakeRaw) -> None:
    """Have the handling of one mail fail for good; it lies in the rejected folder."""
    deliver(folder, make_raw(), unique="1.odd")
    source = source_of(office.desk.box)
    poll(office.desk, office.desk.box, source, now=office.now)
    with office.desk.store.begin() as tx:
        taken = tx.take_mail(owner="a", now=office.now, lease=timedelta(minutes=1))
        assert taken is not None
        tx.finish_mail(taken, "quarantined", reason="ValueError: odd")
    file_settled(office.desk, office.desk.box, source)


@pytest.mark.usefixtures("set_aside")
def test_a_mail_set_aside_must_lie_in_the_rejected_folder(office: Office, folder: Path) -> None:
    """Until a person drops it, it may not just be gone."""
    assert reconcile(office.desk, now=office.now).mismatches == []
    for file in (folder / ".Rejected" / "cur").iterdir():
        file.unlink()
    assert kinds(reconcile(office.desk, now=office.now)) == [("not_in_rejected", 1)]

    with office.desk.store.begin() as tx:
        tx.drop_mail(1, why="answered", who="anna", now=office.now)
    assert reconcile(office.desk, now=office.now).mismatches == []


@pytest.mark.usefixtures("set_aside")
def test_a_mail_tried_again_with_success_ends_in_the_processed_folder(
    office: Office, folder: Path, round_of: Callable[[], None]
) -> None:
    """It leaves quarantine and the rejected folder, and all fits."""
    with office.desk.store.begin() as tx:
        tx.retry_mail(1, who="anna", now=office.now)
    round_of()
    report = reconcile(office.desk, now=office.now + timedelta(hours=1))

    assert report.outcomes == {"done": 1}
    assert report.folders == {"complaints": {"inbox": 0, "processed": 1, "rejected": 0}}
    assert report.mismatches == []


def test_a_mailbox_that_is_away_is_said_and_the_rest_compared(
    office: Office, make_raw: MakeRaw
) -> None:
    """Mails from files have no folder; their rows are looked at all the same."""

    class Away(MaildirSource):
        """A server that is gone."""

        def inventory(self) -> tuple[()]:
            """Fail."""
            raise MailboxUnavailable(self.name, "no route")

    take_in(office.desk, make_raw(), now=office.now)
    report = reconcile(
        office.desk,
        now=office.now + timedelta(minutes=11),
        open_source=lambda box: Away(box.name, Path("/nowhere")),
    )

    assert report.unreachable == {"complaints": "no route"}
    assert kinds(report) == [("no_outcome", 1)]
