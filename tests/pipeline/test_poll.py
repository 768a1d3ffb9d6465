"""Mailbox → inbox rows: stored first, the server touched afterwards."""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import pytest

from cases.errors import MailboxUnavailable
from cases.incoming import RawMail
from ingest.source import Filing, Fingerprint, FolderContents, Known, KnownFiled, PartialMail, Stop
from pipeline.config import MailboxSettings
from pipeline.poll import file_settled, poll
from tests.conftest import MakeRaw
from tests.pipeline.conftest import Office


@dataclass
class Box:
    """A mailbox in memory."""

    mails: list[RawMail] = field(default_factory=list)
    unfetchable: tuple[str, ...] = ()
    moved: list[tuple[tuple[str, ...], Filing]] = field(default_factory=list)
    refiled: list[tuple[tuple[Fingerprint, ...], Filing, Filing]] = field(default_factory=list)
    lets_us_move: bool = True
    breaks_after: int = 1_000
    name: str = "complaints"

    def scan(self, known: Known) -> Iterator[RawMail]:
        """Yield what is not known, then break if told so."""
        for number, mail in enumerate(self.mails):
            if number >= self.breaks_after:
                raise MailboxUnavailable(self.name, "gone")
            if mail.uid not in known(mail.uidvalidity):
                yield mail

    def file(self, uidvalidity: int, uid: str, folder: Filing) -> bool:
        """Move one mail."""
        return self.file_all(uidvalidity, [uid], folder)

    def file_all(self, uidvalidity: int, uids: Sequence[str], folder: Filing) -> bool:
        """Move many, if we may."""
        if self.lets_us_move:
            self.moved.append((tuple(uids), folder))
        return self.lets_us_move

    def inventory(self) -> tuple[FolderContents, ...]:
        """List the one folder."""
        uids = tuple(mail.uid for mail in self.mails)
        return (FolderContents(folder="inbox", uidvalidity=5, uids=uids),)

    def find(self, mails: Sequence[Fingerprint], folder: Filing) -> frozenset[str]:
        """Everything is everywhere."""
        return frozenset(mail.uid for mail in mails)

    def refile(self, mails: Sequence[Fingerprint], source: Filing, target: Filing) -> bool:
        """Move many between folders, if we may."""
        if self.lets_us_move:
            self.refiled.append((tuple(mails), source, target))
        return self.lets_us_move

    def filed(self, folder: Filing, known: KnownFiled) -> Iterator[RawMail]:
        """Nothing was filed by others."""
        return iter(())

    def expunge(self, mails: Sequence[Fingerprint]) -> frozenset[str]:
        """Everything can be removed."""
        return self.find(mails, Filing.PROCESSED)

    def wait(self, seconds: float, *, stop: Stop) -> bool:
        """Never wait."""
        return False

    def close(self) -> None:
        """Nothing stays open."""


@pytest.fixture
def box(make_raw: MakeRaw, monday_nine: datetime) -> Box:
    """Return a mailbox with three mails."""
    return Box(
        [
            RawMail(
                mailbox="complaints",
                uidvalidity=5,
                uid=str(number),
                received_at=monday_nine - timedelta(hours=number),
                data=make_raw(f"Number {number}.\n", message_id=f"{number}@customer.example"),
            )
            for number in (1, 2, 3)
        ]
    )


@pytest.fixture
def settings(office: Office) -> MailboxSettings:
    """The settings of the one mailbox."""
    return office.desk.box


def test_every_new_mail_is_stored_once(office: Office, box: Box, settings: MailboxSettings) -> None:
    """The second look finds nothing new; the mailbox counts as read."""
    assert poll(office.desk, settings, box, now=office.now) == 3
    assert poll(office.desk, settings, box, now=office.now) == 0
    with office.desk.store.read() as tx:
        assert tx.inbox_counts() == {"new": 3}
        (health,) = tx.mailboxes()
    assert (health.scanned_at, health.error) == (office.now, "")


def test_what_was_read_before_the_connection_broke_is_kept(
    office: Office, box: Box, settings: MailboxSettings
) -> None:
    """Each mail is committed by itself; the next poll brings the rest."""
    box.breaks_after = 2
    with pytest.raises(MailboxUnavailable):
        poll(office.desk, settings, box, now=office.now)
    box.breaks_after = 99

    assert poll(office.desk, settings, box, now=office.now) == 1


def test_mail_from_before_our_time_is_recorded_and_never_answered(
    office: Office, box: Box, settings: MailboxSettings
) -> None:
    """It stays where it is, with the reason; its copy that comes later is a new mail."""
    old = RawMail(
        mailbox="complaints",
        uidvalidity=5,
        uid="0",
        received_at=settings.answer_mail_since - timedelta(seconds=1),
        data=box.mails[0].data,
    )
    box.mails = [old, box.mails[0]]
    poll(office.desk, settings, box, now=office.now)
    (done,) = office.process()

    assert done.outcome == "case"
    assert office.counts()[0] == {"ignored": 1, "done": 1}
    file_settled(office.desk, settings, box)
    assert box.moved == [(("1",), Filing.PROCESSED)]


def test_a_partial_mail_becomes_a_case_that_says_so(
    office: Office, box: Box, settings: MailboxSettings
) -> None:
    """The size of the whole is what counts, not that of the part."""
    box.mails = [PartialMail.of(box.mails[0], size=50_000_000)]
    poll(office.desk, settings, box, now=office.now)
    (done,) = office.process()

    assert done.decision is not None
    assert done.decision.letters[-1].facts["unreadable"] is True


def test_handled_mails_are_filed_by_what_became_of_them(
    office: Office, box: Box, settings: MailboxSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Processed or rejected, once."""
    poll(office.desk, settings, box, now=office.now)
    with office.desk.store.begin() as tx:
        for state in ("done", "quarantined", "ignored"):
            taken = tx.take_mail(owner="a", now=office.now, lease=timedelta(minutes=1))
            assert taken is not None
            tx.finish_mail(taken, state)

    assert file_settled(office.desk, settings, box) == 3
    assert sorted(box.moved) == [(("1", "3"), Filing.PROCESSED), (("2",), Filing.REJECTED)]
    assert file_settled(office.desk, settings, box) == 0


def test_a_mailbox_that_lets_nobody_move_mail_stops_nothing(
    office: Office, box: Box, settings: MailboxSettings
) -> None:
    """F27: cases go on, filing is tried again later."""
    poll(office.desk, settings, box, now=office.now)
    office.process()
    box.lets_us_move = False
    assert file_settled(office.desk, settings, box) == 0
    box.lets_us_move = True
    assert file_settled(office.desk, settings, box) == 3


def test_mails_that_cannot_be_moved_do_not_keep_newer_ones_from_it(
    office: Office, box: Box, settings: MailboxSettings
) -> None:
    """However many: the newer ones come first from then on, then the old ones are tried again."""
    stuck: list[int] = []
    poll(office.desk, settings, box, now=office.now)
    office.process()
    box.lets_us_move = False
    assert file_settled(office.desk, settings, box, stuck.append) == 0
    assert stuck == [3]

    box.mails = [replace(box.mails[0], uid="4", data=b"Subject: new\r\n\r\nThe kettle leaks.\r\n")]
    poll(office.desk, settings, box, now=office.now)
    office.process()
    box.lets_us_move = True
    assert file_settled(office.desk, settings, box, stuck.append, after=3) == 1
    assert box.moved == [(("4",), Filing.PROCESSED)]
    assert file_settled(office.desk, settings, box, stuck.append, after=3) == 3, "the old ones"
    assert stuck == [3, 0, 0]


def test_a_mail_the_server_does_not_give_is_a_trouble_somebody_sees(
    office: Office, box: Box, settings: MailboxSettings
) -> None:
    """F29: the others are read, and the status names it."""
    box.unfetchable = ("77",)
    assert poll(office.desk, settings, box, now=office.now) == 3
    with office.desk.store.read() as tx:
        (health,) = tx.mailboxes()

    assert health.scanned_at == office.now
    assert "77" in health.error


def test_a_mail_tried_again_with_success_is_looked_for_among_the_rejected(
    office: Office, box: Box, settings: MailboxSettings
) -> None:
    """By its bytes: its number there is another. One that may not be moved is tried again."""
    box.mails = [PartialMail.of(box.mails[0], size=50_000_000)]
    poll(office.desk, settings, box, now=office.now)
    with office.desk.store.begin() as tx:
        taken = tx.take_mail(owner="a", now=office.now, lease=timedelta(minutes=1))
        assert taken is not None
        tx.finish_mail(taken, "quarantined", reason="ValueError: odd")
    assert file_settled(office.desk, settings, box) == 1
    assert (box.moved[-1], box.refiled) == ((("1",), Filing.REJECTED), [])

    with office.desk.store.begin() as tx:
        tx.retry_mail(1, who="anna", now=office.now)
    assert file_settled(office.desk, settings, box) == 0, "it is not settled yet"
    assert [done.outcome for done in office.process()] == ["case"]
    box.lets_us_move = False
    assert file_settled(office.desk, settings, box) == 0
    box.lets_us_move = True
    assert file_settled(office.desk, settings, box) == 1

    ((mails, source, target),) = box.refiled
    data = box.mails[0].data
    digest = hashlib.sha256(data).hexdigest()
    assert mails == (Fingerprint(uid="1", size=50_000_000, sha256=digest, length=len(data)),)
    assert (source, target) == (Filing.REJECTED, Filing.PROCESSED)
    assert file_settled(office.desk, settings, box) == 0
