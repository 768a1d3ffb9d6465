"""Freed space is cleared, so that no byte scan finds what was erased (F123).

SQLite overwrites what is deleted (`secure_delete`), but pages that were split may keep shreds and
the log keeps old pages: VACUUM writes the file anew, the checkpoint empties the log. PostgreSQL
keeps dead rows until VACUUM, and their bytes until the page is used again; only VACUUM FULL writes
a table anew, and nobody can use it meanwhile. So that is done for the small table of keys alone.
"""

import sqlite3
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from cases.columns import metadata
from cases.privacy_tables import data_key

#: Somebody who is in the middle of something is waited for so long, in milliseconds.
LOCK_MS = 5_000


def clear_space(connection: Connection) -> bool:
    """Clear what is free; False if somebody keeps it from that now, or the disk is full.

    `connection` must not be in a transaction.
    """
    if connection.dialect.name == "sqlite":
        return _clear_sqlite(connection)
    connection = connection.execution_options(isolation_level="AUTOCOMMIT")
    try:
        connection.exec_driver_sql("SET statement_timeout = 0")
        connection.exec_driver_sql(f"SET lock_timeout = {LOCK_MS}")
        connection.exec_driver_sql(f"VACUUM FULL {data_key.name}")
        for table in metadata.sorted_tables:
            connection.exec_driver_sql(f"VACUUM {table.name}")
    except DBAPIError:
        return False
    finally:
        connection.invalidate()  # its settings are not those of the others
    return True


def _clear_sqlite(connection: Connection) -> bool:
    driver: Any = connection.connection.dbapi_connection
    try:
        driver.execute("VACUUM")
        (busy, _log, _moved) = driver.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    except sqlite3.OperationalError:
        return False
    return not busy
