"""Tables for what is kept of persons: keys, erasures, and copies on the server that must go (F123).

Beside those of cases/tables.py; see cases/vault.py and cases/erasure_rows.py.
"""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from cases.columns import RowId, UtcDateTime, metadata

# A key for each mail, letter and text, by case. Whoever deletes it makes them unreadable.
data_key = Table(
    "data_key",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("case_id", RowId, ForeignKey("case_.id")),
    Column("wrapped", LargeBinary, nullable=False),
    Column("master", String(16), nullable=False),  # the name of the key that wraps it
    Index(None, "case_id"),
    Index(None, "master"),
)

# Who had what erased, when and why. Whose it was stands there as a keyed hash only.
erasure = Table(
    "erasure",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("at", UtcDateTime, nullable=False),
    Column("by", String(320), nullable=False),
    Column("how", String(12), nullable=False),  # person, case, retention
    Column("who", String(64), nullable=False),  # keyed hash of the address, "" for none
    Column("why", Text, nullable=False),
    Column("cases", Text, nullable=False),  # JSON list of references
    Column("mails", Integer, nullable=False),
    Column("letters", Integer, nullable=False),
    # Whether the space that was freed has been cleared since.
    Column("cleared", Boolean, nullable=False, default=False),
    Index(None, "who"),
)

# Copies of erased mails and letters outside of the database, known by their bytes alone.
mail_copy = Table(
    "mail_copy",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("place", String(64), nullable=False),  # key of a mailbox; "": the folder of letters
    Column("uidvalidity", BigInteger, nullable=False),
    Column("uid", String(255), nullable=False),  # as in the ledger; of a letter its Message-ID
    Column("size", BigInteger, nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("length", BigInteger, nullable=False),  # bytes that the hash covers
    Column("asked_at", UtcDateTime, nullable=False),
    Column("tries", Integer, nullable=False, default=0),
    Column("error", Text, nullable=False, default=""),
    UniqueConstraint("place", "uidvalidity", "uid"),
)
