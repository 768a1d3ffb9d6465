"""What the row modules share: the connection, and values in and out of JSON text."""

import json
from collections.abc import Iterable
from dataclasses import fields
from typing import Any

from sqlalchemy import ColumnElement, Connection, Table
from sqlalchemy.dialects import postgresql, sqlite

from cases.data_keys import DataKeys
from cases.model import Fact
from cases.vault import Vault


class Rows:
    """Base of the row modules: one open connection, and the keys of what is encrypted."""

    def __init__(self, connection: Connection, vault: Vault | None = None) -> None:
        self._connection = connection
        self.data_keys = DataKeys(connection, vault)

    @property
    def _is_sqlite(self) -> bool:
        return self._connection.dialect.name == "sqlite"

    def _insert_new(self, table: Table, values: dict[str, Any]) -> bool:
        """Insert a row unless one with the same natural key is there; True if it was new."""
        insert = sqlite.insert if self._is_sqlite else postgresql.insert
        # RETURNING, because the row count of such an insert is not told on every database.
        key = next(iter(table.primary_key.columns))
        statement = insert(table).values(values).on_conflict_do_nothing().returning(key)
        return self._connection.execute(statement).first() is not None


def columns_of(table: Table, kind: type[Any]) -> list[ColumnElement[Any]]:
    """Return the columns that are named as the fields of a dataclass."""
    return [table.c[field.name] for field in fields(kind)]


def same_row(table: Table, row: Any) -> list[ColumnElement[bool]]:
    """Return what finds a row of `table` again, by its primary key."""
    return [column == row._mapping[column.name] for column in table.primary_key.columns]


def clean(value: str) -> str:
    """Make a text storable: PostgreSQL refuses NUL, SQLite refuses lone surrogates (F43)."""
    return value.replace("\0", "\ufffd").encode("utf-8", "replace").decode("utf-8")


def dump(values: Iterable[str]) -> str:
    """Return a JSON list of texts."""
    return json.dumps([clean(value) for value in values], ensure_ascii=False)


def load(value: str) -> tuple[str, ...]:
    """Return the texts of `dump`."""
    return tuple(json.loads(value))


def dump_facts(facts: Iterable[Fact]) -> str:
    """Return facts as a JSON list of objects."""
    rows = [
        {
            "name": f.name,
            "value": f.value,
            "known": f.known,
            "canonical": f.canonical,
            "doubt": f.doubt,
        }
        for f in facts
    ]
    return clean(json.dumps(rows, ensure_ascii=False))


def load_facts(value: str) -> tuple[Fact, ...]:
    """Return the facts of `dump_facts`."""
    return tuple(Fact(**row) for row in json.loads(value))
