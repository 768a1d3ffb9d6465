"""Refresh tokens on disk: mode 0600, replaced as a whole, one process at a time.

Some providers take a refresh token once and hand out its successor: whoever loses that one must
sign in by hand again. So its place on the disk is made before the old one is used.
"""

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from cases.this_machine import sync_folder

_ROOM = 16 * 2**10  # bytes kept for the successor; the longest seen have 4,000


class Renewal:
    """The stored refresh token while nobody else may use it."""

    def __init__(self, path: Path, draft: Path, handle: int) -> None:
        self._path, self._draft, self._handle = path, draft, handle
        self.refresh_token = _read(path)  #: "" if nobody has signed in yet

    def keep(self, refresh_token: str) -> None:
        """Store the successor; it is on the disk when this returns."""
        if not refresh_token or refresh_token == self.refresh_token:
            return
        data = json.dumps({"refresh_token": refresh_token}).encode()
        os.pwrite(self._handle, data, 0)
        os.ftruncate(self._handle, len(data))
        os.fsync(self._handle)
        self._draft.replace(self._path)
        sync_folder(self._path.parent)
        self.refresh_token = refresh_token


@contextmanager
def renewal(path: Path) -> Iterator[Renewal]:
    """Hold the file of a sign-in for the block; OSError if its successor would find no room."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    lock = os.open(path.with_suffix(".lock"), os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        draft = path.with_name(f".{path.name}.new")  # nobody else writes it: we hold the lock
        draft.unlink(missing_ok=True)
        handle = os.open(draft, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            os.pwrite(handle, b" " * _ROOM, 0)
            os.fsync(handle)
            yield Renewal(path, draft, handle)
        finally:
            os.close(handle)
            draft.unlink(missing_ok=True)
    finally:
        os.close(lock)  # gives the lock back too


def _read(path: Path) -> str:
    try:
        found = json.loads(path.read_bytes())
    except (FileNotFoundError, ValueError):
        return ""
    token = found.get("refresh_token", "") if isinstance(found, dict) else ""
    return token if isinstance(token, str) else ""
