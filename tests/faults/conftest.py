"""Real servers, and everything in this folder marked as a fault test (`make faults`)."""

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from cases.store import Store
from tests.faults.nursery import Nursery
from tests.faults.rig import FaultDesk
from tests.faults.sink import FaultySink
from tests.live.conftest import dovecot, postgres, postgres_url, smtp_sink
from tests.live.servers import Dovecot, Postgres

__all__ = ["dovecot", "postgres", "postgres_url", "smtp_sink"]

#: `FAULTS=long` runs the long sizes, `make faults-long`.
LONG = os.environ.get("FAULTS") == "long"

MakeDesk = Callable[..., FaultDesk]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark every test of this folder."""
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.live)
            item.add_marker(pytest.mark.faults)


@pytest.fixture(scope="session")
def nursery() -> Iterator[Nursery]:
    """Return where daemons are born."""
    found = Nursery()
    yield found
    found.close()


@pytest.fixture(scope="session")
def postgres_template(postgres: Postgres) -> str:
    """Return the name of a database with our schema, to be cloned."""
    name = postgres.create()
    store = Store(postgres.url(name))
    store.upgrade()
    store.close()
    return name


@pytest.fixture
def make_desk(
    tmp_path: Path,
    nursery: Nursery,
    dovecot: Dovecot,
    empty_database: Path,
    request: pytest.FixtureRequest,
) -> Iterator[MakeDesk]:
    """Return a builder of desks: `kind` of database, faults of the sink, hurry, mutant."""
    with ExitStack() as stack:

        def make(kind: str = "sqlite", *, empty: bool = False, **more: object) -> FaultDesk:
            folder = tmp_path / f"desk{len(list(tmp_path.iterdir()))}"
            folder.mkdir()
            own = stack.enter_context(ExitStack())
            faults = {key: more.pop(key) for key in ("lost", "busy", "grey") if key in more}
            sink = own.enter_context(FaultySink(**faults).running())  # type: ignore[arg-type]
            server = None
            database = f"sqlite:///{folder}/desk.db"
            if kind == "postgres":
                server = request.getfixturevalue("postgres")
                template = request.getfixturevalue("postgres_template")
                name = server.create("template1" if empty else template)
                own.callback(server.drop, name)
                database = server.url(name)
            elif not empty:
                shutil.copyfile(empty_database, folder / "desk.db")
            desk = FaultDesk(
                folder=folder,
                dovecot=dovecot,
                sink=sink,
                database=database,
                user=dovecot.new_user(),
                nursery=nursery,
                postgres=server,
                **more,  # type: ignore[arg-type] # fields of FaultDesk
            )
            desk.on_close = own.close
            own.callback(desk.abandon)
            return desk

        yield make
