"""What a backup holds, what is done with it, and that nothing is sent twice because of it."""

import os
import shutil
import sqlite3
import tarfile
from contextlib import closing
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from cases.copying import CopyFailed, copy_to
from cases.restored_rows import GAP, MAY_HAVE_LEFT
from cases.store import Store
from cases.tokens import message_id
from ingest.maildir import MaildirSource, deliver
from ingest.source import Filing
from pipeline import retake
from pipeline.archive import BadBackup, read_manifest
from pipeline.backup import BackupFailed, make_backup, prune
from pipeline.deliver import deliver_one
from pipeline.desk import Desk, open_store
from pipeline.poll import file_settled, poll
from pipeline.process import process_one
from pipeline.restore import RestoreRefused, Result, restore
from tests.conftest import MakeRaw
from tests.pipeline.conftest import Tray

HOUR = timedelta(hours=1)


@pytest.fixture
def kept(desk: Desk) -> Desk:
    """A desk with its secret file and one mail that was handled, its letters still waiting."""
    desk.settings.secret_file.write_bytes(desk.key)
    return desk


def _write(desk: Desk, make_raw: MakeRaw, number: int, *, at: datetime) -> None:
    box = desk.box.source
    assert isinstance(box, Path)
    file = deliver(
        box,
        make_raw(
            f"The kettle number {number} leaks and I want it mended.",
            sender=f"p{number}@c{number}.example",
            message_id=f"{number}@c.example",
        ),
        unique=f"mail{number}",
    )
    os.utime(file, (at.timestamp(), at.timestamp()))


def _work(desk: Desk, now: datetime) -> None:
    """Poll, process and file, without sending."""
    assert isinstance(desk.box.source, Path)
    source = MaildirSource(desk.box.name, desk.box.source)
    poll(desk, desk.box, source, now=now)
    while process_one(desk, now=now):
        pass
    while file_settled(desk, desk.box, source):
        pass


def _lose(desk: Desk) -> None:
    desk.store.close()
    for path in desk.settings.file.parent.glob("desk.db*"):
        path.unlink()


def _letters(desk: Desk) -> list[tuple[str, str, str]]:
    with desk.store.read() as tx:
        rows = tx.letters_in(("ready", "held", "sent"))
    return [(row.letter, row.recipient, row.state) for row in rows]


def _restored(
    desk: Desk, file: Path, now: datetime, dead_since: datetime | None = None
) -> tuple[Desk, Result]:
    result = restore(desk.settings, file, now=now, dead_since=dead_since)
    return replace(desk, store=open_store(desk.settings)), result


def test_a_backup_is_one_private_file_that_proves_itself(
    kept: Desk, make_raw: MakeRaw, monday_nine: datetime, tmp_path: Path
) -> None:
    """Database, key, rules and config.yaml in one file of mode 0600, named by its time."""
    _write(kept, make_raw, 1, at=monday_nine)
    _work(kept, monday_nine)

    file = make_backup(kept.settings, f"{tmp_path}/backups/", now=monday_nine)

    manifest = read_manifest(file)
    assert file.name == "desk-20261123T010000Z.tar"
    assert file.stat().st_mode & 0o777 == 0o600
    assert manifest.copy.counts["inbox"] == 1
    assert {"database.sqlite", "secret.key", "config/rules.yaml", "config/config.yaml"} <= set(
        manifest.files
    )
    assert [path.name for path in file.parent.iterdir()] == [file.name]
    assert not manifest.data_key


def test_a_backup_never_overwrites_another(
    kept: Desk, monday_nine: datetime, tmp_path: Path
) -> None:
    """A file of that name is left as it is."""
    (tmp_path / "mine.tar").write_bytes(b"mine")

    with pytest.raises(BackupFailed, match="not overwritten"):
        make_backup(kept.settings, str(tmp_path / "mine.tar"), now=monday_nine)

    assert (tmp_path / "mine.tar").read_bytes() == b"mine"


def test_a_backup_that_fails_leaves_nothing_behind(
    kept: Desk, monday_nine: datetime, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A damaged database makes no backup, and no half one."""
    out = tmp_path / "backups"
    kept.store.close()
    data = bytearray((tmp_path / "desk.db").read_bytes())
    data[8192 : 8192 + 4096] = b"\xa5" * 4096
    (tmp_path / "desk.db").write_bytes(bytes(data))

    with pytest.raises(CopyFailed):
        make_backup(kept.settings, f"{out}/", now=monday_nine)

    assert list(out.iterdir()) == []


def test_writers_do_not_wait_for_a_copy(kept: Desk, monday_nine: datetime, tmp_path: Path) -> None:
    """While a copy is read from one moment, others commit; the copy shows the moment."""
    with closing(Store(kept.settings.database, busy_ms=50)) as other, other.begin() as tx:
        tx._connection.exec_driver_sql("create table filler (data blob)")
        for _ in range(200):
            tx._connection.exec_driver_sql("insert into filler values (randomblob(20000))")
    committed: list[int] = []
    real = sqlite3.connect

    class Busy(sqlite3.Connection):
        def backup(self, *arguments: object, **options: object) -> None:
            """Commit something in another connection between every two steps."""

            def between(_status: int, left: int, _total: int) -> None:
                with closing(Store(kept.settings.database, busy_ms=50)) as writer:
                    with writer.begin() as tx:
                        tx.count_bounce(f"{left}@x.example", now=monday_nine)
                    committed.append(left)

            super().backup(*arguments, progress=between, **options)  # type: ignore[arg-type]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("cases.copying.sqlite3.connect", lambda *a, **k: real(*a, **k, factory=Busy))
        patch.setattr("cases.copying.PAGES", 200)
        copy = copy_to(kept.store, tmp_path / "copy")

    assert len(committed) > 3
    assert copy.counts["suppression"] == 0


@pytest.mark.parametrize("at", [0.1, 0.5, 0.999])
def test_a_damaged_backup_is_not_restored(
    at: float, kept: Desk, monday_nine: datetime, tmp_path: Path
) -> None:
    """One flipped byte, wherever it is, is found before anything is changed."""
    file = make_backup(kept.settings, str(tmp_path / "b.tar"), now=monday_nine)
    _lose(kept)
    with tarfile.open(file) as tar:
        member = next(m for m in tar if m.name == "database.sqlite")
    data = bytearray(file.read_bytes())
    data[member.offset_data + int(member.size * at)] ^= 0x40
    file.write_bytes(bytes(data))

    with pytest.raises(BadBackup, match="damaged"):
        restore(kept.settings, file, now=monday_nine)
    assert not (tmp_path / "desk.db").exists()


def test_a_cut_off_backup_is_not_restored(
    kept: Desk, monday_nine: datetime, tmp_path: Path
) -> None:
    """Every length short of the whole is refused, so is anything that is no backup."""
    file = make_backup(kept.settings, str(tmp_path / "b.tar"), now=monday_nine)
    _lose(kept)
    data = file.read_bytes()
    for part in (0, 10, 600, len(data) // 2):
        file.write_bytes(data[:part])
        with pytest.raises(BadBackup):
            restore(kept.settings, file, now=monday_nine)


def test_a_name_that_leads_elsewhere_is_refused(
    kept: Desk, monday_nine: datetime, tmp_path: Path
) -> None:
    """An archive somebody tampered with writes no file outside its folder."""
    file = make_backup(kept.settings, str(tmp_path / "b.tar"), now=monday_nine)
    _lose(kept)
    evil = tmp_path / "evil"
    evil.write_bytes(b"x")
    with tarfile.open(file, "a") as tar:
        tar.add(evil, arcname="../escaped")

    with pytest.raises(BadBackup, match="escaped"):
        restore(kept.settings, file, now=monday_nine)
    assert not (tmp_path.parent / "escaped").exists()


def test_a_database_with_rows_is_never_replaced(
    kept: Desk, make_raw: MakeRaw, monday_nine: datetime, tmp_path: Path
) -> None:
    """Restoring by mistake destroys nothing."""
    file = make_backup(kept.settings, str(tmp_path / "b.tar"), now=monday_nine)
    _write(kept, make_raw, 1, at=monday_nine)
    _work(kept, monday_nine)

    with pytest.raises(RestoreRefused, match="not empty"):
        restore(kept.settings, file, now=monday_nine)
    with kept.store.read() as tx:
        assert tx.mails_seen() == 1


def test_another_key_and_other_models_are_put_aside_not_overwritten(
    kept: Desk, monday_nine: datetime, tmp_path: Path
) -> None:
    """What a first start made in the empty place gets another name."""
    models = kept.settings.models
    models.mkdir()
    (models / "live").write_text("\n", encoding="utf-8")
    file = make_backup(kept.settings, str(tmp_path / "b.tar"), now=monday_nine)
    _lose(kept)
    kept.settings.secret_file.write_bytes(b"the key of a first start, by chance")
    (models / "other").write_text("x", encoding="utf-8")

    _, result = _restored(kept, file, monday_nine)

    assert kept.settings.secret_file.read_bytes() == kept.key
    assert [path.name for path in models.iterdir()] == ["live"]
    assert {path.name for path in result.aside} == {
        "secret.key.before-restore",
        "models.before-restore",
    }
    assert (result.aside[0]).read_bytes().startswith(b"the key of a first start")


def test_letters_that_waited_are_held_and_later_ones_are_not(
    kept: Desk, make_raw: MakeRaw, monday_nine: datetime, tmp_path: Path
) -> None:
    """What could have left since waits for a person; what was not due yet can't have left."""
    _write(kept, make_raw, 1, at=monday_nine)
    _work(kept, monday_nine)
    with kept.store.begin() as tx:
        tx._connection.exec_driver_sql(
            "update outbox set not_before = '2026-11-30 00:00:00' where letter = 'routed'"
        )
    file = make_backup(kept.settings, str(tmp_path / "b.tar"), now=monday_nine)
    _lose(kept)

    desk, result = _restored(kept, file, monday_nine + HOUR)

    states = {letter: state for letter, _, state in _letters(desk)}
    with desk.store.read() as tx:
        (held,) = tx.letters_in(("held",))
        story = [event.detail for event in tx.events(1) if event.kind == "held"]
    assert states == {"acknowledgement": "held", "routed": "ready"}
    assert result.held == 1
    assert held.last_reply == MAY_HAVE_LEFT
    assert "acknowledgement to p1@c1.example: may have left" in story[0]
    tray = Tray()
    assert deliver_one(desk, tray, now=monday_nine + HOUR) is None
    with desk.store.begin() as tx:
        tx.release_letter(held.id, "ready", now=monday_nine + HOUR)
    assert deliver_one(desk, tray, now=monday_nine + HOUR) is not None
    desk.store.close()


def test_mails_handled_since_are_taken_in_again_without_a_second_acknowledgement(
    kept: Desk, make_raw: MakeRaw, monday_nine: datetime, tmp_path: Path
) -> None:
    """They lie among the handled ones; each opens its case once, and only departments hear."""
    _write(kept, make_raw, 1, at=monday_nine)
    _work(kept, monday_nine)
    file = make_backup(kept.settings, str(tmp_path / "b.tar"), now=monday_nine)
    for number in (2, 3):
        _write(kept, make_raw, number, at=monday_nine)
    _work(kept, monday_nine)
    _lose(kept)

    now = monday_nine + HOUR
    desk, _ = _restored(kept, file, now)
    assert isinstance(desk.box.source, Path)
    source = MaildirSource(desk.box.name, desk.box.source)
    assert retake.retake(desk, desk.box, source, now=now) == 2
    _work(desk, now)

    with desk.store.read() as tx:
        cases, counts = tx.recent_cases(), tx.inbox_counts()
        reasons = [event.reasons for event in tx.events(cases[0].id) if event.reasons]
        assert retake.retake(desk, desk.box, source, now=now) is None
    assert counts == {"done": 3, "ignored": 1}
    assert [letter for letter, _, _ in _letters(desk)].count("acknowledgement") == 1
    assert {state for letter, _, state in _letters(desk) if letter == "routed"} == {"ready", "held"}
    assert "系统刚从备份恢复" in str(reasons)
    numbers = sorted(int(case.reference.rpartition("-")[2]) for case in cases)
    assert numbers[0] == 1
    assert numbers[1] > GAP, "no number that the lost database may have given to another case"
    desk.store.close()


def test_mail_that_came_after_the_desk_died_is_acknowledged_if_one_says_when(
    kept: Desk, make_raw: MakeRaw, monday_nine: datetime, tmp_path: Path
) -> None:
    """With `dead_since` what is later is new; without it nobody can tell, and none is written."""
    file = make_backup(kept.settings, str(tmp_path / "b.tar"), now=monday_nine)
    _lose(kept)
    dead = monday_nine - HOUR
    desk, _ = _restored(kept, file, dead + 2 * HOUR, dead_since=dead)
    _write(desk, make_raw, 1, at=monday_nine)

    _work(desk, dead + 2 * HOUR)

    assert "acknowledgement" in [letter for letter, _, _ in _letters(desk)]
    desk.store.close()


def test_a_mail_that_goes_wrong_after_all_leaves_the_folder_of_handled_ones(
    kept: Desk, make_raw: MakeRaw, monday_nine: datetime, tmp_path: Path
) -> None:
    """Folders show what became of a mail, also of one that was taken in again."""
    file = make_backup(kept.settings, str(tmp_path / "b.tar"), now=monday_nine)
    _write(kept, make_raw, 1, at=monday_nine)
    _work(kept, monday_nine)
    _lose(kept)
    now = monday_nine + HOUR
    desk, _ = _restored(kept, file, now)
    assert isinstance(desk.box.source, Path)
    source = MaildirSource(desk.box.name, desk.box.source)
    retake.retake(desk, desk.box, source, now=now)
    with desk.store.begin() as tx:
        taken = tx.take_mail(owner="a", now=now, lease=HOUR)
        assert taken is not None
        tx.finish_mail(taken, "quarantined", reason="x")

    while file_settled(desk, desk.box, source):
        pass

    lying = {folder.folder: folder.uids for folder in source.inventory()}
    assert lying == {"inbox": (), Filing.PROCESSED: (), Filing.REJECTED: ("mail1",)}
    desk.store.close()


def test_a_colleagues_answer_to_a_lost_case_waits_for_a_person(
    kept: Desk, make_raw: MakeRaw, monday_nine: datetime, tmp_path: Path
) -> None:
    """It opens no complaint; a customer's answer to a lost case does, without a letter to them."""
    file = make_backup(kept.settings, str(tmp_path / "b.tar"), now=monday_nine)
    _lose(kept)
    desk, _ = _restored(kept, file, monday_nine + HOUR)
    colleague = desk.rules.policy.departments["quality"].to[0]
    for number, sender in enumerate((colleague, "wang@customer.example")):
        ours = message_id(
            desk.key,
            "example.com",
            case_id=57,
            letter="routed",
            revision=1,
            recipient=sender,
        )
        data = make_raw(
            "done: It is mended.",
            sender=sender,
            message_id=f"{number}@reply.example",
            headers=(("In-Reply-To", f"<{ours}>"),),
        )
        assert isinstance(desk.box.source, Path)
        path = deliver(desk.box.source, data, unique=f"answer{number}")
        os.utime(path, (monday_nine.timestamp(), monday_nine.timestamp()))

    _work(desk, monday_nine + HOUR)

    with desk.store.read() as tx:
        (waiting,) = tx.entries(state="quarantined")
        assert "answers case number 57" in waiting.reason
        assert [case.complainant.addr for case in tx.recent_cases()] == ["wang@customer.example"]
    assert {letter for letter, _, _ in _letters(desk)} == {"routed"}
    desk.store.close()


def test_an_older_schema_is_brought_up_to_date_and_a_newer_one_refused(
    kept: Desk, monday_nine: datetime, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A backup of a later version names the version to install."""
    file = make_backup(kept.settings, str(tmp_path / "b.tar"), now=monday_nine)
    _lose(kept)
    monkeypatch.setattr("pipeline.restore.SCHEMA", "0001")

    with pytest.raises(RestoreRefused, match="install version"):
        restore(kept.settings, file, now=monday_nine)


def test_old_backups_are_removed_but_never_the_newest_nor_what_is_not_ours(
    tmp_path: Path, monday_nine: datetime
) -> None:
    """`--keep` and `--days` look at names that this program gave, and at nothing else."""
    days = ["20261101", "20261110", "20261120", "20261122"]
    for day in days:
        (tmp_path / f"desk-{day}T010000Z.tar").touch()
    (tmp_path / "holiday.tar").touch()

    assert len(prune(tmp_path, keep=3, days=0, now=monday_nine)) == 1
    assert len(prune(tmp_path, keep=0, days=7, now=monday_nine)) == 1
    assert prune(tmp_path, keep=0, days=1, now=monday_nine + 99 * timedelta(days=1)) != ()

    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "desk-20261122T010000Z.tar",
        "holiday.tar",
    ]


def test_a_full_disk_is_said_before_the_copy_begins(
    kept: Desk, monday_nine: datetime, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Half a backup on a full disk helps nobody."""
    usage = shutil.disk_usage(tmp_path)._replace(free=1000)
    monkeypatch.setattr("pipeline.backup.shutil.disk_usage", lambda _path: usage)

    with pytest.raises(BackupFailed, match="MiB left"):
        make_backup(kept.settings, str(tmp_path / "b.tar"), now=monday_nine)
