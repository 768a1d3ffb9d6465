"""The memory of the desk: opening the database, and one transaction as one object.

`Store.begin()` hands out a Transaction that commits at the end of its block and rolls back on
any exception. A transaction is short: no network, no parsing inside (reliability 4.1). SQLite
starts every one with BEGIN IMMEDIATE, because a read that later wants to write fails at once
there, whatever the busy time-out (F34).
"""

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

from cases.case_rows import CaseRows
from cases.correction_rows import CorrectionRows
from cases.errors import StoreUnavailable
from cases.inbox_rows import InboxRows
from cases.ledger_rows import LedgerRows
from cases.life_rows import LifeRows
from cases.outbox_rows import OutboxRows
from cases.register import Register
from cases.register_rows import RegisterRows
from cases.replay_rows import ReplayRows
from cases.rule_rows import RuleRows
from cases.waiting_rows import WaitingRows

BUSY_MS = 30_000
#: The newest revision below cases/migrations/versions; a test compares them.
SCHEMA = "0002"


class Transaction(
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
    Register,
):
    """Everything that may be read or written, by subject; see the eleven modules it is made of."""


class Store:
    """One database."""

    def __init__(self, url: str, *, busy_ms: int = BUSY_MS) -> None:
        """Prepare for the database at `url`; nothing is opened yet. ValueError on a bad URL."""
        try:
            self._url = make_url(url)
            self._engine = _engine(self._url, busy_ms=busy_ms)
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
        is_file = self._url.get_backend_name() == "sqlite" and self._url.database
        return Path(str(self._url.database)) if is_file else None

    @contextmanager
    def begin(self) -> Iterator[Transaction]:
        """Open a transaction that may write; raises StoreUnavailable if the database went away."""
        with self._connect() as connection, connection.begin():
            yield Transaction(connection)

    @contextmanager
    def read(self) -> Iterator[Transaction]:
        """Open a transaction that only reads: it waits for nobody and blocks nobody."""
        with self._connect() as connection:
            connection = connection.execution_options(read_only=True)
            with connection.begin():
                yield Transaction(connection)

    @contextmanager
    def _connect(self) -> Iterator[Connection]:
        try:
            with self._engine.connect() as connection:
                yield connection
        except DBAPIError as error:
            if error.connection_invalidated or _is_outage(error):
                raise StoreUnavailable(f"the database can't be used: {error.orig}") from error
            raise

    def schema(self) -> str:
        """Return the revision of the database, "" if it is empty or not there yet."""
        if self.file and not self.file.exists():
            return ""  # connecting would make the file, for everybody to read
        with self._connect() as connection:
            connection = connection.execution_options(read_only=True)
            if not inspect(connection).has_table("alembic_version"):
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

    def close(self) -> None:
        """Close every connection."""
        self._engine.dispose()


def _is_outage(error: DBAPIError) -> bool:
    """Tell a database that is away from a statement that is wrong."""
    said = str(error.orig).lower()
    if type(error).__name__ == "DatabaseError":
        return "not a database" in said or "malformed" in said
    words = ("connect", "resolve", "unable to open", "locked", "disk", "read-only", "readonly")
    return type(error).__name__ in {"OperationalError", "InterfaceError"} and any(
        word in said for word in words
    )


def _engine(url: URL, *, busy_ms: int) -> Engine:
    if url.get_backend_name() != "sqlite":
        engine = create_engine(
            url, hide_parameters=True, pool_pre_ping=True, pool_size=5, max_overflow=5
        )
        event.listen(engine, "connect", _prepare_postgres)
        return engine
    engine = create_engine(
        url,
        hide_parameters=True,
        connect_args={"timeout": busy_ms / 1000},
        pool_use_lifo=True,  # sqlite3 keeps what was bound last: one mail of 25 MB, not many
    )

    @event.listens_for(engine, "connect")
    def prepare(connection: Any, _record: object) -> None:
        connection.isolation_level = None  # the driver must not start transactions by itself
        for pragma in (
            "journal_mode=WAL",
            "synchronous=FULL",  # committed is durable, also after a power cut (F37)
            "foreign_keys=ON",
            "secure_delete=ON",
            f"busy_timeout={busy_ms}",
        ):
            connection.execute(f"PRAGMA {pragma}")

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
