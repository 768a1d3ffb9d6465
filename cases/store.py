"""The memory of the desk: opening the database, and one transaction as one object.

`Store.begin()` hands out a Transaction that commits at the end of its block and rolls back on
any exception. A transaction is short: no network, no parsing inside (reliability 4.1). SQLite
starts every one with BEGIN IMMEDIATE, because a read that later wants to write fails at once
there, whatever the busy time-out (F34).
"""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import (
    URL,
    Connection,
    Engine,
    create_engine,
    event,
    inspect,
    make_url,
    select,
    text,
)
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError

from cases.audit_rows import AuditRows
from cases.case_rows import CaseRows
from cases.clearing import clear_space
from cases.correction_rows import CorrectionRows
from cases.errors import StoreDamaged, StoreUnavailable
from cases.inbox_rows import InboxRows
from cases.ledger_rows import LedgerRows
from cases.life_rows import LifeRows
from cases.outbox_rows import OutboxRows
from cases.person_rows import PersonRows
from cases.register import Register
from cases.register_rows import RegisterRows
from cases.removal_rows import RemovalRows
from cases.replay_rows import ReplayRows
from cases.restored_rows import UNFINISHED
from cases.retention_rows import RetentionRows
from cases.revocation_rows import RevocationRows
from cases.rule_rows import RuleRows
from cases.sqlite_file import APPLICATION_ID, RESTORE, SqliteFile, faults_in
from cases.trail_rows import TrailRows
from cases.vault import Vault
from cases.waiting_rows import WaitingRows

BUSY_MS = 30_000
#: The newest revision below cases/migrations/versions; a test compares them.
SCHEMA = "0004"


class Transaction(
    AuditRows,
    InboxRows,
    LedgerRows,
    RegisterRows,
    CaseRows,
    CorrectionRows,
    LifeRows,
    OutboxRows,
    WaitingRows,
    RuleRows,
    ReplayRows,
    PersonRows,
    RemovalRows,
    RetentionRows,
    TrailRows,
    RevocationRows,
    Register,
):
    """Everything that may be read or written, by subject; see the modules it is made of."""


class Store:
    """One database."""

    def __init__(self, url: str, *, busy_ms: int = BUSY_MS, vault: Vault | None = None) -> None:
        """Prepare for the database at `url`; nothing is opened yet. ValueError on a bad URL.

        `vault`: what is stored from now on is encrypted with its keys.
        """
        self.vault = vault
        self.damage: StoreDamaged | None = None  #: the first that was found; work must end
        try:
            self._url = make_url(url)
            self._sqlite = _sqlite_file(self._url, busy_ms=busy_ms)
            self._engine = _engine(self._url, self._sqlite)
        except (ArgumentError, NoSuchModuleError) as error:
            raise ValueError(str(error)) from error
        except ModuleNotFoundError as error:
            raise ValueError(
                f"the database driver {error.name} is not installed: "
                "pip install 'complaint-desk[postgres]'"
            ) from error

    @property
    def file(self) -> Path | None:
        """The SQLite file, or None for a server."""
        return self._sqlite.path if self._sqlite else None

    @contextmanager
    def begin(self) -> Iterator[Transaction]:
        """Open a transaction that may write; raises StoreUnavailable if the database went away."""
        with self._connect() as connection, connection.begin():
            yield Transaction(connection, self.vault)

    @contextmanager
    def read(self) -> Iterator[Transaction]:
        """Open a transaction that only reads: it waits for nobody and blocks nobody."""
        with self._connect() as connection:
            connection = connection.execution_options(read_only=True)
            with connection.begin():
                yield Transaction(connection, self.vault)

    @contextmanager
    def snapshot(self) -> Iterator[Transaction]:
        """Open one that only reads, and sees everything as it was at one moment."""
        with self._connect() as connection:
            options: dict[str, Any] = {"read_only": True}
            if self._url.get_backend_name() == "postgresql":
                options["isolation_level"] = "REPEATABLE READ"  # SQLite reads so anyway
            connection = connection.execution_options(**options)
            with connection.begin():
                yield Transaction(connection, self.vault)

    @contextmanager
    def _connect(self) -> Iterator[Connection]:
        try:
            if self._sqlite:
                self._sqlite.require_same()
            with self._engine.connect() as connection:
                yield connection
        except StoreDamaged as error:
            self.damage = self.damage or error
            raise
        except DBAPIError as error:
            if _is_damage(error):
                raise self._damaged(str(error.orig)) from error
            if error.connection_invalidated or _is_outage(error):
                raise StoreUnavailable(f"the database can't be used: {error.orig}") from error
            raise

    def schema(self) -> str:
        """Return the revision of the database, "" if it is empty or not there yet."""
        if self.file and not self.file.exists():
            return ""  # connecting would make the file, for everybody to read
        with self._connect() as connection:
            connection = connection.execution_options(read_only=True)
            tables = inspect(connection)
            if not self._sqlite and tables.has_table(UNFINISHED):
                raise StoreDamaged("a restore into this database did not end: run it once more")
            if not tables.has_table("alembic_version"):
                return ""
            found = connection.execute(text("select version_num from alembic_version")).scalar()
            return str(found or "")

    def upgrade(self) -> None:
        """Bring the schema up to date; safe to repeat."""
        from alembic import command  # costs 0.1 s that no other start should pay
        from alembic.config import Config

        if self.file:
            self.file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            self.file.touch(mode=0o600)  # complaints are for nobody else on this machine
        config = Config()
        config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
        with self._connect() as connection, connection.begin():
            if self._url.get_backend_name() == "postgresql":
                # Two daemons that start at once: the second waits and then finds nothing to do.
                connection.execute(select(text("pg_advisory_xact_lock(4242001)")))
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
            _claim(connection)

    def check(self, *, whole: bool = False) -> None:
        """Read a SQLite file from end to end; raises StoreDamaged if it is not sound (F39).

        `whole` as in `faults_in`. A server looks after its own pages.
        """
        if self._sqlite is None or not self._sqlite.path.exists():
            return
        with self._connect() as connection:
            driver: Any = connection.connection.dbapi_connection
            try:
                faults = faults_in(driver, whole=whole)
            except sqlite3.DatabaseError as error:  # too broken to say what is wrong
                faults = (str(error),)
        if faults:
            raise self._damaged("; ".join(faults))
        with self._connect() as connection, connection.begin():
            _claim(connection)

    def _damaged(self, why: str) -> StoreDamaged:
        found = StoreDamaged(f"the database {self.file or ''} is damaged ({why}): {RESTORE}")
        self.damage = self.damage or found
        return found

    @contextmanager
    def driver(self) -> Iterator[Any]:
        """Lend a connection of the database's own driver, for cases/copying.py."""
        with self._connect() as connection:
            yield connection.connection.driver_connection
            connection.invalidate()  # what was set on it is nobody else's wish

    def address(self) -> dict[str, Any]:
        """Return where a server is and how to get in, in the words of its driver."""
        _, words = self._engine.dialect.create_connect_args(self._url)
        return dict(words)

    def clear_space(self) -> bool:
        """Clear what was deleted out of the files; False if that can't be done now."""
        with self._connect() as connection:
            return clear_space(connection)

    def close(self) -> None:
        """Close every connection; whatever file lies there next time is another database."""
        if self._sqlite:
            self._sqlite.forget()
        self._engine.dispose()


def _claim(connection: Connection) -> None:
    """Write into the header of a SQLite file with our tables that it is ours."""
    if connection.dialect.name != "sqlite" or not inspect(connection).has_table("alembic_version"):
        return
    if not connection.exec_driver_sql("PRAGMA application_id").scalar():
        connection.exec_driver_sql(f"PRAGMA application_id={APPLICATION_ID}")


def _is_damage(error: DBAPIError) -> bool:
    """Tell a database that is broken: a page of SQLite's, or one PostgreSQL says is (XX001, 2)."""
    if getattr(error.orig, "sqlstate", "") in ("XX001", "XX002"):
        return True
    said = str(error.orig).lower()
    words = ("not a database", "malformed")
    return type(error).__name__ == "DatabaseError" and any(word in said for word in words)


def _is_outage(error: DBAPIError) -> bool:
    """Tell a database that is away from a statement that is wrong."""
    said = str(error.orig).lower()
    words = ("connect", "resolve", "unable to open", "locked", "disk", "read-only", "readonly")
    # Two transactions in each other's way: as if the database had been away for a moment (F42).
    rivals = ("deadlock detected", "could not serialize")
    return type(error).__name__ in {"OperationalError", "InterfaceError"} and any(
        word in said for word in (*words, *rivals)
    )


def _sqlite_file(url: URL, *, busy_ms: int) -> SqliteFile | None:
    is_file = url.get_backend_name() == "sqlite" and url.database
    return SqliteFile(Path(str(url.database)), busy_ms=busy_ms) if is_file else None


def _engine(url: URL, file: SqliteFile | None) -> Engine:
    if file is None:
        engine = create_engine(
            url, hide_parameters=True, pool_pre_ping=True, pool_size=5, max_overflow=5
        )
        event.listen(engine, "connect", _prepare_postgres)
        return engine
    engine = create_engine(
        url,
        hide_parameters=True,
        connect_args={"timeout": file.busy_ms / 1000},
        pool_use_lifo=True,  # sqlite3 keeps what was bound last: one mail of 25 MB, not many
    )

    @event.listens_for(engine, "do_connect")
    def open_it(_dialect: object, _record: object, _args: Any, parameters: Any) -> Any:
        return file.connect(**parameters)

    @event.listens_for(engine, "connect")
    def prepare(connection: Any, _record: object) -> None:
        file.prepare(connection)

    @event.listens_for(engine, "begin")
    def start(connection: Connection) -> None:
        read_only = connection.get_execution_options().get("read_only", False)
        connection.exec_driver_sql("BEGIN" if read_only else "BEGIN IMMEDIATE")

    return engine


def _prepare_postgres(connection: Any, _record: object) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET synchronous_commit = on")
        cursor.execute("SET statement_timeout = '30s'")
        cursor.execute("SET idle_in_transaction_session_timeout = '60s'")
    connection.commit()
