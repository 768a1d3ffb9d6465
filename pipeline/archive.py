"""One backup as one file: a tar archive whose first member says what must be in it, and its hashes.

Written beside its place under another name and then renamed, so that a file with the right name is
a whole backup. Read back without trusting it: names are ours or refused, bytes are hashed.
"""

import errno
import hashlib
import io
import json
import os
import tarfile
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import Any

from cases.copying import Copy
from cases.errors import DeskError
from cases.this_machine import sync_folder

FORMAT = 1
MANIFEST = "manifest.json"
DATABASE = {"sqlite": "database.sqlite", "postgresql": "database.dump"}
_MOST_MANIFEST = 16 * 2**20  # bytes
_PIECE = 2**20  # bytes


class BadBackup(DeskError):
    """A file is no backup of ours, or not all of one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """What a backup says about itself."""

    version: str  #: of the program
    taken_at: datetime
    copy: Copy
    files: Mapping[str, str]  #: name in the archive → sha256 in hex
    data_key: bool = False  #: True if the key that opens encrypted mails is in it

    def text(self) -> str:
        """Return it as JSON."""
        values = {**asdict(self), "format": FORMAT, "taken_at": self.taken_at.isoformat()}
        return json.dumps(values, ensure_ascii=False, indent=1, sort_keys=True)

    @classmethod
    def parse(cls, text: str | bytes) -> "Manifest":
        """Return the manifest of `text`; raises BadBackup."""
        try:
            values: dict[str, Any] = json.loads(text)
            if values["format"] != FORMAT:
                raise BadBackup(f"it is of format {values['format']}, this program reads {FORMAT}")
            return cls(
                version=values["version"],
                taken_at=datetime.fromisoformat(values["taken_at"]),
                copy=Copy(**values["copy"]),
                files=values["files"],
                data_key=values["data_key"],
            )
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise BadBackup("its manifest can't be read: it is damaged, or no backup") from error


def write_archive(target: Path, files: Mapping[str, Path], manifest: Manifest) -> None:
    """Write a new archive, readable by its owner only; FileExistsError if `target` is there."""
    draft = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as out:
            with tarfile.open(fileobj=out, mode="w") as tar:
                data = manifest.text().encode()
                member = tarfile.TarInfo(MANIFEST)
                member.size, member.mode = len(data), 0o600
                tar.addfile(member, io.BytesIO(data))
                for name, path in files.items():
                    tar.add(path, arcname=name, recursive=False, filter=_plain)
            out.flush()
            os.fsync(out.fileno())
        _name(draft, target)
        sync_folder(target.parent)
    finally:
        draft.unlink(missing_ok=True)


def _name(draft: Path, target: Path) -> None:
    """Give a finished draft its name; FileExistsError if another file has it."""
    try:
        os.link(draft, target)  # unlike a rename it never takes the place of another file
    except FileExistsError:
        raise
    except OSError:  # a file system without links
        if target.exists():
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(target)) from None
        draft.rename(target)


def _plain(member: tarfile.TarInfo) -> tarfile.TarInfo:
    """Forget who owned a file: whoever restores it owns it."""
    member.uid = member.gid = 0
    member.uname = member.gname = ""
    member.mode = 0o600
    return member


def read_manifest(archive: Path) -> Manifest:
    """Return what a backup says about itself; raises BadBackup, OSError."""
    try:
        with tarfile.open(archive, mode="r:") as tar:
            first = tar.next()
            if first is None or first.name != MANIFEST or first.size > _MOST_MANIFEST:
                raise BadBackup(f"{archive} is no backup of this program")
            found = tar.extractfile(first)
            return Manifest.parse(found.read() if found else b"")
    except tarfile.TarError as error:
        raise BadBackup(f"{archive} is no backup of this program, or is damaged") from error


def unpack(archive: Path, manifest: Manifest, folder: Path, *, only: Sequence[str] = ()) -> None:
    """Write the files of a backup below `folder`, each proven by its hash; raises BadBackup.

    `only`: the names that are wanted; without it every hash is compared and nothing is written.
    """
    left = dict(manifest.files)
    try:
        with tarfile.open(archive, mode="r:") as tar:
            for member in tar:
                wanted = left.pop(member.name, None)
                if member.name == MANIFEST:
                    continue
                if wanted is None or not member.isreg() or not _is_safe(member.name):
                    raise BadBackup(f"{archive} holds {member.name!r}, which is not in its list")
                target = folder / member.name if member.name in only else None
                if _copied(tar, member, target) != wanted:
                    raise BadBackup(f"{archive} is damaged: {member.name} is not what it was")
    except (tarfile.TarError, EOFError) as error:
        raise BadBackup(f"{archive} is damaged: {error}") from error
    if left:
        raise BadBackup(f"{archive} is not whole: {', '.join(sorted(left))} are missing")


def _copied(tar: tarfile.TarFile, member: tarfile.TarInfo, target: Path | None) -> str:
    """Return the hash of a member, and write it to `target` if that is wanted."""
    source, digest = tar.extractfile(member), hashlib.sha256()
    out = None
    if target is not None:
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        out = os.fdopen(handle, "wb")
    try:
        while source is not None and (piece := source.read(_PIECE)):
            digest.update(piece)
            if out:
                out.write(piece)
        if out:
            out.flush()
            os.fsync(out.fileno())
    finally:
        if out:
            out.close()
    return digest.hexdigest()


def sha256_of(path: Path) -> str:
    """Return the hash of a file in hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _is_safe(name: str) -> bool:
    path = PurePosixPath(name)
    return not path.is_absolute() and ".." not in path.parts
