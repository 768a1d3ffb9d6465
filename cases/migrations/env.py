"""Alembic's entry: the connection comes from Store.upgrade, so there is one way to connect."""

from alembic import context

from cases.columns import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,  # SQLite can't alter a table in place
    compare_type=True,
)
with context.begin_transaction():
    context.run_migrations()
