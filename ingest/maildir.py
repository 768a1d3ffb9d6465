"""A Maildir as a mailbox, and delivery into one (cr.yp.to/proto/maildir.html, Maildir++ folders).

The unique name of a file, without its flags, is the uid; there is no UIDVALIDITY, it is 0.
"""

import contextlib
import itertools
import os
import re
import socket
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from cases.errors import MailboxUnavailable
from cases.incoming import RawMail
from cases.this_machine import sync_folder
from ingest.maildir_files import FORBIDDEN, Found, look_at, mails_in, names_in, removed, uid_of
from ingest.source import (
    BEGINNING,
    HEADER_CAP,
    INBOX,
    MAX_BYTES,
    Filing,
    Fingerprint,
    FolderContents,
    Known,
    KnownFiled,
    PartialMail,
    Stop,
    filed_uid,
    plain_uid,
)

_PARTS = ("tmp", "new", "cur")
_FOLDERS = {Filing.PROCESSED: ".Processed", Filing.REJECTED: ".Rejected"}
_UNIQUE = re.compile(r"[A-Za-z0-9_=+@,-][A-Za-z0-9._=+@,-]{0,199}")
_LOOK = 0.2  # seconds between two looks while waiting
_TICK = 0.1  # seconds; a folder changed so recently may change again with the same time stamp
_deliveries = itertools.count(1)


class MaildirSource:
    """A Maildir as a `MailSource`; its folders are made when missing."""

    def __init__(self, name: str, path: Path, *, max_bytes: int = MAX_BYTES) -> None:
        """Take note; mails above `max_bytes` bytes come by their beginning only."""
        self.name = name
        self._path = path
        self._max_bytes = max_bytes
        self._files: dict[str, Path] = {}  # uid → file, as of the last scan

    @property
    def unfetchable(self) -> tuple[str, ...]:
        """None: a file that can't be read is an error of the whole mailbox."""
        return ()

    def scan(self, known: Known) -> Iterator[RawMail]:
        """Yield unknown mails in the order of their arrival; one mail at a time is in memory.

        A file that can't be read doesn't stop the others: it is complained about at the end.
        """
        with self._unavailable():
            make_maildir(self._path)
            files = self._files = mails_in(self._path)
        have = known(0)
        found = (look_at(path, uid) for uid, path in files.items() if uid not in have)
        unreadable: OSError | None = None
        for mail in sorted(filter(None, found), key=lambda mail: (mail.arrived_ns, mail.uid)):
            try:
                raw = self._read(mail)
            except FileNotFoundError:
                continue  # somebody else moved or removed it (F23)
            except OSError as error:
                unreadable = error
                continue
            yield raw
        if unreadable is not None:
            raise MailboxUnavailable(self.name, str(unreadable)) from unreadable

    def _read(self, mail: Found) -> RawMail:
        big = mail.size > self._max_bytes
        # No link is followed, and a named pipe put there would not make us wait.
        handle = os.open(mail.path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
        with os.fdopen(handle, "rb") as file:
            data = file.read(HEADER_CAP + BEGINNING if big else self._max_bytes + 1)
        raw = RawMail(
            mailbox=self.name,
            uidvalidity=0,
            uid=mail.uid,
            received_at=datetime.fromtimestamp(mail.arrived_ns / 1e9, UTC),
            data=data,
        )
        return PartialMail.of(raw, size=mail.size) if big else raw

    def file(self, uidvalidity: int, uid: str, folder: Filing) -> bool:
        """Rename a mail into the folder `.Processed` or `.Rejected`, keeping its flags."""
        return self.file_all(uidvalidity, [uid], folder)

    def file_all(self, uidvalidity: int, uids: Sequence[str], folder: Filing) -> bool:
        """Rename many mails; the Maildir is listed once at most."""
        target = self._path / _FOLDERS[folder]
        with self._unavailable():
            try:
                make_maildir(target, folder=True)
                if all(_renamed(self._files.get(uid), target) for uid in uids):
                    return True
                make_maildir(self._path)
                files = mails_in(self._path)  # somebody opened one, or it is from another scan
                for uid in uids:
                    _renamed(files.get(uid), target)
            except OSError as error:
                if error.errno in FORBIDDEN:
                    return False
                raise
        return True

    def inventory(self) -> tuple[FolderContents, ...]:
        """List the Maildir and its two folders; a missing one is empty and is not made."""
        folders = {INBOX: self._path, **{f.value: self._path / n for f, n in _FOLDERS.items()}}
        with self._unavailable():
            return tuple(_contents(role, path) for role, path in folders.items())

    def find(self, mails: Sequence[Fingerprint], folder: Filing) -> frozenset[str]:
        """Return those that lie there: a file keeps its unique name when it is moved."""
        with self._unavailable():
            there = mails_in(self._path / _FOLDERS[folder])
        return frozenset(mail.uid for mail in mails if plain_uid(mail.uid) in there)

    def filed(self, folder: Filing, known: KnownFiled) -> Iterator[RawMail]:
        """Yield the mails of a folder in the order of their arrival."""
        with self._unavailable():
            files = mails_in(self._path / _FOLDERS[folder])
            found = filter(None, (look_at(path, uid) for uid, path in files.items()))
            for mail in sorted(found, key=lambda mail: (mail.arrived_ns, mail.uid)):
                raw = self._read(mail)
                if not known(mail.size, raw.received_at):
                    yield replace(raw, uid=filed_uid(folder, raw.uid))

    def refile(self, mails: Sequence[Fingerprint], source: Filing, target: Filing) -> bool:
        """Rename mails from one of our folders into the other."""
        into = self._path / _FOLDERS[target]
        with self._unavailable():
            try:
                make_maildir(into, folder=True)
                files = mails_in(self._path / _FOLDERS[source])
                for mail in mails:
                    _renamed(files.get(plain_uid(mail.uid)), into)
            except OSError as error:
                if error.errno in FORBIDDEN:
                    return False
                raise
        return True

    def expunge(self, mails: Sequence[Fingerprint]) -> frozenset[str]:
        """Remove the files of mails from the Maildir and our folders."""
        folders = (self._path, *(self._path / name for name in _FOLDERS.values()))
        with self._unavailable():
            gone = removed([plain_uid(mail.uid) for mail in mails], folders)
        return frozenset(mail.uid for mail in mails if plain_uid(mail.uid) in gone)

    def wait(self, seconds: float, *, stop: Stop) -> bool:
        """Look at new/ five times a second; its time stamp tells whether listing is worth it."""
        new = self._path / "new"
        end = time.monotonic() + seconds
        listed_ns = -1
        while not stop() and (left := end - time.monotonic()) > 0:
            with self._unavailable():
                make_maildir(self._path)
                changed_ns = new.stat().st_mtime_ns
                if changed_ns != listed_ns:
                    settled = time.time_ns() - changed_ns > _TICK * 1e9
                    listed_ns = changed_ns if settled else -1
                    if any(uid_of(name) not in self._files for name in names_in(new)):
                        return True
            time.sleep(min(left, _LOOK))
        return False

    def close(self) -> None:
        """Do nothing: no file stays open."""

    @contextlib.contextmanager
    def _unavailable(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise MailboxUnavailable(self.name, str(error)) from error


def deliver(path: Path, data: bytes, *, unique: str | None = None) -> Path:
    """Write a mail into the Maildir `path` (made when missing) and return its file.

    The file is on disk, name included, when this returns. With `unique` the mail is written once:
    a file of that name in new/ or cur/ is left as it is. OSError when the disk refuses;
    ValueError for a `unique` that is no plain file name.
    """
    if unique is None:
        now = time.time_ns()
        host = re.sub(r"[^A-Za-z0-9.-]", "_", socket.gethostname())[:64]
        name = f"{now // 10**9}.N{now % 10**9}P{os.getpid()}Q{next(_deliveries)}.{host}"
    elif _UNIQUE.fullmatch(unique) is None:
        raise ValueError(f"{unique!r} can't be the name of a mail file")
    else:
        name = unique
    make_maildir(path)
    if unique is not None and (there := _delivered(path, unique)) is not None:
        return there
    # Two deliveries of one unique name must not write into the same file.
    draft = path / "tmp" / f"{name}.{os.getpid()}.{next(_deliveries)}"
    try:
        with draft.open("xb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        final = draft.rename(path / "new" / name)
    except OSError:
        draft.unlink(missing_ok=True)
        raise
    sync_folder(final.parent)
    return final


def _delivered(path: Path, unique: str) -> Path | None:
    if (new := path / "new" / unique).exists():
        return new
    with os.scandir(path / "cur") as files:  # much quicker than making a Path of each
        name = next((file.name for file in files if uid_of(file.name) == unique), None)
    return None if name is None else path / "cur" / name


def make_maildir(path: Path, *, folder: bool = False) -> None:
    """Make the three parts of a Maildir; a Maildir++ `folder` gets its mark as well."""
    if all((path / part).is_dir() for part in _PARTS):
        return
    for part in _PARTS:
        (path / part).mkdir(parents=True, exist_ok=True, mode=0o700)
    if folder:
        (path / "maildirfolder").touch()


def _contents(role: str, path: Path) -> FolderContents:
    found = [mail for uid, file in mails_in(path).items() if (mail := look_at(file, uid))]
    times = {mail.uid: datetime.fromtimestamp(mail.arrived_ns / 1e9, UTC) for mail in found}
    return FolderContents(
        folder=role,
        uidvalidity=0,
        uids=tuple(sorted(times)),
        arrived_at=times if role == INBOX else {},
    )


def _renamed(path: Path | None, folder: Path) -> bool:
    if path is None:
        return False
    info = "" if ":2," in path.name else ":2,"
    try:
        path.rename(folder / "cur" / f"{path.name}{info}")
    except FileNotFoundError:
        return False
    return True
