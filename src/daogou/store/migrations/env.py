"""Run migrations on the connection that the ledger hands over."""

from alembic import context

from daogou.store.ledger import METADATA

context.configure(connection=context.config.attributes["connection"], target_metadata=METADATA, render_as_batch=True)
with context.begin_transaction():
    context.run_migrations()
