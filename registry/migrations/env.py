"""Runs the migrations on the connection that `registry.db` hands over, then the protections."""

from __future__ import annotations

from alembic import context

from registry.history import triggers
from registry.models import all_tables

connection = context.config.attributes["connection"]
context.configure(
    connection=connection, target_metadata=all_tables(), render_as_batch=True, compare_type=True
)
with context.begin_transaction():
    context.run_migrations()
    if "autogenerate" not in context.config.attributes:
        triggers.install(connection)
