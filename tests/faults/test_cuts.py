"""Connections cut at any byte, either way: no mail truncated, none lost (R07, F13, F50)."""

import hashlib
import imaplib
import os
import random
from collections import Counter
from contextlib import suppress

import pytest
from sqlalchemy import select

from cases.errors import MailboxUnavailable
from cases.tables import inbox, raw_mail
from ingest.imap import ImapSource
from outbox.smtp import SmtpSender
from pipeline.deliver import deliver_one
from pipeline.poll import file_settled, poll
from tests.conftest import MakeRaw
from tests.faults.post import Post
from tests.live.servers import Dovecot, SmtpSink
from tests.live.wire import Proxy
from tests.pipeline.conftest import Office, office

__all__ = ["office"]

LONG = os.environ.get("FAULTS") == "long"
CUTS = 5000 if LONG else 300  #: in all, half of them IMAP

pytestmark = pytest.mark.timeout(1800 if LONG else 400)


def complaints(make_raw: MakeRaw) -> list[bytes]:
    """Return forty mails of two lines to forty kilobytes."""
    return [
        make_raw(
            f"Kettle {number} leaks.\n" + "It drips all night.\n" * 50 * (number % 9) ** 2,
            sender=f"Customer {number} <customer.{number}@customer.example>",
            message_id=f"{number}@customer.example",
        )
        for number in range(40)
    ]


def folders(dovecot: Dovecot, user: str) -> Counter[str]:
    """Return the hashes of all mails of all folders, and put them back into INBOX."""
    found: Counter[str] = Counter()
    with imaplib.IMAP4(dovecot.host, dovecot.imap_port, timeout=10) as client:
        client.login(user, dovecot.password)
        for folder in ("Processed", "Rejected", "INBOX"):
            if client.select(folder)[0] != "OK":
                continue
            said = client.uid("fetch", "1:*", "(BODY.PEEK[])")[1]
            found.update(
                hashlib.sha256(part[1]).hexdigest() for part in said if part and len(part) > 1
            )
            if folder != "INBOX":
                client.uid("move", "1:*", "INBOX")
    return found


def test_an_imap_line_cut_anywhere_truncates_and_loses_no_mail(
    dovecot: Dovecot, office: Office, make_raw: MakeRaw
) -> None:
    """While reading and while filing; what people put back there makes no second case."""
    dice, user, box = random.Random(7), dovecot.new_user(), office.desk.box
    mails = complaints(make_raw)
    for mail in mails:
        dovecot.deliver(user, mail)
    there = folders(dovecot, user)
    assert sum(there.values()) == len(mails)
    rounds = 0
    with Proxy(dovecot.imap_port) as proxy:

        def on_a_bad_line(cut: bool, action: object) -> None:
            proxy.cut_after = proxy.cut_sent = None
            if cut and dice.random() < 0.7:
                proxy.cut_after = dice.choice((dice.randrange(1500), dice.randrange(400_000)))
            elif cut:
                proxy.cut_sent = dice.randrange(600)
            source = ImapSource(
                box.name,
                host="127.0.0.1",
                port=proxy.port,
                user=user,
                password=dovecot.password,
                tls="none",
                batch_bytes=30_000,
                command_seconds=5,
            )
            with suppress(MailboxUnavailable):
                action(source)  # type: ignore[operator] # one of the two below
            source.close()

        while proxy.cuts < CUTS // 2:
            on_a_bad_line(True, lambda source: poll(office.desk, box, source, now=office.now))
            office.process()
            on_a_bad_line(True, lambda source: file_settled(office.desk, box, source))
            if dice.random() < 0.2:
                rounds += 1
                # Dovecot goes on moving for a client that is gone, and may copy what two move.
                assert set(folders(dovecot, user)) == set(there), "a mail is gone from the server"
        on_a_bad_line(False, lambda source: poll(office.desk, box, source, now=office.now))
        office.process()
        cuts = proxy.cuts

    with office.desk.store.read() as tx:
        ids = [row[0] for row in tx._connection.execute(select(inbox.c.id))]
        stored = Counter(hashlib.sha256(tx.raw_of(number)).hexdigest() for number in ids)
        kept = tx._connection.scalar(
            select(raw_mail.c.inbox_id).order_by(raw_mail.c.inbox_id.desc())
        )
    print(f"{cuts} IMAP cuts, {len(ids)} mails taken in, 0 truncated; put back {rounds} times")
    assert kept == max(ids)
    assert set(stored) == set(there), "a mail was truncated or lost"
    assert sum(office.counts()[1].values()) == len(mails)
    assert office.counts()[0].keys() <= {"done", "duplicate"}
    assert office.counts()[0]["done"] == len(mails)


def test_an_smtp_line_cut_anywhere_truncates_loses_and_doubles_no_letter(
    smtp_sink: SmtpSink, office: Office
) -> None:
    """Copies at the relay are at most one more than the letter says may have arrived (F50)."""
    dice = random.Random(8)
    with Proxy(smtp_sink.port) as proxy:
        sender = SmtpSender(host="127.0.0.1", port=proxy.port, tls="none")
        post = Post(office, sender)
        queued = 0
        while proxy.cuts < CUTS // 2:
            for _ in range(2):
                queued += 1
                words = b"Words of letter %d.\r\n.\r\n" % queued * dice.randrange(1, 400)
                post.queue(queued, data=b"Subject: Letter %d\r\n\r\n%s" % (queued, words))
            proxy.cut_after = proxy.cut_sent = None
            if dice.random() < 0.5:
                proxy.cut_after = dice.randrange(900)
            else:
                proxy.cut_sent = dice.choice((dice.randrange(300), dice.randrange(16_000)))
            while deliver_one(office.desk, sender, now=office.now):
                pass
            sender.close()
            office.later(hours=4)
        proxy.cut_after = proxy.cut_sent = None
        for _ in range(6):
            while deliver_one(office.desk, sender, now=office.now):
                pass
            office.later(hours=4)
        sender.close()
        cuts = proxy.cuts

    copies: dict[str, list[bytes]] = {}
    for mail in smtp_sink.mails:
        copies.setdefault(mail.recipients[0], []).append(mail.data)
    letters = post.letters()
    doubtful = sum(letter.ambiguous for letter in letters)
    doubled = sum(len(found) - 1 for found in copies.values())
    print(f"{cuts} SMTP cuts, {len(letters)} letters, {doubtful} doubtful, {doubled} came twice")
    assert len(letters) == queued
    for letter in letters:
        found = copies.get(letter.recipient, [])
        assert set(found) <= {letter.data}, "a letter was truncated"
        assert len(found) <= 1 + letter.ambiguous, "a copy too many"
        assert letter.state == "sent" or (letter.state == "held" and letter.ambiguous > 2)
        assert found or letter.state == "held", "counted as sent, but it is not there"
    assert doubtful <= cuts
