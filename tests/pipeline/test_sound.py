"""A database that is not sound, or gone, or on a full disk: nothing is made up, all is said."""

import shutil
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from cases.errors import MailboxUnavailable, StoreDamaged
from cases.sqlite_file import APPLICATION_ID
from cases.store import Store
from pipeline.config_limits import LimitsBlock, limits_of
from pipeline.desk import Desk, require_schema
from pipeline.disk import MIB, keep_reserve, require_room, reserve_of, shortage
from pipeline.lock import note_use, only_one
from pipeline.sound import check_daily, require_sound
from pipeline.status import health

DAY = timedelta(days=1)


def test_a_database_with_our_tables_says_whose_it_is(desk: Desk) -> None:
    """The header of the file names us, also of one that was made before it did."""
    with desk.store.begin() as tx:
        tx._connection.exec_driver_sql("PRAGMA application_id = 0")
    require_sound(desk.store)

    with desk.store.read() as tx:
        found = tx._connection.exec_driver_sql("PRAGMA application_id").scalar()
    desk.store.close()
    assert found == APPLICATION_ID


def test_a_file_that_was_replaced_is_noticed_before_anything_is_written(
    desk: Desk, tmp_path: Path, monday_nine: datetime
) -> None:
    """A connection to the old file still works; nobody gets it any more (F38)."""
    file = desk.store.file
    assert file is not None
    with desk.store.begin() as tx:
        tx.count_bounce("a@x.example", now=monday_nine)
    shutil.copyfile(file, tmp_path / "copy")
    (tmp_path / "copy").replace(file)

    with pytest.raises(StoreDamaged, match="replaced"), desk.store.begin() as tx:
        tx.count_bounce("b@x.example", now=monday_nine)
    assert desk.store.damage is not None
    desk.store.close()


def test_a_missing_file_is_made_only_where_none_ever_was(desk: Desk) -> None:
    """The first start makes it; later its absence is an accident, unless a person says no."""
    file = desk.store.file
    assert file is not None
    desk.store.close()
    file.unlink()
    with only_one(file):
        pass  # of a start that came to nothing
    require_schema(desk)
    note_use(file)
    desk.store.close()
    file.unlink()

    with pytest.raises(StoreDamaged, match="in use here and is gone"):
        require_schema(desk)
    assert not file.exists()
    desk.store.upgrade()
    require_schema(desk)
    desk.store.close()


def test_the_whole_database_is_read_once_a_day(
    desk: Desk, monday_nine: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not at every turn of the duties, and again a day later."""
    read: list[bool] = []
    monkeypatch.setattr(Store, "check", lambda _self, *, whole=False: read.append(whole))

    for hours in (0, 1, 23, 25, 26):
        check_daily(desk, monday_nine + timedelta(hours=hours))

    desk.store.close()
    assert read == [True, True]


def test_a_row_that_leads_nowhere_is_damage(desk: Desk, tmp_path: Path) -> None:
    """The daily check looks at foreign keys too; the one at the start need not."""
    with closing(Store(desk.settings.database)) as store:
        with store.begin() as tx:
            tx._connection.exec_driver_sql("PRAGMA foreign_keys = OFF")
        with store.driver() as raw:
            raw.execute("PRAGMA foreign_keys = OFF")
            raw.execute("insert into raw_mail (inbox_id, data) values (77, x'00')")
        store.check()
        with pytest.raises(StoreDamaged, match="missing row"):
            store.check(whole=True)
    desk.store.close()


@pytest.fixture
def disk(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> Callable[[int], Desk]:
    """Return a function that gives the desk a disk with so many free MiB, 40 of them needed."""
    desk = replace(
        desk, settings=replace(desk.settings, limits=limits_of(
            LimitsBlock(free_disk="40 MiB"), complain=lambda *_: None))
    )  # fmt: skip

    def free(mib: int) -> Desk:
        usage = shutil.disk_usage("/")._replace(free=mib * MIB)
        monkeypatch.setattr("pipeline.disk.shutil.disk_usage", lambda _path: usage)
        return desk

    return free


def test_no_mail_is_taken_in_where_there_is_no_room(
    disk: Callable[[int], Desk], monday_nine: datetime
) -> None:
    """`status` says so, by how much; with room nothing is said (F35)."""
    full = disk(39)
    with pytest.raises(MailboxUnavailable, match="39 MiB are left"):
        require_room(full, "complaints")
    assert "disk" in {issue.kind for issue in health(full, now=monday_nine).found}

    assert shortage(disk(40)) == ""
    require_room(disk(40), "complaints")
    full.store.close()


def test_the_reserve_is_taken_with_room_to_spare_and_given_up_at_the_end(
    disk: Callable[[int], Desk], monday_nine: datetime
) -> None:
    """An eighth of what must be free, really taken from the disk."""
    desk = disk(44)
    assert desk.store.file is not None
    reserve = reserve_of(desk.store.file)
    keep_reserve(desk, monday_nine)
    assert not reserve.exists()

    keep_reserve(disk(46), monday_nine)
    assert reserve.stat().st_blocks * 512 >= 5 * MIB
    keep_reserve(disk(6), monday_nine)
    assert reserve.exists()
    keep_reserve(disk(4), monday_nine)
    assert not reserve.exists()
    desk.store.close()


@pytest.mark.parametrize(
    ("text", "size"), [("500 MiB", 500 * MIB), ("2GiB", 2048 * MIB), ("0 MiB", 0)]
)
def test_sizes_are_written_with_their_unit(text: str, size: int) -> None:
    """MiB and GiB, as disks are measured by programs."""
    assert limits_of(LimitsBlock(free_disk=text), complain=lambda *_: None).free_disk == size


@pytest.mark.parametrize("text", ["500", "lots", "500 MB", "-1 MiB", ""])
def test_a_size_that_is_none_is_told_with_an_example(text: str) -> None:
    """The key and what to write."""
    told: list[tuple[object, ...]] = []
    limits_of(LimitsBlock(free_disk=text), complain=lambda *words: told.append(words))

    assert told[0][0] == ("limits", "free_disk")
    assert "500 MiB" in str(told[0][2])
