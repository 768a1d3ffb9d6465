"""The file of the database is deleted, replaced or damaged: noticed, told, and nothing made up."""

import shutil
import signal
import socket
import sqlite3
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from tests.faults.maildir_desk import PlainDesk
from tests.live.desk import wait_until

DAMAGED = 74


def _delete(desk: PlainDesk) -> None:
    desk.database.unlink()


def _replace(desk: PlainDesk) -> None:
    copy = desk.folder / "copy"
    with closing(sqlite3.connect(copy)) as connection:
        connection.execute("create table theirs (x)")
    for ending in ("-wal", "-shm"):
        desk.database.with_name(f"desk.db{ending}").unlink(missing_ok=True)
    copy.replace(desk.database)


@pytest.mark.parametrize("harm", [_delete, _replace])
def test_a_database_that_goes_away_under_the_daemon_stops_it(
    harm: Callable[[PlainDesk], None], tmp_path: Path
) -> None:
    """F38: within seconds, with an alarm, code 74, and without an empty database in its place."""
    desk = PlainDesk(tmp_path)
    desk.write(1)
    process = desk.start()
    wait_until(lambda: len(desk.letters()) == 2, "the letters of the first mail")

    begun = time.monotonic()
    harm(desk)
    code = process.wait(timeout=30)
    took = time.monotonic() - begun
    desk.write(2)
    again = desk.run("serve", "--once")

    print(f"\nnoticed after {took:.1f} s")
    assert (code, again.returncode) == (DAMAGED, DAMAGED)
    assert "restore" in again.stderr
    assert "the desk has stopped" in desk.alarm
    assert len(desk.letters()) == 2, "no mail was answered from memory"
    if harm is _delete:
        assert desk.run("status").returncode == DAMAGED
        assert not desk.database.exists()
        assert desk.run("db", "upgrade").returncode == 0, "if that is what somebody wants"


@pytest.mark.parametrize("page", [0, 5])
def test_a_damaged_database_is_refused_with_the_way_out(page: int, tmp_path: Path) -> None:
    """F39: within ten seconds, code 74, by name of the file and of the command that helps."""
    desk = PlainDesk(tmp_path)
    desk.write(1)
    assert desk.run("serve", "--once").returncode == 0
    data = bytearray(desk.database.read_bytes())
    data[page * 4096 : page * 4096 + 2048] = b"\xa5" * 2048
    desk.database.write_bytes(bytes(data))

    begun = time.monotonic()
    refused = desk.run("serve", seconds=30)
    took = time.monotonic() - begun

    print(f"\nrefused after {took:.1f} s: {refused.stderr.strip()}")
    assert refused.returncode == DAMAGED
    assert took < 30, "ten seconds on a machine with nothing else to do"
    assert "run: python run.py restore" in refused.stderr
    assert "restore" in desk.alarm


def test_the_file_of_another_program_is_left_alone(tmp_path: Path) -> None:
    """A wrong path in config.yaml fills no stranger's database with our tables."""
    desk = PlainDesk(tmp_path)
    with closing(sqlite3.connect(desk.database)) as connection:
        connection.execute("PRAGMA application_id = 1234")
        connection.execute("create table theirs (x)")
        connection.commit()

    refused = desk.run("serve", "--once")

    assert refused.returncode == DAMAGED
    assert "another program" in refused.stderr
    with closing(sqlite3.connect(desk.database)) as connection:
        names = [row[0] for row in connection.execute("select name from sqlite_master")]
    assert names == ["theirs"]


def test_the_service_manager_hears_of_the_daemon_and_can_reload_its_rules(tmp_path: Path) -> None:
    """READY=1 when it works, WATCHDOG=1 while it does, SIGHUP looks at the rules, STOPPING=1."""
    shutil.copytree(Path(__file__).parents[2] / "routing" / "lists", tmp_path / "lists")
    rules = tmp_path / "rules.yaml"
    shutil.copyfile(Path(__file__).parents[2] / "routing" / "rules.yaml", rules)
    told = {"NOTIFY_SOCKET": str(tmp_path / "notify"), "WATCHDOG_USEC": "1000000"}
    desk = PlainDesk(tmp_path, environment=told)
    text = desk.config.read_text(encoding="utf-8").replace(
        str(Path(__file__).parents[2] / "routing" / "rules.yaml"), "rules.yaml"
    )
    desk.config.write_text(text, encoding="utf-8")
    with closing(socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)) as manager:
        manager.bind(told["NOTIFY_SOCKET"])
        manager.settimeout(30)
        with desk.running() as process:
            heard = [manager.recv(4096) for _ in range(3)]
            process.send_signal(signal.SIGHUP)
            wait_until(lambda: desk.said("rules") != [], "the answer to SIGHUP")
        while not heard[-1].startswith(b"STOPPING"):
            heard.append(manager.recv(4096))

    assert heard[0].startswith(b"READY=1\nSTATUS=reading complaints")
    assert set(heard[1:-1]) == {b"WATCHDOG=1"}
    assert "stays in force" in desk.said("rules")[0]
