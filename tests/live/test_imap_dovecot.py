"""ImapSource against a real Dovecot: what it promises holds under what servers and people do."""

import imaplib
import time
from collections.abc import Callable, Iterator
from threading import Thread, Timer

import pytest

from cases.errors import MailboxUnavailable
from cases.incoming import RawMail
from ingest.imap import ImapSource
from ingest.imap_wire import Client
from ingest.source import Filing, PartialMail
from tests.live.servers import Dovecot
from tests.live.wire import Proxy

OpenMailbox = Callable[..., ImapSource]


def nothing_known(uidvalidity: int) -> frozenset[str]:
    return frozenset()


def never() -> bool:
    return False


def letter(number: int, *, size: int = 0) -> bytes:
    """Return a small complaint; `size` adds so many bytes of text."""
    filler = b"The lid does not close.\r\n" * (size // 25)
    return b"Subject: Kettle %d\r\nFrom: customer@example.com\r\n\r\nIt leaks.\r\n%s" % (
        number,
        filler,
    )


def number_of(mail: RawMail) -> int:
    return int(mail.data.split(b"Subject: Kettle ", 1)[1].split(b"\r\n", 1)[0])


@pytest.fixture
def user(dovecot: Dovecot) -> str:
    """Return the name of a fresh mailbox."""
    return dovecot.new_user()


@pytest.fixture
def mailbox(dovecot: Dovecot, user: str) -> Iterator[OpenMailbox]:
    """Return a function that opens the mailbox of `user`, closed after the test."""
    opened: list[ImapSource] = []

    def open_mailbox(**changed: object) -> ImapSource:
        settings: dict[str, object] = {
            "host": dovecot.host,
            "port": dovecot.imap_port,
            "user": user,
            "password": dovecot.password,
            "tls": "none",
            "connect_seconds": 5,
            "command_seconds": 5,
        }
        source = ImapSource("complaints", **(settings | changed))  # type: ignore[arg-type]
        opened.append(source)
        return source

    yield open_mailbox
    for source in opened:
        source.close()


@pytest.fixture
def other_client(dovecot: Dovecot, user: str) -> Iterator[imaplib.IMAP4]:
    """Return somebody else's session on the same mailbox."""
    with imaplib.IMAP4(dovecot.host, dovecot.imap_port, timeout=10) as client:
        client.login(user, dovecot.password)
        client.select()
        yield client


def test_mails_come_in_uid_order_over_many_batches(
    dovecot: Dovecot, user: str, mailbox: OpenMailbox
) -> None:
    """Batches bounded by bytes lose, double and reorder nothing."""
    for number in range(12):
        dovecot.deliver(user, letter(number, size=3000))

    mails = list(mailbox(batch_bytes=8000).scan(nothing_known))

    assert [number_of(mail) for mail in mails] == list(range(12))
    assert [int(mail.uid) for mail in mails] == sorted(int(mail.uid) for mail in mails)
    assert all(mail.mailbox == "complaints" and mail.uidvalidity > 0 for mail in mails)


def test_a_mail_is_untouched_and_unseen(
    dovecot: Dovecot, user: str, mailbox: OpenMailbox, other_client: imaplib.IMAP4
) -> None:
    """The bytes are the server's own, the time is aware UTC, and no flag was set by reading."""
    odd = b'From: a@example.com\r\nSubject: \xc4\xe3\xba\xc3 {5}\r\n\r\n"x" {3}\r\n* 1 EXISTS\r\n'
    other_client.append("INBOX", "", '"01-Feb-2026 10:00:00 +0800"', odd)

    (mail,) = mailbox().scan(nothing_known)

    assert mail.data == odd
    assert mail.received_at.isoformat() == "2026-02-01T02:00:00+00:00"
    assert "Seen" not in str(other_client.fetch("1", "(FLAGS)"))


def test_known_mails_are_not_fetched_again(
    dovecot: Dovecot, user: str, mailbox: OpenMailbox
) -> None:
    """What is stored already is left out by its uid, under its UIDVALIDITY."""
    for number in range(3):
        dovecot.deliver(user, letter(number))
    source = mailbox()
    first, second, third = source.scan(nothing_known)

    def known(uidvalidity: int) -> frozenset[str]:
        return frozenset({first.uid, third.uid} if uidvalidity == first.uidvalidity else ())

    assert [mail.uid for mail in source.scan(known)] == [second.uid]


def test_mail_marked_deleted_by_somebody_is_still_taken(
    dovecot: Dovecot, user: str, mailbox: OpenMailbox, other_client: imaplib.IMAP4
) -> None:
    """Flags are not our state (F26)."""
    dovecot.deliver(user, letter(7))
    other_client.noop()
    other_client.store("1", "+FLAGS", r"(\Deleted \Seen)")

    assert [number_of(mail) for mail in mailbox().scan(nothing_known)] == [7]


def test_renumbered_folder_is_listed_afresh(
    dovecot: Dovecot, user: str, mailbox: OpenMailbox, other_client: imaplib.IMAP4
) -> None:
    """After UIDVALIDITY changed, nothing counts as known and old uids name no mail (F17)."""
    for number in range(2):
        other_client.create("Desk")
        other_client.append("Desk", "", "", letter(number))
    source = mailbox(folder="Desk")
    before = list(source.scan(nothing_known))
    time.sleep(1.1)  # Dovecot makes UIDVALIDITY of the time in seconds
    other_client.delete("Desk")
    other_client.create("Desk")
    other_client.append("Desk", "", "", letter(2))
    asked: list[int] = []

    def known(uidvalidity: int) -> frozenset[str]:
        asked.append(uidvalidity)
        return frozenset({"1", "2"} if uidvalidity == before[0].uidvalidity else ())

    after = _scan_patiently(source, known)

    assert [number_of(mail) for mail in after] == [2]
    assert after[0].uidvalidity != before[0].uidvalidity
    assert source.file(before[0].uidvalidity, after[0].uid, Filing.PROCESSED)
    assert [mail.uid for mail in source.scan(nothing_known)] == [after[0].uid]


def test_a_folder_renumbered_during_a_scan_ends_it(
    dovecot: Dovecot, mailbox: OpenMailbox, other_client: imaplib.IMAP4
) -> None:
    """A new mail never comes under the identity of an old one, even after a reconnect (F17)."""
    other_client.create("Desk")
    for number in range(3):
        other_client.append("Desk", "", "", letter(number, size=3000))
    source = mailbox(folder="Desk", batch_bytes=3000)
    mails = source.scan(nothing_known)
    assert number_of(next(mails)) == 0
    source.close()
    time.sleep(1.1)  # Dovecot makes UIDVALIDITY of the time in seconds
    other_client.delete("Desk")
    other_client.create("Desk")
    for number in range(10, 13):
        other_client.append("Desk", "", "", letter(number))

    with pytest.raises(MailboxUnavailable, match="renumbered"):
        list(mails)


def _scan_patiently(source: ImapSource, known: Callable[[int], frozenset[str]]) -> list[RawMail]:
    """Scan, once more after an error: the server cuts the session on a deleted folder."""
    try:
        return list(source.scan(known))
    except MailboxUnavailable:
        return list(source.scan(known))


def test_mails_expunged_while_we_read_are_left_out(
    dovecot: Dovecot, user: str, mailbox: OpenMailbox, other_client: imaplib.IMAP4
) -> None:
    """Somebody else empties half the folder between listing and fetching: the rest comes (F23)."""
    for number in range(8):
        dovecot.deliver(user, letter(number, size=3000))
    mails = mailbox(batch_bytes=7000).scan(nothing_known)
    seen = [next(mails)]
    other_client.noop()
    other_client.store("3,4,6,8", "+FLAGS", r"\Deleted")
    other_client.expunge()

    seen += mails

    assert [number_of(mail) for mail in seen] == [0, 1, 4, 6]


def test_handled_mail_moves_to_its_folder(
    dovecot: Dovecot, user: str, mailbox: OpenMailbox, other_client: imaplib.IMAP4
) -> None:
    """Filing creates the missing folders, also with a Chinese name, and empties INBOX."""
    for number in range(2):
        dovecot.deliver(user, letter(number))
    source = mailbox(rejected="已拒绝")
    good, bad = source.scan(nothing_known)

    assert source.file(good.uidvalidity, good.uid, Filing.PROCESSED)
    assert source.file(bad.uidvalidity, bad.uid, Filing.REJECTED)

    assert list(source.scan(nothing_known)) == []
    assert other_client.select("Processed")[1] == [b"1"]
    assert other_client.select('"&XfJi0n7d-"')[1] == [b"1"]


def test_many_mails_are_filed_at_once(
    dovecot: Dovecot, user: str, mailbox: OpenMailbox, other_client: imaplib.IMAP4
) -> None:
    """Those that are gone meanwhile stop none of the others."""
    for number in range(8):
        dovecot.deliver(user, letter(number))
    source = mailbox()
    mails = list(source.scan(nothing_known))
    other_client.noop()
    other_client.store("3", "+FLAGS", r"\Deleted")
    other_client.expunge()

    uids = [mail.uid for mail in mails[:6]]
    assert source.file_all(mails[0].uidvalidity, uids, Filing.PROCESSED)

    assert [number_of(mail) for mail in source.scan(nothing_known)] == [6, 7]
    assert other_client.select("Processed")[1] == [b"5"]


def test_filing_twice_and_filing_what_is_gone_are_no_ops(
    dovecot: Dovecot, user: str, mailbox: OpenMailbox, other_client: imaplib.IMAP4
) -> None:
    """A mail that is not there any more counts as filed (F24)."""
    dovecot.deliver(user, letter(1))
    source = mailbox()
    (mail,) = source.scan(nothing_known)

    assert all(source.file(mail.uidvalidity, mail.uid, Filing.PROCESSED) for _ in range(2))
    assert source.file(mail.uidvalidity, "4000000000", Filing.PROCESSED)
    assert source.file(mail.uidvalidity, "99999999999999999999", Filing.PROCESSED)
    assert source.file(mail.uidvalidity, "not a number", Filing.PROCESSED)
    assert other_client.select("Processed")[1] == [b"1"]


def test_without_move_only_the_one_mail_is_expunged(
    dovecot: Dovecot,
    user: str,
    mailbox: OpenMailbox,
    other_client: imaplib.IMAP4,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """COPY and UID EXPUNGE spare the mail that somebody else has marked as deleted (F28)."""
    for number in range(2):
        dovecot.deliver(user, letter(number))
    other_client.noop()
    other_client.store("1", "+FLAGS", r"\Deleted")
    forget_capability(monkeypatch, "MOVE")
    source = mailbox()
    _, mail = source.scan(nothing_known)

    assert source.file(mail.uidvalidity, mail.uid, Filing.PROCESSED)

    assert [number_of(mail) for mail in source.scan(nothing_known)] == [0]
    assert other_client.select("Processed")[1] == [b"1"]


def test_without_move_and_uidplus_mail_stays_in_place(
    dovecot: Dovecot, user: str, mailbox: OpenMailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where only a bare EXPUNGE would do, nothing is moved and the caller hears so."""
    dovecot.deliver(user, letter(1))
    forget_capability(monkeypatch, "MOVE", "UIDPLUS")
    source = mailbox()
    (mail,) = source.scan(nothing_known)

    assert not source.file(mail.uidvalidity, mail.uid, Filing.PROCESSED)
    assert [mail.uid for mail in source.scan(nothing_known)] == [mail.uid]
    assert list(mailbox(folder="Processed").scan(nothing_known)) == []
    assert not list(dovecot.maildir(user).glob("cur/*,*T*"))


def forget_capability(monkeypatch: pytest.MonkeyPatch, *names: str) -> None:
    """Hide capabilities that Dovecot has and other servers don't."""
    true_answer = Client.has_capability

    def has_capability(client: Client, name: str) -> bool:
        return name not in names and bool(true_answer(client, name))

    monkeypatch.setattr(Client, "has_capability", has_capability)


def test_read_only_folder_is_read_and_left_alone(
    dovecot: Dovecot, user: str, mailbox: OpenMailbox
) -> None:
    """With the right to look only, mails are taken in, filing says no, nothing breaks (F27)."""
    dovecot.deliver(user, letter(5))
    (dovecot.maildir(user) / "dovecot-acl").write_text("owner lr\n", encoding="ascii")
    source = mailbox()

    for _ in range(3):
        (mail,) = source.scan(nothing_known)
        assert number_of(mail) == 5
        assert not source.file(mail.uidvalidity, mail.uid, Filing.PROCESSED)
    assert not (dovecot.maildir(user) / ".Processed").exists()


def test_a_huge_mail_comes_by_its_beginning(
    dovecot: Dovecot, user: str, mailbox: OpenMailbox
) -> None:
    """Above the cap we take header and 64 KiB, and say how big the whole is."""
    dovecot.deliver(user, letter(1, size=300_000))
    dovecot.deliver(user, letter(2))

    huge, small = mailbox(max_bytes=100_000).scan(nothing_known)

    assert isinstance(huge, PartialMail)
    assert huge.size > 300_000
    header, _, body = huge.data.partition(b"\r\n\r\n")
    assert b"Subject: Kettle 1" in header
    assert len(body) == 64 * 1024
    assert not isinstance(small, PartialMail)


def test_idle_wakes_soon_after_a_delivery(
    dovecot: Dovecot, user: str, mailbox: OpenMailbox
) -> None:
    """New mail ends the wait within seconds, not at the end of the time."""
    source = mailbox()
    assert list(source.scan(nothing_known)) == []
    Timer(0.3, dovecot.deliver, (user, letter(1))).start()
    began = time.monotonic()

    assert source.wait(30, stop=never)

    assert time.monotonic() - began < 5
    assert [number_of(mail) for mail in source.scan(nothing_known)] == [1]


def test_mail_between_scan_and_wait_is_not_slept_over(
    dovecot: Dovecot, user: str, mailbox: OpenMailbox
) -> None:
    """What arrives when nobody idles, even during another command, wakes the next wait."""
    dovecot.deliver(user, letter(1))
    source = mailbox()
    (mail,) = source.scan(nothing_known)
    dovecot.deliver(user, letter(2))
    source.file(mail.uidvalidity, mail.uid, Filing.PROCESSED)  # the server tells EXISTS here
    began = time.monotonic()

    assert source.wait(30, stop=never)

    assert time.monotonic() - began < 5


def test_wait_ends_with_its_time_and_with_stop(
    dovecot: Dovecot, user: str, mailbox: OpenMailbox
) -> None:
    """Without mail the wait ends by time, across renewals of IDLE, or at once on stop."""
    source = mailbox(idle_seconds=0.1)
    list(source.scan(nothing_known))
    began = time.monotonic()

    assert not source.wait(0.5, stop=never)
    assert 0.5 <= time.monotonic() - began < 3

    asked = iter([False, False, True])
    assert not source.wait(60, stop=lambda: next(asked, True))
    assert time.monotonic() - began < 6


def test_flags_set_by_others_do_not_wake_us(
    dovecot: Dovecot, user: str, mailbox: OpenMailbox, other_client: imaplib.IMAP4
) -> None:
    """Only arrivals end the wait; a colleague reading the mail does not."""
    dovecot.deliver(user, letter(1))
    source = mailbox()
    list(source.scan(nothing_known))
    other_client.noop()
    Timer(0.2, other_client.store, ("1", "+FLAGS", r"\Seen")).start()

    assert not source.wait(1.5, stop=never)


def test_without_idle_the_wait_is_a_sleep(
    dovecot: Dovecot, user: str, mailbox: OpenMailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A server without IDLE is asked again after the time, not hammered."""
    forget_capability(monkeypatch, "IDLE")
    began = time.monotonic()

    assert not mailbox().wait(0.6, stop=never)

    assert 0.6 <= time.monotonic() - began < 3


def test_wrong_password_is_a_refusal(mailbox: OpenMailbox) -> None:
    """The caller can tell "wrong password" from "server away" and back off longer (F31)."""
    with pytest.raises(MailboxUnavailable, match="complaints") as refusal:
        list(mailbox(password="wrong").scan(nothing_known))

    assert refusal.value.refused
    assert "wrong" not in str(refusal.value)


def test_password_may_be_chinese(dovecot: Dovecot, mailbox: OpenMailbox) -> None:
    """LOGIN takes ASCII only; other passwords go by AUTHENTICATE PLAIN."""
    assert list(mailbox(password=dovecot.other_password).scan(nothing_known)) == []


@pytest.mark.parametrize("tls", ["implicit", "starttls"])
def test_tls_is_verified(dovecot: Dovecot, user: str, mailbox: OpenMailbox, tls: str) -> None:
    """A certificate nobody vouches for is refused, and accepted when the operator names it."""
    port = dovecot.imaps_port if tls == "implicit" else dovecot.imap_port
    dovecot.deliver(user, letter(1))

    with pytest.raises(MailboxUnavailable, match="certificate") as refusal:
        list(mailbox(tls=tls, port=port).scan(nothing_known))
    assert refusal.value.refused

    source = mailbox(tls=tls, port=port, ca_file=dovecot.certificate)
    assert [number_of(mail) for mail in source.scan(nothing_known)] == [1]
    Timer(0.3, dovecot.deliver, (user, letter(2))).start()
    assert source.wait(30, stop=never)


def test_what_was_said_before_tls_is_not_believed(
    dovecot: Dovecot, user: str, mailbox: OpenMailbox
) -> None:
    """Plain text that somebody adds to the answer to STARTTLS is dropped, not read as protected."""
    dovecot.deliver(user, letter(4))
    with Proxy(dovecot.imap_port) as proxy:
        proxy.append = (b"Begin TLS negotiation now.\r\n", b"* BYE injected\r\n")
        source = mailbox(port=proxy.port, tls="starttls", ca_file=dovecot.certificate)

        assert [number_of(mail) for mail in source.scan(nothing_known)] == [4]


def test_a_cut_at_any_byte_truncates_no_mail(
    dovecot: Dovecot, user: str, mailbox: OpenMailbox
) -> None:
    """Cut after every so many bytes, the mails we have are whole, and soon all are there (F13)."""
    whole = {}
    for number in range(3):
        dovecot.deliver(user, letter(number, size=2000))
    for mail in mailbox().scan(nothing_known):
        whole[mail.uid] = mail.data

    with Proxy(dovecot.imap_port) as proxy:
        broken = 0
        for cut in range(50):
            proxy.cut_after = 100 + cut * 220
            source = mailbox(port=proxy.port)
            got: dict[str, bytes] = {}
            try:
                for mail in source.scan(nothing_known):
                    got[mail.uid] = mail.data
            except MailboxUnavailable:
                broken += 1
            source.close()
            assert got.items() <= whole.items()
        assert 30 < broken < 50

        proxy.cut_after = 1000
        source = mailbox(port=proxy.port)
        with pytest.raises(MailboxUnavailable):
            list(source.scan(nothing_known))
        proxy.cut_after = None
        assert {mail.uid: mail.data for mail in source.scan(nothing_known)} == whole


def test_a_dead_line_ends_waiting_and_closing_in_time(
    dovecot: Dovecot, user: str, mailbox: OpenMailbox
) -> None:
    """A connection into nothing (NAT forgot it, no FIN) holds no thread for ever (F15, F16)."""
    with Proxy(dovecot.imap_port) as proxy:
        source = mailbox(port=proxy.port, command_seconds=1)
        list(source.scan(nothing_known))
        proxy.black_hole = True
        began = time.monotonic()

        with pytest.raises(MailboxUnavailable) as error:
            source.wait(1, stop=never)
        assert not error.value.refused
        assert time.monotonic() - began < 5

        proxy.black_hole = False
        source = mailbox(port=proxy.port, command_seconds=1)
        list(source.scan(nothing_known))
        proxy.black_hole = True
        began = time.monotonic()
        source.close()
        assert time.monotonic() - began < 5


def test_a_dead_line_within_idle_is_found(
    dovecot: Dovecot, user: str, mailbox: OpenMailbox
) -> None:
    """DONE into nothing ends by time-out, and the next call connects afresh."""
    with Proxy(dovecot.imap_port) as proxy:
        source = mailbox(port=proxy.port, command_seconds=1)
        list(source.scan(nothing_known))
        Timer(0.3, proxy.__setattr__, ("black_hole", True)).start()

        with pytest.raises(MailboxUnavailable):
            source.wait(1, stop=never)

        proxy.black_hole = False
        dovecot.deliver(user, letter(3))
        assert [number_of(mail) for mail in source.scan(nothing_known)] == [3]


def test_a_hang_up_within_idle_does_not_spin(
    dovecot: Dovecot, user: str, mailbox: OpenMailbox
) -> None:
    """The end of the stream while idling is an error at once, not a busy loop (F14)."""
    with Proxy(dovecot.imap_port) as proxy:
        source = mailbox(port=proxy.port)
        list(source.scan(nothing_known))
        Timer(0.3, proxy.hang_up).start()
        began = time.monotonic()

        with pytest.raises(MailboxUnavailable):
            source.wait(30, stop=never)

        assert time.monotonic() - began < 5


def test_filing_during_a_scan_keeps_the_scan_going(
    dovecot: Dovecot, user: str, mailbox: OpenMailbox
) -> None:
    """Each mail may be filed as soon as it is stored; later batches still come."""
    for number in range(6):
        dovecot.deliver(user, letter(number, size=3000))
    source = mailbox(batch_bytes=7000)
    numbers = []

    for mail in source.scan(nothing_known):
        numbers.append(number_of(mail))
        assert source.file(mail.uidvalidity, mail.uid, Filing.PROCESSED)

    assert numbers == list(range(6))
    assert list(source.scan(nothing_known)) == []


def test_two_readers_lose_nothing(
    dovecot: Dovecot, user: str, mailbox: OpenMailbox, other_client: imaplib.IMAP4
) -> None:
    """Two desks may file the same mails at once; Dovecot may copy one twice, none is lost."""
    for number in range(10):
        dovecot.deliver(user, letter(number))

    def work() -> None:
        source = mailbox()
        for mail in source.scan(nothing_known):
            source.file(mail.uidvalidity, mail.uid, Filing.PROCESSED)

    workers = [Thread(target=work) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(20)

    assert other_client.select("INBOX")[1] == [b"0"]
    filed = mailbox(folder="Processed").scan(nothing_known)
    assert {number_of(mail) for mail in filed} == set(range(10))


def test_plus_addresses_keep_their_detail(
    dovecot: Dovecot, user: str, mailbox: OpenMailbox
) -> None:
    """A reply token in the address is delivered to the mailbox and still shown in Delivered-To."""
    dovecot.deliver(user, letter(1), detail="c.7-abc")

    (mail,) = mailbox().scan(nothing_known)

    assert f"Delivered-To: {user}+c.7-abc@example.com".encode() in mail.data
