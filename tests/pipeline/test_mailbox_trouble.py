"""A mailbox that can't be read: the alarm alone says what to mend, at once where it is sure."""

import ssl
from dataclasses import replace
from datetime import timedelta

import pytest

from cases.errors import MailboxUnavailable, StoreUnavailable
from pipeline.config_servers import ImapSettings
from pipeline.mailbox_trouble import DEFINITE, kind_of, noted, said
from pipeline.status import Issue, health
from tests.pipeline.conftest import Office

IMAP = ImapSettings(
    host="imap.example.com", port=993, user="desk@example.com", password="x", tls="implicit",
    ca_file=None, inbox="INBOX", processed="Processed", rejected="Rejected",
)  # fmt: skip


def failure(why: str, *, refused: bool = False, cause: Exception | None = None) -> Exception:
    error = MailboxUnavailable("complaints", why, refused=refused)
    error.__cause__ = cause
    return error


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (failure("[AUTHENTICATIONFAILED] Authentication failed.", refused=True), "login"),
        (failure("x (no new login for 300 seconds)", refused=True), "login"),
        (failure("sign-in corp: the secret expired", refused=True), "sign_in"),
        (failure("login by token refused: no", refused=True), "sign_in"),
        (failure("x", refused=True, cause=ssl.SSLCertVerificationError("x")), "certificate"),
        (failure("the server refuses STARTTLS: no", refused=True), "starttls"),
        (failure("[Errno 111] Connection refused", cause=ConnectionRefusedError()), "network"),
        (failure("sign-in corp: no answer"), "server"),
        (failure("the folder was renumbered while we read it"), "server"),
        (failure("9 MiB are left on the disk of /var/desk.db, no mail is taken in"), "disk"),
        (StoreUnavailable("locked"), "database"),
        (ZeroDivisionError("x"), "internal"),
    ],
)
def test_each_failure_has_one_of_few_causes(error: Exception, kind: str) -> None:
    """By what is known of it, else by the server's part in it."""
    assert kind_of(error) == kind


def test_what_the_register_keeps_can_be_read_again() -> None:
    """Words of earlier versions, and notes of ours, have no cause."""
    error = MailboxUnavailable("complaints", "no: never", refused=True)

    assert said(noted(error)) == ("login", "no: never")
    assert said("the server does not give us mail 77: odd") == (
        "", "the server does not give us mail 77: odd",
    )  # fmt: skip


def issues(office: Office, error: str, *, up_s: float = 0, waits: float = 1) -> tuple[Issue, ...]:
    """Return the issues of an IMAP mailbox that was read `waits` minutes ago and then failed."""
    desk = office.desk
    box = replace(desk.settings.mailboxes["complaints"], source=IMAP)
    settings = replace(desk.settings, mailboxes={"complaints": box})
    with desk.store.begin() as tx:
        tx.mailbox_scanned("complaints", now=office.now)
        tx.mailbox_failed("complaints", error, now=office.now + timedelta(seconds=50))
    now, since = office.now + timedelta(minutes=waits), office.now + timedelta(seconds=up_s)
    return health(replace(desk, settings=settings), now=now, up_since=since).found


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("login", "refused the LOGIN"),
        ("login", "`user` or `password` (or `password_file`"),
        ("login", "of mailboxes.complaints.source.imap in config.yaml"),
        ("login", "python run.py check"),
        ("login", "restart the desk"),
        ("sign_in", "python run.py auth check"),
        ("certificate", "`ca_file` of mailboxes.complaints.source.imap"),
        ("starttls", "Mend `tls`"),
    ],
)
def test_a_refusal_is_an_alarm_at_once_that_names_the_key_to_mend(
    office: Office, kind: str, words: str
) -> None:
    """Not after ten minutes: trying again does not help. The server's words are for `status`."""
    (issue,) = issues(office, f"{kind}: NO wang@example.com")

    assert issue.kind == "mailbox_trouble:complaints"
    assert not issue.passing
    assert words in issue.words
    assert "imap.example.com:993" in issue.words
    assert "wang" not in issue.words
    assert issue.said == "NO wang@example.com"


def test_a_connection_that_broke_waits_ten_minutes_and_then_says_why(office: Office) -> None:
    """Most such failures mend themselves."""
    (passing,) = issues(office, "network: [Errno 111] Connection refused")
    silent, _ = issues(office, "network: [Errno 111] Connection refused", waits=11)

    assert passing.passing
    assert "was not read since 2026-11-23T01:00:00+00:00" in silent.words
    assert "imap.example.com:993 can't be reached" in silent.words


def test_what_kept_the_daemon_before_this_one_out_is_not_told_again(office: Office) -> None:
    """It may be mended; the new one's own try will say."""
    (issue,) = issues(office, "login: NO", up_s=55)

    assert issue.passing


def test_only_refusals_are_certain() -> None:
    """A server that is away may be back in a minute."""
    assert not {"network", "server", "database", "internal"} & set(DEFINITE)
