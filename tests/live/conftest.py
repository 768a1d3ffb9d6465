"""Fixtures with real servers: absent ones skip on a desk and fail where `CI` is set."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.live.servers import Dovecot, Postgres, SmtpSink, postgres_programs, started


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark every test of this folder as live."""
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.live)


def need(found: object, what: str) -> None:
    """Skip the test, or fail it where `CI` is set, without what it needs."""
    if not found:
        if os.environ.get("CI"):
            pytest.fail(f"{what} is not installed, and CI must not skip")
        pytest.skip(f"{what} is not installed")


@pytest.fixture(scope="session")
def dovecot() -> Iterator[Dovecot]:
    """Return a running IMAP and LMTP server; take a `new_user()` per test."""
    need(shutil.which("dovecot"), "Dovecot")
    need(shutil.which("openssl"), "openssl")
    with started(Dovecot()) as server:
        yield server


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """Return a running PostgreSQL; `create(template)` clones a database in some 80 ms."""
    need(postgres_programs(), "PostgreSQL")
    with started(Postgres()) as server:
        yield server


@pytest.fixture
def postgres_url(postgres: Postgres) -> Iterator[str]:
    """Return the SQLAlchemy URL of an empty database of this test's own."""
    name = postgres.create()
    yield postgres.url(name)
    postgres.drop(name)


@pytest.fixture
def smtp_sink() -> Iterator[SmtpSink]:
    """Return an SMTP server that keeps what it gets and can be scripted to misbehave."""
    with SmtpSink().running() as sink:
        yield sink
