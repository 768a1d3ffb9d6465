"""Encryption at rest: what is stored can't be read without the key, and not at all once erased."""

import shutil
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from cases.errors import StoreUnavailable, Undecipherable
from cases.incoming import RawMail
from cases.model import Case
from cases.store import Store, Transaction
from cases.vault import Vault
from tests.cases.test_store import open_case, queue

OLD, NEW = b"o" * 32, b"n" * 32
CANARY = b"Subject: canary\r\n\r\nThe canary sings.\r\n"
LEASE = timedelta(minutes=2)


@pytest.fixture
def sealed(store_url: str) -> Iterator[Store]:
    """Return a store that encrypts."""
    with closing(Store(store_url, vault=Vault((OLD,)))) as store:
        yield store


def keep(store: Store, now: datetime, uid: str = "1", data: bytes = CANARY) -> None:
    raw = RawMail(mailbox="complaints", uidvalidity=5, uid=uid, received_at=now, data=data)
    with store.begin() as tx:
        assert tx.store_mail(raw, identity=uid, now=now, size=len(data))


def opened(tx: Transaction, now: datetime) -> Case:
    """Take the mail that waits and open its case."""
    taken = tx.take_mail(owner="a", now=now, lease=LEASE)
    assert taken is not None
    case = open_case(tx, now, inbox_id=taken.id, text="The canary sings.")
    tx.finish_mail(taken, "done", case_id=case.id)
    return case


def rows(url: str, statement: str) -> list[tuple[object, ...]]:
    engine = create_engine(url)
    with engine.connect() as connection:
        found = [tuple(row) for row in connection.execute(text(statement))]
    engine.dispose()
    return found


def test_callers_see_bytes_as_before_and_the_tables_hold_none_of_them(
    sealed: Store, store_url: str, monday_nine: datetime
) -> None:
    """Mail, words and letter come back as they were; in the tables nothing of them can be read."""
    keep(sealed, monday_nine)
    with sealed.begin() as tx:
        case = opened(tx, monday_nine)
        queue(tx, case, monday_nine, data=CANARY)
        mail = tx.first_mail(case.id)
        letter = tx.lease_letter(owner="a", now=monday_nine, lease=LEASE)

    assert mail.data == CANARY
    assert not mail.partial
    assert letter is not None
    assert letter.data == CANARY
    assert case.text == "The canary sings."
    kept = rows(store_url, "select data from raw_mail union all select data from outbox")
    assert len(kept) == 2
    assert "canary" not in repr(kept)
    assert "canary" not in str(rows(store_url, "select text from case_"))
    assert {row[0] for row in rows(store_url, "select case_id from data_key")} == {case.id}


def test_a_database_may_be_encrypted_from_some_day_on(
    store: Store, store_url: str, monday_nine: datetime
) -> None:
    """What was stored before is read as it is, what comes later by its key."""
    keep(store, monday_nine, "1")
    with closing(Store(store_url, vault=Vault((OLD,)))) as later:
        keep(later, monday_nine, "2")
        with later.read() as tx:
            assert (tx.raw_of(1), tx.raw_of(2)) == (CANARY, CANARY)
            assert sum(tx.data_keys.masters().values()) == 1


def test_without_the_key_mails_wait_and_nothing_is_lost(
    sealed: Store, store_url: str, monday_nine: datetime
) -> None:
    """No key or a wrong one: a clear error, no attempt is counted, and the right key reads all."""
    keep(sealed, monday_nine)
    for vault in (None, Vault((NEW,))):
        with (
            closing(Store(store_url, vault=vault)) as blind,
            pytest.raises(StoreUnavailable, match=r"encryption\.key_file"),
            blind.begin() as tx,
        ):
            tx.take_mail(owner="a", now=monday_nine, lease=LEASE)
    with sealed.begin() as tx:
        taken = tx.take_mail(owner="a", now=monday_nine, lease=LEASE)

    assert taken is not None
    assert (taken.raw.data, taken.attempts) == (CANARY, 1)


def test_once_the_keys_of_a_case_are_destroyed_nobody_reads_it(
    sealed: Store, store_url: str, monday_nine: datetime
) -> None:
    """Deleting the rows of a case in `data_key` is enough, wherever its bytes are left."""
    keep(sealed, monday_nine)
    with sealed.begin() as tx:
        case = opened(tx, monday_nine)
        queue(tx, case, monday_nine, data=CANARY)
    engine = create_engine(store_url)
    with engine.begin() as connection:
        connection.execute(text("delete from data_key where case_id = :id"), {"id": case.id})
    engine.dispose()
    with sealed.begin() as tx:
        with pytest.raises(Undecipherable, match="its key is gone"):
            tx.raw_of(1)
        with pytest.raises(LookupError):
            tx.first_mail(case.id)
        found = tx.case(case.id)
        letter = tx.lease_letter(owner="a", now=monday_nine, lease=LEASE)

    assert found is not None
    assert found.text == ""
    assert letter is None, "a letter that can't be read waits for a person"
    with sealed.read() as tx:
        assert tx.outbox_counts() == {"held": 1}


def test_a_mail_that_was_changed_in_the_database_is_set_aside_and_the_next_one_handled(
    sealed: Store, store_url: str, monday_nine: datetime
) -> None:
    """Encrypted bytes that were changed, or put into another row, are never taken for a mail."""
    for uid in ("1", "2", "3"):
        keep(sealed, monday_nine, uid, CANARY + uid.encode())
    engine = create_engine(store_url)
    with engine.begin() as connection:
        swapped = "select data, key_id from raw_mail where inbox_id = 2"
        data, key = connection.execute(text(swapped)).one()
        connection.execute(
            text("update raw_mail set data = :data, key_id = :key where inbox_id = 1"),
            {"data": data, "key": key},
        )
    engine.dispose()
    with sealed.begin() as tx:
        taken = tx.take_mail(owner="a", now=monday_nine, lease=LEASE)
        entry = tx.entry(1)

    assert taken is not None
    assert taken.id == 2
    assert entry is not None
    assert entry.state == "quarantined"
    assert "can't be deciphered" in entry.reason


def test_a_new_master_key_takes_over_step_by_step(
    sealed: Store, store_url: str, monday_nine: datetime
) -> None:
    """Data keys are wrapped anew in small steps; afterwards the old master key reads nothing."""
    for uid in "123":
        keep(sealed, monday_nine, uid)
    with closing(Store(store_url, vault=Vault((NEW, OLD)))) as both, both.begin() as tx:
        steps = [tx.data_keys.rewrap(limit=2) for _ in range(3)]
    with closing(Store(store_url, vault=Vault((NEW,)))) as new, new.read() as tx:
        read = [tx.raw_of(number) for number in (1, 2, 3)]
    with pytest.raises(StoreUnavailable), sealed.read() as tx:
        tx.raw_of(1)

    assert steps == [2, 1, 0]
    assert read == [CANARY] * 3


def test_a_key_that_was_shortened_is_refused() -> None:
    """A master key has 32 bytes, and there is at least one."""
    for keys in ((), (b"short",)):
        with pytest.raises(ValueError, match="32 bytes"):
            Vault(keys)


@pytest.mark.alone
def test_encrypting_a_mail_of_100_kb_costs_less_than_storing_it(
    empty_database: Path, tmp_path: Path, monday_nine: datetime
) -> None:
    """The whole cost of encryption, its key included, is a fraction of what storing costs."""
    mail = b"Subject: x\r\n\r\n" + bytes(range(256)) * 400
    vault = Vault((OLD,))
    begun = time.perf_counter()
    for number in range(200):
        key = vault.new_key()
        kept = vault.encrypt(key, mail, name=f"mail {number}")
        assert vault.decrypt(key, kept, name=f"mail {number}") == mail
    cipher = (time.perf_counter() - begun) / 200
    seconds = {}
    for name, used in (("plain", None), ("encrypted", vault)):
        path = tmp_path / f"{name}.db"
        shutil.copyfile(empty_database, path)
        with closing(Store(f"sqlite:///{path}", vault=used)) as store:
            begun = time.perf_counter()
            for number in range(100):
                keep(store, monday_nine, str(number), mail)
            seconds[name] = (time.perf_counter() - begun) / 100
    print(  # noqa: T201 - the figure that this measures
        f"a mail of 100 KB: cipher {cipher * 1e3:.3f} ms; stored plain "
        f"{seconds['plain'] * 1e3:.2f} ms, encrypted {seconds['encrypted'] * 1e3:.2f} ms"
    )

    assert cipher < seconds["plain"]


def test_a_scan_of_the_file_finds_no_word_of_what_is_encrypted(
    empty_database: Path, tmp_path: Path, monday_nine: datetime
) -> None:
    """Neither the file nor its log holds a word of a mail, at no time."""
    path = tmp_path / "desk.db"
    shutil.copyfile(empty_database, path)
    with closing(Store(f"sqlite:///{path}", vault=Vault((OLD,)))) as store:
        keep(store, monday_nine)
        with store.begin() as tx:
            opened(tx, monday_nine)
        found = [file.name for file in tmp_path.iterdir() if b"canary" in file.read_bytes()]

    assert found == []
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("select count(*) from case_").fetchone() == (1,)
