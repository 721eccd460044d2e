"""Alembic's way in; run by `hub.store.migrate`, on the connection and in the transaction that it has open.

A new migration is a file in `versions/`, and its number is `HEAD` in `hub/store/schema.py`.
"""

from __future__ import annotations

from alembic import context

context.configure(connection=context.config.attributes["connection"], transactional_ddl=True)
context.run_migrations()
