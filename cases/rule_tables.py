"""The tables of the rules' history, beside those of cases/tables.py."""

from sqlalchemy import Column, String, Table, Text

from cases.columns import RowId, UtcDateTime, metadata

# Every set of rules that ever was live, in order.
rule_set = Table(
    "rule_set",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("version", String(64), nullable=False),
    Column("live_at", UtcDateTime, nullable=False),
    Column("by", String(320), nullable=False),
    Column("how", String(16), nullable=False),  # start, file, mail, rollback
    Column("note", Text, nullable=False, default=""),
    Column("files", Text, nullable=False),  # JSON object: path from the folder of the file → text
    # What it took the place of, so that going live twice is one row.
    Column("after", RowId, nullable=False, unique=True),
)

# Sets of rules that wait for a supervisor's yes.
rule_proposal = Table(
    "rule_proposal",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("code_hash", String(64), nullable=False, unique=True),
    Column("version", String(64), nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("expires_at", UtcDateTime, nullable=False),
    Column("by", String(320), nullable=False),  # whose yes is wanted; "": any supervisor's
    Column("how", String(16), nullable=False),  # file, mail
    Column("why", Text, nullable=False),  # why it does not go live by itself
    Column("files", Text, nullable=False),
    Column("state", String(10), nullable=False),  # waiting, live, refused, replaced
    Column("decided_at", UtcDateTime),
    Column("decided_by", String(320), nullable=False, default=""),
)

# Rules files that were refused: each is told once, and `status` knows since when.
rule_fault = Table(
    "rule_fault",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("mark", String(64), nullable=False),  # hash of the file and of what is wrong with it
    Column("kind", String(12), nullable=False),  # mistakes, examples
    Column("at", UtcDateTime, nullable=False),
    Column("since", UtcDateTime, nullable=False),  # no good file has been there since
    Column("over_at", UtcDateTime),
    # The one before it, so that finding it twice is one row.
    Column("after", RowId, nullable=False, unique=True),
)
