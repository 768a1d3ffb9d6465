"""Room on the disk of a SQLite file: mail is taken in only where there is plenty (F35).

What is not taken in stays in its mailbox and is safe there. A disk that is full all the same needs
room even to delete, so a file without meaning is kept beside the database, and given up in time.
"""

import os
import shutil
from contextlib import suppress
from datetime import datetime
from pathlib import Path

from cases.errors import MailboxUnavailable
from pipeline.desk import Desk

MIB = 2**20
_MOST_RESERVE = 64 * MIB
#: Of `limits.free_disk`, what the reserve is.
_SHARE = 8


def shortage(desk: Desk) -> str:
    """Say why no mail is taken in now, "" if there is room. A server's disk is not ours to see."""
    file, need = desk.store.file, desk.settings.limits.free_disk
    if file is None or not need:
        return ""
    free = _free(file.parent)
    if free >= need:
        return ""
    return (
        f"{free // MIB} MiB are left on the disk of {file}, no mail is taken in below "
        f"{need // MIB}: make room, the mails wait in their mailbox and work goes on by itself"
    )


def require_room(desk: Desk, mailbox: str) -> None:
    """Refuse to take in one more mail; raises MailboxUnavailable, as if nobody could be asked."""
    if why := shortage(desk):
        raise MailboxUnavailable(mailbox, why)


def keep_reserve(desk: Desk, _now: datetime) -> None:
    """Keep the reserve while there is room, give it up before there is none."""
    file, need = desk.store.file, desk.settings.limits.free_disk
    if file is None or not need or not file.exists():
        return
    reserve, size = reserve_of(file), min(_MOST_RESERVE, need // _SHARE)
    free = _free(file.parent)
    if free < size:
        reserve.unlink(missing_ok=True)
    elif not reserve.exists() and free > need + size:
        _fill(reserve, size)


def reserve_of(file: Path) -> Path:
    """Return the file that is given up when a disk is nearly full."""
    return file.with_name(f"{file.name}.reserve")


def _fill(path: Path, size: int) -> None:
    """Take `size` bytes of the disk; a file system that only promises them gets none."""
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        os.posix_fallocate(handle, 0, size)
    except OSError:
        path.unlink(missing_ok=True)
        raise
    finally:
        os.close(handle)


def _free(folder: Path) -> int:
    with suppress(FileNotFoundError):
        return shutil.disk_usage(folder).free
    return 0
