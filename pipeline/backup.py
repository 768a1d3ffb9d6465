"""A backup while the desk works: the database and all that is of no use without it, in one file."""

import shutil
import tempfile
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from cases.copying import copy_to
from cases.errors import ConfigError, DeskError
from pipeline.archive import (
    DATABASE,
    Manifest,
    read_manifest,
    sha256_of,
    unpack,
    write_archive,
)
from pipeline.config import Settings
from pipeline.desk import open_store
from pipeline.rules_file import load as load_rules
from pipeline.rules_texts import MAIN, texts_of

SECRET, OLD_SECRET, DATA_KEY = "secret.key", "old-secret.key", "data.key"
MODELS, CONFIG = "models/", "config/"
_PATTERN = "desk-*.tar"


class BackupFailed(DeskError):
    """A backup could not be made; none was left half-way."""


def make_backup(settings: Settings, out: str, *, now: datetime, data_key: bool = False) -> Path:
    """Write a backup to a new file, or into a folder, and read it again; raises BackupFailed.

    `out` means a folder if it is one, or ends with a slash.
    """
    target = Path(out)
    if target.is_dir() or out.endswith("/"):
        target.mkdir(mode=0o700, parents=True, exist_ok=True)
        target = target / f"desk-{now:%Y%m%dT%H%M%SZ}.tar"
    if target.exists():
        raise BackupFailed(f"{target} is there already and is not overwritten: name another file")
    _require_space(settings, target.parent)
    work = Path(tempfile.mkdtemp(prefix=".desk-backup-", dir=target.parent))
    try:
        return _made(settings, target, work, now=now, data_key=data_key)
    finally:
        shutil.rmtree(work, ignore_errors=True)


def _made(settings: Settings, target: Path, work: Path, *, now: datetime, data_key: bool) -> Path:
    store = open_store(settings)
    try:
        database = work / "database"
        copy = copy_to(store, database)
    finally:
        store.close()
    files = {DATABASE[copy.kind]: database, **_files(settings, work, data_key=data_key)}
    manifest = Manifest(
        version=program_version(),
        taken_at=now,
        copy=copy,
        files={name: sha256_of(path) for name, path in files.items()},
        data_key=DATA_KEY in files,
    )
    write_archive(target, files, manifest)
    unpack(target, read_manifest(target), work)  # what can't be read back is no backup
    return target


def _files(settings: Settings, work: Path, *, data_key: bool) -> Mapping[str, Path]:
    """Return what goes into the archive beside the database: its name there → the file."""
    found: dict[str, Path] = {}
    keys = {SECRET: settings.secret_file, OLD_SECRET: settings.old_secret_file}
    if data_key:
        keys[DATA_KEY] = settings.privacy.key_file
        if settings.privacy.key_file is None:
            raise BackupFailed("--with-data-key: config.yaml names no encryption.key_file")
    for name, path in keys.items():
        if path is not None and (path.exists() or name != SECRET):
            found[name] = path
    if settings.models.is_dir():
        for path in sorted(settings.models.rglob("*")):
            if path.is_file():
                found[MODELS + path.relative_to(settings.models).as_posix()] = path
    for name, text in _texts(settings):
        path = work / f"text-{len(found)}"
        path.write_bytes(text)
        found[CONFIG + name] = path
    return found


def _texts(settings: Settings) -> Iterator[tuple[str, bytes]]:
    """Yield config.yaml and the rules; whatever is wrong with them, they are kept as they are."""
    yield "config.yaml", settings.file.read_bytes()
    try:
        for name, text in texts_of(load_rules(settings.rules)).items():
            yield name.replace("..", "up"), text.encode("utf-8", "surrogateescape")
    except ConfigError:
        if settings.rules.is_file():
            yield MAIN, settings.rules.read_bytes()


def _require_space(settings: Settings, folder: Path) -> None:
    """Refuse to begin what a full disk would end: a copy and the archive lie there for a moment."""
    file = open_store(settings).file
    need = 2 * file.stat().st_size if file and file.exists() else 0
    free = shutil.disk_usage(folder).free
    if free < need:
        raise BackupFailed(
            f"{folder} has {free >> 20} MiB left, the backup needs {need >> 20} MiB for a moment: "
            "make room or name another folder"
        )


def prune(folder: Path, *, keep: int, days: int, now: datetime) -> tuple[Path, ...]:
    """Remove backups beyond the newest `keep`, and those older than `days`; 0 means no limit.

    Only files that this program named; the newest one always stays.
    """
    newest, *others = sorted(folder.glob(_PATTERN), reverse=True)
    stay = {newest, *others[: keep - 1]} if keep else {newest, *others}
    oldest = f"desk-{now - timedelta(days=days):%Y%m%dT%H%M%SZ}.tar" if days else ""
    gone = [path for path in others if path not in stay or path.name < oldest]
    for path in gone:
        path.unlink(missing_ok=True)
    return tuple(gone)


def program_version() -> str:
    """Return the version of this program, "" in a checkout that was never installed."""
    try:
        return version("complaint-desk")
    except PackageNotFoundError:
        return ""
