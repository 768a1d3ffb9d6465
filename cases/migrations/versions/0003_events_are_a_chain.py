"""Events are a chain of hashes per case, and anchors are a chain over all of them."""

import hashlib
import json
import secrets
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

# SQLite numbers rows by itself only where the type is INTEGER.
ROW_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
BATCH = 2000

EVENT = sa.table(
    "event",
    sa.column("id", ROW_ID),
    sa.column("case_id", ROW_ID),
    sa.column("key", sa.String()),
    sa.column("at", sa.DateTime(timezone=True)),
    *(sa.column(name, sa.Text()) for name in ("kind", "actor", "detail", "reasons")),
    *(sa.column(name, sa.String()) for name in ("salt", "digest", "hash")),
)
CASE = sa.table(
    "case_",
    sa.column("id", ROW_ID),
    sa.column("reference", sa.String()),
    sa.column("head", sa.String()),
)


def upgrade() -> None:
    with op.batch_alter_table("event", schema=None) as batch_op:
        batch_op.add_column(sa.Column("seals", sa.Text(), nullable=False, server_default="{}"))
        for name, length in (("salt", 32), ("digest", 64), ("hash", 64)):
            column = sa.Column(name, sa.String(length=length), nullable=False, server_default="")
            batch_op.add_column(column)
    with op.batch_alter_table("case_", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("head", sa.String(length=64), nullable=False, server_default="")
        )
    op.create_table(
        "anchor",
        sa.Column("number", ROW_ID, autoincrement=False, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("up_to", sa.BigInteger(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_anchor")),
    )
    _chain(op.get_bind())


def _chain(connection: sa.Connection) -> None:
    """Chain what is there: as it is on the day of this migration, older changes can't be told."""
    case_id, head = 0, ""
    for rows in _batches(connection):
        changes: list[dict[str, Any]] = []
        heads: dict[int, str] = {}
        for row in rows:
            if row.case_id != case_id:
                case_id, head = row.case_id, ""
            salt = secrets.token_hex(16)
            digest = _sha256(salt, _content(row))
            head = _sha256(head, digest)
            heads[case_id] = head
            changes.append({"number": row.id, "salt": salt, "digest": digest, "hash": head})
        connection.execute(
            sa.update(EVENT)
            .where(EVENT.c.id == sa.bindparam("number"))
            .values({name: sa.bindparam(name) for name in ("salt", "digest", "hash")}),
            changes,
        )
        connection.execute(
            sa.update(CASE)
            .where(CASE.c.id == sa.bindparam("number"))
            .values(head=sa.bindparam("head")),
            [{"number": number, "head": head} for number, head in heads.items()],
        )


def _batches(connection: sa.Connection) -> Iterator[list[Any]]:
    """Yield the events case by case, each case in the order of its events."""
    last = (0, 0)
    while True:
        rows = connection.execute(
            sa.select(EVENT, CASE.c.reference)
            .join(CASE, CASE.c.id == EVENT.c.case_id)
            .where(sa.tuple_(EVENT.c.case_id, EVENT.c.id) > sa.tuple_(*last))
            .order_by(EVENT.c.case_id, EVENT.c.id)
            .limit(BATCH)
        ).all()
        if not rows:
            return
        yield list(rows)
        last = (rows[-1].case_id, rows[-1].id)


def _content(row: Any) -> str:
    """Return what the digest covers, the same text as cases/chain.py makes on the day of this."""
    at: datetime = row.at if row.at.tzinfo else row.at.replace(tzinfo=UTC)
    content = {
        "case": row.reference,
        "key": row.key,
        "at": at.astimezone(UTC).isoformat(timespec="microseconds"),
        "kind": row.kind,
        "actor": row.actor,
        "detail": row.detail,
        "reasons": json.loads(row.reasons),
        "seals": {},
    }
    return json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _sha256(*parts: str) -> str:
    return hashlib.sha256("\n".join(parts).encode("utf-8", "surrogatepass")).hexdigest()
