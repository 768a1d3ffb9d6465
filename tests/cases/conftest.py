"""The same store twice: on SQLite, and on PostgreSQL where it is installed."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from cases.store import Store
from tests.live.servers import Postgres, postgres_programs


@pytest.fixture(scope="session")
def postgres_with_schema() -> Iterator[tuple[Postgres, str]]:
    """Return a server and the name of a database with our schema, to be cloned."""
    if not postgres_programs():
        if os.environ.get("CI"):
            pytest.fail("PostgreSQL is not installed, and CI must not skip")
        pytest.skip("PostgreSQL is not installed")
    server = Postgres()
    try:
        server.start()
        name = server.create()
        store = Store(server.url(name))
        store.upgrade()
        store.close()
        yield server, name
    finally:
        server.stop()
        server.remove()


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.live)])
def store_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Return the URL of a database with our schema, of this test's own."""
    if request.param == "sqlite":
        path = tmp_path / "desk.db"
        shutil.copyfile(request.getfixturevalue("empty_database"), path)
        yield f"sqlite:///{path}"
        return
    server, template = request.getfixturevalue("postgres_with_schema")
    name = server.create(template)
    yield server.url(name)
    server.drop(name)


@pytest.fixture
def store(store_url: str) -> Iterator[Store]:
    """Return an open store with our schema; every test runs on both kinds."""
    store = Store(store_url)
    yield store
    store.close()
