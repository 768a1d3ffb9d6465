"""One daemon for one SQLite file: the second one is told so at once (F07)."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from cases.errors import DeskError


class AlreadyRunning(DeskError):
    """Another process of the desk works on the same database file."""


@contextmanager
def only_one(file: Path | None) -> Iterator[None]:
    """Hold the lock beside a database file; raises AlreadyRunning. A server needs none."""
    if file is None:
        yield
        return
    file.parent.mkdir(parents=True, exist_ok=True)
    handle = os.open(file.with_name(file.name + ".lock"), os.O_RDWR | os.O_CREAT, 0o600)
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
