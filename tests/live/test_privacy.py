"""Erasing a person on real servers: database, backup and mailboxes are free of them (F123)."""

import hashlib
import subprocess
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import make_url

from cases.store import Store
from ingest.imap import ImapSource
from ingest.imap_wire import Client
from ingest.source import Filing, Fingerprint
from tests.live.desk import LiveDesk, wait_until
from tests.live.servers import Dovecot, Postgres, SmtpSink
from tests.live.test_imap_dovecot import (
    OpenMailbox,
    letter,
    mailbox,
    nothing_known,
    number_of,
    user,
)

__all__ = ["mailbox", "user"]  # fixtures

PERSON = "zanzibara@canary.example"
WORDS = (b"zanzibara", b"quagmire", b"squonkish", b"13987654321")
QUALITY = "quality@example.com"


def known(data: bytes, uid: str = "1") -> Fingerprint:
    return Fingerprint(
        uid=uid, size=len(data), sha256=hashlib.sha256(data).hexdigest(), length=len(data)
    )


def left(source: ImapSource) -> list[int]:
    """Return the numbers of the mails in the three folders, in that order."""
    numbers = [number_of(mail) for mail in source.scan(nothing_known)]
    for folder in Filing:
        numbers += [number_of(mail) for mail in source.filed(folder, lambda _size, _at: False)]
    return numbers


def test_mails_are_removed_from_all_three_folders_and_nothing_else(
    mailbox: OpenMailbox, dovecot: Dovecot, user: str
) -> None:
    """By their bytes, twins included; mails of the same size stay, and twice is once."""
    for number in (1, 2, 3, 4, 1, 5):
        dovecot.deliver(user, letter(number))
    source = mailbox()
    found = {mail.uid: mail.data for mail in source.scan(nothing_known)}
    validity = source.inventory()[0].uidvalidity
    source.file_all(validity, ["2", "5"], Filing.PROCESSED)
    source.file_all(validity, ["3"], Filing.REJECTED)
    wanted = [known(found[uid], uid) for uid in ("1", "2", "3", "5")]
    wanted.append(known(b"gone before", "99"))
    gone = [source.expunge(wanted), source.expunge(wanted)]
    dovecot.deliver(user, letter(6))

    assert gone == [{"1", "2", "3", "5", "99"}] * 2
    assert left(source) == [4, 5, 6]


@pytest.mark.parametrize("trouble", ["read-only", "without UIDPLUS"])
def test_what_the_server_keeps_is_told(
    mailbox: OpenMailbox,
    dovecot: Dovecot,
    user: str,
    trouble: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A mail that can't be removed counts as there; nothing is marked as deleted by halves."""
    dovecot.deliver(user, letter(1))
    source = mailbox()
    ((uid, data),) = ((mail.uid, mail.data) for mail in source.scan(nothing_known))
    if trouble == "read-only":
        acl = dovecot.maildir(user) / "dovecot-acl"
        acl.write_text(f"user={user} lr\n", encoding="ascii")
        source.close()
    else:
        real: Callable[[Client, str], bool] = Client.has_capability
        monkeypatch.setattr(
            Client, "has_capability", lambda self, name: name != "UIDPLUS" and real(self, name)
        )
    gone = source.expunge([known(data, uid)])

    assert gone == frozenset()
    assert left(source) == [1]


def words_in(folder: Path) -> list[str]:
    """Return which files below a folder hold a word of the person."""
    found = []
    for path in folder.rglob("*"):
        if path.name.startswith("dovecot.index"):
            continue  # the server's own cache of headers, which it purges in its own time
        try:
            data = path.read_bytes().lower() if path.is_file() else b""
        except FileNotFoundError:  # the server renamed it meanwhile
            continue
        found += [f"{path.name}: {word.decode()}" for word in WORDS if word in data]
    return found


def test_an_erased_person_is_nowhere_any_more(
    tmp_path: Path, dovecot: Dovecot, smtp_sink: SmtpSink, postgres: Postgres, postgres_url: str
) -> None:
    """The command while the daemon runs: dump, tables, files and mailbox hold no word of theirs."""
    desk = LiveDesk(
        folder=tmp_path,
        dovecot=dovecot,
        sink=smtp_sink,
        database=postgres_url,
        user=dovecot.new_user(),
    )
    text = desk.config.read_text(encoding="utf-8")
    desk.config.write_text(text + "encryption: {key_file: data.key}\n", encoding="utf-8")
    with desk.running():
        desk.write(
            f"Zanzibara Quagmire <{PERSON}>",
            "The squonkish kettle K200 leaks. Call 13987654321.",
            subject="squonkish",
        )
        routed = desk.wait_letter(QUALITY)
        desk.reply(
            routed, "done\ncause: Ms Quagmire\nto the customer: Dear Ms Quagmire, a new one."
        )
        wait_until(lambda: len(desk.ledger()) == 2, "the answer")
        wait_until(lambda: all(row.filed for row in desk.ledger()), "tidy folders")
        before = places(desk, postgres)
        begun = time.monotonic()
        said = run(desk, "erase", PERSON, "--yes", "--open-too", "--reason", "asked for it")
        seconds = time.monotonic() - begun
        wait_until(lambda: copies_left(desk) == 0, "copies on the server")
    removed = time.monotonic() - begun
    print(f"erased in {seconds:.1f} s, copies on the server gone after {removed:.1f} s")

    assert "erased: 1 cases, 2 mails" in said
    assert before == {"tables", "mailbox", "dump"}
    assert places(desk, postgres) == set()
    assert words_in(tmp_path) == []
    assert desk.troubles() == []
    assert run(desk, "reconcile").endswith("every mail ever seen has exactly one outcome\n")
    run(desk, "audit", "verify")


def places(desk: LiveDesk, server: Postgres) -> set[str]:
    """Return where a word of the person stands."""
    name = str(make_url(desk.database).database)
    dump = server.dump(name).lower()
    found = {
        "mailbox": words_in(desk.dovecot.maildir(desk.user)),
        "tables": words_in(server.rewrite(name)),
        "dump": [word for word in WORDS if word in dump],
    }
    return {place for place, words in found.items() if words}


def run(desk: LiveDesk, *words: str) -> str:
    done = subprocess.run(  # noqa: S603 - our own words
        desk.command(*words), env=desk.environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def copies_left(desk: LiveDesk) -> int:
    with closing(Store(desk.database)) as store, store.read() as tx:
        return sum(count for count, _ in tx.copies_left().values())
