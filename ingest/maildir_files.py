"""The files of a Maildir: which mails lie there, and removing them (cr.yp.to, maildir.html)."""

import errno
import os
import stat
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

#: What the system says to whoever may not change a folder.
FORBIDDEN = (errno.EACCES, errno.EPERM, errno.EROFS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A mail as a file."""

    path: Path
    uid: str
    arrived_ns: int
    size: int


def names_in(path: Path) -> list[str]:
    """Return the names of the mails in new/ or cur/."""
    return [file.name for file in path.iterdir() if not file.name.startswith(".")]


def uid_of(name: str) -> str:
    """Return the unique name of a file, without its flags."""
    unique = name.partition(":")[0]
    # A name that is not UTF-8 could be neither stored nor shown.
    return unique if unique.isprintable() else quote(os.fsencode(unique))


def mails_in(path: Path) -> dict[str, Path]:
    """Return the mails of a Maildir, or of a folder of one, by uid."""
    # new/ first: a mail that somebody opens meanwhile moves to cur/ and is then seen there.
    parts = [part for part in (path / "new", path / "cur") if part.is_dir()]
    return {uid_of(name): part / name for part in parts for name in names_in(part)}


def look_at(path: Path, uid: str) -> Found | None:
    """Return what is known of a file without reading it; None if it is gone or no file."""
    try:
        facts = path.lstat()
    except OSError:
        return None  # moved meanwhile; the next scan finds it
    if not stat.S_ISREG(facts.st_mode):
        return None
    return Found(path=path, uid=uid, arrived_ns=facts.st_mtime_ns, size=facts.st_size)


def removed(uids: Collection[str], folders: Iterable[Path]) -> frozenset[str]:
    """Remove mails from these folders; returns the uids that lie nowhere any more."""
    left = set[str]()
    for folder in folders:
        there = mails_in(folder)
        for uid in there.keys() & set(uids):
            try:
                there[uid].unlink(missing_ok=True)
            except OSError as error:
                if error.errno not in FORBIDDEN:
                    raise
                left.add(uid)
    return frozenset(uids) - left
