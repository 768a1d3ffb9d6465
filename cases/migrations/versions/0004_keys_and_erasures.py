"""Mails, letters and words may be encrypted, each with a key of its own; persons can be erased."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

# SQLite numbers rows by itself only where the type is INTEGER.
ROW_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    when = sa.DateTime(timezone=True)
    with op.batch_alter_table("inbox", schema=None) as batch_op:
        batch_op.add_column(sa.Column("erased_at", when, nullable=True))
        batch_op.create_index(op.f("ix_inbox_case_id"), ["case_id"])
    with op.batch_alter_table("raw_mail", schema=None) as batch_op:
        batch_op.add_column(sa.Column("key_id", sa.BigInteger(), nullable=True))
    with op.batch_alter_table("case_", schema=None) as batch_op:
        batch_op.add_column(sa.Column("text_key_id", sa.BigInteger(), nullable=True))
        batch_op.add_column(sa.Column("erased_at", when, nullable=True))
    with op.batch_alter_table("outbox", schema=None) as batch_op:
        batch_op.add_column(sa.Column("key_id", sa.BigInteger(), nullable=True))
        batch_op.add_column(sa.Column("erased_at", when, nullable=True))

    op.create_table(
        "data_key",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("case_id", ROW_ID, nullable=True),
        sa.Column("wrapped", sa.LargeBinary(), nullable=False),
        sa.Column("master", sa.String(length=16), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case_.id"], name=op.f("fk_data_key_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_data_key")),
    )
    op.create_index(op.f("ix_data_key_case_id"), "data_key", ["case_id"])
    op.create_index(op.f("ix_data_key_master"), "data_key", ["master"])
    op.create_table(
        "erasure",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("at", when, nullable=False),
        sa.Column("by", sa.String(length=320), nullable=False),
        sa.Column("how", sa.String(length=12), nullable=False),
        sa.Column("who", sa.String(length=64), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("cases", sa.Text(), nullable=False),
        sa.Column("mails", sa.Integer(), nullable=False),
        sa.Column("letters", sa.Integer(), nullable=False),
        sa.Column("cleared", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_erasure")),
    )
    op.create_index(op.f("ix_erasure_who"), "erasure", ["who"])
    op.create_table(
        "mail_copy",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("place", sa.String(length=64), nullable=False),
        sa.Column("uidvalidity", sa.BigInteger(), nullable=False),
        sa.Column("uid", sa.String(length=255), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("length", sa.BigInteger(), nullable=False),
        sa.Column("asked_at", when, nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("error", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mail_copy")),
        sa.UniqueConstraint(
            *("place", "uidvalidity", "uid"), name=op.f("uq_mail_copy_place_uidvalidity_uid")
        ),
    )
