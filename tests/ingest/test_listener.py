"""The embedded SMTP server: only this machine, only our addresses, 250 only for stored mail."""

import smtplib
import socket
from collections.abc import Iterator
from email.message import EmailMessage
from threading import Event

import pytest

from ingest.listener import Listener

OURS = "complaints@example.com"


class Store:
    """What `deliver` writes to; can be told to fail."""

    def __init__(self) -> None:
        self.mails: list[bytes] = []
        self.fails = False

    def deliver(self, data: bytes) -> None:
        if self.fails:
            raise OSError("disk full")
        self.mails.append(data)


def ours(address: str) -> bool:
    local, _, domain = address.partition("@")
    return domain == "example.com" and local.partition("+")[0] == "complaints"


@pytest.fixture
def store() -> Store:
    """Return an empty store."""
    return Store()


@pytest.fixture
def listener(store: Store) -> Iterator[Listener]:
    """Return a running listener that fills `store`."""
    listener = Listener("127.0.0.1", 0, accept=ours, deliver=store.deliver)
    listener.start()
    yield listener
    listener.stop()


@pytest.fixture
def client(listener: Listener) -> Iterator[smtplib.SMTP]:
    """Return a mail client connected to the listener."""
    with smtplib.SMTP("127.0.0.1", listener.port, "pc.example.net", timeout=10) as client:
        yield client


@pytest.mark.parametrize("host", ["", "0.0.0.0", "::", "192.0.2.1", "mail.example.com"])  # noqa: S104
def test_other_machines_are_kept_out(host: str) -> None:
    """A server without passwords and TLS binds to this machine only, and says why."""
    with pytest.raises(ValueError, match="can be reached by other machines"):
        Listener(host, 2525, accept=ours, deliver=print)


@pytest.mark.parametrize("host", ["127.0.0.1", "127.9.9.9", "::1", "localhost"])
def test_loopback_is_fine(host: str) -> None:
    """All names of this machine are taken."""
    assert Listener(host, 2525, accept=ours, deliver=print).host == host


def test_a_mail_is_stored_with_its_trace(store: Store, client: smtplib.SMTP) -> None:
    """Return-Path, one Delivered-To per recipient, Received; below them the mail untouched."""
    mail = b"Subject: =?utf-8?B?5oqV6K+J?=\r\nTo: x@example.com\r\n\r\n\xe6\x8a\x95\r\n.\r\n..a\r\n"
    client.sendmail("zhang@example.net", [OURS, "complaints+c.7-ab@example.com"], mail)

    (stored,) = store.mails
    trace = stored.removesuffix(mail)
    assert trace + mail == stored
    assert trace.decode().splitlines()[:3] == [
        "Return-Path: <zhang@example.net>",
        f"Delivered-To: {OURS}",
        "Delivered-To: complaints+c.7-ab@example.com",
    ]
    assert trace.splitlines()[3].startswith(b"Received: from pc.example.net ([127.0.0.1])")
    assert trace.splitlines()[4].startswith(b"\tby ")
    assert len(trace.splitlines()) == 5


def test_a_bounce_has_an_empty_return_path(store: Store, client: smtplib.SMTP) -> None:
    """The null sender stays visible: nobody may answer such a mail."""
    client.sendmail("", [OURS], b"Subject: failed\r\n\r\n.\r\n")

    assert store.mails[0].startswith(b"Return-Path: <>\r\n")


def test_strangers_are_told_where_they_went_wrong(store: Store, client: smtplib.SMTP) -> None:
    """Mail for others is refused by name at once; we relay nothing."""
    with pytest.raises(smtplib.SMTPRecipientsRefused) as refusal:
        client.sendmail("a@example.net", ["someone@example.org"], b"x\r\n")

    code, text = refusal.value.recipients["someone@example.org"]
    assert code == 550
    assert b"<someone@example.org> is not an address of this complaints desk" in text
    assert store.mails == []


def test_of_two_recipients_the_right_one_gets_it(store: Store, client: smtplib.SMTP) -> None:
    """One wrong address does not stop the mail for the other, and does not show up in it."""
    refused = client.sendmail("a@example.net", ["x@example.org", OURS], b"Subject: x\r\n\r\n")

    assert list(refused) == ["x@example.org"]
    assert b"example.org" not in store.mails[0]


def test_a_mail_that_can_not_be_stored_is_not_accepted(store: Store, client: smtplib.SMTP) -> None:
    """When storing fails the sender hears 451 and keeps the mail; the next try succeeds."""
    store.fails = True
    with pytest.raises(smtplib.SMTPDataError) as failure:
        client.sendmail("a@example.net", [OURS], b"Subject: x\r\n\r\n")
    assert failure.value.smtp_code == 451

    store.fails = False
    client.sendmail("a@example.net", [OURS], b"Subject: x\r\n\r\n")

    assert len(store.mails) == 1


def test_250_comes_after_the_mail_was_stored(store: Store) -> None:
    """The answer waits for `deliver`, and a slow one does not hold up other clients."""
    may_go_on, other_done = Event(), Event()

    def deliver(data: bytes) -> None:
        if b"slow" in data:
            assert other_done.wait(10)
            may_go_on.set()
        store.deliver(data)

    listener = Listener("127.0.0.1", 0, accept=ours, deliver=deliver)
    listener.start()
    try:
        with (
            smtplib.SMTP("127.0.0.1", listener.port, timeout=10) as slow,
            smtplib.SMTP("127.0.0.1", listener.port, timeout=10) as quick,
        ):
            slow.ehlo()
            slow.mail("a@example.net")
            slow.rcpt(OURS)
            slow.docmd("DATA")
            slow.send(b"Subject: slow\r\n\r\n.\r\n")
            quick.sendmail("b@example.net", [OURS], b"Subject: quick\r\n\r\n")
            other_done.set()
            assert slow.getreply()[0] == 250
            assert may_go_on.is_set()
    finally:
        listener.stop()

    assert len(store.mails) == 2


def test_a_header_can_not_be_smuggled_in(store: Store, client: smtplib.SMTP) -> None:
    """Control marks in addresses and in the client's name begin no field of their own."""
    client.ehlo("pc\tX-Evil:\x0bx")
    client.docmd("MAIL", "FROM:<a\x01b@example.net>")
    client.docmd("RCPT", f"TO:<{OURS}>")
    client.data(b"Subject: x\r\n\r\n")

    (mail,) = store.mails
    trace = mail.partition(b"Subject:")[0].decode()
    assert trace.startswith("Return-Path: <ab@example.net>\r\n")
    assert "Received: from pcX-Evil:x (" in trace


def test_chinese_addresses_and_long_lines_get_through(store: Store, client: smtplib.SMTP) -> None:
    """SMTPUTF8 senders are welcome, and a line of 20,000 bytes (a careless web mailer) as well."""
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "张三@例子.example", OURS, "投诉"
    mail.set_content("坏了")
    client.send_message(mail)
    client.sendmail("a@example.net", [OURS], b"Subject: x\r\n\r\n" + b"y" * 20_000 + b"\r\n")

    assert "Return-Path: <张三@例子.example>".encode() in store.mails[0]
    assert b"y" * 20_000 in store.mails[1]


def test_a_too_big_mail_is_refused_before_it_is_sent(store: Store, client: smtplib.SMTP) -> None:
    """25 MiB is announced as SIZE, so a client need not send in vain (RFC 1870)."""
    client.ehlo()
    assert client.esmtp_features["size"] == str(25 * 2**20)
    code, _ = client.mail("a@example.net", [f"SIZE={26 * 2**20}"])

    assert code == 552
    assert store.mails == []


def test_a_bare_line_feed_ends_no_mail(store: Store, client: smtplib.SMTP) -> None:
    """Only CR LF . CR LF ends a mail: no second one can be smuggled inside by it."""
    client.ehlo()
    client.mail("a@example.net")
    client.rcpt(OURS)
    client.docmd("DATA")
    client.send(b"Subject: one\r\n\r\nx\n.\nMAIL FROM:<evil@example.net>\r\n\r\n.\r\n")
    assert client.getreply()[0] == 250

    (mail,) = store.mails
    assert mail.endswith(b"x\n.\nMAIL FROM:<evil@example.net>\r\n\r\n")


def test_a_taken_port_is_named(listener: Listener) -> None:
    """The operator reads which port, and what to do; another try after that works."""
    second = Listener("127.0.0.1", listener.port, accept=ours, deliver=print)

    with pytest.raises(OSError, match=f"port {listener.port} on 127.0.0.1 is taken"):
        second.start()

    listener.stop()
    second.start()
    second.stop()


def test_starting_and_stopping_twice_is_harmless(listener: Listener) -> None:
    """A second start or stop changes nothing; after a stop the port is free."""
    listener.start()
    listener.stop()
    listener.stop()

    socket.create_server(("127.0.0.1", listener.port)).close()


def test_stopping_with_a_client_connected_ends(listener: Listener, client: smtplib.SMTP) -> None:
    """A client that stays in the line does not hold up the end."""
    client.ehlo()

    listener.stop()

    with pytest.raises((smtplib.SMTPServerDisconnected, ConnectionError)):
        client.docmd("NOOP")
        client.docmd("NOOP")
