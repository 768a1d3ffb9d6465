"""From every schema that ever was to today's: no row is lost, and a kill in the middle is no harm.

A database of an older schema is made by the migrations up to there, with a row in every table.
"""

import os
import shutil
import signal
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Column, Connection, MetaData, Table, create_engine, event, select
from sqlalchemy.types import Boolean, DateTime, Float, Integer, LargeBinary, String

import cases
from cases.columns import metadata
from cases.store import SCHEMA, Store
from tests.live.servers import Postgres

SCRIPTS = Path(cases.__file__).parent / "migrations"
REVISIONS = sorted(s.revision for s in ScriptDirectory(str(SCRIPTS)).walk_revisions())
OLDER = [revision for revision in REVISIONS if revision != SCHEMA]
AT = datetime(2026, 11, 23, 1, tzinfo=UTC)
Make = Callable[[str], str]  #: a revision → the URL of a new database of that schema


def _upgrade_to(url: str, revision: str) -> None:
    engine, config = create_engine(url), Config()
    config.set_main_option("script_location", str(SCRIPTS))
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, revision)
        _fill(connection)
    engine.dispose()


def _fill(connection: Connection) -> None:
    """Put one row into every table; texts are an empty JSON list, which all of them may be."""
    for table in _tables(connection):
        row = {column.name: _value(column) for column in table.columns}
        connection.execute(table.insert().values(row))


def _tables(connection: Connection) -> list[Table]:
    found = MetaData()
    found.reflect(connection)
    return [table for table in found.sorted_tables if table.name != "alembic_version"]


def _value(column: Column[Any]) -> object:
    kind = column.type
    if isinstance(kind, Boolean):
        return False
    if isinstance(kind, Integer):
        return 1
    if isinstance(kind, Float):
        return 0.5
    if isinstance(kind, DateTime):
        return AT if getattr(kind, "timezone", False) else AT.replace(tzinfo=None)
    if isinstance(kind, LargeBinary):
        return b"mail"
    return f"{column.name}"[: kind.length] if isinstance(kind, String) and kind.length else "[]"


def _rows(url: str, tables: dict[str, list[str]] | None = None) -> dict[str, list[tuple[Any, ...]]]:
    """Return the rows of all tables, or of some columns of some."""
    engine = create_engine(url)
    with engine.connect() as connection:
        found = {
            table.name: [
                tuple(row)
                for row in connection.execute(
                    select(
                        *(table.c[name] for name in (tables or {}).get(table.name, table.c.keys()))
                    )
                )
            ]
            for table in _tables(connection)
            if tables is None or table.name in tables
        }
    engine.dispose()
    return found


def _columns(url: str) -> dict[str, list[str]]:
    engine = create_engine(url)
    with engine.connect() as connection:
        found = {table.name: list(table.c.keys()) for table in _tables(connection)}
    engine.dispose()
    return found


@pytest.fixture(scope="module")
def templates(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Return a SQLite file for each older schema, to be copied."""
    folder = tmp_path_factory.mktemp("schemas")
    made = {}
    for revision in OLDER:
        made[revision] = folder / f"{revision}.db"
        _upgrade_to(f"sqlite:///{made[revision]}", revision)
    return made


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.live)])
def make(
    request: pytest.FixtureRequest, templates: dict[str, Path], tmp_path: Path
) -> Iterator[Make]:
    """Return a function that makes a database of an older schema; called again: another one."""
    made: list[str] = []
    if request.param == "sqlite":

        def copy(revision: str) -> str:
            path = tmp_path / f"{len(made)}.db"
            made.append(str(path))
            shutil.copyfile(templates[revision], path)
            return f"sqlite:///{path}"

        yield copy
        return
    server: Postgres = request.getfixturevalue("postgres_with_schema")[0]

    def create(revision: str) -> str:
        if not made:
            made.append(server.create())
            _upgrade_to(server.url(made[0]), revision)
        made.append(server.create(made[0]))
        return server.url(made[-1])

    yield create
    for name in reversed(made):
        server.drop(name)


@pytest.mark.parametrize("revision", OLDER)
def test_every_older_schema_comes_up_to_date_with_all_its_rows(revision: str, make: Make) -> None:
    """What was in a column is in it still, and the tables are those of the program."""
    url = make(revision)
    columns, before = _columns(url), _rows(url)

    with closing(Store(url)) as store:
        assert store.schema() == revision
        store.upgrade()
        store.upgrade()
        assert store.schema() == SCHEMA

    assert all(len(rows) == 1 for rows in before.values()), "a row in every table"
    allowed = {"case_": {"head"}, "event": {"salt", "digest", "hash", "seals"}}  # made anew by 0003
    kept = {t: [c for c in names if c not in allowed.get(t, ())] for t, names in columns.items()}
    assert _rows(url, kept) == {
        table: [tuple(row[columns[table].index(c)] for c in kept[table]) for row in rows]
        for table, rows in before.items()
    }
    engine = create_engine(url)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []
    engine.dispose()


def _upgrade_and_die(url: str, at: int) -> int:
    """Upgrade in a process that kills itself before its statement number `at`; its exit status."""
    child = os.fork()
    if child:
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    try:
        store, said = Store(url), 0

        def count(*_: object) -> None:
            nonlocal said
            said += 1
            if said == at:
                os.kill(os.getpid(), signal.SIGKILL)

        event.listen(store._engine, "before_cursor_execute", count)
        store.upgrade()
        store.close()
        os._exit(0)
    except BaseException:  # noqa: BLE001 - a child must never go on as a second pytest
        os._exit(3)


def _statements(url: str) -> int:
    said = 0

    def count(*_: object) -> None:
        nonlocal said
        said += 1

    with closing(Store(url)) as store:
        event.listen(store._engine, "before_cursor_execute", count)
        store.upgrade()
    return said


def test_a_kill_in_the_middle_of_an_upgrade_leaves_the_old_schema_and_all_rows(make: Make) -> None:
    """F44: at ten moments from the first statement to the last; the second start repairs."""
    oldest = OLDER[0]
    total = _statements(make(oldest))
    moments = sorted({1 + (total - 1) * step // 9 for step in range(10)})

    for at in moments:
        url = make(oldest)
        before = _rows(url)
        assert _upgrade_and_die(url, at) == -signal.SIGKILL
        with closing(Store(url)) as store:
            assert store.schema() == oldest, f"killed before statement {at} of {total}"
            assert _rows(url) == before
            store.upgrade()
            assert store.schema() == SCHEMA
