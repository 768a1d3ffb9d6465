"""A backup taken under load, put back, the mailbox read again: nothing lost, nobody answered twice.

The real daemon on Dovecot, SMTP and both databases (R19).
"""

import re
import signal
import subprocess
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from cases.restored_rows import BACKUP, MAY_HAVE_LEFT
from cases.store import Store
from tests.live.desk import LiveDesk, wait_until
from tests.live.servers import Dovecot, Postgres, SmtpSink

#: Mails by when they come: before the copy, while it is made, after it, after the desk died.
BEFORE, DURING, AFTER, UNHANDLED = range(8), range(8, 14), range(14, 22), range(22, 25)


@pytest.fixture(params=["sqlite", "postgresql"])
def desk(
    request: pytest.FixtureRequest, tmp_path: Path, dovecot: Dovecot, smtp_sink: SmtpSink
) -> Iterator[LiveDesk]:
    """Return a desk that was never started, on either database."""
    server: Postgres | None = None
    url, name = f"sqlite:///{tmp_path}/desk.db", ""
    if request.param == "postgresql":
        server = request.getfixturevalue("postgres")
        assert isinstance(server, Postgres)
        name = server.create()
        url = server.url(name)
    yield LiveDesk(
        folder=tmp_path, dovecot=dovecot, sink=smtp_sink, database=url, user=dovecot.new_user()
    )
    if server:
        server.drop(name)


def _run(desk: LiveDesk, *words: str) -> str:
    done = subprocess.run(  # noqa: S603 - our own words
        desk.command(*words), env=desk.environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, (words, done.stdout, done.stderr)
    return done.stdout + done.stderr


def _complain(desk: LiveDesk, numbers: range) -> None:
    for number in numbers:
        desk.write(
            f"p{number}@customer{number}.example",
            f"The kettle number {number} leaks, and nobody answers my calls.",
            subject=f"Kettle {number}",
        )


def _lose_everything(desk: LiveDesk, request: pytest.FixtureRequest) -> None:
    """Take database and key away, as a broken disk does; what comes next is empty."""
    (desk.folder / "secret.key").unlink()
    for path in desk.folder.glob("desk.db*"):
        path.unlink()
    if not desk.database.startswith("sqlite"):
        postgres = request.getfixturevalue("postgres")
        name = desk.database.partition("?")[0].rpartition("/")[2]
        postgres.drop(name)
        postgres._run("psql", *postgres._psql("postgres", f"create database {name}"))


def _back_up_under_load(desk: LiveDesk) -> Path:
    """Copy while mails come in, see the later ones handled, kill the desk."""
    _complain(desk, BEFORE)
    process = desk.start()
    wait_until(lambda: sum(_acknowledgements(desk).values()) > 2, "the first letters")
    with subprocess.Popen(  # noqa: S603 - our own words
        desk.command("backup", "--out", f"{desk.folder}/backups/"), env=desk.environment
    ) as copying:
        _complain(desk, DURING)
        assert copying.wait() == 0
    _complain(desk, AFTER)
    wait_until(lambda: len(_acknowledgements(desk)) == AFTER.stop, "all letters", seconds=60)
    process.send_signal(signal.SIGKILL)
    process.wait()
    (file,) = (desk.folder / "backups").glob("desk-*.tar")
    return file


def _acknowledgements(desk: LiveDesk) -> Counter[str]:
    return Counter(str(mail["To"]) for mail in desk.letters() if "@customer" in str(mail["To"]))


def _settled(desk: LiveDesk, count: int) -> bool:
    rows = [row for row in desk.ledger() if row.mailbox != BACKUP]
    return len(rows) == count and all(row.state == "done" and row.filed for row in rows)


def _states(desk: LiveDesk) -> Counter[str]:
    with closing(Store(desk.database)) as store, store.read() as tx:
        return Counter(tx.outbox_counts())


def _decide_by_the_relays_log(desk: LiveDesk) -> tuple[int, int]:
    """Do what the manual says about held letters: drop what left, send the rest; (left, sent)."""
    there = {str(mail["Message-ID"]).strip("<>") for mail in desk.letters()}
    with closing(Store(desk.database)) as store, store.read() as tx:
        held = tx.letters_in(("held",))
    assert {row.last_reply for row in held} <= {MAY_HAVE_LEFT}
    left = [row for row in held if row.message_id in there]
    missing = [row for row in held if row.message_id not in there]
    with closing(Store(desk.database)) as store, store.begin() as tx:
        for row in left:
            tx.release_letter(row.id, "cancelled", now=row.created_at)
    if missing:
        _run(desk, "letters", "retry", *(str(row.id) for row in missing))
    return len(left), len(missing)


@pytest.mark.long
@pytest.mark.timeout(300)
def test_a_restored_backup_loses_no_mail_and_acknowledges_nobody_twice(
    desk: LiveDesk, request: pytest.FixtureRequest
) -> None:
    """R19: copied while mails came in, killed, restored; every mail has a case, once."""
    file = _back_up_under_load(desk)
    _lose_everything(desk, request)
    _complain(desk, UNHANDLED)

    _run(desk, "restore", str(file))
    known = len([row for row in desk.ledger() if row.mailbox != BACKUP])
    with desk.running():
        wait_until(lambda: _settled(desk, UNHANDLED.stop), "every mail in the ledger", seconds=60)
        wait_until(lambda: set(_states(desk)) <= {"sent", "held"}, "the letters")
        after_restore = _acknowledgements(desk)
        left, sent = _decide_by_the_relays_log(desk)
        wait_until(lambda: set(_states(desk)) <= {"sent", "cancelled"}, "what was released")
    _run(desk, "reconcile")

    numbers = [int(n) for c in desk.cases() for n in re.findall(r"Kettle (\d+)", c.subject)]
    assert sorted(numbers) == list(range(UNHANDLED.stop))
    assert len({case.reference for case in desk.cases()}) == UNHANDLED.stop
    assert 0 < known < AFTER.stop
    assert max(after_restore.values()) == 1
    assert max(_acknowledgements(desk).values()) == 1
    print(f"\n{UNHANDLED.stop} mails, {known} of them in the backup, 0 lost, 0 acknowledged twice;")
    print(f"of the letters that waited in it {left} had left, {sent} had not and were sent")
