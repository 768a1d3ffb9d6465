"""The table of anchors, beside those of cases/tables.py; see cases/chain.py."""

from sqlalchemy import BigInteger, Column, Integer, String, Table

from cases.columns import RowId, UtcDateTime, metadata

# Once a day, the hash of everything that happened; it leaves by mail, out of anybody's reach here.
anchor = Table(
    "anchor",
    metadata,
    Column("number", RowId, primary_key=True, autoincrement=False),
    Column("at", UtcDateTime, nullable=False),
    Column("up_to", BigInteger, nullable=False),  # the number of its newest event
    Column("count", Integer, nullable=False),  # of its events
    Column("hash", String(64), nullable=False),
)
