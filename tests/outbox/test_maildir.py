"""Outgoing mail into a Maildir: once per Message-ID, with the envelope on top."""

from pathlib import Path

from cases.outgoing import DeliveryState
from ingest.maildir import deliver
from outbox.maildir import MaildirSender


def nothing() -> None:
    """Stand for the note that the payload leaves."""


def send(sender: MaildirSender, message_id: str = "7.routed.1.x.y@example.com") -> DeliveryState:
    return sender.send(
        b"Subject: x\r\n\r\ny\r\n",
        message_id=message_id,
        envelope_from="complaints+b.x@example.com",
        recipient="quality@example.com",
        before_dot=nothing,
    ).state


def test_a_mail_is_a_file_with_its_envelope(tmp_path: Path) -> None:
    """Return-Path and Delivered-To as a delivery agent writes them, then the mail untouched."""
    sender = MaildirSender(lambda data, name: deliver(tmp_path, data, unique=name))

    assert send(sender) is DeliveryState.ACCEPTED
    (path,) = (tmp_path / "new").iterdir()
    assert path.read_bytes() == (
        b"Return-Path: <complaints+b.x@example.com>\r\nDelivered-To: quality@example.com\r\n"
        b"Subject: x\r\n\r\ny\r\n"
    )


def test_the_same_mail_twice_is_one_file(tmp_path: Path) -> None:
    """A try after a crash finds its own file."""
    sender = MaildirSender(lambda data, name: deliver(tmp_path, data, unique=name))

    assert [send(sender), send(sender)] == [DeliveryState.ACCEPTED] * 2
    assert len(list((tmp_path / "new").iterdir())) == 1
    send(sender, "7.routed.2.x.y@example.com")
    assert len(list((tmp_path / "new").iterdir())) == 2
    sender.close()


def test_the_name_is_safe_whatever_the_id(tmp_path: Path) -> None:
    """No slash, no blank, no endless name."""
    names: list[str] = []

    def write(_data: bytes, name: str) -> Path:
        names.append(name)
        return tmp_path / name

    send(MaildirSender(write), "../../etc/passwd " + "x" * 300 + "@example.com")
    assert "/" not in names[0]
    assert len(names[0]) == 120


def test_a_full_disk_is_tried_again(tmp_path: Path) -> None:
    """An OSError is transient: the letter is fine."""

    def write(_data: bytes, _name: str) -> Path:
        raise OSError(28, "No space left on device")

    assert send(MaildirSender(write)) is DeliveryState.TRANSIENT
