"""The file of a SQLite database: opened where it is, never made by chance, watched while in use.

A file that is deleted or replaced under a running program lives on for those who have it open:
what they commit is lost with them. So every transaction asks first whether the file is the same
(F38); every connection asks whether it is ours and whether it keeps what it is told (F37).
"""

import sqlite3
from pathlib import Path
from typing import Any
from urllib.parse import quote

from cases.errors import StoreDamaged

#: "Desk" in the header of the file (SQLite file format §1.3, offset 68).
APPLICATION_ID = int.from_bytes(b"Desk")
RESTORE = "stop the desk, move the file away, and run: python run.py restore BACKUP"
_FAULTS_SHOWN = 5


class SqliteFile:
    """One file, known by its inode from the first connection on."""

    def __init__(self, path: Path, *, busy_ms: int) -> None:
        """Take note; nothing is opened yet."""
        self.path = path
        self.busy_ms = busy_ms
        self._inode: tuple[int, int] | None = None

    def connect(self, **parameters: Any) -> sqlite3.Connection:
        """Open the file; sqlite3.OperationalError if it is not there: it is never made here."""
        self.require_same()
        address = f"file:{quote(str(self.path))}?mode=rw"
        connection: sqlite3.Connection = sqlite3.connect(address, uri=True, **parameters)
        self._inode = self._inode or self._found()
        return connection

    def prepare(self, connection: sqlite3.Connection) -> None:
        """Set a connection so that nothing is lost, and see that it is so; raises StoreDamaged."""
        connection.isolation_level = None  # the driver must not start transactions by itself
        pragmas: dict[str, object] = {
            "journal_mode": "wal",
            "synchronous": 2,  # FULL: committed is durable, also after a power cut (F37)
            "foreign_keys": 1,
            "secure_delete": 1,
            "busy_timeout": self.busy_ms,
        }
        for name, value in pragmas.items():
            connection.execute(f"PRAGMA {name}={value}")
        for name, value in pragmas.items():
            (found,) = connection.execute(f"PRAGMA {name}").fetchone()
            if found != value:
                raise StoreDamaged(
                    f"{self.path} can't be used safely: {name} is {found}, not {value}; "
                    "put the database on a local disk"
                )
        (owner,) = connection.execute("PRAGMA application_id").fetchone()
        if owner not in (0, APPLICATION_ID):
            raise StoreDamaged(
                f"{self.path} is the database of another program; "
                "name another file as `database` in config.yaml"
            )

    def require_same(self) -> None:
        """Raise StoreDamaged if the file is no longer the one that was opened first (F38)."""
        if self._inode is None:
            return
        found = self._found()
        if found != self._inode:
            what = "was replaced by another file" if found else "is gone"
            raise StoreDamaged(
                f"{self.path} {what} while the desk was working; put it back if you have it, "
                f"else {RESTORE}"
            )

    def forget(self) -> None:
        """Nobody has it open any more: the next connection is the first one."""
        self._inode = None

    def _found(self) -> tuple[int, int] | None:
        try:
            facts = self.path.stat()
        except FileNotFoundError:
            return None
        return facts.st_dev, facts.st_ino


def faults_in(connection: sqlite3.Connection, *, whole: bool = False) -> tuple[str, ...]:
    """Return what SQLite finds wrong with a database: at most five lines, () if it is sound.

    `whole`: indexes against tables and foreign keys too, which takes several times as long.
    """
    pragma = "integrity_check" if whole else "quick_check"
    said = [str(row[0]) for row in connection.execute(f"PRAGMA {pragma}({_FAULTS_SHOWN})")]
    found = [line for line in said if line != "ok"]
    if whole and not found:
        rows = connection.execute("PRAGMA foreign_key_check").fetchmany(_FAULTS_SHOWN)
        found = [f"row {row[1]} of {row[0]} refers to a missing row of {row[2]}" for row in rows]
    return tuple(found)
