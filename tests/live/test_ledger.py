"""Quarantine, reconcile and the alarm with the real daemon on Dovecot."""

import hashlib
import imaplib
import json
import subprocess
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from cases.ledger_rows import LedgerEntry
from cases.store import Store
from ingest.imap import ImapSource
from ingest.source import Filing, Fingerprint, FolderContents
from pipeline import config
from pipeline.desk import Desk, open_desk, require_schema, source_of
from pipeline.poll import file_settled, poll
from pipeline.reconcile import reconcile
from tests.live.desk import LiveDesk, wait_until
from tests.live.servers import Dovecot, SmtpSink

WANG = "wang.fang@customer.example"
NOW = datetime(2030, 1, 1, tzinfo=UTC)  # later than anything a server can say
Count = Callable[[str], int]


@pytest.fixture
def live_desk(tmp_path: Path, dovecot: Dovecot, smtp_sink: SmtpSink) -> LiveDesk:
    """Return a desk on Dovecot, the sink and SQLite."""
    return LiveDesk(
        folder=tmp_path,
        dovecot=dovecot,
        sink=smtp_sink,
        database=f"sqlite:///{tmp_path}/desk.db",
        user=dovecot.new_user(),
    )


@pytest.fixture
def desk(live_desk: LiveDesk) -> Iterator[Desk]:
    """Return the same desk in this process, its database ready."""
    desk = open_desk(config.load(live_desk.config, environment=live_desk.environment))
    require_schema(desk)
    yield desk
    desk.store.close()


@pytest.fixture
def person(live_desk: LiveDesk) -> Iterator[imaplib.IMAP4]:
    """Return a person's session on the mailbox."""
    dovecot = live_desk.dovecot
    with imaplib.IMAP4(dovecot.host, dovecot.imap_port, timeout=10) as client:
        client.login(live_desk.user, dovecot.password)
        yield client


@pytest.fixture
def count(person: imaplib.IMAP4) -> Count:
    """Return a function that counts the mails of a folder."""

    def of(folder: str) -> int:
        said, data = person.select(folder, readonly=True)
        return int(data[0] or b"0") if said == "OK" else 0

    return of


@pytest.fixture
def set_aside(live_desk: LiveDesk, desk: Desk) -> Callable[[int], None]:
    """Return a function that writes so many mails, lets their handling fail and files them."""

    def do(number: int) -> None:
        for one in range(number):
            live_desk.write(WANG, f"The kettle number {one} leaks." + " Really." * one)
        with closing(source_of(desk.box)) as source:
            poll(desk, desk.box, source, now=NOW)
            for _ in range(number):
                with desk.store.begin() as tx:
                    taken = tx.take_mail(owner="a", now=NOW, lease=timedelta(minutes=1))
                    assert taken is not None
                    tx.finish_mail(taken, "quarantined", reason="ValueError: odd")
            file_settled(desk, desk.box, source)

    return do


def entries(live_desk: LiveDesk) -> tuple[LedgerEntry, ...]:
    with closing(Store(live_desk.database)) as store, store.read() as tx:
        return tx.entries()


def command(live_desk: LiveDesk, *words: str) -> tuple[int, str]:
    done = subprocess.run(  # noqa: S603 - our own words
        live_desk.command(*words),
        env=live_desk.environment,
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


def test_a_mail_tried_again_moves_from_rejected_to_processed(
    live_desk: LiveDesk, set_aside: Callable[[int], None], count: Count
) -> None:
    """The running daemon takes it, answers, and corrects its folder; the others stay."""
    set_aside(3)
    assert (count("INBOX"), count("Rejected")) == (0, 3)
    with live_desk.running():
        assert command(live_desk, "quarantine", "retry", "2")[0] == 0
        live_desk.wait_letter(WANG)
        wait_until(lambda: count("Processed") == 1, "the corrected folder")
        wait_until(lambda: entries(live_desk)[1].filed, "the note of it")
        code, said = command(live_desk, "reconcile", "--json")
    found = json.loads(said)

    assert [entry.state for entry in entries(live_desk)] == ["quarantined", "done", "quarantined"]
    assert (count("INBOX"), count("Rejected"), count("Processed")) == (0, 2, 1)
    assert (code, found["fits"]) == (0, True)
    assert found["folders"] == {"complaints": {"inbox": 0, "processed": 1, "rejected": 2}}
    assert live_desk.troubles() == []


def test_a_rejected_mail_that_is_gone_is_named_until_it_is_dropped(
    live_desk: LiveDesk, set_aside: Callable[[int], None], person: imaplib.IMAP4
) -> None:
    """A person removed the second of three; its bytes tell which."""
    set_aside(3)
    person.select("Rejected")
    person.store("2", "+FLAGS", r"(\Deleted)")
    person.expunge()
    code, said = command(live_desk, "reconcile", "--json")
    (one,) = json.loads(said)["mismatches"]
    assert (code, one["kind"], one["mail"]) == (65, "not_in_rejected", 2)

    assert command(live_desk, "quarantine", "drop", "2", "--reason", "answered")[0] == 0
    assert command(live_desk, "reconcile")[0] == 0


def test_reconcile_changes_nothing_on_the_server_and_knows_what_is_new(
    live_desk: LiveDesk, desk: Desk, person: imaplib.IMAP4, count: Count
) -> None:
    """A mail nobody has taken in is named by its UID, and stays unread."""
    live_desk.write(WANG, "The kettle leaks.")
    report = reconcile(desk, now=NOW)
    (one,) = report.mismatches

    assert (one.kind, one.uid) == ("unknown", "1")
    assert count("INBOX") == 1
    assert "Seen" not in str(person.fetch("1", "(FLAGS)"))
    assert b"Rejected" not in b"".join(part for part in person.list()[1] if isinstance(part, bytes))


def test_a_source_goes_on_as_before_after_it_looked_elsewhere(
    live_desk: LiveDesk, desk: Desk, set_aside: Callable[[int], None]
) -> None:
    """The daemon's own connection may be used for it: the next scan is of the inbox again."""
    set_aside(2)
    live_desk.write(WANG, "One more.")
    mails = [_print_of(desk, entry) for entry in entries(live_desk)]
    with closing(source_of(desk.box)) as source:
        assert isinstance(source, ImapSource)
        (new,) = source.scan(lambda _: frozenset())
        shown: dict[str, FolderContents] = {f.folder: f for f in source.inventory()}
        assert source.find(mails, Filing.REJECTED) == {"1", "2"}
        assert source.find(mails, Filing.PROCESSED) == frozenset()
        assert source.refile(mails, Filing.REJECTED, Filing.PROCESSED)
        assert source.refile(mails, Filing.REJECTED, Filing.PROCESSED), "safe to repeat"
        assert source.find(mails, Filing.PROCESSED) == {"1", "2"}
        assert [mail.uid for mail in source.scan(lambda _: frozenset())] == [new.uid]
        assert source.file(new.uidvalidity, new.uid, Filing.PROCESSED)

    assert shown["inbox"].uids == (new.uid,)
    assert shown["inbox"].uidvalidity == new.uidvalidity
    assert shown["inbox"].arrived_at[new.uid] == new.received_at
    assert len(shown["rejected"].uids) == 2


@pytest.mark.parametrize("wrong", [-300, 300])
def test_a_size_that_a_server_only_estimates_hides_no_mail(
    wrong: int, live_desk: LiveDesk, desk: Desk, set_aside: Callable[[int], None]
) -> None:
    """F30: the bytes decide; a beginning is known by as many bytes as we keep."""
    set_aside(3)
    whole = _print_of(desk, entries(live_desk)[1])
    with desk.store.read() as tx:
        beginning = tx.raw_of(2)[:200]
    part = Fingerprint(
        uid="2",
        size=whole.size + wrong,
        sha256=hashlib.sha256(beginning).hexdigest(),
        length=len(beginning),
    )
    other = replace(whole, sha256="0" * 64)
    longer = replace(part, size=part.length)
    with closing(source_of(desk.box)) as source:
        assert source.find([part], Filing.REJECTED) == {"2"}
        assert source.find([other, longer], Filing.REJECTED) == frozenset()


def _print_of(desk: Desk, entry: LedgerEntry) -> Fingerprint:
    with desk.store.read() as tx:
        length = len(tx.raw_of(entry.id))
    return Fingerprint(uid=entry.uid, size=entry.size, sha256=entry.sha256, length=length)
