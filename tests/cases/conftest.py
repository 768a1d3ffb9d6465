"""The same store twice: on SQLite, and on PostgreSQL where it is installed."""

import shutil
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import create_engine, delete, text
from sqlalchemy.pool import NullPool

from cases.columns import metadata
from cases.incoming import Address, RawMail
from cases.model import Assessment, Case, Category, Classification, Fact, Matter
from cases.store import Store
from tests.live.conftest import need
from tests.live.servers import Postgres, postgres_programs, started

_COUNT_ANEW = text(
    "select setval(quote_ident(sequencename)::regclass, start_value, false) "
    "from pg_sequences where schemaname = 'public'"
)


@pytest.fixture(scope="session")
def postgres_with_schema() -> Iterator[tuple[Postgres, str]]:
    """Return a server and the name of a database with our schema, to be cloned."""
    need(postgres_programs(), "PostgreSQL")
    with started(Postgres()) as server:
        name = server.create()
        store = Store(server.url(name))
        store.upgrade()
        store.close()
        yield server, name


@pytest.fixture(scope="session")
def one_for_all(postgres_with_schema: tuple[Postgres, str]) -> Iterator[str]:
    """Return the URL of a server's database with our schema: cloning takes longer than most tests.

    Whoever uses it empties it again.
    """
    server, template = postgres_with_schema
    name = server.create(template)
    yield server.url(name)
    server.drop(name)


def _empty(url: str) -> None:
    """Delete every row and count from one again."""
    with closing(create_engine(url, poolclass=NullPool).connect()) as connection:
        connection.exec_driver_sql("set lock_timeout = '10s'")  # of a test that holds something
        for table in reversed(metadata.sorted_tables):
            connection.execute(delete(table))
        connection.execute(_COUNT_ANEW)
        connection.commit()


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.live)])
def store_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Return the URL of a database with our schema and no rows, of this test's own meanwhile."""
    if request.param == "sqlite":
        path = tmp_path / "desk.db"
        shutil.copyfile(request.getfixturevalue("empty_database"), path)
        yield f"sqlite:///{path}"
        return
    url: str = request.getfixturevalue("one_for_all")
    yield url
    _empty(url)


@pytest.fixture
def store(store_url: str) -> Iterator[Store]:
    """Return an open store with our schema; every test runs on both kinds."""
    store = Store(store_url)
    yield store
    store.close()


@pytest.fixture
def waiting(store: Store, monday_nine: datetime) -> Case:
    """Return a case that waits for a decision until ten o'clock."""
    raw = RawMail(
        mailbox="complaints", uidvalidity=5, uid="1", received_at=monday_nine, data=b"Subject: x"
    )
    with store.begin() as tx:
        tx.store_mail(raw, identity="1", now=monday_nine, size=900)
        taken = tx.take_mail(owner="a", now=monday_nine, lease=timedelta(hours=1))
        assert taken is not None
        return tx.open_case(
            inbox_id=taken.id,
            assessment=Assessment(
                matter=Matter.COMPLAINT,
                category=Category.QUALITY,
                subcategory="defect",
                source="model",
                score=0.4,
                unsure=True,
                severity="general",
                departments=(),
            ),
            classification=Classification(
                language="en",
                matter=Matter.COMPLAINT,
                category=Category.QUALITY,
                score=0.4,
                labels={},
                facts=(Fact(name="serial", value="77", doubt="check_digit"),),
            ),
            complainant=Address(addr="wang.fang@customer.example"),
            subject="x",
            thread_id="1@customer.example",
            received_at=monday_nine,
            due_at=None,
            guess_at=monday_nine + timedelta(hours=1),
            rules_version="1",
        )
