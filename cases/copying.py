"""A copy of the whole database, taken while everybody works on it, and what is made of it again.

SQLite is copied by its online backup within one read transaction: the copy shows one moment, and
in WAL mode nobody who writes waits for it. PostgreSQL is copied by pg_dump, which does the same by
a snapshot; where it is, and the password, are told by the environment, never by the command line.
"""

import os
import shutil
import sqlite3
import subprocess
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cases.errors import DeskError, StoreUnavailable
from cases.restored_rows import UNFINISHED
from cases.sqlite_file import faults_in
from cases.store import Store

PAGES = 1000  #: of SQLite copied in one step
_WORDS_CAP = 500
#: Of psycopg's arguments, those that libpq takes from the environment (libpq §34.15).
_ENVIRONMENT = {
    "host": "PGHOST", "port": "PGPORT", "user": "PGUSER", "password": "PGPASSWORD",
    "dbname": "PGDATABASE", "sslmode": "PGSSLMODE", "sslrootcert": "PGSSLROOTCERT",
    "sslcert": "PGSSLCERT", "sslkey": "PGSSLKEY", "options": "PGOPTIONS",
    "connect_timeout": "PGCONNECT_TIMEOUT",
}  # fmt: skip


class CopyFailed(DeskError):
    """A copy of the database could not be made, is not whole, or could not be put in place."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Copy:
    """What a copy holds."""

    kind: str  #: sqlite, postgresql
    schema: str  #: the revision of its tables
    counts: Mapping[str, int]  #: table → rows, of the moment the copy shows


def copy_to(store: Store, target: Path) -> Copy:
    """Write a copy to the new file `target` and prove that it can be read; raises CopyFailed."""
    try:
        copy = _copy_sqlite(store.file, target) if store.file else _dump(store, target)
    except sqlite3.Error as error:
        raise CopyFailed(f"the database could not be copied: {error}") from error
    prove(target, copy)
    return copy


def prove(file: Path, copy: Copy) -> None:
    """Read a copy from end to end; raises CopyFailed if it is not what `copy` says."""
    if copy.kind == "sqlite":
        try:
            with closing(sqlite3.connect(f"file:{file}?mode=ro&immutable=1", uri=True)) as opened:
                faults, counts = faults_in(opened, whole=True), _counts(opened)
        except sqlite3.Error as error:
            raise CopyFailed(f"the copy can't be read: {error}") from error
        if faults:
            raise CopyFailed(f"the copy is damaged: {'; '.join(faults)}")
        if counts != dict(copy.counts):
            raise CopyFailed(f"the copy holds {counts}, not {dict(copy.counts)}")
        return
    listed = _run("pg_restore", "--list", str(file))
    missing = [name for name in copy.counts if f" TABLE DATA public {name} " not in listed]
    if missing:
        raise CopyFailed(f"the copy lacks the tables {', '.join(missing)}")
    _run("pg_restore", f"--file={os.devnull}", str(file))  # unpacks every byte


def put_back(store: Store, file: Path) -> None:
    """Fill a server's database from a proven copy; raises CopyFailed.

    Only for one without rows, or where a restore did not end: its tables are dropped first.
    """
    with store.driver() as connection:
        for name in set(_server_counts(connection)) - {UNFINISHED}:
            connection.execute(f'DROP TABLE "{name}" CASCADE')
        connection.commit()
    _run(
        *("pg_restore", "--single-transaction", "--exit-on-error", "--no-owner"),
        *("--no-privileges", "--dbname=postgresql://", str(file)),
        environment=_environment(store),
    )


def rows_in(store: Store) -> dict[str, int]:
    """Return how many rows each table holds, {} for a database without tables.

    One into which a restore did not end counts as empty.
    """
    if store.file is None:
        with store.driver() as connection:
            counts = _server_counts(connection)
        return {} if UNFINISHED in counts else counts
    if not store.file.exists() or not store.file.stat().st_size:
        return {}
    try:
        with closing(sqlite3.connect(f"file:{store.file}?mode=rw", uri=True)) as opened:
            return _counts(opened)
    except sqlite3.Error as error:
        raise StoreUnavailable(f"{store.file}: {error}") from error


def _copy_sqlite(source: Path, target: Path) -> Copy:
    if not source.exists():
        raise CopyFailed(f"{source} is not there: nothing was ever stored")
    with (
        closing(sqlite3.connect(f"file:{source}?mode=rw", uri=True, timeout=30)) as opened,
        closing(sqlite3.connect(target)) as copied,
    ):
        opened.isolation_level = None
        opened.execute("BEGIN")  # one moment for the figures and all steps
        counts = _counts(opened)
        found = opened.execute("SELECT version_num FROM alembic_version").fetchone()
        opened.backup(copied, pages=PAGES, sleep=0)
        opened.execute("ROLLBACK")
        copied.execute("PRAGMA journal_mode=DELETE")  # the copy is this one file
    _flush(target)
    return Copy(kind="sqlite", schema=str(found[0]), counts=counts)


def _dump(store: Store, target: Path) -> Copy:
    with store.driver() as connection:
        connection.execute("SET idle_in_transaction_session_timeout = 0")
        connection.execute("SET statement_timeout = 0")
        connection.commit()
        connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        (snapshot,) = connection.execute("SELECT pg_export_snapshot()").fetchone()
        counts = _server_counts(connection)
        (schema,) = connection.execute("SELECT version_num FROM alembic_version").fetchone()
        _run(
            *("pg_dump", "--format=custom", "--no-owner", "--no-privileges"),
            *(f"--snapshot={snapshot}", f"--file={target}"),
            environment=_environment(store),
        )
    _flush(target)
    return Copy(kind="postgresql", schema=str(schema), counts=counts)


def _counts(connection: sqlite3.Connection) -> dict[str, int]:
    rows = connection.execute(
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
    )
    names = sorted(row[0] for row in rows)
    return {name: _one(connection, f'SELECT count(*) FROM "{name}"') for name in names}  # noqa: S608 - names of tables


def _server_counts(connection: Any) -> dict[str, int]:
    rows = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
    names = sorted(row[0] for row in rows)
    return {name: _one(connection, f'SELECT count(*) FROM "{name}"') for name in names}  # noqa: S608 - names of tables


def _one(connection: Any, query: str) -> int:
    return int(connection.execute(query).fetchone()[0])


def _environment(store: Store) -> dict[str, str]:
    told = {_ENVIRONMENT[k]: str(v) for k, v in store.address().items() if k in _ENVIRONMENT}
    return {**os.environ, **told}


def _run(program: str, *arguments: str, environment: Mapping[str, str] | None = None) -> str:
    done = subprocess.run(  # noqa: S603 - our own words
        [_program(program), *arguments], env=environment, capture_output=True, check=False
    )
    if done.returncode:
        said = done.stderr.decode("utf-8", "replace").strip()[:_WORDS_CAP]
        raise CopyFailed(f"{program}: {said or f'ended with {done.returncode}'}")
    return done.stdout.decode("utf-8", "replace")


def _program(name: str) -> str:
    """Return where a program of PostgreSQL lies; raises CopyFailed. Debian keeps some off PATH."""
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    found = shutil.which(name) or next(
        (str(folder / name) for folder in folders if (folder / name).exists()), None
    )
    if found is None:
        raise CopyFailed(f"{name} is not installed: install PostgreSQL's client programs")
    return found


def _flush(file: Path) -> None:
    file.chmod(0o600)
    with file.open("rb") as written:
        os.fsync(written.fileno())
