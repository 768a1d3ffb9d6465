"""A backup back into an empty place, so that the desk goes on without writing anything twice.

What the old database did after the backup is unknown. So three things are noted in the database:
letters that waited may have left (a person decides), mail that arrived until now may have been
answered (no second acknowledgement), and the folders of handled mail are to be looked through
(pipeline/retake.py). A database that was not yet marked so can't be worked with.
"""

import os
import shutil
import tempfile
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from cases.copying import prove, put_back, rows_in
from cases.errors import DeskError
from cases.model import CaseEvent
from cases.restored_rows import MAY_HAVE_LEFT
from cases.store import SCHEMA, Store
from cases.this_machine import sync_folder
from pipeline.archive import DATABASE, Manifest, read_manifest, sha256_of, unpack
from pipeline.backup import CONFIG, DATA_KEY, MODELS, OLD_SECRET, SECRET
from pipeline.config import Settings
from pipeline.desk import open_store
from pipeline.lock import only_one
from pipeline.rules_texts import MAIN


class RestoreRefused(DeskError):
    """A backup is not restored here; nothing was changed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What was restored."""

    manifest: Manifest
    held: int  #: letters that may have left since the backup
    aside: tuple[Path, ...]  #: what lay in the way, under its new name
    rules_differ: bool  #: rules.yaml is another one than at the time of the backup


def restore(
    settings: Settings, archive: Path, *, now: datetime, dead_since: datetime | None = None
) -> Result:
    """Restore a backup; raises RestoreRefused, BadBackup, CopyFailed, AlreadyRunning.

    `dead_since`: the old desk did nothing after that, so later mail gets its acknowledgement.
    """
    manifest = read_manifest(archive)
    store = open_store(settings)
    try:
        _require_fit(store, manifest)
        with only_one(store.file):
            return _restored(settings, store, archive, manifest, now=now, until=dead_since or now)
    finally:
        store.close()


def _require_fit(store: Store, manifest: Manifest) -> None:
    kind = "sqlite" if store.file else "postgresql"
    if manifest.copy.kind != kind:
        raise RestoreRefused(
            f"the backup is of a {manifest.copy.kind} database, config.yaml names a {kind} one: "
            "name an empty database of the same kind"
        )
    if manifest.copy.schema > SCHEMA:
        raise RestoreRefused(
            f"the backup holds schema {manifest.copy.schema}, this program knows {SCHEMA}: "
            f"install version {manifest.version or 'that made it'}"
        )
    full = {name: n for name, n in rows_in(store).items() if n and name != "alembic_version"}
    if full:
        raise RestoreRefused(
            f"the database of config.yaml is not empty ({_counted(full)}): move it away, "
            "or name another one"
        )


def _restored(
    settings: Settings,
    store: Store,
    archive: Path,
    manifest: Manifest,
    *,
    now: datetime,
    until: datetime,
) -> Result:
    home = store.file.parent if store.file else settings.secret_file.parent
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    work = Path(tempfile.mkdtemp(prefix=".desk-restore-", dir=home))
    try:
        unpack(archive, manifest, work, only=tuple(manifest.files))
        database = work / DATABASE[manifest.copy.kind]
        prove(database, manifest.copy)
        aside = _keys_and_models(settings, work, manifest)
        differ = _rules(settings, work)
        if store.file:
            beside = replace(settings, database=f"sqlite:///{database}")
            with closing(open_store(beside)) as opened:
                held = _marked(opened, settings, manifest, now=now, until=until)
            _put_in_place(database, store.file)
        else:
            with store.begin() as tx:
                tx.begin_restore()
            put_back(store, database)
            with closing(open_store(settings)) as opened:  # by the keys that are in place now
                held = _marked(opened, settings, manifest, now=now, until=until)
        return Result(manifest=manifest, held=held, aside=aside, rules_differ=differ)
    finally:
        shutil.rmtree(work, ignore_errors=True)


def _marked(
    store: Store, settings: Settings, manifest: Manifest, *, now: datetime, until: datetime
) -> int:
    """Bring a database to our schema and note what happened to it; returns the letters held."""
    store.upgrade()
    with store.begin() as tx:
        tx.release_mails()
        tx.drop_leases()
        held = tx.hold_waiting(silent_until=until)
        for letter in held:
            if letter.case_id is not None:
                detail = f"{letter.letter} to {letter.recipient}: {MAY_HAVE_LEFT}"
                event = CaseEvent(at=now, kind="held", actor="desk", detail=detail)
                key = f"letter:{letter.id}:restored:{now.isoformat()}"
                tx.add_events(letter.case_id, (event,), key=key)
        tx.mark_restored(
            taken_at=manifest.taken_at, silent_until=until, now=now, mailboxes=settings.mailboxes
        )
    return len(held)


def _put_in_place(database: Path, target: Path) -> None:
    """Let the restored file take the place of an empty one, and of what belonged to that."""
    for ending in ("-wal", "-shm", "-journal"):
        target.with_name(target.name + ending).unlink(missing_ok=True)
    database.replace(target)
    target.chmod(0o600)
    sync_folder(target.parent)


def _keys_and_models(settings: Settings, work: Path, manifest: Manifest) -> tuple[Path, ...]:
    """Put keys and models in place; what lies in the way is renamed, never lost."""
    places: Mapping[str, Path | None] = {
        SECRET: settings.secret_file,
        OLD_SECRET: settings.old_secret_file,
        DATA_KEY: settings.privacy.key_file,
    }
    aside = [
        _placed(work / name, place)
        for name, place in places.items()
        if name in manifest.files and place is not None
    ]
    if any(name.startswith(MODELS) for name in manifest.files):
        aside.append(_placed(work / MODELS, settings.models))
    return tuple(path for path in aside if path)


def _placed(source: Path, target: Path) -> Path | None:
    """Move a file or folder into its place; returns where the other one that was there is now."""
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    moved = None
    if target.is_file() and source.is_file() and sha256_of(target) == sha256_of(source):
        return None
    if target.is_file() or (target.is_dir() and any(target.iterdir())):
        moved = target.with_name(f"{target.name}.before-restore")
        number = 1
        while moved.exists():
            number += 1
            moved = target.with_name(f"{target.name}.before-restore-{number}")
        target.rename(moved)
    elif target.is_dir():
        target.rmdir()
    shutil.move(source, target)
    sync_folder(target.parent)
    return moved


def _rules(settings: Settings, work: Path) -> bool:
    """Put rules.yaml in place if there is none; tell whether the one that is there differs."""
    kept = work / CONFIG / MAIN
    if not kept.exists():
        return False
    if settings.rules.exists():
        return settings.rules.read_bytes() != kept.read_bytes()
    settings.rules.parent.mkdir(parents=True, exist_ok=True)
    with settings.rules.open("xb") as file:
        file.write(kept.read_bytes())
        file.flush()
        os.fsync(file.fileno())
    return False


def _counted(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{number} rows in {name}" for name, number in sorted(counts.items())[:3])
