"""A disk that is full, or fails in the middle: mails wait or are tried again, nothing breaks."""

import contextlib
import os
import shutil
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest

from cases.store import Store
from tests.conftest import ROOT
from tests.faults.maildir_desk import PlainDesk
from tests.live.desk import wait_until

MIB = 2**20


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 24 MiB of its own."""
    place = tmp_path / "disk"
    place.mkdir()
    mounted = subprocess.run(  # noqa: S603 - our own words
        [str(shutil.which("mount")), "-t", "tmpfs", "-o", "size=24m", "desk-test", str(place)],
        capture_output=True,
        check=False,
    )
    if mounted.returncode:
        pytest.skip("nobody may mount a file system here")
    try:
        yield place
    finally:
        subprocess.run(  # noqa: S603 - our own words
            [str(shutil.which("umount")), "--lazy", str(place)], check=True
        )


def _fill(place: Path, *, leave: int) -> Path:
    """Take all of a disk but `leave` bytes."""
    filler = place / "filler"
    with filler.open("wb") as file, contextlib.suppress(OSError):
        free = os.statvfs(place)
        os.posix_fallocate(file.fileno(), 0, free.f_bavail * free.f_frsize - leave)
    return filler


def _ledger(database: Path) -> Counter[str]:
    with closing(Store(f"sqlite:///{database}")) as store, store.read() as tx:
        return Counter(tx.inbox_counts())


def _faults(database: Path) -> list[str]:
    with closing(sqlite3.connect(database)) as connection:
        found = [row[0] for row in connection.execute("PRAGMA integrity_check")]
        return [*(f for f in found if f != "ok"), *connection.execute("PRAGMA foreign_key_check")]


def test_a_full_disk_lets_mails_wait_and_goes_on_by_itself(
    small_disk: Path, tmp_path: Path
) -> None:
    """F35: below the limit no mail is taken in, without any nothing breaks, then all goes on."""
    desk = PlainDesk(tmp_path, more="limits: {free_disk: 8 MiB}\n")
    database = small_disk / "desk.db"
    text = desk.config.read_text(encoding="utf-8")
    text = text.replace("sqlite:///desk.db", f"sqlite:///{database}")
    desk.config.write_text(text, encoding="utf-8")
    desk.write(1)
    with desk.running():
        wait_until(lambda: len(desk.letters()) == 2, "the letters of the first mail", seconds=60)
        reserve = small_disk / "desk.db.reserve"
        wait_until(reserve.exists, "the reserve")
        filler = _fill(small_disk, leave=4 * MIB)
        desk.write(2)
        wait_until(lambda: "no mail is taken in" in "".join(desk.said("trouble")), "the refusal")
        assert _ledger(database) == {"done": 1}
        filler.unlink()
        _fill(small_disk, leave=0)
        time.sleep(5)  # whatever is tried in this time fails
        with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as connection:
            assert connection.execute("select count(*) from inbox").fetchone() == (1,)
        filler.unlink()
        begun = time.monotonic()
        wait_until(lambda: len(desk.letters()) == 4, "the letters of the second mail", seconds=60)
        took = time.monotonic() - begun
    print(f"\nthe mail that waited had its letters {took:.1f} s after there was room again")

    assert took < 30 + 15, "within thirty seconds, on a machine with nothing else to do"
    assert _faults(database) == []
    assert _ledger(database) == {"done": 2}
    assert desk.said("trouble") != []


def _traced(desk: PlainDesk, call: str, error: str, at: int) -> bool:
    """Let one call on the database's files fail; tells whether it came to that."""
    log = desk.folder / "trace"
    files = [
        part for name in ("desk.db", "desk.db-wal") for part in ("-P", str(desk.folder / name))
    ]
    subprocess.run(  # noqa: S603 - our own words
        [
            *(str(shutil.which("strace")), "-f", "-o", str(log), *files, "-e", f"trace={call}"),
            *("-e", f"inject={call}:error={error}:when={at}"),
            *(sys.executable, "-m", "tests.faults.disk_worker", str(desk.folder)),
        ],
        cwd=ROOT,
        check=False,
        capture_output=True,
        timeout=120,
    )
    return f"{call}(" in (said := log.read_text(encoding="utf-8")) and "(INJECTED)" in said


def _harmed(folder: Path, call: str, error: str, at: int) -> tuple[list[str], Counter[str], int]:
    """Fail one call, look, then work on undisturbed; returns faults, ledger, letters."""
    desk = PlainDesk(folder)
    for number in range(3):
        desk.write(number)
    assert _traced(desk, call, error, at), f"{call} was called fewer than {at} times"
    faults = _faults(desk.database)
    subprocess.run(  # noqa: S603 - our own words
        [sys.executable, "-m", "tests.faults.disk_worker", str(folder)], cwd=ROOT, check=True
    )
    return [*faults, *_faults(desk.database)], _ledger(desk.database), len(desk.letters())


@pytest.mark.skipif(shutil.which("strace") is None, reason="strace is not installed")
@pytest.mark.parametrize(("call", "error"), [("pwrite64", "ENOSPC"), ("fdatasync", "EIO")])
def test_a_write_that_fails_is_never_taken_for_done(
    call: str, error: str, tmp_path: Path, empty_database: Path
) -> None:
    """F36, R06: the database stays whole, every mail has one case, every letter leaves once."""
    moments = (1, 19, 40) if call == "pwrite64" else (1, 9)
    for at in moments:
        (tmp_path / str(at)).mkdir()
        shutil.copyfile(empty_database, tmp_path / str(at) / "desk.db")

    with ThreadPoolExecutor(2) as pool:
        found = list(pool.map(lambda at: _harmed(tmp_path / str(at), call, error, at), moments))

    for at, (faults, ledger, letters) in zip(moments, found, strict=True):
        assert faults == [], f"{call} number {at}"
        assert ledger == {"done": 3}, f"{call} number {at}"
        assert letters == 6, f"{call} number {at}"
    print(f"\n{call} failed with {error} at {moments}: nothing lost, nothing broken")
