"""The sample mails of the first start."""

from dataclasses import replace
from pathlib import Path

from ingest.maildir import deliver
from ingest.parse import parse
from pipeline.desk import Desk
from pipeline.poll import take_in
from pipeline.samples import lay_out, samples
from tests.conftest import MakeRaw
from tests.pipeline.conftest import Office


def asking(desk: Desk) -> Desk:
    """Return the desk with `samples: true`."""
    return replace(desk, settings=replace(desk.settings, samples=True))


def laid(tmp_path: Path) -> int:
    return len(list((tmp_path / "incoming" / "new").glob("*")))


def test_there_are_twelve_and_all_can_be_read() -> None:
    """Each has a sender and words."""
    mails = [parse(path.read_bytes()) for path in samples()]

    assert len(mails) == 12
    assert all(mail.sender.addr and mail.text for mail in mails)


def test_they_are_laid_out_once(desk: Desk, tmp_path: Path) -> None:
    """Also after a start that was interrupted."""
    assert lay_out(asking(desk)) == 12
    assert lay_out(asking(desk)) == 12
    assert laid(tmp_path) == 12
    desk.store.close()


def test_only_when_config_yaml_asks_for_them(desk: Desk, tmp_path: Path) -> None:
    """Nobody wants invented complaints in production."""
    assert lay_out(desk) == 0
    assert not (tmp_path / "incoming").exists()
    desk.store.close()


def test_never_once_a_mail_was_seen(office: Office, make_raw: MakeRaw, tmp_path: Path) -> None:
    """A desk that works already gets none."""
    take_in(office.desk, make_raw(), now=office.now)

    assert lay_out(asking(office.desk)) == 0
    assert not (tmp_path / "incoming").exists()


def test_what_lies_in_the_maildir_stays(desk: Desk, tmp_path: Path) -> None:
    """The samples come beside it."""
    deliver(tmp_path / "incoming", b"Subject: mine\r\n\r\n", unique="mine")
    lay_out(asking(desk))

    assert laid(tmp_path) == 13
    desk.store.close()
