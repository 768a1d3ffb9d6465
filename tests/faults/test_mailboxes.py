"""A real Dovecot whose mailbox others use, renumber, lock and take away while the desk reads it."""

import contextlib
import imaplib
import os
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from ingest.imap import ImapSource
from pipeline.poll import poll
from tests.conftest import MakeRaw
from tests.faults.imap_script import ImapScript, says
from tests.faults.watched import Watched, complaint, read
from tests.live.desk import LiveDesk, wait_until
from tests.live.servers import Dovecot, SmtpSink
from tests.pipeline.conftest import Office, office

__all__ = ["office"]

LONG = os.environ.get("FAULTS") == "long"

OpenMailbox = Callable[..., ImapSource]

pytestmark = pytest.mark.timeout(900 if LONG else 400)


@pytest.fixture
def user(dovecot: Dovecot) -> str:
    """Return the name of a fresh mailbox."""
    return dovecot.new_user()


@pytest.fixture
def mailbox(dovecot: Dovecot, user: str) -> Iterator[OpenMailbox]:
    """Return a function that opens the mailbox of `user`, closed after the test."""
    with contextlib.ExitStack() as stack:

        def open_mailbox(**changed: object) -> ImapSource:
            settings: dict[str, object] = {
                "host": dovecot.host,
                "port": dovecot.imap_port,
                "user": user,
                "password": dovecot.password,
                "tls": "none",
            }
            source = ImapSource("complaints", **(settings | changed))  # type: ignore[arg-type]
            stack.callback(source.close)
            return source

        yield open_mailbox


@pytest.fixture
def person(dovecot: Dovecot, user: str) -> Iterator[imaplib.IMAP4]:
    """Return somebody else's session on the same mailbox."""
    with imaplib.IMAP4(dovecot.host, dovecot.imap_port, timeout=20) as client:
        client.login(user, dovecot.password)
        yield client


def outcomes(office: Office) -> dict[str, int]:
    return office.counts()[0]


def cases(office: Office) -> int:
    return sum(office.counts()[1].values())


def test_a_thousand_known_mails_under_new_numbers_make_no_case(
    office: Office, mailbox: OpenMailbox, person: imaplib.IMAP4, make_raw: MakeRaw
) -> None:
    """The folder is made anew with the mails it had and ten more: ten new cases (F17)."""
    count, people = 1000, 1000 if LONG else 40
    person.create("Desk")
    for number in range(count):
        mail = complaint(make_raw, number)
        if number >= people:  # most of what comes to a mailbox is no complaint
            mail = b"Auto-Submitted: auto-replied\r\n" + mail
        person.append("Desk", "", "", mail)
    source = mailbox(folder="Desk")
    assert poll(office.desk, office.desk.box, source, now=office.now) == count
    office.process()
    assert cases(office) == people

    person.create("Other")
    person.select("Desk")
    person.uid("copy", "1:*", "Other")
    person.close()
    source.close()
    person.delete("Desk")
    person.rename("Other", "Desk")
    for number in range(count, count + 10):
        person.append("Desk", "", "", complaint(make_raw, number))
    began = time.monotonic()
    assert poll(office.desk, office.desk.box, source, now=office.now) == count + 10
    office.process()

    print(f"{count} mails renumbered: recognised within {time.monotonic() - began:.1f} s")
    assert cases(office) == people + 10
    assert outcomes(office) == {
        "done": people + 10,
        "duplicate": people,
        **({"ignored": 2 * (count - people)} if people < count else {}),
    }
    assert poll(office.desk, office.desk.box, source, now=office.now) == 0


def test_mail_that_people_flag_and_put_back_is_handled_once(
    office: Office,
    mailbox: OpenMailbox,
    person: imaplib.IMAP4,
    user: str,
    dovecot: Dovecot,
    make_raw: MakeRaw,
) -> None:
    """A colleague sets every flag while we read, and moves mail back: nothing lost (F25, F26)."""
    count = 1000 if LONG else 150
    person.select()
    for number in range(count):
        person.append("INBOX", "", "", complaint(make_raw, number))
    source, over = mailbox(batch_bytes=4000), threading.Event()

    def storm() -> None:
        flags = (r"(\Seen)", r"(\Deleted \Answered)", r"(\Flagged $Junk)")
        while not over.is_set():
            for flag in flags:
                person.store("1:*", "+FLAGS.SILENT", flag)
                person.store("1:*", "-FLAGS", flag)

    colleague = threading.Thread(target=storm)
    colleague.start()
    try:
        taken = poll(office.desk, office.desk.box, source, now=office.now)
    finally:
        over.set()
        colleague.join(20)
    assert taken == count
    office.process()
    read(office, source)
    while read(office, source):
        pass
    for uids in ("1:20", "21:40"):
        person.select("Processed")
        person.uid("move", uids, "INBOX")
        assert read(office, source) == 20
    person.select("INBOX")
    while read(office, source):
        pass

    assert cases(office) == count
    assert outcomes(office) == {"done": count, "duplicate": 40}
    assert person.search(None, "ALL")[1] in ([b""], [None])


def test_mails_that_somebody_expunges_in_the_middle_stop_no_other(
    office: Office, mailbox: OpenMailbox, person: imaplib.IMAP4, make_raw: MakeRaw
) -> None:
    """Gone between the list and the bytes: the rest is handled, and nothing is said of it (F23)."""
    person.select()
    for number in range(60):
        person.append("INBOX", "", "", complaint(make_raw, number))
    source = mailbox(batch_bytes=3000)

    def known(uidvalidity: int) -> frozenset[str]:
        # The list was made when this is asked; the bytes come afterwards.
        if not gone:
            gone.append(True)
            person.noop()
            person.store("10:19,55:60", "+FLAGS", r"(\Deleted)")
            person.expunge()
        return frozenset()

    gone: list[bool] = []
    assert len({mail.data for mail in source.scan(known)}) == 44
    assert read(office, source) == 44
    assert read(office, source) == 0
    assert (cases(office), source.unfetchable) == (44, ())


def test_a_folder_we_may_only_read_is_read_once(
    office: Office, mailbox: OpenMailbox, dovecot: Dovecot, user: str, make_raw: MakeRaw
) -> None:
    """Fifty looks at a read-only folder: one case and one receipt for each mail (F27)."""
    for number in range(3):
        dovecot.deliver(user, complaint(make_raw, number))
    (dovecot.maildir(user) / "dovecot-acl").write_text("owner lr\n", encoding="ascii")
    source = mailbox()
    counts = [read(office, source) for _ in range(50)]
    office.deliver()

    assert counts == [3] + [0] * 49
    assert outcomes(office) == {"done": 3}
    assert [len(office.tray.to(f"customer.{n}@customer.example")) for n in range(3)] == [1, 1, 1]


def test_a_target_folder_that_takes_nothing_stops_no_case(
    office: Office,
    mailbox: OpenMailbox,
    person: imaplib.IMAP4,
    dovecot: Dovecot,
    user: str,
    make_raw: MakeRaw,
) -> None:
    """No right to write into Processed: cases go on, mail is moved once there is one (F28)."""
    for number in range(3):
        dovecot.deliver(user, complaint(make_raw, number))
    person.create("Processed")
    acl = dovecot.maildir(user) / ".Processed" / "dovecot-acl"
    acl.write_text("owner lr\n", encoding="ascii")
    source = mailbox()
    for _ in range(10):
        read(office, source)
    office.deliver()
    assert outcomes(office) == {"done": 3}
    assert len(office.tray.to("customer.1@customer.example")) == 1

    acl.unlink()
    source.close()
    read(office, source)
    person.select("Processed")
    assert person.search(None, "ALL")[1] == [b"1 2 3"]
    assert outcomes(office) == {"done": 3}


@pytest.mark.alone
def test_a_server_that_is_gone_and_back_is_read_again_at_once(
    dovecot: Dovecot, smtp_sink: SmtpSink, tmp_path: Path
) -> None:
    """The daemon itself: mail that comes after an outage has its receipt seconds later (F14)."""
    desk = LiveDesk(
        folder=tmp_path,
        dovecot=dovecot,
        sink=smtp_sink,
        database=f"sqlite:///{tmp_path}/desk.db",
        user=dovecot.new_user(),
    )
    with desk.running():
        desk.write("Wang <wang@customer.example>", "The kettle leaks, please replace it.")
        desk.wait_letter("wang@customer.example")
        dovecot.stop()
        try:
            wait_until(lambda: any("mailbox" in one for one in desk.troubles()), "a word about it")
        finally:
            dovecot.start()
        back = time.monotonic()
        desk.write("Li <li@customer.example>", "The lid is broken, please replace it.")
        wait_until(lambda: len(desk.ledger()) == 2, "the mail", seconds=20)
        stored = time.monotonic() - back
        desk.wait_letter("li@customer.example")

    print(f"mail stored {stored:.1f} s after the server was back")
    assert stored <= 10


# ------------------------------------------------------------ on a clock of its own


def test_a_line_that_died_without_a_word_is_found(
    office: Office, make_raw: MakeRaw, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A router forgot the connection: new mail is seen within five minutes and a half (F15)."""
    script = ImapScript()
    watched = Watched(office, script, monkeypatch)
    worst = 0.0
    for number in range(1, 6):
        arrives = script.clock + 40 + 7 * number
        script.at(40, script.freeze)
        script.at(40 + 7 * number, lambda n=number: script.arrive(complaint(make_raw, n)))  # type: ignore[misc]
        watched.run(900)
        worst = max(worst, watched.stored_at[number] - arrives)
    print(f"half-open lines: mail stored after {worst:.0f} s at most")
    assert worst <= 330


@pytest.mark.parametrize("answer", [b"T NO [OVERQUOTA] full\r\n", b"T NO [NOPERM] no\r\n"])
def test_a_folder_over_quota_is_told_once_and_stops_nothing(
    answer: bytes, office: Office, make_raw: MakeRaw, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Mail is acknowledged within a minute, the operator hears once what to mend (F28)."""
    script = ImapScript()
    script.folders |= {"Processed": {}, "Rejected": {}}
    script.answers[b"UID MOVE"] = says(answer)
    watched = Watched(office, script, monkeypatch)
    arrives = script.clock + 20
    script.at(20, lambda: script.arrive(complaint(make_raw, 1)))
    watched.run(3600)
    office.deliver()
    told = [words for outcome, words in watched.lines.said if outcome == "trouble"]
    assert len(told) == 1
    assert "quota" in told[0]
    assert watched.stored_at[1] - arrives <= 60
    assert outcomes(office) == {"done": 1}

    script.answers.clear()
    watched.run(400)
    assert (len(script.folders["INBOX"]), len(script.folders["Processed"])) == (0, 1)
    assert len(office.tray.to("customer.1@customer.example")) == 1
