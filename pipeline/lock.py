"""One daemon for one SQLite file: the second one is told so at once (F07)."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from cases.errors import DeskError, StoreDamaged
from cases.sqlite_file import RESTORE


class AlreadyRunning(DeskError):
    """Another process of the desk works on the same database file."""


def note_use(file: Path | None) -> None:
    """Leave a mark beside a database that is in use now; see `was_used`."""
    if file is not None:
        lock_of(file).write_text("in use; the database lies beside this file\n", encoding="ascii")


def was_used(file: Path) -> bool:
    """Tell whether a daemon has ever worked with the database that lies, or lay, at `file`."""
    lock = lock_of(file)
    return lock.exists() and lock.stat().st_size > 0


def gone(file: Path) -> StoreDamaged:
    """Return the error of a database that was in use and is not there any more (F38)."""
    return StoreDamaged(
        f"{file} was in use here and is gone; an empty one would answer every mail again. "
        f"Put it back if you have it, else {RESTORE}. "
        "To begin anew all the same: python run.py db upgrade"
    )


def lock_of(file: Path) -> Path:
    """Return the file by which a database is locked."""
    return file.with_name(file.name + ".lock")


@contextmanager
def only_one(file: Path | None) -> Iterator[None]:
    """Hold the lock beside a database file; raises AlreadyRunning. A server needs none."""
    if file is None:
        yield
        return
    file.parent.mkdir(parents=True, exist_ok=True)
    handle = os.open(lock_of(file), os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise AlreadyRunning(
                f"another desk is running on {file}; stop it first, or use PostgreSQL for several"
            ) from error
        yield
    finally:
        os.close(handle)  # gives the lock back too
